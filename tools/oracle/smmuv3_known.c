/* SPDX-License-Identifier: MIT */
/* Where QEMU's SMMUv3 and ours are known to differ. Sections are those of IHI 0070. */
#include <string.h>

#include "sim/core/bits.h"
#include "tools/oracle/smmuv3.h"

/* One of our answers is for this reason. */
static bool may_be(const struct orc_case *c, uint16_t why)
{
	for (unsigned i = 0; i < c->ours_count; i++)
		if (c->ours[i].why == why)
			return true;
	return false;
}

static bool failed(const struct orc_outcome *o)
{
	return o->kind == ORC_FAULT || o->kind == ORC_BLOCKED;
}

/* Has the program done this before the step; @gone: bits that are still clear there, @set: set. */
static bool wrote(const struct orc_case *c, const char *what, uint64_t gone, uint64_t set)
{
	for (unsigned i = 0; i < c->step; i++) {
		const struct orc_op *op = &c->program->ops[i];
		uint64_t word;

		if (op->kind != ORC_OP_WRITE || strcmp(op->what, what))
			continue;
		word = c->word(c, op->at);
		if (!(word & gone) && (word & set) == set)
			return true;
	}
	return false;
}

static bool privilege(const struct orc_case *c)
{
	/* It may come to grief behind that. */
	return c->theirs && c->theirs->fault.code != SMMU_E_PERMISSION &&
	       may_be(c, SMMU_E_PERMISSION) && wrote(c, "leaf: privileged", IMS_BIT(6), 1);
}

static bool read_hit(const struct orc_case *c)
{
	return c->theirs && !failed(c->theirs) && !c->op->write &&
	       may_be(c, SMMU_E_PERMISSION | SMMU_F_S2) &&
	       (wrote(c, "stage 2 leaf: rights", IMS_BIT(6), 1) ||
		wrote(c, "leaf: write only", IMS_BIT(6), 1));
}

static bool no_ipa(const struct orc_case *c)
{
	const uint64_t *d = c->theirs ? c->theirs->fault.detail : NULL;

	if (!d || c->theirs->fault.code != SMMU_E_PERMISSION || !(d[2] & IMS_BIT(39)) || d[3])
		return false;
	for (unsigned i = 0; i < c->ours_count; i++) {
		const struct orc_fault *f = &c->ours[i].fault;

		if (f->code == SMMU_E_PERMISSION && f->detail[0] == d[0] && f->detail[1] == d[1] &&
		    f->detail[2] == d[2])
			return true;
	}
	return false;
}

static bool no_stage_1(const struct orc_case *c)
{
	return c->theirs && smmu_stages_of(c->program) == SMMU_STAGE_2 &&
	       may_be(c, SMMU_E_BAD_STE) && wrote(c, "STE: both stages", 0, 0xf);
}

/* What stage 2 denies besides is then all that is denied. */
static bool table_rights(const struct orc_case *c)
{
	return c->theirs && may_be(c, SMMU_E_PERMISSION) && c->op->write &&
	       (!failed(c->theirs) || c->theirs->fault.detail[2] & IMS_BIT(39)) &&
	       wrote(c, "table: read only", 0, 0);
}

/* Both tell a fault, theirs F_PERMISSION; one of ours for a reason that comes first. */
static bool permission_first(const struct orc_case *c, uint16_t ours)
{
	return c->theirs && c->theirs->kind == ORC_FAULT &&
	       c->theirs->fault.code == SMMU_E_PERMISSION &&
	       (may_be(c, ours) || may_be(c, ours | SMMU_F_S2));
}

static bool address_size_late(const struct orc_case *c)
{
	return permission_first(c, SMMU_E_ADDR_SIZE) && wrote(c, "leaf: too far", 0, 0);
}

static bool table_rights_early(const struct orc_case *c)
{
	return (permission_first(c, SMMU_E_TRANSLATION) || permission_first(c, SMMU_E_ACCESS) ||
		permission_first(c, SMMU_E_ADDR_SIZE)) &&
	       c->op->write && wrote(c, "table: read only", 0, 0);
}

static bool signal_3(const struct orc_case *c)
{
	return c->our_status && c->our_status->error && !c->their_status->error &&
	       (c->op->words[0] & 0xff) == 0x46 && ims_bits_get(c->op->words[0], 13, 12) == 3;
}

static bool range_of_none(const struct orc_case *c)
{
	uint64_t op, low, high;

	if (!c->our_status || !c->our_status->error || c->their_status->error)
		return false;
	low = c->op->words[0];
	high = c->op->words[1];
	op = low & 0xff;
	return (op == 0x12 || op == 0x13 || op == 0x2a) && (high >> 10 & 3) && !(high >> 8 & 3) &&
	       !(low & 0x1f1f000);
}

