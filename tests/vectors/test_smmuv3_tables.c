/* SPDX-License-Identifier: MIT */
/*
 * Inputs and what is cached of them (sheet, sections 3.2, 4.1, 4.3, 6.1, 15.5): both
 * halves, tags in the top byte, global pages, worlds, contiguous groups, and caches of
 * each stage for itself.
 */
#include <check.h>

#include "tests/vectors/smmuv3_world.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define R	 IMS_R
#define W	 IMS_W
#define BIT(n)	 (UINT64_C(1) << (n))

/* ---- which half ---- */

#define UPPER	 UINT64_C(0xffffff8080604000) /* 39 bits: indexes 2, 3, 4 */
#define PA_UPPER UINT64_C(0x777000)

static void upper_half(struct sw *v)
{
	sw_field(v, SW_CDS_S, SMMU_CD_EPD1, 0);
	sw_field(v, SW_CDS_S, SMMU_CD_T1SZ, 25);
	sw_field(v, SW_CDS_S, SMMU_CD_TG1, 2);
	sw_put(v, SW_CDS_S + 16, 0x310000);
	sw_put(v, 0x310000 + 2 * 8, SW_TABLE(0x311000));
	sw_put(v, 0x311000 + 3 * 8, SW_TABLE(0x312000));
	sw_put(v, 0x312000 + 4 * 8, SW_PAGE(PA_UPPER));
}

START_TEST(halves)
{
	static const struct {
		uint64_t addr;
		unsigned tbi; /* bits: 0, 1 */
		uint64_t out; /* 0: no translation */
	} rows[] = {
		{ SW_VA, 0, SW_PA_S1 },
		{ UPPER, 0, PA_UPPER },
		{ SW_VA | BIT(48), 0, 0 },
		{ SW_VA | BIT(55), 0, 0 },
		{ SW_VA | BIT(56), 0, 0 },
		{ SW_VA | BIT(56), 1, SW_PA_S1 },
		{ SW_VA | BIT(63), 1, SW_PA_S1 },
		{ SW_VA | BIT(63), 2, 0 },
		{ SW_VA | BIT(54) | BIT(63), 1, 0 },
		{ UPPER & ~BIT(39), 0, 0 },
		{ UPPER & ~BIT(63), 0, 0 },
		{ UPPER & ~BIT(63), 1, 0 },
		{ UPPER & ~BIT(63), 2, PA_UPPER },
		{ UPPER & ~IMS_BITS(63, 56), 2, PA_UPPER },
		{ UPPER & ~BIT(54), 2, 0 },
	};

	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct ims_answer a;
		struct sw v;

		sw_build(&v, &(struct sw_options){ 0 });
		upper_half(&v);
		sw_field(&v, SW_CDS_S, SMMU_CD_TBI0, rows[i].tbi & 1);
		sw_field(&v, SW_CDS_S, SMMU_CD_TBI1, rows[i].tbi >> 1);
		a = sw_ask(&v, SW_S1, NONE, rows[i].addr | 0x18, R);
		ck_assert_msg(a.fault == (rows[i].out ? 0 : SMMU_E_TRANSLATION), "row %u: %#x", i,
			      a.fault);
		if (rows[i].out)
			ck_assert_uint_eq(a.out, rows[i].out | 0x18);
		sw_close(&v);
	}
}
END_TEST

/* NS-EL2 has the lower half alone. */
START_TEST(one_half)
{
	struct sw v;

	sw_build(&v, &(struct sw_options){ 0 });
	ck_assert_uint_eq(sw_ask(&v, SW_EL2, NONE, SW_VA, R).fault, 0);
	ck_assert_uint_eq(sw_ask(&v, SW_EL2, NONE, SW_VA | IMS_BITS(63, 48), R).fault,
			  SMMU_E_TRANSLATION);
	sw_field(&v, SW_CDS_EL2, SMMU_CD_TBI0, 1);
	sw_forget(&v);
	ck_assert_uint_eq(sw_ask(&v, SW_EL2, NONE, SW_VA | IMS_BITS(63, 56), R).fault, 0);
	ck_assert_uint_eq(sw_ask(&v, SW_EL2, NONE, SW_VA | BIT(55), R).fault, SMMU_E_TRANSLATION);
	sw_close(&v);
}
END_TEST

