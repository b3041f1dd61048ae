/* SPDX-License-Identifier: MIT */
/*
 * What VT-d finds in tables that are in order: leaf sizes, widths, reads,
 * permissions, accessed and dirty bits (sections 3.6 to 3.8). What is not in
 * order is in test_vtd_faults.c.
 */
#include <check.h>
#include <stdio.h>

#include "tests/vectors/vtd_world.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define R	 IMS_R
#define W	 IMS_W
#define A_BIT	 UINT64_C(0x20)
#define D_BIT	 UINT64_C(0x40)
#define PS	 UINT64_C(0x80)

/* Lets the walk of one stage end at @level, in a naturally aligned page at @base. */
static void end_at(struct vw *v, const uint64_t entries[5], unsigned level, uint64_t base)
{
	uint64_t low = vw_get(v, entries[level]) & 0xfff;

	vw_put(v, entries[level], base | low | (level > 1 ? PS : 0));
}

static const uint64_t fs_only[5] = { 0, VW_FS_E(VW_F1, 1), VW_FS_E(VW_F2, 2), VW_FS_E(VW_F3, 3),
				     VW_FS_E(VW_F4, 4) };
static const uint64_t nested[5] = { 0, VW_FS_E(VW_N1, 1), VW_FS_E(VW_N2, 2), VW_FS_E(VW_N3, 3),
				    VW_FS_E(VW_N4, 4) };
static const uint64_t final_ss[5] = { 0, VW_SG1_E, VW_SG2_E, VW_SG3_E, VW_SS4_E };
static const uint8_t lg2_of[4] = { 0, 12, 21, 30 };

/* READ events since @from: of tables, or of configuration structures. */
static unsigned reads(const struct vw *v, uint32_t from, bool tables)
{
	unsigned n = 0;

	for (uint32_t i = from; i < v->log.count; i++)
		n += v->log.events[i].kind == IMS_EV_READ && (v->log.events[i].n != 0) == tables;
	return n;
}

/* ---- sizes ---- */

START_TEST(one_stage_leaves)
{
	for (unsigned stage = 1; stage <= 2; stage++)
		for (unsigned level = 1; level <= 3; level++) {
			uint64_t base = stage == 1 ? VW_HPA_FS : VW_HPA,
				 low = (UINT64_C(1) << lg2_of[level]) - 1;
			uint64_t addr = (stage == 1 ? VW_IOVA : VW_GPA) | 0x678;
			struct ims_answer a;
			struct vw v;

			vw_build(&v, &(struct vw_options){ .logged = true });
			end_at(&v, stage == 1 ? fs_only : final_ss, level, base & ~low);
			a = vw_ask(&v, stage, addr, R);
			ck_assert_uint_eq(a.fault, 0);
			ck_assert_uint_eq(a.out, (base & ~low) | (addr & low));
			ck_assert_uint_eq(a.size_lg2, lg2_of[level]);
			ck_assert_uint_eq(a.s1_lg2, stage == 1 ? lg2_of[level] : 64);
			ck_assert_uint_eq(a.s2_lg2, stage == 2 ? lg2_of[level] : 64);
			ck_assert_uint_eq(reads(&v, 0, true), 5 - level);
			/* Root 1, context 4, directory 1, PASID entry 8 words. */
			ck_assert_uint_eq(reads(&v, 0, false), 14);
			vw_close(&v);
		}
}
END_TEST

