#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The seed's example broken in each way a guest can break it, and what the report says of each. Then
# expectations that do not hold.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

# broken KEY=VALUE...: the JSON report has one finding with these values.
broken()
{
	local pair

	sim 1 run --format json broken.yaml
	json
	value .runs[0].verdict '"fail"'
	for pair; do
		value ".runs[0].findings[0].${pair%%=*}" "${pair#*=}"
	done
	lacks values '.runs[0].findings[1].kind'
}

# invalidate COMMAND...: puts these into the unmap.
invalidate()
{
	recipe broken.yaml "/ unmap:/s/size: 4K\}.*/size: 4K, invalidate: [$*]}/"
	unmap=$(line_of ' unmap:' broken.yaml)
}

# ---- the guest forgets its invalidation ----

recipe broken.yaml '/ unmap:/s/size: 4K/&, invalidate: none/'
unmap=$(line_of ' unmap:' broken.yaml)
access=$(awk '/ dma:/ { line = NR } END { print line }' broken.yaml)
broken kind='"stale-after-reuse"' latent=false where='"atc"' cause='"none-issued"' blame='"guest"' \
	line="$unmap" vm='"vm0"' device='"nic"' pasid=null iova='"0x10000"' pages=1 want=null
value .runs[0].findings[0].near_misses '['
lacks values '.near_misses[0]'
value .runs[0].findings[0].step '"unmap {space: rx, iova: 0x10000, size: 4K, invalidate: none}"'
last=$(awk -F '\t' '/^\.runs\[0\]\.findings\[0\]\.history\[[0-9]+\]\.line/ { line = $2 } END { print line }' values)
equal "$access" "$last" 'line of the last entry of the history, the access'

sim 1 run broken.yaml
silent err
has out 'why: stale-after-reuse, blame guest' 'stale-after-reuse in the atc of vm0.nic, iova 0x10000 (1 page)' \
	'blame: guest, cause: none-issued' "broken.yaml:$unmap: unmap {" 'fills device-TLB with 0x10000' \
	'returns: the change is claimed complete' 'to another use' 'writes iova 0x10008' \
	'no invalidation was issued since the change' 'repeat: iommusim run --vendor vtd broken.yaml'

# The same with nobody in the page yet: stale, and no worse.
recipe broken.yaml '/ unmap:/s/size: 4K/&, invalidate: none/' '/ free:/d'
broken kind='"stale"' latent=false cause='"none-issued"' blame='"guest"' line="$(line_of ' unmap:' broken.yaml)"

# And with nobody looking: latent.
recipe broken.yaml '/ unmap:/s/size: 4K/&, invalidate: none/' '/ free:/d' '/expect: fault/s/.*/  - sync: {}/'
broken kind='"stale"' latent=true cause='"none-issued"' blame='"guest"' got=null \
	line="$(line_of ' unmap:' broken.yaml)"

# ---- the wrong PASID ----

dev_tlb='{name: devTLB, dev: nic, iova: 0x10000, size: 4K}'
invalidate "{name: P_IOTLB, space: rx, pasid: 5, iova: 0x10000, size: 4K, ih: 1}, $dev_tlb"
broken kind='"stale-after-reuse"' cause='"wrong-tag"' blame='"guest"' line="$unmap" \
	near_misses[0].field='"ctx"' near_misses[0].want='"0"' near_misses[0].got='"5"' \
	near_misses[0].line="$unmap"
has values 'P_IOTLB page-selective'
sim 1 run broken.yaml
has out 'cause: wrong-tag' 'ctx: want 0, got 5'

# ---- the wrong DID ----

invalidate "{name: P_IOTLB, space: rx, did: 99, iova: 0x10000, size: 4K, ih: 1}, $dev_tlb"
broken cause='"wrong-tag"' blame='"guest"' near_misses[0].field='"dom"' near_misses[0].got='"99"'

# ---- the page beside it ----

invalidate '{name: P_IOTLB, space: rx, iova: 0x11000, size: 4K, ih: 1},' \
	'{name: devTLB, dev: nic, iova: 0x11000, size: 4K}'
broken kind='"stale-after-reuse"' cause='"wrong-range"' blame='"guest"' near_misses[1].field='"range"' \
	near_misses[1].want='"0x10000..0x10fff"' near_misses[1].got='"0x11000..0x11fff"'
sim 1 run broken.yaml
has out 'cause: wrong-range, not covered: 0x10000..0x10fff' 'range: want' '0x10000..0x10fff, got 0x11000..0x11fff'

# ---- the IOTLB forgotten ----

invalidate "$dev_tlb"
broken kind='"stale-after-reuse"' cause='"wrong-level"' blame='"guest"' near_misses[0].field='"level"'

# ---- the right one, written out: clean. The proof that it is the commands that matter. ----

invalidate "{name: P_IOTLB, space: rx, iova: 0x10000, size: 4K, ih: 1}, $dev_tlb"
sim 0 run broken.yaml

# ---- given away before the invalidation is waited for ----

recipe broken.yaml '/ unmap:/s/size: 4K\}.*/size: 4K, invalidate: none, async: true}/' \
	's/^(.*)expect: fault\}/\1expect: {gpa: buf0+8}}\
  - cmd: {name: P_IOTLB, space: rx, iova: 0x10000, size: 4K, ih: 1}\
  - sync: {}/' '/^expect: /d'
