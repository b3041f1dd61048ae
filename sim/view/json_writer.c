/* SPDX-License-Identifier: MIT */
#include "sim/view/view.h"

static void escape(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == '"' || c == '\\')
			g_string_append_printf(out, "\\%c", c);
		else if (c == '\n')
			g_string_append(out, "\\n");
		else if (c == '\t')
			g_string_append(out, "\\t");
		else if (c < 0x20 || c == 0x7f)
			g_string_append_printf(out, "\\u%04x", c);
		else
			g_string_append_c(out, (char)c);
	}
	g_string_append_c(out, '"');
}

static void begin(struct json *j, const char *key)
{
	if (!j->first)
		g_string_append_c(j->out, ',');
	if (j->depth && !j->flat)
		g_string_append_printf(j->out, "\n%*s", (int)j->depth * 2, "");
	else if (!j->first)
		g_string_append_c(j->out, ' ');
	j->first = false;
	if (key) {
		escape(j->out, key);
		g_string_append(j->out, ": ");
	}
}

void json_open(struct json *j, const char *key, char bracket)
{
	begin(j, key);
	g_string_append_c(j->out, bracket);
	j->depth++;
	j->first = true;
}

void json_close(struct json *j, char bracket)
{
	j->depth--;
	if (!j->first && !j->flat)
		g_string_append_printf(j->out, "\n%*s", (int)j->depth * 2, "");
	g_string_append_c(j->out, bracket);
	j->first = false;
}

void json_text(struct json *j, const char *key, const char *value)
{
	g_autofree char *valid = NULL;

	begin(j, key);
	if (!value) {
		g_string_append(j->out, "null");
		return;
	}
	valid = g_utf8_make_valid(value, -1);
	escape(j->out, valid);
}

void json_number(struct json *j, const char *key, uint64_t value)
{
	begin(j, key);
	g_string_append_printf(j->out, "%" G_GUINT64_FORMAT, value);
}

void json_hex(struct json *j, const char *key, uint64_t value)
{
	begin(j, key);
	g_string_append_printf(j->out, "\"0x%" G_GINT64_MODIFIER "x\"", value);
}

void json_bool(struct json *j, const char *key, bool value)
{
	begin(j, key);
	g_string_append(j->out, value ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
	begin(j, key);
	g_string_append(j->out, "null");
}
