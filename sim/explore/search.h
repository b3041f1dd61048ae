/* SPDX-License-Identifier: MIT */
/*
 * All that adversarial hardware may do with a scenario. The closure says which outdated
 * answers are possible; each is shown by a run in which hardware does what it takes, and what
 * the checkers find in that run is the finding. So nothing is reported that no run shows.
 */
#ifndef SIM_EXPLORE_SEARCH_H
#define SIM_EXPLORE_SEARCH_H

#include "sim/check/check.h"

/* For chk_run(). */
extern const struct chk_search xpl_search;

#endif
