// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/person_shapes.hpp"

#include "runtime/world/limbs.hpp"

namespace ecco::world {
namespace {

struct clothes {
  rgb shirt, trousers, skin, hair, shoes;
  bool coat = false, bag = false, bare_legs = false;
};

clothes clothes_of(std::uint32_t look) {
  static constexpr std::array<rgb, 12> tops{rgb{.5f, .04f, .04f}, {.05f, .1f, .32f},  {.62f, .62f, .6f},
                                            {.03f, .03f, .035f},  {.22f, .22f, .24f}, {.08f, .25f, .12f},
                                            {.55f, .4f, .06f},    {.35f, .12f, .25f}, {.1f, .32f, .38f},
                                            {.48f, .2f, .06f},    {.3f, .24f, .16f},  {.07f, .06f, .1f}};
  static constexpr std::array<rgb, 6> bottoms{rgb{.035f, .05f, .11f}, {.02f, .02f, .022f}, {.1f, .1f, .105f},
                                              {.24f, .19f, .12f},     {.06f, .08f, .15f},  {.3f, .29f, .27f}};
  static constexpr std::array<rgb, 4> skins{
      rgb{.5f, .3f, .21f}, {.42f, .24f, .15f}, {.24f, .125f, .075f}, {.11f, .055f, .035f}};
  static constexpr std::array<rgb, 4> hairs{
      rgb{.02f, .015f, .012f}, {.07f, .04f, .02f}, {.28f, .19f, .08f}, {.3f, .3f, .3f}};
  clothes made;
  made.shirt = tops[hashed(look, 1) % tops.size()];
  made.trousers = bottoms[hashed(look, 2) % bottoms.size()];
  made.skin = skins[hashed(look, 3) % skins.size()];
  made.hair = hairs[hashed(look, 4) % hairs.size()];
  made.shoes = hashed(look, 5) % 3 == 0 ? rgb{.5f, .5f, .48f} : rgb{.03f, .025f, .02f};
  made.coat = hashed(look, 6) % 5 == 0;
  made.bag = hashed(look, 7) % 4 == 0;
  made.bare_legs = hashed(look, 8) % 7 == 0;
  return made;
}

/// A body in parts; lengths are fractions of its height.
class figure {
 public:
  figure(mesh& to, vec2 at, vec2 ahead, float height, const clothes& in, vec3 eye)
      : to_(to), at_(at), ahead_(ahead), left_(right_of(ahead) * -1), h_(height), in_(in), eye_(eye) {}

  vec3 at(float x, float y, float z) const {
    return at_height(at_ + ahead_ * (x * h_) + left_ * (y * h_), z * h_);
  }

  void limb(vec3 a, vec3 b, float ra, float rb, rgb colour) {
    add_limb(to_, a, b, ra * h_, rb * h_, colour, eye_);
  }

  /// As wide as a trunk is from where it is looked at.
  float breadth(float broad, float deep) const {
    const vec2 look = unit(at_ - ground_of(eye_));
    const float across = std::abs(dot(look, ahead_));
    return broad * across + deep * std::sqrt(std::max(0.f, 1 - across * across));
  }

  void trunk(vec3 hip, vec3 neck) {
    const float shoulder = breadth(.128f, .078f), waist = breadth(.098f, .072f);
    limb(hip, hip + (neck - hip) * .92f, waist, shoulder, in_.shirt);
  }

  void head(vec3 neck) {
    const vec3 middle = neck + vec3{0, 0, .078f * h_};
    limb(neck - vec3{0, 0, .02f * h_}, middle, .035f, .035f, in_.skin);
    add_ball(to_, middle + at_height(ahead_ * (-.018f * h_), .022f * h_), .067f * h_, in_.hair, eye_);
    // The face: a little before the hair.
    const vec3 face = middle + at_height(ahead_ * (.022f * h_), -.008f * h_);
    add_ball(to_, face + (eye_ - face) * (.012f / length(eye_ - face)), .057f * h_, in_.skin, eye_);
  }

