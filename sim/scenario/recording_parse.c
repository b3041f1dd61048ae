/* SPDX-License-Identifier: MIT */
/*
 * The lines of a recording, read by the table of scenarios/recorded/README.md.
 * The format has no comments and no spare blanks, so anything else on a line is
 * a damaged file and is refused where it stands.
 */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/scenario/recording_parts.h"

enum field {
	F_END,
	F_NAME,
	F_TIME,
	F_SID,
	F_IOVA,
	F_PAGE, /* an IOVA that is page-aligned */
	F_SIZE,
	F_PA,
	F_PAGE_PA,
	F_QW,
	F_VALUE,
	F_NOTHING, /* a number that means nothing */
	F_ACCESS,
	F_MAX,
};

#define FIELDS_MAX 4

/* What one line says. */
struct values {
	uint32_t sid;
	uint32_t n_qw;
	uint64_t iova, size, pa;
	uint64_t qw[FIELDS_MAX];
};

struct line_kind {
	const char *name;
	const char *usage;
	enum rec_kind kind;
	unsigned needed; /* fields; those after may be missing */
	enum field fields[FIELDS_MAX + 1];
	bool (*add)(struct rec_work *w, const struct line_kind *k, const struct values *v,
		    uint32_t line);
};

/* One line on its way through the fields. */
struct cursor {
	struct rec_work *w;
	const struct line_kind *kind;
	uint32_t line;
	const char *start, *at, *end;
};

static struct scn_report *G_GNUC_PRINTF(3, 4)
	fail(struct cursor *c, size_t width, const char *fmt, ...)
{
	struct scn_mark mark = { .line = c->line, .col = (uint32_t)(c->at - c->start) + 1 };
	struct scn_report *r;
	char *text;
	va_list ap;

	va_start(ap, fmt);
	text = g_strdup_vprintf(fmt, ap);
	va_end(ap);
	r = scn_diag_add(&c->w->diag, mark, (uint32_t)width, "%s", text);
	if (c->kind)
		scn_report_help(r, "the line is '%s'", c->kind->usage);
	g_free(text);
	return r;
}

static bool fail_field(struct cursor *c, size_t len, const char *what)
{
	char *text = g_strndup(c->at, len);
	char *quoted = scn_quote(text);

	fail(c, len, "'%s' %s", quoted, what);
	g_free(quoted);
	g_free(text);
	return false;
}

/* A number in C notation; says what is wrong, or returns NULL. */
static const char *parse_number(const char *p, size_t len, uint64_t *ret)
{
	const char *end = p + len;
	unsigned base = 10;

	if (len > 2 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
		base = 16;
		p += 2;
	} else if (len > 1 && p[0] == '0') {
		base = 8;
	}
	*ret = 0;
	for (; p < end; p++) {
		int digit = g_ascii_xdigit_value(*p);

		if (digit < 0 || (unsigned)digit >= base)
			return "is not a number";
		if (*ret > (UINT64_MAX - (unsigned)digit) / base)
			return "does not fit in 64 bits";
		*ret = *ret * base + (unsigned)digit;
	}
	return NULL;
}

/* Seconds with a fraction; the value itself is not used. */
static bool is_time(const char *p, size_t len)
{
	size_t dots = 0;

	for (size_t i = 0; i < len; i++) {
		if (p[i] == '.')
			dots++;
		else if (!g_ascii_isdigit(p[i]))
			return false;
	}
	return dots <= 1 && g_ascii_isdigit(p[0]) && g_ascii_isdigit(p[len - 1]);
}

static const char *check_value(enum field f, uint64_t n, const struct values *v)
{
	if (f == F_SID && n > UINT32_MAX)
		return "is not a requester id: it does not fit in 32 bits";
	if ((f == F_PAGE || f == F_PAGE_PA || f == F_SIZE) && n % REC_PAGE_BYTES)
		return "is not a multiple of the page size, 0x1000";
	if (f == F_SIZE && n == 0)
		return "is not a size";
	if (f == F_SIZE && n - 1 > UINT64_MAX - v->iova)
		return "reaches beyond the last address";
	if (f == F_PAGE_PA && v->size - 1 > UINT64_MAX - n)
		return "reaches beyond the last address";
	return NULL;
}

static void take_value(enum field f, uint64_t n, struct values *v)
{
	switch (f) {
	case F_SID:
		v->sid = (uint32_t)n;
		break;
	case F_IOVA:
	case F_PAGE:
		v->iova = n;
		break;
	case F_SIZE:
		v->size = n;
		break;
	case F_PA:
	case F_PAGE_PA:
		v->pa = n;
		break;
	case F_QW:
	case F_VALUE:
		v->qw[v->n_qw++] = n;
		break;
	default:
		break;
	}
}

