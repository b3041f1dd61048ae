/* SPDX-License-Identifier: MIT */
/*
 * The closure of a run: while a scenario runs, what each physical unit may have cached. When a
 * step returns, what may be answered is held against what memory says: an answer that only
 * something read before the change can give is one that adversarial hardware gives.
 */
#ifndef SIM_EXPLORE_WATCH_H
#define SIM_EXPLORE_WATCH_H

#include "sim/explore/closure.h"
#include "sim/scenario/run.h"

/* What hardware was let do: the rungs of the ladder, each with those before it. */
enum xpl_power {
	XPL_POWER_PREFETCH, /* it asks for anything at any time, and keeps no steps of walks */
	XPL_POWER_WALKS,    /* it keeps them */
	XPL_POWER_REORDER,  /* commands take effect in any order that the vendor allows */
	XPL_POWER_MAX
};
const char *xpl_power_name(enum xpl_power p); /* "prefetch" */

/* An answer that no memory gives any more. */
struct xpl_violation {
	uint32_t unit;
	struct xpl_ask ask;
	uint64_t out;
	const struct scn_step *step; /* in whose return it shows */
	GArray *deeds;		     /* of struct xpl_deed; the last one is the ask itself */
};

struct xpl_watch;

/*
 * What watches of runs that begin alike may share: what comes of what, and what has been found
 * to be sound. Such a watch tells that there is a violation, and no story of it.
 */
struct xpl_shared {
	struct xpl_may *may[IMS_UNITS];
	GHashTable *sound; /* of numbers; looked up, never walked */
};
void xpl_shared_init(struct xpl_shared *s);
void xpl_shared_clear(struct xpl_shared *s);

/* @shared: NULL: none. */
struct xpl_watch *xpl_watch_new(const struct scn *scn, enum xpl_power power,
				struct xpl_shared *shared);
void xpl_watch_free(struct xpl_watch *w);
/* An instant of the run, see struct scn_watch. */
void xpl_watch_before(void *watch, struct scn_run *run, uint32_t number, enum ims_instant instant,
		      struct ims_hw *hw, const uint64_t *words);

GPtrArray *xpl_watch_violations(struct xpl_watch *w); /* of struct xpl_violation*, owned by @w */
/* An ask of a unit's, as deeds name it. */
const struct xpl_ask *xpl_watch_ask(const struct xpl_watch *w, uint32_t unit, uint32_t ask);
/*
 * Equal for runs that are at the same place with the same possible: steps, what is open, what
 * may be cached. To be asked between acts.
 */
uint64_t xpl_watch_said(struct xpl_watch *w, const struct scn_run *run);
/* Why not all that hardware may do was searched, NULL: it was. */
const char *xpl_watch_trouble(const struct xpl_watch *w);

#endif
