/* SPDX-License-Identifier: MIT */
/*
 * Enhanced command queues (3.5.6, 6.2.5, 6.3.107 to 6.3.109): what a unit says of them,
 * their registers, that each is a queue of its own, and what a SYNC in one of them completes.
 */
#include <check.h>
#include <stdio.h>

#include "tests/vectors/smmuv3_unit.h"
#include "tests/run.h"

enum { QUEUES = 4, LG2 = 2, SIZE = 1 << LG2, ERR_LO = 23 };

#define EN	  IMS_BIT(31)
#define ERRACK	  IMS_BIT(23)
#define REASON(e) ((uint64_t)(e) << 24)
#define NH_ALL	  UINT64_C(0x500000010)
#define ATC(src)  ((uint64_t)(src) << 32 | 0x40)
#define SYNC	  UINT64_C(0x1234560fc01046)

static const struct sw_options four = { .params = { SW_PARAM(SMMU_P_ECMDQ, QUEUES) },
					.logged = true };

static uint64_t queue_at(unsigned n)
{
	return SW_RING + 0x1000 + n * 0x100;
}

static const char *reg(char *name, const char *what, unsigned n)
{
	snprintf(name, 32, "%s%u", what, n);
	return name;
}

static uint64_t get(struct sw *v, const char *what, unsigned n)
{
	char name[32];

	return unit_read(&v->hw, reg(name, what, n));
}

static void set(struct sw *v, const char *what, unsigned n, uint64_t value)
{
	char name[32];

	unit_write(&v->hw, reg(name, what, n), value);
}

/* Short ones, set up by their registers and on. */
static void open_queues(struct sw *v, const struct sw_options *o)
{
	sw_build(v, o);
	unit_write(&v->hw, "IRQ_CTRL", 1);
	for (unsigned n = 0; n < v->hw.unit->state.params[SMMU_P_ECMDQ]; n++) {
		set(v, "ECMDQ_PROD", n, 0);
		set(v, "ECMDQ_BASE", n, queue_at(n) | LG2);
		set(v, "ECMDQ_CONS", n, 0);
		set(v, "ECMDQ_PROD", n, EN);
	}
}

static void slot(struct sw *v, unsigned n, unsigned at, uint64_t d0, uint64_t d1)
{
	sw_put(v, queue_at(n) + at % SIZE * 16, d0);
	sw_put(v, queue_at(n) + at % SIZE * 16 + 8, d1);
}

/* Puts one command into queue @n, which has no error, and moves PROD. */
static void send(struct sw *v, unsigned n, uint64_t d0, uint64_t d1)
{
	uint64_t prod = get(v, "ECMDQ_PROD", n);

	slot(v, n, (unsigned)prod & 0xfffff, d0, d1);
	set(v, "ECMDQ_PROD", n, (prod & (EN | ERRACK)) | ((prod + 1) % (2 * SIZE)));
}

