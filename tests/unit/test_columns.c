/* SPDX-License-Identifier: MIT */
/* Each answer to a column of lists, and of the defects of Linux on AMD-Vi, changes what comes of a run. */
#include "tests/run.h"
#include "tests/unit/policy_world.h"

/* What a run came to: its findings, and what was called, issued and dropped. */
static char *outcome(const struct ims_model *m, const char *policy, const char *hardware,
		     const char *steps)
{
	const char *const vendors[] = { m->name, NULL };
	g_autofree char *text = g_strdup_printf(
		"scenario: t\nvendors: [%s]\n%s\nhardware: %s\n"
		"vms: {vm0: {devices: {nic: {vrid: \"01:00.0\", ats: on, pasid-bits: 8}, "
		"gpu: {vrid: \"02:00.0\"}}, spaces: [rx, tx]}}\nsteps:\n%s"
		"expect: {never: [rejected]}\n",
		m->name, policy, hardware, steps);
	GError *error = NULL;
	struct scn *scn = scn_load("t.yaml", text, strlen(text), vendors, &error);
	struct chk_result *r;
	GString *s = g_string_new(NULL);

	ck_assert_msg(scn != NULL, "%s", error ? error->message : "");
	r = chk_run(scn, m, NULL);
	ck_assert_msg(r->verdict == CHK_PASS || r->verdict == CHK_FAIL, "%s", r->reason);
	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(r->findings, i);

		g_string_append_printf(s, "%s/%s/%s ", scn_kind_name(f->kind), f->blame, f->cause);
	}
	g_string_append_printf(s, "calls %u, commands %u, waits %u, faults %u, dropped %u",
			       (unsigned)r->counts.host_calls, (unsigned)r->counts.hw_commands,
			       (unsigned)r->counts.syncs, (unsigned)r->counts.faults,
			       (unsigned)r->counts.dropped);
	chk_result_free(r);
	scn_free(scn);
	return g_string_free(s, FALSE);
}

#define START                                                                                       \
	"- attach: {dev: nic, space: rx}\n- map: {space: rx, iova: 0x10000, size: 4K, gpa: buf0}\n" \
	"- dma: {dev: nic, iova: 0x10008, access: read}\n"
#define UNMAP(list)                                                                                \
	START "- unmap: {space: rx, iova: 0x10000, size: 4K, invalidate: [" list                   \
	      "{name: SYNC}]}\n- dma: {dev: nic, iova: 0x10008, access: read}\n"
#define TLBI	"{name: TLBI_NH_VA, space: rx, iova: 0x10000, size: 4K}, "
#define ATC	"{name: ATC_INV, dev: nic, iova: 0x10000, size: 4K}, "
#define NOBODY	"{name: ATC_INV, sid: 0x7777, iova: 0x10000, size: 4K}, "
#define NO_ATS	"{name: ATC_INV, dev: gpu, iova: 0x10000, size: 4K}, "
#define BARRIER "{name: SYNC, cs: 0}, "
/* So many pages at a time that a list is longer than a batch. */
#define MANY                                                                                       \
	"- attach: {dev: nic, space: rx}\n"                                                        \
	"- map: {space: rx, iova: 0x10000, size: 280K, gpa: 0x200000}\n"                           \
	"- unmap: {space: rx, iova: 0x10000, size: 280K}\n"
#define SWAP START "- detach: {dev: nic}\n- attach: {dev: nic, space: tx}\n"

