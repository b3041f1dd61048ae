/* SPDX-License-Identifier: MIT */
/*
 * Bits that a capability makes reserved (chapter 9 with sections 11.4.2 and
 * 11.4.3): reserved on a unit without it, not on one with it. Every bit of the
 * structures that only the full unit has, and of the two registers.
 */
#include <check.h>

#include "tests/vectors/vtd_unit.h"
#include "tests/run.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define NONE	  IMS_CTX_NONE
#define R	  IMS_R
#define ROOT_REG  UINT64_MAX /* "at" of the root register */
#define ALL	  ~UINT64_C(0)
#define ADDR	  IMS_BITS(51, 12)
#define HIGH	  IMS_BITS(63, 46)
#define ADDR_HIGH IMS_BITS(51, 46)

static void put_base(struct vw *v, uint64_t at, uint64_t clear, uint64_t base)
{
	if (at == ROOT_REG)
		v->hw.unit->root = (v->hw.unit->root & ~clear) | base;
	else
		vw_put(v, at, (vw_get(v, at) & ~clear) | base);
}

static uint16_t ask_code(struct vw *v, uint32_t ctx, uint64_t addr)
{
	struct ims_req req = vw_req(ctx, addr, R);
	struct ims_answer a;

	ims_translate_fresh(&v->hw, &req, &a);
	return a.fault;
}

