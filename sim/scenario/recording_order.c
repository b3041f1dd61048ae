/* SPDX-License-Identifier: MIT */
/*
 * Steps 1 and 2 of "How to rebuild the order" (scenarios/recorded/README.md):
 * whose tables a command speaks of, and which commands belong to which unmap.
 */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/scenario/recording_parts.h"

bool rec_spend(struct rec_work *w, uint64_t cnt)
{
	if (cnt <= REC_STEPS_MAX - w->steps) {
		w->steps += cnt;
		return true;
	}
	w->steps = REC_STEPS_MAX;
	rec_line_error(w, 1,
		       "the order cannot be rebuilt: too many maps, unmaps and commands overlap");
	return false;
}

struct scn_report *rec_line_error(struct rec_work *w, uint32_t line, const char *fmt, ...)
{
	struct scn_mark mark = { .line = line, .col = 1 };
	struct scn_report *r;
	char *text;
	va_list ap;

	va_start(ap, fmt);
	text = g_strdup_vprintf(fmt, ap);
	va_end(ap);
	r = scn_diag_add(&w->diag, mark, 1, "%s", text);
	g_free(text);
	return r;
}

/* What the changes of one device's translations say about its tag. */
struct evidence {
	uint32_t sid;
	uint32_t line;	    /* of its first translation */
	uint32_t line_last; /* of the change that narrowed the tags last */
	GArray *tags;	    /* of uint32_t, those that every change allows; NULL before the first */
};

