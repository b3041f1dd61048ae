/* SPDX-License-Identifier: MIT */
/*
 * One body for every vendor x format x size of input: what a driver maps with
 * sim/hyp/table.h the vendor's walk finds, in leaves of every size that the format has, at
 * the lowest, the highest and a random address, and no longer once it is unmapped.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "models/amdvi/amdvi.h"
#include "models/smmuv3/smmuv3.h"
#include "models/vtd/vtd.h"
#include "sim/core/prng.h"
#include "sim/engine/engine.h"
#include "sim/engine/walker.h"
#include "sim/hyp/table.h"
#include "tests/run.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define BIT(n)		(UINT64_C(1) << (n))
#define OF(a, b)	(BIT(a) | BIT(b))
#define OF3(a, b, c)	(OF(a, b) | BIT(c))
#define FROM_TO(lo, hi) IMS_BITS(hi, lo)

/* One configuration: a stage, its tables, and sizes of leaves as bits, as the sheets have them. */
struct shape {
	const struct ims_model *model;
	const struct ims_format *format;
	unsigned stage, input, top;
	uint64_t sizes;
	uint32_t options; /* of the path */
	bool halves;	  /* addresses are sign-extended */
};

#define VTD(f, stage, input, top, ...)                                                             \
	{                                                                                          \
		&vtd_model, &(f), stage, input, top, OF3(12, 21, 30), __VA_ARGS__                  \
	}
#define AMD(f, stage, input, top, sizes)                                                           \
	{                                                                                          \
		&amdvi_model, &(f), stage, input, top, sizes, 0, false                             \
	}
#define S1(g, input, top, sizes)                                                                   \
	{                                                                                          \
		&smmuv3_model, &smmu_s1_formats[g], 1, input, top, sizes, 0, false                 \
	}
#define S2(g, input, top, sizes)                                                                   \
	{                                                                                          \
		&smmuv3_model, &smmu_s2_formats[g], 2, input, top, sizes, 0, false                 \
	}

/* clang-format off */
static const struct shape shapes[] = {
	VTD(vtd_fs_format, 1, 48, 4, 0, true), VTD(vtd_fs_format, 1, 57, 5, 0, true),
	VTD(vtd_ss_io_format, 2, 39, 3, VTD_O_SSIRWE, false), VTD(vtd_ss_io_format, 2, 48, 4, VTD_O_SSIRWE, false),
	VTD(vtd_ss_format, 2, 39, 3, 0, false), VTD(vtd_ss_format, 2, 48, 4, 0, false), VTD(vtd_ss_format, 2, 57, 5, 0, false),
	AMD(amdvi_guest_format, 1, 48, 4, OF3(12, 21, 30)), AMD(amdvi_guest_format, 1, 57, 5, OF3(12, 21, 30)),
	AMD(amdvi_host_format, 2, 48, 4, FROM_TO(12, 38)), AMD(amdvi_host_format, 2, 57, 5, FROM_TO(12, 38)),
	S1(SMMU_4K, 48, 4, OF3(12, 21, 30)), S1(SMMU_4K, 40, 4, OF3(12, 21, 30)), S1(SMMU_4K, 39, 3, OF3(12, 21, 30)),
	S1(SMMU_4K, 33, 3, OF3(12, 21, 30)), S1(SMMU_4K, 30, 2, OF(12, 21)), S1(SMMU_4K, 25, 2, OF(12, 21)), S1(SMMU_4K, 16, 1, BIT(12)),
	S1(SMMU_16K, 48, 4, OF(14, 25)), S1(SMMU_16K, 47, 3, OF(14, 25)), S1(SMMU_16K, 37, 3, OF(14, 25)), S1(SMMU_16K, 36, 2, OF(14, 25)),
	S1(SMMU_16K, 25, 1, BIT(14)),
	S1(SMMU_64K, 52, 3, OF(16, 29)), S1(SMMU_64K, 48, 3, OF(16, 29)), S1(SMMU_64K, 42, 2, OF(16, 29)), S1(SMMU_64K, 30, 2, OF(16, 29)),
	S1(SMMU_64K, 25, 1, BIT(16)),
	/* Stage 2: roots from one bit of index to 16 tables side by side. */
	S2(SMMU_4K, 48, 4, OF3(12, 21, 30)), S2(SMMU_4K, 40, 4, OF3(12, 21, 30)), S2(SMMU_4K, 43, 3, OF3(12, 21, 30)),
	S2(SMMU_4K, 40, 3, OF3(12, 21, 30)), S2(SMMU_4K, 31, 3, OF3(12, 21, 30)), S2(SMMU_4K, 34, 2, OF(12, 21)), S2(SMMU_4K, 25, 1, BIT(12)),
	S2(SMMU_16K, 48, 3, OF(14, 25)), S2(SMMU_16K, 40, 3, OF(14, 25)), S2(SMMU_16K, 40, 2, OF(14, 25)), S2(SMMU_16K, 29, 1, BIT(14)),
	S2(SMMU_64K, 48, 3, OF(16, 29)), S2(SMMU_64K, 43, 3, OF(16, 29)), S2(SMMU_64K, 46, 2, OF(16, 29)), S2(SMMU_64K, 33, 1, BIT(16)),
};
/* clang-format on */

