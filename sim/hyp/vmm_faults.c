/* SPDX-License-Identifier: MIT */
/*
 * A VMM with a fault queue: what its devices ask for it tells its guest by the queue of the
 * unit that the guest believes in, and hands the guest's answer back; likewise faults that
 * come by its event queue. And the guest's driver, which reads what it is told.
 */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/hyp/uapi_parts.h"

/* ---- objects ---- */

static bool do_call(struct hyp *h, uint32_t vm, unsigned nr, void *arg)
{
	return !hyp_uapi_call(h, (struct hyp_file){ .kind = HYP_FILE_CONTEXT, .index = vm }, nr,
			      (uint64_t)(uintptr_t)arg, &hyp_umem_own);
}

uint32_t hyp_vmm_fault_queue(struct hyp *h, uint32_t vm)
{
	struct ims_uapi_fault_alloc a = { .size = sizeof(a) };

	if (hyp_policy(h, IMS_COL_VMM_FAULTS) != IMS_VMM_FAULTS_GUEST &&
	    hyp_policy(h, IMS_COL_VMM_FAULTS) != IMS_VMM_FAULTS_UNREAD)
		return 0;
	if (!h->faults.vmm_fault[vm] && do_call(h, vm, IMS_UAPI_FAULT_QUEUE_ALLOC, &a))
		h->faults.vmm_fault[vm] = a.out_fault_id;
	return h->faults.vmm_fault[vm];
}

void hyp_vmm_hears(struct hyp *h, uint32_t dev)
{
	const struct hyp_device *d = &h->devices[dev];
	bool asks = (d->pri || d->stall) &&
		    hyp_policy(h, IMS_COL_VMM_FAULTS) != IMS_VMM_FAULTS_NONE;
	bool tells = hyp_policy(h, IMS_COL_VMM_EVENTS) == IMS_VMM_EVENTS_GUEST;

	/* A host that has no nested page tables refuses the attachment itself. */
	if (h->bare_stage || !h->uapi || !h->uapi->nested_count || hyp_vmm_by_objects(h, dev))
		return;
	if (asks)
		h->error =
			"vmm.faults asks for a fault queue, and a device that asks for pages or stalls is behind another unit than the first, or another vIOMMU of a VM: not modelled";
	else if (tells)
		h->error =
			"vmm.events is guest, and a device is behind another unit than the first, or another vIOMMU of a VM: not modelled";
}

static uint32_t event_queue(struct hyp *h, uint32_t vm)
{
	struct ims_uapi_veventq_alloc a = { .size = sizeof(a),
					    .viommu_id = h->vms[vm].viommu,
					    .type = h->uapi ? h->uapi->vevent.type : 0,
					    .veventq_depth = HYP_VEVENTS };

	if (hyp_policy(h, IMS_COL_VMM_EVENTS) != IMS_VMM_EVENTS_GUEST)
		return 0;
	if (!h->faults.vmm_vevent[vm] && do_call(h, vm, IMS_UAPI_VEVENTQ_ALLOC, &a))
		h->faults.vmm_vevent[vm] = a.out_veventq_id;
	return h->faults.vmm_vevent[vm];
}

/* ---- what is owed an answer ---- */

static struct hyp_answer *answer_add(struct hyp *h, const struct hyp_answer *a)
{
	for (uint32_t i = 0; i < HYP_ANSWERS; i++) {
		if (h->faults.answers[i].used)
			continue;
		h->faults.answers[i] = *a;
		return &h->faults.answers[i];
	}
	return NULL;
}

static void hand_back(struct hyp *h, uint32_t vm, uint32_t cookie, uint32_t code)
{
	struct ims_uapi_page_response r = { .cookie = cookie, .code = code };

	/* Its attachment may be gone by now, and the device answered. */
	hyp_uapi_write(h, vm, HYP_FD_QUEUE + h->faults.vmm_fault[vm], (uint64_t)(uintptr_t)&r,
		       sizeof(r), 0, &hyp_umem_own);
}

/* ---- telling the guest ---- */

/* The device by its id in the VMM's context, IMS_NONE. */
static uint32_t device_of(const struct hyp *h, uint32_t vm, uint32_t id)
{
	for (uint32_t dev = 0; dev < h->devices_count; dev++)
		if (h->objects.bound_to[dev] == vm + 1 && h->objects.bound_id[dev] == id)
			return dev;
	return IMS_NONE;
}

static uint32_t ctx_of(const struct ims_uapi_pgfault *f)
{
	return f->flags & IMS_UAPI_FAULT_PASID_VALID ? f->pasid : IMS_CTX_NONE;
}

