/* SPDX-License-Identifier: MIT */
/*
 * The walkers that a vendor instantiates with its own `const` formats: passing the
 * address of a `static const struct ims_format` makes the compiler fold every
 * mask and shift.
 */
#ifndef IOMMUSIM_WALK_H
#define IOMMUSIM_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iommusim/stage.h"

#define IMS_READS_MAX 72

/* ---- walking ---- */

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
		at; /* the leaf entry read last, of stage 2 if there is one, and where it stands; of an entry that memory did not give or take: where that stands */
	uint16_t perm;	/* what the entries of the stages grant together */
	uint16_t grant; /* what this request is granted: more, where stage 1 waives something */
	uint8_t s1_lg2, s2_lg2;	    /* sizes of the leaves; 64: that stage took no part */
	uint8_t s1_level, s2_level; /* and their levels; 0: commands never name it */
	uint8_t fragment_lg2; /* the result may be held for at most this much; 64: for the leaves */
	uint8_t stage, level; /* of the failing entry */
	bool on_table;	      /* stage 2 failed while stage-1 tables were fetched */
	bool through;	      /* `mid` is what it came through, or failed at */
	bool at_top;	      /* the failing entry is in the root table of its stage */
	bool global;   /* the result serves every context of the domain: ims_path.ctx_global */
	bool kept;     /* a translation that permits nothing may be cached */
	bool negative; /* the fault may be cached: IMS_NEGATIVE in `perm`: `out` is its code */
};

/* Where to go on: the table at `table` of `level`, under `perm`. */
struct ims_start {
	uint64_t table;
	uint64_t mapped_by; /* nested: the stage-2 leaf entry over the table; 0: not known */
	uint64_t mid;	    /* nested: the table's address between the stages */
	uint8_t level;	    /* 0: no table, but the page of a leaf */
	uint8_t leaf_level; /* and whose that is; 0: commands never name it */
	uint8_t lg2;	    /* the leaf's size */
	bool global;	    /* it is */
	uint16_t perm;
};

/* The engine's side, sim/engine/walker.c. */
void ims_walk_log(struct ims_walker *w, uint64_t addr, uint64_t value, unsigned stage,
		  unsigned level);
bool ims_walk_find(struct ims_walker *w, unsigned stage, uint64_t addr,
		   struct ims_start *ret_start);
void ims_walk_fill(struct ims_walker *w, unsigned stage, uint64_t addr, unsigned level,
		   const struct ims_start *s);
/* A leaf of the format's own, in the cache of steps. */
void ims_walk_fill_leaf(struct ims_walker *w, unsigned stage, uint64_t addr,
			const struct ims_start *s);
/*
 * A word of a table of contexts, by its cache, as part @part of those of the path's
 * tag; @mid: its page between the stages, ~0: none.
 */
bool ims_walk_cfg_find(struct ims_walker *w, unsigned cache, unsigned part, uint64_t *ret_word);
void ims_walk_cfg_fill(struct ims_walker *w, unsigned cache, unsigned part, uint64_t mid,
		       uint64_t word);
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

IMS_TEMPLATE struct ims_start ims_walk_root(const struct ims_stage *s)
{
	struct ims_start at;

	at.table = s->root;
	at.mapped_by = 0;
	at.mid = 0;
	at.lg2 = 0;
	at.level = s->top;
	at.leaf_level = 0;
	at.global = false;
	at.perm = s->format->table_bit ? IMS_RIGHTS : IMS_DATA;
	return at;
}

/* What a request lacks that is asked for a leaf. */
IMS_TEMPLATE enum ims_walk_status ims_walk_missing(unsigned missing)
{
	if (missing & (IMS_U | IMS_P))
		return IMS_WALK_USER;
	if (missing & IMS_W)
		return IMS_WALK_WRITE;
	if (missing & IMS_R)
		return IMS_WALK_READ;
	return missing & (IMS_X | IMS_PX) ? IMS_WALK_EXECUTE : IMS_WALK_OK;
}

