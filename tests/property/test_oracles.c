/* SPDX-License-Identifier: MIT */
/*
 * timeout: 600
 *
 * The two oracles of sim/check on random programs: after every step they say the same of
 * every entry of every cache, of every unit. What accesses are found fault with, and at which
 * step, is held against a third account, that looks at the tables after each step alone.
 *
 * test-property-oracles VENDOR SEED runs one program and prints what it does,
 * VENDOR FIRST LAST all of these and prints those that fail.
 */
#include <stdlib.h>

#include "sim/core/bits.h"
#include "tests/oracles.h"
#include "tests/property/random_ops.h"
#include "tests/run.h"

extern const struct ims_model vtd_model, amdvi_model, smmuv3_model;
static const struct ims_model *const vendors[] = { &vtd_model, &amdvi_model, &smmuv3_model };

/* In all 10,002. Compiled with more it hunts. */
#ifndef PROGRAMS
#define PROGRAMS 3334
#endif
#ifndef FIRST
#define FIRST 0
#endif
enum { STEPS = 28 };

/* ---- the third account ---- */

/* What the tables say of one access, from a step on. */
struct said {
	uint32_t step;
	bool ok;
	uint16_t perm;
	uint64_t out;
	uint64_t root; /* of the tables that structures lead to; 0: to none */
};

struct question {
	struct scn_access_now now;
	GArray *said; /* of struct said */
};

/* A finding as it has to come. */
struct expected {
	uint32_t line, dev, ctx;
	enum scn_kind kind;
	bool may; /* or not: the tables alone do not tell */
};

/* An access that was refused, and that the tables allow. */
struct blocked {
	uint32_t dev, ctx;
	uint64_t page;
};

struct program {
	struct op_program p;
	struct ims_world *world;
	struct ims_log log;
	struct hyp *h;
	struct chk *chk;
	bool show;
	uint32_t step, step_event;
	uint32_t claimed[OPS_MAX + 1]; /* by step: the one with which it was claimed complete, 0 */
	GArray *questions;	       /* of struct question */
	GArray *freed;		       /* of struct said: pages, and when */
	GArray *expected;
	GArray *blocked;	/* of struct blocked */
	uint64_t uses, unclear; /* stale accesses; of them those that the tables do not explain */
};

static void *grow_log(void *old, size_t bytes)
{
	return g_realloc(old, bytes);
}

static uint32_t device(const struct program *g, unsigned vm, unsigned dev)
{
	return (vm ? g->p.devs[0] : 0) + dev;
}

static uint32_t space(const struct program *g, unsigned vm, unsigned number)
{
	return (vm ? g->p.spaces[0] : 0) + number;
}

static struct scn_access_now access_of(const struct program *g, const struct op *o, bool by_ats)
{
	return (struct scn_access_now){ .dev = device(g, o->vm, o->dev),
					.ctx = op_ctxs[o->ctx],
					.iova = o->iova,
					.access = o->access,
					.translated = o->translated,
					.priv = o->priv,
					.bytes = 8,
					.by_ats = by_ats };
}

static bool same_question(const struct scn_access_now *a, const struct scn_access_now *b)
{
	return a->dev == b->dev && a->ctx == b->ctx && a->iova == b->iova &&
	       a->access == b->access && a->priv == b->priv && a->by_ats == b->by_ats;
}

static struct question *question_of(struct program *g, const struct scn_access_now *now)
{
	for (guint i = 0; i < g->questions->len; i++) {
		struct question *q = &g_array_index(g->questions, struct question, i);

		if (same_question(&q->now, now))
			return q;
	}
	return NULL;
}

/* The root of the tables that a request is led to by structures as they are in memory; 0: it is not. */
static uint64_t root_of(struct program *g, const struct ims_req *req)
{
	struct ims_hw look = g->h->iommus[0].hw;
	struct ims_path path;

	look.bypass = true;
	look.log = NULL;
	look.now = g->world->time;
	if (look.model->path(&look, req, &path))
		return 0;
	return path.stages & IMS_STAGES_1 ? path.s1_root : path.s2_root;
}

