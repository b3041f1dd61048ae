/* SPDX-License-Identifier: MIT */
/*
 * Scenarios on AMD-Vi: `guest: {domain-id: ...}`, and what the program has none of: a
 * capability or a bit of a register that asks for it is refused, and says so.
 */
#include <check.h>
#include <string.h>

#include "models/amdvi/amdvi.h"
#include "models/vtd/vtd.h"
#include "sim/scenario/run.h"
#include "tests/run.h"

static struct scn *load(const char *rest)
{
	static const char *const vendors[] = { "vtd", "amdvi", NULL };
	g_autofree char *text = g_strdup_printf(
		"scenario: t\nvendors: [vtd, amdvi]\n"
		"vms: {vm0: {devices: {a: {pasid-bits: 8}, b: {pasid-bits: 8}}, spaces: [s, t]}}\n"
		"%s",
		rest);
	GError *error = NULL;
	struct scn *s = scn_load("t.yaml", text, strlen(text), vendors, &error);

	ck_assert_msg(s != NULL, "%s", error ? error->message : "");
	return s;
}

static void begins(const GError *error, const char *text)
{
	ck_assert_ptr_nonnull(error);
	ck_assert_msg(g_str_has_prefix(error->message, text), "%s", error->message);
}

/* ---- whose the DomainID is ---- */

static const struct {
	const char *guest;
	const struct ims_model *model;
	bool same_space, other_space, second_space; /* do the two devices have one tag */
} ids[] = {
	{ "", &amdvi_model, false, false, false },
	{ "guest: {domain-id: per-device}\n", &amdvi_model, false, false, false },
	{ "guest: {domain-id: shared}\n", &amdvi_model, true, false, true },
	{ "", &vtd_model, true, false, false },
	{ "guest: {domain-id: shared}\n", &vtd_model, true, false, false },
};

/* @steps on the guest of row @row: have the two devices' requests one tag, of space @a and @b. */
static bool one_tag(int row, const char *steps, uint32_t a, uint32_t b)
{
	g_autofree char *text = g_strdup_printf("%ssteps:\n%s", ids[row].guest, steps);
	struct scn *s = load(text);
	g_autoptr(GError) error = NULL;
	struct scn_run *run = scn_run_new(s, ids[row].model, 0, &error);
	bool same;

	ck_assert_msg(run != NULL, "%s", error ? error->message : "");
	ck_assert_msg(scn_run_steps(run, &error), "%s", error ? error->message : "");
	same = hyp_guest_tag(run->h, 0, IMS_CTX_NONE, a).dom ==
	       hyp_guest_tag(run->h, 1, IMS_CTX_NONE, b).dom;
	scn_run_free(run);
	scn_free(s);
	return same;
}

#define A_S "- attach: {dev: a, space: s}\n"
#define B_S "- attach: {dev: b, space: s}\n"
#define B_T "- attach: {dev: b, space: t}\n"

START_TEST(whose_domain_id)
{
	ck_assert(one_tag(_i, A_S B_S, 0, 0) == ids[_i].same_space);
	ck_assert(one_tag(_i, A_S B_T, 0, 1) == ids[_i].other_space);
	/* A device keeps it for what is attached by PASID besides, */
	ck_assert(one_tag(_i, A_S B_S "- attach: {dev: b, space: t, pasid: 5}\n", 0, 1) ==
		  ids[_i].second_space);
	/* and gets another when nothing was attached any more. */
	ck_assert(one_tag(_i, A_S B_S "- detach: {dev: b}\n" B_T, 0, 1) == ids[_i].other_space);
}
END_TEST

START_TEST(no_such_policy)
{
	struct scn *s = load("guest: {domain-id: per-device}\nsteps: [sync]\n");
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_null(scn_run_new(s, &vtd_model, 0, &error));
	begins(error, "t.yaml:4:20: error: not modelled: 'per-device' on vtd");
	scn_free(s);
}
END_TEST

