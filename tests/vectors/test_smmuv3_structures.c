/* SPDX-License-Identifier: MIT */
/*
 * Stream table entries and CDs (sheet, sections 2, 3, 7.3 and 16.2, 16.3): every condition
 * that makes one ILLEGAL, and beside it what must not; levels and sizes as arithmetic.
 */
#include <check.h>

#include "tests/vectors/smmuv3_world.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define MORE	 3

struct set {
	struct ims_field field;
	uint64_t value;
};

struct cap {
	uint8_t param; /* 0 (the version) with value 0: none */
	uint32_t value;
};

/* ---- STE ---- */

#define F(name) SMMU_STE_##name

struct ste_case {
	const char *what;
	unsigned sid;
	struct set set[MORE];
	struct cap cap[MORE];
	bool legal;
};

/* clang-format off */
static const struct ste_case ste_cases[] = {
	{ "in order, nested", SW_NESTED, .legal = true },
	{ "in order, stage 2", SW_S2, .legal = true },
	{ "in order, stage 1", SW_S1, .legal = true },
	{ "V = 0", SW_S1, .set = { { F(V), 0 } } },
	{ "no stage 1 in the unit", SW_S1, .cap = { { SMMU_P_S1P, 0 } } },
	{ "no stage 1 in the unit, nested", SW_NESTED, .cap = { { SMMU_P_S1P, 0 } } },
	{ "no stage 1 in the unit, stage 2", SW_S2, .cap = { { SMMU_P_S1P, 0 } }, .legal = true },
	{ "no stage 2 in the unit", SW_S2, .cap = { { SMMU_P_S2P, 0 } } },
	{ "no stage 2 in the unit, nested", SW_NESTED, .cap = { { SMMU_P_S2P, 0 } } },
	{ "split stage, nested", SW_NESTED, .set = { { F(EATS), 2 } }, .legal = true },
	{ "split stage, stage 1", SW_S1, .set = { { F(EATS), 2 } } },
	{ "split stage, stage 2", SW_S2, .set = { { F(EATS), 2 } } },
	{ "split stage, stall", SW_NESTED, .set = { { F(EATS), 2 }, { F(S2S), 1 } } },
	{ "split stage, NS1ATS", SW_NESTED, .set = { { F(EATS), 2 } }, .cap = { { SMMU_P_NS1ATS, 1 } } },
	{ "split stage, no ATS", SW_S1, .set = { { F(EATS), 2 } }, .cap = { { SMMU_P_ATS, 0 } }, .legal = true },
	{ "ATS, stall", SW_NESTED, .set = { { F(S2S), 1 } } },
	{ "ATS, stall, stage 2", SW_S2, .set = { { F(S2S), 1 } } },
	{ "no ATS, stall", SW_S2, .set = { { F(S2S), 1 }, { F(EATS), 0 } }, .legal = true },
	{ "EATS 3 acts as 0", SW_NESTED, .set = { { F(EATS), 3 } }, .legal = true },
	{ "STRW 1", SW_S1, .set = { { F(STRW), 1 } } },
	{ "STRW 3", SW_S1, .set = { { F(STRW), 3 } } },
	{ "STRW 2", SW_S1, .set = { { F(STRW), 2 } }, .legal = true },
	{ "STRW 1, nested", SW_NESTED, .set = { { F(STRW), 1 } }, .legal = true },
	{ "STRW 1, no EL2", SW_S1, .set = { { F(STRW), 1 } }, .cap = { { SMMU_P_HYP, 0 } }, .legal = true },
	{ "S1STALLD, never stalls", SW_S1, .set = { { F(S1STALLD), 1 } }, .cap = { { SMMU_P_STALL_MODEL, 1 } } },
	{ "S1STALLD, always stalls", SW_S1, .set = { { F(S1STALLD), 1 } }, .cap = { { SMMU_P_STALL_MODEL, 2 } } },
	{ "S1STALLD, either", SW_S1, .set = { { F(S1STALLD), 1 } }, .legal = true },
	{ "S1STALLD, stage 2", SW_S2, .set = { { F(S1STALLD), 1 } }, .cap = { { SMMU_P_STALL_MODEL, 1 } }, .legal = true },
	{ "S1CDMax beyond SSIDSIZE", SW_S1, .set = { { F(S1CDMAX), 5 } }, .cap = { { SMMU_P_SSIDSIZE, 4 } } },
	{ "S1CDMax of SSIDSIZE", SW_S1, .set = { { F(S1CDMAX), 4 } }, .cap = { { SMMU_P_SSIDSIZE, 4 } }, .legal = true },
	{ "S1CDMax, no substreams", SW_S1, .set = { { F(S1CDMAX), 5 } }, .cap = { { SMMU_P_SSIDSIZE, 0 } }, .legal = true },
	{ "S1Fmt 1, no CD2L", SW_S1, .set = { { F(S1FMT), 1 }, { F(S1CDMAX), 7 } }, .cap = { { SMMU_P_CD2L, 0 } } },
	{ "S1Fmt 2, no CD2L", SW_S1, .set = { { F(S1FMT), 2 }, { F(S1CDMAX), 7 } }, .cap = { { SMMU_P_CD2L, 0 } } },
	{ "S1Fmt 3, no CD2L", SW_S1, .set = { { F(S1FMT), 3 }, { F(S1CDMAX), 2 } }, .cap = { { SMMU_P_CD2L, 0 } }, .legal = true },
	{ "S1Fmt 3, by the prose", SW_S1, .set = { { F(S1FMT), 3 }, { F(S1CDMAX), 2 } }, .cap = { { SMMU_P_CD2L, 0 }, { SMMU_K_S1FMT3, 1 } } },
	{ "S1Fmt 1, one CD", SW_S1, .set = { { F(S1FMT), 1 } }, .cap = { { SMMU_P_CD2L, 0 } }, .legal = true },
	{ "S1ContextPtr beyond OAS", SW_S1, .set = { { F(S1CTXPTR), UINT64_C(1) << 34 } }, .cap = { { SMMU_P_OAS, 2 } } },
	{ "S1ContextPtr beyond IAS", SW_NESTED, .set = { { F(S1CTXPTR), UINT64_C(1) << 34 }, { F(S2T0SZ), 24 }, { F(S2SL0), 1 } }, .cap = { { SMMU_P_OAS, 2 } } },
	{ "stall, never stalls", SW_S2, .set = { { F(EATS), 0 }, { F(S2S), 1 } }, .cap = { { SMMU_P_STALL_MODEL, 1 } } },
	{ "no stall, always stalls", SW_S2, .cap = { { SMMU_P_STALL_MODEL, 2 } } },
	{ "AArch32 stage 2", SW_S2, .set = { { F(S2AA64), 0 } } },
	{ "S2HA, no HTTU", SW_S2, .set = { { F(S2HA), 1 } }, .cap = { { SMMU_P_HTTU, 0 } } },
	{ "S2HD, no HTTU", SW_S2, .set = { { F(S2HD), 1 } }, .cap = { { SMMU_P_HTTU, 0 } } },
	{ "S2HD, access flags alone", SW_S2, .set = { { F(S2HD), 1 }, { F(S2HA), 1 } }, .cap = { { SMMU_P_HTTU, 1 } } },
	{ "S2HA, access flags alone", SW_S2, .set = { { F(S2HA), 1 } }, .cap = { { SMMU_P_HTTU, 1 } }, .legal = true },
	{ "S2HD without S2HA", SW_S2, .set = { { F(S2HD), 1 } }, .legal = true },
	{ "S2TG reserved", SW_S2, .set = { { F(S2TG), 3 } } },
	{ "S2TG that is not there", SW_S2, .cap = { { SMMU_P_GRAN4K, 0 } } },
	{ "S2TTB beyond S2PS", SW_S2, .set = { { F(S2TTB), UINT64_C(1) << 38 }, { F(S2PS), 3 } } },
	{ "S2TTB below S2PS", SW_S2, .set = { { F(S2TTB), UINT64_C(1) << 37 }, { F(S2PS), 3 } }, .legal = true },
	{ "S2TTB beyond OAS", SW_S2, .set = { { F(S2TTB), UINT64_C(1) << 36 }, { F(S2T0SZ), 24 }, { F(S2SL0), 1 } }, .cap = { { SMMU_P_OAS, 2 } } },
	{ "S2T0SZ below 16", SW_S2, .set = { { F(S2T0SZ), 15 } } },
	{ "S2T0SZ below 64 - IAS", SW_S2, .set = { { F(S2T0SZ), 23 }, { F(S2SL0), 1 } }, .cap = { { SMMU_P_OAS, 2 } } },
	{ "S2T0SZ above 39", SW_S2, .set = { { F(S2T0SZ), 40 }, { F(S2SL0), 0 } }, .cap = { { SMMU_P_STT, 0 } } },
	{ "S2T0SZ above 39, STT", SW_S2, .set = { { F(S2T0SZ), 40 }, { F(S2SL0), 0 } }, .legal = true },
	{ "S2T0SZ above 48", SW_S2, .set = { { F(S2T0SZ), 49 }, { F(S2SL0), 3 } } },
	{ "S2SL0 too low", SW_S2, .set = { { F(S2SL0), 1 } } },
	{ "S2SL0 too high", SW_S2, .set = { { F(S2T0SZ), 25 } } },
	{ "S2SL0 reserved, 64K", SW_S2, .set = { { F(S2TG), 1 }, { F(S2SL0), 3 }, { F(S2T0SZ), 18 } } },
	{ "S2ENDI", SW_S2, .set = { { F(S2ENDI), 1 } } },
	{ "S2VMID of 16 bits", SW_S2, .set = { { F(S2VMID), 0x100 } }, .cap = { { SMMU_P_VMID16, 0 } } },
	{ "S2VMID of 16 bits, stage 1", SW_S1, .set = { { F(S2VMID), 0x100 } }, .cap = { { SMMU_P_VMID16, 0 } } },
	{ "S2VMID of 16 bits, EL2", SW_EL2, .set = { { F(S2VMID), 0x100 } }, .cap = { { SMMU_P_VMID16, 0 } }, .legal = true },
	{ "S2VMID of 16 bits, no stage 2", SW_S1, .set = { { F(S2VMID), 0x100 } }, .cap = { { SMMU_P_VMID16, 0 }, { SMMU_P_S2P, 0 } }, .legal = true },
	{ "S2VMID of 16 bits, bypass", SW_BYPASS, .set = { { F(S2VMID), 0x100 } }, .cap = { { SMMU_P_VMID16, 0 } }, .legal = true },
};
/* clang-format on */

