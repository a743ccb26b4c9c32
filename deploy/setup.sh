#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what ecco needs and this machine lacks, with apt-get. Usage: deploy/setup.sh
# Made for Debian 12. Does nothing, quickly and without root, when all is there.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

packages=(
  # to build
  g++ cmake ninja-build ccache git pkg-config
  # actors
  libcaf-dev
  # learning; the reference BLAS is 5 times slower than OpenBLAS with one thread a worker
  libtorch-dev libopenblas0-pthread libgloo-dev libjemalloc-dev
  # video
  libavcodec-dev libavformat-dev libavfilter-dev libswscale-dev libavutil-dev
  # the HOG teacher and its test pictures; opencv-doc carries vtest.avi, the demo's video
  libopencv-imgproc-dev libopencv-objdetect-dev opencv-doc
  # messages
  libcapnp-dev capnproto libexpected-dev libssl-dev
  # configuration, command line, log
  libyaml-cpp-dev nlohmann-json3-dev libvalijson-dev libcli11-dev libspdlog-dev libfmt-dev
  # traces of SUMO
  libexpat1-dev
  # tests and benchmarks
  libboost-test-dev librapidcheck-dev libbenchmark-dev python3 iproute2 procps
  # libFuzzer, for the fuzz tests
  clang libclang-rt-dev
  # the picture of a run
  gnuplot-nox fonts-dejavu-core
)
video=/usr/share/doc/opencv-doc/examples/data/vtest.avi

missing_packages() {
  comm -23 <(printf '%s\n' "${packages[@]}" | sort) \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null \
      | awk '$1 == "installed" { print $2 }' | sort -u)
}

have_video() { [[ -e $video || -e $video.gz ]]; }

check_system() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    die "$exit_failure" "not Debian: this machine has no apt-get" \
      "ecco is built and tested on Debian 12; install the packages listed in deploy/setup.sh by other means," \
      "then use deploy/build.sh"
  fi
}

become_root() {
  if ((EUID == 0)); then
    as_root=()
  elif command -v sudo >/dev/null; then
    as_root=(sudo)
    sudo -v || die "$exit_no_root" "no root: sudo refused" "run this as root, or ask for these packages:" "$*"
  else
    die "$exit_no_root" "no root: packages are missing and there is no sudo" \
      "run deploy/setup.sh as root once, or install: $*"
  fi
}

# Of apt's output, shows the status lines as one line that moves, or on anything but a terminal as a line every
# 20 %, and puts the rest into the log.
show_progress() {
  local live=0
  [[ -t 2 ]] && live=1
  awk -F: -v live="$live" -v log_file="$log" '
    $1 != "dlstatus" && $1 != "pmstatus" { print >>log_file; next }
    {
      what = $1 == "dlstatus" ? "fetching" : "installing"
      if (what != last) mark = 0
      if (live) printf "\r   %-10s %3d %%  %-50.50s", what, $3, $4
      else if ($3 >= mark) printf "   %s %d %%\n", what, $3
      while (mark <= $3) mark += 20
      last = what
      fflush()
    }
    END { if (live && last) printf "\r%-78s\r", "" }' >&2
}

# apt ARGS...: apt-get without questions. The descriptor of its status lines is opened behind sudo, which would close
# it; it cannot be standard output, which apt would then keep from the packages' own scripts.
apt() {
  "${as_root[@]}" sh -c 'exec "$@" 3>&1 2>&1 </dev/null' sh \
    env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -y -o APT::Status-Fd=3 -o Dpkg::Use-Pty=0 \
    -o DPkg::Lock::Timeout=120 -o Acquire::Retries=1 -o Acquire::http::Timeout=20 \
    -o Acquire::https::Timeout=20 "$@" | show_progress
}

give_up() {
  grep '^[EW]: ' "$log" | tail -n 4 | sed 's/^/  | /' >&2 || true
  if [[ $lists == stale ]]; then
    die "$exit_no_network" "no network: apt-get update could not reach the package archive" \
      "check the connection, a proxy (http_proxy) and /etc/apt/sources.list; all of apt's talk: $log"
  fi
  # shellcheck disable=SC1091
  die "$exit_failure" "apt-get could not $1; ecco needs Debian 12, this is $(. /etc/os-release && echo "$PRETTY_NAME")" \
    "all of apt's talk: $log"
}

# Container images often leave /usr/share/doc out, and with it the demo's video.
restore_video() {
  apt -o Dpkg::Options::=--path-include="${video%/*}/*" --reinstall --no-install-recommends install opencv-doc \
    || give_up "install opencv-doc with its examples"
  have_video || die "$exit_failure" "opencv-doc is installed but $video is not there" \
    "give the demo another video: deploy/demo.sh --help"
}

install() {
  log=$root/build/setup.log
  if ! mkdir -p "$root/build" || ! : >"$log"; then
    die "$exit_no_disk" "cannot write $log" "run this from a clone that is yours"
  fi
  need_disk 6 /usr
  become_root "$@"
  say "installing $# packages and what they need (log: build/setup.log)"
  # An earlier run may have been interrupted in the middle.
  "${as_root[@]}" dpkg --configure -a >>"$log" 2>&1 || true
  # Not fatal by itself: one broken extra source need not matter.
  lists=fresh
  apt -o APT::Update::Error-Mode=any update || lists=stale
  apt --no-install-recommends install "$@" || give_up "install the packages"
  have_video || restore_video
}

check_system
mapfile -t missing < <(missing_packages)
if ((${#missing[@]} == 0)) && have_video; then
  exit 0
fi
if ((${#missing[@]} == 0)); then missing=(opencv-doc); fi
step "setup" install "${missing[@]}"
