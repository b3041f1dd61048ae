/* SPDX-License-Identifier: MIT */
/* Dropping what an invalidation matches, at a cost that does not grow with what it does not match. */
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
	struct ims_entry *entries = ims_cache_entries(c), *e = &entries[number];
	struct ims_region *r = &ims_cache_regions(c)[e->region];

	ims_entry_unindex(c, number);
	if (e->prev == IMS_NONE)
		r->head = e->next;
	else
		entries[e->prev].next = e->next;
	if (e->next != IMS_NONE)
		entries[e->next].prev = e->prev;
	ims_cache_groups(c)[e->group].live--;
	c->live--;
	if (r->head == IMS_NONE)
		ims_region_drop_empty(c, e->region);
	e->gen--; /* never the group's generation again */
	e->next = c->free_entries;
	c->free_entries = number;
}

static bool how_hits(uint8_t how, uint32_t want, uint32_t got, uint32_t mask, uint32_t absent)
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
	default:
		return true;
	}
}

bool ims_sel_hits(const struct ims_sel *sel, const struct ims_entry *e, uint32_t filed_ctx)
{
	return how_hits(sel->how_dom, sel->dom, e->dom, 0, IMS_NONE) &&
	       how_hits(sel->how_ctx, sel->ctx, filed_ctx, 0, IMS_CTX_NONE) &&
	       how_hits(sel->how_src, sel->src, e->src, sel->src_mask, IMS_NONE) && (sel->classes & 1u << e->cls) &&
	       (!sel->ranged || ims_overlap(sel->first, sel->last, e->in, ims_block_last(e->in, e->size_lg2))) &&
	       e->born < sel->before;
}

static void drop_one(struct dropping *d, uint32_t number)
{
	struct ims_entry *e = &ims_cache_entries(d->c)[number];

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
			for (uint32_t e = regions[r].head; e != IMS_NONE; e = ims_cache_entries(d->c)[e].next)
				d->drop(d->arg, e, &ims_cache_entries(d->c)[e]);
	regions[g->regions_last].next = d->c->garbage;
	d->c->garbage = g->regions;
	g->regions = g->regions_last = IMS_NONE;
	g->regions_count = 0;
	g->gen++;
	g->sizes = 0;
	g->newest = 0;
	d->count += g->live;
	d->c->live -= g->live;
	g->live = 0;
}

static void region_visit(struct dropping *d, uint32_t region)
{
	uint32_t next;

	for (uint32_t e = ims_cache_regions(d->c)[region].head; e != IMS_NONE; e = next) {
		next = ims_cache_entries(d->c)[e].next;
		drop_one(d, e);
	}
}

static void regions_visit_all(struct dropping *d, const struct ims_group *g)
{
	uint32_t next;

	for (uint32_t r = g->regions; r != IMS_NONE; r = next) {
		next = ims_cache_regions(d->c)[r].next;
		region_visit(d, r);
	}
}

/* The fragments of this size at exactly @in; several requesters may share one. */
static void page_visit(struct dropping *d, uint32_t group, uint64_t in, unsigned lg2)
{
	const uint64_t *slots = IMS_CACHE_AT(d->c, uint64_t, d->c->page_off);
	uint32_t hash = ims_page_hash(group, in, lg2), i = hash & d->c->slots_mask;

	while (slots[i]) {
		uint32_t number = ims_slot_number(slots[i]), before = d->count;
		const struct ims_entry *e = &ims_cache_entries(d->c)[number];

		if ((uint32_t)(slots[i] >> 32) == hash && e->group == group && e->in == in && e->size_lg2 == lg2 &&
		    ims_entry_live(d->c, e))
			drop_one(d, number);
		/* Dropping pulled the next slot into this place. */
		if (d->count == before)
			i = (i + 1) & d->c->slots_mask;
	}
}

/* Entries of one size inside a range: page by page, region by region, or all regions, whichever is least. */
static void range_visit(struct dropping *d, uint32_t group, unsigned lg2)
{
	const struct ims_group *g = &ims_cache_groups(d->c)[group];
	uint64_t first = d->sel->first >> lg2, last = d->sel->last >> lg2;

	if (last - first < 16) {
		for (uint64_t page = first; page <= last; page++)
			page_visit(d, group, page << lg2, lg2);
		return;
	}
	first = ims_region_key(d->sel->first, lg2);
	last = ims_region_key(d->sel->last, lg2);
	if (last - first >= g->regions_count) {
		regions_visit_all(d, g);
		return;
	}
	for (uint64_t key = first; key <= last; key++) {
		uint32_t region = ims_region_find(d->c, group, lg2, key);

		if (region != IMS_NONE)
			region_visit(d, region);
	}
}

static void group_visit(struct dropping *d, uint32_t group)
{
	struct ims_group *g = &ims_cache_groups(d->c)[group];
	const struct ims_sel *sel = d->sel;
	uint8_t secondary = d->c->primary == IMS_KEY_DOM ? sel->how_src : sel->how_dom;

	if (!g->live || !(sel->classes & 1u << g->cls) || !how_hits(sel->how_ctx, sel->ctx, g->ctx, 0, IMS_CTX_NONE))
		return;
	if (!sel->ranged && secondary == IMS_ANY && g->newest < sel->before) {
		group_discard(d, g);
		return;
	}
	if (!sel->ranged || (g->sizes & IMS_BIT(63))) {
		regions_visit_all(d, g);
		return;
	}
	for (uint64_t sizes = g->sizes; sizes && g->live; sizes &= sizes - 1)
		range_visit(d, group, (unsigned)__builtin_ctzll(sizes));
}

static void primary_visit(struct dropping *d, uint32_t primary)
{
	const struct ims_sel *sel = d->sel;

	if (sel->how_ctx == IMS_EQUAL || sel->how_ctx == IMS_ABSENT) {
		uint32_t ctx = sel->how_ctx == IMS_EQUAL ? sel->ctx : IMS_CTX_NONE;

		for (unsigned cls = 0; cls < IMS_CLASSES; cls++) {
			uint32_t group = sel->classes & 1u << cls ? ims_group_find(d->c, primary, ctx, (uint8_t)cls) :
								    IMS_NONE;
			if (group != IMS_NONE)
				group_visit(d, group);
		}
		return;
	}
	for (uint32_t group = ims_primary_first(d->c, primary); group != IMS_NONE;
	     group = ims_cache_groups(d->c)[group].next)
		group_visit(d, group);
}

uint32_t ims_cache_drop(struct ims_cache *c, const struct ims_sel *sel, ims_drop_fn *drop, void *arg)
{
	struct dropping d = { .c = c, .sel = sel, .drop = drop, .arg = arg };
	uint8_t how = c->primary == IMS_KEY_DOM ? sel->how_dom : sel->how_src;
	uint32_t primary = c->primary == IMS_KEY_DOM ? sel->dom : sel->src;

	if (how == IMS_EQUAL) {
		primary_visit(&d, primary);
	} else if (how == IMS_MASKED && (uint64_t)1 << __builtin_popcount(sel->src_mask) <= c->groups_count) {
		uint32_t bits = 0;

		/* Every value that differs from src only in masked bits. */
		do {
			primary_visit(&d, (primary & ~sel->src_mask) | bits);
			bits = (bits - sel->src_mask) & sel->src_mask;
		} while (bits);
	} else {
		for (uint32_t group = 0; group < c->groups_count; group++) {
			const struct ims_group *g = &ims_cache_groups(c)[group];

			if (how_hits(how, primary, g->primary, sel->src_mask, IMS_NONE))
				group_visit(&d, group);
		}
	}
	return d.count;
}
