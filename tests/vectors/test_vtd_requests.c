/* SPDX-License-Identifier: MIT */
/*
 * Kinds of requests and their answers: the interrupt address range (section 3.15,
 * table 15), translation completions (section 4.2.3, table 10), translated requests
 * (4.2.5), privilege (3.6.1), pass-through, and which faults FPD suppresses
 * (table 30, "qualified").
 */
#include <check.h>

#include "tests/vectors/vtd_fault_vectors.h"
#include "tests/vectors/vtd_unit.h"
#include "tests/run.h"

#define FEE UINT64_C(0xfee00000)

static struct ims_answer ask_req(struct vw *v, const struct ims_req *req)
{
	struct ims_answer a;

	ims_translate(&v->hw, req, &a);
	return a;
}

static struct ims_answer complete(struct vw *v, const struct ims_req *req)
{
	struct ims_answer a;

	ims_device_ats(&v->hw, req, &a);
	return a;
}

/* ---- the interrupt address range ---- */

START_TEST(interrupts)
{
	static const struct {
		uint64_t addr;
		uint8_t access, bytes;
		bool zero, interrupt;
		uint16_t fault;
	} rows[] = {
		{ FEE, W, 4, false, true, 0 },
		{ FEE, W, 0, false, true, 0 }, /* not said: one DWORD */
		{ 0xfeeffffc, W, 4, false, true, 0 },
		{ FEE, W, 8, false, false, VTD_IR_29 },
		{ FEE, W, 1, false, false, VTD_IR_29 },
		{ FEE + 2, W, 4, false, false, VTD_IR_29 },
		{ FEE, R, 4, false, false, VTD_IR_29 },
		{ FEE, R, 0, true, false, 0 },
		{ FEE, R | W, 4, false, false, VTD_IR_29 },
		{ FEE - 4, W, 4, false, false, VTD_SFS_2 },
		{ 0xfef00000, W, 4, false, false, VTD_SFS_2 },
	};

	for (unsigned i = 0; i < COUNT(rows); i++)
		for (unsigned legacy = 0; legacy < 2; legacy++) {
			struct ims_req req = vw_req(NONE, rows[i].addr, rows[i].access);
			struct ims_answer a;
			struct vw v;

			req.bytes = rows[i].bytes;
			req.zero_length = rows[i].zero;
			vw_build(&v, &(struct vw_options){ .full = true, .legacy = legacy });
			a = ask_req(&v, &req);
			if (legacy && rows[i].fault == VTD_SFS_2)
				ck_assert_uint_eq(a.fault, VTD_LGN_2);
			else
				ck_assert_msg(a.fault == rows[i].fault, "row %u: %#x", i, a.fault);
			ck_assert_uint_eq(a.interrupt, rows[i].interrupt);
			if (!rows[i].fault)
				ck_assert_uint_eq(a.perm, rows[i].access);
			ck_assert_uint_eq(ims_hw_cache(&v.hw, VTD_IOTLB)->live, 0);
			vw_close(&v);
		}
}
END_TEST

/* Section 11.4.3, IRREQ: without remapping an interrupt is blocked; what is none is not. */
START_TEST(interrupts_required_to_be_remapped)
{
	for (unsigned n = 0; n < 8; n++) {
		bool required = n & 1, remapped = n & 2, te = n & 4;
		struct ims_req req = vw_req(NONE, FEE, W);
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &(struct vw_options){ .full = true,
						   .params = { VW_PARAM(VTD_P_IRREQ, required) } });
		vu_write(&v, "GCMD", VU_QIE | (te ? VU_TE : 0) | (remapped ? 1u << 25 : 0));
		a = ask_req(&v, &req);
		ck_assert_uint_eq(a.fault, required && !remapped ? VTD_IR_2B : 0);
		ck_assert_uint_eq(a.interrupt, !a.fault);
		ck_assert_uint_eq(vu_read(&v, "FSTS"), a.fault ? 2 : 0);
		req.access = R;
		req.zero_length = true;
		ck_assert_uint_eq(ask_req(&v, &req).fault, 0);
		vw_close(&v);
	}
}
END_TEST

