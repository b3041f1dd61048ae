/* SPDX-License-Identifier: MIT */
/* States in lockstep: everything held, and which commands have not taken effect. */
#include <glib.h>
#include <string.h>

#include "sim/core/assert.h"
#include "sim/explore/closure_parts.h"

/* ---- sets of what is fresh ---- */

static guint set_hash(gconstpointer set)
{
	return (guint)(xpl_set_hash(set) >> 32);
}

static gboolean set_same(gconstpointer a, gconstpointer b)
{
	return !memcmp(a, b, sizeof(struct xpl_set));
}

static uint32_t set_number(struct xpl_closure *c, const struct xpl_set *set)
{
	uint32_t number = GPOINTER_TO_UINT(g_hash_table_lookup(c->numbers_of, set));
	struct xpl_set *own;

	if (number)
		return number - 1;
	own = g_new(struct xpl_set, 1);
	*own = *set;
	g_ptr_array_add(c->sets, own);
	g_hash_table_insert(c->numbers_of, own, GUINT_TO_POINTER(c->sets->len));
	return c->sets->len - 1;
}

/* Closes @set, and returns its number. */
static uint32_t close_set(struct xpl_closure *c, struct xpl_set *set)
{
	if (!xpl_may_close(c->may, set, NULL, NULL))
		c->trouble = xpl_may_trouble(c->may);
	return set_number(c, set);
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

	if (!xpl_may_close(c->may, &s->held, c->borrowed ? NULL : add_story, &t))
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
 * outlasts the command, and the story has to say so.
 */
static bool renew(struct xpl_closure *c, struct pending *p, const struct xpl_set *again,
		  struct state *s)
{
	struct xpl_set which = *match_of(c, p);
	struct telling t = { .c = c, .story = &s->story };
	bool any = false;

	for (unsigned i = 0; i < XPL_WORDS; i++) {
		which.w[i] &= again->w[i];
		any |= which.w[i] != 0;
	}
	if (any && !c->borrowed && !xpl_may_renew(c->may, &which, add_story, &t))
		c->trouble = xpl_may_trouble(c->may);
	return !c->trouble;
}

/* ---- states ---- */

/* Does @a hold all that @b does, wait for no more, and is as much of it fresh. */
static bool covers(const struct xpl_closure *c, const struct state *a, const struct state *b)
{
	if ((a->waits & ~b->waits) || !xpl_set_within(c->may, &b->held, &a->held))
		return false;
	for (unsigned p = 0; p < XPL_PENDING; p++)
		if ((a->waits >> p & 1) && a->fresh[p] != b->fresh[p] &&
		    !xpl_set_within(c->may, fresh_of(c, b, p), fresh_of(c, a, p)))
			return false;
	return true;
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

/* Takes out of @set what is dropped; false: nothing of that was in it. */
static bool drop_from(struct xpl_set *set, const struct xpl_set *dropped)
{
	uint64_t some = 0;

	for (unsigned i = 0; i < XPL_WORDS; i++) {
		some |= set->w[i] & dropped->w[i];
		set->w[i] &= ~dropped->w[i];
	}
	return some != 0;
}

/* @ret is @s after command @p; false: trouble. */
static bool effect(struct xpl_closure *c, const struct state *s, unsigned p, struct state *ret)
{
	const struct xpl_set *match = match_of(c, &c->pending[p]);
	const struct story told = { .before = s->story,
				    .instant = c->instant,
				    .record = XPL_NONE,
				    .at_wait = c->waits && c->pending[p].ring == c->waits_ring,
				    .ring = c->pending[p].ring,
				    .command = c->pending[p].instant };
	struct xpl_set dropped;

	*ret = *s;
	ret->waits &= ~(1u << p);
	if (!c->borrowed) {
		ret->story = c->stories->len;
		g_array_append_val(c->stories, told);
	}
	dropped = *match;
	drop_from(&dropped, fresh_of(c, s, p));
	drop_from(&ret->held, &dropped);
	for (unsigned other = 0; other < XPL_PENDING; other++) {
		struct xpl_set fresh;

		if (!(ret->waits >> other & 1))
			continue;
		fresh = *fresh_of(c, s, other);
		if (drop_from(&fresh, &dropped))
			ret->fresh[other] = close_set(c, &fresh);
	}
	return close_state(c, ret) && !c->trouble;
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
			again = covers(c, &after, s);
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
 * Lets commands @mine, as bits, take effect in every order; states in which something of @done
 * still waits are left out.
 */
static bool spread(struct xpl_closure *c, uint32_t mine, uint32_t done)
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
		if (spread_one(c, &s, mine, work) && !(s.waits & done))
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
	if (waits)
		return;
	g_hash_table_remove_all(c->numbers_of);
	g_ptr_array_set_size(c->sets, 0);
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

/* Memory has changed: so has what is read since, of every command that waits. */
static bool close_fresh(struct xpl_closure *c)
{
	guint count = c->sets->len;
	g_autofree uint32_t *now = g_new(uint32_t, count + 1);

	memset(now, 0xff, (count + 1) * sizeof(*now));
	for (guint i = 0; i < c->states->len && !c->trouble; i++) {
		struct state *s = state_at(c->states, i);

		for (unsigned p = 0; p < XPL_PENDING; p++) {
			struct xpl_set set;

			if (!(s->waits >> p & 1))
				continue;
			if (now[s->fresh[p]] == XPL_NONE) {
				set = *fresh_of(c, s, p);
				now[s->fresh[p]] = close_set(c, &set);
			}
			set = *(const struct xpl_set *)g_ptr_array_index(c->sets, now[s->fresh[p]]);
			drop_from(&set, fresh_of(c, s, p));
			s->fresh[p] = now[s->fresh[p]];
			if (!renew(c, &c->pending[p], &set, s))
				return false;
		}
	}
	return !c->trouble;
}

bool xpl_closure_look(struct xpl_closure *c, struct ims_world *world, uint64_t version)
{
	if (c->trouble || !xpl_may_look(c->may, world, version))
		return !c->trouble;
	for (guint i = 0; i < c->states->len; i++)
		if (!close_state(c, state_at(c->states, i)))
			return false;
	return close_fresh(c);
}

bool xpl_closure_store(struct xpl_closure *c)
{
	uint32_t mine = waiting(c, 0, true);

	if (c->trouble)
		return false;
	if (mine && spread(c, mine, 0))
		tidy(c);
	return !c->trouble;
}

bool xpl_closure_command(struct xpl_closure *c, unsigned ring, const struct ims_cmd *cmd)
{
	uint32_t number;
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
					  .match_records = XPL_NONE };
	number = set_number(c, xpl_may_fresh(c->may));
	c->trouble = xpl_may_trouble(c->may);
	c->instant++; /* what is read again is read when it has been consumed */
	for (guint i = 0; i < c->states->len && !c->trouble; i++) {
		struct state *s = state_at(c->states, i);

		s->waits |= 1u << p;
		s->fresh[p] = number;
		renew(c, &c->pending[p], fresh_of(c, s, p), s);
	}
	return !c->trouble;
}

bool xpl_closure_sync(struct xpl_closure *c, unsigned ring)
{
	/* What waits in other rings may take effect before the last of these does. */
	uint32_t mine = waiting(c, ring, true), done = waiting(c, ring, false);

	if (c->trouble)
		return false;
	c->waits = true;
	c->waits_ring = ring;
	if (done && spread(c, mine, done))
		tidy(c);
	c->waits = false;
	return !c->trouble;
}

/* ---- the whole ---- */

struct xpl_closure *xpl_closure_new(const struct ims_world_config *config, uint32_t unit,
				    enum xpl_order order, struct xpl_may *may)
{
	struct xpl_closure *c = g_new0(struct xpl_closure, 1);
	struct ims_state params;
	const struct state empty = { .story = XPL_NONE };

	c->may = may ? may : xpl_may_new(config, unit);
	c->borrowed = may != NULL;
	c->model = config->model;
	c->order = order;
	ims_state_init(config->model, config->units[unit].params, &params);
	memcpy(c->params, params.params, sizeof(c->params));
	c->states = g_array_new(FALSE, FALSE, sizeof(struct state));
	c->next = g_array_new(FALSE, FALSE, sizeof(struct state));
	c->seen = g_array_new(FALSE, FALSE, sizeof(struct state));
	c->stories = g_array_new(FALSE, FALSE, sizeof(struct story));
	c->sets = g_ptr_array_new_with_free_func(g_free);
	c->numbers_of = g_hash_table_new(set_hash, set_same);
	g_array_append_val(c->states, empty);
	return c;
}

void xpl_closure_free(struct xpl_closure *c)
{
	if (!c)
		return;
	if (!c->borrowed)
		xpl_may_free(c->may);
	g_array_unref(c->states);
	g_array_unref(c->next);
	g_array_unref(c->seen);
	g_array_unref(c->stories);
	g_hash_table_unref(c->numbers_of);
	g_ptr_array_unref(c->sets);
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
