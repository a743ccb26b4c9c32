// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
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

/// The same with masks.
inline student_spec tiny_mask_spec() {
  auto spec = tiny_spec();
  spec.architecture = "yolo11p-seg";
  return spec;
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

/// The same with triangles, which fill half of their boxes, and their outlines: the right angle of the bright
/// one is at the lower left, that of the dark one at the upper right.
inline labelled_frame a_triangle_sample(const std::string& camera, int second,
                                        sample_role role = sample_role::train) {
  auto out = a_sample(camera, second, role);
  auto& picture = out.shot.picture;
  bytes rgb(picture.rgb.size(), 110);
  for (auto& l : out.labels) {
    const auto& b = l.where;
    const auto unit = [](float fraction) {
      return static_cast<std::uint16_t>(std::lround(fraction * 65'535));
    };
    const corner left_top{unit(b.x1), unit(b.y1)}, right_bottom{unit(b.x2), unit(b.y2)};
    const corner right_angle =
        l.class_id == 0 ? corner{left_top.x, right_bottom.y} : corner{right_bottom.x, left_top.y};
    l.shape.rings = {{left_top, right_bottom, right_angle}};
    for (std::size_t row = 0; row < picture.height; ++row)
      for (std::size_t column = 0; column < picture.width; ++column) {
        const auto x = (static_cast<float>(column) + .5F) / picture.width;
        const auto y = (static_cast<float>(row) + .5F) / picture.height;
        const auto in_box = x > b.x1 && x < b.x2 && y > b.y1 && y < b.y2;
        const auto below = (y - b.y1) * (b.x2 - b.x1) > (x - b.x1) * (b.y2 - b.y1);
        if (in_box && below == (l.class_id == 0))
          std::fill_n(rgb.begin() + static_cast<std::ptrdiff_t>(3 * (row * picture.width + column)), 3,
                      l.class_id == 0 ? 230 : 20);
      }
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
