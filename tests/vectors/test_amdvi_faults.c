/* SPDX-License-Identifier: MIT */
/*
 * Every field of an AMD-Vi DTE and every way a translation ends in a fault, each made by
 * one word (sections 1 to 3 and 18 of the reference sheet), with the answer to ATS.
 */
#include <check.h>
#include <stdio.h>

#include "tests/vectors/amdvi_world.h"
#include "tests/run.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define NONE	   IMS_CTX_NONE
#define R	   IMS_R
#define W	   IMS_W
#define SOME	   UINT8_MAX /* an answer with permissions */
#define BIT(n)	   (UINT64_C(1) << (n))
#define NOWHERE	   BIT(41) /* a legal address without memory */
#define WORD(v, d) AW_DTE(d) + 8u * (v)

/* One change of one word, and what comes of it. */
struct vector {
	const char *what;
	uint64_t at, clear, set;
	unsigned dev;
	uint32_t ctx;
	uint64_t addr;
	uint16_t fault;
	uint8_t answer; /* enum ims_ats_answer */
	struct aw_param params[2];
	uint64_t ctrl_clear;
};

/* clang-format off */
static const struct vector vectors[] = {
	/* ---- the entry is illegal ---- */
	{ "QW0 2", WORD(0, AW_HOST), 0, BIT(2), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT, { { 0 } }, 0 },
	{ "QW0 6", WORD(0, AW_HOST), 0, BIT(6), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT, { { 0 } }, 0 },
	{ "QW0 63", WORD(0, AW_HOST), 0, BIT(63), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT, { { 0 } }, 0 },
	{ "GV without GTSup", WORD(0, AW_HOST), 0, BIT(55), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_P_GT_SUP, 0), AW_PARAM(AMDVI_P_GIO_SUP, 0) }, 0 },
	{ "GLX without GTSup", WORD(0, AW_HOST), 0, BIT(56), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_P_GT_SUP, 0), AW_PARAM(AMDVI_P_GIO_SUP, 0) }, 0 },
	{ "GCR3 14:12 without GTSup", WORD(0, AW_HOST), 0, BIT(58), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_P_GT_SUP, 0), AW_PARAM(AMDVI_P_GIO_SUP, 0) }, 0 },
	{ "GCR3 30:15 without GTSup", WORD(1, AW_HOST), 0, BIT(16), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_P_GT_SUP, 0), AW_PARAM(AMDVI_P_GIO_SUP, 0) }, 0 },
	{ "GCR3 51:31 without GTSup", WORD(1, AW_HOST), 0, BIT(63), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_P_GT_SUP, 0), AW_PARAM(AMDVI_P_GIO_SUP, 0) }, 0 },
	{ "GIOV without GIOSup", WORD(0, AW_HOST), 0, BIT(54), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_P_GIO_SUP, 0) }, 0 },
	{ "PPR without PPRSup", WORD(0, AW_HOST), 0, BIT(52), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_P_PPR_SUP, 0) }, 0 },
	{ "GPRP without EPHSup", WORD(0, AW_HOST), 0, BIT(53), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_P_EPH_SUP, 0) }, 0 },
	{ "HAD without HASup", WORD(0, AW_HOST), 0, BIT(7), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_P_HA_SUP, 0), AW_PARAM(AMDVI_P_HD_SUP, 0) }, 0 },
	{ "HAD 3 without HDSup", WORD(0, AW_HOST), 0, BIT(7) | BIT(8), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_P_HD_SUP, 0) }, 0 },
	{ "HAD 2", WORD(0, AW_HOST), 0, BIT(8), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_VALUE, IMS_ATS_ABORT, { { 0 } }, 0 },
	{ "SATS", WORD(1, AW_HOST), 0, BIT(42), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT, { { 0 } }, 0 },
	{ "I without IotlbSup", WORD(1, AW_HOST), 0, 0, AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_P_IOTLB_SUP, 0) }, 0 },
	{ "GuestPagingMode without GTSup", WORD(2, AW_HOST), 0, BIT(54), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_P_GT_SUP, 0), AW_PARAM(AMDVI_P_GIO_SUP, 0) }, 0 },
	{ "HPTMode", WORD(2, AW_HOST), 0, BIT(59), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT, { { 0 } }, 0 },
	{ "QW3 0", WORD(3, AW_HOST), 0, BIT(0), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT, { { 0 } }, 0 },
	{ "vImuEn without vIommuSup", WORD(3, AW_HOST), 0, BIT(15), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT, { AW_PARAM(AMDVI_P_VIOMMU_SUP, 0) }, 0 },
	{ "GuestID without vIommuSup", WORD(3, AW_HOST), 0, BIT(32), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT, { AW_PARAM(AMDVI_P_VIOMMU_SUP, 0) }, 0 },
	{ "AttrV without AttrFWSup", WORD(3, AW_HOST), 0, BIT(54), AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_RESERVED, IMS_ATS_ABORT, { { 0 } }, 0 },
	{ "the check is off", WORD(0, AW_HOST), 0, BIT(63), AW_HOST, NONE, AW_GPA, 0, SOME, { AW_PARAM(AMDVI_K_DTE_CHECK, 0) }, 0 },
	{ "V = 0: nothing is checked", WORD(0, AW_HOST), BIT(0), BIT(63), AW_HOST, NONE, AW_GPA, 0, IMS_ATS_UNSUPPORTED, { { 0 } }, 0 },
	{ "GLX 3", WORD(0, AW_NESTED), 0, BIT(56) | BIT(57), AW_NESTED, NONE, AW_IOVA, AMDVI_F_DTE_GLX, IMS_ATS_ABORT, { { 0 } }, 0 },
	{ "GLX above GLXSup", WORD(0, AW_NESTED), 0, BIT(57), AW_NESTED, NONE, AW_IOVA, AMDVI_F_DTE_GLX, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_P_GLX_SUP, 1) }, 0 },
	{ "GLX 3 with GV = 0", WORD(0, AW_HOST), 0, BIT(56) | BIT(57), AW_HOST, NONE, AW_GPA, 0, SOME, { { 0 } }, 0 },
	{ "GuestPagingMode 2", WORD(2, AW_NESTED), 0, BIT(55), AW_NESTED, NONE, AW_IOVA, AMDVI_F_DTE_GPM, IMS_ATS_ABORT, { { 0 } }, 0 },
	{ "GuestPagingMode above GATS", WORD(2, AW_NESTED), 0, BIT(54), AW_NESTED, NONE, AW_IOVA, AMDVI_F_DTE_GPM, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_P_GATS, 0) }, 0 },
	{ "GV while GTEn = 0", WORD(0, AW_NESTED), 0, 0, AW_NESTED, NONE, AW_IOVA, AMDVI_F_DTE_GV, IMS_ATS_ABORT, { { 0 } }, AMDVI_CTRL_GT },
	{ "Mode 7, K8b = 1", WORD(0, AW_HOST), 0, 0xe00, AW_HOST, NONE, AW_GPA, AMDVI_F_DTE_MODE, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_K8B, 1) }, 0 },
	{ "SNP with Mode 0", WORD(0, AW_IDENTITY), 0, 0, AW_IDENTITY, NONE, AW_GPA, AMDVI_F_DTE_MODE0, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_P_SNP_SUP, 1), AW_PARAM(AMDVI_P_SNP_ENABLED, 1) }, 0 },
	{ "a DeviceID beyond, K8a = 1", WORD(0, 0), 0, 0, 0x80, NONE, AW_GPA, AMDVI_F_DTE_RANGE, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_K8A, 1) }, 0 },

	/* ---- fields without a say in it ---- */
	{ "Mode 6 on 6 levels: its root is absent", WORD(0, AW_HOST), 0xe00, 0xc00, AW_HOST, NONE, AW_GPA | BIT(58), AMDVI_F_HOST_ABSENT, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "IoCtl", WORD(1, AW_HOST), 0, BIT(35) | BIT(36), AW_HOST, NONE, AW_GPA, 0, SOME, { { 0 } }, 0 },
	{ "Cache", WORD(1, AW_HOST), 0, BIT(37), AW_HOST, NONE, AW_GPA, 0, SOME, { { 0 } }, 0 },
	{ "SD", WORD(1, AW_HOST), 0, BIT(38), AW_HOST, NONE, AW_GPA, 0, SOME, { { 0 } }, 0 },
	{ "EX without a range", WORD(1, AW_HOST), 0, BIT(39), AW_HOST, NONE, AW_GPA, 0, SOME, { { 0 } }, 0 },
	{ "SysMgt", WORD(1, AW_HOST), 0, BIT(40) | BIT(41), AW_HOST, NONE, AW_GPA, 0, SOME, { { 0 } }, 0 },
	{ "PPR, GPRP", WORD(0, AW_HOST), 0, BIT(52) | BIT(53), AW_HOST, NONE, AW_GPA, 0, SOME, { { 0 } }, 0 },
	{ "the interrupt half", WORD(2, AW_HOST), 0, UINT64_C(0xf73fffffffffffff), AW_HOST, NONE, AW_GPA, 0, SOME, { { 0 } }, 0 },
	{ "QW3 53", WORD(3, AW_HOST), 0, BIT(53), AW_HOST, NONE, AW_GPA, 0, SOME, { { 0 } }, 0 },

	/* ---- the request ends at the entry ---- */
	{ "a DeviceID beyond", WORD(0, 0), 0, 0, 0x80, NONE, AW_GPA, AMDVI_F_RANGE, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "TV", WORD(0, AW_HOST), BIT(1), 0, AW_HOST, NONE, AW_GPA, AMDVI_F_TV, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "TV with Mode 0", WORD(0, AW_IDENTITY), BIT(1), 0, AW_IDENTITY, NONE, AW_GPA, AMDVI_F_TV, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "TV with PASID", WORD(0, AW_NESTED), BIT(1), 0, AW_NESTED, 1, AW_IOVA, AMDVI_F_TV, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "Mode 7", WORD(0, AW_HOST), 0, 0xe00, AW_HOST, NONE, AW_GPA, AMDVI_F_MODE, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "Mode above HATS", WORD(0, AW_HOST), 0xe00, 0xa00, AW_HOST, NONE, AW_GPA, AMDVI_F_MODE, IMS_ATS_NOTHING,
	  { AW_PARAM(AMDVI_P_HATS, 0) }, 0 },
	{ "Mode without host translation", WORD(0, AW_HOST), 0, 0, AW_HOST, NONE, AW_GPA, AMDVI_F_MODE, IMS_ATS_NOTHING,
	  { AW_PARAM(AMDVI_P_HATS, 3) }, 0 },
	{ "PASID with GV = 0", WORD(0, AW_HOST), 0, 0, AW_HOST, 1, AW_GPA, AMDVI_F_NO_GV, IMS_ATS_UNSUPPORTED, { { 0 } }, 0 },
	{ "the same as a page fault", WORD(0, AW_HOST), 0, 0, AW_HOST, 1, AW_GPA, AMDVI_F_PASID, IMS_ATS_NOTHING,
	  { AW_PARAM(AMDVI_K_PASID_GV0, 1) }, 0 },
	{ "PASID beyond GLX", WORD(0, AW_NESTED), 0, 0, AW_NESTED, 512, AW_IOVA, AMDVI_F_PASID, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "PASID beyond PASmax", WORD(0, AW_NESTED), 0, BIT(57), AW_NESTED, 0x10000, AW_IOVA, AMDVI_F_PASID, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "IW with Mode 0", WORD(0, AW_IDENTITY), BIT(62), 0, AW_IDENTITY, NONE, AW_GPA, AMDVI_F_DTE_DENIED, SOME, { { 0 } }, 0 },
	{ "I", WORD(1, AW_HOST), BIT(32), 0, AW_HOST, NONE, AW_GPA, 0, IMS_ATS_UNSUPPORTED, { { 0 } }, 0 },

	/* ---- GCR3 ---- */
	{ "GCR3 V", AW_GCR3, BIT(0), 0, AW_NESTED, NONE, AW_IOVA, AMDVI_F_GCR3_ABSENT, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "GCR3 reserved", AW_GCR3, 0, BIT(1), AW_NESTED, NONE, AW_IOVA, AMDVI_F_GCR3_RESERVED, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "GCR3 table without memory", WORD(1, AW_GUEST), 0, BIT(41 - 31 + 43), AW_GUEST, NONE, AW_IOVA, AMDVI_F_GCR3_ERROR, IMS_ATS_ABORT, { { 0 } }, 0 },
	{ "GCR3 page absent in the host", AW_H1_LOW_E(AW_GCR3 - AW_LOW), BIT(0), 0, AW_NESTED, NONE, AW_IOVA, AMDVI_F_HOST_ABSENT | AMDVI_ON_TABLE, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "GCR3 page write-only", AW_H1_LOW_E(AW_GCR3 - AW_LOW), BIT(61), 0, AW_NESTED, NONE, AW_IOVA, AMDVI_F_HOST_DENIED | AMDVI_ON_TABLE, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "CR3 beyond the host's width", AW_GCR3, 0, BIT(48), AW_NESTED, NONE, AW_IOVA, AMDVI_F_HOST_WIDTH | AMDVI_ON_TABLE, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "GCR3 table beyond the host's width", WORD(1, AW_NESTED), 0, BIT(48 - 31 + 43), AW_NESTED, NONE, AW_IOVA, AMDVI_F_HOST_WIDTH | AMDVI_ON_TABLE, IMS_ATS_NOTHING, { { 0 } }, 0 },

	/* ---- guest tables ---- */
	{ "guest P at the top", AW_G_E(AW_N4, 4), BIT(0), 0, AW_NESTED, NONE, AW_IOVA, AMDVI_F_GUEST_ABSENT, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "guest P of the leaf", AW_G_E(AW_G1, 1), BIT(0), 0, AW_GUEST, NONE, AW_IOVA, AMDVI_F_GUEST_ABSENT, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "guest PS at level 4", AW_G_E(AW_N4, 4), 0, BIT(7), AW_NESTED, NONE, AW_IOVA, AMDVI_F_GUEST_RESERVED, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "guest 2 MiB leaf not aligned", AW_G_E(AW_N2, 2), 0, BIT(7), AW_NESTED, NONE, AW_IOVA, AMDVI_F_GUEST_RESERVED, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "guest R/W", AW_G_E(AW_N2, 2), BIT(1), 0, AW_NESTED, NONE, AW_IOVA, AMDVI_F_GUEST_DENIED, SOME, { { 0 } }, 0 },
	{ "guest U", AW_G_E(AW_N3, 3), BIT(2), 0, AW_NESTED, NONE, AW_IOVA, AMDVI_F_GUEST_USER, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "guest table without memory", AW_G_E(AW_G3, 3), 0, NOWHERE, AW_GUEST, NONE, AW_IOVA, AMDVI_F_GUEST_ERROR, IMS_ATS_ABORT, { { 0 } }, 0 },
	{ "guest table absent in the host", AW_H1_LOW_E(AW_N2 - AW_LOW), BIT(0), 0, AW_NESTED, NONE, AW_IOVA, AMDVI_F_HOST_ABSENT | AMDVI_ON_TABLE, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "guest table lent for reading", AW_H1_LOW_E(AW_N2 - AW_LOW), BIT(62), 0, AW_NESTED, NONE, AW_IOVA, AMDVI_F_GUEST_UPDATE, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "guest page beyond the host's width", AW_G_E(AW_N1, 1), 0, BIT(49), AW_NESTED, NONE, AW_IOVA, AMDVI_F_HOST_WIDTH, IMS_ATS_NOTHING, { { 0 } }, 0 },

	/* ---- the same on a table's page ---- */
	{ "table page: PTE 56", AW_H1_LOW_E(AW_N2 - AW_LOW), 0, BIT(56), AW_NESTED, NONE, AW_IOVA, AMDVI_F_HOST_RESERVED | AMDVI_ON_TABLE, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "table page: NextLevel", AW_H2_LOW_E, 0xe00, 0x400, AW_NESTED, NONE, AW_IOVA, AMDVI_F_HOST_LEVEL | AMDVI_ON_TABLE, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "table page: size", AW_H1_LOW_E(AW_N1 - AW_LOW), ~UINT64_C(0), AW_PTE(7, 0x2ff000), AW_NESTED, NONE, AW_IOVA, AMDVI_F_HOST_SIZE | AMDVI_ON_TABLE, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "table page: skipped level", AW_G_E(AW_N3, 3), 0, BIT(39), AW_NESTED, NONE, AW_IOVA, AMDVI_F_HOST_ABSENT | AMDVI_ON_TABLE, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "table page: no memory", AW_H2_LOW_E, 0, NOWHERE, AW_NESTED, NONE, AW_IOVA, AMDVI_F_HOST_ERROR, IMS_ATS_ABORT, { { 0 } }, 0 },
	{ "user pages of ATS, silent", AW_G_E(AW_N3, 3), BIT(2), 0, AW_NESTED, NONE, AW_IOVA, AMDVI_F_GUEST_USER, IMS_ATS_NOTHING,
	  { AW_PARAM(AMDVI_K_US_ATS, 0) }, 0 },

	/* ---- host tables ---- */
	{ "host PR", AW_HG2_E, BIT(0), 0, AW_HOST, NONE, AW_GPA, AMDVI_F_HOST_ABSENT, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "host PR, nested", AW_HG1_E, BIT(0), 0, AW_NESTED, NONE, AW_IOVA, AMDVI_F_HOST_ABSENT, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "PDE 60", AW_HG3_E, 0, BIT(60), AW_HOST, NONE, AW_GPA, AMDVI_F_HOST_RESERVED, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "PDE 52", AW_H4_E, 0, BIT(52), AW_HOST, NONE, AW_GPA, AMDVI_F_HOST_RESERVED, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "PTE 56", AW_HG1_E, 0, BIT(56), AW_HOST, NONE, AW_GPA, AMDVI_F_HOST_RESERVED, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "PTE PMC, U, FC and ignored bits", AW_HG1_E, 0, BIT(57) | BIT(58) | BIT(59) | BIT(60) | BIT(63) | 0x19e, AW_HOST, NONE, AW_GPA, 0, SOME, { { 0 } }, 0 },
	{ "PDE ignored bits", AW_HG2_E, 0, BIT(63) | 0x19e, AW_HOST, NONE, AW_GPA, 0, SOME, { { 0 } }, 0 },
	{ "NextLevel its own", AW_HG3_E, 0xe00, 0x600, AW_HOST, NONE, AW_GPA, AMDVI_F_HOST_LEVEL, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "NextLevel above", AW_HG2_E, 0xe00, 0xc00, AW_HOST, NONE, AW_GPA, AMDVI_F_HOST_LEVEL, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "levels passed over", AW_H4_E, 0xe00, 0x200, AW_HOST, NONE, AW_GPA, AMDVI_F_HOST_SKIPPED, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "a size below the level's", AW_HG2_E, ~UINT64_C(0), AW_PTE(7, 0x10007000), AW_HOST, NONE, AW_GPA, AMDVI_F_HOST_SIZE, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "a size of the next level", AW_HG1_E, ~UINT64_C(0), AW_PTE(7, 0x100ff000), AW_HOST, NONE, AW_GPA, AMDVI_F_HOST_SIZE, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "a size without end", AW_HG1_E, ~UINT64_C(0), AW_PTE(7, UINT64_C(0xffffffffff000)), AW_HOST, NONE, AW_GPA, AMDVI_F_HOST_SIZE, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "a leaf of 512 GiB", AW_H4_E, ~UINT64_C(0), AW_PTE(0, 0), AW_HOST, NONE, AW_GPA, AMDVI_F_HOST_SIZE, IMS_ATS_NOTHING, { { 0 } }, 0 },
	{ "the same where it works", AW_H4_E, ~UINT64_C(0), AW_PTE(0, 0), AW_HOST, NONE, AW_GPA, 0, SOME, { AW_PARAM(AMDVI_Q_LEAF_512G, 0) }, 0 },
	{ "IR", AW_HG3_E, BIT(61), 0, AW_HOST, NONE, AW_GPA, AMDVI_F_HOST_DENIED, SOME, { { 0 } }, 0 },
	{ "a denied entry ends the walk", AW_HG3_E, BIT(61) | 0xfffffffff000, NOWHERE, AW_HOST, NONE, AW_GPA, AMDVI_F_HOST_DENIED, IMS_ATS_ABORT, { { 0 } }, 0 },
	{ "or does not", AW_HG3_E, BIT(61) | 0xfffffffff000, NOWHERE, AW_HOST, NONE, AW_GPA, AMDVI_F_HOST_ERROR, IMS_ATS_ABORT,
	  { AW_PARAM(AMDVI_K_PRESENT_DENIED, 0) }, 0 },
	{ "host table without memory", WORD(0, AW_HOST), 0, NOWHERE, AW_HOST, NONE, AW_GPA, AMDVI_F_HOST_ERROR, IMS_ATS_ABORT, { { 0 } }, 0 },
};
/* clang-format on */

