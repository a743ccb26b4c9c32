// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/status_merge.hpp"

#include <algorithm>
#include <utility>

namespace ecco {

namespace {

void merge(group_standing& into, const group_standing& part) {
  auto members = into.members.empty() ? part.members : std::move(into.members);
  if (part.members.empty())
    into = part;
  into.members = std::move(members);
}

} // namespace

void merge(status_report& into, const status_report& part) {
  into.uptime = std::max(into.uptime, part.uptime);
  into.term.value = std::max(into.term.value, part.term.value);
  into.window = std::max(into.window, part.window);
  into.micro_window = std::max(into.micro_window, part.micro_window);
  into.cameras.insert(into.cameras.end(), part.cameras.begin(), part.cameras.end());
  into.workers.insert(into.workers.end(), part.workers.begin(), part.workers.end());
  for (const auto& group : part.groups) {
    const auto known = std::find_if(into.groups.begin(), into.groups.end(),
                                    [&](const group_standing& other) { return other.group == group.group; });
    if (known == into.groups.end())
      into.groups.push_back(group);
    else
      merge(*known, group);
  }
}

std::vector<group_standing> group_standings(const allocation& jobs) {
  std::vector<group_standing> out;
  const auto shares = jobs.shares();
  auto share = shares.begin(); // both are in the order of ids; a job without members has no share
  for (const auto& standing : jobs.standings()) {
    const auto has_share = share != shares.end() && share->group == standing.group;
    out.push_back({standing.group, {}, standing.accuracy, has_share ? (share++)->p : 0, standing.grants});
  }
  return out;
}

void place_cameras_in_groups(status_report& whole) {
  for (auto& camera : whole.cameras)
    for (const auto& group : whole.groups)
      if (std::find(group.members.begin(), group.members.end(), camera.last.camera) != group.members.end())
        camera.group = group.group;
}

} // namespace ecco
