/* SPDX-License-Identifier: MIT */
/*
 * The AMD-Vi event log (section 4 of the reference sheet as corrected in 18): layout of
 * every event a request can cause, what is silent, SE and SA, overflow, interrupts.
 */
#include <check.h>

#include "tests/vectors/amdvi_unit.h"
#include "tests/run.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define NONE	   IMS_CTX_NONE
#define R	   IMS_R
#define W	   IMS_W
#define OP(n)	   ((uint64_t)(n) << 60)
#define NOWHERE	   (UINT64_C(1) << 41)
#define WORD(v, d) (AW_DTE(d) + 8u * (v))

/* Of the second double word. */
#define GN (UINT64_C(1) << 48)
#define US (UINT64_C(1) << 50)
#define I  (UINT64_C(1) << 51)
#define PR (UINT64_C(1) << 52)
#define RW (UINT64_C(1) << 53)
#define PE (UINT64_C(1) << 54)
#define RZ (UINT64_C(1) << 55)
#define TR (UINT64_C(1) << 56)

#define DOM(d)	 ((uint64_t)(d) << 32)
#define PASID(p) (GN | US | (uint64_t)((p)&0xffff) << 32 | (uint64_t)((p) >> 16) << 16)

/* clang-format off */
/* One change of one word, one request, the event; its address is the request's unless told. */
static const struct vector {
	const char *what;
	uint64_t at, clear, set;
	unsigned dev;
	uint32_t ctx;
	uint64_t addr;
	uint8_t access, kind;
	uint64_t event; /* without the device; 0: silent */
	uint64_t where;
	struct aw_param params[2];
} vectors[] = {
	/* ---- 1, ILLEGAL_DEV_TABLE_ENTRY: the address from bit 2 on ---- */
	{ "reserved bit", WORD(0, AW_HOST), 0, 4, AW_HOST, NONE, AW_GPA + 7, R, 0, OP(1) | RZ | DOM(AW_DOM_HOST), AW_GPA + 4, { { 0 } } },
	{ "reserved bit, write", WORD(0, AW_HOST), 0, 4, AW_HOST, NONE, AW_GPA, W, 0, OP(1) | RZ | RW | DOM(AW_DOM_HOST), AW_GPA, { { 0 } } },
	{ "reserved bit, ATS", WORD(0, AW_HOST), 0, 4, AW_HOST, NONE, AW_GPA, R, IMS_REQ_ATS, OP(1) | RZ | TR | DOM(AW_DOM_HOST), AW_GPA, { { 0 } } },
	{ "GLX 3", WORD(0, AW_NESTED), 0, UINT64_C(3) << 56, AW_NESTED, NONE, AW_IOVA, R, 0, OP(1) | DOM(AW_DOM_NESTED), AW_IOVA, { { 0 } } },
	{ "Mode 7, K8b", WORD(0, AW_HOST), 0, 0xe00, AW_HOST, NONE, AW_GPA, R, 0, OP(1) | DOM(AW_DOM_HOST), AW_GPA, { AW_PARAM(AMDVI_K8B, 1) } },
	{ "device range, K8a", 0, 0, 0, 128, NONE, AW_GPA, R, 0, OP(1), AW_GPA, { AW_PARAM(AMDVI_K8A, 1) } },
	/* ---- 2, IO_PAGE_FAULT ---- */
	{ "device range", 0, 0, 0, 128, NONE, AW_GPA, R, 0, OP(2), 0, { { 0 } } },
	{ "TV", 0, 0, 0, AW_BLOCKED, NONE, AW_GPA + 9, R, 0, OP(2), AW_GPA + 9, { { 0 } } },
	{ "TV, write", 0, 0, 0, AW_BLOCKED, NONE, AW_GPA, W, 0, OP(2) | RW, AW_GPA, { { 0 } } },
	{ "Mode 7", WORD(0, AW_HOST), 0, 0xe00, AW_HOST, NONE, AW_GPA, R, 0, OP(2) | DOM(AW_DOM_HOST), AW_GPA, { { 0 } } },
	{ "IW of the DTE", WORD(0, AW_HOST), UINT64_C(1) << 62, 0, AW_HOST, NONE, AW_GPA, W, 0, OP(2) | PR | PE | RW | DOM(AW_DOM_HOST), AW_GPA, { { 0 } } },
	{ "host absent", AW_HG1_E, 1, 0, AW_HOST, NONE, AW_GPA, R, 0, OP(2) | DOM(AW_DOM_HOST), AW_GPA, { { 0 } } },
	{ "host absent, write", AW_HG1_E, 1, 0, AW_HOST, NONE, AW_GPA, W, 0, OP(2) | RW | DOM(AW_DOM_HOST), AW_GPA, { { 0 } } },
	{ "host absent, atomic", AW_HG1_E, 1, 0, AW_HOST, NONE, AW_GPA, R | W, 0, OP(2) | RW | DOM(AW_DOM_HOST), AW_GPA, { { 0 } } },
	{ "host absent, ATS", AW_HG1_E, 1, 0, AW_HOST, NONE, AW_GPA, R, IMS_REQ_ATS, 0, 0, { { 0 } } },
	{ "host width", 0, 0, 0, AW_HOST, NONE, UINT64_C(1) << 48, R, 0, OP(2) | DOM(AW_DOM_HOST), UINT64_C(1) << 48, { { 0 } } },
	{ "host reserved", AW_HG1_E, 0, UINT64_C(1) << 52, AW_HOST, NONE, AW_GPA, R, 0, OP(2) | PR | RZ | DOM(AW_DOM_HOST), AW_GPA, { { 0 } } },
	{ "host level", AW_HG1_E, 0, 1 << 9, AW_HOST, NONE, AW_GPA, R, 0, OP(2) | PR | DOM(AW_DOM_HOST), AW_GPA, { { 0 } } },
	{ "host permission", AW_HG1_E, UINT64_C(1) << 62, 0, AW_HOST, NONE, AW_GPA, W, 0, OP(2) | PR | PE | RW | DOM(AW_DOM_HOST), AW_GPA, { { 0 } } },
	{ "guest absent, GIOV", AW_G_E(AW_N1, 1), 1, 0, AW_NESTED, NONE, AW_IOVA, R, 0, OP(2) | PASID(0), AW_IOVA, { { 0 } } },
	{ "guest absent, PASID 5", AW_G_E(AW_N1, 1), 1, 0, AW_NESTED, 5, AW_IOVA, W, 0, OP(2) | RW | PASID(5), AW_IOVA, { { 0 } } },
	{ "guest write", AW_G_E(AW_N1, 1), 2, 0, AW_NESTED, 1, AW_IOVA, W, 0, OP(2) | PR | PE | RW | PASID(1), AW_IOVA, { { 0 } } },
	{ "guest reserved", AW_G_E(AW_N3, 3), 0, 0x80, AW_NESTED, 1, AW_IOVA, R, 0, OP(2) | PR | RZ | PASID(1), AW_IOVA, { { 0 } } },
	{ "user", AW_G_E(AW_N1, 1), 4, 0, AW_NESTED, 1, AW_IOVA, R, 0, OP(2) | PR | PE | PASID(1), AW_IOVA, { { 0 } } },
	{ "user, ATS", AW_G_E(AW_N1, 1), 4, 0, AW_NESTED, 1, AW_IOVA, R, IMS_REQ_ATS, OP(2) | PR | PE | TR | PASID(1), AW_IOVA, { { 0 } } },
	{ "user, ATS, silent", AW_G_E(AW_N1, 1), 4, 0, AW_NESTED, 1, AW_IOVA, R, IMS_REQ_ATS, 0, 0, { AW_PARAM(AMDVI_K_US_ATS, 0) } },
	{ "GCR3 absent", 0, 0, 0, AW_NESTED, 7, AW_IOVA, R, 0, OP(2) | PASID(7), AW_IOVA, { { 0 } } },
	{ "PASID too large", 0, 0, 0, AW_NESTED, 0x54321, AW_IOVA, R, 0, OP(2) | PASID(0x54321), AW_IOVA, { { 0 } } },
	{ "GCR3 reserved", AW_GCR3 + 8, 0, 2, AW_NESTED, 1, AW_IOVA, R, 0, OP(2) | PR | RZ | PASID(1), AW_IOVA, { { 0 } } },
	{ "host absent under a guest table", AW_H1_LOW_E(AW_N1 - AW_LOW), 1, 0, AW_NESTED, 1, AW_IOVA, R, 0, OP(2) | PASID(1), AW_IOVA, { { 0 } } },
	{ "interrupt aborted", WORD(2, AW_HOST), 0, 1, AW_HOST, NONE, 0xfee00000, W, 0, OP(2) | I | RW, 0xfee00000, { { 0 } } },
	/* ---- 3, 4: no memory ---- */
	{ "table without memory", AW_HG2_E, AMDVI_ADDR, NOWHERE, AW_HOST, NONE, AW_GPA, R, 0, OP(4) | DOM(AW_DOM_HOST), AW_GPA, { { 0 } } },
	{ "GCR3 without memory", WORD(1, AW_GUEST), 0, UINT64_C(1) << 53, AW_GUEST, 1, AW_IOVA, R, 0, OP(4) | PASID(1), AW_IOVA, { { 0 } } },
	/* ---- 8, INVALID_DEVICE_REQUEST ---- */
	{ "translated, I=0", WORD(1, AW_HOST), UINT64_C(1) << 32, 0, AW_HOST, NONE, AW_HPA, R, IMS_REQ_TRANSLATED, OP(8) | DOM(AW_DOM_HOST), AW_HPA, { { 0 } } },
	{ "ATS, I=0", WORD(1, AW_HOST), UINT64_C(1) << 32, 0, AW_HOST, NONE, AW_GPA, R, IMS_REQ_ATS, OP(8) | TR | DOM(AW_DOM_HOST), AW_GPA, { { 0 } } },
	{ "PASID, GV=0", 0, 0, 0, AW_HOST, 3, AW_GPA, R, 0, OP(8) | PASID(3), AW_GPA, { { 0 } } },
};
/* clang-format on */

