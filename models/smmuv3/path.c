/* SPDX-License-Identifier: MIT */
/*
 * From a request to its tables, in the order of the sheet's sections 5 and 15.2: what
 * SMMUEN says, the STE, what it lets a stream do, the CD, and what both say of walks.
 */
#include "smmuv3.h"

#define STE(name) ims_field_get(way->ste, SMMU_STE_##name)
#define CD(name)  ims_field_get(way->cd, SMMU_CD_##name)
#define P(name)	  (way->state->params[SMMU_P_##name])

/* ---- without tables ---- */

/* Output is input. */
static uint16_t identity(struct smmu_way *way)
{
	way->path->stages = IMS_STAGES_BYPASS;
	way->path->cls = SMMU_CLASS_NONE;
	way->path->grant = IMS_R | IMS_W | IMS_U | IMS_X;
	return 0;
}

static uint16_t silent(struct smmu_way *way)
{
	way->path->muted = true;
	return SMMU_F_ABORT;
}

/* Section 3.4 with 6.3.14 and 15.3 of the sheet: SMMUEN = 0. */
static uint16_t disabled(struct smmu_way *way)
{
	switch ((enum ims_request_kind)way->req->kind) {
	case IMS_REQ_ATS:
		return SMMU_E_BAD_ATS_TREQ;
	case IMS_REQ_TRANSLATED:
		return SMMU_E_TRANSL_FORBIDDEN;
	default:
		break;
	}
	if ((way->state->regs[SMMU_R_GBPA] & SMMU_GBPA_ABORT) ||
	    way->req->addr >> way->state->derived[SMMU_D_OAS])
		return silent(way);
	return identity(way);
}

/* ---- ATS ---- */

/* Section 5.2, EATS: 3 is of device permission tables, which are not there. */
static unsigned effective_eats(const struct smmu_way *way)
{
	uint64_t eats = STE(EATS);
	bool check = way->state->regs[SMMU_R_CR0] & SMMU_CR0_ATSCHK;

	if (!(STE(CONFIG) & (SMMU_CONFIG_S1 | SMMU_CONFIG_S2)) || !P(ATS))
		return 0;
	return eats == 1 || (eats == 2 && check) ? (unsigned)eats : 0;
}

static uint16_t translated_unchecked(struct smmu_way *way)
{
	return way->req->addr >> way->state->derived[SMMU_D_OAS] ? silent(way) : 0;
}

/* ---- stage 2 ---- */

static void take_s2(struct smmu_way *way)
{
	struct ims_path *path = way->path;
	enum smmu_grain grain = smmu_tg0(STE(S2TG));
	unsigned input = 64 - (unsigned)STE(S2T0SZ), bits = smmu_size_bits(STE(S2PS));
	unsigned oas = (unsigned)way->state->derived[SMMU_D_OAS], index;

	path->s2 = &smmu_s2_formats[grain];
	path->s2_grain_lg2 = path->s2->grain_lg2;
	path->s2_top = (uint8_t)smmu_s2_top(way->state->params, grain, STE(S2SL0));
	index = input - ims_level_lg2(path->s2, path->s2_top);
	path->s2_top_mask = (UINT64_C(1) << index) - 1;
	path->s2_root = STE(S2TTB) << 4 & ~IMS_BITS(index + 2, 0);
	path->s2_limit = UINT64_C(1) << input;
	bits = bits < oas ? bits : oas;
	path->s2_rsvd = bits < 48 ? IMS_BITS(47, bits) : 0;
	path->table_need = IMS_R;
	path->s2_marks = STE(S2HA) && STE(S2HD);
	path->options |= (STE(S2HA) ? SMMU_O_HA2 : 0) | (STE(S2HA) && STE(S2HD) ? SMMU_O_HD2 : 0) |
			 (STE(S2AFFD) ? SMMU_O_AFFD2 : 0) | (P(XNX) ? SMMU_O_XNX : 0) |
			 (STE(S2PTW) ? SMMU_O_PTW : 0) | (STE(S2FWB) && P(FWB) ? SMMU_O_FWB : 0) |
			 (STE(S2R) ? SMMU_O_R2 : 0) | (STE(S2S) ? SMMU_O_S2 : 0);
}

