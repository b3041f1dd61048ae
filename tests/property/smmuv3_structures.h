/* SPDX-License-Identifier: MIT */
/*
 * The second reading of STEs and CDs, beside that of tables in smmuv3_reference.h: what is
 * ILLEGAL (sheet, sections 16.2 and 16.3), which CD a request takes, and all of it in order.
 */
#ifndef TESTS_PROPERTY_SMMUV3_STRUCTURES_H
#define TESTS_PROPERTY_SMMUV3_STRUCTURES_H

#include "tests/property/smmuv3_reference.h"

#define SREF_STALL_NEVER(x)  ((x)->p[SMMU_P_STALL_MODEL] == 1)
#define SREF_STALL_ALWAYS(x) ((x)->p[SMMU_P_STALL_MODEL] == 2)

static inline bool sref_s2_illegal(const struct sref *x)
{
	uint64_t d2 = x->ste[2], t0sz = sref_bits(d2, 37, 32),
		 ttb = sref_bits(x->ste[3], 51, 4) << 4;
	unsigned g = sref_granule(x, sref_bits(d2, 47, 46), false), oas = sref_oas(x);
	unsigned least = g == 16 ? 12 : 16, most = !x->p[SMMU_P_STT] ? 39 : g == 16 ? 47 : 48;
	unsigned ps = sref_least(sref_size(sref_bits(d2, 50, 48)), oas), s;
	bool s2s = sref_bits(d2, 57, 57);
	int start;

	if ((s2s && SREF_STALL_NEVER(x)) || (!s2s && SREF_STALL_ALWAYS(x)))
		return true;
	/* AArch64 tables alone, little-endian. */
	if (!sref_bits(d2, 51, 51) || sref_bits(d2, 52, 52))
		return true;
	if ((sref_bits(d2, 56, 55) && !x->p[SMMU_P_HTTU]) ||
	    (sref_bits(d2, 55, 55) && x->p[SMMU_P_HTTU] == 1))
		return true;
	if (!g || (ttb >> ps))
		return true;
	least = 64 - oas > least ? 64 - oas : least;
	if (t0sz < least || t0sz > most)
		return true;
	start = sref_s2_start(x);
	if (start < 0)
		return true;
	s = sref_shift(g, start);
	return 64 - t0sz < s + 1 || 64 - t0sz > s + g - 3 + 4;
}

/* V is 1 and Config 1xx. */
static inline bool sref_ste_illegal(const struct sref *x)
{
	uint64_t d0 = x->ste[0], d1 = x->ste[1], ptr = sref_bits(d0, 51, 6) << 6;
	bool s1 = sref_bits(d0, 1, 1), s2 = sref_has_s2(x), s2s = sref_bits(x->ste[2], 57, 57);
	unsigned eats = (unsigned)sref_bits(d1, 29, 28), strw = (unsigned)sref_bits(d1, 31, 30);
	unsigned fmt = (unsigned)sref_bits(d0, 5, 4), max = (unsigned)sref_bits(d0, 63, 59);
	bool strw_used = s1 && !s2 && x->p[SMMU_P_HYP] && x->p[SMMU_P_S1P];
	bool vmid_used = x->p[SMMU_P_S2P] && (s1 || s2) && !(strw_used && strw);

	if ((s1 && !x->p[SMMU_P_S1P]) || (s2 && !x->p[SMMU_P_S2P]))
		return true;
	if (x->p[SMMU_P_ATS] && (s1 || s2)) {
		if (eats == 2 && (!s1 || !s2 || s2s || x->p[SMMU_P_NS1ATS]))
			return true;
		if (eats == 1 && s2 && s2s)
			return true;
	}
	if (strw_used && strw % 2)
		return true;
	if (vmid_used && !x->p[SMMU_P_VMID16] && sref_bits(x->ste[2], 15, 8))
		return true;
	if (s1) {
		if (sref_bits(d1, 27, 27) && x->p[SMMU_P_STALL_MODEL])
			return true;
		if (x->p[SMMU_P_SSIDSIZE] && max > x->p[SMMU_P_SSIDSIZE])
			return true;
		if (x->p[SMMU_P_SSIDSIZE] && max && !x->p[SMMU_P_CD2L] && (fmt == 1 || fmt == 2))
			return true;
		if (ptr >> sref_oas(x))
			return true;
	}
	return s2 && sref_s2_illegal(x);
}

static inline bool sref_half_illegal(const struct sref *x, bool upper)
{
	struct sref_half h = sref_half(x, upper);
	unsigned least = x->p[SMMU_P_VAX] && h.tg == 16 ? 12 : 16;
	unsigned most = !x->p[SMMU_P_STT] ? 39 : h.tg == 16 ? 47 : 48;

	return !h.tg || h.txsz < least || h.txsz > most ||
	       h.ttb >> sref_least(sref_size(sref_bits(x->cd[0], 34, 32)), sref_oas(x));
}

