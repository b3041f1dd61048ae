/* SPDX-License-Identifier: MIT */
/* Steps: one item of `steps:` after the other, read by its row and checked as a whole. */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/scenario/load.h"

/* Reports of steps show this much of a step's own words. */
#define TEXT_MAX 1000

static void begin(struct scn_loader *l)
{
	l->vm = l->s->vms->len == 1 ? 0 : -1;
	l->vm_by = NULL;
}

/* ---- write ---- */

/* A register is named as in its specification: CAP_REG, GERROR. */
static bool is_register(const char *text)
{
	for (const char *p = text; *p; p++)
		if (!g_ascii_isupper(*p) && *p != '_' &&
		    (p == text || (!g_ascii_isdigit(*p) && *p != '-')))
			return false;
	return true;
}

static bool read_at_map(struct scn_loader *l, const struct scn_node *n, struct scn_step *step)
{
	static const struct scn_key keys[] = {
		{ .name = "gpa", .type = SCN_T_GPA, .offset = offsetof(struct scn_step, gpa) },
		{ .name = "hpa", .type = SCN_T_HPA, .offset = offsetof(struct scn_step, at_hpa) },
	};
	static const struct scn_table table = { .what = "in 'at'",
						.keys = keys,
						.cnt = G_N_ELEMENTS(keys) };

	scn_check_keys(l, n, &table, NULL);
	if (n->cnt != 1) {
		struct scn_report *r = scn_bad_value(l, n, "'at' needs one place");

		scn_report_help(r, "write %s", scn_type_row(SCN_T_AT)->example);
		return false;
	}
	step->at = scn_node_get(n, "gpa") ? SCN_AT_GPA : SCN_AT_HPA;
	return scn_read_map(l, n, &table, step, n);
}

bool scn_read_at(struct scn_loader *l, const struct scn_node *n, struct scn_step *step)
{
	step->at_mark = n->mark;
	if (n->kind == SCN_NODE_MAP)
		return read_at_map(l, n, step);
	if (!scn_read_scalar(l, n, "at", SCN_T_AT))
		return false;
	if (!scn_is_page(l, n->text) && is_register(n->text)) {
		step->at = SCN_AT_REGISTER;
		step->at_register = g_strdup(n->text);
		return true;
	}
	step->at = SCN_AT_GPA;
	return scn_read_gpa(l, n, &step->gpa);
}

static bool check_write(struct scn_loader *l, const struct scn_node *body, struct scn_step *step)
{
	const struct scn_node *at = scn_node_get(body, "at");
	uint64_t addr = step->at == SCN_AT_GPA ? step->gpa.offset : step->at_hpa;

	if (step->width == 4 && step->value > UINT32_MAX) {
		scn_bad_value(l, scn_node_get(body, "value"), "the value does not fit 4 bytes");
		return false;
	}
	if (step->at == SCN_AT_REGISTER)
		return true;
	if (addr % step->width) {
		scn_bad_value(l, at,
			      "a store of %u bytes needs an address that is a multiple of %u",
			      step->width, step->width);
		return false;
	}
	if (step->at == SCN_AT_HPA)
		return true;
	return !scn_lacks_vm(l, at, "name the page with its VM, as in vm0.buf0") &&
	       scn_check_span(l, at, &step->gpa, step->width);
}

/* ---- what a step must be as a whole ---- */

static bool check_dma(struct scn_loader *l, const struct scn_node *body, struct scn_step *step)
{
	if (step->size || step->access == SCN_READ)
		return true;
	scn_bad_value(l, scn_node_get(body, "size"), "a request of no bytes is a read");
	return false;
}

/* map and remap, and what the host does to a range. */
static bool check_target(struct scn_loader *l, const struct scn_node *body, struct scn_step *step)
{
	return scn_check_span(l, scn_node_get(body, "gpa"), &step->gpa, step->size);
}

