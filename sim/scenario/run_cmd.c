/* SPDX-License-Identifier: MIT */
/* Commands by name: from a scenario's words to the vendor's. */
#include <string.h>

#include "sim/core/bits.h"
#include "sim/scenario/load_diag.h"
#include "sim/scenario/run_parts.h"

/* @word, if not NULL, is none of @words, which are @what. */
static void report(const struct scn *scn, struct scn_mark mark, GError **error, const char *message,
		   const char *word, const char *what, const GPtrArray *words)
{
	g_autofree char *text = NULL;
	/* What stands in no file was given on the command line. */
	const char *file = !mark.line ? "--host" : mark.policy ? scn->host_file : scn->file;
	struct scn_report *r;
	struct scn_diag d;
	gsize len = 0;

	if (!mark.line || !g_file_get_contents(file, &text, &len, NULL))
		text = g_strdup("");
	scn_diag_init(&d, file, text, len);
	d.code = SCN_ERROR_CONTENT;
	r = scn_diag_add(&d, mark, word ? (uint32_t)g_utf8_strlen(word, -1) : 1, "%s", message);
	if (words)
		scn_report_words(r, word, what, words);
	scn_diag_finish(&d, error);
	scn_diag_clear(&d);
}

void scn_run_error(const struct scn *scn, struct scn_mark mark, GError **error, const char *fmt,
		   ...)
{
	g_autofree char *message = NULL;
	va_list ap;

	va_start(ap, fmt);
	message = g_strdup_vprintf(fmt, ap);
	va_end(ap);
	report(scn, mark, error, message, NULL, NULL, NULL);
}

void scn_run_unknown(const struct scn *scn, struct scn_mark mark, GError **error,
		     const char *message, const char *word, const char *what,
		     const GPtrArray *words)
{
	report(scn, mark, error, message, word, what, words);
}

bool scn_cmd_is_wait(const struct scn_run *run, const struct scn_cmd *cmd)
{
	return cmd->name && !strcmp(cmd->name, run->model->sync) && !cmd->fields->len;
}

/* What a row needs to be told, from what its matches compare. */
static uint8_t row_needs(const struct ims_cmd_row *row)
{
	uint8_t needs = row->ranged ? IMS_KEY_ADDR : 0;

	for (unsigned i = 0; i < IMS_MATCHES && row->match[i].source; i++) {
		const struct ims_match *m = &row->match[i];

		needs |= (m->dom == IMS_EQUAL || m->dom == IMS_MASKED) && !m->dom_zero ?
				 IMS_KEY_DOM :
				 0;
		needs |= m->ctx == IMS_EQUAL || m->ctx == IMS_OR_GLOBAL ? IMS_KEY_CTX : 0;
		needs |= m->src == IMS_EQUAL || m->src == IMS_MASKED ? IMS_KEY_SRC : 0;
	}
	return needs;
}

static const struct scn_cmd_field *given_field(const struct scn_cmd *cmd, const char *name)
{
	for (guint i = 0; cmd->fields && i < cmd->fields->len; i++) {
		const struct scn_cmd_field *f =
			&g_array_index(cmd->fields, struct scn_cmd_field, i);

		if (!strcmp(f->key, name))
			return f;
	}
	return NULL;
}

static uint8_t key_of_arg(uint8_t arg)
{
	switch (arg) {
	case IMS_ARG_DOM:
		return IMS_KEY_DOM;
	case IMS_ARG_CTX:
		return IMS_KEY_CTX;
	case IMS_ARG_SRC:
		return IMS_KEY_SRC;
	case IMS_ARG_ADDR:
		return IMS_KEY_ADDR;
	default:
		return 0;
	}
}

/* What the scenario tells: by its general keys, and by fields of this row. */
static uint8_t given_keys(const struct scn_cmd *cmd, const struct ims_cmd_row *row)
{
	uint8_t given = 0;

	if (cmd->space >= 0)
		given |= IMS_KEY_DOM | IMS_KEY_CTX;
	if (cmd->has_pasid)
		given |= IMS_KEY_CTX;
	if (cmd->dev >= 0)
		given |= IMS_KEY_SRC;
	if (cmd->has_iova)
		given |= IMS_KEY_ADDR;
	for (unsigned i = 0; i < row->fields_count; i++)
		if (given_field(cmd, row->fields[i].name))
			given |= key_of_arg(row->fields[i].arg);
	return given;
}

