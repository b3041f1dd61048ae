/* SPDX-License-Identifier: MIT */
/*
 * What AMD-Vi finds in tables that are in order (sections 2 and 3 of the reference
 * sheet): both kinds of tables, alone and nested, sizes, skipped levels, what a walk reads.
 * Permissions are in test_amdvi_rights.c, what is not in order in test_amdvi_faults.c.
 */
#include <check.h>
#include <stdio.h>

#include "tests/vectors/amdvi_world.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define R	 IMS_R
#define W	 IMS_W
#define PS	 UINT64_C(0x80)

/* READ events since @from: of tables, or of configuration structures. */
static unsigned reads(const struct aw *v, uint32_t from, bool tables)
{
	unsigned n = 0;

	for (uint32_t i = from; i < v->log.count; i++)
		n += v->log.events[i].kind == IMS_EV_READ && (v->log.events[i].n != 0) == tables;
	return n;
}

/* ---- every way through ---- */

START_TEST(every_way)
{
	static const struct {
		unsigned dev;
		uint32_t ctx;
		uint64_t addr, out, mid;
		uint8_t cls;
		uint32_t filed;
		unsigned tables, config; /* words read */
	} ways[] = {
		{ AW_HOST, NONE, AW_GPA, AW_HPA, 0, AMDVI_CLASS_HOST, NONE, 4, 4 },
		{ AW_BOTH, NONE, AW_GPA, AW_HPA, 0, AMDVI_CLASS_HOST, NONE, 4, 4 },
		/* The GCR3 page through the host, then (4 + 1)(4 + 1) - 1; the DTE and one GCR3 word. */
		{ AW_NESTED, NONE, AW_IOVA, AW_HPA, AW_GPA, AMDVI_CLASS_NESTED, 0, 4 + 24, 5 },
		{ AW_NESTED, 0, AW_IOVA, AW_HPA, AW_GPA, AMDVI_CLASS_NESTED, 0, 4 + 24, 5 },
		{ AW_NESTED, 5, AW_IOVA, AW_HPA, AW_GPA, AMDVI_CLASS_NESTED, 5, 4 + 24, 5 },
		{ AW_BOTH, 1, AW_IOVA, AW_HPA, AW_GPA, AMDVI_CLASS_NESTED, 1, 4 + 24, 5 },
		{ AW_GUEST, NONE, AW_IOVA, AW_HPA_GUEST, AW_HPA_GUEST, AMDVI_CLASS_GUEST, 0, 4, 5 },
		{ AW_GUEST, 1, AW_IOVA, AW_HPA_GUEST, AW_HPA_GUEST, AMDVI_CLASS_GUEST, 1, 4, 5 },
	};

	for (unsigned i = 0; i < COUNT(ways); i++) {
		const struct ims_entry *e;
		struct ims_answer a;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .logged = true });
		a = aw_ask(&v, ways[i].dev, ways[i].ctx, ways[i].addr | 0x678, R | W);
		ck_assert_msg(!a.fault, "way %u: fault %#x", i, a.fault);
		ck_assert_uint_eq(a.out, ways[i].out | 0x678);
		ck_assert_uint_eq(a.size_lg2, 12);
		ck_assert_uint_eq(a.perm & (R | W), R | W);
		ck_assert_uint_eq(reads(&v, 0, true), ways[i].tables);
		ck_assert_uint_eq(reads(&v, 0, false), ways[i].config);
		ck_assert_uint_ne(a.entry, IMS_NONE);
		e = &ims_cache_entries(ims_hw_cache(&v.hw, AMDVI_IOTLB))[a.entry];
		ck_assert_uint_eq(e->cls, ways[i].cls);
		ck_assert_uint_eq(e->ctx, ways[i].filed);
		ck_assert_uint_eq(e->mid, ways[i].mid);
		ck_assert_uint_eq(e->mid_lg2, ways[i].cls == AMDVI_CLASS_HOST ? 64 : 12);
		/* A hit reads the DTE from its cache, and nothing else. */
		a = aw_ask(&v, ways[i].dev, ways[i].ctx, ways[i].addr | 0xabc, R);
		ck_assert(a.hit);
		ck_assert_uint_eq(a.out, ways[i].out | 0xabc);
		ck_assert_uint_eq(reads(&v, 0, true) + reads(&v, 0, false),
				  ways[i].tables + ways[i].config);
		aw_close(&v);
	}
}
END_TEST

