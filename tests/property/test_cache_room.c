/* SPDX-License-Identifier: MIT */
/* sim/engine/cache.h when room runs out: tags that come and go, a million entries. */
#include <check.h>
#include <stdlib.h>

#include "sim/core/prng.h"
#include "sim/engine/cache.h"
#include "tests/run.h"

#define EVERYTHING ~UINT64_C(0)
/* As ck_assert_msg() and ck_assert_uint_eq(), without their note to the runner each time they hold. */
#define REQUIRE(cond, ...)                                                                         \
	do {                                                                                       \
		if (!(cond))                                                                       \
			ck_abort_msg(__VA_ARGS__);                                                 \
	} while (0)
#define REQUIRE_OP(a, op, b)                                                                       \
	do {                                                                                       \
		uint64_t a_ = (a), b_ = (b);                                                       \
		REQUIRE(a_ op b_, "%s " #op " %s: %#llx and %#llx", #a, #b,                        \
			(unsigned long long)a_, (unsigned long long)b_);                           \
	} while (0)

static const struct ims_cache_def def = { .name = "by dom",
					  .where = IMS_WHERE_IOTLB,
					  .lookup = IMS_KEY_SRC | IMS_KEY_CTX | IMS_KEY_ADDR,
					  .primary = IMS_KEY_DOM,
					  .source = "-" };

static struct ims_cache *make(const struct ims_cache_config *config)
{
	struct ims_cache *c = calloc(1, ims_cache_bytes(&def, config));

	ck_assert_ptr_nonnull(c);
	ims_cache_init(c, &def, config, 1);
	return c;
}

/* The tags come and go: many more groups and regions than there is room for at one time. */
START_TEST(groups_and_regions_are_used_again)
{
	struct ims_cache_config config = { .entries = 16 };
	struct ims_cache *c;
	uint64_t seed = 9;

	c = make(&config);
	for (uint32_t round = 0; round < 3000; round++) {
		struct ims_entry e = { .src = 1, .size_lg2 = 12, .cls = 1, .born = 1 };
		struct ims_sel s = { .before = 2,
				     .classes = IMS_CLASS_ANY,
				     .how_dom = IMS_EQUAL,
				     .how_ctx = IMS_EQUAL };
		uint32_t mine[16];

		for (uint32_t i = 0; i < 16; i++) {
			e.dom = (uint16_t)(round * 16 + i);
			e.ctx = round ^ i;
			e.in = (uint64_t)(round * 16 + i) << 21;
			mine[i] = ims_cache_fill(c, &e, e.ctx, NULL, NULL);
			REQUIRE_OP(mine[i], !=, IMS_NONE);
			REQUIRE_OP(ims_cache_find(c, 1, e.ctx, 0, e.in + 5), ==, mine[i]);
		}
		e.in = 0x123000;
		REQUIRE_OP(ims_cache_fill(c, &e, 1, NULL, NULL), ==, IMS_NONE);
		for (uint32_t i = 0; i < 16; i++) {
			uint32_t k = i ^ (round & 15);

			s.dom = (uint16_t)(round * 16 + k);
			s.ctx = round ^ k;
			s.range = ims_prng_below(&seed, 2) ? IMS_RANGE_FRAGMENT : IMS_RANGE_NONE;
			s.first = (uint64_t)(round * 16 + k) << 21;
			s.last = s.range ? s.first + 0xfff : EVERYTHING;
			REQUIRE_OP(ims_cache_drop(c, &s, NULL, NULL), ==, 1);
			REQUIRE_OP(ims_cache_drop(c, &s, NULL, NULL), ==, 0);
			REQUIRE_OP(ims_cache_find(c, 1, s.ctx, 0, s.first), ==, IMS_NONE);
		}
		REQUIRE_OP(c->live, ==, 0);
	}
	free(c);
}
END_TEST

static uint32_t drop_dom(struct ims_cache *c, uint32_t dom)
{
	struct ims_sel s = { .dom = dom,
			     .how_dom = IMS_EQUAL,
			     .before = 2,
			     .classes = IMS_CLASS_ANY,
			     .last = EVERYTHING };

	return ims_cache_drop(c, &s, NULL, NULL);
}

/* A million translations in 64 domains; one goes, the others stay, its room is used again. */
START_TEST(a_million_entries)
{
	enum { N = 1000000, DOMS = 64 };
	struct ims_cache_config config = { .entries = N };
	struct ims_cache *c = make(&config);
	struct ims_entry e = { .src = 1, .size_lg2 = 12, .cls = 1, .born = 1 };
	uint32_t dropped = 0;

	for (uint32_t i = 0; i < N; i++) {
		e.dom = (uint16_t)(i % DOMS);
		e.ctx = i % 7;
		e.in = (uint64_t)i << 12;
		e.out = ims_mix(i);
		REQUIRE_OP(ims_cache_fill(c, &e, e.ctx, NULL, NULL), !=, IMS_NONE);
	}
	REQUIRE_OP(c->live, ==, N);
	REQUIRE(!c->overflowed, "full too early");
	e.in = (uint64_t)N << 12;
	REQUIRE_OP(ims_cache_fill(c, &e, 0, NULL, NULL), ==, IMS_NONE);
	REQUIRE(c->overflowed, "full and not said");
	for (unsigned pass = 0; pass < 2; pass++) {
		for (uint32_t dom = pass; dom < DOMS; dom += 5)
			dropped += drop_dom(c, dom);
		REQUIRE_OP(c->live, ==, N - dropped);
		for (uint32_t i = 0; i < N; i += 3) {
			uint32_t n = ims_cache_find(c, 1, i % 7, 0, ((uint64_t)i << 12) + 7);
			uint32_t m = i % DOMS % 5;
			bool gone = m == 0 || (m == 1 && pass);

			REQUIRE((n == IMS_NONE) == gone, "page %u", i);
			REQUIRE(gone || ims_cache_entries(c)[n].out == ims_mix(i),
				"page %u: another entry", i);
		}
	}
	for (uint32_t i = 0; i < dropped; i++) {
		e.dom = 99;
		e.in = (uint64_t)(N + i) << 12;
		REQUIRE_OP(ims_cache_fill(c, &e, e.ctx, NULL, NULL), !=, IMS_NONE);
	}
	REQUIRE_OP(c->live, ==, N);
	REQUIRE_OP(drop_dom(c, 99), ==, dropped);
	free(c);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cache, room");
	TCase *t = tcase_create("property");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, groups_and_regions_are_used_again);
	tcase_add_test(t, a_million_entries);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
