/* SPDX-License-Identifier: MIT */
/* A run as the closure sees it: words, registers, commands, waits; and what its devices may ask. */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/explore/watch.h"

#define VIOLATIONS 16 /* of a run; more say nothing new */

struct unit {
	uint32_t number;
	struct xpl_closure *closure;
	struct xpl_set
		legit; /* what memory has yielded since before the oldest change that is not claimed */
	struct ims_state state;
	uint64_t root;
	uint64_t version;
};

struct xpl_watch {
	const struct scn *scn;
	enum xpl_power power;
	struct scn_run *run;
	struct unit units[IMS_UNITS];
	uint32_t units_count;
	struct ims_world_config config; /* the run's, with as many caches of walks as the power has */
	uint32_t next;			/* event of the log to be read next */
	uint32_t consumed;		/* instant at which a command was consumed, IMS_NONE */
	uint32_t consumed_unit;
	bool stored; /* memory has changed since it was looked at */
	bool open;   /* a change is not claimed yet */
	GPtrArray *violations;
	char *trouble;
};

const char *xpl_power_name(enum xpl_power p)
{
	static const char *const names[XPL_POWER_MAX] = { "prefetch", "walk-caches", "reorder" };

	return names[p];
}

static void give_up(struct xpl_watch *w, const char *why)
{
	if (!w->trouble)
		w->trouble = g_strdup(why);
}

/* ---- what devices may ask ---- */

/* Does a step name addresses of a device's, or of a space's. */
static bool names_iova(const struct scn_step *s)
{
	switch (s->op) {
	case SCN_OP_MAP:
	case SCN_OP_REMAP:
	case SCN_OP_UNMAP:
	case SCN_OP_PROTECT:
	case SCN_OP_DMA:
	case SCN_OP_ATS:
		return true;
	default:
		return false;
	}
}

/* The first and the last page of each range that a step of this VM names. */
static GArray *pages_of(const struct scn *scn, uint32_t vm)
{
	GArray *pages = g_array_new(FALSE, FALSE, sizeof(uint64_t));

	for (guint i = 0; i < scn->steps->len; i++) {
		const struct scn_step *s = g_ptr_array_index(scn->steps, i);
		uint64_t ends[2] = { s->iova & ~UINT64_C(0xfff),
				     (s->iova + (s->size ? s->size - 1 : 0)) & ~UINT64_C(0xfff) };

		if (!names_iova(s) || s->vm != (int32_t)vm)
			continue;
		for (unsigned e = 0; e < 2; e++) {
			guint k = 0;

			while (k < pages->len && g_array_index(pages, uint64_t, k) != ends[e])
				k++;
			if (k == pages->len)
				g_array_append_val(pages, ends[e]);
		}
	}
	return pages;
}

/* The contexts by which a device comes: those it is attached with, or asks by. */
static GArray *contexts_of(const struct scn *scn, uint32_t dev)
{
	GArray *ctxs = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (guint i = 0; i < scn->steps->len; i++) {
		const struct scn_step *s = g_ptr_array_index(scn->steps, i);
		uint32_t ctx = s->has_pasid ? s->pasid : IMS_CTX_NONE;
		guint k = 0;

		if (s->dev != (int32_t)dev ||
		    (s->op != SCN_OP_ATTACH && s->op != SCN_OP_DMA && s->op != SCN_OP_ATS))
			continue;
		while (k < ctxs->len && g_array_index(ctxs, uint32_t, k) != ctx)
			k++;
		if (k == ctxs->len)
			g_array_append_val(ctxs, ctx);
	}
	return ctxs;
}

static bool asks_privileged(const struct scn *scn, uint32_t dev)
{
	for (guint i = 0; i < scn->steps->len; i++) {
		const struct scn_step *s = g_ptr_array_index(scn->steps, i);

		if (s->dev == (int32_t)dev && s->priv)
			return true;
	}
	return false;
}

