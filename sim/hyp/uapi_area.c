/* SPDX-License-Identifier: MIT */
/*
 * Areas: what iopt_area, iopt_pages and the filling of domains are in iommufd. The memory
 * of a caller is the host's own, address by address, from 4G on: nothing else is mapped
 * there, and what is below it faults when it is pinned, which is when a table needs it.
 */
#include <string.h>

#include "sim/hyp/uapi_area.h"

#define USER_FIRST (UINT64_C(1) << 32)

struct hyp_run *hyp_run_at(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t first,
			   uint64_t last)
{
	struct hyp_run *found = NULL;

	for (uint32_t i = 0; i < HYP_RUNS; i++) {
		struct hyp_run *r = &h->objects.runs[i];

		if (r->memory && r->ctx == ctx && r->ioas == ioas && r->first <= last &&
		    first <= r->last && (!found || r->first < found->first))
			found = r;
	}
	return found;
}

bool hyp_area_covered(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t first, uint64_t last)
{
	for (;;) {
		const struct hyp_run *r = hyp_run_at(h, ctx, ioas, first, first);

		if (!r)
			return false;
		if (r->last >= last)
			return true;
		first = r->last + 1;
	}
}

static struct hyp_run *free_run(struct hyp *h)
{
	for (uint32_t i = 0; i < HYP_RUNS; i++)
		if (!h->objects.runs[i].memory)
			return &h->objects.runs[i];
	return NULL;
}

/* ---- page tables ---- */

struct hyp_table hyp_uapi_table(struct hyp *h, const struct hyp_obj *o)
{
	const struct ims_model *m = h->model;
	bool second = o->paging.stage == 2;

	return (struct hyp_table){ .format = second ? m->s2 : m->s1,
				   .driver = &h->iommus[0].driver,
				   .root = o->paging.root,
				   .top = second ? m->s2_top : m->s1_top,
				   .roots = second ? m->s2_roots : 0,
				   .track = o->paging.flags & IMS_UAPI_HWPT_DIRTY_TRACKING ?
						    (second ? m->s2 : m->s1)->clean_bit :
						    0,
				   .leaf_levels = hyp_leaf_levels(hyp_hand(h), o->paging.stage) };
}

static unsigned leaf_max(struct hyp *h, uint32_t ctx, uint32_t ioas)
{
	return hyp_obj_at(h, ctx, ioas)->ioas.small_pages ? 12 : 30;
}

/* Leaves of the largest sizes that an area takes; counted no further than is modelled. */
static unsigned leaves(const struct hyp_run *r, unsigned max_lg2)
{
	unsigned count = 0;

	for (uint64_t at = r->first; at <= r->last && count <= HYP_LEAVES; count++) {
		uint64_t both = at | (r->user + (at - r->first)), size = HYP_PAGE;
		static const uint8_t sizes[] = { 30, 21 };

		for (unsigned i = 0; i < 2 && size == HYP_PAGE; i++) {
			uint64_t block = UINT64_C(1) << sizes[i];

			if (sizes[i] <= max_lg2 && !(both & (block - 1)) &&
			    r->last - at >= block - 1)
				size = block;
		}
		if (at + size < at)
			break;
		at += size;
	}
	return count;
}

/* Can the memory of a run be pinned, and its leaves be modelled. */
static long pin(struct hyp *h, const struct hyp_run *r)
{
	uint64_t end = UINT64_C(1) << h->model->host_address_lg2;

	if (r->memory == HYP_MEMORY_VM)
		return 0;
	if (r->user < USER_FIRST || r->user >= end || r->last - r->first > end - 1 - r->user)
		return -EFAULT;
	return leaves(r, leaf_max(h, r->ctx, r->ioas)) > HYP_LEAVES ? -ENOMEM : 0;
}

/* Tables of stage 1 hold what any request of the device may use. */
static unsigned table_perm(const struct hyp_obj *o, const struct hyp_run *r)
{
	return r->perm | (o->paging.stage == 1 ? IMS_U : 0u);
}

static void map_page(struct hyp *h, const struct hyp_obj *o, const struct hyp_run *r, uint64_t at,
		     uint64_t hpa)
{
	struct hyp_table t = hyp_uapi_table(h, o);

	/* A scenario may have stored into the table itself: what stands there stays. */
	hyp_table_map(&t, at, HYP_PAGE, hpa, table_perm(o, r), 12, false);
}

/* Has the table a rule against this run: -EINVAL. */
static long suits(const struct hyp *h, const struct hyp_obj *o, const struct hyp_run *r)
{
	const struct ims_hwpt_row *row = &h->uapi->hwpts[o->paging.row];

	if (row->no_read_only && (o->paging.flags & IMS_UAPI_HWPT_NEST_PARENT) &&
	    !(r->perm & IMS_W))
		return -EINVAL;
	return 0;
}

