/* SPDX-License-Identifier: MIT */
/*
 * Registers, section 6.3, those of page 1 at 0x10000 and up. A unit is found as Linux
 * leaves it: translating, with ATSCHK, but for the queues that tell, whose memory only
 * software can give. ims_unit_reset() takes it back to power-on.
 */
#include "smmuv3.h"
#include "cmdqv.h"

#define SRC "IHI 0070 section 6.3"

#define CR0_RESET (SMMU_CR0_SMMUEN | SMMU_CR0_CMDQEN | SMMU_CR0_ATSCHK)
#define CR2_RESET (SMMU_CR2_RECINVSID | SMMU_CR2_PTM | SMMU_CR2_REC_CFG_ATS)
/* As Linux: two levels, 256 entries under each. */
#define CFG_RESET (UINT64_C(1) << 16 | UINT64_C(8) << 6 | UINT64_C(16))

/* ---- what there is ---- */

struct feature {
	uint8_t param, hi, lo;
};

static const struct feature idr0[] = {
	{ SMMU_P_S2P, 0, 0 },		{ SMMU_P_S1P, 1, 1 },	       { SMMU_P_TTF, 3, 2 },
	{ SMMU_P_COHACC, 4, 4 },	{ SMMU_P_BTM, 5, 5 },	       { SMMU_P_HTTU, 7, 6 },
	{ SMMU_P_DORMHINT, 8, 8 },	{ SMMU_P_HYP, 9, 9 },	       { SMMU_P_ATS, 10, 10 },
	{ SMMU_P_NS1ATS, 11, 11 },	{ SMMU_P_ASID16, 12, 12 },     { SMMU_P_MSI, 13, 13 },
	{ SMMU_P_SEV, 14, 14 },		{ SMMU_P_ATOS, 15, 15 },       { SMMU_P_PRI, 16, 16 },
	{ SMMU_P_VMW, 17, 17 },		{ SMMU_P_VMID16, 18, 18 },     { SMMU_P_CD2L, 19, 19 },
	{ SMMU_P_VATOS, 20, 20 },	{ SMMU_P_TTENDIAN, 22, 21 },   { SMMU_P_ATSRECERR, 23, 23 },
	{ SMMU_P_STALL_MODEL, 25, 24 }, { SMMU_P_TERM_MODEL, 26, 26 }, { SMMU_P_ST_LEVEL, 28, 27 },
	{ SMMU_P_RME_IMPL, 30, 30 },
};

static const struct feature idr1[] = {
	{ SMMU_P_SIDSIZE, 5, 0 },	   { SMMU_P_SSIDSIZE, 10, 6 },
	{ SMMU_P_PRIQS, 15, 11 },	   { SMMU_P_EVENTQS, 20, 16 },
	{ SMMU_P_CMDQS, 25, 21 },	   { SMMU_P_ATTR_PERMS_OVR, 26, 26 },
	{ SMMU_P_ATTR_TYPES_OVR, 27, 27 }, { SMMU_P_REL, 28, 28 },
	{ SMMU_P_QUEUES_PRESET, 29, 29 },  { SMMU_P_TABLES_PRESET, 30, 30 },
};

static const struct feature idr3[] = {
	{ SMMU_P_HAD, 2, 2 },	    { SMMU_P_PBHA, 3, 3 },     { SMMU_P_XNX, 4, 4 },
	{ SMMU_P_PPS, 5, 5 },	    { SMMU_P_MPAM, 7, 7 },     { SMMU_P_FWB, 8, 8 },
	{ SMMU_P_STT, 9, 9 },	    { SMMU_P_RIL, 10, 10 },    { SMMU_P_BBML, 12, 11 },
	{ SMMU_P_E0PD, 13, 13 },    { SMMU_P_PTWNNC, 14, 14 }, { SMMU_P_DPT, 15, 15 },
	{ SMMU_P_PASIDTT, 16, 16 }, { SMMU_P_EPAN, 17, 17 },   { SMMU_P_S1PI, 18, 18 },
	{ SMMU_P_S2PI, 19, 19 },    { SMMU_P_S2PO, 20, 20 },   { SMMU_P_THE, 21, 21 },
	{ SMMU_P_MTEPERM, 22, 22 }, { SMMU_P_AIE, 23, 23 },
};

