/* SPDX-License-Identifier: MIT */
/* Which command should have matched and why it did not; whose fault that is. */
#include <string.h>

#include "sim/check/parts.h"
#include "sim/core/bits.h"

#define HEX "0x%" G_GINT64_MODIFIER "x"

char *chk_command_text(const struct ims_model *m, const uint64_t *words)
{
	g_autoptr(GString) s = NULL;
	const struct ims_cmd_row *row;
	struct ims_cmd cmd;

	if (ims_cmd_decode(m, NULL, words, &cmd))
		return g_strdup_printf("illegal command " HEX " " HEX, words[0], words[1]);
	row = &m->rows[cmd.row];
	s = g_string_new(row->title);
	for (unsigned i = 0; i < row->fields_count; i++) {
		const struct ims_cmd_field *f = &row->fields[i];
		uint64_t value = ims_field_get(words, IMS_FIELD(f->at.hi, f->at.lo));

		if (f->unsaid)
			continue;
		if (f->arg == IMS_ARG_ADDR)
			g_string_append_printf(s, " " HEX ".." HEX, cmd.first, cmd.last);
		else if (f->arg == IMS_ARG_WAIT_ADDR)
			g_string_append_printf(s, " %s=" HEX, f->name, value << f->shift);
		else if (f->arg == IMS_ARG_SRC)
			g_string_append_printf(s, " %s=%02x:%02x.%x", f->name, (unsigned)value >> 8,
					       (unsigned)value >> 3 & 31, (unsigned)value & 7);
		else if (f->arg != IMS_ARG_NONE || value)
			g_string_append_printf(s, " %s=%" G_GUINT64_FORMAT, f->name, value);
	}
	return g_string_free(g_steal_pointer(&s), FALSE);
}

/* ---- the first field that does not fit ---- */

static char *ctx_text(uint32_t ctx)
{
	return ctx == IMS_CTX_NONE ? g_strdup("none") : g_strdup_printf("%u", ctx);
}

static char *src_text(uint32_t src)
{
	return g_strdup_printf("%02x:%02x.%x", src >> 8, src >> 3 & 31, src & 7);
}

static char *range_text(uint64_t first, uint64_t last)
{
	return g_strdup_printf(HEX ".." HEX, first, last);
}

/* One match row against one entry. */
static enum chk_field row_miss(const struct chk *c, const struct chk_target *t,
			       const struct ims_sel *sel, uint32_t when, char **ret_want,
			       char **ret_got, bool *ret_mid)
{
	const struct ims_entry *e = &t->facts;
	uint64_t first, last;

	*ret_mid = sel->range == IMS_RANGE_MID;
	if (!ims_how_hits(sel->how_dom, sel->dom, e->dom, sel->dom_mask, IMS_NONE)) {
		*ret_want = g_strdup_printf("%u", e->dom);
		*ret_got = g_strdup_printf("%u", sel->dom);
		return CHK_FIELD_DOM;
	}
	if (!ims_how_hits(sel->how_ctx, sel->ctx, t->filed_ctx, sel->ctx_mask, IMS_CTX_NONE)) {
		*ret_want = ctx_text(t->filed_ctx);
		*ret_got = sel->how_ctx == IMS_PRESENT ?
				   g_strdup("any PASID") :
				   ctx_text(sel->how_ctx == IMS_ABSENT ? IMS_CTX_NONE : sel->ctx);
		return CHK_FIELD_CTX;
	}
	if (!ims_how_hits(sel->how_src, sel->src, e->src, sel->src_mask, IMS_NONE)) {
		*ret_want = src_text(e->src);
		*ret_got = src_text(sel->src);
		return CHK_FIELD_SRC;
	}
	if (!(sel->classes & 1u << e->cls)) {
		*ret_want = g_strdup(c->s.model->classes[e->cls]);
		*ret_got = g_strdup("another class");
		return CHK_FIELD_CLASS;
	}
	if (!ims_sel_range_hits(sel, e)) {
		ims_sel_extent(sel, e, &first, &last);
		*ret_want = *ret_mid && e->mid_lg2 >= 64 ? g_strdup("what came through nothing") :
							   range_text(first, last);
		*ret_got = range_text(sel->first, sel->last);
		return ims_overlap(sel->first, sel->last, first, last) && !*ret_mid ?
			       CHK_FIELD_LEVEL :
			       CHK_FIELD_RANGE;
	}
	if (when && e->born >= when) {
		*ret_want = g_strdup_printf("after event %u", e->born);
		*ret_got = g_strdup_printf("event %u", when);
		return CHK_FIELD_TIME;
	}
	if (when && t->fill > when) {
		*ret_want = g_strdup_printf("after the fill at event %u", t->fill);
		*ret_got = g_strdup_printf("event %u", when);
		return CHK_FIELD_ORDER;
	}
	return CHK_FIELD_NONE;
}

