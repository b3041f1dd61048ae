/* SPDX-License-Identifier: MIT */
/*
 * Adversarial hardware step by step: the oracle of the search by closure. A state is what is
 * in the caches, really, with the commands that have not taken effect; hardware moves by
 * filling one entry, as the engine does with look-ups that hit or miss as somebody chose, by
 * evicting one, or by completing a command. All states that there are get visited. Nothing
 * here relies on that more in a cache is more that can happen; no code is that of the search.
 *
 * An entry is known by what it says, and by its rank: how many of the commands that wait had
 * been consumed when the oldest of its words was read (semantics of the verdicts, 2.2). It is
 * the engine that says which word was the oldest.
 */
#ifndef TESTS_PROPERTY_CLOSURE_EXPLICIT_H
#define TESTS_PROPERTY_CLOSURE_EXPLICIT_H

#include "tests/property/closure_requests.h"

/* ---- commands ---- */

static inline bool ex_before(const struct ex *x, const struct ex_pending *a,
			     const struct ex_pending *b)
{
	const struct ims_model *m = x->model;

	if (a->ring != b->ring || x->order == EX_ANY)
		return false;
	for (unsigned i = 0; i < m->orders_count && x->order == EX_VENDOR; i++) {
		const struct ims_order *o = &m->orders[i];

		if (!strcmp(o->earlier, m->rows[a->row].name) &&
		    !strcmp(o->later, m->rows[b->row].name) &&
		    (!o->knob_values || o->knob_values >> x->hw.unit->state.params[o->knob] & 1))
			return true;
	}
	return x->order == EX_IN;
}

/* Executed by a unit that has this record alone, read before. */
static inline bool ex_drops(struct ex *x, const uint64_t *words, uint32_t record)
{
	const struct ex_record *r = &x->records[record];
	struct ims_cache *c = ims_hw_cache(&x->drop, r->cache);
	struct ims_entry e = r->e;
	uint32_t n;
	bool live;

	e.born = 1;
	n = ims_cache_fill(c, &e, r->filed_ctx, NULL, NULL);
	x->drop.world->time = EX_NOW;
	ims_cmd_execute(&x->drop, words);
	ims_complete(&x->drop);
	live = ims_entry_live(c, &ims_cache_entries(c)[n]);
	if (live)
		ims_entry_drop(c, n);
	return !live;
}

static inline uint32_t ex_drops_of(struct ex *x, struct ex_pending *p)
{
	for (uint32_t r = 0; r < x->records_count && !p->inert; r++) {
		if (p->known >> r & 1)
			continue;
		p->known |= 1u << r;
		p->drops |= (uint32_t)ex_drops(x, p->words, r) << r;
	}
	return p->drops;
}

/*
 * A command may be done if nothing is left that it has to drop; what hardware drops before
 * that is evictions, each of which it may do. Ranks count one command less then.
 */
static inline bool ex_complete(struct ex *x, uint64_t state, unsigned p, uint64_t *ret)
{
	uint32_t waits = ex_waits(state), drops = ex_drops_of(x, &x->pending[p]);
	unsigned place = (unsigned)__builtin_popcount(waits & ((1u << p) - 1));

	for (unsigned i = 0; i < p; i++)
		if ((waits >> i & 1) && ex_before(x, &x->pending[i], &x->pending[p]))
			return false;
	*ret = state & ~(UINT64_C(1) << (EX_WAITS_AT + p));
	for (unsigned r = 0; r < EX_RECORDS; r++) {
		unsigned plus = ex_rank_plus(state, r);
		bool read_before = plus && plus - 1 <= place;

		if (read_before && (drops >> r & 1))
			return false;
		if (plus && !read_before)
			*ret = ex_with(*ret, r, plus - 1);
	}
	return true;
}

/* ---- moves ---- */

static inline void ex_fill_from(struct ex *x, uint64_t state, uint32_t present,
				const struct ex_edge *e)
{
	unsigned rank = (unsigned)__builtin_popcount(ex_waits(state));

	if (e->hits & ~present)
		return;
	x->steps++;
	for (uint32_t left = e->made_of; left; left &= left - 1) {
		unsigned of = ex_rank_plus(state, (unsigned)__builtin_ctz(left)) - 1;

		rank = of < rank ? of : rank;
	}
	if (ex_rank_plus(state, e->fill) != rank + 1)
		ex_reach(x, ex_with(state, e->fill, rank + 1));
}

static inline void ex_move(struct ex *x, uint64_t state)
{
	uint32_t present = ex_present(state);
	uint64_t after;

	for (guint i = 0; i < x->edges->len; i++)
		ex_fill_from(x, state, present, &g_array_index(x->edges, struct ex_edge, i));
	for (uint32_t left = present; left; left &= left - 1) {
		x->steps++;
		ex_reach(x, ex_with(state, (unsigned)__builtin_ctz(left), 0));
	}
	for (unsigned p = 0; p < x->pending_count; p++)
		if ((ex_waits(state) >> p & 1) && ex_complete(x, state, p, &after)) {
			x->steps++;
			ex_reach(x, after);
		}
}

/* Hardware runs for as long as it likes: false if that is too much to visit. */
static inline bool ex_run(struct ex *x)
{
	uint32_t reached;

	do {
		reached = x->reached;
		if (x->stale)
			ex_enumerate(x);
		for (guint i = 0; i < x->states->len && !x->too_large; i++)
			ex_move(x, g_array_index(x->states, uint64_t, i));
		x->stale = x->reached != reached;
	} while (x->stale && !x->too_large);
	return !x->too_large;
}

