// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "messages/recording.hpp"

namespace ecco {

namespace {

/// `text` as a JSON string. It is UTF-8 already.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const auto c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
      out += escaped;
    } else {
      out += c;
    }
  }
  return out + '"';
}

/// Seconds with every nanosecond.
std::string seconds(duration at) {
  char text[40];
  std::snprintf(text, sizeof text, "%lld.%09lld", static_cast<long long>(at.count() / 1'000'000'000),
                static_cast<long long>(at.count() % 1'000'000'000));
  return text;
}

} // namespace

std::string to_json(const recorded_message& record) {
  std::string out = "{\"index\":" + std::to_string(record.index) + ",\"time\":" + seconds(record.at)
                    + ",\"sender\":" + quoted(record.sender) + ",\"receiver\":" + quoted(record.receiver)
                    + ",\"kind\":" + quoted(record.kind);
  if (record.asks)
    out += ",\"asks\":true";
  if (record.answers)
    out += ",\"answers\":" + std::to_string(*record.answers);
  if (record.timer)
    out += ",\"timer\":true";
  if (record.fate != message_fate::delivered)
    out += ",\"fate\":" + quoted(to_string(record.fate));
  if (record.delay > duration::zero())
    out += ",\"delay\":" + seconds(record.delay);
  if (!record.handles.empty()) {
    out += ",\"handles\":[";
    for (std::size_t i = 0; i < record.handles.size(); ++i)
      out += (i > 0 ? "," : "") + quoted(record.handles[i]);
    out += ']';
  }
  if (!record.detail.empty())
    out += ",\"detail\":" + quoted(record.detail);
  if (!record.unreadable.empty())
    out += ",\"unreadable\":" + quoted(record.unreadable);
  if (record.message)
    out += ",\"message\":" + to_json(*record.message);
  return out + '}';
}

} // namespace ecco
