/* SPDX-License-Identifier: MIT */
#include "sim/core/assert.h"
#include "sim/scenario/recording_parts.h"

struct range {
	uint32_t tag;
	uint64_t first, last;
};

struct rec_ranges {
	GTree *tree; /* of struct range, key and value in one, by (tag, first) */
};

static gint by_first(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct range *x = a;
	const struct range *y = b;

	(void)data;
	if (x->tag != y->tag)
		return x->tag < y->tag ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

struct rec_ranges *rec_ranges_new(void)
{
	struct rec_ranges *r = g_new(struct rec_ranges, 1);

	r->tree = g_tree_new_full(by_first, NULL, g_free, NULL);
	return r;
}

void rec_ranges_free(struct rec_ranges *r)
{
	g_tree_destroy(r->tree);
	g_free(r);
}

static void insert(struct rec_ranges *r, uint32_t tag, uint64_t first, uint64_t last)
{
	struct range *e = g_new(struct range, 1);

	IMS_ASSERT(first <= last);
	*e = (struct range){ .tag = tag, .first = first, .last = last };
	g_tree_insert(r->tree, e, e);
}

/* Some range of @tag that overlaps first .. last, or NULL. */
static struct range *find(const struct rec_ranges *r, uint32_t tag, uint64_t first, uint64_t last)
{
	const struct range key = { .tag = tag, .first = first };
	GTreeNode *node = g_tree_lower_bound(r->tree, &key);
	struct range *e;

	if (node) {
		e = g_tree_node_value(node);
		if (e->tag == tag && e->first <= last)
			return e;
		node = g_tree_node_previous(node);
	} else {
		node = g_tree_node_last(r->tree);
	}
	if (!node)
		return NULL;
	e = g_tree_node_value(node);
	return e->tag == tag && e->last >= first ? e : NULL;
}

bool rec_ranges_hit(const struct rec_ranges *r, uint32_t tag, uint64_t first, uint64_t last)
{
	return find(r, tag, first, last) != NULL;
}

void rec_ranges_cut(struct rec_ranges *r, uint32_t tag, uint64_t first, uint64_t last)
{
	struct range *e;

	while ((e = find(r, tag, first, last))) {
		struct range old = *e;

		g_tree_remove(r->tree, &old);
		if (old.first < first)
			insert(r, tag, old.first, first - 1);
		if (old.last > last)
			insert(r, tag, last + 1, old.last);
	}
}

void rec_ranges_add(struct rec_ranges *r, uint32_t tag, uint64_t first, uint64_t last)
{
	rec_ranges_cut(r, tag, first, last);
	insert(r, tag, first, last);
}
