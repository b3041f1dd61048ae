/* SPDX-License-Identifier: MIT */
/* What a file says of the software above the hardware: host:, vmm:, guest:. */
#include <string.h>

#include "sim/scenario/load.h"

/* One `column: answer`; what there is of them depends on the vendor, and is checked with it. */
static void read_column(struct scn_loader *l, const char *side, const struct scn_node *n)
{
	struct scn_column c = {
		.side = side, .swept = n->swept, .mark = n->key_mark, .value_mark = n->mark
	};

	if (!scn_read_scalar(l, n, n->key, SCN_T_LINE))
		return;
	c.mark.policy = c.value_mark.policy = l->policy;
	c.name = g_strdup(n->key);
	c.value = g_strdup(n->text);
	g_array_append_val(l->s->columns, c);
}

static void read_vmm(struct scn_loader *l, const struct scn_node *n)
{
	if (!n || !scn_want(l, n, SCN_NODE_MAP, false, "vmm", "{domain: device}"))
		return;
	for (const struct scn_node *c = n->first; c; c = c->next)
		read_column(l, "vmm", c);
}

static void set_base(struct scn_loader *l, const struct scn_node *n)
{
	if (!scn_read_scalar(l, n, "host", SCN_T_LINE))
		return;
	g_free(l->s->host);
	l->s->host = g_strdup(n->text);
	l->s->host_mark = n->mark;
	l->s->host_mark.policy = l->policy;
}

/* A policy file: a map as `host:` takes one, and the VMM's beside it. */
static void read_policy_root(struct scn_loader *l, const struct scn_node *root)
{
	const struct scn_node *base, *vmm;
	struct scn_report *r = NULL;

	if (root->kind != SCN_NODE_MAP) {
		r = scn_bad_value(l, root, "a policy is a map, not %s", scn_node_kind_text(root));
	} else if (scn_node_get(root, "scenario")) {
		r = scn_bad_key(l, scn_node_get(root, "scenario"),
				"this is a scenario, not the policy of a host");
	} else if (!scn_node_get(root, "base")) {
		r = scn_bad_value(l, root, "a policy needs a 'base'");
	} else if (scn_node_get(root, "base")->text &&
		   SCN_HOST_IS_FILE(scn_node_get(root, "base")->text)) {
		r = scn_bad_value(l, scn_node_get(root, "base"),
				  "the base of a policy file is a policy's name, not a file");
	}
	scn_report_help(r, "write base: %s, and below it what differs, as in atc: forward",
			SCN_HOST_DEFAULT);
	if (r || root->kind != SCN_NODE_MAP)
		return;
	base = scn_node_get(root, "base");
	vmm = scn_node_get(root, "vmm");
	for (const struct scn_node *c = root->first; c; c = c->next)
		if (c != base && c != vmm)
			read_column(l, "host", c);
	read_vmm(l, vmm);
	set_base(l, base);
}

/* Into the scenario of @l: the policy of the file, named as @given. */
static bool read_policy_file(struct scn_loader *l, const char *path, const char *given,
			     GError **error)
{
	struct scn_loader own = { .s = l->s, .policy = true, .vm = -1 };
	struct scn_doc doc;
	struct scn_diag d;
	size_t len;
	g_autofree char *text = scn_read_file(path, &len, error);
	bool bad;

	if (!text)
		return false;
	g_free(l->s->host_file);
	l->s->host_file = g_strdup(given);
	scn_diag_init(&d, path, text, len);
	own.d = &d;
	scn_doc_read(&doc, &d);
	if (doc.root)
		read_policy_root(&own, doc.root);
	scn_doc_clear(&doc);
	bad = scn_diag_finish(&d, error);
	scn_diag_clear(&d);
	return !bad;
}

