/* SPDX-License-Identifier: MIT */
/* Small worlds of each vendor; kinds of worlds differ in what a unit has, and in its mode. */
#ifndef TESTS_PROPERTY_CLOSURE_WORLDS_H
#define TESTS_PROPERTY_CLOSURE_WORLDS_H

#include "models/amdvi/viommu.h"
#include "models/smmuv3/smmuv3.h"
#include "models/vtd/vtd.h"
#include "tests/property/closure_world.h"

/* ---- VT-d ---- */

enum {
	CV_ROOT = 0x10000,
	CV_CTX = 0x11000,
	CV_DIR = 0x12000,
	CV_PASIDS = 0x13000,
	CV_LROOT = 0x14000,
	CV_LCTX = 0x15000,
	CV_S3 = 0x20000, /* second stage, 39 bits, twice */
	CV_S2 = 0x21000,
	CV_S1 = 0x22000,
	CV_T3 = 0x23000,
	CV_F4 = 0x30000, /* first stage */
	CV_F3 = 0x31000,
	CV_F2 = 0x32000,
	CV_SRC = 0x0108,
	CV_SRC2 = 0x010a,
};
#define CV_DID(did) ((uint64_t)(did) | 0x800000) /* PWSNP */

/* What @from of the second stage leads to, by leaves of all sizes. */
static inline void cv_second(struct cw *w, uint64_t from)
{
	unsigned i = (unsigned)(from / CW_GIB);

	cw_cell(w, CV_S3 + i * 8, 4, CW_OUT | 0x83, CV_S2 | UINT64_C(3), UINT64_C(0),
		CW_ELSE | 0x81);
	cw_cell(w, CV_S2, 4, CW_OUT | 0x83, CV_S1 | UINT64_C(3), (CW_OUT + 0x200000) | 0x83,
		UINT64_C(0));
	cw_cell(w, CV_S1, 3, CW_OUT | 3, CW_ELSE | 3, UINT64_C(0));
	cw_cell(w, CV_S1 + 8, 2, (CW_OUT + 0x1000) | 3, UINT64_C(0));
	cw_word(w, CV_T3 + i * 8, CW_ELSE | 0x83);
	cw_addr(w, from);
}

static inline void cv_first(struct cw *w, uint64_t out)
{
	cw_cell(w, CV_F4, 2, CV_F3 | UINT64_C(7), UINT64_C(0));
	cw_cell(w, CV_F3 + 8, 4, out | 0x87, CV_F2 | UINT64_C(7), (out + CW_GIB) | 0x85,
		UINT64_C(0));
	cw_cell(w, CV_F2, 3, out | 0x87, (out + 0x200000) | 0x87, UINT64_C(0));
}

static inline void cv_pasid(struct cw *w, unsigned pasid, unsigned pgtt, uint64_t s1, uint64_t s2)
{
	uint64_t at = CV_PASIDS + pasid * 64u, flags = (uint64_t)pgtt << 6 | 1u << 2;

	cw_word(w, at + 16, s1);
	cw_cell(w, at + 8, 2, CV_DID(10 + pasid / 2), CV_DID(12));
	cw_cell(w, at, 3, s2 | flags | 1, UINT64_C(0), (s2 ? CV_T3 : 0) | flags | 1);
	cw_id(w->doms, &w->doms_count, 10 + pasid / 2);
	cw_id(w->ctxs, &w->ctxs_count, pasid);
}

#define CV_SCALABLE (CV_ROOT | UINT64_C(1) << 10)

static inline void cv_root(struct cw *w)
{
	cw_word(w, CV_ROOT + 16, CV_CTX | 1);
	cw_cell(w, CV_CTX + 8u * 32, 3, CV_DIR | UINT64_C(0xd), UINT64_C(0), CV_DIR | UINT64_C(9));
	cw_word(w, CV_CTX + 10u * 32, CV_DIR | 0xd);
	cw_cell(w, CV_DIR, 2, CV_PASIDS | UINT64_C(1), UINT64_C(0));
	cw_name(w, 0, 5, CV_SRC);
	cw_name(w, 11, 1, CV_SRC2);
}

