// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "config/log_level.hpp"

namespace ecco {

/// One `key=value` of a line.
struct log_field {
  std::string_view key;
  std::variant<bool, std::int64_t, std::uint64_t, double, std::string> value;

  log_field(std::string_view k, bool v) : key(k), value(v) {}
  log_field(std::string_view k, std::signed_integral auto v) : key(k), value(std::int64_t{v}) {}
  log_field(std::string_view k, std::unsigned_integral auto v) : key(k), value(std::uint64_t{v}) {}
  log_field(std::string_view k, std::floating_point auto v) : key(k), value(double{v}) {}
  log_field(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  log_field(std::string_view k, std::string_view v) : key(k), value(std::string{v}) {}
  log_field(std::string_view k, const char* v) : key(k), value(std::string{v}) {}
};

enum class log_format : std::uint8_t {
  /// `2026-11-23T03:20:11.482Z INF camera north_gate drift detected score=0.41`
  text,
  /// One object a line, with the keys `ts level component name msg` and those of the fields.
  json,
};

/// Writes `line` and a line break to stderr in one piece.
void write_to_stderr(std::string_view line);

struct log_options {
  /// What matters less than this is not shown.
  log_level level = log_level::info;
  log_format format = log_format::text;
  /// Colours the level, in text.
  bool colour = false;
  /// Tells the time, UTC. Without it lines carry none, as in tests and under virtual time.
  std::function<std::chrono::system_clock::time_point()> now;
  /// Gets each line without its line break, one at a time.
  std::function<void(std::string_view line)> write = write_to_stderr;
};

/// Where lines go: a cheap handle, made by main and handed down, usable from any thread. What untrusted
/// parties chose cannot forge a line: control characters are escaped. Passwords are the caller's care
/// (`redact`).
class logger {
 public:
  /// Shows nothing.
  logger() = default;
  explicit logger(log_options options);

  /// A handle whose lines begin with whom they are about: `camera` and its name `north_gate`, or `allocator`.
  logger about(std::string component, std::string name = {}) const;

  /// True when lines of `level` are shown; for lines that are costly to make.
  bool shows(log_level level) const;

  using fields = std::initializer_list<log_field>;
  void debug(std::string_view message, fields with = {}) const { write(log_level::debug, message, with); }
  void info(std::string_view message, fields with = {}) const { write(log_level::info, message, with); }
  void warn(std::string_view message, fields with = {}) const { write(log_level::warn, message, with); }
  void error(std::string_view message, fields with = {}) const { write(log_level::error, message, with); }
  void write(log_level level, std::string_view message, fields with = {}) const;

 private:
  struct sink;

  std::shared_ptr<sink> sink_;
  std::string component_, name_;
};

} // namespace ecco
