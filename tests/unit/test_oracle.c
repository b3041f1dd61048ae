/* SPDX-License-Identifier: MIT */
/*
 * The oracle without a QEMU: replies of qtest, when two outcomes are one, the tables of
 * known differences, what a report asks for, generators, and our side's executions.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/run.h"
#include "tools/oracle/ours.h"
#include "tools/oracle/qtest.h"
#include "tools/oracle/vtd.h"

/* ---- replies ---- */

static const struct {
	const char *text;
	enum qtest_reply reply;
	uint64_t value;
	size_t used;
} replies[] = {
	{ "OK\n", QTEST_OK, 0, 3 },
	{ "OK 0x10\nOK\n", QTEST_OK, 0x10, 8 },
	{ "OK 0xffffffffffffffff\n", QTEST_OK, UINT64_MAX, 22 },
	{ "OK 0x1", QTEST_PARTIAL, 0, 0 },
	{ "", QTEST_PARTIAL, 0, 0 },
	{ "IRQ raise 3\nOK\n", QTEST_EVENT, 0, 12 },
	{ "FAIL Unknown command 'clock_set'\n", QTEST_FAILED, 0, 33 },
	{ "ERR Missing argument\n", QTEST_FAILED, 0, 21 },
	{ "OKAY\n", QTEST_FAILED, 0, 5 },
	{ "O\n", QTEST_FAILED, 0, 2 },
	{ "\n", QTEST_FAILED, 0, 1 },
};

START_TEST(reply_is_ok_or_broken)
{
	uint64_t value = 1;
	size_t used = 0;

	ck_assert_int_eq(qtest_parse(replies[_i].text, strlen(replies[_i].text), &value, &used),
			 replies[_i].reply);
	ck_assert_uint_eq(used, replies[_i].used);
	if (replies[_i].reply == QTEST_OK)
		ck_assert_uint_eq(value, replies[_i].value);
}
END_TEST

/* ---- outcomes ---- */

static const struct orc_outcome done = {
	.kind = ORC_DONE, .place = 0x5008, .watch = { 0x27, 0x67 }, .may_set = 0x20
};
static const struct orc_outcome told = { .kind = ORC_FAULT,
					 .fault = { 0x71, { 1, 2, 3, 4 } },
					 .watch = { 0x27, 0x67 },
					 .may_set = 0x20 };

static bool alike(const struct orc_outcome *a, const struct orc_outcome *b, unsigned watched)
{
	bool same = orc_outcome_same(a, b, watched);

	ck_assert_int_eq(same, orc_outcome_same(b, a, watched));
	return same;
}

START_TEST(done_is_told_by_its_place)
{
	struct orc_outcome o = done;

	ck_assert(alike(&done, &o, 2));
	o.stale = !o.stale; /* ours alone */
	ck_assert(alike(&done, &o, 2));
	o.place ^= 0x1000;
	ck_assert(!alike(&done, &o, 2));
}
END_TEST

START_TEST(fault_is_told_by_every_part)
{
	struct orc_outcome o = told;

	ck_assert(alike(&told, &o, 2));
	o.fault.code++;
	ck_assert(!alike(&told, &o, 2));
	for (unsigned i = 0; i < ORC_DETAILS; i++) {
		o = told;
		o.fault.detail[i] ^= 1;
		ck_assert(!alike(&told, &o, 2));
	}
	o = told;
	o.place = 1; /* has none */
	ck_assert(alike(&told, &o, 2));
}
END_TEST

START_TEST(kinds_differ)
{
	for (unsigned a = 0; a < ORC_KINDS; a++)
		for (unsigned b = 0; b < ORC_KINDS; b++) {
			struct orc_outcome x = { .kind = (uint8_t)a }, y = { .kind = (uint8_t)b };
			bool unseen = (a == ORC_UNSEEN && (b == ORC_DONE || b == ORC_BLOCKED)) ||
				      (b == ORC_UNSEEN && (a == ORC_DONE || a == ORC_BLOCKED));

			ck_assert_int_eq(orc_outcome_same(&x, &y, 0), a == b || unseen);
		}
}
END_TEST

/* What a request sets counts; where it fails, but for what it may set. */
START_TEST(words_count)
{
	struct orc_outcome a = done, b = told;

	a.watch[1] ^= 0x20;
	ck_assert(!alike(&done, &a, 2));
	ck_assert(alike(&done, &a, 1));
	b.watch[1] ^= 0x20;
	ck_assert(alike(&told, &b, 2));
	b.watch[1] ^= 0x40;
	ck_assert(!alike(&told, &b, 2));
}
END_TEST

/* ---- known differences ---- */

