/* SPDX-License-Identifier: MIT */
/* By what one record is told from another. */
#ifndef SIM_EXPLORE_RECORD_H
#define SIM_EXPLORE_RECORD_H

#include "sim/engine/engine.h"

/*
 * What an entry says, without when it was read and where it stands. That a page was written
 * may be noted at any time, and takes nothing from anybody: as if it always were.
 */
struct ims_entry xpl_record_facts(const struct ims_entry *e);
/* Of such facts, in cache @cache; @payload_count: words of @payload. */
uint64_t xpl_record_hash(unsigned cache, const struct ims_entry *f, uint32_t filed_ctx,
			 const uint64_t *payload, unsigned payload_count);

/*
 * Does hardware keep what goes into such a cache; @walks: it keeps steps of walks. If not it looks for
 * them all the same: the numbers of look-ups and fills are those of hardware that does.
 */
bool xpl_record_kept(const struct ims_cache_def *cache, bool walks);

#endif
