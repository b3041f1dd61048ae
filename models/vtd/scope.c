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
	  IMS_SCOPE_RESET,
	  "PCIe FLR; Linux f5b16b802174" },
	[IMS_TOPIC_TIME_OUTS] = {
	  IMS_SCOPE_TIME_OUTS,
	  "VT-d 5.10 section 6.5.2.10, ITE; Linux qi_submit_sync()" },
	[IMS_TOPIC_DIRTY] = {
	  IMS_SCOPE_DIRTY,
	  "VT-d 5.10 section 3.6.5, SSADE; Linux intel_iommu_set_dirty_tracking()" },
	[IMS_TOPIC_ALIASES] = {
	  IMS_SCOPE_ALIASES,
	  "Linux pci_for_each_dma_alias(), domain_context_mapping()" },
};
