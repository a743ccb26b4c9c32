// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/policy/grouping.hpp"

namespace ecco::test {

using namespace std::chrono_literals;

inline constexpr double metre = 1 / 111'195.; ///< in degrees of latitude

inline retrain_request request_of(const std::string& camera, double north_m = 0, duration age = 0s) {
  retrain_request r;
  r.camera = camera_id{camera};
  r.place = {50 + north_m * metre, 8};
  r.age = age;
  return r;
}

/// A grouping on a clock of 60 s windows, told in a line a step.
struct town {
  explicit town(grouping_options options = {}) : policy{options} {}

  /// The camera asks now; every candidate's model scores `theirs` on its frames.
  placement ask(const std::string& camera, double own, double theirs, double north_m = 0) {
    auto request = request_of(camera, north_m);
    std::vector<candidate_score> scores;
    for (auto id : policy.candidates(request, now, window))
      scores.push_back({id, theirs, false});
    return policy.place(request, own, scores, now, window);
  }

  std::vector<removal> close(std::vector<std::pair<std::string, double>> accuracies, double error = .01) {
    std::vector<member_score> scores;
    for (auto& [camera, accuracy] : accuracies)
      scores.push_back({camera_id{camera}, accuracy, error});
    now += 60s;
    return policy.close_window(window++, scores, now);
  }

  std::uint32_t group(const std::string& camera) const {
    auto id = policy.group_of(camera_id{camera});
    return id ? id->value : 0;
  }

  grouping policy;
  duration now = 1h;
  window_number window = 1;
};

/// Every camera is in one group at most, no group is empty, and both views agree.
inline bool is_consistent(const grouping& policy) {
  std::set<camera_id> seen;
  for (const auto& [id, g] : policy.groups()) {
    if (g.members.empty())
      return false;
    for (const auto& [camera, m] : g.members)
      if (!seen.insert(camera).second || policy.group_of(camera) != id)
        return false;
  }
  return true;
}

} // namespace ecco::test
