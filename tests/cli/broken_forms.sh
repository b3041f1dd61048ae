#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The broken forms of the seed's example that are of one vendor, without an expectation of a finding:
# each is a failure, and the report says what the scenario expects.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

for vendor in amdvi smmuv3; do
	for file in "$SRC/scenarios/$vendor"/nested-unmap-*.yaml; do
		sed '/^expect:/,$d' "$file" >broken.yaml
		sim 1 run --format json broken.yaml
		json
		value .runs[0].vendor "\"$vendor\""
		value .runs[0].verdict '"fail"'
		lacks values '.runs[0].findings[1].kind'
		for key in kind blame cause where; do
			want=$(sed -n "s/^  fail: .*[{ ]$key: \([a-z-]*\).*/\1/p" "$file")
			[ -z "$want" ] || value ".runs[0].findings[0].$key" "\"$want\""
		done
		value .runs[0].findings[0].line "$(line_of ' unmap:' broken.yaml)"
	done
done

finish
