/* SPDX-License-Identifier: MIT */
/* What may be answered, held against what memory and the guest's own tables say. */
#include "sim/explore/watch_parts.h"

/* ---- what may be answered ---- */

static bool has_out(const GArray *outs, uint64_t out)
{
	for (guint i = 0; i < outs->len; i++)
		if (g_array_index(outs, uint64_t, i) == out)
			return true;
	return false;
}

static bool allow(void *arg, const struct xpl_answer *a, const struct xpl_way *way)
{
	GArray *outs = arg;

	(void)way;
	if (!a->refused && !has_out(outs, a->out))
		g_array_append_val(outs, a->out);
	return false;
}

struct hunt {
	const GArray *allowed;
	bool found;
	uint64_t out;
	struct xpl_way way;
};

static bool hunt(void *arg, const struct xpl_answer *a, const struct xpl_way *way)
{
	struct hunt *h = arg;

	if (a->refused || has_out(h->allowed, a->out))
		return false;
	h->found = true;
	h->out = a->out;
	h->way = *way;
	return true;
}

static void add_deed(void *arg, const struct xpl_deed *deed)
{
	g_array_append_vals(arg, deed, 1);
}

static void violated(struct xpl_watch *w, struct xpl_unit *u, uint32_t state, uint32_t ask,
		     const struct hunt *h, uint32_t number)
{
	struct xpl_violation *v = g_new0(struct xpl_violation, 1);
	const struct xpl_deed last = { .instant = number, .way = h->way };

	v->unit = u->number;
	v->ask = *xpl_may_ask_at(xpl_closure_may(u->closure), ask);
	v->out = h->out;
	v->step = w->run->step;
	v->deeds = g_array_new(FALSE, FALSE, sizeof(struct xpl_deed));
	if (!w->shared)
		xpl_closure_story(u->closure, state, h->way.parents, h->way.parents_count, add_deed,
				  v->deeds);
	g_array_append_val(v->deeds, last);
	g_ptr_array_add(w->violations, v);
}

/* Is it known of this device and page already. */
static bool known(const struct xpl_watch *w, const struct xpl_ask *ask)
{
	for (guint i = 0; i < w->violations->len; i++) {
		const struct xpl_violation *v = g_ptr_array_index(w->violations, i);

		if (v->ask.dev == ask->dev && v->ask.req.ctx == ask->req.ctx &&
		    v->ask.req.addr == ask->req.addr)
			return true;
	}
	return false;
}

/*
 * What the guest's own tables lead to now, by way of what stands behind its memory: the host
 * owes the guest no more than that, even where the unit can no longer walk those tables.
 */
static void allow_guest(const struct xpl_watch *w, const struct xpl_ask *ask, GArray *outs)
{
	struct hyp *h = w->run->h;
	const struct hyp_device *d = &h->devices[ask->dev];
	struct ims_hw bare = h->bare[d->vm];
	struct ims_req req = ask->req;
	struct ims_answer a;
	uint64_t out;

	if (h->bare_stage)
		return;
	req.src = d->vrid;
	ims_translate_fresh(&bare, &req, &a);
	if (!a.fault && (a.perm & (req.access | IMS_U)) == (req.access | IMS_U) &&
	    hyp_host_address(h, d->vm, a.out, &out) && !has_out(outs, out))
		g_array_append_val(outs, out);
}

static void judge_ask(struct xpl_watch *w, struct xpl_unit *u, uint32_t ask,
		      const struct xpl_set *legit, uint32_t number)
{
	struct xpl_may *m = xpl_closure_may(u->closure);
	g_autoptr(GArray) allowed = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	struct hunt h = { .allowed = allowed };

	if (known(w, xpl_may_ask_at(m, ask)) ||
	    !xpl_may_answers(m, ask, legit, false, allow, allowed))
		return;
	allow_guest(w, xpl_may_ask_at(m, ask), allowed);
	for (uint32_t s = 0; s < xpl_closure_states(u->closure) && !h.found; s++) {
		const struct xpl_set *held = xpl_closure_held(u->closure, s);

		if (xpl_set_within(m, held, legit) ||
		    !xpl_may_answers(m, ask, held, false, hunt, &h))
			continue;
		if (h.found)
			violated(w, u, s, ask, &h, number);
	}
}

/* A step returns. */
/* Of all that counts when a unit is judged. */
static uint64_t judged(const struct xpl_unit *u, const struct xpl_set *legit)
{
	return (xpl_closure_said(u->closure) * 3 + u->version) * UINT64_C(0x9e3779b97f4a7c15) ^
	       xpl_set_said(xpl_closure_may(u->closure), legit);
}

/* Has another watch found no violation in just this. */
static bool is_sound(const struct xpl_watch *w, const struct xpl_unit *u,
		     const struct xpl_set *legit)
{
	uint64_t key = w->shared ? judged(u, legit) : 0;

	return w->shared && g_hash_table_contains(w->shared->sound, &key);
}

static void set_sound(struct xpl_watch *w, const struct xpl_unit *u, const struct xpl_set *legit)
{
	uint64_t key = w->shared ? judged(u, legit) : 0;

	if (w->shared)
		g_hash_table_add(w->shared->sound, g_memdup2(&key, sizeof(key)));
}

void xpl_watch_judge(struct xpl_watch *w, uint32_t number)
{
	for (uint32_t i = 0; i < w->units_count; i++) {
		guint had = w->violations->len;
		struct xpl_unit *u = &w->units[i];
		struct xpl_may *m = xpl_closure_may(u->closure);
		/*
		 * All that comes of memory alone. That a tag is shared with somebody else's root is
		 * a breach, which needs no search: it is looked for when tags are given.
		 */
		struct xpl_set legit = w->windows_count ? u->legit[0] : *xpl_may_fresh(m);

		if (is_sound(w, u, &legit))
			continue;
		for (uint32_t ask = 0; ask < xpl_may_asks(m) && w->violations->len < XPL_VIOLATIONS;
		     ask++)
			judge_ask(w, u, ask, &legit, number);
		if (xpl_may_trouble(m))
			xpl_watch_give_up(w, xpl_may_trouble(m));
		else if (w->violations->len == had)
			set_sound(w, u, &legit);
	}
}