START_TEST(layout)
{
	const struct vector *x = &vectors[_i];
	struct ims_req req = {
		.src = x->dev, .ctx = x->ctx, .addr = x->addr, .access = x->access, .kind = x->kind
	};
	struct ims_answer a;
	struct aw v;

	aw_build(&v,
		 &(struct aw_options){ .logged = true, .params = { x->params[0], x->params[1] } });
	au_logs_on(&v);
	if (x->at)
		aw_put(&v, x->at, (aw_get(&v, x->at) & ~x->clear) | x->set);
	ims_translate(&v.hw, &req, &a);
	ck_assert_msg(a.fault != 0, "%s: no fault", x->what);
	ck_assert_msg(au_events(&v) == (x->event ? 1u : 0u), "%s: %u events", x->what,
		      au_events(&v));
	ck_assert_msg(aw_get(&v, AU_EVENTS) == (x->event ? x->event | x->dev : 0), "%s: %#llx",
		      x->what, (unsigned long long)aw_get(&v, AU_EVENTS));
	ck_assert_msg(aw_get(&v, AU_EVENTS + 8) == x->where, "%s: at %#llx", x->what,
		      (unsigned long long)aw_get(&v, AU_EVENTS + 8));
	ck_assert_uint_eq(au_count(&v, IMS_EV_FAULT), x->event ? 1 : 0);
	if (x->event) {
		ck_assert_uint_eq(au_last(&v, IMS_EV_FAULT)->n, a.fault);
		ck_assert_uint_eq(au_last(&v, IMS_EV_FAULT)->a[3], 1);
		ck_assert_uint_eq(au_signals(&v, AMDVI_SIGNAL_EVENT), 1);
		ck_assert_uint_eq(au_read(&v, "STATUS") & 0xb, 0xa);
	}
	aw_close(&v);
}
END_TEST

