/* SPDX-License-Identifier: MIT */
/*
 * Attaching, replacing and detaching: device.c of iommufd, Linux 7.3
 * (iommufd_device_change_pt and what it calls), behind a device's file (vfio/iommufd.c).
 */
#include "sim/core/assert.h"
#include "sim/hyp/uapi_area.h"

#define PASID_MAX 0xfffffu

bool hyp_same_group(const struct hyp *h, uint32_t a, uint32_t b)
{
	return a == b || (h->devices[a].group && h->devices[a].group == h->devices[b].group);
}

struct hyp_bound *hyp_bound_at(struct hyp *h, uint32_t dev, uint32_t pasid)
{
	for (uint32_t i = 0; i < h->objects.bound_count; i++)
		if (h->objects.bound[i].dev == dev && h->objects.bound[i].ctx == pasid)
			return &h->objects.bound[i];
	return NULL;
}

uint32_t hyp_uapi_bound(const struct hyp *h, uint32_t dev, uint32_t pasid)
{
	for (uint32_t i = 0; i < h->objects.bound_count; i++)
		if (h->objects.bound[i].dev == dev && h->objects.bound[i].ctx == pasid)
			return h->objects.bound[i].hwpt;
	return 0;
}

uint32_t hyp_paging_of(struct hyp *h, uint32_t ctx, uint32_t hwpt)
{
	const struct hyp_obj *o = hyp_obj_at(h, ctx, hwpt);

	return o->type == HYP_OBJ_NESTED ? o->nested.parent : hwpt;
}

/* ---- may it be ---- */

static bool of_pasid(const struct hyp_obj *hwpt)
{
	uint32_t flags = hwpt->type == HYP_OBJ_NESTED ? hwpt->nested.flags : hwpt->paging.flags;

	return flags & IMS_UAPI_HWPT_PASID;
}

/* What the group of @dev has attached by @pasid, 0: nothing; *@other: by any other. */
static uint32_t group_has(const struct hyp *h, uint32_t dev, uint32_t pasid, bool *other)
{
	uint32_t found = 0;

	*other = false;
	for (uint32_t i = 0; i < h->objects.bound_count; i++) {
		const struct hyp_bound *b = &h->objects.bound[i];

		if (!hyp_same_group(h, b->dev, dev))
			continue;
		if (b->ctx == pasid)
			found = b->hwpt;
		else
			*other = true;
	}
	return found;
}

/* iommufd_hwpt_pasid_compat(). */
static long pasid_compat(struct hyp *h, uint32_t ctx, uint32_t dev, uint32_t pasid,
			 const struct hyp_obj *hwpt)
{
	bool other;
	uint32_t rid = group_has(h, dev, IMS_CTX_NONE, &other);

	if (of_pasid(hwpt))
		return pasid != IMS_CTX_NONE && rid && !of_pasid(hyp_obj_at(h, ctx, rid)) ?
			       -EINVAL :
			       0;
	return pasid != IMS_CTX_NONE || other ? -EINVAL : 0;
}

/* What the vendor's driver looks at when it is told to attach. */
static long driver_check(struct hyp *h, uint32_t ctx, uint32_t dev, uint32_t pasid,
			 const struct hyp_obj *hwpt)
{
	const struct hyp_device *d = &h->devices[dev];
	const struct hyp_obj *paging = hwpt;
	const struct ims_nested_row *row;
	bool other;

	if (pasid != IMS_CTX_NONE && (!d->pasid_bits || pasid >> d->pasid_bits))
		return -EINVAL;
	if (hwpt->type == HYP_OBJ_NESTED) {
		row = &h->uapi->nested[hwpt->nested.row];
		paging = hyp_obj_at(h, ctx, hwpt->nested.parent);
		if (pasid != IMS_CTX_NONE && !h->uapi->nested_pasid)
			return -EOPNOTSUPP;
		group_has(h, dev, IMS_CTX_NONE, &other);
		if (h->uapi->one_iommu && paging->paging.iommu != d->iommu)
			return -EINVAL;
		if (h->uapi->nested_alone && other)
			return -EBUSY;
		if (row->attach)
			return -row->attach(
				hyp_params(h), hwpt->nested.words,
				hyp_obj_at(h, ctx, h->objects.bound_id[dev])->device.vdevice);
		return 0;
	}
	return h->uapi->one_iommu && paging->paging.iommu != d->iommu ? -EINVAL : 0;
}

