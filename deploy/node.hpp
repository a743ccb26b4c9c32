// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <caf/actor_system.hpp>

#include "actors/camera.hpp"
#include "actors/gpu_worker.hpp"
#include "actors/reception.hpp"
#include "config/settings.hpp"

namespace ecco {

/// Turns settings into the parts the actors are made of: here it is decided what is real.

/// A server's parts: its media port is open and its store is read; nothing runs yet.
/// @returns `io_failed` when a port is in use or the state folder cannot be written, `not_found` or
///          `malformed_data` for the student's weights, `unsupported` where devices cannot train together as
///          gpu.mode wants.
result<server_parts> make_server_parts(const settings& from, telemetry_sink sink);

/// The weights that students begin with. Those of a user's file are tried on here, where they can be refused, not first
/// on the cameras; without a file they are random.
result<blob> initial_weights(const settings& from);

/// Network input, classes and architecture of the student.
student_spec spec_of(const settings& from);

/// Makes a device's learner, with the teacher, so that what is wrong is known before an actor runs.
result<learner_factory> make_learner_factory(const settings& from, int nth = 0);

camera_parts make_camera_parts(const settings& from, const camera_id& camera);
camera_hello make_camera_hello(const settings& from, const camera_id& camera, incarnation process);

/// Random, from the operating system: told apart from every other process.
incarnation draw_incarnation();

} // namespace ecco
