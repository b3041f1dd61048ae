/* SPDX-License-Identifier: MIT */
/*
 * VT-d tables of raw random words, where most walks go wrong somewhere: the engine
 * with and without caches against a second walker, see vtd_walk_rig.h.
 */
#include "tests/property/vtd_walk_rig.h"
#include "tests/run.h"

/* Few indexes of each table are used, so that walks meet. */
static const uint16_t indexes[] = { 0, 1, 2, 3, 4, 5, 510, 511 };

/* Second-stage tables, nested and other first-stage tables; some pointers mix them. */
enum {
	SS_FIRST = 0,
	SS_COUNT = 12,
	NESTED_FIRST = 12,
	NESTED_COUNT = 30,
	FS_FIRST = 42,
	FS_COUNT = 20
};

static uint64_t random_index(struct rig *r)
{
	return indexes[below(r, COUNT(indexes))];
}

static uint64_t random_gpa(struct rig *r)
{
	uint64_t gpa =
		below(r, 4) ? 0 : (uint64_t)below(r, 4) << 39; /* below HAW: one entry of level 5 */

	for (unsigned level = 1; level <= 3; level++)
		gpa |= random_index(r) << (3 + 9 * level);
	return gpa;
}

/* R and W of the second stage. */
static uint64_t ss_read(const struct rig *r)
{
	return UINT64_C(1) << (r->io ? 61 : 0);
}

static uint64_t ss_both(const struct rig *r)
{
	return ss_read(r) * 3;
}

/* What goes wrong with an entry now and then. */
static uint64_t spoilt(struct rig *r, uint64_t e, bool stage2)
{
	uint64_t first = stage2 ? ss_read(r) : 1;

	switch (below(r, r->calm ? 600 : 60)) {
	case 0:
		return e & ~(first * 3); /* not present */
	case 1:
		return e & ~first; /* second stage: write-only */
	case 2:
	case 3:
	case 4:
		return e & ~(first * 2); /* read-only */
	case 5:
		return stage2 ? e & ~first : e & ~UINT64_C(4);
	case 6:
		return below(r, 3) ? e : e | UINT64_C(1) << 41; /* no memory there */
	case 7:
		return below(r, 2) ? e : e | UINT64_C(1) << below(r, 64);
	case 8:
		return ims_prng_next(&r->seed) | 1;
	case 9:
		return stage2 && !below(r, 8) ? UINT64_C(0xfee00000) | ss_both(r) :
						e; /* interrupts */
	default:
		return e;
	}
}

static uint64_t random_ss(struct rig *r)
{
	unsigned number = below(r, 40) ? SS_FIRST + below(r, SS_COUNT) : below(r, REF_PAGES);
	uint64_t bits = ss_both(r) | (below(r, 3) ? 0x100 : 0);

	if (!below(r, 12)) /* a large leaf over the tables themselves, or beside them */
		return spoilt(r,
			      bits | 0x80 |
				      (below(r, 3) ? below(r, 2) * UINT64_C(0x200000) :
						     UINT64_C(0x40000000)),
			      true);
	return spoilt(r, page(number) | bits, true);
}

static uint64_t random_ss_leaf(struct rig *r)
{
	unsigned number = below(r, 40) ? NESTED_FIRST + below(r, NESTED_COUNT) :
					 below(r, REF_PAGES);

	return spoilt(r,
		      page(number) | ss_both(r) | (below(r, 3) ? 0x100 : 0) |
			      (below(r, 2) ? 0x200 : 0) | (below(r, 4) ? 0 : 0x800),
		      true);
}

static uint64_t random_fs(struct rig *r, bool nested)
{
	uint64_t to = nested ? random_gpa(r) : page(FS_FIRST + below(r, FS_COUNT)), bits = 7;

	if (!below(r, 3))
		bits |= below(r, 2) ? 0x20 : 0x420;
	if (!below(r, 6))
		bits |= 0x40;
	if (!below(r, 10)) {
		bits |= 0x80;
		to &= below(r, 2) ? ~UINT64_C(0x1fffff) : ~UINT64_C(0x3fffffff);
	}
	return spoilt(r, to | bits, false);
}

