/* SPDX-License-Identifier: MIT */
/* The walker's side of the engine: its paging-structure caches and its lines in the log. */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/core/bits.h"
#include "sim/engine/cache_parts.h"
#include "sim/engine/walker.h"

void ims_walk_log(struct ims_walker *w, uint64_t addr, uint64_t value, unsigned stage,
		  unsigned level)
{
	struct ims_walk_hand *hand = w->unit;
	uint64_t pa = 0;

	ims_mem_resolve(&w->mem, addr, &pa);
	ims_emit(hand->hw, IMS_EV_READ, stage << 8 | level, addr, value, pa, 0);
}

static int walk_cache(const struct ims_model *m, unsigned stage)
{
	for (int c = 0; c < m->caches_count; c++)
		if (m->caches[c].where == IMS_WHERE_WALK && m->caches[c].stage == stage)
			return c;
	return -1;
}

/* Of a stage of this walk: what is known under @ctx. */
static bool find_in(struct ims_walker *w, unsigned number, uint32_t ctx, uint64_t addr,
		    struct ims_start *ret_start)
{
	struct ims_walk_hand *hand = w->unit;
	struct ims_cache *c = ims_hw_cache(hand->hw, number);
	uint32_t dom = ims_world_dom(hand->path->dom, hand->path->cls);
	uint32_t found = ims_hw_find(hand->hw, number, hand->req->src, ctx, dom, addr);
	const struct ims_entry *e;

	if (found == IMS_NONE)
		return false;
	e = &ims_cache_entries(c)[found];
	ims_cache_touch(c, found);
	ret_start->table = e->out;
	ret_start->mid = e->mid;
	ret_start->level = e->level;
	ret_start->leaf_level = e->s1_level | e->s2_level;
	ret_start->lg2 = e->size_lg2;
	ret_start->perm = e->perm;
	if (e->born < w->born)
		w->born = e->born;
	ims_emit(hand->hw, IMS_EV_HIT, found, number, 0, 0, 0);
	return true;
}

/* A leaf of the stage's own, where those have a cache of their own. */
static bool find_leaf(struct ims_walker *w, unsigned stage, uint64_t addr,
		      struct ims_start *ret_start)
{
	struct ims_walk_hand *hand = w->unit;
	const struct ims_path *path = hand->path;
	unsigned cache = hand->hw->model->leaf_cache[stage];

	/* What the engine keeps there for itself is of both stages together. */
	if (!cache || (stage == 1 && !path->apart))
		return false;
	if (find_in(w, cache - 1, stage == 1 ? path->ctx : IMS_CTX_NONE, addr, ret_start))
		return true;
	if (stage == 2 || !path->ctx_global)
		return false;
	ret_start->global = find_in(w, cache - 1, path->ctx_global, addr, ret_start);
	return ret_start->global;
}

bool ims_walk_find(struct ims_walker *w, unsigned stage, uint64_t addr, struct ims_start *ret_start)
{
	struct ims_walk_hand *hand = w->unit;
	int number = walk_cache(hand->hw->model, stage);

	if (find_leaf(w, stage, addr, ret_start))
		return true;
	return number >= 0 && find_in(w, (unsigned)number,
				      stage == 1 ? hand->path->ctx : IMS_CTX_NONE, addr, ret_start);
}

/* The address of the table between the stages; with one stage it is the same on both sides. */
static uint64_t table_mid(const struct ims_path *path, const struct ims_start *s)
{
	return path->stages == IMS_STAGES_NESTED ? s->mid : s->table;
}

/* The level of what is kept, where commands name it: a leaf's, or that of the entry that leads to a table. */
static uint8_t named_level(unsigned grain_lg2, const struct ims_start *s)
{
	if (!grain_lg2)
		return 0;
	return s->level ? (uint8_t)(s->level + 1u) : s->leaf_level;
}

static void fill_step(struct ims_walk_hand *hand, int cache, unsigned stage, uint64_t addr,
		      uint8_t lg2, uint8_t cls, uint32_t born, const struct ims_start *s)
{
	const struct ims_path *path = hand->path;
	uint32_t ctx = s->global ? path->ctx_global : path->ctx;
	struct ims_entry e = { .in = ims_block_first(addr, lg2),
			       .out = s->table,
			       .mid = stage == 1 ? table_mid(hand->path, s) : 0,
			       .src = hand->req->src,
			       .ctx = stage == 1 ? ctx : IMS_CTX_NONE,
			       .born = born,
			       .dom = hand->path->dom,
			       .cls = cls,
			       .perm = s->perm,
			       .size_lg2 = lg2,
			       .s1_lg2 = stage == 1 ? lg2 : 64,
			       .s2_lg2 = stage == 2 ? lg2 : 64,
			       .mid_lg2 = stage == 1 ? 12 : 64,
			       .level = s->level };

	if (stage == 1) {
		e.s1_level = named_level(path->s1_grain_lg2, s);
		e.s1_grain_lg2 = path->s1_grain_lg2;
	} else {
		e.s2_level = named_level(path->s2_grain_lg2, s);
		e.s2_grain_lg2 = path->s2_grain_lg2;
	}
	if (cache >= 0)
		ims_fill(hand->hw, (unsigned)cache, &e, e.ctx, NULL);
}

void ims_walk_fill(struct ims_walker *w, unsigned stage, uint64_t addr, unsigned level,
		   const struct ims_start *s)
{
	struct ims_walk_hand *hand = w->unit;

	const struct ims_format *f = stage == 1 ? hand->path->s1 : hand->path->s2;

	fill_step(hand, walk_cache(hand->hw->model, stage), stage, addr,
		  (uint8_t)ims_level_lg2(f, level), hand->path->cls, w->born, s);
}

