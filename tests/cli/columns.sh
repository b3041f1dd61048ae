#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Hosts and VMMs in columns: which of them a finding names, and policies in files of their own.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

# columns FILE [OPTION...]: of the findings of a run that fails, one a line.
columns()
{
	local file=$1

	shift
	sed '/^expect:/,$d' "$file" >open.yaml
	sim 1 run --format json "$@" open.yaml
	json
	awk -F '\t' '$1 ~ /findings\[[0-9]+\]\.columns\[[0-9]+\]$/ { print $2 }' values
}

# ---- what a finding names ----

for vendor in vtd amdvi smmuv3; do
	equal '"host.atc"' "$(columns "$seed/atc-by-nobody.yaml" --vendor $vendor)" "column on $vendor"
	# Under the first policy there is nothing to name.
	equal '' "$(columns "$seed/nested-unmap-no-invalidation.yaml" --vendor $vendor)" "first policy of $vendor"
	value '.runs[0].findings[0].columns' '['
done
# Another column that differs too has no part in it.
sed 's/^host: .*/host: {base: mail-2023, atc: drop, parent-tags: own}/' "$seed/atc-by-nobody.yaml" >two.yaml
equal '"host.atc"' "$(columns two.yaml --vendor vtd)" 'of two columns one'
sim 1 run --vendor vtd open.yaml
tr -s ' \n' ' ' <out >line
has line "column: host.atc is drop (nobody: the guest's are discarded), with synthesise it is not found"
# Each of the two is enough to lose it: no one of them helps, both together do.
sed 's/^host: .*/host: {base: mail-2023, parent-tags: own, parent-atc: none}/
	s/{vrid: "01:00.0"/&, ats: on/' "$seed/hw-key-of-parent-own-tag.yaml" >two.yaml
equal '"host.parent-tags" "host.parent-atc" "host.parent-tags"' "$(columns two.yaml --vendor vtd | tr '\n' ' ' | sed 's/ $//')" \
	'two columns together'
sim 1 run --vendor vtd open.yaml
tr -s ' \n' ' ' <out >line
has line 'columns: host.parent-tags is own (' '; with each and all together it is not found'
# A guest that is wrong under the first policy as well is not the column's.
sed 's/^host: .*/host: {base: mail-2023, atc: drop}/' "$seed/nested-unmap-no-invalidation.yaml" >guest.yaml
equal '' "$(columns guest.yaml --vendor amdvi)" 'what the guest left out'
# An expectation may name one; another than it is is not met.
sed 's/column: host.atc/column: host.target/' "$seed/atc-by-nobody.yaml" >other.yaml
sim 1 run --vendor vtd other.yaml
has out "the finding expected by 'fail' is not there"
sim 1 run --format json open.yaml
cp out first
sim 1 run --format json open.yaml
cmp -s first out || fail 'another report of the same run'

# ---- policy files ----

policy=$SRC/scenarios/policy
sim 0 run "$policy"
has out 'forward-to-viommu.host.yaml {atc: drop}, adversarial] as expected'
cp "$policy"/*.yaml .
sim 0 run nested-unmap-by-file.yaml
# For any scenario, from the command line; what it says of single columns stands.
sim 0 run --vendor amdvi --host forward-to-viommu.host.yaml "$seed/nested-unmap.yaml"
has out '[amdvi, forward-to-viommu.host.yaml, adversarial]'
sim 0 run --vendor amdvi --host forward-to-viommu.host.yaml "$seed/atc-by-nobody.yaml"
has out '[amdvi, forward-to-viommu.host.yaml {atc: drop}, adversarial]'
sim 0 run --vendor amdvi --host mail-2023 nested-unmap-by-file-varied.yaml
has out '[amdvi, mail-2023 {atc: drop}, adversarial]'
sim 0 replay --vendor smmuv3 --host forward-to-viommu.host.yaml -q "$SRC/scenarios/recorded/smmuv3-linux-7.3-strict.rec"

# What is wrong with one is told where it stands.
# bad TEXT MESSAGE...: of a file policy.host.yaml
bad()
{
	printf '%b' "$1" >policy.host.yaml
	shift
	sed 's/^host: .*/host: policy.host.yaml/' nested-unmap-by-file.yaml >uses.yaml
	sim 2 run uses.yaml
	has out "$@"
	sim 2 run --host policy.host.yaml "$seed/nested-unmap.yaml"
	has out "$@"
}

bad 'base: mail-2024\n' "policy.host.yaml:1:7: error: amdvi has no host 'mail-2024'"
bad 'base: mail-2023\natk: drop\n' "policy.host.yaml:2:1: error: amdvi has no column of the host 'atk'" "did you mean 'atc'?"
bad 'base: mail-2023\natc: dropp\n' "policy.host.yaml:2:6: error: amdvi has no answer to 'host.atc' that is 'dropp'"
bad 'base: mail-2023\nvmm: {domian: device}\n' "policy.host.yaml:2:7: error: amdvi has no column of the vmm 'domian'"
bad 'base: mail-2023\nvmm: device\n' "policy.host.yaml:2:6: error: 'vmm' needs a map"
bad 'atc: drop\n' "policy.host.yaml:1:1: error: a policy needs a 'base'"
bad 'base: other.yaml\n' "policy.host.yaml:1:7: error: the base of a policy file is a policy's name, not a file"
bad '[mail-2023]\n' 'policy.host.yaml:1:1: error: a policy is a map, not a list'
bad 'scenario: x\n' 'policy.host.yaml:1:1: error: this is a scenario, not the policy of a host'
bad 'base: mail-2023\natc: [drop]\n' "policy.host.yaml:2:6: error: 'atc' needs one line of text, not a list"
bad 'base: "mail\n' 'policy.host.yaml:2:1: error: found unexpected end of stream'
bad '' 'policy.host.yaml:1:1: error: the file is empty'
# Of a recording too.
printf 'base: mail-2023\natc: dropp\n' >policy.host.yaml
sim 2 replay --vendor vtd --host policy.host.yaml "$vtd_recording"
has err "policy.host.yaml:2:6: error: vtd has no answer to 'host.atc' that is 'dropp'"
sed 's/^host: .*/host: nowhere.host.yaml/' nested-unmap-by-file.yaml >uses.yaml
sim 2 run uses.yaml
has out "uses.yaml:6:7: error: there is no policy file 'nowhere.host.yaml'"
sim 2 run --host nowhere.host.yaml "$seed/nested-unmap.yaml"
has out 'nowhere.host.yaml'
# A name of the command line stands in no file, whatever it takes the place of.
printf 'base: mail-2023\natc: drop\n' >policy.host.yaml
sed 's/^host: .*/host: policy.host.yaml/' nested-unmap-by-file.yaml >uses.yaml
for file in uses.yaml "$seed/nested-unmap.yaml"; do
	sim 2 run --vendor amdvi --host linux-for-next "$file"
	silent err
	has out "--host: error: amdvi has no host 'linux-for-next'" '      = help: hosts: mail-2023, linux-7.3'
	lacks out 'host: mail-2023'
done
sim 2 describe --host linux-7.3-hooked
has err "--host: error: vtd has no host 'linux-7.3-hooked'"

finish
