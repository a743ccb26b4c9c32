// SPDX-License-Identifier: Apache-2.0
// What the end of a window changes (Algorithm 2, lines 12-18).
#include <algorithm>
#include <cmath>
#include <set>

#include "runtime/policy/grouping.hpp"
#include "runtime/policy/grouping_parts.hpp"

namespace ecco {

using grouping_parts::is_drop;
using grouping_parts::text;

namespace {

/// A member's change since it was last tested.
struct fall {
  const member_score* now = nullptr;
  double before = 0;
  double by = 0;
  /// It has been in the group for long enough to tell (decision 9).
  bool settled = false;
};

/// Half of the others are above it, half below.
/// @param sorted values of all, the least first
double median_without(const std::vector<double>& sorted, double one_of_them) {
  if (sorted.size() < 2)
    return 0;
  const auto skipped = std::lower_bound(sorted.begin(), sorted.end(), one_of_them) - sorted.begin();
  const auto other = [&](std::size_t i) {
    return sorted[i < static_cast<std::size_t>(skipped) ? i : i + 1];
  };
  const auto count = sorted.size() - 1;
  return count % 2 == 1 ? other(count / 2) : (other(count / 2 - 1) + other(count / 2)) / 2;
}

std::vector<fall> falls_of(const grouping::group& g, const std::map<camera_id, const member_score*>& scores,
                           window_number window, const grouping_options& options) {
  std::vector<fall> falls;
  for (const auto& [camera, m] : g.members)
    if (auto s = scores.find(camera); s != scores.end() && std::isfinite(m.accuracy))
      falls.push_back(
          {s->second, m.accuracy, m.accuracy - s->second->accuracy, window >= m.joined + options.dwell});
  return falls;
}

/// Another model is much better for the member on the very same frames.
bool is_outdone(const member_score& s, const grouping_options& options) {
  return is_drop(s.other, s.other - s.accuracy, s.standard_error, options);
}

/// Decision 8.
bool is_group_wide(const grouping::group& g, const std::vector<fall>& falls,
                   const std::map<camera_id, const member_score*>& scores, const grouping_options& options) {
  std::size_t dropped = 0;
  bool any_settled = false;
  for (const auto& f : falls)
    if (is_drop(f.before, f.by, f.now->standard_error, options)) {
      ++dropped;
      any_settled |= f.settled;
    }
  if (!any_settled)
    return false;
  const auto scored = std::count_if(g.members.begin(), g.members.end(),
                                    [&](const auto& entry) { return scores.contains(entry.first); });
  return static_cast<double>(dropped) >= options.group_wide * static_cast<double>(scored);
}

/// The baseline of the next test; and the drift goes on for as long as the group still gains. A camera in `held` fell
/// but stays for now: its fall is not forgotten.
void remember(grouping::group& g, const std::map<camera_id, const member_score*>& scores,
              const std::set<camera_id>& held, duration now) {
  for (auto& [camera, m] : g.members) {
    const auto s = scores.find(camera);
    m.latest = s != scores.end() ? s->second->accuracy : std::nan("");
    if (s != scores.end() && !held.contains(camera))
      m.accuracy = s->second->accuracy;
    if (g.quiet_windows == 0)
      m.until = now;
  }
}

} // namespace

/// A member does not fit when it fell, more than the others did, unless its group's model is the best it has all the
/// same (decision 11); or when another model is much better for it. If that is so for nearly all, the company is not to
/// blame but the job.
void grouping::find_misfits(group_id id, const score_map& scores, window_number window,
                            std::vector<misfit>& out) const {
  const auto& members = groups_.at(id).members;
  const auto falls = falls_of(groups_.at(id), scores, window, options_);
  std::vector<double> sorted;
  for (const auto& f : falls)
    sorted.push_back(f.by);
  std::sort(sorted.begin(), sorted.end());
  const auto outdone_members = std::count_if(falls.begin(), falls.end(),
                                             [&](const fall& f) { return is_outdone(*f.now, options_); });
  const auto job_is_bad = static_cast<double>(outdone_members) >= options_.group_wide * static_cast<double>(falls.size());
  for (const auto& f : falls) {
    const auto& s = *f.now;
    const auto others = std::max(0.0, median_without(sorted, f.by));
    const auto fell = is_drop(f.before, f.by, s.standard_error, options_)
                      && is_drop(f.before, f.by - others, s.standard_error, options_)
                      && !(s.other < s.accuracy - options_.join_margin);
    const auto outdone = !job_is_bad && is_outdone(s, options_);
    if (!fell && !outdone)
      continue;
    auto why = fell ? text("fell from %.2f to %.2f under %s's model, the others by %.2f", f.before, s.accuracy,
                           to_string(id).c_str(), others)
                    : text("scores %.2f under %s's model, and %.2f under the one it has", s.accuracy,
                           to_string(id).c_str(), s.other);
    const auto early = window < members.at(s.camera).joined + patience_with(s.camera);
    out.push_back({{s.camera, id, fell ? f.by : s.other - s.accuracy, std::move(why)}, early});
  }
}

std::vector<removal> grouping::close_window(window_number window, std::span<const member_score> scores,
                                            duration now) {
  score_map score_of;
  for (const auto& s : scores)
    if (std::isfinite(s.accuracy))
      score_of.emplace(s.camera, &s);

  std::vector<misfit> misfits;
  for (auto& [id, g] : groups_) {
    if (!is_group_wide(g, falls_of(g, score_of, window, options_), score_of, options_)) {
      find_misfits(id, score_of, window, misfits);
      continue;
    }
    g.drifted = window;
    g.quiet_windows = 0;
    for (auto& [camera, m] : g.members) // some time in this window
      m.since = last_closed_.value_or(m.since);
  }
  std::sort(misfits.begin(), misfits.end(), [](const misfit& a, const misfit& b) {
    return std::tie(a.early, b.what.fall, a.what.camera) < std::tie(b.early, a.what.fall, b.what.camera);
  });

  moves_left_ = options_.most_moves;
  std::vector<removal> removals;
  std::set<camera_id> held;
  for (auto& m : misfits) {
    if (m.early || moves_left_ == 0) {
      held.insert(m.what.camera);
      continue;
    }
    --moves_left_;
    removals.push_back(std::move(m.what));
  }
  for (auto& [id, g] : groups_)
    remember(g, score_of, held, now);
  forget_calm(window);
  for (const auto& out : removals) {
    leave(out.camera);
    note_move(out.camera, out.group, window);
  }
  last_closed_ = now;
  if (window > resumed_ + options_.dwell) // who has not come by now asks anew
    kept_seats_.clear();
  return removals;
}

bool grouping::settle(group_id id, bool gained) {
  auto at = groups_.find(id);
  if (at == groups_.end())
    return false;
  at->second.quiet_windows = gained ? 0 : at->second.quiet_windows + 1;
  return at->second.quiet_windows >= options_.converged_windows;
}

} // namespace ecco
