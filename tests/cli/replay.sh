#!/bin/bash
# SPDX-License-Identifier: MIT
# `iommusim replay`: the figures of the recording, invalidations left out, and files that are none.
# timeout: 400
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

cp "$vtd_recording" vtd.rec

# ---- the whole recording ----

sim 0 replay vtd.rec
silent err
equal 'pass  vtd.rec [vtd, mail-2023, retentive]' "$(sed -n 1p out)" 'verdict'
has out 'translations  5225 of 5225 matched, reconstructed 1' '194 P_IOTLB page-selective' '194 wait' \
	'stale         no finding' ', 6 of them still correct' ' 0 dropped by the'
lacks out 'wrong' 'left out' 'repeat:'

sim 0 replay --format json vtd.rec
silent err
json
equal 'version file vendor host hardware verdict reason repeat translations matched wrong first_wrong reconstructed '\
'commands skipped dropped dropped_correct dropped_correct_translations over stale findings' "$(keys '')" 'keys'
while read -r path want; do
	value "$path" "$want"
done <<'END'
.version 1
.file "vtd.rec"
.vendor "vtd"
.host "mail-2023"
.hardware "retentive"
.verdict "pass"
.reason null
.translations 5225
.matched 5225
.wrong 0
.first_wrong null
.reconstructed 1
.commands.wait 194
.skipped 0
.dropped_correct 6
.dropped_correct_translations 0
.over.architectural 6
.over.host 0
.over.cross_tenant 0
.stale.used 0
.stale.latent 0
END
equal '"P_IOTLB page-selective" 194' \
	"$(awk -F '\t' '$1 == ".commands.P_IOTLB page-selective" { print "\"P_IOTLB page-selective\" " $2 }' values)" \
	'commands by type'
lacks values '.findings[0]'

# By name and from standard input: the same but for the name.
sim 0 replay vtd.rec
sed 1d out >named
cp vtd.rec in
sim 0 replay -
has out 'pass  <standard input> [vtd,'
sed 1d out >piped
cmp -s named piped || fail 'another report from standard input'
rm in
sim 0 replay --vendor vtd --host mail-2023 --hardware adversarial vtd.rec
sim 0 replay --no-walk-caches vtd.rec
has out '5225 of 5225 matched' ', 0 of them still correct'

# The same driver on the machine itself: what it did is what hardware gets.
sim 0 replay --bare-metal vtd.rec
equal 'pass  vtd.rec [vtd, bare-metal, retentive]' "$(sed -n 1p out)" 'verdict'
has out 'translations  5225 of 5225 matched, reconstructed 1' 'stale         no finding'
sim 1 replay --bare-metal --skip-cmd all vtd.rec
has out '2194 wrong' 'repeat: iommusim replay --vendor vtd --bare-metal --skip-cmd all vtd.rec'

# ---- every invalidation left out ----

sim 1 replay --skip-cmd all vtd.rec
silent err
has out 'FAIL  vtd.rec' '3031 of 5225 matched' '2194 wrong' '194: 194 wait; 194 left out' \
	'0 entries, 0 of them still correct' 'blame: guest, cause: none-issued' 'drv-unmap' \
	'repeat: iommusim replay --vendor vtd --skip-cmd all vtd.rec'
sim 1 replay --skip-cmd all --no-walk-caches vtd.rec
has out '3032 of 5225 matched' '2193 wrong'

sim 1 replay --skip-cmd=all --format json vtd.rec
json
value .verdict '"fail"'
value .wrong 2194
value .matched 3031
value .skipped 194
value .dropped 0
value '.findings[0].blame' '"guest"'
value '.findings[0].cause' '"none-issued"'
used=$(awk -F '\t' '$1 == ".stale.used" { print $2 }' values)
latent=$(awk -F '\t' '$1 == ".stale.latent" { print $2 }' values)
equal "$((used + latent))" "$(awk -F '\t' '$1 ~ /^\.findings\[[0-9]+\]$/ { n++ } END { print n }' values)" 'findings'
equal "$latent" "$(awk -F '\t' '$1 ~ /^\.findings\[[0-9]+\]\.latent$/ && $2 == "true" { n++ } END { print n }' values)" \
	'latent findings'
sim 1 replay --skip-cmd all --no-walk-caches --format json vtd.rec
json
value .wrong 2193

# ---- single ones ----

# Of an early one the page is asked for again: wrong from then on.
line=$(awk '/^cmd 0x[0-9a-f]*6 / { print NR; exit }' vtd.rec)
sim 1 replay --skip-cmd "$line" vtd.rec
has out '1 left out' 'blame: guest, cause: ' '193 P_IOTLB page-selective'
sim 1 replay --skip-cmd "$line" --format json vtd.rec
json
value .skipped 1
# Two, and one of them twice.
other=$(awk '/^cmd 0x[0-9a-f]*6 / && ++n == 100 { print NR; exit }' vtd.rec)
sim 1 replay --skip-cmd "$line" --skip-cmd "$other" --skip-cmd="$line" vtd.rec
has out '2 left out'

