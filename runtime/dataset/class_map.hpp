// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "messages/detection.hpp"
#include "runtime/dataset/dataset.hpp"

namespace ecco {

/// What becomes of a class of a data set.
struct class_fate {
  enum class kind {
    /// It is one of the configured classes.
    object,
    /// It is like one, or unlabelled: neither an object nor background.
    ignored,
    /// It is background.
    dropped,
  };
  kind what = kind::dropped;
  /// Index into the configured classes, of an object.
  std::uint16_t class_id = 0;

  friend bool operator==(const class_fate&, const class_fate&) = default;
};

/// Notes in a data set's classes what the user says that they are.
/// @returns `invalid_argument` for a class that it has not, and for a region made an object
result<void> choose_classes(std::vector<dataset_class>& of, std::span<const class_choice> choices);

/// By index of the data set's classes. What the user said of a class goes before all, and changes no other. Names are
/// compared without regard to case, '-' and '_'; a class's own name goes before the others that it is known by.
/// @returns `shape_mismatch` when no class of the data set is a configured one, or one is said to be what is none.
result<std::vector<class_fate>> map_classes(const std::vector<dataset_class>& of,
                                            const std::vector<std::string>& configured);

/// When an object is too doubtful to train on or to count.
struct label_rules {
  /// Part of a box that must lie within the picture, in [0, 1].
  double least_inside = .5;
  /// Part of an object that must be in sight, in [0, 1], where the data set says so.
  double least_visible = .25;
};

/// One object as a label, without its shape; nothing when it is background or out of sight. Objects that do not count
/// for whatever reason, and those that reach out of the picture or are hidden by more than the rules allow, are marked
/// `ignore`. Heavily occluded ones of VisDrone (more than half) count, as they do in its evaluation.
/// @param width, height of the frame's picture in pixels, more than 0
std::optional<label> label_of(const dataset_object& object, const std::vector<class_fate>& fates, double width,
                              double height, const label_rules& rules = {});

} // namespace ecco
