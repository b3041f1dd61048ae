/* SPDX-License-Identifier: MIT */
/*
 * How a VMM makes lists of a guest's commands, when it hands them over, and what it does
 * when the host refuses an entry of one.
 */
#include <errno.h>
#include <string.h>

#include "sim/hyp/list.h"

/* ---- one call ---- */

static void drop(struct hyp *h, const struct hyp_list *l, uint32_t first, uint32_t last,
		 enum ims_actor actor)
{
	for (uint32_t i = first; i < last && i < l->count; i++)
		hyp_discard(h, actor, l->at[i].queued);
}

/* The guest hears of a command that was refused, where its unit has a way to say so. */
static void tell(struct hyp *h, const struct hyp_list *l, uint32_t number)
{
	struct ims_cmd cmd;

	/* The way there is, is to tell of a device that there is not. */
	if (number < l->count && h->model->guest_refused &&
	    !ims_cmd_decode(h->model, &h->bare[l->vm].unit->state, l->at[number].words, &cmd) &&
	    hyp_device_by_rid(h, l->vm + 1, cmd.src) == IMS_NONE)
		h->model->guest_refused(&h->bare[l->vm], &cmd);
}

static void one_by_one(struct hyp *h, const struct hyp_list *l)
{
	struct hyp_list one = *l;
	struct hyp_listed got;

	one.count = 1;
	for (uint32_t i = 0; i < l->count; i++) {
		one.at = &l->at[i];
		hyp_step(h, one.at->queued, h->line);
		hyp_call_list(h, &one, &got);
		drop(h, &one, 0, got.error != 0, IMS_ACTOR_HOST);
	}
}

/* Hands over a list until the host has taken it, or the VMM has had enough. */
static void hand_over(struct hyp *h, struct hyp_list *l)
{
	struct hyp_listed got;

	while (l->count) {
		hyp_call_list(h, l, &got);
		if (!got.error)
			return;
		if (((got.error == EIO && l->count > 1) || got.error == ETIMEDOUT) &&
		    hyp_policy(h, IMS_COL_VMM_REFUSED) == IMS_VMM_REFUSED_ONE_BY_ONE) {
			one_by_one(h, l);
			return;
		}
		/* What the host said is done and is not is lost, with what it refused. */
		drop(h, l, got.executed, got.said + 1, IMS_ACTOR_HOST);
		if (got.error == EIO)
			tell(h, l, got.said);
		if (got.error != EIO ||
		    hyp_policy(h, IMS_COL_VMM_REFUSED) != IMS_VMM_REFUSED_TRUST) {
			drop(h, l, got.said + 1, l->count,
			     got.error == EIO ? IMS_ACTOR_VMM : IMS_ACTOR_HOST);
			return;
		}
		if (got.said + 1 >= l->count)
			return;
		l->at += got.said + 1;
		l->count -= got.said + 1;
	}
}

/* ---- lists ---- */

static bool same_object(const struct hyp_entry *a, const struct hyp_entry *b)
{
	return a->of == b->of && a->object == b->object && a->iommu == b->iommu;
}

/* Takes out of what is held for the VM the entries of the list that begins at @first. */
static uint32_t gather(struct hyp *h, uint32_t first, struct hyp_entry *ret)
{
	bool each = hyp_policy(h, IMS_COL_VMM_BATCH) == IMS_VMM_BATCH_EACH;
	bool in_order = hyp_policy(h, IMS_COL_VMM_SPLIT) == IMS_VMM_SPLIT_ORDER;
	uint32_t count = 0, vm = h->held[first].vm;

	for (uint32_t i = first; i < h->held_count && !(each && count); i++) {
		struct hyp_entry *e = &h->held[i];

		if (e->vm != vm || e->sent)
			continue;
		if (!count || same_object(&ret[0], e)) {
			ret[count++] = *e;
			e->sent = true;
		} else if (in_order) {
			break;
		}
	}
	return count;
}

void hyp_vmm_flush(struct hyp *h, uint32_t vm)
{
	struct hyp_entry at[HYP_LIST];
	uint32_t cause = h->cause, kept = 0;

	if (!h->held_count)
		return;
	for (uint32_t i = 0; i < h->held_count; i++) {
		struct hyp_list l = { .vm = vm, .at = at };

		if (h->held[i].vm != vm || h->held[i].sent)
			continue;
		l.count = gather(h, i, at);
		l.of = at[0].of;
		l.object = at[0].object;
		l.iommu = at[0].iommu;
		hyp_step(h, at[0].queued ? at[0].queued : cause, h->line);
		hand_over(h, &l);
	}
	for (uint32_t i = 0; i < h->held_count; i++)
		if (!h->held[i].sent)
			h->held[kept++] = h->held[i];
	h->held_count = kept;
	hyp_step(h, cause, h->line);
}

static bool put_off(const struct hyp *h)
{
	return hyp_policy(h, IMS_COL_VMM_WAIT) == IMS_VMM_WAIT_ONCE;
}

void hyp_vmm_put(struct hyp *h, const struct hyp_entry *e)
{
	if (h->held_count == HYP_LIST)
		for (uint32_t vm = 0; vm < h->vms_count; vm++)
			hyp_vmm_flush(h, vm);
	h->held[h->held_count] = *e;
	h->held[h->held_count++].sent = false;
	if (hyp_policy(h, IMS_COL_VMM_BATCH) == IMS_VMM_BATCH_EACH && !put_off(h))
		hyp_vmm_flush(h, e->vm);
}

void hyp_vmm_idle(struct hyp *h, uint32_t vm)
{
	if (!put_off(h))
		hyp_vmm_flush(h, vm);
}

void hyp_vmm_wait(struct hyp *h, uint32_t vm)
{
	if (hyp_policy(h, IMS_COL_VMM_BATCH) != IMS_VMM_BATCH_MERGE && !put_off(h))
		hyp_vmm_flush(h, vm);
}