/* Supervisor requests: US is 0. The device table itself without memory: code 3. */
START_TEST(others)
{
	struct ims_req req = aw_req(AW_NESTED, 1, AW_IOVA, R);
	struct ims_answer a;
	struct aw v;

	aw_build(&v, &(struct aw_options){ .logged = true });
	au_logs_on(&v);
	req.priv = true;
	aw_put(&v, AW_G_E(AW_N1, 1), 0);
	ims_translate(&v.hw, &req, &a);
	ck_assert_uint_eq(aw_get(&v, AU_EVENTS), OP(2) | GN | DOM(1) | AW_NESTED);
	v.hw.unit->root = NOWHERE;
	a = aw_ask(&v, AW_HOST, NONE, AW_GPA, W);
	ck_assert_uint_eq(a.fault, AMDVI_F_DTE_ERROR);
	ck_assert_uint_eq(aw_get(&v, AU_EVENTS + 16), OP(3) | RW | AW_HOST);
	ck_assert_uint_eq(aw_get(&v, AU_EVENTS + 24), AW_GPA);
	aw_close(&v);
}
END_TEST

/*
 * SA mutes page faults, SE all but the first, until the cached DTE is gone; neither
 * mutes other events.
 */
START_TEST(suppression)
{
	for (unsigned n = 0; n < 4; n++) {
		bool se = n & 1, sa = n & 2;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .logged = true });
		au_logs_on(&v);
		aw_put(&v, WORD(1, AW_HOST),
		       aw_get(&v, WORD(1, AW_HOST)) | (uint64_t)se << 33 | (uint64_t)sa << 34);
		aw_put(&v, AW_HG1_E, 0);
		for (unsigned i = 0; i < 3; i++)
			aw_ask(&v, AW_HOST, NONE, AW_GPA, R);
		ck_assert_uint_eq(au_events(&v), sa ? 0 : se ? 1 : 3);
		aw_send(&v, OP(2) | AW_HOST, 0);
		aw_wait(&v);
		for (unsigned i = 0; i < 3; i++)
			aw_ask(&v, AW_HOST, NONE, AW_GPA, R);
		ck_assert_uint_eq(au_events(&v), sa ? 0 : se ? 2 : 6);
		/* Another device's are told. */
		aw_ask(&v, AW_BLOCKED, NONE, AW_GPA, R);
		ck_assert_uint_eq(au_events(&v), sa ? 1 : se ? 3 : 7);
		aw_ask(&v, AW_HOST, 3, AW_GPA, R); /* INVALID_DEVICE_REQUEST */
		ck_assert_uint_eq(au_events(&v), sa ? 2 : se ? 4 : 8);
		aw_close(&v);
	}
}
END_TEST

