/* SPDX-License-Identifier: MIT */
/*
 * SMMUv3 structures and tables of random words, where most walks go wrong somewhere: the
 * engine without caches, with all of them, and with TLBs that keep the stages apart,
 * against the second reading of smmuv3_reference.h and smmuv3_structures.h.
 */
#include <check.h>
#include <stdio.h>

#include "sim/core/prng.h"
#include "tests/property/smmuv3_structures.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define R	 IMS_R
#define W	 IMS_W
#define REQUIRE(cond, ...)                                                                         \
	do {                                                                                       \
		if (!(cond))                                                                       \
			ck_abort_msg(__VA_ARGS__);                                                 \
	} while (0)

enum { WORLDS = 3, WAYS = 8, PAGES = 16, CD_FIRST = 12, FIRST_SID = 0x40 };
enum { INDEXES = 9, CDS_MAX = 64 };

/* Few indexes of each table are used, so that walks meet. Those of stage 2 are such that pieces of a larger table of stage 1 stand apart. */
static const uint16_t s1_indexes[3][6] = {
	{ 0, 1, 2, 3, 510, 511 },
	{ 0, 1, 2, 520, 2046, 2047 },
	{ 0, 1, 2, 520, 8190, 8191 },
};
static const uint16_t s2_indexes[3][INDEXES] = {
	{ 0, 1, 3, 15, 16, 17, 31, 496, 511 },
	{ 0, 1, 3, 4, 7, 520, 2044, 2046, 2047 },
	{ 0, 1, 2, 3, 4, 520, 8189, 8190, 8191 },
};

struct way {
	unsigned g1, t0sz, g2, s2sz; /* granules and sizes */
	int start2;
	bool s1, s2, el2;
	uint32_t ctx;
};

struct rig {
	struct sw v[WORLDS];
	struct way ways[WAYS];
	uint32_t params[SMMU_PARAMS];
	uint64_t seed, cds[CDS_MAX], cds_sum;
	unsigned cds_count;
	unsigned codes[0x4000];
};

static uint32_t below(struct rig *r, uint32_t bound)
{
	return ims_prng_below(&r->seed, bound);
}

static uint64_t ones(unsigned count)
{
	return count > 63 ? ~UINT64_C(0) : (UINT64_C(1) << count) - 1;
}

static unsigned kind_of(unsigned g)
{
	return g == 12 ? 0 : g == 14 ? 1 : 2;
}

/* Stage-1 tables and CDs of a way; its tables of stage 2, two of a level, and their root. */
static uint64_t s1_page(unsigned way, unsigned number)
{
	return UINT64_C(0x4000000) + way * UINT64_C(0x100000) + number * UINT64_C(0x10000);
}

static uint64_t s2_table(unsigned way, int level, unsigned number)
{
	return UINT64_C(0x8000000000) + way * UINT64_C(0x100000) +
	       ((unsigned)level * 2 + number) * UINT64_C(0x10000);
}

static uint64_t s2_root(unsigned way)
{
	return UINT64_C(0x8010000000) + way * UINT64_C(0x100000);
}

static void store(struct rig *r, uint64_t at, uint64_t value)
{
	for (unsigned i = 0; i < WORLDS; i++)
		sw_put(&r->v[i], at, value);
}

static uint64_t random_ipa(struct rig *r, const struct way *w)
{
	unsigned n = w->g2 - 3;
	uint64_t ipa = 0;

	if (!w->s2)
		return s1_page((unsigned)(w - r->ways), below(r, CD_FIRST));
	for (int level = w->start2; level <= 3; level++)
		ipa |= (uint64_t)s2_indexes[kind_of(w->g2)][below(r, INDEXES)]
		       << sref_shift(w->g2, level);
	if (below(r, 2))
		ipa |= (uint64_t)below(r, 16) << (sref_shift(w->g2, w->start2) + n);
	return ipa & ones(64 - w->s2sz);
}

