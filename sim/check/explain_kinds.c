/* SPDX-License-Identifier: MIT */
/* Texts of kinds of findings, of sorts of breach, of verdicts, of classes of over-invalidation. */
#include "sim/check/explain.h"

/* clang-format off */
const struct chk_text chk_kind_texts[SCN_KIND_MAX] = {
	[SCN_KIND_STALE] = {
		.also = "stale-translation stale-entry outdated",
		.title = "an old translation can be used after its change was claimed complete",
		.meaning = "Something cached still says what the tables said before the change, and a device got at it, or (latent) can still get at it. 'where' says in which cache it was. The page has not been given to another use yet: nothing is corrupted so far.",
		.found = "Every cached entry knows the words that it was made of. It is outdated from the first store that takes away or changes what it grants. The change is claimed complete when its step returns (with 'async: on': when the wait behind it does); an access served by it from then on is this finding. Each entry is judged twice, from the log and by walking the tables again.",
		.fix = "Look at the cause: it says what the commands since the change missed. Then at 'blame' for whose software has to be changed, and at 'columns' for the answer of the host or the VMM without which it is not there.",
		.related = "stale-after-reuse early-free none-issued wrong-range wrong-level field.range" },
	[SCN_KIND_STALE_AFTER_REUSE] = {
		.also = "use-after-free uaf stale-dma corruption",
		.title = "the same as stale, and the page belongs to another use by then",
		.meaning = "A device reached memory through an old translation after that memory was freed or given to another use: a write corrupts it, a read leaks it.",
		.found = "As stale; a 'free' or 'reuse' of the page stands between the claim and the access.",
		.fix = "As of stale: the invalidation that the cause names has to be complete before the page is given away.",
		.related = "stale early-free" },
	[SCN_KIND_EARLY_FREE] = {
		.also = "free-before-wait freed-early",
		.title = "the page was given away before the change was claimed complete",
		.meaning = "The invalidation may be perfect, but nobody waited for its end: between the 'free' and the claim hardware may still use the old translation.",
		.found = "An access served by an outdated entry where the 'free' comes before the change's claim: by another actor, or behind 'async: on' and before the wait that follows it.",
		.fix = "Wait for the completion of the invalidation before the page is freed.",
		.related = "stale-after-reuse not-waited" },
	[SCN_KIND_TABLE_UAF] = {
		.also = "table-use-after-free",
		.title = "a freed table page can still be walked",
		.meaning = "A page of tables was given to another use while a cached step of a walk still leads to it: whoever has the page now writes translations.",
		.found = "A cached step, or a walk in progress, that leads to a table page behind its 'free'.",
		.fix = "Invalidate the steps of walks too before a table page is freed, not its leaves alone, and wait for that.",
		.related = "wrong-level where.walk-cache where.table" },
	[SCN_KIND_STALE_NEGATIVE] = {
		.also = "negative spurious-fault",
		.title = "a cached absence blocks a legal access after the change",
		.meaning = "Hardware that keeps what was not there faults an access that the tables allow by now.",
		.found = "A fault behind the claim of a 'map' from an entry that says that nothing is mapped, or that a structure is not valid.",
		.fix = "On hardware that keeps absence (caching mode, NpCache) invalidate after a map as after an unmap.",
		.related = "stale none-issued" },
	[SCN_KIND_BREACH] = {
		.also = "isolation cross-tenant-hit",
		.title = "an entry of another VM, device or root can be hit",
		.meaning = "A device is served from an entry that is right for somebody else: two roots are filed under one tag.",
		.found = "The entry that served an access is not outdated, and was made for another requester or PASID whose tables differ: a walk of the device's own tables says something else.",
		.fix = "Give the two different tags. See tag-collision (the host gave them one) and self-collision (the guest did).",
		.related = "tag-collision self-collision tag-reuse misroute" },
	[SCN_KIND_LOST_COMPLETION] = {
		.also = "hang hung deadlock",
		.title = "a wait never returns, or a device waits for ever",
		.meaning = "Software waits for a completion that does not come, or a device for an answer to its page request or stalled transaction. What stands behind such a wait in the scenario is not run.",
		.found = "A wait whose queue has stopped, is off, is not read, or holds a command that a device does not answer; and each request of a device that has no answer when the run ends. Whoever has it last is blamed.",
		.fix = "See the cause: it says where it got stuck.",
		.related = "no-answer queue-stopped queue-off queue-not-read not-answered not-read request-dropped" },
	[SCN_KIND_REJECTED] = {
		.also = "refused errno",
		.title = "a command or call was refused on the way",
		.meaning = "The host refused a call of the VMM; the cause is the errno. It is made a finding only where 'never:' or 'fail:' names it: a refusal that is handled well is no fault.",
		.found = "Each call that the host refuses, once for a step, a device and an errno.",
		.fix = "If it is not wanted: ask for what the host takes. If it is: see that what the call was for happens in another way, else the finding is stale with the cause dropped-by-error.",
		.related = "dropped-by-error eio eopnotsupp host.progress vmm.refused" },
	[SCN_KIND_ORDER] = {
		.also = "protocol",
		.title = "a rule on the order of stores, commands and waits is broken",
		.meaning = "Something was done in an order that the specification does not allow; no access shows what comes of it.",
		.found = "By the rules of order of the vendor; told only where no witness turns it into stale or breach.",
		.fix = "Put a wait between the two, or turn them round.",
		.related = "rule wrong-order" },
	[SCN_KIND_RULE] = {
		.also = "programming-rule rule-broken",
		.title = "a programming rule is broken",
		.meaning = "Software wrote or sent something that the specification forbids, though no access in the run shows what comes of it. The cause is the rule's name; 'rule:' in the report has its text and source.",
		.found = "What stands in the tables, and each store and command, is held against the vendor's rules. A broken rule that a breach of the same step and blame shows already is not told.",
		.fix = "Do as the rule says; its page names who it binds.",
		.related = "breach order" },
	[SCN_KIND_OVER_INVALIDATION] = {
		.also = "over overinvalidation",
		.title = "still-correct entries were dropped",
		.meaning = "No fault but a cost: an invalidation took more than had to go. The classes say whose choice it was.",
		.found = "What each command dropped though it was still correct, held against what the guest's own commands would have dropped on the unit it believes in. Judged where 'over:' gives a budget or 'never:' names it.",
		.fix = "See the class: over.host is the host's choice, over.architectural the price of the commands there are.",
		.related = "over.necessary over.architectural over.host over.cross-tenant" },
	[SCN_KIND_MASKED] = {
		.also = "hidden-guest-bug",
		.title = "the guest is wrong and only the host's policy hides it",
		.meaning = "By the guest's own commands an old translation would stay, and what the host does by itself takes it away. On another host the same guest fails.",
		.found = "The guest's own unit holds an outdated entry that the physical side does not; only where the physical side is clean.",
		.fix = "Repair the guest: have it issue what it leaves out.",
		.related = "stale none-issued host.atc" },
};

