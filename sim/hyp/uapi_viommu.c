/* SPDX-License-Identifier: MIT */
/*
 * Virtual IOMMUs, virtual devices and queues as objects: viommu.c and eventq.c of iommufd,
 * Linux 7.3. What flows through queues is in uapi_queue.c.
 */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/hyp/uapi_area.h"

#define VEVENTQ_MAX (1u << 19)

static const struct ims_viommu_row *row_of(const struct hyp *h, const struct hyp_obj *viommu)
{
	return viommu->viommu.row < h->uapi->viommus_count ? &h->uapi->viommus[viommu->viommu.row] :
							     NULL;
}

/* What the driver does in the unit for the vIOMMU, NULL: nothing. */
static const struct ims_function_ops *ops_of(const struct hyp *h, const struct hyp_obj *viommu)
{
	const struct ims_viommu_row *row = row_of(h, viommu);

	return row && viommu->viommu.function ? row->ops : NULL;
}

static struct ims_driver *driver_of(struct hyp *h, const struct hyp_obj *viommu)
{
	return &h->iommus[viommu->viommu.iommu].driver;
}

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

/* The file's offsets: one after the other, from the second page on (iommufd driver.c _iommufd_alloc_mmap()). */
static uint32_t pages_new(struct hyp *h, uint32_t ctx, uint64_t bytes)
{
	uint32_t at = HYP_PAGE;

	for (uint32_t i = 1; i < HYP_IDS; i++) {
		const struct hyp_obj *o = hyp_obj(h, ctx, i, HYP_OBJ_VIOMMU);
		uint64_t end = o && o->viommu.pages_at ? o->viommu.pages_at + row_of(h, o)->pages :
							 0;

		if (end <= at || o->viommu.pages_at >= at + bytes)
			continue;
		at = (uint32_t)end;
		i = 0;
	}
	return at;
}

static void tell_parent(struct hyp *h, const struct hyp_obj *viommu,
			const struct ims_function_ops *ops)
{
	const struct hyp_vm *vm = &h->vms[viommu->viommu.vm];
	const struct ims_ctx_config parent = { .s2_root = vm->s2_root,
					       .stages = IMS_STAGES_2,
					       .s2_top = h->model->s2_top,
					       .dom = (uint16_t)vm->dom[viommu->viommu.iommu] };

	ops->parent(driver_of(h, viommu), viommu->viommu.function, &parent, &h->policy);
}

/* The driver makes a function of the unit for it, and says of it what the data's words say. */
static long open_function(struct hyp_ucall *c, struct hyp_obj *o, const struct ims_viommu_row *row,
			  uint64_t *words)
{
	uint32_t dom = c->h->vms[o->viommu.vm].dom[o->viommu.iommu];
	int error;

	if (!row || !row->ops)
		return 0;
	error = row->ops->open(driver_of(c->h, o), dom, words, &o->viommu.function);
	if (error)
		return -error;
	if (row->ops->parent)
		tell_parent(c->h, o, row->ops);
	if (row->pages)
		o->viommu.pages_at = pages_new(c->h, c->ctx, row->pages);
	if (row->pages_at)
		words[row->pages_at - 1] = o->viommu.pages_at;
	if (row->pages_length_at)
		words[row->pages_length_at - 1] = row->pages;
	return 0;
}

/* The vendor's data, in and out; a driver of Linux copies as much as both know. */
static long take_data(struct hyp_ucall *c, const struct ims_viommu_row *row, uint64_t *words)
{
	const struct ims_uapi_viommu_alloc *v = &c->u.viommu;

	memset(words, 0, IMS_UAPI_WORDS * sizeof(*words));
	if (!row || !row->len)
		return 0;
	if (v->data_len < row->min_len || v->data_len > row->len)
		return -EINVAL;
	return hyp_take_words(c, v->data_uptr, v->data_len, words);
}

static long give_data(struct hyp_ucall *c, const struct ims_viommu_row *row, const uint64_t *words)
{
	const struct ims_uapi_viommu_alloc *v = &c->u.viommu;

	if (!row || !row->len)
		return 0;
	return c->mem->write(c->mem->user, v->data_uptr, words, v->data_len) ? 0 : -EFAULT;
}

