#!/bin/bash
# SPDX-License-Identifier: MIT
#
# `iommusim replay TOKEN`: words that are no token, and options that are of something else. Tokens that
# are whole have a program of their own, unit.token, which can make them.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

recipe ok.yaml

# Parts missing, letters that are none, a check that does not fit, numbers that are too short.
while read -r token why; do
	sim 2 replay "$token" ok.yaml
	silent out
	has err "iommusim: the token $why"
done <<'END'
v1. is cut short
v1.d531a60ca7d887a9 is cut short
v1.d531a60ca7d887a9.68149fdc.adversarial is cut short
v1.d531a60ca7d887a9.68149fdc.adversarial. is damaged
v1.d531a60ca7d887a9.68149fdc.adversarial.aebxm5deacv4aaiaaaaiigsjc is damaged
v1.d531a60ca7d887a9.68149fdc.adversarial.aebxm5deacv4aaiaaaaiigsjcf is damaged
v1.d531a60ca7d887a8.68149fdc.adversarial.aebxm5deacv4aaiaaaaiigsjce is damaged
v1.d531a60ca7d887a9.68149fdd.adversarial.aebxm5deacv4aaiaaaaiigsjce is damaged
v1.d531a60ca7d887a9.68149fdc.concrete.aebxm5deacv4aaiaaaaiigsjce is damaged
v1.d531a60ca7d887a9.68149fdc.ideal.aebxm5deacv4aaiaaaaiigsjce is damaged
v1.d531a60ca7d887a9.68149fdc.adversarial.aebxm5deacv4aaiaaaaiigsjce.x is damaged
v1.d531a60ca7d887a9.68149fdc.adversarial.AEBXM5DEACV4AAIAAAAIIGSJCE is damaged
v1.d531a60ca7d887a9.68149.adversarial.aebxm5deacv4aaiaaaaiigsjce is damaged
END

# A word that is whole: where its scenario was looked for is said.
token=v1.d531a60ca7d887a9.68149fdc.adversarial.aebxm5deacv4aaiaaaaiigsjce
sed 's/^scenario: .*/scenario: another/' ok.yaml >other.yaml
rm ok.yaml
sim 2 replay $token
silent out
has err 'no scenario has the text that the token is of (SHA-256 d531a60ca7d887a9...)' "looked at 1 files in 'scenarios', '*.yaml'"
mkdir -p folder/deep
cp other.yaml folder/deep
sim 2 replay $token folder other.yaml
has err "looked at 2 files in 'folder', 'other.yaml'"
recipe folder/deep/changed.yaml
sim 2 replay $token folder
has err "'folder/deep/changed.yaml' has changed since the token was made"
sim 2 replay $token nowhere
silent out
has err "there is no 'nowhere'"

# What a token says for itself, and what is a token's alone.
for option in --vendor=vtd --host=mail-2023 --hardware=concrete --skip-cmd=all --against=linux-7.3 \
	--no-walk-caches --bare-metal; do
	sim 2 replay "$option" $token other.yaml
	has err "${option%%=*} is of recordings"
done
for option in --until=5 --dump; do
	sim 2 replay "$option" "$vtd_recording"
	silent out
	has err "${option%%=*} is of the run of a token"
done
for event in '' t x 0 t0 -1 5x 99999999999; do
	sim 2 replay --until "$event" $token other.yaml
	has err '--until '
done
sim 2 replay --until
has err 'Missing argument for --until'
sim 0 replay --help
has out 'TOKEN [PATH...]' '--until=EVENT' '--dump'

finish