const struct chk_text chk_verdict_texts[CHK_VERDICT_MAX] = {
	[CHK_PASS] = {
		.title = "every expectation holds",
		.meaning = "No finding that 'never:' forbids, each that 'fail:' expects and no other, every 'expect:' met, every budget kept. On adversarial hardware: whatever the caches keep that they may.",
		.found = "Exit code 0.", .related = "verdict.fail" },
	[CHK_FAIL] = {
		.title = "an expectation does not hold",
		.meaning = "'why:' says which: a finding, a budget, an outcome of a step, or a finding expected by 'fail:' that is not there.",
		.found = "Exit code 1.",
		.fix = "Read the finding: kind and place, blame and cause, then its story. 'repeat:' runs it again alone.",
		.related = "verdict.pass stale breach rule" },
	[CHK_BOUNDED] = {
		.title = "no failure up to a bound",
		.meaning = "Not everything was looked at, and what was is clean. The bound is said beside it.",
		.found = "Exit code 5, or 0 where the file says 'bounded: ok'.", .related = "verdict.inconclusive" },
	[CHK_INCONCLUSIVE] = {
		.title = "a limit was reached before there was an answer",
		.meaning = "Memory or the number of records ran out; 'why:' says which. It is never taken for a pass.",
		.found = "Exit code 5.", .related = "verdict.bounded" },
	[CHK_VACUOUS] = {
		.title = "the scenario proves nothing",
		.meaning = "It comes to the same with every invalidation left out: its pass says nothing about them.",
		.found = "Exit code 1.",
		.fix = "Let a device use the translation before it is changed, and again behind it.",
		.related = "verdict.pass" },
	[CHK_ERROR] = {
		.also = "scenario-error",
		.title = "the scenario could not be run",
		.meaning = "The file is wrong, or asks for what this version or this vendor does not have. The message has the place and what to do.",
		.found = "Exit code 2.", .related = "verdict.fail" },
};

const struct chk_text chk_over_texts[SCN_OVER_MAX] = {
	[SCN_OVER_NECESSARY] = {
		.title = "dropped entries that had to go",
		.meaning = "They were outdated: no over-invalidation at all, counted to set the others against.",
		.related = "over-invalidation" },
	[SCN_OVER_ARCHITECTURAL] = {
		.title = "still-correct entries that the guest's own command would drop on bare metal too",
		.meaning = "The price of the commands there are: the granularity, or the hint that was not given.",
		.fix = "A narrower command of the guest: a range for a domain, 'leaf only' where no table went.",
		.related = "over.host over-invalidation" },
	[SCN_OVER_HOST] = {
		.title = "still-correct entries that go because of what the host or the VMM does",
		.meaning = "The guest's own commands would have left them: the host widened a command, or issued one of its own.",
		.fix = "Compare policies: 'iommusim describe' has the columns; host.parent-atc and vmm.wide are usual ones.",
		.related = "over.architectural over.cross-tenant host.parent-atc" },
	[SCN_OVER_CROSS_TENANT] = {
		.title = "still-correct entries of another VM",
		.meaning = "A command of one guest took entries of another: they share a tag, or a map leads to a stranger. A guest can slow its neighbours.",
		.fix = "A tag for each VM; see misroute if a guest has a queue in the hardware.",
		.related = "misroute tag-collision host.tag over.host" },
};
/* clang-format on */
