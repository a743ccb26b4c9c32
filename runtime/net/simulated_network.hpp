// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <queue>
#include <vector>

#include "runtime/net/bottleneck.hpp"
#include "runtime/policy/rate_control.hpp"

namespace ecco {

/// How a flow of the simulated network sends.
enum class sending : std::uint8_t {
  /// A TCP-like window that grows by `alpha` packets a round trip and keeps `beta` of itself on a loss or mark, at
  /// most once a window. Always has something to send. With alpha 1 and beta .5 it is Reno without slow start and
  /// time-outs: a sender learns of a loss when the acknowledgement would have come.
  window,
  /// At a given rate, whatever is lost, for ever: other traffic.
  constant,
  /// At a given rate what is `queue`d; what is lost is sent again.
  paced,
};

struct flow_options {
  sending how = sending::paced;
  double alpha = 1, beta = 0.5;
  /// Of `constant` and `paced`, > 0; the latter's can be set later.
  double bits_per_second = 500e3;
  /// Without any waiting.
  duration round_trip = std::chrono::milliseconds{50};
  /// Each acknowledgement is late by up to this, drawn evenly. Without any, windows fall into step with a full queue
  /// and the same flow always finds it full (Floyd and Jacobson 1991, "phase effects").
  duration jitter{};
  /// The flow's own link, before the shared one.
  bottleneck_options own;
  std::uint32_t packet_bytes = 1200;
  /// When it begins, on the network's clock.
  duration starts{};
};

/// Senders on links of their own share one bottleneck (a dumbbell), packet by packet in virtual time. Simulated: no
/// bytes travel, only their number. The same options, seed and calls give the same course. A few million packets
/// a second.
class simulated_network {
 public:
  simulated_network(const bottleneck_options& shared, std::uint64_t seed);

  using flow_number = std::uint32_t;

  /// Numbered from 0.
  flow_number add(const flow_options& options);

  /// Lets everything happen until then. Time does not go back: an earlier moment changes nothing.
  void advance(duration to);
  duration now() const { return now_; }

  /// Of a `paced` flow: gives it more to send; sets its rate (at least 1 bit a second).
  void queue(flow_number flow, std::size_t bytes);
  void set_rate(flow_number flow, double bits_per_second);
  /// Takes back at most `bytes` of what was not sent yet. @returns how many
  std::size_t take_back(flow_number flow, std::size_t bytes);

  /// What the sender saw since the last call.
  link_observation observe(flow_number flow);

  struct totals {
    std::uint64_t packets = 0, lost = 0;
    /// Arrived, each byte once.
    std::uint64_t delivered = 0;
    /// Waits to be sent (again).
    std::uint64_t waiting = 0;
  };
  totals total(flow_number flow) const;

 private:
  enum class happening : std::uint8_t { send, reach, hear };

  struct event {
    duration at{};
    /// Of two at one moment, the one planned first comes first.
    std::uint64_t order = 0;
    flow_number flow = 0;
    happening what = happening::send;
    bool operator>(const event& other) const { return at != other.at ? at > other.at : order > other.order; }
  };

  struct packet {
    duration sent{}, due{};
    std::uint32_t bytes = 0;
    bool lost = false, marked = false;
  };

  struct flow {
    flow(const flow_options& with, std::uint64_t seed) : options(with), own(with.own, seed) {}

    flow_options options;
    bottleneck own;
    /// On the way to the shared link, and on the way back; each in order.
    std::deque<packet> outward, homeward;
    double window = 2;
    std::uint32_t in_flight = 0;
    /// What was sent before this moment belongs to a congestion that was answered.
    duration answered = duration::min();
    std::uint64_t waiting = 0;
    bool sends = false;
    duration may_send{};
    totals so_far;
    link_observation seen;
    duration busy_since{}, least_round_trip{};
    bool busy = false;
  };

  void plan(duration at, flow_number number, happening what);
  void send_paced(flow_number number);
  void fill_window(flow_number number);
  void send(flow_number number, std::uint32_t bytes);
  void reach(flow_number number, packet what);
  void hear(flow_number number);
  void answer(flow& one, const packet& about);
  void settle_busy(flow& one);

  bottleneck shared_;
  std::uint64_t seed_;
  random_engine random_;
  std::deque<flow> flows_;
  std::priority_queue<event, std::vector<event>, std::greater<>> events_;
  std::uint64_t planned_ = 0;
  duration now_{};
};

} // namespace ecco
