/* SPDX-License-Identifier: MIT */
/*
 * Intel VT-d: what the files of this folder share. Sections are
 * those of the Intel VT-d specification, revision 5.10 (D51397-018).
 */
#ifndef MODELS_VTD_VTD_H
#define MODELS_VTD_VTD_H

#include "iommusim/model.h"
#include "sim/core/bits.h"

/* The unit modelled, in the words of CAP_REG and ECAP_REG (section 11.4.2, 11.4.3). */
enum {
	VTD_HAW = 46,	 /* host address width, DMAR table */
	VTD_MEMORY = 40, /* where this machine's memory ends */
	VTD_PSS = 20,	 /* PASID bits; ECAP.PSS holds one less */
};

/* The address in a pointer that software writes. */
#define VTD_ADDR IMS_BITS(VTD_HAW - 1, 12)

/* The parameters of a unit, params.c. */
enum vtd_param {
	VTD_P_VER,
	VTD_P_HAW,
	VTD_P_ND,
	VTD_P_RWBF,
	VTD_P_CM,
	VTD_P_SAGAW,
	VTD_P_MGAW,
	VTD_P_ZLR,
	VTD_P_SSLPS,
	VTD_P_PSI,
	VTD_P_NFR,
	VTD_P_MAMV,
	VTD_P_DWD,
	VTD_P_DRD,
	VTD_P_FS1GP,
	VTD_P_FS5LP,
	VTD_P_ECMDS,
	VTD_P_ESRTPS,
	VTD_P_ESIRTPS,
	VTD_P_C,
	VTD_P_QI,
	VTD_P_DT,
	VTD_P_IR,
	VTD_P_PT,
	VTD_P_SC,
	VTD_P_MTS,
	VTD_P_NEST,
	VTD_P_PRS,
	VTD_P_SRS,
	VTD_P_NWFS,
	VTD_P_EAFS,
	VTD_P_PSS,
	VTD_P_PASID,
	VTD_P_DIT,
	VTD_P_PDS,
	VTD_P_SMTS,
	VTD_P_SSADS,
	VTD_P_SSTS,
	VTD_P_FSTS,
	VTD_P_SMPWC,
	VTD_P_RPS,
	VTD_P_PMS,
	VTD_P_ADMS,
	VTD_P_RPRIVS,
	VTD_P_HPTS,
	VTD_P_PTRS,
	VTD_P_SSIRWS,
	VTD_P_SMS,
	VTD_P_HPT1GPS,
	VTD_P_EIM,
	VTD_P_EIMER,
	VTD_P_IRREQ,
	VTD_P_ERS,
	VTD_K_NEGATIVE,
	VTD_K_PC_DROPS_NEGATIVE,
	VTD_K_TORN,
	VTD_K_EAGER,
	VTD_K_ATC_NO_PASID,
	VTD_K_PT_LG2,
	VTD_K_PASID_HITS_NONE,
	VTD_K_TABLE_DIRTY,
	VTD_K_STRICT_AW,
	VTD_K_AM_LIMIT,
	VTD_Q_SPR17,
	VTD_Q_P_IOTLB_AM18,
	VTD_Q_ATC_TWICE,
	VTD_PARAMS
};

/* VTD_LEGACY: the context-cache in legacy mode, which is tagged by DID too. */
enum vtd_cache {
	VTD_CONTEXT,
	VTD_PASID,
	VTD_FS_PSC,
	VTD_SS_PSC,
	VTD_IOTLB,
	VTD_ATC,
	VTD_LEGACY,
	VTD_IEC,
	VTD_CACHES
};

/*
 * Classes of entries: the PGTT of the PASID-table entry they came through; in
 * legacy mode, second-stage or pass-through.
 */
enum vtd_class {
	VTD_CLASS_NONE,
	VTD_CLASS_FS,
	VTD_CLASS_SS,
	VTD_CLASS_NESTED,
	VTD_CLASS_PT,
	VTD_CLASS_ABSENT, /* of configuration caches: what stands for a fault */
	VTD_CLASSES
};