/* iommufd_device_attach_reserved_iova(). */
static long reserve_rows(struct hyp *h, uint32_t ctx, uint32_t hwpt)
{
	uint32_t ioas = hyp_obj_at(h, ctx, hyp_paging_of(h, ctx, hwpt))->paging.ioas;

	for (unsigned i = 0; i < h->uapi->reserved_count; i++) {
		long rc = hyp_ioas_reserve(h, ctx, ioas, h->uapi->reserved[i].first,
					   h->uapi->reserved[i].last);

		if (rc)
			return rc;
	}
	return 0;
}

/* ---- one device: iommufd_hw_pagetable_attach() ---- */

static long attach(struct hyp *h, uint32_t ctx, uint32_t dev, uint32_t pasid, uint32_t id)
{
	struct hyp_obj *hwpt = hyp_obj_at(h, ctx, id);
	struct hyp_objects *os = &h->objects;
	uint32_t has;
	bool other;
	long rc;

	if (hyp_bound_at(h, dev, pasid))
		return -EBUSY;
	has = group_has(h, dev, pasid, &other);
	if (has && has != id)
		return -EINVAL;
	rc = pasid == IMS_CTX_NONE ? reserve_rows(h, ctx, id) : 0;
	if (rc)
		return rc;
	/* Only with the first of a group does the driver hear of it. */
	if (!has) {
		rc = pasid_compat(h, ctx, dev, pasid, hwpt);
		if (!rc)
			rc = driver_check(h, ctx, dev, pasid, hwpt);
		if (rc)
			return rc;
	}
	/* Not modelled: more of them. */
	if (os->bound_count == HYP_BOUND ||
	    (hyp_unit_driven(h, dev) && h->host_at.count == HYP_ATTACHMENTS))
		return -ENOMEM;
	rc = hyp_unit_may(h, dev, id);
	if (rc)
		return rc;
	hyp_unit_attach(h, dev, pasid, id);
	hyp_vmaster_set(h, dev, pasid, id);
	os->bound[os->bound_count++] = (struct hyp_bound){ .dev = dev, .ctx = pasid, .hwpt = id };
	hwpt->users++;
	hyp_obj_at(h, ctx, os->bound_id[dev])->users++;
	return 0;
}

/* iommufd_device_do_replace(): the whole group goes. */
static long replace(struct hyp *h, uint32_t ctx, uint32_t dev, uint32_t pasid, uint32_t id)
{
	struct hyp_bound *b = hyp_bound_at(h, dev, pasid);
	struct hyp_obj *hwpt = hyp_obj_at(h, ctx, id);
	uint32_t old;
	long rc;

	if (!b)
		return -EINVAL;
	old = b->hwpt;
	if (old == id)
		return 0;
	rc = pasid == IMS_CTX_NONE ? reserve_rows(h, ctx, id) : 0;
	if (!rc)
		rc = pasid_compat(h, ctx, dev, pasid, hwpt);
	if (!rc)
		rc = driver_check(h, ctx, dev, pasid, hwpt);
	if (!rc)
		rc = hyp_unit_may(h, dev, id);
	if (rc)
		return rc;
	for (uint32_t i = 0; i < h->objects.bound_count; i++) {
		struct hyp_bound *m = &h->objects.bound[i];

		if (m->ctx != pasid || !hyp_same_group(h, m->dev, dev))
			continue;
		hyp_unit_attach(h, m->dev, pasid, id);
		hyp_faults_detached(h, m->dev, pasid);
		hyp_vmaster_set(h, m->dev, pasid, id);
		m->hwpt = id;
		hwpt->users++;
		hyp_obj_put_hwpt(h, ctx, old);
	}
	return 0;
}

/* iommufd_device_auto_get_domain(): one that is there already and suits, or a new one. */
static long change_ioas(struct hyp *h, uint32_t ctx, uint32_t dev, uint32_t pasid, uint32_t ioas,
			bool replacing)
{
	long id, rc;

	for (uint32_t i = 1; i < HYP_IDS; i++) {
		struct hyp_obj *o = hyp_obj(h, ctx, i, HYP_OBJ_PAGING);

		if (!o || !o->paging.automatic || o->paging.ioas != ioas)
			continue;
		rc = replacing ? replace(h, ctx, dev, pasid, i) : attach(h, ctx, dev, pasid, i);
		/* Another device's may not suit: then one is made. */
		if (rc != -EINVAL)
			return rc;
	}
	id = hyp_paging_new(h, ctx, dev, ioas, 0);
	if (id < 0)
		return id;
	rc = replacing ? replace(h, ctx, dev, pasid, (uint32_t)id) :
			 attach(h, ctx, dev, pasid, (uint32_t)id);
	if (rc)
		hyp_obj_end(h, ctx, (uint32_t)id);
	else
		hyp_obj_at(h, ctx, (uint32_t)id)->paging.automatic = true;
	return rc;
}

