/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sim/scenario/suggest.h"
#include "sim/view/view.h"
#include "tools/iommusim/tool.h"

/* One line a vendor; the only place that names one outside its folder. */
extern const struct ims_model vtd_model, amdvi_model, smmuv3_model;
const struct ims_model *const tool_vendors[] = { &vtd_model, &amdvi_model, &smmuv3_model, NULL };

const struct ims_model *tool_vendor(const char *name)
{
	for (unsigned i = 0; tool_vendors[i]; i++)
		if (!strcmp(tool_vendors[i]->name, name))
			return tool_vendors[i];
	return NULL;
}

/* Vendors of the language. */
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

void tool_complain_file(const GError *error)
{
	g_autoptr(GString) out = g_string_new(NULL);

	view_text_error(out, error->message);
	fputs(out->str, stderr);
}

void tool_no_host(const struct ims_model *model, const char *name)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autoptr(GString) list = g_string_new(SCN_HOST_BARE);
	const char *near;

	for (unsigned i = 0; i < model->policies_count; i++) {
		g_string_append_printf(list, ", %s", model->policies[i].name);
		g_ptr_array_add(known, (gpointer)(uintptr_t)model->policies[i].name);
	}
	near = scn_nearest(name, known);
	if (near)
		tool_complain("%s has no host '%s'; did you mean '%s'? hosts: %s", model->name,
			      name, near, list->str);
	else
		tool_complain("%s has no host '%s'; hosts: %s", model->name, name, list->str);
}

/* Options of the command line that later work fills in: refused by name, not as unknown. */
static gboolean refuse(const gchar *name, const gchar *value, gpointer data, GError **error)
{
	(void)value, (void)data;
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
		    "%s is not available in this version", name);
	return FALSE;
}

static bool among(const char *value, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(*names, value))
			return true;
	return false;
}

/* A value that is one of a few words: those there are, and those of later versions. */
static bool check_word(const char *option, const char *value, const char *const *names,
		       const char *const *later)
{
	g_autofree char *list = g_strjoinv(", ", (gchar **)(uintptr_t)names);

	if (!value || among(value, names))
		return true;
	if (later && among(value, later))
		tool_complain("%s %s is not available in this version; it is one of: %s", option,
			      value, list);
	else
		tool_complain("%s '%s': it is one of: %s", option, value, list);
	return false;
}

char *tool_vendor_trouble(const char *name)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	g_autoptr(GString) list = g_string_new(NULL);
	const char *near;

	for (unsigned i = 0; tool_vendors[i]; i++)
		g_string_append_printf(list, "%s%s", i ? ", " : "", tool_vendors[i]->name);
	for (const char *const *n = tool_vendor_names(); *n; n++)
		g_ptr_array_add(known, (gpointer)(uintptr_t)*n);
	near = scn_nearest(name, known);
	if (near)
		return g_strdup_printf("there is no vendor '%s'; did you mean '%s'?", name, near);
	return g_strdup_printf("there is no vendor '%s'; modelled: %s", name, list->str);
}

static bool check_vendor(const char *value)
{
	g_autofree char *why = NULL;

	if (!value || tool_vendor(value))
		return true;
	why = tool_vendor_trouble(value);
	tool_complain("%s", why);
	return false;
}

/* A host that some vendor has: whether the one at hand has it is said when it runs. */
static bool check_host(const char *value)
{
	g_autoptr(GString) list = g_string_new(SCN_HOST_BARE);

	if (value && SCN_HOST_IS_FILE(value))
		return true;
	for (unsigned v = 0; value && tool_vendors[v]; v++) {
		const struct ims_model *m = tool_vendors[v];

		for (unsigned i = 0; i < m->policies_count; i++) {
			if (!strcmp(m->policies[i].name, value))
				return true;
			if (!strstr(list->str, m->policies[i].name))
				g_string_append_printf(list, ", %s", m->policies[i].name);
		}
	}
	if (!value || !strcmp(value, SCN_HOST_BARE))
		return true;
	tool_complain("--host: there is no '%s'; hosts: %s", value, list->str);
	return false;
}

static bool check_values(const struct tool_options *o)
{
	static const char *const formats[] = { "text", "json", NULL };
	static const char *const formats_later[] = { "ktap", "junit", "html", "perfetto", NULL };
	static const char *const modes[] = { "adversarial", "concrete", NULL };
	static const char *const colors[] = { "auto", "always", "never", NULL };

	return check_word("--format", o->format, formats, formats_later) && check_host(o->host) &&
	       check_word("--hardware", o->hardware, modes, NULL) &&
	       check_word("--color", o->color, colors, NULL) && check_vendor(o->vendor);
}

static void show_help(GOptionContext *context)
{
	g_autofree char *text = g_option_context_get_help(context, TRUE, NULL);
	g_auto(GStrv) parts =
		g_strsplit(text, "\xe2\x80\xa6", -1); /* an ellipsis that not every terminal has */
	g_autofree char *plain = g_strjoinv("...", parts);

	fputs(plain, stdout);
}

