/* SPDX-License-Identifier: MIT */
/* Caches of a given geometry: which set an entry is in, and which one has to make room. */
#include "sim/core/prng.h"
#include "sim/engine/cache_parts.h"

static uint32_t *set_of(struct ims_cache *c, const struct ims_entry *e)
{
	uint64_t page = e->size_lg2 >= 64 ? e->src ^ e->ctx : e->in >> e->size_lg2;

	return IMS_CACHE_AT(c, uint32_t, c->sets_off) + (size_t)(page & c->sets_mask) * c->ways;
}

void ims_set_forget(struct ims_cache *c, uint32_t number)
{
	uint32_t *set = set_of(c, &ims_cache_entries(c)[number]);

	for (uint32_t way = 0; way < c->ways; way++)
		if (set[way] == number)
			set[way] = IMS_NONE;
}

static uint32_t *stamps_of(struct ims_cache *c, uint32_t *set)
{
	return set + c->capacity;
}

void ims_cache_touch(struct ims_cache *c, uint32_t entry)
{
	uint32_t *set;

	if (!c->ways || c->replace != IMS_REPLACE_LRU)
		return;
	set = set_of(c, &ims_cache_entries(c)[entry]);
	for (uint32_t way = 0; way < c->ways; way++)
		if (set[way] == entry)
			stamps_of(c, set)[way] = ++c->stamp;
}

/* The way the next entry of this set goes to: a free one, or the policy's victim. */
static uint32_t choose_way(struct ims_cache *c, uint32_t *set)
{
	const struct ims_entry *entries = ims_cache_entries(c);
	uint32_t oldest = 0;

	for (uint32_t way = 0; way < c->ways; way++) {
		if (set[way] == IMS_NONE || !ims_entry_live(c, &entries[set[way]]))
			return way;
		if (stamps_of(c, set)[way] < stamps_of(c, set)[oldest])
			oldest = way;
	}
	return c->replace == IMS_REPLACE_RANDOM ? ims_prng_below(&c->random, c->ways) : oldest;
}

uint32_t *ims_set_room(struct ims_cache *c, const struct ims_entry *e, ims_drop_fn *evicted,
		       void *arg)
{
	uint32_t *set = set_of(c, e), way = choose_way(c, set);
	struct ims_entry *entries = ims_cache_entries(c);

	if (set[way] != IMS_NONE && ims_entry_live(c, &entries[set[way]])) {
		if (evicted)
			evicted(arg, set[way], &entries[set[way]]);
		ims_entry_drop(c, set[way]);
	}
	stamps_of(c, set)[way] = ++c->stamp;
	return &set[way];
}
