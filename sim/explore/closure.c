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
	/*
	 * By those that wait: the set of what is read since its consumption. Another command
	 * may drop of that, and what comes about again may be made of older words.
	 */
	uint32_t fresh[XPL_PENDING];
};

struct xpl_closure {
	struct xpl_may *may;
	bool borrowed; /* it is somebody else's, and no stories are told */
	const struct ims_model *model;
	enum xpl_order order;
	uint32_t instant, numbers;
	bool waits;	     /* a wait is being done, */
	unsigned waits_ring; /* for this ring */
	struct pending pending[XPL_PENDING];
	GArray *states, *next, *seen; /* of struct state */
	GArray *stories;	      /* of struct story */
	GPtrArray *sets;	      /* of what is fresh, by number; none twice */
	GHashTable *numbers_of;	      /* of these, by what they hold: 1 + the number */
	uint32_t params[IMS_PARAMS];
	const char *trouble;
};

static struct state *state_at(GArray *a, guint i)
{
	return &g_array_index(a, struct state, i);
}

/* ---- sets of what is fresh ---- */

static guint set_hash(gconstpointer set)
{
	const struct xpl_set *s = set;
	uint64_t h = 0;

	for (unsigned i = 0; i < XPL_WORDS; i++)
		h = (h ^ s->w[i]) * UINT64_C(0x9e3779b97f4a7c15) + (h >> 31);
	return (guint)(h >> 32);
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

static const struct xpl_set *fresh_of(const struct xpl_closure *c, const struct state *s,
				      unsigned p)
{
	return g_ptr_array_index(c->sets, s->fresh[p]);
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
				    .record = NONE,
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
			if (now[s->fresh[p]] == NONE) {
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
					  .match_records = NONE };
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
	const struct state empty = { .story = NONE };

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

static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * UINT64_C(0x94d049bb133111eb);
	return h ^ h >> 29;
}

/* A command that a state waits for; those of a ring have an order. */
static uint64_t said_of_pending(const struct xpl_closure *c, const struct state *s, unsigned p)
{
	const struct pending *d = &c->pending[p];
	uint64_t h = mix(d->ring, d->cmd.row), before = 0;

	for (unsigned i = 0; i < XPL_PENDING; i++)
		before += (s->waits >> i & 1) && c->pending[i].ring == d->ring &&
			  c->pending[i].number < d->number;
	h = mix(mix(mix(h, before), d->cmd.dom), (uint64_t)d->cmd.ctx << 32 | d->cmd.src);
	h = mix(mix(mix(h, d->cmd.first), d->cmd.last), d->cmd.leaf_only);
	return mix(h, xpl_set_said(c->may, fresh_of(c, s, p)));
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
		sum += mix(mix(1, xpl_set_said(c->may, &s->held)), waits);
	}
	return mix(sum, xpl_set_said(c->may, xpl_may_fresh(c->may)));
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
