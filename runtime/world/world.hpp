// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "messages/detection.hpp"
#include "runtime/world/cameras.hpp"
#include "runtime/world/city_map.hpp"
#include "runtime/world/fcd_trace.hpp"
#include "runtime/world/lamp_light.hpp"
#include "runtime/world/scenery.hpp"
#include "runtime/world/surface.hpp"
#include "runtime/world/traffic.hpp"
#include "runtime/world/truth.hpp"
#include "runtime/world/walkers.hpp"

namespace ecco::world {

struct world_options {
  std::uint64_t seed = 1;
  /// Hour of the day at second 0; decides how busy it is.
  float start_hour = 10;

  /// Takes the place of all who drive and walk; who parks stays. None: the city's own.
  std::shared_ptr<const fcd_trace> trace{};

  friend bool operator==(const world_options& a, const world_options& b) {
    return a.seed == b.seed && a.start_hour == b.start_hour
           && (a.trace && b.trace ? *a.trace == *b.trace : a.trace == b.trace);
  }
};

/// A city and all that moves in it, at any time. Made once (about half a second) and shared by its cameras;
/// nothing of it ever changes, so any number of threads may look at it.
struct world {
  explicit world(const world_options& options);

  world_options options;
  city map;
  scenery still;
  traffic vehicles;
  walkers people;
  noise grain;
  lamp_light lamps;
};

/// A picture and the truth about it.
struct shot {
  image picture;
  std::vector<seen_object> objects;
  /// For each pixel, row by row, whose it is: 0 nobody's, else 1 + the index into `objects`.
  std::vector<std::uint16_t> owners;
  view from;
  conditions weather;
};

/// Draws what one camera sees. Each picture depends on world, plan and time alone: not on what was drawn
/// before, nor on what is kept to be faster.
class world_camera {
 public:
  /// @param keep_still what never changes is drawn once for a camera that stands still; the pictures are the
  /// same
  world_camera(std::shared_ptr<const world> in, const camera_plan& plan, bool keep_still = true);
  ~world_camera();
  world_camera(world_camera&&) noexcept;

  /// The picture at `t` seconds.
  shot at(double t);

  const camera_plan& plan() const;
  camera_state state_at(double t) const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace ecco::world
