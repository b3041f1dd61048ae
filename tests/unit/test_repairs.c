/* SPDX-License-Identifier: MIT */
/* Which layers a finding says it is mended by, each alone: found by running again. */
#include "tests/run.h"
#include "tests/unit/judged.h"

extern const struct ims_model vtd_model, amdvi_model, smmuv3_model;

static const struct ims_model *const models[] = { &vtd_model, &amdvi_model, &smmuv3_model };

/* clang-format off */
static const struct {
	const char *policy, *unmap; /* host and VMM; what the unmap issues */
	const char *want; /* "guest+ host-": mends, does not */
} cases[] = {
	{ "host: mail-2023", ", invalidate: none", "guest+" },
	{ "host: mail-2023", ", async: true, invalidate: none", "guest+" },
	{ "host: {base: mail-2023, atc: drop}", "", "guest- host+" },
	/* Both are wrong: no one of them mends it. */
	{ "host: {base: mail-2023, atc: drop}", ", invalidate: none", "guest- host-" },
	/* What differs and has no part in it mends nothing. */
	{ "host: {base: mail-2023, atc: drop, batch: list}", "", "guest- host+" },
	{ "host: mail-2023\nvmm: {domain: device}", ", invalidate: none", "guest+ vmm-" },
};
/* clang-format on */

static char *said(const struct chk_finding *f)
{
	GString *s = g_string_new(NULL);

	for (unsigned i = 0; i < f->repairs_count; i++)
		g_string_append_printf(s, "%s%s%c", i ? " " : "", f->repairs[i].layer,
				       f->repairs[i].fixes ? '+' : '-');
	return g_string_free(s, FALSE);
}

START_TEST(mended_by)
{
	const struct ims_model *m = models[_i % 3];
	g_autofree char *text = NULL, *got = NULL;
	struct judged_text j;

	/* AMD-Vi's VMM makes domains of devices in any case. */
	if (m == &amdvi_model && strstr(cases[_i / 3].policy, "vmm"))
		return;
	text = g_strdup_printf("scenario: t\nvendors: [%s]\n%s\n"
			       "vms: {vm0: {devices: {nic: {ats: on}}, spaces: [rx]}}\n"
			       "steps:\n"
			       "  - attach: {dev: nic, space: rx}\n"
			       "  - map: {space: rx, iova: 0x10000, size: 4K, gpa: buf0}\n"
			       "  - dma: {dev: nic, iova: 0x10008, access: write}\n"
			       "  - unmap: {space: rx, iova: 0x10000, size: 4K%s}\n"
			       "  - free: {gpa: buf0}\n"
			       "  - dma: {dev: nic, iova: 0x10008, access: write}\n",
			       m->name, cases[_i / 3].policy, cases[_i / 3].unmap);
	j = judged_text(m, text);
	ck_assert_uint_eq(j.r->findings->len, 1);
	got = said(g_ptr_array_index(j.r->findings, 0));
	ck_assert_str_eq(got, cases[_i / 3].want);
	judged_done(&j);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("repairs");
	TCase *t = tcase_create("layers");

	tcase_add_loop_test(t, mended_by, 0, 3 * (int)G_N_ELEMENTS(cases));
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
