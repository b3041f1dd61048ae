/* SPDX-License-Identifier: MIT */
/* Calls that the host refused: in the story of a finding, and as findings of their own. */
#include <errno.h>
#include <string.h>

#include "sim/check/parts.h"

static const struct {
	int error;
	const char *name;
	enum chk_cause cause;
} errors[] = {
	{ EIO, "EIO", CHK_CAUSE_EIO },
	{ EINVAL, "EINVAL", CHK_CAUSE_EINVAL },
	{ EOPNOTSUPP, "EOPNOTSUPP", CHK_CAUSE_EOPNOTSUPP },
	{ ETIMEDOUT, "ETIMEDOUT", CHK_CAUSE_ETIMEDOUT },
	{ EBUSY, "EBUSY", CHK_CAUSE_EBUSY },
	{ ENOENT, "ENOENT", CHK_CAUSE_ENOENT },
	{ ENOMEM, "ENOMEM", CHK_CAUSE_ENOMEM },
};

static guint error_of(const struct ims_event *e)
{
	for (guint i = 0; i < G_N_ELEMENTS(errors); i++)
		if ((uint32_t)errors[i].error == e->n)
			return i;
	return 0;
}

char *chk_refused_text(const struct ims_event *e)
{
	const char *name = errors[error_of(e)].name;

	if (!e->a[1])
		return g_strdup_printf("refuses the call: %s", name);
	return g_strdup_printf("refuses the call: %s; of its %u entries %u are executed, %u said "
			       "to be",
			       name, (unsigned)e->a[1], (unsigned)e->a[2], (unsigned)e->a[3]);
}

/* The guest whose command a call was made for, HYP_VMS: none's. */
static uint32_t vm_of(const struct chk *c, uint32_t event)
{
	const struct ims_event *q = chk_event(c, chk_queued_above(c, event));

	return q && q->unit ? q->unit - 1u : HYP_VMS;
}

void chk_tell_refused(struct chk *c, struct chk_finding *f, uint32_t number)
{
	const struct ims_event *e = chk_event(c, number);

	if (vm_of(c, number) != f->vm)
		return;
	g_free(f->refused);
	f->refused = chk_refused_text(e);
	/* What would have done is among what the host did not do: that is why. */
	for (guint i = 0; i < f->misses->len && !strcmp(f->blame, "host"); i++) {
		const struct chk_near_miss *m = g_ptr_array_index(f->misses, i);

		if (m->field == CHK_FIELD_NONE && m->discarded)
			f->cause = chk_cause_name(CHK_CAUSE_DROPPED_BY_ERROR);
	}
	chk_tell_line(c, f, number, IMS_ACTOR_HOST, g_strdup(f->refused));
}

/* The device that a call, or else the guest's command it is for, names; else the VM's first. */
static uint32_t device_of(const struct chk *c, const struct ims_event *call, uint32_t queued)
{
	const struct ims_event *q = chk_event(c, queued);
	uint32_t dev = IMS_NONE;
	struct ims_cmd cmd;

	if (call && call->n == IMS_CALL_ATTACH)
		dev = hyp_device_by_rid(c->s.h, 0, (uint32_t)call->a[0]);
	else if (q && chk_decode(c, q->unit, q->a, &cmd))
		dev = hyp_device_by_rid(c->s.h, q->unit, cmd.src);
	for (uint32_t i = 0; dev == IMS_NONE && i < c->s.h->devices_count; i++)
		if (!q || c->s.h->devices[i].vm == q->unit - 1u)
			dev = i;
	return dev == IMS_NONE ? 0 : dev;
}

static bool told(const struct chk *c, const struct chk_finding *f)
{
	for (guint i = 0; i < c->findings->len; i++) {
		const struct chk_finding *o = g_ptr_array_index(c->findings, i);

		if (o->kind == f->kind && o->line == f->line && o->step == f->step &&
		    o->dev == f->dev && !strcmp(o->cause, f->cause))
			return true;
	}
	return false;
}

static void finding(struct chk *c, uint32_t number)
{
	const struct ims_event *e = chk_event(c, number);
	uint32_t step = chk_step_of(c, number), queued = chk_queued_above(c, number);
	struct chk_finding *f = g_new0(struct chk_finding, 1);

	f->kind = SCN_KIND_REJECTED;
	f->where = IMS_WHERE_MAX;
	f->cause = chk_cause_name(errors[error_of(e)].cause);
	f->blame = "host";
	f->ctx = IMS_CTX_NONE;
	f->dev = device_of(c, chk_event(c, (uint32_t)e->a[0]), queued);
	f->vm = c->s.h->devices[f->dev].vm;
	f->line = e->line;
	f->pages = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	f->misses = g_ptr_array_new();
	f->history = g_ptr_array_new();
	f->refused = chk_refused_text(e);
	if (step)
		f->step = ((const struct scn_step *)g_ptr_array_index(c->s.scn->steps,
								      chk_event(c, step)->n))
				  ->text;
	if (told(c, f)) {
		chk_finding_free(f);
		return;
	}
	if (queued)
		chk_tell_line(c, f, queued, IMS_ACTOR_GUEST,
			      g_strdup("queues the command that the call is for"));
	chk_tell_line(c, f, number, IMS_ACTOR_HOST, g_strdup(f->refused));
	g_ptr_array_add(c->findings, f);
}

void chk_refusals(struct chk *c)
{
	for (uint32_t n = c->s.log->first; n < c->next; n++)
		if (chk_event(c, n)->kind == IMS_EV_REFUSED)
			finding(c, n);
}
