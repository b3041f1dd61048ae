/* SPDX-License-Identifier: MIT */
/*
 * The virtual machine monitor: from a command in the guest's ring to calls of the
 * host. It splits by (guest tag, PASID); configuration commands make it read the
 * guest's structures anew.
 */
#include <string.h>

#include "sim/hyp/list.h"

static bool names(enum ims_how how, uint32_t want, uint32_t got, uint32_t mask)
{
	if (how == IMS_EQUAL)
		return want == got;
	return how != IMS_MASKED || (want | mask) == (got | mask);
}

/* The entry of (device, ctx) as the guest has it now, the host's as it was taken over. */
static void reread(struct hyp *h, uint32_t dev, uint32_t ctx, const struct ims_match *m,
		   const struct ims_cmd *cmd)
{
	const struct hyp_device *d = &h->devices[dev];
	struct hyp_attachment *at = hyp_attached(&h->host_at, dev, ctx);
	struct ims_hw look = h->bare[d->vm];
	struct ims_req req = { .src = d->vrid, .ctx = ctx, .access = IMS_ACCESS_READ };
	const struct hyp_domain *dom = at ? &h->domains[at->to] : NULL;
	struct ims_path path;
	bool there, named;

	look.bypass = true;
	look.log = NULL;
	there = !h->model->path(&look, &req, &path) && path.stages == IMS_STAGES_1;
	named = m->dom != IMS_EQUAL || (there && path.dom == cmd->dom) ||
		(dom && dom->vdom == cmd->dom);
	if (!named || (!there && !dom))
		return;
	if (there && dom && dom->vdom == path.dom && dom->s1_root == path.s1_root)
		return;
	if (dom)
		hyp_call_detach(h, dev, ctx);
	if (there)
		hyp_call_attach(h, dev, ctx, &path);
}

/* Every (device, PASID) the guest's driver or the host knows of, once. */
static void reread_device(struct hyp *h, uint32_t dev, const struct ims_match *m,
			  const struct ims_cmd *cmd)
{
	uint32_t known[2 * HYP_ATTACHMENTS], count = 0;

	for (uint32_t i = 0; i < h->guest_at.count; i++)
		if (h->guest_at.at[i].dev == dev)
			known[count++] = h->guest_at.at[i].ctx;
	for (uint32_t i = 0; i < h->host_at.count; i++)
		if (h->host_at.at[i].dev == dev &&
		    !hyp_attached(&h->guest_at, dev, h->host_at.at[i].ctx))
			known[count++] = h->host_at.at[i].ctx;
	for (uint32_t i = 0; i < count; i++)
		if (m->ctx != IMS_EQUAL || hyp_filed_ctx(h, known[i]) == cmd->ctx)
			reread(h, dev, known[i], m, cmd);
}

/* The whole entry of a device, where that is what the host nests. */
void hyp_vmm_reread(struct hyp *h, uint32_t dev)
{
	const struct hyp_device *d = &h->devices[dev];
	const struct hyp_attachment *at = hyp_attached(&h->host_at, dev, IMS_CTX_NONE);
	const struct ims_guest_entry *was = at ? &h->domains[at->to].entry : NULL;
	struct ims_guest_entry now = { 0 };

	h->model->guest_entry(&h->vms[d->vm].driver, d->vrid, &now);
	if (was ? was->as == now.as && !memcmp(was->words, now.words, sizeof(now.words)) :
		  now.as == IMS_GUEST_BLOCKED)
		hyp_call_nest_same(h, dev);
	else if (!hyp_call_nest(h, dev, &now))
		hyp_discard(h, IMS_ACTOR_HOST, h->cause);
}

static void config_command(struct hyp *h, uint32_t vm, const struct ims_match *m,
			   const struct ims_cmd *cmd)
{
	/* What was asked before is asked of the domains that were there. */
	hyp_vmm_flush(h, vm);
	for (uint32_t dev = 0; dev < h->devices_count; dev++) {
		if (h->devices[dev].vm != vm ||
		    !names(m->src, cmd->src, h->devices[dev].vrid, cmd->src_mask))
			continue;
		if (h->model->nest_of == IMS_NEST_DEVICE)
			hyp_vmm_reread(h, dev);
		else
			reread_device(h, dev, m, cmd);
	}
}

