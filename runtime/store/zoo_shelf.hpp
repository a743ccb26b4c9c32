// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "runtime/policy/zoo.hpp"
#include "runtime/store/keeper.hpp"

namespace ecco {

/// What is known of the zoo's models; their weights are revisions like all others.
using zoo_shelf = keeper<zoo_content>;

/// One file, `zoo.json`, in `folder`: written beside and renamed into place. Loading it refuses two models of one
/// revision, numbers that are not finite or out of range, and more than anybody keeps.
std::unique_ptr<zoo_shelf> open_zoo_shelf(const std::filesystem::path& folder);

} // namespace ecco
