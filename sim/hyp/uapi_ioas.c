/* SPDX-License-Identifier: MIT */
/*
 * Address spaces: what may be mapped where, and the calls on them. ioas.c and
 * io_pagetable.c of iommufd, Linux 7.3; the order of the checks is theirs. Areas and page
 * tables are uapi_area.c's.
 */
#include <string.h>

#include "sim/hyp/uapi_area.h"

#define MAP_FLAGS (IMS_UAPI_MAP_FIXED_IOVA | IMS_UAPI_MAP_WRITEABLE | IMS_UAPI_MAP_READABLE)
#define HUGE	  (UINT64_C(2) << 20) /* of a large page: areas are aligned to no more than that */

/* ---- what an address space is held to ---- */

uint64_t hyp_ioas_alignment(struct hyp *h, uint32_t ctx, uint32_t ioas)
{
	for (uint32_t id = 1; id < HYP_IDS; id++) {
		struct hyp_obj *o = hyp_obj(h, ctx, id, HYP_OBJ_PAGING);

		if (o && o->paging.ioas == ioas)
			return HYP_PAGE;
	}
	return 1;
}

/* Positions: page tables first, each by its id, then each row of each attached device. */
bool hyp_reserved_next(struct hyp *h, uint32_t ctx, uint32_t ioas, uint32_t *pos,
		       struct ims_uapi_iova_range *ret)
{
	uint32_t rows = h->uapi->reserved_count;

	for (; *pos < HYP_IDS; ++*pos) {
		struct hyp_obj *o = hyp_obj(h, ctx, *pos, HYP_OBJ_PAGING);

		if (!o || o->paging.ioas != ioas)
			continue;
		ret->start = UINT64_C(1) << h->uapi->hwpts[o->paging.row].aperture_lg2;
		ret->last = UINT64_MAX;
		++*pos;
		return true;
	}
	for (; rows && (*pos - HYP_IDS) / rows < h->objects.bound_count; ++*pos) {
		const struct hyp_bound *b = &h->objects.bound[(*pos - HYP_IDS) / rows];
		const struct ims_reserved_row *row = &h->uapi->reserved[(*pos - HYP_IDS) % rows];
		uint32_t paging;

		if (b->ctx != IMS_CTX_NONE || h->objects.bound_to[b->dev] != ctx + 1)
			continue;
		paging = hyp_paging_of(h, ctx, b->hwpt);
		if (hyp_obj_at(h, ctx, paging)->paging.ioas != ioas)
			continue;
		*ret = (struct ims_uapi_iova_range){ row->first, row->last };
		++*pos;
		return true;
	}
	return false;
}

static bool reserved(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t first, uint64_t last)
{
	struct ims_uapi_iova_range r;
	uint32_t pos = 1;

	while (hyp_reserved_next(h, ctx, ioas, &pos, &r))
		if (r.start <= last && first <= r.last)
			return true;
	return false;
}

static bool is_allowed(const struct hyp_allowed *a, uint32_t ctx, uint32_t ioas)
{
	return a->used && a->ctx == ctx && a->ioas == ioas;
}

long hyp_ioas_reserve(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t first, uint64_t last)
{
	if (hyp_run_at(h, ctx, ioas, first, last))
		return -EADDRINUSE;
	for (uint32_t i = 0; i < HYP_ALLOWED; i++) {
		const struct hyp_allowed *a = &h->objects.allowed[i];

		if (is_allowed(a, ctx, ioas) && a->first <= last && first <= a->last)
			return -EADDRINUSE;
	}
	return 0;
}

static void forget_allowed(struct hyp *h, uint32_t ctx, uint32_t ioas)
{
	for (uint32_t i = 0; i < HYP_ALLOWED; i++)
		if (is_allowed(&h->objects.allowed[i], ctx, ioas))
			h->objects.allowed[i].used = 0;
}

void hyp_ioas_clear(struct hyp *h, uint32_t ctx, uint32_t ioas)
{
	uint64_t unmapped;

	forget_allowed(h, ctx, ioas);
	hyp_area_unmap(h, ctx, ioas, 0, UINT64_MAX, &unmapped);
}

/* ---- the calls ---- */

