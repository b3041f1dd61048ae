/* SPDX-License-Identifier: MIT */
/* From `host:` and `vmm:` to the vendor's policy. */
#include <string.h>

#include "sim/scenario/run_parts.h"

static void no_such(const struct scn_run *run, struct scn_mark mark, const char *what,
		    const char *name, const char *list, GPtrArray *names, GError **error)
{
	g_autofree char *message =
		g_strdup_printf("%s has no %s '%s'", run->model->name, what, name);

	scn_run_unknown(run->scn, mark, error, message, name, list, names);
}

static const struct ims_policy_row *base_of(const struct scn_run *run, GError **error)
{
	const struct ims_model *m = run->model;
	const struct ims_policy_row *row = ims_policy_row(m, run->scn->host);
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (unsigned i = 0; i < m->policies_count && !row; i++)
		g_ptr_array_add(names, (gpointer)(uintptr_t)m->policies[i].name);
	if (!row) {
		g_ptr_array_add(names, (gpointer)(uintptr_t)SCN_HOST_BARE);
		no_such(run, run->scn->host_mark, "host", run->scn->host, "hosts", names, error);
	}
	return row;
}

static int column_of(const struct scn_run *run, const struct scn_column *c, GError **error)
{
	int column = ims_column_named(c->side, c->name);
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *what = g_strdup_printf("column of the %s", c->side);

	if (column >= 0 && ims_policy_answers(run->model, (unsigned)column))
		return column;
	for (unsigned i = 0; i < IMS_COLUMNS; i++)
		if (ims_policy_answers(run->model, i) && !strcmp(ims_columns[i].side, c->side))
			g_ptr_array_add(names, (gpointer)(uintptr_t)ims_columns[i].name);
	no_such(run, c->mark, what, c->name, "columns", names, error);
	return -1;
}

static bool set_column(const struct scn_run *run, const struct scn_column *c,
		       struct ims_policy *policy, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *what = NULL;
	int column = column_of(run, c, error), answer;
	uint8_t answers;

	if (column < 0)
		return false;
	answers = ims_policy_answers(run->model, (unsigned)column);
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
	no_such(run, c->value_mark, what, c->value, "answers", names, error);
	return false;
}

bool scn_run_policy(const struct scn_run *run, struct ims_policy *ret, GError **error)
{
	const struct scn *scn = run->scn;
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
		*ret = run->model->policies[0].policy;
		return !c;
	}
	base = base_of(run, error);
	if (!base)
		return false;
	*ret = base->policy;
	for (guint i = 0; i < scn->columns->len; i++)
		if (!set_column(run, &g_array_index(scn->columns, struct scn_column, i), ret,
				error))
			return false;
	return true;
}
