/* SPDX-License-Identifier: MIT */
/* Steps on the state of a device: its reset, what is enabled in it. */
#include "sim/scenario/run_parts.h"

bool scn_device_may(struct scn_run *run, const struct scn_step *s, GError **error)
{
	uint32_t dev = (uint32_t)s->dev;

	if (hyp_dev_is(run->world->devs_reset, dev))
		return scn_cannot(run, s, error, "the device is being reset");
	if (s->has_pasid && hyp_dev_is(run->world->devs_no_pasid, dev))
		return scn_cannot(
			run, s, error,
			"PASIDs are not enabled in the device: device: {dev: ..., pasid: on}");
	if (s->alias && !run->h->devices[dev].alias)
		return scn_cannot(run, s, error,
				  "the device has no alias: declare it with 'alias: \"00:1e.0\"'");
	if (s->op != SCN_OP_ATS && s->op != SCN_OP_PAGE_REQUEST)
		return true;
	if (!run->h->devices[dev].ats)
		return scn_cannot(run, s, error,
				  "the device has no ATS: declare it with 'ats: on'");
	if (hyp_dev_is(run->world->devs_no_ats, dev))
		return scn_cannot(run, s, error,
				  "ATS is not enabled in the device: device: {dev: ..., ats: on}");
	return true;
}

bool scn_step_reset(struct scn_run *run, const struct scn_step *s, GError **error)
{
	bool link = s->reset_kind == SCN_RESET_LINK;

	if (run->h->bare_stage)
		return scn_cannot(run, s, error, "not modelled: a reset without a host");
	if (hyp_alias_shared(run->h, (uint32_t)s->dev))
		return scn_cannot(run, s, error,
				  "not modelled: the reset of a device whose alias others share");
	if (s->reset_phase != SCN_RESET_END)
		hyp_reset_begin(run->h, (uint32_t)s->dev, link);
	if (s->reset_phase != SCN_RESET_BEGIN && !run->h->error)
		hyp_reset_end(run->h, (uint32_t)s->dev, link);
	return scn_done(run, s, error);
}

bool scn_step_device(struct scn_run *run, const struct scn_step *s, GError **error)
{
	const struct hyp_device *d = &run->h->devices[s->dev];

	if (s->dev_ats < 0 && s->dev_pasid < 0)
		return scn_cannot(run, s, error,
				  "say what is enabled or disabled: 'ats' or 'pasid'");
	if (s->dev_ats > 0 && !d->ats)
		return scn_cannot(run, s, error,
				  "the device has no ATS: declare it with 'ats: on'");
	if (s->dev_pasid > 0 && !d->pasid_bits)
		return scn_cannot(run, s, error, "the device has no PASIDs: see its pasid-bits");
	if (hyp_dev_is(run->world->devs_reset, (uint32_t)s->dev))
		return scn_cannot(run, s, error, "the device is being reset");
	hyp_device_enable(run->h, (uint32_t)s->dev, s->dev_ats, s->dev_pasid);
	return scn_done(run, s, error);
}