static inline bool sref_cd_illegal(const struct sref *x)
{
	uint64_t d0 = x->cd[0];
	bool s = sref_bits(d0, 44, 44), el2 = sref_world(x) == SREF_EL2;
	bool used0 = el2 || !sref_bits(d0, 14, 14), used1 = !el2 && !sref_bits(d0, 30, 30);

	if (!sref_bits(d0, 31, 31))
		return true;
	if (s && (sref_bits(x->ste[1], 27, 27) || SREF_STALL_NEVER(x)))
		return true;
	if (!s && SREF_STALL_ALWAYS(x))
		return true;
	if (!sref_bits(d0, 46, 46) && x->p[SMMU_P_TERM_MODEL])
		return true;
	if (sref_bits(d0, 15, 15) && (used0 || used1))
		return true;
	/* AArch64 tables alone. */
	if (!sref_bits(d0, 41, 41))
		return true;
	if ((sref_bits(d0, 43, 42) && !x->p[SMMU_P_HTTU]) ||
	    (sref_bits(d0, 42, 42) && x->p[SMMU_P_HTTU] == 1))
		return true;
	if (!el2 && !x->p[SMMU_P_ASID16] && sref_bits(d0, 63, 56))
		return true;
	return (used0 && sref_half_illegal(x, false)) || (used1 && sref_half_illegal(x, true));
}

/* From S1ContextPtr to the CD of @ssid. */
static inline unsigned sref_cd_at(struct sref *x, uint32_t ssid, uint64_t *ret_at)
{
	uint64_t d0 = x->ste[0], ptr = sref_bits(d0, 51, 6) << 6, l1;
	unsigned fmt = (unsigned)sref_bits(d0, 5, 4), max = (unsigned)sref_bits(d0, 63, 59);
	unsigned split = fmt == 1 ? 6 : 10, lg2, fault;
	struct sref_page p;

	if (!x->p[SMMU_P_SSIDSIZE] || !max) {
		*ret_at = ptr;
		return 0;
	}
	if (fmt != 1 && fmt != 2) {
		*ret_at = ptr - sref_low(ptr, max + 6) + ssid * UINT64_C(64);
		return 0;
	}
	lg2 = max <= split + 3 ? 6 : max - split + 3;
	fault = sref_fetch(x, ptr - sref_low(ptr, lg2) + (ssid >> split) * UINT64_C(8), true, &p);
	if (fault)
		return fault;
	if (!sref_read(x, p.out, &l1))
		return SMMU_E_CD_FETCH;
	*ret_at = sref_bits(l1, 51, 12) << 12;
	if (!sref_bits(l1, 0, 0) || (!sref_has_s2(x) && *ret_at >> sref_oas(x)))
		return SMMU_E_BAD_SUBSTREAMID;
	*ret_at += sref_low(ssid, split) * 64;
	return 0;
}

static inline unsigned sref_cd(struct sref *x, uint32_t ssid)
{
	struct sref_page p;
	uint64_t at = 0;
	unsigned fault = sref_cd_at(x, ssid, &at);

	if (!fault)
		fault = sref_fetch(x, at, true, &p);
	for (unsigned i = 0; !fault && i < 8; i++)
		if (!sref_read(x, p.out + i * 8, &x->cd[i]))
			fault = SMMU_E_CD_FETCH;
	return fault ? fault : sref_cd_illegal(x) ? SMMU_E_BAD_CD : 0;
}

/* Which CD; @ret_skip: none. */
static inline unsigned sref_ssid(const struct sref *x, uint32_t ctx, uint32_t *ret, bool *ret_skip)
{
	bool s1 = sref_bits(x->ste[0], 1, 1), ssv = ctx != IMS_CTX_NONE;
	unsigned max = x->p[SMMU_P_SSIDSIZE] ? (unsigned)sref_bits(x->ste[0], 63, 59) : 0;
	unsigned dss = (unsigned)sref_bits(x->ste[1], 1, 0);

	*ret = ssv ? ctx : 0;
	*ret_skip = !s1;
	if (ssv && (!s1 || !max || ctx >= UINT64_C(1) << max))
		return SMMU_E_BAD_SUBSTREAMID;
	if (!s1 || !max)
		return 0;
	if (!ssv && dss != 1 && dss != 2)
		return SMMU_E_STREAM_DISABLED;
	if (ssv && !ctx && dss == 2)
		return SMMU_E_STREAM_DISABLED;
	*ret_skip = !ssv && dss == 1;
	return 0;
}

