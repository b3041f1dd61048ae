#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Scenarios that cannot be run: exit code 2, and file:line:column, the line, a caret and the nearest
# known word where there is one.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"

# refused FILE LINE:COL MESSAGE...: with the quoted line as it is in the file and the caret below it.
refused()
{
	local file=$1 place=$2 line=${2%%:*} quoted

	shift 2
	sim 2 run "$file"
	silent err
	has out "ERROR " "$file:$place: error: " ' 0 pass, 0 fail, 1 error' "$@"
	quoted=$(sed -n "${line}p" "$file")
	equal "$(printf '%5d | %s' "$line" "$quoted")" \
		"$(grep -F -A 1 "$file:$place: error: " out | sed -n 2p)" 'the quoted line'
	equal "${place##*:}" "$(awk '/^      \| / { print index($0, "^") - 8; exit }' out)" 'column of the caret'
}

# Column of TEXT in line N of FILE.
column()
{
	awk -v n="$2" -v text="$1" 'NR == n { print index($0, text) }' "$3"
}

# ---- keys and values ----

recipe key.yaml '/expect: fault/s/access/acess/'
line=$(line_of acess key.yaml)
refused key.yaml "$line:$(column acess "$line" key.yaml)" "unknown key 'acess' in 'dma'" "did you mean 'access'?" '^~~~~'

recipe key.yaml 's/^hardware:/hardwear:/'
refused key.yaml 7:1 "unknown key 'hardwear'" "did you mean 'hardware'?"

recipe key.yaml 's/- free:/- fre:/'
line=$(line_of fre: key.yaml)
refused key.yaml "$line:5" "'fre'" "did you mean 'free'?"

# Nothing like it: the keys there are, and no guess.
recipe key.yaml 's/^story:/zzzzzzzz:/'
refused key.yaml 2:1 "unknown key 'zzzzzzzz'" 'scenario, story'
lacks out 'did you mean'

recipe value.yaml 's/space: rx, iova: 0x10000, size: 4K\}/space: tx, iova: 0x10000, size: 4K}/'
line=$(line_of 'space: tx' value.yaml)
refused value.yaml "$line:$(column 'tx' "$line" value.yaml)" "'tx'"

recipe value.yaml 's/gpa: buf0, perm: rw/gpa: buf0, perm: rq/'
line=$(line_of 'perm: rq' value.yaml)
refused value.yaml "$line:$(column 'rq' "$line" value.yaml)" "rq"

recipe value.yaml '/ unmap:/s/size: 4K/size: four/'
line=$(line_of 'size: four' value.yaml)
refused value.yaml "$line:$(column 'four' "$line" value.yaml)" 'four'

recipe value.yaml 's/^vendors: .*/vendors: [vdt]/'
refused value.yaml 5:11 "there is no vendor 'vdt'; did you mean 'vtd'?"
recipe value.yaml 's/^vendors: .*/vendors: [vtd, zzzzzz]/'
sim 2 run value.yaml
has out "value.yaml:5:16: error: there is no vendor 'zzzzzz'; modelled: vtd" '1 pass, 0 fail, 1 error'

recipe value.yaml 's/^host: .*/host: linux-7.9/'
refused value.yaml 6:7 "'linux-7.9'"

# ---- the form of the file ----

recipe form.yaml 's/^host: .*/&\
host: mail-2023/'
refused form.yaml 7:1 "'host'"

recipe form.yaml 's/gpa: buf0, /gpa: *nowhere, /'
line=$(line_of 'nowhere' form.yaml)
sim 2 run form.yaml
has out "form.yaml:$line:" 'nowhere'

recipe form.yaml 's/size: 4K\}.*/size: 4K/'
sim 2 run form.yaml
has out 'form.yaml:' ': error: '

recipe form.yaml 's/memory: 64M/memory: !!int 64/'
sim 2 run form.yaml
has out "form.yaml:$(line_of '!!int' form.yaml):13: error: YAML tags are not allowed"

printf 'scenario: x\nstory: a \xff byte\n' >form.yaml
sim 2 run form.yaml
has out 'form.yaml:2:10: error: '
sim 2 run --format json form.yaml
json

printf 'scenario: [%0500d' 0 | sed 's/0/[/g' >form.yaml
sim 2 run form.yaml
has out 'form.yaml:1:' ': error: '

{
	echo 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]'
	for i in 1 2 3 4 5 6 7 8 9; do
		echo "a$i: &a$i [*a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1))]"
	done
} >form.yaml
sim 2 run form.yaml
has out 'form.yaml:' ': error: '

awk 'BEGIN { for (i = 0; i < 200000; i++) print "# a file that goes on and on" }' >long.yaml
sim 2 run long.yaml
has out 'long.yaml' 'larger than'

# ---- no file to speak of ----

sim 2 run missing.yaml
has out 'ERROR missing.yaml' 'missing.yaml: error: cannot open: No such file or directory'

: >empty.yaml
sim 2 run empty.yaml
has out 'empty.yaml:1:1: error: the file is empty'

printf '\n# nothing\n\n' >blank.yaml
sim 2 run blank.yaml
has out 'blank.yaml:' ': error: '

printf 'scenario: x\n\0\1\2\177ELF\n' >binary.yaml
sim 2 run binary.yaml
has out 'binary.yaml:2:' ': error: ' 'NUL'
checks=$((checks + 1))
awk '/[\001-\010\016-\037\177]/ { bad = 1 } END { exit bad }' out || fail 'control characters reach the terminal'

# Opened, but not to be read.
sim 2 run /proc/self/mem
has out 'cannot read'
cp key.yaml locked.yaml
chmod 0 locked.yaml
if [ ! -r locked.yaml ]; then
	sim 2 run locked.yaml
	has out 'cannot open: Permission denied'
	mkdir locked
	chmod 0 locked
	sim 2 run locked
	has err 'Permission denied'
	chmod 700 locked
fi

# A file without end.
sim 2 run /dev/zero
has out 'larger than'

# ---- steps that cannot be done are told by their line ----

recipe step.yaml 's/^( *- unmap:.*)iova: 0x10000/\1iova: 0x20000/'
line=$(line_of ' unmap:' step.yaml)
sim 2 run step.yaml
has out "ERROR nested-unmap" "step.yaml:$line:" ': error: '

recipe step.yaml '/ unmap:/s/size: 4K\}.*/size: 4K, invalidate: [{name: P_IOTBL, space: rx}]}/'
line=$(line_of ' unmap:' step.yaml)
sim 2 run step.yaml
has out "step.yaml:$line:" 'P_IOTBL' "P_IOTLB"

# More than are modelled: the list that has them.
recipe many.yaml '/^vms:/i iommus: [a, b, c, d, e]'
line=$(line_of iommus: many.yaml)
sim 2 run many.yaml
has out "many.yaml:$line:9: error: at most 4 IOMMUs are modelled"

# ---- all of it in JSON too ----

sim 2 run --format json key.yaml missing.yaml
silent err
json
value .runs[0].verdict '"error"'
value .runs[0].scenario null
value .runs[0].vendor null
value .runs[0].repeat '"iommusim run key.yaml"'
value .runs[1].file '"missing.yaml"'
value .runs[1].reason '"missing.yaml: error: cannot open: No such file or directory"'
value .totals.error 2

finish
