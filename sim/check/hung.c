/* SPDX-License-Identifier: MIT */
/* A wait of the host that never returns: a finding of its own, behind which nothing happens. */
#include "sim/check/parts.h"

static void finding(struct chk *c, uint32_t number)
{
	const struct ims_event *e = chk_event(c, number);
	uint32_t step = chk_step_of(c, number);
	struct chk_finding *f = g_new0(struct chk_finding, 1);
	const struct hyp_device *d;

	f->kind = SCN_KIND_LOST_COMPLETION;
	f->where = IMS_WHERE_MAX;
	f->ctx = IMS_CTX_NONE;
	f->dev = hyp_device_by_rid(c->s.h, e->n, (uint32_t)e->a[0]);
	f->dev = f->dev == IMS_NONE ? 0 : f->dev;
	d = &c->s.h->devices[f->dev];
	f->vm = d->vm;
	/* That of a device which is being reset is not to be waited for; nor a queue that stands. */
	f->cause = e->a[1] ? "queue-stopped" : d->resetting ? "device-in-reset" : "no-answer";
	f->blame = e->a[1] || d->resetting ? "host" : "device";
	f->line = e->line;
	f->pages = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	f->misses = g_ptr_array_new();
	f->history = g_ptr_array_new();
	if (step && c->s.scn)
		f->step = ((const struct scn_step *)g_ptr_array_index(c->s.scn->steps,
								      chk_event(c, step)->n))
				  ->text;
	if (e->a[1])
		chk_tell_line(c, f, number, IMS_ACTOR_HOST,
			      g_strdup("waits for a queue that has stopped, and never returns"));
	else
		chk_tell_line(c, f, number, IMS_ACTOR_HOST,
			      g_strdup_printf("waits for what the device at %02x:%02x.%x does not "
					      "answer, and never returns",
					      (unsigned)e->a[0] >> 8, (unsigned)e->a[0] >> 3 & 31,
					      (unsigned)e->a[0] & 7));
	g_ptr_array_add(c->findings, f);
}

void chk_hangs(struct chk *c)
{
	for (uint32_t n = c->s.log->first; n < c->next; n++)
		if (chk_event(c, n)->kind == IMS_EV_HUNG)
			finding(c, n);
}
