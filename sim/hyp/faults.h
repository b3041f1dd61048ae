/* SPDX-License-Identifier: MIT */
/*
 * What hardware tells software by its queues, above the hardware: page requests and stalls
 * that the host has read, fault queues and event queues of the uAPI, and what a VMM with a
 * fault queue tells its guest. Flat, without pointers, and copied with what it stands in.
 */
#ifndef SIM_HYP_FAULTS_H
#define SIM_HYP_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "iommusim/told.h"
#include "sim/hyp/objects.h"

#define HYP_PAGES   256 /* page requests at the host */
#define HYP_ANSWERS 64	/* that a VMM owes its host, and a guest its unit */
#define HYP_VEVENTS 128 /* in all event queues */
#define HYP_UNITS   12

/* Where a page request that the host has read is. */
enum hyp_page_at {
	HYP_PAGE_FREE,
	HYP_PAGE_PART,	 /* others of its group are to come */
	HYP_PAGE_QUEUED, /* in a fault queue, */
	HYP_PAGE_OUT,	 /* and read from it: the VMM owes the answer */
};

struct hyp_page {
	uint8_t at; /* enum hyp_page_at */
	bool last, stall;
	uint8_t perm;	/* enum ims_uapi_fault_perm */
	uint16_t vmm;	/* context of the fault queue, */
	uint16_t fault; /* and its id there */
	uint32_t dev, ctx, group;
	uint32_t via;	 /* by which PASID's attachment it came to the queue */
	uint32_t serial; /* of the group: in the order in which they became complete */
	uint32_t cookie;
	uint64_t addr;
};

/* What a VMM has told its guest, and what a guest has read of its queue and not answered. */
struct hyp_answer {
	bool used, stall;
	uint32_t vm, dev, ctx, group;
	uint32_t cookie; /* of the VMM's; 0: the guest's own entry */
};

struct hyp_vevent {
	uint16_t vmm, queue; /* queue: id in context vmm; 0: free */
	uint8_t words;
	uint32_t sequence;
	uint64_t word[IMS_TOLD_WORDS];
};

struct hyp_faults {
	bool on;				   /* queues have memory, and software reads them */
	uint64_t base[HYP_UNITS][IMS_TOLD_QUEUES]; /* of the queues, in a unit's own addresses */
	uint32_t serial;
	struct hyp_page pages[HYP_PAGES];
	struct hyp_answer answers[HYP_ANSWERS];
	uint32_t vevents_count;
	struct hyp_vevent vevents[HYP_VEVENTS]; /* those of a queue in their order */
	/* Objects of a VM's own VMM, by their ids: a fault queue and an event queue; 0: none. */
	uint32_t vmm_fault[HYP_VMS], vmm_vevent[HYP_VMS];
	/* Of a device attached to a nested page table: its vIOMMU, and its number there at that time. */
	uint32_t viommu[HYP_DEVICES];
	uint64_t virt_id[HYP_DEVICES];
};

#endif
