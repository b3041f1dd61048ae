/* SPDX-License-Identifier: MIT */
/* The report for people: one line for a pass, the whole story for a failure. */
#include <string.h>

#include "sim/view/view.h"

#define HEX	      "0x%" G_GINT64_MODIFIER "x"
#define COUNT	      "%" G_GUINT64_FORMAT
#define WIDTH	      80
#define NARROW	      79	      /* of pages: 78 characters */
#define HELP	      "      = help:" /* as the readers of files put it */
#define HISTORY_SHOWN 24	      /* events of a finding, without -v */
#define MISSES_SHOWN  6

void view_text_paint(GString *out, const struct view_options *o, const char *code, const char *text)
{
	if (o->color)
		g_string_append_printf(out, "\033[%sm%s\033[0m", code, text);
	else
		g_string_append(out, text);
}

/*
 * Words after what already stands in the line, @column wide; lines end before
 * column @width and are continued @hang deep. Ends the line.
 */
static void wrapped(GString *out, const char *text, unsigned column, unsigned hang, unsigned width)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);

	for (guint i = 0; words[i]; i++) {
		unsigned len = (unsigned)g_utf8_strlen(words[i], -1);

		if (!len)
			continue;
		if (column > hang && column + 1 + len >= width) {
			g_string_append_printf(out, "\n%*s", (int)hang, "");
			column = hang;
		} else if (column) {
			g_string_append_c(out, ' ');
			column++;
		}
		g_string_append(out, words[i]);
		column += len;
	}
	g_string_append_c(out, '\n');
}

void view_text_field(GString *out, const char *head, const char *text, unsigned hang)
{
	g_string_append(out, head);
	wrapped(out, text, (unsigned)g_utf8_strlen(head, -1), hang, WIDTH);
}

void view_text_narrow(GString *out, const char *head, const char *text, unsigned hang)
{
	g_string_append(out, head);
	wrapped(out, text, (unsigned)g_utf8_strlen(head, -1), hang, NARROW);
}

void view_text_error(GString *out, const char *message)
{
	g_auto(GStrv) lines = g_strsplit(message, "\n", -1);

	for (guint i = 0; lines[i]; i++) {
		const char *help = g_str_has_prefix(lines[i], HELP) ? lines[i] + strlen(HELP) :
								      NULL;

		if (help)
			view_text_field(out, HELP, help, (unsigned)strlen(HELP) + 1);
		else if (lines[i][0] || lines[i + 1])
			g_string_append_printf(out, "%s\n", lines[i]);
	}
}

char *view_shell_word(const char *word)
{
	for (const char *p = word; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr("_./:=,@%+-", *p))
			return g_shell_quote(word);
	return *word ? g_strdup(word) : g_shell_quote(word);
}

char *view_repeat(const struct view_run *v)
{
	g_autofree char *file = view_shell_word(v->file);
	g_autofree char *point = v->scn ? scn_point_text(v->scn, ",") : NULL;
	g_autofree char *word = point ? view_shell_word(point) : NULL;
	GString *s = g_string_new(v->token ? "iommusim replay " : "iommusim run");

	if (v->token)
		g_string_append(s, v->token);
	else if (v->vendor)
		g_string_append_printf(s, " --vendor %s", v->vendor);
	if (v->host && !v->token)
		g_string_append_printf(s, " --host %s", v->host);
	if (v->hardware && !v->token)
		g_string_append_printf(s, " --hardware %s", v->hardware);
	if (word && !v->token)
		g_string_append_printf(s, " --point %s", word);
	g_string_append_printf(s, "%s %s", v->file[0] == '-' ? " --" : "", file);
	return g_string_free(s, FALSE);
}

/* ---- a finding ---- */

/* Of more than @most lines those in the middle are left out; returns false for them. */
static bool told(GString *out, guint i, guint len, guint most)
{
	guint from = most / 2, to = len - (most - most / 2);

	if (len <= most || i < from || i >= to)
		return true;
	if (i == from)
		g_string_append_printf(out, "    ... %u more events (-v shows all)\n", to - from);
	return false;
}

static void history(GString *out, const struct chk_finding *f, guint most, uint32_t until)
{
	guint len = f->history->len;

	while (until && len &&
	       ((const struct chk_step *)g_ptr_array_index(f->history, len - 1))->event > until)
		len--;
	for (guint i = 0; i < len; i++) {
		const struct chk_step *s = g_ptr_array_index(f->history, i);
		g_autofree char *head = g_strdup_printf("    t%-5u line %-4u %-8s", s->event,
							s->line, chk_actor_name(s->actor));

		if (told(out, i, len, most))
			view_text_field(out, head, s->text, 30);
	}
}

