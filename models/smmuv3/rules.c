/* SPDX-License-Identifier: MIT */
/*
 * What software owes after a change (sheet, sections 8.1 and 16.8): the guest's driver,
 * which believes in a unit without a second stage, and a host that forwards what the
 * guest sends under the parent's VMID and makes commands of its own for what it changed
 * itself. What is fetched through something is dropped after that is clean: barriers.
 */
#include "smmuv3.h"

#define PARAM(name) (uint8_t)(1 + SMMU_P_##name)

#define NO_PASID   (IMS_IF_ATS | IMS_IF_NO_CTX)
#define WITH_PASID (IMS_IF_ATS | IMS_IF_CTX)

/* ---- ranges, as arm_smmu_cmdq_batch_add_range() of Linux ---- */

enum { NUM_BITS = 5, PAGE_LG2 = 12 };

/*
 * RIL: NUM and SCALE name a multiple of up to 31 of a power of two pages, so that each
 * command takes five bits of what is left. One page by which tables went is named as two:
 * NUM, SCALE and TTL would all be 0, which is illegal (section 4.4.1.1).
 */
static uint64_t ril_piece(const struct ims_cmd_args *args)
{
	uint64_t pages = ((args->last - args->first) >> PAGE_LG2) + 1;
	unsigned scale;

	if (!args->leaf_only && (pages & IMS_BITS(NUM_BITS - 1, 0)) == 1)
		pages++;
	scale = (unsigned)__builtin_ctzll(pages);
	pages = (pages >> scale & IMS_BITS(NUM_BITS - 1, 0)) << scale;
	return args->first + (pages << PAGE_LG2) - 1;
}

static unsigned leaf_lg2(const struct ims_cmd_args *args)
{
	return args->level ? ims_grain_level_lg2(PAGE_LG2, args->level) : PAGE_LG2;
}

/* Without RIL: a leaf at a time. */
static uint64_t leaf_piece(const struct ims_cmd_args *args)
{
	return (args->first | ((UINT64_C(1) << leaf_lg2(args)) - 1));
}

/* arm_smmu_inv_size_too_big(): all there is; without RIL as many leaves as a table has entries, or more. */
static bool too_big(const struct ims_cmd_args *args)
{
	unsigned lg2 = leaf_lg2(args);

	if (!args->first && args->last == ~UINT64_C(0))
		return true;
	return !args->state->params[SMMU_P_RIL] &&
	       (args->last - args->first) >> lg2 >= (UINT64_C(1) << (lg2 - 3)) - 1;
}

static bool not_too_big(const struct ims_cmd_args *args)
{
	return !too_big(args);
}

/* clang-format off */
#define R IMS_RULE
#define BARRIER IMS_RULE_BARRIER
/* What the policy of a host says of a column. */
#define ON(column_, answer) .on = { IMS_COL_##column_, IMS_ANSWER(IMS_##answer) }

/* The devices' caches: what came without PASID, and under each PASID; or all of a device at once. */
#define DEVICES(change, whole, why) \
	R(change, IMS_PER_DEVICE, NO_PASID, whole, "ATC_INV", why), \
	R(change, IMS_PER_DEVICE, WITH_PASID, whole, "ATC_INV SSV=1", why)
/* Devices differ in what an invalidation without PASID reaches (sheet, section 6.4). */
#define DEVICES_ALL(change, why, ...) \
	R(change, IMS_PER_SRC, IMS_IF_ATS, true, "ATC_INV", why, __VA_ARGS__), \
	R(change, IMS_PER_DEVICE, WITH_PASID, true, "ATC_INV SSV=1", why, .without = (uint8_t)(1 + SMMU_K_ATC_BARE), __VA_ARGS__)

#define UNMAP "IHI 0070 section 3.21.1; Linux arm_smmu_domain_inv_range()"
#define ATS_AFTER "IHI 0070 section 3.9.1: the device asks again through what TLBs still hold; Linux arm_smmu_invs_end_batch()"
#define STE_WRITE "IHI 0070 section 4.3.1; Linux arm_smmu_write_ste()"
#define CD_WRITE "IHI 0070 section 4.3.3; Linux arm_smmu_write_cd_entry()"
#define ATTACH "Linux arm_smmu_attach_commit()"
#define QUEUED "IHI 0070 section 3.21.1; Linux arm_smmu_flush_iotlb_all()"
#define IDLE "Linux arm_smmu_invs_flush_iotlb_tag(): a tag that nobody uses is clean"

