/* SPDX-License-Identifier: MIT */
/* One program on both sides, compared step by step. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/oracle/ours.h"

/* What is put at an address before a request says which address it is. */
#define STAMP_READ  (UINT64_C(0xc0de) << 48)
#define STAMP_WRITE (UINT64_C(0xd0d0) << 48)
#define STAMP_MASK  (UINT64_C(0xffff) << 48)

enum { PLACES = 64, LIST = 16 /* different answers */ };

struct run {
	const struct orc_options *o;
	const struct orc_vendor *v;
	const struct orc_program *p;
	struct orc_qemu *q;
	struct orc_side *theirs;
	struct ours *ours;
	struct orc_stats *s;
	unsigned step;
	bool changed;	    /* something was done since the last request, */
	bool commanded;	    /* and the last of it was a command */
	struct orc_op last; /* the last request */
	uint64_t places[PLACES];
	unsigned places_count;
};

/* ---- telling ---- */

static void say(struct orc_stats *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct orc_stats *s, const char *format, ...)
{
	size_t n = strlen(s->text);
	va_list args;

	va_start(args, format);
	vsnprintf(s->text + n, sizeof(s->text) - n, format, args);
	va_end(args);
}

static bool trouble(struct run *r)
{
	const char *why = orc_qemu_broken(r->q);

	if (!why)
		return false;
	if (!r->s->broken)
		say(r->s, "program %u, step %u: %s\n", r->p->number, r->step, why);
	r->s->broken = true;
	return true;
}

/* The steps that lead here, from the last few on. */
static void tell_steps(struct run *r, const struct orc_op *op)
{
	enum { SHOWN = 24 };
	char text[256];

	say(r->s,
	    "%s, configuration %s, seed %llu, program %u, step %u: the two sides disagree\n"
	    "  repeat: iommusim-oracle --vendor %s --seed %llu --program %u -v\n",
	    r->v->name, r->v->configs[r->p->config].name, (unsigned long long)r->p->seed,
	    r->p->number, r->step, r->v->name, (unsigned long long)r->p->seed, r->p->number);
	for (unsigned i = r->p->setup; i < r->p->ops_count && i < r->step; i++) {
		if (i + SHOWN < r->step)
			continue;
		orc_op_text(&r->p->ops[i], text, sizeof(text));
		say(r->s, "  %3u %s\n", i, text);
	}
	orc_op_text(op, text, sizeof(text));
	say(r->s, "  %3u %s\n", r->step, text);
}

static uint64_t word_of(const struct orc_case *c, uint64_t at)
{
	struct run *r = c->arg;

	return ours_side(r->ours)->mem_read(ours_side(r->ours), at);
}

/* A disagreement: a row of the table, or the end. Either way the program is over. */
static bool disagree(struct run *r, struct orc_case *c)
{
	int row;

	c->program = r->p;
	c->step = r->step;
	c->word = word_of;
	c->arg = r;
	row = orc_known_find(r->v->known, r->v->known_count, r->o->version, c);
	r->s->ended_early++;
	if (row >= 0) {
		r->s->known[row]++;
		return false;
	}
	r->s->differences = 1;
	tell_steps(r, c->op);
	return false;
}

/* ---- requests ---- */

static void place_add(struct run *r, uint64_t place)
{
	if (place - r->v->ram >= ORC_RAM)
		return;
	for (unsigned i = 0; i < r->places_count; i++)
		if (r->places[i] == place)
			return;
	if (r->places_count < PLACES)
		r->places[r->places_count++] = place;
}

/* Everywhere the request may lead, as far as is known; each gets a word that names it. */
static void stamp(struct run *r, const struct orc_op *op, uint64_t tag)
{
	r->places_count = 0;
	for (unsigned i = 0; i < r->ours->next_count; i++)
		if (r->ours->next[i].outcome.kind == ORC_DONE)
			place_add(r, r->ours->next[i].outcome.place);
	for (unsigned i = 0; i < op->leads; i++)
		place_add(r, op->lead[i]);
	for (unsigned i = 0; i < r->places_count; i++)
		r->theirs->mem_write(r->theirs, r->places[i], tag | r->places[i]);
}

/* Where a write went: the place that has lost its stamp. */
static bool written(struct run *r, uint64_t *ret_place, uint64_t *ret_value)
{
	for (unsigned i = 0; i < r->places_count; i++) {
		uint64_t value = r->theirs->mem_read(r->theirs, r->places[i]);

		if (value == (STAMP_WRITE | r->places[i]))
			continue;
		*ret_place = r->places[i];
		*ret_value = value;
		return true;
	}
	return false;
}