static const struct {
	const struct ims_model *model;
	const char *rest, *message;
} policies[] = {
	{ &vtd_model, "host: mail-2024\nsteps: [sync]\n",
	  "t.yaml:4:7: error: vtd has no host 'mail-2024'" },
	{ &vtd_model, "host: {base: mail-2023, atx: drop}\nsteps: [sync]\n",
	  "t.yaml:4:25: error: vtd has no column of the host 'atx'" },
	{ &vtd_model, "host: {atc-target: viommu}\nsteps: [sync]\n",
	  "t.yaml:4:8: error: vtd has no column of the host 'atc-target'" },
	{ &amdvi_model, "host: {tag: parent}\nsteps: [sync]\n",
	  "t.yaml:4:13: error: amdvi has no answer to 'host.tag' that is 'parent'" },
	{ &amdvi_model, "vmm: {tag: guest-tag}\nsteps: [sync]\n",
	  "t.yaml:4:7: error: amdvi has no column of the vmm 'tag'" },
	{ &amdvi_model, "host: {base: bare-metal, atc: drop}\nsteps: [sync]\n",
	  "t.yaml:4:26: error: without a host there is no 'host.atc' to choose" },
};

START_TEST(no_such_host)
{
	struct scn *s = load(policies[_i].rest);
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_null(scn_run_new(s, policies[_i].model, 0, &error));
	begins(error, policies[_i].message);
	scn_free(s);
}
END_TEST

/* ---- without a host ---- */

static const struct {
	const struct ims_model *model;
	const char *rest, *message;
} bare[] = {
	{ &vtd_model, "host: bare-metal\nsteps:\n- host-map: {gpa: 0x1000, size: 4K}\n",
	  "t.yaml:6:3: error: host-map: without a host there is no second stage" },
	{ &amdvi_model, "host: bare-metal\nsteps:\n- host-unmap: {gpa: 0x1000, size: 4K}\n",
	  "t.yaml:6:3: error: host-unmap: without a host there is no second stage" },
	{ &amdvi_model, "host: bare-metal\nsteps:\n- host-map: {gpa: 0x1000, size: 4K}\n",
	  "t.yaml:6:3: error: host-map: without a host there is no second stage" },
	{ &amdvi_model, "host: bare-metal\nguest: {domain-id: per-device}\nsteps: [sync]\n",
	  "t.yaml:5:20: error: not modelled: 'per-device' on amdvi" },
};

START_TEST(bare_metal)
{
	struct scn *s = load(bare[_i].rest);
	g_autoptr(GError) error = NULL;
	struct scn_run *run = scn_run_new(s, bare[_i].model, 0, &error);

	ck_assert(!run || !scn_run_steps(run, &error));
	begins(error, bare[_i].message);
	if (run)
		scn_run_free(run);
	scn_free(s);
}
END_TEST

START_TEST(one_machine)
{
	static const char *const vendors[] = { "amdvi", NULL };
	static const char text[] = "scenario: t\nvendors: [amdvi]\nhost: bare-metal\n"
				   "vms: {a: {spaces: [s]}, b: {spaces: [t]}}\n"
				   "steps:\n- sync: {vm: a}\n";
	struct scn *s = scn_load("t.yaml", text, strlen(text), vendors, NULL);
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_nonnull(s);
	ck_assert_ptr_null(scn_run_new(s, &amdvi_model, 0, &error));
	begins(error, "t.yaml:3:7: error: without a host there is one VM");
	scn_free(s);
}
END_TEST

#define P0   "INVALIDATE_IOMMU_PAGES GN=0;"
#define P1   "INVALIDATE_IOMMU_PAGES GN=0 PDE=1;"
#define DEV  "INVALIDATE_DEVTAB_ENTRY;"
#define ATC  "INVALIDATE_IOTLB_PAGES GN=0;"
#define WAIT "COMPLETION_WAIT;"
#define MAP1 "- map: {space: s, iova: 0x1000, size: 4K, gpa: buf0}\n"
#define MAP2 "- map: {space: s, iova: 0x2000, size: 4K, gpa: buf1}\n"

