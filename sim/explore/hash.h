/* SPDX-License-Identifier: MIT */
/* Numbers of 64 bits that stand for more: equal for what is equal, and else by chance alone. */
#ifndef SIM_EXPLORE_HASH_H
#define SIM_EXPLORE_HASH_H

#include <stdint.h>

static inline uint64_t xpl_mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * UINT64_C(0x94d049bb133111eb);
	return h ^ h >> 29;
}

#endif
