/* SPDX-License-Identifier: MIT */
/*
 * Tegra241 CMDQV: command queues beside the SMMU's own, of which some are a guest's. The
 * sheet's section 9; numbers and offsets are those of drivers/iommu/arm/arm-smmu-v3/
 * tegra241-cmdqv.c, "t.c" in sources.
 */
#ifndef MODELS_SMMUV3_CMDQV_H
#define MODELS_SMMUV3_CMDQV_H

#include "iommusim/model.h"

enum {
	CMDQV_VINTFS = 4, /* functions at most, the first of them the host's */
	CMDQV_VCMDQS = 8, /* queues at most, of all of them */
	CMDQV_SIDS = 4,	  /* StreamIDs of a guest at most */
	/* Its registers stand apart from the SMMU's: here, in the numbers of this program. */
	CMDQV_AT = 0x1000000,
	CMDQV_VINTF_AT = 0x1000,
	CMDQV_VINTF_LG2 = 8,
	CMDQV_PAGE0_AT = 0x10000,
	CMDQV_PAGE1_AT = 0x20000,
	CMDQV_VCMDQ_LG2 = 7,
	CMDQV_VIEW_BYTES = 0x10000, /* of a VINTF's page 0: what its guest may have mapped */
	CMDQV_REG_ROWS = 113,
	CMDQV_WORDS = 1 + CMDQV_VINTFS * (2 + 2 * CMDQV_SIDS) + CMDQV_VCMDQS * 5,
};

/* The rows of the table in regs.c. */
#define CMDQV_REG(name_, offset_, bytes_, value_, written_)                                        \
	{                                                                                          \
		.name = (name_), .offset = CMDQV_AT + (offset_), .bytes = (bytes_),                \
		.at = SMMU_R_CMDQV, .writable = ~UINT64_C(0), .with = 1 + SMMU_P_VCMDQS,           \
		.value = (value_), .written = (written_), .source = "sheet 9; Linux, t.c"          \
	}
#define CMDQV_SID_REGS(v_, s_)                                                                     \
	CMDQV_REG("VINTF" #v_ "_SID_MATCH" #s_,                                                    \
		  CMDQV_VINTF_AT + ((v_) << CMDQV_VINTF_LG2) + 0x40 + 4 * (s_), 4,                 \
		  cmdqv_sid_match_value, cmdqv_sid_match_written),                                 \
		CMDQV_REG("VINTF" #v_ "_SID_REPLACE" #s_,                                          \
			  CMDQV_VINTF_AT + ((v_) << CMDQV_VINTF_LG2) + 0x80 + 4 * (s_), 4,         \
			  cmdqv_sid_replace_value, cmdqv_sid_replace_written)
#define CMDQV_VINTF_REGS(v_)                                                                       \
	CMDQV_REG("VINTF" #v_ "_CONFIG", CMDQV_VINTF_AT + ((v_) << CMDQV_VINTF_LG2), 4,            \
		  cmdqv_vintf_config_value, cmdqv_vintf_config_written),                           \
		CMDQV_REG("VINTF" #v_ "_STATUS", CMDQV_VINTF_AT + ((v_) << CMDQV_VINTF_LG2) + 4,   \
			  4, cmdqv_vintf_status_value, cmdqv_ignored),                             \
		CMDQV_REG("VINTF" #v_ "_LVCMDQ_ERR_MAP_64_0",                                      \
			  CMDQV_VINTF_AT + ((v_) << CMDQV_VINTF_LG2) + 0xc0, 8,                    \
			  cmdqv_vintf_map_value, cmdqv_ignored),                                   \
		CMDQV_SID_REGS(v_, 0), CMDQV_SID_REGS(v_, 1), CMDQV_SID_REGS(v_, 2),               \
		CMDQV_SID_REGS(v_, 3)
