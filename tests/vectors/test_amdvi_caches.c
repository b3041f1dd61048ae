/* SPDX-License-Identifier: MIT */
/*
 * What AMD-Vi caches hold and what a change of the host's tables must drop of them: by
 * guest-physical address, entries that came through it; and the questions the text leaves
 * open, each with both answers (sections 5, 6.1, 12, 17, 18 of the reference sheet).
 */
#include <check.h>
#include <stdio.h>

#include "tests/vectors/amdvi_world.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define R	 IMS_R
#define W	 IMS_W
#define PDE	 2u
#define GN	 4u
/* INVALIDATE_IOMMU_PAGES of a page, of everything. */
#define PAGES(dom)	 (UINT64_C(3) << 60 | (uint64_t)(dom) << 32)
#define EVERYTHING	 UINT64_C(0x7ffffffffffff001)
#define NESTED_GPA(page) ((page)-AW_LOW)

static unsigned live(const struct aw *v, unsigned cache)
{
	return ims_hw_cache(&v->hw, cache)->live;
}

static void flush(struct aw *v, uint64_t qw0, uint64_t qw1)
{
	aw_send(v, qw0, qw1);
	aw_wait(v);
}

/* ---- by guest-physical address ---- */

/* The nested translation of two pages, whose guest tables and GCR3 table are pages as well. */
static void fill_nested(struct aw *v, const struct aw_options *o)
{
	aw_build(v, o);
	aw_put(v, AW_G_E(AW_N1, 1) + 8, (AW_GPA + 0x1000) | 7);
	aw_put(v, AW_HG1_E + 8, AW_PTE(0, AW_HPA + 0x3000));
	ck_assert_uint_eq(aw_ask(v, AW_NESTED, 1, AW_IOVA, R).fault, 0);
	ck_assert_uint_eq(aw_ask(v, AW_NESTED, 1, AW_IOVA + 0x1000, R).fault, 0);
	ck_assert_uint_eq(live(v, AMDVI_IOTLB), 2);
	ck_assert_uint_eq(live(v, AMDVI_GPDC), 3);
	ck_assert_uint_eq(live(v, AMDVI_GCR3), 1);
}

/* GN = 0 of one page: what came through it goes, its neighbours stay; K1, K1b. */
START_TEST(host_flush_by_gpa)
{
	static const struct {
		uint64_t gpa;
		unsigned iotlb, steps, gcr3; /* that stay */
	} t[] = {
		{ AW_GPA, 1, 3, 1 },
		{ AW_GPA + 0x1000, 1, 3, 1 },
		{ AW_GPA + 0x2000, 2, 3, 1 },
		{ AW_IOVA, 2, 3, 1 },
		{ NESTED_GPA(AW_N3), 2, 2, 1 },
		{ NESTED_GPA(AW_N2), 2, 2, 1 },
		{ NESTED_GPA(AW_N1), 2, 2, 1 },
		{ NESTED_GPA(AW_N4), 2, 3,
		  1 }, /* the root is no step, and GCR3 holds its address */
		{ NESTED_GPA(AW_GCR3), 2, 3, 0 },
		{ AW_N1, 2, 3, 1 },
	};

	for (unsigned n = 0; n < COUNT(t) * 2 * 3 * 2; n++) {
		unsigned i = n % COUNT(t), pde = n / COUNT(t) % 2, k1 = n / COUNT(t) / 2 % 3,
			 k1b = n / COUNT(t) / 6;
		bool keeps = k1b && !pde;
		struct aw v;

		fill_nested(&v, &(struct aw_options){ .walk_caches = true,
						      .params = { AW_PARAM(AMDVI_K1, k1),
								  AW_PARAM(AMDVI_K1B, k1b) } });
		flush(&v, PAGES(AW_DOM_NESTED), t[i].gpa | (pde ? PDE : 0));
		ck_assert_uint_eq(live(&v, AMDVI_IOTLB), k1 == 0 ? t[i].iotlb : k1 == 1 ? 0 : 2);
		ck_assert_uint_eq(live(&v, AMDVI_GPDC), keeps ? 3 : t[i].steps);
		ck_assert_uint_eq(live(&v, AMDVI_GCR3), keeps ? 1 : t[i].gcr3);
		aw_close(&v);
	}
}
END_TEST

