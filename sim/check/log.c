/* SPDX-License-Identifier: MIT */
/* Reading the log: the image of memory, and what every entry was made of. */
#include <string.h>

#include "sim/check/parts.h"
#include "sim/core/assert.h"

const struct ims_event *chk_event(const struct chk *c, uint32_t number)
{
	return number ? ims_log_at(c->s.log, number) : NULL;
}

struct chk_record *chk_record_at(const struct chk *c, uint32_t unit, uint32_t cache, uint32_t entry)
{
	const GPtrArray *list = c->now[unit][cache];

	return entry < list->len ? g_ptr_array_index(list, entry) : NULL;
}

static uint32_t number_of(const struct chk *c, const struct ims_event *e)
{
	return c->s.log->first + (uint32_t)(e - c->s.log->events);
}

/* ---- entries ---- */

static void set_record(struct chk *c, uint32_t unit, uint32_t cache, uint32_t entry,
		       struct chk_record *r)
{
	GPtrArray *list = c->now[unit][cache];

	if (entry >= list->len)
		g_ptr_array_set_size(list, (gint)entry + 1);
	list->pdata[entry] = r;
}

/* Unless it was the last to be tracked there, which in a new record is the only way to come twice. */
static void track(struct chk *c, struct chk_record *r, uint64_t pa)
{
	GPtrArray *users = g_hash_table_lookup(c->users, &pa);

	if (!users) {
		users = g_ptr_array_new();
		g_hash_table_insert(c->users, g_memdup2(&pa, sizeof(pa)), users);
	}
	if (users->len && g_ptr_array_index(users, users->len - 1) == r)
		return;
	g_array_append_val(r->tracked, pa);
	g_ptr_array_add(users, r);
}

void chk_track(struct chk *c, struct chk_record *r, uint64_t pa)
{
	for (guint i = 0; i < r->tracked->len; i++)
		if (g_array_index(r->tracked, uint64_t, i) == pa)
			return;
	track(c, r, pa);
}

static void use_words(struct chk *c, struct chk_record *r)
{
	r->read = r->fill;
	for (guint i = 0; i < r->words->len; i++) {
		const struct chk_word *w = &g_array_index(r->words, struct chk_word, i);

		if (w->read < r->read)
			r->read = w->read;
		track(c, r, w->pa);
	}
}

static void mark_dirty(struct chk *c, struct chk_record *r)
{
	if (!r->live || r->dirty)
		return;
	r->dirty = true;
	g_ptr_array_add(c->dirty, r);
}

static void mark_users_dirty(struct chk *c, uint64_t pa)
{
	const GPtrArray *users = g_hash_table_lookup(c->users, &pa);

	for (guint i = 0; users && i < users->len; i++)
		mark_dirty(c, g_ptr_array_index(users, i));
}

/* What the tables say of these may depend on any configuration structure. */
static void mark_adrift_dirty(struct chk *c)
{
	guint kept = 0;

	for (guint i = 0; i < c->adrift->len; i++) {
		struct chk_record *r = g_ptr_array_index(c->adrift, i);

		if (!r->live)
			continue;
		mark_dirty(c, r);
		c->adrift->pdata[kept++] = r;
	}
	g_ptr_array_set_size(c->adrift, (gint)kept);
}

/* Down a walk the levels fall: where they do not, going back from @end, another one began before. */
static guint walk_from(const struct chk *c, unsigned stage, guint end)
{
	unsigned level = 0;

	while (end) {
		const struct chk_word *w = &g_array_index(c->words, struct chk_word, end - 1);

		if (w->kind >> 8 != stage || (w->kind & 0xff) <= level)
			break;
		level = w->kind & 0xff;
		end--;
	}
	return end;
}

/*
 * What was read for other pages before, in the same tables: from the first entry of stage 1 of
 * the look-up to where the walk that is going on began. Nothing, if it is the first.
 */
