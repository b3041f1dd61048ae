/* SPDX-License-Identifier: MIT */
/* What the reader of recordings says about a bad file, and that it survives every damage. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/recording_toy.h"
#include "tests/run.h"

struct bad_line {
	const char *text, *message;
};

static const struct bad_line bad_lines[] = {
	{ "", "1:1: error: the recording is empty\n    1 | \n      | ^" },
	{ "reg a 0\n\nreg b 0\n", "2:1: error: the line is empty\n    2 | \n      | ^" },
	{ "reg a 0\nxalt 0x10 0 0 0x1000\n",
	  "2:1: error: unknown line 'xalt'\n"
	  "    2 | xalt 0x10 0 0 0x1000\n"
	  "      | ^~~~\n"
	  "      = help: did you mean 'xlat'? a line begins with: reg, cmd, xlat, bypass, abort, fault, event, drv-map, "
	  "drv-unmap, mark" },
	{ " reg a 0\n",
	  "1:1: error: a field is empty: fields are split by one space\n    1 |  reg a 0\n      | ^" },
	{ "cmd 0x50036\n", "1:12: error: the 'cmd' line ends after 1 of its 2 fields\n"
			   "    1 | cmd 0x50036\n"
			   "      |            ^\n"
			   "      = help: the line is 'cmd QW0 QW1 [QW2 QW3]'" },
	{ "cmd 0x3 2 3 4 5\n", "1:15: error: something follows the last field of the 'cmd' line\n"
			       "    1 | cmd 0x3 2 3 4 5\n"
			       "      |               ^\n"
			       "      = help: the line is 'cmd QW0 QW1 [QW2 QW3]'" },
	{ "cmd 0x3  2\n", "1:9: error: a field is empty: fields are split by one space\n"
			  "    1 | cmd 0x3  2\n"
			  "      |         ^\n"
			  "      = help: the line is 'cmd QW0 QW1 [QW2 QW3]'" },
	{ "mark end \n", "1:10: error: something follows the last field of the 'mark' line\n"
			 "    1 | mark end \n"
			 "      |          ^\n"
			 "      = help: the line is 'mark NAME'" },
	{ "cmd 0x3 0x10000000000000000\n",
	  "1:9: error: '0x10000000000000000' does not fit in 64 bits\n"
	  "    1 | cmd 0x3 0x10000000000000000\n"
	  "      |         ^~~~~~~~~~~~~~~~~~~\n"
	  "      = help: the line is 'cmd QW0 QW1 [QW2 QW3]'" },
	{ "xlat 0x10 0xzz 0 0x1000\n", "1:11: error: '0xzz' is not a number\n"
				       "    1 | xlat 0x10 0xzz 0 0x1000\n"
				       "      |           ^~~~\n"
				       "      = help: the line is 'xlat SID IOVA PA 0x1000'" },
	{ "xlat 0x10 -1 0 0x1000\n", "1:11: error: '-1' is not a number\n"
				     "    1 | xlat 0x10 -1 0 0x1000\n"
				     "      |           ^~\n"
				     "      = help: the line is 'xlat SID IOVA PA 0x1000'" },
	{ "xlat 0x100000000 0 0 0x1000\n",
	  "1:6: error: '0x100000000' is not a requester id: it does not fit in 32 bits\n"
	  "    1 | xlat 0x100000000 0 0 0x1000\n"
	  "      |      ^~~~~~~~~~~\n"
	  "      = help: the line is 'xlat SID IOVA PA 0x1000'" },
	{ "fault 0x10 0 5 x\n", "1:16: error: 'x' is neither r nor w\n"
				"    1 | fault 0x10 0 5 x\n"
				"      |                ^\n"
				"      = help: the line is 'fault SID IOVA CODE r|w'" },
	{ "drv-map 1..5 0 0x1000 0\n", "1:9: error: '1..5' is not a time in seconds\n"
				       "    1 | drv-map 1..5 0 0x1000 0\n"
				       "      |         ^~~~\n"
				       "      = help: the line is 'drv-map TIME IOVA SIZE PA'" },
	{ "drv-map 1.5 0x800 0x1000 0\n",
	  "1:13: error: '0x800' is not a multiple of the page size, 0x1000\n"
	  "    1 | drv-map 1.5 0x800 0x1000 0\n"
	  "      |             ^~~~~\n"
	  "      = help: the line is 'drv-map TIME IOVA SIZE PA'" },
	{ "drv-unmap 1.5 0 0\n", "1:17: error: '0' is not a size\n"
				 "    1 | drv-unmap 1.5 0 0\n"
				 "      |                 ^\n"
				 "      = help: the line is 'drv-unmap TIME IOVA SIZE'" },
	{ "drv-unmap 1.5 0xfffffffffffff000 0x2000\n",
	  "1:34: error: '0x2000' reaches beyond the last address\n"
	  "    1 | drv-unmap 1.5 0xfffffffffffff000 0x2000\n"
	  "      |                                  ^~~~~~\n"
	  "      = help: the line is 'drv-unmap TIME IOVA SIZE'" },
	{ "drv-map 1.5 0 0x2000 0xfffffffffffff000\n",
	  "1:22: error: '0xfffffffffffff000' reaches beyond the last address\n"
	  "    1 | drv-map 1.5 0 0x2000 0xfffffffffffff000\n"
	  "      |                      ^~~~~~~~~~~~~~~~~~\n"
	  "      = help: the line is 'drv-map TIME IOVA SIZE PA'" },
	{ "cmd 0x7 0\n", "1:1: error: the words are no command of this IOMMU\n"
			 "    1 | cmd 0x7 0\n"
			 "      | ^" },
	{ "mark a\nmark b", "2:7: error: the last line has no newline: the recording is cut short\n"
			    "    2 | mark b\n"
			    "      |       ^\n"
			    "      = help: the line is 'mark NAME'" },
	{ "mark a\r\n",
	  "1:7: error: byte 0x0d: a recording is plain text, its lines end with one newline\n"
	  "    1 | mark a\n"
	  "      |       ^" },
};

START_TEST(test_bad_line)
{
	const struct bad_line *b = &bad_lines[_i];
	char *message = g_strdup_printf("t.rec:%s", b->message);

	expect_error(b->text, strlen(b->text), &each, message);
	g_free(message);
}
END_TEST

START_TEST(test_bad_bytes)
{
	static const char nul[] = "mark a\nma\0rk b\n";
	GString *text = g_string_new("mark ");
	GError *error = NULL;

	expect_error(
		nul, sizeof(nul) - 1, &each,
		"t.rec:2:3: error: byte 0x00: a recording is plain text, its lines end with one newline\n"
		"    2 | ma?rk b\n"
		"      |   ^");
	expect_error(
		"mark \xc3\xa4\n", 8, &each,
		"t.rec:1:6: error: byte 0xc3: a recording is plain text, its lines end with one newline\n"
		"    1 | mark \xc3\xa4\n"
		"      |      ^");
	for (unsigned i = 0; i < REC_LINE_BYTES_MAX - 5; i++)
		g_string_append_c(text, 'x');
	g_string_append_c(text, '\n');
	rec_free(load_ok("t.rec", text->str, &each));
	g_string_insert_c(text, 5, 'x');
	ck_assert_ptr_null(rec_load("t.rec", text->str, text->len, &each, &error));
	ck_assert(g_str_has_prefix(error->message,
				   "t.rec:1:513: error: the line is longer than 512 bytes\n"));
	g_error_free(error);
	g_string_free(text, TRUE);
}
END_TEST

START_TEST(test_bad_file)
{
	GError *error = NULL;

	ck_assert_ptr_null(rec_load(RECORDED "none.rec", NULL, 0, &each, &error));
	ck_assert_str_eq(error->message,
			 RECORDED "none.rec: error: cannot open: No such file or directory");
	ck_assert(g_error_matches(error, SCN_ERROR, SCN_ERROR_READ));
	g_clear_error(&error);
	ck_assert_ptr_null(rec_load(IMS_SOURCE_DIR, NULL, 0, &each, &error));
	ck_assert_str_eq(error->message, IMS_SOURCE_DIR ": error: cannot read: Is a directory");
	g_clear_error(&error);
	/* No file, no end: the limit ends it. */
	ck_assert_ptr_null(rec_load("/dev/zero", NULL, 0, &each, &error));
	ck_assert_str_eq(error->message, "/dev/zero: error: longer than 64 MiB");
	g_clear_error(&error);
	/* The text is not looked at: it has one byte. */
	ck_assert_ptr_null(rec_load("t.rec", "", REC_BYTES_MAX + 1, &each, &error));
	ck_assert_str_eq(error->message, "t.rec: error: longer than 64 MiB");
	g_clear_error(&error);
}
END_TEST

