// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/log.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <utility>

#include <nlohmann/json.hpp>

namespace ecco {

namespace {

struct level_style {
  std::string_view word, json, colour;
};

constexpr std::array<level_style, 4> styles{{{"DBG", "debug", "\x1b[2m"},
                                             {"INF", "info", "\x1b[32m"},
                                             {"WRN", "warn", "\x1b[33m"},
                                             {"ERR", "error", "\x1b[31m"}}};

const level_style& style_of(log_level level) {
  return styles.at(static_cast<std::size_t>(level));
}

/// RFC 3339 in UTC with milliseconds.
std::string timestamp(std::chrono::system_clock::time_point at) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const auto calendar = static_cast<std::time_t>(seconds.count());
  std::tm parts{};
  gmtime_r(&calendar, &parts);
  std::array<char, 32> date{};
  std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>((since - seconds).count()));
  return std::string{date.data()} + fraction.data();
}

void append_escaped(std::string& out, std::string_view text, bool in_quotes) {
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '\n')
      out += "\\n";
    else if (code < 0x20 || code == 0x7f) {
      std::array<char, 8> hex{};
      std::snprintf(hex.data(), hex.size(), "\\x%02x", code);
      out += hex.data();
    } else {
      if (in_quotes && (c == '"' || c == '\\'))
        out += '\\';
      out += c;
    }
  }
}

void append_value(std::string& out, const std::string& text) {
  const bool in_quotes = text.empty() || text.find_first_of(" \"=\\") != text.npos;
  out += in_quotes ? "\"" : "";
  append_escaped(out, text, in_quotes);
  out += in_quotes ? "\"" : "";
}

void append_value(std::string& out, double number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", number);
  out += text.data();
}

void append_value(std::string& out, bool yes) {
  out += yes ? "true" : "false";
}

void append_value(std::string& out, std::integral auto number) {
  out += std::to_string(number);
}

} // namespace

struct logger::sink {
  explicit sink(log_options chosen) : options(std::move(chosen)) {}

  const log_options options;
  std::mutex one_at_a_time;

  std::string text(log_level level, std::string_view component, std::string_view name,
                   std::string_view message, fields with) const {
    std::string line;
    if (options.now)
      line += timestamp(options.now()) + " ";
    const auto& style = style_of(level);
    if (options.colour)
      line.append(style.colour).append(style.word).append("\x1b[0m");
    else
      line += style.word;
    for (const auto part : {component, name, message})
      if (!part.empty()) {
        line += ' ';
        append_escaped(line, part, false);
      }
    for (const auto& field : with) {
      line.append(" ").append(field.key).append("=");
      std::visit([&](const auto& value) { append_value(line, value); }, field.value);
    }
    return line;
  }

  std::string json(log_level level, const std::string& component, const std::string& name,
                   std::string_view message, fields with) const {
    nlohmann::ordered_json line;
    if (options.now)
      line["ts"] = timestamp(options.now());
    line["level"] = style_of(level).json;
    if (!component.empty())
      line["component"] = component;
    if (!name.empty())
      line["name"] = name;
    line["msg"] = message;
    for (const auto& field : with)
      std::visit([&](const auto& value) { line.emplace(field.key, value); }, field.value);
    return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  }
};

void write_to_stderr(std::string_view line) {
  const auto whole = std::string{line} + "\n";
  std::fwrite(whole.data(), 1, whole.size(), stderr); // where could a failure be told?
}

logger::logger(log_options options) : sink_(std::make_shared<sink>(std::move(options))) {}

logger logger::about(std::string component, std::string name) const {
  auto other = *this;
  other.component_ = std::move(component);
  other.name_ = std::move(name);
  return other;
}

bool logger::shows(log_level level) const {
  return sink_ && sink_->options.write && level >= sink_->options.level;
}

void logger::write(log_level level, std::string_view message, fields with) const {
  if (!shows(level))
    return;
  const auto line = sink_->options.format == log_format::json
                        ? sink_->json(level, component_, name_, message, with)
                        : sink_->text(level, component_, name_, message, with);
  const std::lock_guard guard{sink_->one_at_a_time};
  sink_->options.write(line);
}

} // namespace ecco
