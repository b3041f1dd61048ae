/* SPDX-License-Identifier: MIT */
/*
 * The invalidation queue, VT-d 5.10 sections 6.5.2.9 to 6.5.2.12: the ring, waits,
 * errors and going on after them, devices that do not answer, order.
 */
#include <check.h>

#include "tests/vectors/vtd_unit.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE

/* ---- the ring ---- */

START_TEST(queue_stops_and_resumes)
{
	static const struct {
		uint64_t words[4];
		uint16_t error;
	} bad[] = {
		{ { 0x0 }, 3 },	       { { 0x4 }, 3 },		 { { 0x9 }, 3 },
		{ { 0xa }, 3 },	       { { 0x206 }, 3 },	 { { 0x1 }, 4 },
		{ { 0x16 }, 4 },       { { 0x26, 0x80 }, 4 },	 { { 0x11, 1 }, 4 },
		{ { 0x26, 0, 1 }, 4 }, { { 0x26, 0, 0, 1 }, 4 },
	};
	struct vw v;

	for (unsigned i = 0; i < COUNT(bad); i++) {
		uint64_t good[4] = { 0x300050026 }, at;

		vw_open(&v, &(struct vw_options){ .full = true, .ring_lg2 = 3, .logged = true });
		vu_set(&v, VTD_P_IR, 0);
		vu_set(&v, VTD_P_PRS, 0);
		ck_assert(ims_ring_put(&v.hw, good));
		ck_assert(ims_ring_put(&v.hw, bad[i].words));
		vw_send(&v, UINT64_C(7) << 32 | 0x25, VW_STATUS);
		ck_assert_uint_eq(v.hw.unit->ring.error, bad[i].error);
		ck_assert_uint_eq(v.hw.unit->ring.head, 1);
		ck_assert_uint_eq(v.hw.unit->ring.tail, 3);
		ck_assert_uint_eq(vw_get(&v, VW_STATUS), 0);
		ck_assert_uint_eq(v.log.events[v.log.count - 1].kind, IMS_EV_QERROR);
		ck_assert_uint_eq(v.log.events[v.log.count - 1].n, bad[i].error);
		ck_assert_uint_eq(vu_read(&v, "FSTS"), 0x10);
		ck_assert_uint_eq(vu_read(&v, "IQERCD"), bad[i].error);
		ck_assert_uint_eq(vu_read(&v, "IQH"), 32);
		ck_assert_uint_eq(v.log.events[v.log.count - 1].a[0], 1);
		/* Nothing is fetched while the error stands; without repair it comes again. */
		ims_ring_run(&v.hw);
		ck_assert_uint_eq(v.hw.unit->ring.head, 1);
		ims_ring_resume(&v.hw, 0);
		ck_assert_uint_eq(v.hw.unit->ring.error, bad[i].error);
		ck_assert_uint_eq(v.hw.unit->ring.head, 1);
		at = VW_RING + 32;
		for (unsigned w = 0; w < 4; w++)
			vw_put(&v, at + w * 8, good[w]);
		ims_ring_resume(&v.hw, 0);
		ck_assert_uint_eq(v.hw.unit->ring.error, 0);
		ck_assert_uint_eq(v.hw.unit->ring.head, 3);
		ck_assert_uint_eq(vw_get(&v, VW_STATUS), 7);
		vw_close(&v);
	}
}
END_TEST

START_TEST(ring_wraps_and_fills)
{
	uint64_t nothing[4] = { 0x300050026 };
	struct vw v;

	vw_open(&v, &(struct vw_options){ .full = true, .ring_lg2 = 3 });
	for (uint32_t round = 1; round <= 100; round++) {
		/* 2^3 - 1 fit; a different number each round, so that every position wraps. */
		unsigned count = round % 7;
		uint64_t wait[4] = { (uint64_t)round << 32 | 0x25, VW_STATUS };

		for (unsigned i = 0; i < count; i++)
			ck_assert(ims_ring_put(&v.hw, nothing));
		ck_assert(ims_ring_put(&v.hw, wait));
		ck_assert_uint_eq((v.hw.unit->ring.tail - v.hw.unit->ring.head) & 7, count + 1);
		if (count == 6) {
			uint32_t tail = v.hw.unit->ring.tail;

			ck_assert(!ims_ring_put(&v.hw, nothing));
			ck_assert_uint_eq(v.hw.unit->ring.tail, tail);
		}
		ck_assert_uint_eq(vw_get(&v, VW_STATUS), round - 1);
		ims_ring_run(&v.hw);
		ck_assert_uint_eq(vw_get(&v, VW_STATUS), round);
		ck_assert_uint_eq(v.hw.unit->ring.head, v.hw.unit->ring.tail);
		ck_assert_uint_lt(v.hw.unit->ring.tail, 8);
	}
	vw_close(&v);
}
END_TEST

