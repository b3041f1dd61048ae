/* SPDX-License-Identifier: MIT */
/* Commands and queues, commands.c and queue.c. */
#ifndef MODELS_SMMUV3_COMMANDS_H
#define MODELS_SMMUV3_COMMANDS_H

#include "iommusim/model.h"

enum { SMMU_ROWS = 1, SMMU_QUEUE_ERRORS = 3 };

/* CMDQ_CONS.ERR, section 7.1. */
enum smmu_queue_error { SMMU_CERROR_ILL = 1, SMMU_CERROR_ABT, SMMU_CERROR_ATC_INV_SYNC };

extern const struct ims_cmd_row smmu_rows[SMMU_ROWS];
extern const struct ims_fault_def smmu_queue_errors[SMMU_QUEUE_ERRORS];

void smmu_decode(const struct ims_state *state, const struct ims_cmd_row *row,
		 const uint64_t *words, struct ims_cmd *cmd);
void smmu_encode(const struct ims_cmd_row *row, const struct ims_cmd_args *args, uint64_t *words);

void smmu_derive_queue(struct ims_state *s);
/* After a write of CR0, which held @was. */
void smmu_queue_control(struct ims_hw *hw, uint64_t was);
uint64_t smmu_cmdq_base_value(const struct ims_hw *hw, const struct ims_reg *r);
uint64_t smmu_cmdq_prod_value(const struct ims_hw *hw, const struct ims_reg *r);
uint64_t smmu_cmdq_cons_value(const struct ims_hw *hw, const struct ims_reg *r);
void smmu_cmdq_base_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void smmu_cmdq_prod_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void smmu_cmdq_cons_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void smmu_gerrorn_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void smmu_eventq_base_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void smmu_priq_base_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);

#endif
