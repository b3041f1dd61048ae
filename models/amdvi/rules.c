/* SPDX-License-Identifier: MIT */
/*
 * What software owes after a change, section 6.2: the guest's driver, which believes in
 * a unit of its own with NpCache, and the host of section 14, which sends on what the
 * guest sends and makes commands of its own only for what it changed itself.
 */
#include "amdvi.h"

#define NP	   (uint8_t)(1 + AMDVI_P_NP_CACHE)
#define NO_PASID   (IMS_IF_ATS | IMS_IF_NO_CTX)
#define WITH_PASID (IMS_IF_ATS | IMS_IF_CTX)

#define DEVTAB	  "INVALIDATE_DEVTAB_ENTRY"
#define HOST	  "INVALIDATE_IOMMU_PAGES GN=0"
#define HOST_PDE  "INVALIDATE_IOMMU_PAGES GN=0 PDE=1"
#define GUEST	  "INVALIDATE_IOMMU_PAGES GN=1"
#define GUEST_PDE "INVALIDATE_IOMMU_PAGES GN=1 PDE=1"
#define ATC	  "INVALIDATE_IOTLB_PAGES GN=0"
#define ATC_PASID "INVALIDATE_IOTLB_PAGES GN=1"

/* The largest naturally aligned block of pages that begins there and ends by the last: no page that did not change. */
static uint64_t aligned_piece(const struct ims_cmd_args *args)
{
	uint64_t size = 4096;

	while (size << 1 && !(args->first & ((size << 1) - 1)) &&
	       args->last - args->first >= (size << 1) - 1)
		size <<= 1;
	return args->first + size - 1;
}

/* clang-format off */
#define R IMS_RULE
/* What the policy of a host says of a column. */
#define ON(column_, answer) .on = { IMS_COL_##column_, IMS_ANSWER(IMS_##answer) }

/* With NpCache in aligned pieces, so that no page is hit that did not change; else one block over all. */
#define PAGES(change, title, why, ...) \
	R(change, IMS_PER_TAG, 0, false, title, why ", NpCache: aligned pieces", .with = { NP }, .piece = aligned_piece, __VA_ARGS__), \
	R(change, IMS_PER_TAG, 0, false, title, why, .without = NP, __VA_ARGS__)
#define V1_ONLY .stages = 1 << IMS_STAGES_2
#define V2_ONLY .stages = 1 << IMS_STAGES_1
#define DEVICES(change, title, why, ...) \
	R(change, IMS_PER_DEVICE, IMS_IF_ATS, false, title, why ", NpCache: aligned pieces", .with = { NP }, .piece = aligned_piece, __VA_ARGS__), \
	R(change, IMS_PER_DEVICE, IMS_IF_ATS, false, title, why, .without = NP, __VA_ARGS__)

/* Every device's cache, whole: what came without PASID, and under each PASID. */
#define DEVICES_ALL(change, why, ...) \
	R(change, IMS_PER_DEVICE, NO_PASID, true, ATC, why, __VA_ARGS__), \
	R(change, IMS_PER_DEVICE, IMS_IF_ATS, true, ATC_PASID, why, __VA_ARGS__)

#define V2 "section 6.2; Linux domain_flush_pages_v2()"
#define QUEUED "section 6.2; Linux amd_iommu_flush_iotlb_all()"
#define NPC "section 5, NpCache; Linux amd_iommu_iotlb_sync_map()"
#define GCR3 "section 6.2; Linux update_gcr3()"
#define DTE "section 6.2; Linux dev_update_dte()"
#define GONE "section 6.2; Linux detach_device()"

#define V1 "section 6.2; Linux domain_flush_pages_v1()"

