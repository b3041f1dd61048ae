/* SPDX-License-Identifier: MIT */
/*
 * timeout: 300
 * Columns are real: of every vendor each policy's answer is changed to each other one that
 * the vendor has. The scenarios of the seed, of policies, and those of the vendor that name
 * columns are run with what they have of their own; what some of them shows must change
 * under some policy: findings, or counts. A column that another change adds is held to it as
 * it is.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "sim/check/check.h"

static const char *const folders[] = { IMS_SOURCE_DIR "/scenarios/seed",
				       IMS_SOURCE_DIR "/scenarios/policy" };

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

/* The scenarios of a vendor, by name. */
static GPtrArray *seed_of(const char *vendor)
{
	GPtrArray *scns = g_ptr_array_new(), *names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *own = g_build_filename(IMS_SOURCE_DIR "/scenarios", vendor, NULL);

	for (unsigned i = 0; i < G_N_ELEMENTS(folders); i++)
		names_in(names, folders[i]);
	names_in(names, own);
	g_ptr_array_sort(names, by_name);
	for (guint i = 0; i < names->len; i++) {
		GError *error = NULL;
		struct scn *scn = scn_load(g_ptr_array_index(names, i), NULL, 0, vendors, &error);

		ck_assert_msg(scn, "%s", error ? error->message : "");
		/* Of the vendor's own those that are about columns. */
		if (g_ptr_array_find_with_equal_func(scn->vendors, vendor, g_str_equal, NULL) &&
		    strcmp(scn->host, SCN_HOST_BARE) &&
		    (scn->columns->len || !g_str_has_prefix(scn->file, own)))
			g_ptr_array_add(scns, scn);
		else
			scn_free(scn);
	}
	g_ptr_array_unref(names);
	return scns;
}

/* What a run shows, a line each. */
static char *shown(const struct scn *scn, const struct ims_model *m)
{
	struct chk_result *r = chk_run_variant(scn, m, NULL);
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
			const struct scn_column *flip)
{
	char *text;

	ck_assert(scn_host_set(scn, policy, NULL));
	if (flip) {
		struct scn_column own = *flip;

		own.name = g_strdup(flip->name);
		own.value = g_strdup(flip->value);
		g_array_append_val(scn->columns, own);
	}
	text = shown(scn, m);
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

/* Answers that make no difference as yet, each for a reason that is no scenario's. */
static const struct {
	const char *vendor, *column, *answer, *why;
} alike[] = {
	{ "vtd", "host.tag", "domain", "VMMs make a nested domain for each PASID: it has one" },
	{ "amdvi", "host.atc-target", "viommu", "a call takes one command, wherever it lands" },
	{ "smmuv3", "host.atc-target", "viommu", "a call takes one command, wherever it lands" },
	{ "smmuv3", "vmm.domain", "device",
	  "the parent has the tag, and the making of a domain is no call" },
};

static const char *why_alike(const char *vendor, const struct ims_column_def *def, unsigned answer)
{
	g_autofree char *name = g_strdup_printf("%s.%s", def->side, def->name);

	for (unsigned i = 0; i < G_N_ELEMENTS(alike); i++)
		if (!strcmp(alike[i].vendor, vendor) && !strcmp(alike[i].column, name) &&
		    !strcmp(alike[i].answer, def->answers[answer].name))
			return alike[i].why;
	return NULL;
}

struct seed {
	const struct ims_model *m;
	const struct ims_policy_row *policy;
	GPtrArray *scns;  /* of struct scn* */
	GPtrArray *plain; /* of char*: what each shows under the policy as it is */
};

/* Does some scenario show this answer; says where. */
static bool told(const struct seed *s, unsigned column, unsigned answer)
{
	const struct ims_column_def *def = &ims_columns[column];
	const struct scn_column flip = { .side = def->side,
					 .name = (char *)(uintptr_t)def->name,
					 .value = (char *)(uintptr_t)def->answers[answer].name };

	const char *why;

	for (guint i = 0; i < s->scns->len; i++) {
		struct scn *scn = g_ptr_array_index(s->scns, i);
		g_autofree char *with = shown_with(scn, s->m, s->policy->name, &flip);
		g_autofree char *what = difference(g_ptr_array_index(s->plain, i), with);

		if (!what)
			continue;
		printf("%-7s %-16s %s.%s: %s -> %s: %s: %s\n", s->m->name, s->policy->name,
		       def->side, def->name, def->answers[s->policy->policy.of[column]].name,
		       def->answers[answer].name, scn->name, what);
		return true;
	}
	why = why_alike(s->m->name, def, answer);
	printf("%-7s %-16s %s.%s: %s -> %s: nothing changes%s%s\n", s->m->name, s->policy->name,
	       def->side, def->name, def->answers[s->policy->policy.of[column]].name,
	       def->answers[answer].name, why ? ": " : "", why ? why : "");
	return why;
}

/* Marks, by column and answer, what shows under this policy. */
static void tell_all(const struct seed *s, bool (*shows)[IMS_ANSWERS])
{
	for (unsigned i = 0; i < s->m->columns_count; i++)
		for (unsigned a = 1; a < IMS_ANSWERS; a++)
			if (s->m->columns[i].answers >> a & 1 &&
			    a != s->policy->policy.of[s->m->columns[i].column] &&
			    told(s, s->m->columns[i].column, a))
				shows[i][a] = true;
}

static unsigned untold(const struct ims_model *m, bool (*shows)[IMS_ANSWERS])
{
	unsigned count = 0;

	for (unsigned i = 0; i < m->columns_count; i++)
		for (unsigned a = 1; a < IMS_ANSWERS; a++) {
			const struct ims_column_def *def = &ims_columns[m->columns[i].column];
			bool all = true;

			/* Every policy has it: there is nothing to be changed to it. */
			for (unsigned p = 0; p < m->policies_count; p++)
				all &= m->policies[p].policy.of[m->columns[i].column] == a;
			if (all || !(m->columns[i].answers >> a & 1) || shows[i][a])
				continue;
			printf("%-7s %s.%s: %s shows under no policy\n", m->name, def->side,
			       def->name, def->answers[a].name);
			count++;
		}
	return count;
}

START_TEST(every_answer_shows)
{
	struct seed s = { .m = models[_i] };
	bool shows[IMS_COLUMNS][IMS_ANSWERS] = { 0 };
	unsigned count;

	s.scns = seed_of(s.m->name);
	ck_assert_uint_gt(s.scns->len, 10);
	for (unsigned p = 0; p < s.m->policies_count; p++) {
		s.policy = &s.m->policies[p];
		s.plain = g_ptr_array_new_with_free_func(g_free);
		for (guint i = 0; i < s.scns->len; i++)
			g_ptr_array_add(s.plain, shown_with(g_ptr_array_index(s.scns, i), s.m,
							    s.policy->name, NULL));
		tell_all(&s, shows);
		g_ptr_array_unref(s.plain);
	}
	count = untold(s.m, shows);
	fflush(stdout);
	ck_assert_msg(
		!count,
		"%s: %u answers that no seed scenario shows: add one that does, or they are none",
		s.m->name, count);
	for (guint i = 0; i < s.scns->len; i++)
		scn_free(g_ptr_array_index(s.scns, i));
	g_ptr_array_unref(s.scns);
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
