/* SPDX-License-Identifier: MIT */
#include "tools/iommusim/bench.h"
#include "tools/iommusim/tool.h"

int tool_bench(int argc, char **argv)
{
	struct tool_options o = { 0 };
	gboolean quick = FALSE;
	const GOptionEntry extra[] = {
		{ "quick", 0, 0, G_OPTION_ARG_NONE, &quick, "fewer repetitions", NULL }, { 0 }
	};
	int code;

	if (tool_parse(&o, argc, argv, "- speed of the engine",
		       "Times the engine on this machine, one thread.", extra, &code))
		code = ims_tool_bench(o.vendor ? tool_vendor(o.vendor) : tool_vendors[0], stdout,
				      quick) ?
			       TOOL_ERROR :
			       TOOL_PASS;
	tool_options_clear(&o);
	return code;
}
