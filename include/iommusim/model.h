/* SPDX-License-Identifier: MIT */
/*
 * How a vendor describes its IOMMU: `const` tables plus a few small functions.
 * The engine knows nothing that is not in here. Every row names its source, a
 * section of the specification or a kernel function.
 */
#ifndef IOMMUSIM_MODEL_H
#define IOMMUSIM_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iommusim/command.h"
#include "iommusim/event.h"
#include "iommusim/host.h"
#include "iommusim/params.h"
#include "iommusim/registers.h"
#include "iommusim/request.h"
#include "iommusim/policy.h"
#include "iommusim/software.h"
#include "iommusim/told.h"
#include "iommusim/walk.h"

/* ---- tags ---- */

#define IMS_NONE UINT32_MAX /* no index */
/* Fields of a tag, as bits: what a cache looks up by, what it is invalidated by. */
enum ims_key {
	IMS_KEY_DOM = 1, /* DID, DomainID, VMID */
	IMS_KEY_CTX = 2, /* PASID, ASID */
	IMS_KEY_SRC = 4, /* requester id, StreamID */
	IMS_KEY_ADDR = 8,
	IMS_KEY_MID =
		16, /* what an entry came through between the stages; of `residual` alone, with an index */
	IMS_KEY_LEAF2 =
		32, /* the leaf of stage 2 that an entry came through; of `residual` alone, without one */
};

/*
 * The class an entry is filed under. The vendor numbers its own (first-stage,
 * nested, stream worlds ...); a match names a set of them as bits.
 */
#define IMS_CLASSES   8
#define IMS_CLASS_ANY 0xffu

/* ---- caches ---- */

#define IMS_CACHES 12

/* Where a finding says an entry was; design.md section 5. */
enum ims_where { IMS_WHERE_CONFIG, IMS_WHERE_WALK, IMS_WHERE_IOTLB, IMS_WHERE_ATC, IMS_WHERE_MAX };

struct ims_cache_def {
	const char *name;
	uint8_t where; /* enum ims_where */
	uint8_t stage; /* of IMS_WHERE_WALK: whose tables its entries skip; else whose leaves alone they are, 0: results of all stages */
	uint8_t lookup; /* enum ims_key bits a look-up compares */
	uint8_t primary; /* IMS_KEY_DOM or IMS_KEY_SRC: the first field of its invalidation index; CTX is the second */
	uint8_t residual; /* enum ims_key bits a match may compare besides, of the few entries the index finds */
	uint8_t payload; /* 64-bit words of a configuration structure kept in an entry; 0 for address caches */
	uint8_t noted; /* of these, as bits: what hardware keeps with the structure, of itself */
	/* With IMS_KEY_DOM: the bits of a class's number that a look-up compares besides; 0: none. */
	uint8_t worlds;
	/*
	 * Entries that are parts of a larger leaf are found by that leaf: of caches that a
	 * match reaches by IMS_RANGE_LEAF.
	 */
	bool by_leaf;
	const char *source;
};

/* ---- what a unit can do, and what it keeps ---- */

#define IMS_RINGS   24 /* of commands, of a unit */
#define IMS_PARAMS  112
#define IMS_DERIVED 32
#define IMS_REGS    112

