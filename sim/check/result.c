/* SPDX-License-Identifier: MIT */
/* From a run to a verdict: what the file asked for, held against what was found. */
#include <string.h>

#include "sim/check/parts.h"
#include "sim/core/assert.h"

/* Kinds that this program judges; the others are accepted and listed as not judged. */
#define FOUND                                                                                      \
	(1u << SCN_KIND_STALE | 1u << SCN_KIND_STALE_AFTER_REUSE | 1u << SCN_KIND_EARLY_FREE |     \
	 1u << SCN_KIND_ORDER | 1u << SCN_KIND_TABLE_UAF | 1u << SCN_KIND_MASKED |                 \
	 1u << SCN_KIND_STALE_NEGATIVE | 1u << SCN_KIND_RULE | 1u << SCN_KIND_BREACH |             \
	 1u << SCN_KIND_REJECTED | 1u << SCN_KIND_LOST_COMPLETION)
/* Verdicts that this program comes to. */
#define GIVEN  (1u << CHK_PASS | 1u << CHK_FAIL | 1u << CHK_ERROR)
#define JUDGED (FOUND | 1u << SCN_KIND_OVER_INVALIDATION)
/* Judged only where `over:` or a name asks for them, design.md section 6. */
#define ON_REQUEST                                                                                 \
	(1u << SCN_KIND_OVER_INVALIDATION | 1u << SCN_KIND_MASKED | 1u << SCN_KIND_REJECTED)

bool chk_kind_judged(enum scn_kind kind)
{
	return JUDGED & 1u << kind;
}

bool chk_verdict_given(enum chk_verdict v)
{
	return GIVEN & 1u << v;
}

const char *chk_verdict_name(enum chk_verdict v)
{
	static const char *const names[CHK_VERDICT_MAX] = { "pass",	    "fail",    "bounded",
							    "inconclusive", "vacuous", "error" };

	return names[v];
}

const char *chk_field_name(enum chk_field f)
{
	static const char *const names[] = { "level", "dom",  "ctx",   "src", "class",
					     "range", "time", "order", NULL };

	return names[f];
}

static uint32_t never_of(const struct scn_budget *b)
{
	uint32_t never = b->has_never ? b->never :
					((1u << SCN_KIND_MAX) - 1) & ~(uint32_t)ON_REQUEST;

	/* The same and worse: who forbids the one cannot mean to allow the other. */
	if (never & 1u << SCN_KIND_STALE)
		never |= 1u << SCN_KIND_STALE_AFTER_REUSE | 1u << SCN_KIND_TABLE_UAF;
	return never;
}

/* Does a name ask for findings of a kind that are made on request alone. */
static bool asks_for(const struct scn *scn, enum scn_kind kind)
{
	bool asks = never_of(&scn->expect) & 1u << kind;

	for (guint i = 0; i < scn->fail->len; i++)
		asks |= ((const struct scn_fail *)g_ptr_array_index(scn->fail, i))->kind ==
			(int32_t)kind;
	for (guint i = 0; i < scn->steps->len; i++) {
		const struct scn_step *s = g_ptr_array_index(scn->steps, i);

		asks |= s->op == SCN_OP_CHECKPOINT && (never_of(&s->budget) & 1u << kind);
	}
	return asks;
}

/* ---- what a file expects ---- */

const char *chk_power_name(const struct chk_finding *f)
{
	return f->needs ? f->needs : f->rung ? f->rung : "fill-on-access";
}

static bool text_fits(const char *want, const char *got)
{
	return !want || (got && !strcmp(want, got));
}

static bool name_fits(const char *want, const char *vm, const char *got)
{
	g_autofree char *full = NULL;

	if (!want || (got && !strcmp(want, got)))
		return true;
	full = g_strdup_printf("%s.%s", vm, got ? got : "");
	return !strcmp(want, full);
}

static bool page_fits(const struct chk_finding *f, uint64_t iova)
{
	for (guint i = 0; i < f->pages->len; i++)
		if (g_array_index(f->pages, uint64_t, i) == (iova & ~UINT64_C(0xfff)))
			return true;
	return false;
}