static bool read_field(struct cursor *c, enum field f, size_t len, struct values *v)
{
	const char *wrong;
	uint64_t n;

	if (f == F_NAME)
		return true;
	if (f == F_TIME)
		return is_time(c->at, len) || fail_field(c, len, "is not a time in seconds");
	if (f == F_ACCESS)
		return (len == 1 && (*c->at == 'r' || *c->at == 'w')) ||
		       fail_field(c, len, "is neither r nor w");
	wrong = parse_number(c->at, len, &n);
	if (!wrong)
		wrong = check_value(f, n, v);
	if (wrong)
		return fail_field(c, len, wrong);
	take_value(f, n, v);
	return true;
}

/* Length of the field at the cursor; false with an error if there is none. */
static bool field_len(struct cursor *c, size_t *ret)
{
	const char *blank = memchr(c->at, ' ', (size_t)(c->end - c->at));

	*ret = (size_t)((blank ? blank : c->end) - c->at);
	if (*ret)
		return true;
	fail(c, 1, "a field is empty: fields are split by one space");
	return false;
}

static bool read_fields(struct cursor *c, struct values *v)
{
	const struct line_kind *k = c->kind;
	unsigned i;

	for (i = 0; k->fields[i] != F_END; i++) {
		size_t len;

		if (c->at == c->end) {
			if (i >= k->needed)
				return true;
			fail(c, 1, "the '%s' line ends after %u of its %u fields", k->name, i,
			     k->needed);
			return false;
		}
		c->at++; /* the space */
		if (!field_len(c, &len) || !read_field(c, k->fields[i], len, v))
			return false;
		c->at += len;
	}
	if (c->at == c->end)
		return true;
	c->at++;
	fail(c, (size_t)(c->end - c->at), "something follows the last field of the '%s' line",
	     k->name);
	return false;
}

static void add_event(struct rec_work *w, const struct line_kind *k, const struct values *v,
		      uint32_t line)
{
	struct rec_event e = { .kind = k->kind,
			       .line = line,
			       .at = line,
			       .sid = v->sid,
			       .iova = v->iova,
			       .pa = v->pa };

	e.n_qw = v->n_qw;
	memcpy(e.qw, v->qw, sizeof(e.qw));
	if (k->kind == REC_XLAT)
		e.size = REC_PAGE_BYTES;
	g_array_append_val(w->base, e);
}

static bool add_cmd(struct rec_work *w, const struct line_kind *k, const struct values *v,
		    uint32_t line)
{
	struct rec_cmd cmd = { .line = line, .event = w->base->len };
	struct rec_event *e;

	if (!w->vendor->unit(w->vendor->ctx, v->qw, v->n_qw, &cmd.unit)) {
		rec_line_error(w, line, "%s",
			       cmd.unit.error ? cmd.unit.error :
						"the words are no command of this IOMMU");
		return false;
	}
	add_event(w, k, v, line);
	e = &g_array_index(w->base, struct rec_event, cmd.event);
	e->cmd_index = w->cmds->len;
	if (cmd.unit.kind == REC_UNIT_PAGES) {
		IMS_ASSERT(cmd.unit.first <= cmd.unit.last);
		IMS_ASSERT(!(cmd.unit.first & ~REC_PAGE_MASK) &&
			   !(~cmd.unit.last & ~REC_PAGE_MASK));
		e->tag = cmd.unit.tag;
	}
	g_array_append_val(w->cmds, cmd);
	w->counts.cmds++;
	return true;
}

static bool add_xlat(struct rec_work *w, const struct line_kind *k, const struct values *v,
		     uint32_t line)
{
	struct rec_xlat x = { .line = line, .event = w->base->len, .sid = v->sid, .pa = v->pa };

	x.page = v->iova & REC_PAGE_MASK;
	if (w->vendor->answer != REC_ANSWER_LEAF)
		x.pa &= REC_PAGE_MASK;
	add_event(w, k, v, line);
	g_array_append_val(w->xlats, x);
	w->counts.xlats++;
	return true;
}

static bool add_drv(struct rec_work *w, const struct line_kind *k, const struct values *v,
		    uint32_t line)
{
	struct rec_drv d = {
		.line = line, .unmap = k->kind == REC_UNMAP, .unit = REC_NO_UNIT, .pa = v->pa
	};

	d.first = v->iova;
	d.last = v->iova + v->size - 1;
	g_array_append_val(w->drvs, d);
	if (d.unmap)
		w->counts.drv_unmaps++;
	else
		w->counts.drv_maps++;
	return true;
}

static bool add_reg(struct rec_work *w, const struct line_kind *k, const struct values *v,
		    uint32_t line)
{
	add_event(w, k, v, line);
	w->counts.regs++;
	return true;
}

