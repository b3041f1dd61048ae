/* SPDX-License-Identifier: MIT */
#include "sim/scenario/suggest.h"

#include <limits.h>
#include <string.h>

/* A word much longer than the list's is not looked for in all of it. */
#define CANDIDATES_MAX 512

static unsigned min2(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned scn_osa_distance(const char *a, const char *b)
{
	unsigned row[3][SCN_WORD_MAX + 1];
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);

	if (a_len > SCN_WORD_MAX || b_len > SCN_WORD_MAX)
		return UINT_MAX;
	for (unsigned j = 0; j <= b_len; j++)
		row[0][j] = j;
	for (unsigned i = 1; i <= a_len; i++) {
		unsigned *now = row[i % 3];
		const unsigned *up = row[(i + 2) % 3];
		const unsigned *up2 = row[(i + 1) % 3];

		now[0] = i;
		for (unsigned j = 1; j <= b_len; j++) {
			unsigned differs = a[i - 1] != b[j - 1];

			now[j] = min2(min2(up[j], now[j - 1]) + 1, up[j - 1] + differs);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = min2(now[j], up2[j - 2] + 1);
		}
	}
	return row[a_len % 3][b_len];
}

const char *scn_nearest(const char *word, const GPtrArray *words)
{
	size_t len = strlen(word);
	size_t limit = (len + 2) / 3;
	const char *nearest = NULL;
	unsigned best = UINT_MAX;
	size_t best_gap = 0;

	if (len > SCN_WORD_MAX)
		return NULL;
	for (guint i = 0; i < words->len && i < CANDIDATES_MAX; i++) {
		const char *known = g_ptr_array_index(words, i);
		size_t known_len = strlen(known);
		size_t gap = known_len > len ? known_len - len : len - known_len;
		unsigned distance;

		if (gap > limit)
			continue;
		distance = scn_osa_distance(word, known);
		if (distance <= limit && distance < len &&
		    (distance < best || (distance == best && gap < best_gap))) {
			best = distance;
			best_gap = gap;
			nearest = known;
		}
	}
	return nearest;
}
