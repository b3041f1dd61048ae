/* SPDX-License-Identifier: MIT */
/*
 * The Command queue: indexes that wrap, errors and their acknowledgement (7.1, 7.5; the
 * sheet's 15.7), what a SYNC completes (4.7.3), devices that do not answer (15.6).
 */
#include <check.h>

#include "tests/vectors/smmuv3_unit.h"
#include "tests/run.h"

#define NONE IMS_CTX_NONE

enum { RING_LG2 = 2, GERROR_CMDQ = 1 };
#define RING_SIZE (1u << RING_LG2)

/* A short ring, on by its registers, with whatever error enable there is. */
static void open_ring(struct sw *v, const struct sw_options *o)
{
	sw_build(v, o);
	unit_write(&v->hw, "CR0", unit_read(&v->hw, "CR0") & ~UINT64_C(8));
	unit_write(&v->hw, "CMDQ_BASE", SW_RING | RING_LG2);
	unit_write(&v->hw, "CMDQ_CONS", 0);
	unit_write(&v->hw, "CMDQ_PROD", 0);
	unit_write(&v->hw, "IRQ_CTRL", 1);
	unit_write(&v->hw, "CR0", unit_read(&v->hw, "CR0") | 8);
}

static void slot(struct sw *v, unsigned n, uint64_t d0, uint64_t d1)
{
	sw_put(v, SW_RING + n % RING_SIZE * 16, d0);
	sw_put(v, SW_RING + n % RING_SIZE * 16 + 8, d1);
}

static uint64_t cons(struct sw *v)
{
	return unit_read(&v->hw, "CMDQ_CONS");
}

/* ---- indexes ---- */

/* PROD and CONS differ in the wrap bit alone: the ring is full, and all of it is consumed. */
START_TEST(full_rings_and_wraps)
{
	struct sw v;

	open_ring(&v, &(struct sw_options){ .logged = true });
	ck_assert_uint_eq(unit_read(&v.hw, "CMDQ_BASE"), SW_RING | RING_LG2);
	for (unsigned n = 0; n < RING_SIZE; n++)
		slot(&v, n, 0x30, 0);
	for (unsigned turn = 1; turn < 6; turn++) {
		uint64_t want = turn % 2 ? RING_SIZE : 0;

		unit_write(&v.hw, "CMDQ_PROD", want);
		ck_assert_uint_eq(cons(&v), want);
		ck_assert_uint_eq(unit_count(&v.log, IMS_EV_CMD), turn * RING_SIZE);
	}
	/* One by one, over the edge. */
	for (unsigned n = 1; n <= 3 * RING_SIZE; n++) {
		unit_write(&v.hw, "CMDQ_PROD", (RING_SIZE + n) % (2 * RING_SIZE));
		ck_assert_uint_eq(cons(&v), (RING_SIZE + n) % (2 * RING_SIZE));
	}
	sw_close(&v);
}
END_TEST

/* As many commands as there are slots fit; one more does not. */
START_TEST(room_of_a_ring)
{
	uint64_t words[IMS_CMD_WORDS] = { 0x30 };
	struct sw v;

	open_ring(&v, &(struct sw_options){ 0 });
	for (unsigned turn = 0; turn < 3; turn++) {
		for (unsigned n = 0; n < RING_SIZE; n++)
			ck_assert(ims_ring_put(&v.hw, words));
		ck_assert(!ims_ring_put(&v.hw, words));
		ims_ring_run(&v.hw);
		ck_assert_uint_eq(cons(&v), unit_read(&v.hw, "CMDQ_PROD"));
	}
	sw_close(&v);
}
END_TEST

/* LOG2SIZE up to CMDQS, the base aligned to the ring; CMDQ_BASE is fixed while the queue is on. */
START_TEST(base_of_a_ring)
{
	struct sw_options o = { .params = { SW_PARAM(SMMU_P_CMDQS, 4) }, .cr0_clear = 8 };
	struct sw v;

	sw_open(&v, &o);
	unit_write(&v.hw, "CMDQ_BASE", 0x123450 | 9);
	ck_assert_uint_eq(unit_read(&v.hw, "CMDQ_BASE"), 0x123400 | 4);
	unit_write(&v.hw, "CR0", 9);
	unit_write(&v.hw, "CMDQ_BASE", 0x45000 | 1);
	ck_assert_uint_eq(unit_read(&v.hw, "CMDQ_BASE"), 0x123400 | 4);
	sw_close(&v);
}
END_TEST

