/* SPDX-License-Identifier: MIT */
/*
 * Tegra241 CMDQV (sheet, section 9; tegra241-cmdqv.c): its registers, whose a VCMDQ is,
 * which commands a guest's takes and what is put into them, how it stops and goes on, and
 * what is left in one that is turned off.
 */
#include <check.h>
#include <stdio.h>

#include "models/smmuv3/cmdqv.h"
#include "tests/vectors/smmuv3_unit.h"
#include "tests/run.h"

enum { QUEUES = 8, EACH = 2, LG2 = 2, SIZE = 1 << LG2, VMID = 5, ILL = SMMU_CERROR_ILL };

/* Queue 2 is the first of VINTF 1. */
enum { Q = 2, V = 1 };

#define NH_ASID(vmid, asid) ((uint64_t)(asid) << 48 | (uint64_t)(vmid) << 32 | 0x11)
#define NH_VA(vmid)	    ((uint64_t)(vmid) << 32 | 0x12)
#define ATC(sid)	    ((uint64_t)(sid) << 32 | 0x40)
#define SYNC		    UINT64_C(0x1234560fc01046) /* with a message */

static const struct sw_options eight = { .params = { SW_PARAM(SMMU_P_VCMDQS, QUEUES) },
					 .logged = true };

static uint64_t queue_at(unsigned q)
{
	return 0x40000 + q * 0x1000;
}

static uint64_t get(struct sw *v, const char *format, unsigned n)
{
	char name[32];

	snprintf(name, sizeof(name), format, n);
	return unit_read(&v->hw, name);
}

static void set(struct sw *v, const char *format, unsigned n, uint64_t value)
{
	char name[32];

	snprintf(name, sizeof(name), format, n);
	unit_write(&v->hw, name, value);
}

/* As the host's driver resets it: two queues for each VINTF, the first of which is the host's. */
static void open_queues(struct sw *v, const struct sw_options *o)
{
	sw_build(v, o);
	unit_write(&v->hw, "CMDQV_CONFIG", 1);
	for (unsigned q = 0; q < QUEUES; q++)
		set(v, "CMDQ_ALLOC%u", q, (q / EACH) << 15 | (q % EACH) << 1 | 1);
	set(v, "VINTF%u_CONFIG", 0, 1 << 17 | 1);
	set(v, "VINTF%u_CONFIG", V, VMID << 1 | 1);
	set(v, "VINTF%u_CONFIG", 2, 6 << 1 | 1);
	for (unsigned q = 0; q < QUEUES; q++) {
		set(v, "VCMDQ%u_BASE", q, queue_at(q) | LG2);
		set(v, "VCMDQ%u_CONFIG", q, 1);
	}
}

static void send(struct sw *v, unsigned q, uint64_t d0, uint64_t d1)
{
	uint64_t prod = get(v, "VCMDQ%u_PROD", q);

	sw_put(v, queue_at(q) + prod % SIZE * 16, d0);
	sw_put(v, queue_at(q) + prod % SIZE * 16 + 8, d1);
	set(v, "VCMDQ%u_PROD", q, (prod + 1) % (2 * SIZE));
}

/* ---- registers ---- */

