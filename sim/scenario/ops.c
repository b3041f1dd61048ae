/* SPDX-License-Identifier: MIT */
#include "sim/scenario/ops.h"

#include <errno.h>
#include <stddef.h>

#include "sim/core/assert.h"

#define KEY(n, t, s, f, ...)                                                                       \
	{                                                                                          \
		.name = n, .type = SCN_T_##t, .offset = offsetof(struct s, f), __VA_ARGS__         \
	}
#define HAS(s, f) .has = offsetof(struct s, f) + 1
#define OTHER(n, ...)                                                                              \
	{                                                                                          \
		.name = n, .type = SCN_T_OTHER, __VA_ARGS__                                        \
	}
#define LATER(n, h)                                                                                \
	{                                                                                          \
		.name = n, .type = SCN_T_NOT_MODELLED, .help = h                                   \
	}
#define REQ .required = true
#define TABLE(w, k)                                                                                \
	{                                                                                          \
		.what = w, .keys = k, .cnt = G_N_ELEMENTS(k)                                       \
	}

/* ---- words ---- */

static const struct scn_word perm_words[] = {
	{ "r", SCN_PERM_R },
	{ "w", SCN_PERM_W },
	{ "rw", SCN_PERM_R | SCN_PERM_W },
	{ NULL, 0 },
};

static const struct scn_word access_words[] = {
	{ "read", SCN_READ },
	{ "write", SCN_WRITE },
	{ "atomic", SCN_ATOMIC },
	{ NULL, 0 },
};

static const struct scn_word width_words[] = { { "4", 4 }, { "8", 8 }, { NULL, 0 } };
static const struct scn_word mode_words[] = { { "adversarial", 0 },
					      { "concrete", 1 },
					      { NULL, 0 } };

static const struct scn_word replace_words[] = {
	{ "lru", SCN_REPLACE_LRU },
	{ "fifo", SCN_REPLACE_FIFO },
	{ "random", SCN_REPLACE_RANDOM },
	{ NULL, 0 },
};

static const struct scn_word fragment_words[] = {
	{ "min", SCN_FRAGMENT_MIN },
	{ "4K", SCN_FRAGMENT_4K },
	{ NULL, 0 },
};

static const struct scn_word order_words[] = {
	{ "vendor", SCN_ORDER_VENDOR },
	{ "weakest", SCN_ORDER_WEAKEST },
	{ "in-order", SCN_ORDER_IN },
	{ NULL, 0 },
};

static const struct scn_word domain_id_words[] = {
	{ "per-device", SCN_DOMAIN_ID_PER_DEVICE },
	{ "shared", SCN_DOMAIN_ID_SHARED },
	{ NULL, 0 },
};

static const struct scn_word what_words[] = { { "timeout", SCN_INJECT_TIMEOUT },
					      { "drop-completion", SCN_INJECT_DROP },
					      { "error", SCN_INJECT_ERROR },
					      { NULL, 0 } };
static const struct scn_word reset_words[] = { { "flr", SCN_RESET_FLR },
					       { "link", SCN_RESET_LINK },
					       { NULL, 0 } };
static const struct scn_word phase_words[] = { { "begin", SCN_RESET_BEGIN },
					       { "end", SCN_RESET_END },
					       { NULL, 0 } };
static const struct scn_word on_words[] = { { "call", SCN_INJECT_CALL },
					    { "queue", SCN_INJECT_QUEUE },
					    { NULL, 0 } };
static const struct scn_word errno_words[] = {
	{ "EIO", EIO },	      { "EINVAL", EINVAL }, { "EOPNOTSUPP", EOPNOTSUPP },
	{ "ENOMEM", ENOMEM }, { "EBUSY", EBUSY },   { "ETIMEDOUT", ETIMEDOUT },
	{ NULL, 0 }
};

