/* SPDX-License-Identifier: MIT */
/*
 * What hosts and VMMs do with a guest's VT-d (sheet, sections 6 and 7b): which answers
 * there are to the columns of iommusim/policy.h, and the hosts that have names.
 */
#include "vtd.h"

#define A IMS_ANSWER

/* clang-format off */
const struct ims_column_use vtd_columns[] = {
	{ IMS_COL_TAG, A(IMS_TAG_DOMAIN) | A(IMS_TAG_PASID) | A(IMS_TAG_ATTACHMENT) | A(IMS_TAG_PARENT),
	  "mail of 2023-12-09: at attach, one that the domain has for the PASID, or a new one; Linux domain_attach_iommu(): one for each domain; section 6.2.3.1, rule (c): one for each parent" },
	{ IMS_COL_TAG_FREE, A(IMS_FREE_AT_REUSE) | A(IMS_FREE_AT_LAST) | A(IMS_FREE_NEVER),
	  "table 28, reuse of a domain-id" },
	{ IMS_COL_ATC, A(IMS_ATC_SYNTHESISE) | A(IMS_ATC_FORWARD) | A(IMS_ATC_DROP),
	  "mail of 2023-12-09: the VM's is discarded, the host makes its own; Linux cache_tag_flush_range()" },
	{ IMS_COL_TARGET, A(IMS_TARGET_NESTED) | A(IMS_TARGET_NONE),
	  "mail of 2023-12-09; Linux intel_nested_cache_invalidate_user()" },
	{ IMS_COL_PARENT_TAGS, A(IMS_PARENT_TAGS_EACH) | A(IMS_PARENT_TAGS_OWN),
	  "table 28, second stage; Linux CACHE_TAG_NESTING_IOTLB" },
	{ IMS_COL_PARENT_ATC, A(IMS_PARENT_ATC_ALL) | A(IMS_PARENT_ATC_GPA) | A(IMS_PARENT_ATC_NONE),
	  "table 28, second stage; Linux CACHE_TAG_NESTING_DEVTLB" },
	{ IMS_COL_VMM_DOMAIN, A(IMS_VMM_DOMAIN_TABLES) | A(IMS_VMM_DOMAIN_DEVICE),
	  "mail of 2023-12-09: for each (vDID, PASID); QEMU 11: for each (device, PASID)" },
	{ IMS_COL_VMM_CONFIG, A(IMS_VMM_CONFIG_REREAD) | A(IMS_VMM_CONFIG_IGNORE),
	  "section 6.1, CM = 1; QEMU 10.0 ignores PASID-cache commands" },
	{ IMS_COL_VMM_WIDE, A(IMS_VMM_WIDE_FORWARD) | A(IMS_VMM_WIDE_DROP),
	  "table 23: type 2 reaches first-stage entries of the DID; QEMU 11 does not send it on" },
};
_Static_assert(sizeof(vtd_columns) / sizeof(vtd_columns[0]) == VTD_COLUMNS, "as announced");
/* clang-format on */

const struct ims_policy_row vtd_policies[] = {
	{ "mail-2023",
	  "the host that the mail proposes: a nested domain for each (vDID, PASID), ATC commands by the host",
	  "mail of 2023-12-09, Intel VT-d",
	  { {
		  [IMS_COL_TAG] = IMS_TAG_PASID,
		  [IMS_COL_TAG_FREE] = IMS_FREE_AT_REUSE,
		  [IMS_COL_ATC] = IMS_ATC_SYNTHESISE,
		  [IMS_COL_TARGET] = IMS_TARGET_NESTED,
		  [IMS_COL_PARENT_TAGS] = IMS_PARENT_TAGS_EACH,
		  [IMS_COL_PARENT_ATC] = IMS_PARENT_ATC_ALL,
		  [IMS_COL_VMM_DOMAIN] = IMS_VMM_DOMAIN_TABLES,
		  [IMS_COL_VMM_CONFIG] = IMS_VMM_CONFIG_REREAD,
		  [IMS_COL_VMM_WIDE] = IMS_VMM_WIDE_FORWARD,
	  } } },
};
_Static_assert(sizeof(vtd_policies) / sizeof(vtd_policies[0]) == VTD_POLICIES, "as announced");