/* What goes wrong with a descriptor now and then; addresses stay among the tables, or leave them far. */
static uint64_t spoilt(struct rig *r, uint64_t e)
{
	unsigned bit;

	switch (below(r, 60)) {
	case 0:
		return e & ~UINT64_C(1);
	case 1:
		return e & ~UINT64_C(2);
	case 2:
		return e | UINT64_C(1) << (32 + below(r, 16));
	case 3:
		bit = below(r, 24);
		return e ^ UINT64_C(1) << (bit < 12 ? bit : 40 + bit);
	default:
		return e;
	}
}

/* ---- stage 2 ---- */

static uint64_t random_s2(struct rig *r, unsigned way, int level, uint64_t index)
{
	const struct way *w = &r->ways[way];
	uint64_t e = 3 | UINT64_C(0x3c) | (below(r, 8) ? 0x40 : 0) | (below(r, 5) ? 0x80 : 0) |
		     (below(r, 12) ? 0x400 : 0) | (below(r, 3) ? 0 : UINT64_C(1) << 51) |
		     (below(r, 8) ? 0 : UINT64_C(1) << 54) | (below(r, 8) ? 0 : UINT64_C(1) << 53) |
		     (below(r, 8) ? 0 : UINT64_C(1) << 52);
	uint64_t page = s1_page(way, below(r, below(r, 6) ? CD_FIRST : PAGES));

	if (!below(r, 12))
		e &= ~UINT64_C(0x30);
	if (level == 3)
		page |= ((below(r, 8) ? index : below(r, 16)) << w->g2) & 0xffff;
	else if (below(r, 10))
		page = s2_table(way, level + 1, below(r, 2));
	else {
		e &= ~UINT64_C(2);
		page &= ~ones(sref_shift(w->g2, level));
	}
	return spoilt(r, e | page);
}

static void s2_tables(struct rig *r, unsigned way)
{
	const struct way *w = &r->ways[way];
	unsigned n = w->g2 - 3, bits = 64 - w->s2sz - sref_shift(w->g2, w->start2);

	for (unsigned i = 0; i < INDEXES; i++) {
		uint64_t index = s2_indexes[kind_of(w->g2)][i];

		for (int level = w->start2 + 1; level <= 3; level++)
			for (unsigned k = 0; k < 2; k++)
				store(r, s2_table(way, level, k) + index * 8,
				      random_s2(r, way, level, index));
		for (uint64_t sub = 0; sub < 16; sub++) {
			uint64_t in_root = (index | sub << n) & ones(bits);

			store(r, s2_root(way) + in_root * 8, random_s2(r, way, w->start2, in_root));
		}
	}
}

/* ---- stage 1 ---- */

static uint64_t random_s1(struct rig *r, unsigned way)
{
	const struct way *w = &r->ways[way];
	uint64_t e = 3 | 4 | (below(r, 4) ? 0x40 : 0) | (below(r, 3) ? 0 : 0x80) |
		     (below(r, 10) ? 0x400 : 0) | (below(r, 5) ? 0x800 : 0) |
		     (below(r, 3) ? 0 : UINT64_C(1) << 51) | (below(r, 8) ? 0 : UINT64_C(1) << 52) |
		     (below(r, 4) ? 0 : UINT64_C(1) << 53) | (below(r, 4) ? 0 : UINT64_C(1) << 54);
	uint64_t to = random_ipa(r, w);

	for (unsigned bit = 59; bit < 64; bit++)
		e |= below(r, 25) ? 0 : UINT64_C(1) << bit;
	if (!below(r, 24)) {
		e &= ~UINT64_C(2);
		to &= ~ones(sref_shift(w->g1, below(r, 4) ? 2 : 1));
	}
	return spoilt(r, e | (to & ~ones(w->g1)));
}