static const struct feature idr5[] = {
	{ SMMU_P_OAS, 2, 0 },	  { SMMU_P_GRAN4K, 4, 4 },	{ SMMU_P_GRAN16K, 5, 5 },
	{ SMMU_P_GRAN64K, 6, 6 }, { SMMU_P_DS, 7, 7 },		{ SMMU_P_D128, 8, 8 },
	{ SMMU_P_VAX, 11, 10 },	  { SMMU_P_STALL_MAX, 31, 16 },
};

static const struct feature aidr[] = { { SMMU_P_VERSION, 3, 0 } };

/* Bits of CR0 and CR2 that are RES0 without a feature. */
static const struct feature cr0_needs[] = {
	{ SMMU_P_PRI, 1, 1 },
	{ SMMU_P_ATS, 4, 4 },
	{ SMMU_P_VMW, 8, 6 },
};
static const struct feature cr2_needs[] = {
	{ SMMU_P_HYP, 0, 0 },
	{ SMMU_P_BTM, 2, 2 },
	{ SMMU_P_ATSRECERR, 3, 3 },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static uint64_t assemble(const struct ims_state *s, const struct feature *f, size_t count)
{
	uint64_t value = 0;

	for (size_t i = 0; i < count; i++)
		value |= (uint64_t)s->params[f[i].param] << f[i].lo & IMS_BITS(f[i].hi, f[i].lo);
	return value;
}

static uint64_t without(const struct ims_state *s, const struct feature *f, size_t count,
			uint64_t all)
{
	for (size_t i = 0; i < count; i++)
		if (!s->params[f[i].param])
			all &= ~IMS_BITS(f[i].hi, f[i].lo);
	return all;
}

#define CR0_ALL (IMS_BITS(8, 6) | IMS_BITS(4, 0))
#define CR2_ALL IMS_BITS(3, 0)

void smmu_derive_regs(struct ims_state *s)
{
	s->regs[SMMU_R_IDR0] = assemble(s, idr0, COUNT(idr0));
	s->regs[SMMU_R_IDR1] = assemble(s, idr1, COUNT(idr1));
	/* Sections 6.3.2 and 6.3.45: pages of one queue each. */
	s->regs[SMMU_R_IDR1] |= s->params[SMMU_P_ECMDQ] ? IMS_BIT(31) : 0;
	s->regs[SMMU_R_IDR6] = (uint64_t)(s->params[SMMU_P_ECMDQ] / 2) << 24;
	s->regs[SMMU_R_IDR3] = assemble(s, idr3, COUNT(idr3));
	s->regs[SMMU_R_IDR5] = assemble(s, idr5, COUNT(idr5));
	s->regs[SMMU_R_AIDR] = assemble(s, aidr, COUNT(aidr));
	s->derived[SMMU_D_CR0] = without(s, cr0_needs, COUNT(cr0_needs), CR0_ALL);
	s->derived[SMMU_D_CR2] = without(s, cr2_needs, COUNT(cr2_needs), CR2_ALL);
	s->regs[SMMU_R_CR0] &= s->derived[SMMU_D_CR0];
	s->regs[SMMU_R_CR2] &= s->derived[SMMU_D_CR2];
}

/* ---- control ---- */

/* What was in effect is kept as the difference to how a unit is found, which is 0 at first. */
static void take(struct ims_state *s, enum smmu_reg at, enum smmu_reg was, uint64_t reset,
		 bool ignored)
{
	if (ignored)
		s->regs[at] = s->regs[was] ^ reset;
	s->regs[was] = s->regs[at] ^ reset;
}

static bool enabled(const struct ims_hw *hw)
{
	return ims_hw_state_const(hw)->regs[SMMU_R_CR0] & SMMU_CR0_SMMUEN;
}

static void cr0_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	struct ims_state *s = ims_hw_state(hw);
	uint64_t was = s->regs[SMMU_R_CR0_WAS] ^ CR0_RESET;

	(void)r;
	(void)value;
	s->regs[SMMU_R_CR0] &= s->derived[SMMU_D_CR0];
	s->regs[SMMU_R_CR0_WAS] = s->regs[SMMU_R_CR0] ^ CR0_RESET;
	smmu_derive(s);
	smmu_queue_control(hw, was);
}

