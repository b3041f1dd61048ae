/* SPDX-License-Identifier: MIT */
/*
 * The AMD-Vi command buffer (sections 6, 7, 12 and 18 of the reference sheet): the ring,
 * waits, illegal commands, devices that do not answer, order, prefetching.
 */
#include <check.h>

#include "tests/vectors/amdvi_unit.h"
#include "tests/run.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define NONE	   IMS_CTX_NONE
#define R	   IMS_R
#define OP(n)	   ((uint64_t)(n) << 60)
#define GN	   UINT64_C(4)
#define EVERYTHING UINT64_C(0x7ffffffffffff001)
#define RUN	   (UINT64_C(1) << 4)
#define CMD_BUF	   (UINT64_C(1) << 12)

static uint32_t live(struct aw *v, unsigned cache)
{
	return ims_hw_cache(&v->hw, cache)->live;
}

static void put(struct aw *v, uint64_t qw0, uint64_t qw1)
{
	uint64_t words[4] = { qw0, qw1 };

	ck_assert(ims_ring_put(&v->hw, words));
}

/* ---- waits ---- */

/* 8 bytes at an 8-byte boundary; nothing with s = 0. */
START_TEST(wait_stores)
{
	struct aw v;

	aw_open(&v, &(struct aw_options){ 0 });
	aw_put(&v, AW_STATUS, 0x1111111122222222);
	aw_put(&v, AW_STATUS + 8, 5);
	aw_send(&v, OP(1) | AW_STATUS, 0xabcdef0123456789);
	ck_assert_uint_eq(aw_get(&v, AW_STATUS), 0x1111111122222222);
	aw_send(&v, OP(1) | AW_STATUS | 1, 0xabcdef0123456789);
	ck_assert_uint_eq(aw_get(&v, AW_STATUS), 0xabcdef0123456789);
	aw_send(&v, OP(1) | (AW_STATUS + 8) | 5, 0x80000000);
	ck_assert_uint_eq(aw_get(&v, AW_STATUS), 0xabcdef0123456789);
	ck_assert_uint_eq(aw_get(&v, AW_STATUS + 8), 0x80000000);
	aw_close(&v);
}
END_TEST

/* i: STATUS bit 2, and a message where ComWaitIntEn allows it; none while the bit stands. */
START_TEST(wait_interrupts)
{
	for (unsigned on = 0; on < 2; on++) {
		struct aw v;

		aw_open(&v, &(struct aw_options){ .logged = true });
		au_write(&v, "MSI_ADDR", 0xfee01000);
		au_write(&v, "MSI_UPPER", 1);
		au_write(&v, "MSI_DATA", 0x41);
		au_ctrl(&v, 0, on << 4);
		aw_send(&v, OP(1), 0);
		ck_assert_uint_eq(au_read(&v, "STATUS"), RUN);
		aw_send(&v, OP(1) | 2, 0);
		ck_assert_uint_eq(au_read(&v, "STATUS"), RUN | 4);
		ck_assert_uint_eq(au_signals(&v, AMDVI_SIGNAL_WAIT), on);
		if (on) {
			ck_assert_uint_eq(au_last(&v, IMS_EV_SIGNAL)->a[0], 0x1fee01000);
			ck_assert_uint_eq(au_last(&v, IMS_EV_SIGNAL)->a[1], 0x41);
		}
		aw_send(&v, OP(1) | 2, 0);
		ck_assert_uint_eq(au_signals(&v, AMDVI_SIGNAL_WAIT), on);
		au_write(&v, "STATUS", 4);
		ck_assert_uint_eq(au_read(&v, "STATUS"), RUN);
		aw_send(&v, OP(1) | 2, 0);
		ck_assert_uint_eq(au_signals(&v, AMDVI_SIGNAL_WAIT), 2 * on);
		aw_close(&v);
	}
}
END_TEST

/* ---- the ring ---- */

