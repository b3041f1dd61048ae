/* SPDX-License-Identifier: MIT */
/* From an outdated entry, used or still cached, to a finding. */
#include <string.h>

#include "sim/check/parts.h"

/* ---- what happened to the page ---- */

/* Does a write lead elsewhere than what stood there; rights alone lead nowhere else. */
static bool leads_elsewhere(const struct chk *c, const struct chk_word *w,
			    const struct ims_event *write)
{
	const struct ims_format *f = w->kind >> 8 == 1 ? c->s.model->s1 : c->s.model->s2;

	return ((write->a[1] ^ write->a[2]) & f->addr) || !(write->a[1] & f->present);
}

/* When software made the translation that the entry holds: the newest of the words it was read from. */
static uint32_t made_at(const struct chk *c, const struct chk_record *r)
{
	uint32_t made = 0;

	for (guint i = 0; i < r->words->len; i++) {
		const struct chk_word *w = &g_array_index(r->words, struct chk_word, i);
		const GArray *writes = w->kind ? g_hash_table_lookup(c->writes, &w->pa) : NULL;
		/* Where the guest's tables stand says nothing of the page. */
		if (chk_leads_to_table(c, r, i))
			continue;

		for (guint k = 0; writes && k < writes->len; k++) {
			uint32_t number = g_array_index(writes, uint32_t, k);

			if (number > made && number <= w->read &&
			    leads_elsewhere(c, w, chk_event(c, number)))
				made = number;
		}
	}
	return made;
}

/* When the page was given away, of what was after @after; 0: it was not. */
static uint32_t given_away(const struct chk *c, uint64_t hpa, uint32_t after)
{
	for (guint i = 0; i < c->freed->len; i++) {
		const struct chk_span *s = &g_array_index(c->freed, struct chk_span, i);

		if (s->event > after && hpa >= s->first && hpa <= s->last)
			return s->event;
	}
	return 0;
}

/* ---- collecting ---- */

void chk_finding_page(struct chk_finding *f, uint64_t iova)
{
	uint64_t page = iova & ~UINT64_C(0xfff);
	guint i = f->pages->len;

	while (i && g_array_index(f->pages, uint64_t, i - 1) > page)
		i--;
	if (!i || g_array_index(f->pages, uint64_t, i - 1) != page)
		g_array_insert_val(f->pages, i, page);
	f->iova = g_array_index(f->pages, uint64_t, 0);
}

struct chk_finding *chk_finding_new(struct chk *c, const struct chk_record *r, uint32_t changed_by)
{
	struct chk_finding *f = g_new0(struct chk_finding, 1);
	uint32_t step = chk_step_of(c, changed_by);
	const struct ims_event *e = chk_event(c, step ? step : changed_by);

	f->where = c->s.model->caches[r->cache].where;
	f->line = e->line;
	f->dev = hyp_device_by_rid(c->s.h, r->unit, r->facts.src);
	f->vm = c->s.h->devices[f->dev].vm;
	f->ctx = chk_ctx_of(c, r);
	f->got = r->facts.out;
	f->pages = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	f->misses = g_ptr_array_new();
	f->history = g_ptr_array_new();
	if (c->s.scn && step) {
		const struct scn_step *s = g_ptr_array_index(c->s.scn->steps, e->n);

		f->step = s->text;
	}
	return f;
}

unsigned chk_finding_weight(const struct chk_finding *f)
{
	static const uint8_t kinds[SCN_KIND_MAX] = {
		[SCN_KIND_STALE] = 1,
		[SCN_KIND_TABLE_UAF] = 1,
		[SCN_KIND_STALE_NEGATIVE] = 1,
		[SCN_KIND_EARLY_FREE] = 2,
		[SCN_KIND_STALE_AFTER_REUSE] = 3,
	};

	return (f->latent ? 0u : 16u) + kinds[f->kind] * 4u + f->where;
}

/* A walk step or a configuration structure that nothing used stands for no page in particular. */
static bool has_pages(const struct chk_finding *f)
{
	return !f->latent || f->where == IMS_WHERE_IOTLB || f->where == IMS_WHERE_ATC;
}

