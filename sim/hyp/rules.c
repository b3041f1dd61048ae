/* SPDX-License-Identifier: MIT */
/* From a vendor's rules to commands: one issuer for the guest's driver and for the host. */
#include "sim/core/assert.h"
#include "sim/hyp/parts.h"

void hyp_target_none(struct hyp_targets *t)
{
	/* Not the arrays: what is counted has been written. */
	t->tags_count = t->devs_count = 0;
}

void hyp_target_only(struct hyp_targets *t, struct hyp_tag tag, uint32_t ctx, uint32_t src,
		     bool ats)
{
	hyp_target_none(t);
	hyp_target(t, tag, ctx, src, ats);
}

void hyp_target(struct hyp_targets *t, struct hyp_tag tag, uint32_t ctx, uint32_t src, bool ats)
{
	IMS_ASSERT(t->devs_count < HYP_TARGETS);
	t->devs[t->devs_count].src = src;
	t->devs[t->devs_count].ctx = ctx;
	t->devs[t->devs_count].dir = false;
	t->devs[t->devs_count++].ats = ats;
	hyp_target_tag(t, tag);
}

void hyp_target_tag(struct hyp_targets *t, struct hyp_tag tag)
{
	uint32_t i = 0;

	while (i < t->tags_count && (t->tags[i].dom != tag.dom || t->tags[i].ctx != tag.ctx))
		i++;
	if (i == t->tags_count)
		t->tags[t->tags_count++] = tag;
}

/* That of the leaves that changed, counted from 1; 0: they are of several. */
static uint8_t level_of(const struct hyp_extent *x)
{
	if (!x->grain_lg2 || x->leaf_lg2 < x->grain_lg2)
		return 0;
	return (uint8_t)((x->leaf_lg2 - x->grain_lg2) / (x->grain_lg2 - 3) + 1);
}

/* The range of a change, as a command for it names it. */
static struct ims_cmd_args args_of(const struct hyp_issuer *by, const struct ims_rule *r,
				   const struct hyp_extent *x)
{
	return (struct ims_cmd_args){ .ctx = IMS_CTX_NONE,
				      .first = r->everything ? 0 : x->first,
				      .last = r->everything ? ~UINT64_C(0) : x->last,
				      .leaf_only = x->leaf_only || (r->leaf && !x->entries),
				      .grain_lg2 = x->grain_lg2,
				      .level = level_of(x),
				      .state = by->state };
}

static void issue_one(struct hyp *h, const struct hyp_issuer *by, const struct ims_rule *r,
		      const struct ims_cmd_args *to)
{
	struct ims_cmd_args args = *to;
	uint64_t words[IMS_CMD_WORDS], last;
	int row = ims_model_row(h->model, r->title);

	args.ctx = hyp_filed_ctx(h, to->ctx);
	IMS_ASSERT(row >= 0);
	if (r->piece) {
		args.first &= ~UINT64_C(0xfff);
		args.last |= 0xfff;
	}
	for (last = args.last;; args.first = args.last + 1) {
		args.last = last;
		if (r->piece)
			args.last = r->piece(&args);
		ims_cmd_encode(h->model, (unsigned)row, &args, words);
		by->put(h, by->vm, words);
		if (args.last >= last)
			return;
	}
}

static bool applies(const struct ims_rule *r, uint32_t ctx, bool ats, bool dir)
{
	if (((r->when & IMS_IF_ATS) && !ats) || ((r->when & IMS_IF_DIR) && !dir))
		return false;
	if ((r->when & IMS_IF_CTX) && ctx == IMS_CTX_NONE)
		return false;
	return !(r->when & IMS_IF_NO_CTX) || ctx == IMS_CTX_NONE;
}

/* log2 of the pages of the smallest aligned block over the range. */
static unsigned mask_of(const struct hyp_extent *x)
{
	uint64_t differ = (x->first ^ x->last) >> 12;
	unsigned lg2 = 0;

	for (; differ; differ >>= 1)
		lg2++;
	return lg2;
}

