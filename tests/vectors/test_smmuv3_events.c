/* SPDX-License-Identifier: MIT */
/*
 * The queues that an SMMUv3 writes: records (7.3; the sheet's 5.2 with 16.5), overflow,
 * aborts, merging; transactions that stall (15.11); page requests (15.1).
 */
#include <check.h>

#include "tests/vectors/smmuv3_unit.h"
#include "tests/run.h"

#define NONE	 IMS_CTX_NONE
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define OVFLG	 (UINT64_C(1) << 31)

enum { GERROR_EVENTQ = 4, GERROR_PRIQ = 8 };

static void open_queues(struct sw *v, const struct sw_options *o, unsigned lg2)
{
	sw_build(v, o);
	su_queues_on(v, lg2);
}

static uint64_t prod(struct sw *v)
{
	return unit_read(&v->hw, "EVENTQ_PROD");
}

/* ---- records ---- */

static const struct {
	unsigned sid;
	uint32_t ssid;
	uint64_t addr;
	unsigned access;
	bool priv, execute;
	uint64_t words[4];
} records[] = {
	/* C_BAD_STREAMID, C_BAD_STE. */
	{ 0x1234, NONE, 0x1000, IMS_R, false, false, { 0x123400000002 } },
	{ 0x1234, 5, 0x1000, IMS_R, false, false, { 0x123400005802 } },
	{ SW_INVALID, NONE, 0x1000, IMS_W, false, false, { 0x3000000004 } },
	{ SW_INVALID, 0xabcde, 0x1000, IMS_W, false, false, { 0x30abcde804 } },
	/* C_BAD_SUBSTREAMID: no SSV; of a stream without substreams. */
	{ SW_S1, 3, SW_VA, IMS_R, false, false, { 0x1800003008 } },
	/* F_STREAM_DISABLED: SSID 0 where S1DSS is 2; no SSID. */
	{ SW_NESTED, 0, SW_VA, IMS_R, false, false, { 0x0800000006 } },
	/* C_BAD_CD of SSID 3, which is all zeroes. */
	{ SW_NESTED, 3, SW_VA, IMS_R, false, false, { 0x080000380a } },
	/* F_TRANSLATION of stage 1: CLASS IN; RnW, PnU, InD. */
	{ SW_S1, NONE, 0x1000, IMS_R, false, false, { 0x1800000010, 0x20800000000, 0x1000 } },
	{ SW_S1, NONE, 0x1008, IMS_W, true, true, { 0x1800000010, 0x20200000000, 0x1008 } },
	{ SW_S1, NONE, 0x1000, IMS_R, true, true, { 0x1800000010, 0x20e00000000, 0x1000 } },
	{ SW_NESTED, 1, 0x1000, IMS_R, false, false, { 0x0800001810, 0x20800000000, 0x1000 } },
	/* Of stage 2 on the input. */
	{ SW_S2, NONE, 0x5008, IMS_R, false, false, { 0x1000000010, 0x28800000000, 0x5008, 0x5000 } },
};

START_TEST(records_of_events)
{
	struct ims_req req =
		sw_req(records[_i].sid, records[_i].ssid, records[_i].addr, records[_i].access);
	struct ims_answer a;
	struct sw v;

	open_queues(&v, &(struct sw_options){ .logged = true }, 3);
	/* R of the stage-2 stream, as the others' CDs have it. */
	req.priv = records[_i].priv;
	req.execute = records[_i].execute;
	ims_translate(&v.hw, &req, &a);
	ck_assert(a.fault);
	ck_assert_uint_eq(prod(&v), 1);
	for (unsigned i = 0; i < 4; i++)
		ck_assert_msg(su_event(&v, 0, i) == records[_i].words[i], "word %u: %#llx", i,
			      (unsigned long long)su_event(&v, 0, i));
	ck_assert_uint_eq(unit_signals(&v.log, SMMU_SIGNAL_EVENTQ), 1);
	ck_assert_uint_eq(unit_last(&v.log, IMS_EV_FAULT)->a[3], 1);
	sw_close(&v);
}
END_TEST

