/* SPDX-License-Identifier: MIT */
/*
 * Random programs as operations on the software above the hardware: no text between. What a
 * program does is drawn before it runs, so that what it asks for is known from the start.
 */
#ifndef TESTS_PROPERTY_RANDOM_OPS_H
#define TESTS_PROPERTY_RANDOM_OPS_H

#include <glib.h>
#include <string.h>

#include "sim/core/prng.h"
#include "sim/hyp/hyp.h"

enum { OPS_VMS = 2, OPS_DEVS = 3, OPS_SPACES = 3, OPS_PAGES = 5, OPS_CTXS = 3, OPS_MAX = 40 };

enum op_kind {
	OP_ATTACH,
	OP_DETACH,
	OP_MAP,
	OP_UNMAP,
	OP_REMAP,
	OP_PROTECT,
	OP_FLUSH, /* of a slot that was changed earlier */
	OP_WAIT,
	OP_OWE, /* the guest flushes all it has */
	OP_HOST_UNMAP,
	OP_HOST_MAP,
	OP_FREE,
	OP_DMA,
	OP_ATS,
	OP_PREFETCH,
	OP_STORE, /* into what the guest's structures stand in */
};

/* What follows a change. */
enum op_flush {
	FLUSH_RIGHT,
	FLUSH_NONE,
	FLUSH_OTHER_SPACE,
	FLUSH_OTHER_SLOT,
	FLUSH_FIRST_PAGE,
	FLUSH_ALL,	 /* addresses of the space */
	FLUSH_LEAF_ONLY, /* whatever was freed */
	FLUSH_UNWAITED,
	FLUSH_FORMS,
};

struct op {
	uint8_t kind, flush;
	uint8_t vm, dev, ctx, space, slot, page, perm, access;
	bool region, priv, translated, write;
	uint64_t iova, value;
};

/* As tests/property/programs.h has them: REGION's pages share a table that goes as a whole. */
struct op_slot {
	uint64_t iova, size;
	bool region;
};
static const struct op_slot op_slots[] = {
	{ 0x10000, 0x1000, false },    { 0x11000, 0x1000, false },   { 0x1ff000, 0x1000, false },
	{ 0x40000000, 0x1000, false }, { 0x600000, 0x1000, true },   { 0x601000, 0x1000, true },
	{ 0x7ff000, 0x1000, true },    { 0x600000, 0x200000, true }, { 0x800000, 0x200000, false },
};
#define OP_SLOTS      G_N_ELEMENTS(op_slots)
#define OP_REGION     UINT64_C(0x600000)
#define OP_REGION_BIG 7u
#define OP_MEMORY     UINT64_C(0x4000000)
#define OP_BIG_GPA    UINT64_C(0x400000)
#define OP_PAGE_GPA   UINT64_C(0x100000)

static const uint32_t op_ctxs[OPS_CTXS] = { IMS_CTX_NONE, 1, 5 };

struct op_program {
	uint64_t prng;
	const struct ims_model *model;
	bool big; /* it has a large block of memory, and large leaves */
	struct hyp_config hyp;
	struct ims_world_config world;
	uint32_t params[IMS_PARAMS];
	uint32_t devs[OPS_VMS], spaces[OPS_VMS];
	/* What stands while it is drawn. */
	uint8_t at[OPS_VMS][OPS_DEVS][OPS_CTXS]; /* the space + 1 */
	bool mapped[OPS_VMS][OPS_SPACES][OP_SLOTS], table[OPS_VMS][OPS_SPACES];
	bool gone[OPS_VMS][OPS_PAGES + 1];
	uint8_t page_at[OPS_VMS][OPS_SPACES][OP_SLOTS];	       /* that was mapped there last */
	uint8_t changed_space[OPS_VMS], changed_slot[OPS_VMS]; /* by the last change; space + 1 */
	uint32_t count;
	struct op ops[OPS_MAX];
};

static inline uint32_t op_below(struct op_program *p, uint32_t bound)
{
	return ims_prng_below(&p->prng, bound);
}

static inline bool op_one_in(struct op_program *p, uint32_t n)
{
	return op_below(p, n) == 0;
}

static inline uint64_t op_gpa(const struct op_program *p, unsigned page)
{
	(void)p;
	return page < OPS_PAGES ? OP_PAGE_GPA + page * UINT64_C(0x1000) : OP_BIG_GPA;
}

/* ---- drawing ---- */