 private:
  mesh& to_;
  vec2 at_, ahead_, left_;
  float h_;
  const clothes& in_;
  vec3 eye_;
};

} // namespace

void add_walker(mesh& to, const walker& from, vec3 eye, float pixels) {
  const auto in = clothes_of(from.look);
  figure body{to, from.at, from.ahead, from.height, in, eye};
  const bool walks = from.speed > 0;
  const float stride = walks ? from.travelled / (from.height * .41f) * pi : 0;
  const float swing = walks ? std::min(.55f, .34f * from.speed) : .03f;
  const float lift = walks ? .012f * std::abs(std::sin(stride)) : 0;
  const vec3 hip = body.at(0, 0, .5f + lift), neck = body.at(.012f, 0, .83f + lift);
  for (const float side : {-1.f, 1.f}) {
    const float phase = stride + (side > 0 ? 0 : pi);
    const float thigh = swing * std::sin(phase),
                bend = walks ? .75f * std::max(0.f, std::cos(phase)) * swing * 1.7f : 0;
    const float knee_x = std::sin(thigh) * .24f, knee_z = .5f + lift - std::cos(thigh) * .24f;
    const float shin = thigh - bend, foot_x = knee_x + std::sin(shin) * .235f,
                foot_z = std::max(.02f, knee_z - std::cos(shin) * .235f);
    const float y = side * .048f;
    const rgb shin_colour = in.bare_legs ? in.skin : in.trousers;
    body.limb(body.at(0, y, .51f + lift), body.at(knee_x, y, knee_z), .052f, .04f, in.trousers);
    body.limb(body.at(knee_x, y, knee_z), body.at(foot_x, y, foot_z), .038f, .027f, shin_colour);
    if (pixels < 13)
      continue;
    body.limb(body.at(foot_x - .02f, y, foot_z * .7f + .008f), body.at(foot_x + .07f, y, .018f), .022f, .016f,
              in.shoes);
    const float arm = -thigh * .9f;
    const vec3 shoulder = body.at(.01f, side * .112f, .8f + lift);
    const vec3 elbow = body.at(.01f + std::sin(arm) * .17f, side * .128f, .8f + lift - std::cos(arm) * .17f);
    const vec3 hand = body.at(.01f + std::sin(arm) * .17f + std::sin(arm + .35f) * .15f, side * .12f,
                              .8f + lift - std::cos(arm) * .17f - std::cos(arm + .35f) * .15f);
    body.limb(shoulder, elbow, .032f, .026f, in.shirt);
    body.limb(elbow, hand, .025f, .02f, in.coat ? in.shirt : in.skin);
    if (in.bag && side > 0)
      body.limb(hand, hand - vec3{0, 0, .12f * from.height}, .04f, .06f,
                in.shirt * .35f + rgb{.05f, .03f, .02f});
  }
  body.trunk(hip, neck);
  if (in.coat)
    body.limb(hip, body.at(0, 0, .3f), .09f, .11f, in.shirt * .9f);
  body.head(neck);
}

void add_rider(mesh& to, const vehicle& bicycle, vec3 eye) {
  const auto in = clothes_of(bicycle.look);
  constexpr float h = 1.75f;
  figure body{to, bicycle.at, bicycle.ahead, h, in, eye};
  const vec3 hip = body.at(-.14f, 0, .545f), neck = body.at(.05f, 0, .84f);
  const float turn = bicycle.travelled / 1.1f;
  for (const float side : {-1.f, 1.f}) {
    const float phase = turn + (side > 0 ? 0 : pi), y = side * .055f;
    const float foot_x = -.034f + .1f * std::cos(phase), foot_z = .17f - .1f * std::sin(phase);
    const float knee_x = (foot_x - .14f) * .5f + .13f, knee_z = (foot_z + .545f) * .5f + .02f;
    body.limb(body.at(-.14f, y, .54f), body.at(knee_x, y, knee_z), .05f, .04f, in.trousers);
    body.limb(body.at(knee_x, y, knee_z), body.at(foot_x, y, foot_z), .037f, .026f,
              in.bare_legs ? in.skin : in.trousers);
    body.limb(body.at(foot_x - .02f, y, foot_z), body.at(foot_x + .05f, y, foot_z), .022f, .018f, in.shoes);
    const vec3 shoulder = body.at(.03f, side * .1f, .8f), elbow = body.at(.1f, side * .13f, .68f),
               hand = body.at(.17f, side * .14f, .6f);
    body.limb(shoulder, elbow, .032f, .027f, in.shirt);
    body.limb(elbow, hand, .025f, .02f, in.skin);
  }
  body.trunk(hip, neck);
  body.head(neck);
}

void add_umbrella(mesh& to, const walker& from, vec3 eye) {
  if (hashed(from.look, 20) % 5 < 2)
    return;
  static constexpr std::array<rgb, 5> colours{
      rgb{.02f, .02f, .025f}, {.35f, .03f, .04f}, {.04f, .07f, .22f}, {.3f, .28f, .2f}, {.06f, .2f, .12f}};
  const rgb colour = colours[hashed(from.look, 21) % colours.size()];
  const vec3 top = at_height(from.at + from.ahead * .08f, from.height + .32f);
  constexpr std::size_t ribs = 8;
  for (std::size_t i = 0; i < ribs; ++i) {
    const vec2 a = rim<ribs>()[i] * .5f, b = rim<ribs>()[i + 1] * .5f;
    const std::array<vec3, 3> cloth{top, top + at_height(a, -.22f), top + at_height(b, -.22f)};
    auto& made = to.add(material::plain, colour * (i % 2 ? 1.f : .8f), cloth);
    made.thin = true;
    made.gloss = .1f;
  }
  add_limb(to, top, top - vec3{0, 0, .75f}, .015f, .015f, {.1f, .1f, .1f}, eye);
}

} // namespace ecco::world