/* A leaf's page, and what is asked of it. */
IMS_TEMPLATE enum ims_walk_status ims_walk_landed(const struct ims_stage *s, unsigned stage,
						  uint64_t addr, unsigned need, uint64_t page,
						  unsigned lg2, unsigned perm, unsigned dirty,
						  struct ims_leaf *leaf)
{
	leaf->out = page | (addr & ((UINT64_C(1) << lg2) - 1));
	leaf->perm = (uint16_t)((perm & (IMS_RIGHTS | IMS_DEVICE)) | dirty);
	leaf->grant = (uint16_t)((perm | s->waive) & IMS_RIGHTS);
	if (stage == 1)
		leaf->s1_lg2 = (uint8_t)lg2;
	else
		leaf->s2_lg2 = (uint8_t)lg2;
	return ims_walk_missing(need & ~(perm | s->waive));
}

/* Without a permission: it is known before the leaf is. */
IMS_TEMPLATE enum ims_walk_status ims_walk_denied(struct ims_leaf *leaf, unsigned missing)
{
	leaf->perm = leaf->grant = 0;
	return missing & IMS_W ? IMS_WALK_WRITE : IMS_WALK_READ;
}

/* What of @has, that stage 1 grants, stage 2 does not. */
IMS_TEMPLATE unsigned ims_lost_to_2(unsigned has, unsigned s2)
{
	unsigned lost = has & ~s2;

	return (lost & IMS_R ? (unsigned)IMS_NO_R2 : 0u) |
	       (lost & IMS_W ? (unsigned)IMS_NO_W2 : 0u) |
	       (lost & IMS_X ? (unsigned)IMS_NO_X2 : 0u) |
	       (lost & IMS_PX ? (unsigned)IMS_NO_PX2 : 0u);
}

/* What of a start is kept with a leaf: it is no table any more. */
#define IMS_KEPT (IMS_RIGHTS | IMS_DEVICE)

/* A leaf met in a walk of more than its own stage. */
static inline void ims_walk_keep_leaf(struct ims_walker *w, unsigned stage, uint64_t addr,
				      uint64_t page, unsigned lg2, unsigned perm,
				      unsigned leaf_level, bool global)
{
	struct ims_start leaf;

	leaf.table = page;
	leaf.mapped_by = 0;
	leaf.mid = 0;
	leaf.level = 0;
	leaf.leaf_level = (uint8_t)leaf_level;
	leaf.global = global;
	leaf.perm = (uint16_t)perm;
	leaf.lg2 = (uint8_t)lg2;
	ims_walk_fill_leaf(w, stage, addr, &leaf);
}

/* A leaf that was kept for itself. */
IMS_TEMPLATE enum ims_walk_status ims_walk_kept(const struct ims_stage *s, unsigned stage,
						uint64_t addr, unsigned need,
						const struct ims_start *at, struct ims_leaf *leaf)
{
	leaf->stage = (uint8_t)stage;
	leaf->at = 0;
	if (s->format->table_bit)
		leaf->s2_level = at->leaf_level;
	return ims_walk_landed(s, stage, addr, need, at->table, at->lg2, at->perm, IMS_D, leaf);
}

/* The leaf @e, which is @grown now. */
IMS_TEMPLATE enum ims_walk_status ims_walk_at_leaf(struct ims_walker *w, const struct ims_stage *s,
						   unsigned stage, uint64_t addr, unsigned need,
						   const struct ims_start *at, uint64_t e,
						   uint64_t grown, unsigned lg2,
						   struct ims_leaf *leaf)
{
	const struct ims_format *f = s->format;
	uint64_t page = e & f->addr & ~((UINT64_C(1) << lg2) - 1);
	unsigned dirty = ims_dirtied(s, grown) == grown ? (unsigned)IMS_D : 0u;
	enum ims_walk_status st;

