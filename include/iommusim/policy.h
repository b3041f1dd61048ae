/* SPDX-License-Identifier: MIT */
/*
 * How a host and a VMM do what they do, as data: columns, each a question with a few
 * answers, and policies, each an answer to all of them. What the columns mean stands
 * here once for all vendors; which answers a vendor has, and which its policies give,
 * stands in its folder.
 */
#ifndef IOMMUSIM_POLICY_H
#define IOMMUSIM_POLICY_H

#include <stdbool.h>
#include <stdint.h>

struct ims_model;

enum ims_column {
	/* ---- the host ---- */
	IMS_COL_TAG,	       /* whose a tag is */
	IMS_COL_TAG_FREE,      /* when what is filed under a tag that nobody has any more goes */
	IMS_COL_ATC,	       /* who invalidates the ATC */
	IMS_COL_TARGET,	       /* on which object a guest's stage-1 invalidations land */
	IMS_COL_ATC_TARGET,    /* and those of an ATC */
	IMS_COL_PARENT_TAGS,   /* which tags hear of a change of the nesting parent */
	IMS_COL_PARENT_ATC,    /* what devices hear of it */
	IMS_COL_PARENT_CONFIG, /* do configuration caches hear of it */
	IMS_COL_PARENT_WAIT,   /* for what the host waits then */
	IMS_COL_PARENT_DIRTY, /* whose entries accessed and dirty bits of the parent are turned on in */
	IMS_COL_REATTACH,     /* what an attachment to the parent does that was nested */
	IMS_COL_SWAP,	      /* what goes of the tag that a nested device leaves */
	IMS_COL_NEST,	      /* does the host make nested domains */
	IMS_COL_BATCH,	      /* after how much of a list of the guest's commands it waits */
	IMS_COL_PROGRESS,     /* what it says was done of a list in which it refuses an entry */
	IMS_COL_CHECK,	      /* what it looks at in a command of the guest */
	IMS_COL_QUEUE_FREE, /* what goes with a queue that a guest had in the hardware */
	/* ---- the VMM ---- */
	IMS_COL_VMM_DOMAIN,  /* for what it makes a nested domain */
	IMS_COL_VMM_CONFIG,  /* what it does of a guest's configuration commands */
	IMS_COL_VMM_WIDE,    /* what of commands that name more than a (tag, PASID) */
	IMS_COL_VMM_UNITS,   /* to which physical units it sends a guest's invalidations */
	IMS_COL_VMM_BATCH,   /* how the guest's commands become lists */
	IMS_COL_VMM_SPLIT,   /* and these lists of one object */
	IMS_COL_VMM_REFUSED, /* what it does when the host refuses an entry of one */
	IMS_COL_VMM_WAIT,    /* when a wait of the guest completes */
	/* ---- the host ---- */
	IMS_COL_TIMEOUT,   /* what it makes of an invalidation that a device does not answer */
	IMS_COL_RESET,	   /* what it does around the reset of a device */
	IMS_COL_VMM_QUEUE, /* where the guest's commands go to */
	IMS_COL_FAULT_DETACH, /* the host: what becomes of pending faults of a device that is detached */
	IMS_COL_VMM_FAULTS, /* what it does of the page requests and stalls of its devices */
	IMS_COL_VMM_EVENTS, /* and of their faults */
	IMS_COL_PARENT_CLEAN, /* what is owed when leaves of the parent are no longer marked as written */
	IMS_COL_VMM_TRAP, /* which stores to the guest's entries it reacts to, where hardware has the queue */
	/* ---- the host again: of such a queue ---- */
	IMS_COL_MAP_DEFAULT, /* what the queue makes of tags that nothing is nested under */
	IMS_COL_ALIASES,     /* by which requester ids of a device it invalidates */
	IMS_COLUMNS,
};

