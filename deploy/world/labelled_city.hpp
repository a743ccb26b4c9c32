// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "deploy/world/cities.hpp"
#include "messages/detection.hpp"
#include "messages/error.hpp"

namespace ecco {

/// The first `pictures` pictures of one camera of the city, each drawn once for its pixels and for the truth about it.
/// @param address "world:..." @param classes, with_outlines as of `make_world_teacher` @returns as `make_world_teacher`
result<std::vector<labelled_frame>> labelled_city(cities& made, const std::string& address,
                                                  const std::vector<std::string>& classes, std::size_t pictures,
                                                  bool with_outlines);

} // namespace ecco