static bool nested_by(const struct hyp_domain *d, const struct ims_match *m,
		      const struct ims_cmd *cmd)
{
	/* A whole device's has no PASID: the command's goes on with it. */
	return names(m->dom, cmd->dom, d->vdom, 0) &&
	       (d->entry.as != IMS_GUEST_BLOCKED || names(m->ctx, cmd->ctx, d->ctx, 0));
}

/* For every nested domain that a first-stage command names: false, it names none. */
static bool domain_entries(struct hyp *h, struct hyp_entry *e, const struct ims_match *m,
			   const struct ims_cmd *cmd)
{
	bool any = false;

	e->of = HYP_OBJECT_DOMAIN;
	e->ctx = cmd->ctx;
	for (uint32_t i = 0; i < HYP_DOMAINS; i++) {
		const struct hyp_domain *d = &h->domains[i];

		if (!d->users || d->vm != e->vm || !nested_by(d, m, cmd))
			continue;
		e->object = i;
		hyp_vmm_put(h, e);
		any = true;
	}
	return any;
}

/* The first unit that a device of the VM is behind, from @iommu on; none: iommus_count. */
static uint32_t unit_from(const struct hyp *h, uint32_t vm, uint32_t iommu)
{
	while (iommu < h->iommus_count && !hyp_behind(h, vm, iommu))
		iommu++;
	return iommu;
}

/* The VM has such an object at each unit that its devices are behind. */
static void put_each(struct hyp *h, struct hyp_entry *e)
{
	for (e->iommu = unit_from(h, e->vm, 0); e->iommu < h->iommus_count;
	     e->iommu = unit_from(h, e->vm, e->iommu + 1)) {
		hyp_vmm_put(h, e);
		if (hyp_policy(h, IMS_COL_VMM_UNITS) == IMS_VMM_UNITS_FIRST)
			break;
	}
}

/* For every tag of the guest that it names and that something is nested under. */
static bool group_entries(struct hyp *h, struct hyp_entry *e, const struct ims_match *m,
			  const struct ims_cmd *cmd)
{
	uint32_t seen[HYP_DOMAINS], count = 0, k;

	e->of = HYP_OBJECT_GROUP;
	for (uint32_t i = 0; i < h->host_at.count; i++) {
		const struct hyp_domain *d = &h->domains[h->host_at.at[i].to];

		if (d->vm != e->vm || d->entry.as != IMS_GUEST_NESTED ||
		    !names(m->dom, cmd->dom, d->vdom, 0))
			continue;
		for (k = 0; k < count && seen[k] != d->vdom; k++)
			;
		if (k < count)
			continue;
		seen[count++] = e->object = d->vdom;
		put_each(h, e);
	}
	return count;
}

/* Which objects of the host a first-stage command is for; none: nobody is attached there. */
static void stage1_command(struct hyp *h, uint32_t vm, const struct ims_match *m,
			   const struct ims_cmd *cmd, const uint64_t *words, bool everything)
{
	struct hyp_entry e = { .vm = vm, .queued = h->cause, .object = vm, .of = HYP_OBJECT_VIOMMU };
	bool any = true;

	memcpy(e.words, words, sizeof(e.words));
	e.x = (struct hyp_extent){ .first = everything ? 0 : cmd->first,
				   .last = everything ? ~UINT64_C(0) : cmd->last,
				   .leaf_only = !everything && cmd->leaf_only };
	switch (hyp_policy(h, IMS_COL_TARGET)) {
	case IMS_TARGET_NESTED:
		any = domain_entries(h, &e, m, cmd);
		break;
	case IMS_TARGET_GROUP:
		any = group_entries(h, &e, m, cmd);
		break;
	case IMS_TARGET_PARENT:
		e.of = HYP_OBJECT_PARENT;
		put_each(h, &e);
		break;
	default:
		put_each(h, &e);
	}
	if (!any)
		hyp_discard(h, IMS_ACTOR_VMM, h->cause);
}