static char *caches_reached(const struct chk *c, const struct ims_cmd_row *row)
{
	GString *s = g_string_new(NULL);

	for (unsigned i = 0; i < IMS_MATCHES && row->match[i].source; i++) {
		const char *name = c->s.model->caches[row->match[i].cache].name;

		if (!strstr(s->str, name))
			g_string_append_printf(s, "%s%s", s->len ? ", " : "", name);
	}
	return g_string_free(s->len ? s : g_string_append(s, "nothing"), FALSE);
}

bool chk_decode(const struct chk *c, uint32_t unit, const uint64_t *words, struct ims_cmd *ret_cmd)
{
	const struct ims_state *s = &c->s.world->units[unit].state;

	return !ims_cmd_decode(c->s.model, s, words, ret_cmd) ||
	       !ims_cmd_decode(c->s.model, NULL, words, ret_cmd);
}

enum chk_field chk_first_miss(const struct chk *c, const struct chk_target *t,
			      const uint64_t *words, uint32_t when, char **ret_want, char **ret_got,
			      bool *ret_mid)
{
	const struct ims_cmd_row *row;
	enum chk_field best = CHK_FIELD_LEVEL;
	struct ims_cmd cmd;
	bool leaf_only = false, mid;

	*ret_mid = false;
	*ret_want = g_strdup(c->s.model->caches[t->cache].name);
	*ret_got = NULL;
	if (!chk_decode(c, t->unit, words, &cmd)) {
		*ret_got = g_strdup("an illegal command");
		return CHK_FIELD_LEVEL;
	}
	row = &c->s.model->rows[cmd.row];
	for (const struct ims_match *m = row->match; m < row->match + IMS_MATCHES && m->source;
	     m++) {
		char *want = NULL, *got = NULL;
		enum chk_field field;
		struct ims_sel sel;

		if (m->cache != t->cache)
			continue;
		if (!ims_match_resolve(row, m, &cmd, &sel)) {
			leaf_only = true;
			continue;
		}
		field = row_miss(c, t, &sel, when, &want, &got, &mid);
		if (field < best || (best == CHK_FIELD_LEVEL && *ret_got)) {
			g_free(want);
			g_free(got);
			continue;
		}
		best = field;
		*ret_mid = mid;
		g_free(*ret_want);
		g_free(*ret_got);
		*ret_want = want;
		*ret_got = got;
	}
	if (best == CHK_FIELD_LEVEL && !*ret_got)
		*ret_got = leaf_only ? g_strdup("leaf entries only") : caches_reached(c, row);
	return best;
}

/* ---- near misses ---- */

static struct chk_target target_of(const struct chk_record *r)
{
	struct chk_target t = { .unit = r->unit,
				.cache = r->cache,
				.filed_ctx = r->filed_ctx,
				.fill = r->fill,
				.facts = r->facts };

	t.facts.born = r->read;
	return t;
}