/* 32 bits at a 4-byte boundary, the other half of the word kept; nothing without SW. */
START_TEST(wait_status_write)
{
	struct vw v;

	vw_open(&v, &(struct vw_options){ .full = true });
	vw_put(&v, VW_STATUS, 0x1111111122222222);
	vw_send(&v, 0xabcdef0100000005, VW_STATUS);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 0x1111111122222222);
	vw_send(&v, 0xabcdef0100000025, VW_STATUS);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 0x11111111abcdef01);
	vw_send(&v, 0x9876543200000065, VW_STATUS + 4); /* FN as well */
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 0x98765432abcdef01);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS + 8), 0);
	vw_close(&v);
}
END_TEST

/* "Status address bits >= HAW are ignored" (section 6.5.2.8). */
START_TEST(wait_address_high_bits_ignored)
{
	struct vw v;

	vw_open(&v, &(struct vw_options){ .full = true });
	vw_send(&v, 0x700000025, UINT64_C(0xfffc000000000000) | VW_STATUS);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 7);
	vw_close(&v);
}
END_TEST

/* ---- which descriptors there are ---- */

/* Table 26: type by mode and width; and nothing where the mode is reserved. */
START_TEST(types_by_mode)
{
	static const struct {
		uint64_t qw0;
		bool legacy;
	} types[] = {
		{ 0x11, true },	 { 0x12, true },  { 0x3, true },  { 0x4, true },  { 0x5, true },
		{ 0x26, false }, { 0x37, false }, { 0x8, false }, { 0x9, false },
	};

	for (unsigned n = 0; n < 4 * 2 * COUNT(types); n++) {
		unsigned ttm = n / 2 / COUNT(types), i = n / 2 % COUNT(types);
		bool wide = n & 1;
		uint64_t error = ttm == 2		? 7 :
				 ttm != 0 && !wide	? 5 :
				 ttm || types[i].legacy ? 0 :
							  3;
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vu_boot(&v, VW_ROOT | ttm << 10, wide);
		vu_send(&v, types[i].qw0, 0);
		ck_assert_msg(vu_read(&v, "IQERCD") == error, "TTM %u, %s, type %#x: %u", ttm,
			      wide ? "wide" : "narrow", (unsigned)types[i].qw0,
			      (unsigned)vu_read(&v, "IQERCD"));
		ck_assert_uint_eq(vu_read(&v, "FSTS"), error ? 0x10 : 0);
		ck_assert_uint_eq(vu_read(&v, "IQH"), error ? 0 : wide ? 32 : 16);
		vw_close(&v);
	}
}
END_TEST

/* What a unit without a capability takes for no command. */
START_TEST(types_by_capability)
{
	static const struct {
		unsigned param;
		uint32_t value;
		uint64_t qw0, qw1;
		uint16_t without; /* the error */
	} of[] = {
		{ VTD_P_DT, 0, 0x3, 0x1000, 3 },
		{ VTD_P_DT, 0, 0x8, 0x1000, 3 },
		{ VTD_P_IR, 0, 0x4, 0, 3 },
		{ VTD_P_IR, 0, 0x14, 0, 3 },
		{ VTD_P_PRS, 0, 0x9, 0, 3 },
		{ VTD_P_PSI, 0, 0x32, 0, 4 },
		{ VTD_P_PSI, 0, 0x36, 0, 0 },  /* "PSI bounds type 2 only" */
		{ VTD_P_MAMV, 5, 0x32, 6, 0 }, /* no outcome is stated */
		{ VTD_P_MAMV, 5, 0x36, 6, 0 },
		{ VTD_Q_P_IOTLB_AM18, 1, 0x36, 19, 4 },
		{ VTD_Q_P_IOTLB_AM18, 1, 0x36, 18, 0 },
		{ VTD_Q_P_IOTLB_AM18, 1, 0x32, 19, 0 },
	};

	for (unsigned i = 0; i < COUNT(of); i++) {
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vw_send(&v, of[i].qw0, of[i].qw1);
		ck_assert_uint_eq(v.hw.unit->ring.error, 0);
		vu_set(&v, of[i].param, of[i].value);
		vw_send(&v, of[i].qw0, of[i].qw1);
		ck_assert_msg(v.hw.unit->ring.error == of[i].without, "%u: %u", i,
			      v.hw.unit->ring.error);
		vw_close(&v);
	}
	/* And with the knob AM > MAMV of type 2 stops; AM = MAMV does not. */
	for (unsigned am = 18; am < 20; am++) {
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vu_set(&v, VTD_K_AM_LIMIT, 1);
		vw_send(&v, 0x36, am);
		vw_send(&v, 0x32, am);
		ck_assert_uint_eq(v.hw.unit->ring.error, am > 18 ? 4 : 0);
		vw_close(&v);
	}
}
END_TEST

