// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/video/source.hpp"

namespace ecco {

/// A source of finished pictures behind filters, as `open_source` has them: in ascending order of `at`, the last one
/// whose time has come is in force. Reads the first picture, and makes every filter once for it.
/// @param name stands for the source in errors
/// @returns `invalid_argument` for filters out of order or that are none; whatever the source says of its first picture
result<std::unique_ptr<frame_source>> open_filtered(std::unique_ptr<frame_source> of, const std::string& name,
                                                    std::vector<timed_filter> filters);

} // namespace ecco
