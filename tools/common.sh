# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Sourced by setup, check and determinism; leaves the top of the tree as the current directory.

set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# One build folder for each preset and each compiler asked for: build/release, build/dev-clang.
build_dir()
{
	local cc=${CC-}

	cc=${cc##*/}
	cc=${cc// /-}
	echo "build/$1${cc:+-$cc}"
}

# configure PRESET DIR: with CC from the environment. Quiet, unless it fails.
configure()
{
	local log status=0

	log=$(cmake --preset "$1" -B "$2" 2>&1) || status=$?
	if [ "$status" -ne 0 ]; then
		printf '%s\n' "$log" >&2
		exit "$status"
	fi
}
