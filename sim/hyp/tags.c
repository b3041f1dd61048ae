/* SPDX-License-Identifier: MIT */
/* The host's tags: whose one is, by its policy, and which are free. */
#include "sim/core/assert.h"
#include "sim/hyp/parts.h"

static uint32_t unit_of(const struct hyp *h, const struct hyp_attachment *a)
{
	return h->devices[a->dev].iommu;
}

bool hyp_parent_tagged(const struct hyp *h)
{
	return hyp_policy(h, IMS_COL_TAG) == IMS_TAG_PARENT ||
	       hyp_policy(h, IMS_COL_VMM_QUEUE) > IMS_VMM_QUEUE_TRAPPED;
}

/* The nesting parents' own come first, where they have any. */
static bool of_parent(const struct hyp *h, uint32_t iommu, uint32_t dom)
{
	for (uint32_t vm = 0; vm < h->vms_count; vm++)
		if (hyp_parent_tagged(h) && h->vms[vm].dom[iommu] == dom)
			return true;
	return false;
}

/* Is it filed under the tag of the parent: all that is nested, or what is attached to the parent alone. */
static bool under_parent(const struct hyp *h, const struct hyp_domain *d)
{
	return hyp_policy(h, IMS_COL_TAG) == IMS_TAG_PARENT ||
	       (hyp_parent_tagged(h) && d->entry.as == IMS_GUEST_PARENT);
}

bool hyp_tag_used(const struct hyp *h, uint32_t iommu, uint32_t dom)
{
	for (uint32_t i = 0; i < h->host_at.count; i++)
		if (h->host_at.at[i].dom == dom && unit_of(h, &h->host_at.at[i]) == iommu)
			return true;
	return of_parent(h, iommu, dom);
}

bool hyp_tag_unused(const struct hyp *h, uint32_t unit, uint32_t dom)
{
	return !h->bare_stage && !hyp_tag_used(h, hyp_iommu_of(h, unit), dom);
}

/* May @a have the tag that @other has, which is not its own. */
static bool shares(const struct hyp *h, const struct hyp_attachment *a,
		   const struct hyp_attachment *other)
{
	const struct hyp_domain *d = &h->domains[a->to], *o = &h->domains[other->to];

	if (unit_of(h, a) != unit_of(h, other))
		return false;
	switch (hyp_policy(h, IMS_COL_TAG)) {
	case IMS_TAG_DOMAIN:
		return a->to == other->to;
	case IMS_TAG_PASID:
		return a->to == other->to && a->ctx == other->ctx;
	case IMS_TAG_GUEST:
		return d->vm == o->vm && d->vdom == o->vdom && d->entry.as == o->entry.as;
	case IMS_TAG_PARENT:
		return hyp_on_parent(h, a->dev, o->vm);
	default:
		return false;
	}
}

/*
 * Would (@dom, PASID) mean two tables: where a PASID is of one I/O page table
 * (IMS_NEST_CTX), not where the tables of PASIDs are the guest's, who tells them apart.
 */
static bool collides(const struct hyp *h, const struct hyp_attachment *a, uint32_t dom)
{
	for (uint32_t i = 0; i < h->host_at.count && h->model->nest_of == IMS_NEST_CTX; i++) {
		const struct hyp_attachment *o = &h->host_at.at[i];

		if (o != a && o->dom == dom && o->to != a->to && unit_of(h, o) == unit_of(h, a) &&
		    hyp_filed_ctx(h, o->ctx) == hyp_filed_ctx(h, a->ctx))
			return true;
	}
	return false;
}

/* A new one's; true: one that has stood for something else, which is not flushed yet. */
static bool choose(struct hyp *h, struct hyp_attachment *a)
{
	uint32_t iommu = unit_of(h, a), dom = h->model->dom_first;
	uint32_t parents = h->vms[h->domains[a->to].vm].dom[iommu];
	struct hyp_iommu *u = &h->iommus[iommu];

	a->dom = IMS_NONE;
	if (under_parent(h, &h->domains[a->to]) && !collides(h, a, parents)) {
		a->dom = parents;
		return false;
	}
	for (uint32_t i = 0; i < h->host_at.count; i++) {
		const struct hyp_attachment *o = &h->host_at.at[i];

		if (o == a || !shares(h, a, o) || collides(h, a, o->dom))
			continue;
		a->dom = o->dom;
		return false;
	}
	while (hyp_tag_used(h, iommu, dom))
		dom++;
	IMS_ASSERT(dom <= h->model->dom_last);
	a->dom = dom;
	if (dom >= u->dom_next) {
		u->dom_next = dom + 1;
		return false;
	}
	return hyp_policy(h, IMS_COL_TAG_FREE) == IMS_FREE_AT_REUSE;
}

bool hyp_tag_take(struct hyp *h, struct hyp_attachment *a)
{
	bool unclean = choose(h, a);

	h->domains[a->to].dom[unit_of(h, a)] = a->dom;
	return unclean;
}
