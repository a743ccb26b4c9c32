// SPDX-License-Identifier: Apache-2.0
#include "runtime/world/traffic_flow.hpp"

#include <limits>

#include "runtime/world/signals.hpp"

namespace ecco::world {
namespace {

constexpr int cycles_to_settle = 16;
constexpr float turn_speed = 5.5f, hardest_braking = 4, braking = 2, look_ahead = 90;

/// What car following knows of a kind of driver.
struct driver {
  float wished, pull, pause, gap;
};
driver driver_of(object_class kind) {
  switch (kind) {
    case object_class::bicycle: return {4.8f, .9f, .8f, 1};
    case object_class::bus: return {10.5f, .9f, 1.3f, 2.2f};
    case object_class::truck: return {11, 1, 1.3f, 2.2f};
    default: return {12.5f, 1.7f, 1.1f, 1.8f};
  }
}

struct driven {
  std::size_t slot = 0;
  std::int64_t cycle = 0;
  std::size_t part = 0;
  float gone = 0, speed = 0, length = 0;
};

/// Somebody on a lane, by how far the front is along it.
struct place {
  int lane = 0;
  float at = 0, speed = 0, length = 0;
  std::size_t who = 0;
};

class flow {
 public:
  flow(std::uint64_t seed, std::vector<slot>& slots) : seed_(seed), slots_(slots) {
    for (std::size_t i = 0; i < slots.size(); ++i) {
      parts_.push_back(parts_of(seed, i));
      due_.push_back(slots[i].enters);
    }
  }

  void run();

 private:
  void enter(double t);
  void note_places();
  /// The one whose back is furthest back on `lane`, at least `from` metres along it.
  const place* rearmost(int lane, float from) const;
  float acceleration_of(std::size_t index, double t) const;
  float keep_distance(const driver& who, float speed, float gap, float other) const;
  bool must_stop(const driven& who, const way_part& at, double t) const;
  void step(double t);

  std::uint64_t seed_;
  std::vector<slot>& slots_;
  std::vector<std::vector<way_part>> parts_;
  /// When in a cycle each slot wants to enter; it may have to wait outside.
  std::vector<double> due_;
  std::vector<driven> all_;
  std::vector<std::pair<std::size_t, std::int64_t>> waiting_;
  std::vector<place> places_;
};

const place* flow::rearmost(int lane, float from) const {
  const auto found = std::lower_bound(
      places_.begin(), places_.end(), std::pair{lane, from},
      [](const place& a, const auto& b) { return a.lane != b.first ? a.lane < b.first : a.at < b.second; });
  return found != places_.end() && found->lane == lane ? &*found : nullptr;
}

void flow::enter(double t) {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto n = static_cast<std::int64_t>(std::floor((t - due_[i]) / signals::cycle));
    const double at = static_cast<double>(n) * signals::cycle + due_[i];
    if (n >= 0 && t - at < slot::sample_step)
      waiting_.push_back({i, n});
  }
  std::vector<std::pair<std::size_t, std::int64_t>> still;
  for (const auto& [slot_of, n] : waiting_) {
    const auto i = slot_of; // clang 14 takes no structured binding into a lambda
    driven made;
    made.slot = i;
    made.cycle = n;
    made.length = size_of(slots_[i].kind, slots_[i].model).length;
    made.speed = driver_of(slots_[i].kind).wished * .7f;
    const auto* ahead = rearmost(parts_[i][0].lane, -1);
    const bool taken = std::any_of(all_.begin(), all_.end(), [&](const driven& other) {
      return other.part == 0 && parts_[other.slot][0].lane == parts_[i][0].lane
             && other.gone < 12 + other.length;
    });
    if (taken || (ahead && ahead->at - ahead->length < 8))
      still.push_back({i, n});
    else
      all_.push_back(made);
  }
  waiting_ = std::move(still);
}

void flow::note_places() {
  places_.clear();
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const auto& part = parts_[all_[i].slot][all_[i].part];
    places_.push_back({part.lane, all_[i].gone - part.begins, all_[i].speed, all_[i].length, i});
  }
  std::sort(places_.begin(), places_.end(), [](const place& a, const place& b) {
    return a.lane != b.lane ? a.lane < b.lane : a.at != b.at ? a.at < b.at : a.who < b.who;
  });
}

float flow::keep_distance(const driver& who, float speed, float gap, float other) const {
  const float wish =
      who.gap
      + std::max(0.f, speed * who.pause + speed * (speed - other) / (2 * std::sqrt(who.pull * braking)));
  const float ratio = wish / std::max(gap, .3f);
  return -who.pull * ratio * ratio;
}

