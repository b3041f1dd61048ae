/* SPDX-License-Identifier: MIT */
#include "tools/oracle/ours.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/core/prng.h"

enum { CELLS = 2048, ENTRIES = 64 };

/* ---- a world as a side ---- */

struct one_side {
	struct orc_side side;
	struct ims_hw hw;
};

static struct ims_hw *hw_of(struct orc_side *s)
{
	return &((struct one_side *)(void *)s)->hw;
}

static void unknown(uint32_t offset, unsigned bytes)
{
	fprintf(stderr, "iommusim-oracle: the model has no register of %u bytes at 0x%x\n", bytes,
		offset);
	abort();
}

static uint64_t one_reg_read(struct orc_side *s, uint32_t offset, unsigned bytes)
{
	uint64_t value = 0;

	if (!ims_reg_read(hw_of(s), offset, bytes, &value))
		unknown(offset, bytes);
	return value;
}

static void one_reg_write(struct orc_side *s, uint32_t offset, unsigned bytes, uint64_t value)
{
	if (!ims_reg_write(hw_of(s), offset, bytes, value))
		unknown(offset, bytes);
}

static uint64_t one_mem_read(struct orc_side *s, uint64_t pa)
{
	return ims_mem_word(&hw_of(s)->mem, pa);
}

static void one_mem_write(struct orc_side *s, uint64_t pa, uint64_t value)
{
	ims_write(hw_of(s), pa, value, false);
}

static struct one_side bind(struct ours *o, struct ims_world *world)
{
	struct one_side s = { .side = { one_reg_read, one_reg_write, one_mem_read,
					one_mem_write } };

	ims_hw_bind(&s.hw, &o->model, world, 0, NULL);
	return s;
}

/* ---- all worlds as one ---- */

static struct ours *ours_of(struct orc_side *s)
{
	return (struct ours *)(void *)((char *)s - offsetof(struct ours, all));
}

static uint64_t all_reg_read(struct orc_side *s, uint32_t offset, unsigned bytes)
{
	struct ours *o = ours_of(s);
	struct one_side one = bind(o, o->now[0].world);

	return one_reg_read(&one.side, offset, bytes);
}

static uint64_t all_mem_read(struct orc_side *s, uint64_t pa)
{
	struct ours *o = ours_of(s);
	struct one_side one = bind(o, o->now[0].world);

	return one_mem_read(&one.side, pa);
}

static void all_reg_write(struct orc_side *s, uint32_t offset, unsigned bytes, uint64_t value)
{
	struct ours *o = ours_of(s);

	for (unsigned i = 0; i < o->now_count; i++) {
		struct one_side one = bind(o, o->now[i].world);

		one_reg_write(&one.side, offset, bytes, value);
	}
}

static void all_mem_write(struct orc_side *s, uint64_t pa, uint64_t value)
{
	struct ours *o = ours_of(s);

	for (unsigned i = 0; i < o->now_count; i++) {
		struct one_side one = bind(o, o->now[i].world);

		one_mem_write(&one.side, pa, value);
	}
}

uint64_t ours_word(struct ours *o, unsigned one, uint64_t at)
{
	struct one_side side = bind(o, o->now[one].world);

	return one_mem_read(&side.side, at);
}

struct orc_side *ours_side(struct ours *o)
{
	return &o->all;
}

/* ---- worlds ---- */

static struct ims_world *take(struct ours *o)
{
	struct ims_world *w;

	if (o->spare_count)
		return o->spare[--o->spare_count];
	w = aligned_alloc(IMS_WORLD_ALIGN,
			  (o->bytes + IMS_WORLD_ALIGN - 1) / IMS_WORLD_ALIGN * IMS_WORLD_ALIGN);
	if (!w) {
		fputs("iommusim-oracle: no memory\n", stderr);
		abort();
	}
	return w;
}

static void give(struct ours *o, struct ims_world *w)
{
	o->spare[o->spare_count++] = w;
}

static struct ims_world *copy(struct ours *o, const struct ims_world *from)
{
	struct ims_world *w = take(o);

	memcpy(w, from, o->bytes);
	return w;
}

void ours_reset(struct ours *o)
{
	struct ims_world *w;
	struct one_side one;

	for (unsigned i = 0; i < o->now_count; i++)
		give(o, o->now[i].world);
	w = take(o);
	memset(w, 0, o->bytes);
	ims_world_init(w, &o->config);
	one = bind(o, w);
	ims_unit_reset(&one.hw);
	o->now[0] = (struct ours_one){ .world = w };
	o->now_count = 1;
	o->vague = false;
}

