/* SPDX-License-Identifier: MIT */
/*
 * Entries that somebody may hit for whom they were not made (semantics.md 2.8): what is looked up
 * by its tag, and filed under a tag that another root has, too. No access is needed: when
 * configuration structures have changed, whatever is cached is held against whoever is filed there.
 */
#include "sim/check/parts.h"

/* What (device, PASID) is filed under, on one unit, and the roots it has. */
struct filed {
	uint32_t dev, src, ctx;
	struct ims_path path;
};

bool chk_by_tag(const struct chk *c, const struct chk_record *r)
{
	const struct ims_cache_def *def = &c->s.model->caches[r->cache];

	return (def->lookup & IMS_KEY_DOM) && !(def->lookup & IMS_KEY_SRC);
}

static bool same_tag(const struct chk *c, const struct ims_path *p, const struct chk_record *r)
{
	/* Structures are of no class, but that of those which fault. */
	bool any = c->s.model->caches[r->cache].where == IMS_WHERE_CONFIG;

	return p->dom == r->facts.dom && (any || p->cls == r->facts.cls) &&
	       (p->ctx == r->filed_ctx || (p->ctx_global && p->ctx_global == r->filed_ctx) ||
		r->filed_ctx == IMS_CTX_NONE);
}

static bool same_roots(const struct ims_path *a, const struct ims_path *b)
{
	return a->stages == b->stages && a->s1_root == b->s1_root && a->s2_root == b->s2_root &&
	       a->dir_levels == b->dir_levels && a->dir_root == b->dir_root &&
	       (!a->dir_levels || a->ctx == b->ctx);
}

/* Whoever is attached behind a unit, as its structures are in memory. */
static GArray *filed_on(struct chk *c, uint32_t unit)
{
	GArray *list = g_array_new(FALSE, FALSE, sizeof(struct filed));
	struct hyp *h = c->s.h;

	for (uint32_t i = 0; i < h->guest_at.count; i++) {
		const struct hyp_attachment *a = &h->guest_at.at[i];
		struct filed f = { .dev = a->dev, .ctx = a->ctx };
		struct ims_hw look = *chk_hand_of(c, unit);
		struct ims_req req = { .ctx = a->ctx, .access = IMS_ACCESS_READ };

		if (chk_physical(c, unit) ? chk_unit_of(c, a->dev) != unit :
					    h->devices[a->dev].vm != unit - 1)
			continue;
		f.src = req.src = chk_rid(c, unit, a->dev);
		look.bypass = true;
		look.log = NULL;
		if (!c->s.model->path(&look, &req, &f.path))
			g_array_append_val(list, f);
	}
	return list;
}

static const struct filed *filed_as(const GArray *list, uint32_t src, uint32_t ctx)
{
	for (guint i = 0; i < list->len; i++) {
		const struct filed *f = &g_array_index(list, struct filed, i);

		if (f->src == src && f->ctx == ctx)
			return f;
	}
	return NULL;
}

/* The pages of the first tables of both stages that something was read from. */
static void first_tables(const GArray *words, uint64_t *ret)
{
	ret[0] = ret[1] = 0;
	for (guint i = 0; i < words->len; i++) {
		const struct chk_word *w = &g_array_index(words, struct chk_word, i);
		unsigned stage = w->kind >> 8;

		if (stage && !ret[stage - 1])
			ret[stage - 1] = w->pa >> 12;
	}
}

/* Was the entry made under other roots than those of the walk that was made last. */
static bool other_roots(const struct chk *c, const struct chk_record *r)
{
	uint64_t its[2], now[2];

	first_tables(r->words, its);
	first_tables(c->ref_words, now);
	return (its[0] && its[0] != now[0]) || (its[1] && its[1] != now[1]);
}

/*
 * Has the walk that was made last read another structure in the place of the one that is cached.
 * Two that say the same are as good as one.
 */
static bool other_structure(const struct chk *c, const struct chk_record *r)
{
	const struct chk_word *own =
		r->words->len ? &g_array_index(r->words, struct chk_word, r->words->len - 1) : NULL;
	bool other = false;

	for (guint i = 0; own && i < c->ref_words->len; i++) {
		const struct chk_word *w = &g_array_index(c->ref_words, struct chk_word, i);

		if (w->kind || w->pa == CHK_ANY_PAGE)
			continue;
		if (w->pa == own->pa || w->value == own->value)
			return false;
		other = true;
	}
	return other;
}

/* Would an entry tell a request what its own tables do not: a translation, or a table they do not lead to. */
static bool misleads(struct chk *c, const struct chk_record *r, const struct ims_req *req,
		     struct chk_fresh *ret_fresh)
{
	chk_reference(c, r->unit, req, ret_fresh);
	if (c->s.model->caches[r->cache].where == IMS_WHERE_CONFIG)
		return other_structure(c, r);
	if (!other_roots(c, r))
		return false;
	if (!chk_is_translation(c, r))
		return r->facts.level != 0;
	return !ret_fresh->ok || ret_fresh->out != r->facts.out ||
	       (r->facts.perm & (IMS_R | IMS_W) & ~ret_fresh->tables);
}

bool chk_reused(struct chk *c, const struct chk_record *r, const struct ims_req *req)
{
	struct chk_fresh fresh;

	/* By whatever requester id: one device has one root for a PASID. */
	if (!r->outdated || !chk_by_tag(c, r) ||
	    (hyp_device_by_rid(c->s.h, r->unit, r->facts.src) ==
		     hyp_device_by_rid(c->s.h, r->unit, req->src) &&
	     chk_ctx_of(c, r) == req->ctx))
		return false;
	chk_reference(c, r->unit, req, &fresh);
	return other_roots(c, r);
}

