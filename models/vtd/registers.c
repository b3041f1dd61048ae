/* SPDX-License-Identifier: MIT */
/*
 * Registers (section 11.4). A unit starts as software leaves it once it is set up;
 * ims_unit_reset() takes it back to power-on, for those who program it themselves.
 */
#include "regs.h"

#define MODELLED_REVISION 0  /* minor version */
#define MHMV		  15 /* largest interrupt handle mask */

/* ---- capabilities, sections 11.4.1 to 11.4.3 ---- */

struct cap_field {
	uint8_t param, hi, lo;
	uint8_t less; /* the field holds this much less than the parameter */
};

static const struct cap_field cap_fields[] = {
	{ VTD_P_ND, 2, 0, 0 },	      { VTD_P_RWBF, 4, 4, 0 },	   { VTD_P_CM, 7, 7, 0 },
	{ VTD_P_SAGAW, 12, 8, 0 },    { VTD_P_MGAW, 21, 16, 1 },   { VTD_P_ZLR, 22, 22, 0 },
	{ VTD_P_SSLPS, 37, 34, 0 },   { VTD_P_PSI, 39, 39, 0 },	   { VTD_P_NFR, 47, 40, 0 },
	{ VTD_P_MAMV, 53, 48, 0 },    { VTD_P_DWD, 54, 54, 0 },	   { VTD_P_DRD, 55, 55, 0 },
	{ VTD_P_FS1GP, 56, 56, 0 },   { VTD_P_FS5LP, 60, 60, 0 },  { VTD_P_ECMDS, 61, 61, 0 },
	{ VTD_P_ESIRTPS, 62, 62, 0 }, { VTD_P_ESRTPS, 63, 63, 0 },
};

static const struct cap_field ecap_fields[] = {
	{ VTD_P_C, 0, 0, 0 },	    { VTD_P_QI, 1, 1, 0 },	  { VTD_P_DT, 2, 2, 0 },
	{ VTD_P_IR, 3, 3, 0 },	    { VTD_P_EIM, 4, 4, 0 },	  { VTD_P_PT, 6, 6, 0 },
	{ VTD_P_SC, 7, 7, 0 },	    { VTD_P_MTS, 25, 25, 0 },	  { VTD_P_NEST, 26, 26, 0 },
	{ VTD_P_PRS, 29, 29, 0 },   { VTD_P_ERS, 30, 30, 0 },	  { VTD_P_SRS, 31, 31, 0 },
	{ VTD_P_NWFS, 33, 33, 0 },  { VTD_P_EAFS, 34, 34, 0 },	  { VTD_P_PSS, 39, 35, 0 },
	{ VTD_P_PASID, 40, 40, 0 }, { VTD_P_DIT, 41, 41, 0 },	  { VTD_P_PDS, 42, 42, 0 },
	{ VTD_P_SMTS, 43, 43, 0 },  { VTD_P_SSADS, 45, 45, 0 },	  { VTD_P_SSTS, 46, 46, 0 },
	{ VTD_P_FSTS, 47, 47, 0 },  { VTD_P_SMPWC, 48, 48, 0 },	  { VTD_P_RPS, 49, 49, 0 },
	{ VTD_P_PMS, 51, 51, 0 },   { VTD_P_ADMS, 52, 52, 0 },	  { VTD_P_RPRIVS, 53, 53, 0 },
	{ VTD_P_HPTS, 55, 55, 0 },  { VTD_P_PTRS, 56, 56, 0 },	  { VTD_P_SSIRWS, 57, 57, 0 },
	{ VTD_P_SMS, 58, 58, 0 },   { VTD_P_HPT1GPS, 59, 59, 0 }, { VTD_P_EIMER, 61, 61, 0 },
	{ VTD_P_IRREQ, 62, 62, 0 },
};

static uint64_t assemble(const struct ims_state *s, const struct cap_field *fields, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count; i++) {
		uint64_t field = s->params[fields[i].param] - fields[i].less;

		value |= (field << fields[i].lo) & IMS_BITS(fields[i].hi, fields[i].lo);
	}
	return value;
}

