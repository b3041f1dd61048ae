#!/bin/bash
# SPDX-License-Identifier: MIT
# The oracle where there is no QEMU, an old one, or one that fails: docs/oracles.md.
# shellcheck source-path=SCRIPTDIR source=common
. "$(dirname "$0")/common"
IOMMUSIM=$(dirname "$IOMMUSIM")/iommusim-oracle

sim 0 --help
has out 'Usage: iommusim-oracle' '77 QEMU is missing'
sim 77 --qemu-x86 ./none --qemu-arm ./none
has out "skipped vtd: './none' is not here" 'package qemu-system-x86 of bookworm-backports' \
	'tools/setup --oracle' '--qemu-x86 PATH'

# fake VERSION: a program that says it is that QEMU, and does not start.
fake()
{
	cat >qemu <<-END
		#!/bin/sh
		[ "\$1" != --version ] || { echo "QEMU emulator version $1 (Debian)"; exit; }
		echo "cannot do that" >&2
		exit 1
	END
	chmod +x qemu
}

fake 7.2.1
sim 77 --vendor vtd --qemu-x86 ./qemu
has out "'./qemu' is QEMU 7.2, 10.0 or later is needed"
fake 10.0.2
sim 2 --vendor vtd --qemu-x86 ./qemu --comparisons 10
has out 'QEMU does not start; QEMU said: cannot do that'

sim 2 --vendor none
has err "there is no vendor 'none'"
sim 2 --seed x
has err "'x' is no number"
sim 2 --jobs 0
sim 2 --unknown
sim 2 vtd
has err "what is 'vtd'?"
finish