/* What derive makes of the parameters, derive.c: masks of bits. */
enum vtd_derived {
	VTD_D_HIGH,   /* HAW..63 */
	VTD_D_ADDR,   /* 12..HAW-1 */
	VTD_D_ENTRY,  /* reserved in a page-table entry: HAW..51 */
	VTD_D_RTADDR, /* reserved in RTADDR_REG, and so on */
	VTD_D_ROOT,
	VTD_D_CONTEXT,
	VTD_D_CONTEXT_1,
	VTD_D_LEGACY,
	VTD_D_LEGACY_1,
	VTD_D_DIRECTORY,
	VTD_D_PASID,
	VTD_D_PASID_1,
	VTD_D_PASID_2,
	VTD_D_SS_LEAF,	 /* reserved in second-stage leaves besides */
	VTD_D_FS_LEVELS, /* where leaves are, as bits */
	VTD_D_SS_LEVELS,
	VTD_D_NEGATIVE, /* the knob, where CM = 1 */
	VTD_DERIVED
};

/* ims_path.options: what the walk has to know besides. */
enum vtd_option {
	VTD_O_LEGACY = 1,
	VTD_O_SSADE = 2,
	VTD_O_EAFE = 4,
	VTD_O_SNOOP = 8, /* PGSNP */
	VTD_O_SSIRWE = 16,
	VTD_O_NEGATIVE = 32, /* absence in second-stage tables may be cached */
	VTD_O_TABLE_DIRTY = 64,
	VTD_O_SPR17 = 128,
};

/* The interrupt address range, section 3.15. */
#define VTD_INTERRUPTS_FIRST UINT64_C(0xfee00000)
#define VTD_INTERRUPTS_LAST  UINT64_C(0xfeefffff)

enum vtd_pgtt { VTD_PGTT_FS = 1, VTD_PGTT_SS = 2, VTD_PGTT_NESTED = 3, VTD_PGTT_PT = 4 };

/* RTADDR_REG.TTM, section 11.4.5. */
enum vtd_ttm { VTD_TTM_LEGACY, VTD_TTM_SCALABLE, VTD_TTM_RESERVED, VTD_TTM_ABORT };

/* Scalable-mode context entry, section 9.4. */
#define VTD_SCE_P	    IMS_FIELD(0, 0)
#define VTD_SCE_FPD	    IMS_FIELD(1, 1)
#define VTD_SCE_DTE	    IMS_FIELD(2, 2)
#define VTD_SCE_PASIDE	    IMS_FIELD(3, 3)
#define VTD_SCE_PRE	    IMS_FIELD(4, 4)
#define VTD_SCE_EPTR	    IMS_FIELD(6, 6)
#define VTD_SCE_PDTS	    IMS_FIELD(11, 9)
#define VTD_SCE_PASIDDIRPTR IMS_FIELD(63, 12)
#define VTD_SCE_RID_PASID   IMS_FIELD(83, 64)
#define VTD_SCE_RID_PRIV    IMS_FIELD(84, 84)

/* Legacy-mode context entry, section 9.3. */
#define VTD_LCE_P	IMS_FIELD(0, 0)
#define VTD_LCE_FPD	IMS_FIELD(1, 1)
#define VTD_LCE_TT	IMS_FIELD(3, 2)
#define VTD_LCE_SSPTPTR IMS_FIELD(63, 12)
#define VTD_LCE_AW	IMS_FIELD(66, 64)
#define VTD_LCE_DID	IMS_FIELD(87, 72)

enum vtd_tt { VTD_TT_NO_ATS, VTD_TT_ATS, VTD_TT_PT };

/* Scalable-mode PASID-table entry, section 9.6. */
#define VTD_SPE_P	IMS_FIELD(0, 0)
#define VTD_SPE_FPD	IMS_FIELD(1, 1)
#define VTD_SPE_AW	IMS_FIELD(4, 2)
#define VTD_SPE_PGTT	IMS_FIELD(8, 6)
#define VTD_SPE_SSADE	IMS_FIELD(9, 9)
#define VTD_SPE_SSPTPTR IMS_FIELD(63, 12)
#define VTD_SPE_DID	IMS_FIELD(79, 64)
#define VTD_SPE_PWSNP	IMS_FIELD(87, 87)
#define VTD_SPE_PGSNP	IMS_FIELD(88, 88)
#define VTD_SPE_SRE	IMS_FIELD(128, 128)
#define VTD_SPE_FSPM	IMS_FIELD(131, 130)
#define VTD_SPE_WPE	IMS_FIELD(132, 132)
#define VTD_SPE_EAFE	IMS_FIELD(135, 135)
#define VTD_SPE_FSPTPTR IMS_FIELD(191, 140)

