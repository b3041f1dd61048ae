/* SPDX-License-Identifier: MIT */
/*
 * What software may program (section 6.2.3.1), whether or not hardware notices:
 * rules between the entries that are live, on how a present one is changed, and on
 * the commands that belong together (section 6.5.2).
 */
#include "vtd.h"

enum kind { SCALABLE, LEGACY };

/* Where vtd_live() keeps the scalable-mode context entry. */
#define CONTEXT 8
#define HPTE	IMS_FIELD(5, 5)
#define HPTSZ	IMS_FIELD(257, 256)
#define HPTPTR	IMS_FIELD(319, 268)
#define HPTDID	IMS_FIELD(335, 320)

/* Legacy-mode context entry, section 9.3. */
#define LCE_P	    IMS_FIELD(0, 0)
#define LCE_TT	    IMS_FIELD(3, 2)
#define LCE_SSPTPTR IMS_FIELD(63, 12)
#define LCE_AW	    IMS_FIELD(66, 64)
#define LCE_DID	    IMS_FIELD(87, 72)

/* What an entry says of translation; what its mode ignores is 0. */
struct view {
	bool s1, s2;
	uint64_t pgtt, did, aw, fspm, eafe, ssade, s1_root, s2_root;
	uint32_t pasid;
};

static struct view view_legacy(const struct ims_live *e)
{
	bool through = ims_field_get(e->words, LCE_TT) == 2;

	return (struct view){ .s2 = !through,
			      .pgtt = through ? VTD_PGTT_PT : VTD_PGTT_SS,
			      .did = ims_field_get(e->words, LCE_DID),
			      .aw = through ? 0 : ims_field_get(e->words, LCE_AW),
			      .s2_root = through ? 0 : ims_field_get(e->words, LCE_SSPTPTR) };
}

static struct view view_of(const struct ims_live *e)
{
	struct view v = { .pgtt = ims_field_get(e->words, VTD_SPE_PGTT) };

	if (e->kind == LEGACY)
		return view_legacy(e);
	v.did = ims_field_get(e->words, VTD_SPE_DID);
	v.pasid = e->ctx != IMS_CTX_NONE ?
			  e->ctx :
			  (uint32_t)ims_field_get(e->words + CONTEXT, VTD_SCE_RID_PASID);
	v.s1 = v.pgtt == VTD_PGTT_FS || v.pgtt == VTD_PGTT_NESTED;
	v.s2 = v.pgtt == VTD_PGTT_SS || v.pgtt == VTD_PGTT_NESTED;
	if (v.s1) {
		v.s1_root = ims_field_get(e->words, VTD_SPE_FSPTPTR);
		v.fspm = ims_field_get(e->words, VTD_SPE_FSPM);
		v.eafe = ims_field_get(e->words, VTD_SPE_EAFE);
	}
	if (v.s2) {
		v.s2_root = ims_field_get(e->words, VTD_SPE_SSPTPTR);
		v.aw = ims_field_get(e->words, VTD_SPE_AW);
		v.ssade = ims_field_get(e->words, VTD_SPE_SSADE);
	}
	return v;
}

/* ---- reading ---- */

static bool read_words(struct ims_hw *hw, struct ims_live *e, uint64_t at, unsigned count,
		       uint64_t *ret_words)
{
	e->read[e->read_count].at = at;
	e->read[e->read_count++].words = (uint8_t)count;
	return ims_cfg_read(hw, at, count, ret_words) && (ret_words[0] & 1);
}

static void read_legacy(struct ims_hw *hw, struct ims_live *e, uint64_t rtaddr)
{
	uint64_t root[2];

	e->kind = LEGACY;
	e->count = 2;
	e->valid = 1;
	if (e->ctx != IMS_CTX_NONE ||
	    !read_words(hw, e, (rtaddr & VTD_ADDR) + (e->src >> 8 & 0xff) * 16, 2, root))
		return;
	e->at = (root[0] & VTD_ADDR) + (e->src & 0xff) * 16;
	e->present = read_words(hw, e, e->at, 2, e->words);
}

