/* SPDX-License-Identifier: MIT */
/*
 * The host: its ring, nested domains and what is owed for them, the nesting parent. In
 * what hosts differ is asked of its policy, here and in the rules of the vendor.
 */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/core/bits.h"
#include "sim/hyp/parts.h"

/* ---- the physical ring ---- */

static const char *why_stopped(struct hyp *h)
{
	if (ims_ring_off(&hyp_now(h)->hw))
		return "the wait of the host never completes: its queue is off";
	if (ims_hw_ring(&hyp_now(h)->hw)->error == h->model->queue_error_timeout)
		return "the host gives up: its queue has stopped, a device does not answer";
	return "the wait of the host never completes: its queue has stopped";
}

static void ring_put(struct hyp *h, const uint64_t *words)
{
	if (ims_ring_put(&hyp_now(h)->hw, words))
		return;
	ims_ring_run(&hyp_now(h)->hw);
	if (!ims_ring_put(&hyp_now(h)->hw, words))
		h->error = why_stopped(h);
}

/* Puts a wait behind everything and runs; has it completed. */
static bool waited(struct hyp *h)
{
	uint64_t words[IMS_CMD_WORDS];

	hyp_words_of_sync(h, hyp_now(h)->status, ++hyp_now(h)->waits, words);
	ring_put(h, words);
	ims_ring_run(&hyp_now(h)->hw);
	return (uint32_t)ims_mem_word(&hyp_now(h)->hw.mem, hyp_now(h)->status) == hyp_now(h)->waits;
}

/*
 * Everything issued so far is complete when this returns. Where a device did not
 * answer, it is not known what was executed: all of it is issued again, as
 * qi_submit_sync() of Linux does.
 */
static void host_sync(struct hyp *h)
{
	bool done = waited(h);

	for (unsigned tries = 0; !done && tries < 2; tries++) {
		if (!h->model->queue_clear ||
		    ims_hw_ring(&hyp_now(h)->hw)->error != h->model->queue_error_timeout)
			break;
		hyp_queue_clear(h, HYP_HOST);
		for (uint32_t i = 0; i < hyp_now(h)->batch_count; i++)
			ring_put(h, hyp_now(h)->batch[i]);
		done = waited(h);
	}
	hyp_now(h)->batch_count = 0;
	if (!done)
		h->error = why_stopped(h);
}

static void host_put(struct hyp *h, uint32_t vm, const uint64_t *words)
{
	(void)vm;
	if (hyp_now(h)->batch_count == HYP_BATCH)
		host_sync(h);
	memcpy(hyp_now(h)->batch[hyp_now(h)->batch_count++], words, sizeof(hyp_now(h)->batch[0]));
	ring_put(h, words);
}

static void host_barrier(struct hyp *h, uint32_t vm)
{
	(void)vm;
	host_sync(h);
}

static void host_issue(struct hyp *h, enum ims_change change, const struct hyp_targets *t,
		       const struct hyp_extent *x)
{
	const struct hyp_issuer by = { .rules = h->model->host_rules,
				       .count = h->model->host_rules_count,
				       .state = &hyp_now(h)->hw.unit->state,
				       .policy = &h->policy,
				       .put = host_put,
				       .barrier = host_barrier };

	if (t->devs_count && hyp_issue(h, &by, change, t, x))
		host_sync(h);
}

void hyp_host_changed(struct hyp *h, enum ims_change change, uint32_t prid, uint32_t ctx)
{
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = IMS_STAGES_NESTED };
	const struct hyp_tag none = { .ctx = ctx };
	struct hyp_targets t;

	hyp_target_only(&t, none, ctx, prid, false);
	host_issue(h, change, &t, &x);
}

static uint32_t call(struct hyp *h, enum ims_call what, uint64_t a0, uint64_t a1, uint64_t a2,
		     uint64_t a3)
{
	uint32_t cause = h->cause;
	uint32_t event = hyp_emit(h, IMS_ACTOR_VMM, IMS_EV_CALL, what, a0, a1, a2, a3);

	hyp_step(h, h->log ? event : cause, h->line);
	return cause;
}

/* ---- nested domains and tags ---- */

static bool same_entry(const struct ims_guest_entry *a, const struct ims_guest_entry *b)
{
	return a->as == b->as && a->dom == b->dom && !memcmp(a->words, b->words, sizeof(a->words));
}

