/* SPDX-License-Identifier: MIT */
/* How far what stands beside tables and invalidations is modelled. */
#include "vtd.h"

/* clang-format off */
const struct ims_scope_row vtd_scope[IMS_TOPICS] = {
	[IMS_TOPIC_GUEST_QUEUES] = {
	  NULL,
	  NULL,
	  "mail of 2023-12-09: none; VT-d 5.10 section 6.5.2: one queue, the unit's software's" },
	[IMS_TOPIC_PAGE_REQUESTS] = {
	  "the unit's queue with its overflow, groups, stop markers and the answers that hardware gives by itself; a host's fault queues, read and answered; answers where an attachment or the queue goes; a VMM that tells its guest by the queue of the unit that the guest believes in",
	  "the time between a request and its answer: waits complete at once, so that draining has no effect of its own",
	  "VT-d 5.10 sections 7.4 and 7.5; Linux iommufd eventq.c" },
	[IMS_TOPIC_STALLS] = {
	  NULL,
	  NULL,
	  "VT-d 5.10 section 7: devices ask for pages, and transactions fault" },
	[IMS_TOPIC_GUEST_EVENTS] = {
	  NULL,
	  "faults of the unit reach the host alone: Linux has no type of event queue for them",
	  "Linux 7.3 drivers/iommu/intel: no vEVENTQ type" },
	[IMS_TOPIC_RESET] = {
	  "a function's reset and a link that goes down, with their phases: the ATC is empty, ATS and PASIDs are off in the device until they are enabled again, what it was asked meanwhile has no answer; hosts that shut the device out before, and refuse attachments meanwhile; the order in which ATS and PASIDs are enabled",
	  "transactions in flight: an access is one moment; without a host",
	  "PCIe FLR; Linux f5b16b802174" },
	[IMS_TOPIC_TIME_OUTS] = {
	  "answers that do not come, come too late or are void, by device and count; what the unit's queue makes of it; hosts that issue again, take it for done, report it or shut the device out; errors of a call and of a queue, by hand",
	  "the time itself: a wait that is given up is one event",
	  "VT-d 5.10 section 6.5.2.10, ITE; Linux qi_submit_sync()" },
	[IMS_TOPIC_DIRTY] = {
	  "marks of writes in leaves of the second stage, what IOTLBs and ATCs keep of them, HWPT_SET_DIRTY_TRACKING and HWPT_GET_DIRTY_BITMAP with and without clearing; hosts that flush what they cleaned, or do not; writes that leave no mark are found as stale",
	  NULL,
	  "VT-d 5.10 section 3.6.5, SSADE; Linux intel_iommu_set_dirty_tracking()" },
	[IMS_TOPIC_ALIASES] = {
	  "one more requester id of a device on the physical side, with entries of its own; hosts that invalidate by each, or by the first; devices behind one bridge, which share its id and are one group",
	  "ATS and resets behind a bridge; that Linux leaves a group attached until its last device goes; aliases in a guest's own view, and without a host",
	  "Linux pci_for_each_dma_alias(), domain_context_mapping()" },
};
