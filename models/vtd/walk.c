/* SPDX-License-Identifier: MIT */
/* First- and second-stage tables (sections 3.6 to 3.8, 9.7, 9.8) and what a failing walk is called. */
#include "parts.h"

/* Leaves at levels 2 and 3, where the unit supports them. */
#define LARGE (1 << 2 | 1 << 3)

const struct ims_format vtd_fs_format = {
	.name = "first-stage",
	.source = "VT-d 5.10 section 9.7, tables 34 to 40",
	.grain_lg2 = 12,
	.levels_max = 5,
	.leaf_levels = LARGE,
	.present = IMS_BIT(0),
	.write_bit = IMS_BIT(1),
	.user_bit = IMS_BIT(2),
	.accessed_bit = IMS_BIT(5) | IMS_BIT(10), /* A, EA */
	.dirty_bit = IMS_BIT(6),
	.leaf_bit = IMS_BIT(7),
	.addr = IMS_BITS(51, 12),
	.rsvd_table = { [4] = IMS_BIT(7), [5] = IMS_BIT(7) },
	.rsvd_leaf = { [2] = 0x1fe000, [3] = 0x3fffe000, [4] = IMS_BIT(7), [5] = IMS_BIT(7) },
	/* What Linux sets: present, user, accessed; dirty with write (iommu_pt, fmt/x86_64.h). */
	.build_table = IMS_BIT(0) | IMS_BIT(1) | IMS_BIT(2) | IMS_BIT(5),
	.build_leaf = IMS_BIT(0) | IMS_BIT(2) | IMS_BIT(5),
	.build_write = IMS_BIT(6),
};

#define SNP IMS_BIT(11) /* in leaves alone */
#define IR  IMS_BIT(61)
#define IW  IMS_BIT(62)

/* @more: reserved besides in every entry. */
#define SS_FORMAT(name_, read_, write_, more_)                                                     \
	{                                                                                          \
		.name = (name_), .source = "VT-d 5.10 section 9.8, tables 41 to 46",               \
		.grain_lg2 = 12, .levels_max = 5, .leaf_levels = LARGE,                            \
		.present = (read_) | (write_), .read_bit = (read_), .write_bit = (write_),         \
		.accessed_bit = IMS_BIT(8), .dirty_bit = IMS_BIT(9), .leaf_bit = IMS_BIT(7),       \
		.addr = IMS_BITS(51, 12),                                                          \
		.rsvd_table = { [2] = SNP | (more_),                                               \
				[3] = SNP | (more_),                                               \
				[4] = SNP | IMS_BIT(7) | (more_),                                  \
				[5] = SNP | IMS_BIT(7) | (more_) },                                \
		.rsvd_leaf = { [1] = (more_),                                                      \
			       [2] = 0x1ff000 | (more_),                                           \
			       [3] = 0x3ffff000 | (more_),                                         \
			       [4] = SNP | IMS_BIT(7) | (more_),                                   \
			       [5] = SNP | IMS_BIT(7) | (more_) },                                 \
		.build_table = (read_) | (write_),                                                 \
	}

const struct ims_format vtd_ss_format = SS_FORMAT("second-stage", IMS_BIT(0), IMS_BIT(1), IW);
const struct ims_format vtd_ss_io_format = SS_FORMAT("second-stage, I/O permissions", IR, IW, 0);

