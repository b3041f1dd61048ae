/* SPDX-License-Identifier: MIT */
/* A scenario's making and its end: whatever the loader allocates is given back here. */
#include "sim/scenario/load.h"

static void vm_clear(gpointer data)
{
	g_free(((struct scn_vm *)data)->name);
}

static void device_clear(gpointer data)
{
	struct scn_device *dev = data;

	g_free(dev->name);
	g_free(dev->behind);
}

static void space_clear(gpointer data)
{
	g_free(((struct scn_space *)data)->name);
}

static void name_clear(gpointer data)
{
	g_free(((struct scn_name *)data)->name);
}

void scn_cmd_free(struct scn_cmd *cmd)
{
	if (!cmd)
		return;
	for (guint i = 0; cmd->fields && i < cmd->fields->len; i++)
		g_free(g_array_index(cmd->fields, struct scn_cmd_field, i).key);
	if (cmd->fields)
		g_array_free(cmd->fields, TRUE);
	if (cmd->raw)
		g_array_free(cmd->raw, TRUE);
	g_free(cmd->name);
	g_free(cmd);
}

static void expect_clear(struct scn_expect *expect)
{
	if (!expect->outcomes)
		return;
	for (guint i = 0; i < expect->outcomes->len; i++)
		g_free(g_array_index(expect->outcomes, struct scn_outcome, i).fault);
	g_array_free(expect->outcomes, TRUE);
}

static void sometimes_clear(struct scn_budget *budget)
{
	if (budget->sometimes)
		g_array_free(budget->sometimes, TRUE);
}

static void step_free(gpointer data)
{
	struct scn_step *step = data;

	for (guint i = 0; step->invalidate && i < step->invalidate->len; i++)
		scn_cmd_free(g_ptr_array_index(step->invalidate, i));
	if (step->invalidate)
		g_ptr_array_free(step->invalidate, TRUE);
	scn_cmd_free(step->cmd);
	expect_clear(&step->expect);
	sometimes_clear(&step->budget);
	g_free(step->label);
	g_free(step->then);
	g_free(step->text);
	g_free(step->at_register);
	g_free(step->by);
	g_free(step->wait_for);
	g_free(step->inject_at);
	scn_ioctl_free(step->ioctl);
	g_free(step);
}

static void fail_free(gpointer data)
{
	struct scn_fail *fail = data;

	g_free(fail->where);
	g_free(fail->cause);
	g_free(fail->blame);
	g_free(fail->step);
	g_free(fail->vm);
	g_free(fail->device);
	g_free(fail->power);
	g_free(fail->column);
	g_free(fail);
}

static void column_clear(gpointer data)
{
	struct scn_column *c = data;

	g_free(c->name);
	g_free(c->value);
}

static void actor_clear(gpointer data)
{
	g_free(((struct scn_actor *)data)->name);
}

static void param_clear(gpointer data)
{
	struct scn_param *p = data;

	g_free(p->name);
	g_free(p->value);
}

static void hw_param_clear(gpointer data)
{
	g_free(((struct scn_hw_param *)data)->name);
}

static GArray *array_new(guint size, GDestroyNotify clear)
{
	GArray *array = g_array_new(FALSE, TRUE, size);

	if (clear)
		g_array_set_clear_func(array, clear);
	return array;
}

GArray *scn_columns_new(void)
{
	return array_new(sizeof(struct scn_column), column_clear);
}

struct scn *scn_new(const char *file)
{
	struct scn *s = g_new0(struct scn, 1);

	s->file = g_strdup(file);
	s->refs = g_ptr_array_new_with_free_func(g_free);
	s->vendors = g_ptr_array_new_with_free_func(g_free);
	s->vendor_marks = array_new(sizeof(struct scn_mark), NULL);
	s->iommus = g_ptr_array_new_with_free_func(g_free);
	s->vms = array_new(sizeof(struct scn_vm), vm_clear);
	s->devices = array_new(sizeof(struct scn_device), device_clear);
	s->spaces = array_new(sizeof(struct scn_space), space_clear);
	s->names = array_new(sizeof(struct scn_name), name_clear);
	s->columns = scn_columns_new();
	s->hw_params = array_new(sizeof(struct scn_hw_param), hw_param_clear);
	s->steps = g_ptr_array_new_with_free_func(step_free);
	s->actors = array_new(sizeof(struct scn_actor), actor_clear);
	s->point = array_new(sizeof(struct scn_param), param_clear);
	s->fail = g_ptr_array_new_with_free_func(fail_free);
	return s;
}

void scn_free(struct scn *scn)
{
	if (!scn)
		return;
	g_free(scn->file);
	g_free(scn->name);
	g_free(scn->story);
	g_free(scn->host);
	g_free(scn->host_given);
	g_free(scn->host_file);
	g_free(scn->hardware);
	g_ptr_array_free(scn->refs, TRUE);
	g_ptr_array_free(scn->vendors, TRUE);
	g_array_free(scn->vendor_marks, TRUE);
	g_ptr_array_free(scn->iommus, TRUE);
	g_array_free(scn->vms, TRUE);
	g_array_free(scn->devices, TRUE);
	g_array_free(scn->spaces, TRUE);
	g_array_free(scn->names, TRUE);
	g_array_free(scn->hw_params, TRUE);
	g_array_free(scn->columns, TRUE);
	g_ptr_array_free(scn->steps, TRUE);
	g_array_free(scn->actors, TRUE);
	g_array_free(scn->point, TRUE);
	sometimes_clear(&scn->expect);
	g_ptr_array_free(scn->fail, TRUE);
	g_free(scn);
}
