/* SPDX-License-Identifier: MIT */
/* Layout, filling and reclaiming; dropping is in cache_drop.c. */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/core/bits.h"
#include "sim/engine/cache_parts.h"

_Static_assert(sizeof(struct ims_entry) == 64, "one entry is one cache line");

enum { SMALLEST = 4 }; /* slots of an index */

static uint32_t pow2_at_least(uint32_t n)
{
	uint32_t p = SMALLEST;

	while (p < n)
		p *= 2;
	return p;
}

static uint32_t capacity_of(const struct ims_cache_config *config)
{
	return config->ways ? config->sets * config->ways : config->entries;
}

static uint64_t take(uint64_t *at, uint64_t bytes)
{
	uint64_t off = *at;

	*at += (bytes + 63) & ~UINT64_C(63);
	return off;
}

/* Sets every offset; returns the bytes of the whole. */
static uint64_t lay_out(struct ims_cache *c, const struct ims_cache_def *def,
			const struct ims_cache_config *config)
{
	uint64_t at = (sizeof(*c) + 63) & ~UINT64_C(63);
	uint32_t capacity = capacity_of(config);
	uint64_t slots = pow2_at_least(capacity * 2), index = slots * sizeof(uint64_t);
	bool addressed = (def->lookup & IMS_KEY_ADDR) != 0;

	IMS_ASSERT(capacity && capacity <= 1u << 24);
	c->capacity = capacity;
	c->slots_mask = (uint32_t)slots - 1;
	c->region_mask = c->group_mask = SMALLEST - 1;
	/* The greatest power of two that there are entries for. */
	c->place_shift = (uint32_t)__builtin_clz(capacity) + 1;
	c->place_mask = (UINT32_C(1) << (32 - c->place_shift)) - 1;
	c->lookup_off = (uint32_t)take(&at, index);
	c->page_off = (uint32_t)take(&at, addressed ? index : 0);
	c->region_off = (uint32_t)take(&at, index);
	c->group_off = (uint32_t)take(&at, index);
	c->primary_off = (uint32_t)take(&at, index);
	c->mid_off = (uint32_t)take(&at, def->residual & IMS_KEY_MID ? index : 0);
	if (!(def->residual & IMS_KEY_MID))
		c->mid_off = 0;
	c->entries_off = take(&at, (uint64_t)capacity * sizeof(struct ims_entry));
	c->links_off = take(&at, (uint64_t)capacity * sizeof(struct ims_link));
	c->free_off = take(&at, (uint64_t)capacity * sizeof(uint32_t));
	c->groups_off = take(&at, (uint64_t)capacity * sizeof(struct ims_group));
	c->regions_off = take(&at, (uint64_t)capacity * sizeof(struct ims_region));
	c->sets_off = take(&at, config->ways ? (uint64_t)capacity * 2 * sizeof(uint32_t) : 0);
	c->payload_off = take(&at, (uint64_t)capacity * def->payload * sizeof(uint64_t));
	return at;
}

size_t ims_cache_bytes(const struct ims_cache_def *def, const struct ims_cache_config *config)
{
	struct ims_cache c;

	return (size_t)lay_out(&c, def, config);
}

void ims_cache_init(struct ims_cache *c, const struct ims_cache_def *def,
		    const struct ims_cache_config *config, uint64_t seed)
{
	memset(c, 0, sizeof(*c));
	lay_out(c, def, config);
	c->free_regions = c->garbage = IMS_NONE;
	c->src_care = def->lookup & IMS_KEY_SRC ? ~0u : 0;
	c->ctx_care = def->lookup & IMS_KEY_CTX ? ~0u : 0;
	c->dom_care = def->lookup & IMS_KEY_DOM ? ims_world_dom(UINT16_MAX, def->worlds) : 0;
	c->key_care = c->dom_care | (uint32_t)UINT8_MAX << IMS_SIZE_SHIFT;
	c->place_dom = c->src_care ? 0 : c->dom_care;
	c->addressed = (def->lookup & IMS_KEY_ADDR) != 0;
	c->by_leaf = def->by_leaf;
	c->primary = def->primary;
	c->payload = def->payload;
	c->ways = config->ways;
	c->sets_mask = config->ways ? config->sets - 1 : 0;
	c->replace = config->replace;
	c->random = seed;
	IMS_ASSERT(!config->ways || (config->sets & (config->sets - 1)) == 0);
	if (c->ways)
		memset(IMS_CACHE_AT(c, uint32_t, c->sets_off), 0xff,
		       (size_t)c->capacity * sizeof(uint32_t));
}

