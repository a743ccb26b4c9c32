// SPDX-License-Identifier: Apache-2.0
#include "runtime/learn/training_recipe.hpp"

#include <string>

namespace ecco {

result<void> validate(const training_recipe& r) {
  struct bound {
    const char* field;
    double value, least, most;
  };
  const bound bounds[] = {
      {"batch", static_cast<double>(r.batch), 1, 4096},
      {"learning_rate", r.learning_rate, 0, 1},
      {"first_moment_decay", r.first_moment_decay, 0, .9999},
      {"second_moment_decay", r.second_moment_decay, 0, .999999},
      {"weight_decay", r.weight_decay, 0, 1},
      {"gradient_clip", r.gradient_clip, 1e-6, 1e6},
      {"average_decay", r.average_decay, 0, .999999},
      {"average_ramp", r.average_ramp, 1e-6, 1e6},
      {"statistics_momentum", r.statistics_momentum, 1e-6, 1},
      {"augment.flip", r.augment.flip, 0, 1},
      {"augment.scale", r.augment.scale, 0, .9},
      {"augment.translate", r.augment.translate, 0, .9},
      {"augment.hue", r.augment.hue, 0, 1},
      {"augment.saturation", r.augment.saturation, 0, 1},
      {"augment.brightness", r.augment.brightness, 0, 1},
      {"augment.mosaic", r.augment.mosaic, 0, 1},
      {"gains.box", r.gains.box, 0, 1e3},
      {"gains.classes", r.gains.classes, 0, 1e3},
      {"gains.distances", r.gains.distances, 0, 1e3},
  };
  for (const auto& b : bounds)
    if (!(b.value >= b.least && b.value <= b.most))
      return fail(ec::invalid_argument, "recipe: " + std::string{b.field} + " = " + std::to_string(b.value),
                  "use a value from " + std::to_string(b.least) + " to " + std::to_string(b.most));
  return {};
}

} // namespace ecco