/* Descriptors of 128 bits in legacy mode: a real translation goes, a wait writes. */
START_TEST(narrow_descriptors)
{
	struct vw v;

	vw_open(&v, &(struct vw_options){ .full = true, .logged = true });
	vu_boot(&v, VW_ROOT, false);
	for (uint32_t round = 1; round < 600; round++) {
		vu_send(&v, 0x500e2, 0);
		vu_send(&v, (uint64_t)round << 32 | 0x25, VW_STATUS);
		ck_assert_uint_eq(vw_get(&v, VW_STATUS), round);
		ck_assert_uint_eq(vu_read(&v, "IQH"), round * 32 % 4096);
	}
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0);
	vw_close(&v);
}
END_TEST

/* ---- waits that interrupt, section 6.5.2.10 ---- */

START_TEST(completion_interrupt)
{
	struct vw v;

	vw_open(&v, &(struct vw_options){ .full = true, .logged = true });
	vu_write(&v, "IEDATA", 0x4321);
	vu_write(&v, "IEADDR", 0xfee01004);
	vu_write(&v, "IEUADDR", 0x12);
	/* IM is set after reset: held back, and sent when the mask goes. */
	vw_send(&v, 0x15, 0);
	ck_assert_uint_eq(vu_read(&v, "ICS"), 1);
	ck_assert_uint_eq(vu_read(&v, "IECTL"), 0xc0000000);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_COMPLETION), 0);
	vu_write(&v, "IECTL", 0);
	ck_assert_uint_eq(vu_read(&v, "IECTL"), 0);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_COMPLETION), 1);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_SIGNAL)->a[0], UINT64_C(0x12fee01004));
	ck_assert_uint_eq(vu_last(&v, IMS_EV_SIGNAL)->a[1], 0x4321);
	/* IWC stands: no second one, and none without IF. */
	vw_send(&v, 0x15, 0);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_COMPLETION), 1);
	vu_write(&v, "ICS", 1);
	ck_assert_uint_eq(vu_read(&v, "ICS"), 0);
	vw_send(&v, 0x25, VW_STATUS);
	ck_assert_uint_eq(vu_read(&v, "ICS"), 0);
	vw_send(&v, 0x700000035, VW_STATUS);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_COMPLETION), 2);
	/* "must push any in-flight status writes": the word stands before the message. */
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 7);
	ck_assert(vu_last(&v, IMS_EV_WRITE) < vu_last(&v, IMS_EV_SIGNAL));
	/* Masked, and served before the mask goes: nothing is left to send. */
	vu_write(&v, "ICS", 1);
	vu_write(&v, "IECTL", 0x80000000);
	vw_send(&v, 0x15, 0);
	ck_assert_uint_eq(vu_read(&v, "IECTL"), 0xc0000000);
	vu_write(&v, "ICS", 1);
	ck_assert_uint_eq(vu_read(&v, "IECTL"), 0x80000000);
	vu_write(&v, "IECTL", 0);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_COMPLETION), 2);
	vw_close(&v);
}
END_TEST

START_TEST(wait_flags)
{
	struct ims_state s;
	struct ims_cmd cmd;

	ims_state_init(&vtd_model, NULL, &s);
	for (unsigned flags = 0; flags < 16; flags++) {
		uint64_t words[4] = { 0x5 | flags << 4 };

		ck_assert_uint_eq(ims_cmd_decode(&vtd_model, &s, words, &cmd), 0);
		ck_assert_uint_eq(cmd.wait_signal, flags & 1);
		ck_assert_uint_eq(cmd.wait_write, flags >> 1 & 1);
		ck_assert_uint_eq(cmd.fence, flags >> 2 & 1);
		ck_assert_uint_eq(cmd.drain, flags >> 3 & 1);
	}
}
END_TEST