enum { PAGES_AT = 0x1000000 };

struct rig {
	const struct shape *shape;
	struct ims_world_config config;
	struct ims_world *world;
	struct ims_hw hw;
	struct ims_driver driver;
	struct hyp_table table;
	struct ims_path path;
	uint64_t next; /* page */
	uint64_t seed;
};

static uint64_t rig_read(struct ims_driver *d, uint64_t addr)
{
	struct rig *r = d->owner;
	struct ims_mem m = ims_world_mem(r->world, 0);

	return ims_mem_word(&m, addr);
}

static void rig_write(struct ims_driver *d, uint64_t addr, uint64_t value)
{
	ims_world_store(((struct rig *)d->owner)->world, addr, value, 0);
}

static uint64_t rig_pages(struct ims_driver *d, unsigned count)
{
	struct rig *r = d->owner;
	uint64_t at = r->next;

	r->next += (uint64_t)count << 12;
	return at;
}

static void rig_open(struct rig *r, const struct shape *shape, uint64_t seed)
{
	struct ims_unit_config *u;
	size_t bytes;
	unsigned index = shape->input - ims_level_lg2(shape->format, shape->top);
	unsigned stride = shape->format->grain_lg2 - 3u;
	uint64_t root = (UINT64_C(8) << index) < 4096 ? 4096 : UINT64_C(8) << index;

	memset(r, 0, sizeof(*r));
	r->shape = shape;
	r->seed = seed;
	r->config = (struct ims_world_config){ .model = shape->model,
					       .cells = 1 << 17,
					       .units_count = 1 };
	u = &r->config.units[0];
	for (unsigned c = 0; c < IMS_CACHES; c++)
		u->caches[c].entries = 16;
	bytes = ims_world_bytes(&r->config);
	r->world = calloc(1, bytes);
	ck_assert_ptr_nonnull(r->world);
	ims_world_init(r->world, &r->config);
	ims_hw_bind(&r->hw, shape->model, r->world, 0, NULL);
	r->driver = (struct ims_driver){
		.owner = r, .read = rig_read, .write = rig_write, .pages = rig_pages
	};
	r->next = PAGES_AT + 2 * root;
	r->table = (struct hyp_table){ .format = shape->format,
				       .roots = (uint8_t)(index > stride ? 1u << (index - stride) :
									   0u),
				       .driver = &r->driver,
				       .root = (PAGES_AT + root - 1) & ~(root - 1),
				       .top = (uint8_t)shape->top,
				       .leaf_levels = 0xff };
	r->path = (struct ims_path){ .s1 = shape->format,
				     .s2 = shape->format,
				     .s1_root = r->table.root,
				     .s2_root = r->table.root,
				     .s2_limit = BIT(shape->input),
				     .s1_top = (uint8_t)shape->top,
				     .s2_top = (uint8_t)shape->top,
				     .s1_leaf_levels = 0xff,
				     .s2_leaf_levels = 0xff,
				     .s1_top_mask = BIT(index) - 1,
				     .s2_top_mask = BIT(index) - 1,
				     .s1_width = (uint8_t)(shape->input + !shape->halves),
				     .need = IMS_R,
				     .stages = shape->stage == 1 ? IMS_STAGES_1 : IMS_STAGES_2,
				     .options = shape->options,
				     .ctx = 0 };
	if (shape->model == &amdvi_model) {
		/* A GCR3 table, whose first entry is the root. */
		r->path.dir_root = PAGES_AT - 0x1000;
		r->path.dir_levels = 1;
		r->path.s1_width = (uint8_t)shape->input;
		rig_write(&r->driver, PAGES_AT - 0x1000, r->table.root | 1);
	}
}

static uint16_t rig_walk(struct rig *r, uint64_t addr, unsigned need, struct ims_leaf *leaf)
{
	struct ims_req req = { .ctx = 0, .addr = addr, .access = (uint8_t)need };
	struct ims_walk_hand hand = { .hw = &r->hw, .path = &r->path, .req = &req };
	struct ims_walker w;

	r->path.need = (uint16_t)need;
	r->hw.bypass = true;
	ims_walker_begin(&r->hw, &hand, &w, leaf);
	return r->shape->model->walk(&w, &r->path, &req, leaf);
}

