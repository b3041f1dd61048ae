/* SPDX-License-Identifier: MIT */
/*
 * Legacy mode where the tables are in order (sections 3.4.2, 9.1, 9.3): which
 * entry serves a requester, translation types, widths, tags, and the context-cache
 * that goes by DID as well. What is not in order is in test_vtd_faults.c.
 */
#include <check.h>

#include "tests/vectors/vtd_world.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define R	 IMS_R
#define W	 IMS_W

enum { TT_NO_ATS, TT_ATS, TT_PT };

static void context(struct vw *v, unsigned tt, unsigned aw, unsigned did, uint64_t table)
{
	vw_put(v, VW_LCTX_E, table | tt << 2 | 1);
	vw_put(v, VW_LCTX_E + 8, did << 8 | aw);
}

static struct ims_answer ask_kind(struct vw *v, uint64_t addr, unsigned access, unsigned kind)
{
	struct ims_req req = vw_req(NONE, addr, access);
	struct ims_answer a;

	req.kind = (uint8_t)kind;
	ims_translate(&v->hw, &req, &a);
	return a;
}

static void note(void *arg, uint32_t number, const struct ims_entry *e)
{
	(void)number;
	*(const struct ims_entry **)arg = e;
}

static const struct ims_entry *only_entry(struct vw *v, unsigned cache)
{
	struct ims_cache *c = ims_hw_cache(&v->hw, cache);
	const struct ims_entry *e = NULL;

	ck_assert_uint_eq(c->live, 1);
	ims_cache_each(c, note, &e);
	return e;
}

/* 256 entries of 16 bytes: the whole devfn is the index, and the upper half of a root entry is none. */
START_TEST(requesters)
{
	struct ims_req req = vw_req(NONE, VW_GPA, R);
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ .legacy = true, .logged = true });
	a = vw_ask(&v, NONE, VW_GPA | 0x123, R);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.out, VW_HPA | 0x123);
	req.src = VW_SRC_HIGH;
	ims_translate(&v.hw, &req, &a);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.out, VW_HPA);
	req.src = VW_SRC_HIGH + 1;
	ims_translate(&v.hw, &req, &a);
	ck_assert_uint_eq(a.fault, VTD_LCT_2);
	req.src = 0x208;
	ims_translate(&v.hw, &req, &a);
	ck_assert_uint_eq(a.fault, VTD_LRT_2);
	vw_close(&v);
}
END_TEST

/* TT: what an untranslated, a translation and a translated request get. */
START_TEST(translation_types)
{
	static const struct {
		unsigned tt, kind;
		uint64_t addr, out;
		uint16_t fault;
	} types[] = {
		{ TT_NO_ATS, IMS_REQ_UNTRANSLATED, VW_GPA, VW_HPA, 0 },
		{ TT_NO_ATS, IMS_REQ_ATS, VW_GPA, 0, VTD_LCT_5 },
		{ TT_NO_ATS, IMS_REQ_TRANSLATED, VW_HPA, 0, VTD_LCT_5 },
		{ TT_ATS, IMS_REQ_UNTRANSLATED, VW_GPA, VW_HPA, 0 },
		{ TT_ATS, IMS_REQ_ATS, VW_GPA, VW_HPA, 0 },
		{ TT_ATS, IMS_REQ_TRANSLATED, VW_HPA, VW_HPA, 0 },
		{ TT_PT, IMS_REQ_UNTRANSLATED, VW_GPA, VW_GPA, 0 },
		{ TT_PT, IMS_REQ_ATS, VW_GPA, 0, VTD_LCT_5 },
		{ TT_PT, IMS_REQ_TRANSLATED, VW_HPA, 0, VTD_LCT_5 },
		{ TT_PT, IMS_REQ_UNTRANSLATED, 0xfee00000 + (UINT64_C(1) << 32),
		  0xfee00000 + (UINT64_C(1) << 32), 0 },
	};

	for (unsigned i = 0; i < COUNT(types); i++) {
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &(struct vw_options){ .legacy = true, .full = true });
		context(&v, types[i].tt, 3, 30,
			types[i].tt == TT_PT ? VW_NOWHERE : (uint64_t)VW_SS5);
		a = ask_kind(&v, types[i].addr, R, types[i].kind);
		ck_assert_msg(a.fault == types[i].fault, "type %u: %#x", i, a.fault);
		if (!a.fault)
			ck_assert_msg(a.out == types[i].out, "type %u", i);
		vw_close(&v);
	}
}
END_TEST