/* With PASID the input is an address like any other; a large page over the range does not hide it. */
START_TEST(interrupts_and_pages)
{
	struct ims_req req = vw_req(1, FEE | 0x10, W);
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true });
	vw_put(&v, VW_F4, VW_F3 | 7);
	vw_put(&v, VW_F3 + 3 * 8, 0x80000087); /* 1G from 0xc0000000 to 0x80000000 */
	a = ask_req(&v, &req);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.out, 0xbee00010);
	ck_assert_uint_eq(a.size_lg2, 30);
	ck_assert(!a.interrupt);
	/* The same page without PASID: once it is cached for its neighbours, too. */
	vw_put(&v, VW_PASID_E(0) + 16, VW_F4);
	vw_put(&v, VW_PASID_E(0), 0x41);
	req.ctx = NONE;
	req.addr = 0xfef00000;
	a = ask_req(&v, &req);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.size_lg2, 30);
	req.addr = FEE;
	a = ask_req(&v, &req);
	ck_assert(a.interrupt);
	ck_assert(!a.hit);
	vw_close(&v);
}
END_TEST

/* Outputs in the range are blocked, and the rest of their page is held in small pieces. */
START_TEST(output_in_the_range)
{
	for (unsigned kind = IMS_REQ_UNTRANSLATED; kind <= IMS_REQ_ATS; kind++) {
		struct ims_req req = vw_req(2, VW_GPA, R);
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &(struct vw_options){ .full = true });
		vw_put(&v, VW_SG2_E, 0xfee00083); /* 2M: the first half is interrupts */
		req.kind = (uint8_t)kind;
		req.addr = (VW_GPA & ~UINT64_C(0x1fffff)) | 0x100000;
		a = ask_req(&v, &req);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert_uint_eq(a.out, 0xfef00000);
		ck_assert_uint_eq(a.size_lg2, 12);
		req.addr -= 0x1000;
		a = ask_req(&v, &req);
		ck_assert_uint_eq(a.fault, VTD_SGN_8);
		ck_assert_uint_eq(a.ats, IMS_ATS_ABORT);
		ck_assert_uint_eq(ims_hw_cache(&v.hw, VTD_IOTLB)->live, 1);
		vw_close(&v);
	}
}
END_TEST

/* Conditions S.1 and S.2: the device is sent there untranslated, or nowhere; nothing is cached. */
START_TEST(translation_of_the_range)
{
	for (unsigned n = 0; n < 8; n++) {
		bool no_write = n & 1, nwfs = n & 2, legacy = n & 4;
		struct ims_req req = vw_req(NONE, FEE, R);
		struct ims_access_result result;
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &(struct vw_options){ .full = true,
						   .legacy = legacy,
						   .params = { VW_PARAM(VTD_P_NWFS, nwfs) } });
		req.no_write = no_write;
		a = complete(&v, &req);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert_uint_eq(a.perm, no_write && nwfs ? 0 : W);
		ck_assert_uint_eq(a.untranslated, !(no_write && nwfs));
		ck_assert_uint_eq(a.size_lg2, 12);
		ck_assert_uint_eq(ims_hw_cache(&v.hw, VTD_ATC)->live, 0);
		/* What the device does with it: an interrupt. */
		req.access = W;
		req.no_write = false;
		ims_device_access(&v.hw, 0, &req, true, &result);
		ck_assert(!result.refused && !result.fault);
		ck_assert_uint_eq(result.out, FEE);
		vw_close(&v);
	}
}
END_TEST

/* ---- completions ---- */