static bool add_asks(struct xpl_watch *w, struct xpl_may *m, uint32_t dev, uint32_t ctx,
		     uint64_t page)
{
	static const uint8_t accesses[] = { IMS_ACCESS_READ, IMS_ACCESS_WRITE };
	const struct hyp_device *d = &w->run->h->devices[dev];
	bool privs = asks_privileged(w->scn, dev);

	for (unsigned i = 0; i < 8; i++) {
		const struct xpl_ask ask = { .dev = dev,
					     .req = { .src = d->prid,
						      .ctx = ctx,
						      .addr = page,
						      .access = accesses[i & 1],
						      .priv = i >> 2 & 1,
						      .bytes = 8 },
					     .ats = i >> 1 & 1 };

		if ((ask.ats && !d->ats) || (ask.req.priv && !privs))
			continue;
		if (xpl_may_ask(m, &ask) == XPL_ASKS)
			return false;
	}
	return true;
}

static void add_all_asks(struct xpl_watch *w, struct unit *u)
{
	struct xpl_may *m = xpl_closure_may(u->closure);

	for (uint32_t dev = 0; dev < w->scn->devices->len; dev++) {
		const struct hyp_device *d = &w->run->h->devices[dev];
		g_autoptr(GArray) pages = pages_of(w->scn, d->vm);
		g_autoptr(GArray) ctxs = contexts_of(w->scn, dev);

		if (w->run->h->iommus[d->iommu].hw.number != u->number)
			continue;
		for (guint c = 0; c < ctxs->len; c++)
			for (guint p = 0; p < pages->len; p++)
				if (!add_asks(w, m, dev, g_array_index(ctxs, uint32_t, c),
					      g_array_index(pages, uint64_t, p))) {
					give_up(w,
						"devices may ask for more pages than can be searched");
					return;
				}
	}
}

/* ---- what cannot be searched ---- */

/* Steps whose outcome depends on what is cached: with more of it less may be possible. */
static const char *breaks_monotony(const struct scn *scn, const struct scn_step *s)
{
	const struct scn_device *d =
		s->dev >= 0 ? &g_array_index(scn->devices, struct scn_device, s->dev) : NULL;

	switch (s->op) {
	case SCN_OP_PAGE_REQUEST:
	case SCN_OP_PAGE_RESPONSE:
		return "software hears of what is not cached (page requests)";
	case SCN_OP_INJECT:
		return "faults are injected into what is on its way";
	case SCN_OP_RESET:
	case SCN_OP_DEVICE:
		return "a device forgets what it holds";
	case SCN_OP_HOST_MAP:
		return s->gpa.name < 0 ?
			       "other memory may come to stand behind the guest's tables" :
			       NULL;
	case SCN_OP_IOCTL:
		return strstr(s->ioctl->call, "DIRTY") ? "its result depends on dirty bits" : NULL;
	default:
		return d && d->stall ? "software hears of what is not cached (stalls)" : NULL;
	}
}

static void look_for_trouble(struct xpl_watch *w)
{
	for (guint i = 0; i < w->scn->steps->len && !w->trouble; i++) {
		const struct scn_step *s = g_ptr_array_index(w->scn->steps, i);
		const char *why = breaks_monotony(w->scn, s);

		if (why)
			w->trouble = g_strdup_printf("line %u, %s: %s", s->mark.line,
						     scn_op_name(s->op), why);
	}
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
	look_for_trouble(w);
	for (uint32_t n = 0; n < w->config.units_count && !w->trouble; n++) {
		struct unit *u = &w->units[w->units_count];

		if (run->world->units[n].guest)
			continue;
		w->config.units[n].walk_caches &= w->power >= XPL_POWER_WALKS;
		u->number = n;
		u->closure = xpl_closure_new(&w->config, n, order);
		w->units_count++;
		add_all_asks(w, u);
	}
	w->stored = true;
}

/* ---- the log ---- */

static bool state_changed(struct xpl_watch *w, struct unit *u)
{
	const struct ims_unit *now = &w->run->world->units[u->number];
	bool changed = now->root != u->root || memcmp(&now->state, &u->state, sizeof(u->state));

	u->root = now->root;
	u->state = now->state;
	return changed;
}

