/* SPDX-License-Identifier: MIT */
/*
 * A small VT-d world written word by word, for the vectors: one unit, two
 * requesters, one PASID table. Nothing of the drivers under sim/hyp or models/
 * takes part in building it; positions are those of the specification's tables.
 *
 *	PASID	translation				input
 *	0	nested (also requests without PASID)	VW_IOVA
 *	1	first stage only			VW_IOVA
 *	2	second stage only			VW_GPA
 *	3	nested, AW = 1 (39 bits)		VW_IOVA, to VW_GPA_LOW
 *	4	second stage only, AW = 1		VW_GPA_LOW
 *	5	nested, PWSNP = 0			VW_IOVA
 *
 * and where the unit is the full one
 *
 *	6	first stage only, 5 levels		VW_IOVA5
 *	7	second stage only, AW = 3 (57 bits)	VW_GPA5
 *	8	nested, 5 levels of both		VW_IOVA5
 *	9	pass-through
 *	10	nested, SSADE, EAFE			VW_IOVA
 *	11	second stage only, SSADE		VW_GPA
 *	12	first stage only, SRE			VW_IOVA
 *	13	nested, SRE, WPE			VW_IOVA
 *
 * Guest-physical 0x100000..0x1fffff, where the nested first-stage tables are, is
 * mapped 1 MiB higher; so an address used on the wrong side of a stage shows.
 */
#ifndef TESTS_VECTORS_VTD_WORLD_H
#define TESTS_VECTORS_VTD_WORLD_H

#include <stdlib.h>
#include <string.h>

#include "models/vtd/vtd.h"
#include "sim/engine/engine.h"

#define VW_SRC	    0x0108u /* in the lower half of bus 1 */
#define VW_SRC_HIGH 0x01a0u /* in the upper half */

enum {
	VW_ROOT = 0x10000,
	VW_CTX = 0x11000,
	VW_CTX_HIGH = 0x14000,
	VW_LCTX = 0x15000, /* of legacy mode */
	VW_DIR = 0x12000,
	VW_PASIDS = 0x13000,
	VW_RING = 0x18000,
	VW_STATUS = 0x1a000,
	VW_SS4 = 0x20000, /* second stage: the low subtree, under which the nested tables are */
	VW_SS3 = 0x21000,
	VW_SS2 = 0x22000,
	VW_SS1 = 0x23000,
	VW_SG3 = 0x24000, /* and the one of the final page */
	VW_SG2 = 0x25000,
	VW_SG1 = 0x26000,
	VW_SS5 = 0x27000, /* above VW_SS4, twice */
	VW_N4 = 0x201000, /* nested first stage; guest-physical 1 MiB lower */
	VW_N3 = 0x202000,
	VW_N2 = 0x203000,
	VW_N1 = 0x204000,
	VW_L4 = 0x206000, /* the same for PASID 3 */
	VW_L3 = 0x207000,
	VW_L2 = 0x208000,
	VW_L1 = 0x209000,
	VW_N5 = 0x20b000, /* above VW_N4 */
	VW_F5 = 0x300000,
	VW_F4 = 0x301000, /* first stage alone */
	VW_F3 = 0x302000,
	VW_F2 = 0x303000,
	VW_F1 = 0x304000,
};

/* Indexes 1, 2, 3, 4 and 1, 5, 6, 7. */
#define VW_IOVA	   UINT64_C(0x8080604000)
#define VW_GPA	   UINT64_C(0x8140c07000)
#define VW_GPA_LOW UINT64_C(0x150000)
#define VW_IOVA5   (VW_IOVA | UINT64_C(3) << 48)
#define VW_GPA5	   (VW_GPA | UINT64_C(2) << 48)
#define VW_HPA	   UINT64_C(0x540007000) /* of VW_GPA */
#define VW_HPA_FS  UINT64_C(0x680004000) /* of PASID 1 */
#define VW_HPA_LOW UINT64_C(0x250000)
#define VW_NOWHERE (UINT64_C(1) << 41) /* a legal address without memory */