/* The vendor's part of a unit; flat, and copied with the world. */
struct ims_state {
	uint32_t params[IMS_PARAMS];
	uint64_t derived[IMS_DERIVED]; /* the vendor's own, made of the parameters: masks */
	uint64_t regs[IMS_REGS];       /* the vendor's own: registers */
	uint8_t mode;		       /* bit number for ims_cmd_row.modes */
	uint8_t cmd_words;	       /* words of one command in the ring */
	bool rights_by_config; /* what a request may do depends on configuration structures even where it comes without PASID */
	bool fetch_off;	   /* software has not enabled the first command ring */
	uint32_t rings_on; /* it has enabled these of the others, as bits by their number */
	bool early_effect; /* a command that no order holds behind what is pending overtakes it, and takes effect at once */
	bool atc_passes; /* a device that does not answer in time is given up: its invalidation alone is void */
	bool atc_asks;	/* a device asks again at once for what an invalidation took from it */
	bool atc_twice; /* devices act on an invalidation only when it comes a second time */
	bool atc_alone; /* what a device does not answer is lost without the other commands around it */
	bool no_write; /* a translation request may say that it wants no write permission */
	uint8_t fetch_words; /* of a structure wider than hardware reads at once: what a fetch begun earlier has; 0: never any */
	/*
	 * A cache in front of the IOTLB, looked up by what the request itself says before any
	 * structure is read: what an answer came of stays in it. 0: there is none.
	 */
	uint8_t early;
	/* The fault of a look-up that two entries answer, of leaves of different levels; 0: the smaller one serves. */
	uint16_t conflict;
	uint8_t neighbours; /* pages behind the one asked for that are filled with it */
	/* Neighbouring pages that fit are answered as one of this size to translation requests; 0: never. */
	uint8_t merge_lg2;
	bool merge_any; /* and to any request, and kept so */
	/* Untranslated requests without PASID to these addresses are answered by path(), whatever is cached; 0 bytes: none. */
	uint64_t window_first, window_bytes;
};

/* ---- faults ---- */

struct ims_fault_def {
	uint16_t code;
	const char *name; /* "SFS.2" */
	const char *text;
	const char *source;
};

/* A path's or walk's answer where the tables ask for something that is not modelled. */
#define IMS_FAULT_UNMODELLED UINT16_MAX

/* A device asks software for a page. */
struct ims_page_req {
	uint32_t src, ctx;
	uint64_t addr;
	uint16_t group;
	bool read, write, priv, last; /* neither read nor write, and last: a stop marker */
	bool execute;		      /* of a request with PASID to read */
	bool answer_ctx; /* its device knows an answer by the PASID in it too (PCIe, PRG Response PASID Required) */
};

/* What hardware made of it. */
enum ims_page_fate {
	IMS_PAGE_QUEUED,   /* it stands in the queue */
	IMS_PAGE_ANSWERED, /* hardware answers by itself: the code is in the event */
	IMS_PAGE_DROPPED,
};
/* With the code of an answer: it has no PASID though its request has one. */
#define IMS_PAGE_BARE 0x80

/* How an ATS translation request is answered when translation ends with a code. */
enum ims_ats_answer { IMS_ATS_ABORT, IMS_ATS_UNSUPPORTED, IMS_ATS_NOTHING, IMS_ATS_REDUCED };

/* What a vendor's documents call the things that all vendors have. */
struct ims_words {
	const char *dom, *ctx, *src; /* the fields of tags: "DID", "PASID", "RID" */
	const char *start;	     /* where the walk of a guest's memory starts */
	const char *nested;	     /* what a host takes over of a guest for a nested domain */
	const char *source;
};

/*
 * Of what stands beside tables and invalidations: how far it is modelled. Every vendor
 * answers for every topic, in the order of these.
 */
enum ims_topic {
	IMS_TOPIC_GUEST_QUEUES,
	IMS_TOPIC_PAGE_REQUESTS,
	IMS_TOPIC_STALLS,
	IMS_TOPIC_GUEST_EVENTS,
	IMS_TOPIC_RESET,
	IMS_TOPIC_TIME_OUTS,
	IMS_TOPIC_DIRTY,
	IMS_TOPIC_ALIASES,
	IMS_TOPICS,
};

extern const char *const ims_topics[IMS_TOPICS];

struct ims_scope_row {
	const char *modelled; /* NULL: nothing; the vendor may not have it */
	const char *left_out; /* NULL: nothing is that its documents have */
	const char *source;
};

/* clang-format off */
/*
 * The first two fields of the rows that say of each vendor the same: what they are about is
 * the host's and the devices', and the vendor's part of it is in the source alone.
 */
