/* SPDX-License-Identifier: MIT */
/*
 * AMD-Vi tables of random words, where most walks go wrong somewhere: the engine with and
 * without caches against the second walker of amdvi_reference.h. Host leaves larger than
 * their level's page stand in all the entries they have to.
 */
#include <check.h>
#include <stdio.h>

#include "sim/core/prng.h"
#include "tests/property/amdvi_reference.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define R	 IMS_R
#define W	 IMS_W
#define REQUIRE(cond, ...)                                                                         \
	do {                                                                                       \
		if (!(cond))                                                                       \
			ck_abort_msg(__VA_ARGS__);                                                 \
	} while (0)

enum { WAYS = 8, PAGES = 64 };
enum { HOST_COUNT = 12, NESTED_FIRST = 12, GCR3_FIRST = 38, GUEST_FIRST = 42 };
#define BASE UINT64_C(0x200000)

/* Few indexes of each table are used, so that walks meet; the first in fours and twos. */
static const uint16_t indexes[] = { 0, 1, 2, 3, 4, 5, 510, 511 };

struct rig {
	struct aw v[2]; /* dropped before each request; everything kept */
	struct aref_context ways[WAYS];
	uint64_t seed;
	uint64_t gcr3_sum;
	unsigned codes[0x900];
};

static uint32_t below(struct rig *r, uint32_t bound)
{
	return ims_prng_below(&r->seed, bound);
}

static uint64_t page(unsigned number)
{
	return BASE + number * UINT64_C(0x1000);
}

static void store(struct rig *r, uint64_t at, uint64_t value)
{
	for (unsigned i = 0; i < 2; i++)
		aw_put(&r->v[i], at, value);
}

static uint64_t random_gpa(struct rig *r)
{
	uint64_t gpa = below(r, 4) ? 0 : (uint64_t)below(r, 4) << 39;

	for (unsigned level = 1; level <= 3; level++)
		gpa |= (uint64_t)indexes[below(r, COUNT(indexes))] << (3 + 9 * level);
	return gpa;
}

/* What goes wrong with a host entry now and then. */
static uint64_t spoilt_host(struct rig *r, uint64_t e)
{
	switch (below(r, 50)) {
	case 0:
		return e & ~UINT64_C(1);
	case 1:
	case 2:
		return e & ~(UINT64_C(1) << 62);
	case 3:
		return e & ~(UINT64_C(1) << 61);
	case 4:
		return e & ~(UINT64_C(3) << 61);
	case 5:
		return below(r, 3) ? e : e | UINT64_C(1) << 41;
	case 6:
		return below(r, 2) ? e ^ UINT64_C(1) << below(r, 64) :
				     e | UINT64_C(1) << (52 + below(r, 9));
	case 7:
		return (e & ~UINT64_C(0xe00)) | (uint64_t)below(r, 8) << 9;
	default:
		return e;
	}
}

static uint64_t random_host(struct rig *r, bool last, unsigned level)
{
	unsigned number = last ? NESTED_FIRST + below(r, GUEST_FIRST - NESTED_FIRST) :
				 below(r, HOST_COUNT);

	if (last)
		return spoilt_host(r, AW_PTE(0, page(number)));
	if (!below(r, 12)) /* a large leaf over the tables themselves, or beside them */
		return spoilt_host(r, AW_PTE(0, below(r, 3) ? below(r, 2) * UINT64_C(0x200000) :
							      UINT64_C(0x40000000)));
	/* The tables have no fixed level: some lead one down, some pass levels over. */
	return spoilt_host(r, AW_PTE(below(r, 6) ? level - 1 : 1 + below(r, 3), page(number)));
}

/* Copies of one leaf of as many pages of a level, at the first of its places. */
static void sized_leaf(struct rig *r, uint64_t table, unsigned first, unsigned copies)
{
	unsigned own = 12 + 9 * below(r, 3), lg2 = own + (copies == 4 ? 2 : 1);
	uint64_t base = below(r, 2) ? BASE & ~aref_ones(lg2 - 1, 0) : (uint64_t)below(r, 4) << lg2;
	uint64_t e = AW_PTE(7, base | (aref_ones(lg2 - 2, 0) & ~UINT64_C(0xfff)));

	if (!below(r, 6))
		e &= ~(UINT64_C(1) << 62);
	for (unsigned i = 0; i < copies; i++)
		store(r, table + indexes[first + i] * 8u, e);
}

