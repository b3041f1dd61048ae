/* SPDX-License-Identifier: MIT */
/*
 * Random scenarios, run and judged. Whatever a scenario does, the two oracles agree
 * and two runs tell the same; a guest that leaves the invalidations to its driver
 * and a host that does its own are never found fault with; hardware that forgets
 * shows nothing that hardware that keeps everything does not.
 *
 * test-property-programs SEED [FORM] prints one program of this test and its result.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/check/check.h"
#include "sim/explore/search.h"
#include "sim/view/view.h"
#include "tests/property/programs.h"
#include "tests/run.h"

extern const struct ims_model vtd_model;

#define REQUIRE(cond, ...)                                                                         \
	do {                                                                                       \
		if (!(cond))                                                                       \
			ck_abort_msg(__VA_ARGS__);                                                 \
	} while (0)

/* ---- running ---- */

struct outcome {
	struct scn *scn;
	struct chk_result *result;
	GString *shown;
};

static void run_text(struct outcome *o, const char *text, const struct chk_search *search)
{
	static const char *const vendors[] = { "vtd", NULL };
	g_autoptr(GError) error = NULL;
	struct view_run view = { .file = "random.yaml", .vendor = "vtd" };

	o->scn = scn_load("random.yaml", text, strlen(text), vendors, &error);
	REQUIRE(o->scn, "%s", error->message);
	o->result = chk_run(o->scn, &vtd_model, search);
	o->shown = g_string_new(NULL);
	view.scn = o->scn;
	view.result = o->result;
	view_json(o->shown, &view, 1, 0);
}

static void outcome_clear(struct outcome *o)
{
	chk_result_free(o->result);
	scn_free(o->scn);
	g_string_free(o->shown, TRUE);
}

static bool share_page(const struct chk_finding *a, const struct chk_finding *b)
{
	for (guint i = 0; i < a->pages->len; i++)
		for (guint k = 0; k < b->pages->len; k++)
			if (g_array_index(a->pages, uint64_t, i) ==
			    g_array_index(b->pages, uint64_t, k))
				return true;
	return false;
}

/*
 * Of one change, what comes of it for a device and PASID is told once, as the gravest that shows
 * (semantics.md 2.3): which kind that is depends on what was cached. Where hardware holds on to a
 * translation, the freed table that a step still leads to is not told beside it; where the same
 * translation was evicted, the table is all that there is to tell. So another kind is the same
 * finding, if it is no less grave.
 */
static bool same_outcome(const struct chk_finding *f, const struct chk_finding *want)
{
	static const bool of_change[SCN_KIND_MAX] = { [SCN_KIND_STALE] = true,
						      [SCN_KIND_STALE_AFTER_REUSE] = true,
						      [SCN_KIND_EARLY_FREE] = true,
						      [SCN_KIND_TABLE_UAF] = true };

	return of_change[f->kind] && of_change[want->kind] && f->line == want->line &&
	       f->ctx == want->ctx && chk_finding_weight(f) >= chk_finding_weight(want);
}

/*
 * The same finding. Or one of another change, of the same page: hardware that keeps
 * what it has goes on serving that, where hardware that forgot has what came after.
 */
static bool has_finding(const struct chk_result *r, const struct chk_finding *want)
{
	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(r->findings, i);

		/* Of a rule nothing is told where something came of breaking it. */
		if (want->kind == SCN_KIND_RULE && f->line == want->line)
			return true;
		if (f->dev == want->dev &&
		    ((f->kind == want->kind && f->line == want->line) || same_outcome(f, want) ||
		     (f->ctx == want->ctx && share_page(f, want))))
			return true;
	}
	return false;
}

/* By all that adversarial hardware may do with the program, and not by what it does if nobody looks further. */
static bool found_by_search(const char *text, const struct chk_finding *f)
{
	struct outcome o;
	bool found;

	run_text(&o, text, &xpl_search);
	REQUIRE(!o.result->internal, "searched: %s", o.result->reason);
	found = has_finding(o.result, f);
	outcome_clear(&o);
	return found;
}

/* @text: the program as adversarial hardware ran it, with @all that was found without a search. */
static void against_concrete(uint64_t seed, enum form form, const char *text,
			     const struct chk_result *all)
{
	struct outcome o;
	struct gen g;

	program(&g, seed, form, true);
	run_text(&o, g.text->str, NULL);
	REQUIRE(!o.result->internal, "seed %llu form %d, concrete: %s", (unsigned long long)seed,
		(int)form, o.result->reason);
	/* A large leaf held whole serves pages that nobody asked for before. */
	for (guint i = 0; i < o.result->findings->len && !g.blocks; i++) {
		const struct chk_finding *f = g_ptr_array_index(o.result->findings, i);

		REQUIRE(has_finding(all, f) || found_by_search(text, f),
			"seed %llu form %d: %s of line %u appears on concrete hardware alone",
			(unsigned long long)seed, (int)form, scn_kind_name(f->kind), f->line);
	}
	outcome_clear(&o);
	g_string_free(g.text, TRUE);
}

/* Returns how many findings there are. */
static guint one_program(uint64_t seed, enum form form)
{
	struct outcome o, again;
	struct gen g;
	guint found;

	program(&g, seed, form, false);
	run_text(&o, g.text->str, NULL);
	REQUIRE(!o.result->internal, "seed %llu form %d: %s", (unsigned long long)seed, (int)form,
		o.result->reason);
	REQUIRE(form == WILD || o.result->verdict != CHK_ERROR, "seed %llu form %d: %s",
		(unsigned long long)seed, (int)form, o.result->reason);
	REQUIRE(form != CORRECT || o.result->verdict == CHK_PASS,
		"seed %llu: a correct guest is found fault with: %s", (unsigned long long)seed,
		o.result->reason);
	if (seed % 4 == 0) {
		run_text(&again, g.text->str, NULL);
		REQUIRE(!strcmp(o.shown->str, again.shown->str), "seed %llu: two runs differ",
			(unsigned long long)seed);
		outcome_clear(&again);
	}
	if (form != WILD)
		against_concrete(seed, form, g.text->str, o.result);
	found = o.result->findings->len;
	outcome_clear(&o);
	g_string_free(g.text, TRUE);
	return found;
}

/* Compiled with -DBATCHES=2000 it hunts. */
#ifndef BATCHES
#define BATCHES 6
#endif
enum { BATCH = 25 };

START_TEST(programs)
{
	enum form form = (enum form)(_i % FORMS);
	uint64_t first = (uint64_t)(_i / FORMS) * BATCH;
	guint found = 0;

	for (uint64_t seed = first; seed < first + BATCH; seed++)
		found += one_program(seed, form);
	/* Or the programs are tame, and this test shows nothing. */
	REQUIRE(form == CORRECT ? !found : found > BATCH / 5, "%u findings", found);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("programs");
	TCase *t = tcase_create("property");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, programs, 0, BATCHES * FORMS);
	suite_add_tcase(s, t);
	return s;
}

static int show(uint64_t seed, enum form form)
{
	struct outcome o;
	struct gen g;

	program(&g, seed, form, false);
	fputs(g.text->str, stdout);
	run_text(&o, g.text->str, NULL);
	puts(o.shown->str);
	outcome_clear(&o);
	g_string_free(g.text, TRUE);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return show(strtoull(argv[1], NULL, 10),
			    argc > 2 ? (enum form)(strtoull(argv[2], NULL, 10) % FORMS) : CORRECT);
	return tests_run(suite());
}