static void build(struct aw *v, const struct vector *x, bool caches)
{
	struct aw_options o = { .walk_caches = caches, .ctrl_clear = x->ctrl_clear };

	memcpy(o.params, x->params, sizeof(x->params));
	aw_build(v, &o);
	aw_put(v, x->at, (aw_get(v, x->at) & ~x->clear) | x->set);
}

START_TEST(one_word)
{
	const struct vector *x = &vectors[_i];

	for (unsigned caches = 0; caches < 2; caches++) {
		struct ims_req req = aw_req(x->dev, x->ctx, x->addr, R | W);
		struct ims_answer a;
		struct aw v;

		build(&v, x, caches);
		ims_translate_fresh(&v.hw, &req, &a);
		ck_assert_msg(a.fault == x->fault, "%s, a look: %#x instead of %#x", x->what,
			      a.fault, x->fault);
		/* Twice: the second time by what the first one cached. */
		for (unsigned again = 0; again < 2; again++) {
			ims_translate(&v.hw, &req, &a);
			/* A cached translation does not tell whose permission is missing. */
			ck_assert_msg(a.fault == x->fault ||
					      (a.hit && a.fault == AMDVI_F_HOST_DENIED &&
					       x->fault == AMDVI_F_GUEST_DENIED),
				      "%s: %#x instead of %#x", x->what, a.fault, x->fault);
		}
		if (x->fault)
			ck_assert_ptr_nonnull(ims_model_fault(&amdvi_model, x->fault));
		aw_close(&v);
	}
}
END_TEST

