// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/world.hpp"

#include "runtime/base/random.hpp"
#include "runtime/world/illuminate.hpp"
#include "runtime/world/optics.hpp"
#include "runtime/world/scene.hpp"

namespace ecco::world {
namespace {

std::size_t pixels_of(const view& from) {
  return static_cast<std::size_t>(from.width) * static_cast<std::size_t>(from.height);
}

/// Finds what lies at each pixel from the samples of a raster.
class resolver {
 public:
  resolver(const raster& from, const noise& grain, std::vector<laid_texture>& laid, surfaces& to)
      : from_(from), to_(to), paint_(from, grain, laid, to) {}

  /// All pixels.
  void all() {
    for (int y = 0; y < from_.from().height; ++y)
      row(y, 0, from_.from().width, 0);
  }

  /// Only pixels where a face of number `fresh` or above is seen.
  void row(int y, int x0, int x1, std::uint32_t fresh);

 private:
  void blend(int x, int y, const std::array<std::uint32_t, 4>& seen);

  const raster& from_;
  surfaces& to_;
  texturer paint_;
};

void resolver::row(int y, int x0, int x1, std::uint32_t fresh) {
  paint_.begin_row(y);
  const auto wide = static_cast<std::size_t>(from_.width());
  const std::uint32_t* top = from_.shown().data() + static_cast<std::size_t>(2 * y) * wide;
  const std::uint32_t* low = top + wide;
  const auto first = static_cast<std::size_t>(y) * static_cast<std::size_t>(from_.from().width);
  for (int x = x0; x < x1;) {
    const std::array seen{top[2 * x], top[2 * x + 1], low[2 * x], low[2 * x + 1]};
    const bool stale = fresh > 0 && seen[0] < fresh && seen[1] < fresh && seen[2] < fresh && seen[3] < fresh;
    if (stale) {
      ++x;
      continue;
    }
    const auto one = seen[0];
    if (seen[1] != one || seen[2] != one || seen[3] != one) {
      blend(x, y, seen);
      ++x;
      continue;
    }
    int end = x + 1;
    while (end < x1 && top[2 * end] == one && top[2 * end + 1] == one && low[2 * end] == one
           && low[2 * end + 1] == one)
      ++end;
    const auto from = first + static_cast<std::size_t>(x), to = first + static_cast<std::size_t>(end);
    const float open = one == no_face ? 1.f : 0.f;
    for (auto i = from; i < to; ++i) {
      to_.shown[i] = one;
      to_.sky[i] = open;
    }
    if (one != no_face)
      paint_.run(one, x, end);
    x = end;
  }
}

/// A pixel at an edge: the mean of its faces by their samples.
void resolver::blend(int x, int y, const std::array<std::uint32_t, 4>& seen) {
  const auto i = static_cast<std::size_t>(y) * static_cast<std::size_t>(from_.from().width)
                 + static_cast<std::size_t>(x);
  rgb sum;
  float glow = 0, gloss = 0, solid = 0, sky = 0;
  int most = 0;
  for (std::size_t k = 0; k < 4; ++k) {
    bool first = true;
    int count = 1;
    for (std::size_t j = 0; j < 4; ++j) {
      if (j < k && seen[j] == seen[k])
        first = false;
      count += j > k && seen[j] == seen[k] ? 1 : 0;
    }
    if (!first)
      continue;
    const float share = static_cast<float>(count) * .25f;
    if (seen[k] == no_face) {
      sky += share;
      continue;
    }
    paint_.run(seen[k], x, x + 1);
    sum = sum + rgb{to_.r[i], to_.g[i], to_.b[i]} * share;
    glow += to_.glow[i] * share;
    gloss += to_.gloss[i] * share;
    solid += share;
    if (count > most) {
      most = count;
      to_.shown[i] = seen[k];
    }
  }
  const float whole = 1 / std::max(solid, .25f);
  to_.r[i] = sum.r * whole, to_.g[i] = sum.g * whole, to_.b[i] = sum.b * whole;
  to_.glow[i] = glow * whole;
  to_.gloss[i] = gloss * whole;
  to_.sky[i] = sky;
}

} // namespace

world::world(const world_options& given)
    : options(given), map(make_city(given.seed)), still(make_scenery(map)), vehicles(map, {given.start_hour}),
      people(map, {given.start_hour}), lamps(map) {}

struct world_camera::parts {
  parts(std::shared_ptr<const world> in, const camera_plan& what, bool keep_still)
      : city(std::move(in)), plan(what), path(what, city->map, city->vehicles, city->options.trace.get()),
        keep(keep_still && path.is_fixed()), draw(hashed(city->map.seed, 600, seed_for(1, what.name))) {}

