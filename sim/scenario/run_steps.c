/* SPDX-License-Identifier: MIT */
/* What each step does: one function an op, in the order of enum scn_op. */
#include <string.h>

#include "sim/scenario/run_parts.h"

bool scn_cannot(struct scn_run *run, const struct scn_step *s, GError **error, const char *why)
{
	scn_run_error(run->scn, s->mark, error, "%s: %s", scn_op_name(s->op), why);
	return false;
}

bool scn_done(struct scn_run *run, const struct scn_step *s, GError **error)
{
	/* What never returns is for the checker: nothing comes behind it. */
	if (!run->h->error || run->h->hung)
		return true;
	return scn_cannot(run, s, error, run->h->error);
}

static bool op_attach(struct scn_run *run, const struct scn_step *s, GError **error)
{
	hyp_attach(run->h, (uint32_t)s->dev, ctx_of(s), (uint32_t)s->space);
	return scn_done(run, s, error);
}

static bool op_detach(struct scn_run *run, const struct scn_step *s, GError **error)
{
	hyp_detach(run->h, (uint32_t)s->dev, ctx_of(s));
	return scn_done(run, s, error);
}

/* ---- the guest's tables ---- */

static const char *table_trouble(enum hyp_table_status st)
{
	switch (st) {
	case HYP_TABLE_TAKEN:
		return "a part of this range is mapped already: use 'remap', or unmap it first";
	case HYP_TABLE_ABSENT:
		return "nothing is mapped there";
	case HYP_TABLE_PART:
		return "the range covers a part of a larger leaf: name the whole leaf";
	case HYP_TABLE_WIDE:
		return "the address is beyond what the space's table covers";
	default:
		return NULL;
	}
}

static void guest_wait(struct scn_run *run, const struct scn_step *s)
{
	const struct scn_step *of =
		s->wait_step < 0 ? NULL : g_ptr_array_index(run->scn->steps, s->wait_step);

	/* The completion command stands in the queue already, or another is sent. */
	if (of && scn_waits_later(run, of))
		hyp_guest_await(run->h, (uint32_t)s->vm);
	else
		hyp_guest_wait(run->h, (uint32_t)s->vm);
	scn_claim_async(run, s, (uint32_t)s->vm);
}

static bool issue_list(struct scn_run *run, const struct scn_step *s, GError **error)
{
	bool waited = false;

	for (guint i = 0; i < s->invalidate->len; i++) {
		const struct scn_cmd *cmd = g_ptr_array_index(s->invalidate, i);

		if (!scn_cmd_issue(run, cmd, (uint32_t)s->vm, false, error))
			return false;
		waited |= scn_cmd_is_wait(run, cmd);
	}
	if (!waited && !scn_is_async(run, s))
		hyp_guest_wait(run->h, (uint32_t)s->vm);
	else
		hyp_guest_kick(run->h, (uint32_t)s->vm);
	return true;
}

bool scn_invalidate(struct scn_run *run, const struct scn_step *s, bool leaf_only,
		    unsigned leaf_lg2, GError **error)
{
	if (scn_says_owed(run, s) && s->invalidate_none)
		return true;
	if (scn_says_owed(run, s))
		return issue_list(run, s, error) && scn_done(run, s, error);
	hyp_guest_flush(run->h, (uint32_t)s->space, s->iova, s->iova + s->size - 1, leaf_only,
			leaf_only ? leaf_lg2 : 0, !scn_is_async(run, s));
	return scn_done(run, s, error);
}

/* What was absent is there: owed where absence may be cached. */
static bool mapped(struct scn_run *run, const struct scn_step *s, GError **error)
{
	if (s->op == SCN_OP_MAP && scn_says_owed(run, s))
		return scn_invalidate(run, s, true, 0, error);
	hyp_guest_mapped(run->h, (uint32_t)s->space, s->iova, s->iova + s->size - 1, true);
	return scn_done(run, s, error);
}

