/* SPDX-License-Identifier: MIT */
/*
 * What software owes after a change (section 6.5.3.3, table 28), for the guest's
 * driver, which believes in a unit of its own with CM = 1, and for the host, which
 * has a physical unit with CM = 0 and owns every device TLB.
 */
#include "vtd.h"

#define NO_PASID   (IMS_IF_ATS | IMS_IF_NO_CTX)
#define WITH_PASID (IMS_IF_ATS | IMS_IF_CTX)

/* clang-format off */
const struct ims_rule vtd_guest_rules[] = {
	{ IMS_CHANGE_S1_LESS, IMS_PER_TAG, 0, false, "P_IOTLB page-selective",
	  "table 28, first-stage row; Linux cache_tag_flush_range()" },
	{ IMS_CHANGE_S1_LESS, IMS_PER_DEVICE, NO_PASID, false, "devTLB",
	  "table 28, first-stage row, RID_PASID; Linux cache_tag_flush_devtlb_psi()" },
	{ IMS_CHANGE_S1_LESS, IMS_PER_DEVICE, WITH_PASID, false, "P_devTLB",
	  "table 28, first-stage row, other PASIDs; Linux cache_tag_flush_devtlb_psi()" },

	{ IMS_CHANGE_CTX_SET, IMS_PER_TAG, 0, true, "PC PASID-selective",
	  "section 6.1, CM = 1; Linux pasid_flush_caches()" },
	{ IMS_CHANGE_CTX_SET, IMS_PER_TAG, 0, true, "P_IOTLB PASID-selective",
	  "section 6.1, CM = 1; Linux pasid_flush_caches()" },

	{ IMS_CHANGE_CTX_CLEAR, IMS_PER_TAG, 0, true, "PC PASID-selective",
	  "table 28, PASID-table entry P 1 to 0; Linux intel_pasid_tear_down_entry()" },
	{ IMS_CHANGE_CTX_CLEAR, IMS_PER_TAG, 0, true, "P_IOTLB PASID-selective",
	  "table 28, PGTT first-stage; Linux intel_pasid_tear_down_entry()" },
	{ IMS_CHANGE_CTX_CLEAR, IMS_PER_DEVICE, NO_PASID, true, "devTLB",
	  "table 28; Linux devtlb_invalidation_with_pasid()" },
	{ IMS_CHANGE_CTX_CLEAR, IMS_PER_DEVICE, WITH_PASID, true, "P_devTLB",
	  "table 28; Linux devtlb_invalidation_with_pasid()" },
};
_Static_assert(sizeof(vtd_guest_rules) / sizeof(vtd_guest_rules[0]) == VTD_GUEST_RULES, "as announced");

const struct ims_rule vtd_host_rules[] = {
	{ IMS_CHANGE_S1_LESS, IMS_PER_TAG, 0, false, "P_IOTLB page-selective",
	  "table 28, first-stage row; mail of 2023-12-09: the kernel flushes what the nested domain is attached to" },
	{ IMS_CHANGE_S1_LESS, IMS_PER_DEVICE, NO_PASID, false, "devTLB",
	  "mail of 2023-12-09: the VM's own is discarded, the host knows exactly which RIDs" },
	{ IMS_CHANGE_S1_LESS, IMS_PER_DEVICE, WITH_PASID, false, "P_devTLB",
	  "mail of 2023-12-09: the VM's own is discarded, the host knows exactly which RIDs" },

	{ IMS_CHANGE_CTX_CLEAR, IMS_PER_TAG, 0, true, "PC PASID-selective", "table 28, PASID-table entry P 1 to 0" },
	{ IMS_CHANGE_CTX_CLEAR, IMS_PER_TAG, 0, true, "IOTLB domain-selective", "table 28, PGTT nested" },
	{ IMS_CHANGE_CTX_CLEAR, IMS_PER_DEVICE, NO_PASID, true, "devTLB", "table 28" },
	{ IMS_CHANGE_CTX_CLEAR, IMS_PER_DEVICE, WITH_PASID, true, "P_devTLB", "table 28" },

	{ IMS_CHANGE_S2_LESS, IMS_PER_TAG, 0, false, "IOTLB page-selective",
	  "table 28, second-stage row: every DID using the table; Linux cache_tag_flush_iotlb()" },
	{ IMS_CHANGE_S2_LESS, IMS_PER_DEVICE, NO_PASID, true, "devTLB",
	  "table 28; the ATC is indexed by IOVA: Linux CACHE_TAG_NESTING_DEVTLB flushes all" },
	{ IMS_CHANGE_S2_LESS, IMS_PER_DEVICE, WITH_PASID, true, "P_devTLB",
	  "table 28; the ATC is indexed by IOVA: Linux CACHE_TAG_NESTING_DEVTLB flushes all" },
};
_Static_assert(sizeof(vtd_host_rules) / sizeof(vtd_host_rules[0]) == VTD_HOST_RULES, "as announced");
/* clang-format on */