bool chk_finding_stands(struct chk *c, struct chk_finding *f)
{
	for (guint i = 0; i < c->findings->len; i++) {
		struct chk_finding *old = g_ptr_array_index(c->findings, i);
		bool graver = chk_finding_weight(f) > chk_finding_weight(old);

		if (old->kind == SCN_KIND_RULE || old->kind == SCN_KIND_ORDER ||
		    (old->kind == SCN_KIND_BREACH) != (f->kind == SCN_KIND_BREACH) ||
		    (old->kind == SCN_KIND_MASKED) != (f->kind == SCN_KIND_MASKED) ||
		    /* What is refused hides nothing of what is let through. */
		    (old->kind == SCN_KIND_STALE_NEGATIVE) !=
			    (f->kind == SCN_KIND_STALE_NEGATIVE) ||
		    old->line != f->line || old->dev != f->dev || old->ctx != f->ctx ||
		    old->step != f->step || strcmp(old->blame, f->blame))
			continue;
		if (graver) {
			c->findings->pdata[i] = f;
			f = old;
			old = g_ptr_array_index(c->findings, i);
		}
		for (guint k = 0; k < f->pages->len && (has_pages(f) || !has_pages(old)); k++)
			chk_finding_page(old, g_array_index(f->pages, uint64_t, k));
		chk_finding_free(f);
		return graver;
	}
	g_ptr_array_add(c->findings, f);
	return true;
}

/* ---- an access ---- */

/* The entry that the access was served from, or that its walk went on from: the outdated one. */
static struct chk_record *served_by(struct chk *c, uint32_t unit, const struct scn_access_now *now,
				    const struct ims_access_result *a)
{
	const GPtrArray *hits = c->hits_of[unit];
	struct chk_record *served;

	if (a->where == IMS_WHERE_ATC)
		return chk_record_at(c, unit, c->s.model->atc, a->entry);
	for (guint i = 0; i < hits->len; i++) {
		struct chk_record *r = g_ptr_array_index(hits, i);

		/* Nothing leads to it any more, and yet it was got at. */
		r->reached |= chk_is_translation(c, r) && !r->asked;
		if (r->dirty || !r->asked)
			chk_judge(c, r);
		/* What the configuration it was found by has become is then no matter. */
		if (r->outdated && chk_is_translation(c, r))
			return r;
	}
	for (guint i = 0; i < hits->len; i++)
		if (((struct chk_record *)g_ptr_array_index(hits, i))->outdated)
			return g_ptr_array_index(hits, i);
	/* What stage 1 keeps for itself may be another's: of the tag's whole, not of this device's. */
	for (guint i = 0; i < hits->len; i++) {
		struct chk_record *r = g_ptr_array_index(hits, i);

		if (c->s.model->caches[r->cache].where == IMS_WHERE_IOTLB && chk_is_step(c, r) &&
		    r->facts.s1_lg2 < 64 && chk_other_root(c, unit, now, r))
			return r;
	}
	if (a->entry == IMS_NONE)
		return NULL;
	/* The steps were sound, and under another root: what was made of them is not. */
	served = chk_record_at(c, unit, a->cache, a->entry);
	if (served && !served->outdated && !served->foreign && !served->kept) {
		served->reached = true;
		chk_judge(c, served);
	}
	return served;
}

struct ims_req chk_request_now(struct chk *c, uint32_t unit, const struct scn_access_now *now,
			       bool by_ats)
{
	return (struct ims_req){ .src = chk_src(c, unit, now),
				 .ctx = now->ctx,
				 .addr = now->iova,
				 .access = now->access,
				 .kind = by_ats ? IMS_REQ_ATS : IMS_REQ_UNTRANSLATED,
				 .priv = now->priv,
				 .zero_length = now->zero_length,
				 .bytes = now->bytes };
}

/* Both oracles on one outcome: would the tables, as they are, have let it happen. */
static bool outcome_stale(struct chk *c, uint32_t unit, const struct scn_access_now *now,
			  const struct ims_access_result *got, struct chk_fresh *ret_fresh)
{
	struct ims_req req = chk_request_now(c, unit, now, got->by_ats);
	uint64_t out = got->by_ats ? got->told : got->out;
	struct ims_answer a;
	bool by_log, by_tables;

	chk_reference(c, unit, &req, ret_fresh);
	by_log = !ret_fresh->ok || ret_fresh->out != out ||
		 ((now->access | IMS_U) & ~ret_fresh->perm);
	ims_translate_fresh(chk_hand_of(c, unit), &req, &a);
	by_tables = (a.fault && !(got->by_ats && a.ats == IMS_ATS_REDUCED)) || a.out != out ||
		    (now->access & ~a.perm);
	if (by_log != by_tables && !c->bug)
		c->bug = g_strdup_printf(
			"the oracles disagree on the access to 0x%" G_GINT64_MODIFIER
			"x on unit %u",
			now->iova, unit);
	return by_log;
}