/// Red, or no room beyond the intersection.
bool flow::must_stop(const driven& who, const way_part& at, double t) const {
  const double phase = signals::phase_of(seed_, at.column, at.row, t);
  const float left = at.ends - who.gone;
  const bool can_stop = left > who.speed * who.speed / (2 * hardest_braking);
  if (slots_[who.slot].kind == object_class::bicycle)
    return !signals::may_walk(phase) && can_stop;
  const auto light = signals::of_cars(phase, at.approach);
  if (light == signal::red || (light == signal::yellow && can_stop))
    return can_stop || left > .5f;
  const auto& parts = parts_[who.slot];
  const auto* beyond = rearmost(parts[who.part + 2].lane, -1);
  return can_stop && beyond && beyond->at - beyond->length < who.length + 3 && beyond->speed < 3;
}

float flow::acceleration_of(std::size_t index, double t) const {
  const auto& who = all_[index];
  const auto& parts = parts_[who.slot];
  const auto& here = parts[who.part];
  const driver law = driver_of(slots_[who.slot].kind);

  float wished = here.crossing && here.turns ? turn_speed : law.wished;
  if (!here.crossing && who.part + 1 < parts.size() && parts[who.part + 1].turns)
    wished =
        std::min(wished, std::sqrt(turn_speed * turn_speed + 2 * 1.6f * std::max(0.f, here.ends - who.gone)));
  const float ratio = who.speed / wished;
  float best = law.pull * (1 - ratio * ratio * ratio * ratio);

  const auto follow = [&](const place* other, float from) {
    if (other && other->who != index)
      best = std::min(best, law.pull
                                + keep_distance(law, who.speed, from + other->at - other->length - who.gone,
                                                other->speed));
  };
  follow(rearmost(here.lane, std::nextafter(who.gone - here.begins, 1e9f)), here.begins);
  for (auto next = who.part + 1; next < parts.size() && parts[next].begins - who.gone < look_ahead; ++next) {
    follow(rearmost(parts[next].lane, -1), parts[next].begins);
    // Who came from the same lane and turns elsewhere still stands in the way with its tail.
    if (parts[next].crossing && next == who.part + 1)
      for (int other = 0; other < 4; ++other) {
        const auto* tail = rearmost(parts[next].lane / 4 * 4 + other, -1);
        if (tail && tail->at < tail->length + 1.5f)
          follow(tail, parts[next].begins);
      }
  }
  if (here.crossing)
    for (int other = 0; other < 4; ++other) {
      const float at = who.gone - here.begins;
      const auto* tail = rearmost(here.lane / 4 * 4 + other, std::nextafter(at, 1e9f));
      if (at < 6 && tail && tail->at < tail->length + 2)
        follow(tail, here.begins);
    }
  if (!here.crossing && here.column >= 0 && must_stop(who, here, t))
    best = std::min(best, law.pull + keep_distance(law, who.speed, here.ends - who.gone + law.gap - .4f, 0));
  return std::max(best, -2 * hardest_braking);
}

void flow::step(double t) {
  std::vector<float> pulls(all_.size());
  for (std::size_t i = 0; i < all_.size(); ++i)
    pulls[i] = acceleration_of(i, t);
  for (std::size_t i = 0; i < all_.size(); ++i) {
    auto& who = all_[i];
    who.speed = std::max(0.f, who.speed + pulls[i] * slot::sample_step);
    who.gone += who.speed * slot::sample_step;
    const auto& parts = parts_[who.slot];
    while (who.part < parts.size() && who.gone >= parts[who.part].ends)
      ++who.part;
    if (who.cycle == cycles_to_settle)
      slots_[who.slot].gone.push_back(who.gone);
  }
  std::erase_if(all_, [&](const driven& who) { return who.part >= parts_[who.slot].size(); });
}

void flow::run() {
  const auto left = [&] {
    return std::any_of(all_.begin(), all_.end(),
                       [](const driven& who) { return who.cycle == cycles_to_settle; });
  };
  const double settled = (cycles_to_settle + 1) * signals::cycle + 60;
  for (std::int64_t k = 0;; ++k) {
    const double t = static_cast<double>(k) * slot::sample_step;
    note_places();
    const auto before = all_.size();
    enter(t);
    for (auto i = before; i < all_.size(); ++i)
      if (all_[i].cycle == cycles_to_settle) {
        // It may have had to wait outside.
        auto& made = slots_[all_[i].slot];
        made.enters = static_cast<float>(t - static_cast<double>(cycles_to_settle) * signals::cycle);
        made.gone.push_back(0);
      }
    note_places();
    step(t);
    if (t > settled && (!left() || t > settled + 12 * signals::cycle))
      break;
  }
}

} // namespace

void simulate_cycle(std::uint64_t seed, std::vector<slot>& slots) {
  auto timed = slots;
  flow{seed, timed}.run();
  slots = std::move(timed);
}

} // namespace ecco::world
