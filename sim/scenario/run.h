/* SPDX-License-Identifier: MIT */
/*
 * Running one scenario on one vendor: its world is made, its steps are carried
 * out in order. Judging is done by an observer that is told at every point where
 * there is something to judge.
 */
#ifndef SIM_SCENARIO_RUN_H
#define SIM_SCENARIO_RUN_H

#include "sim/hyp/hyp.h"
#include "sim/scenario/deeds.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/schedule.h"

struct scn_run;

struct scn_observer {
	void *ctx;
	/* A device's access has its answer. */
	void (*accessed)(void *ctx, struct scn_run *run, const struct hyp_access *a);
	/* A device has the answer to a translation request. */
	void (*answered)(void *ctx, struct scn_run *run, const struct hyp_ats *a);
	/* A step has returned; the wait of an issuer may have returned in it. */
	void (*stepped)(void *ctx, struct scn_run *run, const struct scn_step *step);
	/*
	 * Something is about to be done: @instant of all that have a number, from 0 at the begin of
	 * the first step; @hw and @words as in struct ims_log. The deeds that stand before it are done.
	 */
	void (*before)(void *ctx, struct scn_run *run, uint32_t number, enum ims_instant instant,
		       struct ims_hw *hw, const uint64_t *words);
};

/* The access that is being judged. */
struct scn_access_now {
	uint32_t dev, ctx;
	uint64_t iova;
	uint8_t access;
	bool translated; /* through the ATC if the device has one */
	bool priv, zero_length;
	uint8_t bytes;
	bool alias;  /* on the physical side it comes by the device's other requester id */
	bool by_ats; /* served by an ATS answer, and no untranslated request */
	bool window; /* said by the observer: served by something outdated, and legally so */
};

/* Told of each instant of a run, counted from 0 and from its first step on; see enum ims_instant. */
struct scn_watch {
	void *ctx;
	void (*before)(void *ctx, struct scn_run *run, uint32_t number, enum ims_instant instant,
		       struct ims_hw *hw, const uint64_t *words);
	/*
	 * With `actors:`, asked who of @enabled (1 << who) goes on, when it is more than one;
	 * SCN_NOBODY: the run ends here. NULL: the first.
	 */
	uint32_t (*choose)(void *ctx, struct scn_run *run, uint64_t enabled);
};

/* Who goes on: an actor by its number, or the VMM of a VM takes what stands in the guest's queue. */
#define SCN_NOBODY     UINT32_MAX
#define SCN_VMM_OF(vm) (SCN_ACTORS_MAX + (vm))

/* In what a run differs from what its scenario says; all 0: in nothing. */
struct scn_variant {
	uint32_t lenient; /* of scn_run_open(), as bits: those that have their lenient reading */
	/* Columns, 1 << enum ims_column, with the answer of the vendor's first policy. */
	uint64_t restored;
	uint32_t column, answer; /* 1 + enum ims_column: that has another answer; 0: none */
	bool ideal_queues;	 /* as in struct hyp_config */
	bool at_claims;		 /* judge what is left behind a change that nobody waits for, too */
	bool ideal_guest; /* guests issue, and wait for, all that they owe, whatever the steps say */
	const struct scn_watch *watch; /* NULL: nobody watches */
	const struct scn_deeds *deeds; /* of hardware, NULL: none; theirs who runs it */
	struct scn_order_taken order;  /* of actors */
};

/* A step of an actor whose tables are changed, and whose invalidation is to come. */
struct scn_part {
	bool open;
	bool leaf_only;
	uint8_t leaf_lg2;
	uint32_t event; /* its STEP */
};

/* A command that was consumed, if it could be. */
struct scn_consumed {
	uint32_t instant;
	uint32_t when; /* its time */
	uint32_t unit, ring;
	bool looked_at; /* since then, */
	bool waits;	/* and it was pending then: it did not take effect at once */
};

/* The instants of a run, counted if there are deeds or an observer asks. */
struct scn_acts {
	uint32_t instants; /* so far */
	uint32_t done;	   /* deeds */
	bool busy;	   /* an instant is being told */
	GArray *commands;  /* of struct scn_consumed, in order */
	GError *error;	   /* of the first deed that could not be done, NULL */
};

struct scn_unclaimed {
	uint32_t step;	/* its STEP event */
	uint32_t index; /* which step it is */
	uint32_t vm;
};

struct scn_queued {
	uint32_t step; /* its STEP event */
	uint32_t vm, space;
	uint64_t first, last;
	bool claimed; /* its addresses have been given out again */
};

struct scn_run {
	const struct scn *scn;
	const struct ims_model *model;
	struct scn_variant variant;
	struct hyp *h;
	struct ims_world *world;
	struct ims_world_config config;
	uint32_t params[IMS_PARAMS]; /* of the units */
	struct ims_log log;	     /* its `before` is the run's: see the observer's */
	struct scn_observer observer;
	struct scn_acts acts;