long hyp_u_ioas_alloc(struct hyp_ucall *c)
{
	uint32_t id;

	if (c->u.ioas_alloc.flags)
		return -EOPNOTSUPP;
	id = hyp_obj_new(c->h, c->ctx, HYP_OBJ_IOAS);
	if (!id)
		return -ENOMEM;
	c->u.ioas_alloc.out_ioas_id = id;
	if (!hyp_respond(c))
		return 0;
	hyp_obj_end(c->h, c->ctx, id);
	return -EFAULT;
}

/* The first address from @from on that nothing is reserved at; false: there is none. */
static bool next_usable(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t from,
			struct ims_uapi_iova_range *ret)
{
	struct ims_uapi_iova_range r;
	uint32_t pos;
	bool moved = true;

	ret->start = from;
	while (moved) {
		moved = false;
		for (pos = 1; hyp_reserved_next(h, ctx, ioas, &pos, &r);) {
			if (r.start > ret->start || ret->start > r.last)
				continue;
			if (r.last == UINT64_MAX)
				return false;
			ret->start = r.last + 1;
			moved = true;
		}
	}
	ret->last = UINT64_MAX;
	for (pos = 1; hyp_reserved_next(h, ctx, ioas, &pos, &r);)
		if (r.start > ret->start && r.start <= ret->last)
			ret->last = r.start - 1;
	return true;
}

/* iommufd_ioas_iova_ranges(): the structure is written back even if there is too little room. */
long hyp_u_iova_ranges(struct hyp_ucall *c)
{
	struct ims_uapi_ioas_iova_ranges *r = &c->u.ranges;
	uint32_t room = r->num_iovas;
	struct ims_uapi_iova_range range = { 0, 0 };

	if (r->reserved)
		return -EOPNOTSUPP;
	if (!hyp_obj(c->h, c->ctx, r->ioas_id, HYP_OBJ_IOAS))
		return -ENOENT;
	r->num_iovas = 0;
	r->out_iova_alignment = hyp_ioas_alignment(c->h, c->ctx, r->ioas_id);
	for (uint64_t from = 0; next_usable(c->h, c->ctx, r->ioas_id, from, &range);
	     from = range.last + 1) {
		if (r->num_iovas < room &&
		    !c->mem->write(c->mem->user,
				   r->allowed_iovas + (uint64_t)r->num_iovas * sizeof(range),
				   &range, sizeof(range)))
			return -EFAULT;
		r->num_iovas++;
		if (range.last == UINT64_MAX)
			break;
	}
	if (hyp_respond(c))
		return -EFAULT;
	return r->num_iovas > room ? -EMSGSIZE : 0;
}

/* What a call of IOAS_ALLOW_IOVAS gives; errors leave the old list. */
static long take_allowed(struct hyp_ucall *c, struct hyp_allowed *list)
{
	const struct ims_uapi_ioas_allow_iovas *a = &c->u.allow;

	for (uint32_t i = 0; i < a->num_iovas; i++) {
		struct ims_uapi_iova_range r;

		if (!c->mem->read(c->mem->user, a->allowed_iovas + (uint64_t)i * sizeof(r), &r,
				  sizeof(r)))
			return -EFAULT;
		if (r.start >= r.last)
			return -EINVAL;
		for (uint32_t k = 0; k < i; k++)
			if (list[k].first <= r.last && r.start <= list[k].last)
				return -EINVAL;
		if (i == HYP_ALLOWED)
			return -ENOMEM;
		list[i] = (struct hyp_allowed){ .used = 1,
						.ctx = (uint8_t)c->ctx,
						.ioas = (uint16_t)a->ioas_id,
						.first = r.start,
						.last = r.last };
	}
	for (uint32_t i = 0; i < a->num_iovas; i++)
		if (reserved(c->h, c->ctx, a->ioas_id, list[i].first, list[i].last))
			return -EADDRINUSE;
	return 0;
}

