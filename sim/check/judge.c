/* SPDX-License-Identifier: MIT */
/*
 * Is an entry outdated: first by its words, then by a reference walk of the image of
 * memory. The engine's own walk of the world has to confirm it.
 */
#include <string.h>

#include "sim/check/parts.h"
#include "sim/core/bits.h"

/* ---- words ---- */

/* Does the new value still grant at least what the old one did, to the same place. */
static bool word_grants(const struct chk *c, const struct chk_word *w, uint64_t value)
{
	const struct ims_format *f;
	uint64_t perms, ignored;

	if (value == w->value)
		return true;
	if (!w->kind)
		return false;
	f = w->kind >> 8 == 1 ? c->s.model->s1 : c->s.model->s2;
	perms = f->read_bit | f->write_bit | f->user_bit;
	/* Bits that take away grant where they are clear. */
	if (f->leaf_denies.w & (value & ~w->value))
		return false;
	ignored = f->accessed_bit | f->dirty_bit | f->leaf_denies.w | perms;
	return !((value ^ w->value) & ~ignored) && !(w->value & perms & ~value);
}

/* The first write after the read, and after @sound, that left the word unable to grant it. */
static uint32_t first_loss(const struct chk *c, const struct chk_word *w, uint32_t sound)
{
	const GArray *writes = g_hash_table_lookup(c->writes, &w->pa);
	uint32_t loss = 0;

	/* Backwards: what counts is recent, and some words are written all the time. */
	for (guint i = writes ? writes->len : 0; i-- > 0;) {
		uint32_t number = g_array_index(writes, uint32_t, i);

		if (number <= w->read || number <= sound)
			break;
		if (!word_grants(c, w, chk_event(c, number)->a[2]))
			loss = number;
	}
	return loss;
}

bool chk_is_step(const struct chk *c, const struct chk_record *r)
{
	const struct ims_cache_def *def = &c->s.model->caches[r->cache];
	bool first_alone = c->s.model->s1_class >> r->facts.cls & 1;

	if (def->where == IMS_WHERE_WALK || def->stage)
		return true;
	return def->where == IMS_WHERE_IOTLB && r->facts.s1_lg2 < 64 && r->facts.s2_lg2 == 64 &&
	       !first_alone;
}

/* A walk step is not outdated by a change of the configuration: others of its tag go on from it. */
static bool counts(const struct chk *c, const struct chk_record *r, const struct chk_word *w)
{
	return w->kind || !chk_is_step(c, r);
}

static bool is_translation(const struct chk *c, const struct chk_record *r)
{
	uint8_t where = c->s.model->caches[r->cache].where;

	return (where == IMS_WHERE_IOTLB || where == IMS_WHERE_ATC) && !chk_is_step(c, r);
}

static bool is_s1_leaf(const struct chk *c, const struct chk_word *w)
{
	return w->kind >> 8 == 1 &&
	       ((w->kind & 0xff) == 1 || (w->value & c->s.model->s1->leaf_bit));
}

/*
 * The word of the guest that was read through this one, of stage 2; NULL if that leads to
 * what the entry itself is about: its page, its table, its own structure.
 */
static const struct chk_word *read_through(const struct chk *c, const struct chk_record *r, guint i)
{
	const struct chk_word *words = (const struct chk_word *)(const void *)r->words->data;
	bool config = c->s.model->caches[r->cache].where == IMS_WHERE_CONFIG;
	guint before = i, behind = i, end = r->words->len;

	if (words[i].kind >> 8 != 2 || (!config && r->facts.s1_lg2 >= 64))
		return NULL;
	while (before && words[before].kind >> 8 == 2)
		before--;
	if (is_translation(c, r) && is_s1_leaf(c, &words[before]))
		return NULL;
	while (behind < end && words[behind].kind >> 8 == 2)
		behind++;
	while (config && end > behind && !words[end - 1].kind)
		end--;
	return behind < end ? &words[behind] : NULL;
}

