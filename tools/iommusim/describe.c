/* SPDX-License-Identifier: MIT */
/* The names that hardware: of a scenario knows, from the vendors' tables. */
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

static void describe(GString *out, const struct ims_model *m)
{
	g_string_append_printf(out, "%s: %s\n", m->name, m->title);
	parameters(out, m, IMS_PARAM_CAP,
		   "Capabilities, for caps: {NAME: VALUE}, with their defaults:");
	parameters(out, m, IMS_PARAM_KNOB,
		   "Knobs, for caps: too, with what adversarial hardware makes of each:");
	parameters(out, m, IMS_PARAM_QUIRK, "Known faults, for quirks: [NAME]:");
	rules(out, m);
}

/* The vendors named, or all. */
static int describe_all(const struct tool_options *o)
{
	g_autoptr(GString) out = g_string_new(NULL);
	guint count = o->rest ? g_strv_length(o->rest) : 0;

	for (guint i = 0; i < count; i++) {
		const struct ims_model *m = tool_vendor(o->rest[i]);

		if (!m) {
			g_autofree char *why = tool_vendor_trouble(o->rest[i]);

			tool_complain("%s", why);
			return TOOL_ERROR;
		}
		describe(out, m);
	}
	for (unsigned i = 0; !count && tool_vendors[i]; i++)
		if (!o->vendor || tool_vendors[i] == tool_vendor(o->vendor))
			describe(out, tool_vendors[i]);
	return tool_write(o, out) ? TOOL_PASS : TOOL_ERROR;
}

int tool_describe(int argc, char **argv)
{
	struct tool_options o = { 0 };
	int code;

	if (tool_parse(&o, argc, argv, "[VENDOR...] - names of capabilities and quirks",
		       "Prints what 'hardware:' of a scenario may name.", NULL, &code))
		code = describe_all(&o);
	tool_options_clear(&o);
	return code;
}
