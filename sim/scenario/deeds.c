/* SPDX-License-Identifier: MIT */
/* The instants of a run: deeds of hardware are done before them, and an observer is told. */
#include "sim/core/assert.h"
#include "sim/engine/engine.h"
#include "sim/engine/walker.h"
#include "sim/scenario/run_parts.h"

/* What is chosen in one look-up. */
struct looking {
	const struct scn_look *look;
	unsigned made;	 /* look-ups in caches so far, */
	unsigned filled; /* and fills */
};

static uint32_t choose(struct ims_hw *hw, unsigned cache, uint32_t src, uint32_t ctx, uint32_t dom,
		       uint64_t addr)
{
	struct looking *l = hw->may->arg;
	unsigned number = l->made++;

	if (number >= l->look->choices_count || !(l->look->choices >> number & 1))
		return IMS_NONE;
	return ims_cache_find(ims_hw_cache(hw, cache), src, ctx, dom, addr);
}

static uint32_t keep(struct ims_hw *hw, unsigned cache, const struct ims_entry *e,
		     uint32_t filed_ctx, const uint64_t *payload)
{
	struct looking *l = hw->may->arg;
	unsigned number = l->filled++;

	if (number < 64 && l->look->forgets >> number & 1)
		return IMS_NONE;
	return ims_fill_over(hw, cache, e, filed_ctx, payload);
}

static bool bad(const struct scn_run *run, const struct scn_deed *d, GError **error,
		const char *why)
{
	unsigned number = (unsigned)(d - run->variant.deeds->list);

	g_set_error(error, SCN_ERROR, SCN_ERROR_CONTENT,
		    "%s: error: deed %u of hardware, before instant %u, does not fit this run: %s",
		    run->scn->file, number, d->at, why);
	return false;
}

/* ---- whether they can be done at all ---- */

static const char *misfit_look(const struct scn_run *run, const struct scn_deed *d)
{
	const struct scn_look *l = &d->look;
	const struct hyp_device *dev;

	if (l->dev >= run->h->devices_count)
		return "there is no such device";
	dev = &run->h->devices[l->dev];
	if (d->unit != hyp_unit_of(run->h, dev->iommu) && d->unit != dev->vm + 1)
		return "the device is not behind that unit";
	if (l->alias && (!dev->alias || d->unit == dev->vm + 1))
		return "the device has no other requester id there";
	if (l->ats && !dev->ats)
		return "the device has no ATS";
	if (!l->access || l->access > IMS_ACCESS_ATOMIC || l->kind > IMS_REQ_ATS)
		return "there is no such access";
	return l->choices_count > SCN_DEED_CHOICES ? "it chooses for too many look-ups" : NULL;
}

static const char *misfit(const struct scn_run *run, const struct scn_deed *d)
{
	const struct scn_deeds *all = run->variant.deeds;

	if (d > all->list && d[-1].at > d->at)
		return "it is out of order";
	if (d->unit >= run->world->units_count)
		return "there is no such unit";
	if (d->kind == SCN_DEED_LOOK)
		return misfit_look(run, d);
	if (d->kind != SCN_DEED_EFFECT)
		return "there is no such deed";
	if (d->command >= d->at)
		return "the command comes later";
	return d->ring >= run->world->units[d->unit].rings_count ? "there is no such ring" : NULL;
}

bool scn_deeds_fit(const struct scn_run *run, GError **error)
{
	const struct scn_deeds *all = run->variant.deeds;

	for (uint32_t i = 0; all && i < all->count; i++) {
		const char *why = misfit(run, &all->list[i]);

		if (why)
			return bad(run, &all->list[i], error, why);
	}
	return true;
}

/* ---- doing them ---- */

/* What a device that sends requests of its own must be, at the time. */
static const char *silenced(const struct scn_run *run, const struct scn_look *l)
{
	if (!l->ats)
		return NULL;
	if (hyp_dev_is(run->world->devs_reset, l->dev))
		return "the device is being reset";
	if (hyp_dev_is(run->world->devs_no_ats, l->dev))
		return "ATS is not enabled in the device";
	if (l->ctx != IMS_CTX_NONE && hyp_dev_is(run->world->devs_no_pasid, l->dev))
		return "PASIDs are not enabled in the device";
	return NULL;
}

/* A hand on the unit, as those that do what software asks for are; it is nobody's but the deed's. */
static struct ims_hw hand_of(struct scn_run *run, const struct scn_deed *d)
{
	struct ims_hw hw = *hyp_unit(run->h, d->unit);

	hw.cause = 0;
	hw.line = run->step->mark.line;
	hw.actor = IMS_ACTOR_HARDWARE;
	hw.ring = 0;
	hw.silent = true;
	hw.stalled = false;
	return hw;
}