/* ---- groups ---- */

uint32_t ims_group_find(struct ims_cache *c, uint32_t primary, uint32_t ctx, uint8_t cls)
{
	const uint64_t *slots = IMS_CACHE_AT(c, uint64_t, c->group_off);
	const struct ims_group *groups = ims_cache_groups(c);
	uint32_t hash = ims_group_hash(primary, ctx), mask = c->group_mask;

	for (uint32_t i = ims_slot_home(hash, mask); slots[i]; i = (i + 1) & mask) {
		const struct ims_group *g = &groups[ims_slot_number(slots[i])];

		if ((uint32_t)(slots[i] >> 32) == hash && g->primary == primary && g->ctx == ctx &&
		    g->cls == cls)
			return ims_slot_number(slots[i]);
	}
	return IMS_NONE;
}

/* The slot that leads to the groups of @primary, or the empty one where it would stand. */
static uint64_t *primary_slot(struct ims_cache *c, uint32_t primary)
{
	uint64_t *slots = IMS_CACHE_AT(c, uint64_t, c->primary_off);
	uint32_t hash = ims_primary_hash(primary), mask = c->group_mask, i;

	for (i = ims_slot_home(hash, mask); slots[i]; i = (i + 1) & mask)
		if ((uint32_t)(slots[i] >> 32) == hash &&
		    ims_cache_groups(c)[ims_slot_number(slots[i])].primary == primary)
			break;
	return &slots[i];
}

uint32_t ims_primary_first(struct ims_cache *c, uint32_t primary)
{
	uint64_t slot = *primary_slot(c, primary);

	return slot ? ims_slot_number(slot) : IMS_NONE;
}

/* Takes an empty group out of both indexes, so that its number can be used again. */
static void group_retire(struct ims_cache *c, uint32_t number)
{
	struct ims_group *groups = ims_cache_groups(c), *g = &groups[number];
	uint64_t *slot = primary_slot(c, g->primary);
	uint32_t hash = ims_primary_hash(g->primary);

	ims_index_remove(IMS_CACHE_AT(c, uint64_t, c->group_off), c->group_mask,
			 ims_group_hash(g->primary, g->ctx), number);
	if (ims_slot_number(*slot) != number) {
		uint32_t before = ims_slot_number(*slot);

		while (groups[before].next != number)
			before = groups[before].next;
		groups[before].next = g->next;
	} else if (g->next != IMS_NONE) {
		*slot = ims_slot_make(hash, g->next);
		groups[g->next].first = true;
	} else {
		ims_index_remove(IMS_CACHE_AT(c, uint64_t, c->primary_off), c->group_mask, hash,
				 number);
	}
}

/* Twice the slots for both indexes of groups; at most as many as there is room for. */
static void group_indexes_grow(struct ims_cache *c)
{
	uint64_t *by_tag = IMS_CACHE_AT(c, uint64_t, c->group_off);
	uint64_t *by_primary = IMS_CACHE_AT(c, uint64_t, c->primary_off);
	uint32_t mask = c->group_mask * 2 + 1;

	memset(by_tag, 0, (mask / 2 + 1) * sizeof(*by_tag));
	memset(by_primary, 0, (mask / 2 + 1) * sizeof(*by_primary));
	for (uint32_t i = 0; i < c->groups_count; i++) {
		const struct ims_group *g = &ims_cache_groups(c)[i];

		ims_index_insert(by_tag, mask, ims_group_hash(g->primary, g->ctx), i);
		if (g->first)
			ims_index_insert(by_primary, mask, ims_primary_hash(g->primary), i);
	}
	c->group_mask = mask;
}

static uint32_t group_take(struct ims_cache *c)
{
	struct ims_group *groups = ims_cache_groups(c);

	if (c->groups_count < c->capacity) {
		if (c->groups_count > c->group_mask / 2)
			group_indexes_grow(c);
		return c->groups_count++;
	}
	/* Live groups need a live entry each, and one entry is about to be made: an empty one exists. */
	for (uint32_t tried = 0; tried < c->capacity; tried++) {
		uint32_t number = c->group_cursor;

		c->group_cursor = (c->group_cursor + 1) % c->capacity;
		if (!groups[number].live) {
			group_retire(c, number);
			return number;
		}
	}
	IMS_UNREACHABLE("a group without entries exists");
}

