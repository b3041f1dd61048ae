/* SPDX-License-Identifier: MIT */
/*
 * Whether a finding is of the queue's maps: commands that a guest's own queue gives to the
 * hardware mean there what the maps say. The scenario is run again with maps that know all
 * that the host knows; what is not found then is theirs, if no layer before them mends it.
 */
#include <string.h>

#include "sim/check/parts.h"

static bool helps(const struct scn *scn, const struct ims_model *model,
		  const struct chk_search *search, const struct scn_variant *variant,
		  struct chk_result *full, const struct chk_finding *f)
{
	struct chk_result *r = chk_again(scn, model, variant, search);
	bool mended = r->verdict != CHK_ERROR && !chk_found_again(r, f, false);

	chk_take_internal(full, r);
	chk_result_free(r);
	return mended;
}

/* Columns of the host in which it differs from the vendor's first policy. */
static uint64_t host_columns(const struct scn *scn, const struct ims_model *model)
{
	struct ims_policy policy;
	uint64_t differ = 0, host = 0;

	if (!scn_policy_of(scn, model, &policy, &differ, NULL))
		return 0;
	for (unsigned i = 0; i < IMS_COLUMNS; i++)
		if (!strcmp(ims_columns[i].side, "host"))
			host |= differ & UINT64_C(1) << i;
	return host;
}

/* What a map of the queue leads astray is of nobody's tag. */
static void set_queue(struct chk_finding *f)
{
	f->blame = "queue";
	if (f->kind == SCN_KIND_BREACH)
		f->cause = chk_cause_name(CHK_CAUSE_MISROUTE);
}

void chk_queues(const struct scn *scn, const struct ims_model *model,
		const struct chk_search *search, struct chk_result *r)
{
	const struct scn_variant ideal = { .ideal_queues = true };
	uint64_t host;

	if (!r->guest_queues || !r->findings->len)
		return;
	host = host_columns(scn, model);
	for (guint i = 0; i < r->findings->len; i++) {
		struct chk_finding *f = g_ptr_array_index(r->findings, i);

		if (strcmp(f->blame, "host") || !helps(scn, model, search, &ideal, r, f))
			continue;
		if (!host ||
		    !helps(scn, model, search, &(struct scn_variant){ .restored = host }, r, f))
			set_queue(f);
	}
}
