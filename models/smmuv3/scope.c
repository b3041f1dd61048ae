/* SPDX-License-Identifier: MIT */
/* How far what stands beside tables and invalidations is modelled. */
#include "smmuv3.h"

/* clang-format off */
const struct ims_scope_row smmu_scope[IMS_TOPICS] = {
	[IMS_TOPIC_GUEST_QUEUES] = {
	  "Tegra241 CMDQV: virtual interfaces with a VMID, SID_MATCH and SID_REPLACE, the commands that a guest's queue takes, its errors and the map of them; a host that fills the slots and gives queues back, a guest's driver that chooses the queue, a VMM for what goes there not",
	  "interrupts, the logical view of an interface, CONS_INDX_BASE, more than 8 queues, 4 interfaces and 4 StreamIDs of each, a host's own queues (VINTF 0), queues of a second physical unit",
	  "reference sheet, section 9" },
	[IMS_TOPIC_PAGE_REQUESTS] = {
	  "the queue with its overflow, groups, stop markers and the answers that hardware gives by itself; a host's fault queues, read and answered; answers where an attachment or the queue goes; a VMM that tells its guest by the queue of the unit that the guest believes in",
	  "the time between a request and its answer: waits complete at once, so that draining has no effect of its own",
	  "IHI 0070 chapter 8; Linux iommufd eventq.c" },
	[IMS_TOPIC_STALLS] = {
	  "faults that stall by CD.S and STE.S2S, at most 16 at a time, RESUME with all its responses, STALL_TERM, what becomes of them when the unit is switched off; a host's fault queues",
	  "early retries, suppressed records",
	  "IHI 0070 section 3.12.2" },
	[IMS_TOPIC_GUEST_EVENTS] = {
	  "the event queue of a vIOMMU: which records reach a guest, the guest's StreamID in them, room, sequence numbers, what was lost; of a CMDQV (type 2) the map of the queues that stopped",
	  NULL,
	  "Linux arm_vmaster_report_event(), iommufd eventq.c" },
	[IMS_TOPIC_RESET] = {
	  IMS_SCOPE_RESET,
	  "PCIe FLR; Linux f5b16b802174" },
	[IMS_TOPIC_TIME_OUTS] = {
	  IMS_SCOPE_TIME_OUTS,
	  "IHI 0070 section 3.9.1.4; sheet, section 15.6; Linux __arm_smmu_cmdq_skip_err()" },
	[IMS_TOPIC_DIRTY] = {
	  IMS_SCOPE_DIRTY,
	  "IHI 0070 section 3.13; sheet, section 15.4; Linux refuses it of a nesting parent" },
	[IMS_TOPIC_ALIASES] = {
	  IMS_SCOPE_ALIASES,
	  "Linux arm_smmu_master.streams; arm_vsmmu_vdevice_init(): no vDEVICE with several" },
};
