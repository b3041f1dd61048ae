/* SPDX-License-Identifier: MIT */
/* What the objects mean for the hardware: entries of devices, tags, invalidations. */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/hyp/list.h"
#include "sim/hyp/uapi_area.h"

static bool of_vm(const struct hyp *h, uint32_t ctx)
{
	return !h->bare_stage && ctx < h->vms_count && h->vms[ctx].ioas;
}

bool hyp_unit_driven(const struct hyp *h, uint32_t dev)
{
	const struct hyp_device *d = &h->devices[dev];

	return !d->iommu && of_vm(h, d->vm) && h->objects.bound_to[dev] == d->vm + 1;
}

long hyp_unit_may(struct hyp *h, uint32_t dev, uint32_t to)
{
	uint32_t vm = h->devices[dev].vm;

	if (!hyp_unit_driven(h, dev))
		return 0;
	/* An id is given out again: that of the VMM's parent may be another table's by now. */
	if (hyp_paging_of(h, vm, to) != h->vms[vm].hwpt ||
	    hyp_obj_at(h, vm, h->vms[vm].hwpt)->paging.root != h->vms[vm].s2_root)
		return -EOPNOTSUPP;
	return to == h->vms[vm].hwpt && h->model->nest_of != IMS_NEST_DEVICE ? -EOPNOTSUPP : 0;
}

/* What a page table that no VMM's domain stands for is made of. */
static struct hyp_domain made_of(struct hyp *h, uint32_t vm, uint32_t hwpt, uint32_t pasid)
{
	const struct hyp_obj *o = hyp_obj_at(h, vm, hwpt);
	struct hyp_domain d = { .vm = vm, .ctx = IMS_CTX_NONE, .dev = IMS_NONE, .hwpt = hwpt };
	struct ims_guest_entry entry = { .as = IMS_GUEST_PARENT };

	if (o->type == HYP_OBJ_NESTED)
		h->uapi->nested[o->nested.row].take(hyp_params(h), o->nested.words, &entry);
	d.s1_root = entry.root;
	d.vdom = entry.dom;
	if (h->model->nest_of == IMS_NEST_DEVICE)
		d.entry = entry;
	else
		d.ctx = hyp_filed_ctx(h, pasid);
	return d;
}

static uint32_t domain_for(struct hyp *h, uint32_t vm, uint32_t hwpt, uint32_t pasid)
{
	uint32_t free_one = IMS_NONE;

	for (uint32_t i = 0; i < HYP_DOMAINS; i++) {
		const struct hyp_domain *d = &h->domains[i];

		if (d->hwpt == hwpt && d->vm == vm)
			return i;
		if (!d->users && !d->hwpt && free_one == IMS_NONE)
			free_one = i;
	}
	IMS_ASSERT(free_one != IMS_NONE);
	h->domains[free_one] = made_of(h, vm, hwpt, pasid);
	return free_one;
}

void hyp_unit_attach(struct hyp *h, uint32_t dev, uint32_t pasid, uint32_t to)
{
	bool was = hyp_attached(&h->host_at, dev, pasid);
	uint32_t domain = IMS_NONE;

	if (!hyp_unit_driven(h, dev) || (!to && !was))
		return;
	if (to && h->attaching != IMS_NONE)
		domain = h->attaching;
	else if (to)
		domain = domain_for(h, h->devices[dev].vm, to, pasid);
	if (h->model->nest_of == IMS_NEST_DEVICE) {
		hyp_host_nest(h, dev, domain);
		return;
	}
	/* Translation is blocked first: replacing one is not free of a gap. */
	if (was)
		hyp_host_detach(h, dev, pasid);
	if (to)
		hyp_host_attach(h, dev, pasid, domain);
}

void hyp_unit_dirty(struct hyp *h, uint32_t ctx, uint32_t paging, bool on)
{
	if (of_vm(h, ctx) && h->vms[ctx].hwpt == paging)
		hyp_host_dirty(h, ctx, on);
}

void hyp_unit_cleaned(struct hyp *h, uint32_t ctx, uint32_t paging, uint64_t first, uint64_t last)
{
	if (of_vm(h, ctx) && h->vms[ctx].hwpt == paging)
		hyp_parent_cleaned(h, ctx, first, last);
}

/* What an entry is to a list: of a nested page table the range; else the command, under the host's names. */
static bool entry_of(struct hyp *h, uint32_t vm, uint32_t target, const struct ims_inv *inv,
		     struct hyp_list *l, struct hyp_entry *e)
{
	*l = (struct hyp_list){ .vm = vm, .count = 1, .at = e };
	*e = (struct hyp_entry){
		.vm = vm,
		.x = { .first = inv->first, .last = inv->last, .leaf_only = inv->leaf_only }
	};
	memcpy(e->words, inv->words, sizeof(e->words));
	l->of = inv->kind == IMS_INV_RANGE  ? HYP_OBJECT_DOMAIN :
		inv->kind == IMS_INV_TAGGED ? HYP_OBJECT_VIOMMU :
					      HYP_OBJECT_DEVICE;
	l->object = inv->kind == IMS_INV_RANGE ? IMS_NONE : inv->virt_id;
	for (uint32_t i = 0; inv->kind == IMS_INV_RANGE && i < HYP_DOMAINS; i++)
		if (h->domains[i].users && h->domains[i].vm == vm && h->domains[i].hwpt == target)
			l->object = i;
	if (inv->kind == IMS_INV_RANGE && l->object != IMS_NONE)
		e->ctx = h->domains[l->object].ctx;
	return inv->kind == IMS_INV_TAGGED ||
	       (l->object != IMS_NONE &&
		(inv->kind == IMS_INV_RANGE ||
		 (l->object < h->devices_count && hyp_unit_driven(h, l->object))));
}

long hyp_unit_invalidate(struct hyp *h, uint32_t ctx, uint32_t target, const struct ims_inv *invs,
			 uint32_t count)
{
	for (uint32_t i = 0; i < count && of_vm(h, ctx); i++) {
		struct hyp_entry e;
		struct hyp_list l;

		if (entry_of(h, ctx, target, &invs[i], &l, &e))
			hyp_list_carry_out(h, &l);
		/* A device did not answer: what of the batch is complete nobody knows. */
		if (h->error)
			return (long)i;
	}
	return (long)count;
}
