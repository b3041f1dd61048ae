/* SPDX-License-Identifier: MIT */
/* The log of page requests as software uses it (Linux ppr.c; sheet, section 4). */
#include "amdvi.h"

static void read_ppr(const uint64_t *words, struct ims_told *ret)
{
	bool gn = words[0] & IMS_BIT(56);

	ret->kind = IMS_TOLD_PAGE;
	ret->src = (uint32_t)(words[0] & 0xffff);
	ret->ctx = gn ? (uint32_t)(ims_bits_get(words[0], 31, 16) | ims_bits_get(words[0], 45, 42)
									    << 16) :
			IMS_CTX_NONE;
	ret->group = (uint32_t)ims_bits_get(words[0], 40, 32);
	ret->last = words[0] & IMS_BIT(41);
	ret->execute = words[0] & IMS_BIT(49);
	ret->read = words[0] & IMS_BIT(50);
	ret->write = words[0] & IMS_BIT(53);
	ret->priv = gn && !(words[0] & IMS_BIT(54));
	ret->addr = words[1] & ~UINT64_C(0xfff);
}

static const struct ims_reg_step on[] = { { .reg = "CTRL", .set = AMDVI_CTRL_PPR_LOG } };
static const struct ims_reg_step served[] = {
	{ .reg = "STATUS", .clear = ~UINT64_C(0), .set = AMDVI_STATUS_PPR_INT },
};
/* amd_iommu_restart_log(): off, the bit cleared by a one, and on. */
static const struct ims_reg_step again[] = {
	{ .reg = "CTRL", .clear = AMDVI_CTRL_PPR_LOG },
	{ .reg = "STATUS", .clear = ~UINT64_C(0), .set = AMDVI_STATUS_PPR_OVERFLOW },
	{ .reg = "CTRL", .set = AMDVI_CTRL_PPR_LOG },
};

const struct ims_told_queue amdvi_told[AMDVI_TOLD] = {
	{ .name = "PPR log",
	  .text = "page requests",
	  .base = "PPRLOG",
	  .head = "PPR_HEAD",
	  .tail = "PPR_TAIL",
	  .entry_lg2 = 4,
	  .index_lo = 4,
	  .lg2 = 8,
	  .size_lo = 56,
	  .with = 1 + AMDVI_P_PPR_SUP,
	  .on = on,
	  .on_count = 1,
	  .served = served,
	  .served_count = 1,
	  .again = again,
	  .again_count = 3,
	  .overflow = "STATUS",
	  .overflow_bit = AMDVI_STATUS_PPR_OVERFLOW,
	  .read = read_ppr,
	  .source =
		  "sheet, section 4; Linux amd_iommu_enable_ppr_log(), amd_iommu_poll_ppr_log()" },
};
