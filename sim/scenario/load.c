/* SPDX-License-Identifier: MIT */
/* From a file to a scenario: reads the bytes, composes them, and reads the parts in order. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/scenario/load_sweep.h"

GQuark scn_error_quark(void)
{
	return g_quark_from_static_string("iommusim-scenario");
}

static bool too_large(const char *file, size_t len, GError **error)
{
	if (len <= SCN_FILE_BYTES_MAX)
		return false;
	g_set_error(error, SCN_ERROR, SCN_ERROR_READ, "%s: error: the file is larger than %u bytes",
		    file, SCN_FILE_BYTES_MAX);
	return true;
}

/* Reads at most one byte more than a file may have; @file may be endless. */
char *scn_read_file(const char *file, size_t *ret_len, GError **error)
{
	FILE *stream = fopen(file, "rbe");
	char *text;
	int failed;

	if (!stream) {
		g_set_error(error, SCN_ERROR, SCN_ERROR_READ, "%s: error: cannot open: %s", file,
			    g_strerror(errno));
		return NULL;
	}
	text = g_malloc(SCN_FILE_BYTES_MAX + 1);
	errno = 0;
	*ret_len = fread(text, 1, SCN_FILE_BYTES_MAX + 1, stream);
	failed = ferror(stream) ? errno : 0;
	fclose(stream);
	if (failed) {
		g_set_error(error, SCN_ERROR, SCN_ERROR_READ, "%s: error: cannot read: %s", file,
			    g_strerror(failed));
		g_free(text);
		return NULL;
	}
	if (too_large(file, *ret_len, error)) {
		g_free(text);
		return NULL;
	}
	return text;
}

uint64_t scn_text_hash(const char *text, size_t len)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
	uint8_t digest[32];
	gsize bytes = sizeof(digest);
	uint64_t hash = 0;

	g_checksum_update(sum, (const guchar *)text, (gssize)len);
	g_checksum_get_digest(sum, digest, &bytes);
	g_checksum_free(sum);
	for (unsigned i = 0; i < 8; i++)
		hash = hash << 8 | digest[i];
	return hash;
}

static void read_root(struct scn_loader *l, const struct scn_node *root)
{
	const struct scn_node *expect;

	scn_check_keys(l, root, &scn_file_table, NULL);
	scn_read_map(l, root, &scn_file_table, l->s, root);
	scn_read_head(l, root);
	if (l->s->vms->len == 0)
		return; /* every name would be unknown */
	scn_read_actors(l, root);
	expect = scn_node_get(root, "expect");
	if (expect)
		scn_read_file_expect(l, expect);
	scn_place_pages(l);
}

/* From the nodes of a file, or of it at one point, to a scenario; NULL with @error set: its policy
 * file cannot be read. */
static struct scn *read_scenario(const char *file, struct scn_diag *d, const char *const *vendors,
				 const struct scn_node *root, GError **error)
{
	struct scn_loader l = {
		.s = scn_new(file), .d = d, .vendors = vendors, .vm = -1, .actor = -1
	};

	l.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	l.labels = g_hash_table_new(g_str_hash, g_str_equal);
	l.fixed = g_array_new(FALSE, FALSE, sizeof(struct scn_fixed));
	read_root(&l, root);
	g_array_free(l.fixed, TRUE);
	g_hash_table_destroy(l.labels);
	g_hash_table_destroy(l.names);
	if (!l.policy_error)
		return l.s;
	g_propagate_error(error, l.policy_error);
	scn_free(l.s);
	return NULL;
}

static void note_point(struct scn *s, const struct scn_sweep *sweep, uint32_t point)
{
	for (guint i = 0; i < sweep->axes->len; i++) {
		struct scn_param p = {
			.name = g_strdup(g_array_index(sweep->axes, struct scn_axis, i).name),
			.value = g_strdup(scn_sweep_value(sweep, i, point)->text),
		};

		g_array_append_val(s->point, p);
	}
}