/* Sections 6.3.12, 6.3.25: writable only while SMMUEN is 0. */
static void cr2_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	struct ims_state *s = ims_hw_state(hw);

	(void)r;
	(void)value;
	take(s, SMMU_R_CR2, SMMU_R_CR2_WAS, CR2_RESET, enabled(hw));
	smmu_derive(s);
}

static void strtab_cfg_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	struct ims_state *s = ims_hw_state(hw);

	(void)r;
	(void)value;
	take(s, SMMU_R_STRTAB_BASE_CFG, SMMU_R_STRTAB_CFG_WAS, CFG_RESET, enabled(hw));
	smmu_derive(s);
}

static uint64_t strtab_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	(void)r;
	return ims_cfg_root(hw);
}

static void strtab_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)value;
	if (!enabled(hw))
		ims_cfg_root_set(hw, ims_hw_state(hw)->regs[r->at]);
}

/* Section 6.3.14: only with Update, which is clear again at once. */
static void gbpa_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	struct ims_state *s = ims_hw_state(hw);

	(void)r;
	s->regs[SMMU_R_GBPA] &= ~SMMU_GBPA_UPDATE;
	take(s, SMMU_R_GBPA, SMMU_R_GBPA_WAS, 0, !(value & SMMU_GBPA_UPDATE));
}

static uint64_t cr0ack_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	(void)r;
	return ims_hw_state_const(hw)->regs[SMMU_R_CR0];
}

void smmu_reset(struct ims_hw *hw)
{
	struct ims_state *s = ims_hw_state(hw);

	s->regs[SMMU_R_CR0] = s->regs[SMMU_R_CR2] = s->regs[SMMU_R_STRTAB_BASE_CFG] = 0;
	for (unsigned n = 0; n < SMMU_ECMDQS; n++)
		s->regs[SMMU_R_ECMDQ_PROD + n] = 0;
	s->regs[SMMU_R_CR0_WAS] = CR0_RESET;
	s->regs[SMMU_R_CR2_WAS] = CR2_RESET;
	s->regs[SMMU_R_STRTAB_CFG_WAS] = CFG_RESET;
	s->regs[SMMU_R_GBPA_WAS] = s->regs[SMMU_R_GERRORN_WAS] = 0;
	smmu_derive(s);
	ims_ring_set(hw, 0, 0, 0);
}

/* ---- the table ---- */

#define R(name_, offset_, bytes_, at_, writable_, ...)                                             \
	{                                                                                          \
		.name = (name_), .offset = (offset_), .bytes = (bytes_), .at = (at_),              \
		.writable = (writable_), .source = SRC, __VA_ARGS__                                \
	}
#define P(name_, offset_, bytes_, at_, writable_)                                                  \
	{                                                                                          \
		.name = (name_), .offset = (offset_), .bytes = (bytes_), .at = (at_),              \
		.writable = (writable_), .source = SRC                                             \
	}
