// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <istream>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "messages/error.hpp"
#include "runtime/learn/learner.hpp"

namespace ecco {

/// A rectangle of pixels.
struct pixel_rectangle {
  std::uint16_t left = 0, top = 0, width = 0, height = 0;

  friend bool operator==(const pixel_rectangle&, const pixel_rectangle&) = default;
};

/// What a file of labels does not say about itself.
struct labels_options {
  /// Frames per second of the labelled video; frame n stands at media time (n - 1) / fps. More than 0.
  double fps = 0;
  /// Size of the pictures the boxes were drawn on, in pixels.
  std::uint16_t width = 0, height = 0;
  /// The part of that picture which a camera shows, when several cameras are cut from one video.
  std::optional<pixel_rectangle> view;
  /// Which class of the file is which of ours; boxes of other classes are dropped. In MOT, 1 is a pedestrian;
  /// -1 stands for files that name no class.
  std::map<int, std::uint16_t> classes{{1, 0}, {-1, 0}};
  /// Part of a box that must lie within the view, in [0, 1]; boxes with less are dropped.
  double least_inside = .5;
  /// Boxes that the file says are less visible than this, in [0, 1], are marked `ignore`.
  double least_visible = .25;
  /// Refuse a file none of whose labels has an outline: students with masks would not learn any from it.
  bool outlines_needed = false;
};

/// A teacher that reads the truth from a file in the format of the MOT challenge: lines of
/// `frame,id,left,top,width,height,flag,class,visibility`, frames counted from 1, boxes in pixels; flag 0
/// becomes `ignore`, visibility -1 means unknown, and a single number in a tenth field (CityFlow has one) is
/// not read. Several numbers there are the object's outline, which MOT does not know: the corners of
/// a closed polygon, `x y x y ...` in pixels between blanks, and after a `;` those of the next. A polygon within
/// another is a hole. An outline lies within its box, give or take two pixels.
/// @param name stands for the file in errors.
/// @returns `malformed_data` naming `name:line`, in outlines `name:line:column`, for every bad line (the
///          first ten in words), and for a file without the outlines that are needed; `invalid_argument` for
///          options out of range.
result<std::unique_ptr<teacher>> make_labels_teacher(std::istream& lines, const std::string& name,
                                                     const labels_options& options);

/// The same from a file. @returns also `not_found`.
result<std::unique_ptr<teacher>> make_labels_teacher(const std::filesystem::path& file,
                                                     const labels_options& options);

} // namespace ecco
