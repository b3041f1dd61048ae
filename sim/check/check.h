/* SPDX-License-Identifier: MIT */
/*
 * Judging a run: a reader of its log that keeps an image of memory and, for every
 * cached entry, the words it was made of; a second oracle that re-walks the
 * tables of the world. Both say the same of every entry, or this program is wrong.
 */
#ifndef SIM_CHECK_CHECK_H
#define SIM_CHECK_CHECK_H

#include <glib.h>

#include "sim/check/sometimes.h"
#include "sim/hyp/hyp.h"
#include "sim/scenario/run.h"

enum chk_verdict {
	CHK_PASS,
	CHK_FAIL,
	CHK_BOUNDED,
	CHK_INCONCLUSIVE,
	CHK_VACUOUS,
	CHK_ERROR,
	CHK_VERDICT_MAX
};

/* Which field of an invalidation did not fit the entry; in the order in which they are compared. */
enum chk_field {
	CHK_FIELD_LEVEL, /* the command does not reach this kind of cache, or leaves table entries */
	CHK_FIELD_DOM,
	CHK_FIELD_CTX,
	CHK_FIELD_SRC,
	CHK_FIELD_CLASS,
	CHK_FIELD_RANGE,
	CHK_FIELD_TIME,	 /* what the entry was made of was read after the command was consumed */
	CHK_FIELD_ORDER, /* the entry was filled after the command, from something still outdated */
	CHK_FIELD_NONE,	 /* it fits; if it did not drop the entry, somebody dropped the command */
};

struct chk_near_miss {
	uint32_t line;
	char *command;
	enum chk_field field;
	uint64_t first, last; /* what it names, all addresses if it names none */
	bool between;	      /* they are addresses between the stages */
	char *want, *got;
	char *discarded; /* who dropped it on the way, NULL if nobody */
	uint32_t event;
	uint32_t ring; /* of the unit's, in which it stood */
	bool refused;  /* the unit stopped at it */
	bool lost;     /* a device did not answer, and it was not executed */
	bool done;     /* a wait behind it, in the same ring, has completed */
};

struct chk_step {
	uint32_t event, line;
	uint8_t actor;
	char *text;
};

/* Not in a cache. */
#define CHK_WHERE_QUEUE (IMS_WHERE_MAX + 1)

/* A layer that was repaired, the others left as they are: is the finding gone then. */
struct chk_repair {
	const char *layer;
	bool fixes;
};

#define CHK_REPAIRS 4 /* guest, vmm, host, queue */

struct chk_finding {
	enum scn_kind kind;
	bool latent;
	bool unmarked; /* the page is right, and that it was written nobody will know */
	uint8_t where; /* enum ims_where; IMS_WHERE_MAX: nowhere; CHK_WHERE_QUEUE */
	const char *cause, *blame;
	uint32_t line;	  /* of the step whose effect became outdated */
	const char *step; /* its text; the scenario's, may be NULL */
	uint32_t vm, dev, ctx;
	uint64_t iova;	    /* first page */
	uint64_t got, want; /* host addresses; has_want: a fresh walk has one */
	bool has_want;
	char *gap;     /* wrong-range: what no command covered */
	char *refused; /* of a call of the VMM: what the host said; NULL: it refused none */
	const char *rule, *rule_source; /* SCN_KIND_RULE: what it says, and where that is written */
	GArray *pages;			/* of uint64_t, iovas, ascending, distinct */
	GPtrArray *misses;		/* of struct chk_near_miss* */
	GPtrArray *history;		/* of struct chk_step* */
	/* The readings of open knobs without which it is not there: "k9-prefetch=7, ..."; NULL: none. */
	char *needs;
	char *power; /* the same with what is open about each; NULL as well */
	/*
	 * What hardware did of itself that it is found, and what it takes of hardware to do so: the
	 * name of a rung. NULL: nothing but filling its caches on access.
	 */
	struct scn_deed *deeds;
	uint32_t deeds_count;
	bool searched; /* only who searches finds it; with `deeds`, or where nobody has waited */
	uint8_t *order; /* of actors, as in struct scn_variant, in which it is found; NULL: the first one */
	uint32_t order_count;
	char *order_text; /* the same by name: "cpu0, nic, the VMM of vm0"; NULL */
	const char *rung;
	char *token; /* repeats the run in which it was found; NULL: nobody searches */
	/*
	 * Columns of the host and the VMM, "host.atc", ended by NULL: with the answers of the
	 * vendor's first policy it is not found, with any of them or, if no one does, with all
	 * of these together; and that in words. NULL: it does not depend on them.
	 */
	char **columns, *column_text;
	struct chk_repair repairs[CHK_REPAIRS]; /* of those layers that there is a repair of */
	unsigned repairs_count;
};

