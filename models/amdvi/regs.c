/* SPDX-License-Identifier: MIT */
/*
 * Registers, section 7. A unit is found as its driver left it: translating, with all it
 * can do switched on, but for the logs, whose memory only software can give.
 * ims_unit_reset() takes it back to power-on.
 */
#include "viommu.h"

#define SRC "FreeBSD amd_reg.h; Linux amd_iommu_types.h, MMIO_*"

/* InvTimeout as Linux has it: 1 s. */
#define CTRL_RESET                                                                                 \
	(AMDVI_CTRL_EN | UINT64_C(4) << 5 | AMDVI_CTRL_COHERENT | AMDVI_CTRL_CMD_BUF |             \
	 AMDVI_CTRL_PPR | AMDVI_CTRL_GT | AMDVI_CTRL_EPH | UINT64_C(3) << 46 |                     \
	 AMDVI_CTRL_GCR3_TRP_MODE)

/* ---- features ---- */

struct feature {
	uint8_t param, hi, lo;
};

static const struct feature efr[] = {
	{ AMDVI_P_PREF_SUP, 0, 0 },	    { AMDVI_P_PPR_SUP, 1, 1 },
	{ AMDVI_P_XT_SUP, 2, 2 },	    { AMDVI_P_NX_SUP, 3, 3 },
	{ AMDVI_P_GT_SUP, 4, 4 },	    { AMDVI_P_SATS_SUP, 5, 5 },
	{ AMDVI_P_IA_SUP, 6, 6 },	    { AMDVI_P_GA_SUP, 7, 7 },
	{ AMDVI_P_HE_SUP, 8, 8 },	    { AMDVI_P_PC_SUP, 9, 9 },
	{ AMDVI_P_HATS, 11, 10 },	    { AMDVI_P_GATS, 13, 12 },
	{ AMDVI_P_GLX_SUP, 15, 14 },	    { AMDVI_P_GAM_SUP, 23, 21 },
	{ AMDVI_P_DUAL_PPR, 25, 24 },	    { AMDVI_P_DUAL_EVT, 29, 28 },
	{ AMDVI_P_PAS_MAX, 36, 32 },	    { AMDVI_P_US_SUP, 37, 37 },
	{ AMDVI_P_DEV_TBL_SEG, 39, 38 },    { AMDVI_P_PPR_EARLY, 40, 40 },
	{ AMDVI_P_PPR_AUTO_RSP, 41, 41 },   { AMDVI_P_MARC_SUP, 43, 42 },
	{ AMDVI_P_BLK_STOP, 44, 44 },	    { AMDVI_P_PERF_OPT, 45, 45 },
	{ AMDVI_P_MSI_CAP_MMIO, 46, 46 },   { AMDVI_P_GIO_SUP, 48, 48 },
	{ AMDVI_P_HA_SUP, 49, 49 },	    { AMDVI_P_EPH_SUP, 50, 50 },
	{ AMDVI_P_ATTR_FW, 51, 51 },	    { AMDVI_P_HD_SUP, 52, 52 },
	{ AMDVI_P_INV_IOTLB_TYPE, 54, 54 }, { AMDVI_P_VIOMMU_SUP, 55, 55 },
	{ AMDVI_P_GA_UPDATE_DIS, 61, 61 },  { AMDVI_P_FORCE_PHY_DEST, 62, 62 },
	{ AMDVI_P_SNP_SUP, 63, 63 },
};

static const struct feature efr2[] = {
	{ AMDVI_P_TMPM, 2, 2 },
	{ AMDVI_P_GCR3_TRP_MODE, 3, 3 },
	{ AMDVI_P_HT_RANGE_IGNORE, 11, 11 },
	{ AMDVI_P_SNP_MODE0, 13, 13 },
};