/*
 * The host has changed how a table of the guest is reached. What the guest's entry said
 * before stays true until the guest itself says otherwise, and what it leads to is where
 * stage 2 says now: made of both, a fact is sound. One that read the table later, by
 * way of an address that was cached, is not.
 */
static bool read_before(const struct chk *c, const struct chk_record *r, guint i)
{
	const struct chk_word *w = &g_array_index(r->words, struct chk_word, i);
	const struct chk_word *through = read_through(c, r, i);

	return through && through->read < first_loss(c, w, 0);
}

bool chk_changed(const struct chk *c, const struct chk_record *r, uint32_t *ret_by, bool *ret_way)
{
	struct ims_mem mem = ims_world_mem(c->image, 0);
	bool changed = false;

	/* Outdated already, it is so by what made it so. */
	*ret_by = r->outdated ? r->changed_by : 0;
	*ret_way = false;
	for (guint i = 0; i < r->words->len; i++) {
		const struct chk_word *w = &g_array_index(r->words, struct chk_word, i);
		uint32_t by;

		if (word_grants(c, w, ims_mem_word(&mem, w->pa)) || !counts(c, r, w))
			continue;
		if (read_before(c, r, i)) {
			*ret_way = true;
			continue;
		}
		changed = true;
		if (r->outdated)
			break;
		by = first_loss(c, w, r->sound);
		by = by ? by : r->moved;
		if (!*ret_by || (by && by < *ret_by))
			*ret_by = by;
	}
	return changed;
}

/* ---- entries ---- */

static struct ims_req request_of(const struct chk *c, const struct chk_record *r)
{
	return (struct ims_req){
		.src = r->facts.src,
		.ctx = chk_ctx_of(c, r),
		.addr = r->facts.in,
		/* What it does not grant is not asked: a walk may end where that is missing. */
		.access = r->facts.perm & IMS_R ? IMS_ACCESS_READ : IMS_ACCESS_WRITE,
		/* What a device keeps is what ATS has answered. */
		.kind = c->s.model->caches[r->cache].where == IMS_WHERE_ATC ? IMS_REQ_ATS :
									      IMS_REQ_UNTRANSLATED,
		/* One that no unprivileged request may use was made for another. */
		.priv = (r->facts.perm & IMS_PRIV) || !(r->facts.perm & IMS_U)
	};
}

/*
 * An entry may grant less than the tables do; more, or something else, it may not. One
 * that devices of a domain share knows nothing of what is taken from each of them.
 */
static bool grants_more(const struct chk *c, const struct chk_record *r, bool ok, uint64_t out,
			uint16_t perm, uint16_t tables)
{
	const struct ims_cache_def *cache = &c->s.model->caches[r->cache];

	if (!(r->facts.perm & (IMS_R | IMS_W)))
		return false;
	if (cache->where == IMS_WHERE_IOTLB && (cache->lookup & IMS_KEY_DOM))
		perm = tables;
	return !ok || out != r->facts.out || (r->facts.perm & (IMS_R | IMS_W | IMS_U) & ~perm);
}

/* Does a requester's configuration file its translations where @r is filed. */
static bool files_there(struct chk *c, const struct chk_record *r, uint32_t src, uint32_t ctx)
{
	const struct ims_req req = {
		.src = src, .ctx = ctx, .addr = r->facts.in, .access = IMS_ACCESS_READ
	};
	struct ims_hw look = c->look[r->unit];
	struct ims_path path;

	return !c->s.model->path(&look, &req, &path) && path.dom == r->facts.dom &&
	       path.cls == r->facts.cls &&
	       (path.ctx == r->filed_ctx || (path.ctx_global && path.ctx_global == r->filed_ctx));
}

/*
 * Who comes by an entry of a cache that is looked up by its tag: the requester that it was
 * made for, as long as he is filed under that, else whoever is; else he again, if it was
 * reached all the same. False: nobody.
 */
