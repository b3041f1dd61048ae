/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sim/explore/token.h"
#include "sim/explore/token_bytes.h"

/*
 * Raised by whoever has the instants of a run, or the look-ups within one, come in another order, and
 * by whoever has the choices mean something else.
 */
#define ENGINE 1

#define PREFIX	   "v1."
#define CHECK	   4 /* bytes, of a hash of all that stands before */
#define ACTORS_MAX (1u << 20)
#define POINTS_MAX (1u << 20)

static const char *const modes[] = { "adversarial", "concrete" };

/* ---- hashes ---- */

static uint32_t hash32(const char *text, gsize len)
{
	return (uint32_t)(scn_text_hash(text, len) >> 32);
}

static uint16_t name_hash(const struct scn *scn)
{
	return (uint16_t)(hash32(scn->name, strlen(scn->name)) >> 16);
}

static void put_caches(GString *s, const struct ims_model *m)
{
	for (unsigned i = 0; i < m->caches_count; i++) {
		const struct ims_cache_def *c = &m->caches[i];

		g_string_append_printf(s, "%s %u %u %u %u %u\n", c->name, c->where, c->stage,
				       c->lookup, c->primary, c->worlds);
	}
}

/* What of the vendor's tables a run stands on; their order is that in which they are asked. */
static void put_vendor(GString *s, const struct ims_model *m)
{
	g_string_append_printf(s, "%s\n", m->name);
	put_caches(s, m);
	for (unsigned i = 0; i < m->rows_count; i++)
		g_string_append_printf(s, "%s\n", m->rows[i].title);
	for (unsigned i = 0; i < m->params_count; i++)
		g_string_append_printf(s, "%s %u %u\n", m->params[i].name, m->params[i].value,
				       m->params[i].adversarial);
	for (unsigned i = 0; i < m->orders_count; i++)
		g_string_append_printf(s, "%s %s\n", m->orders[i].earlier, m->orders[i].later);
}

static uint32_t machine_hash(const struct scn *scn, const struct ims_model *m)
{
	g_autoptr(GString) s = g_string_new(NULL);
	struct ims_policy policy;
	uint64_t differ;

	put_vendor(s, m);
	g_string_append_printf(s, "%s\n", scn->host);
	/* A host that this vendor does not have has no answers: with it there is no run. */
	for (unsigned i = 0; scn_policy_of(scn, m, &policy, &differ, NULL) && i < IMS_COLUMNS; i++)
		g_string_append_printf(s, "%s.%s %u\n", ims_columns[i].side, ims_columns[i].name,
				       policy.of[i]);
	return hash32(s->str, s->len);
}

/* ---- writing ---- */

/* Bits of what a deed begins with. */
enum {
	HEAD_EFFECT = 1,
	HEAD_ATS = 2,
	HEAD_PRIV = 4,
	HEAD_ALIAS = 8,
	HEAD_ACCESS = 4, /* shift, 2 bits */
	HEAD_KIND = 6,	 /* and 1 */
	HEAD_FEW = 0x80, /* few fills are kept: those are told, not the others */
	HEAD_MAX = 0xff
};

static bool forgets_most(const struct scn_look *l)
{
	return l->forgets >> 63;
}

static void put_look(GByteArray *b, const struct scn_look *l)
{
	xpl_bytes_put(b, l->dev);
	xpl_bytes_put(b, l->ctx == IMS_CTX_NONE ? 0 : l->ctx + UINT64_C(1));
	xpl_bytes_put(b, l->addr >> 12);
	xpl_bytes_put(b, l->addr & 0xfff);
	xpl_bytes_put(b, l->choices_count);
	xpl_bytes_put(b, l->choices);
	xpl_bytes_put(b, forgets_most(l) ? ~l->forgets : l->forgets);
}

static void put_deed(GByteArray *b, const struct scn_deed *d, uint32_t last)
{
	const struct scn_look *l = &d->look;
	bool effect = d->kind == SCN_DEED_EFFECT;

	xpl_bytes_put(b, d->at - last);
	xpl_bytes_put(b, effect ? HEAD_EFFECT :
				  (l->ats ? HEAD_ATS : 0u) | (l->priv ? HEAD_PRIV : 0u) |
					  (l->alias ? HEAD_ALIAS : 0u) |
					  (forgets_most(l) ? HEAD_FEW : 0u) |
					  (unsigned)(l->access & 3) << HEAD_ACCESS |
					  (unsigned)(l->kind & 1) << HEAD_KIND);
	xpl_bytes_put(b, d->unit);
	if (effect) {
		xpl_bytes_put(b, d->at - d->command);
		xpl_bytes_put(b, d->ring);
	} else {
		put_look(b, l);
	}
}

static unsigned mode_of(const char *hardware)
{
	return !strcmp(hardware, modes[1]);
}