/* ---- errors ---- */

/* CONS stays at the command, GERROR toggles, nothing goes on before GERRORN is written. */
START_TEST(stopped_and_acknowledged)
{
	struct sw v;

	open_ring(&v, &(struct sw_options){ .logged = true });
	for (unsigned round = 0; round < 3; round++) {
		unsigned at = round * 3;
		uint64_t gerror = (round + 1) % 2;

		slot(&v, at, 0x30, 0);
		slot(&v, at + 1, 0xff, 0);
		slot(&v, at + 2, 0x30, 0);
		unit_write(&v.hw, "CMDQ_PROD", (at + 3) % (2 * RING_SIZE));
		ck_assert_uint_eq(cons(&v), 1u << 24 | (at + 1) % (2 * RING_SIZE));
		ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), gerror);
		ck_assert_uint_eq(unit_signals(&v.log, SMMU_SIGNAL_GERROR), round + 1);
		/* Neither of these acknowledges. */
		unit_write(&v.hw, "CMDQ_PROD", (at + 3) % (2 * RING_SIZE));
		unit_write(&v.hw, "CR0", unit_read(&v.hw, "CR0") & ~UINT64_C(8));
		unit_write(&v.hw, "CR0", unit_read(&v.hw, "CR0") | 8);
		unit_write(&v.hw, "GERRORN", !gerror);
		ck_assert_uint_eq(cons(&v), 1u << 24 | (at + 1) % (2 * RING_SIZE));
		/* The slot is read anew. */
		slot(&v, at + 1, 0x30, 0);
		unit_write(&v.hw, "GERRORN", gerror);
		ck_assert_uint_eq(cons(&v), (at + 3) % (2 * RING_SIZE));
		ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), gerror);
	}
	ck_assert_uint_eq(unit_count(&v.log, IMS_EV_QERROR), 3);
	sw_close(&v);
}
END_TEST

/* Acknowledged with the same command there: it is in error again. */
START_TEST(still_wrong)
{
	struct sw v;

	open_ring(&v, &(struct sw_options){ 0 });
	slot(&v, 0, 0xff, 0);
	unit_write(&v.hw, "CMDQ_PROD", 1);
	for (unsigned n = 1; n < 4; n++) {
		ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), n % 2);
		unit_write(&v.hw, "GERRORN", n % 2);
		ck_assert_uint_eq(cons(&v), 1u << 24);
	}
	sw_close(&v);
}
END_TEST

/* PROD goes back to CONS while the error is active: nothing is left to do. */
START_TEST(taken_back)
{
	struct sw v;

	open_ring(&v, &(struct sw_options){ 0 });
	slot(&v, 0, 0x30, 0);
	slot(&v, 1, 0xff, 0);
	unit_write(&v.hw, "CMDQ_PROD", 2);
	unit_write(&v.hw, "CMDQ_PROD", 1);
	unit_write(&v.hw, "GERRORN", 1);
	ck_assert_uint_eq(cons(&v), 1);
	ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), 1);
	sw_close(&v);
}
END_TEST

/* A further error of a kind that is active is absorbed; one of another kind is not. */
START_TEST(absorbed)
{
	struct sw v;

	open_ring(&v, &(struct sw_options){ .logged = true });
	for (unsigned n = 0; n < 2; n++) {
		smmu_gerror(&v.hw, SMMU_GERROR_EVENTQ_ABT);
		ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), 4);
	}
	smmu_gerror(&v.hw, SMMU_GERROR_PRIQ_ABT);
	ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), 12);
	unit_write(&v.hw, "GERRORN", 4);
	smmu_gerror(&v.hw, SMMU_GERROR_EVENTQ_ABT);
	ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), 8);
	ck_assert_uint_eq(unit_signals(&v.log, SMMU_SIGNAL_GERROR), 3);
	sw_close(&v);
}
END_TEST

