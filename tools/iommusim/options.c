/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "tools/iommusim/tool.h"

/* One line a vendor; the only place that names one outside its folder. */
extern const struct ims_model vtd_model;
const struct ims_model *const tool_vendors[] = { &vtd_model, NULL };

const struct ims_model *tool_vendor(const char *name)
{
	for (unsigned i = 0; tool_vendors[i]; i++)
		if (!strcmp(tool_vendors[i]->name, name))
			return tool_vendors[i];
	return NULL;
}

/* Vendors of the language; those without a model are known and not modelled. */
const char *const *tool_vendor_names(void)
{
	static const char *const names[] = { "vtd", "amdvi", "smmuv3", NULL };

	return names;
}

void tool_complain(const char *fmt, ...)
{
	g_autofree char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = g_strdup_vprintf(fmt, ap);
	va_end(ap);
	fprintf(stderr, "iommusim: %s\n", text);
}

/* Options of the command line that later work fills in: refused by name, not as unknown. */
static gboolean refuse(const gchar *name, const gchar *value, gpointer data, GError **error)
{
	(void)value, (void)data;
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "%s is not available in this version", name);
	return FALSE;
}

bool tool_parse(struct tool_options *o, int argc, char **argv, const char *usage, const char *summary,
		const GOptionEntry *extra, int *ret_exit)
{
	g_autoptr(GOptionContext) context = g_option_context_new(usage);
	g_autoptr(GError) error = NULL;
	const GOptionEntry common[] = {
		{ "vendor", 0, 0, G_OPTION_ARG_STRING, &o->vendor, "only this vendor", "NAME" },
		{ "host", 0, 0, G_OPTION_ARG_STRING, &o->host, "the host's policy: mail-2023", "POLICY" },
		{ "hardware", 0, 0, G_OPTION_ARG_STRING, &o->hardware, "adversarial or concrete", "MODE" },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &o->format, "text or json", "FORMAT" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, "write the report there", "FILE" },
		{ "color", 0, 0, G_OPTION_ARG_STRING, &o->color, "auto, always or never", "WHEN" },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &o->quiet, "only what failed", NULL },
		{ "verbose", 'v', 0, G_OPTION_ARG_NONE, &o->verbose, "counts of every run", NULL },
		{ "jobs", 'j', G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_CALLBACK, (gpointer)refuse, NULL, NULL },
		{ "seed", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_CALLBACK, (gpointer)refuse, NULL, NULL },
		{ "shard", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_CALLBACK, (gpointer)refuse, NULL, NULL },
		{ "until", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_CALLBACK, (gpointer)refuse, NULL, NULL },
		{ "dump", 0, G_OPTION_FLAG_HIDDEN | G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK,
		  (gpointer)refuse, NULL, NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->rest, NULL, NULL },
		{ 0 },
	};

	g_option_context_set_summary(context, summary);
	g_option_context_add_main_entries(context, common, NULL);
	if (extra)
		g_option_context_add_main_entries(context, extra, NULL);
	*ret_exit = TOOL_ERROR;
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		tool_complain("%s; see 'iommusim --help'", error->message);
		return false;
	}
	if (o->format && strcmp(o->format, "text") && strcmp(o->format, "json")) {
		tool_complain("--format %s is not available in this version: text or json", o->format);
		return false;
	}
	if (o->host && strcmp(o->host, "mail-2023")) {
		tool_complain("host policy '%s' is not modelled: mail-2023", o->host);
		return false;
	}
	if (o->hardware && strcmp(o->hardware, "adversarial") && strcmp(o->hardware, "concrete")) {
		tool_complain("--hardware %s: it is adversarial or concrete", o->hardware);
		return false;
	}
	if (o->color && strcmp(o->color, "auto") && strcmp(o->color, "always") && strcmp(o->color, "never")) {
		tool_complain("--color %s: it is auto, always or never", o->color);
		return false;
	}
	if (o->vendor && !tool_vendor(o->vendor)) {
		tool_complain("vendor '%s' is not modelled; modelled: vtd", o->vendor);
		return false;
	}
	return true;
}

void tool_options_clear(struct tool_options *o)
{
	g_free(o->vendor);
	g_free(o->host);
	g_free(o->hardware);
	g_free(o->format);
	g_free(o->output);
	g_free(o->color);
	g_strfreev(o->rest);
}

bool tool_color(const struct tool_options *o)
{
	const char *no_color = g_getenv("NO_COLOR");

	if (o->color && strcmp(o->color, "auto"))
		return !strcmp(o->color, "always");
	return !o->output && isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

bool tool_write(const struct tool_options *o, const GString *report)
{
	g_autoptr(GError) error = NULL;

	if (o->output) {
		if (g_file_set_contents(o->output, report->str, (gssize)report->len, &error))
			return true;
		tool_complain("%s", error->message);
		return false;
	}
	if (fwrite(report->str, 1, report->len, stdout) == report->len && !fflush(stdout))
		return true;
	tool_complain("the report could not be written to standard output");
	return false;
}
