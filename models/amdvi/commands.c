/* SPDX-License-Identifier: MIT */
/*
 * Commands 1 to 10, 128 bits, opcode in bits 63:60 (section 6), and which entry of
 * which cache each must drop (section 6.1 as corrected in 18).
 */
#include "amdvi.h"

#define OP_CARE	     IMS_BITS(63, 60)
#define OP(n)	     ((uint64_t)(n) << 60)
#define PDE	     IMS_BIT(1) /* of the second word */
#define GN	     IMS_BIT(2)
#define ALL	     (~UINT64_C(0))
#define CLASSES_ALL  IMS_CLASS_ANY
#define CLASSES_NONE (1u << AMDVI_CLASS_NONE)
#define CLASSES_HOST (1u << AMDVI_CLASS_HOST)
#define CLASSES_GN1  (1u << AMDVI_CLASS_GUEST | 1u << AMDVI_CLASS_NESTED)
#define CLASSES_LEAF (1u << AMDVI_CLASS_LEAF)
#define CLASSES_STEP (CLASSES_ALL & ~CLASSES_LEAF)

#define F      IMS_CMD_FIELD
#define UNSAID IMS_CMD_UNSAID
#define FIELDS IMS_CMD_FIELDS
#define F_DEV  F("devid", 15, 0, IMS_ARG_SRC)

#define SRC_OP	 "reference sheet, section 6; FreeBSD amd_reg.h; Linux build_inv_*()"
#define S61	 "section 6.1"
#define S61_K1	 "section 6.1, K1: GN = 0 names guest-physical addresses"
#define S61_K8C	 "section 6.1, as the IOTLB; K8c: not with the DTE"
#define S61_K1B	 "section 18, K1b: addresses of table pages"
#define K1_IS(v) .knob = AMDVI_K1, .knob_values = 1u << (v)
#define K1B_ANY	 .knob = AMDVI_K1B, .knob_values = 1u << 0

/* clang-format off */
static const struct ims_cmd_field completion_wait[] = {
	UNSAID("s", 0, 0), F("i", 1, 1, IMS_ARG_NONE), F("f", 2, 2, IMS_ARG_NONE),
	{ .name = "addr", .at = { 51, 3 }, .arg = IMS_ARG_WAIT_ADDR, .shift = 3 },
	F("data", 127, 64, IMS_ARG_WAIT_DATA),
};
static const struct ims_cmd_field device[] = { F_DEV };
static const struct ims_cmd_field pages_gn0[] = {
	UNSAID("pasid", 19, 0), F("domid", 47, 32, IMS_ARG_DOM),
	UNSAID("s", 64, 64), UNSAID("pde", 65, 65), UNSAID("gn", 66, 66),
	{ .name = "addr", .at = { 127, 76 }, .arg = IMS_ARG_ADDR, .shift = 12 },
};
static const struct ims_cmd_field pages_gn1[] = {
	F("pasid", 19, 0, IMS_ARG_CTX), F("domid", 47, 32, IMS_ARG_DOM),
	UNSAID("s", 64, 64), UNSAID("pde", 65, 65), UNSAID("gn", 66, 66),
	{ .name = "addr", .at = { 127, 76 }, .arg = IMS_ARG_ADDR, .shift = 12 },
};
static const struct ims_cmd_field iotlb[] = {
	F_DEV, UNSAID("pasid-15-8", 23, 16), UNSAID("maxpend", 31, 24), UNSAID("queueid", 47, 32),
	UNSAID("pasid-7-0", 55, 48), UNSAID("pasid-19-16", 59, 56),
	UNSAID("s", 64, 64), UNSAID("gn", 66, 66), UNSAID("type", 69, 68),
	{ .name = "addr", .at = { 127, 76 }, .arg = IMS_ARG_ADDR, .shift = 12 },
};
static const struct ims_cmd_field prefetch[] = {
	F_DEV, UNSAID("pfcount", 31, 24), F("pasid", 51, 32, IMS_ARG_CTX),
	UNSAID("s", 64, 64), UNSAID("gn", 66, 66), UNSAID("inval", 68, 68),
	{ .name = "addr", .at = { 127, 76 }, .arg = IMS_ARG_ADDR, .shift = 12 },
};
static const struct ims_cmd_field complete_ppr[] = {
	F_DEV, F("pasid", 51, 32, IMS_ARG_CTX), UNSAID("gn", 66, 66),
	F("tag", 104, 96, IMS_ARG_GROUP), F("status", 111, 108, IMS_ARG_RESPONSE),
};

