// SPDX-License-Identifier: Apache-2.0
// Starting, letting in, stopping. What people ask of a server is in reception_desk.cpp.
#include "actors/reception.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/courier.hpp"
#include "actors/failure.hpp"
#include "actors/stand_ins.hpp"
#include "actors/tap.hpp"
#include "runtime/base/event_ids.hpp"

namespace ecco {

namespace {

/// Without these nothing works.
constexpr std::array<std::string_view, 5> essential{"telemetry", "allocator", "model_store", "grouper",
                                                     "rate_divider"};
constexpr std::string_view ingest_prefix = "ingest:";
constexpr const char* archivist_name = "archivist";

/// Two of one name would take turns in ending each other's connection.
tl::unexpected<error> taken(const std::string& who) {
  return fail(ec::unavailable, who + " is here already, from another process",
              "give this one another name; or if that one was started anew, wait some seconds until its end is noticed");
}

} // namespace

void reception_state::begin(server_parts with) {
  parts = std::move(with);
  parts.sink.cameras.emplace(parts.known_cameras.begin(), parts.known_cameras.end());
  parts.allocator.resume_after = parts.grouper.kept.window;
  telemetry = spawn_named(*self, "telemetry", ecco::telemetry, parts.sink);
  if (parts.truth)
    parts.ingest.judge = self->spawn(truth_judge, parts.truth, telemetry);
  if (parts.archive)
    parts.ingest.archive = self->spawn(archivist, archivist_config{}, parts.archive, telemetry);
  allocator = spawn_named(*self, "allocator", ecco::allocator, parts.allocator, telemetry);
  models = spawn_named(*self, "model_store", ecco::model_store, parts.models, parts.store, telemetry, allocator);
  const auto front = caf::actor_cast<reception_actor>(self->address());
  const job_factory jobs = [front, job = parts.job, a = allocator, m = models, t = telemetry,
                            &system = self->system()](group_id group, const model_update& initial) {
    auto config = job;
    config.group = group;
    config.initial = initial;
    auto handle = spawn_named(system, to_string(group), ecco::group_job, std::move(config), a, m, t);
    caf::anon_send(front, job_started{group, 0}, handle);
    return handle;
  };
  grouper = spawn_named(*self, "grouper", ecco::grouper, parts.grouper, jobs, allocator, models, telemetry);
  rates = spawn_named(*self, "rate_divider", ecco::rate_divider, parts.rates, telemetry);
  self->send(grouper, rates);
  by_name = {{"telemetry", caf::actor_cast<caf::actor>(telemetry)},
             {"allocator", caf::actor_cast<caf::actor>(allocator)},
             {"model_store", caf::actor_cast<caf::actor>(models)},
             {"grouper", caf::actor_cast<caf::actor>(grouper)},
             {"rate_divider", caf::actor_cast<caf::actor>(rates)}};
  if (parts.ingest.archive)
    by_name[archivist_name] = caf::actor_cast<caf::actor>(parts.ingest.archive);
  for (const auto& [called, handle] : by_name)
    self->monitor(handle);
  self->send(allocator, grouper);
  self->send(telemetry, whereabouts_actor{grouper});
  self->send(telemetry, whereabouts_actor{models});
}

// -- cameras and workers -------------------------------------------------------------------------------

result<void> reception_state::check(const camera_hello& hello) const {
  if (std::find(parts.known_cameras.begin(), parts.known_cameras.end(), hello.camera) == parts.known_cameras.end())
    return fail(ec::not_found, "camera " + hello.camera.value + " is not in the server's configuration",
                "add it under `cameras:` and start the server again");
  const auto known = cameras.find(hello.camera);
  if (known != cameras.end() && by_name.contains(hello.camera.value) && known->second.hello.process != hello.process)
    return taken("camera " + hello.camera.value);
  return {};
}

result<void> reception_state::check(const worker_hello& hello) const {
  const auto known = workers.find(hello.worker);
  if (known != workers.end() && known->second.device && known->second.hello.process != hello.process)
    return taken("worker " + hello.worker.value);
  return {};
}

void reception_state::admit(camera_entry& entry) {
  const auto& camera = entry.hello.camera;
  if (!entry.video) {
    auto config = parts.ingest;
    config.camera = camera;
    const auto called = std::string{ingest_prefix} + camera.value;
    entry.video = spawn_named(*self, called, ecco::ingest, std::move(config), parts.make_decoder, allocator, telemetry);
    by_name[called] = caf::actor_cast<caf::actor>(entry.video);
    self->send(entry.video, rates);
    self->monitor(entry.video);
  }
  parts.media->admit(camera, entry.media_token, [video = entry.video](encoded_segment segment, std::size_t) {
    caf::anon_send(video, std::move(segment));
  });
  self->send(entry.video, entry.hello, request_desk_actor{grouper});
  self->send(entry.video, entry.device);
  self->send(grouper, entry.hello, entry.device, entry.video);
}

void reception_state::admit(const worker_hello& hello, const gpu_worker_actor& device) {
  auto& entry = workers[hello.worker];
  entry.hello = hello;
  entry.device = device;
  self->monitor(device);
  self->send(allocator, hello, device);
}

courier_actor reception_state::connect(courier_actor& kept, const std::string& device, const courier_actor& peer) {
  if (kept)
    self->send_exit(kept, caf::exit_reason::remote_link_unreachable);
  kept = spawn_named(*self, "courier:" + device, ecco::courier, caf::actor{});
  self->send(kept, caf::actor_cast<caf::strong_actor_ptr>(peer));
  return kept;
}

camera_welcome reception_state::welcome(const camera_hello& hello, const camera_actor& device) {
  auto& entry = cameras[hello.camera];
  entry.hello = hello;
  entry.device = device;
  entry.media_token = parts.draw_token();
  by_name[hello.camera.value] = caf::actor_cast<caf::actor>(device);
  self->monitor(device);
  self->send(models, hello, device); // before the grouper, which may ask there what the camera runs
  admit(entry);
  self->send(rates, hello, device);
  self->send(telemetry, event{{}, std::string{event_id::camera_online}, hello.camera, {}, {}, 0, 0, {}});
  auto out = parts.camera;
  out.media_host = parts.media_host;
  out.media_port = parts.media->port();
  out.media_token = entry.media_token;
  return out;
}

void reception_state::down(const caf::down_msg& what) {
  for (auto& [id, entry] : workers)
    if (entry.device && entry.device.address() == what.source)
      entry.device = gpu_worker_actor{};
  const auto found = std::find_if(by_name.begin(), by_name.end(),
                                  [&](const auto& named) { return named.second.address() == what.source; });
  if (found == by_name.end())
    return;
  const auto called = found->first;
  by_name.erase(found);
  if (stopping)
    return stop_next();
  if (std::find(essential.begin(), essential.end(), called) != essential.end()) {
    stopping = what.reason ? what.reason : caf::make_error(caf::exit_reason::unhandled_exception);
    return stop_next();
  }
  if (cameras.contains(camera_id{called}))
    self->send(telemetry,
               event{{}, std::string{event_id::camera_offline}, camera_id{called}, {}, {}, 0, 0, "its node is gone"});
  else if (called.starts_with(ingest_prefix)) {
    auto& entry = cameras.at(camera_id{called.substr(ingest_prefix.size())});
    entry.video = ingest_actor{};
    admit(entry);
  } else if (called == archivist_name)
    self->send(telemetry, event{{}, std::string{event_id::frames_unkept}, {}, {}, {}, 0, 0, "their archivist died"});
}

void reception_state::stop_next() {
  const auto stop = [this](const std::string& called) {
    self->send_exit(by_name.at(called), caf::exit_reason::user_shutdown);
  };
  for (const auto* first : {"allocator", "grouper", "rate_divider"})
    if (by_name.contains(first))
      return stop(first);
  for (const auto& [called, handle] : by_name)
    if (called.starts_with("g-") || called.starts_with(ingest_prefix))
      return stop(called);
  for (const auto* last : {archivist_name, "model_store", "telemetry"})
    if (by_name.contains(last))
      return stop(last);
  if (parts.ingest.judge)
    self->send_exit(parts.ingest.judge, caf::exit_reason::user_shutdown);
  self->quit(stopping);
}

// -- behavior ----------------------------------------------------------------------------------------

reception_actor::behavior_type reception_state::make_behavior() {
  self->set_down_handler([this](const caf::down_msg& what) { down(what); });
  self->set_default_handler(caf::drop); // the sender hears of it; the server's log is not a stranger's to fill
  self->set_exit_handler([this](const caf::exit_msg& told) {
    if (stopping)
      return;
    stopping = told.reason;
    stop_next();
  });
  return {
    [this](const camera_hello& hello, const courier_actor& peer)
      -> caf::result<camera_welcome, courier_actor, request_desk_actor, telemetry_actor> {
      if (auto good = check(hello); !good)
        return to_caf(good.error());
      const auto carrier = connect(cameras[hello.camera].carrier, hello.camera.value, peer);
      const auto device = spawn_named(*self, "remote:" + hello.camera.value, remote_camera, carrier);
      return {welcome(hello, device), carrier, grouper, telemetry};
    },
    [this](const worker_hello& hello, const courier_actor& peer)
      -> caf::result<worker_welcome, courier_actor, telemetry_actor> {
      if (auto good = check(hello); !good)
        return to_caf(good.error());
      const auto carrier = connect(workers[hello.worker].carrier, hello.worker.value, peer);
      admit(hello, spawn_named(*self, "remote:" + hello.worker.value, remote_worker, carrier));
      return {parts.worker, carrier, telemetry};
    },
    [this](const camera_hello& hello, const camera_actor& device)
      -> caf::result<camera_welcome, request_desk_actor, telemetry_actor> {
      if (auto good = check(hello); !good)
        return to_caf(good.error());
      return {welcome(hello, device), grouper, telemetry};
    },
    [this](const worker_hello& hello,
           const gpu_worker_actor& device) -> caf::result<worker_welcome, telemetry_actor> {
      if (auto good = check(hello); !good)
        return to_caf(good.error());
      admit(hello, device);
      return {parts.worker, telemetry};
    },
    [this](const status_query&) { return report(); },
    [this](const inject_order& order) { return inject(order); },
    [this](const job_started& started, const group_job_actor& job) {
      by_name[to_string(started.group)] = caf::actor_cast<caf::actor>(job);
      self->monitor(job);
    },
  };
}

reception_actor::behavior_type reception(reception_actor::stateful_pointer<reception_state> self,
                                         server_parts parts) {
  self->state.begin(std::move(parts));
  return self->state.make_behavior();
}

} // namespace ecco
