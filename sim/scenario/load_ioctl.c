/* SPDX-License-Identifier: MIT */
/* `ioctl` steps: calls and their fields are named by the host's own table of them. */
#include <string.h>

#include "sim/scenario/load.h"
#include "sim/scenario/queue_file.h"

/* Files that are closed, pages that are mapped: what is no ioctl, and is done by the same step. */
static const char *const others[] = { SCN_DEVICE_CLOSE, SCN_QUEUE_CLOSE, SCN_MMAP, SCN_MUNMAP };

void scn_ioctl_free(struct scn_ioctl *call)
{
	GArray *lists[2] = { call ? call->in : NULL, call ? call->out : NULL };

	if (!call)
		return;
	for (unsigned k = 0; k < 2; k++) {
		for (guint i = 0; lists[k] && i < lists[k]->len; i++) {
			g_free(g_array_index(lists[k], struct scn_ioctl_field, i).field);
			g_free(g_array_index(lists[k], struct scn_ioctl_field, i).name);
		}
		if (lists[k])
			g_array_unref(lists[k]);
	}
	if (call->data)
		g_array_unref(call->data);
	if (call->out_data)
		g_array_unref(call->out_data);
	g_free(call->call);
	g_free(call->as);
	g_free(call->error);
	g_free(call);
}

static void report_words(struct scn_loader *l, const struct scn_node *n, bool key, const char *what,
			 const char *word, const char *list, GPtrArray *words)
{
	char *quoted = scn_quote(word);
	struct scn_report *r = key ? scn_bad_key(l, n, "%s '%s'", what, quoted) :
				     scn_bad_value(l, n, "%s '%s'", what, quoted);

	scn_report_words(r, word, list, words);
	g_free(quoted);
}

static const struct hyp_uapi_row *find_call(struct scn_loader *l, const struct scn_node *n,
					    bool *ret_other)
{
	const struct hyp_uapi_row *row = scn_call_row(n->text);
	g_autoptr(GPtrArray) words = g_ptr_array_new();

	*ret_other = false;
	for (unsigned i = 0; i < G_N_ELEMENTS(others); i++) {
		*ret_other |= !strcmp(n->text, others[i]);
		g_ptr_array_add(words, (gpointer)(uintptr_t)others[i]);
	}
	for (unsigned i = 0; i < G_N_ELEMENTS(scn_queue_rows); i++)
		g_ptr_array_add(words, (gpointer)(uintptr_t)scn_queue_rows[i].name);
	for (unsigned i = 0; i < hyp_uapi_rows_count; i++)
		g_ptr_array_add(words, (gpointer)(uintptr_t)hyp_uapi_rows[i].name);
	if (!row && !*ret_other)
		report_words(l, n, false, "unknown call", n->text, "calls", words);
	return row;
}

static const struct hyp_uapi_field *find_field(struct scn_loader *l, const struct scn_node *n,
					       const struct hyp_uapi_row *row, bool out)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();

	for (unsigned i = 0; i < row->fields_count; i++) {
		const struct hyp_uapi_field *f = &row->fields[i];

		if (out ? !f->out : !f->in)
			continue;
		if (!strcmp(f->name, n->key))
			return f;
		g_ptr_array_add(words, (gpointer)(uintptr_t)f->name);
	}
	if (!out) {
		g_ptr_array_add(words, (gpointer)(uintptr_t) "words");
		g_ptr_array_add(words, (gpointer)(uintptr_t) "entries");
	}
	report_words(l, n, true, out ? "the call hands out no" : "the call has no field", n->key,
		     "fields", words);
	return NULL;
}

/* The name of an object of an earlier step, of a device, or one of the VMM's own. */
static bool known_name(const struct scn_loader *l, const struct scn_step *step, const char *name,
		       GPtrArray *words)
{
	static const char *const own[] = { "ioas", "parent", "viommu", "faults", "events" };

	for (unsigned i = 0; i < G_N_ELEMENTS(own); i++)
		g_ptr_array_add(words, (gpointer)(uintptr_t)own[i]);
	for (guint i = 0; i < l->s->devices->len; i++) {
		const struct scn_device *d = &g_array_index(l->s->devices, struct scn_device, i);

		if (d->vm == l->vm)
			g_ptr_array_add(words, d->name);
	}
	for (guint i = 0; i < step->index; i++) {
		const struct scn_step *s = g_ptr_array_index(l->s->steps, i);

		if (s->ioctl && s->ioctl->as && s->vm == l->vm)
			g_ptr_array_add(words, s->ioctl->as);
	}
	return g_ptr_array_find_with_equal_func(words, name, g_str_equal, NULL);
}

static bool read_value(struct scn_loader *l, const struct scn_node *n, const struct scn_step *step,
		       struct scn_ioctl_field *f)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();

	f->mark = n->mark;
	f->field = g_strdup(n->key);
	if (!scn_read_scalar(l, n, n->key, SCN_T_NUMBER))
		return false;
	if (g_ascii_isdigit(n->text[0]))
		return scn_read_number(l, n, n->key, SCN_T_BYTES, &f->value);
	f->name = g_strdup(n->text);
	if (known_name(l, step, n->text, words))
		return true;
	report_words(l, n, false, "neither a number nor an object's name:", n->text, "names",
		     words);
	return false;
}

static bool read_words(struct scn_loader *l, const struct scn_node *n, GArray *to)
{
	GArray *words = NULL;

	if (!scn_read_raw(l, n, &words))
		return false;
	g_array_append_vals(to, words->data, words->len);
	g_array_unref(words);
	return true;
}

