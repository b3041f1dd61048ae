/* SPDX-License-Identifier: MIT */
/*
 * What hosts and VMMs do with a guest's AMD IOMMU (sheet, sections 8, 13 and 14): which
 * answers there are to the columns of iommusim/policy.h, and the hosts that have names.
 */
#include "amdvi.h"

#define A IMS_ANSWER

/* clang-format off */
const struct ims_column_use amdvi_columns[] = {
	{ IMS_COL_TAG, A(IMS_TAG_GUEST) | A(IMS_TAG_DOMAIN) | A(IMS_TAG_ATTACHMENT),
	  "mail of 2023-12-09: one pDomainID for each vDomainID; Linux amd_iommu_alloc_domain_nested()" },
	{ IMS_COL_TAG_FREE, A(IMS_FREE_AT_REUSE) | A(IMS_FREE_AT_LAST) | A(IMS_FREE_NEVER),
	  "section 8.4, D2" },
	{ IMS_COL_ATC, A(IMS_ATC_FORWARD) | A(IMS_ATC_SYNTHESISE) | A(IMS_ATC_DROP),
	  "mail of 2023-12-09: forwarded, (vDomainID, PASID) names a superset of the devices" },
	{ IMS_COL_TARGET, A(IMS_TARGET_GROUP) | A(IMS_TARGET_NESTED) | A(IMS_TARGET_VIOMMU) | A(IMS_TARGET_NONE),
	  "mail of 2023-12-09: any nested domain of the vDomainID; section 8: Linux has no call" },
	{ IMS_COL_ATC_TARGET, A(IMS_ATC_TARGET_DEVICE) | A(IMS_ATC_TARGET_VIOMMU),
	  "mail of 2023-12-09: IOMMUFD_DEV_INVALIDATE; section 13" },
	{ IMS_COL_PARENT_TAGS, A(IMS_PARENT_TAGS_EACH) | A(IMS_PARENT_TAGS_OWN),
	  "section 8.3; Linux 757d2b1fdf5b" },
	{ IMS_COL_PARENT_ATC, A(IMS_PARENT_ATC_ALL) | A(IMS_PARENT_ATC_GPA) | A(IMS_PARENT_ATC_NONE),
	  "section 8.4, D3" },
	{ IMS_COL_VMM_DOMAIN, A(IMS_VMM_DOMAIN_TABLES) | A(IMS_VMM_DOMAIN_DEVICE),
	  "mail of 2023-12-09: for each GCR3 pointer; Linux: for each entry of a device" },
	{ IMS_COL_VMM_CONFIG, A(IMS_VMM_CONFIG_REREAD) | A(IMS_VMM_CONFIG_IGNORE),
	  "section 14, DEVTAB; section 17.4: Xen left out what cleared an entry" },
	{ IMS_COL_VMM_UNITS, A(IMS_VMM_UNITS_EACH) | A(IMS_VMM_UNITS_FIRST),
	  "section 8.3: one vIOMMU for each physical unit, with tags of its own" },
};
_Static_assert(sizeof(amdvi_columns) / sizeof(amdvi_columns[0]) == AMDVI_COLUMNS, "as announced");
/* clang-format on */

const struct ims_policy_row amdvi_policies[] = {
	{ "mail-2023",
	  "the host that the mail proposes: one pDomainID for each vDomainID, all commands of the guest go on",
	  "mail of 2023-12-09, AMD; section 14",
	  { {
		  [IMS_COL_TAG] = IMS_TAG_GUEST,
		  [IMS_COL_TAG_FREE] = IMS_FREE_AT_REUSE,
		  [IMS_COL_ATC] = IMS_ATC_FORWARD,
		  [IMS_COL_TARGET] = IMS_TARGET_GROUP,
		  [IMS_COL_ATC_TARGET] = IMS_ATC_TARGET_DEVICE,
		  [IMS_COL_PARENT_TAGS] = IMS_PARENT_TAGS_EACH,
		  [IMS_COL_PARENT_ATC] = IMS_PARENT_ATC_ALL,
		  [IMS_COL_VMM_DOMAIN] = IMS_VMM_DOMAIN_TABLES,
		  [IMS_COL_VMM_CONFIG] = IMS_VMM_CONFIG_REREAD,
		  [IMS_COL_VMM_UNITS] = IMS_VMM_UNITS_EACH,
	  } } },
};
_Static_assert(sizeof(amdvi_policies) / sizeof(amdvi_policies[0]) == AMDVI_POLICIES,
	       "as announced");
