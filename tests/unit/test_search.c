/* SPDX-License-Identifier: MIT */
/*
 * timeout: 600
 *
 * The search over what hardware may do: which rung of the ladder shows what, what cannot be searched
 * says so, and a violation that its own run does not show is a bug of this program, said as one.
 */
#include <string.h>

#include "sim/explore/search.h"
#include "sim/explore/watch.h"
#include "tests/run.h"

extern const struct ims_model vtd_model, amdvi_model, smmuv3_model;
static const char *const names[] = { "vtd", "amdvi", "smmuv3", NULL };

#define SCENARIOS IMS_SOURCE_DIR "/scenarios/"

static const struct ims_model *model_of(const char *name)
{
	static const struct ims_model *const models[] = { &vtd_model, &amdvi_model, &smmuv3_model };
	unsigned i = 0;

	while (strcmp(names[i], name))
		i++;
	return models[i];
}

static struct scn *load(const char *file, const char *text)
{
	GError *error = NULL;
	struct scn *scn = scn_load(file, text, text ? strlen(text) : 0, names, &error);

	ck_assert_msg(scn, "%s", error ? error->message : "");
	return scn;
}

/* ---- rungs ---- */

/* How many violations a run has on hardware of this power. */
static unsigned violations(const struct scn *scn, const struct ims_model *m, enum xpl_power power)
{
	struct xpl_watch *w = xpl_watch_new(scn, power, NULL);
	const struct scn_watch watch = { .ctx = w, .before = xpl_watch_before };
	const struct scn_variant variant = { .watch = &watch };
	GPtrArray *all = xpl_watch_violations(w);
	unsigned count;

	chk_result_free(chk_run_variant(scn, m, &variant));
	ck_assert_msg(!xpl_watch_trouble(w), "%s", xpl_watch_trouble(w));
	count = all->len;
	for (guint i = 0; i < count; i++) {
		const struct xpl_violation *v = g_ptr_array_index(all, i);
		uint32_t at = 0;

		/* Its deeds are in order, and the last one is the request itself. */
		for (guint d = 0; d < v->deeds->len; d++) {
			const struct xpl_deed *deed = &g_array_index(v->deeds, struct xpl_deed, d);

			ck_assert_uint_ge(deed->instant, at);
			at = deed->instant;
		}
		ck_assert(!g_array_index(v->deeds, struct xpl_deed, v->deeds->len - 1).effect);
	}
	xpl_watch_free(w);
	return count;
}

static const struct rung {
	const char *file, *vendor;
	enum xpl_power from; /* XPL_POWER_MAX: never */
} rungs[] = {
	{ "common/found-by-prefetch.yaml", "vtd", XPL_POWER_PREFETCH },
	{ "common/found-by-prefetch.yaml", "amdvi", XPL_POWER_PREFETCH },
	{ "common/found-by-prefetch.yaml", "smmuv3", XPL_POWER_PREFETCH },
	{ "common/found-by-prefetch-kept.yaml", "vtd", XPL_POWER_MAX },
	{ "common/found-by-prefetch-kept.yaml", "amdvi", XPL_POWER_MAX },
	{ "common/found-by-prefetch-kept.yaml", "smmuv3", XPL_POWER_MAX },
	{ "vtd/found-by-walk-caches.yaml", "vtd", XPL_POWER_WALKS },
	{ "vtd/found-by-walk-caches-kept.yaml", "vtd", XPL_POWER_MAX },
	{ "smmuv3/found-by-walk-caches.yaml", "smmuv3", XPL_POWER_WALKS },
	{ "smmuv3/found-by-walk-caches-kept.yaml", "smmuv3", XPL_POWER_MAX },
	{ "smmuv3/found-by-reorder.yaml", "smmuv3", XPL_POWER_REORDER },
	{ "smmuv3/found-by-reorder-kept.yaml", "smmuv3", XPL_POWER_MAX },
	{ "amdvi/found-by-reorder.yaml", "amdvi", XPL_POWER_REORDER },
	{ "amdvi/found-by-reorder-kept.yaml", "amdvi", XPL_POWER_MAX },
};

