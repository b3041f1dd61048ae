/* SPDX-License-Identifier: MIT */
/* Small worlds under a policy: what tests of hosts and VMMs have in common. */
#ifndef TESTS_UNIT_POLICY_WORLD_H
#define TESTS_UNIT_POLICY_WORLD_H

#include <check.h>
#include <string.h>

#include "sim/check/check.h"
#include "sim/hyp/list.h"
#include "sim/scenario/run.h"

extern const struct ims_model vtd_model, amdvi_model, smmuv3_model;

struct world {
	struct scn *scn;
	struct scn_run *run;
	struct hyp *h;
};

/* @policy: lines of `host:` and `vmm:`. One VM with nic and gpu, of which nic has an ATC, and spaces rx and tx. */
static inline void open_world(struct world *w, const struct ims_model *m, const char *policy,
			      const char *steps)
{
	const char *const vendors[] = { m->name, NULL };
	g_autofree char *text = g_strdup_printf(
		"scenario: t\nvendors: [%s]\n%s\n"
		"vms: {vm0: {devices: {nic: {vrid: \"01:00.0\", ats: on, pasid-bits: 8}, "
		"gpu: {vrid: \"02:00.0\", pasid-bits: 8}}, spaces: [rx, tx]}}\nsteps:\n%s",
		m->name, policy, steps);
	GError *error = NULL;

	w->scn = scn_load("t.yaml", text, strlen(text), vendors, &error);
	ck_assert_msg(w->scn != NULL, "%s", error ? error->message : "");
	w->run = scn_run_new(w->scn, m, 0, &error);
	ck_assert_msg(w->run != NULL, "%s", error ? error->message : "");
	ck_assert_msg(scn_run_steps(w->run, &error), "%s", error ? error->message : "");
	w->h = w->run->h;
}

static inline void close_world(struct world *w)
{
	scn_run_free(w->run);
	scn_free(w->scn);
}

/* Events of this kind on this unit from number @from of the log on. */
static inline unsigned events(const struct world *w, unsigned kind, unsigned unit, uint32_t from)
{
	unsigned n = 0;

	for (uint32_t i = from; i < w->run->log.count; i++)
		n += w->run->log.events[i].kind == kind && w->run->log.events[i].unit == unit;
	return n;
}

#endif
