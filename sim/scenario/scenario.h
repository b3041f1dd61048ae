/* SPDX-License-Identifier: MIT */
/*
 * A scenario file, typed. What lives here: the nodes of one file after every
 * name has been resolved to an index and every number has been read. What does
 * not: running it (run.h) and judging it (sim/check).
 */
#ifndef SIM_SCENARIO_SCENARIO_H
#define SIM_SCENARIO_SCENARIO_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Where in a file something stands, both counted from 1. */
struct scn_mark {
	uint32_t line;
	uint32_t col;
	bool policy; /* in the policy file of its host, not in the scenario's own */
};

enum scn_op {
	SCN_OP_ATTACH,
	SCN_OP_DETACH,
	SCN_OP_MAP,
	SCN_OP_REMAP,
	SCN_OP_UNMAP,
	SCN_OP_PROTECT,
	SCN_OP_DMA,
	SCN_OP_ATS,
	SCN_OP_CMD,
	SCN_OP_SYNC,
	SCN_OP_WAIT,
	SCN_OP_HOST_MAP,
	SCN_OP_HOST_UNMAP,
	SCN_OP_FREE,
	SCN_OP_REUSE,
	SCN_OP_WRITE,
	SCN_OP_PREFETCH,
	SCN_OP_INJECT,
	SCN_OP_IOCTL,
	SCN_OP_CHECKPOINT,
	SCN_OP_RESET,
	SCN_OP_DEVICE,
	SCN_OP_PAGE_REQUEST,
	SCN_OP_PAGE_RESPONSE,
	SCN_OP_MAX,
};

enum scn_perm { SCN_PERM_R = 1, SCN_PERM_W = 2 };
enum scn_access { SCN_READ, SCN_WRITE, SCN_ATOMIC };

/* An address of a VM: an absolute one, or a byte inside a named page. */
struct scn_gpa {
	int32_t name; /* index into scn.names, or -1: offset is absolute */
	uint64_t offset;
};

/* One `key: value` of a command, the value a number. Keys keep file order. */
struct scn_cmd_field {
	char *key; /* a field name of the vendor's row: did, pasid, addr, am, ih ... */
	uint64_t value;
	struct scn_mark mark;
};

/* The body of a `cmd` step, and an element of `invalidate: [...]`. */
struct scn_cmd {
	char *name; /* "P_IOTLB", "wait", ...; NULL if raw words are given */
	struct scn_mark mark, name_mark;
	GArray *fields;		/* of struct scn_cmd_field; everything not listed below */
	GArray *raw;		/* of uint64_t, or NULL */
	int32_t vm, space, dev; /* indices, -1 if absent */
	bool has_pasid, has_iova, has_size;
	uint32_t pasid;
	uint32_t queue; /* which of the unit's, from 0 */
	uint64_t iova, size;
};

enum scn_expect_kind {
	SCN_EXPECT_NONE,
	SCN_EXPECT_FAULT,
	SCN_EXPECT_STALL, /* it waits for software */
	SCN_EXPECT_GPA,
	SCN_EXPECT_HPA
};

struct scn_outcome {
	enum scn_expect_kind kind;
	char *fault; /* SCN_EXPECT_FAULT: a code's name, or NULL for any */
	struct scn_gpa gpa;
	uint64_t hpa;
	struct scn_mark mark;
};

/* `expect:` of a dma or ats step: one outcome, or with `may: [...]` several. */
struct scn_expect {
	GArray *outcomes; /* of struct scn_outcome; NULL if there is no expect: */
	struct scn_mark mark;
};

enum scn_reset { SCN_RESET_FLR, SCN_RESET_LINK };
enum scn_reset_phase { SCN_RESET_WHOLE, SCN_RESET_BEGIN, SCN_RESET_END };
enum scn_inject { SCN_INJECT_TIMEOUT, SCN_INJECT_DROP, SCN_INJECT_ERROR };
enum scn_inject_on { SCN_INJECT_CALL, SCN_INJECT_QUEUE };

