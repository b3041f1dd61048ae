/* SPDX-License-Identifier: MIT */
/*
 * The host's part of what devices ask for: it reads the queues of its units, gathers whole
 * groups and hands each to the fault queue of the page table that its device is attached
 * to, or answers it: drivers/iommu/io-pgfault.c and iommufd/eventq.c of Linux 7.3.
 */
#include "sim/core/assert.h"
#include "sim/hyp/uapi_parts.h"

static void tell(struct hyp *h, enum ims_faultq how, uint32_t dev, uint32_t ctx, uint32_t group)
{
	hyp_emit(h,
		 how == IMS_FAULTQ_READ || how == IMS_FAULTQ_WRITTEN ? IMS_ACTOR_VMM :
								       IMS_ACTOR_HOST,
		 IMS_EV_FAULTQ, how, dev, ctx, group, 0);
}

/* ---- the device's answer ---- */

/* Response codes of PCIe. */
enum { SUCCESS = 0, INVALID_REQUEST = 1 };

static void respond(struct hyp *h, const struct hyp_page *p, uint32_t code)
{
	const struct hyp_device *d = &h->devices[p->dev];
	const char *title = p->stall ? h->model->stall_answer : h->model->page_answer;
	struct ims_cmd_args args = { .src = d->prid, .ctx = p->ctx, .group = p->group };
	bool good = code == IMS_UAPI_FAULT_SUCCESS;
	uint64_t words[IMS_CMD_WORDS];
	uint32_t turn = h->turn;

	h->turn = d->iommu;
	args.state = &hyp_now(h)->hw.unit->state;
	args.response = good ? SUCCESS : INVALID_REQUEST;
	if (p->stall)
		args.response = h->model->stall_codes[good ? 0 : 1];
	ims_cmd_encode(h->model, (unsigned)ims_model_row(h->model, title), &args, words);
	hyp_host_put(h, words);
	hyp_host_sync(h);
	h->turn = turn;
}

/* The requests of the group that @p is of go. */
static void forget(struct hyp *h, const struct hyp_page *p)
{
	const struct hyp_page of = *p;

	for (uint32_t i = 0; i < HYP_PAGES; i++) {
		struct hyp_page *q = &h->faults.pages[i];

		if (q->at != HYP_PAGE_FREE && q->serial == of.serial && q->dev == of.dev &&
		    q->ctx == of.ctx && q->group == of.group && q->stall == of.stall)
			q->at = HYP_PAGE_FREE;
	}
}

void hyp_fault_answer(struct hyp *h, const struct hyp_page *p, uint32_t code, enum ims_faultq how)
{
	const struct hyp_page of = *p;

	forget(h, p);
	tell(h, how, of.dev, of.ctx, of.group);
	if (how != IMS_FAULTQ_LOST)
		respond(h, &of, code);
}

/* ---- who is asked: find_fault_handler() ---- */

/* The page table that handles what comes by @ctx of a device, 0: none; by whose attachment. */
static uint32_t handler_of(struct hyp *h, uint32_t dev, uint32_t ctx, uint32_t *ret_via)
{
	uint32_t id = hyp_uapi_bound(h, dev, ctx);
	const struct hyp_obj *o;

	*ret_via = ctx;
	if (id || ctx == IMS_CTX_NONE || h->model->nest_of != IMS_NEST_DEVICE)
		return id;
	/* Its PASIDs are the guest's table's: all go through the nested one of the device. */
	*ret_via = IMS_CTX_NONE;
	id = hyp_uapi_bound(h, dev, IMS_CTX_NONE);
	o = id ? hyp_obj(h, h->objects.bound_to[dev] - 1u, id, HYP_OBJ_NESTED) : NULL;
	return o ? id : 0;
}

/* And its fault queue, 0. */
static uint32_t queue_for(struct hyp *h, uint32_t dev, uint32_t ctx, uint32_t *ret_via)
{
	uint32_t id = handler_of(h, dev, ctx, ret_via);
	const struct hyp_obj *o;

	if (!id)
		return 0;
	o = hyp_obj_at(h, h->objects.bound_to[dev] - 1u, id);
	return o->type == HYP_OBJ_NESTED ? o->nested.fault : o->paging.fault;
}

/* ---- groups: iommu_report_device_fault() ---- */

