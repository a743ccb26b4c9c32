// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/dataset/dataset.hpp"
#include "runtime/dataset/picture_size.hpp"

namespace ecco {

/// Is its name that of a JPEG or PNG?
bool is_picture_name(const std::filesystem::path& file);

/// The JPEG and PNG files of a folder in the order of their names; other files are passed over.
/// @returns `not_found`, `io_failed`; `malformed_data` for more than ten million.
result<std::vector<std::filesystem::path>> pictures_in(const std::filesystem::path& folder);

/// Those whose names are numbers (`000001.jpg`, `1234.png`), as frames in their order.
/// @returns as `pictures_in`, and `malformed_data` for a name that is no number, one number in two names, and none
///          at all.
result<std::vector<dataset_frame>> numbered_frames(const std::filesystem::path& folder);

/// A sequence without frames, named after its folder, with what the reader was told for a clock.
dataset_sequence without_clock(dataset_layout layout, const std::filesystem::path& folder, double fps);

/// Looks up every frame's size. @param all the size that each must have; 0 x 0: the same as the first
/// @returns `malformed_data` naming each picture of another size; whatever `picture_size` does.
result<void> fill_in_sizes(std::vector<dataset_frame>& frames, picture_extent all);

/// Each with the size it has.
result<void> fill_in_own_sizes(std::vector<dataset_frame>& frames);

/// A name out of a file that anybody may have written: it stays within its folder.
bool stays_within(const std::filesystem::path& name);

/// The frame of that number, or null. @pre they are in the order of their numbers
dataset_frame* find_frame(std::vector<dataset_frame>& frames, std::int64_t number);
const dataset_frame* find_frame(const std::vector<dataset_frame>& frames, std::int64_t number);

} // namespace ecco
