// SPDX-License-Identifier: Apache-2.0
#include "deploy/fleet.hpp"

#include <utility>

#include <caf/typed_event_based_actor.hpp>

#include "actors/failure.hpp"
#include "actors/tap.hpp"
#include "deploy/configured.hpp"
#include "deploy/recorded_run.hpp"
#include "deploy/stop_and_wait.hpp"

namespace ecco {

namespace {

constexpr duration hello_patience = std::chrono::seconds{10};

} // namespace

result<std::unique_ptr<fleet>> fleet::start(caf::actor_system& system, const settings& from, telemetry_sink sink,
                                            const std::filesystem::path& record) {
  auto parts = make_server_parts(from, std::move(sink));
  if (!parts)
    return tl::unexpected{parts.error()};
  auto header = header_of(from, "server");
  header.term = parts->allocator.term;
  header.token_seed = parts->allocator.token_seed;
  if (auto tapped = tap_system(system, from, record, header); !tapped)
    return tl::unexpected{tapped.error()};
  std::unique_ptr<fleet> out{new fleet{system, from}};
  out->server_ = spawn_named(system, "reception", reception, std::move(*parts));
  out->server_->attach_functor([gone = out->gone_] { *gone = true; });
  return out;
}

fleet::~fleet() {
  caf::scoped_actor self{system_};
  for (const auto& camera : cameras_)
    stop_and_wait(self, camera);
  stop_and_wait(self, server_);
  for (const auto& worker : workers_)
    stop_and_wait(self, worker);
}

result<void> fleet::add_worker(const worker_id& id) {
  auto device = make_learner_factory(settings_, static_cast<int>(workers_.size()));
  if (!device)
    return tl::unexpected{device.error()};
  caf::scoped_actor self{system_};
  auto sink = spawn_named(system_, "telemetry:" + id.value, telemetry, telemetry_sink{});
  auto worker = spawn_named<caf::detached>(system_, "worker:" + id.value, gpu_worker, id, std::move(*device), sink);
  workers_.push_back(worker);
  result<void> out;
  self->request(server_, hello_patience, worker_hello{id, process_, settings_.worker.device}, worker)
    .receive([&](const worker_welcome&, const telemetry_actor& upstream) {
      self->send(sink, caf::actor_cast<caf::strong_actor_ptr>(upstream));
    },
             [&](const caf::error& failure) { out = tl::unexpected{from_caf(failure)}; });
  return out;
}

result<void> fleet::add_camera(const camera_id& id) {
  auto parts = make_camera_parts(settings_, id);
  // What cannot be opened now is told now; what breaks later is opened again for ever.
  if (auto opened = parts.open_source(); !opened)
    return tl::unexpected{opened.error()};
  caf::scoped_actor self{system_};
  auto device = spawn_named<caf::detached>(system_, "camera:" + id.value, camera,
                                           configured_camera(settings_, id, process_), std::move(parts));
  cameras_.push_back(device);
  result<void> out;
  self->request(server_, hello_patience, make_camera_hello(settings_, id, process_), device)
    .receive([&](const camera_welcome& welcome, const request_desk_actor& desk,
                 const telemetry_actor& sink) { self->send(device, welcome, desk, sink); },
             [&](const caf::error& failure) { out = tl::unexpected{from_caf(failure)}; });
  return out;
}

} // namespace ecco
