/* SPDX-License-Identifier: MIT */
/* The tables of the scenario language, and the search for the nearest word. */
#include <check.h>
#include <string.h>

#include "sim/scenario/ops.h"
#include "sim/scenario/suggest.h"
#include "tests/run.h"

START_TEST(op_table)
{
	for (unsigned op = 0; op < SCN_OP_MAX; op++) {
		const struct scn_op_row *row = scn_op_row((enum scn_op)op);

		ck_assert_msg(row->name && row->help && row->table.what, "op %u", op);
		for (unsigned i = 0; i < row->table.cnt; i++) {
			const struct scn_key *key = &row->table.keys[i];
			bool words = key->type == SCN_T_WORD || key->type == SCN_T_WORD_TEXT;

			ck_assert_msg(key->help, "%s %s", row->name, key->name);
			ck_assert_msg(!!key->words == words, "%s %s", row->name, key->name);
			for (unsigned j = 0; j < i; j++)
				ck_assert_msg(strcmp(key->name, row->table.keys[j].name), "%s %s",
					      row->name, key->name);
		}
	}
	for (unsigned t = 0; t < SCN_T_MAX; t++)
		ck_assert_msg(scn_type_row((enum scn_type)t)->name, "type %u", t);
	ck_assert_str_eq(scn_kind_name(SCN_KIND_STALE_AFTER_REUSE), "stale-after-reuse");
	ck_assert_str_eq(scn_kind_name(SCN_KIND_MASKED), "masked");
	ck_assert_str_eq(scn_op_name(SCN_OP_HOST_UNMAP), "host-unmap");
	ck_assert_str_eq(scn_over_name(SCN_OVER_CROSS_TENANT), "cross-tenant");
}
END_TEST

START_TEST(distances)
{
	static const struct {
		const char *a, *b;
		unsigned distance;
	} rows[] = {
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "abc", "", 3 },
		{ "unmap", "unmap", 0 },
		{ "unamp", "unmap", 1 },
		{ "psaid", "pasid", 1 },
		{ "invaldiate", "invalidate", 1 },
		{ "kitten", "sitting", 3 },
		{ "ca", "abc", 3 },
		{ "a", "b", 1 },
		{ "remap", "map", 2 },
		{ "ab", "ba", 1 },
	};

	ck_assert_uint_eq(scn_osa_distance(rows[_i].a, rows[_i].b), rows[_i].distance);
	ck_assert_uint_eq(scn_osa_distance(rows[_i].b, rows[_i].a), rows[_i].distance);
}
END_TEST

START_TEST(nearest)
{
	static const char *const known[] = { "unmap", "map", "remap", "r", "w", "rw", "pasid", "4" };
	static const struct {
		const char *word, *want;
	} rows[] = {
		{ "unamp", "unmap" },
		{ "unmapp", "unmap" },
		{ "mpa", "map" },
		{ "remp", "remap" },
		{ "wr", "rw" },
		{ "psaid", "pasid" },
		{ "zzz", NULL },
		{ "2", NULL },
		{ "", NULL },
		{ "x", NULL },
		{ "a-word-longer-than-any-of-the-known", NULL },
	};
	GPtrArray *words = g_ptr_array_new();

	for (unsigned i = 0; i < G_N_ELEMENTS(known); i++)
		g_ptr_array_add(words, (gpointer)(uintptr_t)known[i]);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *got = scn_nearest(rows[i].word, words);

		ck_assert_msg(!g_strcmp0(got, rows[i].want), "%s: %s", rows[i].word,
			      got ? got : "none");
	}
	g_ptr_array_free(words, TRUE);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("scenario-tables");
	TCase *tc = tcase_create("tables");

	tcase_add_test(tc, op_table);
	suite_add_tcase(s, tc);
	tc = tcase_create("words");
	tcase_add_loop_test(tc, distances, 0, 12);
	tcase_add_test(tc, nearest);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
