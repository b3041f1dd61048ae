/* SPDX-License-Identifier: MIT */
/* Where QEMU's VT-d and ours are known to differ. Sections are those of VT-d 5.10. */
#include "sim/core/bits.h"
#include "tools/oracle/vtd.h"

/* Both tell a fault of the same request; only the reason differs. */
static bool reasons_differ(const struct orc_case *c, const struct orc_outcome *ours)
{
	if (!c->theirs || c->theirs->kind != ORC_FAULT || ours->kind != ORC_FAULT ||
	    c->theirs->fault.code == ours->fault.code)
		return false;
	for (unsigned i = 0; i < ORC_DETAILS; i++)
		if (c->theirs->fault.detail[i] != ours->fault.detail[i])
			return false;
	return true;
}

/* One of our answers is this fault, and theirs has that reason for it. */
static bool named(const struct orc_case *c, uint16_t ours, uint16_t theirs)
{
	for (unsigned i = 0; i < c->ours_count; i++)
		if (reasons_differ(c, &c->ours[i]) && c->ours[i].fault.code == ours &&
		    c->theirs->fault.code == theirs)
			return true;
	return false;
}

/* Reasons that a scalable-mode fault has in QEMU, and by table 30. */
struct pair {
	uint8_t theirs, ours;
};

static bool named_in(const struct orc_case *c, const struct pair *pairs, unsigned count)
{
	if (c->program->config == VTD_LEGACY_MODE)
		return false;
	for (unsigned i = 0; i < count; i++)
		if (named(c, pairs[i].ours, pairs[i].theirs))
			return true;
	return false;
}

static bool legacy_config(const struct orc_case *c)
{
	static const struct pair pairs[] = {
		{ VTD_LRT_1, VTD_SRT_1 }, { VTD_LRT_2, VTD_SRT_2 }, { VTD_LRT_3, VTD_SRT_3 },
		{ VTD_LCT_1, VTD_SCT_1 }, { VTD_LCT_2, VTD_SCT_2 }, { VTD_LCT_3, VTD_SCT_3 },
		{ VTD_LCT_4, VTD_SCT_4 },
	};

	return named_in(c, pairs, sizeof(pairs) / sizeof(pairs[0]));
}

static bool legacy_second_stage(const struct orc_case *c)
{
	static const struct pair pairs[] = {
		{ VTD_LGN_2, VTD_SSS_2 }, { VTD_LGN_3, VTD_SSS_2 }, { VTD_LGN_2, VTD_SGN_6 },
		{ VTD_LGN_3, VTD_SGN_7 }, { VTD_LSS_2, VTD_SSS_3 }, { VTD_LGN_1, VTD_SGN_5 },
		{ VTD_LSS_1, VTD_SSS_1 }, { VTD_LCT_4, VTD_SSS_4 },
	};

	return named_in(c, pairs, sizeof(pairs) / sizeof(pairs[0]));
}

static bool denied_code(uint16_t code)
{
	return code == VTD_LGN_2 || code == VTD_LGN_3 || code == VTD_SGN_6 || code == VTD_SGN_7;
}

/* Ours walks where the cached rights do not do, and tells what it finds. */
static bool untold(const struct orc_case *c)
{
	if (!c->theirs || (c->theirs->kind != ORC_BLOCKED && c->theirs->kind != ORC_UNSEEN))
		return false;
	/* What cannot be seen is taken for blocked where that is what cached rights would do. */
	for (unsigned i = 0; i < c->ours_count; i++)
		if (c->ours[i].kind == ORC_FAULT &&
		    (c->theirs->kind == ORC_BLOCKED || c->ours[i].stale ||
		     denied_code(c->ours[i].fault.code)))
			return true;
	return false;
}

/* The program once had a leaf that leads to where theirs went, and was clean. */
static bool clean_leaf(const struct orc_case *c)
{
	for (unsigned i = 0; i < c->step; i++) {
		const struct orc_op *op = &c->program->ops[i];
		uint64_t leaf = op->words[0];
		/* Large leaves are of 2 MiB, or of the first GiB. */
		unsigned lg2 = !(leaf & IMS_BIT(7)) ? 12 : leaf >> 21 ? 21 : 30;

		if (op->kind == ORC_OP_WRITE && op->at == c->op->watch[0] && (leaf & 1) &&
		    !(leaf & IMS_BIT(6)) && !((c->theirs->place ^ leaf) >> lg2))
			return true;
	}
	return false;
}

/*
 * Dirty stays clear where accessed was set before, all else alike; or a write went through
 * an entry whose dirty bit had to be set first, and could not.
 */
static bool dirty_lost(const struct orc_case *c)
{
	if (!c->theirs || !c->op->write || !c->op->watched ||
	    c->program->config != VTD_FIRST_STAGE || c->theirs->kind != ORC_DONE)
		return false;
	for (unsigned i = 0; i < c->ours_count; i++) {
		struct orc_outcome with = *c->theirs;

		if (with.watch[0] & IMS_BIT(6))
			break;
		with.watch[0] |= IMS_BIT(5) | IMS_BIT(6);
		/* The walk that sets it marks tables too. */
		for (unsigned k = 1; k < c->op->watched; k++)
			with.watch[k] |= IMS_BIT(5);
		if (orc_outcome_same(&with, &c->ours[i], c->op->watched))
			return true;
	}
	for (unsigned i = 0; i < c->ours_count; i++)
		if (c->ours[i].kind == ORC_DONE && c->ours[i].place == c->theirs->place)
			return false;
	return clean_leaf(c);
}

static bool typeless(const struct orc_case *c)
{
	return named(c, VTD_SPT_2, VTD_SPT_4);
}