/* clang-format off */
static const struct {
	const char *name;
	struct vw_param without, with;
	uint64_t at;
	uint32_t ctx;
	uint64_t addr;
	uint64_t clear, base; /* first */
	uint16_t code;
	uint64_t bits;
	bool legacy;
} rows[] = {
	{ "DT: DTE", VW_PARAM(VTD_P_DT, 0), VW_PARAM(VTD_P_DT, 1), VW_CTX_E, NONE, VW_IOVA, 0x14, 0, VTD_SCT_3, 0x4, false },
	{ "PASID: PASIDE", VW_PARAM(VTD_P_PASID, 0), VW_PARAM(VTD_P_PASID, 1), VW_CTX_E, NONE, VW_IOVA, 0x8, 0, VTD_SCT_3, 0x8, false },
	{ "PRS: PRE", VW_PARAM(VTD_P_PRS, 0), VW_PARAM(VTD_P_PRS, 1), VW_CTX_E, NONE, VW_IOVA, 0, 0, VTD_SCT_3, 0x10, false },
	{ "PTRS: EPTR", VW_PARAM(VTD_P_PTRS, 0), VW_PARAM(VTD_P_PTRS, 1), VW_CTX_E, NONE, VW_IOVA, 0, 0, VTD_SCT_3, 0x40, false },
	{ "RPS: RID_PASID", VW_PARAM(VTD_P_RPS, 0), VW_PARAM(VTD_P_RPS, 1), VW_CTX_E + 8, NONE, VW_IOVA, 0, 0, VTD_SCT_3, 0xfffff, false },
	{ "RPRIVS: RID_PRIV", VW_PARAM(VTD_P_RPRIVS, 0), VW_PARAM(VTD_P_RPRIVS, 1), VW_CTX_E + 8, NONE, VW_IOVA, 0, 0, VTD_SCT_3, 0x100000, false },
	{ "SSADS: SSADE", VW_PARAM(VTD_P_SSADS, 0), VW_PARAM(VTD_P_SSADS, 1), VW_PASID_E(2), 2, VW_GPA, 0, 0, VTD_SPT_3, 0x200, false },
	{ "SSTS: SSADE, SSPTPTR", VW_PARAM(VTD_P_SSTS, 0), VW_PARAM(VTD_P_SSTS, 1), VW_PASID_E(1), 1, VW_IOVA, 0, 0, VTD_SPT_3, IMS_BITS(45, 12) | 0x200, false },
	{ "SMPWC: PWSNP", VW_PARAM(VTD_P_SMPWC, 0), VW_PARAM(VTD_P_SMPWC, 1), VW_PASID_E(1) + 8, 1, VW_IOVA, 0x800000, 0, VTD_SPT_3, 0x800000, false },
	{ "SC: PGSNP", VW_PARAM(VTD_P_SC, 0), VW_PARAM(VTD_P_SC, 1), VW_PASID_E(1) + 8, 1, VW_IOVA, 0, 0, VTD_SPT_3, 0x1000000, false },
	{ "ND = 0: DID", VW_PARAM(VTD_P_ND, 0), VW_PARAM(VTD_P_ND, 6), VW_PASID_E(1) + 8, 1, VW_IOVA, 0, 0, VTD_SPT_3, 0xfff0, false },
	{ "ND = 3: DID", VW_PARAM(VTD_P_ND, 3), VW_PARAM(VTD_P_ND, 6), VW_PASID_E(1) + 8, 1, VW_IOVA, 0, 0, VTD_SPT_3, 0xfc00, false },
	{ "SRS: SRE", VW_PARAM(VTD_P_SRS, 0), VW_PARAM(VTD_P_SRS, 1), VW_PASID_E(1) + 16, 1, VW_IOVA, 0, 0, VTD_SPT_3, 0x1, false },
	{ "EAFS: EAFE", VW_PARAM(VTD_P_EAFS, 0), VW_PARAM(VTD_P_EAFS, 1), VW_PASID_E(1) + 16, 1, VW_IOVA, 0, 0, VTD_SPT_3, 0x80, false },
	{ "FSTS: FSPM, WPE, FSPTPTR", VW_PARAM(VTD_P_FSTS, 0), VW_PARAM(VTD_P_FSTS, 1), VW_PASID_E(2) + 16, 2, VW_GPA, 0, 0, VTD_SPT_3, 0x1c | IMS_BITS(45, 12), false },
	{ "FS1GP: PS", VW_PARAM(VTD_P_FS1GP, 0), VW_PARAM(VTD_P_FS1GP, 1), VW_FS_E(VW_F3, 3), 1, VW_IOVA, ADDR, 0, VTD_SFS_3, 0x80, false },
	{ "SSLPS = 0: PS of a PDE", VW_PARAM(VTD_P_SSLPS, 0), VW_PARAM(VTD_P_SSLPS, 1), VW_SG2_E, 2, VW_GPA, ADDR, 0, VTD_SSS_3, 0x80, false },
	{ "SSLPS = 1: PS of a PDPE", VW_PARAM(VTD_P_SSLPS, 1), VW_PARAM(VTD_P_SSLPS, 3), VW_SG3_E, 2, VW_GPA, ADDR, 0, VTD_SSS_3, 0x80, false },
	{ "SC: SNP of a PTE", VW_PARAM(VTD_P_SC, 0), VW_PARAM(VTD_P_SC, 1), VW_SG1_E, 2, VW_GPA, 0, 0, VTD_SSS_3, 0x800, false },
	{ "SC: SNP, nested", VW_PARAM(VTD_P_SC, 0), VW_PARAM(VTD_P_SC, 1), VW_SG1_E, NONE, VW_IOVA, 0, 0, VTD_SSS_3, 0x800, false },
	{ "SC: SNP of 2M", VW_PARAM(VTD_P_SC, 0), VW_PARAM(VTD_P_SC, 1), VW_SG2_E, 2, VW_GPA, ADDR, 0x80, VTD_SSS_3, 0x800, false },
	{ "SC: SNP of 1G", VW_PARAM(VTD_P_SC, 0), VW_PARAM(VTD_P_SC, 1), VW_SG3_E, 2, VW_GPA, ADDR, 0x80, VTD_SSS_3, 0x800, false },
	{ "SSIRWS: SSIRWE", VW_PARAM(VTD_P_SSIRWS, 0), VW_PARAM(VTD_P_SSIRWS, 1), ROOT_REG, 1, VW_IOVA, 0, 0, VTD_RTA_1, 0x80, false },
	{ "SSIRWE: IW", VW_PARAM(VTD_P_SSIRWS, 0), VW_PARAM(VTD_P_SSIRWS, 0), VW_SG1_E, 2, VW_GPA, 0, 0, VTD_SSS_3, IMS_BIT(62), false },

	{ "HAW: RTA", VW_PARAM(VTD_P_HAW, 42), VW_PARAM(VTD_P_HAW, 46), ROOT_REG, 1, VW_IOVA, 0, 0, VTD_RTA_1, IMS_BITS(45, 42), false },
	{ "HAW: root", VW_PARAM(VTD_P_HAW, 42), VW_PARAM(VTD_P_HAW, 46), VW_ROOT_E, 1, VW_IOVA, 0, 0, VTD_SRT_3, IMS_BITS(45, 42), false },
	{ "HAW: context", VW_PARAM(VTD_P_HAW, 42), VW_PARAM(VTD_P_HAW, 46), VW_CTX_E, 1, VW_IOVA, 0, 0, VTD_SCT_3, IMS_BITS(45, 42), false },
	{ "HAW: directory", VW_PARAM(VTD_P_HAW, 42), VW_PARAM(VTD_P_HAW, 46), VW_DIR_E, 1, VW_IOVA, 0, 0, VTD_SPD_3, IMS_BITS(45, 42), false },
	{ "HAW: SSPTPTR", VW_PARAM(VTD_P_HAW, 42), VW_PARAM(VTD_P_HAW, 46), VW_PASID_E(2), 2, VW_GPA, 0, 0, VTD_SPT_3, IMS_BITS(45, 42), false },
	{ "HAW: FSPTPTR", VW_PARAM(VTD_P_HAW, 42), VW_PARAM(VTD_P_HAW, 46), VW_PASID_E(1) + 16, 1, VW_IOVA, 0, 0, VTD_SPT_3, IMS_BITS(45, 42), false },
	{ "HAW: FSPTPTR, a guest's", VW_PARAM(VTD_P_HAW, 42), VW_PARAM(VTD_P_HAW, 46), VW_PASID_E(0) + 16, NONE, VW_IOVA, 0, 0, VTD_SPT_3, IMS_BITS(45, 42), false },
	{ "HAW: first stage", VW_PARAM(VTD_P_HAW, 42), VW_PARAM(VTD_P_HAW, 46), VW_FS_E(VW_F1, 1), 1, VW_IOVA, 0, 0, VTD_SFS_3, IMS_BITS(45, 42), false },
	{ "HAW: nested", VW_PARAM(VTD_P_HAW, 42), VW_PARAM(VTD_P_HAW, 46), VW_FS_E(VW_N2, 2), NONE, VW_IOVA, 0, 0, VTD_SFS_3, IMS_BITS(45, 42), false },
	{ "HAW: second stage", VW_PARAM(VTD_P_HAW, 42), VW_PARAM(VTD_P_HAW, 46), VW_SG2_E, 2, VW_GPA, 0, 0, VTD_SSS_3, IMS_BITS(45, 42), false },
	{ "HAW = 52: first stage", VW_PARAM(VTD_P_HAW, 46), VW_PARAM(VTD_P_HAW, 52), VW_FS_E(VW_F1, 1), 1, VW_IOVA, 0, 0, VTD_SFS_3, ADDR_HIGH, false },

	{ "HAW = 51: first stage", VW_PARAM(VTD_P_HAW, 51), VW_PARAM(VTD_P_HAW, 52), VW_FS_E(VW_F1, 1), 1, VW_IOVA, 0, 0, VTD_SFS_3, IMS_BIT(51), false },
	{ "legacy, HAW: root", VW_PARAM(VTD_P_HAW, 42), VW_PARAM(VTD_P_HAW, 46), VW_ROOT_E, NONE, VW_GPA, 0, 0, VTD_LRT_3, IMS_BITS(45, 42), true },
	{ "legacy, HAW: context", VW_PARAM(VTD_P_HAW, 42), VW_PARAM(VTD_P_HAW, 46), VW_LCTX_E, NONE, VW_GPA, 0, 0, VTD_LCT_3, IMS_BITS(45, 42), true },
	{ "legacy, ND = 3: DID", VW_PARAM(VTD_P_ND, 3), VW_PARAM(VTD_P_ND, 6), VW_LCTX_E + 8, NONE, VW_GPA, 0, 0, VTD_LCT_3, 0xfc0000, true },
	{ "legacy, SC: SNP", VW_PARAM(VTD_P_SC, 0), VW_PARAM(VTD_P_SC, 1), VW_SG1_E, NONE, VW_GPA, 0, 0, VTD_LSS_2, 0x800, true },
	{ "legacy, SSLPS", VW_PARAM(VTD_P_SSLPS, 0), VW_PARAM(VTD_P_SSLPS, 3), VW_SG2_E, NONE, VW_GPA, ADDR, 0, VTD_LSS_2, 0x80, true },
};
/* clang-format on */

