/* SPDX-License-Identifier: MIT */
/*
 * AMD-Vi registers, section 7 of the reference sheet: where they are, which bits can be
 * written, what the feature registers say of every capability, what control bits do.
 */
#include <check.h>

#include "tests/vectors/amdvi_unit.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define R	 IMS_R
#define ALL	 (~UINT64_C(0))
#define BIT(n)	 (UINT64_C(1) << (n))

/* Bits @hi to @lo. */
static uint64_t bits(unsigned hi, unsigned lo)
{
	return (ALL >> (63 - hi)) & (ALL << lo);
}

/* ---- where they are, and what holds ---- */

static const struct {
	const char *name;
	uint32_t offset;
	uint8_t bytes;
	uint64_t holds; /* of all ones written where nothing runs */
} registers[] = {
	{ "DEVTAB", 0x00, 8, UINT64_C(0x000ffffffffff1ff) },
	{ "CMDBUF", 0x08, 8, UINT64_C(0x0f0ffffffffff000) },
	{ "EVTLOG", 0x10, 8, UINT64_C(0x0f0ffffffffff000) },
	{ "EXCL_BASE", 0x20, 8, UINT64_C(0x000ffffffffff003) },
	{ "EXCL_LIMIT", 0x28, 8, UINT64_C(0x000ffffffffff000) },
	{ "PPRLOG", 0x38, 8, UINT64_C(0x0f0ffffffffff000) },
	{ "PPRLOG_B", 0xf0, 8, 0 },
	{ "EVTLOG_B", 0xf8, 8, 0 },
	{ "DEVTAB_SEG1", 0x100, 8, UINT64_C(0x000ffffffffff1ff) },
	{ "DEVTAB_SEG2", 0x108, 8, UINT64_C(0x000ffffffffff1ff) },
	{ "DEVTAB_SEG3", 0x110, 8, UINT64_C(0x000ffffffffff1ff) },
	{ "DEVTAB_SEG4", 0x118, 8, UINT64_C(0x000ffffffffff1ff) },
	{ "DEVTAB_SEG5", 0x120, 8, UINT64_C(0x000ffffffffff1ff) },
	{ "DEVTAB_SEG6", 0x128, 8, UINT64_C(0x000ffffffffff1ff) },
	{ "DEVTAB_SEG7", 0x130, 8, UINT64_C(0x000ffffffffff1ff) },
	{ "MSI_ADDR", 0x15c, 4, 0xfffffffc },
	{ "MSI_UPPER", 0x160, 4, 0xffffffff },
	{ "MSI_DATA", 0x164, 4, 0xffff },
	{ "VIOMMU_STATUS", 0x190, 8, 0 },
	{ "CMD_HEAD", 0x2000, 8, 0xff0 }, /* of a ring of 256 */
	{ "CMD_TAIL", 0x2008, 8, 0xff0 },
	{ "EVT_HEAD", 0x2010, 8, 0x7fff0 },
	{ "EVT_TAIL", 0x2018, 8, 0x7fff0 },
	{ "STATUS", 0x2020, 8, 0 },
	{ "PPR_HEAD", 0x2030, 8, 0x7fff0 },
	{ "PPR_TAIL", 0x2038, 8, 0x7fff0 },
};

START_TEST(places)
{
	uint64_t value;
	struct aw v;

	aw_open(&v, &(struct aw_options){ 0 });
	ims_unit_reset(&v.hw);
	for (unsigned i = 0; i < COUNT(registers); i++) {
		const struct ims_reg *r = ims_model_reg(&amdvi_model, registers[i].name);

		ck_assert_msg(r != NULL, "%s", registers[i].name);
		ck_assert_uint_eq(r->offset, registers[i].offset);
		ck_assert_uint_eq(r->bytes, registers[i].bytes);
	}
	/* The last first: a new base sets head and tail to 0. */
	for (unsigned i = COUNT(registers); i-- > 0;) {
		ck_assert(ims_reg_write(&v.hw, registers[i].offset, registers[i].bytes, ALL));
		ck_assert(ims_reg_read(&v.hw, registers[i].offset, registers[i].bytes, &value));
		ck_assert_msg(value == registers[i].holds, "%s: %#llx", registers[i].name,
			      (unsigned long long)value);
	}
	for (unsigned i = 0; i < 2; i++) {
		uint32_t offset = i ? 0x1a0 : 0x30;
		uint64_t before;

		ck_assert(ims_reg_read(&v.hw, offset, 8, &before));
		ck_assert(ims_reg_write(&v.hw, offset, 8, ~before));
		ck_assert(ims_reg_read(&v.hw, offset, 8, &value));
		ck_assert_uint_eq(value, before);
	}
	ck_assert(!ims_reg_read(&v.hw, 0x40, 8, &value));
	ck_assert(!ims_reg_read(&v.hw, 0x198, 8, &value));
	aw_close(&v);
}
END_TEST