static const struct ims_cmd_field reset_vmmio[] = {
	F("guestid", 15, 0, IMS_ARG_GROUP), F("all", 28, 28, IMS_ARG_NONE),
	{ .name = "vevent", .at = { 29, 29 }, .unmodelled = "the event log of a guest" },
	{ .name = "vppr", .at = { 30, 30 }, .unmodelled = "the page-request log of a guest" },
	F("vcmd", 31, 31, IMS_ARG_NONE),
};

/* What GN = 0 must drop whatever PDE says. */
#define GN0_MATCHES                                                                                \
	{ .cache = AMDVI_IOTLB, .dom = IMS_EQUAL, .ctx = IMS_ABSENT, .classes = CLASSES_HOST,      \
	  .range = IMS_RANGE_FRAGMENT, .source = S61 },                                            \
	{ .cache = AMDVI_IOTLB, .dom = IMS_EQUAL, .classes = CLASSES_GN1, .range = IMS_RANGE_MID,  \
	  K1_IS(AMDVI_K1_PRECISE), .source = S61_K1 },                                             \
	{ .cache = AMDVI_IOTLB, .dom = IMS_EQUAL, .classes = CLASSES_GN1,                          \
	  K1_IS(AMDVI_K1_DOMAIN), .source = S61_K1 },                                              \
	{ .cache = AMDVI_L1, .dom = IMS_EQUAL, .ctx = IMS_ABSENT, .classes = CLASSES_HOST | CLASSES_NONE, \
	  .range = IMS_RANGE_FRAGMENT, .source = S61_K8C },                                        \
	{ .cache = AMDVI_L1, .dom = IMS_EQUAL, .classes = CLASSES_GN1, .range = IMS_RANGE_MID,     \
	  K1_IS(AMDVI_K1_PRECISE), .source = S61_K8C },                                            \
	{ .cache = AMDVI_L1, .dom = IMS_EQUAL, .classes = CLASSES_GN1,                             \
	  K1_IS(AMDVI_K1_DOMAIN), .source = S61_K8C }

/* What a command drops that names guest addresses of a PASID; without PASID they are PASID 0's under GIOV. */
#define GN1_TRANSLATIONS \
	{ .cache = AMDVI_IOTLB, .dom = IMS_EQUAL, .ctx = IMS_EQUAL, .classes = CLASSES_GN1, \
	  .range = IMS_RANGE_FRAGMENT, .source = S61 }, \
	{ .cache = AMDVI_L1, .dom = IMS_EQUAL, .ctx = IMS_EQUAL, .classes = CLASSES_GN1, \
	  .range = IMS_RANGE_FRAGMENT, .source = S61_K8C }, \
	{ .cache = AMDVI_L1, .dom = IMS_EQUAL, .ctx = IMS_ABSENT, .classes = CLASSES_GN1, \
	  .range = IMS_RANGE_FRAGMENT, .standin = true, .source = S61_K8C ", under GIOV" }

