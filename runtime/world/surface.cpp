// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/surface.hpp"

#include <limits>

#include "runtime/world/city_map.hpp"

namespace ecco::world {

noise::noise() : fine_(65536), soft_(65536, 0.f) {
  for (std::size_t i = 0; i < fine_.size(); ++i)
    fine_[i] = fraction(hashed(11, i)) + fraction(hashed(12, i)) - 1;
  for (int octave = 0; octave < 4; ++octave) {
    const int cell = 16 >> octave, cells = 256 / cell;
    const auto at = [&](int x, int y) {
      return 2
                 * fraction(hashed(13, octave,
                                   ((y % cells) + cells) % cells * cells + ((x % cells) + cells) % cells))
             - 1;
    };
    for (int y = 0; y < 256; ++y)
      for (int x = 0; x < 256; ++x) {
        const float fx = smooth(0, 1, static_cast<float>(x % cell) / static_cast<float>(cell)),
                    fy = smooth(0, 1, static_cast<float>(y % cell) / static_cast<float>(cell));
        const int i = x / cell, j = y / cell;
        const float value = mix(mix(at(i, j), at(i + 1, j), fx), mix(at(i, j + 1), at(i + 1, j + 1), fx), fy);
        soft_[static_cast<std::size_t>(y * 256 + x)] += value * .62f / static_cast<float>(1 << octave);
      }
  }
}

void surfaces::resize(std::size_t pixels) {
  for (auto* plane : {&r, &g, &b, &glow, &gloss, &sky})
    plane->resize(pixels);
  shown.resize(pixels);
}

void surfaces::copy_row(const surfaces& other, int y, int width, int x0, int x1) {
  if (x0 >= x1)
    return;
  const auto from = static_cast<std::ptrdiff_t>(y) * width + x0, to = from + (x1 - x0);
  const auto copy = [&](auto plane) {
    std::copy((other.*plane).begin() + from, (other.*plane).begin() + to, (this->*plane).begin() + from);
  };
  for (const auto plane :
       {&surfaces::r, &surfaces::g, &surfaces::b, &surfaces::glow, &surfaces::gloss, &surfaces::sky})
    copy(plane);
  copy(&surfaces::shown);
}

namespace {

/// A point of a texture, how far one pixel reaches there, and its distance.
struct spot {
  float u, v, wu, wv, far;
};

struct texel {
  rgb colour;
  float glow = 0, gloss = 0;
};

/// The share of a pixel of width `w` around `at` that lies between `low` and `high`. Most pixels lie within
/// or without; a division by `w` is for those on an edge.
[[gnu::always_inline]] inline float band(float at, float low, float high, float w) {
  const float half = .5f * w, within = std::min(at + half, high) - std::max(at - half, low);
  return within <= 0 ? 0 : within >= w ? 1 : within / w;
}

/// The same for bands that repeat every `period`, from 0 to `high` of it.
[[gnu::always_inline]] inline float bands(float at, float period, float high, float w) {
  if (w > period)
    return high / period;
  const float in = at - whole_below(at / period) * period;
  return std::min(1.f, band(in, 0, high, w) + band(in - period, 0, high, w) + band(in + period, 0, high, w));
}

/// How well detail of this size can be seen.
[[gnu::always_inline]] inline float clarity(float size, float w) {
  return std::clamp(1.6f - w / size, 0.f, 1.f);
}

std::uint64_t cell_of(std::uint32_t seed, float u, float v) {
  return hashed(seed, static_cast<std::int64_t>(std::floor(u)), static_cast<std::int64_t>(std::floor(v)));
}

/// Draws for the cells of a grid. Neighbouring pixels mostly lie in one cell, so that the last is kept.
class cells {
 public:
  explicit cells(std::uint32_t seed) : seed_(seed) {}

  struct drawn {
    std::uint64_t hash = 0;
    float first = 0, second = 0;
  };
  drawn at(float u, float v) {
    if (whole_below(u) != u_ || whole_below(v) != v_) {
      u_ = whole_below(u), v_ = whole_below(v);
      const auto cell = cell_of(seed_, u, v);
      last_ = {cell, fraction(cell), fraction(hashed(cell, 1))};
    }
    return last_;
  }

