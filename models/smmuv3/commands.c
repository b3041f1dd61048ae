/* SPDX-License-Identifier: MIT */
/*
 * Commands, 128 bits, opcode in bits 7:0 (section 4; the sheet's 7.1 as corrected in 16.7),
 * and which entry of which cache each must drop (the sheet's 6.2 with 16.6). Configuration
 * is dropped by CFGI alone, translations by TLBI alone.
 */
#include "smmuv3.h"

#define OP_CARE IMS_BITS(7, 0)
#define SSEC	IMS_BIT(10)
#define SSV	IMS_BIT(11)

#define CLASSES_ALL IMS_CLASS_ANY
#define CLASSES_EL1 (1u << SMMU_CLASS_EL1 | 1u << SMMU_CLASS_NESTED)
#define CLASSES_EL2 (1u << SMMU_CLASS_EL2)
#define CLASSES_E2H (1u << SMMU_CLASS_E2H)

/* Modes: CR2.E2H. */
#define MODE_EL2 1u
#define MODE_E2H 2u

#define F      IMS_CMD_FIELD
#define UNSAID IMS_CMD_UNSAID
#define FIELDS IMS_CMD_FIELDS

#define F_SSEC UNSAID("ssec", 10, 10)
#define F_SID  F("sid", 63, 32, IMS_ARG_SRC)
#define F_SSID F("ssid", 31, 12, IMS_ARG_CTX)
#define F_VMID F("vmid", 47, 32, IMS_ARG_DOM)
#define F_ASID F("asid", 63, 48, IMS_ARG_CTX)
#define F_LEAF F("leaf", 64, 64, IMS_ARG_LEAF)
#define F_RANGE                                                                                    \
	F("num", 16, 12, IMS_ARG_NONE), F("scale", 24, 20, IMS_ARG_NONE),                          \
		F("ttl", 64 + 9, 64 + 8, IMS_ARG_NONE), F("tg", 64 + 11, 64 + 10, IMS_ARG_NONE)
#define F_ADDR(hi_)                                                                                \
	{                                                                                          \
		.name = "addr", .at = { 64 + (hi_), 64 + 12 }, .arg = IMS_ARG_ADDR, .shift = 12    \
	}

#define S41  "IHI 0070 section 4.3"
#define S44  "IHI 0070 section 4.4"
#define S62  "sheet 6.2, IHI 0070 section 4.4"
#define S62C "sheet 6.2, IHI 0070 section 4.3"
#define S44W "sheet 6.2, IHI 0070 section 4.4.1.1: table descriptors, with Leaf = 0"