#define IMS_SCOPE_RESET \
	"a function's reset and a link that goes down, with their phases: the ATC is " \
	"empty, ATS and PASIDs are off in the device until they are enabled again, what " \
	"it was asked meanwhile has no answer; hosts that shut the device out before, " \
	"and refuse attachments meanwhile; the order in which ATS and PASIDs are " \
	"enabled", \
	"transactions in flight: an access is one moment; without a host"
#define IMS_SCOPE_TIME_OUTS \
	"answers that do not come, come too late or are void, by device and count; what " \
	"the unit's queue makes of it; hosts that issue again, take it for done, report " \
	"it or shut the device out; errors of a call and of a queue, by hand", \
	"the time itself: a wait that is given up is one event"
#define IMS_SCOPE_DIRTY \
	"marks of writes in leaves of the second stage, what IOTLBs and ATCs keep of " \
	"them, HWPT_SET_DIRTY_TRACKING and HWPT_GET_DIRTY_BITMAP with and without " \
	"clearing; hosts that flush what they cleaned, or do not; writes that leave no " \
	"mark are found as stale", \
	NULL
#define IMS_SCOPE_ALIASES \
	"one more requester id of a device on the physical side, with entries of its " \
	"own; hosts that invalidate by each, or by the first; devices behind one " \
	"bridge, which share its id and are one group", \
	"ATS and resets behind a bridge; that Linux leaves a group attached until its " \
	"last device goes; aliases in a guest's own view, and without a host"
/* clang-format on */

/* ---- the vendor ---- */

struct ims_model {
	const char *name;  /* "vtd" */
	const char *title; /* for people */
	struct ims_words words;
	const struct ims_scope_row *scope; /* by enum ims_topic */

	const struct ims_cache_def *caches;
	uint8_t caches_count;
	uint8_t iotlb, atc; /* which of them */
	uint8_t few; /* those, as bits, of which a world keeps a few entries whatever is configured */
	const char *const *classes;
	uint8_t classes_count;
	uint8_t s1_class;   /* bits: the classes that stage-1-only translations are filed under */
	uint8_t leaf_class; /* of leaves that a format keeps among the steps of walks, */
	uint8_t leaf_cache
		[3]; /* or 1 + the cache that has those of a stage, by its number; 0: among the steps */
	uint8_t absent_class; /* of configuration structures that fault */

	const struct ims_cmd_row *rows;
	uint8_t rows_count;
	/* Where the rows of an opcode begin: by these bits of the first word; NULL: at 0. */
	const uint8_t *rows_from;
	uint8_t rows_from_hi, rows_from_lo;
	uint8_t cmd_words;	/* words of one command in the ring */
	uint8_t ring_least_lg2; /* log2 of the commands in the shortest ring there may be; 0: any */
	bool ring_wraps; /* head and tail have a bit above the slot's number: a ring may be full */
	uint8_t rings_param; /* 1 + the parameter that says how many rings a unit has besides the first; 0: it has none */
	uint8_t guest_rings_param; /* the same of those behind them, that guests may own: ims_ring_own() */
	bool guest_ring_polls; /* whether a wait in them is complete guests see by the head: it writes no word */
	uint16_t guest_words; /* 64-bit words that a unit with such rings has for what it keeps of them: ims_guest_words() */
	const char *sync; /* title of the row that waits for completion */
	const struct ims_fault_def *faults;
	uint8_t faults_count;
	const struct ims_fault_def *queue_errors;
	uint8_t queue_errors_count;
	uint16_t queue_error_type,
		queue_error_reserved; /* codes for an unknown command, a reserved bit */
	uint16_t queue_error_fetch;   /* where the ring cannot be read; 0: it reads as zero */
	uint16_t queue_error_timeout; /* a device did not answer an invalidation */
	/* How software acknowledges these, so that the queue goes on; NULL: it cannot. */
	const struct ims_reg_step *queue_clear;
	uint8_t queue_clear_count;
	bool queue_clear_empties; /* what stands in the ring goes with that */
	bool queue_steps_over; /* the guest's driver does so too, with a wait in the place of the command in error */