/* Roots have fewer entries: their last ones too. */
static void s1_tables(struct rig *r, unsigned way)
{
	unsigned g = r->ways[way].g1;

	for (unsigned number = 0; number < CD_FIRST; number++) {
		for (unsigned i = 0; i < COUNT(s1_indexes[0]); i++)
			store(r, s1_page(way, number) + s1_indexes[kind_of(g)][i] * 8u,
			      random_s1(r, way));
		for (unsigned bits = 3; bits < g - 3; bits++)
			for (unsigned i = 1; i < 3; i++)
				store(r, s1_page(way, number) + ((1u << bits) - i) * 8u,
				      random_s1(r, way));
	}
}

/* ---- structures ---- */

/* A place for CDs, as its structures name it, and physical. */
static uint64_t cd_place(struct rig *r, unsigned way, struct sref *x, uint64_t *ret_pa)
{
	const struct sref_need read = { .r = true };
	struct sref_page p = { 0 };
	uint64_t ipa = s1_page(way, CD_FIRST + below(r, PAGES - CD_FIRST)) & ~UINT64_C(0xffff);

	*ret_pa = ipa;
	for (unsigned i = 0; r->ways[way].s2 && i < 300; i++) {
		uint64_t try = random_ipa(r, &r->ways[way]) & ~UINT64_C(0xffff);

		x->res->marks_count = 0;
		if (sref_s2(x, try, &read, false, &p))
			continue;
		ipa = try;
		*ret_pa = p.out;
		/* Among the tables there is only where nothing better is found. */
		if (p.out >= s1_page(way, CD_FIRST) && p.out < s1_page(way, PAGES))
			break;
	}
	return ipa;
}

static void put_cd(struct rig *r, unsigned way, uint64_t at)
{
	static const uint8_t tg1[3] = { 2, 1, 3 }, tg0[3] = { 0, 2, 1 };
	const struct way *w = &r->ways[way];
	unsigned k = kind_of(w->g1), flags = 1 + below(r, 8);
	uint64_t cd[8] = { 0 };

	cd[0] = w->t0sz | (uint64_t)tg0[k] << 6 |
		(uint64_t)(below(r, 4) ? w->t0sz : 16 + below(r, 20)) << 16 |
		(uint64_t)tg1[k] << 22 | UINT64_C(1) << 31 |
		(uint64_t)(below(r, 4) ? r->params[SMMU_P_OAS] : below(r, 6)) << 32 |
		UINT64_C(1) << 41 | UINT64_C(7) << 45 | (uint64_t)below(r, 0x10000) << 48;
	/* EPD0, EPD1, AFFD, WXN, UWXN, TBI0, TBI1, PAN, HA, HD. */
	for (unsigned i = 0; i < 10; i++)
		if (!below(r, i < 8 ? flags : 2))
			cd[0] |= UINT64_C(1)
				 << (uint8_t[]){ 14, 30, 35, 36, 37, 38, 39, 40, 43, 42 }[i];
	if (!r->params[SMMU_P_ASID16])
		cd[0] &= ~(UINT64_C(0xff) << 56);
	if (r->params[SMMU_P_HTTU] < 2)
		cd[0] &= ~(UINT64_C(1) << (r->params[SMMU_P_HTTU] ? 42 : 43));
	if (!r->params[SMMU_P_HTTU])
		cd[0] &= ~(UINT64_C(1) << 42);
	for (unsigned i = 1; i < 3; i++)
		cd[i] = (random_ipa(r, w) & ~ones(w->g1)) | (below(r, 4) ? 0 : below(r, 64)) |
			(below(r, 3) ? 0 : UINT64_C(6) & below(r, 8));
	cd[1] |= (uint64_t)below(r, 2) << 59;
	if (!below(r, 4))
		cd[below(r, 3)] ^= UINT64_C(1) << below(r, 64);
	for (unsigned i = 0; i < 8; i++)
		store(r, at + i * 8, cd[i]);
	if (r->cds_count < CDS_MAX)
		r->cds[r->cds_count++] = at;
}

