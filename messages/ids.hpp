// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace ecco {

/// A value that carries its kind in its type, so that a camera's name is never taken for a worker's.
template <class T, class Kind>
struct strong {
  T value{};

  strong() = default;
  explicit strong(T v) : value(std::move(v)) {}
  friend auto operator<=>(const strong&, const strong&) = default;
};

/// Name of a camera, unique in a system; as `is_valid_name` wants it.
using camera_id = strong<std::string, struct camera_kind>;
/// Name of a GPU worker, unique in a system; as `is_valid_name` wants it.
using worker_id = strong<std::string, struct worker_kind>;
/// A group of cameras and its one retraining job. Never reused. Printed as `g-0007`.
using group_id = strong<std::uint32_t, struct group_kind>;
/// Names one retrain request; repeating a request repeats its id.
using request_id = strong<std::uint64_t, struct request_kind>;
/// Counts the allocator's terms: a grant of an earlier epoch is refused.
using epoch = strong<std::uint64_t, struct epoch_kind>;
/// Drawn anew by each process at start; tells a restarted peer from the one before.
using incarnation = strong<std::uint64_t, struct incarnation_kind>;

/// Retraining windows count from 1; 0 means "before the first".
using window_number = std::uint32_t;

/// A span of time; also a point in time relative to a stated origin.
using duration = std::chrono::nanoseconds;

/// True when `name` is 1 to 63 characters of `[a-z0-9_.-]` and begins with a letter or digit.
bool is_valid_name(const std::string& name);

/// Returns `g-0007` for group 7.
std::string to_string(group_id id);

/// Length of `d` in seconds.
inline double seconds_of(duration d) {
  return std::chrono::duration<double>(d).count();
}

/// The span closest to `s` seconds.
inline duration from_seconds(double s) {
  return std::chrono::round<duration>(std::chrono::duration<double>(s));
}

} // namespace ecco

template <class T, class Kind>
struct std::hash<ecco::strong<T, Kind>> {
  std::size_t operator()(const ecco::strong<T, Kind>& id) const noexcept {
    return std::hash<T>{}(id.value);
  }
};
