/* SPDX-License-Identifier: MIT */
/* What the files of the records share. */
#ifndef SIM_EXPLORE_MAY_PARTS_H
#define SIM_EXPLORE_MAY_PARTS_H

#include <glib.h>

#include "sim/explore/may.h"

struct record {
	uint8_t cache;
	uint32_t entry; /* its number in that cache of the scratch world */
	uint32_t filed_ctx;
	uint64_t hash;
	uint32_t next; /* of the same cache, XPL_RECORDS: the last */
};

/* A look-up within the way that is being taken. */
struct look {
	uint32_t taken, options; /* 0: passed over; n: the n-th of those that fit */
	uint16_t fits[XPL_FITS];
};

struct fill {
	uint32_t record;
	uint32_t looks; /* before it */
};

#define FILLS 64

struct xpl_may {
	struct ims_model model; /* the world's, with room in every cache */
	struct ims_world_config config;
	struct ims_world *scratch; /* whose caches hold the records, and nothing is ever dropped */
	void *block;		   /* that it stands in */
	struct ims_hw hw;
	struct ims_may may;
	uint32_t unit;
	struct ims_world *live;
	uint64_t version;
	struct xpl_ask asks[XPL_ASKS];
	uint32_t asks_count;
	struct record records[XPL_RECORDS];
	uint32_t records_count;
	uint32_t first_of[IMS_CACHES];	 /* list of records */
	uint32_t slots[XPL_RECORDS * 2]; /* 1 + record, by hash */
	struct xpl_set fresh;
	bool fresh_known;
	const struct xpl_set *candidates; /* of the way being taken: records that may serve */
	bool all_serve;			  /* the first that fits serves, always */
	bool codes;			  /* what a fault is called counts */
	bool walks;			  /* steps of walks are kept */
	struct look looks[XPL_LOOKS];
	uint32_t looks_count, looks_known;
	struct fill fills[FILLS];
	uint32_t fills_count;
	GHashTable *memo; /* memo.h; NULL: nothing is kept */
	const char *trouble;
};

static inline unsigned words_of(const struct xpl_may *m)
{
	return m->records_count / 64 + 1 < XPL_WORDS ? m->records_count / 64 + 1 : XPL_WORDS;
}

/* ---- records.c ---- */
/* The record of what is filled, a new one if need be; XPL_RECORDS: there is no room for another one. */
uint32_t xpl_may_record_of(struct xpl_may *m, unsigned cache, const struct ims_entry *e,
			   uint32_t filed_ctx, const uint64_t *payload);
/* Do two records that serve a look-up tell it the same. */
bool xpl_may_tell_same(struct xpl_may *m, uint32_t a, uint32_t b);
/* Those of the candidates that may serve, one of those that tell the same. */
void xpl_may_find_fitting(struct xpl_may *m, struct look *l, unsigned cache, uint32_t src,
			  uint32_t ctx, uint32_t dom, uint64_t addr);

#endif
