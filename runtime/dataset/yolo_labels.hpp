// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"

namespace ecco {

/// One line of a picture's labels: a box or a polygon, in fractions of the picture.
struct yolo_row {
  std::uint32_t class_id = 0;
  /// Centre and size; those of the polygon's bounds when there is one.
  double x = 0, y = 0, width = 0, height = 0;
  /// x, y, x, y, ...; empty for a box.
  std::vector<double> polygon{};

  friend bool operator==(const yolo_row&, const yolo_row&) = default;
};

/// Lines of `class x y width height` (the centre), or of `class x y x y x y ...` (a polygon of three corners or more),
/// all in [0, 1]. @returns `malformed_data` naming `name:line:column` for every bad line, the first ten in words.
result<std::vector<yolo_row>> parse_yolo_labels(std::string_view text, const std::string& name, std::size_t classes);

/// The inverse.
std::string write_yolo_labels(std::span<const yolo_row> rows);

} // namespace ecco
