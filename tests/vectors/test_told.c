/* SPDX-License-Identifier: MIT */
/*
 * Queues that hardware fills as software reads them, of each vendor: records by the layouts
 * of the specifications, registers that are there, what of an event a guest hears; and what a
 * unit keeps of who waits for an answer.
 */
#include <check.h>
#include <string.h>

#include "models/amdvi/amdvi.h"
#include "models/vtd/vtd.h"
#include "tests/run.h"
#include "tests/vectors/smmuv3_unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE

static const struct {
	const struct ims_told_queue *queue;
	uint64_t words[4];
	struct ims_told want;
} records[] = {
	/* Sheet 9.5, page request descriptor: PP, RID, PASID, EXR, PMR; R, W, LPIG, PRGI, address. */
	{ &vtd_told[0],
	  { UINT64_C(0x0030000503a00101), UINT64_C(0xffff800012345000) | 0x1ff << 3 | 7 },
	  { .kind = IMS_TOLD_PAGE,
	    .src = 0x3a0,
	    .ctx = 0x5,
	    .group = 0x1ff,
	    .read = true,
	    .write = true,
	    .last = true,
	    .execute = true,
	    .priv = true,
	    .addr = UINT64_C(0xffff800012345000) } },
	/* Without PP there is no PASID, whatever its field says. */
	{ &vtd_told[0],
	  { UINT64_C(0x000fffffffff0001), UINT64_C(0x1000) | 3 << 3 | 1 },
	  { .kind = IMS_TOLD_PAGE,
	    .src = 0xffff,
	    .ctx = NONE,
	    .group = 3,
	    .read = true,
	    .addr = 0x1000 } },
	/* Section 4: DeviceID, PASID 15:0 and 19:16, tag, last, flags from bit 48 on. */
	{ &amdvi_told[0],
	  { UINT64_C(0x116e2a0905050108) | UINT64_C(0xf) << 42, 0x7000 },
	  { .kind = IMS_TOLD_PAGE,
	    .src = 0x108,
	    .ctx = 0xf0505,
	    .group = 0x09,
	    .last = true,
	    .execute = true,
	    .read = true,
	    .write = true,
	    .priv = false,
	    .addr = 0x7000 } },
	{ &amdvi_told[0],
	  { UINT64_C(0x1020000000000108), 0x7000 },
	  { .kind = IMS_TOLD_PAGE, .src = 0x108, .ctx = NONE, .write = true, .addr = 0x7000 } },
	/* Sheet 5.2: event, SSV, SSID, SID; STAG, Stall, PnU, InD, RnW; the address. */
	{ &smmu_told[0],
	  { UINT64_C(0x0000010000005810), UINT64_C(0x0000020e80000003), 0x10008, 0 },
	  { .kind = IMS_TOLD_STALL,
	    .src = 0x100,
	    .ctx = 5,
	    .group = 3,
	    .last = true,
	    .read = true,
	    .execute = true,
	    .priv = true,
	    .addr = 0x10008 } },
	{ &smmu_told[0],
	  { UINT64_C(0x0000010000005010), UINT64_C(0x0000020000000003), 0x10008, 0 },
	  { .kind = IMS_TOLD_FAULT,
	    .src = 0x100,
	    .ctx = NONE,
	    .group = 3,
	    .last = true,
	    .write = true,
	    .addr = 0x10008 } },
	/* Sheet 6, PRI queue entry: SID, SSID, Priv, Exec, Read, Write, Last, SSV; PRGIndex. */
	{ &smmu_told[1],
	  { UINT64_C(0xfc00000500000108), 0x123451ff },
	  { .kind = IMS_TOLD_PAGE,
	    .src = 0x108,
	    .ctx = 5,
	    .group = 0x1ff,
	    .last = true,
	    .priv = true,
	    .execute = true,
	    .read = true,
	    .write = true,
	    .addr = 0x12345000 } },
	{ &smmu_told[1],
	  { UINT64_C(0x1000000500000108), 0x1000 },
	  { .kind = IMS_TOLD_PAGE, .src = 0x108, .ctx = NONE, .read = true, .addr = 0x1000 } },
};

