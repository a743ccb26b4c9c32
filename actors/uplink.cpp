// SPDX-License-Identifier: Apache-2.0
#include "actors/uplink.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <caf/io/middleman.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/courier.hpp"
#include "actors/failure.hpp"
#include "actors/tap.hpp"

namespace ecco {

namespace {

constexpr duration connect_patience = std::chrono::seconds{10};
constexpr duration hello_patience = std::chrono::seconds{10};

} // namespace

void uplink_state::connect() {
  self->request(self->system().middleman().actor_handle(), connect_patience, caf::connect_atom_v, config.host,
                config.port)
    .then([this](const caf::node_id&, const caf::strong_actor_ptr& front, const std::set<std::string>&) {
      front ? connected(front) : try_later({ec::unreachable, "nothing is published there", {}});
    },
          [this](const caf::error& failure) { try_later(from_caf(failure)); });
}

void uplink_state::connected(const caf::strong_actor_ptr& front) {
  server = caf::actor_cast<reception_actor>(front);
  self->monitor(server);
  introduce();
}

void uplink_state::introduce() {
  for (auto& camera : cameras)
    if (!camera.carrier)
      introduce(camera);
  for (auto& worker : workers)
    if (!worker.carrier)
      introduce(worker);
}

// An answer counts while the courier of its hello does: a later hello, or the end of the connection, replaces it.

void uplink_state::introduce(guest<uplink_camera>& camera) {
  const auto carrier = camera.carrier = spawn_named(*self, "courier:" + camera.hello.camera.value, courier,
                                                    caf::actor_cast<caf::actor>(camera.device));
  self->request(server, hello_patience, camera.hello, carrier)
    .then(
      [this, &camera, carrier](const camera_welcome& welcome, const courier_actor& peer,
                               const request_desk_actor& desk, const telemetry_actor& sink) {
        if (camera.carrier != carrier)
          return;
        failures = 0;
        self->send(carrier, caf::actor_cast<caf::strong_actor_ptr>(peer));
        self->send(camera.device, welcome, desk, sink);
        watcher("connected");
      },
      [this, &camera, carrier](const caf::error& failure) {
        if (camera.carrier == carrier)
          refused(camera.carrier, "camera " + camera.hello.camera.value, from_caf(failure));
      });
}

void uplink_state::introduce(guest<uplink_worker>& worker) {
  const auto carrier = worker.carrier = spawn_named(*self, "courier:" + worker.hello.worker.value, courier,
                                                    caf::actor_cast<caf::actor>(worker.device));
  self->request(server, hello_patience, worker.hello, carrier)
    .then(
      [this, &worker, carrier](const worker_welcome& terms, const courier_actor& peer, const telemetry_actor& sink) {
        if (worker.carrier != carrier)
          return;
        failures = 0;
        if (terms != worker.terms)
          return refused(worker.carrier, "worker " + worker.hello.worker.value,
                         {ec::invalid_argument, "it trains " + terms.student + ", this worker is made for "
                                                  + worker.terms.student + ", or input, classes or teacher differ",
                          "start both with the same configuration"});
        self->send(carrier, caf::actor_cast<caf::strong_actor_ptr>(peer));
        self->send(telemetry, caf::actor_cast<caf::strong_actor_ptr>(sink));
        watcher("connected");
      },
      [this, &worker, carrier](const caf::error& failure) {
        if (worker.carrier == carrier)
          refused(worker.carrier, "worker " + worker.hello.worker.value, from_caf(failure));
      });
}

void uplink_state::refused(courier_actor& carrier, const std::string& who, const error& why) {
  // Should the server answer yet, its courier finds that this one is gone and ends too.
  self->send_exit(carrier, caf::exit_reason::user_shutdown);
  if (why.code != ec::timed_out && why.code != ec::unavailable)
    return watcher("the server refused " + who + ": " + render(why));
  carrier = courier_actor{};
  try_later(why.code == ec::timed_out ? error{why.code, "the server did not answer " + who, {}} : why);
}

void uplink_state::lost() {
  server = reception_actor{};
  const auto part = [this](courier_actor& carrier) {
    if (carrier)
      self->send_exit(carrier, caf::exit_reason::remote_link_unreachable);
    carrier = courier_actor{};
  };
  for (auto& worker : workers)
    part(worker.carrier);
  for (auto& camera : cameras) {
    part(camera.carrier);
    self->send(camera.device, adrift_atom_v);
  }
  self->send(telemetry, caf::strong_actor_ptr{});
  try_later({ec::unreachable, "the server is gone", {}});
}

void uplink_state::try_later(const error& why) {
  watcher(render(why) + "; trying " + config.host + ":" + std::to_string(config.port) + " again");
  if (std::exchange(waiting, true))
    return;
  const auto longest = std::min(config.most_wait, config.least_wait * (1u << std::min(failures++, 10u)));
  std::uniform_int_distribution<duration::rep> draw{(longest / 2).count(), longest.count()};
  self->delayed_send(self, duration{draw(random)}, due_atom_v);
}

void uplink_state::due() {
  waiting = false;
  server ? introduce() : connect();
}

caf::behavior uplink(caf::stateful_actor<uplink_state>* self, uplink_config config,
                     std::vector<uplink_camera> cameras, std::vector<uplink_worker> workers,
                     telemetry_actor telemetry, uplink_watcher watcher) {
  auto& state = self->state;
  state.config = std::move(config);
  for (auto& camera : cameras)
    state.cameras.push_back({std::move(camera), {}});
  for (auto& worker : workers)
    state.workers.push_back({std::move(worker), {}});
  state.telemetry = std::move(telemetry);
  state.watcher = std::move(watcher);
  state.random.seed(state.config.seed);
  self->set_down_handler([self](const caf::down_msg& down) {
    if (self->state.server.address() == down.source)
      self->state.lost();
  });
  state.waiting = true;
  self->send(self, due_atom_v);
  return {[self](due_atom) { self->state.due(); }};
}

} // namespace ecco