static void others_walked(const struct chk *c, guint *ret_first, guint *ret_end)
{
	guint first = c->words->len, top = first;
	unsigned level = 0;
	bool former = false;

	for (guint i = c->words->len; i-- > 0;) {
		const struct chk_word *w = &g_array_index(c->words, struct chk_word, i);

		if (w->kind >> 8 != 1 || w->outcome)
			continue;
		former |= (w->kind & 0xff) <= level;
		level = w->kind & 0xff;
		first = i;
		if (!former)
			top = i;
	}
	*ret_first = first;
	*ret_end = former ? walk_from(c, 2, top) : first;
}

/*
 * Which words of the look-up an entry is made of: all those read before it. A walk
 * step is judged by its table entries alone, since others of its tag share it; the
 * configuration stays with it for what is made of it: it says under which root.
 */
static GArray *words_for(const struct chk *c, const struct ims_cache_def *def)
{
	guint from = def->stage == 2 ? walk_from(c, 2, c->words->len) : 0, first, end;
	GArray *words =
		g_array_sized_new(FALSE, FALSE, sizeof(struct chk_word), c->words->len - from);

	others_walked(c, &first, &end);
	for (guint i = 0; i < c->words->len; i++) {
		const struct chk_word *w = &g_array_index(c->words, struct chk_word, i);
		bool other = w->kind && i >= first && i < end && def->where == IMS_WHERE_WALK;

		if (other || (w->outcome &&
			      (def->where == IMS_WHERE_CONFIG || def->where == IMS_WHERE_WALK)))
			continue;
		/* Of the configuration that a step was made under a structure is not made. */
		if ((i >= from || !w->kind) &&
		    !(w->lent && !w->kind && def->where == IMS_WHERE_CONFIG))
			g_array_append_val(words, *w);
	}
	return words;
}

static void on_fill(struct chk *c, const struct ims_event *e)
{
	struct chk_record *r = g_new0(struct chk_record, 1);

	r->unit = e->unit;
	r->cache = (uint8_t)e->a[0];
	r->entry = e->n;
	r->fill = number_of(c, e);
	r->live = true;
	r->asked = true;
	r->filed_ctx = (uint32_t)e->a[5];
	r->asked_ctx = c->asked_ctx[e->unit];
	r->facts = (struct ims_entry){ .mid = e->a[0] & ~UINT64_C(0xfff),
				       .mid_lg2 = (uint8_t)(e->a[5] >> 32),
				       .s1_level = e->a[5] >> 40 & 0xf,
				       .s2_level = e->a[5] >> 44 & 0xf,
				       .s1_grain_lg2 = (e->a[5] >> 48 & 0xf) * 2,
				       .s2_grain_lg2 = (e->a[5] >> 52 & 0xf) * 2,
				       .in = e->a[1],
				       .out = e->a[2],
				       .src = (uint32_t)e->a[4],
				       .ctx = (uint32_t)(e->a[4] >> 32),
				       .dom = (uint16_t)e->a[3],
				       .cls = (uint8_t)(e->a[3] >> 16),
				       .size_lg2 = (uint8_t)(e->a[3] >> 24),
				       .s1_lg2 = (uint8_t)(e->a[3] >> 32),
				       .s2_lg2 = (uint8_t)(e->a[3] >> 40),
				       .perm = (uint16_t)((e->a[3] >> 48 & 0xff) | (e->a[5] >> 56)
											   << 8),
				       .level = (uint8_t)(e->a[3] >> 56) };
	r->words = words_for(c, &c->s.model->caches[r->cache]);
	r->tracked = g_array_sized_new(FALSE, FALSE, sizeof(uint64_t), r->words->len);
	g_ptr_array_add(c->records, r);
	set_record(c, r->unit, r->cache, r->entry, r);
	use_words(c, r);
	if ((r->facts.perm & IMS_NEGATIVE) && chk_physical(c, r->unit))
		g_ptr_array_add(c->negatives, r);
	r->borrowed = c->borrowed;
	r->lent = c->lent;
	if (c->torn || c->borrowed)
		mark_dirty(c, r);
	/* Made of something outdated, or under another root, it is so from the start. */
	for (guint i = 0; i < c->hits->len; i++) {
		const struct chk_record *from = g_ptr_array_index(c->hits, i);

		if (chk_is_translation(c, from) && !chk_is_translation(c, r))
			continue;
		if (from->read < r->read)
			r->read = from->read;
		if (from->moved > r->moved)
			r->moved = from->moved;
		if (from->dirty || from->outdated || from->borrowed || chk_is_step(c, from))
			mark_dirty(c, r);
		if (from->borrowed && !r->borrowed)
			r->lent = from->lent;
		r->borrowed |= from->borrowed;
	}
}

