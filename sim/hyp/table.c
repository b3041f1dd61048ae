/* SPDX-License-Identifier: MIT */
#include "sim/hyp/table.h"

/* Where the entry for an address stands, and at what level. */
struct spot {
	uint64_t at;
	uint64_t entry;
	uint64_t parent_at; /* of the entry that points to this table, 0 at the root */
	unsigned level;
};

static unsigned level_lg2(const struct hyp_table *t, unsigned level)
{
	return t->format->grain_lg2 + (t->format->grain_lg2 - 3u) * (level - 1);
}

/* What an entry's field of levels says; of formats that have one. */
static uint64_t next_of(const struct hyp_table *t, uint64_t entry)
{
	uint64_t field = t->format->next;

	return field ? (entry & field) / (field & -field) : 0;
}

static uint64_t next_field(const struct hyp_table *t, uint64_t value)
{
	uint64_t field = t->format->next;

	return value * (field & -field);
}

static bool is_leaf(const struct hyp_table *t, uint64_t entry, unsigned level)
{
	if (level == 1)
		return true;
	if (t->format->table_bit)
		return !(entry & t->format->table_bit);
	if (!t->format->next)
		return entry & t->format->leaf_bit;
	return !next_of(t, entry) || next_of(t, entry) == t->format->sized;
}

/* A leaf of a size of its own says it by ones in its address; it stands in several entries. */
static unsigned leaf_lg2_of(const struct hyp_table *t, uint64_t entry, unsigned level)
{
	if (!t->format->sized || next_of(t, entry) != t->format->sized)
		return level_lg2(t, level);
	return 13 + (unsigned)__builtin_ctzll(~((entry & t->format->addr) >> 12));
}

/* How much the entry covers: its leaf, or what its level spans. */
static uint64_t span_of(const struct hyp_table *t, const struct spot *s)
{
	bool leaf = (s->entry & t->format->present) && is_leaf(t, s->entry, s->level);

	return UINT64_C(1) << (leaf ? leaf_lg2_of(t, s->entry, s->level) : level_lg2(t, s->level));
}

/* Every entry of one leaf or table, the first of which @s is, or is among. */
static void put_all(struct hyp_table *t, const struct spot *s, unsigned lg2, uint64_t entry)
{
	unsigned own = level_lg2(t, s->level), count = lg2 > own ? 1u << (lg2 - own) : 1;
	uint64_t first = s->at & ~((uint64_t)count * 8 - 1);

	for (unsigned i = 0; i < count; i++)
		t->driver->write(t->driver, first + i * 8, entry);
}

static bool in_reach(const struct hyp_table *t, uint64_t addr, uint64_t size)
{
	unsigned lg2 =
		level_lg2(t, t->top + 1u) + (t->roots ? (unsigned)__builtin_ctz(t->roots) : 0);
	uint64_t last = addr + size - 1;

	/* Halves with roots of their own are not reached by this one. */
	if (t->format->root_tables)
		return last >= addr && addr >> lg2 == 0 && last >> lg2 == 0;

	/* Upper halves, where sign extension reaches them, share the root's index. */
	return last >= addr && (addr >> lg2 == last >> lg2 || !size) &&
	       (addr >> lg2 == 0 || (int64_t)addr >> (lg2 - 1) == -1);
}

/* A root that is longer than other tables has all of what it covers in it. */
static uint64_t entry_at(const struct hyp_table *t, uint64_t table, uint64_t addr, unsigned level)
{
	uint64_t index = addr >> level_lg2(t, level);

	if (t->format->root_tables <= 1 || level != t->top)
		index &= (UINT64_C(1) << (t->format->grain_lg2 - 3)) - 1;
	return table + index * 8;
}

/* Goes down to the leaf over @addr, or to the first entry that is not present, or to @level. */
static struct spot find(struct hyp_table *t, uint64_t addr, unsigned level)
{
	struct spot s = { .at = entry_at(t, t->root, addr, t->top), .level = t->top };

	for (;;) {
		s.entry = t->driver->read(t->driver, s.at);
		if (!(s.entry & t->format->present) || is_leaf(t, s.entry, s.level) ||
		    s.level == level)
			return s;
		s.parent_at = s.at;
		s.level--;
		s.at = entry_at(t, s.entry & t->format->addr, addr, s.level);
	}
}