static void map_run(struct hyp *h, const struct hyp_obj *o, const struct hyp_run *r)
{
	struct hyp_table t = hyp_uapi_table(h, o);
	uint64_t hpa;

	if (r->memory == HYP_MEMORY_USER) {
		for (uint64_t at = r->first;; at += r->piece) {
			hyp_table_map(&t, at, r->piece, r->user + (at - r->first), table_perm(o, r),
				      leaf_max(h, r->ctx, r->ioas), false);
			if (r->last - at < r->piece)
				return;
		}
	}
	for (uint64_t at = r->first; at < r->last; at += HYP_PAGE)
		if (hyp_host_address(h, r->vm, r->user + (at - r->first), &hpa))
			map_page(h, o, r, at, hpa);
}

/* What of the run is in the table goes; true: tables went too. */
static bool unmap_run(struct hyp *h, const struct hyp_obj *o, const struct hyp_run *r)
{
	struct hyp_table t = hyp_uapi_table(h, o);
	bool freed = false, any = false;
	uint64_t out;
	unsigned lg2;

	if (r->memory == HYP_MEMORY_USER) {
		hyp_table_unmap(&t, r->first, r->last - r->first + 1, HYP_FREE_COVERED, &freed);
		return freed;
	}
	/* Without holes it is one range. */
	if (hyp_table_unmap(&t, r->first, r->last - r->first + 1, HYP_FREE_COVERED, &freed) ==
	    HYP_TABLE_OK)
		return freed;
	for (uint64_t at = r->first; at < r->last; at += HYP_PAGE) {
		if (!hyp_table_find(&t, at, &out, &lg2))
			continue;
		hyp_table_unmap(&t, at, HYP_PAGE, HYP_FREE_COVERED, &freed);
		any |= freed;
	}
	return any;
}

/* The next page table of an address space, from @id on; NULL. */
static struct hyp_obj *next_paging(struct hyp *h, uint32_t ctx, uint32_t ioas, uint32_t *id)
{
	while (++*id < HYP_IDS) {
		struct hyp_obj *o = hyp_obj(h, ctx, *id, HYP_OBJ_PAGING);

		if (o && o->paging.ioas == ioas)
			return o;
	}
	return NULL;
}

/* ---- areas ---- */

long hyp_area_add(struct hyp *h, const struct hyp_run *run)
{
	struct hyp_run *slot = free_run(h);
	struct hyp_obj *o;
	uint32_t id;
	long rc;

	if (!slot)
		return -ENOMEM;
	for (id = 0; (o = next_paging(h, run->ctx, run->ioas, &id));) {
		rc = suits(h, o, run);
		if (!rc)
			rc = pin(h, run);
		if (rc)
			return rc;
	}
	*slot = *run;
	for (id = 0; (o = next_paging(h, run->ctx, run->ioas, &id));)
		map_run(h, o, run);
	return 0;
}

long hyp_area_fill(struct hyp *h, uint32_t ctx, struct hyp_obj *paging)
{
	for (uint32_t i = 0; i < HYP_RUNS; i++) {
		const struct hyp_run *r = &h->objects.runs[i];
		long rc;

		if (!r->memory || r->ctx != ctx || r->ioas != paging->paging.ioas)
			continue;
		rc = pin(h, r);
		if (!rc)
			rc = suits(h, paging, r);
		if (rc)
			return rc;
	}
	for (uint32_t i = 0; i < HYP_RUNS; i++) {
		const struct hyp_run *r = &h->objects.runs[i];

		if (r->memory && r->ctx == ctx && r->ioas == paging->paging.ioas)
			map_run(h, paging, r);
	}
	return 0;
}

bool hyp_area_back(struct hyp *h, uint32_t vm, uint64_t gpa, uint64_t hpa)
{
	bool any = false;

	for (uint32_t i = 0; i < HYP_RUNS; i++) {
		const struct hyp_run *r = &h->objects.runs[i];
		struct hyp_obj *o;
		uint32_t id = 0;

		if (r->memory != HYP_MEMORY_VM || r->vm != vm || gpa < r->user ||
		    gpa - r->user > r->last - r->first)
			continue;
		while ((o = next_paging(h, r->ctx, r->ioas, &id)))
			map_page(h, o, r, r->first + (gpa - r->user), hpa);
		any = true;
	}
	return any;
}

/* A part of run @r, which begins at @first and has areas of @piece bytes up to @last. */
static struct hyp_run part_of(const struct hyp_run *r, uint64_t first, uint64_t last,
			      uint64_t piece)
{
	struct hyp_run part = *r;

	part.user = r->user + (first - r->first);
	part.first = first;
	part.last = last;
	part.piece = piece;
	return part;
}

/* The next part of the source with areas of one length: whole ones, or a part of one. */
static struct hyp_run next_part(const struct hyp_run *r, uint64_t at, uint64_t last)
{
	uint64_t into = (at - r->first) % r->piece, end = last < r->last ? last : r->last, whole;