/* What the driver of host tables sends for the last of these steps: section 6.2, row by row. */
static const struct {
	const char *steps, *last, *plain, *np; /* with NpCache = 0, and 1 */
} v1[] = {
	{ "", "- attach: {dev: a, space: s}\n", DEV ATC WAIT, DEV ATC WAIT },
	{ "- attach: {dev: a, space: s}\n", MAP1, "", P1 ATC WAIT },
	{ "- attach: {dev: a, space: s}\n" MAP1 MAP2,
	  "- unmap: {space: s, iova: 0x1000, size: 4K}\n", P0 ATC WAIT, P0 ATC WAIT },
	{ "- attach: {dev: a, space: s}\n" MAP1 MAP2,
	  "- unmap: {space: s, iova: 0x1000, size: 8K}\n", P0 ATC WAIT, P0 P0 ATC ATC WAIT },
	{ "- attach: {dev: a, space: s}\n" MAP1 MAP2, "- unmap: {space: s, iova: 0, size: 2M}\n",
	  P1 ATC WAIT, P1 ATC WAIT },
	{ "- attach: {dev: a, space: s}\n", "- detach: {dev: a}\n", DEV P1 ATC WAIT,
	  DEV P1 ATC WAIT },
};

static char *sent(const char *steps, bool np, uint32_t from, uint32_t *ret_count)
{
	static const char *const vendors[] = { "amdvi", NULL };
	g_autofree char *text = g_strdup_printf(
		"scenario: t\nvendors: [amdvi]\nhost: bare-metal\n"
		"hardware: {mode: adversarial, caps: {np-cache: %d}}\n"
		"vms: {m: {devices: {a: {vrid: \"01:00.0\", ats: on}}, spaces: [s]}}\nsteps:\n"
		"- write: {at: EXCL_BASE, value: 0}\n%s",
		np, steps);
	GString *list = g_string_new(NULL);
	GError *error = NULL;
	struct scn *s = scn_load("t.yaml", text, strlen(text), vendors, &error);
	struct scn_run *run;
	uint32_t n = 0;

	ck_assert_msg(s != NULL, "%s", error ? error->message : "");
	run = scn_run_new(s, &amdvi_model, 0, &error);
	ck_assert_msg(run && scn_run_steps(run, &error), "%s", error ? error->message : "");
	for (uint32_t i = 0; i < run->log.count; i++) {
		const struct ims_event *e = &run->log.events[i];

		if (e->kind == IMS_EV_CMD && !e->unit && n++ >= from)
			g_string_append_printf(list, "%s;", amdvi_rows[e->n].title);
	}
	*ret_count = n;
	scn_run_free(run);
	scn_free(s);
	return g_string_free(list, FALSE);
}

START_TEST(driver_of_host_tables)
{
	for (unsigned np = 0; np < 2; np++) {
		g_autofree char *all = g_strdup_printf("%s%s", v1[_i].steps, v1[_i].last);
		g_autofree char *before = NULL, *got = NULL;
		uint32_t count;

		before = sent(v1[_i].steps, np, 0, &count);
		got = sent(all, np, count, &count);
		ck_assert_str_eq(got, np ? v1[_i].np : v1[_i].plain);
	}
}
END_TEST

/* ---- what is not modelled ---- */

static const char *const caps[] = {
	"nx-sup",	"sats-sup",	      "pc-sup",
	"dual-ppr-sup", "dual-evt-sup",	      "marc-sup",
	"attr-fw-sup",	"inv-iotlb-type-sup", "ppr-overflow-early-sup",
	"tmpm-sup",
};

