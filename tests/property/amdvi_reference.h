/* SPDX-License-Identifier: MIT */
/*
 * A second walker for AMD-Vi tables, written from the reference sheet (sections 1 to 3,
 * 18), slow and plain: no formats, no caches, no shared code. It reads the words of a
 * world, and shares nothing with the engine but those and the numbers of the faults.
 *
 * Where the order of checks is open it takes: an entry is present, then clean, then leads
 * somewhere, then permits; what a guest entry points to is narrow enough; accessed is set
 * on the way, dirty last.
 */
#ifndef TESTS_PROPERTY_AMDVI_REFERENCE_H
#define TESTS_PROPERTY_AMDVI_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/vectors/amdvi_world.h"

#define AREF_MEMORY (UINT64_C(1) << 40) /* no memory from here on */

struct aref_context {
	bool guest;
	unsigned mode; /* 0: no host tables */
	uint64_t host_root, gcr3;
	unsigned glx, guest_levels;
	uint32_t pasid;
	bool root_gpa; /* GCR3TRPMode */
	bool ir, iw;
};

struct aref_result {
	unsigned fault;
	uint64_t out, mid;
	bool r, w, u;
	unsigned s1_lg2, s2_lg2;
	/* Guest entries used, from the root on, by host address. */
	uint64_t used[5];
	unsigned used_count;
};

static inline bool aref_read(struct aw *v, uint64_t at, uint64_t *ret)
{
	*ret = at < AREF_MEMORY ? aw_get(v, at) : 0;
	return at < AREF_MEMORY;
}

static inline unsigned aref_bit(uint64_t word, unsigned bit)
{
	return word >> bit & 1;
}

static inline uint64_t aref_ones(unsigned hi, unsigned lo)
{
	uint64_t mask = 0;

	for (unsigned bit = lo; bit <= hi; bit++)
		mask |= UINT64_C(1) << bit;
	return mask;
}

struct aref_page {
	unsigned fault, lg2;
	uint64_t out;
	bool r, w;
};

/* NextLevel 7: the first zero at or above bit 12 is the size's last. */
static inline unsigned aref_size(uint64_t e)
{
	unsigned bit = 12;

	while (bit < 52 && aref_bit(e, bit))
		bit++;
	return bit + 1;
}

static inline struct aref_page aref_host(struct aw *v, const struct aref_context *c, uint64_t addr,
					 bool read, bool write)
{
	struct aref_page p = { .r = true, .w = true };
	uint64_t table = c->host_root, e;

	if (c->mode < 6 && addr >> (12 + 9 * c->mode)) {
		p.fault = AMDVI_F_HOST_WIDTH;
		return p;
	}
	for (unsigned level = c->mode;;) {
		unsigned next, page = 3 + 9 * level;
		bool leaf;

		if (!aref_read(v, table + (addr >> page & 511) * 8, &e)) {
			p.fault = AMDVI_F_HOST_ERROR;
			return p;
		}
		if (!aref_bit(e, 0)) {
			p.fault = AMDVI_F_HOST_ABSENT;
			return p;
		}
		next = (unsigned)(e >> 9 & 7);
		leaf = next == 0 || next == 7;
		if (e & aref_ones(leaf ? 56 : 60, 52)) {
			p.fault = AMDVI_F_HOST_RESERVED;
			return p;
		}
		p.lg2 = next == 7 ? aref_size(e) : page;
		if (leaf) {
			/* 512 GiB do not work, and the sixth level has no leaves. */
			if (level == 4 || level == 6 ||
			    (next == 7 && (p.lg2 <= page || p.lg2 >= page + 9 || p.lg2 > 52)))
				p.fault = AMDVI_F_HOST_SIZE;
		} else if (next >= level) {
			p.fault = AMDVI_F_HOST_LEVEL;
		} else {
			for (unsigned k = next + 1; k < level; k++)
				if (addr >> (3 + 9 * k) & 511)
					p.fault = AMDVI_F_HOST_SKIPPED;
		}
		if (p.fault)
			return p;
		p.r = p.r && aref_bit(e, 61);
		p.w = p.w && aref_bit(e, 62);
		if ((read && !p.r) || (write && !p.w)) {
			p.fault = AMDVI_F_HOST_DENIED;
			return p;
		}
		if (leaf) {
			p.out = (e & aref_ones(51, p.lg2)) | (addr & aref_ones(p.lg2 - 1, 0));
			return p;
		}
		table = e & aref_ones(51, 12);
		level = next;
	}
}

/* A table's page: through the host, or as it is. */
static inline unsigned aref_table(struct aw *v, const struct aref_context *c, bool through,
				  uint64_t *table, bool *ret_writable)
{
	struct aref_page p = { .out = *table, .w = true };

	if (through)
		p = aref_host(v, c, *table, true, false);
	if (p.fault)
		return p.fault == AMDVI_F_HOST_ERROR ? p.fault : p.fault | AMDVI_ON_TABLE;
	*table = p.out;
	*ret_writable = p.w;
	return 0;
}

