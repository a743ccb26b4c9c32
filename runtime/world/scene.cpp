// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/scene.hpp"

#include "runtime/world/person_shapes.hpp"
#include "runtime/world/signals.hpp"

namespace ecco::world {
namespace {

/// A box holds it that is so many metres around its middle.
float reach_of(const size3& size) {
  return .5f * std::sqrt(size.length * size.length + size.width * size.width + size.height * size.height)
         + .3f;
}

/// Draws an object's faces and notes what it covers.
void draw_object(raster& to, moving_scene& scene, drawn_object made) {
  const auto number = static_cast<std::uint32_t>(scene.objects.size() + 1);
  to.take_touched();
  for (const auto& one : scene.shapes.faces)
    to.draw(scene.shapes, one, number, &made.samples);
  made.where = to.take_touched();
  scene.objects.push_back(made);
}

vec2 drift_of(const view& from, vec3 middle, vec2 velocity, vec3 camera_velocity) {
  const vec3 here = from.to_camera(middle);
  const vec3 there = from.to_camera(middle + (at_height(velocity, 0) - camera_velocity) * .05f);
  if (here.z < 1 || there.z < 1)
    return {};
  return (from.project(there) - from.project(here)) * 20.f;
}

class mover {
 public:
  mover(const camera_state& camera, const lighting& light, raster& to, moving_scene& scene)
      : camera_(camera), light_(light), to_(to), scene_(scene) {}

  void draw(const vehicle& one) {
    const auto size = size_of(one.kind, one.model);
    const vec3 middle = at_height(one.at, size.height / 2);
    if (one.id == camera_.carried_by)
      return;
    // What is out of sight may still cast its shadow into it.
    if (!may_be_seen(camera_.from, middle, reach_of(size) + 6, 0))
      return;
    scene_.casters.push_back({one.at, one.ahead, size});
    if (!may_be_seen(camera_.from, middle, reach_of(size), 2.2f))
      return;
    const vec3 eye = camera_.from.eye;
    scene_.shapes.clear();
    const float pixels = size.height * camera_.from.focal / std::max(1.f, length(middle - eye));
    add_vehicle(scene_.shapes, one, light_.headlights || covered(one.at) > .2f, eye, pixels, &scene_.lamps);
    finish(one.id, one.kind, middle, one.ahead * one.speed);
    if (one.kind != object_class::bicycle)
      return;
    scene_.shapes.clear();
    add_rider(scene_.shapes, one, eye);
    finish(hashed(one.id, 99), object_class::person, middle, one.ahead * one.speed);
  }

  void draw(const walker& one) {
    const vec3 middle = at_height(one.at, one.height / 2);
    if (!may_be_seen(camera_.from, middle, 3, 0))
      return;
    scene_.casters.push_back({one.at, one.ahead, {.35f, .45f, one.height}});
    if (!may_be_seen(camera_.from, middle, 1.1f, 2.6f))
      return;
    scene_.shapes.clear();
    add_walker(scene_.shapes, one, camera_.from.eye,
               one.height * camera_.from.focal / std::max(1.f, length(middle - camera_.from.eye)));
    finish(one.id, object_class::person, middle, one.ahead * one.speed);
    if (light_.weather.rain > .3f && covered(one.at) == 0) {
      scene_.shapes.clear();
      add_umbrella(scene_.shapes, one, camera_.from.eye);
      for (const auto& face : scene_.shapes.faces)
        to_.draw(scene_.shapes, face, 0);
    }
  }

 private:
  void finish(std::uint64_t id, object_class kind, vec3 middle, vec2 velocity) {
    drawn_object made;
    made.id = id;
    made.kind = kind;
    made.distance = length(middle - camera_.from.eye);
    draw_object(to_, scene_, made);
    scene_.drift.push_back(drift_of(camera_.from, middle, velocity, camera_.velocity));
  }

  const camera_state& camera_;
  const lighting& light_;
  raster& to_;
  moving_scene& scene_;
};

} // namespace

bool may_be_seen(const view& from, vec3 middle, float radius, float smallest) {
  const vec3 at = from.to_camera(middle);
  if (at.z < -radius)
    return false;
  const float half_wide = static_cast<float>(from.width) / 2 / from.focal,
              half_tall = static_cast<float>(from.height) / 2 / from.focal;
  if (std::abs(at.x) > at.z * half_wide + radius * std::sqrt(1 + half_wide * half_wide)
      || std::abs(at.y) > at.z * half_tall + radius * std::sqrt(1 + half_tall * half_tall))
    return false;
  return 2 * radius * from.focal >= smallest * at.z;
}

void draw_still(const world& in, raster& to, mesh& scratch, float clear) {
  const auto& from = to.from();
  for (const auto& some : in.still.clusters) {
    if (!may_be_seen(from, some.middle, some.radius, 3))
      continue;
    for (auto i = some.first; i < some.first + some.count; ++i)
      to.draw(in.still.shapes, in.still.shapes.faces[i], 0);
  }
  for (std::size_t i = 0; i < in.map.trees.size(); ++i) {
    const auto& one = in.map.trees[i];
    const vec3 middle = at_height(one.foot, one.ground + one.height / 2);
    if (length(middle - from.eye) < clear || !may_be_seen(from, middle, one.height * .55f, 5))
      continue;
    scratch.clear();
    add_tree(scratch, one, in.still.trees[i], from.eye);
    for (const auto& face : scratch.faces)
      to.draw(scratch, face, 0);
  }
}

void draw_moving(const world& in, const camera_state& camera, const lighting& light, double t, raster& to,
                 moving_scene& scene) {
  scene.objects.clear();
  scene.casters.clear();
  scene.lamps.clear();
  scene.drift.clear();
  scene.vehicles.clear();
  scene.people.clear();
  if (in.options.trace) {
    in.options.trace->at(t, scene.vehicles, scene.people);
    in.vehicles.parked_at(t, scene.vehicles);
  } else {
    in.vehicles.at(t, scene.vehicles);
    in.people.at(t, scene.people);
  }
  mover each{camera, light, to, scene};
  for (const auto& one : scene.vehicles)
    each.draw(one);
  for (const auto& one : scene.people)
    each.draw(one);
  for (int column = 0; column < street::columns; ++column)
    for (int row = 0; row < street::rows; ++row) {
      const vec3 middle{street::x_of(column), street::y_of(row), 4};
      if (!is_crossing(column, row) || length(middle - camera.from.eye) > 110
          || !may_be_seen(camera.from, middle, 20, 0))
        continue;
      scene.shapes.clear();
      add_signal_lights(scene.shapes, in.map.seed, column, row, t);
      for (const auto& face : scene.shapes.faces)
        to.draw(scene.shapes, face, 0);
    }
}

} // namespace ecco::world
