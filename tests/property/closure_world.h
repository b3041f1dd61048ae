/* SPDX-License-Identifier: MIT */
/*
 * A small world for the search by closure, whatever its vendor: a device or two, tables with
 * few levels and large leaves, so that few records come about; words that software may
 * change, requests that devices make, and what commands may name.
 *
 * Everything that is translated is at CW_IOVA and a little above. Where there are two stages,
 * what the first one's tables stand in is mapped as it is, and CW_MID is what they lead to.
 */
#ifndef TESTS_PROPERTY_CLOSURE_WORLD_H
#define TESTS_PROPERTY_CLOSURE_WORLD_H

#include <glib.h>
#include <stdarg.h>
#include <string.h>

#include "sim/core/prng.h"
#include "tests/property/closure_explicit.h"

enum { CW_CELLS = 16, CW_VALUES = 4, CW_IDS = 4, CW_ADDRS = 8, CW_NAME = 24 };

#define CW_GIB	UINT64_C(0x40000000)
#define CW_IOVA CW_GIB
#define CW_MID	(2 * CW_GIB)
#define CW_OUT	(8 * CW_GIB)
#define CW_ELSE (5 * CW_GIB)

/* A word, and what software may store there. */
struct cw_cell {
	uint64_t at, values[CW_VALUES];
	unsigned count;
};

struct cw {
	const struct ims_model *model;
	const char *kind;
	uint64_t prng;
	uint32_t params[IMS_PARAMS];
	struct ims_world_config config;
	struct ims_world *world;
	struct ims_hw hw;
	struct cw_cell cells[CW_CELLS]; /* those that software changes in this program */
	uint32_t cells_count, cells_seen;
	struct xpl_ask asks[EX_ASKS];
	uint32_t asks_count, asks_seen;
	/* What commands may name. */
	uint32_t doms[CW_IDS], ctxs[CW_IDS], srcs[CW_IDS];
	uint32_t doms_count, ctxs_count, srcs_count;
	uint64_t addrs[CW_ADDRS];
	uint32_t addrs_count;
	unsigned rings;
	uint32_t cells_max; /* words that there may be; 0: not many */
	bool deep;	    /* translations are of pages, not of large leaves in the first table */
};

static inline uint32_t cw_below(struct cw *w, uint32_t bound)
{
	return ims_prng_below(&w->prng, bound);
}

static inline bool cw_one_in(struct cw *w, uint32_t n)
{
	return cw_below(w, n) == 0;
}

/* Among the addresses of words: the register that says where the structures are. */
#define CW_ROOT ~UINT64_C(0)

static inline void cw_word(struct cw *w, uint64_t at, uint64_t value)
{
	if (at == CW_ROOT)
		w->hw.unit->root = value;
	else
		ims_world_store(w->world, at, value, 0);
}

static inline uint64_t cw_read(const struct cw *w, uint64_t at)
{
	return at == CW_ROOT ? w->hw.unit->root : ims_mem_word(&w->hw.mem, at);
}

/*
 * A word with @count values, of which it mostly has the first; of four the second leads on to
 * another table, and that is what it mostly has if the tables are to be deep. Up to three words
 * of a world software may change, else there would be more records than can be visited.
 */
static inline void cw_cell(struct cw *w, uint64_t at, unsigned count, ...)
{
	struct cw_cell c = { .at = at, .count = count };
	uint32_t place = w->cells_seen++;
	va_list ap;

	va_start(ap, count);
	for (unsigned i = 0; i < count; i++)
		c.values[i] = va_arg(ap, uint64_t);
	va_end(ap);
	cw_word(w, at, c.values[cw_one_in(w, 8) ? cw_below(w, count) : w->deep && count == 4]);
	if (w->cells_count < 3)
		w->cells[w->cells_count++] = c;
	else if (cw_below(w, place + 1) < 3)
		w->cells[cw_below(w, 3)] = c;
}

/* The same of asks: up to three of those that a world has. */
static inline void cw_ask(struct cw *w, uint32_t src, uint32_t ctx, uint64_t addr, unsigned access,
			  bool ats)
{
	const struct xpl_ask a = {
		.dev = src & 0x3f,
		.req = { .src = src, .ctx = ctx, .addr = addr, .access = (uint8_t)access },
		.ats = ats
	};
	uint32_t place = w->asks_seen++;

	if (w->asks_count < 2 || (w->asks_count < 3 && cw_one_in(w, 3)))
		w->asks[w->asks_count++] = a;
	else if (cw_below(w, place + 1) < 2)
		w->asks[cw_below(w, w->asks_count)] = a;
}

static inline void cw_id(uint32_t *ids, uint32_t *count, uint32_t id)
{
	if (*count < CW_IDS)
		ids[(*count)++] = id;
}

static inline void cw_name(struct cw *w, uint32_t dom, uint32_t ctx, uint32_t src)
{
	cw_id(w->doms, &w->doms_count, dom);
	cw_id(w->ctxs, &w->ctxs_count, ctx);
	cw_id(w->srcs, &w->srcs_count, src);
}

static inline void cw_addr(struct cw *w, uint64_t addr)
{
	if (w->addrs_count < CW_ADDRS)
		w->addrs[w->addrs_count++] = addr;
}

/* Accesses of all sorts to the page at CW_IOVA, or the one behind it. */
static inline void cw_accesses(struct cw *w, uint32_t src, uint32_t ctx, bool ats)
{
	cw_ask(w, src, ctx, CW_IOVA + 8, IMS_ACCESS_READ, false);
	cw_ask(w, src, ctx, CW_IOVA + 0x10, IMS_ACCESS_WRITE, false);
	if (ats) {
		cw_ask(w, src, ctx, CW_IOVA + 0x18, IMS_ACCESS_READ, true);
		cw_ask(w, src, ctx, CW_IOVA + 0x1008, IMS_ACCESS_WRITE, true);
	}
	cw_ask(w, src, ctx, CW_IOVA + 0x200020, IMS_ACCESS_READ, false);
}

static inline void cw_open(struct cw *w)
{
	struct ims_unit_config *u = &w->config.units[0];

	w->config.model = w->model;
	w->config.cells = w->cells_max ? w->cells_max : 160;
	w->config.units_count = 1;
	w->config.seed = 1;
	u->params = w->params;
	u->ring_lg2 = 4;
	u->walk_caches = !cw_one_in(w, 4);
	u->fragment_lg2 = cw_one_in(w, 4) ? 12 : 0;
	for (unsigned c = 0; c < IMS_CACHES; c++)
		u->caches[c].entries = EX_ENTRIES;
	w->world = g_aligned_alloc0(1, ims_world_bytes(&w->config), IMS_WORLD_ALIGN);
	ims_world_init(w->world, &w->config);
	ims_hw_bind(&w->hw, w->model, w->world, 0, NULL);
	w->rings = 1;
	w->deep = cw_one_in(w, 2);
	cw_addr(w, CW_IOVA);
	cw_addr(w, CW_IOVA + 0x1000);
	cw_addr(w, CW_IOVA + 0x200000);
}

static inline void cw_params(struct cw *w, const struct ims_model *m)
{
	w->model = m;
	for (unsigned i = 0; i < m->params_count; i++)
		w->params[i] = m->params[i].value;
}

static inline void cw_close(struct cw *w)
{
	g_aligned_free(w->world);
}

#endif