/* Control bits that can be set only with a feature. */
static const struct feature ctrl_needs[] = {
	{ AMDVI_P_PPR_SUP, 15, 13 },	  { AMDVI_P_GT_SUP, 16, 16 },
	{ AMDVI_P_GA_SUP, 17, 17 },	  { AMDVI_P_GA_SUP, 29, 25 },
	{ AMDVI_P_DUAL_PPR, 31, 30 },	  { AMDVI_P_DUAL_EVT, 33, 32 },
	{ AMDVI_P_DEV_TBL_SEG, 36, 34 },  { AMDVI_P_PPR_AUTO_RSP, 39, 39 },
	{ AMDVI_P_MARC_SUP, 40, 40 },	  { AMDVI_P_BLK_STOP, 41, 41 },
	{ AMDVI_P_PPR_AUTO_RSP, 42, 42 }, { AMDVI_P_EPH_SUP, 45, 45 },
	{ AMDVI_P_HA_SUP, 47, 46 },	  { AMDVI_P_XT_SUP, 51, 50 },
	{ AMDVI_P_VIOMMU_SUP, 53, 52 },	  { AMDVI_P_GA_UPDATE_DIS, 54, 54 },
	{ AMDVI_P_TMPM, 56, 56 },	  { AMDVI_P_GCR3_TRP_MODE, 58, 58 },
	{ AMDVI_P_VIOMMU_SUP, 60, 60 },	  { AMDVI_P_SNP_SUP, 63, 61 },
};

/* Sections 7 and 18; 55, GAPPI, has no feature that is modelled. */
#define CTRL_ALL                                                                                   \
	(IMS_BITS(17, 0) | IMS_BIT(22) | IMS_BITS(43, 25) | IMS_BITS(48, 45) | IMS_BITS(54, 50) |  \
	 IMS_BIT(56) | IMS_BITS(63, 58))

#define APIC "the guests' virtual APIC"
static const struct ims_reg_unmodelled ctrl_unmodelled[] = {
	{ 22, 22, "filtering of SMIs" },
	{ 27, 25, APIC },
	{ 28, 28, "the log of " APIC },
	{ 29, 29, "the interrupt of that log" },
	{ 31, 30, "a second page-request log" },
	{ 33, 32, "a second event log" },
	{ 38, 37, "aborts of privileged requests" },
	{ 40, 40, "memory access routing" },
	{ 43, 43, "DomainIDs that are not enabled" },
	{ 51, 51, "interrupts of the unit by x2APIC" },
	{ 55, 55, "interrupts of " APIC },
	{ 56, 56, "tiered memory" },
	{ 63, 61, "the virtual APIC of SNP guests" },
	{ 0 },
};
static const struct ims_reg_unmodelled second_log[] = { { 63, 0, "a second log" }, { 0 } };
static const struct ims_reg_unmodelled viommu_status[] = { { 63, 0, "what it says is not known" },
							   { 0 } };
static const struct ims_reg_unmodelled vf_cmd[] = { { 9, 9, "interrupts of guests" }, { 0 } };
static const struct ims_reg_unmodelled vf_log[] = { { 63, 0, "logs of guests" }, { 0 } };

static uint64_t assemble(const struct ims_state *s, const struct feature *f, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count; i++)
		value |= (uint64_t)s->params[f[i].param] << f[i].lo & IMS_BITS(f[i].hi, f[i].lo);
	return value;
}

void amdvi_derive_regs(struct ims_state *s)
{
	uint64_t ctrl = CTRL_ALL;

	s->regs[AMDVI_R_EFR] = assemble(s, efr, sizeof(efr) / sizeof(efr[0]));
	s->regs[AMDVI_R_EFR2] = assemble(s, efr2, sizeof(efr2) / sizeof(efr2[0]));
	for (unsigned i = 0; i < sizeof(ctrl_needs) / sizeof(ctrl_needs[0]); i++)
		if (!s->params[ctrl_needs[i].param])
			ctrl &= ~IMS_BITS(ctrl_needs[i].hi, ctrl_needs[i].lo);
	s->derived[AMDVI_D_CTRL] = ctrl;
}

/* ---- control ---- */

/* What the register held before: kept as the difference to how it is found, which is 0 at first. */
static uint64_t ctrl_was(const struct ims_state *s)
{
	return s->regs[AMDVI_R_CTRL_WAS] ^ CTRL_RESET;
}

static void ctrl_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	struct ims_state *s = ims_hw_state(hw);
	uint64_t was = ctrl_was(s);

	(void)value;
	s->regs[r->at] &= s->derived[AMDVI_D_CTRL];
	s->regs[AMDVI_R_CTRL_WAS] = s->regs[r->at] ^ CTRL_RESET;
	amdvi_derive(s);
	amdvi_log_control(hw, &amdvi_event_log, was);
	amdvi_log_control(hw, &amdvi_ppr_log, was);
	amdvi_queue_control(hw, was);
	amdvi_viommu_control(hw);
}

