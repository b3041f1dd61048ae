/* SPDX-License-Identifier: MIT */
/* What is told of states: whether they are the same, and how a record came about. */
#include <string.h>

#include "sim/explore/closure_parts.h"
#include "sim/explore/hash.h"

/* A command that a state waits for; those of a ring have an order. */
static uint64_t said_of_pending(const struct xpl_closure *c, const struct state *s, unsigned p)
{
	const struct pending *d = &c->pending[p];
	uint64_t h = xpl_mix(d->ring, d->cmd.row), before = 0;

	for (unsigned i = 0; i < XPL_PENDING; i++)
		before += (s->waits >> i & 1) && c->pending[i].ring == d->ring &&
			  c->pending[i].number < d->number;
	h = xpl_mix(xpl_mix(xpl_mix(h, before), d->cmd.dom),
		    (uint64_t)d->cmd.ctx << 32 | d->cmd.src);
	h = xpl_mix(xpl_mix(xpl_mix(h, d->cmd.first), d->cmd.last), d->cmd.leaf_only);
	return xpl_mix(h, xpl_set_said(c->may, fresh_of(c, s, p)));
}

uint64_t xpl_closure_said(const struct xpl_closure *c)
{
	uint64_t sum = 0;

	for (guint i = 0; i < c->states->len; i++) {
		const struct state *s = state_at(c->states, i);
		uint64_t waits = 0;

		for (unsigned p = 0; p < XPL_PENDING; p++)
			if (s->waits >> p & 1)
				waits += said_of_pending(c, s, p);
		sum += xpl_mix(xpl_mix(1, xpl_set_said(c->may, &s->held)), waits);
	}
	return xpl_mix(sum, xpl_set_said(c->may, xpl_may_fresh(c->may)));
}

/* ---- how a record came about ---- */

/* The parts of a state's story, the oldest first. */
static GArray *parts_of(const struct xpl_closure *c, uint32_t state)
{
	GArray *parts = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (uint32_t at = state_at(c->states, state)->story; at != XPL_NONE;
	     at = g_array_index(c->stories, struct story, at).before)
		g_array_append_val(parts, at);
	for (guint i = 0; i < parts->len / 2; i++) {
		uint32_t *a = &g_array_index(parts, uint32_t, i);
		uint32_t *b = &g_array_index(parts, uint32_t, parts->len - 1 - i);
		uint32_t was = *a;

		*a = *b;
		*b = was;
	}
	return parts;
}

/* Marks what part @upto - 1 or an earlier one brought @record about last, and what that was made of. */
static void need(const struct xpl_closure *c, const GArray *parts, uint8_t *needed, guint upto,
		 uint32_t record)
{
	while (upto-- > 0) {
		const struct story *s = &g_array_index(c->stories, struct story,
						       g_array_index(parts, uint32_t, upto));

		if (s->record != record)
			continue;
		if (needed[upto])
			return;
		needed[upto] = 1;
		for (uint32_t i = 0; i < s->way.parents_count; i++)
			need(c, parts, needed, upto, s->way.parents[i]);
		return;
	}
}

/*
 * Does it matter that the effect of part @at is there: what is wanted comes after it, and
 * before the wait that would have asked for it.
 */
static bool matters(const struct xpl_closure *c, const GArray *parts, const uint8_t *needed,
		    guint at, guint last)
{
	const struct story *effect =
		&g_array_index(c->stories, struct story, g_array_index(parts, uint32_t, at));

	for (guint i = at + 1; i <= last; i++) {
		const struct story *s =
			&g_array_index(c->stories, struct story, g_array_index(parts, uint32_t, i));

		if (needed[i] && (!effect->at_wait || s->instant == effect->instant))
			return true;
	}
	return false;
}

void xpl_closure_story(struct xpl_closure *c, uint32_t state, const uint32_t *records,
		       uint32_t count, xpl_deed_fn *told, void *arg)
{
	GArray *parts = parts_of(c, state);
	g_autofree uint8_t *needed = g_new0(uint8_t, parts->len + 1);
	guint last = 0;

	for (uint32_t i = 0; i < count; i++)
		need(c, parts, needed, parts->len, records[i]);
	for (guint i = 0; i < parts->len; i++)
		if (needed[i])
			last = i;
	for (guint i = 0; i < parts->len; i++) {
		const struct story *s =
			&g_array_index(c->stories, struct story, g_array_index(parts, uint32_t, i));
		struct xpl_deed d = { .instant = s->instant,
				      .effect = s->record == XPL_NONE,
				      .command = s->command,
				      .ring = s->ring,
				      .way = s->way };

		if (needed[i] || (d.effect && matters(c, parts, needed, i, last)))
			told(arg, &d);
	}
	g_array_unref(parts);
}
