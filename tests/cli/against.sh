#!/bin/bash
# SPDX-License-Identifier: MIT
# `iommusim replay --against`: one recording under two policies of the host, side by side.
# timeout: 400
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

recordings=$SRC/scenarios/recorded
for vendor in vtd smmuv3; do
	cp "$recordings/$vendor-linux-7.3-strict.rec" "$vendor.rec"
	sim 0 replay --against linux-7.3 "$vendor.rec"
	silent err
	equal "pass  $vendor.rec [$vendor, retentive]" "$(sed -n 1p out)" 'verdict'
	equal 'mail-2023 linux-7.3' "$(sed -n 2p out | xargs)" 'policies'
	has out 'host calls' 'hardware commands' 'of these, syncs' "by the host's choice"
	awk 'length($0) > 80 { exit 1 }' out || fail 'a line of more than 80 columns'
	equal '0 0' "$(sed -n 's/^  findings *//p' out | xargs)" 'findings'
done

# A VMM that makes a call of each command makes more calls than one that makes lists; commands are the same.
equal '202 206' "$(sed -n 's/^  host calls *//p' out | xargs)" 'host calls'
equal '424 424' "$(sed -n 's/^  hardware commands *//p' out | xargs)" 'hardware commands'

sim 0 replay --host linux-for-next --against mail-2023 --format json smmuv3.rec
silent err
json
while read -r path want; do
	value "$path" "$want"
done <<'END'
.version 1
.vendor "smmuv3"
.verdict "pass"
.policies[0].host "linux-for-next"
.policies[0].verdict "pass"
.policies[0].host_calls 206
.policies[0].matched 3377
.policies[1].host "mail-2023"
.policies[1].host_calls 202
.policies[1].syncs 212
.policies[1].over.architectural 8
.policies[1].over.host 0
END

# Without the guest's invalidations both are wrong.
sim 1 replay --skip-cmd all --against linux-7.3 vtd.rec
equal '2194 2194' "$(sed -n 's/^  translations wrong *//p' out | xargs)" 'wrong'

# On the machine itself there is no host to make calls to.
sim 0 replay --host bare-metal --against linux-7.3 vtd.rec
equal '0 198' "$(sed -n 's/^  host calls *//p' out | xargs)" 'host calls'
cp "$recordings/amdvi-linux-7.3-strict.rec" amdvi.rec
sim 2 replay --against linux-7.3 amdvi.rec
silent out
has err 'of the machine itself'
sim 2 replay --against linux-7 vtd.rec
silent out
has err "vtd has no host 'linux-7'; did you mean 'linux-7.3'?" 'mail-2023, linux-7.3, linux-for-next'
# A policy file of other vendors: the place in it, on lines that end.
printf 'base: mail-2023\ntarget: viommu\n' >other.host.yaml
sim 2 replay --against other.host.yaml vtd.rec
silent out
has err "other.host.yaml:2:9: error: vtd has no answer to 'host.target'"
equal '      = help: answers: nested, none' "$(tail -n 1 err)" 'help'
equal 4 "$(wc -l <err)" 'lines of the error'

finish
