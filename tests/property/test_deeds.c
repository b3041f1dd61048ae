/* SPDX-License-Identifier: MIT */
/*
 * timeout: 600
 *
 * Shipped scenarios with random deeds of hardware: look-ups that nobody asked for, chosen look-up
 * by look-up what serves them, and pending commands that take effect before their wait. Whatever
 * hardware does by itself, the two oracles of sim/check say the same of every entry, and a run
 * with the same deeds is the same run.
 *
 * test-property-deeds FILE VENDOR SEED makes one run, and says what comes of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/check/check.h"
#include "sim/core/prng.h"
#include "sim/engine/command_parts.h"
#include "tests/run.h"

extern const struct ims_model vtd_model, amdvi_model, smmuv3_model;
static const struct ims_model *const models[] = { &vtd_model, &amdvi_model, &smmuv3_model };
static const char *const names[] = { "vtd", "amdvi", "smmuv3", NULL };

static const char *const folders[] = { "seed", "common", "policy", "bugs", NULL };

/* Of each scenario. */
#ifndef RUNS
#define RUNS 6
#endif
enum { DEEDS = 24 };

/* For a run by hand too, which is no test. */
static void must(bool holds, const char *what)
{
	if (holds)
		return;
	printf("%s\n", what);
	fflush(stdout);
	exit(1);
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void names_in(GPtrArray *files, const char *folder)
{
	g_autofree char *path = g_build_filename(IMS_SOURCE_DIR, "scenarios", folder, NULL);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, ".yaml") && !g_str_has_suffix(name, ".host.yaml"))
			g_ptr_array_add(files, g_build_filename(path, name, NULL));
}

static GPtrArray *scenarios_of(const char *vendor)
{
	GPtrArray *scns = g_ptr_array_new();
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);

	for (unsigned i = 0; folders[i]; i++)
		names_in(files, folders[i]);
	names_in(files, vendor);
	g_ptr_array_sort(files, by_name);
	for (guint i = 0; i < files->len; i++) {
		g_autoptr(GError) error = NULL;
		struct scn *scn = scn_load(g_ptr_array_index(files, i), NULL, 0, names, &error);

		ck_assert_msg(scn, "%s", error ? error->message : "");
		if (g_ptr_array_find_with_equal_func(scn->vendors, vendor, g_str_equal, NULL))
			g_ptr_array_add(scns, scn);
		else
			scn_free(scn);
	}
	return scns;
}

/* ---- what a run is like without them ---- */

struct command {
	uint32_t instant, when, unit, ring;
};

struct seen {
	uint32_t instants;
	GArray *commands; /* of struct command */
	GArray *early;	  /* of struct scn_deed: what is pending, at each instant */
	uint32_t units_count, vms_count;
	uint32_t of[HYP_DEVICES]; /* the physical unit of each device */
};

/* Does its unit, by its order, execute another first: then it may not be early. */
static bool held_back(const struct ims_hw *hw, const struct ims_ring *r, uint32_t at)
{
	const uint32_t *params = hw->unit->state.params;

	for (uint32_t i = 0; i < at; i++)
		if (ims_model_ordered(hw->model, params, r->pending[i].row, r->pending[at].row))
			return true;
	return false;
}

static void pending_now(struct seen *s, struct scn_run *run, uint32_t number)
{
	for (guint i = 0; i < s->commands->len; i++) {
		const struct command *c = &g_array_index(s->commands, struct command, i);
		const struct ims_ring *r = ims_hw_ring_of(hyp_unit(run->h, c->unit), c->ring);
		struct scn_deed d = { .at = number,
				      .kind = SCN_DEED_EFFECT,
				      .unit = c->unit,
				      .command = c->instant,
				      .ring = c->ring };

		for (uint32_t k = 0; k < r->pending_count; k++)
			if (r->pending[k].when == c->when &&
			    !held_back(hyp_unit(run->h, c->unit), r, k))
				g_array_append_val(s->early, d);
	}
}

static void on_instant(void *ctx, struct scn_run *run, uint32_t number, enum ims_instant instant,
		       struct ims_hw *hw, const uint64_t *words)
{
	struct seen *s = ctx;
	struct command c = { .instant = number,
			     .when = run->world->time + 1,
			     .unit = hw->number,
			     .ring = hw->ring };

	/* Each has the next number, and a command its words. */
	must(number == s->instants, "an instant without its number");
	must((instant == IMS_INSTANT_COMMAND) == (words != NULL), "words of no command");
	s->instants++;
	pending_now(s, run, number);
	if (instant == IMS_INSTANT_COMMAND)
		g_array_append_val(s->commands, c);
}