long hyp_u_allow_iovas(struct hyp_ucall *c)
{
	struct hyp_allowed list[HYP_ALLOWED], *all = c->h->objects.allowed;
	uint32_t room = 0, at = 0;
	long rc;

	if (c->u.allow.reserved)
		return -EOPNOTSUPP;
	if (!hyp_obj(c->h, c->ctx, c->u.allow.ioas_id, HYP_OBJ_IOAS))
		return -ENOENT;
	rc = take_allowed(c, list);
	if (rc)
		return rc;
	for (uint32_t i = 0; i < HYP_ALLOWED; i++)
		room += !all[i].used || is_allowed(&all[i], c->ctx, c->u.allow.ioas_id);
	if (room < c->u.allow.num_iovas)
		return -ENOMEM;
	forget_allowed(c->h, c->ctx, c->u.allow.ioas_id);
	for (uint32_t i = 0; at < c->u.allow.num_iovas; i++)
		if (!all[i].used)
			all[i] = list[at++];
	return 0;
}

/* iopt_check_iova(). */
static long check_iova(struct hyp_ucall *c, uint32_t ioas, uint64_t iova, uint64_t length)
{
	uint64_t last;

	if (iova & (hyp_ioas_alignment(c->h, c->ctx, ioas) - 1))
		return -EINVAL;
	if (__builtin_add_overflow(iova, length - 1, &last))
		return -EOVERFLOW;
	if (reserved(c->h, c->ctx, ioas, iova, last))
		return -EINVAL;
	return hyp_run_at(c->h, c->ctx, ioas, iova, last) ? -EEXIST : 0;
}

/* The end of what keeps [@first, @last] from being used, 0: nothing does. */
static uint64_t in_the_way(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t first,
			   uint64_t last)
{
	const struct hyp_run *run = hyp_run_at(h, ctx, ioas, first, last);
	struct ims_uapi_iova_range r;
	uint32_t pos = 1;

	if (run)
		return run->last;
	while (hyp_reserved_next(h, ctx, ioas, &pos, &r))
		if (r.start <= last && first <= r.last)
			return r.last;
	return 0;
}

/* The lowest address in [@first, @last] with @length free bytes, as __alloc_iova_check_hole(). */
static bool find_hole(struct hyp *h, uint32_t ctx, uint32_t ioas, uint64_t first, uint64_t last,
		      uint64_t length, uint64_t alignment, uint64_t offset, uint64_t *ret)
{
	uint64_t at = first, end, blocked;

	for (;;) {
		if (__builtin_add_overflow(at, alignment - 1, &at))
			return false;
		at = (at & ~(alignment - 1)) | offset;
		if (__builtin_add_overflow(at, length - 1, &end) || end > last)
			return false;
		blocked = in_the_way(h, ctx, ioas, at, end);
		if (!blocked) {
			*ret = at;
			return true;
		}
		if (blocked >= last)
			return false;
		at = blocked + 1;
	}
}

/* iopt_alloc_iova(): the lowest hole, aligned as well as the memory behind it is. */
static long alloc_iova(struct hyp_ucall *c, uint32_t ioas, uint64_t user, uint64_t length,
		       uint64_t *ret)
{
	uint64_t alignment = 1, offset;
	bool any = false, found = false;

	if (!length || length >= UINT64_MAX / 2)
		return -EOVERFLOW;
	while (alignment < length)
		alignment <<= 1;
	if (user && alignment > (user & -user))
		alignment = user & -user;
	if (alignment > HUGE)
		alignment = HUGE;
	if (alignment < hyp_ioas_alignment(c->h, c->ctx, ioas))
		return -EINVAL;
	offset = user % HYP_PAGE & ~(alignment - 1);
	for (uint32_t i = 0; i < HYP_ALLOWED; i++) {
		const struct hyp_allowed *a = &c->h->objects.allowed[i];
		uint64_t first = a->first > HYP_PAGE ? a->first : HYP_PAGE, got;
		uint64_t last = a->last < UINT64_MAX - HYP_PAGE ? a->last : UINT64_MAX - HYP_PAGE;

		if (!is_allowed(a, c->ctx, ioas))
			continue;
		any = true;
		if (!find_hole(c->h, c->ctx, ioas, first, last, length, alignment, offset, &got) ||
		    (found && got > *ret))
			continue;
		*ret = got;
		found = true;
	}
	if (any)
		return found ? 0 : -ENOSPC;
	return find_hole(c->h, c->ctx, ioas, HYP_PAGE, UINT64_MAX - HYP_PAGE, length, alignment,
			 offset, ret) ?
		       0 :
		       -ENOSPC;
}

