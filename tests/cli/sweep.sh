#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Sweeps: a verdict, a line and a command that repeats it for each point, in text and in JSON.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

cat >swept.yaml <<'END'
scenario: swept
story: One guest that invalidates and one that forgets it, behind two hosts.
refs: ["mail 2023-12-09"]
vendors: [vtd, smmuv3]
vms:
  vm0:
    devices: {nic: {vrid: "01:00.0", ats: on, pasid-bits: 8}}
    spaces: [rx]
sweep:
  form: [buggy, fixed]
  host.atc: [drop, forward]
steps:
  - attach: {dev: nic, space: rx}
  - map:    {space: rx, iova: 0x10000, size: 4K, gpa: buf0}
  - dma:    {dev: nic, iova: 0x10008, access: read, expect: {gpa: buf0+8}}
  - unmap:  {space: rx, iova: 0x10000, size: 4K, invalidate: none, when: {form: buggy}}
  - unmap:  {space: rx, iova: 0x10000, size: 4K, when: {form: fixed}}
  - dma:    {dev: nic, iova: 0x10008, access: read}
END

# ---- text ----

sim 1 run swept.yaml
equal 'FAIL  swept [vtd, mail-2023, adversarial, form=buggy, host.atc=drop]
FAIL  swept [smmuv3, mail-2023, adversarial, form=buggy, host.atc=drop]
FAIL  swept [vtd, mail-2023, adversarial, form=buggy, host.atc=forward]
FAIL  swept [smmuv3, mail-2023, adversarial, form=buggy, host.atc=forward]
FAIL  swept [vtd, mail-2023, adversarial, form=fixed, host.atc=drop]
FAIL  swept [smmuv3, mail-2023, adversarial, form=fixed, host.atc=drop]
pass  swept [vtd, mail-2023, adversarial, form=fixed, host.atc=forward]
pass  swept [smmuv3, mail-2023, adversarial, form=fixed, host.atc=forward]' \
	"$(grep '\[' out)" 'a line for each point on each vendor'
has out '8 runs: 2 pass, 6 fail, 0 error'
# Who is to blame is another question at each point.
equal 'guest guest guest guest host host' \
	"$(awk '/^    blame: / { sub(",", "", $2); printf "%s%s", sep, $2; sep = " " }' out)" 'blames'

# Every command that it prints repeats that point alone, and says the same of it.
awk '/^  repeat: / { sub(/^  repeat: iommusim /, ""); print }' out >repeats
lines 6 repeats
cp out all
while read -r options; do
	# shellcheck disable=SC2086 # options and a file
	sim 1 $options
	has out '1 run: 0 pass, 1 fail, 0 error' "  repeat: iommusim $options"
	grep -vE '^(1 run|not judged|retentive)' out >alone
	awk 'NR == FNR { all = all $0 "\n"; next } { one = one $0 "\n" }
		END { exit !index(all, one) }' all alone || fail "another report by $options"
	checks=$((checks + 1))
done <repeats

# ---- --point ----

sim 1 run --point form=fixed swept.yaml
has out '4 runs: 2 pass, 2 fail, 0 error'
lacks out 'form=buggy'
sim 0 run --point host.atc=forward,form=fixed swept.yaml
has out '2 runs: 2 pass, 0 fail, 0 error'
sim 0 run --vendor vtd --point=form=fixed --point=host.atc=forward swept.yaml
sim 2 run --point form=fxied swept.yaml
has out 'swept.yaml: error: no point of its sweep has form=fxied' "values of 'form': buggy, fixed"
# A file that sweeps something else, or nothing, has no such point.
recipe ok.yaml
sim 4 run --point form=fixed ok.yaml
has err "there is no scenario (*.yaml) with a point form=fixed in 'ok.yaml'"
sim 1 run --point form=fixed ok.yaml swept.yaml
has out '4 runs: 2 pass, 2 fail, 0 error'
for point in form '' =x 'form=fixed,' ',form=fixed'; do
	sim 2 run --point "$point" swept.yaml
	silent out
	has err "--point '$point': it is name=value, or several of them with ',' between"
done
# What a shell would take apart is put in quotes.
sed 's/buggy/a b/' swept.yaml >quoted.yaml
sim 1 run --vendor vtd --point 'form=a b,host.atc=drop' quoted.yaml
has out "--point 'form=a b,host.atc=drop' quoted.yaml"

# ---- JSON ----

sim 1 run --format json swept.yaml
json
value .totals.runs 8
value .totals.fail 6
value '.runs[3].sweep.form' '"buggy"'
value '.runs[3].sweep.host.atc' '"forward"'
value '.runs[3].host' '"mail-2023"'
value '.runs[3].vendor' '"smmuv3"'
value '.runs[3].repeat' '"iommusim run --vendor smmuv3 --point form=buggy,host.atc=forward swept.yaml"'
value '.runs[3].verdict' '"fail"'
value '.runs[6].sweep.form' '"fixed"'
value '.runs[6].verdict' '"pass"'

# ---- a column that one vendor lacks is an error of its runs alone ----

sed -e 's/^vendors: .*/vendors: [vtd, amdvi]/' -e 's/host.atc: .*/host.map-default: [none]/' \
	-e '/form: buggy/d' -e 's/, when: {form: fixed}//' -e '/^  form/d' swept.yaml >lacks.yaml
sim 2 run lacks.yaml
has out 'ERROR swept [vtd, mail-2023, adversarial, host.map-default=none]' \
	"lacks.yaml:10:3: error: vtd has no column of the host 'map-default'" \
	'pass  swept [amdvi, mail-2023, adversarial, host.map-default=none]' '2 runs: 1 pass, 0 fail, 1 error'

# ---- what must be possible ----

recipe never.yaml 's/^expect: .*/expect: {sometimes: [{stale: nic}]}/'
sim 1 run never.yaml
has out 'FAIL  nested-unmap [vtd' \
	"  why: line $(line_of sometimes: never.yaml), sometimes: vm0.nic is never served anything outdated"

# ---- the examples of the page on all this ----

# example N: the Nth example in YAML.
example()
{
	awk -v want="$1" '/^```yaml/ { n++; shown = 1; next } /^```/ { shown = 0 } shown && n == want' \
		"$SRC/docs/sweeps-and-actors.md"
}

example 1 >one.yaml
sim 0 run one.yaml
has out '8 runs: 8 pass' "$(grep '^pass  swept' "$SRC/docs/sweeps-and-actors.md")"
{
	sed '/^sweep:/,$d' swept.yaml
	example 2
} >two.yaml
sim 0 run two.yaml
has out '2 runs: 2 pass'

finish
