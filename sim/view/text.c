/* SPDX-License-Identifier: MIT */
/* The report for people: one line for a pass, the whole story for a failure. */
#include <string.h>

#include "sim/view/view.h"

#define HEX "0x%" G_GINT64_MODIFIER "x"
#define WIDTH 80

static void paint(GString *out, const struct view_options *o, const char *code, const char *text)
{
	if (o->color)
		g_string_append_printf(out, "\033[%sm%s\033[0m", code, text);
	else
		g_string_append(out, text);
}

/* Text broken at blanks so that lines end before column 80; continued @indent deep. */
static void wrapped(GString *out, const char *text, unsigned column, unsigned indent)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);

	for (guint i = 0; words[i]; i++) {
		unsigned len = (unsigned)g_utf8_strlen(words[i], -1);

		if (i && column + 1 + len >= WIDTH) {
			g_string_append_printf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (i) {
			g_string_append_c(out, ' ');
			column++;
		}
		g_string_append(out, words[i]);
		column += len;
	}
	g_string_append_c(out, '\n');
}

static void field_line(GString *out, unsigned indent, const char *head, const char *text)
{
	g_string_append_printf(out, "%*s%s ", (int)indent, "", head);
	wrapped(out, text, indent + (unsigned)strlen(head) + 1, indent + 4);
}

static void history(GString *out, const struct chk_finding *f)
{
	for (guint i = 0; i < f->history->len; i++) {
		const struct chk_step *s = g_ptr_array_index(f->history, i);
		g_autofree char *head = g_strdup_printf("t%-5u line %-4u %-8s", s->event, s->line,
							chk_actor_name(s->actor));

		g_string_append_printf(out, "    %s ", head);
		wrapped(out, s->text, 5 + (unsigned)strlen(head), 29);
	}
}

static void misses(GString *out, const struct chk_finding *f)
{
	if (!f->misses->len) {
		g_string_append(out, "    no invalidation was issued since the change\n");
		return;
	}
	g_string_append(out, "    what should have matched, and the first field that did not:\n");
	for (guint i = 0; i < f->misses->len; i++) {
		const struct chk_near_miss *m = g_ptr_array_index(f->misses, i);
		g_autoptr(GString) why = g_string_new(m->command);
		g_autofree char *head = g_strdup_printf("line %-4u", m->line);

		if (m->field != CHK_FIELD_NONE)
			g_string_append_printf(why, " -- %s: want %s, got %s", chk_field_name(m->field), m->want,
					       m->got);
		else
			g_string_append(why, " -- matches");
		if (m->discarded)
			g_string_append_printf(why, "; discarded by the %s", m->discarded);
		field_line(out, 6, head, why->str);
	}
}

void view_text_finding(GString *out, const struct chk_finding *f, const char *file, const char *device,
		       const struct view_options *o)
{
	g_autofree char *place = g_strdup_printf("%s:%u:", file ? file : "recording", f->line);
	g_autofree char *pasid = f->ctx == IMS_CTX_NONE ? g_strdup("") : g_strdup_printf(", PASID %u", f->ctx);

	g_string_append(out, "  ");
	paint(out, o, "1", scn_kind_name(f->kind));
	g_string_append_printf(out, "%s in the %s of %s%s, iova " HEX, f->latent ? " (latent)" : "",
			       chk_where_name(f->where), device, pasid, f->iova);
	g_string_append_printf(out, " (%u page%s)\n", f->pages->len, f->pages->len == 1 ? "" : "s");
	g_string_append_printf(out, "    blame: %s, cause: %s", f->blame, f->cause);
	if (f->gap)
		g_string_append_printf(out, ", not covered: %s", f->gap);
	if (f->has_want)
		g_string_append_printf(out, ", the tables say hpa " HEX, f->want);
	g_string_append_c(out, '\n');
	field_line(out, 4, place, f->step ? f->step : "");
	history(out, f);
	misses(out, f);
}

static const char *hardware_of(const struct view_run *v)
{
	return v->result->retentive ? "retentive" : v->scn->hardware;
}

