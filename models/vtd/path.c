/* SPDX-License-Identifier: MIT */
/*
 * From a request to its page tables: what is no DMA at all, the mode, and in
 * scalable mode root, context, PASID directory and PASID table (section 3.4.3),
 * each with its checks in the order of table 30.
 */
#include "parts.h"
#include "regs.h"

/* Words of a structure; the last is all reserved, and holds the code of a faulting one that is cached. */
enum { CONTEXT_WORDS = 4, CONTEXT_FAULT = 3, PASID_WORDS = 8, PASID_FAULT = 7 };

static const uint64_t nothing_above[5] = { ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0),
					   ~UINT64_C(0) };

/* ---- without tables ---- */

uint16_t vtd_pass_through(struct vtd_way *way, uint16_t too_wide, uint16_t interrupts)
{
	struct ims_path *path = way->path;
	uint64_t addr = way->req->addr;
	uint32_t lg2 = way->state->params[VTD_K_PT_LG2];

	if (addr & way->state->derived[VTD_D_HIGH])
		return too_wide;
	if (vtd_interrupt_range(addr))
		return interrupts;
	path->cls = VTD_CLASS_PT;
	path->stages = IMS_STAGES_BYPASS;
	path->grant = IMS_R | IMS_W | IMS_U | (path->options & VTD_O_SNOOP ? IMS_SNOOP : 0);
	/* A block with interrupts in it is held in small pieces. */
	if (lg2 > 12 && ims_overlap(ims_block_first(addr, lg2), ims_block_last(addr, lg2),
				    VTD_INTERRUPTS_FIRST, VTD_INTERRUPTS_LAST))
		lg2 = 12;
	path->bypass_lg2 = (uint8_t)lg2;
	return 0;
}

uint16_t vtd_host_address(const struct vtd_way *way, uint16_t too_wide, uint16_t interrupts)
{
	if (way->req->addr & way->state->derived[VTD_D_HIGH])
		return too_wide;
	return vtd_interrupt_range(way->req->addr) ? interrupts : 0;
}

void vtd_interrupt_translation(struct vtd_way *way)
{
	way->path->stages = IMS_STAGES_ANSWERED;
	if (way->req->no_write && way->state->no_write)
		return;
	way->path->grant = IMS_W;
	way->path->untranslated = true;
}

/* Section 3.15, table 15: a write of one DWORD is an interrupt, a read of nothing completes. */
static uint16_t interrupt_request(const struct ims_state *s, const struct ims_req *req,
				  struct ims_path *path)
{
	path->stages = IMS_STAGES_ANSWERED;
	if (req->access == IMS_ACCESS_READ && req->zero_length) {
		path->grant = IMS_R;
		return 0;
	}
	if (req->access != IMS_ACCESS_WRITE || (req->bytes && req->bytes != 4) || (req->addr & 3))
		return VTD_IR_29;
	/* Section 11.4.3, IRREQ: interrupts are not left to pass where nothing remaps them. */
	if (s->params[VTD_P_IRREQ] && !(s->regs[VTD_R_GSTS] & VTD_IRE))
		return VTD_IR_2B;
	path->grant = IMS_W;
	path->interrupt = true;
	return 0;
}

/* Section 4.2.1: with translation off, requests that have to do with it are unsupported. */
static void translation_off(const struct ims_req *req, struct ims_path *path)
{
	path->stages = IMS_STAGES_BYPASS;
	path->grant = IMS_R | IMS_W | IMS_U;
	if (req->kind == IMS_REQ_UNTRANSLATED)
		return;
	path->stages = IMS_STAGES_ANSWERED;
	path->grant = 0;
	path->refused = true;
}

/* ---- scalable mode: root and context ---- */

