/* SPDX-License-Identifier: MIT */
/*
 * Requester ids of a device: its own, and one that its requests may come by as well, as those of
 * a bridge or a function with a quirk (pci_for_each_dma_alias() of Linux). Every entry is
 * written for each; whether invalidations name each is the host's choice.
 */
#include "sim/hyp/parts.h"

static unsigned rids(const struct hyp_device *d, uint32_t *ret)
{
	ret[0] = d->prid;
	ret[1] = d->alias;
	return d->alias ? 2 : 1;
}

static struct ims_driver *driver_of(struct hyp *h, const struct hyp_device *d)
{
	return &h->iommus[d->iommu].driver;
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

	for (unsigned i = 0; i < rids(d, src); i++)
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

	for (unsigned i = 0; i < rids(d, src); i++)
		h->model->ctx_clear(driver_of(h, d), src[i], ctx);
}

void hyp_entry_wipe(struct hyp *h, const struct hyp_device *d, uint32_t ctx)
{
	uint32_t src[2];

	for (unsigned i = 0; h->model->ctx_wipe && i < rids(d, src); i++)
		h->model->ctx_wipe(driver_of(h, d), src[i], ctx);
}

void hyp_entry_nest(struct hyp *h, const struct hyp_device *d, const struct ims_guest_entry *guest,
		    const struct ims_ctx_config *config)
{
	uint32_t src[2];

	for (unsigned i = 0; i < rids(d, src); i++)
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