/* Toggled where nothing is active: no effect, or the error is active then. */
START_TEST(acknowledged_too_early)
{
	for (unsigned how = 0; how < 2; how++) {
		struct sw_options o = { .params = { SW_PARAM(SMMU_K_GERRORN, how) } };
		struct sw v;

		open_ring(&v, &o);
		smmu_gerror(&v.hw, SMMU_GERROR_PRIQ_ABT);
		unit_write(&v.hw, "GERRORN", 12);
		ck_assert_uint_eq(unit_read(&v.hw, "GERRORN"), how ? 12 : 8);
		ck_assert_uint_eq(smmu_gerror_active(&v.hw, SMMU_GERROR_EVENTQ_ABT), how);
		ck_assert(!smmu_gerror_active(&v.hw, SMMU_GERROR_PRIQ_ABT));
		/* The next one is told of, unless it is taken for active. */
		smmu_gerror(&v.hw, SMMU_GERROR_EVENTQ_ABT);
		ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), how ? 8 : 12);
		ims_unit_reset(&v.hw);
		unit_write(&v.hw, "GERRORN", 0);
		ck_assert_uint_eq(unit_read(&v.hw, "GERRORN"), 0);
		sw_close(&v);
	}
}
END_TEST

/* The queue cannot be read: CERROR_ABT. */
START_TEST(fetch_aborts)
{
	struct sw v;

	open_ring(&v, &(struct sw_options){ .cr0_clear = 8 });
	unit_write(&v.hw, "CR0", unit_read(&v.hw, "CR0") & ~UINT64_C(8));
	unit_write(&v.hw, "CMDQ_BASE", UINT64_C(1) << 44 | RING_LG2);
	unit_write(&v.hw, "CR0", unit_read(&v.hw, "CR0") | 8);
	unit_write(&v.hw, "CMDQ_PROD", 1);
	ck_assert_uint_eq(cons(&v), 2u << 24);
	ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), 1);
	sw_close(&v);
}
END_TEST

/* ---- completion ---- */