	if (f->table_bit && stage == 1)
		leaf->s1_level = at->level;
	else if (f->table_bit)
		leaf->s2_level = at->level;
	leaf->global = f->not_global && !(e & f->not_global);
	st = ims_walk_landed(s, stage, addr, need, page, lg2, at->perm, dirty, leaf);
	if (f->keeps_leaves && s->nested && w->caches && lg2 >= f->keeps_from &&
	    (st == IMS_WALK_OK || f->table_bit))
		ims_walk_keep_leaf(w, stage, addr, page, lg2,
				   (at->perm & IMS_KEPT) | dirty |
					   (f->table_bit ? ims_lost_to_2(IMS_RIGHTS, at->perm) :
							   0u),
				   at->level, false);
	return st;
}

/* Memory did not give, or did not take, the entry at @at. */
static inline enum ims_walk_status ims_walk_lost(struct ims_leaf *leaf, uint64_t at,
						 enum ims_walk_status st)
{
	leaf->at = at;
	return st;
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
	struct ims_turn turn;
	unsigned missing;

	if (w->caches && ims_walk_find(w, stage, addr, &at) && f->keeps_leaves && !at.level) {
		/* A leaf there serves once nothing is to be set in it. */
		if (at.perm & IMS_D)
			return ims_walk_kept(s, stage, addr, need, &at, leaf);
		at = ims_walk_root(s);
	}
	/* What a cache gave says of the entries above as much as they do. */
	missing = need & ~((unsigned)at.perm | s->waive);
	if (s->at_once && (missing & (IMS_R | IMS_W))) {
		leaf->stage = (uint8_t)stage;
		return ims_walk_denied(leaf, missing);
	}
	for (;;) {
		leaf->stage = (uint8_t)stage;
		leaf->level = at.level;
		leaf->at_top = at.level == s->top;
		at_addr = ims_entry_at(s, at.table, addr, at.level);
		if (!ims_walk_read(w, at_addr, stage, at.level, &e))
			return ims_walk_lost(leaf, at_addr, IMS_WALK_ACCESS);
		if (!(e & f->present))
			return IMS_WALK_NOT_PRESENT;
		turn = ims_format_turn(s, e, at.level, addr);
		if (turn.wrong)
			return turn.wrong;
		if (f->table_bit && turn.leaf && (s->must & ~e))
			return IMS_WALK_UNUSED;
		at.perm = (uint16_t)ims_entry_perm(s, e, turn.leaf, at.perm);
		if (!f->denied_is_present && !(at.perm & (IMS_R | IMS_W)))
			return IMS_WALK_NOT_PRESENT;
		missing = need & ~((unsigned)at.perm | s->waive);
		if (s->at_once && (missing & (IMS_R | IMS_W)))
			return ims_walk_denied(leaf, missing);
		grown = f->table_bit && !turn.leaf ? e : e | s->used;
		/* Dirty only where the write is granted, which upper entries have a say in. */
		if (turn.leaf && (need & IMS_W) && !missing)
			grown = ims_dirtied(s, grown);
		if (grown != e) {
			if (w->barred)
				return IMS_WALK_BARRED;
			if (!ims_walk_update(w, at_addr, e, grown))
				return ims_walk_lost(leaf, at_addr, IMS_WALK_UPDATE);
		}
		if (turn.leaf)
			break;
		at.table = e & f->addr;
		at.level = (uint8_t)turn.next;
		if (w->caches)
			ims_walk_fill(w, stage, addr, at.level + 1u, &at);
	}
	leaf->last = e;
	leaf->at = at_addr;
	return ims_walk_at_leaf(w, s, stage, addr, need, &at, e, grown, turn.lg2, leaf);
}

/* Of a failure between the stages: where. */
static inline void ims_walk_failed_at(struct ims_leaf *leaf, uint64_t mid)
{
	leaf->through = true;
	leaf->mid = mid;
}

