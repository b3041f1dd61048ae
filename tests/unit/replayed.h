/* SPDX-License-Identifier: MIT */
/*
 * What tests of one vendor's recording have in common. Before it is included REPLAYED is the
 * vendor's description, and RECORDING the file.
 */
#include <check.h>
#include <glib.h>

#include "sim/check/replay.h"

static inline struct rec_program *load(void)
{
	struct rec_vendor vendor;
	GError *error = NULL;
	struct rec_program *prog;

	rep_vendor(&REPLAYED, &vendor);
	prog = rec_load(RECORDING, NULL, 0, &vendor, &error);
	ck_assert_msg(prog, "%s", error ? error->message : "no program and no error");
	return prog;
}

static inline struct chk_replay *replay(const struct rec_program *prog,
					const struct rep_options *options)
{
	GError *error = NULL;
	struct chk_replay *r = chk_replay(prog, &REPLAYED, options, &error);

	ck_assert_msg(r, "%s", error ? error->message : "no result and no error");
	ck_assert_msg(!r->bug, "%s", r->bug);
	ck_assert_uint_eq(r->matched + r->wrong, prog->counts.xlats);
	ck_assert_uint_eq(r->commands + r->skipped, prog->counts.cmds);
	ck_assert_uint_eq(r->used + r->latent, r->findings->len);
	return r;
}

static inline uint32_t by_title(const struct chk_replay *r, const char *title)
{
	int row = ims_model_row(&REPLAYED, title);

	ck_assert_msg(row >= 0, "no row %s", title);
	return r->by_row[row];
}

static inline const struct rec_event *event_at(const struct rec_program *prog, guint i)
{
	return &g_array_index(prog->events, struct rec_event, i);
}
