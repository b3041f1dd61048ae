/* SPDX-License-Identifier: MIT */
/*
 * Commands as rows of a vendor's tables: which bits are which fields, what each drops
 * from which cache, what keeps its order.
 */
#ifndef IOMMUSIM_COMMAND_H
#define IOMMUSIM_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

struct ims_state;

#define IMS_CMD_WORDS 4
#define IMS_MATCHES   10

/* What a field of a command means to the engine. */
enum ims_arg {
	IMS_ARG_NONE,
	IMS_ARG_DOM,
	IMS_ARG_CTX,
	IMS_ARG_SRC,
	IMS_ARG_SRC_MASK,
	IMS_ARG_ADDR,
	IMS_ARG_LEAF,	 /* 1: only leaf entries changed */
	IMS_ARG_ALL_CTX, /* 1: whatever the PASID */
	IMS_ARG_WAIT_ADDR,
	IMS_ARG_WAIT_DATA,
	IMS_ARG_RESPONSE, /* of a page response: the code */
	IMS_ARG_GROUP,	  /* of a page response: which group */
};

struct ims_cmd_field {
	const char *name; /* as the specification has it, lower case: did, pasid, am */
	struct {
		uint16_t hi, lo;
	} at;	       /* bits of the command, from bit 0 of its first word */
	uint8_t arg;   /* enum ims_arg */
	uint8_t shift; /* the field holds its value >> shift */
	bool unsaid; /* left out where a command is shown: it selects the row, encodes the range, or has no effect */
	const char *unmodelled; /* NULL, or what a non-zero value asks for that is not modelled */
};

/* Initialisers; the second kind is left out where a command is shown. */
#define IMS_CMD_FIELD(name_, hi_, lo_, arg_)                                                       \
	{                                                                                          \
		.name = (name_), .at = { (hi_), (lo_) }, .arg = (arg_)                             \
	}
#define IMS_CMD_UNSAID(name_, hi_, lo_)                                                            \
	{                                                                                          \
		.name = (name_), .at = { (hi_), (lo_) }, .unsaid = true                            \
	}
/* Of struct ims_cmd_row. */
#define IMS_CMD_FIELDS(f) .fields = (f), .fields_count = sizeof(f) / sizeof((f)[0])

/* How a match compares one tag field. */
enum ims_how {
	IMS_ANY,
	IMS_EQUAL,
	IMS_ABSENT,
	IMS_PRESENT,
	IMS_MASKED, /* but for bits: of dom and src those that the command leaves out, of ctx `ctx_low` */
	IMS_OR_GLOBAL /* of ctx: equal, or filed under IMS_CTX_GLOBAL */
};

/* Which extent of an entry is compared with a command's range. */
enum ims_range {
	IMS_RANGE_NONE,
	IMS_RANGE_FRAGMENT,
	IMS_RANGE_MID, /* what it came through between the stages; one that came through nothing stays */
	/*
	 * The leaf that it is a part of, of the stage whose input the cache is looked up by,
	 * and only those of the level and page size that the command names.
	 */
	IMS_RANGE_LEAF,
	IMS_RANGE_LEAF2, /* the leaf of stage 2 around what it came through; the same */
};

/* One thing a command drops; an entry must satisfy all of it. Only what was read before. */
struct ims_match {
	uint8_t cache;
	uint8_t dom, ctx, src;	/* enum ims_how */
	uint8_t classes;	/* set of classes as bits */
	uint8_t range;		/* enum ims_range */
	uint8_t ctx_low;	/* with IMS_MASKED: so many bits of ctx do not matter */
	bool not_leaf_only : 1; /* only if the command does not say "leaf entries only" */
	bool dom_zero : 1; /* dom is compared with 0 instead of the command's: absent entries are filed there */
	bool standin : 1; /* only if the command names the PASID that stands in for none */
	bool spans : 1; /* of src, with IMS_MASKED: an entry stands for as many as a directory's has under it */
	uint8_t knob,
		knob_values; /* only if this parameter has one of these values, as bits; 0: always */
	const char *source;  /* NULL ends the list */
};

enum ims_cmd_kind {
	IMS_CMD_INVALIDATE,
	IMS_CMD_WAIT,
	IMS_CMD_RESPONSE,
	IMS_CMD_FETCH, /* hardware is to translate ahead: ims_model.fetch */
	IMS_CMD_ACT,   /* the vendor's own, done when it is consumed: ims_model.act */
};

