/* SPDX-License-Identifier: MIT */
/*
 * Writes that leave no mark: the host tracks what is written through a parent, a device
 * writes, and the leaf that it came through is clean behind it. Either hardware held the leaf
 * as written already, from before the host cleaned it: that is an outdated entry as any
 * other. Or nothing on the request's way asks for marks.
 */
#include "sim/check/rule_parts.h"

const struct ims_prog_rule chk_rule_marked = {
	.name = "writes-not-marked",
	.text = "while a parent's writes are tracked every entry nested on it has them marked",
	.source = "linux/iommufd.h, IOMMU_HWPT_SET_DIRTY_TRACKING"
};

/* Would a walk of the tables as they are have marked it: by what they say of a read. */
static bool tables_mark(struct chk *c, uint32_t unit, const struct scn_access_now *now)
{
	const struct ims_req req = { .src = chk_src(c, unit, now),
				     .ctx = now->ctx,
				     .addr = now->iova,
				     .access = IMS_R,
				     .kind = IMS_REQ_UNTRANSLATED,
				     .priv = now->priv };
	struct ims_answer a;

	ims_translate_fresh(chk_hand_of(c, unit), &req, &a);
	return !a.fault && !(a.perm & IMS_D);
}

/* What served the write as one that is marked already; NULL: nothing that was cached. */
static const struct chk_record *holder(struct chk *c, uint32_t unit,
				       const struct ims_access_result *a)
{
	const GPtrArray *hits = c->hits_of[unit];

	if (a->where == IMS_WHERE_ATC)
		return chk_record_at(c, unit, c->s.model->atc, a->entry);
	for (guint i = 0; i < hits->len; i++) {
		const struct chk_record *r = g_ptr_array_index(hits, i);

		if (!chk_is_step(c, r) && chk_is_translation(c, r))
			return r;
	}
	for (guint i = 0; i < hits->len; i++) {
		const struct chk_record *r = g_ptr_array_index(hits, i);

		if (r->facts.s2_lg2 < 64 && !r->facts.level)
			return r;
	}
	return a->entry == IMS_NONE ? NULL : chk_record_at(c, unit, a->cache, a->entry);
}

/*
 * The host's last store, since the fill, to a word that it is made of: what it cleaned; 0: there
 * is none. When the words were read for it says less: an entry may have come to stand on others.
 */
static uint32_t cleaned_at(const struct chk *c, const struct chk_record *r)
{
	uint32_t newest = 0;

	for (guint i = 0; i < r->words->len; i++) {
		const struct chk_word *w = &g_array_index(r->words, struct chk_word, i);
		const GArray *writes = g_hash_table_lookup(c->writes, &w->pa);

		for (guint k = writes ? writes->len : 0; k-- > 0;) {
			uint32_t number = g_array_index(writes, uint32_t, k);

			if (number <= r->fill)
				break;
			if (chk_event(c, number)->actor != IMS_ACTOR_HOST)
				continue;
			newest = number > newest ? number : newest;
			break;
		}
	}
	return newest;
}

static void told_stale(struct chk *c, const struct scn_access_now *now,
		       const struct ims_access_result *a, const struct chk_record *r,
		       uint32_t cleaned)
{
	struct chk_record as_of = *r;
	struct chk_finding *f = chk_finding_new(c, r, cleaned);

	as_of.changed_by = cleaned;
	f->kind = SCN_KIND_STALE;
	f->unmarked = true;
	f->dev = now->dev;
	f->ctx = now->ctx;
	f->got = a->out;
	f->blame = "host";
	chk_finding_page(f, now->iova);
	if (!chk_finding_stands(c, f))
		return;
	chk_explain(c, f, &as_of, NULL);
	chk_tell(c, f, &as_of, a->event);
	chk_tell_line(c, f, a->event, IMS_ACTOR_HARDWARE,
		      g_strdup("takes the page for written already: the write leaves no mark"));
}

void chk_unmarked(struct chk *c, const struct scn_access_now *now,
		  const struct ims_access_result *a)
{
	uint32_t unit = chk_unit_of(c, now->dev), vm = c->s.h->devices[now->dev].vm, cleaned;
	const struct chk_live l = { .unit = unit, .dev = now->dev, .e = { .ctx = now->ctx } };
	const struct chk_record *r;
	struct chk_finding *f;

	if (!(now->access & IMS_W) || !hyp_parent_tracked(c->s.h, vm) ||
	    hyp_parent_marked(c->s.h, vm, a->mid))
		return;
	r = holder(c, unit, a);
	cleaned = r && tables_mark(c, unit, now) ? cleaned_at(c, r) : 0;
	if (cleaned) {
		told_stale(c, now, a, r, cleaned);
		return;
	}
	f = c->rules ? chk_rule_broken(c, &chk_rule_marked, &l, a->event) : NULL;
	if (f)
		chk_tell_line(c, f, a->event, IMS_ACTOR_DEVICE,
			      g_strdup("writes, and the leaf of stage 2 stays clean"));
}
