/* SPDX-License-Identifier: MIT */
/* Rules that hold between calls, counted anew from what holds what. */
#include <string.h>

#include "sim/hyp/uapi_area.h"

struct counts {
	uint16_t users[HYP_IDS], waits[HYP_IDS];
	bool wrong; /* an object names one that is not there, or of another type */
};

static void hold(struct hyp *h, uint32_t ctx, struct counts *n, uint32_t id, enum hyp_object type)
{
	if (!hyp_obj(h, ctx, id, type))
		n->wrong = true;
	else
		n->users[id]++;
}

static void hold_nested(struct hyp *h, uint32_t ctx, struct counts *n, const struct hyp_obj *o)
{
	if (o->nested.viommu)
		hold(h, ctx, n, o->nested.viommu, HYP_OBJ_VIOMMU);
	else
		hold(h, ctx, n, o->nested.parent, HYP_OBJ_PAGING);
	if (o->nested.from != (o->nested.viommu ? o->nested.viommu : o->nested.parent))
		n->wrong = true;
	if (!hyp_obj(h, ctx, o->nested.parent, HYP_OBJ_PAGING) ||
	    !(hyp_obj_at(h, ctx, o->nested.parent)->paging.flags & IMS_UAPI_HWPT_NEST_PARENT))
		n->wrong = true;
	if (o->nested.fault)
		hold(h, ctx, n, o->nested.fault, HYP_OBJ_FAULT);
}

static void hold_vdevice(struct hyp *h, uint32_t ctx, struct counts *n, uint32_t id,
			 const struct hyp_obj *o)
{
	const struct hyp_obj *device = hyp_obj(h, ctx, o->vdevice.device, HYP_OBJ_DEVICE);

	hold(h, ctx, n, o->vdevice.viommu, HYP_OBJ_VIOMMU);
	if (!device || device->device.vdevice != id) {
		n->wrong = true;
		return;
	}
	n->waits[o->vdevice.device]++;
}

static void hold_hw_queue(struct hyp *h, uint32_t ctx, struct counts *n, const struct hyp_obj *o)
{
	hold(h, ctx, n, o->hw_queue.viommu, HYP_OBJ_VIOMMU);
	for (uint32_t id = 1; o->hw_queue.index && id < HYP_IDS; id++) {
		const struct hyp_obj *q = hyp_obj(h, ctx, id, HYP_OBJ_HW_QUEUE);

		if (q && q->hw_queue.viommu == o->hw_queue.viommu &&
		    q->hw_queue.index + 1 == o->hw_queue.index)
			n->users[id]++;
	}
}

static void count_object(struct hyp *h, uint32_t ctx, struct counts *n, uint32_t id)
{
	const struct hyp_obj *o = hyp_obj_at(h, ctx, id);

	n->users[id]++;
	n->waits[id]++;
	switch ((enum hyp_object)o->type) {
	case HYP_OBJ_DEVICE:
		n->users[id]++;
		if (h->objects.bound_to[o->device.dev] != ctx + 1 ||
		    h->objects.bound_id[o->device.dev] != id)
			n->wrong = true;
		break;
	case HYP_OBJ_PAGING:
		hold(h, ctx, n, o->paging.ioas, HYP_OBJ_IOAS);
		if (o->paging.fault)
			hold(h, ctx, n, o->paging.fault, HYP_OBJ_FAULT);
		break;
	case HYP_OBJ_NESTED:
		hold_nested(h, ctx, n, o);
		break;
	case HYP_OBJ_VIOMMU:
		hold(h, ctx, n, o->viommu.parent, HYP_OBJ_PAGING);
		n->users[id] = (uint16_t)(n->users[id] + o->viommu.maps);
		break;
	case HYP_OBJ_VDEVICE:
		hold_vdevice(h, ctx, n, id, o);
		break;
	case HYP_OBJ_VEVENTQ:
		hold(h, ctx, n, o->veventq.viommu, HYP_OBJ_VIOMMU);
		n->users[id] = (uint16_t)(n->users[id] + o->veventq.open);
		break;
	case HYP_OBJ_FAULT:
		n->users[id] = (uint16_t)(n->users[id] + o->fault.open);
		break;
	case HYP_OBJ_HW_QUEUE:
		hold_hw_queue(h, ctx, n, o);
		break;
	default:
		break;
	}
}

static void count_bound(struct hyp *h, uint32_t ctx, struct counts *n)
{
	for (uint32_t i = 0; i < h->objects.bound_count; i++) {
		const struct hyp_bound *b = &h->objects.bound[i];
		const struct hyp_obj *o;

		if (h->objects.bound_to[b->dev] != ctx + 1)
			continue;
		o = hyp_obj(h, ctx, b->hwpt, HYP_OBJ_ANY);
		if (!o || (o->type != HYP_OBJ_PAGING && o->type != HYP_OBJ_NESTED)) {
			n->wrong = true;
			continue;
		}
		n->users[b->hwpt]++;
		n->users[h->objects.bound_id[b->dev]]++;
	}
}

static bool bound_any(const struct hyp *h, uint32_t ctx)
{
	for (uint32_t dev = 0; dev < h->devices_count; dev++)
		if (h->objects.bound_to[dev] == ctx + 1)
			return true;
	return false;
}