/* What is to be done once the options are read; true: the verb's work. */
static bool parsed(const struct tool_options *o, const char *usage, GOptionContext *context,
		   bool help, bool version, int *ret_exit)
{
	if (help || version) {
		if (help)
			show_help(context);
		else
			printf("iommusim %s\n", IMS_VERSION);
		*ret_exit = TOOL_PASS;
		return false;
	}
	*ret_exit = TOOL_ERROR;
	if (usage[0] == '-' && o->rest) {
		tool_complain("'%s' is too much; see '%s --help'", o->rest[0], g_get_prgname());
		return false;
	}
	return check_values(o);
}

/* Those that a verb does not have, of those that some verb may. */
static void add_refused(GOptionContext *context, const GOptionEntry *own)
{
	const int hidden = G_OPTION_FLAG_HIDDEN, bare = G_OPTION_FLAG_HIDDEN | G_OPTION_FLAG_NO_ARG;
	const GOptionEntry all[] = {
		{ "jobs", 'j', hidden, G_OPTION_ARG_CALLBACK, (gpointer)refuse, NULL, NULL },
		{ "seed", 0, hidden, G_OPTION_ARG_CALLBACK, (gpointer)refuse, NULL, NULL },
		{ "shard", 0, hidden, G_OPTION_ARG_CALLBACK, (gpointer)refuse, NULL, NULL },
		{ "until", 0, hidden, G_OPTION_ARG_CALLBACK, (gpointer)refuse, NULL, NULL },
		{ "dump", 0, bare, G_OPTION_ARG_CALLBACK, (gpointer)refuse, NULL, NULL },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
		const GOptionEntry one[] = { all[i], { 0 } }, *e = own;

		while (e && e->long_name && strcmp(e->long_name, all[i].long_name))
			e++;
		if (!e || !e->long_name)
			g_option_context_add_main_entries(context, one, NULL);
	}
}

bool tool_parse(struct tool_options *o, int argc, char **argv, const char *usage,
		const char *summary, const GOptionEntry *extra, int *ret_exit)
{
	g_autoptr(GOptionContext) context = g_option_context_new(usage);
	g_autofree char *name = g_strdup_printf("iommusim %s", argv[0]);
	g_autoptr(GError) error = NULL;
	gboolean help = FALSE, version = FALSE;
	const GOptionEntry common[] = {
		{ "vendor", 0, 0, G_OPTION_ARG_STRING, &o->vendor, "only this vendor", "NAME" },
		{ "host", 0, 0, G_OPTION_ARG_STRING, &o->host,
		  "the host's policy, as mail-2023, or a file of one", "POLICY" },
		{ "hardware", 0, 0, G_OPTION_ARG_STRING, &o->hardware, "adversarial or concrete",
		  "MODE" },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &o->format, "text or json", "FORMAT" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, "write the report there",
		  "FILE" },
		{ "color", 0, 0, G_OPTION_ARG_STRING, &o->color, "auto, always or never", "WHEN" },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &o->quiet, "only what failed", NULL },
		{ "verbose", 'v', 0, G_OPTION_ARG_NONE, &o->verbose,
		  "counts, and all of every finding", NULL },
		{ "version", 0, 0, G_OPTION_ARG_NONE, &version, "this program's version", NULL },
		{ "help", 'h', 0, G_OPTION_ARG_NONE, &help, "this", NULL },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->rest, NULL, NULL },
		{ 0 },
	};

	g_set_prgname(name);
	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_set_summary(context, summary);
	if (extra)
		g_option_context_add_main_entries(context, extra, NULL);
	g_option_context_add_main_entries(context, common, NULL);
	add_refused(context, extra);
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		tool_complain("%s; see '%s --help'", error->message, name);
		*ret_exit = TOOL_ERROR;
		return false;
	}
	return parsed(o, usage, context, help, version, ret_exit);
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
	const char *no_color = g_getenv("NO_COLOR"), *term = g_getenv("TERM");

	if (o->color && strcmp(o->color, "auto"))
		return !strcmp(o->color, "always");
	return !o->output && isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
	       !(term && !strcmp(term, "dumb"));
}

/* Not by way of a file that is renamed: FILE may be a device or a pipe. */
static bool write_file(const char *name, const GString *report)
{
	FILE *file = fopen(name, "w");
	bool written;
	int why;

	if (!file)
		return false;
	written = fwrite(report->str, 1, report->len, file) == report->len;
	why = errno;
	if (fclose(file) || !written) {
		errno = written ? errno : why;
		return false;
	}
	return true;
}

bool tool_write(const struct tool_options *o, const GString *report)
{
	if (o->output && strcmp(o->output, "-")) {
		if (write_file(o->output, report))
			return true;
		tool_complain("cannot write '%s': %s", o->output, g_strerror(errno));
		return false;
	}
	if (fwrite(report->str, 1, report->len, stdout) == report->len && !fflush(stdout))
		return true;
	tool_complain("cannot write the report to standard output: %s", g_strerror(errno));
	return false;
}
