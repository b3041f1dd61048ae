/* SPDX-License-Identifier: MIT */
/*
 * Queues that hardware fills and software reads, from the side of software: how a driver
 * gives one memory and switches it on, and what a record in it says. Data, but for the
 * reading of a record.
 */
#ifndef IOMMUSIM_TOLD_H
#define IOMMUSIM_TOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "iommusim/registers.h"

#define IMS_TOLD_QUEUES 2
#define IMS_TOLD_WORDS	4

enum ims_told_kind {
	IMS_TOLD_NOTHING,
	IMS_TOLD_PAGE,	   /* a device asks for a page */
	IMS_TOLD_STALL,	   /* a transaction waits: `group` is its tag */
	IMS_TOLD_FAULT,	   /* a fault that is over: the words tell of it */
	IMS_TOLD_OVERFLOW, /* no record: some of the queue's were lost */
};

struct ims_told {
	uint8_t kind; /* enum ims_told_kind */
	bool read, write, execute, priv, last;
	uint32_t src, ctx; /* IMS_CTX_NONE: without PASID */
	uint32_t group;
	uint64_t addr;
	uint64_t words[IMS_TOLD_WORDS];
};

struct ims_told_queue {
	const char *name;		/* "PRQ" */
	const char *text;		/* what it tells of */
	const char *base, *head, *tail; /* registers */
	uint8_t entry_lg2;		/* size of a record in bytes */
	uint8_t index_lo; /* of head and tail: the bit at which the record's number begins */
	bool wraps;	  /* and has one bit more than numbers have */
	uint8_t lg2;	  /* records of a driver's queue */
	uint8_t at_most;  /* 1 + the parameter that says how many there may be; 0: none does */
	uint8_t size_lo, size_less;    /* of the base: where lg2 less this stands */
	uint8_t with;		       /* 1 + a parameter without which there is none; 0: none */
	const struct ims_reg_step *on; /* has hardware use it */
	const struct ims_reg_step *served; /* said when all that stands in it is read */
	const struct ims_reg_step *again;  /* and when some was lost */
	uint8_t on_count, served_count, again_count;
	/* Some was lost if this bit of a register is set; or, with `acknowledged`, is another there. */
	const char *overflow, *acknowledged;
	uint64_t overflow_bit;
	void (*read)(const uint64_t *words, struct ims_told *ret);
	const char *source;
};

#endif
