/* SPDX-License-Identifier: MIT */
/* The story of a finding: the events that matter, told in order. */
#include <string.h>

#include "sim/check/parts.h"

#define HEX "0x%" G_GINT64_MODIFIER "x"

const char *chk_actor_name(uint8_t actor)
{
	static const char *const names[IMS_ACTOR_MAX] = { "setup", "guest",    "vmm",
							  "host",  "hardware", "device" };

	return names[actor];
}

const char *chk_where_name(uint8_t where)
{
	static const char *const names[IMS_WHERE_MAX] = { "config", "walk-cache", "iotlb", "atc" };

	if (where == CHK_WHERE_QUEUE)
		return "queue";
	return where < IMS_WHERE_MAX ? names[where] : NULL;
}

/* The nearest event of @kind from @event upwards; 0: there is none. */
static uint32_t above(const struct chk *c, uint32_t event, uint8_t kind)
{
	const struct ims_event *e;

	for (; (e = chk_event(c, event)); event = e->parent)
		if (e->kind == kind)
			return event;
	return 0;
}

uint32_t chk_step_of(const struct chk *c, uint32_t event)
{
	return above(c, event, IMS_EV_STEP);
}

uint32_t chk_queued_above(const struct chk *c, uint32_t event)
{
	return above(c, event, IMS_EV_QUEUED);
}

uint32_t chk_claim_of(const struct chk *c, uint32_t step)
{
	for (guint i = c->returned->len; i-- > 0;) {
		const struct chk_return *r = &g_array_index(c->returned, struct chk_return, i);

		if (r->step == step)
			return r->event;
		if (r->event < step)
			break;
	}
	return 0;
}

void chk_step_free(struct chk_step *s)
{
	g_free(s->text);
	g_free(s);
}

static void tell(struct chk *c, struct chk_finding *f, uint32_t event, uint8_t actor, char *text)
{
	const struct ims_event *e = chk_event(c, event);
	struct chk_step *s = g_new0(struct chk_step, 1);

	s->event = event;
	s->line = e ? e->line : 0;
	s->actor = actor;
	s->text = text;
	g_ptr_array_add(f->history, s);
}

void chk_tell_line(struct chk *c, struct chk_finding *f, uint32_t event, uint8_t actor, char *text)
{
	tell(c, f, event, actor, text);
}

static const char *word_name(const struct chk_word *w)
{
	static const char *const names[] = { "configuration structure", "stage-1 entry",
					     "stage-2 entry" };

	return names[w->kind >> 8];
}

/*
 * When hardware read the word for the entry, 0: it never did. Where an entry has come
 * to stand on other words than it was filled from, only the log knows.
 */
static uint32_t read_for(const struct chk *c, const struct chk_record *r, const struct chk_word *w)
{
	if (!r->rebased)
		return w->read;
	for (uint32_t n = r->fill; n-- > 1;) {
		const struct ims_event *e = chk_event(c, n);

		if (e->kind == IMS_EV_READ && e->unit == r->unit && e->n == w->kind &&
		    e->a[2] == w->pa && e->a[1] == w->value)
			return n;
	}
	return 0;
}

/* "unasked, " of what hardware did by itself, and no step asked for. */
static const char *unasked(const struct chk *c, uint32_t event)
{
	return c->s.scn && chk_event(c, event) && !chk_step_of(c, event) ? "unasked, " : "";
}

/* Of whose addresses an entry speaks. */
static const char *space_of(const struct chk *c, const struct chk_record *r)
{
	return chk_physical(c, r->unit) || c->s.h->bare_stage ? "hpa" : "gpa";
}

/* The fill, with the word that was to change and who had written it. */
static void tell_fill(struct chk *c, struct chk_finding *f, const struct chk_record *r)
{
	const struct ims_event *change = chk_event(c, r->changed_by);
	const GArray *words = r->words;
	const struct chk_word *word = NULL;
	uint32_t read;

	for (guint i = 0; change && change->kind != IMS_EV_REG && i < words->len; i++)
		if (g_array_index(words, struct chk_word, i).pa == change->a[0])
			word = &g_array_index(words, struct chk_word, i);
	read = word ? read_for(c, r, word) : 0;
	if (read)
		tell(c, f, read, IMS_ACTOR_HARDWARE,
		     g_strdup_printf("%sreads the %s at " HEX ": " HEX, unasked(c, read),
				     word_name(word), word->pa, word->value));
	tell(c, f, r->fill, IMS_ACTOR_HARDWARE,
	     r->facts.perm & IMS_NEGATIVE ?
		     g_strdup_printf("%sfills %s with " HEX ": there is nothing",
				     unasked(c, r->fill), c->s.model->caches[r->cache].name,
				     r->facts.in) :
		     g_strdup_printf("%sfills %s with " HEX " -> %s " HEX, unasked(c, r->fill),
				     c->s.model->caches[r->cache].name, r->facts.in, space_of(c, r),
				     r->facts.out));
	if (word && !read && !(r->facts.perm & IMS_NEGATIVE))
		tell(c, f, word->read, IMS_ACTOR_GUEST,
		     g_strdup_printf("has the %s at " HEX ": " HEX ", which leads to the same",
				     word_name(word), word->pa, word->value));
	if (change && change->kind == IMS_EV_REG)
		tell(c, f, r->changed_by, change->actor,
		     g_strdup_printf("writes the register at 0x%x: " HEX " -> " HEX, change->n,
				     change->a[0], change->a[1]));
	else if (change)
		tell(c, f, r->changed_by, change->actor,
		     g_strdup_printf("writes " HEX ": " HEX " -> " HEX, change->a[0], change->a[1],
				     change->a[2]));
}

