// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/traffic.hpp"

#include "runtime/world/signals.hpp"
#include "runtime/world/traffic_flow.hpp"

namespace ecco::world {
namespace {

constexpr float highway_length = highway::east - highway::west;
constexpr std::array<float, 3> highway_speeds{28, 25, 22}, highway_gaps{64, 52, 58};

std::uint8_t model_of(object_class kind, std::uint64_t hash) {
  const float draw = fraction(hash);
  switch (kind) {
    case object_class::car: return draw < .3f ? 0 : draw < .55f ? 1 : draw < .78f ? 2 : draw < .9f ? 4 : 3;
    case object_class::truck: return draw < .55f ? 0 : 1;
    default: return 0;
  }
}

} // namespace

size3 size_of(object_class kind, std::uint8_t model) {
  switch (kind) {
    case object_class::person: return {.4f, .5f, 1.75f};
    case object_class::bicycle: return {1.75f, .5f, 1.1f};
    case object_class::bus: return {11.8f, 2.55f, 3.1f};
    case object_class::truck:
      return model == 0   ? size3{7.6f, 2.4f, 3.2f}
             : model == 1 ? size3{7.f, 2.4f, 2.9f}
                          : size3{14, 2.5f, 3.8f};
    case object_class::car: break;
  }
  static constexpr std::array<size3, 5> cars{size3{4.6f, 1.82f, 1.45f},
                                             {4.0f, 1.76f, 1.5f},
                                             {4.65f, 1.9f, 1.72f},
                                             {5.2f, 2.f, 2.15f},
                                             {4.7f, 1.82f, 1.5f}};
  return cars[std::min<std::size_t>(model, cars.size() - 1)];
}

float busyness(float hour) {
  const auto peak = [&](float at, float width) {
    const float d = std::min(std::abs(hour - at), 24 - std::abs(hour - at));
    return std::exp(-d * d / (2 * width * width));
  };
  return std::min(1.f, .3f + .55f * peak(8.5f, 1.8f) + .5f * peak(12.8f, 2.6f) + .62f * peak(17.5f, 2.2f)
                           + .3f * peak(20.5f, 2.2f));
}

traffic::traffic(const city& in, day_clock clock)
    : seed_(in.seed), clock_(clock), spots_(in.spots), slots_(make_slots(in.seed)) {
  simulate_cycle(in.seed, slots_);
}

vehicle traffic::of_slot(std::size_t index, float since) const {
  const auto& from = slots_[index];
  const float exact = std::clamp(since / slot::sample_step, 0.f, static_cast<float>(from.gone.size() - 1));
  const auto k = std::min(static_cast<std::size_t>(exact), from.gone.size() - 2);
  const float part = exact - static_cast<float>(k);
  const float front = mix(from.gone[k], from.gone[k + 1], part);
  const auto speed_at = [&](std::size_t i) {
    i = std::min(i, from.gone.size() - 2);
    return (from.gone[i + 1] - from.gone[i]) / slot::sample_step;
  };
  vehicle made;
  made.kind = from.kind;
  made.model = from.model;
  made.speed = mix(speed_at(k), speed_at(k + 1), part);
  made.acceleration = (speed_at(k + 3) - speed_at(k > 2 ? k - 2 : 0)) / (5 * slot::sample_step);
  made.travelled = front;
  const float length_m = size_of(made.kind, made.model).length;
  const vec2 fore = point_on(from, front - .15f * length_m), aft = point_on(from, front - .8f * length_m);
  made.ahead = unit(fore - aft);
  made.at = (fore + aft) * .5f - made.ahead * (.025f * length_m);
  return made;
}

void traffic::streets_at(double t, std::vector<vehicle>& to) const {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto& from = slots_[i];
    if (from.gone.size() < 2)
      continue;
    const double in_time = t - from.enters;
    for (auto n = static_cast<std::int64_t>(std::floor(in_time / signals::cycle));; --n) {
      const double since = in_time - static_cast<double>(n) * signals::cycle;
      if (since > from.lasts())
        break;
      const auto id = hashed(seed_, 50, i, n);
      if (fraction(hashed(id, 1)) > busyness(clock_.hour_at(t - since)))
        continue;
      auto& made = to.emplace_back(of_slot(i, static_cast<float>(since)));
      made.id = id;
      made.look = static_cast<std::uint32_t>(hashed(id, 2));
    }
  }
}