static uint32_t fill(struct sw *v, unsigned cache, uint32_t src, uint32_t ctx, unsigned n)
{
	struct ims_entry e = { .in = n * UINT64_C(0x1000),
			       .src = src,
			       .ctx = ctx,
			       .dom = cache == SMMU_IOTLB ? 5 : 0,
			       .cls = SMMU_CLASS_NESTED,
			       .perm = IMS_R,
			       .size_lg2 = 12,
			       .s1_lg2 = 12,
			       .s2_lg2 = 12,
			       .mid_lg2 = 64 };
	uint32_t number;

	ims_emit(&v->hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
	e.born = v->world->time;
	number = unit_fill(&v->hw, cache, &e);
	ims_emit(&v->hw, IMS_EV_STEP, 0, 0, 0, 0, 0);
	return number;
}

#define NH_ALL	 UINT64_C(0x500000010)
#define ATC(src) ((uint64_t)(src) << 32 | 0x40)

/* Consumed is not complete; a SYNC completes what is before it, and nothing but a SYNC orders. */
START_TEST(consumed_is_not_complete)
{
	for (unsigned order = 0; order < 2; order++) {
		struct sw_options o = { .params = { SW_PARAM(SMMU_K_ORDER, order) } };
		uint32_t tlb, atc;
		struct sw v;

		sw_build(&v, &o);
		tlb = fill(&v, SMMU_IOTLB, 8, 1, 1);
		atc = fill(&v, SMMU_ATC, 8, NONE, 1);
		su_send(&v, NH_ALL, 0);
		ck_assert(unit_live(&v.hw, SMMU_IOTLB, tlb));
		su_send(&v, ATC(8), 52);
		/* It overtakes the other, which is still on its way. */
		ck_assert(unit_live(&v.hw, SMMU_IOTLB, tlb));
		ck_assert_uint_eq(unit_live(&v.hw, SMMU_ATC, atc), order);
		su_sync(&v);
		ck_assert(su_synced(&v));
		ck_assert(!unit_live(&v.hw, SMMU_IOTLB, tlb) && !unit_live(&v.hw, SMMU_ATC, atc));
		sw_close(&v);
	}
}
END_TEST

/* CS: nothing, a message or a wire, an event; a message is 32 bits. */
START_TEST(kinds_of_sync)
{
	struct sw v;

	sw_build(&v, &(struct sw_options){ .logged = true });
	sw_put(&v, SU_STATUS, ~UINT64_C(0));
	su_send(&v, 0x46, 0);
	su_send(&v, 0x46 | 2u << 12, SU_STATUS);
	ck_assert_uint_eq(sw_get(&v, SU_STATUS), ~UINT64_C(0));
	ck_assert_uint_eq(unit_signals(&v.log, SMMU_SIGNAL_SYNC), 0);
	su_send(&v, 0x46 | 1u << 12, 0);
	ck_assert_uint_eq(unit_signals(&v.log, SMMU_SIGNAL_SYNC), 1);
	su_send(&v, UINT64_C(0xabcd00001046), SU_STATUS + 4);
	ck_assert_uint_eq(sw_get(&v, SU_STATUS), UINT64_C(0xabcdffffffff));
	ck_assert_uint_eq(unit_count(&v.log, IMS_EV_DONE), 4);
	sw_close(&v);
}
END_TEST

/*
 * A device does not answer: the SYNC is in error, CONS at it, no message. Acknowledged it
 * runs again and completes: what is not for devices has happened, what was lost has not.
 */
START_TEST(device_without_answer)
{
	struct sw_options o = { .params = { SW_PARAM(SMMU_K_ORDER, 1) }, .logged = true };
	uint32_t tlb, other, mine, good;
	struct sw v;

	sw_build(&v, &o);
	tlb = fill(&v, SMMU_IOTLB, 8, 1, 1);
	other = fill(&v, SMMU_S2TLB, 8, NONE, 1);
	mine = fill(&v, SMMU_ATC, 8, NONE, 1);
	good = fill(&v, SMMU_ATC, 9, NONE, 1);
	ck_assert(ims_atc_fail(&v.hw, 8, 1));
	su_send(&v, NH_ALL, 0);
	su_send(&v, ATC(8), 52);
	su_send(&v, UINT64_C(0x30), 0);
	su_sync(&v);
	ck_assert(!su_synced(&v));
	ck_assert_uint_eq(unit_read(&v.hw, "CMDQ_CONS"), 3u << 24 | 3);
	ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), 1);
	unit_write(&v.hw, "GERRORN", 1);
	ck_assert(su_synced(&v));
	ck_assert_uint_eq(unit_read(&v.hw, "CMDQ_CONS"), 4);
	ck_assert(!unit_live(&v.hw, SMMU_IOTLB, tlb) && !unit_live(&v.hw, SMMU_S2TLB, other));
	ck_assert(unit_live(&v.hw, SMMU_ATC, mine) && unit_live(&v.hw, SMMU_ATC, good));
	/* Issued again it is answered. */
	su_send(&v, ATC(8), 52);
	su_sync(&v);
	ck_assert(su_synced(&v) && !unit_live(&v.hw, SMMU_ATC, mine));
	sw_close(&v);
}
END_TEST

/* The device does as it is told, and its answer is lost: the same error, and nothing is held. */
START_TEST(answer_lost)
{
	struct sw_options o = { .params = { SW_PARAM(SMMU_K_ORDER, 1) }, .logged = true };
	uint32_t mine, other;
	struct sw v;

	sw_build(&v, &o);
	mine = fill(&v, SMMU_ATC, 8, NONE, 1);
	other = fill(&v, SMMU_ATC, 9, NONE, 1);
	ck_assert(ims_atc_fail(&v.hw, 8, 1));
	ims_atc_fail_acts(&v.hw, 8);
	su_send(&v, ATC(8), 52);
	su_send(&v, ATC(9), 52);
	su_sync(&v);
	ck_assert(!su_synced(&v));
	ck_assert_uint_eq(unit_read(&v.hw, "CMDQ_CONS"), 3u << 24 | 2);
	unit_write(&v.hw, "GERRORN", 1);
	ck_assert(su_synced(&v));
	/* Which of the others are lost nobody says: at worst all. */
	ck_assert(!unit_live(&v.hw, SMMU_ATC, mine) && unit_live(&v.hw, SMMU_ATC, other));
	sw_close(&v);
}
END_TEST