START_TEST(answers_to_ats)
{
	const struct vector *x = &vectors[_i];
	struct ims_req req = aw_req(x->dev, x->ctx, x->addr, R | W);
	struct ims_answer a;
	struct aw v;

	build(&v, x, false);
	ims_device_ats(&v.hw, &req, &a);
	if (x->answer == SOME) {
		ck_assert_msg(a.perm & (R | W), "%s: nothing is left", x->what);
		ck_assert(x->fault || (a.perm & (R | W)) == (R | W));
	} else {
		ck_assert_msg(a.ats == x->answer, "%s: %u instead of %u", x->what, a.ats,
			      x->answer);
		ck_assert_uint_eq(a.perm & (R | W), 0);
	}
	/* Page faults of theirs are silent, but of users. */
	if (a.fault && AMDVI_EVENT(a.fault) == AMDVI_E_IO_PAGE_FAULT) {
		req.kind = IMS_REQ_ATS;
		ck_assert(amdvi_silent(&req, a.fault) == (a.fault != AMDVI_F_GUEST_USER));
		req.kind = IMS_REQ_UNTRANSLATED;
		ck_assert(!amdvi_silent(&req, a.fault));
	}
	aw_close(&v);
}
END_TEST

/* ---- other requests ---- */

START_TEST(translated_requests)
{
	static const struct {
		unsigned dev;
		uint64_t clear;
		uint16_t fault;
	} t[] = {
		{ AW_HOST, 0, 0 },
		{ AW_HOST, BIT(32), AMDVI_F_TRANSLATED },
		{ AW_BLOCKED, 0, AMDVI_F_TRANSLATED },
		{ AW_NO_DTE, 0, 0 },
	};

	for (unsigned i = 0; i < COUNT(t); i++) {
		struct ims_req req = aw_req(t[i].dev, NONE, 0x1234000, R);
		struct ims_answer a;
		struct aw v;

		aw_build(&v, &(struct aw_options){ 0 });
		aw_put(&v, WORD(1, t[i].dev), aw_get(&v, WORD(1, t[i].dev)) & ~t[i].clear);
		req.kind = IMS_REQ_TRANSLATED;
		ims_translate(&v.hw, &req, &a);
		ck_assert_uint_eq(a.fault, t[i].fault);
		if (!a.fault)
			ck_assert_uint_eq(a.out, 0x1234000);
		ck_assert_uint_eq(ims_hw_cache(&v.hw, AMDVI_IOTLB)->live, 0);
		aw_close(&v);
	}
}
END_TEST

