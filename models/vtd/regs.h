/* SPDX-License-Identifier: MIT */
/* Registers (VT-d 5.10 section 11.4): their places in ims_state.regs, and their bits. */
#ifndef MODELS_VTD_REGS_H
#define MODELS_VTD_REGS_H

#include "vtd.h"

#define VTD_FAULTS_MAX 16 /* recording registers there may be; CAP.NFR says how many there are */

enum {
	VTD_FRCD_OFFSET = 0x400, /* CAP.FRO * 16 */
	VTD_IVA_OFFSET = 0x500,	 /* ECAP.IRO * 16; IOTLB_REG stands behind it */
};

enum vtd_reg_at {
	VTD_R_VER,
	VTD_R_CAP,
	VTD_R_ECAP,
	VTD_R_GCMD,
	VTD_R_GSTS,
	VTD_R_RTADDR,
	VTD_R_CCMD,
	VTD_R_FSTS,
	VTD_R_FECTL,
	VTD_R_FEDATA,
	VTD_R_FEADDR,
	VTD_R_FEUADDR,
	VTD_R_IQH,
	VTD_R_IQT,
	VTD_R_IQA,
	VTD_R_ICS,
	VTD_R_IECTL,
	VTD_R_IEDATA,
	VTD_R_IEADDR,
	VTD_R_IEUADDR,
	VTD_R_IQERCD,
	VTD_R_IRTA,
	VTD_R_PQH,
	VTD_R_PQT,
	VTD_R_PQA,
	VTD_R_PRS,
	VTD_R_PECTL,
	VTD_R_PEDATA,
	VTD_R_PEADDR,
	VTD_R_PEUADDR,
	VTD_R_IVA,
	VTD_R_FRCD, /* lower and upper half of each */
	VTD_R_IOTLB = VTD_R_FRCD + 2 * VTD_FAULTS_MAX,
	/* Inside hardware, at no offset. */
	VTD_R_FAULT_NEXT, /* the recording register that is next */
	VTD_R_TAIL_WRONG, /* why IQT cannot be used as it was written, or 0 */
	VTD_R_RTADDR_SET, /* 1: RTADDR was written by software */
};

/* GCMD_REG and GSTS_REG, section 11.4.4. */
#define VTD_TE	  IMS_BIT(31)
#define VTD_SRTP  IMS_BIT(30)
#define VTD_WBF	  IMS_BIT(27)
#define VTD_QIE	  IMS_BIT(26)
#define VTD_IRE	  IMS_BIT(25)
#define VTD_SIRTP IMS_BIT(24)
#define VTD_CFI	  IMS_BIT(23)

/* RTADDR_REG, section 11.4.5. */
#define VTD_RTA_TTM    IMS_BITS(11, 10)
#define VTD_RTA_SSIRWE IMS_BIT(7)

/* FSTS_REG, section 11.4.7.1. */
#define VTD_PFO	       IMS_BIT(0)
#define VTD_PPF	       IMS_BIT(1)
#define VTD_IQE	       IMS_BIT(4)
#define VTD_ICE	       IMS_BIT(5)
#define VTD_ITE_BIT    IMS_BIT(6)
#define VTD_FSTS_CAUSE (VTD_PFO | VTD_PPF | VTD_IQE | VTD_ICE | VTD_ITE_BIT)

/* The control register of each event: FECTL, IECTL, PECTL. */
#define VTD_IM IMS_BIT(31)
#define VTD_IP IMS_BIT(30)

/* ICS_REG and PRS_REG, sections 11.4.9.4 and 11.4.11.4. */
#define VTD_IWC IMS_BIT(0)
#define VTD_PPR IMS_BIT(0)
#define VTD_PRO IMS_BIT(1)

static inline uint64_t *vtd_reg(struct ims_hw *hw, enum vtd_reg_at at)
{
	return &ims_hw_state(hw)->regs[at];
}

/* An interrupt condition came up where there was none: the message, or IP while it is masked. */
void vtd_event_raise(struct ims_hw *hw, enum vtd_signal which);
/* All conditions of the event are served. */
void vtd_event_serve(struct ims_hw *hw, enum vtd_signal which);
/* Software wrote the event's control register. */
void vtd_event_control(struct ims_hw *hw, enum vtd_signal which);

/* The registers' part of what is derived. */
void vtd_derive_regs(struct ims_state *s);

/* Records a non-recoverable fault; @type: T1 and T2 as one number. */
void vtd_record(struct ims_hw *hw, const struct ims_req *req, unsigned type, uint16_t code);

/* What registers do when they are written; each in the file of what it is about. */
void vtd_fsts_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void vtd_frcd_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void vtd_iqt_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void vtd_iqa_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void vtd_ics_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void vtd_prs_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
uint64_t vtd_iqh_value(const struct ims_hw *hw, const struct ims_reg *r);
uint64_t vtd_iqt_value(const struct ims_hw *hw, const struct ims_reg *r);
uint64_t vtd_iqa_value(const struct ims_hw *hw, const struct ims_reg *r);

/* Queued invalidation is enabled, or disabled. */
void vtd_queue_enable(struct ims_hw *hw, bool on);
/* Errors were cleared: fetching goes on if none is left. */
void vtd_queue_go_on(struct ims_hw *hw);

#endif
