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
	{ IMS_COL_PARENT_WAIT, A(IMS_PARENT_WAIT_ALL) | A(IMS_PARENT_WAIT_DIRECT),
	  "section 8.4, D5; Linux domain_flush_complete()" },
	{ IMS_COL_PARENT_DIRTY, A(IMS_PARENT_DIRTY_ALL) | A(IMS_PARENT_DIRTY_DIRECT),
	  "section 8.4, D6; Linux amd_iommu_set_dirty_tracking()" },
	{ IMS_COL_REATTACH, A(IMS_REATTACH_DONE) | A(IMS_REATTACH_NOTHING),
	  "section 8.4, D1; Linux amd_iommu_attach_device()" },
	{ IMS_COL_SWAP, A(IMS_SWAP_FLUSH) | A(IMS_SWAP_LEAVE),
	  "section 17.5, D7; section 17.1, K8c" },
	{ IMS_COL_NEST, A(IMS_NEST_MADE) | A(IMS_NEST_REFUSED),
	  "section 8; Linux amd_iommu_alloc_domain_nested() has no caller" },
	{ IMS_COL_BATCH, A(IMS_BATCH_EACH) | A(IMS_BATCH_LIST) | A(IMS_BATCH_63),
	  "section 14, COMPLETION_WAIT; section 17.4: Xen waited for each" },
	{ IMS_COL_PROGRESS, A(IMS_PROGRESS_EXECUTED) | A(IMS_PROGRESS_CONVERTED) | A(IMS_PROGRESS_BATCH),
	  "section 14; Linux include/uapi/linux/iommufd.h, struct iommu_hwpt_invalidate" },
	{ IMS_COL_CHECK, A(IMS_CHECK_OPCODE) | A(IMS_CHECK_FIELDS),
	  "section 14: what a device that is not there is answered" },
	{ IMS_COL_VMM_DOMAIN, A(IMS_VMM_DOMAIN_TABLES) | A(IMS_VMM_DOMAIN_DEVICE),
	  "mail of 2023-12-09: for each GCR3 pointer; Linux: for each entry of a device" },
	{ IMS_COL_VMM_CONFIG, A(IMS_VMM_CONFIG_REREAD) | A(IMS_VMM_CONFIG_IGNORE),
	  "section 14, DEVTAB; section 17.4: Xen left out what cleared an entry" },
	{ IMS_COL_VMM_UNITS, A(IMS_VMM_UNITS_EACH) | A(IMS_VMM_UNITS_FIRST),
	  "section 8.3: one vIOMMU for each physical unit, with tags of its own" },
	{ IMS_COL_VMM_BATCH, A(IMS_VMM_BATCH_EACH) | A(IMS_VMM_BATCH_SYNC) | A(IMS_VMM_BATCH_MERGE),
	  "mail of 2023-12-09: a list for each vDomainID; section 17.4: Xen sent each on by itself" },
	{ IMS_COL_VMM_SPLIT, A(IMS_VMM_SPLIT_OBJECT) | A(IMS_VMM_SPLIT_ORDER),
	  "mail of 2023-12-09: split by vDomainID" },
	{ IMS_COL_VMM_REFUSED, A(IMS_VMM_REFUSED_TRUST) | A(IMS_VMM_REFUSED_ONE_BY_ONE) | A(IMS_VMM_REFUSED_GIVE_UP),
	  "section 14, IOTLB: dropped, and the guest is told" },
	{ IMS_COL_VMM_WAIT, A(IMS_VMM_WAIT_CALLS) | A(IMS_VMM_WAIT_ONCE),
	  "section 14, COMPLETION_WAIT; section 17.4" },
	{ IMS_COL_TIMEOUT, A(IMS_TIMEOUT_RETRY) | A(IMS_TIMEOUT_ASSUME_DONE) | A(IMS_TIMEOUT_REPORT) | A(IMS_TIMEOUT_QUARANTINE),
	  "section 17.5, D8: Linux drops the -EIO of its wait; Xen XSA-373; section 7, IOTLB_INV_TIMEOUT" },
	{ IMS_COL_RESET, A(IMS_RESET_BLOCK) | A(IMS_RESET_NOTHING),
	  "Linux f5b16b802174 of 2025, pci_dev_reset_iommu_prepare() and pci_dev_reset_iommu_done(); before: nothing" },
	{ IMS_COL_FAULT_DETACH, A(IMS_FAULT_DETACH_ANSWER) | A(IMS_FAULT_DETACH_FORGET),
	  "Linux iommufd_auto_response_faults()" },
	{ IMS_COL_VMM_FAULTS, A(IMS_VMM_FAULTS_NONE) | A(IMS_VMM_FAULTS_GUEST) | A(IMS_VMM_FAULTS_UNREAD),
	  "Linux iommufd_fault_fops_read(), _write(); QEMU: page requests of assigned devices, posted 2026-08" },
	{ IMS_COL_PARENT_CLEAN, A(IMS_PARENT_CLEAN_FLUSH) | A(IMS_PARENT_CLEAN_NOTHING),
	  "Linux iommu_dirty_bitmap_record(), iommu_iotlb_sync()" },
	{ IMS_COL_VMM_QUEUE, A(IMS_VMM_QUEUE_TRAPPED) | A(IMS_VMM_QUEUE_HARDWARE),
	  "mail of 2023-12-09: the hardware's path, both tables tied to a virtual function; section 9" },
	{ IMS_COL_VMM_TRAP, A(IMS_VMM_TRAP_ALL) | A(IMS_VMM_TRAP_TAG) | A(IMS_VMM_TRAP_PAIR) | A(IMS_VMM_TRAP_NONE),
	  "sections 9 and 18: QEMU of AMDESE, its early and its newer revision" },
	{ IMS_COL_MAP_DEFAULT, A(IMS_MAP_DEFAULT_NONE) | A(IMS_MAP_DEFAULT_PARENT),
	  "section 9: AMDESE linux-iommu maps all 64K to the parent's DomainID" },
	{ IMS_COL_ALIASES, A(IMS_ALIASES_ALL) | A(IMS_ALIASES_FIRST),
	  "section 6.2: DEVTAB for devid and all DMA aliases; Linux clone_aliases()" },
};
_Static_assert(sizeof(amdvi_columns) / sizeof(amdvi_columns[0]) == AMDVI_COLUMNS, "as announced");
/* clang-format on */