START_TEST(ring_wraps_and_fills)
{
	struct aw v;

	aw_open(&v, &(struct aw_options){ .ring_lg2 = 3 });
	for (uint32_t round = 1; round <= 50; round++) {
		for (unsigned i = 0; i < round % 7; i++)
			put(&v, OP(2) | i, 0);
		put(&v, OP(1) | AW_STATUS | 1, round);
		ck_assert_uint_eq(aw_get(&v, AW_STATUS), round - 1);
		ims_ring_run(&v.hw);
		ck_assert_uint_eq(aw_get(&v, AW_STATUS), round);
		ck_assert_uint_eq(au_read(&v, "CMD_HEAD"), au_read(&v, "CMD_TAIL"));
	}
	aw_close(&v);
}
END_TEST

/* From power-on by registers, as Linux does it: base and length, head, tail, the switch, the doorbell. */
START_TEST(by_registers)
{
	for (unsigned n = 8; n <= 15; n++) {
		struct aw v;

		aw_open(&v, &(struct aw_options){ .cells = 1u << 17 });
		ims_unit_reset(&v.hw);
		ck_assert_uint_eq(au_read(&v, "STATUS"), 0);
		au_write(&v, "CMDBUF", (uint64_t)n << 56 | 0x100000);
		ck_assert_uint_eq(au_read(&v, "CMDBUF"), (uint64_t)n << 56 | 0x100000);
		au_write(&v, "CMD_HEAD", 0);
		au_write(&v, "CMD_TAIL", 0);
		/* The last place, then the first. */
		au_write(&v, "CMD_HEAD", (UINT64_C(16) << n) - 16);
		ck_assert_uint_eq(au_read(&v, "CMD_HEAD"), (UINT64_C(16) << n) - 16);
		aw_put(&v, 0x100000 + (UINT64_C(16) << n) - 16, OP(1) | AW_STATUS | 1);
		aw_put(&v, 0x100000 + (UINT64_C(16) << n) - 8, 9);
		aw_put(&v, 0x100000, OP(1) | (AW_STATUS + 8) | 1);
		aw_put(&v, 0x100008, 10);
		au_write(&v, "CMD_TAIL", 16);
		ck_assert_uint_eq(aw_get(&v, AW_STATUS), 0);
		au_ctrl(&v, 0, CMD_BUF); /* nothing runs while the unit is off */
		ck_assert_uint_eq(au_read(&v, "STATUS"), 0);
		au_ctrl(&v, 0, 1);
		ck_assert_uint_eq(au_read(&v, "STATUS"), RUN);
		ck_assert_uint_eq(aw_get(&v, AW_STATUS), 9);
		ck_assert_uint_eq(aw_get(&v, AW_STATUS + 8), 10);
		ck_assert_uint_eq(au_read(&v, "CMD_HEAD"), 16);
		/* While it runs neither base nor head can be changed. */
		au_write(&v, "CMD_HEAD", 0x80);
		au_write(&v, "CMDBUF", UINT64_C(9) << 56 | 0x200000);
		ck_assert_uint_eq(au_read(&v, "CMD_HEAD"), 16);
		ck_assert_uint_eq(au_read(&v, "CMDBUF"), (uint64_t)n << 56 | 0x100000);
		au_ctrl(&v, CMD_BUF, 0);
		ck_assert_uint_eq(au_read(&v, "STATUS"), 0);
		au_write(&v, "CMDBUF", UINT64_C(9) << 56 | 0x200000);
		ck_assert_uint_eq(au_read(&v, "CMD_HEAD"), 0);
		ck_assert_uint_eq(au_read(&v, "CMD_TAIL"), 0);
		aw_close(&v);
	}
}
END_TEST

/* ---- errors ---- */

static const struct {
	uint64_t qw0, qw1;
	uint16_t error;
} bad[] = {
	{ 0, 0, AMDVI_QE_OPCODE },
	{ OP(0xb), 0, AMDVI_QE_OPCODE },
	{ OP(0xf), 0, AMDVI_QE_OPCODE },
	{ OP(9), 0, AMDVI_QE_GUEST_EVENT },
	{ OP(10) | 1u << 27, 0, AMDVI_QE_RESERVED },
	{ OP(2) | 0x10000, 0, AMDVI_QE_RESERVED },
	{ OP(3), 8, AMDVI_QE_RESERVED },
	{ OP(8), 1, AMDVI_QE_RESERVED },
};

