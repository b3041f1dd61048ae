/* SPDX-License-Identifier: MIT */
/* Units with other parameters than the defaults, and what their registers and logs say. */
#ifndef TESTS_VECTORS_VTD_UNIT_H
#define TESTS_VECTORS_VTD_UNIT_H

#include "tests/vectors/unit.h"
#include "tests/vectors/vtd_world.h"

/* The unit of @v anew, with one parameter changed; before anything was asked of it. */
static inline void vu_set(struct vw *v, unsigned param, uint32_t value)
{
	struct ims_state *s = &v->hw.unit->state;
	uint32_t params[IMS_PARAMS];

	memcpy(params, s->params, sizeof(params));
	params[param] = value;
	ims_state_init(&vtd_model, params, s);
}

static inline uint64_t vu_read(struct vw *v, const char *name)
{
	return unit_read(&v->hw, name);
}

static inline void vu_write(struct vw *v, const char *name, uint64_t value)
{
	unit_write(&v->hw, name, value);
}

static inline unsigned vu_count(const struct vw *v, unsigned kind)
{
	return unit_count(&v->log, kind);
}

static inline const struct ims_event *vu_last(const struct vw *v, unsigned kind)
{
	return unit_last(&v->log, kind);
}

static inline unsigned vu_signals(const struct vw *v, unsigned source)
{
	return unit_signals(&v->log, source);
}

enum { VU_TE = 1u << 31, VU_SRTP = 1u << 30, VU_QIE = 1u << 26 };

/* From power-on as software does it: queue, root, translation on. Descriptors of 256 bits if @wide. */
static inline void vu_boot(struct vw *v, uint64_t rtaddr, bool wide)
{
	ims_unit_reset(&v->hw);
	vu_write(v, "IQT", 0);
	vu_write(v, "IQA", VW_RING | (wide ? 1u << 11 : 0));
	vu_write(v, "GCMD", VU_QIE);
	vu_write(v, "RTADDR", rtaddr);
	vu_write(v, "GCMD", VU_QIE | VU_SRTP);
	vu_write(v, "GCMD", VU_QIE | VU_TE);
}

/* One descriptor at the tail, and the doorbell. */
static inline void vu_send(struct vw *v, uint64_t qw0, uint64_t qw1)
{
	uint64_t tail = vu_read(v, "IQT"), iqa = vu_read(v, "IQA");
	uint64_t bytes = iqa >> 11 & 1 ? 32 : 16;

	vw_put(v, (iqa & ~UINT64_C(0xfff)) + tail, qw0);
	vw_put(v, (iqa & ~UINT64_C(0xfff)) + tail + 8, qw1);
	if (bytes == 32) {
		vw_put(v, (iqa & ~UINT64_C(0xfff)) + tail + 16, 0);
		vw_put(v, (iqa & ~UINT64_C(0xfff)) + tail + 24, 0);
	}
	vu_write(v, "IQT", (tail + bytes) & 0xfff);
}

#endif
