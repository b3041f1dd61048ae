/* SPDX-License-Identifier: MIT */
/*
 * What the SMMUv3 guest's driver and the host issue after each change, held against the
 * reference sheet, sections 8.1, 8.7 and 16.8: the titles of the commands in order, SYNC
 * among them where what follows has to wait; ranges by their words.
 */
#include <check.h>
#include <string.h>

#include "models/smmuv3/smmuv3.h"
#include "sim/check/check.h"
#include "sim/scenario/run.h"
#include "tests/run.h"

struct world {
	struct scn *scn;
	struct scn_run *run;
	uint32_t seen; /* events of the log */
};

static void open_world(struct world *w, const char *hardware, const char *steps)
{
	static const char *const vendors[] = { "smmuv3", NULL };
	g_autofree char *text = g_strdup_printf(
		"scenario: t\nvendors: [smmuv3]\nhardware: %s\n"
		"vms: {vm0: {devices: {nic: {ats: on, pasid-bits: 8}, disk: {pasid-bits: 8}}, "
		"spaces: [rx, tx], pages: {big: 2M, buf: 256K}}}\n"
		"steps: %s\n",
		hardware, steps);
	GError *error = NULL;

	w->scn = scn_load("t.yaml", text, strlen(text), vendors, &error);
	ck_assert_msg(w->scn != NULL, "%s", error ? error->message : "");
	w->run = scn_run_new(w->scn, &smmuv3_model, 0, &error);
	ck_assert_msg(w->run != NULL, "%s", error ? error->message : "");
	ck_assert_msg(scn_run_steps(w->run, &error), "%s", error ? error->message : "");
	w->seen = w->run->log.count;
}

static void close_world(struct world *w)
{
	scn_run_free(w->run);
	scn_free(w->scn);
}

/* The commands that @unit has consumed since event @from; SYNC too. */
static char *issued(const struct world *w, uint32_t unit, uint32_t from)
{
	GString *list = g_string_new(NULL);

	for (uint32_t i = from; i < w->run->log.count; i++) {
		const struct ims_event *e = &w->run->log.events[i];

		if (e->kind == IMS_EV_CMD && e->unit == unit)
			g_string_append_printf(list, "%s%s", list->len ? "; " : "",
					       smmu_rows[e->n].title);
	}
	return g_string_free(list, FALSE);
}

static void expect(struct world *w, uint32_t unit, const char *want)
{
	g_autofree char *got = issued(w, unit, w->seen);

	ck_assert_msg(!w->run->h->error, "%s", w->run->h->error);
	ck_assert_str_eq(got, want);
}

/* Number of the first event of the last step. */
static uint32_t last_step(const struct world *w)
{
	uint32_t at = w->run->log.count;

	while (at-- > 0)
		if (w->run->log.events[at].kind == IMS_EV_STEP)
			return at;
	return 0;
}

#define BOTH "\n- attach: {dev: nic, space: rx}\n- attach: {dev: nic, space: rx, pasid: 5}"
#define ATC  "ATC_INV; ATC_INV SSV=1"
/* Devices of which an invalidation without PASID reaches all, as PCIe has it. */
#define ALL_PASIDS "{mode: adversarial, caps: {atc-no-pasid-invalidate: 1}}"

