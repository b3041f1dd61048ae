/* SPDX-License-Identifier: MIT */
/*
 * AMD-Vi: what the files of this folder share. The specification (48882) was not at
 * hand; every position and rule stands on what Linux, FreeBSD, VirtualBox, Xen and
 * AMD's own firmware do, named as the source of each row. What they leave open is a
 * parameter. Sections are those of the reference sheet.
 */
#ifndef MODELS_AMDVI_AMDVI_H
#define MODELS_AMDVI_AMDVI_H

#include "iommusim/model.h"
#include "sim/core/bits.h"

enum {
	AMDVI_ADDRESS = 52, /* bits of a physical address in every structure */
	AMDVI_MEMORY = 40,  /* where this machine's memory ends */
	AMDVI_DTE_WORDS = 4,
	AMDVI_PASID_BITS = 20, /* the widest the commands hold */
};

/* The address in a pointer that software writes. */
#define AMDVI_ADDR IMS_BITS(AMDVI_ADDRESS - 1, 12)

/* The parameters of a unit, params.c. Capability header, EFR, EFR2; then what is open. */
enum amdvi_param {
	AMDVI_P_IOTLB_SUP,
	AMDVI_P_NP_CACHE,
	AMDVI_P_PREF_SUP,
	AMDVI_P_PPR_SUP,
	AMDVI_P_XT_SUP,
	AMDVI_P_NX_SUP,
	AMDVI_P_GT_SUP,
	AMDVI_P_SATS_SUP,
	AMDVI_P_IA_SUP,
	AMDVI_P_GA_SUP,
	AMDVI_P_HE_SUP,
	AMDVI_P_PC_SUP,
	AMDVI_P_HATS,
	AMDVI_P_GATS,
	AMDVI_P_GLX_SUP,
	AMDVI_P_GAM_SUP,
	AMDVI_P_DUAL_PPR,
	AMDVI_P_DUAL_EVT,
	AMDVI_P_PAS_MAX,
	AMDVI_P_US_SUP,
	AMDVI_P_DEV_TBL_SEG,
	AMDVI_P_PPR_EARLY,
	AMDVI_P_PPR_AUTO_RSP,
	AMDVI_P_MARC_SUP,
	AMDVI_P_BLK_STOP,
	AMDVI_P_PERF_OPT,
	AMDVI_P_MSI_CAP_MMIO,
	AMDVI_P_GIO_SUP,
	AMDVI_P_HA_SUP,
	AMDVI_P_EPH_SUP,
	AMDVI_P_ATTR_FW,
	AMDVI_P_HD_SUP,
	AMDVI_P_INV_IOTLB_TYPE,
	AMDVI_P_VIOMMU_SUP,
	AMDVI_P_GA_UPDATE_DIS,
	AMDVI_P_FORCE_PHY_DEST,
	AMDVI_P_SNP_SUP,
	AMDVI_P_SNP_MODE0,
	AMDVI_P_TMPM,
	AMDVI_P_GCR3_TRP_MODE,
	AMDVI_P_HT_RANGE_IGNORE,
	AMDVI_P_GUEST_IDS,
	AMDVI_P_SNP_ENABLED, /* by firmware */
	AMDVI_K1,
	AMDVI_K1B,
	AMDVI_K2,
	AMDVI_K_ATC_NO_PASID,
	AMDVI_K2B,
	AMDVI_K3,
	AMDVI_K4,
	AMDVI_K5,
	AMDVI_K6,
	AMDVI_K6_FETCHED,
	AMDVI_K7,
	AMDVI_K8A,
	AMDVI_K8B,
	AMDVI_K8C,
	AMDVI_K9,
	AMDVI_K_PASID_GV0,
	AMDVI_K_GCR3_INNER,
	AMDVI_K_ATS_MERGE,
	AMDVI_K_MERGE_ALL,
	AMDVI_K_US_ATS,
	AMDVI_K_DTE_CHECK,
	AMDVI_K_PRESENT_DENIED,
	AMDVI_K_RESET_MAPS,
	AMDVI_Q_LEAF_512G,
	AMDVI_PARAMS
};

