/* SPDX-License-Identifier: MIT */
/*
 * What software may program, whether or not hardware notices: structures that share a tag
 * agree in what TLBs keep of them (sheet, sections 2.3 and 16.3), a live one changes one
 * word at a time, a translation is broken before it is made anew (15.10), a level that a
 * range names fits to where it begins (6.3).
 */
#include "smmuv3.h"

/* The entry of requests without PASID is the STE, with its CD 0 behind it; of others the CD, with the STE. */
enum kind { OF_STREAM, OF_SUBSTREAM };

#define STE_WORDS(e) ((e)->words + ((e)->kind == OF_STREAM ? 0 : SMMU_ENTRY_WORDS))
#define CD_WORDS(e)  ((e)->words + ((e)->kind == OF_STREAM ? SMMU_ENTRY_WORDS : 0))
#define STE(e, name) ims_field_get(STE_WORDS(e), SMMU_STE_##name)
#define CD(e, name)  ims_field_get(CD_WORDS(e), SMMU_CD_##name)

/* ---- reading ---- */

static bool read_words(struct ims_hw *hw, struct ims_live *e, uint64_t at, unsigned count,
		       uint64_t *ret_words)
{
	e->read[e->read_count].at = at;
	e->read[e->read_count++].words = (uint8_t)count;
	return ims_cfg_read(hw, at, count, ret_words);
}

/* Two levels or one, as the registers say: section 6.3.25. */
static bool find_ste(struct ims_hw *hw, struct ims_live *e, uint64_t *ret_at)
{
	const uint64_t *d = ims_hw_state_const(hw)->derived;
	uint64_t base = ims_cfg_root(hw) & SMMU_ADDR(6), l1, span;
	unsigned split = (unsigned)d[SMMU_D_SPLIT];

	*ret_at = base + (uint64_t)e->src * 64;
	if ((uint64_t)e->src >> d[SMMU_D_SIDS])
		return false;
	if (!split)
		return true;
	if (!read_words(hw, e, base + (uint64_t)(e->src >> split) * 8, 1, &l1))
		return false;
	span = ims_bits_get(l1, 4, 0);
	*ret_at = (l1 & SMMU_ADDR(6)) + (uint64_t)(e->src & ((1u << split) - 1)) * 64;
	return span && span <= split + 1u && !((e->src & ((1u << split) - 1)) >> (span - 1));
}

/* Of stage-1 streams: behind a stage 2 the tables are the guest's, and are read as his. */
static bool find_cd(struct ims_hw *hw, struct ims_live *e, const uint64_t *ste, uint32_t ssid,
		    uint64_t *ret_at)
{
	uint64_t fmt = ims_field_get(ste, SMMU_STE_S1FMT), l1;
	uint64_t max = ims_field_get(ste, SMMU_STE_S1CDMAX);
	uint64_t table = ims_field_get(ste, SMMU_STE_S1CTXPTR) << 6;
	unsigned lg2 = fmt == 1 ? 6 : 10;

	*ret_at = table + (uint64_t)ssid * 64;
	if (ims_field_get(ste, SMMU_STE_CONFIG) != (SMMU_CONFIG_PASS | SMMU_CONFIG_S1) ||
	    ssid >> max)
		return false;
	if (!max || (fmt != 1 && fmt != 2))
		return true;
	if (!read_words(hw, e, table + (uint64_t)(ssid >> lg2) * 8, 1, &l1))
		return false;
	*ret_at = (l1 & SMMU_ADDR(12)) + (uint64_t)(ssid & ((1u << lg2) - 1)) * 64;
	return l1 & 1;
}

void smmu_live(struct ims_hw *hw, struct ims_live *e)
{
	uint64_t ste_at, cd_at;
	bool ste, cd;

	e->kind = e->ctx == IMS_CTX_NONE ? OF_STREAM : OF_SUBSTREAM;
	e->count = SMMU_ENTRY_WORDS;
	e->valid = e->kind == OF_STREAM ? IMS_BIT(0) : IMS_BIT(31);
	if (!find_ste(hw, e, &ste_at) || !read_words(hw, e, ste_at, SMMU_ENTRY_WORDS, STE_WORDS(e)))
		return;
	/* Of one that aborts hardware goes by nothing else. */
	ste = STE(e, V) && (STE(e, CONFIG) & SMMU_CONFIG_PASS);
	cd = ste && find_cd(hw, e, STE_WORDS(e), e->kind == OF_STREAM ? 0 : e->ctx, &cd_at) &&
	     read_words(hw, e, cd_at, SMMU_ENTRY_WORDS, CD_WORDS(e)) && CD(e, V);
	e->at = e->kind == OF_STREAM ? ste_at : cd ? cd_at : 0;
	e->present = e->kind == OF_STREAM ? ste : cd;
}