/* clang-format off */
static const struct {
	enum ims_change change;
	const char *guest, *host;
} changes[] = {
	{ IMS_CHANGE_ROOT, "CFGI_STE; SYNC", "CFGI_STE; SYNC" },
	/* Without PASID a device's cache goes whole. */
	{ IMS_CHANGE_DEV, "CFGI_STE; SYNC; ATC_INV; SYNC", "CFGI_STE; SYNC; ATC_INV; SYNC" },
	{ IMS_CHANGE_DEV_SET, "CFGI_STE; SYNC", "" },
	{ IMS_CHANGE_DEV_FIELD, "CFGI_STE; SYNC", "CFGI_STE; SYNC" },
	{ IMS_CHANGE_DEV_SAME, "", "CFGI_STE; SYNC" },
	{ IMS_CHANGE_DIR, "CFGI_CD; CFGI_CD; SYNC", "" },
	{ IMS_CHANGE_CTX_FIELD, "CFGI_CD; CFGI_CD; SYNC", "" },
	{ IMS_CHANGE_CTX_SET, "PREFETCH_CONFIG; SYNC", "" },
	{ IMS_CHANGE_CTX_CLEAR, ATC "; SYNC", "" },
	/* One ASID of the space, whoever is attached to it. */
	{ IMS_CHANGE_TAG_IDLE, "TLBI_NH_ASID; SYNC", "" },
	{ IMS_CHANGE_S1_LESS, "TLBI_NH_ASID; SYNC; " ATC "; SYNC", "" },
	{ IMS_CHANGE_S1_QUEUED, "TLBI_NH_ASID; SYNC; ATC_INV; SYNC", "" },
	{ IMS_CHANGE_S1_ALL, "", "TLBI_NH_ALL; SYNC" },
	{ IMS_CHANGE_S1_ATC, "", "ATC_INV; SYNC" },
	/* Of everything the VMID goes; else TLBI_S2_IPA stands in the first place. */
	/* Everything: the tables of CDs are in it. */
	{ IMS_CHANGE_S2_LESS, "",
	  "TLBI_S12_VMALL; SYNC; TLBI_NH_ALL; CFGI_CD_ALL; SYNC; ATC_INV; SYNC" },
	{ IMS_CHANGE_CTX_DIRTY, "", "CFGI_STE; SYNC; TLBI_S12_VMALL; SYNC; ATC_INV; SYNC" },
	/* What was absent is cached nowhere. */
	{ IMS_CHANGE_S1_MORE, "", "" },
	{ IMS_CHANGE_S2_MORE, "", "" },
	{ IMS_CHANGE_TAG_REUSE, "", "" },
	{ IMS_CHANGE_ROOT_SET, "", "" },
};
/* clang-format on */

START_TEST(by_change)
{
	struct world w;

	open_world(&w, ALL_PASIDS, BOTH);
	hyp_host_owe(w.run->h, 0, changes[_i].change);
	expect(&w, 0, changes[_i].host);
	hyp_guest_owe(w.run->h, 0, changes[_i].change);
	expect(&w, 1, changes[_i].guest);
	close_world(&w);
}
END_TEST

START_TEST(every_change)
{
	uint32_t seen = 0;

	for (unsigned i = 0; i < G_N_ELEMENTS(changes); i++)
		seen |= 1u << changes[i].change;
	ck_assert_uint_eq(seen, (1u << IMS_CHANGE_MAX) - 1);
}
END_TEST

/* ---- operations ---- */

#define MAP "\n- map: {space: rx, iova: 0x10000, size: 4K, gpa: buf}"

