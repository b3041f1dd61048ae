/* SPDX-License-Identifier: MIT */
/*
 * A small SMMUv3 world written word by word, for the vectors: one unit, a linear stream
 * table of 256 entries, tables of both stages with 4 KiB granule. Nothing of the drivers
 * under sim/hyp or models/ takes part in building it.
 *
 *	stream	STE							input
 *	0x08	nested, 8 CDs (S1DSS = 2), VMID 5; SSIDs 0, 1, 2	SW_VA
 *	0x10	stage 2 only, VMID 6					SW_IPA
 *	0x18	stage 1 only, one CD, VMID 7				SW_VA
 *	0x20	bypass
 *	0x28	abort
 *	0x30	V = 0
 *	0x38	stage 1 only, STRW = 2 (EL2)				SW_VA
 *
 * Intermediate 0x100000..0x1fffff, where the CD tables and the nested stage-1 tables are,
 * is mapped 1 MiB higher; so an address used on the wrong side of a stage shows.
 */
#ifndef TESTS_VECTORS_SMMUV3_WORLD_H
#define TESTS_VECTORS_SMMUV3_WORLD_H

#include <stdlib.h>
#include <string.h>

#include "models/smmuv3/smmuv3.h"
#include "sim/engine/engine.h"

enum {
	SW_NESTED = 0x08,
	SW_S2 = 0x10,
	SW_S1 = 0x18,
	SW_BYPASS = 0x20,
	SW_ABORT = 0x28,
	SW_INVALID = 0x30,
	SW_EL2 = 0x38,
};

enum {
	SW_STRTAB = 0x10000, /* 256 entries of 64 bytes */
	SW_RING = 0x18000,
	SW_H4 = 0x20000, /* stage 2: the low subtree, under which CDs and stage-1 tables are */
	SW_H3 = 0x21000,
	SW_H2 = 0x22000,
	SW_H1 = 0x23000,
	SW_HG3 = 0x24000, /* and that of the final page */
	SW_HG2 = 0x25000,
	SW_HG1 = 0x26000,
	SW_CDS = 0x200000, /* IPA 1 MiB lower, as the nested stage-1 tables */
	SW_N4 = 0x201000,
	SW_N3 = 0x202000,
	SW_N2 = 0x203000,
	SW_N1 = 0x204000,
	SW_CDS_S = 0x300000, /* of streams without stage 2 */
	SW_G4 = 0x301000,
	SW_G3 = 0x302000,
	SW_G2 = 0x303000,
	SW_G1 = 0x304000,
	SW_CDS_EL2 = 0x305000,
};
#define SW_LOW UINT64_C(0x100000) /* physical less intermediate address, of those */

/* Indexes 1, 2, 3, 4 and 1, 5, 6, 7. */
#define SW_VA	 UINT64_C(0x8080604000)
#define SW_IPA	 UINT64_C(0x8140c07000)
#define SW_PA	 UINT64_C(0x540007000) /* of SW_IPA */
#define SW_PA_S1 UINT64_C(0x680004000) /* of SW_VA without stage 2 */

enum { SW_VMID_NESTED = 5, SW_VMID_S2, SW_VMID_S1 };
enum { SW_ASID = 0x12 }; /* of SSID 0; each further one is one more */

#define SW_STE(sid)	   (SW_STRTAB + (sid)*64u)
#define SW_G_E(table, lvl) ((table) + 8u * (5u - (lvl))) /* of SW_VA in a table of this level */
#define SW_H1_LOW_E(ipa)   (SW_H1 + 8u * (((ipa) >> 12) & 0x1ff))
#define SW_H4_E		   (SW_H4 + 8u)
#define SW_HG3_E	   (SW_HG3 + 40u)
#define SW_HG2_E	   (SW_HG2 + 48u)
#define SW_HG1_E	   (SW_HG1 + 56u)

/* Descriptors: a table; a page of stage 1, AF, nG, inner shareable, users read and write; one of stage 2, AF, write-back. */
#define SW_TABLE(addr)	 ((addr) | 3u)
#define SW_PAGE(addr)	 ((addr) | UINT64_C(0xf43))
#define SW_S2_PAGE(addr) ((addr) | UINT64_C(0x7ff))

struct sw {
	struct ims_world_config config;
	struct ims_world *world;
	struct ims_hw hw;
	struct ims_log log;
	bool logged;
};

