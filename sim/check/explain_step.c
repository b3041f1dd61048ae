/* SPDX-License-Identifier: MIT */
/* What a step is: by the table of ops, by the vendors' rows of commands and rules of software. */
#include <string.h>

#include "sim/check/explain.h"
#include "sim/scenario/node.h"
#include "sim/scenario/ops.h"

/* ---- keys ---- */

/* Values longer than this stand behind the key's name, not in it. */
#define VALUE_MAX 32

static void add_key(struct chk_page *p, const struct scn_key *key, const char *value)
{
	const struct scn_type_row *type = scn_type_row(key->type);
	bool wide = value && strlen(value) > VALUE_MAX;
	g_autofree char *head =
		value ? g_strdup_printf("%s%s%s", key->name, wide ? "" : ": ", wide ? "" : value) :
			g_strdup_printf("key %s", key->name);
	GString *s = g_string_new(key->help);

	if (wide)
		g_string_append_printf(s, " -- %s", value);
	if (key->words) {
		g_string_append(s, " (");
		for (unsigned i = 0; key->words[i].name; i++)
			g_string_append_printf(s, "%s%s", i ? ", " : "", key->words[i].name);
		g_string_append_c(s, ')');
	} else if (!value && type->example[0]) {
		g_string_append_printf(s, " (%s: %s)", type->name, type->example);
	}
	if (!value && key->required)
		g_string_append(s, "; must be given");
	if (key->type == SCN_T_NOT_MODELLED)
		g_string_append(s, "; not modelled yet");
	chk_page_take(p, head, g_string_free(s, FALSE));
}

struct chk_page *chk_op_page(enum scn_op op)
{
	const struct scn_op_row *row = scn_op_row(op);
	struct chk_page *p = chk_page_new(CHK_GROUP_STEP, row->name, row->help);

	for (unsigned i = 0; i < row->table.cnt; i++)
		add_key(p, &row->table.keys[i], NULL);
	if (row->body == SCN_BODY_CMD)
		for (unsigned i = 0; i < scn_cmd_table.cnt; i++)
			add_key(p, &scn_cmd_table.keys[i], NULL);
	for (unsigned i = 0; i < scn_step_table.cnt; i++)
		add_key(p, &scn_step_table.keys[i], NULL);
	return p;
}

/* In the tables that a step's keys may stand in. */
static const struct scn_key *key_named(const struct scn_op_row *row, const char *name)
{
	const struct scn_table *const tables[] = { &row->table,
						   row->body == SCN_BODY_CMD ? &scn_cmd_table :
									       &row->table,
						   &scn_step_table };

	for (unsigned t = 0; t < G_N_ELEMENTS(tables); t++)
		for (unsigned i = 0; i < tables[t]->cnt; i++)
			if (!strcmp(tables[t]->keys[i].name, name))
				return &tables[t]->keys[i];
	return NULL;
}

/* The keys that are given, by the step's own text: "unmap {space: rx, ...}". */
static void add_given(struct chk_page *p, const struct scn_step *step)
{
	const struct scn_op_row *row = scn_op_row(step->op);
	g_autofree char *text = g_strdup_printf("%s:%s", row->name, step->text + strlen(row->name));
	const struct scn_node *body;
	struct scn_doc doc = { 0 };
	struct scn_diag d;

	scn_diag_init(&d, "step", text, strlen(text));
	scn_doc_read(&doc, &d);
	/* Of a text that is too long for reports there is none of that left. */
	body = doc.root && doc.root->kind == SCN_NODE_MAP ? doc.root->first : NULL;
	for (unsigned i = 0; !body && i < row->table.cnt; i++)
		add_key(p, &row->table.keys[i], NULL);
	for (const struct scn_node *n = body ? body->first : NULL; n; n = n->next) {
		const struct scn_key *key = n->key ? key_named(row, n->key) : NULL;
		g_autoptr(GString) value = g_string_new(NULL);
		g_autofree char *head = NULL;

		scn_node_flow(value, n);
		if (key) {
			add_key(p, key, value->str);
			continue;
		}
		head = g_strdup_printf("%s: %s", n->key ? n->key : "", value->str);
		chk_page_part(p, head, "a field of the command");
	}
	scn_doc_clear(&doc);
	scn_diag_clear(&d);
}

