/* SPDX-License-Identifier: MIT */
/*
 * AMD-Vi page requests (sections 1, 4 and 7 of the reference sheet): the log's layout,
 * what is refused, overflow, automatic answers, stop markers.
 */
#include <check.h>

#include "tests/vectors/amdvi_unit.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define OP(n)	 ((uint64_t)(n) << 60)
#define PPR	 (UINT64_C(1) << 52) /* of a DTE */
#define ADDR	 UINT64_C(0x7f0000001000)

/* Every device's DTE lets it ask for pages. */
static void build(struct aw *v, const struct aw_options *o)
{
	aw_build(v, o);
	au_logs_on(v);
	for (unsigned dev = AW_NESTED; dev <= AW_BLOCKED; dev += 8)
		aw_put(v, AW_DTE(dev), aw_get(v, AW_DTE(dev)) | PPR);
}

static enum ims_page_fate ask(struct aw *v, const struct ims_page_req *req, uint8_t *ret_code)
{
	return ims_device_page_request(&v->hw, req, ret_code);
}

/* ---- layout ---- */

START_TEST(layout)
{
	static const struct {
		struct ims_page_req req;
		uint64_t qw0, qw1;
	} t[] = {
		{ { .src = AW_NESTED, .ctx = 1, .addr = ADDR | 0xabc, .read = true, .group = 0x1ff },
		  UINT64_C(0x114401ff00010008),
		  ADDR },
		{ { .src = AW_HOST, .ctx = NONE, .addr = ADDR, .read = true, .last = true },
		  OP(1) | UINT64_C(1) << 50 | UINT64_C(1) << 41 | AW_HOST,
		  ADDR },
		{ { .src = AW_HOST, .ctx = NONE, .addr = ADDR, .write = true, .group = 1 },
		  OP(1) | UINT64_C(1) << 53 | UINT64_C(1) << 32 | AW_HOST,
		  ADDR },
		{ { .src = AW_NESTED, .ctx = 0xdc, .addr = ADDR, .read = true, .priv = true },
		  OP(1) | UINT64_C(1) << 56 | UINT64_C(1) << 50 | UINT64_C(0xdc) << 16 | AW_NESTED,
		  ADDR },
		/* PASID 19:16 stand apart. */
		{ { .src = AW_GUEST, .ctx = 0x5abcd, .addr = ADDR, .write = true },
		  OP(1) | UINT64_C(1) << 56 | UINT64_C(1) << 54 | UINT64_C(1) << 53 |
			  UINT64_C(5) << 42 | UINT64_C(0xabcd) << 16 | AW_GUEST,
		  ADDR },
		/* A stop marker. */
		{ { .src = AW_HOST, .ctx = NONE, .addr = 0, .last = true },
		  OP(1) | UINT64_C(1) << 41 | AW_HOST,
		  0 },
	};

	for (unsigned i = 0; i < COUNT(t); i++) {
		uint8_t code;
		struct aw v;

		build(&v, &(struct aw_options){ .logged = true,
						.params = { AW_PARAM(AMDVI_P_PAS_MAX, 19) } });
		/* GLX = 2: three levels. */
		aw_put(&v, AW_DTE(AW_GUEST), aw_get(&v, AW_DTE(AW_GUEST)) | UINT64_C(2) << 56);
		ck_assert_uint_eq(ask(&v, &t[i].req, &code), IMS_PAGE_QUEUED);
		ck_assert_msg(aw_get(&v, AU_PAGES) == t[i].qw0, "%u: %#llx", i,
			      (unsigned long long)aw_get(&v, AU_PAGES));
		ck_assert_uint_eq(aw_get(&v, AU_PAGES + 8), t[i].qw1);
		ck_assert_uint_eq(au_read(&v, "PPR_TAIL"), 16);
		ck_assert_uint_eq(au_read(&v, "STATUS") & 0xe0, 0xc0);
		ck_assert_uint_eq(au_signals(&v, AMDVI_SIGNAL_PPR), 1);
		ck_assert_uint_eq(au_events(&v), 0);
		aw_close(&v);
	}
}
END_TEST

/* ---- what is refused ---- */

