/* SPDX-License-Identifier: MIT */
/* A program on both: the search by closure, and hardware that moves step by step. */
#ifndef TESTS_PROPERTY_CLOSURE_RUN_H
#define TESTS_PROPERTY_CLOSURE_RUN_H

#include <stdio.h>
#include <stdlib.h>

#include "sim/explore/closure.h"
#include "tests/property/closure_programs.h"

enum { STEPS_MAX = 9, ANSWERS = 64 };

/* Works by hand too, where Check is not there to hear of it. */
#define REQUIRE(cond, ...)                                                                         \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			fprintf(stderr, __VA_ARGS__);                                              \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* ---- answers ---- */

struct answers {
	struct xpl_answer a[ANSWERS];
	unsigned count;
};

static inline void answer_add(struct answers *s, uint16_t fault, bool refused, uint64_t out)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->a[i].fault == fault && s->a[i].refused == refused && s->a[i].out == out)
			return;
	REQUIRE(s->count < ANSWERS, "more answers than expected\n");
	s->a[s->count++] = (struct xpl_answer){ .fault = fault, .refused = refused, .out = out };
}

static inline bool answer_in(const struct answers *s, const struct xpl_answer *a)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->a[i].fault == a->fault && s->a[i].refused == a->refused &&
		    s->a[i].out == a->out)
			return true;
	return false;
}

static inline void answer_explicit(void *arg, const struct ex_answer *a)
{
	answer_add(arg, a->fault, a->refused, a->out);
}

static inline bool answer_closure(void *arg, const struct xpl_answer *a, const struct xpl_way *way)
{
	(void)way;
	answer_add(arg, a->fault, a->refused, a->out);
	return false;
}

static inline void answers_show(const char *whose, const struct answers *s, GString *to)
{
	g_string_append_printf(to, "    %s:", whose);
	for (unsigned i = 0; i < s->count; i++) {
		if (s->a[i].refused)
			g_string_append_printf(to, " fault 0x%x", s->a[i].fault);
		else
			g_string_append_printf(to, " 0x%llx", (unsigned long long)s->a[i].out);
	}
	g_string_append_c(to, '\n');
}

/* ---- one program ---- */

/* What a run has come to. */
struct figures {
	guint states_max;
	unsigned programs, too_large, records, states, closure_states;
	unsigned reached[64][IMS_MATCHES];
	unsigned asked, several; /* answers compared, and those with more than one */
	uint64_t moves;
	double explicit_s, closure_s;
};

struct run {
	struct cw w;
	struct ex *x;
	struct xpl_closure *c;
	uint64_t version;
	uint32_t instant;
	GString *text;
	struct figures *f;
};

static inline double seconds(void)
{
	return (double)g_get_monotonic_time() / 1e6;
}

/*
 * Counts the matches of the command that drop something that has been in a cache, by the rule
 * as it is written down; what is executed drops the same.
 */
static inline void count_matches(struct run *r, const struct cp_step *s)
{
	const struct ims_cmd_row *row = &r->w.model->rows[s->cmd.row];
	uint32_t all = 0;

	for (unsigned m = 0; m < IMS_MATCHES && row->match[m].source; m++) {
		uint32_t hits = 0;
		struct ims_sel sel;

		if (!ims_match_resolve(row, &row->match[m], &s->cmd, &sel))
			continue;
		sel.before = UINT32_MAX;
		for (uint32_t i = 0; i < r->x->records_count; i++)
			if ((r->x->reached >> i & 1) &&
			    r->x->records[i].cache == row->match[m].cache &&
			    ims_sel_hits(&sel, &r->x->records[i].e, r->x->records[i].filed_ctx))
				hits |= 1u << i;
		r->f->reached[s->cmd.row][m] += hits != 0;
		all |= hits;
	}
	for (uint32_t i = 0; i < r->x->records_count && row->kind == IMS_CMD_INVALIDATE; i++)
		REQUIRE(!(r->x->reached >> i & 1) || ex_drops(r->x, s->words, i) == (all >> i & 1),
			"%sa record is dropped, and should not be, or the other way round\n",
			r->text->str);
}

