// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/address.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string_view>

namespace ecco::world {
namespace {

constexpr std::size_t longest = 1000;

struct range {
  double low, high;
};
const std::map<std::string_view, range> numbers{
    {"fps", {.1, 60}}, {"at", {0, 1e9}}, {"over", {.1, 3600}}, {"formation", {0, 1e6}},
    {"traffic-scale", {1e-3, 1e3}}, {"traffic-east", {-1e6, 1e6}}, {"traffic-north", {-1e6, 1e6}}};
const std::map<std::string_view, std::pair<change_kind, range>> conditions_by_name{
    {"rain", {change_kind::rain, {0, 1}}},
    {"snow", {change_kind::snow, {0, 1}}},
    {"cloud", {change_kind::cloud, {0, 1}}},
    {"fog", {change_kind::fog, {0, .1}}},
    {"hour", {change_kind::hour, {0, 24}}}};

template <class T>
std::optional<T> number_in(std::string_view text) {
  T value{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size() ? std::optional{value}
                                                                         : std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos)
      return parts;
    text.remove_prefix(end + 1);
  }
}

class reader {
 public:
  explicit reader(const std::string& text) : text_(text) {}

  result<address> read();

 private:
  tl::unexpected<error> refuse(const std::string& why, std::string hint = {}) const {
    return fail(ec::invalid_argument, text_.substr(0, 120) + ": " + why, std::move(hint));
  }
  result<double> number(std::string_view key, std::string_view value, range within) const {
    const auto read = number_in<double>(value);
    if (!read || !(*read >= within.low && *read <= within.high)) {
      const auto short_number = [](double n) {
        auto s = std::to_string(n);
        s.erase(s.find_last_not_of('0') + 1);
        if (s.ends_with('.'))
          s.pop_back();
        return s;
      };
      return refuse(std::string{key} + "=" + std::string{value} + " is no number from "
                    + short_number(within.low) + " to " + short_number(within.high));
    }
    return *read;
  }
  result<void> take(std::string_view key, std::string_view value);
  result<void> take_condition(std::string_view key, std::string_view value, change_kind what, range within);
  result<void> take_moves(std::string_view value);
  result<void> take_size(std::string_view value);
  result<void> take_trace();