/* The domain for what the guest's entry says: one that stands for it already, or a new one. */
static uint32_t domain_get(struct hyp *h, const struct hyp_domain *want)
{
	uint32_t free_one = IMS_NONE;

	for (uint32_t i = 0; i < HYP_DOMAINS; i++) {
		struct hyp_domain *d = &h->domains[i];

		if (!d->users && free_one == IMS_NONE)
			free_one = i;
		if (d->users && d->vm == want->vm && d->vdom == want->vdom && d->ctx == want->ctx &&
		    d->s1_root == want->s1_root && d->dev == want->dev &&
		    same_entry(&d->entry, &want->entry))
			return i;
	}
	IMS_ASSERT(free_one != IMS_NONE);
	h->domains[free_one] = *want;
	return free_one;
}

/* What requests by PASID @ctx through an attachment are filed under; through none under 0. */
static struct hyp_tag tag_of(const struct hyp_attachment *at, uint32_t ctx)
{
	return (struct hyp_tag){ .dom = at ? at->dom : 0, .ctx = ctx };
}

/* A device's own, where the VMM shares none. */
static uint32_t only_of(const struct hyp *h, uint32_t dev)
{
	return hyp_policy(h, IMS_COL_VMM_DOMAIN) == IMS_VMM_DOMAIN_DEVICE ? dev : IMS_NONE;
}

bool hyp_call_attach(struct hyp *h, uint32_t dev, uint32_t ctx, const struct ims_path *guest)
{
	const struct hyp_device *d = &h->devices[dev];
	const struct hyp_domain want = { .vm = d->vm,
					 .vdom = guest->dom,
					 .ctx = guest->ctx,
					 .s1_root = guest->s1_root,
					 .dev = only_of(h, dev) };
	uint32_t domain = domain_get(h, &want), cause;
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = IMS_STAGES_NESTED };
	struct hyp_attachment *at;
	struct hyp_targets t;
	struct ims_ctx_config config = { .s1_root = guest->s1_root,
					 .s2_root = h->vms[d->vm].s2_root,
					 .stages = IMS_STAGES_NESTED,
					 .s1_top = h->model->s1_top,
					 .s2_top = h->model->s2_top };
	bool reused;

	h->turn = h->devices[dev].iommu;
	cause = call(h, IMS_CALL_ATTACH, d->prid, ctx, domain, 0);
	h->domains[domain].users++;
	at = hyp_attach_add(&h->host_at, dev, ctx, domain);
	reused = hyp_tag_take(h, at);
	config.dom = (uint16_t)at->dom;
	hyp_target_only(&t, tag_of(at, ctx), ctx, d->prid, d->ats);
	if (reused)
		host_issue(h, IMS_CHANGE_TAG_REUSE, &t, &x);
	h->model->ctx_set(&hyp_now(h)->driver, d->prid, ctx, &config);
	host_issue(h, IMS_CHANGE_CTX_SET, &t, &x);
	hyp_step(h, cause, h->line);
	return true;
}

/* What nothing can be filed under any more, if it is flushed at once. */
static void tag_left(struct hyp *h, uint32_t dom, uint32_t prid, bool ats)
{
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = IMS_STAGES_NESTED };
	const struct hyp_tag tag = { .dom = dom, .ctx = IMS_CTX_NONE };
	struct hyp_targets t;

	if (hyp_policy(h, IMS_COL_TAG_FREE) != IMS_FREE_AT_LAST || hyp_tag_used(h, h->turn, dom))
		return;
	hyp_target_only(&t, tag, IMS_CTX_NONE, prid, ats);
	host_issue(h, IMS_CHANGE_TAG_REUSE, &t, &x);
}

void hyp_call_detach(struct hyp *h, uint32_t dev, uint32_t ctx)
{
	const struct hyp_device *d = &h->devices[dev];
	struct hyp_attachment *at = hyp_attached(&h->host_at, dev, ctx);
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = IMS_STAGES_NESTED };
	struct hyp_targets t;
	uint32_t cause = call(h, IMS_CALL_DETACH, d->prid, ctx, at->to, 0), dom = at->dom;

	h->turn = h->devices[dev].iommu;
	hyp_target_only(&t, tag_of(at, ctx), ctx, d->prid, d->ats);
	h->model->ctx_clear(&hyp_now(h)->driver, d->prid, ctx);
	host_issue(h, IMS_CHANGE_CTX_CLEAR, &t, &x);
	if (h->model->ctx_wipe)
		h->model->ctx_wipe(&hyp_now(h)->driver, d->prid, ctx);
	h->domains[at->to].users--;
	hyp_attach_remove(&h->host_at, at);
	tag_left(h, dom, d->prid, d->ats);
	hyp_step(h, cause, h->line);
}

