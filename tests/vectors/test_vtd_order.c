/* SPDX-License-Identifier: MIT */
/*
 * Order between descriptors, VT-d 5.10 section 6.5.2.12: pair by pair, and what
 * hardware that uses the freedom may do; page responses (section 7.8); devices that
 * want an invalidation twice.
 */
#include <check.h>

#include "tests/vectors/vtd_unit.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE

enum { CC, PC, IOTLB, P_IOTLB, DEV, P_DEV, IEC, RESPONSE, WAIT, KINDS };

static const char *const names[KINDS] = { "CC",	      "PC",  "IOTLB",	 "P_IOTLB", "devTLB",
					  "P_devTLB", "IEC", "response", "wait" };

/* Which earlier kinds a later one follows, bullet by bullet. */
static const unsigned follows[KINDS] = {
	[PC] = 1 << CC,
	[IOTLB] = 1 << CC | 1 << PC,
	[P_IOTLB] = 1 << CC | 1 << PC,
	[DEV] = 1 << IOTLB | 1 << IEC | 1 << RESPONSE,
	[P_DEV] = 1 << IOTLB | 1 << P_IOTLB | 1 << IEC | 1 << RESPONSE,
	[RESPONSE] = 1 << DEV | 1 << P_DEV | 1 << RESPONSE,
	/* "Only after all the descriptors ahead of it and behind the previous wait" */
	[WAIT] = (1 << WAIT) - 1,
};

static unsigned kind_of(unsigned row)
{
	for (unsigned i = 0; i < KINDS; i++)
		if (!strcmp(names[i], vtd_rows[row].name))
			return i;
	return KINDS;
}

START_TEST(ordered_pairs)
{
	/* Of the letter, and as all software takes units to be: devTLB follows P_IOTLB too. */
	bool letter = _i;
	uint32_t params[IMS_PARAMS] = { [VTD_K_EAGER] = letter };
	unsigned pairs = 0;

	for (unsigned a = 0; a < VTD_ROWS; a++)
		for (unsigned b = 0; b < VTD_ROWS; b++) {
			unsigned earlier = kind_of(a), later = kind_of(b);
			bool software = earlier == P_IOTLB && later == DEV && !letter;

			if (earlier == KINDS || later == KINDS)
				continue;
			pairs++;
			ck_assert_msg(ims_model_ordered(&vtd_model, params, a, b) ==
					      (software || (follows[later] >> earlier & 1)),
				      "%s before %s", vtd_rows[a].title, vtd_rows[b].title);
		}
	ck_assert_uint_eq(pairs, 20 * 20);
}
END_TEST

/* One descriptor of each kind, and an entry that it drops. */
static const struct {
	uint64_t qw0, qw1;
	uint8_t cache;
} descriptors[] = {
	[CC] = { 0x11, 0, VTD_CONTEXT },
	[PC] = { 0x37, 0, VTD_PASID },
	[IOTLB] = { 0x22 | 5 << 16, 0, VTD_IOTLB },
	[P_IOTLB] = { UINT64_C(0x300050026), 0, VTD_IOTLB },
	[DEV] = { UINT64_C(0x010800000003), 0x7ffffffffffff001, VTD_ATC },
	[P_DEV] = { UINT64_C(0x301080008), 0x7ffffffffffff800, VTD_ATC },
	[IEC] = { 0x4, 0, VTD_IEC },
};

static uint32_t put_entry(struct vw *v, unsigned kind)
{
	bool addressed = descriptors[kind].cache == VTD_IOTLB || descriptors[kind].cache == VTD_ATC;
	struct ims_entry e = { .in = addressed ? 0x5000 : 0,
			       .src = kind == IEC ? 1 : 0x108,
			       .ctx = kind == DEV ? NONE : 3,
			       .dom = 5,
			       .cls = kind == P_IOTLB ? VTD_CLASS_FS : VTD_CLASS_NONE,
			       .born = v->world->time,
			       .perm = 7,
			       .size_lg2 = addressed ? 12 : 64 };

	/* Two IOTLB entries stand beside each other. */
	if (kind == IOTLB) {
		e.dom = 5;
		e.ctx = 4;
		e.src = 0x200;
	}
	return ims_cache_fill(ims_hw_cache(&v->hw, descriptors[kind].cache), &e, e.ctx, NULL, NULL);
}

static bool stands(struct vw *v, unsigned kind, uint32_t number)
{
	struct ims_cache *c = ims_hw_cache(&v->hw, descriptors[kind].cache);

	return ims_entry_live(c, &ims_cache_entries(c)[number]);
}