START_TEST(refused)
{
	static const struct {
		const char *what;
		unsigned dev;
		uint32_t ctx;
		unsigned word;
		uint64_t clear, set;
		uint64_t event; /* its code and flags */
	} t[] = {
		{ "PPR=0", AW_HOST, NONE, 0, PPR, 0, OP(9) | (uint64_t)AW_DOM_HOST << 32 },
		{ "I=0", AW_HOST, NONE, 1, UINT64_C(1) << 32, 0,
		  OP(9) | (uint64_t)AW_DOM_HOST << 32 },
		{ "V=0", AW_HOST, NONE, 0, 1, 0, OP(9) | (uint64_t)AW_DOM_HOST << 32 },
		{ "PASID without GV", AW_HOST, 3, 0, 0, 0,
		  OP(9) | UINT64_C(1) << 48 | UINT64_C(1) << 50 | UINT64_C(3) << 32 },
		{ "PASID beyond GLX", AW_NESTED, 0x200, 0, 0, 0,
		  OP(9) | UINT64_C(1) << 48 | UINT64_C(1) << 50 | UINT64_C(0x200) << 32 },
		{ "reserved bit", AW_HOST, NONE, 0, 0, 4,
		  OP(1) | UINT64_C(1) << 55 | (uint64_t)AW_DOM_HOST << 32 },
		{ "device range", 128, NONE, 0, 0, 0, OP(2) },
	};

	for (unsigned n = 0; n < COUNT(t) * 2; n++) {
		unsigned i = n / 2;
		struct ims_page_req req = {
			.src = t[i].dev, .ctx = t[i].ctx, .addr = ADDR, .read = true, .last = n & 1
		};
		uint64_t at = AW_DTE(t[i].dev) + 8u * t[i].word;
		uint8_t code;
		struct aw v;

		build(&v, &(struct aw_options){ .logged = true });
		aw_put(&v, at, (aw_get(&v, at) & ~t[i].clear) | t[i].set);
		/* Only the last of a group is answered: invalid request. */
		ck_assert_uint_eq(ask(&v, &req, &code),
				  req.last ? IMS_PAGE_ANSWERED : IMS_PAGE_DROPPED);
		ck_assert_uint_eq(code, req.last ? 1 : 0);
		ck_assert_uint_eq(au_read(&v, "PPR_TAIL"), 0);
		ck_assert_uint_eq(au_events(&v), 1);
		ck_assert_msg(aw_get(&v, AU_EVENTS) == (t[i].event | t[i].dev), "%s: %#llx",
			      t[i].what, (unsigned long long)aw_get(&v, AU_EVENTS));
		ck_assert_uint_eq(aw_get(&v, AU_EVENTS + 8), t[i].dev == 128 ? 0 : ADDR);
		aw_close(&v);
	}
}
END_TEST

/* A unit without page requests, with them off, switched off itself. */
START_TEST(off)
{
	for (unsigned i = 0; i < 3; i++) {
		struct ims_page_req req = {
			.src = AW_HOST, .ctx = NONE, .addr = ADDR, .read = true, .last = true
		};
		uint8_t code;
		struct aw v;

		build(&v, &(struct aw_options){ .logged = true,
						.params = { AW_PARAM(AMDVI_P_PPR_SUP, i != 0) } });
		if (i)
			au_ctrl(&v, i == 1 ? 1u << 15 : 1, 0);
		ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_DROPPED);
		ck_assert_uint_eq(au_read(&v, "PPR_TAIL"), 0);
		ck_assert_uint_eq(au_events(&v), 0);
		aw_close(&v);
	}
}
END_TEST

/* ---- overflow and automatic answers ---- */