static inline bool take_step(struct run *r, const struct cp_step *s)
{
	double from;
	bool ok = true;

	xpl_closure_at(r->c, r->instant++);
	if (s->kind == CP_COMMAND)
		count_matches(r, s);
	from = seconds();
	switch (s->kind) {
	case CP_STORE:
		ok = xpl_closure_store(r->c);
		cw_word(&r->w, s->at, s->value);
		ok = ok && xpl_closure_look(r->c, r->w.world, ++r->version);
		break;
	case CP_COMMAND:
		ok = xpl_closure_command(r->c, s->ring, &s->cmd);
		break;
	case CP_SYNC:
		ok = xpl_closure_sync(r->c, s->ring);
		break;
	}
	r->f->closure_s += seconds() - from;
	REQUIRE(ok, "%s%s\n", r->text->str, xpl_closure_trouble(r->c));
	from = seconds();
	if (s->kind == CP_STORE)
		ex_words_changed(r->x);
	else if (s->kind == CP_SYNC)
		ex_sync(r->x, s->ring);
	else if (!ex_command(r->x, s->ring, s->cmd.row, s->words))
		r->x->too_large = "commands";
	ok = ex_run(r->x);
	r->f->explicit_s += seconds() - from;
	return ok;
}

static inline bool compare(struct run *r, uint32_t ask)
{
	struct answers closure = { .count = 0 }, stepwise = { .count = 0 };
	double from = seconds();
	bool same = true;

	for (uint32_t s = 0; s < xpl_closure_states(r->c); s++)
		REQUIRE(xpl_may_answers(xpl_closure_may(r->c), ask, xpl_closure_held(r->c, s), true,
					answer_closure, &closure),
			"%s%s\n", r->text->str, xpl_may_trouble(xpl_closure_may(r->c)));
	r->f->closure_s += seconds() - from;
	ex_ask(r->x, ask, answer_explicit, &stepwise);
	for (unsigned i = 0; i < closure.count; i++)
		same &= answer_in(&stepwise, &closure.a[i]);
	r->f->asked++;
	r->f->several += stepwise.count > 1;
	if (same && closure.count == stepwise.count)
		return true;
	g_string_append_printf(r->text, "  request %u differs:\n", ask);
	answers_show("closure", &closure, r->text);
	answers_show("step by step", &stepwise, r->text);
	return false;
}

/* From the world that is there; @order: which commands wait for which. */
static inline void begin(struct run *r, enum xpl_order order, bool fold)
{
	r->x = ex_new(&r->w.hw, &r->w.config, r->w.asks, r->w.asks_count, r->f->states_max);
	r->x->order = order == XPL_ORDER_VENDOR	 ? EX_VENDOR :
		      order == XPL_ORDER_WEAKEST ? EX_ANY :
						   EX_IN;
	r->x->fold = fold;
	r->c = xpl_closure_new(&r->w.config, 0, order, NULL);
	for (uint32_t i = 0; i < r->w.asks_count; i++)
		REQUIRE(xpl_may_ask(xpl_closure_may(r->c), &r->w.asks[i]) == i,
			"two requests are one\n");
	REQUIRE(xpl_closure_look(r->c, r->w.world, ++r->version), "%s\n",
		xpl_closure_trouble(r->c));
	ex_run(r->x);
}

static inline void finish(struct run *r)
{
	struct figures *f = r->f;

	f->programs++;
	f->too_large += r->x->too_large != NULL;
	f->records += r->x->records_count;
	f->states = MAX(f->states, r->x->states->len);
	f->closure_states = MAX(f->closure_states, xpl_closure_states(r->c));
	f->moves += r->x->steps;
	ex_free(r->x);
	xpl_closure_free(r->c);
	cw_close(&r->w);
}

static inline bool compare_all(struct run *r)
{
	bool same = true;

	for (uint32_t ask = 0; ask < r->w.asks_count && same; ask++)
		same = compare(r, ask);
	return same;
}

/* Whether both agree; @text: the program, and where they do not. */
static inline bool one_program(const char *vendor, uint64_t seed, struct figures *f, GString *text)
{
	struct run r = { .text = text, .f = f };
	enum xpl_order order;
	bool same;

	cw_make(&r.w, vendor, seed);
	order = cw_one_in(&r.w, 2) ? XPL_ORDER_VENDOR : (enum xpl_order)cw_below(&r.w, 3);
	g_string_append_printf(text, "test-property-closure %s %llu: %s, order %u, %u requests\n",
			       vendor, (unsigned long long)seed, r.w.kind, order, r.w.asks_count);
	begin(&r, order, seed % 2);
	same = r.x->too_large || compare_all(&r);
	for (uint32_t left = 3 + cw_below(&r.w, STEPS_MAX - 2); left && same; left--) {
		struct cp_step s;

		cp_step(&r.w, r.x, &s);
		cp_show(&r.w, &s, text);
		if (!take_step(&r, &s))
			break;
		same = compare_all(&r);
	}
	if (r.x->too_large)
		g_string_append_printf(text, "  too many %s to visit\n", r.x->too_large);
	g_string_append_printf(text, "  %u records, %u states, %u of the closure\n",
			       r.x->records_count, r.x->states->len, xpl_closure_states(r.c));
	finish(&r);
	return same;
}

#endif