static void options_of(struct sw_options *o, const struct cap *cap)
{
	for (unsigned i = 0; i < MORE && (cap[i].param || cap[i].value); i++)
		o->params[i] = (struct sw_param){ true, cap[i].param, cap[i].value };
}

static void apply(struct sw *v, uint64_t at, const struct set *set)
{
	for (unsigned i = 0; i < MORE && set[i].field.hi + set[i].field.lo + set[i].value; i++)
		sw_field(v, at, set[i].field, set[i].value);
}

START_TEST(ste_legality)
{
	const struct ste_case *c = &ste_cases[_i];
	struct sw_options o = { 0 };
	uint64_t ste[8];
	uint16_t fault;
	struct sw v;

	options_of(&o, c->cap);
	sw_build(&v, &o);
	apply(&v, SW_STE(c->sid), c->set);
	/* A field at bit 0, V, with value 0 says nothing to apply(). */
	if (!c->set[0].value && c->set[0].field.hi == 0 && !strcmp(c->what, "V = 0"))
		sw_put(&v, SW_STE(c->sid), sw_get(&v, SW_STE(c->sid)) & ~UINT64_C(1));
	for (unsigned i = 0; i < 8; i++)
		ste[i] = sw_get(&v, SW_STE(c->sid) + i * 8);
	fault = smmu_check_ste(&v.hw.unit->state, ste);
	ck_assert_msg(fault == (c->legal ? 0 : SMMU_E_BAD_STE), "%s: %#x", c->what, fault);
	/* The request says the same. */
	fault = sw_ask(&v, c->sid, NONE, SW_VA, IMS_R).fault;
	ck_assert_msg((fault == SMMU_E_BAD_STE) == !c->legal, "%s: request %#x", c->what, fault);
	/* With Config = 0 nothing of it matters, unless it is not valid at all. */
	sw_field(&v, SW_STE(c->sid), SMMU_STE_CONFIG, 0);
	sw_forget(&v);
	fault = sw_ask(&v, c->sid, NONE, SW_VA, IMS_R).fault;
	ck_assert_uint_eq(fault, ste[0] & 1 ? SMMU_F_ABORT : SMMU_E_BAD_STE);
	sw_close(&v);
}
END_TEST

