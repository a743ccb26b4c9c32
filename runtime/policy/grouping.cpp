// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/grouping.hpp"

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>
#include <limits>
#include <numbers>

namespace ecco {

namespace {

constexpr auto unknown = std::numeric_limits<double>::quiet_NaN();

[[gnu::format(printf, 1, 2)]] std::string text(const char* format, ...) {
  char buffer[200];
  std::va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(buffer, sizeof buffer, format, arguments);
  va_end(arguments);
  return buffer;
}

/// When the request's drift began, on the server's time line. The age comes from a peer: bounded.
duration began(const retrain_request& request, duration now) {
  return now - std::clamp<duration>(request.age, duration::zero(), std::chrono::hours{24});
}

double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1)
    return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

/// A member's change since it was last tested.
struct fall {
  const member_score* now = nullptr;
  double before = 0;
  double by = 0;
};

/// Beyond the tolerated drop and beyond doubt (line 17 with decision 10).
bool is_drop(const fall& f, double by, const grouping_options& options) {
  return by > std::max(options.drop * f.before, options.min_drop) && by > 2 * f.now->standard_error;
}

using score_map = std::map<camera_id, const member_score*>;

std::vector<fall> falls_of(const grouping::group& g, const score_map& scores) {
  std::vector<fall> falls;
  for (const auto& [camera, m] : g.members)
    if (auto s = scores.find(camera); s != scores.end() && std::isfinite(m.accuracy))
      falls.push_back({s->second, m.accuracy, m.accuracy - s->second->accuracy});
  return falls;
}

/// Decision 8.
bool is_group_wide(const std::vector<fall>& falls, const grouping_options& options) {
  auto dropped =
      std::count_if(falls.begin(), falls.end(), [&](const fall& f) { return is_drop(f, f.by, options); });
  return dropped > 0
         && static_cast<double>(dropped) >= options.group_wide * static_cast<double>(falls.size());
}

/// How much the rest of the group fell: what befell everyone is not held against one (decision 11).
double fall_of_others(const std::vector<fall>& falls, const fall& self) {
  std::vector<double> others;
  for (const auto& f : falls)
    if (&f != &self)
      others.push_back(f.by);
  return std::max(0.0, median(std::move(others)));
}

struct misfit {
  double by;
  removal what;
};

void find_misfits(group_id id, const grouping::group& g, const std::vector<fall>& falls, window_number window,
                  const grouping_options& options, std::vector<misfit>& out) {
  for (const auto& f : falls) {
    auto others = fall_of_others(falls, f);
    if (window < g.members.at(f.now->camera).joined + options.dwell || !is_drop(f, f.by, options)
        || !is_drop(f, f.by - others, options))
      continue;
    auto why = text("fell from %.2f to %.2f under %s's model, the others by %.2f", f.before, f.now->accuracy,
                    to_string(id).c_str(), others);
    out.push_back({f.by, {f.now->camera, id, std::move(why)}});
  }
}

/// The baseline of the next test; and the drift goes on for as long as the group still gains.
void remember(grouping::group& g, const score_map& scores, bool group_wide, duration now) {
  for (auto& [camera, m] : g.members) {
    if (auto s = scores.find(camera); s != scores.end())
      m.accuracy = s->second->accuracy;
    if (group_wide)
      m.since = now;
    if (g.quiet_windows == 0)
      m.until = now;
  }
}

} // namespace

grouping::grouping(grouping_options options) : options_(options) {}

std::vector<group_id> grouping::candidates(const retrain_request& request, duration now,
                                           window_number window) const {
  std::vector<group_id> near;
  if (!options_.share_jobs)
    return near;
  for (const auto& [id, g] : groups_)
    if (is_near(g, request.place, began(request, now)) && !is_barred(request.camera, id, window))
      near.push_back(id);
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
  auto why = why_alone(request, own_accuracy, best, now, window);
  auto id = open(std::span{&request, 1}, now, window);
  groups_.at(id).members.at(request.camera).accuracy = own_accuracy;
  return placed_[request.camera] = {id, false, std::move(why)};
}