long hyp_u_viommu_alloc(struct hyp_ucall *c)
{
	uint64_t words[IMS_UAPI_WORDS];
	long rc;

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
	rc = take_data(c, row < 0 ? NULL : &c->h->uapi->viommus[row], words);
	if (rc)
		return rc;
	id = hyp_obj_new(c->h, c->ctx, HYP_OBJ_VIOMMU);
	if (!id)
		return -ENOMEM;
	o = hyp_obj_at(c->h, c->ctx, id);
	o->viommu.vm = c->h->devices[device->device.dev].vm;
	o->viommu.parent = v->hwpt_id;
	o->viommu.type = v->type;
	o->viommu.iommu = c->h->devices[device->device.dev].iommu;
	o->viommu.row = row < 0 ? UINT8_MAX : (uint8_t)row;
	hyp_obj_at(c->h, c->ctx, v->hwpt_id)->users++;
	v->out_viommu_id = id;
	rc = open_function(c, o, row_of(c->h, o), words);
	if (!rc)
		rc = give_data(c, row_of(c->h, o), words);
	if (rc) {
		hyp_obj_end(c->h, c->ctx, id);
		return rc;
	}
	return told(c, id);
}

/* The unit gets to know the guest's name of the device. */
static long device_add(struct hyp *h, const struct hyp_obj *viommu, uint64_t virt_id,
		       const struct hyp_obj *device)
{
	const struct ims_function_ops *ops = ops_of(h, viommu);

	if (!ops || !ops->device_add)
		return 0;
	return -ops->device_add(driver_of(h, viommu), viommu->viommu.function, virt_id,
				h->devices[device->device.dev].prid);
}

long hyp_u_vdevice_alloc(struct hyp_ucall *c)
{
	long rc;
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
	/* The driver has the last word. */
	if (c->h->uapi->one_stream && c->h->devices[device->device.dev].alias)
		return -EOPNOTSUPP;
	id = hyp_obj_new(c->h, c->ctx, HYP_OBJ_VDEVICE);
	if (!id)
		return -ENOMEM;
	o = hyp_obj_at(c->h, c->ctx, id);
	rc = device_add(c->h, viommu, v->virt_id, device);
	if (rc) {
		o->type = HYP_OBJ_NONE;
		return rc;
	}
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
static long pin_queue(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t first, uint64_t last,
		      uint64_t *ret_hpa)
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
		if (!expected)
			*ret_hpa = hpa + (first & (HYP_PAGE - 1));
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

	if (q->index >= (row->hw_queues_of ? row->hw_queues_of(hyp_params(c->h)) : row->hw_queues))
		return -EINVAL;
	if (used)
		return -EEXIST;
	if (q->index > count)
		return -EIO;
	if (q->length < row->hw_queue_min || q->length > row->hw_queue_max)
		return -EINVAL;
	if (row->hw_queue_code_lg2)
		return 0;
	return (q->length & (q->length - 1)) || (q->nesting_parent_iova & (q->length - 1)) ?
		       -EINVAL :
		       0;
}

