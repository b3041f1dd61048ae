/* SPDX-License-Identifier: MIT */
/*
 * Lists of a guest's commands at the host: how many are executed, how many it says are, and
 * the errno. The numbers of Linux 7.3's SMMUv3 are those of the reference sheet on iommufd,
 * section A4, and of the sheet on SMMUv3, sections 8.6 (a) and 16.9.
 */
#include <errno.h>

#include "tests/run.h"
#include "tests/unit/policy_world.h"

#define ATTACHED                                                                                   \
	"- attach: {dev: nic, space: rx}\n- map: {space: rx, iova: 0x10000, size: 4K, gpa: buf0}\n"

static void encode(const struct world *w, const char *title, uint32_t src, struct hyp_entry *ret)
{
	const struct ims_model *m = w->run->model;
	struct ims_cmd_args args = { .src = src,
				     .ctx = IMS_CTX_NONE,
				     .first = 0x10000,
				     .last = 0x10fff,
				     .leaf_only = true,
				     .state = &w->h->bare[0].unit->state };
	int row = ims_model_row(m, title);

	ck_assert_msg(row >= 0, "%s", title);
	*ret = (struct hyp_entry){ 0 };
	ims_cmd_encode(m, (unsigned)row, &args, ret->words);
}

/* @bad: the number of one that names a device that the VM does not have; @count: there is none. */
static struct hyp_listed call_with(struct world *w, uint32_t count, uint32_t bad)
{
	struct hyp_entry at[HYP_LIST];
	struct hyp_list l = { .of = HYP_OBJECT_VIOMMU, .count = count, .at = at };
	struct hyp_listed got;

	for (uint32_t i = 0; i < count; i++)
		encode(w, i == bad ? "ATC_INV" : "TLBI_NH_VA", 0x7777, &at[i]);
	hyp_call_list(w->h, &l, &got);
	return got;
}

#define SMMU(columns) "host: {base: linux-7.3" columns "}"

static const struct {
	const char *policy;
	uint32_t count, bad, executed, said, syncs;
	int error;
} lists[] = {
	/* As implemented. */
	{ SMMU(""), 10, 5, 0, 5, 0, EIO },
	{ SMMU(""), 100, 70, 63, 70, 1, EIO },
	{ SMMU(""), 63, 62, 0, 62, 0, EIO },
	{ SMMU(""), 2, 1, 0, 1, 0, EIO },
	{ SMMU(""), 100, 100, 100, 100, 2, 0 },
	{ SMMU(""), 126, 126, 126, 126, 2, 0 },
	{ SMMU(""), 0, 0, 0, 0, 0, 0 },
	/* As documented. */
	{ SMMU(", progress: executed"), 10, 5, 5, 5, 1, EIO },
	{ SMMU(", progress: executed"), 100, 70, 70, 70, 2, EIO },
	{ SMMU(", progress: executed"), 10, 0, 0, 0, 0, EIO },
	/* By batches. */
	{ "host: linux-for-next", 10, 5, 0, 0, 0, EIO },
	{ "host: linux-for-next", 100, 70, 63, 63, 1, EIO },
	{ "host: linux-for-next", 100, 62, 0, 0, 0, EIO },
	/* One by one, and the list at once. */
	{ SMMU(", batch: each"), 10, 5, 5, 5, 5, EIO },
	{ SMMU(", batch: list"), 100, 70, 0, 70, 0, EIO },
	{ SMMU(", batch: list"), 100, 100, 100, 100, 1, 0 },
};

START_TEST(progress)
{
	struct world w;
	struct hyp_listed got;
	uint32_t from;

	open_world(&w, &smmuv3_model, lists[_i].policy, ATTACHED);
	from = w.run->log.count;
	got = call_with(&w, lists[_i].count, lists[_i].bad);
	ck_assert_uint_eq(got.executed, lists[_i].executed);
	ck_assert_uint_eq(got.said, lists[_i].said);
	ck_assert_int_eq(got.error, lists[_i].error);
	ck_assert_uint_eq(events(&w, IMS_EV_DONE, 0, from), lists[_i].syncs);
	/* What is executed has reached hardware, and nothing else has. */
	ck_assert_uint_eq(events(&w, IMS_EV_CMD, 0, from), lists[_i].executed + lists[_i].syncs);
	ck_assert_uint_eq(events(&w, IMS_EV_CALL, 0, from), 1);
	ck_assert_uint_eq(events(&w, IMS_EV_REFUSED, 0, from), lists[_i].error != 0);
	ck_assert(!w.h->error);
	close_world(&w);
}
END_TEST