/* clang-format off */
static const struct {
	const char *hardware, *steps, *guest, *host;
} operations[] = {
	/* The CD filled, then made valid; the STE changes in one field of one word. */
	{ "adversarial", "\n- attach: {dev: nic, space: rx}",
	  "CFGI_CD; SYNC; CFGI_CD; SYNC; CFGI_STE; SYNC; CFGI_STE; SYNC; PREFETCH_CONFIG; SYNC",
	  /* Forwarded; then the host's STE, filled and made valid, and its device's cache. */
	  "CFGI_CD; SYNC; CFGI_CD; SYNC; CFGI_STE; SYNC; CFGI_STE; SYNC; CFGI_STE; SYNC; ATC_INV; SYNC" },
	/* Another PASID of a live STE: the CD alone. */
	{ "adversarial", "\n- attach: {dev: nic, space: rx}\n- attach: {dev: nic, space: tx, pasid: 5}",
	  "CFGI_CD; SYNC; CFGI_CD; SYNC; PREFETCH_CONFIG; SYNC", "CFGI_CD; SYNC; CFGI_CD; SYNC" },
	/* No way leads there, then the CD goes, then what came of it, then the ASID. */
	{ "adversarial", "\n- attach: {dev: nic, space: rx}\n- detach: {dev: nic}",
	  "CFGI_STE; SYNC; CFGI_CD; SYNC; CFGI_CD; SYNC; ATC_INV; SYNC; TLBI_NH_ASID; SYNC",
	  "CFGI_STE; SYNC; ATC_INV; SYNC; CFGI_CD; SYNC; CFGI_CD; SYNC; ATC_INV; SYNC; TLBI_NH_ASID; SYNC" },
	/* The ASID is in use still. */
	{ "adversarial", "\n- attach: {dev: nic, space: rx}\n- attach: {dev: disk, space: rx}\n- detach: {dev: disk}",
	  "CFGI_STE; SYNC; CFGI_CD; SYNC; CFGI_CD; SYNC; SYNC",
	  "CFGI_STE; SYNC; CFGI_CD; SYNC; CFGI_CD; SYNC" },
	{ "adversarial", BOTH MAP "\n- unmap: {space: rx, iova: 0x10000, size: 4K}",
	  "TLBI_NH_VA; SYNC; " ATC "; SYNC", "TLBI_NH_VA; SYNC; ATC_INV; SYNC; ATC_INV SSV=1; SYNC" },
	{ "adversarial", "\n- attach: {dev: disk, space: rx}" MAP "\n- unmap: {space: rx, iova: 0x10000, size: 4K}",
	  "TLBI_NH_VA; SYNC", "TLBI_NH_VA; SYNC" },
	/* Page by page without RIL; as many as a table has are the ASID's. */
	{ "{mode: adversarial, caps: {version: 1, ril: 0}}",
	  "\n- attach: {dev: disk, space: rx}\n- map: {space: rx, iova: 0x10000, size: 12K, gpa: buf}\n- unmap: {space: rx, iova: 0x10000, size: 12K}",
	  "TLBI_NH_VA; TLBI_NH_VA; TLBI_NH_VA; SYNC", "TLBI_NH_VA; SYNC; TLBI_NH_VA; SYNC; TLBI_NH_VA; SYNC" },
	{ "{mode: adversarial, caps: {version: 1, ril: 0}}",
	  "\n- attach: {dev: disk, space: rx}\n- map: {space: rx, iova: 0x201000, size: 4K, gpa: buf}\n- unmap: {space: rx, iova: 0x200000, size: 2M}",
	  "TLBI_NH_ASID; SYNC", "TLBI_NH_ASID; SYNC" },
	/* A leaf of 2 MiB is one. */
	{ "{mode: adversarial, caps: {version: 1, ril: 0}}",
	  "\n- attach: {dev: disk, space: rx}\n- map: {space: rx, iova: 0x200000, size: 2M, gpa: big}\n- unmap: {space: rx, iova: 0x200000, size: 2M}",
	  "TLBI_NH_VA; SYNC", "TLBI_NH_VA; SYNC" },
	{ ALL_PASIDS, BOTH MAP "\n- host-unmap: {vm: vm0, gpa: buf, size: 4K}",
	  "", "TLBI_S2_IPA; SYNC; TLBI_NH_ALL; SYNC; ATC_INV; SYNC" },
	/* Devices of which that reaches what came without PASID alone. */
	{ "{mode: adversarial, caps: {atc-no-pasid-invalidate: 0}}", BOTH MAP "\n- host-unmap: {vm: vm0, gpa: buf, size: 4K}",
	  "", "TLBI_S2_IPA; SYNC; TLBI_NH_ALL; SYNC; " ATC "; SYNC" },
	/* The page of a guest's CDs: what is kept of them was read through stage 2. */
	{ "adversarial", "\n- attach: {dev: nic, space: rx}" "\n- host-unmap: {vm: vm0, gpa: 0x3ff8000, size: 4K}",
	  "", "TLBI_S2_IPA; SYNC; TLBI_NH_ALL; CFGI_CD_ALL; SYNC; ATC_INV; SYNC" },
};
/* clang-format on */