/* With the capability and without; where both columns are the same, it is reserved in any case. */
START_TEST(capabilities)
{
	for (unsigned with = 0; with < 2; with++) {
		const struct vw_param *p = with ? &rows[_i].with : &rows[_i].without;
		bool reserved = !with || rows[_i].with.value == rows[_i].without.value;
		struct vw_options o = { .full = true, .legacy = rows[_i].legacy, .params = { *p } };
		struct vw v;

		vw_build(&v, &o);
		put_base(&v, rows[_i].at, rows[_i].clear, rows[_i].base);
		/* It is the bit that is refused, and nothing that stood there before. */
		ck_assert_msg(ask_code(&v, rows[_i].ctx, rows[_i].addr) != rows[_i].code, "%s",
			      rows[_i].name);
		for (unsigned bit = 0; bit < 64; bit++) {
			uint64_t one = UINT64_C(1) << bit;
			uint64_t old = rows[_i].at == ROOT_REG ? v.hw.unit->root :
								 vw_get(&v, rows[_i].at);
			uint16_t code;

			if (!(rows[_i].bits & one))
				continue;
			put_base(&v, rows[_i].at, 0, one);
			code = ask_code(&v, rows[_i].ctx, rows[_i].addr);
			ck_assert_msg((code == rows[_i].code) == reserved, "%s, bit %u, %s: %#x",
				      rows[_i].name, bit, with ? "with" : "without", code);
			put_base(&v, rows[_i].at, ALL, old);
		}
		vw_close(&v);
	}
}
END_TEST

