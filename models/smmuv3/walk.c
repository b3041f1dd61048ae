/* SPDX-License-Identifier: MIT */
/*
 * VMSAv8-64 tables of both stages in three page sizes (VMSA D8.2 and D8.3), and what a
 * failing walk is called (sections 5.1 of the sheet, 7.3.22).
 */
#include "smmuv3.h"

#define VALID	   IMS_BIT(0)
#define TABLE	   IMS_BIT(1) /* of levels above the last: a table; in the last: a page */
#define AF	   IMS_BIT(10)
#define AP_USER	   IMS_BIT(6)
#define AP_RO	   IMS_BIT(7)
#define S2AP_R	   IMS_BIT(6)
#define S2AP_W	   IMS_BIT(7)
#define NOT_GLOBAL IMS_BIT(11)
#define DBM	   IMS_BIT(51)
#define CONTIGUOUS IMS_BIT(52)
#define PXN	   IMS_BIT(53)
#define UXN	   IMS_BIT(54)
/* Of tables of stage 1, for all below. */
#define PXN_TABLE IMS_BIT(59)
#define UXN_TABLE IMS_BIT(60)
#define AP_TABLE0 IMS_BIT(61) /* users have nothing */
#define AP_TABLE1 IMS_BIT(62) /* nothing is written */

/*
 * Levels that may hold blocks; sizes of contiguous groups. What software builds besides:
 * attributes of index 1 (stage 1) or write-back memory (stage 2), inner shareable, AF.
 */
#define SHARED(grain_, blocks_, g1_, g2_, g3_)                                                     \
	.grain_lg2 = (grain_), .levels_max = SMMU_LEVELS, .leaf_levels = (blocks_),                \
	.present = VALID, .addr = IMS_BITS(47, grain_), .accessed_bit = AF, .table_bit = TABLE,    \
	.denied_is_present = true, .clean_bit = DBM, .group_bit = CONTIGUOUS,                      \
	.group_lg2 = { [1] = (g1_), [2] = (g2_), [3] = (g3_) }, .build_table = VALID | TABLE

#define S1_FORMAT(name_, ...)                                                                      \
	{                                                                                          \
		.name = (name_), .source = "VMSA D8.3, tables D8-50 to D8-53",                     \
		SHARED(__VA_ARGS__), .user_bit = AP_USER,                                          \
		.leaf_denies = { .w = AP_RO, .x = UXN, .px = PXN },                                \
		.table_denies = { .w = AP_TABLE1,                                                  \
				  .u = AP_TABLE0,                                                  \
				  .x = UXN_TABLE,                                                  \
				  .px = PXN_TABLE },                                               \
		.not_global = NOT_GLOBAL, .keeps_leaves = true, .root_tables = 1,                  \
		.build_leaf = VALID | AF | NOT_GLOBAL | AP_USER | UINT64_C(3) << 8 | 1u << 2 |     \
			      PXN | UXN,                                                           \
	}

/* XN[1] forbids all; with XNX, XN[0] turns what the privileged may around. */
#define S2_FORMAT(name_, ...)                                                                      \
	{                                                                                          \
		.name = (name_), .source = "VMSA D8.3, tables D8-50 to D8-53",                     \
		SHARED(__VA_ARGS__), .read_bit = S2AP_R, .write_bit = S2AP_W,                      \
		.leaf_denies = { .x = UXN, .px = UXN }, .px_turned = PXN, .keeps_leaves = true,    \
		.root_tables = 16,                                                                 \
		.build_leaf = VALID | AF | UINT64_C(3) << 8 | UINT64_C(0xf) << 2,                  \
	}

#define G4K  12, 1 << 2 | 1 << 3, 16, 25, 34
#define G16K 14, 1 << 2, 21, 30, 0
#define G64K 16, 1 << 2, 21, 34, 0

const struct ims_format smmu_s1_formats[SMMU_GRAINS] = {
	[SMMU_4K] = S1_FORMAT("stage 1, 4 KiB", G4K),
	[SMMU_16K] = S1_FORMAT("stage 1, 16 KiB", G16K),
	[SMMU_64K] = S1_FORMAT("stage 1, 64 KiB", G64K),
};

const struct ims_format smmu_s2_formats[SMMU_GRAINS] = {
	[SMMU_4K] = S2_FORMAT("stage 2, 4 KiB", G4K),
	[SMMU_16K] = S2_FORMAT("stage 2, 16 KiB", G16K),
	[SMMU_64K] = S2_FORMAT("stage 2, 64 KiB", G64K),
};

/* ---- codes ---- */

