/* SPDX-License-Identifier: MIT */
/*
 * A second walker for SMMUv3, written from the reference sheet (sections 2 to 5, 15.2,
 * 15.4, 15.5, 16), slow and plain: no formats, no caches, no shared code, levels counted
 * as Arm does. It reads the words of a world, and shares nothing with the engine but
 * those, the numbers of the parameters and those of the faults.
 *
 * Where the order of checks is open it takes: the access flag of a leaf is set before
 * permissions are looked at, a dirty mark of stage 1 after stage 2 has let the access pass.
 */
#ifndef TESTS_PROPERTY_SMMUV3_REFERENCE_H
#define TESTS_PROPERTY_SMMUV3_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/vectors/smmuv3_world.h"

#define SREF_MEMORY   (UINT64_C(1) << 40)    /* no memory from here on */
#define SREF_STRTAB   UINT64_C(0x9000000000) /* linear, of 256 */
#define SREF_STE(sid) (SREF_STRTAB + (sid)*64u)

struct sref_result {
	uint64_t out, mid;
	bool r, w;
	unsigned s1_lg2, s2_lg2;
	/* Words that are marked, with the bits to be set there, and those to be cleared. */
	struct sref_mark {
		uint64_t at, set, clear;
	} marks[16];
	unsigned marks_count;
};

/* Who asks, and what. */
struct sref_need {
	bool r, w, x, priv;
	bool some; /* of what is asked for is enough: a translation request */
};

struct sref {
	struct sw *v;
	const uint32_t *p;
	uint64_t ste[8], cd[8];
	struct sref_result *res;
};

static inline uint64_t sref_bits(uint64_t word, unsigned hi, unsigned lo)
{
	uint64_t v = 0;

	for (unsigned bit = lo; bit <= hi; bit++)
		v |= (word >> bit & 1) << (bit - lo);
	return v;
}

static inline uint64_t sref_low(uint64_t word, unsigned lg2)
{
	return lg2 ? sref_bits(word, lg2 - 1, 0) : 0;
}

static inline bool sref_read(struct sref *x, uint64_t at, uint64_t *ret)
{
	*ret = at < SREF_MEMORY ? sw_get(x->v, at) : 0;
	return at < SREF_MEMORY;
}

static inline void sref_mark(struct sref *x, uint64_t at, uint64_t set, uint64_t clear)
{
	if (x->res->marks_count < 16)
		x->res->marks[x->res->marks_count++] = (struct sref_mark){ at, set, clear };
}

static inline unsigned sref_size(uint64_t code)
{
	static const unsigned bits[8] = { 32, 36, 40, 42, 44, 48, 52, 56 };

	return bits[code];
}

static inline unsigned sref_least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static inline unsigned sref_oas(const struct sref *x)
{
	return sref_size(x->p[SMMU_P_OAS]);
}

/* log2 of a page by TG0 and S2TG, by TG1; 0: reserved or not there. */
static inline unsigned sref_granule(const struct sref *x, uint64_t tg, bool tg1)
{
	static const unsigned of0[4] = { 12, 16, 14, 0 }, of1[4] = { 0, 14, 12, 16 };
	unsigned g = tg1 ? of1[tg] : of0[tg];

	if ((g == 12 && !x->p[SMMU_P_GRAN4K]) || (g == 14 && !x->p[SMMU_P_GRAN16K]) ||
	    (g == 16 && !x->p[SMMU_P_GRAN64K]))
		return 0;
	return g;
}

static inline unsigned sref_shift(unsigned g, int level)
{
	return g + (unsigned)(3 - level) * (g - 3);
}

/* ---- one descriptor ---- */

/* 0 and whether it is a leaf, or the event; @bits: of an output address. */
static inline unsigned sref_descriptor(uint64_t e, unsigned g, int level, unsigned bits,
				       bool *ret_leaf)
{
	bool block = level < 3 && !sref_bits(e, 1, 1);
	bool has_blocks = g == 12 ? level == 1 || level == 2 : level == 2;

	*ret_leaf = block || level == 3;
	if (!sref_bits(e, 0, 0) || (level == 3 && !sref_bits(e, 1, 1)) || (block && !has_blocks))
		return SMMU_E_TRANSLATION;
	for (unsigned bit = bits; bit < 48; bit++)
		if (sref_bits(e, bit, bit))
			return SMMU_E_ADDR_SIZE;
	return 0;
}

