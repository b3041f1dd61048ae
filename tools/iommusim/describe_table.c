/* SPDX-License-Identifier: MIT */
/*
 * The questions of the mail of 2023-12-09 and what each vendor's hardware, and a host
 * on it, answer: printed from the vendors' data. A cell is proved by running the seed
 * scenarios whose names begin with the row's.
 */
#include <string.h>

#include "sim/view/view.h"
#include "sim/explore/search.h"
#include "tools/iommusim/tool.h"

#define SEED	"scenarios/seed"
#define ABSENT	"\xe2\x80\x93" /* an en dash */
#define WIDTH	80
#define LABEL	14
#define GAP	2
#define VENDORS 8

/* What a row says of a vendor under a policy; nothing is appended where the vendor has no such thing. */
typedef void cell_fn(GString *out, const struct ims_model *m, const struct ims_policy *p);

static void walk_start(GString *out, const struct ims_model *m, const struct ims_policy *p)
{
	(void)p;
	g_string_append_printf(out, "%s, by %s", m->words.start, m->words.src);
	if (m->nest_of == IMS_NEST_CTX)
		g_string_append_printf(out, " and %s", m->words.ctx);
}

static void hw_key(GString *out, const struct ims_model *m, const struct ims_policy *p)
{
	const struct ims_cache_def *tlb = &m->caches[m->iotlb], *atc = &m->caches[m->atc];

	(void)p;
	g_string_append_printf(out, "%s: %s, %s%s", tlb->name,
			       tlb->primary == IMS_KEY_DOM ? m->words.dom : m->words.src,
			       m->words.ctx, m->guest_tag == IMS_GUEST_TAG_CTX ? " (guest's)" : "");
	g_string_append_printf(out, "; %s: %s", atc->name,
			       atc->primary == IMS_KEY_DOM ? m->words.dom : m->words.src);
}

static void guest_key(GString *out, const struct ims_model *m, const struct ims_policy *p)
{
	(void)p;
	if (m->guest_tag == IMS_GUEST_TAG_CTX)
		g_string_append(out, m->words.ctx);
	else
		g_string_append_printf(out, "v%s (per %s), %s", m->words.dom,
				       m->guest_tag == IMS_GUEST_TAG_DEVICE ? m->words.src :
									      "space",
				       m->words.ctx);
}

/* One answer of a column, in words. */
static void answer(GString *out, unsigned column, unsigned is)
{
	const struct ims_column_def *c = &ims_columns[column];

	if (is)
		g_string_append_printf(out, "%s%s: %s", out->len ? "; " : "", c->answers[is].name,
				       c->answers[is].text);
}

static void nested_domain(GString *out, const struct ims_model *m, const struct ims_policy *p)
{
	g_string_append_printf(out, "one %s", m->words.nested);
	if (m->nest_of == IMS_NEST_CTX)
		g_string_append_printf(out, ", per (v%s, %s)", m->words.dom, m->words.ctx);
	else if (m->guest_tag == IMS_GUEST_TAG_DEVICE)
		g_string_append_printf(out, "; a v%s may name several", m->words.dom);
	answer(out, IMS_COL_VMM_DOMAIN, p->of[IMS_COL_VMM_DOMAIN]);
}

static void tag(GString *out, const struct ims_model *m, const struct ims_policy *p)
{
	(void)m;
	answer(out, IMS_COL_TAG, p->of[IMS_COL_TAG]);
	answer(out, IMS_COL_TAG_FREE, p->of[IMS_COL_TAG_FREE]);
}

static void atc(GString *out, const struct ims_model *m, const struct ims_policy *p)
{
	(void)m;
	answer(out, IMS_COL_ATC, p->of[IMS_COL_ATC]);
}

static void target(GString *out, const struct ims_model *m, const struct ims_policy *p)
{
	(void)m;
	answer(out, IMS_COL_TARGET, p->of[IMS_COL_TARGET]);
}

static void atc_target(GString *out, const struct ims_model *m, const struct ims_policy *p)
{
	(void)m;
	answer(out, IMS_COL_ATC_TARGET, p->of[IMS_COL_ATC_TARGET]);
}

/* What the first host says of a queue for a guest: the hardware is every host's. */
static void queue(GString *out, const struct ims_model *m, const struct ims_policy *p)
{
	const struct ims_host_driver *h = m->hosts_count ? m->hosts[0] : NULL;

	(void)p;
	for (unsigned i = 0; h && i < h->viommus_count; i++)
		if (h->viommus[i].ops && h->viommus[i].hw_queue_type && !out->len)
			g_string_append(out, h->viommus[i].ops->needs);
}

