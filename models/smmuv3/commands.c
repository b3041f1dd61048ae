/* SPDX-License-Identifier: MIT */
/* Commands, 128 bits, opcode in bits 7:0 (section 4). */
#include "smmuv3.h"

const struct ims_cmd_row smmu_rows[] = {
	{ .name = "SYNC",
	  .title = "SYNC",
	  .source = "IHI 0070 section 4.7.3",
	  .kind = IMS_CMD_WAIT,
	  .vmm = IMS_VMM_WAIT,
	  .care = { IMS_BITS(7, 0) },
	  .value = { 0x46 } },
};
_Static_assert(sizeof(smmu_rows) / sizeof(smmu_rows[0]) == SMMU_ROWS, "as announced");

const struct ims_fault_def smmu_queue_errors[] = {
	{ SMMU_CERROR_ILL, "CERROR_ILL", "illegal command", "IHI 0070 section 7.1" },
	{ SMMU_CERROR_ABT, "CERROR_ABT", "command could not be fetched", "IHI 0070 section 7.1" },
	{ SMMU_CERROR_ATC_INV_SYNC, "CERROR_ATC_INV_SYNC",
	  "a device did not answer an invalidation", "IHI 0070 section 7.1" },
};
_Static_assert(sizeof(smmu_queue_errors) / sizeof(smmu_queue_errors[0]) == SMMU_QUEUE_ERRORS,
	       "as announced");

void smmu_decode(const struct ims_state *state, const struct ims_cmd_row *row,
		 const uint64_t *words, struct ims_cmd *cmd)
{
	(void)state;
	(void)row;
	(void)words;
	(void)cmd;
}

void smmu_encode(const struct ims_cmd_row *row, const struct ims_cmd_args *args, uint64_t *words)
{
	(void)row;
	(void)args;
	(void)words;
}
