#!/bin/bash
# SPDX-License-Identifier: MIT
# The README shows what the program says: its blocks are held against a run.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

# Every line of the output stands in the README, in this order and without a gap.
shown()
{
	checks=$((checks + 1))
	awk 'NR == FNR { want[n++] = $0; next }
		{ at = $0 == want[at] ? at + 1 : $0 == want[0]; if (at == n) { found = 1; exit } }
		END { exit !found }' out "$SRC/README.md" || fail 'not in the README as it is said now'
}

sed '/unmap:/ s|size: 4K|size: 4K, invalidate: none|' "$SRC/scenarios/seed/nested-unmap.yaml" >broken.yaml
sim 1 run --vendor vtd broken.yaml
shown
ln -s "$SRC/scenarios" scenarios
sim 0 run scenarios/seed
# The last of them: that there are more of them is no news.
tail -n 8 out >last
mv last out
shown
sim 0 replay scenarios/recorded/vtd-linux-7.3-strict.rec
shown
finish
