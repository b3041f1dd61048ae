/* SPDX-License-Identifier: MIT */
/* Where QEMU's AMD-Vi and ours are known to differ. Sections are those of the reference sheet. */
#include "sim/core/bits.h"
#include "tools/oracle/amdvi.h"

static bool failed(const struct orc_outcome *o)
{
	return o->kind == ORC_FAULT || o->kind == ORC_BLOCKED;
}

static bool may_be(const struct orc_case *c, uint16_t why)
{
	for (unsigned i = 0; i < c->ours_count; i++)
		if (failed(&c->ours[i]) && c->ours[i].why == why)
			return true;
	return false;
}

/* Theirs went through where ours may fail so. */
static bool passes(const struct orc_case *c, uint16_t why)
{
	return c->theirs && !failed(c->theirs) && may_be(c, why);
}

static uint64_t dte_of(const struct orc_case *c, unsigned word)
{
	return c->word(c, c->program->start[AMDVI_START_DTE + c->op->device] + 8 * word);
}

static bool no_events(const struct orc_case *c)
{
	if (!c->theirs || c->program->config != AMDVI_EVENTS || c->theirs->kind == ORC_FAULT)
		return false;
	for (unsigned i = 0; i < c->ours_count; i++)
		if (c->ours[i].kind == ORC_FAULT)
			return true;
	return false;
}

static bool illegal_passed(const struct orc_case *c)
{
	return c->our_status && c->our_status->error && !c->their_status->error;
}

/* amdvi_validate_dte() */
static bool invalid_checked(const struct orc_case *c)
{
	return c->theirs && failed(c->theirs) && !(dte_of(c, 0) & 1) &&
	       (dte_of(c, 0) & UINT64_C(0x80300000000000fc));
}

static bool domain_bit(const struct orc_case *c)
{
	return c->theirs && failed(c->theirs) && (dte_of(c, 1) & 0x100);
}

/* Also later, from what was cached so: beyond memory, where nothing happens. */
static bool no_tv(const struct orc_case *c)
{
	const struct orc_program *p = c->program;

	if (passes(c, AMDVI_F_TV))
		return true;
	for (unsigned i = p->setup; c->theirs && i < c->step; i++)
		if (p->ops[i].kind == ORC_OP_WRITE &&
		    p->ops[i].at == p->start[AMDVI_START_DTE + c->op->device] &&
		    (p->ops[i].words[0] & 3) == 1)
			return c->theirs->kind == ORC_BLOCKED;
	return false;
}

static bool width(const struct orc_case *c)
{
	return passes(c, AMDVI_F_HOST_WIDTH);
}

static bool absent_leaf(const struct orc_case *c)
{
	return passes(c, AMDVI_F_HOST_ABSENT);
}

static bool reserved_entry(const struct orc_case *c)
{
	return passes(c, AMDVI_F_HOST_RESERVED);
}

static bool size(const struct orc_case *c)
{
	return passes(c, AMDVI_F_HOST_SIZE) || passes(c, AMDVI_F_HOST_LEVEL);
}

static bool skipped(const struct orc_case *c)
{
	return passes(c, AMDVI_F_HOST_SKIPPED);
}

static bool rights(const struct orc_case *c)
{
	return passes(c, AMDVI_F_HOST_DENIED) || passes(c, AMDVI_F_DTE_DENIED);
}

/*
 * The device's entry was changed and invalidated, and its pages were not: what the request
 * comes to is what the entry led to before.
 */
static bool without_entry(const struct orc_case *c)
{
	const struct orc_program *p = c->program;
	uint64_t at = p->start[AMDVI_START_DTE + c->op->device];
	uint32_t src = orc_src(&orc_amdvi, c->op->device);
	bool changed = false, invalidated = false, identity = false;

	for (unsigned i = p->setup; i < c->step; i++) {
		const struct orc_op *op = &p->ops[i];
		unsigned code = (unsigned)(op->words[0] >> 60);

		if (op->kind == ORC_OP_WRITE && op->at == at && !ims_bits_get(op->words[0], 11, 9))
			identity = true;
		if (op->kind == ORC_OP_WRITE && (op->at & ~UINT64_C(31)) == at)
			changed = true;
		else if (op->kind == ORC_OP_COMMAND && code == 2 && (op->words[0] & 0xffff) == src)
			invalidated = invalidated || changed;
		else if (op->kind == ORC_OP_COMMAND && code == 8)
			changed = invalidated = false;
	}
	/* What was cached without tables leads beyond memory, where nothing happens. */
	if (!c->theirs || !invalidated || c->theirs->kind == ORC_FAULT ||
	    (c->theirs->kind == ORC_BLOCKED && !identity))
		return false;
	if (c->theirs->kind == ORC_BLOCKED)
		return true;
	for (unsigned i = 0; i < c->op->leads; i++)
		if (c->theirs->kind == ORC_UNSEEN || c->op->lead[i] == c->theirs->place)
			return true;
	return false;
}

