/* SPDX-License-Identifier: MIT */
/* Dropping what an invalidation matches; what it does not match costs nothing. */
#include "sim/core/bits.h"
#include "sim/engine/cache_parts.h"

struct dropping {
	struct ims_cache *c;
	const struct ims_sel *sel;
	ims_drop_fn *drop;
	void *arg;
	uint32_t count;
};

void ims_entry_drop(struct ims_cache *c, uint32_t number)
{
	struct ims_entry *e = &ims_cache_entries(c)[number];
	const struct ims_region *r = &ims_cache_regions(c)[e->region];
	struct ims_group *g = &ims_cache_groups(c)[e->group];

	ims_region_remove(c, number);
	g->live--;
	c->live--;
	if (e->flags & IMS_ENTRY_STRAY) {
		g->strays--;
		c->strays--;
	}
	if (r->head == IMS_NONE && !r->placed)
		ims_region_drop_empty(c, e->region);
	e->gen--; /* never the group's generation again */
	ims_entry_free(c, number);
}

/* The number that the entry of the nth page of @r has if it is in its place. */
static uint32_t page_number(const struct ims_cache *c, const struct ims_region *r, unsigned n)
{
	return ims_cache_place(c, r->tag, ((r->key << 9) + n) << r->size_lg2, r->size_lg2);
}

/*
 * The entries of @region that stand in their places, among eight pages of which it may
 * hold some; bit n: that of the nth.
 */
static unsigned eight_placed(struct ims_cache *c, uint32_t region, unsigned eight)
{
	const struct ims_region *r = &ims_cache_regions(c)[region];
	unsigned mine = 0;

	for (unsigned k = 0; k < 8; k++) {
		const struct ims_entry *e = &ims_cache_entries(c)[page_number(c, r, eight * 8 + k)];

		/* Of a small cache, other pages of the region have the same place. */
		if ((e->flags & (IMS_ENTRY_FILED | IMS_ENTRY_LISTED)) == IMS_ENTRY_FILED &&
		    e->region == region && e->in == ((r->key << 9) + eight * 8 + k) << r->size_lg2)
			mine |= 1u << k;
	}
	return mine;
}

uint32_t ims_region_placed(struct ims_cache *c, uint32_t region)
{
	struct ims_region *r = &ims_cache_regions(c)[region];
	unsigned mine = 0, eight = 0;

	for (; r->placed; r->eights &= r->eights - 1) {
		eight = (unsigned)__builtin_ctzll(r->eights);
		mine = eight_placed(c, region, eight);
		if (mine)
			return page_number(c, r, eight * 8 + (unsigned)__builtin_ctz(mine));
	}
	return IMS_NONE;
}

void ims_region_each(struct ims_cache *c, uint32_t region, ims_drop_fn *visit, void *arg)
{
	const struct ims_entry *entries = ims_cache_entries(c);
	struct ims_region *r = &ims_cache_regions(c)[region];
	uint64_t eights = r->eights;
	unsigned left = r->placed;
	uint32_t listed = r->head, next;

	for (; left; eights &= eights - 1) {
		unsigned eight = (unsigned)__builtin_ctzll(eights);
		unsigned mine = eight_placed(c, region, eight);

		if (!mine)
			r->eights &= ~(UINT64_C(1) << eight);
		for (; mine; mine &= mine - 1, left--) {
			unsigned page = eight * 8 + (unsigned)__builtin_ctz(mine);
			uint32_t number = page_number(c, r, page);

			visit(arg, number, &entries[number]);
		}
	}
	for (; listed != IMS_NONE; listed = next) {
		next = ims_cache_links(c)[listed].next;
		visit(arg, listed, &entries[listed]);
	}
}

static inline bool how_hits(uint8_t how, uint32_t want, uint32_t got, uint32_t mask,
			    uint32_t absent)
{
	switch (how) {
	case IMS_EQUAL:
		return want == got;
	case IMS_ABSENT:
		return got == absent;
	case IMS_PRESENT:
		return got != absent;
	case IMS_MASKED:
		return (want | mask) == (got | mask);
	case IMS_OR_GLOBAL:
		return want == got || got - IMS_CTX_GLOBAL < 2;
	default:
		return true;
	}
}

bool ims_how_hits(uint8_t how, uint32_t want, uint32_t got, uint32_t mask, uint32_t absent)
{
	return how_hits(how, want, got, mask, absent);
}

void ims_sel_extent(const struct ims_sel *sel, const struct ims_entry *e, uint64_t *ret_first,
		    uint64_t *ret_last)
{
	uint64_t at = e->in;
	unsigned lg2 = e->size_lg2;

	if (sel->range == IMS_RANGE_LEAF) {
		lg2 = ims_leaf_lg2(e);
	} else if (sel->range == IMS_RANGE_LEAF2) {
		at = e->mid;
		lg2 = e->s2_lg2;
	} else if (sel->range == IMS_RANGE_MID) {
		at = e->mid;
		lg2 = e->mid_lg2;
	}
	*ret_first = ims_block_first(at, lg2);
	*ret_last = ims_block_last(at, lg2);
}