/* The word of section 7.3, field by field. */
START_TEST(ste_word)
{
	uint64_t ste[8] = { UINT64_C(0x400000008000402f), UINT64_C(0x00001000120800d6),
			    UINT64_C(0x044d355800000005), 0x1234000 };
	struct ims_state s;

	ims_state_init(&smmuv3_model, NULL, &s);
	ck_assert_uint_eq(smmu_check_ste(&s, ste), 0);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_CONFIG), 7);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S1FMT), 2);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S1CDMAX), 8);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S1CTXPTR) << 6, 0x80004000);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S1DSS), 2);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S1CIR), 1);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S1COR), 1);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S1CSH), 3);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_MEV), 1);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S2FWB), 1);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_EATS), 1);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_SHCFG), 1);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S2VMID), 5);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S2T0SZ), 24);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S2SL0), 1);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S2TG), 0);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S2PS), 5);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S2AA64), 1);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S2PTW), 1);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S2R), 1);
	ck_assert_uint_eq(ims_field_get(ste, SMMU_STE_S2TTB) << 4, 0x1234000);
}
END_TEST

/* ---- CD ---- */

#undef F
#define F(name) SMMU_CD_##name

struct cd_case {
	const char *what;
	unsigned sid; /* SW_S1 or SW_EL2 */
	struct set set[MORE];
	struct cap cap[MORE];
	bool legal, e2h, stalld;
};