static gint by_sid_page(gconstpointer a, gconstpointer b)
{
	const struct rec_xlat *x = a;
	const struct rec_xlat *y = b;

	if (x->sid != y->sid)
		return x->sid < y->sid ? -1 : 1;
	if (x->page != y->page)
		return x->page < y->page ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

static gint by_u32(gconstpointer a, gconstpointer b)
{
	const uint32_t *x = a;
	const uint32_t *y = b;

	return *x < *y ? -1 : *x > *y;
}

static bool has_u32(const GArray *set, uint32_t n)
{
	for (guint i = 0; set && i < set->len; i++)
		if (g_array_index(set, uint32_t, i) == n)
			return true;
	return false;
}

/* Index of the first command after @line. */
static guint cmd_after(const struct rec_work *w, uint32_t line)
{
	guint lo = 0;
	guint hi = w->cmds->len;

	while (lo < hi) {
		guint mid = lo + (hi - lo) / 2;

		if (g_array_index(w->cmds, struct rec_cmd, mid).line > line)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

/*
 * Tags of the invalidations that cover @x in the lines between @old and @x. If
 * only one tag is left to ask for, the first of it ends the search.
 */
static GArray *tags_between(struct rec_work *w, const GArray *asked, const struct rec_xlat *old,
			    const struct rec_xlat *x)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (guint i = cmd_after(w, old->line); i < w->cmds->len; i++) {
		const struct rec_cmd *cmd = &g_array_index(w->cmds, struct rec_cmd, i);

		if (cmd->line > x->line)
			break;
		if (!rec_spend(w, 1 + found->len)) {
			g_array_free(found, TRUE);
			return NULL;
		}
		if (cmd->unit.kind != REC_UNIT_PAGES || x->page < cmd->unit.first ||
		    x->page > cmd->unit.last)
			continue;
		if (has_u32(found, cmd->unit.tag))
			continue;
		g_array_append_val(found, cmd->unit.tag);
		if (asked && asked->len == 1 && g_array_index(asked, uint32_t, 0) == cmd->unit.tag)
			break;
	}
	g_array_sort(found, by_u32);
	return found;
}

static char *list_tags(const GArray *tags)
{
	GString *s = g_string_new(NULL);

	for (guint i = 0; i < tags->len && i < 8; i++)
		g_string_append_printf(s, "%s0x%x", i ? ", " : "",
				       g_array_index(tags, uint32_t, i));
	if (tags->len > 8)
		g_string_append(s, ", ...");
	return g_string_free(s, FALSE);
}

/* Narrows @ev by one change of a translation; @found is used up. */
static bool narrow(struct rec_work *w, struct evidence *ev, GArray *found, const struct rec_xlat *x)
{
	GArray *both;

	/* A change that nothing covers says nothing of the tag; the second pass judges it. */
	if (found->len == 0 || !ev->tags) {
		if (found->len == 0) {
			g_array_free(found, TRUE);
			return true;
		}
		ev->tags = found;
		ev->line_last = x->line;
		return true;
	}
	both = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	for (guint i = 0; i < ev->tags->len; i++)
		if (has_u32(found, g_array_index(ev->tags, uint32_t, i)))
			g_array_append_val(both, g_array_index(ev->tags, uint32_t, i));
	if (both->len == 0) {
		char *want = list_tags(ev->tags);
		char *got = list_tags(found);

		rec_line_error(
			w, x->line,
			"the tag of device 0x%x is not unanimous: %s by line %u, but only %s is invalidated "
			"before this change of page 0x%" G_GINT64_MODIFIER "x",
			ev->sid, want, ev->line_last, got, x->page);
		g_free(want);
		g_free(got);
	} else if (both->len < ev->tags->len) {
		ev->line_last = x->line;
	}
	g_array_free(found, TRUE);
	g_array_free(ev->tags, TRUE);
	ev->tags = both;
	return both->len != 0;
}

/* The translations of one device, w->xlats[@from .. @end - 1], by page and line. */
static bool look_at_device(struct rec_work *w, struct evidence *ev, guint from, guint end)
{
	for (guint i = from; i < end; i++) {
		const struct rec_xlat *x = &g_array_index(w->xlats, struct rec_xlat, i);
		const struct rec_xlat *old = x - 1;
		GArray *found;

		ev->line = i == from ? x->line : MIN(ev->line, x->line);
		if (i == from || old->page != x->page || old->pa == x->pa)
			continue;
		found = tags_between(w, ev->tags, old, x);
		if (!found || !narrow(w, ev, found, x))
			return false;
	}
	return true;
}

static bool decide_tag(struct rec_work *w, const struct evidence *ev)
{
	struct rec_sid_tag st = { .sid = ev->sid };
	struct scn_report *r;
	char *tags;

	if (!ev->tags) {
		r = rec_line_error(
			w, ev->line,
			"device 0x%x has no tag: none of its translations changes across an "
			"invalidation",
			ev->sid);
		scn_report_help(r,
				"record until the device has used an address twice, for two pages");
		return false;
	}
	if (ev->tags->len > 1) {
		tags = list_tags(ev->tags);
		r = rec_line_error(w, ev->line,
				   "device 0x%x has no single tag: its translations allow %s",
				   ev->sid, tags);
		scn_report_help(r,
				"record until an invalidation of one tag alone tells them apart");
		g_free(tags);
		return false;
	}
	st.tag = g_array_index(ev->tags, uint32_t, 0);
	g_array_append_val(w->tags, st);
	return true;
}

bool rec_find_tags(struct rec_work *w)
{
	guint end;

	g_array_sort(w->xlats, by_sid_page);
	for (guint from = 0; from < w->xlats->len; from = end) {
		struct evidence ev = { .sid = g_array_index(w->xlats, struct rec_xlat, from).sid };
		bool ok;

		for (end = from; end < w->xlats->len; end++)
			if (g_array_index(w->xlats, struct rec_xlat, end).sid != ev.sid)
				break;
		ok = look_at_device(w, &ev, from, end) && decide_tag(w, &ev);
		if (ev.tags)
			g_array_free(ev.tags, TRUE);
		if (!ok)
			return false;
		for (guint i = from; i < end; i++)
			g_array_index(w->xlats, struct rec_xlat, i).tag =
				g_array_index(w->tags, struct rec_sid_tag, w->tags->len - 1).tag;
	}
	return true;
}

/* The drv-unmaps one by one. */
struct unmaps {
	guint at; /* index into w->drvs */
	uint32_t cnt;
};

static struct rec_drv *next_unmap(struct rec_work *w, struct unmaps *u)
{
	while (u->at < w->drvs->len) {
		struct rec_drv *d = &g_array_index(w->drvs, struct rec_drv, u->at++);

		if (!d->unmap)
			continue;
		u->cnt++;
		return d;
	}
	return NULL;
}

/* Gives @d its unit, which may be wider than the unmap (the driver rounds) but must touch it. */
static bool pair(struct rec_work *w, struct rec_drv *d, const struct unmaps *u,
		 const struct rec_flush *f)
{
	if (!d) {
		rec_line_error(w, f->line,
			       "no drv-unmap line is left for this invalidation: there are only %u",
			       u->cnt);
		return false;
	}
	if (f->first > d->last || f->last < d->first) {
		rec_line_error(
			w, d->line,
			"drv-unmap %u and its invalidation, line %u, speak of different pages: a line between "
			"is lost",
			u->cnt, f->line);
		return false;
	}
	d->unit = w->units->len;
	d->has_tag = true;
	d->tag = f->tag;
	g_array_append_vals(w->units, f, 1);
	return true;
}

static bool none_left(struct rec_work *w, struct unmaps *u)
{
	const struct rec_drv *d = next_unmap(w, u);

	if (d)
		rec_line_error(w, d->line, "no invalidation is left for drv-unmap %u", u->cnt);
	return !d;
}

static struct rec_flush flush_of(const struct rec_work *w, guint cmd)
{
	const struct rec_cmd *c = &g_array_index(w->cmds, struct rec_cmd, cmd);

	return (struct rec_flush){ c->line, cmd, c->unit.tag, c->unit.first, c->unit.last };
}

static bool units_each(struct rec_work *w)
{
	struct unmaps u = { 0 };

	for (guint i = 0; i < w->cmds->len; i++) {
		struct rec_flush f;

		if (g_array_index(w->cmds, struct rec_cmd, i).unit.kind != REC_UNIT_PAGES)
			continue;
		f = flush_of(w, i);
		if (!pair(w, next_unmap(w, &u), &u, &f))
			return false;
	}
	return none_left(w, &u);
}

/* One command more of the unit @f of @d, whose leaf-only ranges reach up to @next so far. */
static bool tile(struct rec_work *w, const struct rec_drv *d, const struct rec_cmd *c,
		 const struct rec_flush *f, uint64_t *next)
{
	const char *wrong = NULL;

	if (c->unit.tag != f->tag)
		wrong = "is of another tag";
	else if (c->unit.first < d->first || c->unit.last > d->last)
		wrong = "reaches beyond it";
	else if (c->unit.leaf_only && c->unit.first != *next)
		wrong = "leaves a gap or comes twice";
	if (wrong) {
		rec_line_error(
			w, d->line,
			"the invalidations from line %u on do not tile this drv-unmap: line %u %s",
			f->line, c->line, wrong);
		return false;
	}
	if (c->unit.leaf_only)
		*next = c->unit.last + 1;
	return true;
}

static bool units_tiled(struct rec_work *w)
{
	struct unmaps u = { 0 };
	struct rec_drv *d = NULL;
	struct rec_flush f = { 0 };
	uint64_t next = 0;

	for (guint i = 0; i < w->cmds->len; i++) {
		const struct rec_cmd *c = &g_array_index(w->cmds, struct rec_cmd, i);

		if (c->unit.kind != REC_UNIT_PAGES)
			continue;
		if (!d) {
			f = flush_of(w, i);
			d = next_unmap(w, &u);
			if (!pair(w, d, &u, &f))
				return false;
			next = d->first;
		}
		if (!tile(w, d, c, &f, &next))
			return false;
		if (next != d->last + 1)
			continue;
		g_array_index(w->units, struct rec_flush, d->unit).first = d->first;
		g_array_index(w->units, struct rec_flush, d->unit).last = d->last;
		d = NULL;
	}
	if (d) {
		rec_line_error(
			w, d->line,
			"the invalidations from line %u on do not tile this drv-unmap: no more follow",
			f.line);
		return false;
	}
	return none_left(w, &u);
}

/* All invalidations of @tag since the last sync, commands @from .. @end - 1. */
static bool end_of_sync(struct rec_work *w, struct unmaps *u, struct rec_ranges *open, guint from,
			guint end)
{
	struct rec_flush f = { .line = 0 };
	bool is_open = false;

	for (guint i = from; i < end; i++) {
		const struct rec_cmd *c = &g_array_index(w->cmds, struct rec_cmd, i);

		if (c->unit.kind != REC_UNIT_PAGES)
			continue;
		if (!f.line)
			f = flush_of(w, i);
		if (c->unit.tag != f.tag) {
			rec_line_error(
				w, c->line,
				"not modelled: invalidations of tags 0x%x and 0x%x before one wait",
				f.tag, c->unit.tag);
			return false;
		}
		f.first = MIN(f.first, c->unit.first);
		f.last = MAX(f.last, c->unit.last);
		is_open = is_open || rec_ranges_hit(open, f.tag, c->unit.first, c->unit.last);
	}
	if (!f.line)
		return true;
	if (!is_open) {
		rec_ranges_add(open, f.tag, f.first, f.last);
		g_array_append_val(w->map_units, f);
		return true;
	}
	rec_ranges_cut(open, f.tag, f.first, f.last);
	return pair(w, next_unmap(w, u), u, &f);
}

static bool units_synced(struct rec_work *w)
{
	struct rec_ranges *open = rec_ranges_new();
	struct unmaps u = { 0 };
	guint from = 0;
	bool ok = true;

	for (guint i = 0; i < w->cmds->len && ok; i++) {
		if (g_array_index(w->cmds, struct rec_cmd, i).unit.kind != REC_UNIT_SYNC)
			continue;
		ok = end_of_sync(w, &u, open, from, i);
		from = i + 1;
	}
	ok = ok && end_of_sync(w, &u, open, from, w->cmds->len);
	rec_ranges_free(open);
	return ok && none_left(w, &u);
}

bool rec_find_units(struct rec_work *w)
{
	static bool (*const rules[])(struct rec_work *) = {
		[REC_UNITS_EACH] = units_each,
		[REC_UNITS_TILED] = units_tiled,
		[REC_UNITS_SYNCED] = units_synced,
	};

	IMS_ASSERT((unsigned)w->vendor->units < G_N_ELEMENTS(rules));
	return rules[w->vendor->units](w);
}
