/* SPDX-License-Identifier: MIT */
/* The SMMUv3 description is sound; its parameters by rule (sheet, 15.14), its registers (15.3). */
#include <check.h>

#include "tests/vectors/smmuv3_world.h"
#include "tests/vectors/unit.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE

START_TEST(the_model_passes)
{
	int row;
	const char *wrong = ims_model_check(&smmuv3_model, &row);

	ck_assert_msg(!wrong, "row %d: %s", row, wrong);
}
END_TEST

/* ---- rules ---- */

struct broken {
	const char *rule;
	struct {
		enum smmu_param param;
		uint32_t value;
	} set[4]; /* the version, 0, ends it */
	unsigned count;
};

#define P(name, value)                                                                             \
	{                                                                                          \
		SMMU_P_##name, value                                                               \
	}

/* clang-format off */
static const struct broken breaks[] = {
	{ "s1p or s2p is 1", { P(S1P, 0), P(S2P, 0) }, 2 },
	{ "hyp needs s1p and s2p", { P(S2P, 0) }, 1 },
	{ "hyp is 1 from version 2 on with s1p and s2p", { P(HYP, 0) }, 1 },
	{ "ns1ats needs s1p, s2p and ats", { P(NS1ATS, 1), P(ATS, 0) }, 2 },
	{ "vmw needs s2p", { P(S2P, 0) }, 1 },
	{ "vmid16 needs s2p", { P(S2P, 0) }, 1 },
	{ "asid16 needs s1p", { P(S1P, 0) }, 1 },
	{ "cd2l needs s1p", { P(S1P, 0) }, 1 },
	{ "pri needs ats", { P(ATS, 0) }, 1 },
	{ "atsrecerr needs ats", { P(ATS, 0) }, 1 },
	{ "pps needs pri and ssidsize", { P(SSIDSIZE, 0) }, 1 },
	{ "pasidtt needs ats and ssidsize", { P(SSIDSIZE, 0) }, 1 },
	{ "dpt needs ats, and no AArch32 tables", { P(DPT, 1), P(ATS, 0) }, 2 },
	{ "atos needs s1p or s2p", { P(ATOS, 1), P(S1P, 0), P(S2P, 0) }, 3 },
	{ "vatos needs atos, s1p and s2p", { P(VATOS, 1) }, 1 },
	{ "sidsize of 7 or more needs st-level", { P(ST_LEVEL, 0) }, 1 },
	{ "ssidsize needs s1p", { P(S1P, 0) }, 1 },
	{ "cmdqs is at most 19", { P(CMDQS, 20) }, 1 },
	{ "eventqs is at most 19", { P(EVENTQS, 20) }, 1 },
	{ "priqs is at most 19", { P(PRIQS, 20) }, 1 },
	{ "xnx is 1 from version 1 on with s2p", { P(XNX, 0) }, 1 },
	{ "xnx needs s2p", { P(S2P, 0) }, 1 },
	{ "had is 1 from version 1 on with s1p", { P(HAD, 0) }, 1 },
	{ "had needs s1p", { P(S1P, 0) }, 1 },
	{ "pbha needs had", { P(PBHA, 1), P(HAD, 0) }, 2 },
	{ "ril is 1 from version 2 on", { P(RIL, 0) }, 1 },
	{ "fwb is 1 from version 2 on with s2p", { P(FWB, 0) }, 1 },
	{ "fwb needs s2p", { P(S2P, 0) }, 1 },
	{ "bbml is 1 or 2 from version 2 on", { P(BBML, 0) }, 1 },
	{ "e0pd is 1 from version 3 on with s1p", { P(E0PD, 0) }, 1 },
	{ "ptwnnc is 1 from version 3 on with s2p", { P(PTWNNC, 0) }, 1 },
	{ "epan is 1 from version 4 on with s1p", { P(EPAN, 0), P(VERSION, 4) }, 2 },
	{ "mteperm is 1 from version 4 on with s2p", { P(VERSION, 4) }, 1 },
	{ "stall-max is 0 with stall-model 1", { P(STALL_MODEL, 1) }, 1 },
	{ "stall-max is not 0 otherwise", { P(STALL_MAX, 0) }, 1 },
	{ "stall-model is not 2 with ats", { P(STALL_MODEL, 2) }, 1 },
	{ "ttf is not 0", { P(TTF, 0) }, 1 },
	{ "ttf has AArch64 tables: others are not modelled", { P(TTF, 1) }, 1 },
	{ "ttendian is not 1", { P(TTENDIAN, 1) }, 1 },
	{ "one of gran4k, gran16k, gran64k is 1", { P(GRAN4K, 0), P(GRAN16K, 0), P(GRAN64K, 0) }, 3 },
	{ "vax needs gran64k, or ds with gran4k or gran16k", { P(VAX, 1), P(GRAN64K, 0) }, 2 },
	{ "vax of 2 needs d128", { P(VAX, 2) }, 1 },
	{ "ds needs vax, and gran4k or gran16k", { P(DS, 1) }, 1 },
	{ "oas of 6 needs gran64k, ds or d128", { P(OAS, 6), P(GRAN64K, 0) }, 2 },
	{ "oas of 7 needs d128", { P(OAS, 7) }, 1 },
	{ "d128 needs ttf 2, s1pi, s2pi, s2po, aie and mteperm", { P(D128, 1) }, 1 },
	{ "s2po needs s2pi", { P(S2PO, 1) }, 1 },
	{ "the needs s2pi with s2p", { P(THE, 1) }, 1 },
	{ "sidsize is at most 32", { P(SIDSIZE, 33) }, 1 },
	{ "ssidsize is at most 20", { P(SSIDSIZE, 21) }, 1 },
	{ "httu needs s1p or s2p", { P(S1P, 0), P(S2P, 0) }, 2 },
	{ "ecmdq is 0, 1, 2 or 4: pages are a power of two", { P(ECMDQ, 3) }, 1 },
	{ "ecmdq needs version 3", { P(ECMDQ, 2), P(VERSION, 2) }, 2 },
	{ "vcmdq is 0 or a power of two", { P(VCMDQS, 6) }, 1 },
	{ "vintf is a power of two", { P(VINTFS, 3) }, 1 },
	{ "vintf-sids is a power of two", { P(VINTF_SIDS, 3) }, 1 },
	{ "vcmdq is not less than vintf", { P(VCMDQS, 2) }, 1 },
	{ "vcmdq needs s1p and s2p", { P(VCMDQS, 8), P(S2P, 0) }, 2 },
};
/* clang-format on */

