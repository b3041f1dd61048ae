/* SPDX-License-Identifier: MIT */
/* Expectations: of a step, of a checkpoint, of the whole file. */
#include <string.h>

#include "sim/scenario/load.h"

static void report_outcome(struct scn_loader *l, const struct scn_node *n, const char *what)
{
	struct scn_report *r = scn_bad_value(l, n, "%s", what);

	scn_report_help(r, "write %s", scn_type_row(SCN_T_EXPECT)->example);
}

static bool read_outcome_word(struct scn_loader *l, const struct scn_node *n,
			      struct scn_outcome *out)
{
	const char *text = scn_read_scalar(l, n, "expect", SCN_T_EXPECT);
	char *quoted, *message;

	if (!text)
		return false;
	if (!strcmp(text, "fault")) {
		out->kind = SCN_EXPECT_FAULT;
		return true;
	}
	if (!strcmp(text, "stall")) {
		out->kind = SCN_EXPECT_STALL;
		return true;
	}
	quoted = scn_quote(text);
	message = g_strdup_printf("'%s' is not an outcome", quoted);
	report_outcome(l, n, message);
	g_free(message);
	g_free(quoted);
	return false;
}

/* {fault: CODE}, {gpa: ...} or {hpa: ...}. */
static bool read_outcome_map(struct scn_loader *l, const struct scn_node *n,
			     struct scn_outcome *out)
{
	static const struct scn_word kinds[] = {
		{ "fault", SCN_EXPECT_FAULT },
		{ "gpa", SCN_EXPECT_GPA },
		{ "hpa", SCN_EXPECT_HPA },
	};

	scn_check_keys(l, n, &scn_outcome_table, NULL);
	if (n->cnt != 1) {
		report_outcome(l, n, "an outcome is one of 'fault', 'gpa' and 'hpa'");
		return false;
	}
	for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (!strcmp(n->first->key, kinds[i].name))
			out->kind = (enum scn_expect_kind)kinds[i].value;
	return scn_read_map(l, n, &scn_outcome_table, out, n) && out->kind != SCN_EXPECT_NONE;
}

static bool read_outcome(struct scn_loader *l, const struct scn_node *n, GArray *outcomes)
{
	struct scn_outcome out = { .mark = n->mark, .gpa = { .name = -1 } };
	bool ok;

	if (n->kind == SCN_NODE_SCALAR) {
		ok = read_outcome_word(l, n, &out);
	} else if (n->kind == SCN_NODE_LIST) {
		report_outcome(l, n, "a list is not an outcome");
		ok = false;
	} else if (scn_node_get(n, "may")) {
		scn_bad_key(l, scn_node_get(n, "may"), "'may' cannot stand inside 'may'");
		ok = false;
	} else {
		ok = read_outcome_map(l, n, &out);
	}
	if (ok)
		g_array_append_val(outcomes, out);
	else
		g_free(out.fault);
	return ok;
}

bool scn_read_expect(struct scn_loader *l, const struct scn_node *n, struct scn_expect *expect)
{
	const struct scn_node *may = n->kind == SCN_NODE_MAP ? scn_node_get(n, "may") : NULL;
	bool ok = true;

	expect->mark = n->mark;
	expect->outcomes = g_array_new(FALSE, FALSE, sizeof(struct scn_outcome));
	if (!may)
		return read_outcome(l, n, expect->outcomes);
	if (n->cnt != 1) {
		report_outcome(l, n, "'may' stands alone: it lists every outcome");
		return false;
	}
	if (!scn_want(l, may, SCN_NODE_LIST, false, "may", "{may: [fault, {gpa: buf0}]}"))
		return false;
	if (!may->first) {
		report_outcome(l, may, "'may' lists no outcome");
		return false;
	}
	for (const struct scn_node *item = may->first; item; item = item->next)
		ok &= read_outcome(l, item, expect->outcomes);
	return ok;
}

/* ---- never: and over: ---- */

static const struct scn_word *find_word(struct scn_loader *l, const char *text,
					const struct scn_word *words, struct scn_mark mark,
					uint32_t width, const char *noun)
{
	struct scn_report *r;
	GPtrArray *known;
	char *quoted;

	for (const struct scn_word *w = words; w->name; w++)
		if (!strcmp(w->name, text))
			return w;
	quoted = scn_quote(text);
	r = scn_diag_add(l->d, mark, width, "unknown %s '%s'", noun, quoted);
	known = g_ptr_array_new();
	for (const struct scn_word *w = words; w->name; w++)
		g_ptr_array_add(known, (gpointer)(uintptr_t)w->name);
	scn_report_words(r, text,
			 words == scn_kind_words     ? "kinds" :
			 words == scn_possible_words ? "events" :
						       "classes",
			 known);
	g_ptr_array_free(known, TRUE);
	g_free(quoted);
	return NULL;
}