/* Fault reasons, section 7.1.3, table 30. */
enum vtd_fault {
	VTD_LRT_2 = 0x01,
	VTD_LCT_2,
	VTD_LCT_4,
	VTD_LGN_1,
	VTD_LGN_2,
	VTD_LGN_3,
	VTD_LSS_1,
	VTD_LRT_1,
	VTD_LCT_1,
	VTD_LRT_3,
	VTD_LCT_3,
	VTD_LSS_2,
	VTD_LCT_5,
	VTD_LGN_4,
	VTD_IR_29 = 0x29,
	VTD_IR_2B = 0x2b,
	VTD_RTA_1 = 0x30,
	VTD_RTA_2,
	VTD_RTA_3,
	VTD_RTA_4,
	VTD_RTA_5,
	VTD_SRT_1 = 0x38,
	VTD_SRT_2,
	VTD_SRT_3,
	VTD_SCT_1 = 0x40,
	VTD_SCT_2,
	VTD_SCT_3,
	VTD_SCT_4,
	VTD_SCT_5,
	VTD_SCT_6,
	VTD_SCT_7,
	VTD_SCT_8,
	VTD_SCT_9,
	VTD_SCT_10,
	VTD_SPD_1 = 0x50,
	VTD_SPD_2,
	VTD_SPD_3,
	VTD_SPT_1 = 0x58,
	VTD_SPT_2,
	VTD_SPT_3,
	VTD_SPT_4,
	VTD_SPT_5,
	VTD_SPT_6,
	VTD_SFS_1 = 0x70,
	VTD_SFS_2,
	VTD_SFS_3,
	VTD_SFS_4,
	VTD_SFS_5,
	VTD_SFS_6,
	VTD_SFS_7,
	VTD_SFS_8,
	VTD_SSS_1 = 0x78,
	VTD_SSS_2,
	VTD_SSS_3,
	VTD_SSS_4,
	VTD_SSS_5,
	VTD_SSS_6,
	VTD_SGN_1 = 0x80,
	VTD_SGN_2,
	VTD_SGN_4 = 0x83,
	VTD_SGN_5,
	VTD_SGN_6,
	VTD_SGN_7,
	VTD_SGN_8,
	VTD_SGN_10 = 0x89,
	VTD_SFS_9 = 0x90,
	VTD_SFS_10,
};

extern const struct ims_model vtd_model;
extern const struct ims_param vtd_params[];
extern const struct ims_param_rule vtd_param_rules[], vtd_needs[];
extern const struct ims_param_set vtd_guest_params[], vtd_host_params[];

/* The tables' lengths; each is checked where the table stands. */
enum {
	VTD_ROWS = 25,
	VTD_FAULTS = 67,
	VTD_QUEUE_ERRORS = 8,
	VTD_PARAM_RULES = 43,
	VTD_NEEDS = 8,
	VTD_GUEST_PARAMS = 2,
	VTD_HOST_PARAMS = 1,
	VTD_PROG_RULES = 15,
	VTD_GUEST_RULES = 55,
	VTD_HOST_RULES = 54,
	VTD_COLUMNS = 19,
	VTD_POLICIES = 3,
};

/* vtd_ss_io_format: with SSIRWE = 1, where bits 61 and 62 grant. */
extern const struct ims_format vtd_fs_format, vtd_ss_format, vtd_ss_io_format;
extern const struct ims_cache_def vtd_caches[VTD_CACHES];
extern const struct ims_cmd_row vtd_rows[VTD_ROWS];
extern const struct ims_fault_def vtd_faults[VTD_FAULTS], vtd_queue_errors[VTD_QUEUE_ERRORS];
extern const struct ims_prog_rule vtd_prog_rules[VTD_PROG_RULES];
extern const struct ims_scope_row vtd_scope[IMS_TOPICS];
extern const struct ims_column_use vtd_columns[VTD_COLUMNS];

enum { VTD_TOLD = 1 };
extern const struct ims_told_queue vtd_told[VTD_TOLD];
extern const struct ims_policy_row vtd_policies[VTD_POLICIES];
extern const struct ims_rule vtd_guest_rules[VTD_GUEST_RULES], vtd_host_rules[VTD_HOST_RULES];

void vtd_derive(struct ims_state *s);
/* Is a fault with this code suppressed by FPD: table 30, "qualified". */
bool vtd_qualified(uint16_t fault);
uint16_t vtd_path(struct ims_hw *hw, const struct ims_req *req, struct ims_path *ret_path);
uint16_t vtd_walk(struct ims_walker *w, const struct ims_path *path, const struct ims_req *req,
		  struct ims_leaf *leaf);
