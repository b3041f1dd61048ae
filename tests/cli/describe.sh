#!/bin/bash
# SPDX-License-Identifier: MIT
#
# describe: the names that a scenario's hardware: knows, as a person finds them.
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
	'default 1 of at most 1, adversarial 0, lenient 1: nothing that could be read orders them; unknown: '
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
cmp -s all out || fail 'describe is not describe of each vendor'
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

finish
