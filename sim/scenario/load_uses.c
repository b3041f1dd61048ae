/* SPDX-License-Identifier: MIT */
/* Where a file depends on the point of its sweep: every `when:` and every `${}`, checked once. */
#include <string.h>

#include "sim/scenario/load_sweep.h"

#define WHEN_EXAMPLE "{form: buggy}"

struct uses {
	struct scn_sweep *sweep;
	struct scn_loader *l;
};

static struct scn_axis *axis_of(const struct uses *u, const char *name)
{
	for (guint i = 0; i < u->sweep->axes->len; i++) {
		struct scn_axis *a = &g_array_index(u->sweep->axes, struct scn_axis, i);

		if (!strcmp(a->name, name))
			return a;
	}
	return NULL;
}

static void no_such_axis(const struct uses *u, struct scn_report *r, const char *name)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();

	for (guint i = 0; i < u->sweep->axes->len; i++)
		g_ptr_array_add(
			words,
			(gpointer)(uintptr_t)g_array_index(u->sweep->axes, struct scn_axis, i).name);
	if (words->len)
		scn_report_words(r, name, "parameters", words);
	else
		scn_report_help(r, "write sweep: {%s: [one, two]}", name);
}

/* ---- ${parameter} ---- */

size_t scn_sweep_use(const char *text, char **ret_name)
{
	const char *end = strchr(text, '}');

	if (!end)
		return 0;
	*ret_name = g_strndup(text + 2, (gsize)(end - text - 2));
	return (size_t)(end - text) + 1;
}

static void check_scalar(const struct uses *u, const struct scn_node *n)
{
	for (const char *p = strstr(n->text, "${"); p; p = strstr(p, "${")) {
		g_autofree char *name = NULL, *quoted = NULL;
		size_t len = scn_sweep_use(p, &name);
		struct scn_axis *a = len ? axis_of(u, name) : NULL;

		if (!len) {
			scn_report_help(scn_bad_value(u->l, n, "'${' has no '}'"),
					"write ${form}, the name of a parameter of the sweep");
			return;
		}
		if (a) {
			a->used = true;
			p += len;
			continue;
		}
		quoted = scn_quote(name);
		no_such_axis(u, scn_bad_value(u->l, n, "there is no parameter '%s'", quoted),
			     quoted);
		return;
	}
}

static void check_values(const struct uses *u, const struct scn_node *n)
{
	if (n->kind == SCN_NODE_SCALAR) {
		check_scalar(u, n);
		return;
	}
	for (const struct scn_node *c = n->first; c; c = c->next) {
		if (c->key && strstr(c->key, "${"))
			scn_bad_key(u->l, c, "a parameter stands for a value, not for a key");
		check_values(u, c);
	}
}

/* ---- when: ---- */

static void check_word(const struct uses *u, const struct scn_axis *a, const struct scn_node *v)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	g_autofree char *quoted = NULL;

	if (!scn_read_scalar(u->l, v, a->name, SCN_T_WORD))
		return;
	for (const struct scn_node *n = a->values; n; n = n->next) {
		if (!strcmp(n->text, v->text))
			return;
		g_ptr_array_add(words, (gpointer)(uintptr_t)n->text);
	}
	quoted = scn_quote(v->text);
	scn_report_words(scn_bad_value(u->l, v, "no point of the sweep has '%s' for '%s'", quoted,
				       a->name),
			 v->text, "values", words);
}

static void check_condition(const struct uses *u, const struct scn_node *n)
{
	struct scn_axis *a = axis_of(u, n->key);
	g_autofree char *quoted = scn_quote(n->key);

	if (!a) {
		no_such_axis(u, scn_bad_key(u->l, n, "there is no parameter '%s'", quoted), quoted);
		return;
	}
	a->used = true;
	if (n->kind != SCN_NODE_LIST) {
		check_word(u, a, n);
		return;
	}
	if (!n->first)
		scn_bad_value(u->l, n, "no point of the sweep is meant by an empty list");
	for (const struct scn_node *v = n->first; v; v = v->next)
		check_word(u, a, v);
}

/* The `when:` of a map, if it is one and has one. */
static void check_when(const struct uses *u, const struct scn_node *map)
{
	const struct scn_node *when = map->kind == SCN_NODE_MAP ? scn_node_get(map, "when") : NULL;

	if (!when || !scn_want(u->l, when, SCN_NODE_MAP, false, "when", WHEN_EXAMPLE))
		return;
	if (!when->first)
		scn_report_help(scn_bad_value(u->l, when, "'when' names no parameter"), "write %s",
				WHEN_EXAMPLE);
	for (const struct scn_node *n = when->first; n; n = n->next)
		check_condition(u, n);
}

/* ---- where a `when:` may stand ---- */

static void check_steps(const struct uses *u, const struct scn_node *list)
{
	for (const struct scn_node *item = list->first; item; item = item->next)
		if (item->kind == SCN_NODE_MAP && item->first)
			check_when(u, item->first);
}

static void check_fails(const struct uses *u, const struct scn_node *expect)
{
	const struct scn_node *fail = expect->kind == SCN_NODE_MAP ? scn_node_get(expect, "fail") :
								     NULL;

	if (!fail)
		return;
	check_when(u, fail);
	for (const struct scn_node *n = fail->kind == SCN_NODE_LIST ? fail->first : NULL; n;
	     n = n->next)
		check_when(u, n);
}

static void check_at(const struct uses *u, const struct scn_node *at)
{
	static const char example[] = "[{when: " WHEN_EXAMPLE ", fail: {kind: stale}}]";

	if (!scn_want(u->l, at, SCN_NODE_LIST, false, "at", example))
		return;
	if (!at->first)
		scn_report_help(scn_bad_value(u->l, at, "'at' lists nothing"), "write %s", example);
	for (const struct scn_node *n = at->first; n; n = n->next) {
		if (!scn_want(u->l, n, SCN_NODE_MAP, false, "at", example))
			continue;
		if (!scn_node_get(n, "when"))
			scn_report_help(scn_bad_value(u->l, n, "missing 'when' in 'at'"),
					"write %s", example);
		if (scn_node_get(n, "at"))
			scn_bad_key(u->l, scn_node_get(n, "at"), "'at' cannot stand inside 'at'");
		check_when(u, n);
		check_fails(u, n);
	}
}

void scn_sweep_uses(struct scn_sweep *sweep, struct scn_loader *l, const struct scn_node *root)
{
	const struct uses u = { .sweep = sweep, .l = l };
	const struct scn_node *expect = scn_node_get(root, "expect");
	const struct scn_node *actors = scn_node_get(root, "actors");

	for (const struct scn_node *n = root->first; n; n = n->next)
		if (strcmp(n->key, "sweep"))
			check_values(&u, n);
	if (scn_node_get(root, "steps"))
		check_steps(&u, scn_node_get(root, "steps"));
	for (const struct scn_node *n = actors ? actors->first : NULL; n; n = n->next)
		check_steps(&u, n);
	if (!expect)
		return;
	check_fails(&u, expect);
	if (expect->kind == SCN_NODE_MAP && scn_node_get(expect, "at"))
		check_at(&u, scn_node_get(expect, "at"));
}
