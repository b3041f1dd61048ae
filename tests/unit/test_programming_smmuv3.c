/* SPDX-License-Identifier: MIT */
/* Programming rules of SMMUv3: each has a scenario that breaks it and one that keeps it. */
#include <check.h>
#include <string.h>

#include "models/smmuv3/smmuv3.h"
#include "sim/check/check.h"
#include "tests/run.h"
#include "tests/unit/rule_scenarios.h"

START_TEST(scenarios)
{
	ck_assert_uint_eq(smmuv3_model.prog_rules_count, SMMU_PROG_RULES);
	rule_scenarios(&smmuv3_model);
}
END_TEST

/* ---- tables made anew ---- */

#define PAGE(addr, bits) (UINT64_C(0x60000000000f47) | (addr) | (bits))
#define RO		 UINT64_C(0x80)
#define DBM		 (UINT64_C(1) << 51)
#define NT		 (UINT64_C(1) << 16)
#define TABLE		 UINT64_C(0x5000003)
/* A block: bit 1 is clear. */
#define BLOCK(addr, bits) (PAGE(addr, bits) & ~UINT64_C(2))

static const struct {
	const char *what;
	unsigned level, bbml;
	uint64_t old, value;
	bool wrong;
} cases[] = {
	{ "the same", 1, 2, PAGE(0x1000, 0), PAGE(0x1000, 0), false },
	{ "broken first", 1, 2, PAGE(0x1000, 0), 0, false },
	{ "made of nothing", 1, 2, 0, PAGE(0x1000, 0), false },
	{ "another output, writable", 1, 2, PAGE(0x1000, 0), PAGE(0x2000, 0), true },
	{ "another output, the old one read-only", 1, 2, PAGE(0x1000, RO), PAGE(0x2000, 0), true },
	{ "another output, the new one read-only", 1, 2, PAGE(0x1000, 0), PAGE(0x2000, RO), true },
	{ "another output, both read-only", 1, 2, PAGE(0x1000, RO), PAGE(0x2000, RO), false },
	{ "both read-only, one may become dirty", 1, 2, PAGE(0x1000, RO | DBM), PAGE(0x2000, RO),
	  true },
	{ "less rights", 1, 2, PAGE(0x1000, 0), PAGE(0x1000, RO), false },
	{ "another memory type", 1, 2, PAGE(0x1000, 0), PAGE(0x1000, 0) ^ 0xc, true },
	{ "another shareability", 1, 2, PAGE(0x1000, 0), PAGE(0x1000, 0) ^ 0x100, true },
	{ "a table for a block, level 0", 2, 0, BLOCK(0x200000, 0), TABLE, true },
	{ "a table for a block, level 1", 2, 1, BLOCK(0x200000, 0), TABLE, true },
	{ "a table for a block with nT, level 1", 2, 1, BLOCK(0x200000, NT), TABLE, false },
	{ "a block with nT for a table, level 1", 2, 1, TABLE, BLOCK(0x200000, NT), false },
	{ "a block with nT for a table, level 0", 2, 0, TABLE, BLOCK(0x200000, NT), true },
	{ "a table for a block, level 2", 2, 2, BLOCK(0x200000, 0), TABLE, false },
	{ "another table", 2, 2, TABLE, TABLE + 0x1000, false },
};

START_TEST(breaks)
{
	const struct ims_prog_rule *rule = NULL;
	struct ims_state s;

	for (unsigned i = 0; i < SMMU_PROG_RULES; i++)
		if (smmu_prog_rules[i].remade)
			rule = &smmu_prog_rules[i];
	ck_assert_ptr_nonnull(rule);
	ims_state_init(&smmuv3_model, NULL, &s);
	for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
		s.params[SMMU_P_BBML] = cases[i].bbml;
		ck_assert_msg(rule->remade(&s, 1, cases[i].level, cases[i].old, cases[i].value) ==
				      cases[i].wrong,
			      "%s", cases[i].what);
	}
	/* Stage 2: bit 7 is the right to write, not its absence. */
	ck_assert(rule->remade(&s, 2, 1, 0x10007c3 | 0x3c, 0x20007c3 | 0x3c));
	ck_assert(!rule->remade(&s, 2, 1, (0x10007c3 | 0x3c) & ~0x80, (0x20007c3 | 0x3c) & ~0x80));
}
END_TEST

/* ---- levels of ranges ---- */

START_TEST(levels)
{
	static const struct {
		uint64_t low; /* address bits, TG and TTL */
		bool wrong;
	} t[] = {
		{ 0x201000, false }, /* TG 0: no level */
		{ 0x201000 | 1 << 10, false },
		{ 0x201000 | 1 << 10 | 3 << 8, false },
		{ 0x201000 | 1 << 10 | 2 << 8, true },
		{ 0x200000 | 1 << 10 | 2 << 8, false },
		{ 0x200000 | 1 << 10 | 1 << 8, true },
		{ 0x40000000 | 1 << 10 | 1 << 8, false },
		{ 0x1000 | 2 << 10, true },
		{ 0x4000 | 2 << 10 | 3 << 8, false },
		{ 0x4000 | 2 << 10 | 2 << 8, true },
		{ 0x2000000 | 2 << 10 | 2 << 8, false },
		{ 0x4000 | 3 << 10, true },
		{ 0x10000 | 3 << 10, false },
		{ 0x10000 | 3 << 10 | 2 << 8, true },
		{ 0x20000000 | 3 << 10 | 2 << 8, false },
	};
	const struct ims_prog_rule *rule = NULL;
	struct ims_state s;

	for (unsigned i = 0; i < SMMU_PROG_RULES; i++)
		if (smmu_prog_rules[i].wrong)
			rule = &smmu_prog_rules[i];
	ck_assert_ptr_nonnull(rule);
	ims_state_init(&smmuv3_model, NULL, &s);
	for (unsigned i = 0; i < G_N_ELEMENTS(t); i++) {
		uint64_t words[IMS_CMD_WORDS] = { 0x12 | UINT64_C(1) << 12, t[i].low };
		const struct ims_cmd_row *row =
			&smmuv3_model.rows[ims_model_row(&smmuv3_model, "TLBI_NH_VA")];

		ck_assert_msg(rule->wrong(&s, row, words) == t[i].wrong, "%u", i);
		s.params[SMMU_P_RIL] = 0;
		ck_assert(!rule->wrong(&s, row, words));
		s.params[SMMU_P_RIL] = 1;
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("programming of SMMUv3");
	TCase *tc = tcase_create("rules");

	tcase_add_test(tc, scenarios);
	tcase_add_test(tc, breaks);
	tcase_add_test(tc, levels);
	suite_add_tcase(suite, tc);
	return tests_run(suite);
}
