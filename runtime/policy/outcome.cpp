// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/outcome.hpp"

#include <cmath>
#include <map>
#include <string_view>

#include "runtime/score/camera_mean.hpp"

namespace ecco {

micro_window_outcome outcome_of(std::span<const camera_score> before, std::span<const camera_score> after) {
  std::map<std::string_view, const camera_score*> then;
  for (const auto& score : before)
    then.emplace(score.camera.value, &score);
  camera_mean mean_before, mean_after;
  for (const auto& now : after) {
    const auto found = then.find(now.camera.value);
    if (found == then.end() || std::isnan(found->second->map50) || std::isnan(now.map50))
      continue;
    mean_before.add(found->second->map50);
    mean_after.add(now.map50, now.standard_error);
  }
  return {mean_before.value(), mean_after.value(), mean_after.standard_error()};
}

} // namespace ecco