static void on_gone(struct chk *c, const struct ims_event *e, bool dropped)
{
	struct chk_record *r = chk_record_at(c, e->unit, (uint32_t)e->a[0], e->n);

	IMS_ASSERT(r && r->live);
	if (r->dirty)
		chk_judge(c, r);
	if (dropped && chk_physical(c, e->unit))
		chk_dropped(c, r, e);
	r->live = false;
	set_record(c, r->unit, r->cache, r->entry, NULL);
}

/* ---- look-ups ---- */

/* Hardware reads on behind a page: what it reads for others is not read for the one asked for. */
static void within(struct chk *c, uint32_t outer)
{
	GArray *words = c->outer_words;

	if (c->outer == outer)
		return;
	c->outer = outer;
	c->outer_words = c->words;
	c->words = words;
	c->outer_torn = c->torn;
	c->outer_borrowed = c->borrowed;
	c->outer_lent = c->lent;
	c->outer_hits = c->hits;
}

static void on_answer(struct chk *c, const struct ims_event *e)
{
	GArray *words = c->outer_words;

	if (!c->outer || e->parent != c->outer)
		return;
	c->lookup = c->outer;
	c->outer = 0;
	c->outer_words = c->words;
	c->words = words;
	c->torn = c->outer_torn;
	c->borrowed = c->outer_borrowed;
	c->lent = c->outer_lent;
	c->hits = c->outer_hits;
}

static void on_lookup(struct chk *c, const struct ims_event *e)
{
	if (e->parent && (e->parent == c->lookup || e->parent == c->outer))
		within(c, e->parent);
	else
		c->outer = 0;
	/* The ATS request before a translated one is what counts. */
	c->hits = e->a[3] == IMS_REQ_TRANSLATED || c->outer ? c->hits_scratch : c->hits_of[e->unit];
	g_array_set_size(c->words, 0);
	g_ptr_array_set_size(c->hits, 0);
	c->lookup = number_of(c, e);
	c->asked_ctx[e->unit] = (uint32_t)e->a[1];
	c->borrowed = false;
	c->lent = NULL;
	c->torn = false;
	c->asker = e->n;
}

/*
 * Does a walk step stand under configuration structures that this look-up did not come
 * by; of other entries it is enough that another requester, or another PASID of this one,
 * shares the tag.
 */
static bool is_borrowed(const struct chk *c, const struct chk_record *step)
{
	guint next = 0;

	if (c->s.model->caches[step->cache].where != IMS_WHERE_WALK)
		return step->facts.src != c->asker || step->asked_ctx != c->asked_ctx[step->unit];
	for (guint i = 0; i < step->words->len; i++) {
		const struct chk_word *w = &g_array_index(step->words, struct chk_word, i);
		guint k = next;

		if (w->kind)
			continue;
		/* They come in the same order, as a rule. */
		if (k >= c->words->len || g_array_index(c->words, struct chk_word, k).pa != w->pa)
			k = 0;
		while (k < c->words->len && g_array_index(c->words, struct chk_word, k).pa != w->pa)
			k++;
		if (k == c->words->len)
			return true;
		next = k + 1;
	}
	return false;
}

static void on_hit(struct chk *c, const struct ims_event *e)
{
	struct chk_record *r = chk_record_at(c, e->unit, (uint32_t)e->a[0], e->n);
	guint from = c->words->len;

	if (e->parent != c->lookup)
		return; /* a device looked into its own cache */
	IMS_ASSERT(r);
	if (!c->borrowed && is_borrowed(c, r)) {
		c->borrowed = true;
		c->lent = r;
	}
	g_array_append_vals(c->words, r->words->data, r->words->len);
	for (guint i = from; i < c->words->len; i++) {
		struct chk_word *w = &g_array_index(c->words, struct chk_word, i);

		w->lent |= chk_is_step(c, r);
		w->outcome |= chk_is_translation(c, r);
	}
	g_ptr_array_add(c->hits, r);
}