static uint32_t fill(struct sw *v, unsigned cache, uint32_t src, uint32_t ctx)
{
	struct ims_entry e = { .in = 0x1000,
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

/* ---- what there is ---- */

START_TEST(as_a_unit_says)
{
	static const struct {
		uint32_t queues, idr6;
	} t[] = { { 0, 0 }, { 1, 0 }, { 2, 1u << 24 }, { 4, 2u << 24 } };

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct sw_options o = { .params = { SW_PARAM(SMMU_P_ECMDQ, t[i].queues) } };
		struct sw v;

		sw_open(&v, &o);
		ck_assert_uint_eq(unit_read(&v.hw, "IDR1") >> 31, t[i].queues != 0);
		ck_assert_uint_eq(unit_read(&v.hw, "IDR6"), t[i].idr6);
		for (unsigned n = 0; n < QUEUES; n++) {
			bool there = n < t[i].queues;

			ck_assert_uint_eq(get(&v, "CMDQ_CONTROL_PAGE_BASE", n),
					  there ? 0x20003 + n * 0x10000 : 0);
			ck_assert_uint_eq(get(&v, "CMDQ_CONTROL_PAGE_CFG", n), there);
			ck_assert_uint_eq(get(&v, "CMDQ_CONTROL_PAGE_STATUS", n), there);
			set(&v, "ECMDQ_PROD", n, 0);
			set(&v, "ECMDQ_BASE", n, 0x45000 | 3);
			set(&v, "ECMDQ_CONS", n, 5);
			set(&v, "ECMDQ_PROD", n, EN | 5);
			ck_assert_uint_eq(get(&v, "ECMDQ_BASE", n), there ? 0x45003 : 0);
			ck_assert_uint_eq(get(&v, "ECMDQ_CONS", n), there ? EN | 5 : 0);
			ck_assert_uint_eq(get(&v, "ECMDQ_PROD", n), there ? EN | 5 : 0);
			ck_assert_uint_eq(v.hw.unit->state.rings_on >> (n + 1) & 1, there);
		}
		sw_close(&v);
	}
}
END_TEST

/* Three is no number of pages, more than four are not modelled, and 3.2 had none. */
START_TEST(numbers_of_them)
{
	uint32_t params[SMMU_PARAMS];

	for (unsigned i = 0; i < SMMU_PARAMS; i++)
		params[i] = smmu_params[i].value;
	ck_assert_uint_eq(smmu_params[SMMU_P_ECMDQ].max, QUEUES);
	for (uint32_t n = 0; n <= QUEUES; n++) {
		params[SMMU_P_ECMDQ] = n;
		ck_assert_int_eq(ims_params_broken(&smmuv3_model, params) == NULL, n != 3);
	}
	params[SMMU_P_VERSION] = 2;
	ck_assert_ptr_nonnull(ims_params_broken(&smmuv3_model, params));
	params[SMMU_P_ECMDQ] = 0;
	ck_assert_ptr_null(ims_params_broken(&smmuv3_model, params));
}
END_TEST

/* BASE and CONS are fixed while the queue is on; the base's length is as CMDQ_BASE's. */
START_TEST(fixed_while_on)
{
	struct sw_options o = { .params = { SW_PARAM(SMMU_P_ECMDQ, 1),
					    SW_PARAM(SMMU_P_CMDQS, 4) } };
	struct sw v;

	open_queues(&v, &o);
	set(&v, "ECMDQ_BASE", 0, 0x99000 | 1);
	set(&v, "ECMDQ_CONS", 0, REASON(2) | ERRACK | 1);
	ck_assert_uint_eq(get(&v, "ECMDQ_BASE", 0), queue_at(0) | LG2);
	ck_assert_uint_eq(get(&v, "ECMDQ_CONS", 0), EN);
	set(&v, "ECMDQ_PROD", 0, 0);
	set(&v, "ECMDQ_BASE", 0, 0x123450 | 9);
	ck_assert_uint_eq(get(&v, "ECMDQ_BASE", 0), 0x123400 | 4);
	sw_close(&v);
}
END_TEST

/* ---- a queue of its own ---- */

/* Full, wrapped, one by one; the others stand still, and CMDQEN is not theirs. */
START_TEST(wraps_alone)
{
	struct sw v;

	open_queues(&v, &four);
	unit_write(&v.hw, "CR0", unit_read(&v.hw, "CR0") & ~UINT64_C(8));
	for (unsigned n = 0; n < SIZE; n++)
		slot(&v, 1, n, 0x30, 0);
	for (unsigned turn = 1; turn < 4; turn++) {
		uint64_t want = EN | (turn % 2 ? SIZE : 0);

		set(&v, "ECMDQ_PROD", 1, want);
		ck_assert_uint_eq(get(&v, "ECMDQ_CONS", 1), want);
		ck_assert_uint_eq(unit_count(&v.log, IMS_EV_CMD), turn * SIZE);
		ck_assert_uint_eq(unit_last(&v.log, IMS_EV_CMD)->a[4], 2);
	}
	for (unsigned n = 1; n <= 3 * SIZE; n++) {
		uint64_t at = (SIZE + n) % (2 * SIZE);

		set(&v, "ECMDQ_PROD", 1, EN | at);
		ck_assert_uint_eq(get(&v, "ECMDQ_CONS", 1), EN | at);
	}
	for (unsigned n = 0; n < QUEUES; n++)
		if (n != 1)
			ck_assert_uint_eq(get(&v, "ECMDQ_CONS", n), EN);
	ck_assert_uint_eq(unit_read(&v.hw, "CMDQ_CONS"), 0);
	sw_close(&v);
}
END_TEST

/* Off it takes nothing; on again it goes on from where it stood. */
START_TEST(off_and_on)
{
	struct sw v;

	open_queues(&v, &four);
	set(&v, "ECMDQ_PROD", 0, 0);
	slot(&v, 0, 0, 0x30, 0);
	set(&v, "ECMDQ_PROD", 0, 1);
	ck_assert_uint_eq(get(&v, "ECMDQ_CONS", 0), 0);
	set(&v, "ECMDQ_PROD", 0, EN | 1);
	ck_assert_uint_eq(get(&v, "ECMDQ_CONS", 0), EN | 1);
	sw_close(&v);
}
END_TEST

/* A SYNC completes what is before it in its own queue, whichever two they are. */
START_TEST(sync_of_its_own)
{
	for (unsigned a = 0; a <= QUEUES; a++)
		for (unsigned b = 0; b <= QUEUES; b++) {
			struct sw_options o = four;
			uint32_t tlb;
			struct sw v;

			o.params[1] = (struct sw_param)SW_PARAM(SMMU_K_ORDER, 1);
			open_queues(&v, &o);
			tlb = fill(&v, SMMU_IOTLB, 8, 1);
			if (a)
				send(&v, a - 1, NH_ALL, 0);
			else
				su_send(&v, NH_ALL, 0);
			ck_assert(unit_live(&v.hw, SMMU_IOTLB, tlb));
			if (b)
				send(&v, b - 1, SYNC, SU_STATUS);
			else
				su_sync(&v);
			ck_assert(su_synced(&v));
			ck_assert_uint_eq(unit_last(&v.log, IMS_EV_DONE)->a[0], b);
			ck_assert_uint_eq(unit_live(&v.hw, SMMU_IOTLB, tlb), a != b);
			if (a)
				send(&v, a - 1, SYNC, SU_STATUS);
			else
				su_sync(&v);
			ck_assert(su_synced(&v) && !unit_live(&v.hw, SMMU_IOTLB, tlb));
			sw_close(&v);
		}
}
END_TEST

/* What is pending is in the copied world, each queue's its own. */
START_TEST(copied_with_the_world)
{
	struct sw_options o = four;
	struct ims_world *copy;
	struct ims_hw hw;
	uint32_t tlb;
	struct sw v;

	o.params[1] = (struct sw_param)SW_PARAM(SMMU_K_ORDER, 1);
	open_queues(&v, &o);
	tlb = fill(&v, SMMU_IOTLB, 8, 1);
	send(&v, 2, NH_ALL, 0);
	copy = sw_grow(NULL, v.world->bytes);
	memcpy(copy, v.world, v.world->bytes);
	send(&v, 2, SYNC, SU_STATUS);
	ck_assert(!unit_live(&v.hw, SMMU_IOTLB, tlb));
	ims_hw_bind(&hw, &smmuv3_model, copy, 0, NULL);
	ck_assert(unit_live(&hw, SMMU_IOTLB, tlb));
	ck_assert_uint_eq(ims_ring_use(&hw, 3), 0);
	ims_complete(&hw);
	ck_assert(!unit_live(&hw, SMMU_IOTLB, tlb));
	free(copy);
	sw_close(&v);
}
END_TEST

/* ---- errors ---- */

/* ERR toggles and says why, CMDQP_ERR too; the queue alone stops, until ERRACK is ERR. */
START_TEST(stops_alone)
{
	struct sw v;

	open_queues(&v, &four);
	for (unsigned round = 0; round < 3; round++) {
		uint64_t err = round % 2 ? 0 : ERRACK, at = round * 2;

		slot(&v, 0, (unsigned)at, 0xff, 0);
		slot(&v, 0, (unsigned)at + 1, 0x30, 0);
		set(&v, "ECMDQ_PROD", 0, EN | (err ^ ERRACK) | (at + 2) % (2 * SIZE));
		ck_assert_uint_eq(get(&v, "ECMDQ_CONS", 0), EN | err | REASON(1) | at % (2 * SIZE));
		ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), 0x200);
		ck_assert_uint_eq(unit_signals(&v.log, SMMU_SIGNAL_GERROR), 1);
		ck_assert_uint_eq(unit_last(&v.log, IMS_EV_QERROR)->a[1], 1);
		/* The others, the Command queue too, go on. */
		send(&v, 1, 0x30, 0);
		ck_assert_uint_eq(get(&v, "ECMDQ_CONS", 1), EN | (round + 1));
		su_sync(&v);
		ck_assert(su_synced(&v));
		/* Neither EN nor GERRORN acknowledges. */
		set(&v, "ECMDQ_PROD", 0, (err ^ ERRACK) | (at + 2) % (2 * SIZE));
		set(&v, "ECMDQ_PROD", 0, EN | (err ^ ERRACK) | (at + 2) % (2 * SIZE));
		ck_assert_uint_eq(get(&v, "ECMDQ_CONS", 0), EN | err | REASON(1) | at % (2 * SIZE));
		slot(&v, 0, (unsigned)at, 0x30, 0);
		set(&v, "ECMDQ_PROD", 0, EN | err | (at + 2) % (2 * SIZE));
		ck_assert_uint_eq(get(&v, "ECMDQ_CONS", 0), EN | err | (at + 2) % (2 * SIZE));
	}
	ck_assert_uint_eq(unit_read(&v.hw, "CMDQ_CONS") >> 24, 0);
	/* Acknowledged, the next one is told of again. */
	unit_write(&v.hw, "GERRORN", 0x200);
	send(&v, 3, 0xff, 0);
	ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), 0);
	ck_assert_uint_eq(unit_signals(&v.log, SMMU_SIGNAL_GERROR), 2);
	sw_close(&v);
}
END_TEST