/* ---- errors, section 6.5.2.11 ---- */

/* IQEI 1 and 6: tails that cannot be; they stand until the tail is written anew. */
START_TEST(wrong_tails)
{
	static const struct {
		bool wide;
		uint64_t tail, error;
	} of[] = {
		{ true, 0x10, 6 }, { true, 0x1000, 1 }, { false, 0x1000, 1 }, { false, 0x7fff0, 1 }
	};

	for (unsigned i = 0; i < COUNT(of); i++) {
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true, .logged = true });
		vu_boot(&v, VW_ROOT, of[i].wide);
		vu_send(&v, 0x100000025, VW_STATUS);
		vu_write(&v, "IQT", of[i].tail);
		ck_assert_uint_eq(vu_read(&v, "FSTS"), 0x10);
		ck_assert_uint_eq(vu_read(&v, "IQERCD"), of[i].error);
		ck_assert_uint_eq(vu_read(&v, "IQT"), of[i].tail);
		vu_write(&v, "FSTS", 0x10);
		ck_assert_uint_eq(vu_read(&v, "IQERCD"), of[i].error);
		ck_assert_uint_eq(vu_read(&v, "FSTS"), 0x10);
		vw_put(&v, VW_RING + (of[i].wide ? 32 : 16), 0x200000025);
		vw_put(&v, VW_RING + (of[i].wide ? 40 : 24), VW_STATUS);
		vu_write(&v, "IQT", of[i].wide ? 64 : 32);
		ck_assert_uint_eq(vw_get(&v, VW_STATUS), 1);
		vu_write(&v, "FSTS", 0x10);
		ck_assert_uint_eq(vw_get(&v, VW_STATUS), 2);
		ck_assert_uint_eq(vu_read(&v, "FSTS"), 0);
		ck_assert_uint_eq(vu_read(&v, "IQERCD"), 0);
		vw_close(&v);
	}
}
END_TEST

/* IQEI 2: no memory behind the ring. */
START_TEST(ring_out_of_memory)
{
	struct vw v;

	vw_open(&v, &(struct vw_options){ .full = true });
	vu_boot(&v, VW_ROOT | 1u << 10, true);
	vu_write(&v, "IQA", VW_NOWHERE | 1u << 11);
	vu_write(&v, "IQT", 32);
	ck_assert_uint_eq(vu_read(&v, "IQERCD"), 2);
	ck_assert_uint_eq(vu_read(&v, "IQH"), 0);
	vw_close(&v);
}
END_TEST

/* DW = 1 needs SMTS or ADMS. */
START_TEST(width_by_capability)
{
	for (unsigned n = 0; n < 4; n++) {
		struct vw v;

		vw_open(&v, &(struct vw_options){ .full = true });
		vu_set(&v, VTD_P_SMTS, n & 1);
		vu_set(&v, VTD_P_ADMS, n >> 1);
		vu_boot(&v, VW_ROOT, true);
		vu_send(&v, 0x11, 0);
		ck_assert_uint_eq(vu_read(&v, "IQERCD"), n ? 0 : 5);
		vw_close(&v);
	}
}
END_TEST

/* "Commands ahead of the invalid descriptor are completed as normal": the next wait covers them. */
START_TEST(commands_before_an_error)
{
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true });
	ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, IMS_R).fault, 0);
	vw_put(&v, VW_FS_E(VW_F1, 1), 0);
	vu_send(&v, UINT64_C(0x1000b0026), 0);
	vu_send(&v, 0x1, 0);
	vu_send(&v, 0x100000025, VW_STATUS);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0x10);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 0);
	vw_put(&v, VW_RING + 32, 0x12);
	vu_write(&v, "FSTS", 0x10);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 1);
	ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, IMS_R).fault, VTD_SFS_2);
	vw_close(&v);
}
END_TEST

