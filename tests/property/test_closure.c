/* SPDX-License-Identifier: MIT */
/*
 * tagged: slow
 * timeout: 1800
 *
 * What may be cached, by closure, against adversarial hardware that moves step by step: the
 * same random programs on both, with the same answers to every request after every step.
 *
 * test-property-closure VENDOR FIRST [LAST] runs the programs of these seeds, and shows the
 * only one, or those that differ; test-property-closure bench times the search.
 */
#include <check.h>

#include "tests/property/closure_pages.h"
#include "tests/property/closure_run.h"
#include "tests/run.h"

enum { REACHED = 20, STATES_FEW = 1 << 12, STATES_MANY = 1 << 15 };

/* ---- random programs ---- */

/* How many programs of each vendor agree in a run: 2,000, and 100,000 of a slow one. */
static const struct share {
	const struct ims_model *model;
	unsigned few, many;
} shares[] = {
	{ &vtd_model, 740, 30000 },
	{ &amdvi_model, 680, 30000 },
	{ &smmuv3_model, 950, 40000 },
};

/* Matches that no program reaches. */
static const struct {
	const char *vendor, *title;
	unsigned match;
	const char *why;
} unreached[] = {
	{ "vtd", "IEC global", 0,
	  "nothing fills the interrupt-entry cache: remapping is not modelled" },
	{ "vtd", "IEC index-selective", 0, "the same" },
	{ "amdvi", "INVALIDATE_IOMMU_PAGES GN=1", 2,
	  "without PASID, under GIOV, a result is filed under PASID 0, which the match before names" },
	{ "amdvi", "INVALIDATE_IOMMU_PAGES GN=1 PDE=1", 2, "the same" },
};

static const char *why_unreached(const struct ims_model *m, const char *title, unsigned match)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(unreached); i++)
		if (!strcmp(unreached[i].vendor, m->name) && !strcmp(unreached[i].title, title) &&
		    unreached[i].match == match)
			return unreached[i].why;
	return NULL;
}

static void show_figures(const char *vendor, const struct figures *f)
{
	printf("%s: %u programs, of which %u too large; %u requests, %u with several answers; "
	       "%.1f records, up to %u states and %u of the closure; %.2f s and %.2f s\n",
	       vendor, f->programs, f->too_large, f->asked, f->several,
	       f->records / (double)f->programs, f->states, f->closure_states, f->explicit_s,
	       f->closure_s);
}

static void show_reached(const struct ims_model *m, const struct figures *f)
{
	for (unsigned r = 0; r < m->rows_count; r++) {
		if (!m->rows[r].match[0].source)
			continue;
		printf("  %-42s", m->rows[r].title);
		for (unsigned i = 0; i < IMS_MATCHES && m->rows[r].match[i].source; i++)
			printf(" %s %u", m->caches[m->rows[r].match[i].cache].name,
			       f->reached[r][i]);
		printf("\n");
	}
}

/* Each often enough to mean something, or it is known why not. */
static void check_reached(const struct ims_model *m, const struct figures *f)
{
	for (unsigned r = 0; r < m->rows_count; r++)
		for (unsigned i = 0; i < IMS_MATCHES && m->rows[r].match[i].source; i++) {
			const char *title = m->rows[r].title;
			unsigned n = f->reached[r][i];

			if (why_unreached(m, title, i))
				REQUIRE(!n, "%s: match %u is reached after all\n", title, i);
			else
				REQUIRE(n >= REACHED, "%s: match %u is reached %u times\n", title,
					i, n);
		}
}

static void run_share(const struct share *share, unsigned count)
{
	struct figures f = { .states_max = STATES_FEW };

	for (uint64_t seed = 1; f.programs - f.too_large < count; seed++) {
		GString *text = g_string_new(NULL);

		REQUIRE(one_program(share->model->name, seed, &f, text), "%s", text->str);
		g_string_free(text, TRUE);
	}
	show_figures(share->model->name, &f);
	show_reached(share->model, &f);
	fflush(stdout);
	check_reached(share->model, &f);
	/* Or the programs are tame, and this test shows nothing. */
	ck_assert_uint_gt(f.several, f.asked / 10);
}

START_TEST(programs)
{
	run_share(&shares[_i], shares[_i].few);
}
END_TEST

START_TEST(many_programs)
{
	run_share(&shares[_i], shares[_i].many);
}
END_TEST

/* ---- programs that once differed ---- */

static struct cp_step store(uint64_t at, uint64_t value)
{
	return (struct cp_step){ .kind = CP_STORE, .at = at, .value = value };
}

static struct cp_step wait_for(unsigned ring)
{
	return (struct cp_step){ .kind = CP_SYNC, .ring = ring };
}