static bool fail_fits(const struct scn *scn, const struct scn_fail *want,
		      const struct chk_finding *f)
{
	const char *vm = g_array_index(scn->vms, struct scn_vm, f->vm).name;
	const char *dev = g_array_index(scn->devices, struct scn_device, f->dev).name;

	return (want->kind < 0 || (uint32_t)want->kind == (uint32_t)f->kind) &&
	       text_fits(want->where, chk_where_name(f->where)) &&
	       text_fits(want->power, chk_power_name(f)) && text_fits(want->cause, f->cause) &&
	       (!want->column ||
		(f->columns && g_strv_contains((const gchar *const *)f->columns, want->column))) &&
	       text_fits(want->blame, f->blame) && text_fits(want->vm, vm) &&
	       name_fits(want->device, vm, dev) && (want->line < 0 || want->line == f->line) &&
	       (!want->step || (f->step && strstr(f->step, want->step))) &&
	       (want->pages < 0 || want->pages == f->pages->len) &&
	       (want->latent < 0 || (want->latent != 0) == f->latent) &&
	       (!want->has_pasid || want->pasid == f->ctx) &&
	       (!want->has_iova || page_fits(f, want->iova));
}

/* Every finding is of an expected sort, and every expected sort is there. */
static char *fails_unmet(const struct scn *scn, const struct chk_result *r, uint32_t never)
{
	for (guint i = 0; i < scn->fail->len; i++) {
		const struct scn_fail *want = g_ptr_array_index(scn->fail, i);
		bool met = false;

		for (guint k = 0; k < r->findings->len && !met; k++)
			met = fail_fits(scn, want, g_ptr_array_index(r->findings, k));
		if (!met)
			return g_strdup_printf(
				"line %u: the finding expected by 'fail' is not there%s",
				want->mark.line,
				want->kind >= 0 && !(FOUND & 1u << want->kind) ?
					", nor can it be: no finding is made of that kind" :
					"");
	}
	for (guint k = 0; k < r->findings->len; k++) {
		const struct chk_finding *f = g_ptr_array_index(r->findings, k);
		bool met = !(never & 1u << f->kind);

		for (guint i = 0; i < scn->fail->len && !met; i++)
			met = fail_fits(scn, g_ptr_array_index(scn->fail, i), f);
		if (!met)
			return g_strdup_printf(
				"line %u: a finding (%s) that 'fail' does not expect", f->line,
				scn_kind_name(f->kind));
	}
	return NULL;
}

static char *over_unmet(const struct scn_budget *b, const uint64_t *over)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < SCN_OVER_MAX; i++)
		if (b->has_over[i] && over[i] > b->over[i])
			return g_strdup_printf(
				"over-invalidation (%s): %" G_GUINT64_FORMAT
				" still-correct entries dropped, at most %" G_GUINT64_FORMAT
				" allowed",
				scn_over_name((enum scn_over)i), over[i], b->over[i]);
	for (unsigned i = 0; i < SCN_OVER_MAX; i++)
		sum += i == SCN_OVER_NECESSARY ? 0 : over[i];
	/* Named in 'never', every class of it is: what is necessary is none. */
	if (sum && b->has_never && b->never & 1u << SCN_KIND_OVER_INVALIDATION)
		return g_strdup_printf("over-invalidation: %" G_GUINT64_FORMAT
				       " still-correct entries dropped",
				       sum);
	return NULL;
}

static char *never_unmet(const GPtrArray *findings, uint32_t never)
{
	for (guint i = 0; i < findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(findings, i);

		if (never & 1u << f->kind)
			return g_strdup_printf("%s%s, blame %s", f->latent ? "latent " : "",
					       scn_kind_name(f->kind), f->blame);
	}
	return NULL;
}

/* ---- one run ---- */

struct judge {
	struct chk *chk;
	struct chk_possible *possible;
	char *checkpoint; /* why the first checkpoint that did not hold did not */
};

/* Has the device been served something outdated, before or behind the claim, by now. */
static bool used_stale(const struct judge *j, const struct scn_run *run)
{
	const GPtrArray *findings = j->chk->findings;

	for (guint i = 0; i < findings->len && !run->now.window; i++) {
		const struct chk_finding *f = g_ptr_array_index(findings, i);

		if (!f->latent && f->dev == run->now.dev &&
		    (f->kind == SCN_KIND_STALE || f->kind == SCN_KIND_STALE_AFTER_REUSE ||
		     f->kind == SCN_KIND_EARLY_FREE))
			return true;
	}
	return run->now.window;
}

static void on_access(void *ctx, struct scn_run *run, const struct hyp_access *a)
{
	struct judge *j = ctx;

	run->now.window = chk_accessed(j->chk, &run->now, a);
	chk_possible_access(j->possible, run->now.dev, a, used_stale(j, run));
}

