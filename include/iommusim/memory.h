/* SPDX-License-Identifier: MIT */
/* Simulated memory as hardware reads it: words found by a hash of their address. */
#ifndef IOMMUSIM_MEMORY_H
#define IOMMUSIM_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#define IMS_TEMPLATE static inline __attribute__((always_inline))

/* One 64-bit word; an empty cell has key 0, the word at address a has key a | 1. */
struct ims_cell {
	uint64_t key;
	uint64_t value;
};

/*
 * A view of memory: physical (guest 0), or the guest-physical addresses of one
 * VM (guest = its number + 1). Words nobody wrote read as zero; addresses from
 * `limit` on do not exist and give an access error.
 */
struct ims_mem {
	struct ims_cell *cells;
	uint32_t shift; /* 64 - log2 of the number of cells */
	uint32_t mask;
	uint32_t guest;
	uint64_t limit;
	uint64_t fixed_first,
		fixed_last; /* physical memory that takes no atomic update; none: first > last */
	uint64_t guest_limit; /* the VM's memory ends here; what has no page behind it yet reads as zero */
};

/* Where the world keeps, for one guest frame, the physical page behind it (bit 0: there is one). */
static inline uint64_t ims_guest_cell(uint32_t guest, uint64_t gpa)
{
	return (uint64_t)(0x80 | guest) << 56 | gpa >> 12 << 3;
}

IMS_TEMPLATE uint32_t ims_cell_slot(const struct ims_mem *m, uint64_t addr)
{
	return (uint32_t)((addr >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> m->shift);
}

IMS_TEMPLATE uint64_t ims_mem_word(const struct ims_mem *m, uint64_t addr)
{
	uint64_t key = addr | 1;

	for (uint32_t i = ims_cell_slot(m, addr);; i = (i + 1) & m->mask) {
		if (m->cells[i].key == key)
			return m->cells[i].value;
		if (!m->cells[i].key)
			return 0;
	}
}

/* The physical address behind @addr of this view; false: nothing is there. */
IMS_TEMPLATE bool ims_mem_resolve(const struct ims_mem *m, uint64_t addr, uint64_t *ret_pa)
{
	uint64_t pa = addr;

	if (m->guest) {
		uint64_t back = addr >> 56 ? 0 : ims_mem_word(m, ims_guest_cell(m->guest, addr));

		if (!(back & 1))
			return false;
		pa = (back & ~UINT64_C(0xfff)) | (addr & 0xfff);
	}
	*ret_pa = pa;
	return pa < m->limit;
}

/* Reads the aligned 64-bit word at @addr. */
IMS_TEMPLATE bool ims_mem_read(const struct ims_mem *m, uint64_t addr, uint64_t *ret_value)
{
	uint64_t pa;

	if (!ims_mem_resolve(m, addr, &pa)) {
		*ret_value = 0;
		return m->guest && addr < m->guest_limit;
	}
	*ret_value = ims_mem_word(m, pa);
	return true;
}

#endif
