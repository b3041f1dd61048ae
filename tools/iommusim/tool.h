/* SPDX-License-Identifier: MIT */
/* What the verbs share: the vendors, the options every verb takes, the exit codes. */
#ifndef TOOLS_IOMMUSIM_TOOL_H
#define TOOLS_IOMMUSIM_TOOL_H

#include <glib.h>
#include <stdio.h>

#include "sim/view/view.h"

/* design.md section 5; several at once: the first of internal, error, fail, inconclusive. */
enum tool_exit {
	TOOL_PASS = 0,
	TOOL_FAIL = 1,
	TOOL_ERROR = 2,
	TOOL_INTERNAL = 3,
	TOOL_NOTHING = 4,
	TOOL_INCONCLUSIVE = 5,
};

struct tool_options {
	char *vendor, *host, *hardware, *format, *output, *color;
	gboolean quiet, verbose;
	char **rest; /* what is not an option */
};

/* NULL-ended. */
extern const struct ims_model *const tool_vendors[];
const struct ims_model *tool_vendor(const char *name);
const char *const *tool_vendor_names(void);
/* Why tool_vendor() has none of this name. */
char *tool_vendor_trouble(const char *name);

/*
 * Reads the options of a verb, its own ones in @extra (may be NULL). False: the
 * message has been printed, and @ret_exit is what to exit with.
 */
bool tool_parse(struct tool_options *o, int argc, char **argv, const char *usage,
		const char *summary, const GOptionEntry *extra, int *ret_exit);
void tool_options_clear(struct tool_options *o);

/* Puts the report where -o says, or on standard output; false: it could not be written. */
bool tool_write(const struct tool_options *o, const GString *report);
bool tool_color(const struct tool_options *o);
void tool_complain(const char *fmt, ...) G_GNUC_PRINTF(1, 2);
/* On standard error: the report of what is wrong in a file, with its place. */
void tool_complain_file(const GError *error);
/* The model has no host of this name: which it has. */
void tool_no_host(const struct ims_model *model, const char *name);

/*
 * The table of the questions that hosts answer differently, by vendor: @model alone, NULL:
 * all. With @prove each cell's scenarios of scenarios/seed are run. False: it has been
 * said why it cannot be printed.
 */
bool tool_table(const struct tool_options *o, const struct ims_model *model, bool prove,
		GString *out, struct json *json);

/*
 * Adds the scenario files (char*, owned by the array) of a path, which is a file or a directory;
 * @deep: with its directories. False: it has been said what cannot be read.
 */
bool tool_files(const char *path, bool deep, GPtrArray *files);

int tool_run(int argc, char **argv);
int tool_replay(int argc, char **argv);
int tool_bench(int argc, char **argv);
int tool_describe(int argc, char **argv);
int tool_explain(int argc, char **argv);

#endif