/* K1: what a GN = 0 command does to entries of nested translations. */
enum amdvi_k1 { AMDVI_K1_PRECISE, AMDVI_K1_DOMAIN, AMDVI_K1_KEEP };

/* L1: the devices' own caches of K8c, in front of everything. */
enum amdvi_cache {
	AMDVI_DTC,
	AMDVI_GCR3,
	AMDVI_GPDC, /* guest partial walks */
	AMDVI_HPDC, /* host directory entries, and large leaves met in nested walks */
	AMDVI_IOTLB,
	AMDVI_ATC,
	AMDVI_L1,
	AMDVI_IRT, /* interrupt table entries */
	AMDVI_CACHES
};

/* Classes of entries: how they came about. A tag with GN = 0 is one without ctx. */
enum amdvi_class {
	AMDVI_CLASS_NONE,   /* no tables */
	AMDVI_CLASS_HOST,   /* GN = 0 */
	AMDVI_CLASS_GUEST,  /* GN = 1, Mode = 0 */
	AMDVI_CLASS_NESTED, /* GN = 1 */
	AMDVI_CLASS_LEAF,   /* in the host directory cache: a large leaf */
	AMDVI_CLASSES
};

/* Registers, by their place in ims_state.regs; offsets in regs.c. */
enum amdvi_reg {
	AMDVI_R_DEVTAB,
	AMDVI_R_CMDBUF,
	AMDVI_R_EVTLOG,
	AMDVI_R_CTRL,
	AMDVI_R_EXCL_BASE,
	AMDVI_R_EXCL_LIMIT,
	AMDVI_R_EFR,
	AMDVI_R_PPRLOG,
	AMDVI_R_SEG1, /* and six more */
	AMDVI_R_SEG7 = AMDVI_R_SEG1 + 6,
	AMDVI_R_MSI_ADDR,
	AMDVI_R_MSI_UPPER,
	AMDVI_R_MSI_DATA,
	AMDVI_R_EFR2,
	AMDVI_R_PPRLOG_B, /* and below: not modelled, so that nothing can be in them */
	AMDVI_R_EVTLOG_B,
	AMDVI_R_VIOMMU_STATUS,
	AMDVI_R_CMD_HEAD,
	AMDVI_R_CMD_TAIL,
	AMDVI_R_EVT_HEAD,
	AMDVI_R_EVT_TAIL,
	AMDVI_R_STATUS,
	AMDVI_R_PPR_HEAD,
	AMDVI_R_PPR_TAIL,
	/* Inside hardware, at no offset. */
	AMDVI_R_CTRL_WAS, /* the control register before it was written */
	/* viommu.h: four guests with nine registers each, and what their maps have. */
	AMDVI_R_VF,
	AMDVI_R_MAP = AMDVI_R_VF + 36,
	AMDVI_REGS = AMDVI_R_MAP + 32
};

/* Control register, section 7. */
enum { AMDVI_CTRL_AT = 0x18 };
#define AMDVI_CTRL_EN		  IMS_BIT(0)
#define AMDVI_CTRL_EVT_LOG	  IMS_BIT(2)
#define AMDVI_CTRL_EVT_INT	  IMS_BIT(3)
#define AMDVI_CTRL_COMWAIT_INT	  IMS_BIT(4)
#define AMDVI_CTRL_INV_TIMEOUT	  IMS_FIELD(7, 5)
#define AMDVI_CTRL_COHERENT	  IMS_BIT(10)
#define AMDVI_CTRL_CMD_BUF	  IMS_BIT(12)
#define AMDVI_CTRL_PPR_LOG	  IMS_BIT(13)
#define AMDVI_CTRL_PPR_INT	  IMS_BIT(14)
#define AMDVI_CTRL_PPR		  IMS_BIT(15)
#define AMDVI_CTRL_GT		  IMS_BIT(16)
#define AMDVI_CTRL_GA		  IMS_BIT(17)
#define AMDVI_CTRL_SEG		  IMS_FIELD(36, 34)
#define AMDVI_CTRL_PPR_AUTO	  IMS_BIT(39)
#define AMDVI_CTRL_BLK_STOP	  IMS_BIT(41)
#define AMDVI_CTRL_PPR_ALWAYS	  IMS_BIT(42)
#define AMDVI_CTRL_EPH		  IMS_BIT(45)
#define AMDVI_CTRL_HAD		  IMS_FIELD(47, 46)
#define AMDVI_CTRL_GD_DIS	  IMS_BIT(48)
#define AMDVI_CTRL_XT		  IMS_BIT(50)
#define AMDVI_CTRL_VCMD		  IMS_BIT(52)
#define AMDVI_CTRL_VIOMMU	  IMS_BIT(53)
#define AMDVI_CTRL_GA_DIS	  IMS_BIT(54)
#define AMDVI_CTRL_GCR3_TRP_MODE  IMS_BIT(58)
#define AMDVI_CTRL_IRT_CACHE_DIS  IMS_BIT(59)
#define AMDVI_CTRL_GST_BUFFER_TRP IMS_BIT(60)