static void ask_tables(struct program *g)
{
	for (guint i = 0; i < g->questions->len; i++) {
		struct question *q = &g_array_index(g->questions, struct question, i);
		struct ims_req req = { .src = g->h->devices[q->now.dev].prid,
				       .ctx = q->now.ctx,
				       .addr = q->now.iova,
				       .access = q->now.access,
				       .priv = q->now.priv,
				       .bytes = q->now.bytes,
				       .kind = q->now.by_ats ? IMS_REQ_ATS : IMS_REQ_UNTRANSLATED };
		struct said s = { .step = g->step }, *last;
		struct ims_answer a;

		ims_translate_fresh(&g->h->iommus[0].hw, &req, &a);
		s.ok = !a.fault || (q->now.by_ats && a.ats == IMS_ATS_REDUCED);
		s.out = s.ok ? a.out : 0;
		s.perm = s.ok ? a.perm & (IMS_R | IMS_W) : 0;
		s.root = root_of(g, &req);
		last = q->said->len ? &g_array_index(q->said, struct said, q->said->len - 1) : NULL;
		if (!last || last->ok != s.ok || last->out != s.out || last->perm != s.perm ||
		    last->root != s.root)
			g_array_append_val(q->said, s);
	}
}

static bool says(const struct question *q, guint i, uint64_t out)
{
	const struct said *s = &g_array_index(q->said, struct said, i);

	return s->ok && s->out == out && !(q->now.access & ~s->perm);
}

/* The step in which the page that @out is in was given away, of those after @after; 0: in none. */
static uint32_t given_away(const struct program *g, uint64_t out, uint32_t after)
{
	for (guint i = 0; i < g->freed->len; i++) {
		const struct said *s = &g_array_index(g->freed, struct said, i);

		if (s->step > after && s->out == (out & ~UINT64_C(0xfff)))
			return s->step;
	}
	return 0;
}

static void expect(struct program *g, const struct expected *e)
{
	for (guint i = 0; i < g->expected->len; i++) {
		struct expected *old = &g_array_index(g->expected, struct expected, i);

		if (old->line != e->line || old->dev != e->dev || old->ctx != e->ctx)
			continue;
		if (e->kind == SCN_KIND_STALE_AFTER_REUSE ||
		    (e->kind == SCN_KIND_EARLY_FREE && old->kind == SCN_KIND_STALE))
			old->kind = e->kind;
		old->may = old->may && e->may;
		return;
	}
	g_array_append_val(g->expected, *e);
}

/* The space that a device's PASID was attached to last before a step, OPS_SPACES: to none. */
static unsigned attached(const struct program *g, const struct scn_access_now *now, uint32_t before)
{
	for (uint32_t s = before; s-- > 1;) {
		const struct op *o = &g->p.ops[s - 1];

		if (o->kind == OP_ATTACH && device(g, o->vm, o->dev) == now->dev &&
		    op_ctxs[o->ctx] == now->ctx)
			return o->space;
	}
	return OPS_SPACES;
}

/* The step before @before in which the mapping was made that a device then had; 0: none of them. */
static uint32_t mapped_in(const struct program *g, const struct scn_access_now *now,
			  uint32_t before)
{
	unsigned in = attached(g, now, before), page = OPS_MAX;
	uint32_t vm = g->h->devices[now->dev].vm, found = 0;

	for (uint32_t s = before; s-- > 1;) {
		const struct op *o = &g->p.ops[s - 1];
		const struct op_slot *at = &op_slots[o->slot];

		if (o->vm != vm || o->space != in || now->iova < at->iova ||
		    now->iova - at->iova >= at->size || (o->kind != OP_MAP && o->kind != OP_REMAP))
			continue;
		/* Mapped again to what it was: the older one. */
		if (page != OPS_MAX && o->page != page)
			break;
		found = s;
		page = o->page;
		if (o->kind == OP_MAP)
			break;
	}
	return found;
}