/* Halves of a register of 64 bits, as Linux writes heads and tails. */
START_TEST(halves)
{
	uint64_t value;
	struct aw v;

	aw_open(&v, &(struct aw_options){ 0 });
	ck_assert(ims_reg_write(&v.hw, 0x0, 4, 0x12345fff));
	ck_assert(ims_reg_write(&v.hw, 0x4, 4, 0xfff54321));
	ck_assert_uint_eq(au_read(&v, "DEVTAB"), UINT64_C(0x00054321123451ff));
	ck_assert_uint_eq(v.hw.unit->root, UINT64_C(0x00054321123451ff));
	ck_assert(ims_reg_read(&v.hw, 0x4, 4, &value));
	ck_assert_uint_eq(value, 0x54321);
	aw_close(&v);
}
END_TEST

/* Power-on: all off, logs of 256 entries. */
START_TEST(power_on)
{
	struct ims_answer a;
	struct aw v;

	aw_build(&v, &(struct aw_options){ 0 });
	ims_unit_reset(&v.hw);
	ck_assert_uint_eq(au_read(&v, "CTRL"), 0);
	ck_assert_uint_eq(au_read(&v, "STATUS"), 0);
	ck_assert_uint_eq(au_read(&v, "DEVTAB"), 0);
	ck_assert_uint_eq(au_read(&v, "CMDBUF"), BIT(59));
	ck_assert_uint_eq(au_read(&v, "EVTLOG"), BIT(59));
	ck_assert_uint_eq(au_read(&v, "PPRLOG"), BIT(59));
	a = aw_ask(&v, AW_BLOCKED, NONE, 0x1234, R);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.out, 0x1234);
	/* Then as software does it. */
	au_write(&v, "DEVTAB", AW_DEVTAB);
	au_ctrl(&v, 0, 1);
	ck_assert_uint_eq(aw_ask(&v, AW_BLOCKED, NONE, 0x1234, R).fault, AMDVI_F_TV);
	ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, AW_GPA, R).out, AW_HPA);
	aw_close(&v);
}
END_TEST

/* ---- what the unit can do ---- */

