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
	  IMS_SCOPE_RESET,
	  "PCIe FLR; Linux f5b16b802174" },
	[IMS_TOPIC_TIME_OUTS] = {
	  IMS_SCOPE_TIME_OUTS,
	  "reference sheet, sections 7 and 17.5, D8" },
	[IMS_TOPIC_DIRTY] = {
	  IMS_SCOPE_DIRTY,
	  "reference sheet, sections 3 and 8.4, D6; Linux amd_iommu_set_dirty_tracking()" },
	[IMS_TOPIC_ALIASES] = {
	  IMS_SCOPE_ALIASES,
	  "reference sheet, section 6.2; Linux clone_aliases()" },
};
