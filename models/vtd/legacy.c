/* SPDX-License-Identifier: MIT */
/* Legacy mode (section 3.4.2): root and context table, second stage or none. */
#include "parts.h"

/* Words of a cached context entry; the last holds the code of a faulting one. */
enum { CONTEXT_WORDS = 3, CONTEXT_FAULT = 2 };

/* AW and TT, sections 9.3 and 11.4.3; the widths are those of second-stage tables. */
static bool bad_values(const struct ims_state *s, const uint64_t *e)
{
	uint64_t tt = ims_field_get(e, VTD_LCE_TT);

	if (!vtd_aw_supported(s, ims_field_get(e, VTD_LCE_AW)))
		return true;
	if (tt == VTD_TT_ATS)
		return !s->params[VTD_P_DT];
	return tt == VTD_TT_PT ? !s->params[VTD_P_PT] : tt != VTD_TT_NO_ATS;
}

static uint16_t check_context(const struct ims_state *s, const uint64_t *e)
{
	if (!ims_field_get(e, VTD_LCE_P))
		return VTD_LCT_2;
	if (vtd_any_set(e, &s->derived[VTD_D_LEGACY], 2))
		return VTD_LCT_3;
	return bad_values(s, e) ? VTD_LCT_4 : 0;
}

static uint16_t read_context(struct vtd_way *way, uint64_t *entry)
{
	const uint64_t *d = way->state->derived;
	uint32_t src = way->req->src;
	uint64_t root[2];

	if (!ims_cfg_read(way->hw, (way->rtaddr & d[VTD_D_ADDR]) + (src >> 8 & 0xff) * 16, 2, root))
		return VTD_LRT_1;
	if (!(root[0] & 1))
		return VTD_LRT_2;
	if ((root[0] & d[VTD_D_ROOT]) || root[1])
		return VTD_LRT_3;
	if (!ims_cfg_read(way->hw, (root[0] & d[VTD_D_ADDR]) + (src & 0xff) * 16, 2, entry))
		return VTD_LCT_1;
	return 0;
}

/* The context entry, cached or read; faults in it are cached with CM = 1, under DID 0 (section 6.1). */
static uint16_t find_context(struct vtd_way *way, uint64_t *entry)
{
	struct ims_cfg_key key = { .src = way->req->src, .ctx = IMS_CTX_NONE };
	const uint64_t *cached = ims_cfg_find(way->hw, VTD_LEGACY, &key);
	uint16_t fault;

	if (cached) {
		entry[0] = cached[0];
		entry[1] = cached[1];
		way->fpd = ims_field_get(entry, VTD_LCE_FPD);
		return (uint16_t)cached[CONTEXT_FAULT];
	}
	fault = read_context(way, entry);
	if (fault)
		return fault;
	way->fpd = ims_field_get(entry, VTD_LCE_FPD);
	fault = check_context(way->state, entry);
	entry[CONTEXT_FAULT] = fault;
	key.negative = fault != 0;
	if (!fault)
		key.dom = (uint16_t)ims_field_get(entry, VTD_LCE_DID);
	if (!fault || way->state->derived[VTD_D_NEGATIVE])
		ims_cfg_fill(way->hw, VTD_LEGACY, &key, entry);
	return fault;
}

uint16_t vtd_legacy_path(struct vtd_way *way)
{
	const struct ims_state *s = way->state;
	struct ims_path *path = way->path;
	uint64_t entry[CONTEXT_WORDS], tt, aw;
	uint16_t fault;

	/* SSIRWE is for scalable mode; then PASIDs. */
	if (way->rtaddr & IMS_BIT(7))
		return VTD_RTA_1;
	if (way->req->ctx != IMS_CTX_NONE)
		return VTD_RTA_2;
	fault = find_context(way, entry);
	if (fault)
		return fault;
	tt = ims_field_get(entry, VTD_LCE_TT);
	aw = ims_field_get(entry, VTD_LCE_AW);
	if (way->req->kind != IMS_REQ_UNTRANSLATED && tt != VTD_TT_ATS)
		return VTD_LCT_5;
	path->ctx = IMS_CTX_NONE;
	path->dom = (uint16_t)ims_field_get(entry, VTD_LCE_DID);
	path->options |= VTD_O_LEGACY;
	if (way->req->kind == IMS_REQ_TRANSLATED)
		return vtd_host_address(way, VTD_LGN_1, VTD_LGN_4);
	if (way->req->kind == IMS_REQ_ATS && vtd_interrupt_range(way->req->addr)) {
		vtd_interrupt_translation(way);
		return 0;
	}
	if (tt == VTD_TT_PT)
		return vtd_pass_through(way, VTD_LGN_1, VTD_LGN_4);
	path->cls = VTD_CLASS_SS;
	path->stages = IMS_STAGES_2;
	path->s2_root = entry[0] & s->derived[VTD_D_ADDR];
	path->s2_top = (uint8_t)(aw + 2);
	path->s2_limit = vtd_aw_limit(s, aw);
	return 0;
}