const struct ims_rule smmu_guest_rules[] = {
	R(IMS_CHANGE_S1_LESS, IMS_PER_TAG, 0, false, "TLBI_NH_VA", UNMAP, .with = { PARAM(RIL) }, .suits = not_too_big, .piece = ril_piece),
	R(IMS_CHANGE_S1_LESS, IMS_PER_TAG, 0, false, "TLBI_NH_VA", UNMAP ", without RIL", .without = PARAM(RIL), .suits = not_too_big, .piece = leaf_piece),
	R(IMS_CHANGE_S1_LESS, IMS_PER_TAG, 0, true, "TLBI_NH_ASID", "Linux arm_smmu_inv_size_too_big()", .suits = too_big),
	BARRIER(IMS_CHANGE_S1_LESS, ATS_AFTER),
	DEVICES(IMS_CHANGE_S1_LESS, false, "IHI 0070 section 3.9.1; Linux arm_smmu_atc_inv_to_cmd()"),

	R(IMS_CHANGE_S1_QUEUED, IMS_PER_TAG, 0, true, "TLBI_NH_ASID", QUEUED),
	BARRIER(IMS_CHANGE_S1_QUEUED, ATS_AFTER),
	DEVICES_ALL(IMS_CHANGE_S1_QUEUED, QUEUED, .stages = 0),

	/* By smmu_ctx_set() and smmu_ctx_clear(), in their order. */
	R(IMS_CHANGE_ROOT, IMS_PER_SRC, 0, true, "CFGI_STE", "IHI 0070 section 4.3.1, Leaf = 0: an L1STD changed"),
	R(IMS_CHANGE_DIR, IMS_PER_DEVICE, 0, true, "CFGI_CD", "IHI 0070 section 4.3.3, Leaf = 0: an L1CD changed; Linux arm_smmu_write_cd_l1_desc()"),
	R(IMS_CHANGE_DEV_FIELD, IMS_PER_SRC, 0, true, "CFGI_STE", STE_WRITE, .leaf = true),
	R(IMS_CHANGE_CTX_FIELD, IMS_PER_DEVICE, 0, true, "CFGI_CD", CD_WRITE, .leaf = true),

	R(IMS_CHANGE_CTX_SET, IMS_PER_SRC, 0, true, "PREFETCH_CONFIG", "Linux arm_smmu_write_ste()"),
	R(IMS_CHANGE_DEV_SET, IMS_PER_SRC, 0, true, "CFGI_STE", STE_WRITE, .leaf = true),
	R(IMS_CHANGE_TAG_IDLE, IMS_PER_TAG, 0, true, "TLBI_NH_ASID", IDLE),
	R(IMS_CHANGE_DEV, IMS_PER_SRC, 0, true, "CFGI_STE", STE_WRITE, .leaf = true),
	DEVICES(IMS_CHANGE_CTX_CLEAR, true, ATTACH),
	BARRIER(IMS_CHANGE_DEV, ATS_AFTER),
	DEVICES_ALL(IMS_CHANGE_DEV, ATTACH, .stages = 0),
};
_Static_assert(sizeof(smmu_guest_rules) / sizeof(smmu_guest_rules[0]) == SMMU_GUEST_RULES, "as announced");

#define S14 "sheet, sections 8.5 and 8.7: TLBI_NSNH_ALL of a guest is all of its VMID"
#define S2 "IHI 0070 section 4.4.3.1; Linux arm_smmu_invs, S2_VMID"
#define S2_COMBINED "IHI 0070 section 4.4.3.1: TLBI_S2_IPA need not reach what both stages made together; Linux S2_VMID_S1_CLEAR"
#define S2_CD "sheet, section 16.8: what hardware has of CDs was read through stage 2; Linux sends none (section 8.6 d)"
#define S2_ATS "IHI 0070 section 3.9.1; Linux INV_TYPE_ATS_FULL"