/* AW 1, 2, 3: three, four and five levels, and the first address beyond each. */
START_TEST(widths)
{
	static const struct {
		unsigned aw;
		uint64_t table, good, out, beyond;
	} w[] = {
		{ 1, VW_SS3, VW_GPA_LOW, VW_HPA_LOW, UINT64_C(1) << 39 },
		{ 2, VW_SS4, VW_GPA, VW_HPA, UINT64_C(1) << 48 },
		{ 3, VW_SS5, VW_GPA5, VW_HPA, UINT64_C(1) << 57 },
	};

	for (unsigned i = 0; i < COUNT(w); i++) {
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &(struct vw_options){ .legacy = true, .full = true });
		context(&v, TT_ATS, w[i].aw, 30, w[i].table);
		a = vw_ask(&v, NONE, w[i].good, W);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert_uint_eq(a.out, w[i].out);
		ck_assert_uint_eq(vw_ask(&v, NONE, w[i].beyond - 1, R).fault, VTD_LGN_3);
		ck_assert_uint_eq(vw_ask(&v, NONE, w[i].beyond, R).fault, VTD_LGN_1);
		vw_close(&v);
	}
}
END_TEST

/* An absent page lacks the permission that was asked for (table 30, LGN.2 and LGN.3); so says a hit. */
START_TEST(permissions)
{
	for (unsigned n = 0; n < 4 * 3 * 2; n++) {
		unsigned rw = n % 4, access = n / 4 % 3 + 1;
		bool warm = n >= 12;
		struct ims_answer a;
		struct vw v;
		uint16_t want = (access & W) && !(rw & 2) ? VTD_LGN_2 :
				(access & R) && !(rw & 1) ? VTD_LGN_3 :
							    0;

		vw_build(&v, &(struct vw_options){ .legacy = true });
		vw_put(&v, VW_SG2_E, VW_SG1 | rw);
		if (warm)
			vw_ask(&v, NONE, VW_GPA, rw & 1 ? R : W);
		a = vw_ask(&v, NONE, VW_GPA, access);
		ck_assert_msg(a.fault == want || (access == (R | W) && !rw && a.fault == VTD_LGN_3),
			      "%u: %#x instead of %#x", n, a.fault, want);
		vw_close(&v);
	}
}
END_TEST

/* The ATS answer of an absent page has no permission; N is SNP (section 4.2.3). */
START_TEST(ats)
{
	struct ims_req req = vw_req(NONE, VW_GPA, R);
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ .legacy = true });
	vw_put(&v, VW_SG1_E, VW_HPA | 0x801);
	ims_device_ats(&v.hw, &req, &a);
	ck_assert_uint_eq(a.ats, IMS_ATS_REDUCED);
	ck_assert_uint_eq(a.perm & (R | W | IMS_SNOOP), R | IMS_SNOOP);
	ck_assert_uint_eq(a.size_lg2, 12);
	vw_put(&v, VW_SG1_E + 8, 0);
	req.addr += 0x1000;
	ims_device_ats(&v.hw, &req, &a);
	ck_assert_uint_eq(a.fault, VTD_LGN_2);
	ck_assert_uint_eq(a.perm & (R | W), 0);
	ck_assert_uint_eq(ims_hw_cache(&v.hw, VTD_ATC)->live, 1);
	vw_close(&v);
}
END_TEST

/* Tags: DID of the context entry, no PASID; class second-stage or pass-through. No A and D bits. */
START_TEST(tags)
{
	for (unsigned tt = TT_ATS; tt <= TT_PT; tt++) {
		const struct ims_entry *e;
		struct vw v;

		vw_build(&v, &(struct vw_options){ .legacy = true, .full = true });
		context(&v, tt, 2, 0x1234, VW_SS4);
		ck_assert_uint_eq(vw_ask(&v, NONE, VW_GPA, W).fault, 0);
		e = only_entry(&v, VTD_IOTLB);
		ck_assert_uint_eq(e->dom, 0x1234);
		ck_assert_uint_eq(e->ctx, NONE);
		ck_assert_uint_eq(e->cls, tt == TT_PT ? VTD_CLASS_PT : VTD_CLASS_SS);
		ck_assert_uint_eq(ims_cache_groups(ims_hw_cache(&v.hw, VTD_IOTLB))[e->group].ctx,
				  NONE);
		e = only_entry(&v, VTD_LEGACY);
		ck_assert_uint_eq(e->dom, 0x1234);
		ck_assert_uint_eq(e->src, VW_SRC);
		ck_assert_uint_eq(ims_hw_cache(&v.hw, VTD_CONTEXT)->live, 0);
		ck_assert_uint_eq(ims_hw_cache(&v.hw, VTD_PASID)->live, 0);
		ck_assert_uint_eq(vw_get(&v, VW_SG1_E), VW_HPA | 3);
		vw_close(&v);
	}
}
END_TEST

