/* SPDX-License-Identifier: MIT */
/*
 * Dropping by the leaves that entries are parts of, of either stage, with a level and a
 * page size, of domains told apart by some of their bits: the cache against a plain array.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/core/bits.h"
#include "sim/core/prng.h"
#include "sim/engine/cache.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { ENTRIES = 200, ROUNDS = 40000, PAGES = 4096 };

static const struct ims_cache_def def = {
	.name = "by leaves",
	.where = IMS_WHERE_IOTLB,
	.lookup = IMS_KEY_DOM | IMS_KEY_CTX | IMS_KEY_ADDR,
	.primary = IMS_KEY_DOM,
	.residual = IMS_KEY_LEAF2,
	.by_leaf = true,
	.source = "-",
};

struct rig {
	struct ims_cache *c;
	uint64_t seed;
	struct ims_entry at[ENTRIES];
	uint32_t filed[ENTRIES];
	bool live[ENTRIES], told[ENTRIES];
};

static uint32_t below(struct rig *r, uint32_t bound)
{
	return ims_prng_below(&r->seed, bound);
}

static uint32_t random_ctx(struct rig *r)
{
	return below(r, 3) ? below(r, 3) : IMS_CTX_GLOBAL + below(r, 2);
}

/* 4K, 16K and 64K tables of two stages; leaves and, now and then, a step. */
static struct ims_entry random_entry(struct rig *r)
{
	static const uint8_t grains[] = { 12, 14, 16 };
	struct ims_entry e = { .size_lg2 = 12, .s1_lg2 = 64, .s2_lg2 = 64, .mid_lg2 = 64 };
	unsigned stages = 1 + below(r, 3);

	e.s1_grain_lg2 = grains[below(r, 3)];
	e.s2_grain_lg2 = grains[below(r, 3)];
	if (stages & 1) {
		e.s1_level = (uint8_t)(1 + below(r, 3));
		e.s1_lg2 = (uint8_t)(e.s1_grain_lg2 + (e.s1_level - 1) * (e.s1_grain_lg2 - 3));
	}
	if (stages & 2) {
		e.s2_level = (uint8_t)(1 + below(r, 3));
		e.s2_lg2 = (uint8_t)(e.s2_grain_lg2 + (e.s2_level - 1) * (e.s2_grain_lg2 - 3));
	}
	e.size_lg2 = e.s1_lg2 < e.s2_lg2 ? e.s1_lg2 : e.s2_lg2;
	if (below(r, 2)) /* in parts of the least size */
		e.size_lg2 = 12;
	if (!below(r, 5)) { /* leads to a table; what it covers is all of it */
		e.level = (uint8_t)(1 + below(r, 3));
		e.size_lg2 = e.s1_lg2 < 64 ? e.s1_lg2 : e.s2_lg2;
	}
	e.in = ims_block_first((uint64_t)below(r, PAGES) << 12, e.size_lg2);
	e.mid = ims_block_first((uint64_t)below(r, PAGES) << 12, e.size_lg2);
	e.dom = (uint16_t)below(r, 8);
	e.ctx = random_ctx(r);
	e.cls = (uint8_t)below(r, 3);
	e.born = below(r, 100);
	return e;
}

static struct ims_sel random_sel(struct rig *r)
{
	static const uint8_t grains[] = { 0, 0, 0, 12, 14, 16 };
	struct ims_sel s = { .how_dom = below(r, 3) ? IMS_EQUAL : IMS_MASKED };
	uint64_t size = below(r, 3) ? 4096 : (uint64_t)(1 + below(r, PAGES)) << 12;

	s.first = (uint64_t)below(r, PAGES) << 12;
	s.last = below(r, 50) ? s.first + size - 1 : ~UINT64_C(0);
	s.dom = below(r, 8);
	s.dom_mask = s.how_dom == IMS_MASKED ? (1u << below(r, 4)) - 1 : 0;
	s.ctx = below(r, 3);
	s.how_ctx = (uint8_t[]){ IMS_ANY, IMS_EQUAL, IMS_OR_GLOBAL, IMS_OR_GLOBAL }[below(r, 4)];
	s.classes = (uint8_t)(1 + below(r, 7));
	s.level = (uint8_t)below(r, 4);
	s.grain_lg2 = grains[below(r, COUNT(grains))];
	s.before = below(r, 3) ? UINT32_MAX : below(r, 100);
	s.range = below(r, 4) ? IMS_RANGE_LEAF : IMS_RANGE_LEAF2;
	return s;
}

/* ---- the rule once more ---- */

static bool meets(uint64_t at, unsigned lg2, const struct ims_sel *s)
{
	uint64_t first = at >> lg2 << lg2, last = first + ((UINT64_C(1) << lg2) - 1);

	return first <= s->last && s->first <= last;
}

