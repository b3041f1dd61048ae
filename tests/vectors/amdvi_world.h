/* SPDX-License-Identifier: MIT */
/*
 * A small AMD-Vi world written word by word, for the vectors: one unit, a device table
 * of 128 entries, tables of both kinds. Nothing of the drivers under sim/hyp or models/
 * takes part in building it.
 *
 *	device	DTE						input
 *	0x08	nested, GIOV, PASIDs 0, 1, 5; Mode = 4		AW_IOVA
 *	0x10	host only, Mode = 4				AW_GPA
 *	0x18	guest only (Mode = 0), GIOV; PASID 1		AW_IOVA
 *	0x20	Mode = 0: identity
 *	0x28	host only, and PASIDs nested (GIOV = 0)		AW_GPA, AW_IOVA
 *	0x30	V = 1, TV = 0
 *	others	V = 0
 *
 * Guest-physical 0x100000..0x1fffff, where the GCR3 table and the nested guest tables
 * are, is mapped 1 MiB higher; so an address used on the wrong side of a stage shows.
 */
#ifndef TESTS_VECTORS_AMDVI_WORLD_H
#define TESTS_VECTORS_AMDVI_WORLD_H

#include <stdlib.h>
#include <string.h>

#include "models/amdvi/amdvi.h"
#include "sim/engine/engine.h"

enum {
	AW_NESTED = 0x08,
	AW_HOST = 0x10,
	AW_GUEST = 0x18,
	AW_IDENTITY = 0x20,
	AW_BOTH = 0x28,
	AW_BLOCKED = 0x30,
	AW_NO_DTE = 0x38,
};

enum {
	AW_DEVTAB = 0x10000,
	AW_RING = 0x18000,
	AW_STATUS = 0x1a000,
	AW_H4 = 0x20000, /* host tables: the low subtree, under which the guest's tables are */
	AW_H3 = 0x21000,
	AW_H2 = 0x22000,
	AW_H1 = 0x23000,
	AW_HG3 = 0x24000, /* and that of the final page */
	AW_HG2 = 0x25000,
	AW_HG1 = 0x26000,
	AW_GCR3 = 0x200000, /* guest-physical 1 MiB lower, as the nested guest tables */
	AW_N4 = 0x201000,
	AW_N3 = 0x202000,
	AW_N2 = 0x203000,
	AW_N1 = 0x204000,
	AW_GCR3_S = 0x300000, /* of the device without host tables */
	AW_G4 = 0x301000,
	AW_G3 = 0x302000,
	AW_G2 = 0x303000,
	AW_G1 = 0x304000,
};
#define AW_LOW UINT64_C(0x100000) /* host address less guest-physical, of those */

/* Indexes 1, 2, 3, 4 and 1, 5, 6, 7. */
#define AW_IOVA	     UINT64_C(0x8080604000)
#define AW_GPA	     UINT64_C(0x8140c07000)
#define AW_HPA	     UINT64_C(0x540007000) /* of AW_GPA */
#define AW_HPA_GUEST UINT64_C(0x680004000) /* of AW_GUEST */

/* DomainIDs. */
enum { AW_DOM_NESTED = 0x21, AW_DOM_HOST, AW_DOM_GUEST, AW_DOM_IDENTITY, AW_DOM_BOTH };

/* Where the entries on the way stand. */
#define AW_DTE(dev)	   (AW_DEVTAB + (dev)*32u)
#define AW_G_E(table, lvl) ((table) + 8u * (5u - (lvl)))
#define AW_H4_LOW_E	   (AW_H4 + 0u)
#define AW_H3_LOW_E	   (AW_H3 + 0u)
#define AW_H2_LOW_E	   (AW_H2 + 0u)
#define AW_H1_LOW_E(gpa)   (AW_H1 + 8u * (((gpa) >> 12) & 0x1ff))
#define AW_H4_E		   (AW_H4 + 8u)
#define AW_HG3_E	   (AW_HG3 + 40u)
#define AW_HG2_E	   (AW_HG2 + 48u)
#define AW_HG1_E	   (AW_HG1 + 56u)