/* Section 7.3.16: the IPA of what stage 2 denies, by a walk and by what it had cached. */
START_TEST(denied_by_stage_2)
{
	struct ims_req req = sw_req(SW_S2, NONE, SW_IPA + 8, IMS_W);
	struct ims_answer a;
	struct sw v;

	open_queues(&v, &(struct sw_options){ .logged = true }, 3);
	sw_put(&v, SW_HG1_E, sw_get(&v, SW_HG1_E) & ~IMS_BIT(7));
	/* It is cached by a read; the stream's S2R records what a write meets there. */
	ck_assert_uint_eq(sw_ask(&v, SW_S2, NONE, SW_IPA, IMS_R).fault, 0);
	for (unsigned i = 0; i < 2; i++) {
		ims_translate(&v.hw, &req, &a);
		ck_assert_uint_eq(SMMU_EVENT(a.fault), SMMU_E_PERMISSION);
		ck_assert_uint_eq(a.hit, !i);
		ck_assert_uint_eq(prod(&v), i + 1);
		ck_assert_uint_eq(su_event(&v, i, 2), SW_IPA + 8);
		ck_assert_uint_eq(su_event(&v, i, 3), SW_IPA);
		sw_forget(&v);
	}
	sw_close(&v);
}
END_TEST

/* FetchAddr: of an STE, a CD, also one behind stage 2, and a descriptor of either stage. */
static const struct {
	unsigned sid;
	uint32_t ssid;
	uint64_t input, at, flip, want;
	unsigned event;
} fetches[] = {
	{ 1, NONE, 0, 0, 0, IMS_BIT(45) + 64, SMMU_E_STE_FETCH },
	{ SW_S1, NONE, SW_VA, SW_STE(SW_S1), IMS_BIT(42), IMS_BIT(42) | SW_CDS_S, SMMU_E_CD_FETCH },
	{ SW_NESTED, 1, SW_VA, SW_H1_LOW_E(SW_CDS - SW_LOW), IMS_BIT(42),
	  IMS_BIT(42) | (SW_CDS + 64), SMMU_E_CD_FETCH },
	{ SW_S1, NONE, SW_VA, SW_G_E(SW_G2, 2), IMS_BIT(42), IMS_BIT(42) | SW_G_E(SW_G1, 1),
	  SMMU_E_WALK_EABT },
	{ SW_S2, NONE, SW_IPA, SW_HG2_E, IMS_BIT(42), IMS_BIT(42) | SW_HG1_E, SMMU_E_WALK_EABT },
	{ SW_NESTED, 1, SW_VA, SW_HG2_E, IMS_BIT(42), IMS_BIT(42) | SW_HG1_E, SMMU_E_WALK_EABT },
	{ SW_NESTED, 1, SW_VA, SW_H1_LOW_E(SW_N2 - SW_LOW), IMS_BIT(42),
	  IMS_BIT(42) | SW_G_E(SW_N2, 2), SMMU_E_WALK_EABT },
};

START_TEST(addresses_of_fetches)
{
	struct sw v;

	open_queues(&v, &(struct sw_options){ .walk_caches = _i & 1 }, 3);
	sw_field(&v, SW_CDS_S, SMMU_CD_IPS, 4);
	sw_field(&v, SW_CDS + 64, SMMU_CD_IPS, 4);
	for (unsigned sid = SW_NESTED; sid <= SW_S2; sid += 8)
		sw_field(&v, SW_STE(sid), SMMU_STE_S2PS, 4);
	if (fetches[_i].at)
		sw_put(&v, fetches[_i].at, sw_get(&v, fetches[_i].at) ^ fetches[_i].flip);
	else
		v.hw.unit->root = IMS_BIT(45);
	ck_assert(sw_ask(&v, fetches[_i].sid, fetches[_i].ssid, fetches[_i].input, IMS_ACCESS_READ)
			  .fault);
	ck_assert_uint_eq(prod(&v), 1);
	ck_assert_uint_eq(su_event(&v, 0, 0) & 0xff, fetches[_i].event);
	ck_assert_msg(su_event(&v, 0, 3) == fetches[_i].want, "%#llx",
		      (unsigned long long)su_event(&v, 0, 3));
	sw_close(&v);
}
END_TEST

/*
 * A page and the block that took its place without a break between: either serves, or
 * below BBML 2 the look-up is F_TLB_CONFLICT; an address that one of them has alone is not.
 */
