/* SPDX-License-Identifier: MIT */
/*
 * The host's part of a list of a guest's commands: what it looks at, puts its own words
 * in, issues, and says of it. One call serves the VMM and the calls of the kernel's shape.
 */
#include <errno.h>
#include <string.h>

#include "sim/core/bits.h"
#include "sim/hyp/list.h"

void hyp_discard(struct hyp *h, enum ims_actor actor, uint32_t queued)
{
	hyp_emit(h, actor, IMS_EV_DISCARD, (uint32_t)actor, queued, 0, 0, 0);
}

/* ---- what may be forwarded ---- */

/* As the host reads it; one that does not look at fields takes what its hardware may refuse. */
static bool decode(const struct hyp *h, const struct hyp_list *l, const uint64_t *words,
		   struct ims_cmd *ret)
{
	if (!ims_cmd_decode(h->model, &h->bare[l->vm].unit->state, words, ret))
		return true;
	return hyp_policy(h, IMS_COL_CHECK) != IMS_CHECK_FIELDS &&
	       !ims_cmd_decode(h->model, NULL, words, ret);
}

static bool of_device(const struct ims_cmd_row *row)
{
	return row->vmm == IMS_VMM_ATC || row->vmm == IMS_VMM_DEVICE ||
	       row->vmm == IMS_VMM_RESPONSE;
}

/* Has a command bits set that are in none of its fields. */
static bool beyond_fields(const struct hyp *h, const struct ims_cmd_row *row, const uint64_t *words)
{
	uint64_t known[IMS_CMD_WORDS] = { row->care[0], row->care[1] };

	for (unsigned i = 0; i < row->fields_count; i++) {
		const struct ims_cmd_field *f = &row->fields[i];

		for (unsigned bit = f->at.lo; bit <= f->at.hi; bit++)
			known[bit / 64] |= UINT64_C(1) << bit % 64;
	}
	for (unsigned i = 0; i < h->model->cmd_words; i++)
		if (words[i] & ~known[i])
			return true;
	return false;
}

/* The device that a command names for this object, IMS_NONE: the VM, or its vIOMMU, has none. */
static uint32_t device_of(const struct hyp *h, const struct hyp_list *l, const struct ims_cmd *cmd)
{
	uint32_t dev;

	if (l->of == HYP_OBJECT_DEVICE)
		return l->object;
	dev = hyp_device_by_rid(h, l->vm + 1, cmd->src);
	return dev != IMS_NONE && hyp_vdevice_gone(h, dev) ? IMS_NONE : dev;
}

/* What an entry is refused with, 0. */
static int refused(const struct hyp *h, const struct hyp_list *l, const struct hyp_entry *e)
{
	bool fields = hyp_policy(h, IMS_COL_CHECK) == IMS_CHECK_FIELDS;
	const struct ims_cmd_row *row;
	struct ims_cmd cmd;
	uint32_t dev;

	if (e->refused || l->of == HYP_OBJECT_DOMAIN)
		return e->refused;
	if (!decode(h, l, e->words, &cmd))
		return EIO;
	row = &h->model->rows[cmd.row];
	if (fields && beyond_fields(h, row, e->words))
		return EIO;
	if (row->vmm == IMS_VMM_STAGE1 || row->vmm == IMS_VMM_DOMAIN)
		return l->of == HYP_OBJECT_DEVICE ? EIO : 0;
	if (!of_device(row) || (l->of != HYP_OBJECT_DEVICE && l->of != HYP_OBJECT_VIOMMU))
		return EIO;
	dev = device_of(h, l, &cmd);
	if (dev == IMS_NONE)
		return EIO;
	return fields && row->vmm == IMS_VMM_ATC && !hyp_has_atc(&h->devices[dev]) ? EIO : 0;
}

/* Is there the call at all. */
static bool supported(const struct hyp *h, const struct hyp_list *l)
{
	/* That of a device is another, for what is its alone. */
	return l->of == HYP_OBJECT_DEVICE || hyp_policy(h, IMS_COL_TARGET) != IMS_TARGET_NONE;
}

/* ---- what is issued for an entry ---- */

/* A command of the guest goes on, with the host's word for it in every field that means @arg. */
static void pass_on(struct hyp *h, const struct ims_cmd_row *row, const uint64_t *guest,
		    enum ims_arg arg, uint32_t value)
{
	uint64_t words[IMS_CMD_WORDS];

	memcpy(words, guest, sizeof(words));
	for (unsigned i = 0; i < row->fields_count; i++) {
		const struct ims_cmd_field *f = &row->fields[i];

		if (f->arg == arg)
			ims_field_put(words, IMS_FIELD(f->at.hi, f->at.lo), value >> f->shift);
	}
	hyp_host_put(h, words);
}