/* One entry serves whatever the top byte says. */
START_TEST(top_byte_and_cache)
{
	struct sw v;

	sw_build(&v, &(struct sw_options){ 0 });
	sw_field(&v, SW_CDS_S, SMMU_CD_TBI0, 1);
	ck_assert(!sw_ask(&v, SW_S1, NONE, SW_VA | BIT(60), R).hit);
	ck_assert(sw_ask(&v, SW_S1, NONE, SW_VA, R).hit);
	ck_assert(sw_ask(&v, SW_S1, NONE, SW_VA | BIT(63), R).hit);
	ck_assert_uint_eq(ims_hw_cache(&v.hw, SMMU_IOTLB)->live, 1);
	sw_close(&v);
}
END_TEST

/* EPDx: no walk; what is cached may serve, or not. */
START_TEST(no_walks)
{
	for (unsigned knob = 0; knob < 2; knob++) {
		struct sw v;

		sw_build(&v, &(struct sw_options){ .params = { SW_PARAM(SMMU_K_EPD_HIT, knob) } });
		ck_assert_uint_eq(sw_ask(&v, SW_S1, NONE, SW_VA, R).fault, 0);
		sw_field(&v, SW_CDS_S, SMMU_CD_EPD0, 1);
		ims_cfg_drop(&v.hw,
			     &(struct ims_match){ .cache = SMMU_CD, .classes = IMS_CLASS_ANY });
		ck_assert_uint_eq(sw_ask(&v, SW_S1, NONE, SW_VA, R).fault,
				  knob ? 0 : SMMU_E_TRANSLATION);
		ck_assert_uint_eq(sw_ask(&v, SW_S1, NONE, SW_VA + 0x1000, R).fault,
				  SMMU_E_TRANSLATION);
		sw_close(&v);
	}
}
END_TEST

/* Of a table that EPD1 disables no field counts: T1SZ of 0 is no width of 65 bits. */
START_TEST(disabled_of_any_size)
{
	struct sw v;

	sw_build(&v, &(struct sw_options){ 0 });
	sw_field(&v, SW_CDS_S, SMMU_CD_EPD1, 1);
	sw_field(&v, SW_CDS_S, SMMU_CD_T1SZ, 0);
	ck_assert_uint_eq(sw_ask(&v, SW_S1, NONE, ~UINT64_C(0xfff), R).fault, SMMU_E_TRANSLATION);
	ck_assert_uint_eq(sw_ask(&v, SW_S1, NONE, SW_VA, R).fault, 0);
	sw_close(&v);
}
END_TEST

/* ---- under what entries are filed ---- */

START_TEST(global_pages)
{
	struct sw v;

	for (unsigned global = 0; global < 2; global++) {
		sw_build(&v, &(struct sw_options){ 0 });
		if (global)
			sw_put(&v, SW_G_E(SW_N1, 1), SW_PAGE(SW_IPA) & ~BIT(11));
		sw_field(&v, SW_CDS + 2 * 64, SMMU_CD_ASET, 0);
		ck_assert(!sw_ask(&v, SW_NESTED, NONE, SW_VA, R).hit);
		ck_assert_uint_eq(sw_ask(&v, SW_NESTED, 1, SW_VA, R).hit, global);
		/* Of another ASET. */
		ck_assert(!sw_ask(&v, SW_NESTED, 2, SW_VA, R).hit);
		ck_assert(sw_ask(&v, SW_NESTED, 2, SW_VA, R).hit);
		sw_close(&v);
	}
}
END_TEST

/* EL1 with VMID 0 and ASID 0, EL2 and EL2-E2H: the same tables, and no entry in common. */
START_TEST(worlds)
{
	for (unsigned e2h = 0; e2h < 2; e2h++) {
		struct sw v;

		sw_build(&v, &(struct sw_options){ .cr2_set = e2h });
		sw_field(&v, SW_STE(SW_S1), SMMU_STE_S2VMID, 0);
		sw_field(&v, SW_CDS_S, SMMU_CD_ASID, 0);
		sw_field(&v, SW_CDS_EL2, SMMU_CD_ASID, 0);
		ck_assert(!sw_ask(&v, SW_S1, NONE, SW_VA, R).hit);
		ck_assert(!sw_ask(&v, SW_EL2, NONE, SW_VA, R).hit);
		ck_assert(sw_ask(&v, SW_S1, NONE, SW_VA, R).hit);
		ck_assert(sw_ask(&v, SW_EL2, NONE, SW_VA, R).hit);
		ck_assert_uint_eq(sw_ask(&v, SW_EL2, NONE, SW_VA, R).cls,
				  e2h ? SMMU_CLASS_E2H : SMMU_CLASS_EL2);
		sw_close(&v);
	}
}
END_TEST

