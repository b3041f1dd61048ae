/* SPDX-License-Identifier: MIT */
/*
 * sim/engine/cache.h against a plain array that does what the words of the
 * header say: long random sequences of fill, find, touch and drop over every
 * kind of cache and geometry, small tags so that everything collides.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/core/bits.h"
#include "sim/core/prng.h"
#include "sim/engine/cache.h"
#include "tests/run.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
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

enum { MAX = 1024 };

/* ---- the plain array ---- */

struct plain_entry {
	struct ims_entry e;
	uint32_t filed;
	uint64_t stamp; /* of the last use, or of the fill: what the policy goes by */
	bool live;
};

struct rig {
	const struct ims_cache_def *def;
	struct ims_cache_config config;
	uint32_t capacity;
	struct ims_cache *c;
	size_t bytes;
	struct plain_entry at[MAX]; /* by the number that the cache gave */
	uint32_t live;
	uint64_t stamp, seed;
	uint32_t now;
	bool overflowed, wide;
	bool told[MAX]; /* by the callback */
	uint32_t told_count;
	uint64_t digest; /* of every answer of the cache */
};

#define BY(name_, lookup_, primary_) .name = (name_), .lookup = (lookup_), .primary = (primary_)

static const struct ims_cache_def defs[] = {
	{ BY("dom index, by source", IMS_KEY_SRC | IMS_KEY_CTX | IMS_KEY_ADDR, IMS_KEY_DOM) },
	{ BY("dom index, by dom", IMS_KEY_DOM | IMS_KEY_CTX | IMS_KEY_ADDR, IMS_KEY_DOM) },
	{ BY("dom index, dom alone", IMS_KEY_DOM | IMS_KEY_ADDR, IMS_KEY_DOM) },
	{ BY("source index", IMS_KEY_SRC | IMS_KEY_CTX | IMS_KEY_ADDR, IMS_KEY_SRC) },
	{ BY("all tags", IMS_KEY_SRC | IMS_KEY_CTX | IMS_KEY_DOM | IMS_KEY_ADDR, IMS_KEY_DOM) },
	{ BY("no address", IMS_KEY_SRC, IMS_KEY_SRC), .payload = 4 },
	{ BY("no address, two tags", IMS_KEY_SRC | IMS_KEY_CTX, IMS_KEY_DOM), .payload = 8 },
	{ BY("parts of leaves", IMS_KEY_DOM | IMS_KEY_CTX | IMS_KEY_ADDR, IMS_KEY_DOM),
	  .by_leaf = true },
	{ BY("parts of leaves, worlds", IMS_KEY_DOM | IMS_KEY_CTX | IMS_KEY_ADDR, IMS_KEY_DOM),
	  .by_leaf = true, .worlds = 2 },
	{ BY("parts of leaves, by source", IMS_KEY_SRC | IMS_KEY_CTX | IMS_KEY_ADDR, IMS_KEY_SRC),
	  .by_leaf = true },
};

static const struct ims_cache_config geometries[] = {
	{ .entries = 1 },	  { .entries = 2 },	     { .entries = 7 },
	{ .entries = 64 },	  { .entries = 300 },	     { .sets = 1, .ways = 1 },
	{ .sets = 1, .ways = 4 }, { .sets = 16, .ways = 1 }, { .sets = 4, .ways = 2 },
	{ .sets = 8, .ways = 8 },
};

static void rig_open(struct rig *r, const struct ims_cache_def *def,
		     const struct ims_cache_config *config, unsigned replace, uint64_t seed)
{
	memset(r, 0, sizeof(*r));
	r->def = def;
	r->config = *config;
	r->config.replace = (uint8_t)replace;
	r->capacity = config->ways ? config->sets * config->ways : config->entries;
	r->bytes = ims_cache_bytes(def, &r->config);
	r->c = calloc(1, r->bytes);
	ck_assert_ptr_nonnull(r->c);
	ims_cache_init(r->c, def, &r->config, seed);
	r->seed = seed;
	r->now = 1;
}

static bool addressed(const struct rig *r)
{
	return r->def->lookup & IMS_KEY_ADDR;
}

static uint64_t first_of(const struct ims_entry *e)
{
	return e->size_lg2 == 64 ? 0 : e->in;
}

static uint64_t last_of(const struct ims_entry *e)
{
	return e->size_lg2 == 64 ? EVERYTHING : e->in + ((UINT64_C(1) << e->size_lg2) - 1);
}