#define QBASE	 (IMS_BIT(62) | IMS_BITS(51, 5) | IMS_BITS(4, 0))
#define MSI	 (IMS_BITS(51, 2))
#define MSI_ONLY .with = 1 + SMMU_P_MSI
#define PRI_ONLY .with = 1 + SMMU_P_PRI
#define W32	 IMS_BITS(31, 0)
/* Sections 6.2.5, 6.3.49 to 6.3.51, 6.3.107 to 6.3.109: queue @n_ in page @n_, from 0x20000 on. */
#define ECMDQ(n_)                                                                                  \
	R("CMDQ_CONTROL_PAGE_BASE" #n_, 0x4000 + 32 * n_, 8, SMMU_R_ECMDQ_PAGE, 0,                 \
	  .with = 1 + SMMU_P_ECMDQ, .value = smmu_ecmdq_page_value),                               \
		R("CMDQ_CONTROL_PAGE_CFG" #n_, 0x4008 + 32 * n_, 4, SMMU_R_ECMDQ_PAGE, 0,          \
		  .with = 1 + SMMU_P_ECMDQ, .value = smmu_ecmdq_page_value),                       \
		R("CMDQ_CONTROL_PAGE_STATUS" #n_, 0x400c + 32 * n_, 4, SMMU_R_ECMDQ_PAGE, 0,       \
		  .with = 1 + SMMU_P_ECMDQ, .value = smmu_ecmdq_page_value),                       \
		R("ECMDQ_BASE" #n_, 0x20000 + 0x10000 * n_, 8, SMMU_R_ECMDQ_BASE + n_, QBASE,      \
		  .with = 1 + SMMU_P_ECMDQ, .value = smmu_ecmdq_base_value,                        \
		  .written = smmu_ecmdq_base_written),                                             \
		R("ECMDQ_PROD" #n_, 0x20008 + 0x10000 * n_, 4, SMMU_R_ECMDQ_PROD + n_,             \
		  IMS_BIT(31) | IMS_BIT(23) | IMS_BITS(19, 0), .with = 1 + SMMU_P_ECMDQ,           \
		  .reset = SMMU_ECMDQ_EN, .value = smmu_ecmdq_prod_value,                          \
		  .written = smmu_ecmdq_prod_written),                                             \
		R("ECMDQ_CONS" #n_, 0x2000c + 0x10000 * n_, 4, SMMU_R_ECMDQ_CONS + n_, 0,          \
		  .with = 1 + SMMU_P_ECMDQ, .value = smmu_ecmdq_cons_value,                        \
		  .written = smmu_ecmdq_cons_written)

