/* SPDX-License-Identifier: MIT */
/* From a closure's violation to a finding: the weakest hardware that shows it, run again. */
#include <string.h>

#include "sim/explore/orders.h"
#include "sim/explore/search.h"
#include "sim/explore/token.h"

struct search {
	const struct scn *scn;
	const struct ims_model *model;
	const struct scn_variant *variant;
	struct chk_result *r;
	struct chk_result *plain; /* the run without deeds, judged at claims; NULL: not run yet */
};

static void *begin(const struct scn *scn, struct scn_watch *ret_watch)
{
	struct xpl_watch *w = xpl_watch_new(scn, XPL_POWER_MAX - 1, NULL);

	*ret_watch = (struct scn_watch){ .ctx = w, .before = xpl_watch_before };
	return w;
}

/*
 * Is @f what the violation is about: of this page, or of another that the same step has left
 * behind, which it may be told with.
 */
static bool is_about(const struct chk_finding *f, const struct xpl_violation *v)
{
	if (f->dev != v->ask.dev || f->ctx != v->ask.req.ctx)
		return false;
	if (f->line == v->step->mark.line)
		return true;
	for (guint i = 0; i < f->pages->len; i++)
		if (g_array_index(f->pages, uint64_t, i) == v->ask.req.addr)
			return true;
	return false;
}

/* Is there a finding on the page already. */
static bool told(const struct chk_result *r, const struct xpl_violation *v)
{
	for (guint i = 0; i < r->findings->len; i++)
		if (is_about(g_ptr_array_index(r->findings, i), v))
			return true;
	return false;
}

/* ---- the weakest hardware ---- */

static const struct xpl_violation *same_in(struct xpl_watch *w, const struct xpl_violation *v)
{
	GPtrArray *all = xpl_watch_violations(w);

	for (guint i = 0; i < all->len; i++) {
		const struct xpl_violation *o = g_ptr_array_index(all, i);

		if (o->ask.dev == v->ask.dev && o->ask.req.ctx == v->ask.req.ctx &&
		    o->ask.req.addr == v->ask.req.addr && o->step == v->step)
			return o;
	}
	return NULL;
}

/* The run as a closure of less power sees it; NULL where it could not be run. */
static struct xpl_watch *with_power(const struct scn *scn, const struct ims_model *model,
				    const struct scn_variant *variant, enum xpl_power power)
{
	struct xpl_watch *w = xpl_watch_new(scn, power, NULL);
	struct scn_watch watch = { .ctx = w, .before = xpl_watch_before };
	struct scn_variant v = variant ? *variant : (struct scn_variant){ 0 };

	v.watch = &watch;
	chk_result_free(chk_run_variant(scn, model, &v));
	return w;
}

/* ---- witnesses ---- */

static struct scn_deed deed_of(const struct xpl_watch *w, const struct xpl_violation *v, guint i)
{
	const struct xpl_deed *d = &g_array_index(v->deeds, struct xpl_deed, i);
	const struct xpl_ask *ask = xpl_watch_ask(w, v->unit, d->way.ask);

	if (d->effect)
		return (struct scn_deed){ .at = d->instant,
					  .kind = SCN_DEED_EFFECT,
					  .unit = v->unit,
					  .command = d->command,
					  .ring = d->ring };
	return (struct scn_deed){
		.at = d->instant,
		.kind = SCN_DEED_LOOK,
		.unit = v->unit,
		.look = { .dev = ask->dev,
			  .ctx = ask->req.ctx,
			  .addr = ask->req.addr,
			  .access = ask->req.access,
			  .kind = ask->req.kind,
			  .priv = ask->req.priv,
			  .ats = ask->ats,
			  .choices_count = (uint8_t)d->way.looks,
			  .choices = d->way.choices,
			  /* The last one is what comes of it: all that it brings stays. */
			  .forgets = i + 1 == v->deeds->len ? 0 : ~(UINT64_C(1) << d->way.fills) }
	};
}

static struct scn_deed *deeds_of(const struct xpl_watch *w, const struct xpl_violation *v)
{
	struct scn_deed *all = g_new0(struct scn_deed, v->deeds->len);

	for (guint i = 0; i < v->deeds->len; i++)
		all[i] = deed_of(w, v, i);
	return all;
}

static void add_page(struct chk_finding *f, uint64_t page)
{
	guint i = 0;

	while (i < f->pages->len && g_array_index(f->pages, uint64_t, i) < page)
		i++;
	if (i == f->pages->len || g_array_index(f->pages, uint64_t, i) != page)
		g_array_insert_val(f->pages, i, page);
	f->iova = g_array_index(f->pages, uint64_t, 0);
}

/*
 * Does one stand for it that takes no deeds: of the same change, and no less grave. Of a guest
 * that is to blame there no more is to be said: whose fault the other one is shows when it is mended.
 */
static bool stands_for(const struct chk_finding *o, const struct chk_finding *f)
{
	return !o->deeds && o->line == f->line && o->step == f->step && o->dev == f->dev &&
	       o->ctx == f->ctx && (!strcmp(o->blame, "guest") || !strcmp(o->blame, f->blame)) &&
	       chk_finding_weight(o) >= chk_finding_weight(f);
}