/* Any space of the VM; of them, mostly, one that this is true of. */
static inline bool op_draw_slot(struct op_program *p, struct op *o, bool mapped)
{
	for (unsigned n = 0; n < 8; n++) {
		o->space = (uint8_t)op_below(p, p->spaces[o->vm]);
		o->slot = (uint8_t)op_below(p, p->big ? OP_SLOTS : OP_REGION_BIG);
		if (p->mapped[o->vm][o->space][o->slot] == mapped)
			return true;
	}
	return false;
}

static inline bool op_draw_attach(struct op_program *p, struct op *o)
{
	uint8_t *at;

	o->dev = (uint8_t)op_below(p, p->devs[o->vm]);
	/* Tables of the second stage are those of a device. */
	o->ctx = (uint8_t)(p->hyp.bare_stage == 2 ? 0 : op_below(p, OPS_CTXS));
	o->space = (uint8_t)op_below(p, p->spaces[o->vm]);
	at = &p->at[o->vm][o->dev][o->ctx];
	o->kind = *at ? OP_DETACH : OP_ATTACH;
	*at = *at ? 0 : (uint8_t)(o->space + 1);
	return true;
}

static inline bool op_draw_map(struct op_program *p, struct op *o)
{
	bool *mapped, *table;

	if (!op_draw_slot(p, o, false))
		return false;
	mapped = p->mapped[o->vm][o->space];
	table = &p->table[o->vm][o->space];
	if (op_slots[o->slot].region && (o->slot == OP_REGION_BIG ? *table : mapped[OP_REGION_BIG]))
		return false;
	o->page = (uint8_t)(op_slots[o->slot].size > 0x1000 ? OPS_PAGES : op_below(p, OPS_PAGES));
	o->perm = (uint8_t)(op_one_in(p, 3) ? 1 + op_below(p, 3) : 3);
	mapped[o->slot] = true;
	p->page_at[o->vm][o->space][o->slot] = o->page;
	*table |= op_slots[o->slot].region && o->slot != OP_REGION_BIG;
	return true;
}

static inline bool op_draw_change(struct op_program *p, struct op *o)
{
	static const uint8_t kinds[] = { OP_UNMAP, OP_UNMAP, OP_REMAP, OP_PROTECT };

	if (!op_draw_slot(p, o, true))
		return false;
	o->kind = kinds[op_below(p, G_N_ELEMENTS(kinds))];
	o->flush = (uint8_t)(op_one_in(p, 3) ? FLUSH_RIGHT : op_below(p, FLUSH_FORMS));
	o->page = (uint8_t)(op_slots[o->slot].size > 0x1000 ? OPS_PAGES : op_below(p, OPS_PAGES));
	if (o->kind == OP_REMAP)
		p->page_at[o->vm][o->space][o->slot] = o->page;
	o->perm = (uint8_t)(1 + op_below(p, 3));
	o->region = o->kind == OP_UNMAP && op_slots[o->slot].region && op_one_in(p, 2);
	p->changed_space[o->vm] = (uint8_t)(o->space + 1);
	p->changed_slot[o->vm] = o->slot;
	if (o->kind != OP_UNMAP)
		return true;
	p->mapped[o->vm][o->space][o->slot] = false;
	for (unsigned i = 0; o->region && i < OP_SLOTS; i++)
		if (op_slots[i].region)
			p->mapped[o->vm][o->space][i] = false;
	if (o->region || o->slot == OP_REGION_BIG)
		p->table[o->vm][o->space] = false;
	return true;
}

static inline bool op_draw_access(struct op_program *p, struct op *o)
{
	static const uint8_t kinds[] = { OP_DMA, OP_DMA, OP_DMA, OP_ATS, OP_PREFETCH };
	static const uint8_t access[] = { IMS_ACCESS_READ, IMS_ACCESS_WRITE, IMS_ACCESS_ATOMIC };
	uint8_t at = 0;

	for (unsigned n = 0; n < 8 && !at; n++) {
		o->dev = (uint8_t)op_below(p, p->devs[o->vm]);
		o->ctx = (uint8_t)op_below(p, OPS_CTXS);
		at = p->at[o->vm][o->dev][o->ctx];
	}
	if (!at && !op_one_in(p, 4))
		return false;
	o->slot = (uint8_t)op_below(p, p->big ? OP_SLOTS : OP_REGION_BIG);
	for (unsigned n = 0; at && n < 8 && !p->mapped[o->vm][at - 1][o->slot]; n++)
		o->slot = (uint8_t)op_below(p, p->big ? OP_SLOTS : OP_REGION_BIG);
	/* Mostly what has changed: there is something to find. */
	if (at && at == p->changed_space[o->vm] && !op_one_in(p, 4))
		o->slot = p->changed_slot[o->vm];
	o->kind = kinds[op_below(p, G_N_ELEMENTS(kinds))];
	o->iova = op_slots[o->slot].iova;
	if (op_slots[o->slot].size > 0x1000)
		o->iova += op_below(p, 3) << 12;
	o->access = access[op_below(p, 3)];
	o->translated = !op_one_in(p, 4);
	o->priv = op_one_in(p, 12);
	o->write = op_one_in(p, 2);
	return true;
}