static const char *discarded_by(const struct chk *c, uint32_t queued)
{
	gpointer who = g_hash_table_lookup(c->discards, GUINT_TO_POINTER(queued));

	return who ? chk_actor_name((uint8_t)(GPOINTER_TO_UINT(who) - 1)) : NULL;
}

static bool is_wait(const struct chk *c, const uint64_t *words)
{
	struct ims_cmd cmd;

	return !ims_cmd_decode(c->s.model, NULL, words, &cmd) &&
	       c->s.model->rows[cmd.row].kind == IMS_CMD_WAIT;
}

/* Commands between the change and now: the guest's (unit of its VM) or the physical ones. */
static void collect(struct chk *c, GPtrArray *misses, const struct chk_target *t, uint32_t unit,
		    enum ims_event_kind kind, uint32_t from)
{
	for (uint32_t n = from; n < c->next; n++) {
		const struct ims_event *e = chk_event(c, n);
		struct chk_near_miss *m;
		struct ims_cmd cmd;

		/* What has been waited for, or refused, is none that is still to come. */
		for (guint i = 0; i < misses->len; i++) {
			m = g_ptr_array_index(misses, i);
			/* By whatever unit consumed it: a guest's own queue is one of the hardware's. */
			m->refused |= e->kind == IMS_EV_QERROR && e->parent == m->event;
			m->done |= e->kind == IMS_EV_DONE && e->unit == unit && e->a[0] == m->ring;
			if (e->kind == IMS_EV_LOST && e->a[0] == m->event)
				*(e->a[2] ? &m->refused : &m->lost) = true;
		}
		if (e->kind != kind || e->unit != unit || is_wait(c, e->a))
			continue;
		m = g_new0(struct chk_near_miss, 1);
		m->line = e->line;
		m->event = n;
		m->ring = (uint32_t)e->a[4];
		m->command = chk_command_text(c->s.model, e->a);
		if (!ims_cmd_decode(c->s.model, NULL, e->a, &cmd)) {
			m->first = cmd.first;
			m->last = cmd.last;
		}
		m->field = chk_first_miss(c, t, e->a, n, &m->want, &m->got, &m->between);
		m->discarded = kind == IMS_EV_QUEUED ? g_strdup(discarded_by(c, n)) : NULL;
		g_ptr_array_add(misses, m);
	}
}

/* The command that came nearest. */
static const struct chk_near_miss *nearest(const GPtrArray *misses)
{
	const struct chk_near_miss *best = NULL;

	for (guint i = 0; i < misses->len; i++) {
		const struct chk_near_miss *m = g_ptr_array_index(misses, i);

		if (!best || m->field > best->field)
			best = m;
	}
	return best;
}

static void misses_clear(GPtrArray *misses)
{
	for (guint i = 0; i < misses->len; i++)
		chk_near_miss_free(g_ptr_array_index(misses, i));
	g_ptr_array_set_size(misses, 0);
}

static enum chk_cause cause_of(const struct chk_near_miss *m)
{
	if (m->refused)
		return CHK_CAUSE_DROPPED_BY_ERROR;
	switch (m->field) {
	case CHK_FIELD_DOM:
	case CHK_FIELD_CTX:
		return CHK_CAUSE_WRONG_TAG;
	case CHK_FIELD_SRC:
		return CHK_CAUSE_WRONG_DEVICE;
	case CHK_FIELD_RANGE:
		return CHK_CAUSE_WRONG_RANGE;
	case CHK_FIELD_TIME:
		return CHK_CAUSE_BEFORE_STORE;
	case CHK_FIELD_ORDER:
		return CHK_CAUSE_WRONG_ORDER;
	case CHK_FIELD_NONE:
		if (m->lost)
			return CHK_CAUSE_TIMEOUT_ASSUMED_DONE;
		return m->done ? CHK_CAUSE_NO_EFFECT : CHK_CAUSE_NOT_WAITED;
	default:
		return CHK_CAUSE_WRONG_LEVEL;
	}
}