static inline void cv_params(struct cw *w)
{
	cw_params(w, &vtd_model);
	w->params[VTD_K_ATC_NO_PASID] = cw_one_in(w, 2);
	w->params[VTD_P_CM] = !cw_one_in(w, 3);
	w->params[VTD_K_PC_DROPS_NEGATIVE] = !cw_one_in(w, 3);
	w->params[VTD_K_NEGATIVE] = 2 - cw_below(w, cw_one_in(w, 4) ? 3 : 2);
}

static inline void cv_scalable(struct cw *w, unsigned pgtt)
{
	bool nested = pgtt == 3, first = pgtt & 1;
	uint32_t ctx = cw_one_in(w, 2) ? IMS_CTX_NONE : 1;

	cv_params(w);
	cw_open(w);
	cw_word(w, CW_ROOT, CV_SCALABLE);
	cv_root(w);
	for (unsigned pasid = 0; pasid < 2; pasid++)
		cv_pasid(w, pasid, pgtt, first ? CV_F4 : 0, pgtt & 2 ? CV_S3 : 0);
	if (first)
		cv_first(w, nested ? CW_MID : CW_OUT);
	if (pgtt & 2)
		cv_second(w, nested ? CW_MID : CW_IOVA);
	if (nested) {
		cw_word(w, CV_S3, 0x83);
		cw_word(w, CV_T3, 0x83);
	}
	cw_accesses(w, CV_SRC, ctx, true);
	if (cw_one_in(w, 3))
		cw_ask(w, CV_SRC2, ctx, CW_IOVA + 8, IMS_ACCESS_READ, false);
	else if (cw_one_in(w, 2))
		cw_ask(w, CV_SRC, ctx == 1 ? IMS_CTX_NONE : 1, CW_IOVA + 8, IMS_ACCESS_READ, true);
}

static inline void cv_first_only(struct cw *w)
{
	cv_scalable(w, 1);
}

static inline void cv_second_only(struct cw *w)
{
	cv_scalable(w, 2);
}

static inline void cv_nested(struct cw *w)
{
	cv_scalable(w, 3);
}

static inline void cv_pass_through(struct cw *w)
{
	cv_scalable(w, 4);
}

static inline void cv_legacy(struct cw *w)
{
	uint64_t tt = cw_one_in(w, 4) ? 2 : 1;

	cv_params(w);
	cw_open(w);
	cw_word(w, CW_ROOT, CV_LROOT);
	cw_word(w, CV_LROOT + 16, CV_LCTX | 1);
	for (unsigned d = 8; d <= 10; d += 2) {
		cw_cell(w, CV_LCTX + d * 16, 3, CV_S3 | tt << 2 | 1, UINT64_C(0),
			CV_T3 | tt << 2 | 1);
		cw_cell(w, CV_LCTX + d * 16 + 8, 2, (uint64_t)(20 + d) << 8 | 1,
			UINT64_C(28) << 8 | 1);
		cw_name(w, 20 + d, 0, 0x100 + d);
	}
	cv_second(w, CW_IOVA);
	cw_accesses(w, CV_SRC, IMS_CTX_NONE, true);
	cw_ask(w, CV_SRC2, IMS_CTX_NONE, CW_IOVA + 8, IMS_ACCESS_READ, false);
}

/* From one mode to the other and back; what is cached of legacy mode is there all the while. */
static inline void cv_switched(struct cw *w)
{
	cv_params(w);
	cw_open(w);
	w->deep = false;
	cw_cell(w, CW_ROOT, 2, (uint64_t)CV_LROOT, CV_SCALABLE);
	cv_root(w);
	cw_word(w, CV_LROOT + 16, CV_LCTX | 1);
	cw_word(w, CV_LCTX + 8 * 16, CV_S3 | 5);
	cw_word(w, CV_LCTX + 8 * 16 + 8, 28 << 8 | 1);
	cw_id(w->doms, &w->doms_count, 28);
	cv_pasid(w, 0, 2, 0, CV_S3);
	cv_second(w, CW_IOVA);
	w->cells_count = 1; /* the register alone */
	cw_ask(w, CV_SRC, IMS_CTX_NONE, CW_IOVA + 8, IMS_ACCESS_READ, false);
}

/* ---- AMD-Vi ---- */