/* With the knob a later command acts at once unless it follows the pending one; without it never. */
START_TEST(early_effect)
{
	for (unsigned n = 0; n < 7 * 7 * 2; n++) {
		unsigned earlier = n / 2 / 7, later = n / 2 % 7;
		bool knob = n & 1, held;
		uint32_t number;
		struct vw v;

		if (earlier == later || descriptors[earlier].cache == descriptors[later].cache)
			continue;
		vw_open(&v, &(struct vw_options){ .full = true, .logged = true });
		vu_set(&v, VTD_K_EAGER, knob);
		ims_emit(&v.hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
		number = put_entry(&v, later);
		ims_emit(&v.hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
		vw_send(&v, descriptors[earlier].qw0, descriptors[earlier].qw1);
		vw_send(&v, descriptors[later].qw0, descriptors[later].qw1);
		held = !knob || (follows[later] >> earlier & 1);
		ck_assert_msg(stands(&v, later, number) == held, "%s after %s, %s", names[later],
			      names[earlier], knob ? "early" : "late");
		vw_wait(&v);
		ck_assert(!stands(&v, later, number));
		ck_assert_uint_eq(v.hw.unit->ring.pending_count, 0);
		vw_close(&v);
	}
}
END_TEST

/*
 * What Linux sends for a device without PASID on a first-stage or nested domain:
 * type 6, type 3, one wait. Nothing holds type 3 back, so the device asks again
 * between the two and keeps what the IOTLB still had.
 */
static bool refilled(unsigned ctx, bool early, bool fence)
{
	struct ims_req req = vw_req(ctx, VW_IOVA, IMS_R);
	struct ims_access_result got;
	bool stale;
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true, .logged = true });
	vu_set(&v, VTD_K_EAGER, early);
	ck_assert_uint_eq(vw_ask(&v, ctx, VW_IOVA, IMS_W).fault, 0);
	ims_device_access(&v.hw, 0, &req, true, &got);
	ck_assert_uint_eq(got.fault, 0);
	vw_put(&v, ctx == NONE ? VW_FS_E(VW_N1, 1) : VW_FS_E(VW_F1, 1), 0);
	vw_send(&v, ctx == NONE ? UINT64_C(0xa0026) : UINT64_C(0x1000b0026), 0);
	if (fence)
		vw_wait(&v);
	if (ctx == NONE)
		vw_send(&v, UINT64_C(0x010800000003), VW_IOVA);
	else
		vw_send(&v, UINT64_C(0x101080008), VW_IOVA);
	ims_device_access(&v.hw, 0, &req, true, &got);
	vw_wait(&v);
	ims_device_access(&v.hw, 0, &req, true, &got);
	stale = got.where == IMS_WHERE_ATC;
	ck_assert_uint_eq(got.refused, !stale);
	vw_close(&v);
	return stale;
}

START_TEST(type_3_after_type_6)
{
	ck_assert(!refilled(NONE, false, false));
	ck_assert(refilled(NONE, true, false));
	ck_assert(!refilled(NONE, true, true));
}
END_TEST

START_TEST(type_8_after_type_6)
{
	ck_assert(!refilled(1, false, false));
	ck_assert(!refilled(1, true, false));
}
END_TEST

/* ---- page responses, section 7.8 ---- */

START_TEST(responses)
{
	struct vw v;

	vw_open(&v, &(struct vw_options){ .full = true, .logged = true });
	/* PP, code 1, RID 0x108, PASID 3, PRGI 0x55; "ign" has no effect. */
	vw_send(&v, UINT64_C(0x301081019), 0x55 << 3 | 4);
	ck_assert_uint_eq(vu_count(&v, IMS_EV_RESPONSE), 1);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_RESPONSE)->n, 1);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_RESPONSE)->a[0], 0x108);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_RESPONSE)->a[1], 3);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_RESPONSE)->a[2], 0x55);
	/* Without PP the PASID is ignored. */
	vw_send(&v, UINT64_C(0x30108f009), 0);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_RESPONSE)->n, 15);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_RESPONSE)->a[1], NONE);
	/* Behind a device-TLB command: not before it. An IOTLB command holds nothing back. */
	vw_send(&v, 0x12, 0);
	vw_send(&v, 0x9, 0);
	ck_assert_uint_eq(vu_count(&v, IMS_EV_RESPONSE), 3);
	vw_send(&v, UINT64_C(0x010800000003), 0x1000);
	vw_send(&v, 0x9, 1 << 3);
	vw_send(&v, 0x9, 2 << 3);
	ck_assert_uint_eq(vu_count(&v, IMS_EV_RESPONSE), 3);
	vw_wait(&v);
	ck_assert_uint_eq(vu_count(&v, IMS_EV_RESPONSE), 5);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_RESPONSE)->a[2], 2);
	vw_close(&v);
}
END_TEST