	const struct ims_param *params;
	const struct ims_param_rule *param_rules;
	const struct ims_order *orders;
	const struct ims_reg *regs;
	uint8_t params_count, param_rules_count, orders_count, regs_count;
	/* What the software below asks of a unit: without it there is nothing to run. */
	const struct ims_param_rule *needs;
	/* What a guest's unit has, and what the physical one has, whatever is asked for. */
	const struct ims_param_set *guest_params, *host_params;
	uint8_t needs_count, guest_params_count, host_params_count;

	const struct ims_format *s1, *s2; /* what software builds */
	uint8_t s1_top, s2_top;		  /* levels it builds */
	uint32_t dom_first, dom_last;	  /* ids software may allocate */
	uint8_t host_address_lg2;	  /* host physical addresses are below 2^this */
	uint8_t memory_lg2;		  /* and memory ends here */

	uint8_t recording_units,
		recording_answer; /* how recordings of its driver are read: 0, the first way */
	uint32_t ctx_standin; /* the PASID that stands in for none, as the driver below programs it */

	const struct ims_prog_rule *prog_rules;
	uint8_t prog_rules_count;
	uint8_t nest_of; /* enum ims_nest */
	/* What hosts and VMMs may be like; the first policy is that of the mail of 2023-12-09. */
	const struct ims_column_use *columns;
	const struct ims_policy_row *policies;
	uint8_t columns_count, policies_count;
	const struct ims_host_driver *const
		*hosts; /* what their drivers take, by the policies' names */
	uint8_t hosts_count;
	uint8_t guest_tag; /* enum ims_guest_tag */
	bool remap_breaks; /* a driver that changes an entry first breaks it, unless it is told not to */
	uint8_t s2_roots;  /* root tables of a host's second stage, side by side; 0: one */
	bool recording_s2; /* the driver that recordings are of built tables of the format s2: replayed on a machine without a second stage alone */
	const struct ims_rule *guest_rules, *host_rules;
	uint8_t guest_rules_count, host_rules_count;

