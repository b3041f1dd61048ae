/* SPDX-License-Identifier: MIT */
/*
 * Queued invalidation (section 6.5.2): descriptors of types 1 to 9, and which entry
 * of which cache each must drop (tables 23 and 24). Rows of legacy mode stand behind
 * those of scalable mode wherever the two differ. Type Ah is invalid: HPTS = 0.
 */
#include "vtd.h"

/* Type is bits 11:9 and 3:0, granularity bits 5:4. */
#define TYPE_CARE	     UINT64_C(0xe0f)
#define G_CARE		     UINT64_C(0xe3f)
#define G(type, granularity) ((uint64_t)(type) | (uint64_t)(granularity) << 4)

#define ALL	      ~UINT64_C(0)
#define NOTHING_ABOVE ALL, ALL

#define CLASSES_ALL IMS_CLASS_ANY
/* Absent PASID-table entries, if the unit looks for them. */
#define PC_DROPS_NEGATIVE                                                                          \
	.classes = 1u << VTD_CLASS_ABSENT, .knob = VTD_K_PC_DROPS_NEGATIVE, .knob_values = 1u << 1
#define CLASSES_SS (1u << VTD_CLASS_SS | 1u << VTD_CLASS_PT)
#define CLASSES_FS (1u << VTD_CLASS_FS | 1u << VTD_CLASS_NESTED)

#define F      IMS_CMD_FIELD
#define UNSAID IMS_CMD_UNSAID
#define FIELDS IMS_CMD_FIELDS
/* Table 26: in which translation table modes a type exists. */
#define MODES(m) ((uint8_t)(1u << (m)))
#define SCALABLE (MODES(VTD_TTM_SCALABLE) | MODES(VTD_TTM_ABORT))
#define LEGACY	 MODES(VTD_TTM_LEGACY)

#define F_G	UNSAID("g", 5, 4)
#define F_DID	F("did", 31, 16, IMS_ARG_DOM)
#define F_PASID F("pasid", 51, 32, IMS_ARG_CTX)

/* clang-format off */
static const struct ims_cmd_field context_all[] = { F_G };
static const struct ims_cmd_field context_domain[] = { F_G, F_DID };
static const struct ims_cmd_field context_device[] = {
	F_G, F_DID, F("sid", 47, 32, IMS_ARG_SRC), F("fm", 49, 48, IMS_ARG_NONE),
};
static const struct ims_cmd_field iotlb_all[] = { F_G, UNSAID("dw", 6, 6), UNSAID("dr", 7, 7) };
static const struct ims_cmd_field iotlb_domain[] = {
	F_G, UNSAID("dw", 6, 6), UNSAID("dr", 7, 7), F_DID,
};
static const struct ims_cmd_field iotlb_page[] = {
	F_G, UNSAID("dw", 6, 6), UNSAID("dr", 7, 7), F_DID,
	UNSAID("am", 69, 64), F("ih", 70, 70, IMS_ARG_LEAF),
	{ .name = "addr", .at = { 127, 76 }, .arg = IMS_ARG_ADDR, .shift = 12 },
};
static const struct ims_cmd_field dev_tlb[] = {
	UNSAID("pfsid-lo", 15, 12), UNSAID("mip", 20, 16), F("sid", 47, 32, IMS_ARG_SRC),
	UNSAID("pfsid-hi", 63, 52), UNSAID("s", 64, 64),
	{ .name = "addr", .at = { 127, 76 }, .arg = IMS_ARG_ADDR, .shift = 12 },
};
static const struct ims_cmd_field wait[] = {
	F("if", 4, 4, IMS_ARG_NONE), UNSAID("sw", 5, 5), F("fn", 6, 6, IMS_ARG_NONE),
	F("pd", 7, 7, IMS_ARG_NONE),
	F("data", 63, 32, IMS_ARG_WAIT_DATA),
	{ .name = "addr", .at = { 127, 66 }, .arg = IMS_ARG_WAIT_ADDR, .shift = 2 },
};
static const struct ims_cmd_field p_iotlb_pasid[] = { F_G, F_DID, F_PASID };
static const struct ims_cmd_field p_iotlb_page[] = {
	F_G, F_DID, F_PASID, UNSAID("am", 69, 64), F("ih", 70, 70, IMS_ARG_LEAF),
	{ .name = "addr", .at = { 127, 76 }, .arg = IMS_ARG_ADDR, .shift = 12 },
};
static const struct ims_cmd_field p_dev_tlb[] = {
	UNSAID("mip", 8, 4), UNSAID("pfsid-lo", 15, 12), F("sid", 31, 16, IMS_ARG_SRC),
	F_PASID, UNSAID("pfsid-hi", 63, 52), F("gi", 64, 64, IMS_ARG_ALL_CTX),
	UNSAID("s", 75, 75),
	{ .name = "addr", .at = { 127, 76 }, .arg = IMS_ARG_ADDR, .shift = 12 },
};
static const struct ims_cmd_field iec_all[] = { UNSAID("g", 4, 4) };
static const struct ims_cmd_field iec_index[] = {
	UNSAID("g", 4, 4), F("im", 31, 27, IMS_ARG_NONE), F("iidx", 47, 32, IMS_ARG_SRC),
};
static const struct ims_cmd_field response[] = {
	UNSAID("pp", 4, 4), F("rc", 15, 12, IMS_ARG_RESPONSE), F("rid", 31, 16, IMS_ARG_SRC), F_PASID,
	UNSAID("ign", 66, 66), F("prgi", 75, 67, IMS_ARG_GROUP),
};

