#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds ecco. Usage: deploy/build.sh [PRESET] [TARGET...]
# PRESET is release (default), dev, asan or tsan; without TARGET everything is built.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

preset=${1:-release}
shift || true
case $preset in
  release | dev | asan | tsan) ;;
  -h | --help)
    sed -n '3,4s/^# //p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
  *) die "$exit_usage" "unknown preset '$preset'" "choose one of release, dev, asan, tsan" ;;
esac
command -v cmake >/dev/null || die "$exit_failure" "cmake is missing" "run deploy/setup.sh first"

folder=$root/build/$preset
cd "$root"
mkdir -p "$folder"

# Quiet unless it fails: CMake says a lot that matters to nobody else.
configure() {
  cmake --preset "$preset" >"$folder/configure.log" 2>&1 || {
    cat "$folder/configure.log" >&2
    die "$exit_failure" "cmake could not configure the $preset build" "the lines above say what is missing"
  }
}

compile() {
  NINJA_STATUS='[%f/%t] ' cmake --build "$folder" --parallel "$(jobs)" ${@:+--target "$@"} >&2
}

# Once configured, ninja runs CMake again by itself when that is needed.
if [[ ! -e $folder/build.ninja ]]; then
  need_disk 6 "$folder"
  step "configure ($preset)" configure
fi
step "build ($preset, $(jobs) at a time)" compile "$@"