/* Does the space that a device's PASID is attached to lead it to @out, however it comes there. */
static bool space_leads(struct program *g, const struct scn_access_now *now, uint64_t out)
{
	unsigned in = attached(g, now, g->step), perm = 0, lg2;
	uint32_t vm = g->h->devices[now->dev].vm;
	struct hyp_table t;
	uint64_t gpa, hpa;

	for (uint32_t s = g->step; s-- > 1 && !perm;) {
		const struct op *o = &g->p.ops[s - 1];
		const struct op_slot *at = &op_slots[o->slot];

		if (o->vm == vm && o->space == in && now->iova >= at->iova &&
		    now->iova - at->iova < at->size &&
		    (o->kind == OP_MAP || o->kind == OP_REMAP || o->kind == OP_PROTECT))
			perm = o->perm & IMS_W ? IMS_R | IMS_W : o->perm;
	}
	if (in == OPS_SPACES || now->access & ~perm)
		return false;
	t = hyp_space_table(g->h, space(g, vm, in));
	return hyp_table_find(&t, now->iova, &gpa, &lg2) && hyp_host_address(g->h, vm, gpa, &hpa) &&
	       hpa >> 12 == out >> 12;
}

/*
 * The step that left the root by which @q was led to the page until what was said in @i. What
 * was taken away then may have been mapped again since, in tables that only a structure leads
 * to that hardware has kept: an access by way of these is stale of that step alone.
 */
static uint32_t root_left(const struct question *q, guint i)
{
	uint64_t root = g_array_index(q->said, struct said, i - 1).root;

	for (; i < q->said->len; i++) {
		const struct said *s = &g_array_index(q->said, struct said, i);

		if (s->root != root)
			return s->step;
	}
	return 0;
}

/* The access was refused: do the tables allow it, now. */
static void account_refused(struct program *g, const struct scn_access_now *now)
{
	const struct question *q = question_of(g, now);
	const struct said *s = &g_array_index(q->said, struct said, q->said->len - 1);
	const struct blocked b = { .dev = now->dev,
				   .ctx = now->ctx,
				   .page = now->iova & ~UINT64_C(0xfff) };

	if (s->ok && !(now->access & ~s->perm))
		g_array_append_val(g->blocked, b);
}

/* The access came to @out: is it one that the tables have ceased to lead to, and in which step. */
static void account(struct program *g, const struct scn_access_now *now, uint64_t out,
		    const struct ims_access_result *a)
{
	struct scn_access_now plain = *now;
	const struct question *q = question_of(g, now), *other;
	guint i = q->said->len - 1;
	struct expected e = { .dev = now->dev, .ctx = now->ctx, .kind = SCN_KIND_STALE };
	uint32_t away, left;

	plain.priv = false;
	other = question_of(g, &plain);
	/* A device's own cache does not tell who is privileged: either question may be its. */
	if (says(q, i, out) || (a->by_ats && says(other, other->said->len - 1, out)))
		return;
	g->uses++;
	while (i > 0 && !says(q, i - 1, out))
		i--;
	if (!i && a->by_ats) {
		q = other;
		for (i = q->said->len - 1; i > 0 && !says(q, i - 1, out);)
			i--;
	}
	if (!i) {
		g->unclear++;
		return;
	}
	e.line = g_array_index(q->said, struct said, i).step;
	left = root_left(q, i);
	/* Or it is of an entry that is older, and outdated by both. */
	e.may = left > e.line && space_leads(g, now, a->out);
	if (e.may)
		e.line = left;
	away = given_away(g, a->out, mapped_in(g, now, e.may ? g->step : e.line));
	if (!g->claimed[e.line] && !away && !e.may)
		return;
	e.may = e.may && !g->claimed[e.line] && !away;
	if (away)
		e.kind = g->claimed[e.line] && away > g->claimed[e.line] ?
				 SCN_KIND_STALE_AFTER_REUSE :
				 SCN_KIND_EARLY_FREE;
	expect(g, &e);
}

