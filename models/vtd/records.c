/* SPDX-License-Identifier: MIT */
/*
 * What a unit tells software: non-recoverable faults in recording registers
 * (section 7.2), status bits, and the events (section 7.3) that announce them.
 */
#include "regs.h"

/* Type of the request that faulted, T1 and T2 of FRCD_REG, section 11.4.7.6. */
enum fault_type { TYPE_WRITE, TYPE_PAGE, TYPE_READ, TYPE_ATOMIC };

/* ---- events ---- */

static const struct {
	uint8_t control, data, address, upper;
} events[] = {
	[VTD_SIGNAL_FAULT] = { VTD_R_FECTL, VTD_R_FEDATA, VTD_R_FEADDR, VTD_R_FEUADDR },
	[VTD_SIGNAL_COMPLETION] = { VTD_R_IECTL, VTD_R_IEDATA, VTD_R_IEADDR, VTD_R_IEUADDR },
	[VTD_SIGNAL_PAGE] = { VTD_R_PECTL, VTD_R_PEDATA, VTD_R_PEADDR, VTD_R_PEUADDR },
};

/* Section 7.3: what is pending goes out unless it is masked. */
void vtd_event_control(struct ims_hw *hw, enum vtd_signal which)
{
	const uint64_t *regs = ims_hw_state(hw)->regs;
	uint64_t *control = vtd_reg(hw, events[which].control);

	if ((*control & (VTD_IM | VTD_IP)) != VTD_IP)
		return;
	*control &= ~VTD_IP;
	ims_hw_signal(hw, which, regs[events[which].upper] << 32 | regs[events[which].address],
		      (uint32_t)regs[events[which].data]);
}

void vtd_event_raise(struct ims_hw *hw, enum vtd_signal which)
{
	*vtd_reg(hw, events[which].control) |= VTD_IP;
	vtd_event_control(hw, which);
}

void vtd_event_serve(struct ims_hw *hw, enum vtd_signal which)
{
	*vtd_reg(hw, events[which].control) &= ~VTD_IP;
}

/* ---- status ---- */

static void status_set(struct ims_hw *hw, uint64_t bits)
{
	uint64_t *fsts = vtd_reg(hw, VTD_R_FSTS), before = *fsts & VTD_FSTS_CAUSE;

	*fsts |= bits;
	if (!before)
		vtd_event_raise(hw, VTD_SIGNAL_FAULT);
}

static void status_served(struct ims_hw *hw)
{
	if (!(*vtd_reg(hw, VTD_R_FSTS) & VTD_FSTS_CAUSE))
		vtd_event_serve(hw, VTD_SIGNAL_FAULT);
}

/* The codes of IQERCD belong to the bits of FSTS, section 11.4.9.9. */
void vtd_fsts_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	uint64_t *iqercd = vtd_reg(hw, VTD_R_IQERCD);

	(void)r;
	if (value & VTD_IQE)
		*iqercd &= ~IMS_BITS(3, 0);
	if (value & VTD_ITE_BIT)
		*iqercd &= ~IMS_BITS(47, 32);
	if (value & VTD_ICE)
		*iqercd &= ~IMS_BITS(63, 48);
	status_served(hw);
	if (value & (VTD_IQE | VTD_ITE_BIT))
		vtd_queue_go_on(hw);
}

void vtd_queue_stopped(struct ims_hw *hw, unsigned ring, uint16_t error)
{
	uint64_t *iqercd = vtd_reg(hw, VTD_R_IQERCD);

	(void)ring; /* there is one */
	*iqercd = (*iqercd & ~IMS_BITS(3, 0)) | error;
	status_set(hw, VTD_IQE);
}

/* The first of its kind is latched until the bit is cleared. */
void vtd_atc_failed(struct ims_hw *hw, uint32_t src, const struct ims_cmd *timed_out)
{
	uint64_t bit = timed_out ? VTD_ITE_BIT : VTD_ICE;

	if (!(*vtd_reg(hw, VTD_R_FSTS) & bit))
		*vtd_reg(hw, VTD_R_IQERCD) |= (uint64_t)(src & 0xffff) << (timed_out ? 32 : 48);
	status_set(hw, bit);
}

