/* SPDX-License-Identifier: MIT */
/*
 * The lists of steps: `steps:`, or one for each of `actors:`; and what steps say of each
 * other by label, which takes all of them to be read. What does not live here: one step
 * (load_step.c), and in which order actors go on (schedule.h).
 */
#include <string.h>

#include "sim/scenario/load.h"
#include "sim/scenario/schedule.h"

#define ACTOR_EXAMPLE "cpu0: [{sync: }]"

static struct scn_step *step_of(const struct scn_loader *l, guint index)
{
	return g_ptr_array_index(l->s->steps, index);
}

/* ---- lists ---- */

static void read_list(struct scn_loader *l, const struct scn_node *list, const char *what)
{
	if (!scn_want(l, list, SCN_NODE_LIST, false, what, "- attach: {dev: nic, space: rx}"))
		return;
	/* A point of a sweep may leave an actor nothing to do, but not all of them. */
	if (!list->first && !list->swept)
		scn_report_help(scn_bad_value(l, list, "'%s' is empty", what),
				"write - attach: {dev: nic, space: rx}");
	for (const struct scn_node *item = list->first; item; item = item->next)
		scn_read_step(l, item);
}

static void read_actor(struct scn_loader *l, const struct scn_node *n)
{
	struct scn_actor actor = { .first = l->s->steps->len, .mark = n->key_mark };

	if (!scn_name_ok(n->key)) {
		g_autofree char *quoted = scn_quote(n->key);

		scn_report_help(scn_bad_key(l, n, "'%s' cannot be the name of an actor", quoted),
				SCN_NAME_HELP);
		return;
	}
	l->actor = (int32_t)l->s->actors->len;
	read_list(l, n, n->key);
	actor.name = g_strdup(n->key);
	actor.count = l->s->steps->len - actor.first;
	g_array_append_val(l->s->actors, actor);
	l->actor = -1;
}

static void read_actors(struct scn_loader *l, const struct scn_node *map)
{
	if (!scn_want(l, map, SCN_NODE_MAP, false, "actors", "{" ACTOR_EXAMPLE "}"))
		return;
	if (map->cnt > SCN_ACTORS_MAX) {
		scn_bad_value(l, map, "a file has at most %d actors", SCN_ACTORS_MAX);
		return;
	}
	if (!map->first)
		scn_report_help(scn_bad_value(l, map, "'actors' is empty"), "write {%s}",
				ACTOR_EXAMPLE);
	for (const struct scn_node *n = map->first; n; n = n->next)
		read_actor(l, n);
}

/* ---- labels ---- */

/* Is @other something that @step may name: one before it, or any of another actor. */
static bool may_name(const struct scn_step *step, const struct scn_step *other)
{
	return other->actor != step->actor || other->index < step->index;
}

static bool may_be_injected(const struct scn_step *step, const struct scn_step *other)
{
	return other->actor != step->actor || other->index > step->index;
}

typedef bool fits_fn(const struct scn_step *step, const struct scn_step *other);

/* The step that @label names for @step; -1 after a report at @mark, @which of them it may. */
static int32_t labelled(struct scn_loader *l, const struct scn_step *step, const char *label,
			fits_fn *fits, struct scn_mark mark, const char *which)
{
	guint found = GPOINTER_TO_UINT(g_hash_table_lookup(l->labels, label));
	g_autoptr(GPtrArray) words = g_ptr_array_new();
	g_autofree char *quoted = NULL;
	struct scn_report *r;

	if (found && fits(step, step_of(l, found - 1)))
		return (int32_t)(found - 1);
	quoted = scn_quote(label);
	r = scn_diag_add(l->d, mark, (uint32_t)g_utf8_strlen(label, -1),
			 "no step %s has the label '%s'", which, quoted);
	for (guint i = 0; r && i < l->s->steps->len; i++)
		if (step_of(l, i)->label && fits(step, step_of(l, i)))
			g_ptr_array_add(words, step_of(l, i)->label);
	scn_report_words(r, label, "labels", words);
	return -1;
}

static const char *before(const struct scn_step *step)
{
	return step->actor < 0 ? "before this one" : "before this one, nor of another actor,";
}

static void link_wait(struct scn_loader *l, struct scn_step *step)
{
	step->wait_step =
		labelled(l, step, step->wait_for, may_name, step->wait_mark, before(step));
	if (step->wait_step >= 0)
		step->vm = step_of(l, (guint)step->wait_step)->vm;
	/* A step of no VM, as a checkpoint or a store of the host, has no queue to be waited for. */
	if (step->wait_step >= 0 && step->vm < 0)
		scn_diag_add(l->d, step->wait_mark, (uint32_t)g_utf8_strlen(step->wait_for, -1),
			     "the step '%s' is of no VM whose queue could be waited for",
			     step->wait_for);
}