#include "tests/property/oracles_ops.h"

static uint8_t actor_of(const struct op *o)
{
	switch ((enum op_kind)o->kind) {
	case OP_HOST_UNMAP:
	case OP_HOST_MAP:
		return IMS_ACTOR_HOST;
	case OP_DMA:
	case OP_ATS:
	case OP_PREFETCH:
		return IMS_ACTOR_DEVICE;
	default:
		return IMS_ACTOR_GUEST;
	}
}

/* What is claimed complete with this step: itself, or what waited for a wait of its VM. */
static void claim(struct program *g, const struct op *o, const uint32_t *events)
{
	bool waits = o->kind == OP_WAIT;
	struct ims_hw hand = g->h->iommus[0].hw;

	hand.cause = g->step_event;
	hand.line = g->step;
	hand.actor = IMS_ACTOR_GUEST;
	for (uint32_t s = 1; s <= g->step; s++) {
		const struct op *of = &g->p.ops[s - 1];
		bool later =
			of->kind == OP_STORE ||
			((of->kind == OP_UNMAP || of->kind == OP_REMAP || of->kind == OP_PROTECT) &&
			 of->flush == FLUSH_UNWAITED);

		if (g->claimed[s] || (later && !(waits && of->vm == o->vm && s != g->step)))
			continue;
		ims_emit(&hand, IMS_EV_RETURN, 0, events[s], 0, 0, 0);
		g->claimed[s] = g->step;
	}
}

/* ---- one program ---- */

static void program_new(struct program *g, const struct ims_model *m, uint64_t seed)
{
	op_draw(&g->p, m, seed, STEPS);
	g->world = g_aligned_alloc0(1, ims_world_bytes(&g->p.world), IMS_WORLD_ALIGN);
	ims_world_init(g->world, &g->p.world);
	g->log = (struct ims_log){ .grow = grow_log, .first = 1 };
	g->h = g_new0(struct hyp, 1);
	g->p.hyp.world = g->world;
	g->p.hyp.log = &g->log;
	hyp_init(g->h, &g->p.hyp);
	for (uint32_t vm = 0; vm < g->p.hyp.vms_count; vm++) {
		hyp_back(g->h, vm, OP_PAGE_GPA, OPS_PAGES * UINT64_C(0x1000));
		if (g->p.big)
			hyp_back(g->h, vm, OP_BIG_GPA, 0x200000);
	}
	g->questions = g_array_new(FALSE, FALSE, sizeof(struct question));
	g->freed = g_array_new(FALSE, FALSE, sizeof(struct said));
	g->expected = g_array_new(FALSE, FALSE, sizeof(struct expected));
	g->blocked = g_array_new(FALSE, FALSE, sizeof(struct blocked));
	for (uint32_t i = 0; i < g->p.count * 4; i++) {
		struct question q = { .now = access_of(g, &g->p.ops[i / 4], i & 1) };

		q.now.priv = q.now.priv && i & 2;
		if (g->p.ops[i / 4].kind != OP_DMA || question_of(g, &q.now))
			continue;
		q.said = g_array_new(FALSE, FALSE, sizeof(struct said));
		g_array_append_val(g->questions, q);
	}
	g->chk = chk_new(&(struct chk_subject){
		.model = m, .h = g->h, .world = g->world, .config = &g->p.world, .log = &g->log });
}

static void program_free(struct program *g)
{
	chk_free(g->chk);
	for (guint i = 0; i < g->questions->len; i++)
		g_array_unref(g_array_index(g->questions, struct question, i).said);
	g_array_unref(g->questions);
	g_array_unref(g->freed);
	g_array_unref(g->expected);
	g_array_unref(g->blocked);
	g_free(g->log.events);
	g_free(g->h);
	g_aligned_free(g->world);
}

