// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/optics.hpp"

namespace ecco::world {
namespace {

struct planes {
  light_picture& of;

  rgb at(int x, int y) const {
    const auto i = of.at(x, y);
    return {of.r[i], of.g[i], of.b[i]};
  }
  void set(int x, int y, rgb c) const {
    const auto i = of.at(x, y);
    of.r[i] = c.r, of.g[i] = c.g, of.b[i] = c.b;
  }
  bool holds(int x, int y) const { return x >= 0 && y >= 0 && x < of.width && y < of.height; }
};

} // namespace

void add_reflections(lit_picture& to) {
  const planes picture{to.light};
  const int width = to.light.width, height = to.light.height;
  // Going down a column, the last pixel that does not mirror is the foot of what is mirrored below it.
  std::vector<int> foot(static_cast<std::size_t>(width), 0);
  for (int y = 1; y < height; ++y) {
    // The flatter one looks at water the more it mirrors; further down one looks steeper.
    const float flat = 1 - .65f * static_cast<float>(y) / static_cast<float>(height);
    for (int x = 0; x < width; ++x) {
      const float mirror = to.mirror[to.light.at(x, y)];
      auto& base = foot[static_cast<std::size_t>(x)];
      if (mirror <= 0) {
        base = y;
        continue;
      }
      const int from = 2 * base - y;
      const int source = std::clamp(from, 0, y - 1);
      const float fade = from < 0 ? .75f : 1.f;
      const rgb seen =
          (picture.at(x, source) + picture.at(std::min(x + 1, width - 1), std::max(source - 1, 0))
           + picture.at(std::max(x - 1, 0), std::min(source + 2, y - 1)))
          * .3333f;
      const float k = std::min(.8f, mirror * flat * .8f) * fade;
      picture.set(x, y, mix(picture.at(x, y), seen * .92f, k));
    }
  }
}

namespace {

void glare(const planes& picture, vec2 at, float radius, float tall, rgb colour) {
  const float reach = std::min(30.f, radius * 3.2f), reach_y = std::min(60.f, reach * tall);
  const int x0 = std::max(0, static_cast<int>(at.x - reach)),
            x1 = std::min(picture.of.width, static_cast<int>(at.x + reach) + 2);
  const int y0 = std::max(0, static_cast<int>(at.y - reach_y)),
            y1 = std::min(picture.of.height, static_cast<int>(at.y + reach_y) + 2);
  for (int y = y0; y < y1; ++y)
    for (int x = x0; x < x1; ++x) {
      const float dx = (static_cast<float>(x) + .5f - at.x) / radius,
                  dy = (static_cast<float>(y) + .5f - at.y) / (radius * tall);
      const float d2 = dx * dx + dy * dy, rim = 1 - d2 / 10.24f;
      if (rim <= 0)
        continue;
      const float k = rim * rim / (1 + 3.5f * d2);
      picture.set(x, y, picture.at(x, y) + colour * k);
    }
}

} // namespace

void add_glare(const world& in, const lighting& light, const moving_scene& scene, const raster& from,
               lit_picture& to) {
  const planes picture{to.light};
  const auto& seen = from.from();
  const float dark = std::max(light.lamps, .1f);
  const float halo = 1 + 14 * light.weather.fog + .5f * light.weather.rain;
  const auto shine = [&](vec3 where, rgb colour, float size, vec3 ahead) {
    const vec3 at = seen.to_camera(where);
    if (at.z < 1 || at.z > 170)
      return;
    float facing = 1;
    if (!(ahead == vec3{})) {
      facing = dot(unit(seen.eye - where), ahead);
      if (facing <= .05f)
        return;
      facing *= facing;
    }
    const vec2 p = seen.project(at);
    const int x = static_cast<int>(p.x * 2), y = static_cast<int>(p.y * 2);
    const float air = std::exp(-light.haze * at.z);
    if (x >= 0 && y >= 0 && x < from.width() && y < from.height()) {
      const auto i =
          static_cast<std::size_t>(y) * static_cast<std::size_t>(from.width()) + static_cast<std::size_t>(x);
      if (from.nearness()[i] <= 1 / at.z * 1.04f + .002f)
        glare(picture, p, std::clamp(size * halo * seen.focal / at.z, .8f, 10.f), 1,
              colour * (facing * air * dark * 1.1f));
    }
    if (light.weather.wet <= .05f)
      return;
    // Its streak on the wet ground, where the mirrored lamp would be.
    const vec2 m = seen.project(seen.to_camera({where.x, where.y, -where.z}));
    const int mx = static_cast<int>(m.x), my = static_cast<int>(m.y);
    if (picture.holds(mx, my) && to.mirror[to.light.at(mx, my)] > .02f)
      glare(picture, m, std::clamp(size * .8f * seen.focal / at.z, .8f, 6.f), 3.4f,
            colour * (facing * air * dark * .35f * light.weather.wet));
  };
  for (const auto& one : scene.lamps)
    if (one.size > .3f || light.lamps > .1f || light.headlights)
      shine(one.at, one.colour, one.size, one.ahead);
  if (light.lamps > .1f)
    for (const auto& post : in.map.lamps)
      if (length(post.foot - ground_of(seen.eye)) < 160)
        shine(light_of(post), rgb{.9f, .62f, .3f} * .8f, .3f, {});
}

void blur_motion(const moving_scene& scene, const camera_state& camera, const raster& from, float open,
                 lit_picture& to) {
  const planes picture{to.light};
  const int width = to.light.width, height = to.light.height;
  if (length(camera.velocity) > 1) {
    // The street flows past: what is low and at the sides moves most. A blur along the flow, of two
    // neighbours.
    const auto& seen = from.from();
    const float far = dot(camera.velocity, seen.ahead) * open;
    to.sharp = to.light;
    const planes old{to.sharp};
    const auto& ground = from.ground();
    for (int y = 0; y < height; ++y) {
      const float near =
          ground.a * static_cast<float>(width) + ground.b * (2 * static_cast<float>(y) + .5f) + ground.c;
      const float rate = std::max(0.f, std::min(near, .4f)) * far;
      const float dy = (static_cast<float>(y) + .5f - static_cast<float>(height) / 2) * rate;
      for (int x = 0; x < width && rate > .004f; ++x) {
        const float dx = (static_cast<float>(x) + .5f - static_cast<float>(width) / 2) * rate;
        if (dx * dx + dy * dy < .3f)
          continue;
        const int ax = std::clamp(x + static_cast<int>(std::lround(dx * .5f)), 0, width - 1),
                  ay = std::clamp(y + static_cast<int>(std::lround(dy * .5f)), 0, height - 1);
        const int bx = std::clamp(x - static_cast<int>(std::lround(dx * .5f)), 0, width - 1),
                  by = std::clamp(y - static_cast<int>(std::lround(dy * .5f)), 0, height - 1);
        picture.set(x, y, (old.at(x, y) + old.at(ax, ay) + old.at(bx, by)) * .3333f);
      }
    }
    return;
  }
  for (std::size_t i = 0; i < scene.objects.size(); ++i) {
    const vec2 way = scene.drift[i] * open;
    const int steps = std::min(12, static_cast<int>(std::max(std::abs(way.x), std::abs(way.y))));
    if (steps < 1)
      continue;
    const auto& where = scene.objects[i].where;
    const int more_x = static_cast<int>(std::abs(way.x) * .5f) + 1,
              more_y = static_cast<int>(std::abs(way.y) * .5f) + 1;
    const int x0 = std::max(0, where.x0 / 2 - more_x), x1 = std::min(width, (where.x1 + 1) / 2 + more_x);
    const int y0 = std::max(0, where.y0 / 2 - more_y), y1 = std::min(height, (where.y1 + 1) / 2 + more_y);
    const auto w = static_cast<std::size_t>(std::max(0, x1 - x0));
    std::vector<rgb> mixed(w * static_cast<std::size_t>(std::max(0, y1 - y0)));
    const auto belongs = [&](int x, int y) {
      const auto index = static_cast<std::size_t>(2 * y) * static_cast<std::size_t>(from.width())
                         + static_cast<std::size_t>(2 * x);
      return from.faces()[from.shown()[index]].object == i + 1;
    };
    for (int y = y0; y < y1; ++y)
      for (int x = x0; x < x1; ++x) {
        const int half_x = static_cast<int>(std::lround(way.x * .5f)),
                  half_y = static_cast<int>(std::lround(way.y * .5f));
        const auto near = [&](int k) {
          return belongs(std::clamp(x + k * half_x, 0, width - 1), std::clamp(y + k * half_y, 0, height - 1));
        };
        if (!belongs(x, y) && !near(1) && !near(-1)) {
          mixed[static_cast<std::size_t>(y - y0) * w + static_cast<std::size_t>(x - x0)] = picture.at(x, y);
          continue;
        }
        rgb sum;
        for (int k = 0; k <= steps; ++k) {
          const float part = static_cast<float>(k) / static_cast<float>(steps) - .5f;
          sum = sum
                + picture.at(std::clamp(x + static_cast<int>(std::lround(way.x * part)), 0, width - 1),
                             std::clamp(y + static_cast<int>(std::lround(way.y * part)), 0, height - 1));
        }
        mixed[static_cast<std::size_t>(y - y0) * w + static_cast<std::size_t>(x - x0)] =
            sum * (1 / static_cast<float>(steps + 1));
      }
    for (int y = y0; y < y1; ++y)
      for (int x = x0; x < x1; ++x)
        picture.set(x, y, mixed[static_cast<std::size_t>(y - y0) * w + static_cast<std::size_t>(x - x0)]);
  }
}

namespace {

/// A streak of light a pixel wide from `at` along `way`.
void streak(const planes& picture, vec2 at, vec2 way, rgb colour, float strength) {
  const int steps = std::max(1, static_cast<int>(std::max(std::abs(way.x), std::abs(way.y))));
  for (int k = 0; k < steps; ++k) {
    const float part = static_cast<float>(k) / static_cast<float>(steps);
    const float x = at.x + way.x * part, y = at.y + way.y * part;
    const int column = static_cast<int>(x), row = static_cast<int>(y);
    if (!picture.holds(column, row) || !picture.holds(column + 1, row))
      continue;
    const float right = x - static_cast<float>(column), k_all = strength * (1 - std::abs(part - .5f));
    picture.set(column, row, mix(picture.at(column, row), colour, k_all * (1 - right)));
    picture.set(column + 1, row, mix(picture.at(column + 1, row), colour, k_all * right));
  }
}

void flake(const planes& picture, vec2 at, float radius, rgb colour, float strength) {
  for (int y = static_cast<int>(at.y - radius); y <= static_cast<int>(at.y + radius + 1); ++y)
    for (int x = static_cast<int>(at.x - radius); x <= static_cast<int>(at.x + radius + 1); ++x) {
      if (!picture.holds(x, y))
        continue;
      const float dx = static_cast<float>(x) + .5f - at.x, dy = static_cast<float>(y) + .5f - at.y;
      const float k = strength * std::clamp(radius + .5f - std::sqrt(dx * dx + dy * dy), 0.f, 1.f);
      picture.set(x, y, mix(picture.at(x, y), colour, k));
    }
}

/// A drop on the glass shows the scene upside down and out of focus.
void drop(const planes& picture, vec2 at, float radius) {
  const int far = static_cast<int>(radius) + 1;
  const int cx = static_cast<int>(at.x), cy = static_cast<int>(at.y);
  const auto seen = [&](float dx, float dy) {
    return picture.at(std::clamp(cx - static_cast<int>(dx * 3.5f), 0, picture.of.width - 1),
                      std::clamp(cy - static_cast<int>(dy * 3.5f), 0, picture.of.height - 1));
  };
  std::vector<std::pair<std::pair<int, int>, rgb>> drawn;
  for (int y = cy - far; y <= cy + far; ++y)
    for (int x = cx - far; x <= cx + far; ++x) {
      if (!picture.holds(x, y))
        continue;
      const float dx = static_cast<float>(x) + .5f - at.x, dy = static_cast<float>(y) + .5f - at.y,
                  d = std::sqrt(dx * dx + dy * dy) / radius;
      const float k = std::clamp((1 - d) * radius * .6f, 0.f, .85f);
      if (k <= 0)
        continue;
      const rgb through =
          (seen(dx, dy) + seen(dx + .8f, dy) + seen(dx - .8f, dy) + seen(dx, dy + .8f) + seen(dx, dy - .8f))
          * .2f;
      drawn.push_back({{x, y}, mix(picture.at(x, y), through * (1.05f - .3f * d), k)});
    }
  for (const auto& [where, colour] : drawn)
    picture.set(where.first, where.second, colour);
}

} // namespace

void add_precipitation(const lighting& light, const camera_state& camera, std::uint64_t draw, double t,
                       lit_picture& to) {
  const auto& weather = light.weather;
  const float open = 1 - covered(ground_of(camera.from.eye));
  const planes picture{to.light};
  const auto width = static_cast<float>(to.light.width), height = static_cast<float>(to.light.height);
  const float scale = width / 320;
  const auto moment = static_cast<std::int64_t>(std::llround(t * 1e6));
  const rgb bright = light.sky * 1.15f + light.horizon * .2f + rgb{.03f, .025f, .018f} * light.lamps;
  const float speed = std::min(1.f, length(camera.velocity) / 14);
  const int streaks = static_cast<int>(260 * weather.rain * open * scale * scale);
  for (int i = 0; i < streaks; ++i) {
    const auto hash = hashed(draw, 400, moment, i);
    const float depth = fraction(hashed(hash, 1));
    const vec2 at{fraction(hashed(hash, 2)) * width,
                  fraction(hashed(hash, 3)) * height * 1.1f - height * .1f};
    // Before a moving camera drops come from the middle.
    const vec2 fan = (at - vec2{width / 2, height / 2}) * (.06f * speed);
    const vec2 way = (vec2{1.4f, 6 + 15 * depth * depth} * scale) + fan;
    streak(picture, at, way, bright, .07f + .2f * depth * weather.rain);
  }
  // Flakes keep their way from picture to picture: each falls through a column of air again and again.
  const int flakes = static_cast<int>(420 * weather.snow * open * scale * scale);
  for (int i = 0; i < flakes; ++i) {
    const auto hash = hashed(draw, 401, i);
    const float depth = fraction(hashed(hash, 1)), fall = (26 + 95 * depth * depth) * scale;
    const double y = fraction(hashed(hash, 2)) * height * 1.1 + t * fall;
    const auto round = static_cast<std::int64_t>(std::floor(y / (height * 1.1)));
    const auto way = hashed(hash, 3, round);
    const auto in_picture = static_cast<float>(y - static_cast<double>(round) * height * 1.1) - height * .05f;
    const float sway =
        std::sin(static_cast<float>(std::fmod(t * between(hash, .8f, 1.6f), 2 * pi)) + fraction(way) * 6) * 5
        * scale;
    flake(picture, {fraction(hashed(way, 4)) * width + sway, in_picture},
          (.45f + 1.5f * depth * depth * depth) * scale, bright * 1.25f, .5f + .3f * depth);
  }
  const int drops = static_cast<int>(7.9f * smooth(.3f, 1, weather.rain) * open);
  for (int i = 0; i < drops; ++i) {
    const auto hash =
        hashed(draw, 402, i, static_cast<std::int64_t>(std::floor(t / 45 + fraction(hashed(draw, 403, i)))));
    drop(picture, {fraction(hashed(hash, 1)) * width, fraction(hashed(hash, 2)) * height},
         between(hashed(hash, 3), 3, 8) * scale);
  }
}

} // namespace ecco::world
