/* SPDX-License-Identifier: MIT */
/* iommusim: one verb, one file. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "sim/scenario/suggest.h"
#include "tools/iommusim/tool.h"

static const struct verb {
	const char *name;
	int (*fn)(int argc, char **argv); /* NULL: not in this version */
	const char *help;
} verbs[] = {
	{ "run", tool_run, "run scenarios and judge them" },
	{ "replay", tool_replay, "replay a recording of a real driver, or the run of a token" },
	{ "describe", tool_describe, "names of capabilities and quirks" },
	{ "explain", tool_explain, "what a finding, a rule or a step means" },
	{ "bench", tool_bench, "speed of the engine on this machine" },
	{ "compare", NULL, "one scenario under several designs" },
	{ "explore", NULL, "all schedules and all legal hardware behaviours" },
	{ "fuzz", NULL, "generate scenarios" },
	{ "dump", NULL, "tables, caches and objects at a step" },
	{ "schema", NULL, "JSON Schema of the scenario file" },
	{ "merge", NULL, "reports of several machines as one" },
	{ "exec", NULL, "reserved" },
};

static void help(void)
{
	printf("Usage: iommusim VERB [OPTION...] [FILE...]\n\n"
	       "Simulates IOMMUs under nested translation and says which translations can be\n"
	       "stale, whose fault that is and why.\n\nVerbs:\n");
	for (unsigned i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (verbs[i].fn)
			printf("  %-9s %s\n", verbs[i].name, verbs[i].help);
	printf("\n'iommusim VERB --help' tells a verb's options. Exit codes: 0 pass, 1 fail,\n"
	       "2 error, 3 internal error, 4 nothing was run, 5 inconclusive.\n");
}

/* The verbs there are, not those of later versions. */
static void complain_verb(const char *word)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();
	const char *near;

	for (unsigned i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (verbs[i].fn)
			g_ptr_array_add(known, (gpointer)(uintptr_t)verbs[i].name);
	near = scn_nearest(word, known);
	if (word[0] == '-')
		tool_complain(
			"the verb comes before its options, and there is none before '%s'; see 'iommusim --help'",
			word);
	else if (near)
		tool_complain("there is no verb '%s'; did you mean '%s'?", word, near);
	else
		tool_complain("there is no verb '%s'; see 'iommusim --help'", word);
}

/* A vendor whose tables contradict themselves is a bug of this program. */
static bool vendors_sound(void)
{
	for (unsigned i = 0; tool_vendors[i]; i++) {
		const char *wrong;
		int row;

		wrong = ims_model_check(tool_vendors[i], &row);
		if (wrong) {
			tool_complain("internal error: vendor %s, row %d: %s",
				      tool_vendors[i]->name, row, wrong);
			return false;
		}
	}
	return true;
}

/* An assertion of ours or GLib's has said what is wrong; what calls us wants the exit code of it. */
static void on_abort(int number)
{
	(void)number;
	_exit(TOOL_INTERNAL);
}

int main(int argc, char **argv)
{
	signal(SIGABRT, on_abort);
	if (!vendors_sound())
		return TOOL_INTERNAL;
	if (argc < 2) {
		tool_complain("which verb? see 'iommusim --help'");
		return TOOL_ERROR;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		help();
		return 0;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("iommusim %s\n", IMS_VERSION);
		return 0;
	}
	for (unsigned i = 0; i < G_N_ELEMENTS(verbs); i++) {
		if (strcmp(verbs[i].name, argv[1]))
			continue;
		if (verbs[i].fn)
			return verbs[i].fn(argc - 1, argv + 1);
		tool_complain("'%s' is not available in this version", argv[1]);
		return TOOL_ERROR;
	}
	complain_verb(argv[1]);
	return TOOL_ERROR;
}