const struct ims_cmd_row vtd_rows[] = {
	{ .name = "CC", .title = "CC global", .source = "VT-d 5.10 section 6.5.2.1",
	  .vmm = IMS_VMM_CONFIG, .care = { G_CARE }, .value = { G(1, 1) },
	  .reserved = { UINT64_C(0xfffc00000000f1c0), ALL, NOTHING_ABOVE }, FIELDS(context_all),
	  .match = { { .cache = VTD_CONTEXT, .classes = CLASSES_ALL, .source = "section 6.5.2.1" },
		     { .cache = VTD_LEGACY, .classes = CLASSES_ALL, .source = "section 6.5.2.1" } } },
	{ .name = "CC", .title = "CC domain", .source = "VT-d 5.10 section 6.5.2.1: as global in scalable mode",
	  .vmm = IMS_VMM_CONFIG, .modes = SCALABLE, .care = { G_CARE }, .value = { G(1, 2) },
	  .reserved = { UINT64_C(0xfffc00000000f1c0), ALL, NOTHING_ABOVE }, FIELDS(context_domain),
	  .match = { { .cache = VTD_CONTEXT, .classes = CLASSES_ALL, .source = "section 6.5.2.1" },
		     { .cache = VTD_LEGACY, .classes = CLASSES_ALL, .source = "section 6.5.2.1" } } },
	{ .name = "CC", .title = "CC device", .source = "VT-d 5.10 section 6.5.2.1",
	  .vmm = IMS_VMM_CONFIG, .modes = SCALABLE, .care = { G_CARE }, .value = { G(1, 3) },
	  .reserved = { UINT64_C(0xfffc00000000f1c0), ALL, NOTHING_ABOVE }, FIELDS(context_device),
	  .match = { { .cache = VTD_CONTEXT, .src = IMS_MASKED, .classes = CLASSES_ALL, .source = "section 6.5.2.1" } } },
	{ .name = "CC", .title = "CC domain, legacy mode", .source = "VT-d 5.10 section 6.5.2.1",
	  .vmm = IMS_VMM_CONFIG, .modes = LEGACY, .care = { G_CARE }, .value = { G(1, 2) },
	  .reserved = { UINT64_C(0xfffc00000000f1c0), ALL, NOTHING_ABOVE }, FIELDS(context_domain),
	  .match = { { .cache = VTD_LEGACY, .dom = IMS_EQUAL, .classes = CLASSES_ALL,
		       .source = "section 6.5.2.1" } } },
	{ .name = "CC", .title = "CC device, legacy mode", .source = "VT-d 5.10 section 6.5.2.1",
	  .vmm = IMS_VMM_CONFIG, .modes = LEGACY, .care = { G_CARE }, .value = { G(1, 3) },
	  .reserved = { UINT64_C(0xfffc00000000f1c0), ALL, NOTHING_ABOVE }, FIELDS(context_device),
	  .match = { { .cache = VTD_LEGACY, .dom = IMS_EQUAL, .src = IMS_MASKED,
		       .classes = CLASSES_ALL, .source = "section 6.5.2.1: by DID and source-id" } } },
	{ .name = "", .title = "CC with reserved granularity", .source = "VT-d 5.10 section 6.5.2.1",
	  .vmm = IMS_VMM_CONFIG, .care = { G_CARE }, .value = { G(1, 0) }, .reserved = { ALL } },

	{ .name = "IOTLB", .title = "IOTLB global", .source = "VT-d 5.10 section 6.5.2.3",
	  .vmm = IMS_VMM_DOMAIN, .care = { G_CARE }, .value = { G(2, 1) },
	  .reserved = { UINT64_C(0xffffffff0000f100), 0xf80, NOTHING_ABOVE }, FIELDS(iotlb_all),
	  .match = { { .cache = VTD_IOTLB, .classes = CLASSES_ALL, .source = "table 23" },
		     { .cache = VTD_FS_PSC, .classes = CLASSES_ALL, .source = "table 23" },
		     { .cache = VTD_SS_PSC, .classes = CLASSES_ALL, .source = "table 23" } } },
	{ .name = "IOTLB", .title = "IOTLB domain-selective", .source = "VT-d 5.10 section 6.5.2.3",
	  .vmm = IMS_VMM_DOMAIN, .care = { G_CARE }, .value = { G(2, 2) },
	  .reserved = { UINT64_C(0xffffffff0000f100), 0xf80, NOTHING_ABOVE }, FIELDS(iotlb_domain),
	  .match = { { .cache = VTD_IOTLB, .dom = IMS_EQUAL, .classes = CLASSES_ALL, .source = "table 23" },
		     { .cache = VTD_FS_PSC, .dom = IMS_EQUAL, .classes = CLASSES_ALL, .source = "table 23" },
		     { .cache = VTD_SS_PSC, .dom = IMS_EQUAL, .classes = CLASSES_ALL, .source = "table 23" } } },
	{ .name = "IOTLB", .title = "IOTLB page-selective", .source = "VT-d 5.10 section 6.5.2.3",
	  .vmm = IMS_VMM_DOMAIN, .modes = SCALABLE, .ranged = true, .care = { G_CARE }, .value = { G(2, 3) },
	  .reserved = { UINT64_C(0xffffffff0000f100), 0xf80, NOTHING_ABOVE }, FIELDS(iotlb_page),
	  .match = { { .cache = VTD_IOTLB, .dom = IMS_EQUAL, .classes = CLASSES_SS, .range = IMS_RANGE_FRAGMENT,
		       .source = "table 23, PGTT second-stage or pass-through" },
		     { .cache = VTD_IOTLB, .dom = IMS_EQUAL, .classes = CLASSES_FS,
		       .source = "table 23, PGTT first-stage or nested: the whole domain" },
		     { .cache = VTD_FS_PSC, .dom = IMS_EQUAL, .classes = CLASSES_ALL,
		       .source = "table 23: the whole domain, IH or not" },
		     { .cache = VTD_SS_PSC, .dom = IMS_EQUAL, .classes = CLASSES_ALL, .range = IMS_RANGE_FRAGMENT,
		       .not_leaf_only = true, .source = "table 23" } } },
	{ .name = "IOTLB", .title = "IOTLB page-selective, legacy mode", .source = "VT-d 5.10 section 6.5.2.3",
	  .vmm = IMS_VMM_DOMAIN, .modes = LEGACY, .ranged = true, .care = { G_CARE }, .value = { G(2, 3) },
	  .reserved = { UINT64_C(0xffffffff0000f100), 0xf80, NOTHING_ABOVE }, FIELDS(iotlb_page),
	  .match = { { .cache = VTD_IOTLB, .dom = IMS_EQUAL, .classes = CLASSES_ALL, .range = IMS_RANGE_FRAGMENT,
		       .source = "table 23, legacy mode: all entries" },
		     { .cache = VTD_SS_PSC, .dom = IMS_EQUAL, .classes = CLASSES_ALL, .range = IMS_RANGE_FRAGMENT,
		       .not_leaf_only = true, .source = "table 23" } } },
	{ .name = "", .title = "IOTLB with reserved granularity", .source = "VT-d 5.10 section 6.5.2.3",
	  .vmm = IMS_VMM_DOMAIN, .care = { G_CARE }, .value = { G(2, 0) }, .reserved = { ALL } },

	{ .name = "devTLB", .title = "devTLB", .source = "VT-d 5.10 section 6.5.2.5", .conditional = true,
	  .vmm = IMS_VMM_ATC, .ranged = true, .care = { TYPE_CARE }, .value = { 3 },
	  .reserved = { UINT64_C(0x000f0000ffe001f0), 0xffe, NOTHING_ABOVE }, FIELDS(dev_tlb),
	  .match = { { .cache = VTD_ATC, .src = IMS_EQUAL, .ctx = IMS_ABSENT, .classes = CLASSES_ALL,
		       .range = IMS_RANGE_FRAGMENT, .source = "section 6.5.2.5: entries without PASID" },
		     { .cache = VTD_ATC, .src = IMS_EQUAL, .ctx = IMS_PRESENT, .classes = CLASSES_ALL,
		       .range = IMS_RANGE_FRAGMENT, .knob = VTD_K_ATC_NO_PASID, .knob_values = 2,
		       .source = "section 6.5.2.5; PCIe ATS: what of a device it reaches" } } },

	{ .name = "IEC", .title = "IEC global", .source = "VT-d 5.10 section 6.5.2.8",
	  .vmm = IMS_VMM_NONE, .care = { TYPE_CARE | 0x10 }, .value = { 4 },
	  .reserved = { UINT64_C(0xffff000007fff1e0), ALL, NOTHING_ABOVE }, FIELDS(iec_all),
	  .match = { { .cache = VTD_IEC, .classes = CLASSES_ALL, .source = "section 6.5.2.8" } } },
	{ .name = "IEC", .title = "IEC index-selective", .source = "VT-d 5.10 section 6.5.2.8, table 25",
	  .vmm = IMS_VMM_NONE, .care = { TYPE_CARE | 0x10 }, .value = { 4 | 0x10 },
	  .reserved = { UINT64_C(0xffff000007fff1e0), ALL, NOTHING_ABOVE }, FIELDS(iec_index),
	  .match = { { .cache = VTD_IEC, .src = IMS_MASKED, .classes = CLASSES_ALL, .source = "table 25" } } },

	{ .name = "wait", .title = "wait", .source = "VT-d 5.10 section 6.5.2.9", .kind = IMS_CMD_WAIT,
	  .vmm = IMS_VMM_WAIT, .care = { TYPE_CARE }, .value = { 5 },
	  .reserved = { UINT64_C(0xfffff100), 0x3, NOTHING_ABOVE }, FIELDS(wait) },

	{ .name = "P_IOTLB", .title = "P_IOTLB PASID-selective", .source = "VT-d 5.10 section 6.5.2.4",
	  .vmm = IMS_VMM_STAGE1, .modes = SCALABLE, .care = { G_CARE }, .value = { G(6, 2) },
	  .reserved = { UINT64_C(0xfff000000000f1c0), 0xf80, NOTHING_ABOVE }, FIELDS(p_iotlb_pasid),
	  .match = { { .cache = VTD_IOTLB, .dom = IMS_EQUAL, .ctx = IMS_EQUAL, .classes = CLASSES_ALL,
		       .source = "table 24" },
		     { .cache = VTD_FS_PSC, .dom = IMS_EQUAL, .ctx = IMS_EQUAL, .classes = CLASSES_ALL,
		       .source = "table 24" } } },
	{ .name = "P_IOTLB", .title = "P_IOTLB page-selective", .source = "VT-d 5.10 section 6.5.2.4",
	  .vmm = IMS_VMM_STAGE1, .modes = SCALABLE, .ranged = true, .care = { G_CARE }, .value = { G(6, 3) },
	  .reserved = { UINT64_C(0xfff000000000f1c0), 0xf80, NOTHING_ABOVE }, FIELDS(p_iotlb_page),
	  .match = { { .cache = VTD_IOTLB, .dom = IMS_EQUAL, .ctx = IMS_EQUAL, .classes = CLASSES_FS,
		       .range = IMS_RANGE_FRAGMENT, .source = "table 24" },
		     { .cache = VTD_FS_PSC, .dom = IMS_EQUAL, .ctx = IMS_EQUAL, .classes = CLASSES_ALL,
		       .range = IMS_RANGE_FRAGMENT, .not_leaf_only = true, .source = "table 24, IH = 0" } } },
	{ .name = "", .title = "P_IOTLB with reserved granularity 0", .source = "VT-d 5.10 section 6.5.2.4",
	  .vmm = IMS_VMM_STAGE1, .modes = SCALABLE, .care = { G_CARE }, .value = { G(6, 0) }, .reserved = { ALL } },
	{ .name = "", .title = "P_IOTLB with reserved granularity 1", .source = "VT-d 5.10 section 6.5.2.4",
	  .vmm = IMS_VMM_STAGE1, .modes = SCALABLE, .care = { G_CARE }, .value = { G(6, 1) }, .reserved = { ALL } },

	{ .name = "PC", .title = "PC domain", .source = "VT-d 5.10 section 6.5.2.2", .conditional = true,
	  .vmm = IMS_VMM_CONFIG, .modes = SCALABLE, .care = { G_CARE }, .value = { G(7, 0) },
	  .reserved = { UINT64_C(0xfff000000000f1c0), ALL, NOTHING_ABOVE }, FIELDS(context_domain),
	  .match = { { .cache = VTD_PASID, .dom = IMS_EQUAL, .classes = CLASSES_ALL, .source = "section 6.5.2.2" },
		     { .cache = VTD_PASID, .dom = IMS_EQUAL, .dom_zero = true, PC_DROPS_NEGATIVE,
		       .source = "section 6.1: negative entries carry DID 0" } } },
	{ .name = "PC", .title = "PC PASID-selective", .source = "VT-d 5.10 section 6.5.2.2", .conditional = true,
	  .vmm = IMS_VMM_CONFIG, .modes = SCALABLE, .care = { G_CARE }, .value = { G(7, 1) },
	  .reserved = { UINT64_C(0xfff000000000f1c0), ALL, NOTHING_ABOVE }, FIELDS(p_iotlb_pasid),
	  .match = { { .cache = VTD_PASID, .dom = IMS_EQUAL, .ctx = IMS_EQUAL, .classes = CLASSES_ALL,
		       .source = "section 6.5.2.2" },
		     { .cache = VTD_PASID, .dom = IMS_EQUAL, .dom_zero = true, .ctx = IMS_EQUAL,
		       PC_DROPS_NEGATIVE,
		       .source = "section 6.1: negative entries carry DID 0" } } },
	{ .name = "PC", .title = "PC global", .source = "VT-d 5.10 section 6.5.2.2",
	  .vmm = IMS_VMM_CONFIG, .modes = SCALABLE, .care = { G_CARE }, .value = { G(7, 3) },
	  .reserved = { UINT64_C(0xfff000000000f1c0), ALL, NOTHING_ABOVE }, FIELDS(context_all),
	  .match = { { .cache = VTD_PASID, .classes = CLASSES_ALL, .source = "section 6.5.2.2" } } },
	{ .name = "", .title = "PC with reserved granularity", .source = "VT-d 5.10 section 6.5.2.2",
	  .vmm = IMS_VMM_CONFIG, .modes = SCALABLE, .care = { G_CARE }, .value = { G(7, 2) }, .reserved = { ALL } },

	{ .name = "P_devTLB", .title = "P_devTLB", .source = "VT-d 5.10 section 6.5.2.6",
	  .vmm = IMS_VMM_ATC, .modes = SCALABLE, .ranged = true, .care = { TYPE_CARE }, .value = { 8 },
	  .reserved = { 0, 0x7fe, NOTHING_ABOVE }, FIELDS(p_dev_tlb),
	  .match = { { .cache = VTD_ATC, .src = IMS_EQUAL, .ctx = IMS_EQUAL, .classes = CLASSES_ALL,
		       .range = IMS_RANGE_FRAGMENT, .source = "section 6.5.2.6; GI = 1: every PASID" } } },

	{ .name = "response", .title = "response", .source = "VT-d 5.10 section 7.6.1, page group response",
	  .kind = IMS_CMD_RESPONSE, .vmm = IMS_VMM_ANSWER, .modes = SCALABLE, .care = { TYPE_CARE }, .value = { 9 },
	  .reserved = { UINT64_C(0xfff00000000001e0), UINT64_C(0xfffffffffffff003), NOTHING_ABOVE },
	  FIELDS(response) },
};
/* clang-format on */
_Static_assert(sizeof(vtd_rows) / sizeof(vtd_rows[0]) == VTD_ROWS, "as announced");

