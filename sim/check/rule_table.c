/* SPDX-License-Identifier: MIT */
/* Programming rules on tables: how an entry may be changed that hardware has made something of. */
#include "sim/check/rule_parts.h"

/*
 * A word of a table is written that @r was made of when it read as @w: what hardware has
 * of the old may stand beside what it makes of the new.
 */
static void judge_remade(struct chk *c, const struct chk_record *r, const struct chk_word *w,
			 const struct ims_event *e, uint32_t event)
{
	const struct ims_state *s = &chk_hand_of(c, r->unit)->unit->state;
	uint32_t dev = hyp_device_by_rid(c->s.h, r->unit, r->facts.src);
	struct chk_live l = { .unit = r->unit, .dev = dev, .e = { .ctx = chk_ctx_of(c, r) } };

	for (unsigned i = 0; i < c->s.model->prog_rules_count && dev != IMS_NONE; i++) {
		const struct ims_prog_rule *rule = &c->s.model->prog_rules[i];
		struct chk_finding *f;

		if (!rule->remade ||
		    !rule->remade(s, w->kind >> 8, w->kind & 0xff, w->value, e->a[2]))
			continue;
		f = chk_rule_broken(c, rule, &l, event);
		if (f)
			chk_tell_line(c, f, event, e->actor,
				      g_strdup_printf("writes 0x%" G_GINT64_MODIFIER
						      "x where the entry was 0x%" G_GINT64_MODIFIER
						      "x, of which hardware still holds something",
						      e->a[2], w->value));
	}
}

void chk_rules_written(struct chk *c, const GPtrArray *users, const struct ims_event *e,
		       uint32_t event)
{
	for (guint i = 0; c->rules && users && i < users->len; i++) {
		const struct chk_record *r = g_ptr_array_index(users, i);

		/* Who writes is to blame, and believes in the unit he sees. */
		if (!r->live || chk_physical(c, r->unit) != (e->actor == IMS_ACTOR_HOST))
			continue;
		for (guint k = 0; k < r->words->len; k++) {
			const struct chk_word *w = &g_array_index(r->words, struct chk_word, k);

			if (w->pa == e->a[0] && w->kind)
				judge_remade(c, r, w, e, event);
		}
	}
}
