/* SPDX-License-Identifier: MIT */
/* What the files of a watch share. */
#ifndef SIM_EXPLORE_WATCH_PARTS_H
#define SIM_EXPLORE_WATCH_PARTS_H

#include "sim/explore/watch.h"

#define XPL_WINDOWS    24 /* changes that are not claimed, at a time */
#define XPL_VIOLATIONS 16 /* of a run; more say nothing new */

struct xpl_unit {
	uint32_t number;
	struct xpl_closure *closure;
	struct xpl_set
		legit[XPL_WINDOWS]; /* what memory has yielded since each of the windows began */
	struct ims_state state;
	uint64_t root;
	uint64_t version, regs; /* of memory and registers; the part that is of registers */
};

struct xpl_watch {
	const struct scn *scn;
	enum xpl_power power;
	struct scn_run *run;
	struct xpl_unit units[IMS_UNITS];
	uint32_t units_count;
	struct ims_world_config config; /* the run's, with as many caches of walks as the power has */
	uint32_t next;			/* event of the log to be read next */
	uint32_t consumed;		/* instant at which a command was consumed, IMS_NONE */
	struct xpl_shared *shared;	/* NULL: the watch stands alone */
	uint64_t words; /* with @shared: what software has made of memory since the start */
	bool stored;	/* memory has changed since it was looked at */
	uint32_t windows
		[XPL_WINDOWS]; /* STEP events of changes that are not claimed, the oldest first */
	uint32_t windows_count;
	GPtrArray *violations;
	char *trouble;
};

/* ---- watch.c ---- */
/* What hardware may do is not searched any further, for this reason, unless there is one already. */
void xpl_watch_give_up(struct xpl_watch *w, const char *why);
/* ---- asks.c ---- */
/* Adds what the devices behind a unit may ask at any time. */
void xpl_watch_asks(struct xpl_watch *w, struct xpl_unit *u);
/* The first step whose outcome depends on what is cached gives up. */
void xpl_watch_monotone(struct xpl_watch *w);
/* ---- answers.c ---- */
/* A step returns: looks for answers that only what is outdated can give. */
void xpl_watch_judge(struct xpl_watch *w, uint32_t number);

#endif