/* Was something attached there: its tag. */
static bool leave(struct hyp *h, uint32_t dev, uint32_t *ret_dom)
{
	struct hyp_attachment *at = hyp_attached(&h->host_at, dev, IMS_CTX_NONE);

	if (!at)
		return false;
	*ret_dom = at->dom;
	h->domains[at->to].users--;
	hyp_attach_remove(&h->host_at, at);
	return true;
}

/* A host that takes what it nests on a parent for attached to it. */
static bool taken_for_done(struct hyp *h, uint32_t dev, const struct ims_guest_entry *guest)
{
	return hyp_policy(h, IMS_COL_REATTACH) == IMS_REATTACH_NOTHING &&
	       guest->as == IMS_GUEST_PARENT && hyp_attached(&h->host_at, dev, IMS_CTX_NONE);
}

void hyp_call_nest(struct hyp *h, uint32_t dev, const struct ims_guest_entry *guest)
{
	const struct hyp_device *d = &h->devices[dev];
	const struct hyp_domain want = { .vm = d->vm,
					 .vdom = guest->as == IMS_GUEST_NESTED ? guest->dom : 0,
					 .ctx = IMS_CTX_NONE,
					 .s1_root = guest->root,
					 .entry = *guest,
					 .dev = only_of(h, dev) };
	uint32_t domain = guest->as == IMS_GUEST_BLOCKED ? IMS_NONE : domain_get(h, &want);
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = IMS_STAGES_NESTED };
	struct hyp_attachment *at = NULL;
	struct ims_ctx_config config = { .s2_root = h->vms[d->vm].s2_root,
					 .s2_top = h->model->s2_top };
	uint32_t cause = call(h, domain == IMS_NONE ? IMS_CALL_DETACH : IMS_CALL_ATTACH, d->prid,
			      IMS_CTX_NONE, domain, 0);
	uint32_t old;
	bool left, reused = false;
	struct hyp_targets t;

	h->turn = h->devices[dev].iommu;
	if (domain != IMS_NONE)
		h->domains[domain].users++;
	if (taken_for_done(h, dev, guest)) {
		leave(h, dev, &old);
		at = hyp_attach_add(&h->host_at, dev, IMS_CTX_NONE, domain);
		at->dom = old;
		hyp_step(h, cause, h->line);
		return;
	}
	if (domain != IMS_NONE) {
		at = hyp_attach_add(&h->host_at, dev, IMS_CTX_NONE, domain);
		reused = hyp_tag_take(h, at);
	}
	hyp_target_only(&t, tag_of(at, IMS_CTX_NONE), IMS_CTX_NONE, d->prid, d->ats);
	if (reused)
		host_issue(h, IMS_CHANGE_TAG_REUSE, &t, &x);
	/* The older of the two, which the look-up finds first. */
	left = hyp_attached(&h->host_at, dev, IMS_CTX_NONE) != at && leave(h, dev, &old);
	config.dom = (uint16_t)t.tags[0].dom;
	h->model->nest(&hyp_now(h)->driver, d->prid, guest, &config);
	host_issue(h, IMS_CHANGE_DEV, &t, &x);
	if (left)
		tag_left(h, old, d->prid, d->ats);
	hyp_step(h, cause, h->line);
}

void hyp_call_nest_same(struct hyp *h, uint32_t dev)
{
	const struct hyp_device *d = &h->devices[dev];
	const struct hyp_attachment *at = hyp_attached(&h->host_at, dev, IMS_CTX_NONE);
	uint32_t cause = h->cause;
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = IMS_STAGES_NESTED };
	struct hyp_targets t;

	h->turn = h->devices[dev].iommu;
	hyp_target_only(&t, tag_of(at, IMS_CTX_NONE), IMS_CTX_NONE, d->prid, d->ats);
	host_issue(h, IMS_CHANGE_DEV_SAME, &t, &x);
	hyp_step(h, cause, h->line);
}

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
	host_put(h, 0, words);
	host_sync(h);
}

