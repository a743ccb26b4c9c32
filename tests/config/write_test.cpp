// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include "config/fields.hpp"
#include "tests/config/scratch.hpp"

BOOST_AUTO_TEST_SUITE(writing)

using namespace ecco;
using namespace std::chrono_literals;

namespace {

/// Text with all that YAML, ecco or a shell gives a meaning to.
std::string any_text() {
  static const std::vector<std::string> pieces{
      "a",  "B",  "7",  " ",  "\"",   "\\",   "'", "$", "${", "$${", "}", ":",      ": ",     "#",     " #",
      "- ", "\n", "\t", "\r", "\x01", "\x7f", "@", "/", "%",  "é",   "😀", "\u0085", "\u2028", "\ufeff"};
  std::string text;
  for (const auto& piece : *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces)))
    text += piece;
  return text;
}

/// Fills settings with values that their rules allow.
struct any_value {
  template <section S>
  void fill(S& out) const {
    fields(out, [&](std::string_view name, auto& member, const auto& rule) { pick(name, member, rule); });
  }

  template <class T, class R>
  void pick(std::string_view, T& out, const R&) const {
    if constexpr (section<T>)
      fill(out);
    else if constexpr (std::is_enum_v<T>)
      out = static_cast<T>(*rc::gen::inRange<std::size_t>(0, words_of<T>.size()));
    else
      out = *rc::gen::arbitrary<T>();
  }

  template <class T>
  static T mix(T least, T most) {
    const auto share = *rc::gen::inRange(0, 1001) / 1000.0;
    return share == 1 ? most : static_cast<T>(least + (most - least) * share);
  }

  template <class T>
  requires std::is_arithmetic_v<T>
  void pick(std::string_view, T& out, const between<T>& range) const { out = mix(range.least, range.most); }
  void pick(std::string_view, duration& out, const between<duration>& range) const {
    out = duration{*rc::gen::inRange(range.least.count(), range.most.count() + 1)};
  }
  template <class T, class Kind>
  void pick(std::string_view, strong<T, Kind>& out, const between<strong<T, Kind>>& range) const {
    out.value = mix(range.least.value, range.most.value);
  }
  template <class R>
  void pick(std::string_view, picture_size& out, const R&) const {
    out = {static_cast<std::uint16_t>(32 * *rc::gen::inRange(1, 41)),
           static_cast<std::uint16_t>(32 * *rc::gen::inRange(1, 41))};
  }
  template <class R>
  void pick(std::string_view, duration& out, const R&) const {
    out = 1s * *rc::gen::inRange(1, 900);
  }
  template <class R>
  void pick(std::string_view, std::filesystem::path& out, const R&) const {
    out = std::filesystem::path{"/x" + any_text()}.lexically_normal();
  }
  template <class R>
  void pick(std::string_view, location& out, const R&) const {
    out = {mix(-90.0, 90.0), mix(-180.0, 180.0)};
  }
  template <class R>
  void pick(std::string_view name, std::string& out, const R&) const {
    if (name == "host")
      out = *rc::gen::element<std::string>("localhost", "::1", "127.0.0.7");
    else if (name == "name")
      out = *rc::gen::element<std::string>("gpu0", "1", "true", "a.b-c_d");
    else if (name == "preset")
      out.clear(); // one would have to agree with the rest
    else if (name == "device")
      out = *rc::gen::element<std::string>("cpu", "cuda", "cuda:3");
    else if (name == "architecture")
      out = *rc::gen::element<std::string>("yolo11p", "yolo11n", "yolo11x");
    else
      out = "rtsp://" + any_text();
  }
  template <class R>
  void pick(std::string_view, std::vector<std::string>& out, const R&) const {
    out = {"person"};
    for (int more = *rc::gen::inRange(0, 4); more > 0; --more)
      out.push_back(std::to_string(more) + any_text());
  }
  template <class R>
  void pick(std::string_view, std::vector<filter_settings>& out, const R&) const {
    for (int at = 0, more = *rc::gen::inRange(0, 4); more > 0; --more)
      out.push_back({(at += *rc::gen::inRange(1, 100)) * 1ms, "x" + any_text()});
  }
  template <class R>
  void pick(std::string_view, std::vector<condition_settings>& out, const R&) const {
    for (int at = 0, more = *rc::gen::inRange(0, 4); more > 0; --more)
      out.push_back({(at += *rc::gen::inRange(1, 100)) * 1ms, "x" + any_text()});
  }
  template <class R>
  void pick(std::string_view, std::map<region_id, region_settings>& out, const R&) const {
    for (const auto* name : {"a", "7", "true", "null", "north-gate_2"})
      if (*rc::gen::arbitrary<bool>()) {
        fill(out[region_id{name}]);
        out[region_id{name}].cameras %= 10;
        ++out[region_id{name}].cameras;
      }
  }
  template <class R>
  void pick(std::string_view, std::map<camera_id, camera_settings>& out, const R&) const {
    for (const auto* name : {"a", "7", "true", "null", "north-gate_2"})
      if (*rc::gen::arbitrary<bool>())
        fill(out[camera_id{name}]);
  }
};

} // namespace

RC_BOOST_PROP(settings_survive_being_written_and_read, ()) {
  settings value;
  any_value{}.fill(value);
  value.sampling.split.cycle =
      value.sampling.split.train + value.sampling.split.held_out + 2 * value.sampling.split.guard;
  if (value.rate.floor > value.rate.ceiling)
    std::swap(value.rate.floor, value.rate.ceiling);
  if (value.teacher.ignore_score > value.teacher.least_score)
    std::swap(value.teacher.ignore_score, value.teacher.least_score);
  if (value.server.port == value.server.media_port)
    value.server.port = 0;
  value.drift.kswin.window = std::max(value.drift.kswin.window, 2 * value.drift.kswin.recent);
  value.window.micro_windows = std::max(value.window.micro_windows, 2u); // ekya takes no less
  value.zoo.top = std::min(value.zoo.top, value.zoo.capacity);
  if (value.sampling.mode != sampling_mode::table) {
    value.sampling.table.clear();
    value.sampling.refine = false;
  }
  const auto checked = validate(value);
  if (!checked)
    RC_FAIL(checked.error().what);
  const scratch_folder folder;
  const auto again = load_text(folder, to_yaml(value));
  if (!again)
    RC_FAIL(sentence(again.error()) + "\n" + to_yaml(value));
  RC_ASSERT(*again == value);
}

BOOST_AUTO_TEST_CASE(the_defaults_are_written_for_people) {
  settings value;
  auto& camera = value.cameras[camera_id{"a"}];
  camera.source = "rtsp://h";
  camera.filters = {{0s, "hflip"}, {100s, "vflip"}};
  const auto text = to_yaml(value);
  for (const auto* line : {"\nwindow:\n  length: 1m\n  micro_windows: 12\n", "\n  bitrate: 500kbit\n",
                           "\nclasses: [\"person\"]\n",
                           "\n    filters: [{at: 0s, chain: \"hflip\"}, {at: 100s, chain: \"vflip\"}]\n"})
    BOOST_TEST(text.find(line) != text.npos, line);
}

BOOST_AUTO_TEST_SUITE_END()