static void miss(GString *out, const struct chk_near_miss *m)
{
	g_autoptr(GString) why = g_string_new(m->command);
	g_autofree char *head = g_strdup_printf("      line %-4u", m->line);

	if (m->field != CHK_FIELD_NONE)
		g_string_append_printf(why, " -- %s: want %s, got %s", chk_field_name(m->field),
				       m->want, m->got);
	else
		g_string_append(why, " -- matches");
	if (m->refused)
		g_string_append(why, "; refused by the unit");
	if (m->discarded)
		g_string_append_printf(why, "; discarded by the %s", m->discarded);
	view_text_field(out, head, why->str, 10);
}

/* The field of which at most @most commands came as near or nearer, so that those can be shown. */
static enum chk_field nearest_of(const struct chk_finding *f, guint most)
{
	guint by[CHK_FIELD_NONE + 1] = { 0 }, sum = 0;
	int field = CHK_FIELD_NONE;

	for (guint i = 0; i < f->misses->len; i++)
		by[((const struct chk_near_miss *)g_ptr_array_index(f->misses, i))->field]++;
	while (field >= 0 && sum + by[field] <= most)
		sum += by[field--];
	/* None that came as near as @field fits in whole: then the first of the nearest. */
	return (enum chk_field)(sum ? field + 1 : field);
}

static void misses(GString *out, const struct chk_finding *f, guint most)
{
	enum chk_field nearest = nearest_of(f, most);
	guint shown = 0;

	if (!f->misses->len) {
		g_string_append(out, "    no invalidation was issued since the change\n");
		return;
	}
	g_string_append(out, "    what should have matched, and the first field that did not:\n");
	for (guint i = 0; i < f->misses->len; i++) {
		const struct chk_near_miss *m = g_ptr_array_index(f->misses, i);

		if (m->field < nearest || shown == most)
			continue;
		miss(out, m);
		shown++;
	}
	if (shown < f->misses->len)
		g_string_append_printf(out, "      ... and %u that came no nearer (-v shows all)\n",
				       f->misses->len - shown);
}

static void rule(GString *out, const struct chk_finding *f)
{
	g_autofree char *text = g_strdup_printf("%s (%s)", f->rule, f->rule_source);

	view_text_field(out, "    rule:", text, 8);
}

/* Layers that mend it, each by itself. */
static void repairs(GString *out, const struct chk_finding *f)
{
	g_autoptr(GString) layers = g_string_new(NULL);

	for (unsigned i = 0; i < f->repairs_count; i++)
		if (f->repairs[i].fixes)
			g_string_append_printf(layers, "%s%s", layers->len ? ", or " : "",
					       f->repairs[i].layer);
	if (layers->len)
		view_text_field(out, "    mended by:", layers->str, 8);
}

