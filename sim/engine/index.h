/* SPDX-License-Identifier: MIT */
/*
 * A hash index of small numbers: open addressing, linear probing, 8 bytes a
 * slot, deletion without tombstones. The upper half of a slot is the hash, so
 * neither growth of a probe nor deletion touches what the numbers stand for.
 * Equal hashes may stand beside each other; the caller compares.
 */
#ifndef SIM_ENGINE_INDEX_H
#define SIM_ENGINE_INDEX_H

#include <stdbool.h>
#include <stdint.h>

static inline uint64_t ims_slot_make(uint32_t hash, uint32_t number)
{
	return (uint64_t)hash << 32 | (number + 1u);
}

static inline uint32_t ims_slot_number(uint64_t slot)
{
	return (uint32_t)slot - 1u;
}

/*
 * Where probing starts: by the upper bits of the hash, since multiples of the
 * golden ratio, and so consecutive pages, are spread evenly there and nowhere else.
 */
static inline uint32_t ims_slot_home(uint32_t hash, uint32_t mask)
{
	return hash >> __builtin_clz(mask);
}

static inline void ims_index_insert(uint64_t *slots, uint32_t mask, uint32_t hash, uint32_t number)
{
	uint32_t i = ims_slot_home(hash, mask);

	while (slots[i])
		i = (i + 1) & mask;
	slots[i] = ims_slot_make(hash, number);
}

/* Removes exactly this pair; it must be there. */
static inline void ims_index_remove(uint64_t *slots, uint32_t mask, uint32_t hash, uint32_t number)
{
	uint64_t slot = ims_slot_make(hash, number);
	uint32_t hole = ims_slot_home(hash, mask);

	while (slots[hole] != slot)
		hole = (hole + 1) & mask;
	for (uint32_t i = (hole + 1) & mask; slots[i]; i = (i + 1) & mask) {
		uint32_t home = ims_slot_home((uint32_t)(slots[i] >> 32), mask);

		/* Its home lies cyclically in (hole, i]: it must stay. */
		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		slots[hole] = slots[i];
		hole = i;
	}
	slots[hole] = 0;
}

#endif
