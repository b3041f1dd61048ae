/* SPDX-License-Identifier: MIT */
/* Requests: IOTLB, configuration, tables, as the vendor's look-up allows. */
#include "sim/core/assert.h"
#include "sim/core/bits.h"
#include "sim/engine/engine.h"
#include "sim/engine/cache_parts.h"
#include "sim/engine/walker.h"

/* What permissions are to a request that asks by @path: R, W, X of its own privilege. */
static inline uint16_t seen_by(const struct ims_path *path, uint16_t perm)
{
	uint16_t data = (perm & path->as) == path->as ? IMS_R | IMS_W : 0;

	if (__builtin_expect(!path->as, 1))
		return perm;
	return (uint16_t)((perm & (data | IMS_D | IMS_SNOOP)) | (data ? IMS_U : 0) |
			  (perm & path->as_x ? IMS_X : 0));
}

static void answer_from(struct ims_hw *hw, unsigned cache, uint32_t found,
			const struct ims_req *req, struct ims_answer *a)
{
	struct ims_cache *c = ims_hw_cache(hw, cache);
	const struct ims_entry *e = &ims_cache_entries(c)[found];
	uint64_t low = req->addr - e->in;

	ims_cache_touch(c, found);
	a->out = e->out + low;
	a->mid = e->mid + low;
	a->perm = e->perm;
	a->size_lg2 = e->size_lg2;
	a->s1_lg2 = e->s1_lg2;
	a->s2_lg2 = e->s2_lg2;
	a->entry = found;
	a->cache = (uint8_t)cache;
	a->cls = e->cls;
	a->hit = true;
	a->born = e->born;
	ims_emit(hw, IMS_EV_HIT, found, cache, 0, 0, 0);
}

/*
 * A cached translation serves the request, permission faults included; but
 * a write needs the dirty bit set first, and only a walk can do that. What was
 * found is known in any case: nothing changes it until the walk is done. In place:
 * most requests waive nothing, and that is known where it is called.
 */
IMS_TEMPLATE bool try_cache(struct ims_hw *hw, unsigned cache, const struct ims_req *req,
			    uint32_t ctx, uint32_t dom, uint16_t need, uint16_t waive,
			    struct ims_answer *a, uint32_t *ret_found)
{
	struct ims_cache *c = ims_hw_cache(hw, cache);
	uint32_t found = ims_hw_find(hw, cache, req->src, ctx, dom, req->addr);
	const struct ims_entry *e;
	uint16_t missing;

	*ret_found = found;
	if (found == IMS_NONE)
		return false;
	e = &ims_cache_entries(c)[found];
	missing = (uint16_t)((need & ~e->perm & ~(waive & IMS_U)) | (e->perm & IMS_NEGATIVE));
	/* What stage 1 waives, an entry of both stages together cannot tell: only a walk can. */
	if ((missing & waive && !(e->perm & IMS_NEGATIVE)) ||
	    (!missing && (need & IMS_W) && !(e->perm & IMS_D)))
		return false;
	answer_from(hw, cache, found, req, a);
	a->perm |= waive & IMS_U;
	if (missing) {
		a->fault = e->perm & IMS_NEGATIVE ? (uint16_t)e->out :
						    hw->model->denied(hw, req, missing, e->perm);
		a->ats = a->fault ? hw->model->ats_answer(a->fault) : 0;
		if (!(e->perm & (IMS_R | IMS_W)))
			a->out = a->mid = a->perm = 0;
	}
	return true;
}

void ims_replace(struct ims_hw *hw, unsigned cache, uint32_t number)
{
	ims_emit(hw, IMS_EV_EVICT, number, cache, 0, 0, 0);
	ims_entry_drop(ims_hw_cache(hw, cache), number);
}

/* Is the IOTLB looked up by the domain: what the configuration says is known by then. */
static inline bool by_dom(const struct ims_model *m)
{
	return (m->caches[m->iotlb].lookup & IMS_KEY_DOM) != 0;
}

static inline uint32_t dom_of(const struct ims_path *path)
{
	return ims_world_dom(path->dom, path->cls);
}

