// SPDX-License-Identifier: Apache-2.0
#include "actors/rate_divider.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/clock.hpp"
#include "runtime/base/event_ids.hpp"

namespace ecco {

namespace {

/// Changes wait for this long, so that a window's shares go out together.
constexpr duration tick = std::chrono::seconds{1};
/// Smaller relative changes of a weight are not worth a message.
constexpr double worth_telling = 0.01;
/// Of a camera that is in no group: it sends little, and may be any flow.
constexpr double ungrouped = 1;

} // namespace

std::map<camera_id, double> rate_divider_state::weights() const {
  std::map<camera_id, double> out;
  for (const auto& [id, one] : cameras) {
    if (!one.group)
      continue;
    const auto share = shares.find(*one.group);
    const auto p = share != shares.end() ? share->second : 1 / static_cast<double>(members.size());
    if (p > 0)
      out[id] = p / members.at(*one.group);
  }
  return out;
}

std::map<camera_id, double> rate_divider_state::increases() const {
  switch (config.law) {
    case rate_law::paper: return weights();
    case rate_law::corrected: {
      std::map<camera_id, double> out;
      for (const auto& [id, standing] : correction.standings())
        out[id] = standing.increase;
      return out;
    }
    case rate_law::aimd:
    case rate_law::fixed: return {};
  }
  return {};
}

void rate_divider_state::tell_cameras() {
  const auto wanted = increases();
  for (auto& [id, one] : cameras) {
    const auto found = wanted.find(id);
    const auto weight =
        std::clamp(found != wanted.end() ? found->second : ungrouped, rate_plan::least, rate_plan::most);
    if (!one.device || (one.told && std::abs(weight / *one.told - 1) < worth_telling))
      continue;
    one.told = weight;
    self->send(one.device, rate_plan{weight});
  }
}

void rate_divider_state::measure() {
  const auto over = seconds_of(now(self) - measured);
  std::map<camera_id, double> arrived;
  for (auto& [id, one] : cameras)
    arrived[id] = 8 * static_cast<double>(std::exchange(one.received, 0)) / over;
  measured = now(self);
  correction.correct(arrived);
  event worst{{}, std::string{event_id::shares_measured}, {}, {}, {}, 0, 0, {}};
  std::size_t competing = 0, limited = 0;
  for (const auto& [id, standing] : correction.standings()) {
    ++competing;
    limited += standing.limited ? 1 : 0;
    const auto error = std::abs(standing.measured - standing.wanted);
    if (error < worst.value)
      continue;
    worst.value = error;
    worst.camera = id;
    char text[96];
    std::snprintf(text, sizeof text, "%.3f of what arrives, %.3f wanted", standing.measured, standing.wanted);
    worst.text = text;
  }
  if (competing < 2)
    return;
  if (limited > 0)
    worst.text += "; " + std::to_string(limited) + " limited elsewhere";
  self->send(telemetry, std::move(worst));
}

rate_divider_actor::behavior_type rate_divider_state::make_behavior() {
  self->set_default_handler(caf::drop); // who injects what it does not take is told so
  self->delayed_send(self, tick, due_atom_v);
  return {
      [this](const join_order& order) {
        auto& one = cameras[order.camera];
        if (one.group == order.group)
          return; // it was away for a moment
        if (one.group && --members[*one.group] == 0)
          members.erase(*one.group);
        one.group = order.group;
        ++members[order.group];
        changed = true;
      },
      [this](const leave_order& order) {
        const auto found = cameras.find(order.camera);
        if (found == cameras.end() || found->second.group != order.group)
          return;
        found->second.group.reset();
        if (--members[order.group] == 0) {
          members.erase(order.group);
          shares.erase(order.group);
        }
        changed = true;
      },
      [this](const gpu_share& share) {
        if (!members.contains(share.group))
          return;
        shares[share.group] = share.p;
        changed = true;
      },
      [this](const arrival_report& report) {
        if (const auto found = cameras.find(report.camera); found != cameras.end())
          found->second.received += report.received;
      },
      [this](const camera_hello& hello, const camera_actor& device) {
        auto& one = cameras[hello.camera];
        one.device = device;
        one.told.reset();
        changed = true;
      },
      [this](due_atom) {
        const auto due = now(self) - measured >= config.correct_every;
        if (changed)
          correction.set_weights(weights());
        if (due)
          measure();
        if (due || std::exchange(changed, false))
          tell_cameras();
        self->delayed_send(self, tick, due_atom_v);
      },
  };
}

rate_divider_actor::behavior_type rate_divider(rate_divider_actor::stateful_pointer<rate_divider_state> self,
                                               rate_divider_config config, telemetry_actor telemetry) {
  auto& state = self->state;
  state.config = config;
  state.correction = share_correction{config.correction};
  state.telemetry = std::move(telemetry);
  state.measured = now(self);
  return state.make_behavior();
}

} // namespace ecco