/* Outdated, but nobody has claimed otherwise and the page is still nobody else's. */
static void count_window(struct chk *c, const struct chk_record *r,
			 const struct ims_access_result *a)
{
	uint64_t page = a->out & ~UINT64_C(0xfff);

	c->window_events++;
	if (a->event - r->changed_by > c->window_longest)
		c->window_longest = a->event - r->changed_by;
	if (!g_hash_table_contains(c->window_pages, &page))
		g_hash_table_add(c->window_pages, g_memdup2(&page, sizeof(page)));
}

struct claim {
	uint32_t claimed; /* event, 0: not yet */
	uint32_t away;	  /* event of giving the page away, 0: it was not */
};

/* What had become by now of the change that made @r outdated, and of the page that @a led to. */
static struct claim claim_now(const struct chk *c, const struct ims_access_result *a,
			      const struct chk_record *r)
{
	uint32_t step = chk_step_of(c, r->changed_by);
	/* A walk step knows nothing of the leaf: what was filled from it does. */
	const struct chk_record *held = a->entry == IMS_NONE || a->where == IMS_WHERE_ATC ?
						r :
						chk_record_at(c, r->unit, a->cache, a->entry);

	return (struct claim){
		.claimed = step ? chk_claim_of(c, step) : r->changed_by,
		.away = given_away(c, a->out, made_at(c, held ? held : r)),
	};
}

/* May it still be used; one that its guest puts off, even when the page is another's by then. */
static bool in_window(const struct chk *c, const struct claim *claim, const struct chk_record *r)
{
	return !claim->claimed && (!claim->away || chk_put_off(c, r->changed_by));
}

static enum scn_kind kind_of(struct chk *c, const struct claim *claim, const struct chk_record *r)
{
	if (claim->claimed && chk_table_freed(c, r))
		return SCN_KIND_TABLE_UAF;
	if (!claim->away)
		return SCN_KIND_STALE;
	/* Who puts off his flushes gives pages away before them. */
	if (claim->claimed && (claim->away > claim->claimed || chk_put_off(c, r->changed_by)))
		return SCN_KIND_STALE_AFTER_REUSE;
	return SCN_KIND_EARLY_FREE;
}

/* Returns true if the use is inside the window of its change. */
static bool judge_use(struct chk *c, const struct scn_access_now *now,
		      const struct ims_access_result *a, const struct chk_record *r,
		      const struct chk_record *bare, const struct chk_fresh *fresh)
{
	struct chk_finding *f;
	struct claim claim;

	if (!r || !r->changed_by) {
		if (!c->bug)
			c->bug = g_strdup_printf("an access to 0x%" G_GINT64_MODIFIER
						 "x is stale and no entry is to "
						 "blame for it",
						 now->iova);
		return false;
	}
	claim = claim_now(c, a, r);
	if (in_window(c, &claim, r)) {
		count_window(c, r, a);
		chk_exposed(c, r, a->out);
		return true;
	}
	f = chk_finding_new(c, r, r->changed_by);
	f->kind = kind_of(c, &claim, r);
	f->dev = now->dev;
	f->ctx = now->ctx;
	f->got = a->out;
	f->want = fresh->out;
	f->has_want = fresh->ok;
	f->blame = bare ? "guest" : "host";
	chk_finding_page(f, now->iova);
	if (chk_finding_stands(c, f)) {
		chk_explain(c, f, r, bare);
		chk_tell_table(c, f, r);
		chk_tell(c, f, r, a->event);
	}
	return false;
}

/* A device's own cache does not tell a privileged request from another: either may have filled it. */
static bool use_stale(struct chk *c, uint32_t unit, const struct scn_access_now *now,
		      const struct ims_access_result *a, struct chk_fresh *ret_fresh)
{
	struct scn_access_now other = *now;

	if (!outcome_stale(c, unit, now, a, ret_fresh))
		return false;
	other.priv = false;
	return !now->priv || a->where != IMS_WHERE_ATC ||
	       outcome_stale(c, unit, &other, a, ret_fresh);
}

