#!/bin/bash
# SPDX-License-Identifier: MIT
#
# explain: pages as they are shown, names that lead to them, steps of files, and what each page's
# scenario has to show.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

# exactly: what the program said is the text on standard input.
exactly()
{
	checks=$((checks + 1))
	cat >want
	cmp -s want out || fail "another page: $(diff want out | sed -n 1,4p | tr '\n' ' ')"
}

# ---- pages ----

sim 0 explain wrong-range
silent err
exactly <<'END'
wrong-range
  the invalidation names other addresses (cause)
  also: gap
  meaning: Everything fits but the range: 'not covered' has the addresses that
        no command named. Usual are a size one page short, a mask that is too
        small, and guest-physical addresses where the cache is indexed by I/O
        addresses.
  found: Every command since the change is compared with the entry, field by
        field in the order level, dom, ctx, src, class, range, time, order; of
        the one that came furthest the field that failed gives the cause. All
        ranges since the change count together: what they leave of the changed
        leaf is the gap.
  fix: Name all of what changed; where the command takes a power of two, round
        outward.
  run: iommusim run --vendor vtd scenarios/vtd/mask-too-small.yaml
  related: field.range, host.parent-atc
END

sim 0 explain pc-pasid-alone
exactly <<'END'
pc-pasid-alone
  (j) a PASID's PASID-cache command is followed by the PASID's IOTLB command,
  or a wider one (programming rule, the cause of a 'rule' finding)
  vendor: vtd
  source: VT-d 5.10 section 6.5.2.2
  binds: whoever programs the unit: the guest its own, the host the physical
        one
  found: Each such command is remembered until the next wait: what has to
        follow it stands between.
  commands: PC PASID-selective must be followed by P_IOTLB PASID-selective or
        IOTLB domain-selective or IOTLB global
  fix: Send the command that has to follow, naming the same.
  run: iommusim run --vendor vtd scenarios/vtd/rule-pc-pasid-alone.yaml
  related: rule, breach
END

sim 0 explain k9-prefetch
exactly <<'END'
k9-prefetch
  neighbouring 4 KiB host pages filled with a walk (knob of the hardware,
  named in 'power')
  vendor: amdvi
  meaning: neighbouring 4 KiB host pages filled with a walk
  readings: default 0 of at most 7; adversarial hardware has 7, the lenient
        reading is 0
  why: what shipped firmware switches on
  unknown: whether the code counts pages or is a logarithm
  power: a finding that is there with 7 and not with 0 says 'needs
        k9-prefetch=7'
  source: AMD openSIL, NbioIommuTbl.h, Iommul2Reg.h (Genoa): range code 7
  set: hardware: {mode: adversarial, caps: {k9-prefetch: VALUE}}
  run: iommusim run --vendor amdvi
        scenarios/amdvi/s20-neighbour-never-accessed.yaml
END

# Several at once are a page each, with a line between.
sim 0 explain stale-after-reuse none-issued
equal 2 "$(grep -c '^[a-z]' out)" pages
equal 1 "$(grep -c '^$' out)" 'blank lines'

# ---- names ----

while read -r word id; do
	sim 0 explain "$word"
	equal "$id" "$(sed -n 1p out)" "page of $word"
done <<'END'
WRONG_TAG wrong-tag
tag_recycled tag-reuse
use-after-free stale-after-reuse
reordered wrong-order
cross-tenant over.cross-tenant
host.atc=forward host.atc
k9-prefetch=7 k9-prefetch
protect step.protect
END

sim 2 explain wrong-rnage
silent out
has err "there is no 'wrong-rnage' to explain; did you mean 'wrong-range'?"
sim 2 explain zzzzzzzzzz
has err "there is no 'zzzzzzzzzz' to explain; 'iommusim explain' lists what there is"
lacks err 'did you mean'
sim 2 explain host
silent out
has err "'host' is the name of several: blame.host, over.host"
sim 2 explain host.atc=never
has err "there is no 'host.atc=never' to explain"
sim 2 explain stale wrong-rnage
silent out

# ---- the list ----

sim 0 explain
silent err
cp out list
has out 'kind of finding' '  stale stale-after-reuse early-free' 'cause' 'event of the log'
sim 0 explain --format json
json
awk -F '\t' '$1 ~ /^\.pages\[[0-9]+\]\.id$/ { gsub(/"/, "", $2); print $2 }' values >ids
equal "$(grep '^  ' list | tr -s ' ' '\n' | grep -c .)" "$(awk 'END { print NR }' ids)" 'ids of the list and of JSON'
value .version 1
value '.pages[0].id' '"stale"'
value '.pages[0].group' '"kind of finding"'
value '.pages[0].parts[0].head' '"meaning"'
equal 'id group title also parts related' "$(keys '.pages[0]' | tr ' ' '\n' | awk '!seen[$1]++' | tr '\n' ' ' | sed 's/ $//')" 'keys of a page'

# No page is wider than 78 columns.
mapfile -t all <ids
sim 0 explain "${all[@]}"
silent err
checks=$((checks + 1))
awk '{ wide = $0; gsub(/[\200-\277]/, "", wide); if (length(wide) > 78) { print FNR ": " $0; exit } }' out >wide
[ ! -s wide ] || fail "wider than 78 columns: $(cat wide)"