/* Stage 2 alone: of streams of it, where stage 1 is passed over, and of split-stage ATS. */
static uint16_t only_s2(struct smmu_way *way)
{
	struct ims_path *path = way->path;

	/* Section 3.4: an input that stage 1 would not have put out. */
	if (way->req->addr >> way->state->derived[SMMU_D_IAS])
		return SMMU_E_ADDR_SIZE | SMMU_F_INPUT;
	path->stages = IMS_STAGES_2;
	path->cls = SMMU_CLASS_S2;
	path->ctx = IMS_CTX_NONE;
	path->tlb = SMMU_S2TLB + 1;
	return 0;
}

/* ---- stage 1 ---- */

/* Which of the two tables, and its fields, as arguments of one kind. */
struct half {
	uint64_t txsz, ttb;
	enum smmu_grain grain;
	bool tbi, had, epd, e0pd;
};

static struct half half_of(const struct smmu_way *way, bool upper)
{
	return upper ? (struct half){ CD(T1SZ), CD(TTB1) << 4, smmu_tg1(CD(TG1)), CD(TBI1),
				      CD(HAD1), CD(EPD1),      CD(E0PD1) } :
		       (struct half){ CD(T0SZ), CD(TTB0) << 4, smmu_tg0(CD(TG0)), CD(TBI0),
				      CD(HAD0), CD(EPD0),      CD(E0PD0) };
}

/* Section 3.4.1: bit 55 chooses, and stands for the byte that is ignored. */
static void take_input(struct smmu_way *way, const struct half *half, bool upper)
{
	struct ims_path *path = way->path;
	uint64_t addr = way->req->addr;

	if (!half->tbi)
		return;
	path->addr = upper ? addr | IMS_BITS(63, 56) : addr & ~IMS_BITS(63, 56);
	path->masked = path->addr != addr;
}

static uint32_t s1_options(const struct smmu_way *way, const struct half *half, bool el2)
{
	uint32_t o = (CD(HA) ? SMMU_O_HA1 : 0) | (CD(HA) && CD(HD) ? SMMU_O_HD1 : 0) |
		     (CD(AFFD) ? SMMU_O_AFFD1 : 0) | (CD(WXN) ? SMMU_O_WXN : 0) |
		     (half->had && P(HAD) ? SMMU_O_HAD : 0) | (CD(R) ? SMMU_O_R1 : 0) |
		     (CD(S) ? SMMU_O_S1 : 0);

	if (el2)
		return o | SMMU_O_EL2;
	return o | (CD(PAN) ? SMMU_O_PAN : 0) | (CD(PAN) && CD(EPAN) && P(EPAN) ? SMMU_O_EPAN : 0) |
	       (half->epd ? SMMU_O_EPD : 0) |
	       (half->epd && !way->state->params[SMMU_K_EPD_HIT] ? SMMU_O_NO_HIT : 0) |
	       (half->e0pd && P(E0PD) ? SMMU_O_E0PD : 0);
}

static void take_s1(struct smmu_way *way)
{
	struct ims_path *path = way->path;
	enum smmu_class world = smmu_world(way->state, way->ste);
	bool el2 = world == SMMU_CLASS_EL2, upper = !el2 && (way->req->addr >> 55 & 1);
	struct half half = half_of(way, upper);
	unsigned input = 64 - (unsigned)half.txsz, bits = smmu_size_bits(CD(IPS));
	unsigned oas = (unsigned)way->state->derived[SMMU_D_OAS], index;

	take_input(way, &half, upper);
	path->cls = (uint8_t)world;
	path->ctx = el2 ? 0 : (uint32_t)CD(ASID);
	path->ctx_global = el2 ? 0 : IMS_CTX_GLOBAL + (uint32_t)CD(ASET);
	if (world == SMMU_CLASS_EL2 || world == SMMU_CLASS_E2H)
		path->dom = 0;
	/* TxSZ of a table that EPDx disables is any. */
	path->s1_width = (uint8_t)(input < 64 ? input + 1 : 64);
	path->options |= s1_options(way, &half, el2) | (upper ? SMMU_O_TTB1 : 0);
	path->s1_marks = path->options & SMMU_O_HD1;
	if (path->options & SMMU_O_EPD) {
		path->s1 = NULL;
		return;
	}
	path->s1 = &smmu_s1_formats[half.grain];
	path->s1_grain_lg2 = path->s1->grain_lg2;
	path->s1_top = (uint8_t)smmu_s1_top(half.grain, input);
	index = input - ims_level_lg2(path->s1, path->s1_top);
	path->s1_top_mask = (UINT64_C(1) << index) - 1;
	path->s1_root = half.ttb & ~IMS_BITS(index + 2, 0);
	bits = bits < oas ? bits : oas;
	path->s1_rsvd = bits < 48 ? IMS_BITS(47, bits) : 0;
}

