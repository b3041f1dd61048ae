/* SPDX-License-Identifier: MIT */
/* What the walker hands to its callbacks, and filling with a line in the log; engine only. */
#ifndef SIM_ENGINE_WALKER_H
#define SIM_ENGINE_WALKER_H

#include "sim/engine/world.h"

struct ims_walk_hand {
	struct ims_hw *hw;
	const struct ims_path *path;
	const struct ims_req *req;
};

/* Before a walk on behalf of @hand. Not the words: the walker writes those it counts. */
static inline void ims_walker_begin(struct ims_hw *hw, struct ims_walk_hand *hand,
				    struct ims_walker *w, struct ims_leaf *leaf)
{
	w->mem = hw->mem;
	w->unit = hand;
	w->caches = hw->unit->walk_caches && !hw->bypass;
	w->logged = hw->log && !hw->bypass;
	w->update = !hw->bypass && !hw->aloof;
	w->barred = false;
	w->fragment_lg2 = hw->unit->fragment_lg2;
	w->born = hw->born;
	w->words_count = 0;
	*leaf = (struct ims_leaf){ .s1_lg2 = 64, .s2_lg2 = 64, .fragment_lg2 = 64 };
}

struct ims_filling {
	struct ims_hw *hw;
	unsigned cache;
};

/*
 * Fills a cache of the unit and logs it; IMS_NONE if an unbounded cache is full. @payload:
 * the words of a configuration structure, NULL where the cache keeps none.
 */
uint32_t ims_fill(struct ims_hw *hw, unsigned cache, const struct ims_entry *e, uint32_t filed_ctx,
		  const uint64_t *payload);

/* The same into the unit's own cache whatever hw->may says; what has the same key is evicted. */
uint32_t ims_fill_over(struct ims_hw *hw, unsigned cache, const struct ims_entry *e,
		       uint32_t filed_ctx, const uint64_t *payload);

/* What a newer answer takes the place of. */
void ims_replace(struct ims_hw *hw, unsigned cache, uint32_t number);

#endif
