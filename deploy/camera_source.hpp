// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "config/settings.hpp"
#include "runtime/video/source.hpp"

namespace ecco {

/// Opens what a camera of the settings shows: a sequence of a data set (`mot:PATH`), a camera of
/// the city (`world:NAME`), else whatever libavformat opens.
/// @param fps frames a second of data sets without a clock of their own: `teacher.labels_fps`
result<std::unique_ptr<frame_source>> open_camera_source(const camera_settings& camera, double fps);

} // namespace ecco