static const struct {
	const struct ims_model *model;
	const char *base, *vmm; /* what is chosen besides */
	const char *side, *column;
	const char *answers[4];
	const char *hardware, *steps;
} columns[] = {
	{ &smmuv3_model,
	  "linux-7.3",
	  "batch: flush-at-sync",
	  "host",
	  "batch",
	  { "each", "list", "every-63" },
	  "{mode: adversarial, caps: {version: 1, ril: 0}}",
	  MANY },
	{ &smmuv3_model,
	  "linux-7.3",
	  "batch: flush-at-sync, refused: trust-progress",
	  "host",
	  "progress",
	  { "executed", "converted", "batch" },
	  "adversarial",
	  UNMAP(TLBI NOBODY ATC) },
	{ &smmuv3_model,
	  "linux-7.3",
	  "batch: flush-at-sync",
	  "host",
	  "check",
	  { "opcode", "fields" },
	  "adversarial",
	  UNMAP(TLBI NO_ATS) },
	{ &smmuv3_model,
	  "linux-7.3",
	  "wait: after-calls",
	  "host",
	  "swap",
	  { "flush", "leave" },
	  "adversarial",
	  SWAP },
	{ &smmuv3_model,
	  "linux-7.3",
	  "split: in-order",
	  "vmm",
	  "batch",
	  { "each", "flush-at-sync", "merge-across-sync" },
	  "adversarial",
	  UNMAP(TLBI TLBI BARRIER ATC) },
	{ &smmuv3_model,
	  "mail-2023",
	  "batch: merge-across-sync",
	  "vmm",
	  "split",
	  { "by-object", "in-order" },
	  "adversarial",
	  UNMAP(TLBI BARRIER ATC TLBI ATC) },
	{ &smmuv3_model,
	  "linux-7.3",
	  "batch: flush-at-sync",
	  "vmm",
	  "refused",
	  { "trust-progress", "resubmit-one-by-one", "give-up" },
	  "adversarial",
	  UNMAP(TLBI NOBODY ATC) },
	{ &smmuv3_model,
	  "linux-7.3",
	  "batch: flush-at-sync",
	  "vmm",
	  "wait",
	  { "after-calls", "at-once" },
	  "adversarial",
	  UNMAP(TLBI ATC) },
	{ &amdvi_model,
	  "linux-7.3",
	  "wait: after-calls",
	  "host",
	  "nest",
	  { "made", "refused" },
	  "adversarial",
	  START },
	{ &amdvi_model,
	  "linux-7.3-hooked",
	  "wait: after-calls",
	  "host",
	  "parent-wait",
	  { "all", "direct" },
	  "adversarial",
	  START "- host-unmap: {vm: vm0, gpa: buf0, size: 4K}\n" },
	{ &amdvi_model,
	  "mail-2023",
	  "wait: after-calls",
	  "host",
	  "swap",
	  { "flush", "leave" },
	  "adversarial",
	  SWAP },
	{ &amdvi_model,
	  "mail-2023",
	  "wait: after-calls",
	  "host",
	  "reattach",
	  { "done", "nothing" },
	  "adversarial",
	  START "- write: {at: 0x3e02000, value: 0x3, vm: vm0}\n"
		"- cmd: {name: INVALIDATE_DEVTAB_ENTRY, dev: nic}\n- sync: {}\n" },
};

START_TEST(each_answer_counts)
{
	char *got[4] = { NULL };

	for (unsigned i = 0; columns[_i].answers[i]; i++) {
		bool host = !strcmp(columns[_i].side, "host");
		g_autofree char *own =
			g_strdup_printf(", %s: %s", columns[_i].column, columns[_i].answers[i]);
		g_autofree char *policy = g_strdup_printf("host: {base: %s%s}\nvmm: {%s%s}",
							  columns[_i].base, host ? own : "",
							  columns[_i].vmm, host ? "" : own);

		got[i] =
			outcome(columns[_i].model, policy, columns[_i].hardware, columns[_i].steps);
		for (unsigned k = 0; k < i; k++)
			ck_assert_msg(strcmp(got[i], got[k]) != 0,
				      "%s.%s: %s and %s come to the same: %s", columns[_i].side,
				      columns[_i].column, columns[_i].answers[i],
				      columns[_i].answers[k], got[i]);
	}
	for (unsigned i = 0; columns[_i].answers[i]; i++)
		g_free(got[i]);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("columns");
	TCase *t = tcase_create("columns");

	tcase_add_loop_test(t, each_answer_counts, 0, (int)G_N_ELEMENTS(columns));
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