/* A device-TLB entry for PASID 1 of @src, and one of requests without PASID. */
static void fill_atc(struct vw *v)
{
	struct ims_entry e = { .in = VW_IOVA, .src = VW_SRC, .ctx = 1, .size_lg2 = 12, .perm = 7 };
	struct ims_cache *atc = ims_hw_cache(&v->hw, VTD_ATC);

	ims_cache_fill(atc, &e, 1, NULL, NULL);
	e.ctx = NONE;
	ims_cache_fill(atc, &e, NONE, NULL, NULL);
	e.ctx = 1;
	e.src = VW_SRC_HIGH;
	ims_cache_fill(atc, &e, 1, NULL, NULL);
}

static bool in_atc(struct vw *v, uint32_t src, uint32_t ctx)
{
	return ims_cache_find(ims_hw_cache(&v->hw, VTD_ATC), src, ctx, 0, VW_IOVA) != IMS_NONE;
}

/*
 * ITE: the wait is aborted, from the oldest device-TLB command on nothing is done,
 * what stands before it is; IQH stays; when ITE is cleared fetching goes on there.
 */
START_TEST(device_does_not_answer)
{
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true, .logged = true });
	ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, IMS_R).fault, 0);
	ck_assert_uint_eq(vw_ask(&v, 2, VW_GPA, IMS_R).fault, 0);
	fill_atc(&v);
	ck_assert(ims_atc_fail(&v.hw, VW_SRC, 1));
	vu_send(&v, UINT64_C(0x1000b0026), 0);			/* P_IOTLB, PASID 1: done */
	vu_send(&v, UINT64_C(0x101a00008), 0x7ffffffffffff800); /* to the other device */
	vu_send(&v, UINT64_C(0x101080008), 0x7ffffffffffff800); /* no answer */
	vu_send(&v, 0x22 | 12 << 16, 0);			/* IOTLB, DID 12: behind it */
	vu_send(&v, 0x500000035, VW_STATUS);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0x40);
	ck_assert_uint_eq(vu_read(&v, "IQERCD"), (uint64_t)VW_SRC << 32);
	ck_assert_uint_eq(vu_read(&v, "IQH"), 4 * 32);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 0);
	ck_assert_uint_eq(vu_read(&v, "ICS"), 0);
	ck_assert_uint_eq(vu_count(&v, IMS_EV_ABORTED), 1);
	ck_assert_uint_eq(vu_last(&v, IMS_EV_QERROR)->n, VTD_ITE);
	ck_assert(!vw_ask(&v, 1, VW_IOVA, IMS_R).hit);
	ck_assert(vw_ask(&v, 2, VW_GPA, IMS_R).hit);
	ck_assert(in_atc(&v, VW_SRC, 1) && in_atc(&v, VW_SRC_HIGH, 1));
	/* A tail written meanwhile is not followed. */
	vu_send(&v, 0x600000025, VW_STATUS + 8);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS + 8), 0);
	/* Fetched again, the wait covers nothing: software has to send the rest anew. */
	vu_write(&v, "FSTS", 0x40);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 5);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS + 8), 6);
	ck_assert_uint_eq(vu_read(&v, "IQERCD"), 0);
	ck_assert(in_atc(&v, VW_SRC, 1) && vw_ask(&v, 2, VW_GPA, IMS_R).hit);
	vu_send(&v, UINT64_C(0x101080008), 0x7ffffffffffff800);
	vu_send(&v, 0x25, VW_STATUS);
	ck_assert(!in_atc(&v, VW_SRC, 1) && in_atc(&v, VW_SRC_HIGH, 1));
	vw_close(&v);
}
END_TEST

/* As many as asked for, of that device alone, whatever the type; the first one is latched. */
START_TEST(device_fails_so_often)
{
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true });
	ck_assert(ims_atc_fail(&v.hw, VW_SRC, 2));
	ck_assert(ims_atc_fail(&v.hw, VW_SRC_HIGH, 1));
	for (unsigned i = 0; i < 4; i++) {
		bool fails = i < 2, high = i == 3;

		fill_atc(&v);
		vu_send(&v, high ? UINT64_C(0x01a000000003) : UINT64_C(0x010800000003),
			0x7ffffffffffff001);
		vu_send(&v, (uint64_t)i << 32 | 0x25, VW_STATUS);
		ck_assert_uint_eq(vu_read(&v, "FSTS"), fails || high ? 0x40 : 0);
		ck_assert_uint_eq(in_atc(&v, VW_SRC, NONE), i != 2);
		vu_write(&v, "FSTS", 0x40);
	}
	/* More devices than can fail at a time. */
	for (uint32_t src = 0; src < IMS_ATC_FAIL; src++)
		ck_assert(ims_atc_fail(&v.hw, src, 1));
	ck_assert(!ims_atc_fail(&v.hw, IMS_ATC_FAIL, 1));
	ck_assert(ims_atc_fail(&v.hw, 0, 0));
	ck_assert(ims_atc_fail(&v.hw, IMS_ATC_FAIL, 1));
	vw_close(&v);
}
END_TEST