static uint16_t check_context(const struct ims_state *s, const uint64_t *e)
{
	bool dte = ims_field_get(e, VTD_SCE_DTE);

	if (!ims_field_get(e, VTD_SCE_P))
		return VTD_SCT_2;
	if (vtd_any_set(e, &s->derived[VTD_D_CONTEXT], 2) || vtd_any_set(e + 2, nothing_above, 2))
		return VTD_SCT_3;
	if (!dte && ims_field_get(e, VTD_SCE_PRE))
		return VTD_SCT_4;
	if (ims_field_get(e, VTD_SCE_RID_PASID) >> (ims_field_get(e, VTD_SCE_PDTS) + 13))
		return VTD_SCT_4;
	if (ims_field_get(e, VTD_SCE_EPTR) && !ims_field_get(e, VTD_SCE_PASIDE))
		return VTD_SCT_4;
	return 0;
}

static uint16_t read_context(struct vtd_way *way, uint64_t *entry)
{
	const uint64_t *d = way->state->derived;
	uint32_t src = way->req->src;
	uint64_t root, at = (way->rtaddr & d[VTD_D_ADDR]) + (src >> 8 & 0xff) * 16;

	if (!ims_cfg_read(way->hw, at + (src & 0x80 ? 8 : 0), 1, &root))
		return VTD_SRT_1;
	if (!(root & 1))
		return VTD_SRT_2;
	if (root & d[VTD_D_ROOT])
		return VTD_SRT_3;
	if (!ims_cfg_read(way->hw, (root & d[VTD_D_ADDR]) + (src & 0x7f) * 32, CONTEXT_WORDS,
			  entry))
		return VTD_SCT_1;
	return 0;
}

/* The context entry, cached or read into @entry; faults in it are cached with CM = 1 (section 6.1). */
static uint16_t find_context(struct vtd_way *way, uint64_t *entry, const uint64_t **ret_context)
{
	struct ims_cfg_key key = { .src = way->req->src, .ctx = IMS_CTX_NONE };
	const uint64_t *cached = ims_cfg_find(way->hw, VTD_CONTEXT, &key);
	uint16_t fault;

	*ret_context = entry;
	if (cached) {
		*ret_context = cached;
		way->fpd = ims_field_get(cached, VTD_SCE_FPD);
		return (uint16_t)cached[CONTEXT_FAULT];
	}
	fault = read_context(way, entry);
	if (fault)
		return fault;
	way->fpd = ims_field_get(entry, VTD_SCE_FPD);
	fault = check_context(way->state, entry);
	entry[CONTEXT_FAULT] = fault;
	key.negative = fault != 0;
	if (!fault || way->state->derived[VTD_D_NEGATIVE])
		ims_cfg_fill(way->hw, VTD_CONTEXT, &key, entry);
	return fault;
}

/* What the context entry says of the request itself. */
static uint16_t check_request(const struct vtd_way *way, const uint64_t *context)
{
	const struct ims_req *req = way->req;

	if (req->kind == IMS_REQ_PAGE) {
		if (!ims_field_get(context, VTD_SCE_PRE))
			return VTD_SCT_8;
	} else if (req->kind != IMS_REQ_UNTRANSLATED && !ims_field_get(context, VTD_SCE_DTE)) {
		return VTD_SCT_5;
	}
	if (req->ctx == IMS_CTX_NONE)
		return 0;
	if (req->kind == IMS_REQ_TRANSLATED) {
		if (!ims_field_get(context, VTD_SCE_EPTR))
			return VTD_SCT_10;
	} else if (!ims_field_get(context, VTD_SCE_PASIDE)) {
		return VTD_SCT_6;
	}
	if (req->ctx >> (way->state->params[VTD_P_PSS] + 1) && req->kind != IMS_REQ_PAGE)
		return VTD_SGN_10;
	if (req->ctx >> (ims_field_get(context, VTD_SCE_PDTS) + 13))
		return VTD_SCT_7;
	return req->ctx == ims_field_get(context, VTD_SCE_RID_PASID) ? VTD_SCT_9 : 0;
}

/* ---- scalable mode: PASID directory and table ---- */

