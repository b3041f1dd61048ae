/* SPDX-License-Identifier: MIT */
/* The guest's driver: its attachments, its ring, what it owes after a change. */
#include "sim/core/assert.h"
#include "sim/hyp/list.h"

/* Of the entries that the guest's driver writes. */
static uint8_t stages_of(const struct hyp *h)
{
	return h->bare_stage == 2 ? IMS_STAGES_2 : IMS_STAGES_1;
}

struct hyp_table hyp_space_table(struct hyp *h, uint32_t space)
{
	struct hyp_space *s = &h->spaces[space];

	if (h->bare_stage == 2)
		return (struct hyp_table){ .format = h->model->s2,
					   .driver = &h->vms[s->vm].driver,
					   .root = s->root,
					   .top = h->model->s2_top,
					   .leaf_levels = hyp_leaf_levels(&h->bare[s->vm], 2) };
	return (struct hyp_table){ .format = h->model->s1,
				   .driver = &h->vms[s->vm].driver,
				   .root = s->root,
				   .top = h->model->s1_top,
				   .leaf_levels = hyp_leaf_levels(&h->bare[s->vm], 1) };
}

struct hyp_tag hyp_guest_tag(const struct hyp *h, uint32_t dev, uint32_t ctx, uint32_t space)
{
	uint32_t tag = h->spaces[space].tag;

	if (h->model->guest_tag == IMS_GUEST_TAG_CTX)
		return (struct hyp_tag){ .dom = 0, .ctx = tag };
	/* Tables of the second stage are a space's, whoever is attached to it. */
	if (h->model->guest_tag == IMS_GUEST_TAG_DEVICE && h->bare_stage != 2)
		tag = h->devices[dev].vdom;
	return (struct hyp_tag){ .dom = tag, .ctx = ctx };
}

struct hyp_tag hyp_space_tag(const struct hyp *h, uint32_t space, uint32_t dev, uint32_t ctx)
{
	for (uint32_t i = 0; i < h->guest_at.count; i++)
		if (h->guest_at.at[i].to == space &&
		    (dev == IMS_NONE || h->guest_at.at[i].dev == dev))
			return hyp_guest_tag(h, h->guest_at.at[i].dev, ctx, space);
	if (dev != IMS_NONE || h->model->guest_tag == IMS_GUEST_TAG_CTX)
		return hyp_guest_tag(h, dev, ctx, space);
	return (struct hyp_tag){ .dom = h->spaces[space].tag, .ctx = ctx };
}

/* What attachment @a is filed under. */
static struct hyp_tag tag_of(const struct hyp *h, const struct hyp_attachment *a)
{
	return hyp_guest_tag(h, a->dev, a->ctx, a->to);
}

void hyp_guest_queue(struct hyp *h, uint32_t vm, unsigned ring)
{
	ims_ring_use(&h->bare[vm], ring);
	/* Without a host the guest's commands go on to the same queue of the physical unit. */
	if (h->bare_stage)
		ims_ring_use(hyp_hand(h), ring);
}

/* A wait in the ring at hand; where hardware has it, it may be one that writes no word. */
static void wait_words(struct hyp *h, uint32_t vm, uint64_t status, uint32_t data, uint64_t *ret)
{
	bool polls = hyp_queue_of(h, vm) && h->model->guest_ring_polls;

	hyp_words_of_sync(h, polls ? 0 : status, data, ret);
}

/* The guest waits for its queue, and for ever. */
static void hang(struct hyp *h, uint32_t vm, const char *off, const char *stopped)
{
	struct ims_hw hand = h->bare[vm];
	bool is_off = !ims_hw_ring(&hand)->error && ims_ring_off(&hand);
	enum ims_hung why = hyp_queue_idle(h, vm);

	if (h->hung)
		return;
	hand.actor = IMS_ACTOR_GUEST;
	hand.cause = h->cause;
	hand.line = h->line;
	if (!why)
		why = is_off ? IMS_HUNG_OFF : IMS_HUNG_STOPPED;
	ims_emit(&hand, IMS_EV_HUNG, hand.number, 0, why, 0, 0);
	h->hung = true;
	h->error = is_off ? off : stopped;
}