START_TEST(as_it_says)
{
	static const struct {
		uint32_t vcmdq, vintf, sids, param;
	} t[] = {
		{ 8, 4, 4, 2 << 12 | 2 << 8 | 3 << 4 | 1 },
		{ 4, 2, 1, 0 << 12 | 1 << 8 | 2 << 4 | 1 },
		{ 2, 2, 2, 1 << 12 | 1 << 8 | 1 << 4 | 1 },
		{ 0, 4, 4, 0 },
	};

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct sw_options o = { .params = { SW_PARAM(SMMU_P_VCMDQS, t[i].vcmdq),
						    SW_PARAM(SMMU_P_VINTFS, t[i].vintf),
						    SW_PARAM(SMMU_P_VINTF_SIDS, t[i].sids) } };
		struct sw v;

		sw_open(&v, &o);
		ck_assert_uint_eq(unit_read(&v.hw, "CMDQV_PARAM"), t[i].param);
		ck_assert_uint_eq(v.hw.unit->rings_count, 1 + t[i].vcmdq);
		for (unsigned q = 0; q < CMDQV_VCMDQS; q++) {
			bool there = q < t[i].vcmdq;

			set(&v, "CMDQ_ALLOC%u", q, UINT32_MAX);
			ck_assert_uint_eq(get(&v, "CMDQ_ALLOC%u", q), there ? 0x1f80ff : 0);
			set(&v, "VCMDQ%u_BASE", q, 0x45000 | 3);
			ck_assert_uint_eq(get(&v, "VCMDQ%u_BASE", q), there ? 0x45003 : 0);
		}
		for (unsigned f = 0; f < CMDQV_VINTFS; f++) {
			bool there = t[i].vcmdq && f < t[i].vintf;
			char name[32];

			set(&v, "VINTF%u_CONFIG", f, UINT32_MAX);
			ck_assert_uint_eq(get(&v, "VINTF%u_CONFIG", f), there ? 0x3ffff : 0);
			ck_assert_uint_eq(get(&v, "VINTF%u_STATUS", f), there);
			for (unsigned s = 0; s < CMDQV_SIDS; s++) {
				bool has = there && s < t[i].sids;

				snprintf(name, sizeof(name), "VINTF%u_SID_MATCH%u", f, s);
				unit_write(&v.hw, name, UINT32_MAX);
				ck_assert_uint_eq(unit_read(&v.hw, name), has ? 0x1fffff : 0);
				snprintf(name, sizeof(name), "VINTF%u_SID_REPLACE%u", f, s);
				unit_write(&v.hw, name, 0x1234 + s);
				ck_assert_uint_eq(unit_read(&v.hw, name), has ? 0x1234 + s : 0);
			}
		}
		sw_close(&v);
	}
}
END_TEST

/* Offsets as the driver's macros have them. */
START_TEST(where_they_are)
{
	static const struct {
		const char *name;
		uint32_t offset;
		uint8_t bytes;
	} t[] = {
		{ "CMDQV_CONFIG", 0x0, 4 },
		{ "CMDQV_PARAM", 0x4, 4 },
		{ "CMDQV_STATUS", 0x8, 4 },
		{ "CMDQV_VINTF_ERR_MAP", 0x14, 4 },
		{ "CMDQV_CMDQ_ERR_MAP0", 0x24, 4 },
		{ "CMDQ_ALLOC3", 0x20c, 4 },
		{ "VINTF2_CONFIG", 0x1200, 4 },
		{ "VINTF2_STATUS", 0x1204, 4 },
		{ "VINTF2_SID_MATCH1", 0x1244, 4 },
		{ "VINTF2_SID_REPLACE3", 0x128c, 4 },
		{ "VINTF2_LVCMDQ_ERR_MAP_64_0", 0x12c0, 8 },
		{ "VCMDQ5_CONS", 0x10280, 4 },
		{ "VCMDQ5_PROD", 0x10284, 4 },
		{ "VCMDQ5_CONFIG", 0x10288, 4 },
		{ "VCMDQ5_STATUS", 0x1028c, 4 },
		{ "VCMDQ5_GERROR", 0x10290, 4 },
		{ "VCMDQ5_GERRORN", 0x10294, 4 },
		{ "VCMDQ5_BASE", 0x20280, 8 },
	};

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		const struct ims_reg *r = ims_model_reg(&smmuv3_model, t[i].name);

		ck_assert_msg(r != NULL, "no %s", t[i].name);
		ck_assert_uint_eq(r->offset - CMDQV_AT, t[i].offset);
		ck_assert_uint_eq(r->bytes, t[i].bytes);
	}
}
END_TEST