uint32_t hyp_tags_for(const struct hyp *h, uint32_t vm, uint32_t vdom, bool any_dom,
		      uint32_t *ret_doms)
{
	uint32_t count = 0, k;

	/* Of a parent's tag none is asked for. */
	if (hyp_policy(h, IMS_COL_TAG) == IMS_TAG_PARENT) {
		ret_doms[0] = h->vms[vm].dom[h->turn];
		return 1;
	}
	for (uint32_t i = 0; i < h->host_at.count; i++) {
		const struct hyp_attachment *a = &h->host_at.at[i];
		const struct hyp_domain *d = &h->domains[a->to];

		if (d->vm != vm || h->devices[a->dev].iommu != h->turn ||
		    d->entry.as != IMS_GUEST_NESTED || (!any_dom && d->vdom != vdom))
			continue;
		for (k = 0; k < count && ret_doms[k] != a->dom; k++)
			;
		if (k == count)
			ret_doms[count++] = a->dom;
	}
	return count;
}

/* Whatever is nested under a tag has heard of a stage-1 command: so do the devices, if the host sees to it. */
static void synthesise(struct hyp *h, uint32_t dom, const struct ims_cmd *cmd,
		       const struct hyp_extent *x)
{
	struct hyp_targets t;

	if (hyp_policy(h, IMS_COL_ATC) != IMS_ATC_SYNTHESISE)
		return;
	/* A device asks what is in front of it: that goes first. */
	hyp_host_sync(h);
	hyp_target_none(&t);
	for (uint32_t i = 0; i < h->host_at.count; i++) {
		const struct hyp_attachment *a = &h->host_at.at[i];
		const struct hyp_device *d = &h->devices[a->dev];
		const struct hyp_tag tag = { .dom = dom, .ctx = cmd->ctx };

		if (a->dom == dom && d->iommu == h->turn)
			hyp_target_device(h, &t, tag, cmd->ctx, d, hyp_has_atc(d));
	}
	hyp_host_issue(h, IMS_CHANGE_S1_ATC, &t, x);
}

static void execute_stage1(struct hyp *h, const struct hyp_list *l, const struct hyp_entry *e,
			   const struct ims_cmd *cmd)
{
	const struct ims_cmd_row *row = &h->model->rows[cmd->row];
	bool everything = row->vmm == IMS_VMM_DOMAIN, group = l->of == HYP_OBJECT_GROUP;
	bool any_dom = !group && row->match[0].dom != IMS_EQUAL;
	struct hyp_extent x = { .first = everything ? 0 : cmd->first,
				.last = everything ? ~UINT64_C(0) : cmd->last };
	uint32_t doms[HYP_DOMAINS];
	uint32_t count = hyp_tags_for(h, l->vm, group ? l->object : cmd->dom, any_dom, doms);

	for (uint32_t i = 0; i < count; i++) {
		const struct hyp_tag tag = { .dom = doms[i], .ctx = IMS_CTX_NONE };
		struct hyp_targets t;

		hyp_target_only(&t, tag, IMS_CTX_NONE, 0, false);
		if (everything)
			hyp_host_issue(h, IMS_CHANGE_S1_ALL, &t, &x);
		else
			pass_on(h, row, e->words, IMS_ARG_DOM, doms[i]);
		synthesise(h, doms[i], cmd, &x);
	}
	/* No structure uses the guest's tag: nothing can be filed under one of the host's. */
	if (!count)
		hyp_discard(h, IMS_ACTOR_HOST, e->queued);
}

static void execute_device(struct hyp *h, const struct hyp_list *l, const struct hyp_entry *e,
			   const struct ims_cmd *cmd)
{
	const struct ims_cmd_row *row = &h->model->rows[cmd->row];
	const struct hyp_device *d = &h->devices[device_of(h, l, cmd)];

	if (row->vmm == IMS_VMM_ATC && !hyp_has_atc(d)) {
		hyp_discard(h, IMS_ACTOR_HOST, e->queued);
		return;
	}
	pass_on(h, row, e->words, IMS_ARG_SRC, d->prid);
	if (hyp_names_alias(h, d) && row->vmm != IMS_VMM_RESPONSE)
		pass_on(h, row, e->words, IMS_ARG_SRC, d->alias);
}

