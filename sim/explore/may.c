/* SPDX-License-Identifier: MIT */
/* What a unit may have cached: the engine answers requests, somebody chooses what is cached. */
#include <glib.h>
#include <string.h>

#include "sim/core/assert.h"
#include "sim/explore/may_parts.h"
#include "sim/explore/memo.h"
#include "sim/explore/record.h"

/* ---- the engine's look-ups and fills ---- */

static uint32_t may_find(struct ims_hw *hw, unsigned cache, uint32_t src, uint32_t ctx,
			 uint32_t dom, uint64_t addr)
{
	struct xpl_may *m = hw->may->arg;
	struct look *l = &m->looks[m->looks_count];

	if (m->looks_count == XPL_LOOKS) {
		m->trouble = "a request makes more look-ups than can be searched";
		return IMS_NONE;
	}
	if (m->looks_count++ == m->looks_known) {
		m->looks_known++;
		xpl_may_find_fitting(m, l, cache, src, ctx, dom, addr);
		l->taken = m->all_serve && l->options ? 1 : 0;
	}
	return l->taken ? m->records[l->fits[l->taken - 1]].entry : IMS_NONE;
}

static uint32_t may_fill(struct ims_hw *hw, unsigned cache, const struct ims_entry *e,
			 uint32_t filed_ctx, const uint64_t *payload)
{
	struct xpl_may *m = hw->may->arg;
	uint32_t record = xpl_may_record_of(m, cache, e, filed_ctx, payload);

	if (record == XPL_RECORDS || m->fills_count == FILLS) {
		m->trouble = record == XPL_RECORDS ?
				     "there is more to be cached than can be searched" :
				     "a request fills more entries than can be searched";
		return IMS_NONE;
	}
	m->fills[m->fills_count++] = (struct fill){ .record = record, .looks = m->looks_count };
	return m->records[record].entry;
}

/* ---- ways ---- */

/*
 * Look-ups from @first on found nothing, this once: what fits and was then read from memory
 * says what memory does. That it may be found as well is no other way.
 */
static void leave_out_read(struct xpl_may *m, uint32_t first)
{
	for (uint32_t n = first; n < m->looks_count; n++) {
		struct look *l = &m->looks[n];
		uint32_t kept = 0;

		for (uint32_t k = 0; k < l->options; k++) {
			uint32_t i = 0;

			while (i < m->fills_count &&
			       (m->fills[i].looks <= n ||
				!xpl_may_tell_same(m, m->fills[i].record, l->fits[k])))
				i++;
			if (i == m->fills_count)
				l->fits[kept++] = l->fits[k];
		}
		l->options = kept;
	}
}

static void take_way(struct xpl_may *m, uint32_t ask, struct xpl_answer *ret)
{
	const struct xpl_ask *a = &m->asks[ask];
	struct ims_access_result r;
	struct ims_req req = a->req;
	uint32_t known = m->looks_known;

	m->looks_count = m->fills_count = 0;
	ims_device_access(&m->hw, a->dev, &req, a->ats, &r);
	ret->fault = r.fault;
	ret->refused = r.fault || r.refused || r.stalled;
	ret->out = ret->refused ? 0 : r.out;
	m->looks_known = m->looks_count;
	/* What is found denies by another code than what is read, at times. */
	if (!m->all_serve && !(m->codes && ret->fault))
		leave_out_read(m, known);
}

/* On to the next way: the last look-up with another option takes it. */
static bool next_way(struct xpl_may *m)
{
	while (m->looks_known) {
		struct look *l = &m->looks[m->looks_known - 1];

		if (l->taken < l->options) {
			l->taken++;
			return true;
		}
		m->looks_known--;
	}
	return false;
}

