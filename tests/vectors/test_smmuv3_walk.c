/* SPDX-License-Identifier: MIT */
/*
 * What an SMMUv3 finds in structures that are in order (sheet, sections 2 to 5): every way
 * through, what it reads, under what its caches file it.
 */
#include <check.h>
#include <stdio.h>

#include "tests/vectors/smmuv3_world.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define R	 IMS_R
#define W	 IMS_W

/* READ events: of tables, or of configuration structures. */
static unsigned reads(const struct sw *v, bool tables)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < v->log.count; i++)
		n += v->log.events[i].kind == IMS_EV_READ && (v->log.events[i].n != 0) == tables;
	return n;
}

START_TEST(every_way)
{
	static const struct {
		unsigned sid;
		uint32_t ctx;
		uint64_t addr, out, mid;
		uint8_t cls, cache;
		uint32_t filed;
		uint16_t dom;
		unsigned tables, config; /* words read */
	} ways[] = {
		/* The CD's page through stage 2, then (4 + 1)(4 + 1) - 1; STE and CD of 8 words each. */
		{ SW_NESTED, NONE, SW_VA, SW_PA, SW_IPA, SMMU_CLASS_NESTED, SMMU_IOTLB, SW_ASID, 5,
		  4 + 24, 16 },
		{ SW_NESTED, 1, SW_VA, SW_PA, SW_IPA, SMMU_CLASS_NESTED, SMMU_IOTLB, SW_ASID + 1, 5,
		  4 + 24, 16 },
		{ SW_NESTED, 2, SW_VA, SW_PA, SW_IPA, SMMU_CLASS_NESTED, SMMU_IOTLB, SW_ASID + 2, 5,
		  4 + 24, 16 },
		{ SW_S2, NONE, SW_IPA, SW_PA, SW_IPA, SMMU_CLASS_S2, SMMU_S2TLB, NONE, 6, 4, 8 },
		{ SW_S1, NONE, SW_VA, SW_PA_S1, SW_PA_S1, SMMU_CLASS_EL1, SMMU_IOTLB, SW_ASID, 7, 4,
		  16 },
		{ SW_EL2, NONE, SW_VA, SW_PA_S1, SW_PA_S1, SMMU_CLASS_EL2, SMMU_IOTLB, 0, 0, 4,
		  16 },
	};

	for (unsigned i = 0; i < COUNT(ways); i++) {
		const struct ims_entry *e;
		struct ims_answer a;
		struct sw v;

		sw_build(&v, &(struct sw_options){ .logged = true });
		a = sw_ask(&v, ways[i].sid, ways[i].ctx, ways[i].addr | 0x678, R | W);
		ck_assert_msg(!a.fault, "way %u: fault %#x", i, a.fault);
		ck_assert_uint_eq(a.out, ways[i].out | 0x678);
		ck_assert_uint_eq(a.size_lg2, 12);
		ck_assert_uint_eq(a.perm & (R | W), R | W);
		ck_assert_uint_eq(reads(&v, true), ways[i].tables);
		ck_assert_uint_eq(reads(&v, false), ways[i].config);
		ck_assert_uint_ne(a.entry, IMS_NONE);
		ck_assert_uint_eq(a.cache, ways[i].cache);
		e = &ims_cache_entries(ims_hw_cache(&v.hw, ways[i].cache))[a.entry];
		ck_assert_uint_eq(e->cls, ways[i].cls);
		ck_assert_uint_eq(e->ctx, ways[i].filed);
		ck_assert_uint_eq(e->dom, ways[i].dom);
		ck_assert_uint_eq(e->mid, ways[i].mid);
		/* A hit reads nothing. */
		a = sw_ask(&v, ways[i].sid, ways[i].ctx, ways[i].addr | 0xabc, R);
		ck_assert(a.hit);
		ck_assert_uint_eq(a.out, ways[i].out | 0xabc);
		ck_assert_uint_eq(reads(&v, true) + reads(&v, false),
				  ways[i].tables + ways[i].config);
		sw_close(&v);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("SMMUv3 walks");
	TCase *t = tcase_create("vectors");

	tcase_add_test(t, every_way);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