static void capabilities(struct ims_state *s)
{
	s->regs[VTD_R_VER] = s->params[VTD_P_VER] << 4 | MODELLED_REVISION;
	s->regs[VTD_R_CAP] = assemble(s, cap_fields, sizeof(cap_fields) / sizeof(cap_fields[0])) |
			     (uint64_t)(VTD_FRCD_OFFSET / 16) << 24;
	s->regs[VTD_R_ECAP] =
		assemble(s, ecap_fields, sizeof(ecap_fields) / sizeof(ecap_fields[0])) |
		(uint64_t)(VTD_IVA_OFFSET / 16) << 8 | (s->params[VTD_P_IR] ? MHMV << 20 : 0);
}

void vtd_derive_regs(struct ims_state *s)
{
	capabilities(s);
	s->regs[VTD_R_GSTS] = VTD_TE | VTD_SRTP | (s->params[VTD_P_QI] ? VTD_QIE : 0);
}

void vtd_reset(struct ims_hw *hw)
{
	struct ims_state *s = ims_hw_state(hw);

	capabilities(s);
	s->regs[VTD_R_FAULT_NEXT] = s->regs[VTD_R_TAIL_WRONG] = s->regs[VTD_R_RTADDR_SET] = 0;
	s->mode = VTD_TTM_LEGACY;
	s->cmd_words = 2;
	vtd_rights(s);
	ims_ring_set(hw, 0, 0, 8);
}

bool vtd_translating(const struct ims_state *s)
{
	return s->regs[VTD_R_GSTS] & VTD_TE;
}

/* What RID_PRIV makes privileged does not say so itself; and without translation no cache is asked. */
void vtd_rights(struct ims_state *s)
{
	s->rights_by_config = s->params[VTD_P_RPRIVS] || !vtd_translating(s);
}

/* ---- global command, section 11.4.4 ---- */

static const uint8_t dma_caches[] = { VTD_CONTEXT, VTD_LEGACY, VTD_PASID,
				      VTD_FS_PSC,  VTD_SS_PSC, VTD_IOTLB };

static void drop(struct ims_hw *hw, uint8_t cache)
{
	ims_cfg_drop(hw, &(struct ims_match){ .cache = cache, .classes = IMS_CLASS_ANY });
}

static void drop_dma_caches(struct ims_hw *hw)
{
	for (unsigned i = 0; i < sizeof(dma_caches); i++)
		drop(hw, dma_caches[i]);
}

/* Section 11.4.5: with ESRTPS = 0 the mode may not change while translation is enabled; it does not. */
static void set_root(struct ims_hw *hw)
{
	const struct ims_state *s = ims_hw_state(hw);
	uint64_t fixed =
		vtd_translating(s) && !s->params[VTD_P_ESRTPS] ? VTD_RTA_TTM | VTD_RTA_SSIRWE : 0;

	ims_cfg_root_set(hw, (s->regs[VTD_R_RTADDR] & ~fixed) | (ims_cfg_root(hw) & fixed));
	if (s->params[VTD_P_ESRTPS])
		drop_dma_caches(hw);
}

/* Bits that are a state: on or off. */
static void switch_bit(struct ims_hw *hw, uint64_t bit, bool on)
{
	struct ims_state *s = ims_hw_state(hw);
	uint64_t *gsts = vtd_reg(hw, VTD_R_GSTS);

	if (!(*gsts & bit) == !on)
		return;
	*gsts ^= bit;
	vtd_rights(s);
	if (bit == VTD_TE && !on && s->params[VTD_P_SMTS])
		drop_dma_caches(hw);
	if (bit == VTD_IRE && !on && s->params[VTD_P_ESIRTPS])
		drop(hw, VTD_IEC);
	if (bit == VTD_QIE)
		vtd_queue_enable(hw, on);
	/* Section 7.2.1: the index of the next record is 0 again where nothing is translated. */
	if (!(*gsts & (VTD_TE | VTD_IRE)))
		*vtd_reg(hw, VTD_R_FAULT_NEXT) = 0;
}