START_TEST(conflicts)
{
	static const struct {
		uint32_t bbml, knob;
		bool conflict;
	} t[] = { { 2, 0, false }, { 2, 1, false }, { 1, 0, false }, { 1, 1, true } };

	for (unsigned i = 0; i < COUNT(t); i++) {
		struct sw_options o = { .params = { SW_PARAM(SMMU_P_BBML, t[i].bbml),
						    SW_PARAM(SMMU_K_CONFLICT, t[i].knob) } };
		uint64_t block = SW_VA & ~UINT64_C(0x1fffff);
		struct sw v;

		open_queues(&v, &o, 3);
		ck_assert(!sw_ask(&v, SW_S1, NONE, SW_VA, IMS_ACCESS_READ).fault);
		sw_put(&v, SW_G_E(SW_G2, 2), SW_PAGE(UINT64_C(0x40000000)) & ~UINT64_C(2));
		ck_assert(!sw_ask(&v, SW_S1, NONE, block, IMS_ACCESS_READ).fault);
		ck_assert_uint_eq(sw_ask(&v, SW_S1, NONE, SW_VA, IMS_ACCESS_READ).fault,
				  t[i].conflict ? SMMU_E_TLB_CONFLICT : 0);
		ck_assert_uint_eq(prod(&v), t[i].conflict);
		if (t[i].conflict)
			ck_assert_uint_eq(su_event(&v, 0, 0) & 0xff, SMMU_E_TLB_CONFLICT);
		ck_assert(sw_ask(&v, SW_S1, NONE, block + 0x10000, IMS_ACCESS_READ).hit);
		/* A TLBI takes both. */
		su_send(&v, UINT64_C(0x30), 0);
		su_sync(&v);
		ck_assert(!sw_ask(&v, SW_S1, NONE, SW_VA, IMS_ACCESS_READ).fault);
		sw_close(&v);
	}
}
END_TEST

/* ---- the queue ---- */

static void provoke(struct sw *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		sw_ask(v, SW_INVALID, NONE, i * UINT64_C(0x1000), IMS_ACCESS_READ);
}

/* Full: lost, told of once; room is used again whether or not that is acknowledged. */
START_TEST(overflow)
{
	struct sw v;

	open_queues(&v, &(struct sw_options){ .logged = true }, 1);
	provoke(&v, 2);
	ck_assert_uint_eq(prod(&v), 2);
	provoke(&v, 2);
	ck_assert_uint_eq(prod(&v), OVFLG | 2);
	ck_assert_uint_eq(unit_last(&v.log, IMS_EV_FAULT)->a[3], 0);
	unit_write(&v.hw, "EVENTQ_CONS", 1);
	provoke(&v, 1);
	ck_assert_uint_eq(prod(&v), OVFLG | 3);
	/* Acknowledged, another one is told of: the flag is toggled. */
	unit_write(&v.hw, "EVENTQ_CONS", OVFLG | 1);
	provoke(&v, 1);
	ck_assert_uint_eq(prod(&v), 3);
	ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), 0);
	sw_close(&v);
}
END_TEST

/* Off, or aborted and not acknowledged: lost in silence. */
START_TEST(not_writable)
{
	struct sw v;

	open_queues(&v, &(struct sw_options){ .logged = true }, 1);
	unit_write(&v.hw, "CR0", unit_read(&v.hw, "CR0") & ~UINT64_C(4));
	provoke(&v, 1);
	ck_assert_uint_eq(prod(&v), 0);
	unit_write(&v.hw, "EVENTQ_BASE", UINT64_C(1) << 44 | 1);
	unit_write(&v.hw, "CR0", unit_read(&v.hw, "CR0") | 4);
	provoke(&v, 2);
	ck_assert_uint_eq(prod(&v), 0);
	ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), GERROR_EVENTQ);
	ck_assert_uint_eq(unit_signals(&v.log, SMMU_SIGNAL_GERROR), 1);
	unit_write(&v.hw, "EVENTQ_BASE", SU_EVENTS | 1);
	provoke(&v, 1);
	ck_assert_uint_eq(prod(&v), 0);
	unit_write(&v.hw, "GERRORN", GERROR_EVENTQ);
	provoke(&v, 1);
	ck_assert_uint_eq(prod(&v), 1);
	sw_close(&v);
}
END_TEST

