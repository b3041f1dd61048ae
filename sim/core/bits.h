/* SPDX-License-Identifier: MIT */
/*
 * Bit fields written the way a specification's table writes them: high bit,
 * low bit, counted from bit 0 of the structure's first 64-bit word. The only
 * header of the core that a vendor's folder may include.
 */
#ifndef SIM_CORE_BITS_H
#define SIM_CORE_BITS_H

#include <stdbool.h>
#include <stdint.h>

/* The mask of bits hi..lo of one 64-bit word: IMS_BITS(11, 9) == 0xe00. */
#define IMS_BITS(hi, lo) ((~UINT64_C(0) >> (63 - (hi))) & (~UINT64_C(0) << (lo)))
#define IMS_BIT(n)	 (UINT64_C(1) << (n))

/* A field of a structure of several words; it never straddles two words. */
struct ims_field {
	uint16_t hi;
	uint16_t lo;
};
#define IMS_FIELD(hi_, lo_) ((struct ims_field){ .hi = (hi_), .lo = (lo_) })

static inline uint64_t ims_bits_get(uint64_t word, unsigned hi, unsigned lo)
{
	return (word & IMS_BITS(hi, lo)) >> lo;
}

static inline uint64_t ims_bits_put(uint64_t word, unsigned hi, unsigned lo, uint64_t value)
{
	return (word & ~IMS_BITS(hi, lo)) | ((value << lo) & IMS_BITS(hi, lo));
}

static inline uint64_t ims_field_get(const uint64_t *words, struct ims_field f)
{
	return ims_bits_get(words[f.lo / 64], f.hi % 64, f.lo % 64);
}

static inline void ims_field_put(uint64_t *words, struct ims_field f, uint64_t value)
{
	words[f.lo / 64] = ims_bits_put(words[f.lo / 64], f.hi % 64, f.lo % 64, value);
}

/* The widest value a field holds. */
static inline uint64_t ims_field_max(struct ims_field f)
{
	return ~UINT64_C(0) >> (63 - (f.hi - f.lo));
}

/* The naturally aligned block of 2^size_lg2 bytes around @addr; 64 means everything. */
static inline uint64_t ims_block_first(uint64_t addr, unsigned size_lg2)
{
	return size_lg2 >= 64 ? 0 : addr & (~UINT64_C(0) << size_lg2);
}

static inline uint64_t ims_block_last(uint64_t addr, unsigned size_lg2)
{
	return size_lg2 >= 64 ? ~UINT64_C(0) : addr | ~(~UINT64_C(0) << size_lg2);
}

/* Two inclusive ranges share a byte. */
static inline bool ims_overlap(uint64_t first, uint64_t last, uint64_t first2, uint64_t last2)
{
	return first <= last2 && first2 <= last;
}

/* log2 of the smallest naturally aligned block that covers first..last. */
static inline unsigned ims_cover_lg2(uint64_t first, uint64_t last)
{
	uint64_t diff = first ^ last;

	return diff ? 64 - (unsigned)__builtin_clzll(diff) : 0;
}

#endif
