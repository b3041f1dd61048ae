/* SPDX-License-Identifier: MIT */
/*
 * Freed table pages that hardware can still walk (semantics.md 2.3): what is cached of the way
 * into a table outlives the table. Which page that is the entry itself says, a step of a walk by
 * what it leads to, a structure by the roots that a look-up finds in it.
 */
#include <string.h>

#include "sim/check/parts.h"

#define PAGE_OF(addr) ((addr) & ~UINT64_C(0xfff))

/* Was a page given to another use behind event @after. */
static bool given(const struct chk *c, uint64_t hpa, uint32_t after)
{
	for (guint i = 0; i < c->freed->len; i++) {
		const struct chk_span *s = &g_array_index(c->freed, struct chk_span, i);

		if (s->event > after && hpa >= s->first && hpa <= s->last)
			return true;
	}
	return false;
}

/*
 * Drivers that unmap free what they take out of the tree, as Linux does with the page tables
 * that an unmap covers, and a host that unmaps takes the page itself away. Who stores a word says
 * by a step of his own what he frees.
 */
static bool frees_itself(const struct chk *c, uint32_t changed_by)
{
	const struct ims_event *e = chk_event(c, chk_step_of(c, changed_by));
	const struct scn_step *s = e ? g_ptr_array_index(c->s.scn->steps, e->n) : NULL;

	return s && (s->op == SCN_OP_UNMAP || s->op == SCN_OP_REMAP || s->op == SCN_OP_HOST_UNMAP ||
		     s->op == SCN_OP_IOCTL);
}

/* Has anything been read as a table of stage 1 in the page at @hpa. */
static bool holds_table(const struct chk *c, uint64_t hpa)
{
	for (guint i = 0; i < c->records->len; i++) {
		const struct chk_record *r = g_ptr_array_index(c->records, i);

		for (guint k = 0; k < r->words->len; k++) {
			const struct chk_word *w = &g_array_index(r->words, struct chk_word, k);

			if (w->kind >> 8 == 1 && PAGE_OF(w->pa) == PAGE_OF(hpa))
				return true;
		}
	}
	return false;
}

/* What a step leads to: a table, or what stage 2 says of where a guest's table is. */
static bool leads_to_table(const struct chk *c, const struct chk_record *r)
{
	return r->facts.level ||
	       (c->s.model->caches[r->cache].stage == 2 && holds_table(c, r->facts.out));
}

/* Where a table's root is in memory, of the unit that walks it; 0: nowhere. */
static uint64_t root_at(struct chk *c, const struct chk_record *r, uint64_t root, bool guests)
{
	uint32_t dev = hyp_device_by_rid(c->s.h, r->unit, r->facts.src);
	uint64_t hpa = PAGE_OF(root);

	if (root && guests && dev != IMS_NONE &&
	    !hyp_host_address(c->s.h, c->s.h->devices[dev].vm, PAGE_OF(root), &hpa))
		return 0;
	return hpa;
}

/* An entry of a table of contexts, as it is cached, is its root; 0: it is none. */
static uint64_t root_of_table(struct chk *c, const struct chk_record *r,
			      const struct ims_path *path)
{
	struct ims_cache *cache = ims_hw_cache(chk_hand_of(c, r->unit), r->cache);

	if (!path->dir_levels || c->s.model->caches[r->cache].payload != 1)
		return 0;
	return ims_cache_payload(cache, r->entry)[0] & ~UINT64_C(0xfff);
}

/*
 * By what a structure still says, in a copy of the world where that is cached: is a table that
 * it leads to one that was given away.
 */
static bool structure_leads(struct chk *c, const struct chk_record *r)
{
	const struct ims_req req = chk_request_of(c, r);
	struct ims_world *copy;
	struct ims_path path;
	struct ims_hw hw;
	uint64_t roots[3] = { 0 };
	bool nested, found = false;

	if (!c->freed->len || !r->live)
		return false;
	copy = g_aligned_alloc(1, c->s.world->bytes, IMS_WORLD_ALIGN);
	memcpy(copy, c->s.world, c->s.world->bytes);
	ims_hw_bind(&hw, c->s.model, copy, r->unit, NULL);
	hw.aloof = true;
	if (!c->s.model->path(&hw, &req, &path)) {
		/* A bare unit's addresses are a guest's, and the first stage's where there are two. */
		nested = path.stages == IMS_STAGES_NESTED || !chk_physical(c, r->unit);
		if (path.stages & IMS_STAGES_1) {
			roots[0] = root_at(c, r, path.s1_root, nested);
			roots[1] = root_at(c, r, root_of_table(c, r, &path), nested);
		}
		if (path.stages & IMS_STAGES_2)
			roots[2] = root_at(c, r, path.s2_root, !chk_physical(c, r->unit));
	}
	for (unsigned i = 0; i < G_N_ELEMENTS(roots); i++)
		found |= roots[i] && given(c, roots[i], r->changed_by);
	g_aligned_free(copy);
	return found;
}

bool chk_table_freed(struct chk *c, const struct chk_record *r)
{
	uint8_t where = c->s.model->caches[r->cache].where;

	if (!c->s.scn || !r->changed_by)
		return false;
	if (where == IMS_WHERE_CONFIG)
		return structure_leads(c, r);
	return where == IMS_WHERE_WALK && leads_to_table(c, r) &&
	       (frees_itself(c, r->changed_by) || given(c, r->facts.out, r->changed_by));
}

void chk_tell_table(struct chk *c, struct chk_finding *f, const struct chk_record *r)
{
	const struct ims_event *e = chk_event(c, r->changed_by);

	if (f->kind != SCN_KIND_TABLE_UAF || !r->facts.out)
		return;
	chk_tell_line(
		c, f, r->changed_by, e->actor,
		g_strdup_printf("takes the table at 0x%" G_GINT64_MODIFIER
				"x out of the tree, to which the entry leads; its page is freed",
				r->facts.out));
}
