/* SPDX-License-Identifier: MIT */
/*
 * Two worlds of equal tables, one walked without caches and one with, held for
 * each request against the second walker of vtd_reference.h, together with the
 * accessed and dirty bits that the request leaves behind; and the walk of the
 * checker against it.
 */
#ifndef TESTS_PROPERTY_VTD_WALK_RIG_H
#define TESTS_PROPERTY_VTD_WALK_RIG_H

#include <check.h>
#include <stdio.h>

#include "sim/check/parts.h"
#include "sim/core/prng.h"
#include "tests/property/vtd_reference.h"
#include "tests/vectors/vtd_world.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define R	 IMS_R
#define W	 IMS_W
#define U	 IMS_U
/* As ck_assert_msg(), without its note to the runner each time it holds. */
#define REQUIRE(cond, ...)                                                                         \
	do {                                                                                       \
		if (!(cond))                                                                       \
			ck_abort_msg(__VA_ARGS__);                                                 \
	} while (0)

/* PASIDs 0 to 5 are those of vtd_world.h, with roots of their own. */
enum { WAYS = 14 };

struct rig {
	struct vw v[2]; /* dropped before each request; everything kept */
	struct ref_memory ref;
	struct ref_context ways[WAYS];
	uint64_t seed;
	unsigned codes[256];
	bool io;	    /* SSIRWE */
	bool calm;	    /* little is wrong with the tables */
	struct chk checker; /* no more of it than its walk needs */
};

static inline uint32_t below(struct rig *r, uint32_t bound)
{
	return ims_prng_below(&r->seed, bound);
}

static inline uint64_t page(unsigned number)
{
	return REF_BASE + number * UINT64_C(0x1000);
}

static inline void store(struct rig *r, uint64_t at, uint64_t value)
{
	REQUIRE(at >= REF_BASE && at < page(REF_PAGES), "%#llx is no table",
		(unsigned long long)at);
	r->ref.words[(at - REF_BASE) / 8] = value;
	for (unsigned i = 0; i < COUNT(r->v); i++)
		vw_put(&r->v[i], at, value);
}

/* Writes the PASID-table entry that says what @c does. */
static inline void way_put(struct rig *r, unsigned pasid, const struct ref_context *c)
{
	uint64_t q1 = (10 + pasid) | (c->snooped ? 1u << 23 : 0) | (c->coherent ? 1u << 24 : 0);
	uint64_t q2 = c->s1_root | (c->sre ? 0x1 : 0) | (c->s1_levels == 5 ? 0x4 : 0) |
		      (c->wpe ? 0x10 : 0) | (c->eafe ? 0x80 : 0);
	unsigned pgtt = (c->s1 ? 1u : 0u) + (c->s2 ? 2u : 0u);

	r->ways[pasid] = *c;
	r->ways[pasid].io = r->io;
	for (unsigned i = 0; i < COUNT(r->v); i++) {
		vw_put(&r->v[i], VW_PASID_E(pasid) + 16, q2);
		vw_put(&r->v[i], VW_PASID_E(pasid) + 8, q1);
		vw_put(&r->v[i], VW_PASID_E(pasid),
		       c->s2_root | (c->ssade ? 0x200u : 0) | pgtt << 6 | (c->s2_levels - 2) << 2 |
			       1);
	}
}

static inline void way_set(struct rig *r, unsigned pasid, uint64_t s1, uint64_t s2,
			   unsigned s2_levels)
{
	way_put(r, pasid,
		&(struct ref_context){ .s1 = s1 != 0,
				       .s2 = s2 != 0,
				       .s1_root = s1,
				       .s2_root = s2,
				       .s1_levels = 4,
				       .s2_levels = s2_levels,
				       .snooped = pasid != 5 });
}

