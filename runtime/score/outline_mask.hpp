// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "messages/detection.hpp"
#include "runtime/score/rle.hpp"

namespace ecco {

/// The pixels of a picture of that size that an outline covers; none when it is empty. Rings of fewer than
/// three corners enclose nothing. @pre the size is one that a mask can have
rle mask_of(const outline& shape, std::uint32_t height, std::uint32_t width);

/// The pixels that a box covers.
rle mask_of(const box& where, std::uint32_t height, std::uint32_t width);

} // namespace ecco
