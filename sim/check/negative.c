/* SPDX-License-Identifier: MIT */
/*
 * A cached absence that outlives what was absent (semantics.md 2.1 and 2.3): the tables let an
 * access through, and what hardware keeps of the time before refuses it. Units that keep
 * absence say so by a capability of theirs.
 */
#include "sim/check/parts.h"

static bool negative(const struct chk_record *r)
{
	return r->facts.perm & IMS_NEGATIVE;
}

/* Of the words, the newest that was written since the entry was made, and before now; 0: none was. */
static uint32_t newest_of(const struct chk *c, const GArray *words, uint32_t after)
{
	uint32_t newest = 0;

	for (guint i = 0; i < words->len; i++) {
		const struct chk_word *w = &g_array_index(words, struct chk_word, i);
		const GArray *writes = g_hash_table_lookup(c->writes, &w->pa);
		uint32_t last = writes ? g_array_index(writes, uint32_t, writes->len - 1) : 0;

		if (last > after && last > newest && !chk_event(c, last)->a[3])
			newest = last;
	}
	return newest;
}

/* By what change the tables came to say otherwise; the walk of them was made last. */
static uint32_t granted_by(const struct chk *c, const struct chk_record *r)
{
	/* Of a structure the tables behind it say nothing. */
	if (!chk_is_translation(c, r) && r->outdated)
		return r->changed_by;
	return MAX(newest_of(c, c->ref_words, r->fill), newest_of(c, r->words, r->fill));
}

/* Do both, the log's image and the tables as they are, let a request through. */
static bool granted(struct chk *c, uint32_t unit, const struct ims_req *req,
		    struct chk_fresh *ret_fresh)
{
	uint16_t need = req->access | IMS_U;
	struct ims_answer a;

	chk_reference(c, unit, req, ret_fresh);
	ims_translate_fresh(chk_hand_of(c, unit), req, &a);
	return ret_fresh->ok && !(need & ~ret_fresh->perm) && !a.fault && !(req->access & ~a.perm);
}

/* What refused the request: a cached absence, or a translation that lacks a right. */
static struct chk_record *refused_by(const struct chk *c, uint32_t unit, const struct ims_req *req)
{
	const GPtrArray *hits = c->hits_of[unit];

	for (guint i = 0; i < hits->len; i++) {
		struct chk_record *r = g_ptr_array_index(hits, i);

		if (negative(r) ||
		    (chk_is_translation(c, r) && ((req->access | IMS_U) & ~r->facts.perm & ~IMS_U)))
			return r;
	}
	return NULL;
}

static struct chk_finding *finding(struct chk *c, struct chk_record *r, uint32_t change,
				   bool guests)
{
	struct chk_finding *f = chk_finding_new(c, r, change);

	f->kind = SCN_KIND_STALE_NEGATIVE;
	f->blame = guests ? "guest" : "host";
	f->got = 0;
	return f;
}

/* @own: the guest's unit has it too, since this change. */
static void tell(struct chk *c, struct chk_finding *f, struct chk_record *r,
		 const struct chk_record *bare, uint32_t change, uint32_t own, uint32_t last)
{
	uint32_t was = r->changed_by;

	/* What was issued counts from whichever change came first: the host's follows the guest's. */
	r->changed_by = bare && own && own < change ? own : change;
	chk_explain(c, f, r, bare);
	r->changed_by = change;
	chk_tell(c, f, r, last);
	r->changed_by = was;
}

bool chk_blocked(struct chk *c, const struct scn_access_now *now,
		 const struct ims_access_result *phys, const struct ims_access_result *bare)
{
	uint32_t unit = chk_unit_of(c, now->dev), guests = c->s.h->devices[now->dev].vm + 1;
	struct ims_req req = chk_request_now(c, unit, now, phys->by_ats);
	struct chk_record *r = refused_by(c, unit, &req), *b = NULL;
	struct chk_fresh fresh, ignored;
	struct chk_finding *f;
	uint32_t change, step, own = 0;

	if (!r || phys->stalled || !granted(c, unit, &req, &fresh))
		return false;
	change = granted_by(c, r);
	step = chk_step_of(c, change);
	if (!change)
		return false;
	if (step && !chk_claim_of(c, step))
		return true; /* nobody has said that it is there */
	req = chk_request_now(c, guests, now, bare->by_ats);
	if ((bare->fault || bare->refused) && granted(c, guests, &req, &ignored))
		b = refused_by(c, guests, &req);
	own = b ? granted_by(c, b) : 0;
	f = finding(c, r, change, b != NULL);
	f->dev = now->dev;
	f->vm = c->s.h->devices[now->dev].vm;
	f->ctx = now->ctx;
	f->want = fresh.out;
	f->has_want = true;
	chk_finding_page(f, now->iova);
	if (chk_finding_stands(c, f))
		tell(c, f, r, b, change, own, phys->event);
	return false;
}

/* The same of the guest's own unit: does it keep, too, that there was nothing at an address. */
static struct chk_record *bare_of(const struct chk *c, const struct chk_record *r, uint32_t dev)
{
	const struct hyp_device *d = &c->s.h->devices[dev];
	const GPtrArray *list = c->now[d->vm + 1][r->cache];

	for (guint i = 0; i < list->len; i++) {
		struct chk_record *b = g_ptr_array_index(list, i);

		if (b && negative(b) && b->facts.src == d->vrid &&
		    chk_ctx_of(c, b) == chk_ctx_of(c, r) && b->facts.in == r->facts.in)
			return b;
	}
	return NULL;
}

static void judge_latent(struct chk *c, struct chk_record *r)
{
	uint32_t dev = hyp_device_by_rid(c->s.h, r->unit, r->facts.src), change, step;
	struct ims_req req = chk_request_of(c, r);
	struct chk_fresh fresh;
	struct chk_record *b;
	struct chk_finding *f;

	if (dev == IMS_NONE || !granted(c, r->unit, &req, &fresh))
		return;
	change = granted_by(c, r);
	step = chk_step_of(c, change);
	if (!change || r->told == change || (step && !chk_claim_of(c, step)))
		return;
	b = bare_of(c, r, dev);
	r->told = change;
	f = finding(c, r, change, b != NULL);
	f->latent = true;
	chk_finding_page(f, r->facts.in);
	if (chk_finding_stands(c, f))
		tell(c, f, r, b, change, b ? granted_by(c, b) : 0, c->next - 1);
}

void chk_negatives_stepped(struct chk *c)
{
	for (guint i = 0; i < c->negatives->len;) {
		struct chk_record *r = g_ptr_array_index(c->negatives, i);

		if (!r->live) {
			g_ptr_array_remove_index_fast(c->negatives, i);
			continue;
		}
		/* Of a structure nobody asks for an address: what comes of it the access shows. */
		if (chk_is_translation(c, r))
			judge_latent(c, r);
		i++;
	}
}