  const std::string& text_;
  address made_;
  float over_ = 8;
  std::string traffic_;
  fcd_place place_;
};

float& member(conditions& of, change_kind what) {
  switch (what) {
    case change_kind::rain: return of.rain;
    case change_kind::snow: return of.snow;
    case change_kind::fog: return of.fog;
    case change_kind::cloud: return of.cloud;
    case change_kind::hour: break;
  }
  return of.hour;
}

result<void> reader::take_condition(std::string_view key, std::string_view value, change_kind what,
                                    range within) {
  auto& happens = made_.camera.happens;
  for (const auto part : split(value, ',')) {
    const auto sign = part.find('@');
    const auto amount = number(key, part.substr(0, sign), within);
    if (!amount)
      return tl::unexpected{amount.error()};
    if (sign == std::string_view::npos) {
      member(happens.begins, what) = static_cast<float>(*amount);
      if (what == change_kind::hour)
        made_.world.start_hour = static_cast<float>(*amount);
      continue;
    }
    const auto at = number(key, part.substr(sign + 1), {0, 1e9});
    if (!at)
      return tl::unexpected{at.error()};
    happens.changes.push_back({what, *at, 8, static_cast<float>(*amount)});
  }
  return {};
}

result<void> reader::take_moves(std::string_view value) {
  for (const auto part : split(value, ',')) {
    const auto sign = part.find('@');
    const auto to = district_named(part.substr(0, sign));
    if (!to)
      return refuse("to=" + std::string{part} + " names no district",
                    "suburb, downtown, park, tunnel or highway, and when: to=tunnel@60");
    if (made_.camera.on == mount::pole)
      return refuse("to=" + std::string{part} + ": a camera on a pole stays where it is",
                    "take one on a vehicle or drone: car-downtown-1");
    if (made_.camera.on == mount::drone && *to == district::tunnel)
      return refuse("to=" + std::string{part} + ": drones do not fly in the tunnel");
    const auto at = number("to", sign == std::string_view::npos ? "0" : part.substr(sign + 1), {0, 1e9});
    if (!at)
      return tl::unexpected{at.error()};
    made_.camera.happens.moves.push_back({*at, *to});
  }
  return {};
}

result<void> reader::take_size(std::string_view value) {
  const auto sign = value.find('x');
  const auto wide = number_in<unsigned>(value.substr(0, sign)),
             tall = number_in<unsigned>(sign == std::string_view::npos ? "" : value.substr(sign + 1));
  if (!wide || !tall || *wide < 32 || *wide > 1920 || *tall < 32 || *tall > 1920 || *wide % 2 != 0
      || *tall % 2 != 0)
    return refuse("size=" + std::string{value} + " is no size",
                  "two even numbers of pixels from 32 to 1920: size=320x192");
  made_.camera.width = static_cast<std::uint16_t>(*wide);
  made_.camera.height = static_cast<std::uint16_t>(*tall);
  return {};
}

result<void> reader::take_trace() {
  if (traffic_.empty())
    return place_ == fcd_place{} ? result<void>{} : refuse("places the network of no trace", "add traffic=FILE");
  auto trace = fcd_trace::read(traffic_, place_);
  if (!trace)
    return tl::unexpected{trace.error()};
  if (made_.camera.on == mount::vehicle && !trace_rides::are_there(**trace))
    return refuse("no vehicle drives in the trace that a camera could be on", "take one on a pole or a drone");
  made_.world.trace = std::move(*trace);
  return {};
}

result<void> reader::take(std::string_view key, std::string_view value) {
  if (const auto found = conditions_by_name.find(key); found != conditions_by_name.end())
    return take_condition(key, value, found->second.first, found->second.second);
  if (key == "to")
    return take_moves(value);
  if (key == "size")
    return take_size(value);
  if (key == "seed") {
    const auto seed = number_in<std::uint64_t>(value);
    if (!seed)
      return refuse("seed=" + std::string{value} + " is no whole number");
    made_.world.seed = *seed;
    return {};
  }
  if (key == "traffic") {
    if (value.empty())
      return refuse("traffic= names no file", "a trace of sumo --fcd-output");
    traffic_ = value;
    return {};
  }
  const auto found = numbers.find(key);
  if (found == numbers.end())
    return refuse("'" + std::string{key} + "' is nothing a world camera has",
                  "seed, fps, size, at, formation, hour, rain, snow, fog, cloud, over, to, traffic");
  const auto read = number(key, value, found->second);
  if (!read)
    return tl::unexpected{read.error()};
  if (key == "fps")
    made_.fps = *read;
  else if (key == "at")
    made_.at = *read;
  else if (key == "over")
    over_ = static_cast<float>(*read);
  else if (key == "traffic-scale")
    place_.scale = *read;
  else if (key == "traffic-east")
    place_.east = *read;
  else if (key == "traffic-north")
    place_.north = *read;
  else
    made_.camera.formation = static_cast<std::uint32_t>(*read);
  return {};
}

result<address> reader::read() {
  if (text_.size() > longest || !text_.starts_with(address_scheme))
    return refuse("no address of a world camera", "world:downtown-1?seed=7&rain=1@30");
  const std::string_view rest = std::string_view{text_}.substr(address_scheme.size());
  const auto question = rest.find('?');
  const auto camera = camera_named(std::string{rest.substr(0, question)});
  if (!camera)
    return tl::unexpected{camera.error()};
  made_.camera = *camera;
  made_.camera.happens.begins.hour = made_.world.start_hour;
  if (question != std::string_view::npos)
    for (const auto part : split(rest.substr(question + 1), '&')) {
      const auto sign = part.find('=');
      if (sign == std::string_view::npos)
        return refuse("'" + std::string{part} + "' has no value", "KEY=VALUE, and & between them");
      if (auto taken = take(part.substr(0, sign), part.substr(sign + 1)); !taken)
        return tl::unexpected{taken.error()};
    }
  if (auto taken = take_trace(); !taken)
    return tl::unexpected{taken.error()};
  auto& happens = made_.camera.happens;
  for (auto& one : happens.changes) {
    one.over = over_;
    one.at += made_.at;
  }
  for (auto& one : happens.moves)
    one.at += made_.at;
  std::stable_sort(happens.changes.begin(), happens.changes.end(),
                   [](const change& a, const change& b) { return a.at < b.at; });
  std::stable_sort(happens.moves.begin(), happens.moves.end(),
                   [](const move& a, const move& b) { return a.at < b.at; });
  return made_;
}

} // namespace

result<address> read_address(const std::string& text) {
  return reader{text}.read();
}

} // namespace ecco::world
