/* SPDX-License-Identifier: MIT */
/* Sizes of addresses, pages and tables (section 3.4, VMSA D8.2), as arithmetic. */
#include "smmuv3.h"

/* Six and seven need 52-bit outputs, which are not modelled: params.c. */
unsigned smmu_size_bits(uint64_t code)
{
	static const uint8_t bits[] = { 32, 36, 40, 42, 44, 48, 52, 56 };

	return bits[code & 7];
}

unsigned smmu_grain_lg2(enum smmu_grain grain)
{
	return grain == SMMU_4K ? 12 : grain == SMMU_16K ? 14 : 16;
}

enum smmu_grain smmu_tg0(uint64_t code)
{
	return code < SMMU_GRAINS ? (enum smmu_grain)code : SMMU_GRAINS;
}

enum smmu_grain smmu_tg1(uint64_t code)
{
	static const uint8_t grains[] = { SMMU_GRAINS, SMMU_16K, SMMU_4K, SMMU_64K };

	return (enum smmu_grain)grains[code & 3];
}

bool smmu_has_grain(const uint32_t *params, enum smmu_grain grain)
{
	switch (grain) {
	case SMMU_4K:
		return params[SMMU_P_GRAN4K];
	case SMMU_16K:
		return params[SMMU_P_GRAN16K];
	case SMMU_64K:
		return params[SMMU_P_GRAN64K];
	default:
		return false;
	}
}

/* Arm counts 4 - (input - 4) / stride, downwards. */
unsigned smmu_s1_top(enum smmu_grain grain, unsigned input)
{
	return (input - 4) / (smmu_grain_lg2(grain) - 3);
}

/* Tables of D8.2: by SL0 from the level that Arm calls 2 or 3 upwards; 4K has 3 for level 3 (STT). */
unsigned smmu_s2_top(const uint32_t *params, enum smmu_grain grain, uint64_t sl0)
{
	if (grain == SMMU_4K)
		return sl0 < 3 ? 2 + (unsigned)sl0 : params[SMMU_P_STT] ? 1 : 0;
	/* Level 0 of 16K needs DS; 64K has none. */
	return sl0 < 3 ? 1 + (unsigned)sl0 : 0;
}

/* The least physical address size that a root of this level is for: VMSA J1.1, S2InvalidSL. */
static unsigned pamax_of(enum smmu_grain grain, unsigned top)
{
	if (grain == SMMU_4K)
		return top == 4 ? 44 : 0;
	return top == 3 ? (grain == SMMU_16K ? 42 : 44) : 0;
}

/* At least one bit of index, at most what 16 tables side by side have: VMSA J1.1, S2InconsistentSL. */
bool smmu_s2_fits(const uint32_t *params, enum smmu_grain grain, uint64_t sl0, unsigned t0sz)
{
	unsigned top = smmu_s2_top(params, grain, sl0), input = 64 - t0sz, stride, lg2;

	if (!top)
		return false;
	stride = smmu_grain_lg2(grain) - 3;
	lg2 = ims_grain_level_lg2(smmu_grain_lg2(grain), top);
	if (params[SMMU_K_SL_PAMAX] && smmu_size_bits(params[SMMU_P_OAS]) < pamax_of(grain, top))
		return false;
	return input > lg2 && input <= lg2 + stride + 4;
}

unsigned smmu_txsz_min(const uint32_t *params, enum smmu_grain grain, bool stage2)
{
	unsigned least = grain == SMMU_64K && (stage2 || params[SMMU_P_VAX]) ? 12 : 16;
	unsigned ias = 64 - smmu_size_bits(params[SMMU_P_OAS]);

	/* Section 3.4: IAS is OAS, as there are AArch64 tables alone. */
	return stage2 && ias > least ? ias : least;
}

unsigned smmu_txsz_max(const uint32_t *params, enum smmu_grain grain)
{
	return !params[SMMU_P_STT] ? 39 : grain == SMMU_64K ? 47 : 48;
}
