/* SPDX-License-Identifier: MIT */
/* Requests: IOTLB, configuration, tables, as the vendor's look-up allows; ATS and the ATC. */
#include "sim/core/assert.h"
#include "sim/core/bits.h"
#include "sim/engine/engine.h"
#include "sim/engine/cache_parts.h"
#include "sim/engine/walker.h"

static void answer_from(struct ims_hw *hw, uint32_t found, const struct ims_req *req,
			struct ims_answer *a)
{
	struct ims_cache *c = ims_hw_cache(hw, hw->model->iotlb);
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
	a->hit = true;
	a->born = e->born;
	ims_emit(hw, IMS_EV_HIT, found, hw->model->iotlb, 0, 0, 0);
}

/*
 * A cached translation serves the request, permission faults included; but
 * a write needs the dirty bit set first, and only a walk can do that. What was
 * found is known in any case: nothing changes it until the walk is done. In place:
 * most requests waive nothing, and that is known where it is called.
 */
IMS_TEMPLATE bool try_iotlb(struct ims_hw *hw, const struct ims_req *req, uint16_t dom,
			    uint8_t need, uint8_t waive, struct ims_answer *a, uint32_t *ret_found)
{
	struct ims_cache *c = ims_hw_cache(hw, hw->model->iotlb);
	uint32_t found = ims_cache_find(c, req->src, req->ctx, dom, req->addr);
	const struct ims_entry *e;
	uint8_t missing;

	*ret_found = found;
	if (found == IMS_NONE)
		return false;
	e = &ims_cache_entries(c)[found];
	missing = (uint8_t)(need & ~e->perm & ~(waive & IMS_U));
	/* What stage 1 waives, an entry of both stages together cannot tell: only a walk can. */
	if ((missing & waive && !(e->perm & IMS_NEGATIVE)) ||
	    (!missing && (need & IMS_W) && !(e->perm & IMS_D)))
		return false;
	answer_from(hw, found, req, a);
	a->perm |= waive & IMS_U;
	if (missing) {
		a->fault = e->perm & IMS_NEGATIVE ? (uint16_t)e->out :
						    hw->model->denied(hw, req, missing);
		a->ats = a->fault ? hw->model->ats_answer(a->fault) : 0;
		if (!(e->perm & (IMS_R | IMS_W)))
			a->out = a->mid = a->perm = 0;
	}
	return true;
}

/* What a newer answer for the same fragment takes the place of. */
static void replaced(struct ims_hw *hw, unsigned cache, uint32_t number)
{
	ims_emit(hw, IMS_EV_EVICT, number, cache, 0, 0, 0);
	ims_entry_drop(ims_hw_cache(hw, cache), number);
}

/* Puts the result of a walk into the IOTLB, where a look-up before found @old. */
static void keep(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
		 const struct ims_leaf *leaf, uint32_t old, struct ims_answer *a)
{
	struct ims_cache *c = ims_hw_cache(hw, hw->model->iotlb);
	struct ims_entry e = { .in = ims_block_first(req->addr, a->size_lg2),
			       .out = ims_block_first(leaf->out, a->size_lg2),
			       .mid = ims_block_first(leaf->mid, a->size_lg2),
			       .src = req->src,
			       .ctx = req->ctx,
			       .born = a->born,
			       .dom = path->dom,
			       .cls = path->cls,
			       .perm = leaf->perm,
			       .size_lg2 = a->size_lg2,
			       .s1_lg2 = leaf->s1_lg2,
			       .s2_lg2 = leaf->s2_lg2 };

	if (leaf->negative) /* a code is no address */
		e.out = leaf->out;
	if (old != IMS_NONE && ims_cache_entries(c)[old].out == e.out &&
	    ims_cache_entries(c)[old].in == e.in) {
		/* The walk was for the dirty bit alone. */
		ims_cache_entries(c)[old].perm = e.perm;
		a->entry = old;
		return;
	}
	if (old != IMS_NONE)
		replaced(hw, hw->model->iotlb, old);
	a->entry = ims_fill(hw, hw->model->iotlb, &e, path->ctx);
}

