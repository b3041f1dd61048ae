/* SPDX-License-Identifier: MIT */
/*
 * Which layers, repaired alone, mend a finding: the scenario is run again with a guest that
 * issues all that it owes, with the VMM's and with the host's answers of the vendor's first
 * policy, with queues whose maps know all that the host knows.
 */
#include <string.h>

#include "sim/check/parts.h"

/*
 * To give a guest a queue in the hardware, or to ask for the faults of its devices and tell
 * it, is no fault by itself: without it nothing would be left to be done wrong.
 */
static bool is_fault(unsigned column, unsigned answer)
{
	return !(column == IMS_COL_VMM_QUEUE && answer == IMS_VMM_QUEUE_HARDWARE) &&
	       !(column == IMS_COL_VMM_FAULTS && answer == IMS_VMM_FAULTS_GUEST);
}

/* Columns of a side in which the scenario differs from the vendor's first policy. */
static uint64_t columns_of(const struct scn *scn, const struct ims_model *model, const char *side)
{
	struct ims_policy policy;
	uint64_t differ = 0, of = 0;

	if (!scn_policy_of(scn, model, &policy, &differ, NULL))
		return 0;
	for (unsigned i = 0; i < IMS_COLUMNS; i++)
		if (!strcmp(ims_columns[i].side, side) && is_fault(i, policy.of[i]))
			of |= differ & UINT64_C(1) << i;
	return of;
}

/* Findings by which a change is not done, whichever of them it is; others are of a kind of their own. */
static bool of_outcome(enum scn_kind kind)
{
	return kind != SCN_KIND_RULE && kind != SCN_KIND_ORDER && kind != SCN_KIND_MASKED &&
	       kind != SCN_KIND_REJECTED && kind != SCN_KIND_LOST_COMPLETION;
}

/* Is what @f is about wrong in @r too, be it in another cache or found in another way. */
static bool still(const struct chk_result *r, const struct chk_finding *f)
{
	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *o = g_ptr_array_index(r->findings, i);

		if ((o->kind == f->kind || (of_outcome(o->kind) && of_outcome(f->kind))) &&
		    o->line == f->line && o->step == f->step && o->dev == f->dev &&
		    o->ctx == f->ctx && o->rule == f->rule)
			return true;
	}
	return false;
}

static void add(struct chk_finding *f, const char *layer, bool fixes)
{
	f->repairs[f->repairs_count++] = (struct chk_repair){ .layer = layer, .fixes = fixes };
}

/* What takes deeds of hardware is seen on the physical unit alone. */
static bool may_be_guests(const struct chk_finding *f)
{
	return f->deeds || !strcmp(f->blame, "guest");
}

static void try_layer(const struct scn *scn, const struct ims_model *model,
		      const struct chk_search *search, const struct scn_variant *variant,
		      const char *layer, struct chk_result *full)
{
	struct chk_result *r = chk_again(scn, model, variant, search);

	chk_take_internal(full, r);
	for (guint i = 0; i < full->findings->len; i++) {
		struct chk_finding *f = g_ptr_array_index(full->findings, i);

		/* A guest whose own unit shows nothing wrong owes nothing more. */
		if (variant->ideal_guest && !may_be_guests(f))
			add(f, layer, false);
		else
			add(f, layer, r->verdict != CHK_ERROR && !still(r, f));
		/* The guest's own unit had no part in the deeds: that it owed more shows here. */
		if (variant->ideal_guest && f->deeds && f->repairs[f->repairs_count - 1].fixes)
			f->blame = "guest";
	}
	chk_result_free(r);
}

/* Of one change that the guest is to blame for the graver finding tells it. */
static bool told_by_other(const struct chk_result *r, const struct chk_finding *f)
{
	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *o = g_ptr_array_index(r->findings, i);

		if (o != f && of_outcome(o->kind) && of_outcome(f->kind) && o->line == f->line &&
		    o->step == f->step && o->dev == f->dev && o->ctx == f->ctx &&
		    !strcmp(o->blame, f->blame) &&
		    (o->kind == SCN_KIND_BREACH) == (f->kind == SCN_KIND_BREACH) &&
		    chk_finding_weight(o) > chk_finding_weight(f))
			return true;
	}
	return false;
}

static void try_guest(const struct scn *scn, const struct ims_model *model,
		      const struct chk_search *search, struct chk_result *r)
{
	bool any = false;

	for (guint i = 0; i < r->findings->len; i++)
		any |= may_be_guests(g_ptr_array_index(r->findings, i));
	if (any)
		try_layer(scn, model, search, &(struct scn_variant){ .ideal_guest = true }, "guest",
			  r);
	for (guint i = r->findings->len; any && i-- > 0;) {
		struct chk_finding *f = g_ptr_array_index(r->findings, i);

		if (!strcmp(f->blame, "guest") && told_by_other(r, f)) {
			g_ptr_array_remove_index(r->findings, i);
			chk_finding_free(f);
		}
	}
	for (guint i = 0; i < r->findings->len && !any; i++)
		add(g_ptr_array_index(r->findings, i), "guest", false);
}

void chk_repairs(const struct scn *scn, const struct ims_model *model,
		 const struct chk_search *search, struct chk_result *r)
{
	static const char *const sides[] = { "vmm", "host" };

	if (!r->findings->len)
		return;
	try_guest(scn, model, search, r);
	for (unsigned i = 0; i < G_N_ELEMENTS(sides); i++) {
		uint64_t columns = columns_of(scn, model, sides[i]);

		if (columns)
			try_layer(scn, model, search, &(struct scn_variant){ .restored = columns },
				  sides[i], r);
	}
	if (r->guest_queues)
		try_layer(scn, model, search, &(struct scn_variant){ .ideal_queues = true },
			  "queue", r);
}