/* An absence that is cached is told each time. */
START_TEST(cached_absence)
{
	struct aw v;

	aw_build(&v, &(struct aw_options){ .logged = true,
					   .params = { AW_PARAM(AMDVI_P_NP_CACHE, 1) } });
	au_logs_on(&v);
	aw_put(&v, AW_HG1_E, 0);
	for (unsigned i = 0; i < 3; i++)
		aw_ask(&v, AW_HOST, NONE, AW_GPA, R);
	ck_assert_uint_eq(au_events(&v), 3);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_uint_eq(aw_get(&v, AU_EVENTS + 16 * i),
				  OP(2) | DOM(AW_DOM_HOST) | AW_HOST);
		ck_assert_uint_eq(aw_get(&v, AU_EVENTS + 16 * i + 8), AW_GPA);
	}
	aw_close(&v);
}
END_TEST

/* Every length: one entry less than there are, then overflow until the log is switched off and on. */
START_TEST(overflow)
{
	unsigned n = (unsigned)_i, entries = 1u << (n < 8 ? 8 : n);
	uint64_t base = 0x800000;
	struct aw v;

	aw_build(&v, &(struct aw_options){ .cells = 1u << 17 });
	au_logs_on(&v);
	au_write(&v, "EVTLOG", (uint64_t)n << 56 | base);
	for (unsigned i = 0; i < entries - 1; i++)
		aw_ask(&v, AW_BLOCKED, NONE, i * 8, R);
	ck_assert_uint_eq(au_read(&v, "STATUS") & 9, 8);
	ck_assert_uint_eq(au_read(&v, "EVT_TAIL"), (entries - 1) * 16);
	aw_ask(&v, AW_BLOCKED, NONE, 0xabc0, R);
	ck_assert_uint_eq(au_read(&v, "STATUS") & 9, 1);
	ck_assert_uint_eq(au_read(&v, "EVT_TAIL"), (entries - 1) * 16);
	ck_assert_uint_eq(aw_get(&v, base + (entries - 1) * 16), 0);
	/* Room alone does not help, nor clearing the bit. */
	au_write(&v, "EVT_HEAD", (entries - 1) * 16);
	au_write(&v, "STATUS", 1);
	aw_ask(&v, AW_BLOCKED, NONE, 0xabc0, R);
	ck_assert_uint_eq(au_read(&v, "EVT_TAIL"), (entries - 1) * 16);
	au_ctrl(&v, 4, 0);
	ck_assert_uint_eq(au_read(&v, "STATUS") & 9, 0);
	au_ctrl(&v, 0, 4);
	ck_assert_uint_eq(au_read(&v, "STATUS") & 9, 8);
	for (unsigned i = 0; i < entries - 1; i++)
		aw_ask(&v, AW_BLOCKED, NONE, 0x100000 + i * 8, R);
	ck_assert_uint_eq(au_read(&v, "STATUS") & 9, 8);
	ck_assert_uint_eq(aw_get(&v, base + (entries - 1) * 16 + 8), 0x100000);
	ck_assert_uint_eq(aw_get(&v, base + 8), 0x100008);
	aw_close(&v);
}
END_TEST

