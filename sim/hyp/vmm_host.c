/* SPDX-License-Identifier: MIT */
/*
 * What the VMM asks of its host for a guest's tables: nested page tables made, attached,
 * replaced, detached and destroyed, all by calls of the uAPI in the data formats of the
 * kernel. A nested domain is a HWPT that is there as long as something is attached to it.
 */
#include <errno.h>
#include <string.h>

#include "sim/core/assert.h"
#include "sim/hyp/uapi_parts.h"

static long do_call(struct hyp *h, enum hyp_file_kind kind, uint32_t index, unsigned nr, void *arg)
{
	return hyp_uapi_call(h, (struct hyp_file){ .kind = (uint8_t)kind, .index = index }, nr,
			     (uint64_t)(uintptr_t)arg, &hyp_umem_own);
}

bool hyp_same_entry(const struct ims_guest_entry *a, const struct ims_guest_entry *b)
{
	return a->as == b->as && a->dom == b->dom && !memcmp(a->words, b->words, sizeof(a->words));
}

/* The domain for what the guest's entry says: one that stands for it already, or a new one. */
static uint32_t domain_get(struct hyp *h, const struct hyp_domain *want)
{
	uint32_t free_one = IMS_NONE;

	for (uint32_t i = 0; i < HYP_DOMAINS; i++) {
		struct hyp_domain *d = &h->domains[i];

		if (!d->users && !d->hwpt && free_one == IMS_NONE)
			free_one = i;
		if (d->users && d->vm == want->vm && d->vdom == want->vdom && d->ctx == want->ctx &&
		    d->s1_root == want->s1_root && d->dev == want->dev &&
		    hyp_same_entry(&d->entry, &want->entry))
			return i;
	}
	IMS_ASSERT(free_one != IMS_NONE);
	h->domains[free_one] = *want;
	return free_one;
}

/* A device's own, where the VMM shares none. */
static uint32_t only_of(const struct hyp *h, uint32_t dev)
{
	return hyp_policy(h, IMS_COL_VMM_DOMAIN) == IMS_VMM_DOMAIN_DEVICE ? dev : IMS_NONE;
}

/* HWPT_ALLOC of what the domain stands for, in the kernel's data format; a negative errno. */
static long alloc_nested(struct hyp *h, uint32_t dev, struct hyp_domain *d)
{
	const struct hyp_vm *v = &h->vms[d->vm];
	const struct ims_nested_row *row = h->uapi->nested_count ? &h->uapi->nested[0] : NULL;
	struct ims_guest_entry entry = d->entry;
	uint64_t words[IMS_UAPI_WORDS] = { 0 };
	struct ims_uapi_hwpt_alloc a = { .size = sizeof(a),
					 .flags = h->uapi->nested_flags,
					 .dev_id = h->objects.bound_id[dev],
					 .pt_id = v->viommu ? v->viommu : v->hwpt,
					 .data_uptr = (uint64_t)(uintptr_t)words };
	long rc;

	a.fault_id = hyp_vmm_fault_queue(h, d->vm);
	if (a.fault_id)
		a.flags |= IMS_UAPI_HWPT_FAULT_ID_VALID;
	/* A host that takes none says so of any. */
	a.data_type = row ? row->type : 1;
	a.data_len = row ? row->len : 16;
	entry.root = d->s1_root;
	if (row)
		row->make(&entry, h->model->s1_top, words);
	rc = do_call(h, HYP_FILE_CONTEXT, d->vm, IMS_UAPI_HWPT_ALLOC, &a);
	if (!rc)
		d->hwpt = a.out_hwpt_id;
	return rc;
}

/*
 * Nothing is attached to it any more: a nested one is destroyed. Where what is not driven is
 * attached to it by a call of its own, the host refuses, and it goes on without the domain.
 */
static void drop(struct hyp *h, uint32_t domain)
{
	struct hyp_domain *d = &h->domains[domain];
	struct ims_uapi_destroy a = { .size = sizeof(a), .id = d->hwpt };
	long rc;

	if (d->users || !d->hwpt)
		return;
	if (d->hwpt == h->vms[d->vm].hwpt) {
		d->hwpt = 0;
		return;
	}
	rc = do_call(h, HYP_FILE_CONTEXT, d->vm, IMS_UAPI_DESTROY, &a);
	IMS_ASSERT(!rc || rc == -EBUSY);
	d->hwpt = 0;
}

/* The device stays as it was. */
static bool refused(struct hyp *h, uint32_t domain, int error)
{
	drop(h, domain);
	hyp_call_refused(h, error, 0, 0, 0);
	return false;
}

/*
 * Objects stand for the first unit and for the VM's own memory, and where the host's driver
 * has nested page tables; else the host does what the columns say without any.
 */
bool hyp_vmm_by_objects(const struct hyp *h, uint32_t dev)
{
	const struct hyp_device *d = &h->devices[dev];

	return !d->iommu && h->vms[d->vm].ioas && h->uapi->nested_count;
}