void hyp_guest_put(struct hyp *h, uint32_t vm, const uint64_t *words)
{
	if (ims_ring_put(&h->bare[vm], words))
		return;
	hyp_guest_kick(h, vm);
	if (!ims_ring_put(&h->bare[vm], words))
		hang(h, vm, "the guest's command ring is full and its queue is off",
		     "the guest's command ring is full and its queue has stopped");
}

/* One command of the guest's ring: its event. */
static uint32_t guest_queued(struct hyp *h, uint32_t vm, uint32_t at, uint64_t *ret_words)
{
	struct ims_hw *bare = &h->bare[vm];
	uint32_t queued;

	ims_ring_read(bare, at, ret_words);
	bare->actor = IMS_ACTOR_GUEST;
	bare->cause = h->cause;
	queued = ims_emit(bare, IMS_EV_QUEUED, IMS_ACTOR_GUEST, ret_words[0], ret_words[1],
			  ret_words[2], ret_words[3]);
	ims_emit_ring(bare, queued);
	bare->actor = IMS_ACTOR_HARDWARE;
	return queued;
}

/*
 * The doorbell: the VMM reads the guest's ring up to the tail; the bare unit
 * executes each command as the guest wrote it.
 */
void hyp_guest_kick(struct hyp *h, uint32_t vm)
{
	struct ims_hw *bare = &h->bare[vm];
	struct ims_ring *r = ims_hw_ring(bare);
	uint32_t cause = h->cause;

	/* That of the hardware is none of the VMM's. */
	if (r->head != r->tail && !hyp_queue_of(h, vm))
		hyp_vmm_flush(h, vm); /* what was put off */
	while (r->head != r->tail && !r->error && !ims_ring_off(bare)) {
		uint64_t words[IMS_CMD_WORDS];
		uint32_t queued = guest_queued(h, vm, r->head, words), tail = r->tail;
		uint32_t next = ims_ring_next(r, r->head);

		bare->cause = queued;
		r->tail = next;
		ims_ring_run(bare);
		r->tail = tail;
		hyp_step(h, queued, h->line);
		if (h->bare_stage)
			hyp_host_pass(h, words);
		else if (hyp_queue_of(h, vm))
			hyp_queue_follow(h, vm, next, words);
		else if (!r->error)
			hyp_vmm_command(h, vm, words, queued);
		hyp_step(h, cause, h->line);
	}
	if (!hyp_queue_of(h, vm))
		hyp_vmm_idle(h, vm);
}

/* What the ring at hand consumed since it was as @was goes to the VMM too. */
static void follow(struct hyp *h, uint32_t vm, const struct ims_ring *was)
{
	struct ims_hw *hw = &h->bare[vm];
	const struct ims_ring *r = ims_hw_ring(hw);
	uint32_t head = was->head, cause = h->cause;

	/* The head went back to where another ring, or the next use of this one, begins. */
	if (ims_ring_off(hw) || r->base != was->base || r->mask != was->mask)
		return;
	while (head != r->head) {
		uint64_t words[IMS_CMD_WORDS];
		uint32_t queued = guest_queued(h, vm, head, words);

		hyp_step(h, queued, h->line);
		if (hyp_queue_of(h, vm))
			hyp_queue_follow(h, vm, ims_ring_next(r, head), words);
		else
			hyp_vmm_command(h, vm, words, queued);
		hyp_step(h, cause, h->line);
		head = ims_ring_next(r, head);
	}
	hyp_vmm_idle(h, vm);
}

