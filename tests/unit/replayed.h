/* SPDX-License-Identifier: MIT */
/*
 * What tests of one vendor's recording have in common. Before it is included REPLAYED is the
 * vendor's description, and RECORDING the file.
 */
#include <check.h>
#include <glib.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* ---- each left out in turn ---- */

/*
 * What comes before a command is the same in all the runs: there is one, and a process of
 * its own for what comes of each command left out.
 */
struct left_out {
	const struct rec_program *prog;
	bool (*concerns)(const struct rec_event *e);
	void (*check)(const struct chk_replay *r, uint32_t line); /* of each; may be NULL */
	uint32_t count, wrong,
		latent; /* how many: in all, with a wrong translation, with a finding */
	uint32_t line;	/* in such a process: of the command, else 0 */
	int report;
};

static inline const struct rec_event *event_on(const struct rec_program *prog, uint32_t line)
{
	for (guint i = 0; i < prog->events->len; i++) {
		const struct rec_event *e = &g_array_index(prog->events, struct rec_event, i);

		if (e->line == line)
			return e;
	}
	return NULL;
}

static inline bool leave_out(void *data, uint32_t line)
{
	struct left_out *l = data;
	uint8_t got[2];
	int ends[2], status;
	pid_t pid;

	if (l->line || !l->concerns(event_on(l->prog, line)))
		return false;
	ck_assert(!pipe(ends));
	pid = fork();
	ck_assert(pid >= 0);
	if (!pid) {
		l->line = line;
		l->report = ends[1];
		return true;
	}
	close(ends[1]);
	ck_assert_msg(read(ends[0], got, sizeof(got)) == (ssize_t)sizeof(got),
		      "line %u left out: no result", line);
	close(ends[0]);
	ck_assert(waitpid(pid, &status, 0) == pid && !status);
	l->count++;
	l->wrong += got[0];
	l->latent += got[1];
	return false;
}

static inline void each_left_out(struct left_out *l, struct rep_options options)
{
	struct chk_replay *r;
	uint8_t result[2];

	options.leave_out = leave_out;
	options.data = l;
	r = replay(l->prog, &options);
	if (l->line) {
		ck_assert_uint_eq(r->skipped, 1);
		if (l->check)
			l->check(r, l->line);
		result[0] = r->wrong > 0;
		result[1] = r->findings->len > 0;
		ck_assert(write(l->report, result, sizeof(result)) == (ssize_t)sizeof(result));
		_exit(0);
	}
	ck_assert_uint_eq(r->skipped, 0);
	chk_replay_free(r);
}

static inline const struct rec_event *event_at(const struct rec_program *prog, guint i)
{
	return &g_array_index(prog->events, struct rec_event, i);
}
