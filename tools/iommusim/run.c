/* SPDX-License-Identifier: MIT */
/* iommusim run: scenarios in, verdicts out. */
#include <string.h>

#include "sim/explore/search.h"
#include "tools/iommusim/tool.h"

struct batch {
	const struct tool_options *o;
	char **point; /* NULL-ended, each "name=value": only points of sweeps with these; NULL: all */
	GArray *runs;	  /* of struct view_run; results owned */
	GPtrArray *scns;  /* of struct scn*, owned */
	GPtrArray *files; /* of char*, owned */
	bool trouble;	  /* a path could not be read */
};

static void scn_unref(gpointer scn)
{
	scn_free(scn);
}

static struct chk_result *error_result(const char *why)
{
	struct chk_result *r = g_new0(struct chk_result, 1);

	r->verdict = CHK_ERROR;
	r->reason = g_strdup(why);
	r->findings = g_ptr_array_new();
	return r;
}

static void add_run(struct batch *b, const char *file, const struct scn *scn, const char *vendor,
		    struct chk_result *result)
{
	struct view_run run = { .file = file,
				.scn = scn,
				.vendor = vendor,
				.host = b->o->host,
				.hardware = b->o->hardware,
				.result = result };

	g_array_append_val(b->runs, run);
}

static void run_vendor(struct batch *b, const char *file, const struct scn *scn, guint i)
{
	const char *name = g_ptr_array_index(scn->vendors, i);
	const struct ims_model *model = tool_vendor(name);
	g_autoptr(GError) error = NULL;
	g_autofree char *why = NULL;

	if (b->o->vendor && strcmp(b->o->vendor, name))
		return;
	if (model) {
		add_run(b, file, scn, name, chk_run(scn, model, &xpl_search));
		return;
	}
	why = tool_vendor_trouble(name);
	scn_run_error(scn, g_array_index(scn->vendor_marks, struct scn_mark, i), &error,
		      "%s (--vendor NAME runs the file on one vendor alone)", why);
	add_run(b, file, scn, name, error_result(error->message));
}

/* What the command line has wins over what the file has. */
static void override(char **field, const char *given)
{
	if (!given)
		return;
	g_free(*field);
	*field = g_strdup(given);
}

static void run_scenario(struct batch *b, const char *file, struct scn *scn)
{
	g_autoptr(GError) error = NULL;

	if (b->o->host && !scn_host_set(scn, b->o->host, &error)) {
		add_run(b, file, NULL, NULL, error_result(error->message));
		scn_free(scn);
		return;
	}
	override(&scn->hardware, b->o->hardware);
	g_ptr_array_add(b->scns, scn);
	for (guint i = 0; i < scn->vendors->len; i++)
		run_vendor(b, file, scn, i);
}

/* Has the point every value that the command line asks for. */
static bool is_wanted(const struct batch *b, const struct scn *scn)
{
	for (char **want = b->point; want && *want; want++) {
		g_auto(GStrv) pair = g_strsplit(*want, "=", 2);
		const char *value = scn_point_value(scn, pair[0]);

		if (!value || strcmp(value, pair[1]))
			return false;
	}
	return true;
}

/* Of a parameter that the file sweeps, a value that it does not have: said, not passed over. */
static char *no_such_value(const struct batch *b, const char *file, const GPtrArray *points)
{
	for (char **want = b->point; want && *want; want++) {
		g_auto(GStrv) pair = g_strsplit(*want, "=", 2);
		g_autoptr(GPtrArray) values = g_ptr_array_new();
		g_autofree char *list = NULL;

		for (guint i = 0; i < points->len; i++) {
			char *value = (char *)(uintptr_t)scn_point_value(
				g_ptr_array_index(points, i), pair[0]);

			if (value &&
			    !g_ptr_array_find_with_equal_func(values, value, g_str_equal, NULL))
				g_ptr_array_add(values, value);
		}
		if (!values->len ||
		    g_ptr_array_find_with_equal_func(values, pair[1], g_str_equal, NULL))
			continue;
		g_ptr_array_add(values, NULL);
		list = g_strjoinv(", ", (gchar **)values->pdata);
		return g_strdup_printf("%s: error: no point of its sweep has %s\n      = help: "
				       "values of '%s': %s",
				       file, *want, pair[0], list);
	}
	return NULL;
}

static void run_file(struct batch *b, const char *path)
{
	g_autoptr(GError) error = NULL;
	char *file = g_strdup(path);
	g_autofree char *why = NULL;
	GPtrArray *points;

	g_ptr_array_add(b->files, file);
	points = scn_load_points(file, NULL, 0, tool_vendor_names(), &error);
	if (!points) {
		add_run(b, file, NULL, NULL, error_result(error->message));
		return;
	}
	why = no_such_value(b, file, points);
	if (why)
		add_run(b, file, NULL, NULL, error_result(why));
	while (points->len) {
		struct scn *scn = g_ptr_array_steal_index(points, 0);

		if (why || !is_wanted(b, scn))
			scn_free(scn);
		else
			run_scenario(b, file, scn);
	}
	g_ptr_array_unref(points);
}