static void play(struct run *r, const struct cp_step *steps, unsigned count)
{
	REQUIRE(compare_all(r), "%s", r->text->str);
	for (unsigned i = 0; i < count; i++) {
		cp_show(&r->w, &steps[i], r->text);
		REQUIRE(take_step(r, &steps[i]), "%stoo large\n", r->text->str);
		REQUIRE(compare_all(r), "%s", r->text->str);
	}
}

/* May a request come out there now. */
static bool may_reach(struct run *r, uint32_t ask, uint64_t out)
{
	struct answers s = { .count = 0 };
	const struct xpl_answer want = { .out = out };

	for (uint32_t i = 0; i < xpl_closure_states(r->c); i++)
		ck_assert(xpl_may_answers(xpl_closure_may(r->c), ask, xpl_closure_held(r->c, i),
					  true, answer_closure, &s));
	return answer_in(&s, &want);
}

/* A world of no particular kind. */
static void plain_world(struct cw *w, const struct ims_model *m)
{
	memset(w, 0, sizeof(*w));
	cw_params(w, m);
	cw_open(w);
	w->hw.unit->walk_caches = w->config.units[0].walk_caches = true;
	w->hw.unit->fragment_lg2 = w->config.units[0].fragment_lg2 = 0;
	w->rings = 2;
}

static void smmu_stage2_ste(struct cw *w, unsigned sid, uint64_t root)
{
	const uint64_t at = CS_STRTAB + sid * 64u;

	cw_word(w, at, 6u << 1 | 1);
	cw_word(w, at + 8, CS_D1);
	cw_word(w, at + 16, CS_D2(5));
	cw_word(w, at + 24, root);
	cw_word(w, root + 8, CS_S2_BLOCK(root == CS_H3 ? CW_OUT : CW_ELSE));
}

static void stage2_world(struct cw *w)
{
	plain_world(w, &smmuv3_model);
	w->hw.unit->root = CS_STRTAB;
	w->hw.unit->state.regs[SMMU_R_STRTAB_BASE_CFG] = 8;
	smmu_derive(&w->hw.unit->state);
	smmu_stage2_ste(w, CS_SID, CS_H3);
}

/* Two streams with one VMID and a root each: either's results serve both, by memory as it is. */
START_TEST(shared_tag)
{
	struct figures f = { .states_max = STATES_MANY };
	struct run r = { .text = g_string_new(NULL), .f = &f };

	stage2_world(&r.w);
	smmu_stage2_ste(&r.w, CS_SID2, CS_I3);
	cw_ask(&r.w, CS_SID, IMS_CTX_NONE, CW_IOVA + 8, IMS_ACCESS_READ, false);
	cw_ask(&r.w, CS_SID2, IMS_CTX_NONE, CW_IOVA + 8, IMS_ACCESS_READ, false);
	begin(&r, XPL_ORDER_VENDOR, false);
	play(&r, NULL, 0);
	for (uint32_t ask = 0; ask < 2; ask++) {
		ck_assert(may_reach(&r, ask, CW_OUT + 8));
		ck_assert(may_reach(&r, ask, CW_ELSE + 8));
	}
	finish(&r);
	g_string_free(r.text, TRUE);
}
END_TEST

/*
 * The ATC is invalidated by one ring, the TLB that it is filled from by another: the first
 * may be done, and the ATC filled again, before the second is.
 */
START_TEST(two_rings)
{
	struct figures f = { .states_max = STATES_MANY };
	struct run r = { .text = g_string_new(NULL), .f = &f };
	struct cp_step steps[5];

	stage2_world(&r.w);
	cw_ask(&r.w, CS_SID, IMS_CTX_NONE, CW_IOVA + 8, IMS_ACCESS_READ, true);
	begin(&r, XPL_ORDER_VENDOR, false);
	steps[0] = store(CS_H3 + 8, 0);
	steps[1] = cp_encoded(&r.w, "ATC_INV", 1,
			      (struct ims_cmd_args){ .src = CS_SID, .last = ~UINT64_C(0) });
	steps[2] = cp_encoded(&r.w, "TLBI_S12_VMALL", 0, (struct ims_cmd_args){ .dom = 5 });
	steps[3] = wait_for(0);
	steps[4] = wait_for(1);
	play(&r, steps, 5);
	ck_assert(may_reach(&r, 0, CW_OUT + 8));
	/* The other way round nothing is left. */
	steps[3] = steps[1];
	play(&r, steps + 3, 2);
	ck_assert(!may_reach(&r, 0, CW_OUT + 8));
	finish(&r);
	g_string_free(r.text, TRUE);
}
END_TEST

enum { OTHER_G2 = 0x34000, OTHER_G3 = 0x35000 };

