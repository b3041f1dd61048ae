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

static bool wants_queues(const struct hyp *h)
{
	unsigned queue = hyp_policy(h, IMS_COL_VMM_QUEUE);

	return queue == IMS_VMM_QUEUE_HARDWARE || queue == IMS_VMM_QUEUE_ALONE;
}

/* The first type that there is; with queues for guests where the VMM wants them. */
static const struct ims_viommu_row *type_of(const struct hyp *h)
{
	for (unsigned i = 0; i < h->uapi->viommus_count; i++)
		if (!wants_queues(h) || h->uapi->viommus[i].hw_queue_type)
			return &h->uapi->viommus[i];
	return NULL;
}

static void make_viommu(struct hyp *h, uint32_t dev)
{
	struct hyp_vm *v = &h->vms[h->devices[dev].vm];
	const struct ims_viommu_row *row = type_of(h);
	uint64_t words[IMS_UAPI_WORDS] = { 0 };
	struct ims_uapi_viommu_alloc a = { .size = sizeof(a),
					   .type = row ? row->type : 1,
					   .dev_id = h->objects.bound_id[dev],
					   .hwpt_id = h->vms[v->parent].hwpt,
					   .data_len = row ? row->len : 0,
					   .data_uptr = (uint64_t)(uintptr_t)words };

	if (!v->viommu && call(h, HYP_FILE_CONTEXT, v->parent, IMS_UAPI_VIOMMU_ALLOC, &a))
		v->viommu = a.out_viommu_id;
}

void hyp_vmm_bind(struct hyp *h, uint32_t dev)
{
	const struct hyp_device *d = &h->devices[dev];
	struct hyp_vm *v = &h->vms[d->vm];
	struct ims_uapi_device_bind b = { .argsz = sizeof(b),
					  .iommufd = HYP_FD_CONTEXT + (int32_t)v->parent };
	struct ims_uapi_vdevice_alloc a = { .size = sizeof(a), .virt_id = d->vrid };

	/* Another vIOMMU of a VM is an object only where it has queues of its own. */
	if (!h->vms[v->parent].ioas || (v->parent != d->vm && !wants_queues(h)) ||
	    !call(h, HYP_FILE_DEVICE, dev, IMS_UAPI_DEVICE_BIND, &b))
		return;
	/* Behind another unit: that is not driven, and the VM's own objects are of the first. */
	if (!h->uapi->viommu || d->iommu)
		return;
	make_viommu(h, dev);
	a.viommu_id = v->viommu;
	a.dev_id = b.out_devid;
	if (v->viommu)
		call(h, HYP_FILE_CONTEXT, v->parent, IMS_UAPI_VDEVICE_ALLOC, &a);
}

/* The guest's ring as it has made it is one that the hardware reads. */
static bool make_queue(struct hyp *h, uint32_t vm, const struct ims_viommu_row *row, uint32_t index)
{
	struct ims_hw *bare = &h->bare[vm];
	unsigned ring = row->first_ring ? 0 : ims_ring_guests(bare) + index, lg2;
	struct ims_uapi_hw_queue_alloc a = { .size = sizeof(a),
					     .viommu_id = h->vms[vm].viommu,
					     .type = row->hw_queue_type,
					     .index = index };

	if (ring >= bare->unit->rings_count)
		return false;
	a.nesting_parent_iova = ims_ring_base(bare, ring, &lg2);
	a.length = row->hw_queue_code_lg2 ? lg2 :
					    (UINT64_C(8) * bare->unit->state.cmd_words) << lg2;
	return call(h, HYP_FILE_CONTEXT, h->vms[vm].parent, IMS_UAPI_HW_QUEUE_ALLOC, &a);
}

static bool has_device(const struct hyp *h, uint32_t vm)
{
	for (uint32_t i = 0; i < h->devices_count; i++)
		if (h->devices[i].vm == vm)
			return true;
	return false;
}

/* Has it a device behind another unit: of the vIOMMUs that it has, each with a queue, one is an object. */
static bool elsewhere(const struct hyp *h, uint32_t vm)
{
	for (uint32_t iommu = 1; iommu < h->iommus_count; iommu++)
		if (hyp_behind(h, vm, iommu))
			return true;
	return false;
}

/* Has the host's driver vIOMMUs with queues, on this unit. */
static bool offers_queues(const struct hyp *h)
{
	for (unsigned i = 0; i < h->uapi->viommus_count; i++)
		if (h->uapi->viommus[i].hw_queue_type &&
		    (!h->uapi->viommus[i].with || hyp_params(h)[h->uapi->viommus[i].with - 1]))
			return true;
	return false;
}

void hyp_vmm_queues(struct hyp *h, uint32_t vm)
{
	struct hyp_vm *v = &h->vms[vm];
	const struct hyp_obj *o = hyp_uapi_object(h, v->parent, v->viommu, HYP_OBJ_VIOMMU);
	const struct ims_viommu_row *row;
	uint32_t made = 0;

	if (!wants_queues(h) || h->bare_stage || !has_device(h, vm))
		return;
	if (elsewhere(h, vm)) {
		h->error =
			"vmm.queue is hardware, and a device of the VM is behind another unit than the first: not modelled";
		return;
	}
	row = o && o->viommu.row < h->uapi->viommus_count ? &h->uapi->viommus[o->viommu.row] : NULL;
	while (row && made < row->hw_queues && make_queue(h, vm, row, made))
		made++;
	if (!made) {
		h->error =
			offers_queues(h) ?
				"vmm.queue is hardware, and there is no queue for a guest: the unit has none left" :
				"vmm.queue is hardware, and there is no queue for a guest: this host has none on such a unit";
		return;
	}
	if (row->pages)
		IMS_ASSERT(!hyp_uapi_mmap(h, v->parent, o->viommu.pages_at, row->pages));
	if (!row->first_ring)
		v->own_ring = (uint8_t)ims_ring_guests(&h->bare[vm]);
}

bool hyp_vdevice_gone(const struct hyp *h, uint32_t dev)
{
	const struct hyp_device *d = &h->devices[dev];
	uint32_t viommu = h->vms[d->vm].viommu;

	/* Behind another unit, or without objects: there is none to lose. */
	if (!viommu || d->iommu)
		return false;
	for (uint32_t id = 1; id < HYP_IDS; id++) {
		const struct hyp_obj *o =
			hyp_uapi_object(h, h->vms[d->vm].parent, id, HYP_OBJ_VDEVICE);

		if (o && o->vdevice.viommu == viommu && o->vdevice.virt_id == d->vrid)
			return false;
	}
	return true;
}
