/* SPDX-License-Identifier: MIT */
/* The file at one point of its sweep, as nodes. */
#include <string.h>

#include "sim/scenario/load_sweep.h"

struct copy {
	const struct scn_sweep *sweep;
	struct scn_loader *l;
	struct scn_doc *doc;
	uint32_t point;
};

static const struct scn_node *value_of(const struct copy *c, const struct scn_axis *a)
{
	const struct scn_axis *first = (const struct scn_axis *)(const void *)c->sweep->axes->data;

	return scn_sweep_value(c->sweep, (guint)(a - first), c->point);
}

/* ---- nodes ---- */

static struct scn_node *bare(struct copy *c, const struct scn_node *n)
{
	struct scn_node *own = scn_doc_node(c->doc);

	*own = *n;
	own->first = own->next = NULL;
	own->cnt = 0;
	return own;
}

static void append(struct scn_node *parent, struct scn_node *child)
{
	struct scn_node **tail = &parent->first;

	while (*tail)
		tail = &(*tail)->next;
	*tail = child;
	parent->cnt++;
}

static void substitute(struct copy *c, struct scn_node *n)
{
	const char *from = n->text;
	const struct scn_node *value = NULL;
	g_autoptr(GString) out = NULL;

	if (n->kind != SCN_NODE_SCALAR || !strstr(from, "${"))
		return;
	out = g_string_new(NULL);
	for (const char *p = strstr(from, "${"); p; p = strstr(from, "${")) {
		g_autofree char *name = NULL;
		size_t len = scn_sweep_use(p, &name);

		g_string_append_len(out, from, p - from);
		value = value_of(c, scn_sweep_axis(c->sweep, name));
		g_string_append(out, value->text);
		from = p + len;
	}
	g_string_append(out, from);
	/* A value by itself is read as if it stood there. */
	if (!strcmp(out->str, value->text))
		n->plain = value->plain;
	n->text = g_string_chunk_insert(c->doc->strings, out->str);
}

static struct scn_node *copied(struct copy *c, const struct scn_node *n, const char *but)
{
	struct scn_node *own = bare(c, n);
	struct scn_node **tail = &own->first;

	substitute(c, own);
	for (const struct scn_node *child = n->first; child; child = child->next) {
		if (but && child->key && !strcmp(child->key, but))
			continue;
		*tail = copied(c, child, NULL);
		tail = &(*tail)->next;
		own->cnt++;
	}
	return own;
}

/* ---- when: ---- */

static bool is_one_of(const struct scn_node *n, const char *text)
{
	if (n->kind == SCN_NODE_SCALAR)
		return !strcmp(n->text, text);
	for (const struct scn_node *v = n->first; v; v = v->next)
		if (!strcmp(v->text, text))
			return true;
	return false;
}

static bool holds(const struct copy *c, const struct scn_node *map)
{
	const struct scn_node *when = map->kind == SCN_NODE_MAP ? scn_node_get(map, "when") : NULL;

	for (const struct scn_node *n = when ? when->first : NULL; n; n = n->next)
		if (!is_one_of(n, value_of(c, scn_sweep_axis(c->sweep, n->key))->text))
			return false;
	return true;
}

static struct scn_node *copied_steps(struct copy *c, const struct scn_node *list)
{
	struct scn_node *own = bare(c, list);
	struct scn_node **tail = &own->first;

	for (const struct scn_node *item = list->first; item; item = item->next) {
		const struct scn_node *body = item->kind == SCN_NODE_MAP ? item->first : NULL;
		struct scn_node *step;

		if (body && !holds(c, body)) {
			own->swept = true;
			continue;
		}
		step = bare(c, item);
		if (!body)
			substitute(c, step);
		for (const struct scn_node *n = body; n; n = n->next)
			append(step, copied(c, n, n == body ? "when" : NULL));
		*tail = step;
		tail = &step->next;
		own->cnt++;
	}
	return own;
}

/* ---- expect: ---- */

/* What is expected at this point: the file's `expect:`, or the element of `at:` in its place. */
static const struct scn_node *expected(struct copy *c, const struct scn_node *expect)
{
	const struct scn_node *at = scn_node_get(expect, "at"), *found = NULL;

	for (const struct scn_node *n = at ? at->first : NULL; n; n = n->next) {
		if (!holds(c, n))
			continue;
		if (found) {
			struct scn_report *r = scn_bad_value(
				c->l, n,
				"an element of 'at' before this one is for a point of it too");

			scn_report_help(r, "each point has one: say more in 'when'");
			scn_report_note(r, "that one stands at %u:%u", found->mark.line,
					found->mark.col);
			break;
		}
		found = n;
	}
	return found ? found : expect;
}

static struct scn_node *copied_fails(struct copy *c, const struct scn_node *fail)
{
	struct scn_node *own = bare(c, fail);
	struct scn_node **tail = &own->first;

