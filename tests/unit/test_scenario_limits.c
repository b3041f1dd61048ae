/* SPDX-License-Identifier: MIT */
/* What the scenario loader withstands: limits, unreadable files, damaged and hostile input. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/core/prng.h"
#include "sim/scenario/node.h"
#include "sim/scenario/scenario.h"
#include "tests/run.h"

static const char head[] =
	"scenario: t\nvendors: [vtd]\nvms: {vm0: {devices: {nic: }, spaces: [rx]}}\nsteps:\n";

/* The error of @text, or "" if it is right. */
static char *error_of(const char *text, size_t len)
{
	GError *error = NULL;
	struct scn *s = scn_load("t.yaml", text, len, NULL, &error);
	char *message = g_strdup(error ? error->message : "");

	ck_assert_msg((s == NULL) == (error != NULL), "%s", message);
	scn_free(s);
	g_clear_error(&error);
	return message;
}

static void check_report(const char *text, size_t len, const char *want)
{
	char *message = error_of(text, len);
	const char *line_end = strchr(message, '\n');
	char *first = line_end ? g_strndup(message, (gsize)(line_end - message)) :
				 g_strdup(message);

	ck_assert_str_eq(first, want);
	g_free(first);
	g_free(message);
}

static GString *repeated(const char *before, const char *unit, unsigned cnt, const char *after)
{
	GString *text = g_string_new(before);

	for (unsigned i = 0; i < cnt; i++)
		g_string_append(text, unit);
	return g_string_append(text, after);
}

/* ---- limits ---- */

static const struct {
	const char *before, *unit;
	unsigned cnt;
	const char *after, *want;
} limits[] = {
	{ "a: ", "[", 500000, "",
	  "t.yaml:1:67: error: lists and maps are nested more than 64 deep" },
	{ "a: ", "[\n", 500000, "",
	  "t.yaml:64:1: error: lists and maps are nested more than 64 deep" },
	{ "", "- ", 500000, "",
	  "t.yaml:1:129: error: lists and maps are nested more than 64 deep" },
	{ "", "{a: ", 200000, "",
	  "t.yaml:1:257: error: lists and maps are nested more than 64 deep" },
	{ "", "? ", 500000, "", "t.yaml:1:3: error: a key must be a word" },
	{ "a: [", "1,", 199997, "1]", "t.yaml:1:1: error: unknown key 'a' in a scenario" },
	{ "a: [", "1,", 199998, "1]",
	  "t.yaml:1:400001: error: the file holds more than 200000 values" },
	{ "a: \"", "x", 1048571, "\"", "t.yaml:1:1: error: unknown key 'a' in a scenario" },
	{ "a: \"", "x", 1048572, "\"", "t.yaml: error: the file is larger than 1048576 bytes" },
	{ "", "\n", 1000000, "", "t.yaml:1:1: error: the file is empty" },
	{ "a: \"", "x\n", 500000, "", "t.yaml:500001:1: error: found unexpected end of stream" },
	{ "a: &x [1, 1, 1, 1, 1, 1, 1, 1, 1]\nb: [", "*x, ", 999, "1]",
	  "t.yaml:1:1: error: unknown key 'a' in a scenario" },
	{ "a: &x [1, 1, 1, 1, 1, 1, 1, 1, 1]\nb: [", "*x, ", 1001, "1]",
	  "t.yaml:2:4005: error: the aliases of this file stand for more than 10000 values" },
	{ "a: &x {a: 1, b: 1, c: 1, d: 1}\nb: [", "{<<: *x}, ", 5000, "1]",
	  "t.yaml:2:10010: error: the aliases of this file stand for more than 10000 values" },
	{ "a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
	  "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n",
	  "e: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\n", 1, "",
	  "t.yaml:5:5: error: the aliases of this file stand for more than 10000 values" },
	{ "a: &a [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\nb: ", "[",
	  40, "*a", "t.yaml:2:44: error: lists and maps are nested more than 64 deep" },
};

START_TEST(limit)
{
	GString *text =
		repeated(limits[_i].before, limits[_i].unit, limits[_i].cnt, limits[_i].after);

	check_report(text->str, text->len, limits[_i].want);
	g_string_free(text, TRUE);
}
END_TEST

