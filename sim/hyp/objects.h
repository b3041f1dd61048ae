/* SPDX-License-Identifier: MIT */
/*
 * The objects of a host's uAPI: what stands behind the ids of a context, what holds what,
 * and what is attached. Flat, without pointers, and copied with what it stands in.
 *
 * An object has two counts, as in iommufd_private.h of Linux. `users`: one for its id, one
 * for each object made from it, each attachment and each open file of it; an object with
 * more than one is busy. `waits`: one, and one for a vDEVICE on its device; unbinding a
 * device ends those who hold it by `waits` first.
 */
#ifndef SIM_HYP_OBJECTS_H
#define SIM_HYP_OBJECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "iommusim/host.h"

#define HYP_DEVICES  64
#define HYP_VMS	     8
#define HYP_CONTEXTS 8	 /* open files of the uAPI at a time: a VMM has one */
#define HYP_IDS	     400 /* ids of a context are below it, from 1 */
#define HYP_RUNS     512 /* runs of mapped areas in all address spaces */
#define HYP_ALLOWED  64	 /* ranges that address spaces are held to, in all */
#define HYP_BOUND    512 /* attachments of (device, PASID) to page tables at a time */

enum hyp_object {
	HYP_OBJ_NONE,
	HYP_OBJ_TOMBSTONE, /* a vDEVICE whose device went first: the id is taken, and nothing is there */
	HYP_OBJ_IOAS,
	HYP_OBJ_DEVICE,
	HYP_OBJ_PAGING,
	HYP_OBJ_NESTED,
	HYP_OBJ_FAULT,
	HYP_OBJ_VIOMMU,
	HYP_OBJ_VDEVICE,
	HYP_OBJ_VEVENTQ,
	HYP_OBJ_HW_QUEUE,
	HYP_OBJ_MAX,
	HYP_OBJ_ANY = HYP_OBJ_MAX, /* for look-ups */
};

/* Ids are of the same context; 0: none. */
struct hyp_obj {
	uint8_t type; /* enum hyp_object */
	uint16_t users, waits;
	union {
		struct {
			bool small_pages; /* IMS_UAPI_OPTION_HUGE_PAGES was set to 0 */
		} ioas;
		struct {
			uint32_t dev; /* of hyp.devices */
			uint32_t vdevice;
		} device;
		struct {
			uint32_t ioas, flags, fault;
			uint32_t iommu; /* that it was made for */
			uint8_t stage, row;
			bool automatic; /* made by attaching to an address space, goes with the last of them */
			bool dirty;
			uint64_t root; /* of its table, host-physical */
		} paging;
		struct {
			uint32_t from; /* the vIOMMU or the parent that it holds */
			uint32_t parent, viommu, fault, flags;
			uint8_t row;
			uint64_t words[4];
		} nested;
		struct {
			uint32_t parent, type, iommu;
			uint32_t function; /* of the unit, 0: none */
			uint8_t row;
			uint16_t maps;	   /* mappings of its pages that a VMM has */
			uint32_t vm;	   /* whose guest it is for */
			uint32_t pages_at; /* offset of its pages in the file, 0: it has none */
		} viommu;
		struct {
			uint32_t viommu, device;
			uint64_t virt_id;
		} vdevice;
		struct {
			bool open;
		} fault;
		struct {
			uint32_t viommu, type, depth;
			uint32_t sequence, events; /* of the next event; events that it has */
			uint32_t lost_sequence;
			bool open;
			bool lost; /* some were, behind all that it has */
		} veventq;
		struct {
			uint32_t viommu, index, type;
			uint32_t ring;	      /* of the unit, 0: none */
			uint64_t first, last; /* the queue, in the parent's addresses */
		} hw_queue;
	};
};

struct hyp_context {
	bool open;
	bool per_process; /* IMS_UAPI_OPTION_RLIMIT_MODE: accounting */
	bool unprivileged;
	struct hyp_obj objects[HYP_IDS];
};

/* Whose memory it is that an area leads to. */
enum hyp_memory {
	HYP_MEMORY_FREE, /* the run is not in use */
	HYP_MEMORY_USER, /* the caller's own: its addresses are host-physical ones */
	HYP_MEMORY_VM,	 /* a VM's, page by page as it is first reached: hyp_back() */
};

/* Areas side by side, all of one length: each is one mapping, and goes as a whole. */
struct hyp_run {
	uint8_t memory; /* enum hyp_memory */
	uint8_t ctx, perm;
	bool writable; /* the memory is, whatever this mapping lets through */
	uint8_t vm;    /* with HYP_MEMORY_VM: whose */
	uint16_t ioas;
	uint64_t first, last;
	uint64_t piece; /* length of one area */
	uint64_t user;	/* what the first address leads to */
};

struct hyp_allowed {
	uint8_t used, ctx;
	uint16_t ioas;
	uint64_t first, last;
};

/* (device, PASID) on a page table, by its id in the device's context. */
struct hyp_bound {
	uint32_t dev, ctx; /* IMS_CTX_NONE: requests without PASID */
	uint32_t hwpt;
};

struct hyp_objects {
	struct hyp_context contexts[HYP_CONTEXTS];
	struct hyp_run runs[HYP_RUNS];
	struct hyp_allowed allowed[HYP_ALLOWED];
	struct hyp_bound bound[HYP_BOUND];
	uint32_t bound_count;
	/* Of each device: 1 + the context it is bound to, and its id there; 0: to none. */
	uint16_t bound_to[HYP_DEVICES], bound_id[HYP_DEVICES];
};

#endif
