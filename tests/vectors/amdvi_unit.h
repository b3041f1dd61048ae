/* SPDX-License-Identifier: MIT */
/* What an AMD-Vi unit's registers and logs say. */
#ifndef TESTS_VECTORS_AMDVI_UNIT_H
#define TESTS_VECTORS_AMDVI_UNIT_H

#include "tests/vectors/amdvi_world.h"
#include "tests/vectors/unit.h"

enum { AU_EVENTS = 0x1c000, AU_PAGES = 0x1e000 }; /* logs of 256 entries */

static inline uint64_t au_read(struct aw *v, const char *name)
{
	return unit_read(&v->hw, name);
}

static inline void au_write(struct aw *v, const char *name, uint64_t value)
{
	unit_write(&v->hw, name, value);
}

static inline void au_ctrl(struct aw *v, uint64_t clear, uint64_t set)
{
	au_write(v, "CTRL", (au_read(v, "CTRL") & ~clear) | set);
}

/* Both logs, with their interrupts and that of waits. */
static inline void au_logs_on(struct aw *v)
{
	au_write(v, "EVTLOG", UINT64_C(8) << 56 | AU_EVENTS);
	au_write(v, "PPRLOG", UINT64_C(8) << 56 | AU_PAGES);
	au_write(v, "MSI_ADDR", 0xfee01000);
	au_write(v, "MSI_DATA", 0x41);
	au_ctrl(v, 0, 1u << 2 | 1u << 3 | 1u << 4 | 1u << 13 | 1u << 14);
}

static inline unsigned au_count(const struct aw *v, unsigned kind)
{
	return unit_count(&v->log, kind);
}

static inline const struct ims_event *au_last(const struct aw *v, unsigned kind)
{
	return unit_last(&v->log, kind);
}

static inline unsigned au_signals(const struct aw *v, unsigned source)
{
	return unit_signals(&v->log, source);
}

/* Events in the log, none of them consumed. */
static inline unsigned au_events(struct aw *v)
{
	return (unsigned)au_read(v, "EVT_TAIL") / 16;
}

/* Double words as the sheet writes them. */
static inline void au_send_dw(struct aw *v, const uint32_t *dw)
{
	aw_send(v, dw[0] | (uint64_t)dw[1] << 32, dw[2] | (uint64_t)dw[3] << 32);
}

#endif
