/* SPDX-License-Identifier: MIT */
/*
 * Invalidation and time, VT-d 5.10 section 6.5.2: what was read before a command
 * goes with it, whenever it is filled, and through whatever it was filled.
 */
#include <check.h>

#include "tests/vectors/vtd_world.h"
#include "tests/run.h"

#define NONE IMS_CTX_NONE

/* A real translation: consumed, the invalidation has not dropped it; the wait completes it. */
START_TEST(unmap_and_flush)
{
	struct vw v;

	vw_build(&v, &(struct vw_options){ .walk_caches = true });
	ck_assert_uint_eq(vw_ask(&v, NONE, VW_IOVA, IMS_R).fault, 0);
	vw_put(&v, VW_FS_E(VW_N1, 1), 0);
	ck_assert(vw_ask(&v, NONE, VW_IOVA, IMS_R).hit);
	vw_send(&v, 10 << 16 | 0x36, VW_IOVA | 0x40);
	ck_assert(vw_ask(&v, NONE, VW_IOVA, IMS_R).hit);
	vw_wait(&v);
	ck_assert_uint_eq(vw_ask(&v, NONE, VW_IOVA, IMS_R).fault, VTD_SFS_2);
	/* Mapped again: no invalidation is due. */
	vw_put(&v, VW_FS_E(VW_N1, 1), (VW_GPA + 0x1000) | 7);
	vw_put(&v, VW_SG1_E + 8, 0x12345000 | 3);
	ck_assert_uint_eq(vw_ask(&v, NONE, VW_IOVA, IMS_R).out, 0x12345000);
	vw_close(&v);
}
END_TEST

/*
 * CC and PC consumed, and before they complete a look-up that goes by the cached
 * context entry to the old PASID directory: what it caches of that directory was
 * derived from words read before the commands, and goes with them.
 */
START_TEST(pasid_entry_by_an_old_context_entry)
{
	struct ims_cfg_key key = { .src = VW_SRC, .ctx = 1, .dom = 11 };
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ 0 });
	ck_assert_uint_eq(vw_ask(&v, 2, VW_GPA, IMS_R).fault, 0);
	/* Another PASID directory, without PASID 1. */
	vw_put(&v, VW_CTX_E, 0x15000 | 0xd);
	vw_send(&v, UINT64_C(0x010800000031), 0);
	vw_send(&v, 0x37, 0);
	ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, IMS_R).out, VW_HPA_FS);
	vw_send(&v, 0x12, 0);
	vw_wait(&v);
	ck_assert_ptr_null(ims_cfg_find(&v.hw, VTD_CONTEXT,
					&(struct ims_cfg_key){ .src = VW_SRC, .ctx = NONE }));
	a = vw_ask(&v, 1, VW_IOVA, IMS_R);
	ck_assert_msg(!ims_cfg_find(&v.hw, VTD_PASID, &key) && a.fault == VTD_SPD_2,
		      "the PASID-cache still serves what the old context entry led to: %#x",
		      a.fault);
	vw_close(&v);
}
END_TEST

/*
 * The same for a translation that starts from a paging-structure entry read
 * before: the words are old, whenever the translation is filled.
 */
START_TEST(translation_by_an_old_table)
{
	struct vw v;

	vw_build(&v, &(struct vw_options){ .walk_caches = true });
	vw_put(&v, VW_FS_E(VW_F1, 1) + 8, 0x11111000 | 7);
	ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, IMS_R).out, VW_HPA_FS);
	/* The configuration is read anew, so that the table alone is old. */
	vw_send(&v, 0x11, 0);
	vw_send(&v, 0x37, 0);
	vw_wait(&v);
	vw_put(&v, VW_FS_E(VW_F2, 2), 0x305000 | 7);
	vw_put(&v, 0x305000 + 5 * 8, 0x22222000 | 7);
	vw_send(&v, UINT64_C(0x1000b0026), 0);
	ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA + 0x1000, IMS_R).out, 0x11111000);
	vw_wait(&v);
	ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA + 0x1000, IMS_R).out, 0x22222000);
	ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, IMS_R).fault, VTD_SFS_2);
	vw_close(&v);
}
END_TEST

/*
 * A device-TLB filled from an IOTLB entry keeps that entry's age: an earlier
 * command still pending takes it, one that has completed does not; hence the order
 * of section 6.5.2.12, IOTLB before device-TLB.
 */
START_TEST(device_tlb_by_an_old_translation)
{
	for (unsigned right = 0; right < 2; right++) {
		struct ims_req req = vw_req(1, VW_IOVA, IMS_R);
		struct ims_access_result got;
		struct vw v;

		vw_build(&v, &(struct vw_options){ 0 });
		/* Dirty is set: so an ATS request, which asks for writing too, is served from the IOTLB. */
		ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, IMS_W).fault, 0);
		vw_put(&v, VW_FS_E(VW_F1, 1), 0);
		if (right)
			vw_send(&v, UINT64_C(0x1000b0026), 0);
		vw_send(&v, UINT64_C(0x101080008), VW_IOVA);
		if (!right)
			vw_wait(&v);
		ims_device_access(&v.hw, 0, &req, true, &got);
		ck_assert_uint_eq(got.where, IMS_WHERE_IOTLB);
		ck_assert_uint_eq(got.out, VW_HPA_FS);
		if (!right)
			vw_send(&v, UINT64_C(0x1000b0026), 0);
		vw_wait(&v);
		ims_device_access(&v.hw, 0, &req, true, &got);
		ck_assert_uint_eq(got.refused, right);
		ck_assert_uint_eq(got.where, right ? IMS_WHERE_MAX : IMS_WHERE_ATC);
		vw_close(&v);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d invalidation and time");
	TCase *t = tcase_create("time");

	tcase_add_test(t, unmap_and_flush);
	tcase_add_test(t, pasid_entry_by_an_old_context_entry);
	tcase_add_test(t, translation_by_an_old_table);
	tcase_add_test(t, device_tlb_by_an_old_translation);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