START_TEST(translation_off)
{
	struct ims_req req = aw_req(AW_BLOCKED, NONE, AW_GPA, R);
	struct ims_answer a;
	struct aw v;

	aw_build(&v, &(struct aw_options){ .ctrl_clear = AMDVI_CTRL_EN });
	ims_translate(&v.hw, &req, &a);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.out, AW_GPA);
	req.kind = IMS_REQ_ATS;
	ims_translate(&v.hw, &req, &a);
	ck_assert(a.refused);
	aw_close(&v);
}
END_TEST

/* Writes to FEEx_xxxx by IV and IntCtl; reads are of memory. */
START_TEST(interrupts)
{
	static const struct {
		uint64_t qw2;
		uint16_t fault;
	} t[] = {
		{ 0, 0 },
		{ 1, AMDVI_F_INTERRUPT },
		{ 1 | UINT64_C(1) << 60, 0 },
		{ 1 | UINT64_C(2) << 60, AMDVI_F_IRTE_ABSENT },
		{ 1 | UINT64_C(3) << 60, AMDVI_F_DTE_VALUE },
	};
	static const unsigned devs[] = { AW_BLOCKED, AW_NO_DTE, AW_NESTED };

	for (unsigned i = 0; i < COUNT(t) * COUNT(devs); i++) {
		unsigned dev = devs[i / COUNT(t)], n = i % COUNT(t);
		struct ims_answer a;
		struct aw v;

		aw_build(&v, &(struct aw_options){ 0 });
		aw_put(&v, WORD(2, dev), t[n].qw2);
		a = aw_ask(&v, dev, NONE, 0xfee01230, W);
		ck_assert_uint_eq(a.fault, t[n].fault);
		ck_assert(a.fault || a.interrupt);
		a = aw_ask(&v, dev, NONE, 0xfee01230, R);
		ck_assert(!a.interrupt);
		aw_close(&v);
	}
}
END_TEST