static const struct scn_word fate_words[] = {
	{ "queued", SCN_FATE_QUEUED },
	{ "dropped", SCN_FATE_DROPPED },
	{ "answered-success", SCN_FATE_SUCCESS },
	{ "answered-invalid", SCN_FATE_INVALID },
	{ "answered-failure", SCN_FATE_FAILURE },
	{ NULL, 0 },
};
static const struct scn_word answer_words[] = {
	{ "none", SCN_ANSWER_NONE },
	{ "success", SCN_ANSWER_SUCCESS },
	{ "invalid", SCN_ANSWER_INVALID },
	{ "failure", SCN_ANSWER_FAILURE },
	{ "retried", SCN_ANSWER_RETRIED },
	{ "ended", SCN_ANSWER_ENDED },
	{ NULL, 0 },
};
static const struct scn_word code_words[] = {
	{ "success", 0 }, { "invalid", 1 }, { "failure", 15 }, { NULL, 0 }
};

static const struct scn_word where_words[] = {
	{ "iotlb", 0 },	    { "walk-cache", 1 }, { "config", 2 }, { "atc", 3 },
	{ "in-flight", 4 }, { "table", 5 },	 { "queue", 6 },  { NULL, 0 },
};

static const struct scn_word blame_words[] = {
	{ "guest", 0 },	   { "vmm", 1 },    { "host", 2 }, { "queue", 3 },
	{ "hardware", 4 }, { "device", 5 }, { NULL, 0 },
};

const struct scn_word scn_kind_words[] = {
	{ "stale", SCN_KIND_STALE },
	{ "stale-after-reuse", SCN_KIND_STALE_AFTER_REUSE },
	{ "early-free", SCN_KIND_EARLY_FREE },
	{ "table-uaf", SCN_KIND_TABLE_UAF },
	{ "stale-negative", SCN_KIND_STALE_NEGATIVE },
	{ "breach", SCN_KIND_BREACH },
	{ "lost-completion", SCN_KIND_LOST_COMPLETION },
	{ "rejected", SCN_KIND_REJECTED },
	{ "order", SCN_KIND_ORDER },
	{ "rule", SCN_KIND_RULE },
	{ "over-invalidation", SCN_KIND_OVER_INVALIDATION },
	{ "masked", SCN_KIND_MASKED },
	{ NULL, 0 },
};

const struct scn_word scn_over_words[] = {
	{ "necessary", SCN_OVER_NECESSARY },
	{ "architectural", SCN_OVER_ARCHITECTURAL },
	{ "host", SCN_OVER_HOST },
	{ "cross-tenant", SCN_OVER_CROSS_TENANT },
	{ NULL, 0 },
};

const struct scn_word scn_possible_words[] = {
	{ "atc-hit", SCN_POSSIBLE_ATC_HIT },
	{ "iotlb-hit", SCN_POSSIBLE_IOTLB_HIT },
	{ "fault", SCN_POSSIBLE_FAULT },
	{ "stale", SCN_POSSIBLE_STALE },
	{ NULL, 0 },
};

/* ---- the keys of each step; in the order they are read: what tells the VM first ---- */

/* clang-format off */
#define S(n, t, f, ...) KEY(n, t, scn_step, f, __VA_ARGS__)
#define K_DEV S("dev", DEV, dev, REQ, .help = "the device")
#define K_SPACE S("space", SPACE, space, REQ, .help = "the guest's I/O address space")
#define K_PASID S("pasid", PASID, pasid, HAS(scn_step, has_pasid), .help = "the PASID; without it, requests without PASID")
#define K_IOVA S("iova", PAGE_ADDR, iova, REQ, .help = "the first I/O address")
#define K_SIZE S("size", PAGE_SIZE, size, REQ, .help = "how much, in bytes")
#define K_PERM(...) S("perm", WORD, perm, HAS(scn_step, has_perm), .words = perm_words, .help = "what a device may do", __VA_ARGS__)
#define K_INVALIDATE S("invalidate", INVALIDATE, invalidate, HAS(scn_step, has_invalidate), \
	.help = "what the guest's driver issues instead of its own choice: none, or a list of commands")
#define K_ASYNC S("async", BOOL, async, .help = "return before the invalidation is complete; the next wait is the claim")
#define K_EXPECT S("expect", EXPECT, expect, .help = "what must come out: fault, {gpa: ...}, {hpa: ...} or {may: [...]}")
#define K_ALIAS S("alias", BOOL, alias, .help = "on: it comes by the device's alias")
#define K_VM S("vm", VM, vm, .help = "the VM; may be left out if there is one")

static const struct scn_key attach_keys[] = { K_DEV, K_SPACE, K_PASID };
static const struct scn_key detach_keys[] = { K_DEV, K_PASID };