/* A queue runs if it is on, allocated, and its VINTF and the whole are: each by itself. */
START_TEST(runs_only_if_all_are_on)
{
	static const struct {
		const char *format;
		unsigned n;
		uint64_t off, on;
	} t[] = {
		{ "VCMDQ%u_CONFIG", Q, 0, 1 },
		{ "CMDQ_ALLOC%u", Q, 1 << 15, 1 << 15 | 1 },
		{ "VINTF%u_CONFIG", V, VMID << 1, VMID << 1 | 1 },
		{ "CMDQV_CONFIG", 0, 0, 1 },
	};
	struct sw v;

	open_queues(&v, &eight);
	ck_assert_uint_eq(get(&v, "VCMDQ%u_STATUS", Q), 1);
	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		uint64_t cons = get(&v, "VCMDQ%u_CONS", Q);

		set(&v, t[i].format, t[i].n, t[i].off);
		ck_assert_uint_eq(get(&v, "VCMDQ%u_STATUS", Q), 0);
		send(&v, Q, NH_ASID(0, 1), 0);
		ck_assert_uint_eq(get(&v, "VCMDQ%u_CONS", Q), cons);
		set(&v, t[i].format, t[i].n, t[i].on);
		ck_assert_uint_eq(get(&v, "VCMDQ%u_CONS", Q), cons + 1);
	}
	sw_close(&v);
}
END_TEST

/* Fixed while the queue is on; the address ends at bit 47. */
START_TEST(fixed_while_on)
{
	struct sw v;

	open_queues(&v, &eight);
	set(&v, "VCMDQ%u_BASE", Q, 0x99000 | 1);
	set(&v, "VCMDQ%u_CONS", Q, 1);
	ck_assert_uint_eq(get(&v, "VCMDQ%u_BASE", Q), queue_at(Q) | LG2);
	ck_assert_uint_eq(get(&v, "VCMDQ%u_CONS", Q), 0);
	set(&v, "VCMDQ%u_CONFIG", Q, 0);
	set(&v, "VCMDQ%u_BASE", Q, IMS_BITS(63, 48) | 0x99000 | 1);
	set(&v, "VCMDQ%u_CONS", Q, 1);
	ck_assert_uint_eq(get(&v, "VCMDQ%u_BASE", Q), 0x99000 | 1);
	ck_assert_uint_eq(get(&v, "VCMDQ%u_CONS", Q), 1);
	sw_close(&v);
}
END_TEST

/* ---- commands ---- */

static void map_sid(struct sw *v, unsigned slot, uint32_t virt, uint32_t sid)
{
	char name[32];

	snprintf(name, sizeof(name), "VINTF%u_SID_REPLACE%u", V, slot);
	unit_write(&v->hw, name, sid);
	snprintf(name, sizeof(name), "VINTF%u_SID_MATCH%u", V, slot);
	unit_write(&v->hw, name, virt << 1 | 1);
}

/* What each command becomes, by opcode; everything but its own names stays. */
START_TEST(what_is_put_in)
{
	static const struct {
		uint64_t in[2], out[2];
	} t[] = {
		{ { NH_ASID(0, 7), 0 }, { NH_ASID(VMID, 7), 0 } },
		{ { NH_ASID(9, 7), 0 }, { NH_ASID(VMID, 7), 0 } },
		{ { NH_VA(0xffff), 0x80604001 }, { NH_VA(VMID), 0x80604001 } },
		{ { ATC(0x100), 0x34 }, { ATC(0x10), 0x34 } },
		{ { ATC(0xfffff) | 1 << 11 | 3 << 12, 0x1000 },
		  { ATC(0x18) | 1 << 11 | 3 << 12, 0x1000 } },
		{ { SYNC, SU_STATUS }, { 0xfc00046, 0 } },
		{ { 0x2046, 0 }, { 0x46, 0 } },
	};
	struct sw v;

	open_queues(&v, &eight);
	/* A slot that is not enabled is none. */
	map_sid(&v, 0, 0x100, 0x20);
	unit_write(&v.hw, "VINTF1_SID_MATCH0", 0x100 << 1);
	map_sid(&v, 1, 0x100, 0x10);
	map_sid(&v, 3, 0xfffff, 0x18);
	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		const struct ims_event *e;

		send(&v, Q, t[i].in[0], t[i].in[1]);
		ck_assert_uint_eq(get(&v, "VCMDQ%u_CONS", Q), (i + 1) % (2 * SIZE));
		e = unit_last(&v.log, IMS_EV_CMD);
		ck_assert_uint_eq(e->a[0], t[i].out[0]);
		ck_assert_uint_eq(e->a[1], t[i].out[1]);
		ck_assert_uint_eq(e->a[4], 1 + Q);
	}
	/* No message was written. */
	ck_assert(!su_synced(&v));
	sw_close(&v);
}
END_TEST

