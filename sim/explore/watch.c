/* SPDX-License-Identifier: MIT */
/* A run as the closure sees it: words, registers, commands, waits; and what its devices may ask. */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/explore/hash.h"
#include "sim/explore/watch_parts.h"

const char *xpl_power_name(enum xpl_power p)
{
	static const char *const names[XPL_POWER_MAX] = { "prefetch", "walk-caches", "reorder" };

	return names[p];
}

void xpl_watch_give_up(struct xpl_watch *w, const char *why)
{
	if (!w->trouble)
		w->trouble = g_strdup(why);
}

/* ---- beginning ---- */

static void begin(struct xpl_watch *w, struct scn_run *run)
{
	static const enum xpl_order orders[] = {
		[SCN_ORDER_VENDOR] = XPL_ORDER_VENDOR,
		[SCN_ORDER_WEAKEST] = XPL_ORDER_WEAKEST,
		[SCN_ORDER_IN] = XPL_ORDER_IN,
	};
	enum xpl_order order = w->power < XPL_POWER_REORDER ? XPL_ORDER_IN : orders[w->scn->order];

	w->run = run;
	w->config = run->config;
	w->next = run->log.first + run->log.count;
	xpl_watch_monotone(w);
	for (uint32_t n = 0; n < w->config.units_count && !w->trouble; n++) {
		struct xpl_unit *u = &w->units[w->units_count];

		if (run->world->units[n].guest)
			continue;
		w->config.units[n].walk_caches &= w->power >= XPL_POWER_WALKS;
		u->number = n;
		if (w->shared && !w->shared->may[n])
			w->shared->may[n] = xpl_may_new(&w->config, n);
		u->closure =
			xpl_closure_new(&w->config, n, order, w->shared ? w->shared->may[n] : NULL);
		w->units_count++;
		xpl_watch_asks(w, u);
		if (w->shared)
			xpl_may_remember(w->shared->may[n]);
	}
	w->stored = true;
}

/* ---- the log ---- */

static uint64_t hash_bytes(const void *bytes, size_t count)
{
	const uint8_t *b = bytes;
	uint64_t h = count, word;

	for (; count >= 8; count -= 8, b += 8) {
		memcpy(&word, b, 8);
		h = xpl_mix(h, word);
	}
	for (; count; count--)
		h = xpl_mix(h, *b++);
	return h;
}

static bool state_changed(struct xpl_watch *w, struct xpl_unit *u)
{
	const struct ims_unit *now = &w->run->world->units[u->number];
	bool changed = now->root != u->root || memcmp(&now->state, &u->state, sizeof(u->state));

	u->root = now->root;
	u->state = now->state;
	if (changed && w->shared)
		u->regs = xpl_mix(hash_bytes(&u->state, sizeof(u->state)), u->root);
	return changed;
}

/* Memory and registers as they are now. */
static void look(struct xpl_watch *w)
{
	for (uint32_t i = 0; i < w->units_count && !w->trouble; i++) {
		struct xpl_unit *u = &w->units[i];
		bool changed = state_changed(w, u);

		if (!w->stored && !changed)
			continue;
		u->version = w->shared ? xpl_mix(w->words, u->regs) : u->version + 1;
		if (!xpl_closure_look(u->closure, w->run->world, u->version))
			xpl_watch_give_up(w, xpl_closure_trouble(u->closure));
		for (uint32_t k = 0; k < w->windows_count; k++)
			if (!xpl_may_close(xpl_closure_may(u->closure), &u->legit[k], NULL, NULL))
				xpl_watch_give_up(w, xpl_may_trouble(xpl_closure_may(u->closure)));
	}
	w->stored = false;
}

static struct xpl_unit *unit_of(struct xpl_watch *w, uint32_t number)
{
	for (uint32_t i = 0; i < w->units_count; i++)
		if (w->units[i].number == number)
			return &w->units[i];
	return NULL;
}

/* A ring that no unit has: what takes effect as soon as it is there. */
#define AT_ONCE IMS_RINGS

