/* SPDX-License-Identifier: MIT */
/*
 * From a request to its tables: the device table entry, its checks in their order
 * (section 1 as corrected in 18), and what it says of the request (section 3).
 */
#include "amdvi.h"

/* A cached DTE: its words, the code of a faulting one, and whether a fault was reported (SE). */
enum { DTC_FAULT = 4, DTC_REPORTED = 5, DTC_WORDS = 6 };

struct way {
	struct ims_hw *hw;
	const struct ims_state *state;
	const struct ims_req *req;
	struct ims_path *path;
	uint64_t dte[DTC_WORDS];
};

static bool flag(const struct way *way, struct ims_field f)
{
	return ims_field_get(way->dte, f);
}

uint64_t amdvi_gcr3_get(const uint64_t *dte)
{
	return ims_field_get(dte, AMDVI_DTE_GCR3_14_12) << 12 |
	       ims_field_get(dte, AMDVI_DTE_GCR3_30_15) << 15 |
	       ims_field_get(dte, AMDVI_DTE_GCR3_51_31) << 31;
}

void amdvi_gcr3_put(uint64_t *dte, uint64_t table)
{
	ims_field_put(dte, AMDVI_DTE_GCR3_14_12, table >> 12);
	ims_field_put(dte, AMDVI_DTE_GCR3_30_15, table >> 15);
	ims_field_put(dte, AMDVI_DTE_GCR3_51_31, table >> 31);
}

/* ---- the device table ---- */

static bool any_reserved(const struct ims_state *s, const uint64_t *dte)
{
	return (dte[0] & s->derived[AMDVI_D_DTE]) || (dte[1] & s->derived[AMDVI_D_DTE_1]) ||
	       (dte[2] & s->derived[AMDVI_D_DTE_2]) || (dte[3] & s->derived[AMDVI_D_DTE_3]);
}

/* Mode that is reserved, or above what the unit has. */
static bool bad_mode(const struct ims_state *s, const uint64_t *dte)
{
	return ims_field_get(dte, AMDVI_DTE_MODE) > s->derived[AMDVI_D_MODES];
}

/* ILLEGAL_DEV_TABLE_ENTRY, whatever is asked of the entry. */
static uint16_t check_dte(const struct ims_state *s, const uint64_t *dte)
{
	const uint32_t *p = s->params;

	if (!ims_field_get(dte, AMDVI_DTE_V))
		return 0;
	if (p[AMDVI_K_DTE_CHECK] && any_reserved(s, dte))
		return AMDVI_F_DTE_RESERVED;
	if (ims_field_get(dte, AMDVI_DTE_HAD) == 2)
		return AMDVI_F_DTE_VALUE;
	if (ims_field_get(dte, AMDVI_DTE_GV)) {
		if (!s->derived[AMDVI_D_GT])
			return AMDVI_F_DTE_GV;
		if (ims_field_get(dte, AMDVI_DTE_GLX) > p[AMDVI_P_GLX_SUP])
			return AMDVI_F_DTE_GLX;
		if (ims_field_get(dte, AMDVI_DTE_GPM) > p[AMDVI_P_GATS])
			return AMDVI_F_DTE_GPM;
	}
	if (!ims_field_get(dte, AMDVI_DTE_TV))
		return 0;
	if (p[AMDVI_P_SNP_ENABLED] && !p[AMDVI_P_SNP_MODE0] && !ims_field_get(dte, AMDVI_DTE_MODE))
		return AMDVI_F_DTE_MODE0;
	return p[AMDVI_K8B] && bad_mode(s, dte) ? AMDVI_F_DTE_MODE : 0;
}

/* Segments are chosen by the upper bits of the DeviceID; each has a base and a size of its own. */
static uint16_t read_dte(struct way *way)
{
	const struct ims_state *s = way->state;
	unsigned in_segment = 16 - (unsigned)s->derived[AMDVI_D_SEG];
	uint32_t segment = (way->req->src & 0xffff) >> in_segment;
	uint32_t index = way->req->src & ((1u << in_segment) - 1);
	uint64_t base = segment ? s->regs[AMDVI_R_SEG1 + segment - 1] : ims_cfg_root(way->hw);

	if (index >= ((base & 0x1ff) + 1) * 128)
		return s->params[AMDVI_K8A] ? AMDVI_F_DTE_RANGE : AMDVI_F_RANGE;
	return ims_cfg_read(way->hw, (base & AMDVI_ADDR) + (uint64_t)index * 32, AMDVI_DTE_WORDS,
			    way->dte) ?
		       0 :
		       AMDVI_F_DTE_ERROR;
}

/*
 * The entry, cached or read; whether it is legal is in its DTC_FAULT. One with V = 0 and
 * IV = 0 is not kept, any other is (section 18).
 */