static const char *look(struct scn_run *run, const struct scn_deed *d)
{
	const struct scn_look *l = &d->look;
	const struct hyp_device *dev = &run->h->devices[l->dev];
	struct looking looking = { .look = l };
	const struct ims_may may = { .arg = &looking, .find = choose, .fill = keep };
	struct ims_hw hw = hand_of(run, d);
	/* What of a structure a request of a step will find begun is not this one's to end. */
	const struct ims_fetch begun = hw.unit->fetch;
	struct ims_access_result res;
	struct ims_answer a;
	struct ims_req req = { .ctx = l->ctx,
			       .addr = l->addr,
			       .access = l->access,
			       .kind = l->kind,
			       .priv = l->priv };
	const char *why = silenced(run, l);

	if (why)
		return why;
	req.src = !hyp_physical(run->h, d->unit) ? dev->vrid : l->alias ? dev->alias : dev->prid;
	hw.may = &may;
	hw.unit->fetch.count = 0;
	if (l->ats) {
		hw.actor = IMS_ACTOR_DEVICE;
		ims_device_access(&hw, l->dev, &req, true, &res);
	} else {
		ims_translate(&hw, &req, &a);
	}
	hw.unit->fetch = begun;
	return NULL;
}

/* That it has taken effect by now: the log tells of no other moment. */
static void tell_early(struct ims_hw *hw, const struct scn_consumed *c)
{
	const struct ims_event *cmd = ims_log_at(hw->log, c->when);

	if (cmd && cmd->kind == IMS_EV_CMD)
		ims_emit(hw, IMS_EV_EARLY, cmd->n, c->when, c->ring, 0, 0);
}

static const char *effect(struct scn_run *run, const struct scn_deed *d)
{
	const GArray *all = run->acts.commands;
	struct ims_hw hw = hand_of(run, d);

	for (guint i = all->len; i-- > 0;) {
		const struct scn_consumed *c = &g_array_index(all, struct scn_consumed, i);

		if (c->instant != d->command)
			continue;
		if (c->unit != d->unit || c->ring != d->ring)
			return "the command is another unit's, or of another ring";
		tell_early(&hw, c);
		/* Where commands take effect as they are consumed it has done so. */
		if (!c->waits)
			return NULL;
		return ims_cmd_early(&hw, d->ring, c->when, run->scn->order == SCN_ORDER_WEAKEST);
	}
	return "no command is consumed at that instant";
}

static void do_deeds(struct scn_run *run, uint32_t instant)
{
	const struct scn_deeds *all = run->variant.deeds;

	for (; all && run->acts.done < all->count && all->list[run->acts.done].at == instant;
	     run->acts.done++) {
		const struct scn_deed *d = &all->list[run->acts.done];
		const char *why = d->kind == SCN_DEED_LOOK ? look(run, d) : effect(run, d);

		if (why && !run->acts.error)
			bad(run, d, &run->acts.error, why);
	}
}

/* Did what was consumed last take effect at once, or does it wait. */
static void look_at_last(struct scn_run *run)
{
	const GArray *all = run->acts.commands;
	struct scn_consumed *c = all->len ? &g_array_index(all, struct scn_consumed, all->len - 1) :
					    NULL;

	if (!c || c->looked_at)
		return;
	c->looked_at = true;
	c->waits = ims_cmd_pending(hyp_unit(run->h, c->unit), c->ring, c->when);
}

static void before(void *arg, enum ims_instant instant, struct ims_hw *hw, const uint64_t *words)
{
	struct scn_run *run = arg;
	struct scn_acts *acts = &run->acts;
	uint32_t number = acts->instants++;

	/* Hardware stores and looks up for itself: that is none of the acts that are counted. */
	IMS_ASSERT(!acts->busy && run->step);
	acts->busy = true;
	look_at_last(run);
	do_deeds(run, number);
	if (run->observer.before)
		run->observer.before(run->observer.ctx, run, number, instant, hw, words);
	acts->busy = false;
	if (instant == IMS_INSTANT_COMMAND) {
		struct scn_consumed c = { .instant = number,
					  .when = run->world->time + 1,
					  .unit = hw->number,
					  .ring = hw->ring };

		g_array_append_val(acts->commands, c);
	}
}

void scn_deeds_watch(struct scn_run *run)
{
	const struct scn_deeds *all = run->variant.deeds;

	if (!(all && all->count) && !run->observer.before)
		return;
	run->log.before = before;
	run->log.before_arg = run;
}

bool scn_deeds_step(struct scn_run *run, GError **error)
{
	if (!run->acts.error)
		return true;
	g_propagate_error(error, g_steal_pointer(&run->acts.error));
	return false;
}

bool scn_deeds_end(struct scn_run *run, GError **error)
{
	const struct scn_deeds *all = run->variant.deeds;

	run->log.before = NULL;
	if (!all || run->acts.done == all->count)
		return true;
	return bad(run, &all->list[run->acts.done], error, "it is over by then");
}