	/*
	 * Reads the configuration structures of @req, through the caches. Returns
	 * 0, or the code of the fault.
	 */
	uint16_t (*path)(struct ims_hw *hw, const struct ims_req *req, struct ims_path *ret_path);
	/* Walks the tables of @path; returns 0 or the fault's code; @leaf is valid when REDUCED says so. */
	uint16_t (*walk)(struct ims_walker *w, const struct ims_path *path,
			 const struct ims_req *req, struct ims_leaf *leaf);
	/*
	 * Configuration structures that stand between the stages: translates @mid by the
	 * second stage of @path alone; 0 or the fault's code. NULL: there are none.
	 */
	uint16_t (*walk_mid)(struct ims_walker *w, const struct ims_path *path, uint64_t mid,
			     struct ims_leaf *leaf);
	/* A code's ATS answer, enum ims_ats_answer. */
	uint8_t (*ats_answer)(uint16_t fault);
	/* The code of a request that lacks these enum ims_perm bits of a cached translation, which has @perm. */
	uint16_t (*denied)(struct ims_hw *hw, const struct ims_req *req, uint16_t missing,
			   uint16_t perm);
	/* What of a device's abilities the unit lets it use; NULL: all. */
	void (*device_limits)(const uint32_t *params, struct ims_dev_config *config);
	/* Levels of a stage that may hold leaves, as bits; NULL: whatever the format says. */
	uint8_t (*leaf_levels)(const uint32_t *params, unsigned stage);
	/* Masks and the like of a unit with these parameters; NULL: there are none. */
	void (*derive)(struct ims_state *s);
	/*
	 * May this unit fetch commands as it stands, with this root register in effect:
	 * 0, or the queue error. Sets the mode. NULL: always, in mode 0.
	 */
	uint16_t (*ready)(struct ims_state *s, uint64_t root);
	/* Power-on: registers have their reset values, the rest is the vendor's; NULL: nothing to do. */
	void (*reset)(struct ims_hw *hw);
	/* Is a command that matches @row legal on this unit: 0, or the queue error; NULL: always. */
	uint16_t (*accept)(const struct ims_state *s, const struct ims_cmd_row *row,
			   const uint64_t *words);
	/*
	 * A request ended in a fault that is not to be silent, with as much of its path as was
	 * read; NULL: nothing is recorded.
	 */
	void (*fault)(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
		      uint16_t code);
	/* A command of kind FETCH takes effect: ims_hw_fetch() of what it names. */
	void (*fetch)(struct ims_hw *hw, const struct ims_cmd *cmd);
	/* A command of kind ACT is consumed. */
	void (*act)(struct ims_hw *hw, const struct ims_cmd *cmd);
	/* A ring stopped, a wait signals: the vendor's registers and interrupts; NULL: none. */
	void (*queue_stopped)(struct ims_hw *hw, unsigned ring, uint16_t error);
	void (*wait_signalled)(struct ims_hw *hw);
	/*
	 * A guest's command names a device that the guest does not have: its monitor tells it
	 * through the unit it believes in, @hw; NULL: it hears nothing.
	 */
	void (*guest_refused)(struct ims_hw *hw, const struct ims_cmd *cmd);
	/*
	 * @src did not answer an invalidation, that of @cmd, so that the queue stopped or with
	 * atc_passes goes on; or (@cmd is NULL) answered what nobody asked.
	 */
	void (*atc_failed)(struct ims_hw *hw, uint32_t src, const struct ims_cmd *cmd);
	/* A page request; NULL: not modelled. @ret_code: if ANSWERED, its code, with IMS_PAGE_BARE or without. */
	enum ims_page_fate (*page_request)(struct ims_hw *hw, const struct ims_page_req *req,
					   uint8_t *ret_code);
	/*
	 * With guest_rings_param. A command fetched from a ring that a guest owns, before it is
	 * decoded: puts in place of the guest's names those of the function that the ring is of.
	 * Returns 0, the queue error, or IMS_CMD_VOID: it is consumed, and has no effect. On the
	 * unit that the guest believes in (IMS_OWNER_BARE) the names are the guest's own: it
	 * only says what such a ring does not take.
	 */
	uint16_t (*guest_command)(struct ims_hw *hw, unsigned ring, uint64_t *words);
	/*
	 * Where hardware finds @addr, of such a ring or of a word that a wait in it writes;
	 * false: nowhere, the fetch fails and the write is lost. NULL: software gave addresses of
	 * the unit's own.
	 */
	bool (*ring_address)(struct ims_hw *hw, unsigned ring, uint64_t addr, uint64_t *ret_addr);
	/* The guest's driver turns a queue of its own on or off, by the page of it that it has. NULL: it need not. */
	void (*guest_ring)(struct ims_hw *hw, unsigned ring, bool on);
	/*
	 * A register that stands in the page of a guest's queue, which its VMM may have mapped:
	 * of which of the unit's rings, and where in the page. False: it is none. NULL: guests
	 * have no such pages.
	 */
	bool (*guest_page)(const struct ims_hw *hw, const struct ims_reg *r, unsigned *ret_ring,
			   uint32_t *ret_at);
	/* It acknowledges that such a queue stopped, so that it goes on; NULL: it cannot. */
	void (*guest_ring_clear)(struct ims_hw *hw, unsigned ring);
	/* A wait in a ring is complete; NULL: nobody asks. */
	void (*wait_done)(struct ims_hw *hw, unsigned ring);
	/* Fills in the range of a decoded command; @s as in ims_cmd_decode(), NULL: the defaults. */
	void (*decode)(const struct ims_state *s, const struct ims_cmd_row *row,
		       const uint64_t *words, struct ims_cmd *cmd);
	/* The configuration of @e.src and @e.ctx; @hw bypasses every cache. NULL: there are no prog_rules. */
	void (*live)(struct ims_hw *hw, struct ims_live *e);
	/* Puts a range into a command's words. */
	void (*encode)(const struct ims_cmd_row *row, const struct ims_cmd_args *args,
		       uint64_t *words);
	/* Software that writes configuration structures: guest and host alike. */
	void (*setup)(struct ims_driver *d);
	void (*device_add)(struct ims_driver *d, uint32_t src, const struct ims_dev_config *config);
	void (*ctx_set)(struct ims_driver *d, uint32_t src, uint32_t ctx,
			const struct ims_ctx_config *config);
	void (*ctx_clear)(struct ims_driver *d, uint32_t src, uint32_t ctx);
	/* What is left of an entry that nothing holds any more. */
	void (*ctx_wipe)(struct ims_driver *d, uint32_t src, uint32_t ctx);
	void (*device_clear)(struct ims_driver *d, uint32_t src);
	/* With IMS_NEST_DEVICE. A guest's entry of @src as it is now; @d reads the guest's memory. */
	void (*guest_entry)(struct ims_driver *d, uint32_t src, struct ims_guest_entry *ret_entry);
	/*
	 * Is @addr, guest-physical, in a device's entry: whose, and in which word of it; a guest's
	 * stores there are trapped where its VMM does not see its commands. NULL: nothing is.
	 */
	bool (*guest_entry_at)(struct ims_driver *d, uint64_t addr, uint32_t *ret_src,
			       unsigned *ret_word);
	/* Is there a PASID from *@ctx on, in the table at @e.root: the first. */
	bool (*guest_ctx)(struct ims_driver *d, const struct ims_guest_entry *e, uint32_t *ctx);
	/*
	 * Has the range of the guest's memory a part of that table; @d reads it. NULL: hardware
	 * keeps nothing of it that outlives what is owed for the range.
	 */
	bool (*guest_dir)(struct ims_driver *d, const struct ims_guest_entry *e, uint64_t first,
			  uint64_t last);
	/* The host's entry of @src, composed of the guest's: @config has the second stage and the tag. */
	void (*nest)(struct ims_driver *d, uint32_t src, const struct ims_guest_entry *e,
		     const struct ims_ctx_config *config);
	/* Accessed and dirty bits of the second stage; false: this unit has none. */
	bool (*ctx_dirty)(struct ims_driver *d, uint32_t src, uint32_t ctx, bool on);
	/* Queues that hardware fills, as software uses them, and the rows by which it answers. */
	const struct ims_told_queue *told;
	uint8_t told_count;
	const char *page_answer, *stall_answer; /* titles; NULL: there is none */
	uint8_t stall_codes[2];			/* its response codes: to try again, to end it */
	/* A monitor tells its guest of a fault, by a record of the guest's own queue; NULL: it cannot. */
	void (*guest_told)(struct ims_hw *hw, const uint64_t *words);
};

