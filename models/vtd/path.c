/* SPDX-License-Identifier: MIT */
/*
 * From a request to its page tables: root, context, PASID directory, PASID table
 * (section 3.4.3), each with its checks in the order of table 30.
 */
#include "vtd.h"

/* Reserved bits, section 9: always, and for capabilities this unit lacks (PRS, HPTS, PTRS, EAFS, SRS, MTS, SSADS, RPRIVS). */
static const uint64_t root_rsvd = 0xffe | VTD_RSVD_HIGH;
static const uint64_t context_rsvd[4] = { 0x180 | 0x10 | 0x20 | 0x40 | VTD_RSVD_HIGH,
					  UINT64_C(0xffffffffffe00000) | 0x100000, ~UINT64_C(0),
					  ~UINT64_C(0) };
static const uint64_t directory_rsvd = 0xffc | VTD_RSVD_HIGH;
static const uint64_t pasid_rsvd[8] = {
	0xc20 | 0x200 | VTD_RSVD_HIGH,
	UINT64_C(0xf87f0000) | UINT64_C(0xffffffff06000000),
	0xf02 | 0x1 | 0x80 | VTD_RSVD_HIGH,
	~UINT64_C(0),
	~UINT64_C(0),
	~UINT64_C(0),
	~UINT64_C(0),
	~UINT64_C(0),
};

static bool any_set(const uint64_t *words, const uint64_t *mask, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (words[i] & mask[i])
			return true;
	return false;
}

static uint16_t read_context(struct ims_hw *hw, uint64_t rtaddr, uint32_t src, uint64_t *entry)
{
	uint64_t root, at = (rtaddr & VTD_ADDR) + (src >> 8 & 0xff) * 16 + (src & 0x80 ? 8 : 0);

	if (!ims_cfg_read(hw, at, 1, &root))
		return VTD_SRT_1;
	if (!(root & 1))
		return VTD_SRT_2;
	if (root & root_rsvd)
		return VTD_SRT_3;
	if (!ims_cfg_read(hw, (root & VTD_ADDR) + (src & 0x7f) * 32, 4, entry))
		return VTD_SCT_1;
	if (!ims_field_get(entry, VTD_SCE_P))
		return VTD_SCT_2;
	if (any_set(entry, context_rsvd, 4))
		return VTD_SCT_3;
	/* SCT.4.1 and SCT.4.3 need bits that are reserved here. */
	if (ims_field_get(entry, VTD_SCE_RID_PASID) >> (ims_field_get(entry, VTD_SCE_PDTS) + 13))
		return VTD_SCT_4;
	return 0;
}

/* What the context entry says of the request itself. */
static uint16_t check_request(const uint64_t *context, const struct ims_req *req)
{
	bool with_pasid = req->ctx != IMS_CTX_NONE;

	if (req->kind != IMS_REQ_UNTRANSLATED && !ims_field_get(context, VTD_SCE_DTE))
		return VTD_SCT_5;
	if (!with_pasid)
		return 0;
	if (req->kind == IMS_REQ_TRANSLATED)
		return VTD_SCT_10; /* EPTR is reserved: PTRS = 0 */
	if (!ims_field_get(context, VTD_SCE_PASIDE))
		return VTD_SCT_6;
	if (req->ctx >> VTD_PSS)
		return VTD_SGN_10;
	if (req->ctx >> (ims_field_get(context, VTD_SCE_PDTS) + 13))
		return VTD_SCT_7;
	return req->ctx == ims_field_get(context, VTD_SCE_RID_PASID) ? VTD_SCT_9 : 0;
}

/* SPT.4: values a field may not have, section 9.6; AW is looked at where it is not ignored. */
static bool bad_values(const uint64_t *e)
{
	uint64_t pgtt = ims_field_get(e, VTD_SPE_PGTT), aw = ims_field_get(e, VTD_SPE_AW);
	bool stage2 = pgtt == VTD_PGTT_SS || pgtt == VTD_PGTT_NESTED;
	uint64_t limit = UINT64_C(1) << (aw == 1 ? 39 : 48);

	if (pgtt != VTD_PGTT_FS && !stage2)
		return true; /* PT = 0: pass-through is one of them */
	if (stage2 && aw != 1 && aw != 2)
		return true;
	if (ims_field_get(e, VTD_SPE_FSPM))
		return true; /* FS5LP = 0 */
	return pgtt == VTD_PGTT_NESTED && ims_field_get(e, VTD_SPE_FSPTPTR) << 12 >= limit;
}

