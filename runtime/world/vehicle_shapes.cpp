// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/vehicle_shapes.hpp"

#include "runtime/world/limbs.hpp"

namespace ecco::world {
namespace {

constexpr rgb rubber{.018f, .018f, .019f}, glass{.03f, .036f, .042f}, black{.02f, .02f, .021f},
    chrome{.4f, .4f, .41f};
constexpr rgb head_light{1, .94f, .8f}, tail_light{.9f, .02f, .015f};

/// A point of a side view: metres ahead of the middle, and above the street.
struct profile_point {
  float x, z;
};

class body {
 public:
  body(mesh& to, const vehicle& from, vec3 eye, std::vector<shining>* lamps, bool lit, bool fine)
      : to_(to), from_(from), size_(size_of(from.kind, from.model)), left_(right_of(from.ahead) * -1),
        eye_(eye), lamps_(lamps), lit_(lit), fine_(fine) {}

  void car();
  void bus();
  void truck();

 private:
  vec3 at(float x, float y, float z) const { return at_height(from_.at + from_.ahead * x + left_ * y, z); }
  face& add(material made_of, rgb colour, std::initializer_list<vec3> around) {
    return to_.add(made_of, colour, std::span{around.begin(), around.size()});
  }
  void extrude(std::span<const profile_point> outline, float half_width, rgb colour, material sides,
               float gloss, std::size_t skip_from);
  void greenhouse(float rear, float front, float roof_rear, float roof_front, float base, float roof,
                  rgb colour, bool panel);
  void wheels(std::initializer_list<float> axles, float radius, float half_width);
  void block(float rear, float front, float half_width, float from, float to, material sides, rgb colour,
             rgb roof, float gloss);
  void lamps(float x_front, float x_rear, float half_width, float front_z, float rear_z, float wide,
             float tall);
  void patch(float x, float y0, float y1, float z0, float z1, material made_of, rgb colour, float gloss = 0,
             rgb glow = {});