/* Absolute addresses that the step gives a meaning: named pages lie elsewhere. */
static void keep_clear(struct scn_loader *l, const struct scn_step *step)
{
	const GArray *outcomes = step->expect.outcomes;

	/* What the host does to a range says nothing about what lies in it. */
	if (step->op == SCN_OP_HOST_MAP || step->op == SCN_OP_HOST_UNMAP)
		return;
	scn_keep_clear(l, &step->gpa,
		       step->op == SCN_OP_MAP || step->op == SCN_OP_REMAP ? step->size : 1);
	for (guint i = 0; outcomes && i < outcomes->len; i++) {
		const struct scn_outcome *out = &g_array_index(outcomes, struct scn_outcome, i);

		if (out->kind == SCN_EXPECT_GPA)
			scn_keep_clear(l, &out->gpa, 1);
	}
}

static bool check_range(struct scn_loader *l, const struct scn_node *body,
			const struct scn_step *step)
{
	if (step->size == 0 || step->iova + (step->size - 1) >= step->iova)
		return true;
	scn_bad_value(l, scn_node_get(body, "iova"),
		      "the range ends beyond the last 64-bit address");
	return false;
}

typedef bool check_fn(struct scn_loader *l, const struct scn_node *body, struct scn_step *step);
static check_fn *const checks[SCN_OP_MAX] = {
	[SCN_OP_MAP] = check_target,	  [SCN_OP_REMAP] = check_target,
	[SCN_OP_HOST_MAP] = check_target, [SCN_OP_HOST_UNMAP] = check_target,
	[SCN_OP_WRITE] = check_write,	  [SCN_OP_DMA] = check_dma,
	[SCN_OP_IOCTL] = scn_read_ioctl,
};

/* ---- reading ---- */

static void no_such_op(struct scn_loader *l, const char *name, struct scn_mark mark, uint32_t width)
{
	struct scn_report *r;
	GPtrArray *words;
	char *quoted;

	quoted = scn_quote(name);
	r = scn_diag_add(l->d, mark, width, "unknown step '%s'", quoted);
	words = g_ptr_array_new();
	for (unsigned op = 0; op < SCN_OP_MAX; op++)
		g_ptr_array_add(words, (gpointer)(uintptr_t)scn_op_name((enum scn_op)op));
	scn_report_words(r, name, "valid steps", words);
	g_ptr_array_free(words, TRUE);
	g_free(quoted);
}

static enum scn_op find_op(const char *name)
{
	unsigned op = 0;

	while (op < SCN_OP_MAX && strcmp(scn_op_name((enum scn_op)op), name))
		op++;
	return (enum scn_op)op;
}

static struct scn_step *new_step(struct scn_loader *l, enum scn_op op)
{
	const struct scn_op_row *row = scn_op_row(op);
	struct scn_step *step = g_new0(struct scn_step, 1);

	step->op = op;
	step->index = l->s->steps->len;
	step->actor = l->actor;
	step->then_step = step->wait_step = -1;
	step->vm = step->dev = step->space = -1;
	step->dev_ats = step->dev_pasid = -1;
	step->gpa.name = -1;
	step->perm = row->perm;
	step->size = row->size;
	step->repeat = 1;
	step->width = 8;
	g_ptr_array_add(l->s->steps, step);
	return step;
}

static void set_text(struct scn_step *step, const struct scn_node *body)
{
	GString *text = g_string_new(scn_op_name(step->op));

	if (body->first) {
		g_string_append_c(text, ' ');
		scn_node_flow(text, body);
	}
	if (text->len > TEXT_MAX) {
		const char *cut = g_utf8_find_prev_char(text->str, text->str + TEXT_MAX);

		g_string_truncate(text, (gsize)(cut - text->str));
		g_string_append(text, "...");
	}
	step->text = g_string_free(text, FALSE);
}

static bool read_cmd_body(struct scn_loader *l, const struct scn_node *body, struct scn_step *step)
{
	for (const struct scn_node *n = body->first; n; n = n->next) {
		const struct scn_key *key = scn_find_key(&scn_step_table, n->key);

		if (key && key->type == SCN_T_NOT_MODELLED)
			scn_not_modelled(l, n, key->help);
	}
	step->cmd = scn_read_cmd(l, body, &scn_step_table);
	if (!step->cmd)
		return false;
	step->space = step->cmd->space;
	step->dev = step->cmd->dev;
	step->has_pasid = step->cmd->has_pasid;
	step->pasid = step->cmd->pasid;
	step->iova = step->cmd->iova;
	step->size = step->cmd->size;
	return true;
}