static uint16_t find_dte(struct way *way)
{
	struct ims_cfg_key key = { .src = way->req->src, .ctx = IMS_CTX_NONE };
	const uint64_t *cached = ims_cfg_find(way->hw, AMDVI_DTC, &key);
	uint16_t fault;

	if (cached) {
		for (unsigned i = 0; i < DTC_WORDS; i++)
			way->dte[i] = cached[i];
		return 0;
	}
	fault = read_dte(way);
	if (fault)
		return fault;
	way->dte[DTC_FAULT] = check_dte(way->state, way->dte);
	way->dte[DTC_REPORTED] = 0;
	if (flag(way, AMDVI_DTE_V) || flag(way, AMDVI_DTE_IV))
		ims_cfg_fill(way->hw, AMDVI_DTC, &key, way->dte);
	return 0;
}

void amdvi_reported(struct ims_hw *hw, const struct ims_req *req)
{
	struct ims_cfg_key key = { .src = req->src, .ctx = IMS_CTX_NONE };

	ims_cfg_note(hw, AMDVI_DTC, &key, DTC_REPORTED, 1);
}

/* ---- what is no translation ---- */

/* Output is input, for whoever gets so far; @deny: what is taken away. */
static void identity(struct ims_path *path, uint16_t deny)
{
	path->stages = IMS_STAGES_BYPASS;
	path->cls = AMDVI_CLASS_NONE;
	path->grant = (IMS_R | IMS_W | IMS_U) & (uint16_t)~deny;
}

static void translation_off(const struct ims_req *req, struct ims_path *path)
{
	identity(path, 0);
	if (req->kind == IMS_REQ_UNTRANSLATED)
		return;
	path->stages = IMS_STAGES_ANSWERED;
	path->grant = 0;
	path->refused = true;
}

/* An exclusion range, for devices with EX or for all; requests without PASID. */
static bool excluded(const struct way *way)
{
	const uint64_t *regs = way->state->regs;
	uint64_t base = regs[AMDVI_R_EXCL_BASE], addr = way->req->addr;

	return (base & 1) && ((base & 2) || flag(way, AMDVI_DTE_EX)) &&
	       way->req->ctx == IMS_CTX_NONE && addr >= (base & AMDVI_ADDR) &&
	       addr <= (regs[AMDVI_R_EXCL_LIMIT] | 0xfff);
}

/* ---- what the entry says ---- */

static uint16_t check_pasid(const struct way *way)
{
	uint32_t ctx = way->req->ctx;

	if (ctx == IMS_CTX_NONE)
		return 0;
	if (!flag(way, AMDVI_DTE_GV))
		return way->state->params[AMDVI_K_PASID_GV0] ? AMDVI_F_PASID : AMDVI_F_NO_GV;
	if (ctx >> (way->state->params[AMDVI_P_PAS_MAX] + 1) ||
	    ctx >> (9 * (ims_field_get(way->dte, AMDVI_DTE_GLX) + 1)))
		return AMDVI_F_PASID;
	return 0;
}

static uint32_t options_of(const struct way *way)
{
	const struct ims_state *s = way->state;
	uint64_t had = ims_field_get(way->dte, AMDVI_DTE_HAD) & s->derived[AMDVI_D_HAD];
	uint32_t options = (uint32_t)s->derived[AMDVI_D_OPTIONS];

	if (had & 1)
		options |= AMDVI_O_HOST_A;
	if (had == 3)
		options |= AMDVI_O_HOST_D;
	/* An answer to ATS is what is left, so that the walk goes on. */
	if (s->params[AMDVI_K_PRESENT_DENIED] && way->req->kind == IMS_REQ_UNTRANSLATED)
		options |= AMDVI_O_AT_ONCE;
	return options;
}

static void take_guest(struct way *way, bool nested)
{
	const struct ims_state *s = way->state;
	struct ims_path *path = way->path;

	path->ctx = way->req->ctx == IMS_CTX_NONE ? 0 : way->req->ctx;
	path->cls = nested ? AMDVI_CLASS_NESTED : AMDVI_CLASS_GUEST;
	path->s1_top = (uint8_t)(4 + ims_field_get(way->dte, AMDVI_DTE_GPM));
	path->s1_width = path->s1_top == 5 ? 57 : 48;
	path->dir_root = amdvi_gcr3_get(way->dte);
	path->dir_levels = (uint8_t)(ims_field_get(way->dte, AMDVI_DTE_GLX) + 1);
	path->dir_root_mid = nested && s->derived[AMDVI_D_TRP_GPA];
	path->dir_mid = nested && (s->params[AMDVI_K_GCR3_INNER] || path->dir_root_mid);
}

static void take_host(struct way *way, uint64_t mode)
{
	struct ims_path *path = way->path;

	path->s2_root = way->dte[0] & AMDVI_ADDR;
	path->s2_top = (uint8_t)mode;
	/* Mode = 6 has room for every address. */
	path->s2_limit = mode == 6 ? ~UINT64_C(0) : UINT64_C(1) << (12 + 9 * mode);
	path->table_need = IMS_R;
}