/* Another domain, GN = 1 by the same number, another PASID, DEVTAB: nothing of it. */
START_TEST(neighbours_stay)
{
	static const struct {
		uint64_t qw0, qw1;
	} t[] = {
		{ PAGES(AW_DOM_HOST), EVERYTHING | PDE },
		{ PAGES(AW_DOM_NESTED) | 1, AW_GPA | GN | PDE },
		{ PAGES(AW_DOM_NESTED) | 2, EVERYTHING | GN | PDE },
		{ PAGES(AW_DOM_NESTED), EVERYTHING | GN | PDE },
		{ UINT64_C(2) << 60 | AW_NESTED, 0 },
	};

	for (unsigned i = 0; i < COUNT(t); i++) {
		struct aw v;

		fill_nested(&v, &(struct aw_options){ .walk_caches = true });
		flush(&v, t[i].qw0, t[i].qw1);
		ck_assert_uint_eq(live(&v, AMDVI_IOTLB), 2);
		/* The topmost step is over both addresses. */
		ck_assert_uint_eq(live(&v, AMDVI_GPDC), i == 1 ? 2 : 3);
		/* A range with PDE of the PASID itself takes its GCR3 entry. */
		ck_assert_uint_eq(live(&v, AMDVI_GCR3), i != 1);
		aw_close(&v);
	}
}
END_TEST

/* GN = 0 of everything is the one command for a whole domain, of any PASID (section 12). */
START_TEST(whole_domain)
{
	struct aw v;

	fill_nested(&v, &(struct aw_options){ .walk_caches = true });
	ck_assert_uint_eq(aw_ask(&v, AW_NESTED, 5, AW_IOVA, R).fault, 0);
	ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, AW_GPA, R).fault, 0);
	flush(&v, PAGES(AW_DOM_NESTED), EVERYTHING | PDE);
	ck_assert_uint_eq(live(&v, AMDVI_IOTLB), 1);
	ck_assert_uint_eq(live(&v, AMDVI_GPDC), 0);
	ck_assert_uint_eq(live(&v, AMDVI_GCR3), 0);
	ck_assert_uint_eq(live(&v, AMDVI_HPDC), 3);
	ck_assert_uint_eq(live(&v, AMDVI_DTC), 2);
	aw_close(&v);
}
END_TEST

/* Two levels of GCR3: the page of each, gone, takes the whole way with it. */
START_TEST(gcr3_pages)
{
	for (unsigned i = 0; i < 2; i++) {
		uint64_t outer = 0x240000, inner = 0x241000;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .walk_caches = true });
		aw_put(&v, outer, (inner - AW_LOW) | 1);
		aw_put(&v, inner + 8, (AW_N4 - AW_LOW) | 1);
		aw_put(&v, AW_DTE(AW_NESTED), aw_get(&v, AW_DTE(AW_NESTED)) | UINT64_C(1) << 56);
		aw_put(&v, AW_DTE(AW_NESTED) + 8,
		       (aw_get(&v, AW_DTE(AW_NESTED) + 8) & ~UINT64_C(0xffff0000)) |
			       (outer - AW_LOW) >> 15 << 16);
		ck_assert_uint_eq(aw_ask(&v, AW_NESTED, 1, AW_IOVA, R).fault, 0);
		ck_assert_uint_eq(live(&v, AMDVI_GCR3), 2);
		/* The host moves the page; what stands there now leads nowhere. */
		aw_put(&v, AW_H1_LOW_E((i ? inner : outer) - AW_LOW), AW_PTE(0, 0x290000));
		ck_assert_uint_eq(aw_ask(&v, AW_NESTED, 1, AW_IOVA + 0x1000, R).fault,
				  AMDVI_F_GUEST_ABSENT);
		flush(&v, PAGES(AW_DOM_NESTED), (i ? inner : outer) - AW_LOW);
		ck_assert_uint_eq(aw_ask(&v, AW_NESTED, 1, AW_IOVA + 0x1000, R).fault,
				  AMDVI_F_GCR3_ABSENT);
		aw_close(&v);
	}
}
END_TEST

/* Large host leaves among the directory entries go with PDE = 0 (K1b), steps with PDE = 1. */
START_TEST(host_directory_cache)
{
	for (unsigned n = 0; n < 4; n++) {
		unsigned pde = n & 1, k1b = n / 2, all;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .walk_caches = true,
						   .params = { AW_PARAM(AMDVI_K1B, k1b) } });
		aw_put(&v, AW_HG2_E, AW_PTE(0, AW_HPA & ~UINT64_C(0x1fffff)));
		ck_assert_uint_eq(aw_ask(&v, AW_NESTED, 1, AW_IOVA, R).fault, 0);
		all = live(&v, AMDVI_HPDC);
		ck_assert_uint_eq(all, 3 + 2 + 1);
		flush(&v, PAGES(AW_DOM_NESTED), AW_GPA | (pde ? PDE : 0));
		/* With it two steps over the page. */
		ck_assert_uint_eq(live(&v, AMDVI_HPDC), pde ? all - 3 : k1b ? all : all - 1);
		aw_close(&v);
	}
}
END_TEST

