#!/bin/bash
# SPDX-License-Identifier: MIT
# Calls that the host refuses: in reports, and as findings where a file asks for them.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

amdvi=$SRC/scenarios/amdvi
smmuv3=$SRC/scenarios/smmuv3

# As shipped no nested domain is made: the finding is the call itself.
sed '/^expect:/,$d' "$amdvi/shipped-nested-refused.yaml" >asked.yaml
cp asked.yaml plain.yaml
echo 'expect: {never: [rejected]}' >>asked.yaml
echo 'expect: {}' >>plain.yaml
sim 1 run asked.yaml
has out 'rejected for ' 'blame: host, cause: eopnotsupp' 'refuses the call: EOPNOTSUPP'
sim 1 run --format json asked.yaml
json
value '.runs[0].findings[0].kind' '"rejected"'
value '.runs[0].findings[0].where' null
value '.runs[0].findings[0].blame' '"host"'
value '.runs[0].findings[0].cause' '"eopnotsupp"'
value '.runs[0].findings[0].message' \
	'"rejected for nic: eopnotsupp, blame host; the host refuses the call: EOPNOTSUPP"'
# Nobody asks: it is none.
sim 0 run --format json plain.yaml
json
lacks values '.findings[0]'

# What is stale for want of a call says so.
sed '/^expect:/,$d' "$amdvi/hooked-s1-no-call.yaml" >stale.yaml
echo 'expect: {never: [stale]}' >>stale.yaml
sim 1 run stale.yaml
tr -s ' \n' ' ' <out >line
has line 'cause: dropped-by-error; the host refuses the call: EOPNOTSUPP' \
	'the host discards it' 'refuses the call: EOPNOTSUPP; of its 2 entries 0 are executed, 0 said'
# Of a list the numbers.
sed '/^expect:/,$d' "$smmuv3/list-over-reported.yaml" >list.yaml
echo 'expect: {never: [stale]}' >>list.yaml
sim 1 run --format json list.yaml
json
value '.runs[0].findings[0].message' \
	'"stale in iotlb of nic at iova 0x10000: dropped-by-error, blame host; the host refuses the call: EIO; of its 2 entries 0 are executed, 1 said to be"'

finish