/* R, W, N, Priv by PASID and request; U = 0 in all, size of the leaf. */
/* clang-format off */
static const struct {
	const char *why;
	uint32_t ctx;
	uint64_t addr;
	bool priv, no_write;
	struct change change;
	uint8_t perm, s1_lg2;
	bool is_priv;
} completion[] = {
	{ "first stage", 1, VW_IOVA, false, false, { 0, 0, 0 }, R | W, 12, false },
	{ "no write", 1, VW_IOVA, false, true, { 0, 0, 0 }, R, 12, false },
	{ "PGSNP, first stage", 1, VW_IOVA, false, false, ON(VW_PASID_E(1) + 8, 0x1000000), R | W | IMS_SNOOP, 12, false },
	{ "bit 11 of the first stage", 1, VW_IOVA, false, false, ON(VW_FS_E(VW_F1, 1), 0x800), R | W, 12, false },
	{ "SNP", 2, VW_GPA, false, false, ON(VW_SG1_E, 0x800), R | W | IMS_SNOOP, 64, false },
	{ "PGSNP", 2, VW_GPA, false, false, ON(VW_PASID_E(2) + 8, 0x1000000), R | W | IMS_SNOOP, 64, false },
	{ "nested", NONE, VW_IOVA, false, false, { 0, 0, 0 }, R | W, 12, false },
	{ "nested, SNP", NONE, VW_IOVA, false, false, ON(VW_SG1_E, 0x800), R | W | IMS_SNOOP, 12, false },
	{ "nested, SNP of a table's page", NONE, VW_IOVA, false, false, ON(VW_SS1_LOW_E(0x104000), 0x800), R | W, 12, false },
	{ "pass-through", 9, VW_IOVA, false, false, { 0, 0, 0 }, R | W, 64, false },
	{ "pass-through, PGSNP", 9, VW_IOVA, false, false, ON(VW_PASID_E(9) + 8, 0x1000000), R | W | IMS_SNOOP, 64, false },
	{ "privileged", 12, VW_IOVA, true, false, OFF(VW_FS_E(VW_F1, 1), 6), R | W, 12, true },
	{ "a user's", 12, VW_IOVA, false, false, OFF(VW_FS_E(VW_F1, 1), 2), R, 12, false },
	{ "privileged, WPE", 13, VW_IOVA, true, false, OFF(VW_FS_E(VW_N1, 1), 6), R, 12, true },
	{ "privileged, SRE = 0", 1, VW_IOVA, true, false, { 0, 0, 0 }, 0, 0, true },
	{ "not mapped", 1, VW_IOVA + 0x1000, false, false, { 0, 0, 0 }, 0, 0, false },
};
/* clang-format on */

START_TEST(completions)
{
	const uint8_t perm = completion[_i].perm;
	struct ims_req req = vw_req(completion[_i].ctx, completion[_i].addr, R);
	const struct change *c = &completion[_i].change;
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true });
	if (c->at)
		vw_put(&v, c->at, (vw_get(&v, c->at) & ~c->clear) | c->set);
	req.priv = completion[_i].priv;
	req.no_write = completion[_i].no_write;
	/* By a walk, and by the IOTLB. */
	for (unsigned i = 0; i < 2; i++) {
		a = complete(&v, &req);
		ck_assert_msg((a.perm & (R | W | IMS_SNOOP)) == perm, "%s: %#x", completion[_i].why,
			      a.perm);
		ck_assert_msg(a.priv == completion[_i].is_priv, "%s: Priv", completion[_i].why);
		ck_assert(!a.untranslated && !a.interrupt);
		if (perm & (R | W))
			ck_assert_uint_eq(a.s1_lg2, completion[_i].s1_lg2);
		ck_assert_uint_eq(ims_hw_cache(&v.hw, VTD_ATC)->live, perm & (R | W) ? 1 : 0);
	}
	vw_close(&v);
}
END_TEST