START_TEST(rows_are_whole)
{
	for (unsigned v = 0; orc_vendors[v]; v++) {
		const struct orc_vendor *vendor = orc_vendors[v];

		ck_assert_uint_gt(vendor->known_count, 0);
		ck_assert_uint_le(vendor->known_count, ORC_KNOWN_MAX);
		for (unsigned i = 0; i < vendor->known_count; i++) {
			const struct orc_known *k = &vendor->known[i];

			ck_assert_msg(k->id && k->id[0] && k->is, "%s, row %u", vendor->name, i);
			ck_assert_msg(k->qemu && strchr(k->qemu, '.'), "%s: versions", k->id);
			ck_assert_msg(k->first >= 1000000 && k->first <= k->last, "%s: range",
				      k->id);
			ck_assert_msg(k->theirs && k->theirs[0] && k->ours && k->ours[0] &&
					      strcmp(k->theirs, k->ours),
				      "%s: what each side does", k->id);
			ck_assert_msg(k->source && strstr(k->source, "section"), "%s: source",
				      k->id);
			for (unsigned other = 0; other < i; other++)
				ck_assert_str_ne(k->id, vendor->known[other].id);
		}
	}
}
END_TEST

/* Without an outcome of QEMU's, a row about requests explains nothing; no row explains everything. */
START_TEST(rows_explain_no_agreement)
{
	for (unsigned v = 0; orc_vendors[v]; v++) {
		const struct orc_vendor *vendor = orc_vendors[v];
		struct orc_status status = { .done = true };
		struct orc_op op = { .kind = ORC_OP_COMMAND };
		struct orc_program p = { 0 };
		struct orc_case c = {
			.program = &p, .op = &op, .our_status = &status, .their_status = &status
		};

		ck_assert_int_eq(orc_known_find(vendor->known, vendor->known_count, 10000002, &c),
				 -1);
	}
}
END_TEST

static bool yes(const struct orc_case *c)
{
	(void)c;
	return true;
}

static bool no(const struct orc_case *c)
{
	(void)c;
	return false;
}

START_TEST(row_is_for_its_versions)
{
	const struct orc_known rows[] = { { .first = 1, .last = 9, .is = no },
					  { .first = 5, .last = 7, .is = yes } };

	ck_assert_int_eq(orc_known_find(rows, 2, 4, NULL), -1);
	ck_assert_int_eq(orc_known_find(rows, 2, 5, NULL), 1);
	ck_assert_int_eq(orc_known_find(rows, 2, 7, NULL), 1);
	ck_assert_int_eq(orc_known_find(rows, 2, 8, NULL), -1);
}
END_TEST

/* ---- reports ---- */

START_TEST(report_asks_for_enough)
{
	const struct orc_known rows[] = { { .id = "a", .first = 1, .last = 9, .is = no } };
	struct orc_vendor v = *orc_vendors[0];
	struct orc_stats s = {
		.comparisons = 1000, .faults = 150, .after_command = 150, .known = { 20 }
	};

	v.known = rows;
	v.known_count = 1;
	ck_assert(orc_report(&v, &s, 5, true, 1));
	s.faults = 149;
	ck_assert(!orc_report(&v, &s, 5, true, 1));
	s.faults = 150;
	s.after_command = 149;
	ck_assert(!orc_report(&v, &s, 5, true, 1));
	s.after_command = 150;
	s.known[0] = 21; /* more than 2 % */
	ck_assert(!orc_report(&v, &s, 5, true, 1));
	ck_assert(orc_report(&v, &s, 5, false, 1)); /* of a short run nothing is asked */
	s.known[0] = 0; /* does not reproduce; of another version it need not */
	ck_assert(!orc_report(&v, &s, 5, true, 1));
	ck_assert(orc_report(&v, &s, 5, false, 1));
	ck_assert(orc_report(&v, &s, 10, true, 1));
}
END_TEST

START_TEST(stats_add_up)
{
	struct orc_stats a = { .comparisons = 3, .text = "first" };
	struct orc_stats b = { .comparisons = 4,
			       .known = { [2] = 1 },
			       .codes = { { 7, 2 } },
			       .differences = 1,
			       .text = "second" };

	orc_stats_add(&a, &b);
	orc_stats_add(&a, &b);
	ck_assert_uint_eq(a.comparisons, 11);
	ck_assert_uint_eq(a.known[2], 2);
	ck_assert_uint_eq(a.codes[0].code, 7);
	ck_assert_uint_eq(a.codes[0].count, 4);
	ck_assert_uint_eq(a.differences, 2);
	ck_assert_str_eq(a.text, "first");
}
END_TEST

/* ---- generators ---- */