/* The answers. 0 is none: a vendor that does not have the column. */
enum ims_col_tag {
	IMS_TAG_DOMAIN = 1, /* each nested domain's */
	IMS_TAG_PASID,	    /* a nested domain's for each PASID that it is attached by */
	IMS_TAG_ATTACHMENT, /* each (device, PASID)'s */
	IMS_TAG_GUEST,	    /* each of the guest's tags', whatever nested domains have it */
	IMS_TAG_PARENT, /* the nesting parent's; one more where a PASID would mean two tables under it */
};
enum ims_col_tag_free {
	IMS_FREE_AT_REUSE = 1, /* when the tag is taken again */
	IMS_FREE_AT_LAST,      /* when its last user goes */
	IMS_FREE_NEVER,
};
enum ims_col_atc {
	IMS_ATC_SYNTHESISE = 1, /* the host, for all that is attached; the guest's are discarded */
	IMS_ATC_FORWARD,	/* the guest, whose commands go on to the device */
	IMS_ATC_DROP,		/* nobody: the guest's are discarded */
};
enum ims_col_target {
	IMS_TARGET_NESTED = 1, /* a nested domain: the host flushes what it is attached to */
	IMS_TARGET_GROUP, /* any nested domain of the guest's tag: the host puts its own in place of it */
	IMS_TARGET_PARENT, /* the nesting parent: the host puts its tag in */
	IMS_TARGET_VIOMMU, /* the vIOMMU: the same */
	IMS_TARGET_NONE,   /* there is no such call: EOPNOTSUPP */
};
enum ims_col_atc_target {
	IMS_ATC_TARGET_DEVICE = 1, /* a call of its own, on the device */
	IMS_ATC_TARGET_VIOMMU,	   /* the vIOMMU, which knows the device by its virtual id */
};
enum ims_col_parent_tags {
	IMS_PARENT_TAGS_EACH =
		1, /* each that is nested on it, in all that was made through both stages */
	IMS_PARENT_TAGS_OWN, /* those of the second stage alone */
};
enum ims_col_parent_atc {
	IMS_PARENT_ATC_ALL = 1, /* each device's whole ATC */
	IMS_PARENT_ATC_GPA, /* the range of guest-physical addresses, as if the ATC were indexed by it */
	IMS_PARENT_ATC_NONE,
};
enum ims_col_parent_config {
	IMS_PARENT_CONFIG_ALL = 1, /* what was read through the range that changed */
	IMS_PARENT_CONFIG_NONE,
};
enum ims_col_parent_wait {
	IMS_PARENT_WAIT_ALL = 1,
	IMS_PARENT_WAIT_DIRECT, /* for the units with a device attached to the parent itself */
};
enum ims_col_reattach {
	IMS_REATTACH_DONE = 1,
	IMS_REATTACH_NOTHING, /* the host takes the device for attached already */
};
enum ims_col_parent_dirty {
	IMS_PARENT_DIRTY_ALL = 1,
	IMS_PARENT_DIRTY_DIRECT, /* of devices attached to the parent itself */
};
enum ims_col_swap {
	IMS_SWAP_FLUSH = 1, /* all that is filed under it */
	IMS_SWAP_LEAVE,	    /* nothing: that is for the guest's own commands */
};
enum ims_col_nest {
	IMS_NEST_MADE = 1,
	IMS_NEST_REFUSED, /* EOPNOTSUPP */
};
enum ims_col_batch {
	IMS_BATCH_EACH = 1, /* entry */
	IMS_BATCH_LIST,	    /* at its end */
	IMS_BATCH_63,	    /* each 63 entries, and at its end */
};
enum { IMS_BATCH_ENTRIES = 63 }; /* Linux CMDQ_BATCH_ENTRIES - 1 */
enum ims_col_progress {
	/* Those before it, which are executed first. */
	IMS_PROGRESS_EXECUTED = 1,
	/* Those before it, of which those since the last wait were looked at and no more. */
	IMS_PROGRESS_CONVERTED,
	/* Those up to the last wait: the others are left as they are. */
	IMS_PROGRESS_BATCH,
};
enum ims_col_check {
	IMS_CHECK_OPCODE = 1, /* that it may be forwarded at all, and the device that it names */
	IMS_CHECK_FIELDS,     /* also bits that are in no field, and that the device has an ATC */
};
enum ims_col_queue_free {
	IMS_QUEUE_FREE_FLUSH =
		1,	      /* what hardware holds of it still, before the next guest has it */
	IMS_QUEUE_FREE_LEAVE, /* nothing */
};
enum ims_col_vmm_domain {
	IMS_VMM_DOMAIN_TABLES =
		1,	       /* each thing that the guest nests: devices with the same share it */
	IMS_VMM_DOMAIN_DEVICE, /* the same, but each device has its own */
};
enum ims_col_vmm_config {
	IMS_VMM_CONFIG_REREAD = 1, /* reads the guest's structures anew */
	IMS_VMM_CONFIG_IGNORE,
};
enum ims_col_vmm_wide {
	IMS_VMM_WIDE_FORWARD = 1, /* goes to every domain that it names */
	IMS_VMM_WIDE_DROP,
};

enum ims_col_vmm_units {
	IMS_VMM_UNITS_EACH = 1, /* each that a device of the VM is behind: it has a vIOMMU there */
	IMS_VMM_UNITS_FIRST,	/* the first of them */
};

enum ims_col_vmm_batch {
	IMS_VMM_BATCH_EACH = 1, /* each is a list of its own */
	IMS_VMM_BATCH_SYNC,	/* a list ends with a wait of the guest */
	IMS_VMM_BATCH_MERGE, /* all that stands in the ring at a doorbell; waits in it are left out */
};
enum ims_col_vmm_split {
	IMS_VMM_SPLIT_OBJECT = 1, /* all commands for an object are one list */
	IMS_VMM_SPLIT_ORDER,	  /* a list ends where the next command is for another object */
};
enum ims_col_vmm_refused {
	IMS_VMM_REFUSED_TRUST =
		1, /* skips the one that the host names by its progress, and goes on */
	IMS_VMM_REFUSED_ONE_BY_ONE, /* hands over the list anew, each by itself */
	IMS_VMM_REFUSED_GIVE_UP, /* the guest is told, where its unit has a way, and the rest is left */
};
enum ims_col_vmm_wait {
	IMS_VMM_WAIT_CALLS = 1, /* when the calls for what stands before it have returned */
	IMS_VMM_WAIT_ONCE,	/* at once: the calls are made at the next doorbell */
};

