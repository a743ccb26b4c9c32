// SPDX-License-Identifier: Apache-2.0
// Groups that have become alike unite, and members that fit another group better go there (decisions 11 and 14).
#include <algorithm>
#include <cmath>
#include <set>

#include "runtime/policy/grouping.hpp"
#include "runtime/policy/grouping_parts.hpp"

namespace ecco {

using grouping_parts::is_drop;
using grouping_parts::text;

// -- whom to compare ---------------------------------------------------------------------------------

bool grouping::can_unite(const pair& of, window_number window) const {
  const auto &a = groups_.at(of.first), &b = groups_.at(of.second);
  const auto measured = [](const group& g) {
    return std::any_of(g.members.begin(), g.members.end(),
                       [](const auto& entry) { return std::isfinite(entry.second.latest); });
  };
  const auto none_barred = [&](const group& g, group_id from) {
    return std::none_of(g.members.begin(), g.members.end(),
                        [&](const auto& entry) { return is_barred(entry.first, from, window); });
  };
  return measured(a) && measured(b) && none_barred(a, of.second) && none_barred(b, of.first)
         && std::all_of(a.members.begin(), a.members.end(),
                        [&](const auto& entry) { return is_near(b, entry.second.place); });
}

std::vector<grouping::pair> grouping::pairs_to_compare(window_number window) {
  std::erase_if(compared_, [this](const auto& entry) {
    return !groups_.contains(entry.first.first) || !groups_.contains(entry.first.second);
  });
  if (!options_.share_jobs || options_.compare_every == 0)
    return {};
  const auto all_due = window % options_.compare_every == 0;
  const auto drifted = [&](group_id id) { return groups_.at(id).drifted == window && window > 0; };
  struct due {
    bool later;
    window_number last;
    pair which;

    auto operator<=>(const due&) const = default;
  };
  std::vector<due> found;
  for (const auto& [id, g] : groups_) {
    const auto urgent = drifted(id);
    if (!all_due && !urgent)
      continue;
    for (const auto other : places_.near(g.members.begin()->second.place)) {
      const auto both_ask = all_due || drifted(other);
      if (other == id || (both_ask && other < id))
        continue;
      const pair which{std::min(id, other), std::max(id, other)};
      if (!can_unite(which, window))
        continue;
      const auto last = compared_.find(which);
      found.push_back({!urgent && !drifted(other), last == compared_.end() ? 0 : last->second, which});
    }
  }
  const auto count = std::min<std::size_t>(options_.most_pairs, found.size());
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(count), found.end());
  std::vector<pair> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(found[i].which);
    compared_[found[i].which] = window;
  }
  return out;
}

// -- what to change ----------------------------------------------------------------------------------

std::optional<grouping::change> grouping::merger_of(const pair& of, const cross_map& on) const {
  struct sums {
    double own = 0, other = 0;
    std::uint32_t members = 0;
    bool harmed = false;

    bool is_as_good(double margin) const { return members > 0 && other >= own - margin * members; }
  };
  const auto look = [&](group_id at, group_id with, std::vector<arrival>& arrivals) {
    sums out;
    for (const auto& [camera, m] : groups_.at(at).members) {
      const auto s = on.find({with, camera});
      if (s == on.end() || !std::isfinite(s->second->accuracy) || !std::isfinite(m.latest)) {
        arrivals.push_back({camera, std::nan(""), 0});
        continue;
      }
      const auto accuracy = s->second->accuracy;
      out.own += m.latest;
      out.other += accuracy;
      ++out.members;
      out.harmed |= is_drop(m.latest, m.latest - accuracy, s->second->standard_error, options_);
      arrivals.push_back({camera, accuracy, accuracy - m.latest});
    }
    return out;
  };
  std::vector<arrival> from_a, from_b;
  const auto a = look(of.first, of.second, from_a), b = look(of.second, of.first, from_b);
  if (!a.is_as_good(options_.join_margin) || !b.is_as_good(options_.join_margin))
    return std::nullopt;
  const auto first_is_better = a.own + b.other >= b.own + a.other;
  const auto& gone = first_is_better ? b : a;
  if (gone.harmed)
    return std::nullopt;
  const auto [from, to] = first_is_better ? pair{of.second, of.first} : of;
  auto why = text("alike: %s's model scores %.2f here, %s's own %.2f", to_string(to).c_str(), gone.other / gone.members,
                  to_string(from).c_str(), gone.own / gone.members);
  return change{from, to, first_is_better ? from_b : from_a, true, gone.other - gone.own, std::move(why)};
}