static void generate(const struct orc_vendor *v, uint64_t seed, uint32_t number, unsigned config,
		     struct orc_program *ret)
{
	orc_program_init(ret, seed, number);
	ret->config = config;
	ret->pool = v->ram + ORC_AT_POOL;
	v->generate(ret);
}

static bool same_ops(const struct orc_program *a, const struct orc_program *b)
{
	return a->ops_count == b->ops_count && a->setup == b->setup &&
	       !memcmp(a->start, b->start, sizeof(a->start)) &&
	       !memcmp(a->ops, b->ops, a->ops_count * sizeof(*a->ops));
}

/* The same seed gives the same program, another another; and each has something of everything. */
START_TEST(programs_are_their_seed)
{
	for (unsigned v = 0; orc_vendors[v]; v++)
		for (unsigned config = 0; config < orc_vendors[v]->configs_count; config++)
			for (uint32_t n = 0; n < 20; n++) {
				struct orc_program a, b, c, d;
				unsigned kinds[3] = { 0 };

				generate(orc_vendors[v], 1, n, config, &a);
				generate(orc_vendors[v], 1, n, config, &b);
				generate(orc_vendors[v], 2, n, config, &c);
				generate(orc_vendors[v], 1, n + 1, config, &d);
				ck_assert(same_ops(&a, &b));
				ck_assert(!same_ops(&a, &c));
				ck_assert(!same_ops(&a, &d));
				for (unsigned i = a.setup; i < a.ops_count; i++)
					kinds[a.ops[i].kind]++;
				ck_assert_uint_gt(kinds[ORC_OP_WRITE], 0);
				ck_assert_uint_gt(kinds[ORC_OP_COMMAND], 0);
				ck_assert_uint_gt(kinds[ORC_OP_PROBE], kinds[ORC_OP_COMMAND]);
				orc_program_free(&a);
				orc_program_free(&b);
				orc_program_free(&c);
				orc_program_free(&d);
			}
}
END_TEST

/* ---- our executions, in a legacy-mode VT-d world of one page ---- */

enum { ROOT = 0x1000000, TABLE = 0x1003000, LEAF_AT = TABLE + 0x2000 + 8 * 5 };
#define IOVA UINT64_C(0x5010)

struct world {
	struct ours ours;
	struct orc_program p;
	struct orc_op op;
};

static void put(struct world *w, uint64_t at, uint64_t value)
{
	ours_side(&w->ours)->mem_write(ours_side(&w->ours), at, value);
}

static struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof(*w));
	uint32_t devfn = orc_src(&orc_vtd, 0);

	ck_assert_ptr_nonnull(w);
	w->p.config = VTD_LEGACY_MODE;
	w->p.start[VTD_START_ROOT] = ROOT;
	w->op = (struct orc_op){ .kind = ORC_OP_PROBE, .at = IOVA };
	ours_open(&w->ours, &orc_vtd, VTD_LEGACY_MODE);
	put(w, ROOT, (ROOT + 0x1000) | 1);
	put(w, ROOT + 0x1000 + devfn * 16, TABLE | 1);
	put(w, ROOT + 0x1000 + devfn * 16 + 8, 1 | 7 << 8); /* 39 bits, domain 7 */
	put(w, TABLE, (TABLE + 0x1000) | 3);
	put(w, TABLE + 0x1000, (TABLE + 0x2000) | 3);
	put(w, LEAF_AT, 0x5000003);
	orc_vtd.start(ours_side(&w->ours), &w->p);
	return w;
}

static void world_free(struct world *w)
{
	ours_close(&w->ours);
	free(w);
}

/* Can the request end so. */
static bool may(struct world *w, uint8_t kind, uint64_t place)
{
	ours_branch(&w->ours, &w->p, &w->op);
	for (unsigned i = 0; i < w->ours.next_count; i++) {
		const struct orc_outcome *o = &w->ours.next[i].outcome;

		if (o->kind == kind && (kind != ORC_DONE || o->place == place))
			return true;
	}
	return false;
}

static bool keep(const struct ours_one *one, const void *arg)
{
	const struct orc_outcome *o = arg;

	return orc_outcome_same(&one->outcome, o, 0);
}

/* It does end so. */
static void ends(struct world *w, uint64_t place)
{
	const struct orc_outcome o = { .kind = ORC_DONE, .place = place };

	ours_branch(&w->ours, &w->p, &w->op);
	ck_assert_uint_gt(ours_settle(&w->ours, keep, &o), 0);
}

static void invalidate(struct world *w, uint64_t low, uint64_t high)
{
	struct orc_op op = { .kind = ORC_OP_COMMAND, .count = 2, .words = { low, high } };
	struct orc_status status;

	ck_assert(ours_command(&w->ours, &w->p, &op, &status));
	ck_assert(status.done && !status.error);
}

