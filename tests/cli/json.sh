#!/bin/bash
# SPDX-License-Identifier: MIT
# timeout: 400
# `run --format json`: JSON, with every key there should be, in its order, and values of their kind.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

# ---- the reader of these tests does refuse what is no JSON ----

said=json.awk
while IFS= read -r text; do
	checks=$((checks + 1))
	! printf '%s\n' "$text" | awk -f "$SRC/tests/cli/json.awk" >values || fail "taken as JSON: $text"
done <<'END'

{"a": 1,}
{"a": 1 "b": 2}
{"a": 1, "a": 2}
{"a" 1}
{a: 1}
[1, 2
[1 2]
[1,]
[tru]
[01]
[+1]
"no end
"\x"
"\u12g4"
{} {}
END
printf '"%b"\n' '\0377' | awk -f "$SRC/tests/cli/json.awk" >values && fail 'taken as JSON: bytes that are no UTF-8'
printf '"%b"\n' '\0001' | awk -f "$SRC/tests/cli/json.awk" >values && fail 'taken as JSON: a raw control character'
printf '%s\n' '{"a": [1, -2.5e3, null, {"b": "x\u00ff\"\n\\"}], "c": {}, "d": [], "e": "é€😀"}' |
	awk -f "$SRC/tests/cli/json.awk" >values || fail 'not taken as JSON'
equal 'a c d e' "$(keys '')" 'keys'
value '.a[3].b' '"x\u00ff\"\n\\"'

# ---- a pass, a failure, an error ----

recipe pass.yaml
recipe fail.yaml '/ unmap:/s/size: 4K\}.*/size: 4K, invalidate: [{name: devTLB, dev: nic, iova: 0x10000, size: 4K}]}/'
recipe error.yaml '/ map: /p'

sim 2 run --format json pass.yaml fail.yaml error.yaml
silent err
json
value '' '{'
value .version 1
value .runs '['
equal 'version runs totals' "$(keys '')" 'keys'
for i in 0 1 2; do
	# What the format lists; not_judged beside it.
	equal 'file scenario vendor host hardware unsearched orders sweep verdict bound reason repeat findings windows counts' \
		"$(keys ".runs[$i]" | sed 's/ not_judged / /')" "keys of run $i"
	value ".runs[$i].sweep" '{'
	value ".runs[$i].bound" null
	value ".runs[$i].findings" '['
	equal 'events pages longest exposed' "$(keys ".runs[$i].windows")" "windows of run $i"
	equal 'events dma faults walk_reads guest_commands host_calls hw_commands syncs dropped over' \
		"$(keys ".runs[$i].counts")" "counts of run $i"
	equal 'potential realised' "$(keys ".runs[$i].counts.over")" "over of run $i"
	equal 'necessary architectural host cross_tenant' "$(keys ".runs[$i].counts.over.potential")" \
		"classes of run $i"
	value ".runs[$i].counts.over.realised" null
done
lacks values '.runs[3]'
value .runs[0].file '"pass.yaml"'
value .runs[0].scenario '"nested-unmap"'
value .runs[0].vendor '"vtd"'
value .runs[0].host '"mail-2023"'
value .runs[0].hardware '"adversarial"'
value .runs[0].unsearched null
value .runs[0].verdict '"pass"'
value .runs[0].reason null
value .runs[0].repeat '"iommusim run --vendor vtd pass.yaml"'
value .runs[0].counts.dma 2
value .runs[0].counts.faults 1
value .runs[0].counts.over.potential.host 0
lacks values '.runs[0].findings[0]' '.runs[0].not_judged[0]'
value .runs[1].verdict '"fail"'
value .runs[1].reason '"stale-after-reuse, blame guest"'
value .runs[2].verdict '"error"'
value .runs[2].vendor '"vtd"'
for count in 'runs 3' 'pass 1' 'fail 1' 'bounded 0' 'inconclusive 0' 'vacuous 0' 'error 1'; do
	value ".totals.${count% *}" "${count#* }"
done
equal 'runs pass fail bounded inconclusive vacuous error' "$(keys .totals)" 'keys of totals'

finding='.runs[1].findings[0]'
equal "kind latent where cause blame line step vm device pasid iova pages got want near_misses history repairs \
order power columns token message" "$(keys "$finding")" 'keys of a finding'
equal 'line command field want got' "$(keys "$finding.near_misses[0]")" 'keys of a near miss'
equal 'event actor text line' "$(keys "$finding.history[0]")" 'keys of history'
equal 'layer fixes' "$(keys "$finding.repairs[0]")" 'keys of a repair'
value "$finding.repairs[0].layer" '"guest"'
value "$finding.repairs[0].fixes" true
lacks values "$finding.repairs[1]"
has values "$finding.token"
value "$finding.power" '"fill-on-access"'

# Values of their kind: [path's end] [what it must look like].
while read -r end look; do
	awk -F '\t' -v end="$end" -v look="$look" '
	index($1, ".runs[1].findings[0]") == 1 && substr($1, length($1) - length(end)) == "." end {
		n++
		if ($2 !~ "^(" look ")$")
			print $1 ": " $2
	}
	END { if (!n) print "no " end }' values >odd
	checks=$((checks + 1))
	[ ! -s odd ] || fail "$(sed -n 1p odd)"
done <<'END'
kind "(stale|stale-after-reuse|early-free)"
latent true|false
where "(iotlb|walk-cache|config|atc)"
cause "[a-z-]+"
blame "(guest|host)"
line [1-9][0-9]*
pasid null|[0-9]+
iova "0x[0-9a-f]+"
pages [1-9][0-9]*
field "(dom|ctx|src|class|range|level|order|time)"
event [1-9][0-9]*
actor "(guest|vmm|host|hardware|device)"
text ".+"
message ".+"
END
# Time goes on in a history.
awk -F '\t' '/findings\[0\]\.history\[[0-9]+\]\.event/ { if ($2 <= last) bad = 1; last = $2; n++ }
	END { exit bad || n < 3 }' values || fail 'a history that is out of order'

# ---- nothing to be run is an object too ----

mkdir none
sim 4 run --format json none
json
value .totals.runs 0

# ---- escapes: names of files are bytes ----

cp fail.yaml $'a "quoted" \\ tab\t line\n bytes\xff \x7f.yaml'
sim 1 run --format json ./a*.yaml
json
value .runs[0].file $'"./a \\"quoted\\" \\\\ tab\\t line\\n bytes\357\277\275 \\u007f.yaml"'
sim 2 run --format json $'no\xc3\x28such'
json
value .runs[0].verdict '"error"'

sed -e '3d' -e 's/^story: .*/story: "a \\"quote\\", a \\\\ and é"/' pass.yaml >escape.yaml
sim 0 run --format json escape.yaml
json

# ---- every scenario there is ----

for folder in seed vtd amdvi; do
	sim 0 run --format json "$SRC/scenarios/$folder"
	json
	# A file without a sweep is one run for each of its vendors.
	mapfile -t files < <(grep -L '^sweep:' "$SRC/scenarios/$folder"/*.yaml)
	equal "$(awk -F , '/^vendors:/ { n += NF } END { print n }' "${files[@]}")" \
		"$(awk -F '\t' '/\.sweep\t/ { run = $1 } /\.sweep\.|\.sweep\[/ { swept[run] = 1 }
			/\.verdict\t"pass"/ { n++ } END { for (r in swept) n--; print n + 0 }' values)" "passes in $folder"
	equal "$(awk -F '\t' '$1 == ".totals.runs" { print $2 }' values)" \
		"$(awk -F '\t' '$1 == ".totals.pass" { print $2 }' values)" "runs and passes in $folder"
done
# One with a sweep says which point each run is of: [file]'s values in its order, the last one fastest.
sim 0 run --format json --vendor vtd "$SRC/scenarios/common/unmap-swept.yaml"
json
equal 'buggy/4K buggy/2M fixed/4K fixed/2M' \
	"$(awk -F '\t' '/\.sweep\.form\t/ { gsub("\"", "", $2); form = $2 }
		/\.sweep\.size\t/ { gsub("\"", "", $2); printf "%s%s/%s", sep, form, $2; sep = " " }' values)" 'points'
equal 'form size' "$(keys '.runs[2].sweep')" 'parameters of a point'
value '.runs[2].repeat' \
	"\"iommusim run --vendor vtd --point form=fixed,size=4K $SRC/scenarios/common/unmap-swept.yaml\""

# -o, -q, -v and --color say nothing to it.
sim 1 run --format json fail.yaml
mv out plain
for options in -q -v '--color always' '-o -'; do
	# shellcheck disable=SC2086 # an option and its value
	sim 1 run --format json $options fail.yaml
	cmp -s plain out || fail "another report with $options"
done

finish