/* Every capability, alone and at each of its values. */
static const struct {
	const char *reg;
	uint8_t param, hi, lo;
} features[] = {
	{ "EFR", AMDVI_P_PREF_SUP, 0, 0 },	   { "EFR", AMDVI_P_PPR_SUP, 1, 1 },
	{ "EFR", AMDVI_P_XT_SUP, 2, 2 },	   { "EFR", AMDVI_P_NX_SUP, 3, 3 },
	{ "EFR", AMDVI_P_GT_SUP, 4, 4 },	   { "EFR", AMDVI_P_SATS_SUP, 5, 5 },
	{ "EFR", AMDVI_P_IA_SUP, 6, 6 },	   { "EFR", AMDVI_P_GA_SUP, 7, 7 },
	{ "EFR", AMDVI_P_HE_SUP, 8, 8 },	   { "EFR", AMDVI_P_PC_SUP, 9, 9 },
	{ "EFR", AMDVI_P_HATS, 11, 10 },	   { "EFR", AMDVI_P_GATS, 13, 12 },
	{ "EFR", AMDVI_P_GLX_SUP, 15, 14 },	   { "EFR", AMDVI_P_GAM_SUP, 23, 21 },
	{ "EFR", AMDVI_P_DUAL_PPR, 25, 24 },	   { "EFR", AMDVI_P_DUAL_EVT, 29, 28 },
	{ "EFR", AMDVI_P_PAS_MAX, 36, 32 },	   { "EFR", AMDVI_P_US_SUP, 37, 37 },
	{ "EFR", AMDVI_P_DEV_TBL_SEG, 39, 38 },	   { "EFR", AMDVI_P_PPR_EARLY, 40, 40 },
	{ "EFR", AMDVI_P_PPR_AUTO_RSP, 41, 41 },   { "EFR", AMDVI_P_MARC_SUP, 43, 42 },
	{ "EFR", AMDVI_P_BLK_STOP, 44, 44 },	   { "EFR", AMDVI_P_PERF_OPT, 45, 45 },
	{ "EFR", AMDVI_P_MSI_CAP_MMIO, 46, 46 },   { "EFR", AMDVI_P_GIO_SUP, 48, 48 },
	{ "EFR", AMDVI_P_HA_SUP, 49, 49 },	   { "EFR", AMDVI_P_EPH_SUP, 50, 50 },
	{ "EFR", AMDVI_P_ATTR_FW, 51, 51 },	   { "EFR", AMDVI_P_HD_SUP, 52, 52 },
	{ "EFR", AMDVI_P_INV_IOTLB_TYPE, 54, 54 }, { "EFR", AMDVI_P_VIOMMU_SUP, 55, 55 },
	{ "EFR", AMDVI_P_GA_UPDATE_DIS, 61, 61 },  { "EFR", AMDVI_P_FORCE_PHY_DEST, 62, 62 },
	{ "EFR", AMDVI_P_SNP_SUP, 63, 63 },	   { "EFR2", AMDVI_P_TMPM, 2, 2 },
	{ "EFR2", AMDVI_P_GCR3_TRP_MODE, 3, 3 },   { "EFR2", AMDVI_P_HT_RANGE_IGNORE, 11, 11 },
	{ "EFR2", AMDVI_P_SNP_MODE0, 13, 13 },
};

START_TEST(feature_registers)
{
	uint64_t efr = 0, efr2 = 0, before, other, mask;
	uint32_t max;
	struct aw v;

	aw_open(&v, &(struct aw_options){ 0 });
	for (unsigned i = 0; i < COUNT(features); i++) {
		bool second = features[i].reg[3] == '2';

		*(second ? &efr2 : &efr) |= (uint64_t)amdvi_params[features[i].param].value
					    << features[i].lo;
	}
	ck_assert_uint_eq(au_read(&v, "EFR"), efr);
	ck_assert_uint_eq(au_read(&v, "EFR2"), efr2);
	aw_close(&v);
	for (unsigned i = 0; i < COUNT(features); i++) {
		mask = bits(features[i].hi, features[i].lo);
		max = amdvi_params[features[i].param].max;
		ck_assert_uint_le((uint64_t)max << features[i].lo & ~mask, 0);
		for (uint32_t value = 0; value <= max; value++) {
			aw_open(&v, &(struct aw_options){
					    .params = { AW_PARAM(features[i].param, value) } });
			before = features[i].reg[3] == '2' ? efr2 : efr;
			other = features[i].reg[3] == '2' ? efr : efr2;
			ck_assert_uint_eq(au_read(&v, features[i].reg),
					  (before & ~mask) | (uint64_t)value << features[i].lo);
			ck_assert_uint_eq(au_read(&v, features[i].reg[3] == '2' ? "EFR" : "EFR2"),
					  other);
			ims_unit_reset(&v.hw);
			ck_assert_uint_eq(au_read(&v, features[i].reg),
					  (before & ~mask) | (uint64_t)value << features[i].lo);
			aw_close(&v);
		}
	}
}
END_TEST