/* Without PASID under GIOV and with PASID 0 are one tag; GN = 0 is another. */
START_TEST(tags)
{
	struct ims_answer a;
	struct aw v;

	aw_build(&v, &(struct aw_options){ 0 });
	ck_assert(!aw_ask(&v, AW_NESTED, NONE, AW_IOVA, R).hit);
	ck_assert(aw_ask(&v, AW_NESTED, 0, AW_IOVA, R).hit);
	ck_assert(!aw_ask(&v, AW_NESTED, 1, AW_IOVA, R).hit);
	ck_assert(!aw_ask(&v, AW_BOTH, NONE, AW_GPA, R).hit);
	ck_assert(!aw_ask(&v, AW_HOST, NONE, AW_GPA, R).hit);
	/* Section 5: a DomainID that two DTEs share is one tag, whatever their tables (S4). */
	aw_put(&v, AW_DTE(AW_GUEST) + 8,
	       (aw_get(&v, AW_DTE(AW_GUEST) + 8) & ~UINT64_C(0xffff)) | AW_DOM_NESTED);
	a = aw_ask(&v, AW_GUEST, 0, AW_IOVA, R);
	ck_assert(a.hit);
	ck_assert_uint_eq(a.out, AW_HPA);
	aw_close(&v);
}
END_TEST

/* ---- host tables: sizes and levels ---- */

/* Section 15: leaf entries, replicated as often as their size asks. */
START_TEST(host_leaves)
{
	static const struct {
		uint64_t entry, pa;
		unsigned level, lg2, copies;
	} v15[] = {
		{ 0x6000000010000001, 0x10000000, 1, 12, 1 },
		{ 0x6000000010000e01, 0x10000000, 1, 13, 2 },
		{ 0x6000000010007e01, 0x10000000, 1, 16, 16 },
		{ 0x6000000040000001, 0x40000000, 2, 21, 1 },
		{ 0x60000000401ffe01, 0x40000000, 2, 22, 2 },
		{ 0x6000000040000001, 0x40000000, 3, 30, 1 },
		{ 0x600000803ffffe01, 0x8000000000, 3, 31, 2 },
	};
	static const uint64_t tables[] = { 0, AW_HG1, AW_HG2, AW_HG3 };

	for (unsigned i = 0; i < COUNT(v15); i++) {
		unsigned level = v15[i].level, lg2 = v15[i].lg2, own = 3 + 9 * level;
		uint64_t base = ims_block_first(AW_GPA, lg2), step = UINT64_C(1) << own;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .logged = true });
		for (unsigned n = 0; n < v15[i].copies; n++)
			aw_put(&v, tables[level] + ((base + n * step) >> own & 511) * 8,
			       v15[i].entry);
		for (unsigned n = 0; n < v15[i].copies; n++) {
			uint64_t addr = base + n * step + 0x345;
			struct ims_answer a = aw_ask(&v, AW_HOST, NONE, addr, R);

			ck_assert_msg(!a.fault, "vector %u: %#x", i, a.fault);
			ck_assert_uint_eq(a.out, v15[i].pa + (addr - base));
			ck_assert_uint_eq(a.size_lg2, lg2);
			ck_assert_uint_eq(a.s2_lg2, lg2);
			ck_assert_uint_eq(a.hit, n > 0);
			if (!n)
				ck_assert_uint_eq(reads(&v, 0, true), 5 - level);
		}
		/* The neighbour behind is another page. */
		ck_assert(!aw_ask(&v, AW_HOST, NONE, base + (UINT64_C(1) << lg2), R).hit);
		aw_close(&v);
	}
}
END_TEST

