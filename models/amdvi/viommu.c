/* SPDX-License-Identifier: MIT */
/*
 * The hardware vIOMMU: registers of a guest (VF), what the host says of it (VF_CNTL), the
 * maps. How a map stands in memory is not known (section 9): here it is an array that
 * nothing but VF_CNTL writes, kept as what all of it was filled with and the few entries
 * that differ.
 */
#include "viommu.h"

enum { COMMAND_LG2 = 4, LENGTH_MIN = 8 };

/* An entry that differs, in one word of the unit's state; 0: the place is free. */
#define E_USED	IMS_BIT(63)
#define E_MAP	IMS_FIELD(62, 62)
#define E_GUEST IMS_FIELD(51, 48)
#define E_ID	IMS_FIELD(47, 32)
#define E_VALID IMS_FIELD(16, 16)
#define E_HOST	IMS_FIELD(15, 0)

static unsigned guest_of(const struct ims_reg *r)
{
	if (r->offset >= AMDVI_VF_FILL_AT(0))
		return (r->offset - AMDVI_VF_FILL_AT(0)) / 8;
	if (r->offset >= AMDVI_VF_CNTL_AT(0, 0))
		return (r->offset - AMDVI_VF_CNTL_AT(0, 0)) / 0x40;
	return (r->offset - AMDVI_VF_AT(0, 0)) / 0x1000;
}

static uint64_t *vf(struct ims_state *s, unsigned guest, enum amdvi_vf which)
{
	return &s->regs[AMDVI_R_OF_VF(guest, which)];
}

/* A guest's page of VF is the third one of its own registers (section 9). */
bool amdvi_guest_page(const struct ims_hw *hw, const struct ims_reg *r, unsigned *ret_ring,
		      uint32_t *ret_at)
{
	(void)hw;
	*ret_ring = r->offset < AMDVI_VF_AT(1, 0) ? 0 : guest_of(r);
	*ret_at = r->offset & 0xfff;
	return (r->offset >= 0x2000 && r->offset < 0x3000) ||
	       (r->offset >= AMDVI_VF_AT(1, 0) && r->offset < AMDVI_VF_CNTL_AT(0, 0));
}

/* ---- the maps ---- */

static uint64_t entry_of(unsigned guest, enum amdvi_map map, uint32_t id)
{
	uint64_t e = E_USED;

	ims_field_put(&e, E_MAP, map);
	ims_field_put(&e, E_GUEST, guest);
	ims_field_put(&e, E_ID, id);
	return e;
}

/* Where the state has it; AMDVI_MAP_ENTRIES: it is as all are. */
static unsigned place_of(const struct ims_state *s, uint64_t entry)
{
	unsigned i = 0;

	while (i < AMDVI_MAP_ENTRIES && (s->regs[AMDVI_R_MAP + i] ^ entry) & ~IMS_BITS(16, 0))
		i++;
	return i;
}

/* What a map has of what nothing was written for: a host's id and whether it is valid, as in an entry. */
static uint64_t filled(const struct ims_state *s, unsigned guest, enum amdvi_map map)
{
	uint64_t fill = s->regs[AMDVI_R_OF_VF(guest, AMDVI_VF_FILL)], e = 0;

	if (map != AMDVI_MAP_DOMID || !(fill & AMDVI_MAP_VALID))
		return 0;
	ims_field_put(&e, E_VALID, 1);
	ims_field_put(&e, E_HOST, ims_field_get(&fill, AMDVI_MAP_HOST));
	return e;
}

bool amdvi_map_find(const struct ims_state *s, unsigned guest, enum amdvi_map map, uint32_t id,
		    uint32_t *ret_id)
{
	unsigned at = place_of(s, entry_of(guest, map, id));
	uint64_t e = at < AMDVI_MAP_ENTRIES ? s->regs[AMDVI_R_MAP + at] : filled(s, guest, map);

	*ret_id = (uint32_t)ims_field_get(&e, E_HOST);
	return ims_field_get(&e, E_VALID);
}