/* Maps nobody uses, and unmaps that cover none of them: each map looks at all unmaps. */
START_TEST(test_too_entangled)
{
	GString *text = g_string_new(NULL);
	GError *error = NULL;

	for (unsigned i = 0; i < 12000; i++)
		g_string_append(text, "drv-map 1 0x1000 0x1000 0\n");
	for (unsigned i = 0; i < 12000; i++)
		g_string_append(text, "drv-unmap 1 0x9000 0x1000\ncmd 0x511 0x9001\n");
	ck_assert_ptr_null(rec_load("t.rec", text->str, text->len, &each, &error));
	ck_assert(g_str_has_prefix(error->message,
				   "t.rec:1:1: error: the order cannot be rebuilt: too many maps, "
				   "unmaps and commands overlap\n"));
	g_error_free(error);
	g_string_free(text, TRUE);
}
END_TEST

START_TEST(test_too_many_lines)
{
	GString *text = g_string_new(NULL);
	GError *error = NULL;

	for (unsigned i = 0; i <= REC_LINES_MAX; i++)
		g_string_append(text, "mark a\n");
	ck_assert_ptr_null(rec_load("t.rec", text->str, text->len, &each, &error));
	ck_assert(g_str_has_prefix(error->message,
				   "t.rec:2097153:1: error: more than 2097152 lines\n"));
	g_error_free(error);
	g_string_free(text, TRUE);
}
END_TEST

