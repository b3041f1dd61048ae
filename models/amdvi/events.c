/* SPDX-License-Identifier: MIT */
/*
 * Logs in memory, their overflow and interrupts, and the event log: one event of 16
 * bytes for each fault that is not silent (section 4 as corrected in 18).
 */
#include "amdvi.h"

const struct amdvi_log amdvi_event_log = { .base = AMDVI_R_EVTLOG,
					   .head = AMDVI_R_EVT_HEAD,
					   .tail = AMDVI_R_EVT_TAIL,
					   .signal = AMDVI_SIGNAL_EVENT,
					   .run = AMDVI_STATUS_EVT_RUN,
					   .overflow = AMDVI_STATUS_EVT_OVERFLOW,
					   .interrupt = AMDVI_STATUS_EVT_INT,
					   .interrupt_on = AMDVI_CTRL_EVT_INT,
					   .on = AMDVI_CTRL_EVT_LOG };

/* ---- logs ---- */

void amdvi_status_set(struct ims_hw *hw, uint64_t bit, uint64_t on, enum amdvi_signal signal)
{
	const uint64_t *regs = ims_hw_state(hw)->regs;
	uint64_t *status = amdvi_reg(hw, AMDVI_R_STATUS);
	bool was = *status & bit;

	*status |= bit;
	if (!was && (regs[AMDVI_R_CTRL] & on))
		ims_hw_signal(hw, signal, regs[AMDVI_R_MSI_UPPER] << 32 | regs[AMDVI_R_MSI_ADDR],
			      (uint32_t)regs[AMDVI_R_MSI_DATA]);
}

/* Full is one entry less: tail one behind head. Then the log stands still until it is switched off and on. */
bool amdvi_log_put(struct ims_hw *hw, const struct amdvi_log *log, uint64_t qw0, uint64_t qw1)
{
	uint64_t base = *amdvi_reg(hw, log->base), *tail = amdvi_reg(hw, log->tail);
	uint64_t mask = (UINT64_C(16) << amdvi_length_lg2(base)) - 1;
	uint64_t *status = amdvi_reg(hw, AMDVI_R_STATUS), at = *tail & mask;
	uint64_t next = (at + 16) & mask;

	if (!(*status & log->run))
		return false;
	if (next == (*amdvi_reg(hw, log->head) & mask)) {
		*status &= ~log->run;
		amdvi_status_set(hw, log->overflow, log->interrupt_on, log->signal);
		return false;
	}
	ims_hw_store(hw, (base & AMDVI_ADDR) + at, qw0);
	ims_hw_store(hw, (base & AMDVI_ADDR) + at + 8, qw1);
	*tail = next;
	amdvi_status_set(hw, log->interrupt, log->interrupt_on, log->signal);
	return true;
}

static bool running(uint64_t ctrl, const struct amdvi_log *log)
{
	return (ctrl & AMDVI_CTRL_EN) && (ctrl & log->on);
}

void amdvi_log_control(struct ims_hw *hw, const struct amdvi_log *log, uint64_t was)
{
	uint64_t *status = amdvi_reg(hw, AMDVI_R_STATUS);
	bool now = running(*amdvi_reg(hw, AMDVI_R_CTRL), log);

	if (!now)
		*status &= ~log->run;
	else if (!running(was, log))
		*status |= log->run;
}

/* ---- events ---- */

/* Of the first word, the second half of which holds the code and what qualifies it. */
#define E_CODE(e) ((uint64_t)(e) << 60)
#define E_GN	  IMS_BIT(48)
#define E_US	  IMS_BIT(50)
#define E_I	  IMS_BIT(51)
#define E_PR	  IMS_BIT(52)
#define E_RW	  IMS_BIT(53)
#define E_PE	  IMS_BIT(54)
#define E_RZ	  IMS_BIT(55)
#define E_TR	  IMS_BIT(56)
#define E_VCMD	  IMS_BIT(31)

