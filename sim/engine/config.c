/* SPDX-License-Identifier: MIT */
/* Configuration structures: read through the config caches, on behalf of a vendor's path. */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/engine/walker.h"

/* Parts of one key are neighbours in address. */
static inline uint64_t part_address(const struct ims_cfg_key *key)
{
	return (uint64_t)key->part << 12;
}

const uint64_t *ims_cfg_find(struct ims_hw *hw, unsigned cache, const struct ims_cfg_key *key)
{
	struct ims_cache *c;
	const struct ims_entry *e;
	uint32_t found;

	if (hw->bypass)
		return NULL;
	c = ims_hw_cache(hw, cache);
	found = ims_hw_find(hw, cache, key->src, key->ctx, key->dom, part_address(key));
	if (found == IMS_NONE)
		return NULL;
	e = &ims_cache_entries(c)[found];
	ims_cache_touch(c, found);
	if (e->born < hw->born)
		hw->born = e->born;
	ims_emit(hw, IMS_EV_HIT, found, cache, 0, 0, 0);
	return ims_cache_payload(c, found);
}

bool ims_cfg_read(struct ims_hw *hw, uint64_t addr, unsigned count, uint64_t *ret_words)
{
	for (unsigned i = 0; i < count; i++) {
		uint64_t at = addr + i * 8, pa = 0;

		if (!ims_mem_read(&hw->mem, at, &ret_words[i]))
			return false;
		ims_mem_resolve(&hw->mem, at, &pa);
		if (hw->log && !hw->bypass)
			ims_emit(hw, IMS_EV_READ, 0, at, ret_words[i], pa, 0);
	}
	return true;
}

bool ims_cfg_read_split(struct ims_hw *hw, unsigned cache, const struct ims_cfg_key *key,
			uint64_t addr, unsigned count, uint64_t *ret_words)
{
	struct ims_fetch *f = &hw->unit->fetch;
	unsigned had = 0;

	if (hw->begins) {
		unsigned some = hw->unit->state.fetch_words;

		if (!some || some >= count || !ims_cfg_read(hw, addr, some, f->words))
			return false;
		f->addr = addr;
		f->src = key->src;
		f->ctx = key->ctx;
		f->when = hw->now;
		f->cache = (uint8_t)cache;
		f->count = (uint8_t)some;
		return false;
	}
	if (f->count && !hw->bypass && f->cache == cache && f->src == key->src &&
	    f->ctx == key->ctx) {
		had = f->addr == addr ? f->count : 0;
		f->count = 0;
	}
	for (unsigned i = 0; i < had; i++) {
		uint64_t pa = 0;

		ret_words[i] = f->words[i];
		ims_mem_resolve(&hw->mem, addr + i * 8, &pa);
		if (hw->log)
			ims_emit(hw, IMS_EV_READ, 0, addr + i * 8, ret_words[i], pa, f->when);
	}
	if (had && f->when < hw->born)
		hw->born = f->when;
	return ims_cfg_read(hw, addr + had * 8, count - had, ret_words + had);
}

void ims_cfg_fill(struct ims_hw *hw, unsigned cache, const struct ims_cfg_key *key,
		  const uint64_t *words)
{
	struct ims_entry e = { .src = key->src,
			       .ctx = key->ctx,
			       .dom = key->dom,
			       .perm = key->negative ? IMS_NEGATIVE : 0,
			       .cls = key->negative ? hw->model->absent_class : key->cls,
			       .born = hw->born,
			       .in = part_address(key),
			       .mid = key->through ? key->mid : 0,
			       .mid_lg2 = key->through ? 12 : 64,
			       .size_lg2 = key->part ? 12 : 64,
			       .s1_lg2 = 64,
			       .s2_lg2 = 64 };
	uint32_t number;

	if (hw->bypass)
		return;
	number = ims_hw_old(hw, cache, key->src, key->ctx, key->dom, part_address(key));
	if (number != IMS_NONE)
		ims_replace(hw, cache, number);
	ims_fill(hw, cache, &e, key->ctx, words);
}

void ims_cfg_note(struct ims_hw *hw, unsigned cache, const struct ims_cfg_key *key, unsigned word,
		  uint64_t value)
{
	struct ims_cache *c = ims_hw_cache(hw, cache);
	uint32_t found = hw->bypass || hw->may ?
				 IMS_NONE :
				 ims_cache_find(c, key->src, key->ctx, key->dom, part_address(key));

	if (found != IMS_NONE)
		ims_cache_payload(c, found)[word] = value;
}

uint16_t ims_cfg_through(struct ims_hw *hw, const struct ims_req *req, struct ims_path *path,
			 uint64_t mid, uint64_t *ret_addr)
{
	struct ims_walk_hand hand = { .hw = hw, .path = path, .req = req };
	struct ims_walker w;
	struct ims_leaf leaf;
	uint16_t fault;

	IMS_ASSERT(hw->model->walk_mid);
	ims_walker_begin(hw, &hand, &w, &leaf);
	fault = hw->model->walk_mid(&w, path, mid, &leaf);
	if (w.born < hw->born)
		hw->born = w.born;
	path->failed_mid = mid;
	path->failed_at = leaf.at;
	*ret_addr = leaf.out;
	return fault;
}

uint64_t ims_cfg_root(const struct ims_hw *hw)
{
	return hw->unit->root;
}