/* clang-format off */
static const struct cd_case cd_cases[] = {
	{ "in order", SW_S1, .legal = true },
	{ "V = 0", SW_S1, .set = { { F(V), 0 } } },
	{ "stall, S1STALLD", SW_S1, .set = { { F(S), 1 } }, .stalld = true },
	{ "stall", SW_S1, .set = { { F(S), 1 } }, .legal = true },
	{ "stall, never stalls", SW_S1, .set = { { F(S), 1 } }, .cap = { { SMMU_P_STALL_MODEL, 1 } } },
	{ "no stall, always stalls", SW_S1, .cap = { { SMMU_P_STALL_MODEL, 2 } } },
	{ "RAZ, TERM_MODEL", SW_S1, .set = { { F(A), 0 } }, .cap = { { SMMU_P_TERM_MODEL, 1 } } },
	{ "RAZ", SW_S1, .set = { { F(A), 0 } }, .legal = true },
	{ "ENDI", SW_S1, .set = { { F(ENDI), 1 } } },
	{ "ENDI, no tables", SW_S1, .set = { { F(EPD0), 1 }, { F(V), 1 } }, .legal = true },
	{ "AArch32", SW_S1, .set = { { F(AA64), 0 } } },
	{ "AArch32, E2H", SW_EL2, .set = { { F(AA64), 0 } }, .e2h = true },
	{ "HA, no HTTU", SW_S1, .set = { { F(HA), 1 } }, .cap = { { SMMU_P_HTTU, 0 } } },
	{ "HD, no HTTU", SW_S1, .set = { { F(HD), 1 } }, .cap = { { SMMU_P_HTTU, 0 } } },
	{ "HD, access flags alone", SW_S1, .set = { { F(HD), 1 }, { F(HA), 1 } }, .cap = { { SMMU_P_HTTU, 1 } } },
	{ "HA, access flags alone", SW_S1, .set = { { F(HA), 1 } }, .cap = { { SMMU_P_HTTU, 1 } }, .legal = true },
	{ "HD without HA", SW_S1, .set = { { F(HD), 1 } }, .legal = true },
	{ "ASID of 16 bits", SW_S1, .set = { { F(ASID), 0x100 } }, .cap = { { SMMU_P_ASID16, 0 } } },
	{ "ASID of 16 bits, EL2", SW_EL2, .set = { { F(ASID), 0x100 } }, .cap = { { SMMU_P_ASID16, 0 } }, .legal = true },
	{ "ASID of 16 bits, E2H", SW_EL2, .set = { { F(ASID), 0x100 } }, .cap = { { SMMU_P_ASID16, 0 } }, .e2h = true },
	{ "TG0 reserved", SW_S1, .set = { { F(TG0), 3 } } },
	{ "TG0 that is not there", SW_S1, .cap = { { SMMU_P_GRAN4K, 0 } } },
	{ "TG0 reserved, EPD0", SW_S1, .set = { { F(TG0), 3 }, { F(EPD0), 1 } }, .legal = true },
	{ "TG0 reserved, EPD0, EL2", SW_EL2, .set = { { F(TG0), 3 }, { F(EPD0), 1 } } },
	{ "TG1 reserved, EPD1", SW_S1, .set = { { F(TG1), 0 } }, .legal = true },
	{ "T0SZ below 16", SW_S1, .set = { { F(T0SZ), 15 } } },
	{ "T0SZ of 12, 64K", SW_S1, .set = { { F(T0SZ), 12 }, { F(TG0), 1 } }, .cap = { { SMMU_P_VAX, 1 } }, .legal = true },
	{ "T0SZ of 12, 4K", SW_S1, .set = { { F(T0SZ), 12 } }, .cap = { { SMMU_P_VAX, 1 } } },
	{ "T0SZ above 39", SW_S1, .set = { { F(T0SZ), 40 } }, .cap = { { SMMU_P_STT, 0 } } },
	{ "T0SZ of 39", SW_S1, .set = { { F(T0SZ), 39 } }, .cap = { { SMMU_P_STT, 0 } }, .legal = true },
	{ "T0SZ above 48", SW_S1, .set = { { F(T0SZ), 49 } } },
	{ "T0SZ of 48, 64K", SW_S1, .set = { { F(T0SZ), 48 }, { F(TG0), 1 } } },
	{ "TTB0 beyond IPS", SW_S1, .set = { { F(TTB0), UINT64_C(1) << 36 }, { F(IPS), 2 } } },
	{ "TTB0 below IPS", SW_S1, .set = { { F(TTB0), UINT64_C(1) << 35 }, { F(IPS), 2 } }, .legal = true },
	{ "TTB1, table 1 not checked", SW_S1, .set = { { F(TTB1), UINT64_C(1) << 36 }, { F(IPS), 2 } }, .legal = true },
};
/* clang-format on */