/* ---- the engine's services for a vendor's path ---- */

struct ims_cfg_key {
	uint32_t src, ctx;
	uint16_t dom;
	bool negative; /* of what is filled: the structure faults */
	uint8_t cls;   /* of an entry that is filled */
	uint16_t part; /* of structures of several tables or entries, each cached for itself: which, from 1; 0: it has none */
	bool through;  /* it stands at `mid` between the stages */
	uint64_t mid;
};

/* A cached structure's words, or NULL. */
const uint64_t *ims_cfg_find(struct ims_hw *hw, unsigned cache, const struct ims_cfg_key *key);
/* Reads @count words at @addr; false: access error. */
bool ims_cfg_read(struct ims_hw *hw, uint64_t addr, unsigned count, uint64_t *ret_words);
/*
 * Where a structure is that stands at @mid between the stages, by model.walk_mid; 0 or the
 * fault's code, and @ret_path has where it failed.
 */
uint16_t ims_cfg_through(struct ims_hw *hw, const struct ims_req *req, struct ims_path *path,
			 uint64_t mid, uint64_t *ret_addr);
/*
 * The same of a structure that hardware reads in pieces, for @cache: the first
 * words are those of a fetch that began earlier, if there is one.
 */
bool ims_cfg_read_split(struct ims_hw *hw, unsigned cache, const struct ims_cfg_key *key,
			uint64_t addr, unsigned count, uint64_t *ret_words);
