/* SPDX-License-Identifier: MIT */
/* Texts of groups of pages, layers, places, fields of near misses, events. */
#include "sim/check/explain.h"

/* clang-format off */
/* `id`: what the ids of the group begin with, NULL: nothing. */
const struct chk_text chk_group_texts[CHK_GROUP_MAX] = {
	[CHK_GROUP_KIND] = { .title = "kind of finding" },
	[CHK_GROUP_CAUSE] = { .title = "cause" },
	[CHK_GROUP_RULE] = { .title = "programming rule, the cause of a 'rule' finding" },
	[CHK_GROUP_BLAME] = { .id = "blame.", .title = "layer at fault" },
	[CHK_GROUP_WHERE] = { .id = "where.", .title = "where the entry was" },
	[CHK_GROUP_FIELD] = { .id = "field.", .title = "field of a near miss" },
	[CHK_GROUP_VERDICT] = { .id = "verdict.", .title = "verdict" },
	[CHK_GROUP_OVER] = { .id = "over.", .title = "class of over-invalidation" },
	[CHK_GROUP_COLUMN] = { .title = "column of a host or VMM" },
	[CHK_GROUP_RUNG] = { .id = "power.", .title = "what hardware does by itself, named in 'power'" },
	[CHK_GROUP_KNOB] = { .title = "knob of the hardware, named in 'power'" },
	[CHK_GROUP_QUIRK] = { .title = "known fault of hardware" },
	[CHK_GROUP_EVENT] = { .id = "event.", .title = "event of the log" },
	[CHK_GROUP_STEP] = { .id = "step.", .title = "step of a scenario" },
};

#define FIRST \
	"The layers are tried in the order guest, vmm, host, queue, hardware, device: the first whose repair alone mends the finding is blamed."

const struct chk_text chk_blame_texts[] = {
	{ .id = "guest", .title = "the guest's driver is at fault",
		.meaning = "By its own stores and commands the unit that the guest believes in is as bad: no host could mend that.",
		.found = "The guest's bare unit runs beside the physical one, fed by the guest's commands alone; the finding shows there too. " FIRST,
		.fix = "Change the guest: what it left out or got wrong is in the cause.", .related = "masked blame.host" },
	{ .id = "vmm", .title = "the VMM is at fault",
		.meaning = "The guest asked for what it owed; the VMM did not hand it on, or not so: it read, batched, split or routed it wrong.",
		.found = "The run is repeated with the VMM of the vendor's first policy, and the finding is gone. " FIRST,
		.fix = "The columns of the VMM that the report names.", .related = "vmm.batch vmm.refused vmm.wide blame.host" },
	{ .id = "host", .title = "the host kernel is at fault",
		.meaning = "The guest and the VMM did their part; the host lost it, widened it wrong, or owed something by itself.",
		.found = "The guest's bare unit is clean, and no repair of the VMM mends it. " FIRST,
		.fix = "The columns of the host that the report names; with none, what the host did by hand in the scenario.", .related = "host.atc host.parent-atc blame.queue" },
	{ .id = "queue", .title = "the maps of a guest's queue in the hardware are at fault",
		.meaning = "The guest's commands went straight to the hardware, and the maps of ids there gave them another meaning, or none.",
		.found = "The run is repeated with maps that know all that the host knows, and the finding is gone. " FIRST,
		.fix = "Set the maps when a device or domain comes, and clear them when it goes.", .related = "misroute dropped-by-queue vmm.queue" },
	{ .id = "hardware", .title = "the unit is at fault",
		.meaning = "Software did all that the specification asks; a fault of the unit that the scenario names is left.",
		.found = FIRST,
		.fix = "The driver's quirk for that hardware.", .related = "no-effect blame.device" },
	{ .id = "device", .title = "the device is at fault",
		.meaning = "It does not do what was asked of it, by a fault that the scenario injects or names.",
		.found = "Only with an injected or named fault of a device. " FIRST,
		.fix = "Shut such a device out.", .related = "no-answer host.timeout" },
	{ .title = NULL },
};