/* A leaf is found at each end and outside of it nothing, then it goes. */
static void one_leaf(struct rig *r, uint64_t addr, unsigned lg2, unsigned perm)
{
	uint64_t size = BIT(lg2), out = lg2 < 46 ? BIT(46) : 0, last = addr + size - 1;
	struct ims_leaf leaf;
	unsigned found_lg2;
	uint64_t found;
	bool flag;

	out |= ims_prng_next(&r->seed) & (BIT(45) - 1) & ~(size - 1);
	ck_assert_int_eq(hyp_table_map(&r->table, addr, size, out, perm, lg2, false), HYP_TABLE_OK);
	ck_assert(hyp_table_find(&r->table, addr, &found, &found_lg2));
	ck_assert_uint_eq(found, out);
	ck_assert_uint_eq(found_lg2, lg2);
	for (unsigned end = 0; end < 2; end++) {
		uint64_t at = end ? last : addr;

		ck_assert_msg(!rig_walk(r, at, IMS_R, &leaf), "%s: %#llx of 2^%u",
			      r->shape->format->name, (unsigned long long)at, lg2);
		ck_assert_uint_eq(leaf.out, out + (at - addr));
		ck_assert_uint_eq(r->shape->stage == 1 ? leaf.s1_lg2 : leaf.s2_lg2, lg2);
		ck_assert_int_eq(!rig_walk(r, at, IMS_R | IMS_W, &leaf), perm >> 1 & 1);
	}
	ck_assert_msg(rig_walk(r, addr - 1, IMS_R, &leaf), "%s: before", r->shape->format->name);
	ck_assert_msg(rig_walk(r, last + 1, IMS_R, &leaf), "%s: behind", r->shape->format->name);
	/* Something is there already. */
	ck_assert_int_ne(hyp_table_map(&r->table, addr, size, out, perm, lg2, false), HYP_TABLE_OK);
	ck_assert_int_eq(hyp_table_protect(&r->table, addr, size, IMS_R, &flag), HYP_TABLE_OK);
	ck_assert_int_eq(flag, perm >> 1 & 1);
	ck_assert(rig_walk(r, addr, IMS_R | IMS_W, &leaf));
	ck_assert(!rig_walk(r, addr, IMS_R, &leaf));
	ck_assert_int_eq(hyp_table_unmap(&r->table, addr, size, HYP_FREE_EMPTY, &flag),
			 HYP_TABLE_OK);
	ck_assert(rig_walk(r, addr, IMS_R, &leaf));
	ck_assert(rig_walk(r, last, IMS_R, &leaf));
	ck_assert(!hyp_table_find(&r->table, addr, &found, &found_lg2));
}

/* Lowest, highest, random; of both halves where there are two. */
START_TEST(every_size)
{
	const struct shape *s = &shapes[_i];
	unsigned reach = s->input - s->halves, sizes = 0;
	struct rig r;

	rig_open(&r, s, 77 + (uint64_t)_i);
	for (unsigned lg2 = 12; lg2 < reach; lg2++) {
		uint64_t top = BIT(reach) - BIT(lg2), upper = ~UINT64_C(0) << reach;
		uint64_t any = ims_prng_next(&r.seed) & top;

		if (!(s->sizes >> lg2 & 1))
			continue;
		sizes++;
		one_leaf(&r, 0, lg2, IMS_R | IMS_W);
		one_leaf(&r, top, lg2, IMS_R);
		one_leaf(&r, any, lg2, IMS_R | IMS_W);
		if (!s->halves)
			continue;
		one_leaf(&r, upper, lg2, IMS_R);
		one_leaf(&r, upper | top, lg2, IMS_R | IMS_W);
		one_leaf(&r, upper | any, lg2, IMS_R);
	}
	ck_assert_uint_ge(sizes, 1);
	/* Sizes that the format has not: smaller leaves take their place. */
	for (unsigned lg2 = s->format->grain_lg2 + 1u; lg2 < 31 && lg2 < reach; lg2++) {
		unsigned got;
		uint64_t out;
		bool freed;

		if (s->sizes >> lg2 & 1 || lg2 > s->format->grain_lg2 + 3u)
			continue;
		ck_assert_int_eq(hyp_table_map(&r.table, 0, BIT(lg2), 0, IMS_R, lg2, false),
				 HYP_TABLE_OK);
		ck_assert(hyp_table_find(&r.table, 0, &out, &got));
		ck_assert_uint_eq(got, s->format->grain_lg2);
		ck_assert_int_eq(hyp_table_unmap(&r.table, 0, BIT(lg2), HYP_FREE_EMPTY, &freed),
				 HYP_TABLE_OK);
	}
	free(r.world);
}
END_TEST

/* ---- two stages of any page sizes ---- */

/* Tables of stage 1 are at intermediate addresses below 1 GiB; data in pages from 4 GiB on. */
#define LOW  BIT(36)
#define DATA BIT(32)
enum { DATA_LG2 = 22 };