static bool op_map(struct scn_run *run, const struct scn_step *s, GError **error)
{
	struct hyp_table t = hyp_space_table(run->h, (uint32_t)s->space);
	enum hyp_table_status st;

	scn_lazy_recycled(run, s);
	st = hyp_table_map(&t, s->iova, s->size, scn_gpa_value(run->scn, &s->gpa), s->perm, 30,
			   false);
	return st == HYP_TABLE_OK ? mapped(run, s, error) :
				    scn_cannot(run, s, error, table_trouble(st));
}

static bool op_remap(struct scn_run *run, const struct scn_step *s, GError **error)
{
	struct hyp_table t = hyp_space_table(run->h, (uint32_t)s->space);
	uint64_t gpa = scn_gpa_value(run->scn, &s->gpa);
	enum hyp_table_status st;
	unsigned leaf_lg2;
	bool freed = false;

	leaf_lg2 = hyp_table_leaf_lg2(&t, s->iova, s->size);
	if (s->has_bbm && !run->variant.ideal_guest ? s->bbm : run->model->remap_breaks) {
		st = hyp_table_unmap(&t, s->iova, s->size, HYP_FREE_COVERED, &freed);
		if (st != HYP_TABLE_OK)
			return scn_cannot(run, s, error, table_trouble(st));
		if (!scn_invalidate(run, s, !freed, leaf_lg2, error))
			return false;
		st = hyp_table_map(&t, s->iova, s->size, gpa, s->perm, 30, false);
		return st == HYP_TABLE_OK ? mapped(run, s, error) :
					    scn_cannot(run, s, error, table_trouble(st));
	}
	st = hyp_table_map(&t, s->iova, s->size, gpa, s->perm, 30, true);
	if (st != HYP_TABLE_OK)
		return scn_cannot(run, s, error, table_trouble(st));
	return scn_invalidate(run, s, true, leaf_lg2, error);
}

/* What is owed for a change: others may go on before it, if there are others. */
static bool owe(struct scn_run *run, const struct scn_step *s, bool leaf_only, unsigned leaf_lg2,
		GError **error)
{
	if (!run->scn->actors->len)
		return scn_invalidate(run, s, leaf_only, leaf_lg2, error);
	run->owed = (struct scn_part){ .open = true,
				       .leaf_only = leaf_only,
				       .leaf_lg2 = (uint8_t)leaf_lg2,
				       .event = run->step_event };
	return scn_done(run, s, error);
}

static bool op_unmap(struct scn_run *run, const struct scn_step *s, GError **error)
{
	struct hyp_table t = hyp_space_table(run->h, (uint32_t)s->space);
	unsigned leaf_lg2 = hyp_table_leaf_lg2(&t, s->iova, s->size);
	bool freed;
	enum hyp_table_status st = hyp_table_unmap(&t, s->iova, s->size, HYP_FREE_COVERED, &freed);

	if (st != HYP_TABLE_OK)
		return scn_cannot(run, s, error, table_trouble(st));
	if (scn_is_lazy(run, s)) {
		scn_lazy_put(run, s);
		return scn_done(run, s, error);
	}
	return owe(run, s, !freed, leaf_lg2, error);
}

static bool op_protect(struct scn_run *run, const struct scn_step *s, GError **error)
{
	struct hyp_table t = hyp_space_table(run->h, (uint32_t)s->space);
	bool less;
	enum hyp_table_status st = hyp_table_protect(&t, s->iova, s->size, s->perm, &less);

	/* More rights need the invalidation too: a device without page requests would fault for ever. */
	if (st != HYP_TABLE_OK)
		return scn_cannot(run, s, error, table_trouble(st));
	return owe(run, s, true, hyp_table_leaf_lg2(&t, s->iova, s->size), error);
}

/* ---- devices ---- */

