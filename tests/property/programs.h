/* SPDX-License-Identifier: MIT */
/* Random scenarios: a text that means something, from a seed. */
#ifndef TESTS_PROPERTY_PROGRAMS_H
#define TESTS_PROPERTY_PROGRAMS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "iommusim/model.h"
#include "sim/core/prng.h"

enum { VMS = 2, DEVS = 3, SPACES = 3, PAGES = 5, BIGS = 2, CTXS = 3, STEPS = 60 };

/* What a program may do. */
enum form {
	CORRECT,  /* every change is followed by what the driver issues */
	CARELESS, /* the guest leaves out, misdirects and reorders invalidations */
	WILD,	  /* and it, and the host, store into tables and configuration structures */
	FORMS,
};

/* Where a space may have mappings: REGION's pages share a table that goes as a whole. */
struct slot {
	uint64_t iova, size;
	bool region;
};
static const struct slot slots[] = {
	{ 0x10000, 0x1000, false },    { 0x11000, 0x1000, false },
	{ 0x1ff000, 0x1000, false },   { 0x40000000, 0x1000, false },
	{ 0x600000, 0x1000, true },    { 0x601000, 0x1000, true },
	{ 0x7ff000, 0x1000, true },    { 0x600000, 0x200000, true },
	{ 0x800000, 0x200000, false }, { 0x40200000, 0x200000, false },
};
#define SLOTS	   G_N_ELEMENTS(slots)
#define REGION	   0x600000u
#define REGION_BIG 7u /* the slot of the whole region as one leaf */

static const uint32_t ctxs[CTXS] = { IMS_CTX_NONE, 1, 5 };

enum backing { BACKED, GONE, BLOCK };

struct gen {
	uint64_t prng;
	enum form form;
	bool blocks; /* the host may use large leaves */
	GString *text;
	uint32_t vms, devs[VMS], spaces[VMS];
	bool ats[VMS][DEVS];
	uint8_t at[VMS][DEVS][CTXS]; /* the space + 1 */
	bool mapped[VMS][SPACES][SLOTS];
	bool table[VMS][SPACES]; /* the region has a table of small pages */
	enum backing page[VMS][PAGES], big[VMS][BIGS], tables[VMS];
	uint32_t vm; /* of the step in hand */
};

static uint32_t below(struct gen *g, uint32_t bound)
{
	return ims_prng_below(&g->prng, bound);
}

static bool one_in(struct gen *g, uint32_t n)
{
	return below(g, n) == 0;
}

G_GNUC_PRINTF(2, 3) static void say(struct gen *g, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	g_string_append_vprintf(g->text, fmt, ap);
	va_end(ap);
}

static void say_hex(struct gen *g, const char *key, uint64_t value)
{
	say(g, ", %s: 0x%" G_GINT64_MODIFIER "x", key, value);
}

static uint32_t pick_dev(struct gen *g)
{
	return below(g, g->devs[g->vm]);
}

static uint32_t pick_space(struct gen *g)
{
	return below(g, g->spaces[g->vm]);
}

/* ---- commands ---- */

static void say_range(struct gen *g)
{
	const struct slot *s = &slots[below(g, SLOTS)];

	say_hex(g, "iova", s->iova);
	say_hex(g, "size", one_in(g, 4) ? 0x1000 : s->size);
}

/* Returns whether it is of a cache of configuration structures: others belong behind it. */
static bool command(struct gen *g)
{
	static const char *const bare[] = { "name: IOTLB", "name: PC", "name: CC", "name: wait",
					    "raw: [0xd2]" };
	uint32_t space = pick_space(g), dev = pick_dev(g), kind = below(g, 10), which;
	bool config = kind == 1 || kind == 2;

	switch (kind) {
	case 0:
		which = below(g, G_N_ELEMENTS(bare));
		config = which == 1 || which == 2;
		say(g, "{%s", bare[which]);
		if (g->vms > 1)
			say(g, ", vm: v%u", g->vm);
		break;
	case 1:
		say(g, "{name: PC, space: v%us%u", g->vm, space);
		break;
	case 2:
		say(g, "{name: CC, dev: v%ud%u", g->vm, dev);
		break;
	case 3:
		say(g, "{name: IOTLB, space: v%us%u", g->vm, space);
		if (one_in(g, 2))
			say_range(g);
		break;
	case 4:
		say(g, "{name: devTLB, dev: v%ud%u", g->vm, dev);
		say_range(g);
		break;
	case 5:
		say(g, "{name: P_devTLB, dev: v%ud%u, pasid: %u%s", g->vm, dev, below(g, 6),
		    one_in(g, 4) ? ", gi: 1" : "");
		say_range(g);
		break;
	default:
		say(g, "{name: P_IOTLB, space: v%us%u", g->vm, space);
		if (one_in(g, 4))
			say(g, ", pasid: %u", below(g, 6));
		if (one_in(g, 8))
			say(g, ", did: %u", 34 + below(g, 4));
		if (!one_in(g, 4)) {
			say_range(g);
			say(g, ", ih: %u", below(g, 2));
		}
		break;
	}
	say(g, "}");
	return config;
}

