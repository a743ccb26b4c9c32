// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "deploy/experiment/virtual_fleet.hpp"

namespace ecco {

/// Parts around the real student for virtual time: the settings' cameras, read and encoded as they are live but by the
/// virtual clock, and devices whose time is counted, `experiment.capacity` images a second, so that the same seed gives
/// the same result on the same machine.
/// @returns `invalid_argument` for what cannot be run in virtual time (sources that are not files, devices that train
///          one job together), or as `make_learner_factory` and `initial_weights`
result<virtual_parts> make_torch_parts(const settings& from);

/// What the server is told of such an experiment, which begins with `weights`: no device and no source is opened, and
/// the cameras are names.
result<virtual_parts> make_torch_server_parts(const settings& from, blob weights);

} // namespace ecco
