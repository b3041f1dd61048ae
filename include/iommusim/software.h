/* SPDX-License-Identifier: MIT */
/*
 * Software's side of a vendor's description: what is owed after a change, what a
 * driver is told to write, and the rules on what may be programmed.
 */
#ifndef IOMMUSIM_SOFTWARE_H
#define IOMMUSIM_SOFTWARE_H

#include <stdbool.h>
#include <stdint.h>

#include "iommusim/policy.h"

struct ims_state;
struct ims_cmd_args;
struct ims_cmd_row;

/* ---- software rules ---- */

/* A change that software made, after which it owes invalidations. */
enum ims_change {
	IMS_CHANGE_ROOT,      /* an entry of the root table */
	IMS_CHANGE_ROOT_SET,  /* the root pointer */
	IMS_CHANGE_DEV,	      /* a device's entry, which was present */
	IMS_CHANGE_DEV_SET,   /* a device's entry became present */
	IMS_CHANGE_DEV_FIELD, /* another field of it, which stays as present or absent as it was */
	IMS_CHANGE_DEV_SAME,  /* a guest says that its entry changed, and nothing in it did */
	IMS_CHANGE_DIR,	      /* an entry on the way to those of some PASIDs */
	IMS_CHANGE_CTX_SET,   /* a (device, PASID) entry became present */
	IMS_CHANGE_CTX_CLEAR, /* it became not present */
	IMS_CHANGE_CTX_DIRTY, /* accessed and dirty bits of its second stage were turned on */
	IMS_CHANGE_CTX_FIELD, /* another field of it, which stays present */
	IMS_CHANGE_TAG_REUSE, /* a tag that was in use gets another meaning */
	IMS_CHANGE_TAG_IDLE,  /* nothing is filed under a tag any more */
	IMS_CHANGE_S1_LESS,   /* first-stage entries removed or lessened */
	IMS_CHANGE_S1_QUEUED, /* the same some time ago, anywhere in a space: all that was put off */
	IMS_CHANGE_S1_MORE,   /* first-stage entries became present */
	IMS_CHANGE_S1_ATC, /* the same, of which the guest's command went on: the devices' part, by the host */
	IMS_CHANGE_S1_ALL,  /* whatever is filed under a guest's tag: the host's, for its command */
	IMS_CHANGE_S2_LESS, /* second-stage entries removed or lessened */
	IMS_CHANGE_S2_MORE, /* second-stage entries became present */
	IMS_CHANGE_MAX,
};

/* How often a command is owed: for each ... that uses the tables, or once in all. */
enum ims_rule_scope {
	IMS_PER_TAG,
	IMS_PER_DEVICE,
	IMS_PER_DOM,
	IMS_PER_SRC,
	IMS_ONCE,
	/* No command: those behind it take effect only when those before have; a wait between. */
	IMS_BARRIER,
};
enum ims_rule_if {
	IMS_IF_ATS = 1,
	IMS_IF_CTX = 2,
	IMS_IF_NO_CTX = 4,
	IMS_IF_DIR = 8, /* the range of stage 2 has a part of the table of its PASIDs */
};

/* One command owed for a change. */
struct ims_rule {
	uint8_t change;	   /* enum ims_change */
	uint8_t scope;	   /* enum ims_rule_scope */
	uint8_t when;	   /* enum ims_rule_if bits, all must hold */
	bool everything;   /* names the whole address space instead of the range changed */
	const char *title; /* of the command row */
	const char *source;
	uint8_t stages; /* 1 << enum ims_stages, of the entry that changed; 0: whatever it was */
	uint8_t with[2],
		without; /* 1 + a parameter of the unit that must be set, or clear; 0: none */
	uint8_t at_most,
		above; /* 1 + the parameter with the largest mask: the range fits in it, or not */
	/*
	 * Of page-table entries: only if leaf entries alone changed, or tables went too. Of
	 * another change `leaf` has the command say so: nothing that leads to entries changed.
	 */
	bool leaf, table;
	/*
	 * Of a range: the last address of the piece that one command names, from args->first
	 * on; it may reach behind args->last. NULL: one command names all of it.
	 */
	uint64_t (*piece)(const struct ims_cmd_args *args);
	/* Is this the rule for a range like this; NULL: for any. */
	bool (*suits)(const struct ims_cmd_args *args);
	struct ims_policy_if on; /* of the host's: its policy must say so */
};

/* Its initialiser; what follows are its other members. */
#define IMS_RULE(change_, scope_, when_, everything_, title_, source_, ...)                        \
	{                                                                                          \
		.change = (change_), .scope = (scope_), .when = (when_),                           \
		.everything = (everything_), .title = title_, .source = source_, __VA_ARGS__       \
	}

/* What is owed behind it waits for what is owed before it. */
#define IMS_RULE_BARRIER(change_, source_)                                                         \
	{                                                                                          \
		.change = (change_), .scope = IMS_BARRIER, .source = source_                       \
	}

/* ---- nesting ---- */

/* What one nested domain is made of. */
enum ims_nest {
	IMS_NEST_CTX,	 /* one I/O page table, of a (device, PASID) */
	IMS_NEST_DEVICE, /* the entry of a device, which leads to a table of all its PASIDs */
};