static bool find_requester(struct chk *c, const struct chk_record *r, struct ims_req *req)
{
	const struct ims_cache_def *cache = &c->s.model->caches[r->cache];
	const struct hyp *h = c->s.h;

	if (cache->where != IMS_WHERE_IOTLB || !(cache->lookup & IMS_KEY_DOM) ||
	    files_there(c, r, req->src, req->ctx))
		return true;
	for (uint32_t i = 0; i < h->guest_at.count; i++) {
		const struct hyp_attachment *a = &h->guest_at.at[i];
		const struct hyp_device *d = &h->devices[a->dev];

		if (chk_physical(c, r->unit) ? chk_unit_of(c, a->dev) != r->unit :
					       d->vm != r->unit - 1)
			continue;
		if (!files_there(c, r, chk_rid(c, r->unit, a->dev), a->ctx))
			continue;
		req->src = chk_rid(c, r->unit, a->dev);
		req->ctx = a->ctx;
		return true;
	}
	return r->reached;
}

/* The tables say the same by way of other words: from now on it stands on these. */
static void rebase(struct chk *c, struct chk_record *r)
{
	struct ims_mem mem = ims_world_mem(c->image, 0);
	guint kept = 0;

	for (guint i = 0; i < r->words->len; i++) {
		struct chk_word w = g_array_index(r->words, struct chk_word, i);

		if (w.kind)
			continue;
		w.value = ims_mem_word(&mem, w.pa);
		w.read = c->next - 1;
		g_array_index(r->words, struct chk_word, kept++) = w;
	}
	g_array_set_size(r->words, kept);
	g_array_append_vals(r->words, c->ref_words->data, c->ref_words->len);
	r->rebased = true;
}

/* Of how much one walk tells: the entry, or of one made of several leaves the smallest. */
static uint64_t told_by_one(const struct chk_record *r)
{
	unsigned lg2 = MIN(r->facts.size_lg2, MIN(r->facts.s1_lg2, r->facts.s2_lg2));

	return lg2 >= 64 ? 0 : UINT64_C(1) << lg2;
}

static bool told_at_once(const struct chk_record *r)
{
	return !told_by_one(r) || r->facts.size_lg2 >= 64 || told_by_one(r) >> r->facts.size_lg2;
}

/* Its words have changed: does a walk of the tables as they are lead elsewhere, or nowhere. */
static bool led_astray(struct chk *c, struct chk_record *r, bool *ret_asked)
{
	uint64_t step = told_by_one(r), off = 0;
	struct ims_req req = request_of(c, r);
	struct chk_fresh fresh;
	bool astray = false, asked = find_requester(c, r, &req), more = asked;

	while (more) {
		req.addr = r->facts.in + off;
		chk_reference(c, r->unit, &req, &fresh);
		astray = grants_more(c, r, fresh.ok, fresh.out - off, fresh.perm, fresh.tables);
		for (guint i = 0; i < c->ref_words->len; i++)
			chk_track(c, r, g_array_index(c->ref_words, struct chk_word, i).pa);
		off += step;
		more = !astray && !told_at_once(r) && !(off >> r->facts.size_lg2);
	}
	if (!r->adrift)
		g_ptr_array_add(c->adrift, r);
	r->adrift = true;
	/* One of several leaves is asked for each of them, however often. */
	if (asked && !astray && told_at_once(r))
		rebase(c, r);
	*ret_asked = asked;
	return astray;
}

/*
 * An entry of a table of contexts: what leads to the table has changed, in a way that the
 * entry does not depend on, if whoever it was made for is led to the same word still.
 */
static bool read_still(struct chk *c, const struct chk_record *r)
{
	const struct ims_req req = request_of(c, r);
	struct ims_mem mem = ims_world_mem(c->image, 0);
	const struct chk_word *own;
	struct chk_fresh fresh;

	if (c->s.model->caches[r->cache].where != IMS_WHERE_CONFIG || !r->words->len)
		return false;
	own = &g_array_index(r->words, struct chk_word, r->words->len - 1);
	if (!word_grants(c, own, ims_mem_word(&mem, own->pa)))
		return false;
	chk_reference(c, r->unit, &req, &fresh);
	for (guint i = 0; i < c->ref_words->len; i++)
		if (g_array_index(c->ref_words, struct chk_word, i).pa == own->pa)
			return true;
	return false;
}

