/* SPDX-License-Identifier: MIT */
/*
 * What hosts and VMMs do with a guest's VT-d (sheet, sections 6 and 7b): which answers
 * there are to the columns of iommusim/policy.h, and the hosts that have names.
 */
#include "vtd.h"

#define A IMS_ANSWER

/*
 * An entry is a range of a nested domain, whose fields the VMM fills in: no host refuses one
 * of a list, so there are no answers to host.progress and vmm.refused.
 */
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
	{ IMS_COL_BATCH, A(IMS_BATCH_EACH) | A(IMS_BATCH_LIST) | A(IMS_BATCH_63),
	  "Linux intel_nested_cache_invalidate_user(): each is executed before the next is read" },
	{ IMS_COL_VMM_DOMAIN, A(IMS_VMM_DOMAIN_TABLES) | A(IMS_VMM_DOMAIN_DEVICE),
	  "mail of 2023-12-09: for each (vDID, PASID); QEMU 11: for each (device, PASID)" },
	{ IMS_COL_VMM_CONFIG, A(IMS_VMM_CONFIG_REREAD) | A(IMS_VMM_CONFIG_IGNORE),
	  "section 6.1, CM = 1; QEMU 10.0 ignores PASID-cache commands" },
	{ IMS_COL_VMM_WIDE, A(IMS_VMM_WIDE_FORWARD) | A(IMS_VMM_WIDE_DROP),
	  "table 23: type 2 reaches first-stage entries of the DID; QEMU 11 does not send it on" },
	{ IMS_COL_VMM_BATCH, A(IMS_VMM_BATCH_EACH) | A(IMS_VMM_BATCH_SYNC) | A(IMS_VMM_BATCH_MERGE),
	  "mail of 2023-12-09: a list for each (vDID, PASID); section 6.5: QEMU 11 sends one entry at a time" },
	{ IMS_COL_VMM_SPLIT, A(IMS_VMM_SPLIT_OBJECT) | A(IMS_VMM_SPLIT_ORDER),
	  "mail of 2023-12-09: split by (vDID, PASID)" },
	{ IMS_COL_VMM_WAIT, A(IMS_VMM_WAIT_CALLS) | A(IMS_VMM_WAIT_ONCE),
	  "VT-d 5.10 section 6.5.2.9: the wait completes behind what is before it" },
	{ IMS_COL_TIMEOUT, A(IMS_TIMEOUT_RETRY) | A(IMS_TIMEOUT_ASSUME_DONE) | A(IMS_TIMEOUT_REPORT) | A(IMS_TIMEOUT_QUARANTINE),
	  "VT-d 5.10 section 6.5.2.10: software reissues them; Linux qi_submit_sync(): -EAGAIN" },
	{ IMS_COL_RESET, A(IMS_RESET_BLOCK) | A(IMS_RESET_NOTHING),
	  "Linux f5b16b802174 of 2025, pci_dev_reset_iommu_prepare() and pci_dev_reset_iommu_done(); before: nothing" },
	{ IMS_COL_FAULT_DETACH, A(IMS_FAULT_DETACH_ANSWER) | A(IMS_FAULT_DETACH_FORGET),
	  "Linux iommufd_auto_response_faults()" },
	{ IMS_COL_VMM_FAULTS, A(IMS_VMM_FAULTS_NONE) | A(IMS_VMM_FAULTS_GUEST) | A(IMS_VMM_FAULTS_UNREAD),
	  "Linux iommufd_fault_fops_read(), _write(); QEMU: page requests of assigned devices, posted 2026-08" },
	{ IMS_COL_PARENT_CLEAN, A(IMS_PARENT_CLEAN_FLUSH) | A(IMS_PARENT_CLEAN_NOTHING),
	  "section 3, rule 7 of the sheet: D is a part of the entry; Linux iommu_dirty_bitmap_record(), iommu_iotlb_sync()" },
	{ IMS_COL_ALIASES, A(IMS_ALIASES_ALL) | A(IMS_ALIASES_FIRST),
	  "Linux domain_context_mapping(), pci_for_each_dma_alias(); section 4.2: what an entry of a device owes" },
};
_Static_assert(sizeof(vtd_columns) / sizeof(vtd_columns[0]) == VTD_COLUMNS, "as announced");
/* clang-format on */

