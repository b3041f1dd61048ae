/* SPDX-License-Identifier: MIT */
/*
 * Actors side by side. What one does is in parts between which others may go on: a change of
 * tables is one, the invalidation that is owed for it, with its wait, another. A VMM is an
 * actor too: it looks at its guest's queue at any time after the doorbell, and at the latest
 * when the guest waits.
 */
#include "sim/core/assert.h"
#include "sim/scenario/run_parts.h"

bool scn_waits_later(const struct scn_run *run, const struct scn_step *s)
{
	if (s->actor < 0 || s->op != SCN_OP_CMD || !scn_cmd_is_wait(run, s->cmd))
		return false;
	for (guint i = s->index + 1; i < run->scn->steps->len; i++) {
		const struct scn_step *o = g_ptr_array_index(run->scn->steps, i);

		if (o->actor == s->actor && (o->op == SCN_OP_WAIT || o->op == SCN_OP_SYNC))
			return true;
	}
	return false;
}

void scn_kick(struct scn_run *run, uint32_t vm)
{
	/* A queue of the hardware is none of the VMM's, and without a host there is none. */
	if (!run->scn->actors->len || run->h->bare_stage || hyp_guest_has_queue(run->h, vm)) {
		hyp_guest_kick(run->h, vm);
		return;
	}
	run->kicked |= UINT64_C(1) << vm;
	run->kicker[vm] = run->step->index;
}

/* Who can go on: actors that are in a step or may begin one, VMMs that have something to do. */
static uint64_t enabled(const struct scn_run *run)
{
	uint64_t set = scn_schedule_enabled(&run->schedule, run->scn);

	for (uint32_t i = 0; i < run->schedule.count; i++)
		if (run->parts[i].open)
			set |= UINT64_C(1) << i;
	return set | run->kicked << SCN_ACTORS_MAX;
}

static uint32_t choose(struct scn_run *run, uint64_t set)
{
	const struct scn_order_taken *order = &run->variant.order;
	const struct scn_watch *w = run->variant.watch;
	uint32_t first = (uint32_t)__builtin_ctzll(set);

	if (!(set & (set - 1)))
		return first;
	if (run->chosen < order->count) {
		uint32_t who = order->list[run->chosen++];

		return who < 64 && (set >> who & 1) ? who : SCN_NOBODY;
	}
	run->chosen++;
	return w && w->choose ? w->choose(w->ctx, run, set) : first;
}

/* What was in the guest's queue when the VMM looked at it. */
static void vmm_goes_on(struct scn_run *run, uint32_t vm)
{
	struct ims_hw hand = *hyp_hand(run->h);

	run->kicked &= ~(UINT64_C(1) << vm);
	run->step = g_ptr_array_index(run->scn->steps, run->kicker[vm]);
	hand.cause = 0;
	hand.line = run->step->mark.line;
	hand.actor = IMS_ACTOR_VMM;
	ims_log_instant(&run->log, IMS_INSTANT_STEP, &hand, NULL);
	run->step_event = ims_emit(&hand, IMS_EV_STEP, run->step->index, 0, 0, 0, 0);
	hyp_step(run->h, run->step_event, run->step->mark.line);
	hyp_guest_kick(run->h, vm);
}

static bool actor_goes_on(struct scn_run *run, uint32_t actor, GError **error)
{
	struct scn_part *part = &run->parts[actor];
	int32_t at = scn_schedule_at(&run->schedule, run->scn, actor);
	const struct scn_step *s = g_ptr_array_index(run->scn->steps, at);

	if (part->open) {
		part->open = false;
		run->step = s;
		run->step_event = part->event;
		hyp_step(run->h, part->event, s->mark.line);
		if (!scn_invalidate(run, s, part->leaf_only, part->leaf_lg2, error))
			return false;
	} else {
		run->owed.open = false;
		if (!scn_step_begin(run, s, error))
			return false;
		if (run->owed.open) {
			*part = run->owed;
			return true;
		}
	}
	scn_schedule_take(&run->schedule, actor);
	return scn_step_end(run, s, error);
}

bool scn_run_actors(struct scn_run *run, GError **error)
{
	uint64_t set;

	scn_schedule_begin(&run->schedule, run->scn);
	while (!run->h->hung && (set = enabled(run))) {
		uint32_t who = choose(run, set);

		if (who == SCN_NOBODY) {
			run->cut = true;
			return true;
		}
		if (who >= SCN_ACTORS_MAX)
			vmm_goes_on(run, who - SCN_ACTORS_MAX);
		else if (!actor_goes_on(run, who, error))
			return false;
	}
	return true;
}
