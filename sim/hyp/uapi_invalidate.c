/* SPDX-License-Identifier: MIT */
/*
 * Arrays of invalidations: iommufd_hwpt_invalidate() of Linux 7.3 and the drivers behind it;
 * how far an array was carried out, and what the caller is told of that, is the row's.
 */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/hyp/uapi_area.h"

#define ENTRIES_MAX (1u << 19)
#define BATCH_MAX   64

/* Of one call. */
struct array {
	struct hyp_ucall *c;
	const struct ims_inv_row *row;
	uint32_t ctx, target; /* the object's id, or with DEV_INVALIDATE the device's */
	uint64_t at;	      /* address of the entries */
	uint32_t entry_len, count;
	uint32_t handled; /* what the caller is told */
};

/*
 * One entry, zero-extended. Shorter and longer ones than the host's are for some rows:
 * iommu_copy_struct_from_user_array() and iommu_copy_struct_from_full_user_array().
 */
static long take_words(const struct array *a, uint32_t i, uint64_t *words)
{
	uint64_t at = a->at + (uint64_t)i * a->entry_len;
	uint32_t n = a->entry_len < a->row->len ? a->entry_len : a->row->len;

	if (hyp_take_words(a->c, at, n, words))
		return -EFAULT;
	for (uint32_t k = n; k < a->entry_len; k++) {
		uint8_t byte;

		if (!a->c->mem->read(a->c->mem->user, at + k, &byte, 1))
			return -EFAULT;
		if (byte)
			return -E2BIG;
	}
	return 0;
}

/* A device that the guest names, by its vDEVICE; with DEV_INVALIDATE the one that is meant. */
static long find_device(const struct array *a, struct ims_inv *inv)
{
	struct hyp *h = a->c->h;

	if (inv->kind != IMS_INV_OF_DEVICE)
		return 0;
	if (a->row->on & IMS_INV_DEVICE) {
		inv->virt_id = hyp_obj_at(h, a->ctx, a->target)->device.dev;
		return 0;
	}
	for (uint32_t id = 1; id < HYP_IDS; id++) {
		const struct hyp_obj *v = hyp_obj(h, a->ctx, id, HYP_OBJ_VDEVICE);

		if (!v || v->vdevice.viommu != a->target || v->vdevice.virt_id != inv->virt_id)
			continue;
		inv->virt_id = hyp_obj_at(h, a->ctx, v->vdevice.device)->device.dev;
		return 0;
	}
	return -EIO;
}

static long take(const struct array *a, uint32_t i, struct ims_inv *inv)
{
	uint64_t words[IMS_UAPI_WORDS];
	long rc = take_words(a, i, words);

	memset(inv, 0, sizeof(*inv));
	if (!rc)
		rc = -a->row->take(hyp_params(a->c->h), words, inv);
	return rc ? rc : find_device(a, inv);
}

/* Each is carried out before the next is looked at. */
static long one_by_one(struct array *a)
{
	struct ims_inv inv;

	for (uint32_t i = 0; i < a->count; i++) {
		long rc = take(a, i, &inv);

		if (!rc && hyp_unit_invalidate(a->c->h, a->ctx, a->target, &inv, 1) != 1)
			rc = -ETIMEDOUT;
		if (rc)
			return rc;
		a->handled = i + 1;
	}
	return 0;
}

/* The whole array is read before anything is done: an entry that cannot be is an error at once. */
static long read_all(const struct array *a)
{
	uint64_t words[IMS_UAPI_WORDS];

	for (uint32_t i = 0; i < a->count; i++) {
		long rc = take_words(a, i, words);

		if (rc)
			return rc;
	}
	return 0;
}

/* What the caller hears where entry @bad could not be converted, with @done carried out. */
static uint32_t told(const struct array *a, uint32_t bad, uint32_t done)
{
	return a->row->progress == IMS_INV_CONVERTED ? bad : done;
}

/*
 * Entries are converted into a batch, which goes out when it is
 * full and at the end. An entry that cannot be converted leaves what was converted since the
 * last batch undone, and IMS_INV_CONVERTED says that it was done.
 */
static long in_batches(struct array *a)
{
	struct ims_inv batch[BATCH_MAX];
	uint32_t in_batch = 0, done = 0, size = a->row->batch ? a->row->batch : BATCH_MAX;
	long rc = a->row->progress == IMS_INV_WHOLE ? 0 : read_all(a);

	IMS_ASSERT(size <= BATCH_MAX);
	if (rc)
		return rc;
	for (uint32_t i = 0; i < a->count; i++) {
		long issued;

		rc = take(a, i, &batch[in_batch]);
		if (rc) {
			/* As documented, what is before it is carried out and counted. */
			if (a->row->progress == IMS_INV_DONE && in_batch)
				done += (uint32_t)hyp_unit_invalidate(a->c->h, a->ctx, a->target,
								      batch, in_batch);
			a->handled = told(a, i, done);
			return rc;
		}
		in_batch++;
		if (in_batch < size && i + 1 < a->count)
			continue;
		issued = hyp_unit_invalidate(a->c->h, a->ctx, a->target, batch, in_batch);
		if (issued != (long)in_batch) {
			/* A time-out: nothing of the batch is known to be complete. */
			a->handled = told(a, i, done);
			return -ETIMEDOUT;
		}
		done += in_batch;
		in_batch = 0;
		a->handled = done;
	}
	return 0;
}