static const struct scn_key map_keys[] = {
	K_SPACE, K_IOVA, K_SIZE,
	S("gpa", PAGE_GPA, gpa, REQ, .help = "the page it leads to"),
	K_PERM(), K_INVALIDATE,
};

static const struct scn_key remap_keys[] = {
	K_SPACE, K_IOVA, K_SIZE,
	S("gpa", PAGE_GPA, gpa, REQ, .help = "the page it leads to from now on"),
	K_PERM(),
	S("bbm", BOOL, bbm, HAS(scn_step, has_bbm), .help = "break before make: unmap and invalidate, then map"),
	K_INVALIDATE,
};

static const struct scn_key unmap_keys[] = { K_SPACE, K_IOVA, K_SIZE, K_INVALIDATE, K_ASYNC };
static const struct scn_key protect_keys[] = { K_SPACE, K_IOVA, K_SIZE, K_PERM(REQ), K_INVALIDATE, K_ASYNC };

static const struct scn_key dma_keys[] = {
	K_DEV,
	S("iova", ADDR, iova, REQ, .help = "the address the device uses"),
	S("access", WORD, access, REQ, .words = access_words, .help = "what it does"),
	K_PASID,
	S("size", BYTES, size, .help = "bytes, 8 if not given; 0: a read of no bytes"),
	S("priv", BOOL, priv, .help = "a request for privileged mode"),
	S("translated", BOOL, translated, HAS(scn_step, has_translated),
	  .help = "off: untranslated even if the device has ATS"),
	S("repeat", TIMES, repeat, .help = "how often; any: any number of times from here on, of an actor"),
	K_ALIAS,
	K_EXPECT,
};

static const struct scn_key ats_keys[] = {
	K_DEV,
	S("iova", ADDR, iova, REQ, .help = "the address the device asks for"),
	K_PASID,
	S("size", PAGE_SIZE, size, .help = "how much, 4K if not given"),
	S("write", BOOL, write, HAS(scn_step, has_write), .help = "on: expect write permission; off: ask for none"),
	S("priv", BOOL, priv, .help = "a request for privileged mode"),
	K_ALIAS,
	K_EXPECT,
};

static const struct scn_key sync_keys[] = { K_VM };

static const struct scn_key wait_keys[] = {
	S("for", LINE, wait_for, REQ, .help = "the label of an earlier step, or of one of another actor"),
};

static const struct scn_key host_map_keys[] = {
	K_VM,
	S("size", PAGE_SIZE, size, REQ, .help = "how much, in bytes"),
	S("gpa", PAGE_GPA, gpa, REQ, .help = "the first page of the VM's memory"),
	K_PERM(),
};

static const struct scn_key host_unmap_keys[] = {
	K_VM,
	S("size", PAGE_SIZE, size, REQ, .help = "how much, in bytes"),
	S("gpa", PAGE_GPA, gpa, REQ, .help = "the first page of the VM's memory"),
};

static const struct scn_key free_keys[] = {
	S("gpa", PAGE_GPA, gpa, REQ, .help = "the page given back"),
	S("by", LINE, by, .help = "who gives it back"),
};

static const struct scn_key reuse_keys[] = {
	S("gpa", PAGE_GPA, gpa, REQ, .help = "the page put to another use"),
	S("by", LINE, by, .help = "who uses it now"),
};

static const struct scn_key prefetch_keys[] = {
	K_DEV,
	S("iova", ADDR, iova, REQ, .help = "the address the device is going to use"),
	K_PASID,
};

static const struct scn_key inject_keys[] = {
	S("at", LATER_STEP, inject_at, REQ, .help = "the label of a later step, or which one from here: 1 is the next"),
	S("dev", DEV, dev, .help = "whose; without it every device's that has an ATC"),
	S("what", WORD, what, REQ, .words = what_words, .help = "timeout: device-TLB invalidations are not answered; drop-completion: they are carried out, and the answer is lost; error: the host refuses a call, or its unit a command"),
	S("count", REPEAT, repeat, .help = "how many of them, 1 if not given"),
	S("on", WORD, inject_on, .words = on_words, .help = "error: of the VMM's call with a list (call), or of the host's queue of commands (queue)"),
	S("errno", WORD, inject_errno, .words = errno_words, .help = "error of a call: which, EIO if not given"),
	S("entry", U32, inject_entry, .max = 127, .help = "error of a call: at which entry of the list, from 0"),
};