static void host_table(struct rig *r, unsigned number)
{
	/* Pages 0, 1, 2 are of levels 4, 3, 2 in most walks; the last ones hold leaves. */
	unsigned level = number % 3 == 0 ? 4 : number % 3 == 1 ? 3 : 2;
	bool last = number >= HOST_COUNT / 2;
	unsigned first = 0;

	while (first < COUNT(indexes)) {
		unsigned room = first == 0 ? 4 : 2;

		if (!below(r, 8)) {
			sized_leaf(r, page(number), first, below(r, 2) ? room : 2);
			first += room;
			continue;
		}
		for (unsigned i = 0; i < room; i++, first++)
			store(r, page(number) + indexes[first] * 8u, random_host(r, last, level));
	}
}

static uint64_t random_guest(struct rig *r, bool nested)
{
	uint64_t to = nested ? random_gpa(r) : page(GUEST_FIRST + below(r, PAGES - GUEST_FIRST));
	uint64_t e = 7 | (below(r, 3) ? 0 : 0x20) | (below(r, 6) ? 0 : 0x40);

	if (!below(r, 10)) {
		e |= 0x80;
		to &= below(r, 2) ? ~UINT64_C(0x1fffff) : ~UINT64_C(0x3fffffff);
	}
	switch (below(r, 50)) {
	case 0:
		return (e | to) & ~UINT64_C(1);
	case 1:
	case 2:
		return (e | to) & ~UINT64_C(2);
	case 3:
		return (e | to) & ~UINT64_C(4);
	case 4:
		return (e | to) ^ UINT64_C(1) << below(r, 64);
	default:
		return e | to;
	}
}

/* A device for each way, with a DomainID of its own. */
static void way_set(struct rig *r, unsigned way, const struct aref_context *c, unsigned had)
{
	uint64_t dte[AMDVI_DTE_WORDS] = { 0 };

	r->ways[way] = *c;
	dte[0] = 3 | (uint64_t)had << 7 | (uint64_t)c->mode << 9 | c->host_root |
		 (uint64_t)c->ir << 61 | (uint64_t)c->iw << 62;
	dte[1] = 0x40 + way;
	if (c->guest) {
		dte[0] |= UINT64_C(1) << 55 | (uint64_t)c->glx << 56 |
			  (uint64_t)(c->pasid == 0) << 54 | (c->gcr3 >> 12 & 7) << 58;
		dte[1] |= (c->gcr3 >> 15 & 0xffff) << 16 | c->gcr3 >> 31 << 43;
		dte[2] = (uint64_t)(c->guest_levels == 5) << 54;
	}
	for (unsigned i = 0; i < AMDVI_DTE_WORDS; i++)
		store(r, AW_DTE(0x40 + way) + i * 8, dte[i]);
}

/* A guest address behind which there is a page of GCR3 entries, if luck has it. */
static uint64_t gcr3_gpa(struct rig *r, const struct aref_context *c)
{
	uint64_t gpa = 0x1000;

	for (unsigned i = 0; i < 300; i++) {
		struct aref_page p;

		gpa = random_gpa(r);
		p = aref_host(&r->v[0], c, gpa, true, false);
		if (!p.fault && p.out >= page(GCR3_FIRST) && p.out < page(GUEST_FIRST))
			break;
	}
	return gpa;
}

static void random_ways(struct rig *r, bool root_gpa)
{
	static const struct {
		bool guest;
		unsigned mode, root, glx, levels;
		uint32_t pasid;
		unsigned had;
	} kinds[WAYS] = {
		{ true, 4, 0, 0, 4, 0, 0 },  { true, 4, 3, 1, 4, 2, 0 },
		{ false, 4, 0, 0, 4, 0, 0 }, { true, 3, 1, 0, 4, 5, 0 },
		{ false, 6, 0, 0, 4, 0, 0 }, { true, 0, 0, 0, 4, 1, 0 },
		{ true, 4, 0, 0, 5, 3, 0 },  { true, 4, 0, 0, 4, 4, 3 },
	};

	for (unsigned i = 0; i < WAYS; i++) {
		struct aref_context c = { .guest = kinds[i].guest,
					  .mode = kinds[i].mode,
					  .host_root = kinds[i].mode ? page(kinds[i].root) : 0,
					  .glx = kinds[i].glx,
					  .guest_levels = kinds[i].levels,
					  .pasid = kinds[i].pasid,
					  .root_gpa = root_gpa,
					  .ir = below(r, 30),
					  .iw = below(r, 30) };

		c.gcr3 = !c.mode  ? page(GUEST_FIRST - 1) :
			 root_gpa ? gcr3_gpa(r, &c) :
				    page(GCR3_FIRST + below(r, 3));
		way_set(r, i, &c, kinds[i].had);
	}
}

