/* SPDX-License-Identifier: MIT */
/*
 * A command out of a ring that a guest owns: the guest's names in it become the host's
 * before it is decoded. INVALIDATE_IOMMU_PAGES goes through the map of DomainIDs (mails of
 * AMD, 2023-06-22 and 23), what names a device through that of DeviceIDs (inferred). What
 * a command comes to that names what no map has is a knob (K7), and otherwise nothing: an
 * event tells the host.
 */
#include "viommu.h"

#define COMMAND_SRC IMS_FIELD(15, 0)
#define COMMAND_DOM IMS_FIELD(47, 32)

/* What commands name, by the opcode; those that are not here a guest does not have. */
static const struct {
	bool guests, dom, src;
} names[16] = {
	[1] = { .guests = true },	       /* COMPLETION_WAIT: a guest-physical address */
	[2] = { .guests = true, .src = true }, /* INVALIDATE_DEVTAB_ENTRY */
	[3] = { .guests = true, .dom = true }, /* INVALIDATE_IOMMU_PAGES */
	[4] = { .guests = true, .src = true }, /* INVALIDATE_IOTLB_PAGES */
	[5] = { .guests = true, .src = true }, /* INVALIDATE_INTERRUPT_TABLE */
	[6] = { .guests = true, .src = true }, /* PREFETCH_IOMMU_PAGES */
	[7] = { .guests = true, .src = true }, /* COMPLETE_PPR_REQUEST */
};

/* The entry that a guest's memory is read through: that of the DeviceID in its misc register. */
static uint32_t translate_src(const struct ims_state *s, unsigned guest)
{
	return (uint32_t)ims_field_get(&s->regs[AMDVI_R_OF_VF(guest, AMDVI_VF_MISC)],
				       AMDVI_MISC_TRANSLATE);
}

/* The parent's DomainID is that of the entry that guest memory is read through. */
static uint32_t parent_dom(struct ims_hw *hw, unsigned guest)
{
	struct ims_live e = { .src = translate_src(ims_hw_state(hw), guest), .ctx = IMS_CTX_NONE };

	amdvi_live(hw, &e);
	return (uint32_t)ims_field_get(e.words, AMDVI_DTE_DOM);
}

/* Nothing is done; which event tells of it is inferred: one that is of the vIOMMU and of a command. */
static uint16_t unmapped(struct ims_hw *hw, unsigned ring, unsigned guest)
{
	amdvi_guest_event_put(hw, AMDVI_E_VIOMMU_HARDWARE_ERROR, guest,
			      amdvi_command_at(hw, ring, ims_ring_head(hw, ring)));
	return IMS_CMD_VOID;
}

uint16_t amdvi_guest_command(struct ims_hw *hw, unsigned ring, uint64_t *words)
{
	const struct ims_state *s = ims_hw_state(hw);
	unsigned op = (unsigned)(words[0] >> 60);
	uint16_t guest = ims_ring_owner(hw, ring);
	uint32_t id, host;

	if (!names[op].guests)
		return op == 8 ? AMDVI_QE_GUEST_ALL : AMDVI_QE_OPCODE;
	if (guest == IMS_OWNER_BARE)
		return 0;
	if (names[op].dom) {
		id = (uint32_t)ims_field_get(words, COMMAND_DOM);
		if (!amdvi_map_find(s, guest, AMDVI_MAP_DOMID, id, &host)) {
			if (!s->params[AMDVI_K7])
				return unmapped(hw, ring, guest);
			host = parent_dom(hw, guest);
		}
		ims_field_put(words, COMMAND_DOM, host);
	}
	if (names[op].src) {
		id = (uint32_t)ims_field_get(words, COMMAND_SRC);
		if (!amdvi_map_find(s, guest, AMDVI_MAP_DEVID, id, &host))
			return unmapped(hw, ring, guest);
		ims_field_put(words, COMMAND_SRC, host);
	}
	return 0;
}

/* By the entry as it stands in memory: what of it a unit keeps for this is not modelled. */
bool amdvi_ring_address(struct ims_hw *hw, unsigned ring, uint64_t addr, uint64_t *ret_addr)
{
	const struct ims_req req = { .src = translate_src(ims_hw_state(hw),
							  ims_ring_owner(hw, ring)),
				     .ctx = IMS_CTX_NONE,
				     .addr = addr,
				     .access = IMS_ACCESS_READ };

	return !ims_hw_where(hw, &req, ret_addr);
}
