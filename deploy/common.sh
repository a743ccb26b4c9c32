# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# Sourced by the scripts beside it: where the project is, how they speak, time their steps and stop.

set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Exit codes are those of `ecco` itself (CONTRIBUTING.md).
readonly exit_failure=1 exit_usage=2 exit_no_network=69 exit_no_disk=74 exit_no_root=77

say() { printf '%s\n' "$*" >&2; }

# die CODE WHAT [HINT...]: says what failed and what to do next, and ends the script.
die() {
  local code=$1
  shift
  say "error: $1"
  shift
  local hint
  for hint in "$@"; do say "  $hint"; done
  exit "$code"
}

# On Ctrl-C: one line from the outermost script, then die of the signal, so that a calling shell stops as well.
outermost=${ecco_within:-$$}
export ecco_within=$outermost
on_interrupt() {
  trap - INT
  if [[ $outermost == "$$" ]]; then
    say ''
    say "interrupted; run the same command again to go on"
  fi
  kill -INT $$
}
trap on_interrupt INT

as_time() { printf '%d:%02d min' $(($1 / 60)) $(($1 % 60)); }

# step NAME COMMAND...: runs COMMAND and says how long it took.
step() {
  local name=$1 began=$SECONDS code=0
  shift
  "$@" || code=$?
  if ((code != 0)); then
    say "-- $name: failed after $(as_time $((SECONDS - began)))"
    exit "$code"
  fi
  say "-- $name: $(as_time $((SECONDS - began)))"
}

# need_disk GIGABYTES FOLDER: fails when less is free there.
need_disk() {
  local free
  free=$(df --output=avail -B1M "$2" | tail -n 1)
  if ((free < $1 * 1024)); then
    die "$exit_no_disk" "no disk: $2 has $((free / 1024)) GB free, $1 GB are needed" \
      "free some space there (df -h \"$2\" shows the file system) and run the same command again"
  fi
}

# jobs: as many compilers as there are cores and as memory allows; a file that sees torch needs 1.2 GB.
jobs() {
  local cores kilobytes by_memory
  cores=$(nproc)
  kilobytes=$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)
  by_memory=$((kilobytes / 1258291))
  ((by_memory < 1)) && by_memory=1
  echo $((cores < by_memory ? cores : by_memory))
}
