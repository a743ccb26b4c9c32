// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/labels.hpp"

namespace ecco::world {

bool counts(const seen_object& object, const label_rules& rules) {
  return object.y1 - object.y0 >= rules.least_height && object.pixels >= rules.least_pixels
         && object.visible >= rules.least_visible;
}

std::vector<label> labels_of(const shot& of, const label_rules& rules) {
  std::vector<label> all;
  const auto wide = static_cast<float>(of.picture.width), tall = static_cast<float>(of.picture.height);
  for (const auto& one : of.objects) {
    if (one.pixels < least_labelled_pixels)
      continue;
    label made;
    made.where = {static_cast<float>(one.x0) / wide, static_cast<float>(one.y0) / tall,
                  static_cast<float>(one.x1) / wide, static_cast<float>(one.y1) / tall};
    made.class_id = static_cast<std::uint16_t>(one.kind);
    made.ignore = !counts(one, rules);
    all.push_back(made);
  }
  return all;
}

} // namespace ecco::world
