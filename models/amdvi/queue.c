/* SPDX-License-Identifier: MIT */
/*
 * The command buffer (sections 6 and 7 as corrected in 18): what a command must be on
 * this unit, its registers, how it stops, devices that do not answer, prefetching.
 */
#include "viommu.h"

#define GN	   IMS_BIT(2)	  /* of the second word */
#define IOTLB_TYPE IMS_BITS(5, 4) /* the same, of INVALIDATE_IOTLB_PAGES */

enum { COMMAND_LG2 = 4, LENGTH_MIN = 8 };

/* ---- what the unit can do ---- */

/* Opcodes that are none where a capability is missing. */
static const struct {
	uint8_t op, param;
} needs[] = {
	{ 4, AMDVI_P_IOTLB_SUP }, { 6, AMDVI_P_PREF_SUP },   { 7, AMDVI_P_PPR_SUP },
	{ 8, AMDVI_P_IA_SUP },	  { 9, AMDVI_P_VIOMMU_SUP }, { 10, AMDVI_P_VIOMMU_SUP },
};

void amdvi_derive_queue(struct ims_state *s)
{
	uint64_t ops = IMS_BITS(10, 1);

	for (unsigned i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (!s->params[needs[i].param])
			ops &= ~IMS_BIT(needs[i].op);
	s->derived[AMDVI_D_CMD_OPS] = ops;
	s->early_effect = !s->params[AMDVI_K3];
	s->atc_passes = ims_field_get(&s->regs[AMDVI_R_CTRL], AMDVI_CTRL_INV_TIMEOUT) != 0;
}

/* Fields of a feature that is not there are reserved, as in a DTE. */
uint16_t amdvi_accept(const struct ims_state *s, const struct ims_cmd_row *row,
		      const uint64_t *words)
{
	unsigned op = (unsigned)(row->value[0] >> 60);

	if (!(s->derived[AMDVI_D_CMD_OPS] >> op & 1))
		return AMDVI_QE_OPCODE;
	if (op == 9)
		return AMDVI_QE_GUEST_EVENT;
	if ((words[1] & GN) && op != 1 && !s->params[AMDVI_P_GT_SUP])
		return AMDVI_QE_RESERVED;
	if (op == 4 && (words[1] & IOTLB_TYPE) && !s->params[AMDVI_P_INV_IOTLB_TYPE])
		return AMDVI_QE_RESERVED;
	return 0;
}

/* ---- errors ---- */

uint64_t amdvi_command_at(const struct ims_hw *hw, unsigned ring, uint32_t at)
{
	unsigned lg2;

	return ims_ring_base(hw, ring, &lg2) + ((uint64_t)at << COMMAND_LG2);
}

/* Of a command in a ring, whose event says so where a guest owns it. */
static void event_put(struct ims_hw *hw, enum amdvi_event event, uint32_t src, unsigned ring,
		      uint32_t at)
{
	if (ring)
		amdvi_guest_event_put(hw, event, ring, amdvi_command_at(hw, ring, at));
	else
		amdvi_event_put(hw, event, src, amdvi_command_at(hw, ring, at));
}

/*
 * The head moves when a command is fetched, so it stands behind the one in error; what
 * was fetched behind it is lost (VirtualBox; OSDev; AMD openSIL: several are fetched).
 */
void amdvi_queue_stopped(struct ims_hw *hw, unsigned ring, uint16_t error)
{
	struct ims_state *s = ims_hw_state(hw);
	uint32_t head = ims_ring_head(hw, ring), lost = s->params[AMDVI_K6_FETCHED], behind;
	unsigned lg2;

	event_put(hw,
		  error == AMDVI_QE_FETCH ? AMDVI_E_COMMAND_HARDWARE_ERROR :
					    AMDVI_E_ILLEGAL_COMMAND_ERROR,
		  0, ring, head);
	if (!s->params[AMDVI_K6] && error != AMDVI_QE_FETCH) {
		ims_ring_pass(hw, ring);
		return;
	}
	if (ring)
		amdvi_viommu_stopped(hw, ring);
	else
		s->fetch_off = true;
	ims_ring_base(hw, ring, &lg2);
	behind = (ims_ring_tail(hw, ring) - head - 1) & ((1u << lg2) - 1);
	ims_ring_head_set(hw, ring, head + 1 + (lost < behind ? lost : behind));
}

/*
 * No source says that commands stop: the device is given up, and the wait behind it is
 * complete. Without a time-out the command buffer stands still in silence.
 */
void amdvi_atc_failed(struct ims_hw *hw, uint32_t src, const struct ims_cmd *cmd)
{
	if (cmd && ims_hw_state(hw)->atc_passes)
		event_put(hw, AMDVI_E_IOTLB_INV_TIMEOUT, src, ims_ring_at_hand(hw), cmd->at);
}

/*
 * Section 14 leaves open which event; this one names the device and stops no commands,
 * as the sort that names a command would.
 */
void amdvi_guest_refused(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	amdvi_event_put(hw, AMDVI_E_INVALID_DEVICE_REQUEST, cmd->src, cmd->first);
}

/* A guest's own wait sets the bit in the guest's registers: its interrupt is not modelled. */
void amdvi_wait_signalled(struct ims_hw *hw)
{
	unsigned ring = ims_ring_at_hand(hw);

	if (ring) {
		*amdvi_reg(hw, AMDVI_R_OF_VF(ring, AMDVI_VF_STATUS)) |= AMDVI_STATUS_COMWAIT_INT;
		return;
	}
	amdvi_status_set(hw, AMDVI_STATUS_COMWAIT_INT, AMDVI_CTRL_COMWAIT_INT, AMDVI_SIGNAL_WAIT);
}

/* ---- PREFETCH_IOMMU_PAGES ---- */

/*
 * PFCount pages of the size named, at least one, and some behind each (K9). With GN = 0
 * the address is one of the host's tables, which requests without PASID do not use where
 * GIOV is 1. Inval = 1 is not taken for a promise: nothing is dropped.
 */
void amdvi_fetch(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	struct ims_req req = {
		.src = cmd->src, .ctx = cmd->ctx, .addr = cmd->first, .access = IMS_ACCESS_READ
	};
	uint32_t beside = ims_hw_state(hw)->params[AMDVI_K9];
	struct ims_path path;

	if (ims_hw_path(hw, &req, &path) || (req.ctx == IMS_CTX_NONE && path.ctx != IMS_CTX_NONE))
		return;
	for (uint32_t i = 0; i < (cmd->group ? cmd->group : 1); i++) {
		ims_hw_fetch(hw, &req);
		for (uint32_t k = 1; k <= beside && path.stages == IMS_STAGES_2; k++) {
			struct ims_req next = req;

			next.addr += k * UINT64_C(0x1000);
			ims_hw_fetch(hw, &next);
		}
		req.addr += cmd->last - cmd->first + 1;
	}
}

/* ---- registers ---- */

static bool running(uint64_t ctrl)
{
	return (ctrl & AMDVI_CTRL_EN) && (ctrl & AMDVI_CTRL_CMD_BUF);
}

void amdvi_queue_control(struct ims_hw *hw, uint64_t was)
{
	struct ims_state *s = ims_hw_state(hw);
	bool now = running(s->regs[AMDVI_R_CTRL]);

	if (now == running(was))
		return;
	s->fetch_off = !now;
	if (now)
		ims_ring_resume(hw, 0);
}

uint64_t amdvi_cmdbuf_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	unsigned lg2;
	uint64_t base = ims_ring_base(hw, 0, &lg2);

	(void)r;
	return base | (uint64_t)lg2 << 56;
}

