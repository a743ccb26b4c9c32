// SPDX-License-Identifier: Apache-2.0
// Private to deploy/coco
#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "messages/error.hpp"

namespace ecco {

/// Looks at one element of a list, named for errors: `annotations[17]`. What it fails with need not say the
/// file.
using element_visitor = std::function<result<void>(const nlohmann::json& element, const std::string& name)>;

/// One list of a file, and who looks at its elements.
struct list_visit {
  /// The member of the document that is the list; empty when the document itself is.
  std::string name;
  element_visitor visit;
};

/// Reads lists of a JSON file, one element in memory at a time: files of a gigabyte are usual. Stops being
/// interested at the first failure.
/// @returns `not_found`, `io_failed`; `malformed_data` with file and place for what is no JSON, for a list
/// that is missing or no list, and for what a visitor refuses.
result<void> read_lists(const std::filesystem::path& file, const std::vector<list_visit>& lists);

} // namespace ecco
