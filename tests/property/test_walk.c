/* SPDX-License-Identifier: MIT */
/*
 * Random tables, walked by the engine with and without caches and by a second
 * walker, vtd_reference.h; also the accessed and dirty bits that each leaves
 * behind. Tables of raw random words, where most walks go wrong somewhere, and
 * tables that drivers build, where the list of what was mapped says the answer.
 */
#include <check.h>
#include <stdio.h>

#include "sim/core/prng.h"
#include "sim/hyp/table.h"
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

static uint32_t below(struct rig *r, uint32_t bound)
{
	return ims_prng_below(&r->seed, bound);
}

static uint64_t page(unsigned number)
{
	return REF_BASE + number * UINT64_C(0x1000);
}

static void store(struct rig *r, uint64_t at, uint64_t value)
{
	REQUIRE(at >= REF_BASE && at < page(REF_PAGES), "%#llx is no table",
		(unsigned long long)at);
	r->ref.words[(at - REF_BASE) / 8] = value;
	for (unsigned i = 0; i < COUNT(r->v); i++)
		vw_put(&r->v[i], at, value);
}

static void way_set(struct rig *r, unsigned pasid, uint64_t s1, uint64_t s2, unsigned s2_levels)
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

static void rig_open(struct rig *r, uint64_t seed)
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

static void rig_close(struct rig *r)
{
	for (unsigned i = 0; i < COUNT(r->v); i++)
		vw_close(&r->v[i]);
}

static void drop_everything(struct vw *v)
{
	struct ims_sel all = { .last = ~UINT64_C(0),
			       .before = UINT32_MAX,
			       .classes = IMS_CLASS_ANY };

	for (unsigned c = 0; c < VTD_CACHES; c++)
		ims_cache_drop(ims_hw_cache(&v->hw, c), &all, NULL, NULL);
}

/* ---- one request, four walks ---- */

static void compare(const struct rig *r, const char *who, unsigned pasid, const struct ims_req *q,
		    const struct ref_result *want, const struct ims_answer *got)
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
static void compare_memory(struct rig *r, const struct ref_result *want)
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

static void ask(struct rig *r, unsigned pasid, uint64_t addr, unsigned access)
{
	struct ims_req q = vw_req(pasid ? pasid : IMS_CTX_NONE, addr, access);
	struct ref_result want;
	struct ims_answer a;

	want.fault = 0;
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

static void compare_all_memory(const struct rig *r)
{
	for (unsigned i = 0; i < REF_WORDS; i++)
		for (unsigned k = 0; k < COUNT(r->v); k++) {
			struct ims_mem m = ims_world_mem(r->v[k].world, 0);

			REQUIRE(ims_mem_word(&m, REF_BASE + i * 8) == r->ref.words[i],
				"word %#llx was changed", (unsigned long long)(REF_BASE + i * 8));
		}
}

/* ---- raw words ---- */

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
	uint64_t gpa = below(r, 4) ? 0 : (uint64_t)below(r, 4) << 39;

	for (unsigned level = 1; level <= 3; level++)
		gpa |= random_index(r) << (3 + 9 * level);
	return gpa;
}

/* What goes wrong with an entry now and then. */
static uint64_t spoilt(struct rig *r, uint64_t e, bool stage2)
{
	switch (below(r, 60)) {
	case 0:
		return e & ~UINT64_C(3); /* not present */
	case 1:
		return e & ~UINT64_C(1); /* second stage: write-only */
	case 2:
	case 3:
	case 4:
		return e & ~UINT64_C(2); /* read-only */
	case 5:
		return stage2 ? e & ~UINT64_C(1) : e & ~UINT64_C(4);
	case 6:
		return below(r, 3) ? e : e | UINT64_C(1) << 41; /* no memory there */
	case 7:
		return below(r, 2) ? e : e | UINT64_C(1) << below(r, 64);
	case 8:
		return ims_prng_next(&r->seed) | 1;
	default:
		return e;
	}
}

static uint64_t random_ss(struct rig *r)
{
	unsigned number = below(r, 40) ? SS_FIRST + below(r, SS_COUNT) : below(r, REF_PAGES);

	if (!below(r, 12)) /* a large leaf over the tables themselves, or beside them */
		return spoilt(r,
			      0x83 | (below(r, 3) ? below(r, 2) * UINT64_C(0x200000) :
						    UINT64_C(0x40000000)),
			      true);
	return spoilt(r, page(number) | 3, true);
}

static uint64_t random_ss_leaf(struct rig *r)
{
	unsigned number = below(r, 40) ? NESTED_FIRST + below(r, NESTED_COUNT) :
					 below(r, REF_PAGES);

	return spoilt(r, page(number) | 3, true);
}