static const struct scn_key ioctl_keys[] = {
	K_VM,
	S("dev", DEV, dev, .help = "the device whose file it is a call of: DEVICE_ATTACH, DEVICE_DETACH, ..."),
	OTHER("call", REQ, .help = "the call, as the kernel names it without IOMMU_: HWPT_ALLOC"),
	OTHER("in", .help = "its fields: numbers, or names of devices, of results, and ioas, parent, viommu, faults, events"),
	OTHER("as", .help = "a name for the id that is handed out"),
	OTHER("expect", .help = "an errno, or {field: value} of what is handed out; success if not given"),
};

static const struct scn_key write_keys[] = {
	S("vm", VM, vm, HAS(scn_step, has_vm), .help = "whose register; without it the physical unit's"),
	S("width", WORD, width, HAS(scn_step, has_width), .words = width_words, .help = "bytes; 8, or the register's, if not given"),
	S("at", AT, at, REQ, .help = "a page name, {gpa: ...}, {hpa: ...} or a register's name"),
	S("value", NUMBER, value, REQ, .help = "what is stored"),
	LATER("visible", "a store that is not visible at once"),
};

#define K_GROUP S("group", U32, group, .max = 511, HAS(scn_step, has_group), .help = "the number of its group; without it one of the step's own")
#define K_ANSWER S("answer", WORD, answer, .words = answer_words, .help = "what the device has heard by the end of the step: success, invalid, ... or none")

static const struct scn_key page_request_keys[] = {
	K_DEV,
	S("iova", ADDR, iova, REQ, .help = "the page it asks for"),
	S("access", WORD, access, REQ, .words = access_words, .help = "what it is going to do"),
	K_PASID, K_GROUP,
	S("last", BOOL, last, HAS(scn_step, has_last), .help = "whether it completes its group, on if not given"),
	S("priv", BOOL, priv, .help = "a request for privileged mode"),
	S("repeat", REPEAT, repeat, .help = "how many pages, one behind the other, it asks for in one group"),
	S("unread", BOOL, unread, .help = "on: the host looks at its queue in a later step"),
	S("expect", WORD, fate, .words = fate_words, .help = "what hardware makes of the last of them: queued, dropped, answered-success, ..."),
	K_ANSWER,
};

static const struct scn_key page_response_keys[] = {
	K_DEV, K_PASID,
	S("group", U32, group, .max = 65535, HAS(scn_step, has_group), .help = "of which group, or stall; without it the oldest"),
	S("code", WORD, code, .words = code_words, .help = "what the guest says, success if not given"),
	K_ANSWER,
};

static const struct scn_key step_keys[] = {
	S("label", LABEL, label, .help = "a name for other steps to refer to"),
	S("then", LINE, then, .help = "the label of a step, of another actor too, before which this one does not begin"),
	OTHER("when", .help = "the points of a sweep that have this step: {form: buggy}"),
	LATER("expect", "an expectation on a step other than dma and ats"),
};

const struct scn_table scn_step_table = TABLE("in a step", step_keys);

#define C(n, t, f, ...) KEY(n, t, scn_cmd, f, __VA_ARGS__)
static const struct scn_key cmd_keys[] = {
	C("vm", VM, vm, .help = "whose queue; may be left out if there is one VM"),
	C("queue", U32, queue, .max = 255, .help = "which of the unit's queues of commands, from 0, if it has several"),
	C("space", SPACE, space, .help = "fills the fields that name its translations"),
	C("dev", DEV, dev, .help = "fills the fields that name the device"),
	C("name", LINE, name, .help = "the command, named as in its specification"),
	C("raw", RAW, raw, .help = "the command's words, instead of a name"),
	C("pasid", PASID, pasid, HAS(scn_cmd, has_pasid), .help = "the PASID"),
	C("iova", ADDR, iova, HAS(scn_cmd, has_iova), .help = "the first I/O address"),
	C("size", SIZE, size, HAS(scn_cmd, has_size), .help = "how much, in bytes"),
};

const struct scn_table scn_cmd_table = TABLE("in 'cmd'", cmd_keys);