static inline unsigned aref_gcr3(struct aw *v, const struct aref_context *c, uint64_t *ret_root)
{
	uint64_t table = c->gcr3, e;
	bool through = c->mode && c->root_gpa, writable;

	for (unsigned level = c->glx + 1; level; level--) {
		unsigned fault = aref_table(v, c, through, &table, &writable);

		if (fault)
			return fault;
		if (!aref_read(v, table + (c->pasid >> 9 * (level - 1) & 511) * 8, &e))
			return AMDVI_F_GCR3_ERROR;
		if (!aref_bit(e, 0))
			return AMDVI_F_GCR3_ABSENT;
		if (e & (aref_ones(11, 1) | aref_ones(63, 52)))
			return AMDVI_F_GCR3_RESERVED;
		table = e & aref_ones(51, 12);
		through = c->mode > 0;
	}
	*ret_root = table;
	return 0;
}

/* Down to the guest's leaf; @ret_writable: may its table be written. */
static inline unsigned aref_guest(struct aw *v, const struct aref_context *c, uint64_t table,
				  uint64_t addr, struct aref_result *r, uint64_t *ret_leaf,
				  bool *ret_writable)
{
	uint64_t e, at;
	unsigned fault;

	r->w = r->u = true;
	for (unsigned level = c->guest_levels;; level--) {
		bool leaf;

		fault = aref_table(v, c, c->mode > 0, &table, ret_writable);
		if (fault)
			return fault;
		at = table + (addr >> (3 + 9 * level) & 511) * 8;
		if (!aref_read(v, at, &e))
			return AMDVI_F_GUEST_ERROR;
		if (!aref_bit(e, 0))
			return AMDVI_F_GUEST_ABSENT;
		leaf = level == 1 || aref_bit(e, 7);
		if ((leaf && level > 3) || (leaf && level == 3 && (e & aref_ones(29, 13))) ||
		    (leaf && level == 2 && (e & aref_ones(20, 13))))
			return AMDVI_F_GUEST_RESERVED;
		if (c->mode && c->mode < 6 && (e & aref_ones(51, 12)) >> (12 + 9 * c->mode))
			return AMDVI_F_HOST_WIDTH;
		/* Accessed, where it is not set yet. */
		if (!aref_bit(e, 5) && !*ret_writable)
			return AMDVI_F_GUEST_UPDATE;
		r->w = r->w && aref_bit(e, 1);
		r->u = r->u && aref_bit(e, 2);
		r->used[r->used_count++] = at;
		if (leaf) {
			unsigned lg2 = 3 + 9 * level;

			r->s1_lg2 = lg2;
			r->mid = (e & aref_ones(51, lg2)) | (addr & aref_ones(lg2 - 1, 0));
			*ret_leaf = e;
			return 0;
		}
		table = e & aref_ones(51, 12);
	}
}

static inline unsigned aref_guest_walk(struct aw *v, const struct aref_context *c, uint64_t addr,
				       bool read, bool write, struct aref_result *r)
{
	unsigned bits = c->guest_levels == 5 ? 57 : 48, fault;
	struct aref_page p = { .r = true, .w = true };
	uint64_t root, leaf = 0;
	bool writable = true;

	if (c->pasid ? (int64_t)addr >> (bits - 1) != 0 && (int64_t)addr >> (bits - 1) != -1 :
		       addr >> bits != 0)
		return AMDVI_F_GUEST_WIDTH;
	fault = aref_gcr3(v, c, &root);
	if (!fault)
		fault = aref_guest(v, c, root, addr, r, &leaf, &writable);
	if (fault)
		return fault;
	if (!r->u)
		return AMDVI_F_GUEST_USER;
	if (c->mode) {
		p = aref_host(v, c, r->mid, read, write && r->w);
		if (p.fault)
			return p.fault;
		r->s2_lg2 = p.lg2;
	}
	r->out = c->mode ? p.out : r->mid;
	r->r = p.r;
	if (write && !r->w)
		return AMDVI_F_GUEST_DENIED;
	r->w = r->w && p.w;
	return write && !aref_bit(leaf, 6) && !writable ? AMDVI_F_GUEST_UPDATE : 0;
}

/* The DTE grants what it grants; then the tables. */
static inline unsigned aref_walk(struct aw *v, const struct aref_context *c, uint64_t addr,
				 bool read, bool write, struct aref_result *r)
{
	struct aref_page p;

	*r = (struct aref_result){ .s1_lg2 = 64, .s2_lg2 = 64, .mid = addr };
	if ((read && !c->ir) || (write && !c->iw))
		return AMDVI_F_DTE_DENIED;
	if (c->guest)
		return aref_guest_walk(v, c, addr, read, write, r);
	p = aref_host(v, c, addr, read, write);
	r->out = p.out;
	r->s2_lg2 = p.lg2;
	r->r = p.r;
	r->w = p.w;
	r->u = true;
	return p.fault;
}

#endif
