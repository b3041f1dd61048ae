#!/bin/bash
# SPDX-License-Identifier: MIT
# The command line: every verb and option there is, those of later versions, and what is neither.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

recipe ok.yaml
recipe broken.yaml '/ unmap:/s/size: 4K/&, invalidate: none/'

# ---- no verb, help, version ----

sim 2
silent out
has err "see 'iommusim --help'"

for word in --help -h help; do
	sim 0 "$word"
	silent err
	has out 'Usage: iommusim VERB' '  run ' '  replay ' '  explain ' '  bench ' 'Exit codes: 0 pass, 1 fail' '5 inconclusive'
	lacks out '  explore '
done

sim 0 --version
equal 1 "$(grep -cE '^iommusim [0-9]+\.[0-9]+' out)" 'a version'
mv out version

for verb in run replay explain bench; do
	for word in --help -h; do
		sim 0 "$verb" "$word"
		silent err
		has out "iommusim $verb [OPTION...]" '--vendor=NAME' '--format=FORMAT' '-o, --output=FILE' \
			'--color=WHEN' '-q, --quiet' '-v, --verbose' '--version' '-h, --help'
	done
	sim 0 "$verb" --version
	cmp -s out version || fail "$verb --version"
done
sim 0 run --help
has out '--point=NAME=VALUE,...'
sim 0 replay --help
lacks out '--point'
has out '--skip-cmd=LINE|all' '--no-walk-caches'

# ---- verbs of later versions, reserved ones, and no verbs ----

for verb in compare explore fuzz dump schema merge exec; do
	sim 2 "$verb"
	silent out
	has err "'$verb' is not available in this version"
done

sim 2 rnu
has err "there is no verb 'rnu'; did you mean 'run'?"
sim 2 raplay x
has err "did you mean 'replay'?"
sim 2 zzzzzzz
has err "there is no verb 'zzzzzzz'; see 'iommusim --help'"
lacks err 'did you mean'
sim 2 ''
sim 2 --vendor vtd run
has err 'the verb comes before its options'

# ---- options of later versions, and no options ----

for verb in run replay explain bench; do
	for option in '-j 2' '--jobs=2' '--seed 1' '--shard 1/2' '--until 5' '--dump'; do
		case $verb$option in
		replay--until*|replay--dump) continue ;; # of a token
		esac
		# shellcheck disable=SC2086 # an option and its value
		sim 2 "$verb" $option
		silent out
		has err "${option%%[ =]*} is not available in this version"
	done
	sim 2 "$verb" --no-such-option
	has err 'Unknown option --no-such-option' "see 'iommusim $verb --help'"
	sim 2 "$verb" -z
	has err 'Unknown option -z'
	for option in --vendor --host --hardware --format --output --color -o; do
		sim 2 "$verb" "$option"
		has err "Missing argument for ${option}"
	done
done
sim 2 run --skip-cmd 3 ok.yaml
has err 'Unknown option --skip-cmd'

# ---- values ----

for format in ktap junit html perfetto; do
	sim 2 run --format "$format" ok.yaml
	silent out
	has err "--format $format is not available in this version" 'text, json'
done
sim 2 run --format xml ok.yaml
has err "--format 'xml': it is one of: text, json"
sim 2 run --vendor intel ok.yaml
has err "there is no vendor 'intel'; modelled: vtd, amdvi, smmuv3"
sim 2 run --host nobody ok.yaml
has err "--host: there is no 'nobody'; hosts: bare-metal, mail-2023"
sim 2 run --hardware ideal ok.yaml
has err "--hardware 'ideal'" 'adversarial, concrete'
sim 2 run --color sometimes ok.yaml
has err "--color 'sometimes'" 'auto, always, never'

sim 0 run --vendor vtd --host mail-2023 --hardware adversarial --format text --color never ok.yaml
sim 0 run ok.yaml --vendor=vtd
sim 0 run -- ok.yaml

# ---- where the report goes ----

sim 0 run ok.yaml
mv out said
for option in '-o report' '--output=report'; do
	rm -f report
	# shellcheck disable=SC2086 # an option and its value
	sim 0 run $option ok.yaml
	silent out
	silent err
	cmp -s report said || fail "another report in the file of $option"
done
sim 0 run -o - ok.yaml
cmp -s out said || fail 'another report by -o -'
# The verdict is still the exit code; what was in the file is gone.
awk 'BEGIN { for (i = 0; i < 9999; i++) print "old" }' >report
sim 1 run -o report broken.yaml
has report 'FAIL  nested-unmap'
lacks report 'old'
sim 0 run -o /dev/null ok.yaml
equal 1 "$([ -c /dev/null ] && echo 1)" 'the null device is one still'

sim 2 run -o /dev/null/report ok.yaml
silent out
has err "cannot write '/dev/null/report': Not a directory"
sim 2 run -o "$work" ok.yaml
has err "cannot write '$work': Is a directory"
sim 2 run -o /dev/full ok.yaml
has err "cannot write '/dev/full': No space left on device"
sim 2 replay -o /dev/null/report "$vtd_recording"
has err "cannot write '/dev/null/report': Not a directory"

said='run ok.yaml >/dev/full'
code=0
"$IOMMUSIM" run ok.yaml >/dev/full 2>err || code=$?
equal 2 "$code" 'exit code'
has err 'cannot write the report to standard output: No space left on device'

# ---- quiet and verbose ----

for option in -q --quiet; do
	sim 0 run "$option" ok.yaml
	silent out
	silent err
	sim 1 run "$option" ok.yaml broken.yaml
	has out 'FAIL  nested-unmap' '2 runs: 1 pass, 1 fail, 0 error'
	lacks out 'pass  nested-unmap'
done
for option in -v --verbose; do
	sim 0 run "$option" ok.yaml
	has out '  counts: ' ' events, 2 accesses (1 refused); commands: ' '  dropped: '
done

# ---- bench: no verdict, only that it runs and takes what it should ----

sim 0 bench --quick --vendor vtd
has out 'ns each' 'translate, hit' 'nested walk'
sim 2 bench extra
has err "'extra' is too much; see 'iommusim bench --help'"

# ---- replay ----

sim 2 replay
has err 'replay takes one recording'
sim 2 replay one two
has err 'replay takes one recording'
sim 2 replay v1.abcdef
has err 'the token is cut short'
sim 2 replay --hardware concrete "$vtd_recording"
has err 'not available in this version'
sim 2 replay --vendor smmuv3 "$vtd_recording"
has err 'the vendor has no such command'
sim 0 replay -q "$vtd_recording"
silent out

# ---- a program that finds itself wrong ends with 3, not as its assertion does ----

mkfifo pipe
"$IOMMUSIM" replay - <pipe >out 2>err &
program=$!
exec 3>pipe
# Not before it has said what it does about it.
for _ in $(seq 500); do
	caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$program/status")
	(( 0x${caught:-0} & 0x20 )) && break
	sleep 0.01
done
kill -ABRT "$program"
code=0
wait "$program" || code=$?
exec 3>&-
said='replay -, aborted'
equal 3 "$code" 'exit code of a failed assertion'

finish