/* SSTS = 0: whether AW is reserved where it is ignored is a matter of opinion (section 9.6). */
START_TEST(strict_aw)
{
	for (unsigned strict = 0; strict < 2; strict++) {
		struct vw_options o = { .params = { VW_PARAM(VTD_P_SSTS, 0),
						    VW_PARAM(VTD_K_STRICT_AW, strict) } };
		struct vw v;

		vw_build(&v, &o);
		ck_assert_uint_eq(ask_code(&v, 1, VW_IOVA), 0);
		for (unsigned bit = 2; bit < 5; bit++) {
			vw_put(&v, VW_PASID_E(1), 0x41 | 1u << bit);
			ck_assert_uint_eq(ask_code(&v, 1, VW_IOVA), strict ? VTD_SPT_3 : 0);
		}
		vw_close(&v);
	}
}
END_TEST

/* ---- every bit of the structures that are the full unit's alone ---- */

/* clang-format off */
static const struct {
	const char *name;
	uint64_t at;
	uint32_t ctx;
	uint64_t addr;
	uint16_t code;
	uint64_t reserved, ignored;
	bool legacy, io;
} structures[] = {
	{ "legacy root 0", VW_ROOT_E, NONE, VW_GPA, VTD_LRT_3, 0xffe | HIGH, 0, true, false },
	{ "legacy root 1", VW_ROOT_E + 8, NONE, VW_GPA, VTD_LRT_3, ALL, 0, true, false },
	{ "legacy context 0", VW_LCTX_E, NONE, VW_GPA, VTD_LCT_3, 0xff0 | HIGH, 0x2, true, false },
	{ "legacy context 1", VW_LCTX_E + 8, NONE, VW_GPA, VTD_LCT_3, UINT64_C(0xffffffffff000080), 0x78 | 0xffff00, true, false },
	{ "legacy SS-PTE", VW_SG1_E, NONE, VW_GPA, VTD_LSS_2, ADDR_HIGH | IMS_BIT(62), IMS_BITS(61, 52) | IMS_BIT(63) | 0x7fc, true, false },
	{ "FS-PML5E", VW_FS5_E(VW_F5), 6, VW_IOVA5, VTD_SFS_3, 0x80 | ADDR_HIGH, IMS_BITS(63, 52) | 0xf78, false, false },
	{ "FS-PML5E, nested", VW_FS5_E(VW_N5), 8, VW_IOVA5, VTD_SFS_3, 0x80 | ADDR_HIGH, IMS_BITS(63, 52) | 0xf78, false, false },
	{ "SS-PML5E", VW_SS5_E, 7, VW_GPA5, VTD_SSS_3, 0x880 | ADDR_HIGH | IMS_BIT(62), IMS_BITS(61, 52) | IMS_BIT(63) | 0x77c, false, false },
	{ "SS-PML5E, tables", VW_SS5_LOW_E, 8, VW_IOVA5, VTD_SSS_3, 0x880 | ADDR_HIGH | IMS_BIT(62), IMS_BITS(61, 52) | IMS_BIT(63) | 0x77c, false, false },
	{ "context 0", VW_CTX_E, NONE, VW_IOVA, VTD_SCT_3, 0x180 | 0x60 | HIGH, 0xe02, false, false },
	{ "PASID 0, pass-through", VW_PASID_E(9), 9, VW_IOVA, VTD_SPT_3, 0xc20 | HIGH, 0x21e | IMS_BITS(45, 12), false, false },
	{ "PASID 2, pass-through", VW_PASID_E(9) + 16, 9, VW_IOVA, VTD_SPT_3, 0xf02 | HIGH, 0xf1 | IMS_BITS(45, 12), false, false },
	{ "PASID 0, first stage", VW_PASID_E(1), 1, VW_IOVA, VTD_SPT_3, 0xc20 | HIGH, 0x21e | IMS_BITS(45, 12), false, false },
	{ "PASID 2, second stage", VW_PASID_E(2) + 16, 2, VW_GPA, VTD_SPT_3, 0xf02 | HIGH, 0xf1 | IMS_BITS(45, 12), false, false },
	/* With SSIRWE R and W are ignored, IR and IW grant. */
	{ "SS-PTE, SSIRWE", VW_SG1_E, 2, VW_GPA, VTD_SSS_3, ADDR_HIGH, IMS_BITS(60, 52) | IMS_BIT(63) | 0x7ff, false, true },
	{ "SS-PDE, SSIRWE", VW_SG2_E, 2, VW_GPA, VTD_SSS_3, ADDR_HIGH | 0x800, IMS_BITS(60, 52) | IMS_BIT(63) | 0x77f, false, true },
	{ "SS-PML4E, SSIRWE", VW_SS4_E, 2, VW_GPA, VTD_SSS_3, ADDR_HIGH | 0x880, IMS_BITS(60, 52) | IMS_BIT(63) | 0x77f, false, true },
};
/* clang-format on */