void amdvi_reset(struct ims_hw *hw)
{
	struct ims_state *s = ims_hw_state(hw);

	s->regs[AMDVI_R_CTRL] = 0;
	s->regs[AMDVI_R_CTRL_WAS] = CTRL_RESET;
	amdvi_derive(s);
	ims_ring_set(hw, 0, 0, 8);
}

/* ---- the table ---- */

static uint64_t devtab_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	(void)r;
	return ims_cfg_root(hw);
}

static void devtab_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)value;
	ims_cfg_root_set(hw, ims_hw_state(hw)->regs[r->at]);
}

/* A new base: head and tail are 0 again (VirtualBox). */
static void log_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	const struct amdvi_log *log = r->at == AMDVI_R_EVTLOG ? &amdvi_event_log : &amdvi_ppr_log;

	(void)value;
	*amdvi_reg(hw, log->head) = *amdvi_reg(hw, log->tail) = 0;
}

static uint64_t status_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	const struct ims_state *s = ims_hw_state_const(hw);

	return s->regs[r->at] | (s->fetch_off ? 0 : AMDVI_STATUS_CMD_RUN);
}

/* The run bit of commands is no bit of the register's own. */
static void status_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)value;
	*amdvi_reg(hw, (enum amdvi_reg)r->at) &= ~AMDVI_STATUS_CMD_RUN;
}

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
#define TABLE	   (IMS_BITS(51, 12) | IMS_BITS(8, 0))
#define BUFFER	   (IMS_BITS(59, 56) | IMS_BITS(51, 12))
#define EIGHT	   (UINT64_C(8) << 56) /* 256 entries */
#define POINTER	   IMS_BITS(18, 4)
#define SEGMENT(n) P("DEVTAB_SEG" #n, 0xf8 + 8 * (n), 8, AMDVI_R_SEG1 + (n)-1, TABLE)

