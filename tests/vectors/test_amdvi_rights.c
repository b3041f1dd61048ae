/* SPDX-License-Identifier: MIT */
/* Permissions of both kinds of AMD-Vi tables and of the DTE, and the accessed and dirty bits they leave. */
#include <check.h>
#include <stdio.h>

#include "tests/vectors/amdvi_world.h"
#include "tests/run.h"

#define NONE  IMS_CTX_NONE
#define R     IMS_R
#define W     IMS_W
#define A_BIT UINT64_C(0x20)
#define D_BIT UINT64_C(0x40)

/* ---- permissions ---- */

/* IR and IW through the DTE and every level of the host, R/W and U of the guest. */
START_TEST(permissions)
{
	static const uint64_t host[] = { AW_H4_E, AW_HG3_E, AW_HG2_E, AW_HG1_E };

	for (unsigned n = 0; n < 5 * 4 * 3 * 2; n++) {
		unsigned where = n % 5, bits = n / 5 % 4, access = n / 20 % 3 + 1;
		bool nested = n / 60;
		unsigned dev = nested ? AW_NESTED : AW_HOST;
		uint64_t at = where < 4 ? host[where] : AW_DTE(dev);
		struct ims_req req = aw_req(dev, NONE, nested ? AW_IOVA : AW_GPA, access);
		uint16_t want =
			access & ~bits ? (where < 4 ? AMDVI_F_HOST_DENIED : AMDVI_F_DTE_DENIED) : 0;
		struct ims_answer a;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .walk_caches = n & 1 });
		aw_put(&v, at, (aw_get(&v, at) & ~(UINT64_C(3) << 61)) | (uint64_t)bits << 61);
		for (unsigned again = 0; again < 2; again++) {
			ims_translate(&v.hw, &req, &a);
			ck_assert_msg(a.fault == want, "%u: %#x instead of %#x", n, a.fault, want);
			if (!want)
				ck_assert_uint_eq(a.perm & (R | W), bits);
		}
		/* What is left of it is the answer to ATS. */
		req.kind = IMS_REQ_ATS;
		req.access = R | W;
		ims_device_ats(&v.hw, &req, &a);
		ck_assert_msg((a.perm & (R | W)) == bits, "%u: ATS %#x", n, a.perm);
		ck_assert_uint_eq(ims_hw_cache(&v.hw, AMDVI_ATC)->live, bits != 0);
		aw_close(&v);
	}
}
END_TEST

START_TEST(guest_permissions)
{
	static const unsigned devs[] = { AW_NESTED, AW_GUEST };

	for (unsigned n = 0; n < 2 * 4 * 4 * 3 * 2; n++) {
		unsigned dev = devs[n % 2], level = n / 2 % 4 + 1, bits = n / 8 % 4,
			 access = n / 32 % 3 + 1;
		bool priv = n / 96;
		uint64_t top = dev == AW_NESTED ? AW_N4 : AW_G4;
		uint64_t at = AW_G_E(top + (4 - level) * 0x1000, level);
		struct ims_req req = aw_req(dev, 1, AW_IOVA, access);
		uint16_t want = !(bits & 2) && !priv	    ? AMDVI_F_GUEST_USER :
				(access & W) && !(bits & 1) ? AMDVI_F_GUEST_DENIED :
							      0;
		struct ims_answer a;
		struct aw v;

		aw_build(&v, &(struct aw_options){ 0 });
		aw_put(&v, at, (aw_get(&v, at) & ~UINT64_C(6)) | (uint64_t)bits << 1);
		req.priv = priv;
		ims_translate(&v.hw, &req, &a);
		ck_assert_msg(a.fault == want, "%u: %#x instead of %#x", n, a.fault, want);
		aw_close(&v);
		/* Without USSup the bit says nothing. */
		aw_build(&v, &(struct aw_options){ .params = { AW_PARAM(AMDVI_P_US_SUP, 0) } });
		aw_put(&v, at, (aw_get(&v, at) & ~UINT64_C(6)) | (uint64_t)bits << 1);
		ims_translate(&v.hw, &req, &a);
		ck_assert_uint_eq(a.fault, (access & W) && !(bits & 1) ? AMDVI_F_GUEST_DENIED : 0);
		ims_translate(&v.hw, &req, &a);
		ck_assert_uint_eq(a.fault != 0, (access & W) && !(bits & 1));
		aw_close(&v);
	}
}
END_TEST

/* ---- accessed and dirty ---- */