void hyp_reg_write(struct hyp *h, uint32_t vm_or_host, const struct ims_reg *reg, uint64_t value)
{
	struct ims_hw *hw = vm_or_host == HYP_HOST ? &hyp_now(h)->hw : &h->bare[vm_or_host];
	struct ims_ring was[IMS_RINGS];
	unsigned count = vm_or_host == HYP_HOST ? 0 : hw->unit->rings_count;

	for (unsigned i = 0; i < count; i++)
		was[i] = *ims_hw_ring_of(hw, i);
	hw->actor = vm_or_host == HYP_HOST ? IMS_ACTOR_HOST : IMS_ACTOR_GUEST;
	ims_reg_write(hw, reg->offset, reg->bytes, value);
	hw->actor = IMS_ACTOR_HARDWARE;
	for (unsigned i = 0; i < count; i++) {
		unsigned at = ims_ring_use(hw, i);

		follow(h, vm_or_host, &was[i]);
		ims_ring_use(hw, at);
	}
	if (vm_or_host != HYP_HOST)
		hyp_queue_reg(h, vm_or_host, reg, value);
}

void hyp_queue_clear(struct hyp *h, uint32_t vm_or_host)
{
	struct ims_hw *hw = vm_or_host == HYP_HOST ? &hyp_now(h)->hw : &h->bare[vm_or_host];

	for (unsigned i = 0; i < h->model->queue_clear_count; i++) {
		const struct ims_reg_step *step = &h->model->queue_clear[i];
		const struct ims_reg *from =
			ims_model_reg(h->model, step->from ? step->from : step->reg);
		uint64_t value = 0;

		ims_reg_read(hw, from->offset, from->bytes, &value);
		hyp_reg_write(h, vm_or_host, ims_model_reg(h->model, step->reg),
			      (value & ~step->clear) | step->set);
	}
}

/* Has the last wait in the ring at hand completed, as the guest sees it. */
static bool is_waited(struct hyp *h, uint32_t vm)
{
	const struct hyp_vm *v = &h->vms[vm];
	uint64_t value = 0;

	if (hyp_queue_of(h, vm) && !hyp_queue_done(h, vm))
		return false;
	if (hyp_queue_of(h, vm) && h->model->guest_ring_polls)
		return true;
	ims_mem_read(&h->bare[vm].mem, v->status, &value);
	return (uint32_t)value == v->waits;
}

/* The wait has returned to the guest, or it never will. */
static void waited(struct hyp *h, uint32_t vm)
{
	static const char idle[] =
		"the wait of the guest never completes: its queue in the hardware does not run";

	if (is_waited(h, vm))
		hyp_emit(h, IMS_ACTOR_GUEST, IMS_EV_WAITED, vm, 0, 0, 0, 0);
	else if (hyp_queue_of(h, vm) && !ims_hw_ring(&h->bare[vm])->error)
		hang(h, vm, idle, idle);
	else
		hang(h, vm, "the wait of the guest never completes: its queue is off",
		     "the wait of the guest never completes: its queue has stopped");
}

void hyp_guest_put_wait(struct hyp *h, uint32_t vm)
{
	uint64_t words[IMS_CMD_WORDS];

	wait_words(h, vm, h->vms[vm].status, ++h->vms[vm].waits, words);
	hyp_guest_put(h, vm, words);
}

void hyp_guest_await(struct hyp *h, uint32_t vm)
{
	hyp_guest_kick(h, vm);
	waited(h, vm);
}

void hyp_guest_wait(struct hyp *h, uint32_t vm)
{
	hyp_guest_put_wait(h, vm);
	hyp_guest_await(h, vm);
}

/* Did the ring at hand stop at one of the driver's own commands, those of its batch. */
static bool stopped_in_batch(const struct hyp *h, uint32_t vm)
{
	const struct ims_ring *r = ims_hw_ring(&h->bare[vm]);
	uint32_t first = h->vms[vm].batch_first;

	return r->error &&
	       ((r->head - first) & r->index_mask) < ((r->tail - first) & r->index_mask);
}

/* The wait of the driver's own commands. */
static void driver_wait(struct hyp *h, uint32_t vm)
{
	hyp_guest_put_wait(h, vm);
	hyp_guest_kick(h, vm);
	h->vms[vm].batch_open = false;
	if (hyp_queue_of(h, vm))
		hyp_queue_recover(h, vm);
	else if (stopped_in_batch(h, vm))
		hyp_step_over(h, vm);
	waited(h, vm);
}