/* What was pinned is what the length says as bytes, whatever the driver takes it for. */
static uint64_t bytes_of(const struct ims_viommu_row *row, uint64_t length)
{
	return row->hw_queue_code_lg2 ? UINT64_C(1) << (length + row->hw_queue_code_lg2) : length;
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

/* Hardware reads it from now on. */
static long start_queue(struct hyp *h, const struct hyp_obj *viommu, struct ims_guest_queue *queue)
{
	const struct ims_function_ops *ops = ops_of(h, viommu);

	if (!ops || !ops->queue_add)
		return 0;
	return -ops->queue_add(driver_of(h, viommu), viommu->viommu.function, queue);
}

long hyp_u_hw_queue_alloc(struct hyp_ucall *c)
{
	struct ims_uapi_hw_queue_alloc *q = &c->u.hw_queue;
	struct ims_guest_queue queue;
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
	row = row_of(c->h, viommu);
	if (!row || !row->hw_queue_type || row->hw_queue_type != q->type)
		return -EOPNOTSUPP;
	rc = pin_queue(c->h, c->ctx, hyp_obj_at(c->h, c->ctx, viommu->viommu.parent)->paging.ioas,
		       q->nesting_parent_iova, last, &queue.hpa);
	if (rc)
		return rc;
	count = queues_of(c->h, c->ctx, q->viommu_id, q->index, &used);
	rc = check_queue(c, row, used, count);
	if (rc)
		return rc;
	queue = (struct ims_guest_queue){ .type = q->type,
					  .index = q->index,
					  .gpa = q->nesting_parent_iova,
					  .hpa = queue.hpa,
					  .bytes = bytes_of(row, q->length) };
	id = hyp_obj_new(c->h, c->ctx, HYP_OBJ_HW_QUEUE);
	if (!id)
		return -ENOMEM;
	o = hyp_obj_at(c->h, c->ctx, id);
	rc = start_queue(c->h, viommu, &queue);
	if (rc) {
		o->type = HYP_OBJ_NONE;
		return rc;
	}
	o->hw_queue.viommu = q->viommu_id;
	o->hw_queue.index = q->index;
	o->hw_queue.type = q->type;
	o->hw_queue.ring = queue.ring;
	o->hw_queue.first = q->nesting_parent_iova;
	o->hw_queue.last = last;
	viommu->users++;
	hold_previous(c->h, c->ctx, q->viommu_id, q->index);
	hyp_queue_connect(c->h, viommu->viommu.vm, row, &queue);
	q->out_hw_queue_id = id;
	return told(c, id);
}

void hyp_function_tag(struct hyp *h, uint32_t vm, uint32_t vdom, uint32_t dom)
{
	const struct hyp_obj *o =
		hyp_uapi_object(h, h->vms[vm].parent, h->vms[vm].viommu, HYP_OBJ_VIOMMU);
	const struct ims_function_ops *ops = o ? ops_of(h, o) : NULL;

	if (ops && ops->tag)
		ops->tag(driver_of(h, o), o->viommu.function, vdom, dom);
}

void hyp_function_failed(struct hyp *h, uint32_t vm)
{
	uint32_t ctx = h->vms[vm].parent, id = h->vms[vm].viommu;
	const struct hyp_obj *o = hyp_uapi_object(h, ctx, id, HYP_OBJ_VIOMMU);
	const struct ims_function_ops *ops = o ? ops_of(h, o) : NULL;
	uint64_t words[IMS_TOLD_WORDS] = { 0 };

	if (!ops || !ops->error_type)
		return;
	ops->error(driver_of(h, o), o->viommu.function, words);
	hyp_vevent_put(h, ctx, id, ops->error_type, words, ops->error_words);
}

uint32_t hyp_function_of(const struct hyp *h, uint32_t vm)
{
	const struct hyp_obj *o =
		hyp_uapi_object(h, h->vms[vm].parent, h->vms[vm].viommu, HYP_OBJ_VIOMMU);

	return o ? o->viommu.function : 0;
}

/* ---- their end: what hyp_obj_end() does of the unit ---- */

void hyp_viommu_end(struct hyp *h, const struct hyp_obj *viommu)
{
	const struct ims_function_ops *ops = ops_of(h, viommu);

	if (ops && ops->close)
		ops->close(driver_of(h, viommu), viommu->viommu.function);
}

void hyp_vdevice_end(struct hyp *h, uint32_t ctx, const struct hyp_obj *vdevice)
{
	const struct hyp_obj *viommu = hyp_obj_at(h, ctx, vdevice->vdevice.viommu);
	const struct ims_function_ops *ops = ops_of(h, viommu);

	if (ops && ops->device_remove)
		ops->device_remove(driver_of(h, viommu), viommu->viommu.function,
				   vdevice->vdevice.virt_id);
}

void hyp_hw_queue_end(struct hyp *h, uint32_t ctx, const struct hyp_obj *queue)
{
	const struct hyp_obj *viommu = hyp_obj_at(h, ctx, queue->hw_queue.viommu);
	const struct ims_function_ops *ops = ops_of(h, viommu);

	hyp_queue_disconnect(h, viommu->viommu.vm, queue->hw_queue.ring);
	if (ops && ops->queue_remove)
		ops->queue_remove(driver_of(h, viommu), viommu->viommu.function,
				  queue->hw_queue.type, queue->hw_queue.index, &h->policy);
}

/* ---- its pages, in the address space of the VMM ---- */

static struct hyp_obj *viommu_at(struct hyp *h, uint32_t ctx, uint64_t offset, uint64_t length)
{
	for (uint32_t i = 1; i < HYP_IDS; i++) {
		struct hyp_obj *o = hyp_obj(h, ctx, i, HYP_OBJ_VIOMMU);

		if (o && o->viommu.pages_at && o->viommu.pages_at == offset &&
		    row_of(h, o)->pages == length)
			return o;
	}
	return NULL;
}

long hyp_uapi_mmap(struct hyp *h, uint32_t ctx, uint64_t offset, uint64_t length)
{
	struct hyp_obj *o;

	if (ctx >= HYP_CONTEXTS || !h->objects.contexts[ctx].open)
		return -EBADF;
	if (!length || ((offset | length) & (HYP_PAGE - 1)))
		return -EINVAL;
	o = viommu_at(h, ctx, offset, length);
	if (!o)
		return -ENXIO;
	o->users++;
	o->viommu.maps++;
	h->vms[o->viommu.vm].pages++;
	return 0;
}

long hyp_uapi_munmap(struct hyp *h, uint32_t ctx, uint64_t offset, uint64_t length)
{
	struct hyp_obj *o = viommu_at(h, ctx, offset, length);

	if (!o || !o->viommu.maps)
		return -EINVAL;
	o->viommu.maps--;
	o->users--;
	h->vms[o->viommu.vm].pages--;
	return 0;
}