/* What a guest's driver files under one tag. */
enum ims_guest_tag {
	IMS_GUEST_TAG_SPACE,  /* a space has a dom; ctx is the PASID that it is attached by */
	IMS_GUEST_TAG_DEVICE, /* a device has a dom; the same */
	IMS_GUEST_TAG_CTX,    /* a space has a ctx of its own; there is one dom, 0 */
};

/* A guest's entry of a device, where a nested domain is made of it. */
enum ims_guest_as {
	IMS_GUEST_BLOCKED, /* nothing is let through */
	IMS_GUEST_PARENT,  /* guest-physical addresses */
	IMS_GUEST_NESTED,  /* the guest's own tables */
};

struct ims_guest_entry {
	uint8_t as;   /* enum ims_guest_as */
	bool present; /* the guest says that it is one, whatever of it */
	uint16_t dom;
	uint64_t root; /* of the table of its PASIDs, guest-physical; 0: there is none */
	uint64_t words[4];
};

/* A driver's view of its own memory, guest-physical or host-physical. */
struct ims_driver {
	void *owner;
	uint64_t (*read)(struct ims_driver *d, uint64_t addr);
	void (*write)(struct ims_driver *d, uint64_t addr, uint64_t value);
	uint64_t (*pages)(struct ims_driver *d,
			  unsigned count); /* zeroed 4 KiB pages in a row, aligned to their
					      number's power of two: the first */
	/*
	 * A part of a larger change was written that hardware has to have seen before the
	 * rest is: what is owed for it is issued, and waited for. NULL: nothing runs yet.
	 */
	void (*changed)(struct ims_driver *d, enum ims_change change, uint32_t src, uint32_t ctx);
	/* Registers of the unit it drives, by the offsets of the model's rows; NULL: it reaches none. */
	uint64_t (*reg_read)(struct ims_driver *d, uint32_t offset, unsigned bytes);
	void (*reg_write)(struct ims_driver *d, uint32_t offset, unsigned bytes, uint64_t value);
	/* A command into the unit's first ring, and the wait for it; NULL: only the wait. */
	void (*issue)(struct ims_driver *d, const uint64_t *words);
	uint64_t root;		/* what the root register gets */
	const uint32_t *params; /* of the unit it drives; NULL: the defaults */
};

/* A (device, PASID) entry as software wants it. */
struct ims_ctx_config {
	uint64_t s1_root, s2_root;
	uint8_t stages, s1_top, s2_top;
	bool s2_dirty; /* hardware marks in stage 2 what is accessed and written */
	uint16_t dom;
	uint32_t tag_ctx; /* what translations are filed under, where the entry says it */
	uint32_t owner; /* of a guest with a queue of its own: the number that the unit knows it by; 0: none */
	uint32_t owner_src; /* and what that guest calls the device */
};

struct ims_dev_config {
	bool ats;
	uint8_t pasid_bits; /* 0: no requests with PASID */
	bool pri;	    /* it may ask for pages */
	bool stall;	    /* it may be kept waiting */
};

/* ---- what software may program ---- */

enum { IMS_LIVE_WORDS = 16, IMS_LIVE_READ = 4 };

/* The configuration of one (requester, PASID) as it stands in memory, read by no cache. */
struct ims_live {
	uint32_t src, ctx;
	bool present;  /* the whole way there is */
	uint8_t kind;  /* the vendor's own: which format */
	uint8_t count; /* words of the entry, at `at` on; those behind it are the vendor's to keep */
	uint8_t read_count;
	struct {
		uint64_t at; /* in the unit's addresses */
		uint8_t words;
	} read[IMS_LIVE_READ]; /* the structures on the way, the entry among them */
	uint64_t at;
	uint64_t valid; /* of its first word: the bit that makes it present */
	uint64_t words[IMS_LIVE_WORDS];
};

/* A rule that software must keep, whether hardware notices or not; one of the sorts below. */
struct ims_prog_rule {
	const char *name; /* the cause of a finding: "same-did-other-parent" */
	const char *text;
	const char *source;
	bool physical; /* asked of the host's tables alone */
	bool guest;    /* asked of guests' tables alone */
	bool (*one)(const struct ims_state *s, const struct ims_live *e);
	bool (*pair)(const struct ims_state *s, const struct ims_live *a, const struct ims_live *b);
	/* Bits of a word that change together with those of others only while it is absent. */
	uint64_t (*together)(const struct ims_live *e, unsigned word);
	/* A word of a present entry changed so that no state between may be left out. */
	bool (*change)(const struct ims_live *e, unsigned word, uint64_t old, uint64_t value);
	/* A command that is legal, and means nothing that can be relied upon. */
	bool (*wrong)(const struct ims_state *s, const struct ims_cmd_row *row,
		      const uint64_t *words);
	/* A word of a table became @value while what was made of it as @old may still be cached. */
	bool (*remade)(const struct ims_state *s, unsigned stage, unsigned level, uint64_t old,
		       uint64_t value);
	const char *command;   /* title of a row; */
	const char *follow[3]; /* one of these rows comes behind it, naming the same */
	uint8_t with_param; /* 1 + the parameter that must be set for the rule to hold at all; 0: none */
};

#endif
