/* SPDX-License-Identifier: MIT */
/* What hosts answer, and the names that a scenario may use, from the vendors' tables. */
#include <string.h>

#include "sim/view/view.h"
#include "tools/iommusim/tool.h"

static void parameter(GString *out, const struct ims_param *p)
{
	g_autofree char *head = g_strdup_printf("  %-21s", p->name);
	g_autoptr(GString) text = g_string_new(p->text);

	if (p->kind == IMS_PARAM_KNOB) {
		g_string_append_printf(text, "; default %u of at most %u, adversarial %u", p->value,
				       p->max, p->adversarial);
		if (ims_param_open(p))
			g_string_append_printf(text, ", lenient %u", p->lenient);
		g_string_append_printf(text, ": %s", p->why);
	} else if (p->kind == IMS_PARAM_CAP) {
		g_string_append_printf(text, "; %u of at most %u", p->value, p->max);
	}
	if (p->unknown)
		g_string_append_printf(text, "; unknown: %s", p->unknown);
	if (p->kind != IMS_PARAM_CAP)
		g_string_append_printf(text, " (%s)", p->source);
	view_text_field(out, head, text->str, 24);
}

static void parameters(GString *out, const struct ims_model *m, uint8_t kind, const char *title)
{
	g_string_append_printf(out, "%s\n", title);
	for (unsigned i = 0; i < m->params_count; i++)
		if (m->params[i].kind == kind)
			parameter(out, &m->params[i]);
}

static void rules(GString *out, const struct ims_model *m)
{
	g_string_append(out, "What must hold between them:\n");
	for (unsigned i = 0; i < m->param_rules_count; i++)
		g_string_append_printf(out, "  %s\n", m->param_rules[i].name);
	g_string_append(out, "Rules on what software programs (findings of the kind 'rule'):\n");
	for (unsigned i = 0; i < m->prog_rules_count; i++) {
		g_autofree char *head = g_strdup_printf("  %s:", m->prog_rules[i].name);

		view_text_field(out, head, m->prog_rules[i].text, 24);
	}
}

/* ---- columns and policies ---- */

static void column(GString *out, const struct ims_column_use *use)
{
	const struct ims_column_def *c = &ims_columns[use->column];
	g_autofree char *head = g_strdup_printf("  %s.%s:", c->side, c->name);

	view_text_field(out, head, c->question, 8);
	for (unsigned a = 1; a < IMS_ANSWERS; a++) {
		g_autofree char *name = NULL;

		if (!(use->answers >> a & 1))
			continue;
		name = g_strdup_printf("    %s:", c->answers[a].name);
		view_text_field(out, name, c->answers[a].text, 8);
	}
	view_text_field(out, "    source:", use->source, 8);
}

static void policy(GString *out, const struct ims_model *m, const struct ims_policy_row *row)
{
	g_autofree char *head = g_strdup_printf("  %s:", row->name);
	g_autofree char *text = g_strdup_printf("%s (%s)", row->text, row->source);
	g_autoptr(GString) says = g_string_new(NULL);

	view_text_field(out, head, text, 4);
	for (unsigned i = 0; i < m->columns_count; i++) {
		const struct ims_column_def *c = &ims_columns[m->columns[i].column];
		unsigned is = row->policy.of[m->columns[i].column];

		g_string_append_printf(says, "%s%s.%s: %s", says->len ? ", " : "", c->side, c->name,
				       is ? c->answers[is].name : "\xe2\x80\x93");
	}
	view_text_field(out, "   ", says->str, 4);
}

static void policies(GString *out, const struct ims_model *m)
{
	g_string_append(out, "Columns, for host: {base: NAME, COLUMN: ANSWER} and vmm: {...}:\n");
	for (unsigned i = 0; i < m->columns_count; i++)
		column(out, &m->columns[i]);
	g_string_append(out, "Policies, for host: NAME and --host, and their answers:\n");
	for (unsigned i = 0; i < m->policies_count; i++)
		policy(out, m, &m->policies[i]);
}

/* ---- what is modelled ---- */

static void scope(GString *out, const struct ims_model *m)
{
	g_string_append(out, "Beside tables and invalidations, what is modelled:\n");
	for (unsigned i = 0; i < IMS_TOPICS; i++) {
		const struct ims_scope_row *row = &m->scope[i];
		g_autofree char *head = g_strdup_printf("  %s:", ims_topics[i]);

		view_text_field(out, head, row->modelled ? row->modelled : "nothing", 4);
		if (row->left_out)
			view_text_field(out, "    not modelled:", row->left_out, 8);
		view_text_field(out, "    source:", row->source, 8);
	}
}