/* The event has the command's address, CmdBufRun is clear, the head stands behind it (K6). */
START_TEST(illegal_command)
{
	for (unsigned fetched = 0; fetched < 4; fetched++) {
		struct aw v;

		aw_open(&v,
			&(struct aw_options){ .logged = true,
					      .params = { AW_PARAM(AMDVI_K6_FETCHED, fetched) } });
		au_logs_on(&v);
		put(&v, OP(2), 0);
		put(&v, bad[_i].qw0, bad[_i].qw1);
		put(&v, OP(1) | AW_STATUS | 1, 7);
		put(&v, OP(1) | (AW_STATUS + 8) | 1, 8);
		ims_ring_run(&v.hw);
		ck_assert_uint_eq(v.hw.unit->ring.error, bad[_i].error);
		ck_assert_uint_eq(au_last(&v, IMS_EV_QERROR)->n, bad[_i].error);
		ck_assert_uint_eq(au_last(&v, IMS_EV_QERROR)->a[0], 1);
		ck_assert_uint_eq(au_read(&v, "STATUS") & RUN, 0);
		ck_assert_uint_eq(au_read(&v, "CMD_HEAD"), 16 * (2 + (fetched < 2 ? fetched : 2)));
		ck_assert_uint_eq(au_read(&v, "CMD_TAIL"), 64);
		ck_assert_uint_eq(au_events(&v), 1);
		ck_assert_uint_eq(aw_get(&v, AU_EVENTS), OP(5));
		ck_assert_uint_eq(aw_get(&v, AU_EVENTS + 8), AW_RING + 16);
		ck_assert_uint_eq(aw_get(&v, AW_STATUS), 0);
		/* Stopped: neither the doorbell nor the switch that is on already. */
		au_write(&v, "CMD_TAIL", 64);
		au_ctrl(&v, 0, CMD_BUF);
		ck_assert_uint_eq(au_read(&v, "STATUS") & RUN, 0);
		ck_assert_uint_eq(aw_get(&v, AW_STATUS + 8), 0);
		au_ctrl(&v, CMD_BUF, 0);
		au_ctrl(&v, 0, CMD_BUF);
		ck_assert_uint_eq(au_read(&v, "STATUS") & RUN, RUN);
		ck_assert_uint_eq(v.hw.unit->ring.error, 0);
		ck_assert_uint_eq(aw_get(&v, AW_STATUS), fetched ? 0 : 7);
		ck_assert_uint_eq(aw_get(&v, AW_STATUS + 8), fetched > 1 ? 0 : 8);
		ck_assert_uint_eq(au_events(&v), 1);
		aw_close(&v);
	}
}
END_TEST

/* K6 = 0, as QEMU: an event each, and on. */
START_TEST(illegal_commands_passed_over)
{
	struct aw v;

	aw_open(&v, &(struct aw_options){ .logged = true, .params = { AW_PARAM(AMDVI_K6, 0) } });
	au_logs_on(&v);
	for (unsigned i = 0; i < COUNT(bad); i++)
		put(&v, bad[i].qw0, bad[i].qw1);
	put(&v, OP(1) | AW_STATUS | 1, 7);
	ims_ring_run(&v.hw);
	ck_assert_uint_eq(aw_get(&v, AW_STATUS), 7);
	ck_assert_uint_eq(v.hw.unit->ring.error, 0);
	ck_assert_uint_eq(au_read(&v, "STATUS") & RUN, RUN);
	ck_assert_uint_eq(au_events(&v), COUNT(bad));
	for (unsigned i = 0; i < COUNT(bad); i++)
		ck_assert_uint_eq(aw_get(&v, AU_EVENTS + i * 16 + 8), AW_RING + i * 16);
	aw_close(&v);
}
END_TEST

