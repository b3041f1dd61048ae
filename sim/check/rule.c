/* SPDX-License-Identifier: MIT */
/*
 * Programming rules: what software may write, whether or not hardware notices. After
 * a step that wrote configuration structures or a register, the entries that are live
 * are read again, from the tables alone, and the vendor's rules are held against
 * them; changes of a present entry and sequences of commands are read from the log.
 */
#include <string.h>

#include "sim/check/rule_parts.h"

/* A command after which another one has to come. */
struct owed {
	const struct ims_prog_rule *rule;
	uint32_t unit, event;
	struct ims_cmd cmd;
};

struct chk_rules {
	uint32_t next;	   /* event to be read next */
	GArray *lives;	   /* of struct chk_live */
	GHashTable *pages; /* that configuration structures were read from; looked up only */
	GArray *contexts;  /* of uint32_t: PASIDs that the scenario names, ascending */
	GArray *owed;	   /* of struct owed */
	uint64_t no_ats, no_pasid; /* devices, as bits */
	bool changed;		   /* something was written since the entries were read */
	uint8_t invalidated
		[IMS_UNITS]; /* from these rings, as bits, an invalidation was consumed since their last wait completed */
};

static void add_context(GArray *contexts, uint32_t ctx)
{
	guint i = contexts->len;

	while (i && g_array_index(contexts, uint32_t, i - 1) > ctx)
		i--;
	if (!i || g_array_index(contexts, uint32_t, i - 1) != ctx)
		g_array_insert_val(contexts, i, ctx);
}

struct chk_rules *chk_rules_new(const struct chk_subject *s)
{
	struct chk_rules *r = g_new0(struct chk_rules, 1);

	r->next = s->log->first;
	r->lives = g_array_new(FALSE, FALSE, sizeof(struct chk_live));
	r->pages = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	r->contexts = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	r->owed = g_array_new(FALSE, FALSE, sizeof(struct owed));
	r->changed = true;
	for (guint i = 0; i < s->scn->steps->len; i++) {
		const struct scn_step *step = g_ptr_array_index(s->scn->steps, i);

		if (step->has_pasid)
			add_context(r->contexts, step->pasid);
	}
	return r;
}

void chk_rules_free(struct chk_rules *r)
{
	if (!r)
		return;
	g_array_unref(r->lives);
	g_array_unref(r->contexts);
	g_array_unref(r->owed);
	g_hash_table_unref(r->pages);
	g_free(r);
}

/* ---- findings ---- */

static bool told(const struct chk *c, const struct ims_prog_rule *rule, const struct chk_live *l)
{
	for (guint i = 0; i < c->findings->len; i++) {
		const struct chk_finding *f = g_ptr_array_index(c->findings, i);

		if (f->kind == SCN_KIND_RULE && f->cause == rule->name && f->dev == l->dev &&
		    f->ctx == l->e.ctx &&
		    !strcmp(f->blame, chk_physical(c, l->unit) ? "host" : "guest"))
			return true;
	}
	return false;
}

struct chk_finding *chk_rule_broken(struct chk *c, const struct ims_prog_rule *rule,
				    const struct chk_live *l, uint32_t event)
{
	uint32_t step = chk_step_of(c, event);
	struct chk_finding *f;

	if (told(c, rule, l))
		return NULL;
	f = g_new0(struct chk_finding, 1);
	f->kind = SCN_KIND_RULE;
	f->where = IMS_WHERE_MAX;
	f->cause = rule->name;
	f->rule = rule->text;
	f->rule_source = rule->source;
	f->blame = chk_physical(c, l->unit) ? "host" : "guest";
	f->dev = l->dev;
	f->vm = c->s.h->devices[l->dev].vm;
	f->ctx = l->e.ctx;
	f->pages = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	f->misses = g_ptr_array_new();
	f->history = g_ptr_array_new();
	if (step) {
		const struct ims_event *e = chk_event(c, step);

		f->line = e->line;
		f->step = ((const struct scn_step *)g_ptr_array_index(c->s.scn->steps, e->n))->text;
	}
	g_ptr_array_add(c->findings, f);
	return f;
}

static char *name_of(const struct chk *c, const struct chk_live *l)
{
	const char *dev = g_array_index(c->s.scn->devices, struct scn_device, l->dev).name;

	return l->e.ctx == IMS_CTX_NONE ? g_strdup(dev) :
					  g_strdup_printf("%s, PASID %u", dev, l->e.ctx);
}

