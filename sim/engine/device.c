/* SPDX-License-Identifier: MIT */
/* What a device does: accesses, translation requests, its own cache of their answers. */
#include "sim/core/bits.h"
#include "sim/engine/engine.h"
#include "sim/engine/walker.h"

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
		a->perm &= (uint16_t)~IMS_W;
	a->priv = req->priv && req->ctx != IMS_CTX_NONE;
}

void ims_device_ats(struct ims_hw *hw, const struct ims_req *req, struct ims_answer *ret_answer)
{
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
				.cls = ret_answer->cls,
				.perm = (uint16_t)(ret_answer->perm |
						   (ret_answer->priv ? IMS_PRIV : 0)),
				.size_lg2 = ret_answer->size_lg2,
				.s1_lg2 = ret_answer->s1_lg2,
				.s2_lg2 = ret_answer->s2_lg2 };
	/* The words read, or the entry hit, stand under the look-up. */
	hw->cause = ret_answer->event;
	old = ims_hw_old(hw, hw->model->atc, req->src, req->ctx, 0, req->addr);
	if (old != IMS_NONE)
		ims_replace(hw, hw->model->atc, old);
	ims_fill(hw, hw->model->atc, &e, req->ctx, NULL);
	hw->cause = cause;
}

/* The translated address of @req by the device's own cache, asking on a miss. */
static bool by_atc(struct ims_hw *hw, const struct ims_req *req, struct ims_access_result *ret,
		   bool *ret_untranslated)
{
	struct ims_cache *atc = ims_hw_cache(hw, hw->model->atc);
	uint32_t found = ims_hw_find(hw, hw->model->atc, req->src, req->ctx, 0, req->addr);
	uint16_t priv = req->priv && req->ctx != IMS_CTX_NONE ? IMS_PRIV : 0;
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
	ret->cache = a.cache;
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
			ret->by_ats = true;
			ret->told = ret->out;
			out.kind = IMS_REQ_TRANSLATED;
			out.addr = ret->out;
			out.ctx = IMS_CTX_NONE;
			ims_translate(hw, &out, &a);
			ret->fault = a.fault;
			ret->refused = a.refused;
			if (!a.fault && !a.refused)
				ret->out = a.out;
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
		ret->stalled = hw->stalled;
		ret->out = a.out;
		ret->mid = a.mid;
		ret->leaf_lg2 = a.s1_lg2 < a.s2_lg2 ? a.s1_lg2 : a.s2_lg2;
		ret->entry = a.entry;
		ret->cache = a.cache;
		ret->where = a.hit ? IMS_WHERE_IOTLB : IMS_WHERE_MAX;
	}
	hw->cause = cause;
}

static void forgotten(void *arg, uint32_t number, const struct ims_entry *e)
{
	struct ims_hw *hw = arg;

	(void)e;
	ims_emit(hw, IMS_EV_EVICT, number, hw->model->atc, 0, 0, 0);
}

void ims_device_forget(struct ims_hw *hw, uint32_t src)
{
	const struct ims_sel sel = { .how_src = IMS_EQUAL,
				     .src = src,
				     .classes = IMS_CLASS_ANY,
				     .last = ~UINT64_C(0),
				     .before = UINT32_MAX };

	ims_cache_drop(ims_hw_cache(hw, hw->model->atc), &sel, hw->log ? forgotten : NULL, hw);
}
