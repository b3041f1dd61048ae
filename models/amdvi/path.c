/* SPDX-License-Identifier: MIT */
/* From a request to its tables: device table entry, its checks in their order (sections 1, 3, 18). */
#include "amdvi.h"

uint64_t amdvi_gcr3_get(const uint64_t *dte)
{
	return ims_field_get(dte, AMDVI_DTE_GCR3_14_12) << 12 |
	       ims_field_get(dte, AMDVI_DTE_GCR3_30_15) << 15 |
	       ims_field_get(dte, AMDVI_DTE_GCR3_51_31) << 31;
}

void amdvi_gcr3_put(uint64_t *dte, uint64_t table)
{
	ims_field_put(dte, AMDVI_DTE_GCR3_14_12, table >> 12);
	ims_field_put(dte, AMDVI_DTE_GCR3_30_15, table >> 15);
	ims_field_put(dte, AMDVI_DTE_GCR3_51_31, table >> 31);
}

static bool any_reserved(const struct ims_state *s, const uint64_t *dte)
{
	for (unsigned i = 0; i < AMDVI_DTE_WORDS; i++)
		if (dte[i] & s->derived[AMDVI_D_DTE + i])
			return true;
	return false;
}

uint16_t amdvi_path(struct ims_hw *hw, const struct ims_req *req, struct ims_path *ret_path)
{
	const struct ims_state *s = ims_hw_state(hw);
	uint64_t root = ims_cfg_root(hw), dte[AMDVI_DTE_WORDS];

	*ret_path = (struct ims_path){ .s1 = &amdvi_guest_format, .s2 = &amdvi_host_format };
	if (req->src >= ((root & 0x1ff) + 1) * 128)
		return AMDVI_F_RANGE;
	if (!ims_cfg_read(hw, (root & AMDVI_ADDR) + (uint64_t)req->src * 32, AMDVI_DTE_WORDS, dte))
		return AMDVI_F_DTE_ERROR;
	ret_path->grant = IMS_R | IMS_W | IMS_U;
	if (!ims_field_get(dte, AMDVI_DTE_V))
		return 0;
	if (any_reserved(s, dte))
		return AMDVI_F_DTE_RESERVED;
	if (!ims_field_get(dte, AMDVI_DTE_TV))
		return AMDVI_F_TV;
	/* Only Mode = 0 without PASID so far; what needs tables is not modelled. */
	if (ims_field_get(dte, AMDVI_DTE_MODE) || req->ctx != IMS_CTX_NONE ||
	    ims_field_get(dte, AMDVI_DTE_GIOV))
		return IMS_FAULT_UNMODELLED;
	ret_path->grant = IMS_U | (ims_field_get(dte, AMDVI_DTE_IR) ? IMS_R : 0) |
			  (ims_field_get(dte, AMDVI_DTE_IW) ? IMS_W : 0);
	return req->access & ~ret_path->grant ? AMDVI_F_DTE_DENIED : 0;
}