static void grant_by_io_bits(struct vw *v)
{
	static const uint64_t entries[] = { VW_SS4_E, VW_SG3_E, VW_SG2_E, VW_SG1_E };

	v->hw.unit->root |= 0x80;
	for (unsigned i = 0; i < COUNT(entries); i++)
		vw_put(v, entries[i], vw_get(v, entries[i]) | IMS_BIT(61) | IMS_BIT(62));
}

START_TEST(reserved_and_ignored_bits)
{
	struct vw_options o = { .full = true,
				.legacy = structures[_i].legacy,
				.params = { VW_PARAM(VTD_P_SSIRWS, 1) } };
	struct ims_req req = vw_req(structures[_i].ctx, structures[_i].addr, R);
	struct ims_answer want, got;
	struct vw v;
	uint64_t old;

	vw_build(&v, &o);
	if (structures[_i].io)
		grant_by_io_bits(&v);
	old = vw_get(&v, structures[_i].at);
	ims_translate_fresh(&v.hw, &req, &want);
	ck_assert_uint_eq(want.fault, 0);
	for (unsigned bit = 0; bit < 64; bit++) {
		uint64_t one = UINT64_C(1) << bit;

		vw_put(&v, structures[_i].at, old ^ one);
		ims_translate_fresh(&v.hw, &req, &got);
		if (structures[_i].reserved & one)
			ck_assert_msg(got.fault == structures[_i].code, "%s, bit %u: %#x",
				      structures[_i].name, bit, got.fault);
		else if (structures[_i].ignored & one)
			ck_assert_msg(!got.fault && got.out == want.out && got.perm == want.perm,
				      "%s, bit %u: %#x, %llx", structures[_i].name, bit, got.fault,
				      (unsigned long long)got.out);
		else if (bit != 7) /* PS: what was an address becomes reserved */
			ck_assert_msg(got.fault != structures[_i].code, "%s, bit %u: reserved",
				      structures[_i].name, bit);
	}
	vw_close(&v);
}
END_TEST

