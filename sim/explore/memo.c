/* SPDX-License-Identifier: MIT */
#include "sim/explore/memo.h"

#include <string.h>

#include "sim/explore/hash.h"

/* A set, with memory as it was then, and what came of it. What is fresh comes of none. */
struct closed {
	uint64_t version;
	bool fresh;
	struct xpl_set from, to;
};

static guint closed_hash(gconstpointer closed)
{
	const struct closed *c = closed;
	uint64_t h = xpl_mix(xpl_set_hash(&c->from), c->version + c->fresh);

	return (guint)(h >> 32);
}

static gboolean closed_same(gconstpointer a, gconstpointer b)
{
	const struct closed *x = a, *y = b;

	return x->version == y->version && x->fresh == y->fresh &&
	       !memcmp(&x->from, &y->from, sizeof(x->from));
}

GHashTable *xpl_memo_new(void)
{
	return g_hash_table_new_full(closed_hash, closed_same, g_free, NULL);
}

const struct xpl_set *xpl_memo_find(GHashTable *memo, uint64_t version, const struct xpl_set *from)
{
	struct closed key = { .version = version, .fresh = !from };
	const struct closed *c;

	if (!memo)
		return NULL;
	if (from)
		key.from = *from;
	c = g_hash_table_lookup(memo, &key);
	return c ? &c->to : NULL;
}

void xpl_memo_add(GHashTable *memo, uint64_t version, const struct xpl_set *from,
		  const struct xpl_set *to)
{
	struct closed *c;

	if (!memo)
		return;
	c = g_new0(struct closed, 1);
	c->version = version;
	c->fresh = !from;
	if (from)
		c->from = *from;
	c->to = *to;
	g_hash_table_add(memo, c);
}
