// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "deploy/coco/read_coco.hpp"
#include "deploy/detect_pictures.hpp"
#include "deploy/export/kept_selection.hpp"
#include "deploy/loaded_model.hpp"

namespace ecco {

struct results_options {
  /// 0: the newest of what is chosen.
  std::uint32_t revision = 0;
  /// Empty: what the model was trained for.
  std::string input;
  std::string device = "cpu";
  /// As Ultralytics validates.
  float least_score = .001F;
};

struct results_summary {
  std::uint32_t revision = 0;
  std::size_t detections = 0;
};

/// What a model of a server sees on the frames it kept, as COCO's results.
class results_exporter {
 public:
  /// @returns as `load_stored_model` and `load_model`; `invalid_argument` when no model is named,
  ///          `shape_mismatch` for a model of other classes than the frames
  static result<std::unique_ptr<results_exporter>> make(const std::filesystem::path& state,
                                                        const frame_choice& choice,
                                                        const std::vector<std::string>& classes,
                                                        const results_options& options);

  /// Lets the model look at them.
  result<void> add(const std::vector<exported_frame>& frames);

  /// Writes `results.json`: image and category ids are those of an export as `coco`. @returns `io_failed`
  result<void> finish(const std::filesystem::path& folder);

  results_summary summary() const { return {revision_, input_.scene.detections.size()}; }

 private:
  results_exporter(loaded_model model, class_categories categories, coco_input input, std::uint32_t revision);

  loaded_model model_;
  class_categories categories_;
  coco_regions regions_;
  coco_input input_;
  std::uint32_t revision_;
};

} // namespace ecco
