/* SPDX-License-Identifier: MIT */
/* iommusim replay: what a real driver did, through nested translation. */
#include <string.h>

#include "sim/check/replay.h"
#include "sim/engine/engine.h"
#include "sim/explore/token.h"
#include "tools/iommusim/replay_against.h"
#include "tools/iommusim/replay_token.h"

#define FINDINGS_SHOWN 5
#define HANG	       16 /* where the figures stand */
#define COUNT	       "%" G_GUINT64_FORMAT

struct replay {
	struct tool_options o;
	char **skip;
	char *against; /* the other policy, NULL */
	gboolean no_walk_caches, bare;
	char *until; /* of a token's run, */
	gboolean dump;
	struct rep_options options;
	const struct ims_model *model;
	const char *file;
	char *text; /* of standard input, else NULL */
	gsize len;
};

static bool take_skips(struct replay *r)
{
	r->options.skip = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	r->options.no_walk_caches = r->no_walk_caches;
	r->options.bare = r->bare;
	for (char **s = r->skip; s && *s; s++) {
		guint64 line;

		if (!strcmp(*s, "all")) {
			r->options.skip_all = true;
		} else if (g_ascii_string_to_unsigned(*s, 10, 1, UINT32_MAX, &line, NULL)) {
			uint32_t n = (uint32_t)line;

			g_array_append_val(r->options.skip, n);
		} else {
			tool_complain(
				"--skip-cmd %s: it takes the line of a cmd in the recording, or 'all'",
				*s);
			return false;
		}
	}
	return true;
}

static const struct rec_event *command_on(const struct rec_program *prog, uint32_t line)
{
	for (guint i = 0; i < prog->events->len; i++) {
		const struct rec_event *e = &g_array_index(prog->events, struct rec_event, i);

		if (e->kind == REC_CMD && e->line == line)
			return e;
	}
	return NULL;
}

/* To leave out a line that is no invalidation would leave nothing out. */
static bool skips_are_commands(const struct replay *r, const struct rec_program *prog)
{
	for (guint i = 0; i < r->options.skip->len; i++) {
		uint32_t line = g_array_index(r->options.skip, uint32_t, i);
		const struct rec_event *e = command_on(prog, line);
		uint64_t words[IMS_CMD_WORDS] = { 0 };
		struct ims_cmd cmd;

		if (e)
			memcpy(words, e->qw, sizeof(e->qw));
		if (e && !ims_cmd_decode(r->model, NULL, words, &cmd) &&
		    r->model->rows[cmd.row].kind != IMS_CMD_WAIT)
			continue;
		tool_complain("%s:%u: --skip-cmd: there is no %s on this line to leave out",
			      r->file, line, e ? "invalidation" : "cmd");
		return false;
	}
	return true;
}

static char *device_text(const struct rec_program *prog, uint32_t dev)
{
	uint32_t sid = g_array_index(prog->sid_tags, struct rec_sid_tag, dev).sid;

	return g_strdup_printf("%02x:%02x.%x", sid >> 8, sid >> 3 & 31, sid & 7);
}

static enum chk_verdict verdict(const struct chk_replay *res)
{
	if (res->bug)
		return CHK_ERROR;
	return res->wrong || res->findings->len ? CHK_FAIL : CHK_PASS;
}

static const char *host_of(const struct replay *r)
{
	if (r->model->recording_s2 || r->options.bare)
		return "bare-metal";
	return r->o.host ? r->o.host : SCN_HOST_DEFAULT;
}

static char *repeat_command(const struct replay *r)
{
	g_autofree char *file = view_shell_word(r->text ? "-" : r->file);
	GString *s = g_string_new("iommusim replay --vendor ");

	g_string_append(s, r->model->name);
	if (r->options.bare)
		g_string_append(s, " --bare-metal");
	else if (r->o.host)
		g_string_append_printf(s, " --host %s", r->o.host);
	if (r->no_walk_caches)
		g_string_append(s, " --no-walk-caches");
	for (char **skip = r->skip; skip && *skip; skip++)
		g_string_append_printf(s, " --skip-cmd %s", *skip);
	g_string_append_printf(s, "%s %s", file[0] == '-' && file[1] ? " --" : "", file);
	return g_string_free(s, FALSE);
}

