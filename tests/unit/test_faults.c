/* SPDX-License-Identifier: MIT */
/*
 * What a guest hears of its devices by the queues of the unit it believes in: page requests,
 * stalls and faults, by the guest's names; and how long its devices wait.
 */
#include <check.h>
#include <string.h>

#include "models/amdvi/amdvi.h"
#include "models/smmuv3/smmuv3.h"
#include "models/vtd/vtd.h"
#include "sim/hyp/parts.h"
#include "sim/scenario/run.h"
#include "tests/run.h"

static const struct ims_model *const models[] = { &vtd_model, &amdvi_model, &smmuv3_model };

static struct scn_run *ran(const struct ims_model *m, const char *head, const char *device,
			   const char *steps, struct scn **ret_scn)
{
	static const char *const vendors[] = { "vtd", "amdvi", "smmuv3", NULL };
	g_autofree char *text = g_strdup_printf(
		"scenario: t\nvendors: [vtd, amdvi, smmuv3]\n%s"
		"vms: {vm0: {devices: {nic: {vrid: \"01:00.0\", %s}}, spaces: [rx]}}\n"
		"steps:\n%s",
		head, device, steps);
	GError *error = NULL;
	struct scn_run *run;

	*ret_scn = scn_load("t.yaml", text, strlen(text), vendors, &error);
	ck_assert_msg(*ret_scn != NULL, "%s", error ? error->message : "");
	run = scn_run_new(*ret_scn, m, NULL, &error);
	ck_assert_msg(run && scn_run_steps(run, &error), "%s", error ? error->message : "");
	ck_assert_msg(!run->unmet_all->len, "%s",
		      run->unmet_all->len ? (char *)g_ptr_array_index(run->unmet_all, 0) : "");
	return run;
}

static void end(struct scn_run *run, struct scn *s)
{
	scn_run_free(run);
	scn_free(s);
}

static uint32_t waiting(const struct scn_run *run, uint32_t unit)
{
	return run->world->units[unit].asked_count;
}

#define PRI    "ats: on, pri: on, pasid-bits: 8"
#define ATTACH "- attach: {dev: nic, space: rx, pasid: 5}\n"
#define ASK                                                                                        \
	"- page-request: {dev: nic, iova: 0x12345000, access: write, pasid: 5, group: 7, priv: on}\n"

/* The record has the guest's number of the device, and all the rest as the device said it. */
START_TEST(page_of_guest)
{
	struct scn *s;
	struct scn_run *run = ran(models[_i], "vmm: {faults: guest}\n", PRI, ATTACH ASK, &s);
	struct ims_told t;

	ck_assert(hyp_told_next(run->h, 1, &t));
	ck_assert_uint_eq(t.kind, IMS_TOLD_PAGE);
	ck_assert_uint_eq(t.src, 0x100);
	ck_assert_uint_ne(run->h->devices[0].prid, 0x100);
	ck_assert_uint_eq(t.ctx, 5);
	ck_assert_uint_eq(t.group, 7);
	ck_assert_uint_eq(t.addr, 0x12345000);
	ck_assert(t.write && !t.read && t.priv && t.last);
	ck_assert(!hyp_told_next(run->h, 1, &t));
	/* The device waits, and its guest is asked. */
	ck_assert_uint_eq(waiting(run, 0), 1);
	ck_assert_uint_eq(waiting(run, 1), 1);
	end(run, s);
}
END_TEST

START_TEST(page_of_nobody)
{
	struct scn *s;
	struct scn_run *run = ran(models[_i], "", PRI, ATTACH ASK, &s);
	struct ims_told t;

	ck_assert(!hyp_told_next(run->h, 1, &t));
	ck_assert(!hyp_told_next(run->h, 0, &t));
	ck_assert_uint_eq(waiting(run, 0), 0);
	ck_assert_uint_eq(waiting(run, 1), 0);
	end(run, s);
}
END_TEST

/* What stands in the hardware's queue when an attachment goes is answered with it. */
START_TEST(page_drained)
{
	struct scn *s;
	struct scn_run *run = ran(models[_i], "vmm: {faults: unread}\n", PRI,
				  ATTACH "- page-request: {dev: nic, iova: 0x1000, access: write, "
					 "pasid: 5, unread: on, expect: queued, answer: none}\n",
				  &s);
	struct ims_told t;

	ck_assert_uint_eq(waiting(run, 0), 1);
	/* By PASID, or of the whole device. */
	hyp_faults_detached(run->h, 0, run->model == &vtd_model ? 5 : IMS_CTX_NONE);
	ck_assert_uint_eq(waiting(run, 0), 0);
	ck_assert(!hyp_told_next(run->h, 0, &t));
	end(run, s);
}
END_TEST

/* The guest's answer ends both. */
START_TEST(page_answered)
{
	struct scn *s;
	struct scn_run *run =
		ran(models[_i], "vmm: {faults: guest}\n", PRI,
		    ATTACH ASK
		    "- page-response: {dev: nic, pasid: 5, code: failure, answer: invalid}\n",
		    &s);

	ck_assert_uint_eq(waiting(run, 0), 0);
	ck_assert_uint_eq(waiting(run, 1), 0);
	for (unsigned i = 0; i < HYP_ANSWERS; i++)
		ck_assert(!run->h->faults.answers[i].used);
	for (unsigned i = 0; i < HYP_PAGES; i++)
		ck_assert_uint_eq(run->h->faults.pages[i].at, HYP_PAGE_FREE);
	end(run, s);
}
END_TEST