/* The cache that translations of @path stand in. */
static inline unsigned tlb_of(const struct ims_model *m, const struct ims_path *path)
{
	return path->tlb ? path->tlb - 1u : m->iotlb;
}

/*
 * Puts the result of a walk into a cache, where a look-up before found @old: as the
 * request presented it, or where that is looked up by the domain, as it is filed.
 */
static void keep_in(struct ims_hw *hw, unsigned cache, uint32_t ctx, uint16_t perm,
		    const struct ims_req *req, const struct ims_path *path,
		    const struct ims_leaf *leaf, uint32_t old, struct ims_answer *a)
{
	struct ims_cache *c = ims_hw_cache(hw, cache);
	struct ims_entry e = { .in = ims_block_first(req->addr, a->size_lg2),
			       .out = ims_block_first(leaf->out, a->size_lg2),
			       .mid = ims_block_first(leaf->mid, a->size_lg2),
			       .src = req->src,
			       .ctx = ctx,
			       .born = a->born,
			       .dom = path->dom,
			       .cls = path->cls,
			       .perm = perm,
			       .size_lg2 = a->size_lg2,
			       .s1_lg2 = leaf->s1_lg2,
			       .s2_lg2 = leaf->s2_lg2,
			       .s1_level = leaf->s1_level,
			       .s2_level = leaf->s2_level,
			       .s1_grain_lg2 = path->s1_grain_lg2,
			       .s2_grain_lg2 = path->s2_grain_lg2,
			       .mid_lg2 = leaf->through ? a->size_lg2 : 64 };

	if (leaf->negative) /* a code is no address */
		e.out = leaf->out;
	a->cache = (uint8_t)cache;
	if (hw->may)
		old = IMS_NONE;
	if (old != IMS_NONE && ims_cache_entries(c)[old].out == e.out &&
	    ims_cache_entries(c)[old].in == e.in) {
		/* The walk was for the dirty bit alone. */
		ims_cache_entries(c)[old].perm = e.perm;
		a->entry = old;
		return;
	}
	if (old != IMS_NONE)
		ims_replace(hw, cache, old);
	a->entry = ims_fill(hw, cache, &e, leaf->global ? ctx : path->ctx, NULL);
}

/* The cache in front, which has what came of the configuration too. */
static void keep_early(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
		       const struct ims_leaf *leaf, struct ims_answer *a)
{
	unsigned cache = hw->unit->state.early;
	uint32_t old = ims_hw_old(hw, cache, req->src, req->ctx, 0, req->addr);
	struct ims_answer same = *a;

	keep_in(hw, cache, req->ctx, leaf->perm & (uint16_t)~path->deny, req, path, leaf, old,
		&same);
}

static void keep_walked(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
			const struct ims_leaf *leaf, uint32_t old, struct ims_answer *a)
{
	uint32_t ctx = leaf->global && path->ctx_global ? path->ctx_global : path->ctx;

	keep_in(hw, tlb_of(hw->model, path), by_dom(hw->model) ? ctx : req->ctx, leaf->perm, req,
		path, leaf, old, a);
}

static void keep(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
		 const struct ims_leaf *leaf, uint32_t old, struct ims_answer *a)
{
	if (path->apart)
		return;
	keep_walked(hw, req, path, leaf, old, a);
	if (__builtin_expect(hw->unit->state.early, 0))
		keep_early(hw, req, path, leaf, a);
}

static uint8_t fragment_of(const struct ims_hw *hw, const struct ims_leaf *leaf)
{
	uint8_t lg2 = leaf->s1_lg2 < leaf->s2_lg2 ? leaf->s1_lg2 : leaf->s2_lg2;

	if (leaf->fragment_lg2 < lg2)
		lg2 = leaf->fragment_lg2;
	return hw->unit->fragment_lg2 && hw->unit->fragment_lg2 < lg2 ? hw->unit->fragment_lg2 :
									lg2;
}

/* A look-up begins: what is read from now on is read for it, and stands under its event. */
static inline void look_up(struct ims_hw *hw, const struct ims_req *req)
{
	hw->now =
		ims_emit(hw, IMS_EV_LOOKUP, req->src, req->addr, req->ctx, req->access, req->kind);
	hw->cause = hw->now;
}

