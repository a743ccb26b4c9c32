// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/truth_judge.hpp"
#include "config/settings.hpp"

namespace ecco {

/// What is exactly known of the settings' cameras, to measure with and not to teach with: of the synthetic city, of data
/// sets that have it, and of cameras with a file of labels. Empty with teacher.kind: labels, whose labels are that truth.
truth_factory find_truths(const settings& from);

} // namespace ecco
