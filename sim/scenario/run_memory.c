/* SPDX-License-Identifier: MIT */
/* Steps of the host's own mappings, and of what becomes of memory. */
#include "sim/scenario/run_parts.h"

#define NO_HOST "without a host there is no second stage"

bool scn_step_host_map(struct scn_run *run, const struct scn_step *s, GError **error)
{
	if (run->h->bare_stage)
		return scn_cannot(run, s, error, NO_HOST);
	hyp_host_map(run->h, (uint32_t)s->vm, scn_gpa_value(run->scn, &s->gpa), s->size, s->perm);
	return scn_done(run, s, error);
}

bool scn_step_host_unmap(struct scn_run *run, const struct scn_step *s, GError **error)
{
	if (run->h->bare_stage)
		return scn_cannot(run, s, error, NO_HOST);
	hyp_host_unmap(run->h, (uint32_t)s->vm, scn_gpa_value(run->scn, &s->gpa), s->size);
	return scn_done(run, s, error);
}

/* A named buffer is given away whole, an address by its page. */
static bool give_away(struct scn_run *run, const struct scn_step *s, enum ims_event_kind kind,
		      GError **error)
{
	uint64_t gpa = scn_gpa_value(run->scn, &s->gpa), size = 4096, hpa;
	struct ims_hw hand = *hyp_hand(run->h);

	if (s->gpa.name >= 0 && !s->gpa.offset)
		size = g_array_index(run->scn->names, struct scn_name, s->gpa.name).size;
	hand.actor = IMS_ACTOR_GUEST;
	for (uint64_t at = gpa & ~UINT64_C(0xfff); at < gpa + size; at += 4096) {
		if (!hyp_host_address(run->h, (uint32_t)s->vm, at, &hpa))
			return scn_cannot(run, s, error, "no memory of the VM is there");
		ims_emit(&hand, kind, 0, hpa, hpa + 4095, (uint64_t)s->vm, 0);
	}
	return true;
}

bool scn_step_free(struct scn_run *run, const struct scn_step *s, GError **error)
{
	return give_away(run, s, IMS_EV_FREE, error);
}

bool scn_step_reuse(struct scn_run *run, const struct scn_step *s, GError **error)
{
	return give_away(run, s, IMS_EV_REUSE, error);
}