static void tell_command(struct chk *c, struct chk_finding *f, uint32_t number,
			 const struct ims_event *e)
{
	g_autofree char *text = chk_command_text(c->s.model, e->a);
	gpointer who = g_hash_table_lookup(c->discards, GUINT_TO_POINTER(number));

	if (e->kind == IMS_EV_CMD)
		tell(c, f, number, IMS_ACTOR_HARDWARE, g_strdup_printf("consumes %s", text));
	else if (who)
		tell(c, f, number, e->actor,
		     g_strdup_printf("queues %s; the %s discards it", text,
				     chk_actor_name((uint8_t)(GPOINTER_TO_UINT(who) - 1))));
	else
		tell(c, f, number, e->actor, g_strdup_printf("queues %s", text));
}

/* A command that hardware did not wait with. */
static void tell_early(struct chk *c, struct chk_finding *f, uint32_t number,
		       const struct ims_event *e)
{
	const struct ims_event *cmd = chk_event(c, (uint32_t)e->a[0]);
	g_autofree char *text = cmd ? chk_command_text(c->s.model, cmd->a) : NULL;

	if (text && chk_physical(c, e->unit))
		tell(c, f, number, IMS_ACTOR_HARDWARE,
		     g_strdup_printf("unasked, has %s take effect early, before the wait", text));
}

static void tell_event(struct chk *c, struct chk_finding *f, uint32_t number, uint32_t changed_step)
{
	const struct ims_event *e = chk_event(c, number);

	switch ((enum ims_event_kind)e->kind) {
	case IMS_EV_QUEUED:
		if (e->unit == f->vm + 1)
			tell_command(c, f, number, e);
		break;
	case IMS_EV_CMD:
		if (chk_physical(c, e->unit))
			tell_command(c, f, number, e);
		break;
	case IMS_EV_RETURN:
		if (e->a[0] == changed_step)
			tell(c, f, number, e->actor,
			     g_strdup("returns: the change is claimed complete"));
		break;
	case IMS_EV_EARLY:
		tell_early(c, f, number, e);
		break;
	case IMS_EV_REFUSED:
		chk_tell_refused(c, f, number);
		break;
	case IMS_EV_FREE:
	case IMS_EV_REUSE:
		if (f->got >= e->a[0] && f->got <= e->a[1])
			tell(c, f, number, e->actor,
			     g_strdup_printf("gives hpa " HEX " to another use", e->a[0]));
		break;
	default:
		break;
	}
}

static gint by_event(gconstpointer a, gconstpointer b)
{
	const struct chk_step *const *x = a, *const *y = b;

	return (*x)->event < (*y)->event ? -1 : (*x)->event > (*y)->event;
}

void chk_tell_use(struct chk *c, struct chk_finding *f, const struct chk_record *r, uint32_t last)
{
	const struct ims_event *end = chk_event(c, last);

	if (end && end->kind == IMS_EV_DMA) {
		static const char *const verbs[] = { "touches", "reads", "writes",
						     "atomically updates" };

		if (f->kind == SCN_KIND_STALE_NEGATIVE)
			tell(c, f, last, IMS_ACTOR_DEVICE,
			     g_strdup_printf("%s iova " HEX ", refused by %s", verbs[end->a[2] & 3],
					     end->a[0], c->s.model->caches[r->cache].name));
		else
			tell(c, f, last, IMS_ACTOR_DEVICE,
			     g_strdup_printf("%s iova " HEX ", served from %s: %s " HEX,
					     verbs[end->a[2] & 3], end->a[0],
					     c->s.model->caches[r->cache].name, space_of(c, r),
					     f->got));
	} else {
		tell(c, f, last, IMS_ACTOR_HARDWARE,
		     g_strdup_printf("%s still holds the entry",
				     c->s.model->caches[r->cache].name));
	}
	/* What was filled after the change, from something older, comes after it. */
	g_ptr_array_sort(f->history, by_event);
}

void chk_tell(struct chk *c, struct chk_finding *f, const struct chk_record *r, uint32_t last)
{
	uint32_t step = chk_step_of(c, r->changed_by);

	tell_fill(c, f, r);
	for (uint32_t n = r->changed_by + 1; n < c->next && n < last; n++)
		tell_event(c, f, n, step);
	chk_tell_use(c, f, r, last);
}

void chk_finding_free(struct chk_finding *f)
{
	for (guint i = 0; i < f->misses->len; i++)
		chk_near_miss_free(g_ptr_array_index(f->misses, i));
	for (guint i = 0; i < f->history->len; i++)
		chk_step_free(g_ptr_array_index(f->history, i));
	g_ptr_array_unref(f->misses);
	g_ptr_array_unref(f->history);
	g_array_unref(f->pages);
	g_free(f->gap);
	g_free(f->refused);
	g_free(f->deeds);
	g_free(f->order);
	g_free(f->order_text);
	g_free(f->token);
	g_free(f->needs);
	g_free(f->power);
	g_strfreev(f->columns);
	g_free(f->column_text);
	g_free(f);
}
