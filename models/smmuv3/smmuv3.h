/* SPDX-License-Identifier: MIT */
/*
 * Arm SMMUv3, non-secure: what the files of this folder share. Sections are those of
 * IHI 0070 G.b, with "VMSA" those of DDI 0487; "sheet" is the project's reference sheet.
 */
#ifndef MODELS_SMMUV3_SMMUV3_H
#define MODELS_SMMUV3_SMMUV3_H

#include "iommusim/model.h"
#include "sim/core/bits.h"

enum {
	SMMU_MEMORY = 40,		    /* where this machine's memory ends */
	SMMU_ENTRY_WORDS = 8,		    /* of an STE or a CD, 64 bytes */
	SMMU_FAULT_WORD = SMMU_ENTRY_WORDS, /* behind a cached one: the code of a faulting one */
	SMMU_CACHED_WORDS,
	SMMU_STALLS = 16, /* transactions that may wait at a time, at most */
	SMMU_ECMDQS = 4,  /* enhanced command queues at most, each in a control page of its own */
	SMMU_LEVELS = 4,  /* Arm's level n is 4 - n here */
};

/* The parameters of a unit, params.c: IDR0, IDR1, IDR3, IDR5, then what is open. */
enum smmu_param {
	SMMU_P_VERSION, /* of AIDR: 3.n */
	SMMU_P_S2P,
	SMMU_P_S1P,
	SMMU_P_TTF,
	SMMU_P_COHACC,
	SMMU_P_BTM,
	SMMU_P_HTTU,
	SMMU_P_DORMHINT,
	SMMU_P_HYP,
	SMMU_P_ATS,
	SMMU_P_NS1ATS,
	SMMU_P_ASID16,
	SMMU_P_MSI,
	SMMU_P_SEV,
	SMMU_P_ATOS,
	SMMU_P_PRI,
	SMMU_P_VMW,
	SMMU_P_VMID16,
	SMMU_P_CD2L,
	SMMU_P_VATOS,
	SMMU_P_TTENDIAN,
	SMMU_P_ATSRECERR,
	SMMU_P_STALL_MODEL,
	SMMU_P_TERM_MODEL,
	SMMU_P_ST_LEVEL,
	SMMU_P_RME_IMPL,
	SMMU_P_SIDSIZE,
	SMMU_P_SSIDSIZE,
	SMMU_P_PRIQS,
	SMMU_P_EVENTQS,
	SMMU_P_CMDQS,
	SMMU_P_ATTR_PERMS_OVR,
	SMMU_P_ATTR_TYPES_OVR,
	SMMU_P_REL,
	SMMU_P_QUEUES_PRESET,
	SMMU_P_TABLES_PRESET,
	SMMU_P_ECMDQ,
	SMMU_P_HAD,
	SMMU_P_PBHA,
	SMMU_P_XNX,
	SMMU_P_PPS,
	SMMU_P_MPAM,
	SMMU_P_FWB,
	SMMU_P_STT,
	SMMU_P_RIL,
	SMMU_P_BBML,
	SMMU_P_E0PD,
	SMMU_P_PTWNNC,
	SMMU_P_DPT,
	SMMU_P_PASIDTT,
	SMMU_P_EPAN,
	SMMU_P_S1PI,
	SMMU_P_S2PI,
	SMMU_P_S2PO,
	SMMU_P_THE,
	SMMU_P_MTEPERM,
	SMMU_P_AIE,
	SMMU_P_OAS,
	SMMU_P_GRAN4K,
	SMMU_P_GRAN16K,
	SMMU_P_GRAN64K,
	SMMU_P_DS,
	SMMU_P_D128,
	SMMU_P_VAX,
	SMMU_P_STALL_MAX,
	/* Beside the SMMU: cmdqv.c. */
	SMMU_P_VCMDQS,
	SMMU_P_VINTFS,
	SMMU_P_VINTF_SIDS,
	/* What the specification leaves to the implementation. */
	SMMU_K_TLB,
	SMMU_K_NEGATIVE,
	SMMU_K_GROUPS,
	SMMU_K_CONT,
	SMMU_K_EPD_HIT,
	SMMU_K_SL_PAMAX,
	SMMU_K_S1CTX_IPA,
	SMMU_K_S1FMT3,
	SMMU_K_RESERVED,
	SMMU_K_SID_RANGE,
	SMMU_K_S2_IPA,
	SMMU_K_ATC_BARE,
	SMMU_K_ATC_GLOBAL,
	SMMU_K_ORDER,
	SMMU_K_ATC_ASKS,
	SMMU_K_MERGE,
	SMMU_K_TTL,
	SMMU_K_ATC_TIMEOUT,
	SMMU_K_GERRORN,
	SMMU_K_CONFLICT,
	SMMU_K_VCMDQ_OP,
	SMMU_K_VCMDQ_SID,
	SMMU_K_VCMDQ_VMID,
	SMMU_PARAMS
};

