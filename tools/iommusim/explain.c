/* SPDX-License-Identifier: MIT */
/* iommusim explain: what the words of a report mean, and what a step of a scenario does. */
#include <string.h>

#include "tools/iommusim/explain_shown.h"

/* The vendors asked for, NULL-ended. */
static const struct ims_model *const *models_of(const struct tool_options *o,
						const struct ims_model **ret_one)
{
	if (!o->vendor)
		return tool_vendors;
	ret_one[0] = tool_vendor(o->vendor);
	ret_one[1] = NULL;
	return ret_one;
}

static bool unknown(const GPtrArray *pages, const char *word, const GPtrArray *several)
{
	const char *near = chk_page_near(pages, word);
	g_autoptr(GString) list = g_string_new(NULL);

	for (guint i = 0; i < several->len; i++)
		g_string_append_printf(list, "%s%s", i ? ", " : "",
				       (const char *)g_ptr_array_index(several, i));
	if (several->len)
		tool_complain("'%s' is the name of several: %s", word, list->str);
	else if (near)
		tool_complain("there is no '%s' to explain; did you mean '%s'?", word, near);
	else
		tool_complain("there is no '%s' to explain; 'iommusim explain' lists what there is",
			      word);
	return false;
}

/* FILE:LINE: the file's length of @word and the line; false: it is none. */
static bool is_place(const char *word, size_t *ret_len, uint32_t *ret_line)
{
	const char *colon = strrchr(word, ':');
	guint64 line;

	if (!colon || colon == word ||
	    !g_ascii_string_to_unsigned(colon + 1, 10, 1, UINT32_MAX, &line, NULL))
		return false;
	*ret_len = (size_t)(colon - word);
	*ret_line = (uint32_t)line;
	return true;
}

static bool add_step(GPtrArray *own, const char *word, size_t len, uint32_t line,
		     const struct ims_model *const *models)
{
	g_autofree char *file = g_strndup(word, len);
	g_autoptr(GError) error = NULL;
	struct scn *scn = scn_load(file, NULL, 0, tool_vendor_names(), &error);
	struct chk_page *p = scn ? chk_step_page(scn, line, models, &error) : NULL;

	if (!p)
		tool_complain_file(error);
	else
		g_ptr_array_add(own, p);
	scn_free(scn);
	return p;
}

/* "host.atc=forward": the page of the column, if it has the answer. */
static const struct chk_page *page_of_answer(const GPtrArray *pages, const char *word)
{
	g_auto(GStrv) halves = g_strsplit(word, "=", 2);
	g_autoptr(GPtrArray) several = g_ptr_array_new();
	const struct chk_page *p;
	g_autofree char *head = NULL;

	if (!halves[0] || !halves[1])
		return NULL;
	p = chk_page_find(pages, halves[0], several);
	if (!p || p->group == CHK_GROUP_KNOB)
		return p;
	head = g_strdup_printf("answer %s", halves[1]);
	for (guint i = 0; i < p->parts->len; i++)
		if (!strcmp(g_array_index(p->parts, struct chk_page_part, i).head, head))
			return p;
	return NULL;
}

/* The pages of the words; steps of files are made, and owned by @own. */
static bool collect(const GPtrArray *pages, char **words, GPtrArray *found, GPtrArray *own,
		    const struct ims_model *const *models)
{
	for (; *words; words++) {
		g_autoptr(GPtrArray) several = g_ptr_array_new();
		const struct chk_page *p = chk_page_find(pages, *words, several);
		uint32_t line;
		size_t len;

		if (!p && !several->len)
			p = page_of_answer(pages, *words);
		if (!p && is_place(*words, &len, &line)) {
			if (!add_step(own, *words, len, line, models))
				return false;
			p = g_ptr_array_index(own, own->len - 1);
		}
		if (!p)
			return unknown(pages, *words, several);
		g_ptr_array_add(found, (gpointer)(uintptr_t)p);
	}
	return true;
}