static const uint8_t events[IMS_WALK_STATUS_MAX] = {
	[IMS_WALK_ACCESS] = SMMU_E_WALK_EABT,	    [IMS_WALK_NOT_PRESENT] = SMMU_E_TRANSLATION,
	[IMS_WALK_RESERVED] = SMMU_E_ADDR_SIZE,	    [IMS_WALK_WIDTH] = SMMU_E_TRANSLATION,
	[IMS_WALK_UNUSED] = SMMU_E_ACCESS,	    [IMS_WALK_READ] = SMMU_E_PERMISSION,
	[IMS_WALK_WRITE] = SMMU_E_PERMISSION,	    [IMS_WALK_USER] = SMMU_E_PERMISSION,
	[IMS_WALK_EXECUTE] = SMMU_E_PERMISSION,	    [IMS_WALK_TABLE_READ] = SMMU_E_PERMISSION,
	[IMS_WALK_TABLE_WRITE] = SMMU_E_PERMISSION, [IMS_WALK_UPDATE] = SMMU_E_WALK_EABT,
};

/* What stage 2 refuses of a stage-1 table is its own, whatever the walker says of where it stood. */
static bool of_s2(enum ims_walk_status st, const struct ims_leaf *leaf)
{
	return leaf->stage == 2 || st == IMS_WALK_TABLE_READ || st == IMS_WALK_TABLE_WRITE ||
	       st == IMS_WALK_WIDTH;
}

static uint16_t code_of(enum ims_walk_status st, const struct ims_path *path,
			const struct ims_leaf *leaf)
{
	uint16_t code = events[st];
	bool table = leaf->on_table || st == IMS_WALK_TABLE_WRITE;

	if (path->stages != IMS_STAGES_1 && of_s2(st, leaf))
		code |= SMMU_F_S2 | (table ? SMMU_F_TT : 0);
	else if (st == IMS_WALK_ACCESS || st == IMS_WALK_UPDATE)
		code |= SMMU_F_TT; /* section 7.3.12: an external abort of stage 1 is of a table */
	return st == IMS_WALK_TABLE_WRITE ? code | SMMU_F_TTW : code;
}

/* Section 16.6 of the sheet: what denies may be cached, what faults otherwise may not. */
static bool may_keep(const struct ims_path *path, const struct ims_leaf *leaf, uint16_t code)
{
	return SMMU_EVENT(code) == SMMU_E_PERMISSION && !(code & SMMU_F_TT) &&
	       (path->stages != IMS_STAGES_NESTED || leaf->s2_lg2 != 64);
}

static uint16_t result(enum ims_walk_status st, const struct ims_path *path, struct ims_leaf *leaf)
{
	uint16_t code;

	if (path->stages == IMS_STAGES_1) {
		leaf->mid = leaf->out;
		leaf->through = st == IMS_WALK_OK;
	}
	if (path->stages == IMS_STAGES_2)
		leaf->perm |= (uint16_t)ims_lost_to_2(IMS_RIGHTS, leaf->perm);
	if (st == IMS_WALK_OK)
		return 0;
	code = code_of(st, path, leaf);
	leaf->kept = may_keep(path, leaf, code);
	return code;
}

/* ---- stages ---- */

IMS_TEMPLATE struct ims_stage s1_stage(const struct ims_path *path, const struct ims_format *f)
{
	uint32_t o = path->options;

	return (struct ims_stage){ .format = f,
				   .root = path->s1_root,
				   .rsvd = path->s1_rsvd,
				   .used = o & SMMU_O_HA1 ? AF : 0,
				   .unwritten = o & SMMU_O_HD1 ? AP_RO : 0,
				   .must = o & (SMMU_O_HA1 | SMMU_O_AFFD1) ? 0 : AF,
				   .top = path->s1_top,
				   .top_mask = path->s1_top_mask,
				   .leaf_levels = path->s1_leaf_levels,
				   .denies_flat = o & SMMU_O_HAD,
				   .one_privilege = o & SMMU_O_EL2,
				   .no_write_exec = o & SMMU_O_WXN,
				   .user_no_write_exec = !(o & SMMU_O_EL2),
				   .user_no_priv = o & SMMU_O_PAN,
				   .exec_no_priv = o & SMMU_O_EPAN,
				   .groups = o & SMMU_O_GROUPS,
				   .partial = o & SMMU_O_PARTIAL,
				   .nested = o & SMMU_O_SPLIT };
}

/* MemAttr: Device has its upper two bits clear, or with FWB the upper one of three. */
IMS_TEMPLATE struct ims_stage s2_stage(const struct ims_path *path, const struct ims_format *f,
				       uint32_t o)
{
	return (struct ims_stage){ .format = f,
				   .root = path->s2_root,
				   .rsvd = path->s2_rsvd,
				   .used = o & SMMU_O_HA2 ? AF : 0,
				   .written = o & SMMU_O_HD2 ? S2AP_W : 0,
				   .must = o & (SMMU_O_HA2 | SMMU_O_AFFD2) ? 0 : AF,
				   .top = path->s2_top,
				   .top_mask = path->s2_top_mask,
				   .leaf_levels = path->s2_leaf_levels,
				   .table_need = IMS_R,
				   .px_turns = o & SMMU_O_XNX,
				   .device = o & SMMU_O_FWB ? IMS_BIT(4) : IMS_BITS(5, 4),
				   .tables_memory = o & SMMU_O_PTW,
				   .groups = o & SMMU_O_GROUPS,
				   .nested = true };
}