static void invalidate(struct gen *g, bool async)
{
	if (g->form != CORRECT && one_in(g, 3)) {
		say(g, ", invalidate: none");
	} else if (g->form != CORRECT && one_in(g, 2)) {
		say(g, ", invalidate: [");
		for (uint32_t n = 1 + below(g, 3); n; n--) {
			command(g);
			say(g, n > 1 ? ", " : "]");
		}
	}
	if (async && one_in(g, 4))
		say(g, ", async: on");
}

static void step_cmd(struct gen *g)
{
	say(g, "  - cmd: ");
	if (!command(g) || g->form != CORRECT) {
		say(g, "\n");
		return;
	}
	say(g, "\n  - cmd: {name: PC, g: 3, vm: v%u}\n", g->vm);
	say(g, "  - cmd: {name: IOTLB, g: 1, vm: v%u}\n", g->vm);
}

static void step_sync(struct gen *g)
{
	say(g, "  - sync: {vm: v%u}\n", g->vm);
}

/* ---- tables ---- */

static void say_target(struct gen *g, const struct slot *s)
{
	if (s->size > 0x1000)
		say(g, ", gpa: v%uh%u", g->vm, below(g, BIGS));
	else if (one_in(g, 4))
		say(g, ", gpa: v%uh%u+0x%x", g->vm, below(g, BIGS), below(g, 4) << 12);
	else
		say(g, ", gpa: v%up%u", g->vm, below(g, PAGES));
}

static void say_where(struct gen *g, const char *op, uint32_t space, uint64_t iova, uint64_t size)
{
	say(g, "  - %s: {space: v%us%u", op, g->vm, space);
	say_hex(g, "iova", iova);
	say_hex(g, "size", size);
}

static void say_perm(struct gen *g)
{
	static const char *const perms[] = { "r", "w", "rw" };

	say(g, ", perm: %s", perms[below(g, 3)]);
}

static void step_map(struct gen *g)
{
	uint32_t space = pick_space(g), slot = below(g, SLOTS);
	bool *mapped = g->mapped[g->vm][space];

	if (mapped[slot] || (slot == REGION_BIG && g->table[g->vm][space]) ||
	    (slots[slot].region && slot != REGION_BIG && mapped[REGION_BIG]))
		return;
	say_where(g, "map", space, slots[slot].iova, slots[slot].size);
	say_target(g, &slots[slot]);
	if (one_in(g, 3))
		say_perm(g);
	say(g, "}\n");
	mapped[slot] = true;
	g->table[g->vm][space] |= slots[slot].region && slot != REGION_BIG;
}

static bool pick_mapped(struct gen *g, uint32_t *ret_space, uint32_t *ret_slot)
{
	for (unsigned n = 0; n < 8; n++) {
		*ret_space = pick_space(g);
		*ret_slot = below(g, SLOTS);
		if (g->mapped[g->vm][*ret_space][*ret_slot])
			return true;
	}
	return false;
}

static void step_unmap(struct gen *g)
{
	uint32_t space, slot;
	bool *mapped;

	if (!pick_mapped(g, &space, &slot))
		return;
	mapped = g->mapped[g->vm][space];
	if (slots[slot].region && one_in(g, 2)) {
		say_where(g, "unmap", space, REGION, 0x200000);
		for (uint32_t i = 0; i < SLOTS; i++)
			if (slots[i].region)
				mapped[i] = false;
		g->table[g->vm][space] = false;
	} else {
		say_where(g, "unmap", space, slots[slot].iova, slots[slot].size);
		mapped[slot] = false;
	}
	invalidate(g, true);
	say(g, "}\n");
}

static void step_protect(struct gen *g)
{
	uint32_t space, slot;

	if (!pick_mapped(g, &space, &slot))
		return;
	say_where(g, "protect", space, slots[slot].iova, slots[slot].size);
	say_perm(g);
	invalidate(g, true);
	say(g, "}\n");
}

