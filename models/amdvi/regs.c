/* SPDX-License-Identifier: MIT */
/*
 * Registers that translation depends on, section 7. A unit is found as its driver left
 * it: translating, with all it can do switched on.
 */
#include "amdvi.h"

#define SRC "FreeBSD amd_reg.h; Linux amd_iommu_types.h, MMIO_*"

#define CTRL_RESET                                                                                 \
	(AMDVI_CTRL_EN | AMDVI_CTRL_EVT_LOG | AMDVI_CTRL_COHERENT | AMDVI_CTRL_CMD_BUF |           \
	 AMDVI_CTRL_PPR | AMDVI_CTRL_GT | AMDVI_CTRL_EPH | UINT64_C(3) << 46 |                     \
	 AMDVI_CTRL_GCR3_TRP_MODE)

static void devtab_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)value;
	ims_cfg_root_set(hw, ims_hw_state(hw)->regs[r->at]);
}

static void ctrl_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r;
	(void)value;
	amdvi_derive(ims_hw_state(hw));
}

#define R(name_, offset_, at_, writable_)                                                          \
	{                                                                                          \
		.name = (name_), .offset = (offset_), .bytes = 8, .at = (at_),                     \
		.writable = (writable_), .source = SRC                                             \
	}
#define TABLE	   (IMS_BITS(51, 12) | IMS_BITS(8, 0))
#define SEGMENT(n) R("DEVTAB_SEG" #n, 0xf8 + 8 * (n), AMDVI_R_SEG1 + (n)-1, TABLE)

const struct ims_reg amdvi_regs[] = {
	{ .name = "DEVTAB",
	  .offset = 0,
	  .bytes = 8,
	  .at = AMDVI_R_DEVTAB,
	  .writable = TABLE,
	  .written = devtab_written,
	  .source = SRC },
	R("CMDBUF", 0x8, AMDVI_R_CMDBUF, IMS_BITS(59, 56) | IMS_BITS(51, 12)),
	R("EVTLOG", 0x10, AMDVI_R_EVTLOG, IMS_BITS(59, 56) | IMS_BITS(51, 12)),
	{ .name = "CTRL",
	  .offset = 0x18,
	  .bytes = 8,
	  .at = AMDVI_R_CTRL,
	  .reset = CTRL_RESET,
	  .writable = ~UINT64_C(0),
	  .written = ctrl_written,
	  .source = SRC },
	R("EXCL_BASE", 0x20, AMDVI_R_EXCL_BASE, IMS_BITS(51, 12) | IMS_BITS(1, 0)),
	R("EXCL_LIMIT", 0x28, AMDVI_R_EXCL_LIMIT, IMS_BITS(51, 12)),
	R("EFR", 0x30, AMDVI_R_EFR, 0),
	SEGMENT(1),
	SEGMENT(2),
	SEGMENT(3),
	SEGMENT(4),
	SEGMENT(5),
	SEGMENT(6),
	SEGMENT(7),
	R("EFR2", 0x1a0, AMDVI_R_EFR2, 0),
};
_Static_assert(sizeof(amdvi_regs) / sizeof(amdvi_regs[0]) == AMDVI_REG_ROWS, "as announced");