/* One point of a sweep; false with @error set: as above. */
static bool read_point(GPtrArray *points, struct scn_loader *l, const struct scn_sweep *sweep,
		       const char *file, const struct scn_node *root, GError **error)
{
	g_autofree char *text = scn_sweep_text(sweep, points->len);
	struct scn_doc doc;
	struct scn *s;

	scn_doc_init(&doc);
	scn_diag_point(l->d, text);
	s = read_scenario(file, l->d, l->vendors,
			  scn_sweep_point(sweep, l, root, points->len, &doc), error);
	scn_doc_clear(&doc);
	l->d->point = NULL;
	if (!s)
		return false;
	note_point(s, sweep, points->len);
	g_ptr_array_add(points, s);
	return true;
}

static bool read_points(GPtrArray *points, struct scn_loader *l, const char *file,
			const struct scn_node *root, GError **error)
{
	struct scn_sweep sweep;
	bool ok = true;

	if (root->kind != SCN_NODE_MAP) {
		scn_report_help(scn_bad_value(l, root, "a scenario is a map, not %s",
					      scn_node_kind_text(root)),
				"start with scenario: NAME");
		return true;
	}
	scn_sweep_read(&sweep, l, root);
	if (!sweep.axes->len) {
		struct scn *s = read_scenario(file, l->d, l->vendors, root, error);

		ok = s != NULL;
		if (s)
			g_ptr_array_add(points, s);
	} else if (!l->d->cnt) {
		while (ok && points->len < sweep.points && l->d->reports->len < SCN_REPORTS_KEPT)
			ok = read_point(points, l, &sweep, file, root, error);
	}
	scn_sweep_clear(&sweep);
	return ok;
}

static void point_free(gpointer scn)
{
	scn_free(scn);
}

/* What a token names it by. */
static void note_origin(struct scn *s, uint64_t hash, uint32_t number)
{
	s->text_hash = hash;
	s->point_number = number;
}

static GPtrArray *load_text(const char *file, const char *text, size_t len,
			    const char *const *vendors, GError **error)
{
	static const char bom[] =
		"\xef\xbb\xbf"; /* some editors start a file with a byte order mark */
	GPtrArray *points = g_ptr_array_new_with_free_func(point_free);
	struct scn_loader l = { .vendors = vendors, .vm = -1 };
	struct scn_diag d;
	struct scn_doc doc;
	uint64_t hash = scn_text_hash(text, len);
	bool ok = true;

	if (len >= strlen(bom) && !memcmp(text, bom, strlen(bom))) {
		text += strlen(bom);
		len -= strlen(bom);
	}
	scn_diag_init(&d, file, text, len);
	l.d = &d;
	scn_doc_read(&doc, &d);
	if (doc.root)
		ok = read_points(points, &l, file, doc.root, error);
	scn_doc_clear(&doc);
	if (!ok || scn_diag_finish(&d, error)) {
		g_ptr_array_free(points, TRUE);
		points = NULL;
	}
	for (guint i = 0; points && i < points->len; i++)
		note_origin(g_ptr_array_index(points, i), hash, i);
	scn_diag_clear(&d);
	return points;
}

GPtrArray *scn_load_points(const char *file, const char *text, size_t len,
			   const char *const *vendors, GError **error)
{
	g_autofree char *own = NULL;

	if (text)
		return too_large(file, len, error) ? NULL :
						     load_text(file, text, len, vendors, error);
	own = scn_read_file(file, &len, error);
	return own ? load_text(file, own, len, vendors, error) : NULL;
}

struct scn *scn_load(const char *file, const char *text, size_t len, const char *const *vendors,
		     GError **error)
{
	GPtrArray *points = scn_load_points(file, text, len, vendors, error);
	struct scn *first = points ? g_ptr_array_steal_index(points, 0) : NULL;

	if (points)
		g_ptr_array_free(points, TRUE);
	return first;
}

char *scn_point_text(const struct scn *scn, const char *separator)
{
	GString *s;

	if (!scn->point->len)
		return NULL;
	s = g_string_new(NULL);
	for (guint i = 0; i < scn->point->len; i++) {
		const struct scn_param *p = &g_array_index(scn->point, struct scn_param, i);

		g_string_append_printf(s, "%s%s=%s", i ? separator : "", p->name, p->value);
	}
	return g_string_free(s, FALSE);
}

const char *scn_point_value(const struct scn *scn, const char *name)
{
	for (guint i = 0; i < scn->point->len; i++) {
		const struct scn_param *p = &g_array_index(scn->point, struct scn_param, i);

		if (!strcmp(p->name, name))
			return p->value;
	}
	return NULL;
}
