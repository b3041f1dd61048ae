/* SPDX-License-Identifier: MIT */
/* Which shipped scenario shows what a page says, and whether it does. */
#ifndef TOOLS_IOMMUSIM_EXPLAIN_SHOWN_H
#define TOOLS_IOMMUSIM_EXPLAIN_SHOWN_H

#include "tools/iommusim/tool.h"

struct tool_shown {
	const char *id;	    /* of a page */
	const char *vendor; /* that it is run on */
	const char *file;   /* under scenarios/ */
	const char *host;   /* NULL, or what --host has */
	const char *as;	    /* NULL, or the page that what comes of it is told by */
};

/* NULL: no scenario of this version shows it. */
const struct tool_shown *tool_shown_of(const char *id);
/* What a person types to see it. */
char *tool_shown_command(const struct tool_shown *s);
/* Runs it and looks for what the page says; false: it is not there, or could not be run. */
bool tool_shown_holds(const struct tool_shown *s, const struct chk_page *p, const GPtrArray *pages);

#endif
