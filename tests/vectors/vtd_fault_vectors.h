/* SPDX-License-Identifier: MIT */
/*
 * A healthy world, one thing broken, a request, and the code that table 30 gives
 * it with the answer to ATS: data for test_vtd_faults.c.
 */
#ifndef TESTS_VECTORS_VTD_FAULT_VECTORS_H
#define TESTS_VECTORS_VTD_FAULT_VECTORS_H

#include "tests/vectors/vtd_world.h"

#define COUNT(a)  (sizeof(a) / sizeof((a)[0]))
#define NONE	  IMS_CTX_NONE
#define ROOT_REG  UINT64_MAX /* "at" of the root register */
#define KEEP_ADDR ~IMS_BITS(63, 12)

enum { UNTRANSLATED = IMS_REQ_UNTRANSLATED, ATS = IMS_REQ_ATS, TRANSLATED = IMS_REQ_TRANSLATED };
enum {
	ABORT = IMS_ATS_ABORT,
	UNSUPPORTED = IMS_ATS_UNSUPPORTED,
	NOTHING = IMS_ATS_NOTHING,
	REDUCED = IMS_ATS_REDUCED
};

struct change {
	uint64_t at, clear, set;
};

struct vector {
	const char *why;
	uint16_t code;
	uint8_t answer; /* to ATS */
	uint32_t ctx;
	uint64_t addr;
	uint8_t access, kind;
	bool priv;
	struct change change[3];
	bool full, legacy; /* which world */
	struct vw_param params[2];
	bool no_ats, execute;
	uint8_t bytes;
	uint64_t fixed; /* a page that takes no atomic update */
};

#define R IMS_R
#define W IMS_W
#define PTR(entry, to)                                                                             \
	{                                                                                          \
		(entry), IMS_BITS(63, 12), (to)                                                    \
	} /* points elsewhere */
#define ON(at, bits)                                                                               \
	{                                                                                          \
		(at), 0, (bits)                                                                    \
	}
#define OFF(at, bits)                                                                              \
	{                                                                                          \
		(at), (bits), 0                                                                    \
	}

/* A PASID's request at the address its tables map. */
#define NESTED(pasid) (pasid), VW_IOVA
#define STAGE1	      1, VW_IOVA
#define STAGE2	      2, VW_GPA