/* Where the entries on the way stand. */
#define VW_ROOT_E	      (VW_ROOT + 16u)
#define VW_CTX_E	      (VW_CTX + 8u * 32)
#define VW_LCTX_E	      (VW_LCTX + 8u * 16)
#define VW_DIR_E	      (VW_DIR + 0u)
#define VW_PASID_E(pasid)     (VW_PASIDS + (pasid)*64u)
#define VW_FS_E(table, level) ((table) + 8u * (5u - (level)))
#define VW_FS5_E(table)	      ((table) + 24u)
#define VW_SS5_LOW_E	      (VW_SS5 + 0u)
#define VW_SS5_E	      (VW_SS5 + 16u)
#define VW_SS4_LOW_E	      (VW_SS4 + 0u)
#define VW_SS3_LOW_E	      (VW_SS3 + 0u)
#define VW_SS2_LOW_E	      (VW_SS2 + 0u)
#define VW_SS1_LOW_E(gpa)     (VW_SS1 + 8u * (((gpa) >> 12) & 0x1ff))
#define VW_SS4_E	      (VW_SS4 + 8u)
#define VW_SG3_E	      (VW_SG3 + 40u)
#define VW_SG2_E	      (VW_SG2 + 48u)
#define VW_SG1_E	      (VW_SG1 + 56u)

struct vw {
	struct ims_world_config config;
	struct ims_world *world;
	struct ims_hw hw;
	struct ims_log log;
	bool logged;
};

/* One parameter that differs from the set it stands beside. */
struct vw_param {
	bool set;
	uint8_t param; /* enum vtd_param */
	uint32_t value;
};
#define VW_PARAM(p, v)                                                                             \
	{                                                                                          \
		.set = true, .param = (p), .value = (v)                                            \
	}
#define VW_PARAMS 6

struct vw_options {
	bool walk_caches, logged;
	bool full; /* the description's own defaults; else the lean unit below */
	bool legacy;
	struct vw_param params[VW_PARAMS];
	uint8_t fragment_lg2;
	uint8_t ring_lg2; /* 0: 7 */
	uint32_t cells;	  /* 0: 4096 */
	uint32_t entries; /* of each cache; 0: 64 */
};

static inline void *vw_grow(void *old, size_t bytes)
{
	void *p = realloc(old, bytes);

	if (!p)
		abort();
	return p;
}

/*
 * Four-level tables of both stages, HAW = 46, MGAW = 48, and none of PT, SRS,
 * EAFS, SSADS, PRS, PTRS, RPRIVS, SSIRWS: what most vectors are written for.
 */
static inline void vw_params(const struct vw_options *o, uint32_t *params)
{
	static const struct vw_param lean[] = {
		VW_PARAM(VTD_P_HAW, 46),   VW_PARAM(VTD_P_MGAW, 48),  VW_PARAM(VTD_P_SAGAW, 0x6),
		VW_PARAM(VTD_P_FS5LP, 0),  VW_PARAM(VTD_P_PT, 0),     VW_PARAM(VTD_P_SRS, 0),
		VW_PARAM(VTD_P_EAFS, 0),   VW_PARAM(VTD_P_SSADS, 0),  VW_PARAM(VTD_P_PRS, 0),
		VW_PARAM(VTD_P_SMS, 0),	   VW_PARAM(VTD_P_PDS, 0),    VW_PARAM(VTD_P_PTRS, 0),
		VW_PARAM(VTD_P_RPRIVS, 0), VW_PARAM(VTD_P_SSIRWS, 0), VW_PARAM(VTD_P_IR, 0),
	};

	for (unsigned i = 0; i < VTD_PARAMS; i++)
		params[i] = vtd_params[i].value;
	for (unsigned i = 0; !o->full && i < sizeof(lean) / sizeof(lean[0]); i++)
		params[lean[i].param] = lean[i].value;
	for (unsigned i = 0; i < VW_PARAMS; i++)
		if (o->params[i].set)
			params[o->params[i].param] = o->params[i].value;
}

static inline void vw_bind(struct vw *v)
{
	ims_hw_bind(&v->hw, &vtd_model, v->world, 0, v->logged ? &v->log : NULL);
}

