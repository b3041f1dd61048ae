/* SPDX-License-Identifier: MIT */
/* iommusim replay: what a real driver did, through nested translation. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/check/replay.h"
#include "tools/iommusim/tool.h"

#define FINDINGS_SHOWN 5

struct replay {
	struct tool_options o;
	char **skip;
	gboolean no_walk_caches;
	struct rep_options options;
	const struct ims_model *model;
	const char *file;
};

static bool take_skips(struct replay *r)
{
	r->options.skip = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	r->options.no_walk_caches = r->no_walk_caches;
	for (char **s = r->skip; s && *s; s++) {
		guint64 line;

		if (!strcmp(*s, "all")) {
			r->options.skip_all = true;
		} else if (g_ascii_string_to_unsigned(*s, 10, 1, UINT32_MAX, &line, NULL)) {
			uint32_t n = (uint32_t)line;

			g_array_append_val(r->options.skip, n);
		} else {
			tool_complain("--skip-cmd %s: it takes the line of a cmd in the recording, or 'all'", *s);
			return false;
		}
	}
	return true;
}

/* A line that is asked to be left out and is no invalidation would leave nothing out. */
static bool skips_are_commands(const struct replay *r, const struct rec_program *prog)
{
	for (guint i = 0; i < r->options.skip->len; i++) {
		uint32_t line = g_array_index(r->options.skip, uint32_t, i);
		bool found = false;

		for (guint k = 0; k < prog->events->len && !found; k++) {
			const struct rec_event *e = &g_array_index(prog->events, struct rec_event, k);

			found = e->kind == REC_CMD && e->line == line;
		}
		if (!found) {
			tool_complain("%s:%u: there is no cmd on this line to leave out", r->file, line);
			return false;
		}
	}
	return true;
}

static char *device_text(const struct rec_program *prog, uint32_t dev)
{
	uint32_t sid = g_array_index(prog->sid_tags, struct rec_sid_tag, dev).sid;

	return g_strdup_printf("%02x:%02x.%x", sid >> 8, sid >> 3 & 31, sid & 7);
}

static void show_counts(GString *out, const struct replay *r, const struct rec_program *prog,
			const struct chk_replay *res)
{
	g_string_append_printf(out, "%s [%s, %s, retentive]\n", r->file, r->model->name,
			       r->o.host ? r->o.host : "mail-2023");
	g_string_append_printf(out, "  translations  %u of %u matched, reconstructed %u", res->matched,
			       prog->counts.xlats, prog->counts.reconstructed);
	if (res->wrong)
		g_string_append_printf(out, ", %u wrong, the first at line %u", res->wrong, res->first_wrong);
	g_string_append_printf(out, "\n  commands      %u", res->commands);
	for (unsigned i = 0; i < r->model->rows_count; i++)
		if (res->by_row[i])
			g_string_append_printf(out, ", %u %s", res->by_row[i], r->model->rows[i].title);
	if (res->skipped)
		g_string_append_printf(out, "; %u left out", res->skipped);
	g_string_append_printf(out,
			       "\n  dropped       %" G_GUINT64_FORMAT " entries, %" G_GUINT64_FORMAT
			       " of them still correct",
			       res->dropped, res->dropped_correct);
	if (res->dropped_correct)
		g_string_append_printf(out,
				       ": %" G_GUINT64_FORMAT " translations, %" G_GUINT64_FORMAT
				       " table entries;\n                %" G_GUINT64_FORMAT
				       " named by the guest's own command, %" G_GUINT64_FORMAT " by the host alone",
				       res->correct_translations, res->dropped_correct - res->correct_translations,
				       res->over[SCN_OVER_ARCHITECTURAL],
				       res->over[SCN_OVER_HOST] + res->over[SCN_OVER_CROSS_TENANT]);
	g_string_append_printf(out, "\n  stale         %u changes used, %u latent\n", res->used, res->latent);
}

static int verdict(const struct chk_replay *res)
{
	if (res->bug)
		return TOOL_INTERNAL;
	return res->wrong || res->findings->len ? TOOL_FAIL : TOOL_PASS;
}

static void show_text(GString *out, const struct replay *r, const struct rec_program *prog,
		      const struct chk_replay *res)
{
	struct view_options vo = { .color = tool_color(&r->o) };
	guint shown = r->o.verbose ? res->findings->len : MIN(res->findings->len, FINDINGS_SHOWN);

	show_counts(out, r, prog, res);
	for (guint i = 0; i < shown; i++) {
		const struct chk_finding *f = g_ptr_array_index(res->findings, i);
		g_autofree char *device = device_text(prog, f->dev);

		view_text_finding(out, f, r->file, device, &vo);
	}
	if (shown < res->findings->len)
		g_string_append_printf(out, "  ... and %u more findings (-v shows all)\n",
				       res->findings->len - shown);
	g_string_append_printf(out, "%s\n", verdict(res) == TOOL_PASS ? "pass" : "FAIL");
}