/* DTE.HAD and the control register's own field; every host entry used, and the leaf of what is written. */
START_TEST(host_accessed_dirty)
{
	static const uint64_t host[] = { AW_H4_E, AW_HG3_E, AW_HG2_E, AW_HG1_E };

	for (unsigned n = 0; n < 4 * 3 * 2; n++) {
		unsigned had = (unsigned[]){ 0, 1, 3, 3 }[n % 4], access = n / 4 % 3 + 1;
		bool nested = n / 12, off = n % 4 == 3;
		unsigned dev = nested ? AW_NESTED : AW_HOST;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .walk_caches = n & 1,
						   .ctrl_clear = off ? UINT64_C(3) << 46 : 0 });
		aw_put(&v, AW_DTE(dev), aw_get(&v, AW_DTE(dev)) | (uint64_t)had << 7);
		if (off)
			had = 0;
		ck_assert_uint_eq(aw_ask(&v, dev, NONE, nested ? AW_IOVA : AW_GPA, access).fault,
				  0);
		for (unsigned i = 0; i < 4; i++)
			ck_assert_msg((aw_get(&v, host[i]) & 0x60) ==
					      ((had ? A_BIT : 0) |
					       (had == 3 && i == 3 && (access & W) ? D_BIT : 0)),
				      "%u: level %u: %#llx", n, 4 - i,
				      (unsigned long long)aw_get(&v, host[i]));
		/* The pages of guest tables are written where bits are set in them. */
		if (nested)
			ck_assert_uint_eq(aw_get(&v, AW_H1_LOW_E(AW_N1 - AW_LOW)) & 0x60,
					  had == 3 ? A_BIT | D_BIT :
					  had	   ? A_BIT :
						     0);
		/* A write after a read sets D, though the page is cached. */
		aw_ask(&v, dev, NONE, nested ? AW_IOVA : AW_GPA, W);
		ck_assert_uint_eq(aw_get(&v, AW_HG1_E) & D_BIT, had == 3 ? D_BIT : 0);
		aw_close(&v);
	}
}
END_TEST

/* Guest bits, unless the control register says otherwise (48 D, 54 A). */
START_TEST(guest_accessed_dirty)
{
	for (unsigned n = 0; n < 4 * 3 * 2; n++) {
		unsigned access = n / 4 % 3 + 1;
		bool no_a = n & 1, no_d = n & 2, nested = n / 12;
		uint64_t top = nested ? AW_N4 : AW_G4;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .ctrl_set = (no_a ? AMDVI_CTRL_GA_DIS : 0) |
							       (no_d ? AMDVI_CTRL_GD_DIS : 0) });
		ck_assert_uint_eq(
			aw_ask(&v, nested ? AW_NESTED : AW_GUEST, NONE, AW_IOVA, access).fault, 0);
		for (unsigned level = 1; level <= 4; level++)
			ck_assert_uint_eq(
				aw_get(&v, AW_G_E(top + (4 - level) * 0x1000, level)) & 0x60,
				(no_a ? 0 : A_BIT) |
					(level == 1 && (access & W) && !no_d ? D_BIT : 0));
		aw_close(&v);
	}
}
END_TEST

/* K5: bits in tables that the host lends for reading. */
START_TEST(guest_bits_need_iw)
{
	for (unsigned k5 = 0; k5 < 2; k5++) {
		struct aw v;

		aw_build(&v, &(struct aw_options){ .params = { AW_PARAM(AMDVI_K5, k5) } });
		for (uint64_t gpa = 0x100000; gpa < 0x110000; gpa += 0x1000)
			aw_put(&v, AW_H1_LOW_E(gpa),
			       aw_get(&v, AW_H1_LOW_E(gpa)) & ~(UINT64_C(1) << 62));
		ck_assert_uint_eq(aw_ask(&v, AW_NESTED, NONE, AW_IOVA, R).fault,
				  k5 ? AMDVI_F_GUEST_UPDATE : 0);
		ck_assert_uint_eq(aw_get(&v, AW_G_E(AW_N4, 4)) & A_BIT, k5 ? 0 : A_BIT);
		for (unsigned level = 1; level <= 4; level++) {
			uint64_t at = AW_G_E(AW_N4 + (4 - level) * 0x1000, level);

			aw_put(&v, at, aw_get(&v, at) | A_BIT | D_BIT);
		}
		ck_assert_uint_eq(aw_ask(&v, AW_NESTED, NONE, AW_IOVA, W).fault, 0);
		aw_close(&v);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD-Vi permissions");
	TCase *t = tcase_create("rights");

	tcase_add_test(t, permissions);
	tcase_add_test(t, guest_permissions);
	tcase_add_test(t, host_accessed_dirty);
	tcase_add_test(t, guest_accessed_dirty);
	tcase_add_test(t, guest_bits_need_iw);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
