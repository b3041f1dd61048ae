/* SPDX-License-Identifier: MIT */
/*
 * read() and write() of fault and event queues: iommufd_fault_fops_read() and _write(),
 * iommufd_veventq_fops_read() and iommufd_viommu_report_event() of Linux 7.3, eventq.c and
 * driver.c.
 */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/hyp/uapi_parts.h"

/* ---- fault queues ---- */

/* The first of the oldest group that nobody has read, and how many requests it has; NULL: there is none. */
static struct hyp_page *oldest(struct hyp *h, uint32_t ctx, uint32_t fault, uint32_t *ret_count)
{
	struct hyp_page *found = NULL;

	*ret_count = 0;
	for (uint32_t i = 0; i < HYP_PAGES; i++) {
		struct hyp_page *p = &h->faults.pages[i];

		if (p->at != HYP_PAGE_QUEUED || p->vmm != ctx || p->fault != fault ||
		    (found && p->serial > found->serial))
			continue;
		if (!found || p->serial < found->serial) {
			found = p;
			*ret_count = 0;
		}
		++*ret_count;
	}
	return found;
}

/* The lowest number that no group of the queue has, from 1. */
static uint32_t new_cookie(const struct hyp *h, uint32_t ctx, uint32_t fault)
{
	uint32_t cookie = 1;

	for (uint32_t i = 0; i < HYP_PAGES; i++) {
		const struct hyp_page *p = &h->faults.pages[i];

		if (p->at != HYP_PAGE_OUT || p->vmm != ctx || p->fault != fault ||
		    p->cookie != cookie)
			continue;
		cookie++;
		i = UINT32_MAX; /* again from the first */
	}
	return cookie;
}

/* iommufd_compose_fault_message(). */
static struct ims_uapi_pgfault message_of(const struct hyp *h, const struct hyp_page *p,
					  uint32_t cookie)
{
	bool with_pasid = p->ctx != IMS_CTX_NONE;

	return (struct ims_uapi_pgfault){ .flags = (with_pasid ? IMS_UAPI_FAULT_PASID_VALID : 0u) |
						   (p->last ? IMS_UAPI_FAULT_LAST_PAGE : 0u),
					  .dev_id = h->objects.bound_id[p->dev],
					  .pasid = with_pasid ? p->ctx : 0,
					  .grpid = p->group,
					  .perm = p->perm,
					  .addr = p->addr,
					  .cookie = cookie };
}

/* One group, whose first is @first; false: the caller's memory is not accessible. */
static bool read_group(struct hyp *h, const struct hyp_page *first, uint64_t addr,
		       const struct ims_umem *mem)
{
	uint32_t cookie = new_cookie(h, first->vmm, first->fault), serial = first->serial;

	for (uint32_t i = 0; i < HYP_PAGES; i++) {
		struct ims_uapi_pgfault m = message_of(h, &h->faults.pages[i], cookie);

		if (h->faults.pages[i].at != HYP_PAGE_QUEUED || h->faults.pages[i].serial != serial)
			continue;
		if (!mem->write(mem->user, addr, &m, sizeof(m)))
			return false;
		addr += sizeof(m);
	}
	for (uint32_t i = 0; i < HYP_PAGES; i++) {
		struct hyp_page *p = &h->faults.pages[i];

		if (p->at != HYP_PAGE_QUEUED || p->serial != serial)
			continue;
		p->at = HYP_PAGE_OUT;
		p->cookie = cookie;
	}
	hyp_emit(h, IMS_ACTOR_VMM, IMS_EV_FAULTQ, IMS_FAULTQ_READ, first->dev, first->ctx,
		 first->group, 0);
	return true;
}

/* Whole groups alone; of nothing there is nothing to wait for here. */
static long read_faults(struct hyp *h, uint32_t ctx, uint32_t fault, uint64_t addr, uint64_t count,
			uint64_t pos, const struct ims_umem *mem)
{
	const uint64_t each = sizeof(struct ims_uapi_pgfault);
	struct hyp_page *first;
	uint64_t done = 0;
	uint32_t n;

	if (pos || count % each)
		return -ESPIPE;
	while ((first = oldest(h, ctx, fault, &n))) {
		if (n * each > count - done)
			return done ? (long)done : -EINVAL;
		if (!read_group(h, first, addr + done, mem))
			return done ? (long)done : -EFAULT;
		done += n * each;
	}
	return (long)done;
}

/* One answer; a negative errno. */
static long write_one(struct hyp *h, uint32_t ctx, uint32_t fault,
		      const struct ims_uapi_page_response *r)
{
	if (r->code != IMS_UAPI_FAULT_SUCCESS && r->code != IMS_UAPI_FAULT_INVALID)
		return -EINVAL;
	for (uint32_t i = 0; i < HYP_PAGES; i++) {
		const struct hyp_page *p = &h->faults.pages[i];

		if (p->at != HYP_PAGE_OUT || p->vmm != ctx || p->fault != fault ||
		    p->cookie != r->cookie)
			continue;
		hyp_fault_answer(h, p, r->code, IMS_FAULTQ_WRITTEN);
		return 0;
	}
	return -EINVAL;
}

/* ---- event queues ---- */

static void vevent_remove(struct hyp *h, uint32_t number)
{
	struct hyp_faults *f = &h->faults;

	f->vevents_count--;
	memmove(&f->vevents[number], &f->vevents[number + 1],
		(f->vevents_count - number) * sizeof(f->vevents[0]));
}