static uint16_t take_tables(struct way *way)
{
	const struct ims_state *s = way->state;
	struct ims_path *path = way->path;
	uint64_t mode = ims_field_get(way->dte, AMDVI_DTE_MODE);
	uint32_t k4 = s->params[AMDVI_P_NP_CACHE] ? s->params[AMDVI_K4] : 0;
	bool guest = way->req->ctx != IMS_CTX_NONE ||
		     (flag(way, AMDVI_DTE_GV) && flag(way, AMDVI_DTE_GIOV));

	if (bad_mode(s, way->dte))
		return AMDVI_F_MODE;
	if (!mode && !guest) {
		identity(path, path->deny);
		return 0;
	}
	path->stages = (uint8_t)((guest ? IMS_STAGES_1 : 0) | (mode ? IMS_STAGES_2 : 0));
	path->options = options_of(way) | (k4 > (guest ? 1u : 0u) ? AMDVI_O_NEGATIVE : 0);
	if (mode)
		take_host(way, mode);
	if (guest)
		take_guest(way, mode);
	/* Without USSup, pages are nobody's in particular. */
	if (!s->params[AMDVI_P_US_SUP] || (way->req->priv && way->req->ctx != IMS_CTX_NONE))
		path->waive |= IMS_U;
	if (way->req->kind == IMS_REQ_ATS && s->params[AMDVI_K2B] && !(path->deny & IMS_R)) {
		path->waive |= IMS_W;
		path->s2_waive |= IMS_W;
		path->deny &= (uint16_t)~IMS_W;
	}
	return 0;
}

/* A page request is of a device that may ask for translations and, by PPR, for pages. */
static uint16_t page_path(const struct way *way)
{
	if (!flag(way, AMDVI_DTE_I) || !flag(way, AMDVI_DTE_PPR))
		return AMDVI_F_PPR;
	return check_pasid(way) ? AMDVI_F_PPR_PASID : 0;
}

/* The DMA half: V, legality, I, TV, exclusion, PASID, IR and IW, then the tables. */
static uint16_t dma_path(struct way *way)
{
	const struct ims_req *req = way->req;
	struct ims_path *path = way->path;
	uint16_t fault;

	path->dom = (uint16_t)ims_field_get(way->dte, AMDVI_DTE_DOM);
	if (!flag(way, AMDVI_DTE_V)) {
		identity(path, 0);
		return req->kind == IMS_REQ_ATS	 ? AMDVI_F_ATS :
		       req->kind == IMS_REQ_PAGE ? AMDVI_F_PPR :
						   0;
	}
	if (way->dte[DTC_FAULT])
		return (uint16_t)way->dte[DTC_FAULT];
	if (req->kind == IMS_REQ_PAGE)
		return page_path(way);
	if (req->kind != IMS_REQ_UNTRANSLATED && !flag(way, AMDVI_DTE_I))
		return req->kind == IMS_REQ_ATS ? AMDVI_F_ATS : AMDVI_F_TRANSLATED;
	if (req->kind == IMS_REQ_TRANSLATED)
		return 0;
	if (!flag(way, AMDVI_DTE_TV))
		return AMDVI_F_TV;
	if (excluded(way)) {
		identity(path, 0);
		return 0;
	}
	fault = check_pasid(way);
	if (fault)
		return fault;
	path->deny = (uint8_t)((flag(way, AMDVI_DTE_IR) ? 0 : IMS_R) |
			       (flag(way, AMDVI_DTE_IW) ? 0 : IMS_W));
	if (req->kind == IMS_REQ_UNTRANSLATED && (req->access & path->deny))
		return AMDVI_F_DTE_DENIED;
	return take_tables(way);
}

uint16_t amdvi_path(struct ims_hw *hw, const struct ims_req *req, struct ims_path *ret_path)
{
	const struct ims_state *s = ims_hw_state(hw);
	struct way way = { .hw = hw, .state = s, .req = req, .path = ret_path };
	uint16_t fault;

	*ret_path = (struct ims_path){ .s1 = &amdvi_guest_format,
				       .s2 = &amdvi_host_format,
				       .ctx = IMS_CTX_NONE,
				       .cls = AMDVI_CLASS_HOST,
				       .s1_leaf_levels = 1 << 2 | 1 << 3,
				       .s2_leaf_levels = (uint8_t)s->derived[AMDVI_D_HOST_LEAVES],
				       .dir_rsvd = AMDVI_GCR3_RESERVED };
	if (!s->derived[AMDVI_D_ENABLED]) {
		translation_off(req, ret_path);
		return 0;
	}
	fault = find_dte(&way);
	if (fault)
		return fault;
	if (amdvi_is_interrupt(req))
		return amdvi_interrupt(hw, req, way.dte, ret_path);
	fault = dma_path(&way);
	/* Both are of page faults: SA mutes all, SE all but the first of a cached entry. */
	ret_path->muted =
		(!fault || AMDVI_EVENT(fault) == AMDVI_E_IO_PAGE_FAULT) &&
		flag(&way, AMDVI_DTE_V) &&
		(flag(&way, AMDVI_DTE_SA) || (flag(&way, AMDVI_DTE_SE) && way.dte[DTC_REPORTED]));
	return fault;
}
