// SPDX-License-Identifier: Apache-2.0
// Private to messages/: one function for each kind of value that the wire carries. Each returns the value it
// is given, in our type, or refuses it by throwing an `error` that names the place.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <capnp/blob.h>
#include <capnp/list.h>
#include <capnp/schema.h>

#include "messages/blob.hpp"
#include "messages/detection.hpp"
#include "messages/ids.hpp"
#include "messages/place.hpp"
#include "messages/utf8.hpp"

namespace ecco::wire {

/// Bounds of what a message may hold. Lists are checked before memory is taken for them.
inline constexpr std::size_t max_entries = 65'536;
inline constexpr std::size_t max_boxes = 4'096;
inline constexpr std::size_t max_text = 1u << 20;
inline constexpr std::size_t max_json = 16u << 20;

// -- text and names ---------------------------------------------------------

inline std::string text(const place& at, capnp::Text::Reader from, std::size_t most = max_text) {
  if (from.size() > most)
    refuse(at, "has " + std::to_string(from.size()) + " bytes, at most " + std::to_string(most));
  std::string value{from.begin(), from.size()};
  if (!is_utf8(value))
    refuse(at, "is not UTF-8");
  return value;
}

inline std::string text_not_empty(const place& at, capnp::Text::Reader from) {
  if (from.size() == 0)
    refuse(at, "is empty");
  return text(at, from);
}

inline std::string name(const place& at, capnp::Text::Reader from) {
  auto value = text_not_empty(at, from);
  if (!is_valid_name(value))
    refuse(at, "is not a name",
           "a name is 1 to 63 characters of a-z, 0-9, '_', '-' and '.', the first a letter or digit");
  return value;
}

template <class Id>
Id id(const place& at, capnp::Text::Reader from) {
  return Id{name(at, from)};
}

template <class Id>
Id id_or_empty(const place& at, capnp::Text::Reader from) {
  return from.size() == 0 ? Id{} : id<Id>(at, from);
}

/// Empty, or the 64 lower-case hexadecimal digits of a SHA-256.
inline std::string sha256(const place& at, capnp::Text::Reader from) {
  auto value = text(at, from);
  if (!value.empty() && (value.size() != 64 || value.find_first_not_of("0123456789abcdef") != value.npos))
    refuse(at, "is not 64 lower-case hexadecimal digits");
  return value;
}

// -- numbers ----------------------------------------------------------------

inline std::string shown(double value) {
  if (std::isnan(value))
    return "nan";
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

template <class Number>
Number between(const place& at, Number value, Number low, Number high) {
  if (std::isnan(value))
    refuse(at, "is nan");
  if (!(value >= low && value <= high))
    refuse(at, "is " + shown(value) + ", not within " + shown(low) + " to " + shown(high));
  return value;
}

inline double finite(const place& at, double value) {
  constexpr auto most = std::numeric_limits<double>::max();
  if (std::isinf(value))
    refuse(at, "is " + shown(value));
  return between(at, value, -most, most);
}

inline double not_negative(const place& at, double value) {
  if (finite(at, value) < 0)
    refuse(at, "is " + shown(value) + ", less than 0");
  return value;
}

template <class Number>
Number fraction(const place& at, Number value) {
  return between(at, value, Number{0}, Number{1});
}

/// Applies `check`, but lets NaN through.
template <class Check>
double nan_or(Check check, const place& at, double value) {
  return std::isnan(value) ? value : check(at, value);
}

/// A fraction, or nothing when it is NaN.
inline std::optional<double> known_fraction(const place& at, double value) {
  return std::isnan(value) ? std::nullopt : std::optional{fraction(at, value)};
}

inline duration span(const place& at, std::int64_t nanoseconds) {
  if (nanoseconds < 0)
    refuse(at, "is " + std::to_string(nanoseconds) + " ns, less than 0");
  return duration{nanoseconds};
}

inline std::uint16_t even(const place& at, std::uint16_t pixels) {
  if (pixels % 2 != 0)
    refuse(at, "is " + std::to_string(pixels) + ", not even");
  return pixels;
}

/// Our enumerator of the same number.
template <class Enum, class Wire>
Enum enumerator(const place& at, Wire from) {
  const auto number = static_cast<std::uint16_t>(from);
  if (number >= capnp::Schema::from<Wire>().getEnumerants().size())
    refuse(at, "is enumerant " + std::to_string(number) + ", unknown here",
           "the sender may be of a later version");
  return static_cast<Enum>(number);
}

// -- bytes and lists --------------------------------------------------------

inline bytes copy_of(capnp::Data::Reader from) {
  return {from.begin(), from.end()};
}

inline blob to_blob(capnp::Data::Reader from) {
  return from.size() == 0 ? blob{} : blob{copy_of(from)};
}

/// Makes a vector of what `read_one(place, element)` returns.
template <class List, class Read>
auto each(const place& at, List from, std::size_t most, Read read_one) {
  if (from.size() > most)
    refuse(at, "has " + std::to_string(from.size()) + " entries, at most " + std::to_string(most));
  std::vector<std::invoke_result_t<Read, const place&, decltype(from[0])>> all;
  all.reserve(from.size());
  for (unsigned i = 0; i < from.size(); ++i)
    all.push_back(read_one(at[i], from[i]));
  return all;
}

/// Reads a list of structs, each with its own `read`.
template <class List>
auto list(const place& at, List from, std::size_t most = max_entries) {
  return each(at, from, most, [](const place& here, auto element) { return read(here, element); });
}

template <class Id>
std::vector<Id> ids(const place& at, capnp::List<capnp::Text>::Reader from) {
  return each(at, from, max_entries, id<Id>);
}

inline std::vector<std::string> texts(const place& at, capnp::List<capnp::Text>::Reader from) {
  return each(at, from, max_entries, text_not_empty);
}

// -- shapes -----------------------------------------------------------------

inline outline shape(const place& at, capnp::List<capnp::List<std::uint16_t>>::Reader from) {
  std::size_t corners = 0;
  return {each(at, from, max_rings, [&corners](const place& here, auto numbers) {
    if (numbers.size() < 6 || numbers.size() % 2 != 0)
      refuse(here,
             "has " + std::to_string(numbers.size()) + " numbers, not x and y of three corners or more");
    corners += numbers.size() / 2;
    if (corners > max_corners)
      refuse(here, "is one ring too many: they have more than " + std::to_string(max_corners) + " corners");
    std::vector<corner> ring(numbers.size() / 2);
    for (unsigned i = 0; i < ring.size(); ++i)
      ring[i] = {numbers[2 * i], numbers[2 * i + 1]};
    return ring;
  })};
}

} // namespace ecco::wire