enum smmu_cache {
	SMMU_L1STD, /* by the first StreamID under it */
	SMMU_STE,
	SMMU_L1CD, /* by the StreamID, and the first SubstreamID under it */
	SMMU_CD,
	SMMU_IOTLB, /* by VA: stage 1, and stages 1 and 2 together or, where they are split, stage 1 of them */
	SMMU_S2TLB, /* by IPA: streams with stage 2 alone, and what leads to tables and CDs */
	SMMU_WALK1,
	SMMU_WALK2,
	SMMU_ATC,
	SMMU_CACHES
};

/* Classes of entries. Their upper two bits are the world that a look-up is of. */
enum smmu_class {
	SMMU_CLASS_EL1 = 0,    /* NS-EL1, stage 1 alone */
	SMMU_CLASS_NESTED = 1, /* NS-EL1, both stages */
	SMMU_CLASS_S2 = 2,     /* stage 2 alone */
	SMMU_CLASS_NONE = 3,   /* no tables */
	SMMU_CLASS_EL2 = 4,
	SMMU_CLASS_E2H = 6,
	SMMU_CLASSES
};
#define SMMU_WORLDS 6
/* Of L1CDs: how many CDs are under one. */
enum { SMMU_L1CD_OF_64 = 0, SMMU_L1CD_OF_1024 = 1 };

/* Registers, by their place in ims_state.regs; offsets in regs.c. */
enum smmu_reg {
	SMMU_R_IDR0,
	SMMU_R_IDR1,
	SMMU_R_IDR2,
	SMMU_R_IDR3,
	SMMU_R_IDR4,
	SMMU_R_IDR5,
	SMMU_R_IIDR,
	SMMU_R_AIDR,
	SMMU_R_CR0,
	SMMU_R_CR1,
	SMMU_R_CR2,
	SMMU_R_GBPA,
	SMMU_R_IRQ_CTRL,
	SMMU_R_GERROR,
	SMMU_R_GERRORN,
	SMMU_R_GERROR_IRQ_CFG0,
	SMMU_R_GERROR_IRQ_CFG1,
	SMMU_R_GERROR_IRQ_CFG2,
	SMMU_R_STRTAB_BASE,
	SMMU_R_STRTAB_BASE_CFG,
	SMMU_R_CMDQ_BASE,
	SMMU_R_CMDQ_PROD,
	SMMU_R_CMDQ_CONS,
	SMMU_R_EVENTQ_BASE,
	SMMU_R_EVENTQ_PROD,
	SMMU_R_EVENTQ_CONS,
	SMMU_R_EVENTQ_IRQ_CFG0,
	SMMU_R_EVENTQ_IRQ_CFG1,
	SMMU_R_EVENTQ_IRQ_CFG2,
	SMMU_R_PRIQ_BASE,
	SMMU_R_PRIQ_PROD,
	SMMU_R_PRIQ_CONS,
	SMMU_R_PRIQ_IRQ_CFG0,
	SMMU_R_PRIQ_IRQ_CFG1,
	SMMU_R_PRIQ_IRQ_CFG2,
	/* Inside hardware, at no offset: what was in effect before a write that is ignored. */
	SMMU_R_CR2_WAS,
	SMMU_R_STRTAB_CFG_WAS,
	SMMU_R_GBPA_WAS,
	SMMU_R_GERRORN_WAS,
	SMMU_R_CR0_WAS,
	SMMU_R_CR0_ACK,
	SMMU_R_CMDQ_ERROR, /* CMDQ_CONS.ERR */
	SMMU_R_IDR6,
	SMMU_R_ECMDQ_PAGE, /* of the control pages: what reads as a constant */
	SMMU_R_ECMDQ_BASE, /* of each queue */
	SMMU_R_ECMDQ_PROD = SMMU_R_ECMDQ_BASE + SMMU_ECMDQS, /* without WR */
	SMMU_R_ECMDQ_CONS = SMMU_R_ECMDQ_PROD + SMMU_ECMDQS, /* without ENACK and RD */
	SMMU_R_CMDQV = SMMU_R_ECMDQ_CONS + SMMU_ECMDQS,	     /* holds nothing: cmdqv.c */
	SMMU_R_STALLS, /* transactions that wait: three words each, stalls.c */
	SMMU_REGS = SMMU_R_STALLS + 3 * SMMU_STALLS
};