/* `words: [...]`, or `entries: [[...], ...]`, all of one length. */
static bool read_data(struct scn_loader *l, const struct scn_node *n, struct scn_ioctl *call)
{
	guint each = 0;

	call->data = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	if (!strcmp(n->key, "words"))
		return read_words(l, n, call->data);
	if (!scn_want(l, n, SCN_NODE_LIST, false, "entries", "[[0x10, 0], [0x40, 0]]"))
		return false;
	for (const struct scn_node *item = n->first; item; item = item->next) {
		guint before = call->data->len;

		if (!read_words(l, item, call->data))
			return false;
		if (call->entries && call->data->len - before != each) {
			scn_bad_value(l, item, "the entries of one array are of one length");
			return false;
		}
		each = call->data->len - before;
		call->entries++;
	}
	return true;
}

static bool read_in(struct scn_loader *l, const struct scn_node *map, struct scn_step *step,
		    const struct hyp_uapi_row *row)
{
	struct scn_ioctl *call = step->ioctl;

	if (!map || !scn_want(l, map, SCN_NODE_MAP, true, "in", "{dev_id: nic, pt_id: parent}"))
		return !map;
	for (const struct scn_node *n = map->first; n; n = n->next) {
		struct scn_ioctl_field f = { 0 };
		bool ok;

		if (!strcmp(n->key, "words") || !strcmp(n->key, "entries")) {
			if (!read_data(l, n, call))
				return false;
			continue;
		}
		if (row && !find_field(l, n, row, false))
			return false;
		ok = read_value(l, n, step, &f);
		g_array_append_val(call->in, f);
		if (!ok)
			return false;
		/* What it maps is memory that the world has to have room for. */
		if (!strcmp(n->key, "length") && row && row->nr == IMS_UAPI_IOAS_MAP)
			step->size = f.value < UINT64_C(1) << 32 ? f.value : 0;
	}
	return true;
}

static bool read_expect(struct scn_loader *l, const struct scn_node *n, struct scn_step *step,
			const struct hyp_uapi_row *row)
{
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	struct scn_ioctl *call = step->ioctl;

	if (!n)
		return true;
	if (n->kind == SCN_NODE_SCALAR) {
		if (!scn_read_scalar(l, n, "expect", SCN_T_LINE))
			return false;
		call->error = g_strdup(n->text);
		if (hyp_errno_by_name(n->text))
			return true;
		for (unsigned i = 0; hyp_errno_at(i); i++)
			g_ptr_array_add(words, (gpointer)(uintptr_t)hyp_errno_at(i));
		report_words(l, n, false, "no call returns", n->text, "errnos", words);
		return false;
	}
	if (!scn_want(l, n, SCN_NODE_MAP, false, "expect", "EBUSY, or {out_hwpt_id: 5}"))
		return false;
	for (const struct scn_node *f = n->first; f; f = f->next) {
		struct scn_ioctl_field out = { 0 };
		bool ok;

		if (!strcmp(f->key, "words") && !call->out_data) {
			call->out_data = g_array_new(FALSE, FALSE, sizeof(uint64_t));
			if (!read_words(l, f, call->out_data))
				return false;
			continue;
		}
		if (!row || !find_field(l, f, row, true))
			return false;
		ok = read_value(l, f, step, &out);
		g_array_append_val(call->out, out);
		if (!ok)
			return false;
	}
	return true;
}

static bool check_file(struct scn_loader *l, const struct scn_node *n, const struct scn_step *step,
		       const struct hyp_uapi_row *row)
{
	bool of_device = row ? row->file == HYP_FILE_DEVICE : !strcmp(n->text, SCN_DEVICE_CLOSE);
	struct scn_report *r;

	if (of_device == (step->dev >= 0))
		return true;
	r = of_device ? scn_bad_value(l, n, "'%s' is a call of a device's file", n->text) :
			scn_bad_value(l, n, "'%s' is no call of a device's file", n->text);
	scn_report_help(r, of_device ? "say whose with 'dev'" :
				       "leave out 'dev': a device's object is named in 'in'");
	return false;
}

bool scn_read_ioctl(struct scn_loader *l, const struct scn_node *body, struct scn_step *step)
{
	const struct scn_node *n = scn_node_get(body, "call"), *as = scn_node_get(body, "as");
	struct scn_ioctl *call = g_new0(struct scn_ioctl, 1);
	const struct hyp_uapi_row *row;
	bool other;

	step->ioctl = call;
	call->in = g_array_new(FALSE, FALSE, sizeof(struct scn_ioctl_field));
	call->out = g_array_new(FALSE, FALSE, sizeof(struct scn_ioctl_field));
	if (!scn_read_scalar(l, n, "call", SCN_T_LINE))
		return false;
	call->call = g_strdup(n->text);
	call->mark = n->mark;
	row = find_call(l, n, &other);
	if ((!row && !other) || !check_file(l, n, step, row))
		return false;
	if (scn_lacks_vm(l, n, "say it with 'vm'") ||
	    !read_in(l, scn_node_get(body, "in"), step, row) ||
	    !read_expect(l, scn_node_get(body, "expect"), step, row))
		return false;
	if (!as)
		return true;
	if (!scn_read_scalar(l, as, "as", SCN_T_LABEL))
		return false;
	call->as = g_strdup(as->text);
	return true;
}
