/* SPDX-License-Identifier: MIT */
/* A device with two requester ids: its entries, and what is invalidated by which of them. */
#include <check.h>
#include <string.h>

#include "sim/scenario/run_parts.h"
#include "tests/run.h"
#include "tests/unit/ran.h"

extern const struct ims_model vtd_model, amdvi_model, smmuv3_model;
static const struct ims_model *const models[] = { &vtd_model, &amdvi_model, &smmuv3_model };
static const char *const vendors[] = { "vtd", "amdvi", "smmuv3", NULL };

enum { ALIAS = 0x1e << 3 };

static struct scn_run *ran(const struct ims_model *m, const char *aliases, const char *alias,
			   const char *steps, struct scn **ret_scn, bool ok)
{
	g_autofree char *text =
		g_strdup_printf("scenario: t\nvendors: [%s]\nhost: {base: mail-2023, aliases: %s}\n"
				"vms: {vm0: {devices: {nic: {ats: on%s}}, spaces: [rx]}}\nsteps:\n"
				"- attach: {dev: nic, space: rx}\n"
				"- map: {space: rx, iova: 0x10000, size: 4K, gpa: buf0}\n%s",
				m->name, aliases, alias, steps);

	return ran_text(m, vendors, text, ret_scn, ok);
}

/* Commands of the physical unit that name @src, of what a device caches. */
static unsigned named(const struct scn_run *run, uint32_t src)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < run->log.count; i++) {
		const struct ims_event *e = &run->log.events[i];
		struct ims_cmd cmd;

		if (e->kind == IMS_EV_CMD && !e->unit &&
		    !ims_cmd_decode(run->model, NULL, e->a, &cmd))
			n += run->model->rows[cmd.row].vmm == IMS_VMM_ATC && cmd.src == src;
	}
	return n;
}

#define ALIASED ", alias: \"00:1e.0\""
#define UNMAP	"- unmap: {space: rx, iova: 0x10000, size: 4K}\n"
#define DETACH	"- detach: {dev: nic}\n"
#define BOTH                                                                                       \
	"- dma: {dev: nic, iova: 0x10000, access: read}\n"                                         \
	"- dma: {dev: nic, alias: on, iova: 0x10000, access: read}\n"

/* By each as often, or by its own alone. */
START_TEST(invalidations)
{
	const struct ims_model *m = models[_i % 3];
	const char *steps = _i / 3 ? BOTH DETACH : BOTH UNMAP;
	struct scn *scn;
	struct scn_run *run = ran(m, "all", ALIASED, steps, &scn, true);
	uint32_t own = run->h->devices[0].prid;

	ck_assert_uint_ge(named(run, own), 1);
	ck_assert_uint_eq(named(run, ALIAS), named(run, own));
	ck_assert_uint_eq(run->faults, 0);
	scn_run_free(run);
	scn_free(scn);
	run = ran(m, "first", ALIASED, steps, &scn, true);
	ck_assert_uint_ge(named(run, own), 1);
	ck_assert_uint_eq(named(run, ALIAS), 0);
	scn_run_free(run);
	scn_free(scn);
	run = ran(m, "all", "", "- sync\n", &scn, true);
	ck_assert_uint_eq(named(run, ALIAS), 0);
	scn_run_free(run);
	scn_free(scn);
}
END_TEST

/* The entries of both lead to the same, and are cleared together; the device is one to the guest. */
START_TEST(entries)
{
	struct scn *scn;
	struct scn_run *run = ran(models[_i], "all", ALIASED, BOTH DETACH BOTH, &scn, true);

	ck_assert_uint_eq(run->dma, 4);
	ck_assert_uint_eq(run->faults, 2);
	ck_assert_uint_eq(hyp_device_by_rid(run->h, 0, ALIAS), 0);
	ck_assert_uint_eq(hyp_device_by_rid(run->h, 1, ALIAS), IMS_NONE);
	scn_run_free(run);
	scn_free(scn);
}
END_TEST

START_TEST(has_none)
{
	struct scn *scn;
	struct scn_run *run = ran(models[_i], "all", "", BOTH, &scn, false);

	scn_run_free(run);
	scn_free(scn);
}
END_TEST

/* What devices that share an alias may not be or do, and the message that says so. */
static const struct {
	const char *devices, *step, *says;
} misfits[] = {
	{ "vm0: {devices: {nic: {alias: \"3a:01.0\"}, tv: {}}}", "", "physical requester ID" },
	{ "vm0: {devices: {nic: {alias: \"00:1e.0\"}, tv: {alias: \"00:1e.0\", ats: on}}}", "",
	  "no ATS" },
	{ "vm0: {devices: {nic: {alias: \"00:1e.0\"}}}, vm1: {devices: {tv: {alias: \"00:1e.0\"}}}",
	  "", "one VM" },
	{ "vm0: {devices: {nic: {alias: \"00:1e.0\"}, tv: {alias: \"00:1e.0\"}}}",
	  "- reset: {dev: nic, kind: flr}\n", "not modelled: the reset" },
	{ "vm0: {devices: {nic: {alias: \"00:1e.0\"}}}", "- reset: {dev: nic, kind: flr}\n", NULL },
};

START_TEST(shared)
{
	g_autofree char *text = g_strdup_printf(
		"scenario: t\nvendors: [vtd]\nvms: {%s}\nsteps:\n%s- checkpoint: {}\n",
		misfits[_i].devices, misfits[_i].step);
	GError *error = NULL;
	struct scn *scn = scn_load("t.yaml", text, strlen(text), vendors, &error);
	struct scn_run *run = scn ? scn_run_new(scn, &vtd_model, NULL, &error) : NULL;

	if (run)
		scn_run_steps(run, &error);
	if (misfits[_i].says)
		ck_assert_msg(error && strstr(error->message, misfits[_i].says), "%s",
			      error ? error->message : "no error");
	else
		ck_assert_msg(!error, "%s", error ? error->message : "");
	g_clear_error(&error);
	scn_run_free(run);
	scn_free(scn);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("alias");
	TCase *t = tcase_create("alias");

	tcase_add_loop_test(t, invalidations, 0, 6);
	tcase_add_loop_test(t, entries, 0, 3);
	tcase_add_loop_test(t, has_none, 0, 3);
	tcase_add_loop_test(t, shared, 0, G_N_ELEMENTS(misfits));
	suite_add_tcase(s, t);
	return tests_run(s);
}