static void watch(struct run *r, const struct orc_op *op, struct orc_outcome *ret)
{
	for (unsigned i = 0; i < op->watched; i++)
		ret->watch[i] = r->theirs->mem_read(r->theirs, op->watch[i]);
	ret->may_set = r->v->may_set;
}

/* What a request that fails may set, in any table on its way, ours takes from theirs. */
static void follow(struct run *r)
{
	struct orc_side *ours = ours_side(r->ours);

	for (unsigned i = 0; r->p->follows && i < r->p->words_count; i++) {
		uint64_t at = r->p->words[i].at, word = r->theirs->mem_read(r->theirs, at);

		for (unsigned k = 0; k < r->ours->now_count; k++)
			if ((ours_word(r->ours, k, at) ^ word) & r->v->may_set) {
				ours->mem_write(ours, at, word);
				break;
			}
	}
}

static void write_theirs(struct run *r, const struct orc_op *op, struct orc_outcome *ret,
			 uint64_t *ret_value)
{
	bool told, went;

	*ret = (struct orc_outcome){ 0 };
	stamp(r, op, STAMP_WRITE);
	orc_qemu_dma(r->q, op->device, op->at, true);
	told = r->v->fault(r->theirs, r->p, &ret->fault);
	went = written(r, &ret->place, ret_value);
	ret->kind = told ? went ? ORC_LOST : ORC_FAULT : went ? ORC_DONE : ORC_BLOCKED;
	watch(r, op, ret);
}

struct wanted {
	const struct orc_outcome *theirs, *first;
	unsigned watched;
};

static bool keep(const struct ours_one *one, const void *arg)
{
	const struct wanted *w = arg;

	return orc_outcome_same(&one->outcome, w->theirs, w->watched) &&
	       (!w->first || orc_outcome_same(&one->first, w->first, 0));
}

static bool differ(struct run *r, const struct orc_op *op, const struct orc_outcome *theirs,
		   const struct orc_outcome *ours, unsigned ours_count)
{
	struct orc_case c = { .op = op, .ours = ours, .ours_count = ours_count, .theirs = theirs };
	char text[512];

	disagree(r, &c);
	if (!r->s->differences)
		return false;
	orc_outcome_text(r->v->model, theirs, op->watched, text, sizeof(text));
	say(r->s, "  QEMU: %s\n", text);
	for (unsigned i = 0; i < ours_count && i < 8; i++) {
		orc_outcome_text(r->v->model, &ours[i], op->watched, text, sizeof(text));
		say(r->s, "  ours may be: %s\n", text);
	}
	return false;
}

/* The answers of `next`, each once; for one reason or another is not the same. */
static unsigned answers(struct run *r, unsigned watched, bool firsts, struct orc_outcome *ret,
			unsigned max)
{
	unsigned n = 0;

	for (unsigned i = 0; i < r->ours->next_count && n < max; i++) {
		const struct ours_one *one = &r->ours->next[i];
		const struct orc_outcome *o = firsts ? &one->first : &one->outcome;
		unsigned k = 0;

		while (k < n && (ret[k].why != o->why || !orc_outcome_same(&ret[k], o, watched)))
			k++;
		if (k == n)
			ret[n++] = *o;
	}
	return n;
}

static void count_code(struct orc_stats *s, uint16_t code)
{
	for (unsigned i = 0; i < ORC_CODES; i++) {
		if (s->codes[i].count && s->codes[i].code != code)
			continue;
		s->codes[i].code = code;
		s->codes[i].count++;
		return;
	}
}

static bool same_request(const struct orc_op *a, const struct orc_op *b)
{
	return a->device == b->device && a->write == b->write && a->at == b->at;
}

/* A pair of state and request counts if its outcome can differ from the one before. */
static bool count(struct run *r, const struct orc_op *op, const struct orc_outcome *o)
{
	struct orc_stats *s = r->s;
	bool counts = r->changed || !same_request(op, &r->last);

	if (!counts) {
		s->uncounted++;
		return false;
	}
	s->comparisons++;
	s->by_config[r->p->config]++;
	s->outcome[o->kind]++;
	s->after_command += r->commanded;
	if (o->kind == ORC_FAULT || o->kind == ORC_BLOCKED)
		s->faults++;
	if (o->why)
		count_code(s, o->why);
	if (o->kind == ORC_DONE || o->kind == ORC_UNSEEN)
		o->stale ? s->stale++ : s->fresh++;
	r->last = *op;
	r->changed = r->commanded = false;
	return true;
}