/* A step is of the level above the table that it leads to. */
static bool level_hits(const struct ims_sel *sel, const struct ims_entry *e)
{
	bool first = sel->range == IMS_RANGE_LEAF && e->s1_lg2 < 64;
	uint8_t level = first ? e->s1_level : e->s2_level;
	uint8_t grain = first ? e->s1_grain_lg2 : e->s2_grain_lg2;

	return (!sel->grain_lg2 || sel->grain_lg2 == grain) &&
	       (!sel->level || (e->level ? e->level >= sel->level : level == sel->level));
}

/* By a leaf, or what it came through, which may be nothing. */
static bool leaf_hits(const struct ims_sel *sel, const struct ims_entry *e)
{
	uint64_t first, last;

	if ((sel->range == IMS_RANGE_MID && e->mid_lg2 >= 64) ||
	    (sel->range == IMS_RANGE_LEAF2 && e->s2_lg2 >= 64))
		return false;
	ims_sel_extent(sel, e, &first, &last);
	return ims_overlap(sel->first, sel->last, first, last) &&
	       (sel->range == IMS_RANGE_MID || level_hits(sel, e));
}

static inline bool range_hits(const struct ims_sel *sel, const struct ims_entry *e)
{
	if (__builtin_expect(sel->range > IMS_RANGE_FRAGMENT, 0))
		return leaf_hits(sel, e);
	return sel->range == IMS_RANGE_NONE ||
	       ims_overlap(sel->first, sel->last, e->in, ims_block_last(e->in, e->size_lg2));
}

bool ims_sel_range_hits(const struct ims_sel *sel, const struct ims_entry *e)
{
	return range_hits(sel, e);
}

bool ims_sel_hits(const struct ims_sel *sel, const struct ims_entry *e, uint32_t filed_ctx)
{
	return how_hits(sel->how_dom, sel->dom, e->dom, sel->dom_mask, IMS_NONE) &&
	       how_hits(sel->how_ctx, sel->ctx, filed_ctx, sel->ctx_mask, IMS_CTX_NONE) &&
	       how_hits(sel->how_src, sel->src, e->src, sel->src_mask, IMS_NONE) &&
	       (sel->classes & 1u << e->cls) && range_hits(sel, e) && e->born < sel->before;
}

static void drop_one(void *arg, uint32_t number, const struct ims_entry *e)
{
	struct dropping *d = arg;

	if (!ims_sel_hits(d->sel, e, ims_cache_groups(d->c)[e->group].ctx))
		return;
	if (d->drop)
		d->drop(d->arg, number, e);
	ims_entry_drop(d->c, number);
	d->count++;
}

/* Lets the whole group go at once; its regions become garbage. */
static void group_discard(struct dropping *d, struct ims_group *g)
{
	struct ims_region *regions = ims_cache_regions(d->c);

	if (d->drop)
		for (uint32_t r = g->regions; r != IMS_NONE; r = regions[r].next)
			ims_region_each(d->c, r, d->drop, d->arg);
	regions[g->regions_last].next = d->c->garbage;
	d->c->garbage = g->regions;
	g->regions = g->regions_last = IMS_NONE;
	g->regions_count = 0;
	g->gen++;
	g->sizes = g->leaves = 0;
	g->newest = 0;
	d->c->strays -= g->strays;
	g->strays = 0;
	d->count += g->live;
	d->c->live -= g->live;
	g->live = 0;
}

/* The regions with these keys; of any size if @lg2 is 64. */
static void regions_visit(struct dropping *d, const struct ims_group *g, unsigned lg2,
			  uint64_t first, uint64_t last)
{
	const struct ims_region *r;
	uint32_t next;

	for (uint32_t number = g->regions; number != IMS_NONE; number = next) {
		r = &ims_cache_regions(d->c)[number];
		next = r->next;
		if (lg2 == 64 || (r->size_lg2 == lg2 && r->key >= first && r->key <= last))
			ims_region_each(d->c, number, drop_one, d);
	}
}

/* Drops what stands at @number if it is of this group and size, at exactly @in. */
static void page_entry_visit(struct dropping *d, uint32_t number, uint32_t group, uint64_t in,
			     unsigned lg2)
{
	const struct ims_entry *e = &ims_cache_entries(d->c)[number];

	if (e->group == group && e->in == in && e->size_lg2 == lg2 && ims_entry_live(d->c, e))
		drop_one(d, number, e);
}

