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
	  "a function's reset and a link that goes down, with their phases: the ATC is empty, ATS and PASIDs are off in the device until they are enabled again, what it was asked meanwhile has no answer; hosts that shut the device out before, and refuse attachments meanwhile; the order in which ATS and PASIDs are enabled",
	  "transactions in flight: an access is one moment; without a host",
	  "PCIe FLR; Linux f5b16b802174" },
	[IMS_TOPIC_TIME_OUTS] = {
	  "answers that do not come, come too late or are void, by device and count; what the unit's queue makes of it; hosts that issue again, take it for done, report it or shut the device out; errors of a call and of a queue, by hand",
	  "the time itself: a wait that is given up is one event",
	  "IHI 0070 section 3.9.1.4; sheet, section 15.6; Linux __arm_smmu_cmdq_skip_err()" },
	[IMS_TOPIC_DIRTY] = {
	  "marks of writes in leaves of the second stage, what IOTLBs and ATCs keep of them, HWPT_SET_DIRTY_TRACKING and HWPT_GET_DIRTY_BITMAP with and without clearing; hosts that flush what they cleaned, or do not; writes that leave no mark are found as stale",
	  NULL,
	  "IHI 0070 section 3.13; sheet, section 15.4; Linux refuses it of a nesting parent" },
	[IMS_TOPIC_ALIASES] = {
	  "one more requester id of a device on the physical side, with entries of its own; hosts that invalidate by each, or by the first; devices behind one bridge, which share its id and are one group",
	  "ATS and resets behind a bridge; that Linux leaves a group attached until its last device goes; aliases in a guest's own view, and without a host",
	  "Linux arm_smmu_master.streams; arm_vsmmu_vdevice_init(): no vDEVICE with several" },
};