/* A host entry: PR, IR, IW, the level it leads to (0: a leaf), the address. */
#define AW_PTE(level, addr) (UINT64_C(0x6000000000000001) | (uint64_t)(level) << 9 | (addr))

struct aw {
	struct ims_world_config config;
	struct ims_world *world;
	struct ims_hw hw;
	struct ims_log log;
	bool logged;
};

struct aw_param {
	bool set;
	uint8_t param; /* enum amdvi_param */
	uint32_t value;
};
#define AW_PARAM(p, v)                                                                             \
	{                                                                                          \
		.set = true, .param = (p), .value = (v)                                            \
	}
#define AW_PARAMS 6

struct aw_options {
	bool walk_caches, logged;
	struct aw_param params[AW_PARAMS];
	uint64_t ctrl_clear, ctrl_set; /* of the control register */
	uint8_t ring_lg2;	       /* 0: 8 */
	uint32_t cells;		       /* 0: 8192 */
	uint32_t entries;	       /* of each cache; 0: 64 */
};

static inline void *aw_grow(void *old, size_t bytes)
{
	void *p = realloc(old, bytes);

	if (!p)
		abort();
	return p;
}

static inline void aw_bind(struct aw *v)
{
	ims_hw_bind(&v->hw, &amdvi_model, v->world, 0, v->logged ? &v->log : NULL);
}

/* An empty world with a ring. */
static inline void aw_open(struct aw *v, const struct aw_options *o)
{
	struct ims_unit_config *u = &v->config.units[0];
	uint32_t params[AMDVI_PARAMS];
	size_t bytes;

	memset(v, 0, sizeof(*v));
	for (unsigned i = 0; i < AMDVI_PARAMS; i++)
		params[i] = amdvi_params[i].value;
	for (unsigned i = 0; i < AW_PARAMS; i++)
		if (o->params[i].set)
			params[o->params[i].param] = o->params[i].value;
	u->params = params;
	v->config.model = &amdvi_model;
	v->config.cells = o->cells ? o->cells : 8192;
	v->config.units_count = 1;
	u->walk_caches = o->walk_caches;
	u->ring_lg2 = o->ring_lg2 ? o->ring_lg2 : 8;
	for (unsigned c = 0; c < AMDVI_CACHES; c++)
		u->caches[c].entries = o->entries ? o->entries : 64;
	bytes = ims_world_bytes(&v->config);
	v->world = aw_grow(NULL, bytes);
	memset(v->world, 0, bytes);
	ims_world_init(v->world, &v->config);
	u->params = NULL;
	v->logged = o->logged;
	v->log.first = 1;
	v->log.grow = aw_grow;
	aw_bind(v);
	v->hw.unit->ring.base = AW_RING;
	v->hw.unit->state.regs[AMDVI_R_CTRL] =
		(v->hw.unit->state.regs[AMDVI_R_CTRL] & ~o->ctrl_clear) | o->ctrl_set;
	amdvi_derive(&v->hw.unit->state);
}

static inline void aw_close(struct aw *v)
{
	free(v->world);
	free(v->log.events);
	v->world = NULL;
	v->log.events = NULL;
}

static inline uint64_t aw_get(struct aw *v, uint64_t pa)
{
	struct ims_mem m = ims_world_mem(v->world, 0);

	return ims_mem_word(&m, pa);
}

static inline void aw_put(struct aw *v, uint64_t pa, uint64_t value)
{
	ims_world_store(v->world, pa, value, v->world->time);
}

static inline void aw_dte(struct aw *v, unsigned dev, uint64_t qw0, uint64_t qw1)
{
	aw_put(v, AW_DTE(dev) + 8, qw1);
	aw_put(v, AW_DTE(dev), qw0);
}

/* Present, writable, user; accessed and dirty are clear. */
static inline void aw_guest_table(struct aw *v, uint64_t top, uint64_t below, uint64_t out)
{
	aw_put(v, AW_G_E(top, 4), below | 7);
	aw_put(v, AW_G_E(top + 0x1000, 3), (below + 0x1000) | 7);
	aw_put(v, AW_G_E(top + 0x2000, 2), (below + 0x2000) | 7);
	aw_put(v, AW_G_E(top + 0x3000, 1), out | 7);
}