 private:
  std::uint32_t seed_;
  float u_ = std::numeric_limits<float>::quiet_NaN(), v_ = u_;
  drawn last_;
};

rgb colour_of(std::uint64_t hash) {
  return {fraction(hashed(hash, 1)), fraction(hashed(hash, 2)), fraction(hashed(hash, 3))};
}

/// 1 at 0, falling to 0 at `width`.
[[gnu::always_inline]] inline float bump(float x, float width) {
  const float k = std::max(0.f, 1 - x * x / (width * width));
  return k * k;
}

[[gnu::always_inline]] inline rgb asphalt(const noise& grain, const spot& at, rgb base) {
  const float patches = grain.soft(at.u * 1.9f, at.v * 1.9f + 40),
              fine = grain.fine(at.u * 14, at.v * 14) * clarity(.12f, at.wv);
  // Mended places; from afar they are a mean.
  const float mended =
      at.far > 45 ? .1f : smooth(.42f, .5f, grain.soft_between(at.u * .33f + 90, at.v * .33f + 11));
  return base * (1 + .2f * patches + .16f * fine - .22f * mended);
}

/// Puddles: where water stands first.
[[gnu::always_inline]] inline float puddles(const noise& grain, const spot& at) {
  return std::clamp(.55f + .8f * grain.soft(at.u * 2.3f + 17, at.v * 2.3f), .1f, 1.f);
}

[[gnu::always_inline]] inline texel roadway(const noise& grain, const spot& at) {
  const float side = std::abs(at.v);
  rgb colour = asphalt(grain, at, {.1f, .1f, .104f});
  // Where wheels go it is smoother and darker; oil drips between them.
  const float track = .5f * (bump(side - 1.05f, .6f) + bump(side - 2.55f, .6f));
  colour = colour * (1 - .16f * track);
  const float bikes = band(side, 3.66f, 5.24f, at.wv);
  colour = mix(colour, rgb{.15f, .085f, .075f} * (1 + .2f * grain.soft(at.u * 2, at.v * 2)), bikes * .75f);
  colour = mix(colour, colour * 1.25f, band(side, 5.36f, 7.05f, at.wv));
  const float wear = .75f + .25f * grain.soft(at.u * 5, at.v * 5);
  const float line = band(side, 3.54f, 3.66f, at.wv)
                     + band(side, 5.24f, 5.36f, at.wv) * bands(at.u, 3.2f, 1.6f, at.wu)
                     + band(at.v, -.07f, .07f, at.wv) * bands(at.u, 6, 3, at.wu);
  colour = mix(colour, rgb{.55f, .55f, .53f}, std::min(1.f, line) * wear);
  const float gutter = band(side, 7.05f, 7.45f, at.wv);
  colour = mix(colour, rgb{.27f, .265f, .255f}, gutter);
  return {colour, 0, puddles(grain, at)};
}

[[gnu::always_inline]] inline texel motorway(const noise& grain, const spot& at) {
  const float side = std::abs(at.v);
  rgb colour = asphalt(grain, at, {.115f, .115f, .118f});
  const float lane = side - highway::median;
  const float within = lane - whole_below(lane / highway::lane_width) * highway::lane_width;
  const float track = bump(within - 1, .7f) + bump(within - 2.7f, .7f);
  colour = colour * (1 - .14f * track);
  float line = band(side, 1.35f, 1.55f, at.wv) + band(side, 12.75f, 12.95f, at.wv);
  const float dashes = bands(at.u, 12, 4, at.wu);
  line += dashes
          * (band(lane, highway::lane_width - .08f, highway::lane_width + .08f, at.wv)
             + band(lane, 2 * highway::lane_width - .08f, 2 * highway::lane_width + .08f, at.wv));
  colour = mix(colour, rgb{.6f, .6f, .58f}, std::min(1.f, line) * .9f);
  return {colour, 0, puddles(grain, at) * .8f};
}

texel office(const noise& grain, const spot& at, const face& what, cells& windows) {
  const std::uint32_t seed = what.seed;
  const int style = static_cast<int>(seed % 3);
  const float bay = style == 0 ? 1.6f : style == 1 ? 3.2f : 12, floor_height = 3.5f;
  const float wide = style == 0 ? 1.38f : style == 1 ? 2.3f : 12, tall = style == 0 ? 3.05f : 2.1f;
  if (at.v < 4.2f) {
    // Shops.
    const float sign = band(at.v, 3.3f, 4.05f, at.wv),
                window = band(at.v, .5f, 3.1f, at.wv) * bands(at.u, 4, 3.6f, at.wu);
    const auto shop = windows.at(at.u / 8, 77).hash;
    const rgb paint = sign > 0 ? mix(what.colour, colour_of(shop) * .4f, sign * .85f) : what.colour;
    const rgb inside = rgb{.06f, .055f, .05f} * (1 + .6f * grain.soft(at.u * 9, at.v * 9));
    return {mix(paint, inside, window),
            (window * .26f * (1 + .8f * grain.soft(at.u * 4, at.v * 3)) + sign * .12f)
                * (fraction(hashed(shop, 4)) < .6f ? 1.f : .12f),
            window * .16f * (1 + .7f * grain.soft(at.u * 1.3f, at.v * 1.3f))};
  }
  const float window = bands(at.u + bay, bay, wide, at.wu) * bands(at.v - 4.7f, floor_height, tall, at.wv);
  const auto cell = windows.at(at.u / bay, (at.v - 4.7f) / floor_height);
  const float sharp = clarity(bay * .6f, at.wu);
  const float draw = mix(.5f, cell.first, sharp);
  const rgb pane = mix(rgb{.025f, .04f, .055f}, rgb{.16f, .16f, .15f}, draw > .8f ? .6f * sharp : .08f);
  const float lit = sharp > .3f ? (cell.second < .3f ? .22f : .01f) : .07f;
  const rgb wall =
      what.colour * (1 + .06f * grain.soft(at.u * 3, at.v * 3)) * mix(.8f, 1.f, std::min(1.f, at.v / 14));
  return {mix(wall, pane, window), window * lit, window * (.2f + .2f * draw)};
}

texel brick(const noise& grain, const spot& at, const face& what, cells& windows, cells& shops) {
  const float bay = 2.7f + .2f * static_cast<float>(what.seed % 4), floor_height = 3.1f;
  const float shop = at.v < 3.6f ? 1.f : 0.f;
  if (shop > 0) {
    const auto which = shops.at(at.u / 7, 5).hash;
    const float sign = band(at.v, 2.75f, 3.4f, at.wv);
    const float window = band(at.v, .6f, 2.6f, at.wv) * bands(at.u, 3.5f, 2.8f, at.wu);
    const rgb paint = sign > 0 ? mix(what.colour * .7f, colour_of(which) * .45f, sign) : what.colour * .7f;
    return {mix(paint, rgb{.05f, .05f, .05f}, window),
            (window * .24f * (1 + .8f * grain.soft(at.u * 4, at.v * 3)) + sign * .1f)
                * (fraction(hashed(which, 4)) < .6f ? 1.f : .1f),
            window * .16f * (1 + .7f * grain.soft(at.u * 1.3f, at.v * 1.3f))};
  }
  const float window = bands(at.u - .8f, bay, 1.25f, at.wu) * bands(at.v - 4.3f, floor_height, 1.65f, at.wv);
  const float frame = bands(at.u - .68f, bay, 1.49f, at.wu) * bands(at.v - 4.16f, floor_height, 1.93f, at.wv);
  const auto cell = windows.at((at.u - .8f) / bay, (at.v - 4.3f) / floor_height);
  const float sharp = clarity(1.4f, at.wu);
  const float courses = .06f * (bands(at.v, .16f, .08f, at.wv) - .5f) * clarity(.1f, at.wv);
  rgb wall = what.colour
             * (1 + .1f * grain.fine(at.u * 4.2f, at.v * 7) * clarity(.25f, at.wu)
                + .1f * grain.soft(at.u * 2, at.v * 2) + courses);
  wall = wall * mix(.78f, 1.f, std::min(1.f, at.v / 9));
  wall = mix(wall, rgb{.5f, .48f, .44f}, frame * .8f);
  const rgb pane = mix(rgb{.035f, .042f, .05f}, rgb{.3f, .27f, .22f}, cell.first > .72f ? .5f * sharp : .1f);
  const float lit = sharp > .3f ? (cell.second < .34f ? .22f : .008f) : .08f;
  return {mix(wall, pane, window), window * lit, window * .22f};
}

texel house(const noise& grain, const spot& at, const face& what) {
  const float window = bands(at.u - .9f, 3.1f, 1.5f, at.wu) * bands(at.v - .95f, 2.8f, 1.25f, at.wv);
  const float frame = bands(at.u - .78f, 3.1f, 1.74f, at.wu) * bands(at.v - .83f, 2.8f, 1.49f, at.wv);
  rgb wall =
      what.colour
      * (1 + .07f * grain.soft(at.u * 2.5f, at.v * 2.5f) + .05f * (bands(at.v, .22f, .19f, at.wv) - .85f));
  wall = wall * mix(.7f, 1.f, std::min(1.f, at.v / 1.2f));
  wall = mix(wall, rgb{.6f, .6f, .58f}, frame * .85f);
  float lit = 0;
  if (window > 0) {
    const auto cell = cell_of(what.seed, (at.u - .9f) / 3.1f, (at.v - .95f) / 2.8f);
    lit = fraction(hashed(cell, 1)) < .5f ? .26f : .008f;
  }
  return {mix(wall, rgb{.04f, .045f, .05f}, window), window * lit, window * .2f};
}

texel inside_tunnel(const noise& grain, const spot& at, const face& what, bool ceiling) {
  if (ceiling) {
    const float lamp = bands(at.u, 9, 2.4f, at.wu) * (band(std::abs(at.v), 2.6f, 2.95f, at.wv));
    return {mix(what.colour * (1 + .15f * grain.soft(at.u, at.v * 3)), rgb{.8f, .8f, .7f}, lamp), lamp * 6,
            0};
  }
  const float tile =
      1 - .12f * (1 - bands(at.u, 1.2f, 1.16f, at.wu)) - .12f * (1 - bands(at.v, .6f, .57f, at.wv));
  rgb colour = what.colour * tile * (1 + .12f * grain.soft(at.u * 1.5f, at.v * 2));
  colour = mix(colour, rgb{.1f, .1f, .1f}, band(at.v, 0, .5f, at.wv));
  colour = mix(colour, rgb{.08f, .2f, .28f}, band(at.v, 2.3f, 2.6f, at.wv));
  colour = mix(colour, rgb{.12f, .12f, .12f}, .75f * band(at.v, 3.4f, 6, at.wv));
  return {colour, 0, .12f};
}

[[gnu::always_inline]] inline texel foliage(const noise& grain, const spot& at, rgb colour,
                                            std::uint32_t seed) {
  const float x = at.u * 26 + static_cast<float>(seed & 255u),
              y = at.v * 26 + static_cast<float>(seed >> 8 & 255u);
  const float leaves = .5f * grain.fine(x, y) + .75f * grain.soft(x * 1.7f, y * 1.7f);
  const float round = .78f + .3f * std::clamp(at.v, -1.f, 1.f);
  return {colour * std::max(.25f, round * (1 + .62f * leaves)), 0, 0};
}

texel side_of_car(const spot& at, const face& what) {
  // A dark sill, door gaps, handles, and it is darker below the belt.
  rgb colour = what.colour * mix(.62f, 1.05f, std::clamp((at.v - .2f) / .65f, 0.f, 1.f));
  const float gaps =
      band(at.u, .7f, .735f, at.wu) + band(at.u, -.28f, -.245f, at.wu) + band(at.u, -1.12f, -1.085f, at.wu);
  colour = colour * (1 - .5f * std::min(1.f, gaps) * band(at.v, .35f, 1.f, at.wv));
  colour = mix(colour, rgb{.02f, .02f, .02f}, band(at.v, 0, .3f, at.wv));
  return {colour, 0, what.gloss * std::clamp((at.v - .3f) * 2.4f, 0.f, 1.4f)};
}

texel side_of_bus(const spot& at, const face& what) {
  const float band_of_windows = band(at.v, 1.32f, 2.5f, at.wv);
  const float window = band_of_windows * bands(at.u + .04f, 1.55f, 1.45f, at.wu);
  const float door = band(at.v, .4f, 2.5f, at.wv)
                     * (band(at.u, 3.6f, 4.9f, at.wu) + band(at.u, -1.2f, .2f, at.wu))
                     * (what.seed % 2 ? 1.f : .8f);
  const float stripe = band(at.v, 1.02f, 1.2f, at.wv);
  rgb colour = what.colour * mix(.7f, 1.f, std::clamp((at.v - .3f) / .8f, 0.f, 1.f));
  colour = mix(colour, rgb{.6f, .6f, .58f}, stripe * .8f);
  colour = mix(colour, rgb{.035f, .04f, .045f}, std::min(1.f, window + .8f * door));
  colour =
      mix(colour, rgb{.02f, .02f, .02f}, band_of_windows * (1 - window) * .8f + band(at.v, 0, .45f, at.wv));
  return {colour, window * .3f, std::min(1.f, window + door) * .4f};
}

texel side_of_load(const noise& grain, const spot& at, const face& what) {
  const float ribs = .07f * (bands(at.u, .62f, .07f, at.wu) - .1f);
  const auto style = what.seed % 4;
  rgb colour = what.colour * (1 - ribs * 3 + .06f * grain.soft(at.u * 2, at.v * 2))
               * mix(.8f, 1.f, std::clamp((at.v - .9f) / 1.2f, 0.f, 1.f));
  const float logo = style < 2 ? band(at.v, 1.9f, 2.5f, at.wv) * band(at.u, -2.6f, .9f, at.wu) : 0;
  if (logo > 0) {
    const rgb drawn{fraction(hashed(what.seed, 1)) * .5f, fraction(hashed(what.seed, 2)) * .4f,
                    fraction(hashed(what.seed, 3)) * .5f};
    colour = mix(colour, drawn, logo * .85f);
  }
  return {colour, 0, what.gloss};
}

texel wheel(const spot& at) {
  const float r = std::sqrt(at.u * at.u + at.v * at.v);
  const float rim = band(r, -1, .66f, std::max(.08f, at.wu));
  const float turn = std::atan2(at.v, at.u) * 5;
  const float spokes = .55f + .45f * std::cos(turn) * clarity(.5f, at.wu);
  return {mix(rgb{.016f, .016f, .017f}, rgb{.3f, .3f, .31f} * spokes, rim), 0, rim * .15f};
}

[[gnu::always_inline]] inline texel grass(const noise& grain, const spot& at, rgb colour) {
  const float tufts = grain.fine(at.u * 5, at.v * 5) * clarity(.4f, at.wv),
              patches = grain.soft(at.u * .9f, at.v * .9f);
  return {colour * rgb{1 + .35f * patches + .25f * tufts, 1 + .2f * patches + .28f * tufts, 1 + .25f * tufts},
          0, .1f};
}

texel slabs(const noise& grain, const spot& at, const face& what, float size, cells& stones) {
  const float seams =
      (1 - bands(at.u, size, size - .07f, at.wu)) + (1 - bands(at.v, size, size - .07f, at.wv));
  const float slab = stones.at(at.u / size, at.v / size).first - .5f;
  return {what.colour
              * (1 + .16f * slab * clarity(size * .6f, at.wv) + .1f * grain.soft(at.u * 2, at.v * 2)
                 - .3f * std::min(1.f, seams)),
          0, .35f * puddles(grain, at)};
}

/// What is neither very frequent nor worth a loop of its own.
texel of_material(const noise& grain, const spot& at, const face& what) {
  switch (what.made_of) {
    case material::zebra: {
      const float stripe = bands(at.u + .25f, 1, .5f, at.wu) * (.72f + .28f * grain.soft(at.u * 6, at.v * 6));
      return {mix(asphalt(grain, at, {.098f, .098f, .102f}), what.colour, std::clamp(stripe, 0.f, 1.f)), 0,
              puddles(grain, at)};
    }
    case material::gravel:
      return {what.colour
                  * (1 + .18f * grain.fine(at.u * 9, at.v * 9) * clarity(.25f, at.wv)
                     + .16f * grain.soft(at.u * 2, at.v * 2)),
              0, .2f};
    case material::drive: return {what.colour * (1 + .12f * grain.soft(at.u * 2, at.v * 2)), 0, .35f};
    case material::water: return {what.colour * (1 + .3f * grain.soft(at.u * 4, at.v * 4)), 0, .9f};
    case material::house: return house(grain, at, what);
    case material::tiles: {
      const float rows = bands(at.v, .34f, .27f, at.wv) - .8f;
      return {what.colour
                  * (1 + .5f * rows + .2f * grain.soft(at.u * 3, at.v * 3)
                     + .18f * grain.fine(at.u * 3, at.v * 3) * clarity(.4f, at.wu)),
              0, 0};
    }
    case material::flat_roof:
      return {what.colour
                  * (1 + .2f * grain.soft(at.u * 2, at.v * 2)
                     + .15f * grain.fine(at.u * 4, at.v * 4) * clarity(.3f, at.wu)),
              0, 0};
    case material::concrete: {
      const float seams = 1 - bands(at.u, 4, 3.94f, at.wu);
      return {what.colour
                  * (1 + .14f * grain.soft(at.u * 2.4f, at.v * .7f) + .05f * grain.fine(at.u * 7, at.v * 7)
                     - .35f * seams)
                  * mix(.75f, 1.f, std::min(1.f, at.v / 1.5f)),
              0, 0};
    }
    case material::tunnel_wall: return inside_tunnel(grain, at, what, false);
    case material::tunnel_ceiling: return inside_tunnel(grain, at, what, true);
    case material::sign: {
      const float text = bands(at.u, 1.9f, 1.3f, at.wu) * bands(at.v - .35f, .85f, .4f, at.wv);
      return {mix(what.colour, rgb{.6f, .6f, .6f}, text * .8f), .15f, 0};
    }
    case material::side: return side_of_car(at, what);
    case material::glass: {
      // Pillars at both ends and, in side windows, in the middle; a frame around; u and v run from 0 to 1.
      // The sky is mirrored at the top.
      const float frame = band(at.u, -.3f, .07f, at.wu) + (what.seed == 1 ? band(at.u, .48f, .52f, at.wu) : 0)
                          + band(at.u, .93f, 1.3f, at.wu) + band(at.v, .92f, 1.2f, at.wv);
      return {mix(what.colour, rgb{.015f, .015f, .016f}, std::min(1.f, frame)), 0,
              what.gloss * (1 - .8f * std::min(1.f, frame)) * std::clamp(.35f + .85f * at.v, .2f, 1.2f)};
    }
    case material::bus_side: return side_of_bus(at, what);
    case material::cargo: return side_of_load(grain, at, what);
    case material::wheel: return wheel(at);
    case material::limb: {
      const float across = std::clamp(at.u, -1.f, 1.f);
      return {what.colour * (.6f + .45f * std::sqrt(1 - across * across)), 0, 0};
    }
    default: return {what.colour, 0, what.gloss};
  }
}

/// Spots of some pixels that follow each other.
struct spots {
  static constexpr int most = 64;
  float u[most], v[most], wu[most], wv[most], far[most];
};

void find_spots(const laid_texture& laid, float ur0, float vr0, float near0, int x0, int count,
                float* __restrict u, float* __restrict v, float* __restrict wu, float* __restrict wv,
                float* __restrict far) {
  for (int k = 0; k < count; ++k) {
    const auto column = static_cast<float>(x0 + k);
    const float ur = ur0 + column * laid.ux, vr = vr0 + column * laid.vx;
    const float z = 1 / std::max(near0 + column * laid.ax, 1e-5f);
    u[k] = laid.u0 + z * ur;
    v[k] = laid.v0 + z * vr;
    // How u and v change from pixel to pixel.
    const float zz = z * z;
    wu[k] = std::abs(z * laid.ux - zz * laid.ax * ur) + std::abs(z * laid.uy - zz * laid.ay * ur) + 1e-5f;
    wv[k] = std::abs(z * laid.vx - zz * laid.ax * vr) + std::abs(z * laid.vy - zz * laid.ay * vr) + 1e-5f;
    far[k] = z;
  }
}

template <class Texture>
void put_texels(const spots& at, int count, const Texture& texture, float* __restrict r, float* __restrict g,
                float* __restrict b, float* __restrict glow, float* __restrict gloss) {
  for (int k = 0; k < count; ++k) {
    const texel made = texture(spot{at.u[k], at.v[k], at.wu[k], at.wv[k], at.far[k]});
    r[k] = made.colour.r, g[k] = made.colour.g, b[k] = made.colour.b;
    glow[k] = made.glow, gloss[k] = made.gloss;
  }
}

} // namespace

const laid_texture& texturer::lay(std::uint32_t number) {
  auto& made = laid_[number];
  if (made.known)
    return made;
  const auto& seen = from_.faces()[number];
  const auto& view = from_.from();
  const vec3 along = seen.what.along, up = seen.what.up, off = view.eye - seen.what.origin;
  const float step = 1 / view.focal;
  made.known = true;
  made.u0 = dot(off, along), made.v0 = dot(off, up);
  made.ux = dot(view.right, along) * step, made.vx = dot(view.right, up) * step;
  made.uy = dot(view.down, along) * step, made.vy = dot(view.down, up) * step;
  made.ax = seen.a * raster::samples, made.ay = seen.b * raster::samples;
  return made;
}

/// Looks `texture` up at each pixel of a run: first where, then what, so that the compiler can make vector
/// loops.
template <class Texture>
void texturer::look_up(std::uint32_t number, int x0, int x1, const Texture& texture) {
  const auto row = static_cast<std::size_t>(y_) * static_cast<std::size_t>(from_.from().width);
  const auto& seen = from_.faces()[number];
  const laid_texture laid = lay(number);
  const float ur0 = dot(ray_, seen.what.along), vr0 = dot(ray_, seen.what.up);
  const float near0 = seen.a * .5f + seen.b * (static_cast<float>(y_) * raster::samples + .5f) + seen.c;
  spots at;
  for (int x = x0; x < x1; x += spots::most) {
    const int count = std::min(spots::most, x1 - x);
    // Counted from the row's beginning, so that a pixel comes out the same whatever run it is in.
    find_spots(laid, ur0, vr0, near0, x, count, at.u, at.v, at.wu, at.wv, at.far);
    const auto first = row + static_cast<std::size_t>(x);
    put_texels(at, count, texture, to_.r.data() + first, to_.g.data() + first, to_.b.data() + first,
               to_.glow.data() + first, to_.gloss.data() + first);
  }
}

void texturer::run(std::uint32_t number, int x0, int x1) {
  const face& what = from_.faces()[number].what;
  const auto run = [&](const auto& texture) { look_up(number, x0, x1, texture); };
  const noise& grain = grain_;
  switch (what.made_of) {
    case material::plain:
    case material::paint:
    case material::metal:
    case material::lamp:
    case material::bark:
    case material::rubber: {
      const auto row = static_cast<std::size_t>(y_) * static_cast<std::size_t>(from_.from().width);
      const float glow = what.made_of == material::lamp || what.glow.r > 0 ? 1.f : 0.f;
      for (auto i = row + static_cast<std::size_t>(x0); i < row + static_cast<std::size_t>(x1); ++i) {
        to_.r[i] = what.colour.r, to_.g[i] = what.colour.g, to_.b[i] = what.colour.b;
        to_.glow[i] = glow, to_.gloss[i] = what.gloss;
      }
      return;
    }
    case material::grass: {
      const rgb colour = what.colour;
      return run([=, &grain](const spot& at) { return grass(grain, at, colour); });
    }
    case material::street: return run([&](const spot& at) { return roadway(grain, at); });
    case material::highway: return run([&](const spot& at) { return motorway(grain, at); });
    case material::crossing:
      return run([&](const spot& at) {
        return texel{asphalt(grain, at, {.098f, .098f, .102f}), 0, puddles(grain, at)};
      });
    case material::paving:
    case material::plaza: {
      cells stones{7};
      const float size = what.made_of == material::paving ? 1.1f : 2.2f;
      return run([&](const spot& at) { return slabs(grain, at, what, size, stones); });
    }
    case material::office: {
      cells windows{what.seed};
      return run([&](const spot& at) { return office(grain, at, what, windows); });
    }
    case material::brick: {
      cells windows{what.seed}, shops{what.seed};
      return run([&](const spot& at) { return brick(grain, at, what, windows, shops); });
    }
    case material::foliage: {
      const rgb colour = what.colour;
      const auto seed = what.seed;
      return run([=, &grain](const spot& at) { return foliage(grain, at, colour, seed); });
    }
    default: return run([&](const spot& at) { return of_material(grain, at, what); });
  }
}

} // namespace ecco::world