/* The way so far, up to look-up @looks. */
static void tell_way(const struct xpl_may *m, uint32_t ask, uint32_t looks, uint32_t fills,
		     struct xpl_way *ret)
{
	ret->ask = ask;
	ret->choices = 0;
	ret->looks = looks;
	ret->fills = fills;
	ret->parents_count = 0;
	for (uint32_t i = 0; i < looks; i++)
		if (m->looks[i].taken) {
			ret->choices |= UINT64_C(1) << i;
			ret->parents[ret->parents_count++] =
				m->looks[i].fits[m->looks[i].taken - 1];
		}
}

/* All ways of an ask in which @candidates may serve; @each returns true to end. */
static bool ways(struct xpl_may *m, uint32_t ask, const struct xpl_set *candidates,
		 bool (*each)(struct xpl_may *m, uint32_t ask, const struct xpl_answer *a,
			      void *arg),
		 void *arg)
{
	struct xpl_answer a;
	uint32_t count = 0;

	m->candidates = candidates;
	m->looks_known = 0;
	do {
		if (count++ == XPL_WAYS)
			m->trouble = "a request may be answered in more ways than can be searched";
		take_way(m, ask, &a);
		if (m->trouble || each(m, ask, &a, arg))
			break;
	} while (next_way(m));
	return !m->trouble;
}

struct closing {
	struct xpl_set *set;
	bool added;
	xpl_way_fn *told;
	void *arg;
};

static bool close_way(struct xpl_may *m, uint32_t ask, const struct xpl_answer *a, void *arg)
{
	struct closing *c = arg;
	struct xpl_way way;

	(void)a;
	for (uint32_t i = 0; i < m->fills_count; i++) {
		uint32_t record = m->fills[i].record;
		const struct record *r = &m->records[record];

		if (xpl_has(c->set, record) ||
		    !xpl_record_kept(&m->model.caches[r->cache], m->walks))
			continue;
		xpl_put(c->set, record);
		c->added = true;
		if (!c->told)
			continue;
		tell_way(m, ask, m->fills[i].looks, i, &way);
		c->told(c->arg, record, &way);
	}
	return false;
}

/*
 * Memory alone. What a request finds of these may say less than memory does, as an entry that
 * is no larger than a page of either stage: so each request is made by what is cached as well.
 */
static bool from_memory(struct xpl_may *m, struct closing *c)
{
	static const struct xpl_set none;
	struct xpl_answer a;
	bool ok = true;

	for (uint32_t i = 0; i < m->asks_count && ok; i++)
		ok = ways(m, i, &none, close_way, c);
	m->all_serve = true;
	m->candidates = &m->fresh;
	for (uint32_t i = 0; i < m->asks_count && ok; i++) {
		m->looks_known = 0;
		take_way(m, i, &a);
		close_way(m, i, &a, c);
		ok = !m->trouble;
	}
	m->all_serve = false;
	return ok;
}

/* Adds what comes about of the set, and of that, until there is no more. */
static bool from_cached(struct xpl_may *m, struct closing *c)
{
	do {
		c->added = false;
		for (uint32_t i = 0; i < m->asks_count; i++)
			if (!ways(m, i, c->set, close_way, c))
				return false;
	} while (c->added);
	return true;
}

void xpl_may_remember(struct xpl_may *m)
{
	if (!m->memo)
		m->memo = xpl_memo_new();
}

static bool find_fresh(struct xpl_may *m)
{
	struct closing c = { .set = &m->fresh };
	const struct xpl_set *known;

	if (m->fresh_known)
		return true;
	known = xpl_memo_find(m->memo, m->version, NULL);
	if (known) {
		m->fresh = *known;
		m->fresh_known = true;
		return true;
	}
	memset(&m->fresh, 0, sizeof(m->fresh));
	m->fresh_known = from_memory(m, &c) && from_cached(m, &c);
	if (m->fresh_known)
		xpl_memo_add(m->memo, m->version, NULL, &m->fresh);
	return m->fresh_known;
}

const struct xpl_set *xpl_may_fresh(struct xpl_may *m)
{
	find_fresh(m);
	return &m->fresh;
}