/* Status register 0x2020. */
#define AMDVI_STATUS_EVT_OVERFLOW IMS_BIT(0)
#define AMDVI_STATUS_EVT_INT	  IMS_BIT(1)
#define AMDVI_STATUS_COMWAIT_INT  IMS_BIT(2)
#define AMDVI_STATUS_EVT_RUN	  IMS_BIT(3)
#define AMDVI_STATUS_CMD_RUN	  IMS_BIT(4)
#define AMDVI_STATUS_PPR_OVERFLOW IMS_BIT(5)
#define AMDVI_STATUS_PPR_INT	  IMS_BIT(6)
#define AMDVI_STATUS_PPR_RUN	  IMS_BIT(7)

/* What an interrupt message is about; there is one message for all. */
enum amdvi_signal { AMDVI_SIGNAL_EVENT, AMDVI_SIGNAL_WAIT, AMDVI_SIGNAL_PPR };

/* Why commands stop. */
enum amdvi_queue_error {
	AMDVI_QE_OPCODE = 1,
	AMDVI_QE_RESERVED,
	AMDVI_QE_GUEST_EVENT,
	AMDVI_QE_GUEST_ALL,
	AMDVI_QE_FETCH,
	AMDVI_QE_NO_ANSWER,
};

/* Device table entry, 256 bits, section 1. */
#define AMDVI_DTE_V	     IMS_FIELD(0, 0)
#define AMDVI_DTE_TV	     IMS_FIELD(1, 1)
#define AMDVI_DTE_HAD	     IMS_FIELD(8, 7)
#define AMDVI_DTE_MODE	     IMS_FIELD(11, 9)
#define AMDVI_DTE_ROOT	     IMS_FIELD(51, 12)
#define AMDVI_DTE_PPR	     IMS_FIELD(52, 52)
#define AMDVI_DTE_GPRP	     IMS_FIELD(53, 53)
#define AMDVI_DTE_GIOV	     IMS_FIELD(54, 54)
#define AMDVI_DTE_GV	     IMS_FIELD(55, 55)
#define AMDVI_DTE_GLX	     IMS_FIELD(57, 56)
#define AMDVI_DTE_GCR3_14_12 IMS_FIELD(60, 58)
#define AMDVI_DTE_IR	     IMS_FIELD(61, 61)
#define AMDVI_DTE_IW	     IMS_FIELD(62, 62)
#define AMDVI_DTE_DOM	     IMS_FIELD(79, 64)
#define AMDVI_DTE_GCR3_30_15 IMS_FIELD(95, 80)
#define AMDVI_DTE_I	     IMS_FIELD(96, 96)
#define AMDVI_DTE_SE	     IMS_FIELD(97, 97)
#define AMDVI_DTE_SA	     IMS_FIELD(98, 98)
#define AMDVI_DTE_IOCTL	     IMS_FIELD(100, 99)
#define AMDVI_DTE_CACHE	     IMS_FIELD(101, 101)
#define AMDVI_DTE_SD	     IMS_FIELD(102, 102)
#define AMDVI_DTE_EX	     IMS_FIELD(103, 103)
#define AMDVI_DTE_SYSMGT     IMS_FIELD(105, 104)
#define AMDVI_DTE_SATS	     IMS_FIELD(106, 106)
#define AMDVI_DTE_GCR3_51_31 IMS_FIELD(127, 107)
#define AMDVI_DTE_IV	     IMS_FIELD(128, 128)
#define AMDVI_DTE_INTTABLEN  IMS_FIELD(132, 129)
#define AMDVI_DTE_IG	     IMS_FIELD(133, 133)
#define AMDVI_DTE_INTROOT    IMS_FIELD(179, 134)
#define AMDVI_DTE_GPM	     IMS_FIELD(183, 182)
#define AMDVI_DTE_INIT	     IMS_FIELD(184, 184)
#define AMDVI_DTE_EINT	     IMS_FIELD(185, 185)
#define AMDVI_DTE_NMI	     IMS_FIELD(186, 186)
#define AMDVI_DTE_HPT	     IMS_FIELD(187, 187)
#define AMDVI_DTE_INTCTL     IMS_FIELD(189, 188)
#define AMDVI_DTE_LINT0	     IMS_FIELD(190, 190)
#define AMDVI_DTE_LINT1	     IMS_FIELD(191, 191)
#define AMDVI_DTE_VIMU	     IMS_FIELD(207, 207)
#define AMDVI_DTE_GDEVICE    IMS_FIELD(223, 208)
#define AMDVI_DTE_GUEST	     IMS_FIELD(239, 224)
#define AMDVI_DTE_ATTRV	     IMS_FIELD(246, 246)
#define AMDVI_DTE_MODE0FC    IMS_FIELD(247, 247)
#define AMDVI_DTE_SNOOPATTR  IMS_FIELD(255, 248)