struct chk_word chk_word_of(const struct chk *c, const struct ims_event *e, uint32_t read)
{
	struct chk_word w = {
		.pa = e->a[2], .value = e->a[1], .read = read, .kind = (uint16_t)e->n
	};

	/* A guest's page with nothing behind it yet reads as zero, until there is something. */
	if (!w.pa && !chk_physical(c, e->unit)) {
		w.pa = ims_guest_cell(e->unit, e->a[0] & ~UINT64_C(0xfff));
		w.low = e->a[0] & 0xfff;
	}
	return w;
}

static void on_read(struct chk *c, const struct ims_event *e)
{
	struct chk_word w = chk_word_of(c, e, number_of(c, e));

	/* The rest of a fetch that began before: what it has may be outdated already. */
	if (e->a[3])
		w.read = (uint32_t)e->a[3];
	c->torn |= e->a[3] != 0;

	if (chk_physical(c, e->unit) && e->n)
		c->counts.walk_reads++;
	g_array_append_val(c->words, w);
	if (!w.kind) {
		w.pa &= ~UINT64_C(0xfff);
		if (!g_hash_table_contains(c->config_pages, &w.pa))
			g_hash_table_add(c->config_pages, g_memdup2(&w.pa, sizeof(w.pa)));
	}
}

/* ---- memory ---- */

static void on_write(struct chk *c, const struct ims_event *e)
{
	uint64_t pa = e->a[0], page = pa & ~UINT64_C(0xfff);
	GArray *writes = g_hash_table_lookup(c->writes, &pa);
	uint32_t number = number_of(c, e);

	ims_world_store(c->image, pa, e->a[2], number);
	if (!writes) {
		writes = g_array_new(FALSE, FALSE, sizeof(uint32_t));
		g_hash_table_insert(c->writes, g_memdup2(&pa, sizeof(pa)), writes);
	}
	g_array_append_val(writes, number);
	if (!e->a[3])
		chk_rules_written(c, g_hash_table_lookup(c->users, &pa), e, number);
	mark_users_dirty(c, pa);
	if (c->adrift->len && g_hash_table_contains(c->config_pages, &page))
		mark_adrift_dirty(c);
}

/* The guest's word stands elsewhere from now on: those of its bare unit's entries that depend on it. */
static void move_word(struct chk *c, uint32_t unit, uint64_t from, uint64_t to, uint32_t number)
{
	GPtrArray *users = g_hash_table_lookup(c->users, &from);

	for (guint i = 0; users && i < users->len; i++) {
		struct chk_record *r = g_ptr_array_index(users, i);

		if (!r->live || r->unit != unit)
			continue;
		for (guint k = 0; k < r->words->len; k++) {
			struct chk_word *w = &g_array_index(r->words, struct chk_word, k);

			if (w->pa == from)
				w->pa = to;
		}
		r->moved = number;
		chk_track(c, r, to);
		mark_dirty(c, r);
	}
}

/* There is a page behind words that read as zero until now: what stands in it counts. */
static void find_words(struct chk *c, uint32_t unit, uint64_t cell, uint64_t page)
{
	GPtrArray *users = g_hash_table_lookup(c->users, &cell);

	for (guint i = 0; users && i < users->len; i++) {
		struct chk_record *r = g_ptr_array_index(users, i);

		for (guint k = 0; r->live && r->unit == unit && k < r->words->len; k++) {
			struct chk_word *w = &g_array_index(r->words, struct chk_word, k);

			if (w->pa != cell)
				continue;
			w->pa = page + w->low;
			chk_track(c, r, w->pa);
		}
	}
}

static void on_back(struct chk *c, const struct ims_event *e)
{
	uint64_t cell = ims_guest_cell(e->n + 1, e->a[0]);
	uint64_t old = ims_world_store(c->image, cell, e->a[1] | 1, number_of(c, e));

	for (uint32_t u = 1; u < c->s.config->units_count; u++) {
		if (c->s.config->units[u].guest != e->n + 1)
			continue;
		for (uint64_t at = 0; at < 4096 && (old & 1); at += 8)
			move_word(c, u, (old & ~UINT64_C(0xfff)) + at, e->a[1] + at,
				  number_of(c, e));
		if (!(old & 1))
			find_words(c, u, cell, e->a[1]);
	}
	mark_users_dirty(c, cell);
	mark_users_dirty(c, CHK_ANY_PAGE);
	if (old & 1)
		mark_adrift_dirty(c);
}