/* A ring without memory: COMMAND_HARDWARE_ERROR stops whatever K6 says. */
START_TEST(command_not_fetched)
{
	for (unsigned k6 = 0; k6 < 2; k6++) {
		uint64_t ring = UINT64_C(1) << 41;
		struct aw v;

		aw_open(&v, &(struct aw_options){ .params = { AW_PARAM(AMDVI_K6, k6) } });
		au_logs_on(&v);
		v.hw.unit->ring.base = ring;
		au_write(&v, "CMD_TAIL", 32);
		ck_assert_uint_eq(v.hw.unit->ring.error, AMDVI_QE_FETCH);
		ck_assert_uint_eq(au_read(&v, "STATUS") & RUN, 0);
		ck_assert_uint_eq(aw_get(&v, AU_EVENTS), OP(6));
		ck_assert_uint_eq(aw_get(&v, AU_EVENTS + 8), ring);
		aw_close(&v);
	}
}
END_TEST

/* ---- devices that do not answer ---- */

/* IOTLB_INV_TIMEOUT has device and command; this one is void, everything else is done. */
START_TEST(iotlb_inv_timeout)
{
	struct aw v;

	aw_build(&v, &(struct aw_options){ .logged = true });
	au_logs_on(&v);
	for (unsigned dev = AW_NESTED; dev <= AW_HOST; dev += AW_HOST - AW_NESTED) {
		struct ims_req req = aw_req(dev, NONE, dev == AW_NESTED ? AW_IOVA : AW_GPA, IMS_R);
		struct ims_answer a;

		ims_device_ats(&v.hw, &req, &a);
	}
	ck_assert_uint_eq(live(&v, AMDVI_ATC), 2);
	ck_assert(ims_atc_fail(&v.hw, AW_HOST, 1));
	put(&v, OP(4) | AW_HOST, EVERYTHING);
	put(&v, OP(4) | AW_NESTED, EVERYTHING);
	put(&v, OP(2) | AW_HOST, 0);
	aw_wait(&v);
	ck_assert_uint_eq(aw_get(&v, AW_STATUS), 1);
	ck_assert_uint_eq(v.hw.unit->ring.error, 0);
	ck_assert_uint_eq(live(&v, AMDVI_ATC), 1);
	ck_assert_uint_eq(live(&v, AMDVI_DTC), 1);
	ck_assert_uint_eq(au_events(&v), 1);
	ck_assert_uint_eq(aw_get(&v, AU_EVENTS), OP(7) | AW_HOST);
	ck_assert_uint_eq(aw_get(&v, AU_EVENTS + 8), AW_RING);
	/* Once: the next is answered. */
	put(&v, OP(4) | AW_HOST, EVERYTHING);
	aw_wait(&v);
	ck_assert_uint_eq(live(&v, AMDVI_ATC), 0);
	ck_assert_uint_eq(au_events(&v), 1);
	aw_close(&v);
}
END_TEST

/* The device does as it is told, and its answer is lost: it is given up all the same. */
START_TEST(answer_lost)
{
	struct aw v;

	aw_build(&v, &(struct aw_options){ .logged = true });
	au_logs_on(&v);
	for (unsigned acts = 0; acts < 2; acts++) {
		struct ims_req req = aw_req(AW_HOST, NONE, AW_GPA, IMS_R);
		struct ims_answer a;

		ims_device_ats(&v.hw, &req, &a);
		ck_assert(ims_atc_fail(&v.hw, AW_HOST, 1));
		if (acts)
			ims_atc_fail_acts(&v.hw, AW_HOST);
		put(&v, OP(4) | AW_HOST, EVERYTHING);
		aw_wait(&v);
		ck_assert_uint_eq(live(&v, AMDVI_ATC), !acts);
		ck_assert_uint_eq(au_events(&v), acts + 1);
		ck_assert_uint_eq(v.hw.unit->given_up, acts + 1);
		ck_assert_uint_eq(v.hw.unit->failed.src, AW_HOST);
	}
	aw_close(&v);
}
END_TEST

/* InvTimeout = 0: no event; the wait is never complete. */
START_TEST(no_time_out)
{
	struct aw v;

	aw_open(&v, &(struct aw_options){ .logged = true });
	au_logs_on(&v);
	au_ctrl(&v, UINT64_C(7) << 5, 0);
	ck_assert(ims_atc_fail(&v.hw, 5, 1));
	put(&v, OP(4) | 5, EVERYTHING);
	aw_wait(&v);
	ck_assert_uint_eq(aw_get(&v, AW_STATUS), 0);
	ck_assert_uint_eq(v.hw.unit->ring.error, AMDVI_QE_NO_ANSWER);
	ck_assert_uint_eq(au_events(&v), 0);
	aw_close(&v);
}
END_TEST