/* ---- open questions ---- */

/* K4: with NpCache absence stays until it is flushed; without, it does not. */
START_TEST(negative_entries)
{
	static const struct {
		unsigned dev;
		uint32_t ctx;
		uint64_t addr, at, entry; /* what is made present then */
		uint64_t qw0, qw1;	  /* what takes the absence */
		uint16_t fault;
		unsigned from_k4;
	} t[] = {
		{ AW_HOST, NONE, AW_GPA + 0x1000, AW_HG1_E + 8, AW_PTE(0, AW_HPA),
		  PAGES(AW_DOM_HOST), AW_GPA + 0x1000, AMDVI_F_HOST_ABSENT, 1 },
		{ AW_NESTED, 1, AW_IOVA + 0x1000, AW_G_E(AW_N1, 1) + 8, AW_GPA | 7,
		  PAGES(AW_DOM_NESTED) | 1, (AW_IOVA + 0x1000) | GN, AMDVI_F_GUEST_ABSENT, 2 },
		{ AW_NESTED, 2, AW_IOVA, AW_GCR3 + 16, (AW_N4 - AW_LOW) | 1,
		  PAGES(AW_DOM_NESTED) | 2, EVERYTHING | GN | PDE, AMDVI_F_GCR3_ABSENT, 2 },
	};

	for (unsigned n = 0; n < COUNT(t) * 4; n++) {
		unsigned i = n % COUNT(t), k4 = n / COUNT(t) % 3, np = n / COUNT(t) != 3;
		bool kept = np && k4 >= t[i].from_k4;
		struct ims_answer a;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .walk_caches = n & 1,
						   .params = { AW_PARAM(AMDVI_P_NP_CACHE, np),
							       AW_PARAM(AMDVI_K4, np ? k4 : 2) } });
		ck_assert_uint_eq(aw_ask(&v, t[i].dev, t[i].ctx, t[i].addr, R).fault, t[i].fault);
		ck_assert_uint_eq(live(&v, AMDVI_IOTLB), kept);
		aw_put(&v, t[i].at, t[i].entry);
		a = aw_ask(&v, t[i].dev, t[i].ctx, t[i].addr, W);
		ck_assert_uint_eq(a.fault, kept ? t[i].fault : 0);
		ck_assert(a.hit == kept);
		flush(&v, t[i].qw0, t[i].qw1);
		ck_assert_uint_eq(aw_ask(&v, t[i].dev, t[i].ctx, t[i].addr, W).fault, 0);
		aw_close(&v);
	}
}
END_TEST

/* K8c, S17: a DTE that was replaced, past DEVTAB and its wait, until the old DomID is flushed. */
START_TEST(dte_data_in_device_side_tlbs)
{
	static const struct {
		unsigned dev;
		uint64_t out, qw0, qw1;
	} t[] = {
		{ AW_HOST, AW_HPA, PAGES(AW_DOM_HOST), EVERYTHING | PDE },
		{ AW_IDENTITY, AW_GPA, PAGES(AW_DOM_IDENTITY), EVERYTHING | PDE },
		{ AW_NO_DTE, AW_GPA, PAGES(0), EVERYTHING | PDE },
		{ AW_HOST, AW_HPA, UINT64_C(8) << 60, 0 },
	};

	for (unsigned n = 0; n < COUNT(t) * 2; n++) {
		unsigned i = n % COUNT(t), k8c = n / COUNT(t);
		struct ims_answer a;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .params = { AW_PARAM(AMDVI_K8C, k8c) } });
		ck_assert_uint_eq(aw_ask(&v, t[i].dev, NONE, AW_GPA, R).out, t[i].out);
		aw_dte(&v, t[i].dev, 1, 0); /* blocked */
		flush(&v, UINT64_C(2) << 60 | t[i].dev, 0);
		a = aw_ask(&v, t[i].dev, NONE, AW_GPA, R);
		ck_assert_uint_eq(a.fault, k8c ? 0 : AMDVI_F_TV);
		if (k8c)
			ck_assert_uint_eq(a.out, t[i].out);
		flush(&v, t[i].qw0, t[i].qw1);
		ck_assert_uint_eq(aw_ask(&v, t[i].dev, NONE, AW_GPA, R).fault, AMDVI_F_TV);
		aw_close(&v);
	}
}
END_TEST

