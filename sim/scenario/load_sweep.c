/* SPDX-License-Identifier: MIT */
/* The parameters of a sweep, their values, and the points that come of them. */
#include <string.h>

#include "sim/scenario/load_sweep.h"

#define SWEEP_EXAMPLE "{form: [buggy, fixed], host.atc: [forward, drop]}"

const struct scn_axis *scn_sweep_axis(const struct scn_sweep *sweep, const char *name)
{
	for (guint i = 0; i < sweep->axes->len; i++) {
		const struct scn_axis *a = &g_array_index(sweep->axes, struct scn_axis, i);

		if (!strcmp(a->name, name))
			return a;
	}
	return NULL;
}

const struct scn_node *scn_sweep_value(const struct scn_sweep *sweep, guint axis, uint32_t point)
{
	const struct scn_node *n;

	for (guint i = sweep->axes->len - 1; i > axis; i--)
		point /= g_array_index(sweep->axes, struct scn_axis, i).count;
	n = g_array_index(sweep->axes, struct scn_axis, axis).values;
	point %= g_array_index(sweep->axes, struct scn_axis, axis).count;
	while (point--)
		n = n->next;
	return n;
}

char *scn_sweep_text(const struct scn_sweep *sweep, uint32_t point)
{
	GString *s = g_string_new(NULL);

	for (guint i = 0; i < sweep->axes->len; i++)
		g_string_append_printf(s, "%s%s=%s", i ? ", " : "",
				       g_array_index(sweep->axes, struct scn_axis, i).name,
				       scn_sweep_value(sweep, i, point)->text);
	return g_string_free(s, FALSE);
}

/* ---- reading ---- */

/* A column: the name of a part of the file, and behind its dot something in that part. */
static bool column_ok(const char *name)
{
	static const char *const parts[] = { "host.", "vmm.", "guest.", "hardware." };
	bool known = false;

	for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++)
		known |= g_str_has_prefix(name, parts[i]);
	return known && !strstr(name, "..") && name[strlen(name) - 1] != '.' &&
	       !strpbrk(name, " ,=\r\n${}");
}

static bool name_fits(struct scn_loader *l, const struct scn_node *n)
{
	bool column = strchr(n->key, '.');
	g_autofree char *quoted = scn_quote(n->key);

	if (column && !column_ok(n->key)) {
		scn_report_help(
			scn_bad_key(l, n, "'%s' cannot be the name of a column", quoted),
			"a column is host., vmm., guest. or hardware. and a key of that part, as in "
			"host.atc; the name of a parameter has no dot");
		return false;
	}
	if (!column && !scn_name_ok(n->key)) {
		scn_report_help(scn_bad_key(l, n, "'%s' cannot be the name of a parameter", quoted),
				SCN_NAME_HELP);
		return false;
	}
	return true;
}

static bool value_fits(struct scn_loader *l, const struct scn_node *list, const struct scn_node *v)
{
	if (!scn_read_scalar(l, v, list->key, SCN_T_WORD))
		return false;
	if (strpbrk(v->text, ",\r\n")) {
		scn_report_help(scn_bad_value(l, v,
					      "a value of a sweep has no ',' and no line break"),
				"--point has to name it: take a word, and ${} where it is meant");
		return false;
	}
	if (strstr(v->text, "${")) {
		scn_bad_value(l, v, "a value of a sweep cannot hold a parameter");
		return false;
	}
	for (const struct scn_node *o = list->first; o != v; o = o->next)
		if (o->kind == SCN_NODE_SCALAR && !strcmp(o->text, v->text)) {
			scn_bad_value(l, v, "this value of '%s' is given twice", list->key);
			return false;
		}
	return true;
}