static void tell_write(struct chk *c, struct chk_finding *f, const struct chk_live *l,
		       uint32_t event)
{
	const struct ims_event *e = chk_event(c, event);
	g_autofree char *name = name_of(c, l);

	if (!e || e->kind != IMS_EV_WRITE)
		return;
	if (l->pa && e->a[0] - l->pa < l->e.count * UINT64_C(8))
		chk_tell_line(
			c, f, event, e->actor,
			g_strdup_printf("writes word %u of the entry of %s: 0x%" G_GINT64_MODIFIER
					"x -> 0x%" G_GINT64_MODIFIER "x",
					(unsigned)((e->a[0] - l->pa) / 8), name, e->a[1], e->a[2]));
	else
		chk_tell_line(
			c, f, event, e->actor,
			g_strdup_printf("writes 0x%" G_GINT64_MODIFIER
					"x, on the way to the entry of %s: 0x%" G_GINT64_MODIFIER
					"x -> 0x%" G_GINT64_MODIFIER "x",
					e->a[0], name, e->a[1], e->a[2]));
}

/* ---- what stands in the tables ---- */

static struct chk_live *live_at(struct chk_rules *r, uint32_t unit, uint32_t dev, uint32_t ctx)
{
	struct chk_live fresh = { .unit = unit, .dev = dev, .e = { .ctx = ctx } };

	for (guint i = 0; i < r->lives->len; i++) {
		struct chk_live *l = &g_array_index(r->lives, struct chk_live, i);

		if (l->unit == unit && l->dev == dev && l->e.ctx == ctx)
			return l;
	}
	g_array_append_val(r->lives, fresh);
	return &g_array_index(r->lives, struct chk_live, r->lives->len - 1);
}

static void read_one(struct chk *c, uint32_t unit, uint32_t dev, uint32_t ctx)
{
	struct chk_live *l = live_at(c->rules, unit, dev, ctx);
	struct ims_hw look = *chk_hand_of(c, unit);

	look.bypass = true;
	look.log = NULL;
	l->e = (struct ims_live){ .src = chk_rid(c, unit, dev), .ctx = ctx };
	c->s.model->live(&look, &l->e);
	l->pa = 0;
	memset(l->way, 0, sizeof(l->way));
	if (l->e.at)
		ims_mem_resolve(&look.mem, l->e.at, &l->pa);
	for (unsigned i = 0; i < l->e.read_count; i++) {
		uint64_t page;

		if (!ims_mem_resolve(&look.mem, l->e.read[i].at, &l->way[i]))
			continue;
		page = l->way[i] & ~UINT64_C(0xfff);
		if (!g_hash_table_contains(c->rules->pages, &page))
			g_hash_table_add(c->rules->pages, g_memdup2(&page, sizeof(page)));
	}
}

/* Every entry that a device's requests may come by: of those without PASID, and of each PASID that is known. */
static void read_all(struct chk *c)
{
	struct chk_rules *r = c->rules;

	for (uint32_t i = 0; i < c->s.h->guest_at.count; i++)
		if (c->s.h->guest_at.at[i].ctx != IMS_CTX_NONE)
			add_context(r->contexts, c->s.h->guest_at.at[i].ctx);
	for (uint32_t dev = 0; dev < c->s.h->devices_count; dev++)
		for (unsigned side = 0; side < 2; side++) {
			uint32_t unit = side ? c->s.h->devices[dev].vm + 1 : chk_unit_of(c, dev);

			read_one(c, unit, dev, IMS_CTX_NONE);
			for (guint k = 0; k < r->contexts->len; k++)
				if (g_array_index(r->contexts, uint32_t, k) !=
				    c->s.model->ctx_standin)
					read_one(c, unit, dev,
						 g_array_index(r->contexts, uint32_t, k));
		}
	r->changed = false;
}

uint32_t chk_entry_written(struct chk *c, struct chk_finding *f, uint32_t unit, uint32_t dev,
			   uint32_t ctx)
{
	const struct chk_live *best = NULL;

	for (guint i = 0; c->rules && i < c->rules->lives->len; i++) {
		const struct chk_live *l = &g_array_index(c->rules->lives, struct chk_live, i);

		if (l->unit == unit && l->dev == dev &&
		    (l->e.ctx == ctx || (!best && l->e.ctx == IMS_CTX_NONE)))
			best = l;
	}
	if (f && best && best->written)
		tell_write(c, f, best, best->written);
	return best ? best->written : 0;
}