/* ---- the registers themselves: which, lowest bit, width, less ---- */

static const struct {
	uint8_t param, lo, width, less;
	bool extended;
} bits[] = {
	{ VTD_P_ND, 0, 3, 0, false },	   { VTD_P_RWBF, 4, 1, 0, false },
	{ VTD_P_CM, 7, 1, 0, false },	   { VTD_P_SAGAW, 8, 5, 0, false },
	{ VTD_P_MGAW, 16, 6, 1, false },   { VTD_P_ZLR, 22, 1, 0, false },
	{ VTD_P_SSLPS, 34, 4, 0, false },  { VTD_P_PSI, 39, 1, 0, false },
	{ VTD_P_NFR, 40, 8, 0, false },	   { VTD_P_MAMV, 48, 6, 0, false },
	{ VTD_P_DWD, 54, 1, 0, false },	   { VTD_P_DRD, 55, 1, 0, false },
	{ VTD_P_FS1GP, 56, 1, 0, false },  { VTD_P_FS5LP, 60, 1, 0, false },
	{ VTD_P_ECMDS, 61, 1, 0, false },  { VTD_P_ESIRTPS, 62, 1, 0, false },
	{ VTD_P_ESRTPS, 63, 1, 0, false }, { VTD_P_C, 0, 1, 0, true },
	{ VTD_P_QI, 1, 1, 0, true },	   { VTD_P_DT, 2, 1, 0, true },
	{ VTD_P_EIM, 4, 1, 0, true },	   { VTD_P_PT, 6, 1, 0, true },
	{ VTD_P_SC, 7, 1, 0, true },	   { VTD_P_MTS, 25, 1, 0, true },
	{ VTD_P_NEST, 26, 1, 0, true },	   { VTD_P_PRS, 29, 1, 0, true },
	{ VTD_P_ERS, 30, 1, 0, true },	   { VTD_P_SRS, 31, 1, 0, true },
	{ VTD_P_NWFS, 33, 1, 0, true },	   { VTD_P_EAFS, 34, 1, 0, true },
	{ VTD_P_PSS, 35, 5, 0, true },	   { VTD_P_PASID, 40, 1, 0, true },
	{ VTD_P_DIT, 41, 1, 0, true },	   { VTD_P_PDS, 42, 1, 0, true },
	{ VTD_P_SMTS, 43, 1, 0, true },	   { VTD_P_SSADS, 45, 1, 0, true },
	{ VTD_P_SSTS, 46, 1, 0, true },	   { VTD_P_FSTS, 47, 1, 0, true },
	{ VTD_P_SMPWC, 48, 1, 0, true },   { VTD_P_RPS, 49, 1, 0, true },
	{ VTD_P_PMS, 51, 1, 0, true },	   { VTD_P_ADMS, 52, 1, 0, true },
	{ VTD_P_RPRIVS, 53, 1, 0, true },  { VTD_P_HPTS, 55, 1, 0, true },
	{ VTD_P_PTRS, 56, 1, 0, true },	   { VTD_P_SSIRWS, 57, 1, 0, true },
	{ VTD_P_SMS, 58, 1, 0, true },	   { VTD_P_HPT1GPS, 59, 1, 0, true },
	{ VTD_P_EIMER, 61, 1, 0, true },   { VTD_P_IRREQ, 62, 1, 0, true },
};

