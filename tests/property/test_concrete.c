/* SPDX-License-Identifier: MIT */
/*
 * timeout: 900
 *
 * Hardware of one geometry does nothing that adversarial hardware may not: whatever is found on the
 * one is found on the other, of every shipped scenario.
 */
#include <stdio.h>
#include <string.h>

#include "sim/explore/search.h"
#include "tests/run.h"

extern const struct ims_model vtd_model, amdvi_model, smmuv3_model;
static const struct ims_model *const models[] = { &vtd_model, &amdvi_model, &smmuv3_model };
static const char *const names[] = { "vtd", "amdvi", "smmuv3", NULL };
static const char *const folders[] = { "seed", "common", "vtd", "amdvi", "smmuv3" };

static unsigned runs, found;

/* Findings by which a change is not done; how bad it is may depend on when it shows. */
static bool of_outcome(enum scn_kind kind)
{
	return kind == SCN_KIND_STALE || kind == SCN_KIND_STALE_AFTER_REUSE ||
	       kind == SCN_KIND_EARLY_FREE || kind == SCN_KIND_TABLE_UAF || kind == SCN_KIND_BREACH;
}

static bool is_in(const struct chk_result *r, const struct chk_finding *f)
{
	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *o = g_ptr_array_index(r->findings, i);

		if (o->dev == f->dev && o->ctx == f->ctx && o->line == f->line &&
		    o->rule == f->rule &&
		    (o->kind == f->kind || (of_outcome(o->kind) && of_outcome(f->kind))))
			return true;
	}
	return false;
}

static void compare(struct scn *scn, const struct ims_model *m)
{
	struct chk_result *most = chk_run(scn, m, &xpl_search), *one;
	g_autofree char *point = scn_point_text(scn, ",");
	char *was = scn->hardware;

	scn->hardware = (char *)(uintptr_t) "concrete";
	one = chk_run(scn, m, &xpl_search);
	scn->hardware = was;
	ck_assert_msg(!most->internal && !one->internal, "%s", scn->file);
	for (guint i = 0; most->verdict != CHK_ERROR && i < one->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(one->findings, i);

		found++;
		ck_assert_msg(is_in(most, f), "%s %s %s: %s of line %u on concrete hardware alone",
			      scn->file, m->name, point ? point : "", scn_kind_name(f->kind),
			      f->line);
	}
	runs++;
	chk_result_free(one);
	chk_result_free(most);
}

static void compare_file(const char *file)
{
	GError *error = NULL;
	GPtrArray *points = scn_load_points(file, NULL, 0, names, &error);

	ck_assert_msg(points, "%s", error ? error->message : "");
	for (guint i = 0; i < points->len; i++) {
		struct scn *scn = g_ptr_array_index(points, i);

		/* What needs its geometry was not written for another hardware. */
		if (strcmp(scn->hardware, "adversarial"))
			continue;
		for (guint v = 0; v < scn->vendors->len; v++)
			for (unsigned m = 0; m < G_N_ELEMENTS(models); m++)
				if (!strcmp(g_ptr_array_index(scn->vendors, v), models[m]->name))
					compare(scn, models[m]);
	}
	g_ptr_array_unref(points);
}

static gint by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

START_TEST(concrete_within_adversarial)
{
	g_autofree char *folder = g_build_filename(IMS_SOURCE_DIR, "scenarios", folders[_i], NULL);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	ck_assert_ptr_nonnull(dir);
	runs = found = 0;
	while ((name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, ".yaml"))
			g_ptr_array_add(files, g_build_filename(folder, name, NULL));
	g_ptr_array_sort(files, by_text);
	for (guint i = 0; i < files->len; i++)
		compare_file(g_ptr_array_index(files, i));
	printf("%s: %u runs, %u findings on concrete hardware\n", folders[_i], runs, found);
	ck_assert_uint_gt(runs, 20);
	ck_assert_uint_gt(found, 5);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("concrete");
	TCase *t = tcase_create("concrete");

	tcase_set_timeout(t, 900);
	tcase_add_loop_test(t, concrete_within_adversarial, 0, G_N_ELEMENTS(folders));
	suite_add_tcase(s, t);
	return tests_run(s);
}
