/* SPDX-License-Identifier: MIT */
/* States in lockstep: everything held, and which commands have not taken effect. */
#include <glib.h>
#include <string.h>

#include "sim/core/assert.h"
#include "sim/explore/closure.h"

#define NONE UINT32_MAX

/* A command that has been consumed; it stands here until no state waits for it. */
struct pending {
	bool used;
	unsigned ring;
	uint32_t number; /* order of consumption */
	uint32_t instant;
	struct ims_cmd cmd;
	struct xpl_set fresh;
	struct xpl_set match;
	uint32_t match_records; /* up to which record `match` is known */
};

/* What happened to a state, the newest first. */
struct story {
	uint32_t before; /* the part before this one, NONE */
	uint32_t instant;
	uint32_t record; /* that came about; NONE: a command took effect */
	uint32_t ring, command;
	bool at_wait; /* the command took effect when a wait asked for it */
	struct xpl_way way;
};

struct state {
	struct xpl_set held;
	uint32_t waits; /* pending commands, as bits */
	uint32_t story; /* its last part */
};

struct xpl_closure {
	struct xpl_may *may;
	const struct ims_model *model;
	enum xpl_order order;
	uint32_t instant, numbers;
	bool waits; /* a wait is being done */
	struct pending pending[XPL_PENDING];
	GArray *states, *next, *seen; /* of struct state */
	GArray *stories;	      /* of struct story */
	uint32_t params[IMS_PARAMS];
	const char *trouble;
};

static struct state *state_at(GArray *a, guint i)
{
	return &g_array_index(a, struct state, i);
}

/* ---- stories ---- */

struct telling {
	struct xpl_closure *c;
	uint32_t *story;
};

static void add_story(void *arg, uint32_t record, const struct xpl_way *way)
{
	struct telling *t = arg;
	const struct story s = {
		.before = *t->story, .instant = t->c->instant, .record = record, .way = *way
	};

	*t->story = t->c->stories->len;
	g_array_append_val(t->c->stories, s);
}

static bool close_state(struct xpl_closure *c, struct state *s)
{
	struct telling t = { .c = c, .story = &s->story };

	if (!xpl_may_close(c->may, &s->held, add_story, &t))
		c->trouble = xpl_may_trouble(c->may);
	return !c->trouble;
}

static const struct xpl_set *match_of(struct xpl_closure *c, struct pending *p)
{
	if (p->match_records != xpl_may_records(c->may)) {
		xpl_may_match(c->may, &p->cmd, &p->match);
		p->match_records = xpl_may_records(c->may);
	}
	return &p->match;
}

/*
 * What @p matches may have been read again since it was consumed, @again of it just now: then it
 * outlasts the command, and a story has to say so.
 */
static bool renew(struct xpl_closure *c, struct pending *p, const struct xpl_set *again)
{
	struct xpl_set which = *match_of(c, p);
	bool any = false;

	for (unsigned i = 0; i < XPL_WORDS; i++) {
		which.w[i] &= again->w[i];
		any |= which.w[i] != 0;
	}
	for (guint i = 0; any && i < c->states->len; i++) {
		struct telling t = { .c = c, .story = &state_at(c->states, i)->story };

		if (!xpl_may_renew(c->may, &which, add_story, &t)) {
			c->trouble = xpl_may_trouble(c->may);
			return false;
		}
	}
	return true;
}

/* ---- states ---- */

/* Does @a hold all that @b does, and wait for no more. */
static bool covers(const struct xpl_closure *c, const struct state *a, const struct state *b)
{
	return !(a->waits & ~b->waits) && xpl_set_within(c->may, &b->held, &a->held);
}

static bool add_state(struct xpl_closure *c, GArray *to, const struct state *s)
{
	for (guint i = 0; i < to->len; i++)
		if (covers(c, state_at(to, i), s))
			return false;
	for (guint i = 0; i < to->len;)
		if (covers(c, s, state_at(to, i)))
			g_array_remove_index_fast(to, i);
		else
			i++;
	if (to->len == XPL_STATES) {
		c->trouble = "commands may take effect in more orders than can be searched";
		return false;
	}
	g_array_append_vals(to, s, 1);
	return true;
}

/* ---- commands taking effect ---- */

