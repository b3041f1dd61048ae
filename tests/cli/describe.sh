#!/bin/bash
# SPDX-License-Identifier: MIT
# timeout: 400
#
# describe: what hosts answer, proved or not, and the names that a scenario knows, as a person finds them.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

sim 0 describe
silent err
cp out all
sim 0 describe amdvi
silent err
cp out amdvi
has out 'amdvi: AMD-Vi' '  np-cache ' '  k3-order ' '  leaf-512g-broken '
awk 'length($0) > 80 { exit 1 }' out || fail 'a line of more than 80 columns'
# Of a knob: default, what adversarial hardware takes and why, what is unknown, the source.
tr -s ' \n' ' ' <amdvi >line
has line 'default 0 of at most 1, adversarial 1, lenient 0: of two readings the one that keeps more; unknown: whether PDE=0 reaches them (AMD openSIL' \
	'default 0 of at most 1, adversarial 0: by the text nothing does: a fault of some parts, for scenarios to name; unknown: which parts do so (XSA-442' \
	"default 1 of at most 1, adversarial 1: Linux since 6.8 sends the two so and waits once; 'order: weakest' keeps no pair in order; unknown: whether they may overtake each other"
# K1 to K9 and what sections 17 and 18 add to them.
for knob in k1-gn0-nested k1b-partial-walks k2-atc-no-pasid k2b-ats-write k3-order k4-negative k5-update-needs-iw \
	k6-illegal-stops k7-unmapped-domain k8a-device-range k8b-mode k8c-dte-in-tlb k9-prefetch; do
	equal 1 "$(awk -v knob="$knob" '$1 == knob { f = 1; n = 0 } f && / adversarial / { print 1; exit }' amdvi)" "what adversarial hardware does of $knob"
done
sim 0 describe smmuv3
silent err
cp out smmuv3
has out 'smmuv3: Arm SMMUv3' '  bbml ' '  atc-no-pasid-invalidate ' '  ttl ' \
	'  same-vmid-other-stage2: (a) '
awk 'length($0) > 80 { exit 1 }' out || fail 'a line of more than 80 columns'
sim 0 describe vtd
silent err
cat amdvi smmuv3 >>out
lines=$(awk 'END { print NR }' out)
tail -n "$lines" all >last
cmp -s last out || fail 'describe does not end with each vendor'
head -n -"$lines" all >table
sim 0 describe vtd
cp out all
has out 'vtd: Intel VT-d' 'for caps: {NAME: VALUE}' '  cm ' '  torn-fetch ' 'unknown: ' '  spr17 ' \
	'  NEST needs SSTS' '  same-did-other-parent: (a) '
awk 'length($0) > 80 { exit 1 }' out || fail 'a line of more than 80 columns'
sim 0 describe --vendor vtd -o file
silent out
cmp -s all file || fail 'describe -o writes something else'
sim 2 describe vdt
has err "vdt"

# ---- what is modelled, and what is not ----

tr -s ' \n' ' ' <all >line
has line 'Beside tables and invalidations, what is modelled: queues of guests: nothing source: ' \
	'page requests: the unit' 'not modelled: ' 'dirty tracking: marks of writes'
for vendor in vtd amdvi smmuv3; do
	sim 0 describe --format json $vendor
	json
	equal 8 "$(awk -F '\t' '$1 ~ /scope\[[0-9]+\]\.topic$/' values | awk 'END { print NR }')" "topics of $vendor"
	equal 8 "$(awk -F '\t' '$1 ~ /scope\[[0-9]+\]\.source$/ && $2 != "\"\""' values | awk 'END { print NR }')" "sources of $vendor"
done

# ---- the table of the mail, from the data ----

awk 'length($0) > 80 { exit 1 }' table || fail 'a table of more than 80 columns'
lacks table proved
rows='walk-start hw-key guest-key nested-domain tag atc target atc-target queue path'
sim 0 describe --format json
json
equal "$(echo "$rows" | tr ' ' '\n')" "$(awk -F '\t' '$1 ~ /^\.rows\[[0-9]+\]\.row$/ { gsub(/"/, "", $2); print $2 }' values)" rows
# Every vendor has every row, but for the one that the table of the design has none for.
equal '.rows[7].cells[0].text
.rows[8].cells[0].text' "$(awk -F '\t' '$1 ~ /cells\[[0-9]+\]\.text$/ && $2 == "null" { print $1 }' values)" 'cells without'
equal 30 "$(awk -F '\t' '$1 ~ /cells\[[0-9]+\]\.text$/' values | awk 'END { print NR }')" cells
equal 30 "$(awk -F '\t' '$1 ~ /cells\[[0-9]+\]\.proved$/ && $2 == "null"' values | awk 'END { print NR }')" 'no marks'
has values 'by RID and PASID' 'vDomainID (per RID), PASID' '"ASID"' 'synthesise: the host' '"host.parent-config"' '"vmm.wide"'
value '.vendors[0].policies[0].columns.host.atc' '"synthesise"'

# What a policy has otherwise is in its cells.
printf 'base: mail-2023\natc: drop\n' >own.host.yaml
sim 0 describe --host own.host.yaml
has out 'here: own.host.yaml' 'drop: nobody:'
lacks out 'synthesise: the     '
sim 0 describe --host own.host.yaml smmuv3
has out 'here: own.host.yaml' 'drop: nobody:'
lacks out 'AMD-Vi'
sim 2 describe --host nowhere.host.yaml
has err 'nowhere.host.yaml'
sim 2 describe --host mail-2024

# Proved here and now, or not.
sim 2 describe --prove
has err 'there is no scenarios/seed here'
mkdir -p scenarios
cp -r "$seed" scenarios/seed
sim 0 describe --prove --format json
json
equal 28 "$(awk -F '\t' '$1 ~ /cells\[[0-9]+\]\.proved$/ && $2 == "true"' values | awk 'END { print NR }')" 'cells proved'
sim 0 describe --prove
awk 'length($0) > 80 { exit 1 }' out || fail 'a table of more than 80 columns'
has out '[proved]'
lacks out 'not proved'
# A promise that is broken, a twin that is not, no twin, no scenario at all.
sed -i 's/^host: .*/host: {base: mail-2023, target: none}/' scenarios/seed/target-of-lists.yaml
sed -i 's/^host: .*/host: mail-2023/' scenarios/seed/atc-by-nobody.yaml
rm scenarios/seed/guest-key-wrong-vtd.yaml scenarios/seed/atc-target*-amdvi.yaml
sim 0 describe --prove --format json
json
value '.rows[6].cells[0].proved' false
value '.rows[6].cells[0].failed' '"target-of-lists.yaml"'
value '.rows[5].cells[2].failed' '"atc-by-nobody.yaml"'
value '.rows[2].cells[0].proved' false
value '.rows[2].cells[0].holds' 1
value '.rows[2].cells[0].broken' 0
value '.rows[2].cells[1].proved' true
value '.rows[7].cells[1].proved' false
value '.rows[7].cells[2].proved' true
sim 0 describe --prove
tr -s ' \n' ' ' <out >line
has line 'not proved'

finish