/* Of all 256 opcodes four are taken; of the host's own queue what any queue takes. */
START_TEST(which_are_taken)
{
	for (unsigned op = 0; op < 256; op++) {
		bool own = op == 0x11 || op == 0x12 || op == 0x40 || op == 0x46;
		struct sw v;

		open_queues(&v, &eight);
		map_sid(&v, 0, 0, 8);
		send(&v, Q, op, op == 0x12 ? 1 << 12 : 0);
		ck_assert_uint_eq(get(&v, "VCMDQ%u_CONS", Q), own ? 1 : (uint64_t)ILL << 24);
		send(&v, 0, op, op == 0x12 ? 1 << 12 : 0);
		su_send(&v, op, op == 0x12 ? 1 << 12 : 0);
		ck_assert_uint_eq(get(&v, "VCMDQ%u_CONS", 0) >> 24,
				  unit_read(&v.hw, "CMDQ_CONS") >> 24);
		sw_close(&v);
	}
}
END_TEST

/* What is open: an error, or nothing comes of it; VMIDs are replaced, or compared. */
START_TEST(what_is_open)
{
	static const struct {
		uint8_t knob;
		uint64_t word, errors[2];
	} t[] = {
		{ SMMU_K_VCMDQ_OP, 0x10, { ILL, 0 } },
		{ SMMU_K_VCMDQ_OP, ATC(0x999), { ILL, ILL } },
		{ SMMU_K_VCMDQ_SID, ATC(0x999), { ILL, 0 } },
		{ SMMU_K_VCMDQ_SID, 0x10, { ILL, ILL } },
		{ SMMU_K_VCMDQ_VMID, NH_ASID(0, 1), { 0, ILL } },
		{ SMMU_K_VCMDQ_VMID, NH_ASID(VMID, 1), { 0, 0 } },
	};

	for (unsigned i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		for (unsigned value = 0; value < 2; value++) {
			struct sw_options o = eight;
			bool put = t[i].knob == SMMU_K_VCMDQ_VMID;
			struct sw v;

			o.params[1] = (struct sw_param)SW_PARAM(t[i].knob, value);
			open_queues(&v, &o);
			map_sid(&v, 0, 0x100, 8);
			send(&v, Q, t[i].word, 0);
			ck_assert_uint_eq(get(&v, "VCMDQ%u_CONS", Q),
					  t[i].errors[value] ? t[i].errors[value] << 24 : 1);
			ck_assert_uint_eq(unit_count(&v.log, IMS_EV_CMD),
					  put && !t[i].errors[value]);
			ck_assert_uint_eq(unit_count(&v.log, IMS_EV_DISCARD),
					  !put && !t[i].errors[value]);
			sw_close(&v);
		}
}
END_TEST

/* ---- errors ---- */

/* The queue alone stops, the maps of its VINTF and of all say so, until GERRORN is GERROR. */
START_TEST(stops_alone)
{
	struct sw v;

	open_queues(&v, &eight);
	for (unsigned round = 0; round < 3; round++) {
		uint64_t error = (round + 1) % 2, at = round * 2 % (2 * SIZE);

		send(&v, Q + 1, 0xff, 0);
		send(&v, Q + 1, NH_ASID(0, 1), 0);
		ck_assert_uint_eq(get(&v, "VCMDQ%u_CONS", Q + 1), (uint64_t)ILL << 24 | at);
		ck_assert_uint_eq(get(&v, "VCMDQ%u_GERROR", Q + 1), error);
		ck_assert_uint_eq(get(&v, "VINTF%u_LVCMDQ_ERR_MAP_64_0", V), 2);
		ck_assert_uint_eq(unit_read(&v.hw, "CMDQV_VINTF_ERR_MAP"), 1 << V);
		ck_assert_uint_eq(unit_read(&v.hw, "CMDQV_CMDQ_ERR_MAP0"), 1 << (Q + 1));
		ck_assert_uint_eq(unit_read(&v.hw, "GERROR"), 0);
		send(&v, Q, NH_ASID(0, 1), 0);
		ck_assert_uint_eq(get(&v, "VCMDQ%u_CONS", Q), round + 1);
		su_sync(&v);
		ck_assert(su_synced(&v));
		/* Turning it off and on acknowledges nothing. */
		set(&v, "VCMDQ%u_CONFIG", Q + 1, 0);
		set(&v, "VCMDQ%u_CONFIG", Q + 1, 1);
		ck_assert_uint_eq(get(&v, "VCMDQ%u_CONS", Q + 1), (uint64_t)ILL << 24 | at);
		sw_put(&v, queue_at(Q + 1) + at % SIZE * 16, NH_ASID(0, 1));
		set(&v, "VCMDQ%u_GERRORN", Q + 1, error ^ 1);
		ck_assert_uint_eq(get(&v, "VCMDQ%u_CONS", Q + 1), (uint64_t)ILL << 24 | at);
		set(&v, "VCMDQ%u_GERRORN", Q + 1, error);
		ck_assert_uint_eq(get(&v, "VCMDQ%u_CONS", Q + 1), (at + 2) % (2 * SIZE));
		ck_assert_uint_eq(get(&v, "VINTF%u_LVCMDQ_ERR_MAP_64_0", V), 0);
		ck_assert_uint_eq(unit_read(&v.hw, "CMDQV_VINTF_ERR_MAP"), 0);
		ck_assert_uint_eq(unit_read(&v.hw, "CMDQV_CMDQ_ERR_MAP0"), 0);
	}
	sw_close(&v);
}
END_TEST

/* A time-out that no SYNC has heard of stays in a queue that is turned off, and is told in it later. */
START_TEST(told_to_the_next)
{
	for (unsigned flush = 0; flush < 2; flush++) {
		struct sw v;

		open_queues(&v, &eight);
		map_sid(&v, 0, 0x100, SW_NESTED);
		send(&v, Q, ATC(0x100), 0x34);
		ck_assert(ims_atc_fail(&v.hw, SW_NESTED, 1));
		set(&v, "VCMDQ%u_CONFIG", Q, 0);
		/* A SYNC in the SMMU's own queue hears it, and nobody after. */
		if (flush)
			su_sync(&v);
		ck_assert_uint_eq(v.hw.unit->atc_failing, !flush);
		set(&v, "VCMDQ%u_CONFIG", Q, 1);
		send(&v, Q, 0x46, 0);
		ck_assert_uint_eq(get(&v, "VCMDQ%u_CONS", Q) >> 24,
				  flush ? 0 : SMMU_CERROR_ATC_INV_SYNC);
		ck_assert_uint_eq(v.hw.unit->atc_failing, 0);
		set(&v, "VCMDQ%u_GERRORN", Q, get(&v, "VCMDQ%u_GERROR", Q));
		ck_assert_uint_eq(get(&v, "VCMDQ%u_CONS", Q), 2);
		sw_close(&v);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("Tegra241 CMDQV");
	TCase *t = tcase_create("queues");

	tcase_add_test(t, as_it_says);
	tcase_add_test(t, where_they_are);
	tcase_add_test(t, runs_only_if_all_are_on);
	tcase_add_test(t, fixed_while_on);
	tcase_add_test(t, what_is_put_in);
	tcase_add_test(t, which_are_taken);
	tcase_add_test(t, what_is_open);
	tcase_add_test(t, stops_alone);
	tcase_add_test(t, told_to_the_next);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