static char *outcome_text(const struct scn_run *run, const struct scn_outcome *o, uint32_t vm,
			  uint64_t offset)
{
	g_autofree char *gpa = NULL;

	switch (o->kind) {
	case SCN_EXPECT_STALL:
		return g_strdup("that it waits");
	case SCN_EXPECT_FAULT:
		return o->fault ? g_strdup_printf("fault %s", o->fault) : g_strdup("a fault");
	case SCN_EXPECT_GPA:
		gpa = scn_gpa_text(run->scn, vm, scn_gpa_value(run->scn, &o->gpa) + offset);
		return g_strdup_printf("gpa %s", gpa);
	default:
		return g_strdup_printf("hpa 0x%" G_GINT64_MODIFIER "x", o->hpa + offset);
	}
}

struct outcome {
	bool refused;
	bool stalled;  /* there is none yet */
	bool left_out; /* a stale one came, and does not count */
	uint16_t fault;
	uint64_t out, mid;
};

static bool outcome_holds(struct scn_run *run, const struct scn_outcome *o, uint32_t vm,
			  uint64_t offset, const struct outcome *got)
{
	const struct ims_fault_def *f = ims_model_fault(run->model, got->fault);
	uint64_t hpa;

	switch (o->kind) {
	case SCN_EXPECT_STALL:
		return got->stalled;
	case SCN_EXPECT_FAULT:
		return got->refused && (!o->fault || (f && !strcmp(f->name, o->fault)));
	case SCN_EXPECT_GPA:
		return !got->refused && !got->stalled &&
		       hyp_host_address(run->h, vm, scn_gpa_value(run->scn, &o->gpa) + offset,
					&hpa) &&
		       hpa == got->out;
	default:
		return !got->refused && !got->stalled && got->out == o->hpa + offset;
	}
}

static char *got_text(const struct scn_run *run, uint32_t vm, const struct outcome *got)
{
	const struct ims_fault_def *f = ims_model_fault(run->model, got->fault);
	g_autofree char *gpa = NULL;

	if (got->stalled)
		return g_strdup_printf("that it waits (%s)", f ? f->name : "no fault");
	if (got->refused && f)
		return g_strdup_printf("fault %s (%s)", f->name, f->text);
	if (got->refused)
		return g_strdup("a fault: the translation granted less");
	gpa = scn_gpa_text(run->scn, vm, got->mid);
	return g_strdup_printf("gpa %s (hpa 0x%" G_GINT64_MODIFIER "x)", gpa, got->out);
}

static void expect(struct scn_run *run, const struct scn_step *s, uint64_t offset,
		   const struct outcome *got)
{
	static const char left_out[] = " (a stale outcome is legal before the change is claimed "
				       "complete, and does not count)";
	g_autoptr(GString) wanted = g_string_new(NULL);
	g_autofree char *shown = NULL;
	const GArray *outcomes = s->expect.outcomes;

	for (guint i = 0; outcomes && i < outcomes->len; i++) {
		const struct scn_outcome *o = &g_array_index(outcomes, struct scn_outcome, i);
		g_autofree char *text = outcome_text(run, o, (uint32_t)s->vm, offset);

		if (outcome_holds(run, o, (uint32_t)s->vm, offset, got))
			return;
		g_string_append_printf(wanted, "%s%s", i ? " or " : "", text);
	}
	if (!outcomes || !outcomes->len)
		return;
	g_array_append_val(run->unmet_at, run->now);
	shown = got_text(run, (uint32_t)s->vm, got);
	g_ptr_array_add(run->unmet_all,
			g_strdup_printf("line %u, %s at 0x%" G_GINT64_MODIFIER
					"x: expected %s, got %s%s",
					s->mark.line, scn_op_name(s->op), s->iova + offset,
					wanted->str, shown, got->left_out ? left_out : ""));
}

/*
 * A stale outcome inside its legal window is left out of what adversarial hardware
 * may show: what is left is what the tables say.
 */