/* An empty world with a ring. */
static inline void vw_open(struct vw *v, const struct vw_options *o)
{
	struct ims_unit_config *u = &v->config.units[0];
	uint32_t params[VTD_PARAMS];
	size_t bytes;

	memset(v, 0, sizeof(*v));
	vw_params(o, params);
	u->params = params;
	v->config.model = &vtd_model;
	v->config.cells = o->cells ? o->cells : 4096;
	v->config.units_count = 1;
	u->walk_caches = o->walk_caches;
	u->fragment_lg2 = o->fragment_lg2;
	u->ring_lg2 = o->ring_lg2 ? o->ring_lg2 : 7;
	for (unsigned c = 0; c < VTD_CACHES; c++)
		u->caches[c].entries = o->entries ? o->entries : 64;
	bytes = ims_world_bytes(&v->config);
	v->world = vw_grow(NULL, bytes);
	memset(v->world, 0, bytes);
	ims_world_init(v->world, &v->config);
	u->params = NULL;
	v->logged = o->logged;
	v->log.first = 1;
	v->log.grow = vw_grow;
	vw_bind(v);
	v->hw.unit->ring.base = VW_RING;
	v->hw.unit->root = 1u << 10; /* scalable mode */
}

static inline void vw_close(struct vw *v)
{
	free(v->world);
	free(v->log.events);
	v->world = NULL;
	v->log.events = NULL;
}

static inline uint64_t vw_get(struct vw *v, uint64_t pa)
{
	struct ims_mem m = ims_world_mem(v->world, 0);

	return ims_mem_word(&m, pa);
}

static inline void vw_put(struct vw *v, uint64_t pa, uint64_t value)
{
	ims_world_store(v->world, pa, value, v->world->time);
}

static inline void vw_pasid(struct vw *v, unsigned pasid, unsigned pgtt, unsigned aw, uint64_t s1,
			    uint64_t s2)
{
	uint64_t at = VW_PASID_E(pasid);

	vw_put(v, at + 16, s1);
	vw_put(v, at + 8, (10 + pasid) | (pasid == 5 ? 0 : 0x800000)); /* DID 10 + PASID; PWSNP */
	vw_put(v, at, s2 | (uint64_t)pgtt << 6 | (uint64_t)aw << 2 | 1);
}

/* P, R/W, U/S; accessed and dirty are clear. */
static inline void vw_first_stage(struct vw *v, uint64_t top, uint64_t below, uint64_t out)
{
	vw_put(v, VW_FS_E(top, 4), below | 7);
	vw_put(v, VW_FS_E(top + 0x1000, 3), (below + 0x1000) | 7);
	vw_put(v, VW_FS_E(top + 0x2000, 2), (below + 0x2000) | 7);
	vw_put(v, VW_FS_E(top + 0x3000, 1), out | 7);
}

static inline void vw_fill(struct vw *v)
{
	v->hw.unit->root = VW_ROOT | 1u << 10;
	vw_put(v, VW_ROOT_E, VW_CTX | 1);
	vw_put(v, VW_ROOT_E + 8, VW_CTX_HIGH | 1);
	vw_put(v, VW_CTX_E, VW_DIR | 0xd); /* P, DTE, PASIDE; PDTS = 0; RID_PASID = 0 */
	vw_put(v, VW_CTX_HIGH + 0x20 * 32, VW_DIR | 0xd);
	vw_put(v, VW_DIR_E, VW_PASIDS | 1);
	vw_pasid(v, 0, 3, 2, VW_N4 - 0x100000, VW_SS4);
	vw_pasid(v, 1, 1, 0, VW_F4, 0);
	vw_pasid(v, 2, 2, 2, 0, VW_SS4);
	vw_pasid(v, 3, 3, 1, VW_L4 - 0x100000, VW_SS3);
	vw_pasid(v, 4, 2, 1, 0, VW_SS3);
	vw_pasid(v, 5, 3, 2, VW_N4 - 0x100000, VW_SS4);
	vw_put(v, VW_SS4_LOW_E, VW_SS3 | 3);
	vw_put(v, VW_SS3_LOW_E, VW_SS2 | 3);
	vw_put(v, VW_SS2_LOW_E, VW_SS1 | 3);
	for (uint64_t gpa = 0x100000; gpa < 0x200000; gpa += 0x1000)
		vw_put(v, VW_SS1_LOW_E(gpa), (gpa + 0x100000) | 3);
	vw_put(v, VW_SS4_E, VW_SG3 | 3);
	vw_put(v, VW_SG3_E, VW_SG2 | 3);
	vw_put(v, VW_SG2_E, VW_SG1 | 3);
	vw_put(v, VW_SG1_E, VW_HPA | 3);
	vw_first_stage(v, VW_N4, VW_N3 - 0x100000, VW_GPA);
	vw_first_stage(v, VW_L4, VW_L3 - 0x100000, VW_GPA_LOW);
	vw_first_stage(v, VW_F4, VW_F3, VW_HPA_FS);
}