bool scn_read_never(struct scn_loader *l, const struct scn_node *n, uint32_t *ret_mask)
{
	bool ok = true;

	if (!scn_want(l, n, SCN_NODE_LIST, false, "never", scn_type_row(SCN_T_NEVER)->example))
		return false;
	for (const struct scn_node *item = n->first; item; item = item->next) {
		const char *text = scn_read_scalar(l, item, "never", SCN_T_LINE);
		const struct scn_word *w = NULL;

		if (text)
			w = find_word(l, text, scn_kind_words, item->mark, item->width,
				      "kind of finding");
		if (w)
			*ret_mask |= 1u << w->value;
		ok &= w != NULL;
	}
	return ok;
}

bool scn_read_over(struct scn_loader *l, const struct scn_node *n, struct scn_budget *budget)
{
	bool ok = true;

	if (!scn_want(l, n, SCN_NODE_MAP, false, "over", scn_type_row(SCN_T_OVER)->example))
		return false;
	for (const struct scn_node *item = n->first; item; item = item->next) {
		const struct scn_word *w = find_word(l, item->key, scn_over_words, item->key_mark,
						     item->key_width, "class of over-invalidation");

		if (w && scn_read_number(l, item, item->key, SCN_T_NUMBER, &budget->over[w->value]))
			budget->has_over[w->value] = true;
		else
			ok = false;
	}
	return ok;
}

/* {atc-hit: nic}: one event, of one device. */
static bool read_possible(struct scn_loader *l, const struct scn_node *n, GArray *list)
{
	struct scn_sometimes s = { .mark = n->mark };
	const struct scn_node *event = n->first;
	const struct scn_word *w;

	if (!scn_want(l, n, SCN_NODE_MAP, false, "sometimes", "[{atc-hit: nic}]"))
		return false;
	if (n->cnt != 1) {
		scn_report_help(scn_bad_value(l, n, "an element of 'sometimes' is one event"),
				"write [{atc-hit: nic}, {fault: nic}]");
		return false;
	}
	w = find_word(l, event->key, scn_possible_words, event->key_mark, event->key_width,
		      "event");
	if (!w || !scn_read_scalar(l, event, event->key, SCN_T_DEV))
		return false;
	/* Each may be of another VM's device. */
	l->vm = -1;
	l->vm_by = NULL;
	s.what = (enum scn_possible)w->value;
	s.dev = scn_resolve(l, event, SCN_NOUN_DEV);
	if (s.dev >= 0)
		g_array_append_val(list, s);
	return s.dev >= 0;
}

bool scn_read_sometimes(struct scn_loader *l, const struct scn_node *n, struct scn_budget *budget)
{
	int32_t vm = l->vm;
	bool ok = true;

	if (!scn_want(l, n, SCN_NODE_LIST, false, "sometimes", "[{atc-hit: nic}]"))
		return false;
	if (!n->first) {
		scn_report_help(scn_bad_value(l, n, "'sometimes' lists no event"),
				"write [{atc-hit: nic}], or leave it out");
		return false;
	}
	budget->sometimes = g_array_new(FALSE, FALSE, sizeof(struct scn_sometimes));
	for (const struct scn_node *item = n->first; item; item = item->next)
		ok &= read_possible(l, item, budget->sometimes);
	l->vm = vm;
	return ok;
}

/* ---- the file's expect: ---- */

static void read_fail(struct scn_loader *l, const struct scn_node *n)
{
	struct scn_fail *fail;
	struct scn_report *r;

	if (!scn_want(l, n, SCN_NODE_MAP, false, "fail", "{kind: stale, blame: guest}"))
		return;
	scn_check_keys(l, n, &scn_fail_table, NULL);
	if (!n->first) {
		r = scn_bad_value(l, n, "'fail' says nothing about the finding");
		scn_report_help(r, "write {kind: stale, blame: guest}");
		return;
	}
	fail = g_new0(struct scn_fail, 1);
	fail->mark = n->mark;
	fail->kind = -1;
	fail->line = -1;
	fail->pages = -1;
	fail->latent = -1;
	g_ptr_array_add(l->s->fail, fail);
	l->vm = -1;
	l->vm_by = NULL;
	scn_read_map(l, n, &scn_fail_table, fail, n);
}

void scn_read_file_expect(struct scn_loader *l, const struct scn_node *n)
{
	const struct scn_node *fail;
	struct scn_report *r;

	if (!scn_want(l, n, SCN_NODE_MAP, false, "expect",
		      "{never: [stale, breach], over: {host: 0}}"))
		return;
	scn_check_keys(l, n, &scn_expect_table, NULL);
	scn_read_map(l, n, &scn_expect_table, &l->s->expect, n);
	fail = scn_node_get(n, "fail");
	if (!fail)
		return;
	if (fail->kind != SCN_NODE_LIST) {
		read_fail(l, fail);
		return;
	}
	if (!fail->first && !fail->swept) {
		r = scn_bad_value(l, fail, "'fail' lists no finding");
		scn_report_help(r, "write {kind: stale, blame: guest}, or leave 'fail' out");
	}
	for (const struct scn_node *item = fail->first; item; item = item->next)
		read_fail(l, item);
}