START_TEST(reading)
{
	const struct ims_told *want = &records[_i].want;
	struct ims_told got = { .kind = IMS_TOLD_NOTHING };

	records[_i].queue->read(records[_i].words, &got);
	ck_assert_uint_eq(got.kind, want->kind);
	ck_assert_uint_eq(got.src, want->src);
	ck_assert_uint_eq(got.ctx, want->ctx);
	ck_assert_uint_eq(got.group, want->group);
	ck_assert_uint_eq(got.addr, want->addr);
	ck_assert(got.read == want->read && got.write == want->write && got.last == want->last);
	ck_assert(got.execute == want->execute && got.priv == want->priv);
}
END_TEST

static void steps_known(const struct ims_model *m, const struct ims_reg_step *s, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		ck_assert_msg(ims_model_reg(m, s[i].reg) != NULL, "%s", s[i].reg);
		ck_assert(!s[i].from || ims_model_reg(m, s[i].from));
	}
}

/* Every name is one of a register, each row has a source, and there is a row for each answer. */
START_TEST(described)
{
	static const struct ims_model *const models[] = { &vtd_model, &amdvi_model, &smmuv3_model };

	for (unsigned k = 0; k < COUNT(models); k++) {
		const struct ims_model *m = models[k];

		ck_assert(m->told_count && m->told_count <= IMS_TOLD_QUEUES);
		ck_assert_int_ge(ims_model_row(m, m->page_answer), 0);
		ck_assert(!m->stall_answer || ims_model_row(m, m->stall_answer) >= 0);
		for (unsigned i = 0; i < m->told_count; i++) {
			const struct ims_told_queue *q = &m->told[i];

			ck_assert(q->name && q->source && q->read);
			ck_assert(ims_model_reg(m, q->base) && ims_model_reg(m, q->head) &&
				  ims_model_reg(m, q->tail) && ims_model_reg(m, q->overflow));
			ck_assert(!q->acknowledged || ims_model_reg(m, q->acknowledged));
			steps_known(m, q->on, q->on_count);
			steps_known(m, q->served, q->served_count);
			steps_known(m, q->again, q->again_count);
		}
	}
}
END_TEST

/* Sheet 8.5: 04, 06, 08, 0A, 10 to 13, of stage 1, that do not stall; the guest's number in it. */
START_TEST(for_guests)
{
	for (unsigned id = 0; id < 256; id++) {
		uint64_t record[4] = { id | UINT64_C(0x3a00) << 32 | 0x5800, UINT64_C(2) << 40,
				       0x10000, 7 };
		bool heard = id == 4 || id == 6 || id == 8 || id == 10 ||
			     (id >= 0x10 && id <= 0x13);
		uint64_t got[4] = { 0 };

		ck_assert_msg(smmu_vevent(record, 0x108, got) == heard, "event %x", id);
		if (!heard)
			continue;
		ck_assert_uint_eq(got[0], id | UINT64_C(0x108) << 32 | 0x5800);
		ck_assert(got[1] == record[1] && got[2] == record[2] && got[3] == record[3]);
		record[1] |= IMS_BIT(39);
		ck_assert(!smmu_vevent(record, 0x108, got));
		record[1] ^= IMS_BIT(39) | IMS_BIT(31);
		ck_assert(!smmu_vevent(record, 0x108, got));
	}
}
END_TEST

/* ---- who waits ---- */

static enum ims_page_fate ask(struct sw *v, uint16_t group, uint32_t ctx, bool last,
			      bool answer_ctx)
{
	const struct ims_page_req req = { .src = SW_NESTED,
					  .ctx = ctx,
					  .addr = 0x4000,
					  .group = group,
					  .write = true,
					  .last = last,
					  .answer_ctx = answer_ctx };
	uint8_t code;

	return ims_device_page_request(&v->hw, &req, &code);
}

/* PRI_RESP: opcode 41, SSV 11, SSID, SID; PRGIndex, Resp 13:12. */
static void answer(struct sw *v, uint16_t group, uint32_t ctx)
{
	su_send(v,
		0x41 | (uint64_t)SW_NESTED << 32 |
			(ctx == NONE ? 0 : (uint64_t)ctx << 12 | 1u << 11),
		group | 2u << 12);
}

