// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/world/city_map.hpp"

namespace ecco::world {

/// COCO's ids of what is labelled, counted from 0 as detectors do.
enum class object_class : std::uint8_t { person = 0, bicycle = 1, car = 2, bus = 5, truck = 7 };

struct size3 {
  float length = 0, width = 0, height = 0;
};

/// A vehicle at one moment.
struct vehicle {
  std::uint64_t id = 0;
  object_class kind = object_class::car;
  /// Body shape, within the kind.
  std::uint8_t model = 0;
  /// Chooses colour and details.
  std::uint32_t look = 0;
  vec2 at, ahead;
  /// m/s and m/s^2.
  float speed = 0, acceleration = 0;
  bool parked = false;
  /// Metres it has gone: turns wheels and pedals.
  float travelled = 0;
};

size3 size_of(object_class kind, std::uint8_t model);

/// Seconds since the world began, and the hour of day it then was.
struct day_clock {
  float start_hour = 10;

  float hour_at(double t) const { return static_cast<float>(std::fmod(start_hour + t / 3600 + 2400, 24)); }
};

/// How busy the streets are at an hour, in (0, 1].
float busyness(float hour);

/// A way through the map, driven by one vehicle in each cycle of the signals.
struct slot {
  object_class kind = object_class::car;
  std::uint8_t model = 0;
  /// When it enters, in seconds after the beginning of a cycle.
  float enters = 0;
  std::vector<vec2> path;
  /// Metres from the beginning of the path to each of its points.
  std::vector<float> along;
  /// Metres its front has gone, every `sample_step` seconds after it entered.
  std::vector<float> gone;

  static constexpr float sample_step = .2f;
  float lasts() const { return gone.empty() ? 0 : static_cast<float>(gone.size() - 1) * sample_step; }
};

// Note [Traffic in closed form]
// All signals have one cycle, and each slot sends one vehicle into the map in every cycle. So traffic
// repeats: where a vehicle is depends only on its slot and on how long ago it entered. One steady cycle is
// simulated with a car-following law (Treiber's IDM) when the world is made; afterwards any moment is a
// look-up, and vehicles queue, keep their distance and turn as they did in the simulation. Who comes by is
// different in every cycle: some stay at home (their followers then keep a larger gap), and each has its own
// colours.
class traffic {
 public:
  traffic(const city& in, day_clock clock);

  /// All vehicles on streets and highway at `t` seconds, bicycles and parked ones among them, appended to
  /// `to`.
  void at(double t, std::vector<vehicle>& to) const;

  /// Only those that park.
  void parked_at(double t, std::vector<vehicle>& to) const;

  const std::vector<slot>& slots() const { return slots_; }

  /// Where the vehicle of slot `index` is, `since` seconds after it entered.
  vehicle of_slot(std::size_t index, float since) const;

  /// The vehicle of a lane of the highway (0..2 going east, 3..5 west), numbered by its entry; nothing when
  /// it is not on the map at `t`.
  std::optional<vehicle> on_highway(int lane, std::int64_t number, double t) const;
  /// Metres it has gone there at `t`; negative before it enters.
  double highway_gone(int lane, std::int64_t number, double t) const;
  /// The number of the vehicle that entered last on `lane` before `t`.
  std::int64_t last_on_highway(int lane, double t) const;

 private:
  void streets_at(double t, std::vector<vehicle>& to) const;
  void highway_at(double t, std::vector<vehicle>& to) const;

  std::uint64_t seed_;
  day_clock clock_;
  std::vector<parking_spot> spots_;
  std::vector<slot> slots_;
};

} // namespace ecco::world
