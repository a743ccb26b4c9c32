// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/illuminate.hpp"

namespace ecco::world {
namespace {

constexpr rgb lamp_colour{.19f, .135f, .07f}, window_colour{.75f, .5f, .24f}, tube_colour{.3f, .235f, .14f};

/// About exp(-x) for x >= 0, at most 0.006 away from it.
float fading(float x) {
  return 1 / (1 + x * (1 + x * (.5f + x * (1 / 6.f + x * (1 / 24.f + x * (1 / 120.f))))));
}

bool is_ground(material what) {
  return what >= material::grass && what <= material::drive;
}

/// How a face answers to the light of this moment.
struct face_light {
  rgb direct, ambient, glow, mirror;
  /// How well lamps above reach it, how white snow makes it, and how dark water does.
  float lamp = 0, white = 0, soaks = 0;
  bool ground = false;
  float a = 0, base_b = 0, c = 0;
};

face_light light_on(const drawn_face& seen, const lighting& light, const std::vector<float>& sunny) {
  const face& what = seen.what;
  const bool leaves = what.made_of == material::foliage, round = what.made_of == material::limb;
  face_light made;
  float facing = std::max(0.f, dot(seen.normal, light.to_sun));
  if (leaves || round)
    facing = .35f + .3f * facing;
  if (seen.object > 0)
    facing *= sunny[seen.object - 1];
  const float up = leaves || round ? .6f : .5f + .5f * seen.normal.z;
  made.direct = light.sun * facing;
  made.ambient = light.sky * (.25f + .75f * up) + light.bounce * (1 - up);
  made.mirror = mix(light.horizon * .3f + light.bounce * .35f, light.zenith * .55f + light.sky * .4f,
                    std::clamp(seen.normal.z * .8f + .25f, 0.f, 1.f));
  made.lamp = seen.normal.z > .7f ? 1.f : leaves || round ? .7f : .55f;
  made.ground = is_ground(what.made_of);
  const bool roadway = what.made_of == material::street || what.made_of == material::highway
                       || what.made_of == material::crossing || what.made_of == material::zebra;
  made.soaks = made.ground && what.made_of != material::grass && what.made_of != material::water ? 1.f : 0.f;
  made.white = roadway ? .62f : made.ground || leaves ? .95f : std::max(0.f, seen.normal.z - .3f) * 1.3f;
  if (round || what.made_of == material::tunnel_ceiling || what.made_of == material::lamp
      || what.made_of == material::glass)
    made.white = 0;
  else if (seen.object > 0)
    made.white *= .55f;
  else if (leaves)
    made.white = .55f;
  if (what.glow.r > 0 || what.glow.g > 0)
    made.glow = what.glow;
  else if (what.made_of == material::tunnel_ceiling)
    made.glow = rgb{1, .82f, .55f} * .5f;
  else if (what.made_of == material::sign)
    made.glow = rgb{.35f, .35f, .35f} * light.lamps;
  else
    made.glow = window_colour * light.lamps;
  return made;
}

/// Clouds drift with the wind.
float clouds_at(const world& in, const lighting& light, vec3 ray, double t) {
  const float up = std::max(ray.z / length(ray), .02f);
  const float x = ray.x / (up + .1f) * 3 + static_cast<float>(std::fmod(t * .02, 256)),
              y = ray.y / (up + .1f) * 3;
  const float cover = light.weather.cloud;
  return smooth(.75f - 1.25f * cover, 1.5f - 1.25f * cover, in.grain.soft_between(x + 300, y + 300) + .45f);
}

class illuminator {
 public:
  illuminator(const world& in, const lighting& light, const raster& from, const surfaces& what,
              const std::vector<std::uint8_t>& marks, double t, lit_picture& to)
      : in_(in), light_(light), from_(from), view_(from.from()), what_(what), marks_(marks), t_(t), to_(to) {}

  void run(const moving_scene& scene) {
    sunny_.assign(scene.objects.size(), 1.f);
    if (light_.shadow > .06f)
      find_sunny(scene);
    faces_.resize(from_.faces().size());
    for (std::size_t i = 0; i < faces_.size(); ++i)
      faces_[i] = light_on(from_.faces()[i], light_, sunny_);
    dark_ = light_.lamps > .02f;
    tube_ = near_tunnel(ground_of(view_.eye), 150);
    for (int y = 0; y < view_.height; ++y) {
      sky_row(y);
      row(y);
    }
  }

