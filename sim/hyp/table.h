/* SPDX-License-Identifier: MIT */
/*
 * How software builds page tables: the guest its stage 1, the host its stage 2.
 * It shares the format with the walkers, and no code.
 */
#ifndef SIM_HYP_TABLE_H
#define SIM_HYP_TABLE_H

#include "iommusim/model.h"

struct hyp_table {
	const struct ims_format *format;
	struct ims_driver *driver;
	uint64_t root; /* in the driver's own addresses */
	uint8_t top;
	uint8_t roots;	     /* tables side by side that the root is of, a power of two; 0: one */
	uint8_t leaf_levels; /* that the unit has; and-ed with the format's */
	uint64_t track;	     /* set in writable leaves besides: hardware may make them writable */
};

enum hyp_table_status {
	HYP_TABLE_OK,
	HYP_TABLE_TAKEN,  /* something is mapped there already */
	HYP_TABLE_ABSENT, /* nothing is mapped there */
	HYP_TABLE_PART,	  /* the range covers a part of a larger leaf */
	HYP_TABLE_WIDE,	  /* the address is beyond what the root covers */
};

/* An empty table, in the driver's own addresses. */
uint64_t hyp_table_page(struct hyp_table *t);

/*
 * Maps addr..addr + size - 1 to out, with the largest leaves that both addresses
 * and the size allow, none larger than 2^@leaf_lg2. With @replace, leaves of the
 * same size are overwritten.
 */
enum hyp_table_status hyp_table_map(struct hyp_table *t, uint64_t addr, uint64_t size, uint64_t out,
				    unsigned perm, unsigned leaf_lg2, bool replace);

/* Which tables an unmap frees. */
enum hyp_table_free {
	HYP_FREE_NONE,
	HYP_FREE_COVERED, /* those whose whole span is in the range, as Linux does */
	HYP_FREE_EMPTY,	  /* those too that have nothing left in them */
};

/* Clears the leaves of a range; @ret_freed: tables went too, and an invalidation has to say so. */
enum hyp_table_status hyp_table_unmap(struct hyp_table *t, uint64_t addr, uint64_t size,
				      enum hyp_table_free free_what, bool *ret_freed);

/* Gives the leaves of a range new permissions; @ret_less: some lost one. */
enum hyp_table_status hyp_table_protect(struct hyp_table *t, uint64_t addr, uint64_t size,
					unsigned perm, bool *ret_less);

/* log2 of the size that all leaves in the range have; 0: they have several, or there is none. */
unsigned hyp_table_leaf_lg2(struct hyp_table *t, uint64_t addr, uint64_t size);

/* The leaf over @addr: its output for @addr; false if there is none. */
bool hyp_table_find(struct hyp_table *t, uint64_t addr, uint64_t *ret_out, unsigned *ret_lg2);

/*
 * Has the leaf over @addr been written through: its dirty bit is set, or it is writable where
 * hardware makes it so; with @clear no more. @ret_lg2: the size of the leaf, or of the hole that
 * @addr is in.
 */
bool hyp_table_dirty(struct hyp_table *t, uint64_t addr, bool clear, unsigned *ret_lg2);
/* Of a format where hardware makes leaves writable: the one over @addr is so, whatever was written. */
void hyp_table_untrack(struct hyp_table *t, uint64_t addr, unsigned *ret_lg2);

#endif
