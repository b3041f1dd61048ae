/* SPDX-License-Identifier: MIT */
/*
 * What follows from capabilities and the control register, once: which bits of a DTE
 * are reserved (sections 1 and 18: fields of a feature that is not there are), which
 * levels there are, what hardware sets in guest tables.
 */
#include "viommu.h"

static uint64_t unless(uint64_t condition, uint64_t bits)
{
	return condition ? 0 : bits;
}

static void derive_dte(struct ims_state *s)
{
	const uint32_t *p = s->params;
	uint64_t *d = s->derived;

	/* 6:2 and 63; then GIOV, PPR and GPRP, GV with GLX and GCR3 root, HAD. */
	d[AMDVI_D_DTE] =
		IMS_BITS(6, 2) | IMS_BIT(63) |
		unless(p[AMDVI_P_GT_SUP], IMS_BITS(60, 58) | IMS_BITS(57, 55)) |
		unless(p[AMDVI_P_GIO_SUP], IMS_BIT(54)) | unless(p[AMDVI_P_PPR_SUP], IMS_BIT(52)) |
		unless(p[AMDVI_P_EPH_SUP], IMS_BIT(53)) |
		unless(p[AMDVI_P_HA_SUP], IMS_BITS(8, 7)) | unless(p[AMDVI_P_HD_SUP], IMS_BIT(8));
	d[AMDVI_D_DTE_1] = unless(p[AMDVI_P_GT_SUP], IMS_BITS(31, 16) | IMS_BITS(63, 43)) |
			   unless(p[AMDVI_P_IOTLB_SUP], IMS_BIT(32)) |
			   unless(p[AMDVI_P_SATS_SUP], IMS_BIT(42));
	d[AMDVI_D_DTE_2] = unless(p[AMDVI_P_GT_SUP], IMS_BITS(55, 54)) |
			   IMS_BIT(59); /* HPTMode: there is no host page table mode here */
	d[AMDVI_D_DTE_INT] = IMS_BITS(53, 52);
	d[AMDVI_D_DTE_3] = IMS_BITS(14, 0) | IMS_BITS(52, 48) |
			   unless(p[AMDVI_P_VIOMMU_SUP], IMS_BITS(47, 15)) |
			   unless(p[AMDVI_P_ATTR_FW], IMS_BITS(63, 54));
}

void amdvi_derive(struct ims_state *s)
{
	const uint32_t *p = s->params;
	uint64_t *d = s->derived, ctrl = s->regs[AMDVI_R_CTRL];
	uint64_t seg = ims_field_get(&ctrl, AMDVI_CTRL_SEG);

	derive_dte(s);
	d[AMDVI_D_ENABLED] = ctrl & AMDVI_CTRL_EN;
	d[AMDVI_D_GT] = p[AMDVI_P_GT_SUP] && (ctrl & AMDVI_CTRL_GT);
	d[AMDVI_D_MODES] = p[AMDVI_P_HATS] == 3 ? 0 : 4 + p[AMDVI_P_HATS];
	d[AMDVI_D_HOST_LEAVES] = IMS_BITS(5, 1) & ~(p[AMDVI_Q_LEAF_512G] ? IMS_BIT(4) : 0);
	d[AMDVI_D_TRP_GPA] = p[AMDVI_P_GCR3_TRP_MODE] && (ctrl & AMDVI_CTRL_GCR3_TRP_MODE);
	d[AMDVI_D_OPTIONS] =
		(p[AMDVI_P_GA_UPDATE_DIS] && (ctrl & AMDVI_CTRL_GA_DIS) ? 0 : AMDVI_O_GUEST_A) |
		(ctrl & AMDVI_CTRL_GD_DIS ? 0 : AMDVI_O_GUEST_D) |
		(p[AMDVI_K5] ? 0 : AMDVI_O_FORCED) | (p[AMDVI_K_US_ATS] ? 0 : AMDVI_O_USER_SILENT);
	d[AMDVI_D_HAD] = ims_field_get(&ctrl, AMDVI_CTRL_HAD);
	d[AMDVI_D_SEG] = seg < p[AMDVI_P_DEV_TBL_SEG] ? seg : p[AMDVI_P_DEV_TBL_SEG];
	amdvi_derive_regs(s);
	amdvi_derive_queue(s);
	amdvi_derive_viommu(s);
	s->early = p[AMDVI_K8C] ? AMDVI_L1 : 0;
	s->neighbours = (uint8_t)p[AMDVI_K9];
	s->merge_lg2 = p[AMDVI_K_ATS_MERGE] || p[AMDVI_K_MERGE_ALL] ? 15 : 0;
	s->merge_any = p[AMDVI_K_MERGE_ALL];
	s->window_first = AMDVI_INTERRUPTS_FIRST;
	s->window_bytes = AMDVI_INTERRUPTS_LAST - AMDVI_INTERRUPTS_FIRST + 1;
}