const struct ims_cmd_row amdvi_rows[] = {
	{ .name = "COMPLETION_WAIT", .title = "COMPLETION_WAIT", .source = SRC_OP, .kind = IMS_CMD_WAIT,
	  .vmm = IMS_VMM_WAIT, .care = { OP_CARE }, .value = { OP(1) },
	  .reserved = { IMS_BITS(59, 52) }, FIELDS(completion_wait) },

	{ .name = "INVALIDATE_DEVTAB_ENTRY", .title = "INVALIDATE_DEVTAB_ENTRY", .source = SRC_OP,
	  .vmm = IMS_VMM_CONFIG, .care = { OP_CARE }, .value = { OP(2) },
	  .reserved = { IMS_BITS(59, 16), ALL }, FIELDS(device),
	  .match = { { .cache = AMDVI_DTC, .src = IMS_EQUAL, .classes = CLASSES_ALL, .source = S61 } } },

	{ .name = "INVALIDATE_IOMMU_PAGES", .title = "INVALIDATE_IOMMU_PAGES GN=0", .source = SRC_OP, .conditional = true,
	  .vmm = IMS_VMM_DOMAIN, .ranged = true, .care = { OP_CARE, PDE | GN }, .value = { OP(3) },
	  .reserved = { IMS_BITS(31, 20) | IMS_BITS(59, 48), IMS_BITS(11, 3) }, FIELDS(pages_gn0),
	  .match = { GN0_MATCHES,
		     { .cache = AMDVI_GPDC, .dom = IMS_EQUAL, .classes = CLASSES_ALL, .range = IMS_RANGE_MID,
		       K1B_ANY, .source = S61_K1B },
		     { .cache = AMDVI_GCR3, .dom = IMS_EQUAL, .classes = CLASSES_ALL, .range = IMS_RANGE_MID,
		       K1B_ANY, .source = S61_K1B },
		     { .cache = AMDVI_HPDC, .dom = IMS_EQUAL, .classes = CLASSES_LEAF, .range = IMS_RANGE_FRAGMENT,
		       K1B_ANY, .source = S61_K1B } } },
	{ .name = "INVALIDATE_IOMMU_PAGES", .title = "INVALIDATE_IOMMU_PAGES GN=0 PDE=1", .source = SRC_OP, .conditional = true,
	  .vmm = IMS_VMM_DOMAIN, .ranged = true, .care = { OP_CARE, PDE | GN }, .value = { OP(3), PDE },
	  .reserved = { IMS_BITS(31, 20) | IMS_BITS(59, 48), IMS_BITS(11, 3) }, FIELDS(pages_gn0),
	  .match = { GN0_MATCHES,
		     { .cache = AMDVI_GPDC, .dom = IMS_EQUAL, .classes = CLASSES_ALL, .range = IMS_RANGE_MID,
		       .source = S61_K1B },
		     { .cache = AMDVI_GCR3, .dom = IMS_EQUAL, .classes = CLASSES_ALL, .range = IMS_RANGE_MID,
		       .source = S61_K1B },
		     { .cache = AMDVI_HPDC, .dom = IMS_EQUAL, .classes = CLASSES_ALL, .range = IMS_RANGE_FRAGMENT,
		       .source = S61 } } },
	{ .name = "INVALIDATE_IOMMU_PAGES", .title = "INVALIDATE_IOMMU_PAGES GN=1", .source = SRC_OP, .conditional = true,
	  .vmm = IMS_VMM_STAGE1, .ranged = true, .care = { OP_CARE, PDE | GN }, .value = { OP(3), GN },
	  .reserved = { IMS_BITS(31, 20) | IMS_BITS(59, 48), IMS_BITS(11, 3) }, FIELDS(pages_gn1),
	  .match = { GN1_TRANSLATIONS } },
	{ .name = "INVALIDATE_IOMMU_PAGES", .title = "INVALIDATE_IOMMU_PAGES GN=1 PDE=1", .source = SRC_OP, .conditional = true,
	  .vmm = IMS_VMM_STAGE1, .ranged = true, .care = { OP_CARE, PDE | GN }, .value = { OP(3), PDE | GN },
	  .reserved = { IMS_BITS(31, 20) | IMS_BITS(59, 48), IMS_BITS(11, 3) }, FIELDS(pages_gn1),
	  .match = { GN1_TRANSLATIONS,
		     { .cache = AMDVI_GPDC, .dom = IMS_EQUAL, .ctx = IMS_EQUAL, .classes = CLASSES_ALL,
		       .range = IMS_RANGE_FRAGMENT, .source = S61 },
		     { .cache = AMDVI_GCR3, .dom = IMS_EQUAL, .ctx = IMS_EQUAL, .classes = CLASSES_ALL,
		       .source = S61 "; Linux update_gcr3()" } } },

	{ .name = "INVALIDATE_IOTLB_PAGES", .title = "INVALIDATE_IOTLB_PAGES GN=0", .source = SRC_OP, .conditional = true,
	  .vmm = IMS_VMM_ATC, .ranged = true, .care = { OP_CARE, GN }, .value = { OP(4) },
	  .reserved = { 0, IMS_BITS(11, 6) | IMS_BIT(3) | IMS_BIT(1) }, FIELDS(iotlb),
	  .match = { { .cache = AMDVI_ATC, .src = IMS_EQUAL, .ctx = IMS_ABSENT, .classes = CLASSES_ALL,
		       .range = IMS_RANGE_FRAGMENT, .source = S61 },
		     { .cache = AMDVI_ATC, .src = IMS_EQUAL, .ctx = IMS_PRESENT, .classes = CLASSES_ALL,
		       .range = IMS_RANGE_FRAGMENT, .knob = AMDVI_K_ATC_NO_PASID, .knob_values = 2,
		       .source = "section 12, K2: what of a device it reaches" } } },
	{ .name = "INVALIDATE_IOTLB_PAGES", .title = "INVALIDATE_IOTLB_PAGES GN=1", .source = SRC_OP, .conditional = true,
	  .vmm = IMS_VMM_ATC, .ranged = true, .care = { OP_CARE, GN }, .value = { OP(4), GN },
	  .reserved = { 0, IMS_BITS(11, 6) | IMS_BIT(3) | IMS_BIT(1) }, FIELDS(iotlb),
	  .match = { { .cache = AMDVI_ATC, .src = IMS_EQUAL, .ctx = IMS_EQUAL, .classes = CLASSES_ALL,
		       .range = IMS_RANGE_FRAGMENT, .source = S61 },
		     { .cache = AMDVI_ATC, .src = IMS_EQUAL, .ctx = IMS_ABSENT, .classes = CLASSES_GN1,
		       .range = IMS_RANGE_FRAGMENT, .standin = true, .knob = AMDVI_K2, .knob_values = 2,
		       .source = "section 12, K2: fetched without PASID under GIOV" } } },

	{ .name = "INVALIDATE_INTERRUPT_TABLE", .title = "INVALIDATE_INTERRUPT_TABLE", .source = SRC_OP,
	  .vmm = IMS_VMM_NONE, .care = { OP_CARE }, .value = { OP(5) },
	  .reserved = { IMS_BITS(59, 16), ALL }, FIELDS(device),
	  .match = { { .cache = AMDVI_IRT, .src = IMS_EQUAL, .classes = CLASSES_ALL, .source = S61 } } },

	{ .name = "PREFETCH_IOMMU_PAGES", .title = "PREFETCH_IOMMU_PAGES", .source = SRC_OP, .kind = IMS_CMD_FETCH,
	  .vmm = IMS_VMM_NONE, .ranged = true, .care = { OP_CARE }, .value = { OP(6) },
	  .reserved = { IMS_BITS(23, 16) | IMS_BITS(59, 52), IMS_BITS(11, 5) | IMS_BIT(3) | IMS_BIT(1) },
	  FIELDS(prefetch) },
	{ .name = "COMPLETE_PPR_REQUEST", .title = "COMPLETE_PPR_REQUEST", .source = SRC_OP,
	  .kind = IMS_CMD_RESPONSE, .vmm = IMS_VMM_RESPONSE, .care = { OP_CARE }, .value = { OP(7) },
	  .reserved = { IMS_BITS(31, 16) | IMS_BITS(59, 52),
			~(GN | IMS_BITS(40, 32) | IMS_BITS(47, 44)) }, FIELDS(complete_ppr) },

	{ .name = "INVALIDATE_IOMMU_ALL", .title = "INVALIDATE_IOMMU_ALL", .source = SRC_OP,
	  .vmm = IMS_VMM_DOMAIN, .care = { OP_CARE }, .value = { OP(8) },
	  .reserved = { IMS_BITS(59, 0), ALL },
	  .match = { { .cache = AMDVI_DTC, .classes = CLASSES_ALL, .source = S61 },
		     { .cache = AMDVI_GCR3, .classes = CLASSES_ALL, .source = S61 },
		     { .cache = AMDVI_GPDC, .classes = CLASSES_ALL, .source = S61 },
		     { .cache = AMDVI_HPDC, .classes = CLASSES_ALL, .source = S61 },
		     { .cache = AMDVI_IOTLB, .classes = CLASSES_ALL, .source = S61 },
		     { .cache = AMDVI_L1, .classes = CLASSES_ALL, .source = S61 ", K8c" },
		     { .cache = AMDVI_IRT, .classes = CLASSES_ALL, .source = S61 } } },

	/* Its fields are not known: amdvi_accept() says that it is not there. */
	{ .name = "", .title = "INSERT_GUEST_EVENT", .source = SRC_OP, .vmm = IMS_VMM_NONE,
	  .care = { OP_CARE }, .value = { OP(9) }, .reserved = { ALL } },
	{ .name = "RESET_VMMIO", .title = "RESET_VMMIO", .source = SRC_OP "; AMD mails of 2023-06: bit 28", .kind = IMS_CMD_ACT,
	  .vmm = IMS_VMM_NONE, .care = { OP_CARE }, .value = { OP(10) },
	  .reserved = { IMS_BITS(27, 16) | IMS_BITS(59, 32), ALL }, FIELDS(reset_vmmio) },
};
/* clang-format on */
_Static_assert(sizeof(amdvi_rows) / sizeof(amdvi_rows[0]) == AMDVI_ROWS, "as announced");