/* Was it stale on every execution that is left; theirs does not say. */
static bool all_stale(struct run *r, bool firsts)
{
	for (unsigned i = 0; i < r->ours->now_count; i++)
		if (!(firsts ? r->ours->now[i].first : r->ours->now[i].outcome).stale)
			return false;
	return true;
}

static void settle_done(struct run *r)
{
	for (unsigned i = 0; i < r->ours->now_count; i++)
		r->ours->now[i].outcome = r->ours->now[i].first = (struct orc_outcome){ 0 };
}

/*
 * What a device has read is in a buffer that only the device itself can read: it writes it
 * to its home page. What came of that is in @ret_second, and in @first what was read.
 */
static struct orc_op go_home(struct run *r, const struct orc_op *op, struct orc_outcome *first,
			     struct orc_outcome *ret_second)
{
	struct orc_op home = *op;
	uint64_t value = 0;

	home.at = r->v->ram + ORC_AT_HOME + (op->at & 0xff8);
	home.write = true;
	home.watched = home.leads = 0;
	orc_lead(&home, home.at);
	home.what = "what was read, to its home page";
	ours_branch(r->ours, r->p, &home);
	write_theirs(r, &home, ret_second, &value);
	first->place = value;
	if (ret_second->kind != ORC_DONE) {
		first->kind = ORC_UNSEEN;
	} else if (!value) {
		first->kind = ORC_BLOCKED;
	} else if ((value & STAMP_MASK) == STAMP_READ) {
		first->kind = ORC_DONE;
		first->place = value & ~STAMP_MASK;
	} else {
		first->kind = ORC_LOST;
	}
	return home;
}

/* The second request is compared as the first is, for which @firsts were our answers. */
static bool read_back(struct run *r, const struct orc_op *op, struct orc_outcome *first,
		      const struct orc_outcome *firsts, unsigned firsts_count)
{
	struct orc_outcome second, list[LIST];
	struct wanted w = { .theirs = &second, .first = first };
	struct orc_op home = go_home(r, op, first, &second);
	unsigned n;

	if (trouble(r))
		return false;
	r->s->reads_unseen += first->kind == ORC_UNSEEN;
	n = answers(r, 0, true, list, LIST);
	for (unsigned i = 0; i < n; i++)
		if (orc_outcome_same(&list[i], first, 0)) {
			n = answers(r, 0, false, list, LIST);
			if (ours_settle(r->ours, keep, &w)) {
				if (second.kind != ORC_DONE)
					follow(r);
				return true;
			}
			return differ(r, &home, &second, list, n);
		}
	count(r, op, first);
	return differ(r, op, first, firsts, firsts_count);
}

/*
 * Nothing happened, as ours may have it for one reason, and as a known difference would have
 * it for another: which of them it was cannot be told, nor what theirs holds now.
 */
static bool ambiguous(struct run *r, const struct orc_op *op, const struct orc_outcome *theirs,
		      const struct orc_outcome *ours, unsigned ours_count)
{
	struct orc_case c = { .program = r->p,
			      .op = op,
			      .step = r->step,
			      .ours = ours,
			      .ours_count = ours_count,
			      .theirs = theirs,
			      .word = word_of,
			      .arg = r };
	bool others = false;

	for (unsigned i = 0; i < ours_count; i++)
		others = others || !orc_outcome_same(&ours[i], theirs, op->watched);
	return theirs->kind == ORC_BLOCKED && others &&
	       orc_known_find(r->v->known, r->v->known_count, r->o->version, &c) >= 0;
}

static bool probe(struct run *r, const struct orc_op *op)
{
	struct orc_outcome theirs = { 0 }, list[LIST], second;
	struct wanted w = { .theirs = &theirs, .watched = op->watched };
	uint64_t value;
	bool seconds;
	unsigned n;

	ours_branch(r->ours, r->p, op);
	n = answers(r, op->watched, false, list, LIST);
	if (op->write) {
		write_theirs(r, op, &theirs, &value);
	} else {
		stamp(r, op, STAMP_READ);
		orc_qemu_dma(r->q, op->device, op->at, false);
		theirs.kind = r->v->fault(r->theirs, r->p, &theirs.fault) ? ORC_FAULT : ORC_UNSEEN;
		watch(r, op, &theirs);
	}
	if (trouble(r))
		return false;
	if (!ours_settle(r->ours, keep, &w)) {
		/* None of ours goes on; what theirs was can still be seen. */
		if (theirs.kind == ORC_UNSEEN)
			go_home(r, op, &theirs, &second);
		if (trouble(r))
			return false;
		count(r, op, &theirs);
		return differ(r, op, &theirs, list, n);
	}
	if (theirs.kind == ORC_UNSEEN && !read_back(r, op, &theirs, list, n))
		return false;
	if (theirs.kind != ORC_DONE)
		follow(r);
	seconds = !op->write && theirs.kind != ORC_FAULT;
	theirs.stale = all_stale(r, seconds);
	theirs.why = (seconds ? r->ours->now[0].first : r->ours->now[0].outcome).why;
	count(r, op, &theirs);
	settle_done(r);
	if (!ambiguous(r, op, &theirs, list, n))
		return true;
	r->s->vague++;
	r->s->ended_early++;
	return false;
}