static bool must_go(const struct ims_sel *s, const struct ims_entry *e, uint32_t filed)
{
	bool first = s->range == IMS_RANGE_LEAF && e->s1_lg2 != 64;
	unsigned leaf = first ? e->s1_lg2 : e->s2_lg2;
	unsigned level = first ? e->s1_level : e->s2_level;
	unsigned grain = first ? e->s1_grain_lg2 : e->s2_grain_lg2;
	bool global = filed == IMS_CTX_GLOBAL || filed == IMS_CTX_GLOBAL + 1;

	if ((s->dom & ~s->dom_mask) != (e->dom & ~s->dom_mask) || e->born >= s->before ||
	    !(s->classes >> e->cls & 1))
		return false;
	if ((s->how_ctx == IMS_EQUAL || (s->how_ctx == IMS_OR_GLOBAL && !global)) &&
	    s->ctx != filed)
		return false;
	if (leaf == 64 || !meets(s->range == IMS_RANGE_LEAF2 ? e->mid : e->in, leaf, s))
		return false;
	if (s->grain_lg2 && grain != s->grain_lg2)
		return false;
	/* A step that leads to a table of level n is read at level n + 1, above leaves of level n. */
	return !s->level || (e->level ? e->level + 1u > s->level : level == s->level);
}

static void told(void *arg, uint32_t number, const struct ims_entry *e)
{
	struct rig *r = arg;

	ck_assert(ims_entry_live(r->c, e) && r->live[number] && !r->told[number]);
	r->told[number] = true;
}

static void fill(struct rig *r)
{
	struct ims_entry e = random_entry(r);
	uint32_t n;

	if (r->c->live == ENTRIES ||
	    ims_cache_find(r->c, 0, e.ctx, ims_entry_dom(&e), e.in) != IMS_NONE)
		return;
	n = ims_cache_fill(r->c, &e, e.ctx, NULL, NULL);
	if (n == IMS_NONE || r->live[n])
		ck_abort_msg("number %u", n);
	r->at[n] = e;
	r->filed[n] = e.ctx;
	r->live[n] = true;
}

static unsigned drop(struct rig *r)
{
	struct ims_sel s = random_sel(r);
	bool with = below(r, 2);
	unsigned want = 0;

	memset(r->told, 0, sizeof(r->told));
	for (uint32_t n = 0; n < ENTRIES; n++)
		want += r->live[n] && must_go(&s, &r->at[n], r->filed[n]);
	ck_assert_uint_eq(ims_cache_drop(r->c, &s, with ? told : NULL, r), want);
	for (uint32_t n = 0; n < ENTRIES; n++) {
		bool goes = r->live[n] && must_go(&s, &r->at[n], r->filed[n]);

		if (r->live[n] && ims_sel_hits(&s, &r->at[n], r->filed[n]) != goes)
			ck_abort_msg("the rule says otherwise of %u", n);
		if (r->live[n] && ims_entry_live(r->c, &ims_cache_entries(r->c)[n]) == goes)
			ck_abort_msg("entry %u %s", n, goes ? "must go" : "must stay");
		if (with && r->told[n] != goes)
			ck_abort_msg("entry %u: told or not", n);
		r->live[n] = r->live[n] && !goes;
	}
	return want;
}

START_TEST(drops_by_leaves)
{
	struct ims_cache_config config = { .entries = ENTRIES };
	struct rig r = { .seed = 4711 };
	unsigned dropped = 0;

	r.c = calloc(1, ims_cache_bytes(&def, &config));
	ck_assert_ptr_nonnull(r.c);
	ims_cache_init(r.c, &def, &config, 1);
	for (unsigned i = 0; i < ROUNDS; i++)
		if (below(&r, 8))
			fill(&r);
		else
			dropped += drop(&r);
	ck_assert_uint_ge(dropped, 1000);
	free(r.c);
}
END_TEST

/* One address in a leaf: all of its parts go, however many, and not one beside it. */
START_TEST(every_part_of_a_leaf)
{
	static const uint8_t leaves[] = { 14, 16, 21, 25, 30 };
	struct ims_cache_config config = { .entries = 4096 };
	struct ims_cache *c = calloc(1, ims_cache_bytes(&def, &config));

	ck_assert_ptr_nonnull(c);
	for (unsigned i = 0; i < COUNT(leaves); i++) {
		uint64_t size = UINT64_C(1) << leaves[i], parts = size >> 12;
		struct ims_entry e = {
			.dom = 3, .ctx = 1, .size_lg2 = 12, .s1_lg2 = leaves[i], .s2_lg2 = 12
		};
		struct ims_sel one = { .dom = 3,
				       .ctx = 1,
				       .how_dom = IMS_EQUAL,
				       .how_ctx = IMS_EQUAL,
				       .classes = IMS_CLASS_ANY,
				       .before = UINT32_MAX,
				       .range = IMS_RANGE_LEAF };

		ims_cache_init(c, &def, &config, 1);
		parts = parts < 1024 ? parts : 1024;
		for (unsigned n = 0; n < 2 * parts; n++) {
			e.in = size - parts * 4096 + n * UINT64_C(4096);
			ck_assert_uint_ne(ims_cache_fill(c, &e, 1, NULL, NULL), IMS_NONE);
		}
		one.first = one.last =
			2 * size - 1; /* a byte that no part holds, or the last one does */
		ck_assert_uint_eq(ims_cache_drop(c, &one, NULL, NULL), parts);
		one.first = one.last = 0;
		ck_assert_uint_eq(ims_cache_drop(c, &one, NULL, NULL), parts);
		ck_assert_uint_eq(c->live, 0);
		memset(c, 0, ims_cache_bytes(&def, &config));
	}
	free(c);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cache, by leaves");
	TCase *t = tcase_create("property");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, drops_by_leaves);
	tcase_add_test(t, every_part_of_a_leaf);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