std::vector<removal> grouping::close_window(window_number window, std::span<const member_score> scores,
                                            duration now) {
  score_map score_of;
  for (const auto& s : scores)
    if (std::isfinite(s.accuracy))
      score_of.emplace(s.camera, &s);

  std::vector<misfit> misfits;
  for (auto& [id, g] : groups_) {
    auto falls = falls_of(g, score_of);
    auto group_wide = is_group_wide(falls, options_);
    if (group_wide) {
      g.drifted = window;
      g.quiet_windows = 0;
    } else {
      find_misfits(id, g, falls, window, options_, misfits);
    }
    remember(g, score_of, group_wide, now);
  }
  std::sort(misfits.begin(), misfits.end(), [](const misfit& a, const misfit& b) {
    return a.by != b.by ? a.by > b.by : a.what.camera < b.what.camera;
  });

  std::erase_if(barred_, [=](const auto& b) { return b.second.until < window; });
  std::vector<removal> removals;
  for (auto& m : misfits) {
    leave(m.what.camera);
    barred_[m.what.camera] = {m.what.group, window + options_.barred};
    removals.push_back(std::move(m.what));
  }
  return removals;
}

bool grouping::settle(group_id id, bool gained) {
  auto at = groups_.find(id);
  if (at == groups_.end())
    return false;
  at->second.quiet_windows = gained ? 0 : at->second.quiet_windows + 1;
  return at->second.quiet_windows >= options_.converged_windows;
}

group_id grouping::open(std::span<const retrain_request> cameras, duration now, window_number window) {
  if (cameras.empty())
    return {};
  group_id id{next_group_++};
  for (const auto& request : cameras) {
    leave(request.camera);
    groups_[id].members[request.camera] = {request.place, began(request, now), now, window, unknown};
    placed_[request.camera] = {id, false, "opened by hand"};
  }
  return id;
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
  return id;
}

void grouping::end(group_id id) {
  if (auto at = groups_.find(id); at != groups_.end()) {
    for (const auto& [camera, m] : at->second.members)
      placed_.erase(camera);
    groups_.erase(at);
  }
}

std::optional<group_id> grouping::group_of(const camera_id& camera) const {
  auto placed = placed_.find(camera);
  return placed == placed_.end() ? std::nullopt : std::optional{placed->second.group};
}

/// Line 4: near every member (complete linkage), not to some.
bool grouping::is_near(const group& g, const location& place, duration drift) const {
  return std::all_of(g.members.begin(), g.members.end(), [&](const auto& entry) {
    const auto& m = entry.second;
    return drift >= m.since - options_.max_age && drift <= m.until + options_.max_age
           && distance_m(m.place, place) <= options_.max_distance_m;
  });
}

bool grouping::is_barred(const camera_id& camera, group_id from, window_number window) const {
  auto at = barred_.find(camera);
  return at != barred_.end() && at->second.from == from && window <= at->second.until;
}

placement grouping::join(const retrain_request& request, const candidate_score& best, double own_accuracy,
                         duration now, window_number window) {
  // The evaluation that let it in is what its first test compares with (decision 9).
  groups_.at(best.group).members[request.camera] = {request.place, began(request, now), now, window,
                                                    best.accuracy};
  auto why = text("its model scores %.2f here, the camera's own %.2f", best.accuracy, own_accuracy);
  if (best.same_origin)
    why += "; both began from the same model";
  return placed_[request.camera] = {best.group, true, std::move(why)};
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
  auto barred = barred_.find(request.camera);
  if (barred == barred_.end() || !is_barred(request.camera, barred->second.from, window))
    return none;
  auto left = groups_.find(barred->second.from);
  if (left != groups_.end() && is_near(left->second, request.place, began(request, now)))
    none += text(" but %s, which it just left", to_string(left->first).c_str());
  return none;
}

double distance_m(const location& a, const location& b) {
  constexpr double earth_radius_m = 6'371'008.8;
  constexpr double degree = std::numbers::pi / 180;
  auto half_sine = [](double degrees) { return std::sin(degrees * degree / 2); };
  auto dy = half_sine(b.latitude - a.latitude), dx = half_sine(b.longitude - a.longitude);
  auto h = dy * dy + std::cos(a.latitude * degree) * std::cos(b.latitude * degree) * dx * dx;
  return 2 * earth_radius_m * std::asin(std::sqrt(std::min(1.0, h)));
}

} // namespace ecco