/* Section 9.8 of the reference: never larger than either leaf; the page of the accessed byte alone is translated. */
START_TEST(nested_leaves)
{
	static const uint8_t fragments[] = { 0, 12, 21 };

	for (unsigned i = 0; i < 27; i++) {
		unsigned l1 = i % 3 + 1, l2 = i / 3 % 3 + 1, fragment = fragments[i / 9];
		uint64_t low1 = (UINT64_C(1) << lg2_of[l1]) - 1,
			 low2 = (UINT64_C(1) << lg2_of[l2]) - 1;
		uint64_t gpa = (VW_GPA & ~low1) | (VW_IOVA & low1) | 0x9a8;
		unsigned lg2 = lg2_of[l1 < l2 ? l1 : l2];
		uint64_t ss[5];
		struct ims_answer a;
		struct vw v;

		vw_build(&v,
			 &(struct vw_options){ .logged = true, .fragment_lg2 = (uint8_t)fragment });
		/* The second stage of the page that this makes of the input address. */
		memcpy(ss, final_ss, sizeof(ss));
		for (unsigned level = 1; level <= 3; level++) {
			uint64_t at = (ss[level] & ~UINT64_C(0xfff)) |
				      ((gpa >> lg2_of[level]) & 0x1ff) * 8;

			vw_put(&v, at, vw_get(&v, ss[level]));
			ss[level] = at;
		}
		end_at(&v, nested, l1, VW_GPA & ~low1);
		end_at(&v, ss, l2, VW_HPA & ~low2);
		a = vw_ask(&v, NONE, VW_IOVA | 0x9a8, R);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert_uint_eq(a.mid, gpa);
		ck_assert_uint_eq(a.out, (VW_HPA & ~low2) | (gpa & low2));
		ck_assert_uint_eq(a.s1_lg2, lg2_of[l1]);
		ck_assert_uint_eq(a.s2_lg2, lg2_of[l2]);
		ck_assert_uint_eq(a.size_lg2, fragment && fragment < lg2 ? fragment : lg2);
		/* Each first-stage table costs a second-stage walk of 4, the page 5 - l2. */
		ck_assert_uint_eq(reads(&v, 0, true), (5 - l1) * 5 + 5 - l2);
		vw_close(&v);
	}
}
END_TEST

/* ---- reads ---- */

START_TEST(nested_reads_in_order)
{
	struct ims_answer a;
	struct vw v;
	uint32_t from;
	unsigned n = 0;

	vw_build(&v, &(struct vw_options){ .logged = true });
	a = vw_ask(&v, NONE, VW_IOVA, R);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(reads(&v, 0, true), 24);
	for (uint32_t i = 0; i < v.log.count; i++) {
		const struct ims_event *e = &v.log.events[i];
		unsigned step = n % 5;

		if (e->kind != IMS_EV_READ || !e->n)
			continue;
		ck_assert_uint_eq(e->parent, a.event);
		ck_assert_uint_eq(e->n, step < 4 ? 2u << 8 | (4 - step) : 1u << 8 | (4 - n / 5));
		ck_assert_uint_eq(e->a[0], e->a[2]);
		n++;
	}
	/* PASID 3: three levels of second stage, (4 + 1)(3 + 1) - 1. */
	from = v.log.count;
	a = vw_ask(&v, 3, VW_IOVA, R);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.out, VW_HPA_LOW);
	ck_assert_uint_eq(reads(&v, from, true), 19);
	from = v.log.count;
	a = vw_ask(&v, 4, VW_GPA_LOW, R);
	ck_assert_uint_eq(a.out, VW_HPA_LOW);
	ck_assert_uint_eq(reads(&v, from, true), 3);
	ck_assert_uint_eq(reads(&v, from, false),
			  9); /* directory and PASID entry; the context is cached */
	vw_close(&v);
}
END_TEST

/* The second page beside the first: what paging-structure caches save, and that IOTLB hits read nothing. */
START_TEST(reads_with_walk_caches)
{
	static const struct {
		uint32_t ctx;
		uint64_t addr, leaf;
		unsigned cold, warm;
	} walks[] = {
		{ 1, VW_IOVA, VW_FS_E(VW_F1, 1), 4, 1 },
		{ 2, VW_GPA, VW_SG1_E, 4, 1 },
		/* Cold: the low subtree's three upper levels are read once; warm: one entry of each stage. */
		{ NONE, VW_IOVA, VW_FS_E(VW_N1, 1), 24 - 9, 2 },
	};

	for (unsigned i = 0; i < COUNT(walks); i++) {
		struct ims_answer a;
		uint32_t from;
		struct vw v;

		vw_build(&v, &(struct vw_options){ .logged = true, .walk_caches = true });
		vw_put(&v, walks[i].leaf + 8, vw_get(&v, walks[i].leaf));
		a = vw_ask(&v, walks[i].ctx, walks[i].addr, R);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert_uint_eq(reads(&v, 0, true), walks[i].cold);
		from = v.log.count;
		a = vw_ask(&v, walks[i].ctx, walks[i].addr + 0x1000, R);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert(!a.hit);
		ck_assert_uint_eq(reads(&v, from, true), walks[i].warm);
		ck_assert_uint_eq(reads(&v, from, false), 0);
		from = v.log.count;
		a = vw_ask(&v, walks[i].ctx, walks[i].addr + 0xabc, R);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert(a.hit);
		ck_assert_uint_eq(reads(&v, from, true) + reads(&v, from, false), 0);
		vw_close(&v);
	}
}
END_TEST