/* A page is used, changed and used again, and may have been given away between. */
static inline void op_draw_story(struct op_program *p)
{
	struct op use = { .vm = (uint8_t)op_below(p, p->hyp.vms_count) }, change, away;
	uint8_t at;

	if (!op_draw_access(p, &use))
		return;
	at = p->at[use.vm][use.dev][use.ctx];
	if (!at || !p->mapped[use.vm][at - 1][use.slot])
		return;
	use.kind = OP_DMA;
	change = (struct op){ .kind = OP_PROTECT,
			      .vm = use.vm,
			      .space = (uint8_t)(at - 1),
			      .slot = use.slot,
			      .flush = (uint8_t)(1 + op_below(p, FLUSH_FORMS - 1)),
			      .page = (uint8_t)op_below(p, OPS_PAGES),
			      .perm = (uint8_t)(1 + op_below(p, 2)) };
	away = (struct op){ .kind = OP_FREE,
			    .vm = use.vm,
			    .page = p->page_at[use.vm][at - 1][use.slot] };
	if (op_one_in(p, 2)) {
		change.kind = OP_UNMAP;
		p->mapped[use.vm][at - 1][use.slot] = false;
	} else if (op_slots[use.slot].size == 0x1000) {
		change.kind = OP_REMAP;
		p->page_at[use.vm][at - 1][use.slot] = change.page;
	}
	p->ops[p->count++] = use;
	p->ops[p->count++] = change;
	if (op_one_in(p, 2) && away.page < OPS_PAGES)
		p->ops[p->count++] = away;
	p->ops[p->count++] = use;
}

static inline bool op_draw_host(struct op_program *p, struct op *o)
{
	bool *gone;

	if (p->hyp.bare_stage)
		return false;
	o->page = (uint8_t)op_below(p, OPS_PAGES + p->big);
	gone = &p->gone[o->vm][o->page];
	o->kind = *gone ? OP_HOST_MAP : OP_HOST_UNMAP;
	o->perm = (uint8_t)(op_one_in(p, 3) ? 1 + op_below(p, 3) : 3);
	*gone = !*gone;
	return true;
}

static inline bool op_draw_other(struct op_program *p, struct op *o)
{
	static const uint8_t kinds[] = { OP_FLUSH, OP_FLUSH, OP_WAIT, OP_OWE, OP_FREE, OP_FREE };

	o->kind = kinds[op_below(p, G_N_ELEMENTS(kinds))];
	o->flush = (uint8_t)(op_one_in(p, 2) ? FLUSH_RIGHT : op_below(p, FLUSH_FORMS));
	o->page = (uint8_t)op_below(p, OPS_PAGES);
	op_draw_slot(p, o, false);
	return true;
}

/* The guest's structures stand at the end of its memory, below its root and its ring. */
static inline bool op_draw_store(struct op_program *p, struct op *o)
{
	static const uint16_t words[] = { 0, 1, 2, 4, 8, 10, 16, 17, 32, 40, 511 };
	static const uint16_t flags[] = { 0, 1, 3, 7, 0x27, 0x67, 0x403, 0x443, 0x7c3 };
	uint64_t base = OP_MEMORY - ((3 + op_below(p, 20)) << 12);

	if (!op_one_in(p, 4))
		return false;
	o->kind = OP_STORE;
	o->iova = base + words[op_below(p, G_N_ELEMENTS(words))] * UINT64_C(8);
	o->value = op_one_in(p, 3) ? 0 :
				     (OP_PAGE_GPA + (op_below(p, 8) << 12)) |
					     flags[op_below(p, G_N_ELEMENTS(flags))];
	/* Where a leaf without it faults: that accessed bits are cleared is left out, design.md section 7. */
	if (p->model->s1->table_bit && o->value & 1)
		o->value |= p->model->s1->accessed_bit;
	return true;
}

