// SPDX-License-Identifier: Apache-2.0
#include "deploy/message_choice.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <sstream>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "config/units.hpp"
#include "messages/kinds.hpp"
#include "messages/spelling.hpp"

namespace ecco {

namespace {

constexpr auto fault_example = "e.g. 'drop kind=trainReport nth=2'; the words are drop, delay, duplicate, kill, then "
                               "kind=, sender=, receiver=, nth=, probability=, by=";

template <class Whole>
std::optional<Whole> whole_number(std::string_view text) {
  Whole out{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  return fault == std::errc{} && end == text.data() + text.size() ? std::optional{out} : std::nullopt;
}

result<std::optional<duration>> time_of(const std::string& option, const std::string& text) {
  if (text.empty())
    return std::optional<duration>{};
  const auto read = parse_duration(text);
  if (!read)
    return fail(ec::invalid_argument, option + " " + text + " " + read.error().what, read.error().hint);
  if (*read < duration::zero())
    return fail(ec::invalid_argument, option + " " + text + " is before the recording begins", "times count from there");
  return std::optional{*read};
}

/// `from` is the option, or the part of a fault, that says it.
result<void> check_kind(const std::string& from, const std::string& pattern,
                        const std::vector<std::string_view>& kinds) {
  if (std::ranges::any_of(kinds, [&](std::string_view kind) { return agrees(pattern, kind); }))
    return {};
  return fail(ec::invalid_argument, from + pattern + " is no kind of message", did_you_mean(pattern, kinds));
}

/// All that a recording can hold.
std::vector<std::string_view> recorded_kinds() {
  auto out = message_kinds();
  out.insert(out.end(), std::begin(other_kinds), std::end(other_kinds));
  return out;
}

/// `7` or `g-0007`.
std::optional<group_id> group_of(std::string_view text) {
  if (text.starts_with("g-"))
    text.remove_prefix(2);
  const auto number = whole_number<std::uint32_t>(text);
  return number ? std::optional{group_id{*number}} : std::nullopt;
}

result<void> set(fault_rule& rule, std::string_view key, const std::string& value) {
  const auto wrong = [&](const std::string& why) {
    return fail(ec::invalid_argument, "fault: " + std::string{key} + "=" + value + " " + why, fault_example);
  };
  if (key == "kind" || key == "sender" || key == "receiver") {
    (key == "kind" ? rule.kind : key == "sender" ? rule.sender : rule.receiver) = value;
    if (key == "kind") // what an actor tells itself, and what CAF tells it, meets no fault
      return check_kind("fault: kind=", value, message_kinds());
  } else if (key == "nth") {
    const auto number = whole_number<std::uint64_t>(value);
    if (!number || *number == 0)
      return wrong("is not a number from 1");
    rule.nth = *number;
  } else if (key == "probability") {
    const auto number = parse_number(value);
    if (!number || !(*number >= 0 && *number <= 1))
      return wrong("is not a number from 0 to 1");
    rule.probability = *number;
  } else if (key == "by") {
    const auto span = parse_duration(value);
    if (!span || *span <= duration::zero())
      return wrong("is not a time to hold a message up");
    rule.delay = *span;
  } else {
    return wrong("is not known");
  }
  return {};
}

} // namespace

void add_message_choice(CLI::App& app, message_choice& choice, const std::string& until) {
  app.add_option("--from", choice.from, "Only from this time of the recording on, e.g. 90s");
  app.add_option(until, choice.to, "Only up to this time");
  app.add_option("--kind", choice.kind, "Only this kind of message, e.g. retrainRequest; micro* for all that begin so");
  app.add_option("--sender", choice.sender, "Only what this actor says, e.g. grouper or camera:*");
  app.add_option("--receiver", choice.receiver, "Only what this actor is told");
  app.add_option("--camera", choice.camera, "Only what this camera says, is told, or is the subject of");
  app.add_option("--group", choice.group, "The same of a group: 7 or g-0007");
}

result<message_filter> filter_of(const message_choice& choice) {
  message_filter out;
  const auto from = time_of("--from", choice.from);
  if (!from)
    return tl::unexpected{from.error()};
  const auto to = time_of("--to", choice.to);
  if (!to)
    return tl::unexpected{to.error()};
  if (*from && *to && **from > **to)
    return fail(ec::invalid_argument, "--from " + choice.from + " is after " + choice.to + ", the end", "swap them");
  if (auto known = check_kind("--kind ", choice.kind, recorded_kinds()); !known)
    return tl::unexpected{known.error()};
  out.from = *from;
  out.to = *to;
  out.kind = choice.kind;
  out.sender = choice.sender;
  out.receiver = choice.receiver;
  if (!choice.camera.empty())
    out.camera = camera_id{choice.camera};
  if (!choice.group.empty()) {
    out.group = group_of(choice.group);
    if (!out.group)
      return fail(ec::invalid_argument, "--group " + choice.group + " is not a group", "write 7 or g-0007");
  }
  return out;
}

result<fault_rule> read_fault(const std::string& text) {
  std::istringstream words{text};
  std::string word;
  words >> word;
  fault_rule out;
  if (word == "drop")
    out.fate = message_fate::dropped;
  else if (word == "delay")
    out.fate = message_fate::delayed;
  else if (word == "duplicate")
    out.fate = message_fate::duplicated;
  else if (word == "kill")
    out.fate = message_fate::killed;
  else
    return fail(ec::invalid_argument, "fault: '" + word + "' is not known", fault_example);
  while (words >> word) {
    const auto equals = word.find('=');
    if (equals == word.npos)
      return fail(ec::invalid_argument, "fault: '" + word + "' is not known", fault_example);
    if (auto good = set(out, std::string_view{word}.substr(0, equals), word.substr(equals + 1)); !good)
      return tl::unexpected{good.error()};
  }
  if ((out.fate == message_fate::delayed) != (out.delay > duration::zero()))
    return fail(ec::invalid_argument, "fault: by= is for delay, which needs it", fault_example);
  return out;
}

} // namespace ecco
