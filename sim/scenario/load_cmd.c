/* SPDX-License-Identifier: MIT */
/* Commands: the body of a `cmd` step and the elements of `invalidate: [...]`. */
#include <string.h>

#include "sim/scenario/load.h"

/* The longest command of the three vendors has four words. */
#define RAW_WORDS_MAX 8

bool scn_read_raw(struct scn_loader *l, const struct scn_node *n, GArray **ret)
{
	struct scn_report *r;
	GArray *words;

	if (!scn_want(l, n, SCN_NODE_LIST, false, "raw", scn_type_row(SCN_T_RAW)->example))
		return false;
	if (n->cnt == 0 || n->cnt > RAW_WORDS_MAX) {
		r = scn_bad_value(l, n, "'raw' needs 1 to %d words", RAW_WORDS_MAX);
		scn_report_help(r, "write %s", scn_type_row(SCN_T_RAW)->example);
		return false;
	}
	words = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	for (const struct scn_node *item = n->first; item; item = item->next) {
		uint64_t word;

		if (!scn_read_number(l, item, "raw", SCN_T_NUMBER, &word)) {
			g_array_free(words, TRUE);
			return false;
		}
		g_array_append_val(words, word);
	}
	*ret = words;
	return true;
}

static void report_field(struct scn_loader *l, const struct scn_node *n)
{
	char *key = scn_quote(n->key);
	struct scn_report *r;
	GPtrArray *words = g_ptr_array_new();

	if (n->kind == SCN_NODE_SCALAR && *n->text) {
		char *value = scn_quote(n->text);

		r = scn_bad_value(l, n, "the field '%s' needs a number, or on or off, not '%s'",
				  key, value);
		g_free(value);
	} else {
		r = scn_bad_value(l, n, "the field '%s' needs a number, or on or off", key);
	}
	for (unsigned i = 0; i < scn_cmd_table.cnt; i++)
		g_ptr_array_add(words, (gpointer)(uintptr_t)scn_cmd_table.keys[i].name);
	scn_report_words(r, n->key, "keys that are no fields of the command", words);
	g_ptr_array_free(words, TRUE);
	g_free(key);
}

/* A key that no table knows is a field of the command; its vendor's row knows whether it has it. */
static bool read_field(struct scn_loader *l, const struct scn_node *n, struct scn_cmd *cmd)
{
	struct scn_cmd_field field = { .mark = n->key_mark };
	bool on;

	if (n->kind != SCN_NODE_SCALAR) {
		report_field(l, n);
		return false;
	}
	if (scn_parse_bool(n->text, &on)) {
		field.value = on;
	} else if (!g_ascii_isdigit(n->text[0])) {
		report_field(l, n);
		return false;
	} else if (!scn_read_number(l, n, n->key, SCN_T_NUMBER, &field.value)) {
		return false;
	}
	field.key = g_strdup(n->key);
	g_array_append_val(cmd->fields, field);
	return true;
}

static bool read_fields(struct scn_loader *l, const struct scn_node *map, struct scn_cmd *cmd,
			const struct scn_table *also)
{
	bool ok = true;

	for (const struct scn_node *n = map->first; n; n = n->next) {
		if (scn_find_key(&scn_cmd_table, n->key))
			continue;
		if (!scn_find_key(&scn_step_table, n->key)) {
			ok &= read_field(l, n, cmd);
		} else if (!also) {
			scn_bad_key(l, n,
				    "'%s' belongs to a step, not to a command of 'invalidate'",
				    n->key);
			ok = false;
		}
	}
	return ok;
}

static bool check_name_or_raw(struct scn_loader *l, const struct scn_node *map,
			      const struct scn_cmd *cmd)
{
	struct scn_report *r;

	if (!scn_node_get(map, "raw")) {
		if (scn_node_get(map, "name"))
			return true;
		if (scn_is_misspelt(map, &scn_cmd_table, "name"))
			return false;
		r = scn_diag_add(l->d, map->key ? map->key_mark : map->mark,
				 map->key ? map->key_width : map->width,
				 "a command needs 'name' or 'raw'");
		scn_report_help(r, "write {name: NAME, space: rx}, or {raw: [0x1, 0x10000]}");
		return false;
	}
	for (const struct scn_node *n = map->first; n; n = n->next) {
		if (!strcmp(n->key, "raw") || !strcmp(n->key, "vm") || !strcmp(n->key, "queue") ||
		    scn_find_key(&scn_step_table, n->key))
			continue;
		scn_bad_key(l, n, "'%s' cannot stand beside 'raw', which is the whole command",
			    n->key);
		return false;
	}
	return cmd->raw;
}

struct scn_cmd *scn_read_cmd(struct scn_loader *l, const struct scn_node *n,
			     const struct scn_table *also)
{
	struct scn_cmd *cmd = g_new0(struct scn_cmd, 1);
	const struct scn_node *name;
	bool ok;

	cmd->mark = n->mark;
	cmd->name_mark = n->mark;
	cmd->vm = cmd->space = cmd->dev = -1;
	cmd->fields = g_array_new(FALSE, FALSE, sizeof(struct scn_cmd_field));
	if (!also && n->kind == SCN_NODE_SCALAR) {
		const char *text = scn_read_scalar(l, n, "invalidate", SCN_T_LINE);

		cmd->name = g_strdup(text);
		ok = text;
	} else if (scn_want(l, n, SCN_NODE_MAP, false, also ? "cmd" : "invalidate",
			    "{name: NAME, space: rx}")) {
		ok = scn_read_map(l, n, &scn_cmd_table, cmd, n);
		ok &= read_fields(l, n, cmd, also);
		ok &= check_name_or_raw(l, n, cmd);
		name = scn_node_get(n, "name");
		if (name)
			cmd->name_mark = name->mark;
	} else {
		ok = false;
	}
	if (ok)
		return cmd;
	scn_cmd_free(cmd);
	return NULL;
}

bool scn_read_invalidate(struct scn_loader *l, const struct scn_node *n, struct scn_step *step)
{
	const char *example = scn_type_row(SCN_T_INVALIDATE)->example;
	struct scn_report *r;
	bool ok = true;

	if (n->kind == SCN_NODE_SCALAR) {
		char *quoted;

		if (!scn_read_scalar(l, n, "invalidate", SCN_T_INVALIDATE))
			return false;
		step->invalidate_none = !strcmp(n->text, "none");
		if (step->invalidate_none)
			return true;
		quoted = scn_quote(n->text);
		r = scn_bad_value(l, n, "'invalidate: %s' is not modelled", quoted);
		scn_report_help(r, "write none, or a list of commands: %s", example);
		g_free(quoted);
		return false;
	}
	if (!scn_want(l, n, SCN_NODE_LIST, false, "invalidate", example))
		return false;
	step->invalidate = g_ptr_array_new();
	for (const struct scn_node *item = n->first; item; item = item->next) {
		struct scn_cmd *cmd = scn_read_cmd(l, item, NULL);

		if (cmd)
			g_ptr_array_add(step->invalidate, cmd);
		ok &= cmd != NULL;
	}
	return ok;
}
