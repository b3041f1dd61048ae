/* SPDX-License-Identifier: MIT */
/* A unit's parameters, registers and ring, as its vendor sees them. */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/engine/engine.h"

/* ---- parameters ---- */

static void reset_regs(const struct ims_model *m, struct ims_state *s)
{
	for (unsigned i = 0; i < m->regs_count; i++)
		s->regs[m->regs[i].at] = m->regs[i].reset;
}

void ims_state_init(const struct ims_model *m, const uint32_t *params, struct ims_state *ret_state)
{
	IMS_ASSERT(m->params_count <= IMS_PARAMS);
	memset(ret_state, 0, sizeof(*ret_state));
	for (unsigned i = 0; i < m->params_count; i++)
		ret_state->params[i] = params ? params[i] : m->params[i].value;
	ret_state->cmd_words = m->cmd_words;
	reset_regs(m, ret_state);
	if (m->derive)
		m->derive(ret_state);
}

struct ims_state *ims_hw_state(struct ims_hw *hw)
{
	return &hw->unit->state;
}

const struct ims_state *ims_hw_state_const(const struct ims_hw *hw)
{
	return &hw->unit->state;
}

/* ---- registers ---- */

static const struct ims_reg *reg_at(const struct ims_model *m, uint32_t offset, unsigned bytes,
				    unsigned *ret_shift)
{
	for (unsigned i = 0; i < m->regs_count; i++) {
		const struct ims_reg *r = &m->regs[i];

		if (offset < r->offset || offset + bytes > (uint32_t)r->offset + r->bytes)
			continue;
		*ret_shift = (offset - r->offset) * 8;
		return r;
	}
	return NULL;
}

/* Reads as zero, and a write has no effect. */
static bool reg_reserved(const struct ims_hw *hw, const struct ims_reg *r)
{
	return r->with && !hw->unit->state.params[r->with - 1];
}

static uint64_t reg_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	if (reg_reserved(hw, r))
		return 0;
	return r->value ? r->value(hw, r) : hw->unit->state.regs[r->at];
}

bool ims_reg_write(struct ims_hw *hw, uint32_t offset, unsigned bytes, uint64_t value)
{
	uint64_t *reg, old, width = bytes >= 8 ? ~UINT64_C(0) : (UINT64_C(1) << bytes * 8) - 1;
	uint32_t cause = hw->cause, event;
	unsigned shift;
	const struct ims_reg *r = reg_at(hw->model, offset, bytes, &shift);

	if (!r)
		return false;
	if (reg_reserved(hw, r))
		return true;
	reg = &hw->unit->state.regs[r->at];
	old = reg_value(hw, r);
	/* The half that is not written keeps its value, and clears nothing. */
	value = (value & width) << shift;
	*reg = (old & ~(r->writable & width << shift)) | (value & r->writable);
	*reg &= ~(value & r->clear_by_one);
	event = ims_emit(hw, IMS_EV_REG, r->offset, old, *reg, value, 0);
	if (hw->log)
		hw->cause = event;
	if (r->written)
		r->written(hw, r, (old & ~(width << shift)) | value);
	hw->cause = cause;
	return true;
}

bool ims_reg_read(struct ims_hw *hw, uint32_t offset, unsigned bytes, uint64_t *ret_value)
{
	uint64_t width = bytes >= 8 ? ~UINT64_C(0) : (UINT64_C(1) << bytes * 8) - 1;
	unsigned shift;
	const struct ims_reg *r = reg_at(hw->model, offset, bytes, &shift);

	if (!r)
		return false;
	*ret_value = reg_value(hw, r) >> shift & width;
	return true;
}

/* ---- its rings ---- */

unsigned ims_ring_use(struct ims_hw *hw, unsigned ring)
{
	unsigned was = hw->ring;

	IMS_ASSERT(ring < hw->unit->rings_count);
	hw->ring = ring;
	return was;
}

void ims_ring_set(struct ims_hw *hw, unsigned ring, uint64_t base, unsigned count_lg2)
{
	struct ims_ring *r = ims_hw_ring_of(hw, ring);

	r->base = base;
	ims_ring_size(hw->model, r, count_lg2);
}

uint64_t ims_ring_base(const struct ims_hw *hw, unsigned ring, unsigned *ret_count_lg2)
{
	const struct ims_ring *r = ims_hw_ring_of(hw, ring);

	*ret_count_lg2 = (unsigned)__builtin_popcount(r->mask);
	return r->base;
}

uint32_t ims_ring_head(const struct ims_hw *hw, unsigned ring)
{
	return ims_hw_ring_of(hw, ring)->head;
}

uint32_t ims_ring_tail(const struct ims_hw *hw, unsigned ring)
{
	return ims_hw_ring_of(hw, ring)->tail;
}

