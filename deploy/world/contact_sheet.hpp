// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "runtime/world/world.hpp"

namespace ecco {

struct sheet_options {
  /// Cameras and moments in rows of so many; 0 chooses.
  int columns = 0;
  /// Draws the boxes of what is labelled.
  bool boxes = false;
};

/// Draws the boxes of labelled objects into a picture, a colour a class.
image with_boxes(const world::shot& seen);

/// Pictures beside and below each other, all of the first one's size or smaller. @pre there is one
image contact_sheet(const std::vector<world::shot>& shots, const sheet_options& options);

} // namespace ecco
