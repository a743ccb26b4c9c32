// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/trace_rides.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace ecco::world {
namespace {

/// A ride is worth its change from this many seconds on, and who is not seen for so long has gone.
constexpr double shortest = 3, longest_gap = 2.5;

/// While a vehicle is in a district.
struct stay {
  double comes = 0, goes = 0;
  std::uint32_t who = 0;
};

std::vector<stay> stays_in(const std::vector<fcd_trace::presence>& all, const std::optional<district>& where) {
  std::vector<stay> made;
  std::map<std::uint32_t, std::size_t> last;
  for (const auto& one : all) {
    if (where && !is_deep_in(*where, one.at))
      continue;
    const auto [known, is_new] = last.try_emplace(one.who, made.size());
    if (!is_new && one.time - made[known->second].goes <= longest_gap) {
      made[known->second].goes = one.time;
      continue;
    }
    known->second = made.size();
    made.push_back({one.time, one.time, one.who});
  }
  return made;
}

} // namespace

bool is_deep_in(district where, vec2 at) {
  if (where == district::tunnel)
    return covered(at) > .9f && at.x > tunnel::from_x + 20 && at.x < tunnel::to_x - 20;
  return district_at(at) == where;
}

trace_rides::trace_rides(const fcd_trace& in, std::uint64_t draw) : trace_(in) {
  auto all = in.presences(1);
  if (all.empty())
    all = in.presences(0);
  for (std::size_t d = 0; d < rides_.size(); ++d)
    rides_[d] = plan(all, static_cast<district>(d), hashed(draw, d));
}

std::vector<trace_rides::ride> trace_rides::plan(const std::vector<fcd_trace::presence>& all, district where,
                                                 std::uint64_t draw) const {
  auto stays = stays_in(all, where);
  if (stays.empty())
    stays = stays_in(all, std::nullopt);
  std::vector<ride> made;
  for (double now = 0; now < trace_.lasts();) {
    // Those who are there, the longest first; else the next one.
    std::vector<const stay*> there;
    const stay* next = nullptr;
    for (const auto& one : stays) {
      if (one.comes <= now && one.goes >= now + shortest)
        there.push_back(&one);
      if (one.comes > now && one.goes >= one.comes + shortest && (!next || one.comes < next->comes))
        next = &one;
    }
    std::sort(there.begin(), there.end(),
              [](const stay* a, const stay* b) { return a->goes != b->goes ? a->goes > b->goes : a->who < b->who; });
    if (there.empty() && !next)
      break;
    const auto& taken =
        there.empty() ? *next : *there[hashed(draw, made.size()) % std::min<std::size_t>(5, there.size())];
    made.push_back({now, taken.comes, taken.goes, taken.who});
    now = taken.goes;
  }
  if (made.empty() && !stays.empty())
    made.push_back({0, stays[0].comes, stays[0].goes, stays[0].who});
  return made;
}

vehicle trace_rides::at(district where, double t) const {
  const auto& rides = rides_[static_cast<std::size_t>(where)];
  if (rides.empty())
    return {};
  const double begins = std::floor(std::max(0., t) / trace_.lasts()) * trace_.lasts(), since = std::max(0., t) - begins;
  const auto after =
      std::upper_bound(rides.begin(), rides.end(), since, [](double time, const ride& one) { return time < one.from; });
  const auto& on = after == rides.begin() ? rides.front() : *(after - 1);
  // A little after the step it is seen in, for times are no exact numbers.
  const double there = std::clamp(since, on.comes + .001, on.goes + .001);
  return trace_.vehicle_of(on.who, begins + there).value_or(vehicle{});
}

} // namespace ecco::world
