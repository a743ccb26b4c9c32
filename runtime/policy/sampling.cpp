// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/sampling.hpp"

#include <algorithm>
#include <cmath>

namespace ecco {

namespace {

/// Counts the periods of a rate. The nudge keeps a picture that falls on a period's very start in it,
/// whatever the product's rounding.
double period_at(double fps, duration stream_time) {
  return std::floor(seconds_of(stream_time) * fps + 1e-6);
}

} // namespace

sample_role role_at(const sample_split& split, duration media_time) {
  if (media_time < duration::zero() || split.cycle == 0)
    return sample_role::guard;
  auto second = segment_at(media_time) % split.cycle;
  auto held_out = split.train + split.guard;
  if (second < split.train)
    return sample_role::train;
  if (second >= held_out && second < held_out + split.held_out)
    return sample_role::held_out;
  return sample_role::guard;
}

std::int64_t segment_at(duration media_time) {
  return std::chrono::floor<std::chrono::seconds>(media_time).count();
}

sampling_plan share_plan(const sampling_plan& whole, std::uint32_t members, double least_fps) {
  auto plan = whole;
  auto shared = whole.train_fps / std::max(members, 1u);
  plan.train_fps = std::max(shared, std::min(least_fps, whole.train_fps));
  return plan;
}

bool is_due(double fps, duration stream_time, duration last_taken) {
  return fps > 0 && period_at(fps, stream_time) != period_at(fps, last_taken);
}

} // namespace ecco