/* An error of the Command queue does not stop these, and its acknowledgement resumes none. */
START_TEST(not_by_the_command_queue)
{
	struct sw v;

	open_queues(&v, &four);
	send(&v, 0, 0xff, 0);
	su_send(&v, 0xff, 0);
	ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), 0x201);
	send(&v, 1, SYNC, SU_STATUS);
	ck_assert(su_synced(&v));
	slot(&v, 0, 0, 0x30, 0);
	unit_write(&v.hw, "GERRORN", 0x201);
	ck_assert_uint_eq(get(&v, "ECMDQ_CONS", 0), EN | ERRACK | REASON(1));
	set(&v, "ECMDQ_PROD", 0, EN | ERRACK | 1);
	ck_assert_uint_eq(get(&v, "ECMDQ_CONS", 0), EN | ERRACK | 1);
	sw_close(&v);
}
END_TEST

/* A queue whose memory cannot be read; off, made consistent by CONS, and on: it goes on. */
START_TEST(fetch_aborts)
{
	struct sw v;

	open_queues(&v, &four);
	set(&v, "ECMDQ_PROD", 0, 0);
	set(&v, "ECMDQ_BASE", 0, UINT64_C(1) << 44 | LG2);
	set(&v, "ECMDQ_PROD", 0, EN | 1);
	ck_assert_uint_eq(get(&v, "ECMDQ_CONS", 0), EN | ERRACK | REASON(2));
	set(&v, "ECMDQ_PROD", 0, 1);
	set(&v, "ECMDQ_BASE", 0, queue_at(0) | LG2);
	set(&v, "ECMDQ_CONS", 0, 0);
	slot(&v, 0, 0, 0x30, 0);
	set(&v, "ECMDQ_PROD", 0, EN | 1);
	ck_assert_uint_eq(get(&v, "ECMDQ_CONS", 0), EN | 1);
	sw_close(&v);
}
END_TEST