void ours_open(struct ours *o, const struct orc_vendor *vendor, unsigned config)
{
	const struct orc_config *c = &vendor->configs[config];
	struct ims_unit_config *u = &o->config.units[0];

	memset(o, 0, sizeof(*o));
	o->vendor = vendor;
	o->model = *vendor->model;
	memcpy(o->caches, o->model.caches, o->model.caches_count * sizeof(o->caches[0]));
	/* Hardware that keeps an entry for each device keeps more, which it may. */
	o->tlb = c->tlb ? c->tlb - 1u : o->model.iotlb;
	for (unsigned i = 0; i < o->model.caches_count; i++) {
		if (!vendor->shares && o->caches[i].where == IMS_WHERE_IOTLB)
			o->caches[i].lookup |= IMS_KEY_SRC;
		if (vendor->no_steps && o->caches[i].where == IMS_WHERE_WALK)
			o->caches[i].where = IMS_WHERE_MAX;
	}
	o->model.caches = o->caches;
	for (unsigned i = 0; i < o->model.params_count; i++)
		o->params[i] = o->model.params[i].value;
	for (unsigned i = 0; i < c->params_count; i++)
		o->params[c->params[i][0]] = c->params[i][1];
	o->config.model = &o->model;
	o->config.cells = CELLS;
	o->config.units_count = 1;
	o->config.seed = 1;
	u->params = o->params;
	u->ring_lg2 = 8;
	u->fragment_lg2 = vendor->fragment_lg2;
	u->walk_caches = vendor->walk_caches;
	for (unsigned i = 0; i < o->model.caches_count; i++)
		u->caches[i].entries = ENTRIES;
	o->bytes = ims_world_bytes(&o->config);
	o->all = (struct orc_side){ all_reg_read, all_reg_write, all_mem_read, all_mem_write };
	ours_reset(o);
}

void ours_close(struct ours *o)
{
	for (unsigned i = 0; i < o->now_count; i++)
		free(o->now[i].world);
	for (unsigned i = 0; i < o->next_count; i++)
		free(o->next[i].world);
	for (unsigned i = 0; i < o->spare_count; i++)
		free(o->spare[i]);
	o->now_count = o->spare_count = 0;
}

/* ---- what a world keeps, as a number ---- */

struct print {
	struct ims_cache *c;
	uint64_t sum;
};

/* A sum, as entries have no order; when they were read is left out: every command is complete. */
static void print_entry(void *arg, uint32_t entry, const struct ims_entry *e)
{
	struct print *p = arg;
	const struct ims_group *g = &ims_cache_groups(p->c)[e->group];
	uint64_t h = ims_mix(e->in ^ (uint64_t)e->size_lg2 << 56);

	h = ims_mix(h ^ e->out);
	h = ims_mix(h ^ ((uint64_t)e->src << 32 | e->ctx));
	h = ims_mix(h ^ ((uint64_t)g->primary << 32 | g->ctx));
	h = ims_mix(h ^ ((uint64_t)e->dom << 48 | (uint64_t)e->cls << 40 |
			 (uint64_t)e->s1_lg2 << 32 | (uint64_t)e->s2_lg2 << 24 | e->perm));
	h = ims_mix(h ^ e->mid);
	for (unsigned i = 0; i < p->c->payload; i++)
		h = ims_mix(h ^ ims_cache_payload(p->c, entry)[i]);
	p->sum += h;
}

static uint64_t print_world(struct ours *o, struct ims_world *w)
{
	struct one_side one = bind(o, w);
	const struct ims_cell *cells = one.hw.mem.cells;
	uint64_t sum = 0;

	for (unsigned i = 0; i < o->model.caches_count; i++) {
		struct print p = { .c = ims_hw_cache(&one.hw, i) };

		ims_cache_each(p.c, print_entry, &p);
		sum += ims_mix(p.sum + i);
	}
	for (uint32_t i = 0; i <= one.hw.mem.mask; i++)
		if (cells[i].key)
			sum += ims_mix(ims_mix(cells[i].key) ^ cells[i].value);
	return sum;
}

/* ---- requests ---- */

static void forget(struct ims_hw *hw, unsigned cache, uint32_t src, bool shared,
		   const uint64_t *addr)
{
	struct ims_sel sel = { .last = ~UINT64_C(0),
			       .src = src,
			       .how_src = shared ? IMS_ANY : IMS_EQUAL,
			       .before = UINT32_MAX,
			       .classes = IMS_CLASS_ANY };

	if (addr) {
		sel.first = sel.last = *addr;
		sel.range = IMS_RANGE_FRAGMENT;
	}
	ims_cache_drop(ims_hw_cache(hw, cache), &sel, NULL, NULL);
}