/* NWFS = 0 ignores NW: handled as atomic, dirty and all (section 4.2.3.1). */
START_TEST(no_write_flag)
{
	for (unsigned n = 0; n < 4; n++) {
		bool nwfs = n & 1, no_write = n & 2;
		struct ims_req req = vw_req(1, VW_IOVA, R);
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &(struct vw_options){ .params = { VW_PARAM(VTD_P_NWFS, nwfs) } });
		req.no_write = no_write;
		a = complete(&v, &req);
		ck_assert_uint_eq(a.perm & (R | W), nwfs && no_write ? R : R | W);
		ck_assert_uint_eq(vw_get(&v, VW_FS_E(VW_F1, 1)) >> 6 & 1, !(nwfs && no_write));
		vw_close(&v);
	}
}
END_TEST

/* What was granted to a privileged request does not serve a user's, nor the other way round. */
START_TEST(privilege_in_the_device)
{
	struct ims_req req = vw_req(12, VW_IOVA, R);
	struct ims_access_result r;
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true });
	vw_put(&v, VW_FS_E(VW_F1, 1), vw_get(&v, VW_FS_E(VW_F1, 1)) & ~UINT64_C(4));
	req.priv = true;
	ims_device_access(&v.hw, 0, &req, true, &r);
	ck_assert(!r.fault && !r.refused);
	ims_device_access(&v.hw, 0, &req, true, &r);
	ck_assert_uint_eq(r.where, IMS_WHERE_ATC);
	req.priv = false;
	ims_device_access(&v.hw, 0, &req, true, &r);
	ck_assert_uint_eq(r.fault, VTD_SGN_2);
	vw_close(&v);
}
END_TEST

/* ---- privilege ---- */

/* Section 3.6.1, by U/S and R/W of the leaf: a user, a supervisor, one with WPE; caches never grant more. */
START_TEST(supervisors)
{
	for (unsigned n = 0; n < 2 * 3 * 4 * 3 * 2; n++) {
		unsigned rw = n % 2, who = n / 2 % 3, us = n / 6 % 2, nested = n / 12 % 2,
			 access = n / 24 % 3 + 1, warm = n / 72;
		uint64_t at = nested ? VW_FS_E(VW_N1, 1) : VW_FS_E(VW_F1, 1);
		struct ims_req req = vw_req(nested ? 13 : 12, VW_IOVA, access);
		struct ims_answer a;
		struct vw v;
		uint16_t want = 0;

		vw_build(&v, &(struct vw_options){ .full = true });
		vw_put(&v, VW_PASID_E(req.ctx) + 16,
		       (vw_get(&v, VW_PASID_E(req.ctx) + 16) & ~UINT64_C(0x10)) |
			       (who == 2 ? 0x10 : 0));
		vw_put(&v, at, (vw_get(&v, at) & ~UINT64_C(6)) | rw << 1 | us << 2);
		if (warm) {
			struct ims_req other = vw_req(req.ctx, VW_IOVA, R);

			other.priv = true;
			ask_req(&v, &other);
			other.priv = false;
			ask_req(&v, &other);
		}
		req.priv = who > 0;
		a = ask_req(&v, &req);
		if (!who && !us)
			want = VTD_SGN_2;
		else if ((access & W) && !rw && who != 1)
			want = VTD_SGN_6;
		ck_assert_msg(a.fault == want, "%u: %#x instead of %#x", n, a.fault, want);
		if (!want && (access & W))
			ck_assert_uint_eq(vw_get(&v, at) & 0x60, 0x60);
		vw_close(&v);
	}
}
END_TEST

