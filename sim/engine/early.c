/* SPDX-License-Identifier: MIT */
/* Commands that take effect before a wait asks for it, as hardware may have them do. */
#include <string.h>

#include "sim/engine/atc.h"
#include "sim/engine/command_parts.h"

/* The place of the command among those that wait, or how many those are. */
static uint32_t pending_at(const struct ims_ring *r, uint32_t when)
{
	uint32_t i = 0;

	while (i < r->pending_count && r->pending[i].when != when)
		i++;
	return i;
}

bool ims_cmd_pending(const struct ims_hw *hw, unsigned ring, uint32_t when)
{
	const struct ims_ring *r = ims_hw_ring_of(hw, ring);

	return pending_at(r, when) < r->pending_count;
}

const char *ims_cmd_early(struct ims_hw *hw, unsigned ring, uint32_t when, bool overtakes)
{
	struct ims_ring *r = ims_hw_ring_of(hw, ring);
	uint32_t at = pending_at(r, when);
	struct ims_cmd cmd;
	unsigned was;

	if (at == r->pending_count)
		return "it is not pending: it was never consumed, or has taken effect";
	cmd = r->pending[at];
	/* What becomes of it, and of those beside it, is known when a wait finds out. */
	if (cmd.unanswered || (ims_cmd_is_atc(hw, &cmd) && ims_atc_failing(hw->unit, cmd.src)))
		return "its device does not answer";
	if (!overtakes && ims_cmd_held_back(hw, r, at, r->pending[at].row))
		return "the unit executes another first, which is pending still";
	r->pending_count--;
	memmove(&r->pending[at], &r->pending[at + 1],
		(r->pending_count - at) * sizeof(r->pending[0]));
	was = ims_ring_use(hw, ring);
	ims_cmd_finish(hw, &cmd);
	ims_ring_use(hw, was);
	return NULL;
}