	for (const struct scn_node *n = fail->first; n; n = n->next) {
		if (!holds(c, n)) {
			own->swept = true;
			continue;
		}
		*tail = copied(c, n, "when");
		tail = &(*tail)->next;
		own->cnt++;
	}
	return own;
}

static struct scn_node *copied_expect(struct copy *c, const struct scn_node *n)
{
	const struct scn_node *of = expected(c, n);
	struct scn_node *own = bare(c, n);

	for (const struct scn_node *child = of->first; child; child = child->next) {
		bool fail = !strcmp(child->key, "fail");

		if (!strcmp(child->key, "at") || !strcmp(child->key, "when"))
			continue;
		if (fail && child->kind == SCN_NODE_LIST)
			append(own, copied_fails(c, child));
		else if (!fail)
			append(own, copied(c, child, NULL));
		else if (holds(c, child))
			append(own, copied(c, child, "when"));
	}
	return own;
}

/* ---- columns ---- */

static struct scn_node *child_of(const struct scn_node *map, const char *key)
{
	for (struct scn_node *n = map->first; n; n = n->next)
		if (!strcmp(n->key, key))
			return n;
	return NULL;
}

/* A new child of @map that stands where the sweep names it. */
static struct scn_node *add(struct copy *c, struct scn_node *map, const char *key,
			    const struct scn_axis *a, const struct scn_node *like)
{
	struct scn_node *n = bare(c, like);

	n->key = g_string_chunk_insert(c->doc->strings, key);
	n->key_mark = a->node->key_mark;
	n->key_width = a->node->key_width;
	n->swept = true;
	append(map, n);
	return n;
}

/* `host: NAME` is short for `host: {base: NAME}`, `hardware: MODE` for `hardware: {mode: MODE}`. */
static void open_short(struct copy *c, struct scn_node *n)
{
	const char *key = !strcmp(n->key, "host") ? "base" : "mode";
	struct scn_node *inner;

	if (strcmp(n->key, "host") && strcmp(n->key, "hardware"))
		return;
	inner = bare(c, n);
	inner->key = key;
	n->kind = SCN_NODE_MAP;
	n->text = NULL;
	append(n, inner);
}

static void set_column(struct copy *c, struct scn_node *root, const struct scn_axis *a)
{
	g_auto(GStrv) parts = g_strsplit(a->name, ".", -1);
	struct scn_node *map = root, *n;

	for (guint i = 0; parts[i + 1]; i++) {
		n = child_of(map, parts[i]);
		if (!n) {
			n = add(c, map, parts[i], a, a->node);
			n->kind = SCN_NODE_MAP;
		}
		if (n->kind == SCN_NODE_SCALAR && map == root)
			open_short(c, n);
		/* It is none: whoever reads it says so. */
		if (n->kind != SCN_NODE_MAP)
			return;
		map = n;
	}
	if (!child_of(map, parts[g_strv_length(parts) - 1]))
		add(c, map, parts[g_strv_length(parts) - 1], a, value_of(c, a));
}

/* A file that says nothing of its hardware says what it is by default. */
static void complete_hardware(struct copy *c, struct scn_node *root)
{
	struct scn_node *hw = child_of(root, "hardware"), *mode;

	if (!hw || !hw->swept || child_of(hw, "mode"))
		return;
	mode = bare(c, hw);
	mode->kind = SCN_NODE_SCALAR;
	mode->key = "mode";
	mode->text = "adversarial";
	append(hw, mode);
}

/* ---- all of it ---- */

static struct scn_node *copied_part(struct copy *c, const struct scn_node *n)
{
	struct scn_node *own;

	if (!strcmp(n->key, "steps") && n->kind == SCN_NODE_LIST)
		return copied_steps(c, n);
	if (!strcmp(n->key, "expect") && n->kind == SCN_NODE_MAP)
		return copied_expect(c, n);
	if (strcmp(n->key, "actors") || n->kind != SCN_NODE_MAP)
		return copied(c, n, NULL);
	own = bare(c, n);
	for (const struct scn_node *list = n->first; list; list = list->next)
		append(own,
		       list->kind == SCN_NODE_LIST ? copied_steps(c, list) : copied(c, list, NULL));
	return own;
}

const struct scn_node *scn_sweep_point(const struct scn_sweep *sweep, struct scn_loader *l,
				       const struct scn_node *root, uint32_t point,
				       struct scn_doc *doc)
{
	struct copy c = { .sweep = sweep, .l = l, .doc = doc, .point = point };
	struct scn_node *own = bare(&c, root);

	for (const struct scn_node *n = root->first; n; n = n->next)
		if (strcmp(n->key, "sweep"))
			append(own, copied_part(&c, n));
	for (guint i = 0; i < sweep->axes->len; i++) {
		const struct scn_axis *a = &g_array_index(sweep->axes, struct scn_axis, i);

		if (a->column)
			set_column(&c, own, a);
	}
	complete_hardware(&c, own);
	return own;
}