/* False: it cannot be run, or is no scenario that a device is in. */
static bool watch(const struct scn *scn, const struct ims_model *m, struct seen *s)
{
	struct scn_run *run = scn_run_new(scn, m, NULL, NULL);
	bool ok = run != NULL;

	*s = (struct seen){ .commands = g_array_new(FALSE, FALSE, sizeof(struct command)),
			    .early = g_array_new(FALSE, FALSE, sizeof(struct scn_deed)) };
	if (!run)
		return false;
	run->observer = (struct scn_observer){ .ctx = s, .before = on_instant };
	ok = scn_run_steps(run, NULL) && scn->devices->len;
	s->units_count = run->world->units_count;
	s->vms_count = run->h->vms_count;
	for (uint32_t i = 0; i < run->h->devices_count; i++)
		s->of[i] = hyp_unit_of(run->h, run->h->devices[i].iommu);
	scn_run_free(run);
	return ok;
}

/* ---- deeds ---- */

static uint32_t below(uint64_t *seed, uint32_t n)
{
	return ims_prng_below(seed, n);
}

/* An address that some step is about, or beside it. */
static uint64_t address(const struct scn *scn, uint64_t *seed)
{
	const struct scn_step *s = g_ptr_array_index(scn->steps, below(seed, scn->steps->len));

	return s->iova + (uint64_t)below(seed, 3) * 4096 + below(seed, 512) * 8;
}

static uint32_t context(const struct scn *scn, uint64_t *seed)
{
	const struct scn_step *s = g_ptr_array_index(scn->steps, below(seed, scn->steps->len));

	return s->has_pasid && below(seed, 4) ? s->pasid : IMS_CTX_NONE;
}

static void random_look(const struct scn *scn, const struct seen *s, uint64_t *seed,
			struct scn_deed *d)
{
	struct scn_look *l = &d->look;
	const struct scn_device *dev;

	d->kind = SCN_DEED_LOOK;
	l->dev = below(seed, scn->devices->len);
	dev = &g_array_index(scn->devices, struct scn_device, l->dev);
	d->unit = below(seed, 4) ? s->of[l->dev] : (uint32_t)dev->vm + 1;
	l->ctx = context(scn, seed);
	l->addr = address(scn, seed);
	l->access = (uint8_t)(1 + below(seed, 3));
	l->kind = below(seed, 8) ? IMS_REQ_UNTRANSLATED : IMS_REQ_ATS;
	l->priv = !below(seed, 8);
	l->ats = dev->ats && below(seed, 2);
	l->alias = dev->alias && d->unit == s->of[l->dev] && !below(seed, 4);
	l->choices = ims_prng_next(seed);
	/* All of them, none, or each by itself. */
	if (!below(seed, 3))
		l->choices = ~UINT64_C(0);
	l->choices_count = (uint8_t)below(seed, SCN_DEED_CHOICES + 1);
	if (!below(seed, 3))
		l->forgets = ims_prng_next(seed);
}

