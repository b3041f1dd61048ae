/* SPDX-License-Identifier: MIT */
/*
 * Ids, counts and the end of objects: main.c of iommufd (_iommufd_object_alloc,
 * iommufd_object_remove, iommufd_fops_release).
 */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/hyp/uapi_parts.h"

struct hyp_obj *hyp_obj(struct hyp *h, uint32_t ctx, uint32_t id, enum hyp_object type)
{
	struct hyp_obj *o;

	if (!id || id >= HYP_IDS)
		return NULL;
	o = hyp_obj_at(h, ctx, id);
	if (o->type == HYP_OBJ_NONE || o->type == HYP_OBJ_TOMBSTONE ||
	    (type != HYP_OBJ_ANY && o->type != type))
		return NULL;
	return o;
}

const struct hyp_obj *hyp_uapi_object(const struct hyp *h, uint32_t ctx, uint32_t id,
				      enum hyp_object type)
{
	const struct hyp_obj *o = &h->objects.contexts[ctx].objects[id < HYP_IDS ? id : 0];

	if (o->type == HYP_OBJ_NONE || o->type == HYP_OBJ_TOMBSTONE ||
	    (type != HYP_OBJ_ANY && o->type != type))
		return NULL;
	return o;
}

uint32_t hyp_obj_new(struct hyp *h, uint32_t ctx, enum hyp_object type)
{
	for (uint32_t id = 1; id < HYP_IDS; id++) {
		struct hyp_obj *o = hyp_obj_at(h, ctx, id);

		if (o->type != HYP_OBJ_NONE)
			continue;
		memset(o, 0, sizeof(*o));
		o->type = (uint8_t)type;
		o->users = 1;
		o->waits = 1;
		return id;
	}
	return 0;
}

static void put(struct hyp *h, uint32_t ctx, uint32_t id)
{
	struct hyp_obj *o = hyp_obj_at(h, ctx, id);

	IMS_ASSERT(o->type > HYP_OBJ_TOMBSTONE && o->users > 1);
	o->users--;
}

/* A nested page table holds what it was made from, and its fault queue. */
static void end_nested(struct hyp *h, uint32_t ctx, uint32_t id, const struct hyp_obj *o)
{
	/* The hardware's notion of it has no user either. */
	for (uint32_t i = 0; i < HYP_DOMAINS; i++)
		if (h->domains[i].hwpt == id && h->domains[i].vm == ctx)
			h->domains[i].hwpt = 0;
	put(h, ctx, o->nested.from);
	if (o->nested.fault)
		put(h, ctx, o->nested.fault);
}

static void end_vdevice(struct hyp *h, uint32_t ctx, const struct hyp_obj *o)
{
	struct hyp_obj *device = hyp_obj_at(h, ctx, o->vdevice.device);

	hyp_vdevice_end(h, ctx, o);
	put(h, ctx, o->vdevice.viommu);
	device->device.vdevice = 0;
	device->waits--;
}

/* A queue holds the one before it. */
static void end_hw_queue(struct hyp *h, uint32_t ctx, const struct hyp_obj *o)
{
	hyp_hw_queue_end(h, ctx, o);
	put(h, ctx, o->hw_queue.viommu);
	for (uint32_t id = 1; id < HYP_IDS; id++) {
		const struct hyp_obj *q = hyp_obj(h, ctx, id, HYP_OBJ_HW_QUEUE);

		if (q && q->hw_queue.viommu == o->hw_queue.viommu &&
		    q->hw_queue.index + 1 == o->hw_queue.index)
			put(h, ctx, id);
	}
}