/* clang-format off */
#define SEEN .qemu = "10.0.2", .first = 10000000, .last = 10000999

/* The rows that look at more stand before those that look at less. */
const struct orc_known amdvi_known[] = {
	{ .id = "no-events", SEEN, .is = no_events,
	  .theirs = "amdvi_log_event() takes the log for full always: no event is ever written",
	  .ours = "an event for each fault", .source = "section 4" },
	{ .id = "illegal-command-passed-over", SEEN, .is = illegal_passed,
	  .theirs = "the command buffer runs on behind an illegal command, which may even take effect",
	  .ours = "it stops, and STATUS.CmdBufRun is 0", .source = "section 6; VirtualBox DevIommuAmd.cpp" },
	{ .id = "invalid-entry-checked", SEEN, .is = invalid_checked,
	  .theirs = "reserved bits of a DTE count where V = 0",
	  .ours = "V = 0: nothing of the entry is looked at, addresses pass", .source = "section 1" },
	{ .id = "domain-bit-8-reserved", SEEN, .is = domain_bit,
	  .theirs = "bit 72 of a DTE, bit 8 of the DomainID, is taken for reserved",
	  .ours = "DomainID is 79:64", .source = "section 1" },
	{ .id = "untranslated-without-tv", SEEN, .is = no_tv,
	  .theirs = "V = 1, TV = 0: addresses pass with IR and IW",
	  .ours = "IO_PAGE_FAULT", .source = "section 1; VirtualBox DevIommuAmd.cpp" },
	{ .id = "width-unchecked", SEEN, .is = width,
	  .theirs = "address bits above the levels of Mode are left out",
	  .ours = "IO_PAGE_FAULT", .source = "section 2; openvmm; QEMU since 10.2" },
	{ .id = "leaf-present-unchecked", SEEN, .is = absent_leaf,
	  .theirs = "PR of the last entry is not looked at unless all of it is 0",
	  .ours = "IO_PAGE_FAULT", .source = "section 2" },
	{ .id = "entry-reserved-unchecked", SEEN, .is = reserved_entry,
	  .theirs = "reserved bits of page table entries are not looked at",
	  .ours = "IO_PAGE_FAULT with RZ", .source = "section 2; VirtualBox DevIommuAmd.cpp" },
	{ .id = "size-unchecked", SEEN, .is = size,
	  .theirs = "a leaf may have any size at any level",
	  .ours = "IO_PAGE_FAULT where its level cannot hold it", .source = "section 2; VirtualBox DevIommuAmd.cpp" },
	{ .id = "skipped-bits-unchecked", SEEN, .is = skipped,
	  .theirs = "address bits of a skipped level are left out",
	  .ours = "IO_PAGE_FAULT unless they are 0", .source = "section 2; VirtualBox DevIommuAmd.cpp" },
	{ .id = "rights-of-the-leaf-alone-cached", SEEN, .is = rights,
	  .theirs = "a cached page has the rights of its leaf, whatever DTE and upper levels took away",
	  .ours = "the rights of all levels, and the DTE's", .source = "sections 1 and 2" },
	{ .id = "cached-without-the-entry", SEEN, .is = without_entry,
	  .theirs = "a page is found by device and address: what came of a DTE lives past INVALIDATE_DEVTAB_ENTRY",
	  .ours = "the DTE is read anew, and its DomainID finds pages", .source = "section 6.1; XSA-442 on parts that do so" },
};
/* clang-format on */
_Static_assert(sizeof(amdvi_known) / sizeof(amdvi_known[0]) == AMDVI_KNOWN, "as announced");