static void damage(char *text, size_t len, const struct rec_vendor *v)
{
	static const char bytes[] = { 0, '\n', ' ', '0', '1', '9', 'f', 'x', 'm', (char)0xff };

	for (size_t i = 0; i <= len; i++)
		load_damaged(text, i, v);
	for (size_t i = 0; i < len; i++) {
		char old = text[i];

		for (size_t k = 0; k < sizeof(bytes); k++) {
			text[i] = bytes[k];
			load_damaged(text, len, v);
		}
		text[i] = (char)(old ^ (1 << i % 8));
		load_damaged(text, len, v);
		text[i] = old;
	}
}

START_TEST(test_damage)
{
	static const struct {
		const char *text;
		const struct rec_vendor *v;
	} files[] = {
		{ TWO_TAGS "reg a 0 b\nfault 0x10 0 5 r\n", &each },
		{ TWO_TAGS, &tiled },
		{ SYNCED, &synced },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		char *text = g_strdup(files[i].text);

		damage(text, strlen(text), files[i].v);
		g_free(text);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("recording-bad");
	TCase *tc = tcase_create("recording-bad");

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, test_bad_line, 0, (int)G_N_ELEMENTS(bad_lines));
	tcase_add_test(tc, test_bad_bytes);
	tcase_add_test(tc, test_bad_file);
	tcase_add_test(tc, test_too_entangled);
	tcase_add_test(tc, test_too_many_lines);
	tcase_add_test(tc, test_damage);
	suite_add_tcase(s, tc);
	return tests_run(s);
}
