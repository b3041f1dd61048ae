/* SPDX-License-Identifier: MIT */
/* What the files of rings and their commands share; engine only. */
#ifndef SIM_ENGINE_COMMAND_PARTS_H
#define SIM_ENGINE_COMMAND_PARTS_H

#include "sim/engine/world.h"

/* A command that was consumed does what it is for; it stands in no list any more. */
void ims_cmd_finish(struct ims_hw *hw, const struct ims_cmd *cmd);

/* Does the vendor's order hold a command of this row behind one of the oldest @count that are pending. */
bool ims_cmd_held_back(const struct ims_hw *hw, const struct ims_ring *r, uint32_t count,
		       unsigned row);

#endif
