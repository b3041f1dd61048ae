/* SPDX-License-Identifier: MIT */
/* Pages of what vendors have as data: rules, columns, knobs and quirks; one for all who have it. */
#include <string.h>

#include "sim/check/explain.h"
#include "sim/check/rule_parts.h"

/* The page that another vendor of the same has made, or a new one. */
static struct chk_page *page_of(GPtrArray *pages, enum chk_group group, const char *id,
				const char *title)
{
	struct chk_page *p;

	for (guint i = 0; i < pages->len; i++) {
		p = g_ptr_array_index(pages, i);
		if (p->group == group && !strcmp(p->id, id))
			return p;
	}
	p = chk_page_new(group, id, title);
	g_ptr_array_add(pages, p);
	return p;
}

/* ---- rules ---- */

/* What a rule is held against, and how one gets right with it, by the question that it asks. */
static void rule_sort(const struct ims_prog_rule *r, const char **ret_found, const char **ret_fix)
{
	if (r->pair) {
		*ret_found =
			"Every two entries that devices are let through by are held against each other at the end of each step.";
		*ret_fix =
			"Give one of the two another tag, or both what the rule says they share.";
	} else if (r->one) {
		*ret_found =
			"Every entry that a device is let through by is looked at at the end of each step.";
		*ret_fix = "Write the entry as the rule says, before it is made present.";
	} else if (r->together) {
		*ret_found = "Every store to a word of a present entry is looked at.";
		*ret_fix =
			"Make the entry absent and invalidate it, write the words, make it present; or change one word alone.";
	} else if (r->change) {
		*ret_found =
			"Every store to a word of a present entry is held against what the word was.";
		*ret_fix = "Go by the state between that the rule names, with its invalidation.";
	} else if (r->wrong) {
		*ret_found = "Every command is looked at as it is consumed.";
		*ret_fix = "Send the command as the rule says.";
	} else if (r->remade) {
		*ret_found =
			"Every store to a table is held against what of the old is still cached.";
		*ret_fix =
			"Break before make: clear the entry, invalidate and wait, then write the new.";
	} else if (r->command) {
		*ret_found =
			"Each such command is remembered until the next wait: what has to follow it stands between.";
		*ret_fix = "Send the command that has to follow, naming the same.";
	} else {
		*ret_found =
			"What is enabled in a device, and what it writes, is looked at as it happens.";
		*ret_fix = "Do the steps in the order, and of the extent, that the rule says.";
	}
}

static void add_rule(GPtrArray *pages, const struct ims_model *m, const struct ims_prog_rule *r)
{
	struct chk_page *p = page_of(pages, CHK_GROUP_RULE, r->name, r->text);
	const char *found, *fix;

	rule_sort(r, &found, &fix);
	chk_page_part(p, "vendor", m ? m->name : "all");
	chk_page_part(p, "source", r->source);
	chk_page_part(
		p, "binds",
		r->physical ?
			"the host: it is asked of the physical unit alone" :
		r->guest ?
			"the guest: a host that repeats what the guest did is not blamed" :
			"whoever programs the unit: the guest its own, the host the physical one");
	if (r->with_param && m)
		chk_page_take(p, "only with", g_strdup(m->params[r->with_param - 1].name));
	chk_page_part(p, "found", found);
	if (r->command) {
		GString *s = g_string_new(NULL);

		g_string_append_printf(s, "%s must be followed by", r->command);
		for (unsigned i = 0; i < G_N_ELEMENTS(r->follow) && r->follow[i]; i++)
			g_string_append_printf(s, "%s %s", i ? " or" : "", r->follow[i]);
		chk_page_take(p, "commands", g_string_free(s, FALSE));
	}
	chk_page_part(p, "fix", fix);
	if (!p->related)
		p->related = g_strdup("rule breach");
}

void chk_rule_pages(GPtrArray *pages, const struct ims_model *const *models)
{
	const struct ims_prog_rule *const own[] = { &chk_rule_pasid_first, &chk_rule_entry_first,
						    &chk_rule_marked };

	for (unsigned i = 0; i < G_N_ELEMENTS(own); i++)
		add_rule(pages, NULL, own[i]);
	for (; *models; models++)
		for (unsigned i = 0; i < (*models)->prog_rules_count; i++)
			add_rule(pages, *models, &(*models)->prog_rules[i]);
}

/* ---- columns ---- */

