/* SPDX-License-Identifier: MIT */
/*
 * The invalidation queue and what stands around it (VT-d 5.10 sections 6.5.2, 11.4.4,
 * 11.4.9): it outlives other commands of GCMD, every granularity exists where table
 * 26 says so, an acknowledged error leaves the other ones alone.
 */
#include <check.h>

#include "tests/vectors/vtd_unit.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE

/* Clearing TE, or setting and clearing IRE and CFI, leaves the queue as it is. */
START_TEST(other_commands)
{
	static const uint32_t states[] = { VU_QIE, VU_QIE | VU_TE | 1u << 25,
					   VU_QIE | VU_TE | 1u << 23, VU_QIE | VU_TE };
	struct vw v;

	vw_open(&v, &(struct vw_options){ .full = true });
	vu_boot(&v, VW_ROOT | 1u << 10, true);
	for (uint32_t i = 0; i < COUNT(states); i++) {
		vu_write(&v, "GCMD", states[i]);
		ck_assert_uint_eq(vu_read(&v, "IQH"), i * 32);
		vu_send(&v, (uint64_t)(i + 1) << 32 | 0x25, VW_STATUS);
		ck_assert_uint_eq(vw_get(&v, VW_STATUS), i + 1);
	}
	vw_close(&v);
}
END_TEST

/* Table 26 by granularity: what scalable mode alone has is no type in legacy mode. */
START_TEST(granularities_by_mode)
{
	static const struct {
		uint64_t qw0;
		bool scalable;
	} of[] = {
		{ 0x11, false },    { 0x50021, false }, { 0x50031, false }, { 0x12, false },
		{ 0x50022, false }, { 0x50032, false }, { 0x4, false },	    { 0x14, false },
		{ 0x26, true },	    { 0x36, true },	{ 0x06, true },	    { 0x16, true },
		{ 0x07, true },	    { 0x17, true },	{ 0x27, true },	    { 0x37, true },
		{ 0x8, true },	    { 0x9, true },
	};

	for (unsigned i = 0; i < COUNT(of); i++)
		for (unsigned ttm = 0; ttm < 4; ttm++) {
			bool reserved = of[i].qw0 == 0x06 || of[i].qw0 == 0x16 || of[i].qw0 == 0x27;
			unsigned want = ttm == 2		   ? 7 :
					ttm == 0 && of[i].scalable ? 3 :
					reserved		   ? 4 :
								     0;
			struct vw v;

			vw_open(&v, &(struct vw_options){ .full = true });
			vu_boot(&v, VW_ROOT | ttm << 10, true);
			vu_send(&v, of[i].qw0, 0);
			ck_assert_msg(vu_read(&v, "IQERCD") == want, "TTM %u, %#x: %u", ttm,
				      (unsigned)of[i].qw0, (unsigned)vu_read(&v, "IQERCD"));
			vw_close(&v);
		}
}
END_TEST

/* IQEI 7: a mode that this unit has not. */
START_TEST(modes_by_capability)
{
	static const struct {
		unsigned param, ttm, error;
	} of[] = {
		{ VTD_P_SMTS, 1, 7 }, { VTD_P_SMTS, 3, 0 }, { VTD_P_SMTS, 0, 0 },
		{ VTD_P_ADMS, 3, 7 }, { VTD_P_ADMS, 1, 0 }, { VTD_P_ADMS, 0, 0 },
	};

	for (unsigned i = 0; i < COUNT(of); i++) {
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vu_set(&v, of[i].param, 0);
		vu_boot(&v, VW_ROOT | of[i].ttm << 10, true);
		vu_send(&v, 0x11, 0);
		ck_assert_uint_eq(vu_read(&v, "IQERCD"), of[i].error);
		vw_close(&v);
	}
}
END_TEST

