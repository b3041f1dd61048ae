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
	IMS_COL_REATTACH,      /* what an attachment to the parent does that was nested */
	/* ---- the VMM ---- */
	IMS_COL_VMM_DOMAIN, /* for what it makes a nested domain */
	IMS_COL_VMM_CONFIG, /* what it does of a guest's configuration commands */
	IMS_COL_VMM_WIDE,   /* what of commands that name more than a (tag, PASID) */
	IMS_COL_VMM_UNITS,  /* to which physical units it sends a guest's invalidations */
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