/* Equal ones are one, with MEV or before there is an STE; the page's offset does not count. */
START_TEST(merging)
{
	for (unsigned n = 0; n < 2 * 2; n++) {
		bool on = n & 1, mev = n & 2;
		struct sw_options o = { .params = { SW_PARAM(SMMU_K_MERGE, on) } };
		struct sw v;

		open_queues(&v, &o, 4);
		sw_field(&v, SW_STE(SW_S1), SMMU_STE_MEV, mev);
		sw_ask(&v, SW_S1, NONE, 0x1000, IMS_ACCESS_READ);
		sw_ask(&v, SW_S1, NONE, 0x1ff8, IMS_ACCESS_READ);
		ck_assert_uint_eq(prod(&v), on && mev ? 1 : 2);
		sw_ask(&v, SW_S1, NONE, 0x1ff8, IMS_ACCESS_WRITE);
		ck_assert_uint_eq(prod(&v), on && mev ? 2 : 3);
		sw_ask(&v, SW_S1, NONE, 0x2ff8, IMS_ACCESS_WRITE);
		ck_assert_uint_eq(prod(&v), on && mev ? 3 : 4);
		provoke(&v, 2);
		ck_assert_uint_eq(prod(&v), (on && mev ? 4u : 5u) + !on);
		/* Consumed, it is told of again. */
		unit_write(&v.hw, "EVENTQ_CONS", prod(&v));
		provoke(&v, 1);
		ck_assert_uint_eq(prod(&v), (on && mev ? 5u : 6u) + !on);
		sw_close(&v);
	}
}
END_TEST

/* ---- stalls ---- */

#define RESUME(sid, ac) ((uint64_t)(sid) << 32 | 0x44 | (ac))
#define RETRY		0x1000
#define TERMINATE	0

static void open_stalls(struct sw *v, const struct sw_options *o, unsigned lg2)
{
	open_queues(v, o, lg2);
	sw_field(v, SW_CDS_S, SMMU_CD_S, 1);
	sw_forget(v);
}

/* Told with Stall and STAG; terminated, the tag is free; retried, it is told again or is served. */
START_TEST(stalls_and_resume)
{
	struct sw v;

	open_stalls(&v, &(struct sw_options){ .logged = true }, 4);
	sw_ask(&v, SW_S1, NONE, 0x1000, IMS_ACCESS_READ);
	sw_ask(&v, SW_S1, NONE, 0x2000, IMS_ACCESS_WRITE);
	ck_assert_uint_eq(prod(&v), 2);
	ck_assert_uint_eq(su_event(&v, 0, 1), 0x20880000000);
	ck_assert_uint_eq(su_event(&v, 1, 1), 0x20080000001);
	/* The wrong stream, the wrong tag: nothing. */
	su_send(&v, RESUME(SW_NESTED, RETRY), 1);
	su_send(&v, RESUME(SW_S1, RETRY), 7);
	ck_assert_uint_eq(prod(&v), 2);
	su_send(&v, RESUME(SW_S1, TERMINATE), 0);
	ck_assert_uint_eq(prod(&v), 2);
	su_send(&v, RESUME(SW_S1, RETRY), 0); /* no more there */
	ck_assert_uint_eq(prod(&v), 2);
	/* Before any SYNC: it arrives anew, under a tag that is free. */
	su_send(&v, RESUME(SW_S1, RETRY), 1);
	ck_assert_uint_eq(prod(&v), 3);
	ck_assert_uint_eq(su_event(&v, 2, 1), 0x20080000000);
	ck_assert_uint_eq(su_event(&v, 2, 2), 0x2000);
	su_send(&v, RESUME(SW_S1, TERMINATE), 0);
	sw_ask(&v, SW_S1, NONE, SW_VA + 0x1000, IMS_ACCESS_READ);
	ck_assert_uint_eq(prod(&v), 4);
	sw_put(&v, SW_G_E(SW_G1, 1) + 8, SW_PAGE(SW_PA_S1 + 0x1000));
	su_send(&v, RESUME(SW_S1, RETRY), 0);
	ck_assert_uint_eq(prod(&v), 4);
	ck_assert_uint_eq(unit_last(&v.log, IMS_EV_ANSWER)->n, 0);
	ck_assert_uint_eq(unit_last(&v.log, IMS_EV_ANSWER)->a[0], SW_PA_S1 + 0x1000);
	sw_close(&v);
}
END_TEST

