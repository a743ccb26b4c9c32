// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/dataset/dataset.hpp"

namespace ecco {

/// One line of an annotation, in its own columns. Pixels count from 0, frames from 1.
struct visdrone_row {
  std::int64_t frame = 0, track = 0;
  pixel_box where;
  /// The column "score": false leaves it out of evaluations.
  bool used = true;
  /// 0 an ignored region, 1..10 objects, 11 others.
  std::int64_t category = 0;
  /// 0 none, 1 up to half of it, 2 more.
  int truncation = 0, occlusion = 0;

  friend bool operator==(const visdrone_row&, const visdrone_row&) = default;
};

struct visdrone_truth {
  std::vector<visdrone_row> rows;
  /// Boxes without an area: VisDrone has some. They are left out.
  std::size_t flat = 0;
};

/// Lines of `frame,id,left,top,width,height,score,category,truncation,occlusion`.
/// @param length the highest number of a frame
/// @returns `malformed_data` naming `name:line:column` for every bad line (the first ten in words), also for one
///          object twice on a frame.
result<visdrone_truth> parse_visdrone(std::string_view text, const std::string& name, std::int64_t length);

/// VisDrone's twelve classes: ignored regions and others are never background.
std::vector<dataset_class> visdrone_classes();

/// A folder of `sequences`; its labels are in `annotations/NAME.txt` beside that folder, if at all. Objects that are
/// truncated by more than half are left out, as VisDrone's evaluation does.
/// @param fps the frames' rate, which VisDrone does not say
result<dataset_sequence> read_visdrone(const std::filesystem::path& folder, double fps);

} // namespace ecco