enum {
	CA_DEVTAB = 0x10000,
	CA_H3 = 0x20000, /* host tables, 39 bits, twice */
	CA_H2 = 0x21000,
	CA_H1 = 0x22000,
	CA_I3 = 0x23000,
	CA_G4 = 0x30000, /* guest tables */
	CA_G3 = 0x31000,
	CA_G2 = 0x32000,
	CA_IRT = 0x40000,
	CA_GCR3 = 0x200000,
	CA_DEV = 0x08,
	CA_DEV2 = 0x10,
};
#define CA_PTE(level, addr) (UINT64_C(0x6000000000000001) | (uint64_t)(level) << 9 | (addr))
#define CA_RO(addr)	    (UINT64_C(0x2000000000000001) | (addr))

static inline void ca_host(struct cw *w, uint64_t from)
{
	unsigned i = (unsigned)(from / CW_GIB);

	cw_cell(w, CA_H3 + i * 8, 4, CA_PTE(0, CW_OUT), CA_PTE(2, CA_H2), UINT64_C(0),
		CA_RO(CW_ELSE));
	cw_cell(w, CA_H2, 4, CA_PTE(0, CW_OUT), CA_PTE(1, CA_H1), CA_PTE(0, CW_OUT + 0x200000),
		UINT64_C(0));
	cw_cell(w, CA_H1, 3, CA_PTE(0, CW_OUT), CA_PTE(0, CW_ELSE), UINT64_C(0));
	cw_cell(w, CA_H1 + 8, 2, CA_PTE(0, CW_OUT + 0x1000), UINT64_C(0));
	cw_word(w, CA_I3 + i * 8, CA_PTE(0, CW_ELSE));
	cw_addr(w, from);
}

static inline void ca_guest(struct cw *w, uint64_t out)
{
	for (unsigned pasid = 0; pasid < 2; pasid++)
		cw_cell(w, CA_GCR3 + pasid * 8, 2, CA_G4 | UINT64_C(1), UINT64_C(0));
	cw_cell(w, CA_G4, 2, CA_G3 | UINT64_C(7), UINT64_C(0));
	cw_cell(w, CA_G3 + 8, 4, out | 0x87, CA_G2 | UINT64_C(7), (out + CW_GIB) | 0x85,
		UINT64_C(0));
	cw_cell(w, CA_G2, 3, out | 0x87, (out + 0x200000) | 0x87, UINT64_C(0));
	cw_addr(w, CA_G3);
	cw_addr(w, CA_GCR3);
}

/* Mode = 3 or 0; GV, GIOV. */
static inline void ca_dte(struct cw *w, unsigned dev, bool host, bool guest, bool giov)
{
	uint64_t at = CA_DEVTAB + dev * 32u, dom = 0x20 + dev / 8;
	uint64_t flags = UINT64_C(0x6000000000000003) | (guest ? UINT64_C(1) << 55 : 0) |
			 (giov ? UINT64_C(1) << 54 : 0) | (host ? 3u << 9 : 0);
	uint64_t more = UINT64_C(1) << 32 | (guest ? CA_GCR3 >> 15 << 16 : 0);

	cw_cell(w, at, 3, flags | (host ? CA_H3 : 0), UINT64_C(0), flags | (host ? CA_I3 : 0));
	cw_cell(w, at + 8, 2, more | dom, more | 0x23);
	cw_name(w, (uint32_t)dom, dev / 16, dev);
}

static inline void ca_params(struct cw *w)
{
	cw_params(w, &amdvi_model);
	w->params[AMDVI_K1] = cw_below(w, 2);
	w->params[AMDVI_K1B] = cw_below(w, 2);
	w->params[AMDVI_K2] = !cw_one_in(w, 3);
	w->params[AMDVI_K_ATC_NO_PASID] = cw_below(w, 2);
	w->params[AMDVI_K3] = cw_below(w, 2);
	w->params[AMDVI_K8C] = cw_below(w, 2);
	w->params[AMDVI_K9] = cw_one_in(w, 4);
	w->params[AMDVI_P_NP_CACHE] = cw_one_in(w, 4);
	w->params[AMDVI_K4] = cw_below(w, 3);
}

static inline void ca_open(struct cw *w)
{
	ca_params(w);
	cw_open(w);
	w->rings = 2;
	w->hw.unit->root = CA_DEVTAB;
}

