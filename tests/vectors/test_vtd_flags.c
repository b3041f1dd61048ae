/* SPDX-License-Identifier: MIT */
/*
 * Walks of the full unit: five levels, widths by AW and MGAW, accessed, extended
 * accessed and dirty bits of both stages (sections 3.6.2, 3.7.2, 3.8), permissions
 * in other bits, and what the knobs change of it.
 */
#include <check.h>

#include "tests/vectors/vtd_world.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define R	 IMS_R
#define W	 IMS_W

static unsigned table_reads(const struct vw *v)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < v->log.count; i++)
		n += v->log.events[i].kind == IMS_EV_READ && v->log.events[i].n;
	return n;
}

/* (n + 1)(m + 1) - 1 reads for n and m levels. */
START_TEST(five_levels)
{
	static const struct {
		uint32_t ctx;
		uint64_t addr, out;
		unsigned reads;
	} walks[] = {
		{ 6, VW_IOVA5, VW_HPA_FS, 5 },
		{ 7, VW_GPA5, VW_HPA, 5 },
		{ 8, VW_IOVA5, VW_HPA, 35 },
		{ 6, VW_IOVA5 | 0xfff, VW_HPA_FS | 0xfff, 5 },
	};

	for (unsigned i = 0; i < COUNT(walks) * 2; i++) {
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &(struct vw_options){
				     .full = true, .logged = true, .walk_caches = i & 1 });
		a = vw_ask(&v, walks[i / 2].ctx, walks[i / 2].addr, W);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert_uint_eq(a.out, walks[i / 2].out);
		ck_assert_uint_eq(a.size_lg2, 12);
		if (!(i & 1))
			ck_assert_uint_eq(table_reads(&v), walks[i / 2].reads);
		/* From the entry of level 2 in a paging-structure cache. */
		vw_put(&v, VW_FS_E(VW_F1, 1) + 8, vw_get(&v, VW_FS_E(VW_F1, 1)));
		vw_put(&v, VW_FS_E(VW_N1, 1) + 8, vw_get(&v, VW_FS_E(VW_N1, 1)));
		vw_put(&v, VW_SG1_E + 8, vw_get(&v, VW_SG1_E));
		a = vw_ask(&v, walks[i / 2].ctx, walks[i / 2].addr + 0x1000, W);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert_uint_eq(a.out, walks[i / 2].out);
		vw_close(&v);
	}
}
END_TEST

/* What is canonical depends on FSPM, the end of the second stage on AW and MGAW (section 3.6, table 30). */
START_TEST(widths)
{
	static const struct {
		uint32_t ctx;
		uint64_t addr;
		uint16_t fault;
		uint32_t mgaw;
	} w[] = {
		{ 6, 0x00ffffffffffffff, VTD_SFS_2, 57 }, { 6, 0x0100000000000000, VTD_SGN_1, 57 },
		{ 6, 0xff00000000000000, VTD_SFS_2, 57 }, { 6, 0xfeffffffffffffff, VTD_SGN_1, 57 },
		{ 1, 0x0000800000000000, VTD_SGN_1, 57 }, { 8, 0xffffffffffffffff, VTD_SFS_2, 57 },
		{ 7, 0x01ffffffffffffff, VTD_SSS_2, 57 }, { 7, 0x0200000000000000, VTD_SGN_5, 57 },
		{ 7, 0x0003ffffffffffff, VTD_SSS_2, 50 }, { 7, 0x0004000000000000, VTD_SGN_5, 50 },
		{ 2, 0x0000ffffffffffff, VTD_SSS_2, 50 }, { 2, 0x0001000000000000, VTD_SGN_5, 50 },
		{ 2, 0x0000400000000000, VTD_SGN_5, 46 }, { 9, 0x00003fffffffffff, 0, 57 },
		{ 9, 0x0000400000000000, VTD_SGN_4, 57 },
	};

	for (unsigned i = 0; i < COUNT(w); i++) {
		struct vw_options o = { .full = true,
					.params = { VW_PARAM(VTD_P_MGAW, w[i].mgaw) } };
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &o);
		a = vw_ask(&v, w[i].ctx, w[i].addr, R);
		ck_assert_msg(a.fault == w[i].fault, "PASID %u, %llx: %#x instead of %#x", w[i].ctx,
			      (unsigned long long)w[i].addr, a.fault, w[i].fault);
		vw_close(&v);
	}
}
END_TEST

