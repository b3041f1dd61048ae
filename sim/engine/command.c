/* SPDX-License-Identifier: MIT */
/* Commands: rows decoded from raw words, rings in memory, completion after consumption. */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/core/bits.h"
#include "sim/engine/engine.h"

static bool row_selected(const struct ims_cmd_row *row, const uint64_t *words)
{
	return (words[0] & row->care[0]) == row->value[0] &&
	       (words[1] & row->care[1]) == row->value[1];
}

static void take_field(struct ims_cmd *c, const struct ims_cmd_field *f, uint64_t value)
{
	value <<= f->shift;
	switch ((enum ims_arg)f->arg) {
	case IMS_ARG_DOM:
		c->dom = (uint32_t)value;
		break;
	case IMS_ARG_CTX:
		c->ctx = (uint32_t)value;
		break;
	case IMS_ARG_SRC:
		c->src = (uint32_t)value;
		break;
	case IMS_ARG_SRC_MASK:
		c->src_mask = (uint32_t)value;
		break;
	case IMS_ARG_ADDR:
		c->first = value;
		break;
	case IMS_ARG_LEAF:
		c->leaf_only = value != 0;
		break;
	case IMS_ARG_ALL_CTX:
		c->all_ctx = value != 0;
		break;
	case IMS_ARG_WAIT_ADDR:
		c->wait_addr = value;
		break;
	case IMS_ARG_WAIT_DATA:
		c->wait_data = (uint32_t)value;
		break;
	case IMS_ARG_RESPONSE:
		c->response = (uint8_t)value;
		break;
	case IMS_ARG_GROUP:
		c->group = (uint32_t)value;
		break;
	case IMS_ARG_NONE:
		break;
	}
}

uint16_t ims_cmd_decode(const struct ims_model *m, const struct ims_state *state,
			const uint64_t *words, struct ims_cmd *ret_cmd)
{
	const struct ims_cmd_row *row = m->rows;
	unsigned mode = state ? 1u << state->mode : UINT8_MAX;
	unsigned words_count = state ? state->cmd_words : m->cmd_words;
	uint16_t error;

	while (row < m->rows + m->rows_count &&
	       (!row_selected(row, words) || (row->modes && !(row->modes & mode))))
		row++;
	if (row == m->rows + m->rows_count)
		return m->queue_error_type;
	error = state && m->accept ? m->accept(state, row, words) : 0;
	if (error)
		return error;
	for (unsigned i = 0; i < words_count; i++)
		if (words[i] & row->reserved[i])
			return m->queue_error_reserved;
	*ret_cmd = (struct ims_cmd){ .row = (uint32_t)(row - m->rows),
				     .last = ~UINT64_C(0),
				     .ctx = IMS_CTX_NONE };
	for (unsigned i = 0; i < row->fields_count; i++) {
		const struct ims_cmd_field *f = &row->fields[i];

		take_field(ret_cmd, f, ims_field_get(words, IMS_FIELD(f->at.hi, f->at.lo)));
	}
	m->decode(row, words, ret_cmd);
	return 0;
}

/* Zero for what the vendor's encode puts in: ranges, and fields without a general meaning. */
static uint64_t field_value(const struct ims_cmd_field *f, const struct ims_cmd_args *a)
{
	switch ((enum ims_arg)f->arg) {
	case IMS_ARG_DOM:
		return a->dom;
	case IMS_ARG_CTX:
		return a->ctx;
	case IMS_ARG_SRC:
		return a->src;
	case IMS_ARG_LEAF:
		return a->leaf_only;
	case IMS_ARG_WAIT_ADDR:
		return a->wait_addr >> f->shift;
	case IMS_ARG_WAIT_DATA:
		return a->wait_data;
	default:
		return 0;
	}
}