struct sw_param {
	bool set;
	uint8_t param; /* enum smmu_param */
	uint32_t value;
};
#define SW_PARAM(p, v)                                                                             \
	{                                                                                          \
		.set = true, .param = (p), .value = (v)                                            \
	}
#define SW_PARAMS 8

struct sw_options {
	bool walk_caches, logged;
	struct sw_param params[SW_PARAMS];
	uint32_t cr0_clear, cr2_set, cr2_clear;
	uint32_t cells;	  /* 0: 8192 */
	uint32_t entries; /* of each cache; 0: 64 */
};

static inline void *sw_grow(void *old, size_t bytes)
{
	void *p = realloc(old, bytes);

	if (!p)
		abort();
	return p;
}

static inline void sw_bind(struct sw *v)
{
	ims_hw_bind(&v->hw, &smmuv3_model, v->world, 0, v->logged ? &v->log : NULL);
}

/* An empty world with a ring; the stream table is linear, of 256 entries. */
static inline void sw_open(struct sw *v, const struct sw_options *o)
{
	struct ims_unit_config *u = &v->config.units[0];
	uint32_t params[SMMU_PARAMS];
	struct ims_state *s;
	size_t bytes;

	memset(v, 0, sizeof(*v));
	for (unsigned i = 0; i < SMMU_PARAMS; i++)
		params[i] = smmu_params[i].value;
	for (unsigned i = 0; i < SW_PARAMS; i++)
		if (o->params[i].set)
			params[o->params[i].param] = o->params[i].value;
	u->params = params;
	v->config.model = &smmuv3_model;
	v->config.cells = o->cells ? o->cells : 8192;
	v->config.units_count = 1;
	u->walk_caches = o->walk_caches;
	u->ring_lg2 = 8;
	for (unsigned c = 0; c < SMMU_CACHES; c++)
		u->caches[c].entries = o->entries ? o->entries : 64;
	bytes = ims_world_bytes(&v->config);
	v->world = sw_grow(NULL, bytes);
	memset(v->world, 0, bytes);
	ims_world_init(v->world, &v->config);
	u->params = NULL;
	v->logged = o->logged;
	v->log.first = 1;
	v->log.grow = sw_grow;
	sw_bind(v);
	v->hw.unit->ring.base = SW_RING;
	v->hw.unit->root = SW_STRTAB;
	s = &v->hw.unit->state;
	s->regs[SMMU_R_STRTAB_BASE_CFG] = 8;
	s->regs[SMMU_R_CR0] &= ~(uint64_t)o->cr0_clear;
	s->regs[SMMU_R_CR2] = (s->regs[SMMU_R_CR2] & ~(uint64_t)o->cr2_clear) | o->cr2_set;
	smmu_derive(s);
}

static inline void sw_close(struct sw *v)
{
	free(v->world);
	free(v->log.events);
	v->world = NULL;
	v->log.events = NULL;
}

static inline uint64_t sw_get(struct sw *v, uint64_t pa)
{
	struct ims_mem m = ims_world_mem(v->world, 0);

	return ims_mem_word(&m, pa);
}

static inline void sw_put(struct sw *v, uint64_t pa, uint64_t value)
{
	ims_world_store(v->world, pa, value, v->world->time);
}

/* Changes a field of the STE or CD at @at. */
static inline void sw_field(struct sw *v, uint64_t at, struct ims_field f, uint64_t value)
{
	uint64_t where = at + f.lo / 64u * 8u;

	sw_put(v, where, ims_bits_put(sw_get(v, where), f.hi % 64, f.lo % 64, value));
}

static inline void sw_words(struct sw *v, uint64_t at, const uint64_t *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		sw_put(v, at + i * 8, words[i]);
}

/*
 * The words that section 7.3 of the sheet computed, S1Fmt 2 and 8 bits of SubstreamID in
 * it taken back to a linear table of 8; what the rest says is there.
 */
#define SW_D1 UINT64_C(0x00001000120800d6) /* S1DSS 2, WBRA, ISH, MEV, S2FWB, EATS 1, SHCFG 1 */
#define SW_D2(vmid)                                                                                \
	(UINT64_C(0x044d359000000000) | (vmid)) /* T0SZ 16, SL0 2, 4K, S2PS 5, AA64, PTW, R */

