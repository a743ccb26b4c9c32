// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/world/mesh.hpp"
#include "runtime/world/traffic.hpp"
#include "runtime/world/walkers.hpp"

namespace ecco::world {

/// A person who walks or stands. @param pixels how high it is in the picture: small ones have fewer parts
void add_walker(mesh& to, const walker& from, vec3 eye, float pixels);

/// The person on a bicycle.
void add_rider(mesh& to, const vehicle& bicycle, vec3 eye);

/// An umbrella over somebody, if this person has one with them.
void add_umbrella(mesh& to, const walker& from, vec3 eye);

} // namespace ecco::world