/* Modes 1 to 6: as many levels, and the first address beyond. */
START_TEST(host_modes)
{
	for (uint64_t mode = 1; mode <= 6; mode++) {
		uint64_t limit = mode == 6 ? 0 : UINT64_C(1) << (12 + 9 * mode), addr = 0;
		uint64_t table = 0x400000;
		struct ims_answer a;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .logged = true });
		aw_dte(&v, AW_HOST, UINT64_C(0x6000000000000003) | mode << 9 | table, 9);
		for (unsigned level = (unsigned)mode; level; level--, table += 0x1000) {
			uint64_t index = level == 6 ? 127 : 511 - level;

			addr |= index << (3 + 9 * level);
			aw_put(&v, table + index * 8,
			       level > 1 ? AW_PTE(level - 1, table + 0x1000) : AW_PTE(0, AW_HPA));
		}
		a = aw_ask(&v, AW_HOST, NONE, addr | 0x10, W);
		ck_assert_msg(!a.fault, "mode %u: %#x", (unsigned)mode, a.fault);
		ck_assert_uint_eq(a.out, AW_HPA | 0x10);
		ck_assert_uint_eq(reads(&v, 0, true), mode);
		if (limit) {
			ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, limit - 1, R).fault,
					  AMDVI_F_HOST_ABSENT);
			ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, limit, R).fault,
					  AMDVI_F_HOST_WIDTH);
			ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, limit | addr, R).fault,
					  AMDVI_F_HOST_WIDTH);
		}
		aw_close(&v);
	}
}
END_TEST

/* Levels passed over, by each pair; what is cached of that step serves no other address. */
START_TEST(host_skipped_levels)
{
	for (unsigned from = 2; from <= 6; from++)
		for (unsigned to = 1; to < from; to++) {
			uint64_t top = from == 6 ? 5 : 7, addr = top << (3 + 9 * from) | 0x3000;
			struct aw v;

			aw_build(&v, &(struct aw_options){ .walk_caches = true, .logged = true });
			aw_dte(&v, AW_HOST,
			       UINT64_C(0x6000000000000003) | (uint64_t)from << 9 | 0x400000, 9);
			aw_put(&v, 0x400000 + top * 8, AW_PTE(to, 0x401000));
			/* From there on, the lowest entry of each table. */
			for (unsigned level = to; level > 1; level--)
				aw_put(&v, 0x401000 + (to - level) * 0x1000,
				       AW_PTE(level - 1, 0x402000 + (to - level) * 0x1000));
			aw_put(&v, 0x401000 + (to - 1) * 0x1000 + 3 * 8, AW_PTE(0, AW_HPA));
			ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, addr, R).out, AW_HPA);
			ck_assert_uint_eq(reads(&v, 0, true), to + 1);
			for (unsigned skipped = to + 1; skipped < from; skipped++)
				ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE,
							 addr | UINT64_C(1) << (3 + 9 * skipped), R)
							  .fault,
						  AMDVI_F_HOST_SKIPPED);
			aw_close(&v);
		}
}
END_TEST

/* ---- guest tables ---- */

static const uint8_t lg2_of[4] = { 0, 12, 21, 30 };

