# SPDX-License-Identifier: MIT
# Sourced by the rules of this folder: TREE, the source tree to judge, is the current directory.

set -euo pipefail
export LC_ALL=C
style_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "${1:?usage: ${0##*/} TREE}"

# The tree's own files; not what is built, not the examples of what is forbidden.
tree_files()
{
	find . \( -path ./.git -o -path ./build -o -path ./tests/style/bad \) -prune -o -type f "$@" -print |
		sed 's|^\./||' | sort
}

c_files()
{
	tree_files \( -name '*.c' -o -name '*.h' \)
}

# Prints what is on standard input; fails if there is anything.
verdict()
{
	! grep . || exit 1
}