static uint8_t fragment_of(const struct ims_hw *hw, const struct ims_leaf *leaf)
{
	uint8_t lg2 = leaf->s1_lg2 < leaf->s2_lg2 ? leaf->s1_lg2 : leaf->s2_lg2;

	if (leaf->fragment_lg2 < lg2)
		lg2 = leaf->fragment_lg2;
	return hw->unit->fragment_lg2 && hw->unit->fragment_lg2 < lg2 ? hw->unit->fragment_lg2 :
									lg2;
}

static void walk(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
		 uint32_t old, struct ims_answer *a)
{
	struct ims_walk_hand hand = { .hw = hw, .path = path, .req = req };
	struct ims_walker w;
	struct ims_leaf leaf;

	/* Not the words: the walker writes those it counts. */
	w.mem = hw->mem;
	w.unit = &hand;
	w.caches = hw->unit->walk_caches && !hw->bypass;
	w.logged = hw->log && !hw->bypass;
	w.update = !hw->bypass && !hw->aloof;
	w.barred = false;
	w.fragment_lg2 = hw->unit->fragment_lg2;
	w.born = hw->born;
	w.words_count = 0;
	leaf = (struct ims_leaf){ .s1_lg2 = 64, .s2_lg2 = 64, .fragment_lg2 = 64 };
	a->fault = hw->model->walk(&w, path, req, &leaf);
	a->born = w.born;
	if (a->fault) {
		a->ats = hw->model->ats_answer(a->fault);
		if (leaf.negative && !hw->bypass)
			keep(hw, req, path, &leaf, old, a);
		if (a->ats != IMS_ATS_REDUCED || !(leaf.grant & (IMS_R | IMS_W)))
			return;
	}
	a->out = leaf.out;
	a->mid = leaf.mid;
	a->perm = leaf.grant | (leaf.perm & (IMS_D | IMS_SNOOP));
	a->s1_lg2 = leaf.s1_lg2;
	a->s2_lg2 = leaf.s2_lg2;
	a->size_lg2 = fragment_of(hw, &leaf);
	if ((leaf.perm & (IMS_R | IMS_W)) && !hw->bypass)
		keep(hw, req, path, &leaf, old, a);
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

	a->out = a->mid = req->addr;
	a->perm = leaf.perm;
	a->born = hw->born;
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
	a->out = req->addr;
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

/* Returns whether a fault is one that the vendor may record. */
static bool translate(struct ims_hw *hw, const struct ims_req *req, struct ims_answer *a)
{
	const struct ims_model *m = hw->model;
	bool by_dom = (m->caches[m->iotlb].lookup & IMS_KEY_DOM) != 0;
	/*
	 * A look-up without the tag needs no configuration structure; whether the
	 * device may ask by ATS, or be privileged, only they can tell.
	 */
	bool direct = !by_dom && plain(hw, req);
	uint8_t need = (uint8_t)(req->access | IMS_U);
	uint32_t old = IMS_NONE;
	struct ims_path path;

	hw->born = hw->now;
	path.muted = false;
	if (direct && !hw->bypass && try_iotlb(hw, req, 0, need, 0, a, &old)) {
		/* Whether the fault is silent is said in the structures alone. */
		if (a->fault && m->fault)
			m->path(hw, req, &path);
		return !path.muted;
	}
	a->fault = m->path(hw, req, &path);
	if (a->fault) {
		a->ats = m->ats_answer(a->fault);
		return !path.muted;
	}
	if (path.stages == IMS_STAGES_ANSWERED) {
		answered(req, &path, a);
		return false;
	}
	if (req->kind == IMS_REQ_TRANSLATED) {
		translated(req, a);
		return false;
	}
	path.need = need;
	if (!hw->bypass && !direct && (path.stages != IMS_STAGES_BYPASS || path.bypass_lg2) &&
	    try_iotlb(hw, req, path.dom, need, path.waive, a, &old))
		return !path.muted;
	if (path.stages == IMS_STAGES_BYPASS)
		pass_through(hw, req, &path, old, a);
	else
		walk(hw, req, &path, old, a);
	return !path.muted;
}

void ims_translate(struct ims_hw *hw, const struct ims_req *req, struct ims_answer *ret_answer)
{
	uint32_t cause = hw->cause;

	*ret_answer = (struct ims_answer){
		.entry = IMS_NONE, .size_lg2 = 12, .s1_lg2 = 64, .s2_lg2 = 64
	};
	hw->now =
		ims_emit(hw, IMS_EV_LOOKUP, req->src, req->addr, req->ctx, req->access, req->kind);
	ret_answer->event = hw->now;
	ret_answer->born = hw->now;
	hw->cause = hw->now;
	if (translate(hw, req, ret_answer) && ret_answer->fault && hw->model->fault)
		hw->model->fault(hw, req, ret_answer->fault);
	ims_emit(hw, IMS_EV_ANSWER, ret_answer->fault, ret_answer->out, ret_answer->perm,
		 ret_answer->size_lg2, 0);
	hw->cause = cause;
}

void ims_prefetch(struct ims_hw *hw, const struct ims_req *req)
{
	uint32_t cause = hw->cause;
	struct ims_path path;

	hw->now =
		ims_emit(hw, IMS_EV_LOOKUP, req->src, req->addr, req->ctx, req->access, req->kind);
	hw->born = hw->now;
	hw->cause = hw->now;
	hw->begins = true;
	hw->model->path(hw, req, &path);
	hw->begins = false;
	hw->cause = cause;
}

void ims_translate_fresh(struct ims_hw *hw, const struct ims_req *req,
			 struct ims_answer *ret_answer)
{
	struct ims_hw look = *hw;

	look.bypass = true;
	look.log = NULL;
	look.now = hw->world->time;
	*ret_answer = (struct ims_answer){
		.entry = IMS_NONE, .size_lg2 = 12, .s1_lg2 = 64, .s2_lg2 = 64
	};
	translate(&look, req, ret_answer);
}

/* The fields of a translation completion: a fault leaves no permission, but what is left of it. */
static void completed(const struct ims_req *req, struct ims_answer *a)
{
	if (a->refused ||
	    (a->fault && (a->ats == IMS_ATS_ABORT || a->ats == IMS_ATS_UNSUPPORTED))) {
		a->perm = 0;
		return;
	}
	if (a->fault && a->ats != IMS_ATS_REDUCED)
		a->perm = 0;
	if (req->no_write)
		a->perm &= (uint8_t)~IMS_W;
	a->priv = req->priv && req->ctx != IMS_CTX_NONE;
}

void ims_device_ats(struct ims_hw *hw, const struct ims_req *req, struct ims_answer *ret_answer)
{
	struct ims_cache *atc = ims_hw_cache(hw, hw->model->atc);
	struct ims_req ats = *req;
	struct ims_entry e;
	uint32_t cause = hw->cause, old;

	/* Unless the unit heeds "no write", both permissions are asked for. */
	ats.kind = IMS_REQ_ATS;
	ats.no_write = req->no_write && hw->unit->state.no_write;
	ats.access = IMS_R | (ats.no_write ? 0 : IMS_W);
	ims_translate(hw, &ats, ret_answer);
	completed(&ats, ret_answer);
	if (!(ret_answer->perm & (IMS_R | IMS_W)) || ret_answer->untranslated)
		return;
	e = (struct ims_entry){ .in = ims_block_first(req->addr, ret_answer->size_lg2),
				.out = ims_block_first(ret_answer->out, ret_answer->size_lg2),
				.mid = ims_block_first(ret_answer->mid, ret_answer->size_lg2),
				.src = req->src,
				.ctx = req->ctx,
				.born = ret_answer->born,
				.perm = (uint8_t)(ret_answer->perm |
						  (ret_answer->priv ? IMS_PRIV : 0)),
				.size_lg2 = ret_answer->size_lg2,
				.s1_lg2 = ret_answer->s1_lg2,
				.s2_lg2 = ret_answer->s2_lg2 };
	/* The words read, or the entry hit, stand under the look-up. */
	hw->cause = ret_answer->event;
	old = ims_cache_find(atc, req->src, req->ctx, 0, req->addr);
	if (old != IMS_NONE)
		replaced(hw, hw->model->atc, old);
	ims_fill(hw, hw->model->atc, &e, req->ctx);
	hw->cause = cause;
}

/* The translated address of @req by the device's own cache, asking on a miss. */
static bool by_atc(struct ims_hw *hw, const struct ims_req *req, struct ims_access_result *ret,
		   bool *ret_untranslated)
{
	struct ims_cache *atc = ims_hw_cache(hw, hw->model->atc);
	uint32_t found = ims_cache_find(atc, req->src, req->ctx, 0, req->addr);
	uint8_t priv = req->priv && req->ctx != IMS_CTX_NONE ? IMS_PRIV : 0;
	struct ims_answer a;
	const struct ims_entry *e = found == IMS_NONE ? NULL : &ims_cache_entries(atc)[found];

	*ret_untranslated = false;
	if (e && !(req->access & ~e->perm) && (e->perm & IMS_PRIV) == priv) {
		ims_cache_touch(atc, found);
		ims_emit(hw, IMS_EV_HIT, found, hw->model->atc, 0, 0, 0);
		ret->where = IMS_WHERE_ATC;
		ret->entry = found;
		ret->out = e->out + (req->addr - e->in);
		ret->mid = e->mid + (req->addr - e->in);
		return true;
	}
	ims_device_ats(hw, req, &a);
	ret->out = a.out;
	ret->mid = a.mid;
	ret->where = a.hit ? IMS_WHERE_IOTLB : IMS_WHERE_MAX;
	ret->entry = a.entry;
	ret->fault = a.fault && a.ats != IMS_ATS_REDUCED ? a.fault : 0;
	ret->refused = ret->fault || (req->access & ~a.perm);
	*ret_untranslated = a.untranslated && !ret->refused;
	return !ret->refused;
}

void ims_device_access(struct ims_hw *hw, uint32_t device, const struct ims_req *req, bool ats,
		       struct ims_access_result *ret)
{
	uint32_t cause = hw->cause;
	struct ims_req out = *req;
	struct ims_answer a;
	bool untranslated = !ats && req->kind != IMS_REQ_TRANSLATED;

	*ret = (struct ims_access_result){ .where = IMS_WHERE_MAX, .entry = IMS_NONE };
	ret->event = ims_emit(hw, IMS_EV_DMA, device, req->addr, req->ctx, req->access, req->src);
	hw->cause = ret->event;
	if (ats) {
		if (by_atc(hw, req, ret, &untranslated) && !untranslated) {
			out.kind = IMS_REQ_TRANSLATED;
			out.addr = ret->out;
			out.ctx = IMS_CTX_NONE;
			ims_translate(hw, &out, &a);
			ret->fault = a.fault;
			ret->refused = a.refused;
		}
	} else if (req->kind == IMS_REQ_TRANSLATED) {
		/* A device that makes up a translated request: the address is the output. */
		ims_translate(hw, &out, &a);
		ret->fault = a.fault;
		ret->refused = a.refused;
		ret->out = a.out;
	}
	if (untranslated) {
		out.kind = IMS_REQ_UNTRANSLATED;
		ims_translate(hw, &out, &a);
		ret->fault = a.fault;
		ret->out = a.out;
		ret->mid = a.mid;
		ret->entry = a.entry;
		ret->where = a.hit ? IMS_WHERE_IOTLB : IMS_WHERE_MAX;
	}
	hw->cause = cause;
}