static void cd_at(struct sw *v, const struct cd_case *c, uint64_t at)
{
	apply(v, at, c->set);
	if (!strcmp(c->what, "TTB1, table 1 not checked"))
		ck_assert_uint_ne(sw_get(v, at + 16), 0);
}

START_TEST(cd_legality)
{
	const struct cd_case *c = &cd_cases[_i];
	uint64_t at = c->sid == SW_EL2 ? SW_CDS_EL2 : SW_CDS_S;
	struct sw_options o = { .cr2_set = c->e2h ? 1 : 0 };
	uint16_t fault;
	struct sw v;

	options_of(&o, c->cap);
	sw_build(&v, &o);
	sw_field(&v, SW_STE(c->sid), SMMU_STE_S1STALLD, c->stalld);
	cd_at(&v, c, at);
	fault = sw_ask(&v, c->sid, NONE, SW_VA, IMS_R).fault;
	ck_assert_msg((fault == SMMU_E_BAD_CD) == !c->legal, "%s: %#x", c->what, fault);
	sw_close(&v);
}
END_TEST

/* Both tables are checked where both are used. */
START_TEST(cd_table_1)
{
	static const struct {
		struct ims_field field;
		uint64_t value;
	} bad[] = { { SMMU_CD_TG1, 0 },
		    { SMMU_CD_T1SZ, 15 },
		    { SMMU_CD_T1SZ, 49 },
		    { SMMU_CD_TTB1, UINT64_C(1) << 44 } };

	for (unsigned i = 0; i <= COUNT(bad); i++) {
		struct sw v;

		sw_build(&v, &(struct sw_options){ 0 });
		sw_field(&v, SW_CDS_S, SMMU_CD_EPD1, 0);
		sw_field(&v, SW_CDS_S, SMMU_CD_TG1, 2);
		sw_field(&v, SW_CDS_S, SMMU_CD_T1SZ, 16);
		if (i < COUNT(bad)) {
			sw_field(&v, SW_CDS_S, bad[i].field, bad[i].value);
			sw_field(&v, SW_CDS_S, SMMU_CD_IPS, 4);
		}
		ck_assert_uint_eq(sw_ask(&v, SW_S1, NONE, SW_VA, IMS_R).fault,
				  i < COUNT(bad) ? SMMU_E_BAD_CD : 0);
		sw_close(&v);
	}
}
END_TEST

