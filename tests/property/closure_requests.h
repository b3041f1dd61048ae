/* SPDX-License-Identifier: MIT */
/*
 * The oracle of the search by closure, its parts: states, records, and what requests do. See
 * closure_explicit.h.
 */
#ifndef TESTS_PROPERTY_CLOSURE_REQUESTS_H
#define TESTS_PROPERTY_CLOSURE_REQUESTS_H

#include <glib.h>
#include <string.h>

#include "sim/engine/cache_parts.h"
#include "sim/engine/engine.h"
#include "sim/explore/may.h"

enum {
	EX_RECORDS = 14, /* four bits of a state each: 0, or 1 + the rank */
	EX_PENDING = 8,	 /* the bits above them */
	EX_WAYS = 2048,	 /* of one request */
	EX_LOOKS = 48,
	EX_FILLS = 24,
	EX_ASKS = 4,
	EX_ENTRIES = 16, /* of each cache */
	EX_PAYLOAD = 12,
};

struct ex_record {
	unsigned cache;
	struct ims_entry e;
	uint32_t filed_ctx;
	uint64_t payload[EX_PAYLOAD];
};

/* A fill: records that have to be hit, those of them whose words it is made of, what comes of it. */
struct ex_edge {
	uint32_t hits, made_of, fill;
};

struct ex_answer {
	uint32_t hits;
	uint16_t fault;
	bool refused;
	uint64_t out;
};

struct ex_pending {
	unsigned ring;
	uint32_t row;
	uint64_t words[IMS_CMD_WORDS];
	uint32_t drops, known; /* of the records: those that it drops, of those asked for */
	bool inert;	       /* it is no invalidation */
};

struct ex_look {
	uint32_t taken, options; /* 0: a miss */
	uint8_t fitting[EX_RECORDS];
};

struct ex {
	const struct ims_model *model;
	struct ims_hw hw;   /* the world that requests are made in; its caches hold the records */
	struct ims_hw drop; /* one that commands are executed in */
	struct ims_world *drop_world;
	struct ims_may may;
	enum { EX_VENDOR, EX_ANY, EX_IN } order;
	bool fold; /* entries that differ in whether a page is known to be written are one */
	const struct xpl_ask *asks;
	uint32_t asks_count;
	struct ex_record records[EX_RECORDS];
	uint32_t records_count;
	uint32_t reached; /* records that have been in a cache */
	struct ex_pending pending[EX_PENDING];
	uint32_t pending_count;
	GArray *edges, *answers[EX_ASKS];
	bool stale; /* the edges are of other words, or fewer records */
	GArray *states, *next;
	guint states_max;
	uint64_t *slots; /* 1 + a state, by hash */
	uint32_t steps;	 /* moves of hardware made */
	/* The way being taken. */
	struct ex_look looks[EX_LOOKS];
	uint32_t looks_count, looks_known;
	uint32_t hits, old; /* @old: the record whose words are old in this run */
	struct {
		uint32_t record, hits, made_of;
	} fills[EX_FILLS];
	uint32_t fills_count, fills_seen;
	const char *too_large;
};

#define EX_NONE	    UINT32_MAX
#define EX_NOW	    1000000u /* words are read at this time or later, */
#define EX_OLD	    1u	     /* or had been read then */
#define EX_WAITS_AT 56

/* ---- states ---- */

static inline unsigned ex_rank_plus(uint64_t state, unsigned record)
{
	return state >> 4 * record & 0xf;
}

static inline uint64_t ex_with(uint64_t state, unsigned record, unsigned rank_plus)
{
	return (state & ~(UINT64_C(0xf) << 4 * record)) | (uint64_t)rank_plus << 4 * record;
}

static inline uint32_t ex_waits(uint64_t state)
{
	return (uint32_t)(state >> EX_WAITS_AT);
}

/* The records that are there: a bit of each four, gathered. */
static inline uint32_t ex_present(uint64_t state)
{
	uint64_t x = state & ((UINT64_C(1) << EX_WAITS_AT) - 1);

	x = (x | x >> 1 | x >> 2 | x >> 3) & UINT64_C(0x1111111111111111);
	x = (x | x >> 3) & UINT64_C(0x0303030303030303);
	x = (x | x >> 6) & UINT64_C(0x000f000f000f000f);
	x = (x | x >> 12) & UINT64_C(0x000000ff000000ff);
	return (uint32_t)((x | x >> 24) & 0xffff);
}