/* Physical of an intermediate address: pages of stage 2 lie in another order. */
static uint64_t physical(const struct ims_format *f, uint64_t ipa)
{
	return ipa < BIT(30) ? LOW + ipa : BIT(37) + ((ipa - DATA) ^ UINT64_C(5) << f->grain_lg2);
}

static uint64_t mid_read(struct ims_driver *d, uint64_t addr)
{
	return rig_read(d, LOW + addr);
}

static void mid_write(struct ims_driver *d, uint64_t addr, uint64_t value)
{
	rig_write(d, LOW + addr, value);
}

static void map_stage2(struct rig *r, struct hyp_table *s2)
{
	const struct ims_format *f = s2->format;
	uint64_t step = BIT(f->grain_lg2);

	ck_assert_int_eq(hyp_table_map(s2, 0, BIT(30), LOW, IMS_R | IMS_W, 30, false),
			 HYP_TABLE_OK);
	for (uint64_t at = DATA; at < DATA + BIT(DATA_LG2); at += step)
		ck_assert_int_eq(hyp_table_map(s2, at, step, physical(f, at),
					       at & step ? IMS_R : IMS_R | IMS_W, f->grain_lg2,
					       false),
				 HYP_TABLE_OK);
	r->path.s2 = f;
	r->path.s2_root = s2->root;
	r->path.s2_top = s2->top;
	r->path.s2_limit = BIT(40);
	r->path.s2_top_mask = BIT(40 - ims_level_lg2(f, s2->top)) - 1;
	r->path.s2_leaf_levels = 0xff;
	r->path.table_need = IMS_R;
}

START_TEST(two_stages)
{
	const struct ims_format *f1 = &smmu_s1_formats[_i % 3], *f2 = &smmu_s2_formats[_i / 3];
	/* 40 bits of stage 2, from the lowest level that has room; 39 of stage 1. */
	static const uint8_t tops[SMMU_GRAINS] = { [SMMU_4K] = 3, [SMMU_16K] = 2, [SMMU_64K] = 2 };
	struct shape shape = S1(_i % 3, 39, smmu_s1_top((enum smmu_grain)(_i % 3), 39), 0);
	uint64_t va = (ims_prng_next(&(uint64_t){ 5 }) & (BIT(39) - 1)) & ~(BIT(30) - 1);
	unsigned small = f1->grain_lg2 < f2->grain_lg2 ? f1->grain_lg2 : f2->grain_lg2, served = 0;
	struct hyp_table s2;
	struct rig r;

	rig_open(&r, &shape, 5);
	s2 = r.table;
	s2.format = f2;
	s2.top = tops[_i / 3];
	map_stage2(&r, &s2);
	/* The driver of stage 1 knows intermediate addresses alone. */
	r.next = 0x200000;
	r.driver.read = mid_read;
	r.driver.write = mid_write;
	r.table.root = r.path.s1_root = hyp_table_page(&r.table);
	r.path.stages = IMS_STAGES_NESTED;
	for (uint64_t at = 0; at < BIT(DATA_LG2); at += BIT(f1->grain_lg2))
		ck_assert_int_eq(hyp_table_map(&r.table, va + at, BIT(f1->grain_lg2),
					       DATA + (BIT(DATA_LG2) - BIT(f1->grain_lg2) - at),
					       IMS_R | IMS_W, f1->grain_lg2, false),
				 HYP_TABLE_OK);
	for (unsigned i = 0; i < 4000; i++) {
		uint64_t at = ims_prng_next(&r.seed) & (BIT(DATA_LG2) - 1), ipa;
		unsigned need = i & 1 ? IMS_R | IMS_W : IMS_R;
		struct ims_leaf leaf;
		uint16_t fault = rig_walk(&r, va + at, need, &leaf);

		ipa = DATA +
		      (BIT(DATA_LG2) - BIT(f1->grain_lg2) - ims_block_first(at, f1->grain_lg2)) +
		      (at & (BIT(f1->grain_lg2) - 1));
		ck_assert_int_eq(fault, need & IMS_W && ipa >> f2->grain_lg2 & 1 ?
						SMMU_E_PERMISSION | SMMU_F_S2 :
						0);
		ck_assert_uint_eq(leaf.mid, ipa);
		ck_assert_uint_eq(leaf.out, physical(f2, ipa));
		ck_assert_uint_eq(leaf.s1_lg2 < leaf.s2_lg2 ? leaf.s1_lg2 : leaf.s2_lg2, small);
		served += !fault;
	}
	ck_assert_uint_ge(served, 2000);
	free(r.world);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("formats");
	TCase *t = tcase_create("property");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, every_size, 0, COUNT(shapes));
	tcase_add_loop_test(t, two_stages, 0, SMMU_GRAINS * SMMU_GRAINS);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
