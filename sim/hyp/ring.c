/* SPDX-License-Identifier: MIT */
/* The host's rings: commands, waits for them, what is owed by the vendor's rules. */
#include <string.h>

#include "sim/hyp/parts.h"

static const char *why_stopped(struct hyp *h)
{
	if (ims_ring_off(&hyp_now(h)->hw))
		return "the wait of the host never completes: its queue is off";
	if (ims_hw_ring(&hyp_now(h)->hw)->error == h->model->queue_error_timeout)
		return "the host gives up: its queue has stopped, a device does not answer";
	return "the wait of the host never completes: its queue has stopped";
}

/* Nothing that the host does returns any more. */
static void hang(struct hyp *h, bool refused)
{
	struct ims_hw hand = hyp_now(h)->hw;
	bool off = !ims_hw_ring(&hand)->error && ims_ring_off(&hand);

	if (h->hung)
		return;
	h->error = why_stopped(h);
	hand.actor = IMS_ACTOR_HOST;
	hand.cause = h->cause;
	hand.line = h->line;
	ims_emit(&hand, IMS_EV_HUNG, hand.number, hand.unit->failed.src,
		 refused ? IMS_HUNG_STOPPED + off : IMS_HUNG_DEVICE, 0, 0);
	h->hung = true;
}

static void ring_put(struct hyp *h, const uint64_t *words)
{
	if (ims_ring_put(&hyp_now(h)->hw, words))
		return;
	ims_ring_run(&hyp_now(h)->hw);
	if (!ims_ring_put(&hyp_now(h)->hw, words))
		hang(h, ims_hw_ring(&hyp_now(h)->hw)->error != h->model->queue_error_timeout);
}

static bool wait_done(struct hyp *h)
{
	return (uint32_t)ims_mem_word(&hyp_now(h)->hw.mem, hyp_now(h)->status) == hyp_now(h)->waits;
}

/* Puts a wait behind everything and runs; has it completed. */
static bool waited(struct hyp *h)
{
	uint64_t words[IMS_CMD_WORDS];

	hyp_words_of_sync(h, hyp_now(h)->status, ++hyp_now(h)->waits, words);
	ring_put(h, words);
	ims_ring_run(&hyp_now(h)->hw);
	return wait_done(h);
}

/* ---- devices that do not answer ---- */

static bool stopped_over_device(struct hyp *h)
{
	return ims_hw_ring(&hyp_now(h)->hw)->error == h->model->queue_error_timeout;
}

/* The ring stopped over a device; or the unit gave it up, and has a way to say so. */
static bool unanswered(struct hyp *h)
{
	return stopped_over_device(h) ||
	       (h->model->atc_failed && hyp_now(h)->hw.unit->given_up != hyp_now(h)->given_up);
}

/* Acknowledged: the queue goes on from where it stands, or from its beginning. */
static void acknowledge(struct hyp *h)
{
	hyp_now(h)->given_up = hyp_now(h)->hw.unit->given_up;
	if (stopped_over_device(h) && h->model->queue_clear)
		hyp_queue_clear(h, HYP_HOST);
}

/* Is a command for a device that the host has shut out. */
static bool for_blocked(const struct hyp *h, const uint64_t *words)
{
	struct ims_cmd cmd;
	uint32_t dev;

	if (ims_cmd_decode(h->model, NULL, words, &cmd) ||
	    h->model->rows[cmd.row].vmm != IMS_VMM_ATC)
		return false;
	dev = hyp_device_by_rid(h, hyp_unit_of(h, h->turn), cmd.src);
	return dev != IMS_NONE && h->devices[dev].blocked;
}

static bool issued_again(struct hyp *h)
{
	for (uint32_t i = 0; i < hyp_now(h)->batch_count; i++)
		if (!for_blocked(h, hyp_now(h)->batch[i]))
			ring_put(h, hyp_now(h)->batch[i]);
	return waited(h);
}

/* It is not known what was executed: all of it is issued again, as qi_submit_sync() of Linux does. */
static bool retry(struct hyp *h)
{
	bool done = false;

	for (unsigned tries = 0; unanswered(h) && tries < 2; tries++) {
		acknowledge(h);
		done = issued_again(h);
	}
	return done && !unanswered(h);
}

/*
 * The wait alone again, as some drivers of Linux do. Where the ring would have
 * to be emptied for that, nothing is done about it, and nobody looks at what the wait came to.
 */