/* Puts a state among those that are known. */
static inline void ex_reach(struct ex *x, uint64_t state)
{
	uint64_t h = (state + 1) * UINT64_C(0x9e3779b97f4a7c15);
	uint32_t mask = x->states_max * 2 - 1, i = (uint32_t)(h >> 40) & mask;

	for (; x->slots[i]; i = (i + 1) & mask)
		if (x->slots[i] == state + 1)
			return;
	if (x->states->len == x->states_max) {
		x->too_large = "states";
		return;
	}
	x->slots[i] = state + 1;
	g_array_append_val(x->states, state);
	x->reached |= ex_present(state);
}

/* The states become those that @next has. */
static inline void ex_turn(struct ex *x)
{
	g_array_set_size(x->states, 0);
	memset(x->slots, 0, x->states_max * 2 * sizeof(*x->slots));
	for (guint i = 0; i < x->next->len; i++)
		ex_reach(x, g_array_index(x->next, uint64_t, i));
	g_array_set_size(x->next, 0);
}

/* ---- records ---- */

static inline struct ims_entry ex_facts(const struct ex *x, const struct ims_entry *e)
{
	struct ims_entry f = *e;

	f.born = f.gen = f.group = f.region = 0;
	f.flags = f.spare[0] = 0;
	if (x->fold && (f.perm & IMS_W))
		f.perm |= IMS_D;
	return f;
}

static inline uint32_t ex_record_of(struct ex *x, unsigned cache, const struct ims_entry *e,
				    uint32_t filed_ctx, const uint64_t *payload)
{
	struct ims_cache *c = ims_hw_cache(&x->hw, cache);
	struct ex_record r;
	uint32_t i = 0;

	memset(&r, 0, sizeof(r)); /* with what is between its parts */
	r.cache = cache;
	r.e = ex_facts(x, e);
	r.filed_ctx = filed_ctx;
	if (payload)
		memcpy(r.payload, payload, x->model->caches[cache].payload * sizeof(r.payload[0]));
	while (i < x->records_count && memcmp(&x->records[i], &r, sizeof(r)) != 0)
		i++;
	if (i < x->records_count)
		return i;
	if (i == EX_RECORDS) {
		x->too_large = "records";
		return EX_NONE;
	}
	x->records[x->records_count++] = r;
	ims_cache_entries(c)[i] = r.e;
	if (payload)
		memcpy(ims_cache_payload(c, i), r.payload,
		       x->model->caches[cache].payload * sizeof(r.payload[0]));
	return i;
}

/* Does it answer this look-up: struct ims_cache_def says what is compared. */
static inline bool ex_fits(const struct ex *x, uint32_t record, unsigned cache, uint32_t src,
			   uint32_t ctx, uint32_t dom, uint64_t addr)
{
	const struct ex_record *r = &x->records[record];
	const struct ims_cache_def *def = &x->model->caches[cache];

	if (r->cache != cache || !(x->reached >> record & 1))
		return false;
	if (r->e.size_lg2 < 64 && (r->e.in ^ addr) >> r->e.size_lg2)
		return false;
	if ((def->lookup & IMS_KEY_SRC) && r->e.src != src)
		return false;
	if ((def->lookup & IMS_KEY_CTX) && r->e.ctx != ctx)
		return false;
	return !(def->lookup & IMS_KEY_DOM) ||
	       (r->e.dom == (dom & 0xffff) && !(((dom >> 16) ^ r->e.cls) & def->worlds));
}

/* ---- requests ---- */

static inline uint32_t ex_find(struct ims_hw *hw, unsigned cache, uint32_t src, uint32_t ctx,
			       uint32_t dom, uint64_t addr)
{
	struct ex *x = hw->may->arg;
	struct ex_look *l = &x->looks[x->looks_count];
	uint32_t record;

	if (x->looks_count == EX_LOOKS) {
		x->too_large = "look-ups";
		return IMS_NONE;
	}
	if (x->looks_count++ == x->looks_known) {
		x->looks_known++;
		l->taken = l->options = 0;
		for (uint32_t r = 0; r < x->records_count; r++)
			if (ex_fits(x, r, cache, src, ctx, dom, addr))
				l->fitting[l->options++] = (uint8_t)r;
	}
	if (!l->taken)
		return IMS_NONE;
	record = l->fitting[l->taken - 1];
	x->hits |= 1u << record;
	ims_cache_entries(ims_hw_cache(hw, cache))[record].born = record == x->old ? EX_OLD :
										     EX_NOW;
	return record;
}