/* K9, S20: pages nobody asked for are cached, and go by their own addresses. */
START_TEST(prefetched_neighbours)
{
	for (unsigned k9 = 0; k9 <= 7; k9 += 7) {
		struct ims_answer a;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .logged = true,
						   .params = { AW_PARAM(AMDVI_K9, k9) } });
		for (unsigned i = 1; i < 12; i++)
			if (i != 5)
				aw_put(&v, AW_HG1_E + i * 8, AW_PTE(0, AW_HPA + i * 0x2000));
		aw_ask(&v, AW_HOST, NONE, AW_GPA, R);
		ck_assert_uint_eq(live(&v, AMDVI_IOTLB), k9 ? 7 : 1);
		/* The host unmaps page 3 and flushes page 0. */
		aw_put(&v, AW_HG1_E + 24, 0);
		flush(&v, PAGES(AW_DOM_HOST), AW_GPA);
		a = aw_ask(&v, AW_HOST, NONE, AW_GPA + 0x3000, R);
		ck_assert_uint_eq(a.fault, k9 ? 0 : AMDVI_F_HOST_ABSENT);
		flush(&v, PAGES(AW_DOM_HOST), AW_GPA + 0x3000);
		ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, AW_GPA + 0x3000, R).fault,
				  AMDVI_F_HOST_ABSENT);
		aw_close(&v);
	}
}
END_TEST

/* Section 17.3, S25: eight pages that fit are one answer of 32 KiB, and go as one. */
START_TEST(answers_of_32k)
{
	for (unsigned n = 0; n < 3 * 4; n++) {
		unsigned knob = n % 3, spoilt = n / 3;
		uint64_t first = AW_GPA & ~UINT64_C(0x7fff);
		unsigned lg2 = knob && !spoilt ? 15 : 12;
		struct ims_req req = aw_req(AW_HOST, NONE, AW_GPA, R);
		struct ims_answer a;
		struct aw v;

		aw_build(&v, &(struct aw_options){
				     .params = { AW_PARAM(AMDVI_K_ATS_MERGE, knob == 1),
						 AW_PARAM(AMDVI_K_MERGE_ALL, knob == 2) } });
		for (uint64_t i = 0; i < 8; i++)
			aw_put(&v, AW_HG1 + ((first >> 12) + i) % 512 * 8,
			       AW_PTE(0, UINT64_C(0x540000000) + i * 0x1000));
		/* Another order, another permission, a hole. */
		if (spoilt)
			aw_put(&v, AW_HG1 + ((first >> 12) + 2) % 512 * 8,
			       spoilt == 1 ? AW_PTE(0, 0x540009000) :
			       spoilt == 2 ? AW_PTE(0, 0x540002000) & ~(UINT64_C(1) << 62) :
					     0);
		ims_device_ats(&v.hw, &req, &a);
		ck_assert_uint_eq(a.size_lg2, lg2);
		ck_assert_uint_eq(a.out, 0x540007000);
		ck_assert_uint_eq(live(&v, AMDVI_ATC), 1);
		if (lg2 == 15) {
			/* One page of it by the command takes all of it. */
			flush(&v, UINT64_C(4) << 60 | AW_HOST, first);
			ck_assert_uint_eq(live(&v, AMDVI_ATC), 0);
		}
		flush(&v, PAGES(AW_DOM_HOST), EVERYTHING);
		a = aw_ask(&v, AW_HOST, NONE, AW_GPA, R);
		ck_assert_uint_eq(a.size_lg2, knob == 2 ? lg2 : 12);
		aw_close(&v);
	}
}
END_TEST

/* K2b: W of an answer is the permission, or is granted wherever reading is. */
START_TEST(ats_write_permission)
{
	for (unsigned n = 0; n < 2 * 3; n++) {
		unsigned k2b = n & 1, where = n / 2;
		uint64_t at = (uint64_t[]){ AW_HG1_E, AW_G_E(AW_N2, 2), AW_DTE(AW_NESTED) }[where];
		struct ims_req req = aw_req(AW_NESTED, 1, AW_IOVA, R | W);
		struct ims_answer a;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .params = { AW_PARAM(AMDVI_K2B, k2b) } });
		aw_put(&v, at, aw_get(&v, at) & ~(where == 1 ? UINT64_C(2) : UINT64_C(1) << 62));
		ims_device_ats(&v.hw, &req, &a);
		ck_assert_uint_eq(a.perm & (R | W), k2b ? R | W : R);
		/* Nobody else may write for that. */
		ck_assert_uint_ne(aw_ask(&v, AW_NESTED, 1, AW_IOVA, W).fault, 0);
		aw_close(&v);
	}
}
END_TEST

