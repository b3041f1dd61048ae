/* SPDX-License-Identifier: MIT */
/*
 * Steps 4 and 5 of "How to rebuild the order" (scenarios/recorded/README.md):
 * where each map and unmap stands, and what was mapped where a line is lost.
 */
#include "sim/core/assert.h"
#include "sim/scenario/recording_parts.h"

static void place_unmaps(struct rec_work *w)
{
	for (uint32_t i = 0; i < w->drvs->len; i++) {
		const struct rec_drv *d = &g_array_index(w->drvs, struct rec_drv, i);
		const struct rec_flush *f;
		struct rec_event e = { .kind = REC_UNMAP };

		if (!d->unmap)
			continue;
		f = &g_array_index(w->units, struct rec_flush, d->unit);
		e.line = d->line;
		e.at = f->line;
		e.tag = d->tag;
		e.iova = d->first;
		e.size = d->last - d->first + 1;
		e.cmd_index = f->cmd;
		g_array_append_val(w->placed, e);
	}
}

static void place_map(struct rec_work *w, const struct rec_drv *d, uint64_t page, uint64_t size,
		      uint32_t at)
{
	struct rec_event e = {
		.kind = REC_MAP, .line = d->line, .at = at, .tag = d->tag, .iova = page, .size = size
	};

	e.pa = d->pa + (page - d->first);
	e.drv_first = d->first;
	e.drv_last = d->last;
	e.drv_pa = d->pa;
	g_array_append_val(w->placed, e);
}

static void reconstruct(struct rec_work *w, const struct rec_page *pg, const struct rec_xlat *x)
{
	struct rec_event e = { .kind = REC_MAP,
			       .line = x->line,
			       .at = x->line,
			       .tag = pg->tag,
			       .reconstructed = true };

	e.iova = pg->page;
	e.size = REC_PAGE_BYTES;
	e.pa = x->pa;
	e.drv_first = pg->page;
	e.drv_last = pg->page + REC_PAGE_BYTES - 1;
	e.drv_pa = x->pa;
	g_array_append_val(w->placed, e);
	w->counts.reconstructed++;
}

/*
 * The drv-map behind the translations @from .. @end - 1 of @pg, all in one
 * interval, which has the maps @map .. @map_end - 1 of its list. Of several, the
 * one the first translation shows; a mismatch is for the second pass to report.
 */
static const struct rec_drv *map_of(struct rec_work *w, const struct rec_page *pg, guint from,
				    guint map, guint map_end)
{
	const struct rec_xlat *x = &g_array_index(w->xlats, struct rec_xlat, from);
	const struct rec_drv *d = NULL;

	for (; map < map_end; map++) {
		d = &g_array_index(w->drvs, struct rec_drv, g_array_index(pg->maps, uint32_t, map));
		if (rec_shown_pa(w, d, pg->page) == x->pa)
			break;
	}
	return d;
}

/* The intervals of one page: what its translations found mapped. */
static bool place_page(struct rec_work *w, const struct rec_page *pg)
{
	guint n_unmaps = pg->unmaps ? pg->unmaps->len : 0;
	guint n_maps = pg->maps ? pg->maps->len : 0;
	guint map = 0;
	guint xlat = pg->xlat;

	if (!rec_spend(w, (uint64_t)n_unmaps + n_maps + 1))
		return false;
	for (guint i = 0; i <= n_unmaps && xlat < pg->xlat_end; i++) {
		uint32_t drv = i < n_unmaps ? g_array_index(pg->unmaps, uint32_t, i) : UINT32_MAX;
		const struct rec_xlat *x = &g_array_index(w->xlats, struct rec_xlat, xlat);
		const struct rec_drv *d;
		uint32_t hi = UINT32_MAX;
		guint map_end = map;
		guint end = pg->xlat_end;

		while (map_end < n_maps && g_array_index(pg->maps, uint32_t, map_end) < drv)
			map_end++;
		if (i < n_unmaps) {
			uint32_t unit = g_array_index(w->drvs, struct rec_drv, drv).unit;

			hi = g_array_index(w->units, struct rec_flush, unit).line;
			end = rec_xlat_after(w, pg, hi);
		}
		if (end > xlat) {
			d = map_of(w, pg, xlat, map, map_end);
			if (!d)
				reconstruct(w, pg, x);
			else if (w->vendor->answer != REC_ANSWER_LEAF)
				place_map(w, d, pg->page, REC_PAGE_BYTES, x->line);
		}
		xlat = MAX(xlat, end);
		map = map_end;
	}
	return true;
}