/* Does the unit, and the entry that changed, call for it. */
static bool called_for(const struct ims_rule *r, const struct hyp_issuer *by,
		       const struct hyp_extent *x)
{
	const uint32_t *params = by->state->params;
	struct ims_cmd_args args;

	if (r->stages && !(r->stages & 1u << x->stages))
		return false;
	if (r->on.answers && (!by->policy || !(r->on.answers & 1u << by->policy->of[r->on.column])))
		return false;
	for (unsigned i = 0; i < 2; i++)
		if (r->with[i] && !params[r->with[i] - 1])
			return false;
	if (r->without && params[r->without - 1])
		return false;
	if (x->entries && ((r->leaf && !x->leaf_only) || (r->table && x->leaf_only)))
		return false;
	if (r->at_most && mask_of(x) > params[r->at_most - 1])
		return false;
	if (r->above && mask_of(x) <= params[r->above - 1])
		return false;
	args = args_of(by, r, x);
	args.first = x->first;
	args.last = x->last;
	return !r->suits || r->suits(&args);
}

static bool new_dom(const struct hyp_targets *t, uint32_t number)
{
	for (uint32_t i = 0; i < number; i++)
		if (t->tags[i].dom == t->tags[number].dom)
			return false;
	return true;
}

static bool new_src(const struct hyp_targets *t, uint32_t number)
{
	for (uint32_t i = 0; i < number; i++)
		if (t->devs[i].src == t->devs[number].src)
			return false;
	return true;
}

/* @wait: before the first of its commands comes a barrier. */
static bool issue_rule(struct hyp *h, const struct hyp_issuer *by, const struct ims_rule *r,
		       const struct hyp_targets *t, const struct hyp_extent *x, bool *wait)
{
	bool tags = r->scope == IMS_PER_TAG || r->scope == IMS_PER_DOM, any = false;
	uint32_t count = r->scope == IMS_ONCE ? 1 : tags ? t->tags_count : t->devs_count;

	for (uint32_t i = 0; i < count; i++) {
		struct ims_cmd_args to = args_of(by, r, x);

		if (r->scope == IMS_PER_DOM && !new_dom(t, i))
			continue;
		if (r->scope == IMS_PER_SRC && !new_src(t, i))
			continue;
		if (tags) {
			to.dom = t->tags[i].dom;
			to.ctx = t->tags[i].ctx;
		} else if (r->scope != IMS_ONCE) {
			if (!applies(r, t->devs[i].ctx, t->devs[i].ats, t->devs[i].dir))
				continue;
			to.src = t->devs[i].src;
			to.ctx = t->devs[i].ctx;
		}
		if (*wait)
			by->barrier(h, by->vm);
		*wait = false;
		issue_one(h, by, r, &to);
		any = true;
	}
	return any;
}

bool hyp_issue(struct hyp *h, const struct hyp_issuer *by, enum ims_change change,
	       const struct hyp_targets *t, const struct hyp_extent *x)
{
	/* A barrier stands between commands: with none before it, or none behind, there is none. */
	bool any = false, wait = false, before = false;

	for (const struct ims_rule *r = by->rules; r < by->rules + by->count; r++) {
		if (r->change != change)
			continue;
		if (r->scope == IMS_BARRIER) {
			wait |= before;
			before = false;
		} else if (called_for(r, by, x) && issue_rule(h, by, r, t, x, &wait)) {
			any = before = true;
		}
	}
	return any;
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

struct hyp_attachment *hyp_attach_add(struct hyp_attach_list *list, uint32_t dev, uint32_t ctx,
				      uint32_t to)
{
	IMS_ASSERT(list->count < HYP_ATTACHMENTS);
	list->at[list->count] = (struct hyp_attachment){ .dev = dev, .ctx = ctx, .to = to };
	return &list->at[list->count++];
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

bool hyp_behind(const struct hyp *h, uint32_t vm, uint32_t iommu)
{
	for (uint32_t i = 0; i < h->devices_count; i++)
		if (h->devices[i].vm == vm && h->devices[i].iommu == iommu)
			return true;
	return false;
}

uint32_t hyp_device_by_rid(const struct hyp *h, uint32_t unit, uint32_t rid)
{
	for (uint32_t i = 0; i < h->devices_count; i++) {
		const struct hyp_device *d = &h->devices[i];

		if (hyp_physical(h, unit) ?
			    hyp_unit_of(h, d->iommu) == unit &&
				    (d->prid == rid || (d->alias && d->alias == rid)) :
			    d->vm == unit - 1 && d->vrid == rid)
			return i;
	}
	return IMS_NONE;
}