/* K2: what a device fetched without PASID under GIOV, by GN = 0, by GN = 1 and PASID 0. */
START_TEST(atc_without_pasid)
{
	static const struct {
		uint64_t pasid, gn;
		bool giov, with, goes, by_k2;
	} t[] = {
		{ 0, 0, true, false, true, false },   { 0, GN, true, false, false, true },
		{ 1, GN, true, false, false, false }, { 0, GN, false, false, false, false },
		{ 0, 0, false, false, true, false },  { 0, 0, true, true, false, false },
		{ 0, GN, true, true, false, false },  { 5, GN, true, true, true, false },
	};

	for (unsigned n = 0; n < COUNT(t) * 2; n++) {
		unsigned i = n / 2, k2 = n & 1;
		struct ims_req req = aw_req(t[i].giov ? AW_NESTED : AW_BOTH, t[i].with ? 5 : NONE,
					    t[i].giov ? AW_IOVA : AW_GPA, R);
		struct ims_answer a;
		struct aw v;

		aw_build(&v, &(struct aw_options){ .params = { AW_PARAM(AMDVI_K2, k2) } });
		ims_device_ats(&v.hw, &req, &a);
		ck_assert_uint_eq(live(&v, AMDVI_ATC), 1);
		flush(&v, UINT64_C(4) << 60 | t[i].pasid << 48 | req.src, EVERYTHING | t[i].gn);
		ck_assert_msg(live(&v, AMDVI_ATC) == !(t[i].goes || (k2 && t[i].by_k2)),
			      "vector %u, K2 %u", i, k2);
		aw_close(&v);
	}
}
END_TEST

/* ---- the device table cache ---- */

/* What is kept of a DTE: any with V or IV set, legal or not (section 18). */
START_TEST(device_table_cache)
{
	static const struct {
		uint64_t qw0, qw2;
		bool kept;
	} t[] = {
		{ 0, 0, false }, { 0, 1, true }, { 1, 0, true }, { UINT64_C(1) << 63 | 1, 0, true },
		{ 3, 0, true },
	};

	for (unsigned i = 0; i < COUNT(t); i++) {
		uint16_t before;
		struct aw v;

		aw_build(&v, &(struct aw_options){ 0 });
		aw_put(&v, AW_DTE(AW_HOST) + 16, t[i].qw2);
		aw_put(&v, AW_DTE(AW_HOST), t[i].qw0);
		before = aw_ask(&v, AW_HOST, NONE, AW_GPA, R).fault;
		ck_assert_uint_eq(live(&v, AMDVI_DTC), t[i].kept);
		aw_put(&v, AW_DTE(AW_HOST), UINT64_C(0x6000000000000803) | AW_H4);
		ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, AW_GPA, R).fault,
				  t[i].kept ? before : 0);
		flush(&v, UINT64_C(2) << 60 | (AW_HOST + 8), 0);
		ck_assert_uint_eq(live(&v, AMDVI_DTC), 1);
		flush(&v, UINT64_C(2) << 60 | AW_HOST, 0);
		ck_assert_uint_eq(live(&v, AMDVI_DTC), 0);
		ck_assert_uint_eq(aw_ask(&v, AW_HOST, NONE, AW_GPA, R).out, AW_HPA);
		aw_close(&v);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("AMD-Vi caches");
	TCase *t = tcase_create("caches");

	tcase_add_test(t, host_flush_by_gpa);
	tcase_add_test(t, neighbours_stay);
	tcase_add_test(t, whole_domain);
	tcase_add_test(t, gcr3_pages);
	tcase_add_test(t, host_directory_cache);
	tcase_add_test(t, negative_entries);
	tcase_add_test(t, dte_data_in_device_side_tlbs);
	tcase_add_test(t, prefetched_neighbours);
	tcase_add_test(t, answers_of_32k);
	tcase_add_test(t, ats_write_permission);
	tcase_add_test(t, atc_without_pasid);
	tcase_add_test(t, device_table_cache);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
