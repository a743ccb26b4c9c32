// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/test/unit_test.hpp>
#include <caf/scoped_actor.hpp>

#include "actors/virtual_system.hpp"

namespace ecco::test {

using ecco::pending;
using ecco::virtual_system;

} // namespace ecco::test
