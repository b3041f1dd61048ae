/* SPDX-License-Identifier: MIT */
/* GCR3, guest (v2) and host (v1) tables, section 2, and what a failing walk is called. */
#include "amdvi.h"

const struct ims_format amdvi_guest_format = {
	.name = "guest (v2)",
	.source = "section 2; Linux iommu_pt, fmt/x86_64.h",
	.grain_lg2 = 12,
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
	.rsvd_leaf = { [2] = 0x1fe000, [3] = 0x3fffe000 },
	/* What Linux sets: present, user, accessed; dirty with write. */
	.build_table = IMS_BIT(0) | IMS_BIT(1) | IMS_BIT(2) | IMS_BIT(5),
	.build_leaf = IMS_BIT(0) | IMS_BIT(2) | IMS_BIT(5),
	.build_write = IMS_BIT(6),
};

#define IR_IW (IMS_BIT(61) | IMS_BIT(62))
/* VirtualBox, OSDev: 60:52 in pointers, 58:52 in leaves; PMC, 58:57, is newer. */
#define PDE_RESERVED IMS_BITS(60, 52)
#define PTE_RESERVED IMS_BITS(56, 52)

const struct ims_format amdvi_host_format = {
	.name = "host (v1)",
	.source = "section 2; Linux iommu_pt, fmt/amdv1.h",
	.grain_lg2 = 12,
	.levels_max = 6,
	.leaf_levels = 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5,
	.present = IMS_BIT(0),
	.read_bit = IMS_BIT(61),
	.write_bit = IMS_BIT(62),
	.accessed_bit = IMS_BIT(5),
	.dirty_bit = IMS_BIT(6),
	.next = IMS_BITS(11, 9),
	.sized = 7,
	.addr = IMS_BITS(51, 12),
	.denied_is_present = true,
	.keeps_leaves = true,
	.keeps_from = 21,
	.rsvd_table = { [1] = PDE_RESERVED,
			[2] = PDE_RESERVED,
			[3] = PDE_RESERVED,
			[4] = PDE_RESERVED,
			[5] = PDE_RESERVED,
			[6] = PDE_RESERVED },
	.rsvd_leaf = { [1] = PTE_RESERVED,
		       [2] = PTE_RESERVED,
		       [3] = PTE_RESERVED,
		       [4] = PTE_RESERVED,
		       [5] = PTE_RESERVED,
		       [6] = PTE_RESERVED },
	/* Linux: a pointer grants all, a leaf is forced coherent where the domain is. */
	.build_table = IMS_BIT(0) | IR_IW,
	.build_leaf = IMS_BIT(0),
};

/* ---- codes ---- */

static const uint16_t guest_codes[IMS_WALK_STATUS_MAX] = {
	[IMS_WALK_ACCESS] = AMDVI_F_GUEST_ERROR,      [IMS_WALK_NOT_PRESENT] = AMDVI_F_GUEST_ABSENT,
	[IMS_WALK_RESERVED] = AMDVI_F_GUEST_RESERVED, [IMS_WALK_WIDTH] = AMDVI_F_HOST_WIDTH,
	[IMS_WALK_WRITE] = AMDVI_F_GUEST_DENIED,      [IMS_WALK_USER] = AMDVI_F_GUEST_USER,
	[IMS_WALK_TABLE_READ] = AMDVI_F_HOST_DENIED,  [IMS_WALK_TABLE_WRITE] = AMDVI_F_GUEST_UPDATE,
	[IMS_WALK_UPDATE] = AMDVI_F_GUEST_ERROR,
};
static const uint16_t host_codes[IMS_WALK_STATUS_MAX] = {
	[IMS_WALK_ACCESS] = AMDVI_F_HOST_ERROR,	     [IMS_WALK_NOT_PRESENT] = AMDVI_F_HOST_ABSENT,
	[IMS_WALK_RESERVED] = AMDVI_F_HOST_RESERVED, [IMS_WALK_LEVEL] = AMDVI_F_HOST_LEVEL,
	[IMS_WALK_SIZE] = AMDVI_F_HOST_SIZE,	     [IMS_WALK_SKIPPED] = AMDVI_F_HOST_SKIPPED,
	[IMS_WALK_READ] = AMDVI_F_HOST_DENIED,	     [IMS_WALK_WRITE] = AMDVI_F_HOST_DENIED,
	[IMS_WALK_TABLE_READ] = AMDVI_F_HOST_DENIED, [IMS_WALK_UPDATE] = AMDVI_F_HOST_ERROR,
};

