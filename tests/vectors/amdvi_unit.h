/* SPDX-License-Identifier: MIT */
/* What an AMD-Vi unit's registers and logs say. */
#ifndef TESTS_VECTORS_AMDVI_UNIT_H
#define TESTS_VECTORS_AMDVI_UNIT_H

#include <check.h>

#include "tests/vectors/amdvi_world.h"

enum { AU_EVENTS = 0x1c000, AU_PAGES = 0x1e000 }; /* logs of 256 entries */

static inline uint64_t au_read(struct aw *v, const char *name)
{
	const struct ims_reg *r = ims_model_reg(&amdvi_model, name);
	uint64_t value = 0;

	ck_assert_msg(r != NULL, "no register %s", name);
	ck_assert(ims_reg_read(&v->hw, r->offset, r->bytes, &value));
	return value;
}

static inline void au_write(struct aw *v, const char *name, uint64_t value)
{
	const struct ims_reg *r = ims_model_reg(&amdvi_model, name);

	ck_assert_msg(r != NULL, "no register %s", name);
	ck_assert(ims_reg_write(&v->hw, r->offset, r->bytes, value));
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
	unsigned n = 0;

	for (uint32_t i = 0; i < v->log.count; i++)
		n += v->log.events[i].kind == kind;
	return n;
}

static inline const struct ims_event *au_last(const struct aw *v, unsigned kind)
{
	for (uint32_t i = v->log.count; i-- > 0;)
		if (v->log.events[i].kind == kind)
			return &v->log.events[i];
	ck_abort_msg("no event of kind %u", kind);
	return NULL;
}

static inline unsigned au_signals(const struct aw *v, unsigned source)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < v->log.count; i++)
		n += v->log.events[i].kind == IMS_EV_SIGNAL && v->log.events[i].n == source;
	return n;
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
