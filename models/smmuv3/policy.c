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
	{ IMS_COL_SWAP, A(IMS_SWAP_FLUSH) | A(IMS_SWAP_LEAVE),
	  "section 8.5: no flush on a change from nested to nested under one parent" },
	{ IMS_COL_BATCH, A(IMS_BATCH_EACH) | A(IMS_BATCH_LIST) | A(IMS_BATCH_63),
	  "Linux arm_vsmmu_cache_invalidate(): CMDQ_BATCH_ENTRIES - 1 and a SYNC" },
	{ IMS_COL_PROGRESS, A(IMS_PROGRESS_EXECUTED) | A(IMS_PROGRESS_CONVERTED) | A(IMS_PROGRESS_BATCH),
	  "sections 8.6 (a) and 16.9; for-next: Linux 2d4f03f6610d" },
	{ IMS_COL_CHECK, A(IMS_CHECK_OPCODE) | A(IMS_CHECK_FIELDS),
	  "section 8.5; for-next: Linux 26564d25cd81" },
	{ IMS_COL_QUEUE_FREE, A(IMS_QUEUE_FREE_FLUSH) | A(IMS_QUEUE_FREE_LEAVE),
	  "sheet, section 9: Linux tegra241_vcmdq_hw_flush_timeout()" },
	{ IMS_COL_VMM_DOMAIN, A(IMS_VMM_DOMAIN_TABLES) | A(IMS_VMM_DOMAIN_DEVICE),
	  "mail of 2023-12-09: for each table of CDs; sheet, section 12: for each STE" },
	{ IMS_COL_VMM_CONFIG, A(IMS_VMM_CONFIG_REREAD) | A(IMS_VMM_CONFIG_IGNORE),
	  "IHI 0070 section 4.3.7" },
	{ IMS_COL_VMM_UNITS, A(IMS_VMM_UNITS_EACH) | A(IMS_VMM_UNITS_FIRST),
	  "sheet, section 8.5: one vIOMMU for each physical SMMU" },
	{ IMS_COL_VMM_BATCH, A(IMS_VMM_BATCH_EACH) | A(IMS_VMM_BATCH_SYNC) | A(IMS_VMM_BATCH_MERGE),
	  "section 16.9: QEMU sends one command a call, OpenVMM one ordered array; section 8.5: what merging loses" },
	{ IMS_COL_VMM_SPLIT, A(IMS_VMM_SPLIT_OBJECT) | A(IMS_VMM_SPLIT_ORDER),
	  "mail of 2023-12-09: commands for an ATC go to the device, the others to the parent" },
	{ IMS_COL_VMM_REFUSED, A(IMS_VMM_REFUSED_TRUST) | A(IMS_VMM_REFUSED_ONE_BY_ONE) | A(IMS_VMM_REFUSED_GIVE_UP),
	  "section 16.9: QEMU reports a failure to the guest; Linux iommufd uapi, entry_num" },
	{ IMS_COL_VMM_WAIT, A(IMS_VMM_WAIT_CALLS) | A(IMS_VMM_WAIT_ONCE),
	  "section 8.7: the VMM completes a SYNC only after earlier calls have returned" },
	{ IMS_COL_TIMEOUT, A(IMS_TIMEOUT_RETRY) | A(IMS_TIMEOUT_ASSUME_DONE) | A(IMS_TIMEOUT_REPORT) | A(IMS_TIMEOUT_QUARANTINE),
	  "section 15.6; Linux __arm_smmu_cmdq_skip_err(): the SYNC alone again; series of 2026: quarantine (reference, task C, 2)" },
	{ IMS_COL_RESET, A(IMS_RESET_BLOCK) | A(IMS_RESET_NOTHING),
	  "Linux f5b16b802174 of 2025, pci_dev_reset_iommu_prepare() and pci_dev_reset_iommu_done(); before: nothing" },
	{ IMS_COL_VMM_QUEUE, A(IMS_VMM_QUEUE_TRAPPED) | A(IMS_VMM_QUEUE_HARDWARE) | A(IMS_VMM_QUEUE_ALONE),
	  "sheet, section 9: Tegra241 CMDQV; the mail's vRID to pRID table, tied to the VMID" },
	{ IMS_COL_FAULT_DETACH, A(IMS_FAULT_DETACH_ANSWER) | A(IMS_FAULT_DETACH_FORGET),
	  "Linux iommufd_auto_response_faults()" },
	{ IMS_COL_VMM_FAULTS, A(IMS_VMM_FAULTS_NONE) | A(IMS_VMM_FAULTS_GUEST) | A(IMS_VMM_FAULTS_UNREAD),
	  "Linux iommufd_fault_fops_read(), _write(); QEMU: page requests of assigned devices, posted 2026-08" },
	{ IMS_COL_VMM_EVENTS, A(IMS_VMM_EVENTS_NONE) | A(IMS_VMM_EVENTS_GUEST),
	  "Linux arm_vmaster_report_event(); sheet, section 8.5" },
	{ IMS_COL_PARENT_CLEAN, A(IMS_PARENT_CLEAN_FLUSH) | A(IMS_PARENT_CLEAN_NOTHING),
	  "section 15.4: who cleans has to invalidate; Linux iommu_dirty_bitmap_record(), iommu_iotlb_sync()" },
	{ IMS_COL_ALIASES, A(IMS_ALIASES_ALL) | A(IMS_ALIASES_FIRST),
	  "section 8.4: CFGI_CD for every stream; Linux arm_smmu_master.streams, INV_TYPE_ATS per SID" },
};
_Static_assert(sizeof(smmu_columns) / sizeof(smmu_columns[0]) == SMMU_COLUMNS, "as announced");
/* clang-format on */