/* The group that @last completes; what came before of it is in front of it. */
static void deliver(struct hyp *h, struct hyp_page *last)
{
	uint32_t via, fault = queue_for(h, last->dev, last->ctx, &via), serial = ++h->faults.serial;

	for (uint32_t i = 0; i < HYP_PAGES; i++) {
		struct hyp_page *p = &h->faults.pages[i];

		if (p->at != HYP_PAGE_PART || p->dev != last->dev || p->ctx != last->ctx ||
		    p->group != last->group || p->stall != last->stall)
			continue;
		p->serial = serial;
		p->via = via;
		p->fault = (uint16_t)fault;
		p->vmm = (uint16_t)(h->objects.bound_to[p->dev] - 1u);
		p->at = HYP_PAGE_QUEUED;
	}
	if (fault)
		tell(h, IMS_FAULTQ_PUT, last->dev, last->ctx, last->group);
	else
		hyp_fault_answer(h, last, IMS_UAPI_FAULT_INVALID, IMS_FAULTQ_REFUSED);
}

static uint8_t perm_of(const struct ims_told *t)
{
	return (uint8_t)((t->read ? IMS_UAPI_FAULT_READ : 0) |
			 (t->write ? IMS_UAPI_FAULT_WRITE : 0) |
			 (t->execute ? IMS_UAPI_FAULT_EXEC : 0) |
			 (t->priv ? IMS_UAPI_FAULT_PRIV : 0));
}

/* The place behind all others, which stay in the order in which they came; HYP_PAGES: there is none. */
static uint32_t last_free(struct hyp *h)
{
	struct hyp_page *pages = h->faults.pages;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < HYP_PAGES; i++)
		if (pages[i].at != HYP_PAGE_FREE)
			pages[kept++] = pages[i];
	for (uint32_t i = kept; i < HYP_PAGES; i++)
		pages[i].at = HYP_PAGE_FREE;
	return kept;
}

static void asked(struct hyp *h, uint32_t dev, const struct ims_told *t)
{
	struct hyp_page page = { .at = HYP_PAGE_PART,
				 .last = t->last,
				 .stall = t->kind == IMS_TOLD_STALL,
				 .perm = perm_of(t),
				 .dev = dev,
				 .ctx = t->ctx,
				 .group = t->group,
				 .addr = t->addr };
	uint32_t i;

	/* A marker asks for nothing. */
	if (!t->read && !t->write)
		return;
	i = last_free(h);
	/* As Linux without memory: the last of a group is answered. */
	if (i == HYP_PAGES) {
		if (page.last)
			hyp_fault_answer(h, &page, IMS_UAPI_FAULT_INVALID, IMS_FAULTQ_REFUSED);
		return;
	}
	h->faults.pages[i] = page;
	if (page.last)
		deliver(h, &h->faults.pages[i]);
}

/* iopf_queue_discard_partial(): of a group some of which was lost hardware has answered the last. */
static void lost(struct hyp *h, uint32_t iommu)
{
	for (uint32_t i = 0; i < HYP_PAGES; i++) {
		struct hyp_page *p = &h->faults.pages[i];

		if (p->at == HYP_PAGE_PART && h->devices[p->dev].iommu == iommu)
			p->at = HYP_PAGE_FREE;
	}
}

/* ---- faults that a guest hears of ---- */

void hyp_vmaster_set(struct hyp *h, uint32_t dev, uint32_t pasid, uint32_t hwpt)
{
	uint32_t ctx = h->objects.bound_to[dev] - 1u;
	const struct hyp_obj *o = hwpt ? hyp_obj(h, ctx, hwpt, HYP_OBJ_NESTED) : NULL;
	const struct hyp_obj *device = hyp_obj(h, ctx, h->objects.bound_id[dev], HYP_OBJ_DEVICE);
	const struct hyp_obj *vdevice;

	if (pasid != IMS_CTX_NONE)
		return;
	h->faults.viommu[dev] = 0;
	if (!o || !o->nested.viommu || !device || !device->device.vdevice)
		return;
	vdevice = hyp_obj_at(h, ctx, device->device.vdevice);
	if (vdevice->vdevice.viommu != o->nested.viommu)
		return;
	h->faults.viommu[dev] = o->nested.viommu;
	h->faults.virt_id[dev] = vdevice->vdevice.virt_id;
}

