/* SPDX-License-Identifier: MIT */
/*
 * A guest that is wrong, and nothing comes of it (semantics.md 2.4): on the unit that it believes
 * in something outdated is served, or kept, after it has claimed that it is gone; the physical
 * side is clean, because the host or the VMM does more than it was asked for. Which answer of
 * theirs that is, is found by running the scenario with other answers.
 */
#include <string.h>

#include "sim/check/parts.h"
#include "sim/core/bits.h"

static void found(struct chk *c, struct chk_record *r, const struct scn_access_now *now,
		  uint64_t iova, uint64_t out, uint32_t last)
{
	struct chk_finding *f = chk_finding_new(c, r, r->changed_by);

	f->kind = SCN_KIND_MASKED;
	f->blame = "guest";
	f->latent = !now;
	if (now) {
		f->dev = now->dev;
		f->ctx = now->ctx;
		f->got = out;
	}
	chk_finding_page(f, iova);
	if (!chk_finding_stands(c, f))
		return;
	chk_explain(c, f, r, r);
	chk_tell(c, f, r, last);
}

void chk_masked_used(struct chk *c, const struct scn_access_now *now,
		     const struct ims_access_result *bare, struct chk_record *r)
{
	uint32_t step;

	if (!c->masked || !r || r->kept || !r->changed_by)
		return;
	step = chk_step_of(c, r->changed_by);
	if (!step || chk_claim_of(c, step))
		found(c, r, now, now->iova, bare->out, bare->event);
}

/* Has the physical side anything outdated of the same: then nothing is hidden. */
static bool shows(const struct chk *c, const struct chk_record *bare, uint32_t dev)
{
	for (guint i = 0; i < c->outdated->len; i++) {
		const struct chk_record *r = g_ptr_array_index(c->outdated, i);

		if (chk_physical(c, r->unit) &&
		    hyp_device_by_rid(c->s.h, r->unit, r->facts.src) == dev &&
		    ims_overlap(r->facts.in, ims_block_last(r->facts.in, r->facts.size_lg2),
				bare->facts.in,
				ims_block_last(bare->facts.in, bare->facts.size_lg2)))
			return true;
	}
	return false;
}

void chk_masked_stepped(struct chk *c)
{
	for (guint i = 0; c->masked && i < c->outdated->len; i++) {
		struct chk_record *r = g_ptr_array_index(c->outdated, i);
		uint32_t dev = hyp_device_by_rid(c->s.h, r->unit, r->facts.src), step;

		if (chk_physical(c, r->unit) || dev == IMS_NONE || !r->asked ||
		    !(c->waited & 1u << c->s.h->devices[dev].vm) || r->told == r->changed_by ||
		    (r->facts.perm & IMS_NEGATIVE))
			continue;
		step = chk_step_of(c, r->changed_by);
		if ((step && !chk_claim_of(c, step)) || shows(c, r, dev))
			continue;
		r->told = r->changed_by;
		found(c, r, NULL, r->facts.in, 0, c->next - 1);
	}
}

static bool outcome(enum scn_kind kind)
{
	return kind <= SCN_KIND_STALE_NEGATIVE;
}

void chk_masked_end(struct chk *c)
{
	for (guint i = c->findings->len; i-- > 0;) {
		const struct chk_finding *f = g_ptr_array_index(c->findings, i);
		bool shown = false;

		for (guint k = 0; k < c->findings->len && f->kind == SCN_KIND_MASKED; k++) {
			const struct chk_finding *o = g_ptr_array_index(c->findings, k);

			shown |= outcome(o->kind) && o->line == f->line && o->step == f->step;
		}
		if (shown)
			g_ptr_array_remove_index(c->findings, i);
	}
}

/* ---- what hides it ---- */

/* Is what @f is about found on the physical side of @r; @blame: NULL, whoever is to blame. */
static bool shown_in(const struct chk_result *r, const struct chk_finding *f, const char *blame)
{
	for (guint i = 0; i < r->findings->len; i++) {
		const struct chk_finding *o = g_ptr_array_index(r->findings, i);

		if (outcome(o->kind) && o->line == f->line && o->step == f->step &&
		    o->dev == f->dev && o->ctx == f->ctx && (!blame || !strcmp(o->blame, blame)))
			return true;
	}
	return false;
}

static void tell(GPtrArray *names, GString *text, unsigned column, unsigned is, unsigned without)
{
	const struct ims_column_def *d = &ims_columns[column];

	g_ptr_array_add(names, g_strdup_printf("%s.%s", d->side, d->name));
	g_string_append_printf(text, "%shidden by %s.%s: %s (%s), with %s a device reaches it",
			       text->len ? "; " : "", d->side, d->name, d->answers[is].name,
			       d->answers[is].text, d->answers[without].name);
}

struct hide {
	const struct scn *scn;
	const struct ims_model *model;
	struct ims_policy policy;
	struct chk_result *full;
	/* With another answer to a column: as the guest is, and with one that does all it owes. */
	struct chk_result *at[2][IMS_COLUMNS][IMS_ANSWERS];
};

static const struct chk_result *with(struct hide *h, bool ideal, unsigned column, unsigned answer)
{
	struct chk_result **at = &h->at[ideal][column][answer];

	if (!*at) {
		*at = chk_run_variant(h->scn, h->model,
				      &(struct scn_variant){ .column = column + 1,
							     .answer = answer,
							     .ideal_guest = ideal });
		chk_take_internal(h->full, *at);
	}
	return *at;
}

/* An answer by which it shows; not one by which a guest that does nothing wrong fails as well. 0: none. */
static unsigned shown_by(struct hide *h, unsigned column, const struct chk_finding *f)
{
	uint8_t answers = ims_policy_answers(h->model, column);

	for (unsigned a = 1; a < IMS_ANSWERS; a++)
		if ((answers >> a & 1) && a != h->policy.of[column] &&
		    shown_in(with(h, false, column, a), f, "guest") &&
		    !shown_in(with(h, true, column, a), f, NULL))
			return a;
	return 0;
}

static void hidden_by(struct hide *h, struct chk_finding *f)
{
	GPtrArray *names = g_ptr_array_new();
	GString *text = g_string_new(NULL);

	for (unsigned column = 0; column < IMS_COLUMNS; column++) {
		unsigned by = shown_by(h, column, f);

		if (by)
			tell(names, text, column, h->policy.of[column], by);
	}
	if (names->len) {
		g_ptr_array_add(names, NULL);
		f->columns = (char **)g_ptr_array_free(names, FALSE);
		f->column_text = g_string_free(text, FALSE);
	} else {
		g_ptr_array_unref(names);
		g_string_free(text, TRUE);
	}
}

void chk_masks(const struct scn *scn, const struct ims_model *model, struct chk_result *r)
{
	g_autofree struct hide *h = g_new0(struct hide, 1);
	uint64_t differ;

	*h = (struct hide){ .scn = scn, .model = model, .full = r };
	if (!scn_policy_of(scn, model, &h->policy, &differ, NULL))
		return;
	for (guint i = 0; i < r->findings->len; i++) {
		struct chk_finding *f = g_ptr_array_index(r->findings, i);

		if (f->kind == SCN_KIND_MASKED)
			hidden_by(h, f);
	}
	for (unsigned i = 0; i < 2 * IMS_COLUMNS * IMS_ANSWERS; i++)
		chk_result_free((&h->at[0][0][0])[i]);
}