static void rig_open(struct rig *r, uint64_t seed)
{
	bool root_gpa = seed & 1;

	r->seed = seed;
	for (unsigned i = 0; i < 2; i++) {
		aw_open(&r->v[i], &(struct aw_options){
					  .walk_caches = i == 1,
					  .cells = 40000,
					  .entries = 1024,
					  .ctrl_clear = root_gpa ? 0 : AMDVI_CTRL_GCR3_TRP_MODE });
		r->v[i].hw.unit->root = AW_DEVTAB;
	}
	for (unsigned number = 0; number < PAGES; number++) {
		if (number < HOST_COUNT) {
			host_table(r, number);
			continue;
		}
		for (unsigned i = 0; i < COUNT(indexes); i++) {
			uint64_t e = random_guest(r, number < GUEST_FIRST);

			/* The last of them is of the device without host tables. */
			if (number >= GCR3_FIRST && number < GUEST_FIRST - 1)
				e = below(r, 20) ? random_gpa(r) | 1 : e;
			else if (number == GUEST_FIRST - 1)
				e = page(GUEST_FIRST + below(r, 8)) | 1;
			store(r, page(number) + indexes[i] * 8u, e);
		}
	}
	random_ways(r, root_gpa);
}

static void drop_everything(struct aw *v)
{
	struct ims_sel all = { .last = ~UINT64_C(0),
			       .before = UINT32_MAX,
			       .classes = IMS_CLASS_ANY };

	for (unsigned c = 0; c < AMDVI_CACHES; c++)
		ims_cache_drop(ims_hw_cache(&v->hw, c), &all, NULL, NULL);
}

static void compare(const struct rig *r, const char *who, unsigned way, const struct ims_req *q,
		    unsigned fault, const struct aref_result *want, const struct ims_answer *got)
{
	unsigned perm = (want->r && r->ways[way].ir ? R : 0u) |
			(want->w && r->ways[way].iw ? W : 0u);

	REQUIRE(got->fault == fault ||
			/* A cached translation does not tell whose permission is missing. */
			(got->hit && got->fault == AMDVI_F_HOST_DENIED &&
			 fault == AMDVI_F_GUEST_DENIED),
		"%s, way %u, %#llx, access %u: %#x instead of %#x", who, way,
		(unsigned long long)q->addr, q->access, got->fault, fault);
	if (fault)
		return;
	REQUIRE(got->out == want->out, "%s, way %u, %#llx: to %#llx instead of %#llx", who, way,
		(unsigned long long)q->addr, (unsigned long long)got->out,
		(unsigned long long)want->out);
	REQUIRE((got->perm & (R | W)) == perm, "%s, way %u, %#llx: permission %#x instead of %#x",
		who, way, (unsigned long long)q->addr, got->perm, perm);
	REQUIRE(got->s1_lg2 == want->s1_lg2 && got->s2_lg2 == want->s2_lg2,
		"%s, way %u, %#llx: leaves of %u and %u", who, way, (unsigned long long)q->addr,
		got->s1_lg2, got->s2_lg2);
	REQUIRE(got->size_lg2 == (want->s1_lg2 < want->s2_lg2 ? want->s1_lg2 : want->s2_lg2),
		"%s: size %u", who, got->size_lg2);
	if (r->ways[way].guest)
		REQUIRE(got->mid == want->mid, "%s: by %#llx", who, (unsigned long long)got->mid);
}

/*
 * A walk that takes a GCR3 page for a guest's table sets bits there, which are reserved in
 * GCR3 entries: what is cached of them is outdated by that.
 */
static void drop_if_marked(struct rig *r)
{
	uint64_t sum = 0;

	for (unsigned number = GCR3_FIRST; number < GUEST_FIRST; number++)
		for (unsigned i = 0; i < COUNT(indexes); i++)
			sum += aw_get(&r->v[1], page(number) + indexes[i] * 8u);
	if (sum != r->gcr3_sum)
		drop_everything(&r->v[1]);
	r->gcr3_sum = sum;
}

static void ask(struct rig *r, unsigned way, uint64_t addr, unsigned access)
{
	uint32_t pasid = r->ways[way].pasid;
	struct ims_req q = aw_req(0x40 + way, pasid ? pasid : IMS_CTX_NONE, addr, access);
	struct aref_result want;
	struct ims_answer a;
	unsigned fault = aref_walk(&r->v[0], &r->ways[way], addr, access & R, access & W, &want);

	ims_translate_fresh(&r->v[0].hw, &q, &a);
	compare(r, "a look", way, &q, fault, &want, &a);
	ims_translate_fresh(&r->v[1].hw, &q, &a);
	compare(r, "a look, caches full", way, &q, fault, &want, &a);
	drop_everything(&r->v[0]);
	ims_translate(&r->v[0].hw, &q, &a);
	compare(r, "without caches", way, &q, fault, &want, &a);
	ims_translate(&r->v[1].hw, &q, &a);
	compare(r, "with caches", way, &q, fault, &want, &a);
	/* What was served leaves its bits behind. */
	for (unsigned i = 0; !fault && i < want.used_count; i++)
		for (unsigned k = 0; k < 2; k++) {
			uint64_t bits = (access & W) && i + 1 == want.used_count ? 0x60 : 0x20;

			REQUIRE((aw_get(&r->v[k], want.used[i]) & bits) == bits,
				"way %u: no bits in %#llx", way, (unsigned long long)want.used[i]);
		}
	r->codes[fault]++;
	drop_if_marked(r);
}

