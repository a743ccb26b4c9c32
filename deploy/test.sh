#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh clone to all tests run. Usage: deploy/test.sh [ARGUMENTS OF ctest]
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"$root/deploy/setup.sh"
"$root/deploy/build.sh" release
cd "$root"
step "tests" ctest --preset release --parallel "$(jobs)" "$@"
say "-- in all: $(as_time "$SECONDS")"
