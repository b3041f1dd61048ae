/* SPDX-License-Identifier: MIT */
/*
 * What the caches may keep (sections 6.1 and 6.2): absence with CM = 1, a
 * PASID-table entry read in pieces, pass-through results, dirty bits of both stages.
 */
#include <check.h>

#include "tests/vectors/vtd_world.h"
#include "tests/run.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NONE	 IMS_CTX_NONE
#define R	 IMS_R
#define W	 IMS_W
#define ALL	 ~UINT64_C(0)

static void note(void *arg, uint32_t number, const struct ims_entry *e)
{
	(void)number;
	*(const struct ims_entry **)arg = e;
}

/* The last entry of a cache, of those it holds. */
static const struct ims_entry *an_entry(struct vw *v, unsigned cache)
{
	const struct ims_entry *e = NULL;

	ims_cache_each(ims_hw_cache(&v->hw, cache), note, &e);
	return e;
}

static void drop(struct vw *v, unsigned cache)
{
	struct ims_sel all = { .last = ALL, .before = UINT32_MAX, .classes = IMS_CLASS_ANY };

	ims_cache_drop(ims_hw_cache(&v->hw, cache), &all, NULL, NULL);
}

/* ---- absence ---- */

/* clang-format off */
static const struct {
	const char *why;
	uint32_t ctx;
	uint64_t addr, at, clear, set;
	uint16_t code;
	uint8_t cache, knob; /* the least with which it is kept; 3: never */
	uint16_t dom;
	bool legacy;
} absent[] = {
	{ "context, P = 0", NONE, VW_IOVA, VW_CTX_E, 1, 0, VTD_SCT_2, VTD_CONTEXT, 1, 0, false },
	{ "context, reserved", NONE, VW_IOVA, VW_CTX_E, 0, 0x80, VTD_SCT_3, VTD_CONTEXT, 1, 0, false },
	{ "context, value", NONE, VW_IOVA, VW_CTX_E + 8, 0, 0x2000, VTD_SCT_4, VTD_CONTEXT, 1, 0, false },
	{ "root, P = 0", NONE, VW_IOVA, VW_ROOT_E, 1, 0, VTD_SRT_2, VTD_CONTEXT, 3, 0, false },
	{ "context, no memory", NONE, VW_IOVA, VW_ROOT_E, IMS_BITS(63, 12), VW_NOWHERE, VTD_SCT_1, VTD_CONTEXT, 3, 0, false },
	{ "directory, P = 0", 1, VW_IOVA, VW_DIR_E, 1, 0, VTD_SPD_2, VTD_PASID, 1, 0, false },
	{ "directory, reserved", 1, VW_IOVA, VW_DIR_E, 0, 4, VTD_SPD_3, VTD_PASID, 1, 0, false },
	{ "PASID entry, P = 0", 1, VW_IOVA, VW_PASID_E(1), 1, 0, VTD_SPT_2, VTD_PASID, 1, 0, false },
	{ "PASID entry, reserved", 1, VW_IOVA, VW_PASID_E(1), 0, 0x20, VTD_SPT_3, VTD_PASID, 1, 0, false },
	{ "PASID entry, value", 1, VW_IOVA, VW_PASID_E(1), 0x1c0, 0, VTD_SPT_4, VTD_PASID, 1, 0, false },
	{ "PASID entry of none", NONE, VW_IOVA, VW_PASID_E(0), 1, 0, VTD_SPT_2, VTD_PASID, 1, 0, false },
	{ "PASID entry, no memory", 1, VW_IOVA, VW_DIR_E, IMS_BITS(63, 12), VW_NOWHERE, VTD_SPT_1, VTD_PASID, 3, 0, false },
	{ "second stage", 2, VW_GPA, VW_SG1_E, 3, 0, VTD_SSS_2, VTD_IOTLB, 2, 12, false },
	{ "second stage, upper level", 2, VW_GPA, VW_SG3_E, 3, 0, VTD_SSS_2, VTD_IOTLB, 2, 12, false },
	{ "second stage, reserved", 2, VW_GPA, VW_SG2_E, 0, 0x800, VTD_SSS_3, VTD_IOTLB, 2, 12, false },
	{ "second stage, no memory", 2, VW_GPA, VW_SG3_E, IMS_BITS(63, 12), VW_NOWHERE, VTD_SSS_1, VTD_IOTLB, 3, 0, false },
	{ "nested, final page", NONE, VW_IOVA, VW_SG1_E, 3, 0, VTD_SSS_2, VTD_IOTLB, 2, 10, false },
	{ "nested, page of a table", NONE, VW_IOVA, VW_SS1_LOW_E(0x103000), 3, 0, VTD_SSS_2, VTD_IOTLB, 2, 10, false },
	{ "nested, first stage", NONE, VW_IOVA, VW_FS_E(VW_N1, 1), 1, 0, VTD_SFS_2, VTD_IOTLB, 3, 0, false },
	{ "first stage", 1, VW_IOVA, VW_FS_E(VW_F1, 1), 1, 0, VTD_SFS_2, VTD_IOTLB, 3, 0, false },
	{ "first stage, reserved", 1, VW_IOVA, VW_FS_E(VW_F4, 4), 0, 0x80, VTD_SFS_3, VTD_IOTLB, 3, 0, false },
	{ "legacy context, P = 0", NONE, VW_GPA, VW_LCTX_E, 1, 0, VTD_LCT_2, VTD_LEGACY, 1, 0, true },
	{ "legacy context, reserved", NONE, VW_GPA, VW_LCTX_E, 0, 0x10, VTD_LCT_3, VTD_LEGACY, 1, 0, true },
	{ "legacy context, value", NONE, VW_GPA, VW_LCTX_E + 8, 7, 0, VTD_LCT_4, VTD_LEGACY, 1, 0, true },
	{ "legacy, second stage", NONE, VW_GPA, VW_SG1_E, 3, 0, VTD_LGN_3, VTD_IOTLB, 2, 30, true },
	{ "legacy, reserved", NONE, VW_GPA, VW_SG2_E, 0, 0x800, VTD_LSS_2, VTD_IOTLB, 2, 30, true },
};
/* clang-format on */