/* Base, limit, for all or with EX; not with PASID. */
START_TEST(exclusion_range)
{
	for (unsigned n = 0; n < 8; n++) {
		bool on = n & 1, all = n & 2, ex = n & 4;
		uint16_t out = on && (all || ex) ? 0 : AMDVI_F_HOST_ABSENT;
		struct aw v;

		aw_build(&v, &(struct aw_options){ 0 });
		ck_assert(
			ims_reg_write(&v.hw, 0x20, 8, 0x500000 | (on ? 1u : 0u) | (all ? 2u : 0u)));
		ck_assert(ims_reg_write(&v.hw, 0x28, 8, 0x501000));
		if (ex)
			aw_put(&v, WORD(1, AW_HOST), aw_get(&v, WORD(1, AW_HOST)) | BIT(39));
		ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, 0x500000, R).fault, out);
		ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, 0x501fff, W).fault, out);
		ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, 0x502000, R).fault,
				  AMDVI_F_HOST_ABSENT);
		ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, 0x4fffff, R).fault,
				  AMDVI_F_HOST_ABSENT);
		ck_assert_uint_ne(aw_ask(&v, AW_NESTED, 1, 0x500000, R).fault, 0);
		aw_close(&v);
	}
}
END_TEST

/* CTRL[36:34]: the upper bits of the DeviceID choose a table with a base and a size of its own. */
START_TEST(segments)
{
	for (uint64_t seg = 0; seg <= 3; seg++) {
		unsigned bits = 16 - (unsigned)seg;
		struct aw v;

		aw_build(&v, &(struct aw_options){ 0 });
		ck_assert(ims_reg_write(&v.hw, 0x18, 8,
					v.hw.unit->state.regs[AMDVI_R_CTRL] | seg << 34));
		for (uint32_t i = 1; i < 8; i++) {
			ck_assert(ims_reg_write(&v.hw, 0xf8 + 8 * i, 8, 0x500000 + i * 0x1000));
			aw_put(&v, 0x500000 + i * 0x1000 + 5 * 32, AW_H4 | 0x6000000000000803);
			aw_put(&v, 0x500000 + i * 0x1000 + 5 * 32 + 8, 0x100 + i);
		}
		for (uint32_t i = 1; i < 1u << seg; i++) {
			ck_assert_uint_eq(aw_ask(&v, (i << bits) + 5, NONE, AW_GPA, R).out, AW_HPA);
			ck_assert_uint_eq(aw_ask(&v, (i << bits) + 128, NONE, AW_GPA, R).fault,
					  AMDVI_F_RANGE);
		}
		ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, AW_GPA, R).out, AW_HPA);
		if (!seg)
			ck_assert_uint_eq(aw_ask(&v, 0x8005, NONE, AW_GPA, R).fault, AMDVI_F_RANGE);
		aw_close(&v);
	}
}
END_TEST