/* A response behind an invalidation without an answer may not have been executed either. */
START_TEST(response_behind_a_time_out)
{
	struct vw v;

	vw_open(&v, &(struct vw_options){ .full = true, .logged = true });
	ims_atc_fail(&v.hw, 0x108, 1);
	vw_send(&v, UINT64_C(0x010800000003), 0x1000);
	vw_send(&v, 0x9, 0);
	vw_wait(&v);
	ck_assert_uint_eq(vu_count(&v, IMS_EV_RESPONSE), 0);
	ck_assert_uint_eq(vu_count(&v, IMS_EV_ABORTED), 1);
	vw_close(&v);
}
END_TEST

/* ---- devices ---- */

/* Linux quirk_extra_dev_tlb_flush(): only the second equal command in a row counts. */
START_TEST(invalidated_twice)
{
	for (unsigned n = 0; n < 4; n++) {
		bool quirk = n & 1, one_batch = n & 2;
		uint32_t number;
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vu_set(&v, VTD_Q_ATC_TWICE, quirk);
		number = put_entry(&v, P_DEV);
		ims_emit(&v.hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
		vw_send(&v, descriptors[P_DEV].qw0, descriptors[P_DEV].qw1);
		if (!one_batch) {
			vw_wait(&v);
			ck_assert_uint_eq(stands(&v, P_DEV, number), quirk);
			/* Another one between: the count starts anew. */
			vw_send(&v, descriptors[P_DEV].qw0, 0x9000);
			vw_send(&v, descriptors[P_DEV].qw0, descriptors[P_DEV].qw1);
			vw_wait(&v);
			ck_assert_uint_eq(stands(&v, P_DEV, number), quirk);
		}
		vw_send(&v, descriptors[P_DEV].qw0, descriptors[P_DEV].qw1);
		vw_wait(&v);
		ck_assert(!stands(&v, P_DEV, number));
		vw_close(&v);
	}
}
END_TEST

/* PFSID: the function itself, or nothing where nobody throttles. */
START_TEST(physical_function)
{
	static const struct ims_cmd_args args = { .src = 0x108, .ctx = 3, .last = 0xfff };
	struct ims_cmd_args on = args;
	struct ims_state s;
	uint64_t words[4];

	ims_state_init(&vtd_model, NULL, &s);
	on.state = &s;
	/* All 16 bits of it, in two places. */
	on.src = 0xfedb;
	ims_cmd_encode(&vtd_model, (unsigned)ims_model_row(&vtd_model, "devTLB"), &on, words);
	ck_assert_uint_eq(words[0], UINT64_C(0xfed0fedb0000b003));
	on.src = 0x8001;
	ims_cmd_encode(&vtd_model, (unsigned)ims_model_row(&vtd_model, "devTLB"), &on, words);
	ck_assert_uint_eq(words[0], UINT64_C(0x8000800100001003));
	on.src = args.src;
	for (unsigned i = 0; i < 2; i++) {
		unsigned row = (unsigned)ims_model_row(&vtd_model, i ? "P_devTLB" : "devTLB");
		uint64_t plain = i ? UINT64_C(0x301080008) : UINT64_C(0x010800000003);

		s.params[VTD_P_DIT] = 1;
		ims_cmd_encode(&vtd_model, row, &on, words);
		ck_assert_uint_eq(words[0], plain | UINT64_C(0x0100000000008000));
		s.params[VTD_P_DIT] = 0;
		ims_cmd_encode(&vtd_model, row, &on, words);
		ck_assert_uint_eq(words[0], plain);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d order");
	TCase *t = tcase_create("order");

	tcase_add_loop_test(t, ordered_pairs, 0, 2);
	tcase_add_test(t, early_effect);
	tcase_add_test(t, type_3_after_type_6);
	tcase_add_test(t, type_8_after_type_6);
	suite_add_tcase(s, t);
	t = tcase_create("devices");
	tcase_add_test(t, responses);
	tcase_add_test(t, response_behind_a_time_out);
	tcase_add_test(t, invalidated_twice);
	tcase_add_test(t, physical_function);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