/* The guest's own unit would have let it happen too: then it is the guest's fault. */
static struct chk_record *bare_served(struct chk *c, const struct scn_access_now *now,
				      const struct hyp_access *a)
{
	uint32_t unit = c->s.h->devices[now->dev].vm + 1;
	struct chk_fresh ignored;

	if (a->bare.refused || a->bare.fault || !use_stale(c, unit, now, &a->bare, &ignored))
		return NULL;
	return served_by(c, unit, now, &a->bare);
}

/* The physical side is clean. */
static bool hidden(struct chk *c, const struct scn_access_now *now, const struct hyp_access *a)
{
	if (c->masked)
		chk_masked_used(c, now, &a->bare, bare_served(c, now, a));
	return false;
}

bool chk_accessed(struct chk *c, const struct scn_access_now *now, const struct hyp_access *a)
{
	uint32_t unit = c->s.h->devices[now->dev].vm + 1;
	struct chk_record *bare, *r;
	struct chk_fresh fresh;

	chk_advance(c);
	chk_judge_dirty(c);
	c->counts.dma++;
	c->counts.faults += a->phys.refused || a->phys.fault;
	if (a->phys.refused || a->phys.fault)
		return chk_blocked(c, now, &a->phys, &a->bare) || hidden(c, now, a);
	chk_unmarked(c, now, &a->phys);
	if (!use_stale(c, chk_unit_of(c, now->dev), now, &a->phys, &fresh))
		return hidden(c, now, a);
	bare = bare_served(c, now, a);
	r = served_by(c, chk_unit_of(c, now->dev), now, &a->phys);
	if (r && r->kept)
		return false;
	if (chk_other_root(c, chk_unit_of(c, now->dev), now, r)) {
		bare = chk_other_root(c, unit, now, bare) ? bare : NULL;
		chk_breach(c, now, &a->phys, r, bare, &fresh);
		return false;
	}
	/* A large entry serves pages that the bare unit, which holds pieces, was not asked for. */
	if (!bare && r && r->outdated && r->facts.size_lg2 > 12)
		bare = chk_bare_of(c, r);
	return judge_use(c, now, &a->phys, r, bare, &fresh);
}

bool chk_answered(struct chk *c, const struct scn_access_now *now, const struct ims_answer *a)
{
	const struct ims_access_result as_use = { .where = IMS_WHERE_MAX,
						  .entry = a->entry,
						  .out = a->out,
						  .told = a->out,
						  .by_ats = true };
	struct chk_record *r;
	struct chk_fresh fresh;
	struct claim claim;

	chk_advance(c);
	chk_judge_dirty(c);
	if (!outcome_stale(c, chk_unit_of(c, now->dev), now, &as_use, &fresh))
		return false;
	r = served_by(c, chk_unit_of(c, now->dev), now, &as_use);
	if (!r || r->foreign || !r->changed_by)
		return false;
	claim = claim_now(c, &as_use, r);
	return in_window(c, &claim, r);
}

/* ---- entries that are still there ---- */

/*
 * Does hardware still hold a structure by which devices came to things, as it was; @src: of this
 * one; @filled: one that was changed before this event.
 */
static bool old_way_cached(const struct chk *c, uint32_t src, uint32_t filled)
{
	const struct ims_cache_def *caches = c->s.model->caches;

	for (guint i = 0; i < c->outdated->len; i++) {
		const struct chk_record *o = g_ptr_array_index(c->outdated, i);

		if (chk_physical(c, o->unit) && o->live && o->outdated &&
		    (src == IMS_NONE || o->facts.src == src) && o->changed_by < filled &&
		    caches[o->cache].where == IMS_WHERE_CONFIG &&
		    !(caches[o->cache].lookup & IMS_KEY_DOM))
			return true;
	}
	return false;
}

/* What a device holds that may not use it: its entry lets no translated request through. */
static bool shut_out(struct chk *c, const struct chk_record *r)
{
	const struct ims_req req = { .src = r->facts.src,
				     .ctx = IMS_CTX_NONE,
				     .addr = r->facts.out,
				     .access = IMS_R,
				     .kind = IMS_REQ_TRANSLATED };
	struct ims_answer a;

	ims_translate_fresh(chk_hand_of(c, r->unit), &req, &a);
	return (a.fault || a.refused) && !old_way_cached(c, r->facts.src, UINT32_MAX);
}