enum scn_at { SCN_AT_GPA, SCN_AT_HPA, SCN_AT_REGISTER };

/* Finding kinds of design.md section 5; also the names in never: and fail:. */
enum scn_kind {
	SCN_KIND_STALE,
	SCN_KIND_STALE_AFTER_REUSE,
	SCN_KIND_EARLY_FREE,
	SCN_KIND_TABLE_UAF,
	SCN_KIND_STALE_NEGATIVE,
	SCN_KIND_BREACH,
	SCN_KIND_LOST_COMPLETION,
	SCN_KIND_REJECTED,
	SCN_KIND_ORDER,
	SCN_KIND_RULE,
	SCN_KIND_OVER_INVALIDATION,
	SCN_KIND_MASKED,
	SCN_KIND_MAX,
};

/* Classes of over-invalidation, semantics.md 2.7. */
enum scn_over {
	SCN_OVER_NECESSARY,
	SCN_OVER_ARCHITECTURAL,
	SCN_OVER_HOST,
	SCN_OVER_CROSS_TENANT,
	SCN_OVER_MAX
};

/* What must be possible, of one device: so that a pass is not empty. */
enum scn_possible {
	SCN_POSSIBLE_ATC_HIT,	/* it is served from its ATC */
	SCN_POSSIBLE_IOTLB_HIT, /* or from the unit's IOTLB */
	SCN_POSSIBLE_FAULT,	/* an access of it is refused */
	SCN_POSSIBLE_STALE,	/* it is served something outdated */
	SCN_POSSIBLE_MAX
};

/* One element of `sometimes:`. */
struct scn_sometimes {
	enum scn_possible what;
	int32_t dev;
	struct scn_mark mark;
};

/* What a run, a checkpoint or a whole file asks for. */
struct scn_budget {
	GArray *sometimes; /* of struct scn_sometimes; NULL: none */
	bool has_never;
	uint32_t never; /* bit mask of enum scn_kind */
	bool has_over[SCN_OVER_MAX];
	uint64_t over[SCN_OVER_MAX];
};

/* One element of `fail:`; NULL and -1 mean "not asked". */
struct scn_fail {
	int32_t kind; /* enum scn_kind or -1 */
	char *where, *cause, *blame, *step, *vm, *device, *power, *column;
	int64_t line, pages;
	int32_t latent; /* 0, 1 or -1 */
	bool has_pasid, has_iova;
	uint32_t pasid;
	uint64_t iova;
	struct scn_mark mark;
};

/* One `field: value` of a call, the value a number, or the name of an object, at the run. */
struct scn_ioctl_field {
	char *field, *name; /* name: NULL, the value is a number */
	uint64_t value;
	struct scn_mark mark;
};

/* Files that are closed by the same step: a device's, and a queue's by its number (`fd`). */
#define SCN_DEVICE_CLOSE "DEVICE_CLOSE"
#define SCN_QUEUE_CLOSE	 "QUEUE_CLOSE"
/* And a vIOMMU's pages, mapped for its guest by what VIOMMU_ALLOC says (`offset`, `length`). */
#define SCN_MMAP   "MMAP"
#define SCN_MUNMAP "MUNMAP"

/* `ioctl: {call, in, as, expect}`: a call of the VMM's to its host. */
struct scn_ioctl {
	char *call;
	struct scn_mark mark;
	GArray *in;	  /* of struct scn_ioctl_field */
	GArray *data;	  /* of uint64_t, or NULL: what the call's pointer leads to, */
	uint32_t entries; /* and if it is an array how many elements it has; 0: it is none */
	char *as;	  /* the name that the first id handed out gets, NULL */
	char *error;	  /* expect: an errno's name, NULL: success */
	GArray *out;	  /* of struct scn_ioctl_field: what the fields handed out are to be */
	GArray *out_data; /* of uint64_t: and what the call's pointer leads to behind it, NULL */
};