static void on_answer(void *ctx, struct scn_run *run, const struct hyp_ats *a)
{
	struct judge *j = ctx;

	run->now.window = chk_answered(j->chk, &run->now, &a->phys);
	chk_possible_answer(j->possible, run->now.dev, a, used_stale(j, run));
}

static void on_instant(void *ctx, struct scn_run *run, uint32_t number, enum ims_instant instant,
		       struct ims_hw *hw, const uint64_t *words)
{
	const struct scn_watch *w = run->variant.watch;

	(void)ctx;
	w->before(w->ctx, run, number, instant, hw, words);
}

/* What hardware has asked for by itself it may be asked for by a device as well. */
static void see_left(const struct judge *j)
{
	const GPtrArray *findings = j->chk->findings;

	for (guint i = 0; i < findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(findings, i);

		if (f->latent && (f->kind == SCN_KIND_STALE || f->kind == SCN_KIND_TABLE_UAF))
			chk_possible_stale(j->possible, f->dev);
	}
}

static void on_step(void *ctx, struct scn_run *run, const struct scn_step *step)
{
	struct judge *j = ctx;
	char *why;

	(void)run;
	chk_stepped(j->chk);
	if (j->chk->deeds)
		see_left(j);
	if (step->op == SCN_OP_CHECKPOINT)
		chk_possible_checkpoint(j->possible, step->index);
	if (step->op != SCN_OP_CHECKPOINT || j->checkpoint)
		return;
	why = never_unmet(j->chk->findings, never_of(&step->budget));
	if (!why)
		why = over_unmet(&step->budget, chk_over(j->chk));
	if (why)
		j->checkpoint = g_strdup_printf("line %u, checkpoint: %s", step->mark.line, why);
	g_free(why);
}

static struct chk_result *result_new(void)
{
	struct chk_result *r = g_new0(struct chk_result, 1);

	r->findings = g_ptr_array_new();
	return r;
}

/* A broken rule is told only where nothing shows what comes of it. */
static bool witnessed(const struct chk_finding *f, const GPtrArray *findings)
{
	for (guint i = 0; f->kind == SCN_KIND_RULE && i < findings->len; i++) {
		const struct chk_finding *o = g_ptr_array_index(findings, i);

		if (o->kind == SCN_KIND_BREACH && o->line == f->line && o->step == f->step &&
		    !strcmp(o->blame, f->blame))
			return true;
	}
	return false;
}

static void take_result(struct chk_result *r, struct judge *j, const struct scn_run *run)
{
	struct chk *c = j->chk;

	chk_advance(c);
	chk_judge_dirty(c);
	chk_confirm_all(c, NULL, NULL);
	chk_rules_end(c);
	chk_masked_end(c);
	chk_order_end(c);
	chk_hangs(c);
	chk_unanswered(c);
	if (asks_for(run->scn, SCN_KIND_REJECTED))
		chk_refusals(c);
	memcpy(r->over, chk_over(c), sizeof(r->over));
	r->counts = c->counts;
	r->windows.events = c->window_events;
	r->windows.pages = g_hash_table_size(c->window_pages);
	r->windows.longest = c->window_longest;
	r->windows.exposed = g_hash_table_size(c->exposed);
	r->retentive =
		!strcmp(run->scn->hardware, "adversarial"); /* until somebody searches more */
	for (guint i = c->findings->len; i-- > 0;)
		if (witnessed(g_ptr_array_index(c->findings, i), c->findings))
			g_ptr_array_remove_index(c->findings, i);
	/* What has no page cannot be given as a cause. */
	for (guint i = 0; i < c->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(c->findings, i);

		IMS_ASSERT(f->kind == SCN_KIND_RULE || chk_is_cause(f->cause));
	}
	while (c->findings->len)
		g_ptr_array_add(r->findings, g_ptr_array_steal_index(c->findings, 0));
}

/* A finding on the page that an unmet expectation was about tells more than the expectation. */
static bool explained(const struct scn_access_now *at, const struct chk_result *r)
{
	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(r->findings, i);

		if (f->dev == at->dev && f->ctx == at->ctx && page_fits(f, at->iova))
			return true;
	}
	return false;
}

/* The first expectation of a step that did not hold, and that no finding explains. */
static const char *unmet(const struct chk_result *r, const struct scn_run *run)
{
	for (guint i = 0; i < run->unmet_all->len; i++)
		if (!explained(&g_array_index(run->unmet_at, struct scn_access_now, i), r))
			return g_ptr_array_index(run->unmet_all, i);
	return NULL;
}

