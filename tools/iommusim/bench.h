/* SPDX-License-Identifier: MIT */
/* How fast the engine is on this machine. */
#ifndef TOOLS_IOMMUSIM_BENCH_H
#define TOOLS_IOMMUSIM_BENCH_H

#include <stdbool.h>
#include <stdio.h>

#include "iommusim/model.h"

/*
 * Measures the engine under @model and prints one line for each figure: median
 * and best of several runs, and the target it was designed for. The workload is
 * the same in every run, the figures are not. @quick: fewer runs and no cache
 * of a million entries, under two seconds. Returns an exit code: 0, or 3 if the
 * vendor has no command that the workload needs; a target missed is no error.
 */
int ims_tool_bench(const struct ims_model *model, FILE *out, bool quick);

#endif