std::int64_t traffic::last_on_highway(int lane, double t) const {
  const auto k = static_cast<std::size_t>(lane % 3);
  return static_cast<std::int64_t>(std::floor(highway_speeds[k] * t / highway_gaps[k]));
}

double traffic::highway_gone(int lane, std::int64_t number, double t) const {
  const auto k = static_cast<std::size_t>(lane % 3);
  return highway_speeds[k] * t - static_cast<double>(number) * highway_gaps[k]
         - fraction(hashed(seed_, 61, lane, number)) * (highway_gaps[k] - 34);
}

std::optional<vehicle> traffic::on_highway(int lane, std::int64_t number, double t) const {
  const auto k = static_cast<std::size_t>(lane % 3);
  const auto id = hashed(seed_, 60, lane, number);
  const bool truck = fraction(hashed(id, 1)) < (k == 2 ? .42f : k == 1 ? .12f : 0.f);
  const bool bus = !truck && k == 2 && fraction(hashed(id, 2)) < .1f;
  const double gone = highway_gone(lane, number, t);
  if (gone < 0 || gone > highway_length
      || fraction(hashed(id, 4)) > .25f + .7f * busyness(clock_.hour_at(t - gone / highway_speeds[k])))
    return std::nullopt;
  vehicle made;
  made.id = id;
  made.kind = truck ? object_class::truck : bus ? object_class::bus : object_class::car;
  made.model = truck ? 2 : model_of(made.kind, hashed(id, 5));
  made.look = static_cast<std::uint32_t>(hashed(id, 6));
  made.speed = highway_speeds[k];
  made.travelled = static_cast<float>(gone);
  const float across = highway::median + highway::lane_width * (static_cast<float>(k) + .5f)
                       + .25f * std::sin(made.travelled / 41 + fraction(id) * 6);
  const bool east = lane < 3;
  made.ahead = {east ? 1.f : -1.f, 0};
  made.at = {east ? highway::west + made.travelled : highway::east - made.travelled,
             highway::middle_y + (east ? -across : across)};
  return made;
}

void traffic::highway_at(double t, std::vector<vehicle>& to) const {
  for (int lane = 0; lane < 6; ++lane) {
    const auto gap = static_cast<double>(highway_gaps[static_cast<std::size_t>(lane % 3)]);
    const auto last = last_on_highway(lane, t);
    for (auto n = last; n >= last - static_cast<std::int64_t>(highway_length / gap) - 2; --n)
      if (const auto found = on_highway(lane, n, t))
        to.push_back(*found);
  }
}

void traffic::parked_at(double t, std::vector<vehicle>& to) const {
  for (std::size_t i = 0; i < spots_.size(); ++i) {
    const auto place = hashed(seed_, 70, i);
    // Each spot changes hands at a time of its own, every 40 minutes.
    const auto turn = static_cast<std::int64_t>(std::floor(t / 2400 + fraction(place)));
    const auto id = hashed(place, turn);
    if (fraction(hashed(id, 1)) > (spots_[i].where == district::downtown ? .62f : .38f))
      continue;
    vehicle made;
    made.id = id;
    made.model = model_of(object_class::car, hashed(id, 2));
    made.look = static_cast<std::uint32_t>(hashed(id, 3));
    made.at = spots_[i].at + right_of(spots_[i].ahead) * between(hashed(id, 4), -.1f, .15f);
    made.ahead = unit(spots_[i].ahead + right_of(spots_[i].ahead) * between(hashed(id, 5), -.03f, .03f));
    made.parked = true;
    to.push_back(made);
  }
}

void traffic::at(double t, std::vector<vehicle>& to) const {
  streets_at(t, to);
  highway_at(t, to);
  parked_at(t, to);
}

} // namespace ecco::world