/* CR0, section 6.3.9. */
#define SMMU_CR0_SMMUEN	  IMS_BIT(0)
#define SMMU_CR0_PRIQEN	  IMS_BIT(1)
#define SMMU_CR0_EVENTQEN IMS_BIT(2)
#define SMMU_CR0_CMDQEN	  IMS_BIT(3)
#define SMMU_CR0_ATSCHK	  IMS_BIT(4)
#define SMMU_CR0_VMW	  IMS_FIELD(8, 6)
/* CR2, section 6.3.12. */
#define SMMU_CR2_E2H	     IMS_BIT(0)
#define SMMU_CR2_RECINVSID   IMS_BIT(1)
#define SMMU_CR2_PTM	     IMS_BIT(2)
#define SMMU_CR2_REC_CFG_ATS IMS_BIT(3)
/* GBPA, section 6.3.14. */
#define SMMU_GBPA_ABORT	 IMS_BIT(20)
#define SMMU_GBPA_UPDATE IMS_BIT(31)
/* STRTAB_BASE_CFG, section 6.3.25. */
#define SMMU_CFG_LOG2SIZE IMS_FIELD(5, 0)
#define SMMU_CFG_SPLIT	  IMS_FIELD(10, 6)
#define SMMU_CFG_FMT	  IMS_FIELD(17, 16)

#define SMMU_ADDR(lg2) IMS_BITS(51, lg2)

/* Stream table entry, section 5.2: 64-bit word times 64 plus the bit. */
#define SMMU_STE_V	  IMS_FIELD(0, 0)
#define SMMU_STE_CONFIG	  IMS_FIELD(3, 1)
#define SMMU_STE_S1FMT	  IMS_FIELD(5, 4)
#define SMMU_STE_S1CTXPTR IMS_FIELD(51, 6)
#define SMMU_STE_S1CDMAX  IMS_FIELD(63, 59)
#define SMMU_STE_S1DSS	  IMS_FIELD(64 + 1, 64 + 0)
#define SMMU_STE_S1CIR	  IMS_FIELD(64 + 3, 64 + 2)
#define SMMU_STE_S1COR	  IMS_FIELD(64 + 5, 64 + 4)
#define SMMU_STE_S1CSH	  IMS_FIELD(64 + 7, 64 + 6)
#define SMMU_STE_DRE	  IMS_FIELD(64 + 12, 64 + 12)
#define SMMU_STE_CONT	  IMS_FIELD(64 + 16, 64 + 13)
#define SMMU_STE_PPAR	  IMS_FIELD(64 + 18, 64 + 18)
#define SMMU_STE_MEV	  IMS_FIELD(64 + 19, 64 + 19)
#define SMMU_STE_S2FWB	  IMS_FIELD(64 + 25, 64 + 25)
#define SMMU_STE_S1STALLD IMS_FIELD(64 + 27, 64 + 27)
#define SMMU_STE_EATS	  IMS_FIELD(64 + 29, 64 + 28)
#define SMMU_STE_SW_STALL                                                                          \
	IMS_FIELD(64 + 21, 64 + 21) /* SW_RESERVED: its device may be kept waiting */