/* All of a stream, and of no other; SMMUEN going to 0 ends all. */
START_TEST(stalls_terminated)
{
	struct sw v;

	open_stalls(&v, &(struct sw_options){ 0 }, 5);
	for (unsigned i = 0; i < 4; i++)
		sw_ask(&v, SW_S1, NONE, 0x1000 + i * UINT64_C(0x1000), IMS_ACCESS_READ);
	su_send(&v, UINT64_C(0x1000000045), 0);
	su_send(&v, RESUME(SW_S1, RETRY), 3);
	ck_assert_uint_eq(prod(&v), 5); /* it was there still */
	su_send(&v, UINT64_C(0x1800000045), 0);
	for (unsigned i = 0; i < 4; i++)
		su_send(&v, RESUME(SW_S1, RETRY), i);
	ck_assert_uint_eq(prod(&v), 5);
	sw_ask(&v, SW_S1, NONE, 0x1000, IMS_ACCESS_READ);
	unit_write(&v.hw, "CR0", unit_read(&v.hw, "CR0") & ~UINT64_C(1));
	unit_write(&v.hw, "CR0", unit_read(&v.hw, "CR0") | 1);
	su_send(&v, RESUME(SW_S1, RETRY), 0);
	ck_assert_uint_eq(prod(&v), 6);
	sw_close(&v);
}
END_TEST

/* As many as STALL_MAX; what is beyond ends, and says so. */
START_TEST(no_room_to_stall)
{
	struct sw_options o = { .params = { SW_PARAM(SMMU_P_STALL_MAX, 3) } };
	struct sw v;

	open_stalls(&v, &o, 5);
	for (unsigned i = 0; i < 5; i++) {
		sw_ask(&v, SW_S1, NONE, 0x1000 + i * UINT64_C(0x1000), IMS_ACCESS_READ);
		ck_assert_uint_eq(su_event(&v, i, 1) >> 31 & 1, i < 3);
	}
	sw_close(&v);
}
END_TEST

/* A full queue: the record waits with its transaction, and that is no overflow. */
START_TEST(stalls_wait_for_room)
{
	struct sw v;

	open_stalls(&v, &(struct sw_options){ 0 }, 0);
	sw_ask(&v, SW_S1, NONE, 0x1000, IMS_ACCESS_READ);
	sw_ask(&v, SW_S1, NONE, 0x2000, IMS_ACCESS_READ);
	ck_assert_uint_eq(prod(&v), 1);
	/* Nobody has been told of it yet. */
	su_send(&v, RESUME(SW_S1, TERMINATE), 1);
	unit_write(&v.hw, "EVENTQ_CONS", 1);
	ck_assert_uint_eq(prod(&v), 0);
	ck_assert_uint_eq(su_event(&v, 0, 2), 0x2000);
	ck_assert_uint_eq(su_event(&v, 0, 1) & 0xffff, 1);
	sw_close(&v);
}
END_TEST

/* ---- page requests ---- */

static const struct ims_page_req page = { .src = 0x1234,
					  .ctx = 0x56789,
					  .addr = 0x7f0000001000,
					  .group = 0x123,
					  .read = true,
					  .write = true,
					  .priv = true,
					  .execute = true,
					  .last = true };

static enum ims_page_fate ask(struct sw *v, const struct ims_page_req *req, uint8_t *ret_code)
{
	return ims_device_page_request(&v->hw, req, ret_code);
}

START_TEST(page_entries)
{
	struct ims_page_req req = page;
	uint8_t code;
	struct sw v;

	open_queues(&v, &(struct sw_options){ .logged = true }, 2);
	ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_QUEUED);
	ck_assert_uint_eq(sw_get(&v, SU_PAGES), UINT64_C(0xfc05678900001234));
	ck_assert_uint_eq(sw_get(&v, SU_PAGES + 8), UINT64_C(0x7f0000001123));
	req.ctx = NONE;
	req.last = req.write = false;
	ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_QUEUED);
	ck_assert_uint_eq(sw_get(&v, SU_PAGES + 16), UINT64_C(0x1000000000001234));
	ck_assert_uint_eq(unit_signals(&v.log, SMMU_SIGNAL_PRIQ), 1);
	sw_close(&v);
}
END_TEST

/* An overflow keeps all out until it is acknowledged; the last of a group is answered. */
START_TEST(page_overflow)
{
	struct ims_page_req req = page, middle = page, marker = page;
	uint8_t code;
	struct sw v;

	middle.last = false;
	marker.read = marker.write = false;
	open_queues(&v, &(struct sw_options){ 0 }, 0);
	ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_QUEUED);
	ck_assert_uint_eq(ask(&v, &middle, &code), IMS_PAGE_DROPPED);
	ck_assert_uint_eq(unit_read(&v.hw, "PRIQ_PROD"), OVFLG | 1);
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_ANSWERED);
		ck_assert_uint_eq(code, 0);
		ck_assert_uint_eq(ask(&v, &marker, &code), IMS_PAGE_DROPPED);
		ck_assert_uint_eq(unit_read(&v.hw, "PRIQ_PROD"), OVFLG | 1);
		unit_write(&v.hw, "PRIQ_CONS", 1); /* room alone is not enough */
	}
	unit_write(&v.hw, "PRIQ_CONS", OVFLG | 1);
	ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_QUEUED);
	ck_assert_uint_eq(unit_read(&v.hw, "PRIQ_PROD"), OVFLG);
	sw_close(&v);
}
END_TEST

