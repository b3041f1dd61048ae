/* SPDX-License-Identifier: MIT */
/* Software's side: driver.c, nest.c, rules.c, programming.c. */
#ifndef MODELS_SMMUV3_SOFTWARE_H
#define MODELS_SMMUV3_SOFTWARE_H

#include "iommusim/model.h"

enum {
	SMMU_GUEST_RULES = 23,
	SMMU_HOST_RULES = 26,
	SMMU_COLUMNS = 27,
	SMMU_POLICIES = 3,
	SMMU_GUEST_PARAMS = 10,
	SMMU_NEEDS = 5,
	SMMU_PROG_RULES = 7,
	SMMU_ROOTS = 2,	 /* stage-2 root tables side by side */
	SMMU_S1_TOP = 4, /* stage 1: 48 bits, four levels */
	SMMU_S2_TOP = 3, /* stage 2: 40 bits, three levels under two roots */
};

extern const struct ims_scope_row smmu_scope[IMS_TOPICS];
extern const struct ims_column_use smmu_columns[SMMU_COLUMNS];

enum { SMMU_TOLD = 2 };
extern const struct ims_told_queue smmu_told[SMMU_TOLD];
void smmu_guest_told(struct ims_hw *hw, const uint64_t *words);
/* What of a record a guest hears, by its own number of the device; false: nothing. */
bool smmu_vevent(const uint64_t *record, uint32_t virt_id, uint64_t *ret_record);
extern const struct ims_policy_row smmu_policies[SMMU_POLICIES];
extern const struct ims_rule smmu_guest_rules[SMMU_GUEST_RULES];
extern const struct ims_rule smmu_host_rules[SMMU_HOST_RULES];
extern const struct ims_param_set smmu_guest_params[SMMU_GUEST_PARAMS];
extern const struct ims_param_rule smmu_needs[SMMU_NEEDS];
extern const struct ims_prog_rule smmu_prog_rules[SMMU_PROG_RULES];

/* driver.c: the members of struct ims_model. */
void smmu_setup(struct ims_driver *d);
void smmu_device_add(struct ims_driver *d, uint32_t src, const struct ims_dev_config *config);
void smmu_device_clear(struct ims_driver *d, uint32_t src);
void smmu_ctx_set(struct ims_driver *d, uint32_t src, uint32_t ctx,
		  const struct ims_ctx_config *config);
void smmu_ctx_clear(struct ims_driver *d, uint32_t src, uint32_t ctx);
void smmu_device_limits(const uint32_t *params, struct ims_dev_config *config);
uint8_t smmu_leaf_levels(const uint32_t *params, unsigned stage);

/* The same for nest.c: what a driver has of a device, and how it is changed while hardware may read it. */
bool smmu_ste_read(struct ims_driver *d, uint32_t src, uint64_t *ste);
void smmu_ste_write(struct ims_driver *d, uint32_t src, const uint64_t *ste);

/* nest.c: the members of struct ims_model. */
void smmu_guest_entry(struct ims_driver *d, uint32_t src, struct ims_guest_entry *ret);
bool smmu_guest_ctx(struct ims_driver *d, const struct ims_guest_entry *e, uint32_t *ctx);
bool smmu_guest_dir(struct ims_driver *d, const struct ims_guest_entry *e, uint64_t first,
		    uint64_t last);
void smmu_nest(struct ims_driver *d, uint32_t src, const struct ims_guest_entry *e,
	       const struct ims_ctx_config *config);
bool smmu_ctx_dirty(struct ims_driver *d, uint32_t src, uint32_t ctx, bool on);

/* programming.c */
void smmu_live(struct ims_hw *hw, struct ims_live *e);

#endif
