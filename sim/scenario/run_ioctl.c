/* SPDX-License-Identifier: MIT */
/*
 * `ioctl` steps: a call of a VMM, with memory that holds its structure and what the file
 * says its pointer leads to, and nothing else.
 */
#include <errno.h>
#include <string.h>

#include "sim/scenario/queue_file.h"
#include "sim/scenario/run_parts.h"

#define AT_CALL	   0x1000u
#define AT_DATA	   0x10000u
#define DATA_BYTES 0x8000u

struct memory {
	uint8_t call[64], data[DATA_BYTES];
};

_Static_assert(sizeof(struct scn_queue_io) <= sizeof(((struct memory *)0)->call),
	       "it has its place");

static uint8_t *memory_at(struct memory *m, uint64_t addr, size_t bytes)
{
	if (addr >= AT_CALL && addr - AT_CALL <= sizeof(m->call) - bytes &&
	    bytes <= sizeof(m->call))
		return &m->call[addr - AT_CALL];
	if (addr >= AT_DATA && bytes <= DATA_BYTES && addr - AT_DATA <= DATA_BYTES - bytes)
		return &m->data[addr - AT_DATA];
	return NULL;
}

static bool memory_read(void *user, uint64_t addr, void *to, size_t bytes)
{
	const uint8_t *at = memory_at(user, addr, bytes);

	if (at)
		memcpy(to, at, bytes);
	return at || !bytes;
}

static bool memory_write(void *user, uint64_t addr, const void *from, size_t bytes)
{
	uint8_t *at = memory_at(user, addr, bytes);

	if (at)
		memcpy(at, from, bytes);
	return at || !bytes;
}

/* ---- names ---- */

static char *name_key(const struct scn_step *s, const char *name)
{
	return g_strdup_printf("%d %s", s->vm, name);
}

static uint64_t id_of(const struct scn_run *run, const struct scn_step *s, const char *name)
{
	const struct hyp_vm *vm = &run->h->vms[s->vm];
	g_autofree char *key = name_key(s, name);
	gpointer found;

	if (run->ids && g_hash_table_lookup_extended(run->ids, key, NULL, &found))
		return GPOINTER_TO_UINT(found);
	for (guint i = 0; i < run->scn->devices->len; i++) {
		const struct scn_device *d =
			&g_array_index(run->scn->devices, struct scn_device, i);

		if (d->vm == s->vm && !strcmp(d->name, name))
			return run->h->objects.bound_id[i];
	}
	if (!strcmp(name, "faults"))
		return run->h->faults.vmm_fault[s->vm];
	if (!strcmp(name, "events"))
		return run->h->faults.vmm_vevent[s->vm];
	return !strcmp(name, "ioas") ? vm->ioas : !strcmp(name, "parent") ? vm->hwpt : vm->viommu;
}

/* A name that a step has yet to give: NULL, or the name. Actors go on in an order of their own. */
static const char *not_made(const struct scn_run *run, const struct scn_step *s)
{
	for (guint i = 0; i < s->ioctl->in->len; i++) {
		const char *name = g_array_index(s->ioctl->in, struct scn_ioctl_field, i).name;
		g_autofree char *key = name ? name_key(s, name) : NULL;
		bool given = false;

		for (guint k = 0; name && k < run->scn->steps->len; k++) {
			const struct scn_step *o = g_ptr_array_index(run->scn->steps, k);

			given |= o->ioctl && o->vm == s->vm && !g_strcmp0(o->ioctl->as, name);
		}
		if (given && !(run->ids && g_hash_table_contains(run->ids, key)))
			return name;
	}
	return NULL;
}

static uint64_t value_of(const struct scn_run *run, const struct scn_step *s,
			 const struct scn_ioctl_field *f)
{
	return f->name ? id_of(run, s, f->name) : f->value;
}

/* ---- the structure ---- */

static const struct hyp_uapi_field *field_of(const struct hyp_uapi_row *row, const char *name)
{
	for (unsigned i = 0; i < row->fields_count; i++)
		if (!strcmp(row->fields[i].name, name))
			return &row->fields[i];
	return NULL;
}

static void put(struct memory *m, const struct hyp_uapi_row *row, const char *name, uint64_t value)
{
	const struct hyp_uapi_field *f = field_of(row, name);

	if (f)
		memcpy(&m->call[f->offset], &value, f->bytes);
}