void view_text_finding(GString *out, const struct chk_finding *f, const char *file,
		       const char *device, const struct view_options *o)
{
	g_autofree char *place = g_strdup_printf("    %s:%u:", file, f->line);
	g_autoptr(GString) why = g_string_new(NULL);

	g_string_append(out, "  ");
	view_text_paint(out, o, "1", scn_kind_name(f->kind));
	if (f->where == IMS_WHERE_MAX)
		g_string_append_printf(out, " %sfor %s", f->kind == SCN_KIND_RULE ? "broken " : "",
				       device);
	else
		g_string_append_printf(out, "%s in the %s of %s", f->latent ? " (latent)" : "",
				       chk_where_name(f->where), device);
	if (f->ctx != IMS_CTX_NONE)
		g_string_append_printf(out, ", PASID %u", f->ctx);
	if (!f->pages->len)
		g_string_append_c(out, '\n');
	else
		g_string_append_printf(out, ", iova " HEX " (%u page%s)\n", f->iova, f->pages->len,
				       f->pages->len == 1 ? "" : "s");
	g_string_append_printf(why, "%s, cause: %s", f->blame, f->cause);
	if (f->gap)
		g_string_append_printf(why, ", not covered: %s", f->gap);
	if (f->refused)
		g_string_append_printf(why, "; the host %s", f->refused);
	if (f->unmarked)
		g_string_append(why, "; the write leaves no mark: a reader of the dirty bitmap "
				     "does not learn of it");
	if (f->has_want)
		g_string_append_printf(why, ", the tables say hpa " HEX, f->want);
	view_text_field(out, "    blame:", why->str, 8);
	if (f->order_text)
		view_text_field(out, "    order, where more than one could go on:", f->order_text,
				8);
	if (f->rung) {
		g_autofree char *from = g_strdup_printf("%s (%s)", f->rung, chk_rung_text(f->rung));

		view_text_field(out, "    fails from:", from, 8);
	}
	if (f->power)
		view_text_field(out, "    power:", f->power, 8);
	if (f->columns)
		view_text_field(out, f->columns[1] ? "    columns:" : "    column:", f->column_text,
				8);
	repairs(out, f);
	view_text_field(out, place, f->step ? f->step : "", 8);
	history(out, f, o->verbose ? G_MAXUINT : HISTORY_SHOWN, o->until);
	if (f->kind == SCN_KIND_RULE || f->kind == SCN_KIND_ORDER)
		rule(out, f);
	else if (f->kind != SCN_KIND_BREACH && f->kind != SCN_KIND_REJECTED &&
		 f->kind != SCN_KIND_LOST_COMPLETION) /* no invalidation was due */
		misses(out, f, o->verbose ? G_MAXUINT : MISSES_SHOWN);
	/* A run of its own: the scenario as it is does not show it. */
	if ((f->deeds || f->order) && f->token)
		g_string_append_printf(out, "  replay: iommusim replay %s\n", f->token);
}

/* ---- a run ---- */

static const char *hardware_of(const struct view_run *v)
{
	return v->result->retentive ? "retentive" : v->scn->hardware;
}

void view_text_head(GString *out, enum chk_verdict verdict, const char *name, const char *vendor,
		    const char *host, const char *hardware, const char *point,
		    const struct view_options *o)
{
	static const char *const words[CHK_VERDICT_MAX] = { "pass ", "FAIL ", "bound",
							    "incon", "vacu ", "ERROR" };
	static const char *const codes[CHK_VERDICT_MAX] = { "32", "31;1", "33", "33", "31", "31;1" };

	view_text_paint(out, o, codes[verdict], words[verdict]);
	g_string_append_printf(out, " %s", name);
	if (vendor)
		g_string_append_printf(out, " [%s, %s, %s%s%s]", vendor, host, hardware,
				       point ? ", " : "", point ? point : "");
}

static void head(GString *out, const struct view_run *v, const struct view_options *o)
{
	g_autofree char *host = v->scn ? scn_policy_text(v->scn) : NULL;
	g_autofree char *point = v->scn ? scn_point_text(v->scn, ", ") : NULL;

	if (v->scn)
		view_text_head(out, v->result->verdict, v->scn->name, v->vendor, host,
			       hardware_of(v), point, o);
	else
		view_text_head(out, v->result->verdict, v->file, NULL, NULL, NULL, NULL, o);
}

/* What devices were served before changes were claimed complete, which hardware may. */
static void windows(GString *out, const struct chk_result *r)
{
	g_autofree char *what = g_strdup_printf(
		COUNT " accesses before the claim, to " COUNT " pages, at most " COUNT
		      " events behind the change; " COUNT " pages exposed by a flush put off",
		r->windows.events, r->windows.pages, r->windows.longest, r->windows.exposed);

	view_text_field(out, "  windows:", what, 11);
}

static void counts(GString *out, const struct view_run *v)
{
	const struct chk_counts *c = &v->result->counts;
	const uint64_t *over = v->result->over;
	g_autofree char *what = g_strdup_printf(COUNT " events, " COUNT " accesses (" COUNT
						      " refused); commands: " COUNT " guest, " COUNT
						      " hardware; " COUNT " host calls",
						c->events, c->dma, c->faults, c->guest_commands,
						c->hw_commands, c->host_calls);
	g_autofree char *dropped =
		g_strdup_printf(COUNT " entries: " COUNT " necessary, " COUNT
				      " architectural, " COUNT " host, " COUNT " cross-tenant",
				c->dropped, over[SCN_OVER_NECESSARY], over[SCN_OVER_ARCHITECTURAL],
				over[SCN_OVER_HOST], over[SCN_OVER_CROSS_TENANT]);

	view_text_field(out, "  counts: ", what, 11);
	view_text_field(out, "  dropped:", dropped, 11);
	windows(out, v->result);
	if (v->result->unsearched)
		view_text_field(out, "  not searched:", v->result->unsearched, 11);
}