/* The tags of the unit at hand that stand for the guest's, each once; of a parent's tag none is asked for. */
static uint32_t tags_for(const struct hyp *h, uint32_t vm, const struct ims_cmd *cmd, bool any_dom,
			 uint32_t *ret_doms, uint32_t *ret_domains)
{
	uint32_t count = 0, k;

	if (hyp_policy(h, IMS_COL_TAG) == IMS_TAG_PARENT) {
		ret_doms[0] = h->vms[vm].dom[h->turn];
		ret_domains[0] = IMS_NONE;
		return 1;
	}
	for (uint32_t i = 0; i < h->host_at.count; i++) {
		const struct hyp_attachment *a = &h->host_at.at[i];
		const struct hyp_domain *d = &h->domains[a->to];

		if (d->vm != vm || d->entry.as != IMS_GUEST_NESTED ||
		    h->devices[a->dev].iommu != h->turn || (!any_dom && d->vdom != cmd->dom))
			continue;
		for (k = 0; k < count && ret_doms[k] != a->dom; k++)
			;
		if (k < count)
			continue;
		ret_domains[count] = a->to;
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
	hyp_target_none(&t);
	for (uint32_t i = 0; i < h->host_at.count; i++) {
		const struct hyp_attachment *a = &h->host_at.at[i];
		const struct hyp_device *d = &h->devices[a->dev];

		if (a->dom == dom && d->iommu == h->turn)
			hyp_target(&t, tag_of(a, cmd->ctx), cmd->ctx, d->prid, d->ats);
	}
	host_issue(h, IMS_CHANGE_S1_ATC, &t, x);
}

/* The same on the unit at hand: how many calls. */
static uint32_t retag_here(struct hyp *h, uint32_t vm, const struct ims_cmd *cmd,
			   const uint64_t *words, bool any_dom, bool everything)
{
	struct hyp_extent x = { .first = everything ? 0 : cmd->first,
				.last = everything ? ~UINT64_C(0) : cmd->last };
	uint32_t doms[HYP_DOMAINS], domains[HYP_DOMAINS];
	uint32_t count = tags_for(h, vm, cmd, any_dom, doms, domains);

	for (uint32_t i = 0; i < count; i++) {
		const struct hyp_tag tag = { .dom = doms[i], .ctx = IMS_CTX_NONE };
		struct hyp_targets t;
		uint32_t cause =
			call(h, IMS_CALL_INVALIDATE, domains[i], x.first, x.last, cmd->leaf_only);

		hyp_target_only(&t, tag, IMS_CTX_NONE, 0, false);
		if (everything)
			host_issue(h, IMS_CHANGE_S1_ALL, &t, &x);
		else
			pass_on(h, &h->model->rows[cmd->row], words, IMS_ARG_DOM, doms[i]);
		synthesise(h, doms[i], cmd, &x);
		hyp_step(h, cause, h->line);
	}
	return count;
}

bool hyp_behind(const struct hyp *h, uint32_t vm, uint32_t iommu)
{
	for (uint32_t i = 0; i < h->devices_count; i++)
		if (h->devices[i].vm == vm && h->devices[i].iommu == iommu)
			return true;
	return false;
}

bool hyp_call_retag(struct hyp *h, uint32_t vm, const struct ims_cmd *cmd, const uint64_t *words,
		    bool any_dom, bool everything)
{
	bool any = false;

	for (h->turn = 0; h->turn < h->iommus_count; h->turn++) {
		if (!hyp_behind(h, vm, h->turn))
			continue;
		any |= retag_here(h, vm, cmd, words, any_dom, everything) > 0;
		if (hyp_policy(h, IMS_COL_VMM_UNITS) == IMS_VMM_UNITS_FIRST)
			break;
	}
	h->turn = 0;
	return any;
}

bool hyp_call_device(struct hyp *h, uint32_t dev, const struct ims_cmd *cmd, const uint64_t *words)
{
	const struct ims_cmd_row *row = &h->model->rows[cmd->row];
	uint32_t prid = h->devices[dev].prid, cause;

	h->turn = h->devices[dev].iommu;
	if (row->vmm == IMS_VMM_ATC && !h->devices[dev].ats)
		return false;
	if (row->vmm == IMS_VMM_RESPONSE)
		cause = call(h, IMS_CALL_RESPOND, prid, cmd->ctx, cmd->group, cmd->response);
	else
		cause = call(h, row->vmm == IMS_VMM_ATC ? IMS_CALL_ATC : IMS_CALL_DEVICE, prid,
			     cmd->ctx, cmd->first, cmd->last);
	pass_on(h, row, words, IMS_ARG_SRC, prid);
	hyp_step(h, cause, h->line);
	return true;
}

void hyp_host_pass(struct hyp *h, const uint64_t *words)
{
	ring_put(h, words);
	ims_ring_run(&hyp_now(h)->hw);
}

/* What is attached to a domain, behind the unit at hand. */
static void targets_of_domain(const struct hyp *h, uint32_t domain, uint32_t ctx,
			      struct hyp_targets *t)
{
	hyp_target_none(t);
	for (uint32_t i = 0; i < h->host_at.count; i++) {
		const struct hyp_attachment *a = &h->host_at.at[i];
		const struct hyp_device *d = &h->devices[a->dev];
		/* Of a whole device: the PASID of the command; there is none in its attachment. */
		uint32_t of = h->model->nest_of == IMS_NEST_DEVICE ? ctx : a->ctx;

		if (a->to == domain && d->iommu == h->turn)
			hyp_target(t, tag_of(a, of), of, d->prid, d->ats);
	}
}

void hyp_call_invalidate(struct hyp *h, uint32_t domain, uint32_t ctx, const struct hyp_extent *x)
{
	uint32_t cause = call(h, IMS_CALL_INVALIDATE, domain, x->first, x->last, x->leaf_only);
	struct hyp_targets t;

	for (h->turn = 0; h->turn < h->iommus_count; h->turn++) {
		targets_of_domain(h, domain, ctx, &t);
		host_issue(h, IMS_CHANGE_S1_LESS, &t, x);
	}
	h->turn = 0;
	hyp_step(h, cause, h->line);
}

/* ---- the nesting parent ---- */

/* One attachment; of a whole device every PASID that its table has. */
static void target_nested(struct hyp *h, struct hyp_targets *t, const struct hyp_attachment *a)
{
	const struct hyp_device *d = &h->devices[a->dev];
	const struct hyp_domain *domain = &h->domains[a->to];
	struct ims_driver *guest = &h->vms[d->vm].driver;

	hyp_target(t, tag_of(a, a->ctx), a->ctx, d->prid, d->ats);
	if (h->model->nest_of != IMS_NEST_DEVICE || domain->entry.as != IMS_GUEST_NESTED)
		return;
	for (uint32_t ctx = 0;
	     t->devs_count < HYP_ATTACHMENTS && h->model->guest_ctx(guest, &domain->entry, &ctx);
	     ctx++)
		if (ctx != h->model->ctx_standin)
			hyp_target(t, tag_of(a, ctx), ctx, d->prid, d->ats);
}

/* Everything that is nested on a VM's parent, behind the unit at hand. */
static void targets_of_parent(struct hyp *h, uint32_t vm, struct hyp_targets *t)
{
	hyp_target_none(t);
	for (uint32_t i = 0; i < h->host_at.count; i++) {
		const struct hyp_attachment *a = &h->host_at.at[i];
		const struct hyp_device *d = &h->devices[a->dev];

		if (d->vm == vm && d->iommu == h->turn)
			target_nested(h, t, a);
	}
}

/* Whose tables of PASIDs have a part in the range. */
static void target_dirs(struct hyp *h, uint32_t vm, struct hyp_targets *t,
			const struct hyp_extent *x)
{
	for (uint32_t i = 0; h->model->guest_dir && i < h->host_at.count; i++) {
		const struct hyp_attachment *a = &h->host_at.at[i];
		const struct hyp_domain *domain = &h->domains[a->to];

		if (h->devices[a->dev].vm != vm || domain->entry.as != IMS_GUEST_NESTED ||
		    !h->model->guest_dir(&h->vms[vm].driver, &domain->entry, x->first, x->last))
			continue;
		for (uint32_t k = 0; k < t->devs_count; k++)
			t->devs[k].dir |= t->devs[k].src == h->devices[a->dev].prid;
	}
}

/* What is owed on every unit for a change of a VM's parent. */
static void parent_issue(struct hyp *h, uint32_t vm, enum ims_change change,
			 const struct hyp_extent *x)
{
	struct hyp_targets t;

	for (h->turn = 0; h->turn < h->iommus_count; h->turn++) {
		targets_of_parent(h, vm, &t);
		if (change == IMS_CHANGE_S2_LESS)
			target_dirs(h, vm, &t, x);
		host_issue(h, change, &t, x);
	}
	h->turn = 0;
}

void hyp_host_mapped(struct hyp *h, uint32_t vm, uint64_t gpa, uint64_t size)
{
	struct hyp_extent x = {
		.first = gpa, .last = gpa + size - 1, .leaf_only = true, .entries = true
	};

	parent_issue(h, vm, IMS_CHANGE_S2_MORE, &x);
}

void hyp_host_owe(struct hyp *h, uint32_t vm, enum ims_change change)
{
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = IMS_STAGES_NESTED };

	parent_issue(h, vm, change, &x);
}