/* clang-format off */
static const struct ims_cmd_field prefetch_config[] = { F_SSEC, UNSAID("ssv", 11, 11), F_SSID, F_SID };
static const struct ims_cmd_field prefetch_addr[] = {
	F_SSEC, UNSAID("ssv", 11, 11), F_SSID, F_SID,
	F("size", 64 + 4, 64, IMS_ARG_NONE), F("stride", 64 + 9, 64 + 5, IMS_ARG_NONE), F_ADDR(63),
};
static const struct ims_cmd_field cfgi_ste[] = { F_SSEC, F_SID, F_LEAF };
static const struct ims_cmd_field cfgi_ste_range[] = { F_SSEC, F_SID, F("range", 64 + 4, 64, IMS_ARG_NONE) };
static const struct ims_cmd_field cfgi_cd[] = { F_SSEC, F_SSID, F_SID, F_LEAF };
static const struct ims_cmd_field cfgi_cd_all[] = { F_SSEC, F_SID };
static const struct ims_cmd_field cfgi_vms[] = { F_SSEC, F("vmid", 47, 32, IMS_ARG_NONE) };
static const struct ims_cmd_field by_vmid[] = { F_VMID };
static const struct ims_cmd_field by_vmid_asid[] = { F_VMID, F_ASID };
static const struct ims_cmd_field by_asid[] = { F_ASID };
static const struct ims_cmd_field nh_va[] = { F_RANGE, F_VMID, F_ASID, F_LEAF, F_ADDR(63) };
static const struct ims_cmd_field nh_vaa[] = { F_RANGE, F_VMID, F_LEAF, F_ADDR(63) };
static const struct ims_cmd_field el2_va[] = { F_RANGE, F_ASID, F_LEAF, F_ADDR(63) };
static const struct ims_cmd_field el2_vaa[] = { F_RANGE, F_LEAF, F_ADDR(63) };
static const struct ims_cmd_field s2_ipa[] = { F_RANGE, F_VMID, F_LEAF, F_ADDR(51) };
static const struct ims_cmd_field atc_bare[] = {
	UNSAID("global", 9, 9), UNSAID("ssv", 11, 11), UNSAID("ssid", 31, 12), F_SID, UNSAID("size", 64 + 5, 64), F_ADDR(63),
};
static const struct ims_cmd_field atc_ssid[] = {
	F("global", 9, 9, IMS_ARG_NONE), UNSAID("ssv", 11, 11), F_SSID, F_SID, UNSAID("size", 64 + 5, 64), F_ADDR(63),
};
static const struct ims_cmd_field pri_resp[] = {
	UNSAID("ssv", 11, 11), F_SSID, F_SID,
	F("prgindex", 64 + 8, 64, IMS_ARG_GROUP), F("resp", 64 + 13, 64 + 12, IMS_ARG_NONE),
};
static const struct ims_cmd_field resume[] = {
	F_SSEC, F("ac", 12, 12, IMS_ARG_NONE), F("ab", 13, 13, IMS_ARG_NONE), F_SID, F("stag", 64 + 15, 64, IMS_ARG_GROUP),
};
static const struct ims_cmd_field stall_term[] = { F_SSEC, F_SID };
static const struct ims_cmd_field sync[] = {
	F("cs", 13, 12, IMS_ARG_NONE), UNSAID("msh", 23, 22), UNSAID("msiattr", 27, 24),
	F("msidata", 63, 32, IMS_ARG_WAIT_DATA),
	{ .name = "msiaddr", .at = { 64 + 51, 64 + 2 }, .arg = IMS_ARG_WAIT_ADDR, .shift = 2 },
};