START_TEST(from_each_rung)
{
	const struct rung *row = &rungs[_i];
	g_autofree char *file = g_strconcat(SCENARIOS, row->file, NULL);
	struct scn *scn = load(file, NULL);
	const struct ims_model *m = model_of(row->vendor);
	struct chk_result *r = chk_run(scn, m, &xpl_search);

	for (unsigned p = 0; p < XPL_POWER_MAX; p++)
		ck_assert_msg((violations(scn, m, (enum xpl_power)p) != 0) == (p >= row->from),
			      "%s with %s", row->file, xpl_power_name((enum xpl_power)p));
	ck_assert_msg(r->verdict == CHK_PASS, "%s", r->reason);
	ck_assert(!r->retentive && !r->unsearched);
	ck_assert_uint_eq(r->findings->len, row->from < XPL_POWER_MAX);
	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(r->findings, i);

		ck_assert_str_eq(chk_power_name(f), xpl_power_name(row->from));
		ck_assert_ptr_nonnull(f->token);
		ck_assert_uint_gt(f->deeds_count, 0);
	}
	chk_result_free(r);
	scn_free(scn);
}
END_TEST

/* A command that names something else takes nothing away. */
START_TEST(what_names_something_else)
{
	static const char *const files[] = { "seed/nested-unmap-wrong-page.yaml",
					     "amdvi/nested-unmap-wrong-page.yaml",
					     "smmuv3/nested-unmap-wrong-page.yaml" };
	g_autofree char *file = g_strconcat(SCENARIOS, files[_i], NULL);
	struct scn *scn = load(file, NULL);

	ck_assert_uint_gt(violations(scn, model_of(names[_i]), XPL_POWER_PREFETCH), 0);
	scn_free(scn);
}
END_TEST

/* Where nobody waits behind a change the run as it is says what is left, and no deed is needed. */
START_TEST(what_nobody_waits_for)
{
	static const char text[] =
		"scenario: nobody-waits\n"
		"story: The page is cached, unmapped, and never invalidated nor used again.\n"
		"refs: [\"mail 2023-12-09\"]\n"
		"vendors: [vtd, amdvi, smmuv3]\n"
		"vms: {vm0: {memory: 64M, devices: {nic: {vrid: \"01:00.0\"}}, spaces: [rx]}}\n"
		"steps:\n"
		"  - attach: {dev: nic, space: rx}\n"
		"  - map:    {space: rx, iova: 0x10000, size: 4K, gpa: buf0}\n"
		"  - dma:    {dev: nic, iova: 0x10000, access: read}\n"
		"  - unmap:  {space: rx, iova: 0x10000, size: 4K, invalidate: none}\n";
	struct scn *scn = load("text", text);
	struct chk_result *r = chk_run(scn, model_of(names[_i]), &xpl_search);
	const struct chk_finding *f;

	ck_assert_int_eq(r->verdict, CHK_FAIL);
	ck_assert_uint_eq(r->findings->len, 1);
	f = g_ptr_array_index(r->findings, 0);
	ck_assert_int_eq(f->kind, SCN_KIND_STALE);
	ck_assert_str_eq(chk_power_name(f), "fill-on-access");
	ck_assert_str_eq(f->blame, "guest");
	ck_assert_ptr_null(f->deeds);
	chk_result_free(r);
	scn_free(scn);
}
END_TEST

/* ---- witnesses that show nothing ---- */

/* What takes all deeds but the last one from each violation. */
static void more_without_deeds(void *search, const struct scn *scn, const struct ims_model *model,
			       const struct scn_variant *variant, struct chk_result *r)
{
	GPtrArray *all = xpl_watch_violations(search);

	for (guint i = 0; i < all->len; i++) {
		const struct xpl_violation *v = g_ptr_array_index(all, i);

		ck_assert_uint_gt(v->deeds->len, 1);
		g_array_remove_range(v->deeds, 0, v->deeds->len - 1);
	}
	xpl_search.more(search, scn, model, variant, r);
}

START_TEST(a_witness_that_shows_nothing)
{
	struct chk_search lame = xpl_search;
	struct scn *scn = load(SCENARIOS "smmuv3/found-by-reorder.yaml", NULL);
	struct chk_result *r;

	lame.more = more_without_deeds;
	r = chk_run(scn, &smmuv3_model, &lame);
	ck_assert(r->internal);
	ck_assert_int_eq(r->verdict, CHK_ERROR);
	ck_assert_msg(strstr(r->reason, "internal error: hardware may answer 0x10000 with ") &&
			      strstr(r->reason, "and the run that is to show it does not"),
		      "%s", r->reason);
	chk_result_free(r);
	scn_free(scn);
}
END_TEST

/* ---- what is not searched ---- */

