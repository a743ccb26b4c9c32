// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/placing.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace ecco {

namespace {

struct founder {
  group_id group;
  std::uint32_t revision = 0;
  group_id learnt_in;
};

/// How the groups that were opened a moment ago do on the request's frames.
void add_founded(scored_request& to, const std::vector<founder>& founders) {
  for (const auto& by : founders)
    if (const auto score = to.brought.find(by.revision); score != to.brought.end()) {
      const auto sibling = by.learnt_in == to.learnt_in && by.learnt_in != group_id{};
      to.groups.push_back({by.group, score->second, by.revision == to.revision || sibling});
    }
}

} // namespace

std::vector<placed_request> place_together(grouping& groups, std::vector<scored_request> requests, duration now,
                                           window_number window) {
  std::sort(requests.begin(), requests.end(), [](const scored_request& a, const scored_request& b) {
    return std::tie(b.fall, b.request.age, a.request.camera) < std::tie(a.fall, a.request.age, b.request.camera);
  });
  std::vector<founder> founders;
  std::vector<placed_request> out;
  for (auto& one : requests) {
    add_founded(one, founders);
    auto where = groups.place(one.request, one.own_accuracy, one.groups, now, window);
    if (!where.joined)
      founders.push_back({where.group, one.revision, one.learnt_in});
    out.push_back({one.request.camera, std::move(where)});
  }
  return out;
}

result<void> check(const retrain_request& request) {
  const auto called = "the request of " + request.camera.value;
  if (!is_on_globe(request.place))
    return fail(ec::invalid_argument, called + " comes from a place that is not on the globe",
                "latitude is -90 to 90 degrees north, longitude -180 to 180 degrees east");
  if (request.age < duration::zero() || request.age > std::chrono::hours{24})
    return fail(ec::invalid_argument,
                called + " is of a drift that began " + std::to_string(seconds_of(request.age)) + " s ago",
                "0 s to 24 h can be");
  return {};
}

bool may_share(const retrain_request& a, const retrain_request& b, double max_distance_m) {
  return distance_m(a.place, b.place) <= 2 * max_distance_m;
}

} // namespace ecco