static void put_ste(struct rig *r, unsigned way, const uint64_t *ste)
{
	for (unsigned i = 0; i < 8; i++)
		store(r, SREF_STE(FIRST_SID + way) + i * 8, ste[i]);
}

/* The structures between an STE and a CD, in one of the three formats. */
static void put_cds(struct rig *r, unsigned way, uint64_t *ste)
{
	struct sref_result res = { 0 };
	struct sref x = { .v = &r->v[0], .p = r->params, .res = &res };
	unsigned fmt = below(r, 4), max = below(r, 3) * 4;
	struct way *w = &r->ways[way];
	uint64_t at, pa, l2;

	memcpy(x.ste, ste, sizeof(x.ste));
	at = cd_place(r, way, &x, &pa);
	w->ctx = max && below(r, 3) ? below(r, 1u << max) : IMS_CTX_NONE;
	ste[0] |= at | (uint64_t)fmt << 4 | (uint64_t)max << 59;
	if (max && (fmt == 1 || fmt == 2)) {
		uint32_t ssid = w->ctx == IMS_CTX_NONE ? 0 : w->ctx;

		l2 = cd_place(r, way, &x, &at);
		store(r, pa + (ssid >> (fmt == 1 ? 6 : 10)) * 8, l2 | (below(r, 12) ? 1 : 0));
		r->cds[r->cds_count++] = pa + (ssid >> (fmt == 1 ? 6 : 10)) * 8;
		pa = at + (ssid & (fmt == 1 ? 63 : 1023)) * 64;
	} else {
		/* Low bits that the size of the table makes none. */
		if (max)
			ste[0] |= (uint64_t)below(r, 2) << 6;
		pa += max && w->ctx != IMS_CTX_NONE ? w->ctx * 64 : 0;
	}
	put_cd(r, way, pa);
}

static void random_way(struct rig *r, unsigned way)
{
	static const uint8_t grains[3] = { 12, 14, 16 }, tg[3] = { 0, 2, 1 };
	struct way *w = &r->ways[way];
	uint64_t ste[8] = { 0 }, sl0 = 0;
	unsigned oas = sref_size(r->params[SMMU_P_OAS]), k2 = below(r, 3), bit;
	struct sref x = { .v = &r->v[0], .p = r->params };

	*w = (struct way){ .g1 = grains[below(r, 3)],
			   .g2 = grains[k2],
			   .t0sz = 16 + below(r, 23),
			   .s1 = way != 1 && way != 2,
			   .s2 = way < 6,
			   .el2 = way == 7,
			   .ctx = IMS_CTX_NONE };
	/* Until size and first level fit. */
	do {
		w->s2sz = 64 - oas + below(r, 14);
		sl0 = below(r, 3);
		x.ste[2] = UINT64_C(1) << 51 | (uint64_t)w->s2sz << 32 | sl0 << 38 |
			   (uint64_t)tg[k2] << 46 |
			   (uint64_t)(below(r, 4) ? r->params[SMMU_P_OAS] : 2 + below(r, 4)) << 48;
		x.ste[3] = s2_root(way);
	} while (sref_s2_illegal(&x));
	w->start2 = sref_s2_start(&x);
	ste[0] = 1 | UINT64_C(8) | (w->s1 ? 2 : 0) | (w->s2 ? 4 : 0);
	ste[1] = below(r, 4) |
		 (uint64_t)below(r, w->s1 && w->s2 && !r->params[SMMU_P_NS1ATS] ? 3 : 2) << 28 |
		 (w->el2 ? UINT64_C(2) << 30 : 0) |
		 (below(r, 4) ? 0 : (uint64_t)below(r, 16) << 48) | (uint64_t)below(r, 2) << 25;
	ste[2] = (0x41 + way) | (w->s2 ? x.ste[2] | UINT64_C(1) << 58 : 0);
	/* S2AFFD, S2PTW, S2HD, S2HA. */
	for (bit = 53; w->s2 && bit < 57; bit++)
		if (bit < 55 || r->params[SMMU_P_HTTU] == 2 ||
		    (bit == 56 && r->params[SMMU_P_HTTU]))
			ste[2] |= (uint64_t)below(r, 2) << bit;
	ste[3] = w->s2 ? s2_root(way) | (below(r, 4) ? 0 : below(r, 8) * 16) : 0;
	if (w->s2)
		s2_tables(r, way);
	s1_tables(r, way);
	if (w->s1)
		put_cds(r, way, ste);
	bit = below(r, 4 * 64 * 4);
	/* Not the VMID, by which ways are told apart, nor the world. */
	if (bit < 256 && bit != 94 && bit != 95 && (bit < 128 || bit > 143))
		ste[bit / 64] ^= UINT64_C(1) << bit % 64;
	put_ste(r, way, ste);
}