/* Caches the structure just read, in place of an older one with the same key. */
void ims_cfg_fill(struct ims_hw *hw, unsigned cache, const struct ims_cfg_key *key,
		  const uint64_t *words);
/* Changes a word of a cached structure, that hardware keeps with it; nothing, if it is not cached. */
void ims_cfg_note(struct ims_hw *hw, unsigned cache, const struct ims_cfg_key *key, unsigned word,
		  uint64_t value);
/* The root register as it is in effect. */
uint64_t ims_cfg_root(const struct ims_hw *hw);
void ims_cfg_root_set(struct ims_hw *hw, uint64_t root);
/* Drops everything @match asks for by no field of a command: what a register write implies. */
void ims_cfg_drop(struct ims_hw *hw, const struct ims_match *match);

/* ---- the engine's services for a vendor's registers, queues and faults ---- */

struct ims_state *ims_hw_state(struct ims_hw *hw);
const struct ims_state *ims_hw_state_const(const struct ims_hw *hw);
/*
 * A unit's rings of commands by their number, from 0. Each has its own head, tail, error
 * and commands that are consumed and not complete: a wait completes those of its ring.
 * The words of one, as its registers say: base, 2^count_lg2 commands.
 */
void ims_ring_set(struct ims_hw *hw, unsigned ring, uint64_t base, unsigned count_lg2);
uint64_t ims_ring_base(const struct ims_hw *hw, unsigned ring, unsigned *ret_count_lg2);
uint32_t ims_ring_head(const struct ims_hw *hw, unsigned ring);
uint32_t ims_ring_tail(const struct ims_hw *hw, unsigned ring);
void ims_ring_head_set(struct ims_hw *hw, unsigned ring, uint32_t head);
/* Moves the tail, in commands: hardware runs, unless it has stopped. */
void ims_ring_tail_set(struct ims_hw *hw, unsigned ring, uint32_t tail);
/* The head is 0 again, what is pending is complete; an error stands. */
void ims_ring_reset(struct ims_hw *hw, unsigned ring);
/* Stops for a reason that is not in a command. */
void ims_ring_stop(struct ims_hw *hw, unsigned ring, uint16_t error);
/* Goes on after an error. */
void ims_ring_resume(struct ims_hw *hw, unsigned ring);
/* The ring whose command is being consumed, or was it that did not complete. */
unsigned ims_ring_at_hand(const struct ims_hw *hw);
/* From queue_stopped(): the command at the head, which is in error, is passed over. */
void ims_ring_pass(struct ims_hw *hw, unsigned ring);
/*
 * Rings that guests own, of a unit that has guest_rings_param: the last of its rings. The
 * owner is the vendor's number of a guest's function in the unit (VINTF, GuestID), from 1;
 * 0: the ring is like any other. Guests themselves believe in a unit of their own, whose
 * ring is IMS_OWNER_BARE's: commands are executed as they are written, and what a wait
 * writes is left to the unit that has the guest's ring in fact.
 */