static uint32_t group_get(struct ims_cache *c, uint32_t primary, uint32_t ctx, uint8_t cls)
{
	uint32_t number = ims_group_find(c, primary, ctx, cls);
	struct ims_group *g;
	uint64_t *slot;

	if (number != IMS_NONE)
		return number;
	number = group_take(c);
	g = &ims_cache_groups(c)[number];
	*g = (struct ims_group){ .primary = primary,
				 .ctx = ctx,
				 .cls = cls,
				 .gen = g->gen + 1,
				 .regions = IMS_NONE,
				 .regions_last = IMS_NONE,
				 .next = IMS_NONE,
				 .first = true };
	ims_index_insert(IMS_CACHE_AT(c, uint64_t, c->group_off), c->group_mask,
			 ims_group_hash(primary, ctx), number);
	slot = primary_slot(c, primary);
	if (*slot) {
		g->next = ims_slot_number(*slot);
		ims_cache_groups(c)[g->next].first = false;
	}
	*slot = ims_slot_make(ims_primary_hash(primary), number);
	return number;
}

/* ---- regions ---- */

uint32_t ims_region_find(struct ims_cache *c, uint32_t group, unsigned size_lg2, uint64_t key)
{
	const uint64_t *slots = IMS_CACHE_AT(c, uint64_t, c->region_off);
	const struct ims_region *regions = ims_cache_regions(c);
	uint32_t hash = ims_region_hash(group, size_lg2, key), gen = ims_cache_groups(c)[group].gen;
	uint32_t mask = c->region_mask;

	for (uint32_t i = ims_slot_home(hash, mask); slots[i]; i = (i + 1) & mask) {
		const struct ims_region *r = &regions[ims_slot_number(slots[i])];

		if ((uint32_t)(slots[i] >> 32) == hash && r->group == group &&
		    r->size_lg2 == size_lg2 && r->key == key && r->gen == gen)
			return ims_slot_number(slots[i]);
	}
	return IMS_NONE;
}

/* Forgets a region without entries. */
static void region_release(struct ims_cache *c, uint32_t number)
{
	struct ims_region *r = &ims_cache_regions(c)[number];

	ims_index_remove(IMS_CACHE_AT(c, uint64_t, c->region_off), c->region_mask,
			 ims_region_hash(r->group, r->size_lg2, r->key), number);
	r->group = IMS_NONE;
	r->next = c->free_regions;
	c->free_regions = number;
}

void ims_region_drop_empty(struct ims_cache *c, uint32_t number)
{
	struct ims_region *regions = ims_cache_regions(c), *r = &regions[number];
	struct ims_group *g = &ims_cache_groups(c)[r->group];

	if (r->prev == IMS_NONE)
		g->regions = r->next;
	else
		regions[r->prev].next = r->next;
	if (r->next == IMS_NONE)
		g->regions_last = r->prev;
	else
		regions[r->next].prev = r->prev;
	g->regions_count--;
	region_release(c, number);
}

/* Takes one entry out of the garbage, IMS_NONE if there is none; releases empty regions on the way. */
static uint32_t garbage_entry(struct ims_cache *c)
{
	while (c->garbage != IMS_NONE) {
		uint32_t region = c->garbage, number = ims_cache_regions(c)[region].head;

		if (number == IMS_NONE)
			number = ims_region_placed(c, region);
		if (number != IMS_NONE) {
			ims_region_remove(c, number);
			return number;
		}
		c->garbage = ims_cache_regions(c)[region].next;
		region_release(c, region);
	}
	return IMS_NONE;
}

static void region_index_grow(struct ims_cache *c)
{
	uint64_t *slots = IMS_CACHE_AT(c, uint64_t, c->region_off);
	uint32_t mask = c->region_mask * 2 + 1;

	memset(slots, 0, (mask / 2 + 1) * sizeof(*slots));
	for (uint32_t i = 0; i < c->regions_count; i++) {
		const struct ims_region *r = &ims_cache_regions(c)[i];

		if (r->group != IMS_NONE)
			ims_index_insert(slots, mask,
					 ims_region_hash(r->group, r->size_lg2, r->key), i);
	}
	c->region_mask = mask;
}

static uint32_t region_take(struct ims_cache *c)
{
	uint32_t number = c->free_regions, entry;

	while (number == IMS_NONE && c->regions_count == c->capacity) {
		/* All are in use or garbage; live ones number at most the live entries. */
		entry = garbage_entry(c);
		if (entry != IMS_NONE)
			ims_entry_free(c, entry);
		number = c->free_regions;
		IMS_ASSERT(entry != IMS_NONE || number != IMS_NONE);
	}
	if (number == IMS_NONE) {
		if (c->regions_count > c->region_mask / 2)
			region_index_grow(c);
		return c->regions_count++;
	}
	c->free_regions = ims_cache_regions(c)[number].next;
	return number;
}

