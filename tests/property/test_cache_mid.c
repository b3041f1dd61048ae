/* SPDX-License-Identifier: MIT */
/*
 * Dropping by what entries came through between the stages: the index against a look at
 * every entry, with ranges of all sizes, entries used again, tags that share addresses.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/core/bits.h"
#include "sim/core/prng.h"
#include "sim/engine/cache.h"
#include "tests/run.h"

enum { ENTRIES = 96, ROUNDS = 60000 };

static const struct ims_cache_def def = {
	.name = "with mids",
	.where = IMS_WHERE_IOTLB,
	.lookup = IMS_KEY_DOM | IMS_KEY_CTX | IMS_KEY_ADDR,
	.primary = IMS_KEY_DOM,
	.residual = IMS_KEY_MID,
	.source = "-",
};

struct seen {
	const struct ims_sel *sel;
	struct ims_cache *c;
	unsigned hits, all;
};

static void count(void *arg, uint32_t number, const struct ims_entry *e)
{
	struct seen *s = arg;

	(void)number;
	s->all++;
	s->hits += ims_sel_hits(s->sel, e, ims_cache_groups(s->c)[e->group].ctx);
}

static void told(void *arg, uint32_t number, const struct ims_entry *e)
{
	struct seen *s = arg;

	ck_assert(ims_entry_live(s->c, e));
	ck_assert(&ims_cache_entries(s->c)[number] == e);
	s->hits++;
}

static struct ims_entry random_entry(uint64_t *seed)
{
	static const uint8_t sizes[] = { 12, 12, 12, 13, 15, 21, 30 };
	uint8_t lg2 = sizes[ims_prng_below(seed, 7)];
	uint8_t mid_lg2 = ims_prng_below(seed, 5) ? sizes[ims_prng_below(seed, 7)] : 64;
	uint64_t page = ims_prng_below(seed, 2) ? ims_prng_below(seed, 64) :
						  ims_prng_next(seed) >> 28;

	return (struct ims_entry){ .in = ims_block_first((uint64_t)ims_prng_below(seed, 64) << 12,
							 lg2),
				   .mid = mid_lg2 < 64 ? ims_block_first(page << 12, mid_lg2) : 0,
				   .ctx = ims_prng_below(seed, 3),
				   .dom = (uint16_t)ims_prng_below(seed, 3),
				   .cls = (uint8_t)ims_prng_below(seed, 2),
				   .perm = 3,
				   .size_lg2 = lg2,
				   .mid_lg2 = mid_lg2 };
}

static struct ims_sel random_sel(uint64_t *seed)
{
	static const uint8_t sizes[] = { 12, 12, 13, 14, 18, 21, 25, 30, 40, 52, 64 };
	uint8_t lg2 = sizes[ims_prng_below(seed, 11)];
	uint64_t at = (uint64_t)ims_prng_below(seed, 64) << 12;

	return (struct ims_sel){ .first = ims_block_first(at, lg2),
				 .last = ims_block_last(at, lg2),
				 .dom = ims_prng_below(seed, 3),
				 .before = UINT32_MAX,
				 .how_dom = IMS_EQUAL,
				 .classes = (uint8_t)(1 + ims_prng_below(seed, 3)),
				 .range = IMS_RANGE_MID };
}

/* A third of the drops are by other things, so that the index holds dead entries. */
static struct ims_sel other_sel(uint64_t *seed)
{
	struct ims_sel sel = random_sel(seed);

	sel.range = ims_prng_below(seed, 2) ? IMS_RANGE_FRAGMENT : IMS_RANGE_NONE;
	return sel;
}

START_TEST(drops_by_mid)
{
	struct ims_cache_config config = { .entries = ENTRIES };
	struct ims_cache *c = calloc(1, ims_cache_bytes(&def, &config));
	uint64_t seed = 77;
	unsigned dropped = 0;

	ck_assert_ptr_nonnull(c);
	ims_cache_init(c, &def, &config, 1);
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct ims_entry e = random_entry(&seed);
		struct seen want, got;
		struct ims_sel sel;

		if (c->live < ENTRIES && ims_prng_below(&seed, 8)) {
			if (ims_cache_find(c, 0, e.ctx, e.dom, e.in) == IMS_NONE)
				ims_cache_fill(c, &e, e.ctx, NULL, NULL);
			continue;
		}
		sel = ims_prng_below(&seed, 3) ? random_sel(&seed) : other_sel(&seed);
		want = (struct seen){ .sel = &sel, .c = c };
		got = want;
		ims_cache_each(c, count, &want);
		ck_assert_uint_eq(want.all, c->live);
		ck_assert_uint_eq(ims_cache_drop(c, &sel, ims_prng_below(&seed, 2) ? told : NULL,
						 &got),
				  want.hits);
		ck_assert_uint_eq(c->live, want.all - want.hits);
		want.all = want.hits = 0;
		ims_cache_each(c, count, &want);
		ck_assert_uint_eq(want.hits, 0);
		dropped += sel.range == IMS_RANGE_MID;
	}
	ck_assert_uint_ge(dropped, 1000);
	free(c);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cache, by what entries came through");
	TCase *t = tcase_create("property");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, drops_by_mid);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