struct chk_counts {
	uint64_t events, dma, faults, walk_reads, guest_commands, host_calls, hw_commands, syncs,
		dropped;
};

struct chk_result {
	enum chk_verdict verdict;
	bool internal;	     /* the oracles disagreed: a bug of this program, exit code 3 */
	char *reason;	     /* NULL, or why it is not a pass */
	GPtrArray *findings; /* of struct chk_finding* */
	uint64_t over[SCN_OVER_MAX];
	struct {
		uint64_t events, pages, longest;
		/* Pages that were used, or given away, while an unmap was put off that took them from a device. */
		uint64_t exposed;
	} windows;
	struct chk_counts counts;
	uint32_t not_judged; /* kinds asked for in never: that are not judged yet, as bits */
	bool guest_queues;   /* a guest had a queue of its own in the hardware */
	/* What the run has shown of the devices, for `sometimes:`; NULL: nothing was run. */
	struct chk_possible *possible;
	bool retentive; /* adversarial hardware by unbounded caches filled on access alone, */
	char *unmet;	/* an expectation that does not hold in another order of the actors; NULL */
	uint32_t orders;  /* runs that it took to see all orders of the actors; 0: there is one */
	char *unsearched; /* since not all that it may do could be searched, for this reason; NULL */
};

struct chk;

/* The parts of a world that the reader needs; a scenario's run and a replay both have them. */
struct chk_subject {
	const struct ims_model *model;
	struct hyp *h;
	struct ims_world *world;
	const struct ims_world_config *config;
	struct ims_log *log;
	const struct scn *scn; /* NULL in a replay: then lines are the recording's */
};

struct chk *chk_new(const struct chk_subject *subject);
void chk_free(struct chk *c);

/* Reads the log up to its end. */
void chk_advance(struct chk *c);

/*
 * An access has its answer. Returns true if it used an outdated entry before the
 * change was claimed complete, which hardware may.
 */
bool chk_accessed(struct chk *c, const struct scn_access_now *now, const struct hyp_access *a);

/*
 * A device has a translation: true if it is an outdated one that hardware may still
 * give. What comes of it is judged when it is used, or when it is still there.
 */
bool chk_answered(struct chk *c, const struct scn_access_now *now, const struct ims_answer *a);

/* A step has returned. */
void chk_stepped(struct chk *c);

/* What an oracle says of an entry that is cached. */
enum chk_stand {
	CHK_STANDS,    /* memory says so too */
	CHK_MORE,      /* it grants what the tables do not */
	CHK_ELSEWHERE, /* the tables lead to another address */
	CHK_GONE,      /* they lead nowhere */
	CHK_CHANGED,   /* a step or a structure: what is read there now is another one */
	CHK_KEPT,      /* what the guest's table was reached through is gone, what it said holds */
	CHK_OTHERS,    /* right for another root, which shares the tag */
	CHK_UNASKED,   /* nothing leads there */
	CHK_UNJUDGED,  /* a translation that grants nothing */
	CHK_STAND_MAX
};
const char *chk_stand_name(enum chk_stand s); /* "leading elsewhere" */

struct chk_asked {
	uint32_t unit, cache;
	uint32_t fill; /* event */
	uint64_t in;
	enum chk_stand log, tables;
	uint32_t changed_by; /* by the log: the event that outdated it, 0 */
};
typedef void chk_asked_fn(void *arg, const struct chk_asked *asked);

