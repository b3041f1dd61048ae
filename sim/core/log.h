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

/* What the next act of a run is: what hardware does by itself it does before or after it. */
enum ims_instant {
	IMS_INSTANT_STORE,   /* software writes a word of memory */
	IMS_INSTANT_COMMAND, /* a unit consumes the next command of the ring at hand */
	IMS_INSTANT_STEP,    /* a step of the scenario begins, */
	IMS_INSTANT_RETURN,  /* and returns */
	IMS_INSTANT_MAX
};

struct ims_hw;

struct ims_log {
	struct ims_event *events; /* events[i] has number first + i */
	uint32_t first;
	uint32_t count;
	uint32_t room;
	/* Gives @bytes for the @old block, keeping its contents (like realloc); never fails. */
	void *(*grow)(void *old, size_t bytes);
	/* NULL, or told before each act; @hw is the hand that does it, @words those of a command. */
	void (*before)(void *arg, enum ims_instant instant, struct ims_hw *hw,
		       const uint64_t *words);
	void *before_arg;
};

static inline void ims_log_instant(struct ims_log *log, enum ims_instant instant, struct ims_hw *hw,
				   const uint64_t *words)
{
	if (__builtin_expect(log && log->before, 0))
		log->before(log->before_arg, instant, hw, words);
}

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
