/* SPDX-License-Identifier: MIT */
/* Sweeps: the points that a file has, what stands in each of them, and what is said to mistakes. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "sim/scenario/scenario.h"
#include "sweep_errors.h"
#include "tests/run.h"

static const char *const vendors[] = { "vtd", "amdvi", NULL };

static GPtrArray *load_ok(const char *text)
{
	GError *error = NULL;
	GPtrArray *points = scn_load_points("t.yaml", text, strlen(text), vendors, &error);

	ck_assert_msg(points != NULL, "%s", error ? error->message : "");
	return points;
}

static const struct scn *point(const GPtrArray *points, guint i)
{
	ck_assert_uint_lt(i, points->len);
	return g_ptr_array_index(points, i);
}

static const struct scn_step *step(const struct scn *s, guint i)
{
	ck_assert_uint_lt(i, s->steps->len);
	return g_ptr_array_index(s->steps, i);
}

/* ---- points ---- */

START_TEST(product)
{
	static const char text[] =
		"scenario: \"t-${b}\"\nvendors: [vtd]\nvms: {vm0: {devices: {nic: }}}\n"
		"sweep: {a: [1, 2], b: [x, y, z]}\nstory: \"${a}${b}, ${a}\"\nsteps: [sync]\n";
	static const char *const want[] = { "a=1,b=x", "a=1,b=y", "a=1,b=z",
					    "a=2,b=x", "a=2,b=y", "a=2,b=z" };
	static const char *const stories[] = {
		"1x, 1", "1y, 1", "1z, 1", "2x, 2", "2y, 2", "2z, 2"
	};
	GPtrArray *points = load_ok(text);

	ck_assert_uint_eq(points->len, G_N_ELEMENTS(want));
	for (guint i = 0; i < points->len; i++) {
		char *text_of = scn_point_text(point(points, i), ",");

		ck_assert_str_eq(text_of, want[i]);
		ck_assert_str_eq(point(points, i)->story, stories[i]);
		ck_assert_str_eq(scn_point_value(point(points, i), "b"), want[i] + 6);
		ck_assert_int_eq(point(points, i)->name[2], want[i][6]);
		g_free(text_of);
	}
	ck_assert_ptr_null(scn_point_value(point(points, 0), "c"));
	g_ptr_array_free(points, TRUE);
}
END_TEST

START_TEST(no_sweep)
{
	GPtrArray *points = load_ok(
		"scenario: t\nvendors: [vtd]\nvms: {vm0: {devices: {nic: }}}\nsteps: [sync]\n");

	ck_assert_uint_eq(points->len, 1);
	ck_assert_ptr_null(scn_point_text(point(points, 0), ","));
	ck_assert_uint_eq(point(points, 0)->point->len, 0);
	g_ptr_array_free(points, TRUE);
}
END_TEST

START_TEST(most_points)
{
	GString *text = g_string_new("scenario: t\nvendors: [vtd]\nvms: {vm0: }\nsteps: [sync]\n"
				     "story: \"${a}${b}\"\nsweep:\n");
	GPtrArray *points;

	for (unsigned axis = 0; axis < 2; axis++) {
		g_string_append_printf(text, "  %c: [0", 'a' + axis);
		for (unsigned i = 1; i < 64; i++)
			g_string_append_printf(text, ", %u", i);
		g_string_append(text, "]\n");
	}
	points = load_ok(text->str);
	ck_assert_uint_eq(points->len, 4096);
	ck_assert_str_eq(point(points, 4095)->story, "6363");
	g_ptr_array_free(points, TRUE);
	g_string_free(text, TRUE);
}
END_TEST

/* 4096 points of a file with more than 4,000,000 / 4096 values. */
START_TEST(too_many_values)
{
	GString *text = g_string_new("scenario: t\nvendors: [vtd]\nvms: {vm0: }\nsteps: [sync]\n"
				     "story: \"${a}\"\nsweep: {a: [0");
	GError *error = NULL;

	for (unsigned i = 1; i < 4096; i++)
		g_string_append_printf(text, ", %u", i);
	g_string_append(text, "]}\n");
	ck_assert_ptr_null(scn_load_points("t.yaml", text->str, text->len, vendors, &error));
	ck_assert_ptr_nonnull(strstr(error->message,
				     "t.yaml:6:1: error: the points of this sweep have more than "
				     "4000000 values"));
	g_clear_error(&error);
	g_string_free(text, TRUE);
}
END_TEST

/* ---- what stands in a point ---- */

static const struct scn_column *column(const struct scn *s, guint i)
{
	ck_assert_uint_lt(i, s->columns->len);
	return &g_array_index(s->columns, struct scn_column, i);
}