void ims_ring_head_set(struct ims_hw *hw, unsigned ring, uint32_t head)
{
	struct ims_ring *r = ims_hw_ring_of(hw, ring);

	r->head = head & r->index_mask;
}

static void run(struct ims_hw *hw, unsigned ring)
{
	unsigned was = ims_ring_use(hw, ring);

	ims_ring_run(hw);
	ims_ring_use(hw, was);
}

void ims_ring_tail_set(struct ims_hw *hw, unsigned ring, uint32_t tail)
{
	struct ims_ring *r = ims_hw_ring_of(hw, ring);

	r->tail = tail & r->index_mask;
	run(hw, ring);
}

void ims_ring_reset(struct ims_hw *hw, unsigned ring)
{
	unsigned was = ims_ring_use(hw, ring);

	ims_complete(hw);
	ims_hw_ring(hw)->head = 0;
	ims_ring_use(hw, was);
}

void ims_ring_resume(struct ims_hw *hw, unsigned ring)
{
	ims_hw_ring_of(hw, ring)->error = 0;
	run(hw, ring);
}

unsigned ims_ring_at_hand(const struct ims_hw *hw)
{
	return hw->ring;
}

void ims_ring_pass(struct ims_hw *hw, unsigned ring)
{
	struct ims_ring *r = ims_hw_ring_of(hw, ring);

	r->error = 0;
	r->head = ims_ring_next(r, r->head);
}

/* ---- rings that guests own ---- */

void ims_ring_own(struct ims_hw *hw, unsigned ring, uint16_t owner)
{
	ims_hw_ring_of(hw, ring)->owner = owner;
}

uint16_t ims_ring_owner(const struct ims_hw *hw, unsigned ring)
{
	return ims_hw_ring_of(hw, ring)->owner;
}

unsigned ims_ring_guests(const struct ims_hw *hw)
{
	return hw->unit->rings_count - hw->unit->guest_rings;
}

uint64_t *ims_guest_words(const struct ims_hw *hw)
{
	if (!hw->unit->guest_off)
		return NULL;
	return (uint64_t *)(void *)((char *)hw->world + hw->unit->guest_off);
}

/* ---- what hardware tells software ---- */

bool ims_hw_store(struct ims_hw *hw, uint64_t addr, uint64_t value)
{
	uint64_t pa;

	if (!ims_mem_resolve(&hw->mem, addr & ~UINT64_C(7), &pa))
		return false;
	ims_write(hw, pa, value, true);
	return true;
}

void ims_hw_signal(struct ims_hw *hw, unsigned source, uint64_t addr, uint32_t data)
{
	ims_emit(hw, IMS_EV_SIGNAL, source, addr, data, 0, 0);
}

void ims_hw_faulted(struct ims_hw *hw, uint16_t code, uint64_t addr, uint32_t ctx, uint32_t src,
		    bool recorded)
{
	ims_emit(hw, IMS_EV_FAULT, code, addr, ctx, src, recorded);
}

/* ---- dropping without a command ---- */

void ims_cfg_root_set(struct ims_hw *hw, uint64_t root)
{
	hw->unit->root = root;
}

struct implied {
	struct ims_hw *hw;
	unsigned cache;
};

static void implied_drop(void *arg, uint32_t number, const struct ims_entry *e)
{
	struct implied *d = arg;

	(void)e;
	ims_emit(d->hw, IMS_EV_DROP, number, d->cache, 0, 0, 0);
}

void ims_cfg_drop(struct ims_hw *hw, const struct ims_match *match)
{
	struct ims_sel all = { .last = ~UINT64_C(0),
			       .before = hw->world->time + 1,
			       .classes = match->classes };
	struct implied d = { .hw = hw, .cache = match->cache };

	ims_cache_drop(ims_hw_cache(hw, match->cache), &all, hw->log ? implied_drop : NULL, &d);
	ims_fetch_end(hw, match->cache, &all);
}

/* ---- power-on ---- */

void ims_unit_reset(struct ims_hw *hw)
{
	struct ims_unit *u = hw->unit;

	for (unsigned c = 0; c < hw->model->caches_count; c++)
		ims_cfg_drop(hw,
			     &(struct ims_match){ .cache = (uint8_t)c, .classes = IMS_CLASS_ANY });
	reset_regs(hw->model, &u->state);
	u->root = 0;
	for (unsigned i = 0; i < u->rings_count; i++) {
		struct ims_ring *r = ims_hw_ring_of(hw, i);

		r->base = 0;
		r->head = r->tail = 0;
		ims_ring_size(hw->model, r, 0);
		r->error = 0;
		r->owner = 0;
		r->pending_count = 0;
	}
	if (u->guest_off)
		memset(ims_guest_words(hw), 0, sizeof(uint64_t) * hw->model->guest_words);
	u->state.fetch_off = true;
	u->state.rings_on = 0;
	if (hw->model->reset)
		hw->model->reset(hw);
}
