/* SPDX-License-Identifier: MIT */
/*
 * What makes a stream table entry ILLEGAL: section 5.2.2 with 5.5 and 3.4.3, as in the
 * sheet's section 16.2. All give C_BAD_STE, in no order. Fields that are RES0 are ignored.
 */
#include "smmuv3.h"

#define STE(name) ims_field_get(ste, SMMU_STE_##name)
#define P(name)	  (s->params[SMMU_P_##name])

typedef bool bad_fn(const struct ims_state *s, const uint64_t *ste);

static bool s1(const uint64_t *ste)
{
	return STE(CONFIG) & SMMU_CONFIG_S1;
}

static bool s2(const uint64_t *ste)
{
	return STE(CONFIG) & SMMU_CONFIG_S2;
}

/* STRW counts for stage-1-only streams of an SMMU with EL2. */
static bool strw_used(const struct ims_state *s, const uint64_t *ste)
{
	return P(HYP) && s1(ste) && !s2(ste);
}

enum smmu_class smmu_world(const struct ims_state *s, const uint64_t *ste)
{
	if (s2(ste))
		return SMMU_CLASS_NESTED;
	if (!strw_used(s, ste) || STE(STRW) != 2)
		return SMMU_CLASS_EL1;
	return s->regs[SMMU_R_CR2] & SMMU_CR2_E2H ? SMMU_CLASS_E2H : SMMU_CLASS_EL2;
}

/* ---- stages and ATS ---- */

static bool no_s1(const struct ims_state *s, const uint64_t *ste)
{
	return s1(ste) && !P(S1P);
}

static bool no_s2(const struct ims_state *s, const uint64_t *ste)
{
	return s2(ste) && !P(S2P);
}

static bool bad_split(const struct ims_state *s, const uint64_t *ste)
{
	bool tables = STE(CONFIG) & (SMMU_CONFIG_S1 | SMMU_CONFIG_S2);

	return P(ATS) && tables && STE(EATS) == 2 &&
	       (!s1(ste) || !s2(ste) || STE(S2S) || P(NS1ATS));
}

static bool bad_ats_stall(const struct ims_state *s, const uint64_t *ste)
{
	return P(ATS) && STE(EATS) == 1 && s2(ste) && STE(S2S);
}

static bool bad_strw(const struct ims_state *s, const uint64_t *ste)
{
	return strw_used(s, ste) && (STE(STRW) & 1);
}

static bool bad_vmid(const struct ims_state *s, const uint64_t *ste)
{
	bool used = P(S2P) && (s1(ste) || s2(ste)) && !(strw_used(s, ste) && STE(STRW));

	return used && !P(VMID16) && STE(S2VMID) >> 8;
}

/* ---- stage 1 ---- */

static bool bad_stalld(const struct ims_state *s, const uint64_t *ste)
{
	return s1(ste) && STE(S1STALLD) && P(STALL_MODEL);
}

static bool bad_cdmax(const struct ims_state *s, const uint64_t *ste)
{
	return s1(ste) && P(SSIDSIZE) && STE(S1CDMAX) > P(SSIDSIZE);
}

static bool bad_s1fmt(const struct ims_state *s, const uint64_t *ste)
{
	uint64_t fmt = STE(S1FMT);

	return s1(ste) && !P(CD2L) && P(SSIDSIZE) && STE(S1CDMAX) &&
	       (fmt == 1 || fmt == 2 || (fmt == 3 && s->params[SMMU_K_S1FMT3]));
}

/* From v3.1 on; an IPA may be left to stage 2 instead. */
static bool bad_ctxptr(const struct ims_state *s, const uint64_t *ste)
{
	uint64_t at = STE(S1CTXPTR) << 6;

	if (!s1(ste))
		return false;
	if (s2(ste))
		return !s->params[SMMU_K_S1CTX_IPA] && at >> s->derived[SMMU_D_IAS];
	return at >> s->derived[SMMU_D_OAS];
}

/* ---- stage 2 ---- */

static bool bad_s2s(const struct ims_state *s, const uint64_t *ste)
{
	return s2(ste) && ((STE(S2S) && P(STALL_MODEL) == 1) || (!STE(S2S) && P(STALL_MODEL) == 2));
}

/* IDR0.TTF is 2 here: AArch64 tables alone. */
static bool bad_s2aa64(const struct ims_state *s, const uint64_t *ste)
{
	return s2(ste) && !STE(S2AA64) && !(P(TTF) & 1);
}

static bool bad_s2ha(const struct ims_state *s, const uint64_t *ste)
{
	return s2(ste) && (STE(S2HA) || STE(S2HD)) && !P(HTTU);
}

static bool bad_s2hd(const struct ims_state *s, const uint64_t *ste)
{
	return s2(ste) && STE(S2HD) && P(HTTU) == 1;
}

static bool bad_s2tg(const struct ims_state *s, const uint64_t *ste)
{
	return s2(ste) && !smmu_has_grain(s->params, smmu_tg0(STE(S2TG)));
}

static unsigned s2_output(const struct ims_state *s, const uint64_t *ste)
{
	unsigned bits = smmu_size_bits(STE(S2PS)), oas = (unsigned)s->derived[SMMU_D_OAS];

	return bits < oas ? bits : oas;
}

static bool bad_s2ttb(const struct ims_state *s, const uint64_t *ste)
{
	return s2(ste) && STE(S2TTB) << 4 >> s2_output(s, ste);
}

static bool bad_s2t0sz(const struct ims_state *s, const uint64_t *ste)
{
	enum smmu_grain grain = smmu_tg0(STE(S2TG));

	return s2(ste) && grain != SMMU_GRAINS &&
	       (STE(S2T0SZ) < smmu_txsz_min(s->params, grain, true) ||
		STE(S2T0SZ) > smmu_txsz_max(s->params, grain));
}

static bool bad_s2sl0(const struct ims_state *s, const uint64_t *ste)
{
	enum smmu_grain grain = smmu_tg0(STE(S2TG));

	return s2(ste) && grain != SMMU_GRAINS &&
	       !smmu_s2_fits(s->params, grain, STE(S2SL0), (unsigned)STE(S2T0SZ));
}

/* 0: either order, 2: little-endian, 3: big-endian. */
static bool bad_s2endi(const struct ims_state *s, const uint64_t *ste)
{
	return s2(ste) && ((STE(S2ENDI) && P(TTENDIAN) == 2) || (!STE(S2ENDI) && P(TTENDIAN) == 3));
}

static bad_fn *const illegal[] = {
	no_s1,	   no_s2,     bad_split,  bad_ats_stall, bad_strw,   bad_vmid, bad_stalld,
	bad_cdmax, bad_s1fmt, bad_ctxptr, bad_s2s,	 bad_s2aa64, bad_s2ha, bad_s2hd,
	bad_s2tg,  bad_s2ttb, bad_s2t0sz, bad_s2sl0,	 bad_s2endi,
};

uint16_t smmu_check_ste(const struct ims_state *s, const uint64_t *ste)
{
	if (!STE(V))
		return SMMU_E_BAD_STE;
	/* Config 0xx is never ILLEGAL, whatever the rest holds. */
	if (!(STE(CONFIG) & SMMU_CONFIG_PASS))
		return 0;
	for (unsigned i = 0; i < sizeof(illegal) / sizeof(illegal[0]); i++)
		if (illegal[i](s, ste))
			return SMMU_E_BAD_STE;
	/* Legal, and beyond this model: tables of AArch32, or big-endian ones. */
	if (s2(ste) && (!STE(S2AA64) || STE(S2ENDI)))
		return IMS_FAULT_UNMODELLED;
	return 0;
}
