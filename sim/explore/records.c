/* SPDX-License-Identifier: MIT */
/* The records there are, sets of them, and which of them serve a look-up. */
#include <string.h>

#include "sim/core/assert.h"
#include "sim/explore/hash.h"
#include "sim/explore/may_parts.h"
#include "sim/explore/record.h"

bool xpl_set_equal(const struct xpl_may *m, const struct xpl_set *a, const struct xpl_set *b)
{
	return !memcmp(a->w, b->w, words_of(m) * sizeof(a->w[0]));
}

bool xpl_set_within(const struct xpl_may *m, const struct xpl_set *a, const struct xpl_set *b)
{
	for (unsigned i = 0; i < words_of(m); i++)
		if (a->w[i] & ~b->w[i])
			return false;
	return true;
}

uint64_t xpl_set_hash(const struct xpl_set *s)
{
	uint64_t h = 0;

	for (unsigned i = 0; i < XPL_WORDS; i++)
		if (s->w[i])
			h = xpl_mix(xpl_mix(h, i), s->w[i]);
	return h;
}

uint64_t xpl_set_said(const struct xpl_may *m, const struct xpl_set *s)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < m->records_count; i++)
		if (xpl_has(s, i))
			sum += (m->records[i].hash | 1) * UINT64_C(0xbf58476d1ce4e5b9);
	return sum;
}

static bool is_record(struct xpl_may *m, const struct record *r, unsigned cache,
		      const struct ims_entry *f, uint32_t filed_ctx, const uint64_t *payload)
{
	struct ims_cache *c = ims_hw_cache(&m->hw, cache);
	struct ims_entry other;

	if (r->cache != cache || r->filed_ctx != filed_ctx)
		return false;
	other = xpl_record_facts(&ims_cache_entries(c)[r->entry]);
	return !memcmp(&other, f, sizeof(other)) &&
	       (!payload || !memcmp(ims_cache_payload(c, r->entry), payload,
				    (size_t)m->model.caches[cache].payload * sizeof(*payload)));
}

static void unmoved(void *arg, uint32_t number, const struct ims_entry *e)
{
	(void)arg, (void)number, (void)e;
	IMS_ASSERT(!"a cache without bounds makes no room");
}

/* XPL_RECORDS: there is no room for another one. */
uint32_t xpl_may_record_of(struct xpl_may *m, unsigned cache, const struct ims_entry *e,
			   uint32_t filed_ctx, const uint64_t *payload)
{
	struct ims_cache *c = ims_hw_cache(&m->hw, cache);
	struct ims_entry f = xpl_record_facts(e);
	unsigned count = payload ? m->model.caches[cache].payload : 0;
	uint64_t hash = xpl_record_hash(cache, &f, filed_ctx, payload, count);
	uint32_t i, number;

	for (i = (uint32_t)(hash % G_N_ELEMENTS(m->slots)); m->slots[i];
	     i = (i + 1) % G_N_ELEMENTS(m->slots))
		if (m->records[m->slots[i] - 1].hash == hash &&
		    is_record(m, &m->records[m->slots[i] - 1], cache, &f, filed_ctx, payload))
			return m->slots[i] - 1;
	if (m->records_count == XPL_RECORDS)
		return XPL_RECORDS;
	number = ims_cache_fill(c, &f, filed_ctx, unmoved, NULL);
	if (number == IMS_NONE)
		return XPL_RECORDS;
	if (payload)
		memcpy(ims_cache_payload(c, number), payload, count * sizeof(*payload));
	m->records[m->records_count] = (struct record){ .cache = (uint8_t)cache,
							.entry = number,
							.filed_ctx = filed_ctx,
							.hash = hash,
							.next = m->first_of[cache] };
	m->first_of[cache] = m->records_count++;
	m->slots[i] = m->records_count;
	return m->records_count - 1;
}

static bool serves(struct xpl_may *m, const struct record *r, uint32_t src, uint32_t ctx,
		   uint32_t dom, uint64_t addr)
{
	struct ims_cache *c = ims_hw_cache(&m->hw, r->cache);
	const struct ims_entry *e = &ims_cache_entries(c)[r->entry];
	uint64_t in = e->size_lg2 >= 64 ? 0 : addr >> e->size_lg2 << e->size_lg2;

	return ims_entry_serves(c, e, src, ctx, dom, in, e->size_lg2);
}

/* Do two records that serve a look-up tell it the same. */
bool xpl_may_tell_same(struct xpl_may *m, uint32_t a, uint32_t b)
{
	const struct record *ra = &m->records[a], *rb = &m->records[b];
	struct ims_cache *c = ims_hw_cache(&m->hw, ra->cache);
	struct ims_entry ea = ims_cache_entries(c)[ra->entry];
	const struct ims_entry *eb = &ims_cache_entries(c)[rb->entry];
	const struct ims_cache_def *def = &m->model.caches[ra->cache];
	unsigned words = def->payload;

	/* By what they are found, and what only commands look at. */
	ea.src = eb->src;
	ea.ctx = eb->ctx;
	ea.gen = eb->gen;
	ea.group = eb->group;
	ea.region = eb->region;
	ea.flags = eb->flags;
	/* Of translations the class goes on into what a device keeps; of parts of them it does not. */
	if (def->where == IMS_WHERE_WALK || def->where == IMS_WHERE_CONFIG || def->stage)
		ea.cls = eb->cls;
	return ra->cache == rb->cache && !memcmp(&ea, eb, sizeof(ea)) &&
	       (!words || !memcmp(ims_cache_payload(c, ra->entry), ims_cache_payload(c, rb->entry),
				  words * sizeof(uint64_t)));
}

/* Those of the candidates that may serve, one of those that tell the same. */
void xpl_may_find_fitting(struct xpl_may *m, struct look *l, unsigned cache, uint32_t src,
			  uint32_t ctx, uint32_t dom, uint64_t addr)
{
	l->taken = l->options = 0;
	for (uint32_t i = m->first_of[cache]; i < XPL_RECORDS; i = m->records[i].next) {
		bool same = false;

		if (!xpl_has(m->candidates, i) || !serves(m, &m->records[i], src, ctx, dom, addr))
			continue;
		for (uint32_t k = 0; k < l->options && !same; k++)
			same = xpl_may_tell_same(m, l->fits[k], i);
		if (same)
			continue;
		if (l->options == XPL_FITS) {
			m->trouble = "more records serve one look-up than can be searched";
			return;
		}
		l->fits[l->options++] = (uint16_t)i;
	}
}
