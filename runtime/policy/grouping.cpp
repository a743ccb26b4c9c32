// SPDX-License-Identifier: Apache-2.0
// The way of a request to its group, and who is in which. What a window's end changes is in grouping_windows.cpp, the
// comparison of groups with each other in grouping_union.cpp.
#include "runtime/policy/grouping.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/policy/grouping_parts.hpp"

namespace ecco {

using grouping_parts::text;

namespace {

/// When the request's drift began, on the server's time line. The age comes from a peer: bounded.
duration began(const retrain_request& request, duration now) {
  return now - std::clamp<duration>(request.age, duration::zero(), std::chrono::hours{24});
}

} // namespace

grouping::grouping(grouping_options options) : options_(options), places_(options.max_distance_m) {}

// -- requests ----------------------------------------------------------------------------------------

std::vector<group_id> grouping::candidates(const retrain_request& request, duration now,
                                           window_number window) const {
  if (!options_.share_jobs)
    return {};
  // A group has all its members near when it has the first near, and then perhaps.
  auto near = places_.near(request.place);
  std::erase_if(near, [&](group_id id) {
    const auto& g = groups_.at(id);
    return !is_timely(g, began(request, now)) || !is_near(g, request.place)
           || is_barred(request.camera, id, window);
  });
  return near;
}

placement grouping::place(const retrain_request& request, double own_accuracy,
                          std::span<const candidate_score> scores, duration now, window_number window) {
  if (auto known = placed_.find(request.camera); known != placed_.end())
    return known->second;
  // Groups may have changed while they were being scored.
  auto still = candidates(request, now, window);
  const candidate_score *best = nullptr, *best_passing = nullptr;
  auto is_better = [](const candidate_score& s, const candidate_score* than) {
    return !than || s.accuracy > than->accuracy || (s.accuracy == than->accuracy && s.group < than->group);
  };
  for (const auto& s : scores) {
    if (!std::isfinite(s.accuracy) || !std::binary_search(still.begin(), still.end(), s.group))
      continue;
    if (is_better(s, best))
      best = &s;
    if (s.accuracy >= own_accuracy + (s.same_origin ? -options_.young_slack : options_.join_margin)
        && is_better(s, best_passing))
      best_passing = &s;
  }
  if (best_passing)
    return join(request, *best_passing, own_accuracy, now, window);
  if (options_.join_always && !still.empty()) {
    enter(still.front(), request.camera, {request.place, began(request, now), now, window, own_accuracy});
    return placed_[request.camera] = {still.front(), true, "all that ask learn together"};
  }
  auto why = why_alone(request, own_accuracy, best, now, window);
  auto id = open(std::span{&request, 1}, now, window);
  groups_.at(id).members.at(request.camera).accuracy = own_accuracy;
  return placed_[request.camera] = {id, false, std::move(why)};
}

placement grouping::join(const retrain_request& request, const candidate_score& best, double own_accuracy,
                         duration now, window_number window) {
  // The evaluation that let it in is what its first test compares with (decision 9).
  enter(best.group, request.camera, {request.place, began(request, now), now, window, best.accuracy});
  auto why = text("its model scores %.2f here, the camera's own %.2f", best.accuracy, own_accuracy);
  if (best.same_origin)
    why += "; both began from the same model";
  return placed_[request.camera] = {best.group, true, std::move(why)};
}

group_id grouping::open(std::span<const retrain_request> cameras, duration now, window_number window) {
  if (cameras.empty())
    return {};
  group_id id{next_group_++};
  for (const auto& request : cameras) {
    leave(request.camera);
    enter(id, request.camera, {request.place, began(request, now), now, window});
    placed_[request.camera] = {id, false, "opened by hand"};
  }
  return id;
}

std::string grouping::why_alone(const retrain_request& request, double own_accuracy,
                                const candidate_score* best, duration now, window_number window) const {
  if (!options_.share_jobs)
    return "every camera learns alone: sharing jobs is off";
  if (best && std::isfinite(own_accuracy))
    return text("the best group nearby, %s, scores %.2f here, the camera's own model %.2f",
                to_string(best->group).c_str(), best->accuracy, own_accuracy);
  if (!candidates(request, now, window).empty())
    return "its frames show nothing to compare the groups nearby by";
  auto none =
      text("no group within %.0f m and %.0f s", options_.max_distance_m, seconds_of(options_.max_age));
  auto past = histories_.find(request.camera);
  if (past == histories_.end() || !is_barred(request.camera, past->second.barred_from, window))
    return none;
  auto left = groups_.find(past->second.barred_from);
  if (left != groups_.end() && is_near(left->second, request.place)
      && is_timely(left->second, began(request, now)))
    none += text(" but %s, which it just left", to_string(left->first).c_str());
  return none;
}

/// Line 4: near every member (complete linkage), not to some.
bool grouping::is_near(const group& g, const location& place) const {
  return std::all_of(g.members.begin(), g.members.end(), [&](const auto& entry) {
    return is_on_globe(entry.second.place) && distance_m(entry.second.place, place) <= options_.max_distance_m;
  });
}

bool grouping::is_timely(const group& g, duration drift) const {
  return std::all_of(g.members.begin(), g.members.end(), [&](const auto& entry) {
    const auto& m = entry.second;
    return drift >= m.since - options_.max_age && drift <= m.until + options_.max_age;
  });
}

// -- members -----------------------------------------------------------------------------------------

void grouping::enter(group_id id, const camera_id& camera, const member& as) {
  auto& g = groups_[id];
  g.members[camera] = as;
  g.quiet_windows = 0; // whatever the others have learnt, the newcomer has not
  index(id);
}

void grouping::index(group_id id) {
  const auto at = groups_.find(id);
  if (at == groups_.end())
    places_.remove(id);
  else
    places_.put(id, at->second.members.begin()->second.place);
}

void grouping::moved(const camera_id& camera, const location& place) {
  const auto placed = placed_.find(camera);
  if (placed == placed_.end())
    return;
  groups_.at(placed->second.group).members.at(camera).place = place;
  index(placed->second.group);
}

std::optional<group_id> grouping::leave(const camera_id& camera) {
  auto placed = placed_.find(camera);
  if (placed == placed_.end())
    return std::nullopt;
  auto id = placed->second.group;
  placed_.erase(placed);
  auto at = groups_.find(id);
  at->second.members.erase(camera);
  if (at->second.members.empty())
    groups_.erase(at);
  index(id);
  return id;
}

void grouping::end(group_id id) {
  if (auto at = groups_.find(id); at != groups_.end()) {
    for (const auto& [camera, m] : at->second.members)
      placed_.erase(camera);
    groups_.erase(at);
    index(id);
  }
}

std::optional<group_id> grouping::group_of(const camera_id& camera) const {
  auto placed = placed_.find(camera);
  return placed == placed_.end() ? std::nullopt : std::optional{placed->second.group};
}

// -- what a camera did -------------------------------------------------------------------------------

bool grouping::is_barred(const camera_id& camera, group_id from, window_number window) const {
  auto at = histories_.find(camera);
  return at != histories_.end() && at->second.barred_from == from && window <= at->second.barred_until;
}

std::uint32_t grouping::patience_with(const camera_id& camera) const {
  const auto at = histories_.find(camera);
  std::uint64_t stay = options_.dwell;
  for (std::uint32_t i = 0; at != histories_.end() && i < at->second.moves && stay < options_.most_dwell; ++i)
    stay *= 2;
  return std::max(options_.dwell, static_cast<std::uint32_t>(std::min<std::uint64_t>(stay, options_.most_dwell)));
}

void grouping::note_move(const camera_id& camera, group_id from, window_number window) {
  auto& past = histories_[camera];
  past.barred_from = from;
  past.barred_until = window + options_.barred;
  past.moved = window;
  ++past.moves;
}

void grouping::forget_calm(window_number window) {
  std::erase_if(histories_, [&](const auto& entry) {
    const auto& past = entry.second;
    return past.barred_until < window && window > past.moved + 2 * patience_with(entry.first);
  });
}

} // namespace ecco