const struct chk_text chk_where_texts[] = {
	{ .id = "iotlb", .title = "a translation in the unit's IOTLB",
		.meaning = "The outcome of a walk, of one stage or both, as the unit keeps it.", .related = "where.atc wrong-tag" },
	{ .id = "walk-cache", .also = "pwc paging-structure-cache", .title = "a step of a walk",
		.meaning = "An entry that leads to a table of a lower level. A command that says 'leaf only' leaves it.", .related = "wrong-level table-uaf" },
	{ .id = "config", .also = "cfg", .title = "a configuration structure",
		.meaning = "What leads from a requester and PASID to its tables; invalidated by commands of its own.", .related = "wrong-level" },
	{ .id = "atc", .also = "device-tlb dev-tlb dtlb", .title = "a translation in a device's own cache",
		.meaning = "Filled by ATS requests, indexed by the device's I/O addresses, invalidated by a command that the device answers.", .related = "host.atc wrong-order timeout-assumed-done" },
	{ .id = "in-flight", .also = "no-drain", .title = "a translated request on its way",
		.meaning = "It left the device with an old translation and has not arrived. In this version an access is one moment, and none is in flight.", .related = "where.atc" },
	{ .id = "table", .title = "a table itself",
		.meaning = "A page of tables that was freed and can be walked still.", .related = "table-uaf" },
	{ .id = "queue", .title = "a queue",
		.meaning = "Nothing cached: a wait, or a device's request, that stands in a queue.", .related = "lost-completion" },
	{ .title = NULL },
};

#define MISS "The first field in which a command and the entry differ; 'want' is the entry's, 'got' the command's. "

const struct chk_text chk_field_texts[] = {
	[CHK_FIELD_LEVEL] = { .title = "the command does not reach this kind of cache",
		.meaning = MISS "Here the command's row drops nothing of this cache, or only leaves.", .related = "wrong-level" },
	[CHK_FIELD_DOM] = { .also = "did domid vmid", .title = "another domain tag",
		.meaning = MISS "Here the host's or guest's tag of the domain.", .related = "wrong-tag" },
	[CHK_FIELD_CTX] = { .also = "pasid asid", .title = "another PASID or ASID, or one where none is, or none where one is",
		.meaning = MISS "Here what tells address spaces of one domain apart.", .related = "wrong-tag" },
	[CHK_FIELD_SRC] = { .also = "rid sid requester", .title = "another requester",
		.meaning = MISS "Here the requester id of the device.", .related = "wrong-device" },
	[CHK_FIELD_CLASS] = { .also = "world", .title = "another class of entries",
		.meaning = MISS "Here the class that the entry is filed under: first stage, nested, second stage, ...", .related = "wrong-level" },
	[CHK_FIELD_RANGE] = { .also = "addr", .title = "other addresses",
		.meaning = MISS "Here the range, of I/O addresses or of those between the stages.", .related = "wrong-range" },
	[CHK_FIELD_TIME] = { .title = "what the entry is made of was read after the command",
		.meaning = MISS "A command covers only what was read before it was consumed.", .related = "before-store" },
	[CHK_FIELD_ORDER] = { .title = "the entry was filled after the command, from something older",
		.meaning = MISS "It came back from a cache that still held the old.", .related = "wrong-order" },
};