static uint64_t leaf_entry(const struct hyp_table *t, uint64_t out, unsigned perm, unsigned level,
			   unsigned lg2)
{
	const struct ims_format *f = t->format;
	uint64_t e = out | f->build_leaf;

	if (lg2 > level_lg2(t, level))
		e |= next_field(t, f->sized) | ((UINT64_C(1) << (lg2 - 1)) - (UINT64_C(1) << 12));

	if (perm & IMS_R)
		e |= f->read_bit;
	if (perm & IMS_W)
		e |= f->write_bit | f->build_write | t->track;
	else
		e |= f->leaf_denies.w;
	if (level > 1)
		e |= f->leaf_bit;
	else
		e |= f->table_bit;
	return e;
}

static bool writes(const struct hyp_table *t, uint64_t entry)
{
	return (!t->format->write_bit || (entry & t->format->write_bit)) &&
	       !(entry & t->format->leaf_denies.w);
}

/* May a table of @level hold a leaf of this size. */
static bool holds(const struct hyp_table *t, unsigned level, unsigned lg2)
{
	unsigned own = level_lg2(t, level);

	if (level > 1 && !(t->format->leaf_levels & t->leaf_levels & 1u << level))
		return false;
	return lg2 == own || (t->format->sized && lg2 > own && lg2 < own + 9);
}

/* The level whose table holds leaves of this size; 0: none does. */
static unsigned level_of(const struct hyp_table *t, unsigned lg2)
{
	for (unsigned level = 1; level <= t->top; level++)
		if (holds(t, level, lg2))
			return level;
	return 0;
}

static unsigned leaf_size(const struct hyp_table *t, uint64_t addr, uint64_t out, uint64_t left,
			  unsigned leaf_lg2)
{
	unsigned lg2 = t->format->grain_lg2;

	for (unsigned next = lg2 + 1; next <= leaf_lg2 && next < 64; next++) {
		uint64_t size = UINT64_C(1) << next;

		if (((addr | out) & (size - 1)) || left < size)
			break;
		if (level_of(t, next))
			lg2 = next;
	}
	return lg2;
}

uint64_t hyp_table_page(struct hyp_table *t)
{
	unsigned count = 1u << (t->format->grain_lg2 - 12);
	uint64_t size = (uint64_t)count << 12;

	/* Pages come in a row, and anywhere. */
	return (t->driver->pages(t->driver, 2 * count - 1) + size - 1) & ~(size - 1);
}

/* Makes the tables down to @level; returns the place of the entry there. */
static struct spot make(struct hyp_table *t, uint64_t addr, unsigned level)
{
	struct spot s = find(t, addr, level);

	while (s.level > level && !(s.entry & t->format->present)) {
		uint64_t page = hyp_table_page(t);

		t->driver->write(t->driver, s.at,
				 page | t->format->build_table | next_field(t, s.level - 1u));
		s = find(t, addr, level);
	}
	return s;
}

/* The next smaller size that a leaf may have. */
static unsigned smaller(const struct hyp_table *t, unsigned lg2)
{
	do
		lg2--;
	while (!level_of(t, lg2));
	return lg2;
}

/* Stands a table anywhere in the place of a leaf of this size; @ret_taken: or a leaf. */
static bool table_in_place(struct hyp_table *t, uint64_t addr, unsigned lg2, bool *ret_taken)
{
	unsigned level = level_of(t, lg2);

	*ret_taken = false;
	for (uint64_t at = addr; at - addr < UINT64_C(1) << lg2;
	     at += UINT64_C(1) << level_lg2(t, level)) {
		struct spot s = find(t, at, level);

		if (!(s.entry & t->format->present))
			continue;
		if (s.level == level && !is_leaf(t, s.entry, level))
			return true;
		*ret_taken = true;
	}
	return false;
}