/* The stage-2 fault is of an address that the second or a later of several root tables is for. */
static bool second_root(const struct orc_case *c)
{
	uint64_t word, ipa;
	unsigned grain, input, top;

	if (!c->theirs || c->theirs->kind != ORC_FAULT || c->theirs->fault.code != 0x10 ||
	    !(c->theirs->fault.detail[2] & IMS_BIT(39)))
		return false;
	word = c->word(c, c->program->start[SMMU_START_STE + c->op->device] + 16);
	ipa = c->theirs->fault.detail[3];
	grain = smmu_grain_lg2(smmu_tg0(ims_bits_get(word, 47, 46)));
	input = 64 - (unsigned)ims_bits_get(word, 37, 32);
	/* What one table of the level that SL0 says is for. */
	top = grain + (grain - 3) * ((unsigned)ims_bits_get(word, 39, 38) + (grain == 12 ? 2 : 1));
	return input > top && ipa >> top;
}

static bool input_silent(const struct orc_case *c)
{
	return c->theirs && c->theirs->kind == ORC_BLOCKED &&
	       may_be(c, SMMU_E_ADDR_SIZE | SMMU_F_INPUT);
}

static bool stage_2_silent(const struct orc_case *c)
{
	return c->theirs && smmu_stages_of(c->program) == SMMU_STAGE_2 &&
	       c->theirs->kind == ORC_BLOCKED && may_be(c, SMMU_E_PERMISSION | SMMU_F_S2);
}

/* clang-format off */
#define SEEN .qemu = "10.0.2", .first = 10000000, .last = 10000999

const struct orc_known smmu_known[] = {
	{ .id = "input-beyond-stage-2-silent", SEEN, .is = input_silent,
	  .theirs = "an input beyond what stage 2 takes is refused, and no event is recorded",
	  .ours = "F_ADDR_SIZE of stage 1, which is bypassed", .source = "section 3.4.3" },
	{ .id = "privilege-unchecked", SEEN, .is = privilege,
	  .theirs = "AP[1] of a leaf is not looked at: requests without privilege reach privileged pages",
	  .ours = "F_PERMISSION", .source = "VMSA section D8.4.1, AP[2:1]" },
	{ .id = "rights-of-the-leaf-alone-cached", SEEN, .is = table_rights,
	  .theirs = "a page that a read has cached may be written, whatever APTable takes away",
	  .ours = "F_PERMISSION", .source = "VMSA section D8.4.1, APTable" },
	{ .id = "address-size-behind-permission", SEEN, .is = address_size_late,
	  .theirs = "F_PERMISSION for a leaf whose output is too large as well",
	  .ours = "F_ADDR_SIZE", .source = "VMSA section D8.15, priority of faults" },
	{ .id = "table-rights-before-the-rest", SEEN, .is = table_rights_early,
	  .theirs = "F_PERMISSION at the table whose APTable denies, whatever is below it",
	  .ours = "a walk goes on: what is wrong below comes first", .source = "VMSA section D8.15, priority of faults" },
	{ .id = "sync-of-reserved-signal", SEEN, .is = signal_3,
	  .theirs = "SYNC with CS of 3 is executed",
	  .ours = "CERROR_ILL", .source = "section 4.7.3" },
	{ .id = "read-of-a-cached-page-unchecked", SEEN, .is = read_hit,
	  .theirs = "what is cached may be read, whatever S2AP says: writes alone are looked at",
	  .ours = "F_PERMISSION", .source = "VMSA section D8.4.2, S2AP" },
	{ .id = "ipa-of-a-denied-hit-left-out", SEEN, .is = no_ipa,
	  .theirs = "what stage 2 denies of a cached page of both stages is told without its IPA",
	  .ours = "IPA where S2 is 1", .source = "section 7.3.16" },
	{ .id = "stage-1-of-two-unchecked", SEEN, .is = no_stage_1,
	  .theirs = "Config of both stages where there is no stage 1: a CD is fetched",
	  .ours = "C_BAD_STE", .source = "section 5.2.2" },
	{ .id = "range-of-one-page-without-level", SEEN, .is = range_of_none,
	  .theirs = "TG with NUM, SCALE and TTL of 0 is executed",
	  .ours = "reserved: CERROR_ILL", .source = "section 4.4.1.1" },
	{ .id = "second-of-several-roots", SEEN, .is = second_root,
	  .theirs = "of stage-2 root tables side by side the first alone is found",
	  .ours = "up to 16, as S2T0SZ and S2SL0 say", .source = "VMSA section D8.2.2; section 5.2, S2SL0" },
	{ .id = "stage-2-hit-denied-silent", SEEN, .is = stage_2_silent,
	  .theirs = "a write that a cached page of stage 2 alone denies is taken for stage 1's, and not recorded",
	  .ours = "F_PERMISSION of stage 2, as S2R says", .source = "sections 5.2 (S2R), 7.3.16" },
};
/* clang-format on */
_Static_assert(sizeof(smmu_known) / sizeof(smmu_known[0]) == SMMU_KNOWN, "as announced");