/* Guest leaves by host leaves: never larger than either. */
START_TEST(nested_leaves)
{
	for (unsigned i = 0; i < 9 * 2; i++) {
		unsigned l1 = i % 3 + 1, l2 = i / 3 % 3 + 1;
		uint64_t low1 = (UINT64_C(1) << lg2_of[l1]) - 1,
			 low2 = (UINT64_C(1) << lg2_of[l2]) - 1;
		static const uint64_t host[] = { 0, AW_HG1, AW_HG2, AW_HG3 };
		uint64_t gpa = (AW_GPA & ~low1) | (AW_IOVA & low1) | 0x9a8, hpa;
		struct ims_answer a;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .walk_caches = i > 8 });
		for (unsigned level = 3; level > l2; level--)
			aw_put(&v, host[level] + (gpa >> lg2_of[level] & 511) * 8,
			       AW_PTE(level - 1, host[level - 1]));
		aw_put(&v, host[l2] + (gpa >> lg2_of[l2] & 511) * 8, AW_PTE(0, AW_HPA & ~low2));
		aw_put(&v, AW_G_E(AW_N4 + (4 - l1) * 0x1000, l1),
		       (AW_GPA & ~low1) | 7 | (l1 > 1 ? PS : 0));
		hpa = (AW_HPA & ~low2) | (gpa & low2);
		a = aw_ask(&v, AW_NESTED, NONE, AW_IOVA | 0x9a8, R);
		ck_assert_msg(!a.fault, "%u, %u: %#x", l1, l2, a.fault);
		ck_assert_uint_eq(a.mid, gpa);
		ck_assert_uint_eq(a.out, hpa);
		ck_assert_uint_eq(a.s1_lg2, lg2_of[l1]);
		ck_assert_uint_eq(a.s2_lg2, lg2_of[l2]);
		ck_assert_uint_eq(a.size_lg2, lg2_of[l1 < l2 ? l1 : l2]);
		aw_close(&v);
	}
}
END_TEST

START_TEST(five_guest_levels)
{
	uint64_t addr = AW_IOVA | UINT64_C(3) << 48;
	struct ims_answer a;
	struct aw v;

	aw_build(&v, &(struct aw_options){ .logged = true });
	aw_put(&v, AW_DTE(AW_NESTED) + 16, UINT64_C(1) << 54);
	aw_put(&v, AW_GCR3, (0x20b000 - AW_LOW) | 1);
	aw_put(&v, 0x20b000 + 24, (AW_N4 - AW_LOW) | 7);
	a = aw_ask(&v, AW_NESTED, NONE, addr, R);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.out, AW_HPA);
	ck_assert_uint_eq(reads(&v, 0, true), 4 + 29);
	ck_assert_uint_eq(aw_ask(&v, AW_NESTED, NONE, UINT64_C(1) << 57, R).fault,
			  AMDVI_F_GUEST_WIDTH);
	/* There are no leaves as large as that: bit 7 is reserved, and bit 6 ignored. */
	for (unsigned level = 4; level < 6; level++) {
		uint64_t e = level == 5 ? 0x20b000 + 24 : AW_G_E(AW_N4, 4), was = aw_get(&v, e);

		for (unsigned bit = 6; bit < 9; bit++) {
			aw_put(&v, e, was | UINT64_C(1) << bit);
			aw_send(&v, UINT64_C(0x3000000000000000) | (uint64_t)AW_DOM_NESTED << 32,
				UINT64_C(0x7ffffffffffff007));
			aw_wait(&v);
			ck_assert_uint_eq(aw_ask(&v, AW_NESTED, NONE, addr, R).fault,
					  bit == 7 ? AMDVI_F_GUEST_RESERVED : 0);
		}
		aw_put(&v, e, was);
	}
	aw_close(&v);
}
END_TEST

