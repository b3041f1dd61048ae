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

static void ring_put(struct hyp *h, const uint64_t *words)
{
	if (ims_ring_put(&hyp_now(h)->hw, words))
		return;
	ims_ring_run(&hyp_now(h)->hw);
	if (!ims_ring_put(&hyp_now(h)->hw, words))
		h->error = why_stopped(h);
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

/*
 * Everything issued so far is complete when this returns. Where a device did not
 * answer, it is not known what was executed: all of it is issued again, as
 * qi_submit_sync() of Linux does.
 */
static void host_sync(struct hyp *h)
{
	bool done = waited(h);

	if (!done) {
		hyp_step_over(h, HYP_HOST);
		done = wait_done(h);
	}
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
