/* SPDX-License-Identifier: MIT */
/* Faults by the event that tells of them, their answers to ATS, and what is recorded. */
#include "smmuv3.h"

#define E(code_, name_, text_, source_)                                                            \
	{                                                                                          \
		(code_), name_, text_, source_                                                     \
	}
/* Of stage 1; of stage 2 on the input, on a CD, on a stage-1 table. */
#define STAGES(code_, name_, text_, source_)                                                       \
	E(code_, name_, text_, source_),                                                           \
		E((code_) | SMMU_F_S2, name_ "/s2", text_ ", stage 2", source_),                   \
		E((code_) | SMMU_F_S2 | SMMU_F_CD, name_ "/s2-cd",                                 \
		  text_ ", stage 2 of a CD's address", source_),                                   \
		E((code_) | SMMU_F_S2 | SMMU_F_TT, name_ "/s2-tt",                                 \
		  text_ ", stage 2 of a stage-1 table's address", source_)

/* clang-format off */
const struct ims_fault_def smmu_faults[] = {
	E(SMMU_E_BAD_STREAMID, "C_BAD_STREAMID", "StreamID beyond the stream table", "7.3.3"),
	E(SMMU_E_STE_FETCH, "F_STE_FETCH", "the stream table could not be read", "7.3.4"),
	E(SMMU_E_BAD_STE, "C_BAD_STE", "STE with V=0 or ILLEGAL", "7.3.5"),
	E(SMMU_E_BAD_ATS_TREQ, "F_BAD_ATS_TREQ", "translation request of a stream that may not ask", "7.3.6"),
	E(SMMU_E_STREAM_DISABLED, "F_STREAM_DISABLED", "S1DSS refuses requests without SubstreamID, or SubstreamID 0", "7.3.7"),
	E(SMMU_E_TRANSL_FORBIDDEN, "F_TRANSL_FORBIDDEN", "translated request of a stream that may not send one", "7.3.8"),
	E(SMMU_E_BAD_SUBSTREAMID, "C_BAD_SUBSTREAMID", "SubstreamID beyond the CD table", "7.3.9"),
	E(SMMU_E_CD_FETCH, "F_CD_FETCH", "the CD table could not be read", "7.3.10"),
	E(SMMU_E_BAD_CD, "C_BAD_CD", "CD with V=0 or ILLEGAL", "7.3.11"),
	E(SMMU_E_WALK_EABT | SMMU_F_TT, "F_WALK_EABT", "a table could not be read", "7.3.12"),
	E(SMMU_E_WALK_EABT | SMMU_F_S2, "F_WALK_EABT/s2", "a stage-2 table could not be read", "7.3.12"),
	E(SMMU_E_WALK_EABT | SMMU_F_S2 | SMMU_F_CD, "F_WALK_EABT/s2-cd", "a stage-2 table could not be read, for a CD", "7.3.12"),
	E(SMMU_E_WALK_EABT | SMMU_F_S2 | SMMU_F_TT, "F_WALK_EABT/s2-tt", "a stage-2 table could not be read, for a stage-1 table", "7.3.12"),
	STAGES(SMMU_E_TRANSLATION, "F_TRANSLATION", "no valid descriptor", "7.3.13"),
	STAGES(SMMU_E_ADDR_SIZE, "F_ADDR_SIZE", "address beyond the output size", "7.3.14"),
	E(SMMU_E_ADDR_SIZE | SMMU_F_INPUT, "F_ADDR_SIZE/input", "input that no stage 1 takes, beyond the size of what follows", "7.3.14, 3.4"),
	STAGES(SMMU_E_ACCESS, "F_ACCESS", "access flag clear", "7.3.15"),
	STAGES(SMMU_E_PERMISSION, "F_PERMISSION", "not permitted", "7.3.16"),
	E(SMMU_E_PERMISSION | SMMU_F_S2 | SMMU_F_TT | SMMU_F_TTW, "F_PERMISSION/s2-tt-write", "a stage-1 descriptor is to be written, and stage 2 does not permit it", "7.3.16, 3.13.5"),
	E(SMMU_E_TLB_CONFLICT, "F_TLB_CONFLICT", "two TLB entries, of leaves of different levels, answer", "7.3.17, 3.21.1"),
	E(SMMU_F_ABORT, "abort", "terminated in silence: Config=0, GBPA.ABORT, or an address beyond OAS", "5.2, 6.3.14, 3.4"),
};
/* clang-format on */
_Static_assert(sizeof(smmu_faults) / sizeof(smmu_faults[0]) == SMMU_FAULTS, "as announced");