static bool add_mark(struct rec_work *w, const struct line_kind *k, const struct values *v,
		     uint32_t line)
{
	add_event(w, k, v, line);
	w->counts.marks++;
	return true;
}

static bool add_refused(struct rec_work *w, const struct line_kind *k, const struct values *v,
			uint32_t line)
{
	add_event(w, k, v, line);
	w->counts.refused++;
	return true;
}

/* scenarios/recorded/README.md, first table. */
/* clang-format off */
static const struct line_kind line_kinds[] = {
	{ "reg", "reg NAME VALUE [WORD]", REC_REG, 2, { F_NAME, F_VALUE, F_NAME }, add_reg },
	{ "cmd", "cmd QW0 QW1 [QW2 QW3]", REC_CMD, 2, { F_QW, F_QW, F_QW, F_QW }, add_cmd },
	{ "xlat", "xlat SID IOVA PA 0x1000", REC_XLAT, 4,
	  { F_SID, F_IOVA, F_PA, F_NOTHING }, add_xlat },
	{ "bypass", "bypass SID IOVA", REC_OTHER, 2, { F_SID, F_IOVA }, add_refused },
	{ "abort", "abort SID IOVA", REC_OTHER, 2, { F_SID, F_IOVA }, add_refused },
	{ "fault", "fault SID IOVA CODE r|w", REC_OTHER, 4,
	  { F_SID, F_IOVA, F_NOTHING, F_ACCESS }, add_refused },
	{ "event", "event NAME SID", REC_OTHER, 2, { F_NAME, F_SID }, add_refused },
	{ "drv-map", "drv-map TIME IOVA SIZE PA", REC_MAP, 4,
	  { F_TIME, F_PAGE, F_SIZE, F_PAGE_PA }, add_drv },
	{ "drv-unmap", "drv-unmap TIME IOVA SIZE", REC_UNMAP, 3,
	  { F_TIME, F_PAGE, F_SIZE }, add_drv },
	{ "mark", "mark NAME", REC_OTHER, 1, { F_NAME }, add_mark },
};
/* clang-format on */

static void unknown_kind(struct cursor *c, size_t len)
{
	char *word = g_strndup(c->at, len);
	char *quoted = scn_quote(word);
	GPtrArray *names = g_ptr_array_new();

	for (size_t i = 0; i < G_N_ELEMENTS(line_kinds); i++)
		g_ptr_array_add(names, (gpointer)(guintptr)line_kinds[i].name);
	scn_report_words(fail(c, len, "unknown line '%s'", quoted), word, "a line begins with",
			 names);
	g_ptr_array_free(names, TRUE);
	g_free(quoted);
	g_free(word);
}

static bool read_line(struct cursor *c)
{
	struct values v = { 0 };
	size_t len;

	for (const char *p = c->start; p < c->end && p - c->start < REC_LINE_BYTES_MAX; p++) {
		if ((unsigned char)*p >= 0x20 && (unsigned char)*p < 0x7f)
			continue;
		c->at = p;
		fail(c, 1, "byte 0x%02x: a recording is plain text, its lines end with one newline",
		     (unsigned)(unsigned char)*p);
		return false;
	}
	if (c->end - c->start > REC_LINE_BYTES_MAX) {
		c->at = c->start + REC_LINE_BYTES_MAX;
		fail(c, 1, "the line is longer than %d bytes", REC_LINE_BYTES_MAX);
		return false;
	}
	if (c->start == c->end) {
		fail(c, 1, "the line is empty");
		return false;
	}
	if (!field_len(c, &len))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(line_kinds); i++) {
		const struct line_kind *k = &line_kinds[i];

		if (strlen(k->name) != len || memcmp(k->name, c->at, len) != 0)
			continue;
		c->kind = k;
		c->at += len;
		return read_fields(c, &v) && k->add(c->w, k, &v, c->line);
	}
	unknown_kind(c, len);
	return false;
}

bool rec_parse(struct rec_work *w)
{
	const char *p = w->diag.text;
	const char *end = p + w->diag.len;
	struct cursor c = { .w = w };

	if (p == end) {
		rec_line_error(w, 1, "the recording is empty");
		return false;
	}
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		c.kind = NULL;
		c.line++;
		c.start = p;
		c.end = nl ? nl : end;
		c.at = p;
		if (c.line > REC_LINES_MAX) {
			fail(&c, 1, "more than %u lines", REC_LINES_MAX);
			return false;
		}
		if (!read_line(&c))
			return false;
		if (!nl) {
			c.at = end;
			fail(&c, 1, "the last line has no newline: the recording is cut short");
			return false;
		}
		p = nl + 1;
	}
	w->counts.lines = c.line;
	return true;
}
