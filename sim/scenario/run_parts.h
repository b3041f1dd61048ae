/* SPDX-License-Identifier: MIT */
/* What the files that carry out steps share. */
#ifndef SIM_SCENARIO_RUN_PARTS_H
#define SIM_SCENARIO_RUN_PARTS_H

#include "sim/scenario/run.h"

typedef bool step_fn(struct scn_run *run, const struct scn_step *s, GError **error);

/* ---- run_steps.c ---- */
/* Sets @error to what the step is and @why it cannot be done; false. */
bool scn_cannot(struct scn_run *run, const struct scn_step *s, GError **error, const char *why);
/* Has everything that the step asked for been done; if not, @error says what could not. */
bool scn_done(struct scn_run *run, const struct scn_step *s, GError **error);

static inline uint32_t ctx_of(const struct scn_step *s)
{
	return s->has_pasid ? s->pasid : IMS_CTX_NONE;
}

/* ---- run_steps.c, for run_actors.c ---- */
/* A step begins, and is carried out up to what it owes, if it is an actor's; then the rest. */
bool scn_step_begin(struct scn_run *run, const struct scn_step *s, GError **error);
bool scn_step_end(struct scn_run *run, const struct scn_step *s, GError **error);
/* What the step says to issue, or what a correct driver issues. */
bool scn_invalidate(struct scn_run *run, const struct scn_step *s, bool leaf_only,
		    unsigned leaf_lg2, GError **error);
/* ---- run_actors.c ---- */
/* Carries out the steps of all actors. */
bool scn_run_actors(struct scn_run *run, GError **error);
/* Has the VMM look at the queue at once; in a run of actors it does so when it goes on. */
void scn_kick(struct scn_run *run, uint32_t vm);
/* Is the completion command @s one that its actor does not wait for at once. */
bool scn_waits_later(const struct scn_run *run, const struct scn_step *s);

/* ---- run_claim.c ---- */
/* A step that scn_claims_later() waits for a wait to claim it. */
void scn_unclaimed_add(struct scn_run *run, const struct scn_step *s);
/* The wait of @vm that @s is, or has in it, has returned: what it claims returns. */
void scn_claim_async(struct scn_run *run, const struct scn_step *s, uint32_t vm);
/* ---- run_repaired.c: guests that do all that they owe ---- */
/* A store of such a guest is done: what may be owed for it follows. */
void scn_repaired_store(struct scn_run *run, uint32_t vm);
/* Would such a guest leave this command out: its unit takes none like it. */
bool scn_repaired_cmd(const struct scn_run *run, const struct scn_step *s);

/* Does a step itself say what is issued for it; does it claim nothing when it returns. */
static inline bool scn_says_owed(const struct scn_run *run, const struct scn_step *s)
{
	return s->has_invalidate && !run->variant.ideal_guest;
}

static inline bool scn_is_async(const struct scn_run *run, const struct scn_step *s)
{
	return s->async && !run->variant.ideal_guest;
}

/* ---- run_lazy.c ---- */
/* An unmap of a lazy guest is done in the tables; behind the last that its queue takes all are flushed. */
void scn_lazy_put(struct scn_run *run, const struct scn_step *s);
/* What a VM's driver has put off is flushed, and with it claimed complete. */
void scn_lazy_drain(struct scn_run *run, uint32_t vm);
/* Addresses of a space are given out again: that what was there is gone is claimed from here on. */
void scn_lazy_recycled(struct scn_run *run, const struct scn_step *s);

/* ---- run_memory.c ---- */
step_fn scn_step_host_map, scn_step_host_unmap, scn_step_free, scn_step_reuse;

/* ---- run_ioctl.c ---- */
step_fn scn_step_ioctl;

/* ---- run_device.c ---- */
step_fn scn_step_reset, scn_step_device;
/* May a device do this now: false, @error says why not. */
bool scn_device_may(struct scn_run *run, const struct scn_step *s, GError **error);
/* ---- run_page.c ---- */
step_fn scn_step_page_request, scn_step_page_response;
/* What hardware told in the step is read at its end; what the device has heard is held against the step. */
step_fn scn_served;

/* ---- deeds.c ---- */
/* Can the deeds of the variant be done on what the scenario has, whatever happens in it. */
bool scn_deeds_fit(const struct scn_run *run, GError **error);
/* From now on instants are counted, if somebody asks for that. */
void scn_deeds_watch(struct scn_run *run);
/* A step, or the run, is over: could all deeds be done. */
bool scn_deeds_step(struct scn_run *run, GError **error);
bool scn_deeds_end(struct scn_run *run, GError **error);

/* ---- run_hw.c ---- */
step_fn scn_step_write, scn_step_prefetch, scn_step_inject;
/* Faults that are injected at a step, from its beginning to its end. */
bool scn_faults(struct scn_run *run, const struct scn_step *s, bool begin, GError **error);

#endif
