/* SPDX-License-Identifier: MIT */
/* iommusim replay TOKEN: one run of a scenario again. */
#ifndef TOOLS_IOMMUSIM_REPLAY_TOKEN_H
#define TOOLS_IOMMUSIM_REPLAY_TOKEN_H

#include "tools/iommusim/tool.h"

struct replay_token {
	const struct tool_options *o;
	const char *token;
	char **paths;	/* where its scenario is looked for; none: scenarios/ and *.yaml here */
	uint32_t until; /* the last event to be shown, 0: all */
	bool dump;	/* the log, too */
};

/* Reads the argument of --until, an event as reports have it: "t12" or "12"; false: it is none. */
bool replay_token_event(const char *text, uint32_t *ret);

/* Runs it, and reports; returns what to exit with. */
int replay_token(const struct replay_token *r);

#endif
