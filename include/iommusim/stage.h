/* SPDX-License-Identifier: MIT */
/* One stage of a walk: what it makes of one entry. */
#ifndef IOMMUSIM_STAGE_H
#define IOMMUSIM_STAGE_H

#include "iommusim/format.h"

enum ims_walk_status {
	IMS_WALK_OK,
	IMS_WALK_ACCESS, /* the entry could not be read */
	IMS_WALK_NOT_PRESENT,
	IMS_WALK_RESERVED, /* a reserved bit is set */
	IMS_WALK_WIDTH,	   /* an address is wider than the next stage translates */
	IMS_WALK_LEVEL,	   /* an entry leads to a level that is not below its own */
	IMS_WALK_SIZE,	   /* a leaf of a size that its level cannot hold */
	IMS_WALK_SKIPPED,  /* levels are passed over, and the address is not zero there */
	IMS_WALK_READ,	   /* no read permission */
	IMS_WALK_WRITE,	   /* no write permission */
	IMS_WALK_USER,	   /* unprivileged access to a privileged page, or the other way round */
	IMS_WALK_EXECUTE,  /* no permission to execute */
	IMS_WALK_UNUSED, /* what says that a leaf was used is clear, and hardware does not set it */
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
	uint64_t written;   /* and in the leaf of a page that is written, */
	uint64_t unwritten; /* or clears there */
	uint64_t must;	    /* of a leaf: bits that have to be set already */
	uint64_t top_mask;  /* formats with root_tables: what an index into the root may be */
	uint64_t device; /* stage 2: bits of a leaf that are all clear if it is no memory; 0: all is */
	uint8_t top;	 /* level of the root table */
	uint8_t leaf_levels; /* supported by the unit; and-ed with the format's */
	uint16_t waive;	     /* what this request needs not be granted by this stage */
	bool forced;	     /* stage 1: bits are set in its tables even where stage 2 forbids it */
	uint16_t table_need; /* stage 2: what it must grant on a stage-1 table that is read */
	/* Formats with table_bit. */
	bool denies_flat;	 /* tables take nothing away */
	bool px_turns;		 /* px_turned counts */
	bool one_privilege;	 /* there are no users: U and P are granted */
	bool no_write_exec;	 /* what may be written may not be executed */
	bool user_no_write_exec; /* what users may write the privileged may not execute */
	bool user_no_priv;	 /* what users may use is no data of the privileged */
	bool exec_no_priv;	 /* nor what they may execute */
	bool groups;		 /* a group of leaves is kept as one */
	bool partial;		 /* some of the permissions asked for are enough to go on */
	bool tables_memory;	 /* stage 2: stage-1 tables have to be in memory */
	bool table_dirty;	 /* stage 2: reading a stage-1 table counts as writing it */
	bool at_once; /* a permission that is missing ends the walk where it is missing */
	bool nested;  /* this is one of two stages, whose leaves are kept */
};

IMS_TEMPLATE unsigned ims_denied(const struct ims_denials *d, uint64_t e)
{
	return (e & d->w ? (unsigned)IMS_W : 0u) | (e & d->u ? (unsigned)IMS_U : 0u) |
	       (e & d->x ? (unsigned)IMS_X : 0u) | (e & d->px ? (unsigned)IMS_PX : 0u);
}

/* Of formats with table_bit: a leaf that is read-only only because it was not written yet is none. */
IMS_TEMPLATE unsigned ims_leaf_perm(const struct ims_stage *s, uint64_t e)
{
	const struct ims_format *f = s->format;
	unsigned perm = IMS_RIGHTS & ~ims_denied(&f->leaf_denies, e);

	if (f->read_bit && !(e & f->read_bit))
		perm &= ~(unsigned)IMS_R;
	if (f->write_bit && !(e & f->write_bit))
		perm &= ~(unsigned)IMS_W;
	if (f->user_bit && !(e & f->user_bit))
		perm &= ~(unsigned)IMS_U;
	if ((s->written | s->unwritten) && (e & f->clean_bit))
		perm |= IMS_W;
	if (f->px_turned && s->px_turns && (e & f->px_turned))
		perm ^= IMS_PX;
	if (s->one_privilege)
		perm |= IMS_U;
	return perm | (s->device && !(e & s->device) ? (unsigned)IMS_DEVICE : 0u);
}

/* What permissions together leave of each other. */
IMS_TEMPLATE unsigned ims_rights_left(const struct ims_stage *s, unsigned perm)
{
	bool user_writes = (perm & IMS_U) && (perm & IMS_W);

	if (s->user_no_write_exec && user_writes)
		perm &= ~(unsigned)IMS_PX;
	if (s->no_write_exec && (perm & IMS_W))
		perm &= ~(unsigned)(IMS_PX | (user_writes ? (unsigned)IMS_X : 0u));
	if ((s->user_no_priv && (perm & IMS_U)) || (s->exec_no_priv && (perm & IMS_X)))
		perm &= ~(unsigned)IMS_P;
	return perm;
}