/* The object that can take everything: the vIOMMU where the vendor's host may have it. */
static void path(GString *out, const struct ims_model *m, const struct ims_policy *p)
{
	bool all = ims_policy_answers(m, IMS_COL_TARGET) & IMS_ANSWER(IMS_TARGET_VIOMMU) &&
		   ims_policy_answers(m, IMS_COL_ATC_TARGET) & IMS_ANSWER(IMS_ATC_TARGET_VIOMMU);

	answer(out, IMS_COL_TARGET, all ? IMS_TARGET_VIOMMU : p->of[IMS_COL_TARGET]);
}

static const struct {
	const char *name; /* what its scenarios' names begin with */
	const char *question;
	cell_fn *cell;
} rows[] = {
	{ "walk-start", "guest-memory walk starts at", walk_start },
	{ "hw-key", "key the physical hardware invalidates by", hw_key },
	{ "guest-key", "key the VM uses", guest_key },
	{ "nested-domain", "a nested domain is", nested_domain },
	{ "tag", "the host computes its tag", tag },
	{ "atc", "ATC invalidation", atc },
	{ "target", "command list goes to", target },
	{ "atc-target", "ATC command list goes to", atc_target },
	{ "queue", "queue given to the guest needs", queue },
	{ "path", "software path may deliver all to", path },
};

/* ---- proving ---- */

struct proof {
	unsigned holds, broken; /* scenarios of each sort */
	char *failed;		/* the first that did not do as it should, NULL */
};

/* Of the longest row's name that it begins with. */
static unsigned row_of(const char *file)
{
	unsigned best = G_N_ELEMENTS(rows);
	size_t most = 0;

	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		size_t len = strlen(rows[i].name);

		if (!strncmp(file, rows[i].name, len) && strchr("-.", file[len]) && len > most) {
			best = i;
			most = len;
		}
	}
	return best;
}

static void prove_point(struct proof *proof, const struct ims_model *m, const char *host,
			const char *name, struct scn *scn)
{
	bool ok = !host || scn_host_set(scn, host, NULL);
	struct chk_result *r = NULL;

	if (ok && !g_ptr_array_find_with_equal_func(scn->vendors, m->name, g_str_equal, NULL))
		return;
	if (ok)
		r = chk_run(scn, m, &xpl_search);
	if (scn->fail->len)
		proof->broken++;
	else
		proof->holds++;
	if ((!r || r->verdict != CHK_PASS) && !proof->failed)
		proof->failed = g_strdup(name);
	chk_result_free(r);
}

static void prove_file(struct proof *proof, const struct ims_model *m, const char *host,
		       const char *name)
{
	g_autofree char *file = g_build_filename(SEED, name, NULL);
	g_autoptr(GPtrArray) points = scn_load_points(file, NULL, 0, tool_vendor_names(), NULL);

	if (!points) {
		proof->holds++;
		if (!proof->failed)
			proof->failed = g_strdup(name);
		return;
	}
	for (guint i = 0; i < points->len; i++)
		prove_point(proof, m, host, name, g_ptr_array_index(points, i));
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *seed_names(void)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) dir = g_dir_open(SEED, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, ".yaml") && row_of(name) < G_N_ELEMENTS(rows))
			g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_sort(names, by_name);
	return names;
}

static bool proved(const struct proof *p)
{
	return p->holds && p->broken && !p->failed;
}

static char *why(const struct proof *p)
{
	if (p->failed)
		return g_strdup_printf("not proved: %s", p->failed);
	if (!p->holds)
		return g_strdup("not proved: no scenario holds it");
	return g_strdup(p->broken ? "proved" : "not proved: no scenario breaks it");
}

/* ---- the table ---- */

struct table {
	const struct ims_model *models[VENDORS];
	unsigned count;
	char *cells[G_N_ELEMENTS(rows)][VENDORS]; /* NULL: the vendor has no such thing */
	struct proof proofs[G_N_ELEMENTS(rows)][VENDORS];
};

static bool fill(struct table *t, const char *host)
{
	g_autoptr(GError) error = NULL;
	struct scn *scn = scn_of_host(host, &error);
	uint64_t differ;
	bool ok = scn;

	for (unsigned v = 0; v < t->count && ok; v++) {
		struct ims_policy policy;

		ok = scn_policy_of(scn, t->models[v], &policy, &differ, &error);
		for (unsigned i = 0; i < G_N_ELEMENTS(rows) && ok; i++) {
			GString *s = g_string_new(NULL);

			rows[i].cell(s, t->models[v], &policy);
			t->cells[i][v] = g_string_free(s, !s->len);
		}
	}
	scn_free(scn);
	if (error)
		tool_complain_file(error);
	return ok;
}

