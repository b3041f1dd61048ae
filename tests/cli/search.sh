#!/bin/bash
# SPDX-License-Identifier: MIT
#
# timeout: 600
#
# What searched hardware finds: verdicts, the rung of the ladder, what is told of deeds nobody asked
# for, tokens that find it again, and why not all was searched.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"
ln -s "$SRC/scenarios" scenarios

# ---- each rung, and its twin ----

sim 0 run scenarios/*/found-by-*.yaml
has out '14 runs: 14 pass, 0 fail, 0 error'
lacks out retentive

# Without what it expects a finding is told: from which hardware on, and by which run.
story()
{
	sed '/^expect:/,$d' "scenarios/$1.yaml" >"$2"
}
story common/found-by-prefetch prefetch.yaml
sim 1 run --vendor vtd prefetch.yaml
has out 'FAIL  found-by-prefetch [vtd, mail-2023, adversarial]' 'stale (latent) in the iotlb' \
	'fails from: prefetch (hardware asks by itself' 'hardware unasked, reads the stage-1 entry' \
	'hardware unasked, fills IOTLB with 0x10000' 'replay: iommusim replay v1.' 'mended by: guest'
story vtd/found-by-walk-caches walks.yaml
sim 1 run walks.yaml
has out 'fails from: walk-caches (' 'replay: iommusim replay v1.'
story smmuv3/found-by-reorder reorder.yaml
sim 1 run reorder.yaml
has out 'fails from: reorder (' 'hardware unasked, has ATC_INV ' 'take effect early, before the wait' \
	'hardware unasked, fills'
# In one line, whatever its length.
equal 1 "$(grep -cE '^  replay: iommusim replay v1\.[0-9a-f]{16}\.[0-9a-f]{8}\.adversarial\.[a-z2-7]+$' out)" tokens

# What a plain run shows says nothing of either.
sed '/^expect:/,$d' "$seed/nested-unmap-no-invalidation.yaml" >plain.yaml
sim 1 run plain.yaml
lacks out 'fails from:' 'replay:' unasked

# Hardware with a geometry does nothing by itself.
for file in prefetch walks reorder; do
	sim 0 run --hardware concrete $file.yaml
	lacks out adversarial
done

# In order, as a file may have it, is another hardware: there the order cannot matter.
sed 's/^hardware: .*/hardware: {mode: adversarial, order: in-order}/' reorder.yaml >ordered.yaml
sim 0 run ordered.yaml

# ---- the same for programs, and tokens ----

# Each finding that takes deeds is found again by its token: same kind, place, line, cause.
replays()
{
	local n i token kind where line

	sim "$1" run --format json "$2"
	json
	cp values all
	n=$(grep -cE '^\.runs\[[0-9]+\]\.findings\[[0-9]+\]\.token' all)
	[ "$n" -gt 0 ] || fail "no finding in $2"
	while read -r i; do
		token=$(field "$i" token)
		kind=$(field "$i" kind)
		where=$(field "$i" where)
		line=$(field "$i" line)
		got=0
		"$IOMMUSIM" replay --format json "$token" "$2" >out 2>err || got=$?
		[ "$got" -le 1 ] || fail "replay of $token: exit code $got"
		json
		checks=$((checks + 1))
		awk -F '\t' -v kind="\"$kind\"" -v where="\"$where\"" -v line="$line" '
		$1 ~ /findings\[[0-9]+\]\.kind$/ { k = $2 }
		$1 ~ /findings\[[0-9]+\]\.where$/ { w = $2 }
		$1 ~ /findings\[[0-9]+\]\.line$/ && k == kind && w == where && $2 == line { found = 1 }
		END { exit !found }' values || fail "$token of $2 does not find $kind in $where, line $line"
	done < <(grep -oE '^\.runs\[[0-9]+\]\.findings\[[0-9]+\]\.token' all | sed 's/\.token$//')
}
field()
{
	awk -F '\t' -v path="$1.$2" '$1 == path { gsub(/"/, "", $2); print $2 }' all
}
replays 1 prefetch.yaml
value '.runs[0].findings[0].kind' '"stale"'
replays 1 walks.yaml
replays 1 reorder.yaml
replays 0 "$seed/nested-unmap-no-invalidation.yaml"
# A point of a sweep is a part of the token.
replays 0 scenarios/common/unmap-swept.yaml
replays 0 scenarios/smmuv3/batch-across-sync-swept.yaml

sim 1 run --format json --vendor vtd prefetch.yaml
json
value '.runs[0].hardware' '"adversarial"'
value '.runs[0].findings[0].power' '"prefetch"'
value '.runs[0].findings[0].blame' '"guest"'

# A token shows the run itself, and what hardware did in it.
token=$(awk '/^  replay:/ { print $4 }' <("$IOMMUSIM" run reorder.yaml))
sim 1 replay --dump "$token" reorder.yaml
has out 'take effect, and no wait has asked for it'

# ---- what is not searched says so ----

for file in scenarios/common/queue-error.yaml scenarios/common/page-served.yaml; do
	"$IOMMUSIM" run --vendor vtd "$file" >out 2>err
	has out retentive
done

# ---- pages ----

for word in prefetch walk-caches reorder fill-on-access; do
	sim 0 explain "power.$word"
	has out 'run: iommusim run'
done

finish