/*
 * Is it filed under a tag that no structure has, in memory or cached: until the host gives
 * that to another domain, and flushes it then, no request can find the entry.
 */
static bool out_of_reach(struct chk *c, const struct chk_record *r)
{
	const struct ims_cache_def *caches = c->s.model->caches;

	if (r->cache == c->s.model->atc)
		return shut_out(c, r);
	return (caches[r->cache].lookup & IMS_KEY_DOM) &&
	       hyp_tag_unused(c->s.h, r->unit, r->facts.dom) &&
	       !old_way_cached(c, IMS_NONE, UINT32_MAX);
}

static void judge_latent(struct chk *c, struct chk_record *r)
{
	uint32_t step = chk_step_of(c, r->changed_by);
	const struct chk_record *bare;
	struct chk_finding *f;

	/* Once told it stays told: it is the same entry, of the same change, at each wait. */
	if (r->told == r->changed_by || (step && !chk_claim_of(c, step)))
		return;
	if (out_of_reach(c, r))
		return;
	/* Nobody comes by it but whom the tag was given to: that is a breach. */
	if (chk_tag_left(c, r))
		return;
	if (r->facts.perm & IMS_NEGATIVE)
		return; /* it lets nothing through: stale-negative, if anything */
	r->told = r->changed_by;
	f = chk_finding_new(c, r, r->changed_by);
	f->kind = chk_table_freed(c, r) ? SCN_KIND_TABLE_UAF : SCN_KIND_STALE;
	f->latent = true;
	chk_finding_page(f, r->facts.in);
	bare = chk_bare_of(c, r);
	f->blame = bare ? "guest" : "host";
	if (chk_finding_stands(c, f)) {
		chk_explain(c, f, r, bare);
		chk_tell_table(c, f, r);
		chk_tell(c, f, r, c->next - 1);
	}
}

/* What hardware itself has filled by way of a structure that it still holds it can get at again. */
static void reach_by_deeds(struct chk *c)
{
	for (guint i = 0; i < c->records->len; i++) {
		struct chk_record *r = g_ptr_array_index(c->records, i);

		if (!r->live || r->asked || r->outdated || !chk_physical(c, r->unit) ||
		    !chk_is_translation(c, r) || !old_way_cached(c, r->facts.src, r->fill))
			continue;
		r->reached = true;
		chk_judge(c, r);
	}
}

void chk_stepped(struct chk *c)
{
	chk_advance(c);
	chk_judge_dirty(c);
	if (c->deeds)
		reach_by_deeds(c);
	for (guint i = 0; i < c->outdated->len && (c->host_waited || c->waited || c->deeds); i++) {
		struct chk_record *r = g_ptr_array_index(c->outdated, i);
		uint32_t dev = hyp_device_by_rid(c->s.h, r->unit, r->facts.src);
		const struct ims_event *by = chk_event(c, r->changed_by);
		bool guests = by && by->actor == IMS_ACTOR_GUEST;

		if (!chk_physical(c, r->unit) || dev == IMS_NONE || !by)
			continue;
		if (c->deeds ||
		    (guests ? (c->waited & 1u << c->s.h->devices[dev].vm) != 0 : c->host_waited))
			judge_latent(c, r);
	}
	chk_masked_stepped(c);
	if (c->waited || c->host_waited)
		chk_negatives_stepped(c);
	c->waited = 0;
	c->host_waited = false;
	chk_lazy_stepped(c);
	chk_rules_stepped(c);
	chk_collisions_stepped(c);
}

uint32_t chk_outdated(struct chk *c)
{
	uint32_t n = 0;

	chk_advance(c);
	chk_judge_dirty(c);
	for (guint i = 0; i < c->outdated->len; i++)
		n += chk_physical(
			c, ((const struct chk_record *)g_ptr_array_index(c->outdated, i))->unit);
	return n;
}

const char *chk_bug(const struct chk *c)
{
	return c->bug;
}

GPtrArray *chk_findings(struct chk *c)
{
	return c->findings;
}

const struct chk_counts *chk_counts(struct chk *c)
{
	return &c->counts;
}