/* ---- text ---- */

static void show_commands(GString *out, const struct replay *r, const struct chk_replay *res)
{
	g_autoptr(GString) s = g_string_new(NULL);
	const char *sep = ": ";

	g_string_append_printf(s, "%u", res->commands);
	for (unsigned i = 0; i < r->model->rows_count; i++) {
		if (!res->by_row[i])
			continue;
		g_string_append_printf(s, "%s%u %s", sep, res->by_row[i], r->model->rows[i].title);
		sep = ", ";
	}
	if (res->skipped)
		g_string_append_printf(s, "; %u left out", res->skipped);
	view_text_field(out, "  commands     ", s->str, HANG);
}

static void show_dropped(GString *out, const struct chk_replay *res)
{
	g_autoptr(GString) s = g_string_new(NULL);

	g_string_append_printf(s, COUNT " entries, " COUNT " of them still correct", res->dropped,
			       res->dropped_correct);
	if (res->dropped_correct)
		g_string_append_printf(s,
				       " (" COUNT " translations, " COUNT " table entries): " COUNT
				       " named by the guest's own command, " COUNT
				       " dropped by the host alone",
				       res->correct_translations,
				       res->dropped_correct - res->correct_translations,
				       res->over[SCN_OVER_ARCHITECTURAL],
				       res->over[SCN_OVER_HOST] + res->over[SCN_OVER_CROSS_TENANT]);
	view_text_field(out, "  dropped      ", s->str, HANG);
}

static void show_counts(GString *out, const struct replay *r, const struct rec_program *prog,
			const struct chk_replay *res)
{
	g_autoptr(GString) s = g_string_new(NULL);

	g_string_append_printf(s, "%u of %u matched, reconstructed %u", res->matched,
			       prog->counts.xlats, prog->counts.reconstructed);
	if (res->wrong)
		g_string_append_printf(s, ", %u wrong, the first at line %u", res->wrong,
				       res->first_wrong);
	view_text_field(out, "  translations ", s->str, HANG);
	show_commands(out, r, res);
	show_dropped(out, res);
	g_string_assign(s, "no finding");
	if (res->findings->len)
		g_string_printf(s,
				"%u finding%s: %u used by a device, %u latent (only cached still)",
				res->findings->len, res->findings->len == 1 ? "" : "s", res->used,
				res->latent);
	view_text_field(out, "  stale        ", s->str, HANG);
}

static void show_text(GString *out, const struct replay *r, const struct rec_program *prog,
		      const struct chk_replay *res)
{
	struct view_options vo = { .color = tool_color(&r->o), .verbose = r->o.verbose };
	guint shown = r->o.verbose ? res->findings->len : MIN(res->findings->len, FINDINGS_SHOWN);
	g_autofree char *repeat = repeat_command(r);

	if (r->o.quiet && verdict(res) == CHK_PASS)
		return;
	view_text_head(out, verdict(res), r->file, r->model->name, host_of(r), "retentive", NULL,
		       &vo);
	g_string_append_c(out, '\n');
	show_counts(out, r, prog, res);
	if (res->bug)
		view_text_field(out, "  internal error, please report it:", res->bug, 8);
	for (guint i = 0; i < shown; i++) {
		const struct chk_finding *f = g_ptr_array_index(res->findings, i);
		g_autofree char *device = device_text(prog, f->dev);

		view_text_finding(out, f, r->file, device, &vo);
	}
	if (shown < res->findings->len)
		g_string_append_printf(out, "  ... and %u more findings (-v shows all)\n",
				       res->findings->len - shown);
	if (verdict(res) != CHK_PASS)
		g_string_append_printf(out, "  repeat: %s\n", repeat);
}

/* ---- JSON ---- */