/* An explicit granularity, or another field that tells rows apart, leaves only the rows that have it. */
static bool granularity_fits(const struct scn_cmd *cmd, const struct ims_cmd_row *row)
{
	if (given_field(cmd, "g") && !ims_row_field(row, "g"))
		return false;
	for (unsigned i = 0; i < row->fields_count; i++) {
		const struct ims_cmd_field *f = &row->fields[i];
		const struct scn_cmd_field *given = given_field(cmd, f->name);
		struct ims_field at = IMS_FIELD(f->at.hi, f->at.lo);

		if (given && f->at.hi < 128 && ims_field_get(row->care, at) &&
		    ims_field_get(row->value, at) != given->value)
			return false;
	}
	return true;
}

/* The most particular row of this name for which everything it needs is given. */
const struct ims_cmd_row *scn_cmd_row(const struct ims_model *m, const struct scn_cmd *cmd,
				      unsigned mode, bool *ret_whole)
{
	const struct ims_cmd_row *best = NULL;
	int best_bits = -1;

	for (unsigned without = 0; without < 2 && !best; without++) {
		*ret_whole = without;
		for (unsigned i = 0; i < m->rows_count; i++) {
			const struct ims_cmd_row *row = &m->rows[i];
			uint8_t needs =
				(uint8_t)(row_needs(row) & (without ? 0xf ^ IMS_KEY_ADDR : 0xf));
			int bits = __builtin_popcount(needs);

			if (!strcmp(row->name, cmd->name) && (!row->modes || (row->modes & mode)) &&
			    granularity_fits(cmd, row) && !(needs & ~given_keys(cmd, row)) &&
			    bits > best_bits) {
				best = row;
				best_bits = bits;
			}
		}
	}
	return best;
}

static void add_word(GPtrArray *words, const char *word)
{
	for (guint i = 0; i < words->len; i++)
		if (!strcmp(g_ptr_array_index(words, i), word))
			return;
	g_ptr_array_add(words, (gpointer)(uintptr_t)word);
}

static void no_row(struct scn_run *run, const struct scn_cmd *cmd, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *message = NULL;
	bool known = false;

	for (unsigned i = 0; i < run->model->rows_count; i++) {
		const struct ims_cmd_row *row = &run->model->rows[i];

		known = known || !strcmp(row->name, cmd->name);
		if (*row->name)
			add_word(names, row->name);
	}
	if (known) {
		scn_run_error(
			run->scn, cmd->name_mark, error,
			"command '%s' is not told enough: give 'space' (tag and PASID), 'dev' (requester id), or "
			"the fields themselves",
			cmd->name);
		return;
	}
	message = g_strdup_printf("%s has no command '%s'", run->model->name, cmd->name);
	scn_run_unknown(run->scn, cmd->name_mark, error, message, cmd->name, "commands", names);
}

/* The field may be one of another row of that name, for which something else is missing. */
static void no_field(struct scn_run *run, const struct ims_cmd_row *chosen,
		     const struct scn_cmd_field *given, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *message = NULL;

	for (unsigned i = 0; i < run->model->rows_count; i++) {
		const struct ims_cmd_row *row = &run->model->rows[i];

		if (strcmp(row->name, chosen->name))
			continue;
		if (ims_row_field(row, given->key)) {
			scn_run_error(
				run->scn, given->mark, error,
				"'%s' has no field '%s'; '%s' has it: give all that names it (tag, PASID, requester id, 'iova')",
				chosen->title, given->key, row->title);
			return;
		}
		for (unsigned k = 0; k < row->fields_count; k++)
			add_word(names, row->fields[k].name);
	}
	message = g_strdup_printf("'%s' has no field '%s'", chosen->title, given->key);
	scn_run_unknown(run->scn, given->mark, error, message, given->key, "fields", names);
}