void hyp_vevents_drop(struct hyp *h, uint32_t ctx, uint32_t queue)
{
	for (uint32_t i = h->faults.vevents_count; i-- > 0;)
		if (h->faults.vevents[i].vmm == ctx && h->faults.vevents[i].queue == queue)
			vevent_remove(h, i);
}

static void put_in(struct hyp *h, uint32_t ctx, uint32_t id, const uint64_t *words, unsigned count)
{
	struct hyp_obj *q = hyp_obj_at(h, ctx, id);
	uint32_t sequence = q->veventq.sequence;

	/* 31 bits. */
	q->veventq.sequence = (sequence + 1) & INT32_MAX;
	/* Full, or as a kernel without memory for it: what is lost is counted. */
	if (q->veventq.events == q->veventq.depth || h->faults.vevents_count == HYP_VEVENTS) {
		q->veventq.lost = true;
		q->veventq.lost_sequence = sequence;
		return;
	}
	/* The sequence tells of what was lost in front of it. */
	q->veventq.lost = false;
	q->veventq.events++;
	h->faults.vevents[h->faults.vevents_count] = (struct hyp_vevent){ .vmm = (uint16_t)ctx,
									  .queue = (uint16_t)id,
									  .words = (uint8_t)count,
									  .sequence = sequence };
	memcpy(h->faults.vevents[h->faults.vevents_count++].word, words, count * sizeof(*words));
}

void hyp_vevent_put(struct hyp *h, uint32_t ctx, uint32_t viommu, uint32_t type,
		    const uint64_t *words, unsigned count)
{
	IMS_ASSERT(count <= IMS_TOLD_WORDS);
	for (uint32_t id = 1; id < HYP_IDS; id++) {
		const struct hyp_obj *q = hyp_obj(h, ctx, id, HYP_OBJ_VEVENTQ);

		if (!q || q->veventq.viommu != viommu || q->veventq.type != type)
			continue;
		put_in(h, ctx, id, words, count);
		return;
	}
}

static bool read_event(struct hyp *h, uint32_t number, uint64_t addr, const struct ims_umem *mem)
{
	const struct hyp_vevent *e = &h->faults.vevents[number];
	const struct ims_uapi_vevent_header header = { .sequence = e->sequence };

	return mem->write(mem->user, addr, &header, sizeof(header)) &&
	       mem->write(mem->user, addr + sizeof(header), e->word, e->words * sizeof(e->word[0]));
}

static uint32_t first_event(const struct hyp *h, uint32_t ctx, uint32_t queue)
{
	uint32_t i = 0;

	while (i < h->faults.vevents_count &&
	       (h->faults.vevents[i].vmm != ctx || h->faults.vevents[i].queue != queue))
		i++;
	return i;
}

static long read_events(struct hyp *h, uint32_t ctx, uint32_t id, uint64_t addr, uint64_t count,
			uint64_t pos, const struct ims_umem *mem)
{
	struct hyp_obj *q = hyp_obj_at(h, ctx, id);
	struct ims_uapi_vevent_header lost = { .flags = IMS_UAPI_VEVENT_LOST,
					       .sequence = q->veventq.lost_sequence };
	uint64_t done = 0, size;
	uint32_t i;

	if (pos)
		return -ESPIPE;
	if (count < sizeof(lost))
		return -EINVAL;
	while ((i = first_event(h, ctx, id)) < h->faults.vevents_count) {
		size = sizeof(lost) + h->faults.vevents[i].words * sizeof(uint64_t);
		if (size > count - done)
			return done ? (long)done : -EINVAL;
		if (!read_event(h, i, addr + done, mem))
			return done ? (long)done : -EFAULT;
		vevent_remove(h, i);
		q->veventq.events--;
		done += size;
	}
	if (!q->veventq.lost || sizeof(lost) > count - done)
		return (long)done;
	if (!mem->write(mem->user, addr + done, &lost, sizeof(lost)))
		return done ? (long)done : -EFAULT;
	q->veventq.lost = false;
	return (long)(done + sizeof(lost));
}

/* ---- files ---- */

long hyp_uapi_read(struct hyp *h, uint32_t ctx, uint32_t fd, uint64_t addr, uint64_t count,
		   uint64_t pos, const struct ims_umem *mem)
{
	const struct hyp_obj *o = hyp_queue_file(h, ctx, fd);

	if (!o)
		return -EBADF;
	return o->type == HYP_OBJ_FAULT ?
		       read_faults(h, ctx, fd - HYP_FD_QUEUE, addr, count, pos, mem) :
		       read_events(h, ctx, fd - HYP_FD_QUEUE, addr, count, pos, mem);
}

long hyp_uapi_write(struct hyp *h, uint32_t ctx, uint32_t fd, uint64_t addr, uint64_t count,
		    uint64_t pos, const struct ims_umem *mem)
{
	const struct hyp_obj *o = hyp_queue_file(h, ctx, fd);
	struct ims_uapi_page_response r;
	uint64_t done = 0;
	long rc = 0;

	if (!o)
		return -EBADF;
	/* An event queue is read alone. */
	if (o->type != HYP_OBJ_FAULT)
		return -EINVAL;
	if (pos || count % sizeof(r))
		return -ESPIPE;
	for (; done < count && !rc; done += rc ? 0 : sizeof(r))
		rc = mem->read(mem->user, addr + done, &r, sizeof(r)) ?
			     write_one(h, ctx, fd - HYP_FD_QUEUE, &r) :
			     -EFAULT;
	return done ? (long)done : rc;
}
