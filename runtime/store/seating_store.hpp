// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "runtime/policy/seats.hpp"
#include "runtime/store/keeper.hpp"

namespace ecco {

/// Who learns with whom.
using seating_store = keeper<seating>;

/// One file, `groups.json`, in `folder`: written beside and renamed into place. Loading it refuses a seat in no group or in
/// one that is yet to be opened, a place off the globe, a span longer than a day or negative, an accuracy beyond [0, 1],
/// and more seats than anybody has.
std::unique_ptr<seating_store> open_seating_store(const std::filesystem::path& folder);

} // namespace ecco
