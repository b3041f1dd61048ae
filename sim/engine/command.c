/* SPDX-License-Identifier: MIT */
/* Rings of commands in memory: consumption, and completion after it. */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/core/bits.h"
#include "sim/engine/atc.h"
#include "sim/engine/command_parts.h"
#include "sim/engine/engine.h"

/* Cleared for each command: compilers do so in place up to this size. */
_Static_assert(sizeof(struct ims_cmd) <= 80, "decoding stays cheap");

#define LOST 8 /* translations that one command takes from a device, which asks for them again */

struct dropping {
	struct ims_hw *hw;
	const struct ims_cmd *cmd;
	unsigned cache, lost_count;
	struct ims_req lost[LOST];
};

static void dropped(void *arg, uint32_t number, const struct ims_entry *e)
{
	struct dropping *d = arg;

	ims_emit(d->hw, IMS_EV_DROP, number, d->cache, d->cmd->event, 0, 0);
	if (d->hw->unit->state.atc_asks && d->cache == d->hw->model->atc && d->lost_count < LOST)
		d->lost[d->lost_count++] =
			(struct ims_req){ .src = e->src, .ctx = e->ctx, .addr = e->in };
}

/* The device was using what it lost: it asks before anything else takes effect. */
static void ask_again(struct dropping *d)
{
	struct ims_answer a;

	for (unsigned i = 0; i < d->lost_count; i++)
		ims_device_ats(d->hw, &d->lost[i], &a);
}

static void take_effect(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	const struct ims_cmd_row *row = &hw->model->rows[cmd->row];
	uint32_t cause = hw->cause;
	struct ims_sel sel;

	hw->cause = cmd->event;
	for (const struct ims_match *m = row->match; m < row->match + IMS_MATCHES && m->source;
	     m++) {
		bool asks = hw->unit->state.atc_asks;
		struct dropping d;

		if (!ims_match_resolve(row, m, cmd, &sel))
			continue;
		d.hw = hw;
		d.cmd = cmd;
		d.cache = m->cache;
		d.lost_count = 0;
		ims_cache_drop(ims_hw_cache(hw, m->cache), &sel, hw->log || asks ? dropped : NULL,
			       &d);
		ims_fetch_end(hw, m->cache, &sel);
		ask_again(&d);
	}
	hw->cause = cause;
}

/* ---- completion ---- */

/* A page response goes to its device, behind what was consumed before it. */
static void respond(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	uint32_t cause = hw->cause;

	if (hw->log)
		hw->cause = cmd->event;
	ims_asked_end(hw, ims_asked_find(hw, cmd->src, cmd->ctx, (uint16_t)cmd->group, false));
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

/* Of what is lost the log says so: what it was to drop is there still. */
static void log_lost(struct ims_hw *hw, const struct ims_cmd *cmd, bool refused)
{
	ims_emit(hw, IMS_EV_LOST, cmd->row, cmd->event, cmd->src, refused, 0);
}

/* On units that go on without a device: it does not answer this one. */
static bool given_up(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	struct ims_unit *u = hw->unit;

	if (!u->state.atc_passes || !ims_cmd_is_atc(hw, cmd) || !ims_atc_failing(u, cmd->src))
		return false;
	if (ims_atc_fail_done(u, cmd->src))
		take_effect(hw, cmd);
	else
		log_lost(hw, cmd, false);
	u->given_up++;
	u->failed = *cmd;
	return true;
}

static void act(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	uint32_t cause = hw->cause;

	if (hw->log)
		hw->cause = cmd->event;
	hw->model->act(hw, cmd);
	hw->cause = cause;
}

static void finish(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	if (cmd->ignored)
		return;
	if (hw->model->rows[cmd->row].kind == IMS_CMD_RESPONSE)
		respond(hw, cmd);
	else if (hw->model->rows[cmd->row].kind == IMS_CMD_FETCH)
		fetch_ahead(hw, cmd);
	else if (hw->model->rows[cmd->row].kind == IMS_CMD_ACT)
		act(hw, cmd);
	else if (hw->unit->atc_failing && given_up(hw, cmd))
		ims_atc_tell(hw, cmd->src, cmd);
	else if (!hw->unit->state.atc_twice || !ims_cmd_is_atc(hw, cmd) ||
		 ims_atc_second(hw->unit, cmd))
		take_effect(hw, cmd);
}

void ims_cmd_finish(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	finish(hw, cmd);
}

/* What is pending from number @first on is lost, where only invalidations to devices are the rest waits on. */
static void lose(struct ims_hw *hw, uint32_t first)
{
	struct ims_ring *r = ims_hw_ring(hw);
	bool alone = hw->unit->state.atc_alone;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < r->pending_count; i++)
		hw->unit->atc_failing -= r->pending[i].unanswered;
	for (uint32_t i = 0; i < first && !alone; i++)
		finish(hw, &r->pending[i]);
	for (uint32_t i = alone ? 0 : first; i < r->pending_count; i++) {
		if (alone && !ims_cmd_is_atc(hw, &r->pending[i]))
			r->pending[kept++] = r->pending[i];
		else
			log_lost(hw, &r->pending[i], false);
	}
	r->pending_count = kept;
}

