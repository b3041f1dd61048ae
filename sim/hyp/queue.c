/* SPDX-License-Identifier: MIT */
/*
 * Queues of guests that hardware reads: a ring of the unit that a guest believes in is a
 * ring of the physical one in fact. The guest writes into its own memory and rings the
 * hardware's doorbell; neither the VMM nor the host sees the command.
 */
#include <string.h>

#include "sim/core/bits.h"
#include "sim/hyp/list.h"

/* Objects stand for the first unit. */
static struct ims_hw *hardware(struct hyp *h)
{
	return &h->iommus[0].hw;
}

static struct ims_ring *hw_ring(const struct hyp *h, uint32_t vm)
{
	return ims_hw_ring_of(&h->iommus[0].hw, hyp_queue_of(h, vm));
}

unsigned hyp_queue_for(const struct hyp *h, uint32_t vm, const uint64_t *words)
{
	unsigned own = h->vms[vm].own_ring;
	struct ims_cmd cmd;

	if (!own || ims_cmd_decode(h->model, &h->bare[vm].unit->state, words, &cmd))
		return 0;
	return h->model->rows[cmd.row].guest_ring ? own : 0;
}

/* ---- the hardware as it would be if it knew all that the host knows ---- */

static void put_arg(const struct ims_cmd_row *row, uint64_t *words, enum ims_arg arg,
		    uint64_t value)
{
	for (unsigned i = 0; i < row->fields_count; i++) {
		const struct ims_cmd_field *f = &row->fields[i];

		if (f->arg == arg)
			ims_field_put(words, IMS_FIELD(f->at.hi, f->at.lo), value >> f->shift);
	}
}

/* The guest's names are its host's by the devices and tags that there are, whatever stands in any map. */
static void execute_ideal(struct hyp *h, uint32_t vm, const struct ims_cmd_row *row,
			  const struct ims_cmd *cmd, const uint64_t *guest)
{
	uint32_t doms[HYP_DOMAINS], count = 1, dev = IMS_NONE;
	uint64_t words[IMS_CMD_WORDS], hpa;
	bool tagged = row->vmm == IMS_VMM_STAGE1 || row->vmm == IMS_VMM_DOMAIN;

	if (tagged)
		count = hyp_tags_for(h, vm, cmd->dom, row->match[0].dom != IMS_EQUAL, doms);
	else if (row->vmm == IMS_VMM_ATC || row->vmm == IMS_VMM_DEVICE)
		dev = hyp_device_by_rid(h, vm + 1, cmd->src);
	else if (row->vmm != IMS_VMM_WAIT)
		count = 0;
	for (uint32_t i = 0; i < count; i++) {
		memcpy(words, guest, sizeof(words));
		if (tagged)
			put_arg(row, words, IMS_ARG_DOM, doms[i]);
		else if (dev != IMS_NONE)
			put_arg(row, words, IMS_ARG_SRC, h->devices[dev].prid);
		else if (row->vmm != IMS_VMM_WAIT)
			return;
		else if (hyp_host_address(h, vm, cmd->wait_addr, &hpa))
			put_arg(row, words, IMS_ARG_WAIT_ADDR, cmd->wait_addr ? hpa : 0);
		ims_cmd_execute(hardware(h), words);
	}
}

static void ideal(struct hyp *h, uint32_t vm, uint32_t tail, const uint64_t *words)
{
	unsigned ring = hyp_queue_of(h, vm), was = ims_ring_use(hardware(h), ring);
	struct ims_ring *r = hw_ring(h, vm);
	uint16_t owner = r->owner;
	struct ims_cmd cmd;

	r->owner = 0;
	if (r->tail != tail && !r->error && !ims_ring_off(hardware(h)) &&
	    !ims_cmd_decode(h->model, &h->bare[vm].unit->state, words, &cmd))
		execute_ideal(h, vm, &h->model->rows[cmd.row], &cmd, words);
	r->owner = owner;
	r->tail = tail;
	if (!r->error)
		r->head = r->tail;
	ims_ring_use(hardware(h), was);
}

