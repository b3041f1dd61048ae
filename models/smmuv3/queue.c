/* SPDX-License-Identifier: MIT */
/*
 * The Command queue: its registers (sections 6.3.26 to 6.3.28), how it stops and goes on
 * (7.1, 7.5; the sheet's 15.7), prefetching. Indexes have a wrap bit above the slot's.
 */
#include "smmuv3.h"
#include "cmdqv.h"

/* ---- GERROR ---- */

bool smmu_gerror_active(struct ims_hw *hw, uint64_t bit)
{
	const uint64_t *regs = ims_hw_state(hw)->regs;

	return (regs[SMMU_R_GERROR] ^ regs[SMMU_R_GERRORN]) & bit;
}

/* Toggled, unless it is active: further errors of its kind are absorbed. */
void smmu_gerror(struct ims_hw *hw, uint64_t bit)
{
	uint64_t *regs = ims_hw_state(hw)->regs;

	if (smmu_gerror_active(hw, bit))
		return;
	regs[SMMU_R_GERROR] ^= bit;
	if (regs[SMMU_R_IRQ_CTRL] & SMMU_IRQ_GERROR)
		ims_hw_signal(hw, SMMU_SIGNAL_GERROR, regs[SMMU_R_GERROR_IRQ_CFG0],
			      (uint32_t)regs[SMMU_R_GERROR_IRQ_CFG1]);
}

/* Acknowledged where it is what GERROR is; a queue of commands goes on from where it stands. */
void smmu_gerrorn_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	struct ims_state *s = ims_hw_state(hw);
	uint64_t *mine = &s->regs[SMMU_R_GERRORN], *was = &s->regs[SMMU_R_GERRORN_WAS];
	uint64_t active = s->regs[SMMU_R_GERROR] ^ *was;

	(void)r;
	(void)value;
	/* Whether toggling one that is not active makes it so is unpredictable: 6.3.20. */
	if (!s->params[SMMU_K_GERRORN])
		*mine = (*mine & active) | (*was & ~active);
	*was = *mine;
	if (!s->regs[SMMU_R_CMDQ_ERROR] || smmu_gerror_active(hw, SMMU_GERROR_CMDQ))
		return;
	s->regs[SMMU_R_CMDQ_ERROR] = 0;
	ims_ring_resume(hw, 0);
}

/* ---- commands ---- */

void smmu_derive_queue(struct ims_state *s)
{
	s->fetch_off = !(s->regs[SMMU_R_CR0] & SMMU_CR0_CMDQEN);
	s->early_effect = !s->params[SMMU_K_ORDER];
	s->atc_asks = s->params[SMMU_K_ATC_ASKS];
	s->atc_alone = true;
	s->atc_passes = s->params[SMMU_K_ATC_TIMEOUT] == 2;
	s->mode = (s->regs[SMMU_R_CR2] & SMMU_CR2_E2H) != 0;
	smmu_derive_commands(s);
	smmu_derive_ecmdq(s);
}

uint16_t smmu_ready(struct ims_state *s, uint64_t root)
{
	(void)root;
	s->mode = (s->regs[SMMU_R_CR2] & SMMU_CR2_E2H) != 0;
	return 0;
}

/* A SYNC that waits for ever, and tells nobody. */
static bool hangs(struct ims_hw *hw, uint16_t error)
{
	return error == SMMU_CERROR_ATC_INV_SYNC &&
	       ims_hw_state(hw)->params[SMMU_K_ATC_TIMEOUT] == 1;
}

/* ERR is there before GERROR says so; CONS stays at the command. */
void smmu_queue_stopped(struct ims_hw *hw, unsigned ring, uint16_t error)
{
	if (hangs(hw, error))
		return;
	if (ring >= ims_ring_guests(hw)) {
		cmdqv_stopped(hw, ring, error);
		return;
	}
	if (ring) {
		smmu_ecmdq_stopped(hw, ring, error);
		return;
	}
	*smmu_reg(hw, SMMU_R_CMDQ_ERROR) = error;
	smmu_gerror(hw, SMMU_GERROR_CMDQ);
}

void smmu_wait_signalled(struct ims_hw *hw)
{
	ims_hw_signal(hw, SMMU_SIGNAL_SYNC, 0, 0);
}

/* Section 4.2: 2^Size addresses, 2^(12 + Stride) apart; hardware may stop at some point. */
void smmu_fetch(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	struct ims_req req = {
		.src = cmd->src, .ctx = cmd->ctx, .addr = cmd->first, .access = IMS_ACCESS_READ
	};
	unsigned size = (unsigned)(cmd->wait_data & 0x1f), stride = cmd->wait_data >> 5 & 0x1f;

	for (uint32_t i = 0; i < 1u << (size < 6 ? size : 6); i++) {
		ims_hw_fetch(hw, &req);
		req.addr += UINT64_C(1) << (12 + stride);
	}
}

/* ---- registers ---- */

/* CMDQEN does not acknowledge an error; without it 1 to 0 of SMMUEN ends what is stalled. */
void smmu_queue_control(struct ims_hw *hw, uint64_t was)
{
	struct ims_state *s = ims_hw_state(hw);

	if (!(was & SMMU_CR0_CMDQEN) && !s->fetch_off)
		ims_ring_tail_set(hw, 0, ims_ring_tail(hw, 0));
	if ((was & SMMU_CR0_SMMUEN) && !s->derived[SMMU_D_ENABLED])
		smmu_stalls_free(hw);
}

uint64_t smmu_cmdq_base_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	unsigned lg2;
	uint64_t base = ims_ring_base(hw, 0, &lg2);

	(void)r;
	return base | lg2;
}

uint64_t smmu_cmdq_prod_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	(void)r;
	return ims_ring_tail(hw, 0);
}

uint64_t smmu_cmdq_cons_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	(void)r;
	return ims_ring_head(hw, 0) | ims_hw_state_const(hw)->regs[SMMU_R_CMDQ_ERROR] << 24;
}

/* No longer than CMDQS says, and aligned to itself (sheet 16.1). */
void smmu_ring_base(struct ims_hw *hw, unsigned ring, uint64_t value)
{
	unsigned lg2 = (unsigned)ims_bits_get(value, 4, 0),
		 max = ims_hw_state(hw)->params[SMMU_P_CMDQS];

	lg2 = lg2 < max ? lg2 : max;
	ims_ring_set(hw, ring, value & SMMU_ADDR(5) & ~(lg2 > 1 ? IMS_BITS(lg2 + 3, 0) : 0), lg2);
}

void smmu_cmdq_base_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r;
	if (ims_hw_state(hw)->fetch_off)
		smmu_ring_base(hw, 0, value);
}

void smmu_cmdq_prod_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r;
	ims_ring_tail_set(hw, 0, (uint32_t)ims_bits_get(value, 19, 0));
}

void smmu_cmdq_cons_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r;
	if (ims_hw_state(hw)->fetch_off)
		ims_ring_head_set(hw, 0, (uint32_t)ims_bits_get(value, 19, 0));
}
