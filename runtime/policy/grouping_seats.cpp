// SPDX-License-Identifier: Apache-2.0
// What the groups are after the server was gone: who learnt with whom, and how well.
#include <algorithm>
#include <utility>

#include "runtime/policy/grouping.hpp"

namespace ecco {

namespace {

/// Nobody asks whether something is older than a day.
duration age_of(duration then, duration now) {
  return std::clamp<duration>(now - then, duration::zero(), std::chrono::hours{24});
}

seat to_seat(group_id in, const grouping::member& m, duration now) {
  return {in, m.place, age_of(m.since, now), age_of(m.until, now), m.joined, m.accuracy, m.latest};
}

} // namespace

seating grouping::keep(duration now, window_number window) const {
  seating out{window, next_group_, {}};
  for (const auto& [camera, its] : kept_seats_)
    out.seats.emplace(camera, to_seat(its.first, its.second, now));
  for (const auto& [id, g] : groups_)
    for (const auto& [camera, m] : g.members)
      out.seats.insert_or_assign(camera, to_seat(id, m, now));
  return out;
}

void grouping::resume(const seating& kept, duration now) {
  next_group_ = std::max(next_group_, kept.next_group);
  resumed_ = kept.window;
  for (const auto& [camera, its] : kept.seats)
    kept_seats_[camera] = {its.group,
                           {its.place, now - its.since, now - its.until, its.joined, its.accuracy, its.latest}};
}

std::optional<group_id> grouping::take_seat(const camera_id& camera) {
  const auto kept = kept_seats_.extract(camera);
  if (!kept || placed_.contains(camera))
    return std::nullopt;
  const auto& [to, as] = kept.mapped();
  enter(to, camera, as);
  placed_[camera] = {to, true, "it was in it before the server started anew"};
  return to;
}

} // namespace ecco