START_TEST(waiting)
{
	const struct sw_options o = { .logged = true };
	struct sw v;

	sw_open(&v, &o);
	su_queues_on(&v, 4);
	/* A group is one, whatever its requests; it is complete with the last. */
	ck_assert_uint_eq(ask(&v, 3, 5, false, false), IMS_PAGE_QUEUED);
	ck_assert(!v.hw.unit->asked[0].last);
	ck_assert_uint_eq(ask(&v, 3, 5, true, false), IMS_PAGE_QUEUED);
	ck_assert_uint_eq(v.hw.unit->asked_count, 1);
	ck_assert(v.hw.unit->asked[0].last);
	/* Another's answer is none; without the PASID it is one, to most. */
	answer(&v, 4, 5);
	ck_assert_uint_eq(v.hw.unit->asked_count, 1);
	answer(&v, 3, NONE);
	ck_assert_uint_eq(v.hw.unit->asked_count, 0);
	/* An endpoint that goes by the PASID. */
	ck_assert_uint_eq(ask(&v, 3, 5, true, true), IMS_PAGE_QUEUED);
	answer(&v, 3, NONE);
	answer(&v, 3, 6);
	ck_assert_uint_eq(v.hw.unit->asked_count, 1);
	answer(&v, 3, 5);
	ck_assert_uint_eq(v.hw.unit->asked_count, 0);
	/* The number may be used again at once, and two groups may be under way. */
	ck_assert_uint_eq(ask(&v, 3, 5, true, false), IMS_PAGE_QUEUED);
	ck_assert_uint_eq(ask(&v, 4, 5, true, false), IMS_PAGE_QUEUED);
	answer(&v, 3, 5);
	ck_assert_uint_eq(v.hw.unit->asked_count, 1);
	ck_assert_uint_eq(v.hw.unit->asked[0].group, 4);
	sw_close(&v);
}
END_TEST

/* What hardware answers by itself waits no more; what it drops does. */
START_TEST(not_waiting)
{
	const struct sw_options o = { .logged = true };
	struct sw v;

	sw_open(&v, &o);
	/* The queue is off: failure, without the PASID. */
	ck_assert_uint_eq(ask(&v, 1, 5, true, false), IMS_PAGE_ANSWERED);
	ck_assert_uint_eq(v.hw.unit->asked_count, 0);
	ck_assert_uint_eq(ask(&v, 1, 5, true, true), IMS_PAGE_ANSWERED);
	ck_assert_uint_eq(v.hw.unit->asked_count, 1);
	su_queues_on(&v, 4);
	for (uint16_t i = 2; i <= IMS_ASKED_PAGES; i++) {
		ck_assert(ims_asked_room(&v.hw));
		ask(&v, i, 5, true, false);
	}
	ck_assert(!ims_asked_room(&v.hw));
	ck_assert_uint_eq(v.hw.unit->asked_count, IMS_ASKED_PAGES);
	/* Stalls have their own room. */
	ims_hw_stalled(&v.hw, &(struct ims_req){ .src = SW_NESTED, .ctx = NONE }, 2);
	ck_assert_uint_eq(v.hw.unit->asked_count, IMS_ASKED_PAGES + 1);
	answer(&v, 2, 5);
	ck_assert(ims_asked_find(&v.hw, SW_NESTED, NONE, 2, true) != NULL);
	ims_hw_resumed(&v.hw, SW_NESTED, 2, false);
	ck_assert(ims_asked_find(&v.hw, SW_NESTED, NONE, 2, true) == NULL);
	ck_assert_uint_eq(v.hw.unit->asked_count, IMS_ASKED_PAGES - 1);
	sw_close(&v);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("told");
	TCase *t = tcase_create("told");

	tcase_add_loop_test(t, reading, 0, (int)COUNT(records));
	tcase_add_test(t, described);
	tcase_add_test(t, for_guests);
	tcase_add_test(t, waiting);
	tcase_add_test(t, not_waiting);
	suite_add_tcase(suite, t);
	return tests_run(suite);
}