/* clang-format off */
#define S9 "reference sheet, section 9; AMDESE linux-iommu, amd_iommu_types.h, vfctrl_mmio.c"
#define VF(g, name_, at_, which, ...)                                                              \
	{                                                                                          \
		.name = (name_), .offset = (at_), .bytes = 8, .at = AMDVI_R_OF_VF(g, AMDVI_VF_##which), \
		.with = 1 + AMDVI_P_VIOMMU_SUP, .source = S9, __VA_ARGS__                          \
	}
#define MAP	 (AMDVI_MAP_WRITE | IMS_BITS(61, 46) | IMS_BITS(29, 14) | AMDVI_MAP_VALID)
#define GUEST(g) \
	VF(g, "VF" #g "_CMD_HEAD", AMDVI_VF_AT(g, 0x0), HEAD, .writable = POINTER, .value = amdvi_vf_head_value, .written = amdvi_vf_head_written), \
	VF(g, "VF" #g "_CMD_TAIL", AMDVI_VF_AT(g, 0x8), TAIL, .writable = POINTER, .value = amdvi_vf_tail_value, .written = amdvi_vf_tail_written), \
	VF(g, "VF" #g "_STATUS", AMDVI_VF_AT(g, 0x20), STATUS, .clear_by_one = AMDVI_STATUS_COMWAIT_INT), \
	VF(g, "VF_CNTL" #g "_DEVID_MAP", AMDVI_VF_CNTL_AT(g, 0x0), DEVID_MAP, .writable = MAP, .written = amdvi_map_written, .refused = amdvi_map_refused), \
	VF(g, "VF_CNTL" #g "_DOMID_MAP", AMDVI_VF_CNTL_AT(g, 0x8), DOMID_MAP, .writable = MAP, .written = amdvi_map_written, .refused = amdvi_map_refused), \
	VF(g, "VF_CNTL" #g "_MISC", AMDVI_VF_CNTL_AT(g, 0x10), MISC, .writable = IMS_BITS(31, 16)), \
	VF(g, "VF_CNTL" #g "_CMD", AMDVI_VF_CNTL_AT(g, 0x20), CMD, .writable = IMS_BITS(51, 12) | IMS_BITS(9, 8) | IMS_BITS(3, 0), \
	   .written = amdvi_vf_cmd_written, .refused = amdvi_vf_cmd_refused, .unmodelled = vf_cmd), \
	VF(g, "VF_CNTL" #g "_EVENT", AMDVI_VF_CNTL_AT(g, 0x28), NONE, .unmodelled = vf_log), \
	VF(g, "VF_CNTL" #g "_PPR", AMDVI_VF_CNTL_AT(g, 0x30), NONE, .unmodelled = vf_log), \
	/* No register: what 64K writes to DOMID_MAP come to, one for each DomainID. */ \
	VF(g, "VF_CNTL" #g "_DOMID_MAP_ALL", AMDVI_VF_FILL_AT(g), FILL, .writable = IMS_BITS(29, 14) | AMDVI_MAP_VALID, .written = amdvi_vf_fill_written)

const struct ims_reg amdvi_regs[] = {
	R("DEVTAB", 0x0, 8, AMDVI_R_DEVTAB, TABLE, .value = devtab_value, .written = devtab_written),
	R("CMDBUF", 0x8, 8, AMDVI_R_CMDBUF, BUFFER, .value = amdvi_cmdbuf_value, .written = amdvi_cmdbuf_written),
	R("EVTLOG", 0x10, 8, AMDVI_R_EVTLOG, BUFFER, .reset = EIGHT, .written = log_written),
	R("CTRL", AMDVI_CTRL_AT, 8, AMDVI_R_CTRL, CTRL_ALL, .reset = CTRL_RESET, .written = ctrl_written, .unmodelled = ctrl_unmodelled),
	P("EXCL_BASE", 0x20, 8, AMDVI_R_EXCL_BASE, IMS_BITS(51, 12) | IMS_BITS(1, 0)),
	P("EXCL_LIMIT", 0x28, 8, AMDVI_R_EXCL_LIMIT, IMS_BITS(51, 12)),
	P("EFR", 0x30, 8, AMDVI_R_EFR, 0),
	R("PPRLOG", 0x38, 8, AMDVI_R_PPRLOG, BUFFER, .reset = EIGHT, .written = log_written),
	R("PPRLOG_B", 0xf0, 8, AMDVI_R_PPRLOG_B, 0, .unmodelled = second_log),
	R("EVTLOG_B", 0xf8, 8, AMDVI_R_EVTLOG_B, 0, .unmodelled = second_log),
	SEGMENT(1), SEGMENT(2), SEGMENT(3), SEGMENT(4), SEGMENT(5), SEGMENT(6), SEGMENT(7),
	P("MSI_ADDR", 0x15c, 4, AMDVI_R_MSI_ADDR, IMS_BITS(31, 2)),
	P("MSI_UPPER", 0x160, 4, AMDVI_R_MSI_UPPER, IMS_BITS(31, 0)),
	P("MSI_DATA", 0x164, 4, AMDVI_R_MSI_DATA, IMS_BITS(15, 0)),
	R("VIOMMU_STATUS", 0x190, 8, AMDVI_R_VIOMMU_STATUS, 0, .unmodelled = viommu_status),
	P("EFR2", 0x1a0, 8, AMDVI_R_EFR2, 0),
	R("CMD_HEAD", 0x2000, 8, AMDVI_R_CMD_HEAD, POINTER, .value = amdvi_cmd_head_value, .written = amdvi_cmd_head_written),
	R("CMD_TAIL", 0x2008, 8, AMDVI_R_CMD_TAIL, POINTER, .value = amdvi_cmd_tail_value, .written = amdvi_cmd_tail_written),
	P("EVT_HEAD", 0x2010, 8, AMDVI_R_EVT_HEAD, POINTER),
	P("EVT_TAIL", 0x2018, 8, AMDVI_R_EVT_TAIL, POINTER),
	R("STATUS", 0x2020, 8, AMDVI_R_STATUS, 0,
	  .clear_by_one = IMS_BITS(2, 0) | IMS_BITS(6, 5), .value = status_value, .written = status_written),
	P("PPR_HEAD", 0x2030, 8, AMDVI_R_PPR_HEAD, POINTER),
	P("PPR_TAIL", 0x2038, 8, AMDVI_R_PPR_TAIL, POINTER),
	GUEST(1), GUEST(2), GUEST(3), GUEST(4),
};
/* clang-format on */
_Static_assert(sizeof(amdvi_regs) / sizeof(amdvi_regs[0]) == AMDVI_REG_ROWS, "as announced");
