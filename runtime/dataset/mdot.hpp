// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/dataset/dataset.hpp"

namespace ecco {

/// One box a line, `left,top,width,height` with commas or blanks between, for frames in their order; nothing for a
/// line of `nan`s or four zeros: the target is out of view.
/// @returns `malformed_data` naming `name:line:column` for every bad line, the first ten in words.
result<std::vector<std::optional<pixel_box>>> parse_mdot(std::string_view text, const std::string& name);

/// One drone's folder of numbered pictures, itself or its `img`, with one box a frame in `groundtruth_rect.txt`,
/// `groundtruth.txt` or `NAME.txt` in it. That layout is the usual one of single-object benchmarks; it was not
/// checked against MDOT itself. One target of unknown class is labelled and everything beside it is not, so it is
/// an ignored region unless `target` is a configured class: MDOT is for pictures of drones that see the same, with
/// another teacher.
/// @param fps the frames' rate, which MDOT does not say
result<dataset_sequence> read_mdot(const std::filesystem::path& folder, double fps);

} // namespace ecco
