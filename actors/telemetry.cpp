// SPDX-License-Identifier: Apache-2.0
#include "actors/telemetry.hpp"

#include <cmath>
#include <limits>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/clock.hpp"
#include "runtime/base/event_ids.hpp"
#include "runtime/policy/globe_grid.hpp"

namespace ecco {

namespace {

/// Arrivals are averaged over this long: a whole cycle of training and held-out segments.
constexpr duration arrivals_over = std::chrono::seconds{10};

bool is_known(const telemetry_state& state, const camera_id& camera) {
  return !state.sink.cameras || state.sink.cameras->contains(camera);
}

camera_standing& standing_of(telemetry_state& state, const camera_id& camera) {
  auto [found, fresh] = state.cameras.try_emplace(camera);
  if (fresh) {
    found->second.last.camera = camera;
    found->second.map50 = std::numeric_limits<double>::quiet_NaN();
  }
  return found->second;
}

std::optional<double> known(double value) {
  return std::isfinite(value) ? std::optional{value} : std::nullopt;
}

void remember(telemetry_state& state, const event& what) {
  if (what.camera.value.empty() || !is_known(state, what.camera))
    return;
  auto& standing = standing_of(state, what.camera);
  if (what.id == event_id::accuracy_deployed)
    standing.map50 = what.value;
  else if (what.id == event_id::accuracy_truth)
    standing.truth50 = known(what.value);
  else if (what.id == event_id::accuracy_teacher)
    standing.teacher50 = known(what.value);
  else if (what.id == event_id::camera_online)
    standing.online = true;
  else if (what.id == event_id::camera_offline)
    standing.online = false;
}

/// A camera that moves less is where it was.
constexpr double worth_telling_m = 5;

/// A message may be lost: what did not change is told again after this long.
constexpr duration tell_again_after = std::chrono::seconds{5};

bool is_worth_telling(telemetry_state& state, const camera_status& status, duration now) {
  if (state.whereabouts.empty())
    return false;
  auto [found, fresh] = state.told_of.try_emplace(status.camera);
  auto& told = found->second;
  const auto moved
    = status.place && (!told.place || distance_m(*told.place, *status.place) >= worth_telling_m);
  if (!fresh && !moved && status.group == told.group && now - told.at < tell_again_after)
    return false;
  if (moved)
    told.place = status.place;
  told.group = status.group;
  told.at = now;
  return true;
}

} // namespace

telemetry_actor::behavior_type telemetry(telemetry_actor::stateful_pointer<telemetry_state> self,
                                         telemetry_sink sink) {
  self->state.sink = std::move(sink);
  self->state.began = now(self);
  self->set_default_handler(caf::drop); // the sender hears of it; the node's log is not a stranger's to fill
  return {
    [self](event& what) {
      what.at = now(self) - self->state.began;
      remember(self->state, what);
      if (self->state.sink.on_event)
        self->state.sink.on_event(what);
      if (self->state.upstream)
        self->send(self->state.upstream, std::move(what));
    },
    [self](const camera_status& status) {
      if (!is_known(self->state, status.camera))
        return;
      standing_of(self->state, status.camera).last = status;
      if (self->state.sink.on_status)
        self->state.sink.on_status(status);
      if (is_worth_telling(self->state, status, now(self)))
        for (const auto& whom : self->state.whereabouts)
          self->send(whom, status);
    },
    [self](const arrival_report& report) {
      if (report.over <= duration::zero() || !is_known(self->state, report.camera))
        return;
      const auto seconds = seconds_of(report.over);
      auto& arriving = standing_of(self->state, report.camera).arriving;
      const auto part = 1 - std::exp(-seconds / seconds_of(arrivals_over));
      arriving += part * (8 * static_cast<double>(report.received) / seconds - arriving);
    },
    [self](const status_query&) {
      status_report out;
      out.uptime = now(self) - self->state.began;
      for (const auto& [camera, standing] : self->state.cameras)
        out.cameras.push_back(standing);
      return out;
    },
    [self](const caf::strong_actor_ptr& server) {
      self->state.upstream = caf::actor_cast<telemetry_actor>(server);
    },
    [self](const whereabouts_actor& whom) { self->state.whereabouts.push_back(whom); },
  };
}

} // namespace ecco
