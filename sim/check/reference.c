/* SPDX-License-Identifier: MIT */
/*
 * The reference walk of the image of memory, written for clarity and sharing nothing
 * with the engine's: what the tables say of a request.
 */
#include <string.h>

#include "sim/check/parts.h"
#include "sim/core/bits.h"

struct ref_stage {
	const struct ims_format *format;
	uint64_t root, rsvd, rsvd_leaf, top_mask;
	unsigned top, stage, leaf_levels;
	bool marks;	     /* hardware makes clean leaves writable */
	uint16_t table_need; /* of stage 2: what it must grant on a table of stage 1 */
};

/* Of formats with a bit for tables: these take away what is named, leaves grant by bits of their own. */
static uint16_t descriptor_perm(const struct ims_format *f, uint64_t e, bool leaf)
{
	uint16_t perm = IMS_R | IMS_W | IMS_U;

	if (e & (leaf ? f->leaf_denies.w : f->table_denies.w))
		perm &= (uint16_t)~IMS_W;
	if (e & (leaf ? f->leaf_denies.u : f->table_denies.u))
		perm &= (uint16_t)~IMS_U;
	if (leaf && f->read_bit && !(e & f->read_bit))
		perm &= (uint16_t)~IMS_R;
	if (leaf && f->write_bit && !(e & f->write_bit))
		perm &= (uint16_t)~IMS_W;
	if (leaf && f->user_bit && !(e & f->user_bit))
		perm &= (uint16_t)~IMS_U;
	return perm;
}

static uint16_t entry_perm(const struct ims_format *f, uint64_t e, bool leaf)
{
	uint16_t perm = 0;

	if (f->table_bit)
		return descriptor_perm(f, e, leaf);

	if (!f->read_bit || (e & f->read_bit))
		perm |= IMS_R;
	if (!f->write_bit || (e & f->write_bit))
		perm |= IMS_W;
	if (!f->user_bit || (e & f->user_bit))
		perm |= IMS_U;
	return perm;
}

/* What a present entry is: a leaf of 2^lg2 bytes, or a way to the table of a lower level. */
struct ref_entry {
	bool leaf;
	unsigned lg2, next;
};

/* By a format with a field of levels; false: no legal entry on the way to @addr. */
static bool by_field(const struct ims_format *f, uint64_t e, unsigned level, uint64_t addr,
		     struct ref_entry *ret)
{
	uint64_t field = e & f->next, lowest = f->next & ~(f->next - 1), out = e & f->addr;

	ret->next = (unsigned)(field / lowest);
	ret->leaf = ret->next == 0 || ret->next == f->sized;
	if (ret->next == 0)
		return true;
	if (!ret->leaf) {
		/* Downwards, and over levels whose part of the address is zero. */
		for (unsigned skipped = ret->next + 1; skipped < level; skipped++)
			if (addr >> (3 + 9 * skipped) & 511)
				return false;
		return ret->next < level;
	}
	/* Ones from bit 12 on, and the zero behind them, are size. */
	for (ret->lg2 = 13; out >> (ret->lg2 - 1) & 1; ret->lg2++)
		;
	return ret->lg2 > 3 + 9 * level && ret->lg2 < 12 + 9 * level;
}

static bool entry_sound(const struct ref_stage *s, uint64_t e, unsigned level, uint64_t addr,
			struct ref_entry *ret)
{
	const struct ims_format *f = s->format;

	*ret = (struct ref_entry){ .leaf = level == 1 || (e & f->leaf_bit),
				   .lg2 = f->grain_lg2 + (f->grain_lg2 - 3u) * (level - 1),
				   .next = level - 1 };
	if (f->table_bit) {
		ret->leaf = level == 1 || !(e & f->table_bit);
		if (level == 1 && !(e & f->table_bit))
			return false;
	}
	if (f->next && !by_field(f, e, level, addr, ret))
		return false;
	if (e & (ret->leaf ? f->rsvd_leaf[level] | s->rsvd_leaf : f->rsvd_table[level]))
		return false;
	return !(e & s->rsvd) &&
	       (!ret->leaf || level == 1 || (f->leaf_levels & s->leaf_levels & 1u << level));
}

