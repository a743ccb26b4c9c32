// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/dataset/dataset.hpp"

namespace ecco {

// Note [The layout of MDOT]
// As the data set's own toolkit reads it (VisDrone/MultiDrone, MDOT_toolkit/util/configSeqs.m) and others' loaders do
// (cgjacklin/transmdot, lib/train/dataset/twomdot.py): a folder a group of drones, `two/md2001` or `three/md3001`, with
// the group's attributes, `md2001.txt`, which say nothing of a picture; and in it a folder a drone, `md2001-1`, with
// `img/00000001.jpg` and so on, `groundtruth.txt`, `occlusion.txt` and `out_of_view.txt`, a line a picture. The toolkit
// counts no box with a side that is not more than 0. Whether boxes count pixels from 0 or 1 nobody says; 0 is assumed.

/// One box a line, `left,top,width,height` with commas or blanks between, for frames in their order; nothing for one
/// of `nan`s or without an area: the target is not seen.
/// @returns `malformed_data` naming `name:line:column` for every bad line, the first ten in words.
result<std::vector<std::optional<pixel_box>>> parse_mdot(std::string_view text, const std::string& name);

/// 0 or 1 a line. @returns as `parse_mdot`
result<std::vector<bool>> parse_mdot_flags(std::string_view text, const std::string& name);

/// One drone's folder (Note [The layout of MDOT]). A target that is out of view is not there, and one that is hidden
/// does not count. One target of unknown class is labelled and everything beside it is not, so it is an ignored region
/// unless `target` is a configured class or said to be one: MDOT is for pictures of drones that see the same, with
/// another teacher.
/// @param fps the frames' rate, which MDOT does not say
result<dataset_sequence> read_mdot(const std::filesystem::path& folder, double fps);

} // namespace ecco