static void consumed(struct xpl_watch *w, struct xpl_unit *u, const struct ims_event *e,
		     uint32_t number)
{
	const struct ims_cmd_row *row = &w->run->model->rows[e->n];
	struct ims_cmd cmd;
	uint64_t words[IMS_CMD_WORDS];

	for (unsigned i = 0; i < IMS_CMD_WORDS; i++)
		words[i] = e->a[i];
	if (row->kind != IMS_CMD_INVALIDATE)
		return;
	if (ims_cmd_decode(w->run->model, &w->run->world->units[u->number].state, words, &cmd)) {
		xpl_watch_give_up(w, "a command is not what it was when it was consumed");
		return;
	}
	look(w);
	if (w->consumed != IMS_NONE) {
		xpl_closure_at(u->closure, w->consumed);
		xpl_closure_command(u->closure, (unsigned)e->a[4], &cmd);
		w->consumed = IMS_NONE;
	} else {
		xpl_closure_at(u->closure, number);
		xpl_closure_command(u->closure, AT_ONCE, &cmd);
		xpl_closure_sync(u->closure, AT_ONCE);
	}
}

static void read_event(struct xpl_watch *w, const struct ims_event *e, uint32_t number)
{
	struct xpl_unit *u = unit_of(w, e->unit);

	switch (e->kind) {
	case IMS_EV_WRITE:
		/* What hardware notes and tells is no part of what is translated. */
		if (!e->a[3])
			w->words += xpl_mix(e->a[0], e->a[2]) - xpl_mix(e->a[0], e->a[1]);
		w->stored = true;
		break;
	case IMS_EV_REG:
		w->stored = true;
		break;
	case IMS_EV_CMD:
		if (u)
			consumed(w, u, e, number);
		break;
	case IMS_EV_DONE:
		if (!u)
			break;
		xpl_closure_at(u->closure, w->consumed != IMS_NONE ? w->consumed : number);
		xpl_closure_sync(u->closure, (unsigned)e->a[0]);
		w->consumed = IMS_NONE;
		break;
	case IMS_EV_DROP:
		if (u && !e->a[1])
			xpl_watch_give_up(w, "a register drops what is cached");
		break;
	case IMS_EV_QERROR:
	case IMS_EV_LOST:
	case IMS_EV_ABORTED:
	case IMS_EV_HUNG:
		if (u || e->kind == IMS_EV_HUNG)
			xpl_watch_give_up(w, "a command queue stops, or loses a command");
		break;
	default:
		break;
	}
}

/* What has happened up to now. */
static void catch_up(struct xpl_watch *w, uint32_t number)
{
	const struct ims_log *log = &w->run->log;

	for (; !w->trouble && w->next < log->first + log->count; w->next++)
		read_event(w, ims_log_at(log, w->next), number);
	for (uint32_t i = 0; i < w->units_count && !w->trouble; i++) {
		if (xpl_closure_trouble(w->units[i].closure))
			xpl_watch_give_up(w, xpl_closure_trouble(w->units[i].closure));
		xpl_closure_at(w->units[i].closure, number);
	}
	if (!w->trouble)
		look(w);
}

/* ---- changes that are not claimed ---- */

/* Is the change of this STEP event claimed by now; that of @going is not. */
static bool is_open(const struct scn_run *run, uint32_t event, uint32_t going)
{
	bool open = event == going;

	for (guint i = 0; i < run->async->len; i++)
		open |= g_array_index(run->async, struct scn_unclaimed, i).step == event;
	for (guint i = 0; i < run->lazy->len; i++) {
		const struct scn_queued *q = &g_array_index(run->lazy, struct scn_queued, i);

		open |= q->step == event && !q->claimed;
	}
	for (uint32_t i = 0; i < run->schedule.count; i++)
		open |= run->parts[i].open && run->parts[i].event == event;
	return open;
}

static void close_windows(struct xpl_watch *w, uint32_t going)
{
	uint32_t kept = 0;

	for (uint32_t k = 0; k < w->windows_count; k++) {
		if (!is_open(w->run, w->windows[k], going))
			continue;
		w->windows[kept] = w->windows[k];
		for (uint32_t i = 0; i < w->units_count && kept != k; i++)
			w->units[i].legit[kept] = w->units[i].legit[k];
		kept++;
	}
	w->windows_count = kept;
}

/* What is outdated from now on is so by a change that comes: that of the step that begins. */
static void open_window(struct xpl_watch *w)
{
	close_windows(w, IMS_NONE);
	if (w->windows_count == XPL_WINDOWS) {
		xpl_watch_give_up(w, "more changes are not claimed at a time than can be searched");
		return;
	}
	for (uint32_t i = 0; i < w->units_count; i++)
		w->units[i].legit[w->windows_count] =
			*xpl_may_fresh(xpl_closure_may(w->units[i].closure));
	w->windows[w->windows_count++] = w->run->world->time + 1;
}

