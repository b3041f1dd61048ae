/* SPDX-License-Identifier: MIT */
/* First- and second-stage tables (sections 3.6 to 3.8, 9.7, 9.8) and what a failing walk is called. */
#include "vtd.h"

const struct ims_format vtd_fs_format = {
	.name = "first-stage, 4-level",
	.source = "VT-d 5.10 section 9.7, tables 34 to 40",
	.levels_max = 4,
	.leaf_levels = VTD_PAGE_SIZES,
	.present = IMS_BIT(0),
	.write_bit = IMS_BIT(1),
	.user_bit = IMS_BIT(2),
	.accessed_bit = IMS_BIT(5),
	.dirty_bit = IMS_BIT(6),
	.leaf_bit = IMS_BIT(7),
	.addr = IMS_BITS(51, 12),
	.rsvd_table = { [4] = IMS_BIT(7) },
	.rsvd_leaf = { [2] = 0x1fe000, [3] = 0x3fffe000, [4] = IMS_BIT(7) },
	/* What Linux sets: present, user, accessed; dirty with write (iommu_pt, fmt/x86_64.h). */
	.build_table = IMS_BIT(0) | IMS_BIT(1) | IMS_BIT(2) | IMS_BIT(5),
	.build_leaf = IMS_BIT(0) | IMS_BIT(2) | IMS_BIT(5),
	.build_write = IMS_BIT(6),
};

const struct ims_format vtd_ss_format = {
	.name = "second-stage",
	.source = "VT-d 5.10 section 9.8, tables 41 to 46",
	.levels_max = 4,
	.leaf_levels = VTD_PAGE_SIZES,
	.present = IMS_BIT(0) | IMS_BIT(1),
	.read_bit = IMS_BIT(0),
	.write_bit = IMS_BIT(1),
	.leaf_bit = IMS_BIT(7),
	.addr = IMS_BITS(51, 12),
	/* Bit 62 (IW) is reserved while SSIRWE = 0, bit 11 (SNP) in tables. */
	.rsvd_table = { [2] = 0x800 | IMS_BIT(62),
			[3] = 0x800 | IMS_BIT(62),
			[4] = 0x880 | IMS_BIT(62) },
	.rsvd_leaf = { [1] = IMS_BIT(62),
		       [2] = 0x1ff000 | IMS_BIT(62),
		       [3] = 0x3ffff000 | IMS_BIT(62),
		       [4] = 0x880 | IMS_BIT(62) },
	.build_table = IMS_BIT(0) | IMS_BIT(1),
};

/* Table 30, rows SFS, SSS and SGN.2, .5 to .7; the first of each pair is for the root table. */
static const uint16_t fs_codes[IMS_WALK_STATUS_MAX][2] = {
	[IMS_WALK_ACCESS] = { VTD_SFS_4, VTD_SFS_1 },
	[IMS_WALK_NOT_PRESENT] = { VTD_SFS_2, VTD_SFS_2 },
	[IMS_WALK_RESERVED] = { VTD_SFS_3, VTD_SFS_3 },
	[IMS_WALK_WIDTH] = { VTD_SFS_5, VTD_SFS_5 },
	[IMS_WALK_READ] = { VTD_SGN_7, VTD_SGN_7 },
	[IMS_WALK_WRITE] = { VTD_SGN_6, VTD_SGN_6 },
	[IMS_WALK_USER] = { VTD_SGN_2, VTD_SGN_2 },
	[IMS_WALK_TABLE_READ] = { VTD_SFS_6, VTD_SFS_7 },
	[IMS_WALK_TABLE_WRITE] = { VTD_SFS_8, VTD_SFS_8 },
	[IMS_WALK_BARRED] = { VTD_SFS_9, VTD_SFS_9 },
};
static const uint16_t ss_codes[IMS_WALK_STATUS_MAX][2] = {
	[IMS_WALK_ACCESS] = { VTD_SSS_4, VTD_SSS_1 },
	[IMS_WALK_NOT_PRESENT] = { VTD_SSS_2, VTD_SSS_2 },
	[IMS_WALK_RESERVED] = { VTD_SSS_3, VTD_SSS_3 },
	[IMS_WALK_READ] = { VTD_SGN_7, VTD_SGN_7 },
	[IMS_WALK_WRITE] = { VTD_SGN_6, VTD_SGN_6 },
};

static uint16_t code_of(enum ims_walk_status st, const struct ims_leaf *leaf)
{
	if (st == IMS_WALK_OK)
		return 0;
	return (leaf->stage == 1 ? fs_codes : ss_codes)[st][leaf->at_top ? 0 : 1];
}

/* Bits 63:47 alike, section 3.6. */
static bool canonical(uint64_t addr)
{
	return ((int64_t)addr >> 47) == 0 || ((int64_t)addr >> 47) == -1;
}

uint16_t vtd_walk(struct ims_walker *w, const struct ims_path *path, const struct ims_req *req,
		  struct ims_leaf *leaf)
{
	const struct ims_stage s1 = {
		.format = &vtd_fs_format,
		.root = path->s1_root,
		.rsvd = VTD_RSVD_ADDR,
		.used = IMS_BIT(5),
		.written = IMS_BIT(6),
		.top = 4,
		.leaf_levels = VTD_PAGE_SIZES,
		.waive = path->waive,
	};
	const struct ims_stage s2 = {
		.format = &vtd_ss_format,
		.root = path->s2_root,
		.rsvd = VTD_RSVD_ADDR,
		.top = path->s2_top,
		.leaf_levels = VTD_PAGE_SIZES,
		.table_need = IMS_R,
	};
	uint8_t need = path->need;

	w->barred = path->no_update;
	if (path->stages == IMS_STAGES_2) {
		if (req->addr >= path->s2_limit)
			return VTD_SGN_5;
		return code_of(ims_walk_flat(w, &s2, 2, req->addr, need & (IMS_R | IMS_W), leaf),
			       leaf);
	}
	if (!canonical(req->addr))
		return VTD_SGN_1;
	if (path->stages == IMS_STAGES_1)
		return code_of(ims_walk_flat(w, &s1, 1, req->addr, need, leaf), leaf);
	return code_of(ims_walk_nested(w, &s1, &s2, path->s2_limit, req->addr, need, leaf), leaf);
}