static uint16_t code_of(enum ims_walk_status st, const struct ims_leaf *leaf)
{
	uint16_t code = (leaf->stage == 1 ? guest_codes : host_codes)[st];

	/* A fault against the address of a table is told apart; an error of memory is one. */
	if (leaf->on_table && AMDVI_EVENT(code) == AMDVI_E_IO_PAGE_FAULT)
		code |= AMDVI_ON_TABLE;
	return code;
}

/* With NpCache absence is kept (K4): the code stands for the page asked for. */
static void absent(struct ims_leaf *leaf, uint16_t code)
{
	leaf->negative = true;
	leaf->perm = IMS_NEGATIVE;
	leaf->grant = 0;
	leaf->out = code;
	leaf->s1_lg2 = leaf->s2_lg2 = 64;
	leaf->fragment_lg2 = 12;
}

static uint16_t result(enum ims_walk_status st, const struct ims_path *path,
		       const struct ims_req *req, struct ims_leaf *leaf)
{
	uint16_t code;

	if (path->stages == IMS_STAGES_1) {
		leaf->mid = leaf->out;
		leaf->through = true;
	}
	/* K2b: writing is granted wherever reading is. */
	if ((path->waive & IMS_W) && (leaf->grant & IMS_R))
		leaf->grant |= IMS_W;
	if (st == IMS_WALK_OK)
		return 0;
	code = code_of(st, leaf);
	if (st == IMS_WALK_NOT_PRESENT && (path->options & AMDVI_O_NEGATIVE))
		absent(leaf, code);
	if (st == IMS_WALK_USER && req->kind == IMS_REQ_ATS &&
	    (path->options & AMDVI_O_USER_SILENT))
		return AMDVI_F_GUEST_USER_ATS;
	return code;
}

/* ---- stages ---- */

/* With what is known when this is compiled: what most paths leave out costs them nothing. */
IMS_TEMPLATE struct ims_stage guest_stage(const struct ims_path *path, uint64_t root,
					  uint32_t options, uint16_t waive)
{
	return (struct ims_stage){ .format = &amdvi_guest_format,
				   .root = root,
				   .used = options & AMDVI_O_GUEST_A ? IMS_BIT(5) : 0,
				   .written = options & AMDVI_O_GUEST_D ? IMS_BIT(6) : 0,
				   .top = path->s1_top,
				   .leaf_levels = path->s1_leaf_levels,
				   .waive = waive & (IMS_U | IMS_W),
				   .forced = options & AMDVI_O_FORCED };
}

IMS_TEMPLATE struct ims_stage host_stage(const struct ims_path *path, uint32_t options,
					 uint16_t waive)
{
	return (struct ims_stage){ .format = &amdvi_host_format,
				   .root = path->s2_root,
				   .used = options & AMDVI_O_HOST_A ? IMS_BIT(5) : 0,
				   .written = options & AMDVI_O_HOST_D ? IMS_BIT(6) : 0,
				   .top = path->s2_top,
				   .leaf_levels = path->s2_leaf_levels,
				   .waive = waive & IMS_W,
				   .table_need = IMS_R,
				   .at_once = options & AMDVI_O_AT_ONCE,
				   .nested = path->stages == IMS_STAGES_NESTED };
}

/* Every entry on the way is kept; one of them gone, all are read anew. */
static bool cached_gcr3(struct ims_walker *w, const struct ims_path *path, uint64_t *ret_root)
{
	uint64_t word = 0;

	for (unsigned level = path->dir_levels; level; level--)
		if (!ims_walk_cfg_find(w, AMDVI_GCR3, level, &word))
			return false;
	*ret_root = word & AMDVI_ADDR;
	return true;
}

