/* SPDX-License-Identifier: MIT */
/* A log as it is: every event of it, in order. */
#include "sim/view/view.h"

static uint32_t shown(const struct view_run *run, uint32_t until)
{
	const struct ims_log *log = run->log;

	if (!until || until - log->first >= log->count)
		return log->count;
	return until - log->first + 1;
}

void view_text_log(GString *out, const struct view_run *run, uint32_t until)
{
	for (uint32_t i = 0; i < shown(run, until); i++) {
		const struct ims_event *e = &run->log->events[i];
		g_autofree char *text = chk_event_text(run->model, e);
		g_autofree char *of = e->parent ? g_strdup_printf("of t%u", e->parent) :
						  g_strdup("");

		g_string_append_printf(out, "t%-6u %-9s line %-4u unit %-2u %-8s %s\n",
				       run->log->first + i, of, e->line, e->unit,
				       chk_actor_name(e->actor), text);
	}
}

void view_json_log(struct json *j, const struct view_run *run, uint32_t until)
{
	json_open(j, "log", '[');
	for (uint32_t i = 0; i < shown(run, until); i++) {
		const struct ims_event *e = &run->log->events[i];
		g_autofree char *text = chk_event_text(run->model, e);

		json_open(j, NULL, '{');
		j->flat = true;
		json_number(j, "event", run->log->first + i);
		if (e->parent)
			json_number(j, "parent", e->parent);
		else
			json_null(j, "parent");
		if (e->line)
			json_number(j, "line", e->line);
		else
			json_null(j, "line");
		json_number(j, "unit", e->unit);
		json_text(j, "actor", chk_actor_name(e->actor));
		json_text(j, "kind", chk_event_name(e->kind));
		json_text(j, "text", text);
		json_close(j, '}');
		j->flat = false;
	}
	json_close(j, ']');
}
