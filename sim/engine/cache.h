/* SPDX-License-Identifier: MIT */
/*
 * One cache of an IOMMU: entries found by what the vendor's look-up compares and
 * dropped by what its invalidations name; the two differ. An entry stands where its
 * tag and address say, if it can: what is far away in memory is then one line, its
 * own. Indexes lead to those that had to stand elsewhere. Entries of one (primary,
 * ctx, class) form a group with a generation number: dropping a whole group is one
 * increment, and its entries are reclaimed when room is wanted. A group's entries
 * stand in regions of 512 neighbours of one size, so that a range costs what it
 * touches. Everything is indices inside one flat block.
 */
#ifndef SIM_ENGINE_CACHE_H
#define SIM_ENGINE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iommusim/model.h"
#include "sim/engine/index.h"

enum ims_replace { IMS_REPLACE_LRU, IMS_REPLACE_FIFO, IMS_REPLACE_RANDOM };

struct ims_cache_config {
	uint32_t entries; /* capacity; with ways: ignored */
	uint32_t sets;	  /* a power of two */
	uint32_t ways;	  /* 0: unbounded up to `entries`, retentive */
	uint8_t replace;  /* enum ims_replace */
};

/* 64 bytes. */
struct ims_entry {
	uint64_t in;  /* first address of the fragment */
	uint64_t out; /* output for `in`; for a walk step the next table */
	uint64_t mid; /* stage-2 input for `in`, where there are two stages */
	uint32_t src;
	uint32_t ctx;  /* as the request presented it; filed under the group's */
	uint32_t born; /* time of the oldest word it was made of */
	uint32_t gen;
	uint32_t group;
	uint32_t region;
	uint16_t dom; /* these three are compared as one */
	uint8_t cls;
	uint8_t size_lg2; /* of the fragment; 64: no address */
	uint16_t perm;
	uint8_t s1_lg2, s2_lg2; /* of the leaves it came from; 64: none */
	uint8_t level;		/* of the table a walk step leads to; 0: a leaf */
	uint8_t flags; /* enum ims_entry_flag; the cache's own, as gen, group, region are */
	uint8_t mid_lg2; /* what it came through at `mid`; 64: nothing; of a cache with an index by that */
	uint8_t s1_level, s2_level;	    /* of the leaves; 0: commands never name it */
	uint8_t s1_grain_lg2, s2_grain_lg2; /* page sizes of the stages' tables; 0: the same */
	uint8_t spare[1];
};

/*
 * A dropped entry stays in the indexes, known to be dead by its generation, until its
 * number is wanted again: to drop it is to write its own line.
 */
enum ims_entry_flag {
	IMS_ENTRY_FILED = 1, /* in its region: live, or dropped with its group */
	IMS_ENTRY_FREE = 2,  /* dropped alone; neither of both: never used */
	IMS_ENTRY_STACKED =
		4,	     /* among the free numbers, where it is passed over if it is not free */
	IMS_ENTRY_STRAY = 8, /* in the indexes */
	IMS_ENTRY_LISTED =
		0x10 /* in the list of its region: it is not found there by its address */
};

/* In the list of a region. */
struct ims_link {
	uint32_t next, prev;
};

struct ims_group {
	uint32_t primary, ctx;
	uint32_t gen;
	uint32_t regions; /* first region */
	uint32_t regions_last;
	uint32_t next; /* group with the same primary */
	uint32_t live, strays;
	uint32_t tag;	 /* hash, of the entries that are no strays */
	uint32_t newest; /* greatest born of its entries */
	uint64_t sizes;	 /* bit n: has held entries of 2^n bytes */
	uint64_t leaves; /* bit n: has held parts of leaves of 2^n bytes */
	uint32_t regions_count;
	uint8_t cls;
	bool first; /* the one that the index by primary leads to */
};

/*
 * Entries that stand where their address says are found by it, eight at a time; a list
 * holds the others. Parts of one leaf have a region of their own, and are all in its list.
 */
struct ims_region {
	uint64_t key;
	uint64_t eights;     /* bit n: may hold entries of pages 8n .. 8n + 7 in their places */
	uint32_t group, gen; /* group IMS_NONE: a free region */
	uint32_t tag;	     /* of the entries in their places */
	uint32_t head;	     /* of the list */
	uint32_t next, prev;
	uint16_t placed;  /* entries that are not in the list */
	uint8_t size_lg2; /* IMS_REGION_LEAF: of the leaf */
};
#define IMS_REGION_LEAF 0x80u