const struct ims_rule smmu_host_rules[] = {
	R(IMS_CHANGE_S1_ALL, IMS_PER_DOM, 0, true, "TLBI_NH_ALL", S14),
	/* An ASID names no device: the host that sees to them itself empties them all. */
	DEVICES_ALL(IMS_CHANGE_S1_ATC, "IHI 0070 section 3.9.1; mail of 2023-12-09: the ASID names no domain", .stages = 0),

	/* Section 4.3.7: what the guest says of its entry is said of the host's. */
	R(IMS_CHANGE_DEV_SAME, IMS_PER_SRC, 0, true, "CFGI_STE", "IHI 0070 section 4.3.7", .leaf = true),
	R(IMS_CHANGE_ROOT, IMS_PER_SRC, 0, true, "CFGI_STE", "IHI 0070 section 4.3.1, Leaf = 0: an L1STD changed"),
	R(IMS_CHANGE_DEV_FIELD, IMS_PER_SRC, 0, true, "CFGI_STE", STE_WRITE, .leaf = true),
	R(IMS_CHANGE_DEV, IMS_PER_SRC, 0, true, "CFGI_STE", STE_WRITE, .leaf = true),
	BARRIER(IMS_CHANGE_DEV, ATS_AFTER),
	DEVICES_ALL(IMS_CHANGE_DEV, ATTACH, .stages = 0),

	R(IMS_CHANGE_S2_LESS, IMS_PER_DOM, 0, false, "TLBI_S2_IPA", S2, .with = { PARAM(RIL) }, .suits = not_too_big, .piece = ril_piece),
	R(IMS_CHANGE_S2_LESS, IMS_PER_DOM, 0, false, "TLBI_S2_IPA", S2 ", without RIL", .without = PARAM(RIL), .suits = not_too_big, .piece = leaf_piece),
	R(IMS_CHANGE_S2_LESS, IMS_PER_DOM, 0, true, "TLBI_S12_VMALL", "Linux arm_smmu_inv_size_too_big()", .suits = too_big),
	BARRIER(IMS_CHANGE_S2_LESS, S2_COMBINED),
	R(IMS_CHANGE_S2_LESS, IMS_PER_DOM, 0, true, "TLBI_NH_ALL", S2_COMBINED, ON(PARENT_TAGS, PARENT_TAGS_EACH)),
	R(IMS_CHANGE_S2_LESS, IMS_PER_SRC, IMS_IF_DIR, true, "CFGI_CD_ALL", S2_CD, ON(PARENT_CONFIG, PARENT_CONFIG_ALL)),
	BARRIER(IMS_CHANGE_S2_LESS, ATS_AFTER),
	DEVICES_ALL(IMS_CHANGE_S2_LESS, S2_ATS, ON(PARENT_ATC, PARENT_ATC_ALL)),
	R(IMS_CHANGE_S2_LESS, IMS_PER_SRC, IMS_IF_ATS, false, "ATC_INV", "what AMD-Vi's driver does in Linux: sheet of AMD-Vi, D3", ON(PARENT_ATC, PARENT_ATC_GPA)),

	R(IMS_CHANGE_CTX_DIRTY, IMS_PER_SRC, 0, true, "CFGI_STE", STE_WRITE, .leaf = true),
	BARRIER(IMS_CHANGE_CTX_DIRTY, "sheet, section 8.1: S2HA and S2HD may be cached in a TLB"),
	R(IMS_CHANGE_CTX_DIRTY, IMS_PER_DOM, 0, true, "TLBI_S12_VMALL", "sheet, section 8.1: S2HA and S2HD may be cached in a TLB"),
	BARRIER(IMS_CHANGE_CTX_DIRTY, ATS_AFTER),
	DEVICES_ALL(IMS_CHANGE_CTX_DIRTY, S2_ATS, .stages = 0),
};
_Static_assert(sizeof(smmu_host_rules) / sizeof(smmu_host_rules[0]) == SMMU_HOST_RULES, "as announced");
/* clang-format on */

/*
 * The unit that a hypervisor shows: stage 1 alone, so that there is one VMID and no other
 * world (sheet, section 8.7; iommufd hw_info, S1P assumed, S2P and HTTU not for guests).
 */
#define HW_INFO "Linux include/uapi/linux/iommufd.h, struct iommu_hw_info_arm_smmuv3"
const struct ims_param_set smmu_guest_params[] = {
	{ SMMU_P_S2P, 0, HW_INFO },	{ SMMU_P_HYP, 0, HW_INFO }, { SMMU_P_HTTU, 0, HW_INFO },
	{ SMMU_P_VMID16, 0, HW_INFO },	{ SMMU_P_VMW, 0, HW_INFO }, { SMMU_P_NS1ATS, 0, HW_INFO },
	{ SMMU_P_XNX, 0, HW_INFO },	{ SMMU_P_FWB, 0, HW_INFO }, { SMMU_P_PTWNNC, 0, HW_INFO },
	{ SMMU_P_MTEPERM, 0, HW_INFO },
};
_Static_assert(sizeof(smmu_guest_params) / sizeof(smmu_guest_params[0]) == SMMU_GUEST_PARAMS,
	       "as announced");

static bool needs_both(const uint32_t *p)
{
	return p[SMMU_P_S1P] && p[SMMU_P_S2P];
}

static bool needs_4k(const uint32_t *p)
{
	return p[SMMU_P_GRAN4K];
}

/* Section 4.2: three levels under two roots, 40 bits. */
static bool needs_40(const uint32_t *p)
{
	return smmu_size_bits(p[SMMU_P_OAS]) >= 40;
}

static bool needs_endian(const uint32_t *p)
{
	return p[SMMU_P_TTENDIAN] != 3;
}

static bool needs_rids(const uint32_t *p)
{
	return p[SMMU_P_SIDSIZE] >= 16;
}

const struct ims_param_rule smmu_needs[] = {
	{ "StreamIDs are requester ids: sidsize of 16 or more",
	  "PCIe; Linux arm_smmu_probe_device()", needs_rids },
	{ "nesting needs s1p and s2p", "Linux ARM_SMMU_FEAT_NESTING", needs_both },
	{ "the drivers build tables of 4 KiB: gran4k", "Linux arm_smmu_device_hw_probe()",
	  needs_4k },
	{ "the host's tables translate 40 bits: oas of 2 or more", "VMSA D8.2", needs_40 },
	{ "the drivers build little-endian tables: ttendian of 0 or 2",
	  "Linux arm_smmu_device_hw_probe()", needs_endian },
};
_Static_assert(sizeof(smmu_needs) / sizeof(smmu_needs[0]) == SMMU_NEEDS, "as announced");