/* The smallest fragment that serves a request; @cls: where worlds are told apart. */
static uint32_t plain_find(const struct rig *r, uint32_t src, uint32_t ctx, uint32_t dom,
			   uint32_t cls, uint64_t addr)
{
	uint32_t best = IMS_NONE;

	for (uint32_t n = 0; n < r->capacity; n++) {
		const struct ims_entry *e = &r->at[n].e;

		if (!r->at[n].live || ((r->def->lookup & IMS_KEY_SRC) && e->src != src) ||
		    ((r->def->lookup & IMS_KEY_CTX) && e->ctx != ctx) ||
		    ((r->def->lookup & IMS_KEY_DOM) && e->dom != dom) ||
		    ((e->cls ^ cls) & r->def->worlds) || addr < first_of(e) || addr > last_of(e))
			continue;
		if (best == IMS_NONE || e->size_lg2 < r->at[best].e.size_lg2)
			best = n;
	}
	return best;
}

static bool field_hits(unsigned how, uint32_t want, uint32_t got, uint32_t mask)
{
	return how == IMS_ANY || (how == IMS_EQUAL && want == got) ||
	       (how == IMS_ABSENT && got == UINT32_MAX) ||
	       (how == IMS_PRESENT && got != UINT32_MAX) ||
	       (how == IMS_MASKED && !((want ^ got) & ~mask)) ||
	       (how == IMS_OR_GLOBAL &&
		(want == got || got == IMS_CTX_GLOBAL || got == IMS_CTX_GLOBAL + 1));
}

/* The leaf of the first stage that took part, no smaller than the part that is held. */
static void leaf_of(const struct ims_entry *e, uint64_t *first, uint64_t *last)
{
	unsigned lg2 = e->s1_lg2 == 64 ? e->s2_lg2 : e->s1_lg2;

	*first = first_of(e);
	*last = last_of(e);
	if (lg2 == 64 || lg2 <= e->size_lg2)
		return;
	*first = e->in - e->in % (UINT64_C(1) << lg2);
	*last = *first + ((UINT64_C(1) << lg2) - 1);
}

static bool range_hits(const struct ims_sel *s, const struct ims_entry *e)
{
	uint64_t first = first_of(e), last = last_of(e);

	if (s->range == IMS_RANGE_NONE)
		return true;
	if (s->range == IMS_RANGE_LEAF)
		leaf_of(e, &first, &last);
	return s->first <= last && s->last >= first;
}

static bool plain_hits(const struct ims_sel *s, const struct plain_entry *p)
{
	return field_hits(s->how_dom, s->dom, p->e.dom, s->dom_mask) &&
	       field_hits(s->how_ctx, s->ctx, p->filed, s->ctx_mask) &&
	       field_hits(s->how_src, s->src, p->e.src, s->src_mask) &&
	       (s->classes >> p->e.cls & 1) && range_hits(s, &p->e) && p->e.born < s->before;
}

static uint32_t set_of(const struct rig *r, const struct ims_entry *e)
{
	uint64_t page = e->size_lg2 == 64 ? e->src ^ e->ctx : e->in >> e->size_lg2;

	return (uint32_t)page & (r->config.sets - 1);
}

/* ---- random things ---- */

static uint32_t below(struct rig *r, uint32_t bound)
{
	return ims_prng_below(&r->seed, bound);
}

static uint32_t random_dom(struct rig *r)
{
	return r->wide ? below(r, 0x10000) : 1 + below(r, 3);
}

static uint32_t random_src(struct rig *r)
{
	return r->wide ? below(r, 0x10000) : 0x100 + below(r, 8);
}

static uint32_t random_ctx(struct rig *r)
{
	uint32_t ctx = r->wide ? below(r, 0x100000) : below(r, 4);

	if (!below(r, 6))
		return IMS_CTX_GLOBAL + below(r, 2);
	return below(r, 5) ? ctx : IMS_CTX_NONE;
}

static uint64_t random_addr(struct rig *r)
{
	static const uint64_t bases[] = { 0, 0x40000000 - 0x4000, UINT64_C(0xffff800000000000),
					  UINT64_C(0xffffffffffc00000) };
	uint64_t base = bases[below(r, COUNT(bases))];
	uint32_t pages = base == bases[3] ? 1024 : 2000;

	return base + (uint64_t)below(r, pages) * 4096 + below(r, 4096);
}

static uint32_t recently(struct rig *r)
{
	return r->now - below(r, r->now < 30 ? r->now : 30);
}