static inline uint32_t ex_fill(struct ims_hw *hw, unsigned cache, const struct ims_entry *e,
			       uint32_t filed_ctx, const uint64_t *payload)
{
	struct ex *x = hw->may->arg;
	uint32_t n = x->fills_seen;

	if (n == EX_FILLS)
		x->too_large = "fills";
	if (x->too_large)
		return IMS_NONE;
	x->fills_seen++;
	if (n == x->fills_count) {
		x->fills[n].record = ex_record_of(x, cache, e, filed_ctx, payload);
		x->fills[n].hits = x->hits;
		x->fills[n].made_of = 0;
		x->fills_count++;
	}
	if (x->old != EX_NONE && e->born < EX_NOW)
		x->fills[n].made_of |= 1u << x->old;
	return x->fills[n].record == EX_NONE ? IMS_NONE : x->fills[n].record;
}

/* Makes the request with the look-ups as they are chosen. */
static inline void ex_request(struct ex *x, uint32_t ask, struct ims_access_result *ret)
{
	struct ims_req req = x->asks[ask].req;

	x->looks_count = x->hits = x->fills_seen = 0;
	x->hw.world->time = EX_NOW;
	ims_device_access(&x->hw, x->asks[ask].dev, &req, x->asks[ask].ats, ret);
	x->looks_known = x->looks_count;
}

static inline bool same_edge(const struct ex_edge *a, const struct ex_edge *b)
{
	return a->hits == b->hits && a->made_of == b->made_of && a->fill == b->fill;
}

static inline void ex_add_edge(struct ex *x, const struct ex_edge *e)
{
	for (guint i = 0; i < x->edges->len; i++)
		if (same_edge(&g_array_index(x->edges, struct ex_edge, i), e))
			return;
	g_array_append_vals(x->edges, e, 1);
}

static inline void ex_add_answer(GArray *to, const struct ex_answer *a)
{
	for (guint i = 0; i < to->len; i++) {
		const struct ex_answer *b = &g_array_index(to, struct ex_answer, i);

		if (a->hits == b->hits && a->fault == b->fault && a->refused == b->refused &&
		    a->out == b->out)
			return;
	}
	g_array_append_vals(to, a, 1);
}

/* One way of a request: what came of it, what it filled, and of whose words. */
static inline void ex_take(struct ex *x, uint32_t ask)
{
	struct ims_access_result r;
	struct ex_answer a = { 0 };
	uint32_t hits;

	x->old = EX_NONE;
	x->fills_count = 0;
	ex_request(x, ask, &r);
	hits = a.hits = x->hits;
	a.fault = r.fault;
	a.refused = r.fault || r.refused || r.stalled;
	a.out = a.refused ? 0 : r.out;
	ex_add_answer(x->answers[ask], &a);
	for (uint32_t left = hits; left && x->fills_count && !x->too_large; left &= left - 1) {
		x->old = (uint32_t)__builtin_ctz(left);
		ex_request(x, ask, &r);
	}
	for (uint32_t i = 0; i < x->fills_count && !x->too_large; i++) {
		const struct ex_edge e = { x->fills[i].hits, x->fills[i].made_of,
					   x->fills[i].record };

		ex_add_edge(x, &e);
	}
}

static inline bool ex_next_way(struct ex *x)
{
	for (; x->looks_known; x->looks_known--) {
		struct ex_look *l = &x->looks[x->looks_known - 1];

		if (l->taken < l->options) {
			l->taken++;
			return true;
		}
	}
	return false;
}

/* What requests may do with words as they are, of records that have been in a cache. */
static inline void ex_enumerate(struct ex *x)
{
	g_array_set_size(x->edges, 0);
	for (uint32_t ask = 0; ask < x->asks_count; ask++) {
		uint32_t ways = 0;

		g_array_set_size(x->answers[ask], 0);
		x->looks_known = 0;
		do {
			ex_take(x, ask);
			if (++ways == EX_WAYS)
				x->too_large = "ways";
			if (x->too_large)
				return;
		} while (ex_next_way(x));
	}
	x->stale = false;
}

#endif
