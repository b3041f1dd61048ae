/* SPDX-License-Identifier: MIT */
/*
 * Order that nothing guarantees (semantics.md 2.6): an invalidation of a device's own cache while
 * one of the translations that the device would be given anew is still pending, on a unit that
 * does not order the two and whose drivers' rules have a barrier there. It is told only where
 * nothing came of it.
 */
#include <string.h>

#include "sim/check/parts.h"
#include "sim/core/bits.h"

#define PENDING 16 /* of a ring, those that are looked at */

struct pending {
	uint32_t unit, ring, event;
	struct ims_cmd cmd;
};

static bool reaches(const struct chk *c, const struct ims_cmd *cmd, unsigned cache)
{
	const struct ims_cmd_row *row = &c->s.model->rows[cmd->row];

	for (unsigned i = 0; i < IMS_MATCHES && row->match[i].source; i++)
		if (row->match[i].cache == cache)
			return true;
	return false;
}

static bool is_row(const struct ims_model *m, const struct ims_rule *r, unsigned row)
{
	return r->title && !strcmp(r->title, m->rows[row].title);
}

/*
 * Do the rules of whoever drives the unit put a barrier between the two, for some change: its
 * row, NULL. Where they put none, drivers rely on what documents leave open.
 */
static const struct ims_rule *barrier(const struct ims_model *m, bool host, unsigned earlier,
				      unsigned later)
{
	const struct ims_rule *rules = host ? m->host_rules : m->guest_rules;
	unsigned count = host ? m->host_rules_count : m->guest_rules_count;
	const struct ims_rule *between = NULL;
	bool before = false;

	for (unsigned i = 0; i < count; i++) {
		const struct ims_rule *r = &rules[i];

		if (i && r->change != rules[i - 1].change) {
			before = false;
			between = NULL;
		}
		before |= is_row(m, r, earlier);
		if (r->scope == IMS_BARRIER && before)
			between = r;
		else if (between && is_row(m, r, later))
			return between;
	}
	return NULL;
}

/* May the later one take effect before the earlier one has, and are they about the same addresses. */
static bool unordered(const struct chk *c, const struct pending *earlier,
		      const struct ims_cmd *later)
{
	const struct ims_model *m = c->s.model;

	return reaches(c, &earlier->cmd, m->iotlb) && !reaches(c, &earlier->cmd, m->atc) &&
	       reaches(c, later, m->atc) &&
	       ims_overlap(earlier->cmd.first, earlier->cmd.last, later->first, later->last) &&
	       !ims_model_ordered(m, c->s.world->units[earlier->unit].state.params,
				  earlier->cmd.row, later->row) &&
	       barrier(m, chk_physical(c, earlier->unit), earlier->cmd.row, later->row);
}

static bool told(const struct chk *c, uint32_t dev, const char *blame)
{
	for (guint i = 0; i < c->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(c->findings, i);

		if (f->kind == SCN_KIND_ORDER && f->dev == dev && !strcmp(f->blame, blame))
			return true;
	}
	return false;
}

static void tell(struct chk *c, struct chk_finding *f, uint32_t event, const char *what)
{
	const struct ims_event *e = chk_event(c, event);
	g_autofree char *text = chk_command_text(c->s.model, e->a);

	chk_tell_line(c, f, event, IMS_ACTOR_HARDWARE,
		      g_strdup_printf("consumes %s%s", text, what));
}

static void broken(struct chk *c, const struct pending *earlier, const struct ims_cmd *later,
		   uint32_t event)
{
	const char *blame = chk_physical(c, earlier->unit) ? "host" : "guest";
	uint32_t dev = hyp_device_by_rid(c->s.h, earlier->unit, later->src);
	struct chk_finding *f;

	if (dev == IMS_NONE || told(c, dev, blame))
		return;
	f = chk_lost_new(c, event, dev);
	f->kind = SCN_KIND_ORDER;
	f->where = IMS_WHERE_MAX;
	f->cause = chk_cause_name(CHK_CAUSE_NO_WAIT_BETWEEN);
	f->blame = blame;
	f->rule = "what a device would ask for again is gone before its cache is invalidated: a "
		  "wait stands between the two";
	f->rule_source =
		barrier(c->s.model, chk_physical(c, earlier->unit), earlier->cmd.row, later->row)
			->source;
	tell(c, f, earlier->event, "");
	tell(c, f, event, ", which nothing holds behind it");
	g_ptr_array_add(c->findings, f);
}

void chk_order_command(struct chk *c, const struct ims_event *e, uint32_t event)
{
	struct pending p = { .unit = e->unit, .ring = (uint32_t)e->a[4], .event = event };
	guint same = 0;

	if (!c->s.scn || !chk_decode(c, e->unit, e->a, &p.cmd) ||
	    c->s.model->rows[p.cmd.row].kind == IMS_CMD_WAIT)
		return;
	for (guint i = c->pending->len; i-- > 0 && same < PENDING;) {
		const struct pending *o = &g_array_index(c->pending, struct pending, i);

		if (o->unit != p.unit || o->ring != p.ring)
			continue;
		same++;
		if (unordered(c, o, &p.cmd))
			broken(c, o, &p.cmd, event);
	}
	if (reaches(c, &p.cmd, c->s.model->iotlb))
		g_array_append_val(c->pending, p);
}

void chk_order_done(struct chk *c, const struct ims_event *e)
{
	guint kept = 0;

	for (guint i = 0; i < c->pending->len; i++) {
		struct pending p = g_array_index(c->pending, struct pending, i);

		if (p.unit != e->unit || p.ring != e->a[0])
			g_array_index(c->pending, struct pending, kept++) = p;
	}
	g_array_set_size(c->pending, kept);
}

GArray *chk_order_new(void)
{
	return g_array_new(FALSE, FALSE, sizeof(struct pending));
}

void chk_order_end(struct chk *c)
{
	for (guint i = c->findings->len; i-- > 0;) {
		const struct chk_finding *f = g_ptr_array_index(c->findings, i);
		bool witness = false;

		for (guint k = 0; k < c->findings->len && f->kind == SCN_KIND_ORDER; k++) {
			const struct chk_finding *o = g_ptr_array_index(c->findings, k);

			witness |= o->kind <= SCN_KIND_BREACH && o->vm == f->vm;
		}
		if (witness)
			g_ptr_array_remove_index(c->findings, i);
	}
}