static void defaults(uint32_t *params)
{
	for (unsigned i = 0; i < SMMU_PARAMS; i++)
		params[i] = smmu_params[i].value;
}

/* One row for each rule, in their order. */
START_TEST(rules)
{
	const struct broken *b = &breaks[_i];
	uint32_t params[SMMU_PARAMS];

	ck_assert_uint_eq(COUNT(breaks), SMMU_PARAM_RULES);
	ck_assert_str_eq(smmu_param_rules[_i].name, b->rule);
	defaults(params);
	ck_assert(smmu_param_rules[_i].holds(params));
	for (unsigned i = 0; i < b->count; i++)
		params[b->set[i].param] = b->set[i].value;
	ck_assert(!smmu_param_rules[_i].holds(params));
	ck_assert_ptr_nonnull(ims_params_broken(&smmuv3_model, params));
	/* None of the changes does it without the others. */
	for (unsigned i = 0; i < b->count; i++) {
		uint32_t was = params[b->set[i].param];

		params[b->set[i].param] = smmu_params[b->set[i].param].value;
		ck_assert_msg(smmu_param_rules[_i].holds(params), "%s: change %u is no part of it",
			      b->rule, i);
		params[b->set[i].param] = was;
	}
}
END_TEST

/* ---- registers ---- */

START_TEST(id_registers)
{
	struct sw v;

	sw_build(&v, &(struct sw_options){ 0 });
	/* By the positions of the sheet, section 1.2. */
	ck_assert_uint_eq(unit_read(&v.hw, "IDR0"), 1 | 1 << 1 | 2 << 2 | 1 << 4 | 2 << 6 | 1 << 9 |
							    1 << 10 | 1 << 12 | 1 << 13 | 1 << 14 |
							    1 << 16 | 1 << 17 | 1 << 18 | 1 << 19 |
							    2 << 21 | 1 << 23 | 1 << 27);
	ck_assert_uint_eq(unit_read(&v.hw, "IDR1"),
			  16 | 20 << 6 | 16 << 11 | 16 << 16 | 16 << 21 | 1 << 26 | 1 << 27);
	ck_assert_uint_eq(unit_read(&v.hw, "IDR3"), 1 << 2 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9 |
							    1 << 10 | 2 << 11 | 1 << 13 | 1 << 14 |
							    1 << 16 | 1 << 17);
	ck_assert_uint_eq(unit_read(&v.hw, "IDR5"), 5 | 7 << 4 | SMMU_STALLS << 16);
	ck_assert_uint_eq(unit_read(&v.hw, "AIDR"), 3);
	for (unsigned i = 0; i < SMMU_REG_ROWS; i++)
		for (unsigned k = 0; k < i; k++)
			ck_assert(smmu_regs[i].offset >= smmu_regs[k].offset + smmu_regs[k].bytes ||
				  smmu_regs[k].offset >= smmu_regs[i].offset + smmu_regs[i].bytes);
	sw_close(&v);
}
END_TEST