	struct scn_part owed;		       /* by the step that goes on */
	struct scn_part parts[SCN_ACTORS_MAX]; /* by the step that each actor is in */
	uint64_t kicked;		       /* VMs whose VMM has yet to look at the queue */
	uint32_t kicker[HYP_VMS];	       /* and by which step */
	uint32_t chosen;		       /* how often more than one could go on */
	bool cut;			       /* the watcher has ended the run */
	struct scn_schedule schedule; /* which steps are past; the one that goes on is one of them */
	const struct scn_step *step;  /* going on; NULL before the first and after the last */
	uint32_t step_event;
	struct scn_access_now now;
	GArray *lazy;  /* of struct scn_queued: unmaps for which the flush is put off */
	GArray *async; /* of struct scn_unclaimed: steps whose claim waits for a wait of their VM */

	uint64_t dma, faults; /* accesses of devices, refused ones */

	GHashTable *ids;  /* of names that steps gave to objects of the host, made by the first */
	GArray *unmet_at; /* of struct scn_access_now: what each of the next is about */
	GPtrArray *
		unmet_all; /* of char*: expectations that did not hold, with step, expected and got */
};

#define SCN_OPEN_MAX 10 /* knobs that are open at a time */

/*
 * The open knobs that adversarial hardware reads as it likes in this scenario: those
 * that it does not set. Returns how many, and in @ret_rows which of the parameters.
 */
unsigned scn_run_open(const struct scn *scn, const struct ims_model *model, uint8_t *ret_rows);

/*
 * What the host and the VMM of the scenario are like on this vendor, and in
 * @ret_differ, 1 << enum ims_column, in what they differ from its first policy. False
 * with @error set: the vendor has no such host, column or answer.
 */
bool scn_policy_of(const struct scn *scn, const struct ims_model *model, struct ims_policy *ret,
		   uint64_t *ret_differ, GError **error);

/*
 * Prepares a run: the world, the tables, guest memory. Returns NULL with @error
 * set where the scenario asks for what this vendor or this program cannot do. @variant:
 * NULL: none.
 */
struct scn_run *scn_run_new(const struct scn *scn, const struct ims_model *model,
			    const struct scn_variant *variant, GError **error);
/* Does the step return before what it changes is claimed complete. */
bool scn_claims_later(const struct scn_run *run, const struct scn_step *s);
/* Is what it owes put off: run_lazy.c. */
bool scn_is_lazy(const struct scn_run *run, const struct scn_step *s);

/* Carries out every step. False with @error set: a step could not be done. */
bool scn_run_steps(struct scn_run *run, GError **error);

void scn_run_free(struct scn_run *run);

/* Fills in the units' parameters; false with @error set: no unit can have them. */
bool scn_run_params(struct scn_run *run, GError **error);

/*
 * The words of a command as a scenario names it. @vm is whose queue it goes to.
 * False with @error set: no such command or field, or a value that does not fit.
 */
bool scn_cmd_words(struct scn_run *run, const struct scn_cmd *cmd, uint32_t vm, uint64_t *ret_words,
		   GError **error);
/*
 * Puts it into its queue, or waits if it is a wait; with @kick, or another queue than the
 * first, the unit is told of it. False with @error set: as above, or there is no such queue.
 */
bool scn_cmd_issue(struct scn_run *run, const struct scn_cmd *cmd, uint32_t vm, bool kick,
		   GError **error);

/*
 * The most particular row for a command as a scenario names it, on a unit in one of these
 * modes, as bits; @ret_whole: though it takes a range, none is given. NULL: there is none.
 */
const struct ims_cmd_row *scn_cmd_row(const struct ims_model *m, const struct scn_cmd *cmd,
				      unsigned modes, bool *ret_whole);

/* Is it the vendor's command that waits for completion. */
bool scn_cmd_is_wait(const struct scn_run *run, const struct scn_cmd *cmd);

/* "file:line:col: error: message", with the source line and a caret. */
void scn_run_error(const struct scn *scn, struct scn_mark mark, GError **error, const char *fmt,
		   ...) G_GNUC_PRINTF(4, 5);
/* The same for a @word that is none of @words, which are @what, with the nearest of them. */
void scn_run_unknown(const struct scn *scn, struct scn_mark mark, GError **error,
		     const char *message, const char *word, const char *what,
		     const GPtrArray *words);

/* The address as a scenario writes it: "buf0+0x8", or 0x... */
char *scn_gpa_text(const struct scn *scn, uint32_t vm, uint64_t gpa);
uint64_t scn_gpa_value(const struct scn *scn, const struct scn_gpa *g);

#endif
