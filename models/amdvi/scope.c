/* SPDX-License-Identifier: MIT */
/* How far what stands beside tables and invalidations is modelled. */
#include "amdvi.h"

/* clang-format off */
const struct ims_scope_row amdvi_scope[IMS_TOPICS] = {
	[IMS_TOPIC_GUEST_QUEUES] = {
	  "the command buffer of a GuestID in the guest's memory, the maps of DomainIDs and DeviceIDs, RESET_VMMIO, device table entries with a GuestID; a host that fills the maps, a VMM that traps the guest's stores to its device table",
	  "the event and page-request logs of a GuestID, INSERT_GUEST_EVENT and INVALIDATE_IOMMU_ALL from its ring, interrupts, buffers by physical addresses (without GstBufferTRPMode), more than 4 GuestIDs; events of a device with a GuestID go to the host's log",
	  "reference sheet, section 9" },
	[IMS_TOPIC_PAGE_REQUESTS] = {
	  "the log with its overflow, responses and the answers that hardware gives by itself; a host's fault queues, read and answered; answers where an attachment or the queue goes; a VMM that tells its guest by the log of the unit that the guest believes in",
	  "the time between a request and its answer: waits complete at once, so that draining has no effect of its own; dual logs and early warnings",
	  "reference sheet, sections 5 and 7; Linux iommufd eventq.c" },
	[IMS_TOPIC_STALLS] = {
	  NULL,
	  NULL,
	  "reference sheet, section 5: devices ask for pages, and transactions fault" },
	[IMS_TOPIC_GUEST_EVENTS] = {
	  NULL,
	  "events of the unit reach the host alone: Linux has no type of event queue for them",
	  "Linux 7.3 drivers/iommu/amd: no vEVENTQ type" },
	[IMS_TOPIC_RESET] = {
	  "a function's reset and a link that goes down, with their phases: the ATC is empty, ATS and PASIDs are off in the device until they are enabled again, what it was asked meanwhile has no answer; hosts that shut the device out before, and refuse attachments meanwhile; the order in which ATS and PASIDs are enabled",
	  "transactions in flight: an access is one moment; without a host",
	  "PCIe FLR; Linux f5b16b802174" },
	[IMS_TOPIC_TIME_OUTS] = {
	  "answers that do not come, come too late or are void, by device and count; what the unit's queue makes of it; hosts that issue again, take it for done, report it or shut the device out; errors of a call and of a queue, by hand",
	  "the time itself: a wait that is given up is one event",
	  "reference sheet, sections 7 and 17.5, D8" },
	[IMS_TOPIC_DIRTY] = {
	  "marks of writes in leaves of the second stage, what IOTLBs and ATCs keep of them, HWPT_SET_DIRTY_TRACKING and HWPT_GET_DIRTY_BITMAP with and without clearing; hosts that flush what they cleaned, or do not; writes that leave no mark are found as stale",
	  NULL,
	  "reference sheet, sections 3 and 8.4, D6; Linux amd_iommu_set_dirty_tracking()" },
	[IMS_TOPIC_ALIASES] = {
	  "one more requester id of a device on the physical side, with entries of its own; hosts that invalidate by each, or by the first; devices behind one bridge, which share its id and are one group",
	  "ATS and resets behind a bridge; that Linux leaves a group attached until its last device goes; aliases in a guest's own view, and without a host",
	  "reference sheet, section 6.2; Linux clone_aliases()" },
};