static void gcmd_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	const struct ims_state *s = ims_hw_state(hw);
	bool remaps = s->params[VTD_P_IR];

	*vtd_reg(hw, r->at) = 0;
	if (value & VTD_SRTP) {
		set_root(hw);
		*vtd_reg(hw, VTD_R_GSTS) |= VTD_SRTP;
	}
	if (remaps && (value & VTD_SIRTP)) {
		if (s->params[VTD_P_ESIRTPS])
			drop(hw, VTD_IEC);
		*vtd_reg(hw, VTD_R_GSTS) |= VTD_SIRTP;
	}
	switch_bit(hw, VTD_TE, value & VTD_TE);
	if (s->params[VTD_P_QI])
		switch_bit(hw, VTD_QIE, value & VTD_QIE);
	if (remaps) {
		switch_bit(hw, VTD_IRE, value & VTD_IRE);
		switch_bit(hw, VTD_CFI, value & VTD_CFI);
	}
	/* WBF is complete at once: writes stand in memory when they are made. */
}

static void rtaddr_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r, (void)value;
	*vtd_reg(hw, VTD_R_RTADDR_SET) = 1;
}

/* Where software did not use the register, what is in effect. */
static uint64_t rtaddr_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	const struct ims_state *s = ims_hw_state_const(hw);

	return s->regs[VTD_R_RTADDR_SET] ? s->regs[r->at] : ims_cfg_root(hw);
}

/* ---- register-based invalidation, section 11.4.6 ---- */

static bool by_register(struct ims_hw *hw)
{
	return !ims_bits_get(ims_cfg_root(hw), 11, 10) && ims_hw_state(hw)->params[VTD_P_VER] < 6;
}

static void ccmd_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	uint64_t *reg = vtd_reg(hw, r->at), g = ims_bits_get(value, 62, 61);
	uint64_t words[IMS_CMD_WORDS] = { 1 | g << 4 | ims_bits_get(value, 15, 0) << 16 |
					  ims_bits_get(value, 31, 16) << 32 |
					  ims_bits_get(value, 33, 32) << 48 };

	if (!(value & IMS_BIT(63)))
		return;
	*reg &= ~(IMS_BIT(63) | IMS_BITS(60, 59));
	if (g && by_register(hw) && !ims_cmd_now(hw, words))
		*reg |= g << 59;
}

static void iotlb_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	const struct ims_state *s = ims_hw_state(hw);
	uint64_t *reg = vtd_reg(hw, r->at), g = ims_bits_get(value, 61, 60);
	uint64_t iva = s->regs[VTD_R_IVA];
	uint64_t words[IMS_CMD_WORDS] = { 2 | g << 4 | ims_bits_get(value, 47, 32) << 16,
					  g == 3 ? iva & ~IMS_BITS(11, 7) : 0 };

	if (!(value & IMS_BIT(63)))
		return;
	*reg &= ~(IMS_BIT(63) | IMS_BITS(58, 57));
	/* "Unsupported address mask value" is an error here, section 11.4.6.3. */
	if (g && by_register(hw) && !(g == 3 && (iva & 0x3f) > s->params[VTD_P_MAMV]) &&
	    !ims_cmd_now(hw, words))
		*reg |= g << 57;
}

/* ---- the table ---- */

static void fectl_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r, (void)value;
	vtd_event_control(hw, VTD_SIGNAL_FAULT);
}

static void iectl_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r, (void)value;
	vtd_event_control(hw, VTD_SIGNAL_COMPLETION);
}

static void pectl_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r, (void)value;
	vtd_event_control(hw, VTD_SIGNAL_PAGE);
}

/* EIME is reserved without EIM. */
static void irta_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)value;
	if (!ims_hw_state(hw)->params[VTD_P_EIM])
		*vtd_reg(hw, r->at) &= ~IMS_BIT(11);
}