/* iopt_alloc_area_pages(): a place in the address space for @length bytes. */
static long place(struct hyp_ucall *c, uint32_t ioas, uint32_t flags, uint64_t user,
		  uint64_t length, uint64_t *iova)
{
	uint64_t mask = hyp_ioas_alignment(c->h, c->ctx, ioas) - 1;
	long rc;

	if ((length & mask) || !length)
		return -EINVAL;
	rc = flags & IMS_UAPI_MAP_FIXED_IOVA ? check_iova(c, ioas, *iova, length) :
					       alloc_iova(c, ioas, user, length, iova);
	if (!rc && (user & mask))
		rc = -EINVAL;
	return rc;
}

static uint8_t perm_of(uint32_t flags)
{
	return (uint8_t)((flags & IMS_UAPI_MAP_READABLE ? IMS_R : 0) |
			 (flags & IMS_UAPI_MAP_WRITEABLE ? IMS_W : 0));
}

/* Is it what a VM's memory is mapped by: its number. */
static bool of_vm(const struct hyp_ucall *c, uint32_t ioas)
{
	return c->ctx < c->h->vms_count && c->h->vms[c->ctx].ioas == ioas;
}

static long unmap(struct hyp_ucall *c, uint32_t ioas, uint64_t first, uint64_t last,
		  uint64_t *ret_bytes)
{
	if (of_vm(c, ioas))
		return hyp_parent_unmap(c->h, c->ctx, first, last, ret_bytes);
	return hyp_area_unmap(c->h, c->ctx, ioas, first, last, ret_bytes);
}

long hyp_u_map(struct hyp_ucall *c)
{
	struct ims_uapi_ioas_map *m = &c->u.map;
	struct hyp_run run;
	uint64_t end;
	long rc;

	if ((m->flags & ~(uint32_t)MAP_FLAGS) || m->reserved)
		return -EOPNOTSUPP;
	if (!perm_of(m->flags))
		return -EINVAL;
	if (m->iova == UINT64_MAX || m->length == UINT64_MAX)
		return -EOVERFLOW;
	if (!hyp_obj(c->h, c->ctx, m->ioas_id, HYP_OBJ_IOAS))
		return -ENOENT;
	if (__builtin_add_overflow(m->user_va, m->length, &end))
		return -EOVERFLOW;
	if (!m->length || m->length > UINT64_MAX - HYP_PAGE)
		return -EINVAL;
	rc = place(c, m->ioas_id, m->flags, m->user_va, m->length, &m->iova);
	if (rc)
		return rc;
	run = (struct hyp_run){ .memory = HYP_MEMORY_USER,
				.ctx = (uint8_t)c->ctx,
				.ioas = (uint16_t)m->ioas_id,
				.perm = perm_of(m->flags),
				.first = m->iova,
				.last = m->iova + m->length - 1,
				.piece = m->length,
				.writable = perm_of(m->flags) & IMS_W,
				.user = m->user_va };
	rc = hyp_area_add(c->h, &run);
	if (!rc && of_vm(c, m->ioas_id))
		hyp_parent_mapped(c->h, c->ctx, run.first, run.last, run.user);
	if (rc || !hyp_respond(c))
		return rc;
	unmap(c, m->ioas_id, run.first, run.last, &end);
	return -EFAULT;
}

/* iommufd_ioas_copy(): the pages of the source, in areas as they are there. */
long hyp_u_copy(struct hyp_ucall *c)
{
	struct ims_uapi_ioas_copy *m = &c->u.copy;
	struct hyp_run *run;
	uint64_t last, unmapped;
	long rc;

	if (m->flags & ~(uint32_t)MAP_FLAGS)
		return -EOPNOTSUPP;
	if (m->length == UINT64_MAX || m->dst_iova == UINT64_MAX)
		return -EOVERFLOW;
	if (!perm_of(m->flags))
		return -EINVAL;
	if (!hyp_obj(c->h, c->ctx, m->src_ioas_id, HYP_OBJ_IOAS))
		return -ENOENT;
	if (!m->length)
		return -EINVAL;
	if (__builtin_add_overflow(m->src_iova, m->length - 1, &last))
		return -EOVERFLOW;
	if (!hyp_area_covered(c->h, c->ctx, m->src_ioas_id, m->src_iova, last))
		return -ENOENT;
	if (!hyp_obj(c->h, c->ctx, m->dst_ioas_id, HYP_OBJ_IOAS))
		return -ENOENT;
	run = hyp_run_at(c->h, c->ctx, m->src_ioas_id, m->src_iova, m->src_iova);
	rc = place(c, m->dst_ioas_id, m->flags, run->user + (m->src_iova - run->first), m->length,
		   &m->dst_iova);
	if (!rc)
		rc = hyp_area_copy(c->h, c->ctx, m->src_ioas_id, m->src_iova, last, m->dst_ioas_id,
				   m->dst_iova, perm_of(m->flags));
	if (rc || !hyp_respond(c))
		return rc;
	hyp_area_unmap(c->h, c->ctx, m->dst_ioas_id, m->dst_iova, m->dst_iova + m->length - 1,
		       &unmapped);
	return -EFAULT;
}