/* Guest tables of PASID 1: CA_G4, CA_G3 or OTHER_G3, and OTHER_G2 below both. */
static void remade_world(struct cw *w)
{
	const uint64_t at = CA_DEVTAB + CA_DEV * 32u;

	plain_world(w, &amdvi_model);
	w->hw.unit->root = CA_DEVTAB;
	cw_word(w, at, UINT64_C(0x6000000000000003) | UINT64_C(1) << 55);
	cw_word(w, at + 8, UINT64_C(1) << 32 | CA_GCR3 >> 15 << 16 | 0x21);
	cw_word(w, CA_GCR3 + 8, CA_G4 | 1);
	cw_word(w, CA_G4, CA_G3 | 7);
	cw_word(w, CA_G3 + 8, OTHER_G2 | 7);
	cw_word(w, OTHER_G3 + 8, OTHER_G2 | 7);
	cw_word(w, OTHER_G2, CW_OUT | 0x87);
	cw_ask(w, CA_DEV, 1, CW_IOVA + 8, IMS_ACCESS_READ, false);
}

/*
 * What has been read since a command was consumed is dropped by another, and then made again
 * of what is older: the first command drops that, too, if it comes last.
 */
START_TEST(remade)
{
	struct figures f = { .states_max = STATES_MANY };
	struct run r = { .text = g_string_new(NULL), .f = &f };
	struct cp_step steps[6];

	remade_world(&r.w);
	begin(&r, XPL_ORDER_VENDOR, false);
	steps[0] = store(CA_G4, OTHER_G3 | 7);
	steps[1] = cp_encoded(&r.w, "INVALIDATE_IOMMU_PAGES GN=1 PDE=1", 0,
			      (struct ims_cmd_args){ .dom = 0x21, .ctx = 1, .last = ~UINT64_C(0) });
	steps[2] = store(CA_G4, 0);
	steps[3] = cp_encoded(
		&r.w, "INVALIDATE_IOMMU_PAGES GN=0 PDE=1", 0,
		(struct ims_cmd_args){ .dom = 0x21, .first = OTHER_G2, .last = OTHER_G3 | 0xfff });
	steps[4] = wait_for(0);
	steps[5] = store(OTHER_G2, (CW_OUT + CW_GIB) | 0x87);
	play(&r, steps, 6);
	ck_assert(!may_reach(&r, 0, CW_OUT + CW_GIB + 8));
	finish(&r);
	g_string_free(r.text, TRUE);
}
END_TEST

/*
 * What is read while a command waits stays, when it is done at last: an old STE serves until
 * then, for a translation; and the one that was read meanwhile finds that, with the same VMID.
 */
START_TEST(kept_fresh)
{
	struct figures f = { .states_max = STATES_MANY };
	struct run r = { .text = g_string_new(NULL), .f = &f };
	const uint64_t ste = CS_STRTAB + CS_SID * 64u;
	const uint64_t valid = 6u << 1 | 1;
	struct cp_step steps[7];

	stage2_world(&r.w);
	/* An STE that is not valid is not cached. */
	r.w.params[SMMU_K_NEGATIVE] = r.w.hw.unit->state.params[SMMU_K_NEGATIVE] = 0;
	cw_word(&r.w, CS_I3 + 8, CS_S2_BLOCK(CW_ELSE));
	cw_ask(&r.w, CS_SID, IMS_CTX_NONE, CW_IOVA + 8, IMS_ACCESS_READ, false);
	begin(&r, XPL_ORDER_VENDOR, false);
	steps[0] = store(ste, 0);
	steps[1] = cp_encoded(&r.w, "CFGI_STE", 0, (struct ims_cmd_args){ .src = CS_SID });
	steps[2] = store(ste + 24, CS_I3);
	steps[3] = store(ste, valid);
	steps[4] = store(ste, 0);
	steps[5] = store(CS_H3 + 8, CS_S2_BLOCK(CW_OUT + CW_GIB));
	steps[6] = wait_for(0);
	play(&r, steps, 7);
	ck_assert(may_reach(&r, 0, CW_OUT + CW_GIB + 8));
	finish(&r);
	g_string_free(r.text, TRUE);
}
END_TEST

/*
 * A device with an entry that is gone from memory reads a new page, another one with the same
 * DomainID fetches that; then both caches of the unit are emptied at once.
 */
