/* SPDX-License-Identifier: MIT */
#ifndef TOOLS_ORACLE_SMMUV3_H
#define TOOLS_ORACLE_SMMUV3_H

#include "models/smmuv3/smmuv3.h"
#include "tools/oracle/oracle.h"

/* Where RAM of QEMU's virt board begins; everything the two sides share is above it. */
#define SMMU_RAM UINT64_C(0x40000000)

enum smmu_stages { SMMU_STAGE_1, SMMU_STAGE_2, SMMU_NESTED };
/* A configuration is one of them with a stream table of one level, or of two. */
static inline enum smmu_stages smmu_stages_of(const struct orc_program *p)
{
	return (enum smmu_stages)(p->config >> 1);
}

static inline bool smmu_two_levels(const struct orc_program *p)
{
	return p->config & 1;
}

/* orc_program.start: STRTAB_BASE and STRTAB_BASE_CFG; each device's STE and CD, for the rows of differences. */
enum smmu_start {
	SMMU_START_BASE,
	SMMU_START_CFG,
	SMMU_START_STE,
	SMMU_START_CD = SMMU_START_STE + ORC_DEVICES
};

enum { SMMU_KNOWN = 12 };

extern const struct orc_vendor orc_smmuv3;
extern const struct orc_known smmu_known[SMMU_KNOWN];

void smmu_generate(struct orc_program *p);

#endif