/* Streams of one VMID with and without stage 1 of it share nothing; nor do intermediate and virtual addresses. */
START_TEST(stage_2_for_itself)
{
	struct sw v;

	sw_build(&v, &(struct sw_options){ .walk_caches = true });
	sw_field(&v, SW_STE(SW_S2), SMMU_STE_S2VMID, SW_VMID_NESTED);
	ck_assert_uint_eq(sw_ask(&v, SW_NESTED, NONE, SW_VA, R).fault, 0);
	/* What led to tables and to the page is known to the stream of stage 2 alone. */
	ck_assert(sw_ask(&v, SW_S2, NONE, SW_IPA, R).hit);
	ck_assert(sw_ask(&v, SW_S2, NONE, SW_N1 - SW_LOW, R).hit);
	ck_assert(sw_ask(&v, SW_S2, NONE, SW_CDS - SW_LOW, R).hit);
	ck_assert_uint_eq(sw_ask(&v, SW_S2, NONE, SW_VA, R).fault, SMMU_E_TRANSLATION | SMMU_F_S2);
	sw_close(&v);
}
END_TEST

/* ---- contiguous groups ---- */

START_TEST(groups)
{
	/* Levels of Arm 3 and 2: the leaf, and the group. */
	static const struct {
		unsigned level, lg2, group;
	} rows[] = { { 3, 12, 16 }, { 2, 21, 25 } };

	for (unsigned i = 0; i < 2 * COUNT(rows); i++) {
		unsigned knob = i & 1, row = i / 2, lg2 = knob ? rows[row].group : rows[row].lg2;
		uint64_t out = UINT64_C(0x640000000), at;
		struct ims_answer a;
		struct sw v;

		sw_build(&v, &(struct sw_options){ .params = { SW_PARAM(SMMU_K_GROUPS, knob) } });
		at = rows[row].level == 3 ? SW_G1 : SW_G2;
		for (unsigned n = 0; n < 16; n++)
			sw_put(&v, at + 8 * n,
			       ((SW_PAGE(out) | BIT(52)) & ~(rows[row].level == 2 ? BIT(1) : 0)) +
				       ((uint64_t)n << rows[row].lg2));
		/* Index 4 or 3 of the group. */
		a = sw_ask(&v, SW_S1, NONE, SW_VA | 0x123, R);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert_uint_eq(a.out, out + ((SW_VA | 0x123) & (BIT(rows[row].group) - 1)));
		ck_assert_uint_eq(a.size_lg2, lg2);
		a = sw_ask(&v, SW_S1, NONE, SW_VA ^ BIT(rows[row].lg2), R);
		ck_assert_uint_eq(a.hit, knob);
		ck_assert_uint_eq(a.out, out + ((SW_VA ^ BIT(rows[row].lg2)) &
						(BIT(rows[row].group) - 1)));
		sw_close(&v);
	}
}
END_TEST

/* ---- together or apart ---- */

static void drop(struct sw *v, enum smmu_cache cache)
{
	ims_cfg_drop(&v->hw,
		     &(struct ims_match){ .cache = (uint8_t)cache, .classes = IMS_CLASS_ANY });
}

START_TEST(stages_apart)
{
	for (unsigned split = 0; split < 2; split++) {
		struct sw v;

		sw_build(&v, &(struct sw_options){ .walk_caches = true,
						   .params = { SW_PARAM(SMMU_K_TLB, split) } });
		ck_assert_uint_eq(sw_ask(&v, SW_NESTED, NONE, SW_VA, R | W).out, SW_PA);
		/* The whole of stage 1 goes; what is cached of it serves. */
		sw_put(&v, SW_G_E(SW_N1, 1), 0);
		ck_assert_uint_eq(sw_ask(&v, SW_NESTED, NONE, SW_VA | 8, R | W).out, SW_PA | 8);
		/* Stage 2 leads elsewhere, and its own entries go. */
		sw_put(&v, SW_HG1_E, SW_S2_PAGE(SW_PA + 0x9000));
		ck_assert_uint_eq(sw_ask(&v, SW_NESTED, NONE, SW_VA, R).out, SW_PA);
		drop(&v, SMMU_S2TLB);
		drop(&v, SMMU_WALK2);
		ck_assert_uint_eq(sw_ask(&v, SW_NESTED, NONE, SW_VA, R).out,
				  split ? SW_PA + 0x9000 : SW_PA);
		/* And those of stage 1. */
		drop(&v, SMMU_IOTLB);
		ck_assert_uint_eq(sw_ask(&v, SW_NESTED, NONE, SW_VA, R).fault, SMMU_E_TRANSLATION);
		sw_close(&v);
	}
}
END_TEST

