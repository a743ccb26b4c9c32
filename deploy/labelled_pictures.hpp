// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "messages/detection.hpp"
#include "messages/error.hpp"

namespace ecco {

struct picture_options {
  /// Of each source, its first so many; fewer where it ends sooner.
  std::size_t pictures = 100;
  unsigned threads = 1;
  /// Told now and then, from several threads, how many sources are done; false stops.
  std::function<bool(std::size_t done)> go_on;
};

/// Pictures of many sources with the word of the settings' teacher on them, source by source. A camera of the city is
/// looked at once for its pictures and for the truth about them, and cameras of the same city share it.
/// @param teaching its student, classes and teacher say what labels are; its cameras do not count
/// @returns the first failure of a source; `unavailable` when it was stopped
result<std::vector<std::vector<labelled_frame>>> read_labelled_pictures(const std::vector<std::string>& sources,
                                                                        const settings& teaching,
                                                                        const picture_options& options);

} // namespace ecco
