/* SPDX-License-Identifier: MIT */
/* Whose a tag of the host is by each answer to host.tag, when two may not share one, and when one is free. */
#include "tests/run.h"
#include "tests/unit/policy_world.h"

/* The tags of the attachments in their order, as letters: the same letter, the same tag. */
static char *tags(const struct world *w)
{
	GString *s = g_string_new(NULL);

	for (uint32_t i = 0; i < w->h->host_at.count; i++) {
		uint32_t k = 0;

		while (w->h->host_at.at[k].dom != w->h->host_at.at[i].dom)
			k++;
		g_string_append_c(s, (char)('a' + k));
	}
	return g_string_free(s, FALSE);
}

#define ATTACH(dev, space)	    "- attach: {dev: " dev ", space: " space "}\n"
#define ATTACH_PASID(dev, space, n) "- attach: {dev: " dev ", space: " space ", pasid: " n "}\n"
#define DETACH(dev)		    "- detach: {dev: " dev "}\n"
#define RX			    ATTACH("nic", "rx") ATTACH("gpu", "rx")

static const struct {
	const struct ims_model *model;
	const char *policy, *steps, *tags;
} whose[] = {
	/* One table, by one PASID and another: a domain each. */
	{ &vtd_model, "host: {base: mail-2023, tag: domain}", RX ATTACH_PASID("nic", "rx", "5"),
	  "aac" },
	{ &vtd_model, "host: {base: mail-2023, tag: domain-pasid}",
	  RX ATTACH_PASID("nic", "rx", "5"), "aac" },
	{ &vtd_model, "host: {base: mail-2023, tag: attachment}", RX ATTACH_PASID("nic", "rx", "5"),
	  "abc" },
	{ &vtd_model, "host: {base: mail-2023, tag: parent}", RX ATTACH_PASID("nic", "rx", "5"),
	  "aaa" },
	/* A PASID of one tag is of one table: another table by the same PASID has another tag. */
	{ &vtd_model, "host: {base: mail-2023, tag: parent}",
	  ATTACH("nic", "rx") ATTACH("gpu", "tx"), "ab" },
	{ &vtd_model, "host: {base: mail-2023, tag: parent}",
	  ATTACH("nic", "rx") ATTACH_PASID("gpu", "tx", "5"), "aa" },
	/* Where each device has a domain of its own none is shared. */
	{ &vtd_model, "host: linux-7.3", RX ATTACH_PASID("nic", "rx", "5"), "abc" },
	{ &vtd_model, "host: linux-7.3\nvmm: {domain: tables}", RX, "aa" },
	/* A guest's tag for each device, or one for all of a space. */
	{ &amdvi_model, "host: mail-2023", RX, "ab" },
	{ &amdvi_model, "host: mail-2023\nguest: {domain-id: shared}", RX, "aa" },
	{ &amdvi_model, "host: linux-7.3-hooked\nguest: {domain-id: shared}", RX, "aa" },
	{ &amdvi_model, "host: {base: mail-2023, tag: domain}\nguest: {domain-id: shared}", RX,
	  "ab" },
	{ &amdvi_model, "host: {base: mail-2023, tag: attachment}\nguest: {domain-id: shared}", RX,
	  "ab" },
	/* The guest tells its tables apart by its own ASIDs. */
	{ &smmuv3_model, "host: linux-7.3", ATTACH("nic", "rx") ATTACH("gpu", "tx"), "aa" },
	{ &smmuv3_model, "host: mail-2023", ATTACH("nic", "rx") ATTACH("gpu", "tx"), "aa" },
	/* Nothing is nested. */
	{ &amdvi_model, "host: linux-7.3", RX, "" },
};

START_TEST(whose_tag)
{
	g_autofree char *got = NULL;
	struct world w;

	open_world(&w, whose[_i].model, whose[_i].policy, whose[_i].steps);
	got = tags(&w);
	ck_assert_str_eq(got, whose[_i].tags);
	close_world(&w);
}
END_TEST

/* Commands of this row that the physical unit consumed. */
static unsigned consumed(const struct world *w, const char *title)
{
	int row = ims_model_row(w->run->model, title);
	unsigned n = 0;

	for (uint32_t i = 0; i < w->run->log.count; i++) {
		const struct ims_event *e = &w->run->log.events[i];

		n += e->kind == IMS_EV_CMD && !e->unit && e->n == (uint32_t)row;
	}
	return n;
}

/* A command that is issued of a tag without users, and of nothing else here. */
static const struct {
	const struct ims_model *model;
	const char *title, *tag_free;
	unsigned at_detach, at_reuse; /* issued by then */
} frees[] = {
	{ &vtd_model, "PC domain", "at-reuse", 0, 1 },
	{ &vtd_model, "PC domain", "at-last-detach", 1, 1 },
	{ &vtd_model, "PC domain", "never", 0, 0 },
};

