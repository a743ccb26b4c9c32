// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>

#include "runtime/world/address.hpp"

namespace ecco::world {
namespace {

/// The fewest digits that are read back as the same number.
template <class T>
std::string shortest(T value) {
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

std::string_view name_of(change_kind what) {
  switch (what) {
    case change_kind::rain: return "rain";
    case change_kind::snow: return "snow";
    case change_kind::fog: return "fog";
    case change_kind::cloud: return "cloud";
    case change_kind::hour: break;
  }
  return "hour";
}

class writer {
 public:
  explicit writer(const address& of) : of_(of) {}

  std::string write() {
    add("seed", std::to_string(of_.world.seed));
    add_condition(change_kind::hour, of_.camera.happens.begins.hour, true);
    const conditions begins = of_.camera.happens.begins, usual;
    add_condition(change_kind::rain, begins.rain, begins.rain != usual.rain);
    add_condition(change_kind::snow, begins.snow, begins.snow != usual.snow);
    add_condition(change_kind::fog, begins.fog, begins.fog != usual.fog);
    add_condition(change_kind::cloud, begins.cloud, begins.cloud != usual.cloud);
    const auto& changes = of_.camera.happens.changes;
    if (!changes.empty() && changes.front().over != change{}.over)
      add("over", shortest(changes.front().over));
    add_moves();
    add_camera();
    add_trace();
    return text_;
  }

 private:
  void add(std::string_view key, const std::string& value) {
    text_ += text_.find('?') == std::string::npos ? '?' : '&';
    text_ += std::string{key} + '=' + value;
  }

  /// Seconds of an address count from its first picture.
  std::string since(double at) const { return '@' + shortest(at - of_.at); }

  void add_condition(change_kind what, float begins, bool says_begin) {
    auto value = says_begin ? shortest(begins) : std::string{};
    for (const auto& one : of_.camera.happens.changes)
      if (one.what == what)
        value += (value.empty() ? "" : ",") + shortest(one.amount) + since(one.at);
    if (!value.empty())
      add(name_of(what), value);
  }

  void add_moves() {
    std::string value;
    for (const auto& one : of_.camera.happens.moves)
      value += (value.empty() ? "" : ",") + std::string{district_names[static_cast<std::size_t>(one.to)]}
               + since(one.at);
    if (!value.empty())
      add("to", value);
  }

  void add_camera() {
    const address usual;
    if (of_.camera.formation != 0)
      add("formation", std::to_string(of_.camera.formation));
    if (of_.camera.width != usual.camera.width || of_.camera.height != usual.camera.height)
      add("size", std::to_string(of_.camera.width) + 'x' + std::to_string(of_.camera.height));
    if (of_.fps != usual.fps)
      add("fps", shortest(of_.fps));
    if (of_.at != usual.at)
      add("at", shortest(of_.at));
  }

  void add_trace() {
    const auto& trace = of_.world.trace;
    if (!trace)
      return;
    add("traffic", trace->name());
    const fcd_place usual;
    if (trace->place().scale != usual.scale)
      add("traffic-scale", shortest(trace->place().scale));
    if (trace->place().east != usual.east)
      add("traffic-east", shortest(trace->place().east));
    if (trace->place().north != usual.north)
      add("traffic-north", shortest(trace->place().north));
  }

  const address& of_;
  std::string text_ = std::string{address_scheme} + of_.camera.name;
};

} // namespace

std::vector<announcement> announcements(const address& of) {
  std::vector<announcement> out;
  for (const auto& one : of.camera.happens.changes)
    out.push_back({one.at - of.at, std::string{name_of(one.what)} + '=' + shortest(one.amount)});
  for (const auto& one : of.camera.happens.moves)
    out.push_back({one.at - of.at, "to=" + std::string{district_names[static_cast<std::size_t>(one.to)]}});
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return out;
}

result<std::string> write_address(const address& of) {
  auto text = writer{of}.write();
  const auto read = read_address(text);
  if (!read)
    return tl::unexpected{read.error()};
  if (*read != of)
    return fail(ec::unsupported, of.camera.name + ": no address says all that happens to it",
                "one hour for the camera and its world, and one length for all changes");
  return text;
}

} // namespace ecco::world
