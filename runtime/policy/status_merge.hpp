// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "messages/status.hpp"
#include "runtime/policy/allocation.hpp"

namespace ecco {

/// Adds what one actor knows to what others do, in any order: of a group, one knows the members (the
/// grouper), the other the figures (the allocator, which names no members); cameras and workers are known to
/// one only.
void merge(status_report& into, const status_report& part);

/// The jobs' figures, without members.
std::vector<group_standing> group_standings(const allocation& jobs);

/// Tells each camera of `whole` the group that names it as a member.
void place_cameras_in_groups(status_report& whole);

} // namespace ecco