#define SECTION(n) "VT-d 5.10 section " n
#define RO(name_, offset_, bytes_, at_, source_)                                                   \
	{                                                                                          \
		.name = (name_), .offset = (offset_), .bytes = (bytes_), .at = (at_),              \
		.source = SECTION(source_)                                                         \
	}
#define WITH(param) (uint8_t)(1 + VTD_P_##param)
#define RW(name_, offset_, bytes_, at_, writable_, with_, source_)                                 \
	{                                                                                          \
		.name = (name_), .offset = (offset_), .bytes = (bytes_), .at = (at_),              \
		.writable = (writable_), .with = (with_), .source = SECTION(source_)               \
	}
/* Data, address and upper address of an event. */
#define EVENT(prefix, offset_, at_, with_, source_)                                                \
	RW(prefix "DATA", offset_, 4, at_, IMS_BITS(15, 0), with_, source_),                       \
		RW(prefix "ADDR", (offset_) + 4, 4, (at_) + 1, IMS_BITS(31, 2), with_, source_),   \
		RW(prefix "UADDR", (offset_) + 8, 4, (at_) + 2, IMS_BITS(31, 0), with_, source_)
#define FRCD(n)                                                                                    \
	{ .name = "FRCD" #n "-LO",                                                                 \
	  .offset = VTD_FRCD_OFFSET + 16 * (n),                                                    \
	  .bytes = 8,                                                                              \
	  .at = VTD_R_FRCD + 2 * (n),                                                              \
	  .source = SECTION("11.4.7.6") },                                                         \
	{                                                                                          \
		.name = "FRCD" #n "-HI", .offset = VTD_FRCD_OFFSET + 16 * (n) + 8, .bytes = 8,     \
		.at = VTD_R_FRCD + 2 * (n) + 1, .clear_by_one = IMS_BIT(63),                       \
		.written = vtd_frcd_written, .source = SECTION("11.4.7.6")                         \
	}

