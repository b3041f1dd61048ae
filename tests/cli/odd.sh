#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Scenarios that ask for too much, or for what nobody has: refused at once, where it stands in the
# file, with the nearest known word.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

# ---- too much: refused before anything is set up ----

recipe much.yaml 's/^hardware: .*/hardware: {mode: concrete, iotlb: {sets: 1048576, ways: 1048576}}/'
sim 2 run much.yaml
silent err
has out 'much.yaml:7:35: error: ' 'at most 1048576 entries'
recipe much.yaml 's/^hardware: .*/hardware: {mode: concrete, iotlb: {sets: 4096, ways: 512}}/'
sim 2 run much.yaml
has out 'much.yaml:7:35: error: ' 'at most 1048576 entries'
recipe much.yaml 's/^hardware: .*/hardware: {mode: concrete, iotlb: {sets: 4096, ways: 256}}/'
sim 0 run much.yaml

recipe much.yaml '/expect: fault/s/write,/read, repeat: 1000000, size: 1M,/'
line=$(line_of 'repeat:' much.yaml)
sim 2 run much.yaml
silent err
has out "much.yaml:$line:5: error: " 'accesses'

recipe much.yaml '/expect: fault/s/write,/read, size: 3G,/'
line=$(line_of 'size: 3G' much.yaml)
sim 2 run much.yaml
has out "much.yaml:$line:5: error: " 'more memory than this program holds'

# ---- words that nobody has ----

recipe word.yaml '/expect: fault/s/expect: fault/expect: {fault: SFS2}/'
line=$(line_of 'SFS2' word.yaml)
sim 2 run word.yaml
has out "word.yaml:$line:" "error: vtd has no fault 'SFS2'" "did you mean 'SFS.2'?"
recipe word.yaml '/expect: fault/s/expect: fault/expect: {may: [fault, {fault: sfs.2}]}/'
sim 2 run word.yaml
has out "error: vtd has no fault 'sfs.2'" 'faults: '
recipe word.yaml '/expect: fault/s/expect: fault/expect: {fault: SFS.2}/'
sim 0 run word.yaml
# The name may be another vendor's where the file is for several.
recipe word.yaml '/expect: fault/s/expect: fault/expect: {may: [{fault: F_TRANSLATION}, {fault: SFS.2}]}/' \
	's/^vendors: .*/vendors: [vtd, smmuv3]/'
sim 0 run --vendor vtd word.yaml

recipe word.yaml '/ unmap:/s/size: 4K\}.*/size: 4K, invalidate: [{name: P_IOTBL, space: rx}]}/'
sim 2 run word.yaml
has out "error: vtd has no command 'P_IOTBL'" "did you mean 'P_IOTLB'?"
recipe word.yaml '/ unmap:/s/size: 4K\}.*/size: 4K, invalidate: [{name: P_IOTLB, space: rx, addrr: 0}]}/'
sim 2 run word.yaml
has out "has no field 'addrr'" "did you mean 'addr'?"
# A field that only a sibling has: what is missing for it.
recipe word.yaml '/ unmap:/s/size: 4K\}.*/size: 4K, invalidate: [{name: P_IOTLB, space: rx, am: 0}]}/'
sim 2 run word.yaml
has out "'P_IOTLB PASID-selective' has no field 'am'" "'P_IOTLB page-selective' has it"

# ---- a queue that has stopped: at which command, and for what ----

recipe stop.yaml '/ unmap:/s/.*/  - cmd: {raw: [0x8000000000220036, 0x10040]}\
&/'
line=$(line_of ' cmd:' stop.yaml)
sim 1 run stop.yaml
silent err
has out 'lost-completion in the queue of vm0.nic' 'blame: guest, cause: queue-stopped' \
	"stop.yaml:$((line + 1)): unmap" "stops at the command of line $line: queue error 4"
recipe stop.yaml '/ unmap:/s/size: 4K/&, invalidate: [{raw: [0xf]}]/'
line=$(line_of ' unmap:' stop.yaml)
sim 1 run stop.yaml
has out "stops at the command of line $line: queue error 3"

# The host's queue: stopped by its own tail, not by a device, which the host steps over and loses
# the command that stood there; or off, as the guest's may be.
recipe stop.yaml '/ unmap:/s/.*/  - write: {at: IQT, value: 0x10}\
&/'
line=$(line_of ' unmap:' stop.yaml)
sim 1 run stop.yaml
has out 'stale-after-reuse in the iotlb of vm0.nic' "blame: host, cause: wrong-level" \
	"stop.yaml:$line: unmap"
lacks out 'hardware consumes P_IOTLB'
for vm in '' 'vm: vm0, '; do
	recipe off.yaml "/ unmap:/s/.*/  - write: {${vm}at: GCMD, value: 0x80000000}\\
&/"
	sim 1 run off.yaml
	has out 'lost-completion in the queue of vm0.nic' \
		"blame: $([ "$vm" ] && echo guest || echo host), cause: queue-off" \
		"off.yaml:$(line_of ' unmap:' off.yaml): unmap"
done
# A ring that nothing takes from fills up.
recipe full.yaml '/ unmap:/s/.*/  - write: {at: IQT, value: 0x20}\
&/'
sim 1 run full.yaml
has out 'blame: host, cause: queue-stopped' 'waits for a queue that has stopped'

# ---- units without PFSID ----

recipe dit.yaml 's/^hardware: .*/hardware: {mode: adversarial, caps: {dit: 0}}/'
sim 0 run dit.yaml

finish