/* ---- rules between entries ---- */

/* Section 5.2.1: of the second stage what a TLB may keep; S2S and S2R it does not. */
#define S2_TLB (IMS_BITS(56, 32))

static bool uses_s2(const struct ims_live *e)
{
	return e->kind == OF_STREAM && (STE(e, CONFIG) & SMMU_CONFIG_S2);
}

static bool same_vmid(const struct ims_live *a, const struct ims_live *b)
{
	return STE(a, S2VMID) == STE(b, S2VMID);
}

static bool same_vmid_other_stage2(const struct ims_state *s, const struct ims_live *a,
				   const struct ims_live *b)
{
	const uint64_t *x = STE_WORDS(a), *y = STE_WORDS(b);

	(void)s;
	return uses_s2(a) && uses_s2(b) && same_vmid(a, b) &&
	       (((x[2] ^ y[2]) & S2_TLB) || STE(a, S2TTB) != STE(b, S2TTB) ||
		STE(a, S2FWB) != STE(b, S2FWB));
}

/* A stage-1 stream whose translations have a VMID. */
static bool s1_alone(const struct ims_state *s, const struct ims_live *e)
{
	return e->kind == OF_STREAM && STE(e, CONFIG) == (SMMU_CONFIG_PASS | SMMU_CONFIG_S1) &&
	       smmu_world(s, STE_WORDS(e)) == SMMU_CLASS_EL1;
}

static bool nested(const struct ims_live *e)
{
	return uses_s2(e) && (STE(e, CONFIG) & SMMU_CONFIG_S1);
}

static bool vmid_of_both_stages(const struct ims_state *s, const struct ims_live *a,
				const struct ims_live *b)
{
	return s->params[SMMU_P_S2P] && same_vmid(a, b) &&
	       ((s1_alone(s, a) && nested(b)) || (s1_alone(s, b) && nested(a)));
}

/* Section 5.4.1: everything of a CD but A, R, S and what is no walk's. */
static bool other_tables(const struct ims_live *a, const struct ims_live *b)
{
	static const uint64_t masks[] = { IMS_BITS(43, 32) | IMS_BITS(30, 16) | IMS_BITS(15, 0),
					  ~UINT64_C(0), IMS_BITS(63, 0), ~UINT64_C(0) };

	for (unsigned i = 0; i < sizeof(masks) / sizeof(masks[0]); i++)
		if ((CD_WORDS(a)[i] ^ CD_WORDS(b)[i]) & masks[i])
			return true;
	return false;
}

static bool has_cd(const struct ims_live *e)
{
	return CD(e, V) && STE(e, CONFIG) == (SMMU_CONFIG_PASS | SMMU_CONFIG_S1);
}

/* In EL2 without E2H all CDs are of one address space: section 3.17. */
static bool same_asid_other_tables(const struct ims_state *s, const struct ims_live *a,
				   const struct ims_live *b)
{
	enum smmu_class world;

	if (!has_cd(a) || !has_cd(b))
		return false;
	world = smmu_world(s, STE_WORDS(a));
	if (world != smmu_world(s, STE_WORDS(b)) ||
	    (world != SMMU_CLASS_EL2 && CD(a, ASID) != CD(b, ASID)) ||
	    (world == SMMU_CLASS_EL1 && s->params[SMMU_P_S2P] && !same_vmid(a, b)))
		return false;
	return other_tables(a, b);
}

/* ---- rules on changes ---- */

/*
 * Sheet, 16.8: hardware reads the words of a structure in any order. Of an STE that aborts
 * it goes by none but the first (IHI 0070 section 5.2, Config).
 */
static uint64_t together(const struct ims_live *e, unsigned word)
{
	static const uint64_t ste[] = { ~IMS_BIT(0), IMS_BITS(51, 24) | IMS_BITS(19, 0),
					~UINT64_C(0), ~UINT64_C(0) };
	static const uint64_t cd[] = { ~IMS_BIT(31), ~UINT64_C(0), ~UINT64_C(0), ~UINT64_C(0) };

	if (word >= 4 || (e->kind == OF_STREAM && !(e->words[0] & IMS_BIT(3))))
		return 0;
	return e->kind == OF_STREAM ? ste[word] : cd[word];
}