  mesh& to_;
  const vehicle& from_;
  size3 size_;
  vec2 left_;
  vec3 eye_;
  std::vector<shining>* lamps_;
  bool lit_, fine_;
};

/// Sides and skin of a convex outline, given from the lower rear on counter-clockwise as seen from the right;
/// the skin of the first `skip_from` edges (the floor) is left out.
void body::extrude(std::span<const profile_point> outline, float half_width, rgb colour, material sides,
                   float gloss, std::size_t skip_from) {
  std::array<vec3, 12> right, left;
  const auto n = outline.size();
  for (std::size_t i = 0; i < n; ++i) {
    right[i] = at(outline[i].x, -half_width, outline[i].z);
    left[n - 1 - i] = at(outline[i].x, half_width, outline[i].z);
  }
  for (auto* around : {&right, &left}) {
    auto& made = to_.add(sides, colour, std::span{*around}.first(n));
    made.origin = at(0, 0, 0);
    made.along = at_height(from_.ahead, 0);
    made.up = {0, 0, 1};
    made.gloss = gloss;
    made.seed = from_.look;
  }
  for (std::size_t i = skip_from; i < n; ++i) {
    const auto& a = outline[i];
    const auto& b = outline[(i + 1) % n];
    add(material::paint, colour,
        {at(a.x, -half_width, a.z), at(a.x, half_width, a.z), at(b.x, half_width, b.z),
         at(b.x, -half_width, b.z)})
        .gloss = gloss * 1.3f;
  }
}

/// Windows and roof of a car.
void body::greenhouse(float rear, float front, float roof_rear, float roof_front, float base, float roof,
                      rgb colour, bool panel) {
  const float w = size_.width / 2 - .03f, in = w - .14f * size_.width / 1.8f;
  for (const float side : {-1.f, 1.f}) {
    std::array<vec3, 4> around{at(rear, side * w, base), at(front, side * w, base),
                               at(roof_front, side * in, roof), at(roof_rear, side * in, roof)};
    if (side > 0)
      std::reverse(around.begin(), around.end());
    auto& made = to_.add(panel ? material::paint : material::glass, panel ? colour : glass, around);
    // u runs from 0 to 1 between the pillars, v likewise upwards; `seed` holds the frame's colour.
    made.origin = at(rear, 0, base);
    made.along = at_height(from_.ahead, 0) * (1 / (front - rear));
    made.up = vec3{0, 0, 1} * (1 / (roof - base));
    made.gloss = panel ? .12f : .5f;
    made.seed = 1;
    if (panel) {
      const float split = front - .32f * (front - rear);
      std::array<vec3, 4> window{
          at(split, side * (w + .01f), base), at(front - .05f, side * (w + .01f), base),
          at(roof_front - .03f, side * (in + .03f), roof - .1f), at(split, side * (in + .03f), roof - .1f)};
      if (side > 0)
        std::reverse(window.begin(), window.end());
      to_.add(material::plain, glass, window).gloss = .5f;
    }
  }
  const auto pane = [&](face& made, float x) {
    made.origin = at(x, -w, base);
    made.along = at_height(left_, 0) * (1 / (2 * w));
    made.up = vec3{0, 0, 1} * (1 / (roof - base));
    made.seed = 2;
  };
  auto& shield =
      add(material::glass, glass * 1.1f,
          {at(front, -w, base), at(front, w, base), at(roof_front, in, roof), at(roof_front, -in, roof)});
  shield.gloss = .6f;
  pane(shield, front);
  auto& back =
      add(panel ? material::plain : material::glass, panel ? colour : glass,
          {at(rear, w, base), at(rear, -w, base), at(roof_rear, -in, roof), at(roof_rear, in, roof)});
  back.gloss = panel ? .12f : .5f;
  if (!panel)
    pane(back, rear);
  if (panel)
    patch(rear - .02f, -w * .75f, w * .75f, base + .25f, roof - .2f, material::plain, glass, .4f);
  add(material::paint, colour,
      {at(roof_rear, -in, roof), at(roof_front, -in, roof), at(roof_front, in, roof),
       at(roof_rear, in, roof)})
      .gloss = .3f;
}

void body::wheels(std::initializer_list<float> axles, float radius, float half_width) {
  for (const float x : axles)
    for (const float side : {-1.f, 1.f}) {
      const auto disc = [&](float y, float r, material made_of, rgb colour) {
        std::array<vec3, 12> around;
        const std::size_t corners = fine_ ? 12 : 6;
        for (std::size_t i = 0; i < corners; ++i) {
          const vec2 corner = fine_ ? rim<12>()[i] : rim<6>()[i];
          around[i] = at(x + corner.x * r, side * y, radius + corner.y * -side * r);
        }
        auto& made = to_.add(made_of, colour, std::span{around}.first(corners));
        const float spin = from_.travelled / radius;
        const vec3 ahead = at_height(from_.ahead, 0), up{0, 0, 1};
        made.origin = at(x, side * y, radius);
        made.along = (ahead * std::cos(spin) - up * std::sin(spin)) * (1 / radius);
        made.up = (ahead * std::sin(spin) + up * std::cos(spin)) * (1 / radius);
      };
      if (fine_)
        disc(half_width + .004f, radius * 1.16f, material::plain, black);
      disc(half_width + .015f, radius, material::wheel, rubber);
      if (!fine_)
        continue;
      // Treads, seen from before and behind.
      const float y0 = side * (half_width - .21f), y1 = side * half_width;
      for (const float end : {-1.f, 1.f})
        add(material::plain, rubber,
            {at(x + end * radius * .7f, y0, 0), at(x + end * radius * .7f, y1, 0),
             at(x + end * radius * .7f, y1, radius * 1.4f), at(x + end * radius * .7f, y0, radius * 1.4f)})
            .thin = true;
    }
}

/// An upright rectangle across the vehicle, seen from before (x > 0) or behind.
void body::patch(float x, float y0, float y1, float z0, float z1, material made_of, rgb colour, float gloss,
                 rgb glow) {
  std::array<vec3, 4> around{at(x, y0, z0), at(x, y1, z0), at(x, y1, z1), at(x, y0, z1)};
  if (x < 0)
    std::reverse(around.begin(), around.end());
  auto& made = to_.add(made_of, colour, around);
  made.gloss = gloss;
  made.glow = glow;
}

void body::lamps(float x_front, float x_rear, float half_width, float front_z, float rear_z, float wide,
                 float tall) {
  const bool braking = !from_.parked && (from_.acceleration < -.5f || from_.speed < .2f);
  const bool on = lit_ && !from_.parked;
  for (const float side : {-1.f, 1.f}) {
    const float a = side * (half_width - wide), b = side * half_width;
    const float y0 = std::min(a, b), y1 = std::max(a, b);
    patch(x_front, y0, y1, front_z, front_z + tall, material::lamp,
          on ? rgb{.7f, .7f, .7f} : rgb{.42f, .43f, .45f}, .4f, on ? head_light * 4 : rgb{});
    const float tail = braking ? 1.6f : on ? .5f : 0;
    patch(x_rear, y0, y1, rear_z, rear_z + tall * 1.15f, material::lamp, {.22f, .012f, .01f}, .2f,
          tail_light * tail);
    if (lamps_ && on)
      lamps_->push_back({at(x_front + .02f, (y0 + y1) / 2, front_z + tall / 2), head_light, .34f,
                         at_height(from_.ahead, 0)});
    if (lamps_ && tail > 0)
      lamps_->push_back({at(x_rear - .02f, (y0 + y1) / 2, rear_z + tall / 2),
                         tail_light * (braking ? .8f : .3f), .2f, at_height(from_.ahead * -1, 0)});
  }
}

/// A box, for cabins and loads.
void body::block(float rear, float front, float half_width, float from, float to, material sides, rgb colour,
                 rgb roof, float gloss) {
  const std::array<profile_point, 4> outline{
      profile_point{rear, from}, {front, from}, {front, to}, {rear, to}};
  const auto first = to_.faces.size();
  extrude(outline, half_width, colour, sides, gloss, 1);
  to_.faces[first + 3].colour = roof;
}

void body::car() {
  struct shape {
    float hood, deck, rear, front, roof_rear, roof_front, wheel;
    bool panel;
  };
  // Fractions of the length, heights in metres: sedan, hatchback, SUV, van, estate.
  static constexpr std::array<shape, 5> shapes{shape{.8f, .92f, -.37f, .23f, -.2f, .05f, .32f, false},
                                               {.86f, .92f, -.47f, .26f, -.37f, .07f, .31f, false},
                                               {.98f, 1.02f, -.475f, .22f, -.41f, .06f, .37f, false},
                                               {1.02f, 1.12f, -.485f, .4f, -.475f, .22f, .34f, true},
                                               {.82f, .9f, -.475f, .23f, -.4f, .06f, .33f, false}};
  const auto& is = shapes[std::min<std::size_t>(from_.model, shapes.size() - 1)];
  const float l = size_.length, w = size_.width / 2, low = .2f;
  const rgb colour = paint_of(from_);
  const std::array<profile_point, 8> outline{profile_point{-.485f * l, low}, {.48f * l, low},
                                             {.5f * l, low + .2f},           {.487f * l, is.hood - .14f},
                                             {.45f * l, is.hood - .04f},     {is.front * l, is.deck},
                                             {is.rear * l, is.deck + .03f},  {-.5f * l, is.deck - .06f}};
  extrude(outline, w, colour, material::side, .16f, 1);
  greenhouse(is.rear * l, is.front * l, is.roof_rear * l, is.roof_front * l, is.deck, size_.height, colour,
             is.panel);
  wheels({.31f * l, -.3f * l}, is.wheel, w - .01f);
  lamps(.498f * l + .01f, -.5f * l - .012f, w - .06f, is.hood - .3f, is.deck - .3f, .36f, .14f);
  if (!fine_)
    return;
  patch(.5f * l + .005f, -w * .52f, w * .52f, low + .14f, is.hood - .3f, material::plain, black, .1f);
  patch(.5f * l + .015f, -.26f, .26f, low + .06f, low + .17f, material::plain, {.7f, .7f, .66f});
  patch(-.495f * l - .015f, -.26f, .26f, .52f, .63f, material::plain, {.7f, .7f, .62f});
  patch(-.49f * l - .015f, -w + .05f, w - .05f, low, low + .2f, material::plain, black);
  for (const float side : {-1.f, 1.f}) // mirrors
    add_ball(to_, at(is.front * l - .12f, side * (w + .09f), is.deck + .08f), .1f, colour * .7f, eye_);
}

void body::bus() {
  const float l = size_.length / 2, w = size_.width / 2, h = size_.height;
  const rgb colour = paint_of(from_);
  const std::array<profile_point, 6> outline{profile_point{-l, .32f}, {l, .32f},    {l, 1.2f},
                                             {l - .18f, h - .12f},    {l - .5f, h}, {-l, h}};
  extrude(outline, w, colour, material::bus_side, .12f, 1);
  const float slope = .18f / (h - .12f - 1.2f);
  auto& shield =
      add(material::plain, glass * 1.3f,
          {at(l + .02f, -w + .1f, 1.15f), at(l + .02f, w - .1f, 1.15f),
           at(l + .02f - slope * 1.2f, w - .1f, 2.45f), at(l + .02f - slope * 1.2f, -w + .1f, 2.45f)});
  shield.gloss = .6f;
  auto& board = add(material::plain, {.02f, .02f, .02f},
                    {at(l - .16f, -w + .3f, 2.5f), at(l - .16f, w - .3f, 2.5f), at(l - .2f, w - .3f, 2.85f),
                     at(l - .2f, -w + .3f, 2.85f)});
  board.glow = rgb{.5f, .26f, .02f} * .4f;
  patch(-l - .01f, -w + .15f, w - .15f, 1.5f, 2.6f, material::plain, glass, .4f);
  patch(-l - .012f, -w + .3f, w - .3f, .5f, 1.2f, material::plain, colour * .35f);
  wheels({l - 2.6f, -l + 3.1f}, .48f, w - .01f);
  lamps(l + .012f, -l - .02f, w - .08f, .6f, .75f, .38f, .2f);
  patch(l + .014f, -.28f, .28f, .42f, .54f, material::plain, {.7f, .7f, .66f});
  for (const float side : {-1.f, 1.f}) // mirrors
    add_limb(to_, at(l + .15f, side * (w + .12f), 2.35f), at(l + .15f, side * (w + .12f), 1.95f), .09f, .09f,
             black, eye_);
}

void body::truck() {
  const float l = size_.length / 2, w = size_.width / 2, h = size_.height;
  const rgb colour = paint_of(from_);
  const bool semi = from_.model == 2, tipper = from_.model == 1;
  const float cabin = semi ? 2.2f : 1.9f, cab_height = semi ? 3.1f : 2.5f, gap = .25f;
  block(-l + .1f, l - .2f, w * .6f, .45f, .95f, material::plain, black, black, 0);
  const std::array<profile_point, 6> cab{profile_point{l - cabin, .45f},
                                         {l, .45f},
                                         {l, 1.35f},
                                         {l - .22f, cab_height - .1f},
                                         {l - .4f, cab_height},
                                         {l - cabin, cab_height}};
  extrude(cab, w - .05f, colour, material::side, .15f, 1);
  const float slope = .22f / (cab_height - 1.45f);
  auto& shield = add(material::plain, glass * 1.2f,
                     {at(l + .015f, -w + .2f, 1.42f), at(l + .015f, w - .2f, 1.42f),
                      at(l + .015f - slope * (cab_height - 1.75f), w - .2f, cab_height - .35f),
                      at(l + .015f - slope * (cab_height - 1.75f), -w + .2f, cab_height - .35f)});
  shield.gloss = .6f;
  for (const float side : {-1.f, 1.f}) {
    std::array<vec3, 4> window{at(l - 1.25f, side * (w - .04f), 1.45f), at(l - .3f, side * (w - .04f), 1.45f),
                               at(l - .45f, side * (w - .04f), cab_height - .4f),
                               at(l - 1.25f, side * (w - .04f), cab_height - .4f)};
    if (side > 0)
      std::reverse(window.begin(), window.end());
    to_.add(material::plain, glass, window).gloss = .5f;
  }
  const float load_front = l - cabin - gap;
  const auto hash = hashed(from_.look, 5);
  if (tipper) {
    block(-l, load_front, w, .95f, 2.2f, material::cargo, colour * rgb{.75f, .72f, .7f}, {.14f, .1f, .06f},
          0);
  } else {
    static constexpr std::array<rgb, 6> loads{rgb{.66f, .66f, .65f}, {.6f, .6f, .58f},   {.5f, .42f, .22f},
                                              {.12f, .2f, .36f},     {.38f, .06f, .05f}, {.16f, .32f, .16f}};
    const rgb load = loads[hash % loads.size()];
    block(-l, load_front, w, .98f, h, material::cargo, load, load * 1.05f, .06f);
    patch(-l - .01f, -.03f, .03f, 1.05f, h - .1f, material::plain, black);
  }
  if (semi)
    wheels({l - 1.3f, l - 4.6f, -l + 1.4f, -l + 2.7f}, .5f, w - .03f);
  else
    wheels({l - 1.2f, -l + 1.5f}, .46f, w - .03f);
  lamps(l + .012f, -l - .02f, w - .12f, .62f, .62f, .34f, .2f);
  patch(l + .01f, -w * .6f, w * .6f, .62f, 1.3f, material::plain, black, .1f);
  patch(l + .014f, -.28f, .28f, .48f, .6f, material::plain, {.7f, .7f, .66f});
}

} // namespace

rgb paint_of(const vehicle& from) {
  static constexpr std::array<rgb, 14> cars{rgb{.62f, .62f, .62f}, {.68f, .68f, .66f},  {.028f, .028f, .03f},
                                            {.04f, .042f, .046f},  {.3f, .31f, .33f},   {.36f, .37f, .38f},
                                            {.14f, .15f, .16f},    {.4f, .025f, .022f}, {.28f, .02f, .03f},
                                            {.03f, .07f, .22f},    {.05f, .16f, .36f},  {.04f, .12f, .07f},
                                            {.42f, .3f, .14f},     {.5f, .36f, .03f}};
  static constexpr std::array<rgb, 5> buses{
      rgb{.5f, .06f, .05f}, {.62f, .62f, .58f}, {.06f, .22f, .42f}, {.08f, .3f, .16f}, {.55f, .38f, .04f}};
  static constexpr std::array<rgb, 6> trucks{rgb{.6f, .6f, .58f}, {.42f, .05f, .04f}, {.05f, .12f, .32f},
                                             {.1f, .1f, .11f},    {.5f, .3f, .04f},   {.08f, .24f, .14f}};
  const auto hash = hashed(from.look, 1);
  const rgb chosen = from.kind == object_class::bus     ? buses[hash % buses.size()]
                     : from.kind == object_class::truck ? trucks[hash % trucks.size()]
                                                        : cars[hash % cars.size()];
  return chosen * between(hashed(from.look, 2), .85f, 1.15f);
}

void add_vehicle(mesh& to, const vehicle& from, bool lit, vec3 eye, float pixels,
                 std::vector<shining>* lamps) {
  body made{to, from, eye, lamps, lit, pixels > 13};
  switch (from.kind) {
    case object_class::bus: made.bus(); break;
    case object_class::truck: made.truck(); break;
    case object_class::bicycle: add_bicycle(to, from, eye, pixels); break;
    default: made.car();
  }
}

void add_bicycle(mesh& to, const vehicle& from, vec3 eye, float pixels) {
  const vec2 left = right_of(from.ahead) * -1;
  const auto at = [&](float x, float y, float z) {
    return at_height(from.at + from.ahead * x + left * y, z);
  };
  const rgb colour = paint_of(from);
  constexpr float radius = .34f, axle = .52f;
  for (const float x : {-axle, axle}) {
    const auto tyre = [&](const auto& corners) {
      for (std::size_t i = 0; i + 1 < corners.size(); ++i) {
        const vec2 a = corners[i], b = corners[i + 1];
        add_limb(to, at(x + a.x * radius, 0, radius + a.y * radius),
                 at(x + b.x * radius, 0, radius + b.y * radius), .028f, .028f, rubber, eye);
      }
    };
    pixels > 14 ? tyre(rim<12>()) : tyre(rim<7>());
  }
  const vec3 crank = at(-.06f, 0, .3f), saddle = at(-.22f, 0, .88f), head = at(.36f, 0, .82f),
             rear = at(-axle, 0, radius), front = at(axle, 0, radius);
  for (const auto& [a, b] : {std::pair{crank, saddle}, std::pair{crank, head}, std::pair{saddle, head},
                             std::pair{crank, rear}, std::pair{saddle, rear}, std::pair{head, front}})
    add_limb(to, a, b, .03f, .03f, colour, eye);
  const vec3 bar = at(.32f, 0, 1.02f);
  add_limb(to, head, bar, .02f, .02f, chrome, eye);
  add_limb(to, at(.3f, -.27f, 1.04f), at(.3f, .27f, 1.04f), .022f, .022f, black, eye);
  add_limb(to, at(-.34f, 0, .93f), at(-.12f, 0, .92f), .05f, .035f, black, eye);
}

} // namespace ecco::world