static uint32_t region_get(struct ims_cache *c, uint32_t group, unsigned size_lg2, uint64_t key)
{
	uint32_t number = ims_region_find(c, group, size_lg2, key);
	struct ims_region *regions = ims_cache_regions(c);
	struct ims_group *g = &ims_cache_groups(c)[group];

	if (number != IMS_NONE)
		return number;
	number = region_take(c);
	regions[number] = (struct ims_region){ .key = key,
					       .group = group,
					       .gen = g->gen,
					       .tag = g->tag,
					       .head = IMS_NONE,
					       .next = g->regions,
					       .prev = IMS_NONE,
					       .size_lg2 = (uint8_t)size_lg2 };
	if (g->regions == IMS_NONE)
		g->regions_last = number;
	else
		regions[g->regions].prev = number;
	g->regions = number;
	g->regions_count++;
	ims_index_insert(IMS_CACHE_AT(c, uint64_t, c->region_off), c->region_mask,
			 ims_region_hash(group, size_lg2, key), number);
	return number;
}

/* ---- entries ---- */

/* An entry that was dropped alone, else with its group, else a new one; IMS_NONE: all are live. */
static uint32_t entry_any(struct ims_cache *c)
{
	struct ims_entry *entries = ims_cache_entries(c);
	uint32_t number;

	while (c->free_count) {
		number = IMS_CACHE_AT(c, uint32_t, c->free_off)[--c->free_count];
		entries[number].flags &= (uint8_t)~IMS_ENTRY_STACKED;
		if (entries[number].flags & IMS_ENTRY_FREE)
			return number;
	}
	number = garbage_entry(c);
	if (number != IMS_NONE)
		return number;
	while (c->entries_count < c->capacity)
		if (!(entries[c->entries_count++].flags & (IMS_ENTRY_FILED | IMS_ENTRY_FREE)))
			return c->entries_count - 1;
	return IMS_NONE;
}

static uint32_t lookup_hash(const struct ims_cache *c, const struct ims_entry *e)
{
	return ims_lookup_hash(c, e->src, e->ctx, ims_entry_dom(e), e->in, e->size_lg2);
}

static uint32_t page_hash(const struct ims_entry *e)
{
	return ims_page_hash(e->group, e->in, e->size_lg2);
}

/* A stray is led to by the indexes, dead or live, until its number is used again. */
static void stray_unindex(struct ims_cache *c, uint32_t number)
{
	const struct ims_entry *e = &ims_cache_entries(c)[number];

	ims_index_remove(IMS_CACHE_AT(c, uint64_t, c->lookup_off), c->slots_mask, lookup_hash(c, e),
			 number);
	if (c->addressed)
		ims_index_remove(IMS_CACHE_AT(c, uint64_t, c->page_off), c->slots_mask,
				 page_hash(e), number);
}

static void stray_index(struct ims_cache *c, uint32_t number)
{
	const struct ims_entry *e = &ims_cache_entries(c)[number];

	ims_index_insert(IMS_CACHE_AT(c, uint64_t, c->lookup_off), c->slots_mask, lookup_hash(c, e),
			 number);
	if (c->addressed)
		ims_index_insert(IMS_CACHE_AT(c, uint64_t, c->page_off), c->slots_mask,
				 page_hash(e), number);
}

static uint32_t mid_hash(const struct ims_entry *e)
{
	return ims_mid_hash(e->dom, e->mid, e->mid_lg2);
}

/* As strays are: every entry that came through something, until its number is used again. */
static void mid_unindex(struct ims_cache *c, uint32_t number)
{
	const struct ims_entry *e = &ims_cache_entries(c)[number];

	if (e->mid_lg2 < 64)
		ims_index_remove(IMS_CACHE_AT(c, uint64_t, c->mid_off), c->slots_mask, mid_hash(e),
				 number);
}

static void mid_index(struct ims_cache *c, uint32_t number)
{
	const struct ims_entry *e = &ims_cache_entries(c)[number];

	if (e->mid_lg2 >= 64)
		return;
	ims_index_insert(IMS_CACHE_AT(c, uint64_t, c->mid_off), c->slots_mask, mid_hash(e), number);
	c->mid_sizes |= ims_size_bit(e->mid_lg2);
}

