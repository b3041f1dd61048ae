/* SPDX-License-Identifier: MIT */
/* What devices do: on the physical unit that they are behind and on the one their guest believes in. */
#include "sim/hyp/parts.h"

void hyp_access(struct hyp *h, uint32_t dev, const struct ims_req *wanted, bool translated,
		struct hyp_access *ret)
{
	const struct hyp_device *d = &h->devices[dev];
	struct ims_hw *phys = &h->iommus[d->iommu].hw, *bare = &h->bare[d->vm];
	struct ims_req req = *wanted;
	bool by_ats = d->ats && translated && !hyp_dev_is(h->world->devs_no_ats, dev);

	req.kind = IMS_REQ_UNTRANSLATED;
	phys->actor = bare->actor = IMS_ACTOR_DEVICE;
	req.src = d->vrid;
	ims_device_access(bare, dev, &req, by_ats, &ret->bare);
	req.src = wanted->src ? wanted->src : d->prid;
	ims_device_access(phys, dev, &req, by_ats, &ret->phys);
	phys->actor = bare->actor = IMS_ACTOR_HARDWARE;
}

void hyp_ats(struct hyp *h, uint32_t dev, const struct ims_req *wanted, struct hyp_ats *ret)
{
	const struct hyp_device *d = &h->devices[dev];
	struct ims_req req = *wanted;

	req.src = d->vrid;
	ims_device_ats(&h->bare[d->vm], &req, &ret->bare);
	req.src = wanted->src ? wanted->src : d->prid;
	ims_device_ats(&h->iommus[d->iommu].hw, &req, &ret->phys);
}

void hyp_prefetch(struct hyp *h, uint32_t dev, uint32_t ctx, uint64_t iova)
{
	const struct hyp_device *d = &h->devices[dev];
	struct ims_req req = { .ctx = ctx, .addr = iova, .access = IMS_ACCESS_READ };

	req.src = d->vrid;
	ims_prefetch(&h->bare[d->vm], &req);
	req.src = d->prid;
	ims_prefetch(&h->iommus[d->iommu].hw, &req);
}

static bool inject(struct hyp *h, uint32_t dev, uint32_t count, bool acts)
{
	for (uint32_t i = 0; i < h->devices_count; i++) {
		struct ims_hw *hw = &h->iommus[h->devices[i].iommu].hw;

		if (dev == IMS_NONE ? !h->devices[i].ats : i != dev)
			continue;
		if ((!ims_atc_fail(hw, h->devices[i].prid, count) ||
		     (h->devices[i].alias && !ims_atc_fail(hw, h->devices[i].alias, count))) &&
		    count)
			h->error =
				"more devices that do not answer at a time than are modelled: name one with 'dev'";
		if (acts)
			ims_atc_fail_acts(hw, h->devices[i].prid);
		if (acts && h->devices[i].alias)
			ims_atc_fail_acts(hw, h->devices[i].alias);
	}
	return !h->error;
}

bool hyp_inject_timeout(struct hyp *h, uint32_t dev, uint32_t count)
{
	return inject(h, dev, count, false);
}

bool hyp_inject_drop(struct hyp *h, uint32_t dev, uint32_t count)
{
	return inject(h, dev, count, true);
}

void hyp_inject_refusal(struct hyp *h, uint32_t count)
{
	h->refusing = count;
	for (uint32_t i = 0; i < h->iommus_count; i++)
		h->iommus[i].hw.unit->refuses = count;
}

void hyp_inject_error(struct hyp *h, int error, uint32_t entry, uint32_t count)
{
	h->inject.error = error;
	h->inject.entry = entry;
	h->inject.count = count;
}