/* SPT.4: values a field may not have, section 9.6; AW is looked at where it is not ignored. */
static bool bad_values(const struct ims_state *s, const uint64_t *e)
{
	const uint32_t *p = s->params;
	const bool supported[8] = { [VTD_PGTT_FS] = p[VTD_P_FSTS],
				    [VTD_PGTT_SS] = p[VTD_P_SSTS],
				    [VTD_PGTT_NESTED] = p[VTD_P_NEST],
				    [VTD_PGTT_PT] = p[VTD_P_PT] };
	uint64_t pgtt = ims_field_get(e, VTD_SPE_PGTT), aw = ims_field_get(e, VTD_SPE_AW);

	if (!supported[pgtt])
		return true;
	if ((pgtt == VTD_PGTT_SS || pgtt == VTD_PGTT_NESTED) && !vtd_aw_supported(s, aw))
		return true;
	if (ims_field_get(e, VTD_SPE_FSPM) > (p[VTD_P_FS5LP] ? 1 : 0))
		return true;
	return pgtt == VTD_PGTT_NESTED &&
	       ims_field_get(e, VTD_SPE_FSPTPTR) << 12 >= vtd_aw_limit(s, aw);
}

static uint16_t check_pasid(const struct ims_state *s, const uint64_t *e)
{
	if (!ims_field_get(e, VTD_SPE_P))
		return VTD_SPT_2;
	if (vtd_any_set(e, &s->derived[VTD_D_PASID], 3) || vtd_any_set(e + 3, nothing_above, 5))
		return VTD_SPT_3;
	return bad_values(s, e) ? VTD_SPT_4 : 0;
}

/* FPD of the directory goes with the entry, as that is what is cached. */
static uint16_t read_pasid(struct vtd_way *way, const struct ims_cfg_key *key,
			   const uint64_t *context, uint64_t *entry)
{
	const uint64_t *d = way->state->derived;
	uint64_t directory;
	uint16_t fault;

	for (unsigned i = 0; i < PASID_WORDS; i++)
		entry[i] = 0;
	if (!ims_cfg_read(way->hw, (context[0] & d[VTD_D_ADDR]) + (uint64_t)(key->ctx >> 6) * 8, 1,
			  &directory))
		return VTD_SPD_1;
	entry[0] = directory & IMS_BIT(1);
	fault = !(directory & 1) ? VTD_SPD_2 : directory & d[VTD_D_DIRECTORY] ? VTD_SPD_3 : 0;
	if (fault)
		return fault;
	if (!ims_cfg_read_split(way->hw, VTD_PASID, key,
				(directory & d[VTD_D_ADDR]) + (uint64_t)(key->ctx & 63) * 64,
				PASID_WORDS, entry))
		return VTD_SPT_1;
	fault = check_pasid(way->state, entry);
	entry[0] |= directory & IMS_BIT(1);
	return fault;
}

static bool negative_pasid(uint16_t fault)
{
	return fault != VTD_SPD_1 && fault != VTD_SPT_1;
}

/* The PASID-table entry, cached or read; faults on the way are cached with CM = 1, under DID 0. */
static uint16_t find_pasid(struct vtd_way *way, const struct ims_cfg_key *asked,
			   const uint64_t *context, uint64_t *entry, const uint64_t **ret_pasid)
{
	const uint64_t *cached = ims_cfg_find(way->hw, VTD_PASID, asked);
	struct ims_cfg_key key = *asked;
	uint16_t fault;

	*ret_pasid = entry;
	if (cached) {
		*ret_pasid = cached;
		way->fpd |= ims_field_get(cached, VTD_SPE_FPD);
		return (uint16_t)cached[PASID_FAULT];
	}
	fault = read_pasid(way, asked, context, entry);
	way->fpd |= ims_field_get(entry, VTD_SPE_FPD);
	entry[PASID_FAULT] = fault;
	key.negative = fault != 0;
	if (!fault)
		key.dom = (uint16_t)ims_field_get(entry, VTD_SPE_DID);
	if (!fault || (way->state->derived[VTD_D_NEGATIVE] && negative_pasid(fault)))
		ims_cfg_fill(way->hw, VTD_PASID, &key, entry);
	return fault;
}

/* ---- what the PASID-table entry says ---- */