/* The first map unit of @d's pages between the lines @lo and @hi, or 0. */
static bool map_unit_line(struct rec_work *w, const struct rec_drv *d, uint32_t lo, uint32_t hi,
			  uint32_t *ret)
{
	guint at = 0;
	guint end = w->map_units->len;

	while (at < end) {
		guint mid = at + (end - at) / 2;

		if (g_array_index(w->map_units, struct rec_flush, mid).line > lo)
			end = mid;
		else
			at = mid + 1;
	}
	*ret = 0;
	for (; at < w->map_units->len; at++) {
		const struct rec_flush *f = &g_array_index(w->map_units, struct rec_flush, at);

		if (f->line > hi)
			return true;
		if (!rec_spend(w, 1))
			return false;
		if (f->tag != d->tag || f->first > d->last || f->last < d->first)
			continue;
		*ret = f->line;
		return true;
	}
	return true;
}

/* Puts a drv-map that is mapped whole before its map unit or its first xlat, if that is earlier. */
static bool place_whole(struct rec_work *w, uint32_t drv)
{
	const struct rec_drv *d = &g_array_index(w->drvs, struct rec_drv, drv);
	uint32_t lo = 0;
	uint32_t hi = UINT32_MAX;
	uint32_t unit;
	uint32_t line = UINT32_MAX;
	guint at;
	guint end;

	rec_pages_inside(w, d->tag, d->first, d->last, &at, &end);
	for (guint i = at; i < end; i++) {
		uint32_t page_lo;
		uint32_t page_hi;

		rec_interval(w, &g_array_index(w->pages, struct rec_page, i), drv, &page_lo,
			     &page_hi);
		lo = MAX(lo, page_lo);
		hi = MIN(hi, page_hi);
	}
	for (guint i = at; i < end; i++) {
		const struct rec_page *pg = &g_array_index(w->pages, struct rec_page, i);
		guint first = rec_xlat_after(w, pg, lo);

		if (first < pg->xlat_end)
			line = MIN(line, g_array_index(w->xlats, struct rec_xlat, first).line);
	}
	if (!rec_spend(w, end - at) || !map_unit_line(w, d, lo, MIN(hi, line), &unit))
		return false;
	if (unit)
		line = MIN(line, unit);
	/* Of no page that is ever used in this interval: nobody can tell whether it was mapped. */
	if (line < hi)
		place_map(w, d, d->first, d->last - d->first + 1, line);
	return true;
}

/* By place, then in the order of the driver's lines, which is right among themselves. */
static gint by_place(gconstpointer a, gconstpointer b)
{
	const struct rec_event *x = a;
	const struct rec_event *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->tag != y->tag)
		return x->tag < y->tag ? -1 : 1;
	return x->iova < y->iova ? -1 : x->iova > y->iova;
}

bool rec_place(struct rec_work *w)
{
	place_unmaps(w);
	for (guint i = 0; i < w->pages->len; i++)
		if (!place_page(w, &g_array_index(w->pages, struct rec_page, i)))
			return false;
	for (uint32_t i = 0; i < w->drvs->len && w->vendor->answer == REC_ANSWER_LEAF; i++) {
		const struct rec_drv *d = &g_array_index(w->drvs, struct rec_drv, i);

		if (!d->unmap && d->has_tag && !place_whole(w, i))
			return false;
	}
	g_array_sort(w->placed, by_place);
	return true;
}
