/* SPDX-License-Identifier: MIT */
/*
 * timeout: 300
 *
 * The two oracles of sim/check on every run of every shipped scenario, for each of its
 * vendors and on both kinds of hardware, and on the recordings: they say the same of every
 * entry of every cache after each step.
 */
#include <string.h>

#include "sim/scenario/replay.h"
#include "tests/oracles.h"
#include "tests/run.h"

extern const struct ims_model vtd_model, amdvi_model, smmuv3_model;
static const struct ims_model *const vendors[] = { &vtd_model, &amdvi_model, &smmuv3_model };
static const char *const names[] = { "vtd", "amdvi", "smmuv3", NULL };
static const char *const hardware[] = { "adversarial", "concrete" };

/* A copy of the world is made for each question of a kind: of what is large, not after every step. */
#define LARGE (UINT64_C(16) << 20)

struct asking {
	struct tally *t;
	struct chk *chk;
	uint32_t every, since; /* steps */
	uint32_t begins;
	const char *wrong;
};

static void asked_after(struct asking *a, uint32_t begins)
{
	if (++a->since < a->every || a->wrong)
		return;
	a->since = 0;
	a->wrong = tally_step(a->t, a->chk, a->begins ? a->begins : begins);
	a->begins = 0;
}

/* ---- scenarios ---- */

static void on_access(void *ctx, struct scn_run *run, const struct hyp_access *a)
{
	struct asking *k = ctx;

	run->now.window = chk_accessed(k->chk, &run->now, a);
}

static void on_answer(void *ctx, struct scn_run *run, const struct hyp_ats *a)
{
	struct asking *k = ctx;

	run->now.window = chk_answered(k->chk, &run->now, &a->phys);
}

static void on_step(void *ctx, struct scn_run *run, const struct scn_step *step)
{
	struct asking *k = ctx;

	(void)step;
	chk_stepped(k->chk);
	if (!k->begins)
		k->begins = run->step_event;
	asked_after(k, run->step_event);
}

static bool listed(const struct scn *scn, const char *name)
{
	for (guint i = 0; i < scn->vendors->len; i++)
		if (!strcmp(g_ptr_array_index(scn->vendors, i), name))
			return true;
	return false;
}

/* Returns whether it ran: not every unit can be had on both kinds of hardware. */
static bool one_run(const struct scn *scn, const struct ims_model *m, struct tally *t)
{
	g_autoptr(GError) error = NULL;
	struct scn_run *run = scn_run_new(scn, m, 0, &error);
	struct asking k = { .t = t };
	bool ok;

	if (!run)
		return false;
	k.every = run->world->bytes > LARGE ? 16 : 1;
	k.chk = chk_new(&(struct chk_subject){ .model = m,
					       .h = run->h,
					       .world = run->world,
					       .config = &run->config,
					       .log = &run->log,
					       .scn = scn });
	run->observer = (struct scn_observer){
		.ctx = &k, .accessed = on_access, .answered = on_answer, .stepped = on_step
	};
	tally_program(t);
	ok = scn_run_steps(run, &error);
	if (ok) {
		k.every = 0;
		asked_after(&k, run->step_event);
	}
	ck_assert_msg(!k.wrong, "%s, %s, %s, before step %u: %s", scn->file, m->name, scn->hardware,
		      t->step, k.wrong);
	chk_free(k.chk);
	scn_run_free(run);
	return ok;
}

static guint one_point(struct scn *scn, const struct ims_model *m, struct tally *t)
{
	g_autofree char *own = g_strdup(scn->hardware);
	guint runs = 0;

	for (unsigned h = 0; listed(scn, m->name) && h < G_N_ELEMENTS(hardware); h++) {
		bool ran;

		g_free(scn->hardware);
		scn->hardware = g_strdup(hardware[h]);
		ran = one_run(scn, m, t);
		ck_assert_msg(ran || strcmp(own, hardware[h]), "%s does not run on %s", scn->file,
			      m->name);
		runs += ran;
	}
	return runs;
}

static guint one_file(const char *file, const struct ims_model *m, struct tally *t)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) points = scn_load_points(file, NULL, 0, names, &error);
	guint runs = 0;

	ck_assert_msg(points, "%s", error ? error->message : "no scenario and no error");
	for (guint i = 0; i < points->len; i++)
		runs += one_point(g_ptr_array_index(points, i), m, t);
	return runs;
}

