/* SPDX-License-Identifier: MIT */
#include "sim/check/explain.h"

#include <string.h>

#include "sim/check/cause.h"
#include "sim/scenario/ops.h"
#include "sim/scenario/suggest.h"

static void part_clear(gpointer part)
{
	struct chk_page_part *p = part;

	g_free(p->head);
	g_free(p->text);
}

struct chk_page *chk_page_new(enum chk_group group, const char *id, const char *title)
{
	struct chk_page *p = g_new0(struct chk_page, 1);
	const char *prefix = chk_group_texts[group].id;

	p->group = group;
	p->id = g_strdup_printf("%s%s", prefix ? prefix : "", id);
	p->title = g_strdup(title);
	p->parts = g_array_new(FALSE, FALSE, sizeof(struct chk_page_part));
	g_array_set_clear_func(p->parts, part_clear);
	return p;
}

void chk_page_take(struct chk_page *p, const char *head, char *text)
{
	struct chk_page_part part = { .head = g_strdup(head), .text = text };

	g_array_append_val(p->parts, part);
}

void chk_page_part(struct chk_page *p, const char *head, const char *text)
{
	if (text)
		chk_page_take(p, head, g_strdup(text));
}

void chk_page_free(struct chk_page *p)
{
	if (!p)
		return;
	g_free(p->id);
	g_free(p->also);
	g_free(p->title);
	g_free(p->related);
	g_array_unref(p->parts);
	g_free(p);
}

static void page_free(gpointer p)
{
	chk_page_free(p);
}

/* ---- pages of the tables of texts ---- */

static struct chk_page *add_text(GPtrArray *pages, enum chk_group group, const char *id,
				 const struct chk_text *t)
{
	struct chk_page *p = chk_page_new(group, id, t->title);

	p->also = g_strdup(t->also);
	p->related = g_strdup(t->related);
	chk_page_part(p, "meaning", t->meaning);
	chk_page_part(p, "found", t->found);
	chk_page_part(p, "source", t->source);
	chk_page_part(p, "fix", t->fix);
	g_ptr_array_add(pages, p);
	return p;
}

static void add_kinds(GPtrArray *pages)
{
	for (unsigned i = 0; i < SCN_KIND_MAX; i++) {
		struct chk_page *p = add_text(pages, CHK_GROUP_KIND,
					      scn_kind_name((enum scn_kind)i), &chk_kind_texts[i]);

		if (!chk_kind_judged((enum scn_kind)i))
			chk_page_part(p, "judged",
				      "not judged yet: this version makes no finding of this kind");
	}
}

static void add_named(GPtrArray *pages, enum chk_group group, const struct chk_text *texts)
{
	for (; texts->title; texts++)
		add_text(pages, group, texts->id, texts);
}

static void add_causes(GPtrArray *pages)
{
	for (unsigned i = 0; i < CHK_CAUSE_MAX; i++)
		add_text(pages, CHK_GROUP_CAUSE, chk_cause_name((enum chk_cause)i),
			 &chk_cause_texts[i]);
}

static void add_results(GPtrArray *pages)
{
	for (unsigned i = 0; i < CHK_FIELD_NONE; i++)
		add_text(pages, CHK_GROUP_FIELD, chk_field_name((enum chk_field)i),
			 &chk_field_texts[i]);
	for (unsigned i = 0; i < CHK_VERDICT_MAX; i++) {
		struct chk_page *p = add_text(pages, CHK_GROUP_VERDICT,
					      chk_verdict_name((enum chk_verdict)i),
					      &chk_verdict_texts[i]);

		if (!chk_verdict_given((enum chk_verdict)i))
			chk_page_part(p, "judged",
				      "not given yet: no run of this version comes to it");
	}
	for (unsigned i = 0; i < SCN_OVER_MAX; i++)
		add_text(pages, CHK_GROUP_OVER, scn_over_name((enum scn_over)i),
			 &chk_over_texts[i]);
}

GPtrArray *chk_pages(const struct ims_model *const *models)
{
	GPtrArray *pages = g_ptr_array_new_with_free_func(page_free);

	add_kinds(pages);
	add_causes(pages);
	chk_rule_pages(pages, models);
	add_named(pages, CHK_GROUP_BLAME, chk_blame_texts);
	add_named(pages, CHK_GROUP_WHERE, chk_where_texts);
	add_results(pages);
	add_named(pages, CHK_GROUP_RUNG, chk_rung_texts);
	chk_model_pages(pages, models);
	for (unsigned i = IMS_EV_NONE + 1; i < IMS_EV_MAX; i++)
		add_text(pages, CHK_GROUP_EVENT, chk_event_texts[i].id, &chk_event_texts[i]);
	for (unsigned i = 0; i < SCN_OP_MAX; i++)
		g_ptr_array_add(pages, chk_op_page((enum scn_op)i));
	return pages;
}

/* ---- finding one ---- */

/* As ids are written: other people write WRONG_TAG. */
static char *plain(const char *word)
{
	char *text = g_ascii_strdown(word, -1);

	return g_strdelimit(text, "_ ", '-');
}

static bool is_also(const struct chk_page *p, const char *word)
{
	g_auto(GStrv) words = p->also ? g_strsplit(p->also, " ", -1) : NULL;

	return words && g_strv_contains((const gchar *const *)words, word);
}

static bool ends_in(const struct chk_page *p, const char *word)
{
	const char *dot = strrchr(p->id, '.');

	return dot && !strcmp(dot + 1, word);
}

/* How near a page is called: by its id, by another word, by the end of its id. */
static bool called(const struct chk_page *p, unsigned how, const char *word)
{
	return how == 0 ? !strcmp(p->id, word) : how == 1 ? is_also(p, word) : ends_in(p, word);
}

const struct chk_page *chk_page_find(const GPtrArray *pages, const char *word,
				     GPtrArray *ret_several)
{
	g_autofree char *name = plain(word);

	for (unsigned how = 0; how < 3; how++) {
		const struct chk_page *found = NULL;

		for (guint i = 0; i < pages->len; i++) {
			const struct chk_page *p = g_ptr_array_index(pages, i);

			if (!called(p, how, name))
				continue;
			g_ptr_array_add(ret_several, p->id);
			found = p;
		}
		if (ret_several->len > 1)
			return NULL;
		if (found) {
			g_ptr_array_set_size(ret_several, 0);
			return found;
		}
	}
	return NULL;
}

const char *chk_page_near(const GPtrArray *pages, const char *word)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new();
	g_autofree char *name = plain(word);

	for (guint i = 0; i < pages->len; i++) {
		const struct chk_page *p = g_ptr_array_index(pages, i);

		g_ptr_array_add(ids, p->id);
	}
	return scn_nearest(name, ids);
}
