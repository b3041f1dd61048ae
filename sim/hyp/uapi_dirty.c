/* SPDX-License-Identifier: MIT */
/*
 * Dirty tracking of page tables: iopt_set_dirty_tracking() and
 * iopt_read_and_clear_dirty_data() of iommufd, Linux 7.3. What was cleaned is told to the
 * unit, which may hold it as written already and marks it no more.
 */
#include "sim/hyp/uapi_area.h"

/* Where the areas that follow one another from @first on end; false: there is none at @first. */
static bool areas_end(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t first, uint64_t last,
		      uint64_t *ret_end)
{
	uint64_t at = first;
	const struct hyp_run *r;

	while ((r = hyp_run_at(h, ctx, ioas, at, at))) {
		*ret_end = r->last < last ? r->last : last;
		if (*ret_end == last)
			return true;
		at = r->last + 1;
	}
	return at != first;
}

/* Cleaned leaves, the range that they are in; none: first > last. */
struct cleaned {
	uint64_t first, last;
};

static void walk(struct hyp *h, const struct hyp_obj *o, uint64_t first, uint64_t end,
		 uint64_t page_size, bool clear, bool (*mark)(void *to, uint64_t bit), void *to,
		 struct cleaned *ret)
{
	struct hyp_table t = hyp_uapi_table(h, o);
	uint64_t at = first;
	unsigned lg2;

	*ret = (struct cleaned){ .first = UINT64_MAX };
	while (at <= end) {
		bool dirty = hyp_table_dirty(&t, at, clear, &lg2);
		uint64_t leaf_end = at | ((UINT64_C(1) << lg2) - 1);

		for (uint64_t page = at; dirty && mark && page <= leaf_end && page <= end;
		     page = (page | (page_size - 1)) + 1)
			if (!mark(to, (page - first) / page_size))
				return;
		if (dirty && clear) {
			ret->first = ret->first < at ? ret->first : at;
			ret->last = leaf_end;
		}
		at = leaf_end + 1;
	}
}

static uint64_t aperture_end(const struct hyp *h, const struct hyp_obj *o)
{
	return (UINT64_C(1) << h->uapi->hwpts[o->paging.row].aperture_lg2) - 1;
}

/* Reads, and with @clear cleans and tells the unit of it. */
static void read_and_clear(struct hyp_ucall *c, uint32_t id, const struct hyp_obj *o,
			   uint64_t first, uint64_t last, uint64_t page_size, bool clear,
			   bool (*mark)(void *to, uint64_t bit))
{
	uint64_t end = aperture_end(c->h, o);
	struct cleaned cleaned;

	walk(c->h, o, first, last < end ? last : end, page_size, clear, mark, c, &cleaned);
	if (cleaned.first <= cleaned.last)
		hyp_unit_cleaned(c->h, c->ctx, id, cleaned.first, cleaned.last);
}

/* What hardware was to make writable is so, before nothing does it any more. */
static void untrack(struct hyp *h, const struct hyp_obj *o)
{
	struct hyp_table t = hyp_uapi_table(h, o);
	uint64_t end = aperture_end(h, o);
	unsigned lg2;

	for (uint64_t at = 0; t.format->clean_bit && at <= end; at += UINT64_C(1) << lg2)
		hyp_table_untrack(&t, at, &lg2);
}

long hyp_u_set_dirty(struct hyp_ucall *c)
{
	const struct ims_uapi_set_dirty *s = &c->u.set_dirty;
	struct hyp_obj *o;
	bool on = s->flags & IMS_UAPI_DIRTY_ENABLE;

	if (s->flags & ~(uint32_t)IMS_UAPI_DIRTY_ENABLE)
		return -EOPNOTSUPP;
	o = hyp_obj(c->h, c->ctx, s->hwpt_id, HYP_OBJ_PAGING);
	if (!o)
		return -ENOENT;
	if (!(o->paging.flags & IMS_UAPI_HWPT_DIRTY_TRACKING))
		return -EOPNOTSUPP;
	if (on)
		read_and_clear(c, s->hwpt_id, o, 0, UINT64_MAX, HYP_PAGE, true, NULL);
	else if (o->paging.dirty)
		untrack(c->h, o);
	o->paging.dirty = on;
	hyp_unit_dirty(c->h, c->ctx, s->hwpt_id, on);
	return 0;
}

/* One bit of the caller's bitmap, which is only ever added to. */
static bool mark(void *to, uint64_t bit)
{
	struct hyp_ucall *c = to;
	uint64_t at = c->u.get_dirty.data + bit / 64 * 8, word;

	if (!c->mem->read(c->mem->user, at, &word, sizeof(word)))
		return false;
	word |= UINT64_C(1) << bit % 64;
	return c->mem->write(c->mem->user, at, &word, sizeof(word));
}

long hyp_u_get_dirty(struct hyp_ucall *c)
{
	const struct ims_uapi_get_dirty *g = &c->u.get_dirty;
	uint64_t last, end, mask;
	struct hyp_obj *o;

	if ((g->flags & ~(uint32_t)IMS_UAPI_DIRTY_NO_CLEAR) || g->reserved)
		return -EOPNOTSUPP;
	o = hyp_obj(c->h, c->ctx, g->hwpt_id, HYP_OBJ_PAGING);
	if (!o)
		return -ENOENT;
	if (__builtin_add_overflow(g->iova, g->length - 1, &last))
		return -EOVERFLOW;
	mask = hyp_ioas_alignment(c->h, c->ctx, o->paging.ioas) - 1;
	if ((g->iova & mask) || ((last + 1) & mask) || !g->page_size)
		return -EINVAL;
	if ((g->iova & (g->page_size - 1)) || ((last + 1) & (g->page_size - 1)))
		return -EINVAL;
	if (!(o->paging.flags & IMS_UAPI_HWPT_DIRTY_TRACKING))
		return -EOPNOTSUPP;
	/* It ends at the first hole between areas, and nobody hears of that: iommu_read_and_clear_dirty(). */
	if (areas_end(c->h, c->ctx, o->paging.ioas, g->iova, last, &end))
		read_and_clear(c, g->hwpt_id, o, g->iova, end, g->page_size,
			       !(g->flags & IMS_UAPI_DIRTY_NO_CLEAR), mark);
	return 0;
}
