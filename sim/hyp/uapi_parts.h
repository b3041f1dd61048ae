/* SPDX-License-Identifier: MIT */
/* What the files of the uAPI share. */
#ifndef SIM_HYP_UAPI_PARTS_H
#define SIM_HYP_UAPI_PARTS_H

#include <errno.h>

#include "sim/hyp/parts.h"
#include "sim/hyp/uapi.h"

#define HYP_PAGE UINT64_C(4096)

/* One call that is going on. */
struct hyp_ucall {
	struct hyp *h;
	uint32_t ctx, dev; /* dev: on a device's file */
	const struct ims_umem *mem;
	uint64_t uarg;
	uint32_t user_size;
	uint32_t size; /* of the structure here */
	union {
		struct ims_uapi_destroy destroy;
		struct ims_uapi_ioas_alloc ioas_alloc;
		struct ims_uapi_ioas_iova_ranges ranges;
		struct ims_uapi_ioas_allow_iovas allow;
		struct ims_uapi_ioas_map map;
		struct ims_uapi_ioas_copy copy;
		struct ims_uapi_ioas_unmap unmap;
		struct ims_uapi_option option;
		struct ims_uapi_hwpt_alloc hwpt;
		struct ims_uapi_hw_info info;
		struct ims_uapi_set_dirty set_dirty;
		struct ims_uapi_get_dirty get_dirty;
		struct ims_uapi_invalidate inv;
		struct ims_uapi_fault_alloc fault;
		struct ims_uapi_viommu_alloc viommu;
		struct ims_uapi_vdevice_alloc vdevice;
		struct ims_uapi_veventq_alloc veventq;
		struct ims_uapi_hw_queue_alloc hw_queue;
		struct ims_uapi_dev_invalidate dev_inv;
		struct ims_uapi_device_bind bind;
		struct ims_uapi_device_attach attach;
		struct ims_uapi_device_detach detach;
	} u;
};

typedef long hyp_ucall_fn(struct hyp_ucall *c);

/* Writes the structure back, as much as the caller has room for; -EFAULT. */
long hyp_respond(struct hyp_ucall *c);
/* Words of vendors' data, zero-extended: @len bytes of the caller's are taken; -EFAULT. */
long hyp_take_words(const struct hyp_ucall *c, uint64_t at, uint32_t len, uint64_t *ret_words);

/* ---- objects.c ---- */

struct hyp_obj *hyp_obj(struct hyp *h, uint32_t ctx, uint32_t id, enum hyp_object type);
static inline struct hyp_obj *hyp_obj_at(struct hyp *h, uint32_t ctx, uint32_t id)
{
	return &h->objects.contexts[ctx].objects[id];
}
/* The lowest free id, with its two counts at one: 0 if there is none. */
uint32_t hyp_obj_new(struct hyp *h, uint32_t ctx, enum hyp_object type);
/* Takes an object away that nothing holds, and gives back what it held. */
void hyp_obj_end(struct hyp *h, uint32_t ctx, uint32_t id);
/* Takes one of its `users` back; an automatic page table goes with its last attachment. */
void hyp_obj_put_hwpt(struct hyp *h, uint32_t ctx, uint32_t id);

/* ---- uapi_viommu.c: an object ends, what the unit had of it goes first ---- */

void hyp_viommu_end(struct hyp *h, const struct hyp_obj *viommu);
void hyp_vdevice_end(struct hyp *h, uint32_t ctx, const struct hyp_obj *vdevice);
void hyp_hw_queue_end(struct hyp *h, uint32_t ctx, const struct hyp_obj *queue);

/* The object of an open queue's file; NULL: there is none. */
struct hyp_obj *hyp_queue_file(struct hyp *h, uint32_t ctx, uint32_t fd);
/* ---- uapi_queue.c ---- */
/* What an event queue has goes with it. */
void hyp_vevents_drop(struct hyp *h, uint32_t ctx, uint32_t queue);
/* ---- uapi_ioas.c ---- */

uint64_t hyp_ioas_alignment(struct hyp *h, uint32_t ctx, uint32_t ioas);
/*
 * Ranges that page tables and attached devices keep out of an address space, from @*pos on;
 * false: there are no more. They may overlap.
 */
bool hyp_reserved_next(struct hyp *h, uint32_t ctx, uint32_t ioas, uint32_t *pos,
		       struct ims_uapi_iova_range *ret);
/* -EADDRINUSE: something that is mapped or allowed is in the range. */
long hyp_ioas_reserve(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t first, uint64_t last);
/* Everything goes, of this address space. */
void hyp_ioas_clear(struct hyp *h, uint32_t ctx, uint32_t ioas);
/* ---- uapi_hwpt.c, uapi_attach.c ---- */

/* Has the host dirty tracking at all; which of its page tables have it is another question. */
bool hyp_uapi_tracks_dirty(const struct hyp *h);
/* A page table for a device on an address space, its flags accepted: its id, or a negative errno. */
long hyp_paging_new(struct hyp *h, uint32_t ctx, uint32_t dev, uint32_t ioas, uint32_t flags);
/* The page table that is filled from an address space, behind any page table. */
uint32_t hyp_paging_of(struct hyp *h, uint32_t ctx, uint32_t hwpt);
struct hyp_bound *hyp_bound_at(struct hyp *h, uint32_t dev, uint32_t pasid);
bool hyp_same_group(const struct hyp *h, uint32_t a, uint32_t b);
void hyp_uapi_detach(struct hyp *h, uint32_t dev, uint32_t pasid);

/* ---- uapi_unit.c: what the hardware gets to know ---- */
/* Leaves of a page table in the range are no longer marked as written. */
void hyp_unit_cleaned(struct hyp *h, uint32_t ctx, uint32_t paging, uint64_t first, uint64_t last);

/* Is a device behind the unit that is driven, and its context a VM's. */
bool hyp_unit_driven(const struct hyp *h, uint32_t dev);
/*
 * -EOPNOTSUPP: not modelled. A device goes to what is nested on its VM's parent, and where a
 * page table is a whole device's to the parent itself; other tables are objects alone.
 */
long hyp_unit_may(struct hyp *h, uint32_t dev, uint32_t to);
/* (device, PASID) goes to page table @to; 0: to nothing. */
void hyp_unit_attach(struct hyp *h, uint32_t dev, uint32_t pasid, uint32_t to);
/* Dirty bits of all that is attached to a page table, or nested on it. */
void hyp_unit_dirty(struct hyp *h, uint32_t ctx, uint32_t paging, bool on);
/* Entries of one array, all checked by @row, are carried out. Returns how many were. */
long hyp_unit_invalidate(struct hyp *h, uint32_t ctx, uint32_t target, const struct ims_inv *invs,
			 uint32_t count);

hyp_ucall_fn hyp_u_destroy, hyp_u_option;
hyp_ucall_fn hyp_u_ioas_alloc, hyp_u_iova_ranges, hyp_u_allow_iovas, hyp_u_map, hyp_u_copy,
	hyp_u_unmap;
hyp_ucall_fn hyp_u_hwpt_alloc, hyp_u_hw_info, hyp_u_set_dirty, hyp_u_get_dirty;
hyp_ucall_fn hyp_u_invalidate, hyp_u_dev_invalidate;
hyp_ucall_fn hyp_u_fault_alloc, hyp_u_viommu_alloc, hyp_u_vdevice_alloc, hyp_u_veventq_alloc,
	hyp_u_hw_queue_alloc;
hyp_ucall_fn hyp_u_bind, hyp_u_attach, hyp_u_detach;

#endif