static enum hyp_table_status put_leaf(struct hyp_table *t, uint64_t addr, uint64_t out,
				      unsigned perm, unsigned *lg2, bool replace)
{
	struct spot s;
	bool taken;

	/* A table that stands there stays: to put a leaf in its place would owe an invalidation. */
	while (*lg2 > t->format->grain_lg2 && (!replace || t->format->sized) &&
	       table_in_place(t, addr, *lg2, &taken))
		*lg2 = smaller(t, *lg2);
	if (!replace && (table_in_place(t, addr, *lg2, &taken) || taken))
		return HYP_TABLE_TAKEN;
	s = make(t, addr, level_of(t, *lg2));
	if (replace && s.level == level_of(t, *lg2) && !(s.entry & t->format->present))
		return HYP_TABLE_ABSENT;
	if (replace && (s.level != level_of(t, *lg2) || !is_leaf(t, s.entry, s.level) ||
			leaf_lg2_of(t, s.entry, s.level) != *lg2))
		return HYP_TABLE_PART;
	put_all(t, &s, *lg2, leaf_entry(t, out, perm, s.level, *lg2));
	return HYP_TABLE_OK;
}

enum hyp_table_status hyp_table_map(struct hyp_table *t, uint64_t addr, uint64_t size, uint64_t out,
				    unsigned perm, unsigned leaf_lg2, bool replace)
{
	if (!in_reach(t, addr, size))
		return HYP_TABLE_WIDE;
	while (size) {
		enum hyp_table_status st;
		uint64_t step;
		unsigned lg2 = leaf_size(t, addr, out, size, leaf_lg2);

		st = put_leaf(t, addr, out, perm, &lg2, replace);
		if (st != HYP_TABLE_OK)
			return st;
		step = UINT64_C(1) << lg2;
		addr += step;
		out += step;
		size -= step;
	}
	return HYP_TABLE_OK;
}

static bool table_empty(struct hyp_table *t, uint64_t table)
{
	for (unsigned i = 0; i < 1u << (t->format->grain_lg2 - 3); i++)
		if (t->driver->read(t->driver, table + i * 8) & t->format->present)
			return false;
	return true;
}

/* Frees the empty tables above a leaf that was just cleared. */
static void free_empty(struct hyp_table *t, uint64_t addr, bool *ret_freed)
{
	for (unsigned level = 1; level < t->top; level++) {
		struct spot s = find(t, addr, level + 1);

		if (s.level != level + 1 || !(s.entry & t->format->present) ||
		    is_leaf(t, s.entry, s.level))
			continue;
		if (!table_empty(t, s.entry & t->format->addr))
			return;
		t->driver->write(t->driver, s.at, 0);
		*ret_freed = true;
	}
}

/* The largest entry that begins at @at, lies in the range and may go as a whole; else the leaf over it. */
static struct spot whole_entry(struct hyp_table *t, uint64_t at, uint64_t left,
			       enum hyp_table_free free_what)
{
	for (unsigned level = t->top; level > 1 && free_what != HYP_FREE_NONE; level--) {
		uint64_t span = UINT64_C(1) << level_lg2(t, level);
		struct spot up = find(t, at, level);

		if (up.level == level && (up.entry & t->format->present) && !(at & (span - 1)) &&
		    left >= span)
			return up;
	}
	return find(t, at, 1);
}

/* Is anything mapped in the range, and are all its leaves wholly inside. */
static enum hyp_table_status covers_leaves(struct hyp_table *t, uint64_t at, uint64_t left)
{
	bool any = false;

	while (left) {
		struct spot s = find(t, at, 1);
		uint64_t span = span_of(t, &s), into = at & (span - 1);

		if (s.entry & t->format->present) {
			if (into || left < span)
				return HYP_TABLE_PART;
			any = true;
		}
		span -= into;
		at += span < left ? span : left;
		left -= span < left ? span : left;
	}
	return any ? HYP_TABLE_OK : HYP_TABLE_ABSENT;
}

enum hyp_table_status hyp_table_unmap(struct hyp_table *t, uint64_t addr, uint64_t size,
				      enum hyp_table_free free_what, bool *ret_freed)
{
	enum hyp_table_status st;

	*ret_freed = false;
	if (!in_reach(t, addr, size))
		return HYP_TABLE_WIDE;
	st = covers_leaves(t, addr, size);
	if (st != HYP_TABLE_OK)
		return st;
	while (size) {
		struct spot s = whole_entry(t, addr, size, free_what);
		uint64_t span = span_of(t, &s);

		span -= addr & (span - 1);
		if (s.entry & t->format->present) {
			bool leaf = is_leaf(t, s.entry, s.level);

			*ret_freed |= !leaf;
			put_all(t, &s, leaf ? leaf_lg2_of(t, s.entry, s.level) : 0, 0);
			if (free_what == HYP_FREE_EMPTY)
				free_empty(t, addr, ret_freed);
		}
		addr += span < size ? span : size;
		size -= span < size ? span : size;
	}
	return HYP_TABLE_OK;
}

