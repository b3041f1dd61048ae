/* SPDX-License-Identifier: MIT */
#include "sim/scenario/load_diag.h"

#include <string.h>

#include "sim/scenario/suggest.h"

/* A source line is shown whole up to here; of a longer one, the part around the caret. */
#define LINE_SHOWN  120
#define QUOTE_SHOWN 48
#define WORDS_SHOWN 24

static void report_free(gpointer data)
{
	struct scn_report *r = data;

	g_free(r->message);
	g_free(r->help);
	g_free(r->note);
	g_free(r->point);
	g_free(r);
}

void scn_diag_init(struct scn_diag *d, const char *file, const char *text, size_t len)
{
	*d = (struct scn_diag){ .file = file, .text = text, .len = len, .code = SCN_ERROR_CONTENT };
	d->reports = g_ptr_array_new_with_free_func(report_free);
}

void scn_diag_clear(struct scn_diag *d)
{
	g_ptr_array_free(d->reports, TRUE);
	d->reports = NULL;
}

void scn_diag_point(struct scn_diag *d, const char *point)
{
	d->points++;
	d->point = point;
}

static void count_point(const struct scn_diag *d, struct scn_report *r)
{
	r->points += r->last_point != d->points;
	r->last_point = d->points;
}

struct scn_report *scn_diag_add(struct scn_diag *d, struct scn_mark mark, uint32_t width,
				const char *fmt, ...)
{
	struct scn_report *r;
	va_list ap;

	for (guint i = 0; i < d->reports->len; i++) {
		r = g_ptr_array_index(d->reports, i);
		if (r->mark.line == mark.line && r->mark.col == mark.col) {
			count_point(d, r);
			return NULL;
		}
	}
	d->cnt++;
	if (d->reports->len == SCN_REPORTS_KEPT)
		return NULL;
	r = g_new0(struct scn_report, 1);
	r->mark = mark;
	r->width = width;
	r->seq = d->cnt;
	r->point = g_strdup(d->point);
	count_point(d, r);
	va_start(ap, fmt);
	r->message = g_strdup_vprintf(fmt, ap);
	va_end(ap);
	g_ptr_array_add(d->reports, r);
	return r;
}

void scn_report_help(struct scn_report *r, const char *fmt, ...)
{
	va_list ap;

	if (!r)
		return;
	g_free(r->help);
	va_start(ap, fmt);
	r->help = g_strdup_vprintf(fmt, ap);
	va_end(ap);
}

void scn_report_note(struct scn_report *r, const char *fmt, ...)
{
	va_list ap;

	if (!r)
		return;
	g_free(r->note);
	va_start(ap, fmt);
	r->note = g_strdup_vprintf(fmt, ap);
	va_end(ap);
}

void scn_report_words(struct scn_report *r, const char *word, const char *what,
		      const GPtrArray *words)
{
	const char *near;
	GString *help;

	if (!r || words->len == 0)
		return;
	near = scn_nearest(word, words);
	help = g_string_new(NULL);
	if (near)
		g_string_printf(help, "did you mean '%s'? ", near);
	g_string_append_printf(help, "%s:", what);
	for (guint i = 0; i < words->len; i++) {
		if (i == WORDS_SHOWN) {
			g_string_append(help, ", ...");
			break;
		}
		g_string_append_printf(help, "%s %s", i ? "," : "",
				       (const char *)g_ptr_array_index(words, i));
	}
	scn_report_help(r, "%s", help->str);
	g_string_free(help, TRUE);
}

/* Bytes of the line break at @p, 0 if there is none. The breaks are those the parser counts. */
static size_t break_len(const char *p, const char *end)
{
	size_t left = (size_t)(end - p);

	if (*p == '\n')
		return 1;
	if (*p == '\r')
		return left > 1 && p[1] == '\n' ? 2 : 1;
	if (left > 1 && !memcmp(p, "\xc2\x85", 2)) /* U+0085 */
		return 2;
	if (left > 2 &&
	    (!memcmp(p, "\xe2\x80\xa8", 3) || !memcmp(p, "\xe2\x80\xa9", 3))) /* U+2028, U+2029 */
		return 3;
	return 0;
}

/* The next character; a byte that belongs to none counts as one. */
static const char *next_char(const char *p, const char *end)
{
	p++;
	while (p < end && ((unsigned char)*p & 0xc0) == 0x80)
		p++;
	return p;
}

struct scn_mark scn_diag_mark(const struct scn_diag *d, size_t offset)
{
	struct scn_mark mark = { .line = 1, .col = 1 };
	const char *p = d->text;
	const char *end = d->text + d->len;
	const char *at = d->text + offset;