/* The fragments of this size at exactly @in; several requesters may share one. */
static void page_visit(struct dropping *d, uint32_t group, uint64_t in, unsigned lg2)
{
	const uint64_t *slots = IMS_CACHE_AT(d->c, uint64_t, d->c->page_off);
	const struct ims_group *g = &ims_cache_groups(d->c)[group];
	uint32_t place = ims_cache_place(d->c, g->tag, in, lg2), hash, i;

	if (!g->strays) {
		page_entry_visit(d, place, group, in, lg2);
		return;
	}
	/* The index is far away as well: it comes while the place is looked at. */
	hash = ims_page_hash(group, in, lg2);
	i = ims_slot_home(hash, d->c->slots_mask);
	__builtin_prefetch(&slots[i]);
	page_entry_visit(d, place, group, in, lg2);
	for (; slots[i]; i = (i + 1) & d->c->slots_mask)
		if ((uint32_t)(slots[i] >> 32) == hash)
			page_entry_visit(d, ims_slot_number(slots[i]), group, in, lg2);
}

/* The regions of one block, of those with these keys. */
static void region_block_visit(struct dropping *d, uint32_t group, unsigned lg2, uint64_t block,
			       uint64_t first, uint64_t last)
{
	const uint64_t *slots = IMS_CACHE_AT(d->c, uint64_t, d->c->region_off);
	uint32_t hash = ims_region_hash(group, lg2, block), mask = d->c->region_mask;
	uint32_t i = ims_slot_home(hash, mask), gen = ims_cache_groups(d->c)[group].gen;

	while (slots[i]) {
		uint64_t slot = slots[i];

		if (((uint32_t)(slot >> 32) ^ hash) <= IMS_REGION_BLOCK) {
			const struct ims_region *r =
				&ims_cache_regions(d->c)[ims_slot_number(slot)];

			if (r->group == group && r->size_lg2 == lg2 && r->gen == gen &&
			    (r->key ^ block) <= IMS_REGION_BLOCK && r->key >= first &&
			    r->key <= last)
				ims_region_each(d->c, ims_slot_number(slot), drop_one, d);
		}
		/* An emptied region is gone, and the next slot pulled into this place. */
		if (slots[i] == slot)
			i = (i + 1) & mask;
	}
}

/* The regions of this size with these keys, by a look at each or at all that the group has. */
static void keys_visit(struct dropping *d, uint32_t group, unsigned lg2, uint64_t first,
		       uint64_t last)
{
	const struct ims_group *g = &ims_cache_groups(d->c)[group];

	if ((last - first) / (IMS_REGION_BLOCK + 1) >= g->regions_count) {
		regions_visit(d, g, lg2, first, last);
		return;
	}
	for (uint64_t block = first & ~(uint64_t)IMS_REGION_BLOCK; block <= last;
	     block += IMS_REGION_BLOCK + 1)
		region_block_visit(d, group, lg2, block, first, last);
}

/* Entries of one size inside a range: by pages, by regions, or in all regions, whichever is least. */
static void range_visit(struct dropping *d, uint32_t group, unsigned lg2)
{
	uint64_t first = d->sel->first >> lg2, last = d->sel->last >> lg2;

	if (last - first < 16) {
		for (uint64_t page = first; page <= last; page++)
			page_visit(d, group, page << lg2, lg2);
		return;
	}
	keys_visit(d, group, lg2, ims_region_key(d->sel->first, lg2),
		   ims_region_key(d->sel->last, lg2));
}

/* Parts of leaves of one size. */
static void leaves_visit(struct dropping *d, uint32_t group, unsigned lg2)
{
	keys_visit(d, group, IMS_REGION_LEAF | lg2, d->sel->first >> lg2, d->sel->last >> lg2);
}

static void group_visit(struct dropping *d, uint32_t group)
{
	struct ims_group *g = &ims_cache_groups(d->c)[group];
	const struct ims_sel *sel = d->sel;
	uint8_t secondary = d->c->primary == IMS_KEY_DOM ? sel->how_src : sel->how_dom;

	if (!g->live || !(sel->classes & 1u << g->cls) ||
	    !how_hits(sel->how_ctx, sel->ctx, g->ctx, sel->ctx_mask, IMS_CTX_NONE))
		return;
	if (sel->range == IMS_RANGE_NONE && secondary == IMS_ANY && g->newest < sel->before) {
		group_discard(d, g);
		return;
	}
	if ((sel->range != IMS_RANGE_FRAGMENT && sel->range != IMS_RANGE_LEAF) ||
	    (g->sizes & IMS_BIT(63))) {
		regions_visit(d, g, 64, 0, 0);
		return;
	}
	for (uint64_t sizes = g->sizes; sizes && g->live; sizes &= sizes - 1)
		range_visit(d, group, (unsigned)__builtin_ctzll(sizes));
	for (uint64_t leaves = g->leaves; __builtin_expect(leaves && g->live, 0);
	     leaves &= leaves - 1)
		leaves_visit(d, group, (unsigned)__builtin_ctzll(leaves));
}