/* clang-format off */
static const struct vector vectors[] = {
	{ "TTM = 10b", VTD_RTA_1, ABORT, NONE, VW_IOVA, R, .change = { { ROOT_REG, 0xc00, 0x800 } } },
	{ "TTM = 11b", VTD_RTA_4, UNSUPPORTED, NONE, VW_IOVA, R, .change = { ON(ROOT_REG, 0xc00) } },
	{ "root table without memory", VTD_SRT_1, ABORT, NONE, VW_IOVA, R, .change = { PTR(ROOT_REG, VW_NOWHERE) } },
	{ "LP = 0", VTD_SRT_2, UNSUPPORTED, NONE, VW_IOVA, R, .change = { OFF(VW_ROOT_E, 1) } },
	{ "root, bit 1", VTD_SRT_3, ABORT, NONE, VW_IOVA, R, .change = { ON(VW_ROOT_E, 2) } },
	{ "context table without memory", VTD_SCT_1, ABORT, NONE, VW_IOVA, R, .change = { PTR(VW_ROOT_E, VW_NOWHERE) } },
	{ "context, P = 0", VTD_SCT_2, UNSUPPORTED, NONE, VW_IOVA, R, .change = { OFF(VW_CTX_E, 1) } },
	{ "context, bit 7", VTD_SCT_3, ABORT, NONE, VW_IOVA, R, .change = { ON(VW_CTX_E, 0x80) } },
	{ "RID_PASID = 2^(PDTS + 13)", VTD_SCT_4, ABORT, NONE, VW_IOVA, R, .change = { ON(VW_CTX_E + 8, 0x2000) } },
	{ "DTE = 0", VTD_SCT_5, UNSUPPORTED, NONE, VW_IOVA, R, ATS, .change = { OFF(VW_CTX_E, 4) } },
	{ "DTE = 0", VTD_SCT_5, UNSUPPORTED, NONE, VW_IOVA, R, TRANSLATED, .change = { OFF(VW_CTX_E, 4) } },
	{ "PASIDE = 0", VTD_SCT_6, UNSUPPORTED, NESTED(5), R, .change = { OFF(VW_CTX_E, 8) } },
	{ "PASID 2^13, PDTS = 0", VTD_SCT_7, UNSUPPORTED, NESTED(0x2000), .access = R },
	{ "PASID 2^15, PDTS = 2", VTD_SCT_7, UNSUPPORTED, NESTED(0x8000), R, .change = { ON(VW_CTX_E, 2 << 9) } },
	{ "the RID's PASID", VTD_SCT_9, UNSUPPORTED, NESTED(0), .access = R },
	{ "the RID's PASID, 3", VTD_SCT_9, UNSUPPORTED, NESTED(3), R, .change = { ON(VW_CTX_E + 8, 3) } },
	{ "translated, with PASID", VTD_SCT_10, NOTHING, 1, VW_HPA, R, .kind = TRANSLATED },
	{ "directory without memory", VTD_SPD_1, ABORT, NESTED(5), R, .change = { PTR(VW_CTX_E, VW_NOWHERE) } },
	{ "directory, P = 0", VTD_SPD_2, NOTHING, NESTED(5), R, .change = { OFF(VW_DIR_E, 1) } },
	{ "directory, no such entry", VTD_SPD_2, NOTHING, NESTED(64), .access = R },
	{ "directory, bit 2", VTD_SPD_3, ABORT, NESTED(5), R, .change = { ON(VW_DIR_E, 4) } },
	{ "PASID table without memory", VTD_SPT_1, ABORT, NESTED(5), R, .change = { PTR(VW_DIR_E, VW_NOWHERE) } },
	{ "PASID entry, P = 0", VTD_SPT_2, NOTHING, STAGE1, R, .change = { OFF(VW_PASID_E(1), 1) } },
	{ "PASID entry, bit 5", VTD_SPT_3, ABORT, STAGE1, R, .change = { ON(VW_PASID_E(1), 0x20) } },
	{ "PASID entry, SSADE without SSADS", VTD_SPT_3, ABORT, STAGE2, R, .change = { ON(VW_PASID_E(2), 0x200) } },
	{ "PASID entry, SRE without SRS", VTD_SPT_3, ABORT, STAGE1, R, .change = { ON(VW_PASID_E(1) + 16, 1) } },
	{ "PASID entry, EAFE without EAFS", VTD_SPT_3, ABORT, STAGE1, R, .change = { ON(VW_PASID_E(1) + 16, 0x80) } },
	{ "PGTT 000", VTD_SPT_4, ABORT, STAGE2, R, .change = { OFF(VW_PASID_E(2), 0x1c0) } },
	{ "PGTT 100, PT = 0", VTD_SPT_4, ABORT, STAGE2, R, .change = { { VW_PASID_E(2), 0x1c0, 0x100 } } },
	{ "PGTT 101", VTD_SPT_4, ABORT, STAGE1, R, .change = { ON(VW_PASID_E(1), 0x100) } },
	{ "PGTT 110", VTD_SPT_4, ABORT, STAGE2, R, .change = { ON(VW_PASID_E(2), 0x100) } },
	{ "PGTT 111", VTD_SPT_4, ABORT, NONE, VW_IOVA, R, .change = { ON(VW_PASID_E(0), 0x100) } },
	{ "AW 000", VTD_SPT_4, ABORT, STAGE2, R, .change = { OFF(VW_PASID_E(2), 0x1c) } },
	{ "AW 011, not in SAGAW", VTD_SPT_4, ABORT, STAGE2, R, .change = { ON(VW_PASID_E(2), 0x4) } },
	{ "AW 100", VTD_SPT_4, ABORT, NONE, VW_IOVA, R, .change = { { VW_PASID_E(0), 0x1c, 0x10 } } },
	{ "FSPM 01, FS5LP = 0", VTD_SPT_4, ABORT, STAGE1, R, .change = { ON(VW_PASID_E(1) + 16, 4) } },
	{ "FSPM 10", VTD_SPT_4, ABORT, NONE, VW_IOVA, R, .change = { ON(VW_PASID_E(0) + 16, 8) } },
	{ "FSPTPTR of 2^39, AW = 1", VTD_SPT_4, ABORT, NESTED(3), R,
	  .change = { PTR(VW_PASID_E(3) + 16, UINT64_C(1) << 39) } },
	{ "privileged, SRE = 0", VTD_SPT_6, NOTHING, STAGE1, R, .priv = true },
	{ "level 3 without memory", VTD_SFS_1, NOTHING, STAGE1, R, .change = { PTR(VW_FS_E(VW_F4, 4), VW_NOWHERE) } },
	{ "level 1 without memory", VTD_SFS_1, NOTHING, STAGE1, R, .change = { PTR(VW_FS_E(VW_F2, 2), VW_NOWHERE) } },
	{ "level 2 without memory behind stage 2", VTD_SFS_1, NOTHING, NONE, VW_IOVA, R,
	  .change = { PTR(VW_SS1_LOW_E(0x103000), VW_NOWHERE) } },
	{ "level 4, P = 0", VTD_SFS_2, NOTHING, STAGE1, R, .change = { OFF(VW_FS_E(VW_F4, 4), 1) } },
	{ "level 1, P = 0", VTD_SFS_2, NOTHING, NONE, VW_IOVA, R, .change = { OFF(VW_FS_E(VW_N1, 1), 1) } },
	{ "level 4, PS", VTD_SFS_3, NOTHING, STAGE1, R, .change = { ON(VW_FS_E(VW_F4, 4), 0x80) } },
	{ "level 2, bit 13 of a 2M leaf", VTD_SFS_3, NOTHING, STAGE1, R, .change = { ON(VW_FS_E(VW_F2, 2), 0x2080) } },
	{ "level 1, bit 46 of a guest address", VTD_SFS_3, NOTHING, NONE, VW_IOVA, R,
	  .change = { ON(VW_FS_E(VW_N1, 1), UINT64_C(1) << 46) } },
	{ "root without memory", VTD_SFS_4, NOTHING, STAGE1, R, .change = { PTR(VW_PASID_E(1) + 16, VW_NOWHERE) } },
	{ "root without memory behind stage 2", VTD_SFS_4, NOTHING, NONE, VW_IOVA, R,
	  .change = { PTR(VW_SS1_LOW_E(0x101000), VW_NOWHERE) } },
	{ "leaf address 2^39, AW = 1", VTD_SFS_5, NOTHING, NESTED(3), R,
	  .change = { PTR(VW_FS_E(VW_L1, 1), UINT64_C(1) << 39) } },
	{ "table address 2^39, AW = 1", VTD_SFS_5, NOTHING, NESTED(3), R,
	  .change = { PTR(VW_FS_E(VW_L4, 4), UINT64_C(1) << 39) } },
	{ "root write-only", VTD_SFS_6, NOTHING, NONE, VW_IOVA, R, .change = { OFF(VW_SS1_LOW_E(0x101000), 1) } },
	{ "level 3 write-only", VTD_SFS_7, NOTHING, NONE, VW_IOVA, R, .change = { OFF(VW_SS1_LOW_E(0x102000), 1) } },
	{ "level 1 write-only", VTD_SFS_7, NOTHING, NONE, VW_IOVA, R, .change = { OFF(VW_SS1_LOW_E(0x104000), 1) } },
	{ "root read-only, A = 0", VTD_SFS_8, NOTHING, NONE, VW_IOVA, R, .change = { OFF(VW_SS1_LOW_E(0x101000), 2) } },
	{ "level 1 read-only, A = 0", VTD_SFS_8, NOTHING, NONE, VW_IOVA, R,
	  .change = { OFF(VW_SS1_LOW_E(0x104000), 2) } },
	{ "level 1 read-only, D = 0", VTD_SFS_8, NOTHING, NONE, VW_IOVA, W,
	  .change = { OFF(VW_SS1_LOW_E(0x104000), 2), ON(VW_FS_E(VW_N1, 1), 0x20) } },
	{ "PWSNP = 0, A = 0", VTD_SFS_9, NOTHING, NESTED(5), .access = R },
	{ "PWSNP = 0, D = 0", VTD_SFS_9, NOTHING, STAGE1, W, .change = { OFF(VW_PASID_E(1) + 8, 0x800000),
	  ON(VW_FS_E(VW_F4, 4), 0x20), ON(VW_FS_E(VW_F1, 1), 0x20) } },
	{ "level 3 without memory", VTD_SSS_1, ABORT, STAGE2, R, .change = { PTR(VW_SS4_E, VW_NOWHERE) } },
	{ "level 1 without memory, for a stage-1 table", VTD_SSS_1, ABORT, NONE, VW_IOVA, R,
	  .change = { PTR(VW_SS2_LOW_E, VW_NOWHERE) } },
	{ "level 4, R = W = 0", VTD_SSS_2, NOTHING, STAGE2, R, .change = { OFF(VW_SS4_E, 3) } },
	{ "level 1, R = W = 0", VTD_SSS_2, NOTHING, NONE, VW_IOVA, R, .change = { OFF(VW_SG1_E, 3) } },
	{ "R here, W there", VTD_SSS_2, NOTHING, STAGE2, R, .change = { OFF(VW_SG3_E, 1), OFF(VW_SG1_E, 2) } },
	{ "for a stage-1 table", VTD_SSS_2, NOTHING, NONE, VW_IOVA, R, .change = { OFF(VW_SS1_LOW_E(0x102000), 3) } },
	{ "level 4, bit 11", VTD_SSS_3, ABORT, STAGE2, R, .change = { ON(VW_SS4_E, 0x800) } },
	{ "level 3, bit 12 of a 1G leaf", VTD_SSS_3, ABORT, NONE, VW_IOVA, R, .change = { ON(VW_SG3_E, 0x1080) } },
	{ "for a stage-1 table", VTD_SSS_3, ABORT, NONE, VW_IOVA, R,
	  .change = { ON(VW_SS1_LOW_E(0x104000), UINT64_C(1) << 62) } },
	{ "root without memory", VTD_SSS_4, ABORT, STAGE2, R, .change = { PTR(VW_PASID_E(2), VW_NOWHERE) } },
	{ "root without memory, for the stage-1 root", VTD_SSS_4, ABORT, NONE, VW_IOVA, R,
	  .change = { PTR(VW_PASID_E(0), VW_NOWHERE) } },
	{ "bit 47 alone", VTD_SGN_1, NOTHING, 1, UINT64_C(1) << 47, .access = R },
	{ "bits 63:48 alone", VTD_SGN_1, NOTHING, NONE, UINT64_C(0xffff000000001000), .access = R },
	{ "level 1, U/S = 0", VTD_SGN_2, NOTHING, STAGE1, R, .change = { OFF(VW_FS_E(VW_F1, 1), 4) } },
	{ "level 3, U/S = 0", VTD_SGN_2, NOTHING, NONE, VW_IOVA, W, .change = { OFF(VW_FS_E(VW_N3, 3), 4) } },
	{ "translated, 2^46", VTD_SGN_4, NOTHING, NONE, UINT64_C(1) << 46, R, .kind = TRANSLATED },
	{ "2^48", VTD_SGN_5, NOTHING, 2, UINT64_C(1) << 48, .access = R },
	{ "2^39, AW = 1", VTD_SGN_5, NOTHING, 4, UINT64_C(1) << 39, .access = R },
	{ "stage 1 read-only", VTD_SGN_6, REDUCED, STAGE1, W, .change = { OFF(VW_FS_E(VW_F2, 2), 2) } },
	{ "nested, stage 1 read-only", VTD_SGN_6, REDUCED, NONE, VW_IOVA, W, .change = { OFF(VW_FS_E(VW_N1, 1), 2) } },
	{ "nested, stage 2 read-only", VTD_SGN_6, REDUCED, NONE, VW_IOVA, W, .change = { OFF(VW_SG1_E, 2) } },
	{ "stage 2 read-only, atomic", VTD_SGN_6, REDUCED, STAGE2, R | W, .change = { OFF(VW_SG2_E, 2) } },
	{ "stage 2 write-only", VTD_SGN_7, REDUCED, STAGE2, R, .change = { OFF(VW_SG1_E, 1) } },
	{ "nested, stage 2 write-only, atomic", VTD_SGN_7, REDUCED, NONE, VW_IOVA, R | W, .change = { OFF(VW_SG3_E, 1) } },
	{ "PASID 2^20", VTD_SGN_10, UNSUPPORTED, NESTED(0x100000), .access = R },

	/* Legacy mode: the same device, second stage, TT = 01. */
	{ "root table without memory", VTD_LRT_1, ABORT, NONE, VW_GPA, R, .change = { PTR(ROOT_REG, VW_NOWHERE) }, .legacy = true },
	{ "root, P = 0", VTD_LRT_2, UNSUPPORTED, NONE, VW_GPA, R, .change = { OFF(VW_ROOT_E, 1) }, .legacy = true },
	{ "root, bit 1", VTD_LRT_3, ABORT, NONE, VW_GPA, R, .change = { ON(VW_ROOT_E, 2) }, .legacy = true },
	{ "root, bit 64", VTD_LRT_3, ABORT, NONE, VW_GPA, R, .change = { ON(VW_ROOT_E + 8, 1) }, .legacy = true },
	{ "context table without memory", VTD_LCT_1, ABORT, NONE, VW_GPA, R, .change = { PTR(VW_ROOT_E, VW_NOWHERE) }, .legacy = true },
	{ "context, P = 0", VTD_LCT_2, UNSUPPORTED, NONE, VW_GPA, R, .change = { OFF(VW_LCTX_E, 1) }, .legacy = true },
	{ "context, bit 4", VTD_LCT_3, ABORT, NONE, VW_GPA, R, .change = { ON(VW_LCTX_E, 0x10) }, .legacy = true },
	{ "AW 000", VTD_LCT_4, ABORT, NONE, VW_GPA, R, .change = { OFF(VW_LCTX_E + 8, 7) }, .legacy = true },
	{ "AW 011, not in SAGAW", VTD_LCT_4, ABORT, NONE, VW_GPA, R, .change = { ON(VW_LCTX_E + 8, 1) }, .legacy = true },
	{ "AW 100", VTD_LCT_4, ABORT, NONE, VW_GPA, R, .change = { { VW_LCTX_E + 8, 7, 4 } }, .legacy = true, .full = true },
	{ "TT 11", VTD_LCT_4, ABORT, NONE, VW_GPA, R, .change = { ON(VW_LCTX_E, 8) }, .legacy = true, .full = true },
	{ "TT 10, PT = 0", VTD_LCT_4, ABORT, NONE, VW_GPA, R, .change = { { VW_LCTX_E, 0xc, 0x8 } }, .legacy = true },
	{ "TT 01, DT = 0", VTD_LCT_4, ABORT, NONE, VW_GPA, R, .legacy = true, .params = { VW_PARAM(VTD_P_DT, 0) } },
	{ "second-stage root without memory", VTD_LCT_4, ABORT, NONE, VW_GPA, R, .change = { PTR(VW_LCTX_E, VW_NOWHERE) }, .legacy = true },
	{ "TT 00", VTD_LCT_5, UNSUPPORTED, NONE, VW_GPA, R, ATS, .change = { OFF(VW_LCTX_E, 4) }, .legacy = true },
	{ "TT 00", VTD_LCT_5, UNSUPPORTED, NONE, VW_HPA, R, TRANSLATED, .change = { OFF(VW_LCTX_E, 4) }, .legacy = true },
	{ "TT 10", VTD_LCT_5, UNSUPPORTED, NONE, VW_GPA, R, ATS, .change = { { VW_LCTX_E, 0xc, 0x8 } }, .legacy = true, .full = true },
	{ "level 1 without memory", VTD_LSS_1, ABORT, NONE, VW_GPA, R, .change = { PTR(VW_SG2_E, VW_NOWHERE) }, .legacy = true },
	{ "level 2, bit 11", VTD_LSS_2, ABORT, NONE, VW_GPA, R, .change = { ON(VW_SG2_E, 0x800) }, .legacy = true },
	{ "2^48, AW = 2", VTD_LGN_1, NOTHING, NONE, UINT64_C(1) << 48, R, .legacy = true, .full = true },
	{ "2^39, AW = 1", VTD_LGN_1, NOTHING, NONE, UINT64_C(1) << 39, R, .change = { { VW_LCTX_E + 8, 7, 1 } }, .legacy = true },
	{ "translated, 2^46", VTD_LGN_1, NOTHING, NONE, UINT64_C(1) << 46, R, TRANSLATED, .legacy = true },
	{ "pass-through, 2^46", VTD_LGN_1, NOTHING, NONE, UINT64_C(1) << 46, R, .change = { { VW_LCTX_E, 0xc, 0x8 } }, .legacy = true, .full = true, .no_ats = true },
	{ "read-only", VTD_LGN_2, REDUCED, NONE, VW_GPA, W, .change = { OFF(VW_SG1_E, 2) }, .legacy = true },
	{ "write-only", VTD_LGN_3, REDUCED, NONE, VW_GPA, R, .change = { OFF(VW_SG3_E, 1) }, .legacy = true },
	{ "output FEE00000", VTD_LGN_4, ABORT, NONE, VW_GPA, R, .change = { PTR(VW_SG1_E, 0xfee00000) }, .legacy = true },
	{ "translated, FEEFFFFC", VTD_LGN_4, ABORT, NONE, 0xfeeffffc, W, TRANSLATED, .legacy = true },
	{ "with PASID", VTD_RTA_2, UNSUPPORTED, 1, VW_IOVA, R, .legacy = true },
	{ "translated, with PASID", VTD_RTA_2, UNSUPPORTED, 1, VW_HPA, R, TRANSLATED, .legacy = true },
	{ "with PASID, FEE00000", VTD_RTA_2, UNSUPPORTED, 1, 0xfee00000, W, .legacy = true },
	{ "SSIRWE", VTD_RTA_1, ABORT, NONE, VW_GPA, R, .change = { ON(ROOT_REG, 0x80) }, .legacy = true, .full = true,
	  .params = { VW_PARAM(VTD_P_SSIRWS, 1) } },

	/* The interrupt address range, table 15. */
	{ "read of FEE00000", VTD_IR_29, NOTHING, NONE, 0xfee00000, R, .no_ats = true },
	{ "atomic to FEEFFFFC", VTD_IR_29, NOTHING, NONE, 0xfeeffffc, R | W, .no_ats = true },
	{ "8 bytes to FEE00000", VTD_IR_29, NOTHING, NONE, 0xfee00000, W, .bytes = 8, .no_ats = true },
	{ "2 bytes to FEE00000", VTD_IR_29, NOTHING, NONE, 0xfee00000, W, .bytes = 2, .no_ats = true },
	{ "legacy, read of FEE01230", VTD_IR_29, NOTHING, NONE, 0xfee01230, R, .legacy = true, .no_ats = true },
	{ "first stage to FEE00000", VTD_SGN_8, ABORT, STAGE1, R, .change = { PTR(VW_FS_E(VW_F1, 1), 0xfee00000) } },
	{ "second stage to FEEFF000", VTD_SGN_8, ABORT, STAGE2, W, .change = { PTR(VW_SG1_E, 0xfeeff000) } },
	{ "nested to FEE80000", VTD_SGN_8, ABORT, NONE, VW_IOVA, R, .change = { PTR(VW_SG1_E, 0xfee80000) } },
	{ "pass-through with PASID, FEE00000", VTD_SGN_8, ABORT, 9, 0xfee00000, W, .full = true },
	{ "translated, FEE00000", VTD_SGN_8, ABORT, NONE, 0xfee00000, W, .kind = TRANSLATED },

	{ "remapping required and disabled", VTD_IR_2B, NOTHING, NONE, 0xfee01234, W, .full = true, .no_ats = true, .params = { VW_PARAM(VTD_P_IRREQ, 1) } },
	{ "legacy, remapping required and disabled", VTD_IR_2B, NOTHING, NONE, 0xfee00000, W, .full = true, .legacy = true, .no_ats = true, .params = { VW_PARAM(VTD_P_IRREQ, 1) } },

	/* The mode. */
	{ "page request in legacy mode", VTD_RTA_3, NOTHING, NONE, VW_GPA, R, IMS_REQ_PAGE, .full = true, .legacy = true, .no_ats = true },
	{ "page request, PRE = 0", VTD_SCT_8, NOTHING, NONE, VW_IOVA, R, IMS_REQ_PAGE, .full = true, .no_ats = true },
	{ "page request with PASID, PRE = 0 and PASIDE = 0", VTD_SCT_8, NOTHING, STAGE1, R, IMS_REQ_PAGE, .full = true, .no_ats = true, .change = { OFF(VW_CTX_E, 8) } },
	{ "TTM = 11b, ADMS = 0", VTD_RTA_1, ABORT, NONE, VW_IOVA, R, .change = { ON(ROOT_REG, 0xc00) }, .params = { VW_PARAM(VTD_P_ADMS, 0) } },
	{ "TTM = 01b, SMTS = 0", VTD_RTA_1, ABORT, NONE, VW_IOVA, R, .params = { VW_PARAM(VTD_P_SMTS, 0) } },
	{ "to execute, version 8", VTD_RTA_5, UNSUPPORTED, STAGE1, R, .execute = true, .params = { VW_PARAM(VTD_P_VER, 8) } },
	{ "to execute, version 7", VTD_SPT_5, NOTHING, STAGE1, R, .execute = true, .params = { VW_PARAM(VTD_P_VER, 7) } },

	/* Context and PASID-table entries of the full unit. */
	{ "DTE = 0, PRE = 1", VTD_SCT_4, ABORT, NONE, VW_IOVA, R, .change = { { VW_CTX_E, 4, 0x10 } }, .full = true },
	{ "EPTR = 1, PASIDE = 0", VTD_SCT_4, ABORT, NONE, VW_IOVA, R, .change = { { VW_CTX_E, 8, 0x40 } }, .full = true, .params = { VW_PARAM(VTD_P_PTRS, 1) } },
	{ "translated with PASID, EPTR, PDTS", VTD_SCT_7, UNSUPPORTED, 0x2000, VW_HPA, R, TRANSLATED, .change = { ON(VW_CTX_E, 0x40) }, .full = true, .params = { VW_PARAM(VTD_P_PTRS, 1) } },
	{ "translated with RID_PASID, EPTR", VTD_SCT_9, UNSUPPORTED, 0, VW_HPA, R, TRANSLATED, .change = { ON(VW_CTX_E, 0x40) }, .full = true, .params = { VW_PARAM(VTD_P_PTRS, 1) } },
	{ "PASID 2^10, PSS = 9", VTD_SGN_10, UNSUPPORTED, NESTED(0x400), R, .full = true, .params = { VW_PARAM(VTD_P_PSS, 9) } },
	{ "PGTT 001, FSTS = 0", VTD_SPT_4, ABORT, STAGE1, R, .change = { OFF(VW_PASID_E(1) + 16, ~UINT64_C(0)) }, .params = { VW_PARAM(VTD_P_FSTS, 0) } },
	{ "PGTT 010, SSTS = 0", VTD_SPT_4, ABORT, STAGE2, R, .change = { OFF(VW_PASID_E(2), ~UINT64_C(0x1c3)) }, .params = { VW_PARAM(VTD_P_SSTS, 0) } },
	{ "PGTT 011, NEST = 0", VTD_SPT_4, ABORT, NONE, VW_IOVA, R, .params = { VW_PARAM(VTD_P_NEST, 0) } },
	{ "PGTT 100, PT = 0", VTD_SPT_4, ABORT, 9, VW_IOVA, R, .full = true, .params = { VW_PARAM(VTD_P_PT, 0) } },
	{ "AW 011, not in SAGAW", VTD_SPT_4, ABORT, 7, VW_GPA5, R, .full = true, .params = { VW_PARAM(VTD_P_SAGAW, 6) } },
	{ "AW 001, not in SAGAW", VTD_SPT_4, ABORT, 4, VW_GPA_LOW, R, .full = true, .params = { VW_PARAM(VTD_P_SAGAW, 0xc) } },
	{ "FSPM 01, FS5LP = 0", VTD_SPT_4, ABORT, 6, VW_IOVA5, R, .full = true, .params = { VW_PARAM(VTD_P_FS5LP, 0) } },
	{ "FSPM 11", VTD_SPT_4, ABORT, 6, VW_IOVA5, R, .full = true, .change = { ON(VW_PASID_E(6) + 16, 8) } },
	{ "FSPM 10, second stage only", VTD_SPT_4, ABORT, STAGE2, R, .full = true, .change = { ON(VW_PASID_E(2) + 16, 8) } },
	{ "privileged, SRE = 0, pass-through", VTD_SPT_6, NOTHING, 9, VW_IOVA, R, .priv = true, .full = true },
	{ "RID_PRIV, SRE = 0", VTD_SPT_6, NOTHING, NONE, VW_IOVA, R, .full = true, .change = { ON(VW_CTX_E + 8, 0x100000) }, .params = { VW_PARAM(VTD_P_RPRIVS, 1) } },
	{ "RID_PRIV, RPRIVS = 0", VTD_SCT_3, ABORT, NONE, VW_IOVA, R, .full = true, .change = { ON(VW_CTX_E + 8, 0x100000) } },

	/* Pointers have all their bits below HAW. */
	{ "root table at 2^45", VTD_SRT_1, ABORT, NONE, VW_IOVA, R, .change = { ON(ROOT_REG, UINT64_C(1) << 45) } },
	{ "context table at 2^45", VTD_SCT_1, ABORT, NONE, VW_IOVA, R, .change = { ON(VW_ROOT_E, UINT64_C(1) << 45) } },
	{ "directory at 2^45", VTD_SPD_1, ABORT, NONE, VW_IOVA, R, .change = { ON(VW_CTX_E, UINT64_C(1) << 45) } },
	{ "PASID table at 2^45", VTD_SPT_1, ABORT, NONE, VW_IOVA, R, .change = { ON(VW_DIR_E, UINT64_C(1) << 45) } },
	{ "first stage at 2^45", VTD_SFS_4, NOTHING, STAGE1, R, .change = { ON(VW_PASID_E(1) + 16, UINT64_C(1) << 45) } },
	{ "second stage at 2^45", VTD_SSS_4, ABORT, STAGE2, R, .change = { ON(VW_PASID_E(2), UINT64_C(1) << 45) } },
	{ "legacy root table at 2^45", VTD_LRT_1, ABORT, NONE, VW_GPA, R, .change = { ON(ROOT_REG, UINT64_C(1) << 45) }, .legacy = true },
	{ "legacy context table at 2^45", VTD_LCT_1, ABORT, NONE, VW_GPA, R, .change = { ON(VW_ROOT_E, UINT64_C(1) << 45) }, .legacy = true },
	{ "legacy second stage at 2^45", VTD_LCT_4, ABORT, NONE, VW_GPA, R, .change = { ON(VW_LCTX_E, UINT64_C(1) << 45) }, .legacy = true },

	/* Five levels. */
	{ "level 4 without memory", VTD_SFS_1, NOTHING, 6, VW_IOVA5, R, .full = true, .change = { PTR(VW_FS5_E(VW_F5), VW_NOWHERE) } },
	{ "level 5, P = 0", VTD_SFS_2, NOTHING, 6, VW_IOVA5, R, .full = true, .change = { OFF(VW_FS5_E(VW_F5), 1) } },
	{ "level 5, PS", VTD_SFS_3, NOTHING, 6, VW_IOVA5, R, .full = true, .change = { ON(VW_FS5_E(VW_F5), 0x80) } },
	{ "level 5 without memory", VTD_SFS_4, NOTHING, 6, VW_IOVA5, R, .full = true, .change = { PTR(VW_PASID_E(6) + 16, VW_NOWHERE) } },
	{ "level 5, write-only", VTD_SFS_6, NOTHING, 8, VW_IOVA5, R, .full = true, .change = { OFF(VW_SS1_LOW_E(0x10b000), 1) } },
	{ "level 4, write-only", VTD_SFS_7, NOTHING, 8, VW_IOVA5, R, .full = true, .change = { OFF(VW_SS1_LOW_E(0x101000), 1) } },
	{ "level 5, supervisor", VTD_SGN_2, NOTHING, 6, VW_IOVA5, R, .full = true, .change = { OFF(VW_FS5_E(VW_F5), 4) } },
	{ "level 5, read-only", VTD_SGN_6, REDUCED, 6, VW_IOVA5, W, .full = true, .change = { OFF(VW_FS5_E(VW_F5), 2) } },
	{ "bit 56 alone, 5 levels", VTD_SGN_1, NOTHING, 6, UINT64_C(1) << 56, R, .full = true },
	{ "bit 57, 5 levels", VTD_SGN_1, NOTHING, 8, VW_IOVA5 | UINT64_C(1) << 57, R, .full = true },
	{ "second stage, level 4 without memory", VTD_SSS_1, ABORT, 7, VW_GPA5, R, .full = true, .change = { PTR(VW_SS5_E, VW_NOWHERE) } },
	{ "second stage, level 5 absent", VTD_SSS_2, NOTHING, 7, VW_GPA5, R, .full = true, .change = { OFF(VW_SS5_E, 3) } },
	{ "second stage, level 5, bit 7", VTD_SSS_3, ABORT, 7, VW_GPA5, R, .full = true, .change = { ON(VW_SS5_E, 0x80) } },
	{ "second stage, level 5 without memory", VTD_SSS_4, ABORT, 7, VW_GPA5, R, .full = true, .change = { PTR(VW_PASID_E(7), VW_NOWHERE) } },
	{ "2^57, AW = 3", VTD_SGN_5, NOTHING, 7, UINT64_C(1) << 57, R, .full = true },
	{ "2^50, AW = 3, MGAW = 50", VTD_SGN_5, NOTHING, 7, UINT64_C(1) << 50, R, .full = true, .params = { VW_PARAM(VTD_P_MGAW, 50) } },
	{ "pass-through, 2^46", VTD_SGN_4, NOTHING, 9, UINT64_C(1) << 46, R, .full = true },

	/* Accessed and dirty of both stages. */
	{ "second stage only, PWSNP = 0", VTD_SSS_5, ABORT, 11, VW_GPA, R, .full = true, .change = { OFF(VW_PASID_E(11) + 8, 0x800000) } },
	{ "nested, PWSNP = 0", VTD_SSS_5, ABORT, 10, VW_IOVA, R, .full = true, .change = { OFF(VW_PASID_E(10) + 8, 0x800000) } },
	{ "second stage only, no update", VTD_SSS_6, ABORT, 11, VW_GPA, R, .full = true, .fixed = VW_SG2 },
	{ "D of the page", VTD_SSS_6, ABORT, 11, VW_GPA, W, .full = true, .fixed = VW_SG1,
	  .change = { ON(VW_SG1_E, 0x100) } },
	{ "D over a first-stage table", VTD_SSS_6, ABORT, 10, VW_IOVA, R, .full = true, .fixed = VW_SS1,
	  .change = { ON(VW_SS1_LOW_E(0x101000), 0x100) } },
	{ "first stage, no update", VTD_SFS_10, NOTHING, STAGE1, R, .fixed = VW_F2 },
	{ "nested, no update", VTD_SFS_10, NOTHING, NONE, VW_IOVA, R, .fixed = VW_N4 },
	{ "EA, nested, PWSNP = 0", VTD_SFS_9, NOTHING, NONE, VW_IOVA, R, .full = true,
	  .change = { ON(VW_FS_E(VW_N4, 4), 0x20), ON(VW_PASID_E(0) + 16, 0x80), OFF(VW_PASID_E(0) + 8, 0x800000) } },
	{ "root without W, SSADE", VTD_SFS_6, NOTHING, 10, VW_IOVA, R, .full = true, .change = { OFF(VW_SS1_LOW_E(0x101000), 2) } },
	{ "level 2 without W, SSADE", VTD_SFS_7, NOTHING, 10, VW_IOVA, R, .full = true, .change = { OFF(VW_SS1_LOW_E(0x103000), 2) } },
	{ "EA in a read-only table", VTD_SFS_8, NOTHING, NONE, VW_IOVA, R, .full = true,
	  .change = { ON(VW_FS_E(VW_N4, 4), 0x20), ON(VW_PASID_E(0) + 16, 0x80), OFF(VW_SS1_LOW_E(0x101000), 2) } },

	/* Privilege, and permissions in other bits. */
	{ "privileged, WPE, read-only", VTD_SGN_6, REDUCED, 13, VW_IOVA, W, .priv = true, .full = true, .change = { OFF(VW_FS_E(VW_N1, 1), 2) } },
	{ "privileged, second stage read-only", VTD_SGN_6, REDUCED, 13, VW_IOVA, W, .priv = true, .full = true, .change = { OFF(VW_SG1_E, 2) } },
	{ "SSIRWE, R and W alone", VTD_SSS_2, NOTHING, STAGE2, R, .full = true, .change = { ON(ROOT_REG, 0x80) }, .params = { VW_PARAM(VTD_P_SSIRWS, 1) } },
};
/* clang-format on */

#endif