/* By the opcode. */
const uint8_t amdvi_rows_from[16] = {
	[0] = AMDVI_ROWS,  [1] = 0,    [2] = 1,	   [3] = 2,   [4] = 6,	 [5] = 8,
	[6] = 9,	   [7] = 10,   [8] = 11,   [9] = 12,  [10] = 13, [11] = AMDVI_ROWS,
	[12] = AMDVI_ROWS, AMDVI_ROWS, AMDVI_ROWS, AMDVI_ROWS
};

#define WAITS(earlier_)                                                                            \
	{                                                                                          \
		.earlier = (earlier_), .later = "COMPLETION_WAIT",                                 \
		.source = "section 6.1: completes everything earlier"                              \
	}
#define K3(earlier_, later_)                                                                       \
	{                                                                                          \
		.earlier = (earlier_), .later = (later_), .knob = AMDVI_K3,                        \
		.knob_values = 1u << 1, .source = "section 17.1, K3: Linux since 6.8 relies on it" \
	}
#define DEVTAB	 "INVALIDATE_DEVTAB_ENTRY"
#define PAGES	 "INVALIDATE_IOMMU_PAGES"
#define IOTLB	 "INVALIDATE_IOTLB_PAGES"
#define INT	 "INVALIDATE_INTERRUPT_TABLE"
#define PREFETCH "PREFETCH_IOMMU_PAGES"
#define PPR	 "COMPLETE_PPR_REQUEST"
#define FLUSH	 "INVALIDATE_IOMMU_ALL"
#define RESET	 "RESET_VMMIO"