/* What a fault is injected at: a step from here on, or one of another actor. */
static void link_inject(struct scn_loader *l, struct scn_step *step)
{
	const struct scn_actor *own =
		step->actor < 0 ? NULL :
				  &g_array_index(l->s->actors, struct scn_actor, step->actor);
	uint32_t end = own ? own->first + own->count : l->s->steps->len,
		 last = end - 1 - step->index;
	int32_t found;
	uint64_t number;

	l->s->injects = true;
	if (scn_parse_number(step->inject_at, false, &number) == SCN_DIGITS_OK) {
		if (number && number <= last)
			step->inject_step = step->index + (uint32_t)number;
		else
			scn_diag_add(l->d, step->inject_mark,
				     (uint32_t)g_utf8_strlen(step->inject_at, -1),
				     "no step is so far from here: 1 is the next, the last %u",
				     last);
		return;
	}
	found = labelled(l, step, step->inject_at, may_be_injected, step->inject_mark,
			 own ? "after this one, nor of another actor," : "after this one");
	if (found >= 0)
		step->inject_step = (uint32_t)found;
}

/* Which steps some `wait:` claims: those that it is for, and those before it of its actor. */
static void find_claims(struct scn_loader *l)
{
	g_autofree bool *waits = g_new0(bool, l->s->vms->len);

	for (guint i = l->s->steps->len; i-- > 0;) {
		struct scn_step *s = step_of(l, i);

		if (i + 1 < l->s->steps->len && step_of(l, i + 1)->actor != s->actor)
			memset(waits, 0, l->s->vms->len);
		if (s->vm < 0)
			continue;
		s->waited |= waits[s->vm];
		waits[s->vm] |= s->op == SCN_OP_WAIT;
		if (s->wait_step >= 0)
			step_of(l, (guint)s->wait_step)->waited = true;
	}
}

/* ---- actors that wait for each other ---- */

/* What has to be done before a step, beside those before it of its actor; -1: nothing. */
static int32_t needs(const struct scn_step *s, unsigned which)
{
	return which ? s->wait_step : s->then_step;
}

/* The step that keeps one that cannot be done: one it names, else the one before it. */
static guint kept_by(const struct scn_loader *l, const struct scn_schedule *end, guint i)
{
	for (unsigned k = 0; k < 2; k++)
		if (needs(step_of(l, i), k) >= 0 &&
		    !scn_schedule_past(end, l->s, (uint32_t)needs(step_of(l, i), k)))
			return (guint)needs(step_of(l, i), k);
	return i - 1;
}

static void report_circle(struct scn_loader *l, const struct scn_step *s, const struct scn_step *by)
{
	struct scn_mark mark = s->then_step == (int32_t)by->index ? s->then_mark : s->wait_mark;
	struct scn_report *r = scn_diag_add(l->d, mark, (uint32_t)g_utf8_strlen(by->label, -1),
					    "this step can never begin: '%s' comes only after it",
					    by->label);

	scn_report_note(r, "'%s' is the step at %u:%u", by->label, by->mark.line, by->mark.col);
	scn_report_help(r, "actors that wait for each other in a circle stand still for ever");
}

/* Actors that wait for each other in a circle: said at the first such step of it. */
static void check_circles(struct scn_loader *l)
{
	guint count = l->s->steps->len, at = 0, first = G_MAXUINT, from;
	g_autofree bool *seen = g_new0(bool, count + 1);
	struct scn_schedule end;

	scn_schedule_begin(&end, l->s);
	while (scn_schedule_next(&end, l->s) >= 0) {
		/* As far as they get. */
	}
	while (at < count && scn_schedule_past(&end, l->s, at))
		at++;
	if (at == count)
		return;
	while (!seen[at]) {
		seen[at] = true;
		at = kept_by(l, &end, at);
	}
	from = at;
	do {
		guint by = kept_by(l, &end, at);
		const struct scn_step *s = step_of(l, at);

		if ((s->then_step == (int32_t)by || s->wait_step == (int32_t)by) && at < first)
			first = at;
		at = by;
	} while (at != from);
	report_circle(l, step_of(l, first), step_of(l, kept_by(l, &end, first)));
}

/* ---- all of it ---- */

static void link_steps(struct scn_loader *l)
{
	for (guint i = 0; i < l->s->steps->len; i++) {
		struct scn_step *step = step_of(l, i);

		if (step->inject_at)
			link_inject(l, step);
		if (step->wait_for)
			link_wait(l, step);
		if (step->then)
			step->then_step = labelled(l, step, step->then, may_name, step->then_mark,
						   before(step));
	}
	find_claims(l);
	check_circles(l);
}

void scn_read_actors(struct scn_loader *l, const struct scn_node *root)
{
	const struct scn_node *steps = scn_node_get(root, "steps");
	const struct scn_node *actors = scn_node_get(root, "actors");

	if (steps && actors)
		scn_report_help(scn_bad_key(l, actors, "a file has 'steps' or 'actors', not both"),
				"make the steps one more actor");
	else if (steps)
		read_list(l, steps, "steps");
	else if (actors)
		read_actors(l, actors);
	if (!l->s->steps->len && !l->d->cnt && (steps || actors))
		scn_report_help(
			scn_bad_value(l, steps ? steps : actors, "no step is left"),
			"each point of a sweep needs one at least: see what 'when' leaves out");
	link_steps(l);
}
