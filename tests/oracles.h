/* SPDX-License-Identifier: MIT */
/*
 * Both oracles asked for everything that is cached, and what their answers come to: of each
 * vendor's caches how many entries stood and how many did not, by both; and when.
 */
#ifndef TESTS_ORACLES_H
#define TESTS_ORACLES_H

#include <check.h>
#include <glib.h>
#include <stdio.h>

#include "sim/check/check.h"

struct tally {
	const struct ims_model *model;
	uint64_t of[IMS_CACHES][CHK_STAND_MAX]; /* by what the tables say */
	uint64_t programs, steps, entries;
	uint64_t flips; /* entries that stood after one step, and not after the next */

	/* Of the program at hand. */
	uint32_t step, begins; /* the one that is over, from 1; its first event */
	GHashTable *stood;     /* FILL event -> the last step after which the entry stood */
	char *wrong;
};

static inline bool is_stale(enum chk_stand s)
{
	return s == CHK_MORE || s == CHK_ELSEWHERE || s == CHK_GONE || s == CHK_CHANGED;
}

static inline void tally_program(struct tally *t)
{
	if (!t->stood)
		t->stood = g_hash_table_new(g_direct_hash, g_direct_equal);
	g_hash_table_remove_all(t->stood);
	t->programs++;
	t->step = 0;
}

static inline void tally_add(void *arg, const struct chk_asked *a)
{
	struct tally *t = arg;
	gpointer key = GUINT_TO_POINTER(a->fill), value;

	t->of[a->cache][a->tables]++;
	t->entries++;
	if (a->tables == CHK_STANDS) {
		g_hash_table_insert(t->stood, key, GUINT_TO_POINTER(t->step));
		return;
	}
	/* It stood after the step before this one: by the log as well this one has changed it. */
	if (!is_stale(a->tables) || !is_stale(a->log) ||
	    !g_hash_table_lookup_extended(t->stood, key, NULL, &value) ||
	    GPOINTER_TO_UINT(value) + 1 != t->step)
		return;
	t->flips++;
	if (a->changed_by < t->begins && !t->wrong)
		t->wrong = g_strdup_printf(
			"an entry of %s filled at event %u stood before step %u (event %u) and not "
			"after it; by the log event %u changed it",
			t->model->caches[a->cache].name, a->fill, t->step, t->begins,
			a->changed_by);
}

/* A step is over, whose first event was @begins. Returns NULL, or where the oracles disagree. */
static inline const char *tally_step(struct tally *t, struct chk *c, uint32_t begins)
{
	t->step++;
	t->steps++;
	t->begins = begins;
	chk_confirm_all(c, tally_add, t);
	return chk_bug(c) ? chk_bug(c) : t->wrong;
}

static inline uint64_t tally_stale(const struct tally *t, unsigned cache)
{
	const uint64_t *n = t->of[cache];

	return n[CHK_MORE] + n[CHK_ELSEWHERE] + n[CHK_GONE] + n[CHK_CHANGED];
}

static inline void tally_print(struct tally *t)
{
	printf("%s: %" G_GUINT64_FORMAT " programs, %" G_GUINT64_FORMAT " steps, %" G_GUINT64_FORMAT
	       " entries asked for, %" G_GUINT64_FORMAT " seen to become stale\n",
	       t->model->name, t->programs, t->steps, t->entries, t->flips);
	printf("  %-36s %10s %10s %10s %10s\n", "by both", "sound", "stale", "too much",
	       "unreached");
	for (unsigned i = 0; i < t->model->caches_count; i++)
		printf("  %-36s %10" G_GUINT64_FORMAT " %10" G_GUINT64_FORMAT
		       " %10" G_GUINT64_FORMAT " %10" G_GUINT64_FORMAT "\n",
		       t->model->caches[i].name, t->of[i][CHK_STANDS], tally_stale(t, i),
		       t->of[i][CHK_MORE], t->of[i][CHK_UNASKED]);
	fflush(stdout);
	g_clear_pointer(&t->stood, g_hash_table_unref);
}

/* Of no kind of cache too little was asked: so many entries that stood, and so many that did not. */
static inline void tally_floor(const struct tally *t, uint64_t sound, uint64_t stale)
{
	uint64_t n[2][IMS_WHERE_MAX] = { { 0 } };

	for (unsigned i = 0; i < t->model->caches_count; i++) {
		n[0][t->model->caches[i].where] += t->of[i][CHK_STANDS];
		n[1][t->model->caches[i].where] += tally_stale(t, i);
	}
	for (unsigned i = 0; i < IMS_WHERE_MAX; i++)
		ck_assert_msg(n[0][i] >= sound && n[1][i] >= stale,
			      "%s, %s: %" G_GUINT64_FORMAT " sound, %" G_GUINT64_FORMAT " stale",
			      t->model->name, chk_where_name((uint8_t)i), n[0][i], n[1][i]);
}

#endif
