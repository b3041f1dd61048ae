/* SPDX-License-Identifier: MIT */
/*
 * A second walker for VT-d tables, written from the specification's tables and
 * pseudo-code (sections 3.6 to 3.8, 9.7, 9.8), slow and plain: one stage after the
 * other, no formats, no caches, its own memory. It shares nothing with the engine
 * but the numbers of the faults.
 *
 * Where the order of checks is open it takes: an entry is present, then clean,
 * then narrow enough; permissions count when the leaf is found, U/S first; a D
 * bit is set last. ref_same_fault() knows the pairs whose order nobody fixes.
 */
#ifndef TESTS_PROPERTY_VTD_REFERENCE_H
#define TESTS_PROPERTY_VTD_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

/* Words of simulated memory from REF_BASE on; everything else reads as zero. */
enum { REF_PAGES = 64, REF_WORDS = REF_PAGES * 512 };
#define REF_BASE   UINT64_C(0x200000)
#define REF_MEMORY (UINT64_C(1) << 40) /* no memory from here on */
#define REF_HAW	   46

struct ref_memory {
	uint64_t words[REF_WORDS];
};

struct ref_context {
	bool s1, s2;
	uint64_t s1_root, s2_root;
	unsigned s2_levels; /* 3: AW = 1; 4: AW = 2 */
	bool snooped;	    /* PWSNP */
};

enum ref_code {
	REF_SFS_1 = 0x70,
	REF_SFS_2,
	REF_SFS_3,
	REF_SFS_4,
	REF_SFS_5,
	REF_SFS_6,
	REF_SFS_7,
	REF_SFS_8,
	REF_SSS_1,
	REF_SSS_2,
	REF_SSS_3,
	REF_SSS_4,
	REF_SGN_1 = 0x80,
	REF_SGN_2,
	REF_SGN_5 = 0x84,
	REF_SGN_6,
	REF_SGN_7,
	REF_SFS_9 = 0x90,
};

struct ref_result {
	unsigned fault;
	uint64_t out, mid;
	bool r, w, u;
	unsigned s1_lg2, s2_lg2; /* 64: no such stage */
	/* First-stage entries that were present and clean, from the root on, by host address. */
	uint64_t used[4];
	unsigned used_count;
	bool whole;		/* the first stage ended at a leaf */
	bool lacks_r, lacks_w;	/* of the two stages together, where both were walked */
	bool no_write_to_table; /* a bit was to be set where the second stage forbids it */
};

static inline bool ref_read(const struct ref_memory *m, uint64_t at, uint64_t *ret)
{
	*ret = at >= REF_BASE && at < REF_BASE + REF_WORDS * 8 ? m->words[(at - REF_BASE) / 8] : 0;
	return at < REF_MEMORY;
}

static inline uint64_t ref_ones(unsigned hi, unsigned lo)
{
	uint64_t mask = 0;

	for (unsigned bit = lo; bit <= hi; bit++)
		mask |= UINT64_C(1) << bit;
	return mask;
}

static inline uint64_t ref_table_entry(uint64_t table, uint64_t addr, unsigned level)
{
	return table + (addr >> (3 + 9 * level) & 511) * 8;
}

static inline uint64_t ref_leaf(uint64_t e, uint64_t addr, unsigned level)
{
	unsigned lg2 = 3 + 9 * level;

	return (e & ref_ones(REF_HAW - 1, lg2)) | (addr & ref_ones(lg2 - 1, 0));
}

struct ref_stage2 {
	unsigned fault, lg2;
	uint64_t out;
	bool r, w;
};

/* Bit 61 and up of a second-stage entry: IW is reserved with SSIRWE = 0, IR and bit 63 are ignored. */
static inline uint64_t ref_stage2_reserved(uint64_t e, unsigned level)
{
	uint64_t always = ref_ones(51, REF_HAW) | ref_ones(62, 62);
	bool ps = e >> 7 & 1;

	if (level == 4)
		return always | ref_ones(7, 7) | ref_ones(11, 11);
	if (level == 3)
		return always | (ps ? ref_ones(29, 12) : ref_ones(11, 11));
	if (level == 2)
		return always | (ps ? ref_ones(20, 12) : ref_ones(11, 11));
	return always;
}

static inline struct ref_stage2 ref_stage2(const struct ref_memory *m, const struct ref_context *c,
					   uint64_t addr)
{
	struct ref_stage2 s = { .r = true, .w = true };
	uint64_t table = c->s2_root, e;

	for (unsigned level = c->s2_levels;; level--) {
		if (!ref_read(m, ref_table_entry(table, addr, level), &e)) {
			s.fault = level == c->s2_levels ? REF_SSS_4 : REF_SSS_1;
			return s;
		}
		if (!(e & 3)) {
			s.fault = REF_SSS_2;
			return s;
		}
		if (e & ref_stage2_reserved(e, level)) {
			s.fault = REF_SSS_3;
			return s;
		}
		s.r = s.r && (e & 1);
		s.w = s.w && (e & 2);
		if (!s.r && !s.w) {
			s.fault = REF_SSS_2;
			return s;
		}
		if (level == 1 || (e >> 7 & 1)) {
			s.out = ref_leaf(e, addr, level);
			s.lg2 = 3 + 9 * level;
			return s;
		}
		table = e & ref_ones(REF_HAW - 1, 12);
	}
}