START_TEST(columns)
{
	static const char text[] =
		"scenario: t\nvendors: [vtd]\nvms: {vm0: {devices: {nic: }}}\nsteps: [sync]\n"
		"host: linux-7.3\n"
		"sweep:\n  host.atc: [drop, forward]\n  vmm.batch: [each]\n"
		"  guest.domain-id: [shared]\n  hardware.caps.cm: [0, 1]\n";
	GPtrArray *points = load_ok(text);
	char *policy = scn_policy_text(point(points, 3));

	ck_assert_uint_eq(points->len, 4);
	/* What is swept is told as the point. */
	ck_assert_str_eq(policy, "linux-7.3");
	ck_assert_str_eq(point(points, 3)->host, "linux-7.3");
	ck_assert_str_eq(point(points, 3)->hardware, "adversarial");
	ck_assert_uint_eq(point(points, 3)->domain_id, SCN_DOMAIN_ID_SHARED);
	ck_assert_str_eq(column(point(points, 3), 0)->side, "host");
	ck_assert_str_eq(column(point(points, 3), 0)->name, "atc");
	ck_assert_str_eq(column(point(points, 3), 0)->value, "forward");
	ck_assert_str_eq(column(point(points, 1), 0)->value, "drop");
	/* Where the sweep names it, and where it gives the value. */
	ck_assert_uint_eq(column(point(points, 3), 0)->mark.line, 7);
	ck_assert_uint_eq(column(point(points, 3), 0)->value_mark.col, 20);
	ck_assert_str_eq(column(point(points, 3), 1)->side, "vmm");
	ck_assert_uint_eq(point(points, 3)->hw_params->len, 1);
	for (guint i = 0; i < 4; i++)
		ck_assert_uint_eq(
			g_array_index(point(points, i)->hw_params, struct scn_hw_param, 0).value,
			i & 1);
	g_free(policy);
	g_ptr_array_free(points, TRUE);
}
END_TEST

/* A part that is there keeps what it has; hardware's mode may be swept as well. */
START_TEST(columns_beside_others)
{
	static const char text[] =
		"scenario: t\nvendors: [vtd]\nvms: {vm0: {devices: {nic: }}}\nsteps: [sync]\n"
		"host: {base: linux-7.3, batch: list}\nvmm: {domain: device}\n"
		"hardware: {mode: concrete, caps: {nd: 6}}\n"
		"sweep: {host.atc: [drop], vmm.batch: [each], hardware.caps.cm: [1]}\n";
	static const char mode[] =
		"scenario: t\nvendors: [vtd]\nvms: {vm0: {devices: {nic: }}}\nsteps: [sync]\n"
		"sweep: {hardware.mode: [adversarial, concrete]}\n";
	GPtrArray *points = load_ok(text);
	char *policy = scn_policy_text(point(points, 0));

	ck_assert_str_eq(policy, "linux-7.3 {batch: list, vmm.domain: device}");
	ck_assert_uint_eq(point(points, 0)->columns->len, 4);
	ck_assert_uint_eq(point(points, 0)->hw_params->len, 2);
	ck_assert_str_eq(point(points, 0)->hardware, "concrete");
	g_free(policy);
	g_ptr_array_free(points, TRUE);
	points = load_ok(mode);
	ck_assert_str_eq(point(points, 0)->hardware, "adversarial");
	ck_assert_str_eq(point(points, 1)->hardware, "concrete");
	g_ptr_array_free(points, TRUE);
}
END_TEST

START_TEST(conditions)
{
	static const char text[] =
		"scenario: t\nvendors: [vtd]\nvms: {vm0: {devices: {nic: {ats: on}}, spaces: [rx]}}\n"
		"sweep: {form: [buggy, fixed, both]}\n"
		"steps:\n"
		"  - attach: {dev: nic, space: rx, when: {form: [fixed, both]}}\n"
		"  - sync\n"
		"  - unmap: {space: rx, iova: 0, size: 4K, when: {form: buggy}, label: l}\n"
		"  - detach: {dev: nic, when: {form: both}}\n";
	GPtrArray *points = load_ok(text);

	ck_assert_uint_eq(point(points, 0)->steps->len, 2);
	ck_assert_int_eq(step(point(points, 0), 0)->op, SCN_OP_SYNC);
	ck_assert_int_eq(step(point(points, 0), 1)->op, SCN_OP_UNMAP);
	ck_assert_uint_eq(step(point(points, 0), 1)->mark.line, 8);
	ck_assert_uint_eq(step(point(points, 0), 1)->index, 1);
	/* The condition is no part of the step. */
	ck_assert_str_eq(step(point(points, 0), 1)->text,
			 "unmap {space: rx, iova: 0, size: 4K, label: l}");
	ck_assert_uint_eq(point(points, 1)->steps->len, 2);
	ck_assert_int_eq(step(point(points, 1), 0)->op, SCN_OP_ATTACH);
	ck_assert_uint_eq(point(points, 2)->steps->len, 3);
	ck_assert_int_eq(step(point(points, 2), 2)->op, SCN_OP_DETACH);
	g_ptr_array_free(points, TRUE);
}
END_TEST

