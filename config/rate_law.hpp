// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ecco {

/// How a camera finds the rate it sends at.
/// `paper`: GAIMD as ECCO has it (3.2.2): each round trip without congestion adds p_j / n_j packets, a loss keeps
///   half; no correction.
/// `corrected`: the same idea with its biases taken out: one control period for all, the average camera as
///   aggressive as one Reno flow, weights corrected by the server from what arrives (algorithms.md, section 5).
/// `aimd`: every camera alike, as one Reno flow: the baseline.
/// `fixed`: `sampling.bitrate`, whatever the network does.
enum class rate_law : std::uint8_t { paper, corrected, aimd, fixed };

} // namespace ecco
