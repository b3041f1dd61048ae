/* SPDX-License-Identifier: MIT */
/* A unit's parameters: from `hardware: {caps: ..., quirks: ...}` to the vendor's numbers. */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/scenario/run.h"

static GPtrArray *names_of(const struct ims_model *m, bool quirks)
{
	GPtrArray *names = g_ptr_array_new();

	for (unsigned i = 0; i < m->params_count; i++)
		if ((m->params[i].kind == IMS_PARAM_QUIRK) == quirks)
			g_ptr_array_add(names, (gpointer)(uintptr_t)m->params[i].name);
	return names;
}

static void no_such(struct scn_run *run, const struct scn_hw_param *p, GError **error)
{
	g_autoptr(GPtrArray) names = names_of(run->model, p->quirk);
	g_autofree char *message = g_strdup_printf("%s has no %s '%s'", run->model->name,
						   p->quirk ? "quirk" : "capability", p->name);

	scn_run_unknown(run->scn, p->mark, error, message, p->name,
			p->quirk ? "quirks" : "capabilities", names);
}

static bool set_one(struct scn_run *run, const struct scn_hw_param *p, GError **error)
{
	int index = ims_model_param(run->model, p->name);
	const struct ims_param *row = index < 0 ? NULL : &run->model->params[index];

	if (!row) {
		no_such(run, p, error);
		return false;
	}
	if ((row->kind == IMS_PARAM_QUIRK) != p->quirk) {
		scn_run_error(run->scn, p->mark, error, "'%s' is %s: write it in '%s'", p->name,
			      p->quirk ? "no quirk but a capability" : "a quirk",
			      p->quirk ? "caps" : "quirks");
		return false;
	}
	if (p->value > row->max) {
		if (row->max)
			scn_run_error(run->scn, p->value_mark, error,
				      "'%s' must be between 0 and %u: %s", p->name, row->max,
				      row->text);
		else
			scn_run_error(run->scn, p->value_mark, error, "'%s' can only be 0: %s",
				      p->name, row->text);
		return false;
	}
	run->params[index] = (uint32_t)p->value;
	return true;
}

/* Where a rule is broken: at the one that, had it its default, would let it hold. */
static struct scn_mark culprit(const struct scn_run *run, const struct ims_param_rule *rule)
{
	const struct scn *scn = run->scn;
	uint32_t trial[IMS_PARAMS];

	for (guint i = 0; i < scn->hw_params->len; i++) {
		const struct scn_hw_param *p =
			&g_array_index(scn->hw_params, struct scn_hw_param, i);
		int index = ims_model_param(run->model, p->name);

		memcpy(trial, run->params, sizeof(trial));
		trial[index] = run->model->params[index].value;
		if (rule->holds(trial))
			return p->mark;
	}
	return scn->hardware_mark;
}

static bool rules_hold(struct scn_run *run, GError **error)
{
	const struct ims_model *m = run->model;
	const struct ims_param_rule *rule = ims_params_broken(m, run->params);

	if (rule) {
		scn_run_error(run->scn, culprit(run, rule), error, "no such unit can be: %s (%s)",
			      rule->name, rule->source);
		return false;
	}
	for (unsigned i = 0; i < m->needs_count; i++) {
		if (m->needs[i].holds(run->params))
			continue;
		scn_run_error(run->scn, culprit(run, &m->needs[i]), error,
			      "not modelled: software for such a unit: %s (%s)", m->needs[i].name,
			      m->needs[i].source);
		return false;
	}
	return true;
}

static bool is_set(const struct scn *scn, const char *name)
{
	for (guint i = 0; i < scn->hw_params->len; i++)
		if (!strcmp(g_array_index(scn->hw_params, struct scn_hw_param, i).name, name))
			return true;
	return false;
}

unsigned scn_run_open(const struct scn *scn, const struct ims_model *model, uint8_t *ret_rows)
{
	unsigned count = 0;

	if (strcmp(scn->hardware, "adversarial"))
		return 0;
	for (unsigned i = 0; i < model->params_count; i++) {
		if (!ims_param_open(&model->params[i]) || is_set(scn, model->params[i].name))
			continue;
		IMS_ASSERT(count < SCN_OPEN_MAX);
		ret_rows[count++] = (uint8_t)i;
	}
	return count;
}

bool scn_run_params(struct scn_run *run, GError **error)
{
	const struct ims_model *m = run->model;
	uint8_t open[SCN_OPEN_MAX];
	unsigned count = scn_run_open(run->scn, m, open);

	for (unsigned i = 0; i < m->params_count; i++)
		run->params[i] = m->params[i].value;
	for (unsigned i = 0; i < count; i++)
		run->params[open[i]] = run->variant.lenient >> i & 1 ?
					       m->params[open[i]].lenient :
					       m->params[open[i]].adversarial;
	for (guint i = 0; i < run->scn->hw_params->len; i++)
		if (!set_one(run, &g_array_index(run->scn->hw_params, struct scn_hw_param, i),
			     error))
			return false;
	if (!rules_hold(run, error))
		return false;
	return true;
}