/*
 * A device among the oldest @count does not answer: then nothing from the oldest
 * command to a device on has been executed, which is what hardware may make of it
 * at worst.
 */
static bool times_out(struct ims_hw *hw, uint32_t count)
{
	struct ims_unit *u = hw->unit;
	struct ims_ring *r = ims_hw_ring(hw);
	uint32_t to_device = r->pending_count;

	for (uint32_t i = 0; i < count; i++) {
		if (!ims_cmd_is_atc(hw, &r->pending[i]))
			continue;
		if (to_device > i)
			to_device = i;
		if (!ims_atc_failing(u, r->pending[i].src) && !r->pending[i].unanswered)
			continue;
		u->failed = r->pending[i];
		if (!u->failed.unanswered && ims_atc_fail_done(u, u->failed.src))
			take_effect(hw, &u->failed);
		lose(hw, to_device);
		return true;
	}
	return false;
}

/* Lets everything pending take effect; false: it timed out. */
static bool finish_all(struct ims_hw *hw)
{
	struct ims_unit *u = hw->unit;
	struct ims_ring *r = ims_hw_ring(hw);

	if (u->atc_failing && !u->state.atc_passes && times_out(hw, r->pending_count))
		return false;
	for (uint32_t i = 0; i < r->pending_count; i++)
		finish(hw, &r->pending[i]);
	r->pending_count = 0;
	return true;
}

static bool finish_oldest(struct ims_hw *hw)
{
	struct ims_unit *u = hw->unit;
	struct ims_ring *r = ims_hw_ring(hw);

	if (u->atc_failing && !u->state.atc_passes && times_out(hw, 1))
		return false;
	finish(hw, &r->pending[0]);
	r->pending_count--;
	memmove(r->pending, r->pending + 1, r->pending_count * sizeof(r->pending[0]));
	return true;
}

/* Errors add up: the first one is the engine's, the vendor is told of each. */
static void stop(struct ims_hw *hw, uint16_t error)
{
	struct ims_unit *u = hw->unit;
	struct ims_ring *r = ims_hw_ring(hw);

	if (!r->error)
		r->error = error;
	ims_emit(hw, IMS_EV_QERROR, error, r->head, hw->ring, 0, 0);
	if (error == hw->model->queue_error_timeout && hw->model->atc_failed)
		hw->model->atc_failed(hw, u->failed.src, &u->failed);
	else if (hw->model->queue_stopped)
		hw->model->queue_stopped(hw, hw->ring, error);
}

void ims_ring_stop(struct ims_hw *hw, unsigned ring, uint16_t error)
{
	unsigned was = ims_ring_use(hw, ring);

	stop(hw, error);
	ims_ring_use(hw, was);
}

void ims_complete(struct ims_hw *hw)
{
	if (!finish_all(hw))
		stop(hw, hw->model->queue_error_timeout);
}

/* ---- rings that guests own ---- */

/* An address that stands in the ring at hand, or says where it is, as the unit's own. */
static bool ring_address(struct ims_hw *hw, uint64_t addr, uint64_t *ret)
{
	uint16_t owner = ims_hw_ring(hw)->owner;

	*ret = addr;
	if (__builtin_expect(!owner, 1) || owner == IMS_OWNER_BARE || !hw->model->ring_address)
		return true;
	return hw->model->ring_address(hw, hw->ring, addr, ret);
}

