// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ecco {

/// What raises a camera's alarm (runtime/policy/drift_detector.hpp). `relative`: falls of confidence or count below
/// what is usual, ecco's own. `page_hinkley`, `adwin`, `kswin`: the textbook's tests on the same two numbers.
/// `features`: the student's pooled features have gone from where they were. `agreement`: several of confidence, count
/// and features at about the same time.
enum class drift_kind : std::uint8_t { relative, page_hinkley, adwin, kswin, features, agreement };

} // namespace ecco