/* PASIDs 6 to 13; the tables are those of the others, or stand above them. */
static inline void vw_fill_full(struct vw *v)
{
	vw_pasid(v, 6, 1, 0, VW_F5 | 0x4, 0);
	vw_pasid(v, 7, 2, 3, 0, VW_SS5);
	vw_pasid(v, 8, 3, 3, (VW_N5 - 0x100000) | 0x4, VW_SS5);
	vw_pasid(v, 9, 4, 0, 0, 0);
	vw_pasid(v, 10, 3, 2, (VW_N4 - 0x100000) | 0x80, VW_SS4 | 0x200);
	vw_pasid(v, 11, 2, 2, 0, VW_SS4 | 0x200);
	vw_pasid(v, 12, 1, 0, VW_F4 | 0x1, 0);
	vw_pasid(v, 13, 3, 2, (VW_N4 - 0x100000) | 0x11, VW_SS4);
	vw_put(v, VW_FS5_E(VW_F5), VW_F4 | 7);
	vw_put(v, VW_FS5_E(VW_N5), (VW_N4 - 0x100000) | 7);
	vw_put(v, VW_SS5_LOW_E, VW_SS4 | 3);
	vw_put(v, VW_SS5_E, VW_SS4 | 3);
}

/* Legacy mode: TT = 01, AW = 2, DID 30; the second stage of PASID 2. */
static inline void vw_legacy(struct vw *v)
{
	v->hw.unit->root = VW_ROOT;
	vw_put(v, VW_ROOT_E, VW_LCTX | 1);
	vw_put(v, VW_ROOT_E + 8, 0);
	vw_put(v, VW_LCTX_E, VW_SS4 | 0x5);
	vw_put(v, VW_LCTX_E + 8, 30 << 8 | 2);
	vw_put(v, VW_LCTX + 0xa0 * 16, VW_SS4 | 0x5);
	vw_put(v, VW_LCTX + 0xa0 * 16 + 8, 30 << 8 | 2);
}

static inline void vw_build(struct vw *v, const struct vw_options *o)
{
	vw_open(v, o);
	vw_fill(v);
	if (o->full)
		vw_fill_full(v);
	if (o->legacy)
		vw_legacy(v);
}

static inline struct ims_req vw_req(uint32_t ctx, uint64_t addr, unsigned access)
{
	return (struct ims_req){
		.src = VW_SRC, .ctx = ctx, .addr = addr, .access = (uint8_t)access
	};
}

static inline struct ims_answer vw_ask(struct vw *v, uint32_t ctx, uint64_t addr, unsigned access)
{
	struct ims_req req = vw_req(ctx, addr, access);
	struct ims_answer a;

	ims_translate(&v->hw, &req, &a);
	return a;
}

/* One descriptor through the ring. */
static inline void vw_send(struct vw *v, uint64_t qw0, uint64_t qw1)
{
	uint64_t words[4] = { qw0, qw1, 0, 0 };

	if (!ims_ring_put(&v->hw, words))
		abort();
	ims_ring_run(&v->hw);
}

/* A wait that writes 1 to the status word. */
static inline void vw_wait(struct vw *v)
{
	vw_send(v, UINT64_C(1) << 32 | 0x25, VW_STATUS);
}

#endif