char *xpl_token_new(const struct scn *scn, const struct ims_model *model,
		    const struct scn_deeds *deeds)
{
	GByteArray *b = g_byte_array_new();
	g_autofree char *head = g_strdup_printf(PREFIX "%016" G_GINT64_MODIFIER "x.%08x.%s.",
						scn->text_hash, machine_hash(scn, model),
						modes[mode_of(scn->hardware)]);
	g_autofree char *tail = NULL;
	uint32_t last = 0, check;

	xpl_bytes_put(b, ENGINE);
	xpl_bytes_put_text(b, model->name);
	xpl_bytes_put_text(b, scn->host_given);
	xpl_bytes_put(b, name_hash(scn));
	xpl_bytes_put(b, scn->point_number);
	xpl_bytes_put(b, deeds ? deeds->count : 0);
	for (uint32_t i = 0; deeds && i < deeds->count; i++) {
		put_deed(b, &deeds->list[i], last);
		last = deeds->list[i].at;
	}
	xpl_bytes_put(b, deeds ? deeds->order.count : 0);
	for (uint32_t i = 0; deeds && i < deeds->order.count; i++)
		xpl_bytes_put(b, deeds->order.list[i]);
	tail = xpl_base32(b->data, b->len);
	check = GUINT32_TO_BE(hash32(tail, strlen(tail)) ^ hash32(head, strlen(head)));
	g_byte_array_append(b, (const guint8 *)&check, CHECK);
	g_free(tail);
	tail = xpl_base32(b->data, b->len);
	g_byte_array_unref(b);
	return g_strconcat(head, tail, NULL);
}

/* ---- reading ---- */

bool xpl_is_token(const char *word)
{
	return g_str_has_prefix(word, PREFIX);
}

void xpl_token_free(struct xpl_token *t)
{
	if (!t)
		return;
	g_free(t->vendor);
	g_free(t->host);
	g_array_unref(t->deeds);
	g_array_unref(t->actors);
	g_free(t);
}

static void take_look(struct xpl_reader *r, uint32_t head, struct scn_look *l)
{
	uint64_t ctx, page;

	l->ats = head & HEAD_ATS;
	l->priv = head & HEAD_PRIV;
	l->alias = head & HEAD_ALIAS;
	l->access = head >> HEAD_ACCESS & 3;
	l->kind = head >> HEAD_KIND & 1;
	l->dev = xpl_bytes_take_below(r, HYP_DEVICES);
	ctx = xpl_bytes_take_below(r, UINT32_MAX);
	l->ctx = ctx ? (uint32_t)(ctx - 1) : IMS_CTX_NONE;
	page = xpl_bytes_take(r);
	r->bad |= page >> 52 != 0;
	l->addr = page << 12 | xpl_bytes_take_below(r, 0xfff);
	l->choices_count = (uint8_t)xpl_bytes_take_below(r, SCN_DEED_CHOICES);
	l->choices = xpl_bytes_take(r);
	l->forgets = xpl_bytes_take(r);
	r->bad |= forgets_most(l);
	if (head & HEAD_FEW)
		l->forgets = ~l->forgets;
}

static void take_deeds(struct xpl_reader *r, struct xpl_token *t)
{
	uint32_t count = xpl_bytes_take_below(r, SCN_DEEDS_MAX), at = 0, head;

	for (uint32_t i = 0; i < count && !r->bad; i++) {
		struct scn_deed d = { 0 };

		d.at = at += xpl_bytes_take_below(r, UINT32_MAX - at);
		head = xpl_bytes_take_below(r, HEAD_MAX);
		d.kind = head & HEAD_EFFECT ? SCN_DEED_EFFECT : SCN_DEED_LOOK;
		d.unit = xpl_bytes_take_below(r, IMS_UNITS - 1);
		if (d.kind == SCN_DEED_EFFECT) {
			d.command = d.at - xpl_bytes_take_below(r, d.at);
			d.ring = xpl_bytes_take_below(r, IMS_RINGS - 1);
		} else {
			take_look(r, head, &d.look);
		}
		g_array_append_val(t->deeds, d);
	}
}

static void take_actors(struct xpl_reader *r, struct xpl_token *t)
{
	uint32_t count = xpl_bytes_take_below(r, ACTORS_MAX);

	for (uint32_t i = 0; i < count && !r->bad; i++) {
		uint8_t actor = (uint8_t)xpl_bytes_take_below(r, UINT8_MAX);

		g_array_append_val(t->actors, actor);
	}
}

/* The machine's half: two numbers in hexadecimal and a word. */
static bool read_head(char **parts, struct xpl_token *t)
{
	guint64 machine;

	if (strlen(parts[1]) != 16 || strlen(parts[2]) != 8 ||
	    !g_ascii_string_to_unsigned(parts[1], 16, 0, G_MAXUINT64, &t->scenario, NULL) ||
	    !g_ascii_string_to_unsigned(parts[2], 16, 0, G_MAXUINT32, &machine, NULL))
		return false;
	t->machine = (uint32_t)machine;
	for (unsigned i = 0; i < G_N_ELEMENTS(modes); i++)
		if (!strcmp(parts[3], modes[i]))
			t->mode = modes[i];
	return t->mode != NULL;
}