/* What hardware makes of a page request. */
enum scn_fate {
	SCN_FATE_UNSAID,
	SCN_FATE_QUEUED,
	SCN_FATE_DROPPED,
	SCN_FATE_SUCCESS, /* it answers by itself, so */
	SCN_FATE_INVALID,
	SCN_FATE_FAILURE,
};

/* What its device has heard by the end of a step. */
enum scn_answer {
	SCN_ANSWER_UNSAID,
	SCN_ANSWER_NONE,
	SCN_ANSWER_SUCCESS,
	SCN_ANSWER_INVALID,
	SCN_ANSWER_FAILURE,
	SCN_ANSWER_RETRIED, /* of a transaction that stalled */
	SCN_ANSWER_ENDED,
};

struct scn_step {
	enum scn_op op;
	struct scn_mark mark; /* of the op's name */
	uint32_t index;	      /* from 0, in file order */
	int32_t actor;	      /* index into scn.actors, -1: of `steps:` */
	char *label;
	char *then; /* the label of a step that comes before it, NULL: none */
	struct scn_mark then_mark, wait_mark;
	int32_t then_step; /* and that step's index; -1: none */
	int32_t wait_step; /* wait: the index of the step that it waits for; -1 */
	bool waited; /* async: by a `wait:`, which is its claim; else its actor's next completion is */
	char *text; /* the step as one line, for reports: "unmap {space: rx, iova: 0x10000, size: 4K}" */

	int32_t vm, dev,
		space; /* indices, -1 if absent; vm is always resolved (implied by dev, space, or the only VM) */
	bool has_pasid, has_translated, translated, priv, write, has_write, bbm, has_bbm, async,
		has_perm;
	bool has_vm; /* write: `vm` was given */
	uint32_t pasid;
	uint64_t iova, size; /* size in bytes; dma: default 8, ats: 4K */
	uint32_t perm;	     /* enum scn_perm bits */
	enum scn_access access;
	uint32_t repeat; /* dma: at least 1 */
	bool repeat_any; /* dma: any number of times, at any time from its place on; then repeat is 1 */
	struct scn_gpa gpa;

	bool has_invalidate;   /* unmap, protect, remap */
	bool invalidate_none;  /* invalidate: none */
	GPtrArray *invalidate; /* of struct scn_cmd*, if a list was given */
	struct scn_cmd *cmd;   /* cmd */

	enum scn_at at; /* write */
	char *at_register;
	struct scn_mark at_mark;
	uint64_t at_hpa, value;
	bool has_width;
	uint32_t width; /* bytes: 4 or 8 */

	char *by;	 /* reuse, free: a vm's or device's name, free text allowed */
	char *wait_for;	 /* wait */
	char *inject_at; /* inject: a label or a number, */
	struct scn_mark inject_mark;
	uint32_t inject_step; /* and the step it means */
	uint32_t what;	      /* inject: enum scn_inject, */
	bool alias;	      /* dma, ats: it comes by the device's other requester id */
	uint32_t reset_kind, reset_phase; /* reset: enum scn_reset, enum scn_reset_phase */
	int32_t dev_ats, dev_pasid;	  /* device: 0 or 1, -1: not said */
	uint32_t inject_errno, inject_entry, inject_on;
	struct scn_expect expect;
	struct scn_budget budget; /* checkpoint */
	struct scn_ioctl *ioctl;
	bool has_group, has_last, last; /* page-request */
	bool unread; /* the host looks at what hardware told it in a later step */
	uint32_t group;
	uint32_t code;	 /* page-response: a response code of PCIe */
	uint32_t fate;	 /* page-request: enum scn_fate */
	uint32_t answer; /* enum scn_answer */
};

struct scn_device {
	char *name;
	int32_t vm;
	uint32_t vrid;	/* bus<<8 | dev<<3 | fn; given or allocated (00:01.0, 00:02.0, ...) */
	uint32_t alias; /* a physical requester id that its requests may come by as well; 0: none */
	bool ats;
	bool pri, stall, answer_pasid;
	uint32_t pasid_bits; /* 0..20; default 20 */
	char *behind;	     /* the name of its physical IOMMU, NULL: the first */
	uint32_t iommu;	     /* and its index */
	struct scn_mark mark;
};

