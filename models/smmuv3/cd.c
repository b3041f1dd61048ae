/* SPDX-License-Identifier: MIT */
/*
 * What makes a context descriptor ILLEGAL: section 5.4.2 with 5.5, as in the sheet's
 * section 16.3. All give C_BAD_CD.
 */
#include "smmuv3.h"

#define STE(name) ims_field_get(ste, SMMU_STE_##name)
#define CD(name)  ims_field_get(cd, SMMU_CD_##name)
#define P(name)	  (s->params[SMMU_P_##name])

/* What of a CD depends on the table: of TTB0 and of TTB1. */
struct side {
	uint64_t txsz, ttb;
	enum smmu_grain grain;
	bool used; /* effective EPD is 0 */
};

static void sides_of(const uint64_t *cd, enum smmu_class world, struct side side[2])
{
	side[0] = (struct side){ .txsz = CD(T0SZ),
				 .ttb = CD(TTB0) << 4,
				 .grain = smmu_tg0(CD(TG0)),
				 .used = world == SMMU_CLASS_EL2 || !CD(EPD0) };
	side[1] = (struct side){ .txsz = CD(T1SZ),
				 .ttb = CD(TTB1) << 4,
				 .grain = smmu_tg1(CD(TG1)),
				 .used = world != SMMU_CLASS_EL2 && !CD(EPD1) };
}

typedef bool bad_fn(const struct ims_state *s, const uint64_t *ste, const uint64_t *cd,
		    const struct side *side);

static bool bad_stall(const struct ims_state *s, const uint64_t *ste, const uint64_t *cd,
		      const struct side *side)
{
	(void)side;
	return CD(S) && (STE(S1STALLD) || P(STALL_MODEL) == 1);
}

static bool bad_no_stall(const struct ims_state *s, const uint64_t *ste, const uint64_t *cd,
			 const struct side *side)
{
	(void)ste;
	(void)side;
	return !CD(S) && P(STALL_MODEL) == 2;
}

static bool bad_term(const struct ims_state *s, const uint64_t *ste, const uint64_t *cd,
		     const struct side *side)
{
	(void)ste;
	(void)side;
	return !CD(A) && P(TERM_MODEL);
}

static bool bad_endi(const struct ims_state *s, const uint64_t *ste, const uint64_t *cd,
		     const struct side *side)
{
	(void)ste;
	return (side[0].used || side[1].used) &&
	       ((CD(ENDI) && P(TTENDIAN) == 2) || (!CD(ENDI) && P(TTENDIAN) == 3));
}

static bool bad_aa64(const struct ims_state *s, const uint64_t *ste, const uint64_t *cd,
		     const struct side *side)
{
	(void)side;
	if (CD(AA64))
		return !(P(TTF) & 2);
	return !(P(TTF) & 1) || smmu_world(s, ste) == SMMU_CLASS_E2H;
}

static bool bad_ha(const struct ims_state *s, const uint64_t *ste, const uint64_t *cd,
		   const struct side *side)
{
	(void)ste;
	(void)side;
	return CD(AA64) && ((CD(HA) || CD(HD)) && !P(HTTU));
}

static bool bad_hd(const struct ims_state *s, const uint64_t *ste, const uint64_t *cd,
		   const struct side *side)
{
	(void)ste;
	(void)side;
	return CD(AA64) && CD(HD) && P(HTTU) == 1;
}

/* NS-EL2 has no ASIDs: the field is ignored. */
static bool bad_asid(const struct ims_state *s, const uint64_t *ste, const uint64_t *cd,
		     const struct side *side)
{
	(void)side;
	return smmu_world(s, ste) != SMMU_CLASS_EL2 && !P(ASID16) && CD(ASID) >> 8;
}

static bool bad_tg(const struct ims_state *s, const uint64_t *ste, const uint64_t *cd,
		   const struct side *side)
{
	(void)ste;
	(void)cd;
	for (unsigned i = 0; i < 2; i++)
		if (side[i].used && !smmu_has_grain(s->params, side[i].grain))
			return true;
	return false;
}

static bool bad_txsz(const struct ims_state *s, const uint64_t *ste, const uint64_t *cd,
		     const struct side *side)
{
	(void)ste;
	(void)cd;
	for (unsigned i = 0; i < 2; i++)
		if (side[i].used && side[i].grain != SMMU_GRAINS &&
		    (side[i].txsz < smmu_txsz_min(s->params, side[i].grain, false) ||
		     side[i].txsz > smmu_txsz_max(s->params, side[i].grain)))
			return true;
	return false;
}

static bool bad_ttb(const struct ims_state *s, const uint64_t *ste, const uint64_t *cd,
		    const struct side *side)
{
	unsigned bits = smmu_size_bits(CD(IPS)), ias = (unsigned)s->derived[SMMU_D_IAS];

	(void)ste;
	bits = bits < ias ? bits : ias;
	for (unsigned i = 0; i < 2; i++)
		if (side[i].used && side[i].ttb >> bits)
			return true;
	return false;
}

static bad_fn *const illegal[] = {
	bad_stall, bad_no_stall, bad_term, bad_endi, bad_aa64, bad_ha,
	bad_hd,	   bad_asid,	 bad_tg,   bad_txsz, bad_ttb,
};

uint16_t smmu_check_cd(const struct ims_state *s, const uint64_t *ste, const uint64_t *cd)
{
	struct side side[2];

	if (!CD(V))
		return SMMU_E_BAD_CD;
	sides_of(cd, smmu_world(s, ste), side);
	for (unsigned i = 0; i < sizeof(illegal) / sizeof(illegal[0]); i++)
		if (illegal[i](s, ste, cd, side))
			return SMMU_E_BAD_CD;
	/* Legal, and beyond this model: tables of AArch32, or big-endian ones. */
	if (!CD(AA64) || CD(ENDI))
		return IMS_FAULT_UNMODELLED;
	return 0;
}