static bool read_body(struct scn_loader *l, const struct scn_node *body, struct scn_step *step)
{
	const struct scn_op_row *row = scn_op_row(step->op);
	void *base = row->body == SCN_BODY_BUDGET ? (void *)&step->budget : (void *)step;
	bool ok;

	if (row->body == SCN_BODY_CMD) {
		ok = read_cmd_body(l, body, step);
	} else {
		scn_check_keys(l, body, &row->table, &scn_step_table);
		ok = scn_read_map(l, body, &row->table, base, body);
	}
	return scn_read_map(l, body, &scn_step_table, step, body) && ok;
}

static void take_label(struct scn_loader *l, const struct scn_node *body, struct scn_step *step)
{
	guint old;

	if (!step->label)
		return;
	old = GPOINTER_TO_UINT(g_hash_table_lookup(l->labels, step->label));
	if (old) {
		const struct scn_step *first = g_ptr_array_index(l->s->steps, old - 1);
		char *quoted = scn_quote(step->label);
		struct scn_report *r = scn_bad_value(l, scn_node_get(body, "label"),
						     "the label '%s' is given twice", quoted);

		scn_report_note(r, "first given to the step at %u:%u", first->mark.line,
				first->mark.col);
		g_free(quoted);
		return;
	}
	g_hash_table_insert(l->labels, step->label, GUINT_TO_POINTER(step->index + 1));
}

static void read_step(struct scn_loader *l, enum scn_op op, struct scn_mark mark,
		      const struct scn_node *body)
{
	const struct scn_op_row *row = scn_op_row(op);
	struct scn_step *step = new_step(l, op);

	begin(l);
	step->mark = mark;
	set_text(step, body);
	if (read_body(l, body, step) && check_range(l, body, step) &&
	    (!checks[op] || checks[op](l, body, step)) && row->needs_vm)
		scn_lacks_vm(l, body,
			     scn_find_key(&row->table, "vm") ?
				     "say it with 'vm'" :
				     "name the page with its VM, as in vm0.buf0");
	step->vm = l->vm;
	if (step->then)
		step->then_mark = scn_node_get(body, "then")->mark;
	if (step->wait_for)
		step->wait_mark = scn_node_get(body, "for")->mark;
	keep_clear(l, step);
	take_label(l, body, step);
}

void scn_read_step(struct scn_loader *l, const struct scn_node *item)
{
	const struct scn_node *n = item->first;
	bool word = item->kind == SCN_NODE_SCALAR && !scn_node_is_null(item);
	const char *name = word ? item->text : n && n->key ? n->key : NULL;
	struct scn_mark mark = word || !name ? item->mark : n->key_mark;
	uint32_t width = word || !name ? item->width : n->key_width;
	struct scn_node empty = {
		.kind = SCN_NODE_MAP, .key = name, .key_mark = mark, .key_width = width
	};
	struct scn_report *r;
	enum scn_op op;

	if (!name) {
		r = scn_bad_value(l, item, "a step is a map of one key, its name");
		scn_report_help(r, "write - unmap: {space: rx, iova: 0x10000, size: 4K}");
		return;
	}
	op = find_op(name);
	if (op == SCN_OP_MAX) {
		no_such_op(l, name, mark, width);
		return;
	}
	if (!word && n->next) {
		r = scn_bad_key(l, n->next, "a step has one name, and this one is '%s'", name);
		scn_report_help(r, "its keys stand inside: %s: {...}; another step starts with '-'",
				name);
		return;
	}
	if (!word && !scn_want(l, n, SCN_NODE_MAP, true, name, "its keys in a map: {key: value}"))
		return;
	/* A step that an alias repeats stands where the alias does. */
	read_step(l, op, item->alias ? item->mark : mark,
		  word || n->kind != SCN_NODE_MAP ? &empty : n);
}
