/* SPDX-License-Identifier: MIT */
/* Guest (v2) and host (v1) tables, section 2, and what a failing walk is called. */
#include "amdvi.h"

const struct ims_format amdvi_guest_format = {
	.name = "guest (v2)",
	.source = "section 2; Linux iommu_pt, fmt/x86_64.h",
	.levels_max = 5,
	.leaf_levels = 1 << 2 | 1 << 3,
	.present = IMS_BIT(0),
	.write_bit = IMS_BIT(1),
	.user_bit = IMS_BIT(2),
	.accessed_bit = IMS_BIT(5),
	.dirty_bit = IMS_BIT(6),
	.leaf_bit = IMS_BIT(7),
	.addr = IMS_BITS(51, 12),
	.rsvd_table = { [4] = IMS_BIT(7), [5] = IMS_BIT(7) },
	.rsvd_leaf = { [2] = 0x1fe000, [3] = 0x3fffe000, [4] = IMS_BIT(7), [5] = IMS_BIT(7) },
	.build_table = IMS_BIT(0) | IMS_BIT(1) | IMS_BIT(2) | IMS_BIT(5),
	.build_leaf = IMS_BIT(0) | IMS_BIT(2) | IMS_BIT(5),
	.build_write = IMS_BIT(6),
};

const struct ims_format amdvi_host_format = {
	.name = "host (v1)",
	.source = "section 2; Linux iommu_pt, fmt/amdv1.h",
	.levels_max = 6,
	.leaf_levels = 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5,
	.present = IMS_BIT(0),
	.read_bit = IMS_BIT(61),
	.write_bit = IMS_BIT(62),
	.accessed_bit = IMS_BIT(5),
	.dirty_bit = IMS_BIT(6),
	.addr = IMS_BITS(51, 12),
};

uint16_t amdvi_walk(struct ims_walker *w, const struct ims_path *path, const struct ims_req *req,
		    struct ims_leaf *leaf)
{
	(void)w;
	(void)path;
	(void)req;
	(void)leaf;
	return IMS_FAULT_UNMODELLED;
}