/* The rows for this kind of object; NULL with *@any: it has others. */
static const struct ims_inv_row *find_row(const struct hyp *h, uint8_t on, uint32_t type, bool *any)
{
	const struct ims_inv_row *found = NULL;

	*any = false;
	for (unsigned i = 0; i < h->uapi->invs_count; i++) {
		const struct ims_inv_row *row = &h->uapi->invs[i];

		if (!(row->on & on))
			continue;
		*any = true;
		if (row->type == type)
			found = row;
	}
	return found;
}

static long length_ok(const struct array *a)
{
	if (a->row->any_len)
		return 0;
	return a->entry_len >= a->row->min_len && a->entry_len <= a->row->len ? 0 : -EINVAL;
}

static long run(struct array *a, uint8_t on, uint32_t type)
{
	bool any;
	long rc;

	a->row = find_row(a->c->h, on, type, &any);
	if (!any)
		return -EOPNOTSUPP;
	if (!a->row)
		return -EINVAL;
	if (!a->count)
		return a->row->zero_probe ? 0 : -EINVAL;
	rc = length_ok(a);
	if (rc)
		return rc;
	return a->row->progress == IMS_INV_EACH ? one_by_one(a) : in_batches(a);
}

static bool bad_array(uint64_t at, uint32_t entry_len, uint32_t count)
{
	return count && (!at || !entry_len || entry_len > HYP_PAGE || count > ENTRIES_MAX);
}

/* What an id may be that invalidations are given to; 0: none. */
static uint8_t target_kind(const struct hyp *h, const struct hyp_obj *o)
{
	bool parents = false;

	for (unsigned i = 0; i < h->uapi->invs_count; i++)
		parents |= (h->uapi->invs[i].on & IMS_INV_PARENT) != 0;
	if (o->type == HYP_OBJ_NESTED)
		return IMS_INV_NESTED;
	if (o->type == HYP_OBJ_VIOMMU)
		return IMS_INV_VIOMMU;
	/* No kernel takes one; the mail of 2023-12-09 has it. */
	return parents && o->type == HYP_OBJ_PAGING &&
			       (o->paging.flags & IMS_UAPI_HWPT_NEST_PARENT) ?
		       IMS_INV_PARENT :
		       0;
}

long hyp_u_invalidate(struct hyp_ucall *c)
{
	struct ims_uapi_invalidate *v = &c->u.inv;
	struct array a = { .c = c,
			   .ctx = c->ctx,
			   .target = v->hwpt_id,
			   .at = v->data_uptr,
			   .entry_len = v->entry_len,
			   .count = v->entry_num };
	const struct hyp_obj *o = hyp_obj(c->h, c->ctx, v->hwpt_id, HYP_OBJ_ANY);
	uint8_t on = o ? target_kind(c->h, o) : 0;
	long rc;

	if (v->reserved)
		rc = -EOPNOTSUPP;
	else if (bad_array(a.at, a.entry_len, a.count))
		rc = -EINVAL;
	else if (!o)
		rc = -ENOENT;
	else
		rc = on ? run(&a, on, v->data_type) : -EINVAL;
	v->entry_num = a.handled;
	return hyp_respond(c) ? -EFAULT : rc;
}

/* The mail's: the device is named by the object, its virtual name in the command is not looked at. */
long hyp_u_dev_invalidate(struct hyp_ucall *c)
{
	struct ims_uapi_dev_invalidate *v = &c->u.dev_inv;
	struct array a = { .c = c,
			   .ctx = c->ctx,
			   .target = v->dev_id,
			   .at = v->data_uptr,
			   .entry_len = v->entry_len,
			   .count = v->entry_num };
	long rc;

	if (v->reserved)
		rc = -EOPNOTSUPP;
	else if (bad_array(a.at, a.entry_len, a.count))
		rc = -EINVAL;
	else if (!hyp_obj(c->h, c->ctx, v->dev_id, HYP_OBJ_DEVICE))
		rc = -ENOENT;
	else
		rc = run(&a, IMS_INV_DEVICE, v->data_type);
	v->entry_num = a.handled;
	return hyp_respond(c) ? -EFAULT : rc;
}