/* The stage-1 leaf that the entry is a piece of, and what the step named of which it was a part. */
static void changed_span(const struct chk *c, const struct chk_record *r,
			 const struct chk_target *t, uint64_t *ret_first, uint64_t *ret_last)
{
	unsigned lg2 = t->facts.size_lg2, leaf = t->facts.s1_lg2;
	const struct ims_event *e = chk_event(c, chk_step_of(c, r->changed_by));
	const struct scn_step *s = c->s.scn && e ? g_ptr_array_index(c->s.scn->steps, e->n) : NULL;

	if (leaf < 64 && leaf > lg2)
		lg2 = leaf;
	*ret_first = ims_block_first(t->facts.in, lg2);
	*ret_last = ims_block_last(*ret_first, lg2);
	if (!s || !(s->op == SCN_OP_UNMAP || s->op == SCN_OP_PROTECT || s->op == SCN_OP_REMAP) ||
	    s->iova > *ret_first || s->iova + s->size - 1 < *ret_last)
		return;
	*ret_first = s->iova;
	*ret_last = s->iova + s->size - 1;
}

#define GAPS_TOLD 4

/* What of it no command covered that was right in everything else. */
static char *gap_text(const struct chk_finding *f, uint64_t first, uint64_t last)
{
	GString *s = g_string_new(NULL);
	uint64_t at = first, end;

	for (unsigned told = 0;; at = end + 1) {
		bool covered = false;

		end = last;
		for (guint i = 0; i < f->misses->len; i++) {
			const struct chk_near_miss *m = g_ptr_array_index(f->misses, i);

			if (m->field != CHK_FIELD_RANGE || m->between || m->last < at ||
			    m->first > end)
				continue;
			end = m->first > at ? m->first - 1 : MIN(last, m->last);
			covered = m->first <= at;
			if (covered)
				break;
		}
		if (!covered && told++ < GAPS_TOLD)
			g_string_append_printf(s, "%s" HEX ".." HEX, s->len ? ", " : "", at, end);
		else if (!covered && told == GAPS_TOLD + 1)
			g_string_append(s, ", ...");
		if (end == last)
			return g_string_free(s, FALSE);
	}
}

/* The command that came nearest says why. */
static void set_cause(const struct chk *c, struct chk_finding *f, const struct chk_record *r,
		      const struct chk_target *t)
{
	uint64_t first, last;
	const struct chk_near_miss *best = nearest(f->misses);

	f->cause = chk_cause_name(best ? cause_of(best) : CHK_CAUSE_NONE_ISSUED);
	if (!best || best->field != CHK_FIELD_RANGE || best->between)
		return;
	changed_span(c, r, t, &first, &last);
	f->gap = gap_text(f, first, last);
}

uint32_t chk_ctx_of(const struct chk *c, const struct chk_record *r)
{
	const struct ims_cache_def *cache = &c->s.model->caches[r->cache];
	/* What is looked up by domain is looked up as it is filed. */
	bool as_filed = cache->where == IMS_WHERE_CONFIG || cache->where == IMS_WHERE_WALK ||
			(cache->lookup & IMS_KEY_DOM);

	return as_filed ? r->asked_ctx : r->facts.ctx;
}

static struct chk_record *bare_in(const struct chk *c, const struct chk_record *r, uint32_t dev,
				  uint32_t cache)
{
	const struct hyp_device *d = &c->s.h->devices[dev];
	const GPtrArray *list = c->now[d->vm + 1][cache];
	bool translations = cache == c->s.model->atc || cache == c->s.model->iotlb;

	for (guint i = 0; i < list->len; i++) {
		struct chk_record *b = g_ptr_array_index(list, i);

		/* Translations are not always of one size: the host's leaves may be smaller than the guest's. */
		if (b && b->outdated && b->facts.src == d->vrid &&
		    chk_ctx_of(c, b) == chk_ctx_of(c, r) &&
		    (b->facts.size_lg2 == r->facts.size_lg2 || translations) &&
		    ims_overlap(b->facts.in, ims_block_last(b->facts.in, b->facts.size_lg2),
				r->facts.in, ims_block_last(r->facts.in, r->facts.size_lg2)))
			return b;
	}
	return NULL;
}