static void step_remap(struct gen *g)
{
	uint32_t space, slot;

	if (!pick_mapped(g, &space, &slot))
		return;
	say_where(g, "remap", space, slots[slot].iova, slots[slot].size);
	say_target(g, &slots[slot]);
	say(g, "%s", one_in(g, 2) ? ", bbm: on" : "");
	invalidate(g, false);
	say(g, "}\n");
}

/* ---- devices ---- */

static void say_ctx(struct gen *g, uint32_t ctx)
{
	if (ctxs[ctx] != IMS_CTX_NONE)
		say(g, ", pasid: %u", ctxs[ctx]);
}

static void step_attach(struct gen *g)
{
	uint32_t dev = pick_dev(g), ctx = below(g, CTXS), space = pick_space(g);
	uint8_t *at = &g->at[g->vm][dev][ctx];

	say(g, "  - %s: {dev: v%ud%u", *at ? "detach" : "attach", g->vm, dev);
	if (!*at)
		say(g, ", space: v%us%u", g->vm, space);
	*at = *at ? 0 : (uint8_t)(space + 1);
	say_ctx(g, ctx);
	say(g, "}\n");
}

/* A device, mostly one that is attached, and an address, mostly one that is or was mapped. */
static void say_access(struct gen *g, const char *op, uint32_t dev, uint32_t ctx)
{
	const struct slot *s = &slots[below(g, SLOTS)];

	for (unsigned n = 0; n < 6 && g->at[g->vm][dev][ctx]; n++, s = &slots[below(g, SLOTS)])
		if (g->mapped[g->vm][g->at[g->vm][dev][ctx] - 1][s - slots])
			break;
	say(g, "  - %s: {dev: v%ud%u", op, g->vm, dev);
	say_ctx(g, ctx);
	say_hex(g, "iova", s->iova + (s->size > 0x1000 ? below(g, 3) << 12 : 0));
}

static bool pick_attached(struct gen *g, uint32_t *ret_dev, uint32_t *ret_ctx)
{
	for (unsigned n = 0; n < 8; n++) {
		*ret_dev = pick_dev(g);
		*ret_ctx = below(g, CTXS);
		if (g->at[g->vm][*ret_dev][*ret_ctx])
			return true;
	}
	return one_in(g, 4);
}

static void step_dma(struct gen *g)
{
	static const char *const access[] = { "read", "write", "atomic" };
	uint32_t dev, ctx;

	if (!pick_attached(g, &dev, &ctx))
		return;
	say_access(g, "dma", dev, ctx);
	say(g, ", access: %s", access[below(g, 3)]);
	if (one_in(g, 5))
		say(g, ", translated: off");
	if (one_in(g, 8))
		say(g, ", size: 12K");
	if (one_in(g, 16))
		say(g, ", priv: on");
	say(g, "}\n");
}

static void step_ats(struct gen *g)
{
	uint32_t dev, ctx;

	if (!pick_attached(g, &dev, &ctx) || !g->ats[g->vm][dev])
		return;
	say_access(g, "ats", dev, ctx);
	say(g, "%s}\n", one_in(g, 2) ? ", write: on" : "");
}

/* ---- host and memory ---- */

static void step_host(struct gen *g)
{
	bool big = g->blocks && one_in(g, 3);
	uint32_t page = below(g, big ? BIGS : PAGES);
	enum backing *b = big ? &g->big[g->vm][page] : &g->page[g->vm][page];

	say(g, "  - host-%s: {vm: v%u, gpa: v%u%c%u, size: %s", *b == GONE ? "map" : "unmap", g->vm,
	    g->vm, big ? 'h' : 'p', page, big ? "2M" : "4K");
	if (*b == GONE && one_in(g, 3))
		say_perm(g);
	say(g, "}\n");
	*b = *b != GONE ? GONE : big ? BLOCK : BACKED;
}

static void step_free(struct gen *g)
{
	say(g, "  - %s: {gpa: v%up%u}\n", one_in(g, 3) ? "reuse" : "free", g->vm, below(g, PAGES));
}

/* The memory that the guest's own structures stand in. */
static void step_host_tables(struct gen *g)
{
	enum backing *b = &g->tables[g->vm];

	say(g, "  - host-%s: {vm: v%u, gpa: 0x3ff0000, size: 64K}\n", *b == GONE ? "map" : "unmap",
	    g->vm);
	*b = *b == GONE ? BACKED : GONE;
}

/*
 * The guest's structures stand at the end of its memory, the host's where its tables
 * begin: the root, the ring, whose words are not told in the log, and the rest.
 */