static char *why_not(const struct chk_result *r, const struct scn_run *run, const char *checkpoint)
{
	const struct scn *scn = run->scn;
	/* Of what comes behind a wait that never returns nothing was run: that is no pass. */
	uint32_t never = never_of(&scn->expect) |
			 (run->h->hung ? 1u << SCN_KIND_LOST_COMPLETION : 0);
	char *why = NULL;

	if (unmet(r, run))
		return g_strdup(unmet(r, run));
	if (r->unmet)
		return g_strdup(r->unmet);
	if (checkpoint)
		return g_strdup(checkpoint);
	why = scn->fail->len ? fails_unmet(scn, r, never) : never_unmet(r->findings, never);
	if (!why)
		why = over_unmet(&scn->expect, r->over);
	if (!why && run->unmet_all->len)
		why = g_strdup(g_ptr_array_index(run->unmet_all, 0));
	if (!why)
		why = chk_possible_unmet(r->possible, scn);
	return why;
}

static void decide(struct chk_result *r, const struct scn_run *run, const char *checkpoint)
{
	r->not_judged = never_of(&run->scn->expect) & ~(uint32_t)JUDGED;
	r->reason = why_not(r, run, checkpoint);
	r->verdict = r->reason ? CHK_FAIL : CHK_PASS;
}

static struct chk_result *run_at(const struct scn *scn, const struct ims_model *model,
				 const struct scn_variant *variant, struct scn_run **ret_run,
				 char **ret_checkpoint)
{
	struct chk_result *r = result_new();
	struct judge j = { 0 };
	g_autoptr(GError) error = NULL;
	struct scn_run *run = scn_run_new(scn, model, variant, &error);
	struct chk_subject subject;

	*ret_run = run;
	*ret_checkpoint = NULL;
	r->verdict = CHK_ERROR;
	if (!run) {
		r->reason = g_strdup(error->message);
		return r;
	}
	subject = (struct chk_subject){ .model = model,
					.h = run->h,
					.world = run->world,
					.config = &run->config,
					.log = &run->log,
					.scn = scn };
	j.chk = chk_new(&subject);
	j.possible = r->possible = chk_possible_new();
	j.chk->masked = asks_for(scn, SCN_KIND_MASKED);
	j.chk->deeds = run->variant.at_claims || (run->variant.deeds && run->variant.deeds->count);
	run->observer = (struct scn_observer){
		.ctx = &j, .accessed = on_access, .answered = on_answer, .stepped = on_step
	};
	if (run->variant.watch)
		run->observer.before = on_instant;
	if (!scn_run_steps(run, &error)) {
		r->reason = g_strdup(error->message);
	} else {
		take_result(r, &j, run);
		r->guest_queues = run->h->queues_made;
		if (run->variant.order.list && unmet(r, run))
			r->unmet = g_strdup_printf("%s (in another order of the actors)",
						   unmet(r, run));
		r->verdict = CHK_PASS;
	}
	if (chk_bug(j.chk)) {
		r->internal = true;
		r->verdict = CHK_ERROR;
		g_free(r->reason);
		r->reason = g_strdup(chk_bug(j.chk));
	}
	*ret_checkpoint = j.checkpoint;
	chk_free(j.chk);
	return r;
}

struct chk_result *chk_run_variant(const struct scn *scn, const struct ims_model *model,
				   const struct scn_variant *variant)
{
	struct scn_run *run;
	char *checkpoint;
	struct chk_result *r = run_at(scn, model, variant, &run, &checkpoint);

	g_free(checkpoint);
	scn_run_free(run);
	return r;
}

bool chk_found_again(const struct chk_result *r, const struct chk_finding *f, bool blame)
{
	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *o = g_ptr_array_index(r->findings, i);

		if (o->kind == f->kind && o->latent == f->latent && o->line == f->line &&
		    o->step == f->step && o->vm == f->vm && o->dev == f->dev && o->ctx == f->ctx &&
		    o->rule == f->rule && (!blame || !strcmp(o->blame, f->blame)))
			return true;
	}
	return false;
}

void chk_take_internal(struct chk_result *full, const struct chk_result *r)
{
	if (!r->internal || full->internal)
		return;
	full->internal = true;
	full->verdict = CHK_ERROR;
	g_free(full->reason);
	full->reason = g_strdup(r->reason);
}