/*
 * The fault comes first, the repair next; with CM = 1 it goes on coming until what
 * was kept of it is dropped, under the tags that section 6.1 gives it.
 */
START_TEST(absence)
{
	for (unsigned n = 0; n < 6; n++) {
		bool cm = n >= 3, kept = cm && n % 3 >= absent[_i].knob;
		struct vw_options o = { .legacy = absent[_i].legacy,
					.params = { VW_PARAM(VTD_P_CM, cm),
						    VW_PARAM(VTD_K_NEGATIVE, n % 3) } };
		uint64_t whole;
		struct ims_answer a, before;
		struct vw v;

		vw_build(&v, &o);
		whole = vw_get(&v, absent[_i].at);
		vw_put(&v, absent[_i].at, (whole & ~absent[_i].clear) | absent[_i].set);
		before = vw_ask(&v, absent[_i].ctx, absent[_i].addr, R);
		ck_assert_msg(before.fault == absent[_i].code, "%s: %#x", absent[_i].why,
			      before.fault);
		vw_put(&v, absent[_i].at, whole);
		if (kept) {
			const struct ims_entry *e = an_entry(&v, absent[_i].cache);

			ck_assert_msg(e != NULL, "%s: not kept", absent[_i].why);
			ck_assert_uint_eq(e->dom, absent[_i].dom);
			ck_assert_uint_eq(e->perm & (R | W), 0);
			ck_assert_uint_eq(e->src, VW_SRC);
			ck_assert_uint_eq(e->size_lg2, absent[_i].cache == VTD_IOTLB ? 12 : 64);
		}
		for (unsigned i = 0; i < 2; i++) {
			a = vw_ask(&v, absent[_i].ctx, absent[_i].addr, R);
			ck_assert_msg(a.fault == (kept ? absent[_i].code : 0), "%s, CM %u/%u: %#x",
				      absent[_i].why, cm, n % 3, a.fault);
			ck_assert_uint_eq(a.ats, kept ? before.ats : 0);
			ck_assert(!kept || !(a.perm & (R | W)));
		}
		drop(&v, absent[_i].cache);
		ck_assert_uint_eq(vw_ask(&v, absent[_i].ctx, absent[_i].addr, R).fault, 0);
		vw_close(&v);
	}
}
END_TEST