/* Apart: stage 1's entries are of intermediate addresses, global ones too, and permit what stage 1 does. */
START_TEST(apart_entries)
{
	const struct ims_entry *e;
	struct ims_cache *c;
	uint32_t n;
	struct sw v;

	sw_build(&v, &(struct sw_options){ .walk_caches = true,
					   .params = { SW_PARAM(SMMU_K_TLB, 1) } });
	sw_put(&v, SW_G_E(SW_N1, 1), SW_PAGE(SW_IPA) & ~BIT(11));
	sw_put(&v, SW_HG1_E, SW_S2_PAGE(SW_PA) & ~BIT(7));
	ck_assert_uint_eq(sw_ask(&v, SW_NESTED, NONE, SW_VA, R).fault, 0);
	c = ims_hw_cache(&v.hw, SMMU_IOTLB);
	n = ims_cache_find(c, SW_NESTED, IMS_CTX_GLOBAL + 1,
			   ims_world_dom(SW_VMID_NESTED, SMMU_CLASS_NESTED), SW_VA);
	ck_assert_uint_ne(n, IMS_NONE);
	e = &ims_cache_entries(c)[n];
	ck_assert_uint_eq(e->out, SW_IPA);
	ck_assert_uint_eq(e->perm & (R | W), R | W);
	ck_assert_uint_eq(e->s1_level, 1);
	ck_assert_uint_eq(e->s1_grain_lg2, 12);
	/* Another ASID comes by it, and stage 2 denies. */
	ck_assert_uint_eq(sw_ask(&v, SW_NESTED, 1, SW_VA, R).out, SW_PA);
	ck_assert_uint_eq(sw_ask(&v, SW_NESTED, 1, SW_VA, R | W).fault,
			  SMMU_E_PERMISSION | SMMU_F_S2);
	sw_close(&v);
}
END_TEST

/* What a fill says of levels and page sizes, for invalidations that name them. */
START_TEST(levels_and_sizes)
{
	static const struct {
		unsigned sid;
		uint64_t addr;
		enum smmu_cache cache;
		uint8_t s1_level, s2_level, s1_grain, s2_grain;
	} rows[] = {
		{ SW_S1, SW_VA, SMMU_IOTLB, 1, 0, 12, 0 },
		{ SW_S2, SW_IPA, SMMU_S2TLB, 0, 1, 0, 12 },
		{ SW_NESTED, SW_VA, SMMU_IOTLB, 1, 1, 12, 12 },
	};

	for (unsigned i = 0; i < COUNT(rows); i++) {
		const struct ims_entry *e;
		struct ims_answer a;
		struct sw v;

		sw_build(&v, &(struct sw_options){ 0 });
		a = sw_ask(&v, rows[i].sid, NONE, rows[i].addr, R);
		ck_assert_uint_eq(a.fault, 0);
		e = &ims_cache_entries(ims_hw_cache(&v.hw, rows[i].cache))[a.entry];
		ck_assert_uint_eq(e->s1_level, rows[i].s1_level);
		ck_assert_uint_eq(e->s2_level, rows[i].s2_level);
		ck_assert_uint_eq(e->s1_grain_lg2, rows[i].s1_grain);
		ck_assert_uint_eq(e->s2_grain_lg2, rows[i].s2_grain);
		sw_close(&v);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("SMMUv3 tables");
	TCase *t = tcase_create("vectors");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, halves);
	tcase_add_test(t, one_half);
	tcase_add_test(t, top_byte_and_cache);
	tcase_add_test(t, no_walks);
	tcase_add_test(t, disabled_of_any_size);
	tcase_add_test(t, global_pages);
	tcase_add_test(t, worlds);
	tcase_add_test(t, stage_2_for_itself);
	tcase_add_test(t, groups);
	tcase_add_test(t, stages_apart);
	tcase_add_test(t, apart_entries);
	tcase_add_test(t, levels_and_sizes);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