static gint by_instant(gconstpointer a, gconstpointer b)
{
	const struct scn_deed *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* @effects: a command takes effect early too, if the order of its unit lets it. */
static GArray *random_deeds(const struct scn *scn, const struct seen *s, uint64_t seed,
			    bool effects)
{
	GArray *list = g_array_new(FALSE, TRUE, sizeof(struct scn_deed));
	uint32_t count = 1 + below(&seed, DEEDS);

	for (uint32_t i = 0; i < count; i++) {
		struct scn_deed d = { .at = below(&seed, s->instants) };

		random_look(scn, s, &seed, &d);
		g_array_append_val(list, d);
	}
	if (effects && s->early->len)
		g_array_append_val(list, g_array_index(s->early, struct scn_deed,
						       below(&seed, s->early->len)));
	g_array_sort(list, by_instant);
	return list;
}

/* ---- runs ---- */

struct tally {
	uint64_t runs, misfits, found, fills, early;
	bool show;
};

struct shown {
	GString *s;
	struct tally *tally;
};

static void see(void *arg, const struct scn_run *run)
{
	struct shown *shown = arg;

	for (uint32_t i = 0; i < run->log.count; i++) {
		const struct ims_event *e = &run->log.events[i];

		g_string_append_len(shown->s, (const char *)e, sizeof(*e));
		if (shown->tally->show) {
			g_autofree char *text = chk_event_text(run->model, e);

			printf("t%u of t%u, line %u, unit %u: %s\n", run->log.first + i, e->parent,
			       e->line, e->unit, text);
		}
		/* Of a look-up that stands under nothing. */
		if (e->kind == IMS_EV_FILL && e->parent &&
		    !ims_log_at(&run->log, e->parent)->parent)
			shown->tally->fills++;
	}
	for (uint32_t i = 0; i < run->acts.done && run->acts.done == run->variant.deeds->count; i++)
		shown->tally->early += run->variant.deeds->list[i].kind == SCN_DEED_EFFECT;
}

static struct chk_result *run_once(const struct scn *scn, const struct ims_model *m,
				   const GArray *list, struct tally *t, GString *log)
{
	const struct scn_deeds deeds = { .list = (const void *)list->data, .count = list->len };
	struct shown shown = { .s = log, .tally = t };

	return chk_run_deeds(scn, m, &deeds, see, &shown);
}

static void one(const struct scn *scn, const struct ims_model *m, const struct seen *s,
		uint64_t seed, struct tally *t)
{
	g_autoptr(GString) log = g_string_new(NULL), again = g_string_new(NULL);
	GArray *list = random_deeds(scn, s, seed, seed & 1);
	struct tally none = { 0 };
	struct chk_result *r = run_once(scn, m, list, t, log), *same;

	if (r->internal)
		printf("%s %s %" G_GUINT64_FORMAT "\n", scn->file, m->name, seed);
	must(!r->internal, r->reason);
	t->runs++;
	t->found += r->findings->len;
	if (r->verdict == CHK_ERROR)
		t->misfits++;
	if (!(seed % 4)) {
		same = run_once(scn, m, list, &none, again);
		must(g_string_equal(log, again), "another log of the same run");
		must(same->findings->len == r->findings->len, "other findings of the same run");
		chk_result_free(same);
	}
	if (r->verdict == CHK_ERROR && t->show)
		printf("%s\n", r->reason);
	chk_result_free(r);
	g_array_unref(list);
}

START_TEST(oracles_agree)
{
	const struct ims_model *m = models[_i];
	GPtrArray *scns = scenarios_of(m->name);
	struct tally t = { 0 };

	for (guint i = 0; i < scns->len; i++) {
		struct scn *scn = g_ptr_array_index(scns, i);
		struct seen s;

		if (watch(scn, m, &s))
			for (uint64_t seed = 0; seed < RUNS; seed++)
				one(scn, m, &s, i * UINT64_C(1000) + seed, &t);
		g_array_unref(s.commands);
		g_array_unref(s.early);
		scn_free(scn);
	}
	g_ptr_array_unref(scns);
	printf("%s: %" G_GUINT64_FORMAT " runs (%" G_GUINT64_FORMAT
	       " whose deeds did not fit), %" G_GUINT64_FORMAT " findings, %" G_GUINT64_FORMAT
	       " entries filled by hardware itself, %" G_GUINT64_FORMAT " commands early\n",
	       m->name, t.runs, t.misfits, t.found, t.fills, t.early);
	fflush(stdout);
	/* It would show nothing if next to nothing were done. */
	ck_assert_uint_gt(t.runs, 50 * RUNS);
	ck_assert_uint_lt(t.misfits, t.runs / 8);
	ck_assert_uint_gt(t.fills, t.runs);
	ck_assert_uint_gt(t.early, 10);
}
END_TEST

static int by_hand(char **argv)
{
	g_autoptr(GError) error = NULL;
	struct scn *scn = scn_load(argv[1], NULL, 0, names, &error);
	struct tally t = { .show = true };
	struct seen s;

	for (unsigned i = 0; scn && i < G_N_ELEMENTS(models); i++) {
		if (strcmp(models[i]->name, argv[2]) || !watch(scn, models[i], &s))
			continue;
		one(scn, models[i], &s, strtoull(argv[3], NULL, 0), &t);
		printf("%u instants, %u findings, %s\n", s.instants, (unsigned)t.found,
		       t.misfits ? "the deeds do not fit" : "all is well");
		g_array_unref(s.commands);
		g_array_unref(s.early);
	}
	scn_free(scn);
	return !t.runs;
}

int main(int argc, char **argv)
{
	Suite *s;
	TCase *t;

	if (argc == 4)
		return by_hand(argv);
	s = suite_create("deeds");
	t = tcase_create("deeds");
	tcase_set_timeout(t, 500);
	tcase_add_loop_test(t, oracles_agree, 0, (int)G_N_ELEMENTS(models));
	suite_add_tcase(s, t);
	return tests_run(s);
}
