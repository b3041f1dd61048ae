/* SPDX-License-Identifier: MIT */
/* Actors: what the loader makes of them, in which order they go on, and whose wait claims what. */
#include <check.h>
#include <string.h>

#include "ran.h"
#include "sim/check/check.h"
#include "tests/run.h"

extern const struct ims_model vtd_model, smmuv3_model;

static const char *const vendors[] = { "vtd", "smmuv3", NULL };

#define HEAD                                                                                       \
	"scenario: t\nvendors: [vtd, smmuv3]\nhost: mail-2023\n"                                   \
	"vms: {vm0: {devices: {nic: {ats: on}}, spaces: [rx]}}\n"

static struct scn *load_ok(const char *text)
{
	GError *error = NULL;
	struct scn *s = scn_load("t.yaml", text, strlen(text), vendors, &error);

	ck_assert_msg(s != NULL, "%s", error ? error->message : "");
	return s;
}

static const struct scn_step *step(const struct scn *s, guint i)
{
	ck_assert_uint_lt(i, s->steps->len);
	return g_ptr_array_index(s->steps, i);
}

/* ---- what is loaded ---- */

static const char three[] = HEAD
	"actors:\n"
	"  a:\n"
	"    - sync: {label: one}\n"
	"    - sync: {then: two, label: three}\n"
	"  b:\n"
	"    - wait: {for: one, label: two}\n"
	"    - dma: {dev: nic, iova: 0, access: read, repeat: any, then: two}\n"
	"  c:\n"
	"    - sync: {then: three}\n";

START_TEST(loaded)
{
	struct scn *s = load_ok(three);
	static const int32_t actors[] = { 0, 0, 1, 1, 2 };
	static const int32_t then[] = { -1, 2, -1, 2, 1 };
	static const int32_t waits[] = { -1, -1, 0, -1, -1 };

	ck_assert_uint_eq(s->actors->len, 3);
	ck_assert_str_eq(g_array_index(s->actors, struct scn_actor, 1).name, "b");
	ck_assert_uint_eq(g_array_index(s->actors, struct scn_actor, 1).first, 2);
	ck_assert_uint_eq(g_array_index(s->actors, struct scn_actor, 1).count, 2);
	ck_assert_uint_eq(g_array_index(s->actors, struct scn_actor, 1).mark.line, 9);
	ck_assert_uint_eq(s->steps->len, 5);
	for (guint i = 0; i < 5; i++) {
		ck_assert_int_eq(step(s, i)->actor, actors[i]);
		ck_assert_int_eq(step(s, i)->then_step, then[i]);
		ck_assert_int_eq(step(s, i)->wait_step, waits[i]);
		ck_assert_int_eq(step(s, i)->repeat_any, i == 3);
		ck_assert_int_eq(step(s, i)->vm, 0);
	}
	ck_assert_str_eq(step(s, 1)->then, "two");
	ck_assert_uint_eq(step(s, 3)->repeat, 1);
	scn_free(s);
}
END_TEST

/* A wait for another actor's step waits in the queue of that step's VM. */
START_TEST(vm_of_a_wait)
{
	struct scn *s = load_ok("scenario: t\nvendors: [vtd]\n"
				"vms: {vm0: {devices: {nic: }}, vm1: {devices: {gpu: }}}\n"
				"actors: {a: [wait: {for: l}], b: [sync: {vm: vm1, label: l}]}\n");

	ck_assert_int_eq(step(s, 0)->vm, 1);
	scn_free(s);
}
END_TEST

START_TEST(steps_have_no_actor)
{
	struct scn *s = load_ok(HEAD "steps: [{sync: {label: l}}, {sync: {then: l}}]\n");
	struct scn_schedule at;

	ck_assert_uint_eq(s->actors->len, 0);
	ck_assert_int_eq(step(s, 1)->actor, -1);
	ck_assert_int_eq(step(s, 1)->then_step, 0);
	scn_schedule_begin(&at, s);
	ck_assert_uint_eq(at.count, 1);
	for (int32_t i = 0; i < 2; i++) {
		ck_assert_uint_eq(scn_schedule_enabled(&at, s), 1);
		ck_assert_int_eq(scn_schedule_at(&at, s, 0), i);
		ck_assert_int_eq(scn_schedule_next(&at, s), i);
	}
	ck_assert_uint_eq(scn_schedule_enabled(&at, s), 0);
	ck_assert_int_eq(scn_schedule_at(&at, s, 0), -1);
	ck_assert_int_eq(scn_schedule_next(&at, s), -1);
	scn_free(s);
}
END_TEST

/* ---- the order ---- */

