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
  /// How well lamps above reach it, how white snow makes it, and how wet it is.
  float lamp = 0, white = 0, soak = 0;
  /// What it mirrors: on the ground a constant (water) or by how much water stands, elsewhere its gloss.
  float still_water = 0, gloss = 1;
  /// Snow lies by the water that stands: white * (snow - snow_less * gloss).
  float snow = 1, snow_less = 0;
  /// 1 on the ground.
  float ground = 0;
  /// 1 / distance is a * x + b * y + c, x and y counted in samples.
  float a = 0, b = 0, c = 0;
};

face_light light_on(const drawn_face& seen, const lighting& light, const std::vector<float>& sunny) {
  const face& what = seen.what;
  const bool leaves = what.made_of == material::foliage, round = what.made_of == material::limb;
  face_light made;
  made.a = seen.a, made.b = seen.b, made.c = seen.c;
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
  const bool ground = is_ground(what.made_of), water = what.made_of == material::water;
  const bool roadway = what.made_of == material::street || what.made_of == material::highway
                       || what.made_of == material::crossing || what.made_of == material::zebra;
  if (ground) {
    made.ground = 1, made.gloss = 0;
    made.soak = what.made_of != material::grass && !water ? light.weather.wet : 0;
    made.still_water = water ? .75f : 0;
    made.snow = 1.25f, made.snow_less = .5f;
  }
  made.white = roadway ? .62f : ground || leaves ? .95f : std::max(0.f, seen.normal.z - .3f) * 1.3f;
  if (round || what.made_of == material::tunnel_ceiling || what.made_of == material::lamp
      || what.made_of == material::glass)
    made.white = 0;
  else if (seen.object > 0)
    made.white *= .55f;
  else if (leaves)
    made.white = .55f;
  made.white = light.weather.white > 0 && made.white > 0 ? light.weather.white * made.white : 0;
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

/// What the pixels of a row need besides their surfaces.
struct row_light {
  /// Metres along the way the camera looks.
  std::vector<float> far;
  /// The shares of sunlight and of skylight that shadows leave.
  std::vector<float> sunny, open;
  /// Light of street lamps; how far in the tunnel it is, and the light of its lamps.
  std::vector<float> lamp, inside, tube;

  void begin(std::size_t width) {
    far.resize(width);
    for (auto* one : {&sunny, &open})
      one->assign(width, 1.f);
    for (auto* one : {&lamp, &inside, &tube})
      one->assign(width, 0.f);
  }
};

/// Where a row of surfaces begins.
struct surface_row {
  const float *r, *g, *b, *glow, *gloss, *beams;
};

/// Lights the pixels [x0, x1) of one face. Without branches, so that the compiler makes a vector loop of it:
/// what does not apply multiplies by 1 or adds 0, which changes nothing.
void light_run(const face_light& on, const lighting& light, const surface_row& from, const row_light& row,
               int x0, int x1, float* __restrict r, float* __restrict g, float* __restrict b,
               float* __restrict mirrors) {
  const rgb snow_colour{.6f, .615f, .64f}, beam_colour{.5f, .46f, .38f}, haze = light.haze_colour;
  const float soaked = .55f * on.soak, tube_share = .55f + .45f * on.lamp, in_tube = .5f * on.soak;
  const float *far = row.far.data(), *sunny = row.sunny.data(), *open = row.open.data();
  const float *lamp = row.lamp.data(), *insides = row.inside.data(), *tube = row.tube.data();
  for (int x = x0; x < x1; ++x) {
    const float water = from.gloss[x];
    const float snow = std::min(1.f, on.white * (on.snow - on.snow_less * water));
    const float inside = insides[x];
    rgb base{from.r[x], from.g[x], from.b[x]};
    base = base * (1 - soaked * (.55f + .45f * water));
    base = mix(base, snow_colour, snow);
    base = base * (1 + in_tube * inside);
    const float gloss = water * on.gloss * (1 - snow);
    float mirror = (on.still_water + on.soak * water) * (1 - snow);
    rgb lit = on.direct * sunny[x] + on.ambient * open[x];
    lit = lit + lamp_colour * lamp[x];
    lit = lit * (1 - .97f * inside) + tube_colour * (tube[x] * tube_share);
    lit = lit + beam_colour * (from.beams[x] * on.ground);
    const rgb shine = on.mirror * gloss * (1 - .85f * inside);
    const float clear = fading(light.haze * far[x]);
    mirror = mirror * (1 - inside) * clear;
    rgb colour = base * lit + on.glow * from.glow[x] + shine;
    colour = colour * clear + haze * (1 - clear);
    r[x] = colour.r, g[x] = colour.g, b[x] = colour.b;
    mirrors[x] = mirror;
  }
}

class illuminator {
 public:
  illuminator(const world& in, const lighting& light, const raster& from, const surfaces& what,
              const sample_marks& marks, double t, lit_picture& to)
      : in_(in), light_(light), from_(from), view_(from.from()), what_(what), marks_(marks), t_(t), to_(to) {}

  void run(const moving_scene& scene) {
    sunny_.assign(scene.objects.size(), 1.f);
    if (light_.shadow > .06f)
      find_sunny(scene);
    known_.assign(from_.faces().size(), 0);
    no_beams_.assign(static_cast<std::size_t>(view_.width), 0.f);
    dark_ = light_.lamps > .02f;
    tube_ = near_tunnel(ground_of(view_.eye), 150);
    for (int y = 0; y < view_.height; ++y)
      row(y);
  }

 private:
  void find_sunny(const moving_scene& scene);
  void row(int y);
  void find_shadows(int y);
  void find_distance(const face_light& on, int y, int x0, int x1);
  void add_lamps(const face_light& on, int y, int x0, int x1);
  void add_sky(int y);

  /// Only for faces that are seen; the reference holds until the next is asked for.
  const face_light& light_of(std::uint32_t index) {
    auto& known = known_[index];
    if (known == 0) {
      faces_.push_back(light_on(from_.faces()[index], light_, sunny_));
      known = static_cast<std::uint32_t>(faces_.size());
    }
    return faces_[known - 1];
  }

  const world& in_;
  const lighting& light_;
  const raster& from_;
  const view& view_;
  const surfaces& what_;
  const sample_marks& marks_;
  double t_;
  lit_picture& to_;
  /// By the number of a face 1 + where its light stands in `faces_`, 0 until it is found.
  std::vector<std::uint32_t> known_;
  std::vector<face_light> faces_;
  std::vector<float> sunny_, no_beams_;
  row_light row_;
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

/// What marks leave of sun and sky, by the samples of each pixel that are marked.
void illuminator::find_shadows(int y) {
  const auto top_row = static_cast<std::size_t>(2 * y), low_row = top_row + 1;
  const int x0 = std::min(marks_.left[top_row], marks_.left[low_row]) / 2,
            x1 = (std::max(marks_.right[top_row], marks_.right[low_row]) + 1) / 2;
  const std::uint8_t* top = marks_.bits.data() + top_row * static_cast<std::size_t>(from_.width());
  const std::uint8_t* low = top + from_.width();
  for (int x = x0; x < x1; ++x) {
    const int sum = top[2 * x] + top[2 * x + 1] * 16 + low[2 * x] * 256 + low[2 * x + 1] * 4096;
    if (sum == 0)
      continue;
    const int shadows = sum & 0x1111, unders = sum & 0x2222;
    const float in_shadow = static_cast<float>(__builtin_popcount(static_cast<unsigned>(shadows))) * .25f,
                under = static_cast<float>(__builtin_popcount(static_cast<unsigned>(unders))) * .25f;
    row_.sunny[static_cast<std::size_t>(x)] = 1 - in_shadow;
    row_.open[static_cast<std::size_t>(x)] = 1 - .6f * under;
  }
}

void illuminator::find_distance(const face_light& on, int y, int x0, int x1) {
  const float sy = static_cast<float>(y) * raster::samples + .5f;
  float* far = row_.far.data();
  for (int x = x0; x < x1; ++x) {
    const float near =
        std::max(on.a * (static_cast<float>(x) * raster::samples + .5f) + on.b * sy + on.c, 1e-4f);
    far[x] = std::min(1 / near, 3000.f);
  }
}

/// Street lamps at night, and those of the tunnel.
void illuminator::add_lamps(const face_light& on, int y, int x0, int x1) {
  const vec3 ray0 = view_.ray(.5f, static_cast<float>(y) + .5f), ray_step = view_.right * (1 / view_.focal);
  for (int x = x0; x < x1; ++x) {
    const auto i = static_cast<std::size_t>(x);
    const vec3 p = view_.eye + (ray0 + ray_step * static_cast<float>(x)) * row_.far[i];
    if (dark_)
      row_.lamp[i] = in_.lamps.at(ground_of(p)) * on.lamp * light_.lamps * (p.z > 7 ? .1f : 1.f);
    if (!tube_ || std::abs(p.y - tunnel::middle_y) >= tunnel::half_width + .3f || p.z >= tunnel::height + .1f)
      continue;
    const float inside = covered(ground_of(p));
    row_.inside[i] = inside;
    row_.tube[i] = inside > 0 ? inside * (.8f + .2f * std::cos(p.x * (2 * pi / 9) - .9f)) : 0;
  }
}

/// The sky along a row, if there is any; it is smooth, so that every fourth pixel will do.
void illuminator::add_sky(int y) {
  const auto first = to_.light.at(0, y), width = static_cast<std::size_t>(view_.width);
  const float* open = what_.sky.data() + first;
  const auto at = [&](std::size_t x) {
    const vec3 ray = view_.ray(static_cast<float>(x) + .5f, static_cast<float>(y) + .5f);
    return sky_colour(light_, ray, clouds_at(in_, light_, ray, t_));
  };
  rgb next;
  std::size_t next_at = width + 4;
  for (std::size_t x = 0; x < width; x += 4) {
    const auto end = std::min(x + 4, width);
    if (std::none_of(open + x, open + end, [](float share) { return share > 0; }))
      continue;
    const rgb here = next_at == x ? next : at(x);
    next = at(x + 4), next_at = x + 4;
    for (auto k = x; k < end; ++k) {
      const auto i = first + k;
      if (open[k] > 0) {
        const rgb sky = mix(here, next, static_cast<float>(k - x) * .25f);
        const rgb colour = mix(rgb{to_.light.r[i], to_.light.g[i], to_.light.b[i]}, sky, open[k]);
        to_.light.r[i] = colour.r, to_.light.g[i] = colour.g, to_.light.b[i] = colour.b;
      }
    }
  }
}

void illuminator::row(int y) {
  const auto first = to_.light.at(0, y);
  const surface_row from{
      what_.r.data() + first,     what_.g.data() + first,
      what_.b.data() + first,     what_.glow.data() + first,
      what_.gloss.data() + first, to_.has_beams ? to_.beams.data() + first : no_beams_.data()};
  const std::uint32_t* shown = what_.shown.data() + first;
  float *r = to_.light.r.data() + first, *g = to_.light.g.data() + first, *b = to_.light.b.data() + first,
        *mirror = to_.mirror.data() + first;
  row_.begin(static_cast<std::size_t>(view_.width));
  find_shadows(y);
  for (int x = 0; x < view_.width;) {
    const auto index = shown[x];
    int end = x + 1;
    while (end < view_.width && shown[end] == index)
      ++end;
    if (index == no_face) {
      for (auto* plane : {r, g, b, mirror})
        std::fill(plane + x, plane + end, 0.f);
    } else {
      const auto& on = light_of(index);
      find_distance(on, y, x, end);
      if (dark_ || tube_)
        add_lamps(on, y, x, end);
      light_run(on, light_, from, row_, x, end, r, g, b, mirror);
    }
    x = end;
  }
  add_sky(y);
  to_.mirrors = to_.mirrors || std::any_of(mirror, mirror + view_.width, [](float one) { return one > 0; });
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
                const surfaces& what, const sample_marks& marks, double t, lit_picture& to) {
  to.light.resize(from.from().width, from.from().height);
  to.mirror.resize(to.light.r.size());
  to.mirrors = false;
  illuminator{in, light, from, what, marks, t, to}.run(scene);
}

} // namespace ecco::world
