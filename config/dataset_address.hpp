// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/dataset_layout.hpp"
#include "messages/error.hpp"

namespace ecco {

/// One sequence of a data set.
struct dataset_place {
  dataset_layout layout{};
  std::string path;
  /// What stands behind the path's '?'.
  std::string options{};
};

/// A camera's source that is one: `mot:data/MOT17-02-FRCNN`, `visdrone:data/sequences/uav1?classes=van:car,motor:`. The
/// options begin behind the last '?', so that a path with one of its own is written with another at its end. Nothing
/// for whatever libavformat opens.
std::optional<dataset_place> dataset_named_by(std::string_view source);

/// Classes are the same whose names differ in case, and in '-', '_' and ' ', only: by this one name.
std::string plain_class_name(std::string_view name);

/// What a user makes of one of the data set's classes.
struct class_choice {
  std::string name;
  /// The configured class that it is. Empty: it is none, and no background either.
  std::string is;

  friend bool operator==(const class_choice&, const class_choice&) = default;
};

/// Whose numbers the red of CARLA's instance pictures is.
enum class carla_tags : std::uint8_t {
  /// Since 0.9.14: Cityscapes'.
  cityscapes,
  /// Of 0.9.13, the first with an instance camera.
  before_0_9_14,
};

struct dataset_options {
  std::vector<class_choice> classes;
  carla_tags tags = carla_tags::cityscapes;

  friend bool operator==(const dataset_options&, const dataset_options&) = default;
};

/// Reads `KEY=VALUE&...`:
///   classes=pedestrian:person,van:car,motor:   a class of the data set, and the configured one that it is; behind
///               which nothing stands is neither an object nor background. Classes that are not named become what they
///               always do (runtime/dataset/class_map.hpp). Names are without ',', ':' and '&'.
///   tags=0.9.13   of CARLA alone: it recorded before its tags were those of Cityscapes
/// @returns `invalid_argument` that says what the address does ("has the option ..."); whether the data set has such
///          classes is known to whoever reads it
result<dataset_options> read_dataset_options(dataset_layout layout, std::string_view text);

} // namespace ecco
