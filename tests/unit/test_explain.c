/* SPDX-License-Identifier: MIT */
/* Each word that a report may have has a page, each page says something, and none points nowhere. */
#include <check.h>
#include <string.h>

#include "sim/check/cause.h"
#include "sim/check/explain.h"
#include "sim/scenario/ops.h"
#include "tests/run.h"

extern const struct ims_model vtd_model, amdvi_model, smmuv3_model;
static const struct ims_model *const models[] = { &vtd_model, &amdvi_model, &smmuv3_model, NULL };
static GPtrArray *pages;

static void setup(void)
{
	pages = chk_pages(models);
}

static void teardown(void)
{
	g_ptr_array_unref(pages);
}

/* By the id itself, and by no other way. */
static const struct chk_page *page(enum chk_group group, const char *name)
{
	const char *prefix = chk_group_texts[group].id;
	g_autofree char *id = g_strdup_printf("%s%s", prefix ? prefix : "", name);

	for (guint i = 0; i < pages->len; i++) {
		const struct chk_page *p = g_ptr_array_index(pages, i);

		if (p->group == group && !strcmp(p->id, id))
			return p;
	}
	return NULL;
}

#define HAS(group, name) ck_assert_msg(page(group, name) != NULL, "no page of %s", name)

/* Of texts that are tables by a number none is left out. */
static void says(enum chk_group group, const char *name)
{
	const struct chk_page *p = page(group, name);

	ck_assert_msg(p && p->title && *p->title, "no page of %s", name);
	ck_assert_msg(p->parts->len && g_array_index(p->parts, struct chk_page_part, 0).text,
		      "the page of %s says nothing", name);
}

START_TEST(words_of_reports)
{
	for (unsigned i = 0; i < SCN_KIND_MAX; i++)
		says(CHK_GROUP_KIND, scn_kind_name((enum scn_kind)i));
	for (unsigned i = 0; i < CHK_CAUSE_MAX; i++)
		says(CHK_GROUP_CAUSE, chk_cause_name((enum chk_cause)i));
	for (unsigned i = 0; i < CHK_FIELD_NONE; i++)
		says(CHK_GROUP_FIELD, chk_field_name((enum chk_field)i));
	for (unsigned i = 0; i < CHK_VERDICT_MAX; i++)
		says(CHK_GROUP_VERDICT, chk_verdict_name((enum chk_verdict)i));
	for (unsigned i = 0; i < SCN_OVER_MAX; i++)
		says(CHK_GROUP_OVER, scn_over_name((enum scn_over)i));
	for (unsigned i = IMS_EV_NONE + 1; i < IMS_EV_MAX; i++)
		says(CHK_GROUP_EVENT, chk_event_texts[i].id);
	for (unsigned i = 0; i < SCN_OP_MAX; i++)
		HAS(CHK_GROUP_STEP, scn_op_name((enum scn_op)i));
}
END_TEST

/* What `fail:` takes as blame and place is what there is of both. */
START_TEST(words_of_files)
{
	for (unsigned i = 0; i < scn_fail_table.cnt; i++) {
		const struct scn_key *key = &scn_fail_table.keys[i];
		bool blame = !strcmp(key->name, "blame"), where = !strcmp(key->name, "where");

		for (unsigned w = 0; (blame || where) && key->words[w].name; w++)
			says(blame ? CHK_GROUP_BLAME : CHK_GROUP_WHERE, key->words[w].name);
	}
}
END_TEST

START_TEST(words_of_vendors)
{
	for (unsigned v = 0; models[v]; v++) {
		for (unsigned i = 0; i < models[v]->prog_rules_count; i++)
			says(CHK_GROUP_RULE, models[v]->prog_rules[i].name);
		for (unsigned i = 0; i < models[v]->params_count; i++)
			if (models[v]->params[i].kind != IMS_PARAM_CAP)
				says(models[v]->params[i].kind == IMS_PARAM_KNOB ? CHK_GROUP_KNOB :
										   CHK_GROUP_QUIRK,
				     models[v]->params[i].name);
	}
	for (unsigned i = 0; i < IMS_COLUMNS; i++) {
		g_autofree char *id =
			g_strdup_printf("%s.%s", ims_columns[i].side, ims_columns[i].name);

		says(CHK_GROUP_COLUMN, id);
	}
}
END_TEST