/* ---- the doorbell ---- */

/* Without its pages the guest's stores reach nobody. */
static bool reaches(const struct hyp *h, uint32_t vm)
{
	return !h->vms[vm].own_pages || h->vms[vm].pages;
}

void hyp_queue_follow(struct hyp *h, uint32_t vm, uint32_t tail, const uint64_t *words)
{
	uint16_t was;

	if (!reaches(h, vm))
		return;
	was = hw_ring(h, vm)->error;
	if (h->ideal_queues)
		ideal(h, vm, tail, words);
	else
		ims_ring_tail_set(hardware(h), hyp_queue_of(h, vm), tail);
	if (!was && hw_ring(h, vm)->error)
		hyp_function_failed(h, vm);
}

void hyp_queue_reg(struct hyp *h, uint32_t vm, const struct ims_reg *reg, uint64_t value)
{
	const struct ims_model *m = h->model;
	struct ims_hw hand = *hardware(h);
	unsigned ring, other;
	uint32_t at, there;

	if (!m->guest_page || !m->guest_page(&h->bare[vm], reg, &ring, &at) ||
	    !h->vms[vm].hw_ring[ring] || !reaches(h, vm))
		return;
	hand.actor = IMS_ACTOR_GUEST;
	for (unsigned i = 0; i < m->regs_count; i++)
		if (m->guest_page(&hand, &m->regs[i], &other, &there) && there == at &&
		    other == h->vms[vm].hw_ring[ring])
			ims_reg_write(&hand, m->regs[i].offset, m->regs[i].bytes, value);
}

bool hyp_queue_done(const struct hyp *h, uint32_t vm)
{
	const struct ims_ring *bare = ims_hw_ring(&h->bare[vm]), *r = hw_ring(h, vm);

	/* Where it does not have its page it reads no head either. */
	return reaches(h, vm) && bare->head == bare->tail && r->head == r->tail && !bare->error &&
	       !r->error;
}

/* Does the hardware read at its head what the guest has put there. */
static bool reads_it(const struct hyp *h, uint32_t vm)
{
	uint64_t here[IMS_CMD_WORDS], there[IMS_CMD_WORDS];
	struct ims_hw hw = h->iommus[0].hw, bare = h->bare[vm];
	uint32_t head = hw_ring(h, vm)->head;

	hw.ring = hyp_queue_of(h, vm);
	hw.log = bare.log = NULL;
	return ims_ring_read(&hw, head, there) && ims_ring_read(&bare, head, here) &&
	       !memcmp(here, there, sizeof(here));
}

enum ims_hung hyp_queue_idle(const struct hyp *h, uint32_t vm)
{
	const struct ims_state *s = &h->iommus[0].hw.unit->state;
	unsigned ring = hyp_queue_of(h, vm);

	if (!ring || ims_hw_ring(&h->bare[vm])->error || ims_ring_off(&h->bare[vm]))
		return IMS_HUNG_DEVICE;
	if (!reaches(h, vm))
		return IMS_HUNG_UNMAPPED;
	if (hw_ring(h, vm)->error)
		return reads_it(h, vm) ? IMS_HUNG_DEVICE : IMS_HUNG_UNREAD;
	return s->rings_on >> ring & 1 ? IMS_HUNG_DEVICE : IMS_HUNG_IDLE;
}

/* What stands at the head of the ring at hand, and is illegal, becomes a wait. */
static void step_over(struct hyp *h, uint32_t vm, uint32_t head, uint16_t error)
{
	uint64_t words[IMS_CMD_WORDS];

	if (error == h->model->queue_error_timeout)
		return;
	hyp_words_of_sync(h, h->model->guest_ring_polls ? 0 : h->vms[vm].status + 8, 0, words);
	ims_ring_write(&h->bare[vm], head, words);
}

