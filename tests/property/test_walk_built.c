/* SPDX-License-Identifier: MIT */
/*
 * VT-d tables that drivers build with sim/hyp/table.h: the list of what was mapped
 * says what the second walker has to find, and that what the engine finds.
 */
#include "tests/property/vtd_walk_rig.h"

#include "sim/hyp/table.h"
#include "tests/run.h"

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
	bool tables; /* empty ones were left behind: no larger leaf fits any more */
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

	m->size = sizes[below(r, slot == 0 || m->tables ? 2 : COUNT(sizes))];
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
	want.fault = ref_walk(&r->ref, &r->ways[pasid], addr, access & R, access & W, false, &want);
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
		enum hyp_table_free what = (enum hyp_table_free)below(r, 3);

		ck_assert_int_eq(hyp_table_unmap(t, m->iova, m->size, what, &flag), HYP_TABLE_OK);
		ck_assert(what != HYP_FREE_NONE || !flag);
		m->tables = m->tables || what != HYP_FREE_EMPTY;
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
				 .top = pasid == 3 ? 3 : 4,
				 .leaf_levels = 0xff };
	s2.root = builder_pages(&host.driver, 1);
	s1 = (struct hyp_table){
		.format = vtd_model.s1, .driver = &guest.driver, .top = 4, .leaf_levels = 0xff
	};
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
	Suite *s = suite_create("walks, built tables");
	TCase *t = tcase_create("property");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, built_tables, 0, 2);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