const struct ims_rule amdvi_guest_rules[] = {
	PAGES(IMS_CHANGE_S1_LESS, GUEST, V2, .leaf = true, V2_ONLY),
	PAGES(IMS_CHANGE_S1_LESS, GUEST_PDE, V2 ", PDE: tables went", .table = true, V2_ONLY),
	DEVICES(IMS_CHANGE_S1_LESS, ATC_PASID, "section 6.2; Linux amd_iommu_dev_flush_pasid_pages()", V2_ONLY),
	PAGES(IMS_CHANGE_S1_LESS, HOST, V1, .leaf = true, V1_ONLY),
	PAGES(IMS_CHANGE_S1_LESS, HOST_PDE, V1 ", PDE: tables went", .table = true, V1_ONLY),
	DEVICES(IMS_CHANGE_S1_LESS, ATC, "section 6.2; Linux device_flush_iotlb()", V1_ONLY),

	R(IMS_CHANGE_S1_QUEUED, IMS_PER_TAG, 0, true, GUEST_PDE, QUEUED, V2_ONLY),
	R(IMS_CHANGE_S1_QUEUED, IMS_PER_DEVICE, IMS_IF_ATS, true, ATC_PASID, QUEUED, V2_ONLY),
	R(IMS_CHANGE_S1_QUEUED, IMS_PER_DOM, 0, true, HOST_PDE, QUEUED, V1_ONLY),
	R(IMS_CHANGE_S1_QUEUED, IMS_PER_DEVICE, IMS_IF_ATS, true, ATC, QUEUED, V1_ONLY),

	R(IMS_CHANGE_S1_MORE, IMS_PER_TAG, 0, false, GUEST_PDE, NPC, .with = { NP }, .piece = aligned_piece, V2_ONLY),
	R(IMS_CHANGE_S1_MORE, IMS_PER_DEVICE, IMS_IF_ATS, false, ATC_PASID, NPC, .with = { NP }, .piece = aligned_piece, V2_ONLY),
	R(IMS_CHANGE_S1_MORE, IMS_PER_TAG, 0, false, HOST_PDE, NPC, .with = { NP }, .piece = aligned_piece, V1_ONLY),
	R(IMS_CHANGE_S1_MORE, IMS_PER_DEVICE, IMS_IF_ATS, false, ATC, NPC, .with = { NP }, .piece = aligned_piece, V1_ONLY),

	R(IMS_CHANGE_CTX_SET, IMS_PER_SRC, 0, true, DEVTAB, DTE),
	R(IMS_CHANGE_CTX_SET, IMS_PER_TAG, 0, true, GUEST_PDE, GCR3, V2_ONLY),
	DEVICES_ALL(IMS_CHANGE_CTX_SET, GCR3 ", even on the first", V2_ONLY),
	R(IMS_CHANGE_CTX_SET, IMS_PER_DEVICE, IMS_IF_ATS, true, ATC, DTE, V1_ONLY),

	R(IMS_CHANGE_CTX_CLEAR, IMS_PER_SRC, 0, true, DEVTAB, DTE),
	R(IMS_CHANGE_CTX_CLEAR, IMS_PER_TAG, 0, true, GUEST_PDE, GCR3, V2_ONLY),
	DEVICES_ALL(IMS_CHANGE_CTX_CLEAR, GCR3, V2_ONLY),
	R(IMS_CHANGE_CTX_CLEAR, IMS_PER_DOM, 0, true, HOST_PDE, GONE, V1_ONLY),
	R(IMS_CHANGE_CTX_CLEAR, IMS_PER_DEVICE, IMS_IF_ATS, true, ATC, GONE, V1_ONLY),

	R(IMS_CHANGE_DEV, IMS_PER_SRC, 0, true, DEVTAB, GONE),
	R(IMS_CHANGE_DEV, IMS_PER_DOM, 0, true, HOST_PDE, GONE ": the domain of the entry, whole"),
	DEVICES_ALL(IMS_CHANGE_DEV, GONE, .stages = 0),
	R(IMS_CHANGE_DEV_SET, IMS_PER_SRC, 0, true, DEVTAB, DTE),
};
_Static_assert(sizeof(amdvi_guest_rules) / sizeof(amdvi_guest_rules[0]) == AMDVI_GUEST_RULES, "as announced");

#define S14 "section 14: for every tag that stands for the guest's domain"
#define S2  "section 8.3: every tag on the parent; Linux 757d2b1fdf5b"
#define S1_RANGE "section 14, a command of the guest as a range of addresses"
#define S1_ATC "sheet of VT-d, section 6.3: the host for what is attached; here for all of the vDomainID"
#define S2D "section 8.4, D3: the ATC is indexed by the guest's address"

