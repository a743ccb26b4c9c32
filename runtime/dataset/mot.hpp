// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/dataset/dataset.hpp"

namespace ecco {

/// `seqinfo.ini` of a MOT sequence.
struct mot_info {
  std::string name;
  /// Folder of the pictures, within that of the sequence.
  std::string pictures = "img1";
  double fps = 0;
  std::int64_t length = 0;
  std::uint32_t width = 0, height = 0;
};

/// One line of `gt.txt`, in the files' own columns but for the box, which counts from 0 here.
struct mot_row {
  std::int64_t frame = 0, track = 0;
  pixel_box where;
  /// 1: it counts in MOT's own evaluation, which is of pedestrians.
  bool flag = true;
  std::int64_t class_id = 1;
  /// In [0, 1]; -1: not said, which CityFlow does not.
  double visibility = 1;

  friend bool operator==(const mot_row&, const mot_row&) = default;
};

enum class mot_flavour {
  /// MOT16, 17 and 20: nine fields.
  challenge,
  /// Ten fields, of which all from the seventh are 1,-1,-1,-1.
  cityflow,
};

/// @param name stands for the file in errors
/// @returns `malformed_data` naming `name:line:column`, for lines that are none of an INI file, values out of bounds,
///          and keys that are missing.
result<mot_info> parse_seqinfo(std::string_view text, const std::string& name);

/// Lines of `frame,id,left,top,width,height,flag,class,visibility`; frames, ids and pixels count from 1 (so that the
/// first pixel's left edge, 0 here, is 1 there), and boxes may reach beyond the picture.
/// @param length of the sequence in frames, beyond which a frame is wrong
/// @param classes their numbers are from 1 to this
/// @returns `malformed_data` naming `name:line:column` for every bad line (the first ten in words), also for one
///          object twice on a frame.
result<std::vector<mot_row>> parse_mot_truth(std::string_view text, const std::string& name, mot_flavour flavour,
                                             std::int64_t length, std::int64_t classes = 13);

/// The inverse, for MOT16, 17 and 20.
std::string write_mot_truth(std::span<const mot_row> rows);

/// MOT's thirteen classes. Of those that its evaluation forgives (a person on a vehicle, in a picture or mirror, not
/// moving, or in a crowd) none is background to a person.
std::vector<dataset_class> mot_classes();

// Note [Classes beyond MOT's]
// `gt/labels.txt`, which CVAT writes beside `gt.txt`, names classes: line n that of number n. Where its first lines are
// MOT's own names, they mean MOT's own classes, and what follows them is a further class (the city's bus and truck),
// which a reader who knows thirteen may leave out. With such a file, flag 0 leaves out an object of any class.

/// @returns `malformed_data` naming `name:line` for an empty file, more than 1000 names, and one that is there twice.
result<std::vector<dataset_class>> parse_mot_names(std::string_view text, const std::string& name);

/// The inverse: a name a line, in the order of their numbers.
std::string write_mot_names(std::span<const dataset_class> classes);

/// A sequence's folder: `seqinfo.ini`, the pictures, and `gt/gt.txt` where it is (test sequences have none), with
/// `gt/labels.txt` where that is. Without it, flag 0 leaves out pedestrians only: MOT writes it at every other class,
/// which it labels but does not evaluate.
/// @returns also `malformed_data` for pictures that are missing, too many, or of another size than `seqinfo.ini` says.
result<dataset_sequence> read_mot(const std::filesystem::path& folder);

} // namespace ecco
