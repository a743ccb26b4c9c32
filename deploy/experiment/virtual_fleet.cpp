// SPDX-License-Identifier: Apache-2.0
#include "deploy/experiment/virtual_fleet.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "deploy/configured.hpp"
#include "deploy/experiment/fleet_plan.hpp"
#include "deploy/experiment/simulated_camera.hpp"
#include "deploy/sampling_tables.hpp"
#include "runtime/base/random.hpp"
#include "runtime/net/simulated_link.hpp"

namespace ecco {

namespace {

/// Images of one condition that make a student worth its ceiling there, in units of the curve's scale.
constexpr double learnt_scales = 10;

curve_options curve_of(const experiment_settings& from) {
  return {from.capacity, from.ceiling, from.scale, from.forgetting};
}

/// A queue that delays by at most `longest`, and holds some packets.
std::size_t bytes_within(duration longest, bit_rate rate) {
  return std::max<std::size_t>(10 * flow_options{}.packet_bytes,
                               static_cast<std::size_t>(seconds_of(longest) * rate.value / 8));
}

/// Every purpose has its own; never 0, which is nobody.
incarnation process_of(const settings& from, const std::string& who) {
  return incarnation{seed_for(from.seed, "process " + who) | 1};
}

/// The cameras' ways to the shared uplink. Those of no region have none of their own.
simulated_path path_of(const settings& from, std::function<duration()> clock) {
  std::map<camera_id, flow_options> ways;
  for (const auto& plan : plan_fleet(from)) {
    const auto& region = from.experiment.regions.at(plan.region);
    auto& way = ways[plan.name];
    way.round_trip = region.round_trip;
    way.own.bits_per_second = region.uplink.value;
    way.own.queue_bytes = bytes_within(from.experiment.queue, region.uplink);
  }
  simulated_path out;
  out.shared.bits_per_second = from.experiment.uplink.value;
  out.shared.queue_bytes = bytes_within(from.experiment.queue, from.experiment.uplink);
  out.way_of = [ways = std::move(ways), start = from.sampling.bitrate](const camera_id& camera) {
    const auto found = ways.find(camera);
    auto way = found != ways.end() ? found->second : flow_options{};
    way.bits_per_second = start.value; // which is what it stays at under rate.law: fixed
    return way;
  };
  out.clock = std::move(clock);
  out.seed = seed_for(from.seed, "uplink");
  return out;
}

virtual_camera simulate(const settings& from, const planned_camera& plan,
                        const std::shared_ptr<const picture_book>& book) {
  virtual_camera out;
  out.config = configured_camera(from);
  out.config.camera = plan.name;
  out.config.process = process_of(from, plan.name.value);
  out.config.place = plan.place;
  for (const auto& change : plan.changes)
    out.config.scripted.push_back({change.at, change.shows});
  out.parts.open_source = [=, fps = from.experiment.fps]() -> result<std::unique_ptr<frame_source>> {
    return make_simulated_source(plan, fps, book);
  };
  out.parts.make_student = [seed = plan.seed, curve = curve_of(from.experiment)](
                             const camera_welcome&) -> result<std::unique_ptr<student>> {
    return make_simulated_student(curve, seed);
  };
  out.parts.make_encoder = [](const sampling_plan& sends) -> result<std::unique_ptr<segment_encoder>> {
    return make_simulated_encoder(sends.bits_per_second);
  };
  return out;
}

} // namespace

result<virtual_parts> make_curve_parts(const settings& from) {
  if (from.experiment.regions.empty())
    return fail(ec::invalid_argument, "experiment.regions is missing: there are no cameras to simulate",
                "name some, as config/experiments/twenty_cameras.yaml does");
  virtual_parts out;
  out.initial = curve_weights({{std::uint8_t{0}, learnt_scales * from.experiment.scale}});
  out.student = "curve";
  out.teacher = "curve";
  out.make_learner = [curve = curve_of(from.experiment)](std::uint32_t) { return make_curve_learner(curve); };
  auto tables = sampling_tables_of(from.sampling);
  if (!tables)
    return tl::unexpected{tables.error()};
  out.tables = std::move(*tables);
  out.input = {16, 16}; // of a curve's picture, whatever size is asked for
  const auto book = make_picture_book();
  out.make_decoder = [book] { return make_simulated_decoder(book); };
  for (const auto& plan : plan_fleet(from))
    out.cameras.push_back(simulate(from, plan, book));
  return out;
}

server_parts virtual_server(const settings& from, const virtual_parts& parts) {
  auto server = configured_server(from);
  server.allocator.token_seed = seed_for(from.seed, "rendezvous tokens");
  server.grouper.sampling.tables = parts.tables;
  server.grouper.sampling.input = parts.input;
  server.grouper.bootstrap = parts.bootstrap;
  server.models.initial = parts.initial;
  server.camera.student = server.worker.student = parts.student;
  server.worker.teacher = parts.teacher;
  server.known_cameras.clear();
  for (const auto& one : parts.cameras)
    server.known_cameras.push_back(one.config.camera);
  server.store = make_memory_store();
  server.make_decoder = parts.make_decoder;
  server.truth = parts.truth;
  server.draw_token = [random = random_engine{seed_for(from.seed, "media tokens")}]() mutable { return random(); };
  return server;
}

virtual_fleet::virtual_fleet(const settings& from, virtual_parts parts, telemetry_sink sink,
                             std::shared_ptr<tap> through)
    : link_(from.experiment.uplink.value > 0 ? make_simulated_link(path_of(from, [this] { return elapsed(); }))
                                           : make_memory_link()) {
  attach_tap(system(), std::move(through));
  auto server = virtual_server(from, parts);
  server.media = link_;
  server.sink = std::move(sink);
  server_ = keep(spawn_named(system(), "reception", reception, std::move(server)));
  server_->attach_functor([this](const caf::error& why) {
    if (!failure_)
      failure_ = error{ec::internal, "an actor that nothing works without has died: " + render(from_caf(why)), {}};
  });
  settle();
  for (std::uint32_t i = 0; i < from.server.workers; ++i)
    add_worker(worker_id{"gpu" + std::to_string(i)}, [make = parts.make_learner, i] { return make(i); });
  for (auto& one : parts.cameras)
    add_camera(std::move(one));
}

virtual_fleet::~virtual_fleet() {
  end();
  if (const auto through = tap_of(system()))
    through->watch({}); // what is said while the system itself goes is no part of the run
}

template <class... Answer, class Then, class Hello, class Device>
void virtual_fleet::greet(Then then, const Hello& hello, const Device& device) {
  system().spawn([=, this](caf::event_based_actor* self) {
    self->request(server_, caf::infinite, hello, device)
      .then([then](const Answer&... answered) { then(answered...); },
            [this](const caf::error& why) { failure_ = from_caf(why); });
  });
  settle();
}

void virtual_fleet::add_worker(const worker_id& id, const learner_factory& make_learner) {
  auto sink = keep(spawn_named(system(), "telemetry:" + id.value, telemetry, telemetry_sink{}));
  auto worker = keep(spawn_named(system(), "worker:" + id.value, gpu_worker, id, make_learner, sink));
  greet<worker_welcome, telemetry_actor>(
    [=](const worker_welcome&, const telemetry_actor& upstream) {
      caf::anon_send(sink, caf::actor_cast<caf::strong_actor_ptr>(upstream));
    },
    worker_hello{id, incarnation{1}, "virtual"}, worker);
}

void virtual_fleet::add_camera(virtual_camera one) {
  one.parts.connect = [link = link_](const camera_welcome& welcome) { return link->connect(welcome.media_token); };
  const camera_hello hello{one.config.camera, one.config.process, one.config.place, {}};
  const auto called = "camera:" + one.config.camera.value;
  auto device = keep(spawn_named(system(), called, camera, std::move(one.config), std::move(one.parts)));
  greet<camera_welcome, request_desk_actor, telemetry_actor>(
    [=](const camera_welcome& welcome, const request_desk_actor& desk, const telemetry_actor& sink) {
      caf::anon_send(device, welcome, desk, sink);
    },
    hello, device);
}

} // namespace ecco