/* Bits 3:0 of the type; bits 11:9 are clear in all that exist. */
const uint8_t vtd_rows_from[16] = {
	[0] = VTD_ROWS, [1] = 0,  [2] = 6,	   [3] = 11, [4] = 12, [5] = 14, [6] = 15, [7] = 19,
	[8] = 23,	[9] = 24, [10] = VTD_ROWS, VTD_ROWS, VTD_ROWS, VTD_ROWS, VTD_ROWS, VTD_ROWS
};

#define O(earlier_, later_)                                                                        \
	{                                                                                          \
		.earlier = (earlier_), .later = (later_), .source = "VT-d 5.10 section 6.5.2.12"   \
	}
#define R(earlier_, later_)                                                                        \
	{                                                                                          \
		.earlier = (earlier_), .later = (later_), .source = "VT-d 5.10 section 7.8"        \
	}

/*
 * Type 3 after type 6 is not among the pairs of section 6.5.2.12: only sections 6.5.2.6 and
 * 6.5.3.3 expect software to send the two in this order. All software does, and waits once
 * behind both: unless a knob says otherwise the unit keeps them so. A wait covers what stands between it and
 * the wait before; nothing follows a wait, except with FN = 1.
 */
const struct ims_order vtd_orders[] = {
	O("CC", "IOTLB"),
	O("PC", "IOTLB"),
	O("CC", "P_IOTLB"),
	O("PC", "P_IOTLB"),
	O("CC", "PC"),
	O("IOTLB", "devTLB"),
	O("IEC", "devTLB"),
	O("IOTLB", "P_devTLB"),
	O("P_IOTLB", "P_devTLB"),
	{ .earlier = "P_IOTLB",
	  .later = "devTLB",
	  .knob = VTD_K_EAGER,
	  .knob_values = 1u << 0,
	  .source = "not in VT-d 5.10 section 6.5.2.12; Linux qi_batch relies on it" },
	O("IEC", "P_devTLB"),
	R("devTLB", "response"),
	R("P_devTLB", "response"),
	R("response", "devTLB"),
	R("response", "P_devTLB"),
	R("response", "response"),
	O("CC", "wait"),
	O("PC", "wait"),
	O("IOTLB", "wait"),
	O("P_IOTLB", "wait"),
	O("devTLB", "wait"),
	O("P_devTLB", "wait"),
	O("IEC", "wait"),
	O("response", "wait"),
};
_Static_assert(sizeof(vtd_orders) / sizeof(vtd_orders[0]) == VTD_ORDERS, "as announced");

