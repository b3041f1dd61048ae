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

struct ims_filling {
	struct ims_hw *hw;
	unsigned cache;
};

/* Fills a cache of the unit and logs it; IMS_NONE if an unbounded cache is full. */
uint32_t ims_fill(struct ims_hw *hw, unsigned cache, const struct ims_entry *e, uint32_t filed_ctx);

/* What a newer answer takes the place of. */
void ims_replace(struct ims_hw *hw, unsigned cache, uint32_t number);

#endif