/* Another page on behalf of @req, in the same tables: no bit is set, no fault told. */
static bool neighbour(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
		      uint64_t addr, struct ims_leaf *leaf, uint32_t *ret_born)
{
	struct ims_req beside = *req;
	struct ims_path quiet = *path;
	struct ims_walk_hand hand = { .hw = hw, .path = &quiet, .req = &beside };
	struct ims_walker w;

	beside.addr = addr;
	quiet.need = 0;
	ims_walker_begin(hw, &hand, &w, leaf);
	w.update = false;
	if (hw->model->walk(&w, &quiet, &beside, leaf) || !(leaf->perm & (IMS_R | IMS_W)))
		return false;
	*ret_born = w.born;
	return true;
}

/* The leaves around the one of @leaf are of its size, fit to it and grant the same: they are one. */
static bool merges(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
		   const struct ims_leaf *leaf, unsigned own_lg2, unsigned lg2,
		   struct ims_answer *a)
{
	uint64_t first = ims_block_first(req->addr, lg2), own = ims_block_first(req->addr, own_lg2);
	uint64_t out = ims_block_first(leaf->out, own_lg2) - (own - first);
	struct ims_leaf beside;
	uint32_t born;

	if (own_lg2 >= lg2 || ims_block_first(out, lg2) != out)
		return false;
	for (uint64_t at = first; at - first < UINT64_C(1) << lg2; at += UINT64_C(1) << own_lg2) {
		if (at == own)
			continue;
		if (!neighbour(hw, req, path, at, &beside, &born) ||
		    beside.out != out + (at - first) ||
		    ((beside.perm ^ leaf->perm) & (IMS_R | IMS_W | IMS_U)) ||
		    beside.s1_lg2 != leaf->s1_lg2 || beside.s2_lg2 != leaf->s2_lg2)
			return false;
		if (born < a->born)
			a->born = born;
	}
	return true;
}

/* Hardware reads on: pages behind the one asked for, as long as they stand in the same table. */
static void read_on(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
		    const struct ims_leaf *leaf)
{
	uint64_t page = ims_block_first(req->addr, 12);
	uint32_t cause = hw->cause, now = hw->now;
	struct ims_answer beside;
	struct ims_leaf next;

	if (path->stages != IMS_STAGES_2 || leaf->s2_lg2 != 12)
		return;
	for (unsigned i = 1; i <= hw->unit->state.neighbours; i++) {
		struct ims_req at = *req;

		at.addr = page + i * UINT64_C(0x1000);
		if ((at.addr ^ page) >> 21)
			break;
		/* A look-up of its own in the log: other words are read. */
		look_up(hw, &at);
		beside = (struct ims_answer){ .size_lg2 = 12 };
		if (ims_hw_find(hw, hw->model->iotlb, at.src, path->ctx, dom_of(path), at.addr) ==
			    IMS_NONE &&
		    neighbour(hw, req, path, at.addr, &next, &beside.born) && next.s2_lg2 == 12)
			keep_in(hw, hw->model->iotlb, path->ctx, next.perm, &at, path, &next,
				IMS_NONE, &beside);
		hw->cause = cause;
	}
	hw->now = now;
}

static void walk(struct ims_hw *hw, const struct ims_req *req, struct ims_path *path, uint32_t old,
		 struct ims_answer *a)
{
	const struct ims_state *s = &hw->unit->state;
	struct ims_walk_hand hand = { .hw = hw, .path = path, .req = req };
	struct ims_walker w;
	struct ims_leaf leaf;
	bool merged = false;

