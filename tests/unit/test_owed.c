/* SPDX-License-Identifier: MIT */
/*
 * What the guest's driver and the host issue after each change, held against table 28
 * of VT-d 5.10 section 6.5.3.3 and section 6.1: the titles of the commands, in order.
 */
#include <check.h>
#include <string.h>

#include "models/vtd/vtd.h"
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
	static const char *const vendors[] = { "vtd", NULL };
	g_autofree char *text = g_strdup_printf(
		"scenario: t\nvendors: [vtd]\nhardware: %s\n"
		"vms: {vm0: {devices: {nic: {ats: on, pasid-bits: 8}, disk: {pasid-bits: 8}}, spaces: [rx, tx]}}\n"
		"steps: %s\n",
		hardware, steps);
	GError *error = NULL;

	w->scn = scn_load("t.yaml", text, strlen(text), vendors, &error);
	ck_assert_msg(w->scn != NULL, "%s", error ? error->message : "");
	w->run = scn_run_new(w->scn, &vtd_model, 0, &error);
	ck_assert_msg(w->run != NULL, "%s", error ? error->message : "");
	ck_assert_msg(scn_run_steps(w->run, &error), "%s", error ? error->message : "");
	w->seen = w->run->log.count;
}

static void close_world(struct world *w)
{
	scn_run_free(w->run);
	scn_free(w->scn);
}

/* The commands that @unit has consumed since the last call, without the waits. */
static char *issued(struct world *w, uint32_t unit)
{
	GString *list = g_string_new(NULL);

	for (uint32_t i = w->seen; i < w->run->log.count; i++) {
		const struct ims_event *e = &w->run->log.events[i];

		if (e->kind != IMS_EV_CMD || e->unit != unit || vtd_rows[e->n].kind == IMS_CMD_WAIT)
			continue;
		g_string_append_printf(list, "%s%s", list->len ? "; " : "", vtd_rows[e->n].title);
	}
	w->seen = w->run->log.count;
	return g_string_free(list, FALSE);
}

static void expect(struct world *w, uint32_t unit, const char *want)
{
	g_autofree char *got = issued(w, unit);

	ck_assert_msg(!w->run->h->error, "%s", w->run->h->error);
	ck_assert_str_eq(got, want);
}

#define BOTH "\n- attach: {dev: nic, space: rx}\n- attach: {dev: nic, space: rx, pasid: 5}"
#define ATC  "devTLB; P_devTLB"

