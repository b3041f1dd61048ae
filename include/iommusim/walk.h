/* SPDX-License-Identifier: MIT */
/*
 * Simulated memory as hardware reads it, page-table formats as data, and the
 * walkers that a vendor instantiates with its own `const` formats: passing the
 * address of a `static const struct ims_format` makes the compiler fold every
 * mask and shift. Software that builds tables shares the format, and no code.
 */
#ifndef IOMMUSIM_WALK_H
#define IOMMUSIM_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMS_TEMPLATE  static inline __attribute__((always_inline))
#define IMS_LEVELS    7 /* levels are counted from 1 (last) to at most 6 */
#define IMS_READS_MAX 48

/* A permission is a set of these; an access needs all of the bits it is made of. */
enum ims_perm {
	IMS_R = 1,
	IMS_W = 2,
	IMS_U = 4,	  /* usable by an unprivileged request */
	IMS_D = 8,	  /* the dirty bit of every leaf used is known to be set */
	IMS_TABLE_W = 16, /* of a start only: stage 2 lets the table there be written */
	IMS_SNOOP =
		32, /* no permission: accesses to the page are coherent whatever the device asks */
	IMS_NEGATIVE =
		64,	/* of an entry only: it stands for a fault, whose code is in its output */
	IMS_PRIV = 128, /* of a device's entry only: it was granted to privileged requests */
};

/* ---- memory ---- */

/* One 64-bit word; an empty cell has key 0, the word at address a has key a | 1. */
struct ims_cell {
	uint64_t key;
	uint64_t value;
};

/*
 * A view of memory: physical (guest 0), or the guest-physical addresses of one
 * VM (guest = its number + 1). Words nobody wrote read as zero; addresses from
 * `limit` on do not exist and give an access error.
 */
struct ims_mem {
	struct ims_cell *cells;
	uint32_t shift; /* 64 - log2 of the number of cells */
	uint32_t mask;
	uint32_t guest;
	uint64_t limit;
	uint64_t fixed_first,
		fixed_last; /* physical memory that takes no atomic update; none: first > last */
	uint64_t guest_limit; /* the VM's memory ends here; what has no page behind it yet reads as zero */
};

/* Where the world keeps, for one guest frame, the physical page behind it (bit 0: there is one). */
static inline uint64_t ims_guest_cell(uint32_t guest, uint64_t gpa)
{
	return (uint64_t)(0x80 | guest) << 56 | gpa >> 12 << 3;
}