static void random_params(struct rig *r)
{
	static const struct {
		uint8_t param, most;
	} open[] = {
		{ SMMU_P_HTTU, 2 },    { SMMU_P_XNX, 1 },    { SMMU_P_STT, 1 },
		{ SMMU_P_HAD, 1 },     { SMMU_P_E0PD, 1 },   { SMMU_P_EPAN, 1 },
		{ SMMU_P_FWB, 1 },     { SMMU_P_VAX, 1 },    { SMMU_P_ASID16, 1 },
		{ SMMU_P_VMID16, 1 },  { SMMU_P_CD2L, 1 },   { SMMU_P_ATTR_PERMS_OVR, 1 },
		{ SMMU_P_HYP, 1 },     { SMMU_P_NS1ATS, 1 }, { SMMU_P_STALL_MODEL, 1 },
		{ SMMU_P_PASIDTT, 1 },
	};

	for (unsigned i = 0; i < SMMU_PARAMS; i++)
		r->params[i] = smmu_params[i].value;
	for (unsigned i = 0; i < COUNT(open); i++)
		if (below(r, 2))
			r->params[open[i].param] = below(r, open[i].most + 1u);
	r->params[SMMU_P_OAS] = 3 + below(r, 3);
	if (!below(r, 8))
		r->params[SMMU_P_SSIDSIZE] = 0;
	/* The generator finds a table for each size. */
	if (!below(r, 6))
		r->params[SMMU_P_SSIDSIZE] = 3;
}

static void rig_open(struct rig *r, uint64_t seed)
{
	r->seed = seed;
	r->cds_count = 0;
	random_params(r);
	for (unsigned i = 0; i < WORLDS; i++) {
		struct ims_unit *u;

		sw_open(&r->v[i], &(struct sw_options){ .walk_caches = i > 0,
							.cells = 60000,
							.entries = 1024,
							.cr2_set = seed & 1 ? SMMU_CR2_E2H : 0 });
		u = r->v[i].hw.unit;
		u->root = SREF_STRTAB;
		r->params[SMMU_K_TLB] = i == 2;
		memcpy(u->state.params, r->params, sizeof(r->params));
		smmu_derive(&u->state);
	}
	for (unsigned way = 0; way < WAYS; way++)
		random_way(r, way);
}

static uint64_t cds_sum(struct rig *r)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < r->cds_count; i++)
		for (unsigned k = 0; k < 8; k++)
			sum = sum * 31 + sw_get(&r->v[0], r->cds[i] + k * 8);
	return sum;
}