/* Must @p wait for another that the state waits for, too. */
static bool blocked(const struct xpl_closure *c, const struct state *s, unsigned p)
{
	const struct pending *later = &c->pending[p];

	if (c->order == XPL_ORDER_WEAKEST)
		return false;
	for (unsigned i = 0; i < XPL_PENDING; i++) {
		const struct pending *earlier = &c->pending[i];

		if (!(s->waits >> i & 1) || earlier->ring != later->ring ||
		    earlier->number >= later->number)
			continue;
		if (c->order == XPL_ORDER_IN ||
		    ims_model_ordered(c->model, c->params, earlier->cmd.row, later->cmd.row))
			return true;
	}
	return false;
}

/* @ret is @s after command @p; false: trouble. */
static bool effect(struct xpl_closure *c, const struct state *s, unsigned p, struct state *ret)
{
	const struct xpl_set *match = match_of(c, &c->pending[p]);
	const struct story told = { .before = s->story,
				    .instant = c->instant,
				    .record = NONE,
				    .at_wait = c->waits,
				    .ring = c->pending[p].ring,
				    .command = c->pending[p].instant };

	*ret = *s;
	ret->waits &= ~(1u << p);
	ret->story = c->stories->len;
	g_array_append_val(c->stories, told);
	for (unsigned i = 0; i < XPL_WORDS; i++)
		ret->held.w[i] &= ~(match->w[i] & ~c->pending[p].fresh.w[i]);
	return close_state(c, ret);
}

/*
 * What takes nothing away for good takes effect at once, if it may at all: the state holds the
 * same, and waits for less.
 */
static bool settle(struct xpl_closure *c, struct state *s, uint32_t mine)
{
	struct state after;
	bool again = true;

	while (again) {
		again = false;
		for (unsigned p = 0; p < XPL_PENDING && !again; p++) {
			if (!(s->waits & mine & 1u << p) || blocked(c, s, p))
				continue;
			if (!effect(c, s, p, &after))
				return false;
			again = xpl_set_within(c->may, &s->held, &after.held);
		}
		if (again)
			*s = after;
	}
	return true;
}

/* One state with all that it may come to by one more of @mine taking effect. */
static bool spread_one(struct xpl_closure *c, struct state *s, uint32_t mine, GArray *work)
{
	for (unsigned p = 0; p < XPL_PENDING; p++) {
		struct state after;

		if (!(s->waits & mine & 1u << p) || blocked(c, s, p))
			continue;
		if (!effect(c, s, p, &after))
			return false;
		g_array_append_val(work, after);
	}
	return true;
}

/*
 * Lets commands @mine, as bits, take effect in every order. @all: states in which something of
 * these still waits are left out.
 */
static bool spread(struct xpl_closure *c, uint32_t mine, bool all)
{
	GArray *work = c->states;

	c->states = c->next;
	c->next = work;
	g_array_set_size(c->states, 0);
	g_array_set_size(c->seen, 0);
	while (work->len && !c->trouble) {
		struct state s = *state_at(work, work->len - 1);

		g_array_set_size(work, work->len - 1);
		if (!settle(c, &s, mine) || !add_state(c, c->seen, &s))
			continue;
		if (spread_one(c, &s, mine, work) && (!all || !(s.waits & mine)))
			add_state(c, c->states, &s);
	}
	return !c->trouble;
}

/* Forgets commands that no state waits for. */
static void tidy(struct xpl_closure *c)
{
	uint32_t waits = 0;

	for (guint i = 0; i < c->states->len; i++)
		waits |= state_at(c->states, i)->waits;
	for (unsigned p = 0; p < XPL_PENDING; p++)
		c->pending[p].used &= waits >> p & 1;
}

static uint32_t waiting(const struct xpl_closure *c, unsigned ring, bool any)
{
	uint32_t mine = 0;

	for (unsigned p = 0; p < XPL_PENDING; p++)
		if (c->pending[p].used && (any || c->pending[p].ring == ring))
			mine |= 1u << p;
	return mine;
}

/* ---- the program's steps ---- */

void xpl_closure_at(struct xpl_closure *c, uint32_t instant)
{
	c->instant = instant;
}

/* Memory has changed: there is more that was read since a command was consumed. */
static bool read_on(struct xpl_closure *c, struct pending *p)
{
	struct xpl_set again = p->fresh;

	if (!xpl_may_close(c->may, &p->fresh, NULL, NULL)) {
		c->trouble = xpl_may_trouble(c->may);
		return false;
	}
	for (unsigned i = 0; i < XPL_WORDS; i++)
		again.w[i] = p->fresh.w[i] & ~again.w[i];
	return renew(c, p, &again);
}