/* Is a fault with this reason among our answers. */
static bool may_be(const struct orc_case *c, uint16_t code)
{
	for (unsigned i = 0; i < c->ours_count; i++)
		if (c->ours[i].kind == ORC_FAULT && c->ours[i].fault.code == code)
			return true;
	return false;
}

/* Theirs stops where a right is missing, ours finds something worse, there or below. */
static bool rights_first(const struct orc_case *c)
{
	static const uint8_t theirs[] = { VTD_LGN_2, VTD_LGN_3, VTD_SGN_6, VTD_SGN_2 };
	static const uint8_t ours[] = { VTD_LSS_2, VTD_SFS_2, VTD_SFS_3, VTD_SGN_2, VTD_SSS_3 };

	for (unsigned i = 0; i < sizeof(theirs); i++)
		for (unsigned k = 0; k < sizeof(ours); k++)
			if (theirs[i] != ours[k] && named(c, ours[k], theirs[i]))
				return true;
	return false;
}

static bool absent_used(const struct orc_case *c)
{
	return c->theirs && c->program->config != VTD_LEGACY_MODE && may_be(c, VTD_SPT_2) &&
	       !(c->word(c, c->program->start[VTD_START_PASID + c->op->device]) & 1);
}

/* Reserved bits are set in the other half of the root entry, which this device has no part in. */
static bool root_halves(const struct orc_case *c)
{
	uint64_t root = c->program->start[VTD_START_ROOT] & ~UINT64_C(0xfff);
	uint64_t half = orc_src(&orc_vtd, c->op->device) >> 7 & 1;

	return c->theirs && c->program->config != VTD_LEGACY_MODE && c->theirs->kind == ORC_FAULT &&
	       c->theirs->fault.code == VTD_LRT_3 && (c->word(c, root + 8 * (half ^ 1)) & 0xffe) &&
	       !(c->word(c, root + 8 * half) & 0xffe);
}

static bool pasid_reserved(const struct orc_case *c)
{
	if (!c->theirs || c->program->config == VTD_LEGACY_MODE)
		return false;
	return may_be(c, VTD_SPD_3) || may_be(c, VTD_SPT_3);
}

static bool wait_for_nothing(const struct orc_case *c)
{
	return c->our_status && c->their_status->error && !c->our_status->error &&
	       (c->op->words[0] & 0x3f) == 5;
}

/* clang-format off */
#define SEEN .qemu = "10.0.2", .first = 10000000, .last = 10000999

const struct orc_known vtd_known[] = {
	{ .id = "scalable-config-by-legacy-reasons", SEEN, .is = legacy_config,
	  .theirs = "faults of root and context entries in scalable mode have the reasons of legacy mode (1h to Bh)",
	  .ours = "reasons 38h to 49h", .source = "VT-d 5.10 section 7.1.3, table 30, SRT and SCT" },
	{ .id = "second-stage-by-legacy-reasons", SEEN, .is = legacy_second_stage,
	  .theirs = "faults of second-stage tables in scalable mode have the reasons of legacy mode (3h to Ch)",
	  .ours = "reasons 78h to 8Fh", .source = "VT-d 5.10 section 7.1.3, table 30, SSS and SGN" },
	{ .id = "denied-by-cached-rights-untold", SEEN, .is = untold,
	  .theirs = "a request that an IOTLB entry gives no right to is dropped by the memory core: no fault is recorded",
	  .ours = "it is recorded as what the walk would say", .source = "VT-d 5.10 section 7.1.3, LGN.2, LGN.3, SGN.6, SGN.7" },
	{ .id = "dirty-lost-where-accessed", SEEN, .is = dirty_lost,
	  .theirs = "vtd_set_flag_in_pte() takes an entry with one of the two flags for finished, and a hit sets none",
	  .ours = "a write sets dirty whatever accessed is", .source = "VT-d 5.10 section 3.6.2" },
	{ .id = "absent-entry-judged-by-type", SEEN, .is = typeless,
	  .theirs = "the type of a PASID-table entry is looked at before P: an entry of zeros is invalid, 5Bh",
	  .ours = "P = 0 is SPT.2, 59h", .source = "VT-d 5.10 section 7.1.3, table 30, SPT.2 before SPT.4" },
	{ .id = "absent-entry-used", SEEN, .is = absent_used,
	  .theirs = "with the context entry cached, a PASID-table entry is used whether it is present or not",
	  .ours = "P = 0 is SPT.2", .source = "VT-d 5.10 section 7.1.3, table 30, SPT.2" },
	{ .id = "rights-before-the-rest", SEEN, .is = rights_first,
	  .theirs = "a right that an entry does not give ends the walk there, before reserved bits of it and what lies below are looked at",
	  .ours = "rights are those of all entries of a walk that was complete", .source = "VT-d 5.10 sections 3.6.1 and 3.7.1; table 30" },
	{ .id = "root-halves-together", SEEN, .is = root_halves,
	  .theirs = "a reserved bit in either half of a scalable-mode root entry is a fault of all devices of the bus",
	  .ours = "the half that leads to the device's context table counts", .source = "VT-d 5.10 section 9.2, LCTP and UCTP" },
	{ .id = "wait-for-nothing-refused", SEEN, .is = wait_for_nothing,
	  .theirs = "a wait with neither SW nor IF stops the queue",
	  .ours = "it is complete when what came before it is, and tells nobody", .source = "VT-d 5.10 section 6.5.2.9: neither bit is required" },
	{ .id = "pasid-reserved-unchecked", SEEN, .is = pasid_reserved,
	  .theirs = "reserved bits of PASID directory and table entries are not looked at",
	  .ours = "SPD.3, SPT.3", .source = "VT-d 5.10 sections 9.5 and 9.6" },
};
/* clang-format on */
_Static_assert(sizeof(vtd_known) / sizeof(vtd_known[0]) == VTD_KNOWN, "as announced");