static uint64_t random_fs(struct rig *r, bool nested)
{
	uint64_t to = nested ? random_gpa(r) : page(FS_FIRST + below(r, FS_COUNT)), bits = 7;

	if (!below(r, 3))
		bits |= 0x20;
	if (!below(r, 6))
		bits |= 0x40;
	if (!below(r, 10)) {
		bits |= 0x80;
		to &= below(r, 2) ? ~UINT64_C(0x1fffff) : ~UINT64_C(0x3fffffff);
	}
	return spoilt(r, to | bits, false);
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
	way_set(r, 2, 0, page(2), 4);
	way_set(r, 3, random_gpa(r) & 0x7fffffffff, page(4), 3);
	way_set(r, 4, 0, page(4), 3);
	way_set(r, 5, random_gpa(r), page(0), 4);
	for (unsigned pasid = 0; pasid < WAYS; pasid++)
		if (r->ways[pasid].s1 && !r->ways[pasid].s1_root)
			way_set(r, pasid, 0x1000, r->ways[pasid].s2_root, r->ways[pasid].s2_levels);
}

static uint64_t random_request(struct rig *r, unsigned pasid)
{
	uint64_t addr = below(r, 4096);

	for (unsigned level = 1; level <= 4; level++)
		addr |= random_index(r) << (3 + 9 * level);
	if (!r->ways[pasid].s1)
		return below(r, 50) ? addr & (r->ways[pasid].s2_levels == 3 ? 0x7fffffffff :
									      0xffffffffffff) :
				      addr | ims_prng_next(&r->seed) << 39;
	/* The upper half is sign-extended, or should be. */
	return (addr >> 47 & 1) && below(r, 50) ? addr | 0xffff000000000000 : addr;
}