/* The table itself has no memory; nothing is kept of it. */
START_TEST(device_table_without_memory)
{
	struct aw v;

	aw_build(&v, &(struct aw_options){ 0 });
	ck_assert(ims_reg_write(&v.hw, 0, 8, NOWHERE));
	ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, AW_GPA, R).fault, AMDVI_F_DTE_ERROR);
	ck_assert(ims_reg_write(&v.hw, 0, 8, AW_DEVTAB));
	ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, AW_GPA, R).fault, 0);
	aw_close(&v);
}
END_TEST

/* Levels passed over on the way to a table's page whose address is not zero there. */
START_TEST(skipped_level_on_a_table)
{
	struct aw v;

	aw_build(&v, &(struct aw_options){ 0 });
	aw_put(&v, AW_H4_LOW_E, AW_PTE(1, AW_H1));
	aw_put(&v, AW_G_E(AW_N3, 3), (UINT64_C(1) << 30) | 7);
	ck_assert_uint_eq(aw_ask(&v, AW_NESTED, NONE, AW_IOVA, R).fault,
			  AMDVI_F_HOST_SKIPPED | AMDVI_ON_TABLE);
	aw_close(&v);
}
END_TEST

/* The odd one out of ATS faults: told all the same, or by the knob silent. */
START_TEST(user_faults_of_ats)
{
	for (unsigned told = 0; told < 2; told++) {
		struct ims_req req = aw_req(AW_NESTED, 1, AW_IOVA, R);
		struct ims_answer a;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .params = { AW_PARAM(AMDVI_K_US_ATS, told) } });
		aw_put(&v, AW_G_E(AW_N1, 1), AW_GPA | 3);
		req.kind = IMS_REQ_ATS;
		ims_translate(&v.hw, &req, &a);
		ck_assert_uint_eq(a.fault, told ? AMDVI_F_GUEST_USER : AMDVI_F_GUEST_USER_ATS);
		ck_assert(amdvi_silent(&req, a.fault) == !told);
		ck_assert_uint_eq(a.ats, IMS_ATS_NOTHING);
		aw_close(&v);
	}
}
END_TEST

