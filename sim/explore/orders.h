/* SPDX-License-Identifier: MIT */
/*
 * All orders in which the actors of a scenario may go on. A run is made again for each, up to
 * where it comes to something that has been seen: the same steps past, and the same things
 * possibly cached.
 */
#ifndef SIM_EXPLORE_ORDERS_H
#define SIM_EXPLORE_ORDERS_H

#include "sim/explore/search.h"
#include "sim/explore/watch.h"

#define XPL_RUNS 100000 /* of a scenario; with more orders not all are searched */

/* Adds to @r what other orders of the actors show. */
void xpl_orders(const struct scn *scn, const struct ims_model *model,
		const struct scn_variant *variant, struct chk_result *r);

/* ---- search.c ---- */
/*
 * Adds a finding for each violation that @full has seen in a run with @variant. @stories: it
 * knows how each came about.
 */
void xpl_show(const struct scn *scn, const struct ims_model *model,
	      const struct scn_variant *variant, struct xpl_watch *full, bool stories,
	      struct chk_result *r);
/* Says in which order it was found. */
void xpl_set_order(struct chk_finding *f, const struct scn *scn,
		   const struct scn_order_taken *order);

#endif