static inline void aw_fill(struct aw *v)
{
	v->hw.unit->root = AW_DEVTAB; /* 4 KiB: 128 entries */
	/* IR, IW, Mode = 4, TV, V; GV and GIOV; GCR3 root pointer in pieces; I. */
	aw_dte(v, AW_NESTED, UINT64_C(0x60c0000000000803) | AW_H4,
	       (AW_GCR3 - AW_LOW) >> 15 << 16 | UINT64_C(1) << 32 | AW_DOM_NESTED);
	aw_dte(v, AW_HOST, UINT64_C(0x6000000000000803) | AW_H4, UINT64_C(1) << 32 | AW_DOM_HOST);
	aw_dte(v, AW_GUEST, UINT64_C(0x60c0000000000003),
	       AW_GCR3_S >> 15 << 16 | UINT64_C(1) << 32 | AW_DOM_GUEST);
	aw_dte(v, AW_IDENTITY, UINT64_C(0x6000000000000003), UINT64_C(1) << 32 | AW_DOM_IDENTITY);
	aw_dte(v, AW_BOTH, UINT64_C(0x6080000000000803) | AW_H4,
	       (AW_GCR3 - AW_LOW) >> 15 << 16 | UINT64_C(1) << 32 | AW_DOM_BOTH);
	aw_dte(v, AW_BLOCKED, 1, 0);
	for (unsigned pasid = 0; pasid < 6; pasid += pasid ? 4 : 1) {
		aw_put(v, AW_GCR3 + pasid * 8, (AW_N4 - AW_LOW) | 1);
		aw_put(v, AW_GCR3_S + pasid * 8, AW_G4 | 1);
	}
	aw_put(v, AW_H4_LOW_E, AW_PTE(3, AW_H3));
	aw_put(v, AW_H3_LOW_E, AW_PTE(2, AW_H2));
	aw_put(v, AW_H2_LOW_E, AW_PTE(1, AW_H1));
	for (uint64_t gpa = 0x100000; gpa < 0x200000; gpa += 0x1000)
		aw_put(v, AW_H1_LOW_E(gpa), AW_PTE(0, gpa + AW_LOW));
	aw_put(v, AW_H4_E, AW_PTE(3, AW_HG3));
	aw_put(v, AW_HG3_E, AW_PTE(2, AW_HG2));
	aw_put(v, AW_HG2_E, AW_PTE(1, AW_HG1));
	aw_put(v, AW_HG1_E, AW_PTE(0, AW_HPA));
	aw_guest_table(v, AW_N4, AW_N3 - AW_LOW, AW_GPA);
	aw_guest_table(v, AW_G4, AW_G3, AW_HPA_GUEST);
}

static inline void aw_build(struct aw *v, const struct aw_options *o)
{
	aw_open(v, o);
	aw_fill(v);
}

static inline struct ims_req aw_req(unsigned dev, uint32_t ctx, uint64_t addr, unsigned access)
{
	return (struct ims_req){ .src = dev, .ctx = ctx, .addr = addr, .access = (uint8_t)access };
}

static inline struct ims_answer aw_ask(struct aw *v, unsigned dev, uint32_t ctx, uint64_t addr,
				       unsigned access)
{
	struct ims_req req = aw_req(dev, ctx, addr, access);
	struct ims_answer a;

	ims_translate(&v->hw, &req, &a);
	return a;
}

/* One command through the ring. */
static inline void aw_send(struct aw *v, uint64_t qw0, uint64_t qw1)
{
	uint64_t words[4] = { qw0, qw1, 0, 0 };

	if (!ims_ring_put(&v->hw, words))
		abort();
	ims_ring_run(&v->hw);
}

/* COMPLETION_WAIT that writes 1 to the status word. */
static inline void aw_wait(struct aw *v)
{
	aw_send(v, UINT64_C(0x1000000000000001) | AW_STATUS, 1);
}

#endif