/* Any translation with any options; what has one domain and one PASID agrees with itself. */
static void random_way(struct rig *r, unsigned pasid)
{
	unsigned pgtt = 1 + below(r, 3);
	struct ref_context c = { .s1 = pgtt & 1,
				 .s2 = pgtt & 2,
				 .s1_levels = 4 + below(r, 2),
				 .s2_levels = 3 + below(r, 3),
				 .snooped = below(r, 6),
				 .coherent = below(r, 2),
				 .ssade = pgtt & 2 && below(r, 3),
				 .eafe = below(r, 2),
				 .sre = below(r, 2),
				 .wpe = below(r, 2) };

	c.s2_root = !c.s2 ? 0 : c.s2_levels == 3 ? page(4) : c.s2_levels == 4 ? page(0) : page(6);
	if (c.s1 && c.s2)
		c.s1_root = random_gpa(r) & (c.s2_levels == 3 ? 0x7fffffffff : ~UINT64_C(0));
	else if (c.s1)
		c.s1_root = page(FS_FIRST + below(r, FS_COUNT));
	way_put(r, pasid, &c);
}

static void random_tables(struct rig *r)
{
	for (unsigned number = 0; number < FS_FIRST + FS_COUNT; number++)
		for (unsigned i = 0; i < COUNT(indexes); i++) {
			uint64_t e;

			/* The second half of the second-stage pages are last tables, mostly. */
			if (number < SS_COUNT)
				e = number % 2 ? random_ss_leaf(r) : random_ss(r);
			else
				e = random_fs(r, number < FS_FIRST);
			store(r, page(number) + indexes[i] * 8u, e);
		}
	way_set(r, 0, random_gpa(r), page(0), 4);
	way_set(r, 1, page(FS_FIRST + below(r, FS_COUNT)), 0, 4);
	way_set(r, 2, 0, below(r, 8) ? page(2) : VW_NOWHERE, 4);
	way_set(r, 3, random_gpa(r) & 0x7fffffffff, page(4), 3);
	way_set(r, 4, 0, page(4), 3);
	way_set(r, 5, random_gpa(r), page(0), 4);
	for (unsigned pasid = 6; pasid < WAYS; pasid++)
		random_way(r, pasid);
	for (unsigned pasid = 0; pasid < WAYS; pasid++)
		if (r->ways[pasid].s1 && !r->ways[pasid].s1_root) {
			struct ref_context c = r->ways[pasid];

			c.s1_root = 0x1000;
			way_put(r, pasid, &c);
		}
}

static uint64_t random_request(struct rig *r, unsigned pasid)
{
	const struct ref_context *c = &r->ways[pasid];
	unsigned levels = c->s1 ? c->s1_levels : c->s2_levels;
	uint64_t addr = below(r, 4096);

	for (unsigned level = 1; level <= levels; level++)
		addr |= random_index(r) << (3 + 9 * level);
	if (!c->s1)
		return below(r, 50) ? addr : addr | ims_prng_next(&r->seed) << 39;
	/* The upper half is sign-extended, or should be. */
	return (addr >> (2 + 9 * levels + 9) & 1) && below(r, 50) ?
		       addr | ~UINT64_C(0) << (3 + 9 * levels + 9) :
		       addr;
}

START_TEST(raw_words)
{
	static struct rig r;
	unsigned good = 0, all = 0;
	static const uint8_t expected[] = { 0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77,
					    0x78, 0x79, 0x7a, 0x7b, 0x80, 0x81, 0x84, 0x85,
					    0x86, 0x87, 0x7c, 0x5d, 0x90, 0 };

	memset(r.codes, 0, sizeof(r.codes));
	for (unsigned round = 0; round < 72; round++) {
		rig_open_io(&r, 1000 + round, round % 6 == 5);
		r.calm = round % 2;
		random_tables(&r);
		for (unsigned i = 0; i < 400; i++) {
			unsigned pasid = below(&r, WAYS);
			uint64_t addr = random_request(&r, pasid);

			/* Twice: the second time by what the first one cached. */
			ask_as(&r, pasid, addr, 1 + below(&r, 3), pasid && !below(&r, 3));
			ask_as(&r, pasid, addr ^ (below(&r, 2) ? 0x1000 : 0), 1 + below(&r, 3),
			       pasid && !below(&r, 3));
		}
		compare_all_memory(&r);
		rig_close(&r);
	}
	for (unsigned i = 0; i < COUNT(r.codes); i++)
		all += r.codes[i];
	good = r.codes[0];
	printf("%u requests, %u served\n", all, good);
	ck_assert_uint_ge(good, all / 10);
	for (unsigned i = 0; i < COUNT(expected); i++)
		ck_assert_msg(r.codes[expected[i]] >= 5, "%#x came %u times", expected[i],
			      r.codes[expected[i]]);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("walks, raw words");
	TCase *t = tcase_create("property");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, raw_words);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