long hyp_uapi_attach(struct hyp *h, uint32_t dev, uint32_t pasid, uint32_t pt_id, bool replacing)
{
	uint32_t ctx = h->objects.bound_to[dev] - 1u;
	const struct hyp_obj *pt;

	if (!h->objects.bound_to[dev])
		return -EINVAL;
	pt = hyp_obj(h, ctx, pt_id, HYP_OBJ_ANY);
	if (!pt)
		return -ENOENT;
	if (pt->type == HYP_OBJ_IOAS)
		return change_ioas(h, ctx, dev, pasid, pt_id, replacing);
	if (pt->type != HYP_OBJ_PAGING && pt->type != HYP_OBJ_NESTED)
		return -EINVAL;
	return replacing ? replace(h, ctx, dev, pasid, pt_id) : attach(h, ctx, dev, pasid, pt_id);
}

void hyp_uapi_detach(struct hyp *h, uint32_t dev, uint32_t pasid)
{
	struct hyp_objects *os = &h->objects;
	struct hyp_bound *b = hyp_bound_at(h, dev, pasid);
	uint32_t ctx = os->bound_to[dev] - 1u, hwpt;

	if (!b)
		return;
	hwpt = b->hwpt;
	hyp_unit_attach(h, dev, pasid, 0);
	hyp_faults_detached(h, dev, pasid);
	hyp_vmaster_set(h, dev, pasid, 0);
	*b = os->bound[--os->bound_count];
	hyp_obj_at(h, ctx, os->bound_id[dev])->users--;
	hyp_obj_put_hwpt(h, ctx, hwpt);
}

/* ---- a device's file: vfio_df_ioctl_attach_pt() and _detach_pt() of Linux ---- */

static bool pasid_of(uint32_t flags, uint32_t pasid, uint32_t *ret)
{
	*ret = flags & IMS_UAPI_ATTACH_PASID ? pasid : IMS_CTX_NONE;
	return !(flags & ~(uint32_t)IMS_UAPI_ATTACH_PASID) &&
	       (!(flags & IMS_UAPI_ATTACH_PASID) || pasid <= PASID_MAX);
}

/* What is attached already is replaced: vfio_iommufd_physical_attach_ioas(). */
long hyp_u_attach(struct hyp_ucall *c)
{
	const struct ims_uapi_device_attach *a = &c->u.attach;
	uint32_t pasid, was;
	long rc;

	if (!pasid_of(a->flags, a->pasid, &pasid))
		return -EINVAL;
	/* The kernel's structure ends with `pasid` where the flag says that it is there. */
	if (pasid != IMS_CTX_NONE && c->user_size < sizeof(*a))
		return -EINVAL;
	if (!c->h->objects.bound_to[c->dev])
		return -EINVAL;
	was = hyp_uapi_bound(c->h, c->dev, pasid);
	rc = hyp_uapi_attach(c->h, c->dev, pasid, a->pt_id, was != 0);
	if (rc)
		return rc;
	/* It says which page table an address space's id became; what cannot be told is undone. */
	c->u.attach.pt_id = hyp_uapi_bound(c->h, c->dev, pasid);
	if (!hyp_respond(c))
		return 0;
	hyp_uapi_detach(c->h, c->dev, pasid);
	return -EFAULT;
}

long hyp_u_detach(struct hyp_ucall *c)
{
	const struct ims_uapi_device_detach *d = &c->u.detach;
	uint32_t pasid;

	if (!pasid_of(d->flags, d->pasid, &pasid))
		return -EINVAL;
	if (pasid != IMS_CTX_NONE && c->user_size < sizeof(*d))
		return -EINVAL;
	if (!c->h->objects.bound_to[c->dev])
		return -EINVAL;
	hyp_uapi_detach(c->h, c->dev, pasid);
	return 0;
}