const struct ims_rule amdvi_host_rules[] = {
	R(IMS_CHANGE_S1_ALL, IMS_PER_DOM, 0, true, HOST_PDE, S14),
	/* Where a call is for a nested domain alone, and says no more than a range. */
	PAGES(IMS_CHANGE_S1_LESS, GUEST_PDE, S1_RANGE, .stages = 0),
	DEVICES(IMS_CHANGE_S1_LESS, ATC_PASID, S1_ATC, ON(ATC, ATC_SYNTHESISE)),
	DEVICES(IMS_CHANGE_S1_ATC, ATC_PASID, S1_ATC, .stages = 0),

	R(IMS_CHANGE_DEV, IMS_PER_SRC, 0, true, DEVTAB, "section 8.2; Linux nested attach: the entry, and the ATC"),
	R(IMS_CHANGE_DEV, IMS_PER_DEVICE, NO_PASID, true, ATC, "section 8.2; Linux nested attach: the entry, and the ATC"),

	R(IMS_CHANGE_TAG_REUSE, IMS_PER_DOM, 0, true, HOST_PDE, "section 8.4, D2: a tag that has stood for something else"),

	R(IMS_CHANGE_S2_LESS, IMS_PER_DOM, 0, false, HOST, S2, .leaf = true, ON(PARENT_TAGS, PARENT_TAGS_EACH)),
	R(IMS_CHANGE_S2_LESS, IMS_PER_DOM, 0, false, HOST_PDE, S2, .table = true, ON(PARENT_TAGS, PARENT_TAGS_EACH)),
	DEVICES_ALL(IMS_CHANGE_S2_LESS, S2D, ON(PARENT_ATC, PARENT_ATC_ALL)),
	R(IMS_CHANGE_S2_LESS, IMS_PER_DEVICE, NO_PASID, false, ATC, S2D ", and Linux names guest-physical ones", ON(PARENT_ATC, PARENT_ATC_GPA)),

	R(IMS_CHANGE_S2_MORE, IMS_PER_DOM, 0, false, HOST_PDE, NPC, .with = { NP }, .piece = aligned_piece),

	R(IMS_CHANGE_CTX_DIRTY, IMS_PER_SRC, 0, true, DEVTAB, "section 6.2; Linux amd_iommu_set_dirty_tracking()"),
	R(IMS_CHANGE_CTX_DIRTY, IMS_PER_DOM, 0, true, HOST_PDE, "section 6.2; Linux amd_iommu_set_dirty_tracking()"),
	DEVICES_ALL(IMS_CHANGE_CTX_DIRTY, "section 6.2; Linux amd_iommu_set_dirty_tracking()", .stages = 0),
};
_Static_assert(sizeof(amdvi_host_rules) / sizeof(amdvi_host_rules[0]) == AMDVI_HOST_RULES, "as announced");
/* clang-format on */

/* The unit that a hypervisor shows: absence is cached, so that maps are seen (section 5; QEMU). */
const struct ims_param_set amdvi_guest_params[] = {
	{ AMDVI_P_NP_CACHE, 1, "section 5; QEMU amd_iommu.c; Linux init.c, amd_iommu_np_cache" },
	{ AMDVI_P_VIOMMU_SUP, 0,
	  "Linux include/uapi/linux/iommufd.h, iommu_hw_info_amd: what a VMM may show" },
	{ AMDVI_P_GUEST_IDS, 0, "the same" },
};
_Static_assert(sizeof(amdvi_guest_params) / sizeof(amdvi_guest_params[0]) == AMDVI_GUEST_PARAMS,
	       "as announced");

static bool needs_gt(const uint32_t *p)
{
	return p[AMDVI_P_GT_SUP] && p[AMDVI_P_GIO_SUP] && p[AMDVI_P_GCR3_TRP_MODE];
}

static bool needs_host(const uint32_t *p)
{
	return p[AMDVI_P_HATS] != 3;
}

const struct ims_param_rule amdvi_needs[] = {
	{ "nesting needs gt-sup, gio-sup and gcr3-trp-mode-sup", "Linux is_nest_parent_supported()",
	  needs_gt },
	{ "nesting needs host tables: hats of 0 to 2", "Linux amd_iommu_hatdis", needs_host },
};
_Static_assert(sizeof(amdvi_needs) / sizeof(amdvi_needs[0]) == AMDVI_NEEDS, "as announced");