void ims_walk_fill_leaf(struct ims_walker *w, unsigned stage, uint64_t addr,
			const struct ims_start *s)
{
	struct ims_walk_hand *hand = w->unit;
	const struct ims_model *m = hand->hw->model;
	const struct ims_path *path = hand->path;
	int cache = m->leaf_cache[stage] - 1;
	uint32_t ctx = stage == 2 ? IMS_CTX_NONE : s->global ? path->ctx_global : path->ctx, old;

	if (cache < 0) {
		fill_step(hand, walk_cache(m, stage), stage, addr, s->lg2, m->leaf_class, w->born,
			  s);
		return;
	}
	/* One that served no more, for what is to be set in it. */
	old = ims_hw_old(hand->hw, (unsigned)cache, hand->req->src, ctx,
			 ims_world_dom(path->dom, path->cls), addr);
	if (old != IMS_NONE)
		ims_replace(hand->hw, (unsigned)cache, old);
	fill_step(hand, cache, stage, addr, s->lg2, stage == 1 ? path->cls : m->leaf_class, w->born,
		  s);
}

static struct ims_cfg_key part_key(const struct ims_walk_hand *hand, unsigned part, uint64_t mid)
{
	return (struct ims_cfg_key){ .src = hand->req->src,
				     .ctx = hand->path->ctx,
				     .dom = hand->path->dom,
				     .part = (uint16_t)part,
				     .through = mid != ~UINT64_C(0),
				     .mid = mid };
}

bool ims_walk_cfg_find(struct ims_walker *w, unsigned cache, unsigned part, uint64_t *ret_word)
{
	struct ims_walk_hand *hand = w->unit;
	struct ims_cfg_key key = part_key(hand, part, 0);
	const uint64_t *word = w->caches ? ims_cfg_find(hand->hw, cache, &key) : NULL;

	if (!word)
		return false;
	if (hand->hw->born < w->born)
		w->born = hand->hw->born;
	*ret_word = *word;
	return true;
}

void ims_walk_cfg_fill(struct ims_walker *w, unsigned cache, unsigned part, uint64_t mid,
		       uint64_t word)
{
	struct ims_walk_hand *hand = w->unit;
	struct ims_cfg_key key = part_key(hand, part, mid);

	if (!w->caches)
		return;
	hand->hw->born = w->born;
	ims_cfg_fill(hand->hw, cache, &key, &word);
}

bool ims_walk_update(struct ims_walker *w, uint64_t addr, uint64_t old, uint64_t value)
{
	struct ims_walk_hand *hand = w->unit;
	uint64_t pa;

	(void)old;
	if (!ims_mem_resolve(&w->mem, addr, &pa))
		return w->mem.guest && addr < w->mem.guest_limit;
	if (pa >= w->mem.fixed_first && pa <= w->mem.fixed_last)
		return false;
	if (w->update)
		ims_write(hand->hw, pa, value, true);
	return true;
}

static void evicted(void *arg, uint32_t number, const struct ims_entry *e)
{
	struct ims_filling *f = arg;

	(void)e;
	ims_emit(f->hw, IMS_EV_EVICT, number, f->cache, 0, 0, 0);
}

static inline uint32_t fill(struct ims_hw *hw, unsigned cache, const struct ims_entry *e,
			    uint32_t filed_ctx, const uint64_t *payload)
{
	struct ims_filling f = { .hw = hw, .cache = cache };
	uint32_t number, event;

	number = ims_cache_fill(ims_hw_cache(hw, cache), e, filed_ctx, evicted, &f);
	if (number == IMS_NONE)
		return number;
	if (payload)
		memcpy(ims_cache_payload(ims_hw_cache(hw, cache), number), payload,
		       (size_t)hw->model->caches[cache].payload * sizeof(*payload));
	event = ims_emit(hw, IMS_EV_FILL, number, cache | (e->mid & ~UINT64_C(0xfff)), e->in,
			 e->out,
			 (uint64_t)e->dom | (uint64_t)e->cls << 16 | (uint64_t)e->size_lg2 << 24 |
				 (uint64_t)e->s1_lg2 << 32 | (uint64_t)e->s2_lg2 << 40 |
				 (uint64_t)(uint8_t)e->perm << 48 | (uint64_t)e->level << 56);
	if (hw->log) {
		struct ims_event *ev = &hw->log->events[event - hw->log->first];

		ev->a[4] = (uint64_t)e->ctx << 32 | e->src;
		ev->a[5] = filed_ctx | (uint64_t)e->mid_lg2 << 32 |
			   (uint64_t)(e->s1_level & 0xf) << 40 |
			   (uint64_t)(e->s2_level & 0xf) << 44 |
			   (uint64_t)(e->s1_grain_lg2 / 2 & 0xf) << 48 |
			   (uint64_t)(e->s2_grain_lg2 / 2 & 0xf) << 52 |
			   (uint64_t)(e->perm >> 8) << 56;
	}
	return number;
}

uint32_t ims_fill(struct ims_hw *hw, unsigned cache, const struct ims_entry *e, uint32_t filed_ctx,
		  const uint64_t *payload)
{
	if (__builtin_expect(hw->may != NULL, 0))
		return hw->may->fill(hw, cache, e, filed_ctx, payload);
	return fill(hw, cache, e, filed_ctx, payload);
}

uint32_t ims_fill_over(struct ims_hw *hw, unsigned cache, const struct ims_entry *e,
		       uint32_t filed_ctx, const uint64_t *payload)
{
	uint32_t old = ims_cache_find_of(ims_hw_cache(hw, cache), e->src, e->ctx, ims_entry_dom(e),
					 e->in, ims_size_bit(e->size_lg2));

	if (old != IMS_NONE)
		ims_replace(hw, cache, old);
	return fill(hw, cache, e, filed_ctx, payload);
}