/* PASID 0 has 48 plain bits; other PASIDs sign-extend 48. */
START_TEST(guest_widths)
{
	static const struct {
		uint32_t ctx;
		uint64_t addr;
		uint16_t fault;
	} w[] = {
		{ NONE, 0x0000ffffffffffff, AMDVI_F_GUEST_ABSENT },
		{ NONE, 0x0001000000000000, AMDVI_F_GUEST_WIDTH },
		{ NONE, 0xffff800000000000, AMDVI_F_GUEST_WIDTH },
		{ 0, 0x0000800000000000, AMDVI_F_GUEST_ABSENT },
		{ 1, 0x0000800000000000, AMDVI_F_GUEST_WIDTH },
		{ 1, 0x00007fffffffffff, AMDVI_F_GUEST_ABSENT },
		{ 1, 0xffff800000000000, AMDVI_F_GUEST_ABSENT },
		{ 1, 0xfffe800000000000, AMDVI_F_GUEST_WIDTH },
	};
	struct aw v;

	aw_build(&v, &(struct aw_options){ 0 });
	for (unsigned i = 0; i < COUNT(w); i++) {
		struct ims_answer a = aw_ask(&v, AW_NESTED, w[i].ctx, w[i].addr, R);

		ck_assert_msg(a.fault == w[i].fault, "%u: %#x instead of %#x", i, a.fault,
			      w[i].fault);
	}
	aw_close(&v);
}
END_TEST

/* GCR3 tables of one to three levels, indexed by nine bits of the PASID each. */
START_TEST(gcr3_levels)
{
	for (unsigned n = 0; n < 3 * 2 * 2 * 2; n++) {
		unsigned glx = n % 3;
		bool nested = n / 3 & 1, trp_gpa = n / 6 & 1, caches = n / 12;
		unsigned dev = nested ? AW_NESTED : AW_GUEST;
		uint64_t low = nested ? AW_LOW : 0, root_low = nested && trp_gpa ? AW_LOW : 0;
		uint32_t pasid = (uint32_t[]){ 0x155, 0x0ff55, 0x4ff55 }[glx];
		uint64_t table = 0x240000, dte[2];
		struct ims_answer a;
		struct aw v;

		aw_build(&v,
			 &(struct aw_options){ .logged = true,
					       .walk_caches = caches,
					       .ctrl_clear = trp_gpa ? 0 : AMDVI_CTRL_GCR3_TRP_MODE,
					       .params = { AW_PARAM(AMDVI_P_PAS_MAX, 19) } });
		dte[0] = (aw_get(&v, AW_DTE(dev)) & ~(UINT64_C(7) << 58)) | (uint64_t)glx << 56;
		dte[1] = aw_get(&v, AW_DTE(dev) + 8) & 0x1ffffffff & ~UINT64_C(0xffff0000);
		/* 0x240000 or 0x140000: bits 21:15 alone. */
		aw_dte(&v, dev, dte[0], dte[1] | (table - root_low) >> 15 << 16);
		for (unsigned level = glx; level; level--, table += 0x1000)
			aw_put(&v, table + (pasid >> 9 * level & 511) * 8,
			       (table + 0x1000 - low) | 1);
		aw_put(&v, table + (pasid & 511) * 8, (nested ? AW_N4 - AW_LOW : AW_G4) | 1);
		/* With a host-physical root the pages in between are guest-physical all the same. */
		a = aw_ask(&v, dev, pasid, AW_IOVA, R);
		ck_assert_msg(!a.fault, "%u: %#x", n, a.fault);
		ck_assert_uint_eq(a.out, nested ? AW_HPA : AW_HPA_GUEST);
		if (caches) {
			uint32_t from = v.log.count;

			ck_assert_uint_eq(ims_hw_cache(&v.hw, AMDVI_GCR3)->live, glx + 1);
			aw_ask(&v, dev, pasid, AW_IOVA + 0x1000, R);
			ck_assert_uint_eq(reads(&v, from, false), 0);
		}
		/* Its neighbours are absent, and so is what a longer PASID would index. */
		ck_assert_uint_eq(aw_ask(&v, dev, pasid ^ 1, AW_IOVA, R).fault,
				  AMDVI_F_GCR3_ABSENT);
		if (glx < 2)
			ck_assert_uint_eq(
				aw_ask(&v, dev, pasid | 1u << (9 * (glx + 1)), AW_IOVA, R).fault,
				AMDVI_F_PASID);
		aw_close(&v);
	}
}
END_TEST

/* ---- walk caches ---- */