/* Sheet, 8.1 and 16.8: full and split-stage ATS are a zero apart. */
static bool eats_direct(const struct ims_live *e, unsigned word, uint64_t old, uint64_t value)
{
	uint64_t was = ims_bits_get(old, 29, 28), is = ims_bits_get(value, 29, 28);

	return e->kind == OF_STREAM && word == 1 && was && is && was != is && (was == 2 || is == 2);
}

#define LEAF_ADDR IMS_BITS(47, 12)

static bool writes(unsigned stage, uint64_t e)
{
	return stage == 1 ? !(e & IMS_BIT(7)) || (e & IMS_BIT(51)) : (e & IMS_BIT(7)) != 0;
}

/* Memory type and shareability: AttrIndx or MemAttr, SH. */
static uint64_t attributes(unsigned stage, uint64_t e)
{
	return e & (IMS_BITS(9, 8) | (stage == 1 ? IMS_BITS(4, 2) : IMS_BITS(5, 2)));
}

/*
 * VMSA D8.17.1, section 3.21.1.1: another output that either may be written through, other
 * attributes, or another size as far as the unit does not cope with that (IDR3.BBML; nT).
 */
static bool remade(const struct ims_state *s, unsigned stage, unsigned level, uint64_t old,
		   uint64_t value)
{
	bool was_table = level > 1 && (old & 2), is_table = level > 1 && (value & 2);
	uint64_t block = was_table ? value : old;

	if (!(old & 1) || !(value & 1))
		return false;
	if (was_table && is_table)
		return false;
	if (was_table != is_table)
		return !s->params[SMMU_P_BBML] ||
		       (s->params[SMMU_P_BBML] == 1 && !(block & IMS_BIT(16)));
	if (attributes(stage, old) != attributes(stage, value))
		return true;
	return ((old ^ value) & LEAF_ADDR) && (writes(stage, old) || writes(stage, value));
}

/* ---- rules on commands ---- */

/* Section 4.4.1.1: which bits of an address a leaf of that level has none of, by TG and TTL. */
static bool level_misaligned(const struct ims_state *s, const struct ims_cmd_row *row,
			     const uint64_t *words)
{
	static const uint8_t lg2[4][4] = {
		[1] = { 0, 30, 21, 0 }, [2] = { 14, 14, 25, 14 }, [3] = { 16, 42, 29, 16 }
	};
	uint64_t tg = ims_bits_get(words[1], 11, 10), ttl = ims_bits_get(words[1], 9, 8);
	unsigned bits;

	if (!ims_row_field(row, "ttl") || !s->params[SMMU_P_RIL] || !tg)
		return false;
	bits = lg2[tg][ttl];
	return bits && (words[1] & IMS_BITS(bits - 1, 0) & ~UINT64_C(0xfff));
}

#define TAGS "IHI 0070 sections 5.2.1, 3.17"

/* clang-format off */
const struct ims_prog_rule smmu_prog_rules[] = {
	{ "same-vmid-other-stage2", "(a) STEs with one S2VMID have one stage 2", TAGS,
	  .pair = same_vmid_other_stage2 },
	{ "vmid-of-both-stages", "(b) streams of stage 1 alone share no VMID with nested ones", TAGS,
	  .pair = vmid_of_both_stages },
	{ "same-asid-other-tables", "(c) CDs with one ASID, of one world and VMID, agree in what TLBs keep of them", "IHI 0070 section 5.4.1",
	  .guest = true, .pair = same_asid_other_tables },
	{ "live-structure-torn", "(d) fields of a live STE or CD that lie in several words do not change together", "IHI 0070 section 3.21.3; sheet 16.8",
	  .together = together },
	{ "eats-without-zero", "(e) EATS goes between full and split-stage ATS by way of 0", "IHI 0070 section 5.2, EATS",
	  .change = eats_direct },
	{ "made-without-break", "(f) an entry with another output, type or size is made after the old one is broken and invalidated", "IHI 0070 section 3.21.1.1; VMSA D8.17.1",
	  .remade = remade },
	/* A host passes on what the guest sends. */
	{ "level-misaligned", "(g) a range that names a level begins where a leaf of that level may", "IHI 0070 section 4.4.1.1",
	  .guest = true, .wrong = level_misaligned },
};
/* clang-format on */
_Static_assert(sizeof(smmu_prog_rules) / sizeof(smmu_prog_rules[0]) == SMMU_PROG_RULES,
	       "as announced");
