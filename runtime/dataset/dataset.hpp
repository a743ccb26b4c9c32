// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/dataset_address.hpp"
#include "messages/ids.hpp"
#include "runtime/score/pixel_box.hpp"
#include "runtime/score/rle.hpp"

namespace ecco {

/// A class as a data set has it.
struct dataset_class {
  /// Its number in the files.
  std::int64_t id = 0;
  std::string name;
  /// Further names that it goes by among the configured classes, the best first.
  std::vector<std::string> also{};
  /// Configured classes that it is too like to be background to them; "*": all.
  std::vector<std::string> near{};
  /// Never an object: a part of the picture that nobody labelled.
  bool region = false;
  /// What the user says that it is: this configured class, or with an empty name none, and no background either.
  std::optional<std::string> said{};
};

struct dataset_object {
  /// The same number is the same object on other frames of its sequence; -1: not said.
  std::int64_t track = -1;
  /// Index into `dataset_sequence::classes`.
  std::uint32_t kind = 0;
  /// In pixels from the top left corner of the picture, whatever the files count from; may reach beyond it.
  pixel_box where;
  /// False: the data set says to leave it out of every score.
  bool counts = true;
  /// The part of it that is in sight, in [0, 1]; -1: not said.
  double visibility = -1;
  /// VisDrone's grades, 0 for none; -1: not said.
  int truncation = -1, occlusion = -1;
  /// Its outline, polygons of x, y, x, y, ... in pixels; empty when none is given.
  std::vector<std::vector<double>> rings{};
  /// Its pixels; without any when none are given.
  rle mask{};

  friend bool operator==(const dataset_object&, const dataset_object&) = default;
};

struct dataset_frame {
  /// From 1; frame n stands at (n - 1) / fps of the sequence. Numbers may be missing.
  std::int64_t number = 0;
  /// Empty for a frame of a video.
  std::filesystem::path picture;
  /// In pixels; 0 for a frame of a video, which knows.
  std::uint32_t width = 0, height = 0;
  std::vector<dataset_object> objects;
  /// CARLA's picture of tags and instances, from which the objects are to be made; empty elsewhere.
  std::filesystem::path instances{};
};

/// What one camera of a data set saw.
struct dataset_sequence {
  dataset_layout layout{};
  std::string name;
  /// Empty when frames are pictures.
  std::filesystem::path video;
  /// CityFlow: a picture that is white where objects are labelled; empty elsewhere.
  std::filesystem::path region_of_interest;
  /// More than 0.
  double fps = 0;
  /// The layout has no clock of its own: `fps` is what the reader was told.
  bool fps_is_assumed = false;
  /// How much later than the first camera of its scene it begins.
  duration offset{};
  std::vector<dataset_class> classes;
  /// In ascending order of their numbers. Of a video, only those with objects.
  std::vector<dataset_frame> frames;
  bool has_truth = false;
  /// What a user must know: labels that are missing on purpose, boxes left out.
  std::vector<std::string> notes;
};

} // namespace ecco
