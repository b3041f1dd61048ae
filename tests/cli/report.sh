#!/bin/bash
# SPDX-License-Identifier: MIT
# timeout: 400
# The report as it stands in a terminal: 80 columns, colours where they are wanted, always the same.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

recipe fail.yaml '/ unmap:/s/size: 4K\}.*/size: 4K, invalidate: [{name: devTLB, dev: nic, iova: 0x10000, size: 4K}]}/'
recipe error.yaml 's/^vendors:/vendor:/'
cp "$seed/nested-unmap.yaml" pass.yaml
cp "$SRC/scenarios/vtd/nested-2m-over-4k-am0.yaml" pages.yaml
sed '/^expect:/,$d' pages.yaml >many.yaml
cp "$vtd_recording" vtd.rec

# A command that drops the invalidations of lines in the middle of the recording.
invalidations=$(awk '/^cmd 0x[0-9a-f]*6 / { n++; if (n % 60 == 0) print NR }' vtd.rec)
skips=()
for line in $invalidations; do
	skips+=(--skip-cmd "$line")
done

# narrow FILE: no line is wider than 80 columns but the verdict's, the one that repeats the run, a
# message's first line and the line of the scenario that it quotes, with its caret.
narrow()
{
	checks=$((checks + 1))
	awk '
	/^(pass |FAIL |ERROR) / || /^  (repeat|replay): / || /^[^ ]+:[0-9]+:[0-9]+: error: / || /^ *[0-9]* \| / { next }
	{
		wide = $0
		gsub(/[\200-\277]/, "", wide) # the second and later bytes of a character
		if (length(wide) > 80)
			print FILENAME ":" FNR ": " length(wide) " columns: " $0
	}' "$1" >wide
	[ ! -s wide ] || fail "$(sed -n 1p wide)"
	checks=$((checks + 1))
	! grep -n ' $' "$1" | grep -vE '^[0-9]+: *[0-9]+ \| $' >blanks || fail "a blank at the end of line $(sed -n 1p blanks)"
}

# ---- 80 columns, twice the same ----

while read -r code args; do
	# shellcheck disable=SC2086 # a list of words
	sim "$code" $args
	cat out err >first
	narrow first
	# shellcheck disable=SC2086
	sim "$code" $args
	cat out err >second
	checks=$((checks + 1))
	cmp -s first second || fail 'another report the second time'
done <<END
0 run pass.yaml
0 run -v pass.yaml
1 run fail.yaml
1 run -v fail.yaml
1 run --format text many.yaml pages.yaml
0 run -v pages.yaml
2 run error.yaml
2 run error.yaml fail.yaml pass.yaml
0 run $seed
0 run -v $seed
0 run -v $SRC/scenarios/vtd
0 replay vtd.rec
0 replay -v vtd.rec
1 replay ${skips[*]} vtd.rec
1 replay -v ${skips[*]} vtd.rec
1 replay --skip-cmd all vtd.rec
0 --help
0 run --help
0 replay --help
0 bench --help
0 explain --help
0 explain
0 explain stale wrong-range host.atc k9-prefetch same-did-other-parent event.fill step.unmap
0 explain $SRC/scenarios/seed/nested-unmap-wrong-page.yaml:17
END
sim 1 run --format json fail.yaml
mv out first
sim 1 run --format json fail.yaml
cmp -s first out || fail 'another JSON the second time'

# Nothing of the surroundings gets in: another folder, language, zone and width.
sim 1 run fail.yaml
mv out first
mkdir elsewhere
cp fail.yaml elsewhere/
cd elsewhere || exit 1
TZ=Asia/Tokyo COLUMNS=40 LANG=de_DE.UTF-8 LC_ALL=C.UTF-8 G_MESSAGES_DEBUG=all "$IOMMUSIM" run fail.yaml >../out 2>../err
cd .. || exit 1
cmp -s first out || fail 'another report elsewhere'

# ---- long stories are cut, and -v has all of them ----

# Forty commands for the page beside it, then one for the right page of another space.
recipe long.yaml '/ unmap:/s/size: 4K/&, invalidate: none/' '/^expect:/d'
{
	sed '/ dma:.*fault/,$d' long.yaml
	for _ in $(seq 40); do
		echo "  - cmd: {name: P_IOTLB, space: rx, iova: 0x11000, size: 4K, ih: 1}"
	done
	echo "  - cmd: {name: P_IOTLB, space: rx, pasid: 7, iova: 0x10000, size: 4K, ih: 1}"
	echo "  - dma: {dev: nic, iova: 0x10008, access: write, expect: fault}"
} >longer.yaml
sim 1 run longer.yaml
narrow out
has out 'more events (-v shows all)' 'that came no nearer (-v shows all)' 'writes 0x' 'device   writes iova 0x10008'
lacks out 'ctx: want 0, got 7'
sim 1 run -v longer.yaml
narrow out
lacks out '-v shows all'
has out 'ctx: want 0, got 7'
equal 40 "$(grep -cE '^      line .* P_IOTLB .* ih=1$|^      line .* P_IOTLB .*0x11000\.\.0x11fff' out)" 'near misses'

sim 1 replay --skip-cmd all vtd.rec
has out ' more findings (-v shows all)' 'repeat: iommusim replay --vendor vtd --skip-cmd all vtd.rec'
findings=$(sed -nE 's/^  stale +([0-9]+) findings: .*/\1/p' out)
sim 1 replay -v --skip-cmd all vtd.rec
lacks out '-v shows all'
equal "$findings" "$(grep -cE '^  stale( \(latent\))? in the ' out)" 'findings shown'

# ---- colours ----

esc=$(printf '\033')
for command in 'run fail.yaml pass.yaml' 'replay --skip-cmd all vtd.rec'; do
	# shellcheck disable=SC2086 # a list of words
	sim 1 $command
	lacks out "$esc"
	mv out plain
	for options in '--color auto' '--color never'; do
		# shellcheck disable=SC2086
		sim 1 $command $options
		cmp -s plain out || fail "another report with $options, not to a terminal"
	done
	# shellcheck disable=SC2086
	sim 1 $command --color always
	has out "${esc}[31;1mFAIL ${esc}[0m"
	# Without the colours it is the same.
	sed "s/$esc\[[0-9;]*m//g" out >bare
	cmp -s plain bare || fail 'colours change the text'
	# Who asks for them gets them.
	export NO_COLOR=1
	# shellcheck disable=SC2086
	sim 1 $command --color=always
	has out "${esc}[31;1m"
	unset NO_COLOR
done
sim 0 run --color always pass.yaml
has out "${esc}[32mpass ${esc}[0m"

# On a terminal, where a tool is there that pretends to be one.
if command -v script >/dev/null && script -qec true /dev/null >/dev/null 2>&1; then
	terminal()
	{
		env TERM=xterm "$@" script -qec "'$IOMMUSIM' run ${flags:-} pass.yaml" /dev/null </dev/null >out 2>err
		said="run pass.yaml, on a terminal"
	}
	terminal
	has out "${esc}[32mpass"
	terminal NO_COLOR=
	has out "${esc}[32mpass"
	terminal NO_COLOR=1
	lacks out "$esc"
	terminal TERM=dumb
	lacks out "$esc"
	flags='--color never' terminal
	lacks out "$esc"
	flags='--color always' terminal NO_COLOR=1
	has out "${esc}[32mpass"
	flags='-o report' terminal
	lacks report "$esc"
fi

finish
