// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ecco {

/// Arithmetic of the student's convolutions. Weights travel as fp32 either way.
enum class precision : std::uint8_t { fp32, bf16 };

} // namespace ecco