/* Section 5.2, S1DSS and S1CDMax: which CD; 0 or the code of why none. @ret_skip: stage 1 is passed over. */
static uint16_t choose_cd(const struct smmu_way *way, uint32_t *ret_ssid, bool *ret_skip)
{
	uint32_t ctx = way->req->ctx;
	uint64_t dss = STE(S1DSS), max = STE(S1CDMAX);

	*ret_ssid = 0;
	*ret_skip = false;
	if (ctx != IMS_CTX_NONE &&
	    (!(STE(CONFIG) & SMMU_CONFIG_S1) || !max || !P(SSIDSIZE) || ctx >> max))
		return SMMU_E_BAD_SUBSTREAMID;
	if (!(STE(CONFIG) & SMMU_CONFIG_S1) || !max || !P(SSIDSIZE))
		return 0;
	if (ctx == IMS_CTX_NONE) {
		*ret_skip = dss == 1;
		return dss == 1 || dss == 2 ? 0 : SMMU_E_STREAM_DISABLED;
	}
	*ret_ssid = ctx;
	return !ctx && dss == 2 ? SMMU_E_STREAM_DISABLED : 0;
}

/* ---- what is asked ---- */

/*
 * Section 13.1 and 13.7: STE.PRIVCFG and INSTCFG may say otherwise than the request, also
 * one that is translated already; writes are data. What PCIe says of both comes with a
 * PASID, and of translated requests counts where the SMMU takes PASIDs of those (3.9.1.3).
 * In a world without users there is one privilege.
 */
static void take_request(struct smmu_way *way)
{
	const struct ims_req *req = way->req;
	struct ims_path *path = way->path;
	bool ats = req->kind == IMS_REQ_ATS, translated = req->kind == IMS_REQ_TRANSLATED;
	bool bare = (ats || translated) &&
		    (req->ctx == IMS_CTX_NONE || (translated && !P(PASIDTT)));
	bool priv = req->priv && !bare, inst = req->execute && !bare;

	if (P(ATTR_PERMS_OVR)) {
		priv = STE(PRIVCFG) & 2 ? STE(PRIVCFG) & 1 : priv;
		inst = STE(INSTCFG) & 2 ? STE(INSTCFG) & 1 : inst;
	}
	inst = inst && !(req->access & IMS_W);
	path->options |= (STE(MEV) ? SMMU_O_MEV : 0) | (priv ? SMMU_O_PRIV : 0) |
			 (inst ? SMMU_O_INST : 0) | (ats ? SMMU_O_PARTIAL : 0);
	if (path->options & SMMU_O_EL2)
		priv = false;
	path->as = priv ? IMS_P : IMS_U;
	path->as_x = priv ? IMS_PX : IMS_X;
	path->need = inst ? path->as_x : (uint16_t)(req->access | path->as);
}

/* ---- all of it ---- */

static uint16_t take_stages(struct smmu_way *way)
{
	struct ims_path *path = way->path;
	bool s2 = STE(CONFIG) & SMMU_CONFIG_S2, skip = false;
	uint32_t ssid = 0;
	uint16_t fault;

	path->dom = P(S2P) ? (uint16_t)STE(S2VMID) : 0;
	if (s2)
		take_s2(way);
	fault = choose_cd(way, &ssid, &skip);
	if (fault)
		return fault;
	if (!(STE(CONFIG) & SMMU_CONFIG_S1) || skip) {
		if (s2)
			return only_s2(way);
		if (way->req->addr >> way->state->derived[SMMU_D_IAS])
			return SMMU_E_ADDR_SIZE | SMMU_F_INPUT;
		return identity(way);
	}
	fault = smmu_find_cd(way, ssid);
	if (fault)
		return fault;
	take_s1(way);
	path->stages = s2 ? IMS_STAGES_NESTED : IMS_STAGES_1;
	path->apart = s2 && way->state->params[SMMU_K_TLB];
	path->options |= path->apart ? SMMU_O_SPLIT : 0;
	return 0;
}

