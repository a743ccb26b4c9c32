// SPDX-License-Identifier: Apache-2.0
#include "deploy/export/export_time.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>

#include "config/units.hpp"

namespace ecco {

namespace {

using namespace std::chrono;

/// The number that `text` begins with, of exactly so many digits and at most `most`, followed by `mark`; they
/// are taken off.
std::optional<int> take(std::string_view& text, std::size_t digits, int most, std::string_view mark) {
  int value = 0;
  const auto* end = text.data() + std::min(digits, text.size());
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != text.data() + digits || value < 0 || value > most)
    return std::nullopt;
  text.remove_prefix(digits);
  if (!text.starts_with(mark))
    return std::nullopt;
  text.remove_prefix(mark.size());
  return value;
}

std::optional<duration> date_and_time(std::string_view text) {
  if (text.ends_with('Z'))
    text.remove_suffix(1);
  const auto y = take(text, 4, 2199, "-"), m = take(text, 2, 12, "-"), d = take(text, 2, 31, "");
  if (!y || !m || !d)
    return std::nullopt;
  const year_month_day day{year{*y}, month{static_cast<unsigned>(*m)},
                           std::chrono::day{static_cast<unsigned>(*d)}};
  if (!day.ok() || *y < 1970)
    return std::nullopt;
  const duration midnight = sys_days{day}.time_since_epoch();
  if (text.empty())
    return midnight;
  const bool with_seconds = text.size() > 6;
  if (!text.starts_with('T') && !text.starts_with(' '))
    return std::nullopt;
  text.remove_prefix(1);
  const auto hour = take(text, 2, 23, ":"), minute = take(text, 2, 59, with_seconds ? ":" : "");
  const auto second = with_seconds ? take(text, 2, 59, "") : std::optional{0};
  if (!hour || !minute || !second || !text.empty())
    return std::nullopt;
  return midnight + hours{*hour} + minutes{*minute} + seconds{*second};
}

} // namespace

result<duration> parse_moment(std::string_view text, duration now) {
  if (const auto moment = date_and_time(text))
    return *moment;
  const auto ago = parse_duration(text);
  if (ago && *ago >= duration::zero())
    return std::max(duration::zero(), now - *ago);
  return fail(ec::invalid_argument, "'" + std::string{text} + "' is no moment",
              "write 2026-11-28T05:10 (UTC), or 90m for ninety minutes ago");
}

std::string as_moment(duration since_1970) {
  const auto whole = floor<seconds>(since_1970);
  const auto days = floor<std::chrono::days>(whole);
  const year_month_day day{sys_days{days}};
  const hh_mm_ss clock{whole - days};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

} // namespace ecco