struct chk_result *chk_run_deeds(const struct scn *scn, const struct ims_model *model,
				 const struct scn_deeds *deeds, chk_see_fn *see, void *arg)
{
	struct scn_variant variant = { .deeds = deeds,
				       .order = deeds ? deeds->order :
							(struct scn_order_taken){ 0 } };
	struct scn_run *run;
	char *checkpoint;
	struct chk_result *r = run_at(scn, model, &variant, &run, &checkpoint);

	/* What a search has found where nobody waits is found again as it was. */
	if (r->verdict != CHK_ERROR && !r->findings->len) {
		chk_result_free(r);
		g_free(checkpoint);
		scn_run_free(run);
		variant.at_claims = true;
		r = run_at(scn, model, &variant, &run, &checkpoint);
	}
	if (deeds && deeds->count)
		r->retentive = false;
	if (r->verdict != CHK_ERROR)
		decide(r, run, checkpoint);
	if (run && see)
		see(arg, run);
	g_free(checkpoint);
	scn_run_free(run);
	return r;
}

/* A run, and what else hardware could make of it. */
static struct chk_result *searched(const struct scn *scn, const struct ims_model *model,
				   const struct scn_variant *variant,
				   const struct chk_search *search, struct scn_run **ret_run,
				   char **ret_checkpoint)
{
	struct scn_variant v = variant ? *variant : (struct scn_variant){ 0 };
	struct scn_watch watch;
	struct chk_result *r;
	void *s;

	if (!search || strcmp(scn->hardware, "adversarial"))
		return run_at(scn, model, variant, ret_run, ret_checkpoint);
	s = search->begin(scn, &watch);
	v.watch = &watch;
	r = run_at(scn, model, &v, ret_run, ret_checkpoint);
	if (r->verdict != CHK_ERROR)
		search->more(s, scn, model, variant, r);
	search->end(s);
	return r;
}

struct chk_result *chk_again(const struct scn *scn, const struct ims_model *model,
			     const struct scn_variant *variant, const struct chk_search *search)
{
	struct scn_run *run;
	char *checkpoint;
	struct chk_result *r = searched(scn, model, variant, search, &run, &checkpoint);

	g_free(checkpoint);
	scn_run_free(run);
	return r;
}

/* Does a finding take more than one run to be found. */
static bool any_searched(const struct chk_result *r)
{
	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(r->findings, i);

		if (f->searched || f->order)
			return true;
	}
	return false;
}

static void name_runs(const struct scn *scn, const struct ims_model *model,
		      const struct chk_search *search, struct chk_result *r)
{
	for (guint i = 0; search && i < r->findings->len; i++) {
		struct chk_finding *f = g_ptr_array_index(r->findings, i);
		const struct scn_deeds deeds = { .list = f->deeds,
						 .count = f->deeds_count,
						 .order = { .list = f->order,
							    .count = f->order_count } };

		f->token = search->token(scn, model, &deeds);
	}
}

struct chk_result *chk_run(const struct scn *scn, const struct ims_model *model,
			   const struct chk_search *search)
{
	struct scn_run *run;
	char *checkpoint;
	struct chk_result *r = searched(scn, model, NULL, search, &run, &checkpoint);
	const struct chk_search *again = any_searched(r) ? search : NULL;

	if (r->verdict != CHK_ERROR)
		chk_powers(scn, model, again, r);
	if (r->verdict != CHK_ERROR)
		chk_columns(scn, model, again, r);
	if (r->verdict != CHK_ERROR)
		chk_masks(scn, model, r);
	if (r->verdict != CHK_ERROR)
		chk_queues(scn, model, again, r);
	if (r->verdict != CHK_ERROR)
		chk_repairs(scn, model, again, r);
	name_runs(scn, model, search, r);
	if (r->verdict != CHK_ERROR)
		decide(r, run, checkpoint);
	IMS_ASSERT(chk_verdict_given(r->verdict));
	g_free(checkpoint);
	scn_run_free(run);
	return r;
}

void chk_result_free(struct chk_result *r)
{
	if (!r)
		return;
	for (guint i = 0; i < r->findings->len; i++)
		chk_finding_free(g_ptr_array_index(r->findings, i));
	g_ptr_array_unref(r->findings);
	g_free(r->unsearched);
	g_free(r->unmet);
	chk_possible_free(r->possible);
	g_free(r->reason);
	g_free(r);
}
