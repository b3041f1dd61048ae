/* SPDX-License-Identifier: MIT */
/*
 * Two worlds of equal tables, one walked without caches and one with, held for
 * each request against the second walker of vtd_reference.h, together with the
 * accessed and dirty bits that the request leaves behind.
 */
#ifndef TESTS_PROPERTY_VTD_WALK_RIG_H
#define TESTS_PROPERTY_VTD_WALK_RIG_H

#include <check.h>
#include <stdio.h>

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

/* The PASIDs of vtd_world.h, with roots of their own. */
enum { WAYS = 6 };

struct rig {
	struct vw v[2]; /* dropped before each request; everything kept */
	struct ref_memory ref;
	struct ref_context ways[WAYS];
	uint64_t seed;
	unsigned codes[256];
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

static inline void way_set(struct rig *r, unsigned pasid, uint64_t s1, uint64_t s2,
			   unsigned s2_levels)
{
	r->ways[pasid] = (struct ref_context){ .s1 = s1 != 0,
					       .s2 = s2 != 0,
					       .s1_root = s1,
					       .s2_root = s2,
					       .s2_levels = s2_levels,
					       .snooped = pasid != 5 };
	for (unsigned i = 0; i < COUNT(r->v); i++)
		vw_pasid(&r->v[i], pasid, (s1 ? 1u : 0u) + (s2 ? 2u : 0u), s2_levels == 3 ? 1 : 2,
			 s1, s2);
}

static inline void rig_open(struct rig *r, uint64_t seed)
{
	memset(&r->ref, 0, sizeof(r->ref));
	r->seed = seed;
	for (unsigned i = 0; i < COUNT(r->v); i++) {
		struct vw_options o = { .walk_caches = i == 1, .cells = 40000, .entries = 1024 };

		vw_open(&r->v[i], &o);
		r->v[i].hw.unit->root = VW_ROOT | 1u << 10;
		vw_put(&r->v[i], VW_ROOT_E, VW_CTX | 1);
		vw_put(&r->v[i], VW_CTX_E, VW_DIR | 0xd);
		vw_put(&r->v[i], VW_DIR_E, VW_PASIDS | 1);
	}
}

static inline void rig_close(struct rig *r)
{
	for (unsigned i = 0; i < COUNT(r->v); i++)
		vw_close(&r->v[i]);
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

static inline void compare(const struct rig *r, const char *who, unsigned pasid,
			   const struct ims_req *q, const struct ref_result *want,
			   const struct ims_answer *got)
{
	unsigned perm = (want->r ? R : 0u) | (want->w ? W : 0u) | (want->u ? U : 0u);

	REQUIRE(ref_same_fault(want, got->fault),
		"%s, PASID %u, %#llx, access %u: %#x instead of %#x", who, pasid,
		(unsigned long long)q->addr, q->access, got->fault, want->fault);
	if (want->fault)
		return;
	REQUIRE(got->out == want->out, "%s, PASID %u, %#llx: to %#llx instead of %#llx", who, pasid,
		(unsigned long long)q->addr, (unsigned long long)got->out,
		(unsigned long long)want->out);
	REQUIRE((got->perm & (R | W | U)) == perm,
		"%s, PASID %u, %#llx: permission %#x instead of %#x", who, pasid,
		(unsigned long long)q->addr, got->perm, perm);
	REQUIRE(got->s1_lg2 == want->s1_lg2 && got->s2_lg2 == want->s2_lg2,
		"%s: leaves of %u and %u", who, got->s1_lg2, got->s2_lg2);
	REQUIRE(got->size_lg2 == (want->s1_lg2 < want->s2_lg2 ? want->s1_lg2 : want->s2_lg2),
		"%s: size %u", who, got->size_lg2);
	if (r->ways[pasid].s1 && r->ways[pasid].s2)
		REQUIRE(got->mid == want->mid, "%s: by %#llx", who, (unsigned long long)got->mid);
}

/*
 * The bits in memory after a request: exactly those of one that was served; of a
 * refused one A may be set in entries it used, D and all else stays (section 3.6.2).
 */
static inline void compare_memory(struct rig *r, const struct ref_result *want)
{
	for (unsigned i = 0; i < want->used_count; i++) {
		uint64_t *word = &r->ref.words[(want->used[i] - REF_BASE) / 8];
		uint64_t a = vw_get(&r->v[0], want->used[i]), b = vw_get(&r->v[1], want->used[i]);

		REQUIRE(a == b, "word %#llx: %#llx without and %#llx with caches",
			(unsigned long long)want->used[i], (unsigned long long)a,
			(unsigned long long)b);
		REQUIRE(a == *word || (want->fault && a == (*word | 0x20)),
			"word %#llx: %#llx instead of %#llx", (unsigned long long)want->used[i],
			(unsigned long long)a, (unsigned long long)*word);
		*word = a;
	}
}

static inline void ask(struct rig *r, unsigned pasid, uint64_t addr, unsigned access)
{
	struct ims_req q = vw_req(pasid ? pasid : IMS_CTX_NONE, addr, access);
	struct ref_result want;
	struct ims_answer a;

	want.fault = ref_walk(&r->ref, &r->ways[pasid], addr, access & R, access & W, &want);
	ims_translate_fresh(&r->v[0].hw, &q, &a);
	compare(r, "a look", pasid, &q, &want, &a);
	ims_translate_fresh(&r->v[1].hw, &q, &a);
	compare(r, "a look, caches full", pasid, &q, &want, &a);
	drop_everything(&r->v[0]);
	ims_translate(&r->v[0].hw, &q, &a);
	compare(r, "without caches", pasid, &q, &want, &a);
	ims_translate(&r->v[1].hw, &q, &a);
	compare(r, "with caches", pasid, &q, &want, &a);
	if (!want.fault)
		ref_mark(&r->ref, &want, access & W);
	compare_memory(r, &want);
	r->codes[want.fault]++;
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