/* ---- the other steps ---- */

static bool command(struct run *r, const struct orc_op *op)
{
	struct orc_status ours = { 0 }, theirs = { 0 };
	struct orc_case c = { .op = op, .our_status = &ours, .their_status = &theirs };
	bool same = ours_command(r->ours, r->p, op, &ours);

	r->v->command(r->theirs, r->p, op->words, op->count, &theirs);
	if (trouble(r))
		return false;
	r->s->commands++;
	r->s->commands_refused += theirs.error;
	r->changed = r->commanded = true;
	if (same && ours.error == theirs.error && ours.done == theirs.done &&
	    ours.head == theirs.head)
		return true;
	disagree(r, &c);
	if (r->s->differences)
		say(r->s,
		    "  QEMU: error %d, done %d, head 0x%llx\n  ours%s: error %d, done %d, head 0x%llx\n",
		    theirs.error, theirs.done, (unsigned long long)theirs.head,
		    same ? "" : " (not all alike)", ours.error, ours.done,
		    (unsigned long long)ours.head);
	return false;
}

static bool step(struct run *r, const struct orc_op *op)
{
	switch (op->kind) {
	case ORC_OP_WRITE:
		r->theirs->mem_write(r->theirs, op->at, op->words[0]);
		ours_side(r->ours)->mem_write(ours_side(r->ours), op->at, op->words[0]);
		r->changed = true;
		r->commanded = false;
		return true;
	case ORC_OP_COMMAND:
		return command(r, op);
	default:
		return probe(r, op);
	}
}

static void clean(struct run *r)
{
	r->v->stop(r->theirs, r->p);
	for (unsigned i = 0; i < r->p->words_count; i++)
		r->theirs->mem_write(r->theirs, r->p->words[i].at, 0);
	r->theirs->mem_read(r->theirs, r->v->ram + ORC_AT_STATUS);
	trouble(r);
}

/* The parameters of the configuration are those of QEMU's unit. */
static bool alike(struct run *r)
{
	for (unsigned i = 0; i < r->v->says_count; i++) {
		const struct orc_says *what = &r->v->says[i];
		struct orc_side *ours = ours_side(r->ours);
		uint64_t a = ours->reg_read(ours, what->offset, 8);
		uint64_t b = r->theirs->reg_read(r->theirs, what->offset, 8);

		if (trouble(r))
			return false;
		if (!((a ^ b) & what->mask))
			continue;
		say(r->s,
		    "configuration %s: the register at 0x%x says 0x%llx in QEMU, ours 0x%llx, of which\n"
		    "  0x%llx must not differ: the parameters do not fit this QEMU\n",
		    r->v->configs[r->p->config].name, what->offset, (unsigned long long)b,
		    (unsigned long long)a, (unsigned long long)what->mask);
		r->s->broken = true;
		return false;
	}
	return true;
}

bool orc_run(const struct orc_options *o, const struct orc_program *p, struct orc_qemu *q,
	     struct orc_stats *s)
{
	struct run r = { .o = o, .v = o->vendor, .p = p, .q = q, .s = s, .changed = true };
	struct ours *ours = malloc(sizeof(*ours));
	bool going;
	char text[256];

	if (!ours)
		abort();
	ours_open(ours, o->vendor, p->config);
	r.ours = ours;
	r.theirs = orc_qemu_side(q);
	s->programs++;
	going = alike(&r);
	for (r.step = 0; going && r.step < p->ops_count; r.step++) {
		if (r.step == p->setup) {
			o->vendor->start(r.theirs, p);
			o->vendor->start(ours_side(ours), p);
		}
		if (o->verbose && o->program >= 0) {
			orc_op_text(&p->ops[r.step], text, sizeof(text));
			printf("  %3u %s  [%u executions]\n", r.step, text, ours->now_count);
		}
		going = step(&r, &p->ops[r.step]);
		if (going && ours->vague) {
			s->vague++;
			s->ended_early++;
			going = false;
		}
	}
	ours_close(ours);
	free(ours);
	if (!s->broken)
		clean(&r);
	return going;
}