START_TEST(by_operation)
{
	struct world w;

	open_world(&w, operations[_i].hardware, operations[_i].steps);
	w.seen = last_step(&w);
	expect(&w, 1, operations[_i].guest);
	expect(&w, 0, operations[_i].host);
	close_world(&w);
}
END_TEST

/* ---- ranges ---- */

/* Reference sheet, sections 6.3 and 7.3, of ASID 0x21. */
/* clang-format off */
static const struct {
	const char *map, *unmap;
	uint64_t words[4][2];
} ranges[] = {
	/* 35 leaves of 4 KiB: 3, then 32. */
	{ "iova: 0x10000000, size: 140K, gpa: buf", "iova: 0x10000000, size: 140K",
	  { { 0x0021000000002012, 0x0000000010000701 }, { 0x0021000000500012, 0x0000000010003701 } } },
	{ "iova: 0x10000, size: 4K, gpa: buf", "iova: 0x10000, size: 4K",
	  { { 0x0021000000000012, 0x0000000000010701 } } },
	/* One block. */
	{ "iova: 0x40200000, size: 2M, gpa: big", "iova: 0x40200000, size: 2M",
	  { { 0x0021000000900012, 0x0000000040200601 } } },
	/* Tables went: no level, and leaves are not all. */
	{ "iova: 0x40200000, size: 4K, gpa: buf", "iova: 0x40200000, size: 2M",
	  { { 0x0021000000900012, 0x0000000040200400 } } },
};
/* clang-format on */

START_TEST(by_range)
{
	g_autofree char *steps = g_strdup_printf(
		"\n- attach: {dev: disk, space: rx}\n- map: {space: rx, %s}\n- unmap: {space: rx, %s}",
		ranges[_i].map, ranges[_i].unmap);
	unsigned count = 0;
	struct world w;

	open_world(&w, "adversarial", steps);
	for (uint32_t i = last_step(&w); i < w.run->log.count; i++) {
		const struct ims_event *e = &w.run->log.events[i];

		if (e->kind != IMS_EV_CMD || e->unit != 1 || smmu_rows[e->n].kind == IMS_CMD_WAIT)
			continue;
		ck_assert_uint_lt(count, 4);
		ck_assert_msg(e->a[0] == ranges[_i].words[count][0] &&
				      e->a[1] == ranges[_i].words[count][1],
			      "0x%016lx 0x%016lx", (unsigned long)e->a[0], (unsigned long)e->a[1]);
		count++;
	}
	ck_assert(count && (count == 4 || !ranges[_i].words[count][0]));
	close_world(&w);
}
END_TEST

/* ---- what is left out is missed ---- */

/* The host's commands after a change of stage 2, one of them left out; where what is left then stands. */
static const struct {
	const char *title, *unmap;
	uint8_t where;
} missed[] = {
	{ "TLBI_S2_IPA", "buf", IMS_WHERE_IOTLB },
	{ "TLBI_NH_ALL", "buf", IMS_WHERE_IOTLB },
	{ "CFGI_CD_ALL", "0x3ff8000", IMS_WHERE_CONFIG },
	{ "ATC_INV", "buf", IMS_WHERE_ATC },
	{ NULL, "buf", 0 },
	{ NULL, "0x3ff8000", 0 },
};