	while (p < at && p < end) {
		size_t brk = break_len(p, end);

		if (brk) {
			p += brk;
			mark.line++;
			mark.col = 1;
		} else {
			p = next_char(p, end);
			mark.col++;
		}
	}
	return mark;
}

static const char *find_line(const struct scn_diag *d, uint32_t line, const char **ret_end)
{
	const char *end = d->text + d->len;
	const char *start = d->text;
	const char *p = start;

	for (uint32_t at = 1; p < end; p = next_char(p, end)) {
		size_t brk = break_len(p, end);

		if (!brk)
			continue;
		if (at++ == line)
			break;
		p += brk - 1;
		start = p + 1;
	}
	*ret_end = p;
	return start;
}

/* Appends one character of a source line, harmless: what a terminal acts on becomes '?'. */
static void append_char(GString *out, const char *p, const char *end)
{
	const char *next = next_char(p, end);
	unsigned char c = (unsigned char)*p;
	gunichar u = g_utf8_get_char_validated(p, next - p);

	if (c == '\t')
		g_string_append_c(out, '\t');
	else if (c < 0x20 || u == (gunichar)-1 || u == (gunichar)-2 || g_unichar_iscntrl(u))
		g_string_append_c(out, '?');
	else
		g_string_append_len(out, p, next - p);
}

static void append_source(GString *out, const struct scn_diag *d, const struct scn_report *r)
{
	const char *end;
	const char *p = find_line(d, r->mark.line, &end);
	uint32_t first = r->mark.col > LINE_SHOWN - 20 ? r->mark.col - (LINE_SHOWN - 20) : 1;
	uint32_t width = MAX(r->width, 1);
	uint32_t col = 1;
	GString *caret = g_string_new(NULL);

	g_string_append_printf(out, "\n%5u | %s", r->mark.line, first > 1 ? "..." : "");
	g_string_append_printf(caret, "\n      | %s", first > 1 ? "   " : "");
	for (; p < end && col < first + LINE_SHOWN; p = next_char(p, end), col++) {
		if (col < first)
			continue;
		append_char(out, p, end);
		if (col < r->mark.col)
			g_string_append_c(caret, *p == '\t' ? '\t' : ' ');
	}
	if (p < end)
		g_string_append(out, "...");
	g_string_append_c(caret, '^');
	for (uint32_t i = 1; i < width && r->mark.col + i < col; i++)
		g_string_append_c(caret, '~');
	g_string_append_len(out, caret->str, (gssize)caret->len);
	g_string_free(caret, TRUE);
}

static gint by_place(gconstpointer a, gconstpointer b)
{
	const struct scn_report *x = *(struct scn_report *const *)a;
	const struct scn_report *y = *(struct scn_report *const *)b;

	if (x->mark.line != y->mark.line)
		return x->mark.line < y->mark.line ? -1 : 1;
	if (x->mark.col != y->mark.col)
		return x->mark.col < y->mark.col ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

char *scn_quote(const char *text)
{
	const char *end = text + strlen(text);
	GString *out = g_string_new(NULL);
	unsigned cnt = 0;

	for (const char *p = text; p < end; p = next_char(p, end)) {
		if (cnt++ == QUOTE_SHOWN) {
			g_string_append(out, "...");
			break;
		}
		if (*p == '\t')
			g_string_append_c(out, ' ');
		else
			append_char(out, p, end);
	}
	return g_string_free(out, FALSE);
}

bool scn_diag_finish(struct scn_diag *d, GError **error)
{
	GString *out;

	if (d->cnt == 0)
		return false;
	g_ptr_array_sort(d->reports, by_place);
	out = g_string_new(NULL);
	for (guint i = 0; i < d->reports->len && i < SCN_REPORTS_SHOWN; i++) {
		const struct scn_report *r = g_ptr_array_index(d->reports, i);

		g_string_append_printf(out, "%s%s", i ? "\n" : "", d->file);
		if (r->mark.line)
			g_string_append_printf(out, ":%u:%u", r->mark.line, r->mark.col);
		g_string_append_printf(out, ": error: %s", r->message);
		if (r->mark.line)
			append_source(out, d, r);
		if (r->help)
			g_string_append_printf(out, "\n      = help: %s", r->help);
		if (r->note)
			g_string_append_printf(out, "\n      = note: %s", r->note);
		if (r->point && r->points < d->points)
			g_string_append_printf(out, "\n      = note: at the point %s", r->point);
	}
	if (d->cnt > SCN_REPORTS_SHOWN)
		g_string_append_printf(out, "\n%s: %u more not shown", d->file,
				       d->cnt - SCN_REPORTS_SHOWN);
	g_set_error_literal(error, SCN_ERROR, (gint)d->code, out->str);
	g_string_free(out, TRUE);
	return true;
}