/* The scenarios that show what pages say, as a last part of each. */
static void add_shown(GPtrArray *pages)
{
	for (guint i = 0; i < pages->len; i++) {
		struct chk_page *p = g_ptr_array_index(pages, i);
		const struct tool_shown *s = tool_shown_of(p->id);

		chk_page_take(p, "run",
			      s ? tool_shown_command(s) : g_strdup("no shipped scenario shows it"));
		if (s && s->as)
			chk_page_take(p, "shows as", g_strdup(s->as));
	}
}

/* ---- output ---- */

static void show(GString *out, const struct tool_options *o, const GPtrArray *found, bool all)
{
	struct view_options vo = { .color = tool_color(o) };

	if (all) {
		view_text_ids(out, found, &vo);
		return;
	}
	for (guint i = 0; i < found->len; i++) {
		if (i)
			g_string_append_c(out, '\n');
		view_text_page(out, g_ptr_array_index(found, i), &vo);
	}
}

static void show_json(GString *out, const GPtrArray *found)
{
	struct json j = { .out = out, .first = true };

	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_open(&j, "pages", '[');
	for (guint i = 0; i < found->len; i++)
		view_json_page(&j, g_ptr_array_index(found, i));
	json_close(&j, ']');
	json_close(&j, '}');
	g_string_append_c(out, '\n');
}

/* Runs what shows the pages; the exit code is that of a run. */
static int prove(GString *out, const GPtrArray *pages, const GPtrArray *found)
{
	int code = TOOL_NOTHING;

	for (guint i = 0; i < found->len; i++) {
		const struct chk_page *p = g_ptr_array_index(found, i);
		const struct tool_shown *s = tool_shown_of(p->id);
		g_autofree char *command = s ? tool_shown_command(s) : NULL;
		bool holds = s && tool_shown_holds(s, p, pages);

		if (!s) {
			g_string_append_printf(out, "no scenario  %s\n", p->id);
			continue;
		}
		g_string_append_printf(out, "%s  %s: %s\n", holds ? "shown      " : "NOT SHOWN  ",
				       p->id, command);
		if (!holds)
			code = TOOL_FAIL;
		else if (code == TOOL_NOTHING)
			code = TOOL_PASS;
	}
	return code;
}

static int explain(const struct tool_options *o, bool proving)
{
	const struct ims_model *one[2];
	const struct ims_model *const *models = models_of(o, one);
	GPtrArray *pages = chk_pages(models);
	g_autoptr(GPtrArray) own = g_ptr_array_new(), found = g_ptr_array_new();
	g_autoptr(GString) out = g_string_new(NULL);
	int code = TOOL_PASS;

	add_shown(pages);
	for (guint i = 0; !o->rest && i < pages->len; i++)
		g_ptr_array_add(found, g_ptr_array_index(pages, i));
	if (o->rest && !collect(pages, o->rest, found, own, models))
		code = TOOL_ERROR;
	else if (proving)
		code = prove(out, pages, found);
	else if (o->format && !strcmp(o->format, "json"))
		show_json(out, found);
	else
		show(out, o, found, !o->rest);
	if (code != TOOL_ERROR && !tool_write(o, out))
		code = TOOL_ERROR;
	for (guint i = 0; i < own->len; i++)
		chk_page_free(g_ptr_array_index(own, i));
	g_ptr_array_unref(pages);
	return code;
}

int tool_explain(int argc, char **argv)
{
	struct tool_options o = { 0 };
	gboolean proving = FALSE;
	const GOptionEntry own[] = {
		{ "prove", 0, 0, G_OPTION_ARG_NONE, &proving,
		  "run the shipped scenarios that show what the pages say", NULL },
		{ 0 },
	};
	int code;

	if (tool_parse(
		    &o, argc, argv, "[ID|FILE:LINE...] - what words and steps mean",
		    "Prints of each ID what it means, how it is found, what shows it and what to do\n"
		    "about it; of FILE:LINE what a scenario's step does. Without either all IDs.",
		    own, &code))
		code = explain(&o, proving);
	tool_options_clear(&o);
	return code;
}