static uint64_t random_request(struct rig *r, unsigned way)
{
	const struct aref_context *c = &r->ways[way];
	uint64_t addr = below(r, 4096);

	for (unsigned level = 1; level <= 4; level++)
		addr |= (uint64_t)indexes[below(r, COUNT(indexes))] << (3 + 9 * level);
	if (!c->guest)
		return below(r, 50) ? addr & (c->mode == 6 && below(r, 4) ? 0x7fffffffff :
									    0xffffffffffff) :
				      addr | ims_prng_next(&r->seed) << 39;
	if (c->guest_levels == 5)
		return below(r, 50) ? addr & 0xffffffffffff : addr | ims_prng_next(&r->seed) << 48;
	return c->pasid && (addr >> 47 & 1) && below(r, 50) ? addr | 0xffff000000000000 : addr;
}

/* Only accessed and dirty bits have changed, and in both worlds alike. */
static void compare_memory(struct rig *r, const uint64_t *before)
{
	for (unsigned i = 0; i < PAGES * COUNT(indexes); i++) {
		uint64_t at = page(i / COUNT(indexes)) + indexes[i % COUNT(indexes)] * 8u;
		uint64_t a = aw_get(&r->v[0], at), b = aw_get(&r->v[1], at);

		REQUIRE(a == b, "word %#llx: %#llx and %#llx", (unsigned long long)at,
			(unsigned long long)a, (unsigned long long)b);
		REQUIRE(!((a ^ before[i]) & ~UINT64_C(0x60)) && !(before[i] & ~a), "word %#llx",
			(unsigned long long)at);
	}
}

START_TEST(random_tables)
{
	static struct rig r;
	static uint64_t before[PAGES * COUNT(indexes)];
	static const uint16_t expected[] = {
		0,
		AMDVI_F_DTE_DENIED,
		AMDVI_F_GCR3_RESERVED,
		AMDVI_F_GUEST_WIDTH,
		AMDVI_F_GUEST_ABSENT,
		AMDVI_F_GUEST_RESERVED,
		AMDVI_F_GUEST_DENIED,
		AMDVI_F_GUEST_USER,
		AMDVI_F_GUEST_UPDATE,
		AMDVI_F_HOST_WIDTH,
		AMDVI_F_HOST_ABSENT,
		AMDVI_F_HOST_RESERVED,
		AMDVI_F_HOST_LEVEL,
		AMDVI_F_HOST_SIZE,
		AMDVI_F_HOST_SKIPPED,
		AMDVI_F_HOST_DENIED,
		AMDVI_F_HOST_ABSENT | AMDVI_ON_TABLE,
		AMDVI_F_HOST_LEVEL | AMDVI_ON_TABLE,
		AMDVI_F_HOST_DENIED | AMDVI_ON_TABLE,
		AMDVI_F_HOST_ERROR,
	};
	unsigned all = 0;

	for (unsigned round = 0; round < 60; round++) {
		rig_open(&r, 3000 + round);
		for (unsigned i = 0; i < COUNT(before); i++)
			before[i] = aw_get(&r.v[0], page(i / COUNT(indexes)) +
							    indexes[i % COUNT(indexes)] * 8u);
		for (unsigned i = 0; i < 400; i++) {
			unsigned way = below(&r, WAYS);
			uint64_t addr = random_request(&r, way);

			/* Twice: the second time by what the first one cached. */
			ask(&r, way, addr, 1 + below(&r, 3));
			ask(&r, way, addr ^ (below(&r, 2) ? 0x1000 : 0), 1 + below(&r, 3));
			all += 2;
		}
		compare_memory(&r, before);
		for (unsigned i = 0; i < 2; i++)
			aw_close(&r.v[i]);
	}
	printf("%u requests, %u served\n", all, r.codes[0]);
	ck_assert_uint_ge(r.codes[0], all / 20);
	for (unsigned i = 0; i < COUNT(expected); i++)
		ck_assert_msg(r.codes[expected[i]] >= 5, "%#x came %u times", expected[i],
			      r.codes[expected[i]]);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD-Vi walks, random tables");
	TCase *t = tcase_create("property");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, random_tables);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