/* Event codes, section 4. */
enum amdvi_event {
	AMDVI_E_ILLEGAL_DEV_TABLE_ENTRY = 1,
	AMDVI_E_IO_PAGE_FAULT,
	AMDVI_E_DEV_TAB_HARDWARE_ERROR,
	AMDVI_E_PAGE_TAB_HARDWARE_ERROR,
	AMDVI_E_ILLEGAL_COMMAND_ERROR,
	AMDVI_E_COMMAND_HARDWARE_ERROR,
	AMDVI_E_IOTLB_INV_TIMEOUT,
	AMDVI_E_INVALID_DEVICE_REQUEST,
	AMDVI_E_INVALID_PPR_REQUEST,
	AMDVI_E_EVENT_COUNTER_ZERO,
	AMDVI_E_GUEST_EVENT_FAULT,
	AMDVI_E_VIOMMU_HARDWARE_ERROR,
	AMDVI_E_RMP_PAGE_FAULT,
	AMDVI_E_RMP_HARDWARE_ERROR,
};

/*
 * Faults: the event code, and below it a cause of this model's own numbering, which
 * the event's flags are made of. On a table: the same met while a GCR3 or guest table
 * was fetched through the host's.
 */
#define AMDVI_EVENT(fault) ((fault) >> 8)
#define AMDVI_ON_TABLE	   0x40
enum amdvi_fault {
	AMDVI_F_DTE_RESERVED = 0x101,
	AMDVI_F_DTE_MODE,
	AMDVI_F_DTE_GLX,
	AMDVI_F_DTE_GPM,
	AMDVI_F_DTE_GV,
	AMDVI_F_DTE_RANGE,
	AMDVI_F_DTE_MODE0,
	AMDVI_F_DTE_VALUE,
	AMDVI_F_RANGE = 0x201,
	AMDVI_F_TV,
	AMDVI_F_MODE,
	AMDVI_F_DTE_DENIED,
	AMDVI_F_INTERRUPT,
	AMDVI_F_PASID,
	AMDVI_F_GCR3_ABSENT,
	AMDVI_F_GCR3_RESERVED,
	AMDVI_F_GUEST_WIDTH,
	AMDVI_F_GUEST_ABSENT,
	AMDVI_F_GUEST_RESERVED,
	AMDVI_F_GUEST_DENIED,
	AMDVI_F_GUEST_USER,
	AMDVI_F_GUEST_UPDATE,
	AMDVI_F_GUEST_USER_ATS,
	AMDVI_F_HOST_WIDTH,
	AMDVI_F_HOST_ABSENT,
	AMDVI_F_HOST_RESERVED,
	AMDVI_F_HOST_LEVEL,
	AMDVI_F_HOST_SIZE,
	AMDVI_F_HOST_SKIPPED,
	AMDVI_F_HOST_DENIED,
	AMDVI_F_IRTE_RANGE,
	AMDVI_F_IRTE_ABSENT,
	AMDVI_F_IRTE_RESERVED,
	AMDVI_F_IRTE_TYPE,
	AMDVI_F_DTE_ERROR = 0x301,
	AMDVI_F_GCR3_ERROR = 0x401,
	AMDVI_F_GUEST_ERROR,
	AMDVI_F_HOST_ERROR,
	AMDVI_F_IRTE_ERROR,
	AMDVI_F_TRANSLATED = 0x801,
	AMDVI_F_ATS,
	AMDVI_F_NO_GV,
	AMDVI_F_PPR = 0x901,
	AMDVI_F_PPR_PASID,
};