/* The page of a stage-1 table, through stage 2. */
IMS_TEMPLATE enum ims_walk_status ims_walk_table(struct ims_walker *w, const struct ims_stage *s2,
						 uint64_t gpa, uint64_t limit, uint64_t *ret_hpa,
						 uint16_t *ret_perm, struct ims_leaf *leaf)
{
	enum ims_walk_status st;

	leaf->on_table = true;
	if (gpa >= limit) {
		leaf->stage = 1;
		if (s2->format->table_bit)
			ims_walk_failed_at(leaf, gpa);
		return IMS_WALK_WIDTH;
	}
	st = ims_walk_flat(w, s2, 2, gpa, s2->table_dirty ? IMS_R | IMS_W : IMS_R, leaf);
	if (s2->format->table_bit)
		ims_walk_failed_at(leaf, gpa);
	if (st == IMS_WALK_READ || st == IMS_WALK_WRITE ||
	    (st == IMS_WALK_OK && (s2->table_need & ~(unsigned)leaf->perm)) ||
	    (st == IMS_WALK_OK && s2->tables_memory && (leaf->perm & IMS_DEVICE)))
		return IMS_WALK_TABLE_READ;
	*ret_hpa = leaf->out;
	*ret_perm = leaf->perm;
	if (st == IMS_WALK_OK)
		leaf->on_table = false;
	else
		ims_walk_failed_at(leaf, gpa);
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
		    (ims_dirtied(s2, over) != over &&
		     !ims_walk_update(w, at->mapped_by, over, ims_dirtied(s2, over)))) {
			leaf->stage = 2;
			return ims_walk_lost(leaf, at->mapped_by, IMS_WALK_UPDATE);
		}
	}
	return ims_walk_update(w, at_addr, e, grown) ?
		       IMS_WALK_OK :
		       ims_walk_lost(leaf, at_addr, IMS_WALK_UPDATE);
}

/*
 * From the pointer in at->table to the table's host address, noting whether stage 2 lets it
 * be written. A table may be larger than the pages of stage 2 under it, so it is the entry
 * for @addr that is looked for; what stage 2 has in pieces is kept as no step.
 */
IMS_TEMPLATE enum ims_walk_status ims_walk_enter(struct ims_walker *w, const struct ims_stage *s1,
						 const struct ims_stage *s2, uint64_t limit,
						 uint64_t addr, struct ims_start *at, bool known,
						 struct ims_leaf *leaf)
{
	const struct ims_format *f = s1->format;
	enum ims_walk_status st;
	uint64_t mid, inside = f->table_bit ? ims_entry_at(s1, 0, addr, at->level) : 0;
	uint16_t perm = 0;

	leaf->level = at->level;
	leaf->at_top = at->level == s1->top;
	mid = at->table;
	st = ims_walk_table(w, s2, mid + inside, limit, &at->table, &perm, leaf);
	at->table -= inside;
	if (st == IMS_WALK_TABLE_READ || st == IMS_WALK_WIDTH) {
		leaf->stage = 1;
		leaf->level = at->level;
		leaf->at_top = at->level == s1->top;
	}
	at->perm = (uint16_t)((at->perm & ~IMS_TABLE_W) |
			      ((perm & IMS_W) || s1->forced ? IMS_TABLE_W : 0));
	at->mapped_by = leaf->at;
	if (st == IMS_WALK_OK && w->caches && at->level != s1->top && !known &&
	    (!f->table_bit || leaf->s2_lg2 >= f->grain_lg2)) {
		struct ims_start cached = *at;

		cached.mid = mid;
		/* The leaf over the table is not kept: where it is still clean, a bit to be set there needs a new walk. */
		if (!(perm & IMS_D))
			cached.perm &= (uint16_t)~IMS_TABLE_W;
		ims_walk_fill(w, 1, addr, at->level + 1u, &cached);
	}
	return st;
}

/*
 * Of formats with table_bit, what is asked of stage 1 before stage 2 is: what it does not
 * grant, unless some of it is enough.
 */