START_TEST(first_that_can)
{
	struct scn *s = load_ok(three);
	/* a waits for b's first, which lets a go on before b, whose rest comes before c. */
	static const int32_t order[] = { 0, 2, 1, 3, 4, -1 };
	static const uint32_t enabled[] = { 1, 2, 1 | 2, 2 | 4, 4, 0 };
	struct scn_schedule at;

	scn_schedule_begin(&at, s);
	for (unsigned i = 0; i < G_N_ELEMENTS(order); i++) {
		ck_assert_uint_eq(scn_schedule_enabled(&at, s), enabled[i]);
		for (guint k = 0; k < 5; k++) {
			bool past = false;

			for (unsigned n = 0; n < i; n++)
				past |= order[n] == (int32_t)k;
			ck_assert_int_eq(scn_schedule_past(&at, s, k), past);
		}
		ck_assert_int_eq(scn_schedule_next(&at, s), order[i]);
	}
	scn_free(s);
}
END_TEST

/* Any of those that can may be taken instead, and a copy of the state goes its own way. */
START_TEST(another_choice)
{
	struct scn *s = load_ok(three);
	struct scn_schedule at, copy;

	scn_schedule_begin(&at, s);
	scn_schedule_next(&at, s);
	scn_schedule_next(&at, s);
	copy = at;
	scn_schedule_take(&at, 1);
	ck_assert_uint_eq(scn_schedule_enabled(&at, s), 1);
	ck_assert_int_eq(scn_schedule_at(&at, s, 1), -1);
	ck_assert_uint_eq(scn_schedule_enabled(&copy, s), 1 | 2);
	ck_assert_int_eq(scn_schedule_at(&copy, s, 1), 3);
	scn_free(s);
}
END_TEST

/* A run takes the steps in that order: by its log. */
START_TEST(run_order)
{
	static const uint32_t order[] = { 0, 2, 1, 3, 4 };
	struct scn *s;
	struct scn_run *run = ran_text(&vtd_model, vendors, three, &s, true);
	unsigned n = 0;

	for (uint32_t e = 1; e <= run->log.count; e++) {
		const struct ims_event *event = ims_log_at(&run->log, e);

		if (event->kind != IMS_EV_STEP)
			continue;
		ck_assert_uint_lt(n, G_N_ELEMENTS(order));
		ck_assert_uint_eq(event->n, order[n++]);
	}
	ck_assert_uint_eq(n, G_N_ELEMENTS(order));
	scn_run_free(run);
	scn_free(s);
}
END_TEST

/* ---- claims ---- */

/* The index of the step in which the step @of is claimed complete; -1: it never is. */
static int32_t claimed_in(const struct scn_run *run, uint32_t of)
{
	uint32_t began = 0;
	int32_t now = -1;

	for (uint32_t e = 1; e <= run->log.count; e++) {
		const struct ims_event *event = ims_log_at(&run->log, e);

		if (event->kind == IMS_EV_STEP) {
			now = (int32_t)event->n;
			began = event->n == of ? e : began;
		}
		if (event->kind == IMS_EV_RETURN && began && event->a[0] == began)
			return now;
	}
	return -1;
}

#define UNMAP "unmap: {space: rx, iova: 0, size: 4K, invalidate: none, async: on, label: u}"
#define BEGIN "attach: {dev: nic, space: rx}, map: {space: rx, iova: 0, size: 4K, gpa: b}"

static const struct {
	const char *text;
	uint32_t of;
	int32_t in;
} claims[] = {
	/* By the next wait of its own actor, and by the `wait:` where there is one. */
	{ "steps: [" BEGIN ", " UNMAP ", sync, sync]", 2, 3 },
	{ "steps: [" BEGIN ", " UNMAP ", sync, wait: {for: u}]", 2, 4 },
	{ "steps: [" BEGIN ", " UNMAP ", sync: {label: s}, wait: {for: s}, wait: {for: u}]", 2, 4 },
	{ "steps: [" BEGIN ", " UNMAP "]", 2, -1 },
	/* What comes before it claims nothing. */
	{ "steps: [" BEGIN ", sync: {label: s}, wait: {for: s}, " UNMAP ", sync]", 4, 5 },
	/* By no sync of another actor, but by its `wait:` for it. */
	{ "actors: {x: [" BEGIN ", " UNMAP "], y: [sync: {then: u}]}", 2, -1 },
	{ "actors: {x: [" BEGIN ", " UNMAP "], y: [sync: {then: u}, wait: {for: u}]}", 2, 4 },
	{ "actors: {x: [" BEGIN ", " UNMAP ", sync], y: [wait: {for: u}]}", 2, 4 },
	{ "actors: {x: [" BEGIN ", " UNMAP ", sync: {label: s}], y: [wait: {for: s}]}", 2, 3 },
	/* By the first of two. */
	{ "actors: {x: [" BEGIN ", " UNMAP
	  ", sync: {then: w}, wait: {for: u}], y: [wait: {for: u, label: w}]}",
	  2, 5 },
};

