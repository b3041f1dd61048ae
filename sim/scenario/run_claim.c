/* SPDX-License-Identifier: MIT */
/* When a step that returns at once is claimed complete: by which wait of whom. */
#include "sim/scenario/run_parts.h"

/* A store of the guest claims nothing by itself: its invalidation is in steps of its own. */
bool scn_claims_later(const struct scn_run *run, const struct scn_step *s)
{
	return scn_is_async(run, s) || (s->op == SCN_OP_WRITE && s->at == SCN_AT_GPA);
}

void scn_unclaimed_add(struct scn_run *run, const struct scn_step *s)
{
	struct scn_unclaimed u = { .step = run->step_event,
				   .index = s->index,
				   .vm = (uint32_t)s->vm };

	g_array_append_val(run->async, u);
}

/*
 * Does the wait @s claim @of: what its own actor's steps with `async: true`, and its stores,
 * owe, and the step of any actor that a `wait:` is for. What some `wait:` claims, no other
 * wait does.
 */
static bool claims(const struct scn_step *s, const struct scn_step *of)
{
	bool wait = s->op == SCN_OP_WAIT;

	return (wait && s->wait_step == (int32_t)of->index) ||
	       (of->actor == s->actor && (wait || !of->waited));
}

/* The wait of @vm that @s is, or has in it, has returned. */
void scn_claim_async(struct scn_run *run, const struct scn_step *s, uint32_t vm)
{
	guint kept = 0;

	for (guint i = 0; i < run->async->len; i++) {
		struct scn_unclaimed u = g_array_index(run->async, struct scn_unclaimed, i);
		struct ims_hw hand = *hyp_hand(run->h);

		hand.actor = IMS_ACTOR_GUEST;
		if (u.vm == vm && claims(s, g_ptr_array_index(run->scn->steps, u.index)))
			ims_emit(&hand, IMS_EV_RETURN, 0, u.step, 0, 0, 0);
		else
			g_array_index(run->async, struct scn_unclaimed, kept++) = u;
	}
	g_array_set_size(run->async, kept);
}