/* Absence is for whoever asks; what it is called is by what it asks for where it has no name of its own. */
START_TEST(absence_for_writes)
{
	struct vw_options o = { .legacy = _i, .params = { VW_PARAM(VTD_P_CM, 1) } };
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &o);
	vw_put(&v, VW_SG1_E, 0);
	vw_ask(&v, _i ? NONE : 2, VW_GPA, R);
	a = vw_ask(&v, _i ? NONE : 2, VW_GPA | 0x800, W);
	ck_assert(a.hit);
	ck_assert_uint_eq(a.fault, _i ? VTD_LGN_2 : VTD_SSS_2);
	ck_assert_uint_eq(a.out, 0);
	vw_close(&v);
}
END_TEST

/* The tag of one that does not: its PASID and its DID; so the command that names both reaches it. */
START_TEST(pasid_by_tag)
{
	static const struct {
		uint64_t qw0;
		bool gone;
	} commands[] = {
		{ UINT64_C(0x1000b0017), true },
		{ UINT64_C(0x1000c0017), false },
		{ UINT64_C(0x2000b0017), false },
		{ UINT64_C(0x100000017), false },
		{ 0x000b0007, true },
		{ 0x000c0007, false },
		{ 0x00000007, false },
	};

	for (unsigned n = 0; n < COUNT(commands) * 2; n++) {
		struct vw_options o = { .params = { VW_PARAM(VTD_P_CM, n & 1) } };
		struct vw v;

		vw_build(&v, &o);
		ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, R).fault, 0);
		ck_assert_uint_eq(an_entry(&v, VTD_PASID)->dom, 11);
		drop(&v, VTD_IOTLB);
		vw_put(&v, VW_PASID_E(1), 0);
		vw_send(&v, commands[n / 2].qw0, 0);
		vw_wait(&v);
		ck_assert_msg((vw_ask(&v, 1, VW_IOVA, R).fault == VTD_SPT_2) ==
				      commands[n / 2].gone,
			      "command %u", n / 2);
		vw_close(&v);
	}
}
END_TEST

/* The tag of a PASID entry that faults: its PASID, and DID 0 whatever stands in it. */
START_TEST(absent_pasid_by_tag)
{
	static const struct {
		uint32_t dom, ctx;
		bool gone;
	} drops[] = { { 11, 1, false }, { 0, 1, true }, { 0, 2, false } };

	for (unsigned i = 0; i < COUNT(drops); i++) {
		struct vw_options o = { .params = { VW_PARAM(VTD_P_CM, 1) } };
		struct ims_sel sel = { .last = ALL,
				       .before = UINT32_MAX,
				       .classes = IMS_CLASS_ANY,
				       .how_dom = IMS_EQUAL,
				       .how_ctx = IMS_EQUAL,
				       .dom = drops[i].dom,
				       .ctx = drops[i].ctx };
		struct vw v;

		vw_build(&v, &o);
		vw_put(&v, VW_PASID_E(1), vw_get(&v, VW_PASID_E(1)) & ~UINT64_C(1));
		vw_ask(&v, 1, VW_IOVA, R);
		vw_put(&v, VW_PASID_E(1), vw_get(&v, VW_PASID_E(1)) | 1);
		ims_cache_drop(ims_hw_cache(&v.hw, VTD_PASID), &sel, NULL, NULL);
		ck_assert_uint_eq(vw_ask(&v, 1, VW_IOVA, R).fault, drops[i].gone ? 0 : VTD_SPT_2);
		vw_close(&v);
	}
}
END_TEST

/* ---- requesters ---- */

/* Each bit of the source-id picks another entry: 8 of the bus, 8 of device and function. */
START_TEST(each_bit_of_the_source)
{
	for (unsigned n = 0; n < 17 * 2; n++) {
		uint32_t src = n / 2 == 16 ? 0xffff : 1u << n / 2;
		bool legacy = n & 1;
		uint64_t root = VW_ROOT + (src >> 8) * 16;
		struct ims_req req = vw_req(NONE, legacy ? VW_GPA : VW_IOVA, R);
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &(struct vw_options){ .legacy = legacy });
		for (unsigned i = 0; i < 2 * 256; i++)
			vw_put(&v, VW_ROOT + i * 8, 0);
		if (legacy) {
			vw_put(&v, root, 0x40000 | 1);
			vw_put(&v, 0x40000 + (src & 0xff) * 16, VW_SS4 | 0x5);
			vw_put(&v, 0x40000 + (src & 0xff) * 16 + 8, 30 << 8 | 2);
		} else {
			vw_put(&v, root + (src & 0x80 ? 8 : 0), 0x40000 | 1);
			vw_put(&v, 0x40000 + (src & 0x7f) * 32, VW_DIR | 0xd);
		}
		req.src = src;
		ims_translate(&v.hw, &req, &a);
		ck_assert_msg(!a.fault && a.out == VW_HPA, "%#x: %#x", src, a.fault);
		for (unsigned bit = 0; bit < 16; bit++) {
			req.src = src ^ 1u << bit;
			ims_translate(&v.hw, &req, &a);
			ck_assert_msg(a.fault != 0, "%#x serves %#x", src, req.src);
		}
		vw_close(&v);
	}
}
END_TEST