static bool go_on(struct hyp *h)
{
	if (h->model->queue_clear_empties) {
		hyp_now(h)->given_up = hyp_now(h)->hw.unit->given_up;
		return true;
	}
	for (unsigned tries = 0; unanswered(h) && tries <= IMS_ATC_FAIL; tries++)
		acknowledge(h);
	return wait_done(h);
}

/* The device is shut out: nothing of it passes, whatever it holds; and the rest is issued again. */
static bool quarantine(struct hyp *h)
{
	uint64_t batch[HYP_BATCH][IMS_CMD_WORDS];
	uint32_t count = hyp_now(h)->batch_count, dev;
	bool done = false;

	memcpy(batch, hyp_now(h)->batch, sizeof(batch[0]) * count);
	for (uint32_t n = 0; unanswered(h) && n <= h->devices_count; n++) {
		dev = hyp_device_by_rid(h, hyp_unit_of(h, h->turn),
					hyp_now(h)->hw.unit->failed.src);
		acknowledge(h);
		if (dev == IMS_NONE)
			return false;
		/* What is owed for that is a batch of its own. */
		hyp_now(h)->batch_count = 0;
		hyp_block_entry(h, dev);
		memcpy(hyp_now(h)->batch, batch, sizeof(batch[0]) * count);
		hyp_now(h)->batch_count = count;
		done = issued_again(h);
	}
	return done && !unanswered(h);
}

static bool made_of_timeout(struct hyp *h)
{
	switch (hyp_policy(h, IMS_COL_TIMEOUT)) {
	case IMS_TIMEOUT_ASSUME_DONE:
		return go_on(h);
	case IMS_TIMEOUT_REPORT:
		h->timed_out = true;
		return go_on(h);
	case IMS_TIMEOUT_QUARANTINE:
		return quarantine(h);
	default:
		return retry(h);
	}
}

/* Everything issued so far is complete when this returns, as far as the host can tell. */
static void host_sync(struct hyp *h)
{
	bool done = waited(h);

	if (!done) {
		hyp_step_over(h, HYP_HOST);
		done = wait_done(h);
	}
	if (unanswered(h)) {
		done = made_of_timeout(h);
		if (!done)
			hang(h, false);
	} else if (!done) {
		hang(h, true);
	}
	hyp_now(h)->batch_count = 0;
}

void hyp_host_sync(struct hyp *h)
{
	uint32_t turn = h->turn;

	for (h->turn = 0; h->turn < h->iommus_count; h->turn++)
		if (hyp_now(h)->batch_count)
			host_sync(h);
	h->turn = turn;
}

void hyp_host_run(struct hyp *h)
{
	for (uint32_t i = 0; i < h->iommus_count; i++)
		ims_ring_run(&h->iommus[i].hw);
}

void hyp_host_put(struct hyp *h, const uint64_t *words)
{
	if (hyp_now(h)->batch_count == HYP_BATCH)
		host_sync(h);
	memcpy(hyp_now(h)->batch[hyp_now(h)->batch_count++], words, sizeof(hyp_now(h)->batch[0]));
	ring_put(h, words);
}

void hyp_host_command(struct hyp *h, const uint64_t *words)
{
	if (words)
		hyp_host_put(h, words);
	host_sync(h);
}

static void host_put(struct hyp *h, uint32_t vm, const uint64_t *words)
{
	(void)vm;
	hyp_host_put(h, words);
}

static void host_barrier(struct hyp *h, uint32_t vm)
{
	(void)vm;
	host_sync(h);
}

bool hyp_host_issue(struct hyp *h, enum ims_change change, const struct hyp_targets *t,
		    const struct hyp_extent *x)
{
	const struct hyp_issuer by = { .rules = h->model->host_rules,
				       .count = h->model->host_rules_count,
				       .state = &hyp_now(h)->hw.unit->state,
				       .policy = &h->policy,
				       .put = host_put,
				       .barrier = host_barrier };

	return t->tags_count && hyp_issue(h, &by, change, t, x);
}

void hyp_host_owed(struct hyp *h, enum ims_change change, const struct hyp_targets *t,
		   const struct hyp_extent *x)
{
	if (hyp_host_issue(h, change, t, x))
		host_sync(h);
}

void hyp_host_pass(struct hyp *h, const uint64_t *words)
{
	ring_put(h, words);
	ims_ring_run(&hyp_now(h)->hw);
}