/* A name, or a file beside the scenario's. */
static void read_base(struct scn_loader *l, const struct scn_node *n)
{
	g_autofree char *dir = NULL, *path = NULL;

	if (n->kind != SCN_NODE_SCALAR || !SCN_HOST_IS_FILE(n->text)) {
		set_base(l, n);
		return;
	}
	dir = g_path_get_dirname(l->s->file);
	path = g_path_is_absolute(n->text) || !strcmp(dir, ".") ?
		       g_strdup(n->text) :
		       g_build_filename(dir, n->text, NULL);
	if (!read_policy_file(l, path, path, &l->policy_error)) {
		g_autofree char *why = l->policy_error ? g_strdup(l->policy_error->message) : NULL;

		/* A file that is not there is an error of this one. */
		if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
			return;
		g_clear_error(&l->policy_error);
		scn_bad_value(l, n, "there is no policy file '%s' (%s)", n->text, why);
	}
}

static void read_host(struct scn_loader *l, const struct scn_node *n)
{
	const struct scn_node *base = n;

	l->s->host = g_strdup(SCN_HOST_DEFAULT);
	if (!n)
		return;
	l->s->host_mark = n->mark;
	if (n->kind == SCN_NODE_LIST) {
		scn_report_help(scn_bad_value(l, n, "'host' needs a name or a map, not a list"),
				"write %s or {base: %s, atc: drop}", SCN_HOST_DEFAULT,
				SCN_HOST_DEFAULT);
		return;
	}
	if (n->kind == SCN_NODE_MAP)
		base = scn_node_get(n, "base");
	if (base)
		read_base(l, base);
	for (const struct scn_node *c = n->kind == SCN_NODE_MAP ? n->first : NULL; c; c = c->next)
		if (c != base)
			read_column(l, "host", c);
}

static void read_guest(struct scn_loader *l, const struct scn_node *n)
{
	const struct scn_node *id;

	if (!n || !scn_want(l, n, SCN_NODE_MAP, false, "guest", "{domain-id: shared}"))
		return;
	scn_check_keys(l, n, &scn_guest_table, NULL);
	scn_read_map(l, n, &scn_guest_table, l->s, n);
	id = scn_node_get(n, "domain-id");
	if (id)
		l->s->domain_id_mark = id->mark;
}

void scn_read_policy(struct scn_loader *l, const struct scn_node *root)
{
	read_host(l, scn_node_get(root, "host"));
	read_vmm(l, scn_node_get(root, "vmm"));
	read_guest(l, scn_node_get(root, "guest"));
}

bool scn_host_set(struct scn *scn, const char *host, GError **error)
{
	struct scn_loader l = { .s = scn, .vm = -1 };
	GArray *own = scn->columns;
	bool done = true;

	g_free(scn->host_given);
	scn->host_given = g_strdup(host);
	g_free(scn->host_file);
	scn->host_file = NULL;
	while (own->len && g_array_index(own, struct scn_column, 0).mark.policy)
		g_array_remove_index(own, 0);
	if (!SCN_HOST_IS_FILE(host)) {
		g_free(scn->host);
		scn->host = g_strdup(host);
		scn->host_mark = (struct scn_mark){ 0 };
		return true;
	}
	/* The scenario's own stand behind those of the file. */
	scn->columns = scn_columns_new();
	done = read_policy_file(&l, host, host, error);
	g_array_append_vals(scn->columns, own->data, own->len);
	g_array_set_clear_func(own, NULL);
	g_array_free(own, TRUE);
	return done;
}

struct scn *scn_of_host(const char *host, GError **error)
{
	struct scn *scn = scn_new("--host");

	if (scn_host_set(scn, host, error))
		return scn;
	scn_free(scn);
	return NULL;
}

char *scn_policy_text(const struct scn *scn)
{
	GString *s = g_string_new(scn->host_file ? scn->host_file : scn->host);
	bool any = false;

	for (guint i = 0; i < scn->columns->len; i++) {
		const struct scn_column *c = &g_array_index(scn->columns, struct scn_column, i);
		bool vmm = strcmp(c->side, "host");

		/* What the point says is told beside it. */
		if (c->mark.policy || c->swept)
			continue;
		g_string_append_printf(s, "%s%s%s%s: %s", any ? ", " : " {", vmm ? c->side : "",
				       vmm ? "." : "", c->name, c->value);
		any = true;
	}
	if (any)
		g_string_append_c(s, '}');
	return g_string_free(s, FALSE);
}