/* A guest's command becomes one of the unit's own: 0, why not, or IMS_CMD_VOID. */
static uint16_t translate(struct ims_hw *hw, uint64_t *words)
{
	uint16_t error;

	if (!hw->model->guest_command)
		return 0;
	error = hw->model->guest_command(hw, hw->ring, words);
	if (error == IMS_CMD_VOID)
		ims_emit(hw, IMS_EV_DISCARD, IMS_ACTOR_HARDWARE, hw->log ? hw->cause : 0, 0, 0, 0);
	return error;
}

void ims_ring_settle(struct ims_hw *hw, unsigned ring)
{
	struct ims_unit *u = hw->unit;
	unsigned was = ims_ring_use(hw, ring);
	struct ims_ring *r = ims_hw_ring(hw);
	uint32_t kept = 0;

	for (uint32_t i = 0; i < r->pending_count; i++) {
		struct ims_cmd *cmd = &r->pending[i];

		if (!cmd->unanswered &&
		    !(ims_cmd_is_atc(hw, cmd) && ims_atc_failing(u, cmd->src))) {
			finish(hw, cmd);
			continue;
		}
		/* It counts as one that fails for as long as it stands here. */
		if (!cmd->unanswered) {
			if (ims_atc_fail_done(u, cmd->src))
				take_effect(hw, cmd);
			u->atc_failing++;
		}
		cmd->unanswered = true;
		r->pending[kept++] = *cmd;
	}
	r->pending_count = kept;
	ims_ring_use(hw, was);
}

void ims_ring_forget(struct ims_hw *hw, unsigned ring)
{
	struct ims_ring *r = ims_hw_ring_of(hw, ring);

	for (uint32_t i = 0; i < r->pending_count; i++)
		hw->unit->atc_failing -= r->pending[i].unanswered;
	r->pending_count = 0;
}

/* ---- waits ---- */

/* A status word; where it has 32 bits the other half of the 64-bit word stays. */
static void write_status(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	uint64_t at, pa, old;

	if (ims_hw_ring(hw)->owner == IMS_OWNER_BARE ||
	    !ring_address(hw, cmd->wait_addr & ~UINT64_C(7), &at) ||
	    !ims_mem_resolve(&hw->mem, at, &pa))
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
		ims_emit(hw, IMS_EV_DONE, cmd->row, hw->ring, 0, 0, 0);
		if (hw->model->wait_done)
			hw->model->wait_done(hw, hw->ring);
		if (cmd->wait_signal && hw->model->wait_signalled)
			hw->model->wait_signalled(hw);
	} else {
		ims_emit(hw, IMS_EV_ABORTED, cmd->row, cmd->event, hw->ring, 0, 0);
	}
	hw->cause = cause;
	return done ? 0 : hw->model->queue_error_timeout;
}

/* ---- consumption ---- */

bool ims_cmd_held_back(const struct ims_hw *hw, const struct ims_ring *r, uint32_t count,
		       unsigned row)
{
	const uint32_t *params = hw->unit->state.params;

	for (uint32_t i = 0; i < count; i++)
		if (ims_model_ordered(hw->model, params, r->pending[i].row, row))
			return true;
	return false;
}

/* Must @cmd wait for one that is pending. */
static bool held_back(const struct ims_hw *hw, const struct ims_cmd *cmd)
{
	const struct ims_ring *r = ims_hw_ring(hw);

	return ims_cmd_held_back(hw, r, r->pending_count, cmd->row);
}

/*
 * Takes effect when it is consumed: on a unit that does so a command that overtakes
 * what is pending; and an answer to a device that nothing holds back.
 */
static bool is_early(const struct ims_hw *hw, const struct ims_cmd *cmd)
{
	if (hw->model->rows[cmd->row].kind == IMS_CMD_ACT)
		return true;
	if (hw->model->rows[cmd->row].kind == IMS_CMD_RESPONSE)
		return !held_back(hw, cmd);
	if (!hw->unit->state.early_effect || !ims_hw_ring(hw)->pending_count)
		return false;
	/* What may be lost with another that a device did not answer waits for the SYNC, too. */
	return !held_back(hw, cmd) &&
	       !(ims_cmd_is_atc(hw, cmd) &&
		 (ims_hw_ring(hw)->pending[0].unanswered || ims_atc_failing(hw->unit, cmd->src)));
}

