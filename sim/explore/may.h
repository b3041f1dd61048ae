/* SPDX-License-Identifier: MIT */
/*
 * What a unit may have cached. A record is one fact that a cache may hold: a configuration
 * structure, a step of a walk, a translation, a line of a device's own cache. It is known by
 * what it says, whenever it was read: two that no look-up and no command tells apart are one.
 * The engine itself says how records come about. It answers a request again and again, once
 * for each way in which its look-ups may find a record or pass over it; what it would put into
 * its caches then are records, made of those that served before.
 *
 * What a look-up would read from memory if it found nothing serves it no other way than memory
 * does. So only the other records are choices: those that are stale, and those of somebody else
 * who shares a tag. There are few of them.
 *
 * What memory as it is yields by itself are the *fresh* records.
 */
#ifndef SIM_EXPLORE_MAY_H
#define SIM_EXPLORE_MAY_H

#include "sim/engine/engine.h"

#define XPL_RECORDS 4096 /* of a unit; more cannot be searched */
#define XPL_WORDS   (XPL_RECORDS / 64)
#define XPL_ASKS    1024      /* requests that are told apart, */
#define XPL_WAYS    (1 << 15) /* ways in which one of them may be answered, */
#define XPL_LOOKS   64	      /* look-ups of one such way, */
#define XPL_FITS    32	      /* and records that may serve one of them */

/* Records by their numbers, as bits. */
struct xpl_set {
	uint64_t w[XPL_WORDS];
};

static inline bool xpl_has(const struct xpl_set *s, uint32_t record)
{
	return s->w[record / 64] >> record % 64 & 1;
}

static inline void xpl_put(struct xpl_set *s, uint32_t record)
{
	s->w[record / 64] |= UINT64_C(1) << record % 64;
}

/* A request that a device may make at any time. */
struct xpl_ask {
	uint32_t dev; /* its number, for the log */
	struct ims_req req;
	bool ats; /* through the device's own cache, which asks on a miss */
};

/* One way in which an ask was answered, up to one of its fills or to its end. */
struct xpl_way {
	uint32_t ask;
	uint64_t choices; /* bit n: look-up n found a record, else it passed over all */
	uint32_t looks;	  /* how many look-ups there were, */
	uint32_t fills;	  /* and fills before this one */
	uint32_t parents[XPL_LOOKS];
	uint32_t parents_count; /* records that were found, in order */
};

/* What came of an ask. */
struct xpl_answer {
	uint16_t fault;
	bool refused;
	uint64_t out;
};

struct xpl_may;

/*
 * For unit @unit of worlds made by @config, none of whose caches is looked at. If the unit has no
 * caches of walks there, what it would keep of walks is nowhere.
 */
struct xpl_may *xpl_may_new(const struct ims_world_config *config, uint32_t unit);
void xpl_may_free(struct xpl_may *m);

/* Adds a request, unless it is there; returns its number, XPL_ASKS if there is no room. */
uint32_t xpl_may_ask(struct xpl_may *m, const struct xpl_ask *ask);
const struct xpl_ask *xpl_may_ask_at(const struct xpl_may *m, uint32_t ask);
uint32_t xpl_may_asks(const struct xpl_may *m);

/*
 * Words and registers are those of @world, which has the same config, from now on and as
 * they are now: to be called again whenever one of them may have changed. @version: equal
 * numbers promise that nothing has. Returns whether it looks anew.
 */
bool xpl_may_look(struct xpl_may *m, struct ims_world *world, uint64_t version);

/*
 * From now on what comes of a set is kept, by the version of memory: then versions have to be
 * of what it holds, and the requests all there.
 */
void xpl_may_remember(struct xpl_may *m);

/* How many records are known so far. */
uint32_t xpl_may_records(const struct xpl_may *m);
/* One of them; @ret_cache: of which cache. Valid until the next record is found. */
const struct ims_entry *xpl_may_record(struct xpl_may *m, uint32_t record, unsigned *ret_cache);

/* The records that memory yields by itself now, whoever asks; valid until the next look. */
const struct xpl_set *xpl_may_fresh(struct xpl_may *m);

/* Told of each record that a closure adds, with the way it came about. */
typedef void xpl_way_fn(void *arg, uint32_t record, const struct xpl_way *way);

/*
 * Adds to @io all that may come about from it by any number of asks with memory as it is.
 * @told may be NULL. False: too much for a search, and xpl_may_trouble() says why.
 */
bool xpl_may_close(struct xpl_may *m, struct xpl_set *io, xpl_way_fn *told, void *arg);

/* Tells how memory as it is yields those of @which that are fresh. */
bool xpl_may_renew(struct xpl_may *m, const struct xpl_set *which, xpl_way_fn *told, void *arg);

/*
 * Told of each way in which an ask may be answered; returns true to be told no more. The way
 * is that of the whole ask: `fills` counts all of them. @codes: all codes of its faults are told,
 * which takes longer.
 */
typedef bool xpl_answer_fn(void *arg, const struct xpl_answer *answer, const struct xpl_way *way);
bool xpl_may_answers(struct xpl_may *m, uint32_t ask, const struct xpl_set *held, bool codes,
		     xpl_answer_fn *told, void *arg);

/* The records that @cmd drops when it takes effect, of those known now. */
void xpl_may_match(struct xpl_may *m, const struct ims_cmd *cmd, struct xpl_set *ret);

/* Why there is no answer, NULL: there is one. */
const char *xpl_may_trouble(const struct xpl_may *m);

/* Sets of records, up to @m's number of them. */
bool xpl_set_equal(const struct xpl_may *m, const struct xpl_set *a, const struct xpl_set *b);
bool xpl_set_within(const struct xpl_may *m, const struct xpl_set *a, const struct xpl_set *b);
uint64_t xpl_set_hash(const struct xpl_set *s);
/* The same of what the records say: whatever their numbers are, so that searches may be compared. */
uint64_t xpl_set_said(const struct xpl_may *m, const struct xpl_set *s);

#endif