static void json_stale(struct json *j, const struct rec_program *prog, const struct chk_replay *res)
{
	json_open(j, "stale", '{');
	json_number(j, "used", res->used);
	json_number(j, "latent", res->latent);
	json_close(j, '}');
	json_open(j, "findings", '[');
	for (guint i = 0; i < res->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(res->findings, i);
		g_autofree char *device = device_text(prog, f->dev);

		view_json_finding(j, f, NULL, device, 0);
	}
	json_close(j, ']');
}

static void json_dropped(struct json *j, const struct chk_replay *res)
{
	static const char *const names[SCN_OVER_MAX] = { "necessary", "architectural", "host",
							 "cross_tenant" };

	json_number(j, "dropped", res->dropped);
	json_number(j, "dropped_correct", res->dropped_correct);
	json_number(j, "dropped_correct_translations", res->correct_translations);
	json_open(j, "over", '{');
	for (unsigned i = 0; i < SCN_OVER_MAX; i++)
		json_number(j, names[i], res->over[i]);
	json_close(j, '}');
}

static void show_json(GString *out, const struct replay *r, const struct rec_program *prog,
		      const struct chk_replay *res)
{
	struct json j = { .out = out, .first = true };
	g_autofree char *repeat = repeat_command(r);

	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "file", r->file);
	json_text(&j, "vendor", r->model->name);
	json_text(&j, "host", host_of(r));
	json_text(&j, "hardware", "retentive");
	json_text(&j, "verdict", chk_verdict_name(verdict(res)));
	json_text(&j, "reason", res->bug);
	json_text(&j, "repeat", repeat);
	json_number(&j, "translations", prog->counts.xlats);
	json_number(&j, "matched", res->matched);
	json_number(&j, "wrong", res->wrong);
	if (res->first_wrong)
		json_number(&j, "first_wrong", res->first_wrong);
	else
		json_null(&j, "first_wrong");
	json_number(&j, "reconstructed", prog->counts.reconstructed);
	json_open(&j, "commands", '{');
	for (unsigned i = 0; i < r->model->rows_count; i++)
		if (res->by_row[i])
			json_number(&j, r->model->rows[i].title, res->by_row[i]);
	json_close(&j, '}');
	json_number(&j, "skipped", res->skipped);
	json_dropped(&j, res);
	json_stale(&j, prog, res);
	json_close(&j, '}');
	g_string_append_c(out, '\n');
}

/* ---- the verb ---- */

/* The lines of the recording that the findings are about; of standard input @text, else the file's. */
static void quote_lines(const struct replay *r, const struct chk_replay *res, GPtrArray *own)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	guint count;

	if (!res->findings->len || (!r->text && !g_file_get_contents(r->file, &text, NULL, NULL)))
		return;
	lines = g_strsplit(r->text ? r->text : text, "\n", -1);
	count = g_strv_length(lines);
	for (guint i = 0; i < res->findings->len; i++) {
		struct chk_finding *f = g_ptr_array_index(res->findings, i);

		if (f->step || !f->line || f->line > count)
			continue;
		f->step = g_strdup(lines[f->line - 1]);
		g_ptr_array_add(own, (gpointer)(uintptr_t)f->step);
	}
}

static bool show(struct replay *r, const struct rec_program *prog, const struct chk_replay *res)
{
	g_autoptr(GPtrArray) own = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GString) out = g_string_new(NULL);

	quote_lines(r, res, own);
	if (r->o.format && !strcmp(r->o.format, "json"))
		show_json(out, r, prog, res);
	else
		show_text(out, r, prog, res);
	return tool_write(&r->o, out);
}

static void complain_file(const struct replay *r, const GError *error)
{
	g_autoptr(GString) out = g_string_new(NULL);

	view_text_error(out, error->message);
	if (error->code == SCN_ERROR_CONTENT) /* it may be another vendor's */
		g_string_append_printf(out, "iommusim: '%s' was read as a recording of vendor %s\n",
				       r->file, r->model->name);
	fputs(out->str, stderr);
}

