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
		c->wait_data = value;
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

static unsigned first_row(const struct ims_model *m, uint64_t word)
{
	return m->rows_from ? m->rows_from[ims_bits_get(word, m->rows_from_hi, m->rows_from_lo)] :
			      0;
}

/* By the unit's parameters, or the defaults, and what the command says. */
static bool match_applies(const struct ims_model *m, const struct ims_state *state,
			  const struct ims_match *match, const struct ims_cmd *cmd)
{
	uint32_t value = state ? state->params[match->knob] : m->params[match->knob].value;

	if (match->standin && cmd->ctx != m->ctx_standin)
		return false;
	return !match->knob_values || (match->knob_values >> value & 1);
}

uint16_t ims_cmd_decode(const struct ims_model *m, const struct ims_state *state,
			const uint64_t *words, struct ims_cmd *ret_cmd)
{
	const struct ims_cmd_row *row = m->rows + first_row(m, words[0]);
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

		if (f->arg != IMS_ARG_NONE)
			take_field(ret_cmd, f, ims_field_get(words, IMS_FIELD(f->at.hi, f->at.lo)));
	}
	m->decode(state, row, words, ret_cmd);
	for (unsigned i = 0; row->conditional && i < IMS_MATCHES && row->match[i].source; i++)
		if (!match_applies(m, state, &row->match[i], ret_cmd))
			ret_cmd->left_out |= (uint16_t)(1u << i);
	return 0;
}