/* One statement a number: the order within an initialiser is the compiler's. */
static struct ims_entry random_entry(struct rig *r)
{
	static const uint8_t sizes[] = { 12, 12, 12, 13, 16, 21, 21, 30 };
	uint8_t lg2 = addressed(r) ? sizes[below(r, COUNT(sizes))] : 64;
	struct ims_entry e = { .size_lg2 = lg2, .s1_lg2 = lg2, .s2_lg2 = 64 };

	e.src = random_src(r);
	e.ctx = random_ctx(r);
	e.dom = (uint16_t)random_dom(r);
	e.cls = (uint8_t)below(r, 4);
	e.perm = (uint8_t)below(r, 16);
	e.born = recently(r);
	if (addressed(r) && below(r, 2))
		e.s1_lg2 = sizes[below(r, COUNT(sizes))];
	if (addressed(r) && !below(r, 4)) {
		e.s2_lg2 = sizes[below(r, COUNT(sizes))];
		e.s1_lg2 = below(r, 2) ? 64 : e.s1_lg2;
	}
	e.in = lg2 == 64 ? 0 : random_addr(r) >> lg2 << lg2;
	e.out = ims_prng_next(&r->seed) & ~UINT64_C(0xfff);
	e.mid = ims_prng_next(&r->seed);
	return e;
}

static void random_range(struct rig *r, uint64_t near, struct ims_sel *s)
{
	static const uint8_t sizes[] = { 12, 13, 16, 17, 21, 24, 30, 40, 48, 64 };
	unsigned lg2 = sizes[below(r, COUNT(sizes))];
	uint64_t addr = below(r, 2) ? near : random_addr(r), size = below(r, 0x20000);

	s->range = r->def->by_leaf && below(r, 3) ? IMS_RANGE_LEAF : IMS_RANGE_FRAGMENT;
	s->first = below(r, 4) ? ims_block_first(addr, lg2) : addr;
	s->last = s->first == addr && addr + size > addr ? addr + size : ims_block_last(addr, lg2);
}

static struct ims_sel random_sel(struct rig *r)
{
	const struct ims_entry *near = &r->at[below(r, r->capacity)].e;
	bool there = below(r, 2); /* mostly what is there */
	struct ims_sel s = { .last = EVERYTHING };

	s.dom = there ? near->dom : random_dom(r);
	s.ctx = there ? near->ctx : random_ctx(r);
	s.src = there ? near->src : random_src(r);
	s.src_mask = below(r, 2) ? 7u >> below(r, 3) : below(r, 16);
	s.before = below(r, 4) ? r->now + 1 : recently(r);
	s.how_dom = (uint8_t)below(r, 5);
	s.how_ctx = (uint8_t)below(r, 6);
	s.dom_mask = below(r, 2) ? 0 : below(r, 8);
	s.ctx_mask = below(r, 2) ? 0 : below(r, 8);
	s.how_src = (uint8_t)below(r, 5);
	s.classes = below(r, 2) ? IMS_CLASS_ANY : (uint8_t)(1 + below(r, 15));
	if (addressed(r) && below(r, 3))
		random_range(r, near->in, &s);
	return s;
}

/* ---- operations ---- */

static void mix(struct rig *r, uint64_t x)
{
	r->digest = ims_mix(r->digest ^ x);
}

static void told(void *arg, uint32_t n, const struct ims_entry *e)
{
	struct rig *r = arg;

	REQUIRE_OP(n, <, r->capacity);
	REQUIRE(r->at[n].live && !r->told[n], "entry %u told twice or dead", n);
	REQUIRE(ims_entry_live(r->c, e), "told of an entry after it went");
	REQUIRE(e == &ims_cache_entries(r->c)[n], "told of another entry");
	REQUIRE(e->in == r->at[n].e.in && e->out == r->at[n].e.out && e->src == r->at[n].e.src &&
			e->ctx == r->at[n].e.ctx && e->dom == r->at[n].e.dom &&
			e->born == r->at[n].e.born,
		"entry %u is another", n);
	r->told[n] = true;
	r->told_count++;
	mix(r, n);
}

static void tell_nothing(struct rig *r)
{
	memset(r->told, 0, sizeof(r->told));
	r->told_count = 0;
}

static void plain_drop(struct rig *r, uint32_t n)
{
	r->at[n].live = false;
	r->live--;
}

