/* SPDX-License-Identifier: MIT */
/* A vendor's registers, as rows: where they stand, what software may write, what follows. */
#ifndef IOMMUSIM_REGISTERS_H
#define IOMMUSIM_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

struct ims_hw;

/* Bits of a register that ask, where they are set, for what is not modelled. */
struct ims_reg_unmodelled {
	uint8_t hi, lo;
	const char *what; /* NULL ends the list */
};

struct ims_reg {
	const char *name; /* "RTADDR" */
	uint32_t offset;  /* in bytes */
	uint8_t bytes;	  /* 4 or 8 */
	uint8_t at;	  /* ims_state.regs[at] holds it */
	uint64_t reset;
	uint64_t writable,
		clear_by_one; /* bits; the others are read-only or have effects of their own */
	/* What it reads as, where regs[at] is not the truth; NULL: regs[at]. */
	uint64_t (*value)(const struct ims_hw *hw, const struct ims_reg *r);
	uint8_t with; /* 1 + the parameter without which all of it is reserved; 0: none */
	/* After a write: @value is what was written, and the register holds what the masks let through. */
	void (*written)(struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
	const struct ims_reg_unmodelled *unmodelled; /* NULL: there are none */
	/* The same as the unit stands: what of @value is not modelled then, or NULL. */
	const char *(*refused)(const struct ims_hw *hw, const struct ims_reg *r, uint64_t value);
	const char *source;
};

/* Software writes what the register holds, or that in `from`, less `clear`, with `set`. */
struct ims_reg_step {
	const char *reg;
	uint64_t clear, set;
	const char *from; /* NULL: the register itself */
};

#endif
