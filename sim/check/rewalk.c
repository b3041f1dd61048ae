/* SPDX-License-Identifier: MIT */
/*
 * The second oracle: what the tables in the world say of an entry that is cached there, with
 * no regard to what it was made of. A translation is walked anew by the engine with its
 * caches out of the way. Of what is a part of translations, a step or a configuration
 * structure, no walk tells the outcome: such a one is made again in a copy of the world in
 * which nothing is cached, and what is then filled is held against it.
 */
#include <string.h>

#include "sim/check/parts.h"
#include "sim/core/assert.h"
#include "sim/engine/walker.h"

struct chk_cold {
	struct ims_world *world;
	uint32_t time; /* of the world that it is a copy of */
	struct ims_log log;
};

static struct chk_cold *cold_new(const struct chk *c)
{
	struct chk_cold *cold = g_new0(struct chk_cold, 1);

	cold->world = g_aligned_alloc(1, c->s.world->bytes, IMS_WORLD_ALIGN);
	cold->log.grow = chk_grow_log;
	return cold;
}

void chk_cold_free(struct chk_cold *cold)
{
	if (!cold)
		return;
	g_aligned_free(cold->world);
	g_free(cold->log.events);
	g_free(cold);
}

/* A hand on the copy, with nothing cached and an empty log. */
static void cold_hand(struct chk *c, uint32_t unit, struct ims_hw *ret)
{
	struct chk_cold *cold = c->cold;

	if (!cold)
		cold = c->cold = cold_new(c);
	if (cold->time != c->s.world->time) {
		memcpy(cold->world, c->s.world, c->s.world->bytes);
		cold->time = c->s.world->time;
		for (uint32_t u = 0; u < cold->world->units_count; u++) {
			ims_hw_bind(ret, c->s.model, cold->world, u, NULL);
			chk_forget_all(ret);
		}
	}
	ims_hw_bind(ret, c->s.model, cold->world, unit, &cold->log);
	chk_trace(ret);
}

/* The read of the first table of a stage, NULL: none was. */
static const struct ims_event *root_read(const struct ims_log *log, unsigned stage)
{
	for (uint32_t i = 0; i < log->count; i++)
		if (log->events[i].kind == IMS_EV_READ && log->events[i].n >> 8 == stage)
			return &log->events[i];
	return NULL;
}

/* The same of what an entry was made of. */
static const struct ims_event *root_of(const struct chk *c, const struct chk_record *r,
				       unsigned stage)
{
	for (guint i = 0; i < r->words->len; i++) {
		const struct chk_word *w = &g_array_index(r->words, struct chk_word, i);

		if (w->kind >> 8 == stage)
			return chk_event(c, w->read);
	}
	return NULL;
}

static bool same_table(const struct ims_event *a, const struct ims_event *b)
{
	return a && b && !((a->a[2] ^ b->a[2]) >> 12);
}

/* Walks one stage alone to where the entry is; returns 0, or the fault. */
static uint16_t walk_stage(struct ims_hw *hw, const struct ims_req *req, struct ims_path *path,
			   unsigned stage, struct ims_leaf *leaf)
{
	struct ims_walk_hand hand = { .hw = hw, .path = path, .req = req };
	struct ims_walker w;

	path->need = 0;
	ims_walker_begin(hw, &hand, &w, leaf);
	if (stage == 2 && hw->model->walk_mid)
		return hw->model->walk_mid(&w, path, req->addr, leaf);
	if (stage == 2)
		path->stages = IMS_STAGES_2;
	return hw->model->walk(&w, path, req, leaf);
}

/*
 * The same by the configuration of @req, or, as under another root a step is as good as it
 * was, from the one it was made under. False: it cannot be had. @ret_leaf: what it came to
 * with one stage, whose leaf is then kept with the outcomes and not with the steps.
 */
