/* SPDX-License-Identifier: MIT */
/*
 * What bench.c measures on: a machine set up by the layers above the hardware, as
 * a scenario would. A guest attaches a device to a table; one translation by it is
 * the pattern for the entries that fill the IOTLB, and commands are found by what
 * they do. So nothing here names a vendor's field.
 */
#ifndef TOOLS_IOMMUSIM_BENCH_RIG_H
#define TOOLS_IOMMUSIM_BENCH_RIG_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/hyp/hyp.h"

#define PAGE	 UINT64_C(4096)
#define RUNS_MAX 31
#define IOVA	 (UINT64_C(1) << 32) /* of the entries put into the IOTLB by hand */
#define MAPPED	 UINT64_C(0x10000)   /* of the pages that tables map */
#define GPA	 (UINT64_C(1) << 20)
#define CELLS	 4096 /* enough for tables and rings */

/* ---- figures ---- */

struct bench {
	const struct ims_model *model;
	FILE *out;
	bool quick;
	uint32_t page_row, tag_row;
	uint64_t random;
	unsigned runs, count;
	double ns[RUNS_MAX];
};

double bench_now(void); /* ns */
void *bench_grow(void *old, size_t bytes);
/* In cache lines of its own, as every world should stand: an entry is one line. */
void *bench_zeroed(size_t bytes);

/* 1024 as "1k". */
const char *bench_count(uint32_t n, char text[16]);
/* One run that began at @start did @count of what is measured. */
void bench_sample(struct bench *b, double start, double count);
/* Prints the samples taken since the last line; @target in ns, 0: there is none. */
void bench_report(struct bench *b, double target, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The command that invalidates a page (@ranged) or a tag of the IOTLB; IMS_NONE. */
uint32_t bench_row(const struct ims_model *m, enum ims_vmm vmm, bool ranged);

/* ---- a machine with one guest, one device, one table ---- */

struct rig {
	struct bench *b;
	struct ims_world *world;
	struct hyp *hyp;
	struct ims_hw *hw;
	struct ims_cache *iotlb;
	struct ims_log log;
	struct ims_entry like; /* the pattern of every entry */
	uint32_t filed_ctx;
	struct ims_req req;
	uint32_t *order; /* one cycle through all n entries */
	uint32_t n, tag_entries;
	uint32_t stride; /* pages from one entry to the next */
	uint32_t sharers; /* requesters, each with a domain of its own, of the same addresses; 0: one */
};

struct rig_config {
	uint32_t entries; /* room in the IOTLB */
	uint32_t others;  /* and in every other cache */
	uint32_t pages;	  /* mapped by the tables */
	uint32_t cells;
	bool logged;
};

/* Boots, attaches, maps, and takes the pattern from one translation. */
void rig_make(struct bench *b, struct rig *r, const struct rig_config *config);
void rig_free(struct rig *r);

/*
 * Replaces what the IOTLB holds by @n entries, a power of two, one every @stride
 * pages, each @tag_entries of one tag.
 */
void rig_stock(struct rig *r, uint32_t n, uint32_t stride, uint32_t tag_entries);
/* Entry @i of the stock; its output says which comes next in the cycle. */
void rig_put(struct rig *r, uint32_t i);
/* @count entries, a power of two; neighbours in address do not come one after the other. */
void rig_put_some(struct rig *r, uint32_t first, uint32_t count);
/* Drops everything. */
void rig_forget(struct rig *r);

/* The words of a command of this row. */
void rig_words(const struct rig *r, uint32_t row, uint32_t dom, uint64_t first, uint64_t last,
	       uint64_t *ret_words);
/* Consumes a command and completes it. */
void rig_command(struct rig *r, const uint64_t *words);

#endif