struct scn_space {
	char *name;
	int32_t vm;
	struct scn_mark mark;
};

struct scn_vm {
	char *name;
	uint64_t memory; /* bytes; default 64M */
	uint32_t parent; /* 1 + an earlier VM, of which it is another vIOMMU; 0: none */
	struct scn_mark mark;
};

/* A named page of a VM's memory (`buf0`): declared in pages:, or by its first use (4K). */
struct scn_name {
	char *name;
	int32_t vm;
	uint64_t size; /* bytes, a power of two >= 4K */
	uint64_t gpa; /* assigned by the loader, naturally aligned, inside the VM's memory, never page 0 */
	struct scn_mark mark;
};

/* One of `actors:`, a list of steps that goes on by itself; its steps stand together. */
struct scn_actor {
	char *name;
	uint32_t first, count; /* of its steps, in scn.steps */
	struct scn_mark mark;
};

#define SCN_ACTORS_MAX 32

/* `sweep:` at one point: a parameter and the value it has there. */
struct scn_param {
	char *name, *value;
};

#define SCN_ENTRIES_MAX (1 << 20)

/* `hardware: {caps: {cm: 1}, quirks: [spr17]}`: a parameter of the vendor, by its name. */
struct scn_hw_param {
	char *name;
	uint64_t value;
	bool quirk;
	struct scn_mark mark, value_mark;
};

/* The largest piece that a translation is kept in. */
enum scn_fragment {
	SCN_FRAGMENT_UNSAID, /* adversarial: 4K, concrete: the whole leaf */
	SCN_FRAGMENT_MIN,    /* the smaller one of both stages' leaves */
	SCN_FRAGMENT_4K,
};

/* `hardware: {order: weakest}`: in which order commands that no wait is between may take effect. */
enum scn_order {
	SCN_ORDER_VENDOR,  /* any but what the vendor's table says */
	SCN_ORDER_WEAKEST, /* any */
	SCN_ORDER_IN,	   /* as they stand in their ring */
};

/* The IOTLB of concrete hardware. */
enum scn_replace { SCN_REPLACE_LRU, SCN_REPLACE_FIFO, SCN_REPLACE_RANDOM };

struct scn_geometry {
	bool given;
	uint32_t sets, ways; /* sets: a power of two */
	enum scn_replace replace;
};

/* `guest: {domain-id: shared}`: whose the tags are that guests file their translations under. */
enum scn_domain_id {
	SCN_DOMAIN_ID_UNSAID, /* as the vendor's driver has it */
	SCN_DOMAIN_ID_PER_DEVICE,
	SCN_DOMAIN_ID_SHARED, /* the address space's, of every device that is attached to it */
};

/* One answer that differs from those of the host's policy. */
struct scn_column {
	const char *side; /* "host", "vmm" */
	char *name, *value;
	bool swept; /* by the point of a sweep that this is */
	struct scn_mark mark, value_mark;
};

#define SCN_HOST_DEFAULT "mail-2023"
/* No host at all: the one VM is the machine, and its driver's tables are the unit's only stage. */
#define SCN_HOST_BARE "bare-metal"