/* The same commands are legal as in the Command queue, with the same reasons. */
START_TEST(legal_alike)
{
	for (unsigned op = 0; op < 256; op++) {
		struct sw v;

		open_queues(&v, &four);
		su_send(&v, op, 0);
		send(&v, 2, op, 0);
		ck_assert_uint_eq(get(&v, "ECMDQ_CONS", 2) >> 24 & 7,
				  unit_read(&v.hw, "CMDQ_CONS") >> 24 & 7);
		ck_assert_uint_eq(get(&v, "ECMDQ_CONS", 2) & 1, unit_read(&v.hw, "CMDQ_CONS") & 1);
		sw_close(&v);
	}
}
END_TEST

/* A device that does not answer fails the SYNC behind its invalidation, not one elsewhere. */
START_TEST(device_without_answer)
{
	struct sw_options o = four;
	uint32_t mine, tlb;
	struct sw v;

	o.params[1] = (struct sw_param)SW_PARAM(SMMU_K_ORDER, 1);
	open_queues(&v, &o);
	mine = fill(&v, SMMU_ATC, 8, IMS_CTX_NONE);
	tlb = fill(&v, SMMU_IOTLB, 8, 1);
	ck_assert(ims_atc_fail(&v.hw, 8, 1));
	send(&v, 0, ATC(8), 52);
	send(&v, 1, NH_ALL, 0);
	send(&v, 1, SYNC, SU_STATUS);
	su_sync(&v);
	ck_assert(su_synced(&v) && !unit_live(&v.hw, SMMU_IOTLB, tlb));
	send(&v, 0, SYNC, SU_STATUS);
	ck_assert(!su_synced(&v));
	ck_assert_uint_eq(get(&v, "ECMDQ_CONS", 0), EN | ERRACK | REASON(3) | 1);
	ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), 0x200);
	set(&v, "ECMDQ_PROD", 0, EN | ERRACK | 2);
	ck_assert(su_synced(&v) && unit_live(&v.hw, SMMU_ATC, mine));
	sw_close(&v);
}
END_TEST

