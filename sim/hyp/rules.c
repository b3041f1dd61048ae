/* SPDX-License-Identifier: MIT */
/* From a vendor's rules to commands: one issuer for the guest's driver and for the host. */
#include "sim/core/assert.h"
#include "sim/hyp/parts.h"

void hyp_target(struct hyp_targets *t, uint32_t dom, uint32_t ctx, uint32_t src, bool ats)
{
	uint32_t i = 0;

	IMS_ASSERT(t->devs_count < HYP_ATTACHMENTS);
	t->devs[t->devs_count].src = src;
	t->devs[t->devs_count].ctx = ctx;
	t->devs[t->devs_count++].ats = ats;
	while (i < t->tags_count && (t->tags[i].dom != dom || t->tags[i].ctx != ctx))
		i++;
	if (i == t->tags_count) {
		t->tags[i].dom = dom;
		t->tags[i].ctx = ctx;
		t->tags_count++;
	}
}

static void issue_one(struct hyp *h, uint32_t vm, const struct ims_rule *r, uint32_t dom,
		      uint32_t ctx, uint32_t src, const struct hyp_extent *x, hyp_put_fn *put)
{
	struct ims_cmd_args args = { .dom = dom,
				     .ctx = hyp_filed_ctx(h, ctx),
				     .src = src,
				     .first = r->everything ? 0 : x->first,
				     .last = r->everything ? ~UINT64_C(0) : x->last,
				     .leaf_only = x->leaf_only };
	uint64_t words[IMS_CMD_WORDS];
	int row = ims_model_row(h->model, r->title);

	IMS_ASSERT(row >= 0);
	ims_cmd_encode(h->model, (unsigned)row, &args, words);
	put(h, vm, words);
}

static bool applies(const struct ims_rule *r, uint32_t ctx, bool ats)
{
	if ((r->when & IMS_IF_ATS) && !ats)
		return false;
	if ((r->when & IMS_IF_CTX) && ctx == IMS_CTX_NONE)
		return false;
	return !(r->when & IMS_IF_NO_CTX) || ctx == IMS_CTX_NONE;
}

void hyp_issue(struct hyp *h, uint32_t vm, const struct ims_rule *rules, unsigned count,
	       enum ims_change change, const struct hyp_targets *t, const struct hyp_extent *x,
	       hyp_put_fn *put)
{
	for (const struct ims_rule *r = rules; r < rules + count; r++) {
		if (r->change != change)
			continue;
		if (r->scope == IMS_PER_TAG)
			for (uint32_t i = 0; i < t->tags_count; i++)
				issue_one(h, vm, r, t->tags[i].dom, t->tags[i].ctx, 0, x, put);
		else
			for (uint32_t i = 0; i < t->devs_count; i++)
				if (applies(r, t->devs[i].ctx, t->devs[i].ats))
					issue_one(h, vm, r, 0, t->devs[i].ctx, t->devs[i].src, x,
						  put);
	}
}

void hyp_words_of_sync(struct hyp *h, uint64_t status, uint32_t data, uint64_t *ret_words)
{
	struct ims_cmd_args args = { .wait_addr = status, .wait_data = data };
	int row = ims_model_row(h->model, h->model->sync);

	ims_cmd_encode(h->model, (unsigned)row, &args, ret_words);
}

uint32_t hyp_filed_ctx(const struct hyp *h, uint32_t ctx)
{
	return ctx == IMS_CTX_NONE ? h->model->ctx_standin : ctx;
}

/* ---- attachments ---- */

struct hyp_attachment *hyp_attached(struct hyp_attach_list *list, uint32_t dev, uint32_t ctx)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->at[i].dev == dev && list->at[i].ctx == ctx)
			return &list->at[i];
	return NULL;
}

void hyp_attach_add(struct hyp_attach_list *list, uint32_t dev, uint32_t ctx, uint32_t to)
{
	IMS_ASSERT(list->count < HYP_ATTACHMENTS);
	list->at[list->count++] = (struct hyp_attachment){ .dev = dev, .ctx = ctx, .to = to };
}

/* Keeps the order of the others: it is the order in which they are told of changes. */
void hyp_attach_remove(struct hyp_attach_list *list, const struct hyp_attachment *a)
{
	uint32_t i = (uint32_t)(a - list->at);

	for (list->count--; i < list->count; i++)
		list->at[i] = list->at[i + 1];
}

uint32_t hyp_domain_of(const struct hyp *h, uint32_t dev, uint32_t ctx)
{
	for (uint32_t i = 0; i < h->host_at.count; i++)
		if (h->host_at.at[i].dev == dev && h->host_at.at[i].ctx == ctx)
			return h->host_at.at[i].to;
	return IMS_NONE;
}

uint32_t hyp_space_of(const struct hyp *h, uint32_t dev, uint32_t ctx)
{
	for (uint32_t i = 0; i < h->guest_at.count; i++)
		if (h->guest_at.at[i].dev == dev && h->guest_at.at[i].ctx == ctx)
			return h->guest_at.at[i].to;
	return IMS_NONE;
}

uint32_t hyp_device_by_rid(const struct hyp *h, uint32_t unit, uint32_t rid)
{
	for (uint32_t i = 0; i < h->devices_count; i++) {
		const struct hyp_device *d = &h->devices[i];

		if (unit ? d->vm == unit - 1 && d->vrid == rid : d->prid == rid)
			return i;
	}
	return IMS_NONE;
}
