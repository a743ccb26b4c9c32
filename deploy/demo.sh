#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh clone to the running demo. Usage: deploy/demo.sh [ARGUMENTS OF ecco demo]
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/deploy/setup.sh"
"$root/deploy/build.sh" release ecco
# Ctrl-C is the program's from here on: it ends cleanly and keeps the results so far.
exec "$root/build/release/deploy/ecco" demo "$@"
