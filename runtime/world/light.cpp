// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/light.hpp"

namespace ecco::world {
namespace {

float brightness(rgb c) {
  return .3f * c.r + .59f * c.g + .11f * c.b;
}

} // namespace

lighting light_of(const conditions& now) {
  lighting made;
  made.weather = now;
  const float turn = (now.hour - 6) / 12 * pi;
  // Rises in the east, stands 58 degrees high in the south at noon.
  const float height = std::sin(turn) * 1.01f;
  const float elevation = std::asin(std::clamp(height * .85f, -1.f, 1.f));
  const vec3 sun =
      unit({std::cos(turn) * .9f, -.55f * std::max(.2f, height), std::max(std::sin(elevation), .09f)});
  const float day = smooth(-.12f, .22f, std::sin(elevation));
  const float low = 1 - smooth(.05f, .5f, std::sin(elevation));
  const float clear = 1 - .93f * smooth(.25f, .95f, now.cloud);
  made.to_sun = sun;
  made.sun = mix(rgb{1.25f, 1.14f, .98f}, rgb{1.15f, .58f, .25f}, low) * (day * clear * mix(1.f, .55f, low))
             * smooth(-.02f, .1f, std::sin(elevation));
  const rgb blue = mix(rgb{.21f, .27f, .39f}, rgb{.27f, .24f, .29f}, low),
            grey = rgb{.33f, .345f, .365f} * (1 - .3f * now.rain);
  const rgb night{.006f, .008f, .015f};
  made.sky = mix(mix(blue, grey, smooth(.2f, .9f, now.cloud)) * day, night, 1 - day) + night * .5f;
  made.bounce = (made.sky * .45f + made.sun * .12f) * rgb{1, .97f, .92f};
  made.zenith = mix(mix(rgb{.12f, .26f, .62f}, rgb{.34f, .36f, .39f}, smooth(.3f, .95f, now.cloud)),
                    rgb{.12f, .16f, .34f}, low * .7f)
                    * day
                + rgb{.004f, .006f, .014f};
  made.horizon = mix(mix(rgb{.52f, .64f, .8f}, rgb{.52f, .54f, .56f}, smooth(.3f, .95f, now.cloud)),
                     rgb{.85f, .5f, .28f}, low * (1 - now.cloud * .8f))
                     * mix(.0f, 1.f, day)
                 + rgb{.014f, .013f, .016f};
  made.shadow = clear;
  made.lamps = 1 - smooth(.0f, .2f, std::sin(elevation) - .08f * now.cloud);
  made.headlights = made.lamps > .15f || now.rain > .25f || now.snow > .25f || now.fog > .008f;
  made.haze = .00055f + now.fog + .0048f * now.rain + .0075f * now.snow;
  made.haze_colour = mix(made.horizon, made.sky * rgb{1.2f, 1.17f, 1.12f},
                         std::min(1.f, .3f + now.fog * 40 + now.rain * .5f + now.snow * .5f))
                     + rgb{.02f, .017f, .013f} * made.lamps;
  return made;
}

rgb sky_colour(const lighting& light, vec3 ray, float clouds) {
  const vec3 d = unit(ray);
  const float up = std::max(0.f, d.z);
  const float k = 1 - std::exp(-3.4f * up);
  rgb colour = mix(light.horizon, light.zenith, k);
  const float toward = std::max(0.f, dot(d, light.to_sun));
  const float t2 = toward * toward, t8 = t2 * t2 * t2 * t2;
  colour = colour + light.sun * (.12f * t8 + .9f * t8 * t8 * t8 * t8 * t8);
  const rgb white = light.sky * 2.1f + light.sun * .38f;
  const float cover = clouds * smooth(.02f, .2f, up) * (1 - .75f * smooth(.7f, 1, light.weather.cloud));
  colour = mix(colour, white, cover);
  const float haze =
      std::min(1.f, light.haze * 60) * std::exp(-2.5f * up) + std::min(.9f, light.weather.fog * 25);
  return mix(colour, light.haze_colour, std::min(1.f, haze));
}

float exposure_for(const lighting& light, float covered) {
  const float outside = brightness(light.sun) * .5f + brightness(light.sky) * 1.1f + .075f * light.lamps;
  // Inside, the lamps of the tunnel.
  const float around = mix(outside, .16f, covered);
  return 1.72f / std::pow(std::max(around, .012f), .74f);
}

} // namespace ecco::world