void hyp_queue_recover(struct hyp *h, uint32_t vm)
{
	unsigned at = h->bare[vm].ring, ring = hyp_queue_of(h, vm);
	struct ims_ring *bare = ims_hw_ring(&h->bare[vm]), *r = hw_ring(h, vm);
	uint32_t tail;

	for (unsigned tries = 0; h->model->guest_ring_clear && tries <= bare->mask; tries++) {
		if (!bare->error && !r->error)
			return;
		if (r->error)
			step_over(h, vm, r->head, r->error);
		else
			step_over(h, vm, bare->head, bare->error);
		/* What stands behind is for the doorbell that follows. */
		tail = bare->tail;
		bare->tail = bare->head;
		if (bare->error)
			h->model->guest_ring_clear(&h->bare[vm], at);
		bare->tail = tail;
		if (r->error)
			h->model->guest_ring_clear(hardware(h), ring);
		hyp_guest_kick(h, vm);
	}
}

/* ---- what is a queue ---- */

/* The ring of the guest's unit that a queue is. */
static unsigned guest_ring(const struct hyp *h, uint32_t vm, const struct ims_viommu_row *row,
			   uint32_t index)
{
	return row->first_ring ? 0 : ims_ring_guests(&h->bare[vm]) + index;
}

static void take_over(struct hyp *h, uint32_t vm, unsigned at, const struct ims_guest_queue *q)
{
	struct ims_hw *bare = &h->bare[vm];
	struct ims_ring *r = ims_hw_ring_of(bare, at);
	unsigned lg2 = 0;

	while (UINT64_C(2) << lg2 <= q->bytes / (bare->unit->state.cmd_words * UINT64_C(8)))
		lg2++;
	ims_ring_set(bare, at, q->gpa, lg2);
	r->head = r->tail = 0;
	r->error = 0;
	r->pending_count = 0;
}

void hyp_queue_connect(struct hyp *h, uint32_t vm, const struct ims_viommu_row *row,
		       const struct ims_guest_queue *queue)
{
	unsigned at = guest_ring(h, vm, row, queue->index);
	struct ims_hw *bare = &h->bare[vm];
	struct ims_ring *r;

	if (!queue->ring || at >= bare->unit->rings_count)
		return;
	if (!row->first_ring)
		take_over(h, vm, at, queue);
	ims_ring_own(bare, at, IMS_OWNER_BARE);
	r = ims_hw_ring_of(hardware(h), queue->ring);
	r->head = r->tail = ims_hw_ring_of(bare, at)->head;
	h->vms[vm].hw_ring[at] = (uint8_t)queue->ring;
	h->vms[vm].own_pages = row->pages != 0;
	h->queues_made = true;
	if (!h->model->guest_ring)
		return;
	h->model->guest_ring(bare, at, true);
	h->model->guest_ring(hardware(h), queue->ring, true);
}

void hyp_queue_disconnect(struct hyp *h, uint32_t vm, unsigned ring)
{
	struct hyp_vm *v = &h->vms[vm];

	for (unsigned at = 0; at < h->bare[vm].unit->rings_count; at++) {
		if (!ring || v->hw_ring[at] != ring)
			continue;
		v->hw_ring[at] = 0;
		ims_ring_own(&h->bare[vm], at, 0);
		if (v->own_ring == at)
			v->own_ring = 0;
		if (h->model->guest_ring)
			h->model->guest_ring(&h->bare[vm], at, false);
	}
}

bool hyp_guest_has_queue(const struct hyp *h, uint32_t vm)
{
	return hyp_queue_of(h, vm) != 0;
}

void hyp_step_over(struct hyp *h, uint32_t vm_or_host)
{
	bool host = vm_or_host == HYP_HOST;
	struct ims_hw *hw = host ? &hyp_now(h)->hw : &h->bare[vm_or_host];
	uint64_t status = host ? hyp_now(h)->status : h->vms[vm_or_host].status;
	const struct ims_ring *r = ims_hw_ring(hw);
	uint64_t words[IMS_CMD_WORDS];

	while (h->model->queue_steps_over && r->head != r->tail && r->error &&
	       r->error != h->model->queue_error_timeout) {
		hyp_words_of_sync(h, status + 8, 0, words);
		ims_ring_write(hw, r->head, words);
		hyp_queue_clear(h, vm_or_host);
	}
}
