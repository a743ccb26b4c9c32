// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "runtime/dataset/dataset.hpp"

namespace ecco {

/// What `data.yaml` says. Ultralytics' other keys are not read.
struct yolo_info {
  /// By class number; from `names`, a list or a map from 0 without gaps.
  std::vector<std::string> names;
  /// `path`/`train` and `path`/`val`, within the folder of `data.yaml`; empty when it names none.
  std::filesystem::path train, val;
};

/// @returns `malformed_data` naming `name:line:column` for what is no YAML, for names that are missing, not from 0
///          without gaps, or used twice, and for a folder outside that of the file.
result<yolo_info> parse_yolo_info(std::string_view text, const std::string& name);

/// A folder with `data.yaml` or that file itself (then it is what `val` names, else `train`), or a folder of pictures
/// `.../images/SPLIT` below one. The labels of `images/a/b.jpg` are in `labels/a/b.txt`; a picture without has no
/// objects. Pictures in the order of their names are the frames; a line that is there twice counts once.
/// @param fps the frames' rate, which the layout does not know
result<dataset_sequence> read_yolo(const std::filesystem::path& place, double fps);

} // namespace ecco