/* What derive makes of parameters and registers, derive.c. */
enum amdvi_derived {
	AMDVI_D_DTE, /* reserved bits of the first three words, and the last */
	AMDVI_D_DTE_1,
	AMDVI_D_DTE_2,
	AMDVI_D_DTE_3,
	AMDVI_D_DTE_INT, /* of the third word, where IV = 1 */
	AMDVI_D_ENABLED,
	AMDVI_D_GT,
	AMDVI_D_MODES,	     /* levels of host tables supported; 0: none */
	AMDVI_D_HOST_LEAVES, /* levels, as bits */
	AMDVI_D_TRP_GPA,     /* the GCR3 root pointer is guest-physical */
	AMDVI_D_OPTIONS,     /* enum amdvi_option bits of every request */
	AMDVI_D_HAD,	     /* as the control register allows it */
	AMDVI_D_CTRL,	     /* what of the control register there is */
	AMDVI_D_CMD_OPS,     /* opcodes that this unit has, as bits */
	AMDVI_D_SEG,	     /* log2 of the device table's segments */
	AMDVI_DERIVED
};

/* ims_path.options: what the walk has to know besides. */
enum amdvi_option {
	AMDVI_O_HOST_A = 1,
	AMDVI_O_HOST_D = 2,
	AMDVI_O_GUEST_A = 4,
	AMDVI_O_GUEST_D = 8,
	AMDVI_O_AT_ONCE = 16,  /* a missing permission ends the walk where it is missing */
	AMDVI_O_FORCED = 32,   /* guest bits are set whatever the host permits */
	AMDVI_O_NEGATIVE = 64, /* absence may be cached */
	AMDVI_O_USER_SILENT = 128,
};

/* Of a GCR3 entry: V is bit 0, the table or the guest's CR3 51:12. */
#define AMDVI_GCR3_RESERVED (IMS_BITS(63, 52) | IMS_BITS(11, 1))

/* The interrupt addresses, section 3. */
#define AMDVI_INTERRUPTS_FIRST UINT64_C(0xfee00000)
#define AMDVI_INTERRUPTS_LAST  UINT64_C(0xfeefffff)

extern const struct ims_model amdvi_model;
extern const struct ims_param amdvi_params[];
extern const struct ims_param_rule amdvi_param_rules[];

/* The tables' lengths; each is checked where the table stands. */
enum {
	AMDVI_ROWS = 14,
	AMDVI_FAULTS = 51,
	AMDVI_QUEUE_ERRORS = 6,
	AMDVI_ORDERS = 18,
	AMDVI_PARAM_RULES = 4,
	AMDVI_REG_ROWS = 69,
	AMDVI_GUEST_RULES = 36,
	AMDVI_HOST_RULES = 20,
	AMDVI_COLUMNS = 31,
	AMDVI_POLICIES = 4,
	AMDVI_PROG_RULES = 2,
	AMDVI_GUEST_PARAMS = 3,
	AMDVI_NEEDS = 2
};