static void faulted(struct hyp *h, uint32_t dev, const struct ims_told *t)
{
	uint64_t words[IMS_TOLD_WORDS];

	if (!h->uapi || !h->uapi->vevent.type || !h->faults.viommu[dev] ||
	    !h->uapi->vevent.take(t->words, (uint32_t)h->faults.virt_id[dev], words))
		return;
	hyp_vevent_put(h, h->objects.bound_to[dev] - 1u, h->faults.viommu[dev],
		       h->uapi->vevent.type, words, h->uapi->vevent.words);
}

/* ---- the host looks ---- */

static void one(struct hyp *h, uint32_t iommu, const struct ims_told *t)
{
	uint32_t dev = hyp_device_by_rid(h, hyp_unit_of(h, iommu), t->src);

	if (t->kind == IMS_TOLD_OVERFLOW)
		lost(h, iommu);
	else if (dev != IMS_NONE && (t->kind == IMS_TOLD_PAGE || t->kind == IMS_TOLD_STALL))
		asked(h, dev, t);
	else if (dev != IMS_NONE && t->kind == IMS_TOLD_FAULT)
		faulted(h, dev, t);
}

static void host_looks(struct hyp *h)
{
	struct ims_told t;

	for (uint32_t i = 0; i < h->iommus_count && h->faults.on; i++)
		while (!h->error && hyp_told_next(h, hyp_unit_of(h, i), &t))
			one(h, i, &t);
}

void hyp_serve(struct hyp *h)
{
	if (!h->faults.on)
		return;
	host_looks(h);
	for (uint32_t vm = 0; vm < h->vms_count && !h->error; vm++)
		hyp_vmm_serve(h, vm);
}

/* ---- queues and attachments that go ---- */

static void drop(struct hyp *h, const struct hyp_page *p)
{
	bool forgets = hyp_policy(h, IMS_COL_FAULT_DETACH) == IMS_FAULT_DETACH_FORGET;

	hyp_fault_answer(h, p, IMS_UAPI_FAULT_INVALID, forgets ? IMS_FAULTQ_LOST : IMS_FAULTQ_AUTO);
}

static bool pending(const struct hyp_page *p)
{
	return p->at == HYP_PAGE_QUEUED || p->at == HYP_PAGE_OUT;
}

/*
 * What stands in the queues still is of the old attachment: they are drained first, as
 * iopf_queue_flush_dev() and the drivers below it do.
 */
void hyp_faults_detached(struct hyp *h, uint32_t dev, uint32_t pasid)
{
	host_looks(h);
	for (uint32_t i = 0; i < HYP_PAGES; i++) {
		const struct hyp_page *p = &h->faults.pages[i];

		if (pending(p) && p->dev == dev && p->via == pasid)
			drop(h, p);
	}
}

void hyp_faults_destroyed(struct hyp *h, uint32_t ctx, uint32_t fault)
{
	for (uint32_t i = 0; i < HYP_PAGES; i++) {
		const struct hyp_page *p = &h->faults.pages[i];

		if (pending(p) && p->vmm == ctx && p->fault == fault)
			drop(h, p);
	}
}

/* ---- devices ---- */

bool hyp_page_request(struct hyp *h, uint32_t dev, const struct ims_page_req *wanted,
		      enum ims_page_fate *ret_fate, uint8_t *ret_code)
{
	const struct hyp_device *d = &h->devices[dev];
	struct ims_hw *hw = &h->iommus[d->iommu].hw;
	struct ims_page_req req = *wanted;

	if (h->bare_stage)
		h->error = "not modelled: page requests on a machine without a host";
	else if (!d->pri)
		h->error =
			"the device asks for no pages: declare it with 'pri: on', of a unit that has page requests";
	else if (!ims_asked_room(hw))
		h->error = "more groups of page requests wait at a time than are modelled (16)";
	if (h->error)
		return false;
	req.src = d->prid;
	req.answer_ctx = d->answer_ctx;
	hw->actor = IMS_ACTOR_DEVICE;
	*ret_fate = ims_device_page_request(hw, &req, ret_code);
	hw->actor = IMS_ACTOR_HARDWARE;
	return true;
}