/* Of two requesters each has its own cached entry: domain, width and table. */
START_TEST(two_cached_entries)
{
	struct ims_req other = vw_req(NONE, VW_GPA_LOW, R);
	struct ims_answer a;
	struct vw v;

	other.src = VW_SRC_HIGH;
	vw_build(&v, &(struct vw_options){ .legacy = true });
	vw_put(&v, VW_LCTX + 0xa0 * 16, VW_SS3 | 0x5);
	vw_put(&v, VW_LCTX + 0xa0 * 16 + 8, 31 << 8 | 1);
	for (unsigned i = 0; i < 3; i++) {
		struct ims_cache *c = ims_hw_cache(&v.hw, VTD_IOTLB);
		struct ims_sel all = { .last = ~UINT64_C(0),
				       .before = UINT32_MAX,
				       .classes = IMS_CLASS_ANY };

		a = vw_ask(&v, NONE, VW_GPA, R);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert_uint_eq(a.out, VW_HPA);
		ck_assert_uint_eq(ims_cache_entries(c)[a.entry].dom, 30);
		ims_translate(&v.hw, &other, &a);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert_uint_eq(a.out, VW_HPA_LOW);
		ck_assert_uint_eq(ims_cache_entries(c)[a.entry].dom, 31);
		ims_cache_drop(c, &all, NULL, NULL);
	}
	ck_assert_uint_eq(ims_hw_cache(&v.hw, VTD_LEGACY)->live, 2);
	vw_close(&v);
}
END_TEST

/* The cached context entry serves until it is dropped: by DID, by DID and source, with a mask. */
START_TEST(context_cache)
{
	static const struct {
		uint8_t how_dom, how_src;
		uint32_t dom, src, mask;
		bool gone, other_gone;
	} drops[] = {
		{ IMS_EQUAL, IMS_ANY, 30, 0, 0, true, true },
		{ IMS_EQUAL, IMS_ANY, 31, 0, 0, false, false },
		{ IMS_EQUAL, IMS_EQUAL, 30, VW_SRC, 0, true, false },
		{ IMS_EQUAL, IMS_EQUAL, 31, VW_SRC, 0, false, false },
		{ IMS_EQUAL, IMS_MASKED, 30, VW_SRC | 3, 3, true, false },
		{ IMS_EQUAL, IMS_MASKED, 30, VW_SRC ^ 8, 7, false, false },
		{ IMS_ANY, IMS_ANY, 0, 0, 0, true, true },
	};

	for (unsigned i = 0; i < COUNT(drops); i++) {
		struct ims_req other = vw_req(NONE, VW_GPA, R);
		struct ims_sel sel = { .last = ~UINT64_C(0),
				       .before = UINT32_MAX,
				       .classes = IMS_CLASS_ANY,
				       .how_dom = drops[i].how_dom,
				       .how_src = drops[i].how_src,
				       .dom = drops[i].dom,
				       .src = drops[i].src,
				       .src_mask = drops[i].mask };
		struct ims_answer a;
		struct vw v;

		other.src = VW_SRC_HIGH;
		vw_build(&v, &(struct vw_options){ .legacy = true });
		vw_ask(&v, NONE, VW_GPA, R);
		ims_translate(&v.hw, &other, &a);
		vw_put(&v, VW_LCTX_E, 0);
		vw_put(&v, VW_LCTX + 0xa0 * 16, 0);
		ims_cache_drop(ims_hw_cache(&v.hw, VTD_LEGACY), &sel, NULL, NULL);
		a = vw_ask(&v, NONE, VW_GPA + 0x1000, R);
		ck_assert_msg((a.fault == VTD_LCT_2) == drops[i].gone, "drop %u: %#x", i, a.fault);
		other.addr += 0x1000;
		ims_translate(&v.hw, &other, &a);
		ck_assert_msg((a.fault == VTD_LCT_2) == drops[i].other_gone, "drop %u, other: %#x",
			      i, a.fault);
		vw_close(&v);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d legacy mode");
	TCase *t = tcase_create("legacy");

	tcase_add_test(t, requesters);
	tcase_add_test(t, translation_types);
	tcase_add_test(t, widths);
	tcase_add_test(t, permissions);
	tcase_add_test(t, ats);
	tcase_add_test(t, tags);
	tcase_add_test(t, two_cached_entries);
	tcase_add_test(t, context_cache);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
