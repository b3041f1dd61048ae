/* SPDX-License-Identifier: MIT */
/*
 * Page tables as objects, and hardware information: hw_pagetable.c and main.c of iommufd,
 * Linux 7.3. What a vendor's driver accepts is in its rows.
 */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/hyp/uapi_area.h"

#define ALL_FLAGS                                                                                  \
	(IMS_UAPI_HWPT_NEST_PARENT | IMS_UAPI_HWPT_DIRTY_TRACKING | IMS_UAPI_HWPT_FAULT_ID_VALID | \
	 IMS_UAPI_HWPT_PASID)

static const uint32_t *params_of(const struct hyp *h)
{
	return hyp_params(h);
}

static bool has_param(const struct hyp *h, uint8_t with)
{
	return !with || params_of(h)[with - 1];
}

bool hyp_uapi_tracks_dirty(const struct hyp *h)
{
	return has_param(h, h->uapi->dirty_with);
}

/* ---- filled from an address space ---- */

static int find_row(const struct hyp *h, uint32_t flags)
{
	for (unsigned i = 0; i < h->uapi->hwpts_count; i++) {
		const struct ims_hwpt_row *row = &h->uapi->hwpts[i];

		if ((flags & ~row->optional) == row->flags && has_param(h, row->with))
			return (int)i;
	}
	return -1;
}

static uint64_t new_root(struct hyp *h, uint8_t stage)
{
	unsigned roots = stage == 2 && h->model->s2_roots ? h->model->s2_roots : 1;

	return h->iommus[0].driver.pages(&h->iommus[0].driver, roots);
}

/* iopt_table_add_domain(): what is mapped and allowed is within its aperture, and aligned. */
static long add_domain(struct hyp *h, uint32_t ctx, uint32_t ioas, struct hyp_obj *paging)
{
	uint64_t beyond = UINT64_C(1) << h->uapi->hwpts[paging->paging.row].aperture_lg2;

	for (uint32_t i = 0; i < HYP_RUNS; i++) {
		const struct hyp_run *r = &h->objects.runs[i];

		if (r->memory && r->ctx == ctx && r->ioas == ioas &&
		    ((r->first | r->piece | r->user) & (HYP_PAGE - 1)))
			return -EADDRINUSE;
	}
	return hyp_ioas_reserve(h, ctx, ioas, beyond, UINT64_MAX);
}

long hyp_paging_new(struct hyp *h, uint32_t ctx, uint32_t dev, uint32_t ioas, uint32_t flags)
{
	int row = find_row(h, flags & ~(uint32_t)IMS_UAPI_HWPT_FAULT_ID_VALID);
	struct hyp_obj *o, was = { 0 };
	uint32_t id;
	long rc;

	if (row < 0)
		return -EOPNOTSUPP;
	id = hyp_obj_new(h, ctx, HYP_OBJ_PAGING);
	if (!id)
		return -ENOMEM;
	o = hyp_obj_at(h, ctx, id);
	o->paging.row = (uint8_t)row;
	o->paging.flags = flags;
	o->paging.iommu = h->devices[dev].iommu;
	o->paging.stage = h->uapi->hwpts[row].stage;
	o->paging.ioas = ioas;
	rc = add_domain(h, ctx, ioas, o);
	if (!rc) {
		o->paging.root = new_root(h, o->paging.stage);
		rc = hyp_area_fill(h, ctx, o);
	}
	if (rc) {
		*o = was;
		return rc;
	}
	hyp_obj_at(h, ctx, ioas)->users++;
	return (long)id;
}

/* iommufd_hwpt_paging_alloc(). */
static long alloc_paging(struct hyp_ucall *c, uint32_t dev)
{
	const struct ims_uapi_hwpt_alloc *a = &c->u.hwpt;

	if (a->flags & ~(uint32_t)ALL_FLAGS)
		return -EOPNOTSUPP;
	if ((a->flags & IMS_UAPI_HWPT_DIRTY_TRACKING) && !hyp_uapi_tracks_dirty(c->h))
		return -EOPNOTSUPP;
	if ((a->flags & IMS_UAPI_HWPT_FAULT_ID_VALID) && (a->flags & IMS_UAPI_HWPT_NEST_PARENT))
		return -EOPNOTSUPP;
	/* No driver takes data for a page table that the host fills. */
	if (a->data_len)
		return -EOPNOTSUPP;
	return hyp_paging_new(c->h, c->ctx, dev, a->pt_id, a->flags);
}