/* Reserved bits are hardware's to refuse: what is written is what software meant. */
void vtd_live(struct ims_hw *hw, struct ims_live *e)
{
	uint64_t rtaddr = ims_cfg_root(hw), root, directory, *context = e->words + CONTEXT;
	uint64_t pasid;

	if ((rtaddr >> 10 & 3) == VTD_TTM_LEGACY) {
		read_legacy(hw, e, rtaddr);
		return;
	}
	if ((rtaddr >> 10 & 3) != VTD_TTM_SCALABLE)
		return;
	e->kind = SCALABLE;
	e->count = 8;
	e->valid = 1;
	if (!read_words(hw, e,
			(rtaddr & VTD_ADDR) + (e->src >> 8 & 0xff) * 16 + (e->src & 0x80 ? 8 : 0),
			1, &root) ||
	    !read_words(hw, e, (root & VTD_ADDR) + (e->src & 0x7f) * 32, 4, context))
		return;
	pasid = e->ctx != IMS_CTX_NONE ? e->ctx : ims_field_get(context, VTD_SCE_RID_PASID);
	if (pasid >> (ims_field_get(context, VTD_SCE_PDTS) + 13) ||
	    !read_words(hw, e, (context[0] & VTD_ADDR) + (pasid >> 6) * 8, 1, &directory))
		return;
	e->at = (directory & VTD_ADDR) + (pasid & 63) * 64;
	e->present = read_words(hw, e, e->at, 8, e->words);
}

/* ---- rules between entries ---- */

static bool same_did_other_parent(const struct ims_state *s, const struct ims_live *a,
				  const struct ims_live *b)
{
	struct view x = view_of(a), y = view_of(b);

	(void)s;
	return x.did == y.did && x.s2 && y.s2 && (x.s2_root != y.s2_root || x.aw != y.aw);
}

static bool did_of_both_stages(const struct ims_state *s, const struct ims_live *a,
			       const struct ims_live *b)
{
	struct view x = view_of(a), y = view_of(b);

	/* Legacy entries are all of one class. */
	(void)s;
	return a->kind == SCALABLE && b->kind == SCALABLE && x.did == y.did && x.s2 != y.s2;
}

static bool same_tag_other_tables(const struct ims_state *s, const struct ims_live *a,
				  const struct ims_live *b)
{
	struct view x = view_of(a), y = view_of(b);

	(void)s;
	return x.did == y.did && x.pasid == y.pasid && a->src != b->src &&
	       (x.pgtt != y.pgtt || x.s1_root != y.s1_root || x.s2_root != y.s2_root ||
		x.aw != y.aw || x.fspm != y.fspm);
}

static bool same_tables_other_mode(const struct ims_state *s, const struct ims_live *a,
				   const struct ims_live *b)
{
	struct view x = view_of(a), y = view_of(b);

	(void)s;
	return x.s1 && y.s1 && x.s1_root == y.s1_root && x.s2 == y.s2 && x.s2_root == y.s2_root &&
	       (x.fspm != y.fspm || x.eafe != y.eafe);
}

static bool same_parent_other_ssade(const struct ims_state *s, const struct ims_live *a,
				    const struct ims_live *b)
{
	struct view x = view_of(a), y = view_of(b);

	(void)s;
	return x.s2 && y.s2 && x.s2_root == y.s2_root && x.ssade != y.ssade;
}

static bool has_hpt(const struct ims_live *e)
{
	return e->kind == SCALABLE && ims_field_get(e->words + CONTEXT, HPTE);
}

/* The table itself is not modelled; how it is named can still be read. */
static bool same_hptdid_other_table(const struct ims_state *s, const struct ims_live *a,
				    const struct ims_live *b)
{
	(void)s;
	return has_hpt(a) && has_hpt(b) &&
	       ims_field_get(a->words, HPTDID) == ims_field_get(b->words, HPTDID) &&
	       (ims_field_get(a->words, HPTPTR) != ims_field_get(b->words, HPTPTR) ||
		ims_field_get(a->words, HPTSZ) != ims_field_get(b->words, HPTSZ));
}

/* ---- rules on one entry ---- */

/* Section 9.6: 1 to 3 levels of AW stand for 39, 48 and 57 bits. */
static bool guest_fields_unvetted(const struct ims_state *s, const struct ims_live *e)
{
	struct view v = view_of(e);
	unsigned width = (unsigned)(v.aw * 9 + 30);

	if (v.pgtt != VTD_PGTT_NESTED)
		return false;
	if (width > s->params[VTD_P_MGAW])
		width = s->params[VTD_P_MGAW];
	if (width > s->params[VTD_P_HAW])
		width = s->params[VTD_P_HAW];
	return (width < 64 && v.s1_root << 12 >> width) || v.fspm > 1 ||
	       (v.fspm && !s->params[VTD_P_FS5LP]) || (v.eafe && !s->params[VTD_P_EAFS]);
}

