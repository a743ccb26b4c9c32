// SPDX-License-Identifier: Apache-2.0
#include "deploy/export/one_polygon.hpp"

namespace ecco {

std::vector<corner> one_polygon(const outline& shape) {
  auto out = shape.rings.front();
  if (shape.rings.size() == 1)
    return out;
  const auto home = out.front();
  out.push_back(home);
  for (std::size_t i = 1; i < shape.rings.size(); ++i) {
    const auto& ring = shape.rings[i];
    out.insert(out.end(), ring.begin(), ring.end());
    out.push_back(ring.front());
    out.push_back(home);
  }
  return out;
}

} // namespace ecco
