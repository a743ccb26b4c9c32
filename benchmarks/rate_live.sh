#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The rate laws over Linux' TCP: senders in one network namespace, a receiver in another, between them a router with
# 3 Mbit/s and a queue of 100 ms towards the receiver. Needs root, iproute2 and the kernel's tbf.
# usage: rate_live.sh PATH/ecco_rate_live [SECONDS [WEIGHT...]]
set -eu
program=$1 seconds=${2:-90}
[ $# -ge 2 ] && shift 2 || shift 1
[ $# -gt 0 ] || set -- .3 .7
[ "$(id -u)" = 0 ] || { echo "rate_live.sh needs root: it makes network namespaces" >&2; exit 77; }
from=ecco-from-$$ router=ecco-router-$$ to=ecco-to-$$ receiver=
clean() {
  [ -z "$receiver" ] || kill "$receiver" 2>/dev/null || true
  for space in $from $router $to; do ip netns delete "$space" 2>/dev/null || true; done
}
trap clean EXIT INT TERM
for space in $from $router $to; do ip netns add "$space"; ip -n "$space" link set lo up; done
ip -n $from link add up type veth peer name left netns $router
ip -n $router link add right type veth peer name down netns $to
ip -n $from address add 10.1.0.1/24 dev up
ip -n $router address add 10.1.0.2/24 dev left
ip -n $router address add 10.2.0.2/24 dev right
ip -n $to address add 10.2.0.1/24 dev down
for link in "$from up" "$router left" "$router right" "$to down"; do
  # shellcheck disable=SC2086
  ip -n ${link% *} link set ${link#* } up
done
ip netns exec $from ethtool -K up tso off gso off >/dev/null 2>&1 || true
ip -n $from route add default via 10.1.0.2
ip -n $to route add default via 10.2.0.2
ip netns exec $router sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
tc -n $router qdisc add dev right root tbf rate 3mbit burst 4kb latency 100ms
ip netns exec $to "$program" receive 10.2.0.1 & receiver=$!
sleep 0.5
for control in cubic reno; do
  ip netns exec $from sh -c "echo $control >/proc/sys/net/ipv4/tcp_congestion_control" 2>/dev/null || continue
  for law in corrected paper aimd; do
    printf '%-6s %-9s ' $control $law
    ip netns exec $from "$program" send 10.2.0.1 $law "$seconds" "$@"
  done
done
