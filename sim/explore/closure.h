/* SPDX-License-Identifier: MIT */
/*
 * Adversarial hardware, searched by closure. A state holds everything that may be cached:
 * it stands for every state that holds less, since whatever hardware does with less it can
 * do with more, and software does not see what is cached. So fills, evictions and requests of
 * devices are no steps of the search. What is left is when commands take effect: each at any
 * time between its consumption and the wait behind it, in any order that the vendor allows.
 * Then it drops what it matches, except what was read from memory after it had been consumed:
 * in each state every command that waits has its own set of those, its `fresh` one. What
 * another command drops leaves that set too, and is in it again only if it is read anew.
 *
 * The program goes on in steps that are the same for all states; between them the set of
 * states is what the choices so far have come to. A state that another one covers is left out.
 */
#ifndef SIM_EXPLORE_CLOSURE_H
#define SIM_EXPLORE_CLOSURE_H

#include "sim/explore/may.h"

#define XPL_PENDING 16	 /* commands of all rings that have been consumed and may not be done */
#define XPL_STATES  4096 /* at a time */

enum xpl_order {
	XPL_ORDER_VENDOR,  /* as the vendor's table says, and otherwise any */
	XPL_ORDER_WEAKEST, /* any */
	XPL_ORDER_IN,	   /* as they stand in their ring */
	XPL_ORDER_MAX
};

struct xpl_closure;

/*
 * @may: NULL: its own. Else it is borrowed, several closures one after the other know the same
 * records by the same numbers, and none can tell a story.
 */
struct xpl_closure *xpl_closure_new(const struct ims_world_config *config, uint32_t unit,
				    enum xpl_order order, struct xpl_may *may);
void xpl_closure_free(struct xpl_closure *c);
struct xpl_may *xpl_closure_may(struct xpl_closure *c);

/* From now on instants are this number: told in witnesses. */
void xpl_closure_at(struct xpl_closure *c, uint32_t instant);
/* Memory is now as in @world: see xpl_may_look(). */
bool xpl_closure_look(struct xpl_closure *c, struct ims_world *world, uint64_t version);
/* Before memory changes: what waits may take effect before it does. */
bool xpl_closure_store(struct xpl_closure *c);
/* A command is consumed from a ring. */
bool xpl_closure_command(struct xpl_closure *c, unsigned ring, const struct ims_cmd *cmd);
/* The wait behind what was consumed from a ring is done. */
bool xpl_closure_sync(struct xpl_closure *c, unsigned ring);

/* How many states there are, and what one holds. */
uint32_t xpl_closure_states(const struct xpl_closure *c);
const struct xpl_set *xpl_closure_held(const struct xpl_closure *c, uint32_t state);

/* Equal for closures that are in the same states, but for 1 of 2^64. */
uint64_t xpl_closure_said(const struct xpl_closure *c);

/* Why it cannot be searched any more, NULL: it can. */
const char *xpl_closure_trouble(const struct xpl_closure *c);

/*
 * What hardware did, in order, that @state holds @record: only what it takes. A LOOK is an ask
 * taken by its way, whose fill number `fills` is kept; an EFFECT is a command, by the instant
 * of its consumption, that takes effect.
 */
struct xpl_deed {
	uint32_t instant; /* before which it happens */
	bool effect;
	uint32_t command; /* EFFECT: the instant of its consumption, */
	uint32_t ring;	  /* and its ring */
	struct xpl_way way;
};
typedef void xpl_deed_fn(void *arg, const struct xpl_deed *deed);
/* For all records of @records, @count of them. */
void xpl_closure_story(struct xpl_closure *c, uint32_t state, const uint32_t *records,
		       uint32_t count, xpl_deed_fn *told, void *arg);

#endif