/* Nobody's VMM has them unless it is asked for. */
#define FAULTS                                                                                     \
	[IMS_COL_FAULT_DETACH] = IMS_FAULT_DETACH_ANSWER,                                          \
	[IMS_COL_VMM_FAULTS] = IMS_VMM_FAULTS_NONE, [IMS_COL_VMM_EVENTS] = IMS_VMM_EVENTS_NONE

#define LINUX                                                                                      \
	[IMS_COL_TAG] = IMS_TAG_PARENT, [IMS_COL_ATC] = IMS_ATC_FORWARD,                           \
	[IMS_COL_TARGET] = IMS_TARGET_VIOMMU, [IMS_COL_ATC_TARGET] = IMS_ATC_TARGET_VIOMMU,        \
	[IMS_COL_PARENT_TAGS] = IMS_PARENT_TAGS_EACH, [IMS_COL_PARENT_ATC] = IMS_PARENT_ATC_ALL,   \
	[IMS_COL_PARENT_CONFIG] = IMS_PARENT_CONFIG_NONE, [IMS_COL_SWAP] = IMS_SWAP_LEAVE,         \
	[IMS_COL_BATCH] = IMS_BATCH_63, [IMS_COL_VMM_DOMAIN] = IMS_VMM_DOMAIN_DEVICE,              \
	[IMS_COL_QUEUE_FREE] = IMS_QUEUE_FREE_FLUSH, [IMS_COL_VMM_QUEUE] = IMS_VMM_QUEUE_TRAPPED,  \
	[IMS_COL_VMM_CONFIG] = IMS_VMM_CONFIG_REREAD, [IMS_COL_VMM_UNITS] = IMS_VMM_UNITS_EACH,    \
	[IMS_COL_VMM_BATCH] = IMS_VMM_BATCH_EACH, [IMS_COL_VMM_SPLIT] = IMS_VMM_SPLIT_ORDER,       \
	[IMS_COL_VMM_REFUSED] = IMS_VMM_REFUSED_GIVE_UP, [IMS_COL_VMM_WAIT] = IMS_VMM_WAIT_CALLS,  \
	[IMS_COL_TIMEOUT] = IMS_TIMEOUT_ASSUME_DONE, [IMS_COL_RESET] = IMS_RESET_BLOCK,            \
	FAULTS, [IMS_COL_PARENT_CLEAN] = IMS_PARENT_CLEAN_FLUSH, [IMS_COL_ALIASES] = IMS_ALIASES_ALL

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
		  [IMS_COL_SWAP] = IMS_SWAP_LEAVE,
		  [IMS_COL_BATCH] = IMS_BATCH_EACH,
		  [IMS_COL_PROGRESS] = IMS_PROGRESS_EXECUTED,
		  [IMS_COL_CHECK] = IMS_CHECK_OPCODE,
		  [IMS_COL_QUEUE_FREE] = IMS_QUEUE_FREE_FLUSH,
		  [IMS_COL_VMM_QUEUE] = IMS_VMM_QUEUE_TRAPPED,
		  [IMS_COL_VMM_BATCH] = IMS_VMM_BATCH_SYNC,
		  [IMS_COL_VMM_SPLIT] = IMS_VMM_SPLIT_OBJECT,
		  [IMS_COL_VMM_REFUSED] = IMS_VMM_REFUSED_TRUST,
		  [IMS_COL_VMM_WAIT] = IMS_VMM_WAIT_CALLS,
		  [IMS_COL_TIMEOUT] = IMS_TIMEOUT_RETRY,
		  [IMS_COL_RESET] = IMS_RESET_BLOCK,
		  FAULTS,
		  [IMS_COL_ALIASES] = IMS_ALIASES_ALL,
		  [IMS_COL_PARENT_CLEAN] = IMS_PARENT_CLEAN_FLUSH,
	  } } },
	{ "linux-7.3",
	  "Linux 7.3 under QEMU: commands go to the vIOMMU one a call, whose VMID is the parent's; what says "
	  "entry_num of an error is more than was issued. Not modelled: what the guest hears of a command that is refused",
	  "sections 8.3, 8.5, 8.6 and 16.9",
	  { { LINUX, [IMS_COL_PROGRESS] = IMS_PROGRESS_CONVERTED,
	      [IMS_COL_CHECK] = IMS_CHECK_OPCODE } } },
	{ "linux-for-next",
	  "the same with each batch converted before any of it is issued: what entry_num says is executed, and "
	  "reserved bits are refused",
	  "Linux 61e2f25a49bc, 2d4f03f6610d, 26564d25cd81",
	  { { LINUX, [IMS_COL_PROGRESS] = IMS_PROGRESS_BATCH, [IMS_COL_CHECK] = IMS_CHECK_FIELDS } } },
};
_Static_assert(sizeof(smmu_policies) / sizeof(smmu_policies[0]) == SMMU_POLICIES, "as announced");
