// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/interfaces.hpp"

namespace ecco {

/// Speaks for a gpu_worker on another node: the same interface, everything through `carrier`. Ends with it.
gpu_worker_actor::behavior_type remote_worker(gpu_worker_actor::pointer self, courier_actor carrier);

/// Speaks for a camera on another node.
camera_actor::behavior_type remote_camera(camera_actor::pointer self, courier_actor carrier);

} // namespace ecco