	ims_walker_begin(hw, &hand, &w, &leaf);
	a->fault = hw->model->walk(&w, path, req, &leaf);
	a->born = w.born;
	if (a->fault) {
		a->ats = hw->model->ats_answer(a->fault);
		path->failed_mid = leaf.through ? leaf.mid : 0;
		path->failed_at = leaf.at;
		if (leaf.negative && !hw->bypass)
			keep(hw, req, path, &leaf, old, a);
		if (!leaf.kept && (a->ats != IMS_ATS_REDUCED || !(leaf.grant & (IMS_R | IMS_W))))
			return;
	}
	a->cls = path->cls;
	a->out = leaf.out;
	a->mid = leaf.mid;
	a->perm = leaf.grant | (leaf.perm & (IMS_D | IMS_SNOOP));
	a->perm = seen_by(path, a->perm);
	a->s1_lg2 = leaf.s1_lg2;
	a->s2_lg2 = leaf.s2_lg2;
	a->size_lg2 = fragment_of(hw, &leaf);
	if (__builtin_expect(s->merge_lg2, 0))
		merged = (req->kind == IMS_REQ_ATS || s->merge_any) &&
			 merges(hw, req, path, &leaf, a->size_lg2, s->merge_lg2, a);
	if (merged && s->merge_any)
		a->size_lg2 = s->merge_lg2;
	if (((leaf.perm & (IMS_R | IMS_W)) || leaf.kept) && !hw->bypass) {
		keep(hw, req, path, &leaf, old, a);
		if (__builtin_expect(s->neighbours, 0) && by_dom(hw->model))
			read_on(hw, req, path, &leaf);
	}
	if (merged)
		a->size_lg2 = s->merge_lg2;
}

/* A result without tables, for a block around the address. */
static void pass_through(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
			 uint32_t old, struct ims_answer *a)
{
	struct ims_leaf leaf = { .out = req->addr,
				 .mid = req->addr,
				 .perm = path->grant | IMS_D,
				 .s1_lg2 = 64,
				 .s2_lg2 = 64,
				 .fragment_lg2 = path->bypass_lg2 };

	a->cls = path->cls;
	a->out = a->mid = req->addr;
	a->perm = leaf.perm;
	a->born = hw->born;
	if (__builtin_expect(hw->unit->state.early, 0) && !hw->bypass)
		keep_early(hw, req, path, &leaf, a);
	if (!path->bypass_lg2)
		return;
	a->size_lg2 = fragment_of(hw, &leaf);
	if (!hw->bypass)
		keep(hw, req, path, &leaf, old, a);
}

/* A translated request names what it reaches; nothing is translated, nothing kept. */
static void translated(const struct ims_req *req, struct ims_answer *a)
{
	a->out = req->addr;
	a->perm = IMS_R | IMS_W | IMS_U | IMS_D;
}

static void answered(const struct ims_req *req, const struct ims_path *path, struct ims_answer *a)
{
	a->out = path->message ? path->message : req->addr;
	a->perm = path->grant;
	a->interrupt = path->interrupt;
	a->untranslated = path->untranslated;
	a->refused = path->refused;
	if (path->refused)
		a->ats = IMS_ATS_UNSUPPORTED;
}

/*
 * Does a look-up in the IOTLB alone tell, as it does of most requests: nothing
 * that is asked for depends on more.
 */
static inline bool plain(const struct ims_hw *hw, const struct ims_req *req)
{
	const struct ims_state *s = &hw->unit->state;

	return req->kind == IMS_REQ_UNTRANSLATED && !req->priv && !req->zero_length &&
	       !req->execute && !s->rights_by_config &&
	       req->addr - s->window_first >= s->window_bytes;
}

/* The translations of its path; global ones serve every context. */
static inline bool try_tlb(struct ims_hw *hw, const struct ims_req *req,
			   const struct ims_path *path, struct ims_answer *a, uint32_t *ret_old)
{
	const struct ims_model *m = hw->model;
	unsigned cache = tlb_of(m, path);
	uint32_t ctx = by_dom(m) ? path->ctx : req->ctx;
	bool found =
		try_cache(hw, cache, req, ctx, dom_of(path), path->need, path->waive, a, ret_old);

	if (!found && *ret_old == IMS_NONE && path->ctx_global)
		found = try_cache(hw, cache, req, path->ctx_global, dom_of(path), path->need,
				  path->waive, a, ret_old);
	if (!found || !path->as)
		return found;
	a->perm = seen_by(path, a->perm);
	if (path->to_mid)
		a->out = path->stages == IMS_STAGES_NESTED ? a->mid : req->addr;
	return true;
}