static inline void ca_tables(struct cw *w, bool host, bool guest)
{
	bool giov = guest && !cw_one_in(w, 3);
	uint32_t ctx = guest && (!giov || cw_one_in(w, 2)) ? cw_below(w, 2) : IMS_CTX_NONE;

	ca_open(w);
	ca_dte(w, CA_DEV, host, guest, giov);
	ca_dte(w, CA_DEV2, host, guest, giov);
	if (host)
		ca_host(w, guest ? CW_MID : CW_IOVA);
	if (guest)
		ca_guest(w, host ? CW_MID : CW_OUT);
	if (host && guest) {
		cw_word(w, CA_H3, CA_PTE(0, 0));
		cw_word(w, CA_I3, CA_PTE(0, 0));
	}
	cw_accesses(w, CA_DEV, ctx, true);
	if (cw_one_in(w, 3))
		cw_ask(w, CA_DEV2, ctx, CW_IOVA + 8, IMS_ACCESS_READ, false);
	else if (giov && !cw_one_in(w, 4))
		cw_ask(w, CA_DEV, ctx == IMS_CTX_NONE ? 0 : IMS_CTX_NONE, CW_IOVA + 8,
		       IMS_ACCESS_READ, true);
}

static inline void ca_host_only(struct cw *w)
{
	ca_tables(w, true, false);
}

static inline void ca_guest_only(struct cw *w)
{
	ca_tables(w, false, true);
}

static inline void ca_nested(struct cw *w)
{
	ca_tables(w, true, true);
}

/* Output is input; and interrupts, whose entries are cached too. */
static inline void ca_identity(struct cw *w)
{
	uint64_t at = CA_DEVTAB + CA_DEV * 32u;

	ca_open(w);
	ca_dte(w, CA_DEV, false, false, false);
	/* IntCtl 2: remapped, by a table of two entries. */
	cw_cell(w, at + 16, 2, UINT64_C(2) << 60 | CA_IRT | 1u << 1 | 1, UINT64_C(0));
	cw_cell(w, CA_IRT, 3, UINT64_C(0x310201), UINT64_C(0x420201), UINT64_C(0));
	cw_ask(w, CA_DEV, IMS_CTX_NONE, 0xfee00000, IMS_ACCESS_WRITE, false);
	cw_ask(w, CA_DEV, IMS_CTX_NONE, CW_IOVA + 8, IMS_ACCESS_READ, false);
	cw_ask(w, CA_DEV, IMS_CTX_NONE, CW_IOVA + 8, IMS_ACCESS_READ, true);
}

/* ---- SMMUv3 ---- */

enum {
	CS_STRTAB = 0x10000,
	CS_L1 = 0x18000, /* above it, if there are two levels */
	CS_H3 = 0x20000, /* stage 2, 39 bits, twice */
	CS_H2 = 0x21000,
	CS_H1 = 0x22000,
	CS_I3 = 0x23000,
	CS_G3 = 0x31000, /* stage 1, 39 bits */
	CS_G2 = 0x32000,
	CS_G1 = 0x33000,
	CS_CDS = 0x40000,
	CS_CDL1 = 0x48000,
	CS_SID = 0x08,
	CS_SID2 = 0x0a,
	CS_ASID = 0x12,
};
#define CS_TABLE(addr)	  ((addr) | UINT64_C(3))
#define CS_S2_BLOCK(addr) ((addr) | UINT64_C(0x7fd))
#define CS_S2_PAGE(addr)  ((addr) | UINT64_C(0x7ff))
#define CS_BLOCK(addr)	  ((addr) | UINT64_C(0xf41))
#define CS_PAGE(addr)	  ((addr) | UINT64_C(0xf43))
#define CS_GLOBAL(block)  ((block) & ~UINT64_C(0x800))
#define CS_RO(block)	  ((block) | UINT64_C(0x80))
/* EATS 1 and the like, see smmuv3_world.h; stage 2: T0SZ 25, SL0 1, 4K, 48 bits, AA64, PTW, R. */
#define CS_D1	    UINT64_C(0x00001000120800d6)
#define CS_D2(vmid) (UINT64_C(0x044d355900000000) | (vmid))
/* T0SZ 25, TTB0 alone, AA64, 48 bits. */
#define CS_CD(asid) ((uint64_t)(asid) << 48 | UINT64_C(0xe205c0003519))