/* ---- stage 2 ---- */

struct sref_page {
	uint64_t out, at, e;
	unsigned lg2;
	bool r, w, device;
};

static inline bool sref_has_s2(const struct sref *x)
{
	return sref_bits(x->ste[0], 2, 2);
}

/* Arm's level of the root, -1: there is none. */
static inline int sref_s2_start(const struct sref *x)
{
	unsigned g = sref_granule(x, sref_bits(x->ste[2], 47, 46), false);
	int sl0 = (int)sref_bits(x->ste[2], 39, 38);

	if (g == 12)
		return sl0 < 3 ? 2 - sl0 : x->p[SMMU_P_STT] ? 3 : -1;
	return sl0 < 3 ? 3 - sl0 : -1;
}

static inline bool sref_s2_grants(const struct sref *x, struct sref_page *p,
				  const struct sref_need *need, bool hd)
{
	bool xn = sref_bits(p->e, 54, 54), exec = !xn;

	p->r = sref_bits(p->e, 6, 6);
	p->w = sref_bits(p->e, 7, 7) || (hd && sref_bits(p->e, 51, 51));
	if (x->p[SMMU_P_XNX] && need->priv)
		exec = xn == sref_bits(p->e, 53, 53);
	/* FWB: MemAttr[2] clear, otherwise MemAttr[3:2] clear. */
	p->device = sref_bits(x->ste[1], 25, 25) && x->p[SMMU_P_FWB] ? !sref_bits(p->e, 4, 4) :
								       !sref_bits(p->e, 5, 4);
	return !((need->r && !p->r) || (need->w && !p->w) || (need->x && !exec));
}

/* @dirty: a write may mark it. Without CLASS and S2. */
static inline unsigned sref_s2(struct sref *x, uint64_t ipa, const struct sref_need *need,
			       bool dirty, struct sref_page *p)
{
	unsigned g = sref_granule(x, sref_bits(x->ste[2], 47, 46), false);
	unsigned input = 64 - (unsigned)sref_bits(x->ste[2], 37, 32);
	unsigned bits = sref_least(sref_size(sref_bits(x->ste[2], 50, 48)), sref_oas(x));
	bool ha = sref_bits(x->ste[2], 56, 56), hd = ha && sref_bits(x->ste[2], 55, 55) && dirty;
	int start = sref_s2_start(x);
	uint64_t table = sref_bits(x->ste[3], 51, 4) << 4;
	bool leaf;
	unsigned fault;

	if (ipa >> input)
		return SMMU_E_TRANSLATION;
	/* The root is aligned to all of it. */
	table -= sref_low(table, input - sref_shift(g, start) + 3);
	for (int level = start;; level++) {
		uint64_t index = ipa >> sref_shift(g, level);

		if (level != start)
			index = sref_low(index, g - 3);
		p->at = table + index * 8;
		if (!sref_read(x, p->at, &p->e))
			return SMMU_E_WALK_EABT;
		fault = sref_descriptor(p->e, g, level, bits, &leaf);
		if (fault)
			return fault;
		if (leaf) {
			p->lg2 = sref_shift(g, level);
			break;
		}
		table = sref_bits(p->e, 47, g) << g;
	}
	if (!sref_bits(p->e, 10, 10)) {
		if (!ha && !sref_bits(x->ste[2], 53, 53))
			return SMMU_E_ACCESS;
		if (ha)
			sref_mark(x, p->at, UINT64_C(1) << 10, 0);
	}
	p->out = (sref_bits(p->e, 47, p->lg2) << p->lg2) | sref_low(ipa, p->lg2);
	if (!sref_s2_grants(x, p, need, hd))
		return SMMU_E_PERMISSION;
	if (need->w && !sref_bits(p->e, 7, 7))
		sref_mark(x, p->at, UINT64_C(1) << 7, 0);
	return 0;
}

/* A stage-1 descriptor, or with @cd a CD or what leads to one: a read of data. */
static inline unsigned sref_fetch(struct sref *x, uint64_t addr, bool cd, struct sref_page *p)
{
	const struct sref_need read = { .r = true };
	unsigned fault;

	*p = (struct sref_page){ .out = addr, .w = true };
	if (!sref_has_s2(x))
		return 0;
	fault = sref_s2(x, addr, &read, !cd, p);
	if (!fault && p->device && sref_bits(x->ste[2], 54, 54))
		fault = SMMU_E_PERMISSION;
	return fault ? fault | SMMU_F_S2 | (cd ? SMMU_F_CD : SMMU_F_TT) : 0;
}

