#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The example of the scenario language as its definition prints it, for three vendors: the same
# verdict from each of them.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

cat >example.yaml <<'END'
# yaml-language-server: $schema=../schema.json
scenario: nested-unmap-all-vendors
story: One VM, one NIC with ATS. The guest unmaps a buffer; the NIC must not reach it any more.
refs: ["mail 2023-12-09", "linux drivers/iommu/intel/nested.c"]
vendors: [vtd, amdvi, smmuv3]
host: mail-2023                    # the one policy all three vendors have; or linux-7.3, or {base: …, atc: forward, …}, or a file
hardware: adversarial              # or {mode: concrete, iotlb: {sets: 16, ways: 4, replace: lru}, quirks: [spr17]}
vms:
  vm0:
    memory: 64M
    devices: {nic: {vrid: "01:00.0", ats: on, pasid-bits: 8}}
    spaces: [rx]                   # guest I/O address spaces (stage-1 tables)
steps:
  - attach: {dev: nic, space: rx}              # pasid: N for a PASID attachment
  - map:    {space: rx, iova: 0x10000, size: 4K, gpa: buf0, perm: rw}
  - dma:    {dev: nic, iova: 0x10008, access: write, expect: {gpa: buf0+8}}
  - unmap:  {space: rx, iova: 0x10000, size: 4K}       # the guest driver's own invalidation follows
  - free:   {gpa: buf0}                                # from here a device must not reach it
  - dma:    {dev: nic, iova: 0x10008, access: write, expect: fault}
expect: {never: [stale, breach, order], over: {host: 0}}
END

sim 0 run --vendor vtd example.yaml
silent err
equal 'pass  nested-unmap-all-vendors [vtd, mail-2023, adversarial]' "$(sed -n 1p out)" 'verdict'
has out '1 run: 1 pass, 0 fail, 0 error'

sim 0 run --vendor amdvi example.yaml
silent err
equal 'pass  nested-unmap-all-vendors [amdvi, mail-2023, adversarial]' "$(sed -n 1p out)" 'verdict'

sim 0 run --vendor smmuv3 example.yaml
silent err
equal 'pass  nested-unmap-all-vendors [smmuv3, mail-2023, adversarial]' "$(sed -n 1p out)" 'verdict'

sim 0 run example.yaml
has out 'pass  nested-unmap-all-vendors [vtd, mail-2023, adversarial]' \
	'pass  nested-unmap-all-vendors [amdvi, mail-2023, adversarial]' \
	'pass  nested-unmap-all-vendors [smmuv3, mail-2023, adversarial]' '3 runs: 3 pass, 0 fail, 0 error'

sim 0 run --format json example.yaml
json
value .totals.pass 3
value .totals.error 0
value .runs[0].vendor '"vtd"'
value .runs[0].verdict '"pass"'
value .runs[1].vendor '"amdvi"'
value .runs[1].verdict '"pass"'
value .runs[2].vendor '"smmuv3"'
value .runs[2].verdict '"pass"'

# The seed's own example is this one, restricted.
sed -n '/^hardware/,$p' example.yaml | sed 's/ *#.*//' | sed '1d' >want
sed -n '/^hardware/,$p' "$seed/nested-unmap.yaml" | sed 's/ *#.*//' | sed '1d' >got
checks=$((checks + 1))
cmp -s want got || fail 'scenarios/seed/nested-unmap.yaml is another story'

# A broken form, and all three say so.
sed '/ unmap:/s/size: 4K/&, invalidate: none/' example.yaml >broken.yaml
sim 1 run broken.yaml
has out '3 runs: 0 pass, 3 fail, 0 error'
sim 1 run --vendor vtd broken.yaml
sim 1 run --vendor amdvi broken.yaml
sim 1 run --vendor smmuv3 broken.yaml

finish