IMS_TEMPLATE enum ims_walk_status ims_walk_ahead(const struct ims_stage *s1, unsigned has,
						 unsigned need, struct ims_leaf *leaf)
{
	unsigned missing = need & ~has, wanted = need & (IMS_R | IMS_W | IMS_X | IMS_PX);

	if (!missing || (s1->partial && !(missing & (IMS_U | IMS_P)) && (wanted & has)))
		return IMS_WALK_OK;
	leaf->stage = 1;
	leaf->perm = leaf->grant = 0;
	return ims_walk_missing(missing);
}

/* The leaf's output through stage 2, the permissions together, and the dirty bit if a write is granted. */
IMS_TEMPLATE enum ims_walk_status ims_walk_final(struct ims_walker *w, const struct ims_stage *s1,
						 const struct ims_stage *s2, uint64_t limit,
						 struct ims_start *at, uint64_t at_addr, uint64_t e,
						 uint64_t addr, unsigned need,
						 struct ims_leaf *leaf)
{
	const struct ims_format *f = s1->format;
	unsigned lg2 = at->lg2, has = (unsigned)at->perm | s1->waive, more = 0;
	uint64_t low = (UINT64_C(1) << lg2) - 1, marked = e | s1->used;
	struct ims_stage page = *s2;
	bool update = w->update, refused, clean;
	enum ims_walk_status st;

	leaf->s1_lg2 = (uint8_t)lg2;
	leaf->mid = (e & f->addr & ~low) | (addr & low);
	leaf->through = true;
	if (f->table_bit) {
		/* Not what the tables' pages left there. */
		leaf->s2_lg2 = 64;
		st = ims_walk_ahead(s1, has, need, leaf);
		if (st != IMS_WALK_OK)
			return st;
		if (leaf->mid >= limit)
			return IMS_WALK_WIDTH;
		more = need & has & (IMS_X | IMS_PX);
		leaf->stage = 2;
	} else if ((need & IMS_U) && !(has & IMS_U)) {
		leaf->perm = leaf->grant = 0;
		return IMS_WALK_USER;
	}
	/* A write that stage 1 is going to refuse leaves the page clean, and no less writable. */
	refused = !(at->perm & IMS_TABLE_W) && ims_dirtied(s1, marked) != marked;
	if (refused && !f->table_bit)
		page.written = 0;
	w->update = update && !(refused && f->table_bit && (need & IMS_W));
	st = ims_walk_flat(w, &page, 2, leaf->mid,
			   (need & (has & IMS_W ? IMS_R | IMS_W : IMS_R)) | more, leaf);
	w->update = update;
	clean = !(leaf->perm & IMS_D);
	if (f->table_bit)
		more = ims_lost_to_2(has, leaf->perm);
	leaf->global = at->global;
	leaf->grant = (uint16_t)(has & (leaf->perm | IMS_U) & IMS_RIGHTS);
	leaf->perm = (uint16_t)((at->perm & (leaf->perm | IMS_U) & IMS_RIGHTS) | more);
	if (st == IMS_WALK_OK && (need & IMS_W)) {
		leaf->stage = 1;
		if (!(has & IMS_W))
			return IMS_WALK_WRITE;
		st = ims_walk_mark(w, s2, at, at_addr, marked, ims_dirtied(s1, marked), leaf);
		e = ims_dirtied(s1, e);
	}
	if (ims_dirtied(s1, e) == e && !clean)
		leaf->perm |= IMS_D;
	return st;
}