#define SMMU_STE_STRW	 IMS_FIELD(64 + 31, 64 + 30)
#define SMMU_STE_SHCFG	 IMS_FIELD(64 + 45, 64 + 44)
#define SMMU_STE_PRIVCFG IMS_FIELD(64 + 49, 64 + 48)
#define SMMU_STE_INSTCFG IMS_FIELD(64 + 51, 64 + 50)
#define SMMU_STE_S2VMID	 IMS_FIELD(128 + 15, 128 + 0)
#define SMMU_STE_S2T0SZ	 IMS_FIELD(128 + 37, 128 + 32)
#define SMMU_STE_S2SL0	 IMS_FIELD(128 + 39, 128 + 38)
#define SMMU_STE_S2IR0	 IMS_FIELD(128 + 41, 128 + 40)
#define SMMU_STE_S2OR0	 IMS_FIELD(128 + 43, 128 + 42)
#define SMMU_STE_S2SH0	 IMS_FIELD(128 + 45, 128 + 44)
#define SMMU_STE_S2TG	 IMS_FIELD(128 + 47, 128 + 46)
#define SMMU_STE_S2PS	 IMS_FIELD(128 + 50, 128 + 48)
#define SMMU_STE_S2AA64	 IMS_FIELD(128 + 51, 128 + 51)
#define SMMU_STE_S2ENDI	 IMS_FIELD(128 + 52, 128 + 52)
#define SMMU_STE_S2AFFD	 IMS_FIELD(128 + 53, 128 + 53)
#define SMMU_STE_S2PTW	 IMS_FIELD(128 + 54, 128 + 54)
#define SMMU_STE_S2HD	 IMS_FIELD(128 + 55, 128 + 55)
#define SMMU_STE_S2HA	 IMS_FIELD(128 + 56, 128 + 56)
#define SMMU_STE_S2S	 IMS_FIELD(128 + 57, 128 + 57)
#define SMMU_STE_S2R	 IMS_FIELD(128 + 58, 128 + 58)
#define SMMU_STE_S2TTB	 IMS_FIELD(192 + 51, 192 + 4)

/* Context descriptor, section 5.4. */
#define SMMU_CD_T0SZ  IMS_FIELD(5, 0)
#define SMMU_CD_TG0   IMS_FIELD(7, 6)
#define SMMU_CD_EPD0  IMS_FIELD(14, 14)
#define SMMU_CD_ENDI  IMS_FIELD(15, 15)
#define SMMU_CD_T1SZ  IMS_FIELD(21, 16)
#define SMMU_CD_TG1   IMS_FIELD(23, 22)
#define SMMU_CD_EPD1  IMS_FIELD(30, 30)
#define SMMU_CD_V     IMS_FIELD(31, 31)
#define SMMU_CD_IPS   IMS_FIELD(34, 32)
#define SMMU_CD_AFFD  IMS_FIELD(35, 35)
#define SMMU_CD_WXN   IMS_FIELD(36, 36)
#define SMMU_CD_UWXN  IMS_FIELD(37, 37)
#define SMMU_CD_TBI0  IMS_FIELD(38, 38)
#define SMMU_CD_TBI1  IMS_FIELD(39, 39)
#define SMMU_CD_PAN   IMS_FIELD(40, 40)
#define SMMU_CD_AA64  IMS_FIELD(41, 41)
#define SMMU_CD_HD    IMS_FIELD(42, 42)
#define SMMU_CD_HA    IMS_FIELD(43, 43)
#define SMMU_CD_S     IMS_FIELD(44, 44)
#define SMMU_CD_R     IMS_FIELD(45, 45)
#define SMMU_CD_A     IMS_FIELD(46, 46)
#define SMMU_CD_ASET  IMS_FIELD(47, 47)
#define SMMU_CD_ASID  IMS_FIELD(63, 48)
#define SMMU_CD_HAD0  IMS_FIELD(64 + 1, 64 + 1)
#define SMMU_CD_E0PD0 IMS_FIELD(64 + 2, 64 + 2)
#define SMMU_CD_TTB0  IMS_FIELD(64 + 51, 64 + 4)
#define SMMU_CD_EPAN  IMS_FIELD(64 + 59, 64 + 59)
#define SMMU_CD_HAD1  IMS_FIELD(128 + 1, 128 + 1)
#define SMMU_CD_E0PD1 IMS_FIELD(128 + 2, 128 + 2)
#define SMMU_CD_TTB1  IMS_FIELD(128 + 51, 128 + 4)

/* Values of STE.Config. */
enum smmu_config {
	SMMU_CONFIG_S1 = 1, /* bits */
	SMMU_CONFIG_S2 = 2,
	SMMU_CONFIG_PASS = 4, /* 0: abort */
};