/* ---- stage 1 ---- */

enum sref_world { SREF_EL1, SREF_EL2, SREF_E2H };

static inline enum sref_world sref_world(const struct sref *x)
{
	bool e2h = x->v->hw.unit->state.regs[SMMU_R_CR2] & 1;

	if (sref_has_s2(x) || !x->p[SMMU_P_HYP] || sref_bits(x->ste[1], 31, 30) != 2)
		return SREF_EL1;
	return e2h ? SREF_E2H : SREF_EL2;
}

struct sref_half {
	uint64_t txsz, tg, ttb;
	bool upper, epd, tbi, had, e0pd;
};

static inline struct sref_half sref_half(const struct sref *x, bool upper)
{
	const uint64_t *cd = x->cd;

	if (upper)
		return (struct sref_half){ .txsz = sref_bits(cd[0], 21, 16),
					   .tg = sref_granule(x, sref_bits(cd[0], 23, 22), true),
					   .ttb = sref_bits(cd[2], 51, 4) << 4,
					   .upper = true,
					   .epd = sref_bits(cd[0], 30, 30),
					   .tbi = sref_bits(cd[0], 39, 39),
					   .had = sref_bits(cd[2], 1, 1),
					   .e0pd = sref_bits(cd[2], 2, 2) };
	return (struct sref_half){ .txsz = sref_bits(cd[0], 5, 0),
				   .tg = sref_granule(x, sref_bits(cd[0], 7, 6), false),
				   .ttb = sref_bits(cd[1], 51, 4) << 4,
				   .epd = sref_bits(cd[0], 14, 14),
				   .tbi = sref_bits(cd[0], 38, 38),
				   .had = sref_bits(cd[1], 1, 1),
				   .e0pd = sref_bits(cd[1], 2, 2) };
}

/* What tables on the way take away. */
struct sref_tables {
	bool ap0, ap1, pxn, uxn;
};

/* Who asks may read, write, execute. */
static inline void sref_s1_perm(const struct sref *x, uint64_t e, const struct sref_tables *t,
				bool priv, bool hd, bool *r, bool *w, bool *exec)
{
	bool el2 = sref_world(x) == SREF_EL2, wxn = sref_bits(x->cd[0], 36, 36);
	bool writes = (!sref_bits(e, 7, 7) || (hd && sref_bits(e, 51, 51))) && !t->ap1;
	bool ur = sref_bits(e, 6, 6) && !t->ap0, uw = ur && writes;
	bool ux = !sref_bits(e, 54, 54) && !t->uxn, px = !sref_bits(e, 53, 53) && !t->pxn && !uw;
	bool pan = sref_bits(x->cd[0], 40, 40);
	bool epan = x->p[SMMU_P_EPAN] && sref_bits(x->cd[1], 59, 59);

	if (el2) {
		*r = true;
		*w = writes;
		*exec = ux && !(wxn && writes);
		return;
	}
	if (!priv) {
		*r = ur;
		*w = uw;
		*exec = ux && !(wxn && uw);
		return;
	}
	pan = pan && (ur || (epan && ux));
	*r = !pan;
	*w = writes && !pan;
	/* PAN is of data: it does not make a page one that is not written. */
	*exec = px && !(wxn && writes);
}

static inline bool sref_in_range(uint64_t va, unsigned input, const struct sref_half *h)
{
	for (unsigned bit = input; bit <= (h->tbi ? 55 : 63); bit++)
		if (sref_bits(va, bit, bit) != h->upper)
			return false;
	return true;
}