 private:
  void find_sunny(const moving_scene& scene);
  void sky_row(int y);
  void row(int y);

  const world& in_;
  const lighting& light_;
  const raster& from_;
  const view& view_;
  const surfaces& what_;
  const std::vector<std::uint8_t>& marks_;
  double t_;
  lit_picture& to_;
  std::vector<face_light> faces_;
  std::vector<float> sunny_;
  std::vector<rgb> sky_;
  bool dark_ = false, tube_ = false;
};

void illuminator::find_sunny(const moving_scene& scene) {
  for (std::size_t i = 0; i < scene.objects.size(); ++i) {
    // The middle of what is seen of it stands for all.
    const auto& at = scene.objects[i].where;
    if (at.empty() || at.y1 - at.y0 < 8)
      continue;
    const vec3 ray =
        unit(view_.ray(static_cast<float>(at.x0 + at.x1) / 4, static_cast<float>(at.y0 + at.y1) / 4));
    const vec3 place = view_.eye + ray * scene.objects[i].distance;
    sunny_[i] = sunlight_at(in_, light_, place);
  }
}

/// The sky along a row, if there is any; it is smooth, so that every fourth pixel will do.
void illuminator::sky_row(int y) {
  const auto first = to_.light.at(0, y), width = static_cast<std::size_t>(view_.width);
  sky_.resize(width + 4);
  std::size_t begin = 0, end = width;
  while (begin < width && what_.sky[first + begin] == 0)
    ++begin;
  while (end > begin && what_.sky[first + end - 1] == 0)
    --end;
  if (begin == end)
    return;
  begin = begin / 4 * 4;
  const auto at = [&](std::size_t x) {
    const vec3 ray = view_.ray(static_cast<float>(x) + .5f, static_cast<float>(y) + .5f);
    return sky_colour(light_, ray, clouds_at(in_, light_, ray, t_));
  };
  rgb here = at(begin);
  for (auto x = begin; x < end; x += 4) {
    const rgb next = at(x + 4);
    for (std::size_t k = 0; k < 4; ++k)
      sky_[x + k] = mix(here, next, static_cast<float>(k) * .25f);
    here = next;
  }
}

void illuminator::row(int y) {
  const auto first = to_.light.at(0, y);
  const auto& weather = light_.weather;
  const vec3 ray0 = view_.ray(.5f, static_cast<float>(y) + .5f), ray_step = view_.right * (1 / view_.focal);
  const auto wide = static_cast<std::size_t>(from_.width());
  const std::uint8_t* top = marks_.data() + static_cast<std::size_t>(2 * y) * wide;
  const std::uint8_t* low = top + wide;
  const float sy = static_cast<float>(y) * raster::samples + .5f;
  for (int x = 0; x < view_.width; ++x) {
    const auto i = first + static_cast<std::size_t>(x);
    const float open = what_.sky[i];
    rgb colour{};
    float mirror = 0;
    if (open < 1) {
      const auto index = what_.shown[i];
      const auto& plane = from_.faces()[index];
      const auto& on = faces_[index];
      const float near =
          std::max(plane.a * (static_cast<float>(x) * raster::samples + .5f) + plane.b * sy + plane.c, 1e-4f);
      const float z = std::min(1 / near, 3000.f);
      rgb base{what_.r[i], what_.g[i], what_.b[i]};
      float gloss = what_.gloss[i];
      // All four samples in one sum: the low bits count one kind of mark, the next another.
      const std::uint32_t marked =
          top[2 * x] + top[2 * x + 1] * 16u + low[2 * x] * 256u + low[2 * x + 1] * 4096u;
      rgb direct = on.direct, ambient = on.ambient;
      if (marked != 0) {
        const float in_shadow = static_cast<float>(__builtin_popcount(marked & 0x1111u)) * .25f,
                    under = static_cast<float>(__builtin_popcount(marked & 0x2222u)) * .25f;
        direct = direct * (1 - in_shadow);
        ambient = ambient * (1 - .6f * under);
      }
      float soak = 0;
      if (on.ground) {
        soak = weather.wet * on.soaks;
        mirror = plane.what.made_of == material::water ? .75f : soak * gloss;
        base = base * (1 - .55f * soak * (.55f + .45f * gloss));
        gloss = 0;
      }
      if (weather.white > 0 && on.white > 0) {
        const float snow =
            std::min(1.f, weather.white * on.white * (on.ground ? 1.25f - .5f * what_.gloss[i] : 1.f));
        base = mix(base, rgb{.6f, .615f, .64f}, snow);
        mirror *= 1 - snow;
        gloss *= 1 - snow;
      }
      rgb lit = direct + ambient;
      rgb shine = on.mirror * gloss;
      if (dark_ || tube_) {
        const vec3 p = view_.eye + (ray0 + ray_step * static_cast<float>(x)) * z;
        if (dark_)
          lit = lit
                + lamp_colour * (in_.lamps.at(ground_of(p)) * on.lamp * light_.lamps * (p.z > 7 ? .1f : 1.f));
        if (tube_) {
          const bool may_be =
              std::abs(p.y - tunnel::middle_y) < tunnel::half_width + .3f && p.z < tunnel::height + .1f;
          const float inside = may_be ? covered(ground_of(p)) : 0;
          if (inside > 0) {
            const float pools = .8f + .2f * std::cos(p.x * (2 * pi / 9) - .9f);
            lit = lit * (1 - .97f * inside) + tube_colour * (inside * pools * (.55f + .45f * on.lamp));
            shine = shine * (1 - .85f * inside);
            mirror *= 1 - inside;
            if (on.soaks > 0 && soak > 0)
              base = base * (1 + .5f * soak * inside);
          }
        }
      }
      if (to_.has_beams && on.ground)
        lit = lit + rgb{.5f, .46f, .38f} * to_.beams[i];
      colour = base * lit + on.glow * what_.glow[i] + shine;
      const float clear = fading(light_.haze * z);
      colour = colour * clear + light_.haze_colour * (1 - clear);
      mirror *= clear;
    }
    if (open > 0)
      colour = mix(colour, sky_[static_cast<std::size_t>(x)], open);
    to_.light.r[i] = colour.r, to_.light.g[i] = colour.g, to_.light.b[i] = colour.b;
    to_.mirror[i] = mirror;
    to_.mirrors = to_.mirrors || mirror > 0;
  }
}

} // namespace

void add_beams(const lighting& light, const moving_scene& scene, raster& from, lit_picture& to) {
  to.has_beams = false;
  const auto& seen = from.from();
  to.beams.assign(static_cast<std::size_t>(seen.width) * static_cast<std::size_t>(seen.height), 0);
  for (const auto& one : scene.lamps) {
    if (one.size < .3f || length(one.at - seen.eye) > 90)
      continue;
    to.has_beams = true;
    const vec2 foot = ground_of(one.at), ahead = ground_of(one.ahead), right = right_of(ahead);
    const std::array<vec3, 4> around{
        at_height(foot + ahead * 1.2f - right * 1.2f, 0), at_height(foot + ahead * 1.2f + right * 1.2f, 0),
        at_height(foot + ahead * 22 + right * 7.5f, 0), at_height(foot + ahead * 22 - right * 7.5f, 0)};
    const auto& plane = from.ground();
    const float strength = .42f * std::max(light.lamps, .12f);
    from.spans(around, [&](int y, int x0, int x1) {
      if (y % 2 != 0)
        return;
      const vec3 ray0 = seen.ray(.5f, static_cast<float>(y / 2) + .5f), step = seen.right * (1 / seen.focal);
      for (int x = (x0 + 1) / 2; x < x1 / 2; ++x) {
        const float near =
            plane.a * (static_cast<float>(x) * 2 + .5f) + plane.b * (static_cast<float>(y) + .5f) + plane.c;
        const vec3 p = seen.eye + (ray0 + step * static_cast<float>(x)) * (1 / std::max(near, 1e-4f));
        const vec2 d = ground_of(p) - foot;
        const float far = dot(d, ahead), side = dot(d, right);
        if (far < .5f)
          continue;
        const float spread = side / (.85f + .3f * far), within = std::max(0.f, 1 - spread * spread);
        to.beams[static_cast<std::size_t>(y / 2) * static_cast<std::size_t>(seen.width)
                 + static_cast<std::size_t>(x)] +=
            strength * within * within * smooth(22, 3, far) * smooth(22, 3, far) * smooth(.5f, 4, far);
      }
    });
  }
}

void illuminate(const world& in, const lighting& light, const moving_scene& scene, const raster& from,
                const surfaces& what, const std::vector<std::uint8_t>& marks, double t, lit_picture& to) {
  to.light.resize(from.from().width, from.from().height);
  to.mirror.resize(to.light.r.size());
  to.mirrors = false;
  illuminator{in, light, from, what, marks, t, to}.run(scene);
}

} // namespace ecco::world