# One vendor alone: what others have is not there.
sim 0 explain --vendor vtd torn-fetch
sim 2 explain --vendor vtd k9-prefetch

# ---- steps ----

ln -s "$SRC/scenarios" scenarios
sim 0 explain scenarios/seed/nested-unmap-wrong-page.yaml:17
silent err
exactly <<'END'
step.unmap
  the guest unmaps a range and invalidates it (step of a scenario)
  step: scenarios/seed/nested-unmap-wrong-page.yaml:17: unmap {space: rx,
        iova: 0x10000, size: 4K, invalidate: [{name: P_IOTLB, space: rx, iova:
        0x11000, size: 4K, ih: 1}, {name: devTLB, dev: nic, iova: 0x11000,
        size: 4K}]}
  space: rx: the guest's I/O address space
  iova: 0x10000: the first I/O address
  size: 4K: how much, in bytes
  invalidate: what the guest's driver issues instead of its own choice: none,
        or a list of commands -- [{name: P_IOTLB, space: rx, iova: 0x11000,
        size: 4K, ih: 1}, {name: devTLB, dev: nic, iova: 0x11000, size: 4K}]
  on vtd: P_IOTLB page-selective (VT-d 5.10 section 6.5.2.4)
  drops of IOTLB: its DID, its PASID, in its range (table 24)
  drops of first-stage paging-structure cache: its DID, its PASID, in its
        range; not if the command says that only leaves changed (table 24, IH
        = 0)
  on vtd: devTLB (VT-d 5.10 section 6.5.2.5)
  drops of device-TLB: without PASID, its RID, in its range (section 6.5.2.5:
        entries without PASID)
  drops of device-TLB: with any PASID, its RID, in its range; by
        'atc-no-pasid-invalidate' (section 6.5.2.5; PCIe ATS: what of a device
        it reaches)
  owed on vtd: P_IOTLB page-selective (table 28, first-stage row; Linux
        cache_tag_flush_range()); devTLB, with ATS (table 28, first-stage row,
        RID_PASID; Linux cache_tag_flush_devtlb_psi()); P_devTLB, with ATS
        (table 28, first-stage row, other PASIDs; Linux
        cache_tag_flush_devtlb_psi())
  at fault: the file expects a finding of this step: stale-after-reuse, blame
        guest, cause wrong-range
  related: step.unmap
END

sim 0 explain scenarios/smmuv3/cd-cleared-with-cfgi.yaml:19
has out '  on smmuv3: TLBI_NH_ASID (' '  drops of TLB: '
sim 2 explain scenarios/seed/nested-unmap.yaml:3
silent out
has err 'scenarios/seed/nested-unmap.yaml:3: there is no step at this line; the steps begin at lines 14 to 19'
sim 2 explain nobody.yaml:3
has err 'nobody.yaml' 'No such file'
sim 2 explain scenarios/seed/nested-unmap.yaml
has err "there is no 'scenarios/seed/nested-unmap.yaml' to explain"

# ---- the report points to them ----

recipe broken.yaml '/ unmap:/s/size: 4K/&, invalidate: none/'
sim 1 run broken.yaml
equal '  explain: iommusim explain stale-after-reuse none-issued' "$(grep '^  explain: ' out)" 'where the report points to'
read -ra words <<<"$(sed -n 's/^  explain: iommusim explain //p' out)"
sim 0 explain "${words[@]}"

# Nobody gives a cause that is not of the table with pages: a text would stand behind `cause =`.
checks=$((checks + 1))
! grep -nE 'cause = [^;]*"' "$SRC"/sim/check/*.c >literal ||
	fail "a cause without a page: $(sed -n 1p literal)"

# ---- scenarios show what pages say ----

sim 0 explain --prove
lacks out 'NOT SHOWN'
cp out proved
# Nothing else goes without a scenario: words of what no run of this version comes to, knobs that
# change no finding of a shipped scenario, and an event that none of them has.
awk '/^no scenario/ { print $3 }' proved >without
checks=$((checks + 1))
while read -r id; do
	sim 0 explain "$id"
	case "$(tr -s '\n ' ' ' <out)" in
	*'(knob of the hardware,'* | *'(known fault of hardware)'*) continue ;;
	esac
	grep -q '^  judged: ' out && continue
	case "$id" in
	before-store | field.time | field.class | blame.hardware | where.in-flight | where.table | event.signal) ;;
	*) fail "no scenario shows $id" ;;
	esac
done <without

# It bites: a page whose scenario is another one is not shown.
mkdir -p other/scenarios/vtd
sed 's/size: 4K, ih: 1/size: 1G, ih: 1/' "$SRC/scenarios/seed/nested-unmap.yaml" >other/scenarios/vtd/mask-too-small.yaml
cd other || exit 1
code=0
"$IOMMUSIM" explain --prove wrong-range >../out 2>../err || code=$?
cd .. || exit 1
said='explain --prove wrong-range, elsewhere'
equal 1 "$code" 'exit code'
has out 'NOT SHOWN    wrong-range: iommusim run --vendor vtd scenarios/vtd/mask-too-small.yaml'
sim 4 explain --prove before-store
finish