static void on_given_away(struct chk *c, const struct ims_event *e)
{
	struct chk_span s = { .first = e->a[0], .last = e->a[1], .event = number_of(c, e) };

	g_array_append_val(c->freed, s);
}

static void on_discard(struct chk *c, const struct ims_event *e)
{
	g_hash_table_insert(c->discards, GUINT_TO_POINTER((guint)e->a[0]),
			    GUINT_TO_POINTER(e->n + 1));
}

static void on_return(struct chk *c, const struct ims_event *e)
{
	struct chk_return r = { .step = (uint32_t)e->a[0], .event = number_of(c, e) };

	g_array_append_val(c->returned, r);
}

/* Registers say where the tables are, and how they are read: what was translated may differ. */
static void on_register(struct chk *c, const struct ims_event *e)
{
	struct ims_unit *old = &c->image->units[e->unit], *now = &c->s.world->units[e->unit];
	bool same = old->root == now->root && !memcmp(&old->state, &now->state, sizeof(now->state));

	old->root = now->root;
	old->state = now->state;
	for (guint i = 0; !same && i < c->records->len; i++) {
		struct chk_record *r = g_ptr_array_index(c->records, i);

		if (!r->live || r->unit != e->unit)
			continue;
		r->moved = number_of(c, e);
		mark_dirty(c, r);
	}
}

static void count(struct chk *c, const struct ims_event *e)
{
	bool physical = chk_physical(c, e->unit);

	c->counts.guest_commands += e->kind == IMS_EV_QUEUED;
	c->counts.host_calls += e->kind == IMS_EV_CALL;
	c->counts.hw_commands += e->kind == IMS_EV_CMD && physical;
	c->counts.syncs += e->kind == IMS_EV_DONE && physical;
	c->counts.dropped += e->kind == IMS_EV_DROP && physical;
}

static void on_event(struct chk *c, const struct ims_event *e)
{
	uint32_t number = number_of(c, e);

	count(c, e);
	switch ((enum ims_event_kind)e->kind) {
	case IMS_EV_WRITE:
		on_write(c, e);
		break;
	case IMS_EV_BACK:
		on_back(c, e);
		break;
	case IMS_EV_DMA:
		c->lookup = 0;
		g_ptr_array_set_size(c->hits_of[e->unit], 0);
		break;
	case IMS_EV_LOOKUP:
		on_lookup(c, e);
		break;
	case IMS_EV_ANSWER:
		on_answer(c, e);
		break;
	case IMS_EV_READ:
		on_read(c, e);
		break;
	case IMS_EV_HIT:
		on_hit(c, e);
		break;
	case IMS_EV_FILL:
		on_fill(c, e);
		break;
	case IMS_EV_DROP:
		on_gone(c, e, true);
		break;
	case IMS_EV_EVICT:
		on_gone(c, e, false);
		break;
	case IMS_EV_REG:
		on_register(c, e);
		break;
	case IMS_EV_FREE:
	case IMS_EV_REUSE:
		on_given_away(c, e);
		break;
	case IMS_EV_RETURN:
		on_return(c, e);
		break;
	case IMS_EV_QUEUED:
		g_array_append_val(c->commands, number);
		break;
	case IMS_EV_DISCARD:
		on_discard(c, e);
		break;
	case IMS_EV_WAITED:
		c->waited |= 1u << e->n;
		chk_batch_over(c, e->n);
		break;
	case IMS_EV_CMD:
		chk_order_command(c, e, number);
		break;
	case IMS_EV_DONE:
		chk_order_done(c, e);
		c->host_waited |= chk_physical(c, e->unit);
		break;
	default:
		break;
	}
}

void chk_advance(struct chk *c)
{
	const struct ims_log *log = c->s.log;

	for (; c->next - log->first < log->count; c->next++)
		on_event(c, &log->events[c->next - log->first]);
	c->counts.events = log->count;
}