static void show_json(GString *out, const struct replay *r, const struct rec_program *prog,
		      const struct chk_replay *res)
{
	struct json j = { .out = out, .first = true };

	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "file", r->file);
	json_text(&j, "vendor", r->model->name);
	json_text(&j, "verdict", verdict(res) == TOOL_PASS ? "pass" : verdict(res) == TOOL_FAIL ? "fail" : "error");
	json_number(&j, "translations", prog->counts.xlats);
	json_number(&j, "matched", res->matched);
	json_number(&j, "wrong", res->wrong);
	json_number(&j, "reconstructed", prog->counts.reconstructed);
	json_number(&j, "skipped", res->skipped);
	json_open(&j, "commands", '{');
	for (unsigned i = 0; i < r->model->rows_count; i++)
		if (res->by_row[i])
			json_number(&j, r->model->rows[i].title, res->by_row[i]);
	json_close(&j, '}');
	json_number(&j, "dropped", res->dropped);
	json_number(&j, "dropped_correct", res->dropped_correct);
	json_open(&j, "findings", '{');
	json_number(&j, "used", res->used);
	json_number(&j, "latent", res->latent);
	json_close(&j, '}');
	json_close(&j, '}');
	g_string_append_c(out, '\n');
}

static int run(struct replay *r, const char *text, size_t len)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	struct rec_vendor vendor;
	struct rec_program *prog;
	struct chk_replay *res;
	int code;

	rep_vendor(r->model, &vendor);
	prog = rec_load(r->file, text, len, &vendor, &error);
	if (!prog) {
		fprintf(stderr, "%s%s", error->message, g_str_has_suffix(error->message, "\n") ? "" : "\n");
		return TOOL_ERROR;
	}
	res = skips_are_commands(r, prog) ? chk_replay(prog, r->model, &r->options, &error) : NULL;
	code = TOOL_ERROR;
	if (error)
		fprintf(stderr, "%s\n", error->message);
	if (res) {
		code = verdict(res);
		if (res->bug)
			tool_complain("internal error: %s", res->bug);
		if (r->o.format && !strcmp(r->o.format, "json"))
			show_json(out, r, prog, res);
		else
			show_text(out, r, prog, res);
		if (!tool_write(&r->o, out))
			code = TOOL_ERROR;
	}
	chk_replay_free(res);
	rec_free(prog);
	return code;
}

static char *read_input(gsize *ret_len)
{
	GString *s = g_string_new(NULL);
	char buffer[65536];
	size_t n;

	while ((n = fread(buffer, 1, sizeof(buffer), stdin)) && s->len <= REC_BYTES_MAX)
		g_string_append_len(s, buffer, (gssize)n);
	*ret_len = s->len;
	return g_string_free(s, FALSE);
}

static int replay(struct replay *r)
{
	g_autofree char *text = NULL;
	gsize len = 0;

	if (!r->o.rest || r->o.rest[1]) {
		tool_complain("replay takes one recording; see 'iommusim replay --help'");
		return TOOL_ERROR;
	}
	r->file = r->o.rest[0];
	r->model = r->o.vendor ? tool_vendor(r->o.vendor) : tool_vendors[0];
	if (g_str_has_prefix(r->file, "v1.")) {
		tool_complain("replay of a token is not available in this version");
		return TOOL_ERROR;
	}
	if (!take_skips(r))
		return TOOL_ERROR;
	if (!strcmp(r->file, "-")) {
		text = read_input(&len);
		r->file = "<standard input>";
	}
	return run(r, text, len);
}

int tool_replay(int argc, char **argv)
{
	struct replay r = { 0 };
	const GOptionEntry extra[] = {
		{ "skip-cmd", 0, 0, G_OPTION_ARG_STRING_ARRAY, &r.skip,
		  "leave out the invalidation on this line of the recording, or all", "LINE|all" },
		{ "no-walk-caches", 0, 0, G_OPTION_ARG_NONE, &r.no_walk_caches,
		  "without paging-structure caches", NULL },
		{ 0 },
	};
	int code;

	if (tool_parse(&r.o, argc, argv, "RECORDING - replay what a driver did",
		       "Replays a recording through nested translation; '-' reads standard input. Each\n"
		       "translation of the recording is compared with the model's.",
		       extra, &code))
		code = replay(&r);
	if (r.options.skip)
		g_array_unref(r.options.skip);
	g_strfreev(r.skip);
	tool_options_clear(&r.o);
	return code;
}
