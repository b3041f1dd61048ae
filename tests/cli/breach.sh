#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A device that is served from another's entry: the report, and that each way to it ends in a
# verdict.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

s4=$SRC/scenarios/amdvi/s4-one-domainid-two-tables.yaml

# Without an expectation each is a failure of this cause, and the broken rule is not told besides.
while read -r name cause blame device; do
	sed '/^expect:/,$d' "$SRC/scenarios/amdvi/$name.yaml" >breach.yaml
	sim 1 run --format json breach.yaml
	json
	value .runs[0].verdict '"fail"'
	value .runs[0].reason "\"breach, blame $blame\""
	value .runs[0].findings[0].kind '"breach"'
	value .runs[0].findings[0].cause "\"$cause\""
	value .runs[0].findings[0].blame "\"$blame\""
	value .runs[0].findings[0].device "\"$device\""
	value .runs[0].findings[0].line "$(line_of ' write:' breach.yaml)"
	value .runs[0].findings[0].power '"fill-on-access"'
	lacks values '.runs[0].findings[1].kind'
done <<'END'
s4-one-domainid-two-tables self-collision guest gpu
s4-one-domainid-by-gcr3 self-collision guest gpu
host-tag-of-another-vm tag-collision host gpu
END

# What stands in the tables is told, and the entry's owner; no invalidation was due.
sed '/^expect:/,$d' "$s4" >breach.yaml
sim 1 run breach.yaml
has out 'breach in the iotlb of vm0.gpu, iova 0x10000 (1 page)' 'cause: self-collision, the tables say hpa' \
	'writes word 1 of the entry of gpu: 0x7bf0022 ->' 'served from IOTLB'
tr -s ' \n' ' ' <out >line
has line ' for nic '
lacks out 'no invalidation was issued' 'rule broken'

# Without the access it is latent: gpu may hit what nic has cached.
sed '/dev: gpu, iova/d' breach.yaml >latent.yaml
sim 1 run --format json latent.yaml
json
value .runs[0].findings[0].kind '"breach"'
value .runs[0].findings[0].latent true
value .runs[0].findings[0].cause '"self-collision"'
lacks values '.runs[0].findings[1].kind'

# With nothing cached there is but the rule.
sed '/dma:/d' breach.yaml >rule.yaml
sim 1 run --format json rule.yaml
json
value .runs[0].findings[0].kind '"rule"'
value .runs[0].findings[0].cause '"same-domid-other-gcr3"'
lacks values '.runs[0].findings[1].kind'

# One root under one tag is legal: the same table for both.
sed -e 's/gpu, space: tx/gpu, space: rx/' -e 's/^  - write.*/  - checkpoint: {}/' -e '/space: tx/d' breach.yaml >legal.yaml
sim 0 run legal.yaml

# An entry of another's that is outdated too: each is told, whatever it is asked for.
sed 's/{vrid: "02:00.0"}/{vrid: "02:00.0", ats: on}/; s/0x7bf0021/0x107bf0021/' breach.yaml >both.yaml
cat >>both.yaml <<'END'
  - unmap:  {space: rx, iova: 0x10000, size: 4K, invalidate: none}
  - dma:    {dev: gpu, iova: 0x10008, access: read}
  - dma:    {dev: nic, iova: 0x10008, access: read}
  - unmap:  {space: tx, iova: 0x10000, size: 4K}
  - dma:    {dev: gpu, iova: 0x10008, access: read}
END
sim 1 run both.yaml
has out 'breach in the iotlb of vm0.gpu' 'stale in the atc of vm0.gpu' 'stale in the iotlb of vm0.nic'

finish