/* The driver's batch ends: it has the first ring to hand again. */
static void batch_end(struct hyp *h, uint32_t vm)
{
	h->vms[vm].batch_open = false;
	hyp_guest_queue(h, vm, 0);
}

/* The wait for a batch, where the driver looks for errors of a queue of its own alone. */
static void batch_wait(struct hyp *h, uint32_t vm)
{
	if (hyp_queue_of(h, vm))
		driver_wait(h, vm);
	else
		hyp_guest_wait(h, vm);
	batch_end(h, vm);
}

/*
 * A command of the driver. A queue of its own takes some; before it changes the queue it
 * waits for what stands in the one it leaves, as drivers of Linux with such queues do.
 */
static void driver_put(struct hyp *h, uint32_t vm, const uint64_t *words)
{
	unsigned ring = hyp_queue_for(h, vm, words);
	struct hyp_vm *v = &h->vms[vm];

	if (h->bare[vm].ring != ring) {
		if (v->batch_open)
			driver_wait(h, vm);
		hyp_guest_queue(h, vm, ring);
	}
	if (!v->batch_open)
		v->batch_first = ims_hw_ring(&h->bare[vm])->tail;
	v->batch_open = true;
	hyp_guest_put(h, vm, words);
}

static void targets_of_space(struct hyp *h, uint32_t space, struct hyp_targets *t)
{
	hyp_target_none(t);
	for (uint32_t i = 0; i < h->guest_at.count; i++) {
		const struct hyp_attachment *a = &h->guest_at.at[i];
		const struct hyp_device *d = &h->devices[a->dev];

		if (a->to == space)
			hyp_target(t, tag_of(h, a), a->ctx, d->vrid, d->ats);
	}
}

/* A completion command without the wait for it: nobody looks at what it writes. */
static void guest_barrier(struct hyp *h, uint32_t vm)
{
	uint64_t words[IMS_CMD_WORDS];

	wait_words(h, vm, h->vms[vm].status + 8, 0, words);
	hyp_guest_put(h, vm, words);
}

static bool flush(struct hyp *h, uint32_t vm, enum ims_change change, const struct hyp_targets *t,
		  const struct hyp_extent *x)
{
	const struct hyp_issuer by = { .rules = h->model->guest_rules,
				       .count = h->model->guest_rules_count,
				       .state = &h->bare[vm].unit->state,
				       .vm = vm,
				       .put = driver_put,
				       .barrier = guest_barrier };

	return hyp_issue(h, &by, change, t, x);
}

void hyp_guest_flush(struct hyp *h, uint32_t space, uint64_t first, uint64_t last, bool leaf_only,
		     unsigned leaf_lg2, bool wait)
{
	uint32_t vm = h->spaces[space].vm;
	struct hyp_extent x = { .first = first,
				.last = last,
				.leaf_only = leaf_only,
				.grain_lg2 = hyp_space_table(h, space).format->grain_lg2,
				.leaf_lg2 = (uint8_t)leaf_lg2,
				.stages = stages_of(h),
				.entries = true };
	struct hyp_targets t;

	targets_of_space(h, space, &t);
	if (!t.tags_count)
		return; /* nobody can have cached anything */
	if (!flush(h, vm, IMS_CHANGE_S1_LESS, &t, &x))
		h->vms[vm].batch_first = ims_hw_ring(&h->bare[vm])->tail;
	if (wait)
		driver_wait(h, vm);
	else
		hyp_guest_kick(h, vm);
	batch_end(h, vm);
}

void hyp_guest_drain(struct hyp *h, uint32_t space)
{
	uint32_t vm = h->spaces[space].vm;
	const struct hyp_extent x = { .last = ~UINT64_C(0), .stages = stages_of(h) };
	struct hyp_targets t;

	targets_of_space(h, space, &t);
	if (t.tags_count && flush(h, vm, IMS_CHANGE_S1_QUEUED, &t, &x))
		driver_wait(h, vm);
	batch_end(h, vm);
}