/* ---- widths ---- */

START_TEST(address_widths)
{
	static const struct {
		uint32_t ctx;
		uint64_t addr;
		uint16_t fault;
	} w[] = {
		{ 1, 0x00007fffffffffff, VTD_SFS_2 }, { 1, 0x0000800000000000, VTD_SGN_1 },
		{ 1, 0xffff800000000000, VTD_SFS_2 }, { 1, 0xffff7fffffffffff, VTD_SGN_1 },
		{ 1, 0xfffe800000000000, VTD_SGN_1 }, { 1, 0x0001000000000000, VTD_SGN_1 },
		{ 1, 0xffffffffffffffff, VTD_SFS_2 }, { 0xffffffff, 0x0000800000000000, VTD_SGN_1 },
		{ 2, 0x0000ffffffffffff, VTD_SSS_2 }, { 2, 0x0001000000000000, VTD_SGN_5 },
		{ 2, 0xffff800000000000, VTD_SGN_5 }, { 4, 0x0000007fffffffff, VTD_SSS_2 },
		{ 4, 0x0000008000000000, VTD_SGN_5 }, { 3, 0x00007fffffffffff, VTD_SFS_2 },
	};
	struct vw v;

	vw_build(&v, &(struct vw_options){ 0 });
	for (unsigned i = 0; i < COUNT(w); i++) {
		struct ims_answer a = vw_ask(&v, w[i].ctx, w[i].addr, R);

		ck_assert_msg(a.fault == w[i].fault, "PASID %u, %llx: %#x instead of %#x", w[i].ctx,
			      (unsigned long long)w[i].addr, a.fault, w[i].fault);
	}
	vw_close(&v);
}
END_TEST

/* Bits 63:48 do not index; the upper half has entries 256 and up. AW = 1 indexes its root with bits 38:30. */
START_TEST(upper_halves)
{
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ 0 });
	vw_put(&v, VW_F4 + 257 * 8, VW_F3 | 7);
	a = vw_ask(&v, 1, 0xffff800000000000 | VW_IOVA, R);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.out, VW_HPA_FS);
	vw_put(&v, VW_SS3 + 511 * 8, VW_SG2 | 3);
	a = vw_ask(&v, 4, (UINT64_C(0x7fc0000000)) | (VW_GPA & 0x3fffffff), R);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.out, VW_HPA);
	vw_close(&v);
}
END_TEST

/* ---- permissions ---- */

/* 4 entries, two bits of each: the numbers 0..255. */
static unsigned bit_and(unsigned number, unsigned bit)
{
	unsigned all = 1;

	for (unsigned level = 0; level < 4; level++)
		all &= number >> (2 * level + bit);
	return all & 1;
}

static void put_bits(struct vw *v, const uint64_t entries[5], unsigned number, unsigned shift)
{
	for (unsigned level = 1; level <= 4; level++) {
		uint64_t e = vw_get(v, entries[level]) & ~(UINT64_C(3) << shift);

		vw_put(v, entries[level], e | (uint64_t)(number >> 2 * (level - 1) & 3) << shift);
	}
}

/* Every R/W and U/S of the first stage, alone and nested; every R and W of the second. */
START_TEST(permissions_are_anded)
{
	struct vw v;

	/* 255, nothing missing, comes last, so that each way leaves the tables whole. */
	vw_build(&v, &(struct vw_options){ 0 });
	for (unsigned n = 0; n < 256 * 3 * 4; n++) {
		unsigned set = n & 255, access = n / 256 % 3 + 1,
			 way = n / 768; /* way 0, 1: first stage; 2, 3: second */
		uint32_t ctx = (uint32_t[]){ 1, NONE, 2, NONE }[way];
		struct ims_req req = vw_req(ctx, way == 2 ? VW_GPA : VW_IOVA, access);
		unsigned low = bit_and(set, 0), high = bit_and(set, 1);
		struct ims_answer a;
		uint16_t want = 0;

		put_bits(&v,
			 way == 0 ? fs_only :
			 way == 1 ? nested :
				    final_ss,
			 set, way < 2 ? 1 : 0);
		if (way < 2)
			want = !high ? VTD_SGN_2 : (access & W) && !low ? VTD_SGN_6 : 0;
		else
			want = !low && !high	     ? VTD_SSS_2 :
			       (access & W) && !high ? VTD_SGN_6 :
			       (access & R) && !low  ? VTD_SGN_7 :
						       0;
		ims_translate_fresh(&v.hw, &req, &a);
		ck_assert_msg(a.fault == want, "way %u, bits %#x, access %u: %#x instead of %#x",
			      way, set, access, a.fault, want);
		if (!a.fault) {
			unsigned perm = way < 2 ? R | (low ? W : 0) :
						  (low ? R : 0) | (high ? W : 0);

			ck_assert_uint_eq(a.perm & (R | W | IMS_U), perm | IMS_U);
		}
	}
	vw_close(&v);
}
END_TEST