START_TEST(old_and_new_until_invalidated)
{
	struct world *w = world_new();

	ends(w, 0x5000010);
	put(w, LEAF_AT, 0x6000003);
	ck_assert(may(w, ORC_DONE, 0x5000010));
	ck_assert(may(w, ORC_DONE, 0x6000010));
	invalidate(w, 0x32 | 8 << 16, 0x5000); /* another domain */
	ck_assert(may(w, ORC_DONE, 0x5000010));
	invalidate(w, 0x32 | 7 << 16, 0x5000);
	ck_assert(!may(w, ORC_DONE, 0x5000010));
	ck_assert(may(w, ORC_DONE, 0x6000010));
	world_free(w);
}
END_TEST

/* Once QEMU has shown the new value, the old one is gone for good; what it showed may come again. */
START_TEST(what_was_shown_counts)
{
	struct world *w = world_new();

	ends(w, 0x5000010);
	put(w, LEAF_AT, 0x6000003);
	ends(w, 0x6000010);
	ck_assert(!may(w, ORC_DONE, 0x5000010));
	put(w, LEAF_AT, 0x7000003);
	ck_assert(may(w, ORC_DONE, 0x6000010));
	ck_assert(may(w, ORC_DONE, 0x7000010));
	ck_assert(!may(w, ORC_DONE, 0x5000010));
	world_free(w);
}
END_TEST

/* A structure and a translation are forgotten each for itself. */
START_TEST(structures_are_cached_too)
{
	struct world *w = world_new();
	uint64_t at = ROOT + 0x1000 + orc_src(&orc_vtd, 0) * 16;

	ends(w, 0x5000010);
	put(w, at, 0);
	put(w, LEAF_AT, 0x6000003);
	ck_assert(may(w, ORC_DONE, 0x5000010));
	ck_assert(may(w, ORC_DONE, 0x6000010)); /* by the cached entry */
	ck_assert(may(w, ORC_FAULT, 0));
	invalidate(w, 0x12, 0);
	ck_assert(!may(w, ORC_DONE, 0x5000010));
	ck_assert(may(w, ORC_DONE, 0x6000010));
	invalidate(w, 0x11, 0);
	ck_assert(!may(w, ORC_DONE, 0x6000010));
	ck_assert(may(w, ORC_FAULT, 0));
	world_free(w);
}
END_TEST

/* Each device has its own entries: one that forgets says nothing of the other. */
START_TEST(devices_forget_for_themselves)
{
	struct world *w = world_new();
	uint32_t devfn = orc_src(&orc_vtd, 1);

	put(w, ROOT + 0x1000 + devfn * 16, TABLE | 1);
	put(w, ROOT + 0x1000 + devfn * 16 + 8, 1 | 7 << 8);
	ends(w, 0x5000010);
	w->op.device = 1;
	ends(w, 0x5000010);
	put(w, LEAF_AT, 0x6000003);
	ends(w, 0x6000010);
	w->op.device = 0;
	ck_assert(may(w, ORC_DONE, 0x5000010));
	world_free(w);
}
END_TEST

/* No execution agrees: those that there were stay as they are. */
START_TEST(disagreement_changes_nothing)
{
	struct world *w = world_new();
	const struct orc_outcome wrong = { .kind = ORC_DONE, .place = 0x7000010 };

	ends(w, 0x5000010);
	ours_branch(&w->ours, &w->p, &w->op);
	ck_assert_uint_eq(ours_settle(&w->ours, keep, &wrong), 0);
	ends(w, 0x5000010);
	world_free(w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("oracle");
	TCase *c = tcase_create("oracle");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, reply_is_ok_or_broken, 0,
			    (int)(sizeof(replies) / sizeof(replies[0])));
	tcase_add_test(c, done_is_told_by_its_place);
	tcase_add_test(c, fault_is_told_by_every_part);
	tcase_add_test(c, kinds_differ);
	tcase_add_test(c, words_count);
	tcase_add_test(c, rows_are_whole);
	tcase_add_test(c, rows_explain_no_agreement);
	tcase_add_test(c, row_is_for_its_versions);
	tcase_add_test(c, report_asks_for_enough);
	tcase_add_test(c, stats_add_up);
	tcase_add_test(c, programs_are_their_seed);
	tcase_add_test(c, old_and_new_until_invalidated);
	tcase_add_test(c, what_was_shown_counts);
	tcase_add_test(c, structures_are_cached_too);
	tcase_add_test(c, devices_forget_for_themselves);
	tcase_add_test(c, disagreement_changes_nothing);
	suite_add_tcase(s, c);
	return tests_run(s);
}