/* A number for a new entry, @place if that is to be had; nothing leads to it any more. */
static uint32_t entry_take(struct ims_cache *c, uint32_t place)
{
	struct ims_entry *e = &ims_cache_entries(c)[place];

	if (e->flags & IMS_ENTRY_FILED) {
		if (ims_entry_live(c, e))
			place = entry_any(c);
		else
			ims_region_remove(c, place);
	}
	if (place == IMS_NONE ||
	    !(ims_cache_entries(c)[place].flags & (IMS_ENTRY_FILED | IMS_ENTRY_FREE)))
		return place;
	if (c->ways)
		ims_set_forget(c, place);
	if (ims_cache_entries(c)[place].flags & IMS_ENTRY_STRAY)
		stray_unindex(c, place);
	if (c->mid_off)
		mid_unindex(c, place);
	return place;
}

/*
 * Into the region it belongs to: of its neighbours, or of the other parts of its leaf.
 * Only then it is filed: to get a region may be to look at what stands in others.
 */
static inline void region_file(struct ims_cache *c, uint32_t number, uint32_t group,
			       const struct ims_entry *e, uint8_t flags)
{
	struct ims_entry *n = &ims_cache_entries(c)[number];
	struct ims_group *g = &ims_cache_groups(c)[group];
	struct ims_region *r;
	uint32_t region;
	unsigned leaf;

	if (__builtin_expect(c->by_leaf, 0) && (leaf = ims_leaf_lg2(e)) > e->size_lg2) {
		region = region_get(c, group, IMS_REGION_LEAF | leaf, e->in >> leaf);
		flags |= IMS_ENTRY_LISTED;
		g->leaves |= ims_size_bit(leaf);
	} else {
		region = region_get(c, group, e->size_lg2, ims_region_key(e->in, e->size_lg2));
		if ((flags & IMS_ENTRY_STRAY) || e->size_lg2 >= 64)
			flags |= IMS_ENTRY_LISTED;
		g->sizes |= ims_size_bit(e->size_lg2);
	}
	r = &ims_cache_regions(c)[region];
	if (flags & IMS_ENTRY_LISTED) {
		ims_link_push(ims_cache_links(c), &r->head, number);
	} else {
		r->eights |= UINT64_C(1) << (e->in >> e->size_lg2 >> 3 & 63);
		r->placed++;
	}
	n->region = region;
	n->flags = flags | IMS_ENTRY_FILED;
}

uint32_t ims_cache_fill(struct ims_cache *c, const struct ims_entry *e, uint32_t filed_ctx,
			ims_drop_fn *evicted, void *arg)
{
	uint32_t *way = c->ways ? ims_set_room(c, e, evicted, arg) : NULL;
	uint32_t tag = ims_place_tag(c, e->src, e->ctx, ims_entry_dom(e));
	uint32_t place = ims_cache_place(c, tag, e->in, e->size_lg2), number = entry_take(c, place);
	struct ims_entry *n;
	struct ims_group *g;
	uint32_t group;
	uint8_t flags;

	if (number == IMS_NONE) {
		c->overflowed = true;
		return IMS_NONE;
	}
	if (way)
		*way = number;
	n = &ims_cache_entries(c)[number];
	flags = n->flags & IMS_ENTRY_STACKED;
	*n = *e;
	n->flags = flags;
	group = group_get(c, c->primary == IMS_KEY_DOM ? e->dom : e->src, filed_ctx, e->cls);
	n->group = group;
	g = &ims_cache_groups(c)[group];
	if (!g->live)
		g->tag = tag;
	if (number != place || tag != g->tag)
		flags |= IMS_ENTRY_STRAY;
	n->gen = g->gen;
	region_file(c, number, group, e, flags);
	c->sizes |= ims_size_bit(e->size_lg2);
	g->live++;
	c->live++;
	if (e->born > g->newest)
		g->newest = e->born;
	if (flags & IMS_ENTRY_STRAY) {
		stray_index(c, number);
		g->strays++;
		c->strays++;
	}
	if (c->mid_off)
		mid_index(c, number);
	return number;
}

void ims_cache_each(struct ims_cache *c, ims_drop_fn *see, void *arg)
{
	for (uint32_t group = 0; group < c->groups_count; group++) {
		const struct ims_group *g = &ims_cache_groups(c)[group];

		for (uint32_t r = g->live ? g->regions : IMS_NONE; r != IMS_NONE;
		     r = ims_cache_regions(c)[r].next)
			ims_region_each(c, r, see, arg);
	}
}
