/* SPDX-License-Identifier: MIT */
/* What devices wait for: answers to their page requests, and transactions that stall. */
#include "sim/core/assert.h"
#include "sim/engine/engine.h"

static bool fits(const struct ims_asked *a, uint32_t src, uint32_t ctx, uint16_t group, bool stall)
{
	return a->src == src && a->group == group && a->stall == stall &&
	       (stall || !a->answer_ctx || a->ctx == ctx);
}

struct ims_asked *ims_asked_find(struct ims_hw *hw, uint32_t src, uint32_t ctx, uint16_t group,
				 bool stall)
{
	struct ims_unit *u = hw->unit;

	for (uint32_t i = 0; i < u->asked_count; i++)
		if (fits(&u->asked[i], src, ctx, group, stall))
			return &u->asked[i];
	return NULL;
}

void ims_asked_end(struct ims_hw *hw, struct ims_asked *a)
{
	struct ims_unit *u = hw->unit;

	if (!a)
		return;
	u->asked_count--;
	for (; a < &u->asked[u->asked_count]; a++)
		a[0] = a[1];
}

void ims_asked_forget(struct ims_hw *hw, uint32_t src)
{
	struct ims_unit *u = hw->unit;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < u->asked_count; i++)
		if (u->asked[i].src != src)
			u->asked[kept++] = u->asked[i];
	u->asked_count = kept;
}

bool ims_asked_room(const struct ims_hw *hw)
{
	uint32_t pages = 0;

	for (uint32_t i = 0; i < hw->unit->asked_count; i++)
		pages += !hw->unit->asked[i].stall;
	return pages < IMS_ASKED_PAGES;
}

static struct ims_asked *add(struct ims_hw *hw, const struct ims_asked *a)
{
	struct ims_unit *u = hw->unit;

	/* Tags are fewer than there is room for beside the pages. */
	IMS_ASSERT(u->asked_count < IMS_ASKED);
	u->asked[u->asked_count] = *a;
	return &u->asked[u->asked_count++];
}

/* ---- page requests ---- */

/* The group of a request, a new one with its first; NULL: a stop marker asks for nothing. */
static struct ims_asked *group_of(struct ims_hw *hw, const struct ims_page_req *req, uint32_t event)
{
	const struct ims_asked a = { .src = req->src,
				     .ctx = req->ctx,
				     .event = event,
				     .group = req->group,
				     .answer_ctx = req->answer_ctx };
	struct ims_asked *found;

	if (!req->read && !req->write)
		return NULL;
	for (uint32_t i = 0; i < hw->unit->asked_count; i++) {
		found = &hw->unit->asked[i];
		if (!found->stall && !found->last && found->src == req->src &&
		    found->ctx == req->ctx && found->group == req->group)
			return found;
	}
	return ims_asked_room(hw) ? add(hw, &a) : NULL;
}

enum ims_page_fate ims_device_page_request(struct ims_hw *hw, const struct ims_page_req *req,
					   uint8_t *ret_code)
{
	enum ims_page_fate fate = IMS_PAGE_DROPPED;
	uint32_t cause = hw->cause;
	uint32_t event = ims_emit(hw, IMS_EV_PAGE, IMS_PAGE_DROPPED, req->addr, req->ctx, req->src,
				  req->group);
	struct ims_asked *asked = group_of(hw, req, event);

	*ret_code = 0;
	/* What is read on its behalf is read now. */
	hw->now = hw->born = event;
	if (hw->log)
		hw->cause = event;
	if (asked)
		asked->last = req->last;
	if (hw->model->page_request)
		fate = hw->model->page_request(hw, req, ret_code);
	if (hw->log) {
		struct ims_event *e = &hw->log->events[event - hw->log->first];

		e->n = fate;
		e->a[3] |= (uint64_t)*ret_code << 16;
	}
	/* An answer without its PASID is none to a device that goes by it. */
	if (asked && fate == IMS_PAGE_ANSWERED &&
	    !((*ret_code & IMS_PAGE_BARE) && asked->answer_ctx))
		ims_asked_end(hw, asked);
	hw->cause = cause;
	return fate;
}

/* ---- stalls ---- */

void ims_hw_stalled(struct ims_hw *hw, const struct ims_req *req, uint16_t tag)
{
	uint32_t event = ims_emit(hw, IMS_EV_STALL, tag, req->addr, req->ctx, req->src, 0);

	hw->stalled = true;
	add(hw, &(struct ims_asked){ .src = req->src,
				     .ctx = req->ctx,
				     .event = event,
				     .group = tag,
				     .stall = true,
				     .last = true });
}

void ims_hw_resumed(struct ims_hw *hw, uint32_t src, uint16_t tag, bool retried)
{
	ims_asked_end(hw, ims_asked_find(hw, src, IMS_CTX_NONE, tag, true));
	ims_emit(hw, IMS_EV_RESUMED, retried ? IMS_RESUMED_RETRIED : IMS_RESUMED_ENDED, src, tag, 0,
		 0);
}