static uint64_t get(const struct memory *m, const struct hyp_uapi_field *f)
{
	uint64_t value = 0;

	memcpy(&value, &m->call[f->offset], f->bytes);
	return value;
}

/* Where the pointer leads, and how much is there, unless the step says otherwise itself. */
static void put_data(struct memory *m, const struct hyp_uapi_row *row, const struct scn_ioctl *c)
{
	uint32_t bytes = c->data->len * 8 < DATA_BYTES ? c->data->len * 8 : DATA_BYTES;

	memcpy(m->data, c->data->data, bytes);
	put(m, row, "data_uptr", AT_DATA);
	put(m, row, "allowed_iovas", AT_DATA);
	put(m, row, "data", AT_DATA);
	put(m, row, "data_len", bytes);
	put(m, row, "num_iovas", c->data->len / 2);
	put(m, row, "entry_num", c->entries ? c->entries : 1);
	put(m, row, "entry_len", c->entries ? bytes / c->entries : bytes);
}

static void build(const struct scn_run *run, const struct scn_step *s,
		  const struct hyp_uapi_row *row, struct memory *m)
{
	const struct scn_ioctl *c = s->ioctl;

	memset(m, 0, sizeof(*m));
	if (row->nr)
		memcpy(m->call, &(uint32_t){ row->size }, 4);
	if (c->data)
		put_data(m, row, c);
	for (guint i = 0; i < c->in->len; i++) {
		const struct scn_ioctl_field *f = &g_array_index(c->in, struct scn_ioctl_field, i);

		put(m, row, f->field, value_of(run, s, f));
	}
}

/* ---- what came of it ---- */

static void unmet(struct scn_run *run, const struct scn_step *s, const char *wanted,
		  const char *got)
{
	struct scn_access_now nobody = { .dev = IMS_NONE };

	g_array_append_val(run->unmet_at, nobody);
	g_ptr_array_add(run->unmet_all, g_strdup_printf("line %u, ioctl %s: expected %s, got %s",
							s->mark.line, s->ioctl->call, wanted, got));
}

static const char *result_text(long rc)
{
	const char *name = hyp_errno_name((int)-rc);

	return !rc ? "success" : name ? name : "an error";
}

static void expect_out(struct scn_run *run, const struct scn_step *s,
		       const struct hyp_uapi_row *row, const struct memory *m)
{
	for (guint i = 0; i < s->ioctl->out->len; i++) {
		const struct scn_ioctl_field *f =
			&g_array_index(s->ioctl->out, struct scn_ioctl_field, i);
		uint64_t want = value_of(run, s, f), got = get(m, field_of(row, f->field));
		g_autofree char *wanted =
			g_strdup_printf("%s 0x%" G_GINT64_MODIFIER "x", f->field, want);
		g_autofree char *have = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", got);

		if (want != got)
			unmet(run, s, wanted, have);
	}
}

/* What stands where the call's pointer leads to. */
static void expect_words(struct scn_run *run, const struct scn_step *s, const struct memory *m)
{
	const GArray *want = s->ioctl->out_data;

	for (guint i = 0; want && i < want->len && i < DATA_BYTES / 8; i++) {
		uint64_t word = g_array_index(want, uint64_t, i), got;
		g_autofree char *wanted =
			g_strdup_printf("word %u 0x%" G_GINT64_MODIFIER "x", i, word);
		g_autofree char *have = NULL;

		memcpy(&got, &m->data[i * 8], sizeof(got));
		have = g_strdup_printf("0x%" G_GINT64_MODIFIER "x", got);
		if (got != word)
			unmet(run, s, wanted, have);
	}
}

/* The first id that the call hands out, or the file's number of a queue that is closed by it. */
static void keep_name(struct scn_run *run, const struct scn_step *s, const struct hyp_uapi_row *row,
		      const struct memory *m)
{
	for (unsigned i = 0; i < row->fields_count; i++) {
		const struct hyp_uapi_field *f = &row->fields[i];

		if (!f->out || (!g_str_has_prefix(f->name, "out_") && strcmp(f->name, "pt_id")))
			continue;
		if (!run->ids)
			run->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
		g_hash_table_insert(run->ids, name_key(s, s->ioctl->as),
				    GUINT_TO_POINTER((guint)get(m, f)));
		return;
	}
}

/* Of a step that is no ioctl: a value that it gives, 0. */
static uint64_t given(const struct scn_run *run, const struct scn_step *s, const char *name)
{
	for (guint i = 0; i < s->ioctl->in->len; i++) {
		const struct scn_ioctl_field *f =
			&g_array_index(s->ioctl->in, struct scn_ioctl_field, i);

		if (!strcmp(f->field, name))
			return value_of(run, s, f);
	}
	return 0;
}