struct ims_cache {
	uint32_t capacity, slots_mask;
	/* Of the indexes that grow with what they hold: few tags stand in few lines. */
	uint32_t region_mask, group_mask;
	uint32_t place_mask, place_shift, place_dom; /* bits of dom that the place depends on */
	uint32_t strays;
	uint32_t groups_count, regions_count, entries_count; /* taken from the pools so far */
	uint32_t live;
	uint32_t free_count;   /* numbers in the stack of free ones */
	uint32_t free_regions; /* list through `next` */
	uint32_t garbage;      /* regions whose group was dropped as a whole, through `next` */
	uint32_t group_cursor; /* where to look for a group to use again */
	uint32_t sets_mask, ways;
	uint32_t src_care, ctx_care, dom_care, key_care;
	uint64_t sizes;	    /* as in a group */
	uint64_t mid_sizes; /* the same of what entries came through */
	uint64_t random;
	uint32_t stamp;
	uint8_t replace, primary, payload;
	bool addressed, by_leaf;
	bool overflowed; /* an unbounded cache had no room; nothing was dropped for it */
	/* Offsets of the arrays from this structure's start. */
	uint32_t lookup_off, page_off, region_off, group_off, primary_off; /* indexes */
	uint32_t mid_off; /* by what entries came through, dead ones too; 0: there is none */
	uint64_t entries_off, links_off, free_off, groups_off, regions_off, sets_off, payload_off;
};

/* What an invalidation asks of a cache, resolved from a match row and a command. */
struct ims_sel {
	uint64_t first, last;
	uint32_t dom, ctx, src, dom_mask, ctx_mask, src_mask;
	uint32_t before;		   /* only entries born before this time */
	uint8_t how_dom, how_ctx, how_src; /* enum ims_how */
	uint8_t classes;
	uint8_t level, grain_lg2; /* 0: any */
	uint8_t range;		  /* enum ims_range: what of an entry is in first..last */
};

/* Told of each entry dropped, before it goes. */
typedef void ims_drop_fn(void *arg, uint32_t entry, const struct ims_entry *e);

size_t ims_cache_bytes(const struct ims_cache_def *def, const struct ims_cache_config *config);
void ims_cache_init(struct ims_cache *c, const struct ims_cache_def *def,
		    const struct ims_cache_config *config, uint64_t seed);

/*
 * Puts a copy of @e, filed under @filed_ctx, into the cache; the caller has seen
 * that the look-up misses. @evicted is told of an entry that had to make room.
 * Returns the entry, IMS_NONE if an unbounded cache is full.
 */
uint32_t ims_cache_fill(struct ims_cache *c, const struct ims_entry *e, uint32_t filed_ctx,
			ims_drop_fn *evicted, void *arg);

/*
 * Drops what @sel matches; returns how many. Without @drop a whole group goes in
 * constant time.
 */
uint32_t ims_cache_drop(struct ims_cache *c, const struct ims_sel *sel, ims_drop_fn *drop,
			void *arg);

/* Calls @see for each live entry, in an order that depends on the history of the cache alone. */
void ims_cache_each(struct ims_cache *c, ims_drop_fn *see, void *arg);

/* Marks a hit, for least-recently-used replacement. */
void ims_cache_touch(struct ims_cache *c, uint32_t entry);

#define IMS_CACHE_AT(c, type, off) ((type *)(void *)((char *)(c) + (off)))

static inline struct ims_entry *ims_cache_entries(struct ims_cache *c)
{
	return IMS_CACHE_AT(c, struct ims_entry, c->entries_off);
}

static inline struct ims_group *ims_cache_groups(struct ims_cache *c)
{
	return IMS_CACHE_AT(c, struct ims_group, c->groups_off);
}

static inline uint64_t *ims_cache_payload(struct ims_cache *c, uint32_t entry)
{
	return IMS_CACHE_AT(c, uint64_t, c->payload_off) + (size_t)entry * c->payload;
}

static inline bool ims_entry_live(struct ims_cache *c, const struct ims_entry *e)
{
	return e->gen == ims_cache_groups(c)[e->group].gen;
}

/* What look-ups by the domain compare: the class stands above it, where some of it counts. */
static inline uint32_t ims_world_dom(uint32_t dom, uint32_t cls)
{
	return dom | cls << 16;
}

static inline uint32_t ims_entry_dom(const struct ims_entry *e)
{
	return ims_world_dom(e->dom, e->cls);
}

#define IMS_SIZE_SHIFT 24 /* above them, in c->key_care and what is compared by it */

static inline bool ims_entry_serves(struct ims_cache *c, const struct ims_entry *e, uint32_t src,
				    uint32_t ctx, uint32_t dom, uint64_t in, unsigned size_lg2)
{
	uint32_t key = e->dom | (uint32_t)e->cls << 16 | (uint32_t)e->size_lg2 << IMS_SIZE_SHIFT;

	return e->in == in && !((key ^ (dom | size_lg2 << IMS_SIZE_SHIFT)) & c->key_care) &&
	       !((e->src ^ src) & c->src_care) && !((e->ctx ^ ctx) & c->ctx_care) &&
	       ims_entry_live(c, e);
}

