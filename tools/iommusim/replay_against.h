/* SPDX-License-Identifier: MIT */
/* Two replays of one recording, side by side: commands, calls, waits and what was dropped. */
#ifndef TOOLS_IOMMUSIM_REPLAY_AGAINST_H
#define TOOLS_IOMMUSIM_REPLAY_AGAINST_H

#include "sim/check/replay.h"
#include "tools/iommusim/tool.h"

/* All borrowed. */
struct replay_pair {
	const char *file, *vendor;
	const char *host[2]; /* names of the policies */
	const struct chk_replay *result[2];
};

/* The graver of the two. */
enum chk_verdict replay_against_verdict(const struct replay_pair *p);
/* A table of at most 80 columns. */
void replay_against_text(GString *out, const struct replay_pair *p, const struct view_options *o);
void replay_against_json(GString *out, const struct replay_pair *p);

#endif