/* As the guest's own unit would: by the guest's names. @ret_code: what that unit answers. */
static bool page_to_guest(struct hyp *h, uint32_t vm, uint32_t dev,
			  const struct ims_uapi_pgfault *f, uint8_t *ret_code)
{
	struct ims_hw *bare = &h->bare[vm];
	const struct ims_page_req req = { .src = h->devices[dev].vrid,
					  .ctx = ctx_of(f),
					  .addr = f->addr,
					  .group = (uint16_t)f->grpid,
					  .read = f->perm & IMS_UAPI_FAULT_READ,
					  .write = f->perm & IMS_UAPI_FAULT_WRITE,
					  .execute = f->perm & IMS_UAPI_FAULT_EXEC,
					  .priv = f->perm & IMS_UAPI_FAULT_PRIV,
					  .last = f->flags & IMS_UAPI_FAULT_LAST_PAGE };
	enum ims_page_fate fate;

	*ret_code = IMS_UAPI_FAULT_INVALID;
	bare->actor = IMS_ACTOR_VMM;
	fate = ims_device_page_request(bare, &req, ret_code);
	bare->actor = IMS_ACTOR_HARDWARE;
	if (fate == IMS_PAGE_QUEUED)
		return true;
	/* Of the guest nothing is owed. */
	if (fate == IMS_PAGE_DROPPED && req.last)
		*ret_code = IMS_UAPI_FAULT_INVALID;
	ims_asked_end(bare, ims_asked_find(bare, req.src, req.ctx, req.group, false));
	return false;
}

/*
 * The guest's own unit stalls at what the guest's tables say; where these say nothing amiss,
 * the guest has nothing to mend.
 */
static bool stall_to_guest(struct hyp *h, uint32_t vm, uint32_t dev,
			   const struct ims_uapi_pgfault *f, uint32_t *ret_tag)
{
	struct ims_hw *bare = &h->bare[vm];
	const struct ims_req req = { .src = h->devices[dev].vrid,
				     .ctx = ctx_of(f),
				     .addr = f->addr,
				     .access = f->perm & IMS_UAPI_FAULT_WRITE ? IMS_ACCESS_WRITE :
										IMS_ACCESS_READ,
				     .priv = f->perm & IMS_UAPI_FAULT_PRIV,
				     .execute = f->perm & IMS_UAPI_FAULT_EXEC };
	bool stalled;

	bare->silent = false;
	bare->actor = IMS_ACTOR_VMM;
	ims_hw_retry(bare, &req);
	bare->actor = IMS_ACTOR_HARDWARE;
	bare->silent = true;
	stalled = bare->stalled;
	if (stalled)
		*ret_tag = bare->unit->asked[bare->unit->asked_count - 1].group;
	return stalled;
}

static void inject(struct hyp *h, uint32_t vm, const struct ims_uapi_pgfault *f)
{
	uint32_t dev = device_of(h, vm, f->dev_id), group = f->grpid;
	uint8_t code = IMS_UAPI_FAULT_INVALID;
	bool stall, told;

	IMS_ASSERT(dev != IMS_NONE);
	stall = h->devices[dev].stall;
	told = stall ? stall_to_guest(h, vm, dev, f, &group) : page_to_guest(h, vm, dev, f, &code);
	if (!(f->flags & IMS_UAPI_FAULT_LAST_PAGE))
		return;
	if (told && answer_add(h, &(struct hyp_answer){ .used = true,
							.stall = stall,
							.vm = vm,
							.dev = dev,
							.ctx = ctx_of(f),
							.group = group,
							.cookie = f->cookie }))
		hyp_emit(h, IMS_ACTOR_VMM, IMS_EV_FAULTQ, IMS_FAULTQ_GUEST, dev, ctx_of(f), group,
			 0);
	else
		hand_back(h, vm, f->cookie, code ? IMS_UAPI_FAULT_INVALID : IMS_UAPI_FAULT_SUCCESS);
}

static void serve_faults(struct hyp *h, uint32_t vm)
{
	struct ims_uapi_pgfault f[HYP_PAGES];
	uint32_t queue = h->faults.vmm_fault[vm];
	long bytes;

	if (!queue || hyp_policy(h, IMS_COL_VMM_FAULTS) != IMS_VMM_FAULTS_GUEST)
		return;
	bytes = hyp_uapi_read(h, vm, HYP_FD_QUEUE + queue, (uint64_t)(uintptr_t)f, sizeof(f), 0,
			      &hyp_umem_own);
	for (long i = 0; i < bytes / (long)sizeof(f[0]) && !h->error; i++)
		inject(h, vm, &f[i]);
}

