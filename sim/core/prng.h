/* SPDX-License-Identifier: MIT */
/* splitmix64: every seed is good, the state is one word, the same everywhere. */
#ifndef SIM_CORE_PRNG_H
#define SIM_CORE_PRNG_H

#include <stdint.h>

static inline uint64_t ims_mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static inline uint64_t ims_prng_next(uint64_t *state)
{
	return ims_mix(*state += UINT64_C(0x9e3779b97f4a7c15));
}

/* A number below @bound, without visible bias for the bounds used here. */
static inline uint32_t ims_prng_below(uint64_t *state, uint32_t bound)
{
	return (uint32_t)((ims_prng_next(state) >> 32) * bound >> 32);
}

#endif
