/* SPDX-License-Identifier: MIT */
/* An SMMUv3's registers, its Command queue and the queues that it writes. */
#ifndef TESTS_VECTORS_SMMUV3_UNIT_H
#define TESTS_VECTORS_SMMUV3_UNIT_H

#include "tests/vectors/smmuv3_world.h"
#include "tests/vectors/unit.h"

enum { SU_STATUS = 0x1a000, SU_EVENTS = 0x1c000, SU_PAGES = 0x1e000 };

static inline void su_send(struct sw *v, uint64_t d0, uint64_t d1)
{
	uint64_t words[IMS_CMD_WORDS] = { d0, d1 };

	ck_assert(ims_ring_put(&v->hw, words));
	ims_ring_run(&v->hw);
}

/* SYNC that writes its data to the status word. */
static inline void su_sync(struct sw *v)
{
	su_send(v, UINT64_C(0x1234560fc01046), SU_STATUS);
}

/* Whether it has, since the last time. */
static inline bool su_synced(struct sw *v)
{
	bool done = sw_get(v, SU_STATUS) == 0x123456;

	sw_put(v, SU_STATUS, 0);
	return done;
}

/* 2^lg2 entries each, nothing in them. */
static inline void su_queues_on(struct sw *v, unsigned lg2)
{
	unit_write(&v->hw, "EVENTQ_BASE", SU_EVENTS | lg2);
	unit_write(&v->hw, "PRIQ_BASE", SU_PAGES | lg2);
	unit_write(&v->hw, "IRQ_CTRL", 7);
	unit_write(&v->hw, "CR0", unit_read(&v->hw, "CR0") | 6);
}

static inline uint64_t su_event(struct sw *v, unsigned n, unsigned word)
{
	return sw_get(v, SU_EVENTS + n * 32 + word * 8);
}

#endif
