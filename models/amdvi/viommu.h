/* SPDX-License-Identifier: MIT */
/*
 * The hardware vIOMMU (section 9): rings of commands that guests own, and the maps from
 * the guests' DeviceIDs and DomainIDs to the host's. The unit's 64K GuestIDs are four
 * here; GuestID g owns ring g. VF and VF_CNTL are windows of their own in hardware, behind
 * two base addresses of the vendor-specific capability; here they stand behind the unit's
 * registers, each with the spacing it has.
 */
#ifndef MODELS_AMDVI_VIOMMU_H
#define MODELS_AMDVI_VIOMMU_H

#include "amdvi.h"

/* Entries of all maps together that differ from what a map is filled with. */
enum { AMDVI_GUESTS = 4, AMDVI_MAP_ENTRIES = 32 };

/* A guest's page of VF, its slot of VF_CNTL, and what stands for many writes of the latter. */
#define AMDVI_VF_AT(guest, offset)	(0x10000000u + (guest)*0x1000u + (offset))
#define AMDVI_VF_CNTL_AT(guest, offset) (0x20000000u + (guest)*0x40u + (offset))
#define AMDVI_VF_FILL_AT(guest)		(0x30000000u + (guest)*8u)

/* A guest's registers, from AMDVI_R_VF on for each. */
enum amdvi_vf {
	AMDVI_VF_DEVID_MAP,
	AMDVI_VF_DOMID_MAP,
	AMDVI_VF_FILL, /* what the DomainID map has where nothing else was written */
	AMDVI_VF_MISC,
	AMDVI_VF_CMD,
	AMDVI_VF_HEAD,
	AMDVI_VF_TAIL,
	AMDVI_VF_STATUS,
	AMDVI_VF_NONE, /* the logs: nothing can be in them */
	AMDVI_VF_REGS
};
#define AMDVI_R_OF_VF(guest, which)                                                                \
	((enum amdvi_reg)(AMDVI_R_VF + ((guest)-1) * AMDVI_VF_REGS + (which)))

/* Fields of VF_CNTL. */
#define AMDVI_MAP_WRITE	      IMS_BIT(63)
#define AMDVI_MAP_GUEST	      IMS_FIELD(61, 46)
#define AMDVI_MAP_HOST	      IMS_FIELD(29, 14)
#define AMDVI_MAP_VALID	      IMS_BIT(0)
#define AMDVI_MISC_TRANSLATE  IMS_FIELD(31, 16)
#define AMDVI_VF_CMD_LENGTH   IMS_FIELD(3, 0)
#define AMDVI_VF_CMD_EN	      IMS_BIT(8)
#define AMDVI_VF_CMD_WAIT_INT IMS_BIT(9)

/* Of RESET_VMMIO, from bit 28 on: ims_cmd.response; the GuestID is its group. */
#define AMDVI_RESET_ALL	 1u
#define AMDVI_RESET_VCMD 8u

/* The maps, by their number in a row of the unit's state. */
enum amdvi_map { AMDVI_MAP_DEVID, AMDVI_MAP_DOMID };

/* What @id of a guest stands for; false: nothing. */
bool amdvi_map_find(const struct ims_state *s, unsigned guest, enum amdvi_map map, uint32_t id,
		    uint32_t *ret_id);

/* viommu_host.c: what software writes for that, and the host all in all. */
extern const struct ims_function_ops amdvi_function_ops;
/* A DeviceID that no device has, of the entry that a guest's memory is reached through. */
#define AMDVI_TRANSLATE_OF(guest) (0xff00u + (guest))
uint64_t amdvi_map_word(uint32_t id, uint32_t host, bool valid);

/* The unit's own registers have changed: which guests' rings run. */
void amdvi_derive_viommu(struct ims_state *s);
/* The same, and rings that had stood still go on. */
void amdvi_viommu_control(struct ims_hw *hw);
/* A guest's ring stopped. */
void amdvi_viommu_stopped(struct ims_hw *hw, unsigned guest);
/* RESET_VMMIO; ims_model.act. */
void amdvi_act(struct ims_hw *hw, const struct ims_cmd *cmd);
/* ims_model.guest_page. */
bool amdvi_guest_page(const struct ims_hw *hw, const struct ims_reg *r, unsigned *ret_ring,
		      uint32_t *ret_at);

/* ims_reg.written and the like of the rows in regs.c. */
void amdvi_map_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
const char *amdvi_map_refused(const struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void amdvi_vf_fill_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void amdvi_vf_cmd_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
const char *amdvi_vf_cmd_refused(const struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
uint64_t amdvi_vf_head_value(const struct ims_hw *hw, const struct ims_reg *r);
uint64_t amdvi_vf_tail_value(const struct ims_hw *hw, const struct ims_reg *r);
void amdvi_vf_head_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
void amdvi_vf_tail_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);

/* viommu_command.c: a command out of a guest's ring, and where that ring is. */
uint16_t amdvi_guest_command(struct ims_hw *hw, unsigned ring, uint64_t *words);
bool amdvi_ring_address(struct ims_hw *hw, unsigned ring, uint64_t addr, uint64_t *ret_addr);

#endif
