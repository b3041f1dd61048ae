/* SPDX-License-Identifier: MIT */
/*
 * The invalidation queue (section 6.5.2): when it may be fetched from, what a
 * descriptor must be on this unit, its registers (section 11.4.9) and its errors.
 */
#include "regs.h"

/* ---- what the unit can do ---- */

static uint64_t largest_agaw(const uint32_t *p)
{
	for (unsigned i = 3; i >= 1; i--)
		if (p[VTD_P_SAGAW] & 1u << i)
			return 30 + 9 * i;
	return p[VTD_P_MGAW];
}

/* Table 26, and IQEI 5 and 7 of section 11.4.9.9. */
uint16_t vtd_ready(struct ims_state *s, uint64_t root)
{
	const uint32_t *p = s->params;
	bool wide = s->cmd_words == 4;

	s->mode = (uint8_t)ims_bits_get(root, 11, 10);
	if (s->mode == VTD_TTM_RESERVED || (s->mode == VTD_TTM_SCALABLE && !p[VTD_P_SMTS]) ||
	    (s->mode == VTD_TTM_ABORT && !p[VTD_P_ADMS]))
		return VTD_IQE_TTM;
	if (wide ? !p[VTD_P_SMTS] && !p[VTD_P_ADMS] : s->mode != VTD_TTM_LEGACY)
		return VTD_IQE_WIDTH;
	return 0;
}

/* ---- what a descriptor needs ---- */

#define PAGE_SELECTIVE UINT64_C(0x30)

/* Types that are invalid, and fields of the first word that are reserved, where a capability is missing. */
static const struct {
	uint8_t type, param;
	uint64_t fields; /* 0: the type */
} needs[] = {
	{ 3, VTD_P_DT, 0 },
	{ 8, VTD_P_DT, 0 },
	{ 4, VTD_P_IR, 0 },
	{ 9, VTD_P_PRS, 0 },
	{ 3, VTD_P_DIT, UINT64_C(0xfff000000000f000) },
	{ 8, VTD_P_DIT, UINT64_C(0xfff000000000f000) },
	{ 5, VTD_P_PDS, 0x80 },
};

/* Type in bits 11:9 and 3:0: the rows' types have the upper three clear. */
static unsigned type_of(const struct ims_cmd_row *row)
{
	return row->value[0] & 0xf;
}

static void derive_needs(struct ims_state *s)
{
	s->derived[VTD_D_NO_TYPES] = 0;
	s->derived[VTD_D_TYPES_CHECKED] = 1u << 2 | 1u << 6;
	for (unsigned i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		if (s->params[needs[i].param])
			continue;
		s->derived[VTD_D_TYPES_CHECKED] |= 1u << needs[i].type;
		if (!needs[i].fields)
			s->derived[VTD_D_NO_TYPES] |= 1u << needs[i].type;
	}
}

/* MAMV and PSI bound type 2 alone, section 11.4.2. */
static uint16_t accept_range(const struct ims_state *s, unsigned type, uint64_t am)
{
	if (type == 2 &&
	    (!s->params[VTD_P_PSI] || (s->params[VTD_K_AM_LIMIT] && am > s->params[VTD_P_MAMV])))
		return VTD_IQE_RESERVED;
	return type == 6 && s->params[VTD_Q_P_IOTLB_AM18] && am > 18 ? VTD_IQE_RESERVED : 0;
}

uint16_t vtd_accept(const struct ims_state *s, const struct ims_cmd_row *row, const uint64_t *words)
{
	unsigned type = type_of(row);

	if (!(s->derived[VTD_D_TYPES_CHECKED] >> type & 1))
		return 0;
	if (s->derived[VTD_D_NO_TYPES] >> type & 1)
		return VTD_IQE_TYPE;
	if (type == 2 || type == 6)
		return (row->value[0] & PAGE_SELECTIVE) == PAGE_SELECTIVE ?
			       accept_range(s, type, ims_bits_get(words[1], 5, 0)) :
			       0;
	for (unsigned i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (needs[i].type == type && (words[0] & needs[i].fields) &&
		    !s->params[needs[i].param])
			return VTD_IQE_RESERVED;
	return 0;
}

void vtd_derive_queue(struct ims_state *s)
{
	const uint32_t *p = s->params;

	s->derived[VTD_D_DID] = IMS_BITS(3 + 2 * p[VTD_P_ND], 0);
	s->derived[VTD_D_PSI_ADDR] = IMS_BITS(p[VTD_P_MGAW] - 1, 12);
	s->derived[VTD_D_STATUS_ADDR] = IMS_BITS(p[VTD_P_HAW] - 1, 2);
	s->derived[VTD_D_FI] = IMS_BITS(largest_agaw(p) - 1, 12);
	s->early_effect = p[VTD_K_EAGER];
	s->atc_twice = p[VTD_Q_ATC_TWICE];
	s->mode = p[VTD_P_SMTS] ? VTD_TTM_SCALABLE : VTD_TTM_LEGACY;
	derive_needs(s);
	vtd_derive_regs(s);
}

/* ---- registers ---- */

static unsigned entry_lg2(const struct ims_state *s)
{
	return s->cmd_words == 4 ? 5 : 4;
}

uint64_t vtd_iqh_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	(void)r;
	return (uint64_t)ims_ring_head(hw, 0) << entry_lg2(ims_hw_state_const(hw));
}