extern const struct ims_format amdvi_guest_format, amdvi_host_format;
extern const struct ims_cache_def amdvi_caches[AMDVI_CACHES];
extern const struct ims_cmd_row amdvi_rows[AMDVI_ROWS];
extern const uint8_t amdvi_rows_from[16];
extern const struct ims_order amdvi_orders[AMDVI_ORDERS];
extern const struct ims_fault_def amdvi_faults[AMDVI_FAULTS],
	amdvi_queue_errors[AMDVI_QUEUE_ERRORS];
extern const struct ims_reg amdvi_regs[AMDVI_REG_ROWS];
extern const struct ims_scope_row amdvi_scope[IMS_TOPICS];
extern const struct ims_column_use amdvi_columns[AMDVI_COLUMNS];

enum { AMDVI_TOLD = 1 };
extern const struct ims_told_queue amdvi_told[AMDVI_TOLD];
extern const struct ims_policy_row amdvi_policies[AMDVI_POLICIES];
extern const struct ims_rule amdvi_guest_rules[AMDVI_GUEST_RULES],
	amdvi_host_rules[AMDVI_HOST_RULES];

extern const struct ims_prog_rule amdvi_prog_rules[AMDVI_PROG_RULES];
extern const struct ims_param_set amdvi_guest_params[AMDVI_GUEST_PARAMS];
extern const struct ims_param_rule amdvi_needs[AMDVI_NEEDS];

void amdvi_derive(struct ims_state *s);
uint16_t amdvi_path(struct ims_hw *hw, const struct ims_req *req, struct ims_path *ret_path);
uint16_t amdvi_walk(struct ims_walker *w, const struct ims_path *path, const struct ims_req *req,
		    struct ims_leaf *leaf);
uint8_t amdvi_ats_answer(uint16_t fault);
uint16_t amdvi_denied(struct ims_hw *hw, const struct ims_req *req, uint16_t missing,
		      uint16_t perm);
/* A fault of a translation request that no event tells of. */
bool amdvi_silent(const struct ims_req *req, uint16_t fault);
/* The entry's own copy of a request's DTE in the cache says that a fault was reported (SE). */
void amdvi_reported(struct ims_hw *hw, const struct ims_req *req);
void amdvi_decode(const struct ims_state *state, const struct ims_cmd_row *row,
		  const uint64_t *words, struct ims_cmd *cmd);
void amdvi_encode(const struct ims_cmd_row *row, const struct ims_cmd_args *args, uint64_t *words);
/* queue.c: the command buffer. */
void amdvi_derive_queue(struct ims_state *s);
uint16_t amdvi_accept(const struct ims_state *s, const struct ims_cmd_row *row,
		      const uint64_t *words);
void amdvi_queue_stopped(struct ims_hw *hw, unsigned ring, uint16_t error);
void amdvi_wait_signalled(struct ims_hw *hw);
void amdvi_guest_refused(struct ims_hw *hw, const struct ims_cmd *cmd);
void amdvi_atc_failed(struct ims_hw *hw, uint32_t src, const struct ims_cmd *cmd);
void amdvi_fetch(struct ims_hw *hw, const struct ims_cmd *cmd);
/* Where a command stands in a ring, by its place there. */
uint64_t amdvi_command_at(const struct ims_hw *hw, unsigned ring, uint32_t at);
/* After a write of the control register, which held @was. */
void amdvi_queue_control(struct ims_hw *hw, uint64_t was);
/* Of a base register: log2 of the entries; codes below 8 are reserved. */
unsigned amdvi_length_lg2(uint64_t base);
uint64_t amdvi_cmdbuf_value(const struct ims_hw *hw, const struct ims_reg *r);
uint64_t amdvi_cmd_head_value(const struct ims_hw *hw, const struct ims_reg *r);
uint64_t amdvi_cmd_tail_value(const struct ims_hw *hw, const struct ims_reg *r);
void amdvi_cmdbuf_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void amdvi_cmd_head_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void amdvi_cmd_tail_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);

/*
 * interrupt.c. An interrupt, by its address; what the DTE of its device makes of it: 0
 * and the answer in @path, or a fault.
 */
bool amdvi_is_interrupt(const struct ims_req *req);
uint16_t amdvi_interrupt(struct ims_hw *hw, const struct ims_req *req, const uint64_t *dte,
			 struct ims_path *path);