/* Lost faults are told as lost; nothing is told where the log is off. */
START_TEST(lost_and_off)
{
	struct aw v;

	aw_build(&v, &(struct aw_options){ .logged = true });
	aw_ask(&v, AW_BLOCKED, NONE, 0, R);
	ck_assert_uint_eq(au_count(&v, IMS_EV_FAULT), 0);
	ck_assert_uint_eq(au_read(&v, "EVT_TAIL"), 0);
	au_logs_on(&v);
	au_write(&v, "EVT_HEAD", 32);
	aw_ask(&v, AW_BLOCKED, NONE, 0, R);
	ck_assert_uint_eq(au_last(&v, IMS_EV_FAULT)->a[3], 1);
	au_write(&v, "STATUS", 2);
	ck_assert_uint_eq(au_signals(&v, AMDVI_SIGNAL_EVENT), 1);
	aw_ask(&v, AW_BLOCKED, NONE, 0, R);
	ck_assert_uint_eq(au_last(&v, IMS_EV_FAULT)->a[3], 0);
	ck_assert_uint_eq(au_count(&v, IMS_EV_FAULT), 2);
	ck_assert_uint_eq(au_signals(&v, AMDVI_SIGNAL_EVENT), 2); /* of the overflow */
	aw_close(&v);
}
END_TEST

/* One message until software clears the bit; none with EventIntEn = 0. */
START_TEST(interrupts)
{
	struct aw v;

	aw_build(&v, &(struct aw_options){ .logged = true });
	au_logs_on(&v);
	au_ctrl(&v, 8, 0);
	aw_ask(&v, AW_BLOCKED, NONE, 0, R);
	ck_assert_uint_eq(au_read(&v, "STATUS") & 2, 2);
	ck_assert_uint_eq(au_signals(&v, AMDVI_SIGNAL_EVENT), 0);
	au_write(&v, "STATUS", 2);
	au_ctrl(&v, 0, 8);
	for (unsigned i = 0; i < 3; i++)
		aw_ask(&v, AW_BLOCKED, NONE, 0, R);
	ck_assert_uint_eq(au_signals(&v, AMDVI_SIGNAL_EVENT), 1);
	au_write(&v, "STATUS", 2);
	aw_ask(&v, AW_BLOCKED, NONE, 0, R);
	ck_assert_uint_eq(au_signals(&v, AMDVI_SIGNAL_EVENT), 2);
	ck_assert_uint_eq(au_last(&v, IMS_EV_SIGNAL)->a[0], 0xfee01000);
	ck_assert_uint_eq(au_last(&v, IMS_EV_SIGNAL)->a[1], 0x41);
	aw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD-Vi event log");
	TCase *t = tcase_create("events");

	tcase_add_loop_test(t, layout, 0, COUNT(vectors));
	tcase_add_test(t, others);
	tcase_add_test(t, suppression);
	tcase_add_test(t, cached_absence);
	suite_add_tcase(s, t);
	t = tcase_create("log");
	tcase_add_loop_test(t, overflow, 7, 16);
	tcase_add_test(t, lost_and_off);
	tcase_add_test(t, interrupts);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