static void compare(const char *who, unsigned way, const struct ims_req *q, unsigned fault,
		    const struct sref_result *want, const struct ims_answer *got)
{
	unsigned perm = (want->r ? R : 0u) | (want->w ? W : 0u);
	unsigned long long addr = q->addr;
	bool reduced = q->kind == IMS_REQ_ATS &&
		       (fault & ~(unsigned)SMMU_F_S2) == SMMU_E_PERMISSION;

	REQUIRE(got->fault == fault ||
			/* What of a translation request is refused first does not show. */
			(reduced && (got->fault & ~SMMU_F_S2) == SMMU_E_PERMISSION),
		"%s, way %u, %#llx, access %u, priv %u, execute %u: %#x instead of %#x", who, way,
		addr, q->access, q->priv, q->execute, got->fault, fault);
	if (reduced) {
		/* Of what was asked for, what is granted. */
		REQUIRE(got->ats == IMS_ATS_REDUCED, "%s: answer %u", who, got->ats);
		REQUIRE((got->perm & q->access) == (perm & q->access),
			"%s, way %u, %#llx: %#x is left instead of %#x of %#x", who, way, addr,
			got->perm, perm, q->access);
	}
	if (fault && (!reduced || !(perm & q->access)))
		return;
	REQUIRE(got->out == want->out, "%s, way %u, %#llx: to %#llx instead of %#llx", who, way,
		addr, (unsigned long long)got->out, (unsigned long long)want->out);
	REQUIRE((got->perm & (R | W)) == perm, "%s, way %u, %#llx: permission %#x instead of %#x",
		who, way, addr, got->perm, perm);
	REQUIRE(got->s1_lg2 == want->s1_lg2 && got->s2_lg2 == want->s2_lg2,
		"%s, way %u, %#llx: leaves of %u and %u instead of %u and %u", who, way, addr,
		got->s1_lg2, got->s2_lg2, want->s1_lg2, want->s2_lg2);
	if (want->s1_lg2 != 64 || want->s2_lg2 != 64)
		REQUIRE(got->size_lg2 == sref_least(want->s1_lg2, want->s2_lg2), "%s: size %u", who,
			got->size_lg2);
	if (want->s1_lg2 != 64)
		REQUIRE(got->mid == want->mid, "%s: by %#llx", who, (unsigned long long)got->mid);
}

static void ask(struct rig *r, unsigned way, const struct ims_req *q)
{
	static const char *const names[WORLDS][2] = {
		{ "a look", "without caches" },
		{ "a look, caches full", "with caches" },
		{ "a look, TLBs split", "with split TLBs" },
	};
	struct sref_result want;
	struct ims_answer a;
	unsigned fault = sref_translate(&r->v[0], r->params, q, &want);

	sw_forget(&r->v[0]);
	for (unsigned i = 0; i < WORLDS; i++) {
		ims_translate_fresh(&r->v[i].hw, q, &a);
		compare(names[i][0], way, q, fault, &want, &a);
		ims_translate(&r->v[i].hw, q, &a);
		compare(names[i][1], way, q, fault, &want, &a);
	}
	for (unsigned i = 0; !fault && i < want.marks_count; i++) {
		const struct sref_mark *m = &want.marks[i];

		for (unsigned k = 0; k < WORLDS; k++) {
			uint64_t e = sw_get(&r->v[k], m->at);

			REQUIRE((e & m->set) == m->set && !(e & m->clear),
				"%s, way %u: no mark in %#llx", names[k][1], way,
				(unsigned long long)m->at);
		}
	}
	r->codes[fault]++;
	/* A CD that was taken for a table and marked: what is cached of it is outdated. */
	if (cds_sum(r) != r->cds_sum)
		for (unsigned i = 0; i < WORLDS; i++)
			sw_forget(&r->v[i]);
	r->cds_sum = cds_sum(r);
}

static struct ims_req random_request(struct rig *r, unsigned way)
{
	const struct way *w = &r->ways[way];
	struct ims_req q = sw_req(FIRST_SID + way, w->ctx, below(r, 4096), 1 + below(r, 3));