IMS_TEMPLATE uint32_t ims_cell_slot(const struct ims_mem *m, uint64_t addr)
{
	return (uint32_t)((addr >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> m->shift);
}

IMS_TEMPLATE uint64_t ims_mem_word(const struct ims_mem *m, uint64_t addr)
{
	uint64_t key = addr | 1;

	for (uint32_t i = ims_cell_slot(m, addr);; i = (i + 1) & m->mask) {
		if (m->cells[i].key == key)
			return m->cells[i].value;
		if (!m->cells[i].key)
			return 0;
	}
}

/* The physical address behind @addr of this view; false: nothing is there. */
IMS_TEMPLATE bool ims_mem_resolve(const struct ims_mem *m, uint64_t addr, uint64_t *ret_pa)
{
	uint64_t pa = addr;

	if (m->guest) {
		uint64_t back = addr >> 56 ? 0 : ims_mem_word(m, ims_guest_cell(m->guest, addr));

		if (!(back & 1))
			return false;
		pa = (back & ~UINT64_C(0xfff)) | (addr & 0xfff);
	}
	*ret_pa = pa;
	return pa < m->limit;
}

/* Reads the aligned 64-bit word at @addr. */
IMS_TEMPLATE bool ims_mem_read(const struct ims_mem *m, uint64_t addr, uint64_t *ret_value)
{
	uint64_t pa;

	if (!ims_mem_resolve(m, addr, &pa)) {
		*ret_value = 0;
		return m->guest && addr < m->guest_limit;
	}
	*ret_value = ims_mem_word(m, pa);
	return true;
}

/* ---- formats ---- */

/*
 * A page-table format of 64-bit entries. Level 1 holds only leaves; a leaf
 * higher up needs `leaf_bit` and its level in the stage's leaf_levels. An entry
 * is present if any bit of `present` is set; if `read_bit` is 0, present is
 * readable. Reserved masks count only in present entries.
 */
struct ims_format {
	const char *name;
	const char *source; /* section of the specification */
	uint8_t levels_max;
	uint8_t leaf_levels; /* bit n: level n may hold leaves, if the unit supports it */
	uint64_t present, addr;
	uint64_t leaf_bit;
	uint64_t read_bit, write_bit, user_bit;
	uint64_t accessed_bit, dirty_bit; /* 0: none */
	uint64_t rsvd_table[IMS_LEVELS], rsvd_leaf[IMS_LEVELS];
	uint64_t build_table; /* what a driver sets in an entry that points to a table */
	uint64_t build_leaf;  /* and in every leaf */
	uint64_t build_write; /* and in a writable leaf besides write_bit */
};

/* log2 of what one entry of @level covers; all formats here have 512 entries of 4 KiB granules. */
#define IMS_LEVEL_LG2(level) (12u + 9u * ((unsigned)(level)-1u))

/* ---- walking ---- */

enum ims_walk_status {
	IMS_WALK_OK,
	IMS_WALK_ACCESS, /* the entry could not be read */
	IMS_WALK_NOT_PRESENT,
	IMS_WALK_RESERVED,    /* a reserved bit is set */
	IMS_WALK_WIDTH,	      /* an address is wider than the next stage translates */
	IMS_WALK_READ,	      /* no read permission */
	IMS_WALK_WRITE,	      /* no write permission */
	IMS_WALK_USER,	      /* unprivileged access to a privileged page */
	IMS_WALK_TABLE_READ,  /* stage 2 does not let stage-1 tables be read */
	IMS_WALK_TABLE_WRITE, /* nor accessed and dirty bits be set in them */
	IMS_WALK_BARRED,      /* such a bit is to be set, and this unit may set none here */
	IMS_WALK_UPDATE,      /* such a bit is to be set, and memory does not take it */
	IMS_WALK_STATUS_MAX,
};

/* One stage of a walk: constants first, then what a unit or a path decides. */
struct ims_stage {
	const struct ims_format *format;
	uint64_t root;
	uint64_t rsvd;	    /* reserved in every present entry: bits above the host address width */
	uint64_t rsvd_leaf; /* and in every leaf */
	uint64_t used;	    /* bits that hardware sets in every entry it uses; 0: none */
	uint64_t written;   /* and in the leaf of a page that is written */
	uint8_t top;	    /* level of the root table */
	uint8_t leaf_levels; /* supported by the unit; and-ed with the format's */
	uint8_t waive;	     /* what this request needs not be granted by this stage */
	bool forced;	     /* stage 1: bits are set in its tables even where stage 2 forbids it */
	uint8_t table_need;  /* stage 2: what it must grant on a stage-1 table that is read */
	bool table_dirty;    /* stage 2: reading a stage-1 table counts as writing it */
};

/* The words read, in order: what the result was made of. */
struct ims_word {
	uint64_t addr;
	uint64_t value;
};

struct ims_walker {
	struct ims_mem mem;
	void *unit; /* the engine's: paging-structure caches, log; NULL: caches bypassed, nothing logged */
	bool caches;	      /* look up and fill paging-structure caches */
	bool logged;	      /* report every word read to the log */
	bool update;	      /* set accessed and dirty bits; false: only look */
	bool barred;	      /* setting one is a fault */
	uint8_t fragment_lg2; /* the unit's entries are at most this large; 0: as large as the leaf */
	uint32_t born;	      /* time of the oldest word used, inherited through caches */
	uint32_t words_count;
	struct ims_word words[IMS_READS_MAX];
};

/* The result; on a failure, where it failed. */
struct ims_leaf {
	uint64_t out; /* output address of the byte asked for */
	uint64_t mid; /* the same between the stages: input of stage 2 */
	uint64_t last,
		at; /* the leaf entry read last, of stage 2 if there is one, and where it stands */
	uint8_t perm;  /* what the entries of the stages grant together */
	uint8_t grant; /* what this request is granted: more, where stage 1 waives something */
	uint8_t s1_lg2, s2_lg2; /* sizes of the leaves; 64: that stage took no part */
	uint8_t fragment_lg2; /* the result may be held for at most this much; 64: for the leaves */
	uint8_t stage, level; /* of the failing entry */
	bool on_table;	      /* stage 2 failed while stage-1 tables were fetched */
	bool at_top;	      /* the failing entry is in the root table of its stage */
	bool negative; /* the fault may be cached: IMS_NEGATIVE in `perm`: `out` is its code */
};

/* Where to go on: the table at `table` of `level`, under `perm`. */
struct ims_start {
	uint64_t table;
	uint64_t mapped_by; /* nested: the stage-2 leaf entry over the table; 0: not known */
	uint8_t level;
	uint8_t perm;
};

/* The engine's side, sim/engine/walker.c. */
void ims_walk_log(struct ims_walker *w, uint64_t addr, uint64_t value, unsigned stage,
		  unsigned level);
bool ims_walk_find(struct ims_walker *w, unsigned stage, uint64_t addr,
		   struct ims_start *ret_start);
void ims_walk_fill(struct ims_walker *w, unsigned stage, uint64_t addr, unsigned level,
		   const struct ims_start *s);
/* False: memory does not take it. Without w->update it only looks whether it would. */
bool ims_walk_update(struct ims_walker *w, uint64_t addr, uint64_t old, uint64_t value);

IMS_TEMPLATE bool ims_walk_read(struct ims_walker *w, uint64_t addr, unsigned stage, unsigned level,
				uint64_t *ret_entry)
{
	if (!ims_mem_read(&w->mem, addr, ret_entry))
		return false;
	w->words[w->words_count].addr = addr;
	w->words[w->words_count].value = *ret_entry;
	w->words_count = w->words_count + 1 < IMS_READS_MAX ? w->words_count + 1 : w->words_count;
	if (__builtin_expect(w->logged, 0))
		ims_walk_log(w, addr, *ret_entry, stage, level);
	return true;
}

IMS_TEMPLATE unsigned ims_format_perm(const struct ims_format *f, uint64_t e)
{
	unsigned perm = 0;

	if (!f->read_bit || (e & f->read_bit))
		perm |= IMS_R;
	if (!f->write_bit || (e & f->write_bit))
		perm |= IMS_W;
	if (!f->user_bit || (e & f->user_bit))
		perm |= IMS_U;
	return perm;
}

/* Is @e, read at @level, a leaf; sets @ret_bad if its reserved bits are not zero. */
IMS_TEMPLATE bool ims_format_leaf(const struct ims_stage *s, uint64_t e, unsigned level,
				  bool *ret_bad)
{
	const struct ims_format *f = s->format;
	bool leaf = level == 1 || (e & f->leaf_bit);
	uint64_t rsvd = leaf ? f->rsvd_leaf[level] : f->rsvd_table[level];

	*ret_bad = (e & (rsvd | s->rsvd | (leaf ? s->rsvd_leaf : 0))) ||
		   (leaf && level > 1 && !(f->leaf_levels & s->leaf_levels & 1u << level));
	return leaf;
}

IMS_TEMPLATE struct ims_start ims_walk_root(const struct ims_stage *s)
{
	struct ims_start at;

	at.table = s->root;
	at.mapped_by = 0;
	at.level = s->top;
	at.perm = IMS_R | IMS_W | IMS_U;
	return at;
}

/*
 * Walks one stage whose tables need no further translation. @need is what the
 * access asks of the cumulative permission; the leaf is filled in even when a
 * permission is missing, since an ATS answer grants what is left.
 */
IMS_TEMPLATE enum ims_walk_status ims_walk_flat(struct ims_walker *w, const struct ims_stage *s,
						unsigned stage, uint64_t addr, unsigned need,
						struct ims_leaf *leaf)
{
	const struct ims_format *f = s->format;
	struct ims_start at = ims_walk_root(s);
	uint64_t e, at_addr, grown;
	unsigned missing;
	bool bad;

	if (w->caches)
		ims_walk_find(w, stage, addr, &at);
	for (;;) {
		leaf->stage = (uint8_t)stage;
		leaf->level = at.level;
		leaf->at_top = at.level == s->top;
		at_addr = at.table + ((addr >> IMS_LEVEL_LG2(at.level)) & 0x1ff) * 8;
		if (!ims_walk_read(w, at_addr, stage, at.level, &e))
			return IMS_WALK_ACCESS;
		if (!(e & f->present))
			return IMS_WALK_NOT_PRESENT;
		bool is_leaf = ims_format_leaf(s, e, at.level, &bad);
		if (bad)
			return IMS_WALK_RESERVED;
		at.perm &= (uint8_t)ims_format_perm(f, e);
		if (!(at.perm & (IMS_R | IMS_W)))
			return IMS_WALK_NOT_PRESENT;
		missing = need & ~((unsigned)at.perm | s->waive);
		grown = e | s->used;
		/* Dirty only where the write is granted, which upper entries have a say in. */
		if (is_leaf && (need & IMS_W) && !missing)
			grown |= s->written;
		if (grown != e) {
			if (w->barred)
				return IMS_WALK_BARRED;
			if (!ims_walk_update(w, at_addr, e, grown))
				return IMS_WALK_UPDATE;
		}
		if (is_leaf)
			break;
		at.table = e & f->addr;
		at.level--;
		if (w->caches)
			ims_walk_fill(w, stage, addr, at.level + 1u, &at);
	}
	unsigned lg2 = IMS_LEVEL_LG2(at.level);
	uint64_t low = (UINT64_C(1) << lg2) - 1;

	leaf->out = (e & f->addr & ~low) | (addr & low);
	leaf->perm = at.perm | ((grown & s->written) == s->written ? IMS_D : 0);
	leaf->grant = (at.perm | s->waive) & (IMS_R | IMS_W | IMS_U);
	leaf->last = e;
	leaf->at = at_addr;
	if (stage == 1)
		leaf->s1_lg2 = (uint8_t)lg2;
	else
		leaf->s2_lg2 = (uint8_t)lg2;
	if (missing & IMS_U)
		return IMS_WALK_USER;
	if (missing & IMS_W)
		return IMS_WALK_WRITE;
	return missing & IMS_R ? IMS_WALK_READ : IMS_WALK_OK;
}

/* The page of a stage-1 table, through stage 2. */
IMS_TEMPLATE enum ims_walk_status ims_walk_table(struct ims_walker *w, const struct ims_stage *s2,
						 uint64_t gpa, uint64_t limit, uint64_t *ret_hpa,
						 uint8_t *ret_perm, struct ims_leaf *leaf)
{
	enum ims_walk_status st;

	leaf->on_table = true;
	if (gpa >= limit) {
		leaf->stage = 1;
		return IMS_WALK_WIDTH;
	}
	st = ims_walk_flat(w, s2, 2, gpa, s2->table_dirty ? IMS_R | IMS_W : IMS_R, leaf);
	if (st == IMS_WALK_READ || st == IMS_WALK_WRITE ||
	    (st == IMS_WALK_OK && (s2->table_need & ~(unsigned)leaf->perm)))
		return IMS_WALK_TABLE_READ;
	*ret_hpa = leaf->out;
	*ret_perm = leaf->perm;
	if (st == IMS_WALK_OK)
		leaf->on_table = false;
	return st;
}

/*
 * Puts an entry's new accessed or dirty bit into memory, where both stages let it:
 * the page of the table is written by it, so its stage-2 leaf becomes dirty.
 */
IMS_TEMPLATE enum ims_walk_status ims_walk_mark(struct ims_walker *w, const struct ims_stage *s2,
						struct ims_start *at, uint64_t at_addr, uint64_t e,
						uint64_t grown, struct ims_leaf *leaf)
{
	uint64_t over;

	if (grown == e)
		return IMS_WALK_OK;
	if (w->barred)
		return IMS_WALK_BARRED;
	if (!(at->perm & IMS_TABLE_W))
		return IMS_WALK_TABLE_WRITE;
	if (s2->written && at->mapped_by) {
		if (!ims_mem_read(&w->mem, at->mapped_by, &over) ||
		    ((over & s2->written) != s2->written &&
		     !ims_walk_update(w, at->mapped_by, over, over | s2->written))) {
			leaf->stage = 2;
			return IMS_WALK_UPDATE;
		}
	}
	return ims_walk_update(w, at_addr, e, grown) ? IMS_WALK_OK : IMS_WALK_UPDATE;
}

/* From the pointer in at->table to the table's host address, noting whether stage 2 lets it be written. */
IMS_TEMPLATE enum ims_walk_status ims_walk_enter(struct ims_walker *w, const struct ims_stage *s1,
						 const struct ims_stage *s2, uint64_t limit,
						 uint64_t addr, struct ims_start *at,
						 struct ims_leaf *leaf)
{
	enum ims_walk_status st;
	uint8_t perm = 0;

	leaf->level = at->level;
	leaf->at_top = at->level == s1->top;
	st = ims_walk_table(w, s2, at->table, limit, &at->table, &perm, leaf);
	if (st == IMS_WALK_TABLE_READ || st == IMS_WALK_WIDTH) {
		leaf->stage = 1;
		leaf->level = at->level;
		leaf->at_top = at->level == s1->top;
	}
	at->perm = (uint8_t)((at->perm & ~IMS_TABLE_W) |
			     ((perm & IMS_W) || s1->forced ? IMS_TABLE_W : 0));
	at->mapped_by = leaf->at;
	if (st == IMS_WALK_OK && w->caches && at->level != s1->top) {
		struct ims_start cached = *at;

		/* The leaf over the table is not kept: where it is still clean, a bit to be set there needs a new walk. */
		if (!(perm & IMS_D))
			cached.perm &= (uint8_t)~IMS_TABLE_W;
		ims_walk_fill(w, 1, addr, at->level + 1u, &cached);
	}
	return st;
}

/* The leaf's output through stage 2, the permissions together, and the dirty bit if a write is granted. */
IMS_TEMPLATE enum ims_walk_status ims_walk_final(struct ims_walker *w, const struct ims_stage *s1,
						 const struct ims_stage *s2, struct ims_start *at,
						 uint64_t at_addr, uint64_t e, uint64_t addr,
						 unsigned need, struct ims_leaf *leaf)
{
	const struct ims_format *f = s1->format;
	unsigned lg2 = IMS_LEVEL_LG2(at->level), has = (unsigned)at->perm | s1->waive;
	uint64_t low = (UINT64_C(1) << lg2) - 1, marked = e | s1->used;
	struct ims_stage page = *s2;
	enum ims_walk_status st;
	bool clean;

	leaf->s1_lg2 = (uint8_t)lg2;
	leaf->mid = (e & f->addr & ~low) | (addr & low);
	if ((need & IMS_U) && !(has & IMS_U)) {
		leaf->perm = leaf->grant = 0;
		return IMS_WALK_USER;
	}
	/* A write that stage 1 is going to refuse leaves the page clean. */
	if (!(at->perm & IMS_TABLE_W) && (marked | s1->written) != marked)
		page.written = 0;
	st = ims_walk_flat(w, &page, 2, leaf->mid, need & (has & IMS_W ? IMS_R | IMS_W : IMS_R),
			   leaf);
	clean = !(leaf->perm & IMS_D);
	leaf->grant = (uint8_t)(has & (leaf->perm | IMS_U) & (IMS_R | IMS_W | IMS_U));
	leaf->perm = (uint8_t)(at->perm & (leaf->perm | IMS_U) & (IMS_R | IMS_W | IMS_U));
	if (st == IMS_WALK_OK && (need & IMS_W)) {
		leaf->stage = 1;
		if (!(has & IMS_W))
			return IMS_WALK_WRITE;
		st = ims_walk_mark(w, s2, at, at_addr, marked, marked | s1->written, leaf);
		e |= s1->written;
	}
	if ((e & s1->written) == s1->written && !clean)
		leaf->perm |= IMS_D;
	return st;
}

/* From @at down to a leaf; @cached: its table was found in a cache, and needs no stage 2. */
IMS_TEMPLATE enum ims_walk_status ims_walk_down(struct ims_walker *w, const struct ims_stage *s1,
						const struct ims_stage *s2, uint64_t limit,
						uint64_t addr, unsigned need, struct ims_start *at,
						bool cached, struct ims_leaf *leaf)
{
	const struct ims_format *f = s1->format;
	enum ims_walk_status st;
	uint64_t e, at_addr;
	bool bad, is_leaf;

	for (;; at->table = e & f->addr, at->level--, cached = false) {
		st = cached ? IMS_WALK_OK : ims_walk_enter(w, s1, s2, limit, addr, at, leaf);
		if (st != IMS_WALK_OK)
			return st;
		leaf->stage = 1;
		leaf->level = at->level;
		leaf->at_top = at->level == s1->top;
		at_addr = at->table + ((addr >> IMS_LEVEL_LG2(at->level)) & 0x1ff) * 8;
		if (!ims_walk_read(w, at_addr, 1, at->level, &e))
			return IMS_WALK_ACCESS;
		if (!(e & f->present))
			return IMS_WALK_NOT_PRESENT;
		is_leaf = ims_format_leaf(s1, e, at->level, &bad);
		if (bad)
			return IMS_WALK_RESERVED;
		if ((e & f->addr) >= limit)
			return IMS_WALK_WIDTH;
		st = ims_walk_mark(w, s2, at, at_addr, e, e | s1->used, leaf);
		if (st != IMS_WALK_OK)
			return st;
		at->perm &= (uint8_t)(ims_format_perm(f, e) | IMS_TABLE_W);
		if (is_leaf)
			return ims_walk_final(w, s1, s2, at, at_addr, e, addr, need, leaf);
	}
}

/*
 * Walks stage 1 with every table pointer and the leaf's address going through
 * stage 2: (n + 1)(m + 1) - 1 reads for n and m levels. @limit is the first
 * guest-physical address that stage 2 does not translate.
 */
IMS_TEMPLATE enum ims_walk_status ims_walk_nested(struct ims_walker *w, const struct ims_stage *s1,
						  const struct ims_stage *s2, uint64_t limit,
						  uint64_t addr, unsigned need,
						  struct ims_leaf *leaf)
{
	struct ims_start at = ims_walk_root(s1);
	bool cached = w->caches && ims_walk_find(w, 1, addr, &at);
	enum ims_walk_status st = ims_walk_down(w, s1, s2, limit, addr, need, &at, cached, leaf);

	/* A bit is to be set, and what a cache says of the table does not tell whether it may. */
	if (cached && st == IMS_WALK_TABLE_WRITE && s2->written) {
		at = ims_walk_root(s1);
		st = ims_walk_down(w, s1, s2, limit, addr, need, &at, false, leaf);
	}
	return st;
}

#endif