static uint32_t options_of(const struct vtd_way *way, const uint64_t *e)
{
	const struct ims_state *s = way->state;
	uint32_t options = 0;

	if (ims_field_get(e, VTD_SPE_PGSNP))
		options |= VTD_O_SNOOP;
	if (way->rtaddr & IMS_BIT(7))
		options |= VTD_O_SSIRWE;
	if (ims_field_get(e, VTD_SPE_SSADE))
		options |= VTD_O_SSADE | (s->params[VTD_K_TABLE_DIRTY] ? VTD_O_TABLE_DIRTY : 0);
	if (ims_field_get(e, VTD_SPE_EAFE))
		options |= VTD_O_EAFE;
	if (s->params[VTD_Q_SPR17] && ims_field_get(e, VTD_SPE_PWSNP))
		options |= VTD_O_SPR17;
	return options;
}

static void take_pasid(struct vtd_way *way, const uint64_t *e)
{
	const struct ims_state *s = way->state;
	uint64_t pgtt = ims_field_get(e, VTD_SPE_PGTT), aw = ims_field_get(e, VTD_SPE_AW);
	struct ims_path *path = way->path;

	path->dom = (uint16_t)ims_field_get(e, VTD_SPE_DID);
	path->options |= options_of(way, e);
	path->no_update = !ims_field_get(e, VTD_SPE_PWSNP);
	if (path->options & VTD_O_SSIRWE)
		path->s2 = &vtd_ss_io_format;
	if (pgtt == VTD_PGTT_FS || pgtt == VTD_PGTT_NESTED) {
		path->s1_root = e[2] & s->derived[VTD_D_ADDR];
		path->s1_top = (uint8_t)(4 + ims_field_get(e, VTD_SPE_FSPM));
		path->s1_width = path->s1_top == 5 ? 57 : 48;
	}
	if (pgtt == VTD_PGTT_SS || pgtt == VTD_PGTT_NESTED) {
		path->s2_root = e[0] & s->derived[VTD_D_ADDR];
		path->s2_top = (uint8_t)(aw + 2);
		path->s2_limit = vtd_aw_limit(s, aw);
		/* Section 3.8.1: with SSADE tables of the first stage have to be writable. */
		path->table_need = path->options & VTD_O_SSADE ? IMS_R | IMS_W : IMS_R;
	}
	path->cls = (uint8_t)(pgtt == VTD_PGTT_FS ? VTD_CLASS_FS :
			      pgtt == VTD_PGTT_SS ? VTD_CLASS_SS :
						    VTD_CLASS_NESTED);
	path->stages = (uint8_t)(pgtt == VTD_PGTT_FS ? IMS_STAGES_1 :
				 pgtt == VTD_PGTT_SS ? IMS_STAGES_2 :
						       IMS_STAGES_NESTED);
}

/* Section 3.6.1: who is privileged, and what that waives. */
static uint16_t take_privilege(struct vtd_way *way, const uint64_t *context, const uint64_t *e)
{
	bool priv = way->req->ctx != IMS_CTX_NONE ? way->req->priv :
						    ims_field_get(context, VTD_SCE_RID_PRIV);

	if (!priv)
		return 0;
	if (!ims_field_get(e, VTD_SPE_SRE))
		return VTD_SPT_6;
	way->path->waive |= IMS_U | (ims_field_get(e, VTD_SPE_WPE) ? 0 : IMS_W);
	return 0;
}