/* Is it told by what there is: by another page of what has been found in a run of another one. */
static bool joins(struct chk_result *r, const struct chk_finding *f)
{
	for (guint i = 0; i < r->findings->len; i++) {
		struct chk_finding *o = g_ptr_array_index(r->findings, i);

		if (stands_for(o, f))
			return true;
		if (o->deeds && o->kind == f->kind && o->latent == f->latent &&
		    o->where == f->where && o->line == f->line && o->step == f->step &&
		    o->dev == f->dev && o->ctx == f->ctx && !strcmp(o->blame, f->blame) &&
		    !g_strcmp0(o->cause, f->cause) && !g_strcmp0(o->rung, f->rung)) {
			for (guint p = 0; p < f->pages->len; p++)
				add_page(o, g_array_index(f->pages, uint64_t, p));
			return true;
		}
	}
	return false;
}

static void internal(struct chk_result *r, const struct xpl_violation *v, const char *why)
{
	r->internal = true;
	r->verdict = CHK_ERROR;
	g_free(r->reason);
	r->reason = g_strdup_printf("internal error: hardware may answer 0x%" G_GINT64_MODIFIER
				    "x with 0x%" G_GINT64_MODIFIER
				    "x after line %u, and the run that is to show it does not (%s)",
				    v->ask.req.addr, v->out, v->step->mark.line, why);
}

/* What a run has found on the page of the violation becomes a finding; false: that is nothing. */
static bool take(struct search *s, struct chk_result *shown, const struct xpl_violation *v,
		 const struct scn_deeds *deeds, const char *rung)
{
	bool found = false;

	for (guint i = 0; i < shown->findings->len;) {
		struct chk_finding *f = g_ptr_array_index(shown->findings, i);

		if (!is_about(f, v)) {
			i++;
			continue;
		}
		found = true;
		f->rung = rung;
		f->searched = true;
		if (deeds && joins(s->r, f)) {
			i++;
			continue;
		}
		if (deeds) {
			f->deeds = g_memdup2(deeds->list, deeds->count * sizeof(*deeds->list));
			f->deeds_count = deeds->count;
		}
		if (s->variant)
			xpl_set_order(f, s->scn, &s->variant->order);
		g_ptr_array_add(s->r->findings, g_ptr_array_steal_index(shown->findings, i));
	}
	if (found)
		chk_possible_or(s->r->possible, shown->possible);
	return found;
}

static struct chk_result *run_with(const struct search *s, const struct scn_deeds *deeds)
{
	struct scn_variant with = s->variant ? *s->variant : (struct scn_variant){ 0 };

	with.watch = NULL;
	with.deeds = deeds;
	with.at_claims = true;
	return chk_run_variant(s->scn, s->model, &with);
}

/*
 * Is it there with nothing done unasked: where nobody waits behind a change, a run says what is left
 * behind only if it is asked.
 */
static bool there_already(struct search *s, const struct xpl_violation *v)
{
	if (!s->plain)
		s->plain = run_with(s, NULL);
	return take(s, s->plain, v, NULL, NULL);
}

/* Runs the witness; what it finds on the page is a finding. */
static void witness(struct search *s, const struct xpl_watch *w, const struct xpl_violation *v,
		    enum xpl_power power)
{
	struct scn_deed *list = deeds_of(w, v);
	const struct scn_deeds deeds = { .list = list, .count = v->deeds->len };
	struct chk_result *shown = run_with(s, &deeds);

	if (!take(s, shown, v, &deeds, xpl_power_name(power)))
		internal(s->r, v, shown->verdict == CHK_ERROR ? shown->reason : "it finds nothing");
	chk_result_free(shown);
	g_free(list);
}

void xpl_show(const struct scn *scn, const struct ims_model *model,
	      const struct scn_variant *variant, struct xpl_watch *full, bool stories,
	      struct chk_result *r)
{
	struct xpl_watch *with[XPL_POWER_MAX] = { NULL };
	GPtrArray *all = xpl_watch_violations(full);
	struct search s = { .scn = scn, .model = model, .variant = variant, .r = r };

	with[XPL_POWER_MAX - 1] = stories ? full : NULL;
	for (guint i = 0; i < all->len && !r->internal; i++) {
		const struct xpl_violation *v = g_ptr_array_index(all, i), *weak = NULL;
		unsigned p = 0;

		if (told(r, v) || there_already(&s, v))
			continue;
		for (; !weak; p++) {
			if (!with[p])
				with[p] = with_power(scn, model, variant, (enum xpl_power)p);
			weak = same_in(with[p], v);
		}
		witness(&s, with[p - 1], weak, (enum xpl_power)(p - 1));
	}
	chk_result_free(s.plain);
	for (unsigned p = 0; p < XPL_POWER_MAX; p++)
		if (with[p] != full)
			xpl_watch_free(with[p]);
}

static void more(void *search, const struct scn *scn, const struct ims_model *model,
		 const struct scn_variant *variant, struct chk_result *r)
{
	struct xpl_watch *full = search;

	r->retentive = xpl_watch_trouble(full) != NULL;
	r->unsearched = g_strdup(xpl_watch_trouble(full));
	xpl_show(scn, model, variant, full, true, r);
	if (scn->actors->len && !r->internal)
		xpl_orders(scn, model, variant, r);
}

static void end(void *search)
{
	xpl_watch_free(search);
}

const struct chk_search xpl_search = {
	.begin = begin, .more = more, .end = end, .token = xpl_token_new
};