/* Which entry a full set gives up; IMS_NONE: it has room. */
static uint32_t victim_of(const struct rig *r, const struct ims_entry *e)
{
	uint32_t set = set_of(r, e), inside = 0, oldest = IMS_NONE;

	for (uint32_t n = 0; n < r->capacity; n++) {
		if (!r->at[n].live || set_of(r, &r->at[n].e) != set)
			continue;
		inside++;
		if (oldest == IMS_NONE || r->at[n].stamp < r->at[oldest].stamp)
			oldest = n;
	}
	REQUIRE_OP(inside, <=, r->config.ways);
	return inside == r->config.ways ? oldest : IMS_NONE;
}

static void make_room(struct rig *r, const struct ims_entry *e, uint32_t victim)
{
	uint32_t gone = IMS_NONE;

	REQUIRE_OP(r->told_count, ==, victim == IMS_NONE ? 0u : 1u);
	if (victim == IMS_NONE)
		return;
	for (uint32_t n = 0; n < r->capacity; n++)
		if (r->told[n])
			gone = n;
	REQUIRE_OP(set_of(r, &r->at[gone].e), ==, set_of(r, e));
	if (r->config.replace != IMS_REPLACE_RANDOM)
		REQUIRE(gone == victim, "evicted %u, not the oldest, %u", gone, victim);
	plain_drop(r, gone);
}

static void do_fill(struct rig *r)
{
	struct ims_entry e = random_entry(r);
	uint32_t filed = below(r, 4) || e.ctx != IMS_CTX_NONE ? e.ctx : 0, n, victim = IMS_NONE;
	bool full;

	if (plain_find(r, e.src, e.ctx, e.dom, e.cls, e.in) != IMS_NONE)
		return;
	full = !r->config.ways && r->live == r->capacity;
	if (r->config.ways)
		victim = victim_of(r, &e);
	tell_nothing(r);
	n = ims_cache_fill(r->c, &e, filed, told, r);
	mix(r, n);
	REQUIRE((n == IMS_NONE) == full, "%u of %u live", r->live, r->capacity);
	r->overflowed |= full;
	REQUIRE_OP(r->c->overflowed, ==, r->overflowed);
	if (full)
		return;
	if (r->config.ways)
		make_room(r, &e, victim);
	REQUIRE_OP(n, <, r->capacity);
	REQUIRE(!r->at[n].live, "number %u given twice", n);
	r->at[n] =
		(struct plain_entry){ .e = e, .filed = filed, .stamp = ++r->stamp, .live = true };
	r->live++;
	for (unsigned i = 0; i < r->def->payload; i++)
		ims_cache_payload(r->c, n)[i] = e.out + i;
}

static void check_found(struct rig *r, uint32_t src, uint32_t ctx, uint32_t dom, uint32_t cls,
			uint64_t addr, bool touch)
{
	uint32_t want = plain_find(r, src, ctx, dom, cls, addr),
		 got = ims_cache_find(r->c, src, ctx, ims_world_dom(dom, cls), addr);

	REQUIRE(got == want, "src %#x ctx %#x dom %#x addr %#llx: %u instead of %u", src, ctx, dom,
		(unsigned long long)addr, got, want);
	mix(r, got);
	if (got == IMS_NONE)
		return;
	REQUIRE_OP(ims_cache_entries(r->c)[got].out, ==, r->at[got].e.out);
	for (unsigned i = 0; i < r->def->payload; i++)
		REQUIRE_OP(ims_cache_payload(r->c, got)[i], ==, r->at[got].e.out + i);
	if (touch) {
		ims_cache_touch(r->c, got);
		if (r->config.replace == IMS_REPLACE_LRU)
			r->at[got].stamp = ++r->stamp;
	}
}

static void do_find(struct rig *r)
{
	const struct ims_entry *near = &r->at[below(r, r->capacity)].e;

	bool there = below(r, 3), touch = below(r, 2);
	uint32_t src = there ? near->src : random_src(r);
	uint32_t ctx = there ? near->ctx : random_ctx(r);
	uint32_t dom = there ? near->dom : random_dom(r);
	uint32_t cls = below(r, 3) ? near->cls : below(r, 4);
	uint64_t addr = there ? near->in : random_addr(r);

	if (there && addressed(r))
		addr += below(r, 1u << near->size_lg2);
	check_found(r, src, ctx, dom, cls, addressed(r) ? addr : 0, touch);
}