/* ---- order ---- */

/* K3 = 1: nothing takes effect out of order; 0: what comes behind overtakes (S15). */
START_TEST(order_k3)
{
	for (unsigned k3 = 0; k3 < 2; k3++) {
		struct ims_req req = aw_req(AW_NESTED, NONE, AW_IOVA, R);
		struct ims_answer a;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .params = { AW_PARAM(AMDVI_K3, k3) } });
		ims_device_ats(&v.hw, &req, &a);
		aw_put(&v, AW_G_E(AW_N1, 1), 0);
		aw_send(&v, OP(3) | (uint64_t)AW_DOM_NESTED << 32, EVERYTHING | GN);
		aw_send(&v, OP(4) | AW_NESTED, EVERYTHING);
		ck_assert_uint_eq(live(&v, AMDVI_IOTLB), 1);
		ck_assert_uint_eq(live(&v, AMDVI_ATC), k3);
		if (!k3) { /* refilled from what is stale, and kept past the wait */
			ims_device_ats(&v.hw, &req, &a);
			ck_assert_uint_eq(a.fault, 0);
		}
		aw_wait(&v);
		ck_assert_uint_eq(live(&v, AMDVI_IOTLB), 0);
		ck_assert_uint_eq(live(&v, AMDVI_ATC), k3 ? 0 : 1);
		aw_close(&v);
	}
}
END_TEST

/* Which pairs the description orders: all before a wait, the others with K3 = 1. */
START_TEST(orders)
{
	uint32_t params[2][AMDVI_PARAMS];
	int wait = ims_model_row(&amdvi_model, "COMPLETION_WAIT");
	int pages = ims_model_row(&amdvi_model, "INVALIDATE_IOMMU_PAGES GN=1");
	int atc = ims_model_row(&amdvi_model, "INVALIDATE_IOTLB_PAGES GN=0");
	int ppr = ims_model_row(&amdvi_model, "COMPLETE_PPR_REQUEST");

	for (unsigned k3 = 0; k3 < 2; k3++) {
		for (unsigned i = 0; i < AMDVI_PARAMS; i++)
			params[k3][i] = amdvi_params[i].value;
		params[k3][AMDVI_K3] = k3;
		for (unsigned row = 0; row < AMDVI_ROWS; row++)
			if (*amdvi_rows[row].name && row != (unsigned)wait)
				ck_assert(ims_model_ordered(&amdvi_model, params[k3], row,
							    (unsigned)wait));
		ck_assert(ims_model_ordered(&amdvi_model, params[k3], (unsigned)pages,
					    (unsigned)atc) == k3);
		ck_assert(ims_model_ordered(&amdvi_model, params[k3], (unsigned)atc,
					    (unsigned)ppr) == k3);
		ck_assert(!ims_model_ordered(&amdvi_model, params[k3], (unsigned)atc,
					     (unsigned)pages));
	}
}
END_TEST

/* A response goes to the device; behind an invalidation of it only with that (K3 = 1). */
START_TEST(complete_ppr)
{
	for (unsigned k3 = 0; k3 < 2; k3++) {
		const struct ims_event *e;
		struct aw v;

		aw_open(&v, &(struct aw_options){ .logged = true,
						  .params = { AW_PARAM(AMDVI_K3, k3) } });
		aw_send(&v, OP(4) | 0x108, EVERYTHING);
		aw_send(&v, OP(7) | UINT64_C(5) << 32 | 0x108, GN | UINT64_C(0x10aa) << 32);
		ck_assert_uint_eq(au_count(&v, IMS_EV_RESPONSE), !k3);
		aw_wait(&v);
		ck_assert_uint_eq(au_count(&v, IMS_EV_RESPONSE), 1);
		e = au_last(&v, IMS_EV_RESPONSE);
		ck_assert_uint_eq(e->n, 1);
		ck_assert_uint_eq(e->a[0], 0x108);
		ck_assert_uint_eq(e->a[1], 5);
		ck_assert_uint_eq(e->a[2], 0xaa);
		aw_close(&v);
	}
}
END_TEST