START_TEST(scenarios)
{
	static const char *const folders[] = { "seed", "common", "vtd", "amdvi", "smmuv3" };
	struct tally t = { .model = vendors[_i] };
	guint runs = 0;

	for (unsigned i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_autofree char *path =
			g_build_filename(IMS_SOURCE_DIR, "scenarios", folders[i], NULL);
		GDir *dir = g_dir_open(path, 0, NULL);
		const char *name;

		ck_assert_ptr_nonnull(dir);
		while ((name = g_dir_read_name(dir))) {
			g_autofree char *file = g_build_filename(path, name, NULL);

			if (g_str_has_suffix(name, ".yaml"))
				runs += one_file(file, vendors[_i], &t);
		}
		g_dir_close(dir);
	}
	tally_print(&t);
	tally_floor(&t, 300, 1);
	ck_assert_uint_ge(tally_stale(&t, vendors[_i]->iotlb), 30);
	ck_assert_uint_ge(tally_stale(&t, vendors[_i]->atc), 30);
	ck_assert_uint_ge(runs, 80);
}
END_TEST

/* ---- recordings ---- */

static void on_replayed(void *observer, struct rep_run *run, const struct scn_access_now *now,
			const struct hyp_access *a)
{
	struct asking *k = observer;

	(void)run;
	chk_accessed(k->chk, now, a);
}

static void on_command(void *observer, struct rep_run *run)
{
	struct asking *k = observer;

	(void)run;
	chk_stepped(k->chk);
	asked_after(k, 0);
}

/* As it was, and with every invalidation left out: then most of what is cached has gone stale. */
START_TEST(recordings)
{
	const struct ims_model *m = vendors[_i / 2];
	const struct rep_options options = { .skip_all = _i & 1, .no_walk_caches = false };
	g_autofree char *name = g_strdup_printf("%s-linux-7.3-strict.rec", m->name);
	g_autofree char *file =
		g_build_filename(IMS_SOURCE_DIR, "scenarios", "recorded", name, NULL);
	struct tally t = { .model = m };
	struct asking k = { .t = &t, .every = 64 };
	g_autoptr(GError) error = NULL;
	struct rec_vendor vendor;
	struct rec_program *prog;
	struct rep_run *run;

	rep_vendor(m, &vendor);
	prog = rec_load(file, NULL, 0, &vendor, &error);
	ck_assert_msg(prog, "%s", error ? error->message : "no program and no error");
	run = rep_run_new(prog, m, &options, &error);
	ck_assert_ptr_nonnull(run);
	k.chk = chk_new(&(struct chk_subject){ .model = m,
					       .h = run->h,
					       .world = run->world,
					       .config = &run->config,
					       .log = &run->log });
	run->observer = &k;
	run->accessed = on_replayed;
	run->stepped = on_command;
	tally_program(&t);
	ck_assert(rep_run_events(run, &error));
	k.every = 0;
	asked_after(&k, 0);
	ck_assert_msg(!k.wrong, "%s: %s", file, k.wrong);
	printf("%s%s: %" G_GUINT64_FORMAT " entries asked for, %" G_GUINT64_FORMAT
	       " times; of the IOTLB %" G_GUINT64_FORMAT " sound, %" G_GUINT64_FORMAT
	       " gone, %" G_GUINT64_FORMAT " elsewhere\n",
	       name, options.skip_all ? ", no invalidation" : "", t.entries, t.steps,
	       t.of[m->iotlb][CHK_STANDS], t.of[m->iotlb][CHK_GONE], t.of[m->iotlb][CHK_ELSEWHERE]);
	fflush(stdout);
	ck_assert_uint_ge(t.of[m->iotlb][CHK_STANDS], 100);
	if (options.skip_all)
		ck_assert_uint_ge(t.of[m->iotlb][CHK_GONE] + t.of[m->iotlb][CHK_ELSEWHERE], 100);
	g_clear_pointer(&t.stood, g_hash_table_unref);
	chk_free(k.chk);
	rep_run_free(run);
	rec_free(prog);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("oracles");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 250);
	tcase_add_loop_test(t, scenarios, 0, G_N_ELEMENTS(vendors));
	tcase_add_loop_test(t, recordings, 0, 2 * G_N_ELEMENTS(vendors));
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