static const char *check_counts(struct hyp *h, uint32_t ctx)
{
	struct counts n;

	if (!h->objects.contexts[ctx].open && !bound_any(h, ctx))
		return NULL;
	memset(&n, 0, sizeof(n));
	for (uint32_t id = 1; id < HYP_IDS; id++)
		if (hyp_obj(h, ctx, id, HYP_OBJ_ANY))
			count_object(h, ctx, &n, id);
	count_bound(h, ctx, &n);
	if (n.wrong)
		return "an object, or an attachment, names what is not there";
	for (uint32_t id = 1; id < HYP_IDS; id++) {
		const struct hyp_obj *o = hyp_obj(h, ctx, id, HYP_OBJ_ANY);

		if (o && (o->users != n.users[id] || o->waits != n.waits[id]))
			return "an object's count is not that of those who hold it";
		if (o && o->type == HYP_OBJ_PAGING && o->paging.automatic && o->users == 1)
			return "an automatic page table outlived its attachments";
	}
	return NULL;
}

/* Attachments: once each, of devices that are bound; of one group to one page table. */
static const char *check_bound(struct hyp *h)
{
	const struct hyp_objects *os = &h->objects;

	for (uint32_t i = 0; i < os->bound_count; i++) {
		if (!os->bound_to[os->bound[i].dev])
			return "a device is attached and not bound";
		for (uint32_t k = i + 1; k < os->bound_count; k++) {
			if (os->bound[i].ctx != os->bound[k].ctx)
				continue;
			if (os->bound[i].dev == os->bound[k].dev)
				return "a device is attached twice";
			if (hyp_same_group(h, os->bound[i].dev, os->bound[k].dev) &&
			    os->bound[i].hwpt != os->bound[k].hwpt)
				return "a group is attached to two page tables";
		}
	}
	return NULL;
}

/* What the table has at an address of a run: the page, or nothing where there is none yet. */
static bool page_right(struct hyp *h, const struct hyp_obj *paging, const struct hyp_run *r,
		       uint64_t at)
{
	struct hyp_table t = hyp_uapi_table(h, paging);
	uint64_t want = r->user + (at - r->first), out;
	bool there = true;
	unsigned lg2;

	if (r->memory == HYP_MEMORY_VM)
		there = hyp_host_address(h, r->vm, want, &want);
	return hyp_table_find(&t, at, &out, &lg2) == there && (!there || out == want);
}

/* Of a vendor's ranges that no VMM maps: the host may have something there itself. */
static bool kept_out(const struct hyp *h, uint64_t at)
{
	for (unsigned i = 0; i < h->uapi->reserved_count; i++)
		if (h->uapi->reserved[i].first <= at && at <= h->uapi->reserved[i].last)
			return true;
	return false;
}

static const char *check_run(struct hyp *h, const struct hyp_run *r)
{
	if (!hyp_obj(h, r->ctx, r->ioas, HYP_OBJ_IOAS))
		return "an area is of no address space";
	if (r->last < r->first || !r->piece || (r->last - r->first + 1) % r->piece)
		return "a run of areas is not made of whole ones";
	for (uint32_t i = 0; i < HYP_RUNS; i++) {
		const struct hyp_run *o = &h->objects.runs[i];

		if (o != r && o->memory && o->ctx == r->ctx && o->ioas == r->ioas &&
		    o->first <= r->last && r->first <= o->last)
			return "two areas overlap";
	}
	for (uint32_t id = 1; id < HYP_IDS; id++) {
		const struct hyp_obj *o = hyp_obj(h, r->ctx, id, HYP_OBJ_PAGING);
		struct hyp_table t;
		uint64_t out;
		unsigned lg2;

		if (!o || o->paging.ioas != r->ioas)
			continue;
		t = hyp_uapi_table(h, o);
		if (!page_right(h, o, r, r->first) || !page_right(h, o, r, r->last) ||
		    !page_right(h, o, r, r->first + (r->last - r->first) / 2))
			return "a table does not have what its address space maps";
		if (r->first && !kept_out(h, r->first - 1) &&
		    !hyp_run_at(h, r->ctx, r->ioas, r->first - 1, r->first - 1) &&
		    hyp_table_find(&t, r->first - 1, &out, &lg2))
			return "a table has what its address space does not map";
		if (!kept_out(h, r->last + 1) &&
		    !hyp_run_at(h, r->ctx, r->ioas, r->last + 1, r->last + 1) &&
		    !((r->last + 1) >> h->uapi->hwpts[o->paging.row].aperture_lg2) &&
		    hyp_table_find(&t, r->last + 1, &out, &lg2))
			return "a table has what its address space does not map";
	}
	return NULL;
}

static const char *check_allowed(struct hyp *h)
{
	for (uint32_t i = 0; i < HYP_ALLOWED; i++) {
		const struct hyp_allowed *a = &h->objects.allowed[i];
		struct ims_uapi_iova_range r;
		uint32_t pos = 1;

		if (!a->used)
			continue;
		if (!hyp_obj(h, a->ctx, a->ioas, HYP_OBJ_IOAS))
			return "an allowed range is of no address space";
		while (hyp_reserved_next(h, a->ctx, a->ioas, &pos, &r))
			if (r.start <= a->last && a->first <= r.last)
				return "an allowed range is reserved";
	}
	return NULL;
}

const char *hyp_uapi_check(struct hyp *h)
{
	const char *why = check_bound(h);

	for (uint32_t ctx = 0; !why && ctx < HYP_CONTEXTS; ctx++)
		why = check_counts(h, ctx);
	for (uint32_t i = 0; !why && i < HYP_RUNS; i++)
		if (h->objects.runs[i].memory)
			why = check_run(h, &h->objects.runs[i]);
	return why ? why : check_allowed(h);
}
