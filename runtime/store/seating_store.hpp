// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "messages/error.hpp"
#include "runtime/policy/seats.hpp"

namespace ecco {

/// Keeps who learns with whom over the server's end.
class seating_store {
 public:
  virtual ~seating_store() = default;

  /// Nothing yet: nobody is in a group.
  /// @returns `malformed_data` for what cannot be: a seat in no group or in one that is yet to be opened, a place off
  ///          the globe, a span longer than a day or negative, an accuracy beyond [0, 1], more seats than anybody has
  virtual result<seating> load() = 0;

  /// On error what was there before still is.
  virtual result<void> save(const seating& now) = 0;
};

/// One file, `groups.json`, in `folder`: written beside and renamed into place.
std::unique_ptr<seating_store> open_seating_store(const std::filesystem::path& folder);

/// For virtual time: gone with the process.
std::unique_ptr<seating_store> make_memory_seating_store();

} // namespace ecco