void hyp_obj_end(struct hyp *h, uint32_t ctx, uint32_t id)
{
	struct hyp_obj *o = hyp_obj_at(h, ctx, id);

	IMS_ASSERT(o->users == 1);
	switch ((enum hyp_object)o->type) {
	case HYP_OBJ_IOAS:
		hyp_ioas_clear(h, ctx, id);
		break;
	case HYP_OBJ_PAGING:
		put(h, ctx, o->paging.ioas);
		if (o->paging.fault)
			put(h, ctx, o->paging.fault);
		break;
	case HYP_OBJ_NESTED:
		end_nested(h, ctx, id, o);
		break;
	case HYP_OBJ_VIOMMU:
		hyp_viommu_end(h, o);
		put(h, ctx, o->viommu.parent);
		break;
	case HYP_OBJ_VDEVICE:
		end_vdevice(h, ctx, o);
		break;
	case HYP_OBJ_FAULT:
		hyp_faults_destroyed(h, ctx, id);
		break;
	case HYP_OBJ_VEVENTQ:
		hyp_vevents_drop(h, ctx, id);
		put(h, ctx, o->veventq.viommu);
		break;
	case HYP_OBJ_HW_QUEUE:
		end_hw_queue(h, ctx, o);
		break;
	default:
		break;
	}
	memset(o, 0, sizeof(*o));
}

void hyp_obj_put_hwpt(struct hyp *h, uint32_t ctx, uint32_t id)
{
	struct hyp_obj *o = hyp_obj_at(h, ctx, id);

	put(h, ctx, id);
	if (o->type == HYP_OBJ_PAGING && o->paging.automatic && o->users == 1)
		hyp_obj_end(h, ctx, id);
}

long hyp_u_destroy(struct hyp_ucall *c)
{
	struct hyp_obj *o = hyp_obj(c->h, c->ctx, c->u.destroy.id, HYP_OBJ_ANY);

	if (!o)
		return -ENOENT;
	if (o->users != 1)
		return -EBUSY;
	hyp_obj_end(c->h, c->ctx, c->u.destroy.id);
	return 0;
}

/* ---- files ---- */

bool hyp_uapi_open_at(struct hyp *h, uint32_t ctx)
{
	struct hyp_context *x = &h->objects.contexts[ctx];

	if (x->open)
		return false;
	/* Closed, with a device bound to it still. */
	for (uint32_t id = 1; id < HYP_IDS; id++)
		if (x->objects[id].type != HYP_OBJ_NONE)
			return false;
	memset(x, 0, sizeof(*x));
	x->open = true;
	return true;
}

long hyp_uapi_open(struct hyp *h)
{
	for (uint32_t ctx = 0; ctx < HYP_CONTEXTS; ctx++)
		if (hyp_uapi_open_at(h, ctx))
			return HYP_FD_CONTEXT + (long)ctx;
	return -EMFILE;
}

/* Everything goes, again and again what nothing holds. */
static void release(struct hyp *h, uint32_t ctx)
{
	bool again = true;

	for (uint32_t dev = 0; dev < h->devices_count; dev++)
		if (h->objects.bound_to[dev] == ctx + 1)
			return;
	while (again) {
		again = false;
		for (uint32_t id = 1; id < HYP_IDS; id++) {
			struct hyp_obj *o = hyp_obj_at(h, ctx, id);

			if (o->type == HYP_OBJ_TOMBSTONE)
				memset(o, 0, sizeof(*o));
			/* Files of queues hold what is the file's own: they are closed with the process. */
			if (o->type == HYP_OBJ_FAULT && o->fault.open) {
				o->fault.open = false;
				o->users--;
			}
			if (o->type == HYP_OBJ_VEVENTQ && o->veventq.open) {
				o->veventq.open = false;
				o->users--;
			}
			/* And so are mappings. */
			if (o->type == HYP_OBJ_VIOMMU) {
				o->users = (uint16_t)(o->users - o->viommu.maps);
				h->vms[o->viommu.vm].pages =
					(uint16_t)(h->vms[o->viommu.vm].pages - o->viommu.maps);
				o->viommu.maps = 0;
			}
			if (o->type == HYP_OBJ_NONE || o->users != 1)
				continue;
			hyp_obj_end(h, ctx, id);
			again = true;
		}
	}
}

void hyp_uapi_close(struct hyp *h, uint32_t ctx)
{
	h->objects.contexts[ctx].open = false;
	release(h, ctx);
}