START_TEST(when_free)
{
	g_autofree char *policy =
		g_strdup_printf("host: {base: mail-2023, tag-free: %s}", frees[_i].tag_free);
	struct world w;
	uint32_t dom;

	open_world(&w, frees[_i].model, policy, ATTACH("nic", "rx"));
	dom = w.h->host_at.at[0].dom;
	ck_assert(hyp_tag_used(w.h, 0, dom) && !hyp_tag_unused(w.h, 0, dom));
	close_world(&w);
	open_world(&w, frees[_i].model, policy, ATTACH("nic", "rx") DETACH("nic"));
	ck_assert(!hyp_tag_used(w.h, 0, dom) && hyp_tag_unused(w.h, 0, dom));
	ck_assert_uint_eq(consumed(&w, frees[_i].title), frees[_i].at_detach);
	close_world(&w);
	/* The lowest that is free: the one that was left. */
	open_world(&w, frees[_i].model, policy,
		   ATTACH("nic", "rx") DETACH("nic") ATTACH("gpu", "tx"));
	ck_assert_uint_eq(w.h->host_at.at[0].dom, dom);
	ck_assert_uint_eq(consumed(&w, frees[_i].title), frees[_i].at_reuse);
	close_world(&w);
	/* As long as somebody has it, it is nobody else's. */
	open_world(&w, frees[_i].model, policy,
		   ATTACH("nic", "rx") ATTACH("gpu", "rx") DETACH("nic") ATTACH("nic", "tx"));
	ck_assert_uint_eq(w.h->host_at.at[0].dom, dom);
	ck_assert_uint_ne(w.h->host_at.at[1].dom, dom);
	ck_assert_uint_eq(consumed(&w, frees[_i].title), 0);
	close_world(&w);
}
END_TEST

/* D6: in whose entries accessed and dirty bits are turned on. */
START_TEST(dirty_bits)
{
	static const char *const policies[] = { "host: mail-2023",
						"host: {base: mail-2023, parent-dirty: direct}" };
	struct world w;
	uint32_t from;
	unsigned writes = 0;

	open_world(&w, &amdvi_model, policies[_i], ATTACH("nic", "rx"));
	from = w.run->log.count;
	ck_assert(hyp_host_dirty(w.h, 0, true));
	for (uint32_t i = from; i < w.run->log.count; i++)
		writes += w.run->log.events[i].kind == IMS_EV_WRITE &&
			  w.run->log.events[i].actor == IMS_ACTOR_HOST;
	ck_assert_int_eq(writes != 0, !_i);
	close_world(&w);
}
END_TEST

/* Two vIOMMUs of a VM have its parent, and by that one VMID; two VMs have two. */
static const struct {
	const char *of;
	bool shared;
} viommus[] = { { "viommu-of: vm0", true }, { "memory: 64M", false } };

START_TEST(one_vmid)
{
	static const char *const vendors[] = { "smmuv3", NULL };
	g_autofree char *text =
		g_strdup_printf("scenario: t\nvendors: [smmuv3]\nhost: linux-7.3\nvms:\n"
				"  vm0: {devices: {nic: {}}, spaces: [rx]}\n"
				"  vm1: {%s, devices: {gpu: {}}, spaces: [tx]}\nsteps:\n"
				"- attach: {dev: nic, space: rx}\n- attach: {dev: gpu, space: tx}\n"
				"- map: {space: rx, iova: 0x10000, size: 4K, gpa: 0x200000}\n"
				"- map: {space: tx, iova: 0x20000, size: 4K, gpa: 0x200000}\n"
				"- dma: {dev: nic, iova: 0x10008, access: read}\n"
				"- dma: {dev: gpu, iova: 0x20008, access: read}\n"
				"- cmd: {vm: vm0, name: TLBI_NSNH_ALL}\n- sync: {vm: vm0}\n"
				"- host-unmap: {vm: vm0, gpa: 0x200000, size: 4K}\n"
				"- dma: {dev: gpu, iova: 0x20008, access: read}\n",
				viommus[_i].of);
	GError *error = NULL;
	struct scn *scn = scn_load("t.yaml", text, strlen(text), vendors, &error);
	struct chk_result *r;

	ck_assert_msg(scn != NULL, "%s", error ? error->message : "");
	r = chk_run(scn, &smmuv3_model, NULL);
	ck_assert_msg(r->verdict == CHK_PASS, "%s", r->reason);
	ck_assert_int_eq(r->over[SCN_OVER_CROSS_TENANT] != 0, viommus[_i].shared);
	/* What the host takes from the one is taken from the other. */
	ck_assert_uint_eq(r->counts.faults, viommus[_i].shared);
	chk_result_free(r);
	scn_free(scn);
}
END_TEST

/* Every row of every policy says where it comes from, answers what its vendor has and nothing else. */
START_TEST(policies_are_whole)
{
	static const struct ims_model *const models[] = { &vtd_model, &amdvi_model, &smmuv3_model };
	const struct ims_model *m = models[_i];

	for (unsigned p = 0; p < m->policies_count; p++) {
		const struct ims_policy_row *row = &m->policies[p];

		ck_assert(row->source && *row->source && row->text && *row->text);
		ck_assert(ims_policy_row(m, row->name) == row);
		for (unsigned c = 0; c < IMS_COLUMNS; c++) {
			uint8_t answers = ims_policy_answers(m, c);

			ck_assert_msg(answers ? answers >> row->policy.of[c] & 1 :
						!row->policy.of[c],
				      "%s of %s: %s.%s", row->name, m->name, ims_columns[c].side,
				      ims_columns[c].name);
		}
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("tags and policies");
	TCase *t = tcase_create("tags");

	tcase_add_loop_test(t, whose_tag, 0, (int)G_N_ELEMENTS(whose));
	tcase_add_loop_test(t, when_free, 0, (int)G_N_ELEMENTS(frees));
	tcase_add_loop_test(t, dirty_bits, 0, 2);
	tcase_add_loop_test(t, one_vmid, 0, (int)G_N_ELEMENTS(viommus));
	tcase_add_loop_test(t, policies_are_whole, 0, 3);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
