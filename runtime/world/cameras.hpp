// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "messages/error.hpp"
#include "runtime/world/raster.hpp"
#include "runtime/world/schedule.hpp"
#include "runtime/world/trace_rides.hpp"
#include "runtime/world/traffic.hpp"

namespace ecco::world {

enum class mount : std::uint8_t { pole, vehicle, drone };

/// A camera of the city: where it is fixed, and what happens to it.
struct camera_plan {
  std::string name;
  mount on = mount::pole;
  district home = district::downtown;
  /// Which of the places, vehicles or drones of its district; any number.
  std::uint32_t number = 0;
  /// Drones of one formation fly beside each other; 0 flies alone.
  std::uint32_t formation = 0;
  schedule happens;
  std::uint16_t width = 320, height = 192;

  friend bool operator==(const camera_plan&, const camera_plan&) = default;
};

/// Reads a name such as `downtown-2`, `car-park-1`, `drone-suburb-3`: what it is on (a pole when nothing is
/// said), its district, its number from 1 on.
result<camera_plan> camera_named(const std::string& name);

/// Where a camera stands and looks at one moment.
struct camera_state {
  view from;
  /// The vehicle it is on, which it does not see.
  std::uint64_t carried_by = 0;
  /// m/s.
  vec3 velocity;
};

/// A camera's way through the city.
class camera_path {
 public:
  /// @param recorded takes the place of the traffic; it and `among` outlive the path
  camera_path(const camera_plan& plan, const city& in, const traffic& among, const fcd_trace* recorded = nullptr);

  camera_state at(double t) const;
  /// Does it always look at the same place?
  bool is_fixed() const { return plan_.on == mount::pole; }

 private:
  /// From `phase` of the signals' cycle on, the vehicle of `slot`, which entered `since` seconds before that.
  struct ride {
    float phase = 0, since = 0;
    std::size_t slot = 0;
  };
  camera_state on_pole() const;
  camera_state on_street(const std::vector<ride>& rides, double t) const;
  camera_state on_highway(double t) const;
  camera_state on_drone(double t) const;
  camera_state carried(const vehicle& by, double t) const;
  std::vector<ride> plan_rides(district where, std::uint64_t draw) const;

  camera_plan plan_;
  std::uint64_t seed_, draw_;
  const traffic& traffic_;
  /// By district and by which of `turns` cycles it is.
  std::vector<std::vector<ride>> rides_;
  std::optional<trace_rides> recorded_rides_;
};

} // namespace ecco::world