static void leave_out(struct scn_run *run, struct outcome *got)
{
	const struct hyp_device *d = &run->h->devices[run->now.dev];
	struct ims_req req = { .src = run->now.alias ? d->alias : d->prid,
			       .ctx = run->now.ctx,
			       .addr = run->now.iova,
			       .access = run->now.access,
			       .kind = run->now.by_ats ? IMS_REQ_ATS : IMS_REQ_UNTRANSLATED,
			       .priv = run->now.priv,
			       .zero_length = run->now.zero_length,
			       .bytes = run->now.bytes };
	struct ims_answer a;

	ims_translate_fresh(&run->h->iommus[run->h->devices[run->now.dev].iommu].hw, &req, &a);
	*got = (struct outcome){ .refused = (a.fault &&
					     !(run->now.by_ats && a.ats == IMS_ATS_REDUCED)) ||
					    (run->now.access & ~a.perm),
				 .left_out = true,
				 .fault = a.fault,
				 .out = a.out,
				 .mid = a.mid };
}

static bool access_page(struct scn_run *run, const struct scn_step *s, uint64_t offset,
			GError **error)
{
	static const uint8_t access[] = { IMS_ACCESS_READ, IMS_ACCESS_WRITE, IMS_ACCESS_ATOMIC };
	struct hyp_access a;
	struct outcome got;
	struct ims_req req;

	if (!scn_device_may(run, s, error))
		return false;
	run->now = (struct scn_access_now){ .dev = (uint32_t)s->dev,
					    .ctx = ctx_of(s),
					    .iova = s->iova + offset,
					    .access = access[s->access],
					    .translated = !s->has_translated || s->translated,
					    .priv = s->priv,
					    .alias = s->alias,
					    .zero_length = !s->size,
					    .bytes = (uint8_t)(s->size < 255 ? s->size : 255) };
	req = (struct ims_req){ .src = s->alias ? run->h->devices[s->dev].alias : 0,
				.ctx = run->now.ctx,
				.addr = run->now.iova,
				.access = run->now.access,
				.priv = s->priv,
				.zero_length = !s->size,
				.bytes = run->now.bytes };
	hyp_access(run->h, run->now.dev, &req, run->now.translated, &a);
	if (a.phys.fault == IMS_FAULT_UNMODELLED)
		return scn_cannot(
			run, s, error,
			"not modelled: what the structures on this request's way ask for");
	run->dma++;
	run->now.by_ats = a.phys.by_ats;
	got = (struct outcome){ .refused = !a.phys.stalled && (a.phys.refused || a.phys.fault),
				.stalled = a.phys.stalled,
				.fault = a.phys.fault,
				.out = a.phys.out,
				.mid = a.phys.mid };
	if (got.refused)
		run->faults++;
	if (run->observer.accessed)
		run->observer.accessed(run->observer.ctx, run, &a);
	if (run->now.window && !strcmp(run->scn->hardware, "adversarial"))
		leave_out(run, &got);
	expect(run, s, offset, &got);
	return true;
}

static bool op_dma(struct scn_run *run, const struct scn_step *s, GError **error)
{
	/* Any number of times: twice shows what once does, and what it leaves for the next. */
	uint32_t times = s->repeat_any ? 2 : s->repeat ? s->repeat : 1;

	for (uint32_t n = 0; n < times; n++) {
		uint64_t last = s->iova + s->size - 1;

		if (!access_page(run, s, 0, error))
			return false;
		for (uint64_t at = (s->iova | 0xfff) + 1; s->size && at > s->iova && at <= last;
		     at += 4096)
			if (!access_page(run, s, at - s->iova, error))
				return false;
	}
	return true;
}

