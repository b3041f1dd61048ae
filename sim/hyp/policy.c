/* SPDX-License-Identifier: MIT */
/* The columns of hosts and VMMs, by name; what they mean is in iommusim/policy.h. */
#include <string.h>

#include "iommusim/model.h"
#include "iommusim/policy.h"

_Static_assert(IMS_COLUMNS <= 64, "sets of columns are bits of a word");

/* clang-format off */
const struct ims_column_def ims_columns[IMS_COLUMNS] = {
	[IMS_COL_TAG] = { "host", "tag", "whose the tag is that hardware files translations under", {
		[IMS_TAG_DOMAIN] = { "domain", "each nested domain's" },
		[IMS_TAG_PASID] = { "domain-pasid", "a nested domain's for each PASID that it is attached by" },
		[IMS_TAG_ATTACHMENT] = { "attachment", "each (device, PASID)'s" },
		[IMS_TAG_GUEST] = { "guest-tag", "each of the guest's tags', whatever nested domains have it" },
		[IMS_TAG_PARENT] = { "parent", "the nesting parent's" } } },
	[IMS_COL_TAG_FREE] = { "host", "tag-free", "when what is filed under a tag without users goes", {
		[IMS_FREE_AT_REUSE] = { "at-reuse", "when the tag is taken again" },
		[IMS_FREE_AT_LAST] = { "at-last-detach", "when its last user goes" },
		[IMS_FREE_NEVER] = { "never", "not at all" } } },
	[IMS_COL_ATC] = { "host", "atc", "who invalidates the ATC after a change of stage 1", {
		[IMS_ATC_SYNTHESISE] = { "synthesise", "the host, for exactly what is attached; the guest's are discarded" },
		[IMS_ATC_FORWARD] = { "forward", "the guest, whose commands go on to the device" },
		[IMS_ATC_DROP] = { "drop", "nobody: the guest's are discarded" } } },
	[IMS_COL_TARGET] = { "host", "target", "on which object the guest's stage-1 invalidations land", {
		[IMS_TARGET_NESTED] = { "nested", "a nested domain: the host flushes what it is attached to" },
		[IMS_TARGET_GROUP] = { "group", "any nested domain of the guest's tag: the host replaces the tag" },
		[IMS_TARGET_PARENT] = { "parent", "the nesting parent: the host puts its tag in" },
		[IMS_TARGET_VIOMMU] = { "viommu", "the vIOMMU: the host puts the tags in" },
		[IMS_TARGET_NONE] = { "none", "there is no such call: EOPNOTSUPP" } } },
	[IMS_COL_ATC_TARGET] = { "host", "atc-target", "on which object the guest's ATC invalidations land", {
		[IMS_ATC_TARGET_DEVICE] = { "device", "the device, by a call of its own" },
		[IMS_ATC_TARGET_VIOMMU] = { "viommu", "the vIOMMU, which knows the device by its virtual id" } } },
	[IMS_COL_PARENT_TAGS] = { "host", "parent-tags", "which tags hear of a change of the nesting parent", {
		[IMS_PARENT_TAGS_EACH] = { "each", "every one nested on it, with all that was made through both stages" },
		[IMS_PARENT_TAGS_OWN] = { "own", "the second stage's own translations alone" } } },
	[IMS_COL_PARENT_ATC] = { "host", "parent-atc", "what the ATCs hear of a change of the nesting parent", {
		[IMS_PARENT_ATC_ALL] = { "all", "each is emptied: they are indexed by the guest's addresses" },
		[IMS_PARENT_ATC_GPA] = { "gpa-range", "the range that changed, as if they were indexed by it" },
		[IMS_PARENT_ATC_NONE] = { "none", "nothing" } } },
	[IMS_COL_PARENT_CONFIG] = { "host", "parent-config", "do configuration caches hear of a change of the nesting parent", {
		[IMS_PARENT_CONFIG_ALL] = { "all", "what was read through the range goes" },
		[IMS_PARENT_CONFIG_NONE] = { "none", "they do not" } } },
	[IMS_COL_PARENT_WAIT] = { "host", "parent-wait", "for what the host waits after a change of the nesting parent", {
		[IMS_PARENT_WAIT_ALL] = { "all", "for every unit that it told" },
		[IMS_PARENT_WAIT_DIRECT] = { "direct", "for units with a device attached to the parent itself" } } },
	[IMS_COL_PARENT_DIRTY] = { "host", "parent-dirty", "in whose entries accessed and dirty bits of the parent are turned on", {
		[IMS_PARENT_DIRTY_ALL] = { "all", "in those of everything nested on it" },
		[IMS_PARENT_DIRTY_DIRECT] = { "direct", "in those of devices attached to the parent itself" } } },
	[IMS_COL_REATTACH] = { "host", "reattach", "what attaching a nested device to the parent does", {
		[IMS_REATTACH_DONE] = { "done", "its entry is written and what it led to goes" },
		[IMS_REATTACH_NOTHING] = { "nothing", "the host takes it for attached already" } } },
	[IMS_COL_SWAP] = { "host", "swap", "what goes of the tag that a nested device leaves for another", {
		[IMS_SWAP_FLUSH] = { "flush", "all that is filed under it" },
		[IMS_SWAP_LEAVE] = { "leave", "nothing: the guest's own commands are to see to it" } } },
	[IMS_COL_NEST] = { "host", "nest", "does the host make nested domains", {
		[IMS_NEST_MADE] = { "made", "it does" },
		[IMS_NEST_REFUSED] = { "refused", "no: EOPNOTSUPP" } } },
	[IMS_COL_BATCH] = { "host", "batch", "after how much of a list of the guest's commands the host waits", {
		[IMS_BATCH_EACH] = { "each", "after each entry" },
		[IMS_BATCH_LIST] = { "list", "at its end" },
		[IMS_BATCH_63] = { "every-63", "after each 63 entries, and at its end" } } },
	[IMS_COL_PROGRESS] = { "host", "progress", "what the host says was done of a list in which it refuses an entry", {
		[IMS_PROGRESS_EXECUTED] = { "executed", "the entries before it, which it executes first: as documented" },
		[IMS_PROGRESS_CONVERTED] = { "converted", "the entries before it, though those since the last wait were never issued" },
		[IMS_PROGRESS_BATCH] = { "batch", "those up to the last wait; no other of the batch is issued" } } },
	[IMS_COL_CHECK] = { "host", "check", "what the host looks at in a command of the guest", {
		[IMS_CHECK_OPCODE] = { "opcode", "that it may be forwarded, and the device it names: else EIO" },
		[IMS_CHECK_FIELDS] = { "fields", "also bits that are in no field, and that the device has an ATC" } } },
	[IMS_COL_QUEUE_FREE] = { "host", "queue-free", "what goes with a queue that a guest had in the hardware", {
		[IMS_QUEUE_FREE_FLUSH] = { "flush", "what the hardware holds of it still" },
		[IMS_QUEUE_FREE_LEAVE] = { "leave", "nothing: the next guest that has it may hear of it" } } },
	[IMS_COL_VMM_DOMAIN] = { "vmm", "domain", "for what the VMM makes a nested domain", {
		[IMS_VMM_DOMAIN_TABLES] = { "tables", "each thing that the guest nests; devices share it" },
		[IMS_VMM_DOMAIN_DEVICE] = { "device", "the same for each device by itself" } } },
	[IMS_COL_VMM_CONFIG] = { "vmm", "config", "what the VMM does of the guest's configuration commands", {
		[IMS_VMM_CONFIG_REREAD] = { "reread", "reads the guest's structures and attaches anew" },
		[IMS_VMM_CONFIG_IGNORE] = { "ignore", "nothing" } } },
	[IMS_COL_VMM_WIDE] = { "vmm", "wide", "what the VMM does of commands for more than one (tag, PASID)", {
		[IMS_VMM_WIDE_FORWARD] = { "forward", "they go on for every domain that they name" },
		[IMS_VMM_WIDE_DROP] = { "drop", "nothing" } } },
	[IMS_COL_VMM_UNITS] = { "vmm", "units", "to which physical units the VMM sends the guest's invalidations", {
		[IMS_VMM_UNITS_EACH] = { "each", "each that a device of the VM is behind" },
		[IMS_VMM_UNITS_FIRST] = { "first", "the first of them" } } },
	[IMS_COL_VMM_BATCH] = { "vmm", "batch", "how the guest's commands become lists", {
		[IMS_VMM_BATCH_EACH] = { "each", "each command is a call of its own" },
		[IMS_VMM_BATCH_SYNC] = { "flush-at-sync", "a list ends with a wait of the guest" },
		[IMS_VMM_BATCH_MERGE] = { "merge-across-sync", "all that stands in the ring; waits between are lost" } } },
	[IMS_COL_VMM_SPLIT] = { "vmm", "split", "how lists are split by the objects they are for", {
		[IMS_VMM_SPLIT_OBJECT] = { "by-object", "all commands for an object are one list" },
		[IMS_VMM_SPLIT_ORDER] = { "in-order", "a list ends where the next command is for another object" } } },
	[IMS_COL_VMM_REFUSED] = { "vmm", "refused", "what the VMM does when the host refuses an entry of a list", {
		[IMS_VMM_REFUSED_TRUST] = { "trust-progress", "skips the one that the host names by its progress, and goes on" },
		[IMS_VMM_REFUSED_ONE_BY_ONE] = { "resubmit-one-by-one", "hands over the whole list anew, each entry by itself" },
		[IMS_VMM_REFUSED_GIVE_UP] = { "give-up", "drops the rest, and tells the guest where its unit has a way" } } },
	[IMS_COL_VMM_WAIT] = { "vmm", "wait", "when a wait of the guest completes", {
		[IMS_VMM_WAIT_CALLS] = { "after-calls", "when the calls for what stands before it have returned" },
		[IMS_VMM_WAIT_ONCE] = { "at-once", "at once; the calls are made at the next doorbell" } } },
	[IMS_COL_TIMEOUT] = { "host", "timeout", "what the host makes of an invalidation that a device does not answer", {
		[IMS_TIMEOUT_RETRY] = { "retry", "all that it has not waited for is issued again" },
		[IMS_TIMEOUT_ASSUME_DONE] = { "assume-done", "it goes on as if the device had answered" },
		[IMS_TIMEOUT_REPORT] = { "report", "the same, and the call that it was for fails: ETIMEDOUT" },
		[IMS_TIMEOUT_QUARANTINE] = { "quarantine", "nothing of the device is let through any more; what it is of others is issued again" } } },
	[IMS_COL_RESET] = { "host", "reset", "what the host does around the reset of a device", {
		[IMS_RESET_BLOCK] = { "block", "shuts it out before, and lets it in again behind it" },
		[IMS_RESET_NOTHING] = { "none", "nothing" } } },
	[IMS_COL_VMM_QUEUE] = { "vmm", "queue", "where the guest's commands go to", {
		[IMS_VMM_QUEUE_TRAPPED] = { "trapped", "to the VMM, all of them" },
		[IMS_VMM_QUEUE_HARDWARE] = { "hardware", "to the hardware, from queues of the guest's own; what those do not take to the VMM" },
		[IMS_VMM_QUEUE_ALONE] = { "hardware-alone", "the same; the VMM does nothing of the invalidations that those do not take" } } },
	[IMS_COL_FAULT_DETACH] = { "host", "fault-detach", "what becomes of pending faults of a device that is detached", {
		[IMS_FAULT_DETACH_ANSWER] = { "answer", "each is answered INVALID" },
		[IMS_FAULT_DETACH_FORGET] = { "forget", "they are forgotten, without an answer" } } },
	[IMS_COL_VMM_FAULTS] = { "vmm", "faults", "what the VMM does of page requests and stalls of its devices", {
		[IMS_VMM_FAULTS_NONE] = { "none", "it has no fault queue: the host answers them itself" },
		[IMS_VMM_FAULTS_GUEST] = { "guest", "it reads its fault queue and tells the guest, whose answer it hands back" },
		[IMS_VMM_FAULTS_UNREAD] = { "unread", "it has a fault queue and never reads it" } } },
	[IMS_COL_VMM_EVENTS] = { "vmm", "events", "what the VMM does of faults of its devices", {
		[IMS_VMM_EVENTS_NONE] = { "none", "it has no event queue: the guest hears nothing" },
		[IMS_VMM_EVENTS_GUEST] = { "guest", "it reads its event queue and tells the guest" } } },
	[IMS_COL_PARENT_CLEAN] = { "host", "parent-clean", "what the host flushes when it has read and cleared what the parent says was written", {
		[IMS_PARENT_CLEAN_FLUSH] = { "flush", "as after an unmap of that" },
		[IMS_PARENT_CLEAN_NOTHING] = { "none", "nothing" } } },
	[IMS_COL_VMM_TRAP] = { "vmm", "dte-trap", "which of the guest's stores to its device entries the VMM reacts to, where it sees no commands", {
		[IMS_VMM_TRAP_ALL] = { "all", "each: the entry is read anew" },
		[IMS_VMM_TRAP_TAG] = { "domid-only", "those by which an entry has tables under another tag" },
		[IMS_VMM_TRAP_PAIR] = { "paired", "those to the first two words of a present entry, one right behind the other" },
		[IMS_VMM_TRAP_NONE] = { "none", "to none" } } },
	[IMS_COL_MAP_DEFAULT] = { "host", "map-default", "what a guest's queue makes of tags that nothing is nested under", {
		[IMS_MAP_DEFAULT_NONE] = { "none", "they are not mapped" },
		[IMS_MAP_DEFAULT_PARENT] = { "parent", "they are mapped to the nesting parent's" } } },
	[IMS_COL_ALIASES] = { "host", "aliases", "by which requester ids of a device the host invalidates", {
		[IMS_ALIASES_ALL] = { "all", "each that its requests may come by" },
		[IMS_ALIASES_FIRST] = { "first", "its own, though entries are written for each" } } },
};
/* clang-format on */

const struct ims_policy_row *ims_policy_row(const struct ims_model *m, const char *name)
{
	for (unsigned i = 0; i < m->policies_count; i++)
		if (!strcmp(m->policies[i].name, name))
			return &m->policies[i];
	return NULL;
}

uint8_t ims_policy_answers(const struct ims_model *m, unsigned column)
{
	for (unsigned i = 0; i < m->columns_count; i++)
		if (m->columns[i].column == column)
			return m->columns[i].answers;
	return 0;
}

int ims_column_named(const char *side, const char *name)
{
	for (int i = 0; i < IMS_COLUMNS; i++)
		if (!strcmp(ims_columns[i].side, side) && !strcmp(ims_columns[i].name, name))
			return i;
	return -1;
}

int ims_answer_named(unsigned column, const char *name)
{
	for (int i = 1; i < IMS_ANSWERS; i++) {
		const char *answer = ims_columns[column].answers[i].name;

		if (answer && !strcmp(answer, name))
			return i;
	}
	return -1;
}