#define LISTS                                                                                      \
	[IMS_COL_BATCH] = IMS_BATCH_EACH, [IMS_COL_PROGRESS] = IMS_PROGRESS_EXECUTED,              \
	[IMS_COL_VMM_BATCH] = IMS_VMM_BATCH_SYNC, [IMS_COL_VMM_SPLIT] = IMS_VMM_SPLIT_OBJECT,      \
	[IMS_COL_VMM_REFUSED] = IMS_VMM_REFUSED_TRUST, [IMS_COL_VMM_WAIT] = IMS_VMM_WAIT_CALLS,    \
	FAULTS

/* Nobody's VMM has them unless it is asked for. */
#define FAULTS                                                                                     \
	[IMS_COL_FAULT_DETACH] = IMS_FAULT_DETACH_ANSWER, [IMS_COL_VMM_FAULTS] = IMS_VMM_FAULTS_NONE

/* The guest's own commands by the VMM; what is asked of the hardware's path, where a scenario takes it. */
#define TRAPPED                                                                                    \
	[IMS_COL_VMM_QUEUE] = IMS_VMM_QUEUE_TRAPPED, [IMS_COL_VMM_TRAP] = IMS_VMM_TRAP_ALL,        \
	[IMS_COL_MAP_DEFAULT] = IMS_MAP_DEFAULT_NONE

