/* SPDX-License-Identifier: MIT */
/*
 * "Did you mean": the known word nearest to a misspelt one. What does not live
 * here: which words are known where; that is the tables' (ops.h) and the file's.
 */
#ifndef SIM_SCENARIO_SUGGEST_H
#define SIM_SCENARIO_SUGGEST_H

#include <glib.h>

/* Words longer than this are nobody's misspelling; it also bounds the work. */
#define SCN_WORD_MAX 32

/*
 * Optimal string alignment distance: insertions, deletions, substitutions and
 * swaps of neighbours, no letter edited twice. Both at most SCN_WORD_MAX bytes;
 * for longer ones the answer is UINT_MAX.
 */
unsigned scn_osa_distance(const char *a, const char *b);

/*
 * The nearest of @words (const char *) if it is no further from @word than a
 * third of its length, (len + 2) / 3, and shares a letter; else NULL. Of several, the one nearest in
 * length, and then the first.
 */
const char *scn_nearest(const char *word, const GPtrArray *words);

#endif
