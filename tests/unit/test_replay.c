/* SPDX-License-Identifier: MIT */
/*
 * timeout: 600
 *
 * What a real driver did, replayed through nested translation, whole and with
 * invalidations left out: every figure of scenarios/recorded/README.md that a
 * replay on real tables and caches can give.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/check/replay.h"
#include "sim/engine/engine.h"

#define RECORDING IMS_SOURCE_DIR "/scenarios/recorded/vtd-linux-7.3-strict.rec"

extern const struct ims_model vtd_model;
#define REPLAYED vtd_model

#include "tests/unit/replayed.h"

/* Is the command of this event one that something may be left standing without. */
static bool drops(const struct rec_event *e)
{
	uint64_t words[IMS_CMD_WORDS] = { 0 };
	struct ims_cmd cmd;

	if (e->kind != REC_CMD)
		return false;
	memcpy(words, e->qw, sizeof(e->qw));
	ck_assert(!ims_cmd_decode(&vtd_model, NULL, words, &cmd));
	return vtd_model.rows[cmd.row].kind != IMS_CMD_WAIT;
}

START_TEST(whole)
{
	struct rec_program *prog = load();
	struct rep_options options = { .no_walk_caches = _i };
	struct chk_replay *r = replay(prog, &options);

	ck_assert_uint_eq(prog->counts.xlats, 5225);
	ck_assert_uint_eq(prog->counts.reconstructed, 1);
	ck_assert_uint_eq(r->matched, 5225);
	ck_assert_uint_eq(r->wrong, 0);
	ck_assert_uint_eq(r->first_wrong, 0);
	ck_assert_uint_eq(r->commands, 388);
	ck_assert_uint_eq(r->skipped, 0);
	ck_assert_uint_eq(by_title(r, "P_IOTLB page-selective"), 194);
	ck_assert_uint_eq(by_title(r, "wait"), 194);
	ck_assert_uint_eq(r->findings->len, 0);
	chk_replay_free(r);
	rec_free(prog);
}
END_TEST

/*
 * The guest's four commands with IH=0 name its table entries too, as those of a
 * freed table must: the six still-correct ones dropped are of its own naming.
 */
START_TEST(still_correct)
{
	struct rec_program *prog = load();
	struct rep_options options = { 0 };
	struct chk_replay *r = replay(prog, &options);

	ck_assert_uint_eq(r->dropped_correct, 6);
	ck_assert_uint_eq(r->correct_translations, 0);
	ck_assert_uint_eq(r->over[SCN_OVER_ARCHITECTURAL], 6);
	ck_assert_uint_eq(r->over[SCN_OVER_HOST], 0);
	ck_assert_uint_eq(r->over[SCN_OVER_CROSS_TENANT], 0);
	ck_assert_uint_eq(r->over[SCN_OVER_NECESSARY] + 6, r->dropped);
	ck_assert_uint_gt(r->over[SCN_OVER_NECESSARY], 0);
	chk_replay_free(r);

	options.no_walk_caches = true;
	r = replay(prog, &options);
	ck_assert_uint_eq(r->dropped_correct, 0);
	ck_assert_uint_gt(r->dropped, 0);
	chk_replay_free(r);
	rec_free(prog);
}
END_TEST

/* The freed table that the walk caches still know makes the one more. */
START_TEST(none_of_them)
{
	struct rec_program *prog = load();
	struct rep_options options = { .skip_all = true, .no_walk_caches = _i };
	struct chk_replay *r = replay(prog, &options);

	ck_assert_uint_eq(r->wrong, _i ? 2193 : 2194);
	ck_assert_uint_eq(r->skipped, 194);
	ck_assert_uint_eq(r->commands, 194);
	ck_assert_uint_eq(by_title(r, "P_IOTLB page-selective"), 0);
	ck_assert_uint_eq(r->dropped, 0);
	ck_assert_uint_gt(r->first_wrong, 0);
	ck_assert_uint_gt(r->used, 0);
	ck_assert_uint_gt(r->latent, 0);
	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(r->findings, i);

		ck_assert_str_eq(f->blame, "guest");
		ck_assert_str_eq(f->cause, "none-issued");
		ck_assert_uint_eq(f->misses->len, 0);
	}
	chk_replay_free(r);
	rec_free(prog);
}
END_TEST

/* What is left out is the guest's omission, and of the page it was about. */
static void blame_is_the_guests(const struct chk_replay *r, uint32_t line)
{
	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(r->findings, i);

		ck_assert_msg(!strcmp(f->blame, "guest"), "line %u left out: blame %s", line,
			      f->blame);
	}
	ck_assert_msg(!r->wrong || r->used, "line %u left out: a wrong translation, no finding",
		      line);
}

START_TEST(each_in_turn)
{
	struct rec_program *prog = load();
	struct left_out l = { .prog = prog, .concerns = drops, .check = blame_is_the_guests };

	each_left_out(&l, (struct rep_options){ .bare = false });
	ck_assert_uint_eq(l.count, 194);
	ck_assert_uint_eq(l.wrong, 93);
	ck_assert_uint_eq(l.latent, 190);
	rec_free(prog);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("replay");
	TCase *once = tcase_create("once"), *many = tcase_create("many");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(once, whole, 0, 2);
	tcase_add_test(once, still_correct);
	tcase_add_loop_test(once, none_of_them, 0, 2);
	suite_add_tcase(suite, once);
	tcase_set_timeout(many, 28); /* ten times that by tests/run-check */
	tcase_add_test(many, each_in_turn);
	suite_add_tcase(suite, many);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner) || !srunner_ntests_run(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
