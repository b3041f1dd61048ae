/* SPDX-License-Identifier: MIT */
/* From `host:` and `vmm:` to the vendor's policy. */
#include <string.h>

#include "sim/scenario/run.h"

static void no_such(const struct scn *scn, const struct ims_model *m, struct scn_mark mark,
		    const char *what, const char *name, const char *list, GPtrArray *names,
		    GError **error)
{
	g_autofree char *message = g_strdup_printf("%s has no %s '%s'", m->name, what, name);

	scn_run_unknown(scn, mark, error, message, name, list, names);
}

static const struct ims_policy_row *base_of(const struct scn *scn, const struct ims_model *m,
					    GError **error)
{
	const struct ims_policy_row *row = ims_policy_row(m, scn->host);
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (unsigned i = 0; i < m->policies_count && !row; i++)
		g_ptr_array_add(names, (gpointer)(uintptr_t)m->policies[i].name);
	if (!row) {
		g_ptr_array_add(names, (gpointer)(uintptr_t)SCN_HOST_BARE);
		no_such(scn, m, scn->host_mark, "host", scn->host, "hosts", names, error);
	}
	return row;
}

static int column_of(const struct scn *scn, const struct ims_model *m, const struct scn_column *c,
		     GError **error)
{
	int column = ims_column_named(c->side, c->name);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *what = g_strdup_printf("column of the %s", c->side);

	if (column >= 0 && ims_policy_answers(m, (unsigned)column))
		return column;
	for (unsigned i = 0; i < IMS_COLUMNS; i++)
		if (ims_policy_answers(m, i) && !strcmp(ims_columns[i].side, c->side))
			g_ptr_array_add(names, (gpointer)(uintptr_t)ims_columns[i].name);
	no_such(scn, m, c->mark, what, c->name, "columns", names, error);
	return -1;
}

static bool set_column(const struct scn *scn, const struct ims_model *m, const struct scn_column *c,
		       struct ims_policy *policy, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *what = NULL;
	int column = column_of(scn, m, c, error), answer;
	uint8_t answers;

	if (column < 0)
		return false;
	answers = ims_policy_answers(m, (unsigned)column);
	answer = ims_answer_named((unsigned)column, c->value);
	if (answer > 0 && answers >> answer & 1) {
		policy->of[column] = (uint8_t)answer;
		return true;
	}
	for (unsigned i = 1; i < IMS_ANSWERS; i++)
		if (answers >> i & 1)
			g_ptr_array_add(names,
					(gpointer)(uintptr_t)ims_columns[column].answers[i].name);
	what = g_strdup_printf("answer to '%s.%s' that is", c->side, c->name);
	no_such(scn, m, c->value_mark, what, c->value, "answers", names, error);
	return false;
}

static bool read_all(const struct scn *scn, const struct ims_model *m, struct ims_policy *ret,
		     GError **error)
{
	const struct ims_policy_row *base;

	if (!strcmp(scn->host, SCN_HOST_BARE)) {
		const struct scn_column *c =
			scn->columns->len ? &g_array_index(scn->columns, struct scn_column, 0) :
					    NULL;

		if (c)
			scn_run_error(scn, c->mark, error,
				      "without a host there is no '%s.%s' to choose", c->side,
				      c->name);
		/* Nobody asks it. */
		*ret = m->policies[0].policy;
		return !c;
	}
	base = base_of(scn, m, error);
	if (!base)
		return false;
	*ret = base->policy;
	for (guint i = 0; i < scn->columns->len; i++)
		if (!set_column(scn, m, &g_array_index(scn->columns, struct scn_column, i), ret,
				error))
			return false;
	return true;
}

bool scn_policy_of(const struct scn *scn, const struct ims_model *model, struct ims_policy *ret,
		   uint64_t *ret_differ, GError **error)
{
	if (!read_all(scn, model, ret, error))
		return false;
	*ret_differ = 0;
	for (unsigned i = 0; i < IMS_COLUMNS; i++)
		if (ret->of[i] != model->policies[0].policy.of[i])
			*ret_differ |= UINT64_C(1) << i;
	return true;
}