bool xpl_may_close(struct xpl_may *m, struct xpl_set *io, xpl_way_fn *told, void *arg)
{
	struct closing c = { .set = io, .told = told, .arg = arg };
	const struct xpl_set *known;
	struct xpl_set from;

	if (!find_fresh(m))
		return false;
	/* Once more, for whoever wants to hear how each came about. */
	if (told && !xpl_set_within(m, &m->fresh, io) &&
	    !(from_memory(m, &c) && from_cached(m, &c)))
		return false;
	for (unsigned i = 0; i < words_of(m); i++)
		io->w[i] |= m->fresh.w[i];
	if (xpl_set_equal(m, io, &m->fresh))
		return true;
	known = told ? NULL : xpl_memo_find(m->memo, m->version, io);
	if (known) {
		*io = *known;
		return true;
	}
	from = *io;
	if (!from_cached(m, &c))
		return false;
	xpl_memo_add(m->memo, m->version, &from, io);
	return true;
}

bool xpl_may_renew(struct xpl_may *m, const struct xpl_set *which, xpl_way_fn *told, void *arg)
{
	struct xpl_set rest;
	struct closing c = { .set = &rest, .told = told, .arg = arg };
	bool any = false;

	if (!find_fresh(m))
		return false;
	for (unsigned i = 0; i < XPL_WORDS; i++) {
		any |= (which->w[i] & m->fresh.w[i]) != 0;
		rest.w[i] = ~(which->w[i] & m->fresh.w[i]);
	}
	if (!any)
		return true;
	if (!from_memory(m, &c))
		return false;
	for (uint32_t i = 0; i < m->asks_count; i++)
		if (!ways(m, i, &m->fresh, close_way, &c))
			return false;
	return true;
}

struct answering {
	xpl_answer_fn *told;
	void *arg;
};

static bool answer_way(struct xpl_may *m, uint32_t ask, const struct xpl_answer *a, void *arg)
{
	const struct answering *to = arg;
	struct xpl_way way;

	tell_way(m, ask, m->looks_count, m->fills_count, &way);
	return to->told(to->arg, a, &way);
}

bool xpl_may_answers(struct xpl_may *m, uint32_t ask, const struct xpl_set *held, bool codes,
		     xpl_answer_fn *told, void *arg)
{
	struct answering to = { .told = told, .arg = arg };
	bool ok;

	if (m->trouble)
		return false;
	m->codes = codes;
	ok = ways(m, ask, held, answer_way, &to);
	m->codes = false;
	return ok;
}

/* ---- commands ---- */

void xpl_may_match(struct xpl_may *m, const struct ims_cmd *cmd, struct xpl_set *ret)
{
	const struct ims_cmd_row *row = &m->model.rows[cmd->row];

	memset(ret, 0, sizeof(*ret));
	if (cmd->ignored)
		return;
	for (const struct ims_match *d = row->match; d < row->match + IMS_MATCHES && d->source;
	     d++) {
		struct ims_sel sel;

		if (!ims_match_resolve(row, d, cmd, &sel))
			continue;
		sel.before = UINT32_MAX;
		for (uint32_t i = m->first_of[d->cache]; i < XPL_RECORDS; i = m->records[i].next) {
			const struct record *r = &m->records[i];
			struct ims_cache *c = ims_hw_cache(&m->hw, r->cache);

			if (ims_sel_hits(&sel, &ims_cache_entries(c)[r->entry], r->filed_ctx))
				xpl_put(ret, i);
		}
	}
}

/* ---- the whole ---- */

struct xpl_may *xpl_may_new(const struct ims_world_config *config, uint32_t unit)
{
	struct xpl_may *m = g_new0(struct xpl_may, 1);