/* clang-format off */
const struct ims_reg vtd_regs[] = {
	RO("VER",  0x00, 4, VTD_R_VER,  "11.4.1"),
	RO("CAP",  0x08, 8, VTD_R_CAP,  "11.4.2"),
	RO("ECAP", 0x10, 8, VTD_R_ECAP, "11.4.3"),
	{ .name = "GCMD", .offset = 0x18, .bytes = 4, .at = VTD_R_GCMD, .written = gcmd_written,
	  .source = SECTION("11.4.4.1") },
	RO("GSTS", 0x1c, 4, VTD_R_GSTS, "11.4.4.2"),
	{ .name = "RTADDR", .offset = 0x20, .bytes = 8, .at = VTD_R_RTADDR,
	  .writable = IMS_BITS(63, 10) | VTD_RTA_SSIRWE, .value = rtaddr_value,
	  .written = rtaddr_written, .source = SECTION("11.4.5") },
	{ .name = "CCMD", .offset = 0x28, .bytes = 8, .at = VTD_R_CCMD,
	  /* FM and SID read as anything; they are kept for the half of the register that is written last. */
	  .writable = IMS_BITS(63, 61) | IMS_BITS(33, 0), .written = ccmd_written,
	  .source = SECTION("11.4.6.1") },
	{ .name = "FSTS", .offset = 0x34, .bytes = 4, .at = VTD_R_FSTS,
	  .clear_by_one = VTD_PFO | VTD_IQE | VTD_ICE | VTD_ITE_BIT, .written = vtd_fsts_written,
	  .source = SECTION("11.4.7.1") },
	{ .name = "FECTL", .offset = 0x38, .bytes = 4, .at = VTD_R_FECTL, .reset = VTD_IM,
	  .writable = VTD_IM, .written = fectl_written, .source = SECTION("11.4.7.2") },
	EVENT("FE", 0x3c, VTD_R_FEDATA, 0, "11.4.7.3"),
	{ .name = "IQH", .with = WITH(QI), .offset = 0x80, .bytes = 8, .at = VTD_R_IQH, .value = vtd_iqh_value,
	  .source = SECTION("11.4.9.1") },
	{ .name = "IQT", .with = WITH(QI), .offset = 0x88, .bytes = 8, .at = VTD_R_IQT, .writable = IMS_BITS(18, 4),
	  .value = vtd_iqt_value, .written = vtd_iqt_written, .source = SECTION("11.4.9.2") },
	{ .name = "IQA", .with = WITH(QI), .offset = 0x90, .bytes = 8, .at = VTD_R_IQA, .value = vtd_iqa_value,
	  .written = vtd_iqa_written, .source = SECTION("11.4.9.3") },
	{ .name = "ICS", .with = WITH(QI), .offset = 0x9c, .bytes = 4, .at = VTD_R_ICS, .clear_by_one = VTD_IWC,
	  .written = vtd_ics_written, .source = SECTION("11.4.9.4") },
	{ .name = "IECTL", .with = WITH(QI), .offset = 0xa0, .bytes = 4, .at = VTD_R_IECTL, .reset = VTD_IM,
	  .writable = VTD_IM, .written = iectl_written, .source = SECTION("11.4.9.5") },
	EVENT("IE", 0xa4, VTD_R_IEDATA, WITH(QI), "11.4.9.6"),
	RW("IQERCD", 0xb0, 8, VTD_R_IQERCD, 0, WITH(QI), "11.4.9.9"),
	{ .name = "IRTA", .with = WITH(IR), .offset = 0xb8, .bytes = 8, .at = VTD_R_IRTA,
	  .writable = IMS_BITS(63, 11) | IMS_BITS(3, 0), .written = irta_written,
	  .source = SECTION("11.4.10") },
	RW("PQH", 0xc0, 8, VTD_R_PQH, IMS_BITS(18, 5), WITH(PRS), "11.4.11.1"),
	RW("PQT", 0xc8, 8, VTD_R_PQT, IMS_BITS(18, 5), WITH(PRS), "11.4.11.2"),
	RW("PQA", 0xd0, 8, VTD_R_PQA, IMS_BITS(63, 12) | IMS_BITS(2, 0), WITH(PRS), "11.4.11.3"),
	{ .name = "PRS", .with = WITH(PRS), .offset = 0xdc, .bytes = 4, .at = VTD_R_PRS,
	  .clear_by_one = VTD_PPR | VTD_PRO, .written = vtd_prs_written,
	  .source = SECTION("11.4.11.4") },
	{ .name = "PECTL", .with = WITH(PRS), .offset = 0xe0, .bytes = 4, .at = VTD_R_PECTL, .reset = VTD_IM,
	  .writable = VTD_IM, .written = pectl_written, .source = SECTION("11.4.11.5") },
	EVENT("PE", 0xe4, VTD_R_PEDATA, WITH(PRS), "11.4.11.6"),
	FRCD(0), FRCD(1), FRCD(2), FRCD(3), FRCD(4), FRCD(5), FRCD(6), FRCD(7),
	FRCD(8), FRCD(9), FRCD(10), FRCD(11), FRCD(12), FRCD(13), FRCD(14), FRCD(15),
	RW("IVA", VTD_IVA_OFFSET, 8, VTD_R_IVA, IMS_BITS(63, 12) | IMS_BITS(6, 0), 0, "11.4.6.4"),
	{ .name = "IOTLB", .offset = VTD_IVA_OFFSET + 8, .bytes = 8, .at = VTD_R_IOTLB,
	  .writable = IMS_BIT(63) | IMS_BITS(61, 60) | IMS_BITS(49, 32), .written = iotlb_written,
	  .source = SECTION("11.4.6.3") },
};
/* clang-format on */
_Static_assert(sizeof(vtd_regs) / sizeof(vtd_regs[0]) == VTD_REGS, "as announced");