/* ---- the run ---- */

void xpl_watch_before(void *watch, struct scn_run *run, uint32_t number, enum ims_instant instant,
		      struct ims_hw *hw, const uint64_t *words)
{
	struct xpl_watch *w = watch;

	(void)words;
	if (!w->run)
		begin(w, run);
	if (w->trouble)
		return;
	catch_up(w, number);
	if (w->trouble)
		return;
	switch (instant) {
	case IMS_INSTANT_STORE:
		for (uint32_t i = 0; i < w->units_count; i++)
			xpl_closure_store(w->units[i].closure);
		break;
	case IMS_INSTANT_COMMAND:
		w->consumed = unit_of(w, hw->number) ? number : w->consumed;
		break;
	case IMS_INSTANT_STEP:
		open_window(w);
		break;
	case IMS_INSTANT_RETURN:
		close_windows(w, scn_claims_later(run, run->step) || scn_is_lazy(run, run->step) ?
					 run->step_event :
					 IMS_NONE);
		xpl_watch_judge(w, number);
		break;
	default:
		break;
	}
}

void xpl_shared_init(struct xpl_shared *s)
{
	*s = (struct xpl_shared){ .sound = g_hash_table_new_full(g_int64_hash, g_int64_equal,
								 g_free, NULL) };
}

void xpl_shared_clear(struct xpl_shared *s)
{
	for (unsigned i = 0; i < IMS_UNITS; i++)
		xpl_may_free(s->may[i]);
	g_hash_table_unref(s->sound);
}

struct xpl_watch *xpl_watch_new(const struct scn *scn, enum xpl_power power,
				struct xpl_shared *shared)
{
	struct xpl_watch *w = g_new0(struct xpl_watch, 1);

	w->shared = shared;
	w->scn = scn;
	w->power = power;
	w->consumed = IMS_NONE;
	w->violations = g_ptr_array_new();
	return w;
}

void xpl_watch_free(struct xpl_watch *w)
{
	if (!w)
		return;
	for (uint32_t i = 0; i < w->units_count; i++)
		xpl_closure_free(w->units[i].closure);
	for (guint i = 0; i < w->violations->len; i++) {
		struct xpl_violation *v = g_ptr_array_index(w->violations, i);

		g_array_unref(v->deeds);
		g_free(v);
	}
	g_ptr_array_unref(w->violations);
	g_free(w->trouble);
	g_free(w);
}

GPtrArray *xpl_watch_violations(struct xpl_watch *w)
{
	return w->violations;
}

const char *xpl_watch_trouble(const struct xpl_watch *w)
{
	return w->trouble;
}

const struct xpl_ask *xpl_watch_ask(const struct xpl_watch *w, uint32_t unit, uint32_t ask)
{
	for (uint32_t i = 0; i < w->units_count; i++)
		if (w->units[i].number == unit)
			return xpl_may_ask_at(xpl_closure_may(w->units[i].closure), ask);
	IMS_ASSERT(!"a violation is of a unit that was watched");
	return NULL;
}

/* Where the actors are, and what is not claimed. */
static uint64_t said_of_steps(const struct scn_run *run)
{
	uint64_t h = xpl_mix(1, run->kicked);

	for (uint32_t i = 0; i < run->schedule.count; i++)
		h = xpl_mix(h, (uint64_t)run->schedule.at[i] << 1 | run->parts[i].open);
	for (guint i = 0; i < run->async->len; i++)
		h += xpl_mix(2, g_array_index(run->async, struct scn_unclaimed, i).index);
	for (guint i = 0; i < run->lazy->len; i++)
		h += xpl_mix(3, g_array_index(run->lazy, struct scn_queued, i).first);
	return h;
}

uint64_t xpl_watch_said(struct xpl_watch *w, const struct scn_run *run)
{
	uint64_t h = said_of_steps(run);

	if (w->run && !w->trouble)
		catch_up(w, run->acts.instants);
	for (uint32_t i = 0; i < w->units_count && !w->trouble; i++)
		h = xpl_mix(h, xpl_closure_said(w->units[i].closure));
	return h;
}