/* What a row of TLBI drops of the two caches of stage 1, and of those of stage 2. */
#define STAGE1(cls_, dom_, ctx_, step_ctx_, range_, ...)                                           \
	{ .cache = SMMU_IOTLB, .dom = (dom_), .ctx = (ctx_), .classes = (cls_), .range = (range_), \
	  .source = S62, ##__VA_ARGS__ },                                                          \
	{ .cache = SMMU_WALK1, .dom = (dom_), .ctx = (step_ctx_), .classes = (cls_),               \
	  .range = (range_), .not_leaf_only = (range_) != IMS_RANGE_NONE, .source = S44W, ##__VA_ARGS__ }
#define STAGE2(dom_, range_)                                                                       \
	{ .cache = SMMU_S2TLB, .dom = (dom_), .classes = CLASSES_ALL, .range = (range_), .source = S62 }, \
	{ .cache = SMMU_WALK2, .dom = (dom_), .classes = CLASSES_ALL, .range = (range_),           \
	  .not_leaf_only = (range_) != IMS_RANGE_NONE, .source = S44W }
#define CD_CACHES(how_)                                                                            \
	{ .cache = SMMU_CD, .src = (how_), .classes = CLASSES_ALL, .source = S62C },               \
	{ .cache = SMMU_L1CD, .src = (how_), .classes = CLASSES_ALL, .source = S62C }

#define OP(n_) .care = { OP_CARE }, .value = { (n_) }
#define CFGI(name_, op_, fields_, vmm_)                                                            \
	.name = name_, .title = name_, .source = S41, .vmm = (vmm_), OP(op_),                      \
	.reserved = { SSEC }, FIELDS(fields_)
#define TLBI(name_, op_, fields_, vmm_)                                                            \
	.name = name_, .title = name_, .source = S44, .vmm = (vmm_), OP(op_), FIELDS(fields_)

const struct ims_cmd_row smmu_rows[] = {
	{ .name = "PREFETCH_CONFIG", .title = "PREFETCH_CONFIG", .source = "IHI 0070 section 4.2.1", .kind = IMS_CMD_FETCH,
	  .vmm = IMS_VMM_NONE, OP(0x01), .reserved = { SSEC }, FIELDS(prefetch_config) },
	{ .name = "PREFETCH_ADDR", .title = "PREFETCH_ADDR", .source = "IHI 0070 section 4.2.2", .kind = IMS_CMD_FETCH,
	  .vmm = IMS_VMM_NONE, OP(0x02), .reserved = { SSEC }, FIELDS(prefetch_addr) },
	{ CFGI("CFGI_STE", 0x03, cfgi_ste, IMS_VMM_CONFIG),
	  .match = { { .cache = SMMU_STE, .src = IMS_EQUAL, .classes = CLASSES_ALL, .source = S62C },
		     { .cache = SMMU_L1STD, .src = IMS_MASKED, .spans = true, .not_leaf_only = true,
		       .classes = CLASSES_ALL, .source = S62C },
		     CD_CACHES(IMS_EQUAL) } },
	{ CFGI("CFGI_STE_RANGE", 0x04, cfgi_ste_range, IMS_VMM_CONFIG), /* CFGI_ALL is range 31 */
	  .match = { { .cache = SMMU_STE, .src = IMS_MASKED, .classes = CLASSES_ALL, .source = S62C },
		     { .cache = SMMU_L1STD, .src = IMS_MASKED, .spans = true, .classes = CLASSES_ALL, .source = S62C },
		     CD_CACHES(IMS_MASKED) } },
	{ CFGI("CFGI_CD", 0x05, cfgi_cd, IMS_VMM_DEVICE),
	  .match = { { .cache = SMMU_CD, .src = IMS_EQUAL, .ctx = IMS_EQUAL, .classes = CLASSES_ALL, .source = S62C },
		     { .cache = SMMU_L1CD, .src = IMS_EQUAL, .ctx = IMS_MASKED, .ctx_low = 6, .not_leaf_only = true,
		       .classes = 1u << SMMU_L1CD_OF_64, .source = S62C },
		     { .cache = SMMU_L1CD, .src = IMS_EQUAL, .ctx = IMS_MASKED, .ctx_low = 10, .not_leaf_only = true,
		       .classes = 1u << SMMU_L1CD_OF_1024, .source = S62C } } },
	{ CFGI("CFGI_CD_ALL", 0x06, cfgi_cd_all, IMS_VMM_DEVICE), .match = { CD_CACHES(IMS_EQUAL) } },
	{ CFGI("CFGI_VMS_PIDM", 0x07, cfgi_vms, IMS_VMM_NONE) }, /* without MPAM, which is not modelled, an illegal one */

	{ TLBI("TLBI_NH_ALL", 0x10, by_vmid, IMS_VMM_DOMAIN),
	  .match = { STAGE1(CLASSES_EL1, IMS_MASKED, IMS_ANY, IMS_ANY, IMS_RANGE_NONE) } },
	{ TLBI("TLBI_NH_ASID", 0x11, by_vmid_asid, IMS_VMM_STAGE1), .guest_ring = true,
	  .match = { STAGE1(CLASSES_EL1, IMS_MASKED, IMS_EQUAL, IMS_EQUAL, IMS_RANGE_NONE) } },
	{ TLBI("TLBI_NH_VA", 0x12, nh_va, IMS_VMM_STAGE1), .ranged = true, .guest_ring = true,
	  .match = { STAGE1(CLASSES_EL1, IMS_MASKED, IMS_OR_GLOBAL, IMS_EQUAL, IMS_RANGE_LEAF) } },
	{ TLBI("TLBI_NH_VAA", 0x13, nh_vaa, IMS_VMM_STAGE1), .ranged = true,
	  .match = { STAGE1(CLASSES_EL1, IMS_MASKED, IMS_ANY, IMS_ANY, IMS_RANGE_LEAF) } },

	{ .name = "TLBI_EL2_ALL", .title = "TLBI_EL2_ALL", .source = S44, .vmm = IMS_VMM_DOMAIN, OP(0x20),
	  .match = { STAGE1(CLASSES_EL2 | CLASSES_E2H, IMS_EQUAL, IMS_ANY, IMS_ANY, IMS_RANGE_NONE, .dom_zero = true) } },
	{ TLBI("TLBI_EL2_ASID", 0x21, by_asid, IMS_VMM_STAGE1),
	  .match = { STAGE1(CLASSES_E2H, IMS_EQUAL, IMS_EQUAL, IMS_EQUAL, IMS_RANGE_NONE, .dom_zero = true) } },
	{ TLBI("TLBI_EL2_VA", 0x22, el2_va, IMS_VMM_STAGE1), .ranged = true, .modes = MODE_E2H,
	  .match = { STAGE1(CLASSES_E2H, IMS_EQUAL, IMS_OR_GLOBAL, IMS_EQUAL, IMS_RANGE_LEAF, .dom_zero = true) } },
	{ .name = "TLBI_EL2_VA", .title = "TLBI_EL2_VA E2H=0", .source = S44, .vmm = IMS_VMM_STAGE1, OP(0x22),
	  FIELDS(el2_va), .ranged = true, .modes = MODE_EL2,
	  .match = { STAGE1(CLASSES_EL2, IMS_EQUAL, IMS_ANY, IMS_ANY, IMS_RANGE_LEAF, .dom_zero = true) } },
	{ TLBI("TLBI_EL2_VAA", 0x23, el2_vaa, IMS_VMM_STAGE1), .ranged = true, .modes = MODE_E2H,
	  .match = { STAGE1(CLASSES_E2H, IMS_EQUAL, IMS_ANY, IMS_ANY, IMS_RANGE_LEAF, .dom_zero = true) } },
	{ .name = "TLBI_EL2_VAA", .title = "TLBI_EL2_VAA E2H=0", .source = S44, .vmm = IMS_VMM_STAGE1, OP(0x23),
	  FIELDS(el2_vaa), .ranged = true, .modes = MODE_EL2,
	  .match = { STAGE1(CLASSES_EL2, IMS_EQUAL, IMS_ANY, IMS_ANY, IMS_RANGE_LEAF, .dom_zero = true) } },

	{ TLBI("TLBI_S12_VMALL", 0x28, by_vmid, IMS_VMM_DOMAIN),
	  .match = { STAGE1(CLASSES_EL1, IMS_MASKED, IMS_ANY, IMS_ANY, IMS_RANGE_NONE),
		     STAGE2(IMS_MASKED, IMS_RANGE_NONE) } },
	{ TLBI("TLBI_S2_IPA", 0x2a, s2_ipa, IMS_VMM_NONE), .ranged = true, .conditional = true,
	  .match = { STAGE2(IMS_MASKED, IMS_RANGE_LEAF),
		     { .cache = SMMU_IOTLB, .dom = IMS_MASKED, .classes = 1u << SMMU_CLASS_NESTED,
		       .range = IMS_RANGE_LEAF2, .knob = SMMU_K_S2_IPA, .knob_values = 1u << 1,
		       .source = "sheet 6.5: hardware that drops more than section 4.4.3.1 asks for" } } },
	{ .name = "TLBI_NSNH_ALL", .title = "TLBI_NSNH_ALL", .source = S44, .vmm = IMS_VMM_DOMAIN, OP(0x30),
	  .match = { STAGE1(CLASSES_EL1, IMS_ANY, IMS_ANY, IMS_ANY, IMS_RANGE_NONE),
		     STAGE2(IMS_ANY, IMS_RANGE_NONE) } },

	{ .name = "ATC_INV", .title = "ATC_INV", .source = "IHI 0070 section 4.5.1", .vmm = IMS_VMM_ATC, .ranged = true,
	  .conditional = true, .guest_ring = true, .care = { OP_CARE | SSV }, .value = { 0x40 }, FIELDS(atc_bare),
	  .match = { { .cache = SMMU_ATC, .src = IMS_EQUAL, .ctx = IMS_ABSENT, .classes = CLASSES_ALL,
		       .range = IMS_RANGE_FRAGMENT, .source = "sheet 6.4" },
		     { .cache = SMMU_ATC, .src = IMS_EQUAL, .ctx = IMS_PRESENT, .classes = CLASSES_ALL,
		       .range = IMS_RANGE_FRAGMENT, .knob = SMMU_K_ATC_BARE, .knob_values = 1u << 1,
		       .source = "sheet 6.4: a request without PASID names entries of every PASID" } } },
	{ .name = "ATC_INV", .title = "ATC_INV SSV=1", .source = "IHI 0070 section 4.5.1", .vmm = IMS_VMM_ATC, .ranged = true,
	  .guest_ring = true, .care = { OP_CARE | SSV }, .value = { 0x40 | SSV }, FIELDS(atc_ssid),
	  .match = { { .cache = SMMU_ATC, .src = IMS_EQUAL, .ctx = IMS_EQUAL, .classes = CLASSES_ALL,
		       .range = IMS_RANGE_FRAGMENT, .source = "sheet 6.4; Global: whatever the PASID" } } },
	{ .name = "PRI_RESP", .title = "PRI_RESP", .source = "IHI 0070 section 4.5.2", .kind = IMS_CMD_RESPONSE,
	  .vmm = IMS_VMM_ANSWER, OP(0x41), FIELDS(pri_resp) },
	{ .name = "RESUME", .title = "RESUME", .source = "IHI 0070 section 4.6.1", .kind = IMS_CMD_ACT,
	  .vmm = IMS_VMM_ANSWER, OP(0x44), .reserved = { SSEC }, FIELDS(resume) },
	{ .name = "STALL_TERM", .title = "STALL_TERM", .source = "IHI 0070 section 4.6.2", .kind = IMS_CMD_ACT,
	  .vmm = IMS_VMM_ANSWER, OP(0x45), .reserved = { SSEC }, FIELDS(stall_term) },
	{ .name = "SYNC", .title = "SYNC", .source = "IHI 0070 section 4.7.3", .kind = IMS_CMD_WAIT,
	  .vmm = IMS_VMM_WAIT, OP(0x46), FIELDS(sync) },
};
/* clang-format on */
_Static_assert(sizeof(smmu_rows) / sizeof(smmu_rows[0]) == SMMU_ROWS, "as announced");

/* By bits 6:4 of the opcode. */
const uint8_t smmu_rows_from[8] = { 0, 7, 11, 19, 20, SMMU_ROWS, SMMU_ROWS, SMMU_ROWS };

const struct ims_fault_def smmu_queue_errors[] = {
	{ SMMU_CERROR_ILL, "CERROR_ILL", "illegal command", "IHI 0070 section 7.1" },
	{ SMMU_CERROR_ABT, "CERROR_ABT", "command could not be fetched", "IHI 0070 section 7.1" },
	{ SMMU_CERROR_ATC_INV_SYNC, "CERROR_ATC_INV_SYNC",
	  "a device did not answer an invalidation", "IHI 0070 section 7.1" },
};
_Static_assert(sizeof(smmu_queue_errors) / sizeof(smmu_queue_errors[0]) == SMMU_QUEUE_ERRORS,
	       "as announced");

/* ---- order ---- */

#define WAITS(name_)                                                                               \
	{                                                                                          \
		.earlier = (name_), .later = "SYNC",                                               \
		.source = "IHI 0070 section 4.7.3: completes everything earlier"                   \
	}

/* Nothing but a SYNC orders commands: sections 4.1.5 and 4.7.3. */
const struct ims_order smmu_orders[] = {
	WAITS("PREFETCH_CONFIG"), WAITS("PREFETCH_ADDR"), WAITS("CFGI_STE"),
	WAITS("CFGI_STE_RANGE"),  WAITS("CFGI_CD"),	  WAITS("CFGI_CD_ALL"),
	WAITS("TLBI_NH_ALL"),	  WAITS("TLBI_NH_ASID"),  WAITS("TLBI_NH_VA"),
	WAITS("TLBI_NH_VAA"),	  WAITS("TLBI_EL2_ALL"),  WAITS("TLBI_EL2_ASID"),
	WAITS("TLBI_EL2_VA"),	  WAITS("TLBI_EL2_VAA"),  WAITS("TLBI_S12_VMALL"),
	WAITS("TLBI_S2_IPA"),	  WAITS("TLBI_NSNH_ALL"), WAITS("ATC_INV"),
};
_Static_assert(sizeof(smmu_orders) / sizeof(smmu_orders[0]) == SMMU_ORDERS, "as announced");

/* ---- fields ---- */

static uint64_t at(const uint64_t *words, unsigned hi, unsigned lo)
{
	return ims_field_get(words, IMS_FIELD((uint16_t)hi, (uint16_t)lo));
}

static uint32_t param(const struct ims_state *s, enum smmu_param p)
{
	return s ? s->params[p] : smmu_params[p].value;
}

/* What NUM, SCALE, TTL and TG come to, section 4.4.1.1; without TG, or RIL, nothing. */
struct hints {
	unsigned tg, ttl, num, scale;
};

static struct hints hints_of(const struct ims_state *s, const uint64_t *words)
{
	struct hints h = { .tg = (unsigned)at(words, 64 + 11, 64 + 10) };

	if (!h.tg || !param(s, SMMU_P_RIL))
		return (struct hints){ 0 };
	h.ttl = (unsigned)at(words, 64 + 9, 64 + 8);
	h.num = (unsigned)at(words, 16, 12);
	h.scale = (unsigned)at(words, 24, 20);
	/* A level that has no leaves with 16 KiB, as DS is not modelled. */
	if (h.tg == 2 && h.ttl == 1)
		h.ttl = 0;
	return h;
}

static bool is_ranged(const struct ims_cmd_row *row)
{
	return row->ranged && (row->value[0] & OP_CARE) != 0x40;
}

/* ---- what is legal ---- */

/* Opcodes that are none where a feature is missing: sections 4.3 to 4.6; the sheet's 16.6, 16.7. */
static const struct {
	uint8_t first, last, param;
} needs[] = {
	{ 0x05, 0x06, SMMU_P_S1P }, { 0x07, 0x07, SMMU_P_MPAM }, { 0x10, 0x13, SMMU_P_S1P },
	{ 0x20, 0x23, SMMU_P_HYP }, { 0x28, 0x2a, SMMU_P_S2P },	 { 0x40, 0x40, SMMU_P_ATS },
	{ 0x41, 0x41, SMMU_P_PRI },
};

void smmu_derive_commands(struct ims_state *s)
{
	uint64_t none[2] = { 0 };

	for (unsigned i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		for (unsigned op = needs[i].first; op <= needs[i].last; op++)
			if (!s->params[needs[i].param])
				none[op / 64] |= IMS_BIT(op % 64);
	if (s->params[SMMU_P_STALL_MODEL] == 1)
		none[1] |= IMS_BIT(0x44 - 64) | IMS_BIT(0x45 - 64);
	s->derived[SMMU_D_NO_OPS] = none[0];
	s->derived[SMMU_D_NO_OPS + 1] = none[1];
}

/* Every bit that is in no field of the row, nor its opcode. */
static bool reserved_set(const struct ims_state *s, const struct ims_cmd_row *row,
			 const uint64_t *words)
{
	uint64_t known[2] = { OP_CARE, 0 };

	for (unsigned i = 0; i < row->fields_count; i++) {
		const struct ims_cmd_field *f = &row->fields[i];

		known[f->at.lo / 64] |= IMS_BITS(f->at.hi % 64, f->at.lo % 64);
	}
	if (is_ranged(row) && (!s->params[SMMU_P_RIL] || !at(words, 64 + 11, 64 + 10))) {
		known[0] &= ~(IMS_BITS(16, 12) | IMS_BITS(24, 20));
		known[1] &= ~(s->params[SMMU_P_RIL] ? IMS_BITS(9, 8) : IMS_BITS(11, 8));
	}
	return (words[0] & ~known[0]) || (words[1] & ~known[1]);
}

uint16_t smmu_accept(const struct ims_state *s, const struct ims_cmd_row *row,
		     const uint64_t *words)
{
	unsigned op = (unsigned)(row->value[0] & OP_CARE);
	bool bad = s->derived[SMMU_D_NO_OPS + op / 64] >> op % 64 & 1;

	if (is_ranged(row)) {
		struct hints h = hints_of(s, words);

		bad |= h.tg && !h.num && !h.scale && !h.ttl;
	}
	bad |= op == 0x40 && at(words, 64 + 5, 64) > 52;
	bad |= op == 0x41 && at(words, 64 + 13, 64 + 12) == 3;
	bad |= op == 0x46 && at(words, 13, 12) == 3;
	bad |= s->params[SMMU_K_RESERVED] && reserved_set(s, row, words);
	return bad ? SMMU_CERROR_ILL : 0;
}

/* ---- what is named ---- */

/* Of the bits below those, a leaf of that level with this page size has none: the sheet's 6.3. */
static unsigned aligned_lg2(unsigned tg, unsigned ttl)
{
	static const uint8_t lg2[4][4] = {
		[1] = { 12, 30, 21, 12 }, [2] = { 14, 14, 25, 14 }, [3] = { 16, 42, 29, 16 }
	};

	return lg2[tg][ttl];
}

/* A range saturates, and does not reach from one half of the addresses into the other. */
static void decode_range(const struct ims_state *s, const uint64_t *words, struct ims_cmd *cmd)
{
	struct hints h = hints_of(s, words);
	unsigned grain_lg2 = 10 + 2 * h.tg;
	uint64_t half = cmd->first >> 63 ? ~UINT64_C(0) : ~UINT64_C(0) >> 1, bytes;

	if (!h.tg) {
		cmd->last = cmd->first | 0xfff;
		return;
	}
	bytes = (uint64_t)(h.num + 1) << (h.scale + grain_lg2);
	cmd->last = bytes - 1 > half - cmd->first ? half : cmd->first + (bytes - 1);
	cmd->level = h.ttl && param(s, SMMU_K_TTL) ? (uint8_t)(SMMU_LEVELS - h.ttl) : 0;
	cmd->grain_lg2 = (uint8_t)grain_lg2;
	/* Which range a misaligned one is cannot be told: none is owed anything. */
	if (cmd->first & ((UINT64_C(1) << aligned_lg2(h.tg, h.ttl)) - 1))
		cmd->ignored = true;
}

static void decode_atc(const struct ims_state *s, const uint64_t *words, struct ims_cmd *cmd)
{
	unsigned lg2 = 12 + (unsigned)at(words, 64 + 5, 64);

	cmd->last = ims_block_last(cmd->first, lg2);
	cmd->first = ims_block_first(cmd->first, lg2);
	cmd->all_ctx = at(words, 9, 9) && param(s, SMMU_K_ATC_GLOBAL);
	if (!(words[0] & SSV))
		cmd->ctx = IMS_CTX_NONE;
	cmd->ignored |= s && !s->derived[SMMU_D_ENABLED];
}

/* PCIe's response codes by Resp. */
static const uint8_t responses[4] = { 0xf, 1, 0, 0 };

static void decode_sync(const struct ims_state *s, const uint64_t *words, struct ims_cmd *cmd)
{
	bool irq = at(words, 13, 12) == 1;

	cmd->wait_write = irq && cmd->wait_addr && param(s, SMMU_P_MSI);
	cmd->wait_signal = irq && !cmd->wait_write;
}

/* Ids that are out of range, sections 4.3 and 4.4: no effect, or those of fewer bits. */
static void fit_ids(const struct ims_state *s, const struct ims_cmd_row *row, const uint64_t *words,
		    struct ims_cmd *cmd)
{
	bool by_sid = (row->value[0] & OP_CARE) < 0x10 || (row->value[0] & OP_CARE) >= 0x40;
	uint32_t sids = (uint32_t)((UINT64_C(1) << param(s, SMMU_P_SIDSIZE)) - 1);
	uint32_t ssids = (1u << param(s, SMMU_P_SSIDSIZE)) - 1;
	bool out, whole = (row->value[0] & OP_CARE) == 0x04 && at(words, 64 + 4, 64) == 31;

	if (!by_sid) {
		cmd->ignored |= cmd->ctx != IMS_CTX_NONE && cmd->ctx >> 8 &&
				!param(s, SMMU_P_ASID16);
		cmd->ignored |= cmd->dom >> 8 && !param(s, SMMU_P_VMID16);
		cmd->ignored |= cmd->dom && !param(s, SMMU_P_S2P);
		return;
	}
	out = (cmd->src & ~sids) || (cmd->ctx != IMS_CTX_NONE && (cmd->ctx & ~ssids));
	if (!out || whole)
		return;
	cmd->ignored |= !param(s, SMMU_K_SID_RANGE);
	cmd->src &= sids;
	if (cmd->ctx != IMS_CTX_NONE)
		cmd->ctx &= ssids;
}

void smmu_decode(const struct ims_state *state, const struct ims_cmd_row *row,
		 const uint64_t *words, struct ims_cmd *cmd)
{
	unsigned op = (unsigned)(row->value[0] & OP_CARE), vmw;

	if (op == 0x01 || op == 0x02 || op == 0x41) {
		if (!(words[0] & SSV))
			cmd->ctx = IMS_CTX_NONE;
		cmd->ignored |= state && !state->derived[SMMU_D_ENABLED];
	}
	if (op == 0x41)
		cmd->response = responses[at(words, 64 + 13, 64 + 12)];
	if (op == 0x02)
		cmd->wait_data = at(words, 64 + 9, 64); /* Size, Stride */
	if (op == 0x44)
		cmd->response = (uint8_t)at(words, 13, 12); /* Ab, Ac */
	if (op == 0x03 || op == 0x04)
		cmd->span_lg2 = state ? (uint8_t)state->derived[SMMU_D_SPLIT] : 8;
	if (op == 0x04)
		cmd->src_mask = (uint32_t)((UINT64_C(2) << at(words, 64 + 4, 64)) - 1);
	if (op == 0x40)
		decode_atc(state, words, cmd);
	if (is_ranged(row))
		decode_range(state, words, cmd);
	if (op == 0x46)
		decode_sync(state, words, cmd);
	fit_ids(state, row, words, cmd);
	/* Section 6.3.9.1: values from 5 on act as 0. */
	vmw = state ? (unsigned)ims_field_get(&state->regs[SMMU_R_CR0], SMMU_CR0_VMW) : 0;
	if (vmw && vmw < 5)
		cmd->dom_mask = (1u << vmw) - 1;
}

/* ---- as software puts it ---- */

/* Sections 4.4.1.1: a command has (NUM + 1) << SCALE pages, five bits each. */
#define NUM_PAGES 32
#define SCALE_MAX 31

/* NUM and SCALE of the least range that has all of it; the largest there is, where none has. */
static void encode_range(const struct ims_cmd_args *args, uint64_t *words)
{
	unsigned grain_lg2 = args->grain_lg2 ? args->grain_lg2 : 12, scale;
	uint64_t first = ims_block_first(args->first, grain_lg2);
	uint64_t pages = ((args->last - first) >> grain_lg2) + 1, num;

	words[1] = (words[1] & IMS_BITS(11, 0)) | (args->first & ~UINT64_C(0xfff));
	/* One page of no level would be CERROR_ILL. */
	if (!param(args->state, SMMU_P_RIL) || (pages == 1 && !args->level))
		return;
	scale = (unsigned)__builtin_ctzll(pages);
	scale = scale < SCALE_MAX ? scale : SCALE_MAX;
	while (scale < SCALE_MAX && (pages - 1) >> scale >= NUM_PAGES)
		scale++;
	num = ((pages - 1) >> scale) + 1;
	words[0] |= ((num > NUM_PAGES ? NUM_PAGES : num) - 1) << 12 | (uint64_t)scale << 20;
	words[1] = (words[1] & IMS_BITS(11, 0)) | first |
		   (uint64_t)(args->level ? SMMU_LEVELS - args->level : 0) << 8 |
		   (uint64_t)(grain_lg2 - 10) / 2 << 10;
}

void smmu_encode(const struct ims_cmd_row *row, const struct ims_cmd_args *args, uint64_t *words)
{
	unsigned op = (unsigned)(row->value[0] & OP_CARE), lg2;

	if (is_ranged(row))
		encode_range(args, words);
	if ((op == 0x01 || op == 0x02 || op == 0x41) && args->ctx != IMS_CTX_NONE)
		words[0] |= SSV;
	switch (op) {
	case 0x02:
		words[1] |= args->first & ~UINT64_C(0xfff);
		break;
	case 0x04: /* the StreamIDs from src on, as many as first..last says */
		lg2 = ims_cover_lg2(args->first, args->last);
		words[1] |= lg2 > 32 ? 31 : lg2 ? lg2 - 1 : 0;
		break;
	case 0x40:
		lg2 = ims_cover_lg2(args->first & ~UINT64_C(0xfff), args->last | 0xfff);
		words[1] = ims_block_first(args->first, lg2) | (lg2 - 12);
		break;
	case 0x41:
		words[1] |= (uint64_t)(args->response == 0 ? 2 : args->response == 1) << 12;
		break;
	case 0x44:
		words[0] |= (uint64_t)(args->response & 3) << 12;
		break;
	case 0x46: /* as Linux: inner shareable, write-back */
		words[0] |= UINT64_C(0xfc00000) | (args->wait_addr ? UINT64_C(1) << 12 : 0);
		break;
	default:
		break;
	}
}
