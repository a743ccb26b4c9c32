// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/recent_frames.hpp"

#include <algorithm>
#include <utility>

namespace ecco {

void recent_frames::add(labelled_frame sample, duration arrived) {
  const auto probe = sample.shot.role == sample_role::held_out;
  auto& to = probe ? held_out_ : train_;
  to.push_back({std::move(sample), arrived});
  if (to.size() > (probe ? held_out_limit_ : train_limit_))
    to.pop_front();
}

std::vector<labelled_frame> recent_frames::newer_than(duration when) const {
  std::vector<labelled_frame> out;
  for (const auto* all : {&train_, &held_out_})
    for (const auto& one : *all)
      if (one.arrived >= when)
        out.push_back(one.sample);
  return out;
}

std::vector<labelled_frame> recent_frames::before_drift(duration when, std::size_t train, std::size_t held_out) const {
  std::vector<labelled_frame> out;
  for (const auto& [all, limit] : {std::pair{&train_, train}, {&held_out_, held_out}}) {
    const auto older = static_cast<std::size_t>(
      std::count_if(all->begin(), all->end(), [when](const kept& one) { return one.arrived < when; }));
    const auto count = std::min(older, limit);
    for (std::size_t i = 0; i < count; ++i) {
      out.push_back((*all)[(2 * i + 1) * older / (2 * count)].sample); // the middle one of each equal stretch
      out.back().before_drift = true;
    }
  }
  return out;
}

std::vector<labelled_frame> recent_frames::newest_held_out(duration span) const {
  std::vector<labelled_frame> out;
  for (const auto& one : held_out_)
    if (one.arrived >= held_out_.back().arrived - span)
      out.push_back(one.sample);
  return out;
}

} // namespace ecco
