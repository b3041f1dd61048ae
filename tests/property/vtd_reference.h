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
	unsigned s1_levels; /* 4, or 5: FSPM = 1 */
	unsigned s2_levels; /* 3: AW = 1; 4: AW = 2; 5: AW = 3 */
	bool snooped;	    /* PWSNP */
	bool coherent;	    /* PGSNP */
	bool ssade, eafe, sre, wpe;
	bool io; /* SSIRWE, of the whole unit */
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
	REF_SSS_5,
	REF_SGN_1 = 0x80,
	REF_SGN_2,
	REF_SGN_5 = 0x84,
	REF_SGN_6,
	REF_SGN_7,
	REF_SGN_8,
	REF_SFS_9 = 0x90,
};

enum { REF_MARKS = 64 };

struct ref_result {
	unsigned fault;
	uint64_t out, mid;
	bool r, w, u, coherent;
	unsigned s1_lg2, s2_lg2; /* 64: no such stage */
	/* Bits that hardware sets in entries it uses, in order; some of them even if it is refused. */
	struct {
		uint64_t at, bits;
	} marks[REF_MARKS];
	unsigned marks_count;
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

static inline void ref_note(struct ref_result *r, uint64_t at, uint64_t bits)
{
	r->marks[r->marks_count].at = at;
	r->marks[r->marks_count].bits = bits;
	r->marks_count += r->marks_count + 1 < REF_MARKS;
}

struct ref_stage2 {
	unsigned fault, lg2;
	uint64_t out, leaf, at;
	bool r, w;
};

/* Bit 61 and up of a second-stage entry: IW is reserved with SSIRWE = 0, IR and bit 63 are ignored. */
static inline uint64_t ref_stage2_reserved(const struct ref_context *c, uint64_t e, unsigned level)
{
	uint64_t always = ref_ones(51, REF_HAW) | (c->io ? 0 : ref_ones(62, 62));
	bool ps = e >> 7 & 1;

	if (level >= 4)
		return always | ref_ones(7, 7) | ref_ones(11, 11);
	if (level == 3)
		return always | (ps ? ref_ones(29, 12) : ref_ones(11, 11));
	if (level == 2)
		return always | (ps ? ref_ones(20, 12) : ref_ones(11, 11));
	return always;
}

/* @read, @write: what the access is going to need; a page that gets it, and is written, becomes dirty. */
static inline struct ref_stage2 ref_stage2(const struct ref_memory *m, const struct ref_context *c,
					   uint64_t addr, bool read, bool write,
					   struct ref_result *r)
{
	struct ref_stage2 s = { .r = true, .w = true };
	uint64_t table = c->s2_root, e;