/* ---- fetches in pieces ---- */

/* PASID 1 as it is becomes another first stage under DID 77, without going through P = 0. */
static void replace_pasid(struct vw *v)
{
	vw_put(v, VW_PASID_E(1) + 16, VW_F4 + 0x10000);
	vw_put(v, VW_PASID_E(1) + 8, 0x800000 | 77);
	vw_put(v, VW_F4 + 0x10008, VW_F3 | 7);
	vw_put(v, VW_FS_E(VW_F1, 1), 0x680005007);
}

/* Each 16 bytes as they were when they were read (chapter 9, preamble). */
START_TEST(torn_fetch)
{
	for (unsigned pieces = 0; pieces <= 3; pieces++) {
		struct vw_options o = { .logged = true,
					.params = { VW_PARAM(VTD_K_TORN, pieces) } };
		struct ims_req req = vw_req(1, VW_IOVA, R);
		const struct ims_entry *e;
		struct ims_answer a;
		unsigned old = 0;
		struct vw v;

		vw_build(&v, &o);
		ims_prefetch(&v.hw, &req);
		ck_assert_uint_eq(ims_hw_cache(&v.hw, VTD_PASID)->live, 0);
		replace_pasid(&v);
		vw_ask(&v, 2, VW_GPA, R); /* another PASID has nothing to do with it */
		a = vw_ask(&v, 1, VW_IOVA, R);
		ck_assert_uint_eq(a.fault, 0);
		e = &ims_cache_entries(ims_hw_cache(&v.hw, VTD_IOTLB))[a.entry];
		/* The DID is in the first piece, FSPTPTR in the second. */
		ck_assert_uint_eq(e->dom, pieces >= 1 ? 11 : 77);
		ck_assert_uint_eq(v.hw.unit->fetch.count, 0);
		for (uint32_t i = 0; i < v.log.count; i++)
			old += v.log.events[i].kind == IMS_EV_READ && v.log.events[i].a[3];
		ck_assert_uint_eq(old, pieces * 2);
		if (pieces >= 2)
			ck_assert_uint_eq(vw_get(&v, VW_F4 + 0x10008) & 0x20, 0);
		else
			ck_assert_uint_eq(vw_get(&v, VW_F4 + 0x10008) & 0x20, 0x20);
		vw_close(&v);
	}
}
END_TEST

/* A PASID-cache command that would drop the entry ends the fetch. */
START_TEST(torn_fetch_ends)
{
	static const struct {
		uint64_t qw0;
		bool ends;
	} commands[] = {
		{ 0x1000b0017, true },	/* PC PASID-selective, DID 11, PASID 1 */
		{ 0x2000b0017, false }, /* PASID 2 */
		{ 0x000b0007, true },	/* PC domain */
		{ 0x00000037, true },	/* PC global */
		{ 0x00000011, false },	/* CC global */
		{ 0x000b00e2, false },	/* IOTLB domain-selective */
	};

	for (unsigned i = 0; i < COUNT(commands); i++) {
		struct vw_options o = { .params = { VW_PARAM(VTD_K_TORN, 2) } };
		struct ims_req req = vw_req(1, VW_IOVA, R);
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &o);
		ims_prefetch(&v.hw, &req);
		replace_pasid(&v);
		vw_send(&v, commands[i].qw0, 0);
		vw_wait(&v);
		a = vw_ask(&v, 1, VW_IOVA, R);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert_msg(ims_cache_entries(ims_hw_cache(&v.hw, VTD_IOTLB))[a.entry].dom ==
				      (commands[i].ends ? 77 : 11),
			      "command %u", i);
		vw_close(&v);
	}
}
END_TEST