	if (into) {
		uint64_t rest = at + (r->piece - into) - 1;

		end = end < rest ? end : rest;
		return part_of(r, at, end, end - at + 1);
	}
	whole = (end - at + 1) / r->piece;
	if (!whole)
		return part_of(r, at, end, end - at + 1);
	return part_of(r, at, at + whole * r->piece - 1, r->piece);
}

long hyp_area_copy(struct hyp *h, uint32_t ctx, uint32_t from, uint64_t first, uint64_t last,
		   uint32_t to_ioas, uint64_t to, uint8_t perm)
{
	uint64_t at = first, unmapped;
	long rc = 0;

	while (!rc) {
		const struct hyp_run *r = hyp_run_at(h, ctx, from, at, at);
		struct hyp_run part = next_part(r, at, last);
		uint64_t end = part.last;

		if ((perm & IMS_W) && !r->writable)
			rc = -EPERM;
		part.ioas = (uint16_t)to_ioas;
		part.perm = perm;
		part.last = to + (part.last - first);
		part.first = to + (part.first - first);
		if (!rc)
			rc = hyp_area_add(h, &part);
		if (end == last)
			break;
		at = end + 1;
	}
	if (rc && at > first)
		hyp_area_unmap(h, ctx, to_ioas, to, to + (at - first) - 1, &unmapped);
	return rc;
}

/* The end of the areas from @first on that no queue is in; @last if none is. */
static uint64_t unlocked(struct hyp *h, const struct hyp_run *r, uint64_t first, uint64_t last)
{
	for (uint32_t id = 1; id < HYP_IDS; id++) {
		struct hyp_obj *q = hyp_obj(h, r->ctx, id, HYP_OBJ_HW_QUEUE), *viommu, *parent;
		uint64_t at;

		if (!q)
			continue;
		viommu = hyp_obj_at(h, r->ctx, q->hw_queue.viommu);
		parent = hyp_obj_at(h, r->ctx, viommu->viommu.parent);
		if (parent->paging.ioas != r->ioas || q->hw_queue.first > last ||
		    first > q->hw_queue.last)
			continue;
		at = q->hw_queue.first > r->first ? q->hw_queue.first : r->first;
		at -= (at - r->first) % r->piece;
		if (at <= first)
			return first - 1;
		last = last < at - 1 ? last : at - 1;
	}
	return last;
}

/* Takes [@first, @last] out of a run; false: there is no room for what is left on both sides. */
static bool take_out(struct hyp *h, struct hyp_run *r, uint64_t first, uint64_t last)
{
	struct hyp_run *right = NULL;

	if (first > r->first && last < r->last) {
		right = free_run(h);
		if (!right)
			return false;
		*right = part_of(r, last + 1, r->last, r->piece);
		r->last = first - 1;
	} else if (first > r->first) {
		r->last = first - 1;
	} else if (last < r->last) {
		*r = part_of(r, last + 1, r->last, r->piece);
	} else {
		r->memory = HYP_MEMORY_FREE;
	}
	return true;
}

struct unmap {
	uint32_t ctx, ioas;
	uint64_t bytes;
	bool freed;
};

/* Whole areas of one run, from @*first on; @*first is behind them then. */
static long unmap_some(struct hyp *h, struct hyp_run *r, uint64_t *first, uint64_t last,
		       struct unmap *u)
{
	uint64_t from = *first > r->first ? *first : r->first, end, whole;
	struct hyp_run gone;
	struct hyp_obj *o;
	uint32_t id = 0;

	if ((from - r->first) % r->piece)
		return -ENOENT;
	whole = ((last < r->last ? last : r->last) - from + 1) / r->piece;
	if (!whole)
		return -ENOENT;
	end = unlocked(h, r, from, from + whole * r->piece - 1);
	if (end == from - 1)
		return -EBUSY;
	gone = part_of(r, from, end, r->piece);
	if (!take_out(h, r, from, end))
		return -ENOMEM;
	while ((o = next_paging(h, u->ctx, u->ioas, &id)))
		u->freed |= unmap_run(h, o, &gone);
	u->bytes += end - from + 1;
	*first = end + 1;
	return 0;
}

long hyp_area_unmap_tables(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t first,
			   uint64_t last, uint64_t *ret_bytes, bool *ret_freed)
{
	struct unmap u = { .ctx = ctx, .ioas = ioas };
	struct hyp_run *r;
	long rc = -ENOENT;

	while ((r = hyp_run_at(h, ctx, ioas, first, last))) {
		rc = unmap_some(h, r, &first, last, &u);
		if (rc || !first || first > last)
			break;
	}
	*ret_bytes = u.bytes;
	*ret_freed = u.freed;
	return rc;
}

long hyp_area_unmap(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t first, uint64_t last,
		    uint64_t *ret_bytes)
{
	bool freed;

	return hyp_area_unmap_tables(h, ctx, ioas, first, last, ret_bytes, &freed);
}
