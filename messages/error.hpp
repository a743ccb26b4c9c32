// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace ecco {

/// Why an operation failed. The numbers travel on the wire: append, never reuse.
enum class ec : std::uint8_t {
  /// A value is outside its documented range, or two values contradict.
  invalid_argument = 1,
  /// Bytes that are not what their format promises: truncated, corrupt, too large.
  malformed_data = 2,
  /// A file, actor, camera or model of that name does not exist.
  not_found = 3,
  /// The operating system refused to read or write.
  io_failed = 4,
  /// A peer is gone or was never there.
  unreachable = 5,
  /// The answer did not come in time; the work may have been done all the same.
  timed_out = 6,
  /// The message belongs to an epoch or revision that is over.
  stale = 7,
  /// Nothing is free to do the work now; asking again later may succeed.
  unavailable = 8,
  /// Weights of another architecture, scale or class count.
  shape_mismatch = 9,
  /// A loss, weight or score is not finite.
  not_finite = 10,
  /// The stream, file or loop has no more to give.
  end_of_stream = 11,
  /// An optional capability (codec, device, teacher) is missing here.
  unsupported = 12,
  /// A broken invariant of ecco itself.
  internal = 13,
};

/// Returns the stable, lower-case name of `code`, e.g. `malformed_data`.
std::string_view to_string(ec code);

/// An expected failure, as a value: what failed and where, why, and what to do next.
struct error {
  ec code = ec::internal;
  /// What failed, where and why: "vtest.avi: no video stream".
  std::string what;
  /// What to do next; empty when there is nothing sensible to say.
  std::string hint;

  friend bool operator==(const error&, const error&) = default;
};

/// Renders `failure` for people: "what (code); hint".
std::string render(const error& failure);

/// Either a value or the reason there is none.
template <class T>
using result = tl::expected<T, error>;

/// Makes the failing side of a `result`.
inline tl::unexpected<error> fail(ec code, std::string what, std::string hint = {}) {
  return tl::unexpected<error>{error{code, std::move(what), std::move(hint)}};
}

} // namespace ecco
