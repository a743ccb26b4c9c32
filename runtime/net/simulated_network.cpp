// SPDX-License-Identifier: Apache-2.0
#include "runtime/net/simulated_network.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace ecco {

namespace {

duration gap_after(std::uint32_t bytes, double bits_per_second) {
  return duration{std::llround(8e9 * bytes / bits_per_second)};
}

} // namespace

simulated_network::simulated_network(const bottleneck_options& shared, std::uint64_t seed)
    : shared_(shared, seed_for(seed, "shared link")), seed_(seed), random_(seed_for(seed, "jitter")) {}

simulated_network::flow_number simulated_network::add(const flow_options& options) {
  const auto number = static_cast<flow_number>(flows_.size());
  auto& added = flows_.emplace_back(options, seed_for(seed_, "own link " + std::to_string(number)));
  added.may_send = std::max(options.starts, now_);
  if (options.how != sending::paced) {
    added.sends = true;
    plan(added.may_send, number, happening::send);
  }
  return number;
}

void simulated_network::plan(duration at, flow_number number, happening what) {
  events_.push({at, planned_++, number, what});
}

void simulated_network::advance(duration to) {
  while (!events_.empty() && events_.top().at <= to) {
    const auto next = events_.top();
    events_.pop();
    now_ = next.at;
    auto& one = flows_[next.flow];
    switch (next.what) {
      case happening::send: one.options.how == sending::window ? fill_window(next.flow) : send_paced(next.flow); break;
      case happening::reach: {
        const auto arrived = one.outward.front();
        one.outward.pop_front();
        if (!one.outward.empty())
          plan(one.outward.front().due, next.flow, happening::reach);
        reach(next.flow, arrived);
        break;
      }
      case happening::hear: hear(next.flow); break;
    }
  }
  now_ = std::max(now_, to);
}

// -- sending -------------------------------------------------------------------------------------------------

void simulated_network::queue(flow_number number, std::size_t bytes) {
  auto& one = flows_[number];
  one.waiting += bytes;
  settle_busy(one);
  if (one.sends || bytes == 0)
    return;
  one.sends = true;
  plan(std::max(now_, one.may_send), number, happening::send);
}

void simulated_network::set_rate(flow_number number, double bits_per_second) {
  flows_[number].options.bits_per_second = std::max(bits_per_second, 1.0);
}

std::size_t simulated_network::take_back(flow_number number, std::size_t bytes) {
  auto& one = flows_[number];
  const auto taken = std::min<std::uint64_t>(bytes, one.waiting);
  one.waiting -= taken;
  settle_busy(one);
  return static_cast<std::size_t>(taken);
}

void simulated_network::send_paced(flow_number number) {
  auto& one = flows_[number];
  const auto endless = one.options.how == sending::constant;
  if (!endless && one.waiting == 0) {
    one.sends = false;
    return;
  }
  const auto size = endless
                        ? one.options.packet_bytes
                        : static_cast<std::uint32_t>(std::min<std::uint64_t>(one.waiting, one.options.packet_bytes));
  if (!endless)
    one.waiting -= size;
  send(number, size);
  one.may_send = now_ + gap_after(size, one.options.bits_per_second);
  plan(one.may_send, number, happening::send);
}

void simulated_network::fill_window(flow_number number) {
  auto& one = flows_[number];
  const auto room = std::max(1u, static_cast<std::uint32_t>(one.window));
  while (one.in_flight < room)
    send(number, one.options.packet_bytes);
}

void simulated_network::send(flow_number number, std::uint32_t bytes) {
  auto& one = flows_[number];
  ++one.in_flight;
  ++one.so_far.packets;
  settle_busy(one);
  packet out{now_, now_, bytes, false, false};
  if (one.options.own.bits_per_second <= 0 && one.options.own.loss <= 0)
    return reach(number, out);
  const auto fate = one.own.pass(now_, 0, bytes);
  out.due = fate.leaves;
  out.lost = fate.lost;
  out.marked = fate.marked;
  one.outward.push_back(out);
  if (one.outward.size() == 1)
    plan(out.due, number, happening::reach);
}

void simulated_network::reach(flow_number number, packet what) {
  auto& one = flows_[number];
  auto leaves = now_;
  if (!what.lost) {
    const auto fate = shared_.pass(now_, number, what.bytes);
    what.lost = fate.lost;
    what.marked |= fate.marked;
    leaves = fate.leaves;
  }
  what.due = leaves + one.options.round_trip;
  if (one.options.jitter > duration::zero())
    what.due += from_seconds(uniform(random_) * seconds_of(one.options.jitter));
  if (!one.homeward.empty())
    what.due = std::max(what.due, one.homeward.back().due);
  one.homeward.push_back(what);
  if (one.homeward.size() == 1)
    plan(what.due, number, happening::hear);
}

// -- what comes back -----------------------------------------------------------------------------------------

void simulated_network::hear(flow_number number) {
  auto& one = flows_[number];
  const auto about = one.homeward.front();
  one.homeward.pop_front();
  if (!one.homeward.empty())
    plan(one.homeward.front().due, number, happening::hear);
  --one.in_flight;
  one.seen.round_trip = now_ - about.sent;
  one.least_round_trip = one.least_round_trip == duration::zero() ? one.seen.round_trip
                                                                  : std::min(one.least_round_trip, one.seen.round_trip);
  one.seen.lost |= about.lost;
  one.seen.marked |= about.marked;
  if (about.lost) {
    ++one.so_far.lost;
    if (one.options.how == sending::paced)
      queue(number, about.bytes);
  } else {
    one.so_far.delivered += about.bytes;
    one.seen.delivered += about.bytes;
  }
  settle_busy(one);
  if (one.options.how == sending::window) {
    answer(one, about);
    fill_window(number);
  }
}

void simulated_network::answer(flow& one, const packet& about) {
  if (!about.lost && !about.marked) {
    one.window += one.options.alpha / one.window;
    return;
  }
  if (about.sent < one.answered)
    return; // sent before the window fell: the same congestion
  one.window = std::max(1.0, one.window * one.options.beta);
  one.answered = now_;
}

void simulated_network::settle_busy(flow& one) {
  const auto is_busy = one.waiting > 0 || one.in_flight > 0;
  if (one.busy)
    one.seen.busy += now_ - one.busy_since;
  one.busy = is_busy;
  one.busy_since = now_;
}

link_observation simulated_network::observe(flow_number number) {
  auto& one = flows_[number];
  settle_busy(one);
  auto out = one.seen;
  out.least_round_trip = one.least_round_trip;
  one.seen = {};
  one.seen.round_trip = out.round_trip;
  return out;
}

simulated_network::totals simulated_network::total(flow_number number) const {
  auto out = flows_[number].so_far;
  out.waiting = flows_[number].waiting;
  return out;
}

} // namespace ecco