uint64_t amdvi_cmd_head_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	(void)r;
	return (uint64_t)ims_ring_head(hw, 0) << COMMAND_LG2;
}

uint64_t amdvi_cmd_tail_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	(void)r;
	return (uint64_t)ims_ring_tail(hw, 0) << COMMAND_LG2;
}

unsigned amdvi_length_lg2(uint64_t base)
{
	unsigned n = (unsigned)ims_bits_get(base, 59, 56);

	return n < LENGTH_MIN ? LENGTH_MIN : n;
}

/* Head and tail are 0 again (VirtualBox); while commands run the base stays as it is. */
void amdvi_cmdbuf_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r;
	if (!ims_hw_state(hw)->fetch_off)
		return;
	ims_ring_set(hw, 0, value & AMDVI_ADDR, amdvi_length_lg2(value));
	ims_ring_head_set(hw, 0, 0);
	ims_ring_tail_set(hw, 0, 0);
}

void amdvi_cmd_head_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r;
	if (ims_hw_state(hw)->fetch_off)
		ims_ring_head_set(hw, 0, (uint32_t)ims_bits_get(value, 18, COMMAND_LG2));
}

void amdvi_cmd_tail_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r;
	ims_ring_tail_set(hw, 0, (uint32_t)ims_bits_get(value, 18, COMMAND_LG2));
}
