/* SPDX-License-Identifier: MIT */
/* Pages of what words mean, for people and for programs. */
#include <string.h>

#include "sim/view/view.h"

static void spaced(GString *out, const char *head, const char *words)
{
	g_auto(GStrv) list = words ? g_strsplit(words, " ", -1) : NULL;
	g_autofree char *text = list ? g_strjoinv(", ", list) : NULL;

	if (text)
		view_text_narrow(out, head, text, 8);
}

void view_text_page(GString *out, const struct chk_page *p, const struct view_options *o)
{
	g_autofree char *title =
		g_strdup_printf("%s (%s)", p->title, chk_group_texts[p->group].title);

	view_text_paint(out, o, "1", p->id);
	g_string_append_c(out, '\n');
	view_text_narrow(out, " ", title, 2);
	spaced(out, "  also:", p->also);
	for (guint i = 0; i < p->parts->len; i++) {
		const struct chk_page_part *part =
			&g_array_index(p->parts, struct chk_page_part, i);
		g_autofree char *head = g_strdup_printf("  %s:", part->head);

		view_text_narrow(out, head, part->text, 8);
	}
	spaced(out, "  related:", p->related);
}

void view_text_ids(GString *out, const GPtrArray *pages, const struct view_options *o)
{
	for (unsigned group = 0; group < CHK_GROUP_MAX; group++) {
		g_autoptr(GString) ids = g_string_new(NULL);

		for (guint i = 0; i < pages->len; i++) {
			const struct chk_page *p = g_ptr_array_index(pages, i);

			if (p->group == group)
				g_string_append_printf(ids, " %s", p->id);
		}
		view_text_paint(out, o, "1", chk_group_texts[group].title);
		g_string_append_c(out, '\n');
		view_text_narrow(out, " ", ids->str, 2);
	}
}

static void words(struct json *j, const char *key, const char *text)
{
	g_auto(GStrv) list = text ? g_strsplit(text, " ", -1) : NULL;

	json_open(j, key, '[');
	for (guint i = 0; list && list[i]; i++)
		json_text(j, NULL, list[i]);
	json_close(j, ']');
}

void view_json_page(struct json *j, const struct chk_page *p)
{
	json_open(j, NULL, '{');
	json_text(j, "id", p->id);
	json_text(j, "group", chk_group_texts[p->group].title);
	json_text(j, "title", p->title);
	words(j, "also", p->also);
	json_open(j, "parts", '[');
	for (guint i = 0; i < p->parts->len; i++) {
		const struct chk_page_part *part =
			&g_array_index(p->parts, struct chk_page_part, i);

		json_open(j, NULL, '{');
		json_text(j, "head", part->head);
		json_text(j, "text", part->text);
		json_close(j, '}');
	}
	json_close(j, ']');
	words(j, "related", p->related);
	json_close(j, '}');
}