static long attach_object(struct hyp *h, uint32_t dev, uint32_t ctx, uint32_t domain)
{
	struct hyp_domain *dom = &h->domains[domain];
	struct ims_uapi_device_attach a = { .argsz = sizeof(a),
					    .flags = ctx == IMS_CTX_NONE ? 0 :
									   IMS_UAPI_ATTACH_PASID,
					    .pasid = ctx == IMS_CTX_NONE ? 0 : ctx };
	long rc = 0;

	if (!dom->hwpt && dom->entry.as == IMS_GUEST_PARENT)
		dom->hwpt = h->vms[dom->vm].hwpt;
	if (!dom->hwpt)
		rc = alloc_nested(h, dev, dom);
	a.pt_id = dom->hwpt;
	h->attaching = domain;
	/* Two domains may stand for the parent: only the host's notion of it changes hands. */
	if (!rc && hyp_uapi_bound(h, dev, ctx) == dom->hwpt)
		hyp_unit_attach(h, dev, ctx, dom->hwpt);
	else if (!rc)
		rc = do_call(h, HYP_FILE_DEVICE, dev, IMS_UAPI_DEVICE_ATTACH, &a);
	h->attaching = IMS_NONE;
	return rc;
}

static void attach_bare(struct hyp *h, uint32_t dev, uint32_t ctx, uint32_t domain)
{
	if (h->model->nest_of == IMS_NEST_DEVICE)
		hyp_host_nest(h, dev, domain);
	else
		hyp_host_attach(h, dev, ctx, domain);
}

static bool attach(struct hyp *h, uint32_t dev, uint32_t ctx, uint32_t domain)
{
	const struct hyp_device *d = &h->devices[dev];
	bool nests = h->domains[domain].entry.as != IMS_GUEST_PARENT;
	struct hyp_attachment *was = hyp_attached(&h->host_at, dev, ctx);
	uint32_t old = was ? was->to : IMS_NONE, cause;
	long rc = 0;

	if (!was && h->host_at.count == HYP_ATTACHMENTS) {
		h->error = "more attachments at once than are modelled (256), with those of calls";
		return false;
	}
	cause = hyp_call(h, IMS_CALL_ATTACH, d->prid, ctx, domain, 0);
	if (nests && hyp_policy(h, IMS_COL_NEST) == IMS_NEST_REFUSED)
		rc = -EOPNOTSUPP;
	else if (h->devices[dev].blocked)
		rc = -EBUSY;
	else if (hyp_vmm_by_objects(h, dev))
		rc = attach_object(h, dev, ctx, domain);
	else
		attach_bare(h, dev, ctx, domain);
	if (rc)
		refused(h, domain, (int)-rc);
	else if (old != IMS_NONE && old != domain)
		drop(h, old);
	hyp_step(h, cause, h->line);
	return !rc;
}

bool hyp_call_attach(struct hyp *h, uint32_t dev, uint32_t ctx, const struct ims_path *guest)
{
	const struct hyp_domain want = { .vm = h->devices[dev].vm,
					 .vdom = guest->dom,
					 .ctx = guest->ctx,
					 .s1_root = guest->s1_root,
					 .dev = only_of(h, dev) };

	return attach(h, dev, ctx, domain_get(h, &want));
}

void hyp_call_detach(struct hyp *h, uint32_t dev, uint32_t ctx)
{
	uint32_t domain = hyp_attached(&h->host_at, dev, ctx)->to;
	struct ims_uapi_device_detach a = { .argsz = sizeof(a),
					    .flags = ctx == IMS_CTX_NONE ? 0 :
									   IMS_UAPI_ATTACH_PASID,
					    .pasid = ctx == IMS_CTX_NONE ? 0 : ctx };
	uint32_t cause = hyp_call(h, IMS_CALL_DETACH, h->devices[dev].prid, ctx,
				  h->model->nest_of == IMS_NEST_DEVICE ? IMS_NONE : domain, 0);

	if (hyp_vmm_by_objects(h, dev))
		IMS_ASSERT(!do_call(h, HYP_FILE_DEVICE, dev, IMS_UAPI_DEVICE_DETACH, &a));
	else if (h->model->nest_of == IMS_NEST_DEVICE)
		hyp_host_nest(h, dev, IMS_NONE);
	else
		hyp_host_detach(h, dev, ctx);
	drop(h, domain);
	hyp_step(h, cause, h->line);
}

bool hyp_call_nest(struct hyp *h, uint32_t dev, const struct ims_guest_entry *guest)
{
	const struct hyp_domain want = { .vm = h->devices[dev].vm,
					 .vdom = guest->as == IMS_GUEST_NESTED ? guest->dom : 0,
					 .ctx = IMS_CTX_NONE,
					 .s1_root = guest->root,
					 .entry = *guest,
					 .dev = only_of(h, dev) };

	if (guest->as != IMS_GUEST_BLOCKED)
		return attach(h, dev, IMS_CTX_NONE, domain_get(h, &want));
	hyp_call_detach(h, dev, IMS_CTX_NONE);
	return true;
}