/* Control bits of a feature that is not there stay 0; those of none are 0. */
START_TEST(control_bits)
{
	static const struct {
		uint8_t hi, lo;
		int param; /* -1: always */
	} of[] = {
		{ 12, 0, -1 },
		{ 15, 13, AMDVI_P_PPR_SUP },
		{ 16, 16, AMDVI_P_GT_SUP },
		{ 17, 17, AMDVI_P_GA_SUP },
		{ 22, 22, -1 },
		{ 29, 25, AMDVI_P_GA_SUP },
		{ 31, 30, AMDVI_P_DUAL_PPR },
		{ 33, 32, AMDVI_P_DUAL_EVT },
		{ 36, 34, AMDVI_P_DEV_TBL_SEG },
		{ 38, 37, -1 },
		{ 39, 39, AMDVI_P_PPR_AUTO_RSP },
		{ 40, 40, AMDVI_P_MARC_SUP },
		{ 41, 41, AMDVI_P_BLK_STOP },
		{ 42, 42, AMDVI_P_PPR_AUTO_RSP },
		{ 43, 43, -1 },
		{ 45, 45, AMDVI_P_EPH_SUP },
		{ 47, 46, AMDVI_P_HA_SUP },
		{ 48, 48, -1 },
		{ 51, 50, AMDVI_P_XT_SUP },
		{ 53, 52, AMDVI_P_VIOMMU_SUP },
		{ 54, 54, AMDVI_P_GA_UPDATE_DIS },
		{ 56, 56, AMDVI_P_TMPM },
		{ 58, 58, AMDVI_P_GCR3_TRP_MODE },
		{ 59, 59, -1 },
		{ 60, 60, AMDVI_P_VIOMMU_SUP },
		{ 63, 61, AMDVI_P_SNP_SUP },
	};
	struct aw v;

	for (unsigned without = 0; without <= COUNT(of); without++) {
		struct aw_options o = { 0 };
		uint64_t expected = 0;

		if (without < COUNT(of) && of[without].param < 0)
			continue;
		if (without < COUNT(of))
			o.params[0] = (struct aw_param)AW_PARAM((uint8_t)of[without].param, 0);
		for (unsigned i = 0; i < COUNT(of); i++)
			if (of[i].param < 0 ||
			    (amdvi_params[of[i].param].value &&
			     (without == COUNT(of) || of[i].param != of[without].param)))
				expected |= bits(of[i].hi, of[i].lo);
		aw_open(&v, &o);
		ims_unit_reset(&v.hw);
		au_write(&v, "CTRL", ALL & ~BIT(12));
		ck_assert_msg(au_read(&v, "CTRL") == (expected & ~BIT(12)), "%u: %#llx", without,
			      (unsigned long long)au_read(&v, "CTRL"));
		aw_close(&v);
	}
}
END_TEST

/* ---- what control bits and bases do ---- */

/* The size in the base register: the first DeviceID beyond faults, the last within does not. */
START_TEST(device_table_size)
{
	static const unsigned sizes[] = { 0, 1, 2, 0xff, 0x1ff };

	for (unsigned i = 0; i < COUNT(sizes); i++) {
		uint32_t entries = (sizes[i] + 1) * 128;
		struct aw v;

		aw_build(&v, &(struct aw_options){ 0 });
		au_write(&v, "DEVTAB", AW_DEVTAB | sizes[i]);
		aw_put(&v, AW_DTE(entries - 1), 1); /* V = 1, TV = 0 */
		ck_assert_uint_eq(aw_ask(&v, entries - 1, NONE, 0, R).fault, AMDVI_F_TV);
		if (entries < 0x10000)
			ck_assert_uint_eq(aw_ask(&v, entries, NONE, 0, R).fault, AMDVI_F_RANGE);
		aw_close(&v);
	}
}
END_TEST

/* CTRL 36:34: the upper bits of the DeviceID choose a base of its own. */
START_TEST(segments)
{
	for (unsigned seg = 1; seg <= 3; seg++)
		for (unsigned n = 1; n < 1u << seg; n++) {
			char name[] = "DEVTAB_SEG1";
			uint32_t dev = n << (16 - seg);
			struct aw v;

			aw_build(&v, &(struct aw_options){ 0 });
			name[sizeof(name) - 2] = (char)('0' + n);
			aw_put(&v, 0x900000 + 32 * 5, 1);
			au_write(&v, name, 0x900000);
			ck_assert_uint_eq(aw_ask(&v, dev + 5, NONE, 0, R).fault, AMDVI_F_RANGE);
			au_ctrl(&v, UINT64_C(7) << 34, (uint64_t)seg << 34);
			ck_assert_uint_eq(aw_ask(&v, dev + 5, NONE, 0, R).fault, AMDVI_F_TV);
			ck_assert_uint_eq(aw_ask(&v, dev + 128, NONE, 0, R).fault, AMDVI_F_RANGE);
			aw_close(&v);
		}
}
END_TEST

