// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "config/dataset_address.hpp"
#include "messages/error.hpp"

namespace ecco {

/// The layout that a path looks like one sequence of, by the names of what is there.
std::optional<dataset_layout> guess_layout(const std::filesystem::path& path);

/// The sequences at a path: itself, or those in folders at most three below it, in the order of their paths; COCO's
/// there only when they are named like it, `instances*.json`.
/// @param wanted only of this layout; a path that is named with it is taken for one when nothing below is
/// @returns `not_found` when nothing is there, or nothing that looks like a sequence; at most 10,000 are looked for.
result<std::vector<dataset_place>> find_sequences(const std::filesystem::path& path,
                                                  std::optional<dataset_layout> wanted);

} // namespace ecco