static bool walk_step(struct chk *c, const struct chk_record *r, const struct ims_req *req,
		      unsigned stage, struct ims_leaf *ret_leaf, bool *ret_alone,
		      uint16_t *ret_waive)
{
	const struct ims_event *root = root_of(c, r, stage);
	struct ims_path path, again;
	struct ims_hw hw;

	cold_hand(c, r->unit, &hw);
	if (ims_hw_path(&hw, req, &path) || path.stages == IMS_STAGES_BYPASS ||
	    path.stages == IMS_STAGES_ANSWERED ||
	    path.stages == (stage == 1 ? IMS_STAGES_2 : IMS_STAGES_1))
		return false;
	again = path;
	/* A look between the stages is to read: it makes nothing writable that is clean, and keeps no leaf. */
	*ret_waive = stage == 2 && path.s2_marks && hw.model->walk_mid ? IMS_W : 0;
	*ret_alone = !walk_stage(&hw, req, &path, stage, ret_leaf) &&
		     (stage == 2 && (!hw.model->walk_mid || *ret_waive));
	if (same_table(root_read(&c->cold->log, stage), root))
		return true;
	/* Behind a table of contexts, or between the stages, it has no place to be put at. */
	if (!root || (stage == 1 && (again.dir_levels || again.stages == IMS_STAGES_NESTED)))
		return false;
	*(stage == 1 ? &again.s1_root : &again.s2_root) = root->a[0] & ~UINT64_C(0xfff);
	cold_hand(c, r->unit, &hw);
	*ret_alone = !walk_stage(&hw, req, &again, stage, ret_leaf) &&
		     (stage == 2 && (!hw.model->walk_mid || *ret_waive));
	return true;
}

/* Is what was filled as good as @e. */
static bool same_step(const struct ims_event *fill, const struct ims_entry *e, uint16_t waive)
{
	uint16_t perm = (uint16_t)((fill->a[3] >> 48 & 0xff) | (fill->a[5] >> 56) << 8 | waive);

	return fill->a[1] == e->in && fill->a[2] == e->out &&
	       (fill->a[3] >> 24 & 0xff) == e->size_lg2 && fill->a[3] >> 56 == e->level &&
	       (fill->a[0] & ~UINT64_C(0xfff)) == (e->mid & ~UINT64_C(0xfff)) &&
	       !(e->perm & (IMS_R | IMS_W | IMS_U) & ~perm);
}

static enum chk_stand of_step(struct chk *c, const struct chk_record *r, const struct ims_entry *e)
{
	struct ims_req req = chk_request_of(c, r);
	unsigned stage = c->s.model->caches[r->cache].stage;
	const struct ims_log *log;
	struct ims_leaf leaf;
	uint16_t waive;
	bool alone;

	if (!walk_step(c, r, &req, stage ? stage : 1, &leaf, &alone, &waive))
		return CHK_UNASKED;
	if (alone && !e->level && leaf.out == e->out && leaf.s2_lg2 == e->size_lg2 &&
	    !(e->perm & (IMS_R | IMS_W | IMS_U) & ~(leaf.perm | waive)))
		return CHK_STANDS;
	log = &c->cold->log;
	for (uint32_t i = 0; i < log->count; i++)
		if (log->events[i].kind == IMS_EV_FILL &&
		    (log->events[i].a[0] & 0xff) == r->cache &&
		    same_step(&log->events[i], e, waive))
			return CHK_STANDS;
	return CHK_CHANGED;
}

/* Reads what the configuration of @req is, and what of it a walk reads. Returns whether it says anything. */
static bool read_config(struct ims_hw *hw, const struct ims_req *req)
{
	struct ims_path path;
	struct ims_req at = *req;
	struct ims_walk_hand hand = { .hw = hw, .path = &path, .req = &at };
	struct ims_walker w;
	struct ims_leaf leaf;

	if (ims_hw_path(hw, req, &path))
		return true;
	if (path.stages == IMS_STAGES_BYPASS || path.stages == IMS_STAGES_ANSWERED)
		return hw->log->count > 1;
	path.need = 0;
	ims_walker_begin(hw, &hand, &w, &leaf);
	hw->model->walk(&w, &path, &at, &leaf);
	return true;
}

static enum chk_stand of_config(struct chk *c, const struct chk_record *r,
				const struct ims_entry *e)
{
	const struct ims_cache_def *def = &c->s.model->caches[r->cache];
	struct ims_req req = chk_request_of(c, r);
	struct ims_cache *cache = ims_hw_cache(chk_hand_of(c, r->unit), r->cache);
	const uint64_t *was = ims_cache_payload(cache, r->entry);
	const struct ims_log *log;
	struct ims_hw hw;

	cold_hand(c, r->unit, &hw);
	log = &c->cold->log;
	/* A unit that translates nothing asks for nothing. */
	if (!read_config(&hw, &req))
		return CHK_UNASKED;
	for (uint32_t i = 0; i < log->count; i++) {
		const struct ims_event *f = &log->events[i];
		const uint64_t *now;
		bool same = true;

		if (f->kind != IMS_EV_FILL || (f->a[0] & 0xff) != r->cache || f->a[1] != e->in ||
		    (f->a[3] >> 24 & 0xff) != e->size_lg2)
			continue;
		now = ims_cache_payload(ims_hw_cache(&hw, r->cache), f->n);
		for (unsigned k = 0; k < def->payload; k++)
			same = same && (def->noted >> k & 1 || now[k] == was[k]);
		if (same)
			return CHK_STANDS;
	}
	return CHK_CHANGED;
}