/* Without the error: the SYNC never completes, or it does and the device has what it had. */
START_TEST(device_without_answer_or_error)
{
	for (unsigned how = 1; how < 3; how++) {
		struct sw_options o = { .params = { SW_PARAM(SMMU_K_ORDER, 1),
						    SW_PARAM(SMMU_K_ATC_TIMEOUT, how) } };
		uint32_t tlb, mine, good;
		struct sw v;

		sw_build(&v, &o);
		tlb = fill(&v, SMMU_IOTLB, 8, 1, 1);
		mine = fill(&v, SMMU_ATC, 8, NONE, 1);
		good = fill(&v, SMMU_ATC, 9, NONE, 1);
		ck_assert(ims_atc_fail(&v.hw, 8, 1));
		su_send(&v, NH_ALL, 0);
		su_send(&v, ATC(8), 52);
		su_send(&v, ATC(9), 52);
		su_sync(&v);
		ck_assert_uint_eq(su_synced(&v), how == 2);
		ck_assert_uint_eq(unit_read(&v.hw, "CMDQ_CONS"), how == 2 ? 4 : 3);
		ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), 0);
		ck_assert(unit_live(&v.hw, SMMU_ATC, mine));
		if (how == 2)
			ck_assert(!unit_live(&v.hw, SMMU_IOTLB, tlb) &&
				  !unit_live(&v.hw, SMMU_ATC, good));
		/* Nothing that software does makes it go on. */
		unit_write(&v.hw, "GERRORN", 0);
		unit_write(&v.hw, "CR0", unit_read(&v.hw, "CR0") & ~UINT64_C(8));
		unit_write(&v.hw, "CR0", unit_read(&v.hw, "CR0") | 8);
		su_send(&v, 0x30, 0);
		ck_assert_uint_eq(unit_read(&v.hw, "CMDQ_CONS"), how == 2 ? 5 : 3);
		sw_close(&v);
	}
}
END_TEST

/* With SMMUEN = 0 an ATC invalidation is none: it neither drops nor times out; TLBI works. */
START_TEST(without_smmuen)
{
	struct sw_options o = { .cr0_clear = 1, .params = { SW_PARAM(SMMU_K_ORDER, 1) } };
	uint32_t tlb, atc;
	struct sw v;

	sw_build(&v, &o);
	tlb = fill(&v, SMMU_IOTLB, 8, 1, 1);
	atc = fill(&v, SMMU_ATC, 8, NONE, 1);
	ck_assert(ims_atc_fail(&v.hw, 8, 1));
	su_send(&v, NH_ALL, 0);
	su_send(&v, ATC(8), 52);
	su_sync(&v);
	ck_assert(su_synced(&v));
	ck_assert(!unit_live(&v.hw, SMMU_IOTLB, tlb) && unit_live(&v.hw, SMMU_ATC, atc));
	sw_close(&v);
}
END_TEST

/* PREFETCH_ADDR: 2^Size translations so far apart; of what is not there in silence. */
START_TEST(prefetching)
{
	struct sw v;

	sw_build(&v, &(struct sw_options){ .logged = true });
	su_queues_on(&v, 3);
	su_send(&v, UINT64_C(0x1800000002), SW_VA | 1u << 5 | 2);
	su_send(&v, UINT64_C(0x3000000002), SW_VA);
	ck_assert_uint_eq(ims_hw_cache(&v.hw, SMMU_IOTLB)->live, 0);
	su_sync(&v);
	ck_assert(su_synced(&v));
	ck_assert_uint_eq(ims_hw_cache(&v.hw, SMMU_IOTLB)->live, 1);
	ck_assert(sw_ask(&v, SW_S1, NONE, SW_VA, IMS_ACCESS_READ).hit);
	ck_assert_uint_eq(unit_read(&v.hw, "EVENTQ_PROD"), 0);
	sw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("SMMUv3 command queue");
	TCase *t = tcase_create("queue");

	tcase_add_test(t, full_rings_and_wraps);
	tcase_add_test(t, room_of_a_ring);
	tcase_add_test(t, base_of_a_ring);
	tcase_add_test(t, stopped_and_acknowledged);
	tcase_add_test(t, still_wrong);
	tcase_add_test(t, taken_back);
	tcase_add_test(t, absorbed);
	tcase_add_test(t, acknowledged_too_early);
	tcase_add_test(t, fetch_aborts);
	tcase_add_test(t, consumed_is_not_complete);
	tcase_add_test(t, kinds_of_sync);
	tcase_add_test(t, device_without_answer);
	tcase_add_test(t, answer_lost);
	tcase_add_test(t, device_without_answer_or_error);
	tcase_add_test(t, without_smmuen);
	tcase_add_test(t, prefetching);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
