// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "messages/error.hpp"
#include "runtime/policy/zoo.hpp"

namespace ecco {

/// Keeps what is known of the zoo's models; their weights are revisions like all others.
class zoo_shelf {
 public:
  virtual ~zoo_shelf() = default;

  /// Nothing yet: an empty zoo.
  /// @returns `malformed_data` for what cannot be a zoo: two models of one revision, numbers that are not finite or
  ///          out of range, more than anybody keeps
  virtual result<zoo_content> load() = 0;

  /// On error what was there before still is.
  virtual result<void> save(const zoo_content& content) = 0;
};

/// One file, `zoo.json`, in `folder`: written beside and renamed into place.
std::unique_ptr<zoo_shelf> open_zoo_shelf(const std::filesystem::path& folder);

/// For virtual time: gone with the process.
std::unique_ptr<zoo_shelf> make_memory_zoo_shelf();

} // namespace ecco