START_TEST(overflow)
{
	for (unsigned automatic = 0; automatic < 2; automatic++) {
		struct ims_page_req req = { .src = AW_HOST, .ctx = NONE, .read = true };
		uint8_t code;
		struct aw v;

		build(&v, &(struct aw_options){ .logged = true });
		au_ctrl(&v, 0, (uint64_t)automatic << 39);
		for (unsigned i = 0; i < 255; i++) {
			req.addr = i * UINT64_C(0x1000);
			ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_QUEUED);
		}
		ck_assert_uint_eq(au_read(&v, "STATUS") & 0xa0, 0x80);
		for (unsigned last = 0; last < 2; last++) {
			req.last = last;
			ck_assert_uint_eq(ask(&v, &req, &code),
					  automatic && last ? IMS_PAGE_ANSWERED : IMS_PAGE_DROPPED);
			ck_assert_uint_eq(code, 0); /* success: the device tries again */
			ck_assert_uint_eq(au_read(&v, "STATUS") & 0xa0, 0x20);
			ck_assert_uint_eq(au_read(&v, "PPR_TAIL"), 255 * 16);
		}
		/* On again: off and on, with room. */
		au_write(&v, "PPR_HEAD", 255 * 16);
		au_write(&v, "STATUS", 0x20);
		ck_assert_uint_ne(ask(&v, &req, &code), IMS_PAGE_QUEUED);
		au_ctrl(&v, 1u << 13, 0);
		au_ctrl(&v, 0, 1u << 13);
		ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_QUEUED);
		ck_assert_uint_eq(au_read(&v, "PPR_TAIL"), 0);
		ck_assert_uint_eq(au_events(&v), 0);
		aw_close(&v);
	}
}
END_TEST

/* PprAutoRspAlways: no request reaches the log. */
START_TEST(always_answered)
{
	struct ims_page_req req = {
		.src = AW_HOST, .ctx = NONE, .addr = ADDR, .read = true, .last = true
	};
	uint8_t code = 1;
	struct aw v;

	build(&v, &(struct aw_options){ .logged = true });
	au_ctrl(&v, 0, UINT64_C(1) << 42);
	ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_ANSWERED);
	ck_assert_uint_eq(code, 0);
	req.last = false;
	ck_assert_uint_eq(ask(&v, &req, &code), IMS_PAGE_DROPPED);
	ck_assert_uint_eq(au_read(&v, "PPR_TAIL"), 0);
	aw_close(&v);
}
END_TEST

/* BlkStopMrk keeps stop markers from the log, where the unit has it. */
START_TEST(stop_markers)
{
	for (unsigned n = 0; n < 8; n++) {
		bool has = n & 1, on = n & 2, marker = n & 4;
		struct ims_page_req req = {
			.src = AW_HOST, .ctx = NONE, .addr = ADDR, .read = !marker, .last = true
		};
		uint8_t code;
		struct aw v;

		build(&v, &(struct aw_options){ .logged = true,
						.params = { AW_PARAM(AMDVI_P_BLK_STOP, has) } });
		au_ctrl(&v, 0, (uint64_t)on << 41);
		ck_assert_uint_eq(ask(&v, &req, &code),
				  has && on && marker ? IMS_PAGE_DROPPED : IMS_PAGE_QUEUED);
		aw_close(&v);
	}
}
END_TEST

/* One message until software clears the bit; none with PPRIntEn = 0. */
START_TEST(interrupts)
{
	struct ims_page_req req = { .src = AW_HOST, .ctx = NONE, .addr = ADDR, .read = true };
	uint8_t code;
	struct aw v;

	build(&v, &(struct aw_options){ .logged = true });
	for (unsigned i = 0; i < 3; i++)
		ask(&v, &req, &code);
	ck_assert_uint_eq(au_signals(&v, AMDVI_SIGNAL_PPR), 1);
	au_write(&v, "STATUS", 0x40);
	ask(&v, &req, &code);
	ck_assert_uint_eq(au_signals(&v, AMDVI_SIGNAL_PPR), 2);
	au_write(&v, "STATUS", 0x40);
	au_ctrl(&v, 1u << 14, 0);
	ask(&v, &req, &code);
	ck_assert_uint_eq(au_signals(&v, AMDVI_SIGNAL_PPR), 2);
	ck_assert_uint_eq(au_read(&v, "STATUS") & 0x40, 0x40);
	aw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD-Vi page requests");
	TCase *t = tcase_create("requests");

	tcase_add_test(t, layout);
	tcase_add_test(t, refused);
	tcase_add_test(t, off);
	tcase_add_test(t, overflow);
	tcase_add_test(t, always_answered);
	tcase_add_test(t, stop_markers);
	tcase_add_test(t, interrupts);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