broken kind='"early-free"' blame='"guest"' line="$(line_of ' unmap:' broken.yaml)"

# Kinds that are not forbidden are told of, and no failure.
echo 'expect: {never: [stale]}' >>broken.yaml
sim 0 run broken.yaml
has out "1 finding that 'never' does not name"
sim 0 run -v broken.yaml
has out 'early-free in the '

# ---- expectations that do not hold ----

recipe wish.yaml 's/expect: fault/expect: {gpa: buf0+8}/'
sim 1 run wish.yaml
has out "why:" "expected" "got"
sim 1 run --format json wish.yaml
json
value .runs[0].verdict '"fail"'
lacks values '.findings[0]'
has values 'buf0+0x8' 'fault'

# A finding that is expected and not there, and another than the expected one.
recipe wish.yaml "s/^expect: .*/expect: {fail: {kind: stale}}/"
sim 1 run wish.yaml
has out "the finding expected by 'fail' is not there"
recipe wish.yaml '/ unmap:/s/size: 4K/&, invalidate: none/' 's/expect: fault/expect: {gpa: buf0+8}/' \
	"s/^expect: .*/expect: {fail: {kind: stale-after-reuse, line: 3}}/"
sim 1 run wish.yaml
recipe wish.yaml '/ unmap:/s/size: 4K/&, invalidate: none/' 's/expect: fault/expect: {gpa: buf0+8}/' \
	"s/^expect: .*/expect: {fail: {kind: stale-after-reuse, blame: guest, cause: none-issued}}/"
sim 0 run wish.yaml
has out 'as expected: 1 finding'

# Every kind is judged, and none is said not to be.
recipe wish.yaml 's/^expect: .*/expect: {never: [stale]}/'
sim 0 run wish.yaml
lacks out 'not judged'
recipe wish.yaml 's/^expect: .*/expect: {fail: {kind: order}}/'
sim 1 run wish.yaml
has out "the finding expected by 'fail' is not there"

# Over-invalidation is judged where its name asks for it, and there only.
sed '/^expect:/d' "$SRC/scenarios/vtd/parent-unmap.yaml" >over.yaml
sim 0 run over.yaml
echo 'expect: {never: [over-invalidation]}' >>over.yaml
sim 1 run over.yaml
has out 'why: over-invalidation: 9 still-correct entries dropped'
recipe wish.yaml 's/^expect: .*/expect: {never: [over-invalidation]}/'
sim 0 run wish.yaml
recipe wish.yaml '/^expect: /d' '$s/$/\
  - host-unmap: {vm: vm0, gpa: 0x3000000, size: 4K}/' '/ unmap:/,/ free:/d' 's/expect: fault/expect: {gpa: buf0+8}/'
echo '  - checkpoint: {never: [over-invalidation]}' >>wish.yaml
sim 1 run wish.yaml
has out 'checkpoint: over-invalidation: '

# ---- what a command does not cover of what the step changed ----

am0=$SRC/scenarios/vtd/nested-2m-over-4k-am0.yaml
sed '/^expect:/,$d' "$am0" >gap.yaml
sim 1 run gap.yaml
has out 'not covered: 0x201000..0x3fffff'
sed -i 's/am: 0, ih: 1}\]/am: 0, ih: 1}, {name: P_IOTLB, space: rx, addr: 0x300000, am: 8, ih: 1}]/' gap.yaml
sim 1 run gap.yaml
has out 'not covered: 0x201000..0x2fffff'
recipe gap.yaml '/ unmap:/s/size: 4K\}.*/size: 8K, invalidate: [{name: P_IOTLB, space: rx, iova: 0x11000}]}/' \
	's/buf0\+8/0x400008/' '/ map:/s/size: 4K, gpa: buf0/size: 8K, gpa: 0x400000/' 's/gpa: buf0/gpa: 0x400000/'
sim 1 run gap.yaml
has out 'not covered: 0x10000..0x10fff'

# ---- a story is told in order, and hardware reads what it is said to read ----

cat >two.yaml <<'END'
scenario: two
vendors: [vtd]
vms: {vm0: {devices: {nic: {ats: on}, disk: {}}, spaces: [rx]}}
steps:
  - attach: {dev: nic, space: rx}
  - attach: {dev: disk, space: rx}
  - map: {space: rx, iova: 0x10000, size: 4K, gpa: a}
  - dma: {dev: nic, iova: 0x10008, access: write}
  - dma: {dev: disk, iova: 0x10008, access: write}
  - unmap: {space: rx, iova: 0x10000, size: 4K, invalidate: none}
  - dma: {dev: nic, iova: 0x10008, access: write}
  - dma: {dev: disk, iova: 0x10008, access: write}
END
in_order()
{
	sim 1 "$@"
	json
	checks=$((checks + 1))
	awk -F '\t' '
	/\.history\[[0-9]+\]\.event/ {
		split($1, at, ".history")
		if (at[1] == finding && $2 + 0 <= event + 0) {
			print $1 ": " $2 " after " event
			bad = 1
		}
		finding = at[1]
		event = $2
		n++
	}
	END { exit bad || !n }' values >bad || fail "$(sed -n 1p bad)"
}
in_order run --format json two.yaml
in_order replay --skip-cmd all --format json "$vtd_recording"
sed '/^expect:/,$d' "$SRC/scenarios/vtd/table-rebuilt.yaml" >rebuilt.yaml
in_order run --format json rebuilt.yaml

finish