#define CMDQV_PAGE0(q_, off_) (CMDQV_PAGE0_AT + ((q_) << CMDQV_VCMDQ_LG2) + (off_))
#define CMDQV_VCMDQ_REGS(q_)                                                                       \
	CMDQV_REG("CMDQ_ALLOC" #q_, 0x200 + 4 * (q_), 4, cmdqv_alloc_value, cmdqv_alloc_written),  \
		CMDQV_REG("VCMDQ" #q_ "_CONS", CMDQV_PAGE0(q_, 0), 4, cmdqv_cons_value,            \
			  cmdqv_cons_written),                                                     \
		CMDQV_REG("VCMDQ" #q_ "_PROD", CMDQV_PAGE0(q_, 4), 4, cmdqv_prod_value,            \
			  cmdqv_prod_written),                                                     \
		CMDQV_REG("VCMDQ" #q_ "_CONFIG", CMDQV_PAGE0(q_, 8), 4, cmdqv_config_value,        \
			  cmdqv_config_written),                                                   \
		CMDQV_REG("VCMDQ" #q_ "_STATUS", CMDQV_PAGE0(q_, 0xc), 4, cmdqv_status_value,      \
			  cmdqv_ignored),                                                          \
		CMDQV_REG("VCMDQ" #q_ "_GERROR", CMDQV_PAGE0(q_, 0x10), 4, cmdqv_gerror_value,     \
			  cmdqv_ignored),                                                          \
		CMDQV_REG("VCMDQ" #q_ "_GERRORN", CMDQV_PAGE0(q_, 0x14), 4, cmdqv_gerrorn_value,   \
			  cmdqv_gerrorn_written),                                                  \
		CMDQV_REG("VCMDQ" #q_ "_BASE", CMDQV_PAGE1_AT + ((q_) << CMDQV_VCMDQ_LG2), 8,      \
			  cmdqv_base_value, cmdqv_base_written)
#define CMDQV_REGS                                                                                 \
	CMDQV_REG("CMDQV_CONFIG", 0x0, 4, cmdqv_value, cmdqv_written),                             \
		CMDQV_REG("CMDQV_PARAM", 0x4, 4, cmdqv_param_value, cmdqv_ignored),                \
		CMDQV_REG("CMDQV_STATUS", 0x8, 4, cmdqv_value, cmdqv_ignored),                     \
		CMDQV_REG("CMDQV_VINTF_ERR_MAP", 0x14, 4, cmdqv_vintfs_map_value, cmdqv_ignored),  \
		CMDQV_REG("CMDQV_CMDQ_ERR_MAP0", 0x24, 4, cmdqv_cmdqs_map_value, cmdqv_ignored),   \
		CMDQV_VINTF_REGS(0), CMDQV_VINTF_REGS(1), CMDQV_VINTF_REGS(2),                     \
		CMDQV_VINTF_REGS(3), CMDQV_VCMDQ_REGS(0), CMDQV_VCMDQ_REGS(1),                     \
		CMDQV_VCMDQ_REGS(2), CMDQV_VCMDQ_REGS(3), CMDQV_VCMDQ_REGS(4),                     \
		CMDQV_VCMDQ_REGS(5), CMDQV_VCMDQ_REGS(6), CMDQV_VCMDQ_REGS(7)

typedef uint64_t cmdqv_value_fn(const struct ims_hw *hw, const struct ims_reg *r);
typedef void cmdqv_written_fn(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
cmdqv_value_fn cmdqv_value, cmdqv_param_value, cmdqv_vintfs_map_value, cmdqv_cmdqs_map_value,
	cmdqv_vintf_config_value, cmdqv_vintf_status_value, cmdqv_vintf_map_value,
	cmdqv_sid_match_value, cmdqv_sid_replace_value, cmdqv_alloc_value, cmdqv_cons_value,
	cmdqv_prod_value, cmdqv_config_value, cmdqv_status_value, cmdqv_gerror_value,
	cmdqv_gerrorn_value, cmdqv_base_value;
/* Read-only. */
cmdqv_written_fn cmdqv_ignored;
cmdqv_written_fn cmdqv_written, cmdqv_vintf_config_written, cmdqv_sid_match_written,
	cmdqv_sid_replace_written, cmdqv_alloc_written, cmdqv_cons_written, cmdqv_prod_written,
	cmdqv_config_written, cmdqv_gerrorn_written, cmdqv_base_written;

/* CONFIG and STATUS of a VINTF. */
#define CMDQV_EN      IMS_BIT(0)
#define CMDQV_VMID    IMS_FIELD(16, 1)
#define CMDQV_HYP_OWN IMS_BIT(17)
/* SID_MATCH. */
#define CMDQV_VIRT_SID IMS_FIELD(20, 1)
/* CMDQ_ALLOC. */
#define CMDQV_ALLOCATED IMS_BIT(0)
#define CMDQV_LVCMDQ	IMS_FIELD(7, 1)
#define CMDQV_VINTF	IMS_FIELD(20, 15)

/* cmdqv.c: the members of struct ims_model. */
uint16_t cmdqv_guest_command(struct ims_hw *hw, unsigned ring, uint64_t *words);
void cmdqv_guest_ring(struct ims_hw *hw, unsigned ring, bool on);
bool cmdqv_guest_page(const struct ims_hw *hw, const struct ims_reg *r, unsigned *ret_ring,
		      uint32_t *ret_at);
void cmdqv_guest_ring_clear(struct ims_hw *hw, unsigned ring);
void cmdqv_wait_done(struct ims_hw *hw, unsigned ring);
/* One of its queues stopped. */
void cmdqv_stopped(struct ims_hw *hw, unsigned ring, uint16_t error);

/* cmdqv_host.c: what the host's driver does with it. */
extern const struct ims_function_ops cmdqv_ops;
/* Queues of one VINTF. */
uint32_t cmdqv_queues(const uint32_t *params);

#endif
