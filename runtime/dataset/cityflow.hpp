// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "messages/detection.hpp"
#include "runtime/dataset/dataset.hpp"

namespace ecco {

/// `cam_timestamp/S03.txt`: lines of `c010 8.715`, how many seconds after the first camera of the scene each begins.
/// @returns `malformed_data` naming `name:line:column` for every bad line, also for a camera named twice.
result<std::map<std::string, double>> parse_cityflow_offsets(std::string_view text, const std::string& name);

/// A camera's folder, such as `train/S03/c010`: `vdo.avi`, `roi.jpg`, `gt/gt.txt` where it is; its scene's offsets
/// are in `cam_timestamp/S03.txt` of the data set, if at all. 10 frames a second, but 8 for c015 of S03; frames that
/// the recording skipped have no number of their own. Boxes count pixels from 1, as MOT's do.
result<dataset_sequence> read_cityflow(const std::filesystem::path& folder);

/// Rectangles that cover what is dark in a picture of the region of interest (less than half bright), in fractions
/// of it. They come from a grid of at most `columns` x `rows` cells of which each is dark as a whole: not an object
/// that counts is hidden, and at the region's edge some of the rest stays. @pre `region` has pixels
std::vector<box> dark_parts(const image& region, std::uint32_t columns = 48, std::uint32_t rows = 27);

} // namespace ecco
