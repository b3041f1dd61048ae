/* SPDX-License-Identifier: MIT */
/* From a file to a scenario: reads the bytes, composes them, and reads the parts in order. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/scenario/load.h"

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

/* `${parameter}` is substituted in sweeps only; once said, what follows from it is not. */
static void check_parameters(struct scn_loader *l, const struct scn_node *n)
{
	for (const struct scn_node *child = n->first; child; child = child->next) {
		struct scn_report *r;

		if (child->kind != SCN_NODE_SCALAR) {
			check_parameters(l, child);
		} else if (strstr(child->text, "${")) {
			r = scn_bad_value(l, child, "'${...}' is not modelled");
			scn_report_help(r, "it stands for a parameter of a sweep; write the value");
		}
	}
}

static void read_root(struct scn_loader *l, const struct scn_node *root)
{
	const struct scn_node *steps, *expect;
	struct scn_report *r;

	if (root->kind != SCN_NODE_MAP) {
		r = scn_bad_value(l, root, "a scenario is a map, not %s", scn_node_kind_text(root));
		scn_report_help(r, "start with scenario: NAME");
		return;
	}
	check_parameters(l, root);
	scn_check_keys(l, root, &scn_file_table, NULL);
	scn_read_map(l, root, &scn_file_table, l->s, root);
	scn_read_head(l, root);
	if (l->s->vms->len == 0)
		return; /* every name would be unknown */
	steps = scn_node_get(root, "steps");
	if (steps)
		scn_read_steps(l, steps);
	expect = scn_node_get(root, "expect");
	if (expect)
		scn_read_file_expect(l, expect);
	scn_place_pages(l);
}

/* False with @error set: its policy file cannot be read. */
static bool read_scenario(struct scn *s, struct scn_diag *d, const char *const *vendors,
			  GError **error)
{
	struct scn_loader l = { .s = s, .d = d, .vendors = vendors, .vm = -1 };
	struct scn_doc doc;

	l.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	l.labels = g_hash_table_new(g_str_hash, g_str_equal);
	l.fixed = g_array_new(FALSE, FALSE, sizeof(struct scn_fixed));
	scn_doc_read(&doc, d);
	if (doc.root)
		read_root(&l, doc.root);
	scn_doc_clear(&doc);
	g_array_free(l.fixed, TRUE);
	g_hash_table_destroy(l.labels);
	g_hash_table_destroy(l.names);
	if (l.policy_error)
		g_propagate_error(error, l.policy_error);
	return !l.policy_error;
}

struct scn *scn_load(const char *file, const char *text, size_t len, const char *const *vendors,
		     GError **error)
{
	static const char bom[] =
		"\xef\xbb\xbf"; /* some editors start a file with a byte order mark */
	struct scn *s = NULL;
	struct scn_diag d;
	char *own = NULL;
	uint64_t hash;

	if (!text) {
		own = scn_read_file(file, &len, error);
		if (!own)
			return NULL;
		text = own;
	} else if (too_large(file, len, error)) {
		return NULL;
	}
	hash = scn_text_hash(text, len);
	if (len >= strlen(bom) && !memcmp(text, bom, strlen(bom))) {
		text += strlen(bom);
		len -= strlen(bom);
	}
	scn_diag_init(&d, file, text, len);
	s = scn_new(file);
	s->text_hash = hash;
	if (!read_scenario(s, &d, vendors, error) || scn_diag_finish(&d, error)) {
		scn_free(s);
		s = NULL;
	}
	scn_diag_clear(&d);
	g_free(own);
	return s;
}
