/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with sweeps, conditions, actors and `sometimes:`, and what the loader says
 * to it. Each row is a file behind the same four lines of a head, with one mistake.
 */
#ifndef TESTS_UNIT_SWEEP_ERRORS_H
#define TESTS_UNIT_SWEEP_ERRORS_H

#include <stddef.h>

/* clang-format off */
static const char sweep_head[] =
	"scenario: t\nvendors: [vtd]\nvms: {vm0: {devices: {nic: {ats: on}}, spaces: [rx]}, vm1: }\n";

struct sweep_error {
	const char *text;
	const char *report; /* behind the file's name */
	const char *help, *note, *point;
};

#define STEPS "steps: [sync: {vm: vm0}]\n"
#define IF(w) "steps: [sync: {vm: vm0, when: " w "}, sync: {vm: vm0}]\n"
#define TWO "sweep: {a: [1, 2]}\n"
#define SWEEP_HELP "write {form: [buggy, fixed], host.atc: [forward, drop]}"
#define VALUES_HELP "write a list of values: [buggy, fixed]"
#define COLUMN_HELP "a column is host., vmm., guest. or hardware. and a key of that part, as in host.atc; the name of a parameter has no dot"
#define NAME "a name is a letter, then letters, digits, '-' and '_', 64 at most"
#define AT_HELP "write [{when: {form: buggy}, fail: {kind: stale}}]"
#define SOMETIMES_HELP "write [{atc-hit: nic}]"
#define ACTORS_HELP "write {cpu0: [{sync: }]}"
#define CIRCLE_HELP "actors that wait for each other in a circle stand still for ever"
#define LIST_HELP "write - attach: {dev: nic, space: rx}"
#define TEN "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"