/* ---- sizes ---- */

START_TEST(levels)
{
	/* The shifts of VMSA levels 0 to 3 (sheet, 4.1). */
	static const uint8_t shifts[SMMU_GRAINS][4] = { [SMMU_4K] = { 39, 30, 21, 12 },
							[SMMU_16K] = { 47, 36, 25, 14 },
							[SMMU_64K] = { 55, 42, 29, 16 } };
	static const struct {
		enum smmu_grain grain;
		unsigned input, level; /* Arm's */
	} starts[] = {
		{ SMMU_4K, 48, 0 },  { SMMU_4K, 40, 0 },  { SMMU_4K, 39, 1 },  { SMMU_4K, 31, 1 },
		{ SMMU_4K, 30, 2 },  { SMMU_4K, 22, 2 },  { SMMU_4K, 21, 3 },  { SMMU_4K, 16, 3 },
		{ SMMU_16K, 48, 0 }, { SMMU_16K, 47, 1 }, { SMMU_16K, 37, 1 }, { SMMU_16K, 36, 2 },
		{ SMMU_16K, 26, 2 }, { SMMU_16K, 25, 3 }, { SMMU_64K, 52, 1 }, { SMMU_64K, 43, 1 },
		{ SMMU_64K, 42, 2 }, { SMMU_64K, 30, 2 }, { SMMU_64K, 29, 3 }, { SMMU_64K, 25, 3 },
	};

	for (unsigned g = 0; g < SMMU_GRAINS; g++)
		for (unsigned level = 0; level < 4; level++) {
			ck_assert_uint_eq(ims_level_lg2(&smmu_s1_formats[g], 4 - level),
					  shifts[g][level]);
			ck_assert_uint_eq(ims_level_lg2(&smmu_s2_formats[g], 4 - level),
					  shifts[g][level]);
		}
	for (unsigned i = 0; i < COUNT(starts); i++)
		ck_assert_uint_eq(smmu_s1_top(starts[i].grain, starts[i].input),
				  4 - starts[i].level);
}
END_TEST

