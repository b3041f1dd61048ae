/* SPDX-License-Identifier: MIT */
/* `page-request` and `page-response` steps: what a device asks for, and what its guest says. */
#include "sim/scenario/run_parts.h"

/* Response codes of PCIe. */
enum { SUCCESS = 0, INVALID_REQUEST = 1 };

static const char *const fates[] = {
	[SCN_FATE_UNSAID] = "anything",		 [SCN_FATE_QUEUED] = "queued",
	[SCN_FATE_DROPPED] = "dropped",		 [SCN_FATE_SUCCESS] = "answered success",
	[SCN_FATE_INVALID] = "answered invalid", [SCN_FATE_FAILURE] = "answered failure"
};
static const char *const answers[] = {
	[SCN_ANSWER_UNSAID] = "anything", [SCN_ANSWER_NONE] = "none",
	[SCN_ANSWER_SUCCESS] = "success", [SCN_ANSWER_INVALID] = "invalid",
	[SCN_ANSWER_FAILURE] = "failure", [SCN_ANSWER_RETRIED] = "retried",
	[SCN_ANSWER_ENDED] = "ended",
};

static void unmet(struct scn_run *run, const struct scn_step *s, const char *what, const char *want,
		  const char *got)
{
	struct scn_access_now nobody = { .dev = IMS_NONE };

	g_array_append_val(run->unmet_at, nobody);
	g_ptr_array_add(run->unmet_all,
			g_strdup_printf("line %u, %s: expected %s %s, got %s", s->mark.line,
					scn_op_name(s->op), what, want, got));
}

/* ---- what reached the device in this step ---- */

static enum scn_answer of_code(uint32_t code)
{
	return code == SUCCESS	       ? SCN_ANSWER_SUCCESS :
	       code == INVALID_REQUEST ? SCN_ANSWER_INVALID :
					 SCN_ANSWER_FAILURE;
}

static enum scn_answer of_event(const struct hyp_device *d, const struct ims_event *e)
{
	uint8_t code = (uint8_t)(e->a[3] >> 16);

	if (e->kind == IMS_EV_RESPONSE && e->a[0] == d->prid)
		return of_code(e->n);
	if (e->kind == IMS_EV_RESUMED && e->a[0] == d->prid)
		return e->n == IMS_RESUMED_RETRIED ? SCN_ANSWER_RETRIED : SCN_ANSWER_ENDED;
	if (e->kind == IMS_EV_PAGE && e->a[2] == d->prid && e->n == IMS_PAGE_ANSWERED &&
	    !((code & IMS_PAGE_BARE) && d->answer_ctx))
		return of_code(code & (IMS_PAGE_BARE - 1u));
	return SCN_ANSWER_UNSAID;
}

static void answered(struct scn_run *run, const struct scn_step *s)
{
	const struct hyp_device *d = &run->h->devices[s->dev < 0 ? 0 : s->dev];
	enum scn_answer got = SCN_ANSWER_NONE, one;

	if (s->answer == SCN_ANSWER_UNSAID || s->dev < 0)
		return;
	for (uint32_t n = run->step_event; n - run->log.first < run->log.count; n++) {
		const struct ims_event *e = &run->log.events[n - run->log.first];

		if (e->unit != hyp_unit_of(run->h, d->iommu))
			continue;
		one = of_event(d, e);
		got = one ? one : got;
	}
	if (got != s->answer)
		unmet(run, s, "the device's answer", answers[s->answer], answers[got]);
}

bool scn_served(struct scn_run *run, const struct scn_step *s, GError **error)
{
	if (!s->unread)
		hyp_serve(run->h);
	answered(run, s);
	return scn_done(run, s, error);
}

/* ---- the steps ---- */

static enum scn_fate fate_of(enum ims_page_fate fate, uint8_t code)
{
	if (fate == IMS_PAGE_QUEUED)
		return SCN_FATE_QUEUED;
	if (fate == IMS_PAGE_DROPPED)
		return SCN_FATE_DROPPED;
	code &= IMS_PAGE_BARE - 1u;
	return code == SUCCESS	       ? SCN_FATE_SUCCESS :
	       code == INVALID_REQUEST ? SCN_FATE_INVALID :
					 SCN_FATE_FAILURE;
}

bool scn_step_page_request(struct scn_run *run, const struct scn_step *s, GError **error)
{
	struct ims_page_req req = { .ctx = ctx_of(s),
				    .group = (uint16_t)(s->has_group ? s->group : s->index & 0x1ff),
				    .read = s->access != SCN_WRITE,
				    .write = s->access != SCN_READ,
				    .priv = s->priv };
	enum ims_page_fate fate = IMS_PAGE_DROPPED;
	uint8_t code = 0;
	enum scn_fate got;

	if (!scn_device_may(run, s, error))
		return false;
	/* Pages one behind the other, of one group: the last of them may complete it. */
	for (uint32_t n = 0; n < s->repeat; n++) {
		req.addr = s->iova + (uint64_t)n * 4096;
		req.last = n + 1 == s->repeat && (!s->has_last || s->last);
		if (!hyp_page_request(run->h, (uint32_t)s->dev, &req, &fate, &code))
			return scn_done(run, s, error);
	}
	got = fate_of(fate, code);
	if (s->fate != SCN_FATE_UNSAID && s->fate != got)
		unmet(run, s, "that it is", fates[s->fate], fates[got]);
	return true;
}

bool scn_step_page_response(struct scn_run *run, const struct scn_step *s, GError **error)
{
	hyp_guest_answer(run->h, (uint32_t)s->dev, ctx_of(s), s->has_group ? s->group : IMS_NONE,
			 (uint8_t)s->code);
	return scn_done(run, s, error);
}