	for (unsigned level = c->s2_levels;; level--) {
		bool leaf, dirty;

		s.at = ref_table_entry(table, addr, level);
		if (!ref_read(m, s.at, &e)) {
			s.fault = level == c->s2_levels ? REF_SSS_4 : REF_SSS_1;
			return s;
		}
		if (!(e >> (c->io ? 61 : 0) & 3)) {
			s.fault = REF_SSS_2;
			return s;
		}
		if (e & ref_stage2_reserved(c, e, level)) {
			s.fault = REF_SSS_3;
			return s;
		}
		s.r = s.r && (e >> (c->io ? 61 : 0) & 1);
		s.w = s.w && (e >> (c->io ? 62 : 1) & 1);
		if (!s.r && !s.w) {
			s.fault = REF_SSS_2;
			return s;
		}
		leaf = level == 1 || (e >> 7 & 1);
		dirty = leaf && write && s.w && (s.r || !read);
		if (c->ssade) {
			if (!c->snooped && (!(e & 0x100) || (dirty && !(e & 0x200)))) {
				s.fault = REF_SSS_5;
				return s;
			}
			ref_note(r, s.at, dirty ? 0x300 : 0x100);
		}
		if (leaf) {
			s.leaf = e;
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

	if (level >= 4)
		return always | ref_ones(7, 7);
	if (level == 3 && ps)
		return always | ref_ones(29, 13);
	return level == 2 && ps ? always | ref_ones(20, 13) : always;
}

/* A first-stage entry, and the second-stage leaf over its page. */
struct ref_entry {
	uint64_t at, value, over;
	bool writable;
};

/* Is @bits to be set in an entry that does not have them: what stands against it. */
static inline unsigned ref_update(const struct ref_context *c, const struct ref_entry *e,
				  uint64_t bits, struct ref_result *r)
{
	if ((e->value & bits) == bits)
		return 0;
	r->no_write_to_table = c->s2 && !e->writable;
	if (!c->snooped)
		return REF_SFS_9;
	if (r->no_write_to_table)
		return REF_SFS_8;
	if (c->s2 && c->ssade)
		ref_note(r, e->over, 0x200);
	ref_note(r, e->at, bits);
	return 0;
}

static inline uint64_t ref_used(const struct ref_context *c)
{
	return c->eafe ? 0x420 : 0x20;
}

static inline uint64_t ref_limit(const struct ref_context *c)
{
	return UINT64_C(1) << (c->s2_levels == 3 ? 39 : c->s2_levels == 4 ? 48 : 57);
}

/* The first stage down to its leaf. */
static inline unsigned ref_stage1(const struct ref_memory *m, const struct ref_context *c,
				  uint64_t addr, struct ref_result *r, struct ref_entry *ret_leaf)
{
	uint64_t table = c->s1_root, e, at;
	unsigned fault;

	r->w = r->u = true;
	for (unsigned level = c->s1_levels;; level--) {
		struct ref_stage2 s = { .out = table, .r = true, .w = true };
		bool top = level == c->s1_levels;

		if (c->s2)
			s = ref_stage2(m, c, table, true, false, r);
		if (s.fault)
			return s.fault;
		if (!s.r || (c->ssade && !s.w))
			return top ? REF_SFS_6 : REF_SFS_7;
		at = ref_table_entry(s.out, addr, level);
		if (!ref_read(m, at, &e))
			return top ? REF_SFS_4 : REF_SFS_1;
		if (!(e & 1))
			return REF_SFS_2;
		if (e & ref_stage1_reserved(e, level))
			return REF_SFS_3;
		if (c->s2 && (e & ref_ones(51, 12)) >= ref_limit(c))
			return REF_SFS_5;
		r->w = r->w && (e >> 1 & 1);
		r->u = r->u && (e >> 2 & 1);
		*ret_leaf =
			(struct ref_entry){ .at = at, .value = e, .over = s.at, .writable = s.w };
		fault = ref_update(c, ret_leaf, ref_used(c), r);
		if (fault)
			return fault;
		ret_leaf->value |= ref_used(c);
		if (level == 1 || (e >> 7 & 1)) {
			r->s1_lg2 = 3 + 9 * level;
			r->mid = ref_leaf(e, addr, level);
			return 0;
		}
		table = e & ref_ones(REF_HAW - 1, 12);
	}
}

static inline bool ref_canonical(const struct ref_context *c, uint64_t addr)
{
	uint64_t top = addr >> (c->s1_levels == 5 ? 56 : 47);

	return top == 0 || top == (c->s1_levels == 5 ? 0xff : 0x1ffff);
}

static inline unsigned ref_walk(const struct ref_memory *m, const struct ref_context *c,
				uint64_t addr, bool read, bool write, bool priv,
				struct ref_result *r)
{
	struct ref_stage2 s = { .r = true, .w = true };
	struct ref_entry leaf = { 0 };
	unsigned fault;

	*r = (struct ref_result){ .s1_lg2 = 64, .s2_lg2 = 64, .mid = addr, .w = true, .u = true };
	if (priv && !c->sre)
		return 0x5d; /* SPT.6 */
	if (c->s1 && !ref_canonical(c, addr))
		return REF_SGN_1;
	if (!c->s1 && addr >= ref_limit(c))
		return REF_SGN_5;
	fault = c->s1 ? ref_stage1(m, c, addr, r, &leaf) : 0;
	if (fault)
		return fault;
	r->u = r->u || priv;
	if (!r->u)
		return REF_SGN_2;
	r->w = r->w || (priv && !c->wpe);
	if (c->s2) {
		s = ref_stage2(m, c, r->mid, read, write && r->w, r);
		if (s.fault)
			return s.fault;
		r->s2_lg2 = s.lg2;
	}
	r->out = c->s2 ? s.out : r->mid;
	r->coherent = c->coherent || (c->s2 && (s.leaf >> 11 & 1));
	r->r = s.r;
	r->w = r->w && s.w;
	r->lacks_r = read && !r->r;
	r->lacks_w = write && !r->w;
	if (r->out >> 20 == 0xfee)
		return REF_SGN_8;
	if (r->lacks_r || r->lacks_w)
		return r->lacks_w ? REF_SGN_6 : REF_SGN_7;
	return c->s1 && write ? ref_update(c, &leaf, ref_used(c) | 0x40, r) : 0;
}

/* Sets in @m what hardware sets for a request that was served. */
static inline void ref_mark(struct ref_memory *m, const struct ref_result *r)
{
	for (unsigned i = 0; i < r->marks_count; i++)
		m->words[(r->marks[i].at - REF_BASE) / 8] |= r->marks[i].bits;
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