static uint16_t read_pasid(struct ims_hw *hw, const uint64_t *context, uint32_t pasid,
			   uint64_t *entry)
{
	uint64_t directory;

	if (!ims_cfg_read(hw, (context[0] & VTD_ADDR) + (uint64_t)(pasid >> 6) * 8, 1, &directory))
		return VTD_SPD_1;
	if (!(directory & 1))
		return VTD_SPD_2;
	if (directory & directory_rsvd)
		return VTD_SPD_3;
	if (!ims_cfg_read(hw, (directory & VTD_ADDR) + (uint64_t)(pasid & 63) * 64, 8, entry))
		return VTD_SPT_1;
	if (!ims_field_get(entry, VTD_SPE_P))
		return VTD_SPT_2;
	if (any_set(entry, pasid_rsvd, 8))
		return VTD_SPT_3;
	return bad_values(entry) ? VTD_SPT_4 : 0;
}

static void take_pasid(const uint64_t *e, uint32_t pasid, struct ims_path *path)
{
	uint64_t aw = ims_field_get(e, VTD_SPE_AW);

	*path = (struct ims_path){ .ctx = pasid,
				   .dom = (uint16_t)ims_field_get(e, VTD_SPE_DID),
				   .s1_root = ims_field_get(e, VTD_SPE_FSPTPTR) << 12,
				   .s2_root = e[0] & VTD_ADDR,
				   .s1_top = 4,
				   .s2_top = aw == 1 ? 3 : 4,
				   .s2_limit = UINT64_C(1) << (aw == 1 ? 39 : VTD_MGAW),
				   .s1 = &vtd_fs_format,
				   .s2 = &vtd_ss_format,
				   .rsvd = VTD_RSVD_ADDR,
				   .s1_leaf_levels = VTD_PAGE_SIZES,
				   .s2_leaf_levels = VTD_PAGE_SIZES,
				   .table_need = IMS_R,
				   .no_update = !ims_field_get(e, VTD_SPE_PWSNP) };
	switch (ims_field_get(e, VTD_SPE_PGTT)) {
	case VTD_PGTT_FS:
		path->cls = VTD_CLASS_FS;
		path->stages = IMS_STAGES_1;
		break;
	case VTD_PGTT_SS:
		path->cls = VTD_CLASS_SS;
		path->stages = IMS_STAGES_2;
		break;
	default:
		path->cls = VTD_CLASS_NESTED;
		path->stages = IMS_STAGES_NESTED;
		break;
	}
}

uint16_t vtd_path(struct ims_hw *hw, const struct ims_req *req, struct ims_path *ret_path)
{
	struct ims_cfg_key key = { .src = req->src, .ctx = IMS_CTX_NONE };
	uint64_t rtaddr = ims_cfg_root(hw), context_words[4], pasid_words[8];
	const uint64_t *context, *entry;
	uint16_t fault;

	if (rtaddr & (IMS_BITS(9, 0) | VTD_RSVD_HIGH)) /* SSIRWE too: SSIRWS = 0 */
		return VTD_RTA_1;
	switch (ims_bits_get(rtaddr, 11, 10)) {
	case VTD_TTM_ABORT:
		return VTD_RTA_4;
	case VTD_TTM_RESERVED:
		return VTD_RTA_1;
	case VTD_TTM_LEGACY:
		return IMS_FAULT_UNMODELLED;
	default:
		break;
	}
	context = ims_cfg_find(hw, VTD_CONTEXT, &key);
	if (!context) {
		fault = read_context(hw, rtaddr, req->src, context_words);
		if (fault)
			return fault;
		ims_cfg_fill(hw, VTD_CONTEXT, &key, context_words);
		context = context_words;
	}
	fault = check_request(context, req);
	if (fault)
		return fault;
	if (req->kind ==
	    IMS_REQ_TRANSLATED) /* HPTE is reserved: the PASID table is not read, section 4.2.5 */
		return req->addr >> VTD_HAW ? VTD_SGN_4 : 0;
	key.ctx = req->ctx != IMS_CTX_NONE ? req->ctx :
					     (uint32_t)ims_field_get(context, VTD_SCE_RID_PASID);
	entry = ims_cfg_find(hw, VTD_PASID, &key);
	if (!entry) {
		fault = read_pasid(hw, context, key.ctx, pasid_words);
		if (fault)
			return fault;
		key.dom = (uint16_t)ims_field_get(pasid_words, VTD_SPE_DID);
		ims_cfg_fill(hw, VTD_PASID, &key, pasid_words);
		entry = pasid_words;
	}
	take_pasid(entry, key.ctx, ret_path);
	/* SRS = 0: SRE is 0 in every entry. RPRIVS = 0: without PASID nobody is privileged. */
	return req->priv && req->ctx != IMS_CTX_NONE ? VTD_SPT_6 : 0;
}
