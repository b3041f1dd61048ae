/* SPDX-License-Identifier: MIT */
/* What the files share that make random VT-d programs. */
#ifndef TOOLS_ORACLE_VTD_GEN_H
#define TOOLS_ORACLE_VTD_GEN_H

#include "sim/core/bits.h"
#include "tools/oracle/vtd.h"

enum { DOMAINS = 2, PAGES = 5, STEPS = 9, LEVELS = 4, OUTS = 8 };

struct domain {
	uint64_t root;
	uint16_t did;
	unsigned levels;
};

struct page {
	unsigned domain, level;
	uint64_t iova, out;
	uint64_t path[LEVELS + 1]; /* where the entry of each level stands */
	uint64_t good;		   /* the leaf as it was built */
	uint64_t outs[OUTS];	   /* where it led so far, the newest */
	unsigned outs_count;
};

struct device {
	unsigned domain;
	uint32_t pasid;
	uint64_t root_at, context_at, directory_at, pasid_at;
	uint64_t context[2], entry[3]; /* as they were built */
};

struct gen {
	struct orc_program *p;
	bool scalable, first;
	struct domain domains[DOMAINS];
	struct page pages[PAGES];
	struct device devices[ORC_DEVICES];
	unsigned page, device; /* that the last change was about */
};

static inline uint32_t below(struct gen *g, uint32_t bound)
{
	return orc_below(g->p, bound);
}

/* A command for what was changed last, or beside it by one field; one that is none. */
void vtd_gen_command(struct gen *g, bool near_miss);
void vtd_gen_command_bad(struct gen *g);

#endif
