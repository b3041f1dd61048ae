/* SPDX-License-Identifier: MIT */
/*
 * Devices that wait when the run is over: a group of page requests, or a stalled
 * transaction, that nobody answered. Whoever has it last is to blame.
 */
#include "sim/check/parts.h"

struct where {
	enum chk_cause cause;
	const char *blame, *text;
	uint8_t actor;
};

/* The request as the host has read it, NULL: it has not, or has it no more. */
static const struct hyp_page *at_host(const struct chk *c, uint32_t dev, const struct ims_asked *a)
{
	for (uint32_t i = 0; i < HYP_PAGES; i++) {
		const struct hyp_page *p = &c->s.h->faults.pages[i];

		if (p->at != HYP_PAGE_FREE && p->dev == dev && p->ctx == a->ctx &&
		    p->group == a->group && p->stall == a->stall)
			return p;
	}
	return NULL;
}

/* Has the VMM told its guest of it. */
static bool at_guest(const struct chk *c, const struct hyp_page *p)
{
	for (uint32_t i = 0; i < HYP_ANSWERS; i++) {
		const struct hyp_answer *a = &c->s.h->faults.answers[i];

		if (a->used && a->dev == p->dev && a->cookie == p->cookie)
			return true;
	}
	return false;
}

static struct where by_place(const struct chk *c, const struct hyp_page *p)
{
	if (p->at == HYP_PAGE_OUT && at_guest(c, p))
		return (struct where){ CHK_CAUSE_NOT_ANSWERED, "guest",
				       "has been told of it, and does not answer",
				       IMS_ACTOR_GUEST };
	if (p->at == HYP_PAGE_OUT)
		return (struct where){ CHK_CAUSE_NOT_ANSWERED, "vmm",
				       "has read it, and does not answer", IMS_ACTOR_VMM };
	return (struct where){ CHK_CAUSE_NOT_READ, "vmm", "does not read its fault queue",
			       IMS_ACTOR_VMM };
}

static bool of_group(const struct ims_event *e, uint32_t unit, const struct ims_asked *a)
{
	return e->kind == IMS_EV_PAGE && e->unit == unit && e->a[2] == a->src &&
	       e->a[1] == a->ctx && (e->a[3] & 0xffff) == a->group;
}

/* Nobody has it: what the log says of its end. */
static struct where by_log(const struct chk *c, uint32_t unit, uint32_t dev,
			   const struct ims_asked *a)
{
	struct where w = { CHK_CAUSE_NOT_READ, "host", "does not read its queue", IMS_ACTOR_HOST };

	for (uint32_t n = a->event; n < c->next; n++) {
		const struct ims_event *e = chk_event(c, n);

		if (of_group(e, unit, a) && e->n == IMS_PAGE_DROPPED)
			w = (struct where){ CHK_CAUSE_REQUEST_DROPPED, "host",
					    "has no room for it, and says nothing",
					    IMS_ACTOR_HARDWARE };
		if ((of_group(e, unit, a) && e->n == IMS_PAGE_ANSWERED) ||
		    (e->kind == IMS_EV_RESPONSE && e->unit == unit && e->a[0] == a->src &&
		     e->a[2] == a->group))
			w = (struct where){ CHK_CAUSE_ANSWER_WITHOUT_PASID, "host",
					    "answers without the PASID that the device goes by",
					    IMS_ACTOR_HARDWARE };
		if (e->kind == IMS_EV_FAULTQ && e->n == IMS_FAULTQ_LOST && e->a[0] == dev &&
		    e->a[1] == a->ctx && e->a[2] == a->group)
			w = (struct where){ CHK_CAUSE_NOT_ANSWERED, "host", "forgets it",
					    IMS_ACTOR_HOST };
	}
	return w;
}

static void finding(struct chk *c, uint32_t unit, const struct ims_asked *a)
{
	uint32_t dev = hyp_device_by_rid(c->s.h, unit, a->src);
	const struct hyp_page *p = at_host(c, dev, a);
	struct chk_finding *f = chk_lost_new(c, a->event, dev);
	struct where w = p ? by_place(c, p) : by_log(c, unit, dev, a);

	f->ctx = a->ctx;
	f->cause = chk_cause_name(w.cause);
	f->blame = w.blame;
	f->iova = chk_event(c, a->event)->a[0] & ~UINT64_C(0xfff);
	g_array_append_val(f->pages, f->iova);
	chk_tell_line(c, f, a->event, IMS_ACTOR_DEVICE,
		      g_strdup(a->stall ? "waits with an access to a page that is not there" :
					  "asks for a page, and waits"));
	chk_tell_line(c, f, c->next - 1, w.actor, g_strdup(w.text));
	g_ptr_array_add(c->findings, f);
}

void chk_unanswered(struct chk *c)
{
	for (uint32_t i = 0; i < c->s.h->iommus_count; i++) {
		uint32_t unit = hyp_unit_of(c->s.h, i);
		const struct ims_unit *u = &c->s.world->units[unit];

		/* One that is not complete waits for nobody but its device. */
		for (uint32_t k = 0; k < u->asked_count; k++)
			if (u->asked[k].last)
				finding(c, unit, &u->asked[k]);
	}
}