/* What an entry grants, or where it leads, beyond what a walk for @req has found. */
static enum chk_stand beyond(const struct chk *c, const struct chk_record *r,
			     const struct ims_entry *e, const struct ims_req *req,
			     const struct ims_answer *a)
{
	const struct ims_cache_def *cache = &c->s.model->caches[r->cache];
	/* Devices of a domain share it: what each is denied for itself it does not know. */
	bool shared = cache->where == IMS_WHERE_IOTLB && (cache->lookup & IMS_KEY_DOM);
	uint16_t more = (uint16_t)(e->perm & ~(shared ? a->tables : a->perm));

	if ((a->fault && !a->perm) || (more & (req->access | IMS_U)))
		return CHK_GONE;
	if (a->out - req->addr != e->out - e->in)
		return CHK_ELSEWHERE;
	return more & (IMS_R | IMS_W) ? CHK_MORE : CHK_STANDS;
}

static enum chk_stand of_translation(struct chk *c, const struct chk_record *r,
				     const struct ims_entry *e)
{
	struct ims_req req = chk_request_of(c, r);
	const struct ims_hw *hand = chk_hand_of(c, r->unit);
	uint64_t step = chk_told_by_one(r), off = 0;
	enum chk_stand stand;
	struct ims_answer a;

	if (!(e->perm & (IMS_R | IMS_W)))
		return CHK_UNJUDGED;
	if (!chk_find_requester(c, r, hand, &req))
		return CHK_UNASKED;
	do {
		req.addr = e->in + off;
		ims_translate_fresh(chk_hand_of(c, r->unit), &req, &a);
		stand = beyond(c, r, e, &req, &a);
		off += step;
	} while (stand == CHK_STANDS && !chk_told_at_once(r) && !(off >> e->size_lg2));
	return stand;
}

enum chk_stand chk_by_tables(struct chk *c, const struct chk_record *r)
{
	struct ims_cache *cache = ims_hw_cache(chk_hand_of(c, r->unit), r->cache);
	const struct ims_entry *e = &ims_cache_entries(cache)[r->entry];

	IMS_ASSERT(ims_entry_live(cache, e));
	if (chk_is_translation(c, r))
		return of_translation(c, r, e);
	return c->s.model->caches[r->cache].where == IMS_WHERE_CONFIG ? of_config(c, r, e) :
									of_step(c, r, e);
}

/* ---- the two together ---- */

/*
 * What of the log's answer the tables can tell. One that the log keeps, or finds to be of
 * another root, is one they do not lead to; who is not asked for by the one is not by the other.
 */
static bool agree(enum chk_stand log, enum chk_stand tables)
{
	if (log == tables || tables == CHK_UNJUDGED)
		return true;
	if (log == CHK_KEPT || log == CHK_OTHERS)
		return tables != CHK_STANDS;
	/* The log asks only where something has changed, and never who walks on from a step. */
	return tables == CHK_UNASKED && (log == CHK_STANDS || log == CHK_CHANGED);
}

void chk_confirm(struct chk *c, const struct chk_record *r, chk_asked_fn *told, void *arg)
{
	struct chk_asked asked = { .unit = r->unit,
				   .cache = r->cache,
				   .fill = r->fill,
				   .in = r->facts.in,
				   .changed_by = r->changed_by };

	if (c->bug)
		return;
	asked.log = chk_by_log(c, r);
	asked.tables = chk_by_tables(c, r);
	if (told)
		told(arg, &asked);
	if (!agree(asked.log, asked.tables))
		c->bug = g_strdup_printf(
			"the oracles disagree on entry %u of %s of unit %u (filled at event %u, "
			"0x%" G_GINT64_MODIFIER "x): by the log it is %s, by the tables %s",
			r->entry, c->s.model->caches[r->cache].name, r->unit, r->fill, r->facts.in,
			chk_stand_name(asked.log), chk_stand_name(asked.tables));
}

void chk_confirm_all(struct chk *c, chk_asked_fn *told, void *arg)
{
	chk_advance(c);
	chk_judge_dirty(c);
	for (uint32_t u = 0; u < c->s.world->units_count; u++)
		for (unsigned i = 0; i < c->s.model->caches_count; i++)
			for (guint k = 0; k < c->now[u][i]->len; k++) {
				const struct chk_record *r = g_ptr_array_index(c->now[u][i], k);

				if (r)
					chk_confirm(c, r, told, arg);
			}
}