/* Sheet, 4.2 and 16.4. */
START_TEST(stage2_roots)
{
	static const struct {
		enum smmu_grain grain;
		unsigned t0sz, sl0;
		bool legal;
		uint8_t param; /* 0: the defaults */
		uint32_t value;
		uint32_t oas; /* 0: the default */
	} roots[] = {
		{ SMMU_4K, 24, 1, .legal = true },
		{ SMMU_4K, 24, 2, .legal = true },
		{ SMMU_4K, 21, 1, .legal = true },
		{ SMMU_4K, 33, 1, .legal = true },
		{ SMMU_4K, 30, 0, .legal = true },
		{ SMMU_4K, 20, 1, .legal = false },
		{ SMMU_4K, 25, 2, .legal = false },
		{ SMMU_4K, 34, 1, .legal = false },
		{ SMMU_4K, 29, 0, .legal = false },
		{ SMMU_4K, 39, 3, .legal = true },
		{ SMMU_4K, 39, 3, .legal = false, .param = SMMU_P_STT, .value = 0 },
		{ SMMU_4K, 38, 3, .legal = false },
		{ SMMU_4K, 24, 2, .legal = false, .param = SMMU_K_SL_PAMAX, .value = 1, .oas = 2 },
		{ SMMU_4K, 24, 2, .legal = true, .param = SMMU_K_SL_PAMAX, .value = 1, .oas = 4 },
		{ SMMU_16K, 16, 2, .legal = true },
		{ SMMU_16K, 16, 3, .legal = false },
		{ SMMU_16K, 28, 2, .legal = false },
		{ SMMU_16K, 27, 2, .legal = true },
		{ SMMU_16K, 24, 1, .legal = true },
		{ SMMU_16K, 23, 1, .legal = false },
		{ SMMU_16K, 35, 0, .legal = true },
		{ SMMU_16K, 34, 0, .legal = false },
		{ SMMU_16K, 24, 2, .legal = false, .param = SMMU_K_SL_PAMAX, .value = 1, .oas = 2 },
		{ SMMU_64K, 21, 2, .legal = true },
		{ SMMU_64K, 22, 2, .legal = false },
		{ SMMU_64K, 18, 1, .legal = true },
		{ SMMU_64K, 17, 1, .legal = false },
		{ SMMU_64K, 31, 0, .legal = true },
		{ SMMU_64K, 30, 0, .legal = false },
		{ SMMU_64K, 21, 3, .legal = false },
		{ SMMU_64K, 20, 2, .legal = false, .param = SMMU_K_SL_PAMAX, .value = 1, .oas = 3 },
	};

	for (unsigned i = 0; i < COUNT(roots); i++) {
		uint32_t params[SMMU_PARAMS];

		for (unsigned p = 0; p < SMMU_PARAMS; p++)
			params[p] = smmu_params[p].value;
		if (roots[i].param)
			params[roots[i].param] = roots[i].value;
		if (roots[i].oas)
			params[SMMU_P_OAS] = roots[i].oas;
		ck_assert_msg(smmu_s2_fits(params, roots[i].grain, roots[i].sl0, roots[i].t0sz) ==
				      roots[i].legal,
			      "row %u", i);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("SMMUv3 structures");
	TCase *t = tcase_create("vectors");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, ste_legality, 0, COUNT(ste_cases));
	tcase_add_test(t, ste_word);
	tcase_add_loop_test(t, cd_legality, 0, COUNT(cd_cases));
	tcase_add_test(t, cd_table_1);
	tcase_add_test(t, levels);
	tcase_add_test(t, stage2_roots);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
