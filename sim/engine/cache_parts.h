/* SPDX-License-Identifier: MIT */
/* What the files of the cache share; and translate.c for one removal. */
#ifndef SIM_ENGINE_CACHE_PARTS_H
#define SIM_ENGINE_CACHE_PARTS_H

#include "sim/engine/cache.h"

static inline struct ims_region *ims_cache_regions(struct ims_cache *c)
{
	return IMS_CACHE_AT(c, struct ims_region, c->regions_off);
}

static inline struct ims_link *ims_cache_links(struct ims_cache *c)
{
	return IMS_CACHE_AT(c, struct ims_link, c->links_off);
}

/* In front of the list that @head leads to, and out of it. */
static inline void ims_link_push(struct ims_link *links, uint32_t *head, uint32_t number)
{
	links[number] = (struct ims_link){ .next = *head, .prev = IMS_NONE };
	if (*head != IMS_NONE)
		links[*head].prev = number;
	*head = number;
}

static inline void ims_link_remove(struct ims_link *links, uint32_t *head, uint32_t number)
{
	struct ims_link l = links[number];

	if (l.prev == IMS_NONE)
		*head = l.next;
	else
		links[l.prev].next = l.next;
	if (l.next != IMS_NONE)
		links[l.next].prev = l.prev;
}

static inline uint32_t ims_hash32(uint64_t x)
{
	x *= UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)((x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93) >> 32);
}

static inline uint32_t ims_primary_hash(uint32_t primary)
{
	return ims_hash32(primary);
}

/* Not of the class: one probe finds the groups of every class. */
static inline uint32_t ims_group_hash(uint32_t primary, uint32_t ctx)
{
	return ims_hash32((uint64_t)primary << 32 | ctx);
}

/* 512 neighbours of one size share a region. */
static inline uint64_t ims_region_key(uint64_t addr, unsigned size_lg2)
{
	return size_lg2 + 9 >= 64 ? 0 : addr >> (size_lg2 + 9);
}

/* Regions that differ in these bits of the key alone stand beside each other in their index. */
#define IMS_REGION_BLOCK UINT32_C(7)

static inline uint32_t ims_region_hash(uint32_t group, unsigned size_lg2, uint64_t key)
{
	uint64_t x = key / (IMS_REGION_BLOCK + 1) + ((uint64_t)group << 40 | size_lg2);
	uint32_t block = (uint32_t)(x * UINT64_C(0x9e3779b97f4a7c15) >> 32);

	return (block & ~IMS_REGION_BLOCK) | ((uint32_t)key & IMS_REGION_BLOCK);
}

/* The leaf an entry is a part of, of the stage whose input it is found by. */
static inline unsigned ims_leaf_lg2(const struct ims_entry *e)
{
	unsigned leaf = e->s1_lg2 < 64 ? e->s1_lg2 : e->s2_lg2;

	return leaf < 64 && leaf > e->size_lg2 ? leaf : e->size_lg2;
}

static inline uint32_t ims_page_hash(uint32_t group, uint64_t addr, unsigned size_lg2)
{
	uint64_t x = (size_lg2 >= 64 ? 0 : addr >> size_lg2) + ((uint64_t)group << 40 | size_lg2);

	return (uint32_t)(x * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

/* Entries of one domain that came through the same. */
static inline uint32_t ims_mid_hash(uint32_t dom, uint64_t mid, unsigned lg2)
{
	uint64_t x = (mid >> lg2) + ((uint64_t)dom << 40 | lg2);

	return (uint32_t)(x * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static inline uint64_t ims_size_bit(unsigned size_lg2)
{
	return UINT64_C(1) << (size_lg2 > 63 ? 63 : size_lg2);
}

uint32_t ims_group_find(struct ims_cache *c, uint32_t primary, uint32_t ctx, uint8_t cls);
/* A group of @primary, IMS_NONE if there is none. */
uint32_t ims_primary_first(struct ims_cache *c, uint32_t primary);
uint32_t ims_region_find(struct ims_cache *c, uint32_t group, unsigned size_lg2, uint64_t key);
void ims_region_drop_empty(struct ims_cache *c, uint32_t region);
/* Calls @visit for each entry of @region; it may drop the entry. */
void ims_region_each(struct ims_cache *c, uint32_t region, ims_drop_fn *visit, void *arg);
/* The first entry of @region that stands in its place. */
uint32_t ims_region_placed(struct ims_cache *c, uint32_t region);

/* An entry out of its region; it may be the last. */
static inline void ims_region_remove(struct ims_cache *c, uint32_t number)
{
	const struct ims_entry *e = &ims_cache_entries(c)[number];
	struct ims_region *r = &ims_cache_regions(c)[e->region];

	if (e->flags & IMS_ENTRY_LISTED)
		ims_link_remove(ims_cache_links(c), &r->head, number);
	else
		r->placed--;
}

/* To be used again. A number that a fill took by its place meanwhile may still be stacked. */
static inline void ims_entry_free(struct ims_cache *c, uint32_t number)
{
	struct ims_entry *e = &ims_cache_entries(c)[number];
	uint8_t flags = (uint8_t)(e->flags & ~IMS_ENTRY_FILED) | IMS_ENTRY_FREE;

	e->flags = flags | IMS_ENTRY_STACKED;
	if (flags & IMS_ENTRY_STACKED)
		return;
	IMS_CACHE_AT(c, uint32_t, c->free_off)[c->free_count++] = number;
}

/* ---- with a geometry ---- */

/* A number used again elsewhere must not be taken for the entry that once stood in this set. */
void ims_set_forget(struct ims_cache *c, uint32_t number);
/* Makes room in the set of @e; returns the place for the new entry's number. */
uint32_t *ims_set_room(struct ims_cache *c, const struct ims_entry *e, ims_drop_fn *evicted,
		       void *arg);

/* Out of its region, among the free ones. */
void ims_entry_drop(struct ims_cache *c, uint32_t entry);

#endif