/* Power-on: off, empty, no error. */
START_TEST(power_on)
{
	struct sw v;

	open_queues(&v, &four);
	send(&v, 0, NH_ALL, 0);
	send(&v, 0, 0xff, 0);
	ims_unit_reset(&v.hw);
	for (unsigned n = 0; n < QUEUES; n++) {
		ck_assert_uint_eq(get(&v, "ECMDQ_BASE", n), 0);
		ck_assert_uint_eq(get(&v, "ECMDQ_PROD", n), 0);
		ck_assert_uint_eq(get(&v, "ECMDQ_CONS", n), 0);
	}
	ck_assert_uint_eq(v.hw.unit->state.rings_on, 0);
	sw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("SMMUv3 enhanced command queues");
	TCase *t = tcase_create("queues");

	tcase_add_test(t, as_a_unit_says);
	tcase_add_test(t, numbers_of_them);
	tcase_add_test(t, fixed_while_on);
	tcase_add_test(t, wraps_alone);
	tcase_add_test(t, off_and_on);
	tcase_add_test(t, sync_of_its_own);
	tcase_add_test(t, copied_with_the_world);
	tcase_add_test(t, stops_alone);
	tcase_add_test(t, not_by_the_command_queue);
	tcase_add_test(t, fetch_aborts);
	tcase_add_test(t, legal_alike);
	tcase_add_test(t, device_without_answer);
	tcase_add_test(t, power_on);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
