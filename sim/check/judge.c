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

/* A walk step is not outdated by a change of the configuration: others of its tag go on from it. */
static bool counts(const struct chk *c, const struct chk_record *r, const struct chk_word *w)
{
	return w->kind || !chk_is_step(c, r);
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
	if (chk_is_translation(c, r) && is_s1_leaf(c, &words[before]))
		return NULL;
	while (behind < end && words[behind].kind >> 8 == 2)
		behind++;
	while (config && end > behind && !words[end - 1].kind)
		end--;
	return behind < end ? &words[behind] : NULL;
}

bool chk_leads_to_table(const struct chk *c, const struct chk_record *r, uint32_t word)
{
	return read_through(c, r, word) != NULL;
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

/*
 * As chk_changed(). @lent: the configuration counts, too, under which a step was made that
 * the entry went on from.
 */
static bool words_changed(const struct chk *c, const struct chk_record *r, bool lent,
			  uint32_t *ret_by, bool *ret_way)
{
	struct ims_mem mem = ims_world_mem(c->image, 0);
	bool changed = false;

	/* Outdated already, it is so by what made it so. */
	*ret_by = r->outdated ? r->changed_by : 0;
	*ret_way = false;
	for (guint i = 0; i < r->words->len; i++) {
		const struct chk_word *w = &g_array_index(r->words, struct chk_word, i);
		uint32_t by;

		if (word_grants(c, w, ims_mem_word(&mem, w->pa)) || !counts(c, r, w) ||
		    (w->lent && !w->kind && !lent))
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

bool chk_changed(const struct chk *c, const struct chk_record *r, uint32_t *ret_by, bool *ret_way)
{
	return words_changed(c, r, true, ret_by, ret_way);
}

/* Does the walk that was made last begin in the table that the entry was made from. */
static bool from_same_table(const struct chk *c, const struct chk_record *r)
{
	const GArray *lists[] = { r->words, c->ref_words };
	uint64_t first[2] = { 0 };

	for (unsigned i = 0; i < 2; i++)
		for (guint k = 0; k < lists[i]->len && !first[i]; k++) {
			const struct chk_word *w = &g_array_index(lists[i], struct chk_word, k);

			first[i] = w->kind ? w->pa >> 12 : 0;
		}
	return first[0] && first[0] == first[1];
}

/* ---- entries ---- */

/*
 * An entry may grant less than the tables do; more, or something else, it may not. One
 * that devices of a domain share knows nothing of what is taken from each of them.
 */
static enum chk_stand beyond(const struct chk *c, const struct chk_record *r,
			     const struct ims_req *req, const struct chk_fresh *fresh)
{
	const struct ims_cache_def *cache = &c->s.model->caches[r->cache];
	bool shared = cache->where == IMS_WHERE_IOTLB && (cache->lookup & IMS_KEY_DOM);
	uint16_t more = r->facts.perm & (uint16_t) ~(shared ? fresh->tables : fresh->perm);

	if (!(r->facts.perm & (IMS_R | IMS_W)))
		return CHK_STANDS;
	if (!fresh->ok || (more & (req->access | IMS_U)))
		return CHK_GONE;
	if (fresh->out != r->facts.out + (req->addr - r->facts.in))
		return CHK_ELSEWHERE;
	return more & (IMS_R | IMS_W) ? CHK_MORE : CHK_STANDS;
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

/* Its words have changed: what does a walk of the tables as they are say. */
static enum chk_stand led_to(struct chk *c, struct chk_record *r, bool *ret_asked)
{
	uint64_t step = chk_told_by_one(r), off = 0;
	struct ims_req req = chk_request_of(c, r);
	struct chk_fresh fresh;
	enum chk_stand stand = CHK_STANDS;
	bool asked = chk_find_requester(c, r, &c->look[r->unit], &req), more = asked;

	while (more) {
		req.addr = r->facts.in + off;
		chk_reference(c, r->unit, &req, &fresh);
		stand = beyond(c, r, &req, &fresh);
		for (guint i = 0; i < c->ref_words->len; i++)
			chk_track(c, r, g_array_index(c->ref_words, struct chk_word, i).pa);
		off += step;
		more = stand == CHK_STANDS && !chk_told_at_once(r) && !(off >> r->facts.size_lg2);
	}
	if (!r->adrift)
		g_ptr_array_add(c->adrift, r);
	r->adrift = true;
	/* One of several leaves is asked for each of them, however often. */
	if (asked && stand == CHK_STANDS && chk_told_at_once(r))
		rebase(c, r);
	*ret_asked = asked;
	return stand;
}

/*
 * Is whoever a structure was made for led to the word at @pa by what is in the image.
 * @ret_read: that reads anything.
 */
static bool leads_to_word(struct chk *c, const struct chk_record *r, uint64_t pa, bool *ret_read)
{
	const struct ims_req req = chk_request_of(c, r);
	struct ims_hw look = c->look[r->unit];
	struct ims_path path;
	struct chk_fresh fresh;
	bool found = false;

	look.bypass = false;
	look.log = &c->trace;
	chk_trace(&look);
	*ret_read = ims_hw_path(&look, &req, &path) != 0;
	for (uint32_t i = 0; i < c->trace.count; i++) {
		const struct ims_event *e = &c->trace.events[i];

		*ret_read |= e->kind == IMS_EV_READ;
		found |= e->kind == IMS_EV_READ && e->a[2] == pa;
	}
	/* Tables of contexts are read by the walk. */
	chk_reference(c, r->unit, &req, &fresh);
	for (guint i = 0; i < c->ref_words->len && !found; i++)
		found = g_array_index(c->ref_words, struct chk_word, i).pa == pa;
	return found;
}

/* Where the structure's own words begin: those that come last, one behind the other. */
static guint own_words(const struct chk_record *r)
{
	const struct chk_word *words = (const struct chk_word *)(const void *)r->words->data;
	guint i = r->words->len - 1;

	while (i && !words[i - 1].kind && words[i - 1].pa + 8 == words[i].pa)
		i--;
	return i;
}

/* Is the structure as it was read. */
static bool own_words_stand(struct chk *c, const struct chk_record *r)
{
	struct ims_mem mem = ims_world_mem(c->image, 0);

	for (guint i = own_words(r); i < r->words->len; i++) {
		const struct chk_word *w = &g_array_index(r->words, struct chk_word, i);

		if (!word_grants(c, w, ims_mem_word(&mem, w->pa)))
			return false;
	}
	return true;
}

/* What was read by the last leads_to_word(), in order. */
static GArray *read_last(const struct chk *c)
{
	GArray *words = g_array_new(FALSE, FALSE, sizeof(struct chk_word));

	for (uint32_t i = 0; i < c->trace.count; i++) {
		struct chk_word w = chk_word_of(c, &c->trace.events[i], c->next - 1);

		if (c->trace.events[i].kind == IMS_EV_READ)
			g_array_append_val(words, w);
	}
	g_array_append_vals(words, c->ref_words->data, c->ref_words->len);
	return words;
}

/* How many words of structures lead to the one at @end; each once, though it is noted by whatever was made of it. */
static guint depth_of(const struct chk_word *words, guint end)
{
	guint depth = 0;

	for (guint i = 0; i < end; i++) {
		guint k = 0;

		while (k < i && (words[k].kind || words[k].pa != words[i].pa))
			k++;
		depth += !words[i].kind && k == i;
	}
	return depth;
}

/*
 * Does what was read in its place say the same: another root's may, and then there is nothing
 * wrong in the structure. Its place is as far down the way as its own is; elsewhere the same value,
 * as that of an absent one, means something else. Returns how many of the words that were read it
 * takes to say so, 0: no.
 */
static guint same_read(const struct chk_record *r, const GArray *words)
{
	const struct chk_word *own = (const struct chk_word *)(const void *)r->words->data;
	const struct chk_word *read = (const struct chk_word *)(const void *)words->data;
	guint from = own_words(r), count = r->words->len - from, depth = depth_of(own, from);

	for (guint i = 0; i + count <= words->len; i++) {
		guint same = 0;

		if (read[i].kind || depth_of(read, i) != depth)
			continue;
		while (same < count && !read[i + same].kind &&
		       read[i + same].value == own[from + same].value)
			same++;
		return same == count ? i + count : 0;
	}
	return 0;
}

/*
 * Another root leads to another structure that says the same. What is cached is what a look-up would
 * read now (semantics.md 2.3: of another version that grants the same nothing is told), and it
 * stands on the words of that from here on: what is done to those under the root that was left
 * makes it no worse.
 */
static void stand_on(struct chk *c, struct chk_record *r, const GArray *words, guint count)
{
	g_array_set_size(r->words, 0);
	g_array_append_vals(r->words, words->data, count);
	for (guint i = 0; i < count; i++)
		chk_track(c, r, g_array_index(words, struct chk_word, i).pa);
	r->rebased = true;
}

/* What leads to a structure leads there as it is now: what is made of it later is made of that. */
static void rebase_way(struct chk *c, struct chk_record *r)
{
	struct ims_mem mem = ims_world_mem(c->image, 0);

	for (guint i = own_words(r); i-- > 0;) {
		struct chk_word *w = &g_array_index(r->words, struct chk_word, i);

		w->value = ims_mem_word(&mem, w->pa);
		w->read = c->next - 1;
	}
}

/*
 * A structure has other words too: of what led to it. What of these changed does not count,
 * if whoever it was made for is led to it still. Registers lead elsewhere as well.
 */
static void judge_config(struct chk *c, struct chk_record *r, bool *outdated, uint32_t *by,
			 bool *ret_asked)
{
	bool read = true, moved = *outdated || r->moved;
	g_autoptr(GArray) words = NULL;
	guint same;

	r->foreign = false;
	if (!r->words->len || (!moved && !r->borrowed) || !own_words_stand(c, r))
		return;
	if (leads_to_word(c, r, g_array_index(r->words, struct chk_word, r->words->len - 1).pa,
			  &read)) {
		*outdated = false;
		if (moved)
			rebase_way(c, r);
		return;
	}
	words = read_last(c);
	same = same_read(r, words);
	if (moved && same) {
		*outdated = false;
		stand_on(c, r, words, same);
		return;
	}
	/* A unit that translates nothing asks for nothing. */
	*ret_asked = read;
	*outdated = moved && read;
	/* By way of what was cached for another root, which the tables of its own do not lead to. */
	r->foreign = !moved && read && !same;
	*by = *by ? *by : r->moved;
}

/* What has come of a translation whose words have changed, first by @*by, or that may be another root's. */
static bool judge_translation(struct chk *c, struct chk_record *r, bool way, uint32_t *by,
			      bool *ret_asked)
{
	bool astray, ignored;
	uint32_t tables;

	/* Was it what stands in the tables, under a root that the change of another structure left. */
	words_changed(c, r, false, &tables, &ignored);
	r->stand = led_to(c, r, ret_asked);
	astray = r->stand != CHK_STANDS;
	if (astray && *by && tables && from_same_table(c, r))
		*by = tables;
	/* All it was made of is as it was: registers say that it is read in another way. */
	if (astray && !*by && !way && !r->borrowed)
		*by = r->moved;
	r->kept = astray && !*by && way;
	/* Nothing it is made of has changed, and yet the tables say otherwise: they are another root's. */
	r->foreign = astray && !*by && !way;
	return astray && *by;
}

/*
 * A step of stage 2 under which a leaf is clean again, where hardware makes clean leaves writable: it
 * grants no more than they do. That a write through it leaves no mark is found when there is one.
 */
static bool only_cleaned(const struct chk *c, const struct chk_record *r)
{
	const struct ims_format *f = c->s.model->s2;
	struct ims_mem mem = ims_world_mem(c->image, 0);
	const struct ims_req req = chk_request_of(c, r);
	struct ims_hw look = c->look[r->unit];
	struct ims_path path;

	if (!f || !f->clean_bit || !c->s.model->walk_mid ||
	    c->s.model->caches[r->cache].stage != 2 || !chk_is_step(c, r))
		return false;
	for (guint i = 0; i < r->words->len; i++) {
		const struct chk_word *w = &g_array_index(r->words, struct chk_word, i);
		uint64_t now = ims_mem_word(&mem, w->pa);

		if (counts(c, r, w) && !word_grants(c, w, now) &&
		    !(w->kind >> 8 == 2 && now & f->clean_bit &&
		      word_grants(c, w, now | f->write_bit)))
			return false;
	}
	return !c->s.model->path(&look, &req, &path) && path.s2_marks;
}

void chk_judge(struct chk *c, struct chk_record *r)
{
	bool way, asked = true, changed;
	uint32_t by;

	r->dirty = false;
	changed = chk_changed(c, r, &by, &way) && !only_cleaned(c, r);
	r->stand = changed ? CHK_CHANGED : CHK_STANDS;
	r->kept = false;
	if (chk_is_translation(c, r) && (changed || r->borrowed || r->moved || r->adrift || way))
		changed = judge_translation(c, r, way, &by, &asked);
	if (c->s.model->caches[r->cache].where == IMS_WHERE_CONFIG)
		judge_config(c, r, &changed, &by, &asked);
	if (changed && r->stand == CHK_STANDS)
		r->stand = CHK_CHANGED;
	r->changed_by = changed ? by : 0;
	r->asked = asked;
	/* Of what nobody is led to it is not known. */
	if (!changed && asked)
		r->sound = c->next - 1;
	if (changed && !r->outdated)
		g_ptr_array_add(c->outdated, r);
	r->outdated = changed;
}

enum chk_stand chk_by_log(const struct chk *c, const struct chk_record *r)
{
	if (chk_is_translation(c, r) && !(r->facts.perm & (IMS_R | IMS_W)))
		return CHK_UNJUDGED;
	if (r->kept)
		return CHK_KEPT;
	if (r->foreign)
		return CHK_OTHERS;
	if (r->outdated)
		return (enum chk_stand)r->stand;
	return r->asked ? CHK_STANDS : CHK_UNASKED;
}

void chk_judge_dirty(struct chk *c)
{
	guint kept = 0;

	for (guint i = 0; i < c->dirty->len; i++) {
		struct chk_record *r = g_ptr_array_index(c->dirty, i);

		if (r->live && r->dirty) {
			chk_judge(c, r);
			/* What is a part of translations takes a copy of the world: at the end alone. */
			if (chk_is_translation(c, r))
				chk_confirm(c, r, NULL, NULL);
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
