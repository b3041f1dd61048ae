/* SPDX-License-Identifier: MIT */
/*
 * Devices that do not answer an invalidation, and units that refuse a command: what the log
 * says is lost, and what each of the host's answers makes of it.
 */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "sim/scenario/run_parts.h"
#include "tests/run.h"

extern const struct ims_model vtd_model, amdvi_model, smmuv3_model;
static const struct ims_model *const models[] = { &vtd_model, &amdvi_model, &smmuv3_model };
static const char *const vendors[] = { "vtd", "amdvi", "smmuv3", NULL };

static struct scn_run *ran(const struct ims_model *m, const char *timeout, const char *inject,
			   struct scn **ret_scn)
{
	g_autofree char *text =
		g_strdup_printf("scenario: t\nvendors: [%s]\nhost: {base: mail-2023, timeout: %s}\n"
				"vms: {vm0: {devices: {nic: {ats: on}}, spaces: [rx]}}\nsteps:\n"
				"- attach: {dev: nic, space: rx}\n"
				"- map: {space: rx, iova: 0x10000, size: 4K, gpa: buf0}\n"
				"- dma: {dev: nic, iova: 0x10000, access: read}\n"
				"- inject: {at: 1, %s}\n"
				"- unmap: {space: rx, iova: 0x10000, size: 4K}\n"
				"- sync\n",
				m->name, timeout, inject);
	struct scn_run *run;
	GError *error = NULL;

	*ret_scn = scn_load("t.yaml", text, strlen(text), vendors, &error);
	ck_assert_msg(*ret_scn, "%s", error ? error->message : "");
	run = scn_run_new(*ret_scn, m, NULL, &error);
	ck_assert_msg(run, "%s", error ? error->message : "");
	ck_assert_msg(scn_run_steps(run, &error), "%s", error ? error->message : "");
	return run;
}

static unsigned count(const struct scn_run *run, enum ims_event_kind kind, uint64_t a2)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < run->log.count; i++)
		n += run->log.events[i].kind == kind &&
		     (kind != IMS_EV_LOST || run->log.events[i].a[2] == a2);
	return n;
}

static uint32_t atc_entries(struct scn_run *run)
{
	struct ims_req req = { .src = run->h->devices[0].prid,
			       .ctx = IMS_CTX_NONE,
			       .addr = 0x10000 };
	struct ims_cache *atc = ims_hw_cache(hyp_hand(run->h), run->model->atc);

	return ims_cache_find(atc, req.src, req.ctx, 0, req.addr) != IMS_NONE;
}

static const struct {
	const char *timeout, *inject;
	unsigned lost;
	bool kept, hung, blocked;
} answers[] = {
	{ "retry", "what: timeout", 1, false, false, false },
	{ "retry", "what: timeout, count: 100", 3, true, true, false },
	{ "assume-done", "what: timeout", 1, true, false, false },
	{ "report", "what: timeout", 1, true, false, false },
	{ "quarantine", "what: timeout, count: 100", 1, true, false, true },
	/* It did as it was told. */
	{ "assume-done", "what: drop-completion", 0, false, false, false },
};

START_TEST(what_is_made_of_it)
{
	const struct ims_model *m = models[_i % 3];
	struct scn *scn;
	struct scn_run *run = ran(m, answers[_i / 3].timeout, answers[_i / 3].inject, &scn);

	ck_assert_uint_ge(count(run, IMS_EV_LOST, 0), answers[_i / 3].lost);
	ck_assert_uint_eq(atc_entries(run), answers[_i / 3].kept);
	ck_assert_uint_eq(run->h->hung, answers[_i / 3].hung);
	ck_assert_uint_eq(count(run, IMS_EV_HUNG, 0), answers[_i / 3].hung);
	ck_assert_uint_eq(run->h->devices[0].blocked, answers[_i / 3].blocked);
	/* Behind what hangs nothing happens. */
	ck_assert_uint_eq(run->log.events[run->log.count - 1].kind == IMS_EV_RETURN,
			  !answers[_i / 3].hung);
	scn_run_free(run);
	scn_free(scn);
}
END_TEST

/* The unit stops at one command, and where it can be stepped over, goes on. */
START_TEST(refused_command)
{
	struct scn *scn;
	struct scn_run *run = ran(models[_i], "retry", "what: error, on: queue", &scn);

	ck_assert_uint_eq(count(run, IMS_EV_LOST, 1), 1);
	ck_assert_uint_eq(run->h->hung, models[_i] == &amdvi_model);
	scn_run_free(run);
	scn_free(scn);
}
END_TEST

START_TEST(refused_call)
{
	struct scn *scn;
	struct scn_run *run =
		ran(models[_i], "retry", "what: error, errno: ENOMEM, entry: 0", &scn);
	bool said = false;

	for (uint32_t i = 0; i < run->log.count; i++)
		said |= run->log.events[i].kind == IMS_EV_REFUSED && run->log.events[i].n == ENOMEM;
	ck_assert(said);
	ck_assert_uint_eq(count(run, IMS_EV_LOST, 0), 0);
	scn_run_free(run);
	scn_free(scn);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("timeouts");
	TCase *t = tcase_create("timeouts");

	tcase_add_loop_test(t, what_is_made_of_it, 0, 3 * (int)G_N_ELEMENTS(answers));
	tcase_add_loop_test(t, refused_command, 0, 3);
	tcase_add_loop_test(t, refused_call, 0, 3);
	suite_add_tcase(s, t);
	return tests_run(s);
}