static bool op_ats(struct scn_run *run, const struct scn_step *s, GError **error)
{
	for (uint64_t offset = 0; offset < s->size; offset += 4096) {
		struct outcome got;
		struct hyp_ats a;
		struct ims_req req = { .src = s->alias ? run->h->devices[s->dev].alias : 0,
				       .ctx = ctx_of(s),
				       .addr = s->iova + offset,
				       .access = IMS_ACCESS_ATOMIC,
				       .priv = s->priv,
				       .no_write = s->has_write && !s->write };

		if (!scn_device_may(run, s, error))
			return false;
		hyp_ats(run->h, (uint32_t)s->dev, &req, &a);
		got = (struct outcome){ .fault = a.phys.fault,
					.out = a.phys.out,
					.mid = a.phys.mid };
		run->now = (struct scn_access_now){ .dev = (uint32_t)s->dev,
						    .ctx = ctx_of(s),
						    .iova = s->iova + offset,
						    .by_ats = true,
						    .alias = s->alias,
						    .priv = s->priv,
						    .access = s->write ? IMS_ACCESS_WRITE :
									 IMS_ACCESS_READ };
		got.refused = (a.phys.fault && a.phys.ats != IMS_ATS_REDUCED) ||
			      !(a.phys.perm & (s->write ? IMS_W : IMS_R));
		if (run->observer.answered && !got.refused)
			run->observer.answered(run->observer.ctx, run, &a);
		if (run->now.window && !strcmp(run->scn->hardware, "adversarial"))
			leave_out(run, &got);
		expect(run, s, offset, &got);
	}
	return true;
}

/* ---- commands ---- */

static bool op_cmd(struct scn_run *run, const struct scn_step *s, GError **error)
{
	if (scn_repaired_cmd(run, s))
		return true;
	if (!scn_cmd_issue(run, s->cmd, (uint32_t)s->vm, true, error))
		return false;
	if (scn_cmd_is_wait(run, s->cmd) && !scn_waits_later(run, s))
		scn_claim_async(run, s, (uint32_t)s->vm);
	return scn_done(run, s, error);
}

static bool op_sync(struct scn_run *run, const struct scn_step *s, GError **error)
{
	if (s->op == SCN_OP_SYNC)
		scn_lazy_drain(run, (uint32_t)s->vm);
	guest_wait(run, s);
	return scn_done(run, s, error);
}

static bool op_checkpoint(struct scn_run *run, const struct scn_step *s, GError **error)
{
	(void)run, (void)s, (void)error; /* the observer judges what stands so far */
	return true;
}

static step_fn *const steps[SCN_OP_MAX] = {
	[SCN_OP_ATTACH] = op_attach,
	[SCN_OP_DETACH] = op_detach,
	[SCN_OP_MAP] = op_map,
	[SCN_OP_REMAP] = op_remap,
	[SCN_OP_UNMAP] = op_unmap,
	[SCN_OP_PROTECT] = op_protect,
	[SCN_OP_DMA] = op_dma,
	[SCN_OP_ATS] = op_ats,
	[SCN_OP_CMD] = op_cmd,
	[SCN_OP_SYNC] = op_sync,
	[SCN_OP_WAIT] = op_sync,
	[SCN_OP_HOST_MAP] = scn_step_host_map,
	[SCN_OP_HOST_UNMAP] = scn_step_host_unmap,
	[SCN_OP_FREE] = scn_step_free,
	[SCN_OP_REUSE] = scn_step_reuse,
	[SCN_OP_WRITE] = scn_step_write,
	[SCN_OP_PREFETCH] = scn_step_prefetch,
	[SCN_OP_INJECT] = scn_step_inject,
	[SCN_OP_IOCTL] = scn_step_ioctl,
	[SCN_OP_CHECKPOINT] = op_checkpoint,
	[SCN_OP_RESET] = scn_step_reset,
	[SCN_OP_DEVICE] = scn_step_device,
	[SCN_OP_PAGE_REQUEST] = scn_step_page_request,
	[SCN_OP_PAGE_RESPONSE] = scn_step_page_response,
};

