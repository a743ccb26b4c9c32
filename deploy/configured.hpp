// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/camera.hpp"
#include "actors/reception.hpp"
#include "config/settings.hpp"

namespace ecco {

/// What settings make of the actors, whether they run live or in virtual time: every policy of a system is chosen
/// here and nowhere else.

/// A member's newest held-out frames that its job is scored on: enough for an average precision, few enough that
/// scoring leaves the slice to training.
inline constexpr std::size_t held_out_frames = 20;

/// All of a server but what is real or simulated: its first weights, store, media link, decoder, sink, term, tokens and
/// tables of sampling (`sampling_tables_of`) are still to be filled in.
server_parts configured_server(const settings& from);

/// What all cameras have in common; name, process and place are still to be filled in.
camera_config configured_camera(const settings& from);

/// A camera that begins to drift as its filters say. @pre `from` has that camera
camera_config configured_camera(const settings& from, const camera_id& camera, incarnation process);

/// Network input, classes and architecture of the student, and its teacher: what the server tells workers, and what
/// a worker's devices must be able to do.
worker_welcome worker_terms(const settings& from);

} // namespace ecco
