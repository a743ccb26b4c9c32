// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "runtime/world/traffic.hpp"
#include "runtime/world/walkers.hpp"

namespace ecco::world {

/// From a network's coordinates to the city's: metres to the east and north of its middle, after scaling.
struct fcd_place {
  double scale = 1, east = 0, north = 0;

  friend bool operator==(const fcd_place&, const fcd_place&) = default;
};

// Note [SUMO's traffic]
// `sumo --fcd-output` writes who is where at every step: <timestep time><vehicle id type x y angle speed/>
// <person id x y angle speed/></timestep>. x and y are metres, x to the east and y to the north as in the city, of a
// vehicle's front; angles are degrees from north, clockwise. The first step is the world's second 0; between two steps
// everybody goes on a curve with the speeds and directions of both; who is in no next step, or there at a place that it
// cannot have driven to, goes on as it did until then; after the last step the trace begins again, with others of the
// same kind and looks of their own. Types that speak of a bus, a truck, a trailer, or a bicycle are those, two-wheelers
// with an engine are bicycles, all else is a car. The city's signals are its own: they fit a trace that was made on the
// city's streets (Note [The city for SUMO]) and follow no other.

/// Traffic and people recorded from SUMO.
class fcd_trace {
 public:
  /// @param name stands for the file in errors
  /// @returns `malformed_data` naming `name:line` for what is no XML, an element or attribute that is missing, unknown or
  ///          out of range, times that do not ascend, somebody twice at one time, an empty trace, more than 10 million
  ///          sightings, and a document type (which may swell)
  static result<std::shared_ptr<const fcd_trace>> parse(std::string_view text, const std::string& name,
                                                        const fcd_place& place = {});
  /// The same from a file of at most 256 MiB. @returns also `not_found`, `io_failed`
  static result<std::shared_ptr<const fcd_trace>> read(const std::filesystem::path& file, const fcd_place& place = {});

  /// Everybody at `t` seconds, appended. A step is found by its time; nothing before it is gone through.
  void at(double t, std::vector<vehicle>& vehicles, std::vector<walker>& people) const;

  /// Seconds after which it begins again.
  double lasts() const { return lasts_; }

  /// When a vehicle with an engine is in the trace: seconds from its first step, and who, for `vehicle_of`.
  struct presence {
    std::uint32_t who = 0;
    vec2 at;
    double time = 0;
  };
  /// All of them, at every step that is `every` seconds or more after the one before, in the order of time.
  std::vector<presence> presences(double every) const;
  /// Where `who` is at `t` seconds; nothing when it is not there.
  std::optional<vehicle> vehicle_of(std::uint32_t who, double t) const;

  const std::string& name() const { return name_; }
  const fcd_place& place() const { return place_; }

  /// The same traffic?
  friend bool operator==(const fcd_trace& a, const fcd_trace& b) {
    return a.name_ == b.name_ && a.place_ == b.place_ && a.digest_ == b.digest_;
  }

 private:
  friend class fcd_reader;
  fcd_trace() = default;

  struct track {
    std::uint64_t id = 0;
    object_class kind = object_class::car;
    std::uint8_t model = 0;
  };
  struct sighting {
    std::uint32_t track = 0;
    /// In the next step; none: it is not there.
    std::uint32_t next = none;
    vec2 at, ahead;
    /// The direction in which the front goes on, where `ahead` is that of the whole body.
    vec2 way;
    float speed = 0, acceleration = 0, travelled = 0;
  };
  struct step {
    double time = 0;
    std::size_t first = 0;
  };
  static constexpr std::uint32_t none = UINT32_MAX;

  /// A time of the world in the trace.
  struct moment {
    std::int64_t round = 0;
    /// The sightings of the step before it, and that step's distance in time to it and to the next one.
    std::size_t first = 0, end = 0;
    float since = 0, step = 1;
  };
  moment moment_of(double t) const;
  /// A sighting carried on to a moment.
  sighting moved(const sighting& from, const moment& to) const;
  vehicle vehicle_at(const sighting& from, const moment& now) const;

  std::string name_;
  fcd_place place_;
  std::uint64_t digest_ = 0;
  std::vector<track> tracks_;
  std::vector<step> steps_;
  double lasts_ = 1;
  /// Of all steps, one after the other.
  std::vector<sighting> seen_;
};

} // namespace ecco::world