START_TEST(control)
{
	struct sw v;

	sw_build(&v, &(struct sw_options){ .params = { SW_PARAM(SMMU_P_VMW, 0),
						       SW_PARAM(SMMU_P_ATSRECERR, 0) } });
	/* What needs a feature that is not there stays 0; CR0ACK follows. */
	unit_write(&v.hw, "CR0", 0xffffffff);
	ck_assert_uint_eq(unit_read(&v.hw, "CR0"), 0x1f);
	ck_assert_uint_eq(unit_read(&v.hw, "CR0ACK"), 0x1f);
	/* CR2, STRTAB_BASE and STRTAB_BASE_CFG stand still while SMMUEN is 1. */
	unit_write(&v.hw, "CR2", 0);
	unit_write(&v.hw, "STRTAB_BASE", 0x500000);
	unit_write(&v.hw, "STRTAB_BASE_CFG", 3);
	ck_assert_uint_eq(unit_read(&v.hw, "CR2") & 2, 2);
	ck_assert_uint_eq(unit_read(&v.hw, "STRTAB_BASE"), SW_STRTAB);
	ck_assert_uint_ne(unit_read(&v.hw, "STRTAB_BASE_CFG"), 3);
	unit_write(&v.hw, "CR0", 0);
	unit_write(&v.hw, "CR2", 0xf);
	ck_assert_uint_eq(unit_read(&v.hw, "CR2"), 3);
	unit_write(&v.hw, "STRTAB_BASE", 0x500000);
	unit_write(&v.hw, "STRTAB_BASE_CFG", 3);
	ck_assert_uint_eq(unit_read(&v.hw, "STRTAB_BASE"), 0x500000);
	ck_assert_uint_eq(unit_read(&v.hw, "STRTAB_BASE_CFG"), 3);
	unit_write(&v.hw, "CR0", 1);
	ck_assert_uint_eq(sw_ask(&v, 8, NONE, 0, IMS_R).fault, SMMU_E_BAD_STREAMID);
	ck_assert_uint_eq(sw_ask(&v, 7, NONE, 0, IMS_R).fault, SMMU_E_BAD_STE);
	sw_close(&v);
}
END_TEST

/* GBPA only with Update; it has no say while SMMUEN is 1. */
START_TEST(bypass_attributes)
{
	struct sw v;

	sw_build(&v, &(struct sw_options){ 0 });
	unit_write(&v.hw, "GBPA", SMMU_GBPA_ABORT);
	ck_assert_uint_eq(unit_read(&v.hw, "GBPA"), 0);
	unit_write(&v.hw, "GBPA", SMMU_GBPA_ABORT | SMMU_GBPA_UPDATE);
	ck_assert_uint_eq(unit_read(&v.hw, "GBPA"), SMMU_GBPA_ABORT);
	ck_assert_uint_eq(sw_ask(&v, SW_BYPASS, NONE, 0x1000, IMS_R).fault, 0);
	unit_write(&v.hw, "CR0", 0);
	ck_assert_uint_eq(sw_ask(&v, SW_BYPASS, NONE, 0x1000, IMS_R).fault, SMMU_F_ABORT);
	unit_write(&v.hw, "GBPA", SMMU_GBPA_UPDATE);
	ck_assert_uint_eq(sw_ask(&v, SW_BYPASS, NONE, 0x1000, IMS_R).fault, 0);
	sw_close(&v);
}
END_TEST

/* Power-on: disabled, bypass, nothing cached; switching off alone drops nothing. */
START_TEST(off_and_reset)
{
	struct sw v;

	sw_build(&v, &(struct sw_options){ 0 });
	ck_assert_uint_eq(sw_ask(&v, SW_S1, NONE, SW_VA, IMS_R).out, SW_PA_S1);
	unit_write(&v.hw, "CR0", 0);
	ck_assert_uint_eq(sw_ask(&v, SW_S1, NONE, SW_VA, IMS_R).out, SW_VA);
	unit_write(&v.hw, "CR0", 1);
	ck_assert(sw_ask(&v, SW_S1, NONE, SW_VA, IMS_R).hit);
	ims_unit_reset(&v.hw);
	ck_assert_uint_eq(unit_read(&v.hw, "CR0"), 0);
	ck_assert_uint_eq(unit_read(&v.hw, "STRTAB_BASE"), 0);
	for (unsigned c = 0; c < SMMU_CACHES; c++)
		ck_assert_uint_eq(ims_hw_cache(&v.hw, c)->live, 0);
	ck_assert_uint_eq(sw_ask(&v, SW_S1, NONE, SW_VA, IMS_R).out, SW_VA);
	/* As software finds it then, it can be programmed. */
	unit_write(&v.hw, "STRTAB_BASE", SW_STRTAB);
	unit_write(&v.hw, "STRTAB_BASE_CFG", 8);
	unit_write(&v.hw, "CR0", 1);
	ck_assert_uint_eq(sw_ask(&v, SW_S1, NONE, SW_VA, IMS_R).out, SW_PA_S1);
	sw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("SMMUv3 description");
	TCase *t = tcase_create("model");

	tcase_add_test(t, the_model_passes);
	tcase_add_loop_test(t, rules, 0, COUNT(breaks));
	tcase_add_test(t, id_registers);
	tcase_add_test(t, control);
	tcase_add_test(t, bypass_attributes);
	tcase_add_test(t, off_and_reset);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