/* Does an entry of a larger leaf answer as well, left there when the size changed. */
static bool conflicts(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
		      const struct ims_answer *a)
{
	struct ims_cache *c = ims_hw_cache(hw, a->cache);
	const struct ims_entry *entries = ims_cache_entries(c), *e = &entries[a->entry];
	uint64_t larger = e->size_lg2 >= 63 ? 0 : c->sizes & ~((UINT64_C(2) << e->size_lg2) - 1);
	uint32_t other = ims_cache_find_of(c, req->src, e->ctx, dom_of(path), req->addr, larger);

	return other != IMS_NONE &&
	       (entries[other].s1_level != e->s1_level || entries[other].s2_level != e->s2_level);
}

/* Where between the stages a request was that an entry denies: a walk would have said it. */
static void denied_at(struct ims_hw *hw, const struct ims_req *req, struct ims_path *path,
		      const struct ims_answer *a)
{
	const struct ims_entry *e = &ims_cache_entries(ims_hw_cache(hw, a->cache))[a->entry];

	path->failed_mid = e->mid + (req->addr - e->in);
}

static void conflicted(struct ims_hw *hw, struct ims_answer *a)
{
	a->fault = hw->unit->state.conflict;
	a->ats = hw->model->ats_answer(a->fault);
	a->out = a->mid = a->perm = 0;
}

/* Returns whether a fault is one that the vendor may record. */
static bool translate(struct ims_hw *hw, const struct ims_req *req, struct ims_path *path,
		      struct ims_answer *a)
{
	const struct ims_model *m = hw->model;
	/*
	 * A look-up without the tag needs no configuration structure; whether the
	 * device may ask by ATS, or be privileged, only they can tell.
	 */
	bool plainly = plain(hw, req), direct = plainly && !by_dom(m);
	struct ims_req masked;
	uint16_t need = (uint16_t)(req->access | IMS_U);
	uint32_t old = IMS_NONE, early = IMS_NONE;

	hw->born = hw->now;
	path->muted = false;
	if ((direct && !hw->bypass &&
	     try_cache(hw, m->iotlb, req, req->ctx, 0, need, 0, a, &old)) ||
	    (__builtin_expect(hw->unit->state.early, 0) && plainly && !hw->bypass &&
	     try_cache(hw, hw->unit->state.early, req, req->ctx, 0, need, 0, a, &early))) {
		/* Whether the fault is silent is said in the structures alone. */
		if (a->fault && m->fault)
			m->path(hw, req, path);
		return !path->muted;
	}
	a->fault = m->path(hw, req, path);
	if (a->fault) {
		a->ats = m->ats_answer(a->fault);
		return !path->muted;
	}
	if (path->stages == IMS_STAGES_ANSWERED) {
		answered(req, path, a);
		return false;
	}
	if (req->kind == IMS_REQ_TRANSLATED && !path->onward) {
		translated(req, a);
		return false;
	}
	if (__builtin_expect(path->masked, 0)) {
		masked = *req;
		masked.addr = path->addr;
		req = &masked;
	}
	path->need = (path->as ? path->need : need) & (uint16_t)~path->deny;
	if (!hw->bypass && !direct && !path->apart &&
	    (path->stages != IMS_STAGES_BYPASS || path->bypass_lg2) &&
	    try_tlb(hw, req, path, a, &old)) {
		if (__builtin_expect(hw->unit->state.conflict, 0) && !hw->may &&
		    conflicts(hw, req, path, a)) {
			conflicted(hw, a);
			return !path->muted;
		}
		if (__builtin_expect(a->fault, 0))
			denied_at(hw, req, path, a);
		a->tables = a->perm;
		a->perm &= (uint16_t)~path->deny;
		return !path->muted;
	}
	if (path->stages == IMS_STAGES_BYPASS)
		pass_through(hw, req, path, old, a);
	else
		walk(hw, req, path, old, a);
	if (path->to_mid)
		a->out = path->stages == IMS_STAGES_NESTED ? a->mid : req->addr;
	a->tables = a->perm;
	a->perm &= (uint16_t)~path->deny;
	return !path->muted;
}

