// SPDX-License-Identifier: Apache-2.0
#include "actors/uplink.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <caf/io/middleman.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/courier.hpp"
#include "actors/failure.hpp"

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
  for (const auto& camera : cameras)
    introduce(camera);
  for (const auto& worker : workers)
    introduce(worker);
}

courier_actor uplink_state::carrier_for(const caf::actor& device) {
  auto carrier = self->spawn(courier, device);
  carriers.push_back(carrier);
  return carrier;
}

void uplink_state::introduce(const uplink_camera& camera) {
  auto carrier = carrier_for(caf::actor_cast<caf::actor>(camera.device));
  self->request(server, hello_patience, camera.hello, carrier)
    .then(
      [this, carrier, device = camera.device](const camera_welcome& welcome, const courier_actor& peer,
                                              const request_desk_actor& desk, const telemetry_actor& sink) {
        failures = 0;
        self->send(carrier, caf::actor_cast<caf::strong_actor_ptr>(peer));
        self->send(device, welcome, desk, sink);
        watcher("connected");
      },
      [this, who = camera.hello.camera.value](const caf::error& failure) {
        refused("camera " + who, from_caf(failure));
      });
}

void uplink_state::introduce(const uplink_worker& worker) {
  auto carrier = carrier_for(caf::actor_cast<caf::actor>(worker.device));
  self->request(server, hello_patience, worker.hello, carrier)
    .then(
      [this, carrier, worker](const worker_welcome& terms, const courier_actor& peer, const telemetry_actor& sink) {
        failures = 0;
        if (terms != worker.terms) {
          self->send_exit(carrier, caf::exit_reason::user_shutdown);
          return refused("worker " + worker.hello.worker.value,
                         {ec::invalid_argument, "it trains " + terms.student + ", this worker is made for "
                                                  + worker.terms.student + ", or input, classes or teacher differ",
                          "start both with the same configuration"});
        }
        self->send(carrier, caf::actor_cast<caf::strong_actor_ptr>(peer));
        self->send(telemetry, caf::actor_cast<caf::strong_actor_ptr>(sink));
        watcher("connected");
      },
      [this, who = worker.hello.worker.value](const caf::error& failure) {
        refused("worker " + who, from_caf(failure));
      });
}

void uplink_state::refused(const std::string& who, const error& why) {
  watcher("the server refused " + who + ": " + render(why));
}

void uplink_state::lost() {
  server = reception_actor{};
  for (const auto& carrier : carriers)
    self->send_exit(carrier, caf::exit_reason::remote_link_unreachable);
  carriers.clear();
  for (const auto& camera : cameras)
    self->send(camera.device, adrift_atom_v);
  self->send(telemetry, caf::strong_actor_ptr{});
  try_later({ec::unreachable, "the server is gone", {}});
}

void uplink_state::try_later(const error& why) {
  const auto longest = std::min(config.most_wait, config.least_wait * (1u << std::min(failures++, 10u)));
  std::uniform_int_distribution<duration::rep> draw{(longest / 2).count(), longest.count()};
  watcher(render(why) + "; connecting to " + config.host + ":" + std::to_string(config.port) + " again");
  self->delayed_send(self, duration{draw(random)}, due_atom_v);
}

caf::behavior uplink(caf::stateful_actor<uplink_state>* self, uplink_config config,
                     std::vector<uplink_camera> cameras, std::vector<uplink_worker> workers,
                     telemetry_actor telemetry, uplink_watcher watcher) {
  auto& state = self->state;
  state.config = std::move(config);
  state.cameras = std::move(cameras);
  state.workers = std::move(workers);
  state.telemetry = std::move(telemetry);
  state.watcher = std::move(watcher);
  state.random.seed(state.config.seed);
  self->set_down_handler([self](const caf::down_msg& down) {
    if (self->state.server.address() == down.source)
      self->state.lost();
  });
  self->send(self, due_atom_v);
  return {[self](due_atom) { self->state.connect(); }};
}

} // namespace ecco