/*
 * What names a device goes on for the one that the guest means; if it has none it is told
 * so. Where the vIOMMU knows devices by their virtual ids that is for the host to find.
 */
static void device_command(struct hyp *h, uint32_t vm, const struct ims_cmd *cmd,
			   const uint64_t *words, uint32_t queued)
{
	uint8_t what = h->model->rows[cmd->row].vmm;
	bool viommu = what != IMS_VMM_RESPONSE &&
		      hyp_policy(h, IMS_COL_ATC_TARGET) == IMS_ATC_TARGET_VIOMMU;
	struct hyp_entry e = { .vm = vm, .queued = h->cause, .object = vm, .of = HYP_OBJECT_VIOMMU };
	uint32_t dev = hyp_device_by_rid(h, vm + 1, cmd->src);

	/* Where it is not forwarded the host makes its own. */
	if (what == IMS_VMM_ATC && hyp_policy(h, IMS_COL_ATC) != IMS_ATC_FORWARD) {
		hyp_discard(h, IMS_ACTOR_HOST, queued);
		return;
	}
	memcpy(e.words, words, sizeof(e.words));
	/* The vIOMMU that has it; what none has, the first is asked for. */
	e.iommu = dev == IMS_NONE ? unit_from(h, vm, 0) % h->iommus_count : h->devices[dev].iommu;
	if (!viommu) {
		e.of = HYP_OBJECT_DEVICE;
		e.object = dev;
	}
	if (e.object == IMS_NONE) {
		hyp_discard(h, IMS_ACTOR_VMM, queued);
		if (h->model->guest_refused)
			h->model->guest_refused(&h->bare[vm], cmd);
		return;
	}
	hyp_vmm_put(h, &e);
}

/* Of translations: what a queue of the guest's own is for. */
static bool is_invalidation(const struct ims_cmd_row *row)
{
	return row->vmm == IMS_VMM_STAGE1 || row->vmm == IMS_VMM_DOMAIN || row->vmm == IMS_VMM_ATC;
}

void hyp_vmm_command(struct hyp *h, uint32_t vm, const uint64_t *words, uint32_t queued)
{
	const struct ims_cmd_row *row;
	struct ims_cmd cmd;

	if (ims_cmd_decode(h->model, &h->bare[vm].unit->state, words, &cmd))
		return; /* the virtual queue stopped there, as the bare unit's did */
	row = &h->model->rows[cmd.row];
	if (is_invalidation(row) && hyp_policy(h, IMS_COL_VMM_QUEUE) == IMS_VMM_QUEUE_ALONE) {
		hyp_discard(h, IMS_ACTOR_VMM, queued);
		return;
	}
	switch ((enum ims_vmm)row->vmm) {
	case IMS_VMM_CONFIG:
		if (hyp_policy(h, IMS_COL_VMM_CONFIG) == IMS_VMM_CONFIG_IGNORE)
			hyp_discard(h, IMS_ACTOR_VMM, queued);
		else
			config_command(h, vm, &row->match[0], &cmd);
		break;
	case IMS_VMM_STAGE1:
		stage1_command(h, vm, &row->match[0], &cmd, words,
			       !row->ranged && hyp_policy(h, IMS_COL_TARGET) == IMS_TARGET_NESTED);
		break;
	case IMS_VMM_DOMAIN:
		if (hyp_policy(h, IMS_COL_VMM_WIDE) == IMS_VMM_WIDE_DROP)
			hyp_discard(h, IMS_ACTOR_VMM, queued);
		else
			stage1_command(h, vm, &row->match[0], &cmd, words, true);
		break;
	case IMS_VMM_DEVICE:
	case IMS_VMM_ATC:
		device_command(h, vm, &cmd, words, queued);
		break;
	case IMS_VMM_RESPONSE:
		if (!hyp_vmm_answer(h, vm, &cmd))
			device_command(h, vm, &cmd, words, queued);
		break;
	case IMS_VMM_ANSWER:
		hyp_vmm_answer(h, vm, &cmd);
		break;
	case IMS_VMM_WAIT:
		hyp_vmm_wait(h, vm);
		break;
	case IMS_VMM_NONE:
		break;
	}
}
