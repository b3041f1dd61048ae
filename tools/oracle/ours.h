/* SPDX-License-Identifier: MIT */
/*
 * Our side of a comparison: all executions of the model that are legal and agree with what
 * QEMU has shown so far. Hardware may forget a cached entry at any time; so before each
 * request every execution branches into those that have forgotten what the request would
 * have used, and what QEMU then shows says which of them go on. While memory, registers and
 * commands are the same for all, they differ in what is cached.
 */
#ifndef TOOLS_ORACLE_OURS_H
#define TOOLS_ORACLE_OURS_H

#include "sim/engine/engine.h"
#include "tools/oracle/oracle.h"

enum { OURS_MAX = 32, OURS_BRANCHES = 384 };

struct ours_one {
	struct ims_world *world;
	uint64_t print;			   /* of what the world keeps */
	struct orc_outcome outcome, first; /* of the request; of the one before it */
};

struct ours {
	const struct orc_vendor *vendor;
	struct ims_model model; /* the vendor's, with look-ups by source besides */
	struct ims_cache_def caches[IMS_CACHES];
	unsigned tlb; /* the cache of translations */
	size_t bytes;
	struct ims_world_config config;
	uint32_t params[IMS_PARAMS];
	struct ours_one now[OURS_BRANCHES], next[OURS_BRANCHES];
	unsigned now_count, next_count;
	bool vague; /* there were too many */
	struct ims_world *spare[3 * OURS_BRANCHES];
	unsigned spare_count;
	struct orc_side all; /* writes go to every execution, reads come from the first */
};

/* One execution with an empty unit, after power-on. */
void ours_open(struct ours *o, const struct orc_vendor *vendor, unsigned config);
void ours_close(struct ours *o);
/* All but one execution go; that has an empty unit and empty memory. */
void ours_reset(struct ours *o);
struct orc_side *ours_side(struct ours *o);
/* A word of the memory of one of `now`. */
uint64_t ours_word(struct ours *o, unsigned one, uint64_t at);
/* Makes `next` of `now`: all that may come of a request. */
void ours_branch(struct ours *o, const struct orc_program *p, const struct orc_op *op);
/* Goes on with those of `next` for which @keep holds; 0: none did, and `now` is as it was. */
typedef bool ours_keep_fn(const struct ours_one *one, const void *arg);
unsigned ours_settle(struct ours *o, ours_keep_fn *keep, const void *arg);
/* Runs a command on all; false: they do not agree. */
bool ours_command(struct ours *o, const struct orc_program *p, const struct orc_op *op,
		  struct orc_status *ret);

#endif