/* A cache that holds everything must hold everything. */
static bool caches_hold(struct scn_run *run)
{
	for (uint32_t u = 0; u < run->world->units_count; u++)
		for (unsigned c = 0; c < run->model->caches_count; c++) {
			struct ims_hw hw;

			ims_hw_bind(&hw, run->model, run->world, u, NULL);
			if (ims_hw_cache(&hw, c)->overflowed)
				return false;
		}
	return true;
}

static uint8_t actor_of(const struct scn_step *s)
{
	switch (s->op) {
	case SCN_OP_HOST_MAP:
	case SCN_OP_HOST_UNMAP:
		return IMS_ACTOR_HOST;
	case SCN_OP_DMA:
	case SCN_OP_ATS:
	case SCN_OP_PREFETCH:
	case SCN_OP_INJECT:
	case SCN_OP_RESET:
	case SCN_OP_DEVICE:
	case SCN_OP_PAGE_REQUEST:
		return IMS_ACTOR_DEVICE;
	case SCN_OP_WRITE:
		return s->at == SCN_AT_HPA || (s->at == SCN_AT_REGISTER && !s->has_vm) ?
			       IMS_ACTOR_HOST :
			       IMS_ACTOR_GUEST;
	default:
		return IMS_ACTOR_GUEST;
	}
}

bool scn_step_begin(struct scn_run *run, const struct scn_step *s, GError **error)
{
	struct ims_hw hand = *hyp_hand(run->h);
	uint64_t words_free = run->world->cells_max - run->world->cells_count;

	if (words_free < 64 + s->size / 4096 * 6)
		return scn_cannot(run, s, error,
				  "the scenario touches more memory than this program holds");
	hand.cause = 0;
	hand.line = s->mark.line;
	hand.actor = actor_of(s);
	run->step = s;
	ims_log_instant(&run->log, IMS_INSTANT_STEP, &hand, NULL);
	run->step_event = ims_emit(&hand, IMS_EV_STEP, s->index, 0, 0, 0, 0);
	hyp_step(run->h, run->step_event, s->mark.line);
	return scn_faults(run, s, true, error) && steps[s->op](run, s, error);
}

bool scn_step_end(struct scn_run *run, const struct scn_step *s, GError **error)
{
	struct ims_hw hand = *hyp_hand(run->h);

	if (!scn_served(run, s, error) || !scn_faults(run, s, false, error) ||
	    !scn_deeds_step(run, error))
		return false;
	if (!caches_hold(run))
		return scn_cannot(run, s, error,
				  "the scenario fills more cache entries than this program holds");
	hand.line = s->mark.line;
	hand.actor = actor_of(s);
	hand.cause = run->step_event;
	ims_log_instant(&run->log, IMS_INSTANT_RETURN, &hand, NULL);
	if (run->h->hung) {
		/* The step does not return. */
	} else if (scn_is_lazy(run, s)) {
		/* It does when what it owes is flushed. */
	} else if (scn_claims_later(run, s)) {
		scn_unclaimed_add(run, s);
	} else {
		ims_emit(&hand, IMS_EV_RETURN, 0, run->step_event, 0, 0, 0);
	}
	if (run->observer.stepped)
		run->observer.stepped(run->observer.ctx, run, s);
	return true;
}

static bool one_after_the_other(struct scn_run *run, GError **error)
{
	int32_t next;

	scn_schedule_begin(&run->schedule, run->scn);
	while (!run->h->hung && (next = scn_schedule_next(&run->schedule, run->scn)) >= 0) {
		const struct scn_step *s = g_ptr_array_index(run->scn->steps, next);

		if (!scn_step_begin(run, s, error) || !scn_step_end(run, s, error))
			return false;
	}
	return true;
}

bool scn_run_steps(struct scn_run *run, GError **error)
{
	bool ok;

	scn_deeds_watch(run);
	ok = run->scn->actors->len ? scn_run_actors(run, error) : one_after_the_other(run, error);
	if (!ok)
		return false;
	run->step = NULL;
	return run->cut || (scn_deeds_step(run, error) && scn_deeds_end(run, error));
}