/* S = 0: 4K; S = 1: the zeroes' position in ADDR gives the size, section 6.5.2.5. */
static void decode_s(uint64_t word, bool s, struct ims_cmd *cmd)
{
	uint64_t page = word >> 12;
	unsigned ones = page == ~UINT64_C(0) >> 12 ? 52 : (unsigned)__builtin_ctzll(~page);
	unsigned lg2 = s ? 13 + ones : 12;

	cmd->first = ims_block_first(word & ~UINT64_C(0xfff), lg2);
	cmd->last = ims_block_last(word, lg2);
}

/* Masks of a unit; without one those of the defaults. */
static uint64_t mask_of(const struct ims_state *s, enum vtd_derived_queue which, unsigned hi,
			unsigned lo)
{
	return s ? s->derived[which] : IMS_BITS(hi, lo);
}

static void decode_fields(const struct ims_state *s, const struct ims_cmd_row *row,
			  const uint64_t *words, struct ims_cmd *cmd)
{
	if (row->kind == IMS_CMD_WAIT) {
		cmd->wait_signal = ims_bits_get(words[0], 4, 4);
		cmd->wait_write = ims_bits_get(words[0], 5, 5);
		cmd->fence = ims_bits_get(words[0], 6, 6);
		cmd->drain = ims_bits_get(words[0], 7, 7);
		/* The rest is ignored, section 6.5.2.9. */
		cmd->wait_addr &= mask_of(s, VTD_D_STATUS_ADDR, VTD_HAW - 1, 2);
	} else if (row->kind == IMS_CMD_RESPONSE) {
		if (!(words[0] & IMS_BIT(4)))
			cmd->ctx = IMS_CTX_NONE;
	} else if (row->fields == context_device) {
		/* FM names low bits of the function number that do not count: none, 2, 2:1, 2:0 */
		cmd->src_mask = (uint32_t[]){ 0, 4, 6, 7 }[ims_bits_get(words[0], 49, 48)];
	} else if (row->fields == iec_index) {
		/* IM low bits of the index do not count, table 25; there are 16. */
		unsigned im = (unsigned)ims_bits_get(words[0], 31, 27);

		cmd->src_mask = im >= 16 ? 0xffff : (1u << im) - 1;
	}
}