/* GTEn, GCR3TRPMode, A and D updates, translation itself: by a write, at once for what is not cached. */
START_TEST(control_takes_effect)
{
	struct aw v;

	aw_build(&v, &(struct aw_options){ 0 });
	au_ctrl(&v, BIT(16), 0);
	ck_assert_uint_eq(aw_ask(&v, AW_NESTED, 1, AW_IOVA, R).fault, AMDVI_F_DTE_GV);
	au_ctrl(&v, 0, BIT(16));
	aw_send(&v, UINT64_C(8) << 60, 0);
	aw_wait(&v);
	ck_assert_uint_eq(aw_ask(&v, AW_NESTED, 1, AW_IOVA, R).out, AW_HPA);
	/* Without GCR3TRPMode the pointer is an address of the system: nothing is there. */
	aw_send(&v, UINT64_C(8) << 60, 0);
	aw_wait(&v);
	au_ctrl(&v, BIT(58), 0);
	ck_assert_uint_eq(aw_ask(&v, AW_NESTED, 1, AW_IOVA, R).fault, AMDVI_F_GCR3_ABSENT);
	au_ctrl(&v, 0, BIT(58) | BIT(48) | BIT(54));
	aw_put(&v, AW_G_E(AW_N1, 1), AW_GPA | 7);
	aw_ask(&v, AW_NESTED, 1, AW_IOVA, IMS_W);
	ck_assert_uint_eq(aw_get(&v, AW_G_E(AW_N1, 1)), AW_GPA | 7);
	au_ctrl(&v, BIT(48) | BIT(54), 0);
	aw_send(&v, UINT64_C(8) << 60, 0);
	aw_wait(&v);
	aw_ask(&v, AW_NESTED, 1, AW_IOVA, IMS_W);
	ck_assert_uint_eq(aw_get(&v, AW_G_E(AW_N1, 1)), AW_GPA | 0x67);
	au_ctrl(&v, 1, 0);
	ck_assert_uint_eq(aw_ask(&v, AW_NESTED, 1, AW_IOVA, R).out, AW_IOVA);
	ck_assert_uint_eq(au_read(&v, "STATUS"), 0);
	aw_close(&v);
}
END_TEST

/* Status: run bits are read-only, the others are cleared by 1 and by nothing else. */
START_TEST(status)
{
	struct aw v;

	aw_open(&v, &(struct aw_options){ 0 });
	au_logs_on(&v);
	ck_assert_uint_eq(au_read(&v, "STATUS"), BIT(3) | BIT(4) | BIT(7));
	v.hw.unit->state.regs[AMDVI_R_STATUS] |= 0x67;
	for (unsigned bit = 0; bit < 8; bit++) {
		bool run = bit == 3 || bit == 4 || bit == 7;
		uint64_t before = au_read(&v, "STATUS");

		au_write(&v, "STATUS", BIT(bit));
		ck_assert_uint_eq(au_read(&v, "STATUS"), run ? before : before & ~BIT(bit));
	}
	au_ctrl(&v, BIT(2), 0);
	ck_assert_uint_eq(au_read(&v, "STATUS"), BIT(4) | BIT(7));
	au_ctrl(&v, BIT(13), 0);
	ck_assert_uint_eq(au_read(&v, "STATUS"), BIT(4));
	au_ctrl(&v, BIT(12), 0);
	ck_assert_uint_eq(au_read(&v, "STATUS"), 0);
	aw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD-Vi registers");
	TCase *t = tcase_create("registers");

	tcase_add_test(t, places);
	tcase_add_test(t, halves);
	tcase_add_test(t, power_on);
	tcase_add_test(t, feature_registers);
	tcase_add_test(t, control_bits);
	tcase_add_test(t, device_table_size);
	tcase_add_test(t, segments);
	tcase_add_test(t, control_takes_effect);
	tcase_add_test(t, status);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