/* The event says what the call said. */
START_TEST(refusal_is_told)
{
	struct world w;
	const struct ims_event *e;

	open_world(&w, &smmuv3_model, SMMU(""), ATTACHED);
	call_with(&w, 10, 5);
	e = &w.run->log.events[w.run->log.count - 1];
	ck_assert_uint_eq(e->kind, IMS_EV_REFUSED);
	ck_assert_uint_eq(e->n, EIO);
	ck_assert_uint_eq(w.run->log.events[e->a[0] - 1].kind, IMS_EV_CALL);
	ck_assert_uint_eq(e->a[1], 10);
	ck_assert_uint_eq(e->a[2], 0);
	ck_assert_uint_eq(e->a[3], 5);
	close_world(&w);
}
END_TEST

/* A device that does not answer: of 100 none is known to be done, and 62 are said to be. */
static const struct {
	const char *policy;
	uint32_t said;
} late[] = {
	{ SMMU(", timeout: report"), 62 },
	{ "host: {base: linux-for-next, timeout: report}", 0 },
	{ SMMU(", progress: executed, timeout: retry"), 0 },
};

START_TEST(time_out)
{
	struct hyp_entry at[100];
	struct hyp_list l = { .of = HYP_OBJECT_VIOMMU, .count = 100, .at = at };
	struct hyp_listed got;
	struct world w;

	open_world(&w, &smmuv3_model, late[_i].policy, ATTACHED);
	for (uint32_t i = 0; i < l.count; i++)
		encode(&w, "ATC_INV", w.h->devices[0].vrid, &at[i]);
	ck_assert(hyp_inject_timeout(w.h, 0, 1000));
	hyp_call_list(w.h, &l, &got);
	ck_assert_int_eq(got.error, ETIMEDOUT);
	ck_assert_uint_eq(got.executed, 0);
	ck_assert_uint_eq(got.said, late[_i].said);
	close_world(&w);
}
END_TEST

/* What may be forwarded to what; EIO: not that. */
static const struct {
	const struct ims_model *model;
	const char *policy, *title;
	uint8_t of;
	bool device;  /* one of the VM's, nic, not one that there is not */
	uint64_t bit; /* set besides, in the second word */
	int error;
} forms[] = {
	{ &smmuv3_model, SMMU(""), "TLBI_NH_VA", HYP_OBJECT_VIOMMU, false, 0, 0 },
	{ &smmuv3_model, SMMU(""), "TLBI_NSNH_ALL", HYP_OBJECT_VIOMMU, false, 0, 0 },
	{ &smmuv3_model, SMMU(""), "CFGI_CD", HYP_OBJECT_VIOMMU, true, 0, 0 },
	{ &smmuv3_model, SMMU(""), "CFGI_CD", HYP_OBJECT_VIOMMU, false, 0, EIO },
	{ &smmuv3_model, SMMU(""), "ATC_INV", HYP_OBJECT_VIOMMU, true, 0, 0 },
	{ &smmuv3_model, SMMU(""), "CFGI_STE", HYP_OBJECT_VIOMMU, true, 0, EIO },
	{ &smmuv3_model, SMMU(""), "SYNC", HYP_OBJECT_VIOMMU, true, 0, EIO },
	{ &smmuv3_model, SMMU(""), "TLBI_NH_VA", HYP_OBJECT_DEVICE, true, 0, EIO },
	{ &smmuv3_model, SMMU(""), "ATC_INV", HYP_OBJECT_PARENT, true, 0, EIO },
	/* A reserved bit: passed on, or not. */
	{ &smmuv3_model, SMMU(""), "TLBI_NH_VA", HYP_OBJECT_VIOMMU, false, 2, 0 },
	{ &smmuv3_model, "host: linux-for-next", "TLBI_NH_VA", HYP_OBJECT_VIOMMU, false, 2, EIO },
	{ &smmuv3_model, "host: linux-for-next", "TLBI_NH_VA", HYP_OBJECT_VIOMMU, false, 0, 0 },
	/* What the unit refuses then is stepped over, and the call is none the wiser. */
	{ &smmuv3_model, SMMU(""), "ATC_INV", HYP_OBJECT_VIOMMU, true, 60, 0 },
	{ &smmuv3_model, "host: linux-for-next", "ATC_INV", HYP_OBJECT_VIOMMU, true, 60, EIO },
	/* There is no call: but one of a device's own is another. */
	{ &amdvi_model, "host: linux-7.3-hooked", "INVALIDATE_IOMMU_PAGES GN=1", HYP_OBJECT_VIOMMU,
	  false, 0, EOPNOTSUPP },
	{ &amdvi_model, "host: linux-7.3-hooked", "INVALIDATE_IOTLB_PAGES GN=1", HYP_OBJECT_VIOMMU,
	  true, 0, EOPNOTSUPP },
	{ &amdvi_model, "host: mail-2023", "INVALIDATE_IOTLB_PAGES GN=1", HYP_OBJECT_DEVICE, true,
	  0, 0 },
};