/* Reads one entry, and notes that the result depends on it. */
static bool ref_read(const struct chk *c, const struct ims_mem *mem, uint64_t addr, unsigned stage,
		     unsigned level, uint64_t *ret_entry)
{
	struct chk_word w = { .read = c->next - 1, .kind = (uint16_t)(stage << 8 | level) };

	if (!ims_mem_read(mem, addr, ret_entry))
		return false;
	w.value = *ret_entry;
	/* A guest's page with nothing behind it yet reads as zero, until there is something. */
	if (!ims_mem_resolve(mem, addr, &w.pa)) {
		w.pa = ims_guest_cell(mem->guest, addr & ~UINT64_C(0xfff));
		w.low = addr & 0xfff;
	}
	g_array_append_val(c->ref_words, w);
	return true;
}

static bool ref_walk(const struct chk *c, const struct ims_mem *mem, const struct ref_stage *s,
		     const struct ref_stage *below, uint64_t limit, uint64_t addr,
		     uint64_t *ret_out, uint16_t *ret_perm)
{
	const struct ims_format *f = s->format;
	uint64_t table = s->root, e;
	uint16_t perm = IMS_R | IMS_W | IMS_U, table_perm;

	for (unsigned level = s->top;;) {
		unsigned index_lg2 = f->grain_lg2 - 3u;
		uint64_t index = addr >> (index_lg2 * level + 3), mask = IMS_BITS(index_lg2 - 1, 0);
		struct ref_entry what;

		if (below && (table >= limit ||
			      !ref_walk(c, mem, below, NULL, 0, table, &table, &table_perm) ||
			      (below->table_need & ~table_perm)))
			return false;
		index &= f->root_tables && level == s->top ? s->top_mask : mask;
		if (!ref_read(c, mem, table + index * 8, s->stage, level, &e) || !(e & f->present))
			return false;
		if (!entry_sound(s, e, level, addr, &what))
			return false;
		/* What is read-only only until it is written is not. */
		if (what.leaf && s->marks && (e & f->clean_bit))
			perm &= entry_perm(f, (e | f->write_bit) & ~f->leaf_denies.w, true);
		else
			perm &= entry_perm(f, e, what.leaf);
		if (!f->table_bit && !(perm & (IMS_R | IMS_W)))
			return false;
		table = e & f->addr;
		if (what.leaf) {
			uint64_t low = IMS_BITS(what.lg2 - 1, 0);

			*ret_out = (table & ~low) | (addr & low);
			*ret_perm = perm;
			return true;
		}
		level = what.next;
	}
}

static bool sign_extended(uint64_t addr, unsigned width)
{
	uint64_t top = addr >> (width - 1);

	return !top || top == ~UINT64_C(0) >> (width - 1);
}

/* The root of stage 1, where a table of contexts has it. */
static bool ref_root(const struct chk *c, const struct ims_mem *mem, const struct ims_path *path,
		     const struct ref_stage *below, uint64_t *ret_root)
{
	uint64_t table = path->dir_root, word = 0;
	uint16_t perm = 0;

	*ret_root = path->s1_root;
	for (unsigned level = path->dir_levels; level > 0; level--) {
		bool mid = level == path->dir_levels ? path->dir_root_mid : path->dir_mid;

		if (mid && (table >= path->s2_limit ||
			    !ref_walk(c, mem, below, NULL, 0, table, &table, &perm) ||
			    (below->table_need & ~perm)))
			return false;
		table += (uint64_t)(path->ctx >> 9 * (level - 1) & 511) * 8;
		if (!ref_read(c, mem, table, 0, 0, &word) || !(word & 1) || (word & path->dir_rsvd))
			return false;
		table = *ret_root = word & ~UINT64_C(0xfff);
	}
	return true;
}

/* What a stage's permissions are to a request of which some are not asked: to write, of who may read. */
static uint16_t waived(uint16_t perm, uint16_t waive)
{
	return perm | (perm & IMS_R ? waive : waive & (uint16_t)~IMS_W);
}