/* The groups of both fields, whatever their class. */
static void groups_visit(struct dropping *d, uint32_t primary, uint32_t ctx)
{
	const uint64_t *slots = IMS_CACHE_AT(d->c, uint64_t, d->c->group_off);
	uint32_t hash = ims_group_hash(primary, ctx), mask = d->c->group_mask;

	for (uint32_t i = ims_slot_home(hash, mask); slots[i]; i = (i + 1) & mask) {
		uint32_t group = ims_slot_number(slots[i]);
		const struct ims_group *g = &ims_cache_groups(d->c)[group];

		if ((uint32_t)(slots[i] >> 32) == hash && g->primary == primary && g->ctx == ctx)
			group_visit(d, group);
	}
}

static void primary_visit(struct dropping *d, uint32_t primary)
{
	const struct ims_sel *sel = d->sel;

	if (sel->how_ctx == IMS_EQUAL || sel->how_ctx == IMS_ABSENT ||
	    sel->how_ctx == IMS_OR_GLOBAL) {
		groups_visit(d, primary, sel->how_ctx == IMS_ABSENT ? IMS_CTX_NONE : sel->ctx);
		if (sel->how_ctx != IMS_OR_GLOBAL)
			return;
		groups_visit(d, primary, IMS_CTX_GLOBAL);
		groups_visit(d, primary, IMS_CTX_GLOBAL + 1);
		return;
	}
	for (uint32_t group = ims_primary_first(d->c, primary); group != IMS_NONE;
	     group = ims_cache_groups(d->c)[group].next)
		group_visit(d, group);
}

/* What came through exactly this block. */
static void mid_visit(struct dropping *d, uint64_t mid, unsigned lg2)
{
	const uint64_t *slots = IMS_CACHE_AT(d->c, uint64_t, d->c->mid_off);
	uint32_t hash = ims_mid_hash(d->sel->dom, mid, lg2);

	for (uint32_t i = ims_slot_home(hash, d->c->slots_mask); slots[i];
	     i = (i + 1) & d->c->slots_mask) {
		uint32_t number = ims_slot_number(slots[i]);
		const struct ims_entry *e = &ims_cache_entries(d->c)[number];

		if ((uint32_t)(slots[i] >> 32) == hash && e->dom == d->sel->dom && e->mid == mid &&
		    e->mid_lg2 == lg2 && (e->flags & IMS_ENTRY_FILED) && ims_entry_live(d->c, e))
			drop_one(d, number, e);
	}
}

/* By the blocks of the range, or where those are more than there are entries, all of the domain. */
static void mids_visit(struct dropping *d)
{
	const struct ims_sel *sel = d->sel;

	for (uint64_t sizes = d->c->mid_sizes; sizes; sizes &= sizes - 1) {
		unsigned lg2 = (unsigned)__builtin_ctzll(sizes);
		uint64_t first = sel->first >> lg2, last = sel->last >> lg2;

		if (last - first > 16 && last - first > d->c->live) {
			primary_visit(d, sel->dom);
			return;
		}
		for (uint64_t block = first; block <= last; block++)
			mid_visit(d, block << lg2, lg2);
	}
}

uint32_t ims_cache_drop(struct ims_cache *c, const struct ims_sel *sel, ims_drop_fn *drop,
			void *arg)
{
	struct dropping d = { .c = c, .sel = sel, .drop = drop, .arg = arg };
	uint8_t how = c->primary == IMS_KEY_DOM ? sel->how_dom : sel->how_src;
	uint32_t primary = c->primary == IMS_KEY_DOM ? sel->dom : sel->src;
	uint32_t mask = c->primary == IMS_KEY_DOM ? sel->dom_mask : sel->src_mask;

	if (sel->range == IMS_RANGE_MID && c->mid_off && sel->how_dom == IMS_EQUAL) {
		mids_visit(&d);
	} else if (how == IMS_EQUAL) {
		primary_visit(&d, primary);
	} else if (how == IMS_MASKED &&
		   (uint64_t)1 << __builtin_popcount(mask) <= c->groups_count) {
		uint32_t bits = 0;

		/* Every value that differs from src only in masked bits. */
		do {
			primary_visit(&d, (primary & ~mask) | bits);
			bits = (bits - mask) & mask;
		} while (bits);
	} else {
		for (uint32_t group = 0; group < c->groups_count; group++) {
			const struct ims_group *g = &ims_cache_groups(c)[group];

			if (how_hits(how, primary, g->primary, mask, IMS_NONE))
				group_visit(&d, group);
		}
	}
	return d.count;
}
