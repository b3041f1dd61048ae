/* SPDX-License-Identifier: MIT */
/*
 * The flush queue of a guest's driver, `guest: {lazy: N}`: what an unmap owes is put off until
 * there is a queue full of them, or a sync. Linux dma-iommu.c, queue_iova() and
 * fq_flush_iotlb(): one flush of the domain covers them all, and addresses are not given out
 * again before it.
 */
#include "sim/scenario/run_parts.h"

bool scn_step_lazy(const struct scn *scn, const struct scn_step *s)
{
	return scn->lazy && s->op == SCN_OP_UNMAP && !s->has_invalidate && !s->async;
}

bool scn_is_lazy(const struct scn_run *run, const struct scn_step *s)
{
	return !run->variant.ideal_guest && scn_step_lazy(run->scn, s);
}

static struct scn_queued *queued_at(const struct scn_run *run, guint i)
{
	return &g_array_index(run->lazy, struct scn_queued, i);
}

static void claim(struct scn_run *run, struct scn_queued *q)
{
	struct ims_hw hand = *hyp_hand(run->h);

	hand.actor = IMS_ACTOR_GUEST;
	if (!q->claimed)
		ims_emit(&hand, IMS_EV_RETURN, 0, q->step, 0, 0, 0);
	q->claimed = true;
}

static void drain_space(struct scn_run *run, uint32_t space)
{
	guint kept = 0;
	bool any = false;

	for (guint i = 0; i < run->lazy->len; i++)
		any |= queued_at(run, i)->space == space;
	if (!any)
		return;
	hyp_guest_drain(run->h, space);
	for (guint i = 0; i < run->lazy->len; i++) {
		struct scn_queued *q = queued_at(run, i);

		if (q->space == space && !run->h->hung)
			claim(run, q);
		else
			*queued_at(run, kept++) = *q;
	}
	g_array_set_size(run->lazy, kept);
}

void scn_lazy_put(struct scn_run *run, const struct scn_step *s)
{
	const struct scn_queued q = { .step = run->step_event,
				      .vm = (uint32_t)s->vm,
				      .space = (uint32_t)s->space,
				      .first = s->iova,
				      .last = s->iova + s->size - 1 };
	uint32_t gathered = 0;

	g_array_append_val(run->lazy, q);
	for (guint i = 0; i < run->lazy->len; i++)
		gathered += queued_at(run, i)->space == q.space;
	if (gathered >= run->scn->lazy)
		drain_space(run, q.space);
}

void scn_lazy_drain(struct scn_run *run, uint32_t vm)
{
	for (uint32_t space = 0; run->lazy->len && space < run->scn->spaces->len; space++)
		if (run->h->spaces[space].vm == vm)
			drain_space(run, space);
}

void scn_lazy_recycled(struct scn_run *run, const struct scn_step *s)
{
	for (guint i = 0; i < run->lazy->len; i++) {
		struct scn_queued *q = queued_at(run, i);

		if (q->space == (uint32_t)s->space && q->first <= s->iova + s->size - 1 &&
		    q->last >= s->iova)
			claim(run, q);
	}
}
