// SPDX-License-Identifier: Apache-2.0
#include "config/units.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

namespace ecco {

namespace {

struct unit {
  std::string_view name;
  double factor;
};

// Largest first; the unit to suggest for a bare number is given where the table is used.
constexpr std::array<unit, 6> time_units{
    {{"h", 3600e9}, {"m", 60e9}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}}};
constexpr std::array<unit, 4> rate_units{{{"Gbit", 1e9}, {"Mbit", 1e6}, {"kbit", 1e3}, {"bit", 1}}};
constexpr std::array<unit, 5> byte_units{{{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1}}};
constexpr std::array<unit, 2> length_units{{{"km", 1000}, {"m", 1}}};

std::string in_quotes(std::string_view text) {
  return "'" + std::string{text} + "'";
}

/// The length of the decimal number that `text` begins with. Words such as "inf" are none.
std::size_t number_length(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const auto begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9')
      ++at;
    return at - begin;
  };
  if (at < text.size() && (text[at] == '-' || text[at] == '+'))
    ++at;
  auto seen = digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    seen += digits();
  }
  if (seen == 0)
    return 0;
  const auto mantissa = at;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+'))
      ++at;
    if (digits() == 0)
      return mantissa;
  }
  return at;
}

result<double> parse_quantity(std::string_view text, std::span<const unit> units, std::string_view example,
                              std::string_view suggested) {
  const auto length = number_length(text);
  if (length == 0)
    return fail(ec::invalid_argument, "is not a number with a unit: " + in_quotes(text),
                "write for example " + std::string{example});
  const auto name = text.substr(length);
  if (name.empty())
    return fail(ec::invalid_argument, "is " + std::string{text} + " without a unit",
                "write " + std::string{text} + std::string{suggested});
  for (const auto& one : units)
    if (one.name == name) {
      const auto number = parse_number(text.substr(0, length));
      return number.map([&](double amount) { return amount * one.factor; });
    }
  std::string known;
  for (const auto& one : units)
    known += (known.empty() ? "" : ", ") + std::string{one.name};
  return fail(ec::invalid_argument, "has the unknown unit " + in_quotes(name), "units are " + known);
}

/// `amount` in the largest unit that makes it a whole number.
std::string whole_text(std::int64_t amount, std::span<const unit> units) {
  for (const auto& one : units) {
    const auto factor = static_cast<std::int64_t>(one.factor);
    if (amount % factor == 0 && (amount != 0 || one.name == "s"))
      return std::to_string(amount / factor) + std::string{one.name};
  }
  return std::to_string(amount) + std::string{units.back().name};
}

} // namespace

result<double> parse_number(std::string_view text) {
  auto digits = text;
  if (digits.starts_with('+'))
    digits.remove_prefix(1); // YAML knows a plus sign, std::from_chars does not
  double value = 0;
  const auto end = digits.data() + digits.size();
  const auto [stop, problem] = std::from_chars(digits.data(), end, value);
  if (number_length(text) != text.size() || text.empty() || stop != end || problem != std::errc{})
    return fail(ec::invalid_argument, "must be a number, but is " + in_quotes(text));
  return value;
}

result<duration> parse_duration(std::string_view text) {
  const auto count = parse_quantity(text, time_units, "10s", "s");
  if (!count)
    return tl::unexpected{count.error()};
  if (std::abs(*count) > 9e18)
    return fail(ec::invalid_argument, "is longer than 292 years: " + in_quotes(text));
  return duration{std::llround(*count)};
}

result<bit_rate> parse_bit_rate(std::string_view text) {
  const auto bits = parse_quantity(text, rate_units, "500kbit", "kbit");
  if (!bits)
    return tl::unexpected{bits.error()};
  if (*bits < 0 || *bits > std::numeric_limits<std::uint32_t>::max())
    return fail(ec::invalid_argument, "must be between 0bit and 4Gbit, but is " + std::string{text});
  return bit_rate{static_cast<std::uint32_t>(std::llround(*bits))};
}

result<byte_count> parse_byte_count(std::string_view text) {
  const auto bytes = parse_quantity(text, byte_units, "256MB", "MB");
  if (!bytes)
    return tl::unexpected{bytes.error()};
  if (!(*bytes >= 0 && *bytes <= 9e18))
    return fail(ec::invalid_argument, "must be between 0B and 9000000TB, but is " + std::string{text});
  return byte_count{static_cast<std::uint64_t>(std::llround(*bytes))};
}

result<metres> parse_length(std::string_view text) {
  return parse_quantity(text, length_units, "200m", "m").map([](double value) { return metres{value}; });
}

result<picture_size> parse_picture_size(std::string_view text) {
  picture_size size;
  const auto end = text.data() + text.size();
  const auto width = std::from_chars(text.data(), end, size.width);
  if (width.ec == std::errc{} && width.ptr != end && *width.ptr == 'x') {
    const auto height = std::from_chars(width.ptr + 1, end, size.height);
    if (height.ec == std::errc{} && height.ptr == end)
      return size;
  }
  return fail(ec::invalid_argument, "is not a picture size: " + in_quotes(text), "write for example 320x192");
}

std::string to_text(duration value) {
  return whole_text(value.count(), time_units);
}

std::string to_text(bit_rate value) {
  return value.value == 0 ? "0bit" : whole_text(value.value, rate_units);
}

std::string to_text(byte_count value) {
  return value.value == 0 ? "0B" : whole_text(static_cast<std::int64_t>(value.value), byte_units);
}

std::string to_text(metres value) {
  const bool whole_km = value.value != 0 && std::abs(value.value) < 1e15 && std::fmod(value.value, 1000) == 0;
  return whole_km ? to_text(value.value / 1000) + "km" : to_text(value.value) + "m";
}

std::string to_text(picture_size value) {
  return std::to_string(value.width) + "x" + std::to_string(value.height);
}

std::string to_text(double value) {
  std::array<char, 32> text;
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), written.ptr};
}

} // namespace ecco