/* Down to the leaf. */
static inline unsigned sref_s1_leaf(struct sref *x, const struct sref_half *h, uint64_t va,
				    struct sref_tables *t, struct sref_page *ret_table,
				    uint64_t *ret_at, uint64_t *ret_e, unsigned *ret_lg2)
{
	unsigned g = (unsigned)h->tg, input = 64 - (unsigned)h->txsz, n = g - 3, fault;
	unsigned bits = sref_least(sref_size(sref_bits(x->cd[0], 34, 32)), sref_oas(x));
	int start = 4 - (int)((input - g + n - 1) / n);
	uint64_t table = h->ttb;
	bool leaf;

	table -= sref_low(table, input - sref_shift(g, start) + 3);
	for (int level = start;; level++) {
		uint64_t index = sref_low(sref_low(va, input) >> sref_shift(g, level),
					  n + (level == start ? 4 : 0));

		fault = sref_fetch(x, table + index * 8, false, ret_table);
		if (fault)
			return fault;
		*ret_at = ret_table->out;
		if (!sref_read(x, *ret_at, ret_e))
			return SMMU_E_WALK_EABT | SMMU_F_TT;
		fault = sref_descriptor(*ret_e, g, level, bits, &leaf);
		if (fault)
			return fault;
		*ret_lg2 = sref_shift(g, level);
		if (leaf)
			return 0;
		table = sref_bits(*ret_e, 47, g) << g;
		if (h->had && x->p[SMMU_P_HAD])
			continue;
		t->ap0 = t->ap0 || sref_bits(*ret_e, 61, 61);
		t->ap1 = t->ap1 || sref_bits(*ret_e, 62, 62);
		t->pxn = t->pxn || sref_bits(*ret_e, 59, 59);
		t->uxn = t->uxn || sref_bits(*ret_e, 60, 60);
	}
}

/* A bit is to be set in a stage-1 leaf: stage 2 has to let it be written. */
static inline unsigned sref_s1_mark(struct sref *x, const struct sref_page *table, uint64_t at,
				    uint64_t set, uint64_t clear)
{
	if (!table->w)
		return SMMU_E_PERMISSION | SMMU_F_S2 | SMMU_F_TT | SMMU_F_TTW;
	/* A clean page of the table becomes dirty. */
	if (sref_has_s2(x) && !sref_bits(table->e, 7, 7))
		sref_mark(x, table->at, UINT64_C(1) << 7, 0);
	sref_mark(x, at, set, clear);
	return 0;
}

static inline unsigned sref_both(struct sref *x, uint64_t va, const struct sref_need *need)
{
	bool upper = sref_world(x) != SREF_EL2 && sref_bits(va, 55, 55), exec = false;
	struct sref_half h = sref_half(x, upper);
	struct sref_tables t = { 0 };
	struct sref_page table, page = { .r = true, .w = true };
	bool ha = sref_bits(x->cd[0], 43, 43), hd = ha && sref_bits(x->cd[0], 42, 42), refused;
	struct sref_need left = *need;
	uint64_t at = 0, e = 0;
	unsigned fault, lg2 = 0;

	if (sref_world(x) == SREF_EL2)
		h.epd = h.e0pd = false;
	if (h.epd || (h.e0pd && x->p[SMMU_P_E0PD] && !need->priv) ||
	    !sref_in_range(va, 64 - (unsigned)h.txsz, &h))
		return SMMU_E_TRANSLATION;
	fault = sref_s1_leaf(x, &h, va, &t, &table, &at, &e, &lg2);
	if (fault)
		return fault;
	if (!sref_bits(e, 10, 10)) {
		if (!ha && !sref_bits(x->cd[0], 35, 35))
			return SMMU_E_ACCESS;
		fault = ha ? sref_s1_mark(x, &table, at, UINT64_C(1) << 10, 0) : 0;
		if (fault)
			return fault;
	}
	sref_s1_perm(x, e, &t, need->priv, hd, &x->res->r, &x->res->w, &exec);
	refused = (need->r && !x->res->r) || (need->w && !x->res->w) || (need->x && !exec);
	if (refused && (!need->some ||
			!((need->r && x->res->r) || (need->w && x->res->w) || (need->x && exec)))) {
		x->res->r = x->res->w = false;
		return SMMU_E_PERMISSION;
	}
	left.r = left.r && x->res->r;
	left.w = left.w && x->res->w;
	left.x = left.x && exec;
	x->res->s1_lg2 = lg2;
	x->res->mid = x->res->out = (sref_bits(e, 47, lg2) << lg2) | sref_low(va, lg2);
	if (sref_has_s2(x)) {
		fault = sref_s2(x, x->res->mid, &left, true, &page);
		x->res->out = page.out;
		x->res->s2_lg2 = page.lg2;
		x->res->r = x->res->r && page.r;
		x->res->w = x->res->w && page.w;
		if (fault)
			return fault | SMMU_F_S2;
	}
	if (refused)
		return SMMU_E_PERMISSION;
	return need->w && sref_bits(e, 7, 7) ? sref_s1_mark(x, &table, at, 0, UINT64_C(1) << 7) : 0;
}

#endif