	m->model = *config->model;
	m->model.few = 0;
	m->walks = config->units[unit].walk_caches;
	m->unit = unit;
	m->config = (struct ims_world_config){ .model = &m->model,
					       .cells = 64,
					       .units_count = 1,
					       .units = { config->units[unit] },
					       .seed = 1 };
	for (unsigned c = 0; c < IMS_CACHES; c++) {
		m->config.units[0].caches[c] = (struct ims_cache_config){ .entries = XPL_RECORDS };
		m->first_of[c] = XPL_RECORDS;
	}
	/* Most of it is never touched: pages that are not cost nothing, unless they are cleared. */
	m->block = g_malloc0(ims_world_bytes(&m->config) + IMS_WORLD_ALIGN);
	m->scratch = (struct ims_world *)(((uintptr_t)m->block + IMS_WORLD_ALIGN - 1) &
					  ~(uintptr_t)(IMS_WORLD_ALIGN - 1));
	ims_world_init(m->scratch, &m->config);
	ims_hw_bind(&m->hw, config->model, m->scratch, 0, NULL);
	m->may = (struct ims_may){ .arg = m, .find = may_find, .fill = may_fill };
	m->hw.may = &m->may;
	m->hw.aloof = true;
	m->hw.silent = true;
	return m;
}

void xpl_may_free(struct xpl_may *m)
{
	if (!m)
		return;
	if (m->memo)
		g_hash_table_unref(m->memo);
	g_free(m->block);
	g_free(m);
}

static bool same_req(const struct ims_req *a, const struct ims_req *b)
{
	return a->src == b->src && a->ctx == b->ctx && a->addr == b->addr &&
	       a->access == b->access && a->kind == b->kind && a->priv == b->priv &&
	       a->no_write == b->no_write && a->zero_length == b->zero_length &&
	       a->execute == b->execute && a->bytes == b->bytes && a->data == b->data;
}

uint32_t xpl_may_ask(struct xpl_may *m, const struct xpl_ask *ask)
{
	for (uint32_t i = 0; i < m->asks_count; i++) {
		const struct xpl_ask *a = &m->asks[i];

		if (a->dev == ask->dev && a->ats == ask->ats && same_req(&a->req, &ask->req))
			return i;
	}
	if (m->asks_count == XPL_ASKS)
		return XPL_ASKS;
	m->asks[m->asks_count] = *ask;
	m->fresh_known = false;
	return m->asks_count++;
}

const struct xpl_ask *xpl_may_ask_at(const struct xpl_may *m, uint32_t ask)
{
	IMS_ASSERT(ask < m->asks_count);
	return &m->asks[ask];
}

uint32_t xpl_may_asks(const struct xpl_may *m)
{
	return m->asks_count;
}

bool xpl_may_look(struct xpl_may *m, struct ims_world *world, uint64_t version)
{
	struct ims_unit *own = m->hw.unit, was = *own;
	struct ims_hw live;

	if (m->live == world && m->version == version)
		return false;
	ims_hw_bind(&live, m->hw.model, world, m->unit, NULL);
	m->hw.mem = live.mem;
	m->hw.number = m->unit;
	m->scratch->limit = world->limit;
	m->scratch->devs_no_ats = world->devs_no_ats;
	m->scratch->devs_no_pasid = world->devs_no_pasid;
	m->scratch->devs_reset = world->devs_reset;
	*own = *live.unit;
	memcpy(own->cache_off, was.cache_off, sizeof(own->cache_off));
	own->rings_off = was.rings_off;
	own->guest_off = was.guest_off;
	own->fetch.count = 0;
	own->asked_count = 0;
	m->live = world;
	m->version = version;
	m->fresh_known = false;
	return true;
}

uint32_t xpl_may_records(const struct xpl_may *m)
{
	return m->records_count;
}

const struct ims_entry *xpl_may_record(struct xpl_may *m, uint32_t record, unsigned *ret_cache)
{
	const struct record *r = &m->records[record];

	IMS_ASSERT(record < m->records_count);
	*ret_cache = r->cache;
	return &ims_cache_entries(ims_hw_cache(&m->hw, r->cache))[r->entry];
}

const char *xpl_may_trouble(const struct xpl_may *m)
{
	return m->trouble;
}