/* ---- prefetching ---- */

START_TEST(prefetch)
{
	static const struct {
		unsigned dev;
		uint64_t qw0, qw1; /* besides opcode and device */
		unsigned k9, filled;
	} t[] = {
		{ AW_HOST, 0, AW_GPA, 0, 1 },
		{ AW_HOST, UINT64_C(2) << 24, AW_GPA, 0, 2 },
		{ AW_HOST, UINT64_C(9) << 24, AW_GPA, 0, 4 }, /* there are four */
		{ AW_HOST, 0, AW_GPA, 2, 3 },		      /* K9: and its neighbours */
		{ AW_HOST, 0, AW_GPA + 0x10000, 0, 0 },	      /* not mapped: no fault */
		{ AW_NESTED, UINT64_C(1) << 32, GN | AW_IOVA, 0, 1 },
		{ AW_NESTED, UINT64_C(2) << 32, GN | AW_IOVA, 0, 0 }, /* no such PASID */
		{ AW_NESTED, 0, AW_GPA, 0, 0 }, /* of the host's tables, under GIOV */
		{ AW_BOTH, 0, AW_GPA, 0, 1 },
		{ AW_IDENTITY, 0, AW_GPA, 0, 0 },
		{ AW_BLOCKED, 0, AW_GPA, 0, 0 },
	};

	for (unsigned i = 0; i < COUNT(t); i++) {
		struct aw v;

		aw_build(&v, &(struct aw_options){ .logged = true,
						   .params = { AW_PARAM(AMDVI_K9, t[i].k9) } });
		au_logs_on(&v);
		for (unsigned page = 1; page < 4; page++)
			aw_put(&v, AW_HG1_E + 8 * page, AW_PTE(0, AW_HPA + 0x1000 * page));
		aw_send(&v, OP(6) | t[i].dev | t[i].qw0, t[i].qw1);
		aw_wait(&v);
		ck_assert_msg(live(&v, AMDVI_IOTLB) == t[i].filled, "%u: %u", i,
			      live(&v, AMDVI_IOTLB));
		/* No event, no bit in the guest's tables. */
		ck_assert_uint_eq(au_events(&v), 0);
		ck_assert_uint_eq(aw_get(&v, AW_G_E(AW_N1, 1)), AW_GPA | 7);
		aw_close(&v);
	}
}
END_TEST

/* What is filled serves the request. */
START_TEST(prefetched_is_used)
{
	struct ims_answer a;
	struct aw v;

	aw_build(&v, &(struct aw_options){ 0 });
	aw_send(&v, OP(6) | AW_HOST, AW_GPA);
	aw_wait(&v);
	aw_put(&v, AW_HG1_E, 0);
	a = aw_ask(&v, AW_HOST, NONE, AW_GPA, R);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert(a.hit);
	ck_assert_uint_eq(a.out, AW_HPA);
	aw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD-Vi command buffer");
	TCase *t = tcase_create("waits and ring");

	tcase_add_test(t, wait_stores);
	tcase_add_test(t, wait_interrupts);
	tcase_add_test(t, ring_wraps_and_fills);
	tcase_add_test(t, by_registers);
	suite_add_tcase(s, t);
	t = tcase_create("errors");
	tcase_add_loop_test(t, illegal_command, 0, COUNT(bad));
	tcase_add_test(t, illegal_commands_passed_over);
	tcase_add_test(t, command_not_fetched);
	tcase_add_test(t, iotlb_inv_timeout);
	tcase_add_test(t, answer_lost);
	tcase_add_test(t, no_time_out);
	suite_add_tcase(s, t);
	t = tcase_create("order and prefetching");
	tcase_add_test(t, order_k3);
	tcase_add_test(t, orders);
	tcase_add_test(t, complete_ppr);
	tcase_add_test(t, prefetch);
	tcase_add_test(t, prefetched_is_used);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