static void json_scope(struct json *j, const struct ims_model *m)
{
	json_open(j, "scope", '[');
	for (unsigned i = 0; i < IMS_TOPICS; i++) {
		json_open(j, NULL, '{');
		json_text(j, "topic", ims_topics[i]);
		json_text(j, "modelled", m->scope[i].modelled);
		json_text(j, "not_modelled", m->scope[i].left_out);
		json_text(j, "source", m->scope[i].source);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void json_columns(struct json *j, const struct ims_model *m)
{
	json_open(j, "columns", '[');
	for (unsigned i = 0; i < m->columns_count; i++) {
		const struct ims_column_use *use = &m->columns[i];
		const struct ims_column_def *c = &ims_columns[use->column];
		g_autofree char *name = g_strdup_printf("%s.%s", c->side, c->name);

		json_open(j, NULL, '{');
		json_text(j, "column", name);
		json_text(j, "question", c->question);
		json_open(j, "answers", '[');
		for (unsigned a = 1; a < IMS_ANSWERS; a++) {
			if (!(use->answers >> a & 1))
				continue;
			json_open(j, NULL, '{');
			json_text(j, "answer", c->answers[a].name);
			json_text(j, "text", c->answers[a].text);
			json_close(j, '}');
		}
		json_close(j, ']');
		json_text(j, "source", use->source);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void describe_json(struct json *j, const struct ims_model *m)
{
	json_open(j, NULL, '{');
	json_text(j, "vendor", m->name);
	json_text(j, "title", m->title);
	json_columns(j, m);
	json_open(j, "policies", '[');
	for (unsigned p = 0; p < m->policies_count; p++) {
		const struct ims_policy_row *row = &m->policies[p];

		json_open(j, NULL, '{');
		json_text(j, "policy", row->name);
		json_text(j, "text", row->text);
		json_text(j, "source", row->source);
		json_open(j, "columns", '{');
		for (unsigned i = 0; i < m->columns_count; i++) {
			const struct ims_column_def *c = &ims_columns[m->columns[i].column];
			unsigned is = row->policy.of[m->columns[i].column];
			g_autofree char *name = g_strdup_printf("%s.%s", c->side, c->name);

			json_text(j, name, c->answers[is].name);
		}
		json_close(j, '}');
		json_close(j, '}');
	}
	json_close(j, ']');
	json_scope(j, m);
	json_close(j, '}');
}

/* What hardware tells software by queues, and what of it a guest hears. */
static void told(GString *out, const struct ims_model *m)
{
	g_string_append(
		out, "Queues by which hardware tells its driver, with 'pri: on' or 'stall: on':\n");
	for (unsigned i = 0; i < m->told_count; i++) {
		const struct ims_told_queue *q = &m->told[i];
		g_autofree char *head = g_strdup_printf("  %s:", q->name);
		g_autofree char *text = g_strdup_printf("%s (%s)", q->text, q->source);

		view_text_field(out, head, text, 8);
	}
	g_string_append(out, "Event queues of virtual IOMMUs, VEVENTQ_ALLOC:\n");
	for (unsigned i = 0; i < m->hosts_count; i++) {
		const struct ims_host_driver *h = m->hosts[i];
		g_autofree char *head = g_strdup_printf("  %s:", h->policy);
		g_autofree char *text =
			h->vevent.type ?
				g_strdup_printf("type %u, records of %u bytes (%s)", h->vevent.type,
						8u * h->vevent.words, h->vevent.source) :
				g_strdup(
					"none has anything: no fault of the unit is told to a guest");

		view_text_field(out, head, text, 8);
	}
}

static void describe(GString *out, const struct ims_model *m)
{
	g_string_append_printf(out, "%s: %s\n", m->name, m->title);
	policies(out, m);
	scope(out, m);
	parameters(out, m, IMS_PARAM_CAP,
		   "Capabilities, for caps: {NAME: VALUE}, with their defaults:");
	parameters(out, m, IMS_PARAM_KNOB,
		   "Knobs, for caps: too, with what adversarial hardware makes of each:");
	parameters(out, m, IMS_PARAM_QUIRK, "Known faults, for quirks: [NAME]:");
	rules(out, m);
	told(out, m);
}

/* The vendors named; false: it has been said that there is no such one. */
static bool named(const struct tool_options *o, GPtrArray *models)
{
	for (char **name = o->rest; name && *name; name++) {
		const struct ims_model *m = tool_vendor(*name);

		if (!m) {
			g_autofree char *why = tool_vendor_trouble(*name);

			tool_complain("%s", why);
			return false;
		}
		g_ptr_array_add(models, (gpointer)(uintptr_t)m);
	}
	for (unsigned i = 0; !o->rest && tool_vendors[i]; i++)
		if (!o->vendor || tool_vendors[i] == tool_vendor(o->vendor))
			g_ptr_array_add(models, (gpointer)(uintptr_t)tool_vendors[i]);
	return true;
}

/* The table of all, and the vendors named, or all. */
static int describe_all(const struct tool_options *o, bool prove)
{
	bool as_json = o->format && !strcmp(o->format, "json"), table = !o->rest && !o->vendor;
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GPtrArray) models = g_ptr_array_new();
	struct json j = { .out = out, .first = true };

	if (!named(o, models))
		return TOOL_ERROR;
	if (as_json) {
		json_open(&j, NULL, '{');
		json_number(&j, "version", 1);
	}
	if ((table || prove || o->host) &&
	    !tool_table(o, table ? NULL : g_ptr_array_index(models, 0), prove, out,
			as_json ? &j : NULL))
		return TOOL_ERROR;
	if (as_json)
		json_open(&j, "vendors", '[');
	for (guint i = 0; i < models->len; i++) {
		if (as_json)
			describe_json(&j, g_ptr_array_index(models, i));
		else
			describe(out, g_ptr_array_index(models, i));
	}
	if (as_json) {
		json_close(&j, ']');
		json_close(&j, '}');
		g_string_append_c(out, '\n');
	}
	return tool_write(o, out) ? TOOL_PASS : TOOL_ERROR;
}

int tool_describe(int argc, char **argv)
{
	struct tool_options o = { 0 };
	gboolean prove = FALSE;
	const GOptionEntry own[] = {
		{ "prove", 0, 0, G_OPTION_ARG_NONE, &prove,
		  "run the scenarios of scenarios/seed that stand for each cell of the table",
		  NULL },
		{ 0 },
	};
	int code;

	if (tool_parse(
		    &o, argc, argv, "[VENDOR...] - what hosts answer, and names of what there is",
		    "Prints without VENDOR the table of what hosts answer differently; and of each\n"
		    "vendor what 'host:', 'vmm:' and 'hardware:' of a scenario may name.",
		    own, &code))
		code = describe_all(&o, prove);
	tool_options_clear(&o);
	return code;
}