/* ---- accessed and dirty ---- */

enum { SS_A = 0x100, SS_D = 0x200, FS_A = 0x20, FS_D = 0x40, FS_EA = 0x400 };

static void check_flags(struct vw *v, uint64_t at, uint64_t care, uint64_t want)
{
	ck_assert_msg((vw_get(v, at) & care) == want, "word %#llx: %#llx", (unsigned long long)at,
		      (unsigned long long)vw_get(v, at));
}

/* SSADE alone: A in every entry used, D in the leaf of what is written. */
START_TEST(second_stage_flags)
{
	static const uint64_t entries[] = { VW_SS4_E, VW_SG3_E, VW_SG2_E, VW_SG1_E };

	for (unsigned access = R; access <= (R | W); access++)
		for (unsigned caches = 0; caches < 2; caches++) {
			struct ims_req req = vw_req(11, VW_GPA, access);
			struct ims_answer a;
			struct vw v;

			vw_build(&v, &(struct vw_options){ .full = true, .walk_caches = caches });
			ims_translate_fresh(&v.hw, &req, &a);
			for (unsigned i = 0; i < COUNT(entries); i++)
				check_flags(&v, entries[i], SS_A | SS_D, 0);
			ims_translate(&v.hw, &req, &a);
			ck_assert_uint_eq(a.fault, 0);
			for (unsigned i = 0; i < COUNT(entries); i++)
				check_flags(&v, entries[i], SS_A | SS_D,
					    SS_A | (i == 3 && (access & W) ? SS_D : 0));
			vw_close(&v);
		}
}
END_TEST

/*
 * Nested with SSADE and EAFE: A and EA in every first-stage entry, and the pages
 * they are in become dirty by that; a read of tables that need no bit does not.
 */
START_TEST(nested_flags)
{
	for (unsigned n = 0; n < 8; n++) {
		bool set = n & 1, write = n & 2, knob = n & 4;
		struct vw_options o = { .full = true,
					.params = { VW_PARAM(VTD_K_TABLE_DIRTY, knob) } };
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &o);
		for (unsigned level = 1; set && level <= 4; level++) {
			uint64_t at = VW_FS_E(VW_N4 + (4 - level) * 0x1000, level);

			vw_put(&v, at, vw_get(&v, at) | FS_A | FS_EA);
		}
		a = vw_ask(&v, 10, VW_IOVA, write ? W : R);
		ck_assert_uint_eq(a.fault, 0);
		for (unsigned level = 1; level <= 4; level++) {
			bool dirty = !set || knob || (write && level == 1);

			check_flags(&v, VW_FS_E(VW_N4 + (4 - level) * 0x1000, level),
				    FS_A | FS_EA | FS_D,
				    FS_A | FS_EA | (write && level == 1 ? FS_D : 0));
			check_flags(&v, VW_SS1_LOW_E(0x101000 + (4 - level) * 0x1000), SS_A | SS_D,
				    SS_A | (dirty ? SS_D : 0));
		}
		check_flags(&v, VW_SS2_LOW_E, SS_A | SS_D, SS_A);
		check_flags(&v, VW_SG2_E, SS_A | SS_D, SS_A);
		check_flags(&v, VW_SG1_E, SS_A | SS_D, SS_A | (write ? SS_D : 0));
		vw_close(&v);
	}
}
END_TEST

/* A refused write leaves no page dirty, of either stage. */
START_TEST(refused_writes)
{
	static const struct {
		uint64_t at, clear;
		uint16_t fault;
	} refused[] = {
		{ VW_FS_E(VW_N1, 1), 2, VTD_SGN_6 },
		{ VW_FS_E(VW_N3, 3), 2, VTD_SGN_6 },
		{ VW_SG1_E, 2, VTD_SGN_6 },
		{ VW_SG3_E, 2, VTD_SGN_6 },
	};

	for (unsigned i = 0; i < COUNT(refused); i++) {
		struct vw v;

		vw_build(&v, &(struct vw_options){ .full = true });
		vw_put(&v, refused[i].at, vw_get(&v, refused[i].at) & ~refused[i].clear);
		ck_assert_uint_eq(vw_ask(&v, 10, VW_IOVA, W).fault, refused[i].fault);
		check_flags(&v, VW_FS_E(VW_N1, 1), FS_D, 0);
		check_flags(&v, VW_SG1_E, SS_D, 0);
		vw_close(&v);
	}
}
END_TEST

