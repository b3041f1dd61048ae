/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sim/check/parts.h"
#include "sim/check/replay.h"

static void on_access(void *observer, struct rep_run *run, const struct scn_access_now *now,
		      const struct hyp_access *a)
{
	(void)run;
	chk_accessed(observer, now, a);
}

static void on_step(void *observer, struct rep_run *run)
{
	(void)run;
	chk_stepped(observer);
}

static void take(struct chk_replay *r, struct chk *c, struct rep_run *run)
{
	chk_advance(c);
	chk_judge_dirty(c);
	chk_confirm_all(c, NULL, NULL);
	memcpy(r->over, chk_over(c), sizeof(r->over));
	r->counts = c->counts;
	r->dropped = c->counts.dropped;
	r->dropped_correct = r->dropped - r->over[SCN_OVER_NECESSARY];
	r->correct_translations = c->over_translations;
	r->matched = run->matched;
	r->wrong = run->wrong;
	r->first_wrong = run->first_wrong;
	r->commands = run->commands;
	r->skipped = run->skipped;
	r->by_row = g_memdup2(run->by_row, run->model->rows_count * sizeof(*run->by_row));
	while (c->findings->len) {
		struct chk_finding *f = g_ptr_array_steal_index(c->findings, 0);

		*(f->latent ? &r->latent : &r->used) += 1;
		g_ptr_array_add(r->findings, f);
	}
	r->bug = g_strdup(chk_bug(c));
}

struct chk_replay *chk_replay(const struct rec_program *prog, const struct ims_model *model,
			      const struct rep_options *options, GError **error)
{
	struct rep_run *run = rep_run_new(prog, model, options, error);
	struct chk_replay *r = NULL;
	struct chk_subject subject;
	struct chk *c;

	if (!run)
		return NULL;
	subject = (struct chk_subject){ .model = model,
					.h = run->h,
					.world = run->world,
					.config = &run->config,
					.log = &run->log };
	c = chk_new(&subject);
	run->observer = c;
	run->accessed = on_access;
	run->stepped = on_step;
	if (rep_run_events(run, error)) {
		r = g_new0(struct chk_replay, 1);
		r->findings = g_ptr_array_new();
		take(r, c, run);
	}
	chk_free(c);
	rep_run_free(run);
	return r;
}

void chk_replay_free(struct chk_replay *r)
{
	if (!r)
		return;
	for (guint i = 0; i < r->findings->len; i++)
		chk_finding_free(g_ptr_array_index(r->findings, i));
	g_ptr_array_unref(r->findings);
	g_free(r->by_row);
	g_free(r->bug);
	g_free(r);
}