/* Memory and registers as they are now. */
static void look(struct xpl_watch *w)
{
	for (uint32_t i = 0; i < w->units_count && !w->trouble; i++) {
		struct unit *u = &w->units[i];

		if (!w->stored && !state_changed(w, u))
			continue;
		state_changed(w, u);
		if (!xpl_closure_look(u->closure, w->run->world, ++u->version))
			give_up(w, xpl_closure_trouble(u->closure));
		else if (w->open &&
			 !xpl_may_close(xpl_closure_may(u->closure), &u->legit, NULL, NULL))
			give_up(w, xpl_may_trouble(xpl_closure_may(u->closure)));
	}
	w->stored = false;
}

static struct unit *unit_of(struct xpl_watch *w, uint32_t number)
{
	for (uint32_t i = 0; i < w->units_count; i++)
		if (w->units[i].number == number)
			return &w->units[i];
	return NULL;
}

/* A ring that no unit has: what takes effect as soon as it is there. */
#define AT_ONCE IMS_RINGS

static void consumed(struct xpl_watch *w, struct unit *u, const struct ims_event *e,
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
		give_up(w, "a command is not what it was when it was consumed");
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
	struct unit *u = unit_of(w, e->unit);

	switch (e->kind) {
	case IMS_EV_WRITE:
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
			give_up(w, "a register drops what is cached");
		break;
	case IMS_EV_QERROR:
	case IMS_EV_LOST:
	case IMS_EV_ABORTED:
	case IMS_EV_HUNG:
		if (u || e->kind == IMS_EV_HUNG)
			give_up(w, "a command queue stops, or loses a command");
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
			give_up(w, xpl_closure_trouble(w->units[i].closure));
		xpl_closure_at(w->units[i].closure, number);
	}
	if (!w->trouble)
		look(w);
}

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

static void violated(struct xpl_watch *w, struct unit *u, uint32_t state, uint32_t ask,
		     const struct hunt *h, uint32_t number)
{
	struct xpl_violation *v = g_new0(struct xpl_violation, 1);
	const struct xpl_deed last = { .instant = number, .way = h->way };

	v->unit = u->number;
	v->ask = *xpl_may_ask_at(xpl_closure_may(u->closure), ask);
	v->out = h->out;
	v->step = w->run->step;
	v->deeds = g_array_new(FALSE, FALSE, sizeof(struct xpl_deed));
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
	const struct hyp *h = w->run->h;
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

static void judge_ask(struct xpl_watch *w, struct unit *u, uint32_t ask,
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
static void judge(struct xpl_watch *w, uint32_t number)
{
	for (uint32_t i = 0; i < w->units_count; i++) {
		struct unit *u = &w->units[i];
		struct xpl_may *m = xpl_closure_may(u->closure);
		/*
		 * All that comes of memory alone. That a tag is shared with somebody else's root is
		 * a breach, which needs no search: it is looked for when tags are given.
		 */
		struct xpl_set legit = w->open ? u->legit : *xpl_may_fresh(m);

		for (uint32_t ask = 0; ask < xpl_may_asks(m) && w->violations->len < VIOLATIONS;
		     ask++)
			judge_ask(w, u, ask, &legit, number);
		if (xpl_may_trouble(m))
			give_up(w, xpl_may_trouble(m));
	}
}

/* What is outdated from now on is so by a change that comes. */
static void begin_window(struct xpl_watch *w)
{
	for (uint32_t i = 0; i < w->units_count; i++) {
		struct unit *u = &w->units[i];
		struct xpl_may *m = xpl_closure_may(u->closure);

		u->legit = *xpl_may_fresh(m);
	}
}

/* Is a change that was made not claimed yet, now that the step returns. */
static bool is_open(const struct scn_run *run)
{
	return run->async->len || run->lazy->len || scn_claims_later(run, run->step);
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
		if (!run->async->len && !run->lazy->len)
			begin_window(w);
		w->open = true;
		break;
	case IMS_INSTANT_RETURN:
		w->open = is_open(run);
		judge(w, number);
		break;
	default:
		break;
	}
}

struct xpl_watch *xpl_watch_new(const struct scn *scn, enum xpl_power power)
{
	struct xpl_watch *w = g_new0(struct xpl_watch, 1);

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