START_TEST(capabilities)
{
	g_autofree char *text = g_strdup_printf(
		"hardware: {mode: adversarial, caps: {%s: 1}}\nsteps: [sync]\n", caps[_i]);
	struct scn *s = load(text);
	g_autoptr(GError) error = NULL;

	ck_assert_ptr_null(scn_run_new(s, &amdvi_model, 0, &error));
	ck_assert_msg(strstr(error->message, "can only be 0") &&
			      strstr(error->message, "not modelled"),
		      "%s", error->message);
	scn_free(s);
}
END_TEST

static const struct {
	const char *at;
	uint64_t value;
	const char *why; /* NULL: it is written */
} writes[] = {
	{ "CTRL", UINT64_C(1) << 22, "CTRL bit 22, filtering of SMIs" },
	{ "CTRL", UINT64_C(1) << 25, "CTRL bits 27:25, the guests' virtual APIC" },
	{ "CTRL", UINT64_C(1) << 27, "CTRL bits 27:25, the guests' virtual APIC" },
	{ "CTRL", UINT64_C(1) << 28, "CTRL bit 28, the log" },
	{ "CTRL", UINT64_C(1) << 29, "CTRL bit 29, the interrupt" },
	{ "CTRL", UINT64_C(1) << 30, "CTRL bits 31:30, a second page-request log" },
	{ "CTRL", UINT64_C(1) << 31, "CTRL bits 31:30, a second page-request log" },
	{ "CTRL", UINT64_C(1) << 32, "CTRL bits 33:32, a second event log" },
	{ "CTRL", UINT64_C(1) << 33, "CTRL bits 33:32, a second event log" },
	{ "CTRL", UINT64_C(1) << 37, "CTRL bits 38:37, aborts" },
	{ "CTRL", UINT64_C(1) << 40, "CTRL bit 40, memory access routing" },
	{ "CTRL", UINT64_C(1) << 43, "CTRL bit 43, DomainIDs" },
	{ "CTRL", UINT64_C(1) << 51, "CTRL bit 51, interrupts of the unit" },
	{ "CTRL", UINT64_C(1) << 55, "CTRL bit 55, interrupts of" },
	{ "CTRL", UINT64_C(1) << 56, "CTRL bit 56, tiered memory" },
	{ "CTRL", UINT64_C(1) << 61, "CTRL bits 63:61, the virtual APIC of SNP guests" },
	{ "PPRLOG_B", 1, "PPRLOG_B bits 63:0, a second log" },
	{ "EVTLOG_B", UINT64_C(1) << 63, "EVTLOG_B bits 63:0, a second log" },
	{ "VIOMMU_STATUS", 1, "VIOMMU_STATUS bits 63:0, what it says is not known" },
	{ "VF_CNTL1_CMD", 1u << 9, "VF_CNTL1_CMD bit 9, interrupts of guests" },
	{ "VF_CNTL1_CMD", 1u << 8,
	  "VF_CNTL1_CMD, a guest's commands in the address space of the unit" },
	{ "VF_CNTL1_EVENT", 1u << 8, "VF_CNTL1_EVENT bits 63:0, logs of guests" },
	{ "VF_CNTL2_PPR", 1u << 8, "VF_CNTL2_PPR bits 63:0, logs of guests" },
	{ "VF_CNTL1_DEVID_MAP", 1, "VF_CNTL1_DEVID_MAP, reading a map back" },
	{ "VF_CNTL4_DOMID_MAP", 0, "VF_CNTL4_DOMID_MAP, reading a map back" },
	/* What is. */
	{ "CTRL", UINT64_C(0x1e77f69c01bfffff), NULL },
	{ "VF_CNTL1_DOMID_MAP", UINT64_C(0x8000c00000084001), NULL },
	{ "VF_CNTL1_CMD", 0x100000 | 8, NULL },
	{ "EVTLOG_B", 0, NULL },
};