static void judge_pair(struct chk *c, const struct chk_live *a, const struct chk_live *b)
{
	const struct ims_state *s = &chk_hand_of(c, a->unit)->unit->state;

	for (unsigned i = 0; i < c->s.model->prog_rules_count; i++) {
		const struct ims_prog_rule *rule = &c->s.model->prog_rules[i];
		const struct chk_live *later = b->written > a->written ? b : a;
		struct chk_finding *f;

		if (!rule->pair || (rule->physical && !chk_physical(c, a->unit)) ||
		    (rule->guest && chk_physical(c, a->unit)) || !rule->pair(s, &a->e, &b->e))
			continue;
		f = chk_rule_broken(c, rule, later, later->written);
		if (!f)
			return;
		tell_write(c, f, later == a ? b : a, later == a ? b->written : a->written);
		tell_write(c, f, later, later->written);
		return; /* what else is wrong between them follows from the first */
	}
}

static void judge_one(struct chk *c, const struct chk_live *l)
{
	const struct ims_state *s = &chk_hand_of(c, l->unit)->unit->state;

	for (unsigned i = 0; i < c->s.model->prog_rules_count; i++) {
		const struct ims_prog_rule *rule = &c->s.model->prog_rules[i];
		struct chk_finding *f;

		if (!rule->one || (rule->physical && !chk_physical(c, l->unit)) ||
		    (rule->guest && chk_physical(c, l->unit)) || !rule->one(s, &l->e))
			continue;
		f = chk_rule_broken(c, rule, l, l->written);
		if (f)
			tell_write(c, f, l, l->written);
	}
}

static void judge_lives(struct chk *c)
{
	const GArray *lives = c->rules->lives;

	for (guint i = 0; i < lives->len; i++) {
		const struct chk_live *a = &g_array_index(lives, struct chk_live, i);

		if (!a->e.present)
			continue;
		judge_one(c, a);
		for (guint k = 0; k < i; k++) {
			const struct chk_live *b = &g_array_index(lives, struct chk_live, k);

			if (b->e.present && b->unit == a->unit)
				judge_pair(c, b, a);
		}
	}
}

/* ---- what the log says ---- */

/* One word of a present entry, by itself. */
static void word_changed(struct chk *c, struct chk_live *l, unsigned word,
			 const struct ims_event *e, uint32_t event)
{
	for (unsigned i = 0; i < c->s.model->prog_rules_count; i++) {
		const struct ims_prog_rule *rule = &c->s.model->prog_rules[i];
		struct chk_finding *f;

		if (!rule->change || !rule->change(&l->e, word, e->a[1], e->a[2]))
			continue;
		f = chk_rule_broken(c, rule, l, event);
		if (f)
			tell_write(c, f, l, event);
	}
}

/* A word of a present entry changes: with others of it, there is a state that nobody meant. */
static void entry_written(struct chk *c, struct chk_live *l, const struct ims_event *e,
			  uint32_t event)
{
	unsigned word = (unsigned)((e->a[0] - l->pa) / 8);
	bool was = l->e.present;

	if (was)
		word_changed(c, l, word, e, event);
	l->e.words[word] = e->a[2];
	if (!word)
		l->e.present = (e->a[2] & l->e.valid) && was;
	for (unsigned i = 0; i < c->s.model->prog_rules_count && was; i++) {
		const struct ims_prog_rule *rule = &c->s.model->prog_rules[i];
		struct chk_finding *f;

		if (!rule->together || !((e->a[1] ^ e->a[2]) & rule->together(&l->e, word)))
			continue;
		l->changed |= (uint8_t)(1u << word);
		if (!l->e.present || !(l->changed & (l->changed - 1)))
			continue;
		f = chk_rule_broken(c, rule, l, event);
		if (!f)
			continue;
		tell_write(c, f, l, l->written);
		tell_write(c, f, l, event);
	}
	if (!l->e.present)
		l->changed = 0;
}

static void on_write(struct chk *c, const struct ims_event *e, uint32_t event)
{
	struct chk_rules *r = c->rules;
	uint64_t page = e->a[0] & ~UINT64_C(0xfff);

	if (e->a[3] || !g_hash_table_contains(r->pages, &page))
		return;
	r->changed = true;
	for (guint i = 0; i < r->lives->len; i++) {
		struct chk_live *l = &g_array_index(r->lives, struct chk_live, i);

		if (l->pa && e->a[0] - l->pa < l->e.count * UINT64_C(8))
			entry_written(c, l, e, event);
		for (unsigned k = 0; k < l->e.read_count; k++)
			if (l->way[k] && e->a[0] - l->way[k] < l->e.read[k].words * UINT64_C(8))
				l->written = event;
	}
}

