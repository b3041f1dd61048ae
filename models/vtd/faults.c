/* SPDX-License-Identifier: MIT */
/* Fault reasons, their answers to ATS, and the reasons an invalidation queue stops. */
#include "vtd.h"

#define T30 "VT-d 5.10 table 30"

/* clang-format off */
const struct ims_fault_def vtd_faults[] = {
	{ VTD_LRT_1,  "LRT.1",  "legacy root entry could not be read", T30 },
	{ VTD_LRT_2,  "LRT.2",  "legacy root entry not present", T30 },
	{ VTD_LRT_3,  "LRT.3",  "reserved bit in a legacy root entry", T30 },
	{ VTD_LCT_1,  "LCT.1",  "legacy context entry could not be read", T30 },
	{ VTD_LCT_2,  "LCT.2",  "legacy context entry not present", T30 },
	{ VTD_LCT_3,  "LCT.3",  "reserved bit in a legacy context entry", T30 },
	{ VTD_LCT_4,  "LCT.4",  "invalid value in a legacy context entry, or its second-stage root table could not be read", T30 },
	{ VTD_LCT_5,  "LCT.5",  "ATS request while the legacy context entry blocks it (TT)", T30 },
	{ VTD_LSS_1,  "LSS.1",  "legacy mode: second-stage entry could not be read", T30 },
	{ VTD_LSS_2,  "LSS.2",  "legacy mode: reserved bit in a second-stage entry", T30 },
	{ VTD_LGN_1,  "LGN.1",  "legacy mode: address beyond the width", T30 },
	{ VTD_LGN_2,  "LGN.2",  "legacy mode: no write permission", T30 },
	{ VTD_LGN_3,  "LGN.3",  "legacy mode: no read permission", T30 },
	{ VTD_LGN_4,  "LGN.4",  "legacy mode: output in the interrupt address range", T30 },
	{ VTD_IR_29,  "IR.29",  "neither interrupt nor zero-length read in the interrupt address range", "VT-d 5.10 table 15, table 29" },
	{ VTD_IR_2B,  "IR.2B",  "interrupt while remapping is disabled and required (IRREQ)", "VT-d 5.10 section 11.4.3, IRREQ" },
	{ VTD_RTA_1,  "RTA.1",  "reserved bit or reserved TTM in the root-table address", T30 },
	{ VTD_RTA_2,  "RTA.2",  "request with PASID in legacy mode", T30 },
	{ VTD_RTA_3,  "RTA.3",  "page request in legacy mode", T30 },
	{ VTD_RTA_4,  "RTA.4",  "translation table mode is abort-DMA", T30 },
	{ VTD_RTA_5,  "RTA.5",  "request with PASID to execute, from version 8", T30 },
	{ VTD_SRT_1,  "SRT.1",  "root entry could not be read", T30 },
	{ VTD_SRT_2,  "SRT.2",  "root entry not present", T30 },
	{ VTD_SRT_3,  "SRT.3",  "reserved bit in a root entry", T30 },
	{ VTD_SCT_1,  "SCT.1",  "context entry could not be read", T30 },
	{ VTD_SCT_2,  "SCT.2",  "context entry not present", T30 },
	{ VTD_SCT_3,  "SCT.3",  "reserved bit in a context entry", T30 },
	{ VTD_SCT_4,  "SCT.4",  "invalid value in a context entry", T30 },
	{ VTD_SCT_5,  "SCT.5",  "ATS request while the context entry has DTE=0", T30 },
	{ VTD_SCT_6,  "SCT.6",  "request with PASID while PASIDE=0", T30 },
	{ VTD_SCT_7,  "SCT.7",  "PASID beyond the PASID directory (PDTS)", T30 },
	{ VTD_SCT_8,  "SCT.8",  "page request while PRE=0", T30 },
	{ VTD_SCT_9,  "SCT.9",  "request with PASID equal to RID_PASID", T30 },
	{ VTD_SCT_10, "SCT.10", "translated request with PASID", T30 },
	{ VTD_SPD_1,  "SPD.1",  "PASID-directory entry could not be read", T30 },
	{ VTD_SPD_2,  "SPD.2",  "PASID-directory entry not present", T30 },
	{ VTD_SPD_3,  "SPD.3",  "reserved bit in a PASID-directory entry", T30 },
	{ VTD_SPT_1,  "SPT.1",  "PASID-table entry could not be read", T30 },
	{ VTD_SPT_2,  "SPT.2",  "PASID-table entry not present", T30 },
	{ VTD_SPT_3,  "SPT.3",  "reserved bit in a PASID-table entry", T30 },
	{ VTD_SPT_4,  "SPT.4",  "invalid value in a PASID-table entry", T30 },
	{ VTD_SPT_5,  "SPT.5",  "request with PASID to execute, up to version 7", T30 },
	{ VTD_SPT_6,  "SPT.6",  "privileged request while SRE=0", T30 },
	{ VTD_SFS_1,  "SFS.1",  "first-stage entry could not be read", T30 },
	{ VTD_SFS_2,  "SFS.2",  "first-stage entry not present", T30 },
	{ VTD_SFS_3,  "SFS.3",  "reserved bit in a first-stage entry", T30 },
	{ VTD_SFS_4,  "SFS.4",  "first-stage root table could not be read", T30 },
	{ VTD_SFS_5,  "SFS.5",  "first-stage address wider than the second stage", T30 },
	{ VTD_SFS_6,  "SFS.6",  "second stage forbids reading the first-stage root table", T30 },
	{ VTD_SFS_7,  "SFS.7",  "second stage forbids reading a first-stage table", T30 },
	{ VTD_SFS_8,  "SFS.8",  "second stage forbids setting accessed or dirty in a first-stage table", T30 },
	{ VTD_SSS_1,  "SSS.1",  "second-stage entry could not be read", T30 },
	{ VTD_SSS_2,  "SSS.2",  "second-stage entry not present", T30 },
	{ VTD_SSS_3,  "SSS.3",  "reserved bit in a second-stage entry", T30 },
	{ VTD_SSS_4,  "SSS.4",  "second-stage root table could not be read", T30 },
	{ VTD_SSS_5,  "SSS.5",  "accessed or dirty to be set in a second-stage entry read without snooping", T30 },
	{ VTD_SSS_6,  "SSS.6",  "accessed or dirty could not be set in a second-stage entry", T30 },
	{ VTD_SGN_1,  "SGN.1",  "address not canonical", T30 },
	{ VTD_SGN_2,  "SGN.2",  "user request to a supervisor page", T30 },
	{ VTD_SGN_4,  "SGN.4",  "host address beyond the host address width", T30 },
	{ VTD_SGN_5,  "SGN.5",  "address beyond the second-stage width", T30 },
	{ VTD_SGN_6,  "SGN.6",  "no write permission", T30 },
	{ VTD_SGN_7,  "SGN.7",  "no read permission", T30 },
	{ VTD_SGN_8,  "SGN.8",  "output in the interrupt address range", T30 },
	{ VTD_SGN_10, "SGN.10", "PASID beyond the PASID size (PSS)", T30 },
	{ VTD_SFS_9,  "SFS.9",  "accessed or dirty to be set in a first-stage table read without snooping", T30 },
	{ VTD_SFS_10, "SFS.10", "accessed or dirty could not be set in a first-stage entry", T30 },
};
_Static_assert(sizeof(vtd_faults) / sizeof(vtd_faults[0]) == VTD_FAULTS, "as announced");