START_TEST(claim)
{
	g_autoptr(GString) text = g_string_new(HEAD);
	struct scn *s;
	struct scn_run *run;

	g_string_append(text, claims[_i].text);
	g_string_append_c(text, '\n');
	run = ran_text(&vtd_model, vendors, text->str, &s, true);
	ck_assert_int_eq(claimed_in(run, claims[_i].of), claims[_i].in);
	scn_run_free(run);
	scn_free(s);
}
END_TEST

/* ---- injected faults ---- */

/* Only what an actor has injected before the step takes place at it. */
START_TEST(injected)
{
	static const char *const rows[] = {
		"actors: {x: [" BEGIN ", inject: {at: u, what: timeout, label: i}],"
		" y: [unmap: {space: rx, iova: 0, size: 4K, label: u, then: i}]}",
		"actors: {y: [" BEGIN ", unmap: {space: rx, iova: 0, size: 4K, label: u}],"
		" x: [inject: {at: u, what: timeout, label: i}]}",
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strconcat(HEAD, rows[i], "\n", NULL);
		unsigned lost = 0;
		struct scn *s;
		struct scn_run *run = ran_text(&vtd_model, vendors, text, &s, true);

		for (uint32_t e = 1; e <= run->log.count; e++)
			lost += ims_log_at(&run->log, e)->kind == IMS_EV_LOST;
		ck_assert_int_eq(lost > 0, i == 0);
		scn_run_free(run);
		scn_free(s);
	}
}
END_TEST

/* An object that another actor is to make, used before it is there. */
START_TEST(not_made_yet)
{
	static const char text[] = HEAD "actors:\n"
					"  x:\n"
					"    - sync: {then: l}\n"
					"    - ioctl: {call: IOAS_ALLOC, as: area}\n"
					"  y:\n"
					"    - ioctl: {call: DESTROY, in: {id: area}, label: l}\n";
	struct scn *s = load_ok(text);
	struct chk_result *r = chk_run(s, &vtd_model, NULL);

	ck_assert_int_eq(r->verdict, CHK_ERROR);
	ck_assert_ptr_nonnull(strstr(r->reason, "nothing has the name 'area' yet"));
	chk_result_free(r);
	scn_free(s);
}
END_TEST

/* ---- sometimes ---- */

static const struct {
	const char *text, *why; /* NULL: a pass */
} possible[] = {
	{ "steps: [" BEGIN ", dma: {dev: nic, iova: 0, access: read}]\n"
	  "expect: {sometimes: [{atc-hit: nic}]}",
	  "line 6, sometimes: vm0.nic is never served from its ATC" },
	{ "steps: [" BEGIN ", dma: {dev: nic, iova: 0, access: read, repeat: 2}]\n"
	  "expect: {sometimes: [{atc-hit: nic}]}",
	  NULL },
	{ "steps: [" BEGIN ", dma: {dev: nic, iova: 0, access: read, repeat: 2}]\n"
	  "expect: {sometimes: [{atc-hit: nic}, {iotlb-hit: nic}]}",
	  "line 6, sometimes: vm0.nic is never served from the IOTLB" },
	{ "steps: [" BEGIN ", dma: {dev: nic, iova: 0, access: read, repeat: 2, translated: off}]\n"
	  "expect: {sometimes: [{iotlb-hit: nic}]}",
	  NULL },
	{ "steps: [" BEGIN ", dma: {dev: nic, iova: 0, access: read}]\n"
	  "expect: {sometimes: [{fault: nic}]}",
	  "line 6, sometimes: vm0.nic is never refused an access" },
	{ "steps: [" BEGIN ", dma: {dev: nic, iova: 8K, access: read}]\n"
	  "expect: {sometimes: [{fault: nic}]}",
	  NULL },
	/* More than was granted is a fault too. */
	{ "steps: [attach: {dev: nic, space: rx}, map: {space: rx, iova: 0, size: 4K, gpa: b, perm: r}, "
	  "dma: {dev: nic, iova: 0, access: write}]\nexpect: {sometimes: [{fault: nic}]}",
	  NULL },
	{ "steps: [" BEGIN ", dma: {dev: nic, iova: 0, access: read}, " UNMAP
	  ", checkpoint: {sometimes: [{stale: nic}]}]\nexpect: {never: []}",
	  "line 5, sometimes: vm0.nic is never served anything outdated by then" },
	/* Before the claim it is no finding, and stale all the same; behind it it is both. */
	{ "steps: [" BEGIN ", dma: {dev: nic, iova: 0, access: read}, " UNMAP
	  ", dma: {dev: nic, iova: 0, access: read}, checkpoint: {never: [stale], sometimes: [{stale: nic}]}]\n"
	  "expect: {never: []}",
	  NULL },
	{ "steps: [" BEGIN ", dma: {dev: nic, iova: 0, access: read}, "
	  "unmap: {space: rx, iova: 0, size: 4K, invalidate: none}, dma: {dev: nic, iova: 0, access: read}]\n"
	  "expect: {fail: {kind: stale}, sometimes: [{stale: nic}]}",
	  NULL },
	/* What fails for another reason says that one. */
	{ "steps: [" BEGIN ", dma: {dev: nic, iova: 0, access: read, expect: fault}]\n"
	  "expect: {sometimes: [{fault: nic}]}",
	  "line 5, dma at 0x0: expected a fault, got gpa b (hpa 0x100008000)" },
};