static bool same_where_named(const struct ims_cmd_row *row, const struct ims_cmd *a,
			     const struct ims_cmd *b)
{
	for (unsigned i = 0; i < row->fields_count; i++) {
		if (row->fields[i].arg == IMS_ARG_DOM && a->dom != b->dom)
			return false;
		if (row->fields[i].arg == IMS_ARG_CTX && a->ctx != b->ctx)
			return false;
	}
	return true;
}

/* Does this command pay what @o is owed. */
static bool pays(const struct chk *c, const struct owed *o, const struct ims_cmd *cmd)
{
	const struct ims_cmd_row *owing = &c->s.model->rows[o->cmd.row];
	const struct ims_cmd_row *row = &c->s.model->rows[cmd->row];

	for (unsigned i = 0; i < G_N_ELEMENTS(o->rule->follow) && o->rule->follow[i]; i++) {
		if (strcmp(o->rule->follow[i], row->title))
			continue;
		/* What the first one does not go by, any of the second will do for. */
		return owing->match[0].dom != IMS_EQUAL || same_where_named(row, &o->cmd, cmd);
	}
	return false;
}

/* Whose a command was: the device it names, else one that is filed under its tag. */
static struct chk_live owner_of(const struct chk *c, const struct owed *o)
{
	struct chk_live l = { .unit = o->unit, .dev = 0, .e = { .ctx = IMS_CTX_NONE } };
	uint32_t dev = hyp_device_by_rid(c->s.h, o->unit, o->cmd.src);

	if (!chk_physical(c, o->unit))
		while (c->s.h->devices[l.dev].vm != o->unit - 1)
			l.dev++;
	if (dev != IMS_NONE && o->cmd.src)
		l.dev = dev;
	/* A tag's ctx is none of a device's. */
	if (o->cmd.ctx != c->s.model->ctx_standin &&
	    (c->s.model->guest_tag != IMS_GUEST_TAG_CTX || (dev != IMS_NONE && o->cmd.src)))
		l.e.ctx = o->cmd.ctx;
	return l;
}

static void tell_command(struct chk *c, struct chk_finding *f, uint32_t event)
{
	g_autofree char *text = chk_command_text(c->s.model, chk_event(c, event)->a);

	chk_tell_line(c, f, event, IMS_ACTOR_HARDWARE, g_strdup_printf("consumes %s", text));
}

/* A command that does not say what its issuer may have meant. */
static void judge_command(struct chk *c, const struct owed *o, const struct ims_event *e,
			  uint32_t event)
{
	const struct ims_state *s = &chk_hand_of(c, e->unit)->unit->state;

	for (unsigned i = 0; i < c->s.model->prog_rules_count; i++) {
		const struct ims_prog_rule *rule = &c->s.model->prog_rules[i];
		struct chk_live l = owner_of(c, o);
		struct chk_finding *f;

		if (!rule->wrong || (rule->guest && chk_physical(c, e->unit)) ||
		    !rule->wrong(s, &c->s.model->rows[o->cmd.row], e->a))
			continue;
		f = chk_rule_broken(c, rule, &l, event);
		if (f)
			tell_command(c, f, event);
	}
}

static void on_command(struct chk *c, const struct ims_event *e, uint32_t event)
{
	struct chk_rules *r = c->rules;
	const struct ims_state *s = &chk_hand_of(c, e->unit)->unit->state;
	struct owed fresh = { .unit = e->unit, .event = event };
	guint kept = 0;

	if (ims_cmd_decode(c->s.model, s, e->a, &fresh.cmd))
		return;
	if (c->s.model->rows[fresh.cmd.row].kind == IMS_CMD_INVALIDATE)
		r->invalidated[e->unit] |= (uint8_t)(1u << e->a[4]);
	judge_command(c, &fresh, e, event);
	for (guint i = 0; i < r->owed->len; i++) {
		const struct owed *o = &g_array_index(r->owed, struct owed, i);

		if (o->unit != e->unit || !pays(c, o, &fresh.cmd))
			g_array_index(r->owed, struct owed, kept++) = *o;
	}
	g_array_set_size(r->owed, kept);
	for (unsigned i = 0; i < c->s.model->prog_rules_count; i++) {
		fresh.rule = &c->s.model->prog_rules[i];
		if (fresh.rule->command &&
		    !strcmp(fresh.rule->command, c->s.model->rows[fresh.cmd.row].title) &&
		    (!fresh.rule->with_param || s->params[fresh.rule->with_param - 1]))
			g_array_append_val(r->owed, fresh);
	}
}