static struct ims_req request_of(const struct ours *o, const struct orc_op *op)
{
	return (struct ims_req){ .src = orc_src(o->vendor, op->device),
				 .ctx = IMS_CTX_NONE,
				 .addr = op->at,
				 .bytes = 8,
				 .access = op->write ? IMS_ACCESS_WRITE : IMS_ACCESS_READ };
}

static void answer(struct ours *o, const struct orc_program *p, const struct orc_op *op,
		   struct one_side *one, struct orc_outcome *ret)
{
	struct ims_req req = request_of(o, op);
	struct ims_answer fresh, a;

	*ret = (struct orc_outcome){ 0 };
	ims_translate_fresh(&one->hw, &req, &fresh);
	ims_translate(&one->hw, &req, &a);
	ret->stale = a.fault != fresh.fault || (!a.fault && a.out != fresh.out);
	ret->why = a.fault;
	if (a.fault || a.refused || a.interrupt)
		ret->kind = o->vendor->fault(&one->side, p, &ret->fault) ? ORC_FAULT : ORC_BLOCKED;
	else if (a.out - o->vendor->ram < ORC_RAM)
		ret->place = a.out;
	else
		ret->kind = ORC_BLOCKED; /* there is no memory */
	for (unsigned i = 0; i < op->watched; i++)
		ret->watch[i] = one_mem_read(&one->side, op->watch[i]);
	ret->may_set = o->vendor->may_set;
}

/* Files the world among `next`, unless it is there. */
static void file(struct ours *o, const struct orc_op *op, struct ims_world *w,
		 const struct orc_outcome *outcome, const struct orc_outcome *first)
{
	uint64_t print = print_world(o, w);

	for (unsigned i = 0; i < o->next_count; i++) {
		const struct ours_one *n = &o->next[i];

		if (n->print == print && orc_outcome_same(&n->outcome, outcome, op->watched) &&
		    orc_outcome_same(&n->first, first, 0)) {
			give(o, w);
			return;
		}
	}
	if (o->next_count == OURS_BRANCHES) {
		o->vague = true;
		give(o, w);
		return;
	}
	o->next[o->next_count++] = (struct ours_one){ w, print, *outcome, *first };
}

/* Which bit of a set stands for a cache that forgets, and how many there are. */
static unsigned bit_of(const struct orc_vendor *v, unsigned i)
{
	return !v->together ? i : i < v->together ? 0 : i - v->together + 1;
}

static unsigned bits_of(const struct orc_vendor *v)
{
	return v->forgets_count ? bit_of(v, v->forgets_count - 1) + 1 : 0;
}

static unsigned empty_caches(struct ours *o, struct ims_world *w)
{
	struct one_side one = bind(o, w);
	const struct orc_vendor *v = o->vendor;
	unsigned set = (1u << bits_of(v)) - 1;

	/* That of translations forgets one of them. */
	for (unsigned i = 0; i < v->forgets_count; i++)
		if (v->forgets[i] != o->tlb && ims_hw_cache(&one.hw, v->forgets[i])->live)
			set &= ~(1u << bit_of(v, i));
	if (!ims_hw_cache(&one.hw, o->tlb)->live)
		set |= 1u << bits_of(v);
	return set;
}

/* A walk that ended in a fault may leave behind what it read of the leaf. */
static struct ims_world *denied(struct ours *o, const struct orc_op *op, struct ims_world *w)
{
	struct ims_world *kept = copy(o, w);
	struct one_side one = bind(o, kept);
	struct ims_req req = request_of(o, op);

	ims_hw_fetch(&one.hw, &req);
	return kept;
}

/* The block of the world that is one of its caches. */
static char *cache_of(const struct ours *o, struct ims_world *w, unsigned cache, size_t *ret_bytes)
{
	const struct ims_unit *u = &w->units[0];
	uint64_t from = u->cache_off[cache], to = w->bytes;

	for (unsigned i = 0; i < o->model.caches_count; i++)
		if (u->cache_off[i] > from && u->cache_off[i] < to)
			to = u->cache_off[i];
	if (w->cells_off > from && w->cells_off < to)
		to = w->cells_off;
	if (w->writers_off > from && w->writers_off < to)
		to = w->writers_off;
	*ret_bytes = to - from;
	return (char *)w + from;
}

