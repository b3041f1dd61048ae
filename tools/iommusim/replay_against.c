/* SPDX-License-Identifier: MIT */
/* iommusim replay --against: what one recording comes to under two policies, side by side. */
#include <string.h>

#include "tools/iommusim/replay_against.h"

enum { COLUMN = 18 };

/* What is set side by side; @at finds it in a result. */
struct figure {
	const char *text, *key;
	uint64_t (*at)(const struct chk_replay *r);
};

static uint64_t matched(const struct chk_replay *r)
{
	return r->matched;
}

static uint64_t wrong(const struct chk_replay *r)
{
	return r->wrong;
}

static uint64_t findings(const struct chk_replay *r)
{
	return r->findings->len;
}

static uint64_t guest_commands(const struct chk_replay *r)
{
	return r->commands;
}

static uint64_t host_calls(const struct chk_replay *r)
{
	return r->counts.host_calls;
}

static uint64_t hw_commands(const struct chk_replay *r)
{
	return r->counts.hw_commands;
}

static uint64_t syncs(const struct chk_replay *r)
{
	return r->counts.syncs;
}

static uint64_t dropped(const struct chk_replay *r)
{
	return r->dropped;
}

static uint64_t necessary(const struct chk_replay *r)
{
	return r->over[SCN_OVER_NECESSARY];
}

static uint64_t architectural(const struct chk_replay *r)
{
	return r->over[SCN_OVER_ARCHITECTURAL];
}

static uint64_t by_host(const struct chk_replay *r)
{
	return r->over[SCN_OVER_HOST];
}

static uint64_t cross_tenant(const struct chk_replay *r)
{
	return r->over[SCN_OVER_CROSS_TENANT];
}

static const struct figure figures[] = {
	{ "translations matched", "matched", matched },
	{ "translations wrong", "wrong", wrong },
	{ "findings", "findings", findings },
	{ "guest commands", "guest_commands", guest_commands },
	{ "host calls", "host_calls", host_calls },
	{ "hardware commands", "hw_commands", hw_commands },
	{ "of these, syncs", "syncs", syncs },
	{ "entries dropped", "dropped", dropped },
};

/* And of what was dropped. */
static const struct figure classes[] = {
	{ "  necessary", "necessary", necessary },
	{ "  architectural", "architectural", architectural },
	{ "  by the host's choice", "host", by_host },
	{ "  of another VM", "cross_tenant", cross_tenant },
};

static enum chk_verdict verdict(const struct chk_replay *r)
{
	if (r->bug)
		return CHK_ERROR;
	return r->wrong || r->findings->len ? CHK_FAIL : CHK_PASS;
}

enum chk_verdict replay_against_verdict(const struct replay_pair *p)
{
	enum chk_verdict a = verdict(p->result[0]), b = verdict(p->result[1]);

	if (a == CHK_ERROR || b == CHK_ERROR)
		return CHK_ERROR;
	return a == CHK_FAIL || b == CHK_FAIL ? CHK_FAIL : CHK_PASS;
}

static void row(GString *out, const char *text, const char *a, const char *b)
{
	g_string_append_printf(out, "  %-24s %*s %*s\n", text, COLUMN, a, COLUMN, b);
}

static void rows(GString *out, const struct replay_pair *p, const struct figure *f, guint count)
{
	for (guint i = 0; i < count; i++) {
		g_autofree char *a = g_strdup_printf("%" G_GUINT64_FORMAT, f[i].at(p->result[0]));
		g_autofree char *b = g_strdup_printf("%" G_GUINT64_FORMAT, f[i].at(p->result[1]));

		row(out, f[i].text, a, b);
	}
}

void replay_against_text(GString *out, const struct replay_pair *p, const struct view_options *o)
{
	view_text_head(out, replay_against_verdict(p), p->file, NULL, NULL, NULL, NULL, o);
	g_string_append_printf(out, " [%s, retentive]\n", p->vendor);
	row(out, "", p->host[0], p->host[1]);
	rows(out, p, figures, G_N_ELEMENTS(figures));
	rows(out, p, classes, G_N_ELEMENTS(classes));
	for (guint i = 0; i < 2; i++)
		if (p->result[i]->bug)
			view_text_field(
				out, "  internal error, please report it:", p->result[i]->bug, 8);
}

void replay_against_json(GString *out, const struct replay_pair *p)
{
	struct json j = { .out = out, .first = true };

	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "file", p->file);
	json_text(&j, "vendor", p->vendor);
	json_text(&j, "hardware", "retentive");
	json_text(&j, "verdict", chk_verdict_name(replay_against_verdict(p)));
	json_open(&j, "policies", '[');
	for (guint i = 0; i < 2; i++) {
		json_open(&j, NULL, '{');
		json_text(&j, "host", p->host[i]);
		json_text(&j, "verdict", chk_verdict_name(verdict(p->result[i])));
		json_text(&j, "reason", p->result[i]->bug);
		for (guint k = 0; k < G_N_ELEMENTS(figures); k++)
			json_number(&j, figures[k].key, figures[k].at(p->result[i]));
		json_open(&j, "over", '{');
		for (guint k = 0; k < G_N_ELEMENTS(classes); k++)
			json_number(&j, classes[k].key, classes[k].at(p->result[i]));
		json_close(&j, '}');
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	g_string_append_c(out, '\n');
}