static bool did_not_of_unit(const struct ims_state *s, const struct ims_live *e)
{
	return view_of(e).did >> (4 + 2 * s->params[VTD_P_ND]);
}

static bool did_zero(const struct ims_state *s, const struct ims_live *e)
{
	return s->params[VTD_P_CM] && !view_of(e).did;
}

/* ---- rules on changes ---- */

/* Chapter 9, preamble: 16 bytes are read at once, what lies further apart is not. */
static uint64_t together(const struct ims_live *e, unsigned word)
{
	static const uint64_t scalable[] = {
		IMS_BITS(63, 12) | IMS_BITS(8, 6) | IMS_BITS(4, 2), /* SSPTPTR, PGTT, AW */
		IMS_BITS(15, 0),				    /* DID */
		IMS_BITS(63, 12) | IMS_BITS(3, 2),		    /* FSPTPTR, FSPM */
	};
	static const uint64_t legacy[] = {
		IMS_BITS(63, 12) | IMS_BITS(3, 2), /* SSPTPTR, TT */
		IMS_BITS(23, 8) | IMS_BITS(2, 0),  /* DID, AW */
	};

	if (e->kind == LEGACY)
		return word < 2 ? legacy[word] : 0;
	return word < 3 ? scalable[word] : 0;
}

#define DIDS  "VT-d 5.10 section 6.2.3.1"
#define PAIRS "VT-d 5.10 section 6.5.2.2"

/* clang-format off */
const struct ims_prog_rule vtd_prog_rules[] = {
	{ "same-did-other-parent", "(a) entries with one DID have one SSPTPTR and one AW", DIDS,
	  .pair = same_did_other_parent },
	{ "did-of-both-stages", "(b) first-stage-only and pass-through entries share no DID with second-stage and nested ones", DIDS,
	  .pair = did_of_both_stages },
	{ "same-tag-other-tables", "(c) one DID and one PASID on several devices mean the same tables in the same mode", DIDS,
	  .pair = same_tag_other_tables },
	{ "same-tables-other-mode", "(d) the same FSPTPTR and SSPTPTR have one FSPM and one EAFE", DIDS,
	  .pair = same_tables_other_mode },
	{ "same-parent-other-ssade", "(e) the same SSPTPTR has one SSADE", DIDS,
	  .pair = same_parent_other_ssade },
	{ "guest-fields-unvetted", "(f) the host holds a guest's FSPTPTR, FSPM, EAFE and WPE against the unit", DIDS,
	  .physical = true, .one = guest_fields_unvetted },
	{ "did-not-of-unit", "(g) every entry has a DID within CAP.ND", DIDS ", CAP.ND",
	  .one = did_not_of_unit },
	{ "did-zero", "(g) no entry has DID 0 where CM = 1: absent entries are filed there", "VT-d 5.10 section 6.1",
	  .one = did_zero },
	{ "same-hptdid-other-table", "(h) entries with one HPTDID have one HPTPTR and one HPTSZ", DIDS,
	  .pair = same_hptdid_other_table },
	{ "present-entry-torn", "(i) fields of a present entry that lie in several words do not change together", DIDS ", chapter 9, preamble",
	  .together = together },
	{ "pc-domain-alone", "(j) a domain's PASID-cache command is followed by the domain's IOTLB command", PAIRS,
	  .command = "PC domain", .follow = { "IOTLB domain-selective", "IOTLB global" } },
	{ "pc-pasid-alone", "(j) a PASID's PASID-cache command is followed by the PASID's IOTLB command, or a wider one", PAIRS,
	  .command = "PC PASID-selective", .follow = { "P_IOTLB PASID-selective", "IOTLB domain-selective", "IOTLB global" } },
	{ "pc-global-alone", "(j) the global PASID-cache command is followed by the global IOTLB command", PAIRS,
	  .command = "PC global", .follow = { "IOTLB global" } },
	{ "cc-global-alone", "(j) the global context-cache command is followed by the global PASID-cache command", "VT-d 5.10 section 6.5.2.1",
	  .command = "CC global", .follow = { "PC global" } },
	{ "cc-device-alone", "(j) where CM = 1 a device's context-cache command is followed by PASID-cache commands for its domains", "VT-d 5.10 section 6.5.2.1",
	  .command = "CC device", .follow = { "PC domain", "PC global" }, .with_param = 1 + VTD_P_CM },
};
/* clang-format on */
_Static_assert(sizeof(vtd_prog_rules) / sizeof(vtd_prog_rules[0]) == VTD_PROG_RULES,
	       "as announced");