/* TTM is two bits: the page that the root table stands in is none of its business. */
START_TEST(root_in_an_odd_page)
{
	for (unsigned legacy = 0; legacy < 2; legacy++) {
		uint64_t root = 0x41000, rtaddr = root | (legacy ? 0 : 1u << 10);
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &(struct vw_options){ .full = true, .legacy = legacy });
		vu_set(&v, VTD_P_VER, 5);
		for (unsigned i = 0; i < 4; i++)
			vw_put(&v, root + i * 8, vw_get(&v, VW_ROOT + i * 8));
		vw_put(&v, VW_SG1_E, VW_HPA | 1);
		vu_boot(&v, rtaddr, true);
		a = vw_ask(&v, legacy ? NONE : 2, VW_GPA, IMS_R);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert_uint_eq(a.out, VW_HPA);
		/* By a walk, and by what it left in the IOTLB. */
		for (unsigned i = 0; i < 2; i++)
			ck_assert_uint_eq(vw_ask(&v, legacy ? NONE : 2, VW_GPA, IMS_W).fault,
					  legacy ? VTD_LGN_2 : VTD_SGN_6);
		vu_write(&v, "CCMD", UINT64_C(5) << 61);
		ck_assert_uint_eq(vu_read(&v, "CCMD") >> 59 & 3, legacy);
		vu_send(&v, 0x37, 0);
		ck_assert_uint_eq(vu_read(&v, "IQERCD"), legacy ? 3 : 0);
		vw_close(&v);
	}
}
END_TEST

/* Without PSI the other granularities of type 2 are there, whatever stands where AM would. */
START_TEST(domains_without_psi)
{
	static const uint64_t qw0[] = { 0x12, 0x22, 0x26, 0x36 };

	for (unsigned i = 0; i < COUNT(qw0); i++) {
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vu_set(&v, VTD_P_PSI, 0);
		vu_set(&v, VTD_K_AM_LIMIT, 1);
		vw_send(&v, qw0[i], 0x3f);
		ck_assert_uint_eq(v.hw.unit->ring.error, 0);
		vw_close(&v);
	}
}
END_TEST

/* A tail that cannot be is no error before the queue is enabled, nor a second one beside another. */
START_TEST(wrong_tails_wait)
{
	struct vw v;

	vw_open(&v, &(struct vw_options){ .full = true });
	vu_boot(&v, VW_ROOT | 1u << 10, true);
	vu_write(&v, "GCMD", VU_TE);
	vu_write(&v, "IQT", 0x10);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0);
	vu_write(&v, "GCMD", VU_TE | VU_QIE);
	ck_assert_uint_eq(vu_read(&v, "IQERCD"), 6);
	vu_write(&v, "IQT", 0x1000);
	ck_assert_uint_eq(vu_read(&v, "IQERCD"), 6);
	vu_write(&v, "FSTS", 0x10);
	ck_assert_uint_eq(vu_read(&v, "IQERCD"), 1);
	/* Bits 63:19 and 3:0 are none of the tail's. */
	vw_put(&v, VW_RING, 0x100000025);
	vw_put(&v, VW_RING + 8, VW_STATUS);
	vu_write(&v, "IQT", UINT64_C(0xfffffffffff8002f));
	vu_write(&v, "FSTS", 0x10);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 1);
	vw_close(&v);
}
END_TEST

/* IQEI, ITESID and ICESID: each goes with its own bit of FSTS, and with all of its own bits. */
START_TEST(acknowledged_one_by_one)
{
	static const uint64_t fields[] = { IMS_BITS(3, 0), IMS_BITS(63, 48), IMS_BITS(47, 32) };

	for (unsigned i = 0; i < COUNT(fields); i++) {
		uint64_t all = UINT64_C(0xfeff0000) << 32 | UINT64_C(0xffef) << 32 | 6;
		const struct ims_cmd timed_out = { 0 };
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vu_boot(&v, VW_ROOT | 1u << 10, true);
		vtd_atc_failed(&v.hw, 0xfeff, NULL);
		vtd_atc_failed(&v.hw, 0xffef, &timed_out);
		vtd_atc_failed(&v.hw, 0x1234, &timed_out); /* the first is latched */
		vu_write(&v, "IQT", 0x10);
		ck_assert_uint_eq(vu_read(&v, "FSTS"), 0x70);
		ck_assert_uint_eq(vu_read(&v, "IQERCD"), all);
		/* IQE comes again, as the tail stands: only by IQE is it looked at. */
		vu_write(&v, "FSTS", 0x10u << i);
		ck_assert_uint_eq(vu_read(&v, "IQERCD"), all & ~fields[i]);
		ck_assert_uint_eq(vu_read(&v, "FSTS"), 0x70 & ~(0x10u << i));
		vw_close(&v);
	}
}
END_TEST

