/* SPDX-License-Identifier: MIT */
/*
 * What software may program, whether or not hardware notices: a DomainID is the tag of
 * everything that devices with it fetch (section 5), so that their tables have to agree.
 */
#include "amdvi.h"

/* The entry as it stands, of requests with and without PASID alike. */
void amdvi_live(struct ims_hw *hw, struct ims_live *e)
{
	uint64_t base = ims_cfg_root(hw);

	e->count = AMDVI_DTE_WORDS;
	e->valid = 1;
	if (e->ctx != IMS_CTX_NONE || e->src >= ((base & 0x1ff) + 1) * 128)
		return;
	e->at = (base & AMDVI_ADDR) + (uint64_t)e->src * 32;
	e->read[0].at = e->at;
	e->read[0].words = AMDVI_DTE_WORDS;
	e->read_count = 1;
	if (!ims_cfg_read(hw, e->at, AMDVI_DTE_WORDS, e->words))
		return;
	e->present = ims_field_get(e->words, AMDVI_DTE_V) && ims_field_get(e->words, AMDVI_DTE_TV);
}

static bool same_dom(const struct ims_live *a, const struct ims_live *b)
{
	return ims_field_get(a->words, AMDVI_DTE_DOM) == ims_field_get(b->words, AMDVI_DTE_DOM);
}

static bool same_domid_other_parent(const struct ims_state *s, const struct ims_live *a,
				    const struct ims_live *b)
{
	uint64_t mode = ims_field_get(a->words, AMDVI_DTE_MODE);

	(void)s;
	return same_dom(a, b) && (mode != ims_field_get(b->words, AMDVI_DTE_MODE) ||
				  (mode && ims_field_get(a->words, AMDVI_DTE_ROOT) !=
						   ims_field_get(b->words, AMDVI_DTE_ROOT)));
}

static bool same_domid_other_gcr3(const struct ims_state *s, const struct ims_live *a,
				  const struct ims_live *b)
{
	(void)s;
	return same_dom(a, b) && ims_field_get(a->words, AMDVI_DTE_GV) &&
	       ims_field_get(b->words, AMDVI_DTE_GV) &&
	       amdvi_gcr3_get(a->words) != amdvi_gcr3_get(b->words);
}

/* clang-format off */
const struct ims_prog_rule amdvi_prog_rules[] = {
	{ "same-domid-other-parent", "(a) entries with one DomainID have one Mode and one host table", "reference sheet, section 5",
	  .pair = same_domid_other_parent },
	/* A host that keeps a guest's sharing repeats what the guest did. */
	{ "same-domid-other-gcr3", "(b) entries with one DomainID and GV=1 have one GCR3 table", "section 5; Linux nested.c, gcr3_info.domid",
	  .guest = true, .pair = same_domid_other_gcr3 },
};
/* clang-format on */
_Static_assert(sizeof(amdvi_prog_rules) / sizeof(amdvi_prog_rules[0]) == AMDVI_PROG_RULES,
	       "as announced");