/* Without --vendor: of the first that can read it. The complaint is the first one's. */
static struct rec_program *load(struct replay *r, GError **error)
{
	struct rec_program *prog = NULL;

	for (unsigned i = 0; !prog && (r->o.vendor ? !i : tool_vendors[i] != NULL); i++) {
		const struct ims_model *m = r->o.vendor ? tool_vendor(r->o.vendor) :
							  tool_vendors[i];
		struct rec_vendor vendor;

		rep_vendor(m, &vendor);
		prog = rec_load(r->file, r->text, r->len, &vendor, i ? NULL : error);
		if (prog || !i)
			r->model = m;
		if (prog)
			g_clear_error(error);
	}
	if (!prog && !r->o.vendor)
		r->model = tool_vendors[0];
	return prog;
}

/* A policy by name, of the vendor that the recording is of. */
static bool take_host(const struct replay *r, const char *name, struct rep_options *options)
{
	g_autoptr(GError) error = NULL;
	struct scn *scn;
	uint64_t differ;
	bool taken = true;

	if (!strcmp(name, SCN_HOST_BARE)) {
		options->bare = true;
	} else if (!SCN_HOST_IS_FILE(name) && !ims_policy_row(r->model, name)) {
		tool_no_host(r->model, name);
		taken = false;
	} else {
		scn = scn_of_host(name, &error);
		taken = scn && scn_policy_of(scn, r->model, &options->policy, &differ, &error);
		if (taken)
			options->uapi = ims_policy_row(r->model, scn->host)->name;
		scn_free(scn);
	}
	if (error)
		tool_complain_file(error);
	return taken;
}

static const uint8_t codes[CHK_VERDICT_MAX] = {
	[CHK_PASS] = TOOL_PASS, [CHK_FAIL] = TOOL_FAIL, [CHK_ERROR] = TOOL_INTERNAL
};

static int show_pair(struct replay *r, const struct replay_pair *p)
{
	struct view_options vo = { .color = tool_color(&r->o), .verbose = r->o.verbose };
	g_autoptr(GString) out = g_string_new(NULL);

	if (r->o.format && !strcmp(r->o.format, "json"))
		replay_against_json(out, p);
	else
		replay_against_text(out, p, &vo);
	return tool_write(&r->o, out) ? codes[replay_against_verdict(p)] : TOOL_ERROR;
}

/* The recording under two policies. */
static int run_pair(struct replay *r, const struct rec_program *prog, GError **error)
{
	struct rep_options other = r->options;
	struct chk_replay *one, *two = NULL;
	struct replay_pair p = { .file = r->file,
				 .vendor = r->model->name,
				 .host = { host_of(r), r->against } };
	int code = TOOL_ERROR;

	if (r->model->recording_s2) {
		tool_complain("recordings of %s are of the machine itself: there is no host whose "
			      "policies could be set side by side",
			      r->model->name);
		return TOOL_ERROR;
	}
	other.bare = false;
	if (!take_host(r, r->against, &other))
		return TOOL_ERROR;
	one = chk_replay(prog, r->model, &r->options, error);
	if (one)
		two = chk_replay(prog, r->model, &other, error);
	p.result[0] = one;
	p.result[1] = two;
	if (two)
		code = show_pair(r, &p);
	chk_replay_free(one);
	chk_replay_free(two);
	return code;
}