void ims_translate(struct ims_hw *hw, const struct ims_req *req, struct ims_answer *ret_answer)
{
	uint32_t cause = hw->cause;
	struct ims_path path;

	*ret_answer = (struct ims_answer){
		.entry = IMS_NONE, .size_lg2 = 12, .s1_lg2 = 64, .s2_lg2 = 64
	};
	look_up(hw, req);
	ret_answer->event = hw->now;
	ret_answer->born = hw->now;
	hw->stalled = false;
	if (translate(hw, req, &path, ret_answer) && ret_answer->fault && hw->model->fault &&
	    !hw->silent)
		hw->model->fault(hw, req, &path, ret_answer->fault);
	ims_emit(hw, IMS_EV_ANSWER, ret_answer->fault, ret_answer->out, ret_answer->perm,
		 ret_answer->size_lg2, 0);
	hw->cause = cause;
}

void ims_hw_retry(struct ims_hw *hw, const struct ims_req *req)
{
	uint32_t now = hw->now, born = hw->born;
	struct ims_answer a;

	ims_translate(hw, req, &a);
	hw->now = now;
	hw->born = born;
}

uint16_t ims_hw_path(struct ims_hw *hw, const struct ims_req *req, struct ims_path *ret_path)
{
	uint32_t cause = hw->cause, now = hw->now, born = hw->born;
	uint16_t fault;

	look_up(hw, req);
	hw->born = hw->now;
	fault = hw->model->path(hw, req, ret_path);
	hw->cause = cause;
	hw->now = now;
	hw->born = born;
	return fault;
}

void ims_prefetch(struct ims_hw *hw, const struct ims_req *req)
{
	struct ims_path path;

	hw->begins = true;
	ims_hw_path(hw, req, &path);
	hw->begins = false;
}

/* Is there a translation for it already. */
static bool holds(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path)
{
	unsigned cache = tlb_of(hw->model, path);
	uint32_t ctx = by_dom(hw->model) ? path->ctx : req->ctx, dom = dom_of(path);

	return ims_hw_find(hw, cache, req->src, ctx, dom, req->addr) != IMS_NONE ||
	       (path->ctx_global &&
		ims_hw_find(hw, cache, req->src, path->ctx_global, dom, req->addr) != IMS_NONE);
}

void ims_hw_fetch(struct ims_hw *hw, const struct ims_req *req)
{
	const struct ims_model *m = hw->model;
	uint32_t cause = hw->cause, now = hw->now;
	struct ims_answer a = { .size_lg2 = 12 };
	struct ims_req at = *req;
	struct ims_path path;
	struct ims_leaf leaf;

	look_up(hw, req);
	hw->born = hw->now;
	if (!m->path(hw, req, &path) && path.stages != IMS_STAGES_ANSWERED &&
	    path.stages != IMS_STAGES_BYPASS) {
		at.addr = path.masked ? path.addr : req->addr;
		if (!holds(hw, &at, &path) && neighbour(hw, &at, &path, at.addr, &leaf, &a.born) &&
		    !path.apart) {
			a.size_lg2 = fragment_of(hw, &leaf);
			keep_walked(hw, &at, &path, &leaf, IMS_NONE, &a);
		}
	}
	hw->now = now;
	hw->cause = cause;
}

void ims_translate_fresh(struct ims_hw *hw, const struct ims_req *req,
			 struct ims_answer *ret_answer)
{
	struct ims_hw look = *hw;
	struct ims_path path;

	look.bypass = true;
	look.log = NULL;
	look.now = hw->world->time;
	*ret_answer = (struct ims_answer){
		.entry = IMS_NONE, .size_lg2 = 12, .s1_lg2 = 64, .s2_lg2 = 64
	};
	translate(&look, req, &path, ret_answer);
}

uint16_t ims_hw_where(struct ims_hw *hw, const struct ims_req *req, uint64_t *ret_addr)
{
	struct ims_answer a;

	ims_translate_fresh(hw, req, &a);
	*ret_addr = a.out;
	return a.fault;
}