static void log_cmd(struct ims_hw *hw, struct ims_cmd *cmd, const uint64_t *words)
{
	cmd->when = ims_emit(hw, IMS_EV_CMD, cmd->row, words[0], words[1], words[2], words[3]);
	cmd->event = hw->log ? cmd->when : 0;
	ims_emit_ring(hw, cmd->when);
}

/* Consumes one command; returns the queue error. */
static uint16_t consume(struct ims_hw *hw, const uint64_t *words)
{
	struct ims_ring *r = ims_hw_ring(hw);
	/* Decoded where it will stand: a copy of fields stored just before stalls the processor. */
	struct ims_cmd spare, *cmd = &spare;
	uint16_t error;

	/* Before the place is taken: what is pending may be less by then. */
	ims_log_instant(hw->log, IMS_INSTANT_COMMAND, hw, words);
	if (r->pending_count < IMS_PENDING)
		cmd = &r->pending[r->pending_count];
	error = ims_cmd_decode(hw->model, &hw->unit->state, words, cmd);
	if (!error && __builtin_expect(hw->unit->refuses, 0)) {
		hw->unit->refuses--;
		log_cmd(hw, cmd, words);
		log_lost(hw, cmd, true);
		error = hw->model->queue_error_type;
	}
	if (error)
		return error;
	cmd->at = r->head;
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
		r->pending[r->pending_count] = spare;
	}
	r->pending_count++;
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
		stop(hw, error);
	else if (error)
		ims_emit(hw, IMS_EV_QERROR, error, ims_hw_ring(hw)->head, hw->ring, 0, 0);
}

static uint64_t slot_at(const struct ims_hw *hw, uint32_t slot)
{
	const struct ims_ring *r = ims_hw_ring(hw);

	return r->base + (uint64_t)ims_ring_slot(r, slot) * hw->unit->state.cmd_words * 8;
}

bool ims_ring_read(struct ims_hw *hw, uint32_t slot, uint64_t *ret_words)
{
	uint64_t at;
	bool all = ring_address(hw, slot_at(hw, slot), &at);

	memset(ret_words, 0, IMS_CMD_WORDS * sizeof(*ret_words));
	if (!all)
		return false;
	for (unsigned i = 0; i < hw->unit->state.cmd_words; i++)
		all &= ims_mem_read(&hw->mem, at + i * 8, &ret_words[i]);
	return all;
}

void ims_ring_write(struct ims_hw *hw, uint32_t slot, const uint64_t *words)
{
	uint64_t at = slot_at(hw, slot), pa;

	for (unsigned i = 0; i < hw->unit->state.cmd_words; i++)
		if (ims_mem_resolve(&hw->mem, at + i * 8, &pa))
			ims_world_store(hw->world, pa, words[i], hw->world->time);
}

bool ims_ring_put(struct ims_hw *hw, const uint64_t *words)
{
	struct ims_ring *r = ims_hw_ring(hw);
	/* Where head and tail have no bit more a full ring would be an empty one. */
	uint32_t room = hw->model->ring_wraps ? r->mask + 1 : r->mask;

	if (((r->tail - r->head) & r->index_mask) >= room)
		return false;
	ims_ring_write(hw, r->tail, words);
	r->tail = ims_ring_next(r, r->tail);
	return true;
}

static uint16_t fetch(struct ims_hw *hw)
{
	const struct ims_ring *r = ims_hw_ring(hw);
	uint64_t words[IMS_CMD_WORDS];
	uint16_t error = 0;

	if (!ims_ring_read(hw, r->head, words) && hw->model->queue_error_fetch)
		return hw->model->queue_error_fetch;
	if (__builtin_expect(r->owner, 0))
		error = translate(hw, words);
	if (error)
		return error == IMS_CMD_VOID ? 0 : error;
	return consume(hw, words);
}

void ims_ring_run(struct ims_hw *hw)
{
	struct ims_ring *r = ims_hw_ring(hw);
	uint16_t error;

	/* Again where the vendor passes over what was in error. */
	do {
		if (r->head == r->tail || r->error || ims_ring_off(hw))
			return;
		error = ready(hw);
		while (!error && r->head != r->tail) {
			error = fetch(hw);
			if (!error)
				r->head = ims_ring_next(r, r->head);
		}
		if (error)
			stop(hw, error);
	} while (error);
}
