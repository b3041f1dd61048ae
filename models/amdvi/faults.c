/* SPDX-License-Identifier: MIT */
/* Causes of faults by the event that tells of them, their answers to ATS, and why commands stop. */
#include "amdvi.h"

#define VB    "VirtualBox DevIommuAmd.cpp"
#define SHEET "reference sheet, sections 1 to 3"
#define T(code_, name_, text_, source_)                                                            \
	{ (code_), name_, text_, source_ },                                                        \
	{                                                                                          \
		(code_) | AMDVI_ON_TABLE, name_ "-table", text_ ", on a GCR3 or guest table",      \
			source_                                                                    \
	}

/* clang-format off */
const struct ims_fault_def amdvi_faults[] = {
	{ AMDVI_F_DTE_RESERVED, "ILLEGAL_DEV_TABLE_ENTRY/reserved", "reserved bit in a DTE", VB },
	{ AMDVI_F_DTE_MODE,     "ILLEGAL_DEV_TABLE_ENTRY/mode", "Mode reserved or above the supported levels (K8b)", "openvmm" },
	{ AMDVI_F_DTE_GLX,      "ILLEGAL_DEV_TABLE_ENTRY/glx", "GLX reserved or above the supported levels", SHEET },
	{ AMDVI_F_DTE_GPM,      "ILLEGAL_DEV_TABLE_ENTRY/guest-paging-mode", "GuestPagingMode reserved or above the supported levels", SHEET },
	{ AMDVI_F_DTE_GV,       "ILLEGAL_DEV_TABLE_ENTRY/gv", "GV=1 while guest translation is off", SHEET },
	{ AMDVI_F_DTE_RANGE,    "ILLEGAL_DEV_TABLE_ENTRY/device-range", "DeviceID beyond the device table (K8a)", "openvmm" },
	{ AMDVI_F_DTE_MODE0,    "ILLEGAL_DEV_TABLE_ENTRY/snp", "Mode=0 while SNP is on", "AMD mail of 2022-05-16" },
	{ AMDVI_F_DTE_VALUE,    "ILLEGAL_DEV_TABLE_ENTRY/value", "IntCtl, IntTabLen or HAD reserved", SHEET },
	{ AMDVI_F_RANGE,        "IO_PAGE_FAULT/device-range", "DeviceID beyond the device table (K8a)", VB },
	{ AMDVI_F_TV,           "IO_PAGE_FAULT/tv", "translation needed while TV=0", VB },
	{ AMDVI_F_MODE,         "IO_PAGE_FAULT/mode", "Mode reserved or above the supported levels (K8b)", VB },
	{ AMDVI_F_DTE_DENIED,   "IO_PAGE_FAULT/dte-permission", "IR or IW of the DTE is 0", VB },
	{ AMDVI_F_INTERRUPT,    "IO_PAGE_FAULT/interrupt", "interrupt while IntCtl aborts it", SHEET },
	{ AMDVI_F_PASID,        "IO_PAGE_FAULT/pasid", "PASID beyond PASmax or the GCR3 table", VB },
	{ AMDVI_F_GCR3_ABSENT,  "IO_PAGE_FAULT/gcr3", "GCR3 entry not valid", VB },
	{ AMDVI_F_GCR3_RESERVED, "IO_PAGE_FAULT/gcr3-reserved", "reserved bit in a GCR3 entry", VB },
	{ AMDVI_F_GUEST_WIDTH,  "IO_PAGE_FAULT/guest-width", "address beyond the guest table, or not canonical", SHEET },
	{ AMDVI_F_GUEST_ABSENT, "IO_PAGE_FAULT/guest-absent", "guest entry not present", VB },
	{ AMDVI_F_GUEST_RESERVED, "IO_PAGE_FAULT/guest-reserved", "reserved bit in a guest entry", VB },
	{ AMDVI_F_GUEST_DENIED, "IO_PAGE_FAULT/guest-permission", "no write permission in guest tables", VB },
	{ AMDVI_F_GUEST_USER,   "IO_PAGE_FAULT/user", "user request to a supervisor page", VB },
	{ AMDVI_F_GUEST_USER_ATS, "IO_PAGE_FAULT/user-ats", "the same by a translation request, silent", VB },
	{ AMDVI_F_GUEST_UPDATE, "IO_PAGE_FAULT/guest-update", "accessed or dirty cannot be set in a guest entry (K5)", SHEET },
	T(AMDVI_F_HOST_WIDTH,    "IO_PAGE_FAULT/host-width", "address beyond Mode", "openvmm; newer QEMU"),
	T(AMDVI_F_HOST_ABSENT,   "IO_PAGE_FAULT/host-absent", "host entry not present", VB),
	T(AMDVI_F_HOST_RESERVED, "IO_PAGE_FAULT/host-reserved", "reserved bit in a host entry", VB),
	T(AMDVI_F_HOST_LEVEL,    "IO_PAGE_FAULT/host-level", "NextLevel not below the entry's own", "openvmm"),
	T(AMDVI_F_HOST_SIZE,     "IO_PAGE_FAULT/host-size", "page size that the level cannot hold", VB),
	T(AMDVI_F_HOST_SKIPPED,  "IO_PAGE_FAULT/host-skipped", "address bits of a skipped level are not zero", VB),
	T(AMDVI_F_HOST_DENIED,   "IO_PAGE_FAULT/host-permission", "no permission in host tables", VB),
	{ AMDVI_F_IRTE_RANGE,   "IO_PAGE_FAULT/interrupt-range", "interrupt beyond the interrupt table", VB },
	{ AMDVI_F_IRTE_ABSENT,  "IO_PAGE_FAULT/interrupt-absent", "interrupt table entry does not remap", VB },
	{ AMDVI_F_IRTE_RESERVED, "IO_PAGE_FAULT/interrupt-reserved", "reserved bit in an interrupt table entry", VB },
	{ AMDVI_F_IRTE_TYPE,    "IO_PAGE_FAULT/interrupt-type", "reserved IntType in an interrupt table entry", VB },
	{ AMDVI_F_DTE_ERROR,    "DEV_TAB_HARDWARE_ERROR", "the device table could not be read", "Linux amd_iommu_types.h" },
	{ AMDVI_F_GCR3_ERROR,   "PAGE_TAB_HARDWARE_ERROR/gcr3", "a GCR3 table could not be read", "Linux amd_iommu_types.h" },
	{ AMDVI_F_GUEST_ERROR,  "PAGE_TAB_HARDWARE_ERROR/guest", "a guest table could not be read", "Linux amd_iommu_types.h" },
	{ AMDVI_F_HOST_ERROR,   "PAGE_TAB_HARDWARE_ERROR/host", "a host table could not be read", "Linux amd_iommu_types.h" },
	{ AMDVI_F_IRTE_ERROR,   "PAGE_TAB_HARDWARE_ERROR/interrupt", "an interrupt table could not be read", VB },
	{ AMDVI_F_TRANSLATED,   "INVALID_DEVICE_REQUEST/translated", "translated request while I=0", SHEET },
	{ AMDVI_F_ATS,          "INVALID_DEVICE_REQUEST/ats", "translation request while I=0", SHEET },
	{ AMDVI_F_PPR,          "INVALID_PPR_REQUEST", "page request while V=0, I=0 or PPR=0 in the DTE", SHEET },
	{ AMDVI_F_PPR_PASID,    "INVALID_PPR_REQUEST/pasid", "page request with a PASID that the device does not have", SHEET },
	{ AMDVI_F_NO_GV,        "INVALID_DEVICE_REQUEST/pasid", "request with PASID while GV=0", SHEET },
};
/* clang-format on */
_Static_assert(sizeof(amdvi_faults) / sizeof(amdvi_faults[0]) == AMDVI_FAULTS, "as announced");

