#!/bin/bash
# SPDX-License-Identifier: MIT
# `iommusim run`: what is run, its verdicts, and the exit code of one run and of several.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

recipe pass.yaml
recipe fail.yaml '/ unmap:/s/size: 4K/&, invalidate: none/'
recipe error.yaml '/ map: /p'
recipe syntax.yaml 's/^steps:/stepps:/'

# ---- one ----

sim 0 run pass.yaml
silent err
equal 'pass  nested-unmap [vtd, mail-2023, adversarial]' "$(sed -n 1p out)" 'a clean run is one line'
has out '1 run: 1 pass, 0 fail, 0 error'
lacks out 'not judged' 'retentive' 'not searched'
lines 2 out

# What hardware may do is not searched where software hears of what is cached: it says why.
sim 0 run "$SRC/scenarios/vtd/atc-timeout.yaml"
equal 'pass  atc-timeout [vtd, mail-2023, retentive]' "$(sed -n 1p out)" 'not searched'
has out 'retentive: unbounded caches, filled on access, that drop only what they must'
lacks out 'not searched'
sim 0 run -v "$SRC/scenarios/vtd/atc-timeout.yaml"
line=$(grep -n 'inject:' "$SRC/scenarios/vtd/atc-timeout.yaml" | cut -d : -f 1)
has out "  not searched: line ${line%%[!0-9]*}, inject: faults are injected into what is on its way"
sim 0 run -v pass.yaml
lacks out 'not searched'

sim 1 run fail.yaml
silent err
has out 'FAIL  nested-unmap [vtd, mail-2023, adversarial]' '1 run: 0 pass, 1 fail, 0 error' \
	'repeat: iommusim run --vendor vtd fail.yaml'

sim 2 run error.yaml
has out 'error.yaml:16:5: error: map: a part of this range is mapped already' '1 run: 0 pass, 0 fail, 1 error'

# ---- several: the first of error and fail that is there, in whatever order ----

sim 0 run pass.yaml pass.yaml
has out '2 runs: 2 pass, 0 fail, 0 error'
sim 1 run pass.yaml fail.yaml
has out '2 runs: 1 pass, 1 fail, 0 error'
sim 1 run fail.yaml pass.yaml
sim 2 run fail.yaml error.yaml pass.yaml
has out '3 runs: 1 pass, 1 fail, 1 error'
sim 2 run syntax.yaml fail.yaml
sim 2 run pass.yaml missing.yaml
has out 'missing.yaml: error: cannot open: No such file or directory' '2 runs: 1 pass, 0 fail, 1 error'

# ---- directories ----

sim 0 run "$seed"
runs=$(awk -F , '/^vendors:/ { n += NF } END { print n }' "$seed"/*.yaml)
equal "$runs" "$(grep -c '^pass ' out)" 'runs of the seed'
has out "$runs runs: $runs pass, 0 fail, 0 error"

sim 0 run "$SRC/scenarios/vtd"
has out ' pass, 0 fail, 0 error'

# Files by name, then folders; what is no scenario is left alone, hidden files too.
mkdir -p tree/b tree/c.yaml
for name in tree/z tree/a tree/b/y tree/c.yaml/x; do
	sed "s/^scenario: .*/scenario: in-${name##*/}/" pass.yaml >"$name.yaml"
done
echo 'no scenario' >tree/README.md
echo 'no scenario' >tree/.hidden.yaml
sim 0 run tree
equal 'in-a in-z in-y in-x' "$(awk '/^pass/ { printf "%s%s", sep, $2; sep = " " }' out)" 'order'

mkdir empty
sim 4 run empty
silent out
has err 'nothing was run' "'empty'"
sim 4 run --vendor vtd empty
has err 'nothing was run' 'for vtd'
sim 2 run empty missing.yaml
sim 0 run empty pass.yaml

# A folder without end: a link to itself.
mkdir loop
ln -s ../loop loop/loop
sim 4 run loop

# ---- without PATH: the seed's, from the top of the sources ----

sim 4 run
has err 'scenarios/seed'
silent out
here=$PWD
cd "$SRC" || exit 1
"$IOMMUSIM" run >"$here/out" 2>"$here/err"
code=$?
cd "$here" || exit 1
said=run
equal 0 "$code" 'exit code'
has out "$runs runs: $runs pass, 0 fail, 0 error" 'pass  nested-unmap [vtd, mail-2023, adversarial]'

# ---- vendors ----

sim 0 run --vendor vtd "$seed/nested-unmap.yaml"
recipe other.yaml 's/vendors: .*/vendors: [smmuv3]/'
sim 4 run --vendor vtd other.yaml
has err 'nothing was run' 'for vtd'

# ---- hardware ----

sim 0 run --hardware concrete pass.yaml
has out 'pass  nested-unmap [vtd, mail-2023, concrete]'
lacks out 'retentive'
sim 1 run --hardware=concrete fail.yaml
has out 'repeat: iommusim run --vendor vtd --hardware concrete fail.yaml'
recipe concrete.yaml 's/^hardware: .*/hardware: {mode: concrete, iotlb: {sets: 16, ways: 4, replace: lru}}/'
sim 0 run concrete.yaml
has out ', concrete]'

# ---- what repeats a run does repeat it ----

cp fail.yaml "it's \$HOME.yaml"
cp fail.yaml ./-v.yaml
for file in "it's \$HOME.yaml" -v.yaml; do
	sim 1 run -- "$file"
	mv out first
	repeat=$(sed -n 's/^  repeat: iommusim //p' first)
	again=0
	eval "\"\$IOMMUSIM\" $repeat" >out 2>err || again=$?
	equal 1 "$again" "exit code of $repeat"
	sed "s/^  repeat.*//" first >first.cut
	sed "s/^  repeat.*//" out >out.cut
	checks=$((checks + 1))
	cmp -s first.cut out.cut || fail "another report by $repeat"
done

# ---- host ----

recipe bare.yaml 's/^host: .*/host: bare-metal/'
sim 0 run --vendor vtd bare.yaml
has out '[vtd, bare-metal, '
sim 0 run --vendor vtd --host mail-2023 bare.yaml
has out '[vtd, mail-2023, '
cp fail.yaml fail-bare.yaml
sim 1 run --host mail-2023 fail-bare.yaml
has out 'repeat: iommusim run --vendor vtd --host mail-2023 fail-bare.yaml'

finish
