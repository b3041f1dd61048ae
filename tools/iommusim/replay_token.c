/* SPDX-License-Identifier: MIT */
#include "sim/explore/token.h"
#include "tools/iommusim/replay_token.h"

bool replay_token_event(const char *text, uint32_t *ret)
{
	guint64 event;

	if (!g_ascii_string_to_unsigned(text + (text[0] == 't'), 10, 1, UINT32_MAX, &event, NULL))
		return false;
	*ret = (uint32_t)event;
	return true;
}

/* ---- the scenario ---- */

/* The files to look in; false: it has been said why not. */
static bool list_files(const struct replay_token *r, GPtrArray *files)
{
	bool ok = true;

	for (char **p = r->paths; *p; p++) {
		if (g_file_test(*p, G_FILE_TEST_EXISTS)) {
			ok &= tool_files(*p, true, files);
			continue;
		}
		tool_complain("there is no '%s'", *p);
		ok = false;
	}
	if (r->paths[0])
		return ok;
	if (g_file_test("scenarios", G_FILE_TEST_IS_DIR))
		ok = tool_files("scenarios", true, files);
	return tool_files(".", false, files) && ok;
}

/* The first file with the text that the token is of, NULL. */
static const char *file_of(const struct xpl_token *t, const GPtrArray *files)
{
	for (guint i = 0; i < files->len; i++) {
		const char *file = g_ptr_array_index(files, i);
		g_autofree char *text = NULL;
		size_t len;

		text = scn_read_file(file, &len, NULL);
		if (text && xpl_token_is_of(t, text, len))
			return file;
	}
	return NULL;
}

/* The first file with a scenario of the same name, NULL. */
static const char *namesake_of(const struct xpl_token *t, const GPtrArray *files)
{
	for (guint i = 0; i < files->len; i++) {
		const char *file = g_ptr_array_index(files, i);
		struct scn *scn = scn_load(file, NULL, 0, tool_vendor_names(), NULL);
		bool same = scn && xpl_token_names(t, scn);

		scn_free(scn);
		if (same)
			return file;
	}
	return NULL;
}

static void complain_none(const struct replay_token *r, const struct xpl_token *t,
			  const GPtrArray *files)
{
	const char *namesake = namesake_of(t, files);
	g_autofree char *list = g_strjoinv("', '", r->paths);

	if (namesake)
		tool_complain(
			"'%s' has changed since the token was made: the scenario has its name, "
			"and another text",
			namesake);
	else
		tool_complain(
			"no scenario has the text that the token is of (SHA-256 %016" G_GINT64_MODIFIER
			"x...): looked at %u files in '%s'; give its file, or a directory, behind "
			"the token",
			t->scenario, files->len, r->paths[0] ? list : "scenarios', '*.yaml");
}

/* ---- the run ---- */

struct kept {
	struct ims_log log; /* the events are its own */
};

static void keep_log(void *arg, const struct scn_run *run)
{
	struct kept *k = arg;

	k->log = (struct ims_log){ .events = g_memdup2(run->log.events,
						       run->log.count * sizeof(*run->log.events)),
				   .first = run->log.first,
				   .count = run->log.count };
}

static int exit_of(const struct chk_result *r)
{
	static const uint8_t codes[CHK_VERDICT_MAX] = { [CHK_PASS] = TOOL_PASS,
							[CHK_FAIL] = TOOL_FAIL,
							[CHK_VACUOUS] = TOOL_FAIL,
							[CHK_ERROR] = TOOL_ERROR,
							[CHK_BOUNDED] = TOOL_INCONCLUSIVE,
							[CHK_INCONCLUSIVE] = TOOL_INCONCLUSIVE };

	return r->internal ? TOOL_INTERNAL : codes[r->verdict];
}

static int report(const struct replay_token *r, const struct view_run *v)
{
	const struct view_options vo = { .color = tool_color(r->o),
					 .quiet = r->o->quiet,
					 .verbose = r->o->verbose,
					 .found = true,
					 .until = r->until };
	g_autoptr(GString) out = g_string_new(NULL);

	if (r->o->format && !g_strcmp0(r->o->format, "json")) {
		view_json(out, v, 1, r->until);
	} else {
		if (v->log)
			view_text_log(out, v, r->until);
		view_text_run(out, v, &vo);
		view_text_totals(out, v, 1, &vo);
	}
	return tool_write(r->o, out) ? exit_of(v->result) : TOOL_ERROR;
}

static int run(const struct replay_token *r, const struct xpl_token *t, const char *file,
	       const struct ims_model *model)
{
	const struct scn_deeds deeds = xpl_token_deeds(t);
	g_autoptr(GError) error = NULL;
	struct scn *scn = xpl_token_load(t, file, tool_vendor_names(), &error);
	struct kept kept = { 0 };
	struct view_run v = {
		.file = file, .scn = scn, .vendor = model->name, .token = r->token, .model = model
	};
	struct chk_result *result;
	int code = TOOL_ERROR;

	if (!scn) {
		tool_complain_file(error);
	} else if (!xpl_token_apply(t, scn, model, &error)) {
		tool_complain("%s", error->message);
	} else {
		v.result = result = chk_run_deeds(scn, model, &deeds, keep_log, &kept);
		v.log = r->dump && kept.log.events ? &kept.log : NULL;
		code = report(r, &v);
		chk_result_free(result);
	}
	g_free(kept.log.events);
	scn_free(scn);
	return code;
}

int replay_token(const struct replay_token *r)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;
	struct xpl_token *t = xpl_token_read(r->token, &error);
	const struct ims_model *model = t ? tool_vendor(t->vendor) : NULL;
	const char *file = NULL;
	int code = TOOL_ERROR;

	if (!t) {
		tool_complain("%s", error->message);
	} else if (!model) {
		g_autofree char *why = tool_vendor_trouble(t->vendor);

		tool_complain("the token is of another program: %s", why);
	} else if (list_files(r, files)) {
		file = file_of(t, files);
		if (file)
			code = run(r, t, file, model);
		else
			complain_none(r, t, files);
	}
	xpl_token_free(t);
	return code;
}