static void run_path(struct batch *b, const char *path)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);

	b->trouble |= !tool_files(path, true, files);
	for (guint i = 0; i < files->len; i++)
		run_file(b, g_ptr_array_index(files, i));
}

static int exit_of(const struct batch *b)
{
	bool seen[CHK_VERDICT_MAX] = { false }, internal = false;

	for (guint i = 0; i < b->runs->len; i++) {
		const struct chk_result *r = g_array_index(b->runs, struct view_run, i).result;

		seen[r->verdict] = true;
		internal |= r->internal;
	}
	if (internal)
		return TOOL_INTERNAL;
	if (seen[CHK_ERROR] || b->trouble)
		return TOOL_ERROR;
	if (seen[CHK_FAIL] || seen[CHK_VACUOUS])
		return TOOL_FAIL;
	if (seen[CHK_INCONCLUSIVE] || seen[CHK_BOUNDED])
		return TOOL_INCONCLUSIVE;
	return b->runs->len ? TOOL_PASS : TOOL_NOTHING;
}

static bool json_asked(const struct tool_options *o)
{
	return o->format && !strcmp(o->format, "json");
}

/* Says why there is no verdict at all. */
static void complain_nothing(const struct tool_options *o, const char *point,
			     const char *const *paths)
{
	g_autofree char *list = g_strjoinv("', '", (gchar **)(uintptr_t)paths);

	tool_complain("nothing was run: there is no scenario (*.yaml)%s%s%s%s in '%s'",
		      o->vendor ? " for " : "", o->vendor ? o->vendor : "",
		      point ? " with a point " : "", point ? point : "", list);
}

static bool report(const struct batch *b)
{
	const struct view_run *runs = (const struct view_run *)(const void *)b->runs->data;
	struct view_options vo = { .color = tool_color(b->o),
				   .quiet = b->o->quiet,
				   .verbose = b->o->verbose };
	g_autoptr(GString) out = g_string_new(NULL);

	if (json_asked(b->o)) {
		view_json(out, runs, b->runs->len, 0);
	} else {
		for (guint i = 0; i < b->runs->len; i++)
			view_text_run(out, &runs[i], &vo);
		view_text_totals(out, runs, b->runs->len, &vo);
	}
	return tool_write(b->o, out);
}

static void batch_clear(struct batch *b)
{
	for (guint i = 0; i < b->runs->len; i++) {
		const struct view_run *run = &g_array_index(b->runs, struct view_run, i);

		chk_result_free((struct chk_result *)(uintptr_t)run->result);
	}
	g_array_unref(b->runs);
	g_ptr_array_unref(b->scns);
	g_ptr_array_unref(b->files);
	g_strfreev(b->point);
}

/* "form=buggy,host.atc=drop"; false: it is something else, and that has been said. */
static bool read_point(const char *text, char ***ret)
{
	g_auto(GStrv) parts = g_strsplit(text, ",", -1);

	for (guint i = 0; parts[i] || !i; i++) {
		if (parts[i] && strchr(parts[i], '=') && parts[i][0] != '=')
			continue;
		tool_complain("--point '%s': it is name=value, or several of them with ',' between",
			      text);
		return false;
	}
	*ret = g_steal_pointer(&parts);
	return true;
}

static int run_paths(const struct tool_options *o, const char *point, const char *const *paths)
{
	struct batch b = { .o = o,
			   .runs = g_array_new(FALSE, FALSE, sizeof(struct view_run)),
			   .scns = g_ptr_array_new_with_free_func(scn_unref),
			   .files = g_ptr_array_new_with_free_func(g_free) };
	int code;

	if (point && !read_point(point, &b.point)) {
		batch_clear(&b);
		return TOOL_ERROR;
	}
	for (const char *const *p = paths; *p; p++)
		run_path(&b, *p);
	code = exit_of(&b);
	if (code == TOOL_NOTHING)
		complain_nothing(o, point, paths);
	if ((b.runs->len || json_asked(o)) && !report(&b))
		code = TOOL_ERROR;
	batch_clear(&b);
	return code;
}

int tool_run(int argc, char **argv)
{
	static const char *const seed[] = { "scenarios/seed", NULL };
	struct tool_options o = { 0 };
	g_auto(GStrv) points = NULL;
	g_autofree char *point = NULL;
	const GOptionEntry own[] = {
		{ "point", 0, 0, G_OPTION_ARG_STRING_ARRAY, &points,
		  "of sweeps only the points with these values", "NAME=VALUE,..." },
		{ 0 },
	};
	int code;

	if (tool_parse(&o, argc, argv, "[PATH...] - run scenarios and judge them",
		       "Runs scenario files, and those in directories; without PATH scenarios/seed.",
		       own, &code)) {
		/* Given several times it is as if with ',' between. */
		point = points ? g_strjoinv(",", points) : NULL;
		if (!o.rest && !g_file_test(seed[0], G_FILE_TEST_EXISTS)) {
			tool_complain("there is no %s here: give the scenarios to be run", seed[0]);
			code = TOOL_NOTHING;
		} else {
			code = run_paths(&o, point, o.rest ? (const char *const *)o.rest : seed);
		}
	}
	tool_options_clear(&o);
	return code;
}