static uint16_t scalable_path(struct vtd_way *way)
{
	const struct ims_req *req = way->req;
	struct ims_cfg_key key = { .src = req->src, .ctx = req->ctx };
	uint64_t context_words[CONTEXT_WORDS], pasid_words[PASID_WORDS];
	const uint64_t *context, *entry;
	uint16_t fault = find_context(way, context_words, &context);

	if (fault)
		return fault;
	fault = check_request(way, context);
	if (fault)
		return fault;
	/* HPTE is reserved: the PASID table is not read, section 4.2.5. */
	if (req->kind == IMS_REQ_TRANSLATED)
		return vtd_host_address(way, VTD_SGN_4, VTD_SGN_8);
	if (key.ctx == IMS_CTX_NONE)
		key.ctx = (uint32_t)ims_field_get(context, VTD_SCE_RID_PASID);
	way->path->ctx = key.ctx;
	fault = find_pasid(way, &key, context, pasid_words, &entry);
	if (fault)
		return fault;
	/* Up to version 7 that is found out here. */
	if (req->execute && req->ctx != IMS_CTX_NONE)
		return way->state->params[VTD_P_ERS] ? IMS_FAULT_UNMODELLED : VTD_SPT_5;
	/* A page request is asked for its PGTT and DID alone, section 7.4.1. */
	fault = req->kind == IMS_REQ_PAGE ? 0 : take_privilege(way, context, entry);
	if (fault)
		return fault;
	take_pasid(way, entry);
	if (req->kind == IMS_REQ_PAGE) {
		if (ims_field_get(entry, VTD_SPE_PGTT) == VTD_PGTT_PT)
			way->path->cls = VTD_CLASS_PT;
		return 0;
	}
	if (req->kind == IMS_REQ_ATS && req->ctx == IMS_CTX_NONE &&
	    vtd_interrupt_range(req->addr)) {
		vtd_interrupt_translation(way);
		return 0;
	}
	if (ims_field_get(entry, VTD_SPE_PGTT) == VTD_PGTT_PT)
		return vtd_pass_through(way, VTD_SGN_4, VTD_SGN_8);
	return 0;
}

/* ---- any mode ---- */

/* RTADDR_REG, section 11.4.5, conditions RTA.1, .4 and .5. */
static uint16_t check_mode(const struct vtd_way *way)
{
	const uint32_t *p = way->state->params;

	if (way->rtaddr & way->state->derived[VTD_D_RTADDR])
		return VTD_RTA_1;
	switch (ims_bits_get(way->rtaddr, 11, 10)) {
	case VTD_TTM_ABORT:
		return p[VTD_P_ADMS] ? VTD_RTA_4 : VTD_RTA_1;
	case VTD_TTM_RESERVED:
		return VTD_RTA_1;
	case VTD_TTM_SCALABLE:
		if (!p[VTD_P_SMTS])
			return VTD_RTA_1;
		break;
	default:
		break;
	}
	return p[VTD_P_VER] >= 8 && way->req->execute && way->req->ctx != IMS_CTX_NONE ? VTD_RTA_5 :
											 0;
}

static uint16_t translated_path(struct vtd_way *way)
{
	uint16_t fault = check_mode(way);

	if (fault)
		return fault;
	if (ims_bits_get(way->rtaddr, 11, 10) != VTD_TTM_LEGACY)
		return scalable_path(way);
	return way->req->kind == IMS_REQ_PAGE ? VTD_RTA_3 : vtd_legacy_path(way);
}

uint16_t vtd_path(struct ims_hw *hw, const struct ims_req *req, struct ims_path *ret_path)
{
	const struct ims_state *s = ims_hw_state(hw);
	struct vtd_way way = {
		.hw = hw, .state = s, .req = req, .path = ret_path, .rtaddr = ims_cfg_root(hw)
	};
	uint16_t fault;

	*ret_path = (struct ims_path){ .s1 = &vtd_fs_format,
				       .s2 = &vtd_ss_format,
				       .rsvd = s->derived[VTD_D_ENTRY],
				       .rsvd_leaf = s->derived[VTD_D_SS_LEAF],
				       .s1_leaf_levels = (uint8_t)s->derived[VTD_D_FS_LEVELS],
				       .s2_leaf_levels = (uint8_t)s->derived[VTD_D_SS_LEVELS] };
	if (req->kind == IMS_REQ_UNTRANSLATED && req->ctx == IMS_CTX_NONE &&
	    vtd_interrupt_range(req->addr))
		return interrupt_request(s, req, ret_path);
	if (!vtd_translating(s)) {
		translation_off(req, ret_path);
		return 0;
	}
	if (req->zero_length && req->access == IMS_ACCESS_READ && s->params[VTD_P_ZLR])
		ret_path->waive = IMS_R;
	if (s->derived[VTD_D_NEGATIVE] > 1)
		ret_path->options = VTD_O_NEGATIVE;
	fault = translated_path(&way);
	ret_path->muted = way.fpd && (!fault || vtd_qualified(fault));
	return fault;
}