START_TEST(by_two_devices)
{
	struct figures f = { .states_max = STATES_MANY };
	struct run r = { .text = g_string_new(NULL), .f = &f };
	struct cp_step steps[4];

	plain_world(&r.w, &amdvi_model);
	r.w.hw.unit->root = CA_DEVTAB;
	for (unsigned dev = CA_DEV; dev <= CA_DEV2; dev += CA_DEV2 - CA_DEV) {
		uint64_t root = dev == CA_DEV ? CA_H3 : CA_I3;

		cw_word(&r.w, CA_DEVTAB + dev * 32u, UINT64_C(0x6000000000000603) | root);
		cw_word(&r.w, CA_DEVTAB + dev * 32u + 8, UINT64_C(1) << 32 | 0x21);
		cw_word(&r.w, root + 8, CA_PTE(0, dev == CA_DEV ? CW_OUT : CW_ELSE));
	}
	cw_ask(&r.w, CA_DEV, IMS_CTX_NONE, CW_IOVA + 8, IMS_ACCESS_READ, true);
	cw_ask(&r.w, CA_DEV2, IMS_CTX_NONE, CW_IOVA + 8, IMS_ACCESS_READ, false);
	begin(&r, XPL_ORDER_VENDOR, false);
	steps[0] = store(CA_DEVTAB + CA_DEV2 * 32u, 0);
	steps[1] = store(CA_I3 + 8, CA_PTE(0, CW_OUT + CW_GIB));
	steps[2] = cp_encoded(&r.w, "INVALIDATE_IOMMU_ALL", 0, (struct ims_cmd_args){ 0 });
	steps[3] = wait_for(0);
	play(&r, steps, 4);
	ck_assert(may_reach(&r, 0, CW_OUT + CW_GIB + 8));
	finish(&r);
	g_string_free(r.text, TRUE);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("closure");
	TCase *t = tcase_create("by hand"), *random = tcase_create("random"),
	      *slow = tcase_create("slow");

	tcase_add_test(t, shared_tag);
	tcase_add_test(t, two_rings);
	tcase_add_test(t, remade);
	tcase_add_test(t, kept_fresh);
	tcase_add_test(t, by_two_devices);
	suite_add_tcase(s, t);
	tcase_set_timeout(random, 120);
	tcase_add_loop_test(random, programs, 0, G_N_ELEMENTS(shares));
	suite_add_tcase(s, random);
	tcase_set_timeout(slow, 1800);
	tcase_set_tags(slow, "slow");
	tcase_add_loop_test(slow, many_programs, 0, G_N_ELEMENTS(shares));
	suite_add_tcase(s, slow);
	return s;
}

/* ---- how fast ---- */

/* A page is changed, invalidated and waited for, over and over; every page was another once. */
static void time_pages(unsigned pages, unsigned rounds)
{
	struct xpl_closure *c;
	struct xpl_may *m;
	struct cw w;
	double store_s = 0, command_s = 0, from;
	uint64_t version = 1;

	pages_world(&w, &m, &c, pages);
	REQUIRE(xpl_closure_look(c, w.world, version), "%s\n", xpl_closure_trouble(c));
	for (unsigned i = 0; i < pages; i++)
		move_page(&w, i, 0);
	REQUIRE(xpl_closure_look(c, w.world, ++version), "%s\n", xpl_closure_trouble(c));
	for (unsigned n = 0; n < rounds; n++) {
		const struct cp_step s = page_command(&w, n % pages);

		from = seconds();
		xpl_closure_store(c);
		move_page(&w, n % pages, n / pages % 2);
		xpl_closure_look(c, w.world, ++version);
		store_s += seconds() - from;
		from = seconds();
		xpl_closure_command(c, 0, &s.cmd);
		xpl_closure_sync(c, 0);
		command_s += seconds() - from;
	}
	REQUIRE(!xpl_closure_trouble(c), "%s\n", xpl_closure_trouble(c));
	printf("%4u records, %3u requests: %8.0f stores/s, %8.0f commands with their wait/s\n",
	       xpl_may_records(m), pages, rounds / store_s, rounds / command_s);
	close_pages(&w, c);
}

static int bench(void)
{
	time_pages(4, 20000);
	time_pages(48, 2000);
	time_pages(498, 200);
	return 0;
}

/* ---- by hand ---- */

static int by_hand(const char *vendor, uint64_t first, uint64_t last)
{
	struct figures f = { .states_max = first == last ? STATES_MANY : STATES_FEW };
	const struct ims_model *m = NULL;
	int bad = 0;

	for (unsigned i = 0; i < G_N_ELEMENTS(shares); i++)
		if (!strcmp(shares[i].model->name, vendor))
			m = shares[i].model;
	if (!m) {
		fprintf(stderr, "no vendor %s\n", vendor);
		return 2;
	}
	for (uint64_t seed = first; seed <= last; seed++) {
		GString *text = g_string_new(NULL);
		bool same = one_program(vendor, seed, &f, text);

		if (!same || first == last)
			fputs(text->str, stdout);
		bad |= !same;
		g_string_free(text, TRUE);
	}
	show_figures(vendor, &f);
	show_reached(m, &f);
	return bad;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "bench"))
		return bench();
	if (argc > 2)
		return by_hand(argv[1], strtoull(argv[2], NULL, 10),
			       strtoull(argv[argc > 3 ? 3 : 2], NULL, 10));
	return tests_run(suite());
}