/* EAFE = 0 ignores EA, EAFE = 1 sets it with A in one update. */
START_TEST(extended_accessed)
{
	for (unsigned n = 0; n < 4; n++) {
		bool eafe = n & 1, had = n & 2;
		struct vw v;
		unsigned writes = 0;

		vw_build(&v, &(struct vw_options){ .full = true, .logged = true });
		vw_put(&v, VW_PASID_E(1) + 16, VW_F4 | (eafe ? 0x80 : 0));
		vw_put(&v, VW_FS_E(VW_F4, 4), vw_get(&v, VW_FS_E(VW_F4, 4)) | (had ? FS_A : 0));
		ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, R).fault, 0);
		check_flags(&v, VW_FS_E(VW_F4, 4), FS_A | FS_EA, eafe ? FS_A | FS_EA : FS_A);
		for (uint32_t i = 0; i < v.log.count; i++)
			writes += v.log.events[i].kind == IMS_EV_WRITE;
		ck_assert_uint_eq(writes, had && !eafe ? 3 : 4);
		vw_close(&v);
	}
}
END_TEST

/* Erratum SPR17: bits are set in tables that the second stage lends for reading. */
START_TEST(spr17)
{
	for (unsigned n = 0; n < 4; n++) {
		bool quirk = n & 1, snooped = n & 2;
		struct vw_options o = { .full = true, .params = { VW_PARAM(VTD_Q_SPR17, quirk) } };
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &o);
		for (uint64_t gpa = 0x101000; gpa <= 0x104000; gpa += 0x1000)
			vw_put(&v, VW_SS1_LOW_E(gpa), vw_get(&v, VW_SS1_LOW_E(gpa)) & ~UINT64_C(2));
		if (!snooped)
			vw_put(&v, VW_PASID_E(0) + 8, 10);
		a = vw_ask(&v, NONE, VW_IOVA, W);
		ck_assert_uint_eq(a.fault, !snooped ? VTD_SFS_9 : quirk ? 0 : VTD_SFS_8);
		check_flags(&v, VW_FS_E(VW_N1, 1), FS_A | FS_D, quirk && snooped ? FS_A | FS_D : 0);
		vw_close(&v);
	}
}
END_TEST

/* SSIRWE: bits 61 and 62 grant, 0 and 1 are ignored; in first-stage entries nothing changes. */
START_TEST(io_permissions)
{
	static const uint64_t entries[] = { VW_SS4_E, VW_SG3_E, VW_SG2_E, VW_SG1_E };

	for (unsigned n = 0; n < 16 * 3; n++) {
		unsigned upper = n & 3, leaf = n >> 2 & 3, access = n / 16 + 1;
		struct vw_options o = { .full = true, .params = { VW_PARAM(VTD_P_SSIRWS, 1) } };
		unsigned both = upper & leaf;
		struct ims_answer a;
		struct vw v;
		uint16_t want = !upper || !leaf || !both    ? VTD_SSS_2 :
				(access & W) && !(both & 2) ? VTD_SGN_6 :
				(access & R) && !(both & 1) ? VTD_SGN_7 :
							      0;

		vw_build(&v, &o);
		v.hw.unit->root |= 0x80;
		for (unsigned i = 0; i < COUNT(entries); i++)
			vw_put(&v, entries[i],
			       (vw_get(&v, entries[i]) & ~UINT64_C(3)) |
				       (uint64_t)(i == 3 ? leaf : upper) << 61 | (n & 1 ? 0 : 3));
		a = vw_ask(&v, 2, VW_GPA, access);
		ck_assert_msg(a.fault == want, "%u: %#x instead of %#x", n, a.fault, want);
		if (!want)
			ck_assert_uint_eq(a.out, VW_HPA);
		ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, W).fault, 0);
		vw_close(&v);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d walks of the full unit");
	TCase *t = tcase_create("walks");

	tcase_add_test(t, five_levels);
	tcase_add_test(t, widths);
	tcase_add_test(t, second_stage_flags);
	tcase_add_test(t, nested_flags);
	tcase_add_test(t, refused_writes);
	tcase_add_test(t, extended_accessed);
	tcase_add_test(t, spr17);
	tcase_add_test(t, io_permissions);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
