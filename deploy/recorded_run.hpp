// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <caf/actor_system.hpp>

#include "actors/tap.hpp"
#include "config/settings.hpp"
#include "messages/recording.hpp"

namespace ecco {

/// How a recording of a node with these settings begins.
recording_header header_of(const settings& from, std::string node);

/// Records messages into `file`, unless that is empty, and injects faults where `from` allows them; with neither there
/// is no tap. The recording is finished with the tap, which lives as long as a system that has it.
/// @returns what is wrong with `file`
result<std::shared_ptr<tap>> make_tap(const settings& from, const std::filesystem::path& file,
                                      const recording_header& header);

/// Gives `system` such a tap, before its first actor.
result<void> tap_system(caf::actor_system& system, const settings& from, const std::filesystem::path& file,
                        const recording_header& header);

} // namespace ecco
