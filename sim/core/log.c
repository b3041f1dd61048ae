/* SPDX-License-Identifier: MIT */
#include "sim/core/log.h"
#include "sim/core/assert.h"

void ims_log_grow(struct ims_log *log)
{
	uint32_t room = log->room ? log->room * 2 : 1024;

	IMS_ASSERT(room > log->room && log->grow);
	log->events = log->grow(log->events, (size_t)room * sizeof(*log->events));
	log->room = room;
}