/* Codes of events, section 7.3. */
enum smmu_event {
	SMMU_E_UUT = 0x01,
	SMMU_E_BAD_STREAMID = 0x02,
	SMMU_E_STE_FETCH = 0x03,
	SMMU_E_BAD_STE = 0x04,
	SMMU_E_BAD_ATS_TREQ = 0x05,
	SMMU_E_STREAM_DISABLED = 0x06,
	SMMU_E_TRANSL_FORBIDDEN = 0x07,
	SMMU_E_BAD_SUBSTREAMID = 0x08,
	SMMU_E_CD_FETCH = 0x09,
	SMMU_E_BAD_CD = 0x0a,
	SMMU_E_WALK_EABT = 0x0b,
	SMMU_E_TRANSLATION = 0x10,
	SMMU_E_ADDR_SIZE = 0x11,
	SMMU_E_ACCESS = 0x12,
	SMMU_E_PERMISSION = 0x13,
	SMMU_E_TLB_CONFLICT = 0x20,
	SMMU_E_CFG_CONFLICT = 0x21,
	SMMU_E_PAGE_REQUEST = 0x24,
	SMMU_E_VMS_FETCH = 0x25,
};

/*
 * Faults: the event's code, and what its record says besides. CLASS is IN unless one of
 * the two others is said.
 */
#define SMMU_EVENT(fault) ((fault)&0xffu)
#define SMMU_F_S2	  0x100u  /* of stage 2 */
#define SMMU_F_CD	  0x200u  /* CLASS: while a CD was fetched */
#define SMMU_F_TT	  0x400u  /* CLASS: while a stage-1 table was fetched */
#define SMMU_F_TTW	  0x800u  /* TTRnW = 0: while a descriptor was to be written */
#define SMMU_F_INPUT	  0x1000u /* of an input that no stage 1 takes: A, R and S do not matter */
#define SMMU_F_ABORT	  0x2000u /* terminated in silence: no event at all */

/* What derive makes of parameters and registers, derive.c. */
enum smmu_derived {
	SMMU_D_ENABLED, /* CR0.SMMUEN */
	SMMU_D_OAS,	/* bits of an output address */
	SMMU_D_IAS,	/* of an intermediate one */
	SMMU_D_SIDS,	/* log2 of the StreamIDs that the stream table has */
	SMMU_D_SPLIT,	/* log2 of those under an L1STD; 0: the table is linear */
	SMMU_D_REC_ATS, /* configuration errors of ATS are recorded */
	SMMU_D_CR0,	/* what of these there is */
	SMMU_D_CR2,
	SMMU_D_NO_OPS, /* opcodes of which a feature is missing, as bits of two words */
	SMMU_D_NO_OPS_HIGH,
	SMMU_DERIVED
};

/* ims_path.options: what the walk has to know besides. */
enum smmu_option {
	SMMU_O_HA1 = 1,
	SMMU_O_HD1 = 2,
	SMMU_O_AFFD1 = 4,
	SMMU_O_HAD = 8,
	SMMU_O_WXN = 0x10,
	SMMU_O_PAN = 0x20,
	SMMU_O_EPAN = 0x40,
	SMMU_O_EL2 = 0x80, /* one privilege, one table */
	SMMU_O_EPD = 0x100,
	SMMU_O_E0PD = 0x200,
	SMMU_O_PARTIAL = 0x400,
	SMMU_O_GROUPS = 0x800,
	SMMU_O_SPLIT = 0x1000,
	SMMU_O_TTB1 = 0x2000,
	SMMU_O_R1 = 0x4000, /* CD.R: faults of stage 1 are recorded */
	SMMU_O_S1 = 0x8000, /* CD.S: they stall */
	SMMU_O_HA2 = 0x10000,
	SMMU_O_HD2 = 0x20000,
	SMMU_O_AFFD2 = 0x40000,
	SMMU_O_XNX = 0x80000,
	SMMU_O_PTW = 0x100000,
	SMMU_O_FWB = 0x200000,
	SMMU_O_R2 = 0x400000,	 /* STE.S2R */
	SMMU_O_S2 = 0x800000,	 /* STE.S2S */
	SMMU_O_INST = 0x1000000, /* as the record says it, after the STE's overrides */
	SMMU_O_PRIV = 0x2000000,
	SMMU_O_NO_HIT = 0x4000000, /* with EPD: nor may what is cached serve */
	SMMU_O_MEV = 0x8000000,	   /* STE.MEV */
};

extern const struct ims_model smmuv3_model;
extern const struct ims_param smmu_params[];
extern const struct ims_param_rule smmu_param_rules[];

