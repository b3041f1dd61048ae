#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What a finding assumes of hardware: the fewest open readings without which it is not there, found
# by running the scenario with each.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

folder=$SRC/scenarios/amdvi

# powers FILE: those of its findings, one a line.
powers()
{
	sim 1 run --format json "$1"
	json
	awk -F '\t' '$1 ~ /findings\[[0-9]+\]\.power$/ { print $2 }' values
}

# Without the expectation the run fails, and the finding says what it needs; the report too.
while read -r name knob unknown; do
	sed '/^expect:/,$d' "$folder/$name.yaml" >open.yaml
	equal "\"needs $knob (open: $unknown)\"" "$(powers open.yaml)" "power of $name"
	sim 1 run open.yaml
	tr -s ' \n' ' ' <out >line
	has line "power: needs $knob (open: $unknown)"
	# The other reading, said by the scenario: no finding of it.
	sed "s/^hardware: .*/hardware: {mode: adversarial, caps: {${knob%=*}: OTHER}}/" open.yaml >said.yaml
	case $knob in
	atc-no-pasid-invalidate=0) sed 's/OTHER/1/' said.yaml >other.yaml ;;
	*) sed 's/OTHER/0/' said.yaml >other.yaml ;;
	esac
	sed 's/, expect: {.*}}/}/' other.yaml >free.yaml
	sim 0 run free.yaml
	# This reading, said by the scenario, is no assumption any more.
	sed "s/OTHER/${knob#*=}/" said.yaml >this.yaml
	equal '"fill-on-access"' "$(powers this.yaml)" "power of $name, said by the scenario"
	# Concrete hardware assumes nothing either.
	sed 's/^hardware: .*/hardware: concrete/; s/, expect: {.*}}/}/' open.yaml >concrete.yaml
	case $knob in
	atc-no-pasid-invalidate=0) equal '"fill-on-access"' "$(powers concrete.yaml)" "power of $name on concrete hardware" ;;
	*) sim 0 run concrete.yaml ;;
	esac
done <<'END'
s9-new-entry-old-pasid atc-no-pasid-invalidate=0 what of a device it reaches
s18-guest-table-unmapped-by-host k1b-partial-walks=1 whether PDE=0 reaches them
s19-gcr3-page-unmapped-by-host k1b-partial-walks=1 whether PDE=0 reaches them
s20-neighbour-never-accessed k9-prefetch=7 whether the code counts pages or is a logarithm
END

# Two findings of one run, each with its own: the second is of an entry that the host's flush of
# another address takes away where GN=0 is not matched by address.
sed -e '/^expect:/,$d' "$folder/s18-guest-table-unmapped-by-host.yaml" >two.yaml
cat >>two.yaml <<'END'
  - unmap:  {space: rx, iova: 0x10000, size: 4K, invalidate: none}
  - dma:    {dev: disk, iova: 0x10008, access: write}
END
equal '"needs k1b-partial-walks=1 (open: whether PDE=0 reaches them)" "needs k1-gn0-nested=0 (open: no source says that a range of GN=0 is matched precisely by GPA)"' \
	"$(powers two.yaml | tr '\n' ' ' | sed 's/ $//')" 'powers of two findings'

# Two readings together: what leads through the lost table is filled, and outlives the next flush.
cat >both.yaml <<'END'
scenario: two-readings
story: As it is said above.
refs: ["reference sheet, section 17.1"]
vendors: [amdvi]
host: mail-2023
hardware: adversarial
vms:
  vm0: {memory: 64M, devices: {disk: {vrid: "02:00.0", ats: on}}, spaces: [rx]}
steps:
  - attach: {dev: disk, space: rx}
  - map:    {space: rx, iova: 0x10000, size: 8K, gpa: 0x200000}
  - dma:    {dev: disk, iova: 0x10008, access: write}
  - host-unmap: {vm: vm0, gpa: 0x3df8000, size: 4K}
  - ats:    {dev: disk, iova: 0x11000, write: on}
  - host-unmap: {vm: vm0, gpa: 0x200000, size: 4K}
  - write:  {at: {hpa: 0x80208008}, value: 0}
  - dma:    {dev: disk, iova: 0x11008, access: write}
END
equal '"needs k1-gn0-nested=0 (open: no source says that a range of GN=0 is matched precisely by GPA), k1b-partial-walks=1 (open: whether PDE=0 reaches them)"' \
	"$(powers both.yaml)" 'power of two readings'
# What the host's commands name lies between the stages, as what the entry came through.
value .runs[0].findings[0].cause '"wrong-range"'
value '.runs[0].findings[0].near_misses[0].want' '"0x201000..0x201fff"'
value '.runs[0].findings[0].near_misses[0].got' '"0x3df8000..0x3df8fff"'
awk -F '\t' '/findings\[0\]\.history\[[0-9]+\]\.event/ { if ($2 <= last) bad = 1; last = $2; n++ }
	END { exit bad || n < 3 }' values || fail 'a history that is out of order'
sim 1 run both.yaml
lacks out 'not covered'
for caps in 'k1-gn0-nested: 1' 'k1b-partial-walks: 0'; do
	sed "s/^hardware: .*/hardware: {mode: adversarial, caps: {$caps}}/" both.yaml >one.yaml
	"$IOMMUSIM" run --format json one.yaml >out 2>err
	json
	lacks values '.runs[0].findings[0].latent	false'
done

# An expectation may name it; one that names another is not met.
sim 0 run "$folder/s20-neighbour-never-accessed.yaml"
sed 's/k9-prefetch=7/k9-prefetch=6/' "$folder/s20-neighbour-never-accessed.yaml" >other.yaml
sim 1 run other.yaml
sed 's/blame: guest, cause: none-issued/&, power: fill-on-access/' "$seed/nested-unmap-no-invalidation.yaml" >none.yaml
has none.yaml 'power: fill-on-access'
sim 0 run none.yaml

# The same bytes each time.
sim 1 run --format json two.yaml
cp out first
sim 1 run --format json two.yaml
cmp -s first out || fail 'another report of the same run'

finish