#define HEAD                                                                                       \
	"scenario: beyond\nstory: Too much for a search.\nrefs: [\"mail 2023-12-09\"]\n"           \
	"vendors: [amdvi]\n"

static void not_searched(const char *text, const char *why)
{
	struct scn *scn = load("text", text);
	struct chk_result *r = chk_run(scn, &amdvi_model, &xpl_search);

	ck_assert_msg(r->verdict != CHK_ERROR, "%s", r->reason);
	ck_assert(r->retentive);
	ck_assert_ptr_nonnull(r->unsearched);
	ck_assert_msg(strstr(r->unsearched, why), "%s: %s", why, r->unsearched);
	chk_result_free(r);
	scn_free(scn);
}

START_TEST(too_many_requests)
{
	g_autoptr(GString) s = g_string_new(
		HEAD
		"vms: {vm0: {memory: 64M, devices: {nic: {vrid: \"01:00.0\", ats: on}}, spaces: [rx]}}\n"
		"steps:\n"
		"  - attach: {dev: nic, space: rx}\n");

	for (unsigned i = 0; i < XPL_ASKS / 4 + 1; i++)
		g_string_append_printf(s, "  - map: {space: rx, iova: 0x%x, size: 4K, gpa: buf0}\n",
				       i << 12);
	not_searched(s->str, "devices may ask for more pages than can be searched");
}
END_TEST

START_TEST(too_many_commands)
{
	g_autoptr(GString) s = g_string_new(
		HEAD
		"host: bare-metal\n"
		"vms: {machine: {memory: 64M, devices: {nic: {vrid: \"01:00.0\"}}, spaces: [rx]}}\n"
		"steps:\n"
		"  - attach: {dev: nic, space: rx}\n"
		"  - map: {space: rx, iova: 0x100000, size: 4K, gpa: buf0}\n");

	for (unsigned i = 0; i <= XPL_PENDING; i++)
		g_string_append(s, "  - cmd: {name: INVALIDATE_IOMMU_PAGES, space: rx, gn: 0, "
				   "iova: 0x100000, size: 4K}\n");
	g_string_append(s, "  - sync\n");
	not_searched(s->str, "more commands wait at a time than can be searched");
}
END_TEST

START_TEST(what_breaks_monotony)
{
	static const struct {
		const char *device, *step, *why;
	} rows[] = {
		{ "", "reset: {dev: nic, kind: flr}", "reset: a device forgets what it holds" },
		{ ", ats: on, pri: on", "page-request: {dev: nic, iova: 0x10000, access: read}",
		  "software hears of what is not cached (page requests)" },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(
			HEAD "vms: {vm0: {memory: 64M, devices: {nic: {vrid: \"01:00.0\"%s}}, "
			     "spaces: [rx]}}\n"
			     "steps:\n"
			     "  - attach: {dev: nic, space: rx}\n"
			     "  - map: {space: rx, iova: 0x10000, size: 4K, gpa: buf0}\n"
			     "  - %s\n",
			rows[i].device, rows[i].step);

		not_searched(text, rows[i].why);
	}
}
END_TEST

/* Without a search, and on hardware that is none to be searched, nothing is promised. */
START_TEST(nobody_searches)
{
	struct scn *scn = load(SCENARIOS "common/found-by-prefetch.yaml", NULL);
	struct chk_result *r = chk_run(scn, &vtd_model, NULL);

	ck_assert(r->retentive);
	ck_assert_ptr_null(r->unsearched);
	ck_assert_uint_eq(r->findings->len, 0);
	chk_result_free(r);
	g_free(scn->hardware);
	scn->hardware = g_strdup("concrete");
	r = chk_run(scn, &vtd_model, &xpl_search);
	ck_assert(!r->retentive);
	ck_assert_uint_eq(r->findings->len, 0);
	chk_result_free(r);
	scn_free(scn);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("search");
	TCase *t = tcase_create("search");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, from_each_rung, 0, G_N_ELEMENTS(rungs));
	tcase_add_loop_test(t, what_names_something_else, 0, 3);
	tcase_add_loop_test(t, what_nobody_waits_for, 0, 3);
	tcase_add_test(t, a_witness_that_shows_nothing);
	tcase_add_test(t, too_many_requests);
	tcase_add_test(t, too_many_commands);
	tcase_add_test(t, what_breaks_monotony);
	tcase_add_test(t, nobody_searches);
	suite_add_tcase(s, t);
	return tests_run(s);
}