/* ---- the program's steps; each is followed by ex_run() ---- */

static inline void ex_words_changed(struct ex *x)
{
	x->stale = true;
	x->drop.unit->root = x->hw.unit->root;
	x->drop.unit->state = x->hw.unit->state;
}

/* Commands that no state waits for go; bits of the others close up. */
static inline void ex_tidy(struct ex *x)
{
	uint32_t waits = 0, kept = 0;

	for (guint i = 0; i < x->states->len; i++)
		waits |= ex_waits(g_array_index(x->states, uint64_t, i));
	for (unsigned p = 0; p < x->pending_count; p++)
		if (waits >> p & 1)
			x->pending[kept++] = x->pending[p];
	x->pending_count = kept;
	for (guint i = 0; i < x->states->len; i++) {
		uint64_t *s = &g_array_index(x->states, uint64_t, i), bits = 0;
		unsigned n = 0;

		for (unsigned p = 0; p < EX_PENDING; p++)
			if (waits >> p & 1)
				bits |= (uint64_t)(ex_waits(*s) >> p & 1) << n++;
		*s = (*s & ((UINT64_C(1) << EX_WAITS_AT) - 1)) | bits << EX_WAITS_AT;
		g_array_append_val(x->next, *s);
	}
	ex_turn(x);
}

static inline bool ex_command(struct ex *x, unsigned ring, uint32_t row, const uint64_t *words)
{
	struct ex_pending *p = &x->pending[x->pending_count];

	if (x->pending_count == EX_PENDING)
		ex_tidy(x);
	if (x->pending_count == EX_PENDING)
		return false;
	p = &x->pending[x->pending_count++];
	*p = (struct ex_pending){ .ring = ring,
				  .row = row,
				  .inert = x->model->rows[row].kind != IMS_CMD_INVALIDATE };
	memcpy(p->words, words, sizeof(p->words));
	for (guint i = 0; i < x->states->len; i++) {
		uint64_t s = g_array_index(x->states, uint64_t, i);

		s |= UINT64_C(1) << (EX_WAITS_AT + (p - x->pending));
		g_array_append_val(x->next, s);
	}
	ex_turn(x);
	return true;
}

/* The wait behind what stands in @ring is done: in no state anything of it waits. */
static inline void ex_sync(struct ex *x, unsigned ring)
{
	uint32_t mine = 0;

	for (unsigned p = 0; p < x->pending_count; p++)
		mine |= (uint32_t)(x->pending[p].ring == ring) << p;
	for (guint i = 0; i < x->states->len; i++) {
		uint64_t s = g_array_index(x->states, uint64_t, i);

		if (!(ex_waits(s) & mine))
			g_array_append_val(x->next, s);
	}
	ex_turn(x);
	ex_tidy(x);
}

/* Which answers a request may have: @told of each, maybe more than once. */
static inline void ex_ask(struct ex *x, uint32_t ask,
			  void (*told)(void *arg, const struct ex_answer *a), void *arg)
{
	uint64_t seen[(1 << EX_RECORDS) / 64] = { 0 };

	for (guint i = 0; i < x->states->len; i++) {
		uint32_t present = ex_present(g_array_index(x->states, uint64_t, i));

		if (seen[present / 64] >> present % 64 & 1)
			continue;
		seen[present / 64] |= UINT64_C(1) << present % 64;
		for (guint n = 0; n < x->answers[ask]->len; n++) {
			const struct ex_answer *a =
				&g_array_index(x->answers[ask], struct ex_answer, n);

			if (!(a->hits & ~present))
				told(arg, a);
		}
	}
}

/* ---- the whole ---- */

/*
 * @hw: a hand on the world, which has EX_ENTRIES of each cache and makes no use of them.
 * @states_max: a power of two.
 */
static inline struct ex *ex_new(const struct ims_hw *hw, const struct ims_world_config *config,
				const struct xpl_ask *asks, uint32_t asks_count, guint states_max)
{
	struct ex *x = g_new0(struct ex, 1);
	uint64_t empty = 0;

	x->model = hw->model;
	x->hw = *hw;
	x->may = (struct ims_may){ .arg = x, .find = ex_find, .fill = ex_fill };
	x->hw.may = &x->may;
	x->hw.aloof = x->hw.silent = true;
	x->drop_world = g_aligned_alloc0(1, ims_world_bytes(config), IMS_WORLD_ALIGN);
	ims_world_init(x->drop_world, config);
	ims_hw_bind(&x->drop, x->model, x->drop_world, 0, NULL);
	x->asks = asks;
	x->asks_count = asks_count;
	x->edges = g_array_new(FALSE, FALSE, sizeof(struct ex_edge));
	for (unsigned i = 0; i < EX_ASKS; i++)
		x->answers[i] = g_array_new(FALSE, FALSE, sizeof(struct ex_answer));
	x->states = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	x->next = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	x->states_max = states_max;
	x->slots = g_new0(uint64_t, states_max * 2);
	ex_reach(x, empty);
	ex_words_changed(x);
	return x;
}

static inline void ex_free(struct ex *x)
{
	g_aligned_free(x->drop_world);
	g_array_unref(x->edges);
	for (unsigned i = 0; i < EX_ASKS; i++)
		g_array_unref(x->answers[i]);
	g_array_unref(x->states);
	g_array_unref(x->next);
	g_free(x->slots);
	g_free(x);
}

#endif