/* The root of the guest's tables, from the GCR3 table; the code of a fault, or 0. */
static uint16_t read_gcr3(struct ims_walker *w, const struct ims_path *path,
			  const struct ims_stage *s2, uint64_t *ret_root, struct ims_leaf *leaf)
{
	uint64_t table = path->dir_root, word = 0;
	bool mid = path->dir_root_mid;

	for (unsigned level = path->dir_levels; level; level--, mid = path->dir_mid) {
		uint64_t at = table,
			 through = path->stages == IMS_STAGES_1 || mid ? table : ~UINT64_C(0);
		uint16_t perm;

		if (mid) {
			enum ims_walk_status st =
				ims_walk_table(w, s2, table, path->s2_limit, &at, &perm, leaf);

			if (st != IMS_WALK_OK) {
				leaf->stage = 2;
				return code_of(st == IMS_WALK_WIDTH ? IMS_WALK_OK : st, leaf) |
				       (st == IMS_WALK_WIDTH ? AMDVI_F_HOST_WIDTH | AMDVI_ON_TABLE :
							       0);
			}
		}
		at += (uint64_t)(path->ctx >> 9 * (level - 1) & 0x1ff) * 8;
		if (!ims_walk_read(w, at, 0, 0, &word))
			return AMDVI_F_GCR3_ERROR;
		if (!(word & 1))
			return AMDVI_F_GCR3_ABSENT;
		if (word & path->dir_rsvd)
			return AMDVI_F_GCR3_RESERVED;
		ims_walk_cfg_fill(w, AMDVI_GCR3, level, through, word);
		table = word & AMDVI_ADDR;
	}
	*ret_root = table;
	return 0;
}

IMS_TEMPLATE uint16_t walk_stages(struct ims_walker *w, const struct ims_path *path,
				  const struct ims_req *req, uint32_t options, uint16_t waive,
				  struct ims_leaf *leaf)
{
	const struct ims_stage s2 = host_stage(path, options, waive);
	enum ims_walk_status st;
	struct ims_stage s1;
	uint64_t root = 0;
	uint16_t fault;

	if (path->stages == IMS_STAGES_2)
		return result(ims_walk_flat(w, &s2, 2, req->addr, path->need & (IMS_R | IMS_W),
					    leaf),
			      path, req, leaf);
	if (!cached_gcr3(w, path, &root)) {
		fault = read_gcr3(w, path, &s2, &root, leaf);
		if (fault) {
			if ((fault == AMDVI_F_GCR3_ABSENT ||
			     fault == (AMDVI_F_HOST_ABSENT | AMDVI_ON_TABLE)) &&
			    (path->options & AMDVI_O_NEGATIVE))
				absent(leaf, fault);
			return fault;
		}
	}
	s1 = guest_stage(path, root, options, waive);
	if (path->stages == IMS_STAGES_1)
		st = ims_walk_flat(w, &s1, 1, req->addr, path->need, leaf);
	else
		st = ims_walk_nested(w, &s1, &s2, path->s2_limit, req->addr, path->need, leaf);
	return result(st, path, req, leaf);
}

/* Those that a unit with every update on and no host dirty tracking has. */
#define USUAL (AMDVI_O_GUEST_A | AMDVI_O_GUEST_D | AMDVI_O_AT_ONCE)

static __attribute__((noinline)) uint16_t walk_any(struct ims_walker *w,
						   const struct ims_path *path,
						   const struct ims_req *req, struct ims_leaf *leaf)
{
	return walk_stages(w, path, req, path->options, path->waive, leaf);
}

/*
 * PASID 0, which stands for requests without one too, has addresses of any upper bits
 * that the table covers; with other PASIDs they are sign-extended (Linux,
 * amd_iommu_domain_alloc_paging_v2()).
 */
static bool guest_width(const struct ims_path *path, uint64_t addr)
{
	int64_t top = (int64_t)addr >> (path->s1_width - 1);

	return path->ctx ? top == 0 || top == -1 : addr >> path->s1_width == 0;
}

uint16_t amdvi_walk(struct ims_walker *w, const struct ims_path *path, const struct ims_req *req,
		    struct ims_leaf *leaf)
{
	if (path->stages == IMS_STAGES_2 ? req->addr >= path->s2_limit :
					   !guest_width(path, req->addr))
		return path->stages == IMS_STAGES_2 ? AMDVI_F_HOST_WIDTH : AMDVI_F_GUEST_WIDTH;
	if (!path->waive && (path->options & ~(uint32_t)AMDVI_O_NEGATIVE) == USUAL)
		return walk_stages(w, path, req, USUAL, 0, leaf);
	return walk_any(w, path, req, leaf);
}