#define LINUX_7_3                                                                                   \
	[IMS_COL_TAG] = IMS_TAG_GUEST, [IMS_COL_TAG_FREE] = IMS_FREE_NEVER,                         \
	[IMS_COL_ATC] = IMS_ATC_FORWARD, [IMS_COL_TARGET] = IMS_TARGET_NONE,                        \
	[IMS_COL_ATC_TARGET] = IMS_ATC_TARGET_VIOMMU, [IMS_COL_PARENT_TAGS] = IMS_PARENT_TAGS_EACH, \
	[IMS_COL_PARENT_ATC] = IMS_PARENT_ATC_GPA, [IMS_COL_PARENT_WAIT] = IMS_PARENT_WAIT_DIRECT,  \
	[IMS_COL_TIMEOUT] = IMS_TIMEOUT_ASSUME_DONE, [IMS_COL_RESET] = IMS_RESET_BLOCK,             \
	[IMS_COL_ALIASES] = IMS_ALIASES_ALL, [IMS_COL_PARENT_CLEAN] = IMS_PARENT_CLEAN_FLUSH,       \
	[IMS_COL_PARENT_DIRTY] = IMS_PARENT_DIRTY_DIRECT,                                           \
	[IMS_COL_REATTACH] = IMS_REATTACH_NOTHING, [IMS_COL_SWAP] = IMS_SWAP_LEAVE,                 \
	[IMS_COL_CHECK] = IMS_CHECK_OPCODE, [IMS_COL_VMM_DOMAIN] = IMS_VMM_DOMAIN_DEVICE,           \
	[IMS_COL_VMM_CONFIG] = IMS_VMM_CONFIG_REREAD, [IMS_COL_VMM_UNITS] = IMS_VMM_UNITS_EACH,     \
	LISTS

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
		  [IMS_COL_PARENT_WAIT] = IMS_PARENT_WAIT_ALL,
		  [IMS_COL_PARENT_DIRTY] = IMS_PARENT_DIRTY_ALL,
		  [IMS_COL_TIMEOUT] = IMS_TIMEOUT_RETRY,
		  [IMS_COL_RESET] = IMS_RESET_BLOCK,
		  [IMS_COL_ALIASES] = IMS_ALIASES_ALL,
		  [IMS_COL_PARENT_CLEAN] = IMS_PARENT_CLEAN_FLUSH,
		  [IMS_COL_REATTACH] = IMS_REATTACH_DONE,
		  [IMS_COL_SWAP] = IMS_SWAP_LEAVE,
		  [IMS_COL_NEST] = IMS_NEST_MADE,
		  [IMS_COL_CHECK] = IMS_CHECK_OPCODE,
		  LISTS,
		  TRAPPED,
	  } } },
	{ "linux-7.3",
	  "Linux 7.3 as it is: nested domains cannot be made and nothing can be invalidated, EOPNOTSUPP",
	  "section 8; drivers/iommu/amd: nothing calls amd_iommu_alloc_domain_nested(), and there is no cache_invalidate",
	  { { LINUX_7_3, TRAPPED, [IMS_COL_NEST] = IMS_NEST_REFUSED } } },
	{ "linux-7.3-hooked",
	  "the code of Linux 7.3 as if it could be reached, with its defects D1, D2, D3, D5, D6 and D7; there is no "
	  "call to invalidate by. Not modelled: D4, that a parent's table grows by a level",
	  "sections 8.2, 8.3, 8.4 and 17.5",
	  { { LINUX_7_3, TRAPPED, [IMS_COL_NEST] = IMS_NEST_MADE } } },
	{ "amdese-hw",
	  "AMD's branches of Linux and QEMU: the nesting code of Linux 7.3, and the hardware executes the guest's commands; "
	  "what QEMU traps is what its newer revision does",
	  "section 9; AMDESE linux-iommu and qemu-iommu",
	  { { LINUX_7_3, [IMS_COL_NEST] = IMS_NEST_MADE,
	      [IMS_COL_VMM_QUEUE] = IMS_VMM_QUEUE_HARDWARE, [IMS_COL_VMM_TRAP] = IMS_VMM_TRAP_PAIR,
	      [IMS_COL_MAP_DEFAULT] = IMS_MAP_DEFAULT_PARENT } } },
};
_Static_assert(sizeof(amdvi_policies) / sizeof(amdvi_policies[0]) == AMDVI_POLICIES,
	       "as announced");