bool hyp_host_dirty(struct hyp *h, uint32_t vm, bool on)
{
	for (uint32_t i = 0; i < h->host_at.count; i++) {
		const struct hyp_attachment *a = &h->host_at.at[i];
		const struct hyp_device *d = &h->devices[a->dev];

		if (d->vm == vm &&
		    !h->model->ctx_dirty(&h->iommus[d->iommu].driver, d->prid, a->ctx, on)) {
			h->error = "this unit has no accessed and dirty bits in its second stage";
			return false;
		}
	}
	/* Turned off, nothing is owed: bits that are set once more harm nobody. */
	if (on)
		hyp_host_owe(h, vm, IMS_CHANGE_CTX_DIRTY);
	return true;
}

bool hyp_host_unmap(struct hyp *h, uint32_t vm, uint64_t gpa, uint64_t size)
{
	struct hyp_table table = hyp_parent_table(h, vm);
	uint32_t cause = call(h, IMS_CALL_UNMAP, vm, gpa, gpa + size - 1, 0);
	struct hyp_extent x = { .first = gpa, .last = gpa + size - 1, .entries = true };
	unsigned leaf_lg2 = hyp_table_leaf_lg2(&table, gpa, size);
	enum hyp_table_status st;
	bool freed;

	st = hyp_table_unmap(&table, gpa, size, HYP_FREE_COVERED, &freed);
	x.leaf_only = !freed;
	x.grain_lg2 = table.format->grain_lg2;
	x.leaf_lg2 = freed ? 0 : (uint8_t)leaf_lg2;
	if (st == HYP_TABLE_PART)
		h->error = "the range covers a part of a larger leaf of the parent";
	else if (st != HYP_TABLE_OK)
		h->error = "the parent maps nothing there";
	parent_issue(h, vm, IMS_CHANGE_S2_LESS, &x);
	hyp_step(h, cause, h->line);
	return !h->error;
}