/* The tables' lengths; each is checked where the table stands. */
enum {
	SMMU_FAULTS = 33,
	SMMU_PARAM_RULES = 58,
	SMMU_REG_ROWS = 61 + 113,
};

/* Page sizes of tables, in the order of TG0 and S2TG. */
enum smmu_grain { SMMU_4K, SMMU_64K, SMMU_16K, SMMU_GRAINS };

extern const struct ims_format smmu_s1_formats[SMMU_GRAINS], smmu_s2_formats[SMMU_GRAINS];
extern const struct ims_cache_def smmu_caches[SMMU_CACHES];
extern const struct ims_fault_def smmu_faults[SMMU_FAULTS];
extern const struct ims_reg smmu_regs[SMMU_REG_ROWS];

/* geometry.c: section 3.4, VMSA D8.2. */
/* log2 of an output size by its code: IDR5.OAS, CD.IPS, STE.S2PS. */
unsigned smmu_size_bits(uint64_t code);
unsigned smmu_grain_lg2(enum smmu_grain grain);
/* TG1 has codes of its own; SMMU_GRAINS: reserved. */
enum smmu_grain smmu_tg0(uint64_t code);
enum smmu_grain smmu_tg1(uint64_t code);
bool smmu_has_grain(const uint32_t *params, enum smmu_grain grain);
/* The level of a stage-1 root, counted from 1. */
unsigned smmu_s1_top(enum smmu_grain grain, unsigned input);
/* That of stage 2 by SL0, 0 if there is none; and whether it fits to the input. */
unsigned smmu_s2_top(const uint32_t *params, enum smmu_grain grain, uint64_t sl0);
bool smmu_s2_fits(const uint32_t *params, enum smmu_grain grain, uint64_t sl0, unsigned t0sz);
/* What TxSZ may be. */
unsigned smmu_txsz_min(const uint32_t *params, enum smmu_grain grain, bool stage2);
unsigned smmu_txsz_max(const uint32_t *params, enum smmu_grain grain);

void smmu_derive(struct ims_state *s);
/* ste.c, cd.c: 0, or the code of what is illegal. */
uint16_t smmu_check_ste(const struct ims_state *s, const uint64_t *ste);
uint16_t smmu_check_cd(const struct ims_state *s, const uint64_t *ste, const uint64_t *cd);
/* Which world a stream of this STE is of, where it has a stage 1. */
enum smmu_class smmu_world(const struct ims_state *s, const uint64_t *ste);

/* Of one request, on its way. */
struct smmu_way {
	struct ims_hw *hw;
	const struct ims_state *state;
	const struct ims_req *req;
	struct ims_path *path;
	uint64_t ste[SMMU_CACHED_WORDS], cd[SMMU_CACHED_WORDS];
};

/* find.c: 0, or the code of a fault; way->ste and way->cd. */
uint16_t smmu_find_ste(struct smmu_way *way);
/* The CD of @ssid; stage 2 of way->path, if there is one, is known. */
uint16_t smmu_find_cd(struct smmu_way *way, uint32_t ssid);

uint16_t smmu_path(struct ims_hw *hw, const struct ims_req *req, struct ims_path *ret_path);
uint16_t smmu_walk(struct ims_walker *w, const struct ims_path *path, const struct ims_req *req,
		   struct ims_leaf *leaf);
uint16_t smmu_walk_mid(struct ims_walker *w, const struct ims_path *path, uint64_t mid,
		       struct ims_leaf *leaf);
uint8_t smmu_ats_answer(uint16_t fault);
uint16_t smmu_denied(struct ims_hw *hw, const struct ims_req *req, uint16_t missing, uint16_t perm);
/* Is an event to be recorded of this fault. */
bool smmu_recorded(const struct ims_state *s, const struct ims_req *req,
		   const struct ims_path *path, uint16_t fault);

/* regs.c */
void smmu_derive_regs(struct ims_state *s);
void smmu_reset(struct ims_hw *hw);
static inline uint64_t *smmu_reg(struct ims_hw *hw, enum smmu_reg at)
{
	return &ims_hw_state(hw)->regs[at];
}

#include "commands.h"
#include "software.h"

/* ---- host.c: what a host's driver takes ---- */

enum { SMMU_HOSTS = 3 };
extern const struct ims_host_driver *const smmu_hosts[SMMU_HOSTS];

#endif