START_TEST(host_rule_left_out)
{
	static const char *const vendors[] = { "smmuv3", NULL };
	g_autofree char *text = g_strdup_printf(
		"scenario: t\nvendors: [smmuv3]\n"
		"vms: {vm0: {devices: {nic: {ats: on, pasid-bits: 8}}, spaces: [rx]}}\n"
		"steps:\n- attach: {dev: nic, space: rx}\n"
		"- map: {space: rx, iova: 0x10000, size: 4K, gpa: buf}\n"
		"- dma: {dev: nic, iova: 0x10000, access: read}\n"
		"- host-unmap: {vm: vm0, gpa: %s, size: 4K}\n",
		missed[_i].unmap);
	struct ims_rule rules[SMMU_HOST_RULES];
	struct ims_model model = smmuv3_model;
	GError *error = NULL;
	struct chk_result *r;
	struct scn *scn;
	bool found = false;

	model.host_rules = rules;
	model.host_rules_count = 0;
	for (unsigned i = 0; i < SMMU_HOST_RULES; i++) {
		const struct ims_rule *rule = &smmu_host_rules[i];

		if (rule->change != IMS_CHANGE_S2_LESS || !missed[_i].title || !rule->title ||
		    strcmp(rule->title, missed[_i].title) != 0)
			rules[model.host_rules_count++] = *rule;
	}
	scn = scn_load("t.yaml", text, strlen(text), vendors, &error);
	ck_assert_msg(scn != NULL, "%s", error ? error->message : "");
	r = chk_run(scn, &model, NULL);
	ck_assert_msg(r->verdict == CHK_PASS || r->verdict == CHK_FAIL, "%s", r->reason);
	ck_assert_uint_eq(r->verdict, missed[_i].title ? CHK_FAIL : CHK_PASS);
	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(r->findings, i);

		ck_assert_str_eq(f->blame, "host");
		found |= f->where == missed[_i].where;
	}
	ck_assert(found == (missed[_i].title != NULL));
	chk_result_free(r);
	scn_free(scn);
}
END_TEST

/* Two root tables of three levels are 40 bits: the last page of the second, and none behind it. */
START_TEST(two_roots)
{
	struct hyp_table t;
	uint64_t out;
	unsigned lg2;
	struct world w;

	open_world(&w, "adversarial", "\n- attach: {dev: nic, space: rx}");
	t = (struct hyp_table){ .format = smmuv3_model.s2,
				.driver = &w.run->h->iommus[0].driver,
				.root = w.run->h->vms[0].s2_root,
				.top = smmuv3_model.s2_top,
				.roots = smmuv3_model.s2_roots,
				.leaf_levels = 0xff };
	ck_assert_uint_eq(t.root & 0x1fff, 0);
	for (unsigned i = 38; i < 40; i++) {
		uint64_t at = (UINT64_C(2) << i) - 4096;

		ck_assert_int_eq(hyp_table_map(&t, at, 4096, 0x123000, IMS_R, 12, false),
				 HYP_TABLE_OK);
		ck_assert(hyp_table_find(&t, at + 8, &out, &lg2));
		ck_assert_uint_eq(out, 0x123008);
		ck_assert_uint_eq(hyp_table_leaf_lg2(&t, at, 4096), 12);
	}
	ck_assert_int_eq(hyp_table_map(&t, UINT64_C(1) << 40, 4096, 0x123000, IMS_R, 12, false),
			 HYP_TABLE_WIDE);
	close_world(&w);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("owed, SMMUv3");
	TCase *tc = tcase_create("commands");

	tcase_add_loop_test(tc, by_change, 0, G_N_ELEMENTS(changes));
	tcase_add_test(tc, every_change);
	tcase_add_loop_test(tc, by_operation, 0, G_N_ELEMENTS(operations));
	tcase_add_loop_test(tc, by_range, 0, G_N_ELEMENTS(ranges));
	tcase_add_test(tc, two_roots);
	tcase_add_loop_test(tc, host_rule_left_out, 0, G_N_ELEMENTS(missed));
	suite_add_tcase(suite, tc);
	return tests_run(suite);
}