const struct ims_fault_def vtd_queue_errors[] = {
	{ VTD_IQE_TAIL,      "IQE/1", "queue tail beyond the queue", "VT-d 5.10 section 11.4.9.9, IQEI" },
	{ VTD_IQE_FETCH,     "IQE/2", "descriptor could not be fetched", "VT-d 5.10 section 11.4.9.9, IQEI" },
	{ VTD_IQE_TYPE,      "IQE/3", "invalid descriptor type, for this mode or for want of a capability", "VT-d 5.10 section 11.4.9.9, IQEI" },
	{ VTD_IQE_RESERVED,  "IQE/4", "reserved field or reserved granularity in a descriptor", "VT-d 5.10 section 11.4.9.9, IQEI" },
	{ VTD_IQE_WIDTH,     "IQE/5", "descriptor width not allowed in this mode", "VT-d 5.10 section 11.4.9.9, IQEI" },
	{ VTD_IQE_ALIGNMENT, "IQE/6", "queue tail not aligned to the descriptor width", "VT-d 5.10 section 11.4.9.9, IQEI" },
	{ VTD_IQE_TTM,       "IQE/7", "invalid translation table mode", "VT-d 5.10 section 11.4.9.9, IQEI" },
	{ VTD_ITE,	     "ITE",   "a device did not answer an invalidation in time", "VT-d 5.10 section 6.5.2.11" },
};
_Static_assert(sizeof(vtd_queue_errors) / sizeof(vtd_queue_errors[0]) == VTD_QUEUE_ERRORS, "as announced");