static void serve_events(struct hyp *h, uint32_t vm)
{
	uint64_t words[HYP_VEVENTS * (1 + IMS_TOLD_WORDS)];
	uint32_t queue = event_queue(h, vm);
	unsigned each = h->uapi ? 1u + h->uapi->vevent.words : 1;
	long bytes;

	if (!queue)
		return;
	bytes = hyp_uapi_read(h, vm, HYP_FD_QUEUE + queue, (uint64_t)(uintptr_t)words,
			      sizeof(words), 0, &hyp_umem_own);
	h->bare[vm].actor = IMS_ACTOR_VMM;
	for (long i = 0; (i + each) * 8 <= bytes; i += each)
		h->model->guest_told(&h->bare[vm], &words[i + 1]);
	h->bare[vm].actor = IMS_ACTOR_HARDWARE;
}

void hyp_vmm_serve(struct hyp *h, uint32_t vm)
{
	serve_faults(h, vm);
	serve_events(h, vm);
}

/* ---- the guest's answer ---- */

static bool answers(const struct hyp *h, const struct hyp_answer *a, uint32_t vm,
		    const struct ims_cmd *cmd)
{
	const struct ims_cmd_row *row = &h->model->rows[cmd->row];
	bool page = row->kind == IMS_CMD_RESPONSE;

	if (!a->used || !a->cookie || a->vm != vm || a->stall == page ||
	    h->devices[a->dev].vrid != cmd->src)
		return false;
	/* A command that names no tag ends all that stalls of the device. */
	if (!page && strcmp(row->title, h->model->stall_answer))
		return true;
	return a->group == cmd->group;
}

bool hyp_vmm_answer(struct hyp *h, uint32_t vm, const struct ims_cmd *cmd)
{
	if (!h->faults.vmm_fault[vm])
		return false;
	for (uint32_t i = 0; i < HYP_ANSWERS; i++) {
		struct hyp_answer *a = &h->faults.answers[i];
		bool good;

		if (!answers(h, a, vm, cmd))
			continue;
		good = a->stall ? cmd->response == h->model->stall_codes[0] : !cmd->response;
		a->used = false;
		hand_back(h, vm, a->cookie, good ? IMS_UAPI_FAULT_SUCCESS : IMS_UAPI_FAULT_INVALID);
	}
	return true;
}

/* ---- the guest's driver ---- */

static void guest_reads(struct hyp *h, uint32_t vm)
{
	struct ims_told t;

	while (hyp_told_next(h, vm + 1, &t)) {
		uint32_t dev = hyp_device_by_rid(h, vm + 1, t.src);

		if ((t.kind != IMS_TOLD_PAGE && t.kind != IMS_TOLD_STALL) || !t.last ||
		    dev == IMS_NONE)
			continue;
		answer_add(h, &(struct hyp_answer){ .used = true,
						    .stall = t.kind == IMS_TOLD_STALL,
						    .vm = vm,
						    .dev = dev,
						    .ctx = t.ctx,
						    .group = t.group });
	}
}

bool hyp_guest_answer(struct hyp *h, uint32_t dev, uint32_t ctx, uint32_t group, uint8_t code)
{
	const struct hyp_device *d = &h->devices[dev];
	struct ims_cmd_args args = { .src = d->vrid, .response = code };
	struct hyp_answer *a = NULL;
	uint64_t words[IMS_CMD_WORDS];
	const char *title;

	guest_reads(h, d->vm);
	for (uint32_t i = 0; i < HYP_ANSWERS && !a; i++) {
		a = &h->faults.answers[i];
		if (!a->used || a->cookie || a->dev != dev || a->ctx != ctx ||
		    (group != IMS_NONE && a->group != group))
			a = NULL;
	}
	if (!a) {
		h->error =
			"the guest has not been asked: its queue has no such request, or it is answered";
		return false;
	}
	a->used = false;
	title = a->stall ? h->model->stall_answer : h->model->page_answer;
	args.ctx = a->ctx;
	args.group = a->group;
	args.state = &h->bare[d->vm].unit->state;
	if (a->stall)
		args.response = h->model->stall_codes[code ? 1 : 0];
	ims_cmd_encode(h->model, (unsigned)ims_model_row(h->model, title), &args, words);
	hyp_guest_put(h, d->vm, words);
	hyp_guest_kick(h, d->vm);
	return !h->error;
}