/* What the log tells; in a story each is a sentence of who did it. */
const struct chk_text chk_event_texts[] = {
	[IMS_EV_STEP] = { "step", NULL, "a step of the scenario begins", "The root of all that it causes." },
	[IMS_EV_RETURN] = { "return", "claim", "the change is claimed complete", "The step, or the wait behind it, has returned to its caller: from here an old translation is stale." },
	[IMS_EV_WRITE] = { "write", NULL, "a word of memory changes", "Who, where, the old value and the new; by hardware where it sets accessed or dirty bits." },
	[IMS_EV_DMA] = { "dma", "access", "a device accesses an I/O address", "Address, PASID, and what it does." },
	[IMS_EV_LOOKUP] = { "lookup", NULL, "a unit looks a request up", "Its children are what was hit, read and filled for it." },
	[IMS_EV_READ] = { "read", NULL, "a unit reads a word of memory", "A configuration structure or an entry of a table, and when it was in fact read if a fetch began earlier." },
	[IMS_EV_HIT] = { "hit", NULL, "a look-up goes on from something cached", "The entry, and in which cache." },
	[IMS_EV_FILL] = { "fill", NULL, "a cache is filled", "What is kept, and under which tag; made of the words read by the same look-up." },
	[IMS_EV_EVICT] = { "evict", NULL, "an entry goes without a command", "It made room for another, or whoever kept it gave it up without having been told to." },
	[IMS_EV_ANSWER] = { "answer", NULL, "a look-up has its answer", "An address and a permission, or a fault's code." },
	[IMS_EV_QUEUED] = { "queued", NULL, "software puts a command into a ring", "The words, whose ring, and which." },
	[IMS_EV_CMD] = { "cmd", "consumed", "hardware consumes a command", "From here it covers what was read before." },
	[IMS_EV_DROP] = { "drop", "dropped", "a command takes an entry away", "The entry, its cache, and the command." },
	[IMS_EV_DONE] = { "done", "completed", "a wait completes in the hardware", "All that it covers has taken effect." },
	[IMS_EV_QERROR] = { "qerror", "queue-error-event", "a queue stops at a command", "The error, and where it stands." },
	[IMS_EV_CALL] = { "call", NULL, "the VMM calls the host", "Attach, detach, invalidate, map or unmap." },
	[IMS_EV_DISCARD] = { "discard", NULL, "a command of the guest is left out", "Who discarded it: VMM, host, or the hardware that reads a guest's queue." },
	[IMS_EV_WAITED] = { "waited", NULL, "a wait returns to its issuer", "The guest's or the host's." },
	[IMS_EV_FREE] = { "free", NULL, "a page is given back", "From here a device must not reach it." },
	[IMS_EV_REUSE] = { "reuse", NULL, "a page is put to another use", "From here an old translation corrupts or leaks." },
	[IMS_EV_BACK] = { "back", NULL, "what stands behind guest memory changes", "The host maps, moves or unmaps memory of a VM." },
	[IMS_EV_SIGNAL] = { "signal", "interrupt", "an interrupt message is sent", "By a wait, a fault or a queue." },
	[IMS_EV_FAULT] = { "fault", NULL, "a fault is told to software, or lost", "Its code, address and requester." },
	[IMS_EV_REG] = { "reg", "register", "a register is written", "The old value, the new, and what was written." },
	[IMS_EV_PAGE] = { "page", "page-request-event", "a device asks for a page", "Queued, answered by hardware itself, or dropped." },
	[IMS_EV_RESPONSE] = { "response", NULL, "an answer to a page request reaches the device", "Its code and group." },
	[IMS_EV_REFUSED] = { "refused-call", NULL, "the host refuses a call", "The errno, and how much of a list it had carried out." },
	[IMS_EV_ABORTED] = { "aborted", NULL, "an error keeps a wait from completing", "The wait is over, what it covers is not." },
	[IMS_EV_LOST] = { "lost", NULL, "a command is not executed", "A device did not answer it, or the unit stopped at it." },
	[IMS_EV_HUNG] = { "hung", NULL, "a wait never returns", "What stands behind it is not run." },
	[IMS_EV_DEVICE] = { "device", NULL, "ATS or PASIDs change in a device, or it is reset", "What is enabled in it now." },
	[IMS_EV_STALL] = { "stall", NULL, "a transaction waits for software", "Its tag and address." },
	[IMS_EV_RESUMED] = { "resumed", NULL, "a stalled transaction waits no more", "It was retried, or ended." },
	[IMS_EV_EARLY] = { "early", NULL, "a command takes effect before a wait asks for it", "Hardware chose to: it has consumed the command, and needs no wait to execute it." },
	[IMS_EV_FAULTQ] = { "faultq", NULL, "what became of a device's request at the host", "Put into a fault queue, read, told to the guest, answered, or forgotten." },
};
/* clang-format on */

_Static_assert(G_N_ELEMENTS(chk_event_texts) == IMS_EV_MAX, "each event has a text");
_Static_assert(G_N_ELEMENTS(chk_field_texts) == CHK_FIELD_NONE, "each field has a text");
