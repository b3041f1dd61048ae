/* SPDX-License-Identifier: MIT */
#include "sim/scenario/recording.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/core/assert.h"
#include "sim/scenario/recording_parts.h"

static bool too_long(const char *file, GError **error)
{
	g_set_error(error, SCN_ERROR, SCN_ERROR_READ, "%s: error: longer than %u MiB", file,
		    (unsigned)(REC_BYTES_MAX >> 20));
	return false;
}

/* Reads up to the limit and not one byte more, whatever @file is: a device has no end. */
static bool read_file(const char *file, GString *out, GError **error)
{
	FILE *f = fopen(file, "rb");
	char buf[16384];
	size_t n;
	int code;

	if (!f) {
		code = errno;
		g_set_error(error, SCN_ERROR, SCN_ERROR_READ, "%s: error: cannot open: %s", file,
			    g_strerror(code));
		return false;
	}
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0 && out->len <= REC_BYTES_MAX)
		g_string_append_len(out, buf, (gssize)n);
	code = ferror(f) ? errno : 0;
	fclose(f);
	if (code) {
		g_set_error(error, SCN_ERROR, SCN_ERROR_READ, "%s: error: cannot read: %s", file,
			    g_strerror(code));
		return false;
	}
	return out->len <= REC_BYTES_MAX || too_long(file, error);
}

static void work_init(struct rec_work *w, const struct rec_vendor *v, const char *file,
		      const char *text, size_t len)
{
	*w = (struct rec_work){ .vendor = v };
	scn_diag_init(&w->diag, file, text, len);
	w->base = g_array_new(FALSE, FALSE, sizeof(struct rec_event));
	w->cmds = g_array_new(FALSE, FALSE, sizeof(struct rec_cmd));
	w->xlats = g_array_new(FALSE, FALSE, sizeof(struct rec_xlat));
	w->drvs = g_array_new(FALSE, FALSE, sizeof(struct rec_drv));
	w->tags = g_array_new(FALSE, FALSE, sizeof(struct rec_sid_tag));
	w->units = g_array_new(FALSE, FALSE, sizeof(struct rec_flush));
	w->map_units = g_array_new(FALSE, FALSE, sizeof(struct rec_flush));
	w->pages = g_array_new(FALSE, FALSE, sizeof(struct rec_page));
	w->placed = g_array_new(FALSE, FALSE, sizeof(struct rec_event));
}

static void work_clear(struct rec_work *w)
{
	GArray *const arrays[] = { w->base, w->cmds,  w->xlats,	    w->drvs,
				   w->tags, w->units, w->map_units, w->placed };

	for (guint i = 0; i < w->pages->len; i++) {
		struct rec_page *pg = &g_array_index(w->pages, struct rec_page, i);

		if (pg->unmaps)
			g_array_free(pg->unmaps, TRUE);
		if (pg->maps)
			g_array_free(pg->maps, TRUE);
	}
	g_array_free(w->pages, TRUE);
	for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
		if (arrays[i])
			g_array_free(arrays[i], TRUE);
	scn_diag_clear(&w->diag);
}

/* Gives the translations' events their tags and puts the maps and unmaps between the lines. */
static GArray *merge(struct rec_work *w)
{
	GArray *events = g_array_sized_new(FALSE, FALSE, sizeof(struct rec_event),
					   w->base->len + w->placed->len);
	guint p = 0;

	for (guint i = 0; i < w->xlats->len; i++) {
		const struct rec_xlat *x = &g_array_index(w->xlats, struct rec_xlat, i);

		g_array_index(w->base, struct rec_event, x->event).tag = x->tag;
	}
	for (guint i = 0; i < w->base->len; i++) {
		const struct rec_event *e = &g_array_index(w->base, struct rec_event, i);

		for (; p < w->placed->len &&
		       g_array_index(w->placed, struct rec_event, p).at <= e->line;
		     p++)
			g_array_append_val(events, g_array_index(w->placed, struct rec_event, p));
		g_array_append_vals(events, e, 1);
	}
	IMS_ASSERT(p == w->placed->len);
	return events;
}

static struct rec_program *finish(struct rec_work *w, const char *file)
{
	struct rec_program *prog = g_new0(struct rec_program, 1);

	prog->file = g_strdup(file);
	prog->events = merge(w);
	prog->sid_tags = w->tags;
	w->tags = NULL;
	prog->counts = w->counts;
	return prog;
}

struct rec_program *rec_load(const char *file, const char *text, size_t len,
			     const struct rec_vendor *v, GError **error)
{
	struct rec_program *prog = NULL;
	GString *own = NULL;
	struct rec_work w;

	if (!text) {
		own = g_string_new(NULL);
		if (!read_file(file, own, error)) {
			g_string_free(own, TRUE);
			return NULL;
		}
		text = own->str;
		len = own->len;
	}
	if (len > REC_BYTES_MAX) {
		too_long(file, error);
		return NULL;
	}
	work_init(&w, v, file, text, len);
	if (rec_parse(&w) && rec_find_tags(&w) && rec_find_units(&w) && rec_assign_maps(&w) &&
	    rec_place(&w))
		prog = finish(&w, file);
	if (!prog) {
		bool said = scn_diag_finish(&w.diag, error);

		IMS_ASSERT(said);
	}
	work_clear(&w);
	if (own)
		g_string_free(own, TRUE);
	return prog;
}

void rec_free(struct rec_program *prog)
{
	if (!prog)
		return;
	g_array_free(prog->events, TRUE);
	g_array_free(prog->sid_tags, TRUE);
	g_free(prog->file);
	g_free(prog);
}