/* What the cause itself says; of those not here nothing is present. */
static const struct {
	uint16_t fault;
	uint64_t flags;
} causes[] = {
	{ AMDVI_F_DTE_RESERVED, E_RZ },		{ AMDVI_F_DTE_DENIED, E_PR | E_PE },
	{ AMDVI_F_GCR3_RESERVED, E_PR | E_RZ }, { AMDVI_F_GUEST_RESERVED, E_PR | E_RZ },
	{ AMDVI_F_GUEST_DENIED, E_PR | E_PE },	{ AMDVI_F_GUEST_USER, E_PR | E_PE },
	{ AMDVI_F_GUEST_UPDATE, E_PR | E_PE },	{ AMDVI_F_HOST_RESERVED, E_PR | E_RZ },
	{ AMDVI_F_HOST_LEVEL, E_PR },		{ AMDVI_F_HOST_SIZE, E_PR },
	{ AMDVI_F_HOST_SKIPPED, E_PR },		{ AMDVI_F_HOST_DENIED, E_PR | E_PE },
	{ AMDVI_F_IRTE_RESERVED, E_PR | E_RZ }, { AMDVI_F_IRTE_TYPE, E_PR },
};

static uint64_t flags_of(uint16_t fault)
{
	fault &= (uint16_t)~AMDVI_ON_TABLE;
	for (unsigned i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (causes[i].fault == fault)
			return causes[i].flags;
	return 0;
}

/* RW is right of absent pages too (mail of 2021, measured); GN: the PASID stands where else the domain does. */
static uint64_t describe(const struct ims_req *req, const struct ims_path *path, uint16_t fault)
{
	uint32_t ctx = path->ctx != IMS_CTX_NONE ? path->ctx : req->ctx;
	uint64_t qw0 = (req->src & 0xffff) | flags_of(fault);

	if (req->access & IMS_W && req->kind != IMS_REQ_ATS)
		qw0 |= E_RW;
	if (req->kind == IMS_REQ_ATS)
		qw0 |= E_TR;
	if (amdvi_is_interrupt(req))
		qw0 |= E_I;
	if (ctx == IMS_CTX_NONE)
		return qw0 | (uint64_t)path->dom << 32;
	return qw0 | E_GN | (req->priv ? 0 : E_US) | (uint64_t)(ctx & 0xffff) << 32 |
	       (uint64_t)(ctx >> 16 & 0xf) << 16;
}

/* Code 1 has the address from bit 2 on; a DeviceID beyond the table has none (VirtualBox). */
static uint64_t address(const struct ims_req *req, uint16_t fault)
{
	if (fault == AMDVI_F_RANGE)
		return 0;
	return AMDVI_EVENT(fault) == AMDVI_E_ILLEGAL_DEV_TABLE_ENTRY ? req->addr & ~UINT64_C(3) :
								       req->addr;
}

/* Lost for want of room, or told; nothing where the log is off. */
static void told(struct ims_hw *hw, const struct ims_req *req, uint16_t fault, bool recorded)
{
	if (recorded || (*amdvi_reg(hw, AMDVI_R_STATUS) & AMDVI_STATUS_EVT_OVERFLOW))
		ims_hw_faulted(hw, fault, req->addr, req->ctx, req->src, recorded);
}

void amdvi_fault(struct ims_hw *hw, const struct ims_req *req, const struct ims_path *path,
		 uint16_t code)
{
	enum amdvi_event event = (enum amdvi_event)AMDVI_EVENT(code);

	if (code == IMS_FAULT_UNMODELLED || amdvi_silent(req, code))
		return;
	told(hw, req, code,
	     amdvi_log_put(hw, &amdvi_event_log, describe(req, path, code) | E_CODE(event),
			   address(req, code)));
	/* SE is of page faults: the cached entry remembers (VirtualBox). */
	if (event == AMDVI_E_IO_PAGE_FAULT)
		amdvi_reported(hw, req);
}

void amdvi_event_put(struct ims_hw *hw, enum amdvi_event event, uint32_t src, uint64_t addr)
{
	amdvi_log_put(hw, &amdvi_event_log, (src & 0xffff) | E_CODE(event), addr);
}

/* vCmd by FreeBSD amd_reg.h; that the GuestID stands where a DomainID would is inferred. */
void amdvi_guest_event_put(struct ims_hw *hw, enum amdvi_event event, unsigned guest, uint64_t addr)
{
	amdvi_log_put(hw, &amdvi_event_log, E_CODE(event) | E_VCMD | (uint64_t)guest << 32, addr);
}