/* Returns NULL, or what is wrong. */
static char *run(struct program *g, struct tally *t)
{
	uint32_t events[OPS_MAX + 1] = { 0 };
	const char *wrong = NULL;

	ask_tables(g);
	for (uint32_t i = 0; i < g->p.count && !wrong; i++) {
		const struct op *o = &g->p.ops[i];
		struct ims_hw hand = g->h->iommus[0].hw;

		g->step = i + 1;
		hand.cause = 0;
		hand.line = g->step;
		hand.actor = actor_of(o);
		events[g->step] = g->step_event = ims_emit(&hand, IMS_EV_STEP, i, 0, 0, 0, 0);
		hyp_step(g->h, g->step_event, g->step);
		if (g->show)
			printf("%u (event %u): kind %u flush %u vm %u dev %u ctx %u space %u slot %u page %u perm %u region %u iova %llx value %llx\n",
			       g->step, g->step_event, o->kind, o->flush, o->vm, o->dev, o->ctx,
			       o->space, o->slot, o->page, o->perm, o->region,
			       (unsigned long long)o->iova, (unsigned long long)o->value);
		carry_out(g, o);
		claim(g, o, events);
		ask_tables(g);
		chk_stepped(g->chk);
		wrong = tally_step(t, g->chk, g->step_event);
		/* A queue that has stopped: nothing more comes of the program. */
		if (g->h->error)
			break;
	}
	return wrong ? g_strdup_printf("step %u: %s", g->step, wrong) : NULL;
}

#include "tests/property/oracles_findings.h"

static char *one(const struct ims_model *m, uint64_t seed, bool show, struct tally *t,
		 struct found *found)
{
	struct program g = { .show = show };
	char *wrong;

	program_new(&g, m, seed);
	tally_program(t);
	wrong = run(&g, t);
	if (!wrong && !g.h->error)
		wrong = compare(&g, found);
	program_free(&g);
	return wrong;
}

START_TEST(programs)
{
	struct tally t = { .model = vendors[_i] };
	struct found found = { 0 };

	for (uint64_t seed = FIRST; seed < FIRST + PROGRAMS; seed++) {
		char *wrong = one(vendors[_i], seed, false, &t, &found);

		ck_assert_msg(!wrong, "%s, seed %llu: %s", vendors[_i]->name,
			      (unsigned long long)seed, wrong);
	}
	tally_print(&t);
	found_print(&found);
	tally_floor(&t, 20000, 300);
	found_floor(&found, 100);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("oracles");
	TCase *t = tcase_create("property");

	tcase_set_timeout(t, 250);
	tcase_add_loop_test(t, programs, 0, G_N_ELEMENTS(vendors));
	suite_add_tcase(s, t);
	return s;
}

/* The programs from one seed to another; of one alone, what it does. */
static int hunt(const struct ims_model *m, uint64_t first, uint64_t last)
{
	struct tally t = { .model = m };
	struct found found = { 0 };
	int bad = 0;

	for (uint64_t seed = first; seed <= last; seed++) {
		g_autofree char *wrong = one(m, seed, first == last, &t, &found);

		if (wrong)
			printf("%s %llu: %s\n", m->name, (unsigned long long)seed, wrong);
		g_clear_pointer(&t.wrong, g_free);
		bad |= wrong != NULL;
	}
	tally_print(&t);
	found_print(&found);
	return bad;
}

int main(int argc, char **argv)
{
	for (unsigned i = 0; argc > 2 && i < G_N_ELEMENTS(vendors); i++)
		if (!strcmp(vendors[i]->name, argv[1]))
			return hunt(vendors[i], strtoull(argv[2], NULL, 10),
				    strtoull(argv[argc > 3 ? 3 : 2], NULL, 10));
	return tests_run(suite());
}
