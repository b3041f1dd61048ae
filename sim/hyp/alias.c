/* SPDX-License-Identifier: MIT */
/*
 * Requester ids of a device: its own, and one that its requests may come by as well, as those of
 * a bridge or a function with a quirk (pci_for_each_dma_alias() of Linux). Every entry is
 * written for each; whether invalidations name each is the host's choice. Devices behind one
 * bridge share its id, and are one group (pci_device_group()): what is attached by one of them
 * stands there for all, until the last goes.
 */
#include "sim/hyp/parts.h"

static unsigned rids(const struct hyp_device *d, uint32_t *ret)
{
	ret[0] = d->prid;
	ret[1] = d->alias;
	return d->alias ? 2 : 1;
}

/* Does another device come by the alias of @d too: one before it, or any. */
static bool shares(const struct hyp *h, const struct hyp_device *d, bool before)
{
	const struct hyp_device *end = before ? d : h->devices + h->devices_count;

	for (const struct hyp_device *o = h->devices; d->alias && o < end; o++)
		if (o != d && o->alias == d->alias && o->iommu == d->iommu)
			return true;
	return false;
}

/* Those of an attachment that goes: not the alias while another of the group is attached so. */
static unsigned rids_left(const struct hyp *h, const struct hyp_device *d, uint32_t ctx,
			  uint32_t *ret)
{
	unsigned count = rids(d, ret);

	for (uint32_t i = 0; i < h->host_at.count; i++) {
		const struct hyp_attachment *a = &h->host_at.at[i];
		const struct hyp_device *o = &h->devices[a->dev];

		if (o != d && d->alias && o->alias == d->alias && o->iommu == d->iommu &&
		    a->ctx == ctx)
			count = 1;
	}
	return count;
}

static struct ims_driver *driver_of(struct hyp *h, const struct hyp_device *d)
{
	return &h->iommus[d->iommu].driver;
}

bool hyp_alias_shared(const struct hyp *h, uint32_t dev)
{
	return shares(h, &h->devices[dev], false);
}

bool hyp_names_alias(const struct hyp *h, const struct hyp_device *d)
{
	return d->alias && hyp_policy(h, IMS_COL_ALIASES) == IMS_ALIASES_ALL;
}

void hyp_target_device(const struct hyp *h, struct hyp_targets *t, struct hyp_tag tag, uint32_t ctx,
		       const struct hyp_device *d, bool ats)
{
	hyp_target(t, tag, ctx, d->prid, ats);
	if (hyp_names_alias(h, d))
		hyp_target(t, tag, ctx, d->alias, ats);
}

void hyp_target_device_only(const struct hyp *h, struct hyp_targets *t, struct hyp_tag tag,
			    uint32_t ctx, const struct hyp_device *d, bool ats)
{
	hyp_target_none(t);
	hyp_target_device(h, t, tag, ctx, d, ats);
}

void hyp_entry_add(struct hyp *h, const struct hyp_device *d, const struct ims_dev_config *config)
{
	uint32_t src[2];
	unsigned count = rids(d, src);

	/* The first of a group has made the one that they share. */
	for (unsigned i = 0; i < (shares(h, d, true) ? 1 : count); i++)
		h->model->device_add(driver_of(h, d), src[i], config);
}

void hyp_entry_clear(struct hyp *h, const struct hyp_device *d)
{
	uint32_t src[2];

	for (unsigned i = 0; i < rids(d, src); i++)
		h->model->device_clear(driver_of(h, d), src[i]);
}

void hyp_entry_set(struct hyp *h, const struct hyp_device *d, uint32_t ctx,
		   const struct ims_ctx_config *config)
{
	uint32_t src[2];

	for (unsigned i = 0; i < rids(d, src); i++)
		h->model->ctx_set(driver_of(h, d), src[i], ctx, config);
}

void hyp_entry_unset(struct hyp *h, const struct hyp_device *d, uint32_t ctx)
{
	uint32_t src[2];

	for (unsigned i = 0; i < rids_left(h, d, ctx, src); i++)
		h->model->ctx_clear(driver_of(h, d), src[i], ctx);
}

void hyp_entry_wipe(struct hyp *h, const struct hyp_device *d, uint32_t ctx)
{
	uint32_t src[2];

	for (unsigned i = 0; h->model->ctx_wipe && i < rids_left(h, d, ctx, src); i++)
		h->model->ctx_wipe(driver_of(h, d), src[i], ctx);
}

void hyp_entry_nest(struct hyp *h, const struct hyp_device *d, const struct ims_guest_entry *guest,
		    const struct ims_ctx_config *config)
{
	uint32_t src[2];
	unsigned count = guest->as == IMS_GUEST_BLOCKED ? rids_left(h, d, IMS_CTX_NONE, src) :
							  rids(d, src);

	for (unsigned i = 0; i < count; i++)
		h->model->nest(driver_of(h, d), src[i], guest, config);
}

bool hyp_entry_dirty(struct hyp *h, const struct hyp_device *d, uint32_t ctx, bool on)
{
	uint32_t src[2];
	bool done = true;

	for (unsigned i = 0; i < rids(d, src); i++)
		done &= h->model->ctx_dirty(driver_of(h, d), src[i], ctx, on);
	return done;
}