/* ---- commands ---- */

static void add_how(GString *s, uint8_t how, const char *name)
{
	static const char *const words[] = {
		[IMS_ANY] = "any %s",
		[IMS_EQUAL] = "its %s",
		[IMS_ABSENT] = "without %s",
		[IMS_PRESENT] = "with any %s",
		[IMS_MASKED] = "its %s but for the bits that it leaves out",
		[IMS_OR_GLOBAL] = "its %s, or global ones",
	};
	g_auto(GStrv) halves = g_strsplit(words[how], "%s", 2);

	g_string_append_printf(s, "%s%s%s%s", s->len ? ", " : "", halves[0], name, halves[1]);
}

static const char *range_text(uint8_t range)
{
	static const char *const words[] = {
		[IMS_RANGE_NONE] = NULL,
		[IMS_RANGE_FRAGMENT] = "in its range",
		[IMS_RANGE_MID] = "made through an address of its range between the stages",
		[IMS_RANGE_LEAF] = "parts of leaves in its range",
		[IMS_RANGE_LEAF2] = "through leaves of the second stage in its range",
	};

	return words[range];
}

static char *match_text(const struct ims_model *m, const struct ims_match *match, bool whole)
{
	GString *s = g_string_new(NULL);
	const char *range = whole ? NULL : range_text(match->range);

	if (match->dom)
		add_how(s, match->dom_zero ? IMS_ANY : match->dom, m->words.dom);
	if (match->ctx)
		add_how(s, match->ctx, m->words.ctx);
	if (match->src)
		add_how(s, match->src, m->words.src);
	if (range)
		g_string_append_printf(s, "%s%s", s->len ? ", " : "", range);
	if (!s->len)
		g_string_append(s, "everything");
	if (match->not_leaf_only)
		g_string_append(s, "; not if the command says that only leaves changed");
	if (match->knob_values)
		g_string_append_printf(s, "; by '%s'", m->params[match->knob].name);
	g_string_append_printf(s, " (%s)", match->source);
	return g_string_free(s, FALSE);
}

static void add_command(struct chk_page *p, const struct ims_model *m, const struct scn_cmd *cmd)
{
	g_autofree char *head = g_strdup_printf("on %s", m->name);
	const struct ims_cmd_row *row;
	bool whole = false;

	if (!cmd->name)
		return;
	row = scn_cmd_row(m, cmd, ~0u, &whole);
	if (!row) {
		chk_page_take(p, head,
			      g_strdup_printf("there is no command '%s' that takes these fields",
					      cmd->name));
		return;
	}
	chk_page_take(p, head, g_strdup_printf("%s (%s)", row->title, row->source));
	for (unsigned i = 0; i < IMS_MATCHES && row->match[i].source; i++) {
		g_autofree char *drops =
			g_strdup_printf("drops of %s", m->caches[row->match[i].cache].name);

		chk_page_take(p, drops, match_text(m, &row->match[i], whole));
	}
	if (row->kind == IMS_CMD_WAIT)
		chk_page_part(p, "waits", "for the commands before it in its queue");
}

/* ---- what is owed for a change ---- */

static const struct {
	enum scn_op op;
	enum ims_change change;
	bool host;
} owed[] = {
	{ SCN_OP_UNMAP, IMS_CHANGE_S1_LESS, false },
	{ SCN_OP_PROTECT, IMS_CHANGE_S1_LESS, false },
	{ SCN_OP_REMAP, IMS_CHANGE_S1_LESS, false },
	{ SCN_OP_MAP, IMS_CHANGE_S1_MORE, false },
	{ SCN_OP_ATTACH, IMS_CHANGE_CTX_SET, false },
	{ SCN_OP_DETACH, IMS_CHANGE_CTX_CLEAR, false },
	{ SCN_OP_HOST_MAP, IMS_CHANGE_S2_MORE, true },
	{ SCN_OP_HOST_UNMAP, IMS_CHANGE_S2_LESS, true },
};