static uint64_t structure(struct gen *g, bool host)
{
	uint32_t page = below(g, 20);

	page += page ? 2 : 0;
	return host ? 0x80000000u + (page << 12) : 0x4000000u - ((1 + page) << 12);
}

static void step_write(struct gen *g)
{
	static const uint32_t words[] = { 0, 1, 2, 4, 8, 9, 10, 16, 17, 32, 40, 42, 511 };
	static const uint32_t flags[] = { 0, 1, 3, 7, 0x23, 0x27, 0x67, 0x63, 0x65, 0xe7, 0x87 };
	bool host = g->vms > 1 || one_in(g, 4); /* an address without a name says no VM */
	uint64_t at = structure(g, host) + words[below(g, G_N_ELEMENTS(words))] * 8;
	uint64_t value = one_in(g, 3) ? 0 :
					structure(g, host) | flags[below(g, G_N_ELEMENTS(flags))];

	if (one_in(g, 3))
		value = (0x100000 + (below(g, 8) << 12)) | flags[below(g, G_N_ELEMENTS(flags))];
	say(g, "  - write: {at: {%s: ", host ? "hpa" : "gpa");
	say(g, "0x%" G_GINT64_MODIFIER "x}", at);
	say_hex(g, "value", value);
	say(g, "}\n");
}

/* ---- programs ---- */

static void head(struct gen *g, const char *hardware)
{
	say(g, "scenario: random\nvendors: [vtd]\nhardware: %s\nvms:\n", hardware);
	for (uint32_t vm = 0; vm < g->vms; vm++) {
		say(g, "  v%u:\n    devices: {", vm);
		for (uint32_t d = 0; d < g->devs[vm]; d++)
			say(g, "%sv%ud%u: {vrid: \"0%u:00.0\", ats: %s, pasid-bits: 8}",
			    d ? ", " : "", vm, d, d + 1, g->ats[vm][d] ? "on" : "off");
		say(g, "}\n    spaces: [");
		for (uint32_t s = 0; s < g->spaces[vm]; s++)
			say(g, "%sv%us%u", s ? ", " : "", vm, s);
		say(g, "]\n    pages: {v%uh0: 2M, v%uh1: 2M", vm, vm);
		for (uint32_t p = 0; p < PAGES; p++)
			say(g, ", v%up%u: 4K", vm, p);
		say(g, "}\n");
	}
	say(g, "steps:\n");
}

/* Devices attached and something mapped, so that there is what can go wrong. */
static void prologue(struct gen *g)
{
	for (g->vm = 0; g->vm < g->vms; g->vm++) {
		for (unsigned n = 0; n < 3; n++)
			step_attach(g);
		for (unsigned n = 0; n < 6; n++)
			step_map(g);
	}
}

static void program(struct gen *g, uint64_t seed, enum form form, bool concrete)
{
	static void (*const steps[])(struct gen * g) = {
		step_dma,  step_dma,  step_dma,	    step_dma,	step_dma,    step_ats,
		step_map,  step_map,  step_unmap,   step_unmap, step_cmd,    step_sync,
		step_host, step_free, step_protect, step_remap, step_attach,
	};
	static const char *const geometries[] = {
		"{mode: concrete, iotlb: {sets: 1, ways: 1}}",
		"{mode: concrete, iotlb: {sets: 2, ways: 2, replace: fifo}}",
		"{mode: concrete, iotlb: {sets: 4, ways: 2, replace: random}}",
		"concrete",
	};

	*g = (struct gen){ .prng = seed, .form = form, .text = g_string_new(NULL) };
	g->vms = 1 + below(g, VMS);
	g->blocks = one_in(g, 2);
	for (uint32_t vm = 0; vm < g->vms; vm++) {
		g->devs[vm] = 1 + below(g, DEVS);
		g->spaces[vm] = 1 + below(g, SPACES);
		for (uint32_t d = 0; d < g->devs[vm]; d++)
			g->ats[vm][d] = !one_in(g, 3);
	}
	head(g, concrete ? geometries[seed % G_N_ELEMENTS(geometries)] : "adversarial");
	prologue(g);
	for (unsigned n = 0; n < STEPS; n++) {
		g->vm = below(g, g->vms);
		if (g->form == WILD && one_in(g, 12))
			step_write(g);
		else if (g->form == WILD && one_in(g, 60))
			step_host_tables(g);
		else
			steps[below(g, G_N_ELEMENTS(steps))](g);
	}
}

#endif
