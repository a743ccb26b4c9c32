// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <unistd.h>

#include "runtime/store/frame_archive.hpp"
#include "runtime/video/segment_codec.hpp"

namespace ecco::test {

inline constexpr std::uint16_t wide = 64, tall = 48;

/// What must go well for the test to make sense.
inline void must(const result<void>& done) {
  if (!done)
    throw std::runtime_error{render(done.error())};
}

/// A server's state folder with frames that were really encoded. It is gone at the end.
struct an_archive {
  std::filesystem::path state =
      std::filesystem::temp_directory_path() / ("ecco-export-test-" + std::to_string(::getpid()));
  std::filesystem::path out = state / "out";
  duration now = std::chrono::hours{1000};
  std::vector<std::string> classes{"person", "car"};
  std::shared_ptr<frame_archive> archive;
  std::uint64_t sequence = 0;

  an_archive() {
    std::filesystem::remove_all(state);
    std::filesystem::create_directories(state);
  }
  ~an_archive() { std::filesystem::remove_all(state); }

  /// A server starts.
  void begin() {
    archive =
        open_frame_archive(state / frames_folder, {100'000'000, classes, "ecco test", [this] { return now; }})
            .value();
  }

  static image a_picture(std::uint64_t seed) {
    bytes rgb(std::size_t{3} * wide * tall);
    for (std::size_t i = 0; i < rgb.size(); ++i)
      rgb[i] = static_cast<std::uint8_t>(i / 40 * 3 + 60 * seed);
    return {wide, tall, blob{std::move(rgb)}};
  }

  /// A frame for each element; one without labels was not looked at.
  void add(const std::string& camera, std::vector<std::optional<std::vector<label>>> labels,
           sample_role role = sample_role::train, group_id group = group_id{3}) {
    if (!archive)
      begin();
    auto encoder = make_segment_encoder({wide, tall, 500'000}).value();
    labelled_segment segment;
    segment.video = {
        camera_id{camera}, sequence++, incarnation{1}, role, encoder->codec(), wide, tall, {}, {}};
    std::vector<image> pictures;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      pictures.push_back(a_picture(sequence + i));
      segment.video.frames.push_back({std::chrono::milliseconds{100 * i}, {}, 5});
    }
    segment.video.stream = encoder->encode(pictures, std::chrono::seconds{1}).value();
    segment.labels = std::move(labels);
    segment.group = group;
    segment.place = {47.5, 8.5};
    must(archive->keep(std::move(segment), {}));
  }
};

inline label a_box(float x1, float y1, float x2, float y2, std::uint16_t class_id = 0, bool ignore = false) {
  return {{x1, y1, x2, y2}, class_id, ignore, {}};
}

/// A frame with a hole in it, and something beside.
inline outline a_ring() {
  return {{{{6000, 6000}, {40000, 6000}, {40000, 40000}, {6000, 40000}},
           {{15000, 15000}, {30000, 15000}, {30000, 30000}, {15000, 30000}},
           {{50000, 50000}, {60000, 50000}, {60000, 60000}}}};
}

} // namespace ecco::test