/* clang-format off */
#define ILLEGAL "reference sheet, sections 6 and 18; VirtualBox DevIommuAmd.cpp"
const struct ims_fault_def amdvi_queue_errors[] = {
	{ AMDVI_QE_OPCODE,       "ILLEGAL_COMMAND_ERROR/opcode", "no such command, or not on this unit", ILLEGAL },
	{ AMDVI_QE_RESERVED,     "ILLEGAL_COMMAND_ERROR/reserved", "reserved bit in a command", ILLEGAL },
	{ AMDVI_QE_GUEST_EVENT,  "ILLEGAL_COMMAND_ERROR/insert-guest-event", "INSERT_GUEST_EVENT is not modelled: its fields are not known", "reference sheet, sections 6 and 13" },
	{ AMDVI_QE_GUEST_ALL,    "ILLEGAL_COMMAND_ERROR/guest-all", "INVALIDATE_IOMMU_ALL in a guest's own command buffer is not modelled: what it reaches is not known", "reference sheet, section 9" },
	{ AMDVI_QE_FETCH,        "COMMAND_HARDWARE_ERROR", "command could not be fetched", ILLEGAL },
	{ AMDVI_QE_NO_ANSWER,    "no-answer", "a device does not answer an invalidation, and no time-out is set", "FreeBSD amd_reg.h, INVTOUT" },
};
/* clang-format on */
_Static_assert(sizeof(amdvi_queue_errors) / sizeof(amdvi_queue_errors[0]) == AMDVI_QUEUE_ERRORS,
	       "as announced");

/* A failed walk is answered with no permission; only what concerns the device itself is an error. */
uint8_t amdvi_ats_answer(uint16_t fault)
{
	switch (fault) {
	case AMDVI_F_DTE_DENIED:
	case AMDVI_F_GUEST_DENIED:
	case AMDVI_F_HOST_DENIED:
		return IMS_ATS_REDUCED;
	default:
		break;
	}
	switch ((enum amdvi_event)AMDVI_EVENT(fault)) {
	case AMDVI_E_IO_PAGE_FAULT:
		return IMS_ATS_NOTHING;
	case AMDVI_E_INVALID_DEVICE_REQUEST:
		return IMS_ATS_UNSUPPORTED;
	default:
		return IMS_ATS_ABORT;
	}
}

/* VirtualBox, citing section 2.1.3.2: no walk fault of a translation request is logged, but those of U/S. */
bool amdvi_silent(const struct ims_req *req, uint16_t fault)
{
	return req->kind == IMS_REQ_ATS && AMDVI_EVENT(fault) == AMDVI_E_IO_PAGE_FAULT &&
	       fault != AMDVI_F_GUEST_USER;
}

uint16_t amdvi_denied(struct ims_hw *hw, const struct ims_req *req, uint16_t missing, uint16_t perm)
{
	(void)perm;
	(void)hw;
	(void)req;
	return missing & IMS_U ? AMDVI_F_GUEST_USER : AMDVI_F_HOST_DENIED;
}