void ims_cmd_encode(const struct ims_model *m, unsigned row, const struct ims_cmd_args *args,
		    uint64_t *ret_words)
{
	const struct ims_cmd_row *r = &m->rows[row];

	memset(ret_words, 0, IMS_CMD_WORDS * sizeof(*ret_words));
	ret_words[0] = r->value[0];
	ret_words[1] = r->value[1];
	for (unsigned i = 0; i < r->fields_count; i++) {
		uint64_t value = field_value(&r->fields[i], args);

		if (value)
			ims_field_put(ret_words, IMS_FIELD(r->fields[i].at.hi, r->fields[i].at.lo),
				      value);
	}
	m->encode(r, args, ret_words);
}

bool ims_match_resolve(const struct ims_match *match, const struct ims_cmd *cmd,
		       struct ims_sel *ret_sel)
{
	if (match->not_leaf_only && cmd->leaf_only)
		return false;
	*ret_sel = (struct ims_sel){ .first = cmd->first,
				     .last = cmd->last,
				     .dom = cmd->dom,
				     .ctx = cmd->ctx,
				     .src = cmd->src,
				     .src_mask = cmd->src_mask,
				     .before = cmd->when,
				     .how_dom = match->dom,
				     .how_ctx = match->ctx,
				     .how_src = match->src,
				     .classes = match->classes,
				     .ranged = match->range != IMS_RANGE_NONE };
	if (match->ctx == IMS_EQUAL && cmd->all_ctx)
		ret_sel->how_ctx = IMS_PRESENT;
	return true;
}

struct dropping {
	struct ims_hw *hw;
	const struct ims_cmd *cmd;
	unsigned cache;
};

static void dropped(void *arg, uint32_t number, const struct ims_entry *e)
{
	struct dropping *d = arg;

	(void)e;
	ims_emit(d->hw, IMS_EV_DROP, number, d->cache, d->cmd->event, 0, 0);
}

static void take_effect(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	const struct ims_cmd_row *row = &hw->model->rows[cmd->row];
	uint32_t cause = hw->cause;
	struct ims_sel sel;

	hw->cause = cmd->event;
	for (const struct ims_match *m = row->match; m < row->match + IMS_MATCHES && m->source;
	     m++) {
		struct dropping d = { .hw = hw, .cmd = cmd, .cache = m->cache };

		if (!ims_match_resolve(m, cmd, &sel))
			continue;
		ims_cache_drop(ims_hw_cache(hw, m->cache), &sel, hw->log ? dropped : NULL, &d);
		ims_fetch_end(hw, m->cache, &sel);
	}
	hw->cause = cause;
}

void ims_complete(struct ims_hw *hw)
{
	struct ims_unit *u = hw->unit;

	for (uint32_t i = 0; i < u->pending_count; i++)
		take_effect(hw, &u->pending[i]);
	u->pending_count = 0;
}

static void pend(struct ims_unit *u, struct ims_hw *hw, const struct ims_cmd *cmd)
{
	if (u->pending_count == IMS_PENDING) {
		take_effect(hw, &u->pending[0]);
		memmove(u->pending, u->pending + 1, (IMS_PENDING - 1) * sizeof(u->pending[0]));
		u->pending_count--;
	}
	u->pending[u->pending_count++] = *cmd;
}

static void finish_wait(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	uint32_t cause = hw->cause;
	uint64_t pa, old;

	ims_complete(hw);
	if (hw->log)
		hw->cause = cmd->event;
	if (cmd->wait_write && ims_mem_resolve(&hw->mem, cmd->wait_addr & ~UINT64_C(7), &pa)) {
		old = ims_mem_word(&hw->mem, pa);
		if (cmd->wait_addr & 4)
			ims_write(hw, pa, (old & UINT32_MAX) | (uint64_t)cmd->wait_data << 32,
				  true);
		else
			ims_write(hw, pa, (old & ~(uint64_t)UINT32_MAX) | cmd->wait_data, true);
	}
	ims_emit(hw, IMS_EV_DONE, cmd->row, 0, 0, 0, 0);
	if (cmd->wait_signal && hw->model->wait_signalled)
		hw->model->wait_signalled(hw);
	hw->cause = cause;
}