/* Stage 2 knows no users: of who asks, only whether he executes. */
static uint16_t s2_need(const struct ims_path *path)
{
	return path->need & (IMS_R | IMS_W | IMS_X | IMS_PX);
}

IMS_TEMPLATE enum ims_walk_status walk_stages(struct ims_walker *w, const struct ims_path *path,
					      uint64_t addr, const struct ims_format *f1,
					      const struct ims_format *f2, struct ims_leaf *leaf)
{
	const struct ims_stage s1 = s1_stage(path, f1);
	const struct ims_stage s2 = s2_stage(path, f2, path->options);
	struct ims_stage alone = s2;

	switch ((enum ims_stages)path->stages) {
	case IMS_STAGES_1:
		return ims_walk_flat(w, &s1, 1, addr, path->need, leaf);
	case IMS_STAGES_2:
		/* The result itself is kept. */
		alone.nested = false;
		return ims_walk_flat(w, &alone, 2, addr, s2_need(path), leaf);
	default:
		return ims_walk_nested(w, &s1, &s2, path->s2_limit, addr, path->need, leaf);
	}
}

typedef enum ims_walk_status walk_fn(struct ims_walker *w, const struct ims_path *path,
				     uint64_t addr, struct ims_leaf *leaf);

#define WALK(name, g)                                                                              \
	static enum ims_walk_status name(struct ims_walker *w, const struct ims_path *path,        \
					 uint64_t addr, struct ims_leaf *leaf)                     \
	{                                                                                          \
		return walk_stages(w, path, addr, &smmu_s1_formats[g], &smmu_s2_formats[g], leaf); \
	}
WALK(walk_4k, SMMU_4K)
WALK(walk_16k, SMMU_16K)
WALK(walk_64k, SMMU_64K)

/* Page sizes of the stages differ: nothing is known when this is compiled. */
static enum ims_walk_status walk_mixed(struct ims_walker *w, const struct ims_path *path,
				       uint64_t addr, struct ims_leaf *leaf)
{
	return walk_stages(w, path, addr, path->s1, path->s2, leaf);
}

static walk_fn *walk_of(const struct ims_path *path)
{
	unsigned lg2 = path->stages == IMS_STAGES_2 ? path->s2->grain_lg2 : path->s1->grain_lg2;

	if (path->stages == IMS_STAGES_NESTED && path->s2->grain_lg2 != lg2)
		return walk_mixed;
	return lg2 == 12 ? walk_4k : lg2 == 14 ? walk_16k : walk_64k;
}

/* Section 3.4.1: what is above the input is all like bit 55; TTB0 alone in EL2. */
static bool in_range(const struct ims_path *path, uint64_t addr)
{
	int64_t top = (int64_t)addr >> (path->s1_width - 1);

	return path->options & SMMU_O_TTB1 ? top == -1 : top == 0;
}

uint16_t smmu_walk(struct ims_walker *w, const struct ims_path *path, const struct ims_req *req,
		   struct ims_leaf *leaf)
{
	uint64_t addr = req->addr;

	if (path->stages == IMS_STAGES_2) {
		if (addr >= path->s2_limit) {
			leaf->through = true;
			leaf->mid = addr;
			return SMMU_E_TRANSLATION | SMMU_F_S2;
		}
		leaf->through = true;
		leaf->mid = addr;
		return result(walk_of(path)(w, path, addr, leaf), path, leaf);
	}
	if (!in_range(path, addr) || (path->options & SMMU_O_EPD))
		return SMMU_E_TRANSLATION;
	return result(walk_of(path)(w, path, addr, leaf), path, leaf);
}

/* A CD, or what leads to it: a read of data, with dirty bits left alone (section 3.13.3). */
IMS_TEMPLATE enum ims_walk_status mid_stage(struct ims_walker *w, const struct ims_path *path,
					    const struct ims_format *f, uint64_t mid,
					    struct ims_leaf *leaf)
{
	struct ims_stage s2 = s2_stage(path, f, path->options & ~(uint32_t)SMMU_O_HD2);
	uint16_t perm;

	/* What may be written there is not known by this. */
	s2.nested = !(path->options & SMMU_O_HD2);
	return ims_walk_table(w, &s2, mid, path->s2_limit, &leaf->out, &perm, leaf);
}

uint16_t smmu_walk_mid(struct ims_walker *w, const struct ims_path *path, uint64_t mid,
		       struct ims_leaf *leaf)
{
	enum ims_walk_status st = mid_stage(w, path, path->s2, mid, leaf);

	if (st == IMS_WALK_OK)
		return 0;
	return events[st] | SMMU_F_S2 | SMMU_F_CD;
}