/* The oldest of too many pending commands completes alone; it may be the one without an answer. */
START_TEST(device_does_not_answer_without_a_wait)
{
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true });
	fill_atc(&v);
	ims_atc_fail(&v.hw, VW_SRC, 1);
	vu_send(&v, UINT64_C(0x010800000003), 0x7ffffffffffff001);
	for (unsigned i = 0; i < IMS_PENDING - 1; i++)
		vu_send(&v, 0x12, 0);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0);
	vu_send(&v, 0x12, 0);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0x40);
	ck_assert_uint_eq(vu_read(&v, "IQH"), IMS_PENDING * 32);
	ck_assert(in_atc(&v, VW_SRC, NONE));
	vw_close(&v);
}
END_TEST

/* ICE: noted, latched, and the queue goes on. */
START_TEST(stray_completion)
{
	struct vw v;

	vw_open(&v, &(struct vw_options){ .full = true, .logged = true });
	vu_write(&v, "FECTL", 0);
	ims_atc_stray(&v.hw, VW_SRC);
	ims_atc_stray(&v.hw, VW_SRC_HIGH);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0x20);
	ck_assert_uint_eq(vu_read(&v, "IQERCD"), (uint64_t)VW_SRC << 48);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_FAULT), 1);
	vu_send(&v, 0x300000025, VW_STATUS);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 3);
	vu_write(&v, "FSTS", 0x20);
	ck_assert_uint_eq(vu_read(&v, "IQERCD"), 0);
	ims_atc_stray(&v.hw, VW_SRC_HIGH);
	ck_assert_uint_eq(vu_read(&v, "IQERCD"), (uint64_t)VW_SRC_HIGH << 48);
	ck_assert_uint_eq(vu_signals(&v, VTD_SIGNAL_FAULT), 2);
	vw_close(&v);
}
END_TEST

/* IQE and ITE at once: fetching goes on when both are cleared. */
START_TEST(two_errors)
{
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true });
	ims_atc_fail(&v.hw, VW_SRC, 1);
	vu_send(&v, UINT64_C(0x010800000003), 0x1000);
	vu_send(&v, 0x1, 0);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0x10);
	ims_complete(&v.hw);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0x50);
	ck_assert_uint_eq(vu_read(&v, "IQERCD"), (uint64_t)VW_SRC << 32 | 4);
	vw_put(&v, VW_RING + 32, 0x100000025);
	vw_put(&v, VW_RING + 40, VW_STATUS);
	vu_write(&v, "FSTS", 0x10);
	ck_assert_uint_eq(vu_read(&v, "FSTS"), 0x40);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 0);
	vu_write(&v, "FSTS", 0x40);
	ck_assert_uint_eq(vw_get(&v, VW_STATUS), 1);
	vw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d queue");
	TCase *t = tcase_create("ring");

	tcase_add_test(t, queue_stops_and_resumes);
	tcase_add_test(t, ring_wraps_and_fills);
	tcase_add_test(t, wait_status_write);
	tcase_add_test(t, wait_address_high_bits_ignored);
	suite_add_tcase(s, t);
	t = tcase_create("descriptors");
	tcase_add_test(t, types_by_mode);
	tcase_add_test(t, types_by_capability);
	tcase_add_test(t, narrow_descriptors);
	suite_add_tcase(s, t);
	t = tcase_create("waits");
	tcase_add_test(t, completion_interrupt);
	tcase_add_test(t, wait_flags);
	suite_add_tcase(s, t);
	t = tcase_create("errors");
	tcase_add_test(t, wrong_tails);
	tcase_add_test(t, ring_out_of_memory);
	tcase_add_test(t, width_by_capability);
	tcase_add_test(t, commands_before_an_error);
	tcase_add_test(t, device_does_not_answer);
	tcase_add_test(t, device_fails_so_often);
	tcase_add_test(t, device_does_not_answer_without_a_wait);
	tcase_add_test(t, stray_completion);
	tcase_add_test(t, two_errors);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
