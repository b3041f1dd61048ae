/* SPDX-License-Identifier: MIT */
/*
 * A device that the host shuts out: it is being reset, or does not answer. Its entry lets
 * nothing through and nobody asks it anything; what is attached stays so for the host's own
 * records, and an attachment is refused until it is let in again (Linux,
 * pci_dev_reset_iommu_prepare() and pci_dev_reset_iommu_done(): the group is in recovery).
 */
#include "sim/hyp/parts.h"

static const struct hyp_extent whole = { .last = ~UINT64_C(0), .stages = IMS_STAGES_NESTED };

/* Whatever is attached by the device, under its tags. */
static void targets_of(const struct hyp *h, uint32_t dev, struct hyp_targets *t)
{
	const struct hyp_device *d = &h->devices[dev];

	hyp_target_none(t);
	for (uint32_t i = 0; i < h->host_at.count; i++) {
		const struct hyp_attachment *a = &h->host_at.at[i];
		const struct hyp_tag tag = { .dom = a->dom, .ctx = a->ctx };

		if (a->dev == dev)
			hyp_target_device(h, t, tag, a->ctx, d, false);
	}
	if (!t->devs_count)
		hyp_target_device(h, t, (struct hyp_tag){ .ctx = IMS_CTX_NONE }, IMS_CTX_NONE, d,
				  false);
}

void hyp_block_entry(struct hyp *h, uint32_t dev)
{
	struct hyp_device *d = &h->devices[dev];
	uint32_t turn = h->turn;
	struct hyp_targets t;

	d->blocked = true;
	h->turn = d->iommu;
	targets_of(h, dev, &t);
	hyp_entry_clear(h, d);
	hyp_host_owed(h, IMS_CHANGE_DEV, &t, &whole);
	/* Of a whole device's entry no more is owed by itself: what it led to goes as well. */
	if (h->model->nest_of == IMS_NEST_DEVICE)
		hyp_host_owed(h, IMS_CHANGE_S1_ALL, &t, &whole);
	h->turn = turn;
}

/* What is attached is written anew. */
static void let_in(struct hyp *h, const struct hyp_attachment *a)
{
	const struct hyp_device *d = &h->devices[a->dev];
	const struct hyp_domain *domain = &h->domains[a->to];
	const struct hyp_tag tag = { .dom = a->dom, .ctx = a->ctx };
	bool device = h->model->nest_of == IMS_NEST_DEVICE;
	struct ims_ctx_config config = { .s1_root = device ? 0 : domain->s1_root,
					 .s2_root = h->vms[d->vm].s2_root,
					 .stages = IMS_STAGES_NESTED,
					 .s1_top = h->model->s1_top,
					 .s2_top = h->model->s2_top,
					 .s2_dirty = hyp_parent_tracked(h, d->vm),
					 .dom = (uint16_t)a->dom };
	struct hyp_targets t;

	hyp_target_device_only(h, &t, tag, a->ctx, d, hyp_has_atc(d));
	if (device)
		hyp_entry_nest(h, d, &domain->entry, &config);
	else
		hyp_entry_set(h, d, a->ctx, &config);
	hyp_host_owed(h, device ? IMS_CHANGE_DEV : IMS_CHANGE_CTX_SET, &t, &whole);
}

void hyp_unblock_entry(struct hyp *h, uint32_t dev)
{
	struct hyp_device *d = &h->devices[dev];
	const struct ims_dev_config config = hyp_dev_config(d);
	uint32_t turn = h->turn;
	struct hyp_targets t;

	d->blocked = false;
	h->turn = d->iommu;
	targets_of(h, dev, &t);
	hyp_entry_add(h, d, &config);
	hyp_host_owed(h, IMS_CHANGE_DEV_SET, &t, &whole);
	for (uint32_t i = 0; i < h->host_at.count; i++)
		if (h->host_at.at[i].dev == dev)
			let_in(h, &h->host_at.at[i]);
	h->turn = turn;
}