static enum amdvi_map map_of(const struct ims_reg *r)
{
	return r->at == AMDVI_R_OF_VF(guest_of(r), AMDVI_VF_DOMID_MAP) ? AMDVI_MAP_DOMID :
									 AMDVI_MAP_DEVID;
}

static uint32_t id_of(uint64_t value)
{
	return (uint32_t)ims_field_get(&value, AMDVI_MAP_GUEST);
}

const char *amdvi_map_refused(const struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	const struct ims_state *s = ims_hw_state_const(hw);

	if (!(value & AMDVI_MAP_WRITE))
		return "reading a map back (bit 63 is 0)";
	if (place_of(s, entry_of(guest_of(r), map_of(r), id_of(value))) == AMDVI_MAP_ENTRIES &&
	    place_of(s, 0) == AMDVI_MAP_ENTRIES)
		return "more than 32 entries of maps that differ from what the map was filled with";
	return NULL;
}

/* Section 9: bit 63 is the write; nothing is known of what a read answers, so that it does nothing. */
void amdvi_map_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	struct ims_state *s = ims_hw_state(hw);
	unsigned guest = guest_of(r), at;
	enum amdvi_map map = map_of(r);
	uint64_t e = entry_of(guest, map, id_of(value));

	if (!(value & AMDVI_MAP_WRITE))
		return;
	at = place_of(s, e);
	if (at == AMDVI_MAP_ENTRIES)
		at = place_of(s, 0);
	if (value & AMDVI_MAP_VALID) {
		ims_field_put(&e, E_VALID, 1);
		ims_field_put(&e, E_HOST, ims_field_get(&value, AMDVI_MAP_HOST));
	}
	/* One that is as all are needs no place. */
	if (at < AMDVI_MAP_ENTRIES)
		s->regs[AMDVI_R_MAP + at] = (e & IMS_BITS(16, 0)) == filled(s, guest, map) ? 0 : e;
}

static void map_empty(struct ims_state *s, unsigned guest, enum amdvi_map map)
{
	for (unsigned i = 0; i < AMDVI_MAP_ENTRIES; i++) {
		uint64_t *e = &s->regs[AMDVI_R_MAP + i];

		if (ims_field_get(e, E_GUEST) == guest && ims_field_get(e, E_MAP) == map)
			*e = 0;
	}
}

/* All 64K DomainIDs of the guest, written one after the other. */
void amdvi_vf_fill_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)value;
	map_empty(ims_hw_state(hw), guest_of(r), AMDVI_MAP_DOMID);
}

/* ---- the rings ---- */

/* vCmdEn and vIommuEn are taken for two locks on one door; what each alone would do is not known. */
static bool allowed(const struct ims_state *s)
{
	const uint64_t on = AMDVI_CTRL_EN | AMDVI_CTRL_VCMD | AMDVI_CTRL_VIOMMU |
			    AMDVI_CTRL_GST_BUFFER_TRP;

	return (s->regs[AMDVI_R_CTRL] & on) == on;
}

void amdvi_derive_viommu(struct ims_state *s)
{
	s->rings_on = 0;
	for (unsigned g = 1; g <= s->params[AMDVI_P_GUEST_IDS] && allowed(s); g++)
		if (*vf(s, g, AMDVI_VF_STATUS) & AMDVI_STATUS_CMD_RUN)
			s->rings_on |= 1u << g;
}

static void go_on(struct ims_hw *hw, uint32_t was)
{
	struct ims_state *s = ims_hw_state(hw);

	amdvi_derive_viommu(s);
	for (unsigned g = 1; g <= s->params[AMDVI_P_GUEST_IDS]; g++)
		if ((s->rings_on & ~was) >> g & 1)
			ims_ring_resume(hw, g);
}

void amdvi_viommu_control(struct ims_hw *hw)
{
	go_on(hw, 0);
}

/* As of the unit's own: commands run no more until they are switched off and on. */
void amdvi_viommu_stopped(struct ims_hw *hw, unsigned guest)
{
	*vf(ims_hw_state(hw), guest, AMDVI_VF_STATUS) &= ~AMDVI_STATUS_CMD_RUN;
	amdvi_derive_viommu(ims_hw_state(hw));
}