static inline void sw_ste(struct sw *v, unsigned sid, uint64_t d0, uint64_t d1, uint64_t d2,
			  uint64_t d3)
{
	const uint64_t words[8] = { d0, d1, d2, d3 };

	sw_words(v, SW_STE(sid), words, 8);
}

/* 48 bits, 4 KiB, TTB0 alone; V, IPS 48, AA64, ASET, R, A. */
static inline void sw_cd(struct sw *v, uint64_t at, uint64_t ttb, unsigned asid)
{
	const uint64_t words[8] = { (uint64_t)asid << 48 | UINT64_C(0xe205c0003510), ttb };

	sw_words(v, at, words, 8);
}

static inline void sw_s1_tables(struct sw *v, uint64_t top, uint64_t less, uint64_t out)
{
	sw_put(v, SW_G_E(top, 4), SW_TABLE(top + 0x1000 - less));
	sw_put(v, SW_G_E(top + 0x1000, 3), SW_TABLE(top + 0x2000 - less));
	sw_put(v, SW_G_E(top + 0x2000, 2), SW_TABLE(top + 0x3000 - less));
	sw_put(v, SW_G_E(top + 0x3000, 1), SW_PAGE(out));
}

static inline void sw_fill(struct sw *v)
{
	sw_ste(v, SW_NESTED, UINT64_C(3) << 59 | (SW_CDS - SW_LOW) | 7u << 1 | 1, SW_D1,
	       SW_D2(SW_VMID_NESTED), SW_H4);
	sw_ste(v, SW_S2, 6u << 1 | 1, SW_D1, SW_D2(SW_VMID_S2), SW_H4);
	sw_ste(v, SW_S1, SW_CDS_S | 5u << 1 | 1, SW_D1, SW_VMID_S1, 0);
	sw_ste(v, SW_BYPASS, 4u << 1 | 1, SW_D1, 0, 0);
	sw_ste(v, SW_ABORT, 1, SW_D1, 0, 0);
	sw_ste(v, SW_EL2, SW_CDS_EL2 | 5u << 1 | 1, SW_D1 | UINT64_C(2) << 30, 0, 0);
	for (unsigned ssid = 0; ssid < 3; ssid++)
		sw_cd(v, SW_CDS + ssid * 64, SW_N4 - SW_LOW, SW_ASID + ssid);
	sw_cd(v, SW_CDS_S, SW_G4, SW_ASID);
	sw_cd(v, SW_CDS_EL2, SW_G4, SW_ASID);
	sw_put(v, SW_H4, SW_TABLE(SW_H3));
	sw_put(v, SW_H3, SW_TABLE(SW_H2));
	sw_put(v, SW_H2, SW_TABLE(SW_H1));
	for (uint64_t ipa = 0x100000; ipa < 0x200000; ipa += 0x1000)
		sw_put(v, SW_H1_LOW_E(ipa), SW_S2_PAGE(ipa + SW_LOW));
	sw_put(v, SW_H4_E, SW_TABLE(SW_HG3));
	sw_put(v, SW_HG3_E, SW_TABLE(SW_HG2));
	sw_put(v, SW_HG2_E, SW_TABLE(SW_HG1));
	sw_put(v, SW_HG1_E, SW_S2_PAGE(SW_PA));
	sw_s1_tables(v, SW_N4, SW_LOW, SW_IPA);
	sw_s1_tables(v, SW_G4, 0, SW_PA_S1);
}

static inline void sw_build(struct sw *v, const struct sw_options *o)
{
	sw_open(v, o);
	sw_fill(v);
}

static inline struct ims_req sw_req(unsigned sid, uint32_t ctx, uint64_t addr, unsigned access)
{
	return (struct ims_req){ .src = sid, .ctx = ctx, .addr = addr, .access = (uint8_t)access };
}

static inline struct ims_answer sw_ask(struct sw *v, unsigned sid, uint32_t ctx, uint64_t addr,
				       unsigned access)
{
	struct ims_req req = sw_req(sid, ctx, addr, access);
	struct ims_answer a;

	ims_translate(&v->hw, &req, &a);
	return a;
}

/* Nothing is cached any more. */
static inline void sw_forget(struct sw *v)
{
	for (unsigned c = 0; c < SMMU_CACHES; c++)
		ims_cfg_drop(&v->hw,
			     &(struct ims_match){ .cache = (uint8_t)c, .classes = IMS_CLASS_ANY });
}

#endif