static struct ref_stage second_stage(const struct ims_path *path)
{
	return (struct ref_stage){ .format = path->s2,
				   .root = path->s2_root,
				   .rsvd = path->rsvd | path->s2_rsvd,
				   .top_mask = path->s2_top_mask,
				   .rsvd_leaf = path->rsvd_leaf,
				   .top = path->s2_top,
				   .marks = path->s2_marks,
				   .leaf_levels = path->s2_leaf_levels,
				   .table_need = path->table_need,
				   .stage = 2 };
}

static void reference(struct chk *c, uint32_t unit, const struct ims_req *req,
		      struct chk_fresh *ret, uint16_t *ret_deny)
{
	const struct chk_word any_page = { .pa = CHK_ANY_PAGE };
	struct ims_hw look = c->look[unit];
	struct ref_stage s1, s2;
	struct ims_path path;
	uint64_t mid, addr = req->addr;
	uint16_t perm = 0;

	*ret = (struct chk_fresh){ 0 };
	g_array_set_size(c->ref_words, 0);
	if (c->s.model->path(&look, req, &path)) {
		g_array_append_val(c->ref_words, any_page);
		return;
	}
	*ret_deny = path.deny;
	if (path.masked)
		addr = path.addr;
	if (path.s1_width && !sign_extended(addr, path.s1_width))
		return;
	if ((path.stages == IMS_STAGES_1 || path.stages == IMS_STAGES_NESTED) && !path.s1)
		return; /* its tables are disabled */
	s1 = (struct ref_stage){ .format = path.s1,
				 .root = path.s1_root,
				 .rsvd = path.rsvd | path.s1_rsvd,
				 .top_mask = path.s1_top_mask,
				 .top = path.s1_top,
				 .marks = path.s1_marks,
				 .leaf_levels = path.s1_leaf_levels,
				 .stage = 1 };
	s2 = second_stage(&path);
	if ((path.stages == IMS_STAGES_1 || path.stages == IMS_STAGES_NESTED) &&
	    !ref_root(c, &look.mem, &path, &s2, &s1.root))
		return;
	switch ((enum ims_stages)path.stages) {
	case IMS_STAGES_BYPASS:
		*ret = (struct chk_fresh){ .ok = true, .out = addr, .perm = path.grant };
		return;
	case IMS_STAGES_ANSWERED:
		/* What is answered without a fault is answered as it was asked. */
		*ret = (struct chk_fresh){ .ok = !path.refused,
					   .out = addr,
					   .perm = IMS_R | IMS_W | IMS_U };
		return;
	case IMS_STAGES_1:
		ret->ok = ref_walk(c, &look.mem, &s1, NULL, 0, addr, &ret->out, &ret->perm);
		ret->perm = waived(ret->perm, path.waive);
		return;
	case IMS_STAGES_2:
		ret->ok = addr < path.s2_limit &&
			  ref_walk(c, &look.mem, &s2, NULL, 0, addr, &ret->out, &ret->perm);
		ret->perm = waived(ret->perm, path.s2_waive);
		return;
	case IMS_STAGES_NESTED:
		ret->ok = ref_walk(c, &look.mem, &s1, &s2, path.s2_limit, addr, &mid, &perm) &&
			  mid < path.s2_limit &&
			  ref_walk(c, &look.mem, &s2, NULL, 0, mid, &ret->out, &ret->perm);
		perm = waived(perm, path.waive);
		ret->perm = waived(ret->perm, path.s2_waive) & (perm | IMS_U);
		if (ret->ok)
			ret->perm &= (uint16_t)(perm & IMS_U ? 0xffff : ~IMS_U);
		return;
	}
}

void chk_reference(struct chk *c, uint32_t unit, const struct ims_req *req, struct chk_fresh *ret)
{
	uint16_t deny = 0;

	reference(c, unit, req, ret, &deny);
	ret->tables = ret->perm;
	ret->perm &= (uint16_t)~deny;
}
