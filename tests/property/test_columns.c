/* SPDX-License-Identifier: MIT */
/*
 * timeout: 300
 * Columns are real: of every vendor each policy's answer is changed to each other one that
 * the vendor has, until a shipped scenario shows the change under some policy: in its findings
 * or counts. Scenarios run with what they have of their own, those that name the column first;
 * a column that another change adds is held to it as it is.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "sim/check/check.h"

static const char *const folders[] = { IMS_SOURCE_DIR "/scenarios/seed",
				       IMS_SOURCE_DIR "/scenarios/policy",
				       IMS_SOURCE_DIR "/scenarios/common" };

extern const struct ims_model vtd_model, amdvi_model, smmuv3_model;
static const struct ims_model *const models[] = { &vtd_model, &amdvi_model, &smmuv3_model };
static const char *const vendors[] = { "vtd", "amdvi", "smmuv3", NULL };

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void names_in(GPtrArray *names, const char *folder)
{
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	ck_assert_ptr_nonnull(dir);
	while ((name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, ".yaml") && !g_str_has_suffix(name, ".host.yaml"))
			g_ptr_array_add(names, g_build_filename(folder, name, NULL));
	g_dir_close(dir);
}

/* The scenarios of a vendor in which there is a host, by name. */
static GPtrArray *scenarios_of(const char *vendor)
{
	GPtrArray *scns = g_ptr_array_new(), *names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *own = g_build_filename(IMS_SOURCE_DIR "/scenarios", vendor, NULL);

	for (unsigned i = 0; i < G_N_ELEMENTS(folders); i++)
		names_in(names, folders[i]);
	names_in(names, own);
	g_ptr_array_sort(names, by_name);
	for (guint i = 0; i < names->len; i++) {
		GError *error = NULL;
		GPtrArray *points =
			scn_load_points(g_ptr_array_index(names, i), NULL, 0, vendors, &error);

		ck_assert_msg(points, "%s", error ? error->message : "");
		while (points->len) {
			struct scn *scn = g_ptr_array_steal_index(points, 0);

			if (g_ptr_array_find_with_equal_func(scn->vendors, vendor, g_str_equal,
							     NULL) &&
			    strcmp(scn->host, SCN_HOST_BARE))
				g_ptr_array_add(scns, scn);
			else
				scn_free(scn);
		}
		g_ptr_array_unref(points);
	}
	g_ptr_array_unref(names);
	return scns;
}

/* What a run shows, a line each; judged: against what the scenario expects, which takes several runs. */
static char *shown(const struct scn *scn, const struct ims_model *m, bool judged)
{
	struct chk_result *r = judged ? chk_run(scn, m, NULL) : chk_run_variant(scn, m, NULL);
	const struct chk_counts *c = &r->counts;
	GString *s = g_string_new(NULL);

	ck_assert_msg(!r->internal, "%s: %s", scn->name, r->reason);
	g_string_append_printf(s, "verdict %s %s\nfindings %u\n", chk_verdict_name(r->verdict),
			       r->reason ? r->reason : "", r->findings->len);
	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(r->findings, i);

		g_string_append_printf(s,
				       "finding %u%s: line %u, %s, blame %s, device %u, %u pages\n",
				       i + 1, f->latent ? " (latent)" : "", f->line, f->cause,
				       f->blame, f->dev, f->pages->len);
	}
	g_string_append_printf(
		s, "faults %u\nhost calls %u\nhardware commands %u\nsyncs %u\ndropped %u\n",
		(unsigned)c->faults, (unsigned)c->host_calls, (unsigned)c->hw_commands,
		(unsigned)c->syncs, (unsigned)c->dropped);
	for (unsigned i = 0; i < SCN_OVER_MAX; i++)
		g_string_append_printf(s, "over (%s) %u\n", scn_over_name((enum scn_over)i),
				       (unsigned)r->over[i]);
	chk_result_free(r);
	return g_string_free(s, FALSE);
}

/* With the policy, and what the scenario has of its own; or with one answer changed. */
static char *shown_with(struct scn *scn, const struct ims_model *m, const char *policy,
			const struct scn_column *flip, bool judged)
{
	char *text;

	ck_assert(scn_host_set(scn, policy, NULL));
	if (flip) {
		struct scn_column own = *flip;

		own.name = g_strdup(flip->name);
		own.value = g_strdup(flip->value);
		g_array_append_val(scn->columns, own);
	}
	text = shown(scn, m, judged);
	if (flip)
		g_array_set_size(scn->columns, scn->columns->len - 1);
	return text;
}

/* The first line in which they differ: "host calls 4 -> host calls 5"; NULL: in none. */
static char *difference(const char *a, const char *b)
{
	g_auto(GStrv) x = g_strsplit(a, "\n", -1);
	g_auto(GStrv) y = g_strsplit(b, "\n", -1);

	for (guint i = 0; x[i] && y[i]; i++)
		if (strcmp(x[i], y[i]))
			return g_strdup_printf("%s -> %s", x[i], y[i]);
	return NULL;
}

struct flips {
	const struct ims_model *m;
	GPtrArray *scns; /* of struct scn* */
	char **plain;	 /* by policy and scenario: what it shows under the policy, NULL: not run */
	uint64_t *columns; /* by scenario: 1 << column of those that it names */
};