uint64_t vtd_iqt_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	const struct ims_state *s = ims_hw_state_const(hw);

	if (s->regs[VTD_R_TAIL_WRONG])
		return s->regs[r->at];
	return (uint64_t)ims_ring_tail(hw, 0) << entry_lg2(s);
}

/* QS: the ring has 2^(QS + 8) entries of 128 bits, or 2^(QS + 7) of 256. */
uint64_t vtd_iqa_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	bool wide = ims_hw_state_const(hw)->cmd_words == 4;
	unsigned lg2, least = wide ? 7 : 8;
	uint64_t base = ims_ring_base(hw, 0, &lg2);

	(void)r;
	return base | (wide ? IMS_BIT(11) : 0) | (lg2 > least ? lg2 - least : 0);
}

void vtd_iqa_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	bool wide = ims_bits_get(value, 11, 11);

	(void)r;
	ims_hw_state(hw)->cmd_words = wide ? 4 : 2;
	ims_ring_set(hw, 0, value & IMS_BITS(63, 12),
		     (unsigned)ims_bits_get(value, 2, 0) + (wide ? 7 : 8));
}

/* IQEI 1 and 6. The tail is not taken; the error comes again if it is not written anew. */
void vtd_iqt_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	unsigned count_lg2, entry = entry_lg2(ims_hw_state(hw));
	uint64_t tail = value & IMS_BITS(18, 4), *wrong = vtd_reg(hw, VTD_R_TAIL_WRONG);

	(void)r;
	ims_ring_base(hw, 0, &count_lg2);
	*wrong = 0;
	if (tail & ((UINT64_C(1) << entry) - 1))
		*wrong = VTD_IQE_ALIGNMENT;
	else if (tail >> entry >> count_lg2)
		*wrong = VTD_IQE_TAIL;
	if (!*wrong)
		ims_ring_tail_set(hw, 0, (uint32_t)(tail >> entry));
	else if (!ims_hw_state(hw)->fetch_off && !(*vtd_reg(hw, VTD_R_FSTS) & VTD_IQE))
		ims_ring_stop(hw, 0, (uint16_t)*wrong);
}

void vtd_queue_go_on(struct ims_hw *hw)
{
	const uint64_t *regs = ims_hw_state(hw)->regs;

	if (regs[VTD_R_FSTS] & (VTD_IQE | VTD_ITE_BIT))
		return;
	ims_ring_resume(hw, 0);
	if (regs[VTD_R_TAIL_WRONG] && !ims_hw_state(hw)->fetch_off && !(regs[VTD_R_FSTS] & VTD_IQE))
		ims_ring_stop(hw, 0, (uint16_t)regs[VTD_R_TAIL_WRONG]);
}

void vtd_queue_enable(struct ims_hw *hw, bool on)
{
	struct ims_state *s = ims_hw_state(hw);

	if (!on)
		ims_ring_reset(hw, 0);
	s->fetch_off = !on;
	if (on)
		vtd_queue_go_on(hw);
}

void vtd_wait_signalled(struct ims_hw *hw)
{
	uint64_t *ics = vtd_reg(hw, VTD_R_ICS);

	if (*ics & VTD_IWC)
		return;
	*ics |= VTD_IWC;
	vtd_event_raise(hw, VTD_SIGNAL_COMPLETION);
}

void vtd_ics_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r, (void)value;
	if (!(*vtd_reg(hw, VTD_R_ICS) & VTD_IWC))
		vtd_event_serve(hw, VTD_SIGNAL_COMPLETION);
}