/* Table 30, the two translation-request columns; what is not listed is a success without permission. */
static const struct {
	uint16_t code;
	uint8_t answer;
} answers[] = {
	{ VTD_LRT_1, IMS_ATS_ABORT },	    { VTD_LRT_2, IMS_ATS_UNSUPPORTED },	{ VTD_LRT_3, IMS_ATS_ABORT },
	{ VTD_LCT_1, IMS_ATS_ABORT },	    { VTD_LCT_2, IMS_ATS_UNSUPPORTED },	{ VTD_LCT_3, IMS_ATS_ABORT },
	{ VTD_LCT_4, IMS_ATS_ABORT },	    { VTD_LCT_5, IMS_ATS_UNSUPPORTED },	{ VTD_LSS_1, IMS_ATS_ABORT },
	{ VTD_LSS_2, IMS_ATS_ABORT },	    { VTD_LGN_2, IMS_ATS_REDUCED },	{ VTD_LGN_3, IMS_ATS_REDUCED },
	{ VTD_LGN_4, IMS_ATS_ABORT },	    { VTD_RTA_1, IMS_ATS_ABORT },	{ VTD_RTA_2, IMS_ATS_UNSUPPORTED },
	{ VTD_RTA_4, IMS_ATS_UNSUPPORTED }, { VTD_RTA_5, IMS_ATS_UNSUPPORTED },	{ VTD_SRT_1, IMS_ATS_ABORT },
	{ VTD_SRT_2, IMS_ATS_UNSUPPORTED }, { VTD_SRT_3, IMS_ATS_ABORT },	{ VTD_SCT_1, IMS_ATS_ABORT },
	{ VTD_SCT_2, IMS_ATS_UNSUPPORTED }, { VTD_SCT_3, IMS_ATS_ABORT },	{ VTD_SCT_4, IMS_ATS_ABORT },
	{ VTD_SCT_5, IMS_ATS_UNSUPPORTED }, { VTD_SCT_6, IMS_ATS_UNSUPPORTED }, { VTD_SCT_7, IMS_ATS_UNSUPPORTED },
	{ VTD_SCT_9, IMS_ATS_UNSUPPORTED }, { VTD_SPD_1, IMS_ATS_ABORT },	{ VTD_SPD_3, IMS_ATS_ABORT },
	{ VTD_SPT_1, IMS_ATS_ABORT },	    { VTD_SPT_3, IMS_ATS_ABORT },	{ VTD_SPT_4, IMS_ATS_ABORT },
	{ VTD_SSS_1, IMS_ATS_ABORT },	    { VTD_SSS_3, IMS_ATS_ABORT },	{ VTD_SSS_4, IMS_ATS_ABORT },
	{ VTD_SSS_5, IMS_ATS_ABORT },	    { VTD_SSS_6, IMS_ATS_ABORT },	{ VTD_SGN_6, IMS_ATS_REDUCED },
	{ VTD_SGN_7, IMS_ATS_REDUCED },	    { VTD_SGN_8, IMS_ATS_ABORT },	{ VTD_SGN_10, IMS_ATS_UNSUPPORTED },
};

/* Table 30, "qualified": no. What FPD, where it has been read, does not suppress; interrupts have no FPD here. */
static const uint8_t unqualified[] = {
	VTD_LRT_1, VTD_LRT_2, VTD_LRT_3, VTD_LCT_1, VTD_IR_29, VTD_IR_2B, VTD_RTA_1, VTD_RTA_2, VTD_RTA_3,
	VTD_RTA_4, VTD_RTA_5, VTD_SRT_1, VTD_SRT_2, VTD_SRT_3, VTD_SCT_1, VTD_SPD_1, VTD_SPT_1,
};
/* clang-format on */

uint8_t vtd_ats_answer(uint16_t fault)
{
	for (unsigned i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		if (answers[i].code == fault)
			return answers[i].answer;
	return IMS_ATS_NOTHING;
}

bool vtd_qualified(uint16_t fault)
{
	for (unsigned i = 0; i < sizeof(unqualified); i++)
		if (unqualified[i] == fault)
			return false;
	return true;
}

uint16_t vtd_denied(struct ims_hw *hw, const struct ims_req *req, uint16_t missing, uint16_t perm)
{
	(void)perm;
	bool legacy = ims_bits_get(ims_cfg_root(hw), 11, 10) == VTD_TTM_LEGACY;

	(void)req;
	if (missing & IMS_U)
		return VTD_SGN_2;
	if (missing & IMS_W)
		return legacy ? VTD_LGN_2 : VTD_SGN_6;
	return legacy ? VTD_LGN_3 : VTD_SGN_7;
}
