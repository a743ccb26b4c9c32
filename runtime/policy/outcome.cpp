// SPDX-License-Identifier: Apache-2.0
#include "runtime/policy/outcome.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <string_view>

namespace ecco {

micro_window_outcome outcome_of(std::span<const camera_score> before, std::span<const camera_score> after) {
  std::map<std::string_view, const camera_score*> then;
  for (const auto& score : before)
    then.emplace(score.camera.value, &score);
  double sum_before = 0, sum_after = 0, squares = 0, cameras = 0;
  for (const auto& now : after) {
    const auto found = then.find(now.camera.value);
    if (found == then.end() || std::isnan(found->second->map50) || std::isnan(now.map50))
      continue;
    sum_before += found->second->map50;
    sum_after += now.map50;
    squares += std::isfinite(now.standard_error) ? now.standard_error * now.standard_error : 0;
    ++cameras;
  }
  if (cameras == 0) {
    constexpr auto unknown = std::numeric_limits<double>::quiet_NaN();
    return {unknown, unknown, unknown};
  }
  return {sum_before / cameras, sum_after / cameras, std::sqrt(squares) / cameras};
}

} // namespace ecco