#define B(n, t, f, ...) KEY(n, t, scn_budget, f, __VA_ARGS__)
#define K_NEVER B("never", NEVER, never, HAS(scn_budget, has_never), .help = "kinds of findings that must not appear")
#define K_OVER { .name = "over", .type = SCN_T_OVER, .help = "how many still-correct entries may be dropped, by class" }

#define K_SOMETIMES { .name = "sometimes", .type = SCN_T_SOMETIMES, .help = "what must be possible: [{atc-hit: nic}]" }

static const struct scn_key reset_keys[] = {
	K_DEV,
	S("kind", WORD, reset_kind, REQ, .words = reset_words, .help = "flr: of the function; link: of all functions of its bus"),
	S("phase", WORD, reset_phase, .words = phase_words, .help = "begin or end: what stands between happens during the reset"),
};

static const struct scn_key enable_keys[] = {
	K_DEV,
	S("ats", TRISTATE, dev_ats, .help = "on: enabled in the device, which begins with nothing cached"),
	S("pasid", TRISTATE, dev_pasid, .help = "on: enabled in the device"),
};

static const struct scn_key checkpoint_keys[] = {
	K_NEVER, K_OVER, K_SOMETIMES,
};

/* ---- the steps ---- */

#define OP(n, k, h, ...) { .name = n, .table = TABLE("in '" n "'", k), .help = h, __VA_ARGS__ }
static const struct scn_op_row op_rows[SCN_OP_MAX] = {
	[SCN_OP_ATTACH] = OP("attach", attach_keys, "put a device, or one PASID of it, on an address space", .needs_vm = true),
	[SCN_OP_DETACH] = OP("detach", detach_keys, "take it off again", .needs_vm = true),
	[SCN_OP_MAP] = OP("map", map_keys, "the guest maps a range of an address space", .needs_vm = true, .perm = SCN_PERM_R | SCN_PERM_W),
	[SCN_OP_REMAP] = OP("remap", remap_keys, "the guest leads a mapped range elsewhere", .needs_vm = true, .perm = SCN_PERM_R | SCN_PERM_W),
	[SCN_OP_UNMAP] = OP("unmap", unmap_keys, "the guest unmaps a range and invalidates it", .needs_vm = true),
	[SCN_OP_PROTECT] = OP("protect", protect_keys, "the guest changes a range's permission", .needs_vm = true),
	[SCN_OP_DMA] = OP("dma", dma_keys, "a device reads or writes", .needs_vm = true, .size = 8),
	[SCN_OP_ATS] = OP("ats", ats_keys, "a device asks for a translation and caches it", .needs_vm = true, .size = 4096),
	[SCN_OP_CMD] = OP("cmd", cmd_keys, "the guest puts one command in its queue", .body = SCN_BODY_CMD, .needs_vm = true),
	[SCN_OP_SYNC] = OP("sync", sync_keys, "the completion command and the wait for it", .needs_vm = true),
	[SCN_OP_WAIT] = OP("wait", wait_keys, "wait for what a labelled step started"),
	[SCN_OP_HOST_MAP] = OP("host-map", host_map_keys, "the host maps memory of a VM", .needs_vm = true, .perm = SCN_PERM_R | SCN_PERM_W),
	[SCN_OP_HOST_UNMAP] = OP("host-unmap", host_unmap_keys, "the host unmaps memory of a VM", .needs_vm = true),
	[SCN_OP_FREE] = OP("free", free_keys, "give a page back; no device may reach it from here", .needs_vm = true),
	[SCN_OP_REUSE] = OP("reuse", reuse_keys, "put a page to another use", .needs_vm = true),
	[SCN_OP_WRITE] = OP("write", write_keys, "store to memory or to a register"),
	[SCN_OP_PREFETCH] = OP("prefetch", prefetch_keys, "hardware begins to fetch what a request will need", .needs_vm = true),
	[SCN_OP_INJECT] = OP("inject", inject_keys, "a fault of the hardware"),
	[SCN_OP_IOCTL] = OP("ioctl", ioctl_keys, "the VMM calls the host", .needs_vm = true),
	[SCN_OP_RESET] = OP("reset", reset_keys, "a device is reset: what it holds and what is enabled in it is gone", .needs_vm = true),
	[SCN_OP_DEVICE] = OP("device", enable_keys, "ATS or PASIDs are enabled or disabled in a device", .needs_vm = true),
	[SCN_OP_PAGE_REQUEST] = OP("page-request", page_request_keys, "a device asks for a page", .needs_vm = true),
	[SCN_OP_PAGE_RESPONSE] = OP("page-response", page_response_keys, "the guest answers what it was asked", .needs_vm = true),
	[SCN_OP_CHECKPOINT] = OP("checkpoint", checkpoint_keys, "judge what has happened so far", .body = SCN_BODY_BUDGET),
};