/* What went wrong without a finding to tell of it. */
static void reason(GString *out, const struct chk_result *r)
{
	if (r->internal)
		view_text_field(out, "  internal error, please report it:", r->reason, 8);
	else if (r->verdict == CHK_ERROR)
		view_text_error(out, r->reason);
	else
		view_text_field(out, "  why:", r->reason, 7);
}

static void findings(GString *out, const struct view_run *v, const struct view_options *o)
{
	for (guint i = 0; i < v->result->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(v->result->findings, i);
		g_autofree char *device = g_strdup_printf(
			"%s.%s", g_array_index(v->scn->vms, struct scn_vm, f->vm).name,
			g_array_index(v->scn->devices, struct scn_device, f->dev).name);

		view_text_finding(out, f, v->file, device, o);
	}
}

/* Where to read what they mean: a line for each kind and cause. */
static void pages(GString *out, const struct chk_result *r)
{
	g_autoptr(GPtrArray) told = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(r->findings, i);
		char *ids = g_strdup_printf("%s %s", scn_kind_name(f->kind), f->cause);

		if (g_ptr_array_find_with_equal_func(told, ids, g_str_equal, NULL)) {
			g_free(ids);
			continue;
		}
		g_ptr_array_add(told, ids);
		g_string_append_printf(out, "  explain: iommusim explain %s\n", ids);
	}
}

/* What a pass has to say of its findings. */
static void found(GString *out, const struct view_run *v)
{
	guint n = v->result->findings->len;

	if (v->scn->fail->len)
		g_string_append_printf(out, " as expected: %u finding%s", n, n == 1 ? "" : "s");
	else
		g_string_append_printf(out, " with %u finding%s that 'never' does not name", n,
				       n == 1 ? "" : "s");
}

void view_text_run(GString *out, const struct view_run *v, const struct view_options *o)
{
	const struct chk_result *r = v->result;
	bool good = r->verdict == CHK_PASS;

	if (good && o->quiet)
		return;
	head(out, v, o);
	if (good && r->findings->len)
		found(out, v);
	if (v->scn && r->windows.exposed)
		g_string_append_printf(out, ", " COUNT " page%s exposed by a flush put off",
				       r->windows.exposed, r->windows.exposed == 1 ? "" : "s");
	g_string_append_c(out, '\n');
	if (o->verbose && v->scn)
		counts(out, v);
	if (good && !o->verbose && !o->found)
		return;
	if (r->reason)
		reason(out, r);
	findings(out, v, o);
	if (!good && v->scn) {
		g_autofree char *repeat = view_repeat(v);

		g_string_append_printf(out, "  repeat: %s\n", repeat);
		pages(out, r);
	}
}

void view_text_totals(GString *out, const struct view_run *runs, guint count,
		      const struct view_options *o)
{
	g_autoptr(GString) kinds = g_string_new(NULL);
	guint by[CHK_VERDICT_MAX] = { 0 };
	uint32_t not_judged = 0;
	bool retentive = false;

	for (guint i = 0; i < count; i++) {
		by[runs[i].result->verdict]++;
		not_judged |= runs[i].result->not_judged;
		retentive |= runs[i].result->retentive;
	}
	if (o->quiet && by[CHK_PASS] == count)
		return;
	g_string_append_printf(out, "%u run%s: %u pass, %u fail", count, count == 1 ? "" : "s",
			       by[CHK_PASS], by[CHK_FAIL] + by[CHK_VACUOUS]);
	if (by[CHK_BOUNDED] + by[CHK_INCONCLUSIVE])
		g_string_append_printf(out, ", %u inconclusive",
				       by[CHK_BOUNDED] + by[CHK_INCONCLUSIVE]);
	g_string_append_printf(out, ", %u error\n", by[CHK_ERROR]);
	for (unsigned k = 0; k < SCN_KIND_MAX; k++)
		if (not_judged & 1u << k)
			g_string_append_printf(kinds, "%s%s", kinds->len ? ", " : "",
					       scn_kind_name((enum scn_kind)k));
	if (kinds->len)
		view_text_field(out, "not judged:", kinds->str, 4);
	if (retentive)
		g_string_append(
			out,
			"retentive: unbounded caches, filled on access, that drop only what they must\n");
}
