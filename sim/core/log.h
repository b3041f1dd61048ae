/* SPDX-License-Identifier: MIT */
/*
 * The log: events in the order of their numbers, outside the world. It grows by
 * a callback of its owner, never by itself.
 */
#ifndef SIM_CORE_LOG_H
#define SIM_CORE_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "iommusim/event.h"

struct ims_log {
	struct ims_event *events; /* events[i] has number first + i */
	uint32_t first;
	uint32_t count;
	uint32_t room;
	/* Gives @bytes for the @old block, keeping its contents (like realloc); never fails. */
	void *(*grow)(void *old, size_t bytes);
};

/* Makes room for at least one more event. */
void ims_log_grow(struct ims_log *log);

static inline struct ims_event *ims_log_append(struct ims_log *log)
{
	if (__builtin_expect(log->count == log->room, 0))
		ims_log_grow(log);
	return &log->events[log->count++];
}

/* The event of this number, NULL if there is none. */
static inline const struct ims_event *ims_log_at(const struct ims_log *log, uint32_t number)
{
	return number - log->first < log->count ? &log->events[number - log->first] : NULL;
}

#endif