START_TEST(register_bits)
{
	g_autofree char *text =
		g_strdup_printf("steps:\n- write: {at: %s, value: %#" G_GINT64_MODIFIER "x}\n",
				writes[_i].at, writes[_i].value);
	struct scn *s = load(text);
	struct scn_run *run = scn_run_new(s, &amdvi_model, 0, NULL);
	g_autoptr(GError) error = NULL;
	bool done = scn_run_steps(run, &error);

	if (!writes[_i].why) {
		ck_assert_msg(done, "%s", error ? error->message : "");
	} else {
		g_autofree char *want = g_strdup_printf("not modelled: %s", writes[_i].why);

		ck_assert(!done);
		ck_assert_msg(strstr(error->message, want) != NULL, "%s", error->message);
	}
	scn_run_free(run);
	scn_free(s);
}
END_TEST

/* One queue of commands is all there is. */
START_TEST(queues)
{
	struct scn *s = load("steps:\n- cmd: {name: COMPLETION_WAIT, queue: 0}\n"
			     "- cmd: {name: COMPLETION_WAIT, queue: 1}\n");
	struct scn_run *run = scn_run_new(s, &amdvi_model, 0, NULL);
	g_autoptr(GError) error = NULL;

	ck_assert(!scn_run_steps(run, &error));
	begins(error,
	       "t.yaml:6:8: error: the unit has 1 queue of commands, from 0: one is all that "
	       "is modelled");
	scn_run_free(run);
	scn_free(s);
}
END_TEST

/* ---- commands for devices, which the monitor sends on ---- */

/* Carries out @steps on a VM with a device that has an ATC; the caller frees both. */
static struct scn_run *ran(const char *steps, struct scn **ret_scn)
{
	static const char *const vendors[] = { "amdvi", NULL };
	g_autofree char *text = g_strdup_printf(
		"scenario: t\nvendors: [amdvi]\n"
		"vms: {vm0: {devices: {a: {vrid: \"01:00.0\", ats: on}}, spaces: [s]}}\nsteps:\n%s",
		steps);
	GError *error = NULL;
	struct scn_run *run;

	*ret_scn = scn_load("t.yaml", text, strlen(text), vendors, &error);
	ck_assert_msg(*ret_scn != NULL, "%s", error ? error->message : "");
	run = scn_run_new(*ret_scn, &amdvi_model, 0, &error);
	ck_assert_msg(run && scn_run_steps(run, &error), "%s", error ? error->message : "");
	return run;
}

static unsigned count(const struct scn_run *run, unsigned kind, unsigned unit)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < run->log.count; i++)
		n += run->log.events[i].kind == kind && run->log.events[i].unit == unit;
	return n;
}

/* Section 14: COMPLETE_PPR is forwarded with the device's own requester id. */
START_TEST(page_responses)
{
	const struct ims_event *e = NULL;
	struct scn *s;
	struct scn_run *run =
		ran("- attach: {dev: a, space: s}\n"
		    "- cmd: {name: COMPLETE_PPR_REQUEST, dev: a, pasid: 0x123, gn: 1, "
		    "tag: 0x155, status: 0xf}\n- sync: {}\n",
		    &s);

	ck_assert_uint_eq(count(run, IMS_EV_RESPONSE, 0), 1);
	for (uint32_t i = 0; i < run->log.count; i++)
		if (run->log.events[i].kind == IMS_EV_RESPONSE && !run->log.events[i].unit)
			e = &run->log.events[i];
	ck_assert_uint_eq(e->n, 0xf);
	ck_assert_uint_eq(e->a[0], run->h->devices[0].prid);
	ck_assert_uint_ne(e->a[0], run->h->devices[0].vrid);
	ck_assert_uint_eq(e->a[1], 0x123);
	ck_assert_uint_eq(e->a[2], 0x155);
	scn_run_free(run);
	scn_free(s);
}
END_TEST

