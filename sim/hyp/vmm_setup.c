/* SPDX-License-Identifier: MIT */
/*
 * What a VMM does before its guest runs: it opens the uAPI, maps the VM's memory into an
 * address space, page by page, makes the nesting parent of that, binds the VM's devices, and
 * where the host has virtual IOMMUs makes one for each physical one, with the devices in it.
 */
#include "sim/core/assert.h"
#include "sim/hyp/uapi_area.h"

static void map_piece(struct hyp *h, uint32_t vm, uint64_t first, uint64_t end)
{
	const struct hyp_run run = { .memory = HYP_MEMORY_VM,
				     .ctx = (uint8_t)vm,
				     .vm = (uint8_t)vm,
				     .perm = IMS_R | IMS_W,
				     .writable = true,
				     .ioas = (uint16_t)h->vms[vm].ioas,
				     .first = first,
				     .last = end - 1,
				     .piece = HYP_PAGE,
				     .user = first };

	if (end > first)
		IMS_ASSERT(!hyp_area_add(h, &run));
}

/* All of it but what its devices may not have mapped; rows are by address. */
static void map_memory(struct hyp *h, uint32_t vm)
{
	uint64_t at = 0, end = h->vms[vm].memory & ~(HYP_PAGE - 1);

	for (unsigned i = 0; i < h->uapi->reserved_count; i++) {
		const struct ims_reserved_row *row = &h->uapi->reserved[i];

		if (row->first >= end)
			break;
		map_piece(h, vm, at, row->first);
		at = row->last + 1;
	}
	if (at < end)
		map_piece(h, vm, at, end);
}

/* With dirty tracking where there is any of a parent: QEMU iommufd_cdev_autodomains_get(). */
static long new_parent(struct hyp *h, uint32_t vm)
{
	uint32_t ioas = h->vms[vm].ioas, flags = IMS_UAPI_HWPT_NEST_PARENT;
	long rc = -1;

	if (hyp_uapi_tracks_dirty(h))
		rc = hyp_paging_new(h, vm, 0, ioas, flags | IMS_UAPI_HWPT_DIRTY_TRACKING);
	return rc < 0 ? hyp_paging_new(h, vm, 0, ioas, flags) : rc;
}

bool hyp_vmm_open(struct hyp *h, uint32_t vm)
{
	struct hyp_vm *v = &h->vms[vm];
	long parent;

	v->ioas = v->hwpt = 0;
	if (!h->uapi || !hyp_uapi_open_at(h, vm))
		return false;
	v->ioas = hyp_obj_new(h, vm, HYP_OBJ_IOAS);
	map_memory(h, vm);
	/* Devices are not there yet: those of a VM are behind the unit that is driven. */
	parent = new_parent(h, vm);
	IMS_ASSERT(parent > 0);
	v->hwpt = (uint32_t)parent;
	v->s2_root = hyp_obj_at(h, vm, v->hwpt)->paging.root;
	return true;
}

static bool call(struct hyp *h, enum hyp_file_kind kind, uint32_t index, unsigned nr, void *arg)
{
	return !hyp_uapi_call(h, (struct hyp_file){ .kind = (uint8_t)kind, .index = index }, nr,
			      (uint64_t)(uintptr_t)arg, &hyp_umem_own);
}

static void make_viommu(struct hyp *h, uint32_t dev)
{
	struct hyp_vm *v = &h->vms[h->devices[dev].vm];
	struct ims_uapi_viommu_alloc a = { .size = sizeof(a),
					   .type = h->uapi->viommus_count ?
							   h->uapi->viommus[0].type :
							   1,
					   .dev_id = h->objects.bound_id[dev],
					   .hwpt_id = v->hwpt };

	if (!v->viommu && call(h, HYP_FILE_CONTEXT, h->devices[dev].vm, IMS_UAPI_VIOMMU_ALLOC, &a))
		v->viommu = a.out_viommu_id;
}

void hyp_vmm_bind(struct hyp *h, uint32_t dev)
{
	const struct hyp_device *d = &h->devices[dev];
	struct hyp_vm *v = &h->vms[d->vm];
	struct ims_uapi_device_bind b = { .argsz = sizeof(b),
					  .iommufd = HYP_FD_CONTEXT + (int32_t)d->vm };
	struct ims_uapi_vdevice_alloc a = { .size = sizeof(a), .virt_id = d->vrid };

	if (!v->ioas || !call(h, HYP_FILE_DEVICE, dev, IMS_UAPI_DEVICE_BIND, &b))
		return;
	/* Behind another unit: that is not driven, and the VM's own objects are of the first. */
	if (!h->uapi->viommu || d->iommu)
		return;
	make_viommu(h, dev);
	a.viommu_id = v->viommu;
	a.dev_id = b.out_devid;
	if (v->viommu)
		call(h, HYP_FILE_CONTEXT, d->vm, IMS_UAPI_VDEVICE_ALLOC, &a);
}

bool hyp_vdevice_gone(const struct hyp *h, uint32_t dev)
{
	const struct hyp_device *d = &h->devices[dev];
	uint32_t viommu = h->vms[d->vm].viommu;

	/* Behind another unit, or without objects: there is none to lose. */
	if (!viommu || d->iommu)
		return false;
	for (uint32_t id = 1; id < HYP_IDS; id++) {
		const struct hyp_obj *o = hyp_uapi_object(h, d->vm, id, HYP_OBJ_VDEVICE);

		if (o && o->vdevice.viommu == viommu && o->vdevice.virt_id == d->vrid)
			return false;
	}
	return true;
}
