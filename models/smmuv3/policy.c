/* SPDX-License-Identifier: MIT */
/*
 * What hosts and VMMs do with a guest's SMMU (sheet, sections 8 and 12): which answers
 * there are to the columns of iommusim/policy.h, and the hosts that have names.
 */
#include "smmuv3.h"

#define A IMS_ANSWER

/* clang-format off */
const struct ims_column_use smmu_columns[] = {
	{ IMS_COL_TAG, A(IMS_TAG_PARENT),
	  "mail of 2023-12-09: the VMID is the nesting parent's; ASIDs are the guest's" },
	{ IMS_COL_ATC, A(IMS_ATC_FORWARD) | A(IMS_ATC_SYNTHESISE) | A(IMS_ATC_DROP),
	  "mail of 2023-12-09: forwarded, an ASID names no domain at all" },
	{ IMS_COL_TARGET, A(IMS_TARGET_PARENT) | A(IMS_TARGET_VIOMMU) | A(IMS_TARGET_NONE),
	  "mail of 2023-12-09: the nesting parent; Linux arm_vsmmu_cache_invalidate(): the vIOMMU" },
	{ IMS_COL_ATC_TARGET, A(IMS_ATC_TARGET_DEVICE) | A(IMS_ATC_TARGET_VIOMMU),
	  "mail of 2023-12-09: IOMMUFD_DEV_INVALIDATE; Linux arm_vsmmu_convert_user_cmd()" },
	{ IMS_COL_PARENT_TAGS, A(IMS_PARENT_TAGS_EACH) | A(IMS_PARENT_TAGS_OWN),
	  "IHI 0070 section 4.4.3.1; Linux INV_TYPE_S2_VMID_S1_CLEAR" },
	{ IMS_COL_PARENT_ATC, A(IMS_PARENT_ATC_ALL) | A(IMS_PARENT_ATC_GPA) | A(IMS_PARENT_ATC_NONE),
	  "IHI 0070 section 3.9.1; Linux INV_TYPE_ATS_FULL" },
	{ IMS_COL_PARENT_CONFIG, A(IMS_PARENT_CONFIG_ALL) | A(IMS_PARENT_CONFIG_NONE),
	  "sheet, section 16.8; Linux sends none (section 8.6 d)" },
	{ IMS_COL_VMM_DOMAIN, A(IMS_VMM_DOMAIN_TABLES) | A(IMS_VMM_DOMAIN_DEVICE),
	  "mail of 2023-12-09: for each table of CDs; sheet, section 12: for each STE" },
	{ IMS_COL_VMM_CONFIG, A(IMS_VMM_CONFIG_REREAD) | A(IMS_VMM_CONFIG_IGNORE),
	  "IHI 0070 section 4.3.7" },
	{ IMS_COL_VMM_UNITS, A(IMS_VMM_UNITS_EACH) | A(IMS_VMM_UNITS_FIRST),
	  "sheet, section 8.5: one vIOMMU for each physical SMMU" },
};
_Static_assert(sizeof(smmu_columns) / sizeof(smmu_columns[0]) == SMMU_COLUMNS, "as announced");
/* clang-format on */

const struct ims_policy_row smmu_policies[] = {
	{ "mail-2023",
	  "the host that the mail proposes: lists go to the nesting parent and to the device",
	  "mail of 2023-12-09, Arm; sheet, section 12",
	  { {
		  [IMS_COL_TAG] = IMS_TAG_PARENT,
		  [IMS_COL_ATC] = IMS_ATC_FORWARD,
		  [IMS_COL_TARGET] = IMS_TARGET_PARENT,
		  [IMS_COL_ATC_TARGET] = IMS_ATC_TARGET_DEVICE,
		  [IMS_COL_PARENT_TAGS] = IMS_PARENT_TAGS_EACH,
		  [IMS_COL_PARENT_ATC] = IMS_PARENT_ATC_ALL,
		  [IMS_COL_PARENT_CONFIG] = IMS_PARENT_CONFIG_ALL,
		  [IMS_COL_VMM_DOMAIN] = IMS_VMM_DOMAIN_TABLES,
		  [IMS_COL_VMM_CONFIG] = IMS_VMM_CONFIG_REREAD,
		  [IMS_COL_VMM_UNITS] = IMS_VMM_UNITS_EACH,
	  } } },
};
_Static_assert(sizeof(smmu_policies) / sizeof(smmu_policies[0]) == SMMU_POLICIES, "as announced");
