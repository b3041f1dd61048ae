/* SPDX-License-Identifier: MIT */
/* Devices that are reset: what they hold and what is enabled in them, on both units. */
#include <check.h>
#include <string.h>

#include "sim/scenario/run_parts.h"
#include "tests/run.h"
#include "tests/unit/ran.h"

extern const struct ims_model vtd_model, amdvi_model, smmuv3_model;
static const struct ims_model *const models[] = { &vtd_model, &amdvi_model, &smmuv3_model };
static const char *const vendors[] = { "vtd", "amdvi", "smmuv3", NULL };

static struct scn_run *ran(const struct ims_model *m, const char *reset, const char *steps,
			   struct scn **ret_scn, bool ok)
{
	g_autofree char *text = g_strdup_printf(
		"scenario: t\nvendors: [%s]\nhost: {base: mail-2023, reset: %s}\n"
		"vms: {vm0: {devices: {a: {vrid: \"01:00.0\", ats: on}, b: {vrid: \"01:00.1\", ats: on}, "
		"c: {vrid: \"02:00.0\", ats: on}}, spaces: [rx]}}\nsteps:\n"
		"- attach: {dev: a, space: rx}\n- attach: {dev: b, space: rx}\n"
		"- attach: {dev: c, space: rx}\n"
		"- map: {space: rx, iova: 0x10000, size: 4K, gpa: buf0}\n"
		"- dma: {dev: a, iova: 0x10000, access: read}\n"
		"- dma: {dev: b, iova: 0x10000, access: read}\n"
		"- dma: {dev: c, iova: 0x10000, access: read}\n%s",
		m->name, reset, steps);

	return ran_text(m, vendors, text, ret_scn, ok);
}

static void closed(struct scn_run *run, struct scn *scn)
{
	scn_run_free(run);
	scn_free(scn);
}

static bool holds(struct ims_hw *hw, uint32_t src)
{
	return ims_cache_find(ims_hw_cache(hw, hw->model->atc), src, IMS_CTX_NONE, 0, 0x10000) !=
	       IMS_NONE;
}

/* By device, as bits: what the units say it holds, both the same. */
static unsigned held(struct scn_run *run)
{
	unsigned set = 0;

	for (uint32_t i = 0; i < run->h->devices_count; i++) {
		const struct hyp_device *d = &run->h->devices[i];
		bool phys = holds(hyp_hand(run->h), d->prid);

		ck_assert_uint_eq(phys, holds(&run->h->bare[0], d->vrid));
		set |= (unsigned)phys << i;
	}
	return set;
}

static const struct {
	const char *reset, *step;
	unsigned held, no_ats, blocked, resetting;
} resets[] = {
	{ "block", "- reset: {dev: a, kind: flr}\n", 6, 0, 0, 0 },
	{ "block", "- reset: {dev: b, kind: link}\n", 4, 0, 0, 0 },
	{ "block", "- reset: {dev: b, kind: link, phase: begin}\n", 4, 3, 3, 3 },
	{ "none", "- reset: {dev: a, kind: flr}\n", 6, 1, 0, 0 },
	{ "none", "- reset: {dev: c, kind: link, phase: begin}\n", 3, 4, 0, 4 },
	/* Disabling keeps what is held; enabling does not. */
	{ "block", "- device: {dev: a, ats: off}\n", 7, 1, 0, 0 },
	{ "block", "- device: {dev: a, ats: off}\n- device: {dev: a, ats: on}\n", 6, 0, 0, 0 },
	{ "block", "- device: {dev: a, ats: on}\n", 7, 0, 0, 0 },
};

START_TEST(what_is_left)
{
	unsigned k = (unsigned)_i / 3, blocked = 0, resetting = 0;
	struct scn *scn;
	struct scn_run *run = ran(models[_i % 3], resets[k].reset, resets[k].step, &scn, true);

	for (uint32_t i = 0; i < run->h->devices_count; i++) {
		blocked |= (unsigned)run->h->devices[i].blocked << i;
		resetting |= (unsigned)run->h->devices[i].resetting << i;
	}
	ck_assert_uint_eq(held(run), resets[k].held);
	ck_assert_uint_eq(run->world->devs_no_ats, resets[k].no_ats);
	ck_assert_uint_eq(run->world->devs_reset, resets[k].resetting);
	ck_assert_uint_eq(blocked, resets[k].blocked);
	ck_assert_uint_eq(resetting, resets[k].resetting);
	closed(run, scn);
}
END_TEST

/* With ATS disabled requests come untranslated: nothing is held of them. */
START_TEST(untranslated_without)
{
	struct scn *scn;
	struct scn_run *run = ran(models[_i], "none",
				  "- reset: {dev: a, kind: flr}\n"
				  "- dma: {dev: a, iova: 0x10000, access: read}\n",
				  &scn, true);

	ck_assert_uint_eq(held(run), 6);
	closed(run, scn);
}
END_TEST

/* What a device cannot do as it is. */
static const char *const cannot[] = {
	"- reset: {dev: a, kind: flr, phase: begin}\n- dma: {dev: a, iova: 0x10000, access: read}\n",
	"- reset: {dev: a, kind: flr, phase: begin}\n- device: {dev: a, ats: on}\n",
	"- device: {dev: a, ats: off}\n- ats: {dev: a, iova: 0x10000}\n",
	"- device: {dev: a, pasid: off}\n- dma: {dev: a, pasid: 1, iova: 0x10000, access: read}\n",
	"- device: {dev: a}\n",
};

START_TEST(refused)
{
	struct scn *scn;
	struct scn_run *run = ran(models[_i % 3], "block", cannot[_i / 3], &scn, false);

	closed(run, scn);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("reset");
	TCase *t = tcase_create("reset");

	tcase_add_loop_test(t, what_is_left, 0, 3 * (int)G_N_ELEMENTS(resets));
	tcase_add_loop_test(t, untranslated_without, 0, 3);
	tcase_add_loop_test(t, refused, 0, 3 * (int)G_N_ELEMENTS(cannot));
	suite_add_tcase(s, t);
	return tests_run(s);
}