/* The second page beside the first, with everything else cached. */
START_TEST(reads_with_walk_caches)
{
	static const struct {
		unsigned dev;
		uint64_t addr, leaf;
		unsigned cold, warm;
	} walks[] = {
		{ AW_HOST, AW_GPA, AW_HG1_E, 4, 1 },
		{ AW_GUEST, AW_IOVA, AW_G_E(AW_G1, 1), 4, 1 },
		/* The low subtree's upper levels are read once. */
		{ AW_NESTED, AW_IOVA, AW_G_E(AW_N1, 1), 28 - 12, 2 },
	};

	for (unsigned i = 0; i < COUNT(walks); i++) {
		struct ims_answer a;
		uint32_t from;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .logged = true, .walk_caches = true });
		aw_put(&v, walks[i].leaf + 8, aw_get(&v, walks[i].leaf));
		ck_assert_uint_eq(aw_ask(&v, walks[i].dev, NONE, walks[i].addr, R).fault, 0);
		ck_assert_uint_eq(reads(&v, 0, true), walks[i].cold);
		from = v.log.count;
		a = aw_ask(&v, walks[i].dev, NONE, walks[i].addr + 0x1000, R);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert(!a.hit);
		ck_assert_uint_eq(reads(&v, from, true), walks[i].warm);
		ck_assert_uint_eq(reads(&v, from, false), 0);
		aw_close(&v);
	}
}
END_TEST

/* Large host leaves met in nested walks are kept beside the directory entries, in their class. */
START_TEST(large_host_leaves_are_kept)
{
	struct ims_cache *c;
	struct ims_answer a;
	uint32_t found, from;
	struct aw v;

	aw_build(&v, &(struct aw_options){ .logged = true, .walk_caches = true });
	aw_put(&v, AW_HG2_E, AW_PTE(0, AW_HPA & ~UINT64_C(0x1fffff)));
	aw_put(&v, AW_G_E(AW_N1, 1) + 8, (AW_GPA + 0x3000) | 7);
	c = ims_hw_cache(&v.hw, AMDVI_HPDC);
	ck_assert_uint_eq(aw_ask(&v, AW_NESTED, NONE, AW_IOVA, R).fault, 0);
	found = ims_cache_find(c, 0, 0, AW_DOM_NESTED, AW_GPA);
	ck_assert_uint_ne(found, IMS_NONE);
	ck_assert_uint_eq(ims_cache_entries(c)[found].cls, AMDVI_CLASS_LEAF);
	ck_assert_uint_eq(ims_cache_entries(c)[found].size_lg2, 21);
	from = v.log.count;
	a = aw_ask(&v, AW_NESTED, NONE, AW_IOVA + 0x1000, R);
	ck_assert_uint_eq(a.out, (AW_HPA & ~UINT64_C(0x1fffff)) | ((AW_GPA + 0x3000) & 0x1fffff));
	ck_assert_uint_eq(reads(&v, from, true), 1);
	/* Host-only translation alone leaves none. */
	aw_put(&v, AW_H4 + 16, AW_PTE(3, AW_HG3));
	ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, AW_GPA, R).fault, 0);
	found = ims_cache_find(c, 0, 0, AW_DOM_HOST, AW_GPA);
	ck_assert_uint_ne(ims_cache_entries(c)[found].cls, AMDVI_CLASS_LEAF);
	aw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD-Vi walks");
	TCase *t = tcase_create("walks");

	tcase_add_test(t, every_way);
	tcase_add_test(t, tags);
	tcase_add_test(t, host_leaves);
	tcase_add_test(t, host_modes);
	tcase_add_test(t, host_skipped_levels);
	tcase_add_test(t, nested_leaves);
	tcase_add_test(t, five_guest_levels);
	tcase_add_test(t, guest_widths);
	tcase_add_test(t, gcr3_levels);
	tcase_add_test(t, reads_with_walk_caches);
	tcase_add_test(t, large_host_leaves_are_kept);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
