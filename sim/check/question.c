/* SPDX-License-Identifier: MIT */
/*
 * What is asked about an entry, of either oracle: by whom, for which address. The answers
 * share nothing: judge.c has the one that the log gives, rewalk.c that of the tables.
 */
#include "sim/check/parts.h"

bool chk_is_step(const struct chk *c, const struct chk_record *r)
{
	const struct ims_cache_def *def = &c->s.model->caches[r->cache];
	bool first_alone = c->s.model->s1_class >> r->facts.cls & 1;

	if (def->where == IMS_WHERE_WALK || def->stage)
		return true;
	return def->where == IMS_WHERE_IOTLB && r->facts.s1_lg2 < 64 && r->facts.s2_lg2 == 64 &&
	       !first_alone;
}

bool chk_is_translation(const struct chk *c, const struct chk_record *r)
{
	uint8_t where = c->s.model->caches[r->cache].where;

	return (where == IMS_WHERE_IOTLB || where == IMS_WHERE_ATC) && !chk_is_step(c, r);
}

struct ims_req chk_request_of(const struct chk *c, const struct chk_record *r)
{
	return (struct ims_req){
		.src = r->facts.src,
		.ctx = chk_ctx_of(c, r),
		.addr = r->facts.in,
		/* What it does not grant is not asked: a walk may end where that is missing. */
		.access = r->facts.perm & IMS_R ? IMS_ACCESS_READ : IMS_ACCESS_WRITE,
		/* What a device keeps is what ATS has answered. */
		.kind = c->s.model->caches[r->cache].where == IMS_WHERE_ATC ? IMS_REQ_ATS :
									      IMS_REQ_UNTRANSLATED,
		/* One that no unprivileged request may use was made for another. */
		.priv = (r->facts.perm & IMS_PRIV) || !(r->facts.perm & IMS_U)
	};
}

/* Does a requester's configuration file its translations where @r is filed. */
static bool files_there(const struct chk *c, const struct chk_record *r, const struct ims_hw *hand,
			uint32_t src, uint32_t ctx)
{
	const struct ims_req req = {
		.src = src, .ctx = ctx, .addr = r->facts.in, .access = IMS_ACCESS_READ
	};
	struct ims_hw look = *hand;
	struct ims_path path;

	look.bypass = true;
	look.log = NULL;
	return !c->s.model->path(&look, &req, &path) && path.dom == r->facts.dom &&
	       path.cls == r->facts.cls &&
	       (path.ctx == r->filed_ctx || (path.ctx_global && path.ctx_global == r->filed_ctx));
}

bool chk_find_requester(const struct chk *c, const struct chk_record *r, const struct ims_hw *hand,
			struct ims_req *req)
{
	const struct ims_cache_def *cache = &c->s.model->caches[r->cache];
	const struct hyp *h = c->s.h;

	if (cache->where != IMS_WHERE_IOTLB || !(cache->lookup & IMS_KEY_DOM) ||
	    files_there(c, r, hand, req->src, req->ctx))
		return true;
	for (uint32_t i = 0; i < h->guest_at.count; i++) {
		const struct hyp_attachment *a = &h->guest_at.at[i];
		const struct hyp_device *d = &h->devices[a->dev];

		if (chk_physical(c, r->unit) ? chk_unit_of(c, a->dev) != r->unit :
					       d->vm != r->unit - 1)
			continue;
		if (!files_there(c, r, hand, chk_rid(c, r->unit, a->dev), a->ctx))
			continue;
		req->src = chk_rid(c, r->unit, a->dev);
		req->ctx = a->ctx;
		return true;
	}
	return r->reached;
}

void *chk_grow_log(void *old, size_t bytes)
{
	return g_realloc(old, bytes);
}

void chk_forget_all(struct ims_hw *hw)
{
	static const struct ims_sel all = { .classes = IMS_CLASS_ANY, .before = UINT32_MAX };

	for (unsigned i = 0; i < hw->model->caches_count; i++)
		ims_cache_drop(ims_hw_cache(hw, i), &all, NULL, NULL);
	hw->unit->fetch.count = 0;
}

void chk_trace(struct ims_hw *hw)
{
	chk_forget_all(hw);
	hw->log->first = hw->world->time + 1;
	hw->log->count = 0;
	hw->aloof = true;
}

uint64_t chk_told_by_one(const struct chk_record *r)
{
	unsigned lg2 = MIN(r->facts.size_lg2, MIN(r->facts.s1_lg2, r->facts.s2_lg2));

	return lg2 >= 64 ? 0 : UINT64_C(1) << lg2;
}

bool chk_told_at_once(const struct chk_record *r)
{
	return !chk_told_by_one(r) || r->facts.size_lg2 >= 64 ||
	       chk_told_by_one(r) >> r->facts.size_lg2;
}

const char *chk_stand_name(enum chk_stand s)
{
	static const char *const names[CHK_STAND_MAX] = {
		"current", "granting too much", "leading elsewhere", "gone",	   "changed",
		"kept",	   "another root's",	"asked by nobody",   "not judged",
	};

	return names[s];
}