/* A long line is shown in part, with the caret under its place. */
START_TEST(long_line)
{
	GString *text = repeated("", " ", 100000, "]");
	char *message = error_of(text->str, text->len);
	char **lines = g_strsplit(message, "\n", -1);

	ck_assert_msg(g_str_has_prefix(message, "t.yaml:1:100001: error: "), "%s", message);
	ck_assert_uint_lt(strlen(message), 600);
	ck_assert_int_eq(lines[1][strchr(lines[2], '^') - lines[2]], ']');
	g_strfreev(lines);
	g_free(message);
	g_string_free(text, TRUE);
}
END_TEST

/* 20,000 steps: the time limit of the test case is the measure. */
START_TEST(big)
{
	GString *text = g_string_new(head);
	GError *error = NULL;
	struct scn *s;

	for (unsigned i = 0; i < 20000; i++)
		g_string_append_printf(text, "- unmap: {space: rx, iova: 0x%x000, size: 4K}\n", i);
	ck_assert_uint_le(text->len, SCN_FILE_BYTES_MAX);
	s = scn_load("t.yaml", text->str, text->len, NULL, &error);
	ck_assert_msg(s != NULL, "%s", error ? error->message : "");
	ck_assert_uint_eq(s->steps->len, 20000);
	scn_free(s);
	g_string_free(text, TRUE);
}
END_TEST

/* Many mistakes and many names to be nearest to. */
START_TEST(big_and_wrong)
{
	GString *text = g_string_new(head);
	char *message;

	for (unsigned i = 0; i < 10000; i++)
		g_string_append_printf(
			text,
			"- map: {space: sp%d, iova: 0, size: 4K, gpa: page-number-%u, size: 1}\n",
			i, i);
	message = error_of(text->str, text->len);
	ck_assert_msg(g_str_has_suffix(message, " more not shown"), "%s", message);
	g_free(message);
	g_string_free(text, TRUE);
}
END_TEST

/* Requester IDs end at 16 bits: 8191 of them from 00:01.0, one for each device number. */
START_TEST(too_many_devices)
{
	GString *text = g_string_new(
		"scenario: t\nvendors: [vtd]\nsteps: [sync]\nvms:\n  vm0:\n    devices:\n");
	struct scn *s;

	for (unsigned i = 0; i < 8191; i++)
		g_string_append_printf(text, "      d%u:\n", i);
	s = scn_load("t.yaml", text->str, text->len, NULL, NULL);
	ck_assert_ptr_nonnull(s);
	ck_assert_uint_eq(g_array_index(s->devices, struct scn_device, 8190).vrid, 0xfff8);
	scn_free(s);
	g_string_append(text, "      last: {vrid: 0xABCD}\n      over:\n");
	check_report(text->str, text->len,
		     "t.yaml:8199:7: error: no requester ID is left for 'over'");
	g_string_free(text, TRUE);
}
END_TEST

/* A step's own words are cut where they would fill a page, between two characters. */
START_TEST(long_text)
{
	GString *text = repeated(head, "", 0, "- free: {gpa: b, by: ");
	struct scn *s;
	const char *got;

	for (unsigned i = 0; i < 1000; i++)
		g_string_append(text, "\xc3\xa4");
	g_string_append(text, "}\n");
	s = scn_load("t.yaml", text->str, text->len, NULL, NULL);
	ck_assert_ptr_nonnull(s);
	got = ((const struct scn_step *)g_ptr_array_index(s->steps, 0))->text;
	ck_assert_uint_le(strlen(got), 1003);
	ck_assert_uint_ge(strlen(got), 990);
	ck_assert(g_utf8_validate(got, -1, NULL) && g_str_has_suffix(got, "\xc3\xa4..."));
	scn_free(s);
	g_string_free(text, TRUE);
}
END_TEST

