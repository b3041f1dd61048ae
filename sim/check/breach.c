/* SPDX-License-Identifier: MIT */
/*
 * A device is served from an entry of another root than its own (semantics.md 2.8):
 * the entry is right for whoever it was made for, and what its tag is shared by is not.
 */
#include <string.h>

#include "sim/check/parts.h"

bool chk_other_root(struct chk *c, uint32_t unit, const struct scn_access_now *now,
		    const struct chk_record *r)
{
	const struct ims_req req = chk_request_now(c, unit, now, false);

	return r && !r->kept &&
	       (r->foreign ||
		(!r->outdated &&
		 (r->facts.src != chk_src(c, unit, now) || chk_ctx_of(c, r) != now->ctx)) ||
		chk_reused(c, r, &req));
}

/* What the access went by: the entry, or where that was made in it, what it was made by way of. */
static const struct chk_record *gone_by(const struct chk_record *r,
					const struct ims_access_result *a)
{
	return r->foreign && r->lent && r->fill > a->event ? r->lent : r;
}

/* The device that it had been filled for, and the PASID. */
static uint32_t owner_of(const struct chk *c, const struct chk_record *r, uint32_t *ret_ctx)
{
	const struct chk_record *of = r->foreign && r->lent ? r->lent : r;

	*ret_ctx = chk_ctx_of(c, of);
	return hyp_device_by_rid(c->s.h, r->unit, of->facts.src);
}

static void tell_fill(struct chk *c, struct chk_finding *f, const struct chk_record *r,
		      uint32_t owner)
{
	const struct ims_cache_def *cache = &c->s.model->caches[r->cache];
	const char *name = owner == IMS_NONE || !c->s.scn ?
				   "another device" :
				   g_array_index(c->s.scn->devices, struct scn_device, owner).name;
	g_autofree char *what = cache->where == IMS_WHERE_CONFIG ?
					g_strdup("") :
					g_strdup_printf(" with 0x%" G_GINT64_MODIFIER
							"x -> hpa 0x%" G_GINT64_MODIFIER "x",
							r->facts.in, r->facts.out);

	chk_tell_line(c, f, r->fill, IMS_ACTOR_HARDWARE,
		      g_strdup_printf("fills %s%s%s %s", cache->name, what,
				      r->foreign ? " by way of what was cached for" : " for",
				      name));
}

/* What stands in the entries of both, in the order in which they were written, and the fill. */
static void tell(struct chk *c, struct chk_finding *f, const struct chk_record *by, uint32_t unit,
		 uint32_t owner, uint32_t its_ctx)
{
	uint32_t mine = chk_entry_written(c, NULL, unit, f->dev, f->ctx);
	uint32_t other = owner == IMS_NONE ? 0 : chk_entry_written(c, NULL, unit, owner, its_ctx);

	if (owner != IMS_NONE && other && other < mine)
		chk_entry_written(c, f, unit, owner, its_ctx);
	chk_entry_written(c, f, unit, mine >= other ? f->dev : owner,
			  mine >= other ? f->ctx : its_ctx);
	tell_fill(c, f, by, owner);
}

/* Since when it is so: the entry of either was written. */
static uint32_t since(struct chk *c, const struct chk_record *r, uint32_t unit, uint32_t dev,
		      uint32_t ctx)
{
	uint32_t its_ctx, owner = owner_of(c, r, &its_ctx);
	uint32_t mine = chk_entry_written(c, NULL, unit, dev, ctx);
	uint32_t other = owner == IMS_NONE ? 0 : chk_entry_written(c, NULL, unit, owner, its_ctx);

	return MAX(mine, other);
}

static struct chk_finding *finding(struct chk *c, const struct chk_record *by, uint32_t since_when,
				   uint32_t dev, uint32_t ctx, enum chk_cause cause,
				   const struct chk_fresh *fresh)
{
	struct chk_finding *f = chk_finding_new(c, by, since_when ? since_when : by->fill);

	f->kind = SCN_KIND_BREACH;
	f->dev = dev;
	f->vm = c->s.h->devices[dev].vm;
	f->ctx = ctx;
	f->want = fresh->out;
	f->has_want = fresh->ok;
	f->blame = cause == CHK_CAUSE_SELF_COLLISION ? "guest" : "host";
	f->cause = chk_cause_name(cause);
	return f;
}

void chk_breach(struct chk *c, const struct scn_access_now *now, const struct ims_access_result *a,
		const struct chk_record *r, const struct chk_record *bare,
		const struct chk_fresh *fresh)
{
	uint32_t unit = bare ? bare->unit : chk_unit_of(c, now->dev), its_ctx;
	uint32_t owner = owner_of(c, r, &its_ctx);
	const struct chk_record *by = gone_by(r, a);
	enum chk_cause cause = bare	   ? CHK_CAUSE_SELF_COLLISION :
			       r->outdated ? CHK_CAUSE_TAG_REUSE :
					     CHK_CAUSE_TAG_COLLISION;
	struct chk_finding *f = finding(c, by, since(c, r, unit, now->dev, now->ctx), now->dev,
					now->ctx, cause, fresh);

	f->got = a->out;
	chk_finding_page(f, now->iova);
	if (!chk_finding_stands(c, f))
		return;
	tell(c, f, by, unit, owner, its_ctx);
	chk_tell_use(c, f, by, a->event);
}

bool chk_breach_latent(struct chk *c, const struct chk_record *r, uint32_t dev, uint32_t ctx,
		       enum chk_cause cause, const struct chk_fresh *fresh)
{
	bool own = cause == CHK_CAUSE_SELF_COLLISION;
	uint32_t unit = own ? c->s.h->devices[dev].vm + 1 : r->unit, its_ctx, step;
	uint32_t owner = owner_of(c, r, &its_ctx), when = since(c, r, unit, dev, ctx);
	struct chk_finding *f;

	step = chk_step_of(c, when);
	if (step && !chk_claim_of(c, step))
		return true;
	f = finding(c, r, when, dev, ctx, cause, fresh);
	f->latent = true;
	chk_finding_page(f, r->facts.in);
	if (chk_finding_stands(c, f)) {
		tell(c, f, r, unit, owner, its_ctx);
		chk_tell_use(c, f, r, c->next - 1);
	}
	return false;
}

bool chk_breach_route(struct chk *c, uint32_t unit, uint32_t dev, uint32_t ctx, uint32_t into)
{
	uint32_t when = chk_entry_written(c, NULL, unit, dev, ctx), step = chk_step_of(c, when);
	struct chk_finding *f;

	/* What the setup wrote nobody has changed. */
	if (!step)
		return false;
	if (!chk_claim_of(c, step))
		return true;
	f = chk_lost_new(c, step, dev);
	f->kind = SCN_KIND_BREACH;
	f->where = IMS_WHERE_MAX;
	f->latent = true;
	f->ctx = ctx;
	f->blame = "host";
	f->cause = chk_cause_name(CHK_CAUSE_MISROUTE);
	if (!chk_finding_stands(c, f))
		return false;
	chk_entry_written(c, f, unit, dev, ctx);
	chk_tell_line(
		c, f, c->next - 1, IMS_ACTOR_HARDWARE,
		g_strdup_printf("leads the device into the memory of %s",
				c->s.scn ? g_array_index(c->s.scn->vms, struct scn_vm, into).name :
					   "another VM"));
	return false;
}