/* iommufd_ioas_unmap(): areas before one that cannot go are gone, and an error says nothing of them. */
long hyp_u_unmap(struct hyp_ucall *c)
{
	struct ims_uapi_ioas_unmap *m = &c->u.unmap;
	uint64_t last, unmapped = 0;
	long rc;

	if (!hyp_obj(c->h, c->ctx, m->ioas_id, HYP_OBJ_IOAS))
		return -ENOENT;
	if (!m->iova && m->length == UINT64_MAX) {
		rc = unmap(c, m->ioas_id, 0, UINT64_MAX, &unmapped);
		if (rc == -ENOENT)
			rc = 0;
	} else {
		if (m->iova == UINT64_MAX || m->length == UINT64_MAX)
			return -EOVERFLOW;
		if (!m->length)
			return -EINVAL;
		if (__builtin_add_overflow(m->iova, m->length - 1, &last))
			return -EOVERFLOW;
		rc = unmap(c, m->ioas_id, m->iova, last, &unmapped);
	}
	if (rc)
		return rc;
	m->length = unmapped;
	return hyp_respond(c);
}

/* ---- options: iommufd_option() ---- */

static bool any_object(const struct hyp_context *x)
{
	for (uint32_t id = 1; id < HYP_IDS; id++)
		if (x->objects[id].type != HYP_OBJ_NONE)
			return true;
	return false;
}

static long option_rlimit(struct hyp_ucall *c)
{
	struct hyp_context *x = &c->h->objects.contexts[c->ctx];
	struct ims_uapi_option *o = &c->u.option;

	if (o->object_id)
		return -EOPNOTSUPP;
	if (o->op == IMS_UAPI_OPTION_GET) {
		o->val64 = x->per_process;
		return 0;
	}
	if (o->op != IMS_UAPI_OPTION_SET)
		return -EOPNOTSUPP;
	if (x->unprivileged)
		return -EPERM;
	if (any_object(x))
		return -EBUSY;
	if (o->val64 > 1)
		return -EINVAL;
	x->per_process = o->val64;
	return 0;
}

static long option_huge(struct hyp_ucall *c)
{
	struct ims_uapi_option *o = &c->u.option;
	struct hyp_obj *ioas = hyp_obj(c->h, c->ctx, o->object_id, HYP_OBJ_IOAS);

	if (!ioas)
		return -ENOENT;
	if (o->op == IMS_UAPI_OPTION_GET) {
		o->val64 = !ioas->ioas.small_pages;
		return 0;
	}
	if (o->op != IMS_UAPI_OPTION_SET)
		return -EOPNOTSUPP;
	if (o->val64 > 1)
		return -EINVAL;
	if (!o->val64 && !ioas->ioas.small_pages &&
	    hyp_run_at(c->h, c->ctx, o->object_id, 0, UINT64_MAX))
		return -EINVAL;
	ioas->ioas.small_pages = !o->val64;
	return 0;
}

long hyp_u_option(struct hyp_ucall *c)
{
	long rc;

	if (c->u.option.reserved)
		return -EOPNOTSUPP;
	if (c->u.option.option_id == IMS_UAPI_OPTION_RLIMIT_MODE)
		rc = option_rlimit(c);
	else if (c->u.option.option_id == IMS_UAPI_OPTION_HUGE_PAGES)
		rc = option_huge(c);
	else
		return -EOPNOTSUPP;
	return rc ? rc : hyp_respond(c);
}
