/* SPDX-License-Identifier: MIT */
/* The walker's side of the engine: its paging-structure caches and its lines in the log. */
#include "sim/core/assert.h"
#include "sim/core/bits.h"
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

bool ims_walk_find(struct ims_walker *w, unsigned stage, uint64_t addr, struct ims_start *ret_start)
{
	struct ims_walk_hand *hand = w->unit;
	int number = walk_cache(hand->hw->model, stage);
	struct ims_cache *c;
	const struct ims_entry *e;
	uint32_t found;

	if (number < 0)
		return false;
	c = ims_hw_cache(hand->hw, (unsigned)number);
	found = ims_cache_find(c, hand->req->src, stage == 1 ? hand->path->ctx : IMS_CTX_NONE,
			       hand->path->dom, addr);
	if (found == IMS_NONE)
		return false;
	e = &ims_cache_entries(c)[found];
	ims_cache_touch(c, found);
	ret_start->table = e->out;
	ret_start->level = e->level;
	ret_start->lg2 = e->size_lg2;
	ret_start->perm = e->perm;
	if (e->born < w->born)
		w->born = e->born;
	ims_emit(hand->hw, IMS_EV_HIT, found, (uint64_t)number, 0, 0, 0);
	return true;
}

/* The address of the table between the stages; with one stage it is the same on both sides. */
static uint64_t table_mid(const struct ims_path *path, const struct ims_start *s)
{
	return path->stages == IMS_STAGES_NESTED ? s->mid : s->table;
}

static void fill_step(struct ims_walk_hand *hand, int cache, unsigned stage, uint64_t addr,
		      uint8_t lg2, uint8_t cls, uint32_t born, const struct ims_start *s)
{
	struct ims_entry e = { .in = ims_block_first(addr, lg2),
			       .out = s->table,
			       .mid = stage == 1 ? table_mid(hand->path, s) : 0,
			       .src = hand->req->src,
			       .ctx = stage == 1 ? hand->path->ctx : IMS_CTX_NONE,
			       .born = born,
			       .dom = hand->path->dom,
			       .cls = cls,
			       .perm = s->perm,
			       .size_lg2 = lg2,
			       .s1_lg2 = stage == 1 ? lg2 : 64,
			       .s2_lg2 = stage == 2 ? lg2 : 64,
			       .mid_lg2 = stage == 1 ? 12 : 64,
			       .level = s->level };

	if (cache >= 0)
		ims_fill(hand->hw, (unsigned)cache, &e, e.ctx);
}

void ims_walk_fill(struct ims_walker *w, unsigned stage, uint64_t addr, unsigned level,
		   const struct ims_start *s)
{
	struct ims_walk_hand *hand = w->unit;

	fill_step(hand, walk_cache(hand->hw->model, stage), stage, addr,
		  (uint8_t)IMS_LEVEL_LG2(level), hand->path->cls, w->born, s);
}

void ims_walk_fill_leaf(struct ims_walker *w, unsigned stage, uint64_t addr,
			const struct ims_start *s)
{
	struct ims_walk_hand *hand = w->unit;

	fill_step(hand, walk_cache(hand->hw->model, stage), stage, addr, s->lg2,
		  hand->hw->model->leaf_class, w->born, s);
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

uint32_t ims_fill(struct ims_hw *hw, unsigned cache, const struct ims_entry *e, uint32_t filed_ctx)
{
	struct ims_filling f = { .hw = hw, .cache = cache };
	uint32_t number = ims_cache_fill(ims_hw_cache(hw, cache), e, filed_ctx, evicted, &f);
	uint32_t event;

	if (number == IMS_NONE)
		return number;
	event = ims_emit(hw, IMS_EV_FILL, number, cache | (e->mid & ~UINT64_C(0xfff)), e->in,
			 e->out,
			 (uint64_t)e->dom | (uint64_t)e->cls << 16 | (uint64_t)e->size_lg2 << 24 |
				 (uint64_t)e->s1_lg2 << 32 | (uint64_t)e->s2_lg2 << 40 |
				 (uint64_t)e->perm << 48 | (uint64_t)e->level << 56);
	if (hw->log) {
		struct ims_event *ev = &hw->log->events[event - hw->log->first];

		ev->a[4] = (uint64_t)e->ctx << 32 | e->src;
		ev->a[5] = filed_ctx | (uint64_t)e->mid_lg2 << 32;
	}
	return number;
}