bool hyp_guest_mapped(struct hyp *h, uint32_t space, uint64_t first, uint64_t last, bool wait)
{
	uint32_t vm = h->spaces[space].vm;
	struct hyp_extent x = {
		.first = first, .last = last, .stages = stages_of(h), .entries = true
	};
	struct hyp_targets t;

	targets_of_space(h, space, &t);
	if (!t.tags_count || !flush(h, vm, IMS_CHANGE_S1_MORE, &t, &x))
		return false;
	if (wait)
		hyp_guest_wait(h, vm);
	else
		hyp_guest_kick(h, vm);
	batch_end(h, vm);
	return true;
}

static void flush_entry(struct hyp *h, const struct hyp_attachment *a, enum ims_change change)
{
	const struct hyp_device *d = &h->devices[a->dev];
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = stages_of(h) };
	struct hyp_targets t;

	hyp_target_only(&t, tag_of(h, a), a->ctx, d->vrid, d->ats);
	flush(h, d->vm, change, &t, &x);
	batch_wait(h, d->vm);
}

/* The entry of a device has one tag: with shared ones that of the space it is attached to first. */
static void take_tag(struct hyp *h, uint32_t dev, uint32_t space)
{
	for (uint32_t i = 0; i < h->guest_at.count; i++)
		if (h->guest_at.at[i].dev == dev)
			return;
	if (h->shared_ids)
		h->devices[dev].vdom = h->spaces[space].tag;
}

/* Nothing that is attached is filed under the tag of @a any more. */
static void flush_idle(struct hyp *h, const struct hyp_attachment *a)
{
	const struct hyp_device *d = &h->devices[a->dev];
	struct hyp_tag tag = tag_of(h, a), other;
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = IMS_STAGES_1 };
	struct hyp_targets t;

	for (uint32_t i = 0; i < h->guest_at.count; i++) {
		other = tag_of(h, &h->guest_at.at[i]);
		if (h->devices[h->guest_at.at[i].dev].vm == d->vm && other.dom == tag.dom &&
		    other.ctx == tag.ctx)
			return;
	}
	hyp_target_only(&t, tag, a->ctx, d->vrid, d->ats);
	if (flush(h, d->vm, IMS_CHANGE_TAG_IDLE, &t, &x))
		batch_wait(h, d->vm);
}

void hyp_guest_changed(struct hyp *h, uint32_t vm, enum ims_change change, uint32_t vrid,
		       uint32_t ctx)
{
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = IMS_STAGES_1 };
	const struct hyp_tag none = { .ctx = ctx };
	struct hyp_targets t;

	hyp_target_only(&t, none, ctx, vrid, false);
	if (flush(h, vm, change, &t, &x))
		batch_wait(h, vm);
}

bool hyp_attach(struct hyp *h, uint32_t dev, uint32_t ctx, uint32_t space)
{
	const struct hyp_device *d = &h->devices[dev];
	struct ims_ctx_config config = { .s1_root = h->spaces[space].root,
					 .stages = IMS_STAGES_1,
					 .s1_top = h->model->s1_top };
	struct hyp_tag tag;

	if (h->bare_stage == 2)
		config = (struct ims_ctx_config){ .s2_root = h->spaces[space].root,
						  .stages = IMS_STAGES_2,
						  .s2_top = h->model->s2_top };
	if (hyp_attached(&h->guest_at, dev, ctx)) {
		h->error = "this device (and PASID) is attached already: detach it first";
		return false;
	}
	if (ctx != IMS_CTX_NONE && ctx >> d->pasid_bits) {
		h->error = "the device has no such PASID: see its pasid-bits";
		return false;
	}
	if (h->guest_at.count == HYP_ATTACHMENTS) {
		h->error = "more attachments at once than are modelled (256)";
		return false;
	}
	take_tag(h, dev, space);
	tag = hyp_guest_tag(h, dev, ctx, space);
	config.dom = (uint16_t)tag.dom;
	config.tag_ctx = tag.ctx;
	h->model->ctx_set(&h->vms[d->vm].driver, d->vrid, ctx, &config);
	/* All of a VM's memory is mapped: a table is there before anything stands in it. */
	hyp_back(h, d->vm, config.s1_root, 8);
	hyp_attach_add(&h->guest_at, dev, ctx, space);
	flush_entry(h, &h->guest_at.at[h->guest_at.count - 1], IMS_CHANGE_CTX_SET);
	return !h->error;
}

