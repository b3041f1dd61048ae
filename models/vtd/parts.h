/* SPDX-License-Identifier: MIT */
/* What path.c, legacy.c and walk.c share. */
#ifndef MODELS_VTD_PARTS_H
#define MODELS_VTD_PARTS_H

#include "vtd.h"

/* A request on its way through the structures. */
struct vtd_way {
	struct ims_hw *hw;
	const struct ims_state *state;
	const struct ims_req *req;
	struct ims_path *path;
	uint64_t rtaddr;
	bool fpd; /* of one of the entries read so far */
};

static inline bool vtd_interrupt_range(uint64_t addr)
{
	return addr >= VTD_INTERRUPTS_FIRST && addr <= VTD_INTERRUPTS_LAST;
}

static inline bool vtd_any_set(const uint64_t *words, const uint64_t *mask, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (words[i] & mask[i])
			return true;
	return false;
}

/* AW 1, 2, 3: 39, 48 and 57 bits, and the first input beyond (sections 9.3, 9.6). */
static inline bool vtd_aw_supported(const struct ims_state *s, uint64_t aw)
{
	return aw >= 1 && aw <= 3 && (s->params[VTD_P_SAGAW] >> aw & 1);
}

static inline uint64_t vtd_aw_limit(const struct ims_state *s, uint64_t aw)
{
	uint64_t width = 30 + 9 * aw;

	return UINT64_C(1) << (width < s->params[VTD_P_MGAW] ? width : s->params[VTD_P_MGAW]);
}

/* Legacy mode: root, context and what they say. */
uint16_t vtd_legacy_path(struct vtd_way *way);
/* No tables: output is input. */
uint16_t vtd_pass_through(struct vtd_way *way, uint16_t too_wide, uint16_t interrupts);
/* A translated request's address, which nothing translates. */
uint16_t vtd_host_address(const struct vtd_way *way, uint16_t too_wide, uint16_t interrupts);
/* A translation request without PASID for interrupts: conditions S.1 and S.2. */
void vtd_interrupt_translation(struct vtd_way *way);

#endif
