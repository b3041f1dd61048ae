/* SPDX-License-Identifier: MIT */
/* What a file says of the software above the hardware: host:, vmm:, guest:. */
#include <string.h>

#include "sim/scenario/load.h"

/* One `column: answer`; what there is of them depends on the vendor, and is checked with it. */
static void read_column(struct scn_loader *l, const char *side, const struct scn_node *n)
{
	struct scn_column c = { .side = side, .mark = n->key_mark, .value_mark = n->mark };

	if (!scn_read_scalar(l, n, n->key, SCN_T_LINE))
		return;
	c.name = g_strdup(n->key);
	c.value = g_strdup(n->text);
	g_array_append_val(l->s->columns, c);
}

static void read_host(struct scn_loader *l, const struct scn_node *n)
{
	const struct scn_node *base = n;

	l->s->host = g_strdup(SCN_HOST_DEFAULT);
	if (!n)
		return;
	l->s->host_mark = n->mark;
	if (n->kind == SCN_NODE_MAP) {
		base = scn_node_get(n, "base");
		for (const struct scn_node *c = n->first; c; c = c->next)
			if (c != base)
				read_column(l, "host", c);
		if (!base)
			return;
		l->s->host_mark = base->mark;
	} else if (n->kind == SCN_NODE_LIST) {
		scn_report_help(scn_bad_value(l, n, "'host' needs a name or a map, not a list"),
				"write %s or {base: %s, atc: drop}", SCN_HOST_DEFAULT,
				SCN_HOST_DEFAULT);
		return;
	}
	if (!scn_read_scalar(l, base, "host", SCN_T_LINE))
		return;
	g_free(l->s->host);
	l->s->host = g_strdup(base->text);
}

static void read_vmm(struct scn_loader *l, const struct scn_node *n)
{
	if (!n || !scn_want(l, n, SCN_NODE_MAP, false, "vmm", "{domain: device}"))
		return;
	for (const struct scn_node *c = n->first; c; c = c->next)
		read_column(l, "vmm", c);
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

char *scn_policy_text(const struct scn *scn)
{
	GString *s = g_string_new(scn->host);

	for (guint i = 0; i < scn->columns->len; i++) {
		const struct scn_column *c = &g_array_index(scn->columns, struct scn_column, i);

		g_string_append_printf(s, "%s%s%s%s: %s", i ? ", " : " {",
				       strcmp(c->side, "host") ? c->side : "",
				       strcmp(c->side, "host") ? "." : "", c->name, c->value);
	}
	if (scn->columns->len)
		g_string_append_c(s, '}');
	return g_string_free(s, FALSE);
}