/* What an entry leaves of @perm, which those above it grant. */
IMS_TEMPLATE unsigned ims_entry_perm(const struct ims_stage *s, uint64_t e, bool leaf,
				     unsigned perm)
{
	const struct ims_format *f = s->format;
	unsigned own = 0;

	if (f->table_bit && !leaf) {
		own = s->denies_flat ? 0u : ims_denied(&f->table_denies, e);
		return perm & ~(s->one_privilege ? own & ~(unsigned)IMS_U : own);
	}
	if (f->table_bit) {
		own = ims_leaf_perm(s, e);
		return ims_rights_left(s, perm & own) | (own & IMS_DEVICE);
	}
	if (!f->read_bit || (e & f->read_bit))
		own |= IMS_R;
	if (!f->write_bit || (e & f->write_bit))
		own |= IMS_W;
	if (!f->user_bit || (e & f->user_bit))
		own |= IMS_U;
	return perm & own;
}

/* The leaf of a page that was written. */
IMS_TEMPLATE uint64_t ims_dirtied(const struct ims_stage *s, uint64_t e)
{
	return (e | s->written) & ~s->unwritten;
}

/* Where the entry for @addr stands in a table of @level. */
IMS_TEMPLATE uint64_t ims_entry_at(const struct ims_stage *s, uint64_t table, uint64_t addr,
				   unsigned level)
{
	const struct ims_format *f = s->format;
	uint64_t index = addr >> ims_level_lg2(f, level);

	if (f->root_tables && level == s->top)
		return table + (index & s->top_mask) * 8;
	return table + (index & ((UINT64_C(1) << (f->grain_lg2 - 3)) - 1)) * 8;
}

/* What a present entry says of where to go on. */
struct ims_turn {
	enum ims_walk_status wrong; /* IMS_WALK_OK: nothing */
	bool leaf;
	unsigned next; /* level of the table it leads to */
	unsigned lg2;  /* size of the leaf */
};

/* The first zero at or above bit 12 says how large: 2^(its number + 1). */
IMS_TEMPLATE unsigned ims_sized_lg2(uint64_t addr)
{
	uint64_t zeroes = ~addr >> 12;

	return zeroes ? 13 + (unsigned)__builtin_ctzll(zeroes) : 64;
}

/* A format with a field of levels: where it leads, and whether it may. */
IMS_TEMPLATE void ims_turn_by_field(const struct ims_format *f, uint64_t e, unsigned level,
				    uint64_t addr, struct ims_turn *t)
{
	unsigned to = (unsigned)((e & f->next) / (f->next & -f->next));
	unsigned own = ims_level_lg2(f, level), below = ims_level_lg2(f, to + 1);

	t->leaf = !to || (f->sized && to == f->sized);
	t->next = to;
	if (t->leaf && to) {
		t->lg2 = ims_sized_lg2(e & f->addr);
		if (t->lg2 <= own || t->lg2 >= own + 9 || t->lg2 > 52)
			t->wrong = IMS_WALK_SIZE;
	} else if (!t->leaf && to >= level) {
		t->wrong = IMS_WALK_LEVEL;
	} else if (!t->leaf && (addr & ((UINT64_C(1) << own) - 1)) >> below) {
		t->wrong = IMS_WALK_SKIPPED;
	}
}

/*
 * Is the leaf @e one of a group: that its output does not stand at its place among the
 * group's is an error of software, and then it stands alone, as hardware may have it.
 */
IMS_TEMPLATE bool ims_in_group(const struct ims_format *f, uint64_t e, unsigned level,
			       uint64_t addr)
{
	uint64_t place =
		(UINT64_C(1) << f->group_lg2[level]) - (UINT64_C(1) << ims_level_lg2(f, level));

	return f->group_lg2[level] && (e & f->group_bit) && !(((e & f->addr) ^ addr) & place);
}

/* A format with table_bit: what may not be a leaf is nothing at all. */
IMS_TEMPLATE void ims_turn_by_type(const struct ims_stage *s, uint64_t e, unsigned level,
				   uint64_t addr, struct ims_turn *t)
{
	const struct ims_format *f = s->format;

	t->leaf = level == 1 || !(e & f->table_bit);
	if (level == 1 ? !(e & f->table_bit) :
			 t->leaf && !(f->leaf_levels & s->leaf_levels & 1u << level))
		t->wrong = IMS_WALK_NOT_PRESENT;
	else if (e & s->rsvd)
		t->wrong = IMS_WALK_RESERVED;
	if (t->leaf && s->groups && ims_in_group(f, e, level, addr))
		t->lg2 = f->group_lg2[level];
}

/* What @e, read at @level on the way to @addr, leads to. */
IMS_TEMPLATE struct ims_turn ims_format_turn(const struct ims_stage *s, uint64_t e, unsigned level,
					     uint64_t addr)
{
	const struct ims_format *f = s->format;
	struct ims_turn t;
	uint64_t rsvd;

	t.wrong = IMS_WALK_OK;
	t.next = level - 1;
	t.lg2 = ims_level_lg2(f, level);
	if (f->table_bit) {
		ims_turn_by_type(s, e, level, addr, &t);
		return t;
	}
	if (f->next)
		ims_turn_by_field(f, e, level, addr, &t);
	else
		t.leaf = level == 1 || (e & f->leaf_bit);
	rsvd = t.leaf ? f->rsvd_leaf[level] | s->rsvd_leaf : f->rsvd_table[level];
	if (e & (rsvd | s->rsvd))
		t.wrong = IMS_WALK_RESERVED;
	else if (t.leaf && level > 1 && !(f->leaf_levels & s->leaf_levels & 1u << level))
		t.wrong = f->next ? IMS_WALK_SIZE : IMS_WALK_RESERVED;
	return t;
}

#endif