bool xpl_closure_look(struct xpl_closure *c, struct ims_world *world, uint64_t version)
{
	if (c->trouble || !xpl_may_look(c->may, world, version))
		return !c->trouble;
	for (guint i = 0; i < c->states->len; i++)
		if (!close_state(c, state_at(c->states, i)))
			return false;
	for (unsigned p = 0; p < XPL_PENDING; p++)
		if (c->pending[p].used && !read_on(c, &c->pending[p]))
			return false;
	return true;
}

bool xpl_closure_store(struct xpl_closure *c)
{
	uint32_t mine = waiting(c, 0, true);

	if (c->trouble)
		return false;
	if (mine && spread(c, mine, false))
		tidy(c);
	return !c->trouble;
}

bool xpl_closure_command(struct xpl_closure *c, unsigned ring, const struct ims_cmd *cmd)
{
	unsigned p = 0;

	if (c->trouble)
		return false;
	while (p < XPL_PENDING && c->pending[p].used)
		p++;
	if (p == XPL_PENDING) {
		c->trouble = "more commands wait at a time than can be searched";
		return false;
	}
	c->pending[p] = (struct pending){ .used = true,
					  .ring = ring,
					  .number = c->numbers++,
					  .instant = c->instant,
					  .cmd = *cmd,
					  .fresh = *xpl_may_fresh(c->may),
					  .match_records = NONE };
	for (guint i = 0; i < c->states->len; i++)
		state_at(c->states, i)->waits |= 1u << p;
	if (!xpl_may_close(c->may, &c->pending[p].fresh, NULL, NULL))
		c->trouble = xpl_may_trouble(c->may);
	c->instant++; /* it is consumed by then */
	return !c->trouble && renew(c, &c->pending[p], &c->pending[p].fresh);
}

bool xpl_closure_sync(struct xpl_closure *c, unsigned ring)
{
	uint32_t mine = waiting(c, ring, false);

	if (c->trouble)
		return false;
	c->waits = true;
	if (mine && spread(c, mine, true))
		tidy(c);
	c->waits = false;
	return !c->trouble;
}

/* ---- the whole ---- */

struct xpl_closure *xpl_closure_new(const struct ims_world_config *config, uint32_t unit,
				    enum xpl_order order)
{
	struct xpl_closure *c = g_new0(struct xpl_closure, 1);
	struct ims_state params;
	const struct state empty = { .story = NONE };

	c->may = xpl_may_new(config, unit);
	c->model = config->model;
	c->order = order;
	ims_state_init(config->model, config->units[unit].params, &params);
	memcpy(c->params, params.params, sizeof(c->params));
	c->states = g_array_new(FALSE, FALSE, sizeof(struct state));
	c->next = g_array_new(FALSE, FALSE, sizeof(struct state));
	c->seen = g_array_new(FALSE, FALSE, sizeof(struct state));
	c->stories = g_array_new(FALSE, FALSE, sizeof(struct story));
	g_array_append_val(c->states, empty);
	return c;
}

void xpl_closure_free(struct xpl_closure *c)
{
	if (!c)
		return;
	xpl_may_free(c->may);
	g_array_unref(c->states);
	g_array_unref(c->next);
	g_array_unref(c->seen);
	g_array_unref(c->stories);
	g_free(c);
}

struct xpl_may *xpl_closure_may(struct xpl_closure *c)
{
	return c->may;
}

uint32_t xpl_closure_states(const struct xpl_closure *c)
{
	return c->states->len;
}

const struct xpl_set *xpl_closure_held(const struct xpl_closure *c, uint32_t state)
{
	IMS_ASSERT(state < c->states->len);
	return &state_at(c->states, state)->held;
}

const char *xpl_closure_trouble(const struct xpl_closure *c)
{
	return c->trouble;
}

/* ---- how a record came about ---- */

/* The parts of a state's story, the oldest first. */
static GArray *parts_of(const struct xpl_closure *c, uint32_t state)
{
	GArray *parts = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (uint32_t at = state_at(c->states, state)->story; at != NONE;
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
				      .effect = s->record == NONE,
				      .command = s->command,
				      .ring = s->ring,
				      .way = s->way };

		if (needed[i] || (d.effect && matters(c, parts, needed, i, last)))
			told(arg, &d);
	}
	g_array_unref(parts);
}
