/* SPDX-License-Identifier: MIT */
/* A wait of software that never returns: a finding of its own, behind which nothing happens. */
#include "sim/check/parts.h"

struct chk_finding *chk_lost_new(struct chk *c, uint32_t number, uint32_t dev)
{
	const struct ims_event *e = chk_event(c, number);
	uint32_t step = chk_step_of(c, number);
	struct chk_finding *f = g_new0(struct chk_finding, 1);

	f->kind = SCN_KIND_LOST_COMPLETION;
	f->where = CHK_WHERE_QUEUE;
	f->ctx = IMS_CTX_NONE;
	f->dev = dev == IMS_NONE ? 0 : dev;
	f->vm = c->s.h->devices[f->dev].vm;
	f->line = e->line;
	f->pages = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	f->misses = g_ptr_array_new();
	f->history = g_ptr_array_new();
	if (step && c->s.scn)
		f->step = ((const struct scn_step *)g_ptr_array_index(c->s.scn->steps,
								      chk_event(c, step)->n))
				  ->text;
	return f;
}

/* The first device of a VM. */
static uint32_t device_of_vm(const struct chk *c, uint32_t vm)
{
	uint32_t dev = 0;

	while (dev < c->s.h->devices_count && c->s.h->devices[dev].vm != vm)
		dev++;
	return dev < c->s.h->devices_count ? dev : IMS_NONE;
}

/* The command at which the unit stopped, if it did. */
static void tell_stop(struct chk *c, struct chk_finding *f, uint32_t unit, uint32_t end)
{
	for (uint32_t n = end; n-- > c->s.log->first;) {
		const struct ims_event *e = chk_event(c, n);

		if (e->kind != IMS_EV_QERROR || e->unit != unit)
			continue;
		chk_tell_line(c, f, n, IMS_ACTOR_HARDWARE,
			      g_strdup_printf("stops at the command of line %u: queue error %u",
					      e->line, e->n));
		return;
	}
}

static void finding(struct chk *c, uint32_t number)
{
	/* Of a unit that a guest believes in; its queue may be in the hardware. */
	static const struct {
		enum chk_cause cause;
		const char *guests, *text;
	} why[IMS_HUNG_MAX] = {
		[IMS_HUNG_DEVICE] = { CHK_CAUSE_NO_ANSWER, "guest", "" },
		[IMS_HUNG_STOPPED] = { CHK_CAUSE_QUEUE_STOPPED, "guest",
				       "a queue that has stopped" },
		[IMS_HUNG_OFF] = { CHK_CAUSE_QUEUE_OFF, "guest", "a queue that is off" },
		[IMS_HUNG_IDLE] = { CHK_CAUSE_QUEUE_OFF, "host",
				    "a queue that is on, and off in the hardware" },
		[IMS_HUNG_UNREAD] = { CHK_CAUSE_QUEUE_NOT_READ, "host",
				      "a queue that the hardware does not find" },
		[IMS_HUNG_UNMAPPED] = { CHK_CAUSE_PAGE_NOT_MAPPED, "vmm",
					"a queue whose page it does not have" },
	};
	const struct ims_event *e = chk_event(c, number);
	bool physical = chk_physical(c, e->unit), device = !e->a[1];
	uint32_t dev = physical ? hyp_device_by_rid(c->s.h, e->unit, (uint32_t)e->a[0]) :
				  device_of_vm(c, e->unit - 1u);
	struct chk_finding *f = chk_lost_new(c, number, dev);
	bool resetting = device && c->s.h->devices[f->dev].resetting;

	/* That of a device which is being reset is not to be waited for; nor a queue that stands. */
	f->cause = chk_cause_name(resetting ? CHK_CAUSE_DEVICE_IN_RESET : why[e->a[1]].cause);
	f->blame = !physical ? why[e->a[1]].guests : !device || resetting ? "host" : "device";
	if (e->a[1] == IMS_HUNG_STOPPED)
		tell_stop(c, f, e->unit, number);
	if (!device)
		chk_tell_line(c, f, number, e->actor,
			      g_strdup_printf("waits for %s, and never returns",
					      why[e->a[1]].text));
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