#define MAIL_LISTS                                                                                 \
	[IMS_COL_BATCH] = IMS_BATCH_EACH, [IMS_COL_VMM_BATCH] = IMS_VMM_BATCH_SYNC,                \
	[IMS_COL_VMM_SPLIT] = IMS_VMM_SPLIT_OBJECT, [IMS_COL_VMM_WAIT] = IMS_VMM_WAIT_CALLS,       \
	[IMS_COL_TIMEOUT] = IMS_TIMEOUT_RETRY, [IMS_COL_RESET] = IMS_RESET_BLOCK,                  \
	FAULTS, [IMS_COL_ALIASES] = IMS_ALIASES_ALL, [IMS_COL_PARENT_CLEAN] = IMS_PARENT_CLEAN_FLUSH

/* Nobody's VMM has them unless it is asked for. */
#define FAULTS                                                                                     \
	[IMS_COL_FAULT_DETACH] = IMS_FAULT_DETACH_ANSWER, [IMS_COL_VMM_FAULTS] = IMS_VMM_FAULTS_NONE

#define LINUX_7_3                                                                                  \
	[IMS_COL_TAG] = IMS_TAG_DOMAIN,                                                            \
	[IMS_COL_TAG_FREE] = IMS_FREE_NEVER, /* its teardown has flushed it */                     \
		[IMS_COL_ATC] = IMS_ATC_SYNTHESISE, [IMS_COL_TARGET] = IMS_TARGET_NESTED,          \
	[IMS_COL_PARENT_TAGS] = IMS_PARENT_TAGS_EACH, [IMS_COL_PARENT_ATC] = IMS_PARENT_ATC_ALL,   \
	[IMS_COL_BATCH] = IMS_BATCH_EACH, [IMS_COL_VMM_DOMAIN] = IMS_VMM_DOMAIN_DEVICE,            \
	[IMS_COL_VMM_CONFIG] = IMS_VMM_CONFIG_REREAD, [IMS_COL_VMM_WIDE] = IMS_VMM_WIDE_DROP,      \
	[IMS_COL_VMM_BATCH] = IMS_VMM_BATCH_EACH, [IMS_COL_VMM_SPLIT] = IMS_VMM_SPLIT_OBJECT,      \
	[IMS_COL_VMM_WAIT] = IMS_VMM_WAIT_CALLS, [IMS_COL_TIMEOUT] = IMS_TIMEOUT_RETRY,            \
	[IMS_COL_RESET] = IMS_RESET_BLOCK,                                                         \
	FAULTS, [IMS_COL_PARENT_CLEAN] = IMS_PARENT_CLEAN_FLUSH, [IMS_COL_ALIASES] = IMS_ALIASES_ALL

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
		  MAIL_LISTS,
	  } } },
	{ "linux-7.3",
	  "Linux 7.3 under QEMU 11: a DID for each nested HWPT, and one of these for each (device, PASID); "
	  "one entry a call; commands for a whole domain are not sent on. Not modelled: that a detachment takes the "
	  "device out of what hears of the parent before its entry is torn down",
	  "section 6.2, domain_attach_iommu(); section 6.3, cache_tag_flush_range(); section 6.5, QEMU; section 7b",
	  { { LINUX_7_3 } } },
	{ "linux-for-next",
	  "the same with the array of a call walked by the core of iommufd, an entry at a time: what comes of it is the same",
	  "Linux 61e2f25a49bc, fe85c40e992b",
	  { { LINUX_7_3 } } },
};
_Static_assert(sizeof(vtd_policies) / sizeof(vtd_policies[0]) == VTD_POLICIES, "as announced");