/* What is attached to a domain, behind the unit at hand. */
static void targets_of_domain(const struct hyp *h, const struct hyp_list *l,
			      const struct hyp_entry *e, struct hyp_targets *t)
{
	hyp_target_none(t);
	for (uint32_t i = 0; i < h->host_at.count; i++) {
		const struct hyp_attachment *a = &h->host_at.at[i];
		const struct hyp_device *d = &h->devices[a->dev];
		/* Of a whole device: the PASID of the command; there is none in its attachment. */
		uint32_t of = h->model->nest_of == IMS_NEST_DEVICE ? e->ctx : a->ctx;
		const struct hyp_tag tag = { .dom = a->dom, .ctx = of };

		if (a->to == l->object && d->iommu == h->turn)
			hyp_target_device(h, t, tag, of, d, hyp_has_atc(d));
	}
}

static void execute_range(struct hyp *h, const struct hyp_list *l, const struct hyp_entry *e)
{
	struct hyp_targets t;

	for (h->turn = 0; h->turn < h->iommus_count; h->turn++) {
		targets_of_domain(h, l, e, &t);
		hyp_host_issue(h, IMS_CHANGE_S1_LESS, &t, &e->x);
	}
	h->turn = 0;
}

static void execute(struct hyp *h, const struct hyp_list *l, const struct hyp_entry *e)
{
	struct ims_cmd cmd;

	if (l->of == HYP_OBJECT_DOMAIN)
		execute_range(h, l, e);
	else if (decode(h, l, e->words, &cmd) && of_device(&h->model->rows[cmd.row]))
		execute_device(h, l, e, &cmd);
	else
		execute_stage1(h, l, e, &cmd);
}

/* ---- the list ---- */

static uint32_t batch_of(const struct hyp *h, uint32_t count)
{
	switch (hyp_policy(h, IMS_COL_BATCH)) {
	case IMS_BATCH_LIST:
		return count;
	case IMS_BATCH_63:
		return IMS_BATCH_ENTRIES;
	default:
		return 1;
	}
}

/* Issues entries and waits for them; false: they were not all answered. */
static bool batch(struct hyp *h, const struct hyp_list *l, uint32_t first, uint32_t count)
{
	uint32_t cause = h->cause;

	h->timed_out = false;
	for (uint32_t i = first; i < first + count; i++) {
		/* What is done for an entry hangs from the guest's command; of the first from the call. */
		if (i && h->log && l->at[i].queued)
			hyp_step(h, l->at[i].queued, h->line);
		execute(h, l, &l->at[i]);
		hyp_host_run(h);
	}
	hyp_step(h, cause, h->line);
	hyp_host_sync(h);
	return !h->error && !h->timed_out;
}

/* Entry @number of a list: what it is refused with, by what is in it or because that was asked for. */
static int refused_at(struct hyp *h, const struct hyp_list *l, uint32_t number)
{
	if (!h->inject.count || h->inject.entry != number)
		return refused(h, l, &l->at[number]);
	h->inject.count--;
	return h->inject.error;
}

static void run(struct hyp *h, const struct hyp_list *l, struct hyp_listed *ret)
{
	unsigned progress = hyp_policy(h, IMS_COL_PROGRESS);
	uint32_t most = batch_of(h, l->count), count, good;

	while (!ret->error && ret->executed < l->count) {
		uint32_t first = ret->executed;

		count = l->count - first < most ? l->count - first : most;
		for (good = 0; good < count && !(ret->error = refused_at(h, l, first + good));
		     good++)
			;
		ret->said = progress == IMS_PROGRESS_BATCH && good < count ? first : first + good;
		/* Those that come before one that is refused are left as well, but where each counts. */
		if (good < count && progress != IMS_PROGRESS_EXECUTED)
			return;
		if (batch(h, l, first, good)) {
			ret->executed = first + good;
			continue;
		}
		ret->error = ETIMEDOUT;
		ret->said = progress == IMS_PROGRESS_CONVERTED && good ? first + good - 1 : first;
	}
}

void hyp_list_carry_out(struct hyp *h, const struct hyp_list *list)
{
	h->turn = list->of == HYP_OBJECT_DEVICE ? h->devices[list->object].iommu : list->iommu;
	batch(h, list, 0, list->count);
	h->turn = 0;
}

void hyp_call_list(struct hyp *h, const struct hyp_list *list, struct hyp_listed *ret)
{
	uint32_t cause = hyp_call(h, IMS_CALL_INVALIDATE, list->of, list->object, list->count, 0);

	*ret = (struct hyp_listed){ .error = supported(h, list) ? 0 : EOPNOTSUPP };
	h->turn = list->of == HYP_OBJECT_DEVICE ? h->devices[list->object].iommu : list->iommu;
	run(h, list, ret);
	h->turn = 0;
	if (ret->error)
		hyp_call_refused(h, ret->error, list->count, ret->executed, ret->said);
	hyp_step(h, cause, h->line);
}