/* Writing nothing to ICS serves nothing. */
START_TEST(completion_is_not_served)
{
	struct vw v;

	vw_open(&v, &(struct vw_options){ .full = true, .logged = true });
	vw_send(&v, 0x15, 0);
	vu_write(&v, "ICS", 0);
	ck_assert_uint_eq(vu_read(&v, "IECTL"), 0xc0000000);
	vu_write(&v, "IECTL", 0);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_COMPLETION), 1);
	vw_close(&v);
}
END_TEST

/* Power-on forgets the tail that was wrong, the next record, and how wide descriptors were. */
START_TEST(forgotten_at_power_on)
{
	struct ims_req req = vw_req(NONE, 0x1000, IMS_R);
	struct ims_answer a;
	struct vw v;

	vw_open(&v, &(struct vw_options){ .full = true });
	vu_boot(&v, VW_ROOT | 1u << 10, true);
	ims_translate(&v.hw, &req, &a);
	ck_assert_uint_eq(vu_read(&v, "FRCD0-HI") >> 63, 1);
	vu_write(&v, "IQT", 0x10);
	ims_unit_reset(&v.hw);
	ck_assert_uint_eq(vu_read(&v, "IQT"), 0);
	ck_assert_uint_eq(vu_read(&v, "IQA"), 0);
	ck_assert_uint_eq(vu_read(&v, "RTADDR"), 0);
	ck_assert(v.hw.unit->state.rights_by_config);
	vu_write(&v, "IQT", 0x10); /* aligned: descriptors have 128 bits */
	ck_assert_uint_eq(vu_read(&v, "IQT"), 0x10);
	vu_boot(&v, VW_ROOT | 1u << 10, true);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0);
	ims_translate(&v.hw, &req, &a);
	ck_assert_uint_eq(vu_read(&v, "FRCD0-HI") >> 63, 1);
	ck_assert_uint_eq(vu_read(&v, "FRCD1-HI") >> 63, 0);
	vw_close(&v);
}
END_TEST

/* ---- invalidation by register ---- */

