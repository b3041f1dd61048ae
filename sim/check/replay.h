/* SPDX-License-Identifier: MIT */
/* A replay with its verdict. */
#ifndef SIM_CHECK_REPLAY_H
#define SIM_CHECK_REPLAY_H

#include "sim/check/check.h"
#include "sim/scenario/replay.h"

struct chk_replay {
	uint32_t matched, wrong, first_wrong, commands, skipped;
	uint32_t *by_row;
	uint64_t dropped, dropped_correct;
	uint64_t correct_translations; /* of them, the rest are table entries and configuration */
	uint64_t over[SCN_OVER_MAX];
	uint32_t used, latent; /* stale findings: translations served, entries still cached */
	GPtrArray *findings;   /* of struct chk_finding* */
	struct chk_counts counts;
	char *bug; /* the oracles disagreed */
};

/* NULL with @error set: the recording asks for what cannot be done. */
struct chk_replay *chk_replay(const struct rec_program *prog, const struct ims_model *model,
			      const struct rep_options *options, GError **error);
void chk_replay_free(struct chk_replay *r);

#endif