static void add_vendors(struct chk_page *p, unsigned column, unsigned answer,
			const struct ims_model *const *models)
{
	GString *who = g_string_new(ims_columns[column].answers[answer].text);
	unsigned count = 0;
	g_autofree char *head = NULL;

	for (; *models; models++)
		if (ims_policy_answers(*models, column) >> answer & 1)
			g_string_append_printf(who, "%s%s", count++ ? ", " : " (", (*models)->name);
	g_string_append(who, count ? ")" : " (nobody)");
	head = g_strdup_printf("answer %s", ims_columns[column].answers[answer].name);
	chk_page_take(p, head, g_string_free(who, FALSE));
}

/* Which hosts have which answer. */
static void add_hosts(struct chk_page *p, unsigned column, const struct ims_model *m)
{
	GString *s = g_string_new(NULL);
	g_autofree char *head = g_strdup_printf("hosts of %s", m->name);

	for (unsigned i = 0; i < m->policies_count; i++) {
		unsigned is = m->policies[i].policy.of[column];

		if (is)
			g_string_append_printf(s, "%s%s: %s", s->len ? ", " : "",
					       m->policies[i].name,
					       ims_columns[column].answers[is].name);
	}
	chk_page_take(p, head, g_string_free(s, FALSE));
}

static void add_column(GPtrArray *pages, unsigned column, const struct ims_model *const *models)
{
	const struct ims_column_def *c = &ims_columns[column];
	g_autofree char *id = g_strdup_printf("%s.%s", c->side, c->name);
	struct chk_page *p = page_of(pages, CHK_GROUP_COLUMN, id, c->question);

	for (unsigned a = 1; a < IMS_ANSWERS; a++)
		if (c->answers[a].name)
			add_vendors(p, column, a, models);
	for (const struct ims_model *const *m = models; *m; m++) {
		g_autofree char *head = g_strdup_printf("source of %s", (*m)->name);

		for (unsigned i = 0; i < (*m)->columns_count; i++) {
			if ((*m)->columns[i].column != column)
				continue;
			add_hosts(p, column, *m);
			chk_page_part(p, head, (*m)->columns[i].source);
		}
	}
	chk_page_part(
		p, "found",
		"A finding is found again with the answer of the vendor's first policy in place of this one; where it is gone, the finding names the column.");
	chk_page_take(p, "set",
		      g_strdup_printf(!strcmp(c->side, "vmm") ? "vmm: {%s: ANSWER}" :
								"host: {base: NAME, %s: ANSWER}",
				      c->name));
	p->related = g_strdup_printf("blame.%s", c->side);
}

/* ---- knobs and quirks ---- */

static void add_readings(struct chk_page *p, const struct ims_param *k)
{
	chk_page_take(
		p, "readings",
		g_strdup_printf(
			ims_param_open(k) ?
				"default %u of at most %u; adversarial hardware has %u, the lenient reading is %u" :
				"default %u of at most %u; adversarial hardware has %u too",
			k->value, k->max, k->adversarial, k->lenient));
	chk_page_part(p, "why", k->why);
	chk_page_part(p, "unknown", k->unknown);
	if (ims_param_open(k))
		chk_page_take(
			p, "power",
			g_strdup_printf(
				"a finding that is there with %u and not with %u says 'needs %s=%u'",
				k->adversarial, k->lenient, k->name, k->adversarial));
}

static void add_param(GPtrArray *pages, const struct ims_model *m, const struct ims_param *k)
{
	bool knob = k->kind == IMS_PARAM_KNOB;
	struct chk_page *p =
		page_of(pages, knob ? CHK_GROUP_KNOB : CHK_GROUP_QUIRK, k->name, k->text);

	chk_page_part(p, "vendor", m->name);
	chk_page_part(p, "meaning", k->text);
	if (knob)
		add_readings(p, k);
	chk_page_part(p, "source", k->source);
	chk_page_take(p, "set",
		      g_strdup_printf(knob ? "hardware: {mode: adversarial, caps: {%s: VALUE}}" :
					     "hardware: {mode: adversarial, quirks: [%s]}",
				      k->name));
}

void chk_model_pages(GPtrArray *pages, const struct ims_model *const *models)
{
	for (unsigned i = 0; i < IMS_COLUMNS; i++)
		add_column(pages, i, models);
	for (unsigned kind = IMS_PARAM_KNOB; kind <= IMS_PARAM_QUIRK; kind++)
		for (const struct ims_model *const *m = models; *m; m++)
			for (unsigned i = 0; i < (*m)->params_count; i++)
				if ((*m)->params[i].kind == kind)
					add_param(pages, *m, &(*m)->params[i]);
}
