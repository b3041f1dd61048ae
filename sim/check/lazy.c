/* SPDX-License-Identifier: MIT */
/*
 * Guests that put off what an unmap owes (semantics.md 2.3, policy lazy): until their flush
 * queue is drained a page may be used, and even given away, while a device still reaches it. That
 * is no error but what they chose; it is counted as exposed.
 */
#include "sim/check/parts.h"
#include "sim/core/bits.h"

bool chk_put_off(const struct chk *c, uint32_t changed_by)
{
	const struct ims_event *e = chk_event(c, chk_step_of(c, changed_by));

	return c->s.scn && c->s.scn->lazy && e &&
	       scn_step_lazy(c->s.scn, g_ptr_array_index(c->s.scn->steps, e->n));
}

static void expose(struct chk *c, uint64_t page)
{
	if (!g_hash_table_contains(c->exposed, &page))
		g_hash_table_add(c->exposed, g_memdup2(&page, sizeof(page)));
}

void chk_exposed(struct chk *c, const struct chk_record *r, uint64_t hpa)
{
	if (chk_put_off(c, r->changed_by))
		expose(c, hpa & ~UINT64_C(0xfff));
}

/* Does a physical unit, or a device, still lead to the page, by what nobody has claimed to be gone. */
static bool reached(const struct chk *c, uint64_t page)
{
	for (guint i = 0; i < c->outdated->len; i++) {
		const struct chk_record *r = g_ptr_array_index(c->outdated, i);

		if (chk_physical(c, r->unit) && chk_is_translation(c, r) &&
		    ims_block_first(page, r->facts.size_lg2) == r->facts.out &&
		    chk_put_off(c, r->changed_by) &&
		    !chk_claim_of(c, chk_step_of(c, r->changed_by)))
			return true;
	}
	return false;
}

void chk_lazy_stepped(struct chk *c)
{
	for (; c->exposed_next < c->freed->len; c->exposed_next++) {
		const struct chk_span *s =
			&g_array_index(c->freed, struct chk_span, c->exposed_next);

		if (c->s.scn && c->s.scn->lazy && reached(c, s->first))
			expose(c, s->first);
	}
}