/* ---- fault recording, section 7.2.1 ---- */

static uint64_t *frcd(struct ims_hw *hw, uint64_t index)
{
	return vtd_reg(hw, VTD_R_FRCD) + 2 * index;
}

void vtd_frcd_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	bool pending = false;

	(void)r, (void)value;
	for (unsigned i = 0; i < VTD_FAULTS_MAX; i++)
		pending = pending || (frcd(hw, i)[1] & IMS_BIT(63));
	if (!pending)
		*vtd_reg(hw, VTD_R_FSTS) &= ~VTD_PPF;
	status_served(hw);
}

/* Section 11.4.7.6; the address is that of the request, whatever stage refused it. */
static void write_record(struct ims_hw *hw, const struct ims_req *req, unsigned type, uint16_t code,
			 uint64_t *ret)
{
	const uint32_t *p = ims_hw_state(hw)->params;
	bool with_pasid = req->ctx != IMS_CTX_NONE && p[VTD_P_PASID];
	/* Page requests are messages: they have no address type. */
	uint64_t at = req->kind == IMS_REQ_PAGE || !p[VTD_P_DT] ? 0 : req->kind;

	ret[0] = req->addr & ims_hw_state(hw)->derived[VTD_D_FI];
	ret[1] = IMS_BIT(63) | (uint64_t)(type >> 1) << 62 | at << 60 | (uint64_t)code << 32 |
		 (uint64_t)(type & 1) << 28 | (req->src & 0xffff);
	if (with_pasid)
		ret[1] |= (uint64_t)(req->ctx & 0xfffff) << 40 | IMS_BIT(31) |
			  (uint64_t)(req->execute && type == TYPE_READ) << 30 |
			  (uint64_t)req->priv << 29;
}

void vtd_record(struct ims_hw *hw, const struct ims_req *req, unsigned type, uint16_t code)
{
	struct ims_state *s = ims_hw_state(hw);
	uint64_t *next = vtd_reg(hw, VTD_R_FAULT_NEXT), *fsts = vtd_reg(hw, VTD_R_FSTS);
	uint64_t index = *next;
	bool full = frcd(hw, index)[1] & IMS_BIT(63);

	if (full || (*fsts & VTD_PFO)) {
		ims_hw_faulted(hw, code, req->addr, req->ctx, req->src, false);
		if (!(*fsts & VTD_PFO))
			status_set(hw, VTD_PFO);
		return;
	}
	write_record(hw, req, type, code, frcd(hw, index));
	*next = index == s->params[VTD_P_NFR] ? 0 : index + 1;
	ims_hw_faulted(hw, code, req->addr, req->ctx, req->src, true);
	if (*fsts & VTD_PPF)
		return;
	*fsts = (*fsts & ~IMS_BITS(15, 8)) | index << 8;
	status_set(hw, VTD_PPF);
}

/*
 * Sections 7.1.1 and 7.1.2: what ATS answers with a success is for the device alone,
 * but for SFS.10, table 30.
 */
void vtd_fault_recorded(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
			uint16_t code)
{
	unsigned type = req->access == IMS_ACCESS_ATOMIC ? TYPE_ATOMIC :
			req->access == IMS_ACCESS_WRITE	 ? TYPE_WRITE :
							   TYPE_READ;
	uint8_t answer = vtd_ats_answer(code);

	(void)path;
	if (code == IMS_FAULT_UNMODELLED)
		return;
	if (req->kind == IMS_REQ_ATS) {
		/* A translation request is a read on the link. */
		type = TYPE_READ;
		if (answer != IMS_ATS_ABORT && answer != IMS_ATS_UNSUPPORTED && code != VTD_SFS_10)
			return;
	}
	vtd_record(hw, req, type, code);
}
