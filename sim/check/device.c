/* SPDX-License-Identifier: MIT */
/* In which order ATS and PASIDs are enabled in devices, and in the entries of units. */
#include "sim/check/rule_parts.h"

const struct ims_prog_rule chk_rule_pasid_first = {
	.name = "pasid-changed-under-ats",
	.text = "PASIDs are enabled or disabled in a device only while ATS is disabled in it",
	.source = "PCI Express base specification, PASID Control register; Linux pci_enable_pasid()"
};

const struct ims_prog_rule chk_rule_entry_first = {
	.name = "ats-before-entry",
	.text = "ATS is enabled in a device only when its entry lets translation requests through",
	.source =
		"PCI Express base specification, ATS Control register; Linux pci_enable_ats(), called behind the flush of the entry"
};

/* Of one that nothing is attached by, the host's entry lets nothing through at all. */
static bool idle(const struct chk *c, uint32_t dev)
{
	const struct hyp_attach_list *at = &c->s.h->host_at;

	for (uint32_t i = 0; i < at->count; i++)
		if (at->at[i].dev == dev)
			return false;
	return true;
}

static bool takes_ats(struct chk *c, uint32_t unit, uint32_t dev)
{
	const struct ims_req req = { .src = chk_rid(c, unit, dev),
				     .ctx = IMS_CTX_NONE,
				     .access = IMS_R,
				     .kind = IMS_REQ_ATS };
	struct ims_answer a;

	ims_translate_fresh(chk_hand_of(c, unit), &req, &a);
	return !a.fault || a.ats != IMS_ATS_UNSUPPORTED;
}

static void broken(struct chk *c, const struct ims_prog_rule *rule, uint32_t unit, uint32_t dev,
		   uint32_t event)
{
	const struct chk_live l = { .unit = unit, .dev = dev, .e = { .ctx = IMS_CTX_NONE } };
	struct chk_finding *f = chk_rule_broken(c, rule, &l, event);
	const struct ims_event *e = chk_event(c, event);

	if (f)
		chk_tell_line(c, f, event, e->actor,
			      g_strdup_printf("has ATS %s and PASIDs %s in the device",
					      e->a[0] ? "on" : "off", e->a[1] ? "on" : "off"));
}

void chk_device_changed(struct chk *c, uint32_t event, uint64_t *ats, uint64_t *pasid)
{
	const struct ims_event *e = chk_event(c, event);
	uint32_t dev = e->n;
	const struct hyp_device *d = &c->s.h->devices[dev];
	/* One that has none of them has them disabled. */
	bool had_ats = d->ats && !(*ats >> dev & 1);
	bool had_pasid = d->pasid_bits && !(*pasid >> dev & 1);
	bool host = e->actor == IMS_ACTOR_HOST;
	uint32_t unit = host ? chk_unit_of(c, dev) : d->vm + 1;

	*ats = (*ats & ~(UINT64_C(1) << dev)) | (uint64_t)!e->a[0] << dev;
	*pasid = (*pasid & ~(UINT64_C(1) << dev)) | (uint64_t)!e->a[1] << dev;
	/* A reset disables what it disables. */
	if (e->actor == IMS_ACTOR_DEVICE)
		return;
	if (had_ats && had_pasid != e->a[1])
		broken(c, &chk_rule_pasid_first, unit, dev, event);
	if (!had_ats && e->a[0] && !(host && idle(c, dev)) && !takes_ats(c, unit, dev))
		broken(c, &chk_rule_entry_first, unit, dev, event);
}