/* Table 30, rows SFS, SSS, LSS and general ones; the first of each pair is for the root table. */
static const uint8_t fs_codes[IMS_WALK_STATUS_MAX][2] = {
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
	[IMS_WALK_UPDATE] = { VTD_SFS_10, VTD_SFS_10 },
};
static const uint8_t ss_codes[IMS_WALK_STATUS_MAX][2] = {
	[IMS_WALK_ACCESS] = { VTD_SSS_4, VTD_SSS_1 },
	[IMS_WALK_NOT_PRESENT] = { VTD_SSS_2, VTD_SSS_2 },
	[IMS_WALK_RESERVED] = { VTD_SSS_3, VTD_SSS_3 },
	[IMS_WALK_READ] = { VTD_SGN_7, VTD_SGN_7 },
	[IMS_WALK_WRITE] = { VTD_SGN_6, VTD_SGN_6 },
	[IMS_WALK_BARRED] = { VTD_SSS_5, VTD_SSS_5 },
	[IMS_WALK_UPDATE] = { VTD_SSS_6, VTD_SSS_6 },
};
/* What is absent lacks the permission asked for, by name of the request. */
static const uint8_t legacy_codes[IMS_WALK_STATUS_MAX][2] = {
	[IMS_WALK_ACCESS] = { VTD_LCT_4, VTD_LSS_1 },
	[IMS_WALK_RESERVED] = { VTD_LSS_2, VTD_LSS_2 },
	[IMS_WALK_READ] = { VTD_LGN_3, VTD_LGN_3 },
	[IMS_WALK_WRITE] = { VTD_LGN_2, VTD_LGN_2 },
};

static uint16_t code_of(enum ims_walk_status st, const struct ims_path *path,
			const struct ims_leaf *leaf)
{
	unsigned where = leaf->at_top ? 0 : 1;

	if (path->options & VTD_O_LEGACY) {
		if (st == IMS_WALK_NOT_PRESENT)
			st = path->need & IMS_W ? IMS_WALK_WRITE : IMS_WALK_READ;
		return legacy_codes[st][where];
	}
	return (leaf->stage == 1 ? fs_codes : ss_codes)[st][where];
}

/* With CM = 1 absence is kept, unless it is the first stage's (section 6.1). */
static void absent(const struct ims_path *path, enum ims_walk_status st, uint16_t code,
		   struct ims_leaf *leaf)
{
	if (!(path->options & VTD_O_NEGATIVE) || leaf->stage != 2 ||
	    (st != IMS_WALK_NOT_PRESENT && st != IMS_WALK_RESERVED))
		return;
	leaf->negative = true;
	leaf->perm = leaf->grant = 0;
	/* In legacy mode what is absent is told apart by the request that meets it. */
	if ((path->options & VTD_O_LEGACY) && st == IMS_WALK_NOT_PRESENT) {
		leaf->perm = IMS_U;
	} else {
		leaf->perm = IMS_NEGATIVE;
	}
	leaf->out = code;
	leaf->s1_lg2 = leaf->s2_lg2 = 64;
	leaf->fragment_lg2 = 12;
}

/* What comes of a walk that ended so. */
static uint16_t result(enum ims_walk_status st, const struct ims_path *path, struct ims_leaf *leaf)
{
	unsigned lg2 = leaf->s1_lg2 < leaf->s2_lg2 ? leaf->s1_lg2 : leaf->s2_lg2;
	uint16_t code = 0;

	if (st != IMS_WALK_OK) {
		code = code_of(st, path, leaf);
		if (st != IMS_WALK_READ && st != IMS_WALK_WRITE) {
			absent(path, st, code, leaf);
			return code;
		}
	}
	/* SGN.8, and no part of a block that reaches there is held with it. */
	if (ims_overlap(ims_block_first(leaf->out, lg2), ims_block_last(leaf->out, lg2),
			VTD_INTERRUPTS_FIRST, VTD_INTERRUPTS_LAST)) {
		leaf->fragment_lg2 = 12;
		if (vtd_interrupt_range(leaf->out))
			return path->options & VTD_O_LEGACY ? VTD_LGN_4 : VTD_SGN_8;
	}
	if (path->options & VTD_O_SNOOP || (path->stages & IMS_STAGES_2 && leaf->last & SNP))
		leaf->perm |= IMS_SNOOP;
	return code;
}

/* Bits 63:N-1 alike, section 3.6. */
static bool canonical(uint64_t addr, unsigned width)
{
	int64_t top = (int64_t)addr >> (width - 1);

	return top == 0 || top == -1;
}