/* A page response goes to its device, behind what was consumed before it. */
static void respond(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	uint32_t cause = hw->cause;

	if (hw->log)
		hw->cause = cmd->event;
	ims_emit(hw, IMS_EV_RESPONSE, cmd->response, cmd->src, cmd->ctx, cmd->group, 0);
	hw->cause = cause;
}

/* Consumes one command; returns the queue error. */
static uint16_t consume(struct ims_hw *hw, const uint64_t *words)
{
	struct ims_unit *u = hw->unit;
	/* Decoded where it will stand: a copy of fields stored just before stalls the processor. */
	struct ims_cmd spare, *cmd = &spare;
	uint16_t error;

	if (u->pending_count < IMS_PENDING)
		cmd = &u->pending[u->pending_count];
	error = ims_cmd_decode(hw->model, &u->state, words, cmd);
	if (error)
		return error;
	cmd->when = ims_emit(hw, IMS_EV_CMD, cmd->row, words[0], words[1], words[2], words[3]);
	cmd->event = hw->log ? cmd->when : 0;
	switch ((enum ims_cmd_kind)hw->model->rows[cmd->row].kind) {
	case IMS_CMD_WAIT:
		finish_wait(hw, cmd);
		break;
	case IMS_CMD_RESPONSE:
		respond(hw, cmd);
		break;
	case IMS_CMD_INVALIDATE:
		if (cmd == &spare)
			pend(u, hw, cmd);
		else
			u->pending_count++;
		break;
	}
	return 0;
}

void ims_cmd_now(struct ims_hw *hw, const uint64_t *words)
{
	struct ims_cmd cmd;

	IMS_ASSERT(!ims_cmd_decode(hw->model, NULL, words, &cmd));
	cmd.when = ims_emit(hw, IMS_EV_CMD, cmd.row, words[0], words[1], words[2], words[3]);
	cmd.event = hw->log ? cmd.when : 0;
	take_effect(hw, &cmd);
}

void ims_cmd_execute(struct ims_hw *hw, const uint64_t *words)
{
	uint16_t error = consume(hw, words);

	if (error)
		ims_emit(hw, IMS_EV_QERROR, error, hw->unit->head, 0, 0, 0);
}

bool ims_ring_put(struct ims_hw *hw, const uint64_t *words)
{
	struct ims_unit *u = hw->unit;
	uint32_t next = (u->tail + 1) & u->ring_mask;
	uint64_t pa;

	if (next == u->head)
		return false;
	for (unsigned i = 0; i < u->state.cmd_words; i++) {
		uint64_t at = u->ring + ((uint64_t)u->tail * u->state.cmd_words + i) * 8;

		if (ims_mem_resolve(&hw->mem, at, &pa))
			ims_world_store(hw->world, pa, words[i], hw->world->time);
	}
	u->tail = next;
	return true;
}

static void stopped(struct ims_hw *hw)
{
	struct ims_unit *u = hw->unit;

	ims_emit(hw, IMS_EV_QERROR, u->queue_error, u->head, 0, 0, 0);
	if (hw->model->queue_stopped)
		hw->model->queue_stopped(hw, u->queue_error);
}

void ims_ring_run(struct ims_hw *hw)
{
	struct ims_unit *u = hw->unit;

	while (u->head != u->tail && !u->queue_error) {
		uint64_t words[IMS_CMD_WORDS] = { 0 };

		for (unsigned i = 0; i < u->state.cmd_words; i++)
			ims_mem_read(&hw->mem,
				     u->ring + ((uint64_t)u->head * u->state.cmd_words + i) * 8,
				     &words[i]);
		u->queue_error = consume(hw, words);
		if (u->queue_error)
			stopped(hw);
		else
			u->head = (u->head + 1) & u->ring_mask;
	}
}