/* What a virtual machine monitor makes of a command in the guest's queue. */
enum ims_vmm {
	IMS_VMM_CONFIG, /* reads the configuration structures it names anew */
	IMS_VMM_STAGE1, /* a first-stage invalidation for the domain it names */
	IMS_VMM_DOMAIN, /* the same, the whole domain (or all), whatever the range */
	IMS_VMM_ATC,	/* a device-TLB invalidation */
	IMS_VMM_DEVICE, /* of what hardware keeps of a device's own tables: goes on to that device */
	IMS_VMM_RESPONSE, /* an answer to a page request of a device */
	IMS_VMM_ANSWER, /* the same, and to a transaction that stalls: of use only to a monitor with a fault queue */
	IMS_VMM_WAIT,
	IMS_VMM_NONE, /* concerns nothing that this monitor keeps for the guest */
};

struct ims_cmd_row {
	const char *name;  /* what scenarios and reports call it: P_IOTLB, devTLB, wait */
	const char *title; /* with the granularity: "P_IOTLB page-selective" */
	const char *source;
	uint8_t kind, vmm;
	uint64_t care[2],
		value[2]; /* bits that select this row; an upper pair of words selects nothing */
	uint64_t reserved[IMS_CMD_WORDS]; /* non-zero: an error */
	const struct ims_cmd_field *fields;
	uint8_t fields_count;
	bool ranged; /* addr and size name a range */
	bool guest_ring; /* a guest's driver puts it into a ring of its own, where the unit has one for it */
	bool conditional; /* some of its matches depend on a parameter, or the PASID named */
	uint8_t modes;	  /* in which modes of the unit the command exists, as bits; 0: all */
	struct ims_match match[IMS_MATCHES];
};

/* A command as the engine executes it. */
struct ims_cmd {
	uint64_t first, last; /* range; 0..~0 if it has none */
	uint64_t wait_addr;
	uint64_t wait_data;
	uint32_t row;
	uint32_t dom, ctx, src;
	uint32_t dom_mask, src_mask; /* bits of dom and src that do not matter */
	uint32_t when;		     /* time of its consumption */
	uint32_t event;		     /* its CMD event, 0 if the log is off */
	uint32_t group;		     /* of a page response */
	uint32_t at;		     /* where in the ring it stood */
	uint16_t left_out; /* its row's matches that this unit's parameters leave out, as bits */
	uint8_t response;  /* its code */
	uint8_t span_lg2;  /* where a match spans, so many low bits of src do not matter besides */
	uint8_t level; /* it is of leaves of this level, counted from 1 (last), and of steps above; 0: of any */
	uint8_t grain_lg2; /* it is of tables with this page size; 0: of any */
	bool leaf_only : 1, all_ctx : 1, wait_write : 1;
	bool wait_wide : 1;   /* all 64 bits of the data, not 32 */
	bool wait_signal : 1; /* an interrupt when the wait is complete */
	bool fence : 1;	      /* later commands start only then */
	bool drain : 1;	      /* a wait that covers page requests too */
	bool ignored : 1;     /* legal, and without effect */
	bool unanswered : 1;  /* a device did not answer it, and no wait has heard of that yet */
};

/* What software wants of a command; encoded by the vendor into words. */
struct ims_cmd_args {
	uint32_t dom, ctx, src;
	uint64_t first, last;
	uint64_t wait_addr;
	uint32_t wait_data;
	bool leaf_only;
	uint8_t level, grain_lg2; /* as in struct ims_cmd */
	uint8_t leaf_lg2;	  /* size of the leaves that changed; 0: of several, or not known */
	uint8_t response;	  /* of a page response: the code, */
	uint32_t group;		  /* and which group */
	const struct ims_state *state; /* of the unit that is to take it; NULL: the defaults */
};

/* ---- order ---- */

/*
 * A pair of commands in one ring that hardware executes in their order, without a
 * wait between. What no row names may take effect the other way round.
 */
struct ims_order {
	const char *earlier, *later; /* names of command rows */
	const char *source;
	uint8_t knob, knob_values; /* as in a match */
};

#endif