# Lines with nothing to be left out.
sim 2 replay --skip-cmd 1 vtd.rec
silent out
has err 'vtd.rec:1: --skip-cmd: there is no cmd on this line to leave out'
wait=$(awk '/^cmd 0x[0-9a-f]*5 / { print NR; exit }' vtd.rec)
sim 2 replay --skip-cmd "$wait" vtd.rec
has err "vtd.rec:$wait: --skip-cmd: there is no invalidation on this line to leave out"
sim 2 replay --skip-cmd 4000000000 vtd.rec
has err 'there is no cmd on this line'
for word in 0 -1 x 1x '' 99999999999999999999; do
	sim 2 replay "--skip-cmd=$word" vtd.rec
	silent out
	has err '--skip-cmd'
done

# ---- a recording that tells of something else is a failure ----

awk '/^xlat / && ++n == 3000 { $4 = "0x1234000" } { print }' vtd.rec >lie.rec
line=$(awk '/^xlat / && ++n == 3000 { print NR; exit }' vtd.rec)
code=0
"$IOMMUSIM" replay lie.rec >out 2>err || code=$?
said='replay lie.rec'
checks=$((checks + 1))
[ "$code" -eq 1 ] || [ "$code" -eq 2 ] || fail "exit code $code"
grep -qE "line $line|lie.rec:$line:" out err || fail "line $line is not named"

# ---- files that are no recording: an error with its place, no report ----

refused()
{
	local place=$1

	shift
	sim 2 replay "$@"
	silent out
	has err "$place" 'error: '
}

refused missing.rec: missing.rec
has err 'No such file or directory'
: >empty.rec
refused empty.rec:1:1: empty.rec
refused '<standard input>:1:1:' -
printf '\177ELF\0\1\2\n' >binary.rec
refused binary.rec:1:1: binary.rec
printf 'reg x 1\ncmd 0x1 \0\n' >binary.rec
refused binary.rec:2:9: binary.rec
checks=$((checks + 1))
awk '/[\001-\010\016-\037\177]/ { bad = 1 } END { exit bad }' err || fail 'control characters reach the terminal'
mkdir folder
refused folder: folder
refused /proc/self/mem: /proc/self/mem
refused "unknown line 'scenario:'" "$seed/nested-unmap.yaml"

# Cut in the middle of a line, after a line, at its first translations.
for bytes in 1 700 20000 100000; do
	awk -v bytes="$bytes" '{ all = all $0 "\n" } END { printf "%s", substr(all, 1, bytes) }' vtd.rec >cut.rec
	refused cut.rec: cut.rec
done
sed 30q vtd.rec >cut.rec
refused cut.rec: cut.rec
# Something in it damaged.
sed 's/^\(cmd 0x[0-9a-f]*\)6 /\1f /' vtd.rec >damaged.rec
refused damaged.rec: damaged.rec
sed '100s/0x/0y/' vtd.rec >damaged.rec
refused damaged.rec:100: damaged.rec

# ---- of another vendor: found by what it says, or named ----

amdvi=$SRC/scenarios/recorded/amdvi-linux-7.3-strict.rec
for option in '' '--vendor=amdvi'; do
	# shellcheck disable=SC2086 # an option or none
	sim 0 replay $option "$amdvi"
	silent err
	equal "pass  $amdvi [amdvi, bare-metal, retentive]" "$(sed -n 1p out)" 'verdict'
	has out 'translations  1066 of 1066 matched, reconstructed 1' '433 COMPLETION_WAIT' \
		'stale         no finding' ' 0 dropped'
done
refused 'the vendor has no such command' --vendor vtd "$amdvi"
sim 1 replay --skip-cmd all --format json "$amdvi"
json
value .vendor '"amdvi"'
value .host '"bare-metal"'
value .wrong 435
value .matched 631
value .skipped 451
value '.findings[0].blame' '"guest"'
value '.findings[0].cause' '"none-issued"'

smmuv3=$SRC/scenarios/recorded/smmuv3-linux-7.3-strict.rec
for option in '' '--vendor=smmuv3' '--bare-metal'; do
	# shellcheck disable=SC2086 # an option or none
	sim 0 replay $option "$smmuv3"
	silent err
	host=mail-2023
	[ "$option" != --bare-metal ] || host=bare-metal
	equal "pass  $smmuv3 [smmuv3, $host, retentive]" "$(sed -n 1p out)" 'verdict'
	has out 'translations  3377 of 3377 matched, reconstructed 1' '209 SYNC' 'stale         no finding' ' 0 dropped'
done
refused 'the vendor has no such command' --vendor vtd "$smmuv3"
for option in '' '--bare-metal'; do
	# shellcheck disable=SC2086 # an option or none
	sim 1 replay $option --skip-cmd all --format json "$smmuv3"
	json
	value .vendor '"smmuv3"'
	value .wrong 1869
	value .matched 1508
	value .skipped 213
	value '.findings[0].blame' '"guest"'
	value '.findings[0].cause' '"none-issued"'
done

finish