/* Nested: both stages take away, an IOTLB hit refuses what a walk refuses. */
START_TEST(both_stages_take_away)
{
	for (unsigned n = 0; n < 16 * 3; n++) {
		bool s1w = n & 1, s2r = n & 2, s2w = n & 4, warm = n & 8;
		unsigned access = n / 16 + 1;
		uint16_t want = !s2r && !s2w ? VTD_SSS_2 : 0;
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &(struct vw_options){ 0 });
		vw_put(&v, nested[2], vw_get(&v, nested[2]) & ~(uint64_t)(s1w ? 0 : 2));
		vw_put(&v, VW_SG1_E, VW_HPA | (s2r ? 1 : 0) | (s2w ? 2 : 0));
		if (warm)
			vw_ask(&v, NONE, VW_IOVA, s2r ? R : W);
		a = vw_ask(&v, NONE, VW_IOVA, access);
		if (!want && (access & W) && !(s1w && s2w))
			want = VTD_SGN_6;
		if (!want && (access & R) && !s2r)
			want = VTD_SGN_7;
		/* Which of two missing permissions is named is open. */
		if (a.fault == VTD_SGN_7 && want == VTD_SGN_6 && access == (R | W) && !s2r)
			want = VTD_SGN_7;
		ck_assert_msg(a.fault == want, "%#x: %#x instead of %#x", n, a.fault, want);
		if (!a.fault)
			ck_assert_uint_eq(a.perm & (R | W), (s2r ? R : 0) | (s1w && s2w ? W : 0));
		vw_close(&v);
	}
}
END_TEST

/* ---- accessed and dirty ---- */

static void check_bits(struct vw *v, const uint64_t entries[5], unsigned level, uint64_t bits)
{
	for (unsigned l = 1; l <= 4; l++) {
		uint64_t want = l < level ? 0 : l == level ? bits : bits & A_BIT;

		ck_assert_msg((vw_get(v, entries[l]) & (A_BIT | D_BIT)) == want,
			      "leaf at %u, level %u: %#llx", level, l,
			      (unsigned long long)vw_get(v, entries[l]));
	}
}

START_TEST(accessed_and_dirty)
{
	for (unsigned n = 0; n < 2 * 3 * 3; n++) {
		unsigned level = n % 3 + 1, access = n / 3 % 3 + 1;
		bool both = n >= 9;
		const uint64_t *entries = both ? nested : fs_only;
		struct ims_req req = vw_req(both ? NONE : 1, VW_IOVA, access);
		struct ims_answer a;
		uint64_t ss[4];
		struct vw v;

		vw_build(&v, &(struct vw_options){ .logged = true, .walk_caches = n & 1 });
		/* Nested, the page this makes of the input address: 4K behind the first, whatever the leaf. */
		if (level > 1) {
			end_at(&v, entries, level, UINT64_C(1) << 30);
			vw_put(&v, VW_SS3_LOW_E + 8, VW_HPA >> 30 << 30 | PS | 3);
		}
		for (unsigned i = 0; i < 4; i++)
			ss[i] = vw_get(&v, final_ss[i + 1]);
		ims_translate_fresh(&v.hw, &req, &a);
		ck_assert_uint_eq(a.fault, 0);
		check_bits(&v, entries, level, 0);
		ims_translate(&v.hw, &req, &a);
		ck_assert_uint_eq(a.fault, 0);
		check_bits(&v, entries, level, A_BIT | (access & W ? D_BIT : 0));
		for (uint32_t i = 0; i < v.log.count; i++)
			if (v.log.events[i].kind == IMS_EV_WRITE) {
				ck_assert_uint_eq(v.log.events[i].a[3], 1);
				ck_assert_uint_eq(v.log.events[i].a[1] & ~v.log.events[i].a[2], 0);
			}
		/* A write after a read sets D, though the IOTLB has the page. */
		req.access = W;
		ims_translate(&v.hw, &req, &a);
		ck_assert_uint_eq(a.fault, 0);
		check_bits(&v, entries, level, A_BIT | D_BIT);
		ck_assert_uint_eq(ims_hw_cache(&v.hw, VTD_IOTLB)->live, 1);
		/* Once known to be set it is not set again until invalidated. */
		vw_put(&v, entries[level], vw_get(&v, entries[level]) & ~D_BIT);
		ims_translate(&v.hw, &req, &a);
		ck_assert(a.hit);
		check_bits(&v, entries, level, A_BIT);
		for (unsigned i = 0; i < 4; i++) /* no SSADS: the second stage has none */
			ck_assert_uint_eq(vw_get(&v, final_ss[i + 1]), ss[i]);
		vw_close(&v);
	}
}
END_TEST

