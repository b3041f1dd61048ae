/* SPDX-License-Identifier: MIT */
/* What the files of the closure share. */
#ifndef SIM_EXPLORE_CLOSURE_PARTS_H
#define SIM_EXPLORE_CLOSURE_PARTS_H

#include <glib.h>

#include "sim/explore/closure.h"

#define XPL_NONE UINT32_MAX

/* A command that has been consumed; it stands here until no state waits for it. */
struct pending {
	bool used;
	unsigned ring;
	uint32_t number; /* order of consumption */
	uint32_t instant;
	struct ims_cmd cmd;
	struct xpl_set match;
	uint32_t match_records; /* up to which record `match` is known */
};

/* What happened to a state, the newest first. */
struct story {
	uint32_t before; /* the part before this one, XPL_NONE */
	uint32_t instant;
	uint32_t record; /* that came about; XPL_NONE: a command took effect */
	uint32_t ring, command;
	bool at_wait; /* the command took effect when a wait asked for it */
	struct xpl_way way;
};

struct state {
	struct xpl_set held;
	uint32_t waits; /* pending commands, as bits */
	uint32_t story; /* its last part */
	/*
	 * By those that wait: the set of what is read since its consumption. Another command
	 * may drop of that, and what comes about again may be made of older words.
	 */
	uint32_t fresh[XPL_PENDING];
};

struct xpl_closure {
	struct xpl_may *may;
	bool borrowed; /* it is somebody else's, and no stories are told */
	const struct ims_model *model;
	enum xpl_order order;
	uint32_t instant, numbers;
	bool waits;	     /* a wait is being done, */
	unsigned waits_ring; /* for this ring */
	struct pending pending[XPL_PENDING];
	GArray *states, *next, *seen; /* of struct state */
	GArray *stories;	      /* of struct story */
	GPtrArray *sets;	      /* of what is fresh, by number; none twice */
	GHashTable *numbers_of;	      /* of these, by what they hold: 1 + the number */
	uint32_t params[IMS_PARAMS];
	const char *trouble;
};

static inline struct state *state_at(GArray *a, guint i)
{
	return &g_array_index(a, struct state, i);
}

static inline const struct xpl_set *fresh_of(const struct xpl_closure *c, const struct state *s,
					     unsigned p)
{
	return g_ptr_array_index(c->sets, s->fresh[p]);
}

#endif