/* Who asks, after what the STE says of it. */
static inline struct sref_need sref_need(const struct sref *x, const struct ims_req *q)
{
	unsigned priv = (unsigned)sref_bits(x->ste[1], 49, 48);
	unsigned inst = (unsigned)sref_bits(x->ste[1], 51, 50);
	struct sref_need n = { .r = q->access & IMS_R, .w = q->access & IMS_W, .priv = q->priv };
	bool exec = q->execute;

	/* What PCIe says of both comes with a PASID. */
	if (q->kind == IMS_REQ_TRANSLATED && !x->p[SMMU_P_PASIDTT])
		exec = n.priv = false;
	if (q->kind != IMS_REQ_UNTRANSLATED && q->ctx == IMS_CTX_NONE)
		exec = n.priv = false;
	if (x->p[SMMU_P_ATTR_PERMS_OVR]) {
		n.priv = priv == 2 ? false : priv == 3 ? true : n.priv;
		exec = inst == 2 ? false : inst == 3 ? true : exec;
	}
	if (exec && !n.w) {
		n.x = true;
		n.r = false;
	}
	return n;
}

/* Effective EATS, with ATSCHK = 1. */
static inline unsigned sref_eats(const struct sref *x)
{
	unsigned eats = (unsigned)sref_bits(x->ste[1], 29, 28);

	return x->p[SMMU_P_ATS] && sref_bits(x->ste[0], 2, 1) && eats < 3 ? eats : 0;
}

/* Without stage 1: the input is an intermediate address, or with @s2 false a physical one. */
static inline unsigned sref_only_s2(struct sref *x, const struct ims_req *q, bool s2)
{
	struct sref_need need = sref_need(x, q);
	struct sref_page page = { .out = q->addr, .lg2 = 64, .r = true, .w = true };
	unsigned fault = 0;

	if (q->addr >> sref_oas(x))
		return SMMU_E_ADDR_SIZE | SMMU_F_INPUT;
	if (s2)
		fault = sref_s2(x, q->addr, &need, true, &page);
	x->res->s2_lg2 = page.lg2;
	x->res->out = page.out;
	x->res->r = page.r;
	x->res->w = page.w;
	return fault ? fault | SMMU_F_S2 : 0;
}

static inline unsigned sref_translated(struct sref *x, const struct ims_req *q)
{
	unsigned eats = sref_eats(x), fault = 0;
	uint32_t ssid;
	bool skip;

	if (!eats)
		return SMMU_E_TRANSL_FORBIDDEN;
	if (x->p[SMMU_P_PASIDTT] && q->ctx != IMS_CTX_NONE) {
		fault = sref_ssid(x, q->ctx, &ssid, &skip);
		fault = fault ? fault : sref_cd(x, ssid);
	}
	if (fault)
		return fault;
	if (eats == 2)
		return sref_only_s2(x, q, true);
	return q->addr >> sref_oas(x) ? SMMU_F_ABORT : 0;
}

/* A request to an SMMU that is enabled, with ATSCHK = 1 and a linear stream table that has it. */
static inline unsigned sref_translate(struct sw *v, const uint32_t *params, const struct ims_req *q,
				      struct sref_result *res)
{
	struct sref x = { .v = v, .p = params, .res = res };
	struct sref_need need;
	unsigned fault;
	uint32_t ssid;
	bool skip;

	*res = (struct sref_result){
		.s1_lg2 = 64, .s2_lg2 = 64, .mid = q->addr, .out = q->addr, .r = true, .w = true
	};
	for (unsigned i = 0; i < 8; i++)
		sref_read(&x, SREF_STE(q->src) + i * 8, &x.ste[i]);
	if (!sref_bits(x.ste[0], 0, 0))
		return SMMU_E_BAD_STE;
	if (!sref_bits(x.ste[0], 3, 3))
		return SMMU_F_ABORT;
	if (sref_ste_illegal(&x))
		return SMMU_E_BAD_STE;
	if (q->kind == IMS_REQ_TRANSLATED)
		return sref_translated(&x, q);
	if (q->kind == IMS_REQ_ATS && !sref_eats(&x))
		return SMMU_E_BAD_ATS_TREQ;
	fault = sref_ssid(&x, q->ctx, &ssid, &skip);
	if (!fault && skip)
		fault = sref_only_s2(&x, q, sref_has_s2(&x));
	else if (!fault)
		fault = sref_cd(&x, ssid);
	need = sref_need(&x, q);
	need.some = q->kind == IMS_REQ_ATS;
	if (!fault && !skip)
		fault = sref_both(&x, q->addr, &need);
	if (q->kind == IMS_REQ_ATS && sref_eats(&x) == 2)
		res->out = res->mid;
	return fault;
}

#endif