static inline void cs_stage2(struct cw *w, uint64_t from)
{
	unsigned i = (unsigned)(from / CW_GIB);

	cw_cell(w, CS_H3 + i * 8, 4, CS_S2_BLOCK(CW_OUT), CS_TABLE(CS_H2), UINT64_C(0),
		CS_S2_BLOCK(CW_ELSE) & ~UINT64_C(0x80));
	cw_cell(w, CS_H2, 4, CS_S2_BLOCK(CW_OUT), CS_TABLE(CS_H1), CS_S2_BLOCK(CW_OUT + 0x200000),
		UINT64_C(0));
	cw_cell(w, CS_H1, 3, CS_S2_PAGE(CW_OUT), CS_S2_PAGE(CW_ELSE), UINT64_C(0));
	cw_word(w, CS_I3 + i * 8, CS_S2_BLOCK(CW_ELSE));
	cw_addr(w, from);
}

static inline void cs_stage1(struct cw *w, uint64_t out)
{
	bool global = cw_one_in(w, 3);

	cw_cell(w, CS_G3 + 8, 4, global ? CS_GLOBAL(CS_BLOCK(out)) : CS_BLOCK(out), CS_TABLE(CS_G2),
		CS_RO(CS_BLOCK(out + CW_GIB)), UINT64_C(0));
	cw_cell(w, CS_G2, 4, CS_BLOCK(out), CS_TABLE(CS_G1), CS_BLOCK(out + 0x200000), UINT64_C(0));
	cw_cell(w, CS_G1, 2, CS_PAGE(out), CS_GLOBAL(CS_PAGE(out)));
}

/* @levels of CD tables: S1Fmt 0, 1 or 2; @strw: the world. */
static inline void cs_ste(struct cw *w, unsigned sid, unsigned config, unsigned levels,
			  unsigned strw)
{
	uint64_t at = CS_STRTAB + sid * 64u, vmid = 5 + (sid == CS_SID2);
	uint64_t cds = levels ? CS_CDL1 : CS_CDS, max = levels ? 11 : 3;
	uint64_t d0 = max << 59 | cds | (uint64_t)levels << 4 | (uint64_t)config << 1 | 1;
	bool s2 = config & SMMU_CONFIG_S2;

	cw_cell(w, at, 3, d0, UINT64_C(0), UINT64_C(9));
	cw_word(w, at + 8, CS_D1 | (uint64_t)strw << 30);
	cw_cell(w, at + 16, 2, s2 ? CS_D2(vmid) : vmid, s2 ? CS_D2(7) : 7);
	cw_cell(w, at + 24, 2, (uint64_t)(s2 ? CS_H3 : 0), (uint64_t)(s2 ? CS_I3 : 0));
	cw_name(w, (uint32_t)vmid, CS_ASID + (sid == CS_SID2), sid);
}

static inline void cs_cds(struct cw *w, unsigned levels)
{
	for (unsigned ssid = 0; ssid < 2; ssid++) {
		cw_cell(w, CS_CDS + ssid * 64, 3, CS_CD(CS_ASID + ssid), CS_CD(CS_ASID + 5),
			UINT64_C(0));
		cw_word(w, CS_CDS + ssid * 64 + 8, CS_G3);
		cw_id(w->ctxs, &w->ctxs_count, ssid);
	}
	if (levels)
		cw_cell(w, CS_CDL1, 2, CS_CDS | UINT64_C(1), UINT64_C(0));
}

static inline void cs_open(struct cw *w, bool two_levels, bool e2h)
{
	struct ims_state *s;

	cw_params(w, &smmuv3_model);
	w->params[SMMU_K_TLB] = cw_one_in(w, 3);
	w->params[SMMU_K_S2_IPA] = !cw_one_in(w, 3);
	w->params[SMMU_K_ATC_BARE] = cw_below(w, 2);
	w->params[SMMU_K_NEGATIVE] = !cw_one_in(w, 3);
	w->params[SMMU_K_TTL] = cw_below(w, 2);
	cw_open(w);
	w->rings = 2;
	s = &w->hw.unit->state;
	w->hw.unit->root = two_levels ? CS_L1 : CS_STRTAB;
	s->regs[SMMU_R_STRTAB_BASE_CFG] = two_levels ? 1u << 16 | 6u << 6 | 8 : 8;
	s->regs[SMMU_R_CR2] |= e2h ? SMMU_CR2_E2H : 0;
	if (cw_one_in(w, 4))
		s->regs[SMMU_R_CR0] |= UINT64_C(1) << 6; /* VMW: the lowest bit of a VMID */
	smmu_derive(s);
	if (two_levels)
		cw_cell(w, CS_L1, 2, CS_STRTAB | UINT64_C(7), UINT64_C(0));
}