/* The object of an open queue's file. */
struct hyp_obj *hyp_queue_file(struct hyp *h, uint32_t ctx, uint32_t fd)
{
	struct hyp_obj *o = hyp_obj(h, ctx, fd - HYP_FD_QUEUE, HYP_OBJ_ANY);

	if (!o || (o->type == HYP_OBJ_FAULT && !o->fault.open) ||
	    (o->type == HYP_OBJ_VEVENTQ && !o->veventq.open) ||
	    (o->type != HYP_OBJ_FAULT && o->type != HYP_OBJ_VEVENTQ))
		return NULL;
	return o;
}

long hyp_uapi_close_queue(struct hyp *h, uint32_t ctx, uint32_t fd)
{
	struct hyp_obj *o = hyp_queue_file(h, ctx, fd);

	if (!o)
		return -EBADF;
	if (o->type == HYP_OBJ_FAULT)
		o->fault.open = false;
	else
		o->veventq.open = false;
	o->users--;
	return 0;
}

/* ---- binding: iommufd_device_bind and _unbind ---- */

/* Members of a group belong to one owner (iommu_device_claim_dma_owner). */
static bool owned_by_another(const struct hyp *h, uint32_t dev, uint32_t ctx)
{
	for (uint32_t i = 0; i < h->devices_count; i++)
		if (hyp_same_group(h, i, dev) && h->objects.bound_to[i] &&
		    h->objects.bound_to[i] != ctx + 1)
			return true;
	return false;
}

/* vfio_df_ioctl_bind_iommufd() of Linux. */
long hyp_u_bind(struct hyp_ucall *c)
{
	struct ims_uapi_device_bind *b = &c->u.bind;
	struct hyp_objects *os = &c->h->objects;
	uint32_t ctx, id;

	if (b->flags || b->iommufd < 0)
		return -EINVAL;
	if (os->bound_to[c->dev])
		return -EINVAL;
	ctx = (uint32_t)b->iommufd - HYP_FD_CONTEXT;
	if (ctx >= HYP_CONTEXTS || !os->contexts[ctx].open)
		return -EBADF;
	if (owned_by_another(c->h, c->dev, ctx))
		return -EBUSY;
	id = hyp_obj_new(c->h, ctx, HYP_OBJ_DEVICE);
	if (!id)
		return -ENOMEM;
	hyp_obj_at(c->h, ctx, id)->device.dev = c->dev;
	/* The kernel's own hold: what a driver has bound is busy for everybody else. */
	hyp_obj_at(c->h, ctx, id)->users++;
	os->bound_to[c->dev] = (uint16_t)(ctx + 1);
	os->bound_id[c->dev] = (uint16_t)id;
	b->out_devid = id;
	if (hyp_respond(c)) {
		hyp_uapi_close_device(c->h, c->dev);
		return -EFAULT;
	}
	return 0;
}

void hyp_uapi_close_device(struct hyp *h, uint32_t dev)
{
	struct hyp_objects *os = &h->objects;
	uint32_t ctx = os->bound_to[dev] - 1u, id = os->bound_id[dev];
	struct hyp_obj *o;

	if (!os->bound_to[dev])
		return;
	for (uint32_t i = os->bound_count; i-- > 0;)
		if (os->bound[i].dev == dev)
			hyp_uapi_detach(h, dev, os->bound[i].ctx);
	o = hyp_obj_at(h, ctx, id);
	/* iommufd_device_remove_vdev(): its id stays taken. */
	if (o->device.vdevice) {
		uint32_t vdevice = o->device.vdevice;

		hyp_obj_end(h, ctx, vdevice);
		hyp_obj_at(h, ctx, vdevice)->type = HYP_OBJ_TOMBSTONE;
	}
	o->users--;
	IMS_ASSERT(o->users == 1 && o->waits == 1);
	hyp_obj_end(h, ctx, id);
	os->bound_to[dev] = 0;
	os->bound_id[dev] = 0;
	if (!os->contexts[ctx].open)
		release(h, ctx);
}