void vtd_decode(const struct ims_state *s, const struct ims_cmd_row *row, const uint64_t *words,
		struct ims_cmd *cmd)
{
	unsigned type = row->value[0] & 0xf;

	decode_fields(s, row, words, cmd);
	/* Domain ids have CAP.ND bits; more are ignored in these types, sections 6.5.2.2 to 6.5.2.4. */
	if (type == 2 || type == 6 || type == 7)
		cmd->dom &= (uint32_t)mask_of(s, VTD_D_DID, 15, 0);
	if (!row->ranged)
		return;
	if (row->fields == dev_tlb || row->fields == p_dev_tlb) {
		decode_s(words[1], words[1] & (row->fields == dev_tlb ? IMS_BIT(0) : IMS_BIT(11)),
			 cmd);
		return;
	}
	/* AM low bits of ADDR are ignored, section 6.5.2.3; by type 2 also those beyond MGAW. */
	unsigned lg2 = 12 + (unsigned)ims_bits_get(words[1], 5, 0);
	uint64_t addr = words[1] &
			(type == 2 ? mask_of(s, VTD_D_PSI_ADDR, 56, 12) : IMS_BITS(63, 12));

	cmd->first = ims_block_first(addr, lg2);
	cmd->last = ims_block_last(addr, lg2);
}