/* ---- everything around the steps ---- */

#define O(n, t, f, ...) KEY(n, t, scn_outcome, f, __VA_ARGS__)
static const struct scn_key outcome_keys[] = {
	O("fault", LINE, fault, .help = "a fault by its name"),
	O("gpa", GPA, gpa, .help = "the byte of the VM's memory that is reached"),
	O("hpa", HPA, hpa, .help = "the byte of the host's memory that is reached"),
	OTHER("may", .help = "several outcomes, any of which may come"),
};

const struct scn_table scn_outcome_table = TABLE("in 'expect'", outcome_keys);

#define F(n, t, f, ...) KEY(n, t, scn, f, __VA_ARGS__)
static const struct scn_key file_keys[] = {
	F("scenario", LINE, name, REQ, .help = "its name"),
	F("story", TEXT, story, .help = "what happens, for the reader"),
	F("refs", TEXT_LIST, refs, .help = "where it comes from"),
	OTHER("vendors", REQ, .help = "the hardware it is run on"),
	OTHER("host", .help = "the host's policy: a name, or {base: NAME, COLUMN: ANSWER}"),
	OTHER("vmm", .help = "the VMM's: {COLUMN: ANSWER}"),
	OTHER("hardware", .help = "how the caches behave"),
	OTHER("guest", .help = "the policy of the guests' drivers: {domain-id: shared, lazy: 256}"),
	OTHER("iommus", .help = "the physical IOMMUs, if there are several: [east, west]"),
	OTHER("vms", REQ, .help = "the virtual machines"),
	OTHER("pages", .help = "sizes of named pages: {buf0: 2M}"),
	OTHER("steps", REQ, .instead = "actors", .help = "what happens, in order"),
	OTHER("actors", .help = "or several lists of steps by name, which go on at the same time"),
	OTHER("expect", .help = "what the run is held against"),
	OTHER("sweep", .help = "parameters and their values: the file is run for each of their combinations"),
	LATER("include", "parts taken from other files"),
	LATER("bounded", "leave to end at a bound"),
};

const struct scn_table scn_file_table = TABLE("in a scenario", file_keys);

static const struct scn_key vm_keys[] = {
	KEY("memory", PAGE_SIZE, scn_vm, memory, .help = "bytes of memory, 64M if not given"),
	OTHER("viommu-of", .help = "an earlier VM: this is another IOMMU of it, on the same memory"),
	OTHER("devices", .help = "a map of devices: {nic: {ats: on}}"),
	OTHER("spaces", .help = "a list of guest I/O address spaces"),
	OTHER("pages", .help = "sizes of named pages: {buf0: 2M}"),
};

const struct scn_table scn_vm_table = TABLE("in a VM", vm_keys);

static const struct scn_key device_keys[] = {
	KEY("vrid", VRID, scn_device, vrid, .help = "the requester ID the guest sees"),
	KEY("alias", VRID, scn_device, alias, .help = "a requester ID on the physical side that its requests may come by as well"),
	KEY("ats", BOOL, scn_device, ats, .help = "whether it has an ATC and uses it"),
	KEY("pri", BOOL, scn_device, pri, .help = "whether it asks for pages"),
	KEY("stall", BOOL, scn_device, stall, .help = "whether its transactions may wait for software"),
	KEY("prg-response-pasid", BOOL, scn_device, answer_pasid, .help = "whether an answer to a page request needs its PASID"),
	KEY("pasid-bits", U32, scn_device, pasid_bits, .max = 20, .help = "the width of its PASIDs"),
	KEY("iommu", LINE, scn_device, behind, .help = "the physical IOMMU that it is behind, the first if not given"),
	LATER("atc-no-pasid-invalidate", "an ATC's choice of what a command without PASID reaches"),
};