/* A translated request with ATSCHK = 1: section 15.2 of the sheet. */
static uint16_t take_translated(struct smmu_way *way)
{
	unsigned eats = effective_eats(way);
	uint32_t ssid;
	bool skip;
	uint16_t fault;

	if (!eats)
		return SMMU_E_TRANSL_FORBIDDEN;
	way->path->dom = P(S2P) ? (uint16_t)STE(S2VMID) : 0;
	if (STE(CONFIG) & SMMU_CONFIG_S2)
		take_s2(way);
	if (P(PASIDTT) && way->req->ctx != IMS_CTX_NONE) {
		fault = choose_cd(way, &ssid, &skip);
		if (!fault)
			fault = smmu_find_cd(way, ssid);
		if (fault)
			return fault;
	}
	if (eats == 1)
		return translated_unchecked(way);
	way->path->onward = true;
	return only_s2(way);
}

/*
 * Section 5.4, E0PD and EPD: users do not reach this half, whatever is cached; where there
 * is no table, an entry may serve all the same.
 */
static uint16_t barred(const struct ims_path *path)
{
	if ((path->options & SMMU_O_E0PD) && (path->need & (IMS_U | IMS_X)))
		return SMMU_E_TRANSLATION;
	return path->options & SMMU_O_NO_HIT ? SMMU_E_TRANSLATION : 0;
}

static uint16_t by_stream(struct smmu_way *way)
{
	const struct ims_req *req = way->req;
	uint16_t fault = smmu_find_ste(way);

	if (fault)
		return fault;
	if (!(STE(CONFIG) & SMMU_CONFIG_PASS))
		return silent(way);
	if (req->kind == IMS_REQ_TRANSLATED) {
		fault = take_translated(way);
		take_request(way);
		return fault;
	}
	if (req->kind == IMS_REQ_ATS && !effective_eats(way))
		return SMMU_E_BAD_ATS_TREQ;
	/* Section 7.3.9: there are no substreams without stage 1. */
	if (!(STE(CONFIG) & (SMMU_CONFIG_S1 | SMMU_CONFIG_S2))) {
		if (req->ctx != IMS_CTX_NONE)
			return SMMU_E_BAD_SUBSTREAMID;
		if (req->addr >> way->state->derived[SMMU_D_OAS])
			return SMMU_E_ADDR_SIZE | SMMU_F_INPUT;
		return identity(way);
	}
	fault = take_stages(way);
	way->path->to_mid = req->kind == IMS_REQ_ATS && effective_eats(way) == 2;
	take_request(way);
	if (!fault)
		fault = barred(way->path);
	return fault;
}

uint16_t smmu_path(struct ims_hw *hw, const struct ims_req *req, struct ims_path *ret_path)
{
	const struct ims_state *s = ims_hw_state(hw);
	struct smmu_way way = { .hw = hw, .state = s, .req = req, .path = ret_path };
	uint16_t fault;

	*ret_path = (struct ims_path){ .s1 = &smmu_s1_formats[SMMU_4K],
				       .s2 = &smmu_s2_formats[SMMU_4K],
				       .ctx = IMS_CTX_NONE,
				       .cls = SMMU_CLASS_NONE,
				       .s1_leaf_levels = 0xff,
				       .s2_leaf_levels = 0xff,
				       .options = s->params[SMMU_K_GROUPS] ? SMMU_O_GROUPS : 0 };
	if (!s->derived[SMMU_D_ENABLED])
		fault = disabled(&way);
	else if (req->kind == IMS_REQ_TRANSLATED && !(s->regs[SMMU_R_CR0] & SMMU_CR0_ATSCHK))
		fault = translated_unchecked(&way);
	else
		fault = by_stream(&way);
	if (fault && !smmu_recorded(s, req, ret_path, fault))
		ret_path->muted = true;
	return fault;
}