static inline void rig_open_io(struct rig *r, uint64_t seed, bool io)
{
	memset(&r->ref, 0, sizeof(r->ref));
	r->seed = seed;
	r->io = io;
	for (unsigned i = 0; i < COUNT(r->v); i++) {
		struct vw_options o = { .walk_caches = i == 1,
					.cells = 40000,
					.entries = 1024,
					.full = true,
					.params = { VW_PARAM(VTD_P_SSIRWS, 1) } };

		vw_open(&r->v[i], &o);
		r->v[i].hw.unit->root = VW_ROOT | 1u << 10 | (io ? 0x80 : 0);
		vw_put(&r->v[i], VW_ROOT_E, VW_CTX | 1);
		vw_put(&r->v[i], VW_CTX_E, VW_DIR | 0xd);
		vw_put(&r->v[i], VW_DIR_E, VW_PASIDS | 1);
	}
	memset(&r->checker, 0, sizeof(r->checker));
	r->checker.s.model = &vtd_model;
	r->checker.next = 1;
	r->checker.look[0] = r->v[0].hw;
	r->checker.look[0].bypass = true;
	r->checker.ref_words = g_array_new(FALSE, FALSE, sizeof(struct chk_word));
}

static inline void rig_open(struct rig *r, uint64_t seed)
{
	rig_open_io(r, seed, false);
}

static inline void rig_close(struct rig *r)
{
	for (unsigned i = 0; i < COUNT(r->v); i++)
		vw_close(&r->v[i]);
	g_array_unref(r->checker.ref_words);
}

static inline void drop_everything(struct vw *v)
{
	struct ims_sel all = { .last = ~UINT64_C(0),
			       .before = UINT32_MAX,
			       .classes = IMS_CLASS_ANY };

	for (unsigned c = 0; c < VTD_CACHES; c++)
		ims_cache_drop(ims_hw_cache(&v->hw, c), &all, NULL, NULL);
}

/* ---- one request, four walks ---- */

/* The smaller leaf; a block with interrupts in it is given out by small pages. */
static inline unsigned size_of(const struct ref_result *want)
{
	unsigned lg2 = want->s1_lg2 < want->s2_lg2 ? want->s1_lg2 : want->s2_lg2;
	uint64_t first = want->out >> lg2 << lg2, last = first + ((UINT64_C(1) << lg2) - 1);

	return first < 0xfef00000 && last >= 0xfee00000 ? 12 : lg2;
}

static inline void compare(const struct rig *r, const char *who, unsigned pasid,
			   const struct ims_req *q, const struct ref_result *want,
			   const struct ims_answer *got)
{
	unsigned perm = (want->r ? R : 0u) | (want->w ? W : 0u) | (want->u ? U : 0u) |
			(want->coherent ? IMS_SNOOP : 0u);
	/* What a privileged request could write beyond what the entries say, a cached translation does not tell. */
	unsigned care = R | U | IMS_SNOOP | (q->priv && got->hit ? 0 : W);

	REQUIRE(ref_same_fault(want, got->fault),
		"%s, PASID %u, %#llx, access %u: %#x instead of %#x", who, pasid,
		(unsigned long long)q->addr, q->access, got->fault, want->fault);
	if (want->fault)
		return;
	REQUIRE(got->out == want->out, "%s, PASID %u, %#llx: to %#llx instead of %#llx", who, pasid,
		(unsigned long long)q->addr, (unsigned long long)got->out,
		(unsigned long long)want->out);
	REQUIRE(!((got->perm ^ perm) & care), "%s, PASID %u, %#llx: permission %#x instead of %#x",
		who, pasid, (unsigned long long)q->addr, got->perm, perm);
	REQUIRE(got->s1_lg2 == want->s1_lg2 && got->s2_lg2 == want->s2_lg2,
		"%s: leaves of %u and %u", who, got->s1_lg2, got->s2_lg2);
	REQUIRE(got->size_lg2 == size_of(want), "%s: size %u", who, got->size_lg2);
	if (r->ways[pasid].s1 && r->ways[pasid].s2)
		REQUIRE(got->mid == want->mid, "%s: by %#llx", who, (unsigned long long)got->mid);
}

