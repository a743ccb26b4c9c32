// SPDX-License-Identifier: Apache-2.0
#include "config/environment.hpp"

#include <string_view>
#include <system_error>

#include <unistd.h>

namespace ecco {

environment process_environment() {
  environment found;
  for (auto at = environ; at && *at; ++at) {
    const std::string_view entry{*at};
    if (const auto sign = entry.find('='); sign != entry.npos)
      found.variables.emplace(entry.substr(0, sign), entry.substr(sign + 1));
  }
  std::error_code ignored; // without a working folder relative paths stay relative
  found.folder = std::filesystem::current_path(ignored);
  return found;
}

} // namespace ecco