static inline uint64_t ref_stage1_reserved(uint64_t e, unsigned level)
{
	uint64_t always = ref_ones(51, REF_HAW);
	bool ps = e >> 7 & 1;

	if (level == 4)
		return always | ref_ones(7, 7);
	if (level == 3 && ps)
		return always | ref_ones(29, 13);
	return level == 2 && ps ? always | ref_ones(20, 13) : always;
}

/* Is @bits to be set in an entry that does not have them: what stands against it. */
static inline unsigned ref_update(const struct ref_context *c, bool writable, uint64_t e,
				  uint64_t bits, struct ref_result *r)
{
	if ((e & bits) == bits)
		return 0;
	r->no_write_to_table = c->s2 && !writable;
	if (!c->snooped)
		return REF_SFS_9;
	return r->no_write_to_table ? REF_SFS_8 : 0;
}

/* The first stage down to its leaf; @ret_writable: may its table be written. */
static inline unsigned ref_stage1(const struct ref_memory *m, const struct ref_context *c,
				  uint64_t addr, struct ref_result *r, uint64_t *ret_leaf,
				  bool *ret_writable)
{
	uint64_t limit = UINT64_C(1) << (c->s2_levels == 3 ? 39 : 48), table = c->s1_root, e, at;
	unsigned fault;

	r->w = r->u = true;
	for (unsigned level = 4;; level--) {
		struct ref_stage2 s = { .out = table, .r = true, .w = true };

		if (c->s2)
			s = ref_stage2(m, c, table);
		if (s.fault)
			return s.fault;
		if (!s.r)
			return level == 4 ? REF_SFS_6 : REF_SFS_7;
		at = ref_table_entry(s.out, addr, level);
		if (!ref_read(m, at, &e))
			return level == 4 ? REF_SFS_4 : REF_SFS_1;
		if (!(e & 1))
			return REF_SFS_2;
		if (e & ref_stage1_reserved(e, level))
			return REF_SFS_3;
		if (c->s2 && (e & ref_ones(51, 12)) >= limit)
			return REF_SFS_5;
		r->w = r->w && (e >> 1 & 1);
		r->u = r->u && (e >> 2 & 1);
		fault = ref_update(c, s.w, e, 0x20, r);
		if (fault)
			return fault;
		r->used[r->used_count++] = at;
		if (level == 1 || (e >> 7 & 1)) {
			r->whole = true;
			r->s1_lg2 = 3 + 9 * level;
			r->mid = ref_leaf(e, addr, level);
			*ret_leaf = e;
			*ret_writable = s.w;
			return 0;
		}
		table = e & ref_ones(REF_HAW - 1, 12);
	}
}

static inline unsigned ref_walk(const struct ref_memory *m, const struct ref_context *c,
				uint64_t addr, bool read, bool write, struct ref_result *r)
{
	uint64_t top = addr >> 47, leaf = 0, limit = UINT64_C(1) << (c->s2_levels == 3 ? 39 : 48);
	struct ref_stage2 s = { .r = true, .w = true };
	bool writable = true;
	unsigned fault;

	*r = (struct ref_result){ .s1_lg2 = 64, .s2_lg2 = 64, .mid = addr, .w = true, .u = true };
	if (c->s1 && top != 0 && top != 0x1ffff)
		return REF_SGN_1;
	if (!c->s1 && addr >= limit)
		return REF_SGN_5;
	fault = c->s1 ? ref_stage1(m, c, addr, r, &leaf, &writable) : 0;
	if (fault)
		return fault;
	if (!r->u)
		return REF_SGN_2;
	if (c->s2) {
		s = ref_stage2(m, c, r->mid);
		if (s.fault)
			return s.fault;
		r->s2_lg2 = s.lg2;
	}
	r->out = c->s2 ? s.out : r->mid;
	r->r = s.r;
	r->w = r->w && s.w;
	r->lacks_r = read && !r->r;
	r->lacks_w = write && !r->w;
	if (r->lacks_r || r->lacks_w)
		return r->lacks_w ? REF_SGN_6 : REF_SGN_7;
	return c->s1 && write ? ref_update(c, writable, leaf, 0x40, r) : 0;
}

/* Sets in @m what hardware sets for a request that was served. */
static inline void ref_mark(struct ref_memory *m, const struct ref_result *r, bool write)
{
	for (unsigned i = 0; i < r->used_count; i++) {
		uint64_t *word = &m->words[(r->used[i] - REF_BASE) / 8];

		*word |= write && i + 1 == r->used_count ? 0x60 : 0x20;
	}
}

/* @got where @r says @want: the same, or two things are wrong and the order is open. */
static inline bool ref_same_fault(const struct ref_result *r, unsigned got)
{
	if (got == r->fault)
		return true;
	if (r->lacks_r && r->lacks_w)
		return got == REF_SGN_6 || got == REF_SGN_7;
	return r->fault == REF_SFS_9 && r->no_write_to_table && got == REF_SFS_8;
}

#endif