/* NW = 0 is handled as atomic: D at the completion, but not where writing is not granted. */
START_TEST(ats_sets_dirty)
{
	for (unsigned n = 0; n < 4; n++) {
		struct ims_req req = vw_req(n & 1 ? NONE : 1, VW_IOVA, R);
		const uint64_t *entries = n & 1 ? nested : fs_only;
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &(struct vw_options){ 0 });
		if (n & 2)
			vw_put(&v, entries[3], vw_get(&v, entries[3]) & ~UINT64_C(2));
		ims_device_ats(&v.hw, &req, &a);
		ck_assert_uint_eq(a.perm & (R | W), n & 2 ? R : R | W);
		check_bits(&v, entries, 1, n & 2 ? A_BIT : A_BIT | D_BIT);
		vw_close(&v);
	}
}
END_TEST

/* A may be set for a request that fails (section 3.6.2); D tells of a write, and there was none. */
START_TEST(refused_writes_leave_no_dirty_bit)
{
	static const struct {
		uint64_t at, clear;
		uint32_t ctx;
		uint16_t fault;
	} refused[] = {
		{ VW_FS_E(VW_F1, 1), 2, 1, VTD_SGN_6 },
		{ VW_FS_E(VW_F3, 3), 2, 1, VTD_SGN_6 },
		{ VW_FS_E(VW_N1, 1), 2, NONE, VTD_SGN_6 },
		{ VW_SG1_E, 2, NONE, VTD_SGN_6 },
		{ VW_SG3_E, 2, NONE, VTD_SGN_6 },
		{ VW_SG1_E, 3, NONE, VTD_SSS_2 },
		{ VW_FS_E(VW_F1, 1), 4, 1, VTD_SGN_2 },
		{ VW_FS_E(VW_N4, 4), 4, NONE, VTD_SGN_2 },
	};
	const unsigned i = (unsigned)_i % COUNT(refused);
	const uint64_t *entries = refused[i].ctx == NONE ? nested : fs_only;
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ 0 });
	vw_put(&v, refused[i].at, vw_get(&v, refused[i].at) & ~refused[i].clear);
	a = vw_ask(&v, refused[i].ctx, VW_IOVA, W);
	ck_assert_uint_eq(a.fault, refused[i].fault);
	ck_assert_msg(!(vw_get(&v, entries[1]) & D_BIT), "vector %u: dirty after fault %#x", i,
		      a.fault);
	vw_close(&v);
}
END_TEST

/* First-stage tables in pages lent for reading: served as long as there is nothing to set in them. */
START_TEST(read_only_table_pages)
{
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ 0 });
	for (uint64_t gpa = 0x101000; gpa <= 0x104000; gpa += 0x1000)
		vw_put(&v, VW_SS1_LOW_E(gpa), vw_get(&v, VW_SS1_LOW_E(gpa)) & ~UINT64_C(2));
	ck_assert_uint_eq(vw_ask(&v, NONE, VW_IOVA, R).fault, VTD_SFS_8);
	check_bits(&v, nested, 1, 0);
	for (unsigned level = 1; level <= 4; level++)
		vw_put(&v, nested[level], vw_get(&v, nested[level]) | A_BIT);
	ck_assert_uint_eq(vw_ask(&v, NONE, VW_IOVA, R).fault, 0);
	ck_assert_uint_eq(vw_ask(&v, NONE, VW_IOVA, W).fault, VTD_SFS_8);
	check_bits(&v, nested, 1, A_BIT);
	vw_put(&v, nested[1], vw_get(&v, nested[1]) | D_BIT);
	a = vw_ask(&v, NONE, VW_IOVA, W);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.out, VW_HPA);
	vw_close(&v);
}
END_TEST