const struct scn_table scn_device_table = TABLE("in a device", device_keys);

static const struct scn_key hardware_keys[] = {
	F("mode", WORD_TEXT, hardware, REQ, .words = mode_words, .help = "adversarial keeps all it may, concrete has a geometry"),
	OTHER("iotlb", .help = "the IOTLB's geometry: {sets: 16, ways: 4, replace: lru}"),
	OTHER("caps", .help = "what the unit can do, by the vendor's names: {cm: 1}"),
	OTHER("quirks", .help = "known faults of real hardware, by name: [spr17]"),
	F("fragment", WORD, fragment, .words = fragment_words, .help = "the largest piece a translation is kept in: min is a whole leaf"),
	F("order", WORD, order, .words = order_words, .help = "of commands between two waits: the vendor's, none but what a wait makes, or that of their ring"),
	LATER("drain", "hardware that does not drain requests"),
};

const struct scn_table scn_hardware_table = TABLE("in 'hardware'", hardware_keys);

static const struct scn_key guest_keys[] = {
	F("domain-id", WORD, domain_id, .words = domain_id_words, .help = "per-device: a device has one of its own; shared: that of the space it is attached to"),
	F("lazy", U32, lazy, .min = 1, .max = 4096, .help = "the flush queue: unmaps claim nothing until as many have gathered in a space, or a sync"),
};

const struct scn_table scn_guest_table = TABLE("in 'guest'", guest_keys);

#define G(n, t, f, ...) KEY(n, t, scn_geometry, f, __VA_ARGS__)
static const struct scn_key geometry_keys[] = {
	G("sets", U32, sets, REQ, .min = 1, .max = 1 << 20, .help = "a power of two"),
	G("ways", U32, ways, REQ, .min = 1, .max = 1 << 20, .help = "entries of a set"),
	G("replace", WORD, replace, .words = replace_words, .help = "which entry gives way, lru if not given"),
};

const struct scn_table scn_geometry_table = TABLE("in 'iotlb'", geometry_keys);

static const struct scn_key expect_keys[] = {
	K_NEVER, K_OVER,
	OTHER("fail", .help = "the findings that must appear, and no others"),
	LATER("over-realised", "over-invalidation as a concrete run counts it"),
	K_SOMETIMES,
	OTHER("at", .help = "what stands in place of all this at some points of a sweep: [{when: {form: buggy}, fail: ...}]"),
};

const struct scn_table scn_expect_table = TABLE("in 'expect'", expect_keys);

#define L(n, t, f, ...) KEY(n, t, scn_fail, f, __VA_ARGS__)
static const struct scn_key fail_keys[] = {
	L("kind", WORD, kind, .words = scn_kind_words, .help = "what it is"),
	L("latent", TRISTATE, latent, .help = "whether nothing used it yet"),
	L("where", WORD_TEXT, where, .words = where_words, .help = "the cache it was found in"),
	L("cause", LINE, cause, .help = "why the invalidation missed"),
	L("blame", WORD_TEXT, blame, .words = blame_words, .help = "the layer at fault"),
	L("line", COUNT, line, .min = 1, .max = 1 << 20, .help = "of the step whose effect became outdated"),
	L("step", LINE, step, .help = "that step"),
	L("vm", VM_NAME, vm, .help = "whose translation"),
	L("device", DEV_NAME, device, .help = "the device that used it"),
	L("pasid", PASID, pasid, HAS(scn_fail, has_pasid), .help = "the PASID"),
	L("iova", ADDR, iova, HAS(scn_fail, has_iova), .help = "the first I/O address"),
	L("pages", COUNT, pages, .min = 1, .max = INT64_MAX, .help = "how many pages"),
	L("power", LINE, power, .help = "the open readings it needs: k9-prefetch=7, or fill-on-access"),
	L("column", LINE, column, .help = "a column without whose answer it is not found: host.atc"),
	OTHER("when", .help = "the points of a sweep that have this finding: {form: buggy}"),
	LATER("got", "matching a finding by the translation that was used"),
	LATER("want", "matching a finding by the translation that was due"),
};

const struct scn_table scn_fail_table = TABLE("in 'fail'", fail_keys);

