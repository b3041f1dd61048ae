/* SPDX-License-Identifier: MIT */
/*
 * A device is served from an entry of another root than its own (semantics.md 2.8):
 * the entry is right for whoever it was made for, and what its tag is shared by is not.
 */
#include <string.h>

#include "sim/check/parts.h"

bool chk_other_root(const struct chk *c, uint32_t unit, const struct scn_access_now *now,
		    const struct chk_record *r)
{
	return r && !r->kept &&
	       (r->foreign || (!r->outdated && (r->facts.src != chk_src(c, unit, now) ||
						chk_ctx_of(c, r) != now->ctx)));
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

void chk_breach(struct chk *c, const struct scn_access_now *now, const struct ims_access_result *a,
		const struct chk_record *r, const struct chk_record *bare,
		const struct chk_fresh *fresh)
{
	uint32_t unit = bare ? bare->unit : chk_unit_of(c, now->dev), its_ctx;
	uint32_t owner = owner_of(c, r, &its_ctx);
	uint32_t mine = chk_entry_written(c, NULL, unit, now->dev, now->ctx);
	uint32_t other = owner == IMS_NONE ? 0 : chk_entry_written(c, NULL, unit, owner, its_ctx);
	uint32_t since = MAX(mine, other);
	const struct chk_record *by = gone_by(r, a);
	struct chk_finding *f = chk_finding_new(c, by, since ? since : r->fill);

	f->kind = SCN_KIND_BREACH;
	f->dev = now->dev;
	f->vm = c->s.h->devices[now->dev].vm;
	f->ctx = now->ctx;
	f->got = a->out;
	f->want = fresh->out;
	f->has_want = fresh->ok;
	f->blame = bare ? "guest" : "host";
	f->cause = chk_cause_name(bare ? CHK_CAUSE_SELF_COLLISION : CHK_CAUSE_TAG_COLLISION);
	chk_finding_page(f, now->iova);
	if (!chk_finding_stands(c, f))
		return;
	if (owner != IMS_NONE && other && other < mine)
		chk_entry_written(c, f, unit, owner, its_ctx);
	chk_entry_written(c, f, unit, mine >= other ? now->dev : owner,
			  mine >= other ? now->ctx : its_ctx);
	tell_fill(c, f, by, owner);
	chk_tell_use(c, f, by, a->event);
}