/* Named pages lie between what the file names by number, VM by VM. */
START_TEST(crowded_memory)
{
	static const char text[] =
		"scenario: t\nvendors: [vtd]\n"
		"vms: {v: {memory: 16M, spaces: [a]}, w: {memory: 16M, spaces: [b]}}\nsteps:\n"
		"- map: {space: b, iova: 0, size: 1M, gpa: 1M}\n"
		"- map: {space: a, iova: 0, size: 4K, gpa: 0x102000}\n"
		"- map: {space: a, iova: 0x1000, size: 4K, gpa: 0x100000}\n"
		"- map: {space: a, iova: 0x2000, size: 4K, gpa: 0x100000}\n"
		"- map: {space: a, iova: 0x3000, size: 8K, gpa: 0x100000}\n"
		"- free: {gpa: v.p}\n- free: {gpa: v.q}\n- free: {gpa: w.r}\n- free: {gpa: v.s}\n";
	static const uint64_t want[] = { 0x103000, 0x104000, 0x200000, 0x105000 };
	struct scn *s = scn_load("t.yaml", text, strlen(text), NULL, NULL);

	ck_assert_ptr_nonnull(s);
	for (guint i = 0; i < G_N_ELEMENTS(want); i++)
		ck_assert_uint_eq(g_array_index(s->names, struct scn_name, i).gpa, want[i]);
	scn_free(s);
}
END_TEST

/* ---- files ---- */

