/* SPDX-License-Identifier: MIT */
/*
 * Step 3 of "How to rebuild the order" (scenarios/recorded/README.md): whose
 * table each drv-map line changed. The lines name no device, and devices use
 * the same addresses at the same time.
 */
#include "sim/core/assert.h"
#include "sim/scenario/recording_parts.h"

static gint by_tag_page(gconstpointer a, gconstpointer b)
{
	const struct rec_xlat *x = a;
	const struct rec_xlat *y = b;

	if (x->tag != y->tag)
		return x->tag < y->tag ? -1 : 1;
	if (x->page != y->page)
		return x->page < y->page ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

static void group_pages(struct rec_work *w)
{
	struct rec_page *pg = NULL;

	g_array_sort(w->xlats, by_tag_page);
	for (guint i = 0; i < w->xlats->len; i++) {
		const struct rec_xlat *x = &g_array_index(w->xlats, struct rec_xlat, i);
		const struct rec_page new = { .tag = x->tag, .page = x->page, .xlat = i };

		if (!pg || pg->tag != x->tag || pg->page != x->page) {
			g_array_append_val(w->pages, new);
			pg = &g_array_index(w->pages, struct rec_page, w->pages->len - 1);
		}
		pg->xlat_end = i + 1;
	}
	for (guint i = w->xlats->len; i-- > 0;) {
		struct rec_xlat *x = &g_array_index(w->xlats, struct rec_xlat, i);
		bool last = i + 1 == w->xlats->len || x[1].tag != x->tag || x[1].page != x->page;

		x->change = !last && x[1].pa == x->pa ? x[1].change : i + 1;
	}
}

/* Index of the first of w->pages that is not before (@tag, @page). */
static guint page_at(const struct rec_work *w, uint32_t tag, uint64_t page)
{
	guint lo = 0;
	guint hi = w->pages->len;

	while (lo < hi) {
		guint mid = lo + (hi - lo) / 2;
		const struct rec_page *pg = &g_array_index(w->pages, struct rec_page, mid);

		if (pg->tag < tag || (pg->tag == tag && pg->page < page))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void rec_pages_inside(const struct rec_work *w, uint32_t tag, uint64_t first, uint64_t last,
		      guint *ret, guint *ret_end)
{
	guint end = page_at(w, tag, last & REC_PAGE_MASK);

	*ret = page_at(w, tag, first);
	if (end < w->pages->len) {
		const struct rec_page *pg = &g_array_index(w->pages, struct rec_page, end);

		if (pg->tag == tag && pg->page <= last)
			end++;
	}
	*ret_end = end;
}

guint rec_interval(const struct rec_work *w, const struct rec_page *pg, uint32_t drv,
		   uint32_t *ret_lo, uint32_t *ret_hi)
{
	guint lo = 0;
	guint hi = pg->unmaps ? pg->unmaps->len : 0;

	*ret_lo = 0;
	*ret_hi = UINT32_MAX;
	while (lo < hi) {
		guint mid = lo + (hi - lo) / 2;
		uint32_t at = g_array_index(pg->unmaps, uint32_t, mid);
		uint32_t unit = g_array_index(w->drvs, struct rec_drv, at).unit;
		uint32_t line = g_array_index(w->units, struct rec_flush, unit).line;

		if (at > drv) {
			*ret_hi = line;
			hi = mid;
		} else {
			*ret_lo = line;
			lo = mid + 1;
		}
	}
	return lo;
}

guint rec_xlat_after(const struct rec_work *w, const struct rec_page *pg, uint32_t line)
{
	guint lo = pg->xlat;
	guint hi = pg->xlat_end;

	while (lo < hi) {
		guint mid = lo + (hi - lo) / 2;

		if (g_array_index(w->xlats, struct rec_xlat, mid).line > line)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

uint64_t rec_leaf_bytes(uint64_t first, uint64_t last, uint64_t pa, uint64_t iova)
{
	uint64_t bytes = REC_PAGE_BYTES;

	IMS_ASSERT(first <= iova && iova <= last);
	for (;;) {
		uint64_t next = bytes * 2;
		uint64_t base = iova & ~(next - 1);

		if (!next || base < first || last - base < next - 1 || ((first ^ pa) & (next - 1)))
			return bytes;
		bytes = next;
	}
}

uint64_t rec_shown_pa(const struct rec_work *w, const struct rec_drv *d, uint64_t page)
{
	uint64_t pa = d->pa + (page - d->first);

	if (w->vendor->answer == REC_ANSWER_LEAF)
		pa &= ~(rec_leaf_bytes(d->first, d->last, d->pa, page) - 1);
	return pa;
}

/*
 * Line of the first xlat of @tag that shows @drv, looking only between the
 * drv-unmaps before and after it; 0 if there is none.
 */
static bool first_shown(struct rec_work *w, uint32_t drv, uint32_t tag, uint32_t *ret)
{
	const struct rec_drv *d = &g_array_index(w->drvs, struct rec_drv, drv);
	guint at;
	guint end;

	*ret = 0;
	rec_pages_inside(w, tag, d->first, d->last, &at, &end);
	for (; at < end; at++) {
		const struct rec_page *pg = &g_array_index(w->pages, struct rec_page, at);
		uint64_t pa = rec_shown_pa(w, d, pg->page);
		uint32_t lo;
		uint32_t hi;

		rec_interval(w, pg, drv, &lo, &hi);
		for (guint i = rec_xlat_after(w, pg, lo); i < pg->xlat_end;) {
			const struct rec_xlat *x = &g_array_index(w->xlats, struct rec_xlat, i);

			if (!rec_spend(w, 1))
				return false;
			i = x->change;
			if (x->line > hi || (*ret && x->line > *ret))
				break;
			if (x->pa != pa)
				continue;
			*ret = x->line;
			break;
		}
	}
	return true;
}

/* Whom a map may belong to. */
struct owner {
	uint32_t tag;
	uint32_t line; /* of the first xlat that shows it */
};

static const struct owner *owner_of(const GArray *owners, uint32_t tag)
{
	for (guint i = 0; i < owners->len; i++)
		if (g_array_index(owners, struct owner, i).tag == tag)
			return &g_array_index(owners, struct owner, i);
	return NULL;
}

/*
 * The next drv-unmap that covers @drv and whose tag has it not open; with
 * @owners, only those tags. False with an error if the search took too long.
 */
static bool next_covering(struct rec_work *w, const struct rec_ranges *open, uint32_t drv,
			  const GArray *owners, const struct rec_drv **ret)
{
	const struct rec_drv *d = &g_array_index(w->drvs, struct rec_drv, drv);

	*ret = NULL;
	for (guint i = drv + 1; i < w->drvs->len; i++) {
		const struct rec_drv *u = &g_array_index(w->drvs, struct rec_drv, i);

		if (!rec_spend(w, 1))
			return false;
		if (!u->unmap || u->first > d->first || u->last < d->last)
			continue;
		if (owners && !owner_of(owners, u->tag))
			continue;
		if (rec_ranges_hit(open, u->tag, d->first, d->last))
			continue;
		*ret = u;
		return true;
	}
	return true;
}

/* Several devices show the map: the first of them to use it that has it not open. */
static uint32_t first_owner(const struct rec_ranges *open, const GArray *owners,
			    const struct rec_drv *d)
{
	const struct owner *best = NULL;
	bool best_open = true;

	for (guint i = 0; i < owners->len; i++) {
		const struct owner *o = &g_array_index(owners, struct owner, i);
		bool is_open = rec_ranges_hit(open, o->tag, d->first, d->last);

		if (best && (is_open > best_open || (is_open == best_open && o->line > best->line)))
			continue;
		best = o;
		best_open = is_open;
	}
	IMS_ASSERT(best);
	return best->tag;
}

static bool choose(struct rec_work *w, const struct rec_ranges *open, uint32_t drv,
		   const GArray *owners)
{
	struct rec_drv *d = &g_array_index(w->drvs, struct rec_drv, drv);
	const struct rec_drv *u;

	if (owners->len == 1) {
		d->tag = g_array_index(owners, struct owner, 0).tag;
		d->has_tag = true;
		return true;
	}
	if (!next_covering(w, open, drv, owners->len ? owners : NULL, &u))
		return false;
	d->has_tag = u || owners->len;
	if (u)
		d->tag = u->tag;
	else if (owners->len)
		d->tag = first_owner(open, owners, d);
	return true;
}

/* The tags of the devices, each once, ascending. */
static GArray *all_tags(const struct rec_work *w)
{
	GArray *tags = g_array_new(FALSE, FALSE, sizeof(uint32_t));

	for (guint i = 0; i < w->pages->len; i++) {
		uint32_t tag = g_array_index(w->pages, struct rec_page, i).tag;

		if (tags->len == 0 || g_array_index(tags, uint32_t, tags->len - 1) != tag)
			g_array_append_val(tags, tag);
	}
	return tags;
}

static bool assign_map(struct rec_work *w, struct rec_ranges *open, const GArray *tags,
		       uint32_t drv)
{
	struct rec_drv *d = &g_array_index(w->drvs, struct rec_drv, drv);
	GArray *owners = g_array_new(FALSE, FALSE, sizeof(struct owner));
	bool ok = rec_spend(w, tags->len);

	for (guint i = 0; i < tags->len && ok; i++) {
		struct owner o = { .tag = g_array_index(tags, uint32_t, i) };

		ok = first_shown(w, drv, o.tag, &o.line);
		if (o.line)
			g_array_append_val(owners, o);
	}
	ok = ok && choose(w, open, drv, owners);
	g_array_free(owners, TRUE);
	if (ok && d->has_tag)
		rec_ranges_add(open, d->tag, d->first, d->last);
	else if (ok)
		w->counts.ignored_maps++;
	return ok;
}

/* Files @drv under each of its pages. */
static bool file_drv(struct rec_work *w, uint32_t drv)
{
	const struct rec_drv *d = &g_array_index(w->drvs, struct rec_drv, drv);
	guint at;
	guint end;

	if (!d->has_tag)
		return true;
	rec_pages_inside(w, d->tag, d->first, d->last, &at, &end);
	if (!rec_spend(w, end - at))
		return false;
	for (; at < end; at++) {
		struct rec_page *pg = &g_array_index(w->pages, struct rec_page, at);
		GArray **list = d->unmap ? &pg->unmaps : &pg->maps;

		if (!*list)
			*list = g_array_new(FALSE, FALSE, sizeof(uint32_t));
		g_array_append_val(*list, drv);
	}
	return true;
}

bool rec_assign_maps(struct rec_work *w)
{
	struct rec_ranges *open = rec_ranges_new();
	GArray *tags;
	bool ok = true;

	group_pages(w);
	tags = all_tags(w);
	for (uint32_t i = 0; i < w->drvs->len && ok; i++)
		if (g_array_index(w->drvs, struct rec_drv, i).unmap)
			ok = file_drv(w, i);
	for (uint32_t i = 0; i < w->drvs->len && ok; i++) {
		const struct rec_drv *d = &g_array_index(w->drvs, struct rec_drv, i);

		if (d->unmap)
			rec_ranges_cut(open, d->tag, d->first, d->last);
		else
			ok = assign_map(w, open, tags, i) && file_drv(w, i);
	}
	g_array_free(tags, TRUE);
	rec_ranges_free(open);
	return ok;
}
