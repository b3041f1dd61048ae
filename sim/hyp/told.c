/* SPDX-License-Identifier: MIT */
/*
 * A driver's side of the queues that hardware fills, by the vendor's description: the
 * host's of the physical units, and each guest's of the one it believes in.
 */
#include "sim/core/assert.h"
#include "sim/hyp/parts.h"

static uint64_t reg_get(struct ims_hw *hw, const char *name)
{
	const struct ims_reg *reg = ims_model_reg(hw->model, name);
	uint64_t value = 0;

	ims_reg_read(hw, reg->offset, reg->bytes, &value);
	return value;
}

static void reg_put(struct ims_hw *hw, const char *name, uint64_t value)
{
	const struct ims_reg *reg = ims_model_reg(hw->model, name);

	ims_reg_write(hw, reg->offset, reg->bytes, value);
}

static void steps(struct ims_hw *hw, const struct ims_reg_step *step, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		reg_put(hw, step[i].reg,
			(reg_get(hw, step[i].from ? step[i].from : step[i].reg) & ~step[i].clear) |
				step[i].set);
}

static bool is_there(const struct ims_hw *hw, const struct ims_told_queue *q)
{
	return !q->with || hw->unit->state.params[q->with - 1];
}

/* Records of the queue, as log2: the driver's choice, or as many as the unit takes. */
static unsigned lg2_of(const struct ims_hw *hw, const struct ims_told_queue *q)
{
	uint32_t most = q->at_most ? hw->unit->state.params[q->at_most - 1] : q->lg2;

	return most < q->lg2 ? most : q->lg2;
}

/* ---- setup ---- */

static void setup(struct hyp *h, uint32_t unit, struct ims_driver *d)
{
	struct ims_hw *hw = hyp_unit(h, unit);

	hw->actor = hyp_physical(h, unit) ? IMS_ACTOR_HOST : IMS_ACTOR_GUEST;
	for (unsigned i = 0; i < h->model->told_count; i++) {
		const struct ims_told_queue *q = &h->model->told[i];
		unsigned lg2 = lg2_of(hw, q);
		uint64_t bytes = UINT64_C(1) << (lg2 + q->entry_lg2), base;

		if (!is_there(hw, q))
			continue;
		base = d->pages(d, (unsigned)((bytes + 4095) / 4096));
		h->faults.base[unit][i] = base;
		if (!hyp_physical(h, unit))
			hyp_back(h, unit - 1, base, bytes);
		reg_put(hw, q->base, base | (uint64_t)(lg2 - q->size_less) << q->size_lo);
		reg_put(hw, q->head, 0);
		reg_put(hw, q->tail, 0);
		steps(hw, q->on, q->on_count);
	}
	hw->actor = IMS_ACTOR_HARDWARE;
}

void hyp_told_setup(struct hyp *h)
{
	IMS_ASSERT(h->model->told_count <= IMS_TOLD_QUEUES);
	for (uint32_t i = 0; i < h->iommus_count; i++)
		setup(h, hyp_unit_of(h, i), &h->iommus[i].driver);
	for (uint32_t vm = 0; vm < h->vms_count; vm++) {
		setup(h, vm + 1, &h->vms[vm].driver);
		/* What its devices do is told to it by its VMM, or by nobody. */
		h->bare[vm].silent = true;
	}
}

/* ---- reading ---- */

static bool overflowed(struct ims_hw *hw, const struct ims_told_queue *q)
{
	uint64_t is = reg_get(hw, q->overflow);

	if (q->acknowledged)
		is ^= reg_get(hw, q->acknowledged);
	return is & q->overflow_bit;
}

/* One record, and the head behind it; false: the queue is empty. */
static bool next_of(struct ims_hw *hw, const struct ims_told_queue *q, uint64_t base,
		    struct ims_told *ret)
{
	unsigned lg2 = lg2_of(hw, q);
	uint64_t mask = (UINT64_C(1) << (lg2 + q->wraps)) - 1;
	uint64_t head = reg_get(hw, q->head), at = head >> q->index_lo & mask, slot;
	uint64_t next = (at + 1) & mask;

	if (at == (reg_get(hw, q->tail) >> q->index_lo & mask))
		return false;
	slot = base + ((at & ((UINT64_C(1) << lg2) - 1)) << q->entry_lg2);
	*ret = (struct ims_told){ .kind = IMS_TOLD_NOTHING };
	for (unsigned i = 0; i < 1u << (q->entry_lg2 - 3) && i < IMS_TOLD_WORDS; i++)
		ims_mem_read(&hw->mem, slot + i * 8, &ret->words[i]);
	q->read(ret->words, ret);
	reg_put(hw, q->head, (head & ~(mask << q->index_lo)) | next << q->index_lo);
	return true;
}

bool hyp_told_next(struct hyp *h, uint32_t unit, struct ims_told *ret)
{
	struct ims_hw *hw = hyp_unit(h, unit);
	bool found = false;

	hw->actor = hyp_physical(h, unit) ? IMS_ACTOR_HOST : IMS_ACTOR_GUEST;
	for (unsigned i = 0; i < h->model->told_count && !found; i++) {
		const struct ims_told_queue *q = &h->model->told[i];

		if (!is_there(hw, q))
			continue;
		found = next_of(hw, q, h->faults.base[unit][i], ret);
		if (found)
			continue;
		if (overflowed(hw, q)) {
			steps(hw, q->again, q->again_count);
			*ret = (struct ims_told){ .kind = IMS_TOLD_OVERFLOW };
			/* It is told once, whatever became of the registers. */
			found = !overflowed(hw, q);
		} else {
			steps(hw, q->served, q->served_count);
		}
	}
	hw->actor = IMS_ACTOR_HARDWARE;
	return found;
}