static void encode_range(const struct ims_cmd_row *row, const struct ims_cmd_args *args,
			 unsigned lg2, uint64_t base, uint64_t *words)
{
	const struct ims_cmd_field *s = ims_row_field(row, "s");

	if (!s) {
		words[1] = (words[1] & IMS_BIT(6)) | base | (lg2 - 12);
		return;
	}
	/* The physical function, here the function itself; reserved where nobody throttles. */
	if (!args->state || args->state->params[VTD_P_DIT])
		words[0] |= (uint64_t)(args->src & 0xf) << 12 | (uint64_t)(args->src >> 4 & 0xfff)
									<< 52;
	words[1] = (words[1] & 1 && s->at.lo != 64) | base;
	if (lg2 > 12) /* ones below the size bit, which is zero but for "everything" */
		words[1] |= IMS_BIT(s->at.lo - 64u) |
			    (lg2 >= 64 ? UINT64_C(0x7ffffffffffff000) :
					 (UINT64_C(1) << (lg2 - 1)) - (UINT64_C(1) << 12));
}

void vtd_encode(const struct ims_cmd_row *row, const struct ims_cmd_args *args, uint64_t *words)
{
	unsigned lg2 = ims_cover_lg2(args->first & ~UINT64_C(0xfff), args->last | 0xfff);

	if (row->kind == IMS_CMD_WAIT)
		words[0] |= IMS_BIT(5); /* SW: write the status */
	if (row->kind == IMS_CMD_RESPONSE && args->ctx != IMS_CTX_NONE)
		words[0] |= IMS_BIT(4); /* PP */
	/* Both drains, as every driver asks for them; later units ignore them. */
	if ((row->value[0] & 0xe0f) == 2)
		words[0] |= IMS_BIT(6) | IMS_BIT(7);
	if (row->ranged)
		encode_range(row, args, lg2, ims_block_first(args->first, lg2), words);
}