/* SA mutes every page fault, SE all but the first of a cached entry (section 18). */
START_TEST(muted_faults)
{
	for (unsigned n = 0; n < 4; n++) {
		bool se = n & 1, sa = n & 2;
		struct ims_req req = aw_req(AW_HOST, NONE, 0x500000, R);
		struct ims_path path;
		struct aw v;

		aw_build(&v, &(struct aw_options){ 0 });
		aw_put(&v, WORD(1, AW_HOST),
		       aw_get(&v, WORD(1, AW_HOST)) | (uint64_t)se << 33 | (uint64_t)sa << 34);
		ck_assert_uint_eq(amdvi_path(&v.hw, &req, &path), 0);
		ck_assert(path.muted == sa);
		amdvi_reported(&v.hw, &req);
		ck_assert_uint_eq(amdvi_path(&v.hw, &req, &path), 0);
		ck_assert(path.muted == (sa || se));
		aw_send(&v, UINT64_C(2) << 60 | AW_HOST, 0);
		aw_wait(&v);
		ck_assert_uint_eq(amdvi_path(&v.hw, &req, &path), 0);
		ck_assert(path.muted == sa);
		aw_close(&v);
	}
}
END_TEST

/* Section 15: the host's DTE of a nested domain. */
START_TEST(nested_dte)
{
	uint64_t dte[AMDVI_DTE_WORDS] = { 0 };

	ims_field_put(dte, AMDVI_DTE_V, 1);
	ims_field_put(dte, AMDVI_DTE_TV, 1);
	ims_field_put(dte, AMDVI_DTE_MODE, 4);
	ims_field_put(dte, AMDVI_DTE_ROOT, 0x50000000 >> 12);
	ims_field_put(dte, AMDVI_DTE_IR, 1);
	ims_field_put(dte, AMDVI_DTE_IW, 1);
	ims_field_put(dte, AMDVI_DTE_GV, 1);
	ims_field_put(dte, AMDVI_DTE_GIOV, 1);
	ims_field_put(dte, AMDVI_DTE_GLX, 1);
	ims_field_put(dte, AMDVI_DTE_I, 1);
	ims_field_put(dte, AMDVI_DTE_DOM, 0x21);
	amdvi_gcr3_put(dte, 0x123456789000);
	ck_assert_uint_eq(dte[0], 0x65c0000050000803);
	ck_assert_uint_eq(dte[1], 0x01234001acf10021);
	/* Section 15, hardware vIOMMU: 0x8000 | GDeviceID << 16 | GuestID << 32. */
	ims_field_put(dte, AMDVI_DTE_VIMU, 1);
	ims_field_put(dte, AMDVI_DTE_GDEVICE, 0x8);
	ims_field_put(dte, AMDVI_DTE_GUEST, 0x3);
	ck_assert_uint_eq(dte[3], UINT64_C(0x8000) | 0x8 << 16 | UINT64_C(3) << 32);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD-Vi faults");
	TCase *t = tcase_create("faults");

	tcase_add_loop_test(t, one_word, 0, COUNT(vectors));
	tcase_add_loop_test(t, answers_to_ats, 0, COUNT(vectors));
	tcase_add_test(t, translated_requests);
	tcase_add_test(t, translation_off);
	tcase_add_test(t, interrupts);
	tcase_add_test(t, exclusion_range);
	tcase_add_test(t, segments);
	tcase_add_test(t, device_table_without_memory);
	tcase_add_test(t, skipped_level_on_a_table);
	tcase_add_test(t, user_faults_of_ats);
	tcase_add_test(t, muted_faults);
	tcase_add_test(t, nested_dte);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
