/* SPDX-License-Identifier: MIT */
/*
 * Enhanced command queues, section 3.5.6: ring n + 1 is the queue of control page n. Each
 * is enabled, stops and goes on by itself; a command is the same in any of them, and a SYNC
 * is for its own queue. EN is acknowledged at once. ERRACK that differs from ERR without an
 * error (3.5.6.3: unpredictable) changes nothing.
 */
#include "smmuv3.h"

#define ERR	   IMS_BIT(23) /* of CONS; ERRACK in PROD */
#define ERR_REASON IMS_BITS(26, 24)
#define INDEX	   IMS_BITS(19, 0)

enum { PAGES_FIRST = 0x20000, PAGE_LG2 = 16, CONTROL_FIRST = 0x4000, CONTROL_LG2 = 5 };

static bool is_there(const struct ims_hw *hw, unsigned n)
{
	return n < ims_hw_state_const(hw)->params[SMMU_P_ECMDQ];
}

static bool is_on(const struct ims_hw *hw, unsigned n)
{
	return ims_hw_state_const(hw)->regs[SMMU_R_ECMDQ_PROD + n] & SMMU_ECMDQ_EN;
}

static unsigned number_of(const struct ims_reg *r)
{
	return (r->offset - PAGES_FIRST) >> PAGE_LG2;
}

void smmu_derive_ecmdq(struct ims_state *s)
{
	for (unsigned n = 0; n < s->params[SMMU_P_ECMDQ]; n++) {
		uint32_t on = s->regs[SMMU_R_ECMDQ_PROD + n] & SMMU_ECMDQ_EN ? 2u << n : 0;

		s->rings_on = (s->rings_on & ~(2u << n)) | on;
	}
}

/* ERR and its reason are there before GERROR says that one of the queues has an error. */
void smmu_ecmdq_stopped(struct ims_hw *hw, unsigned ring, uint16_t error)
{
	uint64_t *cons = smmu_reg(hw, (enum smmu_reg)(SMMU_R_ECMDQ_CONS + ring - 1));

	*cons = ((*cons ^ ERR) & ERR) | (uint64_t)error << 24;
	smmu_gerror(hw, SMMU_GERROR_CMDQP);
}

/* An error that is told of is acknowledged where ERRACK is what ERR is: it goes on from where it stands. */
static void settle(struct ims_hw *hw, unsigned n, bool told)
{
	uint64_t prod = *smmu_reg(hw, (enum smmu_reg)(SMMU_R_ECMDQ_PROD + n));
	uint64_t *cons = smmu_reg(hw, (enum smmu_reg)(SMMU_R_ECMDQ_CONS + n));

	if (!told || ((prod ^ *cons) & ERR))
		return;
	*cons &= ERR;
	ims_ring_resume(hw, n + 1);
}

/* ---- registers ---- */

/* Of page n: where its queues are, from the first register on, in 64 KiB; it is enabled. */
uint64_t smmu_ecmdq_page_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	unsigned n = (r->offset - CONTROL_FIRST) >> CONTROL_LG2;

	if (!is_there(hw, n))
		return 0;
	if (r->bytes == 4)
		return 1;
	return (PAGES_FIRST + ((uint64_t)n << PAGE_LG2)) | 1u << 1 | 1;
}

uint64_t smmu_ecmdq_base_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	unsigned n = number_of(r), lg2;
	uint64_t base;

	if (!is_there(hw, n))
		return 0;
	base = ims_ring_base(hw, n + 1, &lg2);
	return base | lg2;
}

uint64_t smmu_ecmdq_prod_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	unsigned n = number_of(r);

	return is_there(hw, n) ? ims_hw_state_const(hw)->regs[r->at] | ims_ring_tail(hw, n + 1) : 0;
}

uint64_t smmu_ecmdq_cons_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	const uint64_t *regs = ims_hw_state_const(hw)->regs;
	unsigned n = number_of(r);

	if (!is_there(hw, n))
		return 0;
	return regs[r->at] | (is_on(hw, n) ? SMMU_ECMDQ_EN : 0) | ims_ring_head(hw, n + 1);
}

/* These two are read-only while the queue is enabled. */
void smmu_ecmdq_base_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	unsigned n = number_of(r);

	if (is_there(hw, n) && !is_on(hw, n))
		smmu_ring_base(hw, n + 1, value);
}

void smmu_ecmdq_cons_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	unsigned n = number_of(r);
	uint64_t *cons = smmu_reg(hw, (enum smmu_reg)r->at), kept = ERR | ERR_REASON;
	bool told = *cons & ERR_REASON;

	*cons &= kept;
	if (!is_there(hw, n) || is_on(hw, n))
		return;
	*cons = value & kept;
	ims_ring_head_set(hw, n + 1, (uint32_t)(value & INDEX));
	settle(hw, n, told);
}

void smmu_ecmdq_prod_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	unsigned n = number_of(r);

	*smmu_reg(hw, (enum smmu_reg)r->at) = value & (SMMU_ECMDQ_EN | ERR);
	if (!is_there(hw, n))
		return;
	smmu_derive_ecmdq(ims_hw_state(hw));
	ims_ring_tail_set(hw, n + 1, (uint32_t)(value & INDEX));
	settle(hw, n, *smmu_reg(hw, (enum smmu_reg)(SMMU_R_ECMDQ_CONS + n)) & ERR_REASON);
}