/* Nothing without ICC or IVT; CAIG and IAIG say what was done this time, not the last. */
START_TEST(actual_granularity)
{
	for (unsigned n = 0; n < 2; n++) {
		const char *name = n ? "IOTLB" : "CCMD";
		uint64_t go = UINT64_C(1) << 63, global = UINT64_C(1) << (n ? 60 : 61);
		unsigned actual = n ? 57 : 59;
		struct ims_entry e = { .ctx = NONE, .dom = 5, .size_lg2 = n ? 12 : 64 };
		uint8_t cache = n ? VTD_IOTLB : VTD_LEGACY;
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vu_set(&v, VTD_P_VER, 5);
		v.hw.unit->root = VW_ROOT;
		ims_cache_fill(ims_hw_cache(&v.hw, cache), &e, NONE, NULL, NULL);
		ims_emit(&v.hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
		vu_write(&v, name, global);
		ck_assert_uint_eq(ims_hw_cache(&v.hw, cache)->live, 1);
		vu_write(&v, name, go | global * 3);
		ck_assert_uint_eq(vu_read(&v, name) >> actual & 3, 3);
		ck_assert_uint_eq(vu_read(&v, name) >> 63, 0);
		v.hw.unit->root = VW_ROOT | 1u << 10;
		vu_write(&v, name, go | global);
		ck_assert_uint_eq(vu_read(&v, name) >> actual & 3, 0);
		ck_assert_uint_eq(vu_read(&v, name) >> 63, 0);
		vw_close(&v);
	}
}
END_TEST

/* AM has six bits. */
START_TEST(large_address_masks)
{
	for (unsigned am = 16; am < 64; am += 16) {
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vu_set(&v, VTD_P_VER, 5);
		v.hw.unit->root = VW_ROOT;
		vu_write(&v, "IVA", am);
		vu_write(&v, "IOTLB", UINT64_C(1) << 63 | UINT64_C(3) << 60);
		ck_assert_uint_eq(vu_read(&v, "IOTLB") >> 57 & 3, am == 16 ? 3 : 0);
		vw_close(&v);
	}
}
END_TEST

static bool in_atc(struct vw *v)
{
	return ims_cache_find(ims_hw_cache(&v->hw, VTD_ATC), VW_SRC, 1, 0, VW_IOVA) != IMS_NONE;
}

/* The device does as it is told and its answer is lost: ITE as without one, and nothing is held. */
START_TEST(answer_lost)
{
	struct ims_entry e = { .in = VW_IOVA, .src = VW_SRC, .ctx = 1, .size_lg2 = 12, .perm = 7 };
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true, .logged = true });
	for (unsigned acts = 0; acts < 2; acts++) {
		if (!in_atc(&v))
			ims_cache_fill(ims_hw_cache(&v.hw, VTD_ATC), &e, 1, NULL, NULL);
		ck_assert(ims_atc_fail(&v.hw, VW_SRC, 1));
		if (acts)
			ims_atc_fail_acts(&v.hw, VW_SRC);
		vu_send(&v, UINT64_C(0x101080008), 0x7ffffffffffff800);
		vu_send(&v, 0x500000035, VW_STATUS);
		ck_assert_uint_eq(vu_read(&v, "FSTS"), 0x40);
		ck_assert_uint_eq(in_atc(&v), !acts);
		ck_assert_uint_eq(vu_count(&v, IMS_EV_LOST), acts + 1);
		vu_write(&v, "FSTS", 0x40);
	}
	/* The next that does not answer does not act either. */
	ims_cache_fill(ims_hw_cache(&v.hw, VTD_ATC), &e, 1, NULL, NULL);
	ck_assert(ims_atc_fail(&v.hw, VW_SRC, 1));
	vu_send(&v, UINT64_C(0x101080008), 0x7ffffffffffff800);
	vu_send(&v, 0x500000035, VW_STATUS);
	ck_assert(in_atc(&v));
	vw_close(&v);
}
END_TEST

/* A unit that stops at a command as at one that it does not know: IQEI 3, the head at it. */
START_TEST(refused_as_unknown)
{
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true, .logged = true });
	v.hw.unit->refuses = 1;
	vu_send(&v, UINT64_C(0x1000b0026), 0);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0x10);
	ck_assert_uint_eq(vu_read(&v, "IQERCD") & 0xf, 3);
	ck_assert_uint_eq(vu_read(&v, "IQH"), 0);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_LOST)->a[2], 1);
	vu_write(&v, "FSTS", 0x10);
	ck_assert_uint_eq(vu_read(&v, "IQH"), 32);
	vw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d queue state");
	TCase *t = tcase_create("queue");

	tcase_add_test(t, other_commands);
	tcase_add_test(t, granularities_by_mode);
	tcase_add_test(t, modes_by_capability);
	tcase_add_test(t, root_in_an_odd_page);
	tcase_add_test(t, domains_without_psi);
	tcase_add_test(t, wrong_tails_wait);
	tcase_add_test(t, acknowledged_one_by_one);
	tcase_add_test(t, completion_is_not_served);
	tcase_add_test(t, forgotten_at_power_on);
	tcase_add_test(t, answer_lost);
	tcase_add_test(t, refused_as_unknown);
	suite_add_tcase(s, t);
	t = tcase_create("registers");
	tcase_add_test(t, actual_granularity);
	tcase_add_test(t, large_address_masks);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