/* clang-format off */
static const struct {
	enum ims_change change;
	const char *hardware, *guest, *host;
} changes[] = {
	{ IMS_CHANGE_ROOT, "adversarial",
	  "CC global; PC global; IOTLB global; " ATC, "CC global; PC global; IOTLB global; " ATC },
	{ IMS_CHANGE_ROOT_SET, "adversarial", ATC, ATC },
	{ IMS_CHANGE_ROOT_SET, "{mode: adversarial, caps: {esrtps: 0}}",
	  "CC global; PC global; IOTLB global; " ATC, "CC global; PC global; IOTLB global; " ATC },
	/* One tag in the guest, a domain each in the host. */
	{ IMS_CHANGE_DEV, "adversarial",
	  "CC device; PC domain; IOTLB domain-selective; " ATC,
	  "CC device; PC domain; PC domain; IOTLB domain-selective; IOTLB domain-selective; " ATC },
	{ IMS_CHANGE_DEV_SET, "adversarial", "CC device; PC domain; IOTLB domain-selective", "" },
	{ IMS_CHANGE_DEV_SET, "{mode: adversarial, caps: {cm: 1}}",
	  "CC device; PC domain; IOTLB domain-selective",
	  "CC device; PC domain; PC domain; IOTLB domain-selective; IOTLB domain-selective" },
	{ IMS_CHANGE_DIR, "adversarial",
	  "PC PASID-selective; PC PASID-selective; IOTLB domain-selective; " ATC,
	  "PC PASID-selective; PC PASID-selective; IOTLB domain-selective; IOTLB domain-selective; " ATC },
	{ IMS_CHANGE_CTX_SET, "adversarial",
	  "PC PASID-selective; PC PASID-selective; P_IOTLB PASID-selective; P_IOTLB PASID-selective", "" },
	{ IMS_CHANGE_CTX_SET, "{mode: adversarial, caps: {cm: 1}}",
	  "PC PASID-selective; PC PASID-selective; P_IOTLB PASID-selective; P_IOTLB PASID-selective",
	  "PC PASID-selective; PC PASID-selective; P_IOTLB PASID-selective; P_IOTLB PASID-selective" },
	/* By what the entry was: first-stage in the guest, nested in the host. */
	{ IMS_CHANGE_CTX_CLEAR, "adversarial",
	  "PC PASID-selective; PC PASID-selective; P_IOTLB PASID-selective; P_IOTLB PASID-selective; " ATC,
	  "PC PASID-selective; PC PASID-selective; IOTLB domain-selective; IOTLB domain-selective; " ATC },
	{ IMS_CHANGE_CTX_DIRTY, "adversarial",
	  "PC PASID-selective; PC PASID-selective; IOTLB domain-selective; " ATC,
	  "PC PASID-selective; PC PASID-selective; IOTLB domain-selective; IOTLB domain-selective; " ATC },
	{ IMS_CHANGE_CTX_FIELD, "adversarial",
	  "PC PASID-selective; PC PASID-selective; P_IOTLB PASID-selective; P_IOTLB PASID-selective; " ATC,
	  "PC PASID-selective; PC PASID-selective; P_IOTLB PASID-selective; P_IOTLB PASID-selective; " ATC },
	{ IMS_CHANGE_TAG_REUSE, "adversarial",
	  "PC domain; IOTLB domain-selective; " ATC,
	  "PC domain; PC domain; IOTLB domain-selective; IOTLB domain-selective; " ATC },
	/* Software writes no other field of such an entry; its domains' tags are told of at teardown. */
	{ IMS_CHANGE_DEV_FIELD, "adversarial", "", "" },
	{ IMS_CHANGE_DEV_SAME, "adversarial", "", "" },
	{ IMS_CHANGE_TAG_IDLE, "adversarial", "", "" },
	{ IMS_CHANGE_S1_LESS, "adversarial",
	  "P_IOTLB page-selective; P_IOTLB page-selective; " ATC,
	  "P_IOTLB page-selective; P_IOTLB page-selective; " ATC },
	{ IMS_CHANGE_S1_QUEUED, "adversarial", "P_IOTLB PASID-selective; P_IOTLB PASID-selective; " ATC, "" },
	/* Everything is beyond any mask. */
	{ IMS_CHANGE_S2_LESS, "adversarial",
	  "IOTLB domain-selective; " ATC, "IOTLB domain-selective; IOTLB domain-selective; " ATC },
	/* No command of the guest goes on: the host's own are for both. */
	{ IMS_CHANGE_S1_ATC, "adversarial", "", "" },
	{ IMS_CHANGE_S2_MORE, "adversarial", "IOTLB domain-selective", "" },
	{ IMS_CHANGE_S2_MORE, "{mode: adversarial, caps: {cm: 1}}",
	  "IOTLB domain-selective", "IOTLB domain-selective; IOTLB domain-selective" },
};
/* clang-format on */

START_TEST(table_28)
{
	struct world w;

	open_world(&w, changes[_i].hardware, BOTH);
	/* The VMM makes host calls of some of the guest's commands: those are not asked for here. */
	hyp_host_owe(w.run->h, 0, changes[_i].change);
	expect(&w, 0, changes[_i].host);
	hyp_guest_owe(w.run->h, 0, changes[_i].change);
	expect(&w, 1, changes[_i].guest);
	close_world(&w);
}
END_TEST

START_TEST(every_change)
{
	/* No absence of stage 1 is cached; and this host makes its commands domain by domain. */
	uint32_t seen = 1u << IMS_CHANGE_S1_MORE | 1u << IMS_CHANGE_S1_ALL;

	for (unsigned i = 0; i < G_N_ELEMENTS(changes); i++)
		seen |= 1u << changes[i].change;
	ck_assert_uint_eq(seen, (1u << IMS_CHANGE_MAX) - 1);
	for (unsigned i = 0; i < VTD_GUEST_RULES; i++)
		ck_assert(*vtd_guest_rules[i].source && vtd_guest_rules[i].change < IMS_CHANGE_MAX);
}
END_TEST

