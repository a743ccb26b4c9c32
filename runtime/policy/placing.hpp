// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "messages/error.hpp"
#include "runtime/policy/grouping.hpp"

namespace ecco {

/// A request with all that Algorithm 2 compares it by, everything scored on the same frames of its camera.
struct scored_request {
  retrain_request request;
  /// How far the camera fell when it was taken out of a group; 0 for one that asks by itself.
  double fall = 0;
  /// The model it runs, and how that does; NaN when unknown.
  std::uint32_t revision = 0;
  double own_accuracy = 0;
  /// The group it learnt in last; 0 when it did in none.
  group_id learnt_in;
  /// The groups there are.
  std::vector<candidate_score> groups;
  /// By revision: the models that the other requests bring, which a group opened for one of them begins with.
  std::map<std::uint32_t, double> brought;
};

/// Where the camera's request went.
struct placed_request {
  camera_id camera;
  placement where;

  friend bool operator==(const placed_request&, const placed_request&) = default;
};

/// Places requests that came together: the worst fall first, then the longest drift (decision 7), so that their order
/// does not matter. One that fits no group opens its own, which those after it may join: its model is the one that the
/// first brought.
/// @returns a placement a request, in the order in which they were placed
std::vector<placed_request> place_together(grouping& groups, std::vector<scored_request> requests, duration now,
                                           window_number window);

/// Refuses a request that cannot be: a place off the globe, a drift that is yet to come or older than a day.
result<void> check(const retrain_request& request);

/// Whether it may matter to one request where the other goes: to the same group, or into one between them that has
/// room for only one of the two. Such requests are placed together, or one after the other.
bool may_share(const retrain_request& a, const retrain_request& b, double max_distance_m);

} // namespace ecco