/* ---- pass-through ---- */

START_TEST(pass_through)
{
	static const uint8_t sizes[] = { 0, 12, 21, 30 };

	for (unsigned i = 0; i < COUNT(sizes); i++)
		for (unsigned fragment = 0; fragment <= 12; fragment += 12) {
			struct vw_options o = { .full = true,
						.fragment_lg2 = (uint8_t)fragment,
						.params = { VW_PARAM(VTD_K_PT_LG2, sizes[i]) } };
			uint8_t want = fragment && sizes[i] > 12 ? 12 : sizes[i];
			struct ims_answer a;
			struct vw v;

			vw_build(&v, &o);
			a = vw_ask(&v, 9, UINT64_C(0x123456789a), W);
			ck_assert_uint_eq(a.fault, 0);
			ck_assert_uint_eq(a.out, UINT64_C(0x123456789a));
			ck_assert_uint_eq(ims_hw_cache(&v.hw, VTD_IOTLB)->live, want ? 1 : 0);
			if (want) {
				const struct ims_entry *e = an_entry(&v, VTD_IOTLB);

				ck_assert_uint_eq(e->size_lg2, want);
				ck_assert_uint_eq(e->in, UINT64_C(0x123456789a) >> want << want);
				ck_assert_uint_eq(e->out, e->in);
				ck_assert_uint_eq(e->cls, VTD_CLASS_PT);
				ck_assert_uint_eq(e->dom, 19);
				ck_assert_uint_eq(a.size_lg2, want);
			}
			a = vw_ask(&v, 9, UINT64_C(0x123456789a), W);
			ck_assert_uint_eq(a.hit, want != 0);
			/* Beside the interrupts: small. */
			a = vw_ask(&v, 9, 0xfeeff000 + 0x1000, W);
			ck_assert_uint_eq(a.fault, 0);
			ck_assert_uint_eq(a.size_lg2, 12);
			ck_assert_uint_eq(vw_ask(&v, 9, 0xfee00000, W).fault, VTD_SGN_8);
			vw_close(&v);
		}
}
END_TEST

/* ---- dirty bits of both stages in one entry (rule 7b of the reference) ---- */

START_TEST(dirty_of_both_stages)
{
	for (unsigned n = 0; n < 4; n++) {
		bool fs = n & 1, ss = n & 2;
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &(struct vw_options){ .full = true, .walk_caches = true });
		vw_put(&v, VW_FS_E(VW_N1, 1), vw_get(&v, VW_FS_E(VW_N1, 1)) | (fs ? 0x40 : 0));
		vw_put(&v, VW_SG1_E, vw_get(&v, VW_SG1_E) | (ss ? 0x200 : 0));
		a = vw_ask(&v, 10, VW_IOVA, R);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert_uint_eq((a.perm & IMS_D) != 0, fs && ss);
		a = vw_ask(&v, 10, VW_IOVA, W);
		ck_assert_uint_eq(a.hit, fs && ss);
		ck_assert_uint_eq(vw_get(&v, VW_FS_E(VW_N1, 1)) & 0x40, 0x40);
		ck_assert_uint_eq(vw_get(&v, VW_SG1_E) & 0x200, 0x200);
		/* Cleared by software and not invalidated: not set again. */
		vw_put(&v, VW_SG1_E, vw_get(&v, VW_SG1_E) & ~UINT64_C(0x200));
		a = vw_ask(&v, 10, VW_IOVA, W);
		ck_assert(a.hit);
		ck_assert_uint_eq(vw_get(&v, VW_SG1_E) & 0x200, 0);
		vw_close(&v);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d caching");
	TCase *t = tcase_create("caching");

	tcase_add_loop_test(t, absence, 0, COUNT(absent));
	tcase_add_loop_test(t, absence_for_writes, 0, 2);
	tcase_add_test(t, pasid_by_tag);
	tcase_add_test(t, absent_pasid_by_tag);
	tcase_add_test(t, each_bit_of_the_source);
	tcase_add_test(t, torn_fetch);
	tcase_add_test(t, torn_fetch_ends);
	tcase_add_test(t, pass_through);
	tcase_add_test(t, dirty_of_both_stages);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