/* The PASID a space is used under: of this device, else of the first that is attached to it. */
static uint32_t ctx_of_space(const struct scn_run *run, const struct scn_cmd *cmd)
{
	const struct hyp_attach_list *list = &run->h->guest_at;

	for (guint pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < list->count; i++)
			if ((cmd->space < 0 || list->at[i].to == (uint32_t)cmd->space) &&
			    (pass || cmd->dev < 0 || list->at[i].dev == (uint32_t)cmd->dev))
				return list->at[i].ctx;
	return IMS_CTX_NONE;
}

/* Its ctx is a PASID of the device it names, not what translations are filed under. */
static bool row_of_device(const struct ims_cmd_row *row)
{
	for (unsigned i = 0; i < row->fields_count; i++)
		if (row->fields[i].arg == IMS_ARG_SRC)
			return true;
	return false;
}

static void fill_args(struct scn_run *run, const struct scn_cmd *cmd, const struct ims_cmd_row *row,
		      bool whole, struct ims_cmd_args *args)
{
	const struct ims_cmd_field *addr = NULL;
	const struct scn_cmd_field *given;
	uint32_t ctx = cmd->has_pasid ? cmd->pasid : ctx_of_space(run, cmd);
	struct hyp_tag tag;

	*args = (struct ims_cmd_args){ .last = ~UINT64_C(0) };
	args->ctx = ctx == IMS_CTX_NONE ? run->model->ctx_standin : ctx;
	if (cmd->space >= 0) {
		tag = hyp_space_tag(run->h, (uint32_t)cmd->space,
				    cmd->dev >= 0 ? (uint32_t)cmd->dev : IMS_NONE, args->ctx);
		args->dom = tag.dom;
		args->ctx = row_of_device(row) ? args->ctx : tag.ctx;
	}
	if (cmd->dev >= 0)
		args->src = run->h->devices[cmd->dev].vrid;
	for (unsigned i = 0; i < row->fields_count; i++) {
		given = given_field(cmd, row->fields[i].name);
		if (given && row->fields[i].arg == IMS_ARG_ADDR)
			addr = &row->fields[i];
		if (given && row->fields[i].arg == IMS_ARG_SRC)
			args->src = (uint32_t)given->value;
	}
	if (whole || !row->ranged)
		return;
	args->first = cmd->has_iova ? cmd->iova : addr ? given_field(cmd, addr->name)->value : 0;
	args->last = args->first + (cmd->has_size ? cmd->size : 4096) - 1;
}

static bool put_fields(struct scn_run *run, const struct scn_cmd *cmd,
		       const struct ims_cmd_row *row, uint64_t *words, GError **error)
{
	for (guint i = 0; i < cmd->fields->len; i++) {
		const struct scn_cmd_field *given =
			&g_array_index(cmd->fields, struct scn_cmd_field, i);
		const struct ims_cmd_field *f = ims_row_field(row, given->key);
		struct ims_field at;

		if (!f) {
			no_field(run, row, given, error);
			return false;
		}
		at = IMS_FIELD(f->at.hi, f->at.lo);
		if (given->value >> f->shift > ims_field_max(at) ||
		    (f->shift && (given->value & ((UINT64_C(1) << f->shift) - 1)))) {
			scn_run_error(run->scn, given->mark, error,
				      "0x%" G_GINT64_MODIFIER
				      "x does not fit into field '%s': %u bits from bit %u on",
				      given->value, given->key, f->at.hi - f->at.lo + 1u,
				      (unsigned)f->shift);
			return false;
		}
		if (f->unmodelled && given->value) {
			scn_run_error(run->scn, given->mark, error, "not modelled: %s",
				      f->unmodelled);
			return false;
		}
		ims_field_put(words, at, given->value >> f->shift);
	}
	return true;
}

/* A row's fields that ask for what is not there, in words given as they are. */
static bool raw_modelled(struct scn_run *run, const struct scn_cmd *cmd, const uint64_t *words,
			 GError **error)
{
	struct ims_cmd c;

	if (ims_cmd_decode(run->model, NULL, words, &c))
		return true; /* an illegal command is the scenario's right */
	for (unsigned i = 0; i < run->model->rows[c.row].fields_count; i++) {
		const struct ims_cmd_field *f = &run->model->rows[c.row].fields[i];

		if (f->unmodelled && ims_field_get(words, IMS_FIELD(f->at.hi, f->at.lo))) {
			scn_run_error(run->scn, cmd->mark, error, "not modelled: %s",
				      f->unmodelled);
			return false;
		}
	}
	return true;
}