#define IMS_OWNER_BARE UINT16_MAX
#define IMS_CMD_VOID   UINT16_MAX
void ims_ring_own(struct ims_hw *hw, unsigned ring, uint16_t owner);
uint16_t ims_ring_owner(const struct ims_hw *hw, unsigned ring);
/* The number of the first of them; that of all rings if the unit has none. */
unsigned ims_ring_guests(const struct ims_hw *hw);
/* The vendor's own words of a unit, guest_words of them; NULL: it has no such rings. */
uint64_t *ims_guest_words(const struct ims_hw *hw);
/*
 * All that is consumed and not complete takes effect, but for what a device does not
 * answer: that stays, for the next wait in the ring to fail by.
 */
void ims_ring_settle(struct ims_hw *hw, unsigned ring);
/* What is consumed and not complete is lost, and no wait will hear of a device that did not answer. */
void ims_ring_forget(struct ims_hw *hw, unsigned ring);
/* A command that hardware makes itself: it takes effect at once. Returns 0, or why it is none. */
uint16_t ims_cmd_now(struct ims_hw *hw, const uint64_t *words);
/*
 * The configuration of @req alone, as a look-up of its own: what is read for it is read
 * now, whatever was looked up before. Returns 0, or the fault.
 */
uint16_t ims_hw_path(struct ims_hw *hw, const struct ims_req *req, struct ims_path *ret_path);
/* Fills the caches as @req would: no bit is set in tables, no fault told. */
void ims_hw_fetch(struct ims_hw *hw, const struct ims_req *req);
/*
 * Where @req leads by the tables as they are in memory: nothing is kept or set, no event is
 * logged. Returns 0, or the fault.
 */
uint16_t ims_hw_where(struct ims_hw *hw, const struct ims_req *req, uint64_t *ret_addr);
/* A request that had been put off arrives anew; its answer is in the log alone. */
void ims_hw_retry(struct ims_hw *hw, const struct ims_req *req);
/* Stores an aligned 64-bit word at @addr, in the unit's own addresses; false: no memory there. */
bool ims_hw_store(struct ims_hw *hw, uint64_t addr, uint64_t value);
/* An interrupt message: one event in the log, @source the vendor's number of its cause. */
void ims_hw_signal(struct ims_hw *hw, unsigned source, uint64_t addr, uint32_t data);
/*
 * A transaction waits for software, which knows it by @tag; and waits no more, because it
 * was ended (@retried: it arrives anew).
 */
void ims_hw_stalled(struct ims_hw *hw, const struct ims_req *req, uint16_t tag);
void ims_hw_resumed(struct ims_hw *hw, uint32_t src, uint16_t tag, bool retried);
/* A fault was told to software, or lost for want of room: one event in the log. */
void ims_hw_faulted(struct ims_hw *hw, uint16_t code, uint64_t addr, uint32_t ctx, uint32_t src,
		    bool recorded);

/* ---- lookups in the tables above; NULL or -1 if there is none ---- */

const struct ims_cmd_field *ims_row_field(const struct ims_cmd_row *row, const char *name);
int ims_model_row(const struct ims_model *m, const char *title);
const struct ims_fault_def *ims_model_fault(const struct ims_model *m, uint16_t code);
int ims_model_param(const struct ims_model *m, const char *name);
const struct ims_reg *ims_model_reg(const struct ims_model *m, const char *name);
/* The first rule that these parameters break, NULL if none. */
const struct ims_param_rule *ims_params_broken(const struct ims_model *m, const uint32_t *params);
/* A unit's state with these parameters; NULL: the defaults. */
void ims_state_init(const struct ims_model *m, const uint32_t *params, struct ims_state *ret_state);
/* Does a unit with these parameters (NULL: the defaults) execute @earlier before @later without a wait between; rows by number. */
bool ims_model_ordered(const struct ims_model *m, const uint32_t *params, unsigned earlier,
		       unsigned later);

/* What is wrong with a description: NULL, or a text (static) and in @ret_row the row. */
const char *ims_model_check(const struct ims_model *m, int *ret_row);

#endif
