/* SPDX-License-Identifier: MIT */
/* Depth first: where more than one can go on the first does, and the others are for later. */
#include <string.h>

#include "sim/check/parts.h"
#include "sim/check/sometimes.h"
#include "sim/explore/orders.h"

struct orders {
	struct xpl_watch *watch;
	struct xpl_shared shared;
	GHashTable *seen;  /* of what xpl_watch_said(); looked up, never walked */
	GPtrArray *later;  /* of GByteArray*: choices up to one that is still to be made */
	GByteArray *taken; /* in the run that is going on */
};

static const char *actor_name(const struct scn *scn, uint32_t who)
{
	return g_array_index(scn->actors, struct scn_actor, who).name;
}

void xpl_set_order(struct chk_finding *f, const struct scn *scn,
		   const struct scn_order_taken *order)
{
	GString *s;

	if (!order->count)
		return;
	f->order = g_memdup2(order->list, order->count);
	f->order_count = order->count;
	s = g_string_new(NULL);
	for (uint32_t i = 0; i < order->count; i++) {
		uint32_t who = order->list[i];

		g_string_append(s, i ? ", " : "");
		if (who < SCN_ACTORS_MAX)
			g_string_append(s, actor_name(scn, who));
		else
			g_string_append_printf(
				s, "the VMM of %s",
				g_array_index(scn->vms, struct scn_vm, who - SCN_ACTORS_MAX).name);
	}
	f->order_text = g_string_free(s, FALSE);
}

static void take(GByteArray *list, uint32_t who)
{
	uint8_t byte = (uint8_t)who;

	g_byte_array_append(list, &byte, 1);
}

/* Has been here before; if not it has from now on. */
static bool seen(struct orders *o, uint64_t said)
{
	return !g_hash_table_add(o->seen, g_memdup2(&said, sizeof(said)));
}

static uint32_t choose(void *ctx, struct scn_run *run, uint64_t enabled)
{
	struct orders *o = ctx;
	uint32_t first = (uint32_t)__builtin_ctzll(enabled);

	if (seen(o, xpl_watch_said(o->watch, run)))
		return SCN_NOBODY;
	/* The last one stands on top: they are tried in the order of their numbers. */
	for (uint32_t who = 63; who > first; who--) {
		GByteArray *other;

		if (!(enabled >> who & 1))
			continue;
		other = g_byte_array_new();
		g_byte_array_append(other, o->taken->data, o->taken->len);
		take(other, who);
		g_ptr_array_add(o->later, other);
	}
	take(o->taken, first);
	return first;
}

static void before(void *ctx, struct scn_run *run, uint32_t number, enum ims_instant instant,
		   struct ims_hw *hw, const uint64_t *words)
{
	struct orders *o = ctx;

	xpl_watch_before(o->watch, run, number, instant, hw, words);
}

/* What the run has come to that no run before it has. */
static void take_findings(struct chk_result *r, struct chk_result *of, const struct scn *scn,
			  const struct scn_order_taken *order)
{
	for (guint i = 0; i < of->findings->len;) {
		struct chk_finding *f = g_ptr_array_index(of->findings, i);

		if (chk_found_again(r, f, true)) {
			i++;
			continue;
		}
		xpl_set_order(f, scn, order);
		g_ptr_array_add(r->findings, g_ptr_array_steal_index(of->findings, i));
	}
}

static void one(struct orders *o, const struct scn *scn, const struct ims_model *model,
		const struct scn_variant *variant, struct chk_result *r)
{
	const struct scn_watch watch = { .ctx = o, .before = before, .choose = choose };
	struct scn_variant v = variant ? *variant : (struct scn_variant){ 0 };
	struct scn_order_taken order;
	struct chk_result *of;

	o->watch = xpl_watch_new(scn, XPL_POWER_MAX - 1, &o->shared);
	v.watch = &watch;
	v.order = (struct scn_order_taken){ .list = o->taken->data, .count = o->taken->len };
	of = chk_run_variant(scn, model, &v);
	chk_take_internal(r, of);
	order = (struct scn_order_taken){ .list = o->taken->data, .count = o->taken->len };
	take_findings(r, of, scn, &order);
	if (!r->unmet)
		r->unmet = g_steal_pointer(&of->unmet);
	chk_possible_or(r->possible, of->possible);
	v.watch = NULL;
	v.order = order;
	if (!r->internal)
		xpl_show(scn, model, &v, o->watch, false, r);
	if (xpl_watch_trouble(o->watch) && !r->unsearched) {
		r->retentive = true;
		r->unsearched = g_strdup(xpl_watch_trouble(o->watch));
	}
	chk_result_free(of);
	xpl_watch_free(o->watch);
}

static void list_free(gpointer list)
{
	g_byte_array_unref(list);
}

void xpl_orders(const struct scn *scn, const struct ims_model *model,
		const struct scn_variant *variant, struct chk_result *r)
{
	struct orders o = { .seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
							  NULL),
			    .later = g_ptr_array_new_with_free_func(list_free) };

	xpl_shared_init(&o.shared);
	g_ptr_array_add(o.later, g_byte_array_new());
	while (o.later->len && !r->internal && r->orders < XPL_RUNS) {
		o.taken = g_ptr_array_steal_index(o.later, o.later->len - 1);
		one(&o, scn, model, variant, r);
		g_byte_array_unref(o.taken);
		r->orders++;
	}
	if (o.later->len && !r->internal && !r->unsearched) {
		r->retentive = true;
		r->unsearched =
			g_strdup("its actors may go on in more orders than can be searched");
	}
	g_ptr_array_unref(o.later);
	g_hash_table_unref(o.seen);
	xpl_shared_clear(&o.shared);
}