/*
 * Asks both oracles for every entry that is cached now, after reading the log up to its
 * end; tells @told, which may be NULL, and sets what chk_bug() returns where they disagree.
 */
void chk_confirm_all(struct chk *c, chk_asked_fn *told, void *arg);

/* What the second oracle did not confirm, NULL if all is well. */
const char *chk_bug(const struct chk *c);

GPtrArray *chk_findings(struct chk *c); /* of struct chk_finding*, owned by @c */
const uint64_t *chk_over(struct chk *c);
const struct chk_counts *chk_counts(struct chk *c);
/* Outdated entries of the physical unit that are still cached now. */
uint32_t chk_outdated(struct chk *c);

/* How bad, and how near to the device; the greater one stands for the others of its change. */
unsigned chk_finding_weight(const struct chk_finding *f);

/* "hardware asks by itself ...": what a rung is, NULL: there is no such one. */
const char *chk_rung_text(const char *rung);
/* What a finding has in `power`: the readings it needs, or that of hardware that fills on access. */
const char *chk_power_name(const struct chk_finding *f);

/*
 * What looks further than one run shows: it watches the run and adds what hardware could make
 * of it besides.
 */
struct chk_search {
	/* Before a run: returns what the other two are given, and who watches in @ret_watch. */
	void *(*begin)(const struct scn *scn, struct scn_watch *ret_watch);
	/* The run with @variant, NULL: as it is, has come to @r: adds findings of other runs. */
	void (*more)(void *search, const struct scn *scn, const struct ims_model *model,
		     const struct scn_variant *variant, struct chk_result *r);
	void (*end)(void *search);
	/* A word by which the run with these deeds (NULL: none) can be made again; to be freed. */
	char *(*token)(const struct scn *scn, const struct ims_model *model,
		       const struct scn_deeds *deeds);
};

/*
 * Runs @scn on @model and judges it, several times if findings may depend on how
 * adversarial hardware reads what is open: each says what it needs. @search, NULL: none, is
 * asked of adversarial hardware. Returns a result to be freed with chk_result_free; what could
 * not be run is a CHK_ERROR with its reason.
 */
struct chk_result *chk_run(const struct scn *scn, const struct ims_model *model,
			   const struct chk_search *search);
void chk_result_free(struct chk_result *r);
/*
 * One run with deeds of hardware, which single out one of those that it may make: then what
 * a finding depends on is not asked. @see, which may be NULL, has a look at the run when it is over.
 */
typedef void chk_see_fn(void *arg, const struct scn_run *run);
struct chk_result *chk_run_deeds(const struct scn *scn, const struct ims_model *model,
				 const struct scn_deeds *deeds, chk_see_fn *see, void *arg);
/* The same run once, with @variant (NULL: as it is): findings and counts, no verdict. */
struct chk_result *chk_run_variant(const struct scn *scn, const struct ims_model *model,
				   const struct scn_variant *variant);

/* Are findings made, or drops counted, of this kind. */
bool chk_kind_judged(enum scn_kind kind);
/* Is it a verdict that a run may come to. */
bool chk_verdict_given(enum chk_verdict v);
const char *chk_verdict_name(enum chk_verdict v);
const char *chk_field_name(enum chk_field f); /* "ctx"; NULL for CHK_FIELD_NONE */
const char *chk_where_name(uint8_t where);    /* "walk-cache" */
const char *chk_actor_name(uint8_t actor);

/* What an event says: "reads the stage-1 entry of level 1 at 0x1000 (hpa 0x80001000): 0x3". */
const char *chk_event_name(uint16_t kind); /* "fault-queue" */
char *chk_event_text(const struct ims_model *m, const struct ims_event *e);

/* "P_IOTLB page-selective did=34 pasid=0 addr=0x10000": a command in the vendor's words. */
char *chk_command_text(const struct ims_model *m, const uint64_t *words);

#endif
