// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "messages/training.hpp"
#include "runtime/learn/student.hpp"

namespace ecco {

/// A spec small enough for tests.
inline student_spec tiny_spec() {
  return {.architecture = "yolo11p", .classes = 2, .input_width = 96, .input_height = 64};
}

/// A grey picture with one bright (class 0) and one dark (class 1) rectangle, and their labels.
inline labelled_frame a_sample(const std::string& camera, int second, sample_role role = sample_role::train) {
  std::mt19937 random{static_cast<unsigned>(second) + 1000 * static_cast<unsigned>(role)};
  labelled_frame out;
  out.shot.camera = camera_id{camera};
  out.shot.media_time = std::chrono::seconds{second};
  out.shot.role = role;
  auto& picture = out.shot.picture;
  picture.width = 120;
  picture.height = 80;
  bytes rgb(std::size_t{3} * picture.width * picture.height, 110);
  for (std::uint16_t class_id = 0; class_id < 2; ++class_id) {
    const std::size_t w = 36 + random() % 20, h = 36 + random() % 20;
    const std::size_t x = 60 * class_id + random() % (60 - w), y = random() % (picture.height - h);
    for (auto row = y; row < y + h; ++row)
      for (auto i = 3 * (row * picture.width + x); i < 3 * (row * picture.width + x + w); ++i)
        rgb[i] = class_id == 0 ? 230 : 20;
    const auto across = [&](std::size_t p) { return static_cast<float>(p) / picture.width; };
    const auto down = [&](std::size_t p) { return static_cast<float>(p) / picture.height; };
    out.labels.push_back({.where = {across(x), down(y), across(x + w), down(y + h)}, .class_id = class_id});
  }
  picture.rgb = blob{std::move(rgb)};
  return out;
}

inline std::vector<labelled_frame> some_samples(const std::string& camera, int from, int to,
                                                sample_role role = sample_role::train) {
  std::vector<labelled_frame> out;
  for (int second = from; second < to; ++second)
    out.push_back(a_sample(camera, second, role));
  return out;
}

inline std::vector<const labelled_frame*> pointers_to(const std::vector<labelled_frame>& frames) {
  std::vector<const labelled_frame*> out;
  for (const auto& f : frames)
    out.push_back(&f);
  return out;
}

} // namespace ecco
