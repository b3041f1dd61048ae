/* SPDX-License-Identifier: MIT */
#include "sim/check/sometimes.h"

_Static_assert(HYP_DEVICES <= 64, "devices are bits of a word");

struct chk_possible *chk_possible_new(void)
{
	struct chk_possible *p = g_new0(struct chk_possible, 1);

	p->at = g_array_new(FALSE, FALSE, sizeof(struct chk_seen_at));
	return p;
}

void chk_possible_free(struct chk_possible *p)
{
	if (!p)
		return;
	g_array_unref(p->at);
	g_free(p);
}

static void see(struct chk_possible *p, enum scn_possible what, uint32_t dev, bool seen)
{
	p->seen.of[what] |= (uint64_t)seen << dev;
}

void chk_possible_access(struct chk_possible *p, uint32_t dev, const struct hyp_access *a,
			 bool stale)
{
	see(p, SCN_POSSIBLE_ATC_HIT, dev, a->phys.where == IMS_WHERE_ATC);
	see(p, SCN_POSSIBLE_IOTLB_HIT, dev, a->phys.where == IMS_WHERE_IOTLB);
	see(p, SCN_POSSIBLE_FAULT, dev, a->phys.refused || a->phys.fault);
	see(p, SCN_POSSIBLE_STALE, dev, stale);
}

void chk_possible_answer(struct chk_possible *p, uint32_t dev, const struct hyp_ats *a, bool stale)
{
	see(p, SCN_POSSIBLE_IOTLB_HIT, dev, a->phys.hit);
	see(p, SCN_POSSIBLE_STALE, dev, stale);
}

void chk_possible_stale(struct chk_possible *p, uint32_t dev)
{
	see(p, SCN_POSSIBLE_STALE, dev, true);
}

void chk_possible_checkpoint(struct chk_possible *p, uint32_t step)
{
	struct chk_seen_at at = { .step = step, .seen = p->seen };

	g_array_append_val(p->at, at);
}

static void add(struct chk_seen *seen, const struct chk_seen *other)
{
	for (unsigned i = 0; i < SCN_POSSIBLE_MAX; i++)
		seen->of[i] |= other->of[i];
}

static struct chk_seen *seen_at(const struct chk_possible *p, uint32_t step)
{
	for (guint i = 0; i < p->at->len; i++) {
		struct chk_seen_at *at = &g_array_index(p->at, struct chk_seen_at, i);

		if (at->step == step)
			return &at->seen;
	}
	return NULL;
}

void chk_possible_or(struct chk_possible *p, const struct chk_possible *other)
{
	add(&p->seen, &other->seen);
	for (guint i = 0; i < other->at->len; i++) {
		const struct chk_seen_at *at = &g_array_index(other->at, struct chk_seen_at, i);
		struct chk_seen *own = seen_at(p, at->step);

		if (own)
			add(own, &at->seen);
		else
			g_array_append_vals(p->at, at, 1);
	}
}

static char *unmet(const struct scn *scn, const struct scn_budget *b, const struct chk_seen *seen,
		   const char *by)
{
	static const char *const text[SCN_POSSIBLE_MAX] = {
		[SCN_POSSIBLE_ATC_HIT] = "is never served from its ATC",
		[SCN_POSSIBLE_IOTLB_HIT] = "is never served from the IOTLB",
		[SCN_POSSIBLE_FAULT] = "is never refused an access",
		[SCN_POSSIBLE_STALE] = "is never served anything outdated",
	};

	for (guint i = 0; b->sometimes && i < b->sometimes->len; i++) {
		const struct scn_sometimes *s =
			&g_array_index(b->sometimes, struct scn_sometimes, i);
		const struct scn_device *d =
			&g_array_index(scn->devices, struct scn_device, s->dev);

		if (!seen || !(seen->of[s->what] >> s->dev & 1))
			return g_strdup_printf("line %u, sometimes: %s.%s %s%s", s->mark.line,
					       g_array_index(scn->vms, struct scn_vm, d->vm).name,
					       d->name, text[s->what], by);
	}
	return NULL;
}

char *chk_possible_unmet(const struct chk_possible *p, const struct scn *scn)
{
	for (guint i = 0; i < scn->steps->len; i++) {
		const struct scn_step *s = g_ptr_array_index(scn->steps, i);
		char *why = unmet(scn, &s->budget, seen_at(p, i), " by then");

		if (why)
			return why;
	}
	return unmet(scn, &scn->expect, &p->seen, "");
}