/* Zero for what the vendor's encode puts in: ranges, and fields without a general meaning. */
static uint64_t field_value(const struct ims_cmd_field *f, const struct ims_cmd_args *a)
{
	switch ((enum ims_arg)f->arg) {
	case IMS_ARG_DOM:
		return a->dom;
	case IMS_ARG_CTX:
		return a->ctx == IMS_CTX_NONE ? 0 : a->ctx;
	case IMS_ARG_SRC:
		return a->src;
	case IMS_ARG_LEAF:
		return a->leaf_only;
	case IMS_ARG_WAIT_ADDR:
		return a->wait_addr >> f->shift;
	case IMS_ARG_WAIT_DATA:
		return a->wait_data;
	case IMS_ARG_RESPONSE:
		return a->response;
	case IMS_ARG_GROUP:
		return a->group;
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

bool ims_match_resolve(const struct ims_cmd_row *row, const struct ims_match *match,
		       const struct ims_cmd *cmd, struct ims_sel *ret_sel)
{
	if ((match->not_leaf_only && cmd->leaf_only) || (cmd->left_out >> (match - row->match) & 1))
		return false;
	*ret_sel = (struct ims_sel){ .first = cmd->first,
				     .last = cmd->last,
				     .dom = match->dom_zero ? 0 : cmd->dom,
				     .ctx = cmd->ctx,
				     .src = cmd->src,
				     .dom_mask = cmd->dom_mask,
				     .ctx_mask = (1u << match->ctx_low) - 1,
				     .src_mask = cmd->src_mask,
				     .before = cmd->when,
				     .how_dom = match->dom,
				     .how_ctx = match->ctx,
				     .how_src = match->src,
				     .classes = match->classes,
				     .level = cmd->level,
				     .grain_lg2 = cmd->grain_lg2,
				     .range = match->range };
	/* Everything covers what came through nothing too. */
	if (match->range == IMS_RANGE_MID && !cmd->first && cmd->last == ~UINT64_C(0))
		ret_sel->range = IMS_RANGE_NONE;
	if ((match->ctx == IMS_EQUAL || match->ctx == IMS_OR_GLOBAL) && cmd->all_ctx)
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

		if (!ims_match_resolve(row, m, cmd, &sel))
			continue;
		ims_cache_drop(ims_hw_cache(hw, m->cache), &sel, hw->log ? dropped : NULL, &d);
		ims_fetch_end(hw, m->cache, &sel);
	}
	hw->cause = cause;
}

/* ---- invalidations that a device has to answer ---- */

static bool is_atc(const struct ims_hw *hw, const struct ims_cmd *cmd)
{
	const struct ims_match *m = &hw->model->rows[cmd->row].match[0];

	return m->source && m->cache == hw->model->atc;
}

static uint32_t *atc_fail_of(struct ims_unit *u, uint32_t src)
{
	for (unsigned i = 0; i < IMS_ATC_FAIL; i++)
		if (u->atc_fail[i].count && u->atc_fail[i].src == src)
			return &u->atc_fail[i].count;
	return NULL;
}

bool ims_atc_fail(struct ims_hw *hw, uint32_t src, uint32_t count)
{
	struct ims_unit *u = hw->unit;
	uint32_t *left = atc_fail_of(u, src);

	for (unsigned i = 0; !left && i < IMS_ATC_FAIL; i++) {
		if (u->atc_fail[i].count)
			continue;
		u->atc_fail[i].src = src;
		left = &u->atc_fail[i].count;
	}
	if (!left)
		return false;
	u->atc_failing -= *left != 0;
	u->atc_failing += count != 0;
	*left = count;
	return true;
}

void ims_atc_stray(struct ims_hw *hw, uint32_t src)
{
	if (hw->model->atc_failed)
		hw->model->atc_failed(hw, src, NULL);
}

/* On devices that need it twice: is this one the second of its kind. */
static bool atc_second(struct ims_unit *u, const struct ims_cmd *cmd)
{
	const struct ims_cmd *l = &u->atc_last;

	if (u->atc_once && l->row == cmd->row && l->src == cmd->src && l->ctx == cmd->ctx &&
	    l->all_ctx == cmd->all_ctx && l->first == cmd->first && l->last == cmd->last) {
		u->atc_once = false;
		return true;
	}
	u->atc_last = *cmd;
	u->atc_once = true;
	return false;
}

/* ---- completion ---- */

/* A page response goes to its device, behind what was consumed before it. */
static void respond(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	uint32_t cause = hw->cause;

	if (hw->log)
		hw->cause = cmd->event;
	ims_emit(hw, IMS_EV_RESPONSE, cmd->response, cmd->src, cmd->ctx, cmd->group, 0);
	hw->cause = cause;
}

static void fetch_ahead(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	uint32_t cause = hw->cause;

	if (hw->log)
		hw->cause = cmd->event;
	hw->model->fetch(hw, cmd);
	hw->cause = cause;
}

/* On units that go on without a device: it does not answer this one. */
static bool given_up(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	struct ims_unit *u = hw->unit;
	uint32_t *left;

	if (!u->state.atc_passes || !is_atc(hw, cmd))
		return false;
	left = atc_fail_of(u, cmd->src);
	if (!left)
		return false;
	u->atc_failing -= !--*left;
	return true;
}

static void finish(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	if (hw->model->rows[cmd->row].kind == IMS_CMD_RESPONSE)
		respond(hw, cmd);
	else if (hw->model->rows[cmd->row].kind == IMS_CMD_FETCH)
		fetch_ahead(hw, cmd);
	else if (hw->unit->atc_failing && given_up(hw, cmd))
		hw->model->atc_failed(hw, cmd->src, cmd);
	else if (!hw->unit->state.atc_twice || !is_atc(hw, cmd) || atc_second(hw->unit, cmd))
		take_effect(hw, cmd);
}

/*
 * A device among the oldest @count does not answer: then nothing from the oldest
 * command to a device on has been executed, which is what hardware may make of it
 * at worst.
 */
static bool times_out(struct ims_hw *hw, uint32_t count)
{
	struct ims_unit *u = hw->unit;
	uint32_t to_device = u->pending_count, *left;

	for (uint32_t i = 0; i < count; i++) {
		if (!is_atc(hw, &u->pending[i]))
			continue;
		if (to_device > i)
			to_device = i;
		left = atc_fail_of(u, u->pending[i].src);
		if (!left)
			continue;
		u->atc_failing -= !--*left;
		u->failed = u->pending[i];
		for (uint32_t k = 0; k < to_device; k++)
			finish(hw, &u->pending[k]);
		u->pending_count = 0;
		return true;
	}
	return false;
}

/* Lets everything pending take effect; false: it timed out. */
static bool finish_all(struct ims_hw *hw)
{
	struct ims_unit *u = hw->unit;

	if (u->atc_failing && !u->state.atc_passes && times_out(hw, u->pending_count))
		return false;
	for (uint32_t i = 0; i < u->pending_count; i++)
		finish(hw, &u->pending[i]);
	u->pending_count = 0;
	return true;
}

static bool finish_oldest(struct ims_hw *hw)
{
	struct ims_unit *u = hw->unit;

	if (u->atc_failing && !u->state.atc_passes && times_out(hw, 1))
		return false;
	finish(hw, &u->pending[0]);
	u->pending_count--;
	memmove(u->pending, u->pending + 1, u->pending_count * sizeof(u->pending[0]));
	return true;
}

/* Errors add up: the first one is the engine's, the vendor is told of each. */
void ims_ring_stop(struct ims_hw *hw, uint16_t error)
{
	struct ims_unit *u = hw->unit;

	if (!u->queue_error)
		u->queue_error = error;
	ims_emit(hw, IMS_EV_QERROR, error, u->head, 0, 0, 0);
	if (error == hw->model->queue_error_timeout && hw->model->atc_failed)
		hw->model->atc_failed(hw, u->failed.src, &u->failed);
	else if (hw->model->queue_stopped)
		hw->model->queue_stopped(hw, error);
}

void ims_complete(struct ims_hw *hw)
{
	if (!finish_all(hw))
		ims_ring_stop(hw, hw->model->queue_error_timeout);
}

/* A status word; where it has 32 bits the other half of the 64-bit word stays. */
static void write_status(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	uint64_t pa, old;

	if (!ims_mem_resolve(&hw->mem, cmd->wait_addr & ~UINT64_C(7), &pa))
		return;
	old = ims_mem_word(&hw->mem, pa);
	if (cmd->wait_wide)
		ims_write(hw, pa, cmd->wait_data, true);
	else if (cmd->wait_addr & 4)
		ims_write(hw, pa, (old & UINT32_MAX) | cmd->wait_data << 32, true);
	else
		ims_write(hw, pa, (old & ~(uint64_t)UINT32_MAX) | cmd->wait_data, true);
}

static uint16_t finish_wait(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	uint32_t cause = hw->cause;
	bool done = finish_all(hw);

	if (hw->log)
		hw->cause = cmd->event;
	if (done) {
		if (cmd->wait_write)
			write_status(hw, cmd);
		ims_emit(hw, IMS_EV_DONE, cmd->row, 0, 0, 0, 0);
		if (cmd->wait_signal && hw->model->wait_signalled)
			hw->model->wait_signalled(hw);
	} else {
		ims_emit(hw, IMS_EV_ABORTED, cmd->row, cmd->event, 0, 0, 0);
	}
	hw->cause = cause;
	return done ? 0 : hw->model->queue_error_timeout;
}

/* ---- consumption ---- */

/* Must @cmd wait for one that is pending. */
static bool held_back(const struct ims_hw *hw, const struct ims_cmd *cmd)
{
	const struct ims_unit *u = hw->unit;

	for (uint32_t i = 0; i < u->pending_count; i++)
		if (ims_model_ordered(hw->model, u->state.params, u->pending[i].row, cmd->row))
			return true;
	return false;
}

/*
 * Takes effect when it is consumed: on a unit that does so a command that overtakes
 * what is pending; and an answer to a device that nothing holds back.
 */
static bool is_early(const struct ims_hw *hw, const struct ims_cmd *cmd)
{
	if (hw->model->rows[cmd->row].kind == IMS_CMD_RESPONSE)
		return !held_back(hw, cmd);
	if (!hw->unit->state.early_effect || !hw->unit->pending_count)
		return false;
	return !held_back(hw, cmd) && !(is_atc(hw, cmd) && atc_fail_of(hw->unit, cmd->src));
}

static void log_cmd(struct ims_hw *hw, struct ims_cmd *cmd, const uint64_t *words)
{
	cmd->when = ims_emit(hw, IMS_EV_CMD, cmd->row, words[0], words[1], words[2], words[3]);
	cmd->event = hw->log ? cmd->when : 0;
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
	cmd->at = u->head;
	log_cmd(hw, cmd, words);
	if (hw->model->rows[cmd->row].kind == IMS_CMD_WAIT)
		return finish_wait(hw, cmd);
	if (is_early(hw, cmd)) {
		finish(hw, cmd);
		return 0;
	}
	if (cmd == &spare) {
		if (!finish_oldest(hw))
			return hw->model->queue_error_timeout;
		u->pending[u->pending_count] = spare;
	}
	u->pending_count++;
	return 0;
}

/* Mode and readiness are of the root register as it is now. */
static uint16_t ready(struct ims_hw *hw)
{
	return hw->model->ready ? hw->model->ready(&hw->unit->state, hw->unit->root) : 0;
}

uint8_t ims_unit_mode(struct ims_hw *hw)
{
	ready(hw);
	return hw->unit->state.mode;
}

uint16_t ims_cmd_now(struct ims_hw *hw, const uint64_t *words)
{
	struct ims_cmd cmd;
	uint16_t error;

	ready(hw);
	error = ims_cmd_decode(hw->model, &hw->unit->state, words, &cmd);
	if (error)
		return error;
	log_cmd(hw, &cmd, words);
	take_effect(hw, &cmd);
	return 0;
}

void ims_cmd_execute(struct ims_hw *hw, const uint64_t *words)
{
	uint16_t error = ready(hw);

	if (!error)
		error = consume(hw, words);
	/* A device is behind the unit, whosever ring the command stood in. */
	if (error && error == hw->model->queue_error_timeout)
		ims_ring_stop(hw, error);
	else if (error)
		ims_emit(hw, IMS_EV_QERROR, error, hw->unit->head, 0, 0, 0);
}

static uint64_t slot_at(const struct ims_unit *u, uint32_t slot)
{
	return u->ring + (uint64_t)ims_ring_slot(u, slot) * u->state.cmd_words * 8;
}

bool ims_ring_read(struct ims_hw *hw, uint32_t slot, uint64_t *ret_words)
{
	uint64_t at = slot_at(hw->unit, slot);
	bool all = true;

	memset(ret_words, 0, IMS_CMD_WORDS * sizeof(*ret_words));
	for (unsigned i = 0; i < hw->unit->state.cmd_words; i++)
		all &= ims_mem_read(&hw->mem, at + i * 8, &ret_words[i]);
	return all;
}

void ims_ring_write(struct ims_hw *hw, uint32_t slot, const uint64_t *words)
{
	uint64_t at = slot_at(hw->unit, slot), pa;

	for (unsigned i = 0; i < hw->unit->state.cmd_words; i++)
		if (ims_mem_resolve(&hw->mem, at + i * 8, &pa))
			ims_world_store(hw->world, pa, words[i], hw->world->time);
}

bool ims_ring_put(struct ims_hw *hw, const uint64_t *words)
{
	struct ims_unit *u = hw->unit;
	/* Where head and tail have no bit more a full ring would be an empty one. */
	uint32_t room = hw->model->ring_wraps ? u->ring_mask + 1 : u->ring_mask;

	if (((u->tail - u->head) & u->index_mask) >= room)
		return false;
	ims_ring_write(hw, u->tail, words);
	u->tail = ims_ring_next(u, u->tail);
	return true;
}

static uint16_t fetch(struct ims_hw *hw)
{
	uint64_t words[IMS_CMD_WORDS];

	if (!ims_ring_read(hw, hw->unit->head, words) && hw->model->queue_error_fetch)
		return hw->model->queue_error_fetch;
	return consume(hw, words);
}

void ims_ring_run(struct ims_hw *hw)
{
	struct ims_unit *u = hw->unit;
	uint16_t error;

	/* Again where the vendor passes over what was in error. */
	do {
		if (u->head == u->tail || u->queue_error || u->state.fetch_off)
			return;
		error = ready(hw);
		while (!error && u->head != u->tail) {
			error = fetch(hw);
			if (!error)
				u->head = ims_ring_next(u, u->head);
		}
		if (error)
			ims_ring_stop(hw, error);
	} while (error);
}