/* ---- nested ---- */

static const struct ims_nested_row *nested_row(const struct hyp *h, uint32_t type)
{
	for (unsigned i = 0; i < h->uapi->nested_count; i++)
		if (h->uapi->nested[i].type == type)
			return &h->uapi->nested[i];
	return NULL;
}

/* iommu_copy_struct_from_user(), then what the driver says of it. */
static long take_data(struct hyp_ucall *c, const struct ims_nested_row *row, uint64_t *words)
{
	const struct ims_uapi_hwpt_alloc *a = &c->u.hwpt;
	struct ims_guest_entry entry = { 0 };

	if (a->data_len < row->min_len || a->data_len > row->len)
		return -EINVAL;
	if (hyp_take_words(c, a->data_uptr, a->data_len, words))
		return -EFAULT;
	return -row->take(params_of(c->h), words, &entry);
}

static long alloc_nested(struct hyp_ucall *c, uint32_t parent, uint32_t viommu)
{
	const struct ims_uapi_hwpt_alloc *a = &c->u.hwpt;
	const uint32_t ours = IMS_UAPI_HWPT_FAULT_ID_VALID;
	const struct ims_nested_row *row = nested_row(c->h, a->data_type);
	uint64_t words[IMS_UAPI_WORDS];
	struct hyp_obj *o;
	uint32_t id;
	long rc;

	if (a->flags & ~(c->h->uapi->nested_flags | ours))
		return -EOPNOTSUPP;
	if (!row)
		return -c->h->uapi->nested_wrong_type;
	rc = take_data(c, row, words);
	if (rc)
		return rc;
	id = hyp_obj_new(c->h, c->ctx, HYP_OBJ_NESTED);
	if (!id)
		return -ENOMEM;
	o = hyp_obj_at(c->h, c->ctx, id);
	o->nested.parent = parent;
	o->nested.viommu = viommu;
	o->nested.from = viommu ? viommu : parent;
	o->nested.flags = a->flags;
	o->nested.row = (uint8_t)(row - c->h->uapi->nested);
	memcpy(o->nested.words, words, sizeof(o->nested.words));
	hyp_obj_at(c->h, c->ctx, o->nested.from)->users++;
	return (long)id;
}

/* iommufd_hwpt_nested_alloc() and iommufd_viommu_alloc_hwpt_nested(): what is no driver's matter. */
static bool nested_refused(const struct hyp_ucall *c, uint8_t on)
{
	const uint32_t known = IMS_UAPI_HWPT_FAULT_ID_VALID | IMS_UAPI_HWPT_PASID;

	return (c->u.hwpt.flags & ~known) || !c->u.hwpt.data_len || !(c->h->uapi->nested_on & on);
}

static long alloc_on_parent(struct hyp_ucall *c, const struct hyp_obj *parent)
{
	if (nested_refused(c, IMS_INV_PARENT))
		return -EOPNOTSUPP;
	if (parent->paging.automatic || !(parent->paging.flags & IMS_UAPI_HWPT_NEST_PARENT))
		return -EINVAL;
	return alloc_nested(c, c->u.hwpt.pt_id, 0);
}

static long alloc_on_viommu(struct hyp_ucall *c, const struct hyp_obj *viommu, uint32_t dev)
{
	if (viommu->viommu.iommu != c->h->devices[dev].iommu)
		return -EINVAL;
	if (nested_refused(c, IMS_INV_VIOMMU))
		return -EOPNOTSUPP;
	return alloc_nested(c, viommu->viommu.parent, c->u.hwpt.pt_id);
}

/* The fault queue comes last, after everything was built (iommufd_hwpt_alloc). */
static long take_fault(struct hyp_ucall *c, uint32_t id)
{
	struct hyp_obj *o = hyp_obj_at(c->h, c->ctx, id);

	if (!(c->u.hwpt.flags & IMS_UAPI_HWPT_FAULT_ID_VALID))
		return 0;
	if (!hyp_obj(c->h, c->ctx, c->u.hwpt.fault_id, HYP_OBJ_FAULT))
		return -ENOENT;
	hyp_obj_at(c->h, c->ctx, c->u.hwpt.fault_id)->users++;
	if (o->type == HYP_OBJ_NESTED)
		o->nested.fault = c->u.hwpt.fault_id;
	else
		o->paging.fault = c->u.hwpt.fault_id;
	return 0;
}

