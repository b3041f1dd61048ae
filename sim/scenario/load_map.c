/* SPDX-License-Identifier: MIT */
/* Reading a map by its table: known keys, unknown keys, missing keys. */
#include <string.h>

#include "sim/scenario/load.h"
#include "sim/scenario/suggest.h"

struct scn_report *scn_bad_value(struct scn_loader *l, const struct scn_node *n, const char *fmt,
				 ...)
{
	struct scn_report *r;
	va_list ap;
	char *message;

	va_start(ap, fmt);
	message = g_strdup_vprintf(fmt, ap);
	va_end(ap);
	/* Nothing written has no place of its own; its key has. */
	if (scn_node_is_null(n) && n->key)
		r = scn_diag_add(l->d, n->key_mark, n->key_width, "%s", message);
	else
		r = scn_diag_add(l->d, n->mark, n->width, "%s", message);
	g_free(message);
	return r;
}

struct scn_report *scn_bad_key(struct scn_loader *l, const struct scn_node *n, const char *fmt, ...)
{
	struct scn_report *r;
	va_list ap;
	char *message;

	va_start(ap, fmt);
	message = g_strdup_vprintf(fmt, ap);
	va_end(ap);
	r = scn_diag_add(l->d, n->key_mark, n->key_width, "%s", message);
	g_free(message);
	return r;
}

const struct scn_key *scn_find_key(const struct scn_table *table, const char *name)
{
	for (unsigned i = 0; table && i < table->cnt; i++)
		if (!strcmp(table->keys[i].name, name))
			return &table->keys[i];
	return NULL;
}

void scn_not_modelled(struct scn_loader *l, const struct scn_node *n, const char *help)
{
	struct scn_report *r = scn_bad_key(l, n, "'%s' is not modelled", n->key);

	scn_report_help(r, "it stands for %s; the language has it, this version does not run it",
			help);
}

static void add_names(GPtrArray *words, const struct scn_table *table)
{
	for (unsigned i = 0; table && i < table->cnt; i++)
		if (table->keys[i].type != SCN_T_NOT_MODELLED)
			g_ptr_array_add(words, (gpointer)(uintptr_t)table->keys[i].name);
}

void scn_check_keys(struct scn_loader *l, const struct scn_node *map, const struct scn_table *table,
		    const struct scn_table *also)
{
	for (const struct scn_node *n = map->first; n; n = n->next) {
		const struct scn_key *key = scn_find_key(table, n->key);

		if (!key)
			key = scn_find_key(also, n->key);
		if (!key) {
			char *quoted = scn_quote(n->key);
			struct scn_report *r =
				scn_bad_key(l, n, "unknown key '%s' %s", quoted, table->what);
			GPtrArray *words = g_ptr_array_new();

			add_names(words, table);
			add_names(words, also);
			scn_report_words(r, n->key, "valid keys", words);
			g_ptr_array_free(words, TRUE);
			g_free(quoted);
		} else if (key->type == SCN_T_NOT_MODELLED) {
			scn_not_modelled(l, n, key->help);
		}
	}
}

static void report_missing(struct scn_loader *l, const struct scn_table *table,
			   const GString *missing, const struct scn_node *map,
			   const struct scn_node *owner)
{
	struct scn_mark mark = map->mark;
	uint32_t width = map->width;
	struct scn_report *r;
	GString *keys;

	if (owner && owner->key) {
		mark = owner->key_mark;
		width = owner->key_width;
	} else if (map->first) {
		mark = map->first->key_mark;
		width = map->first->key_width;
	}
	r = scn_diag_add(l->d, mark, width, "missing %s %s", missing->str, table->what);
	if (!r)
		return;
	keys = g_string_new(NULL);
	for (unsigned i = 0; i < table->cnt; i++) {
		const struct scn_key *key = &table->keys[i];

		if (key->type != SCN_T_NOT_MODELLED)
			g_string_append_printf(keys, "%s%s%s", i ? ", " : "", key->name,
					       key->required ? "" : "?");
	}
	scn_report_help(r, "keys (? may be left out): %s", keys->str);
	g_string_free(keys, TRUE);
}

bool scn_is_misspelt(const struct scn_node *map, const struct scn_table *table, const char *name)
{
	GPtrArray *words = g_ptr_array_new();
	bool found = false;

	g_ptr_array_add(words, (gpointer)(uintptr_t)name);
	for (const struct scn_node *n = map->first; n && !found; n = n->next)
		found = !scn_find_key(table, n->key) && scn_nearest(n->key, words);
	g_ptr_array_free(words, TRUE);
	return found;
}

bool scn_read_map(struct scn_loader *l, const struct scn_node *map, const struct scn_table *table,
		  void *base, const struct scn_node *owner)
{
	GString *missing = g_string_new(NULL);
	bool replaced = false;
	bool ok = true;

	for (unsigned i = 0; i < table->cnt; i++) {
		const struct scn_key *key = &table->keys[i];
		const struct scn_node *n = scn_node_get(map, key->name);
		bool required = key->required && !(key->instead && scn_node_get(map, key->instead));

		if (!n && required && !scn_is_misspelt(map, table, key->name))
			g_string_append_printf(missing, "%s'%s'", missing->len ? ", " : "",
					       key->name);
		ok &= n || !required;
		/* It may stand for the one that is missing, as `include` does. */
		if (n && key->type == SCN_T_NOT_MODELLED)
			replaced = true;
		if (!n || key->type == SCN_T_OTHER || key->type == SCN_T_NOT_MODELLED)
			continue;
		if (!scn_read_value(l, n, key, base))
			ok = false;
		else if (key->has)
			*(bool *)((char *)base + key->has - 1) = true;
	}
	if (missing->len && !replaced)
		report_missing(l, table, missing, map, owner);
	g_string_free(missing, TRUE);
	return ok;
}

bool scn_want(struct scn_loader *l, const struct scn_node *n, enum scn_node_kind kind,
	      bool may_be_null, const char *what, const char *example)
{
	struct scn_report *r;

	if (n->kind == kind || (may_be_null && scn_node_is_null(n)))
		return true;
	if (scn_node_is_null(n))
		r = scn_bad_value(l, n, "'%s' has no value", what);
	else
		r = scn_bad_value(l, n, "'%s' needs %s, not %s", what,
				  kind == SCN_NODE_MAP ? "a map" : "a list", scn_node_kind_text(n));
	scn_report_help(r, "write %s", example);
	return false;
}
