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
has out 'amdvi: AMD-Vi' '  np-cache ' '  k3-order ' 'open: ' '  leaf-512g-broken '
awk 'length($0) > 80 { exit 1 }' out || fail 'a line of more than 80 columns'
sim 0 describe vtd
silent err
cat amdvi >>out
cmp -s all out || fail 'describe is not describe vtd and describe amdvi'
sim 0 describe vtd
cp out all
has out 'vtd: Intel VT-d' 'for caps: {NAME: VALUE}' '  cm ' '  torn-fetch ' 'open: ' '  spr17 ' \
	'  NEST needs SSTS' '  same-did-other-parent: (a) '
awk 'length($0) > 80 { exit 1 }' out || fail 'a line of more than 80 columns'
sim 0 describe --vendor vtd -o file
silent out
cmp -s all file || fail 'describe -o writes something else'
sim 2 describe vdt
has err "vdt"

finish