/* ---- devices ---- */

void hyp_access(struct hyp *h, uint32_t dev, const struct ims_req *wanted, bool translated,
		struct hyp_access *ret)
{
	const struct hyp_device *d = &h->devices[dev];
	struct ims_hw *phys = &h->iommus[d->iommu].hw, *bare = &h->bare[d->vm];
	struct ims_req req = *wanted;

	req.kind = IMS_REQ_UNTRANSLATED;
	phys->actor = bare->actor = IMS_ACTOR_DEVICE;
	req.src = d->vrid;
	ims_device_access(bare, dev, &req, d->ats && translated, &ret->bare);
	req.src = d->prid;
	ims_device_access(phys, dev, &req, d->ats && translated, &ret->phys);
	phys->actor = bare->actor = IMS_ACTOR_HARDWARE;
}

void hyp_ats(struct hyp *h, uint32_t dev, const struct ims_req *wanted, struct hyp_ats *ret)
{
	const struct hyp_device *d = &h->devices[dev];
	struct ims_req req = *wanted;

	req.src = d->vrid;
	ims_device_ats(&h->bare[d->vm], &req, &ret->bare);
	req.src = d->prid;
	ims_device_ats(&h->iommus[d->iommu].hw, &req, &ret->phys);
}

void hyp_prefetch(struct hyp *h, uint32_t dev, uint32_t ctx, uint64_t iova)
{
	const struct hyp_device *d = &h->devices[dev];
	struct ims_req req = { .ctx = ctx, .addr = iova, .access = IMS_ACCESS_READ };

	req.src = d->vrid;
	ims_prefetch(&h->bare[d->vm], &req);
	req.src = d->prid;
	ims_prefetch(&h->iommus[d->iommu].hw, &req);
}

bool hyp_inject_timeout(struct hyp *h, uint32_t dev, uint32_t count)
{
	for (uint32_t i = 0; i < h->devices_count; i++) {
		if (dev == IMS_NONE ? !h->devices[i].ats : i != dev)
			continue;
		if (!ims_atc_fail(&h->iommus[h->devices[i].iommu].hw, h->devices[i].prid, count) &&
		    count)
			h->error =
				"more devices that do not answer at a time than are modelled: name one with 'dev'";
	}
	return !h->error;
}