enum ims_col_timeout {
	IMS_TIMEOUT_RETRY = 1,	 /* all since the last wait is issued again */
	IMS_TIMEOUT_ASSUME_DONE, /* nothing: what is lost counts as executed */
	IMS_TIMEOUT_REPORT,	 /* the same, and the call that it was for fails: ETIMEDOUT */
	IMS_TIMEOUT_QUARANTINE, /* the device is let through no more, and the others' is issued again */
};
enum ims_col_fault_detach {
	IMS_FAULT_DETACH_ANSWER = 1, /* each is answered INVALID */
	IMS_FAULT_DETACH_FORGET,     /* they are forgotten */
};
enum ims_col_vmm_faults {
	IMS_VMM_FAULTS_NONE =
		1,	       /* nested page tables have no fault queue: the host answers itself */
	IMS_VMM_FAULTS_GUEST,  /* they have one, and the guest is told by its own unit's queue */
	IMS_VMM_FAULTS_UNREAD, /* they have one, and nobody reads it */
};
enum ims_col_vmm_events {
	IMS_VMM_EVENTS_NONE = 1, /* there is no event queue: the guest hears nothing */
	IMS_VMM_EVENTS_GUEST,	 /* what comes by it is told to the guest by its own unit's queue */
};

enum ims_col_reset {
	IMS_RESET_BLOCK = 1, /* the device is shut out before it, and let in again behind it */
	IMS_RESET_NOTHING,
};

enum ims_col_vmm_queue {
	IMS_VMM_QUEUE_TRAPPED = 1, /* to the VMM, all of them */
	IMS_VMM_QUEUE_HARDWARE, /* to the hardware, from queues of the guest's own; the rest to the VMM */
	IMS_VMM_QUEUE_ALONE, /* the same, and the VMM takes no invalidation for one of the rest */
};
enum ims_col_vmm_trap {
	IMS_VMM_TRAP_ALL = 1, /* the guest's stores to its device entries */
	IMS_VMM_TRAP_TAG,     /* those by which an entry has tables under another tag than before */
	IMS_VMM_TRAP_PAIR, /* those to the first two words of a present entry, one right behind the other */
	IMS_VMM_TRAP_NONE,
};
enum ims_col_map_default {
	IMS_MAP_DEFAULT_NONE = 1, /* tags under which nothing is nested are not mapped */
	IMS_MAP_DEFAULT_PARENT,	  /* all are mapped to the parent's at first */
};

enum ims_col_parent_clean {
	IMS_PARENT_CLEAN_FLUSH = 1, /* as after an unmap of them */
	IMS_PARENT_CLEAN_NOTHING,
};

enum ims_col_aliases {
	IMS_ALIASES_ALL = 1, /* each */
	IMS_ALIASES_FIRST,   /* its own, though entries are written for each */
};

enum { IMS_ANSWERS = 6 }; /* below which every answer is */

/* A column, vendor-blind: of which side, its name and those of its answers. */
struct ims_column_def {
	const char *side; /* "host", "vmm": host.NAME */
	const char *name;
	const char *question;
	struct {
		const char *name, *text;
	} answers[IMS_ANSWERS]; /* by the answer; [0] is empty */
};

extern const struct ims_column_def ims_columns[IMS_COLUMNS];

/* Which answers of a column a vendor has, and why none else. */
struct ims_column_use {
	uint8_t column;	 /* enum ims_column */
	uint8_t answers; /* 1 << answer, of those that are modelled */
	const char *source;
};

/* The answers to all columns that the vendor has. */
struct ims_policy {
	uint8_t of[IMS_COLUMNS];
};

/* A host with a name. */
struct ims_policy_row {
	const char *name; /* "mail-2023" */
	const char *text;
	const char *source;
	struct ims_policy policy;
};

/* What a rule of the host asks of its policy; answers is 0: nothing. */
struct ims_policy_if {
	uint8_t column;
	uint8_t answers; /* 1 << answer, any of them */
};

#define IMS_ANSWER(answer) (uint8_t)(1u << (answer))

/* A vendor's policy of this name, NULL. */
const struct ims_policy_row *ims_policy_row(const struct ims_model *m, const char *name);
/* The answers that a vendor has to a column, as bits; 0: it does not have the column. */
uint8_t ims_policy_answers(const struct ims_model *m, unsigned column);
/* A column by its side and name, an answer by its column and name; -1: there is none. */
int ims_column_named(const char *side, const char *name);
int ims_answer_named(unsigned column, const char *name);

#endif