/* Those that the walk itself heeds. */
#define WALK_OPTIONS (VTD_O_SSADE | VTD_O_EAFE | VTD_O_TABLE_DIRTY | VTD_O_SPR17)

/*
 * The stages with what is known when this is compiled: @ss, and of @options those
 * that may be set; what most paths leave out costs them nothing.
 */
IMS_TEMPLATE enum ims_walk_status walk_stages(struct ims_walker *w, const struct ims_path *path,
					      const struct ims_req *req,
					      const struct ims_format *ss, uint32_t options,
					      uint16_t waive, struct ims_leaf *leaf)
{
	const struct ims_stage s1 = {
		.format = &vtd_fs_format,
		.root = path->s1_root,
		.rsvd = path->rsvd,
		.used = options & VTD_O_EAFE ? IMS_BIT(5) | IMS_BIT(10) : IMS_BIT(5),
		.written = IMS_BIT(6),
		.top = path->s1_top,
		.leaf_levels = path->s1_leaf_levels,
		.waive = waive & (IMS_U | IMS_W),
		.forced = options & VTD_O_SPR17,
	};
	const struct ims_stage s2 = {
		.format = ss,
		.root = path->s2_root,
		.rsvd = path->rsvd,
		.rsvd_leaf = path->rsvd_leaf,
		.used = options & VTD_O_SSADE ? IMS_BIT(8) : 0,
		.written = options & VTD_O_SSADE ? IMS_BIT(9) : 0,
		.top = path->s2_top,
		.leaf_levels = path->s2_leaf_levels,
		.waive = waive & IMS_R,
		/* Section 3.8.1: with SSADE tables of the first stage have to be writable. */
		.table_need = options & VTD_O_SSADE ? IMS_R | IMS_W : IMS_R,
		.table_dirty = options & VTD_O_TABLE_DIRTY,
	};

	if (path->stages == IMS_STAGES_2)
		return ims_walk_flat(w, &s2, 2, req->addr, path->need & (IMS_R | IMS_W), leaf);
	if (path->stages == IMS_STAGES_1)
		return ims_walk_flat(w, &s1, 1, req->addr, path->need, leaf);
	return ims_walk_nested(w, &s1, &s2, path->s2_limit, req->addr, path->need, leaf);
}

static __attribute__((noinline)) enum ims_walk_status walk_any(struct ims_walker *w,
							       const struct ims_path *path,
							       const struct ims_req *req,
							       struct ims_leaf *leaf)
{
	return walk_stages(w, path, req, &vtd_ss_format, path->options, path->waive, leaf);
}

/* Bits 61 and 62 grant instead of 0 and 1. */
static __attribute__((noinline)) enum ims_walk_status walk_io(struct ims_walker *w,
							      const struct ims_path *path,
							      const struct ims_req *req,
							      struct ims_leaf *leaf)
{
	return walk_stages(w, path, req, &vtd_ss_io_format, path->options, path->waive, leaf);
}

uint16_t vtd_walk(struct ims_walker *w, const struct ims_path *path, const struct ims_req *req,
		  struct ims_leaf *leaf)
{
	enum ims_walk_status st;

	w->barred = path->no_update;
	if (path->stages == IMS_STAGES_2) {
		if (req->addr >= path->s2_limit)
			return path->options & VTD_O_LEGACY ? VTD_LGN_1 : VTD_SGN_5;
	} else if (!canonical(req->addr, path->s1_width)) {
		return VTD_SGN_1;
	}
	if (path->options & VTD_O_SSIRWE)
		st = walk_io(w, path, req, leaf);
	else if (path->waive || (path->options & WALK_OPTIONS))
		st = walk_any(w, path, req, leaf);
	else
		st = walk_stages(w, path, req, &vtd_ss_format, 0, 0, leaf);
	return result(st, path, leaf);
}
