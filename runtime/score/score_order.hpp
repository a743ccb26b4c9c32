// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace ecco {

/// A detection to be ranked.
struct scored {
  /// Finite.
  double score = 0;
  std::uint32_t image = 0, detection = 0;

  friend bool operator==(const scored&, const scored&) = default;
};

/// Orders by falling score and leaves equals in their order.
void sort_by_falling_score(std::vector<scored>& items);

} // namespace ecco
