/* SPDX-License-Identifier: MIT */
/*
 * What is enabled in devices, and their resets. A function that is reset forgets what it
 * holds and has ATS and PASIDs disabled; as long as that lasts it answers no invalidation
 * (PCI Express base specification, Function Level Reset; ATS). The guest's unit is told
 * nothing: what the guest sees of its device's ATS is its VMM's.
 */
#include "sim/hyp/parts.h"

_Static_assert(HYP_DEVICES <= IMS_DEVICES, "devices are bits of a word");

static void put(uint64_t *set, uint32_t dev, bool in)
{
	*set = (*set & ~(UINT64_C(1) << dev)) | (uint64_t)in << dev;
}

static struct ims_hw *unit_of(struct hyp *h, uint32_t dev)
{
	return &h->iommus[h->devices[dev].iommu].hw;
}

/* What has become of a device, by whom. */
static void tell(struct hyp *h, uint32_t dev, uint8_t actor)
{
	const struct ims_world *w = h->world;
	const struct hyp_device *d = &h->devices[dev];
	struct ims_hw hand = *unit_of(h, dev);

	hand.actor = actor;
	hand.cause = h->cause;
	hand.line = h->line;
	ims_emit(&hand, IMS_EV_DEVICE, dev, d->ats && !hyp_dev_is(w->devs_no_ats, dev),
		 d->pasid_bits && !hyp_dev_is(w->devs_no_pasid, dev),
		 hyp_dev_is(w->devs_reset, dev), 0);
}

/* On both units: there is one device. */
static void forget(struct hyp *h, uint32_t dev)
{
	const struct hyp_device *d = &h->devices[dev];

	ims_device_forget(unit_of(h, dev), d->prid);
	if (d->alias)
		ims_device_forget(unit_of(h, dev), d->alias);
	ims_device_forget(&h->bare[d->vm], d->vrid);
}

void hyp_device_enable(struct hyp *h, uint32_t dev, int ats, int pasid)
{
	/* Enabling ATS, and not disabling it, empties the cache (PCI Express, ATS Control). */
	if (ats > 0 && hyp_dev_is(h->world->devs_no_ats, dev))
		forget(h, dev);
	if (pasid >= 0)
		put(&h->world->devs_no_pasid, dev, !pasid);
	if (pasid >= 0 && ats >= 0)
		tell(h, dev, IMS_ACTOR_GUEST);
	if (ats >= 0)
		put(&h->world->devs_no_ats, dev, !ats);
	tell(h, dev, IMS_ACTOR_GUEST);
}

/* Functions of one bus are behind one link. */
static bool with(const struct hyp *h, uint32_t dev, uint32_t other, bool link)
{
	const struct hyp_device *a = &h->devices[dev], *b = &h->devices[other];

	return other == dev ||
	       (link && a->vm == b->vm && a->iommu == b->iommu && a->vrid >> 8 == b->vrid >> 8);
}

static bool blocks(const struct hyp *h)
{
	return hyp_policy(h, IMS_COL_RESET) == IMS_RESET_BLOCK;
}

void hyp_reset_begin(struct hyp *h, uint32_t dev, bool link)
{
	for (uint32_t i = 0; i < h->devices_count; i++) {
		struct hyp_device *d = &h->devices[i];

		if (!with(h, dev, i, link) || d->resetting)
			continue;
		if (blocks(h))
			hyp_block_entry(h, i);
		d->resetting = true;
		put(&h->world->devs_reset, i, true);
		put(&h->world->devs_no_ats, i, true);
		put(&h->world->devs_no_pasid, i, true);
		forget(h, i);
		ims_asked_forget(unit_of(h, i), d->prid);
		if (d->alias)
			ims_asked_forget(unit_of(h, i), d->alias);
		if (d->ats)
			hyp_inject_timeout(h, i, UINT32_MAX);
		tell(h, i, IMS_ACTOR_DEVICE);
	}
}

void hyp_reset_end(struct hyp *h, uint32_t dev, bool link)
{
	for (uint32_t i = 0; i < h->devices_count; i++) {
		struct hyp_device *d = &h->devices[i];

		if (!with(h, dev, i, link) || !d->resetting)
			continue;
		if (d->ats)
			hyp_inject_timeout(h, i, 0);
		d->resetting = false;
		put(&h->world->devs_reset, i, false);
		tell(h, i, IMS_ACTOR_DEVICE);
		if (!blocks(h))
			continue;
		/* The entry first, then the device: PASIDs, and behind them ATS. */
		hyp_unblock_entry(h, i);
		put(&h->world->devs_no_pasid, i, false);
		tell(h, i, IMS_ACTOR_HOST);
		put(&h->world->devs_no_ats, i, false);
		tell(h, i, IMS_ACTOR_HOST);
	}
}