/* ---- requests ---- */

/*
 * A translation that is cached does not lift the checks of the request itself:
 * DTE (table 30, SCT.5) and SRE (SPT.6) are looked at before any table.
 */
START_TEST(hits_are_checked_too)
{
	struct ims_req req = vw_req(1, VW_IOVA, R);
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ 0 });
	ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, R).fault, 0);
	if (_i == 0) {
		req.priv = true;
		ims_translate(&v.hw, &req, &a);
		ck_assert_msg(a.fault == VTD_SPT_6, "privileged, SRE = 0: %#x", a.fault);
	} else {
		vw_close(&v);
		vw_build(&v, &(struct vw_options){ 0 });
		vw_put(&v, VW_CTX_E, vw_get(&v, VW_CTX_E) & ~UINT64_C(4));
		ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, R).fault, 0);
		req.kind = IMS_REQ_ATS;
		ims_translate(&v.hw, &req, &a);
		ck_assert_msg(a.fault == VTD_SCT_5, "ATS, DTE = 0: %#x", a.fault);
	}
	vw_close(&v);
}
END_TEST

/* Without PASID the privilege is RID_PRIV, which is 0 here (section 9.4, RPRIVS = 0). */
START_TEST(no_privilege_without_pasid)
{
	struct ims_req req = vw_req(NONE, VW_IOVA, R);
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ 0 });
	req.priv = true;
	ims_translate(&v.hw, &req, &a);
	ck_assert_uint_eq(a.fault, 0);
	vw_put(&v, nested[1], vw_get(&v, nested[1]) & ~UINT64_C(4));
	ims_translate_fresh(&v.hw, &req, &a);
	ck_assert_uint_eq(a.fault, VTD_SGN_2);
	vw_close(&v);
}
END_TEST

/* The halves of the root entry; an IOTLB entry serves its own requester and PASID alone. */
START_TEST(requesters)
{
	struct ims_req req = vw_req(NONE, VW_IOVA, R);
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ 0 });
	ck_assert_uint_eq(vw_ask(&v, NONE, VW_IOVA, R).fault, 0);
	req.src = VW_SRC_HIGH;
	ims_translate(&v.hw, &req, &a);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.out, VW_HPA);
	ck_assert(!a.hit);
	a = vw_ask(&v, 1, VW_IOVA, R);
	ck_assert(!a.hit);
	ck_assert_uint_eq(a.out, VW_HPA_FS);
	ck_assert_uint_eq(ims_hw_cache(&v.hw, VTD_IOTLB)->live, 3);
	vw_put(&v, VW_CTX_HIGH + 0x20 * 32, 0);
	req.addr += 0x1000;
	req.src = VW_SRC_HIGH;
	ims_translate_fresh(&v.hw, &req, &a);
	ck_assert_uint_eq(a.fault, VTD_SCT_2);
	vw_close(&v);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d walks");
	TCase *t = tcase_create("walks");

	tcase_add_test(t, one_stage_leaves);
	tcase_add_test(t, nested_leaves);
	tcase_add_test(t, nested_reads_in_order);
	tcase_add_test(t, reads_with_walk_caches);
	tcase_add_test(t, address_widths);
	tcase_add_test(t, upper_halves);
	tcase_add_test(t, permissions_are_anded);
	tcase_add_test(t, both_stages_take_away);
	tcase_add_test(t, accessed_and_dirty);
	tcase_add_test(t, ats_sets_dirty);
	tcase_add_loop_test(t, refused_writes_leave_no_dirty_bit, 0, 8);
	tcase_add_test(t, read_only_table_pages);
	tcase_add_loop_test(t, hits_are_checked_too, 0, 2);
	tcase_add_test(t, no_privilege_without_pasid);
	tcase_add_test(t, requesters);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