static void prove_all(struct table *t, const char *host)
{
	g_autoptr(GPtrArray) names = seed_names();

	for (guint i = 0; i < names->len; i++)
		for (unsigned v = 0; v < t->count; v++)
			prove_file(&t->proofs[row_of(g_ptr_array_index(names, i))][v], t->models[v],
				   host, g_ptr_array_index(names, i));
}

/* Cuts a line of at most @width characters off, at a blank if there is one. */
static char *cut(const char **text, unsigned width)
{
	const char *p = *text, *end = NULL;
	unsigned n = 0;
	char *line;

	for (; *p && n < width; p = g_utf8_next_char(p), n++)
		if (*p == ' ')
			end = p;
	if (!*p || *p == ' ')
		end = p;
	if (!end) /* a word wider than that */
		end = p;
	line = g_strndup(*text, (gsize)(end - *text));
	*text = *end == ' ' ? end + 1 : end;
	return line;
}

static void grid_row(GString *out, const char *const *texts, unsigned count)
{
	unsigned width = (WIDTH - 1 - LABEL) / (count - 1) - GAP;
	const char *rest[VENDORS + 1];
	bool more = true;

	memcpy(rest, texts, count * sizeof(rest[0]));
	while (more) {
		g_autoptr(GString) line = g_string_new(NULL);

		more = false;
		for (unsigned i = 0; i < count; i++) {
			unsigned wide = i ? width : LABEL;
			g_autofree char *part = cut(&rest[i], wide);

			g_string_append_printf(line, "%*s%s", i ? GAP : 0, "", part);
			g_string_append_printf(line, "%*s",
					       (int)(wide - (unsigned)g_utf8_strlen(part, -1)), "");
			more |= *rest[i];
		}
		while (line->len && line->str[line->len - 1] == ' ')
			g_string_truncate(line, line->len - 1);
		g_string_append_printf(out, "%s\n", line->str);
	}
}

static void show(GString *out, const struct table *t, const char *host, bool prove)
{
	const char *texts[VENDORS + 1] = { "" };

	view_text_field(out, "What hosts answer differently; here:", host, 4);
	for (unsigned v = 0; v < t->count; v++)
		texts[v + 1] = t->models[v]->title;
	grid_row(out, texts, t->count + 1);
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) own = g_ptr_array_new_with_free_func(g_free);

		texts[0] = rows[i].question;
		for (unsigned v = 0; v < t->count; v++) {
			g_autofree char *said = prove ? why(&t->proofs[i][v]) : NULL;
			char *text = !t->cells[i][v] ? g_strdup(ABSENT) :
				     prove ? g_strdup_printf("%s [%s]", t->cells[i][v], said) :
					     g_strdup(t->cells[i][v]);

			g_ptr_array_add(own, text);
			texts[v + 1] = text;
		}
		g_string_append_c(out, '\n');
		grid_row(out, texts, t->count + 1);
	}
	g_string_append_c(out, '\n');
}

static void show_json(struct json *j, const struct table *t, const char *host, bool prove)
{
	json_text(j, "host", host);
	json_open(j, "rows", '[');
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
		json_open(j, NULL, '{');
		json_text(j, "row", rows[i].name);
		json_text(j, "question", rows[i].question);
		json_open(j, "cells", '[');
		for (unsigned v = 0; v < t->count; v++) {
			const struct proof *p = &t->proofs[i][v];

			json_open(j, NULL, '{');
			json_text(j, "vendor", t->models[v]->name);
			json_text(j, "text", t->cells[i][v]);
			if (prove && t->cells[i][v])
				json_bool(j, "proved", proved(p));
			else
				json_null(j, "proved");
			json_number(j, "holds", p->holds);
			json_number(j, "broken", p->broken);
			json_text(j, "failed", p->failed);
			json_close(j, '}');
		}
		json_close(j, ']');
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void clear(struct table *t)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
		for (unsigned v = 0; v < t->count; v++) {
			g_free(t->cells[i][v]);
			g_free(t->proofs[i][v].failed);
		}
}

bool tool_table(const struct tool_options *o, const struct ims_model *model, bool prove,
		GString *out, struct json *json)
{
	const char *host = o->host ? o->host : SCN_HOST_DEFAULT;
	struct table t = { 0 };
	bool ok;

	for (unsigned i = 0; tool_vendors[i] && t.count < VENDORS; i++)
		if (!model || tool_vendors[i] == model)
			t.models[t.count++] = tool_vendors[i];
	ok = fill(&t, host);
	if (ok && prove && !g_file_test(SEED, G_FILE_TEST_IS_DIR)) {
		tool_complain("there is no " SEED " here to prove anything by");
		ok = false;
	}
	if (ok && prove)
		prove_all(&t, o->host);
	if (ok && json)
		show_json(json, &t, host, prove);
	else if (ok)
		show(out, &t, host, prove);
	clear(&t);
	return ok;
}