/* The field holds the parameter, and nothing else of the two registers changes with it. */
START_TEST(capability_bits)
{
	struct vw v;

	vw_open(&v, &(struct vw_options){ .full = true });
	for (unsigned i = 0; i < COUNT(bits); i++) {
		uint64_t mask = ((UINT64_C(1) << bits[i].width) - 1) << bits[i].lo;
		uint32_t param = v.hw.unit->state.params[bits[i].param];
		uint64_t cap, ecap, got;

		for (uint32_t value = bits[i].less; value <= vtd_params[bits[i].param].max;
		     value++) {
			cap = vu_read(&v, "CAP");
			ecap = vu_read(&v, "ECAP");
			vu_set(&v, bits[i].param, value);
			got = vu_read(&v, bits[i].extended ? "ECAP" : "CAP");
			ck_assert_uint_eq((got & mask) >> bits[i].lo, value - bits[i].less);
			ck_assert_uint_eq(
				(vu_read(&v, "CAP") ^ cap) & ~(bits[i].extended ? 0 : mask), 0);
			ck_assert_uint_eq(
				(vu_read(&v, "ECAP") ^ ecap) & ~(bits[i].extended ? mask : 0), 0);
		}
		vu_set(&v, bits[i].param, param);
	}
	/* Every capability is among them, but for those that stand elsewhere. */
	for (unsigned p = 0; p < VTD_PARAMS; p++) {
		bool elsewhere = p == VTD_P_VER || p == VTD_P_HAW || p == VTD_P_IR;
		unsigned found = 0;

		for (unsigned i = 0; i < COUNT(bits); i++)
			found += bits[i].param == p;
		ck_assert_msg(found == (vtd_params[p].kind == IMS_PARAM_CAP && !elsewhere), "%s",
			      vtd_params[p].name);
	}
	/* IR brings MHMV; FRO and IRO say where the other registers are. */
	vu_set(&v, VTD_P_IR, 1);
	ck_assert_uint_eq(vu_read(&v, "ECAP") & 0xf00008, 0xf00008);
	vu_set(&v, VTD_P_IR, 0);
	ck_assert_uint_eq(vu_read(&v, "ECAP") & 0xf00008, 0);
	ck_assert_uint_eq((vu_read(&v, "CAP") >> 24 & 0x3ff) * 16, 0x400);
	ck_assert_uint_eq((vu_read(&v, "ECAP") >> 8 & 0x3ff) * 16, 0x500);
	vu_set(&v, VTD_P_VER, 7);
	ck_assert_uint_eq(vu_read(&v, "VER"), 0x70);
	vw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d capabilities");
	TCase *t = tcase_create("bits");

	tcase_add_loop_test(t, capabilities, 0, COUNT(rows));
	tcase_add_test(t, strict_aw);
	tcase_add_loop_test(t, reserved_and_ignored_bits, 0, COUNT(structures));
	suite_add_tcase(s, t);
	t = tcase_create("registers");
	tcase_add_test(t, capability_bits);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