struct chk_record *chk_bare_of(const struct chk *c, const struct chk_record *r)
{
	uint32_t dev = hyp_device_by_rid(c->s.h, r->unit, r->facts.src);
	struct chk_record *b;

	if (dev == IMS_NONE)
		return NULL;
	b = bare_in(c, r, dev, r->cache);
	/* A device fills its own cache from the IOTLB: outdated in one is outdated in both. */
	if (!b && (r->cache == c->s.model->atc || r->cache == c->s.model->iotlb))
		b = bare_in(c, r, dev,
			    r->cache == c->s.model->atc ? c->s.model->iotlb : c->s.model->atc);
	return b;
}

/* What would have done is among what the hardware read in the guest's queue, and made nothing of. */
static void set_dropped(struct chk_finding *f)
{
	for (guint i = 0; i < f->misses->len; i++) {
		const struct chk_near_miss *m = g_ptr_array_index(f->misses, i);

		if (m->field != CHK_FIELD_NONE)
			continue;
		if (m->refused)
			f->cause = chk_cause_name(CHK_CAUSE_DROPPED_BY_ERROR);
		else if (m->discarded && !strcmp(m->discarded, chk_actor_name(IMS_ACTOR_HARDWARE)))
			f->cause = chk_cause_name(CHK_CAUSE_DROPPED_BY_QUEUE);
	}
}

/*
 * The guest's commands against the entry of its bare unit. A device's own cache
 * is only as good as the IOTLB it asks: if that is outdated too, the command that
 * came nearer to either of the two tells more.
 */
static void explain_guest(struct chk *c, struct chk_finding *f, const struct chk_record *r,
			  const struct chk_record *bare, uint32_t from)
{
	struct chk_target t = target_of(bare), parent;
	const struct chk_record *iotlb = NULL;
	g_autoptr(GPtrArray) other = g_ptr_array_new();

	collect(c, f->misses, &t, f->vm + 1, IMS_EV_QUEUED, from);
	if (bare->cache == c->s.model->atc)
		iotlb = bare_in(c, r, f->dev, c->s.model->iotlb);
	if (iotlb && f->misses->len) {
		parent = target_of(iotlb);
		collect(c, other, &parent, f->vm + 1, IMS_EV_QUEUED, from);
		if (nearest(other)->field > nearest(f->misses)->field) {
			GPtrArray *swap = f->misses;

			f->misses = other;
			other = swap;
			t = parent;
		}
	}
	misses_clear(other);
	set_cause(c, f, r, &t);
	set_dropped(f);
}

void chk_explain(struct chk *c, struct chk_finding *f, const struct chk_record *r,
		 const struct chk_record *bare)
{
	uint32_t from = r->changed_by ? r->changed_by : r->fill, vm;
	struct chk_target t;

	if (bare) {
		explain_guest(c, f, r, bare, from);
		return;
	}
	/* The guest did what it owed, or owed nothing: what reached the hardware tells why. */
	t = target_of(r);
	collect(c, f->misses, &t, r->unit, IMS_EV_CMD, from);
	set_cause(c, f, r, &t);
	t.facts.born = 0;
	t.fill = 0;
	if (chk_guest_view(c, r, &vm, &t.facts)) {
		t.facts.cls = (uint8_t)__builtin_ctz(c->s.model->s1_class);
		t.unit = f->vm + 1;
		collect(c, f->misses, &t, f->vm + 1, IMS_EV_QUEUED, from);
		set_dropped(f);
	}
}

void chk_near_miss_free(struct chk_near_miss *m)
{
	g_free(m->command);
	g_free(m->want);
	g_free(m->got);
	g_free(m->discarded);
	g_free(m);
}