static inline uint32_t ims_lookup_hash(const struct ims_cache *c, uint32_t src, uint32_t ctx,
				       uint32_t dom, uint64_t addr, unsigned size_lg2)
{
	uint64_t x = size_lg2 >= 64 ? 0 : addr >> size_lg2;

	x ^= ((uint64_t)(src & c->src_care) << 32 | (ctx & c->ctx_care)) *
	     UINT64_C(0xc2b2ae3d27d4eb4f);
	x += (uint64_t)(dom & c->dom_care) << 40 | size_lg2;
	return (uint32_t)(x * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

/*
 * Of what a request says beside the address; multiples of irrational parts of the
 * whole, so that tags with the same addresses lie far from each other.
 */
static inline uint32_t ims_place_tag(const struct ims_cache *c, uint32_t src, uint32_t ctx,
				     uint32_t dom)
{
	return ((src & c->src_care) | (dom & c->place_dom)) * UINT32_C(0x9e3779b1) +
	       (ctx & c->ctx_care) * UINT32_C(0x6a09e667);
}

/*
 * The number an entry gets if it is free at the time. One that stands there is found
 * without an index, and neighbours in address are neighbours in memory. Only strays are
 * in the indexes: those that stand elsewhere, and those of another tag than their group.
 */
static inline uint32_t ims_cache_place(const struct ims_cache *c, uint32_t tag, uint64_t addr,
				       unsigned size_lg2)
{
	uint32_t page = size_lg2 >= 64 ? 0 : (uint32_t)(addr >> size_lg2);

	return (page + (uint32_t)((uint64_t)tag >> c->place_shift)) & c->place_mask;
}

/* ims_cache_find() among entries of these sizes, bits as in c->sizes. */
static inline uint32_t ims_cache_find_of(struct ims_cache *c, uint32_t src, uint32_t ctx,
					 uint32_t dom, uint64_t addr, uint64_t sizes)
{
	const uint64_t *slots = IMS_CACHE_AT(c, uint64_t, c->lookup_off);
	const struct ims_entry *entries = ims_cache_entries(c);
	uint32_t tag = ims_place_tag(c, src, ctx, dom);

	for (; sizes; sizes &= sizes - 1) {
		unsigned bit = (unsigned)__builtin_ctzll(sizes);
		unsigned lg2 = bit == 63 ? 64 : bit;
		uint64_t in = lg2 == 64 ? 0 : addr >> lg2 << lg2;
		uint32_t number = ims_cache_place(c, tag, addr, lg2), hash = 0, i = 0;

		if (c->strays) {
			hash = ims_lookup_hash(c, src, ctx, dom, addr, lg2);
			i = ims_slot_home(hash, c->slots_mask);
			__builtin_prefetch(&slots[i]);
		}
		if (ims_entry_serves(c, &entries[number], src, ctx, dom, in, lg2))
			return number;
		for (; c->strays && slots[i]; i = (i + 1) & c->slots_mask) {
			if ((uint32_t)(slots[i] >> 32) != hash)
				continue;
			number = ims_slot_number(slots[i]);
			if (ims_entry_serves(c, &entries[number], src, ctx, dom, in, lg2))
				return number;
		}
	}
	return IMS_NONE;
}

/*
 * The entry that a request hits, smallest fragment first, or IMS_NONE. Fields
 * that the cache does not look up by are ignored; @dom is one of ims_world_dom().
 */
static inline uint32_t ims_cache_find(struct ims_cache *c, uint32_t src, uint32_t ctx, uint32_t dom,
				      uint64_t addr)
{
	return ims_cache_find_of(c, src, ctx, dom, addr, c->sizes);
}

/* Does a field of a match accept @got; @mask: bits that do not matter, @absent: what stands for none. */
bool ims_how_hits(uint8_t how, uint32_t want, uint32_t got, uint32_t mask, uint32_t absent);

/* What of an entry is compared with the range: the parts of a leaf share its extent. */
void ims_sel_extent(const struct ims_sel *sel, const struct ims_entry *e, uint64_t *ret_first,
		    uint64_t *ret_last);

/* Is an entry in the range, and of the level and page size that @sel asks for. */
bool ims_sel_range_hits(const struct ims_sel *sel, const struct ims_entry *e);

/* Would @sel drop an entry with these facts: the whole rule, for readers that hold no cache. */
bool ims_sel_hits(const struct ims_sel *sel, const struct ims_entry *e, uint32_t filed_ctx);

#endif