/* PPS has the PASID in the answer, PPS = 0 asks the STE (PPAR): one that cannot be used is a failure. */
START_TEST(page_answers)
{
	static const struct {
		uint32_t sid, ctx;
		bool pps, ppar;
		uint8_t code;
	} t[] = {
		{ SW_NESTED, 5, true, false, 0 },
		{ SW_NESTED, 5, false, true, 0 },
		{ SW_NESTED, 5, false, false, IMS_PAGE_BARE },
		{ SW_NESTED, NONE, false, false, 0 },
		{ SW_INVALID, 5, true, false, 0 },
		{ SW_INVALID, 5, false, true, 0xf | IMS_PAGE_BARE },
		{ SW_INVALID, NONE, false, true, 0 },
		{ 0x1234, 5, false, true, 0xf | IMS_PAGE_BARE },
	};

	for (unsigned i = 0; i < COUNT(t); i++) {
		struct sw_options o = { .params = { SW_PARAM(SMMU_P_PPS, t[i].pps) } };
		struct ims_page_req req = page;
		uint8_t code;
		struct sw v;

		o.logged = true;
		open_queues(&v, &o, 0);
		sw_field(&v, SW_STE(SW_NESTED), SMMU_STE_PPAR, t[i].ppar);
		ask(&v, &req, &code);
		req.src = t[i].sid;
		req.ctx = t[i].ctx;
		ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_ANSWERED);
		ck_assert_uint_eq(code, t[i].code);
		ck_assert_uint_eq(unit_last(&v.log, IMS_EV_PAGE)->a[3] >> 16, t[i].code);
		/* Told of as errors of ATS are. */
		ck_assert_uint_eq(prod(&v), (t[i].code & 0xf) != 0);
		sw_close(&v);
	}
}
END_TEST

/* Off, SMMUEN = 0, an abort: failure; a marker is never answered. Without PRI there is nothing. */
START_TEST(page_failures)
{
	for (unsigned how = 0; how < 4; how++)
		for (unsigned m = 0; m < 2; m++) {
			struct sw_options o = { .params = { SW_PARAM(SMMU_P_PRI, how != 3),
							    SW_PARAM(SMMU_P_PPS, how != 3) } };
			struct ims_page_req req = page;
			uint8_t code;
			struct sw v;

			req.read = req.write = !m;
			open_queues(&v, &o, 2);
			if (how < 2)
				unit_write(&v.hw, "CR0",
					   unit_read(&v.hw, "CR0") & ~UINT64_C(2) >> how);
			if (how == 2)
				unit_write(&v.hw, "PRIQ_BASE", UINT64_C(1) << 44);
			ck_assert_uint_eq(ask(&v, &req, &code),
					  m || how == 3 ? IMS_PAGE_DROPPED : IMS_PAGE_ANSWERED);
			ck_assert_uint_eq(code, m || how == 3 ? 0 : 0xf | IMS_PAGE_BARE);
			ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), how == 2 ? GERROR_PRIQ : 0);
			sw_close(&v);
		}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("SMMUv3 events and page requests");
	TCase *t = tcase_create("queues");

	tcase_add_test(t, denied_by_stage_2);
	tcase_add_loop_test(t, records_of_events, 0, COUNT(records));
	tcase_add_test(t, overflow);
	tcase_add_test(t, not_writable);
	tcase_add_test(t, merging);
	tcase_add_test(t, stalls_and_resume);
	tcase_add_test(t, stalls_terminated);
	tcase_add_test(t, no_room_to_stall);
	tcase_add_test(t, stalls_wait_for_room);
	tcase_add_loop_test(t, addresses_of_fetches, 0, COUNT(fetches));
	tcase_add_test(t, conflicts);
	tcase_add_test(t, page_entries);
	tcase_add_test(t, page_overflow);
	tcase_add_test(t, page_answers);
	tcase_add_test(t, page_failures);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
