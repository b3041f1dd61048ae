/* SPDX-License-Identifier: MIT */
/*
 * timeout: 600
 *
 * What Linux did to an AMD IOMMU, replayed on bare metal: v1 tables of four levels,
 * GV=0. Every figure of scenarios/recorded/README.md for it.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/check/replay.h"
#include "sim/engine/engine.h"
#include "tests/run.h"

#define RECORDING IMS_SOURCE_DIR "/scenarios/recorded/amdvi-linux-7.3-strict.rec"

extern const struct ims_model amdvi_model;
#define REPLAYED amdvi_model

#include "tests/unit/replayed.h"

START_TEST(whole)
{
	struct rec_program *prog = load();
	struct rep_options options = { .no_walk_caches = _i & 1, .small_entries = _i & 2 };
	struct chk_replay *r = replay(prog, &options);

	ck_assert_uint_eq(prog->counts.xlats, 1066);
	ck_assert_uint_eq(r->matched, 1066);
	ck_assert_uint_eq(r->findings->len, 0);
	ck_assert_uint_eq(by_title(r, "INVALIDATE_IOMMU_PAGES GN=0"), 206);
	ck_assert_uint_eq(by_title(r, "INVALIDATE_IOMMU_PAGES GN=0 PDE=1"), 227);
	ck_assert_uint_eq(by_title(r, "INVALIDATE_DEVTAB_ENTRY"), 16);
	ck_assert_uint_eq(by_title(r, "INVALIDATE_IOMMU_ALL"), 2);
	ck_assert_uint_eq(by_title(r, "COMPLETION_WAIT"), 433);
	/* There is no host whose choice could be at fault. */
	ck_assert_uint_eq(r->over[SCN_OVER_HOST] + r->over[SCN_OVER_CROSS_TENANT], 0);
	chk_replay_free(r);
	rec_free(prog);
}
END_TEST

/* One page was mapped and no line shows it; two translations found it. */
START_TEST(reconstructed)
{
	struct rec_program *prog = load();
	const struct rec_event *map = NULL;
	uint32_t used = 0;

	ck_assert_uint_eq(prog->counts.reconstructed, 1);
	for (guint i = 0; i < prog->events->len; i++) {
		const struct rec_event *e = &g_array_index(prog->events, struct rec_event, i);

		if (e->kind == REC_MAP && e->reconstructed)
			map = e;
		else if (map && e->kind == REC_UNMAP && e->tag == map->tag &&
			 e->iova <= map->iova && map->iova - e->iova < e->size)
			break;
		else if (map && e->kind == REC_XLAT && e->tag == map->tag &&
			 e->iova >> 12 == map->iova >> 12)
			used++;
	}
	ck_assert_uint_eq(used, 2);
	rec_free(prog);
}
END_TEST

/* Leaves of 8 KiB stand in two entries: tables of 4 KiB leaves answer with other bases. */
START_TEST(leaves)
{
	struct rec_program *prog = load();
	struct rep_options options = { .small_leaves = true };
	struct chk_replay *r = replay(prog, &options);

	ck_assert_uint_eq(r->wrong, 103);
	ck_assert_uint_eq(r->findings->len, 0);
	chk_replay_free(r);
	rec_free(prog);
}
END_TEST

START_TEST(all_left_out)
{
	struct rec_program *prog = load();
	struct rep_options options = { .skip_all = true, .small_entries = _i };
	struct chk_replay *r = replay(prog, &options);

	ck_assert_uint_eq(r->wrong, _i ? 372 : 435);
	ck_assert_uint_eq(r->commands, 433);
	ck_assert_uint_eq(r->dropped, 0);
	chk_replay_free(r);
	rec_free(prog);
}
END_TEST

/* Is the command of this event one that something may be left standing without. */
static bool drops_pages(const struct rec_event *e)
{
	uint64_t words[IMS_CMD_WORDS] = { 0 };
	struct ims_cmd cmd;
	const char *name;

	if (e->kind != REC_CMD)
		return false;
	memcpy(words, e->qw, sizeof(e->qw));
	ck_assert(!ims_cmd_decode(&amdvi_model, NULL, words, &cmd));
	name = amdvi_model.rows[cmd.row].name;
	return !strcmp(name, "INVALIDATE_IOMMU_PAGES") || !strcmp(name, "INVALIDATE_IOMMU_ALL");
}

/* Strict invalidation follows every unmap, and every map: one left out shows only in a cache. */
START_TEST(one_left_out)
{
	struct rec_program *prog = load();
	struct left_out l = { .prog = prog, .concerns = drops_pages };

	each_left_out(&l, (struct rep_options){ .small_entries = false });
	ck_assert_uint_eq(l.count, 435);
	ck_assert_uint_eq(l.wrong, 0);
	ck_assert_uint_eq(l.latent, 212);
	rec_free(prog);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("replay of AMD-Vi");
	TCase *whole_case = tcase_create("whole"), *out = tcase_create("left out");

	tcase_add_loop_test(whole_case, whole, 0, 4);
	tcase_add_test(whole_case, reconstructed);
	tcase_add_test(whole_case, leaves);
	suite_add_tcase(suite, whole_case);
	tcase_set_timeout(out, 280);
	tcase_add_loop_test(out, all_left_out, 0, 2);
	tcase_add_test(out, one_left_out);
	suite_add_tcase(suite, out);
	return tests_run(suite);
}