static struct flips *flips_new(const struct ims_model *m)
{
	struct flips *f = g_new0(struct flips, 1);

	f->m = m;
	f->scns = scenarios_of(m->name);
	f->plain = g_new0(char *, m->policies_count * f->scns->len);
	f->columns = g_new0(uint64_t, f->scns->len);
	for (guint i = 0; i < f->scns->len; i++) {
		const struct scn *scn = g_ptr_array_index(f->scns, i);

		for (guint k = 0; k < scn->columns->len; k++) {
			const struct scn_column *c =
				&g_array_index(scn->columns, struct scn_column, k);

			f->columns[i] |= UINT64_C(1) << ims_column_named(c->side, c->name);
		}
	}
	return f;
}

static void flips_free(struct flips *f)
{
	for (guint i = 0; i < f->scns->len; i++)
		scn_free(g_ptr_array_index(f->scns, i));
	for (guint i = 0; i < f->m->policies_count * f->scns->len; i++)
		g_free(f->plain[i]);
	g_ptr_array_unref(f->scns);
	g_free(f->plain);
	g_free(f->columns);
	g_free(f);
}

/* What a scenario shows under the policy's answer to a column, whatever it has of its own to that. */
static char *plain(struct flips *f, unsigned policy, guint i, const struct scn_column *answer,
		   bool judged)
{
	char **kept = &f->plain[policy * f->scns->len + i];
	const char *name = f->m->policies[policy].name;
	struct scn *scn = g_ptr_array_index(f->scns, i);

	if (f->columns[i] >> ims_column_named(answer->side, answer->name) & 1)
		return shown_with(scn, f->m, name, answer, judged);
	if (!*kept)
		*kept = shown_with(scn, f->m, name, NULL, false);
	return g_strdup(*kept);
}

static struct scn_column column_of(const struct ims_column_def *def, unsigned answer)
{
	return (struct scn_column){ .side = def->side,
				    .name = (char *)(uintptr_t)def->name,
				    .value = (char *)(uintptr_t)def->answers[answer].name };
}

/* Does this scenario show the answer under the policy; says so. */
static bool told(struct flips *f, unsigned policy, guint i, unsigned column, unsigned answer,
		 bool judged)
{
	const struct ims_column_def *def = &ims_columns[column];
	const struct ims_policy_row *row = &f->m->policies[policy];
	const struct scn_column was = column_of(def, row->policy.of[column]);
	const struct scn_column flip = column_of(def, answer);
	struct scn *scn = g_ptr_array_index(f->scns, i);
	g_autofree char *without = plain(f, policy, i, &was, judged);
	g_autofree char *with = shown_with(scn, f->m, row->name, &flip, judged);
	g_autofree char *what = difference(without, with);

	if (what)
		printf("%-7s %-16s %s.%s: %s -> %s: %s: %s\n", f->m->name, row->name, def->side,
		       def->name, was.value, flip.value, scn->name, what);
	return what;
}

enum { NAMED, NAMED_JUDGED, OTHERS, PASSES };

/* Is there a scenario, and a policy, with which the answer shows; those that name the column first. */
static bool shows(struct flips *f, unsigned column, unsigned answer)
{
	for (unsigned pass = 0; pass < PASSES; pass++)
		for (unsigned p = 0; p < f->m->policies_count; p++)
			for (guint i = 0; i < f->scns->len; i++)
				if (f->m->policies[p].policy.of[column] != answer &&
				    (f->columns[i] >> column & 1) != (pass == OTHERS) &&
				    told(f, p, i, column, answer, pass == NAMED_JUDGED))
					return true;
	return false;
}

/* Every policy has it: there is nothing to be changed to it. */
static bool everywhere(const struct ims_model *m, unsigned column, unsigned answer)
{
	for (unsigned p = 0; p < m->policies_count; p++)
		if (m->policies[p].policy.of[column] != answer)
			return false;
	return true;
}

static unsigned untold(struct flips *f, const struct ims_column_use *use)
{
	const struct ims_column_def *def = &ims_columns[use->column];
	unsigned count = 0;

	for (unsigned a = 1; a < IMS_ANSWERS; a++) {
		if (!(use->answers >> a & 1) || everywhere(f->m, use->column, a) ||
		    shows(f, use->column, a))
			continue;
		printf("%-7s %s.%s: %s shows under no policy\n", f->m->name, def->side, def->name,
		       def->answers[a].name);
		count++;
	}
	return count;
}

START_TEST(every_answer_shows)
{
	struct flips *f = flips_new(models[_i]);
	unsigned count = 0;

	ck_assert_uint_gt(f->scns->len, 10);
	for (unsigned i = 0; i < f->m->columns_count; i++)
		count += untold(f, &f->m->columns[i]);
	fflush(stdout);
	ck_assert_msg(!count,
		      "%s: %u answers that no scenario shows: add one that does, or they are none",
		      f->m->name, count);
	flips_free(f);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("columns");
	TCase *t = tcase_create("flips");
	SRunner *runner;
	int failed;

	tcase_set_timeout(t, 240);
	tcase_add_loop_test(t, every_answer_shows, 0, (int)G_N_ELEMENTS(models));
	suite_add_tcase(s, t);
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