bool hyp_detach(struct hyp *h, uint32_t dev, uint32_t ctx)
{
	const struct hyp_device *d = &h->devices[dev];
	struct hyp_attachment *at = hyp_attached(&h->guest_at, dev, ctx), a;

	if (!at) {
		h->error = "this device (and PASID) is not attached";
		return false;
	}
	a = *at;
	h->model->ctx_clear(&h->vms[d->vm].driver, d->vrid, ctx);
	hyp_attach_remove(&h->guest_at, at);
	flush_entry(h, &a, IMS_CHANGE_CTX_CLEAR);
	flush_idle(h, &a);
	if (h->model->ctx_wipe)
		h->model->ctx_wipe(&h->vms[d->vm].driver, d->vrid, ctx);
	return !h->error;
}

/* ---- whole devices ---- */

/* The entries of a device, those of its PASIDs among them, and the domains they are in. */
static void targets_of_device(struct hyp *h, uint32_t dev, struct hyp_targets *t)
{
	const struct hyp_device *d = &h->devices[dev];

	hyp_target_none(t);
	for (uint32_t i = 0; i < h->guest_at.count; i++) {
		const struct hyp_attachment *a = &h->guest_at.at[i];

		if (a->dev == dev)
			hyp_target(t, tag_of(h, a), a->ctx, d->vrid, d->ats);
	}
	/* Nobody is attached: what there may be of it is filed under no domain. */
	if (!t->devs_count)
		hyp_target(t, (struct hyp_tag){ .ctx = IMS_CTX_NONE }, IMS_CTX_NONE, d->vrid,
			   d->ats);
}

bool hyp_device_remove(struct hyp *h, uint32_t dev)
{
	const struct hyp_device *d = &h->devices[dev];
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = stages_of(h) };
	struct hyp_targets t;

	targets_of_device(h, dev, &t);
	/* First what the entries lead to, then the way to them. */
	for (uint32_t i = h->guest_at.count; i-- > 0;)
		if (h->guest_at.at[i].dev == dev && !hyp_detach(h, dev, h->guest_at.at[i].ctx))
			return false;
	h->model->device_clear(&h->vms[d->vm].driver, d->vrid);
	flush(h, d->vm, IMS_CHANGE_DEV, &t, &x);
	batch_wait(h, d->vm);
	return !h->error;
}

bool hyp_device_add(struct hyp *h, uint32_t dev)
{
	const struct hyp_device *d = &h->devices[dev];
	const struct ims_dev_config config = hyp_dev_config(d);
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = stages_of(h) };
	struct hyp_targets t;

	targets_of_device(h, dev, &t);
	h->model->device_add(&h->vms[d->vm].driver, d->vrid, &config);
	if (flush(h, d->vm, IMS_CHANGE_DEV_SET, &t, &x))
		batch_wait(h, d->vm);
	return !h->error;
}

void hyp_guest_owe(struct hyp *h, uint32_t vm, enum ims_change change)
{
	struct hyp_extent x = { .last = ~UINT64_C(0), .stages = stages_of(h) };
	struct hyp_targets t;

	hyp_target_none(&t);
	for (uint32_t i = 0; i < h->guest_at.count; i++) {
		const struct hyp_attachment *a = &h->guest_at.at[i];
		const struct hyp_device *d = &h->devices[a->dev];

		if (d->vm == vm)
			hyp_target(&t, tag_of(h, a), a->ctx, d->vrid, d->ats);
	}
	if (flush(h, vm, change, &t, &x))
		batch_wait(h, vm);
}
