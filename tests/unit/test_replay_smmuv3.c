/* SPDX-License-Identifier: MIT */
/*
 * timeout: 600
 * tagged: slow
 *
 * What Linux did to an SMMUv3, replayed on the machine itself and behind a stage 2: stage
 * 1 of 48 bits and 4 KiB, one CD for each stream. Every figure of
 * scenarios/recorded/README.md for it.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/check/replay.h"
#include "sim/engine/engine.h"
#include "tests/run.h"

#define RECORDING IMS_SOURCE_DIR "/scenarios/recorded/smmuv3-linux-7.3-strict.rec"
#define DOORBELL  UINT64_C(0x8090000)

extern const struct ims_model smmuv3_model;
#define REPLAYED smmuv3_model

#include "tests/unit/replayed.h"

START_TEST(whole)
{
	struct rec_program *prog = load();
	struct rep_options options = { .bare = _i & 1, .no_walk_caches = _i & 2 };
	struct chk_replay *r = replay(prog, &options);

	ck_assert_uint_eq(prog->counts.xlats, 3377);
	ck_assert_uint_eq(r->matched, 3377);
	ck_assert_uint_eq(r->findings->len, 0);
	ck_assert_uint_eq(by_title(r, "TLBI_NH_VA"), 191);
	ck_assert_uint_eq(by_title(r, "SYNC"), 209);
	ck_assert_uint_eq(by_title(r, "CFGI_STE"), 8);
	ck_assert_uint_eq(by_title(r, "CFGI_CD"), 8);
	ck_assert_uint_eq(by_title(r, "CFGI_STE_RANGE"), 1);
	ck_assert_uint_eq(by_title(r, "PREFETCH_CONFIG"), 4);
	ck_assert_uint_eq(by_title(r, "TLBI_NSNH_ALL"), 1);
	/* Forwarded as they are: nothing goes that the guest did not name. */
	ck_assert_uint_eq(r->over[SCN_OVER_HOST] + r->over[SCN_OVER_CROSS_TENANT], 0);
	chk_replay_free(r);
	rec_free(prog);
}
END_TEST

/* A page was mapped and no line shows it; and the doorbell of interrupts, which is no memory, is used. */
START_TEST(in_the_file)
{
	struct rec_program *prog = load();
	uint32_t maps = 0, doorbell = 0;

	ck_assert_uint_eq(prog->counts.reconstructed, 1);
	ck_assert_uint_eq(prog->sid_tags->len, 2);
	for (guint i = 0; i < prog->sid_tags->len; i++) {
		const struct rec_sid_tag *st =
			&g_array_index(prog->sid_tags, struct rec_sid_tag, i);

		ck_assert_uint_eq(st->sid, i ? 0x18 : 0x10);
		ck_assert_uint_eq(st->tag, i ? 4 : 3);
	}
	for (guint i = 0; i < prog->events->len; i++) {
		const struct rec_event *e = event_at(prog, i);

		maps += e->kind == REC_MAP && e->reconstructed;
		doorbell += e->kind == REC_XLAT && (e->pa & ~UINT64_C(0xfff)) == DOORBELL;
	}
	ck_assert_uint_eq(maps, 1);
	ck_assert_uint_eq(doorbell, 61);
	rec_free(prog);
}
END_TEST

START_TEST(all_left_out)
{
	struct rec_program *prog = load();
	struct rep_options options = { .skip_all = true, .bare = _i & 1, .no_walk_caches = _i & 2 };
	struct chk_replay *r = replay(prog, &options);

	ck_assert_uint_eq(r->wrong, 1869);
	ck_assert_uint_eq(r->commands, 209);
	/* No command of the guest dropped anything; to begin with there was nothing. */
	ck_assert_uint_eq(r->dropped_correct, 0);
	chk_replay_free(r);
	rec_free(prog);
}
END_TEST

static bool is_tlbi(const struct rec_event *e)
{
	uint64_t words[IMS_CMD_WORDS] = { 0 };
	struct ims_cmd cmd;

	if (e->kind != REC_CMD)
		return false;
	memcpy(words, e->qw, sizeof(e->qw));
	ck_assert(!ims_cmd_decode(&smmuv3_model, NULL, words, &cmd));
	return !strncmp(smmuv3_model.rows[cmd.row].name, "TLBI_", 5);
}

/* Each left out alone: how many change a later translation, and how many leave something standing. */
static void left_out(const struct rep_options *options, uint32_t want_wrong, uint32_t want_latent)
{
	struct rec_program *prog = load();
	struct left_out l = { .prog = prog, .concerns = is_tlbi };

	each_left_out(&l, *options);
	ck_assert_uint_eq(l.count, 192);
	ck_assert_msg(l.wrong == want_wrong && l.latent == want_latent, "%u wrong, %u latent",
		      l.wrong, l.latent);
	rec_free(prog);
}

START_TEST(one_left_out)
{
	const struct rep_options options = { .bare = true };

	left_out(&options, 92, 179);
}
END_TEST

START_TEST(one_left_out_nested)
{
	const struct rep_options options = { .bare = false };

	left_out(&options, 92, 179);
}
END_TEST

/* Hardware that does not look at levels and keeps no steps of walks drops what a neighbour's command names too. */
START_TEST(one_left_out_without_levels)
{
	const struct ims_param_set ttl = { (uint16_t)ims_model_param(&smmuv3_model, "ttl"), 0,
					   "README, counted" };
	const struct rep_options options = {
		.bare = true, .no_walk_caches = true, .set = &ttl, .set_count = 1
	};

	left_out(&options, 90, 179);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("replay of SMMUv3");
	TCase *whole_case = tcase_create("whole"), *out = tcase_create("left out"),
	      *slow = tcase_create("left out, otherwise");

	tcase_add_loop_test(whole_case, whole, 0, 4);
	tcase_add_test(whole_case, in_the_file);
	suite_add_tcase(suite, whole_case);
	tcase_set_timeout(out, 400);
	tcase_add_loop_test(out, all_left_out, 0, 4);
	tcase_add_test(out, one_left_out);
	suite_add_tcase(suite, out);
	/* Each as long as all the others of this vendor together, of the same commands. */
	tcase_set_tags(slow, "slow");
	tcase_set_timeout(slow, 400);
	tcase_add_test(slow, one_left_out_nested);
	tcase_add_test(slow, one_left_out_without_levels);
	suite_add_tcase(suite, slow);
	return tests_run(suite);
}