/* With K3 = 0 nothing but a wait holds back what comes behind. */
const struct ims_order amdvi_orders[] = {
	WAITS(DEVTAB),	     WAITS(PAGES),	   WAITS(IOTLB),     WAITS(INT),
	WAITS(PREFETCH),     WAITS(PPR),	   WAITS(FLUSH),     K3(DEVTAB, PAGES),
	K3(DEVTAB, IOTLB),   K3(PAGES, IOTLB),	   K3(FLUSH, IOTLB), K3(PAGES, PREFETCH),
	K3(FLUSH, PREFETCH), K3(DEVTAB, PREFETCH), K3(PAGES, PPR),   K3(IOTLB, PPR),
	K3(PPR, IOTLB),	     WAITS(RESET),
};
_Static_assert(sizeof(amdvi_orders) / sizeof(amdvi_orders[0]) == AMDVI_ORDERS, "as announced");

/*
 * S = 1: the first zero at or above bit 12 gives the size. Without one the behaviour is
 * undefined (VirtualBox, citing table 14): everything goes.
 */
static void decode_range(uint64_t word, struct ims_cmd *cmd)
{
	uint64_t page = word >> 12;
	unsigned ones = page == ~UINT64_C(0) >> 12 ? 52 : (unsigned)__builtin_ctzll(~page);
	unsigned lg2 = word & 1 ? 13 + ones : 12;

	cmd->first = ims_block_first(word & ~UINT64_C(0xfff), lg2);
	cmd->last = ims_block_last(word, lg2);
}