static void head(GString *out, const struct view_run *v, const struct view_options *o)
{
	static const char *const words[CHK_VERDICT_MAX] = { "pass ", "FAIL ", "bound", "incon", "vacu ", "ERROR" };
	static const char *const codes[CHK_VERDICT_MAX] = { "32", "31;1", "33", "33", "31", "31;1" };

	paint(out, o, codes[v->result->verdict], words[v->result->verdict]);
	if (v->scn)
		g_string_append_printf(out, " %s [%s, %s, %s]", v->scn->name, v->vendor, v->scn->host,
				       hardware_of(v));
	else
		g_string_append_printf(out, " %s", v->file);
}

static void counts(GString *out, const struct view_run *v)
{
	const struct chk_counts *c = &v->result->counts;
	const uint64_t *over = v->result->over;

	g_string_append_printf(out,
			       "  %" G_GUINT64_FORMAT " events, %" G_GUINT64_FORMAT " accesses (%" G_GUINT64_FORMAT
			       " refused), commands: %" G_GUINT64_FORMAT " guest, %" G_GUINT64_FORMAT
			       " hardware, %" G_GUINT64_FORMAT " host calls\n",
			       c->events, c->dma, c->faults, c->guest_commands, c->hw_commands, c->host_calls);
	g_string_append_printf(out,
			       "  dropped %" G_GUINT64_FORMAT ": necessary %" G_GUINT64_FORMAT
			       ", architectural %" G_GUINT64_FORMAT ", host %" G_GUINT64_FORMAT
			       ", cross-tenant %" G_GUINT64_FORMAT "\n",
			       c->dropped, over[SCN_OVER_NECESSARY], over[SCN_OVER_ARCHITECTURAL],
			       over[SCN_OVER_HOST], over[SCN_OVER_CROSS_TENANT]);
}

void view_text_run(GString *out, const struct view_run *v, const struct view_options *o)
{
	const struct chk_result *r = v->result;
	bool good = r->verdict == CHK_PASS;

	if (good && o->quiet)
		return;
	head(out, v, o);
	if (good && r->findings->len)
		g_string_append_printf(out, " as expected: %u finding%s", r->findings->len,
				       r->findings->len == 1 ? "" : "s");
	g_string_append_c(out, '\n');
	if (o->verbose && v->scn)
		counts(out, v);
	if (good && !o->verbose)
		return;
	if (r->reason && r->verdict == CHK_ERROR)
		g_string_append_printf(out, "%s%s", r->reason, g_str_has_suffix(r->reason, "\n") ? "" : "\n");
	else if (r->reason)
		field_line(out, 2, "why:", r->reason);
	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(r->findings, i);
		g_autofree char *device =
			g_strdup_printf("%s.%s", g_array_index(v->scn->vms, struct scn_vm, f->vm).name,
					g_array_index(v->scn->devices, struct scn_device, f->dev).name);

		view_text_finding(out, f, v->file, device, o);
	}
	if (!good && v->scn)
		g_string_append_printf(out, "  repeat: iommusim run --vendor %s %s\n", v->vendor, v->file);
}

void view_text_totals(GString *out, const struct view_run *runs, guint count, const struct view_options *o)
{
	g_autoptr(GString) kinds = g_string_new(NULL);
	guint by[CHK_VERDICT_MAX] = { 0 };
	uint32_t not_judged = 0;
	bool retentive = false;

	(void)o;
	for (guint i = 0; i < count; i++) {
		by[runs[i].result->verdict]++;
		not_judged |= runs[i].result->not_judged;
		retentive |= runs[i].result->retentive;
	}
	g_string_append_printf(out, "%u run%s: %u pass, %u fail, %u error\n", count, count == 1 ? "" : "s",
			       by[CHK_PASS], by[CHK_FAIL] + by[CHK_VACUOUS], by[CHK_ERROR]);
	for (unsigned k = 0; k < SCN_KIND_MAX; k++)
		if (not_judged & 1u << k)
			g_string_append_printf(kinds, "%s%s", kinds->len ? ", " : "",
					       scn_kind_name((enum scn_kind)k));
	if (kinds->len)
		field_line(out, 0, "not judged:", kinds->str);
	if (retentive)
		g_string_append(out, "retentive: unbounded caches, filled on access, that drop only what they must\n");
}