/* ---- operations ---- */

START_TEST(devices_go_and_come)
{
	struct world w;

	open_world(&w, "adversarial", BOTH);
	ck_assert(hyp_device_remove(w.run->h, 0));
	expect(&w, 1,
	       "PC PASID-selective; P_IOTLB PASID-selective; P_devTLB; "
	       "PC PASID-selective; P_IOTLB PASID-selective; devTLB; "
	       "CC device; PC domain; IOTLB domain-selective; " ATC);
	ck_assert(w.run->h->guest_at.count == 0 && w.run->h->host_at.count == 0);
	ck_assert(hyp_device_add(w.run->h, 0));
	expect(&w, 1, "CC device; PC domain; IOTLB domain-selective");
	ck_assert(hyp_attach(w.run->h, 0, IMS_CTX_NONE, 0));
	expect(&w, 1, "PC PASID-selective; P_IOTLB PASID-selective");
	close_world(&w);
}
END_TEST

/* P goes first, then what was read of it, then the rest of the entry. */
START_TEST(teardown_order)
{
	struct world w;
	bool flushed = false, wiped = false, cleared = false;

	open_world(&w, "adversarial", "\n- attach: {dev: nic, space: rx}");
	ck_assert(hyp_detach(w.run->h, 0, IMS_CTX_NONE));
	for (uint32_t i = w.seen; i < w.run->log.count; i++) {
		const struct ims_event *e = &w.run->log.events[i];

		if (e->kind == IMS_EV_CMD && !e->unit)
			flushed = true;
		if (e->kind != IMS_EV_WRITE || e->actor != IMS_ACTOR_HOST)
			continue;
		cleared |= (e->a[1] & 1) && e->a[2] == (e->a[1] & ~UINT64_C(1));
		ck_assert(cleared && (flushed || e->a[2]));
		wiped |= flushed && !e->a[2];
	}
	ck_assert(wiped);
	close_world(&w);
}
END_TEST

/* What the host makes of the guest's own commands when a device is attached. */
#define FORWARDED "P_IOTLB page-selective; devTLB"

START_TEST(host_operations)
{
	static const struct {
		const char *hardware, *attach, *map, *unmap, *unmap_two;
	} rows[] = {
		{ "adversarial", FORWARDED, "", "IOTLB page-selective; devTLB",
		  "IOTLB page-selective; devTLB" },
		{ "{mode: adversarial, caps: {cm: 1}}",
		  "PC PASID-selective; P_IOTLB PASID-selective; " FORWARDED, "IOTLB page-selective",
		  "IOTLB page-selective; devTLB", "IOTLB page-selective; devTLB" },
		{ "{mode: adversarial, caps: {cm: 1, psi: 0}}",
		  "PC PASID-selective; P_IOTLB PASID-selective; " FORWARDED,
		  "IOTLB domain-selective", "IOTLB domain-selective; devTLB",
		  "IOTLB domain-selective; devTLB" },
		{ "{mode: adversarial, caps: {mamv: 0}}", FORWARDED, "",
		  "IOTLB page-selective; devTLB", "IOTLB domain-selective; devTLB" },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct world w;

		open_world(&w, rows[i].hardware, "[sync]");
		ck_assert(hyp_attach(w.run->h, 0, IMS_CTX_NONE, 0));
		expect(&w, 0, rows[i].attach);
		ck_assert(hyp_host_map(w.run->h, 0, 0x200000, 0x3000, IMS_R | IMS_W));
		w.seen = w.run->log.count;
		ck_assert(hyp_host_map(w.run->h, 0, 0x400000, 0x1000, IMS_R | IMS_W));
		expect(&w, 0, rows[i].map);
		ck_assert(hyp_host_unmap(w.run->h, 0, 0x202000, 0x1000));
		expect(&w, 0, rows[i].unmap);
		ck_assert(hyp_host_unmap(w.run->h, 0, 0x200000, 0x2000));
		expect(&w, 0, rows[i].unmap_two);
		close_world(&w);
	}
}
END_TEST