START_TEST(raw_words)
{
	static struct rig r;
	unsigned good = 0, all = 0;
	static const uint8_t expected[] = { 0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76,
					    0x77, 0x78, 0x79, 0x7a, 0x7b, 0x80, 0x81,
					    0x84, 0x85, 0x86, 0x90, 0 };

	memset(r.codes, 0, sizeof(r.codes));
	for (unsigned round = 0; round < 60; round++) {
		rig_open(&r, 1000 + round);
		random_tables(&r);
		for (unsigned i = 0; i < 400; i++) {
			unsigned pasid = below(&r, WAYS);
			uint64_t addr = random_request(&r, pasid);

			/* Twice: the second time by what the first one cached. */
			ask(&r, pasid, addr, 1 + below(&r, 3));
			ask(&r, pasid, addr ^ (below(&r, 2) ? 0x1000 : 0), 1 + below(&r, 3));
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

/* ---- tables that drivers build ---- */

/* Guest-physical: table pages from T_GPA on, data in three kinds of second-stage leaves. */
#define T_GPA UINT64_C(0x40000000)
#define GIGA  UINT64_C(0x80000000)
#define MEGA  UINT64_C(0xc0000000)
#define SMALL UINT64_C(0x100000000)
#define HOST  UINT64_C(0x1000000000)

struct builder {
	struct ims_driver driver;
	struct rig *rig;
	uint64_t base;		     /* of the driver's own addresses */
	unsigned first, step, taken; /* pages given out */
};

static uint64_t builder_host(const struct builder *b, uint64_t addr)
{
	/* The guest's pages lie in another order in host memory. */
	uint64_t number = (addr - b->base) >> 12;

	return b->base == REF_BASE ?
		       addr :
		       page((unsigned)(b->first + number * b->step % 29)) | (addr & 0xfff);
}

static uint64_t builder_read(struct ims_driver *d, uint64_t addr)
{
	struct builder *b = d->owner;

	return b->rig->ref.words[(builder_host(b, addr) - REF_BASE) / 8];
}

static void builder_write(struct ims_driver *d, uint64_t addr, uint64_t value)
{
	struct builder *b = d->owner;

	store(b->rig, builder_host(b, addr), value);
}

static uint64_t builder_pages(struct ims_driver *d, unsigned count)
{
	struct builder *b = d->owner;
	uint64_t at;

	REQUIRE(count == 1 && b->taken < 29, "%u tables are too few", b->taken);
	at = b->base + (b->base == REF_BASE ? b->first + b->taken : b->taken) * UINT64_C(0x1000);
	for (unsigned i = 0; i < 512; i++)
		builder_write(d, at + i * 8, 0);
	b->taken++;
	return at;
}

static void builder_make(struct builder *b, struct rig *r, uint64_t base, unsigned first,
			 unsigned step)
{
	*b = (struct builder){ .rig = r, .base = base, .first = first, .step = step };
	b->driver = (struct ims_driver){
		.owner = b, .read = builder_read, .write = builder_write, .pages = builder_pages
	};
}

/* The host address and the leaf that the second stage has for a guest address. */
static uint64_t host_of(uint64_t gpa, unsigned *ret_lg2)
{
	*ret_lg2 = gpa < MEGA ? 30 : gpa < SMALL ? 21 : 12;
	if (gpa < MEGA)
		return HOST + (UINT64_C(7) << 30) + (gpa - GIGA);
	if (gpa < SMALL)
		return HOST + ((gpa - MEGA) ^ UINT64_C(0x600000));
	return HOST + UINT64_C(0x40000000) + ((gpa - SMALL) ^ UINT64_C(0x15000));
}

static void map_host(struct hyp_table *t, const struct builder *guest)
{
	unsigned lg2;

	for (uint64_t n = 0; n < 29; n++)
		ck_assert_int_eq(hyp_table_map(t, T_GPA + n * 4096, 4096,
					       builder_host(guest, T_GPA + n * 4096), R | W, 12,
					       false),
				 HYP_TABLE_OK);
	ck_assert_int_eq(hyp_table_map(t, GIGA, 1 << 30, host_of(GIGA, &lg2), R | W, 30, false),
			 HYP_TABLE_OK);
	for (uint64_t gpa = MEGA; gpa < MEGA + (64 << 20); gpa += 2 << 20)
		ck_assert_int_eq(hyp_table_map(t, gpa, 2 << 20, host_of(gpa, &lg2), R | W, 30,
					       false),
				 HYP_TABLE_OK);
	for (uint64_t gpa = SMALL; gpa < SMALL + (2 << 20); gpa += 4096)
		ck_assert_int_eq(hyp_table_map(t, gpa, 4096, host_of(gpa, &lg2), R | W, 30, false),
				 HYP_TABLE_OK);
}

/* One mapping for each slot of the address space; size 0: none. */
struct mapping {
	uint64_t iova, size, out;
	unsigned perm, leaf_lg2;
};

static uint64_t slot_base(unsigned slot)
{
	/* The last entries of one half, the first of the other, and neighbours under one table. */
	static const uint64_t bases[] = { 0x1ff000,	  0x40000000,	      0x80000000,
					  0x7fff80000000, 0xffff800000000000, 0xffffffff40000000 };

	return bases[slot];
}

static void make_mapping(struct rig *r, unsigned slot, bool nested, struct mapping *m)
{
	static const uint64_t sizes[] = { 0x1000, 0x3000, 0x200000, 0x201000, 0x400000, 0x40000000 };
	unsigned kind = below(r, 3);

	m->size = sizes[below(r, slot == 0 ? 2 : COUNT(sizes))];
	m->iova = slot_base(slot);
	if (m->size < 0x40000000 && below(r, 2))
		m->iova += (uint64_t)below(r, 16) << 12;
	if (m->size == 0x40000000)
		kind = 0;
	if (m->size > 0x200000 && kind == 2)
		kind = 1;
	m->out = (const uint64_t[]){ GIGA, MEGA, SMALL }[kind];
	if (kind == 1)
		m->out += (uint64_t)below(r, 8) << 21;
	if (m->size <= 0x3000)
		m->out += (uint64_t)below(r, 256) << 12;
	if (kind == 2 && m->size > 0x3000)
		m->size = 0x200000;
	if (!nested)
		m->out += HOST * 2;
	m->perm = below(r, 2) ? R | W : R;
	m->leaf_lg2 = (const unsigned[]){ 12, 21, 30 }[below(r, 3)];
	if (m->size > 0x400000 && m->leaf_lg2 < 30)
		m->leaf_lg2 = 30;
}

/* The list says what a request gets; ask() held the engine and the second walker against each other. */
static void ask_mapping(struct rig *r, unsigned pasid, const struct mapping *maps, uint64_t addr,
			unsigned access)
{
	bool nested = pasid != 1;
	struct ref_result want;
	const struct mapping *m = NULL;
	unsigned lg2 = 64;

	for (unsigned slot = 0; slot < 6; slot++)
		if (addr - maps[slot].iova < maps[slot].size)
			m = &maps[slot];
	want.fault = ref_walk(&r->ref, &r->ways[pasid], addr, access & R, access & W, &want);
	if (!m) {
		REQUIRE(want.fault == REF_SFS_2, "%#llx is not mapped: %#x",
			(unsigned long long)addr, want.fault);
	} else if ((access & W) && !(m->perm & W)) {
		REQUIRE(want.fault == REF_SGN_6, "%#llx is read-only: %#x",
			(unsigned long long)addr, want.fault);
	} else {
		uint64_t out = m->out + (addr - m->iova);

		REQUIRE(want.fault == 0, "%#llx is mapped: %#x", (unsigned long long)addr,
			want.fault);
		out = nested ? host_of(out, &lg2) : out;
		REQUIRE(want.out == out, "%#llx to %#llx instead of %#llx",
			(unsigned long long)addr, (unsigned long long)want.out,
			(unsigned long long)out);
		REQUIRE(want.s1_lg2 <= m->leaf_lg2 && want.s2_lg2 == lg2, "leaves of %u and %u",
			want.s1_lg2, want.s2_lg2);
	}
	ask(r, pasid, addr, access);
}

static void change_mapping(struct rig *r, struct hyp_table *t, struct mapping *m, unsigned slot,
			   bool nested)
{
	bool flag;

	if (!m->size) {
		make_mapping(r, slot, nested, m);
		ck_assert_int_eq(hyp_table_map(t, m->iova, m->size, m->out, m->perm, m->leaf_lg2,
					       false),
				 HYP_TABLE_OK);
		ck_assert_int_ne(hyp_table_map(t, m->iova, 4096, m->out, m->perm, 12, false),
				 HYP_TABLE_OK);
	} else if (below(r, 2)) {
		unsigned old = m->perm;

		m->perm ^= W;
		ck_assert_int_eq(hyp_table_protect(t, m->iova, m->size, m->perm, &flag),
				 HYP_TABLE_OK);
		ck_assert_int_eq(flag, (old & W) != 0);
	} else {
		ck_assert_int_eq(hyp_table_unmap(t, m->iova, m->size, below(r, 2), &flag),
				 HYP_TABLE_OK);
		m->size = 0;
	}
}

static void some_requests(struct rig *r, unsigned pasid, const struct mapping *maps, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		unsigned slot = below(r, 6), access = 1 + below(r, 3);
		uint64_t size = maps[slot].size ? maps[slot].size : 0x3000;
		uint64_t base = maps[slot].size ? maps[slot].iova : slot_base(slot);
		uint64_t off = below(r, 3) ? ims_prng_next(&r->seed) % size :
			       below(r, 2) ? size - 1 :
					     size;

		ask_mapping(r, pasid, maps, base + off, access);
	}
}

static void built(struct rig *r, uint64_t seed, bool nested)
{
	struct mapping maps[6] = { { 0 } };
	unsigned pasid = nested ? (seed & 1 ? 3 : 0) : 1;
	struct builder host, guest;
	struct hyp_table s1, s2;

	rig_open(r, seed);
	builder_make(&host, r, REF_BASE, 0, 1);
	if (nested)
		builder_make(&guest, r, T_GPA, 32, 11);
	else
		builder_make(&guest, r, REF_BASE, 32, 1);
	s2 = (struct hyp_table){ .format = vtd_model.s2,
				 .driver = &host.driver,
				 .top = pasid == 3 ? 3 : 4 };
	s2.root = builder_pages(&host.driver, 1);
	s1 = (struct hyp_table){ .format = vtd_model.s1, .driver = &guest.driver, .top = 4 };
	s1.root = builder_pages(&guest.driver, 1);
	if (nested)
		map_host(&s2, &guest);
	way_set(r, pasid, s1.root, nested ? s2.root : 0, s2.top);
	for (unsigned i = 0; i < 12 && guest.taken < 20; i++) {
		unsigned slot = below(r, 6);

		change_mapping(r, &s1, &maps[slot], slot, nested);
		drop_everything(&r->v[1]);
		some_requests(r, pasid, maps, 40);
	}
	/* Nothing changes any more: everything cached stays right. */
	some_requests(r, pasid, maps, 300);
	compare_all_memory(r);
	rig_close(r);
}

START_TEST(built_tables)
{
	static struct rig r;

	for (unsigned round = 0; round < 24; round++)
		built(&r, 50 + round, _i);
	ck_assert_uint_ge(r.codes[0], 1000);
	ck_assert_uint_ge(r.codes[REF_SFS_2], 500);
	ck_assert_uint_ge(r.codes[REF_SGN_6], 100);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("walks");
	TCase *t = tcase_create("property");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, raw_words);
	tcase_add_loop_test(t, built_tables, 0, 2);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	SRunner *r = srunner_create(suite());
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r) || srunner_ntests_run(r) == 0;
	srunner_free(r);
	return failed ? 1 : 0;
}