/* RID_PRIV makes requests without PASID privileged; a hit asks that too (section 9.4). */
START_TEST(rid_priv)
{
	struct ims_req req = vw_req(NONE, VW_IOVA, W);
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true, .params = { VW_PARAM(VTD_P_RPRIVS, 1) } });
	vw_put(&v, VW_CTX_E + 8, IMS_BIT(20) | 13);
	vw_put(&v, VW_FS_E(VW_N1, 1), vw_get(&v, VW_FS_E(VW_N1, 1)) & ~UINT64_C(4));
	for (unsigned i = 0; i < 2; i++) {
		a = ask_req(&v, &req);
		ck_assert_uint_eq(a.fault, 0);
		ck_assert_uint_eq(a.hit, i);
	}
	a = complete(&v, &req);
	ck_assert_uint_eq(a.perm & (R | W), R | W);
	ck_assert(!a.priv);
	vw_close(&v);
	vw_build(&v, &(struct vw_options){ .full = true, .params = { VW_PARAM(VTD_P_RPRIVS, 1) } });
	vw_put(&v, VW_CTX_E + 8, 13);
	vw_put(&v, VW_FS_E(VW_N1, 1), vw_get(&v, VW_FS_E(VW_N1, 1)) & ~UINT64_C(4));
	req.priv = true;
	a = ask_req(&v, &req);
	ck_assert_uint_eq(a.fault, VTD_SGN_2);
	vw_close(&v);
}
END_TEST

/* A zero-length read of a write-only page, with ZLR and without; tables are not meant. */
START_TEST(zero_length_reads)
{
	for (unsigned n = 0; n < 2 * 2 * 3; n++) {
		bool zlr = n & 1, zero = n & 2;
		unsigned way = n / 4;
		struct ims_req req = vw_req(way == 1 ? NONE : 2, way == 1 ? VW_IOVA : VW_GPA, R);
		struct ims_answer a;
		struct vw v;

		vw_build(&v, &(struct vw_options){ .legacy = way == 2,
						   .params = { VW_PARAM(VTD_P_ZLR, zlr) } });
		vw_put(&v, VW_SG2_E, VW_SG1 | 2);
		if (way == 2)
			req.ctx = NONE;
		for (unsigned i = 0; i < 2; i++) {
			req.zero_length = zero;
			a = ask_req(&v, &req);
			ck_assert_uint_eq(a.fault, zlr && zero ? 0 :
						   way == 2    ? VTD_LGN_3 :
								 VTD_SGN_7);
			/* Cached, the page is still not for reading. */
			req.zero_length = false;
			ck_assert_uint_ne(ask_req(&v, &req).fault, 0);
		}
		if (way == 1) {
			vw_put(&v, VW_SS1_LOW_E(0x101000), (VW_N4 & ~UINT64_C(0xfff)) | 2);
			req.zero_length = true;
			req.addr += 0x1000;
			ck_assert_uint_eq(ask_req(&v, &req).fault, VTD_SFS_6);
		}
		vw_close(&v);
	}
}
END_TEST

/* ---- translated requests, with translation off ---- */

START_TEST(translated_with_pasid)
{
	struct ims_req req = vw_req(1, VW_HPA | 0x40, W);
	struct ims_answer a;
	struct vw v;

	vw_build(&v, &(struct vw_options){ .full = true, .params = { VW_PARAM(VTD_P_PTRS, 1) } });
	req.kind = IMS_REQ_TRANSLATED;
	ck_assert_uint_eq(ask_req(&v, &req).fault, VTD_SCT_10);
	vw_close(&v);
	vw_build(&v, &(struct vw_options){ .full = true, .params = { VW_PARAM(VTD_P_PTRS, 1) } });
	vw_put(&v, VW_CTX_E, vw_get(&v, VW_CTX_E) | 0x40);
	a = ask_req(&v, &req);
	ck_assert_uint_eq(a.fault, 0);
	ck_assert_uint_eq(a.out, VW_HPA | 0x40);
	vw_close(&v);
}
END_TEST

/* ---- what FPD suppresses ---- */

static uint16_t told[4];
static unsigned told_count;

static void tell(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
		 uint16_t code)
{
	(void)hw, (void)req, (void)path;
	if (told_count < COUNT(told))
		told[told_count] = code;
	told_count++;
}