static const struct sweep_error sweep_errors[] = {
	/* ---- sweep: ---- */
	{ STEPS "sweep: 1\n", "5:8: error: 'sweep' needs a map, not a single value", SWEEP_HELP, NULL, NULL },
	{ STEPS "sweep: {}\n", "5:8: error: 'sweep' is empty", SWEEP_HELP, NULL, NULL },
	{ STEPS "sweep: {a: 1}\n", "5:12: error: 'a' needs a list, not a single value", VALUES_HELP, NULL, NULL },
	{ STEPS "sweep: {a: []}\n", "5:12: error: 'a' has no value", VALUES_HELP, NULL, NULL },
	{ STEPS "sweep: {a: [1]}\n", "5:9: error: nothing depends on 'a'", "use it in a 'when: {a: 1}' or as ${a}; a column has a dot: host.atc", NULL, NULL },
	{ STEPS "sweep: {a: [1, [2]]}\n", "5:16: error: 'a' needs a word, not a list", NULL, NULL, NULL },
	{ STEPS "sweep: {a: [1, 2, 1]}\n", "5:19: error: this value of 'a' is given twice", NULL, NULL, NULL },
	{ STEPS "sweep: {a: [\"1,2\"]}\n", "5:13: error: a value of a sweep has no ',' and no line break", "--point has to name it: take a word, and ${} where it is meant", NULL, NULL },
	{ STEPS "sweep: {a: [\"${b}\"]}\n", "5:13: error: a value of a sweep cannot hold a parameter", NULL, NULL, NULL },
	{ STEPS "sweep: {a b: [1]}\n", "5:9: error: 'a b' cannot be the name of a parameter", NAME, NULL, NULL },
	{ STEPS "sweep: {hots.atc: [1]}\n", "5:9: error: 'hots.atc' cannot be the name of a column", COLUMN_HELP, NULL, NULL },
	{ STEPS "sweep: {host.: [1]}\n", "5:9: error: 'host.' cannot be the name of a column", COLUMN_HELP, NULL, NULL },
	{ STEPS "sweep: {host..atc: [1]}\n", "5:9: error: 'host..atc' cannot be the name of a column", COLUMN_HELP, NULL, NULL },
	{ STEPS "sweep: {host.atc: [drop]}\nhost: {base: mail-2023, atc: forward}\n", "5:9: error: 'host.atc' is given by the file as well", "leave it out there: each point has a value of the sweep", "given at 6:25", NULL },
	{ STEPS "sweep: {hardware.mode: [concrete]}\nhardware: {mode: concrete}\n", "5:9: error: 'hardware.mode' is given by the file as well", "leave it out there: each point has a value of the sweep", "given at 6:12", NULL },
	{ STEPS "sweep: {hardware.cps: [1]}\n", "5:9: error: unknown key 'cps' in 'hardware'", "did you mean 'caps'? valid keys: mode, iotlb, caps, quirks, fragment, order", NULL, NULL },
	{ STEPS "sweep: {guest.domain-id: [shared, shered]}\n", "5:35: error: 'domain-id' cannot be 'shered'", "did you mean 'shared'? valid words: per-device, shared", NULL, "guest.domain-id=shered" },
	{ STEPS "sweep: {vmm.batch: [each]}\nvmm: x\n", "6:6: error: 'vmm' needs a map, not a single value", "write {domain: device}", NULL, NULL },
	{ STEPS "sweep: {a: [" TEN "], b: [" TEN "], c: [" TEN "], d: [0, 1, 2, 3, 4]}\n", "5:1: error: this sweep has more than 4096 points", "its points are all combinations of its values: sweep less at a time", NULL, NULL },
	/* ---- ${} ---- */
	{ STEPS "story: \"a ${b}\"\n", "5:8: error: there is no parameter 'b'", "write sweep: {b: [one, two]}", NULL, NULL },
	{ STEPS "story: \"a ${aa}\"\n" TWO, "5:8: error: there is no parameter 'aa'", "did you mean 'a'? parameters: a", NULL, NULL },
	{ STEPS "story: \"a ${a\"\n" TWO, "5:8: error: '${' has no '}'", "write ${form}, the name of a parameter of the sweep", NULL, NULL },
	{ STEPS "pages: {\"x${a}\": 4K}\n" TWO, "5:9: error: a parameter stands for a value, not for a key", NULL, NULL, NULL },
	{ "steps: [map: {space: rx, iova: \"0x${a}\", size: 4K, gpa: b}]\nsweep: {a: [1000, 1001, 5000]}\n", "4:32: error: 'iova' must be a multiple of 4K", NULL, NULL, "a=1001" },
	{ "steps: [map: {space: rx, iova: \"${a}\", size: 4K, gpa: b}]\nsweep: {a: [x, y]}\n", "4:32: error: 'x' is not an address", "write 0x10000 or 64K, a multiple of 4K", NULL, NULL },
	{ "steps: [sync: {vm: \"${a}\", when: {b: x}}, sync: {vm: vm0}]\nsweep: {a: [vm0, vm9], b: [x, y]}\n", "4:20: error: unknown VM 'vm9'", "did you mean 'vm0'? VMs: vm0, vm1", NULL, "a=vm9, b=x" },
	/* ---- when: ---- */
	{ IF("{a: 1}"), "4:32: error: there is no parameter 'a'", "write sweep: {a: [one, two]}", NULL, NULL },
	{ IF("{b: 1}") TWO, "4:32: error: there is no parameter 'b'", "parameters: a", NULL, NULL },
	{ IF("{a: bugyg}") "sweep: {a: [buggy, fixed]}\n", "4:35: error: no point of the sweep has 'bugyg' for 'a'", "did you mean 'buggy'? values: buggy, fixed", NULL, NULL },
	{ IF("{a: 3}") TWO, "4:35: error: no point of the sweep has '3' for 'a'", "values: 1, 2", NULL, NULL },
	{ IF("{a: [1, 3]}") TWO, "4:39: error: no point of the sweep has '3' for 'a'", "values: 1, 2", NULL, NULL },
	{ IF("{a: []}") TWO, "4:35: error: no point of the sweep is meant by an empty list", NULL, NULL, NULL },
	{ IF("{a: {}}") TWO, "4:35: error: 'a' needs a word, not a map", NULL, NULL, NULL },
	{ IF("{}") TWO, "4:31: error: 'when' names no parameter", "write {form: buggy}", NULL, NULL },
	{ IF("1") TWO, "4:31: error: 'when' needs a map, not a single value", "write {form: buggy}", NULL, NULL },
	{ "steps: [sync: {vm: vm0, when: {a: 1}}]\n" TWO, "4:8: error: no step is left", "each point of a sweep needs one at least: see what 'when' leaves out", NULL, "a=2" },
	{ "actors: {x: [sync: {vm: vm0, when: {a: 1}}], y: [sync: {vm: vm0, when: {a: 1}}]}\n" TWO, "4:9: error: no step is left", "each point of a sweep needs one at least: see what 'when' leaves out", NULL, "a=2" },
	{ "steps: [sync: {vm: vm0, label: l, when: {a: 1}}, wait: {for: l}]\n" TWO, "4:62: error: no step before this one has the label 'l'", NULL, NULL, "a=2" },
	{ STEPS "expect: {fail: {kind: stale, when: {a: 3}}}\n" TWO, "5:40: error: no point of the sweep has '3' for 'a'", "values: 1, 2", NULL, NULL },
	{ STEPS "expect: {fail: [{kind: stale, when: {a: 3}}]}\n" TWO, "5:41: error: no point of the sweep has '3' for 'a'", "values: 1, 2", NULL, NULL },
	/* ---- expect.at ---- */
	{ STEPS "expect: {at: {}}\n" TWO, "5:14: error: 'at' needs a list, not a map", AT_HELP, NULL, NULL },
	{ STEPS "expect: {at: []}\n" TWO, "5:14: error: 'at' lists nothing", AT_HELP, NULL, NULL },
	{ STEPS "expect: {at: [1]}\n" TWO, "5:15: error: 'at' needs a map, not a single value", AT_HELP, NULL, NULL },
	{ STEPS "expect: {at: [{never: []}]}\n" TWO, "5:15: error: missing 'when' in 'at'", AT_HELP, NULL, NULL },
	{ STEPS "expect: {at: [{when: {a: 1}}]}\n", "5:23: error: there is no parameter 'a'", "write sweep: {a: [one, two]}", NULL, NULL },
	{ STEPS "expect: {at: [{when: {a: 3}}]}\n" TWO, "5:26: error: no point of the sweep has '3' for 'a'", "values: 1, 2", NULL, NULL },
	{ STEPS "expect: {at: [{when: {a: 1}, at: []}]}\n" TWO, "5:30: error: 'at' cannot stand inside 'at'", NULL, NULL, NULL },
	{ STEPS "expect: {at: [{when: {a: 1}, nevr: []}]}\n" TWO, "5:30: error: unknown key 'nevr' in 'expect'", "did you mean 'never'? valid keys: never, over, fail, sometimes, at", NULL, "a=1" },
	{ STEPS "expect: {at: [{when: {a: 1}}, {when: {a: [1, 2]}}]}\n" TWO, "5:31: error: an element of 'at' before this one is for a point of it too", "each point has one: say more in 'when'", "that one stands at 5:15", "a=1" },
	/* ---- sometimes ---- */
	{ STEPS "expect: {sometimes: {fault: nic}}\n", "5:21: error: 'sometimes' needs a list, not a map", SOMETIMES_HELP, NULL, NULL },
	{ STEPS "expect: {sometimes: []}\n", "5:21: error: 'sometimes' lists no event", "write [{atc-hit: nic}], or leave it out", NULL, NULL },
	{ STEPS "expect: {sometimes: [x]}\n", "5:22: error: 'sometimes' needs a map, not a single value", SOMETIMES_HELP, NULL, NULL },
	{ STEPS "expect: {sometimes: [{}]}\n", "5:22: error: an element of 'sometimes' is one event", "write [{atc-hit: nic}, {fault: nic}]", NULL, NULL },
	{ STEPS "expect: {sometimes: [{falut: nic}]}\n", "5:23: error: unknown event 'falut'", "did you mean 'fault'? events: atc-hit, iotlb-hit, fault, stale", NULL, NULL },
	{ STEPS "expect: {sometimes: [{fault: nix}]}\n", "5:30: error: unknown device 'nix'", "did you mean 'nic'? devices: nic", NULL, NULL },
	{ STEPS "expect: {sometimes: [{fault: }]}\n", "5:23: error: 'fault' has no value", "write nic", NULL, NULL },
	{ "steps: [checkpoint: {sometimes: [{atc-hit: rx}]}]\n", "4:44: error: 'rx' is an address space, not a device", NULL, NULL, NULL },
	/* ---- actors ---- */
	{ STEPS "actors: {x: [sync: {vm: vm0}]}\n", "5:1: error: a file has 'steps' or 'actors', not both", "make the steps one more actor", NULL, NULL },
	{ "actors: {}\n", "4:9: error: 'actors' is empty", ACTORS_HELP, NULL, NULL },
	{ "actors: []\n", "4:9: error: 'actors' needs a map, not a list", ACTORS_HELP, NULL, NULL },
	{ "actors: {x: []}\n", "4:13: error: 'x' is empty", LIST_HELP, NULL, NULL },
	{ "actors: {x: 1}\n", "4:13: error: 'x' needs a list, not a single value", LIST_HELP, NULL, NULL },
	{ "actors: {x y: [sync: {vm: vm0}]}\n", "4:10: error: 'x y' cannot be the name of an actor", NAME, NULL, NULL },
	{ "actors: {x: [sync: {vm: vm0, label: l}], y: [sync: {vm: vm0, label: l}]}\n", "4:69: error: the label 'l' is given twice", NULL, "first given to the step at 4:14", NULL },
	{ "actors: {x: [sync: {vm: vm0, then: l}]}\n", "4:36: error: no step before this one, nor of another actor, has the label 'l'", NULL, NULL, NULL },
	{ "actors: {x: [sync: {vm: vm0, then: l}, sync: {vm: vm0, label: l}]}\n", "4:36: error: no step before this one, nor of another actor, has the label 'l'", NULL, NULL, NULL },
	{ "steps: [sync: {vm: vm0, then: l}, sync: {vm: vm0, label: l}]\n", "4:31: error: no step before this one has the label 'l'", NULL, NULL, NULL },
	{ "actors: {x: [sync: {vm: vm0, then: b, label: a}], y: [sync: {vm: vm0, then: a, label: b}]}\n", "4:36: error: this step can never begin: 'b' comes only after it", CIRCLE_HELP, "'b' is the step at 4:55", NULL },
	{ "actors: {w: [sync: {vm: vm0, then: b}], x: [wait: {for: b, label: a}], y: [wait: {for: a}, sync: {vm: vm0, label: b}]}\n", "4:57: error: this step can never begin: 'b' comes only after it", CIRCLE_HELP, "'b' is the step at 4:92", NULL },
	{ "actors: {x: [wait: {for: b}], y: [checkpoint: {label: b}]}\n", "4:26: error: the step 'b' is of no VM whose queue could be waited for", NULL, NULL, NULL },
	{ "actors: {x: [inject: {at: 2, what: timeout}, sync: {vm: vm0}], y: [sync: {vm: vm0}]}\n", "4:27: error: no step is so far from here: 1 is the next, the last 1", NULL, NULL, NULL },
	{ "actors: {x: [sync: {vm: vm0, label: l}, inject: {at: l, what: timeout}]}\n", "4:54: error: no step after this one, nor of another actor, has the label 'l'", NULL, NULL, NULL },
	{ "steps: [dma: {dev: nic, iova: 0, access: read, repeat: any}]\n", "4:56: error: 'repeat: any' is for a step of an actor", "write 'actors', or give a number", NULL, NULL },
	{ "actors: {x: [page-request: {dev: nic, iova: 0, access: read, repeat: any}]}\n", "4:70: error: 'any' is not a number", "write 10 or 0x10", NULL, NULL },
};
/* clang-format on */

#endif
