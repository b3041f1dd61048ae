/* SPDX-License-Identifier: MIT */
/*
 * The virtual machine monitor: from a command in the guest's ring to calls of the
 * host. It splits by (guest tag, PASID); configuration commands make it read the
 * guest's structures anew.
 */
#include <string.h>

#include "sim/hyp/parts.h"

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
static void reread_entry(struct hyp *h, uint32_t dev)
{
	const struct hyp_device *d = &h->devices[dev];
	const struct hyp_attachment *at = hyp_attached(&h->host_at, dev, IMS_CTX_NONE);
	const struct ims_guest_entry *was = at ? &h->domains[at->to].entry : NULL;
	struct ims_guest_entry now = { 0 };

	h->model->guest_entry(&h->vms[d->vm].driver, d->vrid, &now);
	if (was ? was->as == now.as && !memcmp(was->words, now.words, sizeof(now.words)) :
		  now.as == IMS_GUEST_BLOCKED)
		hyp_call_nest_same(h, dev);
	else
		hyp_call_nest(h, dev, &now);
}

static void config_command(struct hyp *h, uint32_t vm, const struct ims_match *m,
			   const struct ims_cmd *cmd)
{
	for (uint32_t dev = 0; dev < h->devices_count; dev++) {
		if (h->devices[dev].vm != vm ||
		    !names(m->src, cmd->src, h->devices[dev].vrid, cmd->src_mask))
			continue;
		if (h->model->nest_of == IMS_NEST_DEVICE)
			reread_entry(h, dev);
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

static void discard(struct hyp *h, enum ims_actor actor, uint32_t queued)
{
	hyp_emit(h, actor, IMS_EV_DISCARD, (uint32_t)actor, queued, 0, 0, 0);
}

/* Which nested domains a first-stage command is for; none: nobody is attached there. */
static void stage1_command(struct hyp *h, uint32_t vm, const struct ims_match *m,
			   const struct ims_cmd *cmd, const uint64_t *words, bool everything)
{
	struct hyp_extent x = { .first = everything ? 0 : cmd->first,
				.last = everything ? ~UINT64_C(0) : cmd->last,
				.leaf_only = !everything && cmd->leaf_only };
	unsigned target = hyp_policy(h, IMS_COL_TARGET);
	bool any = false;

	if (target == IMS_TARGET_NONE) {
		discard(h, IMS_ACTOR_HOST, h->cause);
		return;
	}
	if (target != IMS_TARGET_NESTED)
		any = hyp_call_retag(h, vm, cmd, words, m->dom != IMS_EQUAL, everything);
	for (uint32_t i = 0; i < HYP_DOMAINS && target == IMS_TARGET_NESTED; i++) {
		const struct hyp_domain *d = &h->domains[i];

		if (!d->users || d->vm != vm || !nested_by(d, m, cmd))
			continue;
		hyp_call_invalidate(h, i, cmd->ctx, &x);
		any = true;
	}
	if (!any)
		discard(h, IMS_ACTOR_VMM, h->cause);
}

/* What names a device goes on for the one that the guest means; if it has none it is told so. */
static void device_command(struct hyp *h, uint32_t vm, const struct ims_cmd *cmd,
			   const uint64_t *words, uint32_t queued)
{
	bool atc = h->model->rows[cmd->row].vmm == IMS_VMM_ATC;
	uint32_t dev = hyp_device_by_rid(h, vm + 1, cmd->src);

	if (dev == IMS_NONE) {
		discard(h, IMS_ACTOR_VMM, queued);
		if (h->model->guest_refused)
			h->model->guest_refused(&h->bare[vm], cmd);
		return;
	}
	/* Where it is not forwarded the host makes its own. */
	if ((atc && hyp_policy(h, IMS_COL_ATC) != IMS_ATC_FORWARD) ||
	    !hyp_call_device(h, dev, cmd, words))
		discard(h, IMS_ACTOR_HOST, queued);
}

void hyp_vmm_command(struct hyp *h, uint32_t vm, const uint64_t *words, uint32_t queued)
{
	const struct ims_cmd_row *row;
	struct ims_cmd cmd;

	if (ims_cmd_decode(h->model, &h->bare[vm].unit->state, words, &cmd))
		return; /* the virtual queue stopped there, as the bare unit's did */
	row = &h->model->rows[cmd.row];
	switch ((enum ims_vmm)row->vmm) {
	case IMS_VMM_CONFIG:
		if (hyp_policy(h, IMS_COL_VMM_CONFIG) == IMS_VMM_CONFIG_IGNORE)
			discard(h, IMS_ACTOR_VMM, queued);
		else
			config_command(h, vm, &row->match[0], &cmd);
		break;
	case IMS_VMM_STAGE1:
		stage1_command(h, vm, &row->match[0], &cmd, words,
			       !row->ranged && hyp_policy(h, IMS_COL_TARGET) == IMS_TARGET_NESTED);
		break;
	case IMS_VMM_DOMAIN:
		if (hyp_policy(h, IMS_COL_VMM_WIDE) == IMS_VMM_WIDE_DROP)
			discard(h, IMS_ACTOR_VMM, queued);
		else
			stage1_command(h, vm, &row->match[0], &cmd, words, true);
		break;
	case IMS_VMM_DEVICE:
	case IMS_VMM_ATC:
	case IMS_VMM_RESPONSE:
		device_command(h, vm, &cmd, words, queued);
		break;
	case IMS_VMM_WAIT: /* every call returns complete */
	case IMS_VMM_NONE:
		break;
	}
}