static void read_axis(struct scn_sweep *sweep, struct scn_loader *l, const struct scn_node *n)
{
	struct scn_axis axis = { .name = n->key, .node = n, .column = strchr(n->key, '.') };
	bool ok = name_fits(l, n);

	if (!scn_want(l, n, SCN_NODE_LIST, false, n->key, "a list of values: [buggy, fixed]"))
		return;
	if (!n->first) {
		scn_report_help(scn_bad_value(l, n, "'%s' has no value", n->key),
				"write a list of values: [buggy, fixed]");
		return;
	}
	for (const struct scn_node *v = n->first; v; v = v->next)
		ok &= value_fits(l, n, v);
	axis.values = n->first;
	axis.count = n->cnt;
	if (ok)
		g_array_append_val(sweep->axes, axis);
}

/* What the file says where a column of the sweep goes to: NULL, nothing. */
static const struct scn_node *said(const struct scn_node *root, const char *path)
{
	g_auto(GStrv) parts = g_strsplit(path, ".", -1);
	const struct scn_node *n = root;

	for (guint i = 0; n && parts[i]; i++)
		n = n->kind == SCN_NODE_MAP ? scn_node_get(n, parts[i]) : NULL;
	return n;
}

static void check_axes(struct scn_sweep *sweep, struct scn_loader *l, const struct scn_node *root)
{
	/* A use that is wrong may have been meant for any of them. */
	bool sound = !l->d->cnt;

	for (guint i = 0; i < sweep->axes->len; i++) {
		const struct scn_axis *a = &g_array_index(sweep->axes, struct scn_axis, i);
		const struct scn_node *old = a->column ? said(root, a->name) : NULL;
		struct scn_report *r;

		if (old) {
			r = scn_bad_key(l, a->node, "'%s' is given by the file as well", a->name);
			scn_report_help(r,
					"leave it out there: each point has a value of the sweep");
			scn_report_note(r, "given at %u:%u", old->key_mark.line, old->key_mark.col);
		}
		if (!a->column && !a->used && sound)
			scn_report_help(
				scn_bad_key(l, a->node, "nothing depends on '%s'", a->name),
				"use it in a 'when: {%s: %s}' or as ${%s}; a column has a dot: "
				"host.atc",
				a->name, a->values->text, a->name);
	}
}

/* How many points, and whether that can be read at all. */
static void count_points(struct scn_sweep *sweep, struct scn_loader *l, const struct scn_node *n,
			 const struct scn_node *root)
{
	uint64_t points = 1;

	for (guint i = 0; i < sweep->axes->len && points <= SCN_POINTS_MAX; i++)
		points *= g_array_index(sweep->axes, struct scn_axis, i).count;
	if (points > SCN_POINTS_MAX) {
		scn_report_help(
			scn_bad_key(l, n, "this sweep has more than %u points", SCN_POINTS_MAX),
			"its points are all combinations of its values: sweep less at a time");
		return;
	}
	if (points * root->size > SCN_POINT_NODES_MAX) {
		scn_report_help(
			scn_bad_key(l, n, "the points of this sweep have more than %u values",
				    SCN_POINT_NODES_MAX),
			"each point reads the whole file, of %u values: sweep less at a time",
			root->size);
		return;
	}
	sweep->points = (uint32_t)points;
}

void scn_sweep_read(struct scn_sweep *sweep, struct scn_loader *l, const struct scn_node *root)
{
	const struct scn_node *n = scn_node_get(root, "sweep");

	sweep->axes = g_array_new(FALSE, FALSE, sizeof(struct scn_axis));
	sweep->points = 1;
	if (n && scn_want(l, n, SCN_NODE_MAP, false, "sweep", SWEEP_EXAMPLE)) {
		if (!n->first)
			scn_report_help(scn_bad_value(l, n, "'sweep' is empty"), "write %s",
					SWEEP_EXAMPLE);
		for (const struct scn_node *a = n->first; a; a = a->next)
			read_axis(sweep, l, a);
		count_points(sweep, l, n, root);
	}
	/* What uses a parameter that could not be read is not wrong by itself. */
	if (l->d->cnt)
		return;
	scn_sweep_uses(sweep, l, root);
	check_axes(sweep, l, root);
}

void scn_sweep_clear(struct scn_sweep *sweep)
{
	g_array_free(sweep->axes, TRUE);
}
