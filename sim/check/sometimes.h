/* SPDX-License-Identifier: MIT */
/*
 * `sometimes:`: what must be possible, so that a pass is not empty. What runs have shown
 * of each device, and whether that is what a file asks for. Runs add up: what any of them
 * has shown is possible.
 */
#ifndef SIM_CHECK_SOMETIMES_H
#define SIM_CHECK_SOMETIMES_H

#include "sim/hyp/hyp.h"
#include "sim/scenario/scenario.h"

/* Of each event the devices that have shown it, 1 << device. */
struct chk_seen {
	uint64_t of[SCN_POSSIBLE_MAX];
};

struct chk_seen_at {
	uint32_t step; /* index of a checkpoint */
	struct chk_seen seen;
};

struct chk_possible {
	struct chk_seen seen; /* by the end, or so far */
	GArray *at;	      /* of struct chk_seen_at: by each checkpoint that was reached */
};

struct chk_possible *chk_possible_new(void);
void chk_possible_free(struct chk_possible *p);

/* Device @dev has had its answer; @stale: it was served something outdated. */
void chk_possible_access(struct chk_possible *p, uint32_t dev, const struct hyp_access *a,
			 bool stale);
/* The same of a translation request; being refused one is no access. */
void chk_possible_answer(struct chk_possible *p, uint32_t dev, const struct hyp_ats *a, bool stale);
/* It may be served something outdated whenever it asks. */
void chk_possible_stale(struct chk_possible *p, uint32_t dev);
/* The checkpoint with this index is reached. */
void chk_possible_checkpoint(struct chk_possible *p, uint32_t step);

/* What another run has shown is possible too. */
void chk_possible_or(struct chk_possible *p, const struct chk_possible *other);

/* The first `sometimes:` of the file that nothing has shown, in words; NULL: there is none. */
char *chk_possible_unmet(const struct chk_possible *p, const struct scn *scn);

#endif