static inline void op_draw_params(struct op_program *p)
{
	const struct ims_model *m = p->model;

	for (unsigned i = 0; i < m->params_count; i++)
		p->params[i] = m->params[i].value;
	for (unsigned i = 0; i < m->params_count; i++) {
		const struct ims_param *row = &m->params[i];
		uint32_t was = p->params[i];
		bool good = true;

		if (!ims_param_open(row))
			continue;
		p->params[i] = op_one_in(p, 3) ? row->lenient : row->adversarial;
		for (unsigned k = 0; k < m->needs_count; k++)
			good = good && m->needs[k].holds(p->params);
		if (!good || ims_params_broken(m, p->params))
			p->params[i] = was;
	}
}

/* The machine: how many VMs, devices and spaces, with which tags, which hardware. */
static inline void op_draw_machine(struct op_program *p)
{
	const struct ims_model *m = p->model;
	bool bare = op_one_in(p, 8), concrete = op_one_in(p, 4), collide = op_one_in(p, 6);
	struct hyp_config *c = &p->hyp;
	uint8_t fragment = op_one_in(p, 2) ? 12 : 0;
	bool steps = !op_one_in(p, 8);

	op_draw_params(p);
	c->model = m;
	c->bare_stage = (uint8_t)(!bare ? 0 : m->recording_s2 ? 2 : 1);
	c->vms_count = bare ? 1 : 1 + op_one_in(p, 3);
	c->shared_ids = m->guest_tag != IMS_GUEST_TAG_DEVICE || c->bare_stage == 2 ||
			op_one_in(p, 4);
	p->big = op_one_in(p, 8);
	for (uint32_t vm = 0; vm < c->vms_count; vm++) {
		c->vm_memory[vm] = OP_MEMORY;
		p->devs[vm] = 1 + op_below(p, OPS_DEVS);
		p->spaces[vm] = 1 + op_below(p, OPS_SPACES);
		for (uint32_t d = 0; d < p->devs[vm]; d++)
			c->devices[c->devices_count++] =
				(struct hyp_device){ .vm = vm,
						     .vrid = (d + 1) << 8,
						     .ats = !op_one_in(p, 3),
						     .pasid_bits = 8,
						     .vdom = collide ? 0x77 : 0 };
		for (uint32_t s = 0; s < p->spaces[vm]; s++) {
			c->space_vm[c->spaces_count] = vm;
			c->space_tag[c->spaces_count++] = collide ? 0x66 : 0;
		}
	}
	p->world = (struct ims_world_config){ .model = m,
					      .cells = p->big ? 16384 : 6144,
					      .units_count = c->vms_count + 1,
					      .seed = 1 };
	for (uint32_t u = 0; u < p->world.units_count; u++) {
		struct ims_unit_config *unit = &p->world.units[u];

		*unit = (struct ims_unit_config){ .guest = u,
						  .ring_lg2 = 7,
						  .walk_caches = steps,
						  .fragment_lg2 = fragment,
						  .params = p->params };
		for (unsigned i = 0; i < m->caches_count; i++)
			unit->caches[i].entries = 128;
		if (!u && concrete)
			unit->caches[m->iotlb] =
				(struct ims_cache_config){ .sets = 1u << op_below(p, 3),
							   .ways = 1 + op_below(p, 2),
							   .replace = (uint8_t)op_below(p, 3) };
	}
}

static inline void op_draw(struct op_program *p, const struct ims_model *m, uint64_t seed,
			   uint32_t count)
{
	static bool (*const draw[])(struct op_program *, struct op *) = {
		op_draw_access, op_draw_access, op_draw_access, op_draw_change, op_draw_change,
		op_draw_map,	op_draw_attach, op_draw_host,	op_draw_other,	op_draw_store,
	};

	*p = (struct op_program){ .prng = seed, .model = m };
	op_draw_machine(p);
	for (unsigned tries = 0; p->count < count && tries < 4 * count; tries++) {
		struct op o = { .vm = (uint8_t)op_below(p, p->hyp.vms_count) };
		bool some;

		/* Something attached and mapped first, so that there is what can go wrong. */
		if (p->count < 2 * p->hyp.vms_count) {
			o.vm = (uint8_t)(p->count % p->hyp.vms_count);
			some = op_draw_attach(p, &o);
		} else if (p->count < 5 * p->hyp.vms_count) {
			o.kind = OP_MAP;
			some = op_draw_map(p, &o);
		} else {
			o.kind = OP_MAP;
			some = draw[op_below(p, G_N_ELEMENTS(draw))](p, &o);
		}
		if (some)
			p->ops[p->count++] = o;
		if (p->count > 5 * p->hyp.vms_count && p->count + 4 <= count && op_one_in(p, 6))
			op_draw_story(p);
	}
}

#endif