/* Section 3.9.1.2, table as in the sheet's 5.4 and 16.5. */
uint8_t smmu_ats_answer(uint16_t fault)
{
	if (fault & SMMU_F_ABORT)
		return IMS_ATS_UNSUPPORTED;
	switch ((enum smmu_event)SMMU_EVENT(fault)) {
	case SMMU_E_BAD_ATS_TREQ:
		return IMS_ATS_UNSUPPORTED;
	case SMMU_E_TRANSLATION:
	case SMMU_E_ADDR_SIZE:
	case SMMU_E_ACCESS:
		return IMS_ATS_NOTHING;
	case SMMU_E_PERMISSION:
		return fault & (SMMU_F_CD | SMMU_F_TT) ? IMS_ATS_NOTHING : IMS_ATS_REDUCED;
	default:
		return IMS_ATS_ABORT;
	}
}

/* An entry of both stages knows what of its rights stage 2 took. */
uint16_t smmu_denied(struct ims_hw *hw, const struct ims_req *req, uint16_t missing, uint16_t perm)
{
	uint16_t by_2 = (perm & IMS_NO_R2 ? IMS_R : 0) | (perm & IMS_NO_W2 ? IMS_W : 0) |
			(perm & IMS_NO_X2 ? IMS_X : 0) | (perm & IMS_NO_PX2 ? IMS_PX : 0);

	(void)hw;
	(void)req;
	return SMMU_E_PERMISSION | (missing & ~by_2 ? 0 : SMMU_F_S2);
}

/* Configuration errors of ATS are recorded with REC_CFG_ATS alone: sheet 5.4, 15.2. */
static bool ats_records(const struct ims_state *s, const struct ims_req *req, uint16_t fault)
{
	bool on = s->derived[SMMU_D_REC_ATS];

	switch ((enum smmu_event)SMMU_EVENT(fault)) {
	case SMMU_E_BAD_ATS_TREQ:
	case SMMU_E_TRANSL_FORBIDDEN:
		return true;
	case SMMU_E_BAD_STREAMID:
		return on && (req->kind == IMS_REQ_TRANSLATED ||
			      (s->regs[SMMU_R_CR2] & SMMU_CR2_RECINVSID));
	case SMMU_E_TRANSLATION:
	case SMMU_E_ADDR_SIZE:
	case SMMU_E_ACCESS:
	case SMMU_E_PERMISSION:
		return req->kind == IMS_REQ_TRANSLATED;
	default:
		return on;
	}
}

bool smmu_recorded(const struct ims_state *s, const struct ims_req *req,
		   const struct ims_path *path, uint16_t fault)
{
	enum smmu_event event = (enum smmu_event)SMMU_EVENT(fault);

	if (fault == IMS_FAULT_UNMODELLED || (fault & SMMU_F_ABORT))
		return false;
	/* Section 6.3.9.6: with SMMUEN = 0 there may be one of a translated request. */
	if (!s->derived[SMMU_D_ENABLED])
		return true;
	if (req->kind == IMS_REQ_ATS || req->kind == IMS_REQ_TRANSLATED) {
		if (!ats_records(s, req, fault))
			return false;
	} else if (event == SMMU_E_BAD_STREAMID) {
		return s->regs[SMMU_R_CR2] & SMMU_CR2_RECINVSID;
	}
	if (event < SMMU_E_TRANSLATION || event > SMMU_E_PERMISSION || (fault & SMMU_F_INPUT))
		return true;
	/* Section 5.5: what does not stall is recorded by R. */
	if (fault & SMMU_F_S2)
		return path->options & (SMMU_O_R2 | SMMU_O_S2);
	return path->options & (SMMU_O_R1 | SMMU_O_S1);
}