/* clang-format off */
const struct ims_reg smmu_regs[] = {
	P("IDR0", 0x0, 4, SMMU_R_IDR0, 0), P("IDR1", 0x4, 4, SMMU_R_IDR1, 0), P("IDR2", 0x8, 4, SMMU_R_IDR2, 0),
	P("IDR3", 0xc, 4, SMMU_R_IDR3, 0), P("IDR4", 0x10, 4, SMMU_R_IDR4, 0), P("IDR5", 0x14, 4, SMMU_R_IDR5, 0),
	P("IIDR", 0x18, 4, SMMU_R_IIDR, 0), P("AIDR", 0x1c, 4, SMMU_R_AIDR, 0),
	R("CR0", 0x20, 4, SMMU_R_CR0, CR0_ALL, .reset = CR0_RESET, .written = cr0_written),
	R("CR0ACK", 0x24, 4, SMMU_R_CR0_ACK, 0, .value = cr0ack_value),
	P("CR1", 0x28, 4, SMMU_R_CR1, IMS_BITS(11, 0)),
	R("CR2", 0x2c, 4, SMMU_R_CR2, CR2_ALL, .reset = CR2_RESET, .written = cr2_written),
	R("GBPA", 0x44, 4, SMMU_R_GBPA, IMS_BITS(20, 0) | SMMU_GBPA_UPDATE, .written = gbpa_written),
	P("IRQ_CTRL", 0x50, 4, SMMU_R_IRQ_CTRL, IMS_BITS(2, 0)),
	P("GERROR", 0x60, 4, SMMU_R_GERROR, 0),
	R("GERRORN", 0x64, 4, SMMU_R_GERRORN, IMS_BITS(10, 0), .written = smmu_gerrorn_written),
	R("GERROR_IRQ_CFG0", 0x68, 8, SMMU_R_GERROR_IRQ_CFG0, MSI, MSI_ONLY),
	R("GERROR_IRQ_CFG1", 0x70, 4, SMMU_R_GERROR_IRQ_CFG1, W32, MSI_ONLY),
	R("GERROR_IRQ_CFG2", 0x74, 4, SMMU_R_GERROR_IRQ_CFG2, IMS_BITS(5, 0), MSI_ONLY),
	R("STRTAB_BASE", 0x80, 8, SMMU_R_STRTAB_BASE, IMS_BIT(62) | SMMU_ADDR(6), .value = strtab_value, .written = strtab_written),
	R("STRTAB_BASE_CFG", 0x88, 4, SMMU_R_STRTAB_BASE_CFG, IMS_BITS(17, 16) | IMS_BITS(10, 0), .reset = CFG_RESET, .written = strtab_cfg_written),
	R("CMDQ_BASE", 0x90, 8, SMMU_R_CMDQ_BASE, QBASE, .value = smmu_cmdq_base_value, .written = smmu_cmdq_base_written),
	R("CMDQ_PROD", 0x98, 4, SMMU_R_CMDQ_PROD, IMS_BITS(19, 0), .value = smmu_cmdq_prod_value, .written = smmu_cmdq_prod_written),
	R("CMDQ_CONS", 0x9c, 4, SMMU_R_CMDQ_CONS, IMS_BITS(30, 24) | IMS_BITS(19, 0), .value = smmu_cmdq_cons_value, .written = smmu_cmdq_cons_written),
	P("EVENTQ_BASE", 0xa0, 8, SMMU_R_EVENTQ_BASE, QBASE),
	R("EVENTQ_IRQ_CFG0", 0xb0, 8, SMMU_R_EVENTQ_IRQ_CFG0, MSI, MSI_ONLY),
	R("EVENTQ_IRQ_CFG1", 0xb8, 4, SMMU_R_EVENTQ_IRQ_CFG1, W32, MSI_ONLY),
	R("EVENTQ_IRQ_CFG2", 0xbc, 4, SMMU_R_EVENTQ_IRQ_CFG2, IMS_BITS(5, 0), MSI_ONLY),
	R("PRIQ_BASE", 0xc0, 8, SMMU_R_PRIQ_BASE, QBASE, PRI_ONLY),
	R("PRIQ_IRQ_CFG0", 0xd0, 8, SMMU_R_PRIQ_IRQ_CFG0, MSI, PRI_ONLY),
	R("PRIQ_IRQ_CFG1", 0xd8, 4, SMMU_R_PRIQ_IRQ_CFG1, W32, PRI_ONLY),
	R("PRIQ_IRQ_CFG2", 0xdc, 4, SMMU_R_PRIQ_IRQ_CFG2, IMS_BIT(31) | IMS_BITS(5, 0), PRI_ONLY),
	P("EVENTQ_PROD", 0x100a8, 4, SMMU_R_EVENTQ_PROD, IMS_BIT(31) | IMS_BITS(19, 0)),
	R("EVENTQ_CONS", 0x100ac, 4, SMMU_R_EVENTQ_CONS, IMS_BIT(31) | IMS_BITS(19, 0), .written = smmu_eventq_cons_written),
	R("PRIQ_PROD", 0x100c8, 4, SMMU_R_PRIQ_PROD, IMS_BIT(31) | IMS_BITS(19, 0), PRI_ONLY),
	R("PRIQ_CONS", 0x100cc, 4, SMMU_R_PRIQ_CONS, IMS_BIT(31) | IMS_BITS(19, 0), PRI_ONLY),
	R("IDR6", 0x190, 4, SMMU_R_IDR6, 0, .with = 1 + SMMU_P_ECMDQ),
	ECMDQ(0), ECMDQ(1), ECMDQ(2), ECMDQ(3),
	CMDQV_REGS,
};
/* clang-format on */
_Static_assert(sizeof(smmu_regs) / sizeof(smmu_regs[0]) == SMMU_REG_ROWS, "as announced");