void chk_judge(struct chk *c, struct chk_record *r)
{
	bool was = r->outdated, way, asked = true;
	uint32_t by;

	r->dirty = false;
	r->outdated = chk_changed(c, r, &by, &way);
	r->kept = false;
	if (is_translation(c, r) && (r->outdated || r->borrowed || r->moved || r->adrift || way)) {
		bool astray = led_astray(c, r, &asked);

		/* All it was made of is as it was: registers say that it is read in another way. */
		if (astray && !by && !way && !r->borrowed)
			by = r->moved;
		r->kept = astray && !by && way;
		/* Nothing it is made of has changed, and yet the tables say otherwise: they are another root's. */
		r->foreign = astray && !by && !way;
		r->outdated = astray && by;
	}
	if (r->outdated && read_still(c, r))
		r->outdated = false;
	r->changed_by = r->outdated ? by : 0;
	/* Of what nobody is led to it is not known. */
	if (!r->outdated && asked)
		r->sound = c->next - 1;
	if (r->outdated && !was)
		g_ptr_array_add(c->outdated, r);
}

void chk_judge_dirty(struct chk *c)
{
	guint kept = 0;

	for (guint i = 0; i < c->dirty->len; i++) {
		struct chk_record *r = g_ptr_array_index(c->dirty, i);

		if (r->live && r->dirty) {
			chk_judge(c, r);
			chk_confirm(c, r);
		}
	}
	g_ptr_array_set_size(c->dirty, 0);
	for (guint i = 0; i < c->outdated->len; i++) {
		struct chk_record *r = g_ptr_array_index(c->outdated, i);

		if (r->live && r->outdated)
			c->outdated->pdata[kept++] = r;
	}
	g_ptr_array_set_size(c->outdated, (gint)kept);
}

void chk_confirm(struct chk *c, const struct chk_record *r)
{
	struct ims_req req = request_of(c, r);
	struct ims_answer a;
	bool outdated = false, any;

	if (c->bug || r->foreign)
		return;
	if (is_translation(c, r) && !r->kept) {
		uint64_t step = told_by_one(r), off = 0;

		any = find_requester(c, r, &req);
		while (any) {
			req.addr = r->facts.in + off;
			ims_translate_fresh(chk_hand_of(c, r->unit), &req, &a);
			outdated = grants_more(c, r, !a.fault || a.perm, a.out - off, a.perm,
					       a.tables);
			off += step;
			any = !outdated && !told_at_once(r) && !(off >> r->facts.size_lg2);
		}
	} else {
		struct ims_mem mem = ims_world_mem(c->s.world, 0);

		for (guint i = 0; i < r->words->len; i++) {
			const struct chk_word *w = &g_array_index(r->words, struct chk_word, i);

			outdated |= counts(c, r, w) && !read_before(c, r, i) &&
				    !word_grants(c, w, ims_mem_word(&mem, w->pa));
		}
		outdated = outdated && !read_still(c, r);
	}
	if (outdated != r->outdated)
		c->bug = g_strdup_printf(
			"the oracles disagree on entry %u of %s of unit %u (filled at event %u, "
			"0x%" G_GINT64_MODIFIER "x): by the log it is %s, by the tables %s",
			r->entry, c->s.model->caches[r->cache].name, r->unit, r->fill, r->facts.in,
			r->outdated ? "outdated" : "current", outdated ? "outdated" : "current");
}

void chk_confirm_all(struct chk *c)
{
	for (uint32_t u = 0; u < c->s.world->units_count; u++)
		for (unsigned i = 0; i < c->s.model->caches_count; i++)
			for (guint k = 0; k < c->now[u][i]->len; k++) {
				const struct chk_record *r = g_ptr_array_index(c->now[u][i], k);

				if (r)
					chk_confirm(c, r);
			}
}