/* Hardware holds nothing of what was before: a change from here on is another one. */
static void on_done(struct chk *c, const struct ims_event *e)
{
	struct chk_rules *r = c->rules;
	uint8_t ring = (uint8_t)(1u << e->a[0]);

	for (guint i = 0; i < r->lives->len && (r->invalidated[e->unit] & ring); i++)
		if (g_array_index(r->lives, struct chk_live, i).unit == e->unit)
			g_array_index(r->lives, struct chk_live, i).changed = 0;
	r->invalidated[e->unit] &= (uint8_t)~ring;
}

static void read_log(struct chk *c)
{
	const struct ims_log *log = c->s.log;
	struct chk_rules *r = c->rules;

	for (; r->next - log->first < log->count; r->next++) {
		const struct ims_event *e = &log->events[r->next - log->first];

		switch ((enum ims_event_kind)e->kind) {
		case IMS_EV_WRITE:
			on_write(c, e, r->next);
			break;
		case IMS_EV_CMD:
			on_command(c, e, r->next);
			break;
		case IMS_EV_DONE:
			on_done(c, e);
			break;
		case IMS_EV_DEVICE:
			chk_device_changed(c, r->next, &r->no_ats, &r->no_pasid);
			break;
		case IMS_EV_REG:
		case IMS_EV_BACK:
			r->changed = true;
			break;
		default:
			break;
		}
	}
}

/* ---- sequences ---- */

/* What was owed and has not come: the issuer has turned to something else. */
static void judge_owed(struct chk *c)
{
	for (guint i = 0; i < c->rules->owed->len; i++) {
		const struct owed *o = &g_array_index(c->rules->owed, struct owed, i);
		struct chk_live l = owner_of(c, o);
		struct chk_finding *f = chk_rule_broken(c, o->rule, &l, o->event);

		if (f)
			tell_command(c, f, o->event);
	}
	g_array_set_size(c->rules->owed, 0);
}

/* A sequence written out goes on in the next step. */
static bool goes_on(const struct chk *c)
{
	const struct ims_log *log = c->s.log;

	for (uint32_t n = log->first + log->count; n-- > log->first;) {
		const struct ims_event *e = &log->events[n - log->first];
		const struct scn_step *s;

		if (e->kind != IMS_EV_STEP)
			continue;
		s = g_ptr_array_index(c->s.scn->steps, e->n);
		return s->op == SCN_OP_CMD || s->op == SCN_OP_SYNC || s->op == SCN_OP_WAIT ||
		       s->op == SCN_OP_WRITE || s->op == SCN_OP_CHECKPOINT;
	}
	return true;
}

/* ---- the run ---- */

void chk_rules_stepped(struct chk *c)
{
	struct chk_rules *r = c->rules;

	if (!r)
		return;
	read_log(c);
	if (r->changed) {
		read_all(c);
		judge_lives(c);
		c->reconfigured = true;
	}
	if (r->owed->len && !goes_on(c))
		judge_owed(c);
}

static bool outdates(const struct chk_finding *f)
{
	return f->kind == SCN_KIND_STALE || f->kind == SCN_KIND_STALE_AFTER_REUSE ||
	       f->kind == SCN_KIND_EARLY_FREE || f->kind == SCN_KIND_TABLE_UAF ||
	       f->kind == SCN_KIND_STALE_NEGATIVE;
}

/* A rule is told of only where nothing came of breaking it, design.md section 5. */
void chk_rules_end(struct chk *c)
{
	if (!c->rules)
		return;
	read_log(c);
	judge_owed(c);
	for (guint i = 0; i < c->findings->len;) {
		const struct chk_finding *f = g_ptr_array_index(c->findings, i);
		bool witness = false;

		for (guint k = 0; k < c->findings->len && f->kind == SCN_KIND_RULE; k++) {
			const struct chk_finding *w = g_ptr_array_index(c->findings, k);

			witness |= outdates(w) && w->line == f->line && w->step == f->step;
		}
		if (witness)
			g_ptr_array_remove_index(c->findings, i);
		else
			i++;
	}
}