std::optional<grouping::change> grouping::camp_of(group_id from, group_id to, window_number window,
                                                  const cross_map& on) const {
  change out{from, to, {}, false, 0, {}};
  double own = 0, other = 0;
  std::size_t early = 0;
  const auto& members = groups_.at(from).members;
  for (const auto& [camera, m] : members) {
    const auto s = on.find({to, camera});
    if (s == on.end() || !is_near(groups_.at(to), m.place) || is_barred(camera, to, window))
      continue;
    const auto gain = s->second->accuracy - m.latest;
    if (!(gain > options_.join_margin && gain > 2 * s->second->standard_error))
      continue;
    early += window < m.joined + patience_with(camera) ? 1 : 0;
    out.cameras.push_back({camera, s->second->accuracy, gain});
    out.gain += gain;
    own += m.latest;
    other += s->second->accuracy;
  }
  if (out.cameras.empty() || (early > 0 && out.cameras.size() < members.size()))
    return std::nullopt;
  const auto count = static_cast<double>(out.cameras.size());
  out.why = text("%s's model scores %.2f here, %s's own %.2f", to_string(to).c_str(), other / count,
                 to_string(from).c_str(), own / count);
  return out;
}

std::vector<transfer> grouping::unite(window_number window, std::span<const cross_score> scores, duration now) {
  cross_map on;
  std::set<pair> pairs;
  for (const auto& s : scores)
    if (const auto own = group_of(s.camera); own && *own != s.model && groups_.contains(s.model)) {
      on.emplace(std::pair{s.model, s.camera}, &s);
      pairs.insert({std::min(*own, s.model), std::max(*own, s.model)});
    }
  std::vector<change> changes;
  for (const auto& of : pairs) {
    if (!can_unite(of, window))
      continue;
    if (auto merger = merger_of(of, on)) {
      changes.push_back(std::move(*merger));
      continue;
    }
    for (const auto& [from, to] : {of, pair{of.second, of.first}})
      if (auto camp = camp_of(from, to, window, on))
        changes.push_back(std::move(*camp));
  }
  std::sort(changes.begin(), changes.end(), [](const change& a, const change& b) {
    return std::tie(b.merger, b.gain, a.from, a.to) < std::tie(a.merger, a.gain, b.from, b.to);
  });
  std::vector<transfer> out;
  std::set<group_id> touched;
  for (auto& what : changes) {
    if (moves_left_ == 0 || touched.contains(what.from) || touched.contains(what.to))
      continue;
    touched.insert({what.from, what.to});
    out.push_back(apply(what, window, now));
  }
  return out;
}

transfer grouping::apply(const change& what, window_number window, duration now) {
  auto arrivals = what.cameras;
  std::sort(arrivals.begin(), arrivals.end(), [](const arrival& a, const arrival& b) {
    return std::tie(b.gain, a.camera) < std::tie(a.gain, b.camera);
  });
  arrivals.resize(std::min<std::size_t>(arrivals.size(), moves_left_));
  transfer out{what.from, what.to, {}, false, what.why};
  for (const auto& one : arrivals) {
    auto as = groups_.at(what.from).members.at(one.camera);
    as.until = now;
    as.joined = window;
    as.accuracy = as.latest = one.accuracy; // decision 9
    leave(one.camera);
    note_move(one.camera, what.from, window);
    enter(what.to, one.camera, as);
    placed_[one.camera] = {what.to, true, what.why};
    out.cameras.push_back(one.camera);
    --moves_left_;
  }
  std::sort(out.cameras.begin(), out.cameras.end());
  out.whole = !groups_.contains(what.from);
  return out;
}

} // namespace ecco