const char *amdvi_vf_cmd_refused(const struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	(void)r;
	return (value & AMDVI_VF_CMD_EN) && !(ims_hw_state_const(hw)->regs[AMDVI_R_CTRL] &
					      AMDVI_CTRL_GST_BUFFER_TRP) ?
		       "a guest's commands in the address space of the unit (CTRL bit 60 is 0)" :
		       NULL;
}

/* Switched on: where the ring is, and how long; head and tail stay as they are. */
void amdvi_vf_cmd_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	struct ims_state *s = ims_hw_state(hw);
	unsigned guest = guest_of(r), lg2 = (unsigned)ims_field_get(&value, AMDVI_VF_CMD_LENGTH);
	uint64_t *status = vf(s, guest, AMDVI_VF_STATUS), was = *status & AMDVI_STATUS_CMD_RUN;
	uint32_t on = s->rings_on;

	if (guest > s->params[AMDVI_P_GUEST_IDS])
		return;
	*status &= ~AMDVI_STATUS_CMD_RUN;
	if (value & AMDVI_VF_CMD_EN) {
		*status |= AMDVI_STATUS_CMD_RUN;
		if (!was)
			ims_ring_set(hw, guest, value & AMDVI_ADDR,
				     lg2 < LENGTH_MIN ? LENGTH_MIN : lg2);
		ims_ring_own(hw, guest, (uint16_t)guest);
	}
	go_on(hw, on);
}

uint64_t amdvi_vf_head_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	unsigned guest = guest_of(r);

	return guest > ims_hw_state_const(hw)->params[AMDVI_P_GUEST_IDS] ?
		       0 :
		       (uint64_t)ims_ring_head(hw, guest) << COMMAND_LG2;
}

uint64_t amdvi_vf_tail_value(const struct ims_hw *hw, const struct ims_reg *r)
{
	unsigned guest = guest_of(r);

	return guest > ims_hw_state_const(hw)->params[AMDVI_P_GUEST_IDS] ?
		       0 :
		       (uint64_t)ims_ring_tail(hw, guest) << COMMAND_LG2;
}

void amdvi_vf_head_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	struct ims_state *s = ims_hw_state(hw);
	unsigned guest = guest_of(r);

	if (guest <= s->params[AMDVI_P_GUEST_IDS] && !(s->rings_on >> guest & 1))
		ims_ring_head_set(hw, guest, (uint32_t)ims_bits_get(value, 18, COMMAND_LG2));
}

void amdvi_vf_tail_written(struct ims_hw *hw, const struct ims_reg *r, uint64_t value)
{
	unsigned guest = guest_of(r);

	if (guest <= ims_hw_state(hw)->params[AMDVI_P_GUEST_IDS])
		ims_ring_tail_set(hw, guest, (uint32_t)ims_bits_get(value, 18, COMMAND_LG2));
}

/* ---- RESET_VMMIO ---- */

/*
 * vCmd is taken for the registers of the guest's commands, `all` for everything that the
 * unit has of the guest; whether its maps are among that is not known.
 */
void amdvi_act(struct ims_hw *hw, const struct ims_cmd *cmd)
{
	struct ims_state *s = ims_hw_state(hw);
	unsigned guest = cmd->group;
	bool all = cmd->response & AMDVI_RESET_ALL;

	if (!guest || guest > s->params[AMDVI_P_GUEST_IDS])
		return;
	if (all || (cmd->response & AMDVI_RESET_VCMD)) {
		*vf(s, guest, AMDVI_VF_CMD) = *vf(s, guest, AMDVI_VF_STATUS) = 0;
		amdvi_derive_viommu(s);
		ims_ring_head_set(hw, guest, 0);
		ims_ring_tail_set(hw, guest, 0);
	}
	if (!all)
		return;
	*vf(s, guest, AMDVI_VF_MISC) = 0;
	if (s->params[AMDVI_K_RESET_MAPS]) {
		*vf(s, guest, AMDVI_VF_FILL) = 0;
		map_empty(s, guest, AMDVI_MAP_DEVID);
		map_empty(s, guest, AMDVI_MAP_DOMID);
	}
}