START_TEST(what_may_be_forwarded)
{
	struct hyp_entry e;
	struct hyp_list l = { .of = forms[_i].of, .count = 1, .at = &e };
	struct hyp_listed got;
	struct world w;
	uint32_t from;

	open_world(&w, forms[_i].model, forms[_i].policy, ATTACHED);
	encode(&w, forms[_i].title, forms[_i].device ? w.h->devices[0].vrid : 0x7777, &e);
	e.words[1] |= forms[_i].bit;
	from = w.run->log.count;
	hyp_call_list(w.h, &l, &got);
	ck_assert_int_eq(got.error, forms[_i].error);
	ck_assert_uint_eq(got.executed, !forms[_i].error);
	ck_assert_uint_eq(got.said, !forms[_i].error);
	ck_assert_uint_eq(events(&w, IMS_EV_QERROR, 0, from),
			  forms[_i].bit == 60 && !forms[_i].error);
	ck_assert(!w.h->error);
	close_world(&w);
}
END_TEST

/* Entries of a nested domain are ranges, and executed one by one: one with a form of its own that is bad ends it. */
START_TEST(ranges)
{
	struct hyp_entry at[5] = { 0 };
	struct hyp_list l = { .of = HYP_OBJECT_DOMAIN, .count = 5, .at = at };
	struct hyp_listed got;
	struct world w;
	uint32_t from;

	open_world(&w, &vtd_model, "host: linux-7.3", ATTACHED);
	l.object = w.h->host_at.at[0].to;
	for (uint32_t i = 0; i < l.count; i++)
		at[i].x =
			(struct hyp_extent){ .first = 0x10000, .last = 0x10fff, .leaf_only = true };
	at[3].refused = EOPNOTSUPP;
	from = w.run->log.count;
	hyp_call_list(w.h, &l, &got);
	ck_assert_int_eq(got.error, EOPNOTSUPP);
	ck_assert_uint_eq(got.executed, 3);
	ck_assert_uint_eq(got.said, 3);
	/* Of each P_IOTLB, the device's, and the wait. */
	ck_assert_uint_eq(events(&w, IMS_EV_CMD, 0, from), 9);
	ck_assert_uint_eq(events(&w, IMS_EV_DONE, 0, from), 3);
	close_world(&w);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("lists");
	TCase *t = tcase_create("lists");

	tcase_add_loop_test(t, progress, 0, (int)G_N_ELEMENTS(lists));
	tcase_add_test(t, refusal_is_told);
	tcase_add_loop_test(t, time_out, 0, (int)G_N_ELEMENTS(late));
	tcase_add_loop_test(t, what_may_be_forwarded, 0, (int)G_N_ELEMENTS(forms));
	tcase_add_test(t, ranges);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
