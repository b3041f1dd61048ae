/* SPDX-License-Identifier: MIT */
/*
 * Virtual IOMMUs, virtual devices and queues as objects: viommu.c and eventq.c of iommufd,
 * Linux 7.3. What flows through queues is not modelled: hyp_uapi_queue_io().
 */
#include "sim/core/assert.h"
#include "sim/hyp/uapi_area.h"

#define VEVENTQ_MAX (1u << 19)

static bool has_param(const struct hyp *h, uint8_t with)
{
	return !with || hyp_params(h)[with - 1];
}

/* An object of which the caller cannot be told is not there. */
static long told(struct hyp_ucall *c, uint32_t id)
{
	struct hyp_obj *o = hyp_obj_at(c->h, c->ctx, id);

	if (!hyp_respond(c))
		return 0;
	o->users = 1;
	hyp_obj_end(c->h, c->ctx, id);
	return -EFAULT;
}

static int viommu_row(const struct hyp *h, uint32_t type)
{
	for (unsigned i = 0; i < h->uapi->viommus_count; i++)
		if (h->uapi->viommus[i].type == type && has_param(h, h->uapi->viommus[i].with))
			return (int)i;
	return -1;
}

long hyp_u_viommu_alloc(struct hyp_ucall *c)
{
	struct ims_uapi_viommu_alloc *v = &c->u.viommu;
	const struct hyp_obj *device, *parent;
	struct hyp_obj *o;
	uint32_t id;
	int row;

	if (v->flags || !v->type)
		return -EOPNOTSUPP;
	device = hyp_obj(c->h, c->ctx, v->dev_id, HYP_OBJ_DEVICE);
	if (!device)
		return -ENOENT;
	row = viommu_row(c->h, v->type);
	if (!c->h->uapi->viommu || (row < 0 && !c->h->uapi->viommu_any))
		return -EOPNOTSUPP;
	parent = hyp_obj(c->h, c->ctx, v->hwpt_id, HYP_OBJ_PAGING);
	if (!parent)
		return -ENOENT;
	if (!(parent->paging.flags & IMS_UAPI_HWPT_NEST_PARENT))
		return -EINVAL;
	if (c->h->uapi->one_iommu &&
	    parent->paging.iommu != c->h->devices[device->device.dev].iommu)
		return -EINVAL;
	id = hyp_obj_new(c->h, c->ctx, HYP_OBJ_VIOMMU);
	if (!id)
		return -ENOMEM;
	o = hyp_obj_at(c->h, c->ctx, id);
	o->viommu.parent = v->hwpt_id;
	o->viommu.type = v->type;
	o->viommu.iommu = c->h->devices[device->device.dev].iommu;
	o->viommu.row = row < 0 ? UINT8_MAX : (uint8_t)row;
	hyp_obj_at(c->h, c->ctx, v->hwpt_id)->users++;
	v->out_viommu_id = id;
	return told(c, id);
}

long hyp_u_vdevice_alloc(struct hyp_ucall *c)
{
	struct ims_uapi_vdevice_alloc *v = &c->u.vdevice;
	struct hyp_obj *viommu, *device, *o;
	uint32_t id;

	viommu = hyp_obj(c->h, c->ctx, v->viommu_id, HYP_OBJ_VIOMMU);
	if (!viommu)
		return -ENOENT;
	device = hyp_obj(c->h, c->ctx, v->dev_id, HYP_OBJ_DEVICE);
	if (!device)
		return -ENOENT;
	if (viommu->viommu.iommu != c->h->devices[device->device.dev].iommu)
		return -EINVAL;
	if (device->device.vdevice)
		return -EEXIST;
	for (uint32_t i = 1; i < HYP_IDS; i++) {
		o = hyp_obj(c->h, c->ctx, i, HYP_OBJ_VDEVICE);
		if (o && o->vdevice.viommu == v->viommu_id && o->vdevice.virt_id == v->virt_id)
			return -EEXIST;
	}
	id = hyp_obj_new(c->h, c->ctx, HYP_OBJ_VDEVICE);
	if (!id)
		return -ENOMEM;
	o = hyp_obj_at(c->h, c->ctx, id);
	o->vdevice.viommu = v->viommu_id;
	o->vdevice.device = v->dev_id;
	o->vdevice.virt_id = v->virt_id;
	viommu->users++;
	device->waits++;
	device->device.vdevice = id;
	v->out_vdevice_id = id;
	return told(c, id);
}

/* iommufd_fault_alloc(). */
long hyp_u_fault_alloc(struct hyp_ucall *c)
{
	struct ims_uapi_fault_alloc *f = &c->u.fault;
	struct hyp_obj *o;
	uint32_t id;

	if (f->flags)
		return -EOPNOTSUPP;
	id = hyp_obj_new(c->h, c->ctx, HYP_OBJ_FAULT);
	if (!id)
		return -ENOMEM;
	o = hyp_obj_at(c->h, c->ctx, id);
	o->fault.open = true;
	o->users++;
	f->out_fault_id = id;
	f->out_fault_fd = HYP_FD_QUEUE + id;
	return told(c, id);
}