bool chk_tag_left(struct chk *c, const struct chk_record *r)
{
	const struct filed *owner;
	GArray *list;
	bool left = false;

	if (!chk_by_tag(c, r))
		return false;
	list = filed_on(c, r->unit);
	owner = filed_as(list, r->facts.src, chk_ctx_of(c, r));
	for (guint i = 0; i < list->len && !(owner && same_tag(c, &owner->path, r)) && !left; i++) {
		const struct filed *f = &g_array_index(list, struct filed, i);
		struct ims_req req = chk_request_of(c, r);
		struct chk_fresh fresh;

		req.src = f->src;
		req.ctx = f->ctx;
		left = same_tag(c, &f->path, r) && misleads(c, r, &req, &fresh);
	}
	g_array_unref(list);
	return left;
}

/* Has the guest itself filed both under one tag, though their tables are not the same. */
static bool guests_own(struct chk *c, uint32_t vm, uint32_t dev, uint32_t ctx, uint32_t owner,
		       uint32_t its_ctx)
{
	GArray *list = filed_on(c, vm + 1);
	const struct filed *a = filed_as(list, c->s.h->devices[dev].vrid, ctx);
	const struct filed *b = filed_as(list, c->s.h->devices[owner].vrid, its_ctx);
	bool own = a && b && c->s.h->devices[owner].vm == vm && a->path.dom == b->path.dom &&
		   a->path.cls == b->path.cls && a->path.ctx == b->path.ctx &&
		   !same_roots(&a->path, &b->path);

	g_array_unref(list);
	return own;
}

/* @r may be hit by @f, who is not its owner. Returns true if nobody has claimed yet that this is so. */
static bool judge(struct chk *c, struct chk_record *r, const struct filed *f,
		  const struct filed *owner)
{
	uint32_t of = hyp_device_by_rid(c->s.h, r->unit, r->facts.src), its = chk_ctx_of(c, r);
	struct ims_req req = chk_request_of(c, r);
	struct chk_fresh fresh;
	enum chk_cause cause = CHK_CAUSE_TAG_REUSE;
	bool own = of != IMS_NONE &&
		   guests_own(c, c->s.h->devices[f->dev].vm, f->dev, f->ctx, of, its);

	req.src = f->src;
	req.ctx = f->ctx;
	if (!misleads(c, r, &req, &fresh))
		return false;
	if (own)
		cause = CHK_CAUSE_SELF_COLLISION;
	else if (owner && same_tag(c, &owner->path, r))
		cause = CHK_CAUSE_TAG_COLLISION;
	return chk_breach_latent(c, r, f->dev, f->ctx, cause, &fresh);
}

/* The entries of a cache; true: some are to be asked for again. */
static bool judge_cache(struct chk *c, const GPtrArray *entries, const GArray *list)
{
	bool again = false;

	for (guint i = 0; i < entries->len; i++) {
		struct chk_record *r = g_ptr_array_index(entries, i);
		const struct filed *owner;

		if (!r || !chk_by_tag(c, r) || (r->facts.perm & IMS_NEGATIVE))
			continue;
		owner = filed_as(list, r->facts.src, chk_ctx_of(c, r));
		for (guint k = 0; k < list->len; k++) {
			const struct filed *f = &g_array_index(list, struct filed, k);

			if (f != owner && same_tag(c, &f->path, r) &&
			    !(owner && same_tag(c, &owner->path, r) &&
			      same_roots(&owner->path, &f->path)))
				again |= judge(c, r, f, owner);
		}
	}
	return again;
}

/* Do two roots share a tag on a unit: then whatever is filled from now on may be hit by both. */
static bool any_shared(const GArray *list)
{
	for (guint i = 0; i < list->len; i++)
		for (guint k = 0; k < i; k++) {
			const struct ims_path *a = &g_array_index(list, struct filed, i).path;
			const struct ims_path *b = &g_array_index(list, struct filed, k).path;

			if (a->dom == b->dom && a->cls == b->cls && a->ctx == b->ctx &&
			    !same_roots(a, b))
				return true;
		}
	return false;
}

/* Whose second stage stands at a root, of other VMs' than this one's; IMS_NONE: nobody's. */
static uint32_t stage2_of_another(const struct hyp *h, uint32_t dev, uint64_t root)
{
	for (uint32_t vm = 0; vm < h->vms_count; vm++)
		if (h->vms[vm].s2_root == root &&
		    h->vms[vm].parent != h->vms[h->devices[dev].vm].parent)
			return vm;
	return IMS_NONE;
}

/* Devices whose entry leads into the memory of another VM. */
static bool judge_routes(struct chk *c, uint32_t unit, const GArray *list)
{
	bool again = false;

	for (guint i = 0; i < list->len; i++) {
		const struct filed *f = &g_array_index(list, struct filed, i);
		uint32_t of = f->path.stages & IMS_STAGES_2 ?
				      stage2_of_another(c->s.h, f->dev, f->path.s2_root) :
				      IMS_NONE;

		if (of != IMS_NONE)
			again |= chk_breach_route(c, unit, f->dev, f->ctx, of);
	}
	return again;
}

void chk_collisions_stepped(struct chk *c)
{
	bool again = false, shared = false;

	if (!c->reconfigured && !(c->shared && c->records->len != c->records_seen))
		return;
	for (uint32_t i = 0; i < c->s.h->iommus_count; i++) {
		uint32_t unit = hyp_unit_of(c->s.h, i);
		GArray *list = filed_on(c, unit);

		shared |= any_shared(list);
		again |= judge_routes(c, unit, list);
		for (unsigned k = 0; k < c->s.model->caches_count; k++)
			again |= judge_cache(c, c->now[unit][k], list);
		g_array_unref(list);
	}
	c->reconfigured = again;
	c->shared = shared;
	c->records_seen = c->records->len;
}