static void do_drop(struct rig *r)
{
	struct ims_sel s = random_sel(r);
	bool with = below(r, 2);
	uint32_t want = 0, got;
	bool gone[MAX] = { false };

	for (uint32_t n = 0; n < r->capacity; n++) {
		gone[n] = r->at[n].live && plain_hits(&s, &r->at[n]);
		want += gone[n];
		if (r->at[n].live)
			REQUIRE_OP(ims_sel_hits(&s, &r->at[n].e, r->at[n].filed), ==, gone[n]);
	}
	tell_nothing(r);
	got = ims_cache_drop(r->c, &s, with ? told : NULL, r);
	mix(r, got);
	REQUIRE(got == want,
		"%u dropped instead of %u: dom %u %#x, ctx %u %#x, src %u %#x mask %#x, classes %#x, %s %#llx..%#llx",
		got, want, s.how_dom, s.dom, s.how_ctx, s.ctx, s.how_src, s.src, s.src_mask,
		s.classes, s.range ? "range" : "no range", (unsigned long long)s.first,
		(unsigned long long)s.last);
	REQUIRE_OP(r->told_count, ==, with ? want : 0u);
	for (uint32_t n = 0; n < r->capacity; n++) {
		REQUIRE(!with || r->told[n] == gone[n], "entry %u: %s", n,
			gone[n] ? "must go" : "must stay");
		if (gone[n])
			plain_drop(r, n);
	}
}

/* Everything that is live, and nothing else, is seen, found and told live. */
static void check_all(struct rig *r)
{
	tell_nothing(r);
	ims_cache_each(r->c, told, r);
	REQUIRE_OP(r->told_count, ==, r->live);
	REQUIRE_OP(r->c->live, ==, r->live);
	for (uint32_t n = 0; n < r->capacity; n++) {
		const struct ims_entry *e = &r->at[n].e;

		REQUIRE_OP(r->told[n], ==, r->at[n].live);
		if (r->at[n].live)
			check_found(r, e->src, e->ctx, e->dom, e->cls, e->in, false);
	}
	REQUIRE_OP(r->c->entries_count, <=, r->capacity);
	REQUIRE_OP(r->c->groups_count, <=, r->capacity);
	REQUIRE_OP(r->c->regions_count, <=, r->capacity);
}

static void steps(struct rig *r, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		unsigned what = below(r, 100);

		/* Long phases of filling, so that the capacity is reached; then of everything. */
		if (what < 50 || (i / 500 % 2 == 0 && what < 85))
			do_fill(r);
		else if (what < 90)
			do_find(r);
		else
			do_drop(r);
		r->now += below(r, 2);
		REQUIRE_OP(r->c->live, ==, r->live);
		if (i % 97 == 0)
			check_all(r);
	}
	check_all(r);
}

START_TEST(against_a_plain_array)
{
	const struct ims_cache_def *def = &defs[(unsigned)_i % COUNT(defs)];
	static struct rig r;

	for (unsigned g = 0; g < COUNT(geometries); g++)
		for (unsigned replace = 0;
		     replace <= (geometries[g].ways ? IMS_REPLACE_RANDOM : 0u); replace++)
			for (unsigned wide = 0; wide < 2; wide++) {
				rig_open(&r, def, &geometries[g], replace,
					 1000u * (unsigned)_i + 10 * g + replace);
				r.wide = wide;
				steps(&r, r.capacity > 100 ? 1000 : 2000);
				free(r.c);
			}
}
END_TEST

/* A world is copied by memcpy: a copy elsewhere in memory goes on to the same bytes. */
START_TEST(a_copy_behaves_the_same)
{
	static struct rig a, b;

	for (unsigned g = 0; g < COUNT(geometries); g++) {
		rig_open(&a, &defs[_i], &geometries[g], g % 3, 5 + g);
		steps(&a, 700);
		b = a;
		b.c = malloc(b.bytes);
		ck_assert_ptr_nonnull(b.c);
		memcpy(b.c, a.c, a.bytes);
		steps(&a, 700);
		REQUIRE(memcmp(a.c, b.c, a.bytes) != 0, "700 steps changed nothing");
		steps(&b, 700);
		REQUIRE_OP(a.digest, ==, b.digest);
		REQUIRE(memcmp(a.c, b.c, a.bytes) == 0, "the copies differ");
		free(a.c);
		free(b.c);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cache");
	TCase *t = tcase_create("property");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, against_a_plain_array, 0, COUNT(defs));
	tcase_add_loop_test(t, a_copy_behaves_the_same, 0, COUNT(defs));
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