	q.priv = below(r, 3) == 0;
	q.execute = below(r, 4) == 0;
	if (!below(r, 4)) {
		q.kind = below(r, 2) ? IMS_REQ_ATS : IMS_REQ_TRANSLATED;
		q.execute = q.execute && q.kind == IMS_REQ_TRANSLATED;
	}
	if (!below(r, 20))
		q.ctx = below(r, 2) ? below(r, 16) : IMS_CTX_NONE;
	if (!w->s1 || q.kind == IMS_REQ_TRANSLATED || !below(r, 8)) {
		q.addr |= random_ipa(r, w);
		return q;
	}
	for (int level = 0; level <= 3; level++)
		if (sref_shift(w->g1, level) < 64 - w->t0sz)
			q.addr |= (uint64_t)s1_indexes[kind_of(w->g1)][below(r, 6)]
				  << sref_shift(w->g1, level);
	q.addr &= ones(64 - w->t0sz);
	if (!below(r, 4))
		q.addr |= ~ones(64 - w->t0sz);
	if (!below(r, 10))
		q.addr ^= (uint64_t)below(r, 256) << 56;
	if (!below(r, 40))
		q.addr ^= UINT64_C(1) << (32 + below(r, 32));
	return q;
}

START_TEST(random_words)
{
	static struct rig r;
	static const uint16_t expected[] = {
		0,
		SMMU_E_BAD_ATS_TREQ,
		SMMU_E_TRANSL_FORBIDDEN,
		SMMU_E_BAD_STE,
		SMMU_E_STREAM_DISABLED,
		SMMU_E_BAD_SUBSTREAMID,
		SMMU_E_BAD_CD,
		SMMU_E_WALK_EABT | SMMU_F_TT,
		SMMU_E_WALK_EABT | SMMU_F_S2,
		SMMU_E_TRANSLATION,
		SMMU_E_TRANSLATION | SMMU_F_S2,
		SMMU_E_TRANSLATION | SMMU_F_S2 | SMMU_F_TT,
		SMMU_E_ADDR_SIZE,
		SMMU_E_ADDR_SIZE | SMMU_F_S2,
		SMMU_E_ADDR_SIZE | SMMU_F_S2 | SMMU_F_TT,
		SMMU_E_ACCESS,
		SMMU_E_ACCESS | SMMU_F_S2,
		SMMU_E_ACCESS | SMMU_F_S2 | SMMU_F_TT,
		SMMU_E_PERMISSION,
		SMMU_E_PERMISSION | SMMU_F_S2,
		SMMU_E_PERMISSION | SMMU_F_S2 | SMMU_F_TT,
		SMMU_E_PERMISSION | SMMU_F_S2 | SMMU_F_TT | SMMU_F_TTW,
	};
	unsigned all = 0;

	for (unsigned round = 0; round < 150; round++) {
		rig_open(&r, 7000 + round);
		r.cds_sum = cds_sum(&r);
		for (unsigned i = 0; i < 300; i++) {
			unsigned way = below(&r, WAYS);
			struct ims_req q = random_request(&r, way);

			/* Twice: the second time by what the first one cached. */
			ask(&r, way, &q);
			q.addr ^= below(&r, 2) ? UINT64_C(1) << r.ways[way].g1 : 0;
			q.access = (uint8_t)(1 + below(&r, 3));
			q.priv = below(&r, 2);
			ask(&r, way, &q);
			all += 2;
		}
		for (unsigned i = 0; i < WORLDS; i++)
			sw_close(&r.v[i]);
	}
	printf("%u requests, %u served\n", all, r.codes[0]);
	for (unsigned i = 0; i < COUNT(r.codes); i++)
		if (r.codes[i])
			printf("%#x: %u\n", i, r.codes[i]);
	fflush(stdout);
	ck_assert_uint_ge(r.codes[0], all / 20);
	for (unsigned i = 0; i < COUNT(expected); i++)
		ck_assert_msg(r.codes[expected[i]] >= 5, "%#x came %u times", expected[i],
			      r.codes[expected[i]]);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("SMMUv3 walks, random words");
	TCase *t = tcase_create("property");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, random_words);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