void amdvi_decode(const struct ims_state *state, const struct ims_cmd_row *row,
		  const uint64_t *words, struct ims_cmd *cmd)
{
	(void)state;
	if (row->kind == IMS_CMD_WAIT) {
		cmd->wait_write = words[0] & 1;
		cmd->wait_signal = words[0] >> 1 & 1;
		cmd->fence = words[0] >> 2 & 1;
		cmd->wait_wide = true; /* 8 bytes of data */
		return;
	}
	if ((row->kind == IMS_CMD_RESPONSE || row->kind == IMS_CMD_FETCH) && !(words[1] & GN))
		cmd->ctx = IMS_CTX_NONE;
	if (row->kind == IMS_CMD_FETCH)
		cmd->group = (uint32_t)ims_bits_get(words[0], 31, 24); /* PFCount */
	if (row->fields == reset_vmmio)
		cmd->response = (uint8_t)ims_bits_get(words[0], 31, 28);
	if (row->fields == iotlb && (row->value[1] & GN))
		cmd->ctx = (uint32_t)(ims_bits_get(words[0], 55, 48) |
				      ims_bits_get(words[0], 23, 16) << 8 |
				      ims_bits_get(words[0], 59, 56) << 16);
	if (row->ranged)
		decode_range(words[1], cmd);
	cmd->leaf_only = row->fields == pages_gn0 || row->fields == pages_gn1 ? !(words[1] & PDE) :
										false;
}

void amdvi_encode(const struct ims_cmd_row *row, const struct ims_cmd_args *args, uint64_t *words)
{
	unsigned lg2 = ims_cover_lg2(args->first & ~UINT64_C(0xfff), args->last | 0xfff);

	if (row->kind == IMS_CMD_WAIT)
		words[0] |= 1;
	if ((row->kind == IMS_CMD_RESPONSE || row->kind == IMS_CMD_FETCH) &&
	    args->ctx != IMS_CTX_NONE)
		words[1] |= GN;
	if (row->fields == iotlb) {
		/* As Linux: the queue is the device's, of 32 places. */
		words[0] |= (uint64_t)(args->src & 0xffff) << 32 | UINT64_C(32) << 24;
		if (row->value[1] & GN)
			words[0] |= (uint64_t)(args->ctx & 0xff) << 48 |
				    (uint64_t)(args->ctx >> 8 & 0xff) << 16 |
				    (uint64_t)(args->ctx >> 16 & 0xf) << 56;
	}
	if (!row->ranged)
		return;
	words[1] &= IMS_BITS(11, 0);
	if (lg2 > 52)
		words[1] |= UINT64_C(0x7ffffffffffff001);
	else if (lg2 > 12)
		words[1] |= ims_block_first(args->first, lg2) |
			    ((UINT64_C(1) << (lg2 - 1)) - (UINT64_C(1) << 12)) | 1;
	else
		words[1] |= args->first & ~UINT64_C(0xfff);
}
