// SPDX-License-Identifier: Apache-2.0
#include "deploy/report/live_state.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "deploy/report/as_clock.hpp"
#include "deploy/report/event_text.hpp"
#include "runtime/base/event_ids.hpp"

namespace ecco {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

template <class T>
void push_bounded(std::deque<T>& queue, T value, std::size_t most) {
  queue.push_back(std::move(value));
  if (queue.size() > most)
    queue.pop_front();
}

void read_accuracy(live_camera& camera, const event& e) {
  if (!std::isfinite(e.value))
    return;
  const auto at = seconds_of(e.at);
  camera.map50 = e.value;
  camera.lowest = std::fmin(camera.lowest, e.value);
  camera.recent.emplace_back(at, e.value);
  while (camera.recent.front().first < at - live_trend)
    camera.recent.pop_front();
}

void strike(live_camera& camera) {
  camera.mood = camera_mood::drifted;
  camera.lowest = unknown;
}

void apply_to_camera(live_camera& camera, const event& e) {
  if (e.id == event_id::accuracy_deployed)
    read_accuracy(camera, e);
  else if (e.id == event_id::accuracy_truth)
    camera.truth50 = std::isfinite(e.value) ? e.value : camera.truth50;
  else if (e.id == event_id::drift_injected)
    strike(camera);
  else if (e.id == event_id::drift_detected && camera.mood != camera_mood::drifted)
    strike(camera);
  else if (e.id == event_id::model_deployed && camera.mood == camera_mood::drifted)
    camera.mood = camera_mood::retrained;
  else if (e.id == event_id::group_opened || e.id == event_id::group_joined)
    camera.group = e.group;
  else if (e.id == event_id::group_left && camera.group == e.group)
    camera.group = {};
  else if (e.id == event_id::camera_online)
    camera.online = true;
  else if (e.id == event_id::camera_offline)
    camera.online = false;
}

void end_group(live_state& state, group_id group) {
  state.shares.erase(group);
  for (auto& camera : state.cameras)
    if (camera.group == group)
      camera.group = {};
}

void apply_to_system(live_state& state, const event& e) {
  if (e.id == event_id::group_opened)
    state.shares.emplace(e.group, unknown);
  else if (e.id == event_id::group_ended)
    end_group(state, e.group);
  else if (e.id == event_id::share_announced)
    state.shares[e.group] = e.value;
  else if (e.id == event_id::grant_done)
    push_bounded(state.slices, e.group, live_slices);
  else if (e.id == event_id::window_opened)
    state.window = e.window;
  else if (e.id == event_id::worker_up)
    state.workers.insert(e.worker);
  else if (e.id == event_id::worker_down)
    state.workers.erase(e.worker);
}

} // namespace

live_camera& live_state::camera(const std::string& name) {
  const auto known =
      std::find_if(cameras.begin(), cameras.end(), [&](const auto& c) { return c.name == name; });
  if (known != cameras.end())
    return *known;
  live_camera added;
  added.name = name;
  added.map50 = added.lowest = added.truth50 = added.uplink = added.sent_at = unknown;
  cameras.push_back(std::move(added));
  return cameras.back();
}

void live_state::apply(const event& happened) {
  now = std::max(now, seconds_of(happened.at));
  if (!happened.camera.value.empty())
    apply_to_camera(camera(happened.camera.value), happened);
  apply_to_system(*this, happened);
  // Grants are shown as the strip.
  if (is_news(happened) && happened.id != event_id::grant_issued)
    push_bounded(news, fmt::format("{:>6}  {}", as_clock(seconds_of(happened.at)), describe(happened)),
                 live_news);
}

void live_state::apply(const camera_status& status) {
  auto& shown = camera(status.camera.value);
  if (const auto since = now - shown.sent_at; since > 0 && status.bytes_sent >= shown.sent) {
    const auto rate = 8 * static_cast<double>(status.bytes_sent - shown.sent) / since;
    shown.uplink = std::isfinite(shown.uplink) ? shown.uplink + .2 * (rate - shown.uplink) : rate;
  }
  shown.sent = status.bytes_sent;
  shown.sent_at = now;
  shown.drift_score = status.drift_score;
  shown.revision = status.model.revision;
}

} // namespace ecco