/* From @at down to a leaf; @cached: its table was found in a cache, and needs no stage 2. */
IMS_TEMPLATE enum ims_walk_status ims_walk_down(struct ims_walker *w, const struct ims_stage *s1,
						const struct ims_stage *s2, uint64_t limit,
						uint64_t addr, unsigned need, struct ims_start *at,
						bool cached, bool known, struct ims_leaf *leaf)
{
	const struct ims_format *f = s1->format;
	enum ims_walk_status st;
	struct ims_turn turn;
	uint64_t e, at_addr;

	for (;; at->table = e & f->addr, at->level = (uint8_t)turn.next, cached = known = false) {
		st = cached ? IMS_WALK_OK : ims_walk_enter(w, s1, s2, limit, addr, at, known, leaf);
		if (st != IMS_WALK_OK)
			return st;
		leaf->stage = 1;
		leaf->level = at->level;
		leaf->at_top = at->level == s1->top;
		at_addr = ims_entry_at(s1, at->table, addr, at->level);
		if (!ims_walk_read(w, at_addr, 1, at->level, &e))
			return ims_walk_lost(leaf, at_addr, IMS_WALK_ACCESS);
		if (!(e & f->present))
			return IMS_WALK_NOT_PRESENT;
		turn = ims_format_turn(s1, e, at->level, addr);
		if (turn.wrong)
			return turn.wrong;
		if (!f->table_bit && (e & f->addr) >= limit)
			return IMS_WALK_WIDTH;
		if (f->table_bit && turn.leaf && (s1->must & ~e))
			return IMS_WALK_UNUSED;
		if (!f->table_bit || turn.leaf) {
			st = ims_walk_mark(w, s2, at, at_addr, e, e | s1->used, leaf);
			if (st != IMS_WALK_OK)
				return st;
		}
		at->perm = (uint16_t)(ims_entry_perm(s1, e, turn.leaf, at->perm & IMS_RIGHTS) |
				      (at->perm & IMS_TABLE_W));
		if (turn.leaf) {
			at->lg2 = (uint8_t)turn.lg2;
			at->global = f->not_global && !(e & f->not_global);
			if (f->table_bit)
				leaf->s1_level = at->level;
			if (f->keeps_leaves && s1->nested && w->caches)
				ims_walk_keep_leaf(
					w, 1, addr, e & f->addr, turn.lg2,
					(at->perm & IMS_KEPT) |
						(ims_dirtied(s1, e) == e ? (unsigned)IMS_D : 0u),
					at->level, at->global);
			return ims_walk_final(w, s1, s2, limit, at, at_addr, e, addr, need, leaf);
		}
	}
}

/* A leaf of stage 1 that was kept for itself, nothing of which is to be set. */
IMS_TEMPLATE enum ims_walk_status ims_walk_from_leaf(struct ims_walker *w,
						     const struct ims_stage *s1,
						     const struct ims_stage *s2, uint64_t limit,
						     struct ims_start *at, uint64_t addr,
						     unsigned need, struct ims_leaf *leaf)
{
	struct ims_stage kept = *s1;

	kept.used = kept.written = kept.unwritten = 0;
	leaf->s1_level = at->leaf_level;
	return ims_walk_final(w, &kept, s2, limit, at, 0, at->table, addr, need, leaf);
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
	bool cached = w->caches && ims_walk_find(w, 1, addr, &at), known = false;
	enum ims_walk_status st;

	if (s1->format->keeps_leaves && cached && !at.level) {
		if ((at.perm & IMS_D) || !(need & at.perm & IMS_W))
			return ims_walk_from_leaf(w, s1, s2, limit, &at, addr, need, leaf);
		at = ims_walk_root(s1);
		cached = false;
	}
	/* Where stage 1 is kept for itself, what it knows of a table is where stage 2 has to find it. */
	if (s1->format->keeps_leaves && cached && s1->nested) {
		at.table = at.mid;
		known = true;
	}
	st = ims_walk_down(w, s1, s2, limit, addr, need, &at, cached && !known, known, leaf);
	/* A bit is to be set, and what a cache says of the table does not tell whether it may. */
	if (cached && st == IMS_WALK_TABLE_WRITE && s2->written) {
		at = ims_walk_root(s1);
		st = ims_walk_down(w, s1, s2, limit, addr, need, &at, false, false, leaf);
	}
	return st;
}

#endif
