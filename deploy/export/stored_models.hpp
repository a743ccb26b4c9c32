// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "runtime/store/revisions.hpp"

namespace ecco {

/// Which of a server's models. Of several that are meant it is the newest.
struct model_choice {
  std::optional<group_id> group;
  /// What this camera was given last.
  std::optional<camera_id> camera;
  std::optional<std::uint32_t> revision;
};

/// What a server's state folder holds of models.
struct stored_models {
  std::vector<revision> revisions;
  /// Those that are in the zoo.
  std::set<std::uint32_t> zoo;
};

struct stored_model {
  revision facts;
  blob weights;
};

/// @returns `not_found` when there is no such folder, or no model in it
result<stored_models> list_models(const std::filesystem::path& state);

/// @returns also `not_found` when nothing is so chosen
result<stored_model> load_stored_model(const std::filesystem::path& state, const model_choice& choice);

/// Reads `7` or `g-0007`. @returns `invalid_argument`
result<group_id> parse_group(std::string_view text);

} // namespace ecco
