/* SPDX-License-Identifier: MIT */
/*
 * Which answers of the host and of the VMM bring a finding about: those that differ from
 * the vendor's first policy, without which it is not found. The scenario is run again
 * with that policy's answer to one of them; where no one of them helps, to as few
 * as do together.
 */
#include <string.h>

#include "sim/check/parts.h"

struct search {
	const struct scn *scn;
	const struct ims_model *model;
	const struct chk_search *more;
	struct ims_policy policy;
	uint8_t columns[IMS_COLUMNS]; /* those that differ */
	unsigned count;
	struct chk_result *full;
	GHashTable *at; /* what is found with a set of them restored; looked up, never walked */
};

static uint64_t bits_of(const struct search *s, uint64_t set)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < s->count; i++)
		if (set >> i & 1)
			bits |= UINT64_C(1) << s->columns[i];
	return bits;
}

/* Is @f found no more with these restored. */
static bool helps(struct search *s, uint64_t set, const struct chk_finding *f)
{
	struct chk_result *r = g_hash_table_lookup(s->at, &set);

	if (!r) {
		r = chk_again(s->scn, s->model,
			      &(struct scn_variant){ .restored = bits_of(s, set) }, s->more);
		chk_take_internal(s->full, r);
		g_hash_table_insert(s->at, g_memdup2(&set, sizeof(set)), r);
	}
	return r->verdict != CHK_ERROR && !chk_found_again(r, f, false);
}

/* All that help alone. */
static uint64_t alone(struct search *s, const struct chk_finding *f)
{
	uint64_t set = 0;

	for (unsigned i = 0; i < s->count; i++)
		if (helps(s, UINT64_C(1) << i, f))
			set |= UINT64_C(1) << i;
	return set;
}

/* Two that help together; else of all of them those of which none can be left out; 0: not even all do. */
static uint64_t together(struct search *s, const struct chk_finding *f)
{
	uint64_t set = s->count < 64 ? (UINT64_C(1) << s->count) - 1 : UINT64_MAX;

	if (s->count < 2 || !helps(s, set, f))
		return 0;
	for (unsigned i = 0; i < s->count; i++)
		for (unsigned k = i + 1; k < s->count; k++)
			if (helps(s, UINT64_C(1) << i | UINT64_C(1) << k, f))
				return UINT64_C(1) << i | UINT64_C(1) << k;
	for (unsigned i = 0; i < s->count; i++)
		if (helps(s, set & ~(UINT64_C(1) << i), f))
			set &= ~(UINT64_C(1) << i);
	return set;
}

static void tell(const struct search *s, struct chk_finding *f, uint64_t set, bool each)
{
	const struct ims_policy *first = &s->model->policies[0].policy;
	GPtrArray *names = g_ptr_array_new();
	GString *text = g_string_new(NULL), *with = g_string_new(NULL);

	for (unsigned i = 0; i < s->count; i++) {
		const struct ims_column_def *c = &ims_columns[s->columns[i]];
		unsigned is = s->policy.of[s->columns[i]], was = first->of[s->columns[i]];

		if (!(set >> i & 1))
			continue;
		g_string_append_printf(text, "%s%s.%s is %s (%s)", text->len ? "; " : "", c->side,
				       c->name, c->answers[is].name, c->answers[is].text);
		if (each)
			g_string_append_printf(text, ", with %s it is not found",
					       c->answers[was].name);
		g_string_append_printf(with, "%s%s", with->len ? " and " : "",
				       c->answers[was].name);
		g_ptr_array_add(names, g_strdup_printf("%s.%s", c->side, c->name));
	}
	if (!each)
		g_string_append_printf(text, "; with %s together it is not found", with->str);
	g_ptr_array_add(names, NULL);
	f->columns = (char **)g_ptr_array_free(names, FALSE);
	f->column_text = g_string_free(text, FALSE);
	g_string_free(with, TRUE);
}

/* The first layer whose repair alone mends it: the VMM comes before the host. */
static void blame(struct search *s, struct chk_finding *f)
{
	uint64_t vmm = 0;

	for (unsigned i = 0; i < s->count; i++) {
		unsigned column = s->columns[i];

		/* Handing a queue to the guest is no fault by itself: queue.c. */
		if (!strcmp(ims_columns[column].side, "vmm") &&
		    (column != IMS_COL_VMM_QUEUE || s->policy.of[column] != IMS_VMM_QUEUE_HARDWARE))
			vmm |= UINT64_C(1) << i;
	}
	/* What nobody answers is a matter of who had it last: who asks for nothing owes nothing. */
	if (vmm && f->kind != SCN_KIND_LOST_COMPLETION && !strcmp(f->blame, "host") &&
	    helps(s, vmm, f))
		f->blame = "vmm";
}

static void result_free(gpointer r)
{
	chk_result_free(r);
}

void chk_columns(const struct scn *scn, const struct ims_model *model,
		 const struct chk_search *search, struct chk_result *r)
{
	struct search s = { .scn = scn, .model = model, .more = search, .full = r };
	uint64_t differ = 0;

	if (!r->findings->len || !scn_policy_of(scn, model, &s.policy, &differ, NULL))
		return;
	for (unsigned i = 0; i < IMS_COLUMNS; i++)
		if (differ >> i & 1)
			s.columns[s.count++] = (uint8_t)i;
	if (!s.count)
		return;
	s.at = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, result_free);
	for (guint i = 0; i < r->findings->len; i++) {
		struct chk_finding *f = g_ptr_array_index(r->findings, i);
		/* No answer brings about what one hides. */
		uint64_t set = f->kind == SCN_KIND_MASKED ? 0 : alone(&s, f);
		bool each = set;

		if (!each && f->kind != SCN_KIND_MASKED)
			set = together(&s, f);
		if (set)
			tell(&s, f, set, each);
		blame(&s, f);
	}
	g_hash_table_destroy(s.at);
}