long hyp_u_hwpt_alloc(struct hyp_ucall *c)
{
	const struct ims_uapi_hwpt_alloc *a = &c->u.hwpt;
	const struct hyp_obj *device, *pt;
	long id, rc;

	if (a->reserved)
		return -EOPNOTSUPP;
	if ((a->data_type != IMS_UAPI_DATA_NONE) != (a->data_len != 0))
		return -EINVAL;
	device = hyp_obj(c->h, c->ctx, a->dev_id, HYP_OBJ_DEVICE);
	if (!device)
		return -ENOENT;
	pt = hyp_obj(c->h, c->ctx, a->pt_id, HYP_OBJ_ANY);
	if (!pt)
		return -EINVAL;
	if (pt->type == HYP_OBJ_IOAS)
		id = alloc_paging(c, device->device.dev);
	else if (pt->type == HYP_OBJ_PAGING)
		id = alloc_on_parent(c, pt);
	else if (pt->type == HYP_OBJ_VIOMMU)
		id = alloc_on_viommu(c, pt, device->device.dev);
	else
		return -EINVAL;
	if (id < 0)
		return id;
	rc = take_fault(c, (uint32_t)id);
	c->u.hwpt.out_hwpt_id = (uint32_t)id;
	if (!rc)
		rc = hyp_respond(c);
	if (rc)
		hyp_obj_end(c->h, c->ctx, (uint32_t)id);
	return rc;
}

/* ---- what the hardware is: iommufd_get_hw_info() ---- */

static bool write_info(struct hyp_ucall *c, const uint64_t *words, uint32_t len)
{
	static const uint8_t zero[64];
	const struct ims_uapi_hw_info *i = &c->u.info;
	uint32_t n = i->data_len < len ? i->data_len : len;

	if (!c->mem->write(c->mem->user, i->data_uptr, words, n))
		return false;
	for (uint64_t at = n; at < i->data_len; at += sizeof(zero)) {
		uint64_t rest = i->data_len - at;

		if (!c->mem->write(c->mem->user, i->data_uptr + at, zero,
				   rest < sizeof(zero) ? rest : sizeof(zero)))
			return false;
	}
	return true;
}

/* What a caller gets who asks for a type, or for any (0); NULL: there is none. */
static const struct ims_hw_info_row *info_of(const struct hyp *h, uint32_t type)
{
	if (!type || type == h->uapi->hw_info.type)
		return &h->uapi->hw_info;
	for (unsigned i = 0; i < h->uapi->typed_infos_count; i++)
		if (h->uapi->typed_infos[i].type == type &&
		    has_param(h, h->uapi->typed_infos[i].with))
			return &h->uapi->typed_infos[i];
	return NULL;
}

long hyp_u_hw_info(struct hyp_ucall *c)
{
	struct ims_uapi_hw_info *i = &c->u.info;
	const struct ims_hw_info_row *row;
	uint64_t words[IMS_UAPI_WORDS] = { 0 };
	const struct hyp_obj *o;
	const struct hyp_device *d;

	if ((i->flags & ~(uint32_t)IMS_UAPI_HW_INFO_INPUT_TYPE) || i->reserved[0] ||
	    i->reserved[1] || i->reserved[2])
		return -EOPNOTSUPP;
	o = hyp_obj(c->h, c->ctx, i->dev_id, HYP_OBJ_DEVICE);
	if (!o)
		return -ENOENT;
	if (!(i->flags & IMS_UAPI_HW_INFO_INPUT_TYPE))
		i->data_type = 0;
	row = info_of(c->h, i->data_type);
	if (!row)
		return -EOPNOTSUPP;
	row->fill(&hyp_hand(c->h)->unit->state, words);
	if (!write_info(c, words, row->len))
		return -EFAULT;
	d = &c->h->devices[o->device.dev];
	i->data_len = row->len;
	i->data_type = row->type;
	i->out_max_pasid_log2 = d->pasid_bits;
	i->out_capabilities = (hyp_uapi_tracks_dirty(c->h) ? IMS_UAPI_CAP_DIRTY_TRACKING : 0u) |
			      (d->ats ? 0u : IMS_UAPI_CAP_ATS_NOT_SUPPORTED);
	return hyp_respond(c);
}