START_TEST(expectations)
{
	static const char text[] =
		"scenario: t\nvendors: [vtd]\nvms: {vm0: {devices: {nic: {ats: on}}, spaces: [rx]}}\n"
		"sweep: {form: [a, b, c]}\nsteps: [sync]\n"
		"expect:\n"
		"  never: [breach]\n"
		"  over: {host: 0}\n"
		"  sometimes: [{atc-hit: nic}, {stale: nic}]\n"
		"  fail: [{kind: stale, when: {form: a}}, {kind: breach, when: {form: c}}]\n"
		"  at:\n"
		"    - {when: {form: b}, never: [stale], fail: {kind: rule, when: {form: [b, c]}}}\n";
	GPtrArray *points = load_ok(text);
	const struct scn *s = point(points, 0);

	ck_assert_uint_eq(s->fail->len, 1);
	ck_assert_int_eq(((struct scn_fail *)g_ptr_array_index(s->fail, 0))->kind, SCN_KIND_STALE);
	ck_assert_uint_eq(s->expect.never, 1u << SCN_KIND_BREACH);
	ck_assert_uint_eq(s->expect.sometimes->len, 2);
	ck_assert_int_eq(g_array_index(s->expect.sometimes, struct scn_sometimes, 1).what,
			 SCN_POSSIBLE_STALE);
	/* Nothing of `expect:` is left where an element of `at:` stands in its place. */
	s = point(points, 1);
	ck_assert_uint_eq(s->fail->len, 1);
	ck_assert_int_eq(((struct scn_fail *)g_ptr_array_index(s->fail, 0))->kind, SCN_KIND_RULE);
	ck_assert_uint_eq(s->expect.never, 1u << SCN_KIND_STALE);
	ck_assert_ptr_null(s->expect.sometimes);
	ck_assert(!s->expect.has_over[SCN_OVER_HOST]);
	s = point(points, 2);
	ck_assert_uint_eq(s->fail->len, 1);
	ck_assert_int_eq(((struct scn_fail *)g_ptr_array_index(s->fail, 0))->kind, SCN_KIND_BREACH);
	g_ptr_array_free(points, TRUE);
}
END_TEST

/* What an alias repeats is substituted in each of its places, and a quoted value is one. */
START_TEST(aliases)
{
	static const char text[] =
		"scenario: t\nvendors: [vtd]\nvms: {vm0: {devices: {nic: {ats: on}}, spaces: [rx]}}\n"
		"sweep: {at: [4K, 8K]}\n"
		"steps:\n"
		"  - map: &m {space: rx, iova: \"${at}\", size: 4K, gpa: 8M}\n"
		"  - unmap: {space: rx, iova: \"${at}\", size: 4K}\n"
		"  - map: *m\n"
		"  - map: {<<: *m, size: 8K}\n";
	GPtrArray *points = load_ok(text);

	for (guint i = 0; i < 2; i++)
		for (guint k = 0; k < 4; k++)
			ck_assert_uint_eq(step(point(points, i), k)->iova, (i + 1) * 4096);
	ck_assert_uint_eq(step(point(points, 1), 3)->size, 8192);
	g_ptr_array_free(points, TRUE);
}
END_TEST

/* The first point is what a caller gets who asks for one scenario. */
START_TEST(first)
{
	static const char text[] = "scenario: \"${a}\"\nvendors: [vtd]\nvms: {vm0: }\n"
				   "steps: [sync]\nsweep: {a: [x, y]}\n";
	struct scn *s = scn_load("t.yaml", text, strlen(text), vendors, NULL);

	ck_assert_ptr_nonnull(s);
	ck_assert_str_eq(s->name, "x");
	scn_free(s);
}
END_TEST

/* ---- mistakes ---- */

START_TEST(errors)
{
	const struct sweep_error *row = &sweep_errors[_i];
	g_autofree char *text = g_strconcat(sweep_head, row->text, NULL);
	g_autoptr(GError) error = NULL;
	GPtrArray *points = scn_load_points("t.yaml", text, strlen(text), vendors, &error);
	g_autoptr(GString) want = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;

	ck_assert_msg(!points, "accepted: %s", text);
	lines = g_strsplit(error->message, "\n", -1);
	ck_assert_msg(g_strv_length(lines) >= 3, "%s", error->message);
	g_string_printf(want, "t.yaml:%s\n%s\n%s", row->report, lines[1], lines[2]);
	if (row->help)
		g_string_append_printf(want, "\n      = help: %s", row->help);
	if (row->note)
		g_string_append_printf(want, "\n      = note: %s", row->note);
	if (row->point)
		g_string_append_printf(want, "\n      = note: at the point %s", row->point);
	ck_assert_str_eq(error->message, want->str);
	ck_assert_ptr_nonnull(strchr(lines[2], '^'));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("sweep");
	TCase *tc = tcase_create("points");

	tcase_add_test(tc, product);
	tcase_add_test(tc, no_sweep);
	tcase_add_test(tc, most_points);
	tcase_add_test(tc, too_many_values);
	tcase_add_test(tc, columns);
	tcase_add_test(tc, columns_beside_others);
	tcase_add_test(tc, conditions);
	tcase_add_test(tc, expectations);
	tcase_add_test(tc, aliases);
	tcase_add_test(tc, first);
	suite_add_tcase(s, tc);
	tc = tcase_create("mistakes");
	tcase_add_loop_test(tc, errors, 0, G_N_ELEMENTS(sweep_errors));
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
