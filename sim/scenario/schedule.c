/* SPDX-License-Identifier: MIT */
#include "sim/scenario/schedule.h"

#include "sim/core/assert.h"

_Static_assert(SCN_ACTORS_MAX <= 32, "sets of actors are bits of a word");

static void span_of(const struct scn *scn, uint32_t actor, uint32_t *ret_first, uint32_t *ret_count)
{
	const struct scn_actor *a;

	if (!scn->actors->len) {
		*ret_first = 0;
		*ret_count = scn->steps->len;
		return;
	}
	a = &g_array_index(scn->actors, struct scn_actor, actor);
	*ret_first = a->first;
	*ret_count = a->count;
}

void scn_schedule_begin(struct scn_schedule *s, const struct scn *scn)
{
	*s = (struct scn_schedule){ .count = MAX(scn->actors->len, 1) };
	IMS_ASSERT(s->count <= SCN_ACTORS_MAX);
}

int32_t scn_schedule_at(const struct scn_schedule *s, const struct scn *scn, uint32_t actor)
{
	uint32_t first, count;

	IMS_ASSERT(actor < s->count);
	span_of(scn, actor, &first, &count);
	return s->at[actor] < count ? (int32_t)(first + s->at[actor]) : -1;
}

bool scn_schedule_past(const struct scn_schedule *s, const struct scn *scn, uint32_t step)
{
	const struct scn_step *of = g_ptr_array_index(scn->steps, step);
	uint32_t actor = of->actor < 0 ? 0 : (uint32_t)of->actor, first, count;

	span_of(scn, actor, &first, &count);
	return step - first < s->at[actor];
}

static bool enabled(const struct scn_schedule *s, const struct scn *scn, uint32_t actor)
{
	int32_t at = scn_schedule_at(s, scn, actor);
	const struct scn_step *step = at < 0 ? NULL : g_ptr_array_index(scn->steps, at);

	return step &&
	       (step->then_step < 0 || scn_schedule_past(s, scn, (uint32_t)step->then_step)) &&
	       (step->wait_step < 0 || scn_schedule_past(s, scn, (uint32_t)step->wait_step));
}

uint32_t scn_schedule_enabled(const struct scn_schedule *s, const struct scn *scn)
{
	uint32_t set = 0;

	for (uint32_t actor = 0; actor < s->count; actor++)
		set |= (uint32_t)enabled(s, scn, actor) << actor;
	return set;
}

void scn_schedule_take(struct scn_schedule *s, uint32_t actor)
{
	IMS_ASSERT(actor < s->count);
	s->at[actor]++;
}

int32_t scn_schedule_next(struct scn_schedule *s, const struct scn *scn)
{
	int32_t at;

	for (uint32_t actor = 0; actor < s->count; actor++) {
		if (!enabled(s, scn, actor))
			continue;
		at = scn_schedule_at(s, scn, actor);
		scn_schedule_take(s, actor);
		return at;
	}
	return -1;
}
