// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "runtime/net/simulated_network.hpp"
#include "runtime/policy/share_correction.hpp"

namespace ecco::test {

/// One way of losing packets at a bottleneck: the columns of algorithms.md, section 5.
struct loss_model {
  const char* name;
  bottleneck_options shared;
};

/// `queue` is the room in front of the link. Random losses hit packets of a link that is never full.
inline std::vector<loss_model> loss_models(double bits_per_second, duration queue, duration settle, double loss) {
  bottleneck_options link;
  link.bits_per_second = bits_per_second;
  link.queue_bytes = static_cast<std::size_t>(bits_per_second / 8 * seconds_of(queue));
  link.settle = settle;
  const auto with = [&](overflow when_full) {
    auto out = link;
    out.when_full = when_full;
    return out;
  };
  bottleneck_options random;
  random.loss = loss;
  return {{"synchronised", with(overflow::everybody)},
          {"one victim", with(overflow::one_victim)},
          {"burst of 8", with(overflow::burst)},
          {"random loss", random},
          {"drop-tail", with(overflow::drop_tail)}};
}

/// A camera with more to send than it may.
struct trial_camera {
  /// p_j / n_j
  double weight = 1;
  duration round_trip = std::chrono::milliseconds{50};
  /// Of its own link, bits a second; 0 = none.
  double cap = 0;
};

struct rate_trial {
  rate_options rates;
  bottleneck_options shared;
  std::vector<trial_camera> cameras;
  /// Flows that are none of ours.
  std::vector<flow_options> others;
  duration correct_every = std::chrono::seconds{10};
  duration warm_up = std::chrono::seconds{120}, length = std::chrono::seconds{600};
  std::uint64_t seed = 1;
};

struct trial_outcome {
  /// Each camera's part of what arrived from cameras.
  std::vector<double> shares;
  /// Bits a second, of the cameras and of each of the others.
  double total = 0;
  std::vector<double> others;
};

/// Lets the cameras' controllers and, under the corrected law, the server's correction run against each other.
inline trial_outcome run(const rate_trial& trial) {
  simulated_network network{trial.shared, trial.seed};
  std::vector<rate_control> controls;
  std::map<camera_id, double> weights;
  const auto name_of = [](std::size_t i) { return camera_id{"camera" + std::to_string(100 + i)}; };
  const auto period = trial.rates.period;
  for (std::size_t i = 0; i < trial.cameras.size(); ++i) {
    const auto& camera = trial.cameras[i];
    flow_options flow;
    flow.round_trip = camera.round_trip;
    flow.bits_per_second = trial.rates.start;
    if (camera.cap > 0) {
      flow.own.bits_per_second = camera.cap;
      flow.own.queue_bytes = static_cast<std::size_t>(camera.cap / 8 * .2);
    }
    network.add(flow);
    controls.emplace_back(trial.rates);
    controls.back().set_weight(trial.rates.law == rate_law::paper ? camera.weight : 1);
    weights[name_of(i)] = camera.weight;
  }
  for (const auto& other : trial.others)
    network.add(other);
  share_correction correction;
  correction.set_weights(weights);
  const auto tell = [&] {
    const auto standings = correction.standings();
    for (std::size_t i = 0; i < controls.size(); ++i)
      if (trial.rates.law == rate_law::corrected)
        controls[i].set_weight(standings.at(name_of(i)).increase);
  };
  tell();
  const auto flows = trial.cameras.size() + trial.others.size();
  std::vector<std::uint64_t> corrected(flows, 0), began(flows, 0);
  const auto delivered = [&](std::size_t i) { return network.total(static_cast<std::uint32_t>(i)).delivered; };
  auto next_correction = trial.correct_every;
  for (duration at{}; at < trial.warm_up + trial.length;) {
    at += period;
    for (std::size_t i = 0; i < controls.size(); ++i)
      if (network.total(static_cast<std::uint32_t>(i)).waiting < 100'000)
        network.queue(static_cast<std::uint32_t>(i), 1'000'000);
    network.advance(at);
    for (std::size_t i = 0; i < controls.size(); ++i) {
      const auto flow = static_cast<std::uint32_t>(i);
      controls[i].observe(network.observe(flow), at);
      network.set_rate(flow, controls[i].rate());
    }
    if (at >= next_correction) {
      std::map<camera_id, double> measured;
      for (std::size_t i = 0; i < controls.size(); ++i) {
        measured[name_of(i)] = 8 * static_cast<double>(delivered(i) - corrected[i]) / seconds_of(trial.correct_every);
        corrected[i] = delivered(i);
      }
      correction.correct(measured);
      tell();
      next_correction += trial.correct_every;
    }
    if (at == trial.warm_up)
      for (std::size_t i = 0; i < flows; ++i)
        began[i] = delivered(i);
  }
  trial_outcome out;
  for (std::size_t i = 0; i < flows; ++i) {
    const auto rate = 8 * static_cast<double>(delivered(i) - began[i]) / seconds_of(trial.length);
    if (i < controls.size()) {
      out.shares.push_back(rate);
      out.total += rate;
    } else {
      out.others.push_back(rate);
    }
  }
  for (auto& share : out.shares)
    share /= out.total;
  return out;
}

/// What the weights and caps ask for, as parts of the whole, on a shared link of so many bits a second.
inline std::vector<double> ideal_shares(const std::vector<trial_camera>& cameras, double bits_per_second) {
  std::vector<claim> claims;
  for (const auto& camera : cameras)
    claims.push_back({camera.weight, camera.cap > 0 ? std::optional{camera.cap} : std::nullopt});
  auto out = fill(bits_per_second, claims);
  const auto total = std::accumulate(out.begin(), out.end(), 0.0);
  for (auto& one : out)
    one /= total;
  return out;
}

/// The largest difference between two lists of shares.
inline double largest_error(const std::vector<double>& shares, const std::vector<double>& ideal) {
  double out = 0;
  for (std::size_t i = 0; i < shares.size(); ++i)
    out = std::max(out, std::abs(shares[i] - ideal.at(i)));
  return out;
}

/// Shares of GAIMD windows (Yang and Lam) with these increases and round trips, on `shared`.
inline std::vector<double> window_shares(const bottleneck_options& shared, const std::vector<double>& alphas,
                                         const std::vector<duration>& round_trips, duration length,
                                         std::uint64_t seed) {
  simulated_network network{shared, seed};
  for (std::size_t i = 0; i < alphas.size(); ++i) {
    flow_options flow;
    flow.how = sending::window;
    flow.alpha = alphas[i];
    flow.round_trip = round_trips[i % round_trips.size()];
    flow.starts = std::chrono::milliseconds{7 * i};
    network.add(flow);
  }
  const auto warm_up = length / 10;
  network.advance(warm_up);
  std::vector<double> out;
  for (std::uint32_t i = 0; i < alphas.size(); ++i)
    out.push_back(-static_cast<double>(network.total(i).delivered));
  network.advance(warm_up + length);
  for (std::uint32_t i = 0; i < alphas.size(); ++i)
    out[i] += static_cast<double>(network.total(i).delivered);
  const auto total = std::accumulate(out.begin(), out.end(), 0.0);
  for (auto& one : out)
    one /= total;
  return out;
}

} // namespace ecco::test
