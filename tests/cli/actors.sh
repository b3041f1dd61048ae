#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Actors in all orders: what the first order does not show is found, in which order is said,
# and the flagship fails at one point of its sweep alone.
. "$SRC/tests/cli/common"

sed '/^expect:/,$d' "$SRC/scenarios/common/freed-before-the-wait.yaml" >early.yaml
sim 1 run --vendor vtd early.yaml
has out 'early-free in the iotlb of vm0.nic' 'order, where more than one could go on: cpu' \
	'pass  freed-before-the-wait [vtd, mail-2023, adversarial, second=waits]'
token=$(sed -n 's/.*iommusim replay \(v1[^ ]*\).*/\1/p' out | head -1)
sim 1 replay "$token" early.yaml
has out 'early-free in the iotlb of vm0.nic'
sim 1 run --format json --vendor vtd early.yaml
has out '"order": "cpu'

sim 0 run "$SRC/scenarios/smmuv3/nested-batch-across-sync.yaml"
equal 1 "$(grep -c 'as expected: 1 finding' out)" 'it fails at one point'
has out 'vmm.batch=merge-across-sync, host.batch=every-63] as expected: 1 finding'

# An expectation has to hold in every order.
cat >orders.yaml <<'YAML'
scenario: in-another-order
story: An access that may come before the page is mapped.
vendors: [vtd]
host: mail-2023
vms:
  vm0: {memory: 64M, devices: {nic: {vrid: "01:00.0"}}, spaces: [rx]}
actors:
  cpu0:
    - attach: {dev: nic, space: rx, label: attached}
    - map:    {space: rx, iova: 0x10000, size: 4K, gpa: buf0}
  nic:
    - dma:    {dev: nic, iova: 0x10000, access: read, then: attached, expect: {gpa: buf0}}
YAML
sim 1 run orders.yaml
has out 'in another order of the actors'
finish