struct scn {
	char *file;
	uint64_t text_hash; /* of what was read: scn_text_hash() */
	char *name, *story;
	GPtrArray *refs; /* of char* */
	GPtrArray *
		vendors; /* of char*, as given; the caller checks them against the registered ones */
	GArray *vendor_marks; /* of struct scn_mark */
	char *host; /* of a vendor's policies, SCN_HOST_DEFAULT by default; or SCN_HOST_BARE */
	char *host_given; /* by scn_host_set(), in place of the file's own; NULL */
	char *host_file;  /* the file it comes from, with columns of its own; NULL: none */
	GArray *columns; /* of struct scn_column: of that file, then the scenario's; the last one counts */
	struct scn_mark host_mark;
	char *hardware; /* "adversarial" by default, or "concrete" */
	struct scn_mark hardware_mark;
	uint32_t domain_id; /* enum scn_domain_id */
	struct scn_mark domain_id_mark;
	uint32_t lazy;	   /* unmaps that a guest's driver gathers before it flushes; 0: none */
	GPtrArray *iommus; /* of char*: physical ones, at least one */
	struct scn_mark iommus_mark;
	GArray *vms;	  /* of struct scn_vm */
	GArray *devices;  /* of struct scn_device */
	GArray *spaces;	  /* of struct scn_space */
	GArray *names;	  /* of struct scn_name */
	GPtrArray *steps; /* of struct scn_step*, in file order */
	GArray *actors;	  /* of struct scn_actor; empty: there is one list, `steps:` */
	GArray *point; /* of struct scn_param: the point of the file's sweep that this is; empty: it has none */
	uint32_t point_number; /* which of scn_load_points() it is */
	struct scn_budget expect;
	GPtrArray *fail;	      /* of struct scn_fail*; empty: no finding expected */
	struct scn_geometry geometry; /* hardware: {iotlb: ...} */
	GArray *hw_params;	      /* of struct scn_hw_param: caps: and quirks: */
	enum scn_fragment fragment;
	uint32_t order; /* enum scn_order; of adversarial hardware */
	bool injects;	/* some step is one that injects */
};

/* Does a guest's driver put off what it owes for a step, `guest: {lazy: N}`. */
bool scn_step_lazy(const struct scn *scn, const struct scn_step *s);

/* The host and what differs from it: "mail-2023 {atc: drop, vmm.domain: device}"; to be freed. */
char *scn_policy_text(const struct scn *scn);
/*
 * Has the scenario run with another host: a policy's name, or a file of one, which ends
 * in .yaml. What the scenario itself says of single columns stands. False with @error set: that
 * file cannot be read.
 */
bool scn_host_set(struct scn *scn, const char *host, GError **error);
/* What scn_policy_of() asks of a scenario, and no more: this host. */
struct scn *scn_of_host(const char *host, GError **error);
#define SCN_HOST_IS_FILE(host) g_str_has_suffix(host, ".yaml")
const char *scn_kind_name(enum scn_kind kind); /* "stale-after-reuse" */
const char *scn_op_name(enum scn_op op);       /* "host-unmap" */
const char *scn_over_name(enum scn_over c);    /* "cross-tenant" */

/*
 * Reads @file, or @text of @len bytes if @text is not NULL (@file is then only its name
 * in messages): one scenario for each point of its sweep, one if it has none. @vendors
 * is a NULL-ended list of the registered vendors' names, for messages. Returns an array
 * of struct scn *, which owns them, or NULL with @error set; its message holds up to 20
 * reports in GCC style, each "file:line:col: error: ..." with the line, a caret and help.
 */
GPtrArray *scn_load_points(const char *file, const char *text, size_t len,
			   const char *const *vendors, GError **error);
/* The same of its first point alone; to be freed with scn_free(). */
struct scn *scn_load(const char *file, const char *text, size_t len, const char *const *vendors,
		     GError **error);
/* "form=buggy, host.atc=drop": its point, with @separator between; to be freed. NULL: it has none. */
char *scn_point_text(const struct scn *scn, const char *separator);
/* The value that a parameter has at its point, NULL: there is no such parameter. */
const char *scn_point_value(const struct scn *scn, const char *name);
void scn_free(struct scn *scn);
/* The first 64 bits of the SHA-256 of a scenario's text: by which a token names it. */
uint64_t scn_text_hash(const char *text, size_t len);
/* Reads a file whole; NULL with @error set: it cannot be read, or is larger than one may be. */
char *scn_read_file(const char *file, size_t *ret_len, GError **error);

#define SCN_ERROR (scn_error_quark())
GQuark scn_error_quark(void);
enum scn_error { SCN_ERROR_READ, SCN_ERROR_SYNTAX, SCN_ERROR_CONTENT };

#endif
