/* SPDX-License-Identifier: MIT */
/* The search of what may be cached says what is too much for it, and breaks by nothing. */
#include <check.h>

#include "tests/property/closure_pages.h"
#include "tests/run.h"

enum { MANY_PAGES = 1000 };

/* Nothing works any more, and nothing breaks. */
static void check_trouble(struct cw *w, struct xpl_closure *c, const char *why)
{
	const struct cp_step s = page_command(w, 0);

	ck_assert_ptr_nonnull(xpl_closure_trouble(c));
	ck_assert_str_eq(xpl_closure_trouble(c), why);
	ck_assert(!xpl_closure_store(c));
	ck_assert(!xpl_closure_look(c, w->world, 1000));
	ck_assert(!xpl_closure_command(c, 0, &s.cmd));
	ck_assert(!xpl_closure_sync(c, 0));
	ck_assert_str_eq(xpl_closure_trouble(c), why);
}

START_TEST(too_many_records)
{
	struct xpl_closure *c;
	struct xpl_may *m;
	struct cw w;

	pages_world(&w, &m, &c, MANY_PAGES);
	ck_assert(xpl_closure_look(c, w.world, 1));
	ck_assert_uint_gt(xpl_may_records(m), MANY_PAGES);
	/* What a page led to before is a record of its own. */
	for (unsigned n = 0; n < 4; n++) {
		for (unsigned i = 0; i < MANY_PAGES; i++)
			move_page(&w, i, n);
		if (!xpl_closure_look(c, w.world, 2 + n))
			break;
	}
	ck_assert_uint_gt(xpl_may_records(m), XPL_RECORDS - 100);
	check_trouble(&w, c, "there is more to be cached than can be searched");
	close_pages(&w, c);
}
END_TEST

START_TEST(too_many_asks)
{
	struct xpl_ask a = { .req = { .src = CV_SRC, .access = IMS_ACCESS_READ } };
	struct xpl_closure *c;
	struct xpl_may *m;
	struct cw w;

	pages_world(&w, &m, &c, 1);
	for (unsigned i = 1; i < XPL_ASKS; i++) {
		a.req.addr = MANY_AT(i);
		ck_assert_uint_eq(xpl_may_ask(m, &a), i);
	}
	a.req.addr = MANY_AT(XPL_ASKS);
	ck_assert_uint_eq(xpl_may_ask(m, &a), XPL_ASKS);
	a.req.addr = MANY_AT(1);
	ck_assert_uint_eq(xpl_may_ask(m, &a), 1);
	ck_assert_uint_eq(xpl_may_asks(m), XPL_ASKS);
	close_pages(&w, c);
}
END_TEST

/* All that a request says tells it from another. */
START_TEST(asks_are_told_apart)
{
	struct xpl_ask a = { .req = { .src = CV_SRC, .access = IMS_ACCESS_WRITE } }, b;
	struct xpl_closure *c;
	struct xpl_may *m;
	struct cw w;
	uint32_t n;

	pages_world(&w, &m, &c, 0);
	n = xpl_may_ask(m, &a);
#define DIFFERS(field, value)                                                                      \
	do {                                                                                       \
		b = a;                                                                             \
		b.field = value;                                                                   \
		ck_assert_uint_gt(xpl_may_ask(m, &b), n);                                          \
	} while (0)
	DIFFERS(dev, 1);
	DIFFERS(ats, true);
	DIFFERS(req.src, 1);
	DIFFERS(req.ctx, 1);
	DIFFERS(req.addr, 8);
	DIFFERS(req.access, IMS_ACCESS_READ);
	DIFFERS(req.kind, IMS_REQ_TRANSLATED);
	DIFFERS(req.priv, true);
	DIFFERS(req.no_write, true);
	DIFFERS(req.zero_length, true);
	DIFFERS(req.execute, true);
	DIFFERS(req.bytes, 4);
	DIFFERS(req.data, 1);
#undef DIFFERS
	ck_assert_uint_eq(xpl_may_ask(m, &a), n);
	close_pages(&w, c);
}
END_TEST

START_TEST(too_many_of_one_look_up)
{
	struct xpl_closure *c;
	struct xpl_may *m;
	struct cw w;
	unsigned n = 0;

	pages_world(&w, &m, &c, 1);
	ck_assert(xpl_closure_look(c, w.world, 1));
	do {
		ck_assert(xpl_closure_store(c));
		move_page(&w, 0, n++);
	} while (xpl_closure_look(c, w.world, 1 + n));
	ck_assert_uint_eq(n, XPL_FITS); /* besides the one it led to first */
	check_trouble(&w, c, "more records serve one look-up than can be searched");
	close_pages(&w, c);
}
END_TEST

START_TEST(too_many_pending)
{
	struct xpl_closure *c;
	struct xpl_may *m;
	struct cw w;
	struct cp_step s;

	pages_world(&w, &m, &c, 1);
	ck_assert(xpl_closure_look(c, w.world, 1));
	s = page_command(&w, 0);
	for (unsigned i = 0; i < XPL_PENDING; i++)
		ck_assert(xpl_closure_command(c, 0, &s.cmd));
	ck_assert(!xpl_closure_command(c, 0, &s.cmd));
	check_trouble(&w, c, "more commands wait at a time than can be searched");
	close_pages(&w, c);
}
END_TEST

/* Each of @count pages is stale, and a command for it waits: any of them may have been done. */
static bool any_order(struct cw *w, struct xpl_closure **ret, unsigned count)
{
	struct xpl_may *m;

	pages_world(w, &m, ret, count);
	ck_assert(xpl_closure_look(*ret, w->world, 1));
	for (unsigned i = 0; i < count; i++)
		move_page(w, i, 0);
	ck_assert(xpl_closure_look(*ret, w->world, 2));
	for (unsigned i = 0; i < count; i++) {
		const struct cp_step s = page_command(w, i);

		ck_assert(xpl_closure_command(*ret, 0, &s.cmd));
	}
	return xpl_closure_store(*ret);
}

START_TEST(too_many_states)
{
	struct xpl_closure *c;
	struct cw w;

	ck_assert(any_order(&w, &c, 5));
	ck_assert_uint_eq(xpl_closure_states(c), 32);
	ck_assert(xpl_closure_sync(c, 0));
	ck_assert_uint_eq(xpl_closure_states(c), 1);
	close_pages(&w, c);
	ck_assert(!any_order(&w, &c, 13));
	check_trouble(&w, c, "commands may take effect in more orders than can be searched");
	close_pages(&w, c);
	xpl_closure_free(NULL);
	xpl_may_free(NULL);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("closure limits");
	TCase *t = tcase_create("limits");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, asks_are_told_apart);
	tcase_add_test(t, too_many_records);
	tcase_add_test(t, too_many_asks);
	tcase_add_test(t, too_many_of_one_look_up);
	tcase_add_test(t, too_many_pending);
	tcase_add_test(t, too_many_states);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