bool scn_cmd_words(struct scn_run *run, const struct scn_cmd *cmd, uint32_t vm, uint64_t *ret_words,
		   GError **error)
{
	const struct ims_cmd_row *row;
	struct ims_cmd_args args;
	bool whole;

	memset(ret_words, 0, IMS_CMD_WORDS * sizeof(*ret_words));
	if (cmd->raw) {
		if (cmd->raw->len > run->model->cmd_words) {
			scn_run_error(run->scn, cmd->mark, error, "a command of %s has %u words",
				      run->model->name, run->model->cmd_words);
			return false;
		}
		memcpy(ret_words, cmd->raw->data, cmd->raw->len * sizeof(*ret_words));
		return raw_modelled(run, cmd, ret_words, error);
	}
	row = scn_cmd_row(run->model, cmd, 1u << ims_unit_mode(&run->h->bare[vm]), &whole);
	if (!row) {
		no_row(run, cmd, error);
		return false;
	}
	fill_args(run, cmd, row, whole, &args);
	args.state = &run->h->bare[vm].unit->state;
	if (row->kind == IMS_CMD_WAIT)
		args.wait_addr =
			run->h->vms[vm].status + 8; /* not the word the driver's own waits use */
	ims_cmd_encode(run->model, (unsigned)(row - run->model->rows), &args, ret_words);
	return put_fields(run, cmd, row, ret_words, error);
}

/* ---- into a queue ---- */

/* One that a guest can only have in the hardware, and this one has not. */
static bool is_nobodys(const struct scn_run *run, uint32_t queue, uint32_t vm)
{
	return queue >= ims_ring_guests(&run->h->bare[vm]) && !run->h->vms[vm].hw_ring[queue];
}

/* The queue that @cmd is for is at hand; its unit has it. */
static bool take_queue(struct scn_run *run, const struct scn_cmd *cmd, uint32_t vm, GError **error)
{
	uint32_t count = run->h->bare[vm].unit->rings_count;
	unsigned p = run->model->rings_param;

	if (cmd->queue >= count) {
		scn_run_error(run->scn, cmd->mark, error,
			      "the unit has %u %s of commands, from 0: %s%s%s", count,
			      count == 1 ? "queue" : "queues",
			      p ? "parameter '" : "one is all that is modelled",
			      p ? run->model->params[p - 1].name : "", p ? "' gives it more" : "");
		return false;
	}
	if (is_nobodys(run, cmd->queue, vm)) {
		scn_run_error(
			run->scn, cmd->mark, error,
			"queue %u is one for guests, and this guest does not have it: %s",
			cmd->queue,
			run->h->bare_stage ?
				"not modelled without a host" :
				"'vmm: {queue: hardware}', or the call HW_QUEUE_ALLOC, gives it some");
		return false;
	}
	hyp_guest_queue(run->h, vm, cmd->queue);
	return true;
}

bool scn_cmd_issue(struct scn_run *run, const struct scn_cmd *cmd, uint32_t vm, bool kick,
		   GError **error)
{
	uint64_t words[IMS_CMD_WORDS];
	bool wait = scn_cmd_is_wait(run, cmd);

	if (!wait && !scn_cmd_words(run, cmd, vm, words, error))
		return false;
	if (!take_queue(run, cmd, vm, error))
		return false;
	if (wait && kick && scn_waits_later(run, run->step))
		hyp_guest_put_wait(run->h, vm);
	else if (wait)
		hyp_guest_wait(run->h, vm);
	else
		hyp_guest_put(run->h, vm, words);
	if (cmd->queue)
		hyp_guest_kick(run->h, vm);
	else if (kick)
		scn_kick(run, vm);
	hyp_guest_queue(run->h, vm, 0);
	return true;
}