static void add_owed(struct chk_page *p, const struct ims_model *m, enum ims_change change,
		     bool host)
{
	const struct ims_rule *rules = host ? m->host_rules : m->guest_rules;
	unsigned count = host ? m->host_rules_count : m->guest_rules_count;
	g_autofree char *head = g_strdup_printf("owed on %s", m->name);
	g_autoptr(GPtrArray) told = g_ptr_array_new();
	GString *s = g_string_new(NULL);

	for (unsigned i = 0; i < count; i++) {
		const struct ims_rule *r = &rules[i];

		if (r->change != change || r->scope == IMS_BARRIER ||
		    g_ptr_array_find_with_equal_func(told, r->title, g_str_equal, NULL))
			continue;
		g_ptr_array_add(told, (gpointer)(uintptr_t)r->title);
		g_string_append_printf(s, "%s%s%s (%s)", s->len ? "; " : "", r->title,
				       r->when & IMS_IF_ATS ? ", with ATS" : "", r->source);
	}
	if (!s->len)
		g_string_append(s, "nothing");
	chk_page_take(p, head, g_string_free(s, FALSE));
}

/* ---- the finding that the file expects ---- */

static void add_fault(struct chk_page *p, const struct scn *scn, const struct scn_step *step)
{
	for (guint i = 0; i < scn->fail->len; i++) {
		const struct scn_fail *f = g_ptr_array_index(scn->fail, i);
		bool here = f->line == (int64_t)step->mark.line ||
			    (f->step && strstr(step->text, f->step));
		GString *s;

		if (!here && (f->line >= 0 || f->step))
			continue;
		s = g_string_new(here ? "the file expects a finding of this step:" :
					"the file expects a finding, of whatever step:");
		if (f->kind >= 0)
			g_string_append_printf(s, " %s", scn_kind_name((enum scn_kind)f->kind));
		if (f->blame)
			g_string_append_printf(s, ", blame %s", f->blame);
		if (f->cause)
			g_string_append_printf(s, ", cause %s", f->cause);
		chk_page_take(p, "at fault", g_string_free(s, FALSE));
	}
}

/* ---- the step ---- */

/* The last step that begins at the line or before it; of the last one its own line alone. */
static const struct scn_step *step_at(const struct scn *scn, uint32_t line)
{
	const struct scn_step *found = NULL;

	for (guint i = 0; i < scn->steps->len; i++) {
		const struct scn_step *s = g_ptr_array_index(scn->steps, i);

		if (s->mark.line == line)
			return s;
		if (s->mark.line > line)
			return found;
		found = s;
	}
	return NULL;
}

static void no_step(const struct scn *scn, uint32_t line, GError **error)
{
	const struct scn_step *first = g_ptr_array_index(scn->steps, 0);
	const struct scn_step *last = g_ptr_array_index(scn->steps, scn->steps->len - 1);

	g_set_error(error, SCN_ERROR, SCN_ERROR_CONTENT,
		    "%s:%u: there is no step at this line; the steps begin at lines %u to %u",
		    scn->file, line, first->mark.line, last->mark.line);
}

struct chk_page *chk_step_page(const struct scn *scn, uint32_t line,
			       const struct ims_model *const *models, GError **error)
{
	const struct scn_step *step = scn->steps->len ? step_at(scn, line) : NULL;
	struct chk_page *p;

	if (!step) {
		no_step(scn, line, error);
		return NULL;
	}
	p = chk_page_new(CHK_GROUP_STEP, scn_op_name(step->op), scn_op_row(step->op)->help);
	chk_page_take(p, "step",
		      g_strdup_printf("%s:%u: %s", scn->file, step->mark.line, step->text));
	add_given(p, step);
	for (; *models; models++) {
		if (!g_ptr_array_find_with_equal_func(scn->vendors, (*models)->name, g_str_equal,
						      NULL))
			continue;
		if (step->cmd)
			add_command(p, *models, step->cmd);
		for (guint i = 0; step->invalidate && i < step->invalidate->len; i++)
			add_command(p, *models, g_ptr_array_index(step->invalidate, i));
		for (unsigned i = 0; i < G_N_ELEMENTS(owed); i++)
			if (owed[i].op == step->op)
				add_owed(p, *models, owed[i].change, owed[i].host);
	}
	add_fault(p, scn, step);
	p->related = g_strdup(p->id);
	return p;
}