/* The rows of table 30 whose "qualified" is no; the interrupt fault has no FPD to look at. */
static bool never_suppressed(uint16_t code)
{
	static const uint8_t codes[] = { 0x08, 0x01, 0x0a, 0x09, 0x29, 0x2b, 0x30, 0x31, 0x32,
					 0x33, 0x34, 0x38, 0x39, 0x3a, 0x40, 0x50, 0x58 };

	for (unsigned i = 0; i < COUNT(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* @fpd: in no entry, in the context entry, in the directory's, in the PASID table's. */
START_TEST(fault_processing_disable)
{
	const struct vector *x = &vectors[_i];
	struct ims_model model = vtd_model;

	model.fault = tell;
	for (unsigned fpd = 0; fpd < 4; fpd++) {
		struct vw_options o = { .full = x->full, .legacy = x->legacy };
		struct ims_req req = { .src = VW_SRC,
				       .ctx = x->ctx,
				       .addr = x->addr,
				       .access = x->access,
				       .kind = x->kind,
				       .priv = x->priv,
				       .execute = x->execute,
				       .bytes = x->bytes };
		bool early = (x->code >= VTD_SCT_1 && x->code < VTD_SPD_1) ||
			     (fpd == 3 && x->code < VTD_SPT_1) || req.kind == TRANSLATED ||
			     x->code == VTD_SGN_10;
		uint32_t pasid = x->ctx == NONE ? 0 : x->ctx;
		struct ims_answer a;
		struct vw v;

		memcpy(o.params, x->params, sizeof(x->params));
		if (fpd > 1 && (x->legacy || early))
			continue;
		vw_build(&v, &o);
		v.hw.model = &model;
		v.world->fixed_first = x->fixed ? x->fixed : 1;
		v.world->fixed_last = x->fixed ? x->fixed + 0xfff : 0;
		v.hw.mem = ims_world_mem(v.world, 0);
		for (unsigned i = 0; i < COUNT(x->change); i++)
			if (x->change[i].at == ROOT_REG)
				v.hw.unit->root = (v.hw.unit->root & ~x->change[i].clear) |
						  x->change[i].set;
			else if (x->change[i].at)
				vw_put(&v, x->change[i].at,
				       (vw_get(&v, x->change[i].at) & ~x->change[i].clear) |
					       x->change[i].set);
		if (fpd == 1)
			vw_put(&v, x->legacy ? VW_LCTX_E : VW_CTX_E,
			       vw_get(&v, x->legacy ? VW_LCTX_E : VW_CTX_E) | 2);
		else if (fpd == 2)
			vw_put(&v, VW_DIR_E + pasid / 64 * 8,
			       vw_get(&v, VW_DIR_E + pasid / 64 * 8) | 2);
		else if (fpd == 3)
			vw_put(&v, VW_PASID_E(pasid), vw_get(&v, VW_PASID_E(pasid)) | 2);
		for (unsigned again = 0; again < 3; again++) {
			bool silent = fpd && !never_suppressed(x->code);

			told_count = 0;
			a = ask_req(&v, &req);
			ck_assert_msg(a.fault == x->code, "%s, FPD %u: %#x", x->why, fpd, a.fault);
			ck_assert_msg(told_count == !silent,
				      "%s, FPD %u, request %u: told %u times", x->why, fpd, again,
				      told_count);
			ck_assert(silent || told[0] == x->code);
		}
		vw_close(&v);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("VT-d requests");
	TCase *t = tcase_create("requests");

	tcase_add_test(t, interrupts);
	tcase_add_test(t, interrupts_required_to_be_remapped);
	tcase_add_test(t, interrupts_and_pages);
	tcase_add_test(t, output_in_the_range);
	tcase_add_test(t, translation_of_the_range);
	tcase_add_loop_test(t, completions, 0, COUNT(completion));
	tcase_add_test(t, no_write_flag);
	tcase_add_test(t, privilege_in_the_device);
	tcase_add_test(t, supervisors);
	tcase_add_test(t, rid_priv);
	tcase_add_test(t, zero_length_reads);
	tcase_add_test(t, translated_with_pasid);
	tcase_add_loop_test(t, fault_processing_disable, 0, COUNT(vectors));
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return tests_run(suite());
}