/* Ids and other words are each of one page. */
START_TEST(each_word_once)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < pages->len; i++) {
		const struct chk_page *p = g_ptr_array_index(pages, i);
		g_auto(GStrv) also = g_strsplit(p->also ? p->also : "", " ", -1);

		ck_assert_msg(g_hash_table_add(seen, g_strdup(p->id)), "%s twice", p->id);
		for (guint k = 0; also[k]; k++)
			ck_assert_msg(g_hash_table_add(seen, g_strdup(also[k])), "%s twice",
				      also[k]);
	}
}
END_TEST

START_TEST(related_exist)
{
	for (guint i = 0; i < pages->len; i++) {
		const struct chk_page *p = g_ptr_array_index(pages, i);
		g_auto(GStrv) related = g_strsplit(p->related ? p->related : "", " ", -1);

		for (guint k = 0; related[k]; k++) {
			g_autoptr(GPtrArray) several = g_ptr_array_new();
			const struct chk_page *r = chk_page_find(pages, related[k], several);

			ck_assert_msg(r && !strcmp(r->id, related[k]), "%s: no page %s", p->id,
				      related[k]);
			ck_assert_msg(r != p, "%s is related to itself", p->id);
		}
	}
}
END_TEST

static bool says_not_judged(enum chk_group group, const char *name)
{
	const struct chk_page *p = page(group, name);

	for (guint k = 0; k < p->parts->len; k++)
		if (!strcmp(g_array_index(p->parts, struct chk_page_part, k).head, "judged"))
			return true;
	return false;
}

/* What is not judged says so, and nothing else does. */
START_TEST(not_judged_said)
{
	for (unsigned i = 0; i < SCN_KIND_MAX; i++) {
		const char *name = scn_kind_name((enum scn_kind)i);

		ck_assert_msg(says_not_judged(CHK_GROUP_KIND, name) !=
				      chk_kind_judged((enum scn_kind)i),
			      "%s", name);
	}
	for (unsigned i = 0; i < CHK_VERDICT_MAX; i++) {
		const char *name = chk_verdict_name((enum chk_verdict)i);

		ck_assert_msg(says_not_judged(CHK_GROUP_VERDICT, name) !=
				      chk_verdict_given((enum chk_verdict)i),
			      "%s", name);
	}
}
END_TEST

START_TEST(found_by_name)
{
	static const struct {
		const char *word, *id;
	} rows[] = {
		{ "wrong-range", "wrong-range" },	 { "WRONG_TAG", "wrong-tag" },
		{ "tag_recycled", "tag-reuse" },	 { "reordered", "wrong-order" },
		{ "cross-tenant", "over.cross-tenant" }, { "fill", "event.fill" },
		{ "blame.host", "blame.host" },		 { "pwc", "where.walk-cache" },
		{ "parent-atc", "host.parent-atc" },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) several = g_ptr_array_new();
		const struct chk_page *p = chk_page_find(pages, rows[i].word, several);

		ck_assert_msg(p != NULL, "%s", rows[i].word);
		ck_assert_str_eq(p->id, rows[i].id);
		ck_assert_uint_eq(several->len, 0);
	}
}
END_TEST

START_TEST(found_by_none)
{
	g_autoptr(GPtrArray) several = g_ptr_array_new(), none = g_ptr_array_new();

	ck_assert_ptr_null(chk_page_find(pages, "queue", several));
	ck_assert_uint_eq(several->len, 3);
	ck_assert_ptr_null(chk_page_find(pages, "wrong-rnage", none));
	ck_assert_uint_eq(none->len, 0);
	ck_assert_str_eq(chk_page_near(pages, "wrong-rnage"), "wrong-range");
	ck_assert_ptr_null(chk_page_near(pages, "zzzzzzzzz"));
}
END_TEST

/* A text that reads like a cause and stands elsewhere is none: its page might be missing. */
START_TEST(cause_is_of_the_table)
{
	g_autofree char *same = g_strdup(chk_cause_name(CHK_CAUSE_WRONG_RANGE));

	ck_assert(chk_is_cause(chk_cause_name(CHK_CAUSE_WRONG_RANGE)));
	ck_assert(!chk_is_cause(same));
	ck_assert(!chk_is_cause(NULL));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("explain");
	TCase *t = tcase_create("pages");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, words_of_reports);
	tcase_add_test(t, words_of_files);
	tcase_add_test(t, words_of_vendors);
	tcase_add_test(t, each_word_once);
	tcase_add_test(t, related_exist);
	tcase_add_test(t, not_judged_said);
	tcase_add_test(t, found_by_name);
	tcase_add_test(t, found_by_none);
	tcase_add_test(t, cause_is_of_the_table);
	suite_add_tcase(s, t);
	return tests_run(s);
}