static int run(struct replay *r)
{
	g_autoptr(GError) error = NULL;
	struct rec_program *prog;
	struct chk_replay *res = NULL;
	int code = TOOL_ERROR;

	prog = load(r, &error);
	if (prog && take_host(r, r->o.host ? r->o.host : SCN_HOST_DEFAULT, &r->options) &&
	    skips_are_commands(r, prog)) {
		if (r->against)
			code = run_pair(r, prog, &error);
		else
			res = chk_replay(prog, r->model, &r->options, &error);
	}
	if (error)
		complain_file(r, error);
	if (res && show(r, prog, res))
		code = codes[verdict(res)];
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

/* An option that the command line has, and that says nothing of what is replayed; NULL. */
static const char *idle_option(const struct replay *r, bool token)
{
	if (!token)
		return r->until ? "--until" : r->dump ? "--dump" : NULL;
	return r->skip		 ? "--skip-cmd" :
	       r->against	 ? "--against" :
	       r->no_walk_caches ? "--no-walk-caches" :
	       r->bare		 ? "--bare-metal" :
	       r->o.vendor	 ? "--vendor" :
	       r->o.host	 ? "--host" :
	       r->o.hardware	 ? "--hardware" :
				   NULL;
}

static int run_token(const struct replay *r)
{
	struct replay_token t = {
		.o = &r->o, .token = r->o.rest[0], .paths = r->o.rest + 1, .dump = r->dump
	};
	const char *idle = idle_option(r, true);

	if (idle) {
		tool_complain("%s is of recordings: a token says what its run is like", idle);
		return TOOL_ERROR;
	}
	if (r->until && !replay_token_event(r->until, &t.until)) {
		tool_complain("--until %s: it takes an event as reports name it, t12 or 12",
			      r->until);
		return TOOL_ERROR;
	}
	return replay_token(&t);
}

static int replay(struct replay *r)
{
	const char *idle;

	if (r->o.rest && xpl_is_token(r->o.rest[0]))
		return run_token(r);
	if (!r->o.rest || r->o.rest[1]) {
		tool_complain(
			"replay takes one recording, or a token; see 'iommusim replay --help'");
		return TOOL_ERROR;
	}
	idle = idle_option(r, false);
	if (idle) {
		tool_complain("%s is of the run of a token, not of a recording", idle);
		return TOOL_ERROR;
	}
	if (r->o.hardware && strcmp(r->o.hardware, "adversarial")) {
		tool_complain(
			"replay --hardware %s is not available in this version; it is: adversarial",
			r->o.hardware);
		return TOOL_ERROR;
	}
	r->file = r->o.rest[0];
	if (!take_skips(r))
		return TOOL_ERROR;
	if (!strcmp(r->file, "-")) {
		r->text = read_input(&r->len);
		r->file = "<standard input>";
	}
	return run(r);
}

int tool_replay(int argc, char **argv)
{
	struct replay r = { 0 };
	const GOptionEntry extra[] = {
		{ "skip-cmd", 0, 0, G_OPTION_ARG_STRING_ARRAY, &r.skip,
		  "leave out the invalidation on this line, or all", "LINE|all" },
		{ "no-walk-caches", 0, 0, G_OPTION_ARG_NONE, &r.no_walk_caches,
		  "without paging-structure caches", NULL },
		{ "bare-metal", 0, 0, G_OPTION_ARG_NONE, &r.bare,
		  "on the machine recorded, without a host", NULL },
		{ "against", 0, 0, G_OPTION_ARG_STRING, &r.against,
		  "set it beside what comes of another policy", "POLICY" },
		{ "until", 0, 0, G_OPTION_ARG_STRING, &r.until,
		  "of a token: show no event behind this one", "EVENT" },
		{ "dump", 0, 0, G_OPTION_ARG_NONE, &r.dump, "of a token: the log, event by event",
		  NULL },
		{ 0 },
	};
	int code;

	if (tool_parse(
		    &r.o, argc, argv, "RECORDING | TOKEN [PATH...] - replay what was run",
		    "Replays a recording through nested translation and compares each translation in\n"
		    "it with the model's; '-' reads standard input.\n"
		    "Replays the run that a token names. Its scenario is looked for in the files and\n"
		    "directories PATH, without them in scenarios/ and in *.yaml.",
		    extra, &code))
		code = replay(&r);
	if (r.options.skip)
		g_array_unref(r.options.skip);
	g_free(r.text);
	g_strfreev(r.skip);
	g_free(r.against);
	g_free(r.until);
	tool_options_clear(&r.o);
	return code;
}