/* The guest has no such device: nothing reaches the host, and the guest's event log says so. */
START_TEST(unknown_device)
{
	static const char *const commands[] = {
		"{name: INVALIDATE_IOTLB_PAGES, devid: 0x1234, iova: 0x5000, size: 4K}",
		"{name: COMPLETE_PPR_REQUEST, devid: 0x1234, tag: 1}",
	};
	g_autofree char *steps =
		g_strdup_printf("- write: {vm: vm0, at: EVTLOG, value: 0x800000000200000}\n"
				"- write: {at: {gpa: 0x200000}, value: 0}\n"
				"- write: {vm: vm0, at: CTRL, value: 0x400e00000019485}\n"
				"- attach: {dev: a, space: s}\n- cmd: %s\n- sync: {}\n",
				commands[_i]);
	struct scn *s;
	struct scn_run *run = ran(steps, &s);
	uint64_t qw0, qw1;

	ck_assert(ims_mem_read(&run->h->bare[0].mem, 0x200000, &qw0));
	ck_assert(ims_mem_read(&run->h->bare[0].mem, 0x200008, &qw1));
	ck_assert_uint_eq(qw0, UINT64_C(8) << 60 | 0x1234);
	ck_assert_uint_eq(qw1, _i ? 0 : 0x5000);
	ck_assert_uint_eq(count(run, IMS_EV_DISCARD, 0) + count(run, IMS_EV_DISCARD, 1), 1);
	ck_assert_uint_eq(count(run, IMS_EV_RESPONSE, 0), 0);
	scn_run_free(run);
	scn_free(s);
}
END_TEST

/* A command buffer that is restarted is empty: what was executed before is not executed again. */
START_TEST(restarted_buffer)
{
	int devtab = ims_model_row(&amdvi_model, "INVALIDATE_DEVTAB_ENTRY"), atc;
	unsigned devtabs = 0, atcs = 0, off = 0;
	struct scn *s;
	struct scn_run *run = ran("- write: {at: CTRL, value: 0x400e00000019401}\n"
				  "- attach: {dev: a, space: s}\n"
				  "- map: {space: s, iova: 0x1000, size: 4K, gpa: buf0}\n"
				  "- dma: {dev: a, iova: 0x1000, access: read}\n"
				  "- inject: {at: 1, what: timeout}\n"
				  "- unmap: {space: s, iova: 0x1000, size: 4K}\n",
				  &s);

	atc = ims_model_row(&amdvi_model, "INVALIDATE_IOTLB_PAGES GN=1");
	for (uint32_t i = 0; i < run->log.count; i++) {
		const struct ims_event *e = &run->log.events[i];

		devtabs += e->kind == IMS_EV_CMD && !e->unit && e->n == (uint32_t)devtab;
		atcs += e->kind == IMS_EV_CMD && !e->unit && e->n == (uint32_t)atc;
		off += e->kind == IMS_EV_REG && !e->unit && e->n == 0x18 && !(e->a[1] & 0x1000);
	}
	ck_assert_uint_eq(off, 1);
	ck_assert_uint_eq(devtabs, 1);
	ck_assert_uint_eq(atcs, 4); /* of the attachment, of the map, lost, and again */
	scn_run_free(run);
	scn_free(s);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("scenarios on AMD-Vi");
	TCase *t = tcase_create("scenarios");

	tcase_add_loop_test(t, whose_domain_id, 0, G_N_ELEMENTS(ids));
	tcase_add_test(t, no_such_policy);
	tcase_add_loop_test(t, no_such_host, 0, (int)G_N_ELEMENTS(policies));
	tcase_add_loop_test(t, bare_metal, 0, G_N_ELEMENTS(bare));
	tcase_add_test(t, one_machine);
	tcase_add_loop_test(t, driver_of_host_tables, 0, G_N_ELEMENTS(v1));
	tcase_add_loop_test(t, capabilities, 0, G_N_ELEMENTS(caps));
	tcase_add_test(t, page_responses);
	tcase_add_test(t, restarted_buffer);
	tcase_add_loop_test(t, unknown_device, 0, 2);
	tcase_add_test(t, queues);
	tcase_add_loop_test(t, register_bits, 0, G_N_ELEMENTS(writes));
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
