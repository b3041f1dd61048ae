/* SPDX-License-Identifier: MIT */
/* The Command queue's registers (sections 6.3.26 to 6.3.28). */
#include "smmuv3.h"

void smmu_derive_queue(struct ims_state *s)
{
	s->fetch_off = !(s->regs[SMMU_R_CR0] & SMMU_CR0_CMDQEN);
}

void smmu_queue_control(struct ims_hw *hw, uint64_t was)
{
	if (!(was & SMMU_CR0_CMDQEN) && !ims_hw_state(hw)->fetch_off)
		ims_ring_resume(hw);
}

uint64_t smmu_cmdq_base_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	unsigned lg2;
	uint64_t base = ims_ring_base(hw, &lg2);

	(void)r;
	return base | lg2;
}

uint64_t smmu_cmdq_prod_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	(void)r;
	return ims_ring_tail(hw);
}

uint64_t smmu_cmdq_cons_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	(void)r;
	return ims_ring_head(hw);
}

void smmu_cmdq_base_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r;
	if (ims_hw_state(hw)->fetch_off)
		ims_ring_set(hw, value & SMMU_ADDR(5), (unsigned)ims_bits_get(value, 4, 0));
}

void smmu_cmdq_prod_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r;
	ims_ring_tail_set(hw, (uint32_t)ims_bits_get(value, 19, 0));
}

void smmu_cmdq_cons_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r;
	if (ims_hw_state(hw)->fetch_off)
		ims_ring_head_set(hw, (uint32_t)ims_bits_get(value, 19, 0));
}

void smmu_gerrorn_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)hw;
	(void)r;
	(void)value;
}

void smmu_eventq_base_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)hw;
	(void)r;
	(void)value;
}

void smmu_priq_base_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)hw;
	(void)r;
	(void)value;
}