/* The second use of a tag, and not the first. */
START_TEST(tag_reuse)
{
	struct world w;

	open_world(&w, "adversarial", "\n- attach: {dev: nic, space: rx}\n- detach: {dev: nic}");
	ck_assert(hyp_attach(w.run->h, 0, IMS_CTX_NONE, 1));
	expect(&w, 0, "PC domain; IOTLB domain-selective; devTLB; " FORWARDED);
	ck_assert(hyp_attach(w.run->h, 1, IMS_CTX_NONE, 0));
	expect(&w, 0, "P_IOTLB page-selective");
	close_world(&w);
}
END_TEST

static uint64_t entry_of(struct world *w)
{
	struct ims_live e = { .src = w->run->h->devices[0].prid, .ctx = IMS_CTX_NONE };
	struct ims_hw look = w->run->h->iommus[0].hw;

	look.bypass = true;
	look.log = NULL;
	vtd_live(&look, &e);
	ck_assert(e.present);
	return e.words[0];
}

START_TEST(dirty_tracking)
{
	struct world w;

	open_world(&w, "adversarial", "\n- attach: {dev: nic, space: rx}");
	ck_assert(hyp_host_dirty(w.run->h, 0, true));
	expect(&w, 0, "PC PASID-selective; IOTLB domain-selective; devTLB");
	ck_assert(entry_of(&w) & 0x200);
	/* Table 28 asks for it on the way to 1 alone; Linux flushes both ways. */
	ck_assert(hyp_host_dirty(w.run->h, 0, false));
	expect(&w, 0, "PC PASID-selective; IOTLB domain-selective; devTLB");
	ck_assert(!(entry_of(&w) & 0x200));
	close_world(&w);
	open_world(&w, "{mode: adversarial, caps: {ssads: 0}}",
		   "\n- attach: {dev: nic, space: rx}");
	ck_assert(!hyp_host_dirty(w.run->h, 0, true) && w.run->h->error);
	close_world(&w);
}
END_TEST

/* Leaves no larger than the unit has. */
START_TEST(page_sizes)
{
	static const struct {
		const char *hardware;
		unsigned s1,
			s2; /* log2 of the leaf over a 1G block, and over a 2M block of the parent */
	} rows[] = {
		{ "adversarial", 30, 21 },
		{ "{mode: adversarial, caps: {fs1gp: 0, sslps: 0}}", 21, 12 },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct hyp_table t;
		struct world w;
		uint64_t out;
		unsigned lg2;

		open_world(&w, rows[i].hardware, "[sync]");
		t = hyp_space_table(w.run->h, 0);
		ck_assert_int_eq(hyp_table_map(&t, UINT64_C(1) << 30, UINT64_C(1) << 30,
					       UINT64_C(1) << 30, IMS_R, 30, false),
				 HYP_TABLE_OK);
		ck_assert(hyp_table_find(&t, UINT64_C(1) << 30, &out, &lg2));
		ck_assert_uint_eq(lg2, rows[i].s1);
		ck_assert(hyp_host_map(w.run->h, 0, 0x400000, 0x200000, IMS_R | IMS_W));
		t = (struct hyp_table){ .format = &vtd_ss_format,
					.driver = &w.run->h->iommus[0].driver,
					.root = w.run->h->vms[0].s2_root,
					.top = 4 };
		ck_assert(hyp_table_find(&t, 0x400000, &out, &lg2));
		ck_assert_uint_eq(lg2, rows[i].s2);
		close_world(&w);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("owed");
	TCase *table = tcase_create("table"), *done = tcase_create("operations");

	tcase_add_loop_test(table, table_28, 0, (int)G_N_ELEMENTS(changes));
	tcase_add_test(table, every_change);
	suite_add_tcase(suite, table);
	tcase_add_test(done, devices_go_and_come);
	tcase_add_test(done, teardown_order);
	tcase_add_test(done, host_operations);
	tcase_add_test(done, tag_reuse);
	tcase_add_test(done, dirty_tracking);
	tcase_add_test(done, page_sizes);
	suite_add_tcase(suite, done);
	return tests_run(suite);
}