static long no_ioctl(struct scn_run *run, const struct scn_step *s)
{
	const struct scn_ioctl_field *f =
		s->ioctl->in->len ? &g_array_index(s->ioctl->in, struct scn_ioctl_field, 0) : NULL;

	if (!strcmp(s->ioctl->call, SCN_DEVICE_CLOSE)) {
		hyp_uapi_close_device(run->h, (uint32_t)s->dev);
		return 0;
	}
	if (!strcmp(s->ioctl->call, SCN_MMAP))
		return hyp_uapi_mmap(run->h, (uint32_t)s->vm, given(run, s, "offset"),
				     given(run, s, "length"));
	if (!strcmp(s->ioctl->call, SCN_MUNMAP))
		return hyp_uapi_munmap(run->h, (uint32_t)s->vm, given(run, s, "offset"),
				       given(run, s, "length"));
	/* By the queue's id: its file has no name of its own. */
	return hyp_uapi_close_queue(run->h, (uint32_t)s->vm,
				    HYP_FD_QUEUE + (f ? (uint32_t)value_of(run, s, f) : 0));
}

/* read() and write(): what is there to be taken is in the data, unless the step names one answer. */
static long queue_io(struct scn_run *run, const struct scn_step *s, const struct hyp_uapi_row *row,
		     struct memory *m, const struct ims_umem *mem)
{
	bool reads = row == &scn_queue_rows[0];
	struct scn_queue_io io;
	long rc;

	memcpy(&io, m->call, sizeof(io));
	if (!reads && !s->ioctl->data)
		memcpy(m->data, &io.response, sizeof(io.response));
	if (!io.count && reads)
		io.count = DATA_BYTES / sizeof(io.fault) * sizeof(io.fault);
	else if (!io.count)
		io.count = s->ioctl->data ? s->ioctl->data->len * 8 : sizeof(io.response);
	rc = (reads ? hyp_uapi_read : hyp_uapi_write)(run->h, (uint32_t)s->vm, HYP_FD_QUEUE + io.fd,
						      AT_DATA, io.count, io.pos, mem);
	if (rc < 0)
		return rc;
	io.bytes = (uint64_t)rc;
	if (reads)
		memcpy(&io.fault, m->data, sizeof(io.fault));
	memcpy(m->call, &io, sizeof(io));
	return 0;
}

static long carry_out(struct scn_run *run, const struct scn_step *s, const struct hyp_uapi_row *row,
		      struct memory *m)
{
	const struct ims_umem mem = { .read = memory_read, .write = memory_write, .user = m };
	struct hyp_file file = { .kind = row ? row->file : 0,
				 .index = (uint32_t)(s->dev >= 0 ? s->dev : s->vm) };

	if (!row)
		return no_ioctl(run, s);
	build(run, s, row, m);
	if (!row->nr)
		return queue_io(run, s, row, m, &mem);
	return hyp_uapi_call(run->h, file, row->nr, AT_CALL, &mem);
}

bool scn_step_ioctl(struct scn_run *run, const struct scn_step *s, GError **error)
{
	const struct scn_ioctl *c = s->ioctl;
	const struct hyp_uapi_row *row = scn_call_row(c->call);
	g_autofree struct memory *m = g_new0(struct memory, 1);
	g_autofree char *why = NULL;
	long rc;

	if (run->h->bare_stage)
		return scn_cannot(run, s, error, "without a host there is nobody to call");
	if (not_made(run, s)) {
		why = g_strdup_printf(
			"nothing has the name '%s' yet: have this step wait by 'then'",
			not_made(run, s));
		return scn_cannot(run, s, error, why);
	}
	rc = carry_out(run, s, row, m);
	if (c->error) {
		if (rc != -hyp_errno_by_name(c->error))
			unmet(run, s, c->error, result_text(rc));
		return scn_done(run, s, error);
	}
	if (rc) {
		why = g_strdup_printf("%s fails with %s: if that is meant, say 'expect: %s'",
				      c->call, result_text(rc), result_text(rc));
		return scn_cannot(run, s, error, why);
	}
	if (row) {
		expect_out(run, s, row, m);
		expect_words(run, s, m);
		if (c->as)
			keep_name(run, s, row, m);
	}
	return scn_done(run, s, error);
}
