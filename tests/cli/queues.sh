#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Queues that guests have in the hardware: what is said where there is none, and whose fault a wrong
# map is.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

at=$SRC/scenarios/smmuv3

# A VMM that hands out what the unit does not have, or has no more of.
sed 's/caps: {vcmdq: 8}/caps: {ats: 1}/' "$at/vcmdq-unmap.yaml" >none.yaml
sim 2 run none.yaml
has out 'none.yaml: error: vmm.queue is hardware, and there is no queue for a guest' "caps: {vcmdq: N}}' gives it some"
sed 's/caps: {vcmdq: 8}/caps: {vcmdq: 2, vintf: 2}/' "$at/vcmdq-vmid-own.yaml" >few.yaml
sim 2 run few.yaml
has out 'few.yaml: error: vmm.queue is hardware' 'the unit has none left'
lacks out 'caps: {vcmdq'

# A command for a queue that is none of this guest's.
sed 's/queue: hardware/queue: trapped/' "$at/vcmdq-sync-of-main.yaml" >trapped.yaml
sim 2 run trapped.yaml
has out 'trapped.yaml:21:13: error: queue 1 is one for guests, and this guest does not have it' 'HW_QUEUE_ALLOC'
sed 's/queue: 1/queue: 3/' "$at/vcmdq-sync-of-main.yaml" >another.yaml
sim 2 run another.yaml
has out 'another.yaml:21:13: error: queue 3 is one for guests'
sed 's/queue: 1/queue: 9/' "$at/vcmdq-sync-of-main.yaml" >beyond.yaml
sim 2 run beyond.yaml
has out 'the unit has 9 queues of commands, from 0'
sed -e 's/^host: .*/host: bare-metal/' -e '/^vmm:/d' "$at/vcmdq-sync-of-main.yaml" >bare.yaml
sim 2 run bare.yaml
has out 'error: queue 1 is one for guests' 'not modelled without a host'

# The map is to blame, and not who handed the queue out; the report says what was executed.
sim 0 run -v "$at/vcmdq-vmid-wrong.yaml"
has out 'blame: queue, cause: wrong-tag' 'queues TLBI_NH_VA ttl=3 tg=1 vmid=0' 'consumes TLBI_NH_VA ttl=3 tg=1 vmid=9' \
	'dom: want 1, got 9'
sim 0 run --format json "$at/vcmdq-vdevice-gone.yaml"
json
value '.runs[0].findings[0].blame' '"queue"'
value '.runs[0].findings[0].cause' '"dropped-by-queue"'
sim 0 run --format json "$at/vcmdq-timeout-leaks.yaml"
json
value '.runs[0].findings[0].blame' '"host"'

finish