enum hyp_table_status hyp_table_protect(struct hyp_table *t, uint64_t addr, uint64_t size,
					unsigned perm, bool *ret_less)
{
	*ret_less = false;
	if (!in_reach(t, addr, size))
		return HYP_TABLE_WIDE;
	while (size) {
		struct spot s = find(t, addr, 1);
		uint64_t span = span_of(t, &s), out, entry;
		unsigned lg2 = leaf_lg2_of(t, s.entry, s.level);

		if (!(s.entry & t->format->present))
			return HYP_TABLE_ABSENT;
		if ((addr & (span - 1)) || size < span)
			return HYP_TABLE_PART;
		out = s.entry & t->format->addr & ~(span - 1);
		entry = leaf_entry(t, out, perm, s.level, lg2);
		if (writes(t, s.entry) && !(perm & IMS_W))
			*ret_less = true;
		if (t->format->read_bit && (s.entry & t->format->read_bit) && !(perm & IMS_R))
			*ret_less = true;
		put_all(t, &s, lg2, entry);
		addr += span;
		size -= span;
	}
	return HYP_TABLE_OK;
}

unsigned hyp_table_leaf_lg2(struct hyp_table *t, uint64_t addr, uint64_t size)
{
	unsigned lg2 = 0;

	if (!in_reach(t, addr, size))
		return 0;
	while (size) {
		struct spot s = find(t, addr, 1);
		uint64_t span = span_of(t, &s);
		unsigned own = (unsigned)__builtin_ctzll(span);

		if (s.entry & t->format->present) {
			if (lg2 && own != lg2)
				return 0;
			lg2 = own;
		}
		span -= addr & (span - 1);
		addr += span < size ? span : size;
		size -= span < size ? span : size;
	}
	return lg2;
}

bool hyp_table_find(struct hyp_table *t, uint64_t addr, uint64_t *ret_out, unsigned *ret_lg2)
{
	struct spot s = find(t, addr, 1);
	uint64_t span = span_of(t, &s);

	if (!(s.entry & t->format->present) || !is_leaf(t, s.entry, s.level))
		return false;
	*ret_lg2 = leaf_lg2_of(t, s.entry, s.level);
	*ret_out = (s.entry & t->format->addr & ~(span - 1)) | (addr & (span - 1));
	return true;
}

/* Is a leaf one that hardware marked as written. */
static bool is_dirty(const struct ims_format *f, uint64_t e)
{
	if (f->dirty_bit)
		return e & f->dirty_bit;
	return (e & f->clean_bit) && (!f->write_bit || (e & f->write_bit)) &&
	       !(e & f->leaf_denies.w);
}

static uint64_t cleaned(const struct ims_format *f, uint64_t e)
{
	return f->dirty_bit ? e & ~f->dirty_bit : (e & ~f->write_bit) | f->leaf_denies.w;
}

/* The leaf over @addr; false: there is none. */
static bool leaf_at(struct hyp_table *t, uint64_t addr, struct spot *ret, unsigned *ret_lg2)
{
	*ret = find(t, addr, 1);
	*ret_lg2 = level_lg2(t, ret->level);
	if (!(ret->entry & t->format->present) || !is_leaf(t, ret->entry, ret->level))
		return false;
	*ret_lg2 = leaf_lg2_of(t, ret->entry, ret->level);
	return true;
}

bool hyp_table_dirty(struct hyp_table *t, uint64_t addr, bool clear, unsigned *ret_lg2)
{
	struct spot s;

	if (!leaf_at(t, addr, &s, ret_lg2) || !is_dirty(t->format, s.entry))
		return false;
	if (clear)
		put_all(t, &s, *ret_lg2, cleaned(t->format, s.entry));
	return true;
}

void hyp_table_untrack(struct hyp_table *t, uint64_t addr, unsigned *ret_lg2)
{
	const struct ims_format *f = t->format;
	struct spot s;

	if (leaf_at(t, addr, &s, ret_lg2) && (s.entry & f->clean_bit) && !is_dirty(f, s.entry))
		put_all(t, &s, *ret_lg2, (s.entry | f->write_bit) & ~f->leaf_denies.w);
}