/* ---- types ---- */

#define ADDRESS { "an address", "0x10000 or 64K" }
#define PAGE_ADDRESS { "an address", "0x10000 or 64K, a multiple of 4K" }
#define LENGTH { "a size", "4K, 2M, 1G, 0x1000 or 4096" }
#define NUMBER { "a number", "10 or 0x10" }
#define GUEST_ADDRESS { "a page name or an address", "buf0, buf0+8 or 0x200000" }
static const struct scn_type_row type_rows[SCN_T_MAX] = {
	[SCN_T_TEXT] = { "text", "a few words" },
	[SCN_T_LINE] = { "one line of text", "a few words" },
	[SCN_T_TEXT_LIST] = { "a list of texts", "[one, two]" },
	[SCN_T_LABEL] = { "a label", "first-unmap" },
	[SCN_T_BOOL] = { "on or off", "on" },
	[SCN_T_TRISTATE] = { "on or off", "on" },
	[SCN_T_WORD] = { "a word", "" },
	[SCN_T_WORD_TEXT] = { "a word", "" },
	[SCN_T_U32] = NUMBER,
	[SCN_T_COUNT] = NUMBER,
	[SCN_T_NUMBER] = NUMBER,
	[SCN_T_PASID] = { "a PASID", "5 or 0x5, at most 0xfffff" },
	[SCN_T_ADDR] = ADDRESS,
	[SCN_T_PAGE_ADDR] = PAGE_ADDRESS,
	[SCN_T_HPA] = ADDRESS,
	[SCN_T_SIZE] = LENGTH,
	[SCN_T_PAGE_SIZE] = LENGTH,
	[SCN_T_BYTES] = LENGTH,
	[SCN_T_GPA] = GUEST_ADDRESS,
	[SCN_T_PAGE_GPA] = GUEST_ADDRESS,
	[SCN_T_VM] = { "a VM", "vm0" },
	[SCN_T_DEV] = { "a device", "nic" },
	[SCN_T_SPACE] = { "an address space", "rx" },
	[SCN_T_VM_NAME] = { "a VM", "vm0" },
	[SCN_T_DEV_NAME] = { "a device", "nic" },
	[SCN_T_VRID] = { "a requester ID", "\"01:00.0\" or 0x100" },
	[SCN_T_REPEAT] = NUMBER,
	[SCN_T_TIMES] = { "a number or any", "10 or any" },
	[SCN_T_RAW] = { "a list of numbers", "[0x1, 0x10000]" },
	[SCN_T_NEVER] = { "a list of kinds", "[stale, breach]" },
	[SCN_T_OVER] = { "a map of classes", "{host: 0}" },
	[SCN_T_SOMETIMES] = { "a list of events", "[{atc-hit: nic}]" },
	[SCN_T_EXPECT] = { "an outcome", "fault, stall, {gpa: buf0+8} or {may: [fault, {gpa: buf0}]}" },
	[SCN_T_INVALIDATE] = { "none or a list of commands", "[{name: NAME, space: rx}, wait]" },
	[SCN_T_AT] = { "a place", "buf0+8, {gpa: 0x1000}, {hpa: 0x1000} or a register's name" },
	[SCN_T_LATER_STEP] = { "a label or a number", "in-flight, or 1 for the next step" },
	[SCN_T_OTHER] = { "a value", "" },
	[SCN_T_NOT_MODELLED] = { "a value", "" },
};
/* clang-format on */

const struct scn_op_row *scn_op_row(enum scn_op op)
{
	IMS_ASSERT(op < SCN_OP_MAX);
	return &op_rows[op];
}

const struct scn_type_row *scn_type_row(enum scn_type type)
{
	IMS_ASSERT(type < SCN_T_MAX);
	return &type_rows[type];
}

const char *scn_kind_name(enum scn_kind kind)
{
	IMS_ASSERT(kind < SCN_KIND_MAX && scn_kind_words[kind].value == kind);
	return scn_kind_words[kind].name;
}

const char *scn_op_name(enum scn_op op)
{
	return scn_op_row(op)->name;
}

const char *scn_over_name(enum scn_over c)
{
	IMS_ASSERT(c < SCN_OVER_MAX && scn_over_words[c].value == c);
	return scn_over_words[c].name;
}