static void restore(const struct ours *o, struct ims_world *from, struct ims_world *w,
		    unsigned cache)
{
	size_t bytes;
	char *to = cache_of(o, w, cache, &bytes);

	memcpy(to, cache_of(o, from, cache, &bytes), bytes);
}

/*
 * What a request passes by is not forgotten: where it ended before the IOTLB, or came to
 * nothing that is kept, an entry that is there may serve the next one. And with `coexist`
 * what was read of a structure may stand beside an older copy, until both are dropped.
 */
static void file_aside(struct ours *o, const struct orc_op *op, const struct ours_one *from,
		       struct ims_world *w, const struct orc_outcome *outcome, unsigned set,
		       bool filled)
{
	const struct orc_vendor *v = o->vendor;
	unsigned iotlb = set >> bits_of(v), structures = set & ((1u << bits_of(v)) - 1);

	for (unsigned which = 1; which < 4; which++) {
		struct ims_world *kept;

		if ((which & 1 && (!iotlb || filled)) ||
		    (which & 2 && (!v->coexist || !structures)))
			continue;
		kept = copy(o, w);
		if (which & 1)
			restore(o, from->world, kept, o->tlb);
		for (unsigned i = 0; which & 2 && i < v->forgets_count; i++)
			if (set >> bit_of(v, i) & 1)
				restore(o, from->world, kept, v->forgets[i]);
		file(o, op, kept, outcome, &from->outcome);
	}
}

static void branch_one(struct ours *o, const struct orc_program *p, const struct orc_op *op,
		       const struct ours_one *from)
{
	const struct orc_vendor *v = o->vendor;
	uint32_t src = orc_src(v, op->device);
	unsigned empty = empty_caches(o, from->world);

	/* Which caches have forgotten what this request needs, as bits; the last is the IOTLB. */
	for (unsigned set = 0; set < 2u << bits_of(v); set++) {
		struct orc_outcome outcome;
		struct one_side one;
		struct ims_world *w;
		uint32_t live;

		/* What holds nothing has nothing to forget. */
		if (set & empty)
			continue;
		w = copy(o, from->world);
		one = bind(o, w);
		for (unsigned i = 0; i < v->forgets_count; i++)
			if (set >> bit_of(v, i) & 1)
				forget(&one.hw, v->forgets[i], src,
				       v->shares && !o->caches[v->forgets[i]].payload, NULL);
		if (set >> bits_of(v))
			forget(&one.hw, o->tlb, src, v->shares, &op->at);
		live = ims_hw_cache(&one.hw, o->tlb)->live;
		answer(o, p, op, &one, &outcome);
		file_aside(o, op, from, w, &outcome, set,
			   live != ims_hw_cache(&one.hw, o->tlb)->live);
		if (v->keeps_denied && outcome.why)
			file(o, op, denied(o, op, w), &outcome, &from->outcome);
		file(o, op, w, &outcome, &from->outcome);
	}
}

void ours_branch(struct ours *o, const struct orc_program *p, const struct orc_op *op)
{
	for (unsigned i = 0; i < o->next_count; i++)
		give(o, o->next[i].world);
	o->next_count = 0;
	for (unsigned i = 0; i < o->now_count; i++)
		branch_one(o, p, op, &o->now[i]);
}

unsigned ours_settle(struct ours *o, ours_keep_fn *keep, const void *arg)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < o->next_count; i++)
		kept += keep(&o->next[i], arg);
	if (!kept) {
		for (unsigned i = 0; i < o->next_count; i++)
			give(o, o->next[i].world);
		o->next_count = 0;
		return 0;
	}
	for (unsigned i = 0; i < o->now_count; i++)
		give(o, o->now[i].world);
	o->now_count = 0;
	for (unsigned i = 0; i < o->next_count; i++) {
		if (!keep(&o->next[i], arg))
			give(o, o->next[i].world);
		else
			o->now[o->now_count++] = o->next[i];
	}
	o->next_count = 0;
	if (o->now_count > OURS_MAX)
		o->vague = true;
	return kept;
}

bool ours_command(struct ours *o, const struct orc_program *p, const struct orc_op *op,
		  struct orc_status *ret)
{
	bool same = true;

	for (unsigned i = 0; i < o->now_count; i++) {
		struct one_side one = bind(o, o->now[i].world);
		struct orc_status s = { 0 };

		o->vendor->command(&one.side, p, op->words, op->count, &s);
		if (!i)
			*ret = s;
		same = same && s.error == ret->error && s.done == ret->done && s.head == ret->head;
	}
	return same;
}