/* The checker reads for reading alone: where that is granted, both have to see the same. */
static inline void compare_checker(struct rig *r, unsigned pasid, const struct ims_req *q)
{
	struct ims_req read = *q;
	struct ref_result want;
	struct chk_fresh got;

	read.access = R;
	want.fault = ref_walk(&r->ref, &r->ways[pasid], q->addr, false, false, q->priv, &want);
	chk_reference(&r->checker, 0, &read, &got);
	/* It does not ask whether bits can be set, or who the user is. */
	if (want.fault == REF_SGN_2 || want.fault == REF_SGN_8 || want.fault == REF_SFS_8 ||
	    want.fault == REF_SFS_9 || want.fault == REF_SSS_5)
		return;
	REQUIRE(got.ok == !want.fault, "checker, PASID %u, %#llx: %s instead of %#x", pasid,
		(unsigned long long)q->addr, got.ok ? "a translation" : "none", want.fault);
	if (!got.ok)
		return;
	REQUIRE(got.out == want.out, "checker, PASID %u, %#llx: to %#llx instead of %#llx", pasid,
		(unsigned long long)q->addr, (unsigned long long)got.out,
		(unsigned long long)want.out);
	REQUIRE((got.perm & (R | W | U)) ==
			((want.r ? R : 0u) | (want.w ? W : 0u) | (want.u ? U : 0u)),
		"checker, PASID %u, %#llx: permission %#x", pasid, (unsigned long long)q->addr,
		got.perm);
}

/*
 * The bits in memory after a request: exactly those of one that was served; of a
 * refused one those of the entries it used may be set (section 3.6.2).
 */
static inline void compare_memory(struct rig *r, const struct ref_result *want)
{
	for (unsigned i = 0; i < want->marks_count; i++) {
		uint64_t at = want->marks[i].at, *word = &r->ref.words[(at - REF_BASE) / 8];
		uint64_t a = vw_get(&r->v[0], at), b = vw_get(&r->v[1], at), may = *word;

		for (unsigned k = 0; want->fault && k < want->marks_count; k++)
			may |= want->marks[k].at == at ? want->marks[k].bits : 0;
		REQUIRE(a == b, "word %#llx: %#llx without and %#llx with caches",
			(unsigned long long)at, (unsigned long long)a, (unsigned long long)b);
		REQUIRE(!(*word & ~a) && !(a & ~may), "word %#llx: %#llx instead of %#llx",
			(unsigned long long)at, (unsigned long long)a, (unsigned long long)*word);
		*word = a;
	}
}

static inline void ask_as(struct rig *r, unsigned pasid, uint64_t addr, unsigned access, bool priv)
{
	struct ims_req q = vw_req(pasid ? pasid : IMS_CTX_NONE, addr, access);
	struct ref_result want;
	struct ims_answer a;

	q.priv = priv;
	want.fault = ref_walk(&r->ref, &r->ways[pasid], addr, access & R, access & W, priv, &want);
	ims_translate_fresh(&r->v[0].hw, &q, &a);
	compare(r, "a look", pasid, &q, &want, &a);
	ims_translate_fresh(&r->v[1].hw, &q, &a);
	compare(r, "a look, caches full", pasid, &q, &want, &a);
	compare_checker(r, pasid, &q);
	drop_everything(&r->v[0]);
	ims_translate(&r->v[0].hw, &q, &a);
	compare(r, "without caches", pasid, &q, &want, &a);
	ims_translate(&r->v[1].hw, &q, &a);
	compare(r, "with caches", pasid, &q, &want, &a);
	if (!want.fault)
		ref_mark(&r->ref, &want);
	compare_memory(r, &want);
	r->codes[want.fault]++;
}

static inline void ask(struct rig *r, unsigned pasid, uint64_t addr, unsigned access)
{
	ask_as(r, pasid, addr, access, false);
}

static inline void compare_all_memory(const struct rig *r)
{
	for (unsigned i = 0; i < REF_WORDS; i++)
		for (unsigned k = 0; k < COUNT(r->v); k++) {
			struct ims_mem m = ims_world_mem(r->v[k].world, 0);

			REQUIRE(ims_mem_word(&m, REF_BASE + i * 8) == r->ref.words[i],
				"word %#llx was changed", (unsigned long long)(REF_BASE + i * 8));
		}
}

#endif
