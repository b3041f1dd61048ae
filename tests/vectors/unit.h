/* SPDX-License-Identifier: MIT */
/* What registers and logs of a unit say, whoever's it is. */
#ifndef TESTS_VECTORS_UNIT_H
#define TESTS_VECTORS_UNIT_H

#include <check.h>

#include "sim/engine/engine.h"

static inline uint64_t unit_read(struct ims_hw *hw, const char *name)
{
	const struct ims_reg *r = ims_model_reg(hw->model, name);
	uint64_t value = 0;

	ck_assert_msg(r != NULL, "no register %s", name);
	ck_assert(ims_reg_read(hw, r->offset, r->bytes, &value));
	return value;
}

static inline void unit_write(struct ims_hw *hw, const char *name, uint64_t value)
{
	const struct ims_reg *r = ims_model_reg(hw->model, name);

	ck_assert_msg(r != NULL, "no register %s", name);
	ck_assert(ims_reg_write(hw, r->offset, r->bytes, value));
}

/* Events of @kind in the log. */
static inline unsigned unit_count(const struct ims_log *log, unsigned kind)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < log->count; i++)
		n += log->events[i].kind == kind;
	return n;
}

/* The last of them. */
static inline const struct ims_event *unit_last(const struct ims_log *log, unsigned kind)
{
	for (uint32_t i = log->count; i-- > 0;)
		if (log->events[i].kind == kind)
			return &log->events[i];
	ck_abort_msg("no event of kind %u", kind);
	return NULL;
}

/* Signals of one source. */
static inline unsigned unit_signals(const struct ims_log *log, unsigned source)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < log->count; i++)
		n += log->events[i].kind == IMS_EV_SIGNAL && log->events[i].n == source;
	return n;
}

/* ---- entries put into a cache by hand ---- */

/* Filed as it is presented; the cache has room for it. */
static inline uint32_t unit_fill(struct ims_hw *hw, unsigned cache, const struct ims_entry *e)
{
	uint32_t n = ims_cache_fill(ims_hw_cache(hw, cache), e, e->ctx, NULL, NULL);

	ck_assert_uint_ne(n, IMS_NONE);
	return n;
}

static inline bool unit_live(struct ims_hw *hw, unsigned cache, uint32_t n)
{
	struct ims_cache *c = ims_hw_cache(hw, cache);

	return ims_entry_live(c, &ims_cache_entries(c)[n]);
}

/* A cache holds one entry for one look-up. */
static inline bool unit_same_key(const struct ims_hw *hw, unsigned cache, const struct ims_entry *a,
				 const struct ims_entry *b)
{
	uint8_t lookup = hw->model->caches[cache].lookup;

	return a->in == b->in && a->size_lg2 == b->size_lg2 &&
	       (a->src == b->src || !(lookup & IMS_KEY_SRC)) &&
	       (a->ctx == b->ctx || !(lookup & IMS_KEY_CTX)) &&
	       (a->dom == b->dom || !(lookup & IMS_KEY_DOM));
}

#endif
