/* SPDX-License-Identifier: MIT */
/*
 * On which assumptions about hardware a finding stands. Adversarial hardware takes
 * of each open knob the reading that keeps most; a finding that is there with the
 * others too needs none of them. Of one that is not, the fewest that bring it about are
 * found by running the scenario with them.
 */
#include <string.h>

#include "sim/check/parts.h"

struct search {
	const struct scn *scn;
	const struct ims_model *model;
	const struct chk_search *more;
	uint8_t rows[SCN_OPEN_MAX]; /* of the parameters */
	unsigned count;
	struct chk_result *full;
	struct chk_result **at; /* by the set of knobs that are read as adversarial hardware does */
};

/* Is @f found with these knobs adversarial and the others lenient. */
static bool found_with(struct search *s, uint32_t set, const struct chk_finding *f)
{
	uint32_t all = (1u << s->count) - 1;
	const struct chk_result *r;

	if (set == all)
		return true;
	if (!s->at[set])
		s->at[set] = chk_again(s->scn, s->model,
				       &(struct scn_variant){ .lenient = all & ~set }, s->more);
	r = s->at[set];
	chk_take_internal(s->full, r);
	return chk_found_again(r, f, true);
}

/* The next larger number with as many bits. */
static uint32_t next_of_size(uint32_t set)
{
	uint32_t low = set & -set, carried = set + low;

	return carried | (((carried ^ set) / low) >> 2);
}

/* The smallest sets first, of one size the one whose knobs stand first. */
static uint32_t weakest(struct search *s, const struct chk_finding *f)
{
	uint32_t all = (1u << s->count) - 1;

	if (found_with(s, 0, f))
		return 0;
	for (unsigned size = 1; size < s->count; size++)
		for (uint32_t set = (1u << size) - 1; set <= all; set = next_of_size(set))
			if (found_with(s, set, f))
				return set;
	return all;
}

static void tell(const struct search *s, struct chk_finding *f, uint32_t set)
{
	GString *needs = g_string_new(f->rung), *power = g_string_new(NULL);

	for (unsigned i = 0; i < s->count; i++) {
		const struct ims_param *p = &s->model->params[s->rows[i]];

		if (!(set >> i & 1))
			continue;
		g_string_append_printf(power, "%s%s=%u (open: %s)", power->len ? ", " : "needs ",
				       p->name, p->adversarial, p->unknown);
		g_string_append_printf(needs, "%s%s=%u", needs->len ? ", " : "", p->name,
				       p->adversarial);
	}
	f->needs = g_string_free(needs, FALSE);
	f->power = g_string_free(power, FALSE);
}

void chk_powers(const struct scn *scn, const struct ims_model *model,
		const struct chk_search *search, struct chk_result *r)
{
	struct search s = { .scn = scn, .model = model, .more = search, .full = r };

	s.count = scn_run_open(scn, model, s.rows);
	if (!s.count || !r->findings->len)
		return;
	s.at = g_new0(struct chk_result *, (size_t)1 << s.count);
	for (guint i = 0; i < r->findings->len; i++) {
		struct chk_finding *f = g_ptr_array_index(r->findings, i);
		uint32_t set = weakest(&s, f);

		if (set)
			tell(&s, f, set);
	}
	for (uint32_t set = 0; set < 1u << s.count; set++)
		chk_result_free(s.at[set]);
	g_free(s.at);
}