START_TEST(no_file)
{
	char dir[] = "/tmp/iommusim-scenario-XXXXXX";
	GError *error = NULL;
	char *file, *want;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	file = g_strconcat(dir, "/none.yaml", NULL);
	ck_assert_ptr_null(scn_load(file, NULL, 0, NULL, &error));
	want = g_strdup_printf("%s: error: cannot open: %s", file, g_strerror(ENOENT));
	ck_assert_str_eq(error->message, want);
	ck_assert(g_error_matches(error, SCN_ERROR, SCN_ERROR_READ));
	g_clear_error(&error);
	g_free(want);
	g_free(file);

	ck_assert_ptr_null(scn_load(dir, NULL, 0, NULL, &error));
	want = g_strdup_printf("%s: error: cannot read: %s", dir, g_strerror(EISDIR));
	ck_assert_str_eq(error->message, want);
	ck_assert(g_error_matches(error, SCN_ERROR, SCN_ERROR_READ));
	g_clear_error(&error);
	g_free(want);
	ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

START_TEST(endless_file)
{
	GError *error = NULL;

	ck_assert_ptr_null(scn_load("/dev/zero", NULL, 0, NULL, &error));
	ck_assert_str_eq(error->message, "/dev/zero: error: the file is larger than 1048576 bytes");
	ck_assert(g_error_matches(error, SCN_ERROR, SCN_ERROR_READ));
	g_error_free(error);
}
END_TEST

START_TEST(file)
{
	char name[] = "/tmp/iommusim-scenario-XXXXXX";
	int fd = mkstemp(name);
	GError *error = NULL;
	char *text = g_strconcat(head, "- sync\n", NULL);
	struct scn *s;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(close(fd), 0);
	s = scn_load(name, NULL, 0, NULL, &error);
	ck_assert_int_eq(unlink(name), 0);
	ck_assert_msg(s != NULL, "%s", error ? error->message : "");
	ck_assert_str_eq(s->file, name);
	ck_assert_uint_eq(s->steps->len, 1);
	scn_free(s);
	g_free(text);
}
END_TEST

START_TEST(codes)
{
	GError *error = NULL;

	ck_assert_ptr_null(scn_load("t", "a: [", 4, NULL, &error));
	ck_assert(g_error_matches(error, SCN_ERROR, SCN_ERROR_SYNTAX));
	g_clear_error(&error);
	ck_assert_ptr_null(scn_load("t", "a: 1", 4, NULL, &error));
	ck_assert(g_error_matches(error, SCN_ERROR, SCN_ERROR_CONTENT));
	g_clear_error(&error);
	check_report("a: 1\0 # and more", 16, "t.yaml:1:5: error: a NUL byte is not allowed");
	check_report("", 0, "t.yaml:1:1: error: the file is empty");
}
END_TEST

/* ---- damage: whatever comes is a scenario or an error, and the same twice ---- */

static const char sample[] =
	"scenario: sample\nstory: >\n  One VM,\n  one NIC.\nrefs: ['a', \"b\\t\"]\nvendors: [vtd]\nhost: mail-2023\n"
	"hardware: {mode: concrete, iotlb: {sets: 16, ways: 4, replace: lru}}\n"
	"vms:\n  vm0: {memory: 8M, devices: {nic: {vrid: \"01:00.0\", ats: on}}, spaces: [rx], pages: {b: 64K}}\n  vm1:\n"
	"steps:\n"
	"  - attach: &at {dev: nic, space: rx, pasid: 1}\n  - attach: {<<: *at, pasid: 2}\n"
	"  - map: &m {space: rx, iova: 0x1000, size: 4K, gpa: vm0.b+4K, perm: rw, label: l}\n"
	"  - remap: {<<: [*m, {perm: r}], gpa: c, label: k, bbm: on}\n"
	"  - unmap: {space: rx, iova: 4K, size: 4K, invalidate: [{name: X, dev: nic, am: 1}, {raw: [1, 0x2]}, wait]}\n"
	"  - dma: {dev: nic, iova: 8, access: read, expect: {may: [fault, {gpa: c+8}, {hpa: 1}]}}\n"
	"  - cmd: {name: Y, vm: vm1, field: off}\n  - wait: {for: l}\n  - host-map: {vm: vm0, gpa: 0, size: 1G}\n"
	"  - write: {at: {gpa: vm1.d}, value: 0x10}\n  - free: {gpa: b}\n  - checkpoint: {never: [stale], over: {host: 1}}\n"
	"expect: {never: [order], fail: [{kind: stale, line: 3, vm: vm0}, {blame: guest}]}\n";

static void check_survives(const char *text, size_t len)
{
	/* A copy without a byte behind it: a sanitizer sees a read too far. */
	char *copy = g_memdup2(text, len);
	char *first = error_of(len ? copy : "", len);
	char *second = error_of(len ? copy : "", len);

	ck_assert_str_eq(first, second);
	ck_assert(!*first || g_str_has_prefix(first, "t.yaml:"));
	g_free(first);
	g_free(second);
	g_free(copy);
}

START_TEST(sample_is_right)
{
	check_report(sample, strlen(sample), "");
}
END_TEST

START_TEST(truncations)
{
	for (size_t len = 0; len < strlen(sample); len++)
		check_survives(sample, len);
}
END_TEST

START_TEST(flips)
{
	/* Bytes that mean something, and some that mean nothing. */
	static const char bytes[] = "[]{}:,&*!|>'\"%@`#?- \n\t0x~<+.\x80\xff\xc3\xe2\x01";
	char *text = g_strdup(sample);
	size_t len = strlen(sample);
	uint64_t seed = 2023;

	for (size_t at = 0; at < len; at++) {
		text[at] = bytes[ims_prng_below(&seed, sizeof(bytes))]; /* the closing NUL too */
		check_survives(text, len);
		text[at] = (char)(sample[at] ^ (1 << ims_prng_below(&seed, 8)));
		check_survives(text, len);
		text[at] = sample[at];
	}
	g_free(text);
}
END_TEST

/* Pieces of the sample in another order: right words in wrong places. */
START_TEST(shuffles)
{
	size_t len = strlen(sample);
	uint64_t seed = 1209;

	for (unsigned round = 0; round < 1000; round++) {
		GString *text = g_string_new_len(sample, (gssize)len);

		for (unsigned edit = 0; edit < 4; edit++) {
			size_t from = ims_prng_below(&seed, (uint32_t)len);
			size_t most = ims_prng_below(&seed, 40);
			size_t piece = MIN(most, len - from);
			size_t to = ims_prng_below(&seed, (uint32_t)text->len);

			if (edit % 2)
				g_string_erase(text, (gssize)to,
					       (gssize)MIN(piece, text->len - to));
			g_string_insert_len(text, (gssize)MIN(to, text->len), sample + from,
					    (gssize)piece);
		}
		check_survives(text->str, text->len);
		g_string_free(text, TRUE);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("scenario-limits");
	TCase *tc = tcase_create("limits");

	tcase_add_loop_test(tc, limit, 0, G_N_ELEMENTS(limits));
	tcase_add_test(tc, long_line);
	tcase_add_test(tc, big);
	tcase_add_test(tc, big_and_wrong);
	tcase_add_test(tc, too_many_devices);
	tcase_add_test(tc, long_text);
	tcase_add_test(tc, crowded_memory);
	suite_add_tcase(s, tc);
	tc = tcase_create("files");
	tcase_add_test(tc, no_file);
	tcase_add_test(tc, endless_file);
	tcase_add_test(tc, file);
	tcase_add_test(tc, codes);
	suite_add_tcase(s, tc);
	tc = tcase_create("damage");
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, sample_is_right);
	tcase_add_test(tc, truncations);
	tcase_add_test(tc, flips);
	tcase_add_test(tc, shuffles);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
