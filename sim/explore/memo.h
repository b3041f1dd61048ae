/* SPDX-License-Identifier: MIT */
/* Sets of records that have been closed before, by the version of memory. */
#ifndef SIM_EXPLORE_MEMO_H
#define SIM_EXPLORE_MEMO_H

#include <glib.h>

#include "sim/explore/may.h"

/* To be freed with g_hash_table_unref(). A memo of NULL keeps nothing. */
GHashTable *xpl_memo_new(void);
/* What came of @from, NULL: what is fresh. NULL: it is not known. Valid as long as the memo is. */
const struct xpl_set *xpl_memo_find(GHashTable *memo, uint64_t version, const struct xpl_set *from);
void xpl_memo_add(GHashTable *memo, uint64_t version, const struct xpl_set *from,
		  const struct xpl_set *to);

#endif
