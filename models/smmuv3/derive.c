/* SPDX-License-Identifier: MIT */
/* What follows from parameters and registers, once. */
#include "smmuv3.h"

/* Section 6.3.25: 6, 8 and 10; other values act as 6. FMT 2 and 3 act as linear. */
static unsigned split_of(const struct ims_state *s, const uint64_t *cfg)
{
	uint64_t split = ims_field_get(cfg, SMMU_CFG_SPLIT);

	if (!s->params[SMMU_P_ST_LEVEL] || ims_field_get(cfg, SMMU_CFG_FMT) != 1)
		return 0;
	return split == 8 || split == 10 ? (unsigned)split : 6;
}

void smmu_derive(struct ims_state *s)
{
	const uint32_t *p = s->params;
	const uint64_t *cfg = &s->regs[SMMU_R_STRTAB_BASE_CFG];
	uint64_t *d = s->derived, cr2 = s->regs[SMMU_R_CR2];
	uint64_t sids = ims_field_get(cfg, SMMU_CFG_LOG2SIZE);

	smmu_derive_regs(s);
	d[SMMU_D_ENABLED] = s->regs[SMMU_R_CR0] & SMMU_CR0_SMMUEN;
	d[SMMU_D_OAS] = smmu_size_bits(p[SMMU_P_OAS]);
	/* Section 3.4: of AArch64 tables alone. */
	d[SMMU_D_IAS] = d[SMMU_D_OAS];
	d[SMMU_D_SIDS] = sids < p[SMMU_P_SIDSIZE] ? sids : p[SMMU_P_SIDSIZE];
	d[SMMU_D_SPLIT] = split_of(s, cfg);
	d[SMMU_D_REC_ATS] = p[SMMU_P_ATSRECERR] && (cr2 & SMMU_CR2_REC_CFG_ATS);
	/* Section 3.9.1: NW. */
	/* Section 3.21.1: none with BBML of 2. */
	s->conflict = p[SMMU_P_BBML] < 2 && p[SMMU_K_CONFLICT] ? SMMU_E_TLB_CONFLICT : 0;
	s->no_write = p[SMMU_P_ATS];
	smmu_derive_queue(s);
}
