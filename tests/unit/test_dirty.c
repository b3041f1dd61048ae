/* SPDX-License-Identifier: MIT */
/*
 * Dirty tracking of a parent: what of a device's writes is in the bitmap, in the caller's
 * memory, and when it is no more (reference on iommufd, section A3).
 */
#include <check.h>
#include <string.h>

#include "sim/scenario/run_parts.h"
#include "tests/run.h"

extern const struct ims_model vtd_model, amdvi_model, smmuv3_model;
static const struct ims_model *const models[] = { &vtd_model, &amdvi_model, &smmuv3_model };
static const char *const vendors[] = { "vtd", "amdvi", "smmuv3", NULL };

#define ON  "- ioctl: {call: HWPT_SET_DIRTY_TRACKING, in: {hwpt_id: parent, flags: 1}}\n"
#define OFF "- ioctl: {call: HWPT_SET_DIRTY_TRACKING, in: {hwpt_id: parent, flags: 0}}\n"
#define GET(in, want)                                                                              \
	"- ioctl: {call: HWPT_GET_DIRTY_BITMAP, in: {hwpt_id: parent, " in                         \
	"}, expect: {words: " want "}}\n"
#define ALL	    "iova: 0x200000, length: 0x10000, page_size: 4096, words: [0]"
#define WRITE(iova) "- dma: {dev: nic, iova: " iova ", access: write}\n"
#define READ(iova)  "- dma: {dev: nic, iova: " iova ", access: read}\n"
#define BOTH	    WRITE("0x10000") WRITE("0x13000")

static const struct {
	const char *name;
	bool plain; /* a device that reads by ATS asks for the right to write, too: it is marked */
	const char *steps;
} rows[] = {
	{ "written, read, not touched", true, ON BOTH READ("0x11000") GET(ALL, "[0x9]") },
	{ "before tracking", false, BOTH ON GET(ALL, "[0]") },
	{ "cleared by reading", false, ON BOTH GET(ALL, "[0x9]") GET(ALL, "[0]") },
	{ "NO_CLEAR", false,
	  ON BOTH GET("flags: 1, " ALL, "[0x9]") GET(ALL, "[0x9]") GET(ALL, "[0]") },
	{ "written again", false, ON BOTH GET(ALL, "[0x9]") BOTH GET(ALL, "[0x9]") },
	{ "bits are added", false,
	  ON BOTH GET("iova: 0x200000, length: 0x10000, page_size: 4096, words: [0x80]",
		      "[0x89]") },
	{ "larger pages", false,
	  ON BOTH GET("iova: 0x200000, length: 0x10000, page_size: 8192, words: [0]", "[0x3]") },
	{ "a part", false,
	  ON BOTH GET("iova: 0x203000, length: 0x1000, page_size: 4096, words: [0]", "[0x1]")
		  GET(ALL, "[0x1]") },
	{ "a second word", false,
	  ON BOTH GET("iova: 0x1c3000, length: 0x50000, page_size: 4096, words: [0, 0]",
		      "[0x2000000000000000, 0x1]") },
	/* It ends at the first hole, and says nothing of it; what is behind that stays. */
	{ "a hole", false,
	  ON BOTH "- host-unmap: {vm: vm0, gpa: 0x201000, size: 4K}\n" GET(ALL, "[0x1]")
		  GET("iova: 0x202000, length: 0x2000, page_size: 4096, words: [0]", "[0x2]") },
	{ "begins in a hole", false,
	  ON BOTH "- host-unmap: {vm: vm0, gpa: 0x202000, size: 4K}\n" GET(
		  "iova: 0x202000, length: 0x2000, page_size: 4096, words: [0]", "[0]") },
	{ "off, and what is written then", false,
	  ON BOTH OFF BOTH READ("0x11000") ON GET(ALL, "[0]") },
	{ "mapped while tracked", false,
	  ON "- map: {space: rx, iova: 0x20000, size: 4K, gpa: 0x20f000}\n" WRITE("0x20000")
		  GET(ALL, "[0x8000]") },
};

START_TEST(bitmap)
{
	const struct ims_model *m = models[_i % 3];
	g_autofree char *text = g_strdup_printf(
		"scenario: t\nvendors: [%s]\n"
		"vms: {vm0: {devices: {nic: {ats: %s}}, spaces: [rx]}}\nsteps:\n"
		"- attach: {dev: nic, space: rx}\n"
		"- map: {space: rx, iova: 0x10000, size: 16K, gpa: 0x200000}\n%s",
		m->name, _i / 3 % 2 && !rows[_i / 6].plain ? "on" : "off", rows[_i / 6].steps);
	GError *error = NULL;
	struct scn *scn = scn_load("t.yaml", text, strlen(text), vendors, &error);
	struct scn_run *run;

	ck_assert_msg(scn, "%s", error ? error->message : "");
	run = scn_run_new(scn, m, NULL, &error);
	ck_assert_msg(run, "%s", error ? error->message : "");
	ck_assert_msg(scn_run_steps(run, &error), "%s, %s: %s", m->name, rows[_i / 6].name,
		      error ? error->message : "");
	ck_assert_msg(!run->unmet_all->len, "%s, %s: %s", m->name, rows[_i / 6].name,
		      (const char *)g_ptr_array_index(run->unmet_all, 0));
	ck_assert_uint_eq(run->faults, 0);
	scn_run_free(run);
	scn_free(scn);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dirty");
	TCase *t = tcase_create("dirty");

	tcase_add_loop_test(t, bitmap, 0, 6 * (int)G_N_ELEMENTS(rows));
	suite_add_tcase(s, t);
	return tests_run(s);
}