  /// Nobody puts up a camera behind a tree.
  float clear() const { return path.is_fixed() ? 19.f : 7.f; }
  void draw_still_part(const camera_state& camera);
  shot render(double t);

  std::shared_ptr<const world> city;
  camera_plan plan;
  camera_path path;
  bool keep, has_still = false;
  std::uint64_t draw;
  raster still_raster, now;
  surfaces still_surfaces, seen;
  std::vector<laid_texture> laid;
  std::vector<std::pair<int, int>> last_drawn;
  moving_scene scene;
  mesh scratch;
  sample_marks marks;
  lit_picture lit;
  sensor chip;
  std::vector<std::uint16_t> numbers;
};

void world_camera::parts::draw_still_part(const camera_state& camera) {
  if (has_still)
    return;
  still_raster.begin(camera.from);
  draw_still(*city, still_raster, scratch, clear());
  still_surfaces.resize(pixels_of(camera.from));
  laid.assign(still_raster.faces().size(), {});
  resolver{still_raster, city->grain, laid, still_surfaces}.all();
  seen = still_surfaces;
  last_drawn.assign(static_cast<std::size_t>(camera.from.height), {camera.from.width, 0});
  has_still = true;
}

shot world_camera::parts::render(double t) {
  const auto camera = path.at(t);
  const auto light = light_of(conditions_at(plan.happens, t));
  if (keep) {
    draw_still_part(camera);
    now.begin_on(still_raster);
  } else {
    now.begin(camera.from);
    draw_still(*city, now, scratch, clear());
    now.take_touched();
  }
  const auto fresh = static_cast<std::uint32_t>(now.faces().size());
  draw_moving(*city, camera, light, t, now, scene);
  if (!keep)
    seen.resize(pixels_of(camera.from));
  laid.resize(keep ? fresh : 0);
  laid.resize(now.faces().size());
  resolver resolve{now, city->grain, laid, seen};
  if (keep) {
    for (int y = 0; y < camera.from.height; ++y) {
      const auto [top_left, top_right] = now.drawn_in(2 * y);
      const auto [low_left, low_right] = now.drawn_in(2 * y + 1);
      const int left = std::min(top_left, low_left) / 2,
                right = std::min(camera.from.width, (std::max(top_right, low_right) + 1) / 2);
      // What was drawn there in the picture before lies in its span.
      auto& last = last_drawn[static_cast<std::size_t>(y)];
      seen.copy_row(still_surfaces, y, camera.from.width, std::min(left, last.first),
                    std::max(right, last.second));
      resolve.row(y, left, right, fresh);
      last = {left, right};
    }
  } else {
    resolve.all();
  }
  mark_shadows(*city, light, scene, now, marks);
  lit.has_beams = false;
  if (light.headlights)
    add_beams(light, scene, now, lit);
  illuminate(*city, light, scene, now, seen, marks, t, lit);

  const float inside = covered(ground_of(camera.from.eye));
  const float exposure = exposure_for(light, inside);
  if (lit.mirrors)
    add_reflections(lit);
  blur_motion(scene, camera, now, std::clamp(.0035f * exposure, .002f, .03f), lit);
  add_glare(*city, light, scene, now, lit);
  add_precipitation(light, camera, draw, t, lit);

  shot made;
  made.from = camera.from;
  made.weather = light.weather;
  made.objects = find_objects(now, scene.objects, made.owners, numbers);
  const float noise = 1.3f + .55f * std::max(0.f, exposure - 1.2f);
  made.picture =
      chip.develop(lit.light, {exposure, std::min(noise, 7.f),
                               hashed(draw, 601, static_cast<std::int64_t>(std::llround(t * 1e6)))});
  return made;
}

world_camera::world_camera(std::shared_ptr<const world> in, const camera_plan& plan, bool keep_still)
    : parts_(std::make_unique<parts>(std::move(in), plan, keep_still)) {}
world_camera::~world_camera() = default;
world_camera::world_camera(world_camera&&) noexcept = default;

shot world_camera::at(double t) {
  return parts_->render(t);
}

const camera_plan& world_camera::plan() const {
  return parts_->plan;
}

camera_state world_camera::state_at(double t) const {
  return parts_->path.at(t);
}

} // namespace ecco::world