/* A guest that has switched its unit off is not asked: the VMM answers for it. */
START_TEST(page_of_guest_off)
{
	struct scn *s;
	struct scn_run *run = ran(&smmuv3_model, "vmm: {faults: guest}\n", PRI,
				  ATTACH "- write: {vm: vm0, at: CR0, value: 0xc}\n"
					 "- page-request: {dev: nic, iova: 0x1000, access: write, "
					 "pasid: 5, expect: queued, answer: invalid}\n",
				  &s);

	ck_assert_uint_eq(waiting(run, 0), 0);
	ck_assert_uint_eq(waiting(run, 1), 0);
	end(run, s);
}
END_TEST

#define FAULT "- dma: {dev: nic, iova: 0x12345008, access: write, pasid: 5, expect: fault}\n"

/* With an event queue of its VMM the guest hears of it, once; else not at all. */
START_TEST(fault_of_guest)
{
	struct scn *s;
	struct scn_run *run = ran(&smmuv3_model,
				  _i ? "vmm: {events: guest}\n" : "vmm: {faults: guest}\n",
				  "pasid-bits: 8", ATTACH FAULT, &s);
	struct ims_told t;

	ck_assert_int_eq(hyp_told_next(run->h, 1, &t), _i);
	if (_i) {
		ck_assert_uint_eq(t.kind, IMS_TOLD_FAULT);
		ck_assert_uint_eq(t.src, 0x100);
		ck_assert_uint_eq(t.ctx, 5);
		ck_assert_uint_eq(t.addr, 0x12345008);
		ck_assert_uint_eq(t.words[0] & 0xff, SMMU_E_TRANSLATION);
		ck_assert(!hyp_told_next(run->h, 1, &t));
	}
	end(run, s);
}
END_TEST

/* A stall has a number of each unit's own; what the guest says of its own is done to the other. */
START_TEST(stall_of_guest)
{
	struct scn *s;
	struct scn_run *run = ran(
		&smmuv3_model, "vmm: {faults: guest}\n", "stall: on, pasid-bits: 8",
		ATTACH
		"- dma: {dev: nic, iova: 0x1000, access: write, pasid: 5, expect: stall}\n"
		"- dma: {dev: nic, iova: 0x2000, access: read, pasid: 5, expect: stall}\n"
		"- page-response: {dev: nic, pasid: 5, group: 1, code: invalid, answer: ended}\n",
		&s);
	const struct ims_asked *a = run->world->units[0].asked;

	ck_assert_uint_eq(waiting(run, 0), 1);
	ck_assert_uint_eq(waiting(run, 1), 1);
	ck_assert(a->stall && !a->group && a->src == run->h->devices[0].prid);
	end(run, s);
}
END_TEST

/* What stalls of no unit is a device that asks for pages all the same. */
START_TEST(page_though_stall)
{
	struct scn *s;
	struct scn_run *run =
		ran(models[_i], "vmm: {faults: guest}\n", PRI ", stall: on",
		    ATTACH ASK "- page-response: {dev: nic, pasid: 5, answer: success}\n", &s);

	ck_assert(!run->h->devices[0].stall);
	ck_assert_uint_eq(waiting(run, 0), 0);
	end(run, s);
}
END_TEST

static const struct {
	const char *head, *device, *steps, *message;
} cannot[] = {
	{ "", PRI, ATTACH "- reset: {dev: nic, kind: flr, phase: begin}\n" ASK,
	  "page-request: the device is being reset" },
	{ "", PRI, ATTACH "- device: {dev: nic, pasid: off}\n" ASK,
	  "page-request: PASIDs are not enabled" },
	{ "host: {base: mail-2023, reset: none}\n", PRI,
	  ATTACH "- reset: {dev: nic, kind: flr}\n- device: {dev: nic, pasid: on}\n" ASK,
	  "page-request: ATS is not enabled" },
	{ "host: bare-metal\n", PRI,
	  ATTACH "- inject: {at: x, what: timeout}\n- sync: {label: x}\n", "inject: not modelled" },
	{ "vmm: {faults: guest}\niommus: [a, b]\n", PRI ", iommu: b", ATTACH ASK,
	  "behind another unit than the first" },
};

START_TEST(refused)
{
	g_autofree char *text = g_strdup_printf(
		"scenario: t\nvendors: [vtd, amdvi, smmuv3]\n%s"
		"vms: {vm0: {devices: {nic: {vrid: \"01:00.0\", %s}}, spaces: [rx]}}\n"
		"steps:\n%s",
		cannot[_i / 3].head, cannot[_i / 3].device, cannot[_i / 3].steps);
	static const char *const vendors[] = { "vtd", "amdvi", "smmuv3", NULL };
	GError *error = NULL;
	struct scn *s = scn_load("t.yaml", text, strlen(text), vendors, &error);
	struct scn_run *run;

	ck_assert_msg(s != NULL, "%s", error ? error->message : "");
	run = scn_run_new(s, models[_i % 3], NULL, &error);
	ck_assert(!run || !scn_run_steps(run, &error));
	ck_assert_msg(strstr(error->message, cannot[_i / 3].message), "%s", error->message);
	g_error_free(error);
	if (run)
		scn_run_free(run);
	scn_free(s);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("faults");
	TCase *t = tcase_create("faults");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, page_of_guest, 0, 3);
	tcase_add_loop_test(t, page_of_nobody, 0, 3);
	tcase_add_loop_test(t, page_drained, 0, 3);
	tcase_add_loop_test(t, page_answered, 0, 3);
	tcase_add_test(t, page_of_guest_off);
	tcase_add_loop_test(t, fault_of_guest, 0, 2);
	tcase_add_test(t, stall_of_guest);
	tcase_add_loop_test(t, page_though_stall, 0, 2);
	tcase_add_loop_test(t, refused, 0, 3 * (int)G_N_ELEMENTS(cannot));
	suite_add_tcase(suite, t);
	return tests_run(suite);
}