/* Is it as it was written: what stands before the last bytes says what those are. */
static bool whole(const char *text, const GByteArray *b)
{
	gsize head = (gsize)(strrchr(text, '.') + 1 - text);
	g_autofree char *tail = NULL;
	uint32_t check;

	if (b->len < CHECK)
		return false;
	tail = xpl_base32(b->data, b->len - CHECK);
	memcpy(&check, b->data + b->len - CHECK, CHECK);
	return GUINT32_FROM_BE(check) == (hash32(tail, strlen(tail)) ^ hash32(text, head));
}

static bool bad(GError **error, const char *why)
{
	g_set_error(error, SCN_ERROR, SCN_ERROR_SYNTAX, "the token %s", why);
	return false;
}

static bool read_choices(const GByteArray *b, struct xpl_token *t, GError **error)
{
	struct xpl_reader r = { .at = b->data, .end = b->data + b->len - CHECK };
	uint64_t engine = xpl_bytes_take(&r);

	if (engine != ENGINE) {
		g_set_error(
			error, SCN_ERROR, SCN_ERROR_SYNTAX,
			"the token was made by another version of this program (engine %" G_GUINT64_FORMAT
			", this one has %d): find it again with this one",
			engine, ENGINE);
		return false;
	}
	t->vendor = xpl_bytes_take_text(&r);
	t->host = xpl_bytes_take_text(&r);
	t->name = (uint16_t)xpl_bytes_take_below(&r, UINT16_MAX);
	t->point = xpl_bytes_take_below(&r, POINTS_MAX);
	take_deeds(&r, t);
	take_actors(&r, t);
	if (r.bad || r.at != r.end || !t->vendor)
		return bad(error, "says nothing that this program understands");
	return true;
}

static bool read_token(const char *text, struct xpl_token *t, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(text, ".", -1);
	GByteArray *b;
	bool ok;

	if (g_strv_length(parts) < 5)
		return bad(error, "is cut short: it has five parts, with a dot between them");
	b = g_strv_length(parts) == 5 ? xpl_base32_read(parts[4]) : NULL;
	ok = read_head(parts, t) && b && whole(text, b);
	if (!ok)
		bad(error, "is damaged: something is missing or mistyped");
	ok = ok && read_choices(b, t, error);
	if (b)
		g_byte_array_unref(b);
	return ok;
}

struct xpl_token *xpl_token_read(const char *text, GError **error)
{
	struct xpl_token *t = g_new0(struct xpl_token, 1);

	t->deeds = g_array_new(FALSE, FALSE, sizeof(struct scn_deed));
	t->actors = g_array_new(FALSE, FALSE, sizeof(uint8_t));
	if (xpl_is_token(text) ? read_token(text, t, error) :
				 bad(error, "does not begin with '" PREFIX "'"))
		return t;
	xpl_token_free(t);
	return NULL;
}

/* ---- use ---- */

bool xpl_token_is_of(const struct xpl_token *t, const char *text, size_t len)
{
	return t->scenario == scn_text_hash(text, len);
}

bool xpl_token_names(const struct xpl_token *t, const struct scn *scn)
{
	return t->name == name_hash(scn);
}

struct scn *xpl_token_load(const struct xpl_token *t, const char *file, const char *const *vendors,
			   GError **error)
{
	GPtrArray *points = scn_load_points(file, NULL, 0, vendors, error);
	struct scn *scn = NULL;

	if (!points)
		return NULL;
	if (t->point < points->len)
		scn = g_ptr_array_steal_index(points, t->point);
	else
		bad(error, "is of a point that the scenario's sweep does not have");
	g_ptr_array_unref(points);
	return scn;
}

struct scn_deeds xpl_token_deeds(const struct xpl_token *t)
{
	return (struct scn_deeds){ .list = (const void *)t->deeds->data,
				   .count = t->deeds->len,
				   .order = { .list = (const uint8_t *)t->actors->data,
					      .count = t->actors->len } };
}

bool xpl_token_apply(const struct xpl_token *t, struct scn *scn, const struct ims_model *model,
		     GError **error)
{
	if (t->scenario != scn->text_hash || strcmp(t->vendor, model->name))
		return bad(error, "is of another scenario or vendor");
	if (t->point != scn->point_number)
		return bad(error, "is of another point of the scenario's sweep");
	if (t->host && !scn_host_set(scn, t->host, error))
		return false;
	g_free(scn->hardware);
	scn->hardware = g_strdup(t->mode);
	if (t->machine == machine_hash(scn, model))
		return true;
	return bad(error, "is of another machine: the vendor's rules or the host's answers are not "
			  "what they were when it was made; find it again with this version");
}
