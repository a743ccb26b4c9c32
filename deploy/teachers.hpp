// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "config/settings.hpp"
#include "runtime/learn/compute_device.hpp"
#include "runtime/learn/learner.hpp"

namespace ecco {

/// The teacher the settings name. For `labels` it reads one MOT file a camera, whose boxes are in pixels of the
/// picture as that camera shows it; the camera's source is opened once to learn that picture's size. A camera whose
/// source is a data set and that names no file is taught by that data set's truth.
/// @returns `malformed_data` also for a file without any outline when the student has masks
///          `not_found` or `malformed_data` for a network's weights
/// @param device where a network computes
result<std::unique_ptr<teacher>> make_teacher(const settings& from, compute_device device);

/// The truth about one camera: of its source, or of the file of labels that the settings name.
result<std::unique_ptr<teacher>> labels_of(const settings& from, const camera_settings& camera);

} // namespace ecco