START_TEST(sometimes)
{
	g_autofree char *text = NULL;
	struct chk_result *r;
	struct scn *s;

	text = g_strconcat(HEAD, possible[_i].text, "\n", NULL);
	s = load_ok(text);
	r = chk_run(s, &vtd_model, NULL);
	ck_assert_msg(!g_strcmp0(r->reason, possible[_i].why), "%s",
		      r->reason ? r->reason : "pass");
	ck_assert_int_eq(r->verdict, possible[_i].why ? CHK_FAIL : CHK_PASS);
	chk_result_free(r);
	scn_free(s);
}
END_TEST

/* What another run has shown is possible too, by the end and by each checkpoint. */
START_TEST(several_runs)
{
	static const char text[] = HEAD "steps:\n"
					"  - dma: {dev: nic, iova: 0, access: read}\n"
					"  - checkpoint: {sometimes: [{fault: nic}]}\n"
					"expect: {sometimes: [{atc-hit: nic}]}\n";
	struct chk_possible *none = chk_possible_new(), *one = chk_possible_new(),
			    *two = chk_possible_new();
	struct hyp_access a = { .phys = { .where = IMS_WHERE_MAX, .fault = 1 } };
	struct scn *s = load_ok(text);
	char *why = chk_possible_unmet(none, s);

	ck_assert_str_eq(why, "line 7, sometimes: vm0.nic is never refused an access by then");
	g_free(why);
	chk_possible_checkpoint(one, 1);
	chk_possible_access(one, 0, &a, false);
	why = chk_possible_unmet(one, s);
	/* Shown behind the checkpoint is not by then. */
	ck_assert_str_eq(why, "line 7, sometimes: vm0.nic is never refused an access by then");
	g_free(why);
	chk_possible_access(two, 0, &a, false);
	chk_possible_checkpoint(two, 1);
	chk_possible_or(one, two);
	why = chk_possible_unmet(one, s);
	ck_assert_str_eq(why, "line 8, sometimes: vm0.nic is never served from its ATC");
	g_free(why);
	a.phys = (struct ims_access_result){ .where = IMS_WHERE_ATC };
	chk_possible_access(none, 0, &a, false);
	chk_possible_or(one, none);
	ck_assert_ptr_null(chk_possible_unmet(one, s));
	/* The other way round it is the same. */
	chk_possible_or(none, two);
	ck_assert_ptr_null(chk_possible_unmet(none, s));
	chk_possible_free(none);
	chk_possible_free(one);
	chk_possible_free(two);
	scn_free(s);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("actors");
	TCase *tc = tcase_create("loading");

	tcase_add_test(tc, loaded);
	tcase_add_test(tc, vm_of_a_wait);
	tcase_add_test(tc, steps_have_no_actor);
	suite_add_tcase(s, tc);
	tc = tcase_create("order");
	tcase_add_test(tc, first_that_can);
	tcase_add_test(tc, another_choice);
	tcase_add_test(tc, run_order);
	tcase_add_loop_test(tc, claim, 0, G_N_ELEMENTS(claims));
	tcase_add_test(tc, injected);
	tcase_add_test(tc, not_made_yet);
	suite_add_tcase(s, tc);
	tc = tcase_create("sometimes");
	tcase_add_loop_test(tc, sometimes, 0, G_N_ELEMENTS(possible));
	tcase_add_test(tc, several_runs);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
