// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ecco {

/// The candidate that `word` was probably meant to be, for "did you mean": the one that the fewest
/// insertions, deletions and replacements turn it into. Empty when even that is more than a third of the
/// word.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// The sentence for a hint: "did you mean retrainRequest?", or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

} // namespace ecco