uint8_t vtd_ats_answer(uint16_t fault);
uint16_t vtd_denied(struct ims_hw *hw, const struct ims_req *req, uint16_t missing, uint16_t perm);
void vtd_decode(const struct ims_state *s, const struct ims_cmd_row *row, const uint64_t *words,
		struct ims_cmd *cmd);
void vtd_encode(const struct ims_cmd_row *row, const struct ims_cmd_args *args, uint64_t *words);
void vtd_live(struct ims_hw *hw, struct ims_live *e);
void vtd_setup(struct ims_driver *d);
void vtd_device_limits(const uint32_t *params, struct ims_dev_config *config);
uint8_t vtd_leaf_levels(const uint32_t *params, unsigned stage);
void vtd_device_add(struct ims_driver *d, uint32_t src, const struct ims_dev_config *config);
void vtd_ctx_set(struct ims_driver *d, uint32_t src, uint32_t ctx,
		 const struct ims_ctx_config *config);
void vtd_ctx_clear(struct ims_driver *d, uint32_t src, uint32_t ctx);
void vtd_ctx_wipe(struct ims_driver *d, uint32_t src, uint32_t ctx);
bool vtd_ctx_dirty(struct ims_driver *d, uint32_t src, uint32_t ctx, bool on);
void vtd_device_clear(struct ims_driver *d, uint32_t src);

/* ---- queues, registers and records ---- */

/* Tables' lengths; registers by their number: regs.h. */
enum { VTD_ORDERS = 24, VTD_REGS = 64 };
extern const uint8_t vtd_rows_from[16];
extern const struct ims_order vtd_orders[VTD_ORDERS];
extern const struct ims_reg vtd_regs[VTD_REGS];

/* Derived for the queue and the records, from the end of ims_state.derived. */
enum vtd_derived_queue {
	VTD_D_NO_TYPES = IMS_DERIVED - 6, /* types of descriptors that the unit has not, as bits */
	VTD_D_TYPES_CHECKED,		  /* and those of which more is to be looked at */
	VTD_D_DID,			  /* bits of a domain id that this unit has, CAP.ND */
	VTD_D_PSI_ADDR,	   /* bits of an address that a type 2 descriptor names, CAP.MGAW */
	VTD_D_STATUS_ADDR, /* and that a wait writes to, the host address width */
	VTD_D_FI,	   /* and that a fault record shows, the largest AGAW */
};

/* Why the queue stops: IQERCD.IQEI (section 11.4.9.9), and besides them a time-out. */
enum vtd_queue_error {
	VTD_IQE_TAIL = 1,
	VTD_IQE_FETCH,
	VTD_IQE_TYPE,
	VTD_IQE_RESERVED,
	VTD_IQE_WIDTH,
	VTD_IQE_ALIGNMENT,
	VTD_IQE_TTM,
	VTD_ITE = 16,
};

/* The vendor's sources of IMS_EV_SIGNAL. */
enum vtd_signal { VTD_SIGNAL_FAULT, VTD_SIGNAL_COMPLETION, VTD_SIGNAL_PAGE };

/* Is DMA remapping enabled: GSTS.TES. A unit that nobody reset is, as software leaves it. */
bool vtd_translating(const struct ims_state *s);
/* Sets ims_state.rights_by_config. */
void vtd_rights(struct ims_state *s);
/* The part of ims_model.derive that queues, registers and records need. */
void vtd_derive_queue(struct ims_state *s);
uint16_t vtd_ready(struct ims_state *s, uint64_t root);
uint16_t vtd_accept(const struct ims_state *s, const struct ims_cmd_row *row,
		    const uint64_t *words);
void vtd_reset(struct ims_hw *hw);
void vtd_fault_recorded(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
			uint16_t code);
void vtd_queue_stopped(struct ims_hw *hw, unsigned ring, uint16_t error);
void vtd_wait_signalled(struct ims_hw *hw);
void vtd_atc_failed(struct ims_hw *hw, uint32_t src, const struct ims_cmd *timed_out);
enum ims_page_fate vtd_page_request(struct ims_hw *hw, const struct ims_page_req *req,
				    uint8_t *ret_code);

/* ---- host.c: what a host's driver takes ---- */

enum { VTD_HOSTS = 2 };
extern const struct ims_host_driver *const vtd_hosts[VTD_HOSTS];

#endif