/* iommufd_veventq_alloc(): any type, one queue of each. */
long hyp_u_veventq_alloc(struct hyp_ucall *c)
{
	struct ims_uapi_veventq_alloc *v = &c->u.veventq;
	struct hyp_obj *viommu, *o;
	uint32_t id;

	if (v->flags || v->reserved || !v->type)
		return -EOPNOTSUPP;
	if (!v->veventq_depth || v->veventq_depth > VEVENTQ_MAX)
		return -EINVAL;
	viommu = hyp_obj(c->h, c->ctx, v->viommu_id, HYP_OBJ_VIOMMU);
	if (!viommu)
		return -ENOENT;
	for (uint32_t i = 1; i < HYP_IDS; i++) {
		o = hyp_obj(c->h, c->ctx, i, HYP_OBJ_VEVENTQ);
		if (o && o->veventq.viommu == v->viommu_id && o->veventq.type == v->type)
			return -EEXIST;
	}
	id = hyp_obj_new(c->h, c->ctx, HYP_OBJ_VEVENTQ);
	if (!id)
		return -ENOMEM;
	o = hyp_obj_at(c->h, c->ctx, id);
	o->veventq.viommu = v->viommu_id;
	o->veventq.type = v->type;
	o->veventq.depth = v->veventq_depth;
	o->veventq.open = true;
	o->users++;
	viommu->users++;
	v->out_veventq_id = id;
	v->out_veventq_fd = HYP_FD_QUEUE + id;
	return told(c, id);
}

/* ---- queues that the hardware reads in a guest's memory ---- */

/* iommufd_hw_queue_alloc_phys(): mapped, readable, and in one piece of the host's memory. */
static long pin_queue(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t first, uint64_t last)
{
	uint64_t expected = 0;

	for (uint64_t at = first & ~(HYP_PAGE - 1); at <= last; at += HYP_PAGE) {
		const struct hyp_run *r = hyp_run_at(h, ctx, ioas, at, at);
		uint64_t hpa;

		if (!r)
			return -ENOENT;
		if (!(r->perm & IMS_R))
			return -EPERM;
		hpa = r->user + (at - r->first);
		if (r->memory == HYP_MEMORY_VM && !hyp_host_address(h, r->vm, hpa, &hpa))
			return -ENOENT;
		if (expected && hpa != expected)
			return -EFAULT;
		expected = hpa + HYP_PAGE;
		if (at + HYP_PAGE < at)
			break;
	}
	return 0;
}

/* How many of a vIOMMU's queues there are, the lowest first; used: is @index one of them. */
static uint32_t queues_of(struct hyp *h, uint32_t ctx, uint32_t viommu, uint32_t index, bool *used)
{
	uint32_t count = 0;

	*used = false;
	for (uint32_t i = 1; i < HYP_IDS; i++) {
		const struct hyp_obj *o = hyp_obj(h, ctx, i, HYP_OBJ_HW_QUEUE);

		if (!o || o->hw_queue.viommu != viommu)
			continue;
		count++;
		*used |= o->hw_queue.index == index;
	}
	return count;
}

/* As the one driver of Linux that has such queues. */
static long check_queue(struct hyp_ucall *c, const struct ims_viommu_row *row, bool used,
			uint32_t count)
{
	const struct ims_uapi_hw_queue_alloc *q = &c->u.hw_queue;

	if (q->index >= row->hw_queues)
		return -EINVAL;
	if (used)
		return -EEXIST;
	if (q->index > count)
		return -EIO;
	if ((q->length & (q->length - 1)) || q->length < row->hw_queue_min ||
	    q->length > row->hw_queue_max || (q->nesting_parent_iova & (q->length - 1)))
		return -EINVAL;
	return 0;
}

/* A queue holds the one before it: destroying goes from the highest on. */
static void hold_previous(struct hyp *h, uint32_t ctx, uint32_t viommu, uint32_t index)
{
	for (uint32_t i = 1; index && i < HYP_IDS; i++) {
		struct hyp_obj *o = hyp_obj(h, ctx, i, HYP_OBJ_HW_QUEUE);

		if (o && o->hw_queue.viommu == viommu && o->hw_queue.index == index - 1)
			o->users++;
	}
}

long hyp_u_hw_queue_alloc(struct hyp_ucall *c)
{
	struct ims_uapi_hw_queue_alloc *q = &c->u.hw_queue;
	const struct ims_viommu_row *row;
	struct hyp_obj *viommu, *o;
	uint32_t id, count;
	uint64_t last;
	bool used;
	long rc;

	if (q->flags || !q->type)
		return -EOPNOTSUPP;
	if (!q->length)
		return -EINVAL;
	if (__builtin_add_overflow(q->nesting_parent_iova, q->length - 1, &last))
		return -EOVERFLOW;
	viommu = hyp_obj(c->h, c->ctx, q->viommu_id, HYP_OBJ_VIOMMU);
	if (!viommu)
		return -ENOENT;
	row = viommu->viommu.row < c->h->uapi->viommus_count ?
		      &c->h->uapi->viommus[viommu->viommu.row] :
		      NULL;
	if (!row || !row->hw_queue_type || row->hw_queue_type != q->type)
		return -EOPNOTSUPP;
	rc = pin_queue(c->h, c->ctx, hyp_obj_at(c->h, c->ctx, viommu->viommu.parent)->paging.ioas,
		       q->nesting_parent_iova, last);
	if (rc)
		return rc;
	count = queues_of(c->h, c->ctx, q->viommu_id, q->index, &used);
	rc = check_queue(c, row, used, count);
	if (rc)
		return rc;
	id = hyp_obj_new(c->h, c->ctx, HYP_OBJ_HW_QUEUE);
	if (!id)
		return -ENOMEM;
	o = hyp_obj_at(c->h, c->ctx, id);
	o->hw_queue.viommu = q->viommu_id;
	o->hw_queue.index = q->index;
	o->hw_queue.first = q->nesting_parent_iova;
	o->hw_queue.last = last;
	viommu->users++;
	hold_previous(c->h, c->ctx, q->viommu_id, q->index);
	q->out_hw_queue_id = id;
	return told(c, id);
}