static inline void cs_streams(struct cw *w, unsigned config, unsigned strw, bool e2h)
{
	bool s1 = config & SMMU_CONFIG_S1, s2 = config & SMMU_CONFIG_S2;
	bool two_levels = cw_one_in(w, 4);
	unsigned levels = s1 && !two_levels && cw_one_in(w, 2) ? 1 + cw_below(w, 2) : 0;
	uint32_t ctx = s1 && cw_one_in(w, 2) ? 1 : IMS_CTX_NONE;

	cs_open(w, two_levels, e2h);
	cs_ste(w, CS_SID, config, levels, strw);
	if (s2)
		cs_stage2(w, s1 ? CW_MID : CW_IOVA);
	if (s1) {
		cs_stage1(w, s2 ? CW_MID : CW_OUT);
		cs_cds(w, levels);
	}
	if (s1 && s2) {
		cw_word(w, CS_H3, CS_S2_BLOCK(0));
		cw_word(w, CS_I3, CS_S2_BLOCK(0));
	}
	cw_accesses(w, CS_SID, ctx, true);
	if (cw_one_in(w, 4)) {
		cs_ste(w, CS_SID2, config, levels, strw);
		cw_ask(w, CS_SID2, ctx, CW_IOVA + 8, IMS_ACCESS_READ, false);
	} else if (s1 && cw_one_in(w, 3)) {
		cw_ask(w, CS_SID, ctx == 1 ? IMS_CTX_NONE : 1, CW_IOVA + 8, IMS_ACCESS_READ, true);
	}
}

static inline void cs_stage1_only(struct cw *w)
{
	cs_streams(w, 5, 0, false);
}

static inline void cs_stage2_only(struct cw *w)
{
	cs_streams(w, 6, 0, false);
}

static inline void cs_nested(struct cw *w)
{
	cs_streams(w, 7, 0, false);
}

static inline void cs_el2(struct cw *w)
{
	cs_streams(w, 5, 2, false);
}

static inline void cs_e2h(struct cw *w)
{
	cs_streams(w, 5, 2, true);
}

/* ---- all of them ---- */

struct cw_kind {
	const char *vendor, *name;
	void (*make)(struct cw *w);
};

/* Those that much depends on stand here twice. */
static const struct cw_kind cw_kinds[] = {
	{ "vtd", "first-stage", cv_first_only },
	{ "vtd", "second-stage", cv_second_only },
	{ "vtd", "nested", cv_nested },
	{ "vtd", "pass-through", cv_pass_through },
	{ "vtd", "legacy", cv_legacy },
	{ "vtd", "switched", cv_switched },
	{ "vtd", "switched", cv_switched },
	{ "amdvi", "host", ca_host_only },
	{ "amdvi", "guest", ca_guest_only },
	{ "amdvi", "guest", ca_guest_only },
	{ "amdvi", "nested", ca_nested },
	{ "amdvi", "nested", ca_nested },
	{ "amdvi", "identity", ca_identity },
	{ "smmuv3", "stage 1", cs_stage1_only },
	{ "smmuv3", "stage 1", cs_stage1_only },
	{ "smmuv3", "stage 2", cs_stage2_only },
	{ "smmuv3", "nested", cs_nested },
	{ "smmuv3", "nested", cs_nested },
	{ "smmuv3", "EL2", cs_el2 },
	{ "smmuv3", "EL2", cs_el2 },
	{ "smmuv3", "EL2-E2H", cs_e2h },
	{ "smmuv3", "EL2-E2H", cs_e2h },
};

/* A world of @vendor, from a seed. */
static inline void cw_make(struct cw *w, const char *vendor, uint64_t seed)
{
	const struct cw_kind *of[G_N_ELEMENTS(cw_kinds)];
	uint32_t count = 0;

	memset(w, 0, sizeof(*w));
	w->prng = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	for (unsigned i = 0; i < G_N_ELEMENTS(cw_kinds); i++)
		if (!strcmp(cw_kinds[i].vendor, vendor))
			of[count++] = &cw_kinds[i];
	count = cw_below(w, count);
	w->kind = of[count]->name;
	of[count]->make(w);
}

#endif