/* ims_path.message: the destination in 31:0; from these bits on the others, and that there is one. */
enum { AMDVI_MESSAGE_VECTOR = 32, AMDVI_MESSAGE_TYPE = 40, AMDVI_MESSAGE_DM = 43 };
#define AMDVI_MESSAGE IMS_BIT(63)

/* events.c: the event log. */
void amdvi_fault(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
		 uint16_t code);
/* The same of a command in the ring that @guest owns. */
void amdvi_guest_event_put(struct ims_hw *hw, enum amdvi_event event, unsigned guest,
			   uint64_t addr);
/* An event of the unit or a device itself: @addr is that of a command. */
void amdvi_event_put(struct ims_hw *hw, enum amdvi_event event, uint32_t src, uint64_t addr);

/* A log in memory: a base, a tail that hardware and a head that software moves. */
struct amdvi_log {
	uint8_t base, head, tail;	   /* enum amdvi_reg */
	uint8_t signal;			   /* enum amdvi_signal */
	uint64_t run, overflow, interrupt; /* of the status register */
	uint64_t interrupt_on, on;	   /* of the control register */
};
extern const struct amdvi_log amdvi_event_log, amdvi_ppr_log;
/* False: there is no room any more, and it is off from now on; or it was off. */
bool amdvi_log_put(struct ims_hw *hw, const struct amdvi_log *log, uint64_t qw0, uint64_t qw1);
/* After a write of the control register, which held @was. */
void amdvi_log_control(struct ims_hw *hw, const struct amdvi_log *log, uint64_t was);
/* Sets a bit of the status register, with an interrupt if it was clear and @on is of the control register. */
void amdvi_status_set(struct ims_hw *hw, uint64_t bit, uint64_t on, enum amdvi_signal signal);

/* ppr.c: page requests. */
enum ims_page_fate amdvi_page_request(struct ims_hw *hw, const struct ims_page_req *req,
				      uint8_t *ret_code);

/* regs.c */
void amdvi_derive_regs(struct ims_state *s);
void amdvi_reset(struct ims_hw *hw);
static inline uint64_t *amdvi_reg(struct ims_hw *hw, enum amdvi_reg at)
{
	return &ims_hw_state(hw)->regs[at];
}

/* The DTE's pointer to the GCR3 table, in its three pieces. */
uint64_t amdvi_gcr3_get(const uint64_t *dte);
void amdvi_gcr3_put(uint64_t *dte, uint64_t table);
void amdvi_live(struct ims_hw *hw, struct ims_live *e);
void amdvi_setup(struct ims_driver *d);
void amdvi_device_add(struct ims_driver *d, uint32_t src, const struct ims_dev_config *config);
void amdvi_ctx_set(struct ims_driver *d, uint32_t src, uint32_t ctx,
		   const struct ims_ctx_config *config);
void amdvi_ctx_clear(struct ims_driver *d, uint32_t src, uint32_t ctx);
bool amdvi_ctx_dirty(struct ims_driver *d, uint32_t src, uint32_t ctx, bool on);
void amdvi_device_clear(struct ims_driver *d, uint32_t src);
/* An entry of the host's tables alone. */
void amdvi_host_entry(struct ims_driver *d, uint32_t src, const struct ims_ctx_config *config);
void amdvi_device_limits(const uint32_t *params, struct ims_dev_config *config);
uint8_t amdvi_leaf_levels(const uint32_t *params, unsigned stage);
void amdvi_guest_entry(struct ims_driver *d, uint32_t src, struct ims_guest_entry *ret);
bool amdvi_guest_entry_at(struct ims_driver *d, uint64_t addr, uint32_t *ret_src,
			  unsigned *ret_word);
bool amdvi_guest_ctx(struct ims_driver *d, const struct ims_guest_entry *e, uint32_t *ctx);
void amdvi_nest(struct ims_driver *d, uint32_t src, const struct ims_guest_entry *e,
		const struct ims_ctx_config *config);

/* ---- host.c: what a host's driver takes ---- */

enum { AMDVI_HOSTS = 4 };
extern const struct ims_host_driver *const amdvi_hosts[AMDVI_HOSTS];

#endif
